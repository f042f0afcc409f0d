"""The Graph Store HTTP Protocol, reading: each graph by itself, and nothing that writes."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pyoxigraph
import pytest
from flask.testing import FlaskClient

from kg.ground.terms import GRAPHS, PREFIXES
from kg.serve.engine import Engine
from kg.serve.formats import GRAPH_FORMATS, Format
from kg.serve.web import graph_store, sparql
from kg.serve.web.app import create_app
from support.serving import EX, engine_on, make_release

A, B, SHARED = (f"<{EX}{name}> <{EX}in> <{EX}it>" for name in ("a", "b", "shared"))
OWN = f"{GRAPHS}source/one"
QUADS = f"""\
{A} .
{B} .
{SHARED} .
{A} <{OWN}> .
{SHARED} <{OWN}> .
{B} <{EX}other> .
{SHARED} <{EX}other> .
"""
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def graphs(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    with engine_on(make_release(tmp_path_factory.mktemp("graphs"), QUADS)) as engine:
        yield create_app(engine.settings, engine, [sparql.blueprint, graph_store.blueprint]).test_client()


def subjects(content: bytes, fmt: Format) -> list[str]:
    rdf = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
    quads = list(pyoxigraph.parse(content, rdf))
    assert all(isinstance(quad.graph_name, pyoxigraph.DefaultGraph) for quad in quads), "one graph is sent as it is"
    return sorted(quad.subject.value.removeprefix(EX) for quad in quads)  # type: ignore[union-attr]


ADDRESSES = {
    "/graphs?default": ["a", "b", "shared"],
    "/graphs/?default=": ["a", "b", "shared"],
    f"/graphs?graph={quote(OWN, safe='')}": ["a", "shared"],
    f"/graphs?graph={OWN}": ["a", "shared"],
    "/graphs/source/one": ["a", "shared"],
    f"/graphs/?graph={quote(EX + 'other', safe='')}&unknown=x": ["b", "shared"],
}


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_graph_in_every_format(graphs: FlaskClient, address: str, fmt: Format) -> None:
    by_header = graphs.get(address, headers={"Accept": fmt.media_type})
    by_name = graphs.get(f"{address}{'&' if '?' in address else '?'}format={fmt.suffix}")
    assert by_header.status_code == 200, by_header.text
    assert by_header.content_type == by_name.content_type == fmt.content_type
    assert subjects(by_header.data, fmt) == ADDRESSES[address]
    assert by_name.data == by_header.data


@pytest.mark.parametrize("address", ADDRESSES)
def test_turtle_is_the_default_and_head_is_get_without_the_body(graphs: FlaskClient, address: str) -> None:
    get, head = graphs.get(address), graphs.head(address)
    assert get.content_type == "text/turtle; charset=utf-8"
    assert (head.status_code, head.data, {**head.headers}) == (200, b"", {**get.headers})


def test_a_graph_is_not_sent_twice(graphs: FlaskClient) -> None:
    tag = graphs.get("/graphs/source/one").headers["ETag"]
    again = graphs.get(f"/graphs?graph={OWN}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert graphs.get("/graphs?default", headers={"If-None-Match": tag}).status_code == 200
    listed = graphs.get("/graphs")
    again = graphs.get("/graphs", headers={"If-None-Match": listed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept" in again.vary


def test_the_name_of_a_graph_leads_to_it(graphs: FlaskClient) -> None:
    response = graphs.get(f"{urlsplit(OWN).path.removeprefix('/sides')}?format=nt")
    assert (response.status_code, response.location) == (303, "/graphs/source/one?format=nt")
    assert subjects(graphs.get(response.location).data, GRAPH_FORMATS[1]) == ["a", "shared"]


REFUSED = {
    "an unknown graph": (f"/graphs?graph={EX}unknown", 404, "not-found"),
    "an unknown graph by its path": ("/graphs/source/unknown", 404, "not-found"),
    "the word for the default graph as a path": ("/graphs/default", 404, "not-found"),
    "both": (f"/graphs?default&graph={OWN}", 400, "request"),
    "two graphs": (f"/graphs?graph={OWN}&graph={EX}other", 400, "request"),
    "the default graph twice": ("/graphs?default&default", 400, "request"),
    "a path and a parameter": (f"/graphs/source/one?graph={OWN}", 400, "request"),
    "a path and the default graph": ("/graphs/source/one?default", 400, "request"),
    "a relative IRI": ("/graphs?graph=source/one", 400, "request"),
    "no IRI": ("/graphs?graph=", 400, "request"),
    "an IRI that breaks out": (f"/graphs?graph={quote(OWN + '> { ?s ?p ?o } } #')}", 400, "request"),
    "a format that no graph has": ("/graphs/source/one?format=csv", 406, "not-acceptable"),
    "a timeout that is no number": ("/graphs/source/one?timeout=x", 400, "request"),
}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("address", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_had_is_told(graphs: FlaskClient, method: str, address: str, status: int, code: str) -> None:
    response = graphs.open(address, method=method)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    if method == "GET":
        assert response.json is not None
        assert response.json["code"] == code


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["/graphs", "/graphs/", "/graphs?default", "/graphs/source/one", "/graphs/new"])
def test_nothing_is_written(graphs: FlaskClient, method: str, address: str) -> None:
    response = graphs.open(address, method=method, data=f"{B} .", content_type="text/turtle")
    assert response.status_code == 403
    assert response.json is not None
    assert response.json["code"] == "read-only"
    assert "docs/adding-a-source.md" in response.json["hint"]
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert subjects(graphs.get("/graphs/source/one?format=nt").data, GRAPH_FORMATS[1]) == ["a", "shared"]


@pytest.mark.parametrize("address", ["/graphs", "/graphs/source/one"])
def test_options_tell_the_methods(graphs: FlaskClient, address: str) -> None:
    response = graphs.options(address)
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "Access-Control-Allow-Methods" in response.headers


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
def test_the_graphs_are_listed_as_a_description(graphs: FlaskClient, fmt: Format) -> None:
    response = graphs.get("/graphs", headers={"Accept": fmt.media_type})
    assert response.content_type == fmt.content_type
    store = pyoxigraph.Store()
    store.extend(pyoxigraph.parse(response.data, pyoxigraph.RdfFormat.from_media_type(fmt.media_type)))
    query = """
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
        SELECT ?name ?size ?address {
          ?dataset a sd:Dataset .
          { ?dataset sd:namedGraph [ sd:name ?name ; sd:graph ?graph ] } UNION { ?dataset sd:defaultGraph ?graph }
          ?graph void:triples ?size ; void:dataDump ?address
        } ORDER BY ?name"""
    rows = store.query(query)
    assert isinstance(rows, pyoxigraph.QuerySolutions)
    found = [[term and term.value for term in row] for row in rows]
    assert found == [
        [None, "3", "http://localhost/graphs?default"],
        [f"{EX}other", "2", f"http://localhost/graphs?graph={quote(EX + 'other', safe='')}"],
        [OWN, "2", "http://localhost/graphs/source/one"],
    ]
    for _, size, address in found:
        assert len(subjects(graphs.get(str(address)).data, GRAPH_FORMATS[0])) == int(str(size))


@pytest.mark.parametrize("asked", [{"headers": {"Accept": "application/json"}}, {"query_string": {"format": "json"}}])
def test_the_graphs_are_listed_as_json(graphs: FlaskClient, asked: dict[str, dict[str, str]]) -> None:
    response = graphs.get("/graphs", **asked)  # type: ignore[arg-type]
    assert response.content_type == "application/json"
    assert response.json is not None
    assert response.json["default"] == {"triples": 3, "address": "http://localhost/graphs?default"}
    assert [row["graph"] for row in response.json["graphs"]] == [f"{EX}other", OWN]
    assert response.json["graphs"][1]["address"] == "http://localhost/graphs/source/one"


def test_without_pages_a_browser_gets_rdf(graphs: FlaskClient) -> None:
    assert graphs.get("/graphs", headers=BROWSER).content_type == "application/rdf+xml"


def test_the_page_calls_graphs_by_their_names(tmp_path: Path) -> None:
    titles = f"""\
