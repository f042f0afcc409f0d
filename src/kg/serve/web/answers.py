"""Answers as a page shows them and as a file."""

from __future__ import annotations

from flask import Response, request

from kg.ground.terms import digest
from kg.serve.engine import Engine
from kg.serve.formats import Format, formats_of
from kg.serve.guard import outline
from kg.serve.web import display
from kg.serve.web.site import Site
from kg.serve.web.table import MOST_ROWS, ask_table

FILE_NAMES = {
    "json": "JSON",
    "csv": "CSV",
    "tsv": "TSV",
    "xml": "XML",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdf": "RDF/XML",
    "rq": "SPARQL",
}
"""The files that a page offers, by suffix and in this order, with the names that readers know them by."""


def answer_values(site: Site, query: str, address: str, *, most: int = MOST_ROWS) -> dict[str, object]:
    """What the template of an answer needs; ``address`` is that of its files, to which a suffix is added.

    Raises `QueryError`.
    """
    table = ask_table(site.engine, query, most=most)
    return {
        "table": table,
        "labels": site.labels(display.iris(table.rows)),
        "files": [(suffix, address + suffix) for suffix in suffixes(query)],
    }


def suffixes(query: str) -> list[str]:
    """The suffixes of the files in which a query can be answered."""
    offered = {fmt.suffix for fmt in formats_of(outline(query).form)}
    return [suffix for suffix in FILE_NAMES if suffix in offered]


def data_response(engine: Engine, query: str, fmt: Format, *, file: str = "") -> Response:
    """The answer to a query as a stream in a format; ``file`` is the name under which a browser saves it.

    Raises `QueryError` for what fails before the first bytes are sent.
    """
    tag = digest(engine.release.hash, fmt.media_type, query)
    if request.if_none_match.contains_weak(tag):
        return _cacheable(Response(status=304), tag)
    answer = engine.query(query, fmt.media_type)
    response = Response(answer, content_type=fmt.content_type)
    response.call_on_close(answer.close)
    if answer.size is not None:
        response.content_length = answer.size
    if file:
        response.headers["Content-Disposition"] = f'inline; filename="{file}.{fmt.suffix}"'
    # The release may have been swapped since the tag was made.
    return _cacheable(response, digest(answer.release.hash, fmt.media_type, query))


def _cacheable(response: Response, tag: str) -> Response:
    """Let caches keep an answer as long as its release is served: they ask, and are told so without running it."""
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.add("Accept")
    return response
