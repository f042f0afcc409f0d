"""Items of Wikidata as far as links need them, and what kinds of our entities their classes are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kg.ground.terms import ONTOLOGY, PREFIXES, expand

INSTANCE_OF, SUBCLASS_OF = "P31", "P279"
"""The properties of Wikidata that give an item its classes, and a class those above it."""

KINDS: Mapping[str, str] = {"State": "state", "Organisation": "org", "Person": "person", "Equipment": "equipment"}
"""The classes that no two of are one thing's, and the kinds of entities that are in them."""

CALLED = {"state": "a state", "org": "an organisation", "person": "a person", "equipment": "a piece of equipment"}
"""What a thing of each kind is called in messages."""

_MATCHES = tuple(expand(f"skos:{name}Match") for name in ("exact", "close", "narrow", "related"))


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its names by language, descriptions, classes (``P31``) and, of a class, those above it (``P279``)."""

    id: str
    labels: tuple[tuple[str, str], ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """What it is called in English, or in French, or in any language, or its number."""
        return _first(dict(self.labels)) or self.id

    @property
    def description(self) -> str:
        """What tells it from others of its name; empty where nothing is told."""
        return _first(self.descriptions)


@dataclass(frozen=True, slots=True)
class Kinds:
    """What kind of entity an item of a class can be, by the classes that the ontology is aligned with."""

    by_class: Mapping[str, str]

    @classmethod
    def read(cls, home: Path) -> Kinds:
        """Read the alignments under ``ontology/`` of a home folder."""
        store = ox.Store()
        for path in sorted((home / "ontology").glob("*.ttl")):
            store.extend(ox.parse(path=path, rename_blank_nodes=True))
        below = _below(store)
        found: dict[str, str] = {}
        for name, kind in KINDS.items():
            for ours in below.get(ONTOLOGY + name, {ONTOLOGY + name}):
                for match in _MATCHES:
                    quads = store.quads_for_pattern(ox.NamedNode(ours), ox.NamedNode(match), None)
                    found |= {item: kind for quad in quads if (item := _item(quad.object))}
        return cls(found)

    def of(self, item: Item, above: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """The kinds that an item's classes are, or those above them; empty where nothing is known of any of them."""
        seen: set[str] = set()
        waiting = list(item.types)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += above.get(name, ())
        return frozenset(self.by_class[name] for name in seen if name in self.by_class)


def _below(store: ox.Store) -> dict[str, set[str]]:
    """Each class with those below it and itself."""
    pairs = [
        (quad.subject.value, quad.object.value)
        for quad in store.quads_for_pattern(None, ox.NamedNode(expand("rdfs:subClassOf")), None)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode)
    ]
    found: dict[str, set[str]] = {upper: {upper} for _, upper in pairs}
    changed = True
    while changed:
        changed = False
        for lower, upper in pairs:
            more = found.get(lower, {lower}) - found[upper]
            found[upper] |= more
            changed |= bool(more)
    return found


def _item(term: object) -> str:
    """The item that a term is; empty: none."""
    if isinstance(term, ox.NamedNode) and term.value.startswith(PREFIXES["wd"]):
        return term.value.removeprefix(PREFIXES["wd"])
    return ""


def _first(texts: Mapping[str, str]) -> str:
    for language in ("en", "fr"):
        if language in texts:
            return texts[language]
    return next(iter(texts.values()), "")


def merge(parts: Iterable[Item]) -> dict[str, Item]:
    """What several lines say of the same items, as one item each."""
    found: dict[str, Item] = {}
    for part in parts:
        known = found.get(part.id)
        found[part.id] = part if known is None else _both(known, part)
    return found


def _both(one: Item, other: Item) -> Item:
    return Item(
        one.id,
        tuple(sorted({*one.labels, *other.labels})),
        tuple(sorted({*one.aliases, *other.aliases})),
        {**other.descriptions, **one.descriptions},
        one.types | other.types,
        one.above | other.above,
    )
