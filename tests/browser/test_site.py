"""What a reader meets in a browser: answers in place, mistakes marked, no script needed, narrow screens, contrast."""

from __future__ import annotations

import re

import pytest

from support.visiting import Visit

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/queries",
    "/queries/pledges-in-original-currency",
    "/queries/why",
    "/sparql",
    "/ontology",
    "/page/state/FRA",
    "/page/statement/first-series-6",
    "/page/state/NOPE",
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_page_is_wider_than_a_narrow_screen(visit: Visit, language: str) -> None:
    page = visit.open("/", viewport={"width": 375, "height": 800}, locale=language)
    for path in PAGES:
        page.goto(visit.address + path)
        assert page.evaluate(OVERFLOW) <= 0, path
        assert page.evaluate("document.documentElement.lang") == language


def test_nothing_is_fetched_from_elsewhere_and_nothing_is_refused(visit: Visit) -> None:
    page = visit.open("/")
    for path in PAGES[:-1]:
        page.goto(visit.address + path)
    assert visit.complaints == []
    assert len(visit.requested) > len(PAGES)
    assert [url for url in visit.requested if not url.startswith(visit.address)] == []


def test_the_sample_is_answered_in_place(visit: Visit) -> None:
    page = visit.open("/")
    page.click(".editor [type=submit]")
    page.wait_for_selector("[data-answer] table")
    assert page.url == f"{visit.address}/"
    assert page.locator("[data-answer] tbody tr").count() > 3
    assert page.locator("[data-answer] .files a").all_inner_texts() == ["JSON", "CSV", "TSV", "XML"]
    assert page.is_hidden("[data-stop]")
    assert visit.complaints == []


def test_a_mistake_is_marked_in_the_query(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.fill("#query", "SELECT ?é\nWHERE { ?é a ?x . FILTRE(?x) }")
    page.click(".editor [type=submit]")
    page.wait_for_selector(".problem")
    marked = "(({value, selectionStart, selectionEnd}) => value.slice(selectionStart, selectionEnd))"
    assert page.evaluate(f"{marked}(document.querySelector('#query'))") == "FILTRE"
    assert page.locator("[data-go]").inner_text() == "line 2, column 19"


def test_the_keyboard_runs_a_query(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.fill("#query", "SELECT (6 * 7 AS ?answer) {}")
    page.press("#query", "Control+Enter")
    page.wait_for_selector("[data-answer] td.number")
    assert page.inner_text("[data-answer] td.number") == "42"


def test_a_query_can_be_stopped(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.fill("#query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.click(".editor [type=submit]")
    page.click("[data-stop]")
    page.wait_for_function("document.querySelector('[data-state]').textContent === 'Stopped.'")
    assert page.is_enabled(".editor [type=submit]")


def test_without_script_the_form_leads_to_the_answer(visit: Visit) -> None:
    page = visit.open("/", java_script_enabled=False)
    page.click(".editor [type=submit]")
    assert page.url == f"{visit.address}/results"
    assert page.locator("[data-answer] tbody tr").count() > 3
    assert page.input_value("#query").startswith("PREFIX")


def test_a_parameter_is_chosen_from_a_list(visit: Visit) -> None:
    page = visit.open("/queries/close-relations-of-russia")
    page.select_option("select[name=country]", label="Cuba")
    page.click(".parameters [type=submit]")
    assert re.search(r"country=state(:|%3A)CUB$", page.url)
    assert page.locator(".answer tbody td").all_inner_texts() == ["Russia state:RUS"]


def test_from_an_entity_to_the_words(visit: Visit) -> None:
    page = visit.open("/")
    page.select_option("#entity", label="France")
    page.click(".look [type=submit] >> nth=0")
    assert page.url == f"{visit.address}/page/state/FRA"
    page.click("td a:text-is('reasons') >> nth=0")
    assert "/page/fact/" in page.url
    assert page.locator("blockquote mark").count() > 0
    assert visit.complaints == []


def test_the_other_language_is_one_click_away_and_stays(visit: Visit) -> None:
    page = visit.open("/queries")
    page.click(".languages a")
    assert page.inner_text("h1") == "Requêtes enregistrées"
    page.click(".brand")
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_the_first_key_offers_to_skip_the_navigation(visit: Visit) -> None:
    page = visit.open("/queries")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


PAIRS = [
    ("ink", "paper"), ("ink", "raised"), ("ink", "sunk"), ("ink", "mark"), ("ink", "bad-paper"),
    ("quiet", "paper"), ("quiet", "raised"), ("quiet", "sunk"), ("quiet", "bad-paper"),
    ("accent", "paper"), ("accent", "raised"), ("accent", "sunk"), ("accent", "bad-paper"), ("accent-ink", "accent"),
    ("warm", "sunk"), ("bad", "sunk"), ("bad", "bad-paper"),
]  # fmt: skip
"""Each colour of a text with each ground that it stands on."""


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(visit: Visit, scheme: str) -> None:
    """At least 4.5 to 1, as WCAG 2.2 wants for texts of normal size (1.4.3)."""
    page = visit.open("/", color_scheme=scheme)
    value = "name => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim()"
    weak = []
    for text, ground in PAIRS:
        lighter, darker = sorted((luminance(page.evaluate(value, name)) for name in (text, ground)), reverse=True)
        if (lighter + 0.05) / (darker + 0.05) < 4.5:
            weak.append((text, ground))
    assert weak == []
