"""Asking a store, and comparing what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pyoxigraph

from kg.serve.rewriting.asking import Ask


def asking(store: pyoxigraph.Store) -> Ask:
    """What asks this store as rewriting does."""

    def ask(text: str) -> list[list[str | None]]:
        solutions = store.query(text)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        return [[None if term is None else str(term) for term in solution] for solution in solutions]

    return ask


def answer(store: pyoxigraph.Store, text: str) -> tuple[object, ...]:
    """The answer, without the order of its rows unless the whole text is a list sorted in full."""
    results = store.query(text)
    if isinstance(results, pyoxigraph.QueryBoolean):
        return (bool(results),)
    if isinstance(results, pyoxigraph.QueryTriples):
        return (Counter(map(str, results)),)
    names = [variable.value for variable in results.variables]
    rows = [tuple(str(solution[name]) for name in names) for solution in results]
    in_order = "ORDER BY" in text.rpartition("}")[2] and "LIMIT" in text.rpartition("}")[2]
    return (names, rows if in_order else Counter(rows))


def or_error(run: Callable[[], object]) -> object:
    """What it gives, or the error that it raises as a text."""
    try:
        return run()
    except (SyntaxError, ValueError, RuntimeError) as error:
        return repr(error)
