"""A text that somebody pastes, read before their eyes: what it says, by which words, as which triples."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from kg.ground.errors import AnnotationError, InputError
from kg.ground.kinds import KINDS, ValueType
from kg.ground.records import LANGUAGES
from kg.ground.terms import ONTOLOGY, PREFIXES, expand, is_entity
from kg.serve.annotation import LONGEST
from kg.serve.formats import Format
from kg.serve.negotiation import HTML
from kg.serve.results import Term
from kg.serve.web.answering import chosen_format
from kg.serve.web.observation import asker
from kg.serve.web.problems import MediaTypeError, from_error
from kg.serve.web.site import site
from kg.serve.web.state import state

JSON = Format("application/json", "", "json")
"""All that the mapper knows of the text."""

LINES = Format("application/x-ndjson", "", "jsonl", ("application/jsonl",))
"""The statements as ``kg map`` prints them."""

TRIG = Format("application/trig", "", "trig")
"""The triples that the statements would be."""

_CATEGORIES = 6
"""Colours that the style sheet has for kinds."""
_OFFERED = (JSON, HTML, LINES, TRIG)

blueprint = Blueprint("try", __name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a statement's text: the numbers of the assertions that rest on it, and the colour of the first."""

    text: str
    numbers: tuple[int, ...]
    shade: str
    unread: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One assertion: its number within the text, the class of its kind, what it says by property, and why."""

    number: int
    kind: str
    shade: str
    slots: tuple[tuple[str, tuple[Term, ...]], ...]
    words: tuple[str, ...]
    rule: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Read:
    """One statement: its pieces, its assertions, the decisions on its names."""

    lang: str
    clear: bool
    pieces: tuple[Piece, ...]
    said: tuple[Said, ...]
    names: tuple[Mapping[str, Any], ...]


def _slots() -> Mapping[str, Mapping[str, str]]:
    """How the slots of each kind are called in the ontology, by the context of the release.

    A context may be a list of contexts, each of which adds to those before it (JSON-LD 1.1, section 3.1).
    """
    try:
        given = json.loads(site().engine.release.context.read_text(encoding="utf-8"))["@context"]
    except FileNotFoundError:  # another engine holds the release, and its files lie elsewhere
        return {}
    context = dict(ChainMap(*reversed(given))) if isinstance(given, list) else given
    return {kind: _properties(context[kind]["@context"]) for kind in KINDS if kind in context}


def _properties(slots: Mapping[str, Any]) -> Mapping[str, str]:
    terms = {name: found if isinstance(found, str) else found.get("@id", "") for name, found in slots.items()}
    return {name: expand(term) for name, term in terms.items() if term}


@blueprint.get("/try")
def form() -> ResponseReturnValue:
    """The form, with an example."""
    t = site().texts
    return site().render("try.html", _values(t("try.example"), None))


@blueprint.post("/try")
def read() -> ResponseReturnValue:
    """What the text of the body says; nothing of it is kept."""
    given = _given()
    chosen = chosen_format({"format": [given["format"]]} if given["format"] else {}, _OFFERED)
    annotator = state().annotator
    if annotator is None:
        raise AnnotationError("this server reads no texts", remedy="use kg map")
    try:
        told = annotator.annotate(given["text"], given["lang"] or None, graph=chosen in (HTML, TRIG), client=asker())
    except InputError as error:
        if chosen is not HTML:
            raise
        problem = site().told(from_error(error))
        values = {**_values(given["text"], None, lang=given["lang"]), "problem": problem}
        response = site().render("try.html", values, status=problem.status, posted=_posted(given))
    else:
        response = _answer(chosen, given, told)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    return response


def _given() -> Mapping[str, str]:
    """The text and the wishes of the request: a form, a JSON object, or the text itself."""
    match request.mimetype:
        case "application/x-www-form-urlencoded" | "multipart/form-data":
            given = request.form.to_dict()
        case "application/json":
            given = _object()
        case "text/plain":
            given = {**request.args.to_dict(), "text": request.get_data().decode("utf-8", "replace")}
        case other:
            raise MediaTypeError(
                f"the body is {other or 'of no media type'}",
                expected="application/x-www-form-urlencoded, application/json or text/plain",
                remedy="send the text in the field text",
            )
    named = {name: given.get(name) or "" for name in ("text", "lang", "format")}
    wrong = next((name for name, value in named.items() if not isinstance(value, str)), None)
    if wrong:
        raise InputError(f"{wrong} is no text", where=wrong, expected="a string")
    if named["lang"] not in ("", *LANGUAGES):
        raise InputError(
            f"no texts in the language {named['lang']!r} are read", where="lang", expected=" or ".join(LANGUAGES)
        )
    # Half of a surrogate pair, which JSON can hold, is no character. A form ends its lines by two characters.
    return named | {"text": named["text"].encode("utf-8", "replace").decode().replace("\r\n", "\n")}


def _posted(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the form sent, to send it again: its texts are too long for an address."""
    return [(name, given[name]) for name in ("text", "lang")]


