"""The page that tells why a triple is in the graph, its JSON, and the ways that lead there."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.ground.release import Release
from kg.ground.terms import expand, graph_iri
from kg.serve.engine import Engine
from kg.serve.web.explain_pages import MOST_GROUNDS

HUNGARY = "/explain?s=state:HUN&p=a&o=sides:EUMember"
SAID = "/explain?s=state:HUN&p=sides:memberOf&o=org:eu"
XSS = "<script>alert(1)</script>"


def text(client: FlaskClient, address: str, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert response.status_code == status
    return response.get_data(as_text=True)


def words(page: str) -> str:
    """What a reader sees, in one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).replace("\u202f", " ").split())


def test_the_page_tells_axiom_premises_and_words(client: FlaskClient) -> None:
    page = text(client, HUNGARY, Accept_Language="en")
    seen = words(page)
    assert "“EU member state” is defined by several conditions, and all of them are met." in seen
    assert "sides:EUMember EquivalentTo: sides:State and (sides:memberOf value org:eu)" in seen
    assert "cls-int1, cax-eqc2, cls-hv2" in seen
    assert "Given by the tables of entities." in seen
    assert "<mark>Hongrie</mark>" in page
    assert 'href="/id/statement/first-series-15"' in page
    assert "ontology/rules/memberships.rq" in seen


def test_the_page_speaks_french(client: FlaskClient) -> None:
    seen = words(text(client, HUNGARY, Accept_Language="fr"))
    assert "« État membre de l'UE » est défini par plusieurs conditions, et toutes sont remplies." in seen
    assert "Déduit :" in seen


def test_what_is_said_leads_to_its_fact(client: FlaskClient) -> None:
    page = text(client, SAID, Accept_Language="en")
    assert "This is not inferred." in words(page)
    assert re.search(r'href="/id/fact/[0-9a-f]{20}"', page)
    assert "<h2>Other ways" not in page


def test_several_ways_are_told_the_shortest_first(client: FlaskClient) -> None:
    content = json.loads(text(client, "/explain?s=state:RUS&p=a&o=sides:Entity", Accept="application/json"))
    steps = content["explanation"]["steps"]
    assert len(steps) > 1
    assert len({step["axiom"] for step in steps}) == len(steps)
    assert "cax-sco" in {rule for step in steps for rule in step["rules"]}
    page = text(client, "/explain?s=state:RUS&p=a&o=sides:Entity", Accept_Language="en")
    assert page.count("<details>") == len(steps) - 1


@pytest.mark.parametrize("accept", ["application/json", "*/*", ""])
def test_programs_get_json(client: FlaskClient, built_release: Release, accept: str) -> None:
    response = client.get(HUNGARY, headers={"Accept": accept})
    assert response.mimetype == "application/json"
    assert "Accept" in response.headers["Vary"]
    content = json.loads(response.get_data(as_text=True))
    assert content["release"] == built_release.hash
    assert content["explanation"]["triple"] == {
        "subject": expand("state:HUN"),
        "predicate": expand("rdf:type"),
        "object": expand("sides:EUMember"),
    }
    assert content["explanation"]["graphs"] == [graph_iri("inferred")]


def test_the_address_may_name_the_format(client: FlaskClient) -> None:
    assert json.loads(text(client, f"{HUNGARY}&format=json"))
    assert text(client, f"{HUNGARY}&format=html", Accept="application/json").startswith("<!doctype html>")
    problem = json.loads(text(client, f"{HUNGARY}&format=csv", 406, Accept="application/json"))
    assert (problem["code"], problem["expected"]) == ("not-acceptable", "one of application/json, text/html")
    text(client, HUNGARY, 406, Accept="image/png")


