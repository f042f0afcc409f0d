"""What the reasoner finds is about our entities, is new, and follows from the ontology."""

from __future__ import annotations

import pyoxigraph as ox

from kg.build.inference import entailments, identities, reason
from kg.build.lines import lines_of
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
    assert entailments((lines_of(read(ONTOLOGY)),), (lines_of(read(FACTS)),)) == lines_of(read(EXPECTED))


def test_links_hold_the_other_way_round_and_say_nothing_else() -> None:
    both = "wd:Q458 owl:sameAs org:eu . org:eu owl:sameAs wd:Q458 ."
    assert identities((lines_of(read(FACTS)),)) == lines_of(read("wd:Q142 owl:sameAs state:FRA ."))
    assert identities((lines_of(read(both)),)) == ()


EVIDENCE = """
sides:donor rdfs:range sides:Party ; owl:inverseOf sides:donorOf . sides:item rdfs:range sides:Party .
sides:partOf a owl:TransitiveProperty ; rdfs:domain sides:Part .
sides:MilitaryAid owl:equivalentClass [ a owl:Restriction ; owl:onProperty sides:category ;
    owl:hasValue category:military ] .
sides:AidByMember owl:equivalentClass [ a owl:Restriction ; owl:onProperty sides:donor ;
    owl:someValuesFrom sides:EUMember ] .
sides:GiverOfMilitaryAid owl:equivalentClass [ a owl:Restriction ; owl:onProperty sides:donorOf ;
    owl:someValuesFrom sides:MilitaryAid ] .
"""
AID = """
assertion:2 sides:donor state:FRA , state:POL ; sides:category category:military ; sides:item unlinked:shells .
assertion:3 sides:donor state:POL ; sides:category category:military ; sides:partOf assertion:2 .
assertion:4 sides:donor state:POL ; sides:category category:military ; sides:partOf assertion:3 .
assertion:5 sides:donor state:UKR ; sides:category category:financial ; sides:item unlinked:shells .
"""


def test_what_is_found_form_by_form_is_what_is_found_in_the_whole() -> None:
    ontology, facts = lines_of(read(ONTOLOGY + EVIDENCE)), lines_of(read(FACTS + AID))
    found = entailments((ontology,), (facts,))
    assert set(found) == reason((*ontology, *facts)) - set(facts) - set(ontology)
    more = """state:FRA a sides:GiverOfMilitaryAid . state:POL a sides:Party ; sides:donorOf assertion:4 .
        assertion:2 a sides:AidByMember . assertion:4 sides:partOf assertion:2 ; a sides:Part ."""
    assert set(lines_of(read(more))) <= set(found)


def test_nothing_follows_twice() -> None:
    ontology, facts = lines_of(read(ONTOLOGY)), lines_of(read(FACTS))
    assert entailments((ontology,), (facts, entailments((ontology,), (facts,)))) == ()


def test_nothing_follows_from_nothing() -> None:
    assert entailments((lines_of(read(ONTOLOGY)),), ()) == ()
