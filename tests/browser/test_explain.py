"""From the page of an entity to the words on which an inferred relation rests, in a browser."""

from __future__ import annotations

import pytest

from support.visiting import Visit

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize(("language", "why", "heading"), [("fr", "Pourquoi", "France"), ("en", "Why", "France")])
def test_why_leads_from_an_entity_to_the_words(visit: Visit, language: str, why: str, heading: str, width: int) -> None:
    page = visit.open("/page/state/FRA", viewport={"width": width, "height": 800}, locale=language)
    page.locator('a.why[href*="/explain?"][href*="sides:WillingState"]').click()
    page.wait_for_selector(".proof mark")
    assert page.locator("h1").inner_text().startswith(heading)
    assert page.locator("h2").first.inner_text().startswith(why)
    assert page.locator(".proof blockquote").first.is_visible()
    assert page.evaluate(OVERFLOW) <= 0
    assert visit.complaints == []


def test_other_ways_open_where_they_stand(visit: Visit) -> None:
    page = visit.open("/explain?s=state:RUS&p=a&o=sides:Entity")
    ways = page.locator(".proof details")
    assert ways.count() > 1
    hidden = ways.last.locator("ul").first
    assert not hidden.is_visible()
    ways.last.locator("summary").first.click()
    assert hidden.is_visible()
    assert page.evaluate(OVERFLOW) <= 0
