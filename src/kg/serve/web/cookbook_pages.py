"""The cookbook: how to ask Sides from the tools that people have, from ``docs/cookbook.md`` and its French twin."""

from __future__ import annotations

from flask import Blueprint, Response

from kg.serve.web.document_pages import LINKS, read_document, show_document

NOTEBOOK = "aid-and-votes.ipynb"
"""The notebook that the documents lead to."""

NOTEBOOK_TYPE = "application/x-ipynb+json"

blueprint = Blueprint("cookbook", __name__)


@blueprint.get("/cookbook")
def cookbook() -> Response:
    """The recipes, in the language of the reader; the code is the same in both."""
    return show_document("cookbook", {**LINKS, f"notebooks/{NOTEBOOK}": f"/cookbook/{NOTEBOOK}"})


@blueprint.get(f"/cookbook/{NOTEBOOK}")
def notebook() -> Response:
    """The notebook as a file, which asks this site where the environment names no other endpoint."""
    response = Response(read_document(f"notebooks/{NOTEBOOK}"), mimetype=NOTEBOOK_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{NOTEBOOK}"'
    return response
