"""The default graph of a release as columns of numbers, one for each term, in the order of what the terms stand for.

A file of them lies beside the quads of a release. What is compared, sorted or summed is then a number, and a pattern
with a given predicate a slice of two columns. `kg.build.columns` writes the file; whoever serves maps it into memory.
"""

from __future__ import annotations

import json
import logging
import mmap
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

Ids = NDArray[np.int32]
"""Numbers of terms."""

COLUMNS = "columns.bin"
"""The name of the file in the directory of a release. Not every release has it."""
VERSION = 2
"""The version of the layout of the file."""
NO_VALUE = -(2**63)
"""Stands for the value of a number that is too large, or has too many places."""
NO_TERM = -2
"""Stands for the number of a term that no triple has."""
ALIGNED = 64
"""Each column begins at a multiple of so many bytes."""
SECTIONS: Mapping[str, str] = {
    "texts": "u1", "offsets": "<i8", "values": "<i8", "decimals": "u1",
    "sums": "<u4", "summed": "<i4",
    "subjects": "<i4", "subjects_objects": "<i4", "objects": "<i4", "objects_subjects": "<i4",
}  # fmt: skip
"""The columns of the file and the types of their numbers.

The terms, end to end, and where each begins; the values of numeric terms, and which of them are decimals; the checksums
(CRC-32) of all terms in order, and the terms that have them; by predicate, subjects in order with their objects, and
objects in order with their subjects.
"""

