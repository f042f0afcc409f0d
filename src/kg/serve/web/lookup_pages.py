"""Look-up: any identifier that somebody has of a thing leads to what Sides knows of it, one at a time or many."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from kg.ground.terms import shorten
from kg.serve.formats import Format
from kg.serve.naming import Entry
from kg.serve.naming.identifiers import resolve
from kg.serve.naming.searching import nearest
from kg.serve.negotiation import HTML
from kg.serve.web.answering import chosen_format
from kg.serve.web.naming import address_of, as_json, names
from kg.serve.web.problems import MediaTypeError, RequestError
from kg.serve.web.site import site

JSON = Format("application/json", "", "json")
MOST = 1000
"""How many identifiers one request may bring."""

ASKED = ("iri", "id")
"""The parameters that bring identifiers; they mean the same."""

_LINES = "text/plain"
_FORM = "application/x-www-form-urlencoded"

blueprint = Blueprint("lookup", __name__)


@blueprint.get("/lookup")
def lookup() -> ResponseReturnValue:
    """What the identifiers of the address name: one as itself or as a page, several as a list."""
    asked = [text for name in ASKED for text in request.args.getlist(name)]
    if not any(text.strip() for text in asked):
        raise RequestError(
            "there is no identifier", where="parameter id", expected="Q142, FR, state:FRA, an IRI", remedy="add ?id=…"
        )
    _check_number(asked)
    chosen = chosen_format(dict(request.args.lists()), (JSON, HTML))
    response = _one(asked[0], as_page=chosen is HTML) if len(asked) == 1 else _several(asked)
    response.vary.update(["Accept", "Accept-Language", "Cookie"])  # labels are in the language of the reader
    return response


@blueprint.post("/lookup")
def lookup_many() -> ResponseReturnValue:
    """What the identifiers of the body name: lines of text, a JSON array, or a form."""
    asked = _posted()
    if not asked:
        raise RequestError("there is no identifier", expected="one a line, or a JSON array of texts")
    _check_number(asked)
    return _several(asked)


def _one(text: str, *, as_page: bool) -> Response:
    found = resolve(names(), text)
    if not found:
        abort(404, description=_unknown(text))
    if as_page and len(found) == 1:
        return Response(status=303, headers={"Location": address_of(found[0])})
    if as_page:
        listed = [(entry, address_of(entry)) for entry in found]
        return site().render("choice.html", {"asked": text, "found": listed, "prefixed": shorten})
    return jsonify(_told(text, found))


def _several(asked: Sequence[str]) -> Response:
    index = names()
    return jsonify(results=[_told(text, resolve(index, text)) for text in asked])


def _told(text: str, found: Sequence[Entry]) -> dict[str, object]:
    return {"asked": text, "found": [as_json(entry, site().texts.language) for entry in found]}


def _unknown(text: str) -> str:
    near = [f"{shorten(hit.entry.iri)} ({hit.entry.label(site().texts.language)})" for hit in nearest(names(), text)]
    hint = f"; is one of these meant? {', '.join(near)}" if near else ""
    return f"no identifier is known as {text[:80]!r}{hint}"


def _check_number(asked: Sequence[str]) -> None:
    if len(asked) > MOST:
        raise RequestEntityTooLarge(f"{len(asked)} identifiers at once; at most {MOST} are looked up")


def _posted() -> list[str]:
    if request.mimetype == _FORM:
        return [text for name in ASKED for text in request.form.getlist(name)]
    if request.mimetype == JSON.media_type:
        return _from_json(request.get_data())
    if request.mimetype in (_LINES, ""):
        lines = request.get_data().decode("utf-8", "replace").splitlines()
        return [line.strip() for line in lines if line.strip()]
    raise MediaTypeError(
        f"the body is {request.mimetype}",
        accepted={"Accept-Post": ", ".join((_LINES, JSON.media_type, _FORM))},
        expected=f"{_LINES}, {JSON.media_type} or {_FORM}",
    )


def _from_json(body: bytes) -> list[str]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"the body is no JSON: {error}", expected='["Q142", "FR"] or {"ids": [...]}') from error
    listed = content.get("ids") if isinstance(content, dict) else content
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise RequestError("the body has no list of texts", expected='["Q142", "FR"] or {"ids": ["Q142", "FR"]}')
    return listed
