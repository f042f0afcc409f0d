"""What the engine answers: rows, order of columns, formats, datasets."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pyoxigraph
import pytest

from kg.ground.errors import QueryFailedError
from kg.serve.engine import Engine, dataset
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.serve.results import Term
from support.serving import EX

PREFIX = f"PREFIX ex: <{EX}>\n"


def read(engine: Engine, query: str, media_type: str | None = None) -> bytes:
    return b"".join(engine.query(query, media_type))


def columns(answer: bytes, media_type: str) -> list[str]:
    if media_type.endswith("json"):
        return list(json.loads(answer)["head"]["vars"])
    if media_type.endswith("xml"):
        names = ElementTree.fromstring(answer).findall(".//{http://www.w3.org/2005/sparql-results#}variable")
        return [name.attrib["name"] for name in names]
    if media_type == "text/csv":
        return next(csv.reader(io.StringIO(answer.decode())))
    return [name.removeprefix("?") for name in answer.decode().split("\n")[0].split("\t")]


@pytest.mark.parametrize("fmt", RESULT_FORMATS, ids=lambda fmt: fmt.suffix)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * { ?z ex:knows ?a }", ["z", "a"]),
        ("SELECT*{?z ex:knows ?a}", ["z", "a"]),
        ("SELECT DISTINCT * { ?z ?m ?a }", ["z", "m", "a"]),
        ("SELECT * { ?z ex:knows ?a . # ?b first\n ?a ex:name ?c }", ["z", "a", "c"]),
        ("SELECT * { $z ex:name ?n FILTER(?n != '?k') OPTIONAL { ?z ex:knows ?b } }", ["z", "n", "b"]),
        ("SELECT * { { SELECT * { ?z ex:knows ?a } } BIND(?z AS ?c) }", ["z", "a", "c"]),
        ("SELECT * { ?z ex:knows ?a FILTER NOT EXISTS { ?a ex:knows ?hidden } }", ["z", "a"]),
        ("SELECT ?a ?z { ?z ex:knows ?a }", ["a", "z"]),
    ],
)
def test_columns_keep_the_order_of_the_query(small: Engine, fmt: Format, query: str, expected: list[str]) -> None:
    answer = small.query(PREFIX + query, fmt.media_type)
    body = b"".join(answer)
    assert columns(body, fmt.media_type) == expected
    assert answer.variables == tuple(expected)
    assert b"anna" in body


def test_star_without_variables(small: Engine) -> None:
    assert json.loads(read(small, "SELECT * {}")) == {"head": {"vars": []}, "results": {"bindings": [{}]}}


@pytest.mark.parametrize("fmt", RESULT_FORMATS, ids=lambda fmt: fmt.suffix)
def test_ask_in_every_format(small: Engine, fmt: Format) -> None:
    assert b"true" in read(small, "ASK { ?s ?p ?o }", fmt.media_type)
    assert b"false" in read(small, "ASK { ?s ?s ?s }", fmt.media_type)


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
def test_construct_in_every_format(small: Engine, fmt: Format) -> None:
    answer = small.query(PREFIX + "CONSTRUCT { ?b ex:knownBy ?a } WHERE { ?a ex:knows ?b }", fmt.media_type)
    body = b"".join(answer).decode()
    assert answer.variables is None
    assert "knownBy" in body
    assert "anna" in body


def test_turtle_is_written_with_the_prefixes_of_the_query(small: Engine) -> None:
    body = read(small, PREFIX + "CONSTRUCT WHERE { ex:anna ex:knows ?b }").decode()
    assert body == f"@prefix ex: <{EX}> .\nex:anna ex:knows ex:bela .\n"


def test_describe_gives_the_triples_about_a_thing(small: Engine) -> None:
    lines = read(small, f"DESCRIBE <{EX}anna>", "application/n-triples").decode().splitlines()
    assert sorted(lines) == [f"<{EX}anna> <{EX}knows> <{EX}bela> .", f'<{EX}anna> <{EX}name> "Anna" .']


def test_select_gives_typed_terms(small: Engine) -> None:
    rows = small.select(PREFIX + 'SELECT ?x ?n (1.50 AS ?d) ?none { ?x ex:name ?n FILTER(LANG(?n) = "hu") }')
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    expected = {"x": Term("uri", EX + "bela"), "n": Term("literal", "Béla", None, "hu")}
    assert rows == [{**expected, "d": Term("literal", "1.5", decimal)}]


def names(engine: Engine, query: str, **graphs: list[str]) -> list[str]:
    body = b"".join(engine.query(PREFIX + query, "text/csv", **graphs))  # type: ignore[arg-type]
    return sorted(body.decode().split()[1:])


ONE, TWO = EX + "graph/one", EX + "graph/two"


@pytest.mark.parametrize(
    ("query", "graphs", "expected"),
    [
        ("SELECT ?n { ?x ex:name ?n }", {}, ["Anna", "Béla"]),
        ("SELECT ?n { GRAPH ?g { ?x ex:name ?n } }", {}, ["Anna", "Anna", "Béla"]),
        ("SELECT ?n { ?x ex:name ?n }", {"default_graphs": [ONE]}, ["Anna"]),
        ("SELECT ?n { ?x ex:name ?n }", {"default_graphs": [ONE, TWO]}, ["Anna", "Béla"]),
        ("SELECT ?n { ?x ex:name ?n }", {"named_graphs": [ONE]}, []),
        ("SELECT ?n { GRAPH ?g { ?x ex:name ?n } }", {"named_graphs": [TWO]}, ["Anna", "Béla"]),
        ("SELECT ?n { GRAPH ?g { ?x ex:name ?n } }", {"default_graphs": [ONE]}, []),
        (f"SELECT ?n FROM <{TWO}> {{ ?x ex:name ?n }}", {"default_graphs": [ONE]}, ["Anna"]),
        (f"SELECT ?n FROM <{ONE}> FROM <{TWO}> {{ ?x ex:name ?n }}", {}, ["Anna", "Béla"]),
        ("SELECT ?n FROM <graph/one> FROM ex:graph\\/two { ?x ex:name ?n }", {}, ["Anna", "Béla"]),
        (
            f"SELECT ?n ?g FROM <{ONE}> FROM <{TWO}> FROM NAMED <{ONE}> {{ ?x ex:name ?n GRAPH ?g {{ ?x ?p ?n }} }}",
            {},
            [f"Anna,{ONE}"],
        ),
        (f"SELECT ?n FROM NAMED <{ONE}> {{ ?x ex:name ?n }}", {}, []),
        (f"SELECT(STR(?x)AS ?n)from<{ONE}>From<{TWO}>{{?s ex:name ?x}}", {}, ["Anna", "Béla"]),
        (f"SELECT*FROM<{ONE}>FROM<{TWO}>{{ [] ex:name ?n }}", {}, ["Anna", "Béla"]),
    ],
)
def test_datasets(small: Engine, query: str, graphs: dict[str, list[str]], expected: list[str]) -> None:
    base = f"BASE <{EX}> " if "<graph" in query else ""
    assert names(small, base + query, **graphs) == expected


def test_a_name_with_from_in_it_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(dataset, "tokens")
    text = "SELECT ?s { ?s <http://www.w3.org/ns/prov#wasDerivedFrom> ?o ; ex:wasDerivedFrom ?cheese_from }"
    assert dataset.from_clauses(text, pyoxigraph.Store()) is None


def test_answer_in_a_format_of_the_other_kind_is_refused(small: Engine) -> None:
    with pytest.raises(QueryFailedError, match="cannot be written as text/turtle"):
        small.query("ASK {}", "text/turtle")


def test_a_function_that_is_not_there_is_named(small: Engine) -> None:
    with pytest.raises(QueryFailedError, match=r"custom function .* is not supported"):
        small.query(f"SELECT (<{EX}f>(1) AS ?x) {{}}")
