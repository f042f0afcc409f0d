"""Days, months and years as the contract writes them, with what the text leaves open."""

from __future__ import annotations

from calendar import isleap
from typing import NamedTuple

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LEAP = 2024
# A day without a year is valid if it is in a leap year.


class Moment(NamedTuple):
    """A year, a month or a day; whatever the text does not say is None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def exists(self) -> bool:
        """Whether the calendar has this day."""
        if self.day is None:
            return True
        if self.month is None:
            return False
        last = 29 if self.month == 2 and isleap(self.year or _LEAP) else _DAYS[self.month - 1]
        return 1 <= self.day <= last

    def iso(self) -> str:
        """The contract's text.

        >>> Moment(2025, 3, 2).iso(), Moment(2023, 9).iso(), Moment(month=5, day=4).iso(), Moment(month=4).iso()
        ('2025-03-02', '2023-09', '--05-04', '--04')
        """
        written = f"{self.year:04}" if self.year is not None else "-"
        if self.month is not None:
            written += f"-{self.month:02}"
        return written if self.day is None else f"{written}-{self.day:02}"

    def ordinal(self) -> tuple[int, int, int]:
        """A key that orders moments of one granularity."""
        return (self.year or 0, self.month or 0, self.day or 0)

    @property
    def grain(self) -> str:
        """Which parts are known besides the year: day, month or year."""
        return "day" if self.day else "month" if self.month else "year"


class Period(NamedTuple):
    """One moment, or an interval between two."""

    first: Moment
    last: Moment | None = None

    def iso(self) -> str:
        """The contract's text.

        >>> Period(Moment(2022, 12), Moment(2023, 2)).iso()
        '2022-12/2023-02'
        """
        return f"{self.first.iso()}/{self.last.iso()}" if self.last else self.first.iso()

    @property
    def end(self) -> Moment:
        """The last moment."""
        return self.last or self.first


def months(first: int, last: int, year: int | None) -> Period:
    """The period from one month to another; past December it ends in the next year.

    >>> months(12, 2, 2022).iso(), months(3, 5, None).iso()
    ('2022-12/2023-02', '--03/--05')
    """
    later = year + 1 if year is not None and last < first else year
    return Period(Moment(year, first), Moment(later, last))


def between(first: Moment, last: Moment) -> Period | None:
    """The interval between two moments, the first taking what only the second says.

    A first moment that would lie after the second belongs to the year before.

    >>> between(Moment(day=22), Moment(month=3, day=31)).iso()
    '--03-22/--03-31'
    >>> between(Moment(month=12, day=28), Moment(2024, 1, 3)).iso()
    '2023-12-28/2024-01-03'
    >>> between(Moment(month=3), Moment(2024)) is None
    True
    """
    shared = share(first, last)
    if shared is None:
        return None
    if shared.year is not None and last.year is not None and _after(shared, last):
        if first.year is not None:
            return None
        shared = shared._replace(year=shared.year - 1)
    return Period(shared, last) if shared.exists() and last.exists() and shared != last else None


def share(first: Moment, last: Moment) -> Moment | None:
    """The first of two moments completed by the second, or None if they do not go together."""
    if first.month is None and first.day is not None:
        return last._replace(day=first.day) if last.grain == "day" else None
    if first.year is None and last.grain == "year":
        return None
    if first.year is not None and last.year is None:
        return None
    return first if first.year is not None else first._replace(year=last.year)


def _after(first: Moment, last: Moment) -> bool:
    """Whether one moment lies after another as far as both are known."""
    known = [(one, other) for one, other in zip(first.ordinal(), last.ordinal(), strict=True) if one and other]
    return [one for one, _ in known] > [other for _, other in known]


def consecutive(first: Moment, last: Moment) -> bool:
    """Whether the second moment follows at once, in the same month or year.

    >>> consecutive(Moment(2023, 8), Moment(2023, 9)), consecutive(Moment(2023, 8), Moment(2023, 10))
    (True, False)
    """
    if first.grain != last.grain or first.year != last.year:
        return False
    if first.grain == "day":
        return first.month == last.month and (last.day or 0) - (first.day or 0) == 1
    return first.grain == "month" and (last.month or 0) - (first.month or 0) == 1
