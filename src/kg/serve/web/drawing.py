"""The answer to a query with its chart, its map or its pivot, for the pages and the files that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import request
from markupsafe import Markup

from kg.ground.catalogue import Chart, ParameterType, SavedQuery
from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.formats import Format
from kg.serve.web.answering import Operation
from kg.serve.web.answers import answer_values
from kg.serve.web.charts.figure import Figure, inlined, standalone
from kg.serve.web.charts.world import Outlines, World, draw_world, read_outlines, world_in_page
from kg.serve.web.fitting import MOST_BARS, Fitting
from kg.serve.web.maps import atlas_of
from kg.serve.web.ordering import headed, of_query
from kg.serve.web.pivots import pivot_of
from kg.serve.web.reading import Asked, Question, Reading
from kg.serve.web.site import site
from kg.serve.web.state import state
from kg.serve.web.table import MOST_ROWS, Table
from kg.serve.web.texts import repeated
from kg.serve.web.view_line import NAMES, TABLE, Wish, name_of, read_view, title_of, view_of, write_view
from kg.serve.web.views import MOST_DRAWN, figure_of

CHART = Format("image/svg+xml", "", "svg")
"""The chart or the map of an answer; those that are drawn have it, beside the formats of the answer itself."""

OUTLINES = "world.svg"
"""The file of the outlines of states, among those that are served as they are."""


def asked_view() -> Wish:
    """The view that the request asks for."""
    return read_view(request.values.get("view", ""))


def drawn_answer(
    query: SavedQuery,
    text: str,
    given: Mapping[str, Sequence[str]],
    *,
    deadline: float | None = None,
    frame: str | None = None,
    most_bars: int = MOST_BARS,
    wish: Wish | None = None,
) -> dict[str, Any]:
    """What a page shows of the answer to a saved query: its first rows, its chart, map or pivot, the views that fit.

    ``text`` is that of the query with the values ``given`` to its parameters; ``frame`` the year of a map,
    ``most_bars`` how many categories a chart of bars shows, ``wish`` another view than that of the head. Raises
    `QueryError`.
    """
    wish = wish or Wish()
    most = MOST_DRAWN if query.chart or wish.mark else MOST_ROWS
    values: dict[str, Any] = answer_values(site(), Operation(text, deadline=deadline), "", most=most)
    values["table"] = of_query(values["table"], query, values["labels"], site().texts.language)
    fitting = Fitting(values["table"].columns, values["table"].rows)
    chart = _chart(wish, query.chart, query.chart, fitting, values["table"])
    chart = chart and _called(chart, query)
    return _shown(values, query, chart, wish, fitting, chosen=asked_of(query, given), frame=frame, most_bars=most_bars)


def _called(chart: Chart, query: SavedQuery) -> Chart:
    """A chart that calls columns as a saved query does, where it has no names of its own."""
    return replace(chart, names={name: one.label for name, one in query.headings.items()} | dict(chart.names))


def looked_at(operation: Operation, address: str, wish: Wish, *, changed: SavedQuery | None = None) -> dict[str, Any]:
    """What a page shows of the answer to any query: likewise, by the view that is asked for, that the text names, or
    that the columns call for.

    ``address`` is that of the files, to which a suffix is added; ``changed`` the saved query that the text was made of:
    columns that it still has keep their headings. Raises `QueryError`.
    """
    wish = wish if wish.name else view_of(operation.text)
    values: dict[str, Any] = answer_values(site(), operation, address, most=MOST_DRAWN if wish.mark else MOST_ROWS)
    if changed:
        values["table"] = headed(values["table"], changed, site().texts.language)
    return seen(values, operation.text, wish, changed=changed)


def seen(values: dict[str, Any], text: str, wish: Wish, *, changed: SavedQuery | None = None) -> dict[str, Any]:
    """What a page shows of an answer that is there already; as `looked_at`."""
    wish = wish if wish.name else view_of(text)
    table: Table = values["table"]
    fitting = Fitting(table.columns, table.rows)
    chart = _chart(wish, None, fitting.usual if table.complete else None, fitting, table)
    chart = _called(chart, changed) if chart and changed else chart
    language = site().texts.language
    asked = Asked("", {language: title_of(text) or _title(chart)}, chart)
    return _shown(values, asked, chart, wish, fitting)


def _chart(wish: Wish, own: Chart | None, usual: Chart | None, fitting: Fitting, table: Table) -> Chart | None:
    """The chart that is drawn: that which is wished for, on the columns that fit, or else the usual one.

    ``own`` is that of the head of a saved query, whose columns go before those that fit.
    """
    if wish.name == TABLE:
        return None
    if wish.mark is None:
        return usual and wish.applied(usual, table.columns)
    fits = own if own and own.mark is wish.mark else fitting.charts.get(wish.mark) or fitting.like(wish.mark)
    return wish.applied(fits, table.columns)


def _title(chart: Chart | None) -> str:
    """What a chart shows, by the names of its columns."""
    if chart is None:
        return site().texts("editor.result_title")
    language, names = site().texts.language, chart.names
    told = {name: names[name][language] if name in names else name.replace("_", " ") for name in (*chart.y, *chart.x)}
    named = [", ".join(told[name] for name in found) for found in (chart.y, chart.x)]
    return site().texts("answer_view.title", values=named[0], by=named[1]) if named[0] else named[1]


def _shown(
    values: dict[str, Any],
    question: Question,
    chart: Chart | None,
    wish: Wish,
    fitting: Fitting,
    *,
    chosen: str = "",
    frame: str | None = None,
    most_bars: int = MOST_BARS,
) -> dict[str, Any]:
    """The values of an answer with what is drawn of it, the views that fit, and what of a wish could not be had."""
    table: Table = values["table"]
    values |= {"figure": None, "atlas": None, "pivot": None, "line": write_view(chart)}
    if chart:
        asked = Asked(question.name, question.summary, chart)
        reading = Reading(asked, table.rows, values["labels"], site().texts, chosen=chosen)
        values["figure"] = figure_of(reading, most_bars=most_bars)
        values["atlas"] = atlas_of(reading, state_names(), frame=frame)
        values["pivot"] = pivot_of(reading)
    drawn = any(values[kind] for kind in ("figure", "atlas", "pivot"))
    marks = {*fitting.charts, *([question.chart.mark] if question.chart else [])}
    offered = [TABLE, *(name for name, mark in NAMES.items() if mark in marks)] if table.rows else []
    values |= {
        "view": name_of(chart.mark) if chart and drawn else TABLE,
        "views": offered if len(offered) > 1 else [],
        "strangers": wish.strangers(table.columns),
        "undrawn": bool(table.rows) and wish.mark is not None and not drawn,
    }
    if len(table.rows) > MOST_ROWS:
        values["table"] = replace(table, rows=table.rows[:MOST_ROWS], complete=False)
    return values


def asked_of(query: SavedQuery, given: Mapping[str, Sequence[str]]) -> str:
    """The values of the parameters in words, those of the defaults too; empty for parameters that mean any.

    The label of a parameter is left out where its values begin with the same words.
    """
    named = {ParameterType.ENTITY, ParameterType.CONCEPT}
    asked = [
        (parameter, [value for value in given.get(parameter.name, ()) if value.strip()] or list(parameter.default))
        for parameter in query.parameters
        if parameter.type is not ParameterType.LANGUAGE
    ]
    terms = {
        value: parameter.term(value)[1:-1] for parameter, found in asked for value in found if parameter.type in named
    }
    labels = site().labels(terms.values())
    language = site().texts.language
    told = (
        (parameter.label[language], [labels.get(terms.get(value, ""), value) for value in found])
        for parameter, found in asked
        if found
    )
    t = site().texts
    return t.semicolon.join(
        ("" if repeated(label, names) else f"{label}{t.colon}") + ", ".join(names) for label, names in told
    )


def drawn_file(values: dict[str, Any], address: str) -> str | None:
    """The chart or the map of an answer as a file, which tells the address of the answer; None if there is neither."""
    t = site().texts
    figure: Figure | None = values["figure"]
    if values["atlas"]:
        world: World = values["atlas"].world
        shapes = outlines()
        title = f"{world.title} – {values['atlas'].frame}" if values["atlas"].frame else world.title
        figure = Figure(title, world.description, lambda width: draw_world(world, shapes, width))
    if figure is None:
        return None
    source = t("chart.source", address=address, release=site().engine.release.hash)
    return standalone(figure, style=inlined(_static("tokens.css"), _static("charts.css")), source=source)


def map_in_page(world: World) -> Markup:
    """A map for a page."""
    return world_in_page(world, outlines(), f"/static/{OUTLINES}")


def outlines() -> Outlines:
    """The outlines of the states."""
    return _read(state().settings.home.resolve() / "web" / "static" / OUTLINES)


@lru_cache(maxsize=1)
def _read(path: Path) -> Outlines:
    return read_outlines(path.read_text(encoding="utf-8"))


def state_names() -> dict[str, str]:
    """The states of the graph that have a shape, by ISO code, in the language of the page."""
    label, shapes = iri(PREFIXES["rdfs"] + "label"), outlines().shapes
    rows = site().fixed(
        f"SELECT ?state ?label {{ ?state a {iri(ONTOLOGY + 'State')} ; {label} ?label "
        f"FILTER (LANG(?label) = {literal(site().texts.language)}) }} ORDER BY ?state"
    )
    named = {row["state"].value.removeprefix(PREFIXES["state"]): row["label"].value for row in rows}
    return {code: name for code, name in named.items() if code in shapes}


def _static(name: str) -> str:
    return (state().settings.home.resolve() / "web" / "static" / name).read_text(encoding="utf-8")
