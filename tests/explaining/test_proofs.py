"""Explanations are the shortest, go round in no circle, end at what is said, and say so when there is none."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from kg.ground.errors import InputError
from kg.ground.explaining import Explainer, Node, named_triple, outline, read_name
from kg.ground.explaining.names import TYPE, Triple
from kg.ground.explaining.proofs import MOST_STEPS
from kg.ground.explaining.search import MOST_LEVELS
from kg.ground.terms import graph_iri
from support.explaining import graph, select_on, triple

ROOT = Path(__file__).parents[2]
EXPLAINER = Explainer.read(ROOT)

SAID = """
statement:s-1 a sides:Statement ; sides:text "La Hongrie dirige l'Union."@fr ; sides:position "1" ;
    dcterms:source source:s .
assertion:a1 a sides:MembershipAssertion ; sides:rule "membership/lead" ; sides:hedged true ;
    prov:wasDerivedFrom statement:s-1 .
state:HUN sides:leads org:eu .
fact:f1 a sides:Fact ; rdf:subject state:HUN ; rdf:predicate sides:leads ; rdf:object org:eu ;
    prov:wasDerivedFrom assertion:a1 .
"""
LEADERS = "sides:leads rdfs:subPropertyOf sides:memberOf . sides:hasMember owl:inverseOf sides:memberOf ."


def explain(goal: str, **texts: str) -> Node:
    tree = EXPLAINER.explain(select_on(graph(texts)), triple(goal))
    assert tree
    return tree


def test_a_proof_leads_down_to_the_words() -> None:
    tree = explain(
        "org:eu sides:hasMember state:HUN .",
        ontology=LEADERS,
        inferred="org:eu sides:hasMember state:HUN . state:HUN sides:memberOf org:eu .",
        **{"source/s": SAID},
    )
    assert outline(tree).splitlines() == [
        "org:eu sides:hasMember state:HUN",
        "  by prp-inv2: sides:hasMember InverseOf: sides:memberOf",
        "  “sides:hasMember” is “sides:memberOf” read from the other side.",
        "    state:HUN sides:memberOf org:eu",
        "      by prp-spo1: sides:leads SubPropertyOf: sides:memberOf",
        "      Whoever has the relation “sides:leads” to something has the relation “sides:memberOf” to it.",
        "        state:HUN sides:leads org:eu",
        "          fact:f1, made by ontology/rules/memberships.rq from",
        "          assertion:a1 (MembershipAssertion), read in",
        "          statement:s-1: “La Hongrie dirige l'Union.” (source:s, 1)",
    ]
    assert tree.depth() == 2
    assert tree.explained()


def test_json_holds_the_whole_proof() -> None:
    tree = explain(
        "state:HUN sides:memberOf org:eu .",
        ontology=LEADERS,
        inferred="state:HUN sides:memberOf org:eu .",
        **{"source/s": SAID},
    )
    content = json.loads(json.dumps(tree.as_json()))
    assert content["triple"]["object"] == "https://w3id.org/sides/id/org/eu"
    assert content["graphs"] == [graph_iri("inferred")]
    (step,) = content["steps"]
    assert (step["rules"], step["axiom"]) == (["prp-spo1"], "sides:leads SubPropertyOf: sides:memberOf")
    assert set(step["sentence"]) == {"fr", "en"}
    (premise,) = step["premises"]
    assert premise["inferred"] is False
    assert premise["assertions"] == [
        {
            "fact": "https://w3id.org/sides/id/fact/f1",
            "rule": "ontology/rules/memberships.rq",
            "assertion": "https://w3id.org/sides/id/assertion/a1",
            "kind": "MembershipAssertion",
            "extractionRule": "membership/lead",
            "statement": {
                "iri": "https://w3id.org/sides/id/statement/s-1",
                "text": "La Hongrie dirige l'Union.",
                "language": "fr",
                "position": "1",
                "source": "https://w3id.org/sides/id/source/s",
            },
        }
    ]


def test_what_an_assertion_has_rests_on_its_statement() -> None:
    tree = explain(
        "assertion:a1 a sides:HedgedAssertion .",
        ontology="sides:HedgedAssertion owl:equivalentClass [ owl:onProperty sides:hedged ; owl:hasValue true ] .",
        inferred="assertion:a1 a sides:HedgedAssertion .",
        **{"source/s": SAID},
    )
    assert outline(tree).splitlines()[3:] == [
        "    assertion:a1 sides:hedged true",
        "      assertion:a1 (MembershipAssertion), read in",
        "      statement:s-1: “La Hongrie dirige l'Union.” (source:s, 1)",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("entities", "given by the tables of entities"),
        ("ontology", "an axiom of the ontology"),
        ("metadata", "told by the metadata of the release"),
        ("source/s", "stands in https://w3id.org/sides/graph/source/s"),
    ],
)
def test_what_is_not_inferred_says_where_it_stands(name: str, told: str) -> None:
    tree = explain("state:HUN sides:memberOf org:eu .", **{name: "state:HUN sides:memberOf org:eu ."})
    assert outline(tree).splitlines() == ["state:HUN sides:memberOf org:eu", f"  {told}"]
    assert tree.explained()


def test_what_tables_and_statements_both_say_tells_both() -> None:
    tree = explain("state:HUN sides:leads org:eu .", entities="state:HUN sides:leads org:eu .", **{"source/s": SAID})
    assert outline(tree).splitlines()[1:3] == [
        "  given by the tables of entities",
        "  fact:f1, made by ontology/rules/memberships.rq from",
    ]


def test_what_is_not_in_the_graph_has_no_explanation() -> None:
    # It would follow; but nobody claims it.
    store = graph({"ontology": LEADERS, "entities": "state:HUN sides:leads org:eu ."})
    assert EXPLAINER.explain(select_on(store), triple("state:HUN sides:memberOf org:eu .")) is None


def test_what_follows_from_nothing_says_so() -> None:
    tree = explain("state:HUN sides:memberOf org:eu .", ontology=LEADERS, inferred="state:HUN sides:memberOf org:eu .")
    assert outline(tree).splitlines()[1:] == ["  inferred; no explanation was found"]
    assert not tree.explained()


def test_two_that_give_each_other_explain_nothing() -> None:
    borders = "state:HUN sides:bordersWith state:UKR . state:UKR sides:bordersWith state:HUN ."
    tree = explain(
        "state:HUN sides:bordersWith state:UKR .",
        ontology="sides:bordersWith a owl:SymmetricProperty .",
        inferred=borders,
    )
    assert tree.steps == ()


def test_no_way_goes_through_the_triple_itself() -> None:
    """The neighbour's border has a reason of its own and follows from ours too; only the former explains ours."""
    tree = explain(
        "state:HUN sides:bordersWith state:UKR .",
        ontology="sides:bordersWith a owl:SymmetricProperty . sides:touches rdfs:subPropertyOf sides:bordersWith .",
        entities="state:HUN sides:touches state:UKR .",
        inferred="state:HUN sides:bordersWith state:UKR . state:UKR sides:bordersWith state:HUN .",
    )
    assert [step.rules for step in tree.steps] == [("prp-spo1",)]
    assert all(node.triple != tree.triple for step in tree.steps for p in step.premises for node in p.walk())


