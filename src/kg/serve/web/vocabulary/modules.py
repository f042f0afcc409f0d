"""The modules in which the documentation tells the ontology: each term has its place by what it is below or about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from kg.ground.terms import ONTOLOGY, expand
from kg.serve.web.vocabulary.graph import OntologyGraph

ROOTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "layers": ("Source", "Statement", "Fact"),
        "assertions": ("Assertion",),
        "aid": ("AidAssertion", "AidTotalAssertion", "AidShareAssertion", "AidRankingAssertion", "ConversionRate"),
        "coalitions": ("CoalitionAssertion", "MembershipAssertion", "MeetingAssertion", "ParticipationAssertion"),
        "polls": ("PollAssertion", "FindingAssertion", "Survey", "SurveySeries", "Question", "PolledPopulation"),
        "stances": ("StanceAssertion", "UtteranceAssertion"),
        "diplomacy": (
            "DiplomaticRelationAssertion", "BorderAssertion", "MeasureAssertion", "OfficeAssertion", "VoteAssertion",
            "ListingAssertion",
        ),
        "toll": ("CasualtiesAssertion",),
        "entities": ("Entity",),
        "equipment": ("Equipment",),
        "relations": (),
        "defined": (),
        "concepts": (),
        "other": (),
    }
)  # fmt: skip
"""The modules in the order in which they are told, each with its topmost classes.

A class belongs to the module of the nearest root above it, a property to that of its domain; `relations` are the
properties between entities, `defined` the classes that a reasoner fills, `concepts` what describes concepts.
"""

_THINGS = frozenset({"entities", "equipment"})
_HOMES = {f"{ONTOLOGY}{root}": module for module, roots in ROOTS.items() for root in roots}
_CONCEPTS = frozenset({expand("skos:Concept"), expand("skos:ConceptScheme")})


def module_of(graph: OntologyGraph, term: str) -> str:
    """The module of a class, property or datatype of Sides."""
    if expand("owl:Class") in graph.named(term, "rdf:type"):
        return _of_class(graph, term)
    if expand("rdfs:Datatype") in graph.named(term, "rdf:type"):
        return _of_datatype(graph, term)
    return _of_property(graph, term, frozenset())


def _of_class(graph: OntologyGraph, term: str) -> str:
    if term in _HOMES:
        return _HOMES[term]
    if graph.values(term, "owl:equivalentClass"):
        return "defined"
    level, seen = [term], {term}
    while level:
        level = [name for each in level for name in graph.named(each, "rdfs:subClassOf") if name not in seen]
        seen.update(level)
        for name in level:
            if name in _HOMES:
                return _HOMES[name]
            if name in _CONCEPTS:
                return "concepts"
    return "other"


def _of_datatype(graph: OntologyGraph, term: str) -> str:
    users = {module_of(graph, name) for name in graph.subjects("rdfs:range", term)} - {"other"}
    return users.pop() if len(users) == 1 else "assertions"


def _of_property(graph: OntologyGraph, term: str, seen: frozenset[str]) -> str:
    """By domain and range; where none is stated, as the property above it, or its inverse."""
    homes = _modules(graph, term, "rdfs:domain")
    if homes and homes <= _THINGS and _modules(graph, term, "rdfs:range") & _THINGS:
        return "relations"
    if len(homes) == 1:
        return homes.pop()
    if homes:
        return "entities" if homes <= _THINGS else "assertions"
    near = [*graph.named(term, "rdfs:subPropertyOf"), *graph.named(term, "owl:inverseOf")]
    for name in near:
        if name.startswith(ONTOLOGY) and name not in seen:
            return _of_property(graph, name, seen | {term})
    return "other"


def _modules(graph: OntologyGraph, term: str, name: str) -> set[str]:
    classes = [each for node in graph.values(term, name) for each in graph.classes(node)]
    return {_class_home(graph, each) for each in classes} - {""}


def _class_home(graph: OntologyGraph, name: str) -> str:
    if name in _CONCEPTS:
        return "concepts"
    if name == expand("prov:Entity"):
        return "layers"
    return _of_class(graph, name) if name.startswith(ONTOLOGY) else ""


def ordered(graph: OntologyGraph, classes: Iterable[str], roots: Iterable[str]) -> list[str]:
    """Classes as a tree is read: those of the roots first, each followed by what is below it."""
    waiting = set(classes)
    found: list[str] = []

    def visit(name: str) -> None:
        if name in waiting:
            waiting.discard(name)
            found.append(name)
            for below in graph.subjects("rdfs:subClassOf", name):
                visit(below)

    tops = [name for name in sorted(waiting) if not waiting & set(graph.named(name, "rdfs:subClassOf"))]
    for name in (*(f"{ONTOLOGY}{root}" for root in roots), *tops, *sorted(waiting)):
        visit(name)
    return found
