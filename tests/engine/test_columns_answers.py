"""Whole answers that columns give are those of the engine, in every format, on random data, for random queries."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from random import Random
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import columns as build
from kg.build.lines import lines_of
from kg.ground.columns import COLUMNS, read_columns
from kg.ground.errors import QuerySyntaxError
from kg.serve.engine.engine import Engine
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS
from kg.serve.rewriting import Rewriter, Statistics
from kg.serve.rewriting.columns import Answer, answers, graph_notations, notations, patterns, searching, sources, table
from kg.serve.rewriting.columns.graph_notations import GRAPH_NOTATIONS
from kg.serve.rewriting.rules import columns
from kg.serve.rewriting.syntax import TYPE
from support.asking import asking, or_error
from support.random_queries import EX, NODES, PROLOGUE, XSD
from support.reduced_queries import SIGNS, Reduced, dataset
from support.serving import engine_on, make_release, many

EACH = 6
"""Queries asked of one dataset."""
ODD = [
    "ex:a", "ex:b", "ex:x", "<http://example.org/a>", "<http://example.org/none>", "ex:none", "<http://example.org/a-b>",
    "<http://example.org/&>", "<http://example.org/(a)>", "<http://example.org/\\u0061>", "<http://example.org/x/../a>",
    "<urn:ex>", "<http://[>", "<relative>",
]  # fmt: skip
"""IRIs in ``VALUES``: known ones, such as no triple has, and some that are not valid."""
CHARACTERS = [chr(code) for code in range(1, 0x30)] + [
    *"<>&'\"\\,{}x",
    "\x7f",
    "\x85",
    "\u2028",
    "\ufffe",
    "\U0001f600",
]
"""Characters of which formats escape some."""


@pytest.fixture(autouse=True)
def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pattern is too rare, and answers are written in several pieces."""
    monkeypatch.setattr(columns, "_LEAST", 0)
    monkeypatch.setattr(answers, "ROWS", 3)


class Plain(Reduced):
    """Queries that show all their solutions, over what may stand in a group."""

    def query(self) -> str:
        """A whole query; the engine may find that it is not valid."""
        kinds = [self.plain, self.plain, self.plain, self.grouped, self.different]
        return PROLOGUE + self.one(*kinds, *([self.listed] * 2 if self.sortable else []))

    def plain(self) -> str:
        """All solutions, with what stands behind."""
        group = self.wide()
        names = [*self.bound(group), *self.one([], [], ["?none"])]
        made = self.one("", "", "", " (STR(?b) AS ?s)", " (?a AS ?s) (IF(?b = 1, ?a, ?none) AS ?t)")
        return f"SELECT {' '.join(names)}{made} WHERE {group}{self.one('', '', self.table())}"

    def grouped(self) -> str:
        """Groups, with plain aggregates."""
        group = self.wide()
        names = self.names = self.bound(group)
        keys = self.random.sample(names, min(len(names), self.random.choice([0, 1, 1, 2])))
        items = " ".join(f"({self.aggregate()} AS ?n{number})" for number in range(self.random.randint(1, 3)))
        grouping = f" GROUP BY {' '.join(keys)}" if keys else ""
        return f"SELECT {self.one('', 'DISTINCT ')}{' '.join(keys)} {items} WHERE {group}{grouping}"

    def listed(self) -> str:
        """Solutions in an order that leaves nothing open."""
        group = self.wide()
        while "?e" in group or "|" in group or "UNION" in group:  # values of several kinds
            group = self.wide()
        names = self.bound(group)
        keys = " ".join(self.one(name, f"DESC({name})") for name in self.random.sample(names, len(names)))
        return f"SELECT {self.one('', 'DISTINCT ')}{' '.join(names)} WHERE {group} ORDER BY {keys}{self.limit()}"

    def limit(self) -> str:
        """Which of the rows."""
        return self.one("", "", " OFFSET 2", " LIMIT 3", " LIMIT 2 OFFSET 1")

    def bound(self, group: str) -> list[str]:
        """The variables of a group."""
        return sorted(set(re.findall(r"\?[abcd]\b", group))) or ["?a"]

    def wide(self) -> str:
        """A group, or one with a table, a union or a group within."""
        group = self.group()
        inner = self.one(
            group, group, f"{self.group()} UNION {self.group()}", f"{group} UNION {{ {self.values()} }}",
            f"{{ {group} }} {self.inner()}", f"{self.table()} {group[1:-1]}", f"{group[1:-1]} {self.table()}",
            f"{group[1:-1]} {self.inner()} UNION {self.inner()}", f"{group[1:-1]} {self.inner()}",
        )  # fmt: skip
        return inner if inner == group else f"{{ {inner} }}"

    def condition(self) -> str:
        """What can be asked of a variable."""
        part = self.one("'a'", "'b'", '"n"', "'é'", "''", "'\\\\'", "'\\n'", "'ab'@en")
        return self.one(*[super().condition()] * 5, f"CONTAINS({self.one('?b', '?c', '?d')}, {part})")

    def table(self) -> str:
        """``VALUES`` with IRIs of all kinds, or with some other terms."""
        usual, odd = self.one((1, 0), (3, 0), (20, 1)), self.one(*ODD)
        terms = [*self.random.choices([*NODES, "ex:none"], k=usual[0]), *[odd] * usual[1]]
        names = self.one("?a", "?b", "(?a ?b)", "?c", "?d")
        if "(" in names:
            return f" VALUES {names} {{ {' '.join(f'({term} {self.one(*NODES)})' for term in terms)} }}"
        more = self.one([], [], [], ["UNDEF"], ["1"], ["'a'"], ["# comment\n"])
        return f" VALUES {names} {{ {' '.join([*terms, *more])} }}"


