"""The rows of ``VALUES`` as columns; those of thousands of IRIs are read without the engine."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kg.ground.columns import NO_TERM, Ids
from kg.serve.rewriting.columns.sources import Inline, Source
from kg.serve.rewriting.columns.table import Table, UnsupportedError
from kg.serve.rewriting.columns.terms import Terms, prologue
from kg.serve.rewriting.syntax import Query, Values

_ROWS = 500
"""Rows of other terms than IRIs, or with some left open, beyond which the engine is left to look them up."""
_CELLS = 500_000
"""Terms of a table beyond which it is."""
_PIECE = re.compile(r"<[^>]*>|[()]|[^\s<>()]+")
_NAME = re.compile(r"([A-Za-z][\w-]*|):([A-Za-z][\w-]*)")
_REFUSED = '"{}|^`\\'
"""Signs that no IRI has; a backslash begins an escape, which is left to the engine."""


def inline(query: Query, values: Values, terms: Terms) -> list[Source]:
    """The table; of one row, what it leaves open is as if it were not there, so that nothing of it may be left."""
    if not values.rows or not values.variables or (values.open and values.rows > 1):
        raise UnsupportedError("an empty table, or an open one")
    columns = None if values.open else _of_iris(query, values, terms)
    if columns is None:
        columns = _asked(query, values, terms)
    return [Inline(Table.of(columns))] if columns else []


def _asked(query: Query, values: Values, terms: Terms) -> dict[str, Ids]:
    """The columns of a table that the engine has read."""
    if values.rows > _ROWS:
        raise UnsupportedError("a large table")
    names = " ".join(f"?{name}" for name in values.variables)
    text = query.text[values.start : values.end]
    rows = terms.ask(f"{prologue(query)} SELECT {names} {{ {text} }}")
    if not rows:
        raise UnsupportedError("an empty table")
    found = {
        name: terms.numbered([term for term in column if term is not None])
        for name, column in zip(values.variables, zip(*rows, strict=True), strict=True)
    }
    return {name: column for name, column in found.items() if len(column)}


def _of_iris(query: Query, values: Values, terms: Terms) -> dict[str, Ids] | None:
    """The columns of a table of IRIs; None for any other."""
    start = query.text.find("{", values.start) + 1
    data = query.text[start : values.end - 1]
    width = len(values.variables)
    if values.rows * width > _CELLS or any(sign in data for sign in _REFUSED):
        return None
    pieces = data.split() if "(" not in data else _PIECE.findall(data)
    if len(pieces) == values.rows * (width + 2):
        between = width + 2
        if {*pieces[::between]} != {"("} or {*pieces[width + 1 :: between]} != {")"}:
            return None
        pieces = [piece for at in range(0, len(pieces), between) for piece in pieces[at + 1 : at + 1 + width]]
    if len(pieces) != values.rows * width:
        return None
    written = _written(query, pieces)
    numbers = _numbers(written, terms) if written else None
    if numbers is None:
        return None
    return {name: numbers[place::width] for place, name in enumerate(values.variables)}


def _written(query: Query, pieces: Sequence[str]) -> Sequence[str] | None:
    """IRIs as the store writes them; None if one of the pieces is another term, or a part of one."""
    if all(piece[0] == "<" for piece in pieces):
        return pieces
    written = []
    for piece in pieces:
        name = _NAME.fullmatch(piece)
        namespace = query.prefixes.get(name[1]) if name else None
        if piece[0] != "<" and namespace is None:
            return None
        written.append(f"<{namespace}{name[2]}>" if name else piece)
    return written


def _numbers(written: Sequence[str], terms: Terms) -> Ids | None:
    """The numbers of IRIs. The engine reads those that no triple has: None if they are not what it takes them for."""
    numbers = terms.columns.find_all("\n".join(written).encode().split(b"\n"))
    absent = np.flatnonzero(numbers == NO_TERM)
    if len(absent):
        asked = [written[place] for place in absent.tolist()]
        rows = terms.ask(f"SELECT ?term {{ VALUES ?term {{ {' '.join(asked)} }} }}")
        if [row[0] for row in rows] != asked:
            return None
        numbers[absent] = terms.numbered(asked)
    return numbers
