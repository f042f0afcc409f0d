"""The OpenAPI document as a whole, at ``/openapi.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from flask import Blueprint, Response, current_app, request

import kg
from kg.ground.catalogue import Catalogue
from kg.ground.terms import BASE, digest
from kg.serve.web.cookbook_pages import NOTEBOOK
from kg.serve.web.openapi import editing, naming, pages, parts, protocols, saved, trying
from kg.serve.web.openapi.parts import Json
from kg.serve.web.site import site
from kg.serve.web.texts import Texts

PEOPLE = frozenset(
    {
        "/",
        "/look",
        "/editor",
        "/results",
        "/results.svg",
        "/errors",
        "/about",
        "/api",
        "/compare",
        "/compare/<name>",
        "/cookbook",
        "/counting",
        f"/cookbook/{NOTEBOOK}",
        "/map",
        "/map.svg",
    }
    | {"/static/<path:name>"}
)
"""The addresses that serve readers alone: forms, styles, and pages that explain others."""

SAVED = "/queries/<name>"
"""The rule of the saved queries, of which each has a path of its own."""

VERSION = "3.1.0"

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """What the site understands; ``lang=fr`` tells of it in French as far as it is about the graph."""
    rules = [rule.rule for rule in current_app.url_map.iter_rules()]
    content = json.dumps(document(site().catalogue, site().texts, rules, site().address), ensure_ascii=False)
    response = Response(content, mimetype="application/json")
    response.headers["Content-Language"] = site().texts.language
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.update(["Accept-Language", "Cookie"])
    response.set_etag(digest(content), weak=True)
    response.make_conditional(request)
    return response


def document(catalogue: Catalogue, texts: Texts, rules: Iterable[str], address: str) -> Json:
    """The document of a site that has these rules of addresses, as Flask writes them; ``address`` ends in a slash."""
    known = {path_of(rule) for rule in rules}
    has_saved = path_of(SAVED) in known
    found = {
        "/sparql": protocols.sparql(),
        **protocols.graphs(),
        **pages.things(),
        **pages.ontology(),
        **pages.explanations(),
        **pages.dataset(),
        **pages.service(),
        **naming.lookup(),
        **naming.search(),
        **editing.editing(),
        **naming.reconciliation(),
        **trying.reading(),
    }
    paths = {path: item for path, item in found.items() if path in known}
    for item in paths.values():
        _tell(item, texts)
    if has_saved:
        paths |= saved.saved_queries(catalogue, texts.language)
        paths["/queries/{name}.{suffix}"]["get"]["summary"] = texts("api.savedQueryFile")
    return {
        "openapi": VERSION,
        "info": {
            "title": texts("site.name"),
            "summary": texts("site.tagline"),
            "description": texts("api.document"),
            "version": kg.__version__,
            "license": {"name": "CC0 1.0 (the graph and its answers)", "identifier": "CC0-1.0"},
        },
        "servers": [{"url": address.rstrip("/")}],
        "externalDocs": {"url": f"{BASE}ontology", "description": texts("menu.ontology")},
        "paths": paths,
        "components": parts.components(),
    }


def path_of(rule: str) -> str:
    """A rule of Flask as a path of OpenAPI; a slash at its end makes no other address, but for a folder.

    >>> path_of("/queries/<name>.<suffix>"), path_of("/graphs/<path:name>"), path_of("/sparql/"), path_of("/dumps/")
    ('/queries/{name}.{suffix}', '/graphs/{name}', '/sparql', '/dumps/')
    """
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
    return path.rstrip("/") if path in {"/sparql/", "/graphs/"} else path


def _tell(item: Json, texts: Texts) -> None:
    """Give each operation of a path the sentence that says what it does."""
    for method in item.keys() & {"get", "head", "post", "options", "put", "delete", "patch"}:
        operation = item[method]
        if "summary" not in operation:
            operation["summary"] = texts(f"api.{operation['operationId']}")
