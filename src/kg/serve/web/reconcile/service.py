"""The addresses of the service: version 0.2 at ``/reconcile`` itself, 1.0-draft below it, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

import kg
from kg.ground.terms import IDENTIFIERS, ONTOLOGY
from kg.serve.naming import Entry, search
from kg.serve.web.naming import address_of, known_types, names, short_of
from kg.serve.web.problems import MediaTypeError, RequestError
from kg.serve.web.reconcile import extending, properties, reading
from kg.serve.web.reconcile.answering import MAIN, Found, answers, candidate_json, describe, entity_of, types_of
from kg.serve.web.reconcile.reading import BATCH
from kg.serve.web.site import site

VERSIONS = ("0.2", "1.0-draft")
"""The versions of the API that are spoken."""

WIDTH, HEIGHT = 420, 200
"""The size of a preview, in pixels."""

PREVIEW_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""A preview may stand in the page of any client, and does nothing there."""

MOST_SUGGESTIONS = 50
_USUAL_SUGGESTIONS = 10
_JSON = "application/json"
_USUAL_PROPERTIES = 30

blueprint = Blueprint("reconcile", __name__)


@blueprint.get("/reconcile")
def service() -> ResponseReturnValue:
    """What the service is (its manifest), or the answer to queries that stand in the address."""
    answered = _answered_form()
    return _sent(_manifest() if answered is None else answered)


@blueprint.post("/reconcile")
def service_post() -> ResponseReturnValue:
    """Answer the queries, or the extension, that a form brings (0.2, sections 4 and 7)."""
    answered = _answered_form()
    if answered is None:
        raise RequestError(
            "there are neither queries nor an extension",
            expected="a form with queries={…} or extend={…}",
            remedy="version 1.0 has /reconcile/match and /reconcile/extend",
        )
    return _sent(answered)


@blueprint.post("/reconcile/match")
def match() -> ResponseReturnValue:
    """Answer a batch of version 1.0-draft."""
    queries = reading.match_batch(_posted())
    return _sent({"results": [{"candidates": _candidates(found)} for found in answers(queries)]})


@blueprint.post("/reconcile/extend")
def extend() -> ResponseReturnValue:
    """Fetch properties, as version 1.0-draft has it."""
    asked = reading.extension(_posted(), "body")
    found = [
        {
            "id": name,
            "properties": [{"id": wish.property, "values": cell} for wish, cell in zip(asked.wishes, row, strict=True)],
        }
        for name, row in extending.rows(asked)
    ]
    return _sent({"meta": extending.meta(asked), "rows": found})


@blueprint.get("/reconcile/extend/propose")
def propose() -> ResponseReturnValue:
    """The properties that things of a type have, those that most have first."""
    given = request.args.get("type", "")
    limit = _number("limit", _USUAL_PROPERTIES, most=500)
    found = properties.of_type(reading.type_iri(given) if given else "")[:limit]
    told: dict[str, Any] = {"limit": limit, "properties": [item.as_json() for item in found]}
    return _sent({"type": given, **told} if given else told)


@blueprint.get("/reconcile/suggest/<what>")
def suggest(what: str) -> ResponseReturnValue:
    """What may be meant by the beginning of a name; an identifier suggests what it names."""
    prefix = request.args.get("prefix", "").strip()
    offset = _number("offset" if "offset" in request.args else "cursor", 0, most=100_000, least=0)
    limit = _number("limit", _USUAL_SUGGESTIONS, most=MOST_SUGGESTIONS)
    if len(prefix) > reading.LONGEST:
        raise RequestError("the prefix is too long", where="parameter prefix", expected=f"at most {reading.LONGEST}")
    found = SUGGESTED[_known(what)](prefix)
    return _sent({"result": found[offset : offset + limit]})


@blueprint.get("/reconcile/flyout/<what>")
def flyout(what: str) -> ResponseReturnValue:
    """A few words of HTML on a suggestion (0.2, section 6.3)."""
    name = request.args.get("id", "")
    if _known(what) == "property":
        told = properties.known(name)
        heading, text = told.name, told.description
    else:
        entry = _existing(name) if what == "entity" else names().by_iri.get(reading.type_iri(name))
        if entry is None:
            abort(404, description=f"no type is known as {name[:80]!r}")
        language = site().texts.language
        heading, text = entry.label(language), _told(entry) if what == "entity" else entry.note(language)
    return _sent({"id": name, "html": str(Markup("<p><strong>{}</strong></p><p>{}</p>").format(heading, text))})


