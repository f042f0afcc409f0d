"""From the answer to a saved query to a chart, as the head of the query declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kg.ground.catalogue import Chart, Mark, SavedQuery
from kg.ground.terms import expand, shorten
from kg.serve.results import Row, Term
from kg.serve.web.charts.bars import Bar, bars, dots, stacked
from kg.serve.web.charts.figure import Figure
from kg.serve.web.charts.lines import Point, Series, areas, lines, panels
from kg.serve.web.charts.marks import COLOURS, Words
from kg.serve.web.charts.scales import moment
from kg.serve.web.charts.svg import Drawing
from kg.serve.web.charts.timeline import Event, timeline
from kg.serve.web.display import NUMERIC
from kg.serve.web.texts import Texts

MOST_BARS = 30
"""Categories that a chart of bars shows; the table holds all."""

MOST_DRAWN = 5000
"""Rows of an answer that a chart reads."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, with what it takes to read it: the query, the rows, the names of things, the language.

    ``chosen`` are the values of its parameters, in words.
    """

    query: SavedQuery
    rows: Sequence[Row]
    labels: Mapping[str, str]
    t: Texts
    chosen: str = ""

    @property
    def chart(self) -> Chart:
        """How the answer is drawn."""
        if self.query.chart is None:
            raise ValueError(f"{self.query.name} is not drawn")
        return self.query.chart

    @property
    def title(self) -> str:
        """The question."""
        return self.t.typeset(self.query.summary[self.t.language])

    def description(self, *notes: str) -> str:
        """What was asked for, what the values are counted in, and some notes more, as sentences."""
        unit = self.t("chart.unit", unit=self.unit) if self.unit else ""
        chosen = f"{self.chosen[:1].upper()}{self.chosen[1:]}." if self.chosen else ""
        return " ".join(filter(None, (chosen, unit, *notes)))

    def words(self) -> Words:
        """How values and dates are written."""
        unit = f"\xa0{self.unit}" if self.unit else ""
        return Words(lambda value: self.t.decimal(value) + unit, self.t.brief, self.t.brief_date)

    @property
    def unit(self) -> str:
        """What the values are counted in, in the language of the page."""
        return self.chart.unit[self.t.language] if self.chart.unit else ""

    def name(self, term: Term | None) -> str:
        """What a term is called in a chart."""
        if term is None:
            return ""
        if term.kind == "uri":
            return self.labels.get(term.value) or shorten(term.value)
        return self.t.brief_date(term.value)

    def joined(self, row: Row, columns: Iterable[str]) -> str:
        """What a row has in some columns, in one line."""
        return ", ".join(filter(None, (self.name(row.get(column)) for column in columns)))

    def column(self, name: str) -> str:
        """What a column is called."""
        found = self.chart.names.get(name)
        return found[self.t.language] if found else name.replace("_", " ")

    def values(self) -> tuple[str, ...]:
        """The columns of the values: those declared, or the first that holds numbers."""
        if self.chart.y:
            return self.chart.y
        columns = dict.fromkeys(column for row in self.rows for column in row)
        return tuple(column for column in columns if any(number_of(row.get(column)) is not None for row in self.rows))[
            :1
        ]

    def series(self) -> dict[str, str]:
        """The series by the key that `series_of` gives a row, each with its name, in the order of their colours.

        What all have in common is not said of each.
        """
        columns = [name for name in self.chart.series if len({row.get(name) for row in self.rows}) > 1]
        found = {self.series_of(row): self.joined(row, columns or self.chart.series) for row in self.rows}
        places = {expand(name): at for at, name in enumerate(self.chart.order)}
        return dict(
            sorted(found.items(), key=lambda one: min(places.get(part, len(places)) for part in one[0].split(" ")))
        )

    def series_of(self, row: Row) -> str:
        """What tells the series of a row from others."""
        return " ".join(row[column].value if column in row else "" for column in self.chart.series)


def figure_of(reading: Reading, *, most_bars: int = MOST_BARS) -> Figure | None:
    """The chart of an answer, with at most so many categories where it has bars.

    None where its view is a map, or the answer holds nothing that could be drawn.
    """
    if reading.chart.mark is Mark.STATES:
        return None
    draw, shown, there = _DRAWN[reading.chart.mark](reading, most_bars)
    if draw is None:
        return None
    note = reading.t("chart.first", count=shown, all=there) if shown < there else ""
    return Figure(reading.title, reading.description(note), draw)


Drawn = tuple[Callable[[float], Drawing] | None, int, int]
"""How a chart is drawn, None for nothing; how many of its categories are shown, and how many there are."""


def number_of(term: Term | None) -> float | None:
    """The value of a number; None for any other term.

    >>> number_of(Term("literal", "2.5", datatype=expand("xsd:decimal"))), number_of(Term("literal", "2.5"))
    (2.5, None)
    """
    return float(term.value) if term is not None and term.datatype in NUMERIC else None


def _bars(draw: Callable[..., Drawing], reading: Reading, most: int) -> Drawn:
    names, rows = _pivot(reading) if reading.chart.series else _each(reading)
    rows = [row for row in rows if any(value is not None for value in row.values)]
    if reading.chart.ranked:
        rows.sort(key=lambda row: -sum(value or 0 for value in row.values))
    if not rows:
        return None, 0, 0
    shown = rows[:most]
    return partial(draw, shown, names, reading.words()), len(shown), len(rows)


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
    for row in reading.rows:
        when = next((row[column].value for column in reading.chart.x if column in row), "")
        at = moment(when)
        for column in columns:
            value = number_of(row.get(column))
            if at is not None and value is not None:
                found.setdefault((reading.series_of(row), column), []).append(Point(at, value, when))
    series = reading.series()
    several = len(columns) > 1
    named = {
        (key, column): ", ".join(filter(None, (name, reading.column(column) if several else "")))
        for key, name in series.items()
        for column in columns
    }
    drawn = [Series(named[key], tuple(sorted(found[key], key=lambda one: one.at))) for key in named if key in found]
    if not reading.chart.order:
        drawn.sort(key=lambda one: -len(one.points))
    return partial(draw, drawn, reading.words()) if drawn else None, len(drawn), len(drawn)


def _events(reading: Reading, _most: int) -> Drawn:
    chart, events = reading.chart, []
    for row in reading.rows:
        when = next((row[column].value for column in chart.x if column in row), "")
        at = moment(when)
        if at is not None:
            end = moment(row[chart.until].value) if chart.until in row else None
            label = f"{reading.t.brief_date(when)}  {reading.joined(row, chart.y)}".strip()
            events.append(Event(at, when, label, reading.joined(row, chart.series), end))
    return partial(timeline, events, reading.words()) if events else None, len(events), len(events)


_DRAWN: Mapping[Mark, Callable[[Reading, int], Drawn]] = {
    Mark.BARS: partial(_bars, bars),
    Mark.STACKED: partial(_bars, stacked),
    Mark.DOTS: partial(_bars, dots),
    Mark.LINES: partial(_lines, lines),
    Mark.AREAS: partial(_lines, areas),
    Mark.PANELS: partial(_lines, panels),
    Mark.EVENTS: _events,
}
