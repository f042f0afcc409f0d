"""The documentation of the ontology in a browser: anchors, diagrams in both layouts and schemes, queries that run."""

from __future__ import annotations

import pytest

from support.visiting import Visit, follow

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OUTSIDE = """drawing => [...drawing.querySelectorAll("g")].flatMap(group => {
  const box = group.querySelector("rect").getBBox();
  return [...group.querySelectorAll("text")].filter(text => {
    const {x, y, width, height} = text.getBBox();
    return x < box.x || y < box.y || x + width > box.x + box.width || y + height > box.y + box.height;
  }).map(text => text.textContent);
})"""
CROSSING = """drawing => [...drawing.querySelectorAll("g")].flatMap(group => {
  const texts = [...group.querySelectorAll("text")].map(text => [text.textContent, text.getBBox()]);
  return texts.flatMap(([one, a], at) => texts.slice(at + 1).filter(([, b]) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y + 4 < b.y + b.height && b.y + 4 < a.y + a.height
  ).map(([other]) => [one, other]));
})"""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_address_of_a_term_leads_to_it(visit: Visit, language: str) -> None:
    page = visit.open("/ontology#memberOf", locale=language)
    term = page.locator("#memberOf")
    box = term.bounding_box()
    assert box
    assert 0 <= box["y"] < 200
    mark = "element => getComputedStyle(element).borderLeftWidth"
    assert (term.evaluate(mark), page.locator("#leads").evaluate(mark)) == ("4px", "0px")
    assert visit.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "layout", "other"), [(1280, "wide", "narrow"), (375, "narrow", "wide")])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_diagrams_can_be_read(visit: Visit, language: str, width: int, layout: str, other: str, scheme: str) -> None:
    """One layout is shown, its letters are of readable size, every text stays in its box and clear of the others."""
    page = visit.open("/ontology", viewport={"width": width, "height": 900}, locale=language, color_scheme=scheme)
    assert page.evaluate(OVERFLOW) <= 0
    addresses = [link.get_attribute("href") for link in page.locator("h2 a[href^='/ontology/modules/']").all()]
    assert len(addresses) > 10
    fill = "text => getComputedStyle(text).fill"
    for address in addresses:
        page.goto(f"{visit.address}{address}")
        drawing = page.locator(f"svg.{layout}")
        assert drawing.count() == page.locator(f"svg.{other}").count() == 1, address
        assert page.locator(f"svg.{other}:visible").count() == 0, address
        assert page.evaluate(OVERFLOW) <= 0, address
        assert drawing.evaluate(OUTSIDE) == [], address
        assert drawing.evaluate(CROSSING) == [], address
        height = drawing.locator("text").first.evaluate("text => text.getBoundingClientRect().height")
        assert height >= 11, address
        ink = page.evaluate("getComputedStyle(document.body).color")
        assert drawing.locator(".native a text").first.evaluate(fill) != ink, address
    page.goto(f"{visit.address}/ontology/modules/aid")
    assert page.locator("svg .range").first.evaluate(fill) != page.locator("svg .box").first.evaluate(fill)


def test_a_term_of_the_list_leads_to_it_in_full(visit: Visit) -> None:
    page = visit.open("/ontology#memberOf")
    page.locator("#memberOf a").click()
    page.wait_for_url("**/ontology/modules/relations#memberOf")
    box = page.locator("article#memberOf").bounding_box()
    assert box
    assert 0 <= box["y"] < 200
    assert visit.complaints == []


def test_a_box_leads_to_its_term(visit: Visit) -> None:
    page = visit.open("/ontology/modules/aid")
    page.locator("svg.wide a", has_text="AidShareAssertion").first.click()
    assert page.url.endswith("#AidShareAssertion")
    box = page.locator("#AidShareAssertion").bounding_box()
    assert box
    assert 0 <= box["y"] < 200


def test_the_query_of_a_class_is_opened_and_run(visit: Visit) -> None:
    page = visit.open("/ontology/modules/defined#EUMember")
    follow(page.locator("#EUMember .asking a"))
    assert "/editor?query=" in page.url
    assert "a sides:EUMember" in page.input_value("#query")
    assert page.locator("[data-answer] tbody tr").count() > 0
    assert visit.complaints == []


def test_a_term_is_found_by_its_name_its_label_or_its_definition(visit: Visit) -> None:
    page = visit.open("/ontology")
    field, hits = page.locator("#find-term"), page.locator("[data-hits] li")
    for words, name in {
        "memberOf": "memberOf",
        "member of": "memberOf",
        "énoncé": "Statement",
        "enonce": "Statement",
    }.items():
        field.fill(words)
        assert f"sides:{name}" in hits.first.locator("code").inner_text(), words
    field.fill("passage of a source")
    assert "sides:Statement" in hits.locator("code").all_inner_texts()
    field.fill("qqqq")
    assert hits.count() == 0
    assert page.locator("[data-count]").inner_text().startswith("No term has these words")
    field.fill("memberOf")
    field.press("Enter")
    assert page.url.endswith("/ontology#memberOf")
    assert visit.complaints == []


def test_a_term_is_found_without_script(visit: Visit) -> None:
    page = visit.open("/ontology", java_script_enabled=False)
    page.fill("#find-term", "member of")
    follow(page.locator(".contents [type=submit]"))
    assert "/search?q=member+of&type=term" in page.url
    assert page.locator("a[href$='#memberOf']").count() > 0


def test_a_term_leads_to_the_saved_queries_that_use_it(visit: Visit) -> None:
    page = visit.open("/ontology/modules/relations", locale="fr")
    uses = page.locator("#memberOf p", has_text="requêtes enregistrées")
    follow(uses.locator("a", has_text="toutes les"))
    assert page.url.endswith("/queries?term=sides:memberOf")
    assert page.locator("[data-found] .list li").count() > 4
    assert page.locator("[role=status] a[href='/ontology#memberOf']").count() == 1
