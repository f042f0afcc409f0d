"""The OpenAPI document: it is valid, and nothing of the site is missing in it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from kg.ground.catalogue import Catalogue
from kg.ground.terms import shorten
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS
from kg.serve.web.openapi.document import PEOPLE, SAVED, path_of
from kg.serve.web.openapi.protocols import QUERIES
from kg.serve.web.site import Site

METHODS = {"get", "head", "post", "put", "delete", "patch", "options"}


@pytest.fixture(scope="module", params=["en", "fr"])
def document(app: Flask, request: pytest.FixtureRequest) -> dict[str, Any]:
    reply = app.test_client().get(f"/openapi.json?lang={request.param}")
    assert reply.headers["Content-Language"] == request.param
    found: dict[str, Any] = json.loads(reply.data)
    return found


@pytest.fixture(scope="module")
def catalogue(app: Flask) -> Catalogue:
    (site,) = (item for item in app.extensions.values() if isinstance(item, Site))
    return site.catalogue


def test_it_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_every_address_is_in_it_or_is_for_people(app: Flask, document: dict[str, Any]) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert rules >= PEOPLE
    told = {path_of(rule) for rule in rules - PEOPLE - {SAVED}}
    concrete = {path for path in document["paths"] if re.fullmatch(r"/queries/[\w-]+", path)}
    assert told == set(document["paths"]) - concrete


def test_every_method_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    """HEAD and OPTIONS are told of in words, and QUERY, which OpenAPI 3.1 has no place for, with POST."""
    for rule in app.url_map.iter_rules():
        path = document["paths"].get(path_of(rule.rule))
        if path is not None:
            assert {m.lower() for m in rule.methods or ()} - {"head", "options", "query"} <= path.keys() & METHODS


def test_every_operation_says_what_it_does_under_a_name_of_its_own(document: dict[str, Any]) -> None:
    operations = [path[method] for path in document["paths"].values() for method in path.keys() & METHODS]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 100
    assert all(len(operation["summary"]) > 5 for operation in operations)


def test_every_saved_query_is_an_operation(document: dict[str, Any], catalogue: Catalogue) -> None:
    for query in catalogue:
        operation = document["paths"][f"/queries/{query.name}"]["get"]
        assert operation["summary"] in query.summary.values()
        given = {item["name"]: item for item in operation["parameters"]}
        assert given.keys() == {item.name for item in query.parameters} | {"format", "timeout", "maxQueryTimeMillis"}
        for item in query.parameters:
            schema = given[item.name]["schema"]
            assert schema.get("default", []) == list(item.default)
            assert schema["items"].get("enum", []) == list(item.choices)
            for value in item.default:
                assert re.search(schema["items"].get("pattern", ""), value), shorten(value)


def test_the_endpoint_has_its_formats_and_its_examples_run(client: FlaskClient, document: dict[str, Any]) -> None:
    get = document["paths"]["/sparql"]["get"]
    offered = get["responses"]["200"]["content"]
    assert {fmt.content_type for fmt in (*RESULT_FORMATS, *GRAPH_FORMATS)} < offered.keys()
    (query,) = (item for item in get["parameters"] if item["name"] == "query")
    assert {name: example["value"] for name, example in query["examples"].items()} == QUERIES
    for text in QUERIES.values():
        reply = client.get("/sparql", query_string={"query": text}, headers={"Accept": "*/*"})
        assert reply.status_code == 200
        assert reply.headers["Content-Type"] in offered


def test_an_answer_tells_its_columns_and_what_they_are_called(document: dict[str, Any]) -> None:
    told = document["paths"]["/queries/neighbours"]["get"]["responses"]["200"]["description"]
    assert re.search(r"Columns: neighbour \((Voisin|Neighbour)\), in_eu \(Membe?re? .+\)\.$", told)


def test_the_address_is_that_of_the_request(client: FlaskClient) -> None:
    reply = client.get("/openapi.json", headers={"Host": "example.org:81"})
    assert reply.json
    assert reply.json["servers"] == [{"url": "http://example.org:81"}]


def test_it_is_sent_once(client: FlaskClient) -> None:
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_pages_lead_to_it(client: FlaskClient) -> None:
    assert 'href="/openapi.json"' in client.get("/queries").text
