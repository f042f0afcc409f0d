"""The table of kinds, the JSON-LD context, the ontology and the shapes name the same things."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.kinds import CONCEPT_SCHEMES, KINDS, Kind, Slot, ValueType
from kg.ground.terms import PREFIXES, expand

HOME = Path(__file__).parents[2]
CONTEXT = json.loads((HOME / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
SLOTS = [
    pytest.param(kind, slot, id=f"{kind.name}.{slot.name}") for kind in KINDS.values() for slot in kind.slots.values()
]
SORTS = {
    ValueType.ENTITY: "ObjectProperty",
    ValueType.CONCEPT: "ObjectProperty",
    ValueType.MONEY: "ObjectProperty",
    ValueType.ASSERTION: "ObjectProperty",
    ValueType.TEXT: "DatatypeProperty",
    ValueType.DATE: "DatatypeProperty",
    ValueType.NUMBER: "DatatypeProperty",
    ValueType.COUNT: "DatatypeProperty",
    ValueType.FLAG: "DatatypeProperty",
}


def read(*files: Path) -> ox.Store:
    store = ox.Store()
    for file in files:
        store.extend(ox.parse(path=file, rename_blank_nodes=True))
    return store


@pytest.fixture(scope="module")
def ontology() -> ox.Store:
    return read(*(HOME / "ontology").glob("*.ttl"))


@pytest.fixture(scope="module")
def shapes() -> ox.Store:
    return read(*(HOME / "ontology" / "shapes").glob("*.ttl"))


def ask(store: ox.Store, pattern: str) -> bool:
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
    return bool(store.query(f"{prefixes} ASK {{ {pattern} }}"))


def rows(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
    solutions = store.query(prefixes + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in solution) for solution in solutions]


def property_of(kind: Kind, slot: Slot) -> str:
    entry = CONTEXT[kind.name]["@context"][slot.name]
    return str(entry if isinstance(entry, str) else entry["@id"])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_each_kind_is_a_class_below_assertion(kind: Kind, ontology: ox.Store) -> None:
    assert CONTEXT[kind.name]["@id"] == f"sides:{kind.ontology_class}"
    assert ask(ontology, f"sides:{kind.ontology_class} a owl:Class ; rdfs:subClassOf+ sides:Assertion, prov:Entity")


@pytest.mark.parametrize(("kind", "slot"), SLOTS)
def test_each_slot_is_a_property_of_the_right_sort(kind: Kind, slot: Slot, ontology: ox.Store) -> None:
    assert ask(ontology, f"{property_of(kind, slot)} a owl:{SORTS[slot.value]}")


@pytest.mark.parametrize(("kind", "slot"), SLOTS)
def test_each_slot_lies_in_the_domain_of_its_property(kind: Kind, slot: Slot, ontology: ox.Store) -> None:
    path = "rdfs:domain/(owl:unionOf/rdf:rest*/rdf:first)?"
    assert ask(
        ontology, f"{property_of(kind, slot)} {path} ?domain . sides:{kind.ontology_class} rdfs:subClassOf* ?domain"
    )


@pytest.mark.parametrize(("kind", "slot"), SLOTS)
def test_each_slot_has_a_shape_that_counts_and_types_it(kind: Kind, slot: Slot, shapes: ox.Store) -> None:
    name = property_of(kind, slot)
    targeted = f"?node sh:targetClass sides:{kind.ontology_class} ; sh:property ?shape . ?shape sh:path {name}"
    assert ask(shapes, f"{targeted} ; sh:message ?message")
    assert ask(shapes, f"{targeted} ; sh:minCount 1") == slot.required
    assert ask(shapes, f"{targeted} ; sh:maxCount 1") == (not slot.many)
    typed = {
        ValueType.ENTITY: "sh:class sides:Entity",
        ValueType.CONCEPT: "sh:in ?concepts",
        ValueType.MONEY: "sh:class schema:MonetaryAmount",
        ValueType.ASSERTION: 'sh:pattern "^https://w3id[.]org/sides/id/assertion/"',
        ValueType.TEXT: "sh:datatype rdf:langString",
        ValueType.DATE: "sh:node <https://w3id.org/sides/shapes#Date>",
        ValueType.NUMBER: "sh:datatype xsd:decimal",
        ValueType.COUNT: "sh:datatype xsd:integer",
        ValueType.FLAG: "sh:in ( true )",
    }
    assert ask(shapes, f"{targeted} ; {typed[slot.value]}")
    if slot.scheme:
        listed = rows(shapes, f"SELECT ?concept {{ {targeted} ; sh:in/rdf:rest*/rdf:first ?concept }}")
        assert {row[0] for row in listed} == {expand(f"{slot.scheme}:{concept}") for concept in slot.concepts}


def test_every_shape_that_can_report_has_both_messages_and_a_severity(shapes: ox.Store) -> None:
    reporting = (
        "{ ?shape a ?kind . FILTER (?kind IN (sh:NodeShape, sh:PropertyShape)) } UNION { ?node sh:property ?shape }"
    )
    found = rows(shapes, f"SELECT DISTINCT ?shape {{ {reporting} }}")
    assert len(found) > 100
    lacking = rows(
        shapes,
        f"""SELECT DISTINCT ?shape ?path {{
          {reporting} OPTIONAL {{ ?shape sh:path ?path }}
          FILTER (NOT EXISTS {{ ?shape sh:message ?fr . FILTER (LANG(?fr) = "fr") }}
            || NOT EXISTS {{ ?shape sh:message ?en . FILTER (LANG(?en) = "en") }}
            || NOT EXISTS {{ ?shape sh:severity ?severity }})
        }}""",
    )
    assert lacking == []


def test_no_shape_names_a_slot_that_its_kind_does_not_have(shapes: ox.Store) -> None:
    found = rows(
        shapes,
        """SELECT DISTINCT ?class ?path {
          ?node sh:targetClass ?class ; sh:closed true ; sh:property/sh:path ?path . FILTER isIRI(?path)
        }""",
    )
    everywhere = {"attributed_to", "hedged", "approx"}
    expected = {
        (expand(f"sides:{kind.ontology_class}"), expand(property_of(kind, slot)))
        for kind in KINDS.values()
        for slot in kind.slots.values()
        if slot.name not in everywhere
    }
    assert set(found) == expected


@pytest.mark.parametrize("scheme", CONCEPT_SCHEMES)
def test_the_concept_schemes_hold_the_concepts_of_the_table_in_order(scheme: str, ontology: ox.Store) -> None:
    found = rows(
        ontology,
        f"""SELECT ?concept ?notation {{
          ?concept skos:topConceptOf id:{scheme} ; skos:notation ?notation ; sides:order ?order
        }} ORDER BY ?order""",
    )
    assert found == [(expand(f"{scheme}:{concept}"), concept) for concept in CONCEPT_SCHEMES[scheme]]


def test_there_are_no_other_concept_schemes(ontology: ox.Store) -> None:
    found = rows(ontology, "SELECT ?notation { ?scheme a skos:ConceptScheme ; skos:notation ?notation }")
    assert {row[0] for row in found} == set(CONCEPT_SCHEMES)


def test_the_rules_use_declared_terms_only(ontology: ox.Store) -> None:
    rules = sorted((HOME / "ontology" / "rules").rglob("*.rq"))
    assert rules
    for rule in rules:
        terms = set(re.findall(r"\bsides:\w+", rule.read_text(encoding="utf-8")))
        undeclared = [term for term in sorted(terms) if not ask(ontology, f"{term} a ?type")]
        assert not undeclared, f"{rule.name}: {undeclared}"


def test_prefixes_in_the_ontology_are_those_of_the_program() -> None:
    files = [*(HOME / "ontology").rglob("*.ttl"), *(HOME / "ontology").rglob("*.rq")]
    known = PREFIXES | {
        "shape": "https://w3id.org/sides/shapes#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "bibo": "http://purl.org/ontology/bibo/",
    }
    for file in files:
        for prefix, namespace in re.findall(r"(?im)^@?prefix (\w+): <([^>]+)>", file.read_text(encoding="utf-8")):
            assert known.get(prefix) == namespace, f"{file.name}: {prefix}"
