"""Columns of a release: the file, the order of terms in it, and what the rule makes of queries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyoxigraph
import pytest

from kg.build import columns as build
from kg.build.columns import columns as written
from kg.build.lines import lines_of
from kg.ground import columns as ground
from kg.ground.columns import COLUMNS, NO_TERM, VERSION, Columns, Kind, open_columns, place, read_columns
from kg.serve.rewriting import RULES, Rewriter, Rewriting, Statistics
from kg.serve.rewriting.columns import Patterns, Whole
from kg.serve.rewriting.parsing import parse
from kg.serve.rewriting.rules import columns
from kg.serve.rewriting.statistics import patterns_of
from support.asking import answer, asking
from support.serving import engine_on, make_release, many

EX = "http://example.org/"
PREFIXES = f"PREFIX ex: <{EX}> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
DATA = f"""@prefix ex: <{EX}> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:a a ex:Gift ; ex:by ex:x ; ex:value 1.50 ; ex:day "2024-01-02"^^xsd:date .
ex:b a ex:Gift ; ex:by ex:x ; ex:value 2 ; ex:day "2023-12-31"^^xsd:date ; ex:note "first" .
ex:c a ex:Gift ; ex:by ex:y ; ex:value 0.25 ; ex:day "2024-01-02"^^xsd:date .
ex:d a ex:Gift ; ex:by ex:z ; ex:value 1e0 .
ex:great ex:value 123456789012345678901.5 .
"""


XSD = "http://www.w3.org/2001/XMLSchema#"


def integer(value: int) -> str:
    return f'"{value}"^^<{XSD}integer>'


def decimal(value: str) -> str:
    return f'"{value}"^^<{XSD}decimal>'


@pytest.fixture
def store() -> pyoxigraph.Store:
    made = pyoxigraph.Store()
    made.load(DATA.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    return made


@pytest.fixture
def lines() -> Sequence[bytes]:
    return lines_of_data()


def lines_of_data() -> Sequence[bytes]:
    return lines_of(quad.triple for quad in pyoxigraph.parse(DATA, pyoxigraph.RdfFormat.TURTLE))


@pytest.fixture
def held(store: pyoxigraph.Store, lines: Sequence[bytes]) -> Columns:
    return read_columns(written(lines, len(store)))


@pytest.fixture
def rewriter(store: pyoxigraph.Store, held: Columns, monkeypatch: pytest.MonkeyPatch) -> Rewriter:
    """One to which no pattern is too rare, and no table too large, that gives no whole answers."""
    for name in ("_FEW", "_LEAST", "_SAVES"):
        monkeypatch.setattr(columns, name, 0)
    monkeypatch.setattr(Whole, "fits", lambda _: False)
    return Rewriter(Statistics(asking(store), columns=held), [columns.RULE])


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        (
            "SELECT ?who (COUNT(*) AS ?n) (SUM(?v) AS ?sum) { ?g ex:by ?who ; ex:value ?v ; ex:day ?d } GROUP BY ?who",
            (f"SELECT ?who (?columns1_0 AS ?n) (?columns1_1 AS ?sum) {{ VALUES (?who ?columns1_0 ?columns1_1) "
            f"{{ (<{EX}x> {integer(2)} {decimal('3.5')}) (<{EX}y> {integer(1)} {decimal('0.25')}) }} }}"),
        ),
        (
            "SELECT ?who { ?g ex:by ?who } GROUP BY ?who HAVING (COUNT(?g) > 1) ORDER BY DESC(COUNT(?g)) LIMIT 5",
            (f"SELECT ?who {{ VALUES (?who ?columns1_0) {{ (<{EX}x> {integer(2)}) (<{EX}y> {integer(1)}) "
            f"(<{EX}z> {integer(1)}) }} "
            "FILTER(?columns1_0 > 1) } ORDER BY DESC(?columns1_0) LIMIT 5"),
        ),
        (
            "SELECT DISTINCT ?who { ?g ex:by ?who ; ex:value ?v FILTER(?v > 1) }",
            f"SELECT DISTINCT ?who {{ VALUES (?who) {{ (<{EX}x>) }} }}",
        ),
        (
            "SELECT DISTINCT ?who { ?g ex:by ?who ; ex:value ?v FILTER(1 <= ?v && ?v < 2) }",
            f"SELECT DISTINCT ?who {{ VALUES (?who) {{ (<{EX}x>) (<{EX}z>) }} }}",
        ),
        (
            "SELECT ?g ?d { ?g ex:day ?d } ORDER BY DESC(?d) ?g LIMIT 1 OFFSET 1",
            (f'SELECT ?g ?d {{ VALUES (?d ?g) {{ ("2024-01-02"^^<http://www.w3.org/2001/XMLSchema#date> <{EX}c>) }} }} '
            "ORDER BY DESC(?d) ASC(?g) LIMIT 1"),
        ),
        (
            "SELECT DISTINCT ?w { ?g ex:by ?w OPTIONAL { ?g ex:note ?n } FILTER(!BOUND(?n)) MINUS { ?g ex:value .25 }}",
            f"SELECT DISTINCT ?w {{ VALUES (?w) {{ (<{EX}x>) (<{EX}z>) }} }}",
        ),
        (
            "SELECT DISTINCT ?who { VALUES ?how { ex:by ex:none } VALUES ?any { UNDEF } ?g ?how ?who ; ex:day ?d }",
            f"SELECT DISTINCT ?who {{ VALUES (?who) {{ (<{EX}x>) (<{EX}y>) }} }}",
        ),
        (
            "SELECT (COUNT(*) AS ?n) { ?g ex:by|ex:note ?o . ?o ^ex:by/ex:value ?v }",
            f"SELECT (?columns1_0 AS ?n) {{ VALUES (?columns1_0) {{ ({integer(6)}) }} }}",
        ),
        (
            "SELECT (COUNT(*) AS ?n) { ?g ?p ?who }",
            f"SELECT (?columns1_0 AS ?n) {{ VALUES (?columns1_0) {{ ({integer(17)}) }} }}",
        ),
        (
            "SELECT DISTINCT ?k { ?g ex:by ?w ; ex:value ?value BIND(IF(?value > 1, ?w, ?none) AS ?k) }",
            f"SELECT DISTINCT ?k {{ VALUES (?k) {{ (UNDEF) (<{EX}x>) }} }}",
        ),
    ],
)  # fmt: skip
def test_few_rows_of_many_solutions_become_a_table(
    rewriter: Rewriter, store: pyoxigraph.Store, text: str, becomes: str
) -> None:
    rewriting = rewriter.rewrite(PREFIXES + text)
    assert rewriting.text == PREFIXES + becomes
    assert answer(store, rewriting.text) == answer(store, PREFIXES + text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?who { ?g ex:by ?who }",
        "SELECT (SUM(?v) AS ?sum) { ?g ex:value ?v }",
        "SELECT (MAX(?v) AS ?most) { ?g ex:value ?v }",
        "SELECT ?g ?v { ?g ex:value ?v } ORDER BY ?v LIMIT 1",
        "SELECT ?g ?v { ?g ex:value ?v } ORDER BY STR(?v) LIMIT 1",
        "SELECT (SUM(DISTINCT ?v) AS ?sum) { ?g ex:by ?who ; ex:value ?v }",
        "SELECT (COUNT(*) AS ?n) { ?g ex:by ?who . ?other ex:value ?v }",
        "SELECT (COUNT(*) AS ?n) { GRAPH ex:g { ?g ex:by ?who } }",
        "SELECT (COUNT(*) AS ?n) { ?g ex:by* ?who }",
        "SELECT DISTINCT ?who { ?g ex:by ?who FILTER(?g != ex:a && EXISTS { ?g ex:note ?n }) }",
        "SELECT DISTINCT ?who { ?g ex:by ?who MINUS { ?other ex:value ?v } }",
        "SELECT DISTINCT ?n { ?g ex:by ?who OPTIONAL { ?g ex:note ?n } ?other ex:note ?n }",
        "CONSTRUCT { ?g ex:by ?who } WHERE { ?g ex:by ?who }",
    ],
)
def test_what_columns_cannot_tell_is_left_to_the_engine(rewriter: Rewriter, text: str) -> None:
    assert rewriter.rewrite(PREFIXES + text) == Rewriting(PREFIXES + text)


def test_terms_are_in_the_order_of_what_they_stand_for(held: Columns) -> None:
    texts = [held.text(number) for number in range(held.size)]
    assert texts == sorted(texts, key=place)
    start, end = held.range(Kind.NUMBER)
    assert [text.split('"')[1] for text in texts[start:end]] == ["0.25", "1.5", "2", "123456789012345678901.5"]
    assert held.find('"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>') == start + 1
    assert held.find('"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>') is None


def test_many_terms_are_found_at_once(held: Columns, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = [f"<{EX}{name}>".encode() for name in ("x", "none", "a", "x")]
    for checksum in (ground.crc32, len, lambda _: 7):  # of which the last two are the same for many terms
        monkeypatch.setattr(ground, "crc32", checksum)
        monkeypatch.setattr(build, "crc32", checksum)
        again = read_columns(written(lines_of_data(), 1))
        found = again.find_all(terms)
        assert found[1] == NO_TERM
        assert again.texts(found[[0, 2, 3]]) == [f"<{EX}x>", f"<{EX}a>", f"<{EX}x>"]
        assert [again.find(again.text(number)) for number in range(again.size)] == [*range(again.size)]
    assert len(held.find_all([])) == 0


def test_a_predicate_has_its_triples_by_subject_and_by_object(held: Columns) -> None:
    found = held.relation(f"<{EX}by>")
    assert found
    pairs = [*zip(held.texts(found.subjects), held.texts(found.subjects_objects), strict=True)]
    expected = [(f"<{EX}{gift}>", f"<{EX}{who}>") for gift, who in ("ax", "bx", "cy", "dz")]
    assert pairs == expected
    assert [*zip(held.texts(found.objects_subjects), held.texts(found.objects), strict=True)] == expected
    assert [*found.different] == [4, 3]
    assert held.relation(f"<{EX}none>") is None


def test_the_statistics_know_how_many_different_terms_an_end_has(store: pyoxigraph.Store, held: Columns) -> None:
    query = parse(f"SELECT * {{ ?g <{EX}by> ?who }}")
    assert query
    triple = next(patterns_of(query.body.where))
    statistics = Statistics(asking(store), columns=held)
    assert [statistics.different(triple, name) for name in ("g", "who")] == [4, 3]
    assert Statistics(asking(store)).different(triple, "g") is None


def test_the_same_triples_in_any_order_give_the_same_bytes(lines: Sequence[bytes]) -> None:
    assert written(lines, 20) == written([*reversed(lines)], 20)


def test_the_columns_of_another_store_are_not_taken(tmp_path: Path, lines: Sequence[bytes]) -> None:
    file = tmp_path / COLUMNS
    assert open_columns(file, 20) is None
    content = written(lines, 20)
    file.write_bytes(content)
    found = open_columns(file, 20)
    assert found
    assert found.find(f"<{EX}x>") is not None
    assert open_columns(file, 21) is None
    for damaged in (
        b"",
        b"\0",
        b"no columns at all",
        content[:200],
        content.replace(b'"version": %d' % VERSION, b'"version": 9'),
    ):
        file.unlink()
        file.write_bytes(damaged)
        assert open_columns(file, 20) is None


def test_a_graph_without_triples_has_columns() -> None:
    assert read_columns(written([], 0)).size == 0


def test_numbers_among_other_values_are_sorted_by_themselves() -> None:
    values = [str(number) for number in range(40)] + [f'"{number}a"' for number in range(40)]
    turtle = "".join(f"<{EX}s{place}> <{EX}value> {value} . " for place, value in enumerate(values))
    store = pyoxigraph.Store()
    store.load(f'{turtle} <{EX}s0> <{EX}value> <{EX}x> ; <{EX}name> "s0", "s1" .'.encode(), pyoxigraph.RdfFormat.TURTLE)
    triples = (quad.triple for quad in store)
    held = read_columns(written(lines_of(triples), len(store)))
    rewriter = Rewriter(Statistics(asking(store), columns=held), RULES)
    rewriting = rewriter.rewrite(f"{PREFIXES} SELECT ?v {{ ?s ex:value ?v }} ORDER BY DESC(?v)")
    assert [each["rule"] for each in rewriting.applied] == ["kinds"]
    assert rewriting.text.endswith("ORDER BY DESC(isNumeric(?v)) DESC(?v)")
    solutions = store.query(rewriting.text)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    found = [solution["v"].value for solution in solutions]
    texts = sorted((f"{number}a" for number in range(40)), reverse=True)
    assert found == [*(str(number) for number in reversed(range(40))), *texts, f"{EX}x"]
    others = ("SELECT ?v { ?s ex:name ?v } ORDER BY ?v", "SELECT ?v { ?s ex:value ?v } ORDER BY STR(?v)")
    assert [rewriter.rewrite(PREFIXES + text).applied for text in others] == [(), ()]
    anything = rewriter.rewrite("SELECT ?v { ?s ?p ?v } ORDER BY ?v")
    assert anything.text == "SELECT ?v { ?s ?p ?v } ORDER BY isNumeric(?v) ?v"


def test_what_takes_too_much_memory_is_left_to_the_engine(rewriter: Rewriter, monkeypatch: pytest.MonkeyPatch) -> None:
    def solutions(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Patterns, "solutions", solutions)
    text = f"{PREFIXES} SELECT DISTINCT ?who {{ ?g ex:by ?who }}"
    assert rewriter.rewrite(text) == Rewriting(text)


def test_the_engine_answers_by_the_columns_of_its_release(tmp_path: Path) -> None:
    release = make_release(tmp_path, many(1500))
    lines = lines_of(quad.triple for quad in pyoxigraph.parse(many(1500), pyoxigraph.RdfFormat.N_TRIPLES))
    (release.path / COLUMNS).write_bytes(written(lines, len(lines)))
    text = f"SELECT (COUNT(*) AS ?n) (MIN(?b) AS ?first) {{ ?a <{EX}next> ?b . ?b <{EX}number> ?number }}"
    with engine_on(release, workers=1) as engine:
        assert [each["rule"] for each in json.loads(engine.explain(text))["rules"]] == ["columns"]
        for rewrite in (True, False):
            with closing(engine.query(text, "text/csv", rewrite=rewrite)) as found:
                assert b"".join(found) == f"n,first\r\n1500,{EX}n0\r\n".encode()
