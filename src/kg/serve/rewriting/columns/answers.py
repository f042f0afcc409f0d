"""The whole answer to a query as columns, and writing it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import Ids, Kind
from kg.serve.rewriting.columns.notations import NOTATIONS, Frame, TermNotation
from kg.serve.rewriting.columns.table import Table, UnsupportedError, different, ordered
from kg.serve.rewriting.columns.terms import Terms

ROWS = 1 << 13
"""Rows that are written at one time: as many terms are in memory as bytes."""


class Answer(ABC):
    """The whole answer to a query, which the engine gives too, though not as soon."""

    @property
    @abstractmethod
    def variables(self) -> Sequence[str] | None:
        """The variables of a table in their order; None for a graph."""

    @abstractmethod
    def fits(self, media_type: str) -> bool:
        """Whether it can be written in a format."""

    @abstractmethod
    def written(self, media_type: str, prefixes: Mapping[str, str]) -> Iterator[bytes]:
        """The answer in a format that fits, in pieces; ``prefixes`` are there for formats that shorten IRIs."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Answer):
    """The rows of a ``SELECT``: its variables in their order, and the term of each."""

    names: Sequence[str]
    table: Table
    terms: Terms

    @property
    def variables(self) -> Sequence[str]:
        """The names of its variables."""
        return self.names

    def fits(self, media_type: str) -> bool:
        """Whether it is a format of tables."""
        return media_type in NOTATIONS

    def written(self, media_type: str, _: Mapping[str, str]) -> Iterator[bytes]:
        """The rows, after the variables."""
        notation = NOTATIONS[media_type](self.names, is_open=not self.table.bound(self.names))
        yield notation.begin()
        frames = [*map(notation.frame, range(len(self.names)))]
        for start in range(0, self.table.rows, ROWS):
            part = self.table.part(start, start + ROWS)
            framed = np.empty((part.rows, len(frames)), object)
            for place, (name, frame) in enumerate(zip(self.names, frames, strict=True)):
                column = part.columns.get(name)
                framed[:, place] = frame.unbound if column is None else pieces(column, self.terms, notation, frame)
            texts = framed.ravel().tolist()
            if not start:
                texts[0] = texts[0].removeprefix(notation.between)
            yield notation.rows(b"".join(texts))
        yield notation.end


def pieces(column: Ids, terms: Terms, notation: TermNotation, frame: Frame) -> NDArray[np.object_]:
    """The values of a column in their frames, each term written once."""
    numbers, places = different(column, terms.size)
    columns = terms.columns
    starts = [0, columns.starts[Kind.IRI], columns.starts[Kind.NUMBER], columns.size]
    blanks, iris, literals, made = np.searchsorted(numbers, starts).tolist()
    written = [frame.unbound] * blanks
    written += notation.blanks(columns.pieces(numbers[blanks:iris], before=len("_:")), frame)
    written += notation.iris(columns.pieces(numbers[iris:literals]), frame)
    written += notation.literals(columns.pieces(numbers[literals:made]), frame)
    for text in terms.made(numbers[made:]):
        write = notation.iris if text.startswith("<") else notation.literals
        written += write([memoryview(text.encode())], frame)
    found = np.empty(len(written), object)
    found[:] = written
    return found[places]


def check(table: Table, terms: Terms) -> None:
    """Raise `UnsupportedError` for what is not written here: what is new in RDF 1.2, and blank nodes of a query."""
    columns = terms.columns
    for column in table.columns.values():
        strange = ordered(column[column >= columns.starts[Kind.OTHER]])
        known = strange < columns.size
        if not all(map(_is_plain, columns.texts(strange[known]) + terms.made(strange[~known]))):
            raise UnsupportedError("a blank node, or a term of RDF 1.2")


def _is_plain(text: str) -> bool:
    suffix = text.rpartition('"')[2]
    if text.startswith('"'):
        return not (suffix.startswith("@") and "--" in suffix)
    return text.startswith("<") and not text.startswith("<<")
