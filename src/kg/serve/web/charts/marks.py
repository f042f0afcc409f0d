"""What several charts share: the words they are written with, a legend, an axis of values, an axis of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.scales import Scale, beginning, time_ticks
from kg.serve.web.charts.svg import LETTER, LINE, join, number, shortened, tag, text, width_of

COLOURS = 7
"""Colours for categories; what comes after is drawn in the last one, which is grey."""

_SWATCH = 11


@dataclass(frozen=True, slots=True)
class Words:
    """How a chart writes: a value in full (`value`) and short (`brief`), a date as far as it is given (`date`).

    ``colon`` stands between a name and a value. ``axis`` is the title of the axis of values: what is counted, in which
    unit; ``missing`` is written where a value is not given.
    """

    value: Callable[[float], str]
    brief: Callable[[float], str]
    date: Callable[[str], str]
    colon: str = ": "
    axis: str = ""
    missing: str = "–"


def colour(at: int) -> str:
    """The class of the colour of a category, by its place.

    >>> colour(0), colour(9)
    ('c1', 'c7')
    """
    return f"c{min(at, COLOURS - 1) + 1}"


def legend(names: Sequence[str], width: float, shades: Sequence[str] = ()) -> tuple[Markup, float]:
    """The names of categories with their colours, in as many lines as they need, and the height of that.

    A name that is longer than a line is cut: the marks and the table have it whole.
    ``shades`` are the classes of the colours, if they are not those of categories in their order.
    """
    marks, x, y = [], 0.0, LINE / 2
    for at, whole in enumerate(names):
        name = shortened(whole, width - _SWATCH - 6)
        needed = _SWATCH + 6 + width_of(name) + 14
        if x and x + needed > width:
            x, y = 0.0, y + LINE + 2
        shade = shades[at] if shades else colour(at)
        marks.append(tag("rect", class_=shade, x=x, y=y - _SWATCH / 2, width=_SWATCH, height=_SWATCH, rx=2))
        marks.append(text(name, x + _SWATCH + 6, y))
        x += needed
    return join(marks), (y + LINE) if names else 0.0


def moved(content: Markup, x: float, y: float) -> Markup:
    """Marks in another place."""
    return tag("g", content, transform=f"translate({number(x)} {number(y)})")


def axis_title(words: Words, x: float, y: float, width: float) -> tuple[Markup, float]:
    """The title of the axis of values from ``x`` on, and where what is below it begins; nothing where it has none."""
    if not words.axis:
        return Markup(), y
    written = text(shortened(words.axis, width - x), x, y + LINE / 2, class_="axis")
    return tag("g", tag("title", words.axis), written), y + LINE + 2


def value_axis(values: Sequence[float], scale: Scale, words: Words, start: float, end: float) -> Markup:
    """Horizontal lines at round values, each with its value at the left of ``start``."""
    lines = []
    for value in values:
        y = scale(value)
        place = f"M{number(start)} {number(y)}H{number(end)}"
        lines.append(tag("path", class_="zero" if value == 0 else "grid", d=place))
        lines.append(text(words.brief(value), start - 6, y, class_="tick", anchor="end"))
    return join(lines)


def across_axis(values: Sequence[float], scale: Scale, words: Words, top: float, bottom: float) -> Markup:
    """Vertical lines at round values, each with its value above."""
    lines = []
    for value in values:
        x = scale(value)
        place = f"M{number(x)} {number(top)}V{number(bottom)}"
        lines.append(tag("path", class_="zero" if value == 0 else "grid", d=place))
        lines.append(text(words.brief(value), x, top - LETTER * 0.75, class_="tick", anchor="middle"))
    return join(lines)


def time_axis(
    low: float, high: float, scale: Scale, words: Words, y: float, width: float, *, years: bool = False
) -> Markup:
    """Small lines at beginnings of years or months below a chart, each with its date, which stays within the chart.

    With ``years`` there are only those of years.
    """
    room = scale(high) - scale(low)
    # A month with its year takes more room than a year.
    for most in range(max(int(room / 48), 2), 1, -1):
        found = time_ticks(low, high, most, years=years)
        if all(width_of(words.date(tick)) + 10 < room / max(len(found), 1) * 1.2 for tick in found):
            break
    marks = []
    for tick in found:
        x = scale(beginning(tick))
        marks.append(tag("path", class_="zero", d=f"M{number(x)} {number(y)}v5"))
        half = width_of(words.date(tick)) / 2
        marks.append(text(words.date(tick), min(max(x, half), width - half), y + 14, class_="tick", anchor="middle"))
    return join(marks)
