"""What the reasoner finds is about our entities, is new, and follows from the ontology."""

from __future__ import annotations

import pyoxigraph as ox

from kg.build.inference import entailments
from kg.ground.terms import PREFIXES

ONTOLOGY = """
sides:bordersWith a owl:SymmetricProperty .
sides:hasMember owl:inverseOf sides:memberOf .
sides:leads rdfs:subPropertyOf sides:memberOf .
sides:State rdfs:subClassOf sides:Party , prov:Agent .
sides:gaveAidTo rdfs:domain sides:Party .
sides:EUMember owl:equivalentClass [ a owl:Class ; owl:intersectionOf (
    sides:State [ a owl:Restriction ; owl:onProperty sides:memberOf ; owl:hasValue org:eu ] ) ] .
sides:Donor owl:equivalentClass [
    a owl:Restriction ; owl:onProperty sides:gaveAidTo ; owl:someValuesFrom sides:State ] .
sides:HedgedAssertion owl:equivalentClass [ a owl:Restriction ; owl:onProperty sides:hedged ; owl:hasValue true ] .
"""
FACTS = """
state:FRA a sides:State ; sides:leads org:eu ; sides:bordersWith state:BEL ; sides:gaveAidTo state:UKR ;
    rdfs:label "France"@fr ; owl:sameAs wd:Q142 ; skos:notation "FR" .
state:BEL a sides:State ; sides:bordersWith state:FRA . state:UKR a sides:State .
wd:Q142 a sides:State ; sides:memberOf org:eu .
assertion:1 sides:hedged true ; sides:text "…"@fr .
fact:1 rdf:subject state:FRA ; rdf:predicate sides:leads ; rdf:object org:eu .
"""
EXPECTED = """
state:FRA sides:memberOf org:eu ; a sides:Party , sides:EUMember , sides:Donor .
org:eu sides:hasMember state:FRA .
state:BEL a sides:Party . state:UKR a sides:Party .
assertion:1 a sides:HedgedAssertion .
"""


def read(turtle: str) -> set[ox.Triple]:
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return {quad.triple for quad in ox.parse(prefixes + turtle, ox.RdfFormat.TURTLE)}


def test_what_follows_about_our_entities_is_found_and_nothing_else() -> None:
    assert entailments(read(ONTOLOGY), read(FACTS)) == read(EXPECTED)


def test_nothing_follows_twice() -> None:
    ontology, facts = read(ONTOLOGY), read(FACTS)
    assert entailments(ontology, facts | entailments(ontology, facts)) == set()


def test_nothing_follows_from_nothing() -> None:
    assert entailments(read(ONTOLOGY), set()) == set()
