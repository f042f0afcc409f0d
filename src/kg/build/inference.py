"""What follows from the data by the ontology, as an OWL 2 RL reasoner finds it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox
import reasonable

from kg.ground.errors import BuildError
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES

_TYPE = PREFIXES["rdf"] + "type"
_BOOLEAN = PREFIXES["xsd"] + "boolean"


def entailments(ontology: Iterable[ox.Triple], facts: Iterable[ox.Triple]) -> set[ox.Triple]:
    """The new triples about our identifiers: a property of the ontology, or membership in one of its classes.

    Of ``facts`` only those take part that are about one of our identifiers, by ``rdf:type`` or a property of the
    ontology, with an identifier, a class of the ontology or a truth value as object: labels, links to Wikidata and the
    reified triples of facts are left out of the reasoning. Chains of properties are not followed: the reasoner
    (reasonable 0.4) does not implement them. Raises `BuildError` if no temporary file can be written.
    """
    stated = set(ontology)
    given = {triple for triple in facts if _plain(triple)}
    reasoner = reasonable.PyReasoner()
    try:
        _load(reasoner, stated | given)
    except OSError as error:
        raise BuildError(
            f"the input of the reasoner cannot be written: {error}",
            where=tempfile.gettempdir(),
            remedy="make room there, or name another folder by TMPDIR",
        ) from error
    return {_triple(*terms) for terms in reasoner.reason() if _ours(*map(str, terms))} - given - stated


def _load(reasoner: reasonable.PyReasoner, triples: Iterable[ox.Triple]) -> None:
    # The reasoner reads a file or a graph of rdflib; the file needs no second RDF library.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.ttl"
        ox.serialize(triples, str(path), ox.RdfFormat.TURTLE)
        reasoner.load_file(str(path))


def _plain(triple: ox.Triple) -> bool:
    subject, predicate, object_ = triple.subject, triple.predicate, triple.object
    if not isinstance(subject, ox.NamedNode):
        return False
    if isinstance(object_, ox.Literal):
        return object_.datatype.value == _BOOLEAN and predicate.value.startswith(ONTOLOGY)
    return isinstance(object_, ox.NamedNode) and _ours(subject.value, predicate.value, object_.value)


def _ours(subject: str, predicate: str, object_: str) -> bool:
    if not subject.startswith(IDENTIFIERS):
        return False
    if predicate == _TYPE:
        return object_.startswith(ONTOLOGY)
    return predicate.startswith(ONTOLOGY) and object_.startswith(IDENTIFIERS)


def _triple(subject: str, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(object_))
