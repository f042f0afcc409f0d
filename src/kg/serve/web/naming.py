"""The index of names of the served release: made when it is first asked for, and anew for each release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from flask import current_app

from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES, shorten
from kg.serve.naming import Entry, NameIndex, load
from kg.serve.web.display import local_href
from kg.serve.web.site import site

_KEY = "sides-names"


@dataclass(slots=True)
class _Known:
    """The index of one release; whoever asks first makes it, the others wait."""

    lock: Lock = field(default_factory=Lock)
    release: str = ""
    index: NameIndex | None = None


def names() -> NameIndex:
    """The index of the release that is served now. Raises `QueryError` where the graph cannot be asked."""
    known: _Known = current_app.extensions.setdefault(_KEY, _Known())
    engine = site().engine
    with known.lock:
        release = engine.release.hash
        if known.index is None or known.release != release:
            # Not as the client that happens to come first: when it leaves, the others still want the index.
            known.index, known.release = load(engine.select, site().catalogue), release
        return known.index


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


def known_types(index: NameIndex) -> Iterable[Entry]:
    """The classes of the ontology that some entity is in."""
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
