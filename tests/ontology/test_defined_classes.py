"""The classes that users query are found: by HermiT in the hierarchy, by the reasoner of the build in the data."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.check.reasoner import Classification, classify
from kg.build.inference import entailments
from kg.build.lines import lines_of, triples_of
from kg.ground.terms import PREFIXES, expand, shorten

HOME = Path(__file__).parents[2]
FILES = sorted((HOME / "ontology").glob("*.ttl"))
TRIPLES = {quad.triple for file in FILES for quad in ox.parse(path=file, rename_blank_nodes=True)}
TYPE = ox.NamedNode(expand("rdf:type"))

# Stated nowhere but in the definitions: each class, and the classes directly above it that HermiT must find.
ABOVE = {
    "EUMember": {"State"},
    "UNMember": {"State"},
    "CoalitionMember": {"State"},
    "EUCandidate": {"State"},
    "AdHocFormat": {"Organisation"},
    "Coalition": {"AdHocFormat"},
    "ContactGroup": {"AdHocFormat"},
    "DonorState": {"AidGiver", "State"},
    "AidGiver": {"Party"},
    "SanctionsSupporter": {"OpponentOfRussia"},
    "OpponentOfRussia": {"Party"},
    "HedgedAssertion": {"ReservedAssertion"},
    "AttributedAssertion": {"ReservedAssertion"},
    "ReservedAssertion": {"Assertion"},
    "RecognitionAssertion": {"DiplomaticRelationAssertion"},
    "MilitaryAidAssertion": {"AidAssertion"},
    "OfficeHolder": {"Person"},
}


def query(text: str) -> list[tuple[str, ...]]:
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in TRIPLES)
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
    found = store.query(prefixes + text)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in found]


RESTRICTED = {
    row[0]: row[1:]
    for row in query(
        """SELECT ?class ?base ?property ?value ?some {
          ?class owl:equivalentClass/owl:intersectionOf ?list .
          ?list rdf:first ?base ; rdf:rest/rdf:first ?restriction .
          ?restriction owl:onProperty ?property .
          OPTIONAL { ?restriction owl:hasValue ?value } OPTIONAL { ?restriction owl:someValuesFrom ?some }
        }"""
    )
}


@pytest.fixture(scope="module")
def hierarchy() -> Classification:
    return classify(FILES)


def test_hermit_finds_each_class_where_it_is_expected(hierarchy: Classification) -> None:
    found = {
        name: {shorten(above).removeprefix("sides:") for above in hierarchy.superclasses[expand(f"sides:{name}")]}
        for name in ABOVE
    }
    assert {name: ABOVE[name] - found[name] for name in ABOVE if ABOVE[name] - found[name]} == {}


def test_no_two_classes_are_the_same(hierarchy: Classification) -> None:
    ours = [group for group in hierarchy.equivalents if any(iri.startswith(expand("sides:")) for iri in group)]
    assert ours == []


def test_there_are_many() -> None:
    assert len(RESTRICTED) >= 29


def members(name: str, *, related: bool) -> set[ox.Triple]:
    """Somebody of the class that a definition begins with; if ``related``, with the relation that it asks for."""
    base, property_, value, some = RESTRICTED[name]
    member, other = (ox.NamedNode(expand(f"id:{who}/{shorten(name)[6:]}")) for who in ("somebody", "other"))
    filler = ox.Literal(True) if value == "true" else ox.NamedNode(value) if value else other
    held = {ox.Triple(member, TYPE, ox.NamedNode(base))}
    if some and some != expand("owl:Thing"):
        held.add(ox.Triple(other, TYPE, ox.NamedNode(some)))
    return held | ({ox.Triple(member, ox.NamedNode(property_), filler)} if related else set())


def inferred(*, related: bool) -> set[tuple[str, str]]:
    given = {triple for name in RESTRICTED for triple in members(name, related=related)}
    found = triples_of(entailments([lines_of(TRIPLES)], [lines_of(given)]))
    return {(item.subject.value, item.object.value) for item in found if item.predicate == TYPE}


def test_members_are_inferred_and_strangers_are_not() -> None:
    expected = {(expand(f"id:somebody/{shorten(name)[6:]}"), name) for name in RESTRICTED}
    assert expected <= inferred(related=True)
    assert expected & inferred(related=False) == set()


def test_the_examples_are_in_the_guide() -> None:
    guide = (HOME / "docs" / "ontology.md").read_text(encoding="utf-8")
    section = guide[guide.index("## Defined classes") :].split("\n## ")[0]
    unions = {row[0] for row in query("SELECT ?class { ?class owl:equivalentClass/owl:unionOf ?list }")}
    assert set(re.findall(r"sides:\w+", section)) == {shorten(iri) for iri in {*RESTRICTED, *unions}}
