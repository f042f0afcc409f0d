"""Search: entities, saved queries, terms and sources by their names, as a page and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from kg.ground.terms import ENTITY_KINDS, ONTOLOGY, shorten
from kg.serve.formats import Format
from kg.serve.naming import Entry, Hit, search
from kg.serve.naming.entries import GROUPS
from kg.serve.naming.searching import nearest
from kg.serve.negotiation import HTML
from kg.serve.web.answering import chosen_format
from kg.serve.web.naming import address_of, as_json, class_label, known_types, names
from kg.serve.web.problems import RequestError
from kg.serve.web.site import site

JSON = Format("application/json", "", "json")
MOST = 100
"""How many hits can be asked for."""

USUAL = 20
"""How many hits JSON has where nothing else is asked for."""

A_SECTION = 8
"""How many hits of a sort the page shows beside those of others, and of what is only spelt alike."""

LONGEST = 200
"""Characters of what is looked for."""

SECTIONS = (*ENTITY_KINDS, *GROUPS[1:])
"""The sections of the page: the kinds of entities, then the groups of other things."""

blueprint = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True)
class Section:
    """The hits of one sort, with how many there are."""

    name: str
    count: int
    hits: tuple[Hit, ...]


@blueprint.get("/search")
def page() -> ResponseReturnValue:
    """What is found, as a page in sections or as JSON."""
    chosen = chosen_format(dict(request.args.lists()), (HTML, JSON))
    if chosen is JSON:
        return as_document()
    words, sort = _words(), request.args.get("type", "")
    keep = _kept(sort)
    found = search(names(), words, keep=keep, language=site().texts.language, limit=10_000)
    hits, near = [hit for hit in found if not hit.near], [hit for hit in found if hit.near]
    section_of = {hit.entry.iri: _section(hit.entry) for hit in hits}
    shown = MOST if sort else A_SECTION
    sections = [
        Section(name, len(own), tuple(own[:shown]))
        for name in SECTIONS
        if (own := [hit for hit in hits if section_of[hit.entry.iri] == name])
    ]
    best = {hit.entry.iri: place for place, hit in enumerate(hits)}
    sections.sort(key=lambda section: best[section.hits[0].entry.iri])
    values = {
        "words": words,
        "sort": sort,
        "sections": sections,
        "sorts": SECTIONS,
        "count": len(hits),
        "near": (near or ([] if hits else nearest(names(), words)))[:A_SECTION],
        "address_of": address_of,
        "class_label": class_label,
        "prefixed": shorten,
    }
    return site().render("search.html", values)


@blueprint.get("/search.json")
def as_document() -> Response:
    """What is found, for programs and for fields that complete what is typed."""
    words = _words()
    language = site().texts.language
    hits = search(names(), words, keep=_kept(request.args.get("type", "")), language=language, limit=_limit())
    found = [
        {**as_json(hit.entry, language), "match": hit.key.name.text, "score": hit.score, "near": hit.near}
        for hit in hits
    ]
    near = [] if hits or not words else nearest(names(), words)
    response = jsonify(q=words, results=found, suggestions=[as_json(hit.entry, language) for hit in near])
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "public, max-age=60"
    response.vary.update(["Accept", "Accept-Language", "Cookie"])
    return response


def _words() -> str:
    words = request.args.get("q", "").strip()
    if len(words) > LONGEST:
        raise RequestError(
            f"{len(words)} characters are looked for", where="parameter q", expected=f"at most {LONGEST}"
        )
    return words


def _limit() -> int:
    given = request.args.get("limit", str(USUAL))
    if not given.isascii() or not given.isdecimal() or len(given) > 4 or not 1 <= int(given) <= MOST:
        raise RequestError(f"limit is {given[:20]!r}", where="parameter limit", expected=f"a number from 1 to {MOST}")
    return int(given)


def _kept(sort: str) -> Callable[[Entry], bool]:
    """Which entries are of a sort: a section, the group of all entities, or a class of the ontology."""
    if not sort:
        return lambda _: True
    if sort in SECTIONS:
        return lambda entry: _section(entry) == sort
    if sort == GROUPS[0]:
        return lambda entry: entry.group == sort
    kind = ONTOLOGY + sort.removeprefix("sides:").removeprefix(ONTOLOGY)
    if kind in {entry.iri for entry in known_types()}:
        return lambda entry: kind in entry.types
    raise RequestError(
        f"{sort[:40]!r} is no sort of things",
        where="parameter type",
        expected=f"{_listed((GROUPS[0], *SECTIONS))}, or a class such as State",
    )


def _section(entry: Entry) -> str:
    return entry.kind if entry.group == GROUPS[0] else entry.group


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)
