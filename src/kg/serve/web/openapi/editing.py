"""The operations of the editor of queries: completion, checking, and code for other programs."""

from __future__ import annotations

from kg.serve.web import completion
from kg.serve.web.openapi.parts import RUNNING, Json, answer, parameter, ref, responses, uncached

_TEXT: Json = {"type": "string"}
_LANGUAGE = parameter("lang", "The language of names and texts.", {"enum": ["en", "fr"]})
_TELLING = parameter("lang", "The language of what is told; English where none is given.", {"enum": ["en", "fr"]})

_SUGGESTION: Json = {
    "type": "object",
    "required": ["iri"],
    "properties": {
        "iri": {"type": "string"},
        **dict.fromkeys(("q", "id", "label", "description", "sort", "entity"), _TEXT),
        "count": {"type": "integer", "minimum": 0},
        "known": {"type": "boolean"},
        "near": {"type": "array"},
    },
}
_SUGGESTED: Json = {
    "type": "object",
    "required": ["kind", "results"],
    "properties": {"kind": _TEXT, "results": {"type": "array", "items": _SUGGESTION}},
}
_CHECKED: Json = {
    "type": "object",
    "required": ["problem"],
    "properties": {"problem": {"anyOf": [{"type": "null"}, ref("schemas", "Problem")]}},
}
_SNIPPET: Json = {
    "type": "object",
    "required": ["name", "label", "text"],
    "properties": dict.fromkeys(("name", "label", "text"), _TEXT),
}
_CODE: Json = {
    "type": "object",
    "required": ["snippets"],
    "properties": {"snippets": {"type": "array", "items": _SNIPPET, "minItems": 1}},
}


def _as(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def editing() -> dict[str, Json]:
    """What a query may be completed with, what is wrong with it, how other programs ask it."""
    return {
        "/completion.json": {"get": _completion()},
        "/check.json": {"post": _about("check", "What is wrong, or null", _CHECKED, _TELLING)},
        "/code.json": {"post": _about("code", "Code in several languages", _CODE)},
    }


def _completion() -> Json:
    kind = parameter("kind", "What is suggested, or told of terms.", {"enum": list(completion.KINDS)}, example="class")
    words = {"type": "array", "items": {**_TEXT, "maxLength": completion.LONGEST}, "maxItems": completion.MOST_TERMS}
    within = {**_TEXT, "maxLength": completion.LONGEST}
    limit = {"type": "integer", "minimum": 1, "maximum": completion.MOST, "default": completion.USUAL}
    parameters = [
        kind,
        parameter("q", "What is typed, prefix and all; of terms, each of them.", words, example=["state:Fran"]),
        parameter("class", "A class, or a thing of one, whose properties go first.", within, example="sides:State"),
        parameter("property", "For entities: a property, whose values go first.", within, example="sides:memberOf"),
        parameter("limit", "How many are told.", limit),
        _LANGUAGE,
    ]
    found = responses(answer("What may stand there, the best first", _as(_SUGGESTED)), RUNNING)
    return {"operationId": "completion", "parameters": parameters, "responses": found}


def _about(name: str, told: str, schema: Json, *parameters: Json) -> Json:
    body: Json = {"type": "object", "required": ["query"], "properties": {"query": _TEXT}}
    form = {"application/x-www-form-urlencoded": {"schema": body, "example": {"query": "ASK {}"}}}
    return {
        "operationId": name,
        **({"parameters": [*parameters]} if parameters else {}),
        "requestBody": {"required": True, "content": form},
        "responses": responses(uncached(told, _as(schema)), (*RUNNING, 413), cached=False),
    }
