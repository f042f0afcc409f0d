"""The map of the world: the states by what a saved query says of them, in a page and as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request

from kg.ground.catalogue import Mark, SavedQuery
from kg.ground.errors import QueryError, SavedQueryError
from kg.serve.web.drawing import drawn_answer, drawn_file, map_in_page
from kg.serve.web.problems import from_error
from kg.serve.web.query_pages import bound_query, file_response
from kg.serve.web.site import site

FIRST = ("votes-on-a-resolution", "aid-of-states", "coalition-members", "perception-of-russia")
"""The measures that are offered first; the first of them is drawn where none is asked for."""

_OWN = frozenset({"measure", "when", "part", "lang"})
"""The parameters of the page itself; all others are those of the saved query."""

blueprint = Blueprint("maps", __name__)
blueprint.add_app_template_global(map_in_page, "map_in_page")


@blueprint.get("/map")
def page() -> Response:
    """A measure on the map, with the forms to choose it; ``part=map`` asks for the map without the page around it."""
    query, given = _asked()
    template = "map-part.html" if request.args.get("part") == "map" else "map.html"
    values: dict[str, object] = {
        "saved": query,
        "measures": measures(),
        "parameters": [(parameter, site().options(parameter)) for parameter in query.parameters],
        "given": given,
        "atlas": None,
        "problem": None,
        "answer_address": _address(f"/queries/{query.name}", given),
    }
    try:
        values |= drawn_answer(query, bound_query(query, given), given, frame=request.args.get("when"))
    except (SavedQueryError, QueryError) as error:
        problem = from_error(error)
        return site().render(template, {**values, "problem": problem}, status=problem.status)
    return site().render(template, values)


@blueprint.get("/map.svg")
def file() -> Response:
    """The map as a file; 404 where the answer names no state."""
    query, given = _asked()
    found = drawn_answer(query, bound_query(query, given), given, frame=request.args.get("when"))
    address = _address(f"{site().address}map", dict(request.args.lists()))
    return file_response(drawn_file(found, address), query.name)


def measures() -> list[SavedQuery]:
    """The saved queries that a map shows and that call no other endpoint, those of `FIRST` before the others."""
    drawn = [query for query in site().catalogue if query.chart and query.chart.mark is Mark.STATES]
    places = {name: at for at, name in enumerate(FIRST)}
    local = [query for query in drawn if "wikidata" not in query.tags]
    return sorted(local, key=lambda query: (places.get(query.name, len(places)), query.theme, query.name))


def _asked() -> tuple[SavedQuery, dict[str, list[str]]]:
    """The saved query that the address names, and the values of its parameters."""
    offered = {query.name: query for query in measures()}
    name = request.args.get("measure", "") or next(iter(offered), "")
    if name not in offered:
        abort(404)
    return offered[name], {key: values for key, values in request.args.lists() if key not in _OWN}


def _address(path: str, given: dict[str, list[str]]) -> str:
    pairs = [(name, value) for name, values in given.items() for value in values if value]
    return f"{path}?{urlencode(pairs)}" if pairs else path
