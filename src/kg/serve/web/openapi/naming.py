"""The operations by which things are found: look-up, search, and the Reconciliation Service API."""

from __future__ import annotations

from kg.serve.formats import Format
from kg.serve.negotiation import HTML
from kg.serve.web import lookup_pages, search_pages
from kg.serve.web.openapi.parts import (
    JSON,
    PAGE,
    RUNNING,
    Json,
    format_parameters,
    parameter,
    ref,
    responses,
    uncached,
)
from kg.serve.web.reconcile import reading, service

_SEE = {"303": ref("responses", "SeeOther")}
_FORM = "application/x-www-form-urlencoded"
_STATUSES = (*RUNNING, 404)
_FORMATS = (Format("application/json", "", "json"), HTML)
_TEXT: Json = {"type": "string"}
_LANGUAGE = parameter("lang", "The language of names and texts.", {"enum": ["en", "fr"]})
_WHAT = parameter("what", "What is suggested.", {"enum": ["entity", "property", "type"]}, place="path")

_FOUND: Json = {
    "type": "object",
    "required": ["iri", "id", "label", "group", "kind", "page"],
    "properties": {
        "iri": {"type": "string", "format": "uri"},
        **dict.fromkeys(("id", "label", "description", "group", "kind", "type", "type_label", "match"), _TEXT),
        "wikidata": {"type": "string", "format": "uri"},
        "page": {"type": "string", "format": "uri"},
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "near": {"type": "boolean", "description": "Only spelt like what was looked for."},
    },
}
_LIST: Json = {"type": "array", "items": _FOUND}
_ASKED: Json = {"type": "object", "required": ["asked", "found"], "properties": {"asked": _TEXT, "found": _LIST}}
_RESULTS: Json = {"type": "object", "required": ["results"], "properties": {"results": {"type": "array"}}}
_HITS: Json = {
    "type": "object",
    "required": ["q", "results", "suggestions"],
    "properties": {"q": _TEXT, "results": _LIST, "suggestions": _LIST},
}


