"""The map of the world: the states by what a saved query says of them, in a page and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request

from kg.ground.catalogue import Mark, Parameter, SavedQuery
from kg.ground.errors import QueryError, SavedQueryError
from kg.serve.web.counting import basis_of
from kg.serve.web.drawing import drawn_answer, drawn_file, map_in_page
from kg.serve.web.maps import Atlas
from kg.serve.web.problems import Problem, from_error
from kg.serve.web.query_pages import bound_query, file_response
from kg.serve.web.site import site

FIRST = ("votes-on-a-resolution", "aid-of-states", "coalition-members", "perception-of-russia")
"""The measures that are offered first; the first of them is drawn where none is asked for."""

_OWN = frozenset({"measure", "when", "part", "lang"})
"""The parameters of the page itself; all others are those of the saved query."""

PARTS = {"map": "map-part.html", "measure": "map-measure.html"}
"""The templates of the parts of a page that can be asked for without the page around them."""

blueprint = Blueprint("maps", __name__)
blueprint.add_app_template_global(map_in_page, "map_in_page")
blueprint.add_app_template_global(basis_of, "basis_of")


@blueprint.get("/map")
def page() -> Response:
    """A measure on the map, with the forms to choose it; see `shown_map` for parts of it without the page around it."""
    query, given = asked_map()
    return shown_map("map.html", drawn_map("/map", query, given))


@blueprint.get("/map.svg")
def file() -> Response:
    """The map as a file; 404 where the answer names no state."""
    query, given = asked_map()
    found = drawn_answer(query, bound_query(query, given), given, frame=request.args.get("when"))
    address = _address(f"{site().address}map", dict(request.args.lists()))
    return file_response(drawn_file(found, address), query.name)


@dataclass(frozen=True, slots=True)
class MapPart:
    """What a page shows of a measure: its map or what stood in its way, and what its forms offer.

    ``action`` is the address that the forms lead to, ``file`` and ``answer`` are those of the map and of its values.
    """

    action: str
    saved: SavedQuery
    given: dict[str, list[str]]
    measures: list[SavedQuery]
    parameters: list[tuple[Parameter, list[tuple[str, str]]]]
    atlas: Atlas | None
    problem: Problem | None
    file: str
    answer: str


def drawn_map(action: str, query: SavedQuery, given: dict[str, list[str]]) -> MapPart:
    """The map of a measure for the values given to its parameters, in the year that the request asks for."""
    frame = request.args.get("when")
    atlas, problem = None, None
    try:
        atlas = drawn_answer(query, bound_query(query, given), given, frame=frame)["atlas"]
    except (SavedQueryError, QueryError) as error:
        problem = from_error(error)
    return offered_map(action, query, given, atlas, problem, frame=frame)


def offered_map(
    action: str,
    query: SavedQuery,
    given: dict[str, list[str]],
    atlas: Atlas | None,
    problem: Problem | None = None,
    *,
    frame: str | None = None,
) -> MapPart:
    """A map that is drawn already, with what the forms offer beside it."""
    asked = {"measure": [query.name], **given, **({"when": [frame]} if frame is not None else {})}
    parameters = [(parameter, site().options(parameter)) for parameter in query.parameters]
    addresses = _address("/map.svg", asked), _address(f"/queries/{query.name}", given)
    return MapPart(action, query, given, measures(), parameters, atlas, problem, *addresses)


def shown_map(template: str, mapping: MapPart, **values: object) -> Response:
    """A page with a map, or the part of it that the request asks for: ``part=measure`` all that belongs to the
    measure, ``part=map`` the map alone."""
    shown = PARTS.get(request.args.get("part", ""), template)
    return site().render(
        shown, {**values, "mapping": mapping}, status=mapping.problem.status if mapping.problem else 200
    )


def measures() -> list[SavedQuery]:
    """The saved queries that a map shows and that call no other endpoint, those of `FIRST` before the others."""
    drawn = [query for query in site().catalogue if query.chart and query.chart.mark is Mark.STATES]
    places = {name: at for at, name in enumerate(FIRST)}
    local = [query for query in drawn if "wikidata" not in query.tags]
    return sorted(local, key=lambda query: (places.get(query.name, len(places)), query.theme, query.name))


def asked_map() -> tuple[SavedQuery, dict[str, list[str]]]:
    """The saved query that the address names, and the values of its parameters."""
    offered = {query.name: query for query in measures()}
    name = request.args.get("measure", "") or next(iter(offered), "")
    if name not in offered:
        abort(404)
    return offered[name], {key: values for key, values in request.args.lists() if key not in _OWN}


def _address(path: str, given: dict[str, list[str]]) -> str:
    pairs = [(name, value) for name, values in given.items() for value in values if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path
