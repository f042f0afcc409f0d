"""The pages: what they show, in both languages, what they never let through, what they answer to what is not there."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kg.ground.catalogue import SavedQuery
from kg.ground.errors import QueryCancelledError
from kg.serve.web import home_page
from kg.serve.web.home_page import FEATURED, HEADLINES
from kg.serve.web.site import CONTENT_SECURITY_POLICY
from kg.serve.web.table import ask_table
from support.serving import eventually

PAGES = [
    "/",
    "/queries",
    "/queries?q=russie&tag=polls",
    "/queries/friends-of-russia",
    "/queries/describe-entity",
    "/queries/statements-containing",
    "/map?measure=coalition-members",
    "/sparql",
    "/results",
    "/ontology",
    "/errors",
    "/about",
    "/compare",
    "/compare/states",
    "/compare/coalition",
    "/compare/polls",
    "/compare/aid?donor=state:FRA",
    "/api",
    "/cookbook",
    "/counting",
    "/try",
    "/dumps/",
    "/quality",
    "/sources",
    "/search",
    "/search?q=fra",
    "/search?q=Azrbdjn&type=query",
    "/sources?reliability=second-hand&q=premi%C3%A8re",
    "/page/state/UKR?as=sides:recipient",
    "/page/state/FRA",
    "/page/org/nato",
    "/page/statement/first-series-6",
    "/page/category/military",
    "/page/source/first-series",
    "/page/unlinked/first-series-24-extremes-droites",
    "/page/amount/CAD-1460000000",
    "/page/point/FRA",
    "/explain?s=state:HUN&p=a&o=sides:EUMember",
    "/explain?s=state:HUN&p=sides:memberOf&o=org:eu",
    "/explain?s=state:RUS&p=a&o=sides:Entity",
]
VOID = {"meta", "link", "input", "br", "hr", "img"}
XSS = "<script>alert(1)</script>"


class Page(HTMLParser):
    """Reads a page as a browser would, and notes what matters here."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.mistakes: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.mistakes.append(f"an attribute stands twice in <{tag}>")
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> closes something else")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def text(response: TestResponse) -> str:
    return response.get_data(as_text=True)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_whole(client: FlaskClient, address: str, language: str) -> None:
    response = client.get(address, headers={"Accept-Language": language})
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert response.headers["Content-Language"] == language
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    page = Page(text(response))
    assert page.mistakes == []
    assert page.open == []
    assert page.all("html")[0]["lang"] == language
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1


@pytest.mark.parametrize("address", PAGES)
def test_nothing_comes_from_outside_and_nothing_stands_inline(client: FlaskClient, address: str) -> None:
    page = Page(text(client.get(address)))
    for tag, attributes in page.tags:
        assert not any(name == "style" or name.startswith("on") for name in attributes), tag
        data = attributes.get("type") == "application/ld+json"  # which no browser runs
        if tag in {"script", "img", "iframe", "use"} and not data:
            assert str(attributes.get("src") or attributes.get("href")).startswith("/static/")
        if tag == "link" and attributes.get("rel") in {"stylesheet", "icon"}:
            assert str(attributes["href"]).startswith("/static/")


@pytest.mark.parametrize("address", PAGES)
def test_every_field_has_a_label_and_every_id_stands_once(client: FlaskClient, address: str) -> None:
    page = Page(text(client.get(address)))
    identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    labelled = {label.get("for") for label in page.all("label")}
    fields = [*page.all("select"), *page.all("textarea"), *page.all("input")]
    assert [field for field in fields if field.get("type") != "hidden" and field.get("id") not in labelled] == []


NOT_FEDERATED = ("federation is not offered at this address", "la fédération n&#39;est pas offerte à cette adresse")


@pytest.mark.parametrize("address", PAGES)
def test_every_link_to_this_server_leads_somewhere(client: FlaskClient, address: str) -> None:
    links = {str(link["href"]).partition("#")[0] for link in Page(text(client.get(address))).all("a")}
    inside = sorted(link for link in links if link.startswith("/"))
    for link in inside[:40]:
        response = client.get(link, buffered=True)
        # A query that calls other endpoints is refused here, by a page that says so.
        federated = any(words.encode() in response.data for words in NOT_FEDERATED)
        assert response.status_code in ({403} if federated else {200, 302, 303}), link


