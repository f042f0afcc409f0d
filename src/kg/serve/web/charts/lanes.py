"""How much of each kind there was at each time: a lane of bars for each kind, over one axis of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.marks import Words, colour, moved, time_axis
from kg.serve.web.charts.scales import linear
from kg.serve.web.charts.svg import LINE, NARROW, Drawing, join, number, shortened, tag, text, width_of

EARLY = 0.12
"""The part of a lane, in the mean of all lanes, that may lie before the axis begins: a few dates of long ago must not
press the rest together."""

_HEIGHT = 30.0  # pixels of a lane
_LEAST = 2.0  # pixels of a bar: one is not nothing
_STEPS = (1, 3, 6, 12, 24, 60, 120)  # months that one bar may stand for
_ROOM = 4.0  # pixels of the narrowest bar with its gap
_APART = 16.0  # pixels of the bar of what lies before the axis


@dataclass(frozen=True, slots=True)
class Lane:
    """How many there were of one kind, by month (`2022-03`)."""

    label: str
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class _Axis:
    """The months from ``first`` to before ``end``, each bar standing for ``step`` of them, between two places."""

    first: int
    end: int
    step: int
    start: float
    stop: float
    early: bool

    def place(self, month: int) -> float:
        return linear(self.first, self.end, self.start, self.stop)(month)


def lanes(found: Sequence[Lane], words: Words, width: float, *, before: str) -> Drawing:
    """The lanes in their order, each as high as its most; ``before`` names what lies before the axis begins."""
    beside = min(max(width_of(lane.label) for lane in found) + 12, width * 0.32) if width > NARROW else 0.0
    after = max(width_of(words.value(lane.total)) for lane in found) + 10
    axis = _axis(found, beside, width - after, width_of(before) + 2 * _APART)
    content: list[Markup] = []
    y = 0.0
    for at, lane in enumerate(found):
        if not beside:
            content.append(text(shortened(lane.label, width), 0, y + LINE / 2))
            y += LINE
        else:
            content.append(text(shortened(lane.label, beside - 8), 0, y + _HEIGHT - LINE / 2))
        content.append(moved(tag("g", _bars(lane, axis, beside, words, before), class_=colour(at)), 0, y))
        content.append(tag("path", class_="grid", d=f"M{number(beside)} {number(y + _HEIGHT)}H{number(axis.stop)}"))
        content.append(text(words.value(lane.total), width, y + _HEIGHT - LINE / 2, class_="value", anchor="end"))
        y += _HEIGHT + 8
    scale = linear(axis.first / 12, axis.end / 12, axis.start, axis.stop)
    content.append(time_axis(axis.first / 12, axis.end / 12, scale, words, y - 6, width))
    if axis.early:
        content.append(text(before, beside, y + 8, class_="tick"))
    return Drawing(width, y + 20, join(content))


def _axis(found: Sequence[Lane], beside: float, stop: float, room: float) -> _Axis:
    """The axis that leaves out only a few early months, with bars that are wide enough; ``room`` is for these."""
    parts: dict[int, float] = {}
    for lane in found:
        for month, count in lane.counts.items():
            parts[_month(month)] = parts.get(_month(month), 0.0) + count / lane.total / len(found)
    months, rest = sorted(parts), EARLY
    first = next((month for month in months if (rest := rest - parts[month]) < 0), months[-1])
    first -= first % 12
    early = first > months[0]
    start = beside + (room if early else 0.0)
    extent = months[-1] + 1 - first
    step = next((step for step in _STEPS if extent / step * _ROOM <= stop - start), _STEPS[-1])
    return _Axis(first, first + -(-extent // step) * step, step, start, stop, early)


def _bars(lane: Lane, axis: _Axis, beside: float, words: Words, before: str) -> Markup:
    """The bars of a lane; that of what lies before the axis stands apart."""
    counts: Counter[int] = Counter()
    for month, count in lane.counts.items():
        counts[max(-1, (_month(month) - axis.first) // axis.step)] += count
    most = max((count for at, count in counts.items() if at >= 0), default=1)
    marks = []
    for at in sorted(counts):
        start = axis.first + at * axis.step
        x, end = (beside, beside + _APART) if at < 0 else (axis.place(start), axis.place(start + axis.step))
        told = before if at < 0 else _told(start, axis.step, words)
        high = min(max(_HEIGHT * counts[at] / most, _LEAST), _HEIGHT)  # that of before is not compared
        title = tag("title", f"{lane.label}, {told}{words.colon}{words.value(counts[at])}")
        marks.append(tag("rect", title, x=x, y=_HEIGHT - high, width=max(end - x - 1, 1.5), height=high))
    return join(marks)


def _told(start: int, step: int, words: Words) -> str:
    """The time that a bar stands for: a month, a year, or both ends of it."""
    if step % 12 == 0:
        first, last = f"{start // 12:04d}", f"{(start + step - 1) // 12:04d}"
    else:
        first, last = _text(start), _text(start + step - 1)
    return words.date(first) if first == last else f"{words.date(first)} – {words.date(last)}"


def _month(month: str) -> int:
    """How many months have passed since the year 0.

    >>> _month("2022-03"), _text(24266)
    (24266, '2022-03')
    """
    year, _, number_ = month.partition("-")
    return int(year) * 12 + int(number_) - 1


def _text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
