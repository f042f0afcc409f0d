"""Data extension: the values of properties for entities that were matched, as both versions want them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from kg.ground.terms import ONTOLOGY, PREFIXES, shorten
from kg.serve.results import Term
from kg.serve.web.naming import names, short_of
from kg.serve.web.reconcile import properties
from kg.serve.web.reconcile.answering import describe, entity_of
from kg.serve.web.reconcile.properties import SAME, WIKIDATA_SERVICE, Property
from kg.serve.web.reconcile.reading import Extension, Wish
from kg.serve.web.site import site

_INTEGER = PREFIXES["xsd"] + "integer"
_NUMBERS = frozenset(PREFIXES["xsd"] + name for name in ("decimal", "double", "float"))
_DATE = PREFIXES["xsd"] + "date"
_LARGEST = 2**53  # beyond, JSON readers lose digits

Row = list[list[dict[str, Any]]]
"""The values of one thing, for each property that was asked for."""


def rows(asked: Extension) -> list[tuple[str, Row]]:
    """The values for each identifier that was sent, in the order of both; an unknown one has none."""
    things = {name: entity.iri if (entity := entity_of(name)) else "" for name in asked.ids}
    wanted = [properties.known(wish.property) for wish in asked.wishes]
    known = sorted({thing for thing in things.values() if thing})
    told = [properties.values(property_, known) for property_ in wanted]
    return [(name, [_cell(wish, part.get(thing, ())) for wish, part in zip(asked.wishes, told, strict=True)])
            for name, thing in things.items()]  # fmt: skip


def meta(asked: Extension) -> list[dict[str, Any]]:
    """What the columns are: name, type of the things in them, and whose identifiers these have."""
    return [_column(wish, properties.known(wish.property)) for wish in asked.wishes]


def by_property(asked: Extension, row: Row) -> dict[str, list[dict[str, Any]]]:
    """A row as version 0.2 has it."""
    return {wish.property: cell for wish, cell in zip(asked.wishes, row, strict=True)}


def _column(wish: Wish, property_: Property) -> dict[str, Any]:
    told: dict[str, Any] = {"id": wish.property, "name": property_.name}
    range_ = names().by_iri.get(property_.range_)
    if wish.count:
        return told
    if property_.iri == SAME:
        told["service"] = WIKIDATA_SERVICE
    elif range_ and _is_of_entities(property_.range_):
        told["type"] = {"id": short_of(range_.iri), "name": range_.label(site().texts.language)}
    return told


def _is_of_entities(kind: str) -> bool:
    return any(kind in entry.types for entry in names().entries if entry.group == "entity")


def _cell(wish: Wish, terms: Sequence[Term]) -> list[dict[str, Any]]:
    kept = [term for term in terms if not (wish.language and term.language and term.language != wish.language)]
    if wish.count:
        return [{"int": len(kept)}]
    return [_value(term) for term in (kept[: wish.limit] if wish.limit else kept)]


def _value(term: Term) -> dict[str, Any]:
    """A term as a value of data extension."""
    if term.kind == "uri":
        return _thing(term.value)
    if term.datatype == _INTEGER and abs(int(term.value)) < _LARGEST:
        return {"int": int(term.value)}
    if term.datatype in _NUMBERS:
        return {"float": float(term.value)}
    if term.datatype == _DATE and re.fullmatch(r"\d{4}-\d\d-\d\d", term.value):
        return {"date": f"{term.value}T00:00:00"}
    return {"str": term.value}


def _thing(iri: str) -> dict[str, Any]:
    language = site().texts.language
    entry = names().by_iri.get(iri)
    if entry and entry.group == "entity":
        return {"id": short_of(iri), "name": entry.label(language), "description": describe(entry, language)}
    items = names().items.get(iri)
    if items:
        return {"id": iri.removeprefix(PREFIXES["wd"]), "name": items[0].label(language)}
    if entry:
        return {"str": entry.label(language)}
    return {"str": shorten(iri) if iri.startswith(ONTOLOGY) else iri}


def settings(language_names: Mapping[str, str], *, draft: bool) -> list[dict[str, Any]]:
    """What a client can choose for each property, for its manifest; the two versions have other words for it."""
    t = site().texts
    identifier, label, told = ("id", "name", "helpText") if draft else ("name", "label", "help_text")
    choices = [("any", t("reconcile.any_language")), *language_names.items()]
    return [
        {identifier: "limit", label: t("reconcile.limit"), "type": "number", "default": 0,
         told: t("reconcile.limit_note")},
        {identifier: "lang", label: t("reconcile.lang"), "type": "select", "default": "any",
         told: t("reconcile.lang_note"), "choices": [{"value": code, "name": name} for code, name in choices]},
        {identifier: "count", label: t("reconcile.count"), "type": "checkbox", "default": False,
         told: t("reconcile.count_note")},
    ]  # fmt: skip
