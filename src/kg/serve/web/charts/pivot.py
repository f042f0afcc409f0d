"""A pivot: one table of what several columns of an answer have together, with its sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_LINES = 60
"""Lines of a pivot."""

MOST_ACROSS = 14
"""Columns of a pivot."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """A table: the names of its columns, and its lines, each with a name, its cells (None: nothing) and their sum.

    ``sums`` are those of the columns and of all, None where cells are no numbers. They are of what is shown;
    ``left_out`` are the lines and the columns that are not.
    """

    title: str
    description: str
    corner: str
    names: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str | None, ...], str | None], ...]
    sums: tuple[str | None, ...] | None
    left_out: tuple[int, int]


Cells = Mapping[tuple[str, str], float]
"""Numbers by the keys of their line and their column."""


def sides(keys: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """The lines and the columns of which there are cells, in the order in which they come; columns of time in theirs.

    >>> sides([("a", "2023"), ("b", "2022"), ("a", "2022")])
    (['a', 'b'], ['2022', '2023'])
    """
    lines = list(dict.fromkeys(line for line, _ in keys))
    across = list(dict.fromkeys(column for _, column in keys))
    return lines, sorted(across) if all(name[:4].isdecimal() for name in across) else across


def totals(cells: Cells, lines: Sequence[str], across: Sequence[str]) -> tuple[list[float], list[float]]:
    """The sums of the lines and of the columns.

    >>> totals({("a", "x"): 1, ("a", "y"): 2, ("b", "y"): 4}, ["a", "b"], ["x", "y"])
    ([3, 4], [1, 6])
    """
    return (
        [sum(cells.get((line, column), 0) for column in across) for line in lines],
        [sum(cells.get((line, column), 0) for line in lines) for column in across],
    )
