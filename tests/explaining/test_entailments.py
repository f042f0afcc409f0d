"""Each rule under ontology/entailments/ gives what OWL 2 RL gives: from all of its premises, and from no fewer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from kg.build.inference import entailments
from kg.build.lines import lines_of
from kg.ground.errors import OntologyError
from kg.ground.explaining import Explainer, read_entailments
from kg.ground.records import LANGUAGES
from support.explaining import graph, read, select_on, triple, triples

ROOT = Path(__file__).parents[2]
RULES = {rule.name: rule for rule in read_entailments(ROOT)}

# The rules of the W3C's tables 4 to 9 (OWL 2 Profiles, section 4.3).
W3C = """
eq-ref eq-sym eq-trans eq-rep-s eq-rep-p eq-rep-o prp-ap prp-dom prp-rng prp-fp prp-ifp prp-irp prp-symp prp-asyp
prp-trp prp-spo1 prp-spo2 prp-eqp1 prp-eqp2 prp-inv1 prp-inv2 prp-key cls-thing cls-int1 cls-int2 cls-uni cls-svf1
cls-svf2 cls-avf cls-hv1 cls-hv2 cls-maxc2 cls-maxqc3 cls-maxqc4 cls-oo cax-sco cax-eqc1 cax-eqc2 scm-sco scm-eqc1
scm-spo scm-eqp1 scm-dom1 scm-dom2 scm-rng1 scm-rng2
"""


class Case(NamedTuple):
    """Axioms, facts (one to a line, each needed), what follows, and the texts of the step that gives it."""

    ontology: str
    facts: str
    goal: str
    axiom: str
    rules: str = ""


HUNGARY = "state:HUN a sides:State ."
MEMBER = "state:HUN sides:memberOf org:eu ."
CASES = {
    "cax-eqc1": [
        Case("sides:Country owl:equivalentClass sides:State .", "state:HUN a sides:Country .", HUNGARY,
             "sides:Country EquivalentTo: sides:State"),
    ],
    "cax-eqc2": [
        Case("sides:State owl:equivalentClass sides:Country .", "state:HUN a sides:Country .", HUNGARY,
             "sides:State EquivalentTo: sides:Country"),
    ],
    "cax-sco": [
        Case("sides:State rdfs:subClassOf sides:Party .", HUNGARY, "state:HUN a sides:Party .",
             "sides:State SubClassOf: sides:Party"),
    ],
    "cls-avf": [
        Case("sides:State rdfs:subClassOf [ owl:onProperty sides:bordersWith ; owl:allValuesFrom sides:State ] .",
             "state:UKR a sides:State .\nstate:UKR sides:bordersWith state:HUN .", HUNGARY,
             "sides:State SubClassOf: … sides:bordersWith only sides:State"),
    ],
    "cls-hv1": [
        Case("sides:EUMember rdfs:subClassOf [ owl:onProperty sides:memberOf ; owl:hasValue org:eu ] .",
             "state:HUN a sides:EUMember .", MEMBER, "sides:EUMember SubClassOf: … sides:memberOf value org:eu"),
        Case("sides:EUMember owl:equivalentClass [ owl:intersectionOf ( sides:State "
             "[ owl:onProperty sides:memberOf ; owl:hasValue org:eu ] ) ] .",
             "state:HUN a sides:EUMember .", MEMBER, "sides:EUMember SubClassOf: … sides:memberOf value org:eu"),
    ],
    "cls-int1": [
        Case("sides:EUMember owl:equivalentClass [ owl:intersectionOf ( sides:State "
             "[ owl:onProperty sides:memberOf ; owl:hasValue org:eu ] ) ] .",
             f"{HUNGARY}\n{MEMBER}", "state:HUN a sides:EUMember .",
             "sides:EUMember EquivalentTo: sides:State and (sides:memberOf value org:eu)",
             "cls-int1 cax-eqc2 cls-hv2"),
        Case("sides:Donor owl:equivalentClass [ owl:intersectionOf ( sides:State "
             "[ owl:onProperty sides:gaveAidTo ; owl:someValuesFrom sides:Party ] ) ] .",
             f"{HUNGARY}\nstate:HUN sides:gaveAidTo state:UKR .\nstate:UKR a sides:Party .",
             "state:HUN a sides:Donor .",
             "sides:Donor EquivalentTo: sides:State and (sides:gaveAidTo some sides:Party)",
             "cls-int1 cax-eqc2 cls-svf1"),
        Case("[ owl:intersectionOf ( sides:State [ owl:intersectionOf ( sides:Party "
             "[ owl:onProperty sides:leads ; owl:someValuesFrom owl:Thing ] ) ] ) ] rdfs:subClassOf sides:Leader .",
             f"{HUNGARY}\nstate:HUN a sides:Party .\nstate:HUN sides:leads org:eu .", "state:HUN a sides:Leader .",
             "sides:Leader SuperClassOf: sides:Party and sides:State and (sides:leads some owl:Thing)",
             "cls-int1 cax-sco cls-svf2"),
        Case("sides:Friend owl:equivalentClass [ owl:intersectionOf ( [ owl:unionOf ( sides:State sides:Person ) ] "
             "[ owl:onProperty sides:supports ; owl:hasValue state:UKR ] ) ] .",
             f"{HUNGARY}\nstate:HUN sides:supports state:UKR .", "state:HUN a sides:Friend .",
             "sides:Friend EquivalentTo: (sides:State or …) and (sides:supports value state:UKR)",
             "cls-int1 cax-eqc2 cls-uni cls-hv2"),
        Case("sides:Certain owl:equivalentClass [ owl:intersectionOf ( sides:Assertion "
             "[ owl:onProperty sides:hedged ; owl:hasValue true ] ) ] .",
             "assertion:1 a sides:Assertion .\nassertion:1 sides:hedged true .", "assertion:1 a sides:Certain .",
             "sides:Certain EquivalentTo: sides:Assertion and (sides:hedged value true)"),
    ],
    "cls-int2": [
        Case("sides:EUMember owl:equivalentClass [ owl:intersectionOf ( sides:State sides:Friend ) ] .",
             "state:HUN a sides:EUMember .", HUNGARY, "sides:EUMember SubClassOf: sides:State and …"),
    ],
    "cls-oo": [
        Case("sides:Visegrad owl:equivalentClass [ owl:oneOf ( state:HUN state:POL ) ] .", "",
             "state:HUN a sides:Visegrad .", "sides:Visegrad EquivalentTo: one of a list with state:HUN"),
    ],
    "cls-uni": [
        Case("sides:Party owl:equivalentClass [ owl:unionOf ( sides:Organisation sides:State ) ] .", HUNGARY,
             "state:HUN a sides:Party .", "sides:Party EquivalentTo: (sides:State or …)", "cax-eqc2 cls-uni"),
        Case("sides:Member owl:equivalentClass [ owl:onProperty sides:memberOf ; owl:hasValue org:eu ] .", MEMBER,
             "state:HUN a sides:Member .", "sides:Member EquivalentTo: (sides:memberOf value org:eu)",
             "cax-eqc2 cls-hv2"),
        Case("[ owl:onProperty sides:memberOf ; owl:someValuesFrom [ owl:unionOf ( sides:Bloc sides:Pact ) ] ] "
             "rdfs:subClassOf sides:Member .", f"{MEMBER}\norg:eu a sides:Bloc .", "state:HUN a sides:Member .",
             "sides:Member SuperClassOf: (sides:memberOf some (sides:Bloc or …))", "cax-sco cls-svf1"),
        Case("sides:Member owl:equivalentClass [ owl:onProperty sides:memberOf ; owl:someValuesFrom owl:Thing ] .",
             MEMBER, "state:HUN a sides:Member .", "sides:Member EquivalentTo: (sides:memberOf some owl:Thing)",
             "cax-eqc2 cls-svf2"),
    ],
    "eq-rep-o": [
        Case("", "state:HUN sides:memberOf org:union .\norg:union owl:sameAs org:eu .", MEMBER,
             "org:eu SameAs: org:union", "eq-rep-o"),
    ],
    "eq-rep-s": [
        Case("", "state:MAGYAR sides:memberOf org:eu .\nstate:HUN owl:sameAs state:MAGYAR .", MEMBER,
             "state:HUN SameAs: state:MAGYAR", "eq-rep-s eq-sym"),
        Case("", "state:MAGYAR a sides:State .\nstate:MAGYAR owl:sameAs state:HUN .", HUNGARY,
             "state:HUN SameAs: state:MAGYAR"),
    ],
    "eq-sym": [
        Case("", "state:MAGYAR owl:sameAs state:HUN .", "state:HUN owl:sameAs state:MAGYAR .", "sameAs is symmetric"),
    ],
    "prp-dom": [
        Case("sides:bordersWith rdfs:domain sides:State .", "state:HUN sides:bordersWith state:UKR .", HUNGARY,
             "sides:bordersWith Domain: sides:State"),
    ],
    "prp-eqp1": [
        Case("sides:belongsTo owl:equivalentProperty sides:memberOf .", "state:HUN sides:belongsTo org:eu .", MEMBER,
             "sides:belongsTo EquivalentTo: sides:memberOf"),
    ],
    "prp-eqp2": [
        Case("sides:memberOf owl:equivalentProperty sides:belongsTo .", "state:HUN sides:belongsTo org:eu .", MEMBER,
             "sides:memberOf EquivalentTo: sides:belongsTo"),
    ],
    "prp-inv1": [
        Case("sides:hasMember owl:inverseOf sides:memberOf .", "org:eu sides:hasMember state:HUN .", MEMBER,
             "sides:hasMember InverseOf: sides:memberOf"),
    ],
    "prp-inv2": [
        Case("sides:hasMember owl:inverseOf sides:memberOf .", MEMBER, "org:eu sides:hasMember state:HUN .",
             "sides:hasMember InverseOf: sides:memberOf"),
    ],
    "prp-rng": [
        Case("sides:bordersWith rdfs:range sides:State .", "state:UKR sides:bordersWith state:HUN .", HUNGARY,
             "sides:bordersWith Range: sides:State"),
    ],
    "prp-spo1": [
        Case("sides:leads rdfs:subPropertyOf sides:memberOf .", "state:HUN sides:leads org:eu .", MEMBER,
             "sides:leads SubPropertyOf: sides:memberOf"),
    ],
    "prp-spo2": [
        Case("sides:allyOf owl:propertyChainAxiom ( sides:memberOf sides:hasMember ) .",
             f"{MEMBER}\norg:eu sides:hasMember state:POL .", "state:HUN sides:allyOf state:POL .",
             "sides:memberOf o sides:hasMember SubPropertyOf: sides:allyOf"),
        Case("sides:allyOf owl:propertyChainAxiom ( sides:memberOf sides:partOf sides:hasMember ) .",
             f"{MEMBER}\norg:eu sides:partOf org:europe .\norg:europe sides:hasMember state:POL .",
             "state:HUN sides:allyOf state:POL .",
             "sides:memberOf o sides:partOf o sides:hasMember SubPropertyOf: sides:allyOf"),
    ],
    "prp-symp": [
        Case("sides:bordersWith a owl:SymmetricProperty .", "state:UKR sides:bordersWith state:HUN .",
             "state:HUN sides:bordersWith state:UKR .", "sides:bordersWith Characteristics: Symmetric"),
    ],
    "prp-trp": [
        Case("sides:partOf a owl:TransitiveProperty .", "org:a sides:partOf org:b .\norg:b sides:partOf org:c .",
             "org:a sides:partOf org:c .", "sides:partOf Characteristics: Transitive"),
    ],
    "scm-sco": [
        Case("sides:State rdfs:subClassOf schema:Country . schema:Country owl:equivalentClass sides:Party .", HUNGARY,
             "state:HUN a sides:Party .", "sides:State SubClassOf: schema:Country SubClassOf: sides:Party"),
    ],
    "scm-spo": [
        Case("sides:leads rdfs:subPropertyOf w3org:memberOf . w3org:memberOf owl:equivalentProperty sides:memberOf .",
             "state:HUN sides:leads org:eu .", MEMBER,
             "sides:leads SubPropertyOf: w3org:memberOf SubPropertyOf: sides:memberOf"),
    ],
}  # fmt: skip
EACH = [pytest.param(name, case, id=f"{name}-{n}") for name, cases in CASES.items() for n, case in enumerate(cases, 1)]

# What the reasoner of the build does not find, or does not hand on: chains, lists of members, sameAs.
BEYOND_THE_BUILD = {"prp-spo2", "cls-oo", "eq-sym"}


def explain(name: str, case: Case, facts: str):  # type: ignore[no-untyped-def]
    """The explanation by one rule alone."""
    store = graph({"ontology": case.ontology, "entities": facts, "inferred": case.goal})
    return Explainer((RULES[name],), {}).explain(select_on(store), triple(case.goal))


def test_every_rule_has_a_case() -> None:
    assert CASES.keys() == RULES.keys()


@pytest.mark.parametrize(("name", "case"), EACH)
def test_a_rule_gives_what_follows_with_all_that_it_takes(name: str, case: Case) -> None:
    tree = explain(name, case, case.facts)
    assert tree
    assert tree.explained()
    step = tree.steps[0]
    assert {premise.triple for premise in step.premises} == triples(case.facts)
    assert step.axiom() == case.axiom
    assert step.rules == (tuple(case.rules.split()) or step.rules)
    assert set(step.rules) <= set(RULES[name].rules) <= set(W3C.split())


@pytest.mark.parametrize(("name", "case"), EACH)
def test_a_rule_gives_nothing_from_less(name: str, case: Case) -> None:
    facts = case.facts.splitlines()
    fewer = [[*facts[:left_out], *facts[left_out + 1 :]] for left_out in range(len(facts))]
    for some in fewer:
        tree = explain(name, case, "\n".join(some))
        assert tree
        assert tree.steps == (), some
    if case.ontology:
        without = explain(name, case._replace(ontology=""), case.facts)
        assert without
        assert without.steps == ()


@pytest.mark.parametrize(("name", "case"), [each for each in EACH if each.values[0] not in BEYOND_THE_BUILD])
def test_the_reasoner_of_the_build_agrees(name: str, case: Case) -> None:
    ontology, facts, goal = (lines_of(read(text)) for text in (case.ontology, case.facts, case.goal))
    found = {*entailments((ontology,), (facts,)), *entailments(((*ontology, *facts),), (facts,))}
    assert found.issuperset(goal)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_is_told_in_both_languages_with_the_same_placeholders(rule) -> None:  # type: ignore[no-untyped-def]
    holes = [set(re.findall(r"\{(\w+)\}", rule.sentences[language])) for language in LANGUAGES]
    assert holes[0] == holes[1]
    assert all(rule.sentences[language].endswith(".") for language in LANGUAGES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_runs_as_it_stands(rule) -> None:  # type: ignore[no-untyped-def]
    rows = select_on(graph({"ontology": "sides:State a owl:Class ."}))(rule.query)
    assert rows == []


HEAD = "# Rule: r\n# Goal: type\n# Axiom: {o}\n# English: x.\n# French: x.\n"
BLOCK = "SELECT * { VALUES (?s ?p ?o) { } ?s ?p ?o }"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { }", "lacks its head"),
        (HEAD.replace("type", "class") + BLOCK, "lacks its head"),
        (HEAD + "SELECT * { ?s ?p ?o }", "nothing to ask for"),
        (HEAD.replace("{o}", "{other}") + BLOCK, r"the placeholder \{other\} is no column"),
        ("\udcff", "codec can't decode"),
    ],
)
def test_a_file_that_is_no_rule_is_told(tmp_path: Path, text: str, message: str) -> None:
    folder = tmp_path / "ontology" / "entailments"
    folder.mkdir(parents=True)
    (folder / "r.rq").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(OntologyError, match=message) as told:
        read_entailments(tmp_path)
    assert str(folder / "r.rq") in str(told.value)


def test_a_folder_without_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match="there is no rule of entailment"):
        read_entailments(tmp_path)
