"""The pages of entities: the figures that saved queries draw of a thing, what machines and search engines read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.serve.results import Term
from kg.serve.web.entities.figures import MOST_ROWS, QUESTIONS
from kg.serve.web.entities.lead import lead
from kg.serve.web.sections import Section
from kg.serve.web.table import Table
from kg.serve.web.texts import read_texts
from support.server_process import ROOT

CLASSES = {
    "state": "State",
    "org": "Organisation",
    "person": "Person",
    "equipment": "Equipment",
    "resolution": "Resolution",
    "series": "SurveySeries",
}
"""The class of things of each kind that has figures, which a parameter may ask for."""


@pytest.mark.parametrize("kind", QUESTIONS)
def test_each_question_is_a_saved_query_with_its_parameter_and_a_heading(kind: str) -> None:
    catalogue = Catalogue.read(ROOT / "queries")
    languages = read_texts(ROOT / "web" / "locale")
    for question in QUESTIONS[kind]:
        saved = catalogue.get(question.query)
        assert saved is not None, question.query
        taken = {found.name: found.class_name for found in saved.parameters}
        assert taken[question.parameter] in {None, CLASSES[kind]}, question.query
        assert all(question.query in texts.table("page_figure") for texts in languages.values()), question.query


def _figures(client: FlaskClient, address: str) -> dict[str, str]:
    """The figures of a page by the name of their query."""
    page = client.get(address).text.partition('<h2 id="figures">')[2].partition("</section>")[0]
    pieces = re.split(r'<h3 id="([a-z0-9-]+)">', page)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_state_has_the_figures_that_have_an_answer(client: FlaskClient, lang: str) -> None:
    figures = _figures(client, f"/page/state/FRA?lang={lang}")
    assert {"friend-enemy-trend", "membership-history"} <= set(figures) <= {q.query for q in QUESTIONS["state"]}
    assert "<svg" in figures["friend-enemy-trend"]
    for name, figure in figures.items():
        parameter = next(question.parameter for question in QUESTIONS["state"] if question.query == name)
        asked = f"{parameter}=state%3AFRA"
        assert f'href="/queries/{name}?{asked}"' in figure
        assert f'href="/queries/{name}.csv?{asked}"' in figure
        assert 0 < figure.count("<tr>") - 1 <= MOST_ROWS


def test_a_figure_leads_to_its_query(client: FlaskClient) -> None:
    for address in ("/page/state/FRA", "/page/org/coalition-of-the-willing"):
        links = re.findall(r'<p><a href="(/queries/[^"]+)">', client.get(f"{address}?lang=en").text)
        assert links, address
        assert [client.get(link).status_code for link in links] == [200] * len(links)


def test_what_no_assertion_names_has_no_figures(client: FlaskClient) -> None:
    assert _figures(client, "/page/category/military") == {}
    assert _figures(client, "/page/source/first-series") == {}
    assert "published-totals-by-year" not in _figures(client, "/page/state/RUS")


def _linked_data(page: str) -> dict[str, dict[str, Any]]:
    """The nodes of the description of a page by schema.org, by class."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return {node["@type"]: node for node in json.loads(found[0])["@graph"]}


def test_a_state_is_described_for_search_engines(client: FlaskClient) -> None:
    nodes = _linked_data(client.get("/page/state/FRA?lang=fr").text)
    state, page = nodes["Country"], nodes["WebPage"]
    assert (state["@id"], state["name"]) == ("https://w3id.org/sides/id/state/FRA", "France")
    assert state["sameAs"] == ["http://www.wikidata.org/entity/Q142"]
    assert {(code["propertyID"], code["value"]) for code in state["identifier"]} == {
        ("ISO 3166-1 alpha-2", "FR"),
        ("ISO 3166-1 alpha-3", "FRA"),
        ("UN M49", "250"),
    }
    assert (page["@id"], page["inLanguage"]) == ("http://localhost/page/state/FRA?lang=fr", "fr")
    assert [step["position"] for step in page["breadcrumb"]["itemListElement"]] == [1, 2]


@pytest.mark.parametrize("address", ["/page/category/military", "/page/statement/first-series-6", "/page/point/FRA"])
def test_every_page_is_described_without_empty_values(client: FlaskClient, address: str) -> None:
    nodes = _linked_data(client.get(address).text)
    assert all(value for node in nodes.values() for value in node.values())


def test_a_page_names_its_address_its_translations_and_its_data(client: FlaskClient) -> None:
    page = client.get("/page/state/FRA?as=sides:target&page=1&utm_source=x").text
    assert '<link rel="canonical" href="http://localhost/page/state/FRA?as=sides%3Atarget&amp;page=1">' in page
    translations = re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">', page)
    assert [code for code, _ in translations] == ["fr", "en"]
    assert all(address.endswith(f"as=sides%3Atarget&amp;page=1&amp;lang={code}") for code, address in translations)
    data = re.findall(r'<link rel="alternate describedby" type="([^"]+)" href="([^"]+)"', page)
    assert len(data) == 4
    for media_type, address in data:
        assert client.get(address, buffered=True).mimetype == media_type


@pytest.mark.parametrize(
    ("thing", "address"),
    [
        ("state/FRA", "/compare/states?state=state:FRA"),
        ("org/coalition-of-the-willing", "/compare/coalition?organisation=org:coalition-of-the-willing"),
    ],
)
def test_what_can_be_compared_leads_to_the_comparison(client: FlaskClient, thing: str, address: str) -> None:
    assert f'<a href="{address}">' in client.get(f"/page/{thing}").text
    assert client.get(address).status_code == 200
    assert '<a href="/compare/coalition?' not in client.get("/page/org/levada-center").text


def test_a_page_begins_with_what_is_known_and_nothing_else(client: FlaskClient) -> None:
    lead = re.search(r'<p class="lede">(.*?)</p>', client.get("/page/state/FRA?lang=en").text)
    assert lead is not None
    assert "Member of " in lead[1]
    assert re.search(r"Named [0-9,]+ times in assertions\.$", lead[1])
    assert "Aid allocated" not in lead[1]  # this graph has no totals
    assert '<p class="lede">' not in client.get("/page/point/FRA?lang=en").text


def test_the_sum_of_totals_is_told_with_its_years() -> None:
    t = read_texts(ROOT / "web" / "locale")["en"]
    saved = Catalogue.read(ROOT / "queries").get("published-totals-by-year")
    assert saved is not None
    rows = tuple({"in": Term("literal", year), "amount": Term("literal", "1500000000")} for year in ("2023", "2022"))
    section = Section(
        saved, "", (), {"table": Table(("in", "amount"), rows, complete=True, milliseconds=0, form="SELECT")}, ""
    )
    told = lead("thing", t, relations=(), labels={}, figures=[section], counted={})
    assert told == ["Aid allocated to Ukraine by the published totals of 2022 to 2023: 3\xa0bn euros."]


@pytest.mark.parametrize("address", ["/page/state/FRA", "/page/org/coalition-of-the-willing", "/compare/states"])
def test_every_table_of_a_page_has_a_name_of_its_own(client: FlaskClient, address: str) -> None:
    names = re.findall(r'role="region" aria-label="([^"]+)"', client.get(f"{address}?lang=en").text)
    assert len(names) > 1
    assert len(names) == len(set(names))
