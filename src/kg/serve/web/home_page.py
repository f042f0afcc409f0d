"""The first page: what the graph holds and how fresh it is, a map, charts, the ways in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.binding import iri
from kg.ground.errors import QueryError
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.web.charts.figure import Figure, inline
from kg.serve.web.drawing import drawn_answer
from kg.serve.web.figures import entity_options, figures, kinds
from kg.serve.web.map_pages import PARTS, MapPart, asked_map, drawn_map, offered_map, shown_map
from kg.serve.web.maps import Atlas
from kg.serve.web.site import site

MAP = "votes-on-a-resolution"
"""The saved query whose map the page shows where no other measure is asked for."""

HEADLINES: Mapping[str, Mapping[str, list[str]]] = {
    "aid-by-month": {},
    "donors-ranked": {},
    "friend-enemy-trend": {},
    "votes-by-resolution": {},
}
"""The saved queries whose charts the page shows, with the values of their parameters that are not the defaults."""

FEATURED = (
    "friends-of-russia",
    "coalition-members",
    "visa-restrictions",
    "close-relations-of-russia",
    "contradictions",
)
"""The saved queries that the page names first."""

MOST_BARS = 12
"""Categories of a chart on this page; the page of the query shows more."""

COLUMN = 540.0
"""Pixels: the width of one of two charts beside one another."""

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Headline:
    """A chart of the first page, and the address of its answer, to which the suffix of a file is added."""

    query: SavedQuery
    figure: Figure
    drawing: Markup
    address: str


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What the graph holds, how fresh it is, what it shows, how it is asked; ``measure`` chooses that of the map."""
    mapping = _mapping()
    if mapping and request.args.get("part") in PARTS:
        return shown_map("home.html", mapping)
    found = kinds(site())
    largest = max((count for _, count in found), default=1)
    catalogue = site().catalogue
    values = {
        "figures": figures(site()),
        "freshness": freshness(),
        "kinds": [(name, count, max(1, round(100 * count / largest))) for name, count in found],
        "entities": entity_options(site()),
        "themes": catalogue.by_theme(),
        "queries": len(catalogue),
        "featured": [saved for name in FEATURED if (saved := catalogue.get(name))],
        "headlines": _headlines(),
        "address": site().address,
    }
    return shown_map("home.html", mapping, **values) if mapping else site().render("home.html", values)


def freshness() -> dict[str, str]:
    """The days up to which the graph goes: the latest date of a source, of a statistic of aid; empty where unknown."""
    issued, until = iri(PREFIXES["dcterms"] + "issued"), iri(ONTOLOGY + "dataUntil")
    rows = site().fixed(
        "SELECT ?sources ?aid { "
        f"{{ SELECT (MAX(STR(?issued)) AS ?sources) {{ ?source {issued} ?issued }} }} "
        f"{{ SELECT (MAX(STR(?until)) AS ?aid) {{ ?edition {until} ?until }} }} }}"
    )
    return {name: rows[0][name].value if rows and name in rows[0] else "" for name in ("sources", "aid")}


def _mapping() -> MapPart | None:
    """The map that the request asks for; the first one is kept. None where the catalogue lacks that."""
    if request.args.get("measure"):
        return drawn_map("/", *asked_map())
    query = site().catalogue.get(MAP)
    return offered_map("/", query, {}, site().kept(f"map {site().texts.language}", _map)) if query else None


def _map() -> Atlas | None:
    query = site().catalogue.get(MAP)
    return drawn_answer(query, query.bind({}), {})["atlas"] if query else None


def _headlines() -> list[Headline]:
    """The charts of the page; one whose query answers nothing is left out, one whose query fails until it does not."""
    language = site().texts.language
    found: list[Headline | None] = []
    for name in HEADLINES:
        with suppress(QueryError):  # the reader may have left: that is nothing to keep
            found.append(site().kept(f"chart {name} {language}", partial(_headline, name)))
    return [headline for headline in found if headline]


def _headline(name: str) -> Headline | None:
    query, given = site().catalogue.get(name), HEADLINES[name]
    if query is None:
        return None
    figure = drawn_answer(query, query.bind(given), given, most_bars=MOST_BARS)["figure"]
    return Headline(query, figure, inline(figure, wide=COLUMN), f"/queries/{name}") if figure else None
