"""The pages of quality and of sources, and the marks on assertions that are contradicted or rest on little."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.release import Release
from kg.serve.results import Term
from kg.serve.web.cards import cards
from kg.serve.web.groups import A_PAGE, Group, filled, groups_of, naming, one_group
from kg.serve.web.quality_pages import MEASUREMENTS, percent

UKRAINE = "https://w3id.org/sides/id/state/UKR"


def text(client: FlaskClient, address: str, language: str = "en") -> str:
    response = client.get(address, headers={"Accept-Language": language})
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


def test_quality_shows_what_the_release_measured(client: FlaskClient, built_release: Release) -> None:
    report = json.loads(built_release.quality.read_text(encoding="utf-8"))
    page = text(client, "/quality")
    assert f"assertions</dt><dd>{report['totals']['assertions']}</dd>" in page
    assert report["unlinked"][0]["phrase"].replace("'", "&#39;") in page
    assert str(report["checks"]["shapes"]) in page
    assert client.get("/quality.json").get_json() == report


@pytest.mark.parametrize(("language", "written"), [("en", ">{}%<"), ("fr", ">{}\u00a0%<")])
def test_shares_are_written_as_the_language_writes_them(
    client: FlaskClient, built_release: Release, language: str, written: str
) -> None:
    source = json.loads(built_release.quality.read_text(encoding="utf-8"))["sources"][0]
    share = percent(source["dated"], source["assertions"])
    assert written.format(share) in text(client, "/quality", language)


def test_what_was_measured_can_be_asked_of_the_endpoint(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"query": MEASUREMENTS}, headers={"Accept": "application/sparql-results+json"}
    )
    rows = response.get_json()["results"]["bindings"]
    assert {row["dimension"]["value"].rpartition("/")[2] for row in rows} == {
        "completeness", "consistency", "linking", "trustworthiness",
    }  # fmt: skip


def test_sources_are_found_by_reliability_and_words(client: FlaskClient) -> None:
    found = "/id/source/10news-ap-2022-02-27"
    assert found in text(client, "/sources?q=10NEWS")
    assert found in text(client, "/sources?q=10news&reliability=press")
    assert found not in text(client, "/sources?q=10news&reliability=primary")
    assert "No source fits this" in text(client, "/sources?q=nosuchword")
    assert client.get("/sources?page=9999").status_code == 404
    assert found in text(client, "/sources?page=x&q=10news")


def test_a_group_is_shown_alone_and_others_are_not_found(client: FlaskClient) -> None:
    page = text(client, "/page/state/UKR?as=sides:recipient")
    assert "Back to everything about Ukraine" in page
    assert client.get("/page/state/UKR?as=sides:nothing").status_code == 404
    assert client.get("/page/state/UKR?as=sides:recipient&page=999").status_code == 404


def test_groups_hold_what_was_counted(app: Flask) -> None:
    with app.test_request_context("/"):
        site = app.extensions["sides-pages"]
        groups = groups_of(naming(site, UKRAINE))
        assert groups
        for group in filled(site, UKRAINE, groups):
            assert group.complete
            assert one_group(site, UKRAINE, group, 1).shown == group.shown[:A_PAGE]


def test_pages_of_a_group_are_counted() -> None:
    group = Group("https://w3id.org/sides/ontology#donor", "AidAssertion", A_PAGE + 1, ("a",))
    assert (group.name, group.pages, group.complete) == ("sides:donor", 2, False)


SIDES = "https://w3id.org/sides/"
OTHER = f"{SIDES}id/assertion/00000000000000000000"


@pytest.mark.parametrize(
    ("property_", "value", "badge"),
    [
        ("differsFrom", OTHER, 'class="badge contrary" href="/id/assertion/00000000000000000000"'),
        ("reliability", f"{SIDES}id/reliability/interested", 'class="badge" href="/sources?reliability=interested"'),
        ("reliability", f"{SIDES}id/reliability/primary", None),
        ("attributedTo", f"{SIDES}id/state/RUS", 'class="badge" href="/id/state/RUS">claimed by '),
    ],
)
def test_a_mark_stands_on_what_is_contradicted_or_weak(
    app: Flask, monkeypatch: pytest.MonkeyPatch, property_: str, value: str, badge: str | None
) -> None:
    with app.test_request_context("/"):
        site = app.extensions["sides-pages"]
        first = one_group(site, UKRAINE, groups_of(naming(site, UKRAINE))[0], 1).shown[0]
        terms = {"assertion": first, "property": f"{SIDES}ontology#{property_}", "value": value}
        row = {name: Term("uri", term) for name, term in terms.items()}
        select = type(site).select
        monkeypatch.setattr(
            type(site),
            "select",
            lambda self, query: [*select(self, query), *([row] if "?property ?value" in query else [])],
        )
        (card,) = cards(site, [first])
        macros = app.jinja_env.get_template("things.html").make_module({"lang": "en"})
        shown = macros.card(card, {}, site.texts)  # type: ignore[attr-defined]
        assert ("badge" in shown) == (badge is not None)
        assert (badge or "") in shown
