"""The cube of findings: its structure is that of Data Cube, and the rule lets in what is complete, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.mapping.documents import MappedStatement, read_context, triples
from kg.build.mapping.rules import apply_rules, read_rules
from kg.ground.kinds import KINDS
from kg.ground.records import Assertion, Statement
from kg.ground.terms import expand

HOME = Path(__file__).parents[2]
CUBE = "https://w3id.org/sides/id/cube/"
COMPLETE = {
    "population": "state:RUS",
    "target": "state:BLR",
    "measure": "friendly",
    "value": Decimal(68),
    "date": "2023",
}
ONTOLOGY = [quad for file in sorted((HOME / "ontology").glob("*.ttl")) for quad in ox.parse(path=file)]


def components(role: str) -> set[str]:
    return {quad.object.value for quad in ONTOLOGY if quad.predicate.value == expand(f"qb:{role}")}


def in_the_cube(*findings: dict[str, object]) -> int:
    said = [Assertion.create("finding", slots) for slots in findings]
    statement = MappedStatement(Statement("test", "1", "fr", "Un énoncé."), tuple(said))
    given = triples([statement], read_context(HOME / "ontology" / "context.jsonld"))
    rules = [rule for rule in read_rules(HOME / "ontology" / "rules") if rule.name == "cube"]
    made = apply_rules(rules, given)
    assert {triple.object.value for triple in made} <= {f"{CUBE}findings"}
    return len(made)


def test_the_structure_names_slots_of_findings() -> None:
    slots = {expand(f"sides:{name}") for name in ("population", "target", "measure", "date")}
    assert components("dimension") == slots | {expand("prov:wasDerivedFrom")}
    assert components("measure") == {expand("sides:value")}
    attributes = {expand(f"sides:{name}") for name in ("pollster", "change", "changeSince", "approximation", "hedged")}
    attributes |= {expand(f"sides:{name}") for name in ("survey", "question", "answer", "reliability")}
    assert components("attribute") == attributes | {expand("sides:attributedTo")}
    assert {"rank", "count"} == set(KINDS["finding"].slots) - {
        *("population", "target", "measure", "date", "value"),
        *("pollster", "change", "change_since", "approx", "hedged", "attributed_to"),
        *("survey", "question", "answer"),
    }


def test_every_component_of_the_structure_is_described() -> None:
    held = {quad.object.value for quad in ONTOLOGY if quad.predicate.value == expand("qb:component")}
    described = {quad.subject.value for quad in ONTOLOGY if str(quad.object).endswith("ComponentSpecification>")}
    assert held == {iri for iri in described if iri.startswith(CUBE)}
    assert len(held) == 16


def test_a_complete_finding_is_an_observation_of_the_cube() -> None:
    assert in_the_cube(COMPLETE) == 1
    assert in_the_cube({**COMPLETE, "hedged": True, "change": Decimal(-8)}) == 1
    assert in_the_cube(COMPLETE, {**COMPLETE, "date": "2024", "value": Decimal(70)}) == 2


@pytest.mark.parametrize("name", ["population", "value", "date"])
def test_a_finding_that_lacks_something_is_not(name: str) -> None:
    assert in_the_cube({slot: value for slot, value in COMPLETE.items() if slot != name}) == 0


def test_two_figures_for_the_same_are_not() -> None:
    assert in_the_cube(COMPLETE, {**COMPLETE, "value": Decimal(70)}) == 0
