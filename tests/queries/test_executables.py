"""The saved queries in the graph itself: what an editor or an assistant finds there can be run as it stands."""

from __future__ import annotations

import pytest

from kg.ground.catalogue import Catalogue, QueryForm
from kg.serve.engine import Engine
from support.build_home import ROOT

FOUND = """\
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX void: <http://rdfs.org/ns/void#>
SELECT ?name ?text ?fr ?en WHERE {
  ?query a sh:SPARQLExecutable, sh:SPARQLSelectExecutable ; sh:select ?text ; dcterms:identifier ?name .
  ?query sh:prefixes ?dataset . ?dataset a void:Dataset ; sh:declare ?declared .
  ?declared sh:prefix "sides"
  OPTIONAL { ?query rdfs:label ?fr FILTER(LANG(?fr) = "fr") }
  OPTIONAL { ?query rdfs:label ?en FILTER(LANG(?en) = "en") }
}"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(ROOT / "queries")


def test_every_saved_query_stands_in_the_graph(built_engine: Engine, catalogue: Catalogue) -> None:
    rows = {row["name"].value: row for row in built_engine.select(FOUND)}
    selects = {query.name: query for query in catalogue if query.form is QueryForm.SELECT}
    assert rows.keys() == selects.keys()
    for name, row in rows.items():
        assert row["text"].value == selects[name].text
        assert (row["fr"].value, row["en"].value) == (selects[name].summary["fr"], selects[name].summary["en"])


def test_what_stands_there_can_be_run(built_engine: Engine, catalogue: Catalogue) -> None:
    row = next(row for row in built_engine.select(FOUND) if row["name"].value == "relations")
    query = catalogue.get("relations")
    assert query is not None
    assert built_engine.select(row["text"].value) == built_engine.select(query.text)
