"""The page of a state in a browser: its figures fit, their values unfold by the keyboard, axe-core finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from support.visiting import Visit

pytestmark = pytest.mark.browser

RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
ALL_SHOWN = "[...document.querySelectorAll('details.behind')].every(one => one.open)"
OVERFLOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("fr", "dark", 360)])
def test_the_values_behind_the_figures_of_a_state(visit: Visit, language: str, scheme: str, width: int) -> None:
    page = visit.open("/page/state/FRA", locale=language, color_scheme=scheme, viewport={"width": width, "height": 900})
    figures = page.locator(".pictures article")
    assert figures.count() > 1
    assert page.locator(".pictures svg.chart:visible").count() > 0
    for summary in page.locator(".pictures details.behind > summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    assert page.evaluate(ALL_SHOWN)
    assert not page.evaluate(OVERFLOW)
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(found["id"], [node["target"] for node in found["nodes"][:3]]) for found in violations] == []