def test_full_iris_are_taken_as_well_as_prefixed_names(client: FlaskClient) -> None:
    iris = [quote(expand(name), safe="") for name in ("state:HUN", "sides:memberOf", "org:eu")]
    address = "/explain?s={}&p={}&o={}&format=json".format(*iris)
    assert json.loads(text(client, address)) == json.loads(text(client, f"{SAID}&format=json"))


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/explain", "parameter s: there is no subject"),
        ("/explain?s=state:HUN&o=org:eu", "parameter p: there is no predicate"),
        ("/explain?s=state:HUN&p=a&o=%20", "parameter o: there is no object"),
        ("/explain?s=state:HUN&s=state:POL&p=a&o=sides:State", "parameter s: the subject stands 2 times"),
        ("/explain?s=Hungary&p=a&o=sides:State", "subject: 'Hungary' names nothing"),
        ("/explain?s=state:HUN&p=a&o=sides:State>", "object: 'sides:State>' is no IRI"),
        ('/explain?s=state:HUN&p=rdfs:label&o="Hungary', "object: '\"Hungary' is no literal"),
    ],
)
def test_a_part_that_is_missing_or_means_nothing_is_a_problem(client: FlaskClient, address: str, detail: str) -> None:
    response = client.get(address, headers={"Accept": "application/json"})
    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    problem = json.loads(response.get_data(as_text=True))
    assert problem["code"] == "request"
    assert problem["detail"].startswith(detail)
    assert problem["expected"]
    assert problem["hint"]
    assert client.get(address).mimetype == "text/html"


def test_a_triple_that_is_not_there_is_404(client: FlaskClient, built_release: Release) -> None:
    address = "/explain?s=state:HUN&p=a&o=sides:Person"
    problem = json.loads(text(client, address, 404, Accept="application/json"))
    assert problem["code"] == "not-found"
    assert problem["detail"] == f"state:HUN rdf:type sides:Person is not in the graph of release {built_release.hash}"
    assert "This triple is not in the graph." in words(text(client, address, 404, Accept_Language="en"))


@pytest.mark.parametrize("part", ["s", "p", "o"])
def test_what_the_address_says_is_shown_and_not_run(client: FlaskClient, part: str) -> None:
    values = {"s": "state:HUN", "p": "a", "o": "sides:State", part: f"http://example.org/{XSS}"}
    address = "/explain?" + "&".join(f"{name}={quote(value)}" for name, value in values.items())
    assert XSS not in text(client, address, 400)
    for status, value in ((404, "http://example.org/'onload='x"), (400, '"><b>')):
        values[part] = value
        address = "/explain?" + "&".join(f"{name}={quote(value)}" for name, value in values.items())
        page = text(client, address, status)
        assert "'onload='" not in page
        assert "<b>" not in page


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("thing", ["state/HUN", "org/eu", "person/viktor-orban", "equipment/m113"])
def test_every_inferred_triple_of_a_page_has_its_why(client: FlaskClient, thing: str, language: str) -> None:
    page = text(client, f"/page/{thing}", Accept_Language=language)
    section = page.partition('<h2 id="follows">')[2].partition("</section>")[0]
    assert section.startswith({"fr": "Ce qui s&#39;ensuit", "en": "What follows"}[language])
    links = [unescape(link) for link in re.findall(r'class="why" href="([^"]+)"', section)]
    assert links
    graph = graph_iri("inferred")
    for link in links:
        assert link.startswith(f"/explain?s={thing.replace('/', ':')}&p=")
        content = json.loads(text(client, f"{link}&format=json"))
        assert content["explanation"]["graphs"] == [graph]
        assert content["explanation"]["steps"]


def test_a_page_links_all_that_is_inferred(client: FlaskClient, built_engine: Engine) -> None:
    page = text(client, "/page/state/HUN", Accept_Language="en")
    rows = built_engine.select(
        f"SELECT * {{ GRAPH <{graph_iri('inferred')}> {{ <{expand('state:HUN')}> ?property ?value }} }}"
    )
    assert len(rows) > 3
    section = page.partition('<h2 id="follows">')[2].partition("</section>")[0]
    assert section.count('href="/explain?') == len(rows)


def test_of_many_assertions_some_are_shown(client: FlaskClient, built_engine: Engine) -> None:
    rows = built_engine.select(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX prov: <http://www.w3.org/ns/prov#> "
        "SELECT ?s ?p ?o (COUNT(?assertion) AS ?count) { ?fact rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; "
        "prov:wasDerivedFrom ?assertion } GROUP BY ?s ?p ?o ORDER BY DESC(?count) LIMIT 1"
    )
    address = "/explain?" + "&".join(f"{name}={quote(rows[0][name].value, safe='')}" for name in "spo")
    page = text(client, address, Accept_Language="en")
    assert page.count("<blockquote") == min(int(rows[0]["count"].value), MOST_GROUNDS)
