"""What the index holds: things with their names, and what each name is to its thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kg.ground.records import LANGUAGES
from kg.ground.terms import shorten


class Sort(StrEnum):
    """What a name is to its thing."""

    LABEL = "label"
    ALIAS = "alias"
    HIDDEN = "hidden"
    SHORT = "short"
    """A label without what stands in brackets: "Forsa" of "Forsa (polling institute)"."""
    CODE = "code"
    DEMONYM = "demonym"
    CAPITAL = "capital"
    NOTE = "note"
    """No name, but what is told of a query or a term, so that it is found by the words of that."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name; ``language`` is empty where none is told."""

    text: str
    sort: Sort
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that can be found: an entity, a concept, a term of the ontology, a source, a saved query.

    ``group`` is one of `GROUPS`, ``kind`` what it is within the group (``state``, ``class``). ``labels`` and ``notes``
    are by language. ``types`` are the IRIs of its classes, those that follow included; ``items`` the IRIs of Wikidata.
    """

    iri: str
    group: str
    kind: str
    labels: Mapping[str, str]
    names: tuple[Name, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    own: str = ""
    """The class that it is said to be in, of which the others follow."""
    items: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """What it is called in a language, or else in another, or its name in queries."""
        return _in(self.labels, language) or shorten(self.iri)

    def note(self, language: str) -> str:
        """What tells it from others of its name, if anything is told; in another language if need be."""
        return _in(self.notes, language)


GROUPS = ("entity", "concept", "term", "source", "query")
"""What things there are to find, in the order in which they are shown."""


def _in(texts: Mapping[str, str], language: str) -> str:
    chosen = texts.get(language)
    return chosen if chosen is not None else next((texts[code] for code in (*LANGUAGES, "") if code in texts), "")
