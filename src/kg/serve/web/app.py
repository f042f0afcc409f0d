"""The application factory: everything that the web sees hangs on what is made here."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException, InternalServerError

from kg.ground.errors import SidesError
from kg.ground.settings import Settings
from kg.serve.annotation import Annotator
from kg.serve.engine import Engine
from kg.serve.formats import Format
from kg.serve.negotiation import HTML, choose
from kg.serve.web import compression, cors, direct, graph_store, pages, problems, sparql
from kg.serve.web.observation import current, tell_services
from kg.serve.web.state import State, attach, state

logger = logging.getLogger(__name__)

_MEBIBYTE = 1024 * 1024
_PROBLEM = Format(problems.MEDIA_TYPE, "", "json", ("application/json",))


def blueprints() -> list[Blueprint]:
    """The parts of the site, each a blueprint of its own module."""
    return [sparql.blueprint, graph_store.blueprint, pages.blueprint]


def create_app(
    settings: Settings,
    engine: Engine,
    parts: Iterable[Blueprint] | None = None,
    annotator: Annotator | None = None,
) -> Flask:
    """Make the WSGI application that answers from a running engine; ``parts`` are by default all of `blueprints`.

    Without an ``annotator`` it reads no texts.
    """
    app = Flask("kg.serve.web", static_folder=None, template_folder=str(settings.home.resolve() / "web" / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = settings.request_size * _MEBIBYTE
    app.url_map.strict_slashes = False
    attach(app, State(engine, settings, annotator=annotator))
    app.after_request(tell_services)
    cors.install(app)
    compression.install(app)
    for part in blueprints() if parts is None else parts:
        app.register_blueprint(part)
    if sparql.blueprint.name in app.blueprints:
        direct.install(app)
    app.register_error_handler(SidesError, lambda error: show_problem(problems.from_error(error)))
    app.register_error_handler(HTTPException, _http_error)
    return app


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect
    if isinstance(error, InternalServerError) and error.original_exception:
        logger.error("a request failed", exc_info=error.original_exception)
    return show_problem(problems.from_http(error))


def show_problem(problem: problems.Problem) -> Response:
    """The response that tells a problem, as a page if the client prefers HTML."""
    current().outcome = problem.code
    page = state().problem_page or problems.plain_page
    if choose(request.headers.get("Accept", ""), (_PROBLEM, HTML)) is HTML:
        response = Response(page(problem), problem.status, mimetype=HTML.media_type)
    else:
        response = Response(problems.document(problem), problem.status, mimetype=problems.MEDIA_TYPE)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response
