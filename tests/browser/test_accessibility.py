"""No page fails what axe-core can judge of WCAG 2.2: in both languages, both schemes, narrow and wide."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from support.visiting import Visit, follow

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

PAGES = [
    "/",
    "/queries",
    "/queries/friends-of-russia",
    "/queries/coalition-members",
    "/queries/close-relations-of-russia?country=Rusia",
    "/queries/pledges-in-original-currency",
    "/map?measure=coalition-members",
    "/compare/states",
    "/compare",
    "/try",
    "/api",
    "/sparql",
    "/results?query=SELECT%20*%20%7B%20%3Fs%20a%20%3Ftype%20%7D%20LIMIT%203",
    "/results?query=SELEC",
    "/search?q=France",
    "/ontology",
    "/quality",
    "/sources",
    "/errors",
    "/dumps/",
    "/graphs",
    "/cookbook",
    "/counting",
    "/about",
    "/cite",
    "/page/state/FRA",
    "/page/statement/first-series-6",
    "/explain?s=state:HUN&p=a&o=sides:EUMember",
    "/page/state/NOPE",
]

LOOKS = [("en", "light", 1280), ("fr", "dark", 360)]
"""Languages, schemes and widths: each of them once, and each with every other page."""

RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


SHORTEN = "[...document.querySelectorAll('.term')].slice(12).forEach(term => term.remove())"
"""The terms of the ontology are many and alike: a dozen of them tell what there is to tell, in a tenth of the time."""


@pytest.mark.parametrize("turn", range(len(LOOKS)))
def test_no_page_fails_what_a_machine_can_judge(visit: Visit, turn: int) -> None:
    language, scheme, width = LOOKS[turn]
    page = visit.open("/", locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    found = []
    for path in PAGES[turn :: len(LOOKS)]:
        response = page.goto(visit.address + path)
        assert response
        assert response.status < 500, path
        page.evaluate(SHORTEN)
        results = Axe().run(page, options=RULES)
        assert results.response["toolOptions"]["runOnly"] == RULES["runOnly"]
        found += [
            (path, violation["id"], node["target"], node["failureSummary"])
            for violation in results.response["violations"]
            for node in violation["nodes"][:3]
        ]
    assert found == []


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_open_list_of_the_editor_does_not_fail_either(visit: Visit, language: str, scheme: str, width: int) -> None:
    page = visit.open("/sparql", locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.wait_for_selector(".cm-content")
    page.fill("#query", "SELECT * { ?s a ")
    page.click(".cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    page.wait_for_selector("[role=listbox] [role=option]")
    assert page.locator("[role=listbox]").evaluate("list => list.scrollHeight > list.clientHeight")
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"][:3]]) for one in violations] == []


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_saved_query_that_is_changed_does_not_fail_either(
    visit: Visit, language: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    page = visit.open("/queries/friends-of-russia", locale=language, color_scheme=scheme, viewport=size)
    page.click("[data-changing] > summary")
    page.wait_for_selector("[data-changing] .cm-content")
    page.click("[data-code-panel] > summary")
    page.wait_for_selector("#code-language option", state="attached")
    page.click("[data-editor] [type=submit]:not([data-away])")
    page.wait_for_selector("[data-answer] table")
    page.fill("#query", "ASK { ?s ?p }")
    page.wait_for_selector(".cm-lintRange-error")
    page.wait_for_selector("[data-uncoded]:not([hidden])")
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"][:3]]) for one in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_what_fails_is_found(visit: Visit) -> None:
    page = visit.open("/queries")
    page.evaluate("document.querySelector('main label[for=q]').remove()")
    assert [found["id"] for found in Axe().run(page, options=RULES).response["violations"]] == ["label"]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_a_text_that_was_read_does_not_fail_either(reader: Visit, language: str, scheme: str, width: int) -> None:
    page = reader.open("/try", locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.fill("textarea", "La Suède, membre de l'OTAN depuis 2024, a livré dix chars, et Paris a inauguré un pont.")
    follow(page.locator("main form [type=submit]").first)
    assert page.locator("mark").count() > 2
    assert page.locator(".unread").count() == 1
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"][:3]]) for one in violations] == []
