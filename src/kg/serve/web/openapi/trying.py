"""The operation that reads a text."""

from __future__ import annotations

from kg.ground.records import LANGUAGES
from kg.serve.annotation import LONGEST
from kg.serve.web import try_pages
from kg.serve.web.openapi.parts import PAGE, RUNNING, Json, parameter, responses, uncached

_TEXT: Json = {"type": "string"}
_STATEMENT: Json = {
    "type": "object",
    "required": ["id", "lang", "text", "assertions", "clear", "names", "unread"],
    "properties": {
        "id": _TEXT,
        "lang": {"enum": [*LANGUAGES]},
        "text": _TEXT,
        "assertions": {"type": "array", "items": {"type": "object", "required": ["kind"]}},
        "clear": {"type": "boolean"},
        "names": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "verdict", "keys", "reason"],
                "properties": {"verdict": {"enum": ["linked", "ambiguous", "other", "unknown"]}},
            },
        },
        "unread": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 2, "maxItems": 2},
        },
    },
}
_READ: Json = {
    "type": "object",
    "required": ["statements"],
    "properties": {"statements": {"type": "array", "items": _STATEMENT}},
}
_GIVEN: Json = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "maxLength": LONGEST},
        "lang": {"enum": ["", *LANGUAGES]},
        "format": {"enum": ["", "json", "jsonl", "trig", "html"]},
    },
}
_EXAMPLE: Json = {"text": "Norway gave 3 tanks.", "lang": "en"}


def reading() -> dict[str, Json]:
    """Texts that are read and not kept."""
    body: Json = {
        "application/x-www-form-urlencoded": {"schema": _GIVEN, "example": _EXAMPLE},
        "application/json": {"schema": _GIVEN, "example": _EXAMPLE},
        "text/plain": {"schema": _TEXT, "example": _EXAMPLE["text"]},
    }
    found: Json = {
        try_pages.JSON.media_type: {"schema": _READ},
        try_pages.LINES.media_type: {"schema": _TEXT},
        try_pages.TRIG.media_type: {"schema": _TEXT},
        **PAGE,
    }
    lang = parameter("lang", "The language of the page.", {"enum": ["en", "fr"]})
    return {
        "/try": {
            "get": {
                "operationId": "tryPage",
                "parameters": [lang],
                "responses": responses(uncached("The form", PAGE), RUNNING, cached=False),
            },
            "post": {
                "operationId": "tryText",
                "requestBody": {"required": True, "content": body},
                "responses": responses(uncached("What the text says", found), (*RUNNING, 413, 415), cached=False),
            },
        }
    }