def test_language_is_chosen_by_the_address_and_remembered(client: FlaskClient) -> None:
    first = client.get("/?lang=fr", headers={"Accept-Language": "en"})
    assert "Qui est avec qui" in text(first)
    assert "lang=fr" in first.headers["Set-Cookie"]
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "Saved queries" not in text(client.get("/queries", headers={"Accept-Language": "en"}))
    assert "Saved queries" in text(client.get("/queries?lang=en"))
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in first.headers["Vary"].split(",")}


def test_the_language_link_keeps_the_rest_of_the_address(client: FlaskClient) -> None:
    page = Page(text(client.get("/queries?q=a%26b&lang=en")))
    links = [link["href"] for link in page.all("a") if link.get("hreflang") == "fr"]
    assert links == ["/queries?q=a%26b&lang=fr"]


def test_home_tells_what_the_graph_holds(client: FlaskClient, app: Flask) -> None:
    page = text(client.get("/?lang=en"))
    engine = app.extensions["sides-pages"].engine
    statements = engine.select("SELECT (COUNT(*) AS ?n) { ?s a <https://w3id.org/sides/ontology#Statement> }")[0][
        "n"
    ].value
    assert re.search(rf"statements</dt><dd>{statements}</dd>", page)
    assert engine.release.hash in page
    assert 'value="state:FRA">France</option>' in page
    assert "Which states are members of a coalition?" in page


def test_home_shows_charts_with_the_ways_to_their_values(client: FlaskClient, app: Flask) -> None:
    page = Page(text(client.get("/?lang=en")))
    charts = [drawn for drawn in page.all("svg") if str(drawn.get("class", "")).startswith("chart")]
    assert charts
    assert all(drawn.get("role") == "img" and drawn.get("aria-label") for drawn in charts)
    links = {link.get("href") for link in page.all("a")}
    shown = [name for name in HEADLINES if f"/queries/{name}.svg" in links]
    assert len(charts) == 2 * len(shown)
    for name in shown:
        assert {f"/queries/{name}", f"/queries/{name}.csv"} <= links
    assert {f"/queries/{name}" for name in FEATURED} <= links
    assert {"/dumps/", "/sparql", "/queries"} <= links


