"""What a page of an answer tells of other endpoints."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from kg.serve.federation import FederatedEngine
from kg.serve.web.app import create_app
from support.federated import WD, WIKIDATA
from support.stand_in import StandIn

QUERY = f"SELECT * {{ VALUES ?x {{ 1 2 }} SERVICE SILENT <{WIKIDATA}> {{ <{WD}Q1> ?p ?o }} }}"
NOTES = {"en": "Part of the answer is missing", "fr": "Une partie de la réponse manque"}
REASONS = {
    "en": "; it answers 500: out of order",
    "fr": '\u202f; il répond 500\u202f: <span lang="en">out of order</span>',
}


@pytest.fixture
def reader(engine: FederatedEngine) -> FlaskClient:
    """A client of the whole site."""
    return create_app(engine.settings, engine).test_client()


@pytest.mark.parametrize("lang", NOTES)
@pytest.mark.parametrize("form", ["SELECT * ", "CONSTRUCT { ?x a ?o } ", "ASK "])
def test_a_page_tells_of_a_silent_clause_that_failed(
    lang: str, form: str, reader: FlaskClient, wikidata: StandIn
) -> None:
    wikidata.fails = lambda answering, _: answering.reply(500, b"out of order")
    asked = {"query": form + QUERY.removeprefix("SELECT * "), "lang": lang}
    page = reader.get("/results", query_string=asked).text
    assert NOTES[lang] in page
    assert f"<li>{WIKIDATA}{REASONS[lang]}" in page
    part = reader.get("/results", query_string={**asked, "part": "answer"})
    assert NOTES[lang] in part.text
    assert part.headers["Sides-Service-Failed"].startswith(WIKIDATA)


def test_a_page_says_nothing_where_all_went_well(reader: FlaskClient, wikidata: StandIn) -> None:
    page = reader.get("/results", query_string={"query": QUERY, "lang": "en"}).text
    assert "wdt:P1082" in page
    assert NOTES["en"] not in page
    assert len(wikidata.heard) == 1
