"""Solutions by columns, and what is done to all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self, TypeVar

import numpy as np
import numpy.ma  # NumPy loads it when it is first needed, and a worker can open no file any more
from numpy.typing import NDArray

from kg.ground.columns import Ids

UNBOUND = -1
"""Stands for the number of a term where a solution has none."""
MOST = 2_000_000
"""Solutions beyond which the engine, which holds them one by one, is left to it."""

_Number = TypeVar("_Number", np.int32, np.int64)

Places = NDArray[np.int64]
"""Places in a column."""


class UnsupportedError(Exception):
    """The columns cannot tell; the engine can."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """So many solutions: a column of terms for each variable; ``open`` are those that may be `UNBOUND`."""

    rows: int
    columns: Mapping[str, Ids]
    open: frozenset[str] = field(default=frozenset())

    @classmethod
    def unit(cls) -> Self:
        """The one solution that binds nothing."""
        return cls(1, {})

    @classmethod
    def of(cls, columns: Mapping[str, Ids]) -> Self:
        """Solutions by their columns, of which there is one at least, all bound."""
        return cls(len(next(iter(columns.values()))), columns)

    def take(self, places: NDArray[np.int64] | NDArray[np.bool_]) -> Table:
        """The solutions at some places, or those for which it is true."""
        rows = int(places.sum()) if places.dtype == bool else len(places)
        return Table(rows, {name: column[places] for name, column in self.columns.items()}, self.open)

    def part(self, start: int, end: int) -> Table:
        """The solutions from one place up to another."""
        columns = {name: column[start:end] for name, column in self.columns.items()}
        return Table(len(range(self.rows)[start:end]), columns, self.open)

    def extended(self, name: str, column: Ids, *, is_open: bool = False) -> Table:
        """The solutions with one more variable."""
        return Table(self.rows, {**self.columns, name: column}, self.open | ({name} if is_open else set()))

    def only(self, names: Iterable[str]) -> Table:
        """The solutions with some of their variables."""
        kept = {name: self.columns[name] for name in names}
        return Table(self.rows, kept, self.open & kept.keys())

    def bound(self, names: Iterable[str]) -> bool:
        """Whether every solution binds all of these."""
        return all(name in self.columns and name not in self.open for name in names)


def join(table: Table, name: str, keys: Ids, values: Mapping[str, Ids]) -> Table:
    """The solutions joined with a table of ``keys`` in order, which are of a variable, and ``values`` of others."""
    column = table.columns[name]
    starts = np.searchsorted(keys, column, "left")
    counts = np.searchsorted(keys, column, "right") - starts
    if counts.max(initial=0) <= 1:
        kept = counts > 0
        joined, places = table.take(kept), starts[kept]
    else:
        rows, places = spread(starts, counts)
        joined = table.take(rows)
    for other, value in values.items():
        joined = joined.extended(other, value[places])
    return joined


def spread(starts: Places, counts: Places) -> tuple[Places, Places]:
    """For each of so many places from a start on: the number of the start, and the place."""
    total = int(counts.sum())
    if total > MOST:
        raise UnsupportedError("too many solutions")
    rows = np.repeat(np.arange(len(starts)), counts)
    before = np.cumsum(counts) - counts
    return rows, np.arange(total) - np.repeat(before - starts, counts)


def grouped(table: Table, names: Sequence[str], size: int) -> tuple[Places, Places]:
    """The group of each solution by the terms of some variables, and one solution of each group.

    ``size`` is beyond the number of every term.
    """
    codes, width = np.zeros(table.rows, np.int64), 1
    for name in names:
        dense, count = _dense(table.columns[name], size)
        codes, width = codes * count + dense, width * count
        if width > _WIDE:
            codes = np.unique(codes, return_inverse=True)[1]
            width = int(codes.max(initial=0)) + 1
    first = np.full(width, -1, np.int64)
    first[codes[::-1]] = np.arange(table.rows - 1, -1, -1)
    used = first >= 0
    return (np.cumsum(used) - 1)[codes], first[used]


_WIDE = 1 << 22


def _dense(column: Ids, size: int) -> tuple[Places, int]:
    """The terms of a column numbered anew, from 0 up, with how many they are."""
    found, places = different(column, size)
    return places, len(found)


def different(column: Ids, size: int) -> tuple[Ids, Places]:
    """The different terms of a column in order, and the place of each among them. ``size`` is beyond all numbers."""
    if len(column) * 20 < size:
        return np.unique(column, return_inverse=True)
    used = np.zeros(size + 1, bool)
    used[column + 1] = True
    found = np.flatnonzero(used)
    places = np.empty(size + 1, np.int64)
    places[found] = np.arange(len(found))
    return found.astype(np.int32) - np.int32(1), places[column + 1]


def ordered(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """The different numbers of a column in order; ``numpy.unique`` would take some twenty times as long."""
    found = np.sort(numbers)
    kept: NDArray[_Number] = found[np.append(True, found[1:] != found[:-1])[: len(found)]]
    return kept


def distinct(table: Table, size: int) -> Table:
    """The different solutions."""
    return table.take(grouped(table, [*table.columns], size)[1])


def stacked(first: Table, second: Table) -> Table:
    """The solutions of two tables; what one of them does not bind is open."""
    columns = {}
    for name in {**first.columns, **second.columns}:
        parts = [each.columns.get(name, np.full(each.rows, UNBOUND, np.int32)) for each in (first, second)]
        columns[name] = np.concatenate(parts)
    lacking = first.columns.keys() ^ second.columns.keys()
    return Table(first.rows + second.rows, columns, first.open | second.open | lacking)
