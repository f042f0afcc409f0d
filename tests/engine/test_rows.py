"""The rows of an answer are counted right, however its bytes come in pieces."""

from __future__ import annotations

import io

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.serve.engine import Engine
from kg.serve.engine.rows import RowCounter

RESULTS = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
nasty = st.text(st.sampled_from('a"\r\n,{}<>:\\\t result'), max_size=12)


def counted(content: bytes, media_type: str, size: int) -> int | None:
    counter = RowCounter(media_type)
    for start in range(0, len(content), size):
        counter.add(content[start : start + size])
    return counter.rows


@pytest.mark.parametrize("media_type", RESULTS)
@settings(deadline=None, max_examples=60)
@given(values=st.lists(nasty, max_size=6), size=st.integers(1, 40))
def test_rows_are_counted(media_type: str, values: list[str], size: int) -> None:
    store = pyoxigraph.Store()
    for number, value in enumerate(values):
        subject, predicate = pyoxigraph.NamedNode(f"a:{number}"), pyoxigraph.NamedNode("a:p")
        store.add(pyoxigraph.Quad(subject, predicate, pyoxigraph.Literal(value)))
    sink = io.BytesIO()
    solutions = store.query("SELECT ?o ?none ?s { ?s ?p ?o }")
    solutions.serialize(sink, pyoxigraph.QueryResultsFormat.from_media_type(media_type))  # type: ignore[union-attr, arg-type]
    assert counted(sink.getvalue(), media_type, size) == len(values)
    truth = io.BytesIO()
    store.query("ASK {}").serialize(truth, pyoxigraph.QueryResultsFormat.from_media_type(media_type))  # type: ignore[union-attr, arg-type]
    assert counted(truth.getvalue(), media_type, size) is None


@pytest.mark.parametrize(
    ("query", "media_type", "rows"),
    [
        ("SELECT * { ?s ?p ?o }", "text/csv", 3),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "application/n-triples", 3),
        ("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "text/turtle", None),
        ("ASK {}", "text/csv", None),
    ],
)
def test_an_answer_tells_its_rows(small: Engine, query: str, media_type: str, rows: int | None) -> None:
    for cached in (False, True):
        answer = small.query(query, media_type)
        assert list(answer)
        assert (answer.rows, answer.cached) == (rows, cached)
