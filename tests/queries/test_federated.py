"""Queries that call other endpoints, asked without a network: those are a graph in the same store, or a stand-in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES
from kg.serve.federation import FederatedEngine
from kg.serve.web.app import create_app
from support.compare import unmatched
from support.serving import make_release
from support.stand_in import StandIn, stand_in

ROOT = Path(__file__).parents[2]
ENDPOINTS = ("https://query.wikidata.org/sparql", "https://qlever.dev/api/wikidata", "https://dbpedia.org/sparql")
DBPEDIA = "http://dbpedia.org"

# What the other endpoint says in this test: round numbers and made-up names, no facts.
ELSEWHERE = f"""
wd:Q142 wdt:P31 wd:Q3624078 ; wdt:P1082 1000000 ; wdt:P2131 1000000000000 ; wdt:P6 wd:Q1 .
wd:Q1 rdfs:label "One"@en , "Un"@fr , "Eins"@de .
wd:Q184 wdt:P31 wd:Q3624078 ; wdt:P625 "Point(1 2)"^^geo:wktLiteral .
wd:Q90 wdt:P1082 5 .
wd:Q148 wdt:P31 wd:Q3624078 ; wdt:P37 wd:Q2 .
wd:Q2 rdfs:label "Two"@en , "Deux"@fr , "Zwei"@de .
<{DBPEDIA}/resource/M113> owl:sameAs ?m113 ; <{DBPEDIA}/ontology/abstract> "A carrier."@en , "Un blindé."@fr .
"""

FEDERATED = {
    "dbpedia-abstracts": [{"item": "equipment:m113", "resource": f"{DBPEDIA}/resource/M113", "abstract": "A carrier."}],
    "wikidata-coordinates": [{"state": "state:BLR", "position": "position:against", "point": "Point(1 2)"}],
    "wikidata-gdp": [{"donor": "state:FRA", "gdp_in_dollars": 1000000000000, "percent": 0.748}],
    "wikidata-heads-of-government": [{"member": "state:FRA", "head": "wd:Q1", "name": "One"}],
    "wikidata-languages": [{"state": "state:CHN", "tongue": "wd:Q2", "name": "Two"}],
    "wikidata-population": [
        {"donor": "state:FRA", "population": 1000000, "committed_per_head": 3300, "allocated_per_head": 7479.58}
    ],
}


@pytest.fixture(scope="module")
def elsewhere(full: ox.Store) -> str:
    """What the other endpoints say, as an update."""
    found = full.query("SELECT ?item { equipment:m113 owl:sameAs ?item }", prefixes=dict(PREFIXES))
    item = next(iter(found))["item"]  # type: ignore[arg-type, index]
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    return f"{prefixes} INSERT DATA {{ {ELSEWHERE.replace('?m113', str(item))} }}"


@pytest.fixture(scope="module")
def both(full: ox.Store, elsewhere: str) -> ox.Store:
    store = ox.Store()
    store.extend(full.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    store.update(elsewhere)
    return store


@pytest.fixture(scope="module")
def endpoint(elsewhere: str) -> Iterator[StandIn]:
    with stand_in() as running:
        running.store.update(elsewhere)
        yield running


@pytest.fixture(scope="module")
def site(full: ox.Store, endpoint: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The site on all sources, on a server that allows both endpoints."""
    quads = full.dump(format=ox.RdfFormat.N_QUADS)
    assert quads is not None
    release = make_release(tmp_path_factory.mktemp("full"), quads.decode())
    services = ",".join(f"{name}={endpoint.address}" for name in ENDPOINTS)
    with FederatedEngine.start(Settings(home=ROOT, workers=2, services=services), release) as engine:
        yield create_app(engine.settings, engine).test_client()


def test_every_federated_query_is_here(catalogue: Catalogue) -> None:
    assert {query.name for query in catalogue if re.search(r"\bSERVICE\b", query.text)} == FEDERATED.keys()


@pytest.mark.parametrize("name", FEDERATED)
def test_federated(name: str, catalogue: Catalogue, both: ox.Store) -> None:
    query = catalogue.get(name)
    assert query is not None
    text, calls = re.subn(r"SERVICE <(https://[^>]+)>", "", query.text)
    assert calls == 1
    answer = both.query(text)
    assert isinstance(answer, ox.QuerySolutions)
    assert tuple(variable.value for variable in answer.variables) == query.columns
    rows = [tuple(row) for row in answer]
    missing, left = unmatched(FEDERATED[name], query.columns, rows)
    assert missing == []
    assert left == []


@pytest.mark.parametrize("name", FEDERATED)
def test_asked_at_the_site(name: str, catalogue: Catalogue, site: FlaskClient, endpoint: StandIn) -> None:
    """The server asks the other endpoint, and tells it which items the rest of the query has."""
    query = catalogue.get(name)
    assert query is not None
    endpoint.heard.clear()
    reply = site.get(f"/queries/{name}.json")
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    rows = [[row.get(column, {}).get("value") for column in query.columns] for row in reply.json["results"]["bindings"]]
    terms = [tuple(_term(value) for value in row) for row in rows]
    assert unmatched(FEDERATED[name], query.columns, terms) == ([], [])
    assert 1 <= len(endpoint.heard) <= 3
    assert all(
        re.search(r"VALUES \(\?(item|entity)\) \{ \(<http://www.wikidata.org/", each.query) for each in endpoint.heard
    )


def _term(value: str) -> ox.NamedNode | ox.Literal:
    return ox.NamedNode(value) if value.startswith("http") else ox.Literal(value)


@pytest.mark.parametrize("name", FEDERATED)
def test_the_call_itself_is_sparql(name: str, catalogue: Catalogue) -> None:
    """Nobody is called: the engine reads the text, and finds no host to ask in an empty graph that is silent."""
    query = catalogue.get(name)
    assert query is not None
    ox.Store().query(re.sub(r"SERVICE <https://[^>]+>", "SERVICE SILENT <http://127.0.0.1:9/>", query.source))
