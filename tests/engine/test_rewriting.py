"""What each rule makes of a query, what it leaves alone, and how the service tells."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from kg.ground.errors import QuerySyntaxError
from kg.serve.engine import Engine
from kg.serve.guard import LONG
from kg.serve.rewriting import Counts, Rewriter, Rewriting, Statistics, read_counts
from kg.serve.rewriting.parsing import parse
from kg.serve.rewriting.syntax import Values
from support.serving import engine_on, make_release, many

ROOT = Path(__file__).parents[2]
EX = "http://example.org/"
PREFIX = f"PREFIX ex: <{EX}> "
COUNTS = Counts(
    total=1_000_000,
    predicates={f"<{EX}rare>": 10, f"<{EX}some>": 10_000, f"<{EX}many>": 500_000},
    classes={f"<{EX}Few>": 5, f"<{EX}Many>": 90_000},
    graphs={f"<{EX}one>": 3, f"<{EX}two>": 4},
    types={f"<{EX}some>": [f"<{EX}Thing>", f"<{EX}Other>"]},
)
LONG_TABLE = " ".join(f"<{EX}n{number}>" for number in range(1200))
BY_CLASS = f"VALUES (?c ?count1) {{ (<{EX}Few> 5) (<{EX}Many> 90000) }}"
BY_GRAPH = f"VALUES (?g ?count1) {{ (<{EX}one> 3) (<{EX}two> 4) }}"
BOUND = (
    "OPTIONAL { SELECT (((?v)) AS ?bound1) { SELECT ?v { ?s ex:many ?v } LIMIT 2236 } "
    "ORDER BY DESC((?v)) LIMIT 1 OFFSET 9 }"
)
NOT_BEHIND = "FILTER(COALESCE(!(((?v)) < ?bound1), true))"


def no_rows(_: str) -> Sequence[Sequence[str | None]]:
    return [['"1000"^^<http://www.w3.org/2001/XMLSchema#integer>']]


def rewritten(body: str) -> Rewriting:
    return Rewriter(Statistics(no_rows, COUNTS)).rewrite(PREFIX + body)


@pytest.mark.parametrize(
    ("body", "rule", "becomes"),
    [
        (
            "SELECT ?c (COUNT(?s) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(COUNT(?s))",
            "counts",
            f"SELECT ?c (SUM(?count1) AS ?n) {{ {BY_CLASS} }} GROUP BY ?c ORDER BY DESC(SUM(?count1))",
        ),
        (
            "SELECT ?c { ?s a ?c } GROUP BY ?c HAVING (COUNT(?s) > 9)",
            "counts",
            f"SELECT ?c {{ {BY_CLASS} }} GROUP BY ?c HAVING (SUM(?count1) > 9)",
        ),
        (
            "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
            "counts",
            "SELECT (SUM(?count1) AS ?n) { VALUES ?count1 { 1000000 } }",
        ),
        (
            "SELECT (COUNT(*) AS ?n) { ?s ex:none ?o }",
            "counts",
            "SELECT (SUM(?count1) AS ?n) { VALUES ?count1 { 0 } }",
        ),
        (
            "SELECT DISTINCT ?class { [] a ?class }",
            "counts",
            f"SELECT DISTINCT ?class {{ VALUES ?class {{ <{EX}Few> <{EX}Many> }} }}",
        ),
        (
            "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
            "counts",
            f"SELECT ?g (SUM(?count1) AS ?n) WHERE {{ {BY_GRAPH} }} GROUP BY ?g",
        ),
        (
            "SELECT ?s { ?s ?p ?o FILTER(?p = ex:rare) }",
            "equality",
            "SELECT ?s { VALUES ?p { ex:rare }  ?s ?p ?o FILTER(true) }",
        ),
        (
            "SELECT ?s { ?s ?p ?o FILTER(?p IN (ex:rare, ex:some)) }",
            "equality",
            "SELECT ?s { VALUES ?p { ex:rare ex:some }  ?s ?p ?o FILTER(true) }",
        ),
        (
            "SELECT ?s { ?s a ex:Thing ; ex:some ?o }",
            "implied",
            "SELECT ?s { ?s ex:some ?o }",
        ),
        (
            "CONSTRUCT { ?s a ex:Thing ; ex:some ?o } WHERE { ?s a ex:Thing ; ex:some ?o }",
            "implied",
            "CONSTRUCT { ?s a ex:Thing ; ex:some ?o } WHERE { ?s ex:some ?o }",
        ),
        (
            "SELECT ?s { ?s ex:rare ?o MINUS { ?s ex:many ?x } }",
            "difference",
            "SELECT ?s { ?s ex:rare ?o FILTER NOT EXISTS { ?s ex:many ?x } }",
        ),
        (
            "SELECT ?s { ?s ex:many ?o FILTER NOT EXISTS { ?s ex:rare ?x } }",
            "difference",
            "SELECT ?s { ?s ex:many ?o FILTER(true)  MINUS { ?s ex:rare ?x } }",
        ),
        (
            "SELECT ?s { ?s ex:many ?o FILTER EXISTS { ?s ex:rare ?x } }",
            "semi-join",
            "SELECT ?s { ?s ex:many ?o FILTER(true)  { SELECT DISTINCT ?s { ?s ex:rare ?x } } }",
        ),
        (
            "SELECT ?s { ?s ex:rare ?o OPTIONAL { ?s ex:some ?x } FILTER(!BOUND(?x)) }",
            "unbound",
            "SELECT ?s { ?s ex:rare ?o FILTER NOT EXISTS { ?s ex:some ?x } FILTER(true) }",
        ),
        (
            "ASK { ?s ex:rare ?o FILTER EXISTS { ?x ex:many ?y . ?s ex:some ?x } }",
            "existence",
            "ASK { ?s ex:rare ?o FILTER EXISTS { ?s ex:some ?x FILTER EXISTS { ?x ex:many ?y } } }",
        ),
        (
            "ASK { ?s ex:rare ?o FILTER EXISTS { ?s ex:some/ex:many ?y } }",
            "existence",
            "ASK { ?s ex:rare ?o FILTER EXISTS { ?s ex:some ?step1_0_1 FILTER EXISTS { ?step1_0_1 ex:many ?y } } }",
        ),
        (
            "SELECT DISTINCT ?o ?name { ?s ex:some ?o . ?o ex:some ?name }",
            "distinct",
            "SELECT DISTINCT ?o ?name { { SELECT DISTINCT ?o { ?s ex:some ?o } } ?o ex:some ?name }",
        ),
        (
            "SELECT * { ?s ex:many ?o ; ex:rare ?x }",
            "order",
            "SELECT * { ?s ex:rare ?x . ?s ex:many ?o }",
        ),
        (
            f"SELECT ?s ?o {{ VALUES ?s {{ {LONG_TABLE} }} ?s a ex:Many ; ex:some ?o }}",
            "bindings",
            f"SELECT ?s ?o {{ VALUES ?s {{ {LONG_TABLE} }} ?s ex:some ?o FILTER EXISTS {{ ?s a ex:Many }} }}",
        ),
        (
            f"SELECT ?s ?o {{ ?s a ex:Few ; ex:some ?o }} VALUES ?s {{ {LONG_TABLE} }}",
            "bindings",
            f"SELECT ?s ?o {{ {{ SELECT ?s {{ VALUES ?s {{ {LONG_TABLE} }} }} }}  ?s a ex:Few ; ex:some ?o }} ",
        ),
        (
            "SELECT ?s ?v { ?s ex:many ?v } ORDER BY DESC(?v) LIMIT 10",
            "top",
            f"SELECT ?s ?v {{ {BOUND}  ?s ex:many ?v  {NOT_BEHIND} }} ORDER BY DESC(?v) LIMIT 10",
        ),
    ],
)
def test_a_rule_applies(body: str, rule: str, becomes: str) -> None:
    rewriting = rewritten(body)
    assert [each["rule"] for each in rewriting.applied] == [rule]
    assert rewriting.text == PREFIX + becomes


@pytest.mark.parametrize(
    "body",
    [
        "CONSTRUCT WHERE { ?s a ex:Thing ; ex:some ?o }",  # the pattern is the template too
        "SELECT ?c (COUNT(?s) AS ?n) (SAMPLE(?s) AS ?one) { ?s a ?c } GROUP BY ?c",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?s }",
        "SELECT (COUNT(?s) AS ?n) (COUNT(DISTINCT *) AS ?m) { ?s ex:some ?o }",
        "PREFIX near: <near#> SELECT (COUNT(*) AS ?n) { ?s near:some ?o }",
        "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        "SELECT DISTINCT ?c { ?s a ?c } LIMIT 3",
        "SELECT ?s { ?s a ex:Thing . ?o ex:some ?s }",
        "SELECT ?s { GRAPH ex:g { ?s a ex:Thing ; ex:some ?o } }",
        "SELECT ?s { ?s a ex:Thing OPTIONAL { ?s ex:some ?o } }",
        "SELECT ?s { ?s ?p ?o FILTER(?o = 1) }",
        "SELECT ?s { ?s ex:p ?o OPTIONAL { ?s ex:q ?v } FILTER(?v = ex:a) }",
        "SELECT ?s { ?s ?p ?o FILTER(?p IN (ex:rare, ex:rare)) }",
        "SELECT ?s { ?s ex:rare ?o MINUS { ?x ex:many ?y } }",
        "SELECT ?s { ?s ex:rare ?o MINUS { ?s ex:many ?x } OPTIONAL { ?s ex:some ?x } }",
        "SELECT ?s { ?s ex:rare ?o MINUS { ?s ex:many ?x OPTIONAL { ?s ex:some ?o } } }",
        "SELECT * { ?s ex:rare ?o OPTIONAL { ?s ex:some ?x } FILTER(!BOUND(?x)) }",
        "SELECT ?s { ?s ex:rare ?o OPTIONAL { ?s ex:some ?x } FILTER(!BOUND(?x)) OPTIONAL { ?x ex:rare ?y } }",
        "ASK { ?s ex:rare ?o FILTER EXISTS { ?s ex:some ?x ; ex:many ?y } }",
        "SELECT * { ?s ex:rare ?o ; ex:many ?x }",
        "SELECT DISTINCT ?v { ?s ex:many ?v } ORDER BY DESC(?v) LIMIT 10",
        "SELECT ?s ?v { ?s ex:rare ?v } ORDER BY DESC(?v) LIMIT 10",
        "SELECT * { ?s ex:many ?o ; ex:rare ?x } LIMIT 3",
        "SELECT DISTINCT ?o ?name { ?s ex:some ?o . ?o ex:some ?name } ORDER BY ?s",
        "SELECT DISTINCT ?o ?name { ?s ex:some ?o . ?o ex:some ?name OPTIONAL { ?s ex:rare ?x } }",
        "SELECT DISTINCT ?o (COUNT(?s) AS ?n) { ?s ex:some ?o . ?o ex:some ?name } GROUP BY ?o",
        "SELECT ?o ?name { ?s ex:some ?o . ?o ex:some ?name }",
        "SELECT * FROM ex:g { ?s ?p ?o FILTER(?p = ex:rare) }",
        "SELECT * { ?s ?p ?o FILTER(?p = ex:rare) SERVICE ex:s { ?s ?q ?x } }",
        "this is not a query ; FILTER",
    ],
)
def test_what_does_not_fit_is_left_as_it_is(body: str) -> None:
    assert rewritten(body) == Rewriting(PREFIX + body)


def test_the_saved_queries_are_understood_but_for_federation_and_description() -> None:
    files = [*ROOT.glob("queries/*/*.rq"), *ROOT.glob("ontology/checks/*.rq")]
    texts = [file.read_text(encoding="utf-8") for file in files]
    unknown = [text for text in texts if parse(text) is None]
    assert len(texts) > 100
    assert [text for text in unknown if "SERVICE" not in text and "DESCRIBE" not in text] == []


def test_the_rows_of_a_table_are_counted_however_they_are_written() -> None:
    def table(data: str, variables: str = "?a") -> Values:
        query = parse(f"{PREFIX} SELECT * {{ VALUES {variables} {{ {data} }} }}")
        assert query
        values = query.body.where.elements[0]
        assert isinstance(values, Values)
        return values

    assert table(LONG_TABLE).rows == 1200
    assert table("ex:a <http://e/b>ex:c").rows == 3
    assert table("(ex:a ex:b) (UNDEF ex:b)", "(?a ?b)").rows == 2
    assert table("(ex:a ex:b) (undef ex:b)", "(?a ?b)").open == {"a", "b"}
    assert table("(1 'a'@en) (UNDEF 2.5) (-1 true)", "(?a ?b)").open == {"a"}
    assert parse(f"{PREFIX} SELECT * {{ VALUES (?a ?b) {{ (ex:a) }} }}") is None


def test_a_small_query_is_looked_through_in_less_than_a_tenth_of_a_millisecond() -> None:
    rewriter = Rewriter(Statistics(no_rows, COUNTS))
    texts = [f"SELECT ?name WHERE {{ <{EX}n{number}> <{EX}name> ?name . }}" for number in range(300)]
    spent = []
    for text in texts:
        started = time.process_time_ns()
        rewriter.rewrite(text)
        spent.append(time.process_time_ns() - started)
    assert sorted(spent)[len(spent) // 4] < 100_000


def test_the_statistics_of_another_store_are_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "statistics.json"
    assert read_counts(file, 2) is None
    file.write_text(json.dumps({"quads": 2, "triples": 1, "predicates": {}, "classes": {}, "graphs": {}, "types": {}}))
    assert read_counts(file, 2) == Counts(1, {}, {}, {}, {})
    assert read_counts(file, 3) is None
    file.write_text("{")
    assert read_counts(file, 2) is None


COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def body(engine: Engine, text: str, **given: bool) -> bytes:
    with closing(engine.query(text, "text/csv", fresh=True, **given)) as answer:
        return b"".join(answer)


def test_the_engine_rewrites_unless_told_not_to_and_tells_how(tmp_path: Path) -> None:
    release = make_release(tmp_path, many(50))
    with engine_on(release, workers=1) as engine:
        assert body(engine, COUNT) == body(engine, COUNT, rewrite=False) == b"n\r\n100\r\n"
        told = json.loads(engine.explain(COUNT))
        assert told["query"] == COUNT
        assert told["rewritten"] == "SELECT (SUM(?count1) AS ?n) WHERE { VALUES ?count1 { 100 } }"
        assert told["rules"] == [{"rule": "counts", "reason": "the release knows how many there are"}]
        assert json.loads(engine.explain(COUNT, rewrite=False))["rules"] == []
        assert json.loads(engine.explain(COUNT, default_graphs=[EX]))["rules"] == []
        assert json.loads(engine.explain(COUNT.replace("?n)", "?n) (RAND() AS ?r)")))["rules"] == []
    with engine_on(release, workers=1, rewrite="off") as engine:
        assert json.loads(engine.explain(COUNT))["rules"] == []
        assert body(engine, COUNT) == b"n\r\n100\r\n"


def test_a_long_table_is_looked_after_in_the_engine(tmp_path: Path) -> None:
    table = " ".join(f"<{EX}n{number}>" for number in range(3000))
    text = f'SELECT ?s ?o {{ VALUES ?s {{ {table} }} ?s <{EX}number> "number 7" ; <{EX}next> ?o }}'
    assert len(text) > LONG
    with engine_on(make_release(tmp_path, many(50)), workers=1) as engine:
        assert [each["rule"] for each in json.loads(engine.explain(text))["rules"]] == ["bindings"]
        assert body(engine, text) == body(engine, text, rewrite=False) == f"s,o\r\n{EX}n7,{EX}n8\r\n".encode()


def test_errors_are_told_of_the_text_as_it_was_sent(tmp_path: Path) -> None:
    wrong = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o FILTER(?p = <http://e/>) ?o <http://e/> }"
    with engine_on(make_release(tmp_path, many(5)), workers=1) as engine:
        for ask in (engine.query, engine.explain):
            with pytest.raises(QuerySyntaxError) as raised:
                ask(wrong)
            assert (raised.value.line, raised.value.column) == (1, wrong.rindex("}") + 1)
