"""The saved queries as RDF, in the terms that editors and assistants read (SHACL, section 5.1: SPARQL executables)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.ground.catalogue import QueryForm, SavedQuery
from kg.ground.terms import DATASET, expand

_FORMS = {
    QueryForm.SELECT: ("sh:SPARQLSelectExecutable", "sh:select"),
    QueryForm.CONSTRUCT: ("sh:SPARQLConstructExecutable", "sh:construct"),
    QueryForm.ASK: ("sh:SPARQLAskExecutable", "sh:ask"),
}
"""The class and the property for each form of query; SHACL has none for DESCRIBE."""


def executables(queries: Iterable[SavedQuery]) -> Iterator[ox.Triple]:
    """The triples of some saved queries: text, question and explanation in both languages, keywords."""
    return (triple for query in queries if query.form in _FORMS for triple in _executable(query))


def _executable(query: SavedQuery) -> Iterator[ox.Triple]:
    class_, property_ = _FORMS[query.form]
    subject = ox.NamedNode(expand(f"query:{query.name}"))
    yield _link(subject, "rdf:type", "sh:SPARQLExecutable")
    yield _link(subject, "rdf:type", class_)
    yield ox.Triple(subject, ox.NamedNode(expand("sh:prefixes")), ox.NamedNode(DATASET))
    yield ox.Triple(subject, ox.NamedNode(expand("dcterms:isPartOf")), ox.NamedNode(DATASET))
    yield _text(subject, property_, query.text)
    yield _text(subject, "dcterms:identifier", query.name)
    yield _text(subject, "dcterms:subject", query.theme)
    for language, text in query.summary.items():
        yield _text(subject, "rdfs:label", text, language)
    for language, text in query.description.items():
        yield _text(subject, "rdfs:comment", text, language)
    for tag in query.tags:
        yield _text(subject, "schema:keywords", tag)


def _link(subject: ox.NamedNode, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(expand(predicate)), ox.NamedNode(expand(object_)))


def _text(subject: ox.NamedNode, predicate: str, text: str, language: str | None = None) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(expand(predicate)), ox.Literal(text, language=language))
