"""The first rows of an answer, read without taking the rest into memory."""

from __future__ import annotations

import codecs
import itertools
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from kg.ground.catalogue import GRAPH_COLUMNS
from kg.serve.engine import Engine
from kg.serve.engine.engine import Answer
from kg.serve.guard import outline
from kg.serve.results import Row, Term, read_rows
from kg.serve.web.observation import asker, observed

MOST_ROWS = 1000
"""Rows of an answer that the pages show; the files hold all of them."""

PAGE = 100
"""Rows that stand on one page."""

T = TypeVar("T")
_TRIPLE = re.compile(r"(?P<subject>\S+) (?P<predicate>\S+) (?P<object>.+) \.")
_ESCAPE = re.compile(r"\\([tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")
_SHORT = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Table:
    """What a page shows of an answer.

    ``headings`` are what columns are called, in the language of the page, ``euros`` those with amounts in euros.
    ``truth`` is that of an ASK; ``complete`` is false where rows were left out; ``failed_services`` are the endpoints
    of silent clauses that failed, each with a reason. ``count`` is how many rows or triples there are in all and
    ``size`` how many bytes the answer has, as JSON or N-Triples; None where it is not known yet.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    complete: bool
    milliseconds: int
    form: str
    truth: bool | None = None
    failed_services: tuple[str, ...] = ()
    count: int | None = None
    size: int | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    euros: frozenset[str] = frozenset()


def ask_table(
    engine: Engine,
    text: str,
    *,
    most: int = MOST_ROWS,
    default_graphs: Sequence[str] | None = None,
    named_graphs: Sequence[str] | None = None,
    deadline: float | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Table:
    """Run a query of any form and read the first rows of its answer; graphs and limits as for the engine.

    Raises `QueryError`.
    """
    start = time.perf_counter()
    form = outline(text).form
    graph = form in {"CONSTRUCT", "DESCRIBE"}
    media_type = "application/n-triples" if graph else "application/sparql-results+json"
    client = asker()
    answer = observed(
        lambda: engine.query(
            text,
            media_type,
            default_graphs=default_graphs,
            named_graphs=named_graphs,
            deadline=deadline,
            cancelled=cancelled,
            client=client,
        ),
        text,
    )
    try:
        table = _read(answer, form, graph, most, start)
        whole = len(table.rows) if table.complete else answer.rows
        return replace(table, count=whole, size=answer.size)
    finally:
        answer.close()


def _read(answer: Answer, form: str, graph: bool, most: int, start: float) -> Table:
    """The first rows of an answer that has begun."""
    failed = answer.failed_services
    if form == "ASK":
        truth = bool(json.loads(b"".join(answer))["boolean"])
        return Table((), (), True, _since(start), form, truth, failed)
    if graph:
        triples, complete = _take(_triples(answer), most)
        # A graph has no order of its own.
        ordered = sorted(triples, key=lambda row: [row[column].value for column in GRAPH_COLUMNS])
        return Table(GRAPH_COLUMNS, tuple(ordered), complete, _since(start), form, None, failed)
    bindings, complete = _take(_bindings(answer), most)
    rows = read_rows(json.dumps({"results": {"bindings": bindings}}).encode())
    return Table(answer.variables or (), tuple(rows), complete, _since(start), form, None, failed)


def stored_table(kept: bytes, form: str, *, most: int = MOST_ROWS) -> Table:
    """The first rows of an answer that was kept: as N-Triples for a graph, else as Query Results JSON."""
    start = time.perf_counter()
    if form in {"CONSTRUCT", "DESCRIBE"}:
        triples, complete = _take(_triples([kept]), most)
        ordered = sorted(triples, key=lambda row: [row[column].value for column in GRAPH_COLUMNS])
        count = len(ordered) if complete else None
        return Table(GRAPH_COLUMNS, tuple(ordered), complete, _since(start), form, count=count, size=len(kept))
    told = json.loads(kept)
    if form == "ASK":
        return Table((), (), True, _since(start), form, bool(told["boolean"]))
    rows = tuple(read_rows(kept))
    columns = tuple(told["head"]["vars"])
    return Table(columns, rows[:most], len(rows) <= most, _since(start), form, count=len(rows), size=len(kept))


def _since(start: float) -> int:
    return round((time.perf_counter() - start) * 1000)


def _take(rows: Iterator[T], most: int) -> tuple[list[T], bool]:
    """The first rows, and whether they are all."""
    shown = list(itertools.islice(rows, most))
    return shown, next(rows, None) is None


def _bindings(answer: Answer) -> Iterator[dict[str, object]]:
    """The rows of Query Results JSON, one after the other, from as many pieces as each needs."""
    decoder = json.JSONDecoder()
    pieces = _text(answer)
    buffer = ""
    for piece in pieces:
        buffer += piece
        _, found, rest = buffer.partition('"bindings":[')
        if found:
            buffer = rest
            break
    while True:
        buffer = buffer.lstrip(", \r\n\t")
        if buffer.startswith("]"):
            return
        try:
            content, end = decoder.raw_decode(buffer)
        except json.JSONDecodeError:
            piece = next(pieces, "")
            if not piece:
                return
            buffer += piece
            continue
        buffer = buffer[end:]
        yield content


def _text(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    for piece in pieces:
        yield decoder.decode(piece)


def _triples(answer: Iterable[bytes]) -> Iterator[Row]:
    """The triples of N-Triples, line by line."""
    buffer = ""
    for piece in _text(answer):
        *lines, buffer = (buffer + piece).split("\n")
        for line in lines:
            parts = _TRIPLE.fullmatch(line)
            if parts:
                yield {column: _term(parts[column]) for column in GRAPH_COLUMNS}


def _term(text: str) -> Term:
    """A term as N-Triples writes it."""
    if text.startswith("<<"):
        return Term("triple", text)
    if text.startswith("<"):
        return Term("uri", _unescape(text[1:-1]))
    if text.startswith("_:"):
        return Term("bnode", text[2:])
    value, _, rest = text[1:].rpartition('"')
    if rest.startswith("^^"):
        return Term("literal", _unescape(value), datatype=_unescape(rest[3:-1]))
    return Term("literal", _unescape(value), language=rest[1:].partition("--")[0] or None)


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda escape: _SHORT.get(escape[1]) or chr(int(escape[1][1:], 16)), text)