_XSD = "^^<http://www.w3.org/2001/XMLSchema#"
INTEGER, DECIMAL = f"{_XSD}integer>", f"{_XSD}decimal>"
"""What stands behind the value of a number, as N-Triples writes it."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Kind(IntEnum):
    """Kinds of terms, in the order of their numbers; within a kind, those that SPARQL orders have its order.

    Of the last kind are all whose order it leaves open, or that the engine orders in a way of its own.
    """

    BLANK = 0
    IRI = 1
    NUMBER = 2
    DATE = 3
    INSTANT = 4
    TEXT = 5
    LANGUAGE = 6
    OTHER = 7


Place = tuple[Kind, Any]
"""The kind of a term, and what it is sorted by within it."""


def place(term: str) -> Place:
    """Where a term, as N-Triples writes it, stands in the order.

    >>> place('"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>')[0] < place('"a"')[0] < place('"a"@en')[0]
    True
    """
    if not term.startswith('"'):
        if term.startswith("<") and not term.startswith("<<"):
            return Kind.IRI, term[1:-1]
        return Kind.BLANK if term.startswith("_:") else Kind.OTHER, term
    end = term.rindex('"')
    value, suffix = unescaped(term[1:end]), term[end + 1 :]
    if not suffix:
        return Kind.TEXT, value
    if suffix in {INTEGER, DECIMAL} and _NUMBER.fullmatch(value):
        return Kind.NUMBER, (Decimal(value), suffix == DECIMAL)
    if suffix == f"{_XSD}date>" and _DATE.fullmatch(value):
        return Kind.DATE, value
    if suffix == f"{_XSD}dateTime>" and _INSTANT.fullmatch(value):
        return Kind.INSTANT, value
    if suffix.startswith("@") and "--" not in suffix:
        return Kind.LANGUAGE, (value, suffix)
    return Kind.OTHER, term


def unescaped(text: str) -> str:
    r"""The value of a literal as N-Triples writes it between its quotes.

    >>> unescaped(r'a\n\u0041\"')
    'a\nA"'
    """
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])


@dataclass(frozen=True, slots=True, eq=False)
class Relation:
    """The triples of one predicate, by subject and by object; columns beside one another have the same length."""

    subjects: Ids
    subjects_objects: Ids
    objects: Ids
    objects_subjects: Ids
    different: Sequence[int]
    """How many different subjects and objects there are."""


_NONE: Ids = np.zeros(0, np.int32)
_NOTHING = Relation(_NONE, _NONE, _NONE, _NONE, (0, 0))


class Columns:
    """The columns of one release. A term is known by its number, from 0 up to ``size``."""

    def __init__(self, header: Mapping[str, Any], sections: Mapping[str, NDArray[Any]]) -> None:
        self.quads = int(header["quads"])
        self.digits = int(header["digits"])
        self.starts: Sequence[int] = [*header["starts"]]
        self.size = self.starts[-1]
        self.values: NDArray[np.int64] = sections["values"]
        self.decimals: NDArray[np.uint8] = sections["decimals"]
        self._texts, self._offsets = sections["texts"], sections["offsets"]
        self._sums, self._summed = sections["sums"], sections["summed"]
        self._triples = [sections[name] for name in [*SECTIONS][-4:]]
        self._predicates: Mapping[str, Sequence[int]] = header["predicates"]
        self._relations: dict[str, Relation] = {}

    @cached_property
    def _blob(self) -> memoryview:
        return self._texts.data

    def text(self, number: int) -> str:
        """A term as N-Triples writes it."""
        return str(self._blob[self._offsets[number] : self._offsets[number + 1]], "utf-8")

    def texts(self, numbers: Ids) -> list[str]:
        """Terms as N-Triples writes them."""
        return [str(each, "utf-8") for each in self.pieces(numbers)]

    def pieces(self, numbers: Ids, before: int = 0, behind: int = 0) -> list[memoryview]:
        """Terms as N-Triples writes them, in UTF-8, without so many bytes at their beginnings and their ends."""
        starts = (self._offsets[numbers] + before).tolist()
        ends = (self._offsets[1:][numbers] - behind).tolist()
        blob = self._blob
        return [blob[start:end] for start, end in zip(starts, ends, strict=True)]

    def range(self, kind: Kind) -> tuple[int, int]:
        """The first number of a kind, and the one behind its last."""
        return self.starts[kind], self.starts[kind + 1]

    def kinds(self, ordered: Ids) -> set[Kind]:
        """The kinds of the terms of a column that is in order."""
        places = np.searchsorted(ordered, self.starts).tolist()
        return {kind for kind in Kind if places[kind + 1] > places[kind]}

    def bound(self, where: Place) -> int:
        """The number of the first term of the same kind that does not come before this place."""
        low, high = self.range(where[0])
        return bisect_left(range(high), where[1], lo=low, key=lambda number: place(self.text(number))[1])

    def find(self, term: str) -> int | None:
        """The number of a term, written as the store writes it; None if no triple has it."""
        found = int(self.find_all([term.encode()])[0])
        return None if found == NO_TERM else found

    def find_all(self, terms: Sequence[bytes]) -> Ids:
        """The numbers of terms, each written as the store writes it, in UTF-8; `NO_TERM` for what no triple has.

        They are looked for all at once, by their checksums; a handful of terms may share one.
        """
        sums = np.array([*map(crc32, terms)], np.uint32)
        places = np.searchsorted(self._sums, sums)
        found = np.full(len(terms), NO_TERM, np.int32)
        left = np.arange(len(terms))
        while len(left := left[places[left] < self.size]):
            left = left[self._sums[places[left]] == sums[left]]
            numbers = self._summed[places[left]]
            held = _equal(self.pieces(numbers), [terms[at] for at in left.tolist()])
            found[left[held]] = numbers[held]
            left = left[~held]
            places[left] += 1
        return found

    def relation(self, predicate: str) -> Relation | None:
        """The triples of a predicate, written ``<iri>``; None if there are none."""
        if predicate not in self._relations and predicate in self._predicates:
            start, end, *different = self._predicates[predicate]
            slices = [each[start:end] for each in self._triples]
            self._relations[predicate] = Relation(slices[0], slices[1], slices[2], slices[3], different)
        return self._relations.get(predicate)

    @cached_property
    def predicates(self) -> Mapping[int, str]:
        """The numbers of all predicates, and how they are written."""
        names = [*self._predicates]
        return dict(zip(self.find_all([name.encode() for name in names]).tolist(), names, strict=True))

    @cached_property
    def triples(self) -> int:
        """How many triples there are."""
        return len(self._triples[0])

    def union(self, predicates: Sequence[str]) -> Relation:
        """The triples of several predicates together, one as often as there are predicates that have it."""
        if len(predicates) == 1:
            return self.relation(predicates[0]) or _NOTHING
        name = " ".join(predicates)
        if name not in self._relations:
            found = [relation for relation in map(self.relation, predicates) if relation]
            self._relations[name] = _together(found) if found else _NOTHING
        return self._relations[name]


def _equal(pieces: Sequence[memoryview], terms: Sequence[bytes]) -> NDArray[np.bool_]:
    """Which of the pieces are the terms beside them; compared one by one, they take five times as long."""
    if b"\n".join(pieces) == b"\n".join(terms):  # no term has a line end
        return np.ones(len(terms), bool)
    return np.array([piece == term for piece, term in zip(pieces, terms, strict=True)], bool)


def _together(relations: Sequence[Relation]) -> Relation:
    subjects, objects = (
        np.concatenate([getattr(relation, name) for relation in relations]) for name in ("subjects", "subjects_objects")
    )
    forth, back = np.lexsort((objects, subjects)), np.lexsort((subjects, objects))
    different = [count_different(column) for column in (subjects[forth], objects[back])]
    return Relation(subjects[forth], objects[forth], objects[back], subjects[back], different)


def count_different(ordered: Ids) -> int:
    """How many different terms a column in order has; ``numpy.unique`` would take some twenty times as long."""
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(1, len(ordered))


def open_columns(file: Path, quads: int) -> Columns | None:
    """Map the columns of a release with so many quads into memory; None if it has none, or not of these quads."""
    try:
        with file.open("rb") as opened:
            content = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
        found = read_columns(content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.info("the release has no columns that can be read: %s: %s", file, error)
        return None
    return found if found.quads == quads else None


def read_columns(content: memoryview | bytes) -> Columns:
    """The columns in the content of a file; raises `ValueError`, `KeyError` or `TypeError` for anything else."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(bytes(content[8 : 8 + length]))
    if header["version"] != VERSION:
        raise ValueError(f"version {header['version']}, not {VERSION}")
    sections = {
        name: np.frombuffer(content, dtype, count, start)
        for (name, dtype), (start, count) in zip(SECTIONS.items(), header["sections"], strict=True)
    }
    return Columns(header, sections)
