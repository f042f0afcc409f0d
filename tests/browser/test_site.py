"""What a reader meets in a browser: answers in place, mistakes marked, no script needed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from support.visiting import Visit, follow

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]


def test_the_first_screen_tells_and_leads(visit: Visit) -> None:
    """What this is, how much it holds, how fresh it is, the ways in: unscrolled."""
    page = visit.open("/")
    for selector in ("h1", ".figures", "#entity", ".ways li >> nth=0", ".endpoint a", ".finding input"):
        box = page.locator(selector).bounding_box()
        assert box, selector
        assert box["y"] + box["height"] <= 900, selector


@pytest.mark.parametrize(("width", "shown", "other"), [(1280, ".broad", ".slim"), (360, ".slim", ".broad")])
def test_charts_are_laid_out_for_the_width(visit: Visit, width: int, shown: str, other: str) -> None:
    page = visit.open("/queries/friends-of-russia", viewport={"width": width, "height": 900})
    assert page.locator(f"svg{shown}").is_visible()
    assert page.locator(f"svg{other}").is_hidden()
    height = page.locator(f"svg{shown} text").first.evaluate("text => text.getBoundingClientRect().height")
    assert height >= 11


def test_the_menu_opens_without_script(visit: Visit) -> None:
    page = visit.open("/", viewport={"width": 360, "height": 800}, java_script_enabled=False)
    link = page.locator(".menu nav a[href='/queries']")
    assert not link.is_visible()
    page.click(".menu summary")
    follow(link)
    assert page.url == f"{visit.address}/queries"


def test_a_state_on_the_map_leads_to_its_page(visit: Visit) -> None:
    page = visit.open("/map?measure=coalition-members")
    state = page.locator(".world a[href='/page/state/FRA'] use")
    colour = "use => getComputedStyle(use).color"
    assert state.evaluate(colour) != page.locator(".world a[href='/page/state/RUS'] use").evaluate(colour)
    assert state.evaluate("use => use.getBoundingClientRect().width") > 10
    state.dispatch_event("click")
    page.wait_for_url("**/page/state/FRA")
    assert visit.complaints == []


FRAMES = """<form class="frames" action="/map" data-frames>
<input type="hidden" name="measure" value="coalition-members">
<label for="when">Year</label><select id="when" name="when"><option>2022</option><option selected>2023</option></select>
<button type="submit">Show</button></form>"""
"""The form of a map with years, of which the first series alone has none."""


def test_the_map_changes_with_the_year_in_place(visit: Visit) -> None:
    page = visit.open("/")

    def add_years(route: Route) -> None:
        response = route.fetch()
        route.fulfill(
            response=response, body=response.text().replace("<section data-map", f"{FRAMES}<section data-map")
        )

    page.route(lambda address: "part=map" not in address and "/map?" in address, add_years)
    page.goto(f"{visit.address}/map?measure=coalition-members")
    page.evaluate("document.querySelector('[data-map]').replaceChildren()")
    assert page.locator("#when").is_hidden()
    page.locator("#slider").focus()
    with page.expect_response("**/map?*when=2022*part=map*"):
        page.keyboard.press("Home")
    page.wait_for_selector("[data-map] .world a[href='/page/state/FRA']", state="attached")
    assert page.locator("[data-frames] output").inner_text() == "2022"
    assert page.locator("#slider").get_attribute("aria-valuetext") == "2022"
    assert page.url.endswith("?measure=coalition-members&when=2022")
    assert visit.complaints == []


def test_a_map_that_cannot_be_fetched_is_told(visit: Visit) -> None:
    page = visit.open("/map?measure=coalition-members")
    shown = page.locator("[data-map] .world a").count()
    page.route(lambda address: "part=" in address, lambda route: route.abort())
    page.locator("#measure").select_option(index=1)
    expect(page.locator("[data-lost]")).to_be_visible()
    assert page.locator("[data-map] .world a").count() == shown
    page.unroute_all()
    page.locator("#measure").select_option(index=2)
    expect(page.locator("[data-lost]")).to_be_hidden()


def test_the_map_of_the_first_page_changes_its_measure_in_place(visit: Visit) -> None:
    page = visit.open("/")
    page.evaluate("window.stayed = true")
    with page.expect_response("**/?*measure=coalition-members*part=measure*"):
        page.select_option("#measure", "coalition-members")
    page.wait_for_selector("#p-organisation")
    page.wait_for_selector("[data-map] .world a[href='/page/state/FRA'] use.c1", state="attached")
    with page.expect_response("**/?*organisation=*part=measure*"):
        page.locator("[data-measure] .parameters button").click()
    page.wait_for_selector("[data-measure]:not([aria-busy])")
    assert page.evaluate("window.stayed")
    assert page.url.startswith(f"{visit.address}/?measure=coalition-members&organisation=")
    assert visit.complaints == []


def test_without_script_the_first_page_shows_the_measure_that_is_chosen(visit: Visit) -> None:
    page = visit.open("/", java_script_enabled=False)
    page.select_option("#measure", "coalition-members")
    follow(page.locator("[data-measures] button"))
    assert page.url == f"{visit.address}/?measure=coalition-members"
    assert page.locator("[data-map] .world a[href='/page/state/FRA'] use.c1").count() == 1


def test_the_sample_is_answered_in_place(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.click("[data-editor] [type=submit]")
    page.wait_for_selector("[data-answer] tbody tr >> nth=3", state="attached")
    assert page.url.startswith(f"{visit.address}/sparql?query=")
    assert page.locator("[data-answer] .files a").all_inner_texts()[:4] == ["JSON", "CSV", "TSV", "XML"]
    assert page.is_hidden("[data-cancel]")
    assert visit.complaints == []


def test_a_mistake_is_marked_without_script_too(visit: Visit) -> None:
    page = visit.open("/sparql", java_script_enabled=False)
    page.fill("#query", "SELECT ?x WHERE { ?x a }")
    follow(page.locator("[data-editor] [type=submit]"))
    assert "line 1, column 24" in page.inner_text(".problem").lower()
    assert page.input_value("#query") == "SELECT ?x WHERE { ?x a }"


def test_the_keyboard_runs_a_query(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.fill("#query", "SELECT (6 * 7 AS ?answer) {}")
    page.press("#query", "Control+Enter")
    page.wait_for_selector("[data-answer] td.number")
    assert page.inner_text("[data-answer] td.number") == "42"


def test_a_query_can_be_stopped(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.fill("#query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    page.click("[data-editor] [type=submit]")
    page.click("[data-cancel]")
    page.wait_for_selector("[data-answer] .problem:has-text('You stopped the query')")
    assert page.is_hidden("[data-cancel]")


def test_without_script_the_form_leads_to_the_answer(visit: Visit) -> None:
    page = visit.open("/sparql", java_script_enabled=False)
    follow(page.locator("[data-editor] [type=submit]"))
    assert page.url == f"{visit.address}/results"
    assert page.locator("[data-answer] tbody tr").count() > 3
    assert page.input_value("#query").startswith("PREFIX")


def test_a_parameter_is_given_by_its_name(visit: Visit) -> None:
    page = visit.open("/queries/close-relations-of-russia")
    page.fill("#p-country", "Cuba")
    follow(page.locator(".parameters [type=submit]"))
    assert page.url.endswith("?country=Cuba")
    assert page.locator(".answer tbody td").all_inner_texts() == ["Russia state:RUS"]


def test_from_an_entity_to_the_words(visit: Visit) -> None:
    page = visit.open("/")
    page.select_option("#entity", label="France")
    follow(page.locator("form[action='/look'] [type=submit]"))
    assert page.url == f"{visit.address}/page/state/FRA"
    follow(page.locator("td a.why >> nth=0"))
    assert "/page/fact/" in page.url
    assert page.locator("blockquote mark").count() > 0
    assert visit.complaints == []


def test_the_other_language_is_one_click_away_and_stays(visit: Visit) -> None:
    page = visit.open("/queries")
    follow(page.locator(".languages a"))
    assert page.inner_text("h1") == "Requêtes enregistrées"
    follow(page.locator(".brand"))
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_the_other_language_has_what_was_asked_since(visit: Visit) -> None:
    page = visit.open("/sparql")
    page.fill("#query", "SELECT (6 * 7 AS ?answer) {}")
    page.press("#query", "Control+Enter")
    expect(page.locator("[data-answer] td.number")).to_have_text("42")
    follow(page.locator(".languages a"))
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.input_value("#query") == "SELECT (6 * 7 AS ?answer) {}"
    expect(page.locator("[data-answer] td.number")).to_have_text("42")


def test_the_first_key_offers_to_skip_the_navigation(visit: Visit) -> None:
    page = visit.open("/queries")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
