"""Random small datasets and queries that group, remove equal rows, or show the first of a sorted list."""

from __future__ import annotations

import re
from random import Random

from support.random_queries import CLASSES, EX, NODES, PREDICATES, PROLOGUE, XSD

VALUES = {
    "nodes": [*NODES, *NODES, *NODES, "_:x"],
    "integers": ["1", "2", "3", "10", "-4"],
    "numbers": ["1", "2.5", "3", "10.25", "-4", "0.000001", "3.125"],
    "equal numbers": ["1", "1.0", "2", "2.0", '"01"^^xsd:integer', "3"],
    "great numbers": ["9000000000000000000", "9000000000000000000.5", "0.0000000001", "1", "12345678901234567890.1"],
    "days": ['"2024-01-02"^^xsd:date', '"2023-12-31"^^xsd:date', '"2024-02-01"^^xsd:date'],
    "moments": ['"2024-01-02T00:00:00Z"^^xsd:dateTime', '"2023-12-31T23:59:59Z"^^xsd:dateTime'],
    "texts": ['"a"', '"b"', '"ab"', '"é"', '"a\\nb"', '"\\"q\\""', '"\\\\"', '""'],
    "languages": ['"a"@en', '"b"@fr', '"a"@FR', '"b"@en'],
    "strange": [
        "1e0", "2", '"B"^^ex:kind', '"Z"@en', '"NaN"^^xsd:double', '"oops"^^xsd:integer', '"2024-01-02Z"^^xsd:date',
        '"2024-01-02"^^xsd:date', '"2024-01-02T00:00:00"^^xsd:dateTime', '"x"^^ex:kind', '"a"', "ex:a", '"b"@en',
        '"1.50"^^xsd:decimal', '"-0.0"^^xsd:decimal', '"2024"^^xsd:gYear', "true",
    ],
}  # fmt: skip
"""What the objects of a predicate are drawn from."""

PATTERNS = [
    "?a ex:p ?b", "?a ex:p ?b", "?a ex:q ?c", "?a ex:q ?c", "?b ex:p ?d", "?a ex:r ?d", "?a a ex:C", "?a a ?c",
    "?a ex:p/ex:q ?d", "?a ex:q []", "?c ex:q ?b", "?b ex:r ?c",
]  # fmt: skip
"""Patterns that often go together."""
OTHERS = [
    "?a ex:p/a ex:D", "?a ex:r 1", "?a ex:p ex:b", "ex:a ex:q ?c", "?a ex:p _:x . _:x ex:q ?c", "?a ex:p ?a",
    "ex:a ex:p ex:b", "?a ex:none ?b", "?c ex:q ?a", "?a ?e ?b", "?a ex:p|ex:q ?c", "?a ex:q ?c . ?c ex:r ?b",
    "?a ^ex:p ?b", "?a ex:p/^ex:q ?b", "?a ex:p/(ex:q|a) ?c", "?a ex:p|ex:p ?b", "?a a|ex:p ?c", "?a ^ex:q|ex:p ?c",
    "VALUES ?e { ex:p ex:q } ?a ?e ?d", "VALUES ?e { ex:p ex:q ex:p } ?a ?e ex:b", "VALUES ?e { ex:p a } ex:a ?e ?c",
    "VALUES ?a { ex:a ex:b ex:a }", "VALUES (?a ?b) { (ex:a ex:b) (ex:b 1.0) }",
    "?a ex:p|ex:q ex:b", "ex:a ex:p|ex:q ex:b", "ex:b ex:p ?b", "?a ex:q 1.0", '?a ex:r "1.50"^^xsd:decimal',
]  # fmt: skip
CONSTANTS = [
    "1", "1.0", "2.5", "-4", "3", '"2024-01-02"^^xsd:date', '"2024-01-02T00:00:00Z"^^xsd:dateTime', '"a"', '"b"@en',
    "ex:a", "ex:b", "true", "1e0", '"é"', '"2024-01-02Z"^^xsd:date', '"1"^^xsd:int', '"aa"',
]  # fmt: skip
SIGNS = ["=", "!=", "<", "<=", ">", ">="]
EXPRESSIONS = [
    "STR(?b)", "SUBSTR(STR(?b), 1, 3)", "?b", "DATATYPE(?b)", "?b + 1", "LANG(?c)", "COALESCE(?b, 1)", "STR(?c)",
]  # fmt: skip
VARIABLES = ["?a", "?b", "?c", "?d"]