class Graphs(Plain):
    """Queries that make graphs."""

    def query(self) -> str:
        """A whole query; the engine may find that it is not valid."""
        if self.random.random() < 0.15:
            return f"{PROLOGUE}CONSTRUCT WHERE {{ {self.one(*SHOWN)} }}"
        return PROLOGUE + self.one(self.made, self.made, self.first)

    def made(self) -> str:
        """A graph of all solutions."""
        return f"CONSTRUCT {{ {self.template()} }} WHERE {self.wide()}{self.one('', '', self.table())}"

    def first(self) -> str:
        """A graph of the first solutions of a list."""
        listed = self.listed() if self.sortable else self.plain()
        return f"CONSTRUCT {{ {self.template()} }} WHERE {listed.partition('WHERE')[2]}"

    def template(self) -> str:
        """Triples, some of which are none for some solutions."""
        return " . ".join(self.random.sample(TEMPLATES, self.random.randint(1, 3)))


SHOWN = ["?a ex:p ?b", "?a ex:p ?b ; ex:q ?c", "?a ?e ?b", "?a ?e ?b . ?a ex:p ?c", "?a ex:p ex:b . ?a a ?c"]
TEMPLATES = [
    "?a ex:p ?b", "?a ?e ?b", "?b ex:q ?a", "?a ?b ?c", "?a a ?d", f"?c a <{TYPE}>", "ex:a ex:p ?b",
    "?a ex:p 1, 1.5, true", "?b a 'a\\n'@en", "?d ex:r '1'^^ex:kind", "ex:a ex:q ex:none", "?a ex:p ?none",
    "_:x ex:p ?a", "?a <urn:a> ?e ; ex:q ?c", "?a ex:p [ ex:q ?b ]",
]  # fmt: skip


class Behind(Plain):
    """Queries with a table behind what may be unbound, or groups within whose conditions are of what is outside."""

    def query(self) -> str:
        """A whole query."""
        first, second = self.random.sample(["?a ex:p ?b", "?a ex:q ?c", "?a ex:p ?d"], 2)
        condition = f"FILTER({self.one('?b', '?c')} {self.one(*SIGNS)} {self.one('?a', '?b', '?c')})"
        inner = self.one(f"{second} {condition}", f"?a a ?d {condition}", f"{second} OPTIONAL {{ ?a ex:r ?d }}")
        within = self.one(f"{{ {inner} }} UNION {{ ?a ex:r ?b }}", f"OPTIONAL {{ {second} }}", f"{{ {inner} }}")
        behind = self.one(self.table(), "", "")
        return f"{PROLOGUE}SELECT ?a ?b ?c ?d WHERE {{ {first} {within} {self.one('', '{ ?d ex:q ?c }')} }} {behind}"


