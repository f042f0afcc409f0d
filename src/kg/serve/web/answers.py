"""Answers as a page shows them and as a file."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from kg.ground.catalogue.binding import iri
from kg.ground.terms import PREFIXES
from kg.serve.formats import Format, formats_of
from kg.serve.guard import outline
from kg.serve.web import display
from kg.serve.web.answering import Operation, client_left, respond
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
    "trig": "TriG",
    "nq": "N-Quads",
    "n3": "N3",
    "svg": "SVG",
    "rq": "SPARQL",
}
"""The files that a page offers, by suffix and in this order, with the names that readers know them by."""


PROLOGUE = "".join(f"PREFIX {prefix}: {iri(namespace)}\n" for prefix, namespace in PREFIXES.items() if prefix != "id")
"""The prefixes of the graph, which Turtle is then written with; below ``id:`` most names would hold a slash."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a page asks for the same answer again, otherwise: the address, the method and the fields of its forms.

    ``view`` is what the reader has asked for, empty for the view that the answer has by itself.
    """

    action: str
    method: str
    pairs: list[tuple[str, str]]
    view: str = ""


def answer_values(site: Site, operation: Operation, address: str, *, most: int = MOST_ROWS) -> dict[str, object]:
    """What the template of an answer needs; ``address`` is that of its files, to which a suffix is added.

    Raises `QueryError`.
    """
    table = ask_table(
        site.engine,
        operation.text,
        most=most,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        deadline=operation.deadline,
        cancelled=client_left(),
    )
    return {
        "table": table,
        "labels": site.labels(display.iris(table.rows)),
        "files": [(suffix, address + suffix) for suffix in suffixes(operation.text)],
    }


def suffixes(query: str) -> list[str]:
    """The suffixes of the files in which a query can be answered."""
    offered = {fmt.suffix for fmt in formats_of(outline(query).form)}
    return [suffix for suffix in FILE_NAMES if suffix in offered]


def data_response(site: Site, query: str, fmt: Format, *, file: str = "", deadline: float | None = None) -> Response:
    """The answer to a query as a stream in a format; ``file`` is the name under which a browser saves it.

    Raises `QueryError` for what fails before the first bytes are sent.
    """
    response = respond(
        lambda: site.query(query, fmt.media_type, deadline=deadline),
        fmt,
        release=site.engine.release.hash,
        parts=None if outline(query).volatile else (query,),
    )
    if file:
        response.headers["Content-Disposition"] = f'inline; filename="{file}.{fmt.suffix}"'
    return response