def dataset(random: Random) -> tuple[str, set[str]]:
    """Turtle, and the kinds of values in it: each predicate has those of one kind."""
    kinds = {predicate: random.choice([*VALUES, "strange"]) for predicate in PREDICATES}
    kinds["ex:p"] = random.choice(["nodes", kinds["ex:p"]])
    lines = [f"@prefix ex: <{EX}> . @prefix xsd: <{XSD}> ."]
    for _ in range(random.choice([0, 5, 15, 30, 60])):
        subject, predicate = random.choice([*NODES, *NODES, *NODES, "_:x"]), random.choice([*PREDICATES, "a"])
        values = CLASSES if predicate == "a" else VALUES[kinds[predicate]]
        lines.append(f"{subject} {predicate} {random.choice(values)} .")
    return "\n".join(lines), {*kinds.values()}


class Reduced:
    """Makes queries out of the choices of one generator of random numbers."""

    def __init__(self, random: Random, kinds: set[str]) -> None:
        self.random = random
        self.settled = "equal numbers" not in kinds
        """Whether which value is the greatest is settled: of 1 and 1.0 it is open."""
        self.sortable = self.settled and "strange" not in kinds
        """Whether the engine can sort the values: numbers among texts may end it."""
        self.names: list[str] = ["?a"]
        """Variables of the group that is counted."""

    def query(self) -> str:
        """A whole query; the engine may find that it is not valid."""
        lists = self.sorted if self.sortable else self.different
        return PROLOGUE + self.one(self.counted, self.counted, self.different, lists, self.nested)

    def one(self, *choices):  # type: ignore[no-untyped-def]
        """One of the choices; a function is called."""
        chosen = self.random.choice(choices)
        return chosen() if callable(chosen) else chosen

    def counted(self) -> str:
        """Groups with their aggregates."""
        group = self.group()
        self.names = sorted(set(re.findall(r"\?[abcd]\b", group))) or ["?a"]
        keys = self.random.sample(self.names, min(len(self.names), self.random.choice([0, 1, 1, 1, 2])))
        made = self.one("", "", "", f"({self.one(*EXPRESSIONS)} AS ?k)")
        items = [f"({self.aggregate()} AS ?n{number})" for number in range(self.random.randint(1, 3))]
        shown = self.one("", "DISTINCT ") + " ".join([*self.random.sample(keys, len(keys)), *(["?k"] if made else [])])
        grouped = f" GROUP BY {' '.join([*keys, made])}" if keys or made else ""
        having = self.one("", "", f" HAVING ({self.aggregate()} {self.one(*SIGNS)} {self.one('1', '2')})")
        order = self.one("", "", " ORDER BY DESC(COUNT(*))", f" ORDER BY COUNT(DISTINCT {self.one(*self.names)})")
        return f"SELECT {shown} {' '.join(items)} WHERE {group}{grouped}{having}{order}"

    def aggregate(self) -> str:
        """An expression with an aggregate."""
        name = self.one(*self.names)
        extremes = [f"MIN({name})", f"max({name})"] if self.settled else []
        plain = self.one(
            "COUNT(*)", f"COUNT({name})", f"COUNT(DISTINCT {name})", f"SUM({name})", f"SUM({name})", *extremes * 2,
        )  # fmt: skip
        strange = self.one(f"SUM(DISTINCT {name})", f"AVG({name})", f"COUNT({name} + 1)", "COUNT(DISTINCT *)")
        return self.one(*[plain] * 9, strange, f"({plain} + 1)", f"({plain} / COUNT(*))", f"STR({plain})")

    def different(self) -> str:
        """Different rows."""
        shown = " ".join(self.random.sample([*VARIABLES, "(STR(?b) AS ?e)"], self.random.randint(1, 3)))
        return f"SELECT DISTINCT {shown} WHERE {self.group()}"

    def sorted(self) -> str:
        """The beginning of a sorted list, in an order that leaves nothing open but between equal rows."""
        group = self.group()
        while "?e" in group or "|" in group:  # values of several kinds
            group = self.group()
        names = sorted(set(re.findall(r"\?[abcd]\b", group))) or ["?a"]
        keys = " ".join(self.one(name, f"DESC({name})") for name in self.random.sample(names, len(names)))
        limits = f"LIMIT {self.random.randint(0, 4)}{self.one('', ' OFFSET 1', ' OFFSET 2')}"
        return f"SELECT {self.one('', '', 'DISTINCT ')}{' '.join(names)} WHERE {group} ORDER BY {keys} {limits}"

    def nested(self) -> str:
        """One of them within a pattern."""
        inner = self.one(self.counted, self.different)
        return f"SELECT * WHERE {{ {self.one('', 'OPTIONAL ', 'MINUS ')}{{ {inner} }} ?a ex:q ?z }}"

    def group(self) -> str:
        """A group of patterns that are connected more often than not, and what may stand beside them."""
        patterns = " . ".join([self.one(*PATTERNS), *self.more()])
        elements = [self.element() for _ in range(self.random.choice([0, 1, 1, 1, 2]))]
        behind = self.one("", "", "", f" {self.one(*PATTERNS)}")
        return f"{{ {patterns} {' '.join(elements)}{behind} }}"

    def more(self) -> list[str]:
        """More patterns, a strange one now and then."""
        found = self.random.sample(PATTERNS, self.random.choice([0, 0, 0, 1, 1, 2]))
        return [*found, self.one(*OTHERS)] if self.random.random() < 0.3 else found

    def element(self) -> str:
        """What may stand beside patterns."""
        inner = self.inner()
        return self.one(
            *[self.filter] * 5, f"OPTIONAL {inner}", f"OPTIONAL {inner}", f"MINUS {inner}", self.values,
            f"FILTER EXISTS {inner}", f"FILTER NOT EXISTS {inner}", f"BIND({self.one(*EXPRESSIONS)} AS ?e)",
            f"BIND({self.one(*EXPRESSIONS)} AS {self.one('?d', '?c')})", f"{{ {inner} UNION {self.inner()} }}",
        )  # fmt: skip

    def inner(self) -> str:
        """A group within."""
        patterns = " . ".join([self.one(*PATTERNS), *self.more()])
        return f"{{ {patterns} {self.one('', '', self.filter())} }}"

    def filter(self) -> str:
        """A condition."""
        return f"FILTER({' && '.join(self.condition() for _ in range(self.random.choice([1, 1, 2])))})"

    def condition(self) -> str:
        """What can be compared, or asked of a variable."""
        name, other, constant = self.one(*VARIABLES, "?b", "?c"), self.one(*VARIABLES, "?e"), self.one(*CONSTANTS)
        compared = f"{name} {self.one(*SIGNS)} {constant}"
        return self.one(
            *[compared] * 8,
            f"{constant} {self.one(*SIGNS)} {name}", f"({name} {self.one(*SIGNS)} {constant})", f"BOUND({name})",
            f"!BOUND({name})", f"{name} {self.one(*SIGNS)} {other}", f"LANG({name}) = 'en'", f"isIRI({name})",
            f"({name} = {constant} || {name} = ex:b)", f"STR({name}) > 'a'", f"{name} IN ({constant}, 2)", name,
            f"REGEX(STR({name}), 'a')", f"!({name} = {constant})", "true",
        )  # fmt: skip

    def values(self) -> str:
        """``VALUES`` with few rows, some of them open."""
        name = self.one(*VARIABLES)
        several = " ".join(self.random.sample([*NODES, "UNDEF", "1", "2.5"], self.random.randint(1, 3)))
        return self.one(
            f"VALUES {name} {{ {several} }}", "VALUES ?e { ex:p ex:q } ?a ?e ?d",
            f"VALUES (?a {self.one('?b', '?c')}) {{ (ex:a ex:b) (ex:b 1) (UNDEF ex:b) (ex:a ex:b) }}",
        )  # fmt: skip