def rewriter_of(turtle: str, store: pyoxigraph.Store) -> Rewriter:
    lines = lines_of(quad.triple for quad in pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE))
    held = read_columns(build.columns(lines, len(store)))
    return Rewriter(Statistics(asking(store), columns=held), [columns.RULE])


def store_of(turtle: str) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE))  # unlike `load`, it keeps labels of blank nodes
    return store


def engine_bytes(store: pyoxigraph.Store, text: str, media_type: str) -> bytes:
    results = store.query(text)
    assert isinstance(results, pyoxigraph.QuerySolutions)
    return results.serialize(format=pyoxigraph.QueryResultsFormat.from_media_type(media_type)) or b""


def rows_of(document: bytes, media_type: str) -> tuple[object, list[Any]]:
    """The head of an answer and its rows; raises an error if it is no such document."""
    text = document.decode()
    if media_type.endswith("json"):
        whole = json.loads(text)
        return whole["head"], [json.dumps(row) for row in whole["results"]["bindings"]]
    if media_type.endswith("xml"):
        head, *rows = text.removesuffix("</results></sparql>").split("<result>")
        return head, rows
    if media_type == "text/csv":
        names, *found = csv.reader(io.StringIO(text, newline=""))
        return names, [tuple(row) for row in found]
    names, *lines, last = text.split("\n")
    assert last == ""
    return names, lines


def same(found: bytes, expected: bytes, media_type: str, *, in_order: bool) -> bool:
    """Whether two answers are the same to the last byte, but for the order of their rows where that is open."""
    if found == expected or in_order or len(found) != len(expected):
        return found == expected
    (head, rows), (other, others) = rows_of(found, media_type), rows_of(expected, media_type)
    return head == other and Counter(rows) == Counter(others)


def graphs_otherwise(answer: Answer, store: pyoxigraph.Store, text: str) -> list[str]:
    """Formats in which a graph has other triples than the engine gives, or one of them twice, as the engine may."""
    results = store.query(text)
    assert isinstance(results, pyoxigraph.QueryTriples)
    expected = Counter({*results})
    return [each for each in GRAPH_NOTATIONS if triples_of(answer, each) != expected]


def triples_of(answer: Answer, media_type: str) -> Counter[pyoxigraph.Triple]:
    """The triples that a graph is written as."""
    document = b"".join(answer.written(media_type, {"ex": EX, "xsd": XSD, "e": f"{EX}a"}))
    return Counter(quad.triple for quad in pyoxigraph.parse(document, pyoxigraph.RdfFormat.from_media_type(media_type)))


def differing(seed: int, make: Callable[[Random, set[str]], Reduced] = Plain) -> tuple[list[tuple[str, str, str]], int]:
    """Data and queries of which some format of the whole answer is another; how many were answered."""
    random = Random(seed)
    turtle, kinds = dataset(random)
    store = store_of(turtle)
    rewriter = rewriter_of(turtle, store)
    found, answered = [], 0
    for _ in range(EACH):
        text = make(random, kinds).query()
        whole = rewriter.rewrite(text)
        if not whole.answer or isinstance(or_error(lambda: store.query(whole.text)), str):  # noqa: B023 (called at once)
            continue
        answered += 1
        if whole.answer.variables is None:
            found += [(turtle, text, each) for each in graphs_otherwise(whole.answer, store, text)]
            continue
        for fmt in RESULT_FORMATS:
            written = b"".join(whole.answer.written(fmt.media_type, {}))
            expected = or_error(lambda: engine_bytes(store, text, fmt.media_type))  # noqa: B023
            ordered = "ORDER BY" in text
            if isinstance(expected, str) or not same(written, expected, fmt.media_type, in_order=ordered):  # type: ignore[arg-type]
                found.append((turtle, text, fmt.media_type))
    return found, answered


@settings(max_examples=200, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=2**40))
def test_whole_answers_are_those_of_the_engine(seed: int) -> None:
    assert differing(seed)[0] == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=2**40))
def test_whole_answers_of_groups_and_lists_are_those_of_the_engine(seed: int) -> None:
    assert differing(seed, Reduced)[0] == []


@settings(max_examples=100, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=2**40))
def test_graphs_are_those_of_the_engine(seed: int) -> None:
    assert differing(seed, Graphs)[0] == []


def test_every_kind_of_query_is_put_to_the_test() -> None:
    assert sum(differing(seed)[1] for seed in range(60)) > 90
    assert sum(differing(seed, Graphs)[1] for seed in range(60)) > 90


