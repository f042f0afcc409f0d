"""The short way of a query: it answers as the whole application does, and gives again what clients may keep."""

from __future__ import annotations

import gzip
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from kg.serve.clients import Proxies
from kg.serve.engine import Answer, Engine
from kg.serve.engine.cache import Cache
from kg.serve.request_log import Record
from kg.serve.web import direct, sparql
from kg.serve.web.app import create_app
from kg.serve.web.observation import Observer
from support.serving import EX, SMALL, engine_on, make_release

ASK = "ASK {}"
NAMES = f"SELECT ?name {{ ?who <{EX}name> ?name }} ORDER BY ?name"
GRAPH = f"CONSTRUCT {{ ?who <{EX}name> ?name }} WHERE {{ ?who <{EX}name> ?name }}"
LONG = "SELECT ?a ?b ?c ?d ?e { VALUES ?a { 1 2 3 4 5 6 7 8 9 } ?s ?p ?b . ?t ?q ?c . ?u ?r ?d . ?v ?w ?e }"
CHANGING = "SELECT (STRLEN(STRUUID()) AS ?length) {}"
TRIPLE_TERM = "SELECT (TRIPLE(<http://a/>, <http://b/>, 'c') AS ?t) {}"
FORM = {"content_type": "application/x-www-form-urlencoded"}

REQUESTS: dict[str, dict[str, Any]] = {
    "a table": {"query_string": {"query": NAMES}},
    "a truth value": {"query_string": {"query": ASK}},
    "a graph": {"query_string": {"query": GRAPH}},
    "something new each time": {"query_string": {"query": CHANGING, "format": "csv"}},
    "a triple term": {"query_string": {"query": TRIPLE_TERM}},
    "a client of SPARQL 1.2": {"query_string": {"query": NAMES}, "headers": {"Accept": "*/*;version=1.2"}},
    "a format by name": {"query_string": {"query": NAMES, "format": "tsv"}},
    "a format by header": {"query_string": {"query": NAMES}, "headers": {"Accept": "application/xml, text/csv;q=0.5"}},
    "a text": {"query_string": {"query": NAMES}, "headers": {"Accept": "text/*"}},
    "a page": {"query_string": {"query": NAMES}, "headers": {"Accept": "text/html"}},
    "a page by name": {"query_string": {"query": NAMES, "format": "html"}},
    "no format": {"query_string": {"query": NAMES}, "headers": {"Accept": "image/png"}},
    "compressed": {"query_string": {"query": LONG}, "headers": {"Accept-Encoding": "gzip"}},
    "compressed at any price": {"query_string": {"query": ASK}, "headers": {"Accept-Encoding": "gzip, identity;q=0"}},
    "no coding": {"query_string": {"query": ASK}, "headers": {"Accept-Encoding": "identity;q=0"}},
    "one graph": {"query_string": {"query": NAMES, "default-graph-uri": f"{EX}graph/two"}},
    "a graph that is none": {"query_string": {"query": NAMES, "default-graph-uri": "one"}},
    "a deadline": {"query_string": {"query": NAMES, "timeout": "5"}},
    "a deadline that is none": {"query_string": {"query": NAMES, "timeout": "soon"}},
    "as it is written": {"query_string": {"query": NAMES, "rewrite": "off"}},
    "explained": {"query_string": {"query": NAMES, "explain": "1"}},
    "a syntax error": {"query_string": {"query": "SELEC"}},
    "a long error": {"query_string": {"query": f"SELECT {'?x ' * 600}"}, "headers": {"Accept-Encoding": "gzip"}},
    "an update": {"query_string": {"query": "CLEAR ALL"}},
    "an update by its parameter": {"method": "POST", "data": "update=CLEAR+ALL", **FORM},
    "two queries": {"query_string": f"query={ASK}&query={ASK}"},
    "not UTF-8": {"query_string": "query=%FF"},
    "no query": {},
    "HEAD": {"method": "HEAD", "query_string": {"query": NAMES}},
    "OPTIONS": {"method": "OPTIONS"},
    "a form": {"method": "POST", "data": {"query": NAMES}},
    "a form and an address": {"method": "POST", "query_string": {"format": "csv"}, "data": {"query": NAMES}},
    "a query as it is": {"method": "POST", "data": NAMES, "content_type": "application/sparql-query; charset=UTF-8"},
    "another charset": {"method": "POST", "data": NAMES, "content_type": "application/sparql-query; charset=utf-16"},
    "another coding": {"method": "POST", "data": NAMES, "headers": {"Content-Encoding": "gzip"}, **FORM},
    "another type": {"method": "POST", "data": NAMES, "content_type": "text/plain"},
    "no body": {"method": "POST", "query_string": {"query": NAMES}},
    "too much": {"method": "POST", "data": b"query=" + b"x" * 2_000_000, **FORM},
    "QUERY": {"method": "QUERY", "data": NAMES, "content_type": "application/sparql-query"},
}


