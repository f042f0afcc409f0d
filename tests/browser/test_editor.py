"""The text of the editor as a reader meets it: colours, completion, mistakes and their cure, the keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kg.ground.catalogue import Catalogue
from support.visiting import Visit, follow

pytestmark = [
    pytest.mark.browser,
    # A browser that goes on to the next page leaves files half sent, which Werkzeug's server for tests does not close.
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),
]

ROOT = Path(__file__).parents[2]
SIDES = "PREFIX sides: <https://w3id.org/sides/ontology#>\n"
STATE = "PREFIX state: <https://w3id.org/sides/id/state/>\n"
PATIENCE = 15_000
"""Milliseconds: as long as a page of `Visit` waits for anything else."""

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
    expect(labels.first).to_have_text(first, timeout=PATIENCE)
    return labels.all_inner_texts()


def choose(page: Page, first: str) -> None:
    """Take the first offer, which is this one; the list takes no key in its first instants."""
    offers(page, first)
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.locator(OFFERED)).to_have_count(0)


def marked(page: Page, sort: str, *words: str) -> None:
    expect(page.locator(f".cm-lintRange-{sort}")).to_have_text([*words], timeout=PATIENCE)


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


def test_the_field_is_a_combobox_while_its_list_is_open(visit: Visit) -> None:
    page = editor(visit, "SELECT * { ?s a ")
    page.keyboard.press("Control+Space")
    field = page.get_by_role("combobox", name="Query", expanded=True)
    items = page.get_by_role("listbox").get_by_role("option")
    expect(items.first).to_be_visible()
    assert field.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    assert field.get_attribute("aria-multiline") is None
    page.wait_for_timeout(150)  # a list takes no keys at once: what is typed as it opens is meant for the text
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    last = page.get_by_role("option", selected=True)
    assert field.get_attribute("aria-activedescendant") == last.get_attribute("id")
    expect(last).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(items).to_have_count(0)
    field = page.get_by_role("textbox", name="Query")
    assert [field.get_attribute(f"aria-{name}") for name in ("multiline", "expanded")] == ["true", None]
    page.keyboard.type("?t }")
    assert text(page) == "SELECT * { ?s a ?t }"


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


def test_the_values_that_a_property_has_go_first(visit: Visit) -> None:
    page = editor(visit, "SELECT * { ?s sides:hasStanceToward ")
    first = page.request.get(f"{visit.address}/completion.json?property=sides:hasStanceToward").json()["results"][0]
    assert first["count"] > 1
    page.keyboard.press("Control+Space")
    choose(page, first["id"])
    assert text(page).endswith(f"sides:hasStanceToward {first['id']}")


def test_nothing_is_offered_in_comments_and_strings(visit: Visit) -> None:
    page = editor(visit, "SELECT * { ?s ?p ")
    page.keyboard.type('"Fra')
    page.keyboard.press("Control+Space")
    write(page, "SELECT * { ?s ?p ?o } # Fra")
    page.keyboard.press("Control+Space")
    page.wait_for_timeout(300)
    assert page.locator(OFFERED).count() == 0


def test_the_view_of_an_answer_is_offered_in_the_comment_that_names_it(visit: Visit) -> None:
    page = editor(visit, "SELECT ?year (COUNT(*) AS ?sum) {} GROUP BY ?year\n")
    page.keyboard.type("#view: b")
    choose(page, "bars")
    page.keyboard.type("x")
    choose(page, "x")
    page.keyboard.type("?y")
    choose(page, "?year")
    assert text(page).endswith("\n#view: bars x=?year")


def test_classes_and_graphs_are_shown_before_a_letter_is_typed(visit: Visit) -> None:
    page = editor(visit, "SELECT * { ?s a")
    page.keyboard.type(" ")
    page.wait_for_selector(OFFERED)
    assert all(":" in label for label in page.locator(f"{OFFERED} .cm-completionLabel").all_inner_texts()[:5])


def test_a_browser_that_cannot_adopt_style_sheets_keeps_the_plain_field(visit: Visit) -> None:
    page = editor_without(visit)
    page.fill("#query", "SELECT (6 * 7 AS ?answer) {}")
    page.press("#query", "Control+Enter")
    expect(page.locator("[data-answer] td")).to_contain_text("42", timeout=PATIENCE)
    assert page.locator(".cm-content").count() == 0
    assert page.is_hidden("#query-keys")
    assert visit.complaints == []


def editor_without(visit: Visit) -> Page:
    page = visit.open("/about")
    page.add_init_script("delete Document.prototype.adoptedStyleSheets")
    page.goto(f"{visit.address}/sparql")
    return page


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


def test_a_mistake_is_told_in_the_language_of_the_page(visit: Visit) -> None:
    page = editor(visit, "ASK { ?s ?p }", locale="fr")
    remedy = "complétez le triplet\u202f: il a trois parties, sujet, prédicat et objet, et il en manque une"
    told = ["La requête n'est pas du SPARQL valide", '"}" est inattendu', remedy]
    marked(page, "error", "}")
    page.hover(".cm-lintRange-error")
    expect(page.locator(".cm-diagnostic p")).to_have_text(told)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-go]")
    page.hover(".cm-lintRange-error")
    expect(page.locator(".cm-diagnostic p")).to_have_text(told)
    assert page.locator(".cm-editor [lang=en], [data-answer] [lang=en]").count() == 0


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


def test_saved_queries_are_found_by_their_words_and_loaded_with_a_click(visit: Visit) -> None:
    page = editor(visit, "ASK {}", locale="fr")
    page.fill("[data-search]", "ALLIES russie")
    shown = page.locator("[data-load]:visible")
    assert 0 < shown.count() < 10
    page.fill("[data-search]", "friends russia")
    page.click("[data-load=friends-of-russia]")
    expect(page.locator("[data-state]")).to_contain_text("Dans l'éditeur : ")
    question = page.inner_text("[data-load=friends-of-russia]")
    assert text(page).startswith(f"# {question}\n#view: ")
    assert "#+" not in text(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-answer] table")
    page.click(".cm-content")
    page.keyboard.press("Control+z")
    assert text(page) == "ASK {}"
    page.fill("[data-search]", "xyzzy")
    assert page.inner_text("[data-nothing]") == "Aucune requête enregistrée n'a ces mots."


def test_every_saved_query_stands_beside_the_editor_with_its_page(visit: Visit) -> None:
    page = visit.open("/sparql", java_script_enabled=False)
    names = page.locator("[data-load]").evaluate_all("links => links.map(link => [link.dataset.load, link.pathname])")
    assert len(names) == len(Catalogue.read(ROOT / "queries"))
    assert all(path == f"/queries/{name}" for name, path in names)
    assert page.is_hidden("[data-search]")
    page.click("[data-saved] summary")
    follow(page.locator("[data-load=friends-of-russia]"))
    assert page.url == f"{visit.address}/queries/friends-of-russia"


def test_the_list_of_saved_queries_is_folded_where_there_is_no_room_beside(visit: Visit) -> None:
    page = editor(visit, viewport={"width": 360, "height": 800})
    assert page.is_hidden("[data-load] >> nth=0")
    page.click("[data-saved] summary")
    assert page.is_visible("[data-load] >> nth=0")


def test_the_query_is_put_in_order_and_nothing_else_of_it_changes(visit: Visit) -> None:
    query = (
        "# one {\nSELECT ?x {  \n?x a sides:State ;\n rdfs:label ?l, \n'{' .\n    # two\n"
        '{ ?x ?y """a  \n  { b   """   }\nFILTER(\n?x = 1\n)\n}\nORDER BY ?x'
    )
    page = editor(visit, query)
    page.click("[data-order]")
    assert text(page) == (
        "# one {\nSELECT ?x {\n  ?x a sides:State ;\n    rdfs:label ?l,\n    '{' .\n  # two\n"
        '  { ?x ?y """a  \n  { b   """   }\n  FILTER(\n    ?x = 1\n  )\n}\nORDER BY ?x'
    )
    page.click("[data-order]")
    assert page.inner_text("[data-state]") == "The query is in order already."
    page.click(".cm-content")
    page.keyboard.press("Control+z")
    assert text(page) == query


def test_saved_queries_are_in_order_already(visit: Visit) -> None:
    """The way of indenting is that of this house: it moves no word of what is saved."""
    page = editor(visit)
    for saved in [*Catalogue.read(ROOT / "queries")][::9]:
        page.fill("#query", saved.text)
        page.click("[data-order]")
        assert text(page).split() == saved.text.split(), saved.name


RUN_MANY = """
const form = document.querySelector("[data-editor]");
for (let number = 0; number < 32; number += 1) {
  form.elements.query.value = `PREFIX a: <urn:a>\\nASK {} # ${number}`;
  form.requestSubmit();
}"""
"""Run 32 queries, one upon the other."""


def test_what_was_run_is_remembered_in_this_browser_until_the_list_is_emptied(visit: Visit) -> None:
    page = editor(visit, "# The first\nASK {}")
    assert page.is_hidden("[data-past]")
    page.evaluate(RUN_MANY)
    page.fill("#query", "# The last\nASK {}")
    page.click("[data-editor] [type=submit]")
    page.wait_for_selector("[data-answer] .truth")
    page.click("[data-past] summary")
    listed = page.locator("[data-texts] button").all_inner_texts()
    assert listed[:2] == ["The last", "ASK {} # 31"]
    assert len(listed) == 30
    page.reload()
    page.click("[data-past] summary")
    page.click("[data-texts] button >> nth=1")
    assert text(page) == "PREFIX a: <urn:a>\nASK {} # 31"
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "ASK {}" in kept
    assert "boolean" not in kept
    page.click("[data-forget]")
    assert page.is_hidden("[data-past]")
    assert page.evaluate("localStorage.getItem('sides.queries')") is None


def test_the_code_for_the_query_follows_it_and_the_language_is_remembered(visit: Visit) -> None:
    page = editor(visit, "ASK {}")
    page.click("[data-code-panel] summary")
    code = page.locator("[data-code-panel] code")
    expect(code).to_contain_text("curl http://127.0.0.1")
    page.select_option("#code-language", label="Python (requests)")
    expect(code).to_contain_text("import requests")
    write(page, "SELECT (1 AS ?one) {}")
    expect(code).to_contain_text("SELECT (1 AS ?one) {}")
    page.reload()
    page.click("[data-code-panel] summary")
    expect(code).to_contain_text("import requests")
    assert visit.complaints == []
    write(page, "ASK {")
    expect(page.locator("[data-uncoded]")).to_have_text(
        "No code for this text: The query is not valid SPARQL, at line 1, column 6."
    )
    expect(code).to_be_hidden()
    write(page, "ASK { }")
    expect(code).to_contain_text("ASK { }")
    expect(page.locator("[data-uncoded]")).to_be_hidden()


def test_a_saved_query_is_changed_where_it_stands(visit: Visit) -> None:
    page = editor(visit)
    page.goto(f"{visit.address}/queries/close-relations-of-russia?country=state%3ACUB")
    address = page.url
    assert page.locator(".cm-content").count() == 0
    page.locator("[data-changing] > summary").press("Enter")
    expect(page.locator("[data-changing] .cm-content")).to_contain_text("state:CUB")
    write(page, "SELECT (6 * 7 AS ?answer) {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-answer] td").first).to_have_text("42")
    assert page.url == address
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(ids) == len(set(ids))
    assert visit.complaints == []


def test_a_saved_query_that_is_run_as_it_is_has_the_same_chart_again(visit: Visit) -> None:
    page = visit.open("/queries/friends-of-russia?population=state:RUS")
    drawn = page.locator("main svg[aria-label] rect")
    count = drawn.count()
    assert count > 3
    page.click("[data-changing] > summary")
    page.wait_for_selector("[data-changing] .cm-content")
    page.click("[data-editor] [type=submit]:not([data-away])")
    expect(page.locator("[data-answer] svg[aria-label] rect")).to_have_count(count)
    regions = page.locator("[role=region]").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(regions) == len(set(regions)) > 2


@pytest.mark.parametrize("script", [True, False])
def test_a_changed_query_of_any_length_goes_to_the_editor(visit: Visit, script: bool) -> None:
    page = visit.open("/queries/friends-of-russia", java_script_enabled=script)
    page.click("[data-changing] > summary")
    for length, query in ((40_000, "SELECT (6 * 7 AS ?answer) {}"), (10, "SELECT (7 * 7 AS ?answer) {}")):
        page.fill("#query", f"{query} # {'x' * length}")
        follow(page.locator("[data-away]"))
        expect(page.locator("[data-answer] td").first).to_have_text("42" if length == 40_000 else "49")
        assert page.input_value("#query").startswith(query)
        assert ("query=" in page.url) is (script and length == 10)
        page.go_back()
        if page.locator("[data-changing][open]").count() == 0:
            page.click("[data-changing] > summary")


def test_a_short_link_has_the_query_and_its_answer(visit: Visit) -> None:
    page = editor(visit, "SELECT (6 * 7 AS ?answer) {}")
    page.click("[data-short]")
    link = page.locator("[data-address] a")
    expect(link).to_have_text(re.compile(f"{visit.address}/q/[a-z0-9]+"))
    write(page, "SELEC")
    expect(link).to_be_hidden()
    page.click("[data-short]")
    expect(page.locator("[data-state]")).to_have_text(
        "There is no short link: The query is not valid SPARQL, at line 1, column 1."
    )
    page.goto(str(link.get_attribute("href")))
    expect(page.locator("main table")).to_contain_text("42")


def test_why_there_is_no_short_link_is_told_in_the_language_of_the_page(visit: Visit) -> None:
    page = editor(visit, f"ASK {{}} #{'x' * 70_000}", locale="fr")
    page.click("[data-short]")
    told = page.locator("[data-state]")
    expect(told).to_have_text("Pas de lien court\u202f: Trop long pour être conservé sous une adresse.")
    page.route("**/q", lambda route: route.abort())
    page.click("[data-short]")
    expect(told).to_have_text("Pas de lien court\u202f: le serveur n'a pas répondu.")


def test_the_script_is_loaded_where_queries_are_written_and_nowhere_else(visit: Visit) -> None:
    page = visit.open("/queries/friends-of-russia")
    for path in ("/", "/queries", "/map", "/search?q=Fra"):
        page.goto(visit.address + path)
    assert not any("editor.min.js" in url for url in visit.requested)
    page.goto(f"{visit.address}/results?query=ASK%7B%7D")
    page.wait_for_selector(".cm-content")
    assert text(page) == "ASK{}"


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
