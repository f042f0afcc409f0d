"""From the answer to a query to a chart, as the head of a saved query declares it or the columns call for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from kg.ground.catalogue import Mark
from kg.ground.terms import PREFIXES
from kg.serve.results import Row
from kg.serve.web.charts.bars import Bar, bars, dots, stacked
from kg.serve.web.charts.figure import Figure
from kg.serve.web.charts.lines import NAMED, Moment, Point, Series, areas, gaps, lines, panels
from kg.serve.web.charts.marks import COLOURS
from kg.serve.web.charts.network import bounded, network
from kg.serve.web.charts.scales import between, is_year, moment
from kg.serve.web.charts.svg import Drawing
from kg.serve.web.charts.timeline import Event, timeline
from kg.serve.web.fitting import MOST_BARS
from kg.serve.web.networks import network_of
from kg.serve.web.reading import Reading, number_of

MOST_GAPS = 4
"""Gaps of lines that are told by their dates."""

MOST_DRAWN = 5000
"""Rows of an answer that a chart reads."""


def figure_of(reading: Reading, *, most_bars: int = MOST_BARS) -> Figure | None:
    """The chart of an answer, with at most so many categories where it has bars.

    None where its view is a map or a pivot, or the answer holds nothing that could be drawn.
    """
    if reading.chart.mark not in _DRAWN:
        return None
    draw, note = _DRAWN[reading.chart.mark](reading, most_bars)
    return Figure(reading.title, reading.description(note), draw) if draw else None


Drawn = tuple[Callable[[float], Drawing] | None, str]
"""How a chart is drawn, None for nothing; a note on what is left out, empty if nothing is."""


def _bars(draw: Callable[..., Drawing], reading: Reading, most: int) -> Drawn:
    names, rows = _pivot(reading) if reading.chart.series else _each(reading)
    rows = [row for row in rows if any(value is not None for value in row.values)]
    if reading.chart.ranked:
        rows.sort(key=lambda row: -sum(value or 0 for value in row.values))
    if not rows:
        return None, ""
    note = reading.t("chart.first", count=most, all=len(rows)) if len(rows) > most else ""
    missing = sum(not _has_value(row, reading) for row in reading.rows)
    below = sum((value or 0) < 0 for row in rows for value in row.values) if draw is stacked else 0
    return partial(draw, rows[:most], names, reading.words()), _sentences(
        note, _counted(reading, "chart.not_drawn", missing), _counted(reading, "chart.below", below)
    )


def _has_value(row: Row, reading: Reading) -> bool:
    return any(number_of(row.get(column)) is not None for column in reading.values())


def _sentences(*notes: str) -> str:
    return " ".join(filter(None, notes))


def _counted(reading: Reading, why: str, count: int) -> str:
    """That so many rows are not drawn, or not fully, and why; empty for none."""
    return reading.t(why, count=count, all=len(reading.rows)) if count else ""


def _each(reading: Reading) -> tuple[list[str], list[Bar]]:
    """A category for each row, with the values of its columns."""
    columns = reading.values()
    rows = [
        Bar(reading.joined(row, reading.chart.x), tuple(number_of(row.get(column)) for column in columns))
        for row in reading.rows
    ]
    return [reading.column(column) for column in columns], rows


def _pivot(reading: Reading) -> tuple[list[str], list[Bar]]:
    """A category for all rows alike in its columns, with a value for each series: the sum of what its rows have."""
    column = next(iter(reading.values()), "")
    series = reading.series()
    places = {key: at for at, key in enumerate(series)}
    table: dict[str, list[float | None]] = {}
    for row in reading.rows:
        value = number_of(row.get(column))
        if value is not None:
            values = table.setdefault(reading.joined(row, reading.chart.x), [None] * len(series))
            at = places[reading.series_of(row)]
            values[at] = (values[at] or 0.0) + value
    names, rows = [*series.values()], [Bar(label, tuple(values)) for label, values in table.items()]
    return _gathered(names, rows, reading.t("chart.others"))


def _gathered(names: list[str], rows: list[Bar], others: str) -> tuple[list[str], list[Bar]]:
    """No more series than there are colours: the last ones are added up."""
    if len(names) <= COLOURS:
        return names, rows
    kept = COLOURS - 1
    return [*names[:kept], others], [
        Bar(row.label, (*row.values[:kept], sum(value or 0.0 for value in row.values[kept:]))) for row in rows
    ]


def _lines(draw: Callable[..., Drawing], reading: Reading, _most: int) -> Drawn:
    columns = reading.values()
    found: dict[tuple[str, str], list[Point]] = {}
    blanks: dict[str, list[Moment]] = {}
    whole = all(is_year(_when(row, reading)) for row in reading.rows)
    for row in reading.rows:
        when = _when(row, reading)
        at = float(when) if whole else moment(when)  # whole years stand above their number
        for column in columns:
            value = number_of(row.get(column))
            if at is not None and value is not None:
                found.setdefault((reading.series_of(row), column), []).append(Point(at, value, when))
        if at is not None and not _has_value(row, reading):
            blanks.setdefault(reading.series_of(row), []).append((at, when))
    series = reading.series()
    several = len(columns) > 1
    named = {
        (key, column): ", ".join(filter(None, (name, reading.column(column) if several else "")))
        for key, name in series.items()
        for column in columns
    }
    drawn = [
        Series(named[key], tuple(sorted(found[key], key=lambda one: one.at)), tuple(sorted(blanks.get(key[0], ()))))
        for key in named
        if key in found
    ]
    if draw is areas and drawn:
        points = sorted([*drawn[0].points, *_nothing(drawn)], key=lambda one: one.at)
        drawn[0] = replace(drawn[0], points=tuple(points))
    if not reading.chart.order:
        drawn.sort(key=_recent if len(drawn) > NAMED else _long)
    return partial(draw, drawn, reading.words()) if drawn else None, _told_of_lines(reading, draw, drawn)


def _nothing(drawn: Sequence[Series]) -> list[Point]:
    """Points at 0 for the months or quarters between the first and the last in which no series has anything."""
    found = {point.when for one in drawn for point in one.points}
    return [Point(at, 0.0, when) for when in between(found) if (at := moment(when)) is not None and when not in found]


def _long(series: Series) -> int:
    """Puts the lines with most points first."""
    return -len(series.points)


def _recent(series: Series) -> tuple[bool, int, int]:
    """Puts first the lines that come into the latest year; lone points are no lines."""
    return len(series.points) < 2, -int(series.points[-1].at), _long(series)


def _when(row: Row, reading: Reading) -> str:
    return next((row[column].value for column in reading.chart.x if column in row), "")


def _told_of_lines(reading: Reading, draw: Callable[..., Drawing], drawn: Sequence[Series]) -> str:
    """Where lines have gaps, which values are not given, how many rows are not drawn."""
    hollow = {} if draw is areas else {(one.blanks, one.name): len(one.blanks) for one in drawn}
    dated = [row for row in reading.rows if moment(_when(row, reading)) is not None]
    blank = sum(not _has_value(row, reading) for row in dated)
    unknown = min(sum(hollow.values()), blank)
    spans = "" if draw is areas else _spans(reading, gaps(drawn))
    return _sentences(
        reading.t("chart.grey", count=len(drawn) - NAMED) if draw is lines and len(drawn) > NAMED else "",
        spans,
        _counted(reading, "chart.not_given", unknown),
        reading.t("chart.dashed") if spans or unknown else "",
        _counted(reading, "chart.not_drawn", blank - unknown),
        _counted(reading, "chart.undated", len(reading.rows) - len(dated)),
    )


def _spans(reading: Reading, found: Sequence[tuple[Moment, Moment]]) -> str:
    """Between which times there is nothing, if these are few; of surveys it is waves that are not there."""
    if not found:
        return ""
    surveys = any(term.value.startswith(PREFIXES["survey"]) for term in reading.rows[0].values())
    if len(found) > MOST_GAPS:
        return reading.t("chart.gaps_wave") if surveys else reading.t("chart.gaps_value")
    date = reading.t.brief_date
    told = [
        reading.t("chart.span", start=date(start.rpartition("/")[2]), end=date(end.partition("/")[0]))
        for (_, start), (_, end) in found
    ]
    spans = reading.t.semicolon.join(told)
    return reading.t("chart.gap_wave", spans=spans) if surveys else reading.t("chart.gap_value", spans=spans)


def _events(reading: Reading, _most: int) -> Drawn:
    chart, events = reading.chart, []
    telling = reading.telling(chart.y)
    for row in reading.rows:
        when = _when(row, reading)
        at = moment(when)
        if at is not None:
            end = moment(row[chart.until].value) if chart.until in row else None
            label = f"{reading.t.brief_date(when)}  {reading.joined(row, telling)}".strip()
            events.append(Event(at, when, label, reading.joined(row, chart.series), end))
    note = _counted(reading, "chart.undated", len(reading.rows) - len(events))
    return partial(timeline, events, reading.words()) if events else None, note


def _related(reading: Reading, _most: int) -> Drawn:
    whole = network_of(reading)
    drawn = bounded(whole)
    notes = []
    if len(drawn.names) < len(whole.names):
        notes.append(reading.t("chart.most_related", count=len(drawn.names), all=len(whole.names)))
    if len(drawn.edges) < len(whole.edges):
        notes.append(reading.t("chart.relations", count=len(drawn.edges), all=len(whole.edges)))
    return partial(network, drawn) if drawn.edges else None, " ".join(notes)


_DRAWN: Mapping[Mark, Callable[[Reading, int], Drawn]] = {
    Mark.BARS: partial(_bars, bars),
    Mark.STACKED: partial(_bars, stacked),
    Mark.DOTS: partial(_bars, dots),
    Mark.LINES: partial(_lines, lines),
    Mark.AREAS: partial(_lines, areas),
    Mark.PANELS: partial(_lines, panels),
    Mark.EVENTS: _events,
    Mark.NETWORK: _related,
}
