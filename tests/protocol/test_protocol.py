"""The SPARQL 1.1 Protocol as the standard says it and as clients send it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pyoxigraph
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.errors import BusyError, PermalinkLimitError, SidesError
from kg.serve.engine import Engine
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.serve.web import problems, sparql
from kg.serve.web.app import create_app
from kg.serve.web.state import state
from support.serving import EX

JSON = "application/sparql-results+json"
ASK = "ASK { ?s ?p ?o }"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"

REQUESTS: dict[str, dict[str, Any]] = {
    "GET": {"method": "GET", "query_string": {"query": ASK}},
    "POST form": {"method": "POST", "data": {"query": ASK}},
    "POST form with charset": {"method": "POST", "data": f"query={ASK}", "content_type": f"{FORM}; charset=UTF-8"},
    "POST direct": {"method": "POST", "data": ASK, "content_type": DIRECT},
    "POST direct with charset": {"method": "POST", "data": ASK, "content_type": f"{DIRECT};charset=utf-8"},
    "POST direct with version": {"method": "POST", "data": ASK, "content_type": f"{DIRECT}; version=1.2"},
    "POST direct with a byte order mark": {"method": "POST", "data": f"\ufeff{ASK}", "content_type": DIRECT},
    "POST in the URL": {"method": "POST", "query_string": {"query": ASK, "queryId": "7"}},
    "POST form, format in the URL": {"method": "POST", "query_string": {"format": "json"}, "data": {"query": ASK}},
    "QUERY direct": {"method": "QUERY", "data": ASK, "content_type": DIRECT},
    "QUERY form": {"method": "QUERY", "data": f"query={ASK}", "content_type": FORM},
    "unknown parameters": {"method": "GET", "query_string": {"query": ASK, "ac": "1", "version": "1.1", "x": "y"}},
    "SPARQLWrapper": {
        "method": "GET",
        "query_string": {"query": ASK, "format": "json", "output": "json", "results": "json"},
        "headers": {"Accept": "application/sparql-results+json,application/json,text/javascript"},
    },
}  # fmt: skip


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
@pytest.mark.parametrize("sent", REQUESTS.values(), ids=REQUESTS.keys())
def test_every_form_of_request_is_answered(client: FlaskClient, path: str, sent: dict[str, Any]) -> None:
    response = client.open(path, **sent)
    assert response.status_code == 200, response.text
    assert response.content_type == JSON
    assert response.json == {"head": {}, "boolean": True}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in response.vary


def test_head_is_get_without_the_body(client: FlaskClient) -> None:
    get, head = (client.open("/sparql", method=method, query_string={"query": ASK}) for method in ("GET", "HEAD"))
    assert head.status_code == 200
    assert head.data == b""
    assert {**head.headers} == {**get.headers}


@pytest.mark.parametrize("fmt", RESULT_FORMATS, ids=lambda fmt: fmt.suffix)
@pytest.mark.parametrize("query", [ASK, "SELECT ?s { ?s ?p ?o }"])
def test_results_in_every_format(client: FlaskClient, fmt: Format, query: str) -> None:
    by_header = client.get("/sparql", query_string={"query": query}, headers={"Accept": fmt.media_type})
    by_name = client.get(
        "/sparql", query_string={"query": query, "format": fmt.suffix}, headers={"Accept": "image/png"}
    )
    assert by_header.content_type == by_name.content_type == fmt.content_type
    assert by_header.data == by_name.data


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", f"DESCRIBE <{EX}anna>"])
def test_graphs_in_every_format(client: FlaskClient, fmt: Format, query: str) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": fmt.media_type})
    assert response.content_type == fmt.content_type
    rdf = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
    found = {(str(quad.subject), str(quad.predicate)) for quad in pyoxigraph.parse(response.data, rdf)}
    assert (f"<{EX}anna>", f"<{EX}knows>") in found


def test_turtle_is_the_default_for_graphs(client: FlaskClient) -> None:
    response = client.post("/sparql", data={"query": "CONSTRUCT WHERE { ?s ?p ?o }"})
    assert response.content_type == "text/turtle; charset=utf-8"


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({}, 3),
        ({"default-graph-uri": EX + "graph/one"}, 2),
        ({"default-graph-uri": [EX + "graph/one", EX + "graph/two"]}, 3),
        ({"named-graph-uri": EX + "graph/one"}, 0),
    ],
)
def test_the_dataset_can_be_named_beside_the_query(client: FlaskClient, parameters: dict[str, Any], count: int) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    for response in (
        client.get("/sparql", query_string={"query": query, **parameters}),
        client.post("/sparql", data={"query": query, **parameters}),
        client.post("/sparql", query_string=parameters, data=query, content_type=DIRECT),
    ):
        assert response.json is not None
        assert response.json["results"]["bindings"][0]["n"]["value"] == str(count)


FAILURES: dict[str, tuple[dict[str, Any], int, str]] = {
    "no query": ({"method": "POST"}, 400, "request"),
    "two queries": ({"method": "GET", "query_string": {"query": [ASK, ASK]}}, 400, "request"),
    "a query in both places": (
        {"method": "POST", "query_string": {"query": ASK}, "data": ASK, "content_type": DIRECT},
        400,
        "request",
    ),
    "not UTF-8": ({"method": "POST", "data": b"ASK { ?s ?p '\xe9' }", "content_type": DIRECT}, 400, "request"),
    "not UTF-8 in the URL": ({"method": "GET", "query_string": "query=%E9"}, 400, "request"),
    "not UTF-8 in a form": ({"method": "POST", "data": "query=%E9", "content_type": FORM}, 400, "request"),
    "a timeout that is no number": ({"method": "GET", "query_string": {"query": ASK, "timeout": "x"}}, 400, "request"),
    "parameters without end": ({"method": "POST", "data": "a&" * 2000, "content_type": FORM}, 400, "request"),
    "another body": (
        {"method": "POST", "data": "{}", "content_type": "application/json"},
        415,
        "unsupported-media-type",
    ),
    "a body without a type": ({"method": "POST", "data": "ASK {}"}, 415, "unsupported-media-type"),
    "too large": (
        {"method": "POST", "data": "ASK {}" + " " * 1_100_000, "content_type": DIRECT},
        413,
        "request-entity-too-large",
    ),
    "no format": (
        {"method": "GET", "query_string": {"query": ASK}, "headers": {"Accept": "text/turtle"}},
        406,
        "not-acceptable",
    ),
    "an update in a form": ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403, "query-refused"),
    "an update as the body": (
        {"method": "POST", "data": "CLEAR ALL", "content_type": "application/sparql-update"},
        403,
        "query-refused",
    ),
    "an update as a query": ({"method": "GET", "query_string": {"query": "CLEAR ALL"}}, 403, "query-refused"),
    "SERVICE": (
        {"method": "GET", "query_string": {"query": "ASK { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}},
        403,
        "query-refused",
    ),
    "syntax": ({"method": "GET", "query_string": {"query": "ASK {"}}, 400, "query-syntax"),
    "evaluation": ({"method": "GET", "query_string": {"query": "SELECT (<a:f>() AS ?x) {}"}}, 400, "query-failed"),
    "a graph that is no IRI": (
        {"method": "GET", "query_string": {"query": ASK, "default-graph-uri": "not an IRI"}},
        400,
        "request",
    ),
    "a graph by a relative IRI": (
        {"method": "POST", "data": {"query": ASK, "named-graph-uri": "graph/one"}},
        400,
        "request",
    ),
    "a timeout that is not a number": (
        {"method": "GET", "query_string": {"query": ASK, "timeout": "nan"}},
        400,
        "request",
    ),
    "PUT": ({"method": "PUT"}, 405, "method-not-allowed"),
}


@pytest.mark.parametrize(("sent", "status", "code"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_a_problem_document(client: FlaskClient, sent: dict[str, Any], status: int, code: str) -> None:
    response = client.open("/sparql", **sent)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    problem = json.loads(response.data)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["type"].endswith(f"#{code}")
    assert problem["title"]
    assert problem["detail"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"


ANYWAY = {name: row for name, row in FAILURES.items() if name != "no format"}  # a browser takes any


@pytest.mark.parametrize(("sent", "status", "code"), ANYWAY.values(), ids=ANYWAY.keys())
def test_a_failure_is_a_page_for_a_browser(client: FlaskClient, sent: dict[str, Any], status: int, code: str) -> None:
    response = client.open("/sparql", **{**sent, "headers": BROWSER})
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert code in response.text


def test_a_page_about_a_query_escapes_it(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "ASK { <script>alert(1)</script> }"}, headers=BROWSER)
    assert response.status_code == 400
    assert "&lt;script&gt;" in response.text
    assert "<script>" not in response.text


def test_a_syntax_error_has_its_place(client: FlaskClient) -> None:
    problem = client.get("/sparql", query_string={"query": "ASK {\n ?s ?p }"}).json
    assert problem is not None
    assert (problem["line"], problem["column"]) == (2, 8)
    assert "a variable" in problem["expected"]


@pytest.mark.parametrize(
    "query", ["ASK { ?s ?p 'SERVICE <http://127.0.0.1:9/> {}' }", "ASK { ?SERVICE ?p ?o } # SERVICE <http://a/> {}"]
)
def test_a_word_that_is_no_clause_passes(client: FlaskClient, query: str) -> None:
    assert client.get("/sparql", query_string={"query": query}).status_code == 200


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.6", "application/sparql-results+xml"),
        ("text/csv, application/sparql-results+xml;q=0.6", "text/csv; charset=utf-8"),
        ("application/sparql-results+json;q=0, */*;q=0.1", "application/sparql-results+xml"),
        ("application/json", JSON),
    ],
)
def test_the_accept_header_is_weighed(client: FlaskClient, accept: str, content_type: str) -> None:
    response = client.get("/sparql", query_string={"query": ASK}, headers={"Accept": accept})
    assert (response.status_code, response.content_type) == (200, content_type)


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    response = client.delete("/sparql")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "QUERY", "OPTIONS"}


@pytest.mark.parametrize(("value", "seconds"), [("0.3", 0.3), ("300", 4.0), ("1500", 1.5), ("0", 4.0), ("-1", 4.0)])
def test_the_timeout_of_a_client(engine: Engine, monkeypatch: pytest.MonkeyPatch, value: str, seconds: float) -> None:
    given = []
    query = engine.query
    monkeypatch.setattr(
        engine, "query", lambda *args, **named: given.append(named["deadline"]) or query(*args, **named)
    )
    client = create_app(engine.settings, engine, [sparql.blueprint]).test_client()
    assert client.get("/sparql", query_string={"query": ASK, "timeout": value}).status_code == 200
    assert client.get("/sparql", query_string={"query": ASK, "maxQueryTimeMillis": "250"}).status_code == 200
    assert min(given[0] or 4.0, 4.0) == seconds
    assert given[1] == 0.25
    assert client.get("/sparql", query_string={"query": ASK, "maxQueryTimeMillis": "2000000"}).status_code == 200
    assert given[2] == 2000, "milliseconds are divided once"


CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"
NAMED = {
    "SPARQLWrapper's XML": (ASK, ("xml", "xml", "xml"), "application/sparql-results+xml"),
    "SPARQLWrapper's CSV": (ASK, ("csv", "csv", "csv"), "text/csv; charset=utf-8"),
    "SPARQLWrapper's Turtle": (CONSTRUCT, ("turtle", "turtle", "turtle"), "text/turtle; charset=utf-8"),
    "SPARQLWrapper's JSON-LD": (CONSTRUCT, ("json-ld", "json-ld", "json-ld"), "application/ld+json"),
    "SPARQLWrapper's XML for a graph": (CONSTRUCT, ("xml", "xml", "xml"), "application/rdf+xml"),
    "a media type": (ASK, (JSON, "", ""), JSON),
    "a media type whose plus is not encoded": (ASK, ("application/sparql-results xml", "", ""), JSON[:-4] + "xml"),
    "one that fits among others": (ASK, ("auto", "", "csv"), "text/csv; charset=utf-8"),
    "empty ones": (ASK, ("", " ", ""), JSON),
}


@pytest.mark.parametrize(("query", "names", "content_type"), NAMED.values(), ids=NAMED.keys())
def test_the_names_that_clients_send(
    client: FlaskClient, query: str, names: tuple[str, str, str], content_type: str
) -> None:
    given = dict(zip(("format", "output", "results"), names, strict=True))
    response = client.get("/sparql", query_string={"query": query, **given})
    assert (response.status_code, response.content_type) == (200, content_type)


@pytest.mark.parametrize("parameter", ["format", "output", "results"])
@pytest.mark.parametrize(("query", "name"), [(ASK, "bogus"), (ASK, "ttl"), (CONSTRUCT, "csv")])
def test_a_named_format_that_cannot_be_had_is_refused(
    client: FlaskClient, parameter: str, query: str, name: str
) -> None:
    response = client.get("/sparql", query_string={"query": query, parameter: name}, headers={"Accept": "*/*"})
    assert response.status_code == 406
    problem = json.loads(response.text)
    assert problem["code"] == "not-acceptable"
    assert f"'{name}'" in problem["detail"]
    assert ("text/turtle" in problem["expected"]) == (query == CONSTRUCT)


def test_a_preflight_allows_what_it_asks_for(client: FlaskClient) -> None:
    asked = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-y",
    }
    response = client.options("/sparql", headers=asked)
    assert response.status_code == 204
    assert response.data == b""
    assert "Content-Type" not in response.headers
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Headers"] == "x-y"
    assert "QUERY" in response.headers["Access-Control-Allow-Methods"]
    assert "application/sparql-query" in response.headers["Accept-Post"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_an_answer_is_not_sent_twice(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": ASK})
    tag = first.headers["ETag"]
    again = client.get("/sparql", query_string={"query": ASK}, headers={"If-None-Match": f'"other", {tag}'})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == tag
    other_format = client.get("/sparql", query_string={"query": ASK, "format": "xml"}, headers={"If-None-Match": tag})
    assert other_format.status_code == 200
    other_query = client.get("/sparql", query_string={"query": ASK + " "}, headers={"If-None-Match": tag})
    assert other_query.status_code == 200


@pytest.mark.parametrize("query", ["SELECT (NOW() AS ?now) {}", "SELECT (UUID() AS ?id) {}"])
def test_an_answer_that_changes_is_not_kept(client: FlaskClient, query: str) -> None:
    response = client.get("/sparql", query_string={"query": query})
    assert "ETag" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


SD = "http://www.w3.org/ns/sparql-service-description#"


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
def test_without_a_query_the_service_describes_itself(client: FlaskClient, fmt: Format) -> None:
    response = client.get("/sparql", headers={"Accept": fmt.media_type})
    assert response.content_type == fmt.content_type
    rdf = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(response.data, rdf))
    query = f"""
        PREFIX sd: <{SD}> PREFIX void: <http://rdfs.org/ns/void#>
        ASK {{
          <http://localhost/sparql> a sd:Service ; sd:endpoint <http://localhost/sparql> ;
            sd:supportedLanguage sd:SPARQL11Query ; sd:feature sd:UnionDefaultGraph ;
            sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_CSV> , <http://www.w3.org/ns/formats/Turtle> ;
            sd:defaultDataset [ sd:defaultGraph [ void:triples 3 ] ;
                                sd:namedGraph [ sd:name <{EX}graph/one> ; sd:graph [ void:triples 2 ] ] ] .
          FILTER NOT EXISTS {{ ?any ?p ?o FILTER(isBlank(?any)) }}
        }}"""
    assert bool(store.query(query))


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}])
def test_the_description_is_turtle_by_default(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/sparql", headers=headers).content_type == "text/turtle; charset=utf-8"


def test_the_public_address_is_described(engine: Engine) -> None:
    app = create_app(replace(engine.settings, public_url="https://kg.example/"), engine, [sparql.blueprint])
    assert "<https://kg.example/sparql> a sd:Service" in app.test_client().get("/sparql").text


def test_a_browser_is_led_to_the_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers=BROWSER)
    assert response.status_code == 303
    assert response.location == "/#query"


def test_a_browser_gets_the_editor_where_there_is_one(engine: Engine) -> None:
    app: Flask = create_app(engine.settings, engine, [sparql.blueprint])
    app.add_url_rule("/editor", sparql.EDITOR, lambda: "the editor")
    state(app).results_page = lambda operation: f"the answer to {operation.text} on {operation.default_graphs}"
    client = app.test_client()
    assert client.get("/sparql", headers=BROWSER).text == "the editor"
    asked = {"query": ASK, "default-graph-uri": "a:b"}
    for response in (
        client.get("/sparql", query_string=asked, headers=BROWSER),
        client.post("/sparql", data=asked, headers=BROWSER),
        client.post(
            "/sparql", query_string={"default-graph-uri": "a:b"}, data=ASK, content_type=DIRECT, headers=BROWSER
        ),
        client.post("/sparql", data={**asked, "format": "html"}),
    ):
        assert response.text == f"the answer to {ASK} on ('a:b',)"
    java = {"Accept": "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}
    assert client.post("/sparql", data=asked, headers=java).json == {"head": {}, "boolean": False}
    assert client.get("/sparql", query_string={"query": ASK, "format": "csv"}, headers=BROWSER).text == "true"
    assert client.get("/sparql", query_string={"query": ASK}).json == {"head": {}, "boolean": True}


def subclasses(kind: type[SidesError]) -> list[type[SidesError]]:
    return [kind, *(found for each in kind.__subclasses__() for found in subclasses(each))]


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    kinds = [kind for kind in subclasses(SidesError) if kind.__module__.startswith("kg.")]
    assert len(kinds) > 15
    assert all(any(parent in problems.STATUS for parent in kind.__mro__) for kind in kinds)
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", problems.STATUS, ids=lambda kind: kind.code)
def test_the_table_of_statuses(engine: Engine, kind: type[SidesError]) -> None:
    arguments = {"line": 1, "column": 2} if kind.code == "query-syntax" else {}
    arguments |= {"retry_after": 7} if issubclass(kind, BusyError | PermalinkLimitError) else {}
    app = create_app(engine.settings, engine, [])

    @app.get("/raise")
    def fail() -> str:
        raise kind("what came", **arguments)

    response = app.test_client().get("/raise")
    assert response.status_code == problems.STATUS[kind]
    assert response.json is not None
    assert response.json["code"] == kind.code
    assert "what came" in response.json["detail"]
    if issubclass(kind, BusyError | PermalinkLimitError):
        assert response.headers["Retry-After"] == "7"


def test_an_accident_is_a_problem_too(engine: Engine) -> None:
    app = create_app(engine.settings, engine, [])

    @app.get("/raise")
    def fail() -> str:
        raise ZeroDivisionError

    response = app.test_client().get("/raise")
    assert response.status_code == 500
    assert response.json is not None
    assert response.json["code"] == "internal-server-error"
    assert "Traceback" not in response.text


def test_health(client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    response = client.get("/healthz")
    assert response.json is not None
    assert response.json["status"] == "ok"
    assert response.json["release"] == engine.release.hash
    assert re.fullmatch(r"\d", str(response.json["workers"]["busy"]))

    def refuse(*_: object, **__: object) -> None:
        raise BusyError("all at work", retry_after=1)

    monkeypatch.setattr(engine, "query", refuse)
    response = client.get("/healthz")
    assert (response.status_code, response.json and response.json["status"]) == (200, "busy")
