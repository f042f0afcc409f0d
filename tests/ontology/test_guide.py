"""The guide to the ontology says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox

from kg.build.mapping.given import GivenAssertions
from kg.build.pipeline import build
from kg.build.sources import Source
from kg.ground.kinds import EVERYWHERE, KINDS, Kind, Slot, ValueType
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES, expand

HOME = Path(__file__).parents[2]
GUIDE = (HOME / "docs" / "ontology.md").read_text(encoding="utf-8")
CONTEXT = json.loads((HOME / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
VALUES = {
    ValueType.ENTITY: "entity",
    ValueType.TEXT: "text",
    ValueType.DATE: "date",
    ValueType.MONEY: "amount",
    ValueType.NUMBER: "xsd:decimal",
    ValueType.COUNT: "xsd:integer",
    ValueType.FLAG: "true",
    ValueType.ASSERTION: "assertion",
}
NUMBERS = {
    (True, True): "one or more",
    (True, False): "one",
    (False, True): "any number",
    (False, False): "at most one",
}


def table(header: str) -> list[tuple[str, ...]]:
    lines = GUIDE[GUIDE.index(header) :].splitlines()[2:]
    body = lines[: next((place for place, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in body]


def cells(kind: Kind, slot: Slot) -> tuple[str, ...]:
    entry = CONTEXT[kind.name]["@context"][slot.name]
    name = entry if isinstance(entry, str) else entry["@id"]
    value = f"concept of `id:{slot.scheme}`" if slot.scheme else VALUES[slot.value]
    return (f"`{slot.name}`", f"`{name}`", value, NUMBERS[slot.required, slot.many])


def test_the_table_of_kinds_is_that_of_the_program() -> None:
    common = {slot.name for slot in EVERYWHERE}
    expected = [
        (f"`{kind.name}`", f"`sides:{kind.ontology_class}`", *cells(kind, slot))
        for kind in KINDS.values()
        for slot in kind.slots.values()
        if slot.name not in common
    ]
    assert table("| kind | class | slot | property | value | how many |") == expected


def test_the_table_of_common_slots_is_that_of_the_program() -> None:
    assert table("| slot | property | value | how many |") == [cells(KINDS["aid"], slot) for slot in EVERYWHERE]


def test_the_guide_names_declared_terms_and_every_class_that_is_defined() -> None:
    ontology = ox.Store()
    for file in (HOME / "ontology").glob("*.ttl"):
        ontology.extend(ox.parse(path=file, rename_blank_nodes=True))
    named = {expand(term) for term in re.findall(r"\bsides:\w+", GUIDE)}
    undeclared = {
        term
        for term in named
        if not any(ontology.quads_for_pattern(ox.NamedNode(term), ox.NamedNode(expand("rdf:type")), None))
    }
    assert undeclared == set()
    equivalent = ontology.quads_for_pattern(None, ox.NamedNode(expand("owl:equivalentClass")), None)
    defined = {quad.subject.value for quad in equivalent} - {expand("sides:interval")}
    assert len(defined) > 10
    assert defined <= named


def test_the_queries_of_the_guide_run_with_the_prefixes_of_the_program() -> None:
    queries = re.findall(r"```sparql\n(.+?)```", GUIDE, re.DOTALL)
    assert len(queries) == 6
    for query in queries:
        ox.Store().query(query)
        assert all(PREFIXES[prefix] == namespace for prefix, namespace in re.findall(r"PREFIX (\w+): <(.+?)>", query))


def test_the_queries_of_the_guide_have_answers(tmp_path: Path) -> None:
    kinds = HOME / "tests" / "rdf" / "golden" / "kinds.jsonl"
    union = {"kind": "membership", "member": "state:HUN", "organisation": "org:eu"}
    more = {"id": "eu", "lang": "en", "text": "Hungary is a member of the EU.", "assertions": [union]}
    file = tmp_path / "kinds.jsonl"
    file.write_text(kinds.read_text(encoding="utf-8") + json.dumps(more) + "\n", encoding="utf-8")
    settings = Settings(home=HOME, releases=tmp_path)
    build(settings, GivenAssertions.read(file), sources=[Source("kinds", file)])
    store = ox.Store()
    store.bulk_load(path=Release.current(settings).data)
    for query in re.findall(r"```sparql\n(.+?)```", GUIDE, re.DOTALL):
        assert list(store.query(query)), query
