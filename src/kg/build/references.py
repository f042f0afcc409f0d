"""The references that rows of tables cite, ``sources/references.csv``, as descriptions in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.build.files import read_table
from kg.build.mapping import dates
from kg.ground.errors import ContractError, TableError
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.terms import PREFIXES, expand, slug, source_iri

FILE = "references.csv"
"""The table below ``sources/``; a home folder without tables needs none."""

COLUMNS = (
    "slug", "title", "publisher", "address", "issued", "version", "reliability", "terms", "citation", "edition_of",
    "data_until",
)  # fmt: skip

_LANGUAGE = "en"
_UNKNOWN_TERMS = "terms of the publisher"


def read_references(folder: Path) -> dict[str, set[ox.Triple]]:
    """What ``references.csv`` in ``folder`` says of each reference, by its slug; nothing if there is no such file.

    Raises `TableError` for a row that names no reference, one that stands twice, or a cell that is not what it should.
    """
    path = folder / FILE
    rows = list(read_table(path, COLUMNS)) if path.exists() else []
    slugs = {row["slug"] for _, row in rows}
    found: dict[str, set[ox.Triple]] = {}
    for where, row in rows:
        name = row["slug"]
        if not re.fullmatch(r"[a-z0-9-]+", name):
            raise TableError(f"slug is {name!r}", where=where, expected="small letters, digits and hyphens")
        if name in found:
            raise TableError(f"the reference {name} stands twice", where=where, expected="one row a reference")
        if row["edition_of"] and (row["edition_of"] not in slugs or row["edition_of"] == name):
            expected = "the slug of another reference of this table"
            raise TableError(f"edition_of is {row['edition_of']!r}", where=where, expected=expected)
        found[name] = set(_triples(row, where))
    return found


def _triples(row: dict[str, str], where: str) -> Iterator[ox.Triple]:
    reference = source_iri(row["slug"])
    publisher = row["publisher"] or row["title"]
    if not row["title"]:
        raise TableError("the title is empty", where=where, expected="a title")
    if row["reliability"] not in CONCEPT_SCHEMES["reliability"]:
        raise TableError(
            f"reliability is {row['reliability']!r}",
            where=where,
            expected="one of " + ", ".join(CONCEPT_SCHEMES["reliability"]),
        )
    agent = f"{PREFIXES['agent']}{slug(publisher)}"
    yield _link(reference, "rdf:type", expand("sides:Source"))
    yield _link(reference, "rdf:type", expand("prov:Entity"))
    yield _text(reference, "dcterms:title", row["title"], _LANGUAGE)
    yield _link(reference, "dcterms:publisher", agent)
    yield _link(agent, "rdf:type", expand("prov:Agent"))
    yield _text(agent, "rdfs:label", publisher, _LANGUAGE)
    yield _link(reference, "sides:reliability", expand(f"reliability:{row['reliability']}"))
    if row["terms"].startswith("http"):
        yield _link(reference, "dcterms:license", row["terms"])
    else:
        yield _text(reference, "dcterms:rights", row["terms"] or _UNKNOWN_TERMS, _LANGUAGE)
    if row["address"]:
        yield _link(reference, "dcat:landingPage", _address(row["address"], where))
    if row["issued"]:
        yield ox.Triple(*_subject(reference, "dcterms:issued"), _date(row["issued"], "issued", where))
    if row["version"]:
        yield _text(reference, "dcat:version", row["version"])
    if row["citation"]:
        yield _text(reference, "dcterms:bibliographicCitation", row["citation"], _LANGUAGE)
    if row["edition_of"]:
        yield _link(reference, "dcterms:isVersionOf", source_iri(row["edition_of"]))
    if row["data_until"]:
        yield ox.Triple(*_subject(reference, "sides:dataUntil"), _date(row["data_until"], "data_until", where))


def _address(cell: str, where: str) -> str:
    try:
        return str(ox.NamedNode(cell).value)
    except ValueError as error:
        raise TableError(f"address is {cell!r}", where=where, expected="one address, as an IRI") from error


def _date(cell: str, column: str, where: str) -> ox.Literal:
    try:
        dates.bounds(cell)
        return ox.Literal(cell, datatype=ox.NamedNode(dates.datatype(cell)))
    except ContractError as error:
        raise TableError(f"{column} is {cell!r}", where=where, expected="2022-03-02, 2022-03 or 2022") from error


def _subject(subject: str, predicate: str) -> tuple[ox.NamedNode, ox.NamedNode]:
    return ox.NamedNode(subject), ox.NamedNode(expand(predicate))


def _link(subject: str, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(*_subject(subject, predicate), ox.NamedNode(object_))


def _text(subject: str, predicate: str, text: str, lang: str | None = None) -> ox.Triple:
    return ox.Triple(*_subject(subject, predicate), ox.Literal(text, language=lang))
