"""That files are answered as the endpoint answers: the same formats, limits and caching."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.errors import QueryTimeoutError
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
