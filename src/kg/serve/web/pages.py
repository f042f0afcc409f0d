"""The pages for people: editor and results; all others have modules of their own."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request, send_from_directory
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from kg.ground.catalogue import Catalogue
from kg.ground.catalogue.binding import entity
from kg.ground.errors import QueryError, SavedQueryError
from kg.ground.terms import PREFIXES
from kg.serve.web import (
    assistant_pages,
    cite_pages,
    compare_pages,
    completion,
    cookbook_pages,
    display,
    document_pages,
    dump_pages,
    editor_pages,
    entity_pages,
    error_pages,
    explain_pages,
    home_page,
    lookup_pages,
    map_pages,
    ontology_pages,
    permalink_pages,
    quality_pages,
    query_pages,
    reconcile,
    result_pages,
    search_pages,
    source_pages,
    try_pages,
    void_pages,
)
from kg.serve.web.answering import Operation
from kg.serve.web.answers import FILE_NAMES
from kg.serve.web.error_texts import read_error_texts
from kg.serve.web.navigation import footing, has_page, navigation
from kg.serve.web.openapi import document
from kg.serve.web.problems import Problem, from_error
from kg.serve.web.result_pages import answer_of, asked_operation, changed_query, posted
from kg.serve.web.site import Site, here, install, protect, site
from kg.serve.web.state import state
from kg.serve.web.texts import capital, read_texts

SAMPLE = "relations"
"""The saved query that the editor shows first: who is related to whom, and where it is said."""

_ANY_QUERY = "SELECT * WHERE { ?subject ?predicate ?object } LIMIT 20"

blueprint = Blueprint("pages", __name__)
blueprint.register_blueprint(home_page.blueprint)
blueprint.register_blueprint(query_pages.blueprint)
blueprint.register_blueprint(result_pages.blueprint)
blueprint.register_blueprint(entity_pages.blueprint)
blueprint.register_blueprint(ontology_pages.blueprint)
blueprint.register_blueprint(explain_pages.blueprint)
blueprint.register_blueprint(error_pages.blueprint)
blueprint.register_blueprint(cookbook_pages.blueprint)
blueprint.register_blueprint(dump_pages.blueprint)
blueprint.register_blueprint(cite_pages.blueprint)
blueprint.register_blueprint(permalink_pages.blueprint)
blueprint.register_blueprint(assistant_pages.blueprint)
blueprint.register_blueprint(quality_pages.blueprint)
blueprint.register_blueprint(map_pages.blueprint)
blueprint.register_blueprint(source_pages.blueprint)
blueprint.register_blueprint(void_pages.blueprint)
blueprint.register_blueprint(try_pages.blueprint)
blueprint.register_blueprint(compare_pages.blueprint)
blueprint.register_blueprint(document_pages.blueprint)
blueprint.register_blueprint(lookup_pages.blueprint)
blueprint.register_blueprint(search_pages.blueprint)
blueprint.register_blueprint(completion.blueprint)
blueprint.register_blueprint(editor_pages.blueprint)
blueprint.register_blueprint(reconcile.blueprint)
blueprint.register_blueprint(document.blueprint)
blueprint.after_app_request(protect)
blueprint.add_app_template_global(display.show, "show")
blueprint.add_app_template_global(display.local_href, "href")
blueprint.add_app_template_global(display.explain_href, "explain_href")
blueprint.add_app_template_global(display.highlight, "highlight")
blueprint.add_app_template_global(here, "here")
blueprint.add_app_template_global(navigation, "navigation")
blueprint.add_app_template_global(footing, "footing")
blueprint.add_app_template_global(has_page, "has_page")
blueprint.add_app_template_global(lambda: dict(PREFIXES), "prefixes")
blueprint.add_app_template_filter(capital, "capital")
blueprint.add_app_template_global(FILE_NAMES.__getitem__, "file_name")


@blueprint.record
def _prepare(setup: BlueprintSetupState) -> None:
    """Read the catalogue and the texts; an application that cannot show its pages does not start."""
    app: Flask = setup.app  # type: ignore[assignment]
    known = state(app)
    home = known.settings.home.resolve()
    catalogue = Catalogue.read(home / "queries")
    folder = home / "web" / "locale"
    texts = read_texts(folder)
    errors = read_error_texts(folder, texts)
    install(app, Site(known.engine, catalogue, known.settings.public_url, texts, errors))
    known.problem_page, known.results_page = problem_page, show_results


@blueprint.get("/static/<path:name>")
def static(name: str) -> ResponseReturnValue:
    """A style or a script."""
    return send_from_directory(state().settings.home.resolve() / "web" / "static", name)


def sample() -> str:
    """The query that stands in the editor at first."""
    chosen = site().catalogue.get(SAMPLE)
    return chosen.text.rstrip() if chosen else _ANY_QUERY


@blueprint.get("/look")
def look() -> ResponseReturnValue:
    """Lead from the form of the home page to the page of an entity."""
    term = entity(request.args.get("entity", ""), where="parameter entity")
    address = display.local_href(term[1:-1])
    if not address.startswith("/"):
        raise SavedQueryError(f"{term} is not of this graph", expected="a prefixed name such as state:FRA")
    return redirect(address, 303)


@blueprint.get("/editor")
def editor() -> ResponseReturnValue:
    """The page on which a reader writes a query; a query in the address is run."""
    return _asked()


def _asked() -> ResponseReturnValue:
    """The answer to the query that the request brings, or the editor if it brings none."""
    operation = asked_operation()
    return show_results(operation) if operation else write()


def write(operation: Operation | None = None, problem: Problem | None = None) -> ResponseReturnValue:
    """The editor alone, or with what was wrong with the query in it."""
    status = problem.status if problem else 200
    values = {"query": operation.text if operation else sample(), "changed": changed_query(), "problem": problem}
    page = site().render("editor.html", values, status=status, posted=posted(operation) if operation else ())
    page.headers.update(problem.headers if problem else {})
    return page


@blueprint.route("/results", methods=["GET", "POST"])
def results() -> ResponseReturnValue:
    """The answer to the query of the form; ``part=answer`` asks for the answer without the page around it."""
    return _asked()


def show_results(operation: Operation) -> ResponseReturnValue:
    """Run a query, and show its answer below it."""
    part = request.values.get("part") == "answer"
    try:
        values = answer_of(operation)
    except QueryError as error:
        problem = from_error(error)
        if part:
            response = site().render("problem-part.html", {"problem": problem}, status=problem.status)
            response.headers.update(problem.headers)
            return response
        return write(operation, problem)
    template = "answer-part.html" if part else "results.html"
    return site().render(template, {"query": operation.text, **values}, posted=posted(operation))


def problem_page(problem: Problem) -> str:
    """The page of a problem, for the requests that no page answers."""
    return site().render("problem.html", {"problem": problem}).get_data(as_text=True)
