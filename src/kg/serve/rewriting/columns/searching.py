"""Looking for a string in the values of many terms at once: ``CONTAINS`` (SPARQL 1.1, section 17.4.3.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import Columns, Ids, unescaped

_TERMS = 4096
"""Terms whose texts are looked through at one time."""
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f\ufffe\uffff]')
"""Characters that N-Triples may write as escapes: a string with one of them may be there in another form."""


def can_be_found(part: str) -> bool:
    """Whether a string stands in terms as it is written, wherever their values have it."""
    return bool(part) and not _ESCAPED.search(part)


def containing(columns: Columns, numbers: Ids, part: str) -> NDArray[np.bool_]:
    """Which of some strings, with or without a language, contain another one, of which `can_be_found` is true."""
    found = np.zeros(len(numbers), bool)
    for start in range(0, len(numbers), _TERMS):
        pieces = columns.pieces(numbers[start : start + _TERMS])
        for place in _places(pieces, part.encode()):
            value, _, _ = str(pieces[place], "utf-8").rpartition('"')
            found[start + place] = part in unescaped(value[1:])
    return found


def _places(pieces: Sequence[memoryview], part: bytes) -> list[int]:
    """The places of the texts that have some bytes."""
    whole = b"\n".join(pieces)
    ends = np.array([*accumulate(len(piece) + 1 for piece in pieces)])
    places, at = [], whole.find(part)
    while at >= 0:
        place = int(np.searchsorted(ends, at, "right"))
        places.append(place)
        at = whole.find(part, int(ends[place]))
    return places
