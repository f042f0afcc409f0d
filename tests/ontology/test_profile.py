"""The ontology keeps to OWL 2 DL, and the judge of it would notice if it did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.check.profile import profile_violations
from kg.ground.errors import OntologyError

HOME = Path(__file__).parents[2]
ONTOLOGY = sorted((HOME / "ontology").glob("*.ttl"))
HEAD = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sides: <https://w3id.org/sides/ontology#> .
@prefix status: <https://w3id.org/sides/id/status/> .
"""


def test_the_ontology_is_in_owl_2_dl() -> None:
    assert profile_violations(ONTOLOGY) == ()


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("sides:precedes a owl:FunctionalProperty .", "Use of non-simple property in FunctionalObjectProperty axiom"),
        ("sides:donor a owl:DatatypeProperty .", "Cannot pun between properties: <sides:donor>"),
        ("sides:State rdfs:subClassOf sides:Nowhere .", "Use of undeclared class: <sides:Nowhere>"),
        ("status:pledged sides:nowhere status:committed .", "Use of undeclared annotation property: <sides:nowhere>"),
        ("rdf:subject a owl:ObjectProperty .", "Use of reserved vocabulary"),
        (
            "sides:memberOf owl:propertyChainAxiom ( sides:memberOf sides:affiliatedWith ) .",
            "Use of property in chain causes cycle: <sides:affiliatedWith>",
        ),
    ],
)
def test_what_lies_outside_of_it_is_found(tmp_path: Path, wrong: str, found: str) -> None:
    more = tmp_path / "more.ttl"
    more.write_text(HEAD + wrong, encoding="utf-8")
    told = profile_violations([*ONTOLOGY, more])
    assert any(line.startswith(found) for line in told), told


def test_no_verdict_in_time_is_an_error() -> None:
    with pytest.raises(OntologyError, match=r"no answer within 0\.01 s"):
        profile_violations(ONTOLOGY, deadline=0.01)


def test_no_turtle_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "more.ttl"
    file.write_text("sides:State a", encoding="utf-8")
    with pytest.raises(OntologyError, match=r"more\.ttl: .*expected Turtle"):
        profile_violations([file])
