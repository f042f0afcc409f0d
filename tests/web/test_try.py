"""The page that reads a text: in both languages, for people and programs, with what it does not understand."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.ground.settings import Settings
from kg.serve.annotation import Annotator
from kg.serve.engine import Engine
from kg.serve.web.app import create_app

TEXT = "Norway, Congo and Zubrowka gave 3 tanks. The weather was fine.\nLa Hongrie a fermé la frontière."
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


@pytest.fixture(scope="module")
def reader(built_settings: Settings, built_engine: Engine) -> Iterator[FlaskClient]:
    """A client of a server that reads texts, with the real mapper."""
    annotator = Annotator([sys.executable, "-m", "kg.build.annotation", str(built_settings.home)])
    yield create_app(built_settings, built_engine, annotator=annotator).test_client()
    annotator.close()


def test_the_form_has_an_example_in_the_language_of_the_page(reader: FlaskClient) -> None:
    for lang, word in (("fr", "La Pologne"), ("en", "Poland")):
        page = reader.get("/try", query_string={"lang": lang}, headers=BROWSER)
        assert page.status_code == 200
        assert word in page.text


def test_people_see_what_was_read_and_what_was_not(reader: FlaskClient) -> None:
    page = reader.post("/try?lang=en", data={"text": TEXT}, headers=BROWSER)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = page.text
    assert '<mark class="c1"><span>Norway</span><sup><a href="#said-1">1</a></sup></mark>' in text
    assert '<span class="unread">The weather was fine.</span>' in text
    assert 'id="said-2"' in text
    assert 'href="/id/state/NOR"' in text
    assert all(f">{verdict}</span>" in text for verdict in ("linked", "ambiguous", "unknown"))
    assert "sides:donor state:NOR" in text


@pytest.mark.parametrize(
    ("lang", "labels"),
    [("en", ("donor", "attributed to", "hedged")), ("fr", ("donateur", "attribué à", "exprimé avec réserve"))],
)
def test_every_slot_is_called_by_its_label(reader: FlaskClient, lang: str, labels: tuple[str, ...]) -> None:
    text = "According to Norway, Poland may have given about 3 tanks to Ukraine."
    page = reader.post(f"/try?lang={lang}", data={"text": text}, headers=BROWSER).text
    named = re.findall(r"<div><dt>(.*?)</dt>", page)
    assert {*labels} <= {*named}
    assert not [name for name in named if "_" in name]


def test_nothing_of_a_text_is_markup(reader: FlaskClient) -> None:
    page = reader.post("/try", data={"text": "<script>alert(1)</script> Norway gave 3 <b>tanks</b>."}, headers=BROWSER)
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_a_text_that_says_nothing_says_so(reader: FlaskClient) -> None:
    page = reader.post("/try?lang=fr", data={"text": "Il faisait beau."}, headers=BROWSER)
    assert "Rien de ce que Sides sait dire" in page.text
    assert "<mark" not in page.text


def test_a_text_in_another_language_is_told_from_one_that_is_read(reader: FlaskClient) -> None:
    german = "Deutschland hat der Ukraine im März 2023 achtzehn Kampfpanzer geliefert, die aus seinen Beständen kamen."
    told = "though the language is not clear"
    assert told in reader.post("/try?lang=en", data={"text": german}, headers=BROWSER).text
    assert told not in reader.post("/try?lang=en", data={"text": TEXT}, headers=BROWSER).text


@pytest.mark.parametrize("text", [TEXT, 'A "quoted" <text>. ' * 2000], ids=["read", "too long"])
def test_the_other_language_reads_the_same_text_again(reader: FlaskClient, text: str) -> None:
    page = reader.post("/try?lang=en", data={"text": text, "lang": "en"}, headers=BROWSER).text
    (form,) = re.findall(r'<form action="(/try\?lang=fr)" method="post">(.*?)</form>', page, re.DOTALL)
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[1])}
    assert fields == {"text": text, "lang": "en"}
    again = reader.post(form[0], data=fields, headers=BROWSER)
    assert again.headers["Content-Language"] == "fr"
    assert again.text.count("</mark>") == page.count("</mark>")


def test_a_text_that_cannot_be_read_stays_in_its_field(reader: FlaskClient) -> None:
    long = "Norway gave 3 tanks. " * 1000
    page = reader.post("/try?lang=fr", data={"text": long}, headers=BROWSER)
    assert page.status_code == 400
    assert long in page.text
    assert "Ce qui a été envoyé ne peut servir" in page.text
    assert reader.post("/try", json={"text": long}).mimetype == "application/problem+json"


def test_the_end_of_a_line_is_one_character(reader: FlaskClient) -> None:
    lines = "x\r\n" * 9_999  # 19,998 characters as they stand in the field
    assert reader.post("/try", data={"text": lines, "format": "json"}).status_code == 200


def test_lines_are_what_kg_map_prints(reader: FlaskClient) -> None:
    lines = reader.post("/try", data={"text": TEXT, "format": "jsonl"})
    command = [sys.executable, "-m", "kg", "map", "-"]
    printed = subprocess.run(command, input=TEXT, capture_output=True, text=True, check=True).stdout
    assert [json.loads(line) for line in lines.text.splitlines()] == [json.loads(line) for line in printed.splitlines()]
    assert lines.mimetype == "application/x-ndjson"


def test_triples_are_rdf_about_the_entities(reader: FlaskClient) -> None:
    reply = reader.post("/try", data=TEXT.encode(), content_type="text/plain", headers={"Accept": "application/trig"})
    assert reply.mimetype == "application/trig"
    quads = [*ox.parse(reply.data, format=ox.RdfFormat.TRIG)]
    donors = {quad.object for quad in quads if str(quad.predicate).endswith("#donor>")}
    assert donors == {ox.NamedNode("https://w3id.org/sides/id/state/NOR")}


def test_programs_get_all_that_is_known(reader: FlaskClient) -> None:
    reply = reader.post("/try", json={"text": TEXT.partition("\n")[0], "lang": "en"})
    (statement,) = reply.get_json()["statements"]
    assert statement["assertions"][0]["donor"] == ["state:NOR"]
    assert statement["unread"] == [[41, 62]]
    assert [name["verdict"] for name in statement["names"]] == ["linked", "ambiguous", "unknown"]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        (
            "La Suède a livré dix chars, tandis que le Danemark a inauguré un pont.",
            ["tandis que le Danemark a inauguré un pont"],
        ),
        (
            "Le Japon, qui avait adopté des sanctions, a accueilli 2 000 réfugiés ; tout va bien.",
            ["a accueilli 2 000 réfugiés"],
        ),
        ("Il fait beau. Berlin a annoncé qu'elle livrerait dix chars.", ["Il fait beau."]),
        ("Russia has lost 300,000 men, Kyiv claims.", []),
    ],
)
def test_clauses_of_which_nothing_was_read_are_told(reader: FlaskClient, text: str, unread: list[str]) -> None:
    (statement,) = reader.post("/try", json={"text": text}).get_json()["statements"]
    assert [text[start:end] for start, end in statement["unread"]] == unread


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"data": {"text": ""}}, 400, "there is no text"),
        ({"data": {"text": "a" * 20_001}}, 400, "20001 characters"),
        ({"data": {"text": "a", "lang": "de"}}, 400, "no texts in the language 'de'"),
        ({"json": {"text": 3}}, 400, "text is no text"),
        ({"json": [1]}, 400, "there is no text"),
        ({"data": b"[" * 100_000, "content_type": "application/json"}, 400, "too deep"),
        ({"data": b"<a/>", "content_type": "application/xml"}, 415, "the body is application/xml"),
        ({"data": {"text": "a", "format": "pdf"}}, 406, "the format is 'pdf'"),
    ],
)
def test_what_cannot_be_read_is_told(reader: FlaskClient, body: dict[str, object], status: int, detail: str) -> None:
    reply = reader.post("/try", headers={"Accept": "application/json"}, **body)
    assert reply.status_code == status
    assert detail in reply.get_json()["detail"]


@pytest.mark.parametrize(
    "text", ["\x00\x01\u202e\ufeff", "\ud800 Norway", "𝕹𝖔𝖗𝖜𝖆𝖞 gave 3 tanks", "שלום " * 300, "«" * 999]
)
def test_any_text_is_read(reader: FlaskClient, text: str) -> None:
    assert reader.post("/try", json={"text": text, "format": "trig"}).status_code == 200
    assert reader.post("/try", json={"text": text}, headers=BROWSER).status_code == 200


def test_a_server_that_reads_no_texts_says_so(client: FlaskClient) -> None:
    assert "kg map" in client.get("/try?lang=en").text
    reply = client.post("/try", data={"text": "a"}, headers={"Accept": "application/json"})
    assert reply.status_code == 503
    assert reply.get_json()["code"] == "annotation"
