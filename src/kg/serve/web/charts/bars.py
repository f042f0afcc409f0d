"""Bars: one for each category and value, beside one another or stacked; and dots on a line between two values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.marks import Words, across_axis, axis_title, colour, legend
from kg.serve.web.charts.scales import Scale, linear, ticks
from kg.serve.web.charts.svg import LINE, NARROW, Drawing, join, number, paragraph, tag, text, width_of, wrapped

_BAR = 13.0
_GAP = 9.0
_AXIS = 20.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A category with its values, in the order of the names of the chart; None where one is not known."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: labels beside their bars or, on a narrow chart, above them."""

    width: float
    labels: float
    scale: Scale
    low: float
    high: float

    @property
    def above(self) -> bool:
        return self.labels == 0

    @property
    def start(self) -> float:
        """Where the axis of values begins."""
        return self.scale(self.low)


def bars(rows: Sequence[Bar], names: Sequence[str], words: Words, width: float) -> Drawing:
    """Horizontal bars: for each category one of each value, with the value at its end."""
    values = [value for row in rows for value in row.values if value is not None]
    frame = _frame(rows, values, words, width)
    head, top = legend(names if len(names) > 1 else (), width)
    title, top = axis_title(words, frame.start, top, width)
    content, y = [head, title], top
    for row in rows:
        label, start, y = _label(row.label, frame, y, len(row.values) * _BAR)
        content.append(label)
        for at, value in enumerate(row.values):
            if value is not None:
                content.append(_bar(row.label, value, at, frame, start + at * _BAR, words, names))
        y += _GAP
    content.append(_zero(frame, top, y - _GAP))
    return Drawing(width, y, join(content))


def stacked(rows: Sequence[Bar], names: Sequence[str], words: Words, width: float) -> Drawing:
    """Horizontal bars of parts, in the order of the names, with the sum at the end. Values below zero are not drawn."""
    sums = [sum(_parts(row)) for row in rows]
    frame = _frame(rows, sums, words, width)
    head, top = legend(names, width)
    title, top = axis_title(words, frame.start, top, width)
    content, y = [head, title], top
    for row, total in zip(rows, sums, strict=True):
        label, bar, y = _label(row.label, frame, y, _BAR)
        content.append(label)
        reached = 0.0
        for at, value in enumerate(_parts(row)):
            start, end = frame.scale(reached), frame.scale(reached + value)
            if value:
                told = tag("title", f"{row.label}, {names[at]}{words.colon}{words.value(value)}")
                place = {"x": start, "y": bar, "width": end - start, "height": _BAR}
                content.append(tag("rect", told, class_=f"{colour(at)} part", **place))
            reached += value
        content.append(text(words.brief(total), frame.scale(total) + 5, bar + _BAR / 2, class_="value"))
        y += _GAP
    content.append(_zero(frame, top, y - _GAP))
    return Drawing(width, y, join(content))


def dots(rows: Sequence[Bar], names: Sequence[str], words: Words, width: float) -> Drawing:
    """For each category a dot at each value, on a line from the least to the greatest: for values to be compared."""
    values = [value for row in rows for value in row.values if value is not None]
    frame = _frame(rows, values, words, width, from_zero=False)
    head, top = legend(names if len(names) > 1 else (), width)
    title, top = axis_title(words, frame.start, top, width)
    marks, y = [], top + _AXIS
    for row in rows:
        label, start, y = _label(row.label, frame, y, _BAR)
        marks += [label, _dumbbell(row, names, words, frame.scale, start + _BAR / 2)]
        y += _GAP
    axis = across_axis(ticks(frame.low, frame.high, _most(frame.labels)), frame.scale, words, top + _AXIS, y)
    content = [head, title, axis, *marks]
    return Drawing(width, y, join(content))


def _dumbbell(row: Bar, names: Sequence[str], words: Words, scale: Scale, y: float) -> Markup:
    known = [(at, value) for at, value in enumerate(row.values) if value is not None]
    if not known:
        return Markup()
    least, most = min(value for _, value in known), max(value for _, value in known)
    marks = [tag("path", class_="between", d=f"M{number(scale(least))} {number(y)}H{number(scale(most))}")]
    for at, value in known:
        told = tag("title", f"{_told(row.label, names, at)}{words.colon}{words.value(value)}")
        marks.append(tag("circle", told, class_=f"{colour(at)} part", cx=scale(value), cy=y, r=5))
    return join(marks)


def _frame(
    rows: Sequence[Bar], values: Sequence[float], words: Words, width: float, *, from_zero: bool = True
) -> _Frame:
    labels = 0.0 if width <= NARROW else min(max((width_of(row.label) for row in rows), default=0), width * 0.34) + 8
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    else:
        around = ticks(low, high, _most(labels))
        low, high = around[0], around[-1]
    if from_zero:
        room = max((width_of(words.brief(value)) for value in values), default=0) + 8
        before = room if low < 0 else 0.0
    else:  # the numbers at the ends of the axis stand astride of them
        before, room = (max(10.0, width_of(words.brief(end)) / 2) for end in (low, high))
    return _Frame(width, labels, linear(low, high, labels + before, width - room), low, high)


def _most(labels: float) -> int:
    """How many ticks an axis has room for: fewer on a narrow chart, whose labels stand above."""
    return 5 if labels else 3


def _label(label: str, frame: _Frame, y: float, height: float) -> tuple[Markup, float, float]:
    """The label of a category, where its bars of a height begin, and where the category ends."""
    full = tag("title", label)
    lines = wrapped(label, frame.width if frame.above else frame.labels - 8)
    tall = LINE * len(lines)
    if frame.above:
        written = paragraph(lines, 0, y + tall / 2 - 1)
        return tag("g", full, written), y + tall, y + tall + height
    middle = y + max(tall, height) / 2
    written = paragraph(lines, frame.labels - 8, middle, anchor="end")
    return tag("g", full, written), middle - height / 2, max(middle + height / 2, y + tall - (LINE - _BAR))


def _bar(label: str, value: float, at: int, frame: _Frame, y: float, words: Words, names: Sequence[str]) -> Markup:
    zero, end = frame.scale(0), frame.scale(value)
    told = tag("title", f"{_told(label, names, at)}{words.colon}{words.value(value)}")
    rect = tag("rect", told, class_=colour(at), x=min(zero, end), y=y, width=abs(end - zero), height=_BAR - 1)
    x, anchor = (end - 5, "end") if value < 0 else (end + 5, "")
    return rect + text(words.brief(value), x, y + _BAR / 2, class_="value", anchor=anchor)


def _told(label: str, names: Sequence[str], at: int) -> str:
    return f"{label}, {names[at]}" if len(names) > 1 else label


def _parts(row: Bar) -> list[float]:
    return [max(value or 0.0, 0.0) for value in row.values]


def _zero(frame: _Frame, top: float, bottom: float) -> Markup:
    x = frame.scale(0)
    return tag("path", class_="zero", d=f"M{number(x)} {number(top)}V{number(bottom)}")
