"""The parts that operations are made of: parameters, answers, problem documents, and the schemas of their content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg.ground.errors import QueryError
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.serve.negotiation import HTML
from kg.serve.web.problems import CLIENT_LEFT, MEDIA_TYPE, STATUS, TITLES

Json = dict[str, Any]
"""A JSON object."""

_OF_HTTP = {404: "not-found", 405: "method-not-allowed", 413: "request-entity-too-large"}

RUNNING = frozenset({400, 403, 406, *(STATUS[kind] for kind in STATUS if issubclass(kind, QueryError))} - {CLIENT_LEFT})
"""The statuses of what may go wrong wherever a query runs."""


def _codes() -> dict[int, list[str]]:
    """The codes of the errors of the application by status; ``docs/errors.md`` tells of each."""
    found = {status: [code] for status, code in _OF_HTTP.items()}
    for kind, status in STATUS.items():
        if status != CLIENT_LEFT and kind.code in TITLES:
            found.setdefault(status, []).append(kind.code)
    return found


def ref(kind: str, name: str) -> Json:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def parameter(name: str, description: str, schema: Json, *, place: str = "query", **more: object) -> Json:
    """A parameter; one in the path is always required."""
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "description": description, **required, "schema": schema, **more}


def names_of(formats: Iterable[Format]) -> list[str]:
    """The short names of some formats, each once, those that come first first."""
    return list(dict.fromkeys(name for fmt in formats for name in (fmt.suffix, *fmt.names)))


def format_parameters(formats: Iterable[Format]) -> list[Json]:
    """The parameter that names a format; ``output`` and ``results`` mean the same."""
    schema = {"type": "string", "enum": names_of(formats)}
    told = "The format of the answer; goes before the header Accept. A media type is understood too, and so are the"
    return [parameter("format", f"{told} parameters output and results, which mean the same.", schema)]


def content(formats: Iterable[Format], schemas: Mapping[str, Json] | None = None) -> Json:
    """The content of an answer by media type, with the schemas of those that have one."""
    known = {"jsonld": {"type": ["array", "object"]}, **(schemas or {})}
    return {fmt.content_type: {"schema": known.get(fmt.suffix, {"type": "string"})} for fmt in formats}


def answer(description: str, body: Json, **headers: Json) -> Json:
    """A good answer that caches may keep: it has an ETag, by which a client is spared what it has."""
    return {"description": description, "headers": {"ETag": ref("headers", "ETag"), **headers}, "content": body}


def uncached(description: str, body: Json) -> Json:
    """A good answer that is made anew each time."""
    return {"description": description, "content": body}


def responses(good: Json, statuses: Iterable[int], others: Json | None = None, *, cached: bool = True) -> Json:
    """The answers of an operation by status: the good one, 304 if it is ``cached``, ``others``, and problems."""
    kept = {"304": ref("responses", "NotModified")} if cached else {}
    problems = {str(status): ref("responses", f"Problem{status}") for status in sorted({*statuses, 406})}
    return {"200": good, **kept, **(others or {}), **problems}


JSON = {"application/json": {"schema": {"type": "object"}}}
"""Plain JSON of which the document tells no more."""

PAGE = content([HTML])
"""A page for people."""

_TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["uri", "literal", "typed-literal", "bnode", "triple"]},
        "value": {"type": ["string", "object"]},
        "xml:lang": {"type": "string"},
        "datatype": {"type": "string"},
    },
}

RESULTS: Json = {
    "description": "SPARQL 1.1 Query Results JSON Format",
    "type": "object",
    "required": ["head"],
    "properties": {
        "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
        "boolean": {"type": "boolean"},
        "results": {
            "type": "object",
            "required": ["bindings"],
            "properties": {"bindings": {"type": "array", "items": {"type": "object", "additionalProperties": _TERM}}},
        },
    },
    "oneOf": [{"required": ["boolean"]}, {"required": ["results"]}],
}

_PROBLEM: Json = {
    "description": "Problem details (RFC 9457); the code stays the same, messages may improve",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": sorted(TITLES)},
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
        "expected": {"type": "string"},
        "hint": {"type": "string"},
    },
}


def _problem(status: int, codes: Iterable[str]) -> Json:
    titles = "; ".join(f"{code}: {TITLES[code].lower()}" if code in TITLES else code for code in codes)
    headers = {"Retry-After": ref("headers", "RetryAfter")} if status in {429, 503} else {}
    if status == 405:
        headers = {"Allow": ref("headers", "Allow")}
    body = {MEDIA_TYPE: {"schema": ref("schemas", "Problem")}, **PAGE}
    return {"description": titles, "headers": headers, "content": body}


def components() -> Json:
    """What operations refer to."""
    return {
        "schemas": {"Problem": _PROBLEM, "Results": RESULTS},
        "headers": {
            "ETag": {"description": "Names the release and what was asked of it", "schema": {"type": "string"}},
            "RetryAfter": {"description": "Seconds to wait", "schema": {"type": "string", "pattern": "^[0-9]+$"}},
            "Allow": {"description": "The methods of this address", "schema": {"type": "string"}},
            "Location": {"description": "Where to look", "schema": {"type": "string", "format": "uri-reference"}},
        },
        "responses": {
            "NotModified": {"description": "The client has the answer: If-None-Match names its ETag"},
            "SeeOther": {
                "description": "The answer is at another address",
                "headers": {"Location": ref("headers", "Location")},
            },
            **{f"Problem{status}": _problem(status, codes) for status, codes in _codes().items()},
        },
    }


def result_content() -> Json:
    """The content of an answer to SELECT and ASK."""
    return content(RESULT_FORMATS, {"json": ref("schemas", "Results")})


def graph_content() -> Json:
    """The content of an answer to CONSTRUCT and DESCRIBE."""
    return content(GRAPH_FORMATS)