@blueprint.get("/reconcile/preview")
def preview() -> ResponseReturnValue:
    """A small page on an entity, for clients to show in theirs."""
    entry = _existing(request.args.get("id", ""))
    texts = site().texts
    page = render_template(
        "preview.html",
        t=texts,
        lang=texts.language,
        entry=entry,
        told=_told(entry),
        address=site().address.rstrip("/") + address_of(entry),
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PREVIEW_POLICY
    response.headers["Content-Language"] = texts.language
    response.vary.update(["Accept-Language", "Cookie"])
    return response


def _answered_form() -> dict[str, Any] | None:
    """The answer to what a form or an address brings; None where it brings nothing."""
    given = request.values
    if "queries" in given:
        queries = reading.batch(reading.parsed(given["queries"], "queries"), "queries")
        found = answers(list(queries.values()))
        return {key: {"result": _candidates(item)} for key, item in zip(queries, found, strict=True)}
    if "extend" in given:
        asked = reading.extension(reading.parsed(given["extend"], "extend"), "extend")
        rows = {name: extending.by_property(asked, row) for name, row in extending.rows(asked)}
        return {"meta": extending.meta(asked), "rows": rows}
    if "query" in given:
        return {"result": _candidates(answers([reading.single(given["query"])])[0])}
    return None


def _candidates(found: Iterable[Found]) -> list[dict[str, Any]]:
    return [candidate_json(item, site().texts.language) for item in found]


def _posted() -> Any:
    if request.mimetype != _JSON:
        raise MediaTypeError(
            f"the body is {request.mimetype or 'of no type'}", accepted={"Accept-Post": _JSON}, expected=_JSON
        )
    return reading.parsed(request.get_data(), "body")


def _manifest() -> dict[str, Any]:
    """The manifest of version 0.2; ``version=1.0-draft`` asks for that of the draft, which differs in a few words."""
    asked = request.args.get("version", VERSIONS[0])
    if asked not in VERSIONS:
        raise RequestError(f"the version is {asked[:20]!r}", where="parameter version", expected=" or ".join(VERSIONS))
    t, base = site().texts, site().address.rstrip("/")
    shared: dict[str, Any] = {
        "versions": list(VERSIONS),
        "name": t("reconcile.name"),
        "documentation": f"{base}/openapi.json",
        "logo": f"{base}/static/icon.svg",
        "serviceVersion": kg.__version__,
        "batchSize": BATCH,
        "standardizedScore": True,
        "defaultTypes": [item for name in MAIN for item in _type(ONTOLOGY + name)],
    }
    return shared | (_draft(base) if asked == VERSIONS[1] else _stable(base))


def _stable(base: str) -> dict[str, Any]:
    """What the manifest of version 0.2 has of its own (section 3.4)."""
    suggesting = {
        what: {
            "service_url": base,
            "service_path": f"/reconcile/suggest/{what}",
            "flyout_service_url": base,
            "flyout_service_path": f"/reconcile/flyout/{what}?id=${{id}}",
        }
        for what in SUGGESTED
    }
    return {
        "identifierSpace": IDENTIFIERS,
        "schemaSpace": ONTOLOGY,
        "view": {"url": f"{base}/id/{{{{id}}}}"},
        "preview": {"url": f"{base}/reconcile/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": suggesting,
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/extend/propose"},
            "property_settings": extending.settings(site().texts.table("language"), draft=False),
        },
    }


def _draft(base: str) -> dict[str, Any]:
    """What the manifest of version 1.0-draft has of its own."""
    return {
        "lang": site().texts.language,
        "view": {"url": f"{base}/id/{{+id}}"},
        "preview": {"width": WIDTH, "height": HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {
            "proposeProperties": True,
            "propertySettings": extending.settings(site().texts.table("language"), draft=True),
        },
    }


def _type(iri: str) -> list[dict[str, Any]]:
    entry = names().by_iri.get(iri)
    return [{"id": short_of(iri), "name": entry.label(site().texts.language)}] if entry else []


def _entities(prefix: str) -> list[dict[str, Any]]:
    language = site().texts.language
    hits = search(names(), prefix, keep=lambda entry: entry.group == "entity", language=language, limit=10_000)
    return [
        {
            "id": short_of(hit.entry.iri),
            "name": hit.entry.label(language),
            "description": describe(hit.entry, language),
            "notable": types_of(hit.entry, language),
        }
        for hit in hits
    ]


def _types(prefix: str) -> list[dict[str, Any]]:
    language = site().texts.language
    used = {entry.iri: entry for entry in known_types()}
    if not prefix:
        found: Sequence[Entry] = sorted(used.values(), key=lambda entry: entry.label(language))
    else:
        by_id = used.get(reading.type_iri(prefix))
        hits = search(names(), prefix, keep=lambda entry: entry.iri in used, language=language, limit=10_000)
        every = [by_id, *(hit.entry for hit in hits)]
        found = list({entry.iri: entry for entry in every if entry}.values())
    return [
        {"id": short_of(entry.iri), "name": entry.label(language), "description": entry.note(language)}
        for entry in found
    ]


def _properties(prefix: str) -> list[dict[str, Any]]:
    every = [item.as_json() for item in properties.of_type()]
    asked = prefix.casefold().removeprefix("sides:")
    first = [item for item in every if any(item[part].casefold().startswith(asked) for part in ("id", "name"))]
    return first + [item for item in every if item not in first and asked in item["name"].casefold()]


SUGGESTED: Mapping[str, Callable[[str], list[dict[str, Any]]]] = {
    "entity": _entities,
    "property": _properties,
    "type": _types,
}
"""What can be suggested, and what finds it by the beginning of a name."""


def _known(what: str) -> str:
    if what not in SUGGESTED:
        abort(404, description=f"{what[:40]!r} is not suggested; {', '.join(SUGGESTED)} are")
    return what


def _existing(name: str) -> Entry:
    entry = entity_of(name)
    if entry is None:
        abort(404, description=f"no entity is known as {name[:80]!r}")
    return entry


def _told(entry: Entry) -> str:
    return describe(entry, site().texts.language)


def _number(name: str, otherwise: int, *, most: int, least: int = 1) -> int:
    given = request.args.get(name, "")
    if not given:
        return otherwise
    if not given.isascii() or not given.isdecimal() or len(given) > 9 or int(given) < least:
        raise RequestError(f"{name} is {given[:20]!r}", where=f"parameter {name}", expected=f"a number from {least}")
    return min(int(given), most)


def _sent(content: dict[str, Any]) -> Response:
    response = jsonify(content)
    response.headers["Content-Language"] = site().texts.language
    response.vary.update(["Accept-Language", "Cookie"])
    return response
