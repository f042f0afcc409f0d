"""The answer to a saved query with its chart or its map, for the pages and the files that show it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.formats import Format
from kg.serve.web.answering import Operation
from kg.serve.web.answers import answer_values
from kg.serve.web.charts.figure import Figure, inlined, standalone
from kg.serve.web.charts.world import Outlines, World, draw_world, read_outlines, world_in_page
from kg.serve.web.maps import atlas_of
from kg.serve.web.site import site
from kg.serve.web.state import state
from kg.serve.web.table import MOST_ROWS, Table
from kg.serve.web.views import MOST_DRAWN, figure_of

CHART = Format("image/svg+xml", "", "svg")
"""The chart or the map of an answer; those that are drawn have it, beside the formats of the answer itself."""

OUTLINES = "world.svg"
"""The file of the outlines of states, among those that are served as they are."""


def drawn_answer(query: SavedQuery, text: str, *, deadline: float | None, frame: str | None = None) -> dict[str, Any]:
    """What a page shows of an answer: its first rows, its chart or its map, for which more are read.

    ``text`` is that of the query with its parameters; ``frame`` the year of a map. Raises `QueryError`.
    """
    most = MOST_DRAWN if query.chart else MOST_ROWS
    values: dict[str, Any] = answer_values(site(), Operation(text, deadline=deadline), "", most=most)
    table: Table = values["table"]
    names = state_names() if query.chart else {}
    values["figure"] = figure_of(query, table.rows, values["labels"], site().texts)
    values["atlas"] = atlas_of(query, table.rows, values["labels"], names, site().texts, frame=frame)
    if len(table.rows) > MOST_ROWS:
        values["table"] = replace(table, rows=table.rows[:MOST_ROWS], complete=False)
    return values


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
