"""The terms of a query as numbers, and the expressions of a query, which the engine itself evaluates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import NO_TERM, Columns, Ids, Kind
from kg.serve.rewriting.asking import Ask
from kg.serve.rewriting.columns.table import UNBOUND, Table, UnsupportedError, grouped
from kg.serve.rewriting.syntax import Query, Term

_MOST = 4000
"""Different terms beyond which an expression is not evaluated for each of them."""
_REMEMBERED = 64
"""Expressions whose values are kept."""
_TRUE = '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'


class Terms:
    """The terms of one release, and those that expressions of queries have made beside them."""

    def __init__(self, columns: Columns, ask: Ask) -> None:
        self.columns = columns
        self._ask = ask
        self._made: list[str] = []
        self._numbers: dict[str, int] = {}
        self._values: dict[str, dict[tuple[int, ...], int]] = {}

    def ask(self, text: str) -> Sequence[Sequence[str | None]]:
        """The rows that the engine gives to a SELECT."""
        try:
            return self._ask(text)
        except (SyntaxError, RuntimeError, ValueError) as error:
            raise UnsupportedError(str(error)) from error

    @property
    def size(self) -> int:
        """Beyond the number of every term."""
        return self.columns.size + len(self._made)

    def forget(self) -> None:
        """Drop the terms of earlier queries, once there are many."""
        if len(self._made) > _MOST * 4 or len(self._values) > _REMEMBERED:
            self._made, self._numbers, self._values = [], {}, {}

    def constant(self, query: Query, term: Term) -> str:
        """A constant of a query as the store writes it."""
        if term.kind == "iri" and term.value and not set(term.value) & set('<>"{}|^`\\ '):
            return f"<{term.value}>"
        if term.kind != "literal":
            raise UnsupportedError(term.text)
        written = self.ask(f"{prologue(query)} SELECT ({term.text} AS ?term) {{}}")[0][0]
        if written is None:
            raise UnsupportedError(term.text)
        return written

    def number(self, text: str) -> int:
        """The number of a term of the release; `NO_TERM` if it has none."""
        return int(self.columns.find_all([text.encode()])[0])

    def made(self, numbers: Ids) -> list[str]:
        """Terms that are not of the release, as N-Triples writes them."""
        return [self._made[number - self.columns.size] for number in numbers.tolist()]

    def texts(self, numbers: Ids) -> list[str]:
        """Terms as a query writes them: ``UNDEF`` for what is unbound; blank nodes cannot be written."""
        found, inverse = np.unique(numbers, return_inverse=True)
        if ((found >= 0) & (found < self.columns.starts[Kind.IRI])).any():
            raise UnsupportedError("a blank node")
        known = (found >= 0) & (found < self.columns.size)
        made = self.made(found[found >= self.columns.size])
        written = ["UNDEF"] * int((found < 0).sum()) + self.columns.texts(found[known]) + made
        return [written[place] for place in inverse.tolist()]

    def kind(self, numbers: Ids) -> Kind | None:
        """The kind of all terms of a column that are bound; None if they are of several, or none is."""
        bound = numbers[numbers >= 0]
        if not len(bound):
            return None
        first, last = (self.kind_of(int(number)) for number in (bound.min(), bound.max()))
        return first if first == last else None

    def kind_of(self, number: int) -> Kind | None:
        """The kind of one term; None for one that an expression has made."""
        if number >= self.columns.size:
            return None
        return Kind(int(np.searchsorted(self.columns.starts, number, "right")) - 1)

    def evaluated(self, query: Query, expression: str, table: Table) -> Ids:
        """The values of an expression of the variables of a table, `UNBOUND` where it is an error.

        It is evaluated once for all solutions that have the same terms.
        """
        names = [*table.columns]
        groups, places = grouped(table, names, self.size)
        if len(places) * max(1, len(names)) > _MOST:
            raise UnsupportedError("too many different terms")
        shown = " ".join(f"?{name}" for name in names)
        value = next(name for number in count() if (name := f"value{number}") not in expression)
        key = f"{prologue(query)} SELECT {shown} (({expression}) AS ?{value})"
        values = self._values.setdefault(key, {})
        found = [*zip(*(table.columns[name][places].tolist() for name in names), strict=True)] if names else [()]
        lacking = [numbers for numbers in found if numbers not in values]
        if lacking:
            values.update(zip(lacking, self._asked(key, shown, lacking), strict=True))
        return np.array([values[numbers] for numbers in found], np.int32)[groups]

    def true(self, query: Query, expression: str, table: Table) -> NDArray[np.bool_]:
        """For which solutions a condition is true that has the variables of a table."""
        found = self.evaluated(query, f"IF({expression}, true, false)", table)
        held: NDArray[np.bool_] = found == self.numbered([_TRUE])[0]
        return held

    def _asked(self, head: str, shown: str, numbers: Sequence[tuple[int, ...]]) -> list[int]:
        """The values of an expression for rows of terms."""
        columns = [self.texts(np.array(column, np.int32)) for column in zip(*numbers, strict=True)]
        texts = [*zip(*columns, strict=True)] or [()]
        written = " ".join(f"({' '.join(row)})" for row in texts)
        rows = self.ask(f"{head} {{ VALUES ({shown}) {{ {written} }} }}")
        given = [[None if text == "UNDEF" else text for text in row] for row in texts]
        if [[*row[:-1]] for row in rows] != given:
            raise UnsupportedError("the engine gives the rows in another order")
        given_values = [row[-1] for row in rows]
        numbers_of = iter(self.numbered([text for text in given_values if text is not None]).tolist())
        return [UNBOUND if text is None else next(numbers_of) for text in given_values]

    def numbered(self, texts: Sequence[str]) -> Ids:
        """The numbers of terms, of the release or not."""
        numbers = self.columns.find_all([text.encode() for text in texts])
        for place in np.flatnonzero(numbers == NO_TERM).tolist():
            number = self._numbers.setdefault(texts[place], self.size)
            if number == self.size:
                self._made.append(texts[place])
            numbers[place] = number
        return numbers


def prologue(query: Query) -> str:
    """The prefixes of a query, as it needs them in front."""
    prefixes: Mapping[str, str] = query.prefixes
    return " ".join(f"PREFIX {name}: <{iri}>" for name, iri in prefixes.items())