MUTATIONS: dict[str, tuple[Any, str, Any]] = {
    "a table of what is not always bound": (patterns, "_first_variables", lambda elements: set("abcde")),
    "branches whose filters see what is outside": (patterns, "_own_filters", lambda group, own: True),
    "a join on what may be unbound": (sources.Inline, "joins", lambda self, table: True),
    "commas between what is bound": (notations.Json, "_MARK", b""),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_answers_without_one_of_their_conditions_are_found_out(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, value = MUTATIONS[mutation]
    monkeypatch.setattr(module, name, value)
    made = (or_error(lambda: differing(seed, Behind)[0]) for seed in range(400))  # noqa: B023 (called at once)
    assert any(made), f"nothing depends on {name}"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=2**40))
def test_whole_answers_of_groups_within_are_those_of_the_engine(seed: int) -> None:
    assert differing(seed, Behind)[0] == []


PARTS = ["a", "n", "ab", "é", "\n", "\\", "\\n", '"', "u0001", "\x01", "en", "@", "", "'", "\x7f", "integer"]
"""What is looked for."""
HOLDING = ["", "a", "ab", "nab", "é", "\n", "a\nb", "b\\n", "\\", '"', "u0001", "\x01", "\x7f", "A'B", "1"]
"""Where it is looked for."""


def found_otherwise() -> list[str]:
    """Strings that are looked for with another result than the engine's."""
    terms = [f'"{_escaped(text)}"{kind}' for text in HOLDING for kind in ("", "@en", "^^xsd:integer", "^^ex:kind")]
    said = "".join(f"ex:s{number} ex:p {term} ; ex:q ex:a .\n" for number, term in enumerate([*terms, "ex:n", "1.5"]))
    turtle = f"@prefix ex: <{EX}> . @prefix xsd: <{XSD}> .\n{said}"
    store = store_of(turtle)
    rewriter = rewriter_of(turtle, store)
    found = []
    for part in PARTS:
        text = f'{PROLOGUE} SELECT ?a {{ ?a ex:p ?b ; ex:q ex:a FILTER(CONTAINS(?b, "{_escaped(part)}")) }}'
        whole = rewriter.rewrite(text).answer
        assert whole, text
        written = b"".join(whole.written("text/csv", {}))
        if not same(written, engine_bytes(store, text, "text/csv"), "text/csv", in_order=False):
            found.append(part)
    return found


def test_strings_are_found_where_the_engine_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_otherwise() == []
    with monkeypatch.context() as patch:
        patch.setattr(searching, "_ESCAPED", NEVER)
        assert found_otherwise() != []
    monkeypatch.setattr(searching, "unescaped", lambda text: text)
    assert found_otherwise() != []


NEVER = re.compile("(?!)")
TYPES = [
    "",
    "@en",
    "@fr-CA",
    "^^xsd:integer",
    "^^xsd:decimal",
    "^^xsd:double",
    "^^xsd:boolean",
    "^^ex:kind",
    "^^<urn:&>",
]


@pytest.fixture(scope="module")
def odd() -> tuple[pyoxigraph.Store, Rewriter]:
    """Values of which some format writes some character in a way of its own."""
    texts = ["".join(pair) for one in CHARACTERS for pair in ((one,), (one, "a"), ("b", one, "c"), (" d", one))]
    texts += ["1", "+1", "-1.50", "1.", ".5", "1e0", "1.e1", "1.5E-3", "true", "1", "", " ", "\t a \n"]
    literals = [f'"{_escaped(text)}"{kind}' for text in texts for kind in TYPES]
    iris = ["ex:a", "<urn:a&b>", "<urn:'>", "<urn:a,b;c>", "<urn:é>", "<urn:(%20)>"]
    turtle = f"@prefix ex: <http://example.org/> . @prefix xsd: <{XSD}> .\n" + "".join(
        f"ex:s{number} ex:p {term} ; ex:q ex:s{number // 2} .\n" for number, term in enumerate([*literals, *iris])
    )
    store = store_of(turtle)
    return store, rewriter_of(turtle, store)


ODDLY = ["?a ex:p ?b ; ex:q ?c", "?a ex:q ?c OPTIONAL { ?c ex:p ?b FILTER(isLiteral(?b) || ?c = ex:s1) }"]


