"""Readers of values in French and English text: numbers, money, percentages, points, dates, ordinals."""

from __future__ import annotations

from kg.build.text.reading.records import Reading, ReadingKind

__all__ = ["Reading", "ReadingKind", "read_values"]


def read_values(text: str, lang: str) -> tuple[Reading, ...]:
    """Read every value of a text: non-overlapping, ordered by position, the longest reading winning."""
    return ()
