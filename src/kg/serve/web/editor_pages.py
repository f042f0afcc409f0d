"""What the editor asks of the server about a text, which is not run: what is wrong with it, the code that asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from kg.ground.catalogue import SavedQuery
from kg.ground.errors import QueryError, QueryRefusedError, QuerySyntaxError
from kg.serve.guard import outline
from kg.serve.web.editor_code import Snippet, snippets
from kg.serve.web.observation import asker
from kg.serve.web.problems import RequestError, from_error
from kg.serve.web.site import site
from kg.serve.web.sparql import endpoint_url
from kg.serve.web.view_line import KEYS, NAMES, TABLE, write_view

blueprint = Blueprint("editor", __name__)


@blueprint.app_template_global("saved_queries")
def saved_queries() -> Mapping[str, Sequence[SavedQuery]]:
    """The saved queries by theme, which stand beside the editor."""
    return site().catalogue.by_theme()


@blueprint.app_template_global("view_line")
def view_line(query: SavedQuery) -> str:
    """The view that a saved query has in its head, as a line of its text; empty where it has none."""
    return f"#view: {write_view(query.chart)}" if query.chart else ""


@blueprint.app_template_global("view_words")
def view_words() -> tuple[list[str], list[str]]:
    """The names of views, and the keys that may follow one, as the editor offers them."""
    return [TABLE, *NAMES], [*KEYS]


@blueprint.app_template_global("code_snippets")
def code_snippets(query: str) -> list[Snippet]:
    """The code that asks a query from elsewhere; none for a text that is no query."""
    try:
        return snippets(query, outline(query).form, endpoint_url())
    except QueryError:
        return []


@blueprint.post("/check.json")
def check() -> Response:
    """What is wrong with a query, as the problem document of the error that running it would be; null: nothing.

    Raises `QueryError` where the server is busy.
    """
    problem = None
    try:
        site().engine.explain(_query(), client=asker())
    except (QuerySyntaxError, QueryRefusedError) as error:
        problem = from_error(error).members()
    return _uncached(jsonify(problem=problem))


@blueprint.post("/code.json")
def code() -> Response:
    """The code that asks a query from elsewhere, in several languages. Raises `QuerySyntaxError`."""
    query = _query()
    found = snippets(query, outline(query).form, endpoint_url())
    return _uncached(jsonify(snippets=[asdict(each) for each in found]))


def _query() -> str:
    """The query of the form that was sent. Raises `RequestError`."""
    given = request.form.getlist("query")
    if len(given) != 1:
        raise RequestError(
            f"the request has {len(given)} queries", expected="query=… once, as application/x-www-form-urlencoded"
        )
    return given[0]


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
