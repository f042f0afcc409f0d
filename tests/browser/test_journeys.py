"""What readers come for, from the first page to the thing in hand: in both languages, on narrow screens and wide ones.

Everything is found by its role and its name, as a reader finds it; each walk ends in something that can be taken away:
a figure, its source, a citation, a file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from playwright.sync_api import expect

from support.server_process import Server
from support.visiting import Visit
from support.walking import NARROW, WIDE, Name, Walk

pytestmark = pytest.mark.browser

LOOKS = {f"fr-{NARROW}": ("fr", NARROW), f"en-{WIDE}": ("en", WIDE)}
"""Languages and widths: each of them once; with SIDES_LOOKS=all, each with every other."""
if os.environ.get("SIDES_LOOKS") == "all":
    LOOKS |= {f"en-{NARROW}": ("en", NARROW), f"fr-{WIDE}": ("fr", WIDE)}


@pytest.fixture(params=LOOKS.values(), ids=LOOKS)
def walk(reader: Visit, request: pytest.FixtureRequest) -> Iterator[Walk]:
    """A walk from the first page; at its end the browser must have had nothing to complain of."""
    language, width = request.param
    yield Walk(reader, language, width)
    # A mistake in a query is answered by 400, which the browser tells like a missing file.
    assert [text for text in reader.complaints if not text.startswith("Failed to load resource")] == []


def against(walk: Walk) -> str:
    return walk.said(("against", "contre"))


def show_on_the_map(walk: Walk, label: Name, option: Name, button: Name) -> None:
    """Choose what the map shows, press the button beside it, and wait: the address changes before the map does."""
    walk.go("Map", "Carte")
    walk.choose(label, option)
    walk.press(*button)
    expect(walk.page.locator("[data-mapping] [aria-busy]")).to_have_count(0)


def test_from_a_vote_on_the_map_to_its_source(walk: Walk) -> None:
    peace = (
        "Resolution A/RES/ES-11/7: Advancing a comprehensive, just and lasting peace",
        "Résolution A/RES/ES-11/7 : Progression vers une paix globale, juste et durable",
    )
    show_on_the_map(walk, ("Resolution", "Résolution"), peace, ("Ask", "Demander"))
    walk.unfold("states as a list", "États en liste")
    walk.follow("Hungary", "Hongrie", within=walk.content.get_by_role("listitem").filter(has_text=against(walk)))
    walk.is_at("Hungary", "Hongrie")
    vote = walk.content.get_by_role("row").filter(has_text="ES-11/7").filter(has_text=against(walk)).first
    walk.follow("Why?", "Pourquoi ?", within=vote)
    walk.follow("Votes in the General Assembly", "Votes à l'Assemblée générale")
    walk.is_at("Votes in the General Assembly", "Votes à l'Assemblée générale")


def test_from_a_year_on_the_map_to_what_a_state_gave(walk: Walk) -> None:
    aid = (
        "How much has each state allocated to Ukraine, in all and year by year?",
        "Combien chaque État a-t-il alloué à l'Ukraine, en tout et année par année ?",
    )
    show_on_the_map(walk, ("What the map shows", "Ce que montre la carte"), aid, ("Show", "Montrer"))
    year = walk.field("Year", "Année")
    with walk.page.expect_response("**part=map*"):
        year.press("End")
    last = year.get_attribute("aria-valuetext")
    assert f"when={last}" in walk.page.url
    walk.unfold("states as a list", "États en liste")
    state = walk.content.get_by_role("listitem").get_by_role("link", name="France")
    assert any(digit.isdigit() for digit in state.inner_text())
    walk.follow("France", "France", within=walk.content.get_by_role("listitem"))
    walk.is_at("France", "France")


def test_from_a_name_to_a_file_of_its_aid(walk: Walk) -> None:
    walk.search("Fran")
    walk.follow("France", "France", exact=True)
    aid = walk.part("Aid allocated, by year", "Aide allouée, par année")
    expect(walk.chart(aid)).to_have_count(1)
    walk.unfold("The values", "Les valeurs", within=aid)
    shown = aid.get_by_role("table").inner_text()
    walk.follow("The query, its sources, other formats", "La requête, ses sources, d'autres formats", within=aid)
    rows = walk.rows()
    assert len(rows) >= 4
    assert all(row["in"] in shown for row in rows)
    assert {row["donor"] for row in rows} == {"https://w3id.org/sides/id/state/FRA"}


def test_from_a_saved_query_with_other_parameters_to_its_citation(walk: Walk) -> None:
    walk.go("Queries", "Requêtes")
    walk.field("Words to look for", "Mots à chercher").fill(walk.said(("country seen", "pays vu")))
    walk.press("Search", "Chercher")
    walk.follow("How is a country seen", "Comment un pays est-il vu")
    walk.choose(("Population asked", "Population interrogée"), ("Germany", "Allemagne"))
    walk.press("Ask", "Demander")
    rows = walk.rows()
    assert {row["population"] for row in rows} == {"https://w3id.org/sides/id/state/DEU"}
    walk.press("Cite this answer", "Citer cette réponse", leads=False)
    kept = walk.content.get_by_role("status").get_by_role("link")
    address = kept.inner_text()
    assert "/q/" in address
    expect(walk.content.get_by_role("figure", name="BibTeX")).to_contain_text(address)
    walk.follow(address, address)
    walk.is_at("How is a country seen", "Comment un pays est-il vu")
    assert walk.rows() == rows


def test_two_states_side_by_side(walk: Walk) -> None:
    walk.go("Compare", "Comparer")
    walk.follow("States side by side", "Des États côte à côte")
    walk.choose(("State 1", "État 1"), ("Hungary", "Hongrie"))
    walk.choose(("State 2", "État 2"), ("Poland", "Pologne"))
    walk.choose(("State 3", "État 3"), ("–", "–"))
    walk.press("Compare", "Comparer")
    votes = walk.content.get_by_role(
        "region", name=walk.said(("How did each state vote", "Comment chaque État a-t-il voté"))
    )
    rows = votes.get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text=walk.said(("Hungary", "Hongrie")))).to_contain_text(against(walk))
    expect(rows.filter(has_text=walk.said(("Poland", "Pologne")))).not_to_contain_text(against(walk))
    found = walk.rows(within=votes.first)
    assert [row["changed"] for row in found] == ["true", "false"]


def test_from_a_series_of_polls_to_its_waves(walk: Walk) -> None:
    walk.go("Compare", "Comparer")
    walk.follow("A series of polls", "Une série de sondages")
    walk.choose(
        ("Which one", "Laquelle"),
        ("VCIOM: friends and enemies of Russia", "VCIOM : amis et ennemis de la Russie"),
    )
    walk.press("Compare", "Comparer")
    expect(walk.chart()).to_have_count(1)
    walk.follow("The query, its sources, other formats", "La requête, ses sources, d'autres formats")
    rows = walk.rows()
    assert len(rows) > 3


def test_a_statement_is_read_and_taken_away(walk: Walk) -> None:
    walk.go("Try", "Essayer")
    text = (
        "Sweden, a member of NATO since March 2024, pledged 50 CV90 to Ukraine.",
        "La Suède, membre de l'OTAN depuis mars 2024, a promis à l'Ukraine 50 CV90.",
    )
    walk.field("Text", "Texte").fill(walk.said(text))
    walk.press("Read", "Lire")
    walk.sees("2 assertions", "2 assertions")
    expect(walk.page.get_by_role("mark").first).to_be_visible()
    said = [json.loads(line) for line in walk.taken("As JSON lines", "En lignes JSON").splitlines()]
    assert [one["kind"] for one in said[0]["assertions"]] == ["aid", "membership"]
    quads = {*ox.parse(walk.taken("As TriG", "En TriG"), ox.RdfFormat.TRIG)}
    assert ox.NamedNode("https://w3id.org/sides/id/org/nato") in {quad.object for quad in quads}


def test_from_a_term_of_the_ontology_to_what_it_holds(walk: Walk) -> None:
    walk.go("Ontology", "Ontologie")
    walk.follow("sides:EUMember", "sides:EUMember", exact=True)
    walk.follow("Ask for it in the editor sides:EUMember", "L'interroger dans l'éditeur sides:EUMember")
    names = walk.content.get_by_role("cell")
    expect(names.get_by_text(walk.said(("Sweden", "Suède"))).first).to_be_visible()
    assert len(walk.rows()) == 20


def test_from_a_contradiction_to_both_sources(walk: Walk) -> None:
    walk.go("Quality", "Qualité")
    walk.follow("Where do two assertions say of one thing", "Où deux assertions disent-elles d'une même chose")
    row = walk.content.get_by_role("row").filter(has=walk.page.get_by_role("link", name="assertion:"))
    walk.follow("assertion:", "assertion:", within=row)
    one = walk.page.url
    walk.follow("another source differs", "une autre source diffère")
    other = walk.page.url
    assert "/page/assertion/" in one
    assert "/page/assertion/" in other
    assert one != other


def test_a_query_is_completed_drawn_and_handed_on(walk: Walk) -> None:
    walk.go("SPARQL", "SPARQL")
    walk.paste("SELECT ?category (COUNT(?aid) AS ?count) WHERE { ?aid a }")
    walk.page.keyboard.press("ArrowLeft")
    walk.page.keyboard.type("sides:AidAss")
    walk.page.get_by_role("option").filter(has_text=walk.said(("aid assertion", "assertion d'aide"))).first.click()
    walk.page.keyboard.type(" ; sides:category ?category ")
    walk.page.keyboard.press("Control+End")
    walk.page.keyboard.type(" GROUP BY ?category")
    walk.press("Run", "Lancer", leads=False)
    walk.press("Bars", "Barres", leads=False)
    expect(walk.chart()).to_have_count(1)
    rows = walk.rows()
    assert {row["category"].rpartition("/")[2] for row in rows} == {"financial", "humanitarian", "military"}
    assert walk.download("SVG").count("<rect") > len(rows)
    walk.press("Short link", "Lien court", leads=False)
    link = walk.content.get_by_role("link", name="/q/")
    walk.page.goto(link.inner_text())
    expect(walk.content.get_by_role("row")).to_have_count(len(rows) + 1)


def test_a_mistake_is_told_and_mended(walk: Walk) -> None:
    walk.go("SPARQL", "SPARQL")
    query = "SELECT ?state WHERE {{ ?state a sides:EUMember }} {} BY ?state"
    walk.paste(query.format("ORDRE"))
    walk.press("Run", "Lancer", leads=False)
    problem = walk.content.get_by_role("alert")
    expect(problem).to_contain_text("PREFIX sides: <https://w3id.org/sides/ontology#>")
    walk.paste(f"PREFIX sides: <https://w3id.org/sides/ontology#>\n{query.format('ORDRE')}")
    walk.press("Run", "Lancer", leads=False)
    expect(problem).to_contain_text(walk.said(("line 2", "ligne 2")))
    walk.paste(f"PREFIX sides: <https://w3id.org/sides/ontology#>\n{query.format('ORDER')}")
    walk.press("Run", "Lancer", leads=False)
    expect(problem).to_have_count(0)
    assert len(walk.rows()) == 27


def test_a_query_that_takes_too_long_is_given_up(walk: Walk, site: Server) -> None:
    walk.go("SPARQL", "SPARQL")
    walk.paste("SELECT (COUNT(*) AS ?count) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?a) < STR(?i)) }")
    walk.press("Run", "Lancer", leads=False)
    assert site.busy(1)
    walk.press("Cancel", "Annuler", leads=False)
    walk.sees("You stopped the query", "Vous avez arrêté la requête")
    assert site.busy(0)
    walk.paste("SELECT (6 * 7 AS ?answer) {}")
    walk.press("Run", "Lancer", leads=False)
    expect(walk.content.get_by_role("cell")).to_have_text("42")


def test_with_the_keyboard_alone_from_the_first_page_to_an_answer(walk: Walk) -> None:
    keyboard = walk.page.keyboard
    walk.tab_to("Skip to the content", "Aller au contenu", most=1)
    keyboard.press("Enter")
    walk.tab_to("All 98 questions", "Les 98 questions")
    enter(walk)
    walk.tab_to("Words to look for, in French or English", "Mots à chercher, en français ou en anglais")
    keyboard.type(walk.said(("close relations", "relations étroites")))
    enter(walk)
    walk.tab_to(
        "With which states does Russia keep close relations?",
        "Avec quels États la Russie entretient-elle des relations étroites ?",
    )
    enter(walk)
    walk.tab_to("CSV", "CSV", most=200)
    with walk.page.expect_download() as given:
        keyboard.press("Enter")
    assert "state/CUB" in given.value.path().read_text("utf-8")


def enter(walk: Walk) -> None:
    with walk.page.expect_navigation(wait_until="domcontentloaded"):
        walk.page.keyboard.press("Enter")


def test_on_paper_an_answer_is_whole(walk: Walk) -> None:
    """Its chart, all its rows and the addresses of its links; no bars and no forms, which nobody can press there."""
    walk.go("Queries", "Requêtes")
    walk.follow(
        "With which states does Russia keep close relations?",
        "Avec quels États la Russie entretient-elle des relations étroites",
    )
    walk.page.emulate_media(media="print")
    expect(walk.page.get_by_role("navigation").filter(visible=True)).to_have_count(0)
    expect(walk.content.locator("button:not(thead button)").filter(visible=True)).to_have_count(0)
    expect(walk.content.get_by_role("columnheader").first).not_to_be_empty()
    expect(walk.content.get_by_role("row").last).to_be_visible()
    paper = walk.page.pdf(format="A4")
    assert paper.startswith(b"%PDF-")
    assert paper.count(b"/Type /Page\n") >= 1


@pytest.mark.parametrize(("language", "width"), LOOKS.values(), ids=LOOKS)
def test_without_script_from_the_first_page_to_an_answer(reader: Visit, language: str, width: int) -> None:
    walk = Walk(reader, language, width, java_script_enabled=False)
    walk.go("SPARQL", "SPARQL")
    walk.field("Query", "Requête").fill(
        "PREFIX sides: <https://w3id.org/sides/ontology#> SELECT ?state { ?state a sides:EUMember }"
    )
    walk.press("Run", "Lancer")
    expect(walk.content.get_by_role("row")).to_have_count(28)
    walk.follow("Sweden", "Suède")
    walk.is_at("Sweden", "Suède")
    walk.follow("Why?", "Pourquoi ?")
    expect(walk.page.get_by_role("mark").or_(walk.page.get_by_role("blockquote")).first).to_be_visible()
