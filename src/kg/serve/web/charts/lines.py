"""Lines over time: one for each series, filled and stacked if they are parts, or each in a panel of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median_low

from markupsafe import Markup

from kg.serve.web.charts.marks import COLOURS, Words, axis_title, colour, legend, moved, time_axis, value_axis
from kg.serve.web.charts.scales import Scale, is_year, linear, ticks
from kg.serve.web.charts.svg import LINE, NARROW, Drawing, join, path, shortened, tag, text, width_of

NAMED = COLOURS - 1
"""Lines that have a colour and a name; those beyond are thin and grey, and the table names them."""

_MANY = 40
"""Points of a line from which on it has no dots."""

_FEW = 16
"""Points of a line alone that have their values written beside them."""

_BESIDE = 0.36
"""The part of the width that names at the ends of lines may take: longer ones stand in a legend, whole."""

_LONGER = 1.75
"""How many times as long as the usual interval one has to be, for something to be missing in it."""

_SEEN = 1 / 24
"""The least part of the axis of time that such an interval takes."""

Place = tuple[float, float]

Moment = tuple[float, str]
"""A time as a year with its fraction, and as it is given."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a time, which is a year with its fraction; ``when`` is that time as it is given."""

    at: float
    value: float
    when: str


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, its points in the order of time, and the times of which the value is not given."""

    name: str
    points: tuple[Point, ...]
    blanks: tuple[Moment, ...] = ()

    @property
    def times(self) -> list[Moment]:
        """The times of the points and of the blanks, in order."""
        return sorted({*((point.at, point.when) for point in self.points), *self.blanks})


def gaps(series: Sequence[Series]) -> list[tuple[Moment, Moment]]:
    """The times between which a series has nothing for longer than is usual in these series, in order, each once.

    >>> yearly = [Point(year, 1, str(year)) for year in (2005, 2006, 2007, 2011, 2012)]
    >>> gaps([Series("waves", tuple(yearly))])
    [((2007, '2007'), (2011, '2011'))]
    """
    spans = {span for one in series for span in pairwise(one.times) if span[0][0] < span[1][0]}
    if len(spans) < 2:
        return []
    low, high = _extent(series)
    usual = median_low(end[0] - start[0] for start, end in spans)
    longest = max(usual * _LONGER, (high - low) * _SEEN)
    return sorted((start, end) for start, end in spans if end[0] - start[0] > longest)


@dataclass(frozen=True, slots=True)
class _Frame:
    x: Scale
    y: Scale
    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    round: tuple[float, ...]
    width: float
    gaps: tuple[tuple[Moment, Moment], ...]
    years: bool


def lines(series: Sequence[Series], words: Words, width: float) -> Drawing:
    """A line for each series; names stand at the ends of the lines where there is room, else in a legend.

    A line is dashed across a gap, and where the values in between are not given; those are hollow on the axis.
    """
    named = [one.name for one in series[:NAMED] if one.name] if len(series) > 1 else []
    room = max(map(width_of, named), default=0.0) + 24
    beside = room if named and width > NARROW and room <= width * _BESIDE else 0.0
    head, top = legend(() if beside else named, width)
    title, top = axis_title(words, 0, top, width)
    frame = _frame(series, _values(series), words, width, top, beside)
    content = [head, title, _axes(frame, words)]
    for at, one in reversed([*enumerate(series)]):
        content.append(_line(one, at, frame, words))
    if beside:
        content.append(_names(series[:NAMED], frame))
    if len(series) == 1 and len(series[0].points) <= _FEW:
        content.append(_written(series[0], frame, words))
    return Drawing(width, frame.bottom + 24, join(content))


def areas(series: Sequence[Series], words: Words, width: float) -> Drawing:
    """Areas stacked upon one another. Where a series has no value and others have one, it counts as 0."""
    head, top = legend([one.name for one in series], width)
    title, top = axis_title(words, 0, top, width)
    times = sorted({(point.at, point.when) for one in series for point in one.points})
    values = [{point.at: max(point.value, 0.0) for point in one.points} for one in series]
    sums = [sum(known.get(at, 0.0) for known in values) for at, _ in times]
    frame = _frame(series, [0.0, *sums], words, width, top, 0.0)
    content, base = [head, title, _axes(frame, words)], [0.0] * len(times)
    for at, (one, known) in enumerate(zip(series, values, strict=True)):
        upper = [low + known.get(time, 0.0) for low, (time, _) in zip(base, times, strict=True)]
        there = [(frame.x(time), frame.y(value)) for value, (time, _) in zip(upper, times, strict=True)]
        back = [(frame.x(time), frame.y(value)) for value, (time, _) in zip(base, times, strict=True)]
        told = tag("title", one.name)
        content.append(tag("path", told, class_=f"{colour(at)} part", d=path([*there, *reversed(back)]) + "Z"))
        base = upper
    content += [_slice(frame, words, at, times, values, series) for at in range(len(times))]
    return Drawing(width, frame.bottom + 24, join(content))


def panels(series: Sequence[Series], words: Words, width: float) -> Drawing:
    """A small panel for each series, all with the same axes."""
    across = 1 if width <= NARROW else 3
    gap, height = 18.0, 118.0
    panel = (width - gap * (across - 1)) / across
    values = _values(series)
    title, top = axis_title(words, 0, 0.0, width)
    content = [title]
    for at, one in enumerate(series):
        frame = _frame(series, values, words, panel, LINE + 4, 0.0, height=height - LINE - 4)
        drawn = [
            text(shortened(one.name, panel), 0, LINE / 2, class_="name"),
            _axes(frame, words),
            _line(one, 0, frame, words),
        ]
        content.append(moved(join(drawn), at % across * (panel + gap), top + at // across * (height + 34)))
    return Drawing(width, top + -(-len(series) // across) * (height + 34), join(content))


def _extent(series: Sequence[Series]) -> tuple[float, float]:
    times = [at for one in series for at, _ in one.times] or [0.0]
    return min(times), max(times)


def _values(series: Sequence[Series]) -> list[float]:
    return [point.value for one in series for point in one.points]


def _frame(
    series: Sequence[Series],
    values: Sequence[float],
    words: Words,
    width: float,
    top: float,
    beside: float,
    *,
    height: float = 0.0,
) -> _Frame:
    marks = ticks(min([0.0, *values]), max([0.0, *values]), 6 if width > NARROW else 5)
    left = max(width_of(words.brief(value)) for value in marks) + 8
    right = width - max(beside, 16)
    bottom = top + 8 + (height or min(width * 0.52, 320.0))
    low, high = _extent(series)
    if low == high:
        low, high = low - 0.5, high + 0.5
    x, y = linear(low, high, left + 4, right), linear(marks[0], marks[-1], bottom, top + 8)
    years = all(is_year(when) for one in series for _, when in one.times)
    return _Frame(x, y, left, right, top + 8, bottom, low, high, tuple(marks), width, (*gaps(series),), years)


def _axes(frame: _Frame, words: Words) -> Markup:
    values = value_axis(frame.round, frame.y, words, frame.left, frame.right)
    return values + time_axis(frame.low, frame.high, frame.x, words, frame.bottom, frame.width, years=frame.years)


def _line(one: Series, at: int, frame: _Frame, words: Words) -> Markup:
    places = [(frame.x(point.at), frame.y(point.value)) for point in one.points]
    shade = colour(at) if at < NAMED else "other"
    told = tag("title", one.name) if one.name else ""
    marks = []
    if runs := "".join(path(run) for run in _runs(one, places, frame)):
        marks.append(tag("path", told, class_=f"line {shade}", d=runs))
    if jumps := "".join(path(jump) for jump in _jumps(one, places, frame)):
        marks.append(tag("path", told, class_=f"line {shade} gap", d=jumps))
    if at < NAMED:
        marks += [_blank(one, blank, shade, frame, words) for blank in one.blanks]
        few = len(one.points) <= _MANY
        for point, (x, y) in zip(one.points, places, strict=True):
            name = f"{one.name}, " if one.name else ""
            told = tag("title", f"{name}{words.date(point.when)}{words.colon}{words.value(point.value)}")
            marks.append(tag("circle", told, class_=shade if few else "hit", cx=x, cy=y, r=3 if few else 6))
    return join(marks)


def _blank(one: Series, blank: Moment, shade: str, frame: _Frame, words: Words) -> Markup:
    name = f"{one.name}, " if one.name else ""
    told = tag("title", f"{name}{words.date(blank[1])}{words.colon}{words.missing}")
    return tag("circle", told, class_=f"{shade} open", cx=frame.x(blank[0]), cy=frame.bottom, r=3.5)


def _apart(one: Series, frame: _Frame) -> list[bool]:
    """Whether something is missing between each point and the one before."""
    return [
        any(start[0] >= before.at and end[0] <= point.at for start, end in frame.gaps)
        or any(before.at < at < point.at for at, _ in one.blanks)
        for before, point in pairwise(one.points)
    ]


def _runs(one: Series, places: Sequence[Place], frame: _Frame) -> list[list[Place]]:
    """The points that a line joins, without those that stand alone."""
    runs = [[*places[:1]]]
    for place, apart in zip(places[1:], _apart(one, frame), strict=True):
        if apart:
            runs.append([])
        runs[-1].append(place)
    return [run for run in runs if len(run) > 1]


def _jumps(one: Series, places: Sequence[Place], frame: _Frame) -> list[tuple[Place, Place]]:
    """The points between which something is missing."""
    return [pair for pair, apart in zip(pairwise(places), _apart(one, frame), strict=True) if apart]


def _written(one: Series, frame: _Frame, words: Words) -> Markup:
    """The values of a line beside its points, where there is room: below a point at the top of the chart."""
    marks, end = [], 0.0
    for point in one.points:
        label, x, y = words.brief(point.value), frame.x(point.at), frame.y(point.value)
        half = width_of(label) / 2
        x = min(max(x, half), frame.width - half)
        if x - half >= end:
            y += 12 if y - frame.top < LINE else -12
            marks.append(text(label, x, y, class_="value", anchor="middle"))
            end = x + half + 4
    return join(marks)


def _names(series: Sequence[Series], frame: _Frame) -> Markup:
    """The names at the ends of the lines, moved apart where they would cover one another."""
    ends = sorted((frame.y(one.points[-1].value), at) for at, one in enumerate(series) if one.points)
    marks, last = [], frame.top - LINE
    lowest = frame.bottom - LINE * (len(ends) - 1)
    for count, (y, at) in enumerate(ends):
        last = max(min(y, lowest + LINE * count), last + LINE)
        x = frame.right + 10
        marks.append(tag("circle", class_=colour(at), cx=x, cy=last, r=4))
        marks.append(text(series[at].name, x + 8, last))
    return join(marks)


def _slice(
    frame: _Frame,
    words: Words,
    at: int,
    times: Sequence[tuple[float, str]],
    values: Sequence[dict[float, float]],
    series: Sequence[Series],
) -> Markup:
    """A strip that is not seen, and tells the values at one time to a pointer."""
    time, when = times[at]
    before = frame.x(times[at - 1][0]) if at else frame.x(time)
    after = frame.x(times[at + 1][0]) if at + 1 < len(times) else frame.x(time)
    start, end = (before + frame.x(time)) / 2, (after + frame.x(time)) / 2
    parts = [
        f"{one.name}{words.colon}{words.value(known[time])}"
        for one, known in zip(series, values, strict=True)
        if time in known
    ]
    told = tag("title", "\n".join([words.date(when), *parts]))
    return tag("rect", told, class_="hit", x=start, y=frame.top, width=end - start, height=frame.bottom - frame.top)
