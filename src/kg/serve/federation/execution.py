"""Running one federated query: clause after clause is asked, until what is left is a query about the graph alone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from kg.ground.errors import QuerySyntaxError, ServiceError
from kg.ground.tokens import tokens
from kg.serve.federation.clauses import Clause, declarations, prologue, stood_in
from kg.serve.federation.inline import pushable, row_written, unit, values
from kg.serve.federation.planning import Place, read_places
from kg.serve.federation.remote import AT_ONCE, Budget, Remote, Solutions
from kg.serve.federation.transport import Limits
from kg.serve.results import Row
from kg.serve.rewriting.edits import Edit, apply
from kg.serve.rewriting.syntax import Element, Select, Triples

_FIRST, _LEAST, _MOST = 100, 10, 2000
"""Rows of values that an endpoint gets with its first request, and at least and at most with a later one."""
_QUICK, _SLOW = 3.0, 8.0
"""Seconds within which an answer makes the next requests larger, and beyond which it makes them smaller."""
_MOST_VALUES = 10_000
"""Rows of values beyond which an endpoint is asked for the whole pattern instead."""
_SHARE = 0.8
"""The part of the time that is left which an endpoint may take: the graph here has to be asked too."""

UNFIT = "its answer does not fit into the query"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Execution:
    """One federated query on its way.

    ``select`` runs a SELECT on the graph alone, ``cancelled`` tells whether nobody waits any more, ``budget`` is what
    the other endpoints may take of time and send, ``most`` the rows that it had at the beginning.
    """

    text: str
    clauses: Sequence[Clause]
    remote: Remote
    select: Callable[[str], list[Row]]
    cancelled: Callable[[], bool]
    budget: Budget
    most: int
    failed: list[str] = field(default_factory=list)
    """The endpoints of silent clauses that failed, each with the reason."""
    _answers: dict[int, Edit] = field(default_factory=dict)
    """For each brace of a clause that was asked, what stands in its place."""
    _columns: dict[int, Sequence[str]] = field(default_factory=dict)
    """For each of them, its variables as far as they are known."""

    def local(self) -> str:
        """Ask all clauses: the query with their answers in their places.

        Raises `ServiceError` for an endpoint that fails, unless the clause is silent; `QueryError` as ``select`` does.
        """
        source, dataset = _without_dataset(self.text)
        places = read_places(stood_in(source, self.clauses), self.clauses)
        while places and len(self._answers) < len(places):
            self._solve(*self._next(places), dataset)
        if places is None:  # a query that is not understood well enough to be told anything
            for clause in self.clauses:
                self._put(clause, [], lambda clause=clause: self._whole(clause, []))  # type: ignore[misc]
        return apply(self.text, self._answers.values())

    def forget_silent(self) -> str | None:
        """The query without the answers to its silent clauses, if these make it none; None if it has no such clause."""
        silent = [clause for clause in self.clauses if clause.silent]
        for clause in silent:
            self.failed.append(f"{clause.endpoint.iri}; {UNFIT}")
            self._answers[clause.brace] = Edit(clause.start, clause.end, f" {unit(self._columns[clause.brace])} ", "")
        return apply(self.text, self._answers.values()) if silent else None

    def _next(self, places: Sequence[Place]) -> tuple[Place, list[str], list[list[Element]]]:
        """The clause to ask next: the first that can be told something; what of, and what is to be asked for it."""
        answered = frozenset(self._answers)
        waiting = [place for place in places if place.clause.brace not in answered]
        braces = frozenset(place.clause.brace for place in waiting)
        for place in waiting:
            kept = place.surroundings(braces, answered)
            shared = place.shared(kept)
            if shared:
                return place, shared, kept
        return waiting[0], [], []

    def _solve(self, place: Place, shared: list[str], kept: list[list[Element]], dataset: str) -> None:
        names, rows = self._values(shared, kept, dataset) if shared else ([], [])
        if names:
            self._put(place.clause, place.variables, lambda: self._told(place, names, rows))
        else:
            self._put(place.clause, place.variables, lambda: self._whole(place.clause, place.variables))

    def _put(self, clause: Clause, names: Sequence[str], ask: Callable[[], Iterable[Solutions]]) -> None:
        """Put the answer to a clause in its place; ``names`` are its variables, or none if they are not known."""
        try:
            table = _table(clause, names, ask())
        except ServiceError as error:
            if not clause.silent:
                raise
            self.failed.append(f"{clause.endpoint.iri}; {error.message}")
            table = unit(names)
        self._answers[clause.brace] = Edit(clause.start, clause.end, f" {table} ", "")
        self._columns[clause.brace] = names

    # What a clause is told

    def _values(
        self, shared: list[str], kept: list[list[Element]], dataset: str
    ) -> tuple[list[str], list[tuple[str, ...]]]:
        """The variables that an endpoint is told of, and their values as a query writes them, sorted."""
        columns = " ".join(f"?{name}" for name in shared)
        groups = " ".join(f"{{ {self._rendered(elements)} }}" for elements in kept)
        limit = f"LIMIT {_MOST_VALUES + 1}"
        try:
            rows = self.select(f"{prologue(self.text)} SELECT DISTINCT {columns} {dataset} {{ {groups} }} {limit}")
        except QuerySyntaxError as error:
            logger.warning("what is beside a SERVICE clause cannot be asked (%s): %s", error, self.text)
            return [], []
        if len(rows) > _MOST_VALUES:
            return [], []
        # A blank node of ours is equal to nothing elsewhere.
        rows = [row for row in rows if all(term.kind != "bnode" for term in row.values())]
        names = [name for name in shared if pushable(row.get(name) for row in rows)]
        return names, sorted({tuple(row_written(names, row, "")) for row in rows})

    def _rendered(self, elements: Iterable[Element]) -> str:
        """Elements as the query has them, with the answers to clauses in their places."""
        parts = []
        for element in elements:
            inside = [
                edit for edit in self._answers.values() if element.start <= edit.start and edit.end <= element.end
            ]
            moved = [Edit(edit.start - element.start, edit.end - element.start, edit.text, "") for edit in inside]
            parts.append(apply(self.text[element.start : element.end], moved))
            parts.append(" .\n" if isinstance(element, Triples) else "\n")
        return "".join(parts)

    # Asking

    def _whole(self, clause: Clause, names: Sequence[str]) -> Iterable[Solutions]:
        """The whole pattern of a clause."""
        pattern = self.text[clause.brace : clause.end]
        yield self._ask(clause, names, pattern, self.cancelled)

    def _told(self, place: Place, names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterable[Solutions]:
        """The pattern of a clause, joined with batches of values; two are on their way at one time."""
        pattern = self.text[place.clause.brace : place.clause.end]
        single = len(place.pattern.elements) == 1 and isinstance(place.pattern.elements[0], Select)
        inner = pattern if single else pattern[1:-1]
        stop = threading.Event()

        def given_up() -> bool:
            return stop.is_set() or self.cancelled()

        def ask(batch: Sequence[tuple[str, ...]]) -> list[Solutions]:
            # At the end, where it changes the meaning of nothing (a BIND before it, an OPTIONAL).
            try:
                group = f"{{ {inner}\n{values(names, batch)} }}"
                return [self._ask(place.clause, place.variables, group, given_up)]
            except ServiceError as error:
                if not error.too_long or len(batch) == 1:
                    raise
                middle = len(batch) // 2
                return ask(batch[:middle]) + ask(batch[middle:])

        size, position = _FIRST, 0
        with ThreadPoolExecutor(AT_ONCE, "federation") as threads:
            try:
                while position < len(rows):
                    until = min(position + AT_ONCE * size, len(rows))
                    batches = [rows[at : min(at + size, until)] for at in range(position, until, size)]
                    began = time.monotonic()
                    for answers in threads.map(ask, batches):
                        yield from answers
                    size, position = _next_size(size, time.monotonic() - began), until
            finally:
                stop.set()  # what is still on its way is not waited for

    def _ask(self, clause: Clause, names: Sequence[str], group: str, given_up: Callable[[], bool]) -> Solutions:
        columns = " ".join(f"?{name}" for name in names) or "*"
        # One row more than may be taken tells that there are more; the number is the same for each query, to be kept.
        query = f"{declarations(prologue(self.text), group)}SELECT {columns} WHERE {group} LIMIT {self.most + 1}"
        now = time.monotonic()
        until = now + _SHARE * max(self.budget.until - now, 0)
        return self.remote.ask(clause.endpoint, query, self.budget, Limits(until, self.budget.size, given_up))


def _next_size(size: int, seconds: float) -> int:
    if seconds < _QUICK:
        return min(2 * size, _MOST)
    return max(size // 2, _LEAST) if seconds > _SLOW else size


def _table(clause: Clause, names: Sequence[str], answers: Iterable[Solutions]) -> str:
    """The answers to a clause as one table. Raises `ServiceError`."""
    rows: list[list[str]] = []
    columns = list(names)
    try:
        for solutions in answers:
            columns = columns or list(solutions.variables)
            rows += (row_written(columns, row, solutions.scope) for row in solutions.rows)
        return values(columns, rows)
    except ValueError as error:
        raise ServiceError(
            f"its answer holds {error}", where=f"<{clause.endpoint.iri}>", expected="terms that a query can hold"
        ) from error


def _without_dataset(text: str) -> tuple[str, str]:
    """A query with blanks for its FROM clauses, and these clauses."""
    found = list(tokens(text))
    clauses = []
    for index, token in enumerate(found[:-1]):
        if token.text == "{":
            break
        if token.keyword == "FROM":
            last = found[min(index + 1 + (found[index + 1].keyword == "NAMED"), len(found) - 1)]
            clauses.append(text[token.start : last.end])
            blank = " " * (last.end - token.start)
            text = text[: token.start] + blank + text[last.end :]
    return text, " ".join(clauses)
