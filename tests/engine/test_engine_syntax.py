"""Syntax errors name the token at fault, in characters of the text as sent, and what may stand there."""

from __future__ import annotations

import pytest

from kg.ground.errors import QuerySyntaxError
from kg.serve.engine import Engine


def error_of(engine: Engine, query: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        engine.query(query)
    return caught.value


@pytest.mark.parametrize(
    ("query", "line", "column", "message"),
    [
        ("SELECT ?s WHERE { ?s ?p }", 1, 25, 'unexpected "}"'),
        ("SELEC ?s {}", 1, 1, 'unexpected "SELEC"'),
        ("SELECT ?x WHRE { ?x a ?y }", 1, 11, 'unexpected "WHRE"'),
        ("SELECT ?s {\n  ?s ?p ?o\r\n ?x }", 3, 2, 'unexpected "?x"'),
        ("# é\nSELECT ?s { ?s ?p 'é€😀' . ?x ?y }", 2, 33, 'unexpected "}"'),
        ("SELECT ?s { ?s ?p ?o } LIMIT x", 1, 30, 'unexpected "x"'),
        ("SELECT * { ?s ?p ?o", 1, 20, "the query ends too early"),
        ("", 1, 1, "the query ends too early"),
        ("SELECT ?s { ?s ?p 'abc }", 1, 19, "a string is not closed"),
        ("SELECT * {?s ?p <http://e/ a>}", 1, 17, '"<http://e/ a>" is no IRI'),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", 1, 8, "neither grouped nor aggregated"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", 1, 8, "SELECT * cannot be grouped"),
        ("SELECT (?x AS ?x) { ?x ?p ?o }", 1, 15, "bound already"),
    ],
)
def test_place_and_message(small: Engine, query: str, line: int, column: int, message: str) -> None:
    error = error_of(small, query)
    assert (error.line, error.column) == (line, column)
    assert message in error.message


def test_what_may_stand_there(small: Engine) -> None:
    assert error_of(small, "SELECT ?x { ?x a ?y } ORDER ?x").expected == "BY"
    expected = error_of(small, "SELECT ?x WHRE { ?x a ?y }").expected
    assert expected == 'one of "{", "(", a variable, FROM, WHERE'


def test_a_known_prefix_is_offered(small: Engine) -> None:
    error = error_of(small, "SELECT * {\n ?s wdt:P31 ?o }")
    assert (error.line, error.column) == (2, 5)
    assert error.remedy == "put PREFIX wdt: <http://www.wikidata.org/prop/direct/> at the top of the query"


def test_an_unknown_prefix_is_named(small: Engine) -> None:
    error = error_of(small, "SELECT * { ?s foo:bar ?o }")
    assert "the prefix foo: is not declared" in error.message
    assert error.remedy is not None


def test_a_huge_wrong_query_is_answered_soon(small: Engine) -> None:
    values = " ".join(f"<http://example.org/{number}>" for number in range(20_000))
    error = error_of(small, f"SELECT * {{ VALUES ?x {{ {values} }} ?x ?p }}")
    assert 'unexpected "}"' in error.message
