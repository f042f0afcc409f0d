"""Answers of an engine in our formats: results as JSON and graphs as N-Triples are read, and every format written."""

from __future__ import annotations

import itertools
import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Protocol

import pyoxigraph
from pyoxigraph import Literal, QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat

from kg.ground.errors import EngineError
from kg.serve.formats import GRAPH_FORMATS, Format

RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"

_TRUTH = {"[]": b"false", "[['0']]": b"false", "[['1']]": b"true"}
_BOOLEAN = b'{"head":{},"boolean":%s}'


_NODE = b"nodeID://"
_BLANK = re.compile(rb'("type":\s{0,2}"bnode",\s{0,2}"value":\s{0,2}")nodeID://')  # in a text, quotes are escaped
_LONGEST = 64


class Source(Protocol):
    """Where a document comes from."""

    def read(self, size: int = -1, /) -> bytes:
        """Some bytes, none at the end."""


class Sink(Protocol):
    """Where an answer goes."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""

    def flush(self) -> None:
        """Pass on what was taken."""


class Body:
    """The body of a response as a file, which knows whether it came whole.

    The reader of pyoxigraph makes errors of its own of what a file raises, so the first is kept as ``failure``.
    """

    def __init__(self, response: HTTPResponse) -> None:
        self._response = response
        self.failure: Exception | None = None

    @property
    def framed(self) -> bool:
        """Whether a body that was cut can be told from a whole one."""
        return self._response.chunked or self._response.length is not None

    def read(self, size: int = -1, /) -> bytes:
        """Some bytes, none at the end. Raises `OSError` and `HTTPException`, the latter also for an early end."""
        try:
            part = self._response.read(size if size > 0 else 65536)
            if not part and self._response.length:  # read in pieces, the library lets that pass
                raise IncompleteRead(b"", self._response.length)
        except (OSError, HTTPException, ValueError) as error:  # ValueError: closed from elsewhere
            self.failure = self.failure or error
            raise
        return part


class NamedNodes:
    """A file of results in JSON in which blank nodes of Virtuoso have names that there may be: no colon, no slash.

    >>> import io
    >>> document = b'[{"type": "bnode", "value": "nodeID://b1"}, {"type": "literal", "value": "nodeID://b1"}]'
    >>> nodes = NamedNodes(io.BytesIO(document))
    >>> b"".join(iter(nodes.read, b""))
    b'[{"type": "bnode", "value": "nodeID-b1"}, {"type": "literal", "value": "nodeID://b1"}]'
    """

    def __init__(self, file: Source) -> None:
        self._file = file
        self._rest = b""

    def read(self, size: int = -1, /) -> bytes:
        """Some bytes, none at the end."""
        while True:
            part = self._file.read(size)
            text = self._rest + part
            if _NODE in text:
                text = _BLANK.sub(rb"\1nodeID-", text)
            # What is longer than a match, so that none lies on the border of two parts.
            kept = _LONGEST if part else 0
            self._rest = text[len(text) - kept :] if len(text) > kept else text if part else b""
            found = text[: len(text) - len(self._rest)]
            if found or not part:
                return found


def accepted(fmt: Format) -> str:
    """The media type in which an engine is asked for what is wanted in a format."""
    return TRIPLES if fmt in GRAPH_FORMATS else RESULTS


def convert(
    body: Body,
    fmt: Format,
    form: str,
    prefixes: Mapping[str, str],
    head: Callable[[list[str] | None], None],
    sink: Sink,
) -> None:
    """Read the body of an answer and write it in a format, row by row; ``head`` gets the variables before.

    ``form`` is that of the query, ``prefixes`` are those that it declares.

    Raises `EngineError` for what is no answer, and what the body raises.
    """
    try:
        if fmt in GRAPH_FORMATS:
            head(None)
            _graph(body, fmt, prefixes, sink)
        else:
            _results(body, fmt, form, head, sink)
        while body.read():  # white space behind the end; the connection can then be used again
            pass
    except (SyntaxError, ValueError, OSError, HTTPException) as error:
        # The error goes to another thread, and what pyoxigraph has made must be dropped in the one that made it.
        traceback.clear_frames(error.__traceback__)
        if body.failure:
            raise body.failure from error
        raise EngineError(f"its answer is no {accepted(fmt)}: {error}", expected="a whole answer") from error
    sink.flush()


def _results(body: Body, fmt: Format, form: str, head: Callable[[list[str] | None], None], sink: Sink) -> None:
    results = pyoxigraph.parse_query_results(NamedNodes(body), QueryResultsFormat.JSON)  # type: ignore[arg-type]
    if form == "ASK" and isinstance(results, QuerySolutions):
        results = _truth(results)
    head([each.value for each in results.variables] if isinstance(results, QuerySolutions) else None)
    results.serialize(sink, QueryResultsFormat.from_media_type(fmt.media_type))  # type: ignore[arg-type]


def _truth(table: QuerySolutions) -> QueryBoolean:
    """The truth value in a table: Virtuoso answers ASK with a row that holds 1, or with none.

    Raises `ValueError` for another table.
    """
    rows = str([[term.value for term in row if isinstance(term, Literal)] for row in itertools.islice(table, 2)])
    if rows not in _TRUTH:
        raise ValueError("the answer to ASK is a table")
    made = pyoxigraph.parse_query_results(_BOOLEAN % _TRUTH[rows], QueryResultsFormat.JSON)
    assert isinstance(made, QueryBoolean)
    return made


def _graph(body: Body, fmt: Format, prefixes: Mapping[str, str], sink: Sink) -> None:
    if not body.framed:
        raise EngineError("its answer has neither a length nor chunks", expected="an answer whose end can be seen")
    absolute = {name: iri for name, iri in prefixes.items() if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri)}
    rdf = RdfFormat.from_media_type(fmt.media_type)
    pyoxigraph.serialize(_triples(body), sink, rdf, prefixes=absolute)  # type: ignore[arg-type]


def _triples(body: Body) -> Iterator[pyoxigraph.Triple]:
    # Lenient: an engine may hold IRIs that are none.
    for quad in pyoxigraph.parse(body, RdfFormat.N_TRIPLES, lenient=True):  # type: ignore[arg-type]
        yield quad.triple
