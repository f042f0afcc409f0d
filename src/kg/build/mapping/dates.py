"""Dates as a text gives them: the datatype that fits their precision, and the days between which they lie."""

from __future__ import annotations

import calendar
import re
from datetime import date

from kg.ground.errors import ContractError
from kg.ground.terms import ONTOLOGY, PREFIXES

INTERVAL = ONTOLOGY + "interval"
"""The datatype of ISO 8601 intervals (``2022/2024``, ``2022-02/..``)."""

_DATATYPES = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "date"),
    (re.compile(r"\d{4}-\d\d"), "gYearMonth"),
    (re.compile(r"\d{4}"), "gYear"),
    (re.compile(r"--\d\d-\d\d"), "gMonthDay"),
    (re.compile(r"--\d\d"), "gMonth"),
)

Bounds = tuple[date | None, date | None]
"""The first and the last day of a time; None where it is open or not known."""

UNKNOWN: Bounds = (None, None)


def datatype(text: str) -> str:
    """The IRI of the datatype that holds a date with the precision it was given in.

    >>> datatype("2023-09").rpartition("#")[2], datatype("--05-04").rpartition("#")[2]
    ('gYearMonth', 'gMonthDay')
    """
    if "/" in text:
        return INTERVAL
    for pattern, name in _DATATYPES:
        if pattern.fullmatch(text):
            return PREFIXES["xsd"] + name
    raise ContractError(f"{text!r} is not a date", expected="ISO 8601, such as 2023-09-14, 2023-09, --09-14, 2022/2024")


def bounds(text: str) -> Bounds:
    """The first and the last day of a date or an interval; a date without a year has neither.

    >>> [str(day) for day in bounds("2024-02")]
    ['2024-02-01', '2024-02-29']
    >>> bounds("../2021")
    (None, datetime.date(2021, 12, 31))

    Raises `ContractError` for a day that no calendar has and for an interval that ends before it starts.
    """
    if "/" not in text:
        return _days(text)
    start, end = text.split("/")
    first, last = _days(start)[0], _days(end)[1]
    if first and last and last < first:
        raise ContractError(f"the interval {text} ends before it starts", expected="start/end")
    return first, last


def period(since: str | None, until: str | None) -> Bounds:
    """The first and the last day of what lasted since one date until another, either of which may be missing."""
    return (bounds(since)[0] if since else None), (bounds(until)[1] if until else None)


def _days(text: str) -> Bounds:
    if text == "..":
        return UNKNOWN
    datatype(text)
    known = not text.startswith("--")
    # A leap year stands for the year that is not given, so that --02-29 is a day.
    numbers = [int(part) for part in text.strip("-").split("-")] if known else [2000, *_numbers(text)]
    try:
        year, month, day = (*numbers, None, None)[:3]
        first = date(year or 0, month or 1, day or 1)
        last = date(first.year, month or 12, day or calendar.monthrange(first.year, month or 12)[1])
    except ValueError as error:
        raise ContractError(f"{text!r} is not a day of the calendar", expected="ISO 8601") from error
    return (first, last) if known else UNKNOWN


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.removeprefix("--").split("-")]
