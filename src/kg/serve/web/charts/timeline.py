"""Events over time: each on a line of its own while there are few, else as dots in lanes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.marks import Words, colour, legend, moved, time_axis
from kg.serve.web.charts.scales import Scale, linear
from kg.serve.web.charts.svg import (
    LETTER,
    LINE,
    NARROW,
    Drawing,
    join,
    number,
    paragraph,
    shortened,
    tag,
    text,
    width_of,
    wrapped,
)

FEW = 24
"""Events that are written out, each on its own line."""

MOST_ROWS = 8
"""Rows of dots in a lane; where more would be needed, events of about one time are one larger dot."""

MOST_LISTED = 12
"""Events that such a dot tells to a pointer."""

_DOT = 4.5


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when it began, as a year with its fraction and as it is given, and what it was.

    ``end`` is when it ended, if it lasted and that is known; ``lane`` is the kind of event.
    """

    at: float
    when: str
    label: str
    lane: str = ""
    end: float | None = None


def timeline(events: Sequence[Event], words: Words, width: float) -> Drawing:
    """The events in the order of time; above `FEW` of them in one lane for each kind."""
    times = [time for event in events for time in (event.at, event.end) if time is not None] or [0.0]
    low, high = min(times), max(times)
    if low == high:
        low, high = low - 0.5, high + 0.5
    lanes = {lane: at for at, lane in enumerate(dict.fromkeys(event.lane for event in events))}
    return (
        _written(events, lanes, words, width, low, high)
        if len(events) <= FEW
        else _lanes(events, lanes, words, width, low, high)
    )


def _written(
    events: Sequence[Event], lanes: Mapping[str, int], words: Words, width: float, low: float, high: float
) -> Drawing:
    head, top = legend([lane for lane in lanes if lane] if len(lanes) > 1 else (), width)
    beside = width * 0.5 if width > NARROW else 0.0
    scale = linear(low, high, beside + 8, width - 24)
    content, y = [head], top
    for event in events:
        lines = wrapped(event.label, beside - 8 if beside else width)
        tall = LINE * len(lines)
        content.append(paragraph(lines, 0, y + tall / 2))
        if not beside:
            y, tall = y + tall, LINE
        content.append(_span(event, lanes[event.lane], scale, y + tall / 2, words))
        y += tall + 6
    content.append(time_axis(low, high, scale, words, y, width))
    return Drawing(width, y + 24, join(content))


def _span(event: Event, lane: int, scale: Scale, y: float, words: Words) -> Markup:
    x, end = scale(event.at), scale(event.end) if event.end is not None else None
    told = tag("title", f"{words.date(event.when)}{words.colon}{event.label}")
    line = tag("path", class_="between", d=f"M{number(x)} {number(y)}H{number(end)}") if end else Markup()
    return line + tag("circle", told, class_=f"{colour(lane)} part", cx=x, cy=y, r=_DOT)


def _lanes(
    events: Sequence[Event], lanes: Mapping[str, int], words: Words, width: float, low: float, high: float
) -> Drawing:
    beside = min(max(width_of(lane) for lane in lanes) + 12, width * 0.3) if width > NARROW else 0.0
    scale = linear(low, high, beside + 8, width - 24)
    content: list[Markup] = []
    y = 0.0
    for lane, at in lanes.items():
        drawn, height = _swarm([event for event in events if event.lane == lane], at, scale, words)
        if beside:
            content.append(text(shortened(lane, beside - 8), 0, y + height / 2))
        elif lane:
            content.append(text(shortened(lane, width), 0, y + LINE / 2))
            y += LINE
        content.append(moved(drawn, 0, y))
        y += height + 8
        content.append(tag("path", class_="grid", d=f"M0 {number(y - 4)}H{number(width)}"))
    content.append(time_axis(low, high, scale, words, y, width))
    return Drawing(width, y + 24, join(content))


def _swarm(events: Sequence[Event], lane: int, scale: Scale, words: Words) -> tuple[Markup, float]:
    """Dots beside one another where their times are too near: each in the first row in which it has room."""
    rows: list[float] = []
    marks = []
    for event in sorted(events, key=lambda event: event.at):
        x = scale(event.at)
        row = next((at for at, last in enumerate(rows) if x - last >= 2 * _DOT), len(rows))
        rows[row : row + 1] = [x]
        told = tag("title", f"{words.date(event.when)}{words.colon}{event.label}")
        y = _DOT + 2 + row * 2 * _DOT
        marks.append(tag("circle", told, class_=f"{colour(lane)} part", cx=x, cy=y, r=_DOT))
    if len(rows) > MOST_ROWS:
        return _bubbles(events, lane, scale, words)
    return join(marks), 2 * (_DOT + 2) + (len(rows) - 1) * 2 * _DOT


def _bubbles(events: Sequence[Event], lane: int, scale: Scale, words: Words) -> tuple[Markup, float]:
    """One dot for all events of about one time, as large as they are many, with their number within."""
    near: dict[int, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.at):
        near.setdefault(round(scale(event.at) / (3 * _DOT)), []).append(event)
    sizes = {place: _DOT * math.sqrt(len(found)) for place, found in near.items()}
    middle = max(sizes.values()) + 2
    marks, numbers = [], []
    for place, found in near.items():
        x = sum(scale(event.at) for event in found) / len(found)
        listed = [f"{words.date(event.when)}{words.colon}{event.label}" for event in found[:MOST_LISTED]]
        told = tag("title", "\n".join([*listed, *(["…"] if len(found) > MOST_LISTED else [])]))
        marks.append(tag("circle", told, class_=f"{colour(lane)} part", cx=x, cy=middle, r=sizes[place]))
        if sizes[place] > LETTER * 0.75:
            numbers.append(text(str(len(found)), x, middle, class_="within", anchor="middle"))
    return join([*marks, *numbers]), 2 * middle