@pytest.fixture
def application(engine: Engine) -> Flask:
    return create_app(engine.settings, engine, [sparql.blueprint])


@pytest.fixture
def behind(engine: Engine) -> FlaskClient:
    """The whole application without the short way in front."""
    app = create_app(engine.settings, engine, [sparql.blueprint])
    app.wsgi_app = partial(Flask.wsgi_app, app)  # type: ignore[method-assign]
    return app.test_client()


def told(response: TestResponse) -> tuple[int, dict[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name != "Retry-After"}
    headers["Vary"] = ", ".join(sorted(headers.get("Vary", "").split(", ")))
    return response.status_code, headers


@pytest.mark.parametrize("name", REQUESTS)
def test_it_answers_as_the_application_does(application: Flask, behind: FlaskClient, name: str) -> None:
    request = {"path": "/sparql", **REQUESTS[name]}
    right, found = behind.open(**request), application.test_client().open(**request)
    assert told(found) == told(right)
    assert found.data == right.data


@pytest.mark.parametrize("coding", ["gzip", "identity"])
@pytest.mark.parametrize("name", ["a table", "a format by header"])
def test_what_is_given_again_is_the_same(application: Flask, engine: Engine, name: str, coding: str) -> None:
    request = {"path": "/sparql", **REQUESTS[name]}
    request["headers"] = {**request.get("headers", {}), "Accept-Encoding": coding}
    client = application.test_client()
    first = client.open(**request)
    before = engine.cache_census()["hits"]
    second = client.open(**request)
    assert (told(second), second.data) == (told(first), first.data)
    assert engine.cache_census()["hits"] == before + 1


def test_who_has_it_is_told_so(application: Flask, behind: FlaskClient) -> None:
    request: dict[str, Any] = {"path": "/sparql", "query_string": {"query": NAMES, "format": "csv"}}
    tag = behind.open(**request).headers["ETag"]
    for asked in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        request["headers"] = {"If-None-Match": asked}
        for client in (application.test_client(), application.test_client()):  # before and after it is kept
            found, right = client.open(**request), behind.open(**request)
            assert (found.status_code, found.data) == (304, b"")
            assert told(found) == told(right)
            client.open(path="/sparql", query_string=request["query_string"])
    request["headers"] = {"If-None-Match": '"other"'}
    assert application.test_client().open(**request).status_code == 200


@pytest.mark.parametrize("query", ["SELECT", "CLEAR ALL", "SELECT * { SERVICE <http://e.example/> { ?s ?p ?o } }"])
def test_nobody_has_the_answer_to_what_is_no_query(application: Flask, behind: FlaskClient, query: str) -> None:
    """``*`` stands for whatever there is, and there is nothing."""
    request: dict[str, Any] = {"path": "/sparql", "query_string": {"query": query}, "headers": {"If-None-Match": "*"}}
    found, right = application.test_client().open(**request), behind.open(**request)
    assert found.status_code in {400, 403}
    assert (told(found), found.data) == (told(right), right.data)


ANY_TEXT = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=12)
QUERIES = st.sampled_from([ASK, NAMES, GRAPH, LONG, TRIPLE_TERM, "DESCRIBE <http://a/>", "SELECT", "CLEAR ALL", ""])
TYPES = st.sampled_from(
    ["*/*", "", "text/csv", "text/html", "text/*;q=0.3, application/json", "application/sparql-results+xml;q=0",
     "application/n-triples, text/turtle;q=0.5", "image/png", "*/*;version=1.2", "text/html;q=0.1, */*"]
)  # fmt: skip
CODINGS = st.sampled_from(["", "gzip", "br;q=0.5, gzip;q=0.4", "zstd", "identity;q=0", "*;q=0", "*", "gzip;q=x"])
ONE_OF = {
    ("format", "output", "results"): ["csv", "xml", "ttl", "html", "no", ""],
    ("timeout", "maxQueryTimeMillis"): ["5", "0", "9000", "soon", "nan"],
    ("default-graph-uri", "named-graph-uri"): [f"{EX}graph/one", "a b", ""],
    ("rewrite", "explain"): ["off", "1", "0"],
}
KNOWN = [st.tuples(st.sampled_from(names), st.sampled_from(values)) for names, values in ONE_OF.items()]
PARAMETERS = st.lists(
    st.one_of(*KNOWN, st.tuples(st.just("query"), QUERIES), st.tuples(ANY_TEXT, ANY_TEXT)), max_size=3
)
CONDITIONS = st.sampled_from([{}, {"If-None-Match": "*"}, {"If-None-Match": '"x"'}, {"Range": "bytes=0-1"}])
QUOTED_CHARSET = f'{sparql.DIRECT};charset="utf-8"'
BODY_TYPES = st.sampled_from(
    [sparql.FORM, f"{sparql.FORM}; charset=UTF-8", sparql.DIRECT, QUOTED_CHARSET, "text/plain", ""]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_both_ways_are_one(application: Flask, behind: FlaskClient, data: st.DataObject) -> None:
    """Whatever the method, the headers and the parameters, be it kept or not: the same status, headers and bytes."""
    method = data.draw(st.sampled_from(["GET", "GET", "POST", "HEAD", "OPTIONS", "QUERY", "PUT"]))
    pairs = [("query", data.draw(QUERIES)), *data.draw(PARAMETERS)]
    headers = {"Accept": data.draw(TYPES), "Accept-Encoding": data.draw(CODINGS)}
    headers |= data.draw(
        st.sampled_from([{}, {"If-None-Match": "*"}, {"If-None-Match": '"x"'}, {"Range": "bytes=0-1"}])
    )
    request: dict[str, Any] = {"path": data.draw(st.sampled_from(["/sparql", "/sparql/"])), "method": method}
    if method in {"POST", "QUERY"} and data.draw(st.booleans()):
        request["content_type"] = data.draw(BODY_TYPES)
        request["data"] = pairs[0][1] if "sparql-query" in request["content_type"] else urlencode(pairs[:1])
        request["query_string"] = urlencode(pairs[1:])
    else:
        request["query_string"] = urlencode(pairs)
    request["headers"] = {name: value for name, value in headers.items() if value}
    right = behind.open(**request)
    for _ in range(2):  # what was kept is given the second time
        found = application.test_client().open(**request)
        assert (told(found), found.data) == (told(right), right.data), request


def test_a_query_that_is_too_long_is_told_where_it_came_from(engine: Engine) -> None:
    bounded = replace(engine.settings, query_size=1)
    client = create_app(bounded, engine, [sparql.blueprint]).test_client()
    long, whole = (f"ASK {{}} # {'é' * count}" for count in (510, 500))
    got = client.get("/sparql", query_string={"query": long})
    assert (got.status_code, got.json["code"]) == (414, "request-uri-too-long")
    for body in ({"data": {"query": long}}, {"data": long, "content_type": "application/sparql-query"}):
        posted = client.post("/sparql", **body)
        assert (posted.status_code, posted.json["code"]) == (413, "request-entity-too-large")
        assert "more than 1 KiB" in posted.json["detail"]
    assert client.get("/sparql", query_string={"query": whole}).status_code == 200
    assert client.post("/sparql", data={"query": whole}).status_code == 200


def test_what_nobody_expected_is_told_and_logged_as_elsewhere(
    application: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    records: list[Record] = []
    Observer.install(application, Proxies(), records.append)
    monkeypatch.setattr(Engine, "query", lambda *_, **__: 1 / 0)
    response = application.test_client().get("/sparql", query_string={"query": NAMES})
    assert (response.status_code, response.json["code"]) == (500, "internal-server-error")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    response.close()
    assert [(record.status, record.outcome, record.route) for record in records] == [
        (500, "internal-server-error", "/sparql")
    ]
    assert "ZeroDivisionError" in caplog.text


def test_the_texts_of_queries_take_room_too() -> None:
    """A query may be megabytes long and its answer a word."""
    kept: Cache[Any] = Cache(1 << 20)
    release, answer = "release", Answer.__new__(Answer)
    kept.put(("key",), direct._Response(release, "tag", {}, b"yes", "x" * 100_000, answer))
    assert kept.census()["bytes"] > 100_000


@pytest.mark.parametrize("way", ["application", "behind"])
def test_a_query_that_is_not_rewritten_is_another_one(
    request: pytest.FixtureRequest, engine: Engine, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Else a compressed answer that was kept would be given for the one that is to be compared with it."""
    found = request.getfixturevalue(way)
    client = found.test_client() if isinstance(found, Flask) else found
    query, asked = engine.query, []

    def noted(*arguments: Any, **named: Any) -> Answer:
        answer = query(f"{LONG} LIMIT {20 + named['rewrite']}", *arguments[1:], **named)
        asked.append(answer.size)
        return answer

    monkeypatch.setattr(engine, "query", noted)
    answers = [
        client.get("/sparql", query_string={"query": LONG, "rewrite": rewrite}, headers={"Accept-Encoding": "gzip"})
        for rewrite in ("on", "off")
    ]
    assert [len(gzip.decompress(answer.data)) for answer in answers] == asked
    assert len({*asked}) == len({answer.headers["ETag"] for answer in answers}) == 2


def test_another_release_is_asked_anew(tmp_path: Path) -> None:
    with engine_on(make_release(tmp_path / "one", SMALL)) as engine:
        client = create_app(engine.settings, engine, [sparql.blueprint]).test_client()
        first = client.get("/sparql", query_string={"query": NAMES})
        engine.publish(make_release(tmp_path / "two", SMALL.replace("Anna", "Hanna")))
        second = client.get("/sparql", query_string={"query": NAMES}, headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert b"Hanna" in second.data
    assert second.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_other_endpoints_say_is_not_kept(application: Flask, monkeypatch: pytest.MonkeyPatch, coding: str) -> None:
    query = Engine.query

    def federated(self: Engine, *given: Any, **named: Any) -> Answer:
        answer = query(self, *given, **named)
        answer.federated, answer.failed_services = True, ("it is\ndown",)
        return answer

    monkeypatch.setattr(Engine, "query", federated)
    client = application.test_client()
    request = {"query_string": {"query": LONG}, "headers": {"Accept-Encoding": coding}}
    for response in (client.get("/sparql", **request), client.get("/sparql", **request)):
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers
        assert response.headers.getlist("Sides-Service-Failed") == ["it is?down"]
        body = gzip.decompress(response.data) if coding == "gzip" else response.data
        assert body.startswith(b'{"head"')
