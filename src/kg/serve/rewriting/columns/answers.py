"""The whole answer to a query as columns, and writing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import Ids, Kind
from kg.serve.rewriting.columns.notations import NOTATIONS, Frame, Notation, literal_of
from kg.serve.rewriting.columns.table import Table, UnsupportedError, different
from kg.serve.rewriting.columns.terms import Terms

_ROWS = 1 << 13
"""Rows that are written at one time: as many terms are in memory as bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The rows of a ``SELECT``: its variables in their order, and the term of each."""

    variables: Sequence[str]
    table: Table
    terms: Terms

    def written(self, media_type: str) -> Iterator[bytes]:
        """The answer in a format of tables, in pieces."""
        notation = NOTATIONS[media_type](self.variables, is_open=not self.table.bound(self.variables))
        yield notation.begin()
        frames = [*map(notation.frame, range(len(self.variables)))]
        for start in range(0, self.table.rows, _ROWS):
            part = self.table.part(start, start + _ROWS)
            framed = np.empty((part.rows, len(frames)), object)
            for place, (name, frame) in enumerate(zip(self.variables, frames, strict=True)):
                column = part.columns.get(name)
                framed[:, place] = frame.unbound if column is None else self._pieces(column, notation, frame)
            pieces = framed.ravel().tolist()
            if not start:
                pieces[0] = pieces[0].removeprefix(notation.between)
            yield notation.rows(b"".join(pieces))
        yield notation.end

    def _pieces(self, column: Ids, notation: Notation, frame: Frame) -> NDArray[np.object_]:
        """The values of a column, each term written once."""
        numbers, places = different(column, self.terms.size)
        columns = self.terms.columns
        starts = [0, columns.starts[Kind.IRI], columns.starts[Kind.NUMBER], columns.size]
        blanks, iris, literals, made = np.searchsorted(numbers, starts).tolist()
        written = [frame.unbound] * blanks
        written += notation.blanks(columns.pieces(numbers[blanks:iris], before=len("_:")), frame)
        written += notation.iris(columns.pieces(numbers[iris:literals]), frame)
        texts = columns.texts(numbers[literals:made]) + self.terms.made(numbers[made:])
        written += [_written(text, notation, frame) for text in texts]
        pieces = np.empty(len(written), object)
        pieces[:] = written
        return pieces[places]


def _written(text: str, notation: Notation, frame: Frame) -> bytes:
    if text.startswith("<"):
        return notation.iris([memoryview(text.encode())], frame)[0]
    return frame.before + notation.literal(literal_of(text)) + frame.behind


def check(table: Table, terms: Terms) -> None:
    """Raise `UnsupportedError` for what is not written here: what is new in RDF 1.2, and blank nodes of a query."""
    columns = terms.columns
    for column in table.columns.values():
        strange = np.unique(column[column >= columns.starts[Kind.OTHER]])
        known = strange < columns.size
        if not all(map(_is_plain, columns.texts(strange[known]) + terms.made(strange[~known]))):
            raise UnsupportedError("a blank node, or a term of RDF 1.2")


def _is_plain(text: str) -> bool:
    suffix = text.rpartition('"')[2]
    if text.startswith('"'):
        return not (suffix.startswith("@") and "--" in suffix)
    return text.startswith("<") and not text.startswith("<<")
