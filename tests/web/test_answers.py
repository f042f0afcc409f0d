"""That files are answered as the endpoint answers: the same formats, limits and caching."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.catalogue import Parameter, ParameterType
from kg.ground.errors import QueryTimeoutError
from kg.ground.release import Release
from kg.ground.terms import expand, shorten
from kg.serve.engine import Answer, Engine
from kg.serve.formats import RESULT_FORMATS
from kg.serve.web.answers import data_response
from kg.serve.web.site import site

SAVED = "/queries/coalition-members"


def test_the_same_file_is_not_sent_twice(client: FlaskClient, engine_release: str) -> None:
    first = client.get(f"{SAVED}.csv")
    tag = first.headers["ETag"]
    assert tag.startswith(f'W/"{engine_release}-')
    again = client.get(f"{SAVED}.csv", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)


@pytest.fixture
def engine_release(built_engine: Engine) -> str:
    return built_engine.release.hash


@pytest.mark.parametrize(("expression", "kept"), [("RAND()", False), ("1", True)])
def test_what_may_differ_each_time_has_no_tag(app: Flask, expression: str, kept: bool) -> None:
    with app.test_request_context("/"):
        response = data_response(site(), f"SELECT ({expression} AS ?n) {{}}", RESULT_FORMATS[2])
    assert ("ETag" in response.headers) == kept
    assert response.headers["Cache-Control"] == ("public, no-cache" if kept else "no-store")
    response.close()


@pytest.mark.parametrize("parameter", ["format", "output", "results"])
def test_a_saved_query_takes_the_names_that_the_endpoint_takes(client: FlaskClient, parameter: str) -> None:
    assert client.get(f"{SAVED}?{parameter}=csv").content_type == "text/csv; charset=utf-8"
    refused = client.get(f"{SAVED}?{parameter}=ttl", headers={"Accept": "application/json"})
    assert (refused.status_code, json.loads(refused.text)["code"]) == (406, "not-acceptable")


@pytest.mark.parametrize("address", [SAVED, f"{SAVED}.csv"])
def test_a_saved_query_takes_a_timeout(client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query = Engine.query

    def refuse(engine: Engine, *given: Any, deadline: float | None = None, **named: Any) -> Answer:
        if deadline == 0.25:
            raise QueryTimeoutError("too late")
        return query(engine, *given, deadline=deadline, **named)

    monkeypatch.setattr(Engine, "query", refuse)
    assert client.get(f"{address}?timeout=0.25").status_code == 503
    assert client.get(f"{address}?timeout=soon").status_code == 400


def test_a_query_in_the_address_of_a_saved_one_is_refused(client: FlaskClient) -> None:
    refused = client.get(f"{SAVED}.csv?query=ASK{{}}", headers={"Accept": "application/json"})
    assert refused.status_code == 400
    assert "has no parameter query" in refused.text


@pytest.mark.parametrize("value", ["org:nope", "state:FRA", "https://w3id.org/sides/id/person/emmanuel-macron"])
@pytest.mark.parametrize("suffix", ["csv", "rq"])
def test_an_entity_outside_the_class_is_refused(client: FlaskClient, value: str, suffix: str) -> None:
    refused = client.get(f"{SAVED}.{suffix}?organisation={value}", headers={"Accept": "application/json"})
    assert refused.status_code == 400
    assert f"{value} is not an instance of sides:Organisation" in refused.text
    page = client.get(f"{SAVED}?organisation={value}&lang=en")
    assert page.status_code == 400
    assert f"{shorten(value)} is not what is asked for here: organisation" in page.text


def test_an_entity_without_a_class_must_be_of_the_graph(app: Flask) -> None:
    parameter = Parameter(name="who", type=ParameterType.ENTITY, label={}, default=())
    asked = parameter.members([parameter.term("state:FRA"), parameter.term("state:NOPE")])
    with app.test_request_context("/"):
        found = [row["value"].value for row in site().select(asked or "")]
    assert found == [expand("state:FRA")]


def test_every_default_may_be_given(app: Flask, client: FlaskClient) -> None:
    """The form sends the defaults, so they are members of their own class."""
    tried = 0
    for query in app.extensions["sides-pages"].catalogue:
        given = {parameter.name: list(parameter.default) for parameter in query.parameters if parameter.default}
        if given:
            answer = client.get(f"/queries/{query.name}.rq", query_string=given)
            assert answer.status_code == 200, (query.name, answer.text)
            tried += 1
    assert tried


def test_the_values_that_were_chosen_stand_beside_the_title(client: FlaskClient) -> None:
    page = client.get(f"{SAVED}?organisation=org:nato&lang=en").text
    assert (
        "<strong>North Atlantic Treaty Organization</strong>"
        in page.partition('<p class="chosen">')[2].partition("</p>")[0]
    )
    assert "North Atlantic" in page.partition("<title>")[2].partition("</title>")[0]
    for untouched in (SAVED, f"{SAVED}?organisation=org:coalition-of-the-willing", f"{SAVED}?organisation="):
        assert 'class="chosen"' not in client.get(untouched).text


def test_data_are_written_with_prefixes(client: FlaskClient) -> None:
    turtle = client.get("/data/state/FRA.ttl").text
    assert "@prefix state: <https://w3id.org/sides/id/state/>" in turtle
    assert "\nstate:FRA " in turtle
    assert client.get("/data/state/FRA.nt").text.count("<https://w3id.org/sides/id/state/FRA>") > 10


DATASET: dict[str, Any] = {
    "query": "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?g) AS ?graphs) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }",
    "default-graph-uri": "https://w3id.org/sides/graph/ontology",
    "named-graph-uri": ["https://w3id.org/sides/graph/metadata", "https://w3id.org/sides/graph/entities"],
}


def test_a_page_shows_the_graphs_that_are_named(client: FlaskClient, built_release: Release) -> None:
    names = [DATASET["default-graph-uri"], *DATASET["named-graph-uri"]]
    rows = str(sum(built_release.counts[name] for name in names))
    shown = client.get("/sparql", query_string={**DATASET, "lang": "en"}).text
    posted = client.post("/sparql", data=DATASET).text
    results = client.post("/results", data=DATASET).text
    for page in (shown, posted, results):
        assert f"{int(rows):,}" in page or rows in page
        (link,) = {html.unescape(found) for found in re.findall(r'href="(/sparql\?query=[^"]*&amp;format=csv)"', page)}
        assert client.get(link).text == f"n,graphs\r\n{rows},2\r\n"


def test_a_graph_that_is_no_iri_is_told_on_a_page(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "ASK {}", "default-graph-uri": "graph"})
    assert (response.status_code, response.mimetype) == (400, "text/html")


def test_a_syntax_error_that_a_browser_posts_is_shown_in_the_editor(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": "SELECT * { ?s ?p }"})
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "<textarea" in response.text
    assert "SELECT * { ?s ?p }" in html.unescape(response.text)
