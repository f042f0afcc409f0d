"""The cookbook: how to ask Sides from the tools that people have, from ``docs/cookbook.md`` and its French twin."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from kg.serve.web.documents import read_blocks
from kg.serve.web.site import site
from kg.serve.web.state import state

DOCUMENTED = "http://127.0.0.1:8000/"
"""The address of the site as the documents write it; the page writes its own."""

NOTEBOOK = "aid-and-votes.ipynb"
"""The notebook that the documents lead to."""

NOTEBOOK_TYPE = "application/x-ipynb+json"

LINKS = {
    "endpoint.md": "/dumps/",
    "errors.md": "/errors",
    "ontology.md": "/ontology",
    "queries.md": "/queries",
    f"notebooks/{NOTEBOOK}": f"/cookbook/{NOTEBOOK}",
}
"""Where the site shows what the documents link to."""

blueprint = Blueprint("cookbook", __name__)


@blueprint.get("/cookbook")
def cookbook() -> Response:
    """The recipes, in the language of the reader; the code is the same in both."""
    texts = site().texts
    text = _document("cookbook.md" if texts.language == "en" else f"cookbook.{texts.language}.md")
    return site().render("cookbook.html", {"blocks": [*read_blocks(text, LINKS, texts.typeset)]})


@blueprint.get(f"/cookbook/{NOTEBOOK}")
def notebook() -> Response:
    """The notebook as a file, which asks this site where the environment names no other endpoint."""
    response = Response(_document(f"notebooks/{NOTEBOOK}"), mimetype=NOTEBOOK_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{NOTEBOOK}"'
    return response


def _document(name: str) -> str:
    """A file of ``docs/``, with the address of this site in place of that which stands there."""
    path = state().settings.home.resolve() / "docs" / name
    if not path.is_file():
        abort(404, description=f"{path.name} is not installed here")
    return path.read_text(encoding="utf-8").replace(DOCUMENTED, site().address)
