"""The page of a thing in a browser: figures and assertions that are fetched, neighbours, and what axe-core finds."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from kg.serve.web.entities.figures import AT_ONCE
from support.visiting import Visit, follow

pytestmark = pytest.mark.browser

RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
LEAST_TARGET = 24
"""Pixels: WCAG 2.2, 2.5.8."""
ALL_SHOWN = "[...document.querySelectorAll('details.behind')].every(one => one.open)"
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("fr", "dark", 360)])
def test_the_values_behind_the_figures_of_a_state(visit: Visit, language: str, scheme: str, width: int) -> None:
    page = visit.open("/page/state/FRA", locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    figures = page.locator(".pictures article")
    assert figures.count() > AT_ONCE
    later = page.locator(".pictures [data-part]")
    while later.count():
        later.first.scroll_into_view_if_needed()
        page.wait_for_timeout(50)
    expect(page.locator(".pictures [aria-busy]")).to_have_count(0, timeout=15_000)
    assert page.locator(".pictures svg.chart:visible").count() > 0
    assert page.locator(".later > p > a").count() == page.locator(".later").count()  # each has the way to its query
    for summary in page.locator(".pictures details.behind > summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    assert page.evaluate(ALL_SHOWN)
    assert not page.evaluate(OVERFLOW)
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(found["id"], [node["target"] for node in found["nodes"][:3]]) for found in violations] == []
    assert visit.complaints == []


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("pew-global-attitudes", ["views-of-a-country", "series-waves"]),
        ("levada-friends-enemies", ["friend-enemy-trend", "views-of-a-country", "series-waves"]),
        ("eurobarometer-flash", ["series-waves"]),
    ],
)
def test_a_series_begins_with_what_it_found(reader: Visit, name: str, figures: list[str]) -> None:
    page = reader.open(f"/page/series/{name}", java_script_enabled=False)
    assert [heading.get_attribute("id") for heading in page.locator(".pictures h3").all()] == figures
    first = page.locator(".pictures article").first
    assert first.locator("svg.chart:visible").count() + first.locator("table").count() > 0
    assert page.locator(".pictures .later").count() == len(figures) - 1


def test_paper_has_the_figures_that_the_reader_has_not_come_to(visit: Visit) -> None:
    page = visit.open("/page/state/FRA", viewport={"width": 1280, "height": 600})
    later = page.locator(".pictures [data-part]")
    assert later.count() > 0
    assert page.pdf().startswith(b"%PDF")
    expect(later).to_have_count(0)
    for figure in page.locator(".pictures article").all():
        assert figure.locator("svg.chart, svg.world, table").count() > 0
    assert visit.complaints == []


def test_assertions_are_read_by_unfolding_them(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.web.entity_pages.A_PAGE", 10)
    page = visit.open("/page/state/UKR")
    fold = page.locator("details.fold").first
    assert fold.locator(".card").count() == 0
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    fold.locator(".card").first.wait_for()
    assert fold.locator(".card mark").count() > 0
    assert not page.evaluate(OVERFLOW)


def test_without_a_script_links_lead_to_what_is_fetched(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.web.entity_pages.A_PAGE", 10)
    page = visit.open("/page/state/UKR", java_script_enabled=False)
    links = page.locator("[data-part] a")
    assert links.count() > 1
    for address in {link.get_attribute("href") for link in links.all()}:
        assert page.request.get(f"{visit.address}{address}").ok
    page.locator("details.fold > summary").first.click()
    follow(page.locator("details.fold [data-part] a").first)
    assert page.locator(".card").count() > 0


@pytest.mark.parametrize("width", [360, 1280])
def test_a_neighbour_is_reached_by_the_keyboard_and_by_a_finger(visit: Visit, width: int) -> None:
    page = visit.open("/page/state/FRA", viewport={"width": width, "height": 900})
    links = page.locator("#neighbours ~ figure svg:visible a")
    assert links.count() > 3
    for link in links.all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= LEAST_TARGET
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    name = links.first.locator("title").text_content()
    links.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/**")
    assert page.locator("h1").text_content() == name
