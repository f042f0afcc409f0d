"""What another endpoint is asked: few requests with many values each, and the answers of a local join."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.ground.release import Release
from kg.serve.federation import FederatedEngine, execution
from support.federated import ENTITIES, LINKS, WD, WDT, WIKIDATA, settings_for
from support.serving import EX
from support.stand_in import Answering, StandIn, stand_in

PREFIXES = f"PREFIX ex: <{EX}> PREFIX wd: <{WD}> PREFIX wdt: <{WDT}> "
POPULATION = f"{PREFIXES} SELECT ?e ?n {{ ?e ex:same ?item . SERVICE <{WIKIDATA}> {{ ?item wdt:P1082 ?n }} }}"
"""A join of all entities with what Wikidata says of each."""


def rows(engine: FederatedEngine, query: str, **given: object) -> list[list[str]]:
    answer = engine.query(query, "text/csv", **given)  # type: ignore[arg-type]
    return [*csv.reader(io.StringIO(b"".join(answer).decode()))][1:]


def told(query: str) -> int:
    """How many rows of values a query to the endpoint has."""
    table = re.search(r"VALUES \([^)]*\) \{(.*)\}", query, re.DOTALL)
    return table[1].count("(") if table else 0


def test_a_thousand_entities_make_about_ten_requests(engine: FederatedEngine, wikidata: StandIn) -> None:
    found = rows(engine, POPULATION)
    sizes = [told(each.query) for each in wikidata.heard]
    assert len(sizes) <= 10
    assert sum(sizes) == ENTITIES
    assert sizes[0] == 100
    assert max(sizes) > 100
    assert all(each.method == "POST" for each in wikidata.heard)
    both = ox.Store()
    both.load(LINKS.encode(), ox.RdfFormat.N_TRIPLES)
    both.extend(wikidata.store)
    local = both.query(POPULATION.replace(f"SERVICE <{WIKIDATA}>", ""))
    assert isinstance(local, ox.QuerySolutions)
    expected = Counter((row["e"].value, row["n"].value) for row in local)  # type: ignore[union-attr]
    assert Counter((e, n) for e, n in found) == expected
    assert len(found) == ENTITIES


def test_no_more_than_two_requests_at_one_time(
    engine: FederatedEngine, wikidata: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(answering: Answering, _number: int) -> None:
        time.sleep(0.05)
        answering.from_store()

    wikidata.fails = slowly
    with ThreadPoolExecutor(4) as threads:
        queries = [POPULATION.replace("?n }", f"?n FILTER(?n > {i}) }}") for i in range(4)]
        list(threads.map(lambda query: rows(engine, query), queries))
    assert wikidata.most_running == 2


def test_slow_answers_make_requests_smaller(
    engine: FederatedEngine, wikidata: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execution, "_QUICK", 0.0)
    monkeypatch.setattr(execution, "_SLOW", 0.0)
    assert len(rows(engine, POPULATION)) == ENTITIES
    sizes = [told(each.query) for each in wikidata.heard]
    assert {*sizes} >= {100, 50, 25, 12, 10}
    assert sizes.count(100) == sizes.count(50) == 2


def test_a_request_that_is_too_long_is_halved(engine: FederatedEngine, wikidata: StandIn) -> None:
    def narrow(answering: Answering, _number: int) -> None:
        if told(answering.query) > 60:
            answering.reply(413)
        else:
            answering.from_store()

    wikidata.fails = narrow
    query = POPULATION.replace("?e ex:same ?item .", "?e ex:same ?item . FILTER(STRLEN(STR(?item)) < 35)")
    assert len(rows(engine, query)) == 100
    assert sorted(told(each.query) for each in wikidata.heard) == [50, 50, 100]


def test_what_is_in_a_long_group_is_told_too(engine: FederatedEngine, wikidata: StandIn) -> None:
    query = f"""{PREFIXES} SELECT * {{
        {{ SELECT ?item {{ VALUES ?item {{ wd:Q1 wd:Q2 wd:Q7 }} }} }}
        OPTIONAL {{ ?e ex:same ?item . SERVICE <{WIKIDATA}> {{ ?item wdt:P1082 ?n ; wdt:P31 wd:Q3624078 }} }} }}"""
    assert len(rows(engine, query)) == 3
    (asked,) = wikidata.heard
    assert told(asked.query) == 3
    assert asked.method == "GET"


@pytest.mark.parametrize(
    "beside",
    [
        "",
        "OPTIONAL { ?e ex:same ?item }",  # may be unbound
        "GRAPH ?g { ?e ex:same ?item . CLAUSE }",
        "{ SELECT ?item { ?e ex:same ?item } LIMIT 3 }",  # which three, nobody knows
        "BIND(RAND() AS ?item)",
        "VALUES ?item { 1 2.0 }",  # which numbers are equal is for each engine to say
    ],
)
def test_what_is_not_sure_is_not_told(beside: str, engine: FederatedEngine, wikidata: StandIn) -> None:
    clause = f"SERVICE <{WIKIDATA}> {{ ?item wdt:P1082 ?n FILTER(?n < 5000) }}"
    group = beside.replace("CLAUSE", clause) if "CLAUSE" in beside else f"{beside} {clause}"
    rows(engine, f"{PREFIXES} SELECT * {{ {group} }}")
    (asked,) = wikidata.heard
    assert told(asked.query) == 0


def test_nothing_is_asked_where_nothing_can_fit(engine: FederatedEngine, wikidata: StandIn) -> None:
    assert rows(engine, POPULATION.replace("ex:same", "ex:nothing")) == []
    assert wikidata.heard == []


def test_clauses_are_told_what_others_answered(engine: FederatedEngine, wikidata: StandIn) -> None:
    query = f"""{PREFIXES} PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?n ?name {{
        SERVICE <{WIKIDATA}> {{ ?item rdfs:label ?name FILTER(LANG(?name) = "fr") }}
        VALUES ?n {{ 3000.0 5000.0 }}
        SERVICE <{WIKIDATA}> {{ ?item wdt:P31 wd:Q3624078 ; wdt:P1082 ?n FILTER(?n < 9000) }} }}"""
    assert sorted(rows(engine, query)) == [["3000", "Élément 3"], ["5000", "Élément 5"]]
    assert told(wikidata.heard[0].query) == 0


def test_an_answer_is_asked_for_once_an_hour(
    engine: FederatedEngine, wikidata: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows(engine, POPULATION)
    asked = len(wikidata.heard)
    assert rows(engine, POPULATION) == first
    assert len(wikidata.heard) == asked
    now = time.monotonic() + 3601
    monkeypatch.setattr(engine._remote._cache, "_clock", lambda: now)
    assert rows(engine, POPULATION) == first
    assert len(wikidata.heard) == 2 * asked


def test_requests_say_who_asks_and_for_what(engine: FederatedEngine, wikidata: StandIn) -> None:
    rows(engine, f"{PREFIXES} SELECT * {{ SERVICE <{WIKIDATA}> {{ wd:Q1 wdt:P1082 ?n }} }}")
    (asked,) = wikidata.heard
    assert asked.headers["Accept"] == "application/sparql-results+json"
    assert asked.headers["User-Agent"].startswith("Sides/")
    assert asked.headers["Host"] == f"127.0.0.1:{wikidata.port}"
    assert (
        asked.query == f"PREFIX wd: <{WD}>\nPREFIX wdt: <{WDT}>\nSELECT ?n WHERE {{ wd:Q1 wdt:P1082 ?n }} LIMIT 20001"
    )


def test_the_answer_is_kept_by_nobody(client: FlaskClient, wikidata: StandIn) -> None:
    reply = client.get("/sparql", query_string={"query": POPULATION, "format": "json"})
    assert (reply.status_code, len(reply.json["results"]["bindings"])) == (200, ENTITIES)  # type: ignore[index]
    assert reply.headers["Cache-Control"] == "no-store"
    assert "ETag" not in reply.headers
    assert "Sides-Service-Failed" not in reply.headers


def test_columns_keep_their_order(client: FlaskClient) -> None:
    query = (
        f"{PREFIXES} SELECT * {{ ?z ex:same ?item SERVICE <{WIKIDATA}> {{ ?item wdt:P1082 ?n ; wdt:P31 ?a }} }} LIMIT 1"
    )
    reply = client.get("/sparql", query_string={"query": query, "format": "json"})
    assert reply.json["head"]["vars"] == ["z", "item", "n", "a"]  # type: ignore[index]


def test_what_would_be_asked_is_told_without_asking(client: FlaskClient, wikidata: StandIn) -> None:
    reply = client.get("/sparql", query_string={"query": POPULATION, "explain": "1"})
    assert json.loads(reply.data)["services"] == [{"endpoint": WIKIDATA, "silent": False}]
    assert wikidata.heard == []


@pytest.mark.parametrize(
    "wrong",
    [
        f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?s ?p HERE}} }}",
        f"SELECT * {{\n SERVICE\n <{WIKIDATA}> {{ ?s ?p ?o }} }} LIMIT HEREx",
        f"SELECT * {{ OPTIONAL HERESERVICE <{WIKIDATA}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ ?s ?p ?o }} UNION HERESERVICE <{WIKIDATA}> {{ ?s ?p ?o }}",
    ],
)
def test_nobody_is_asked_before_the_query_is_one(wrong: str, client: FlaskClient, wikidata: StandIn) -> None:
    before, _, behind = wrong.partition("HERE")
    wrong = before + behind
    reply = client.get("/sparql", query_string={"query": wrong})
    assert (reply.status_code, reply.json["code"]) == (400, "query-syntax")  # type: ignore[index]
    assert wikidata.heard == []
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    if "UNION" not in wrong:  # there, the fault is the word UNION
        assert (reply.json["line"], reply.json["column"]) == place  # type: ignore[index]
    assert "OPTIONAL  " not in reply.json["detail"]  # type: ignore[index]


def test_blank_nodes_of_others_become_iris(release: Release) -> None:
    data = "[] <http://e/p> 1, 2 . [] <http://e/p> 1 ."
    with stand_in(data) as other, FederatedEngine.start(settings_for(other.address), release) as engine:
        clause = f"SERVICE <{WIKIDATA}> {{ ?s <http://e/p> ?o }}"
        (one, first), (two, second) = rows(engine, f"SELECT ?s (COUNT(*) AS ?n) {{ {clause} }} GROUP BY ?s ORDER BY ?n")
    assert (first, second) == ("1", "2")
    assert one != two
    assert one.startswith("https://w3id.org/sides/.well-known/genid/")


@pytest.mark.parametrize(
    "literal",
    [
        '"a \\"quoted\\" \\\\ line\\nnext\\ttab\\r"',
        '"SERVICE <http://a/> {"',
        '"é"@fr',
        '"2024-01-01"^^xsd:date',
        '"}"',
        '"𝄞"',
    ],
)
def test_literals_come_through_as_they_are(literal: str, release: Release) -> None:
    data = f"@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . <http://e/s> <http://e/p> {literal} ."
    with stand_in(data) as other, FederatedEngine.start(settings_for(other.address), release) as engine:
        query = f"SELECT ?o {{ SERVICE <{WIKIDATA}> {{ <http://e/s> <http://e/p> ?o }} }}"
        (found,) = engine.select(query)
        (expected,) = other.store
        assert (found["o"].value, found["o"].language) == (expected.object.value, expected.object.language)  # type: ignore[union-attr]


def test_from_and_the_graphs_of_the_protocol_hold_for_what_is_local(engine: FederatedEngine) -> None:
    assert rows(engine, POPULATION.replace("{ ?e", "FROM <http://nothing/> { ?e")) == []
    assert rows(engine, POPULATION, default_graphs=["http://nothing/"]) == []
