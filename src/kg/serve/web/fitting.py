"""Which views fit the columns of an answer, and which of them is shown where nobody asks for one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from kg.ground.catalogue import GRAPH_COLUMNS, Chart, Mark
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.results import Row, Term
from kg.serve.web.charts.marks import COLOURS
from kg.serve.web.charts.network import MOST_NODES
from kg.serve.web.charts.scales import moment
from kg.serve.web.display import NUMERIC

MOST_BARS = 30
"""Categories that a chart of bars shows; the table holds all."""

MOST_VALUES = 6
"""Columns of numbers that one chart shows beside one another."""

_LEAST_TIMES = 3
"""Times from which on a line says more than a table."""

_MOSTLY = 0.85
"""The part of the values of a column that have to be dates, for it to be one of dates."""

_TIMES = frozenset(
    PREFIXES["xsd"] + name for name in ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth", "time")
)
_NAMED_TIME = re.compile(r"(?:.*_)?(?:year|month|date|when|annee|année|mois|jour|quand)s?", re.IGNORECASE)
_NAMED_END = re.compile(r"(?:.*_)?(?:end|until|to|till|fin|jusque|latest)", re.IGNORECASE)
_YEARS = (1000, 2999)


class Kind(StrEnum):
    """What a column holds."""

    STATE = "state"  # states of the graph, which a map shows
    THING = "thing"  # other IRIs and blank nodes
    TERM = "term"  # classes and properties, which say what relates things
    NUMBER = "number"
    TIME = "time"
    TEXT = "text"


def kinds_of(columns: Iterable[str], rows: Sequence[Row]) -> dict[str, Kind]:
    """What each column holds that has any value; a column of several kinds holds text.

    >>> number = Term("literal", "2022", datatype=PREFIXES["xsd"] + "integer")
    >>> kinds_of(["year", "votes"], [{"year": number, "votes": number}])
    {'year': <Kind.TIME: 'time'>, 'votes': <Kind.NUMBER: 'number'>}
    """
    found = {}
    for column in columns:
        kinds = Counter(_kind(term, column) for row in rows if (term := row.get(column)) is not None)
        if kinds:
            found[column] = _common(kinds)
    return found


def _common(kinds: Counter[Kind]) -> Kind:
    """What a column is taken for: some dates among many may be unclear, of numbers all have to be numbers."""
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds[Kind.TIME] >= _MOSTLY * kinds.total():
        return Kind.TIME
    return Kind.THING if kinds.keys() <= {Kind.STATE, Kind.THING, Kind.TERM} else Kind.TEXT


def _kind(term: Term, column: str) -> Kind:
    if term.kind == "uri":
        return Kind.STATE if term.value.startswith(PREFIXES["state"]) else _named(term.value)
    if term.kind == "bnode":
        return Kind.THING
    if term.datatype in NUMERIC:
        return Kind.TIME if _is_year(term.value, column) else Kind.NUMBER
    dated = term.datatype in _TIMES or (term.datatype in {None, PREFIXES["xsd"] + "string"} and not term.language)
    return Kind.TIME if dated and moment(term.value) is not None else Kind.TEXT


def _named(iri: str) -> Kind:
    terms = (ONTOLOGY, PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"], PREFIXES["skos"])
    return Kind.TERM if iri.startswith(terms) else Kind.THING


def _is_year(value: str, column: str) -> bool:
    return bool(_NAMED_TIME.fullmatch(column)) and value.isdecimal() and _YEARS[0] <= int(value) <= _YEARS[1]


class Fitting:
    """The charts that can be made of an answer, by what they draw; each names the columns that it takes."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self._rows = rows
        self._counted: dict[tuple[str, ...], int] = {}
        self._triples = tuple(columns) == GRAPH_COLUMNS
        self._kinds = kinds_of(columns, rows)
        self._numbers = self._of(Kind.NUMBER)
        self._times = self._of(Kind.TIME)
        self._names = self._of(Kind.STATE, Kind.THING, Kind.TERM, Kind.TEXT)
        makers = {Mark.NETWORK: Fitting.network} if self._triples else _MAKERS
        found = {mark: make(self) for mark, make in makers.items()}
        self.charts: Mapping[Mark, Chart] = {mark: chart for mark, chart in found.items() if chart}
        """In the order in which they are offered."""

    def _of(self, *kinds: Kind) -> list[str]:
        return [column for column, kind in self._kinds.items() if kind in kinds]

    def like(self, mark: Mark) -> Chart | None:
        """The columns for what is not offered by itself: dots and panels, which take those of bars and of lines."""
        base = {Mark.DOTS: Mark.BARS, Mark.PANELS: Mark.LINES}.get(mark)
        chart = self.charts.get(base) if base else None
        return replace(chart, mark=mark) if chart else None

    def values(self, *columns: str) -> int:
        """How many different values some columns have together."""
        if columns not in self._counted:
            self._counted[columns] = len({tuple(row.get(column) for column in columns) for row in self._rows})
        return self._counted[columns]

    @property
    def usual(self) -> Chart | None:
        """The chart that an answer calls for by itself; None where a table says it best."""
        if self._triples:
            network = self.charts.get(Mark.NETWORK)
            return network if network and 1 < self.values("subject", "object") <= MOST_NODES else None
        if len(self._rows) < 2 or not self._numbers or len(self._numbers) > MOST_VALUES:
            return None
        if len(self._times) == 1 and len(self._names) <= 1:
            return self._usual_line(self._names)
        if len(self._names) != 1 or self._times or self.values(*self._names) < len(self._rows):
            return None
        if len(self._rows) <= MOST_BARS:
            return self.charts.get(Mark.BARS)
        return self.charts.get(Mark.STATES)

    def _usual_line(self, names: Sequence[str]) -> Chart | None:
        (time,) = self._times
        clear = self.values(time, *names) == len(self._rows) and self.values(*names) < COLOURS
        return self.charts.get(Mark.LINES) if clear and self.values(time) >= _LEAST_TIMES else None

    def map(self) -> Chart | None:
        """Of the states in a column by a number, or else by what another column says of them."""
        states = self._of(Kind.STATE)
        if not states:
            return None
        others = [name for name in self._names if name != states[0] and self.values(name) <= COLOURS]
        series = () if self._numbers else tuple(others[:1])
        return Chart(mark=Mark.STATES, x=(states[0],), y=tuple(self._numbers[:1]), series=series)

    def bars(self) -> Chart | None:
        """Of each row by its name; of several rows of a name by what tells them apart, if that has few values."""
        categories = self._names or self._times
        if not categories or not self._numbers:
            return None
        first, *others = categories
        y = tuple(self._numbers[:MOST_VALUES])
        if self.values(first) == len(self._rows):
            return Chart(mark=Mark.BARS, x=(first,), y=y)
        apart = next((name for name in (*others, *self._times) if 1 < self.values(name) <= COLOURS), "")
        if apart and apart != first:
            return Chart(mark=Mark.BARS, x=(first,), y=y[:1], series=(apart,))
        return Chart(mark=Mark.BARS, x=tuple(dict.fromkeys((first, *others[:1], *self._times[:1]))), y=y)

    def stacked(self) -> Chart | None:
        """The same as parts of one bar."""
        chart = self.bars()
        several = chart is not None and (chart.series or len(chart.y) > 1)
        return replace(chart, mark=Mark.STACKED) if chart and several else None

    def lines(self) -> Chart | None:
        """Of a number over time, for each name; without names of every number."""
        if not self._times or not self._numbers or self.values(self._times[0]) < _LEAST_TIMES:
            return None
        series = tuple(self._names[:1])
        y = tuple(self._numbers[: 1 if series else MOST_VALUES])
        return Chart(mark=Mark.LINES, x=(self._times[0],), y=y, series=series)

    def areas(self) -> Chart | None:
        """The same as areas upon one another."""
        chart = self.lines()
        return replace(chart, mark=Mark.AREAS, y=chart.y[:1]) if chart else None

    def timeline(self) -> Chart | None:
        """Of what happened when."""
        if not self._times or not self._names:
            return None
        ends = [name for name in self._times[1:] if _NAMED_END.fullmatch(name)]
        return Chart(mark=Mark.EVENTS, x=(self._times[0],), y=tuple(self._names[:2]), until="".join(ends[:1]))

    def network(self) -> Chart | None:
        """Of the things in two columns, or of those that triples relate."""
        if self._triples:
            return Chart(mark=Mark.NETWORK, x=("subject",), y=("object",), series=("predicate",))
        things, terms = self._of(Kind.STATE, Kind.THING), self._of(Kind.TERM)
        if len(things) < 2:
            return None
        return Chart(mark=Mark.NETWORK, x=(things[0],), y=(things[1],), series=tuple(terms[:1]))

    def pivot(self) -> Chart | None:
        """Of two columns that have fewer values than there are rows: that with the fewest stands above."""
        sides = [name for name in (*self._names, *self._times) if 1 < self.values(name) < len(self._rows)]
        if len(sides) < 2:
            return None
        above = min(sides, key=self.values)
        left = next(name for name in sides if name != above)
        return Chart(mark=Mark.PIVOT, x=(left,), y=tuple(self._numbers[:1]), series=(above,))


_MAKERS: Mapping[Mark, Callable[[Fitting], Chart | None]] = {
    Mark.STATES: Fitting.map,
    Mark.BARS: Fitting.bars,
    Mark.STACKED: Fitting.stacked,
    Mark.LINES: Fitting.lines,
    Mark.AREAS: Fitting.areas,
    Mark.EVENTS: Fitting.timeline,
    Mark.NETWORK: Fitting.network,
    Mark.PIVOT: Fitting.pivot,
}