def _as(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _words(name: str, told: str, most: int, *, required: bool = False) -> Json:
    found = parameter(name, told, {"type": "string", "maxLength": most}, example="Fran")
    return {**found, "required": True} if required else found


def lookup() -> dict[str, Json]:
    """Identifiers that lead to ours."""
    told = "An item of Wikidata, a code of ISO 3166-1 or M49, a prefixed name, an IRI; may be repeated."
    several = {"type": "array", "items": _TEXT, "maxItems": lookup_pages.MOST}
    asked = [parameter(name, told, several, example=["Q142"]) for name in lookup_pages.ASKED]
    found = responses(
        uncached("What the identifier names, or each of several", {**_as({"anyOf": [_ASKED, _RESULTS]}), **PAGE}),
        (*_STATUSES, 413), _SEE, cached=False,
    )  # fmt: skip
    body: Json = {
        "application/json": {
            "schema": {"anyOf": [several, {"type": "object", "required": ["ids"], "properties": {"ids": several}}]},
            "example": ["Q142", "DEU", "state:POL"],
        },
        "text/plain": {"schema": _TEXT, "example": "Q142\nDEU\nstate:POL"},
        _FORM: {"schema": {"type": "object", "properties": {"id": several}}},
    }
    many = responses(uncached("What each names", _as(_RESULTS)), (*_STATUSES, 413, 415), cached=False)
    return {
        "/lookup": {
            "get": {"operationId": "lookup", "parameters": [*asked, *format_parameters(_FORMATS), _LANGUAGE],
                    "responses": found},
            "post": {"operationId": "lookupMany", "parameters": [_LANGUAGE],
                     "requestBody": {"required": True, "content": body}, "responses": many},
        }
    }  # fmt: skip


def search() -> dict[str, Json]:
    """Things by their names."""
    words = _words("q", "The beginning of a name, words of it, a code, an identifier.", search_pages.LONGEST)
    sort = parameter("type", "A sort of things (state, org, query, …), or a class such as State.", _TEXT)
    number = {"type": "integer", "minimum": 1, "maximum": search_pages.MOST, "default": search_pages.USUAL}
    limit = parameter("limit", "How many are told, as JSON.", number)
    page = responses(uncached("What is found", {**_as(_HITS), **PAGE}), RUNNING, cached=False)
    document = responses(uncached("What is found", _as(_HITS)), RUNNING, cached=False)
    parameters = [words, sort, limit, _LANGUAGE]
    return {
        "/search": {
            "get": {"operationId": "search", "parameters": [*parameters, *format_parameters(_FORMATS)],
                    "responses": page},
        },
        "/search.json": {
            "get": {"operationId": "searchJson", "parameters": parameters, "responses": document},
        },
    }  # fmt: skip


def reconciliation() -> dict[str, Json]:
    """The Reconciliation Service API."""
    given = {"queries": "A batch of queries (0.2).", "extend": "What to fetch (0.2).", "query": "One name, or query."}
    form: Json = {
        "type": "object",
        "properties": {name: {**_TEXT, "description": told} for name, told in given.items()},
    }
    version = parameter("version", "Whose manifest.", {"enum": list(service.VERSIONS)})
    asked = [parameter(name, f"{told} JSON.", _TEXT) for name, told in given.items()]
    batch: Json = {"queries": [{"type": "State", "conditions": [{"matchType": "name", "propertyValue": "Frnace"}]}]}
    fetch: Json = {"ids": ["state/FRA"], "properties": [{"id": "capital"}]}
    return {
        "/reconcile": {
            "get": _get("reconcile", "The manifest, or candidates", *asked, version, statuses=(413,)),
            "post": {"operationId": "reconcileForm", "parameters": [_LANGUAGE],
                     "requestBody": {"required": True, "content": {_FORM: {"schema": form}}},
                     "responses": _answered("Candidates by query, or values", (413,))},
        },
        "/reconcile/match": _post("reconcileMatch", "Candidates of each query", {"queries": {"type": "array"}}, batch),
        "/reconcile/extend": _post(
            "reconcileExtend",
            "The values",
            {"ids": {"type": "array", "items": _TEXT}, "properties": {"type": "array"}},
            fetch,
        ),
        "/reconcile/extend/propose": _get(
            "reconcilePropose", "Properties", parameter("type", "A class.", _TEXT), _most()
        ),
        "/reconcile/suggest/{what}": _get(
            "reconcileSuggest", "What may be meant", _WHAT, _words("prefix", "What was typed.", reading.LONGEST),
            _most(), parameter("offset", "How many to leave out.", {"type": "integer", "minimum": 0}),
            parameter("cursor", "The same, as version 0.2 calls it.", {"type": "integer", "minimum": 0}),
            statuses=(404,),
        ),
        "/reconcile/flyout/{what}": _get(
            "reconcileFlyout", "A few words of HTML", _WHAT, _identifier(), statuses=(404,)
        ),
        "/reconcile/preview": {
            "get": {"operationId": "reconcilePreview", "parameters": [_identifier(), _LANGUAGE],
                    "responses": responses(uncached("A small page", PAGE), _STATUSES, cached=False)},
        },
    }  # fmt: skip


def _identifier() -> Json:
    return parameter("id", "An identifier of the service.", _TEXT, required=True, example="state/FRA")


def _most() -> Json:
    return parameter("limit", "How many at most.", {"type": "integer", "minimum": 1})


def _answered(told: str, statuses: tuple[int, ...]) -> Json:
    return responses(uncached(told, JSON), (*RUNNING, *statuses), cached=False)


def _get(name: str, told: str, *parameters: Json, statuses: tuple[int, ...] = ()) -> Json:
    found = _answered(told, statuses)
    operation = {"operationId": name, "parameters": [*parameters, _LANGUAGE], "responses": found}
    return operation if name == "reconcile" else {"get": operation}


def _post(name: str, told: str, members: Json, example: Json) -> Json:
    schema = {"type": "object", "required": list(members), "properties": members}
    return {
        "post": {
            "operationId": name,
            "parameters": [_LANGUAGE],
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}},
            "responses": _answered(told, (413, 415)),
        }
    }
