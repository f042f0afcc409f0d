"""Readers of values in French and English text: numbers, money, percentages, points, dates, ordinals."""

from __future__ import annotations

from collections.abc import Iterable

from kg.build.text.reading.records import Reading, ReadingKind
from kg.ground.records import Span

__all__ = ["Reading", "ReadingKind", "read_values"]


def read_values(text: str, lang: str, *, names: Iterable[Span] = ()) -> tuple[Reading, ...]:
    """Read every value of a text: non-overlapping, ordered by position, the longest reading winning.

    ``names`` are spans of proper names ("Leopard 2", "PzH 2000"): nothing is read inside them.
    """
    return ()
