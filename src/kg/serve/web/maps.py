"""From the answer to a saved query to a map of the states that it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.ground.catalogue import Mark
from kg.ground.terms import PREFIXES
from kg.serve.results import Row, Term
from kg.serve.web.charts.world import Legend, State, World, shade_kinds, shade_values
from kg.serve.web.display import local_href
from kg.serve.web.reading import Reading, number_of

_STATE = PREFIXES["state"]
_YEAR = 4  # digits


@dataclass(frozen=True, slots=True)
class Atlas:
    """The maps of an answer: one of each year, or one alone; ``frame`` is that which is drawn, empty for the whole."""

    world: World
    frames: tuple[str, ...] = ()
    frame: str = ""


def atlas_of(reading: Reading, names: Mapping[str, str], *, frame: str | None = None) -> Atlas | None:
    """The map of an answer, for a year if it has years: that which is asked for, else the whole or the last one.

    ``names`` are the states by ISO code, as the page calls them. None where the view of the query is no map, or the
    answer names no state.
    """
    if reading.chart.mark is not Mark.STATES:
        return None
    by_frame = _by_frame(reading)
    if not by_frame:
        return None
    frames = tuple(sorted(by_frame))
    chosen = frame if frame in by_frame else ("" if "" in by_frame else frames[-1])
    return Atlas(_world(reading, by_frame, chosen, names), frames, chosen)


def code_of(term: Term | None) -> str:
    """The ISO code of a state; empty for any other term.

    >>> code_of(Term("uri", _STATE + "FRA")), code_of(Term("literal", "FRA"))
    ('FRA', '')
    """
    found = term is not None and term.kind == "uri" and term.value.startswith(_STATE)
    return term.value.removeprefix(_STATE) if found and term else ""


Rows = Mapping[str, Sequence[Row]]
"""The rows of each state, by its code."""


def _by_frame(reading: Reading) -> dict[str, dict[str, list[Row]]]:
    """The rows of each state in each year: the latest ones, where they have dates."""
    chart = reading.chart
    found: dict[str, dict[str, list[Row]]] = {}
    for row in reading.rows:
        code = next((code for code in map(code_of, (row.get(column) for column in chart.x)) if code), "")
        when = row[chart.frame].value if chart.frame in row else ""
        if not code or (when and not when[:_YEAR].isdigit()):
            continue
        rows = found.setdefault(when[:_YEAR], {}).setdefault(code, [])
        before = rows[0][chart.frame].value if rows and chart.frame in rows[0] else ""
        if when > before:
            rows.clear()
        if when >= before:
            rows.append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Shading:
    """The class of the colour of each state, what the colours mean, what is told of each, in which order."""

    shades: Mapping[str, str]
    meanings: Sequence[tuple[str, str]]
    told: Mapping[str, str]
    order: Sequence[str]


def _world(reading: Reading, by_frame: Mapping[str, Rows], frame: str, names: Mapping[str, str]) -> World:
    t, column = reading.t, next(iter(reading.values()), "")
    if reading.chart.series:
        shading = _by_kind(reading, by_frame[frame], names)
    elif column:
        shading = _by_value(reading, by_frame, frame, column)
    else:
        shading = _listed(by_frame[frame], names, t("map.listed"))
    counts = Counter(shading.shades.values())
    told = {
        code: f"{names.get(code, code)}{t.colon}{shading.told.get(code, t('map.nothing'))}"
        for code in {*names, *shading.told}
    }
    states = tuple(_state(code, names, told[code], shading.shades[code]) for code in shading.order)
    others = tuple(_state(code, names, told[code], "blank") for code in names if code not in shading.shades)
    legend = [Legend(shade, name, counts[shade]) for shade, name in shading.meanings]
    blank = Legend("blank", t("map.nothing"), len(others))
    return World(reading.title, reading.description(), states, (*legend, blank), others)


def _by_value(reading: Reading, by_frame: Mapping[str, Rows], frame: str, column: str) -> _Shading:
    """By a number, the first that a state has: the classes are those of all years, so that maps can be compared."""
    read = {
        year: {code: number_of(several[0].get(column)) for code, several in rows.items()}
        for year, rows in by_frame.items()
    }
    pool = [value for values in read.values() for value in values.values() if value is not None]
    values = {code: value for code, value in read[frame].items() if value is not None}
    shades, meanings = shade_values(values, pool, reading.t.brief)
    told = {code: reading.words().value(value) for code, value in values.items()}
    return _Shading(shades, meanings, told, sorted(values, key=lambda code: -values[code]))


def _by_kind(reading: Reading, rows: Rows, names: Mapping[str, str]) -> _Shading:
    """By what the columns of the series have, each in a colour of its own; so has what several have together."""
    listed, series = reading.t("map.listed"), reading.series()
    places = {name: at for at, name in enumerate(series.values())}
    kinds: dict[str, str] = {}
    for code, several in rows.items():
        found = dict.fromkeys(filter(None, (series[reading.series_of(row)] for row in several)))
        kinds[code] = " + ".join(sorted(found, key=places.__getitem__)) or listed
    single = [name or listed for name in series.values() if (name or listed) in kinds.values()]
    order = list(dict.fromkeys([*single, *sorted({*kinds.values()} - {*single})]))
    shades, meanings = shade_kinds(kinds, order, reading.t("chart.others"))
    return _Shading(
        shades, meanings, kinds, sorted(kinds, key=lambda code: (order.index(kinds[code]), names.get(code, code)))
    )


def _listed(rows: Rows, names: Mapping[str, str], listed: str) -> _Shading:
    """In the answer or not."""
    order = sorted(rows, key=lambda code: names.get(code, code))
    return _Shading(dict.fromkeys(rows, "c1"), [("c1", listed)], dict.fromkeys(rows, listed), order)


def _state(code: str, names: Mapping[str, str], told: str, shade: str) -> State:
    name = names.get(code, code)
    return State(code, name, local_href(_STATE + code).replace("/id/", "/page/", 1), told, shade)
