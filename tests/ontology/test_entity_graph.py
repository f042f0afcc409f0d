"""The entities as RDF: up to date with their tables, linked once, readable."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.entities import Entity, read_entities
from kg.build.entity_graph import FILES, entity_turtle
from kg.ground.errors import TableError
from kg.ground.terms import expand

HOME = Path(__file__).parents[2]
FOLDER = HOME / "ontology" / "entities"


@pytest.fixture(scope="module")
def entities() -> tuple[Entity, ...]:
    return read_entities(HOME / "sources" / "entities")


@pytest.fixture(scope="module")
def store(entities: tuple[Entity, ...]) -> ox.Store:
    graph = ox.Store()
    for text in entity_turtle(entities).values():
        graph.extend(ox.parse(text, ox.RdfFormat.TURTLE))
    return graph


def changed(entities: tuple[Entity, ...], key: str, **cells: str) -> list[Entity]:
    return [
        replace(entity, cells={**entity.cells, **cells}, wikidata=cells.get("qid", entity.wikidata))
        if entity.key == key
        else entity
        for entity in entities
    ]


def objects(store: ox.Store, subject: str, predicate: str) -> set[str]:
    found = store.quads_for_pattern(ox.NamedNode(expand(subject)), ox.NamedNode(expand(predicate)), None)
    return {str(quad.object) for quad in found}


def test_the_committed_files_are_up_to_date(entities: tuple[Entity, ...]) -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.ttl")}
    assert committed == entity_turtle(entities), "change the tables only, and write the files anew by a build"


def test_the_order_of_the_rows_does_not_matter(entities: tuple[Entity, ...]) -> None:
    shuffled = list(entities)
    random.Random(7).shuffle(shuffled)
    assert entity_turtle(shuffled) == entity_turtle(entities)


def test_every_row_becomes_one_entity_with_two_names(entities: tuple[Entity, ...], store: ox.Store) -> None:
    assert set(entity_turtle(entities)) == set(FILES.values())
    for entity in entities:
        names = objects(store, entity.key, "rdfs:label")
        assert names == {
            str(ox.Literal(entity.name_fr, language="fr")),
            str(ox.Literal(entity.name_en, language="en")),
        }
        assert objects(store, entity.key, "skos:prefLabel") == names
        expected = {f"<{expand('wd:' + entity.wikidata)}>"} if entity.wikidata else set()
        assert objects(store, entity.key, "owl:sameAs") == expected


def test_states_have_codes_neighbours_both_ways_and_a_point(store: ox.Store) -> None:
    assert objects(store, "state:XKX", "sides:memberOf") == set()
    assert objects(store, "state:UKR", "sides:memberOf") == {f"<{expand('org:un')}>"}
    assert objects(store, "state:UKR", "skos:notation") == {'"UA"', '"UKR"'}
    assert objects(store, "state:UKR", "sides:alpha2Code") == {'"UA"'}
    assert objects(store, "state:UKR", "sides:alpha3Code") == {'"UKR"'}
    assert objects(store, "state:UKR", "sides:numericCode") == {'"804"'}
    assert objects(store, "state:XKX", "sides:numericCode") == set()
    assert f"<{expand('state:HUN')}>" in objects(store, "state:UKR", "sides:bordersWith")
    borders = ox.NamedNode(expand("sides:bordersWith"))
    pairs = {(quad.subject, quad.object) for quad in store.quads_for_pattern(None, borders, None)}
    assert pairs == {(neighbour, state) for state, neighbour in pairs}
    (point,) = objects(store, "state:FRA", "geo:hasGeometry")
    (wkt,) = (
        str(quad.object)
        for quad in store.quads_for_pattern(ox.NamedNode(point[1:-1]), None, None)
        if "WKT" in str(quad.predicate)
    )
    longitude, latitude = wkt.partition("(")[2].partition(")")[0].split()
    assert -5 < float(longitude) < 10
    assert 41 < float(latitude) < 52


def test_names_to_find_a_thing_by_are_hidden_and_none_of_its_labels(
    entities: tuple[Entity, ...], store: ox.Store
) -> None:
    assert objects(store, "state:MMR", "skos:hiddenLabel") == {'"Burma"@en'}
    for ambiguous in ("state:COD", "state:COG"):
        assert {'"Congo"@en', '"Congo"@fr'} <= objects(store, ambiguous, "skos:hiddenLabel")
    assert objects(store, "state:HUN", "sides:demonym") == {'"hongrois"@fr', '"hongroise"@fr', '"Hungarian"@en'}
    for entity in entities:
        hidden = objects(store, entity.key, "skos:hiddenLabel")
        labels = objects(store, entity.key, "skos:prefLabel") | objects(store, entity.key, "skos:altLabel")
        assert not hidden & labels


def test_names_with_quotes_and_backslashes_survive(entities: tuple[Entity, ...]) -> None:
    name = 'A "quoted" \\ name'
    odd = [replace(entity, name_en=name) if entity.key == "org:nato" else entity for entity in entities]
    graph = ox.Store()
    graph.extend(ox.parse(entity_turtle(odd)["organisations.ttl"], ox.RdfFormat.TURTLE))
    assert str(ox.Literal(name, language="en")) in objects(graph, "org:nato", "rdfs:label")


@pytest.mark.parametrize(
    ("key", "cells", "message"),
    [
        ("org:nato", {"kind": "club"}, "kind 'club' has no class"),
        ("equipment:m113", {"category": "sword"}, "category 'sword' has no class"),
        ("state:FRA", {"borders": "DEU;ATL"}, "neighbour ATL is not in the table"),
        ("state:FRA", {"un_member": "yes"}, "un_member is 'yes'"),
        ("state:FRA", {"numeric": "25"}, "numeric is '25'"),
        ("state:FRA", {"lat": "91"}, "lat is '91'"),
        ("state:FRA", {"lon": "east"}, "lon is 'east'"),
        ("state:FRA", {"qid": "142"}, "'142' is no Wikidata item"),
        ("state:FRA", {"qid": "Q183"}, "Q183 is the item of state:DEU as well"),
    ],
)
def test_a_wrong_cell_is_refused(
    entities: tuple[Entity, ...], key: str, cells: Mapping[str, str], message: str
) -> None:
    with pytest.raises(TableError, match=message) as caught:
        entity_turtle(changed(entities, key, **cells))
    assert str(caught.value).startswith(key)


def test_a_resolution_has_its_number_its_body_and_its_day(store: ox.Store) -> None:
    assert objects(store, "resolution:a-res-es-11-1", "sides:number") == {'"A/RES/ES-11/1"'}
    assert objects(store, "resolution:a-res-es-11-1", "sides:body") == {f"<{expand('org:un-general-assembly')}>"}
    assert objects(store, "resolution:a-res-es-11-1", "sides:adopted") == {
        str(ox.Literal("2022-03-02", datatype=ox.NamedNode(expand("xsd:date"))))
    }


def test_a_meeting_leads_to_who_met(store: ox.Store) -> None:
    assert objects(store, "meeting:udcg-2022-04-26-ramstein", "sides:meetingOf") == {f"<{expand('org:udcg')}>"}
    assert objects(store, "meeting:udcg-2022-04-26-ramstein", "sides:date") != set()


@pytest.mark.parametrize(
    ("key", "cells", "message"),
    [
        ("resolution:a-res-es-11-1", {"body": "no-such-body"}, "body 'no-such-body' is not in the table"),
        ("resolution:a-res-es-11-1", {"adopted": "2 March 2022"}, "adopted '2 March 2022' is no date"),
        ("meeting:udcg-2022-04-26-ramstein", {"date": "2022-02-30"}, "date '2022-02-30' is no date"),
        ("org:nato", {"part_of": "nowhere"}, "part_of 'nowhere' is not in the table"),
    ],
)
def test_a_cell_that_names_nothing_stops_the_build(
    entities: tuple[Entity, ...], key: str, cells: dict[str, str], message: str
) -> None:
    with pytest.raises(TableError, match=message):
        entity_turtle(changed(entities, key, **cells))
