"""The plain layer: what enters it, what stays with the assertion, and that each triple has its reason."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.build.facts import Vocabulary
from kg.build.mapping.rules import Rule, apply_rules
from kg.ground.errors import OntologyError
from kg.ground.terms import PREFIXES, fact_iri
from support.rdf_graphs import Graph, unnamed


@pytest.mark.parametrize(
    "fact",
    [
        "state:CAN sides:gaveAidTo state:UKR",
        "state:EST sides:gaveAidTo state:UKR",
        "state:NOR sides:pledgedAidTo state:UKR",
        "state:FRA sides:leads org:coalition-of-the-willing",
        "state:FRA sides:memberOf org:coalition-of-the-willing",
        "state:SWE sides:memberOf org:nato",
        "state:FIN sides:memberOf org:nato",
        "state:JPN sides:observerOf org:nato",
        "state:SYR sides:supports state:RUS",
        "state:ISR sides:condemns state:RUS",
        "state:ALB sides:supportsSanctionsAgainst state:RUS",
        "state:CHE sides:hasDiplomaticRelationsWith state:UKR",
        "state:POL sides:recognises state:UKR",
        "state:FIN sides:tookMeasureAgainst state:RUS",
        "state:HUN sides:bordersWith state:UKR",
        "person:viktor-orban sides:holdsOfficeOf state:HUN",
        "state:BLR sides:votedAgainst resolution:a-res-es-11-1",
        "state:RUS sides:listsAsUnfriendly state:NOR",
        "state:JPN sides:tookPartIn meeting:udcg-2022-04-26-ramstein",
    ],
)
def test_what_is_said_without_reserve_is_plain(fact: str, kinds: Graph) -> None:
    assert kinds.ask(fact)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("state:PRK ?property state:RUS", "hedged"),
        ("state:NOR sides:gaveAidTo ?any", "only pledged"),
        ("state:USA ?property state:UKR", "a share is no relation"),
        ("state:GBR sides:memberOf org:eu", "ended"),
        ("org:afd ?property state:RUS", "within a state"),
        ("?any sides:supports state:UKR", "by somebody unlinked"),
        ("state:UKR sides:hasDiplomaticRelationsWith state:SYR", "severed"),
        ("state:BGR sides:tookMeasureAgainst ?any", "a repair is not against anybody"),
        ("state:RUS sides:listsAsUnfriendly state:CHE", "taken off the list"),
        ("state:AUS sides:gaveAidTo|sides:pledgedAidTo ?any", "a total is no aid"),
        ("?fact rdf:subject ?who . ?who a sides:UnlinkedEntity", "unlinked"),
        ("?fact rdf:object ?what . ?what a sides:UnlinkedEntity", "unlinked"),
        ("?fact prov:wasDerivedFrom ?said . ?said sides:hedged|sides:attributedTo ?reserve", "hedged or attributed"),
    ],
)
def test_what_is_said_with_reserve_is_not(pattern: str, reason: str, kinds: Graph) -> None:
    assert not kinds.ask(pattern), reason


def test_each_plain_triple_has_a_fact_that_leads_to_its_source(kinds: Graph) -> None:
    assert unnamed(kinds) == set()
    naked = ox.Triple(*(ox.NamedNode(PREFIXES["sides"] + name) for name in ("a", "b", "c")))
    assert unnamed(Graph({*kinds.triples, naked})) == {str(naked.predicate)}


def test_each_fact_names_a_plain_triple(kinds: Graph) -> None:
    assert not kinds.ask(
        """?fact a sides:Fact ; rdf:subject ?subject ; rdf:predicate ?property ; rdf:object ?object
        FILTER NOT EXISTS { ?subject ?property ?object }"""
    )


def test_rules_and_program_name_a_fact_alike(kinds: Graph) -> None:
    iri = fact_iri(
        *(PREFIXES[prefix] + name for prefix, name in (("state", "HUN"), ("sides", "bordersWith"), ("state", "UKR")))
    )
    assert kinds.ask(f"<{iri}> rdf:subject state:HUN ; rdf:predicate sides:bordersWith ; rdf:object state:UKR")


def test_everything_said_leads_to_its_source(kinds: Graph) -> None:
    lost = "?thing a ?class FILTER NOT EXISTS { ?thing sides:statedIn source:kinds }"
    assert not kinds.ask(f"?statement a sides:Statement . {lost}".replace("?thing", "?statement"))
    assert not kinds.ask(f"?assertion prov:wasDerivedFrom ?from . {lost}".replace("?thing", "?assertion"))


PAIR = {ox.Triple(ox.NamedNode("x:a"), ox.NamedNode("x:next"), ox.NamedNode("x:b"))}


def test_rules_run_until_they_find_nothing_new() -> None:
    chain = {ox.Triple(ox.NamedNode(f"x:{n}"), ox.NamedNode("x:next"), ox.NamedNode(f"x:{n + 1}")) for n in range(6)}
    rule = Rule("transitive", "CONSTRUCT { ?a <x:next> ?c } WHERE { ?a <x:next> ?b . ?b <x:next> ?c }")
    assert len(apply_rules([rule], chain)) == 15


def test_the_context_is_read_and_not_returned() -> None:
    rule = Rule("copy", "CONSTRUCT { ?a <x:seen> ?b } WHERE { ?a <x:next> ?b }")
    (found,) = apply_rules([rule], set(), context=PAIR)
    assert str(found.predicate) == "<x:seen>"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("SELECT * { ?s ?p ?o }", "adds no triples"),
        ("CONSTRUCT { ?s ?p }", "broken.rq: "),
        ("CONSTRUCT { ?s <x:p> [] } WHERE { ?s ?p ?o }", "makes a blank node"),
        ("CONSTRUCT { ?s ?p ?n } WHERE { ?s ?p ?o BIND(IRI(CONCAT(STR(?o), 'x')) AS ?n) }", "still find something new"),
    ],
)
def test_a_wrong_rule_is_told_with_its_file(text: str, complaint: str) -> None:
    with pytest.raises(OntologyError, match=complaint):
        apply_rules([Rule("broken", text)], PAIR)


def test_the_ontology_declares_every_property_that_the_rules_make(kinds: Graph, vocabulary: Vocabulary) -> None:
    declared = {str(triple.subject) for triple in vocabulary.ontology}
    assert kinds.values("?fact rdf:predicate ?x") <= declared
