"""Groups and their aggregates, and the first rows of a sorted list, over columns (SPARQL 1.1, sections 11 and 15)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import DECIMAL, INTEGER, NO_VALUE, Ids, Kind
from kg.serve.rewriting.columns.table import UNBOUND, Places, Table, UnsupportedError, ordered
from kg.serve.rewriting.columns.terms import Terms

AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_HALF = 31
_SORTED = frozenset({Kind.IRI, Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.TEXT})
"""Kinds whose terms SPARQL sorts, and that their numbers sort alike, but for numbers of the same value."""

Token = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """An aggregate: its name, the variable in it (None for ``*``), and whether only different values count."""

    name: str
    variable: str | None
    distinct: bool = False


def calls(tokens: Sequence[Token]) -> Iterator[tuple[int, int, Call]]:
    """The aggregates in an expression, each from one token up to another."""
    for index, (kind, text) in enumerate(tokens):
        if kind != "word" or text.upper() not in AGGREGATES:
            continue
        inner = [*tokens[index + 2 : index + 5]]
        distinct = bool(inner) and inner[0][0] == "word" and inner[0][1].upper() == "DISTINCT"
        argument, closing = inner[distinct : distinct + 1], inner[distinct + 1 : distinct + 2]
        if tokens[index + 1 : index + 2] != [("sign", "(")] or closing != [("sign", ")")]:
            raise UnsupportedError(text)
        variable = argument[0][1][1:] if argument[0][0] == "variable" else None
        call = Call(text.upper(), variable, distinct)
        if call.name not in {"COUNT", "SUM", "MIN", "MAX"} or (variable is None and argument != [("sign", "*")]):
            raise UnsupportedError(text)
        if (distinct or variable is None) and (call.name != "COUNT" or (distinct and variable is None)):
            raise UnsupportedError(text)
        yield index, index + 4 + distinct, call


class Aggregation:
    """The aggregates of solutions that fall into groups: ``groups`` has the group of each of them."""

    def __init__(self, table: Table, groups: Places, count: int, terms: Terms) -> None:
        self._table = table
        self._groups = groups
        self._count = count
        self._terms = terms

    def numbers(self, call: Call) -> Ids:
        """The terms that an aggregate gives for each group."""
        if call.variable is None:
            return self._integers(np.bincount(self._groups, minlength=self._count))
        column = self._table.columns.get(call.variable)
        if column is None:
            raise UnsupportedError(call.variable)
        if call.name == "COUNT":
            return self._integers(self._counted(column, distinct=call.distinct))
        if call.name == "SUM":
            return self._sums(column)
        return self._extremes(column, np.minimum if call.name == "MIN" else np.maximum)

    def _integers(self, numbers: NDArray[np.integer]) -> Ids:
        found, places = np.unique(numbers, return_inverse=True)
        return self._terms.numbered([f'"{number}"{INTEGER}' for number in found.tolist()])[places]

    def _counted(self, column: Ids, *, distinct: bool) -> NDArray[np.integer]:
        bound = column != UNBOUND
        groups = self._groups[bound]
        if distinct:
            groups = ordered(groups * self._terms.size + column[bound]) // self._terms.size
        return np.bincount(groups, minlength=self._count)

    def _sums(self, column: Ids) -> Ids:
        """Sums to the last place; one of integers alone is an integer, else a decimal (XPath, op:numeric-add)."""
        numbers = self._numbers(column)
        values, decimals = self._terms.columns.values[numbers], self._terms.columns.decimals[numbers]
        if (values == NO_VALUE).any():
            raise UnsupportedError("a number that is too large")
        # Halves of numbers cannot overflow, however many there are.
        halves = [np.zeros(self._count, np.int64) for _ in range(2)]
        for half, part in zip(halves, (values >> _HALF, values & ((1 << _HALF) - 1)), strict=True):
            np.add.at(half, self._groups, part)
        sums = [(high << _HALF) + low for high, low in zip(*(half.tolist() for half in halves), strict=True)]
        decimal = np.bincount(self._groups, decimals, self._count) > 0
        digits = self._terms.columns.digits
        return self._terms.numbered([*map(partial(_sum, digits), sums, decimal.tolist())])

    def _numbers(self, column: Ids) -> Ids:
        """A column of numbers, by their place among the numbers."""
        start, end = self._terms.columns.range(Kind.NUMBER)
        if ((column < start) | (column >= end)).any():
            raise UnsupportedError("a sum of what are not numbers")
        return column - np.int32(start)

    def _extremes(self, column: Ids, ufunc: np.ufunc) -> Ids:
        if self._table.rows and (self._terms.kind(column) not in _SORTED or (column == UNBOUND).any()):
            raise UnsupportedError("an order of terms of several kinds")
        found = np.full(self._count, self._terms.size if ufunc is np.minimum else UNBOUND, np.int32)
        ufunc.at(found, self._groups, column)
        return found


def _sum(digits: int, scaled: int, decimal: bool) -> str:
    """A sum as the store writes it, from what it is in units of its last place."""
    value = Decimal(scaled).scaleb(-digits)
    text = f"{value:f}".rstrip("0").rstrip(".") if value else "0"
    return f'"{text}"{DECIMAL if decimal else INTEGER}'


def first_rows(table: Table, keys: Sequence[tuple[str, bool]], start: int, end: int, terms: Terms) -> Table:
    """The rows from one place up to another of the list sorted by some variables, each with whether it descends."""
    columns = [_key(table, name, terms, descending=descending) for name, descending in keys]
    places = np.arange(table.rows)
    if table.rows > end:  # only what is not behind the last by the first key need be sorted
        places = places[columns[0] <= np.partition(columns[0], end - 1)[end - 1]]
    order = np.lexsort([column[places] for column in reversed(columns)])
    return table.take(places[order[start:end]])


def _key(table: Table, name: str, terms: Terms, *, descending: bool) -> NDArray[np.int64]:
    """Numbers that sort like the terms of a column; what is unbound comes first (15.1)."""
    if name not in table.columns:
        raise UnsupportedError(name)
    column = table.columns[name]
    kind = terms.kind(column)
    if kind not in _SORTED and (column != UNBOUND).any():
        raise UnsupportedError("an order of terms of several kinds")
    key = column.astype(np.int64)
    if kind == Kind.NUMBER:
        bound = column != UNBOUND
        key = np.full(table.rows, NO_VALUE, np.int64)
        key[bound] = terms.columns.values[column[bound] - terms.columns.starts[Kind.NUMBER]]
        if (key[bound] == NO_VALUE).any():
            raise UnsupportedError("a number that is too large")
        key[~bound] += 1  # so that it can be negated
    return -key if descending else key
