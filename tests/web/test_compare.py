"""The comparisons: what is chosen reaches each query, in both languages, and what is no choice is told."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.serve.web.compare_pages import COMPARISONS, MOST
from support.server_process import ROOT


@pytest.mark.parametrize("name", COMPARISONS)
def test_each_query_has_the_parameter_that_it_is_given(name: str) -> None:
    catalogue = Catalogue.read(ROOT / "queries")
    for query, parameter in COMPARISONS[name].queries.items():
        saved = catalogue.get(query)
        assert saved is not None, query
        assert parameter in {found.name for found in saved.parameters}, query


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_overview_leads_to_each(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/compare?lang={lang}").text
    assert re.findall(r'<h2><a href="/compare/(\w+)">', page) == [*COMPARISONS]


def test_what_is_chosen_reaches_each_query(client: FlaskClient) -> None:
    page = client.get("/compare/states?lang=en&state=state:HUN&state=&state=state:RUS&state=state:HUN").text
    assert [*re.findall(r'<option value="(state:\w+)" selected>', page)] == ["state:HUN", "state:RUS"]
    for query, parameter in COMPARISONS["states"].queries.items():
        asked = f"{parameter}=state%3AHUN&amp;{parameter}=state%3ARUS"
        assert f'href="/queries/{query}?{asked}"' in page, query
        section = page.partition(f'<h2 id="{query}">')[2].partition("</section>")[0]
        nothing = "The graph holds nothing on this." in section
        assert nothing != (f'href="/queries/{query}.csv?{asked}"' in section), query


def test_there_is_something_to_see_where_nothing_was_chosen(client: FlaskClient) -> None:
    page = client.get("/compare/coalition?lang=en").text
    assert '<option value="org:coalition-of-the-willing" selected>' in page
    assert "<svg" in page.partition('<h2 id="coalition-members">')[2].partition("</section>")[0]


def test_no_more_are_compared_than_can_be_told_apart(client: FlaskClient) -> None:
    states = ("FRA", "DEU", "HUN", "POL", "GBR", "USA", "RUS")
    page = client.get("/compare/states?lang=en&" + "&".join(f"state=state:{code}" for code in states)).text
    assert len(re.findall(r'<option value="state:\w+" selected>', page)) == MOST < len(states)
    assert "6 at most are compared" in page
    assert "at most are compared" not in client.get("/compare/states?lang=en&state=state:FRA").text


@pytest.mark.parametrize("choice", ["state:XXX", "org:nato", "<script>alert(1)</script>", "state:FRA } #"])
def test_what_is_no_choice_is_told_and_harms_nothing(client: FlaskClient, choice: str) -> None:
    page = client.get("/compare/states", query_string={"state": choice})
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "<script>alert" not in page.text


def test_there_is_no_other_comparison(client: FlaskClient) -> None:
    assert client.get("/compare/apples").status_code == 404
