"""The sources: every text, table and cited document, with how far each can be relied on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from kg.ground.catalogue.binding import iri
from kg.ground.kinds import CONCEPT_SCHEMES, WEAK
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.results import Row
from kg.serve.web.site import page_number, site

A_PAGE = 40
"""Sources on a page."""

LEVELS = CONCEPT_SCHEMES["reliability"]

_DCTERMS = PREFIXES["dcterms"]
_DCAT = PREFIXES["dcat"]
_TOLD = {
    "title": _DCTERMS + "title",
    "issued": _DCTERMS + "issued",
    "version": _DCAT + "version",
    "address": _DCAT + "landingPage",
    "reliability": ONTOLOGY + "reliability",
    "licence": _DCTERMS + "license",
    "rights": _DCTERMS + "rights",
    "citation": _DCTERMS + "bibliographicCitation",
    "publisher": _DCTERMS + "publisher",
}

blueprint = Blueprint("sources", __name__)


@dataclass(frozen=True, slots=True)
class Source:
    """What the list tells of one source; what is not known is empty. ``statements`` rest on it or stand in it."""

    iri: str
    title: str
    statements: int
    publisher: str = ""
    issued: str = ""
    version: str = ""
    address: str = ""
    reliability: str = ""
    licence: str = ""
    rights: str = ""
    citation: str = ""

    @property
    def weak(self) -> bool:
        """Whether it is not as good as the original."""
        return self.reliability in WEAK

    def has(self, words: Iterable[str]) -> bool:
        """Whether title, publisher and citation hold all words."""
        text = f"{self.title} {self.publisher} {self.citation}".casefold()
        return all(word in text for word in words)


@blueprint.get("/sources")
def page() -> ResponseReturnValue:
    """The sources, the most used first, page by page; of one reliability or with some words if the reader wants."""
    level, words = request.args.get("reliability", ""), request.args.get("q", "")
    every = _sources()
    found = [item for item in every if level in ("", item.reliability) and item.has(words.casefold().split())]
    number, pages = page_number(), max(1, ceil(len(found) / A_PAGE))
    if number > pages:
        abort(404)
    values = {
        "found": found[A_PAGE * (number - 1) : A_PAGE * number],
        "count": len(found),
        "number": number,
        "pages": pages,
        "words": words,
        "chosen": level,
        "levels": {name: sum(item.reliability == name for item in every) for name in LEVELS},
        "names": _names(),
        "definitions": _definitions(),
    }
    return site().render("sources.html", values)


def _sources() -> list[Source]:
    rows = site().fixed(
        f"SELECT ?source ?property ?value {{ ?source a {iri(ONTOLOGY + 'Source')} ; ?property ?value }}"
    )
    by_source: dict[str, list[Row]] = {}
    for row in rows:
        by_source.setdefault(row["source"].value, []).append(row)
    used, publishers = _used(), _publishers()
    found = [_source(name, told, used.get(name, 0), publishers) for name, told in by_source.items()]
    return sorted(found, key=lambda item: (-item.statements, item.title, item.iri))


def _source(name: str, told: list[Row], statements: int, publishers: dict[str, str]) -> Source:
    language = site().texts.language
    values: dict[str, str] = {}
    # Last comes what is in the language of the reader, so that it stays.
    for row in sorted(told, key=lambda row: (row["value"].language == language, row["value"].value)):
        values[row["property"].value] = row["value"].value
    texts = {field: values[property_] for field, property_ in _TOLD.items() if property_ in values}
    texts["reliability"] = texts.get("reliability", "").removeprefix(PREFIXES["reliability"])
    publisher = texts.pop("publisher", "")
    texts["publisher"] = publishers.get(publisher, "")
    return Source(iri=name, statements=statements, **{"title": name, **texts})


def _used() -> dict[str, int]:
    """How many statements stand in each source or cite it; none does both to one source."""
    used: dict[str, int] = {}
    for tie in (PREFIXES["prov"] + "hadPrimarySource", PREFIXES["prov"] + "wasQuotedFrom"):
        rows = site().fixed(f"SELECT ?source (COUNT(?s) AS ?count) {{ ?s {iri(tie)} ?source }} GROUP BY ?source")
        used |= {row["source"].value: int(row["count"].value) for row in rows if "source" in row}
    return used


def _publishers() -> dict[str, str]:
    label, publisher = iri(PREFIXES["rdfs"] + "label"), iri(_DCTERMS + "publisher")
    rows = site().fixed(f"SELECT DISTINCT ?agent ?name {{ ?source {publisher} ?agent . ?agent {label} ?name }}")
    return {row["agent"].value: row["name"].value for row in rows}


def _names() -> dict[str, str]:
    labels = site().labels(PREFIXES["reliability"] + level for level in LEVELS)
    return {level: labels.get(PREFIXES["reliability"] + level, level) for level in LEVELS}


def _definitions() -> dict[str, str]:
    definition, scheme = iri(PREFIXES["skos"] + "definition"), iri(PREFIXES["reliability"].rstrip("/"))
    rows = site().fixed(
        f"SELECT ?level ?text {{ ?level {iri(PREFIXES['skos'] + 'inScheme')} {scheme} ; {definition} ?text }}"
    )
    language = site().texts.language
    return {
        row["level"].value.removeprefix(PREFIXES["reliability"]): row["text"].value
        for row in rows
        if row["text"].language == language
    }
