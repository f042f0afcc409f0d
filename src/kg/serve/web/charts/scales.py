"""From values to places: linear scales with round ticks, time, and classes of values for maps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

Scale = Callable[[float], float]
"""From a value to a place in pixels."""

_STEPS = (1, 2, 2.5, 5, 10)
_MONTHS = (1, 3, 6)
_PARTIAL = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?(?:T.*)?")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")  # ISO 8601, 5.2.3


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """The scale that puts ``low`` at ``start`` and ``high`` at ``end``; without any extent, everything at ``start``.

    >>> linear(0, 10, 100, 200)(5)
    150.0
    """
    extent = high - low
    return lambda value: start + (end - start) * ((value - low) / extent if extent else 0.0)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most ``most`` round values, evenly spaced, the outer ones around the given values.

    >>> ticks(0, 113), ticks(-8, 31, 4), ticks(5, 5)
    ([0.0, 50.0, 100.0, 150.0], [-20.0, 0.0, 20.0, 40.0], [5.0])
    """
    if high <= low:
        return [float(low)]
    magnitude = 10 ** math.floor(math.log10((high - low) / most))
    for step in (magnitude * factor for factor in (*_STEPS, 20, 25, 50)):
        first, last = math.floor(low / step), math.ceil(high / step)
        if last - first < most:
            return [float(f"{count * step:.12g}") for count in range(first, last + 1)]
    return [float(low), float(high)]


def moment(text: str) -> float | None:
    """A date of any precision, or an interval of such dates, as a year and its fraction: the middle of what it means.

    >>> moment("2022"), moment("2022-07"), round(moment("2022-03-01/2022-03-03"), 3), moment("--03-01")
    (2022.5, 2022.5416666666667, 2022.164, None)
    >>> moment("2022-Q1"), round(moment("2020-W53"), 2), moment("2022-W60")
    (2022.125, 2021.0, None)
    """
    start, _, end = text.partition("/")
    found = [_middle(part) for part in (start, end or start)]
    if any(value is None for value in found):
        return None
    return sum(value for value in found if value is not None) / 2


def _middle(text: str) -> float | None:
    quarter, week = _QUARTER.fullmatch(text), _WEEK.fullmatch(text)
    if quarter:
        return int(quarter[1]) + (int(quarter[2]) - 0.5) / 4
    if week:
        return _middle_of_week(int(week[1]), int(week[2]))
    parts = _PARTIAL.fullmatch(text)
    if not parts:
        return None
    year = int(parts["year"])
    if parts["month"] is None:
        return year + 0.5
    try:
        day = date(year, int(parts["month"]), int(parts["day"] or 1))
    except ValueError:
        return None
    return year + (day.month - 0.5) / 12 if parts["day"] is None else _place(day)


def _middle_of_week(year: int, week: int) -> float | None:
    """The noon of its Thursday, which lies in the year that the week is counted in."""
    try:
        return _place(date.fromisocalendar(year, week, 4)) + 0.5 / 366
    except ValueError:
        return None


def _place(day: date) -> float:
    """Where a day begins, as a year and its fraction."""
    start, after = date(day.year, 1, 1), date(day.year + 1, 1, 1) if day.year < date.max.year else date.max
    return day.year + (day - start).days / (after - start).days


def time_ticks(low: float, high: float, most: int, *, years: bool = False) -> list[str]:
    """At most about ``most`` beginnings of years (``2022``) or, for short times, of months (``2022-03``) within a time.

    With ``years`` there are only beginnings of years.

    >>> time_ticks(2003.2, 2025.4, 5), time_ticks(2022.1, 2023.2, 5)
    (['2005', '2010', '2015', '2020', '2025'], ['2022-04', '2022-07', '2022-10', '2023'])
    >>> time_ticks(2022, 2025, 9, years=True)
    ['2022', '2023', '2024', '2025']
    """
    if high - low < most / 2 and not years:
        for step in _MONTHS:
            months = range(math.ceil(low * 12 / step) * step, math.floor(high * 12 + 1e-9) + 1, step)
            if 0 < len(months) <= most:
                return [f"{month // 12:04d}-{month % 12 + 1:02d}".removesuffix("-01") for month in months]
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 500, 1000) if (high - low) / step <= most)
    return [f"{year:04d}" for year in range(math.ceil(low / step) * step, math.floor(high) + 1, step)]


def is_year(text: str) -> bool:
    """Whether a time is a whole year."""
    return len(text) == len("2022") and text.isdigit()


def between(times: Iterable[str]) -> list[str]:
    """All months or all quarters from the first to the last of some; nothing for times of another kind or of several.

    >>> between(["2022-11", "2023-02"]), between(["2023-Q2", "2022-Q4"]), between(["2022", "2023-01"])
    (['2022-11', '2022-12', '2023-01', '2023-02'], ['2022-Q4', '2023-Q1', '2023-Q2'], [])
    """
    given = list(times)
    for pattern, parts, form in ((_MONTH, 12, "{:04d}-{:02d}"), (_QUARTER, 4, "{:04d}-Q{}")):
        found = [pattern.fullmatch(time) for time in given]
        if found and all(found):
            counts = [int(one[1]) * parts + int(one[2]) - 1 for one in found if one]
            return [form.format(at // parts, at % parts + 1) for at in range(min(counts), max(counts) + 1)]
    return []


def beginning(tick: str) -> float:
    """Where a tick of `time_ticks` stands.

    >>> beginning("2022"), beginning("2022-07")
    (2022.0, 2022.5)
    """
    year, _, month = tick.partition("-")
    return int(year) + (int(month) - 1 if month else 0) / 12


def breaks(values: Iterable[float], classes: int) -> list[float]:
    """The values at which classes begin after the first, so that about as many values lie in each; round numbers.

    Fewer classes where values are few or alike.

    >>> breaks([1, 2, 3, 40, 55, 60, 700, 810, 9000], 3)
    [40.0, 700.0]
    >>> breaks([5, 5, 5], 3)
    []
    """
    ordered = sorted(values)
    if not ordered:
        return []
    found = [_rounded(ordered[len(ordered) * part // classes]) for part in range(1, classes)]
    return [value for value in dict.fromkeys(found) if ordered[0] < value <= ordered[-1]]


def even(most: float, classes: int) -> list[float]:
    """So many round values, evenly spaced from 0, all below ``most``.

    >>> even(69, 3), even(0.9, 3)
    ([20.0, 40.0, 60.0], [0.25, 0.5, 0.75])
    """
    magnitude = 10.0 ** math.floor(math.log10(most / classes))
    step = max(magnitude * factor for factor in _STEPS if magnitude * factor * classes < most or factor == 1)
    return [float(f"{step * count:.12g}") for count in range(1, classes + 1)]


def _rounded(value: float) -> float:
    """A value with two digits.

    >>> _rounded(12345), _rounded(-0.0678), _rounded(0)
    (12000.0, -0.068, 0.0)
    """
    return float(f"{value:.1e}")


def class_of(value: float, limits: Sequence[float]) -> int:
    """The number of the class in which a value lies, from 0.

    >>> [class_of(value, [10, 20]) for value in (3, 10, 25)]
    [0, 1, 2]
    """
    return sum(value >= limit for limit in limits)