def test_the_shortest_way_comes_first_and_others_follow() -> None:
    tree = explain(
        "state:HUN a sides:Party .",
        ontology="sides:State rdfs:subClassOf sides:Party . sides:Republic rdfs:subClassOf sides:State . "
        "sides:leads rdfs:domain sides:Party .",
        entities="state:HUN a sides:Republic ; sides:leads org:eu .",
        inferred="state:HUN a sides:Party , sides:State .",
    )
    assert [(step.rules, step.premises[0].depth()) for step in tree.steps] == [(("prp-dom",), 0), (("cax-sco",), 1)]


def test_of_many_ways_some_are_told_of_each_rule_one_before_all_others() -> None:
    properties = "".join(f"sides:p{n} rdfs:domain sides:Party . " for n in range(MOST_STEPS + 3))
    used = "".join(f"state:HUN sides:p{n} org:eu . " for n in range(MOST_STEPS + 3))
    tree = explain(
        "state:HUN a sides:Party .",
        ontology=f"{properties} sides:leads rdfs:range sides:Party .",
        entities=f"{used} person:x sides:leads state:HUN , org:eu . person:y sides:leads state:HUN .",
        inferred="state:HUN a sides:Party .",
    )
    assert [step.rules[0] for step in tree.steps] == ["prp-dom"] * (MOST_STEPS - 1) + ["prp-rng"]
    assert len({step.axiom() for step in tree.steps}) == MOST_STEPS