def test_a_chart_that_could_not_be_made_once_is_made_the_next_time(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reader may leave, or come while the server is busy: the others want the charts nevertheless."""
    site, drawn = app.extensions["sides-pages"], home_page.drawn_answer
    site._made = ("another release", {})
    left = {"friend-enemy-trend"}

    def answer(query: SavedQuery, *arguments: Any, **named: Any) -> dict[str, Any]:
        if query.name in left:
            raise QueryCancelledError("the client left")
        return drawn(query, *arguments, **named)

    monkeypatch.setattr(home_page, "drawn_answer", answer)
    address = "/queries/friend-enemy-trend.svg"
    assert address not in text(client.get("/?lang=en"))
    left.clear()
    assert address in text(client.get("/?lang=en"))


def test_what_is_costly_is_made_once_for_a_release(app: Flask) -> None:
    site = app.extensions["sides-pages"]
    made: list[str] = []
    for _ in range(2):
        site.kept("costly", lambda: made.append("once"))
    assert made == ["once"]
    site._made = ("another release", {})
    site.kept("costly", lambda: made.append("again"))
    assert made == ["once", "again"]


def test_the_page_of_a_state_leads_to_charts_of_it(client: FlaskClient) -> None:
    links = _links(client, "/page/state/FRA")
    assert "/queries/votes-like-a-state?state=state:FRA" in links
    assert "/queries/friend-enemy-trend?target=state:FRA" in links
    assert not any(str(link).startswith("/queries/votes-like-a-state") for link in _links(client, "/page/org/nato"))


def _links(client: FlaskClient, address: str) -> list[str | None]:
    return [link.get("href") for link in Page(text(client.get(address))).all("a")]


def test_look_leads_to_an_entity(client: FlaskClient) -> None:
    assert client.get("/look?entity=org:nato").headers["Location"] == "/id/org/nato"
    assert client.get("/look?entity=http://elsewhere.example/").status_code == 400
    assert client.get("/look?entity=").status_code == 400


# Queries


def test_list_of_queries_can_be_searched(client: FlaskClient) -> None:
    page = text(client.get("/queries?q=amis&lang=fr"))
    assert "/queries/friends-of-russia" in page
    assert "/queries/confirmed-deaths" not in page
    assert "Aucune requête" in text(client.get("/queries?q=zygomorphe&lang=fr"))


def test_a_query_shows_its_answer_with_names(client: FlaskClient) -> None:
    page = text(client.get("/queries/allies-of-russia?lang=fr"))
    assert re.search(r'<a href="/id/state/BLR" [^>]*>Biélorussie</a>|<a href="/id/state/BLR" [^>]*>Bélarus</a>', page)
    assert "<small>state:BLR</small>" in page


def test_a_parameter_changes_the_answer_and_the_text(client: FlaskClient) -> None:
    page = text(client.get("/queries/close-relations-of-russia?country=state:CUB&lang=en"))
    assert "state:RUS</small>" in page
    assert 'value="Cuba" data-value="state:CUB"' in page
    assert "/queries/close-relations-of-russia.csv?country=state%3ACUB" in page
    assert re.search(r"VALUES.*country.*state:CUB", page)


def test_what_can_be_chosen_has_a_name_in_the_language_of_the_page(client: FlaskClient) -> None:
    assert '<option value="fr" selected>français</option>' in text(client.get("/queries/network-around-state?lang=fr"))
    assert re.search(
        'value="category:military"[^>]*> militaire<', text(client.get("/queries/attributed-shares?lang=fr"))
    )


def test_a_wrong_parameter_is_told(client: FlaskClient) -> None:
    response = client.get("/queries/close-relations-of-russia?country=Atlantis&lang=en")
    assert response.status_code == 400
    assert "Nothing that fits here is called “Atlantis”." in text(response)
    response = client.get("/queries/close-relations-of-russia.csv?country=Cuba", headers={"Accept": "text/csv"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    problem = json.loads(response.data)
    assert (problem["code"], problem["status"]) == ("saved-query", 400)
    assert "expected" in problem
    assert client.get("/queries/close-relations-of-russia.csv?nobody=1").status_code == 400


@pytest.mark.parametrize(
    ("suffix", "accept", "media_type"),
    [
        ("json", "application/sparql-results+json", "application/sparql-results+json"),
        ("csv", "text/csv", "text/csv"),
        ("tsv", "text/tab-separated-values", "text/tab-separated-values"),
        ("xml", "application/sparql-results+xml", "application/sparql-results+xml"),
        ("rq", "application/sparql-query", "application/sparql-query"),
    ],
)
def test_formats_by_suffix_and_by_accept(client: FlaskClient, suffix: str, accept: str, media_type: str) -> None:
    by_suffix = client.get(f"/queries/hostile-to-russia.{suffix}")
    by_accept = client.get("/queries/hostile-to-russia", headers={"Accept": accept})
    assert (by_suffix.status_code, by_suffix.mimetype) == (200, media_type)
    assert (by_accept.status_code, by_accept.mimetype) == (200, media_type)
    assert by_suffix.data == by_accept.data
    assert "Accept" in by_accept.headers["Vary"]


def test_an_answer_is_kept_as_long_as_its_release(client: FlaskClient) -> None:
    first = client.get("/queries/hostile-to-russia.csv")
    again = client.get("/queries/hostile-to-russia.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get("/queries/hostile-to-russia.json", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_csv_holds_the_answer(client: FlaskClient) -> None:
    rows = list(csv.reader(io.StringIO(text(client.get("/queries/hostile-to-russia.csv")))))
    assert rows[0] == ["holder"]
    assert {row[0].rpartition("/")[2] for row in rows[1:]} >= {"GBR", "DEU", "FRA"}


def test_a_graph_has_formats_of_graphs(client: FlaskClient) -> None:
    assert client.get("/queries/describe-entity.ttl").mimetype == "text/turtle"
    assert client.get("/queries/describe-entity.jsonld").mimetype == "application/ld+json"
    assert client.get("/queries/describe-entity.csv").status_code == 404
    assert client.get("/queries/hostile-to-russia.ttl").status_code == 404


def test_a_client_that_says_nothing_gets_data(client: FlaskClient) -> None:
    response = client.get("/queries/hostile-to-russia", headers={"Accept": "*/*"})
    assert response.mimetype == "application/sparql-results+json"


def test_nothing_acceptable(client: FlaskClient) -> None:
    assert client.get("/queries/hostile-to-russia", headers={"Accept": "image/png"}).status_code == 406


def test_a_format_by_name_goes_before_the_header(client: FlaskClient) -> None:
    assert client.get("/queries/hostile-to-russia?format=tsv").mimetype == "text/tab-separated-values"
    assert client.get("/queries/hostile-to-russia?format=text/csv").mimetype == "text/csv"
    assert client.get("/queries/hostile-to-russia?format=rq").mimetype == "application/sparql-query"
    assert client.get("/queries/hostile-to-russia?format=", headers={"Accept": "text/csv"}).mimetype == "text/csv"
    refused = client.get("/queries/hostile-to-russia?format=ttl", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json["detail"]) == (406, "the format is 'ttl'")


def test_the_text_of_a_query_is_its_file_or_what_is_asked(client: FlaskClient) -> None:
    assert text(client.get("/queries/hostile-to-russia.rq")).startswith("#+ summary:")
    assert "state/UKR>" in text(client.get("/queries/hostile-to-russia.rq?toward=state:UKR"))


# Editor and results


def test_the_editor_keeps_the_query_and_tells_the_place_of_a_mistake(client: FlaskClient) -> None:
    query = "SELECT ?x\nWHERE { ?x a }"
    response = client.post("/results", data={"query": query})
    page = text(response)
    assert response.status_code == 400
    assert "<textarea" in page
    assert "WHERE { ?x a }</textarea>" in page
    problem = json.loads(re.findall("data-problem='([^']+)'", page)[0])
    assert (problem["code"], problem["line"], problem["column"] > 1) == ("query-syntax", 2, True)


def test_results_without_script(client: FlaskClient) -> None:
    query = "SELECT ?x (1500000000000 AS ?n) WHERE { ?x a <https://w3id.org/sides/ontology#State> } ORDER BY ?x LIMIT 2"
    page = text(client.post("/results?lang=en", data={"query": query}))
    assert page.count("<tr>") == 3
    assert "1,500,000,000,000" in page
    assert f"/sparql?query={quote(query, safe='')}&amp;format=csv" in page


@pytest.mark.parametrize("query", ["SELECT (42 AS ?x) {}", "SELECT ?x { ?x a }"], ids=["answered", "wrong"])
@pytest.mark.parametrize("address", ["/results", "/sparql"])
def test_the_other_language_asks_the_same_query_again(client: FlaskClient, address: str, query: str) -> None:
    page = text(client.post(f"{address}?lang=en", data={"query": query}))
    form = f'<form action="{address}?lang=fr" method="post"><input type="hidden" name="query" value="{query}">'
    assert form in page
    again = client.post(f"{address}?lang=fr", data={"query": query})
    assert again.headers["Content-Language"] == "fr"
    assert f"{query}</textarea>" in text(again)


def test_a_part_is_the_answer_alone(client: FlaskClient) -> None:
    part = text(client.post("/results", data={"query": "ASK {}", "part": "answer", "lang": "en"}))
    assert "<html" not in part
    assert re.search('<p class="truth yes">(Yes|Oui)</p>', part)
    failed = client.post("/results", data={"query": "ASK {", "part": "answer"})
    assert failed.status_code == 400
    assert "<html" not in text(failed)


def test_an_answer_without_rows_says_so(client: FlaskClient) -> None:
    page = text(client.post("/results?lang=fr", data={"query": "SELECT * { ?s <urn:nothing> ?o }"}))
    assert "La requête n&#39;a pas de réponse" in page


def test_a_long_answer_is_shortened_and_says_so(client: FlaskClient) -> None:
    page = text(client.post("/results?lang=en", data={"query": "SELECT * { ?s ?p ?o }"}))
    assert (page.count("<tr>"), page.count("<tr hidden>")) == (101, 900)
    assert "the first 1000" in page


def test_a_query_in_the_address_of_the_endpoint_is_run_for_a_browser(client: FlaskClient) -> None:
    page = text(client.get("/sparql", query_string={"query": "SELECT (42 AS ?answer) {}"}))
    assert '<td class="number"><span title="&#34;42&#34;^^xsd:integer">42</span></td>' in page


@pytest.mark.parametrize(
    "query",
    [
        f'SELECT ("{XSS}" AS ?x) {{}}',
        f'SELECT ("a"^^<http://e/{quote("<script>")}> AS ?x) {{}}',
        "SELECT (IRI('javascript:alert(1)') AS ?x) {}",
        f'CONSTRUCT {{ <urn:a> <urn:b> "{XSS}" }} WHERE {{}}',
        f"SELECT ?x {{}} # {XSS}",
        f"{XSS}",
    ],
)
def test_what_a_query_or_the_data_holds_is_only_text(client: FlaskClient, query: str) -> None:
    for data in ({"query": query}, {"query": query, "part": "answer"}):
        page = Page(text(client.post("/results", data=data)))
        assert all(str(script.get("src")).startswith("/static/") for script in page.all("script"))
        assert not any(str(link.get("href")).lower().startswith("javascript:") for link in page.all("a"))


@pytest.mark.parametrize(
    "address", ["/queries?q={}", "/queries?tag={}", "/queries/utterances?speaker={}", "/page/{}", "/look?entity={}"]
)
def test_what_an_address_holds_is_only_text(client: FlaskClient, address: str) -> None:
    page = Page(text(client.get(address.format(quote(f'">{XSS}')))))
    assert all(str(script.get("src")).startswith("/static/") for script in page.all("script"))


# Things


def test_a_thing_leads_to_its_page_or_its_data(client: FlaskClient) -> None:
    response = client.get("/id/state/FRA")
    assert (response.status_code, response.headers["Location"]) == (303, "/page/state/FRA")
    response = client.get("/id/state/FRA", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["Location"]) == (303, "/data/state/FRA.ttl")
    assert "Accept" in response.headers["Vary"]
    assert client.get("/id/state/FRA", headers={"Accept": "*/*"}).headers["Location"] == "/data/state/FRA.ttl"
    data = client.get("/data/state/FRA.ttl")
    assert data.mimetype == "text/turtle"
    assert "wd:Q142" in text(data)
    assert client.get("/data/state/FRA.jsonld").mimetype == "application/ld+json"
    assert client.get("/data/state/FRA.gif").status_code == 404
    assert client.get("/data/state/FRA").status_code == 404


def test_a_name_may_hold_dots(client: FlaskClient, app: Flask) -> None:
    engine = app.extensions["sides-pages"].engine
    (row,) = engine.select("SELECT ?agent { ?build <http://www.w3.org/ns/prov#wasAssociatedWith> ?agent }")
    place = row["agent"].value.rpartition("/id/")[2]
    assert "." in place
    data = client.get(f"/id/{place}", headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert (data.status_code, data.mimetype) == (200, "text/turtle")
    assert f"agent:{place.removeprefix('agent/')} " in text(data)


@pytest.mark.parametrize(
    "address", ["/id/state/NOPE", "/page/state/NOPE", "/data/state/NOPE.ttl", "/queries/nope", "/nope"]
)
def test_what_is_not_there(client: FlaskClient, address: str) -> None:
    page = client.get(address, headers={"Accept-Language": "fr"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert page.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "Rien ici" in text(page)
    problem = client.get(address, headers={"Accept": "application/json"})
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")


def test_the_page_of_a_state_says_why(client: FlaskClient) -> None:
    page = text(client.get("/page/state/FRA?lang=en"))
    assert "<h1>France</h1>" in page
    assert re.search(r'href="/id/fact/[0-9a-f]{20}"', page)
    assert re.search(r'href="/id/assertion/[0-9a-f]{20}"', page)
    assert 'href="http://www.wikidata.org/entity/Q142"' in page
    assert "<mark>" in page


def test_relations_stand_together_in_each_direction(client: FlaskClient) -> None:
    borders = text(client.get("/page/state/FRA?lang=en")).split(">borders with</a></td><td>")[1].partition("</tr>")[0]
    assert {name for name in ("Belgium", "Spain", "Monaco") if f">{name}</a>" in borders} == {
        "Belgium",
        "Spain",
        "Monaco",
    }
    assert "tables" in borders
    hostile = text(client.get("/page/state/RUS?lang=en")).split("<tr>")
    (row,) = [row for row in hostile if ">hostile to</a></td><td>Russia</td>" in row]
    assert re.search(r">France</a> <a class=\"why\" href=\"/id/fact/[0-9a-f]{20}\" aria-label=\"Why\? France\"", row)
    assert ">Germany</a>" in row


def test_an_organisation_shows_the_members_of_the_tables(client: FlaskClient) -> None:
    page = text(client.get("/page/org/un?lang=en"))
    (row,) = [row for row in page.split("<tr>") if ">member of</a></td><td>United Nations</td>" in row]
    assert {">Norway</a>", ">France</a>"} <= {*re.findall(">[^<>]+</a>", row)}
    assert row.count('href="/id/state/') == 193


def test_an_unlinked_entity_shows_where_it_is_named(client: FlaskClient) -> None:
    page = text(client.get("/page/unlinked/first-series-24-extremes-droites?lang=fr"))
    assert "<h1>extrêmes droites</h1>" in page
    assert page.count('<article class="card">') == 8
    assert ">Autriche</a>" in page


def test_a_date_without_a_year_says_so(client: FlaskClient) -> None:
    page = text(client.get("/page/statement/first-series-1?lang=fr"))
    assert "4 mai (année non précisée)" in page
    assert "septembre 2023" in page.partition("<blockquote")[2].partition("</blockquote>")[2]


def test_what_has_no_page_leads_to_an_answer(client: FlaskClient) -> None:
    query = "SELECT * { ?dataset <http://rdfs.org/ns/void#subset> ?graph } ORDER BY ?graph"
    page = text(client.get("/sparql", query_string={"query": query}))
    links = re.findall(r'href="(/sparql\?query=(?:DESCRIBE|CONSTRUCT)[^"]*)" title', page)
    assert len(links) > 5
    for link in {*links}:
        assert "<table>" in text(client.get(link))


def test_a_source_lists_its_statements(client: FlaskClient) -> None:
    page = text(client.get("/page/source/first-series?lang=en"))
    places = re.findall(r'<a href="/id/statement/first-series-(\d+)">passage \d+</a>', page)
    assert places == [str(place) for place in range(1, 26)]


def test_a_concept_shows_its_class_and_its_definition(client: FlaskClient) -> None:
    page = text(client.get("/page/category/military?lang=en"))
    assert re.search(r'<p class="crumbs"><a [^>]*>concept</a></p>', page)
    assert '<p class="lede">' in page


def test_an_amount_is_written_out_and_terms_of_the_standards_have_names(client: FlaskClient) -> None:
    page = text(client.get("/page/state/CAN?lang=en"))
    assert ">1,460,000,000 CAD</a>" in page
    assert re.search(r">name</a> <small>rdfs:label</small>", page)


def test_from_a_relation_one_click_leads_to_the_words(client: FlaskClient) -> None:
    fact = re.search(r'href="(/id/fact/[0-9a-f]{20})"', text(client.get("/page/state/FRA")))
    assert fact
    page = text(client.get(fact[1], follow_redirects=True))
    assert "<blockquote" in page
    assert "/id/source/first-series" in page


def test_a_statement_shows_what_was_read_from_it(client: FlaskClient) -> None:
    page = text(client.get("/page/statement/first-series-6?lang=fr"))
    assert "François Heisbourg" in page
    assert "Part d&#39;aide" in page
    assert ">1,4</span>" in page
    assert re.search(r"exprimé avec réserve</dt><dd>\s*Oui", page)
    assert "Rien n&#39;a été tiré" in text(client.get("/page/statement/first-series-9?lang=fr"))


def test_the_ontology_is_a_page_or_a_file(client: FlaskClient) -> None:
    page = text(client.get("/ontology?lang=fr"))
    assert 'id="AidAssertion"' in page
    response = client.get("/ontology", headers={"Accept": "text/turtle"})
    assert (response.status_code, response.headers["Location"]) == (303, "/ontology.ttl")
    assert "\nsides:AidAssertion " in text(client.get("/ontology.ttl"))


def test_static_files_stay_in_their_folder(client: FlaskClient) -> None:
    with client.get("/static/sides.css") as style:
        assert style.mimetype == "text/css"
    assert client.get("/static/../locale/fr.toml").status_code == 404
    assert client.get("/static/%2e%2e/locale/fr.toml").status_code == 404


# Tables


def test_a_table_reads_no_more_than_it_shows(app: Flask) -> None:
    engine = app.extensions["sides-pages"].engine
    table = ask_table(engine, "SELECT * { ?s ?p ?o }", most=7)
    assert (len(table.rows), table.complete, table.columns) == (7, False, ("s", "p", "o"))
    whole = ask_table(engine, "SELECT ?s { ?s a <https://w3id.org/sides/ontology#State> } ORDER BY ?s LIMIT 7", most=7)
    assert (len(whole.rows), whole.complete) == (7, True)
    assert eventually(lambda: engine.census()["busy"] == 0)


def test_a_graph_is_read_as_written(app: Flask) -> None:
    query = r"""CONSTRUCT { <urn:a> <urn:b> "tab\t \"é\" \\ 𝄞\n"@fr , "x"^^<urn:t> , 5 , <urn:c> , "plain" } WHERE {}"""
    table = ask_table(app.extensions["sides-pages"].engine, query)
    found = {(row["object"].value, row["object"].language, row["object"].datatype) for row in table.rows}
    assert found == {
        ('tab\t "é" \\ 𝄞\n', "fr", None),
        ("x", None, "urn:t"),
        ("5", None, "http://www.w3.org/2001/XMLSchema#integer"),
        ("urn:c", None, None),
        ("plain", None, None),
    }
