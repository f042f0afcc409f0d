"""The formats of answers: one table for results (SELECT, ASK) and one for graphs (CONSTRUCT, DESCRIBE)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A format of answers: its media type, the IRI that names it, and the other names that clients give it."""

    media_type: str
    iri: str
    suffix: str
    aliases: tuple[str, ...] = ()
    """Media types that mean this format without being its own."""
    names: tuple[str, ...] = ()
    """Short names, as in ``format=json``; the suffix is one of them."""

    @property
    def versioned(self) -> bool:
        """Whether the media type has a parameter that tells the version of SPARQL or RDF; tables of text have none."""
        return self.suffix not in {"csv", "tsv", "html"}

    @property
    def content_type(self) -> str:
        """The value of the ``Content-Type`` header: only types of text carry a charset."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type


def _w3c(name: str) -> str:
    return f"http://www.w3.org/ns/formats/{name}"


RESULT_FORMATS: tuple[Format, ...] = (
    Format("application/sparql-results+json", _w3c("SPARQL_Results_JSON"), "json", ("application/json", "text/json"),
           ("srj", "sparql-results+json")),
    Format("application/sparql-results+xml", _w3c("SPARQL_Results_XML"), "xml", ("application/xml", "text/xml"),
           ("srx", "sparql-results+xml")),
    Format("text/csv", _w3c("SPARQL_Results_CSV"), "csv"),
    Format("text/tab-separated-values", _w3c("SPARQL_Results_TSV"), "tsv", ("text/tsv",)),
)  # fmt: skip
"""Formats of tables and truth values, the default first."""

GRAPH_FORMATS: tuple[Format, ...] = (
    Format("text/turtle", _w3c("Turtle"), "ttl", ("application/x-turtle", "application/turtle"), ("turtle",)),
    Format("application/n-triples", _w3c("N-Triples"), "nt", ("text/plain",), ("n-triples", "ntriples")),
    Format("application/ld+json", _w3c("JSON-LD"), "jsonld", ("application/json",), ("json-ld", "json")),
    Format("application/rdf+xml", _w3c("RDF_XML"), "rdf", ("application/xml", "text/xml"),
           ("rdfxml", "rdf+xml", "xml")),
    Format("application/trig", _w3c("TriG"), "trig", ("application/x-trig",)),
    Format("application/n-quads", _w3c("N-Quads"), "nq", ("text/x-nquads",), ("n-quads", "nquads")),
    Format("text/n3", _w3c("N3"), "n3", ("text/rdf+n3",)),
)  # fmt: skip
"""Formats of graphs, the default first."""


def formats_of(form: str) -> tuple[Format, ...]:
    """The formats in which a query of this form can be answered, the default first.

    >>> formats_of("ASK")[0].media_type
    'application/sparql-results+json'
    """
    return GRAPH_FORMATS if form in {"CONSTRUCT", "DESCRIBE"} else RESULT_FORMATS


def named_format(name: str, offered: tuple[Format, ...]) -> Format | None:
    """The format that a client names by media type or by a short name.

    >>> named_format("csv", RESULT_FORMATS).media_type
    'text/csv'
    """
    # In an address, a plus that is not encoded means a space.
    wanted = name.partition(";")[0].strip().lower().replace(" ", "+")
    for fmt in offered:
        if wanted in (fmt.media_type, fmt.suffix, *fmt.aliases, *fmt.names):
            return fmt
    return None
