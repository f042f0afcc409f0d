"""Running one query on the store inside a worker, and writing its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

import pyoxigraph
from pyoxigraph import DefaultGraph

from kg.ground.columns import Columns
from kg.ground.errors import QueryFailedError
from kg.ground.terms import BASE
from kg.ground.tokens import tokens
from kg.serve.engine.dataset import from_clauses, from_protocol, merge
from kg.serve.engine.request import Request
from kg.serve.engine.syntax import explain
from kg.serve.formats import formats_of, named_format
from kg.serve.guard import LONG, Outline, check, outline, varies
from kg.serve.rewriting import Answer, Counts, Rewriter, Rewriting, Statistics

Results = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples


class Sink(Protocol):
    """Where an answer goes: a binary file that is only written."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""

    def flush(self) -> None:
        """Pass on what was taken."""


class Evaluator:
    """Runs queries on one store."""

    def __init__(self, store: pyoxigraph.Store, counts: Counts | None = None, columns: Columns | None = None) -> None:
        self._store = store
        self._empty = pyoxigraph.Store()
        self._rewriter = Rewriter(Statistics(self._ask, counts, columns))

    def answer(self, request: Request, head: Callable[[list[str] | None], None], sink: Sink) -> None:
        """Run a query: call ``head`` with its variables (None for a graph or a truth value), then write the answer.

        Raises `QuerySyntaxError`, `QueryRefusedError`, `QueryFailedError` and, if the process may not have more,
        `MemoryError`.
        """
        if len(request.text) > LONG:
            check(request.text)
        shape = outline(request.text)
        try:
            if request.explain:
                self._explain(request, shape, head, sink)
                return
            results = self._run(request, shape)
            if isinstance(results, Answer):
                head(None if results.variables is None else [*results.variables])
                _write_pieces(results.written(request.media_type, _absolute(shape.prefixes)), sink)
                return
            head([v.value for v in results.variables] if isinstance(results, pyoxigraph.QuerySolutions) else None)
            _write(results, request.media_type, shape, sink)
        except SyntaxError as error:
            raise explain(request.text, str(error), self._parse) from error
        except (RuntimeError, ValueError, OSError) as error:
            raise QueryFailedError(
                f"the engine stopped: {error}",
                expected="a query that can be evaluated",
                remedy="change the part of the query that the message names",
            ) from error

    def _run(self, request: Request, shape: Outline) -> Results | Answer:
        text = self._with_columns(request.text, shape.star) if shape.star is not None else request.text
        dataset = from_protocol(request.default_graphs, request.named_graphs) or from_clauses(text, self._empty)
        if dataset is None:
            return self._on_store(text, request, rewrite=request.rewrite and not varies(text))
        if len(dataset.default) < 2:
            return self._store.query(
                text, base_iri=BASE, default_graph=[*dataset.default], named_graphs=[*dataset.named]
            )
        merged = merge(self._store, dataset)
        return merged.query(text, base_iri=BASE, default_graph=DefaultGraph(), named_graphs=[*dataset.named])

    def _on_store(self, text: str, request: Request, *, rewrite: bool) -> Results | Answer:
        """Run a query, rewritten if that promises to be quicker; the client is told of the text as it was sent."""
        rewriting = self._rewriter.rewrite(text) if rewrite else None
        if rewriting and rewriting.answer:
            told = rewriting.answer.fits(request.media_type) and self._parse(rewriting.text) is None
            return rewriting.answer if told else self._store.query(text, base_iri=BASE)
        # A rule must not make a query valid that is not; a long text has been read long enough.
        if rewriting and rewriting.applied and (len(text) > LONG or self._parse(text) is None):
            with suppress(SyntaxError, RuntimeError, ValueError):
                return self._store.query(rewriting.text, base_iri=BASE)
        return self._store.query(text, base_iri=BASE)

    def _explain(self, request: Request, shape: Outline, head: Callable[[list[str] | None], None], sink: Sink) -> None:
        """Tell how a query would be rewritten, as JSON: ``query``, ``rewritten``, and ``rules`` with their reasons."""
        self._empty.query(request.text, base_iri=BASE)
        text = self._with_columns(request.text, shape.star) if shape.star is not None else request.text
        named = from_protocol(request.default_graphs, request.named_graphs) or from_clauses(text, self._empty)
        fits = request.rewrite and named is None and not varies(text)
        rewriting = self._rewriter.rewrite(text) if fits else Rewriting(text)
        rewritten = text if rewriting.answer else rewriting.text
        told = {"query": request.text, "rewritten": rewritten, "rules": [*rewriting.applied]}
        head(None)
        sink.write(json.dumps(told, ensure_ascii=False, indent=2).encode())
        sink.flush()

    def _ask(self, text: str) -> list[list[str | None]]:
        solutions = self._store.query(text)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return [[None if term is None else str(term) for term in solution] for solution in solutions]

    def _with_columns(self, text: str, star: int) -> str:
        """The text with its outer ``*`` replaced by the variables in the order in which they first appear.

        The engine would give them in alphabetical order.
        """
        results = self._empty.query(text, base_iri=BASE)
        assert isinstance(results, pyoxigraph.QuerySolutions)
        visible = {variable.value for variable in results.variables}
        written = [token.text[1:] for token in tokens(text) if token.kind == "variable"]
        ordered = [name for name in dict.fromkeys(written) if name in visible]
        if len(ordered) != len(visible) or not ordered:
            return text
        return f"{text[:star]} {' '.join(f'?{name}' for name in ordered)} {text[star + 1 :]}"

    def _parse(self, text: str) -> str | None:
        try:
            self._empty.query(text, base_iri=BASE)
        except SyntaxError as error:
            return str(error)
        except (RuntimeError, ValueError, OSError):
            return None
        return None


def _write(results: Results, media_type: str, shape: Outline, sink: Sink) -> None:
    is_graph = isinstance(results, pyoxigraph.QueryTriples)
    _offered("CONSTRUCT" if is_graph else "SELECT", media_type, shape.form)
    if isinstance(results, pyoxigraph.QueryTriples):
        rdf = pyoxigraph.RdfFormat.from_media_type(media_type)
        pyoxigraph.serialize(results, sink, rdf, prefixes=_absolute(shape.prefixes))  # type: ignore[arg-type]
    else:
        results.serialize(sink, pyoxigraph.QueryResultsFormat.from_media_type(media_type))  # type: ignore[arg-type]
    sink.flush()


def _write_pieces(pieces: Iterable[bytes], sink: Sink) -> None:
    for piece in pieces:
        sink.write(piece)
    sink.flush()


def _offered(form: str, media_type: str, named: str = "") -> None:
    """Raise `QueryFailedError` unless answers to queries of a form, ``named`` by a text, are given in a format."""
    if named_format(media_type, formats_of(form)) is None:
        raise QueryFailedError(
            f"the answer of a {named or form} query cannot be written as {media_type}",
            expected=" or ".join(fmt.media_type for fmt in formats_of(form)),
        )


def _absolute(prefixes: dict[str, str]) -> dict[str, str]:
    """The prefixes of the query that stand for absolute IRIs, so that its answer is written with them."""
    return {name: iri for name, iri in prefixes.items() if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", iri)}