<{PREFIXES["source"]}one> <{PREFIXES["dcterms"]}title> "One text"@en .
<{PREFIXES["source"]}one> <{PREFIXES["dcterms"]}title> "Un texte"@fr .
<{EX}other> <{PREFIXES["rdfs"]}label> "Others"@en .
{A} <{EX}nameless> .
{A} <{GRAPHS}ontology> .
"""
    with engine_on(make_release(tmp_path, QUADS + titles)) as engine:
        client = create_app(engine.settings, engine).test_client()
        pages = {lang: client.get(f"/graphs?lang={lang}", headers=BROWSER).text for lang in ("en", "fr")}
    for lang, ontology, one in (("en", "The ontology", "One text"), ("fr", "L&#39;ontologie", "Un texte")):
        named = dict(re.findall(r'">([^<]+)</a><br><span class="quiet"><code>(.*?)</code>', pages[lang]))
        assert named == {ontology: f"{GRAPHS}ontology", one: OWN, "Others": f"{EX}other"}
        assert f"<code>{EX}nameless</code></a>" in pages[lang]


def test_a_browser_gets_pages(built_engine: Engine) -> None:
    client = create_app(built_engine.settings, built_engine).test_client()
    page = client.get("/graphs", headers=BROWSER)
    assert page.mimetype == "text/html"
    name = next(name for name in sorted(built_engine.release.counts) if name.startswith(GRAPHS))
    assert f"<code>{name}</code>" in page.text
    assert f"/graphs/{name.removeprefix(GRAPHS)}?format=ttl" in page.text
    response = client.get(f"/graphs/{name.removeprefix(GRAPHS)}", headers=BROWSER)
    assert response.status_code == 303
    location = urlsplit(response.location)
    assert location.path == "/sparql"
    assert f"GRAPH <{name}>" in parse_qs(location.query)["query"][0]
    shown = client.get(response.location, headers=BROWSER)
    assert (shown.status_code, shown.mimetype) == (200, "text/html")
    assert client.get("/graphs?format=ttl", headers=BROWSER).mimetype == "text/turtle"
