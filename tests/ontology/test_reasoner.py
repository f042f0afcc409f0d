"""The reasoner proves the ontology consistent, and would notice if it were not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build.check.reasoner import check_consistency, classify
from kg.ground.errors import OntologyError
from kg.ground.terms import expand

HOME = Path(__file__).parents[2]
ONTOLOGY = sorted((HOME / "ontology").glob("*.ttl"))
PREAMBLE = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sides: <https://w3id.org/sides/ontology#> .
@prefix state: <https://w3id.org/sides/id/state/> .
@prefix ex: <https://example.org/> .
<https://example.org/> a owl:Ontology .
"""


def turtle(folder: Path, text: str) -> Path:
    file = folder / "more.ttl"
    file.write_text(PREAMBLE + text, encoding="utf-8")
    return file


def test_the_ontology_is_consistent_and_every_class_can_have_members() -> None:
    found = classify(ONTOLOGY)
    assert found.superclasses[expand("sides:BorderAssertion")] == (expand("sides:Assertion"),)
    # Not stated: the definition of a donor state makes it an aid giver.
    assert expand("sides:AidGiver") in found.superclasses[expand("sides:DonorState")]


def test_the_entities_agree_with_the_ontology() -> None:
    check_consistency([*ONTOLOGY, *sorted((HOME / "ontology" / "entities").glob("*.ttl"))])


def test_an_individual_in_two_disjoint_classes_is_found(tmp_path: Path) -> None:
    more = turtle(tmp_path, "state:FRA a sides:State , sides:Assertion .")
    with pytest.raises(OntologyError, match="the ontology is inconsistent"):
        classify([*ONTOLOGY, more])
    with pytest.raises(OntologyError, match="contradict each other"):
        check_consistency([*ONTOLOGY, more])


def test_a_domain_that_contradicts_the_entities_is_found(tmp_path: Path) -> None:
    more = turtle(tmp_path, "sides:capital rdfs:domain sides:Person .")
    with pytest.raises(OntologyError, match="contradict each other"):
        check_consistency([*ONTOLOGY, HOME / "ontology" / "entities" / "states.ttl", more])


def test_a_class_that_can_have_no_member_is_named(tmp_path: Path) -> None:
    more = turtle(tmp_path, "ex:Both a owl:Class ; rdfs:subClassOf sides:State , sides:Person .")
    with pytest.raises(OntologyError, match=r"no member is possible in https://example\.org/Both"):
        classify([*ONTOLOGY, more])


def test_the_explanation_names_the_axioms_to_blame_and_no_others(tmp_path: Path) -> None:
    file = turtle(
        tmp_path,
        """
        ex:A a owl:Class . ex:B a owl:Class ; owl:disjointWith ex:A . ex:C a owl:Class ; rdfs:subClassOf ex:A .
        ex:p a owl:ObjectProperty ; rdfs:range ex:B . ex:q a owl:ObjectProperty ; rdfs:range ex:A .
        ex:x ex:p ex:y . ex:y a ex:C .
        """,
    )
    with pytest.raises(OntologyError) as caught:
        classify([file], explain=True)
    told = str(caught.value)
    assert "https://example.org/B owl:disjointWith https://example.org/A" in told
    assert "https://example.org/p rdfs:range https://example.org/B" in told
    assert "https://example.org/q" not in told


def test_an_axiom_outside_owl_2_dl_is_refused(tmp_path: Path) -> None:
    file = turtle(tmp_path, 'ex:day a owl:DatatypeProperty . ex:x ex:day "2025-03-02"^^xsd:date .')
    with pytest.raises(OntologyError, match=r"refuses the ontology: .*UnsupportedDatatype"):
        classify([file])


def test_broken_turtle_is_reported_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(OntologyError, match=r"more\.ttl: .*expected Turtle"):
        classify([turtle(tmp_path, "ex:A a")])


def test_a_run_beyond_its_deadline_is_stopped() -> None:
    with pytest.raises(OntologyError, match=r"no answer within 0\.01 s"):
        classify(ONTOLOGY, deadline=0.01)


def test_it_needs_no_java_on_the_machine_and_leaves_nothing_behind(tmp_path: Path) -> None:
    file = turtle(tmp_path, "ex:A a owl:Class . ex:B a owl:Class ; rdfs:subClassOf ex:A .")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    code = (
        "import sys, pathlib; from kg.build.check.reasoner import classify; "
        "print(classify([pathlib.Path(sys.argv[1])]).superclasses['https://example.org/B'])"
    )
    environment = {"PATH": "", "TMPDIR": str(scratch), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("('https://example.org/A',)\n", "")
    assert list(scratch.iterdir()) == []
