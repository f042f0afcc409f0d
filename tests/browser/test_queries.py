"""The catalogue of saved queries and their pages as a reader uses them: narrowing, suggestions, citing, paper."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from support.visiting import Visit, follow

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

expect.set_options(timeout=15_000)  # the index of names is made when it is first asked for

SHOWN = "all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height > 1).length"
RELATIONS = "/queries/close-relations-of-russia"


def listed(page: Page) -> list[str]:
    links = page.locator("[data-found] .list li > a").all()
    return [link.get_attribute("href") or "" for link in links]


def test_the_list_narrows_as_one_types(visit: Visit) -> None:
    page = visit.open("/queries")
    every = len(listed(page))
    page.locator("#q").press_sequentially("friends")
    expect(page.locator("[data-found] .list li")).not_to_have_count(every)
    assert "/queries/friends-of-russia" in listed(page)
    assert page.url.endswith("/queries?q=friends")
    assert page.evaluate("document.activeElement.id") == "q"
    assert listed(visit.open("/queries?q=friends")) == listed(page)
    assert visit.complaints == []


def test_steps_narrow_in_place_and_back_undoes_them(visit: Visit) -> None:
    page = visit.open("/queries")
    every = len(listed(page))
    follow(page.locator(".steps a", has_text=re.compile("^Polls")))
    expect(page.locator(".steps a[aria-current]")).to_have_text(re.compile("Polls"))
    polls = len(listed(page))
    assert page.url.endswith("/queries?theme=polls")
    assert page.evaluate("document.activeElement.textContent").startswith("Polls")
    page.locator("[data-tags] summary").click()
    page.locator("[data-tags] a").last.click()
    expect(page.locator(".steps a[aria-current]")).to_have_count(2)
    assert 0 < len(listed(page)) < polls < every
    page.locator("#q").fill("russia")
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile(r"q=russia&theme=polls&tag="))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/queries\?theme=polls$"))
    expect(page.locator("[data-found] .list li")).to_have_count(polls)
    assert page.input_value("#q") == ""
    assert visit.complaints == []


def test_nothing_found_leads_on(visit: Visit) -> None:
    page = visit.open("/queries?theme=polls&q=zygomorph", locale="fr")
    page.locator(".nothing a[data-step]").click()
    expect(page.locator("[role=status]")).to_contain_text("0 requête sur")
    expect(page.locator(".nothing a")).to_have_count(2)


def test_the_list_narrows_without_script(visit: Visit) -> None:
    page = visit.open("/queries", java_script_enabled=False)
    follow(page.locator(".steps a", has_text=re.compile("^Polls")))
    page.fill("#q", "friends")
    follow(page.locator(".search [type=submit]"))
    assert page.url.endswith("/queries?q=friends&theme=polls")


def test_things_are_suggested_and_chosen_by_the_keyboard(visit: Visit) -> None:
    page = visit.open(RELATIONS)
    field = page.locator("#p-country")
    field.fill("")
    field.press_sequentially("cub")
    expect(page.locator("#p-country-list [aria-selected]").first).to_contain_text("Cuba")
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    chosen = page.locator("#p-country-list [aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    field.press("Enter")
    assert page.input_value("#p-country") == "Cuba"
    expect(page.locator("#p-country-list")).to_be_hidden()
    with page.expect_navigation():
        field.press("Enter")
    assert page.url.endswith("?country=state%3ACUB")
    assert page.locator(".answer tbody td").all_inner_texts() == ["Russia state:RUS"]
    assert visit.complaints == []


def test_several_things_are_chosen_by_a_pointer(visit: Visit) -> None:
    page = visit.open(RELATIONS)
    page.fill("#p-country", "cuba")
    page.locator("#p-country-list [aria-selected]", has_text="Cuba").click()
    page.locator(".another summary").click()
    page.fill("#p-country-more", "bela")
    page.locator("#p-country-more-list [aria-selected]", has_text="Belarus").click()
    follow(page.locator(".ask [type=submit]"))
    assert page.url.endswith("?country=state%3ACUB&country=state%3ABLR")
    assert page.locator("[data-suggest]").evaluate_all("all => all.map(field => field.value)") == [
        "Cuba",
        "Belarus",
        "",
    ]
    assert "state:CUB state:BLR" in page.inner_text("pre.query")


def test_boxes_are_ticked_on_a_narrow_screen_and_cover_nothing(visit: Visit) -> None:
    page = visit.open("/queries/aid-in-original-currency", viewport={"width": 360, "height": 800})
    page.get_by_role("checkbox", name="pledged").check()
    follow(page.locator(".ask [type=submit]"))
    assert parse_qs(urlsplit(page.url).query) == {"status": ["status:pledged", "status:allocated"]}
    within = "box => box.parentElement.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom"
    assert page.locator(".asking-for .choices").evaluate(within) > 0


def test_escape_closes_what_is_suggested_and_nothing_is_told(visit: Visit) -> None:
    page = visit.open(RELATIONS)
    field = page.locator("#p-country")
    field.fill("qqqqqq")
    expect(page.locator("#p-country-list")).to_contain_text("Nothing found")
    field.press("Escape")
    expect(page.locator("#p-country-list")).to_be_hidden()
    assert page.input_value("#p-country") == "qqqqqq"


def test_a_name_is_understood_without_script(visit: Visit) -> None:
    page = visit.open(RELATIONS, java_script_enabled=False, locale="fr")
    page.fill("#p-country", "Biélorussie")
    follow(page.locator(".ask [type=submit]"))
    assert page.locator(".chosen strong").inner_text() in {"Biélorussie", "Bélarus"}
    page.fill("#p-country", "Rusie")
    follow(page.locator(".ask [type=submit]"))
    wrong = page.locator(".wrong", has_text="Peut-être")
    follow(wrong.locator("a", has_text="Russie"))
    expect(page.locator(".answer tbody tr").nth(1)).to_be_attached()  # the page comes by parts, its answer last
    assert page.locator(".wrong").count() == 0


def test_an_answer_is_cited_where_it_stands(visit: Visit) -> None:
    page = visit.open(RELATIONS)
    plain, bibtex = page.locator("[data-citation] pre code").all()
    assert "/q/" not in plain.inner_text()
    page.click("form[action='/q'] [type=submit]")
    link = page.locator("[data-kept] a")
    expect(link).to_be_focused()
    address = link.inner_text()
    assert re.search(r"/q/[a-z2-7]{16}$", address)
    assert address in plain.inner_text()
    assert f"url = {{{address}}}" in bibtex.inner_text()
    follow(link)
    assert page.url == address
    assert page.locator("h1").inner_text().startswith("With which states")


def test_paper_has_the_headings_of_an_answer(visit: Visit) -> None:
    page = visit.open("/queries/members-seen-as-hostile")
    headings = page.locator("thead button")
    expect(headings.first).to_be_visible()
    told = headings.all_inner_texts()
    page.emulate_media(media="print")
    assert headings.evaluate_all(SHOWN) == len(told) > 1
    assert headings.all_inner_texts() == told


def test_paper_has_the_query_that_was_asked(visit: Visit) -> None:
    page = visit.open("/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%203")
    expect(page.locator(".cm-content")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".cm-content")).to_be_visible()
    assert "LIMIT 3" in page.locator(".cm-content").inner_text()
    for forbidden in (".shelf", ".snippets", "form button"):
        assert page.locator(forbidden).evaluate_all(SHOWN) == 0, forbidden


COLUMNS = "SELECT * { VALUES (%s) { (%s) } }"
TWELVE = COLUMNS % (" ".join(f"?column_{at}" for at in range(12)), " ".join(["'Azerbaijan and Armenia'"] * 12))


@pytest.mark.parametrize(
    ("path", "turned"),
    [
        ("/queries/why", False),
        ("/queries/references-used", False),
        ("/queries/series-waves", False),
        ("/queries/aid-to-russia", True),
        ("/queries/conflicting-figures", True),
        (f"/results?query={quote(TWELVE)}", True),
        ("/page/state/FRA", False),
    ],
)
def test_wide_tables_fit_on_paper(reader: Visit, path: str, turned: bool) -> None:
    page = reader.open(path)
    page.emulate_media(media="print")
    assert (page.evaluate("getComputedStyle(document.body).page") == "turned") == turned
    sides = page.pdf(format="A4", prefer_css_page_size=True)
    assert (b"/MediaBox [0 0 84" in sides) == turned
    page.set_viewport_size({"width": 1047 if turned else 718, "height": 718})  # A4 without margins of 1 cm, in pixels
    width = "Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().right))"
    assert page.evaluate(f"{width} - innerWidth") <= 0


@pytest.mark.parametrize("path", ["/", "/queries", "/queries/friends-of-russia", "/ontology", "/sources", "/cite"])
def test_paper_has_no_bars_and_no_forms(visit: Visit, path: str) -> None:
    page = visit.open(path)
    charts = page.locator("svg.chart, svg.world").evaluate_all(SHOWN)
    page.emulate_media(media="print")
    pressed = ("form", "button:not(thead button)", "input", "select")
    for forbidden in (*pressed, "nav:not(.contents)", "details:not([open])", ".skip"):
        assert page.locator(forbidden).evaluate_all(SHOWN) == 0, forbidden
    assert page.locator("svg.chart, svg.world").evaluate_all(SHOWN) == charts
    assert page.locator(".on-paper").inner_text() == visit.address + path
    assert page.pdf().startswith(b"%PDF")
