"""The search of the site: sections for people, a list for programs, a way on where nothing is found."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

JSON = {"Accept": "application/json"}


def test_a_page_has_sections_in_the_language_of_the_reader(client: FlaskClient) -> None:
    for language, words, sections in (("fr", "France", ("États", "Sources")), ("en", "France", ("States", "Sources"))):
        text = client.get("/search", query_string={"q": words, "lang": language}).text
        assert 'href="/id/state/FRA"' in text
        assert all(f"<h2>{section}" in text for section in sections)
    assert "<h2>Saved queries" in client.get("/search?q=sanctions&lang=en").text


def test_the_words_stay_in_the_field(client: FlaskClient) -> None:
    assert 'value="&#34;a&#34; &lt;b&gt;"' in client.get("/search", query_string={"q": '"a" <b>'}).text


def test_without_words_there_is_help(client: FlaskClient) -> None:
    text = client.get("/search").text
    assert "autofocus" in text
    assert 'href="/search?q=Zelen"' in text


def test_who_finds_nothing_finds_a_way_on(client: FlaskClient) -> None:
    text = client.get("/search", query_string={"q": "Azrbdjn", "type": "query"}).text
    assert 'href="/id/state/AZE"' in text
    assert 'href="/search?q=Azrbdjn&amp;type="' in text


@pytest.mark.parametrize(("lang", "told"), [("en", "Names spelt like “Ukrainne”"), ("fr", "Noms écrits presque comme")])
def test_what_is_only_spelt_alike_is_told_apart(client: FlaskClient, lang: str, told: str) -> None:
    page = client.get("/search", query_string={"q": "Ukrainne", "lang": lang}).text
    nothing, _, near = page.partition('<h2 id="near">')
    assert told in near
    assert 'href="/id/state/UKR"' in near
    assert 'href="/id/state/UKR"' not in nothing
    assert '<div class="nothing">' in nothing
    found = client.get("/search.json?q=Ukrainne").get_json()["results"]
    assert (found[0]["id"], found[0]["near"]) == ("state:UKR", True)
    written = client.get("/search.json?q=Ukraine").get_json()["results"]
    assert [item["near"] for item in written] == sorted(item["near"] for item in written)
    assert not written[0]["near"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_where_nothing_is_close_there_is_a_way_on_and_no_guess(client: FlaskClient, lang: str) -> None:
    page = client.get("/search", query_string={"q": "zzqq", "lang": lang}).text
    assert 'id="near"' not in page
    box = page.partition('<div class="nothing">')[2].partition("</div>")[0]
    assert "zzqq" in box
    links = re.findall(r'href="([^"]+)"', box)
    assert links == ["/queries", "/sources", "/ontology"]
    assert [client.get(link).status_code for link in links] == [200] * 3
    assert client.get("/search.json?q=zzqq").get_json()["suggestions"] == []


def test_a_short_name_is_not_near_to_another_of_few_letters(client: FlaskClient) -> None:
    for words, other in (("Macron", "state:MAR"), ("Orban", "state:JOR"), ("Rusia", "state:USA")):
        found = client.get("/search.json", query_string={"q": words}).get_json()
        assert other not in [item["id"] for item in (*found["results"], *found["suggestions"])], words


def test_a_section_alone_shows_more(client: FlaskClient) -> None:
    every = client.get("/search", query_string={"q": "e"}).text
    alone = client.get("/search", query_string={"q": "e", "type": "state"}).text
    assert 'href="/search?q=e&amp;type=state"' in every
    assert alone.count('href="/id/state/') > every.count('href="/id/state/')
    assert "<h2>States" in alone
    assert "<h2>Surveys" not in alone


def test_programs_have_json(client: FlaskClient) -> None:
    for address, headers in (("/search.json", {}), ("/search", JSON), ("/search?format=json", {})):
        reply = client.get(
            address, query_string={"q": "Fran", "limit": 3} if "?" not in address else None, headers=headers
        )
        assert reply.is_json, address
    content = client.get("/search.json?q=Fran&limit=3&lang=fr").get_json()
    first = content["results"][0]
    assert (first["id"], first["label"], first["type"], first["match"]) == (
        "state:FRA",
        "France",
        "sides:State",
        "France",
    )
    assert len(content["results"]) == 3
    assert content["suggestions"] == []
    assert client.get("/search.json?q=Azrbdjn&type=query").get_json()["suggestions"][0]["id"] == "state:AZE"
    assert client.get("/search.json").get_json()["results"] == []


@pytest.mark.parametrize("sort", ["state", "State", "sides:State", "entity"])
def test_a_sort_can_be_asked_for(client: FlaskClient, sort: str) -> None:
    found = client.get("/search.json", query_string={"q": "fra", "type": sort}).get_json()["results"]
    assert found[0]["id"] == "state:FRA"
    assert {item["group"] for item in found} == {"entity"}


@pytest.mark.parametrize("wrong", ["type=colour", "limit=0", "limit=x", "limit=101", "q=" + "a" * 201])
def test_what_cannot_be_meant_is_told(client: FlaskClient, wrong: str) -> None:
    address = f"/search.json?{wrong}" if wrong.startswith("q=") else f"/search.json?q=a&{wrong}"
    reply = client.get(address, headers=JSON)
    assert (reply.status_code, reply.mimetype) == (400, "application/problem+json")


def test_the_field_at_the_top_leads_here(client: FlaskClient) -> None:
    assert 'action="/search"' in client.get("/").text