def test_many_ways_to_meet_one_condition_leave_room_for_the_others() -> None:
    given = " ".join(f"state:HUN sides:gaveAidTo state:S{n} . state:S{n} a sides:Party ." for n in range(3000))
    tree = explain(
        "state:HUN a sides:Donor .",
        ontology="sides:Donor owl:equivalentClass [ owl:intersectionOf ( [ owl:onProperty sides:gaveAidTo ; "
        "owl:someValuesFrom sides:Party ] sides:State ) ] .",
        entities=f"{given} state:HUN a sides:State .",
        inferred="state:HUN a sides:Donor .",
    )
    assert tree.explained()
    assert len(tree.steps) == 1
    assert len(tree.steps[0].premises) == 3


def chain(length: int) -> Node:
    classes = [f"sides:C{n}" for n in range(length + 1)]
    axioms = " ".join(f"{low} rdfs:subClassOf {high} ." for low, high in pairwise(classes))
    inferred = f"state:HUN a {' , '.join(classes[1:])} ."
    return explain(
        f"state:HUN a {classes[-1]} .", ontology=axioms, entities="state:HUN a sides:C0 .", inferred=inferred
    )


def test_a_deep_proof_is_found_as_far_as_the_bound() -> None:
    assert chain(MOST_LEVELS).depth() == MOST_LEVELS
    assert chain(MOST_LEVELS + 1).steps == ()


def test_the_same_graph_gives_the_same_explanation() -> None:
    texts = {
        "ontology": "sides:a rdfs:range sides:Party . sides:b rdfs:range sides:Party .",
        "entities": "".join(f"state:S{n} sides:a state:HUN ; sides:b state:HUN . " for n in range(30)),
        "inferred": "state:HUN a sides:Party .",
    }
    told = {outline(explain("state:HUN a sides:Party .", **texts)) for _ in range(3)}
    assert len(told) == 1


def test_sentences_are_told_in_french_with_the_names_that_are_given() -> None:
    tree = explain(
        "state:HUN sides:memberOf org:eu .",
        ontology=LEADERS,
        entities="state:HUN sides:leads org:eu .",
        inferred="state:HUN sides:memberOf org:eu .",
    )
    said = tree.steps[0].sentence(
        "fr", lambda iri: {"s": "dirige"}.get("s", iri) if iri.endswith("leads") else "membre"
    )
    assert said == "Qui a la relation « dirige » à quelque chose a aussi la relation « membre » à cette chose."
    assert "« sides:leads »" in outline(tree, language="fr")


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("state:FRA", "https://w3id.org/sides/id/state/FRA"),
        (" <http://example.org/é#x> ", "http://example.org/é#x"),
        ("https://w3id.org/sides/id/state/FRA", "https://w3id.org/sides/id/state/FRA"),
        ("a", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        ("unlinked:first-series-24-extremes-droites",
         "https://w3id.org/sides/id/unlinked/first-series-24-extremes-droites"),
    ],
)  # fmt: skip
def test_names_that_are_read(name: str, iri: str) -> None:
    assert read_name(name) == iri


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "names nothing"),
        ("FRA", "names nothing"),
        ("nope:FRA", "names nothing"),
        ("javascript:alert(1)", "names nothing"),
        ("state:FRA> ?p ?o } #", "is no IRI"),
        ("<state>", "is no IRI"),
        ("http://example.org/a b", "is no IRI"),
        ('state:"', "is no IRI"),
        ("http://example.org/" + "x" * 2000, "is no IRI"),
    ],
)
def test_names_that_are_refused(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as told:
        named_triple("state:FRA", name, "org:nato")
    assert told.value.where == "predicate"


def test_a_triple_that_is_named_is_as_the_rules_see_it() -> None:
    assert named_triple("state:FRA", "a", "sides:State") == Triple(
        "<https://w3id.org/sides/id/state/FRA>", TYPE, "<https://w3id.org/sides/ontology#State>"
    )
