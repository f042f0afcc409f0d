"""What a reader sees of the answer to a query: views, rows, failures, files; the way back; the keyboard; no script."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from support.visiting import Visit, follow

pytestmark = pytest.mark.browser

SIDES = "PREFIX sides: <https://w3id.org/sides/ontology#>\n"
CLASSES = (
    "SELECT ?class (COUNT(?thing) AS ?things) { ?thing a ?class . ?class a <http://www.w3.org/2002/07/owl#Class> }\n"
    "GROUP BY ?class ORDER BY DESC(?things) LIMIT 12"
)
VOTES = (
    f"{SIDES}SELECT ?voter ?resolution ?position "
    "{ ?vote sides:voter ?voter ; sides:resolution ?resolution ; sides:votePosition ?position }"
)
RELATED = (
    f"{SIDES}CONSTRUCT {{ ?state sides:memberOf ?body }} WHERE {{ ?state sides:memberOf ?body . "
    "?state sides:supports <https://w3id.org/sides/id/state/RUS> } LIMIT 40"
)
MANY = "SELECT * { ?thing ?property ?value } LIMIT 1200"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


def results(visit: Visit, query: str, more: str = "", **context: object) -> Page:
    """The page of an answer, as a link leads to it."""
    return visit.open(f"/results?query={quote(query, safe='')}{more}", **context)


def run(page: Page, query: str) -> None:
    page.fill("#query", query)
    page.click("[data-editor] [type=submit]")


def told_in(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def pressed(page: Page) -> str:
    return page.locator("[data-views] [aria-pressed=true]").inner_text()


def column(page: Page, place: int) -> list[str]:
    return page.locator(f"[data-table] tbody tr:not([hidden]) td:nth-child({place})").all_inner_texts()


# Views


def test_an_answer_is_drawn_as_its_columns_call_for_and_otherwise_on_a_click(reader: Visit) -> None:
    page = reader.open("/sparql")
    run(page, CLASSES)
    expect(page.locator("[data-answer] svg.chart:visible rect")).not_to_have_count(0)
    assert pressed(page) == "Bars"
    page.click("[data-views] [value=table]")
    expect(page.locator("[data-answer] svg.chart")).to_have_count(0)
    assert told_in(page) == {"query": [CLASSES], "view": ["table"]}
    assert page.locator("[data-table] tbody tr").count() == 12
    assert reader.complaints == []


@pytest.mark.parametrize(
    ("line", "name", "drawn"),
    [
        ("#view: graph x=?voter y=?resolution", "Graph", "svg.chart circle.node"),
        ("#view: pivot x=?voter series=?position", "Pivot", ".pivot tfoot"),
        ("#defaultView:Map{'hide': '?x'}", "Map", "svg.world a"),
    ],
)
def test_a_query_names_its_view_in_its_text(reader: Visit, line: str, name: str, drawn: str) -> None:
    page = results(reader, f"{line}\n{VOTES} LIMIT 300")
    assert pressed(page) == name
    assert page.locator(f"[data-answer] {drawn}").count() > 0
    assert page.evaluate(OVERFLOW) <= 0


def test_what_cannot_be_drawn_is_said(reader: Visit) -> None:
    page = results(reader, "#view: timeline colour=red\nSELECT ?n { VALUES ?n { 1 2 3 } }")
    notes = page.locator("[data-answer] [role=note]").all_inner_texts()
    assert "colour=red" in notes[0]
    assert "no columns that can be drawn so" in notes[1]
    assert column(page, 1) == ["1", "2", "3"]


def test_a_saved_query_offers_the_same_views_and_takes_its_own_to_the_editor(reader: Visit) -> None:
    page = reader.open("/queries/friends-of-russia")
    assert pressed(page) == "Bars"
    follow(page.locator("[data-views] [value=table]"))
    assert pressed(page) == "Table"
    page.goto(f"{reader.address}/queries/friends-of-russia")
    page.click("[data-changing] > summary")
    follow(page.locator("[data-changing] [data-away]"))
    assert page.input_value("#query").startswith("#view: bars x=")
    assert pressed(page) == "Bars"


def test_a_changed_query_keeps_its_headings_here_and_in_the_editor(reader: Visit) -> None:
    page = reader.open("/queries/friends-of-russia")
    headings = page.locator("[data-changing] [data-answer] thead th")
    page.click("[data-changing] > summary")
    page.click("[data-changing] [type=submit] >> nth=0")
    expect(headings).to_contain_text(["Country", "Share", "Change", "Change since", "Date"])
    follow(page.locator("[data-changing] [data-away]"))
    headings = page.locator("[data-answer] thead th")
    expect(headings).to_contain_text(["Country", "Share", "Change", "Change since", "Date"])
    page.click("[data-load=aid-by-month]")
    expect(page.locator(".cm-content")).to_contain_text("?month")
    page.click("[data-editor] [type=submit] >> nth=0")
    expect(headings.first).to_contain_text("Month")


# Rows


def test_rows_are_sorted_by_what_they_are(reader: Visit) -> None:
    page = results(reader, "SELECT * { VALUES (?name ?n) { ('Ébène' 1000) ('eau' 9) ('Zinc' 80) ('ecru' UNDEF) } }")
    name, number = page.locator("thead button").all()
    name.click()
    assert [text.split()[0] for text in column(page, 1)] == ["eau", "Ébène", "ecru", "Zinc"]
    number.click()
    assert column(page, 2) == ["9", "80", "1000", ""]
    number.click()
    assert column(page, 2) == ["1000", "80", "9", ""]
    assert page.locator("thead [aria-sort]").get_attribute("aria-sort") == "descending"


def test_rows_are_filtered_and_turned_page_by_page(reader: Visit) -> None:
    page = results(reader, MANY)
    assert len(column(page, 1)) == 100
    assert "the first 1000 of 1200" in page.inner_text("[data-summary]")
    first = column(page, 3)
    page.click("[data-pages] [name=page] >> nth=1")
    assert page.inner_text("[data-pages] [data-number]") == "Page 2 of 10"
    assert column(page, 3) != first
    word = page.locator("[data-table] tbody tr:not([hidden]) td:nth-child(2) a").first.inner_text()
    page.fill("[data-filter]", word.upper())
    shown = page.locator("[data-table] tbody tr:not([hidden])").all_inner_texts()
    assert shown
    assert all(word.lower() in row.lower() for row in shown)
    assert page.inner_text("[data-few-told]").endswith("of 1000 rows")
    assert reader.complaints == []


def test_the_columns_that_are_shown_are_copied(reader: Visit) -> None:
    page = results(reader, "SELECT * { VALUES (?a ?b ?c) { ('x\ty' 2 1200) ('z' 1 1300) } }")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-tools] summary")
    page.uncheck("[data-column] >> nth=1")
    page.click("thead button >> nth=2")
    page.click("thead button >> nth=2")
    page.click("[data-tsv]")
    expect(page.locator("[data-tsv]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "a\tc\nz\t1300\nx y\t1200\n"
    assert page.locator("thead th:visible").count() == 2


def test_a_saved_query_is_read_in_words_and_copied_as_it_is(reader: Visit) -> None:
    page = reader.open("/queries/membership-history?member=state:FIN", locale="fr")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    heads = page.locator("[data-table] thead th")
    assert heads.nth(3).inner_text().startswith("Depuis")
    assert heads.nth(3).get_attribute("title") == "?since"
    page.click("[data-tools] summary")
    assert page.locator("[data-tools] label code").all_inner_texts()[3] == "?since"
    page.fill("[data-filter]", "2023-04-04")
    assert "4 avril 2023" in page.locator("tbody tr:not([hidden])").first.inner_text()
    page.click("[data-tsv]")
    expect(page.locator("[data-tsv]")).to_have_text("Copié")
    names, row = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert dict(zip(names.split("\t"), row.split("\t"), strict=True))["since"] == "2023-04-04"


# While it runs, and what comes instead of rows


@pytest.mark.alone
def test_cancel_frees_the_worker_within_a_second(reader: Visit) -> None:
    page = reader.open("/sparql")
    run(page, ENDLESS)
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"^(0\.[3-9]|[1-9])"))
    assert busy(reader)
    page.click("[data-cancel]")
    cancelled = time.monotonic()
    while busy(reader) and time.monotonic() < cancelled + 5:
        time.sleep(0.05)
    assert time.monotonic() - cancelled < 1
    assert "You stopped the query" in page.inner_text("[data-answer]")
    assert page.locator("[data-running]").is_hidden()
    assert page.evaluate("document.activeElement.textContent") == "Run"


def test_an_empty_query_is_told_and_asks_nothing(reader: Visit) -> None:
    page = reader.open("/sparql")
    run(page, " ")
    expect(page.locator("[data-answer]")).to_contain_text("There is no query yet")
    assert page.locator("h1").count() == 1


def busy(visit: Visit) -> int:
    """The workers that are at work on a query, as Prometheus is told."""
    with urlopen(f"{visit.address}/metrics") as answer:
        found = re.search(r'^sides_workers\{[^}]*state="busy"[^}]*\} (\S+)$', answer.read().decode(), re.MULTILINE)
    assert found
    return int(float(found[1]))


def test_a_query_out_of_time_is_told_with_the_wait_and_can_be_run_again(reader: Visit) -> None:
    page = reader.open("/sparql?timeout=0.5", locale="fr")
    run(page, ENDLESS)
    box = page.locator("[data-answer] .problem.limit")
    expect(box).to_contain_text("limite de temps")
    assert "30 s" in box.inner_text()
    assert box.locator("[data-again]").is_disabled()


def test_a_refusal_counts_down_and_the_query_runs_again(reader: Visit) -> None:
    page = reader.open("/sparql")
    problem = {"code": "too-many-queries", "status": 429, "title": "Too many", "detail": "wait"}
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        refused.append(route)
        if len(refused) > 1:
            return route.continue_()
        return route.fulfill(
            status=429,
            headers={"Retry-After": "1"},
            content_type="application/problem+json",
            body=json.dumps(problem),
        )

    page.route("**/results", refuse_once)
    run(page, "SELECT (42 AS ?answer) {}")
    again = page.locator("[data-answer] [data-again]")
    expect(page.locator("[data-answer] .problem")).to_contain_text("Nothing is wrong with this one")
    expect(again).to_have_text("Run it again (1 s)")
    expect(again).to_be_enabled()
    again.click()
    expect(page.locator("[data-answer] td.number")).to_have_text("42")


def test_a_lost_connection_keeps_the_query(reader: Visit) -> None:
    page = reader.open("/sparql")
    page.route("**/results", lambda route: route.abort())
    run(page, "ASK {}")
    expect(page.locator("[data-answer] .problem")).to_contain_text("No answer came")
    page.unroute("**/results")
    page.click("[data-answer] [data-again]")
    expect(page.locator("[data-answer] .truth")).to_have_text("Yes")
    assert page.input_value("#query") == "ASK {}"


def test_a_mistake_is_told_to_whoever_shows_the_text(reader: Visit) -> None:
    page = reader.open("/sparql")
    page.evaluate(
        "document.querySelector('[data-editor]')"
        ".addEventListener('sides:problem', (event) => { window.seen = event.detail; })"
    )
    run(page, "SELECT ?x { ?x a }")
    expect(page.locator("[data-answer] [data-go]")).to_be_visible()
    assert page.evaluate("[seen.code, seen.line, seen.column]") == ["query-syntax", 1, 18]


@pytest.mark.parametrize(
    ("query", "selector", "words"),
    [
        ("SELECT * { ?s <urn:nothing> ?o }", ".nothing", "La requête n'a pas de réponse"),
        ("ASK { ?s <urn:nothing> ?o }", ".truth.no", "Non"),
        (RELATED, "svg.chart", ""),
    ],
)
def test_each_kind_of_answer_has_its_own_face(reader: Visit, query: str, selector: str, words: str) -> None:
    page = reader.open("/sparql", locale="fr", viewport={"width": 360, "height": 800})
    run(page, query)
    expect(page.locator(f"[data-answer] {selector}:visible").first).to_contain_text(words)
    assert page.evaluate(OVERFLOW) <= 0
    assert reader.complaints == []


# Files, addresses, the way back


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (CLASSES, ["JSON", "CSV", "TSV", "XML", "SVG"]),
        (RELATED, ["Turtle", "N-Triples", "JSON-LD", "RDF/XML", "TriG", "N-Quads", "N3", "SVG"]),
    ],
)
def test_every_file_that_is_offered_is_there(reader: Visit, query: str, names: list[str]) -> None:
    page = results(reader, query)
    links = page.locator("[data-answer] .files a[download]")
    assert links.all_inner_texts() == names
    kinds = set()
    for link in links.all():
        answer = page.request.get(f"{reader.address}{link.get_attribute('href')}")
        assert answer.status == 200
        assert answer.body()
        kinds.add(answer.headers["content-type"].partition(";")[0])
    assert len(kinds) == len(names)


def test_back_and_forward_lead_through_the_answers_without_asking_again(reader: Visit) -> None:
    page = reader.open("/sparql")
    sample = page.input_value("#query")
    for number in (1, 2):
        run(page, f"SELECT ({number} AS ?n) {{}}")
        expect(page.locator("[data-answer] td.number")).to_have_text(str(number))
    asked = reader.requested.count(f"{reader.address}/results")
    page.go_back()
    expect(page.locator("[data-answer] td.number")).to_have_text("1")
    assert page.input_value("#query") == "SELECT (1 AS ?n) {}"
    page.go_back()
    expect(page.locator("[data-answer] td")).to_have_count(0)
    assert page.input_value("#query") == sample
    page.go_forward()
    page.go_forward()
    expect(page.locator("[data-answer] td.number")).to_have_text("2")
    assert reader.requested.count(f"{reader.address}/results") == asked == 2
    page.reload()
    expect(page.locator("[data-answer] td.number")).to_have_text("2")


# Keyboard, no script, what a machine can judge


def test_the_arrows_lead_from_value_to_value(reader: Visit) -> None:
    page = results(reader, CLASSES)
    chart = page.locator("[data-answer] svg.chart:visible")
    chart.focus()
    told = page.locator("[data-answer] figure output")
    page.keyboard.press("ArrowRight")
    first = told.inner_text()
    assert re.fullmatch(r".+: [\d,]+", first)
    page.keyboard.press("ArrowDown")
    assert told.inner_text() not in {"", first}
    page.keyboard.press("End")
    last = told.inner_text()
    page.keyboard.press("ArrowRight")
    assert told.inner_text() == last
    page.keyboard.press("Home")
    assert told.inner_text() == first
    assert chart.locator(".reached").count() == 1
    page.keyboard.press("Escape")
    assert (told.inner_text(), chart.locator(".reached").count()) == ("", 0)


def test_the_map_is_read_by_the_keyboard_and_leads_to_a_state(reader: Visit) -> None:
    page = reader.open("/map")
    page.locator("svg.world").focus()
    page.keyboard.press("ArrowRight")
    name = page.locator("figure output").inner_text().partition(":")[0]
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1").startswith(name)


def test_without_script_views_and_pages_are_turned_by_the_server(reader: Visit) -> None:
    page = results(reader, CLASSES, java_script_enabled=False)
    follow(page.locator("[data-views] [value=table]"))
    assert page.locator("[data-answer] svg.chart").count() == 0
    assert told_in(page)["view"] == ["table"]
    page = results(reader, MANY, java_script_enabled=False)
    first = column(page, 3)
    follow(page.locator("[data-pages] [name=page] >> nth=1"))
    assert told_in(page)["page"] == ["2"]
    assert len(column(page, 3)) == 100
    assert column(page, 3) != first
    assert page.locator("[data-tools]").is_hidden()


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("fr", "dark", 360)])
def test_no_answer_fails_what_a_machine_can_judge(reader: Visit, language: str, scheme: str, width: int) -> None:
    look: dict[str, object] = {
        "locale": language,
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
    }
    page = reader.open("/sparql", **look)
    found = []
    for query in (
        CLASSES,
        RELATED,
        f"#view: pivot\n{VOTES} LIMIT 500",
        "ASK {}",
        "SELEC",
        "SELECT * { ?s <urn:x> ?o }",
    ):
        page.goto(f"{reader.address}/results?query={quote(query, safe='')}")
        page.wait_for_function(
            "document.querySelector('[data-tools]:not([hidden])') || !document.querySelector('tbody')"
        )
        violations = Axe().run(page, options=RULES).response["violations"]
        found += [(query, one["id"], [node["target"] for node in one["nodes"][:3]]) for one in violations]
        assert page.evaluate(OVERFLOW) <= 0, query
    assert found == []
