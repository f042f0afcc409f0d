"""The index of names of the served release: made when it is first asked for, and anew for each release."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, TypeVar

from flask import current_app

from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES, shorten
from kg.serve.naming import Entry, NameIndex, load
from kg.serve.web.display import local_href
from kg.serve.web.site import site

T = TypeVar("T")

_KEY = "sides-names"


@dataclass(slots=True)
class _Known:
    """What was worked out of one release; whoever asks first makes it, the others wait."""

    lock: RLock = field(default_factory=RLock)
    release: str = ""
    made: dict[str, Any] = field(default_factory=dict)


def once(name: str, make: Callable[[], T]) -> T:
    """What is worked out once for each release, under a name of its own."""
    known: _Known = current_app.extensions.setdefault(_KEY, _Known())
    with known.lock:
        release = site().engine.release.hash
        if known.release != release:
            known.release, known.made = release, {}
        if name not in known.made:
            known.made[name] = make()
        found: T = known.made[name]
        return found


def names() -> NameIndex:
    """The index of the release that is served now. Raises `QueryError` where the graph cannot be asked."""
    # Not as the client that happens to come first: when it leaves, the others still want the index.
    return once("index", lambda: load(site().engine.select, site().catalogue))


def address_of(entry: Entry) -> str:
    """Where this server tells of a thing."""
    if entry.group == "query":
        return f"/queries/{entry.iri.removeprefix(PREFIXES['query'])}"
    return local_href(entry.iri)


def class_label(entry: Entry, language: str) -> str:
    """What sort of thing an entry is, in a language; empty where nothing tells."""
    own = names().by_iri.get(entry.own)
    return own.label(language) if own else ""


def as_json(entry: Entry, language: str) -> dict[str, Any]:
    """An entry for programs: its IRI, its name in queries, what it is, where more is told of it."""
    address = site().address.rstrip("/") + address_of(entry)
    told = {
        "iri": entry.iri,
        "id": shorten(entry.iri),
        "label": entry.label(language),
        "description": entry.note(language),
        "group": entry.group,
        "kind": entry.kind,
        "type": shorten(entry.own) if entry.own else None,
        "type_label": class_label(entry, language) or None,
        "wikidata": entry.items[0] if entry.items else None,
        "page": address,
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def known_types() -> list[Entry]:
    """The classes of the ontology that some entity is in."""
    return once("types", lambda: _known_types(names()))


def _known_types(index: NameIndex) -> list[Entry]:
    used = {kind for entry in index.entries if entry.group == "entity" for kind in entry.types}
    return [entry for entry in index.entries if entry.kind == "class" and entry.iri in used]


def short_of(iri: str) -> str:
    """An IRI of ours as reconciliation names it: what follows the space of identifiers, or of terms.

    >>> short_of("https://w3id.org/sides/id/state/FRA"), short_of("https://w3id.org/sides/ontology#State")
    ('state/FRA', 'State')
    """
    for space in (IDENTIFIERS, ONTOLOGY):
        if iri.startswith(space):
            return iri.removeprefix(space)
    return shorten(iri)
