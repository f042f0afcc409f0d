"""The comparisons: what is chosen reaches each query, in both languages, and what is no choice is told."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.serve.results import Term
from kg.serve.web.compare_pages import COMPARISONS, MOST, Coverage, coverage_of
from kg.serve.web.counting import basis_of
from kg.serve.web.table import Table
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


def test_each_answer_tells_what_a_row_of_it_is(client: FlaskClient) -> None:
    page = client.get("/compare/polls?lang=en").text
    assert "What the source does not tell stays empty." in page


@pytest.mark.parametrize(
    ("name", "basis"),
    [
        ("published-totals-by-year", "totals"),
        ("aid-of-states", "activities"),
        ("donors-ranked", "both"),
        ("coalition-members", ""),
    ],
)
def test_published_totals_and_sums_of_activities_are_told_apart(name: str, basis: str) -> None:
    saved = Catalogue.read(ROOT / "queries").get(name)
    assert saved
    assert basis_of(saved) == basis


def test_the_page_tells_which_amounts_it_shows_and_leads_to_why(client: FlaskClient) -> None:
    page = client.get("/compare/coalition?lang=en").text
    section = page.partition('<h2 id="members-seen-as-hostile">')[2].partition("</section>")[0]
    if "<table>" in section:
        assert "Amounts: sums of single aid activities." in section
        assert '<a href="/counting">' in section
    assert "Amounts:" not in page.partition('<h2 id="coalition-members">')[2].partition("</section>")[0]


def polled(*rows: tuple[str, str]) -> Table:
    found = [{"member": Term("uri", name), "polled": Term("literal", when)} for name, when in rows]
    return Table(columns=("member", "polled"), rows=tuple(found), complete=True, milliseconds=1, form="SELECT")


def test_how_many_of_the_members_are_answered_for_and_when() -> None:
    some, whole = polled(("a", "2025-05-19"), ("c", "2005-05-13/2005-05-18")), polled(*((name, "") for name in "abcd"))
    assert coverage_of(some, whole, "polled") == Coverage(2, 4, "2005-05-13/2005-05-18", "2025-05-19")
    assert coverage_of(polled(), whole, "polled") == Coverage(0, 4, "", "")


def test_there_is_no_other_comparison(client: FlaskClient) -> None:
    assert client.get("/compare/apples").status_code == 404
