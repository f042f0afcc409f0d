"""The text of the editor as a reader meets it: colours, completion, mistakes and their cure, the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from support.visiting import Visit

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

SIDES = "PREFIX sides: <https://w3id.org/sides/ontology#>\n"
STATE = "PREFIX state: <https://w3id.org/sides/id/state/>\n"
OFFERED = ".cm-tooltip-autocomplete li"


def editor(visit: Visit, query: str = "", **context: object) -> Page:
    """The editor with a query in it, and the cursor at its end."""
    page = visit.open("/sparql", **context)
    page.wait_for_selector(".cm-content")
    write(page, query)
    return page


def write(page: Page, query: str) -> None:
    page.fill("#query", query)
    page.click(".cm-content")
    page.keyboard.press("Control+End")


def text(page: Page) -> str:
    return page.input_value("#query")


def offers(page: Page, first: str) -> list[str]:
    """What is offered once the first offer is this one."""
    labels = page.locator(f"{OFFERED} .cm-completionLabel")
    expect(labels.first).to_have_text(first)
    return labels.all_inner_texts()


def choose(page: Page, first: str) -> None:
    """Take the first offer, which is this one; the list takes no key in its first instants."""
    offers(page, first)
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.locator(OFFERED)).to_have_count(0)


def marked(page: Page, sort: str, *words: str) -> None:
    expect(page.locator(f".cm-lintRange-{sort}")).to_have_text([*words])


def test_the_query_is_numbered_and_coloured_as_it_is_written(visit: Visit) -> None:
    page = editor(visit)
    page.keyboard.insert_text('# a comment\nSELECT ?é ("# <no" AS ?b)\n{ ?é <http://e/#x> 4.5 ; sides:a ?c }')
    coloured = "elements => elements.map(element => [element.className, element.textContent])"
    names = ":is(.word, .variable, .string, .number, .comment)"
    assert page.locator(f".cm-content {names}").evaluate_all(coloured) == [
        ["comment", "# a comment"], ["word", "SELECT"], ["variable", "?é"], ["string", '"# <no"'], ["word", "AS"],
        ["variable", "?b"], ["variable", "?é"], ["number", "4.5"], ["variable", "?c"],
    ]  # fmt: skip
    assert page.locator(".cm-lineNumbers .cm-gutterElement").all_inner_texts()[-3:] == ["1", "2", "3"]
    colour = "element => getComputedStyle(element).color"
    assert page.locator(".cm-content .word >> nth=0").evaluate(colour) != page.locator(".cm-content").evaluate(colour)
    assert visit.complaints == []


def test_the_field_and_the_editor_hold_the_same_text(visit: Visit) -> None:
    page = editor(visit, "ASK {}")
    page.keyboard.type(" # typed")
    assert text(page) == "ASK {} # typed"
    page.fill("#query", "SELECT (1 AS ?one) {}")
    expect(page.locator(".cm-content")).to_have_text("SELECT (1 AS ?one) {}")
    page.click(".cm-content")
    page.keyboard.press("Control+z")
    assert text(page) == "ASK {} # typed"


def test_the_keyboard_runs_the_query_and_leaves_the_field(visit: Visit) -> None:
    page = editor(visit, "SELECT (6 * 7 AS ?answer) {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-answer] td")).to_contain_text("42")
    page.click(".cm-content")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    assert text(page).startswith("  SELECT")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    focused = "document.activeElement.type"
    assert page.evaluate(focused) == "submit"
    assert "Escape and then Tab leaves the field" in page.inner_text("#query-keys")


def test_the_field_has_its_name_and_its_hint_for_all(visit: Visit) -> None:
    page = editor(visit)
    field = page.get_by_role("textbox", name="Query")
    assert field.get_attribute("aria-multiline") == "true"
    assert field.get_attribute("aria-describedby") == "query-keys"
    page.click("#query-label")
    assert page.evaluate("document.activeElement.className").startswith("cm-content")


def test_classes_are_offered_after_a_and_bring_their_prefix(visit: Visit) -> None:
    page = editor(visit, "# mine\nSELECT * { ?s ")
    page.keyboard.type("a sides:State")
    offers(page, "sides:State")
    assert "state · " in page.locator(f"{OFFERED} .cm-completionDetail").first.inner_text()
    choose(page, "sides:State")
    assert text(page).startswith(f"# mine\n{SIDES}SELECT * {{ ?s a sides:State")
    page.keyboard.press("Control+z")
    assert "PREFIX" not in text(page)


def test_properties_of_the_class_of_the_subject_go_first(visit: Visit) -> None:
    page = editor(visit, f"{SIDES}SELECT * {{ ?s a sides:State ; ")
    page.keyboard.press("Control+Space")
    of_states = offers(page, "rdf:type")
    write(page, f"{SIDES}SELECT * {{ ?s a sides:Statement ; ")
    page.keyboard.press("Control+Space")
    of_statements = offers(page, "dcterms:language")
    assert "sides:bordersWith" in of_states[:10]
    assert "sides:bordersWith" not in of_statements[:10]
    write(page, f"{SIDES}SELECT * {{ state:FRA ")
    page.keyboard.press("Control+Space")
    assert offers(page, "rdf:type")[:10] == of_states[:10]


def test_things_are_offered_by_their_names_in_the_language_of_the_page(visit: Visit) -> None:
    page = editor(visit, f"{SIDES}SELECT * {{ ?s sides:memberOf org:un ; sides:bordersWith ", locale="fr")
    page.keyboard.type("Allem")
    choose(page, "state:DEU")
    assert text(page).startswith(SIDES + STATE)
    assert text(page).endswith("sides:bordersWith state:DEU")
    page.keyboard.type(" . ?x owl:sameAs wd:Fra")
    choose(page, "wd:Q142")
    assert text(page).endswith("owl:sameAs wd:Q142")
    assert "PREFIX wd: <http://www.wikidata.org/entity/>" in text(page)


def test_graphs_variables_functions_and_words_where_they_may_stand(visit: Visit) -> None:
    page = editor(visit, "SELECT * { ?subject ?predicate ?object . ")
    page.keyboard.type("GRAPH first")
    choose(page, "<https://w3id.org/sides/graph/source/first-series>")
    page.keyboard.type(" { ?")
    assert offers(page, "?subject")[:3] == ["?subject", "?predicate", "?object"]
    page.keyboard.type("ob")
    choose(page, "?object")
    page.keyboard.type(" ?p ?o } FIL")
    choose(page, "FILTER")
    page.keyboard.type("(STRST")
    choose(page, "STRSTARTS")
    assert text(page).endswith("{ ?object ?p ?o } FILTER (STRSTARTS)")


def test_nothing_is_offered_in_comments_and_strings(visit: Visit) -> None:
    page = editor(visit, "SELECT * { ?s ?p ")
    page.keyboard.type('"Fra')
    page.keyboard.press("Control+Space")
    write(page, "SELECT * { ?s ?p ?o } # Fra")
    page.keyboard.press("Control+Space")
    page.wait_for_timeout(300)
    assert page.locator(OFFERED).count() == 0


def test_a_name_tells_what_it_means(visit: Visit) -> None:
    page = editor(visit, "ASK { state:FRA sides:gaveAidTo ?x }", locale="fr")
    page.locator(".cm-line", has_text="ASK").hover(position={"x": 60, "y": 8})
    told = page.locator(".cm-meaning")
    expect(told).to_contain_text("France · État")
    expect(told).to_contain_text("https://w3id.org/sides/id/state/FRA")


def test_a_mistake_is_marked_while_it_is_written(visit: Visit) -> None:
    page = editor(visit, "SELECT ?é\nWHERE { ?é a ?x . FILTRE(?x) }")
    marked(page, "error", "FILTRE")
    page.hover(".cm-lintRange-error")
    expect(page.locator(".cm-diagnostic")).to_contain_text("The query is not valid SPARQL")
    write(page, "SELECT ?é\nWHERE { ?é a ?x . FILTER(?x) }")
    marked(page, "error")
    assert visit.complaints == []


def test_a_mistake_that_a_run_finds_is_marked_and_led_to(visit: Visit) -> None:
    page = editor(visit, "SELECT ?é\nWHERE { ?é a ?x . FILTRE(?x) }")
    page.click("[data-editor] [type=submit]")
    page.wait_for_selector("[data-go]")
    assert page.evaluate("getSelection().toString()") == "FILTRE"
    page.click("[data-go]")
    marked(page, "error", "FILTRE")


def test_prefixes_that_are_missing_are_declared_by_a_button(visit: Visit) -> None:
    lines = ["# first\n", "PREFIX org: <https://w3id.org/sides/id/org/>\n"]
    rest = "ASK { ?x sides:memberOf org:nato ; a nothing:known, state:FRA } # rdf:type"
    query = "".join(lines) + rest
    page = editor(visit, query)
    marked(page, "error", "sides:memberOf", "nothing:known", "state:FRA")
    page.hover(".cm-lintRange-error >> text=nothing:known")
    expect(page.locator(".cm-tooltip-lint")).to_contain_text("The prefix nothing: is not declared.")
    assert page.locator(".cm-tooltip-lint .cm-diagnosticAction").count() == 0
    page.hover(".cm-lintRange-error >> text=sides:memberOf")
    page.click(".cm-diagnosticAction:has-text('Declare sides:')")
    assert text(page) == "".join([*lines, SIDES, STATE, rest])
    marked(page, "error", "nothing:known")


def test_names_that_the_graph_does_not_have_are_doubted(visit: Visit) -> None:
    page = editor(
        visit,
        f"{SIDES}{STATE}ASK {{ state:FRX sides:suport ?x ; sides:supports <https://w3id.org/sides/id/org/nato> }}",
    )
    marked(page, "warning", "state:FRX", "sides:suport")
    page.hover(".cm-lintRange-warning >> text=sides:suport")
    page.click(".cm-diagnosticAction:has-text('Write sides:supports')")
    assert "state:FRX sides:supports ?x" in text(page)
    marked(page, "warning", "state:FRX")
    marked(page, "error")


def test_what_is_being_written_is_not_doubted_yet(visit: Visit) -> None:
    page = editor(visit, f"{STATE}ASK {{ state:FR")
    page.keyboard.press("Escape")
    page.wait_for_timeout(900)
    marked(page, "warning")
    page.keyboard.press("Control+Home")
    marked(page, "warning", "state:FR")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_editor_fits_and_keeps_to_the_scheme(visit: Visit, scheme: str, width: int) -> None:
    query = "\n".join(["SELECT * {", *(f"  ?s{i} ?p{i} 'a rather long text {'x' * i}' ." for i in range(60)), "}"])
    page = editor(visit, query, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    ground = "element => getComputedStyle(element).backgroundColor"
    dark = [int(part) < 60 for part in page.locator(".cm-editor").evaluate(ground)[4:-1].split(", ")]
    assert all(dark) is (scheme == "dark")
    scrolls = "e => [e.scrollWidth > e.clientWidth, e.scrollHeight > e.clientHeight]"
    assert page.locator(".cm-scroller").evaluate(scrolls) == [False, True]
