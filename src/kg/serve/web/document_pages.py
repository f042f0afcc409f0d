"""Documents of ``docs/`` as pages, in the language of the reader: what Sides is, and what it has for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, Response, abort
from markupsafe import Markup, escape

from kg.serve.web.documents import read_blocks
from kg.serve.web.site import site
from kg.serve.web.state import state

DOCUMENTED = "http://127.0.0.1:8000/"
"""The address of the site as the documents write it; the page writes its own."""

LINKS: Mapping[str, str] = MappingProxyType(
    {
        "citing.md": "/cite",
        "cookbook.md": "/cookbook",
        "counting.md": "/counting",
        "endpoint.md": "/sparql",
        "errors.md": "/errors",
        "ontology.md": "/ontology",
        "quality.md": "/quality",
        "queries.md": "/queries",
    }
)
"""Where the site shows what the documents link to."""

_NAMED = re.compile(r"docs/([a-z-]+\.md)")

blueprint = Blueprint("documents", __name__)


@blueprint.get("/about")
def about() -> Response:
    """What Sides is, what it is not, and how it is made."""
    return show_document("about")


@blueprint.get("/api")
def programs() -> Response:
    """What the site has for programs."""
    return show_document("api")


@blueprint.get("/counting")
def counting() -> Response:
    """What may be added up, and what not."""
    return show_document("counting")


def show_document(name: str, links: Mapping[str, str] = LINKS) -> Response:
    """A document as a page; each language has a file of its own."""
    told = site().texts
    text = read_document(f"{name}.md" if told.language == "en" else f"{name}.{told.language}.md")
    return site().render("document.html", {"blocks": [*read_blocks(text, links, told.typeset)]})


@blueprint.app_template_filter("with_documents")
def with_documents(text: str) -> Markup:
    """A text in which a document that the site shows is a link, where the text names its file."""
    pieces = [
        Markup('<a href="{}">{}</a>').format(LINKS[part], part.removesuffix(".md")) if part in LINKS else escape(part)
        for part in _NAMED.split(text)
    ]
    return Markup().join(pieces)


def read_document(name: str) -> str:
    """A file of ``docs/``, with the address of this site in place of that which stands there."""
    path = state().settings.home.resolve() / "docs" / name
    if not path.is_file():
        abort(404, description=f"{path.name} is not installed here")
    return path.read_text(encoding="utf-8").replace(DOCUMENTED, site().address)
