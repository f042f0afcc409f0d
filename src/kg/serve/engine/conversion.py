"""Answers that were kept in one format, written in another: the bytes are those that a worker would have written."""

from __future__ import annotations

import re

import pyoxigraph

from kg.serve.formats import Format
from kg.serve.guard import Outline

TABLE_FORMAT = "application/sparql-results+json"
"""The media type in which tables and truth values are kept; it loses nothing of them."""

GRAPH_FORMAT = "application/n-triples"
"""The media type in which graphs are kept."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def convert(kept: bytes, shape: Outline, fmt: Format) -> bytes:
    """An answer in another format; ``shape`` is the outline of its query, whose prefixes Turtle is written with."""
    if fmt.media_type in {TABLE_FORMAT, GRAPH_FORMAT}:
        return kept
    if shape.form in {"CONSTRUCT", "DESCRIBE"}:
        triples = (quad.triple for quad in pyoxigraph.parse(kept, pyoxigraph.RdfFormat.N_TRIPLES))
        prefixes = {name: iri for name, iri in shape.prefixes.items() if _ABSOLUTE.match(iri)}
        written = pyoxigraph.serialize(triples, format=_graph_format(fmt), prefixes=prefixes)
    else:
        results = pyoxigraph.parse_query_results(kept, pyoxigraph.QueryResultsFormat.JSON)
        written = results.serialize(format=_table_format(fmt))
    assert written is not None
    return written


def _graph_format(fmt: Format) -> pyoxigraph.RdfFormat:
    found = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
    assert found is not None
    return found


def _table_format(fmt: Format) -> pyoxigraph.QueryResultsFormat:
    found = pyoxigraph.QueryResultsFormat.from_media_type(fmt.media_type)
    assert found is not None
    return found
