"""Requests that nobody means: whatever comes, the answer is one of the protocol's, told in one of its forms."""

from __future__ import annotations

import json
import zlib
from urllib.parse import quote_from_bytes

import brotli
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kg.serve.codings import choose_coding, zstd
from kg.serve.engine import Engine
from kg.serve.web import graph_store, sparql
from kg.serve.web.app import create_app
from support.serving import EX

STATUSES = {200, 204, 303, 304, 400, 403, 404, 405, 406, 413, 415}
DECODERS = {"gzip": lambda data: zlib.decompress(data, 31), "br": brotli.decompress, "zstd": zstd.decompress}

QUERIES = [
    b"ASK { ?s ?p ?o }",
    b"SELECT * { ?s ?p ?o }",
    b"CONSTRUCT WHERE { ?s ?p ?o }",
    f"DESCRIBE <{EX}anna>".encode(),
    b"SELECT ?s ?",
    b"CLEAR ALL",
    b"ASK { SERVICE <a:b> {} }",
]
FORMS = [b"application/x-www-form-urlencoded", b"application/sparql-query", b"application/sparql-update", b"text/plain"]
RANGES = [
    "text/csv", "text/html", "application/json", "text/turtle", "*/*", "image/png", "text/*", "application/rdf+xml",
    "application/sparql-results+xml",
]  # fmt: skip
CODINGS = ["gzip", "br", "zstd", "identity", "*", "deflate", "x-gzip"]
QUALITIES = ["", ";q=0", ";q=0.5", ";q=1.0", ";q=", ";q=x", ";version=1.2", ";;", "; Q=0.3"]
LETTERS = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=12)

method = st.sampled_from(["GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "DELETE", "PATCH"])
path = st.sampled_from(["/sparql", "/sparql/", "/graphs", "/graphs/", "/graphs/source/x", "/graphs/%C3%A9%00", "/none"])
name = st.sampled_from(
    [
        "query", "update", "format", "output", "results", "timeout", "maxQueryTimeMillis", "default-graph-uri",
        "named-graph-uri", "graph", "default", "version", "lang", "x",
    ]
)  # fmt: skip
value = st.one_of(
    st.sampled_from([*QUERIES, b"json", b"csv", b"ttl", b"html", b"1", b"nan", b"-1", b"", f"{EX}graph/one".encode()]),
    st.binary(max_size=12),
)
pairs = st.lists(st.tuples(name, value), max_size=4).map(
    lambda found: "&".join(f"{key}={quote_from_bytes(text, safe='')}" for key, text in found)
)
accept = st.lists(st.builds("{}{}".format, st.sampled_from(RANGES) | LETTERS, st.sampled_from(QUALITIES)), max_size=4)
encoding = st.lists(
    st.builds("{}{}".format, st.sampled_from(CODINGS) | LETTERS, st.sampled_from(QUALITIES)), max_size=4
)
content_type = st.builds("{}{}".format, st.sampled_from([each.decode() for each in FORMS]) | LETTERS, st.sampled_from(
    ["", "; charset=utf-8", ";charset=utf-16", "; version=1.2", ";", "; charset"]
))  # fmt: skip
headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": accept.map(", ".join),
        "Accept-Encoding": encoding.map(", ".join),
        "Content-Type": content_type,
        "Content-Encoding": st.sampled_from(["gzip", "identity", "x"]),
        "If-None-Match": st.sampled_from(["*", '"x"', 'W/"x"', "x", ""]) | LETTERS,
        "Origin": st.just("https://a.example"),
        "Access-Control-Request-Headers": LETTERS,
        "Range": st.sampled_from(["bytes=0-1", "bytes=", "x"]),
    },
)
body = st.one_of(st.just(b""), st.sampled_from(QUERIES), pairs.map(str.encode), st.binary(max_size=30))


@pytest.fixture(scope="module")
def client(engine: Engine) -> FlaskClient:
    return create_app(engine.settings, engine, [sparql.blueprint, graph_store.blueprint]).test_client()


@given(method, path, pairs, headers, body)
@example("GET", "/sparql", "query=ASK%20%7B%7D", {"Accept-Encoding": "identity;q=0"}, b"")
@example("POST", "/sparql", "query", {"Content-Type": "application/sparql-query; charset"}, b"\xef\xbb\xbf")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_answer_is_one_of_the_protocol(
    client: FlaskClient, method: str, path: str, pairs: str, headers: dict[str, str], body: bytes
) -> None:
    response = client.open(f"{path}?{pairs}", method=method, headers=headers, data=body)
    assert response.status_code in STATUSES, response.text
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    coding = response.headers.get("Content-Encoding")
    if coding:
        assert coding == choose_coding(headers["Accept-Encoding"]).coding
    if method == "HEAD" or response.status_code in {204, 303, 304}:
        return
    content = DECODERS[coding](response.data) if coding else response.data
    assert content
    if response.status_code >= 400 and response.mimetype != "text/html":
        problem = json.loads(content)
        assert response.mimetype == "application/problem+json"
        assert problem["status"] == response.status_code
        assert problem["code"] != "internal-server-error"
