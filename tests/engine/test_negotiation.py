"""Content negotiation with the headers that clients really send."""

from __future__ import annotations

import pytest

from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, named_format
from kg.serve.negotiation import HTML, choose

JENA = (
    "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/tab-separated-values;q=0.7,"
    "text/csv;q=0.5,application/json;q=0.2,application/xml;q=0.2,*/*;q=0.1"
)
COMUNICA = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/html;q=0.2"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        (JENA, "json"),
        ("application/sparql-results+xml", "xml"),
        ("application/x-binary-rdf-results-table, application/sparql-results+xml;q=0.8", "xml"),
        ("text/csv;q=0.9, text/tab-separated-values", "tsv"),
        ("text/*", "csv"),
        ("text/*;q=0.5, application/*;q=0.4", "csv"),
        ("application/sparql-results+json;q=0, */*", "xml"),
        ("*; q=.2, application/xml; q=.3", "xml"),
        ("TEXT/CSV", "csv"),
        ("application/json, application/sparql-results+xml", "xml"),
        ("text/csv;header=present;q=0.4, application/xml;q=0.3", "csv"),
        ("nonsense, text/csv", "csv"),
        (BROWSER, "html"),
    ],
)
def test_results(accept: str, expected: str) -> None:
    chosen = choose(accept, (*RESULT_FORMATS, HTML))
    assert chosen is not None
    assert chosen.suffix == expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "ttl"),
        ("*/*", "ttl"),
        (COMUNICA, "nq"),
        ("application/json", "jsonld"),
        ("text/plain", "nt"),
        (BROWSER, "html"),
    ],
)
def test_graphs(accept: str, expected: str) -> None:
    chosen = choose(accept, (*GRAPH_FORMATS, HTML))
    assert chosen is not None
    assert chosen.suffix == expected


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "application/json;q=0", "*/*;q=0", "text/csv;q=x"])
def test_nothing_fits(accept: str) -> None:
    assert choose(accept, RESULT_FORMATS) is None


@pytest.mark.parametrize(("name", "expected"), [("json", "json"), ("srx", "xml"), ("text/csv", "csv"), ("TSV", "tsv")])
def test_short_names_of_results(name: str, expected: str) -> None:
    fmt = named_format(name, RESULT_FORMATS)
    assert fmt is not None
    assert fmt.suffix == expected


@pytest.mark.parametrize(("name", "expected"), [("turtle", "ttl"), ("json", "jsonld"), ("xml", "rdf"), ("nt", "nt")])
def test_short_names_of_graphs(name: str, expected: str) -> None:
    fmt = named_format(name, GRAPH_FORMATS)
    assert fmt is not None
    assert fmt.suffix == expected


def test_an_unknown_name() -> None:
    assert named_format("sql", RESULT_FORMATS) is None


def test_the_format_is_the_very_one_that_was_offered() -> None:
    """Callers ask which it is by ``is``, and several offer a format of the same name."""
    for _ in range(2):
        offered = (Format("text/made-up", "", "made"), HTML)
        assert choose("text/made-up", offered) is offered[0]