def _object() -> dict[str, Any]:
    """The JSON object of the body; what is no object says nothing."""
    try:
        found = request.get_json()
    except RecursionError as error:
        raise InputError("the JSON of the body is too deep", where="body", expected='{"text": "…"}') from error
    return found if isinstance(found, dict) else {}


def _answer(chosen: Format, given: Mapping[str, str], told: Mapping[str, Any]) -> Response:
    if chosen is HTML:
        return site().render("try.html", _values(given["text"], told, lang=given["lang"]), posted=_posted(given))
    lines = [item["line"] for item in told["statements"]]
    if chosen is TRIG:
        return Response(told["trig"], content_type="application/trig; charset=utf-8")
    if chosen is LINES:
        return Response("".join(f"{line}\n" for line in lines), content_type=LINES.media_type)
    statements = [
        json.loads(line) | {name: item[name] for name in ("clear", "names", "unread")}
        for line, item in zip(lines, told["statements"], strict=True)
    ]
    return Response(json.dumps({"statements": statements}, ensure_ascii=False), content_type=JSON.media_type)


def _values(text: str, told: Mapping[str, Any] | None, *, lang: str = "") -> Mapping[str, object]:
    found = [*_read(told["statements"])] if told else []
    kinds = dict.fromkeys((said.kind, said.shade) for item in found for said in item.said)
    return {
        "text": text,
        "longest": LONGEST,
        "chosen": lang,
        "read": found if told else None,
        "kinds": kinds,
        "count": sum(len(item.said) for item in found),
        "trig": told["trig"] if told else "",
        "labels": site().labels(dict.fromkeys(_iris(found))) if found else {},
        "available": state().annotator is not None,
        "expand": expand,
    }


def _read(statements: Iterable[Mapping[str, Any]]) -> Iterator[Read]:
    """The statements with their assertions numbered through; each kind has one colour all through."""
    number = 0
    colours: dict[str, str] = {}
    for item in statements:
        line = json.loads(item["line"])
        said = []
        for assertion in line["assertions"]:
            number += 1
            shade = colours.setdefault(assertion["kind"], f"c{len(colours) % _CATEGORIES + 1}")
            said.append(_said(number, shade, assertion, line["text"]))
        spans = [(one, tuple(map(tuple, given["_spans"]))) for one, given in zip(said, line["assertions"], strict=True)]
        pieces = tuple(_pieces(line["text"], spans, item["unread"]))
        yield Read(line["lang"], item["clear"], pieces, tuple(said), tuple(item["names"]))


def _said(number: int, shade: str, assertion: Mapping[str, Any], text: str) -> Said:
    kind = KINDS[assertion["kind"]]
    properties = site().kept("slots", _slots).get(kind.name, {})
    slots = tuple(
        (properties.get(name, ONTOLOGY + name), tuple(_terms(kind.name, name, assertion[name])))
        for name in kind.slots
        if name in assertion
    )
    words = tuple(text[start:end] for start, end in assertion["_spans"])
    return Said(number, kind.ontology_class, shade, slots, words, assertion["_rule"], assertion.get("_confidence"))


def _terms(kind: str, name: str, value: object) -> Iterator[Term]:
    """The values of a slot as terms: entities and concepts by their IRIs."""
    slot = KINDS[kind].slots[name]
    for one in value if isinstance(value, list) else [value]:
        if slot.value is ValueType.ENTITY and is_entity(str(one)):
            yield Term("uri", expand(str(one)))
        elif slot.value is ValueType.CONCEPT and slot.scheme:
            yield Term("uri", PREFIXES[slot.scheme] + str(one))
        elif slot.value is ValueType.MONEY:
            amount, _, currency = str(one).partition(" ")
            yield Term("literal", f"{site().texts.decimal(float(amount))} {currency}")
        else:
            yield Term("literal", str(one).lower() if isinstance(one, bool) else str(one))


def _iris(found: Iterable[Read]) -> Iterator[str]:
    for item in found:
        for said in item.said:
            for property_, terms in said.slots:
                yield property_
                yield from (term.value for term in terms if term.kind == "uri")
        for name in item.names:
            yield from map(expand, name["keys"])


def _pieces(
    text: str, spans: Sequence[tuple[Said, Sequence[tuple[int, int]]]], unread: Iterable[Sequence[int]]
) -> Iterator[Piece]:
    """The text cut where the evidence of an assertion or a sentence that says nothing begins or ends."""
    left = [(start, end) for start, end in unread]
    places = {place for _, evidence in spans for span in evidence for place in span}
    cuts = sorted({0, len(text), *places, *(place for span in left for place in span)})
    for start, end in pairwise(cuts):
        resting = [said for said, evidence in spans if any(a <= start and end <= b for a, b in evidence)]
        yield Piece(
            text[start:end],
            tuple(said.number for said in resting),
            resting[0].shade if resting else "",
            any(a <= start and end <= b for a, b in left),
        )
