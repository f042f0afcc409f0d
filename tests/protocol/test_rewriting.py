"""At the endpoint, a query is rewritten unseen, as it is written on demand, and shown when asked for."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

QUERY = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


def test_the_answer_is_the_same_with_and_without_rewriting(client: FlaskClient) -> None:
    asked = [
        client.get("/sparql", query_string={"query": QUERY, "format": "csv", **given})
        for given in ({}, {"rewrite": "off"}, {"rewrite": "on"})
    ]
    assert {reply.status_code for reply in asked} == {200}
    assert len({reply.data for reply in asked}) == 1
    assert b"count1" not in asked[0].data


@pytest.mark.parametrize("method", ["get", "post"])
def test_explain_tells_how_a_query_is_rewritten_and_runs_nothing(client: FlaskClient, method: str) -> None:
    given = {"query_string" if method == "get" else "data": {"query": QUERY, "explain": "1"}}
    reply = getattr(client, method)("/sparql", **given)
    assert (reply.status_code, reply.mimetype) == (200, "application/json")
    told = reply.get_json()
    assert told["query"] == QUERY
    assert "VALUES (?g ?count1)" in told["rewritten"]
    assert [each["rule"] for each in told["rules"]] == ["counts"]


def test_explain_shows_a_query_that_no_rule_changes_as_it_is(client: FlaskClient) -> None:
    for given in ({"rewrite": "off"}, {"default-graph-uri": "http://example.org/graph/one"}):
        told = client.get("/sparql", query_string={"query": QUERY, "explain": "1", **given}).get_json()
        assert (told["rewritten"], told["rules"]) == (QUERY, [])


def test_explain_of_what_cannot_be_run_is_the_same_error(client: FlaskClient) -> None:
    for wrong, status, code in (
        ("SELECT * { ?s ?p }", 400, "query-syntax"),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", 403, "query-refused"),
        ("CLEAR ALL", 403, "query-refused"),
    ):
        for given in ({}, {"explain": "1"}):
            reply = client.get("/sparql", query_string={"query": wrong, **given})
            assert (reply.status_code, reply.get_json()["code"]) == (status, code)
