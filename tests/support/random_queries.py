"""Random small datasets and random queries, dense enough that patterns meet the rules of rewriting, or nearly do."""

from __future__ import annotations

from random import Random

EX = "http://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PROLOGUE = f"PREFIX ex: <{EX}>\nPREFIX other: <{EX}>\nPREFIX xsd: <{XSD}>\n"

NODES = ["ex:a", "ex:b", "ex:c", "ex:d"]
CLASSES = ["ex:C", "ex:D"]
PREDICATES = ["ex:p", "ex:q", "ex:r"]
LITERALS = [
    "1", "1.0", "2", '"01"^^xsd:integer', "1e0", '"NaN"^^xsd:double', '"oops"^^xsd:integer', "true",
    '"a"', '"b"', '"a"@en', '"b"@fr', '"2024-01-02"^^xsd:date', '"2024-02-03T00:00:00Z"^^xsd:dateTime', '"x"^^ex:kind',
]  # fmt: skip
VARIABLES = ["?a", "?b", "?c", "?d"]
GRAPHS = ["ex:g", "ex:h"]
PATHS = ["ex:p/ex:q", "^ex:p", "ex:p/^ex:q", "ex:p*", "ex:p|ex:q", "(ex:p/ex:q)/a", "!ex:p"]
COUNTED = [
    "?s ?p ?o", "?s ?p ?o", "?s a ?c", "?s a ?c", "?s ex:p ?o", "GRAPH ?g { ?s ?p ?o }", "[] a ?c", "?s ?p []",
    "?s ?p ?s", "?s a ex:C", "?s ?p 1", "GRAPH ?g { ?s a ?c }", "GRAPH ex:g { ?s ?p ?o }", "_:x a ?c", "_:x ?p _:x",
    "?s ?p ?o FILTER(?p != ex:p)", "?s ex:p/ex:q ?o", "?s ?p ?o . ?s a ?c",
]  # fmt: skip
SORTED = ["?a ex:p ?b", "?a ex:p ?b ; a ?c", "?a ex:p ?b ; ex:q ?c", "?a ?c ?b", "?a ex:p ?b OPTIONAL { ?a ex:q ?c }"]
KEYS = ["?b", "DESC(?b)", "DESC(STR(?b))", "ASC(?c)", "STR(?b)", "DESC(?b + 1)", "LCASE(?b)", "DESC(?b) ?c"]
ELEMENTS = [
    "triples", "optional", "minus", "union", "filter", "filter", "filter", "bind", "values", "graph", "select",
    "unbound",
]  # fmt: skip
BOUND = ["?a", "1", "STR(?b)", "ex:a", "?a + 1", "IF(BOUND(?c), ?c, ex:b)"]


def dataset(random: Random) -> str:
    """TriG: a default graph and two named ones, which share triples."""
    lines = [_triple(random) for _ in range(random.randint(0, 30))]
    if random.random() < 0.5:  # whatever has one property is of one type
        lines += [f"{line.split()[0]} a ex:C ." for line in lines if " ex:p " in line]
    parts = [f"@prefix ex: <{EX}> . @prefix xsd: <{XSD}> .", *lines]
    for graph in GRAPHS:
        shared = [line for line in lines if random.random() < 0.4]
        own = [_triple(random) for _ in range(random.randint(0, 5))]
        parts.append(f"{graph} {{ {' '.join(shared + own)} }}")
    return "\n".join(parts)


def _triple(random: Random) -> str:
    subject = random.choice([*NODES, *NODES, "_:x", "_:y"])
    if random.random() < 0.25:
        return f"{subject} a {random.choice([*CLASSES, *CLASSES, *CLASSES, 'ex:a', '_:z'])} ."
    return (
        f"{subject} {random.choice(PREDICATES)} {random.choice([*NODES, *NODES, '_:x', *random.sample(LITERALS, 4)])} ."
    )