def written_otherwise(store: pyoxigraph.Store, rewriter: Rewriter) -> list[str]:
    """Formats that write odd values in another way than the engine."""
    found = []
    for pattern in ODDLY:
        text = f"{PROLOGUE} SELECT ?b ?c ?a ?none WHERE {{ {pattern} }}"
        whole = rewriter.rewrite(text).answer
        assert whole, text
        for media_type in (fmt.media_type for fmt in RESULT_FORMATS):
            written = b"".join(whole.written(media_type, {}))
            if not same(written, engine_bytes(store, text, media_type), media_type, in_order=False):
                found.append(media_type)
    return found


def test_odd_values_are_written_as_the_engine_writes_them(
    odd: tuple[pyoxigraph.Store, Rewriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "ROWS", 500)
    assert written_otherwise(*odd) == []


SIMPLER: dict[str, tuple[type[notations.Notation], str, object]] = {
    "spaces around a value": (notations.Xml, "_AROUND", NEVER),
    "escapes in XML": (notations.Xml, "_ESCAPES", {}),
    "quotes in CSV": (notations.Csv, "_QUOTED", NEVER),
    "escapes in TSV": (notations.Tsv, "_ESCAPES", {}),
    "short forms of numbers": (notations.Tsv, "_SHORT", {}),
    "no short forms of what is no number": (
        notations.Tsv,
        "_SHORT",
        dict.fromkeys(notations.Tsv._SHORT, re.compile("")),
    ),
}


def test_odd_values_of_graphs_are_those_of_the_engine(odd: tuple[pyoxigraph.Store, Rewriter]) -> None:
    store, rewriter = odd
    text = f"{PROLOGUE} CONSTRUCT {{ ?c ex:p ?b . ?b ex:q ?a }} WHERE {{ {ODDLY[0]} }}"
    answer = rewriter.rewrite(text).answer
    assert answer
    assert graphs_otherwise(answer, store, text) == []


NAMES = ["", "a", "1", "a.b", "a.", ".a", "-a", "a-", "a/b", "a%20b", "é", "a:b", "a'b", "(a)", "a&b"]
"""What stands behind a namespace: some of it needs an escape."""


def names_otherwise() -> list[str]:
    """Formats that write names, and the type of things as a subject, in another way."""
    iris = [*(f"<{EX}{name}>" for name in NAMES), f"<{TYPE}>"]
    turtle = "".join(f"{iri} <{EX}p> {iri} ; a {iri} .\n" for iri in iris)
    store, text = store_of(turtle), "CONSTRUCT { ?a ?e ?b } WHERE { ?a ?e ?b }"
    answer = rewriter_of(turtle, store).rewrite(text).answer
    assert answer
    return graphs_otherwise(answer, store, text)


def test_names_of_graphs_are_those_of_the_engine() -> None:
    assert names_otherwise() == []


LOOSER: dict[str, tuple[Any, str, object]] = {
    "names that need no escape": (graph_notations, "_LOCAL", re.compile(b"[^>]*")),
    "a word for predicates alone": (
        graph_notations.Turtle,
        "places",
        lambda self: [graph_notations.Verbs({"ex": EX})] * 3,
    ),
    "where a subject goes on": (graph_notations.Turtle, "between", b" ;\n"),
}


@pytest.mark.parametrize("mutation", LOOSER)
def test_graphs_without_one_of_their_rules_are_found_out(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    notation, name, value = LOOSER[mutation]
    monkeypatch.setattr(notation, name, value)
    assert or_error(names_otherwise)


@pytest.mark.parametrize("mutation", SIMPLER)
def test_formats_without_one_of_their_rules_are_found_out(
    mutation: str, odd: tuple[pyoxigraph.Store, Rewriter], monkeypatch: pytest.MonkeyPatch
) -> None:
    notation, name, value = SIMPLER[mutation]
    monkeypatch.setattr(notation, name, value)
    monkeypatch.setattr(answers, "ROWS", 500)
    assert len({*written_otherwise(*odd)}) == 1


@pytest.mark.parametrize("term", ['"a"@en--ltr', "<<( ex:a ex:p ex:b )>>"])
def test_terms_that_are_not_written_are_left_to_the_engine(term: str) -> None:
    for said, is_left in (("ex:b", False), (term, True)):
        turtle = f"@prefix ex: <{EX}> . ex:a ex:p {said} ; ex:q ex:c ."
        rewriter = rewriter_of(turtle, store_of(turtle))
        assert (rewriter.rewrite(f"{PROLOGUE} SELECT ?b {{ ?a ex:p ?b ; ex:q ?c }}").answer is None) == is_left


def _escaped(text: str) -> str:
    return "".join(f"\\U{ord(character):08X}" for character in text)


MANY = many(1500)
"""Things in a ring, each with the next one, and a number."""
RING = f"PREFIX ex: <{EX}> SELECT ?a ?b WHERE {{ ?a ex:next ?b . ?b ex:number ?n FILTER(?n >= 'number 2') }}"


@pytest.mark.parametrize(
    "text",
    [
        RING,
        RING.replace("SELECT", "SELECT DISTINCT"),
        f"{RING} ORDER BY DESC(?b)",
        f"{RING} VALUES ?a {{ {' '.join(f'ex:n{number}' for number in range(700))} }}",
        f"{RING} VALUES (?a) {{ {' '.join(f'(<{EX}n{number}>)' for number in range(0, 3000, 2))} }}",
    ],
)
def test_whole_answers_come_from_the_workers(served: Engine, text: str) -> None:
    told = json.loads(served.explain(text))
    assert [each["rule"] for each in told["rules"]] == ["columns"]
    assert told["rewritten"] == text
    for fmt in RESULT_FORMATS:
        with closing(served.query(text, fmt.media_type)) as found:
            document = b"".join(found)
            assert found.variables == ("a", "b")
        with closing(served.query(text, fmt.media_type, rewrite=False)) as engine:
            assert same(document, b"".join(engine), fmt.media_type, in_order="ORDER BY" in text)
            assert found.rows == engine.rows


def test_whole_graphs_come_from_the_workers(served: Engine) -> None:
    pattern = "?a ex:next ?b . ?b ex:number ?n FILTER(?n >= 'number 2')"
    text = f"PREFIX ex: <{EX}> CONSTRUCT {{ ?a ex:next ?b ; ex:is ?a }} WHERE {{ {pattern} }}"
    assert [each["rule"] for each in json.loads(served.explain(text))["rules"]] == ["columns"]
    for fmt in GRAPH_FORMATS:
        with (
            closing(served.query(text, fmt.media_type)) as found,
            closing(served.query(text, fmt.media_type, rewrite=False)) as engine,
        ):
            document, expected = (b"".join(each) for each in (found, engine))
            assert found.variables is None
        rdf = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
        assert {*pyoxigraph.parse(document, rdf)} == {*pyoxigraph.parse(expected, rdf)}
        assert (document == expected) == (fmt.media_type not in GRAPH_NOTATIONS), fmt
        assert (b"@prefix ex: <http://example.org/> ." in document) == (fmt.suffix in {"ttl", "trig", "n3"})


def test_parts_of_a_graph_in_no_order_are_left_to_the_engine(ring: Rewriter) -> None:
    text = f"PREFIX ex: <{EX}> CONSTRUCT {{ ?a ex:next ?b }} WHERE {{ ?a ex:next ?b ; ex:number ?n }}"
    assert ring.rewrite(text).answer
    assert ring.rewrite(f"{text} ORDER BY ?a LIMIT 20000").answer
    assert ring.rewrite(f"{text} LIMIT 20000").answer is None


@pytest.mark.parametrize(
    "text",
    [
        RING.replace("?a ?b", "?a (?b AS ?a)"),
        "CONSTRUCT WHERE { ?a ?b ?c . ?c <urn:a>* ?d }",
        "CONSTRUCT { ?a ?b ?c . ?c ex:none ?d } WHERE { ?a ?b ?c }",
        RING.replace("?a ?b", "?a (COUNT(?b) AS ?n)"),
        f"{RING} VALUES ?a {{ {'ex:n1 ' * 5000}<http://[> }}",
        f"{RING} VALUES ?a {{ {'ex:n1 ' * 5000}unknown:n1 }}",
    ],
)
def test_what_is_not_valid_is_no_more_so(served: Engine, text: str) -> None:
    with pytest.raises(QuerySyntaxError):
        served.query(text)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    release = make_release(tmp_path_factory.mktemp("answers"), MANY)
    lines = lines_of(quad.triple for quad in pyoxigraph.parse(MANY, pyoxigraph.RdfFormat.N_TRIPLES))
    (release.path / COLUMNS).write_bytes(build.columns(lines, len(lines)))
    with engine_on(release, workers=1) as engine:
        yield engine


def test_many_rows_in_no_order_are_cut_where_the_whole_is(ring: Rewriter, monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"PREFIX ex: <{EX}> SELECT ?a ?p ?b {{ ?a ex:next ?c ; ?p ?b }}"
    whole = lines_written(ring, text)
    assert len(whole) == 3100
    for limit, is_left in ((10_000, False), (9_999, True)):
        assert (ring.rewrite(f"{text} LIMIT {limit}").answer is None) == is_left
    monkeypatch.setattr(columns, "_LONG", 1200)
    parts = [lines_written(ring, f"{text} LIMIT 1200 OFFSET {start}") for start in (0, 1200, 2400)]
    assert [line for part in parts for line in part] == whole
    monkeypatch.setattr(columns, "_CUT", 1)
    assert ring.rewrite(f"{text} LIMIT 1200").answer is None


def test_of_many_rows_all_parts_are_left_to_the_engine_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_LONG", 1200)
    turtle = f'{MANY}<{EX}n7> <{EX}next> "x"@en--ltr .'  # in one part of the rows alone
    rewriter = rewriter_of(turtle, store_of(turtle))
    for shown, is_left in (("?a ?b", True), ("?a ?n", False)):
        text = f"PREFIX ex: <{EX}> SELECT {shown} {{ ?a ex:next ?b ; ex:number ?n }} LIMIT 1200"
        parts = [rewriter.rewrite(f"{text} OFFSET {start}").answer is None for start in (0, 1200)]
        assert parts == [is_left, is_left]


@pytest.mark.parametrize(
    "text", ["SELECT ?a ?p ?b { ?a ?p ?b }", "SELECT ?p ?b { ?a ?p ?b }", "SELECT ?a { ?a ?b ?c }"]
)
def test_every_triple_is_told_blank_nodes_among_them(text: str) -> None:
    turtle = f'{MANY}<{EX}n7> <{EX}odd> _:b . _:b <{EX}odd> _:c, "é"@fr .'
    store = store_of(turtle)
    whole = rewriter_of(turtle, store).rewrite(text).answer
    assert whole
    for fmt in RESULT_FORMATS:
        engine = engine_bytes(store, text, fmt.media_type)
        assert same(b"".join(whole.written(fmt.media_type, {})), engine, fmt.media_type, in_order=False)


@pytest.mark.parametrize(
    "text", ["SELECT ?a ?p { ?a ?p ?a }", "SELECT ?a ?p { ?a ?p ex:n1 }", "SELECT ?a ?c { ?a ?p ?b . ?c ?q ?d }"]
)
def test_what_is_not_every_triple_is_not_told_so(ring: Rewriter, text: str) -> None:
    assert ring.rewrite(f"PREFIX ex: <{EX}> {text}").answer is None


def test_too_many_triples_are_left_to_the_engine(ring: Rewriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST", 1000)
    assert ring.rewrite("SELECT ?a ?p ?b { ?a ?p ?b }").answer is None


def lines_written(rewriter: Rewriter, text: str) -> list[bytes]:
    """The rows of a whole answer as TSV."""
    whole = rewriter.rewrite(text).answer
    assert whole
    return b"".join(whole.written("text/tab-separated-values", {})).splitlines()[1:]


def test_all_triples_of_a_few_terms_are_left_to_the_engine(ring: Rewriter, monkeypatch: pytest.MonkeyPatch) -> None:
    for scanned, is_left in ((1000, False), (2, True)):
        monkeypatch.setattr(sources, "_SCANNED", scanned)
        whole = ring.rewrite(f"PREFIX ex: <{EX}> SELECT ?a ?p ?b {{ ?a ex:kind ex:k1 ; ?p ?b }}").answer
        assert (whole is None) == is_left


LEFT = [
    "SELECT ?a ?b { ?a ?p ?b . ?b ?p ?c }",
    "SELECT ?a ?p { ?a ex:next ?b . ?a ?p ?p }",
    "SELECT ?a { ?a ex:next ?b . GRAPH ex:g { ?b ex:next ?c } }",
    "SELECT ?a { ?a ex:next* ?b }",
    "SELECT ?a { ?a ex:next ?b . ex:n1 ex:next|ex:number ex:n2 }",
    "SELECT ?a { ?a ex:next ?b . ?a ex:next|ex:number ?b }",
    "SELECT ?a { ?a ex:next ?b } VALUES (?a ?b) { (ex:n1 ex:n2) (ex:n2 UNDEF) }",
    "SELECT ?a ?b { ?a ex:next ?b . ?c ex:number ?n }",
    "SELECT ?a ?b { ?a ex:next ?b . ?b ex:next ?c } LIMIT 5",
    "SELECT ?b (COUNT(?a) AS ?n) { ?a ex:next ?b } GROUP BY ?b ORDER BY COUNT(?a)",
    "SELECT ?b (SAMPLE(?a) AS ?n) { ?a ex:next ?b } GROUP BY ?b",
    "SELECT ?b (AVG(?a) AS ?n) { ?a ex:next ?b } GROUP BY ?b",
    "SELECT ?b (COUNT(?a) AS ?n) { ?a ex:next ?b } GROUP BY ?b VALUES ?b { ex:n1 }",
    "SELECT ?b (RAND() AS ?n) { ?a ex:next ?b . ?b ex:number ?m }",
    "SELECT ?a { ?a ex:next ?b OPTIONAL { ?b ex:none ?c } } VALUES ?c { ex:n1 }",
    "ASK { ?a ex:next ?b . ?b ex:next ?c }",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_columns_cannot_answer_is_left_to_the_engine(ring: Rewriter, text: str) -> None:
    assert ring.rewrite(f"PREFIX ex: <{EX}> {text}").answer is None


def test_conditions_and_expressions_of_groups_are_part_of_an_answer(ring: Rewriter) -> None:
    shown = "SELECT ?k (COUNT(?a) * 2 AS ?n) { ?a ex:kind ?k ; ex:next ?b } GROUP BY ?k HAVING (MAX(?b) = ex:n99)"
    assert lines_written(ring, f"PREFIX ex: <{EX}> {shown}") == [f"<{EX}k0>\t100".encode()]


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        ("BIND(IF(?k = ex:k0, ex:none, ex:other) AS ?b) FILTER(?b = ex:none)", 50),
        ("BIND(IF(?k = ex:k0, ex:none, ex:other) AS ?b) FILTER(?b != ex:none)", 50),
        ("VALUES ?b { ex:none ex:other ex:n1 } FILTER(ex:none = ?b)", 100),
        ("VALUES ?b { ex:none ex:other ex:n1 } FILTER(?b != ex:none)", 200),
    ],
)
def test_iris_that_no_triple_has_are_compared_like_others(ring: Rewriter, bound: str, shown: int) -> None:
    assert len(lines_written(ring, f"PREFIX ex: <{EX}> SELECT ?a ?b {{ ?a ex:kind ?k {bound} }}")) == shown


def test_what_the_engine_has_at_once_is_left_to_it(ring: Rewriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_LEAST", 300)
    for left, text in (
        (False, "?a ex:next ?b ; ex:number ?n"),
        (True, "?a ex:next ?b ; ex:number 7"),
        (True, "VALUES ?a { ex:n1 ex:n2 } ?a ex:next ?b ; ex:number ?n"),
    ):
        whole = ring.rewrite(f"PREFIX ex: <{EX}> SELECT ?a ?b {{ {text} }}").answer
        assert (whole is None) == left, text


def test_joins_of_too_many_solutions_are_not_begun(ring: Rewriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST", 2000)
    assert ring.rewrite(f"PREFIX ex: <{EX}> SELECT ?a ?b {{ ?a ex:next/^ex:next ?b }}").answer
    whole = ring.rewrite(f"PREFIX ex: <{EX}> SELECT ?a ?b {{ ?a ex:kind ?kind . ?b ex:kind ?kind }}")
    assert whole.answer is None


@pytest.fixture
def ring() -> Rewriter:
    turtle = f"{MANY}" + "".join(f"<{EX}n{number}> <{EX}kind> <{EX}k{number % 2}> .\n" for number in range(100))
    return rewriter_of(turtle, store_of(turtle))
