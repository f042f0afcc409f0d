"""What the editor asks of the server about a text, which is not run: what is wrong with it, the code that asks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, request

from kg.ground.catalogue import SavedQuery
from kg.ground.errors import QueryRefusedError, QuerySyntaxError
from kg.serve.guard import FORMS, outline
from kg.serve.web.editor_code import Snippet, snippets
from kg.serve.web.observation import asker
from kg.serve.web.problems import RequestError, from_error
from kg.serve.web.site import site
from kg.serve.web.sparql import endpoint_url
from kg.serve.web.view_line import KEYS, NAMES, TABLE, whole, write_view

blueprint = Blueprint("editor", __name__)


@blueprint.app_template_global("saved_queries")
def saved_queries() -> Mapping[str, Sequence[SavedQuery]]:
    """The saved queries by theme, which stand beside the editor."""
    return site().catalogue.by_theme()


@blueprint.app_template_global("view_line")
def view_line(query: SavedQuery) -> str:
    """The view that a saved query has in its head, as a line of its text; empty where it has none."""
    return f"#view: {whole(write_view(query.chart))}" if query.chart else ""


blueprint.add_app_template_filter(whole, "whole_view")


@blueprint.app_template_global("view_words")
def view_words() -> tuple[list[str], list[str]]:
    """The names of views, and the keys that may follow one, as the editor offers them."""
    return [TABLE, *NAMES], [*KEYS]


@blueprint.app_template_global("code_snippets")
def code_snippets(query: str) -> list[Snippet]:
    """The code that asks a query from elsewhere, which is one that was read before; none for any other text."""
    form = outline(query).form
    return snippets(query, form, endpoint_url()) if form in FORMS else []


@blueprint.post("/check.json")
def check() -> Response:
    """What is wrong with a query, as the problem document of the error that running it would be; null: nothing.

    It is in English, or in the language that ``lang`` names. Raises `QueryError` where the server is busy.
    """
    problem = None
    try:
        site().engine.explain(_query(), client=asker())
    except (QuerySyntaxError, QueryRefusedError) as error:
        found = from_error(error)
        problem = (site().told(found) if "lang" in request.args else found).marked()
    return _uncached(jsonify(problem=problem))


@blueprint.post("/code.json")
def code() -> Response:
    """The code that asks a query from elsewhere, in several languages.

    Raises `QuerySyntaxError` and `QueryRefusedError`, since code for what this endpoint cannot run would be of no use,
    and `QueryError` where the server is busy.
    """
    query = _query()
    site().engine.explain(query, client=asker())
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