class Queries:
    """Makes queries out of the choices of one generator of random numbers."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._blocks = 0

    def query(self) -> str:
        """A whole query; the engine may find that it is not valid."""
        kind = self.random.random()
        if kind < 0.2:
            return PROLOGUE + self.counting()
        if kind < 0.3:
            return PROLOGUE + self.sorted_list()
        if kind < 0.34:
            return PROLOGUE + f"ASK {self.group(3)}"
        if kind < 0.4:
            return PROLOGUE + f"CONSTRUCT {{ ?a ex:p ?b . ?c ex:q ?d }} WHERE {self.group(3)}"
        if kind < 0.75:
            return PROLOGUE + self.plain()
        columns = self.one("*", "?a ?b ?c ?d", "?a ?b", "?a", "(COUNT(*) AS ?n)", "?d ?a (1 AS ?one)")
        order = " ORDER BY ?a DESC(?b)" if self.chance(0.15) and "COUNT" not in columns else ""
        values = f" VALUES ?a {{ {self.several(NODES)} }}" if self.chance(0.15) else ""
        limit = " LIMIT 2" if self.chance(0.1) and not order else ""
        distinct = self.one("", "", "DISTINCT ")
        return PROLOGUE + f"SELECT {distinct}{columns} WHERE {self.group(3)}{order}{limit}{values}"

    def plain(self) -> str:
        """A query that finds something more often than not: few patterns without constants, then an element or two."""
        patterns = [f"{self.one(*VARIABLES)} {self.one(*PREDICATES)} {self.one(*VARIABLES)}" for _ in range(2)]
        pattern = " . ".join(patterns[: self.random.randint(1, 2)])
        elements = " ".join(self.element(2) for _ in range(self.random.randint(1, 3)))
        columns = self.one("*", "?a ?b ?c ?d", "DISTINCT ?a", "DISTINCT ?b ?c", "(COUNT(*) AS ?n)")
        return f"SELECT {columns} {{ {pattern} {elements} }}{self.one('', '', ' LIMIT 1', ' LIMIT 2')}"

    def chance(self, share: float) -> bool:
        """Whether something is to be, in this share of all cases."""
        return self.random.random() < share

    def one(self, *choices: str) -> str:
        """One of the choices."""
        return self.random.choice(choices)

    def several(self, terms: list[str]) -> str:
        """Some of the terms, in some order."""
        return " ".join(self.random.sample(terms, self.random.randint(1, len(terms))))

    def counting(self) -> str:
        """A query for counts, or nearly."""
        pattern, names = self.one(*COUNTED), ["?s", "?p", "?o", "?c", "?g"]
        key = self.one(*names, *[name for name in names if name in pattern] * 3)
        counted = f"COUNT({self.one('*', '*', *names, 'DISTINCT ?s', 'DISTINCT ?p', 'DISTINCT ?c', f'DISTINCT {key}')})"
        grouped = f"{{ {pattern} }} GROUP BY {key}"
        inner = f"SELECT {key} ({counted} AS ?n) {grouped}"
        return self.one(
            f"SELECT ({counted} AS ?n) {{ {pattern} }}",
            f"SELECT {self.one('DISTINCT ', '')}{key} {{ {pattern} }} ORDER BY {key}",
            f"SELECT {key} ({counted} AS {self.one('?n', '?n', '?s')}) {grouped} ORDER BY DESC(?n) {key}",
            f"SELECT {key} {grouped} HAVING ({counted} > 1)",
            f"SELECT * {{ {self.one('', 'OPTIONAL', 'GRAPH ?h', 'MINUS')} {{ {inner} }} ?a ?b ?p }}",
            f"SELECT {key} (COUNT(*) + {counted} * 2 AS ?n) (MAX({self.one(*names)}) AS ?m) {grouped}",
            f"SELECT {key} (COUNT(*) + {counted} # two\n * 2 AS ?n) {grouped} ORDER BY {counted} {key}",
            f"{inner} {self.one(*names)} LIMIT 2",
        )

    def sorted_list(self) -> str:
        """The beginning of a sorted list, in an order that leaves nothing open."""
        limits = f"LIMIT {self.random.randint(1, 4)}{self.one('', ' OFFSET 1', ' OFFSET 2')}"
        return f"SELECT ?a ?b ?c {{ {self.one(*SORTED)} }} ORDER BY {self.one(*KEYS)} ?b ?a ?c {limits}"

    def group(self, depth: int) -> str:
        """A group graph pattern."""
        elements = [self.triples()] if self.chance(0.85) else []
        elements += [self.element(depth) for _ in range(self.random.choice([0, 1, 1, 2, 2, 3]))]
        return f"{{ {' '.join(elements)} }}"

    def element(self, depth: int) -> str:
        """An element of a group, never triples behind triples."""
        kind = self.one(*ELEMENTS)
        if kind == "filter":
            return f"FILTER {self.condition(depth - 1)}{self.one('', ' .')}"
        if kind == "bind":
            return f"BIND({self.one(*BOUND)} AS {self.one('?d', '?e', '?c')})"
        if kind == "values":
            return self.values()
        if kind == "triples" or depth <= 0:
            return f"{self.one('{}', 'FILTER(true)')} {self.triples()}"
        if kind in {"optional", "minus"}:
            return f"{kind.upper()} {self.inner(depth - 1)}"
        if kind == "union":
            other = f" UNION {self.group(depth - 1)}" if self.chance(0.7) else ""
            return self.group(depth - 1) + other
        if kind == "graph":
            group = self.inner(depth - 1) if self.chance(0.7) else "{ ?a ex:p ?c ; a ex:C }"
            return f"GRAPH {self.one('?g', '?a', 'ex:g')} {group}"
        if kind == "unbound":
            return f"OPTIONAL {self.inner(depth - 1)} FILTER(!BOUND({self.one(*VARIABLES)}))"
        return self.select(depth - 1)

    def select(self, depth: int) -> str:
        """A ``SELECT`` within a group."""
        columns = self.one("?a", "?a ?b", "DISTINCT ?b", "*", "?c (COUNT(*) AS ?n)", "(1 AS ?one) ?a")
        behind = " GROUP BY ?c" if "COUNT" in columns else self.one("", "", " ORDER BY ?a ?b ?c ?d LIMIT 2")
        return f"{{ SELECT {columns} {self.inner(depth)}{behind} }}"

    def inner(self, depth: int) -> str:
        """A group that is simple more often than not."""
        if depth <= 0 or self.chance(0.6):
            extra = f" FILTER {self.condition(0)}" if self.chance(0.25) else ""
            return f"{{ {self.triples()}{extra} }}"
        return self.group(depth)

    def condition(self, depth: int) -> str:
        """What a ``FILTER`` asks."""
        if depth > 0 and self.chance(0.55):
            return f"{self.one('', 'NOT ')}EXISTS {self.inner(depth)}"
        a, b = (self.one(*VARIABLES, "?e") for _ in range(2))
        iri, literal = self.one(*NODES, *PREDICATES, *CLASSES, f"<{EX}a>", "other:a"), self.one(*LITERALS)
        return self.one(
            f"({a} = {iri})", f"({iri} = {a})", f"(({a} = {iri}))", f"sameTerm({a}, {iri})", f"(sameTerm({iri}, {a}))",
            f"({a} IN ({iri}))", f"({a} IN ({', '.join(self.random.sample(NODES, 2))}))",
            f"({a} IN ({iri}, {literal}))",
            f"({a} NOT IN ({iri}, ex:b))", f"({a} IN (ex:a, other:a))", f"({a} IN (ex:b, other:b))",
            f"(({a} = {iri}) || ({b} = ex:a))",
            f"({a} = {iri} && {b} != {iri})", f"({a} = {literal})", f"({a} != {iri})", f"(!BOUND({a}))", f"BOUND({a})",
            f"(! bound({a}))", f"({a} < {literal})", f"isIRI({a})", f"({a} = {b})", f"(COALESCE({a}, ex:a) = {iri})",
            f"(!({a} = {iri}))", f"(BOUND({a}) || EXISTS {{ {self.triples()} }})",
        )  # fmt: skip

    def values(self) -> str:
        """``VALUES`` with few rows, some of them open."""
        if self.chance(0.5):
            return f"VALUES {self.one(*VARIABLES)} {{ {self.several([*NODES, 'UNDEF', '1'])} }}"
        rows = [
            f"({self.one(*NODES, 'UNDEF')} {self.one(*NODES, *LITERALS)})" for _ in range(self.random.randint(0, 3))
        ]
        return f"VALUES (?a {self.one('?b', '?c')}) {{ {' '.join(rows)} }}"

    def triples(self) -> str:
        """Up to three triple patterns, some with paths or blank nodes."""
        self._blocks += 1
        return " . ".join(self.triple() for _ in range(self.random.choice([1, 1, 2, 3])))

    def triple(self) -> str:
        """A subject with what is said of it."""
        blank = f"_:l{self._blocks}"
        subject = self.one(*VARIABLES, *VARIABLES, "ex:a", blank)
        verb = self.one(*[*PREDICATES, "a"] * 2, *PATHS, "?p", "?c")
        target = self.one(*VARIABLES, *VARIABLES, "ex:b", "ex:C", self.one(*LITERALS), "[]", blank)
        return f"{subject} {verb} {target}" + self.one(
            "", "", "", " ; ex:q ?b", " , ?d", " ; a ex:C", " ; ex:r [ ex:p ?c ]"
        )
