"""The pages of entities: the figures that saved queries draw of a thing, what machines and search engines read."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.ground.folding import plain
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, shorten
from kg.serve.results import Term
from kg.serve.web.entities.chronology import chronology
from kg.serve.web.entities.figures import AT_ONCE, MOST_ROWS, QUESTIONS, Drawn
from kg.serve.web.entities.incoming import FEW_LINKS, LINKS_A_PAGE
from kg.serve.web.entities.lead import lead
from kg.serve.web.groups import A_FEW, A_PAGE, Naming
from kg.serve.web.sections import Section
from kg.serve.web.table import Table
from kg.serve.web.texts import read_texts
from support.server_process import ROOT

CLASSES = {
    "state": "State",
    "org": "Organisation",
    "person": "Person",
    "equipment": "Equipment",
    "resolution": "Resolution",
    "series": "SurveySeries",
}
"""The class of things of each kind that has figures, which a parameter may ask for."""


@pytest.mark.parametrize("kind", QUESTIONS)
def test_each_question_is_a_saved_query_with_its_parameter_and_a_heading(kind: str) -> None:
    catalogue = Catalogue.read(ROOT / "queries")
    languages = read_texts(ROOT / "web" / "locale")
    for question in QUESTIONS[kind]:
        saved = catalogue.get(question.query)
        assert saved is not None, question.query
        taken = {found.name: found.class_name for found in saved.parameters}
        assert taken[question.parameter] in {None, CLASSES[kind]}, question.query
        assert all(question.query in texts.table("page_figure") for texts in languages.values()), question.query


def _figures(client: FlaskClient, address: str) -> dict[str, str]:
    """The figures of a page by the name of their query."""
    page = client.get(address).text.partition('<h2 id="figures">')[2].partition("</section>")[0]
    pieces = re.split(r'<h3 id="([a-z0-9-]+)">', page)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_state_has_figures_some_at_once_and_some_later(client: FlaskClient, lang: str) -> None:
    figures = _figures(client, f"/page/state/FRA?lang={lang}")
    assert {"friend-enemy-trend", "membership-history"} <= set(figures) <= {q.query for q in QUESTIONS["state"]}
    assert sum("data-part=" not in figure for figure in figures.values()) == AT_ONCE
    for name, figure in figures.items():
        parameter = next(question.parameter for question in QUESTIONS["state"] if question.query == name)
        asked = f"{parameter}=state%3AFRA"
        assert f'href="/queries/{name}?{asked}"' in figure
        later = re.search(r'data-part="([^"]+)"', figure)
        if later:
            assert f"lang={lang}" in later[1]
            response = client.get(unescape(later[1]))
            if response.status_code == 204:
                assert client.get(f"/queries/{name}.csv?{asked}").text.count("\n") == 1  # the head alone
                continue
            figure = response.text
            assert "<html" not in figure
        assert f'href="/queries/{name}.csv?{asked}"' in figure
        assert 0 < figure.count("<tr>") - 1 <= MOST_ROWS


def test_a_figure_leads_to_its_query(client: FlaskClient) -> None:
    for address in ("/page/state/FRA", "/page/org/coalition-of-the-willing"):
        links = re.findall(r'<p><a href="(/queries/[^"]+)">', client.get(f"{address}?lang=en").text)
        assert links, address
        assert [client.get(link).status_code for link in links] == [200] * len(links)


def test_what_no_assertion_names_has_no_figures(client: FlaskClient) -> None:
    assert _figures(client, "/page/category/military") == {}
    assert _figures(client, "/page/source/first-series") == {}
    assert "published-totals-by-year" not in _figures(client, "/page/state/RUS")


def _linked_data(page: str) -> dict[str, dict[str, Any]]:
    """The nodes of the description of a page by schema.org, by class."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    return {node["@type"]: node for node in json.loads(found[0])["@graph"]}


def test_a_state_is_described_for_search_engines(client: FlaskClient) -> None:
    nodes = _linked_data(client.get("/page/state/FRA?lang=fr").text)
    state, page = nodes["Country"], nodes["WebPage"]
    assert (state["@id"], state["name"]) == ("https://w3id.org/sides/id/state/FRA", "France")
    assert state["sameAs"] == ["http://www.wikidata.org/entity/Q142"]
    assert {(code["propertyID"], code["value"]) for code in state["identifier"]} == {
        ("ISO 3166-1 alpha-2", "FR"),
        ("ISO 3166-1 alpha-3", "FRA"),
        ("UN M49", "250"),
    }
    assert (page["@id"], page["inLanguage"]) == ("http://localhost/page/state/FRA?lang=fr", "fr")
    assert [step["position"] for step in page["breadcrumb"]["itemListElement"]] == [1, 2]


@pytest.mark.parametrize("address", ["/page/category/military", "/page/statement/first-series-6", "/page/point/FRA"])
def test_every_page_is_described_without_empty_values(client: FlaskClient, address: str) -> None:
    nodes = _linked_data(client.get(address).text)
    assert all(value for node in nodes.values() for value in node.values())


def test_a_page_names_its_address_its_translations_and_its_data(client: FlaskClient) -> None:
    page = client.get("/page/state/FRA?as=sides:target&page=1&utm_source=x").text
    assert '<link rel="canonical" href="http://localhost/page/state/FRA?as=sides%3Atarget&amp;page=1">' in page
    translations = re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">', page)
    assert [code for code, _ in translations] == ["fr", "en"]
    assert all(address.endswith(f"as=sides%3Atarget&amp;page=1&amp;lang={code}") for code, address in translations)
    data = re.findall(r'<link rel="alternate describedby" type="([^"]+)" href="([^"]+)"', page)
    assert len(data) == 4
    for media_type, address in data:
        assert client.get(address, buffered=True).mimetype == media_type


@pytest.mark.parametrize(
    ("thing", "address"),
    [
        ("state/FRA", "/compare/states?state=state:FRA"),
        ("org/coalition-of-the-willing", "/compare/coalition?organisation=org:coalition-of-the-willing"),
    ],
)
def test_what_can_be_compared_leads_to_the_comparison(client: FlaskClient, thing: str, address: str) -> None:
    assert f'<a href="{address}">' in client.get(f"/page/{thing}").text
    assert client.get(address).status_code == 200
    assert '<a href="/compare/coalition?' not in client.get("/page/org/levada-center").text


def test_a_page_begins_with_what_is_known_and_nothing_else(client: FlaskClient) -> None:
    lead = re.search(r'<p class="lede">(.*?)</p>', client.get("/page/state/FRA?lang=en").text)
    assert lead is not None
    assert "Member of " in lead[1]
    assert re.search(r"Named [0-9,]+ times in assertions\.$", lead[1])
    assert "Aid allocated" not in lead[1]  # this graph has no totals
    assert '<p class="lede">' not in client.get("/page/point/FRA?lang=en").text


def test_the_sum_of_totals_is_told_with_its_years() -> None:
    t = read_texts(ROOT / "web" / "locale")["en"]
    saved = Catalogue.read(ROOT / "queries").get("published-totals-by-year")
    assert saved is not None
    rows = tuple({"in": Term("literal", year), "amount": Term("literal", "1500000000")} for year in ("2023", "2022"))
    section = Section(
        saved, "", (), {"table": Table(("in", "amount"), rows, complete=True, milliseconds=0, form="SELECT")}, ""
    )
    told = lead("thing", t, relations=(), labels={}, figures=[Drawn(saved, "", section)], counted={})
    assert told == ["Aid allocated to Ukraine by the published totals of 2022 to 2023: 3\xa0bn euros."]


@pytest.mark.parametrize("address", ["/page/state/FRA", "/page/org/coalition-of-the-willing", "/compare/states"])
def test_every_table_of_a_page_has_a_name_of_its_own(client: FlaskClient, address: str) -> None:
    names = re.findall(r'role="region" aria-label="([^"]+)"', client.get(f"{address}?lang=en").text)
    assert len(names) > 1
    assert len(names) == len(set(names))


def _section(page: str, name: str) -> str:
    """The section of a page whose heading has a name."""
    return page.partition(f'<h2 id="{name}">')[2].partition("</section>")[0]


def test_the_contents_of_a_page_are_its_sections(client: FlaskClient) -> None:
    page = client.get("/page/state/UKR?lang=en").text
    contents = re.findall(r'<a href="#([a-z]+)">', page)
    assert {"neighbours", "chronology", "figures", "relations", "assertions", "properties", "incoming"} <= {*contents}
    assert contents == [name for name in re.findall(r'<h2 id="([a-z]+)">', page) if name in contents]


def test_neighbours_lead_to_their_pages(client: FlaskClient) -> None:
    drawing = _section(client.get("/page/state/FRA?lang=fr").text, "neighbours")
    assert drawing.count("<svg") == 2  # one for each width
    assert 'role="group" aria-label="Les voisins de France"' in drawing
    links = {*re.findall(r'<a href="(/id/[^"]+)">', drawing)}
    assert {"/id/state/BEL", "/id/state/DEU"} <= links
    assert "/id/state/FRA" not in links
    for link in links:
        assert client.get(link, follow_redirects=True).status_code == 200


def test_relations_without_room_in_the_drawing_are_named(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.web.charts.neighbours.MOST_TIES", 1)
    section = _section(client.get("/page/state/FRA?lang=en").text, "neighbours")
    told = re.search(r"Not drawn, for want of room: (.*?)\.", section)
    assert told
    drawing = section.partition("<figure")[2].partition("</figure>")[0]
    assert [name for name in told[1].split(", ") if f">{name}</text>" in drawing] == []
    monkeypatch.undo()
    assert "Not drawn" not in _section(client.get("/page/state/FRA?lang=en").text, "neighbours")


def test_what_has_no_relations_has_those_as_neighbours_that_are_named_together_with_it(client: FlaskClient) -> None:
    page = client.get("/page/equipment/m113?lang=en").text
    drawing = _section(page, "neighbours")
    assert "What assertions name together with it" in drawing
    assert re.search(r'class="name"[^>]*>donor</text>', drawing)
    assert '<a href="/id/state/BEL">' in drawing
    assert '<a href="/id/equipment/m113">' not in drawing


def test_what_has_few_relations_has_no_drawing_of_them(client: FlaskClient) -> None:
    assert _section(client.get("/page/category/military").text, "neighbours") == ""


def test_every_relation_has_its_why(client: FlaskClient) -> None:
    section = _section(client.get("/page/state/FRA?lang=en").text, "relations")
    whys = re.findall(r'class="why" href="([^"]+)"', section)
    assert len(whys) == len(re.findall(r'<a href="/id/(?!fact)[^"]+" title', section))
    assert any(link.startswith("/id/fact/") for link in whys)
    tables = [unescape(link) for link in whys if link.startswith("/explain?")]
    assert tables
    for link in tables[:5]:
        assert "Given by the tables of entities." in client.get(link, headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("thing", ["state/FRA", "org/nato", "person/viktor-orban"])
def test_every_property_of_an_entity_has_its_why(client: FlaskClient, thing: str) -> None:
    section = _section(client.get(f"/page/{thing}?lang=en").text, "properties")
    links = re.findall(r'class="why" href="([^"]+)"', section)
    assert len(links) >= section.count("<tr>") - 1 > 3
    for link in links:
        assert client.get(unescape(link)).status_code == 200, link


def test_assertions_are_counted_by_kind_and_fetched_when_they_are_unfolded(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.serve.web.entity_pages.A_PAGE", 10)
    section = _section(client.get("/page/state/UKR?lang=en").text, "assertions")
    every = int(section.partition("<small>")[2].partition("</small>")[0].replace(",", ""))
    kinds = re.findall(r'<h3 class="tie">([^<]+) <small>([0-9,]+)</small>', section)
    assert len(kinds) > 3
    assert sum(int(count.replace(",", "")) for _, count in kinds) == every > 10
    folds = re.findall(r'<small>([0-9,]+)</small></summary>\s*<div data-part="([^"]+)"><p><a href="([^"]+)">', section)
    assert sum(int(count.replace(",", "")) for count, _, _ in folds) == every
    for count, part, address in folds:
        number = int(count.replace(",", ""))
        cards = client.get(unescape(part)).text
        assert cards.count('<article class="card">') == min(number, A_FEW)
        assert "<html" not in cards
        assert client.get(unescape(address)).text.count('<article class="card">') == min(number, A_PAGE)


def test_few_assertions_stand_on_the_page(client: FlaskClient) -> None:
    page = client.get("/page/unlinked/first-series-24-extremes-droites?lang=en").text
    assert "data-part" not in page
    assert page.count('<article class="card">') == 8


def test_groups_are_of_a_kind_and_of_a_slot(client: FlaskClient) -> None:
    assert client.get("/page/state/UKR?as=sides:recipient&kind=AidAssertion").status_code == 200
    assert client.get("/page/state/UKR?as=sides:recipient&kind=VoteAssertion").status_code == 404
    assert client.get("/page/state/UKR?as=sides:recipient&kind=AidAssertion&page=999").status_code == 404


def test_what_leads_to_a_thing_is_listed_page_by_page(client: FlaskClient) -> None:
    section = _section(client.get("/page/org/un?lang=en").text, "incoming")
    link = next(link for link in re.findall(r'href="(/page/[^"]+)"', section) if "sides%3AmemberOf" in link)
    found: list[str] = []
    for number in (1, 2):
        part = _section(client.get(f"{unescape(link)}&page={number}").text, "incoming")
        found += re.findall(r'<a href="(/id/state/[A-Z]{3})" title', part)
    assert len(found) == len({*found}) > LINKS_A_PAGE
    assert client.get(f"{unescape(link)}&page=9").status_code == 404
    assert client.get("/page/org/un?in=sides:nothing").status_code == 404


def _incoming(client: FlaskClient, address: str) -> list[tuple[str, int, str]]:
    """What leads to a thing: each property by its prefixed name, how many triples, what is shown of them."""
    section = _section(client.get(address).text, "incoming")
    rows = re.findall(
        r'title="([^"]+)"[^>]*>[^<]*</a>(?: <small>[^<]*</small>)?</td>'
        r'<td class="number">([^<]+)</td><td class="values">(.*?)</td>',
        section,
        re.DOTALL,
    )
    return [(shorten(name), int(count.replace(",", "")), shown) for name, count, shown in rows]


def test_the_most_telling_properties_lead_to_a_thing_first(client: FlaskClient) -> None:
    found = _incoming(client, "/page/state/UKR?lang=en")
    slots = {"sides:recipient", "sides:target", "sides:toward", "sides:firstParty"}
    sorts = [
        2 if not name.startswith("sides:") else int(name in slots)
        for name, _, _ in found
        if name in slots or name in {"sides:gaveAidTo", "sides:bordersWith"} or not name.startswith("sides:")
    ]
    assert sorts == sorted(sorts)
    assert {0, 1, 2} == {*sorts}
    aided, near = ([name for name, _, _ in found].index(f"sides:{name}") for name in ("gaveAidTo", "bordersWith"))
    counts = {name: count for name, count, _ in found}
    assert (aided < near) == (counts["sides:gaveAidTo"] > counts["sides:bordersWith"])


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_things_that_lead_to_a_thing_stand_by_their_names(client: FlaskClient, lang: str) -> None:
    rows = {name: shown for name, _, shown in _incoming(client, f"/page/state/UKR?lang={lang}")}
    few = re.findall(r'<a href="/id/state/[A-Z]{3}" title="[^"]+">([^<]+)</a>', rows["sides:bordersWith"])
    section = _section(client.get(f"/page/org/un?in=sides:memberOf&lang={lang}").text, "incoming")
    many = re.findall(r'<a href="/id/state/[A-Z]{3}" title="[^"]+">([^<]+)</a>', section)
    for names in (few, many):
        assert len(names) > 4
        assert names == sorted(names, key=lambda name: plain(unescape(name)))


def _latest(app: Flask, assertion: str) -> str:
    """The last day that an assertion may be of, from its data."""
    with app.test_request_context("/"):
        rows = app.extensions["sides-pages"].select(
            f"SELECT ?day {{ <{IDENTIFIERS}{assertion}> <{ONTOLOGY}latest> ?day }}"
        )
    return rows[0]["day"].value if rows else ""


def test_assertions_that_lead_to_a_thing_stand_by_date_and_say_what_they_say(app: Flask, client: FlaskClient) -> None:
    section = _section(client.get("/page/state/UKR?in=sides:recipient&lang=en").text, "incoming")
    lines = re.findall(r'<li><a href="/id/(assertion/[0-9a-f]+)">([A-Z][^<]*)</a>: (.*?)</li>', section, re.DOTALL)
    assert len(lines) == section.count("<li>") > 8
    days = [_latest(app, name) for name, _, _ in lines]
    assert days == sorted(days, reverse=True)
    assert len({*days}) > 2
    assert all('<span title="' in said for _, _, said in lines)
    assert '<time datetime="' in section
    assert "assertion:" not in section


EVIDENCE = """
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX sides: <https://w3id.org/sides/ontology#>
PREFIX state: <https://w3id.org/sides/id/state/>

SELECT ?assertion ?words {
  ?assertion a sides:StanceAssertion ; sides:holder state:RUS ; sides:evidence ?span ; prov:wasDerivedFrom ?statement .
  ?statement sides:text ?text .
  ?span oa:start ?start ; oa:end ?end .
  BIND (SUBSTR(?text, ?start + 1, ?end - ?start) AS ?words)
} ORDER BY ?assertion ?start LIMIT 1
"""


@pytest.mark.parametrize(("lang", "name", "marks"), [("en", "Russia", "“{}”"), ("fr", "Russie", "«\u202f{}\u202f»")])
def test_an_assertion_is_called_by_what_it_says_and_its_evidence_by_its_words(
    client: FlaskClient, lang: str, name: str, marks: str
) -> None:
    answer = client.get("/sparql", query_string={"query": EVIDENCE}, headers={"Accept": "application/json"})
    (row,) = answer.get_json()["results"]["bindings"]
    page = client.get(f"/page/{row['assertion']['value'].removeprefix(IDENTIFIERS)}?lang={lang}").text
    title = re.search(r"<h1>(.*?)</h1>", page)
    assert title
    assert f": {name}, " in title[1]
    properties = unescape(_section(page, "properties"))
    assert f">{marks.format(row['words']['value'])}</a>" in properties
    assert "span:" not in re.sub(r"<[^>]+>", "", properties)


def test_facts_and_statements_that_lead_to_a_thing_are_told_in_words(client: FlaskClient) -> None:
    facts = _section(client.get("/page/state/UKR?in=rdf:object&lang=en").text, "incoming")
    names = re.findall(r'<li><a href="/id/fact/[0-9a-f]+">([^<]+)</a>', facts)
    assert len(names) == facts.count("<li>") > FEW_LINKS
    assert all(name.endswith(" – Ukraine") for name in names)
    assert names == sorted(names, key=lambda name: plain(unescape(name)))
    said = _section(client.get("/page/source/first-series?in=prov:wasQuotedFrom&lang=en").text, "incoming")
    numbers = re.findall(r'<li><a href="/id/statement/[^"]+">[^<]*, passage (\d+)</a> <span', said)
    assert len(numbers) > FEW_LINKS
    assert [int(number) for number in numbers] == sorted(map(int, numbers))


def test_of_very_many_one_page_alone_is_asked_for(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "/page/state/UKR?in=sides:recipient&lang=en"
    every = re.findall(r"/id/assertion/[0-9a-f]+", _section(client.get(address).text, "incoming"))
    monkeypatch.setattr("kg.serve.web.entities.incoming.MOST_NAMED", 3)
    assert re.findall(r"/id/assertion/[0-9a-f]+", _section(client.get(address).text, "incoming")) == every


def test_a_figure_that_would_be_empty_is_nothing(client: FlaskClient) -> None:
    assert client.get("/page/state/FRA?part=nosuchquery").status_code == 204
    response = client.get("/page/state/FRA?part=membership-history&lang=fr")
    assert (response.status_code, response.headers["Content-Language"]) == (200, "fr")


def test_the_assertions_behind_a_fact_are_shown_page_by_page(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.serve.web.entity_pages.A_PAGE", 1)
    monkeypatch.setattr("kg.serve.web.groups.A_PAGE", 1)
    pages = [client.get(f"/page/statement/first-series-1?page={number}&lang=en").text for number in (1, 2)]
    found = [re.findall(r'<h3><a href="(/id/assertion/[0-9a-f]+)">', page) for page in pages]
    assert [len(shown) for shown in found] == [1, 1]
    assert found[0] != found[1]
    assert 'rel="next"' in pages[0]
    assert 'rel="prev"' in pages[1]
    assert client.get("/page/statement/first-series-1?page=99").status_code == 404


def _naming(months: dict[str, dict[str, int]]) -> Naming:
    return Naming({}, {(kind, "slot"): found for kind, found in months.items()})


def test_many_assertions_are_told_by_month(client: FlaskClient) -> None:
    t = read_texts(ROOT / "web" / "locale")["en"]
    named = _naming({"VoteAssertion": {"2022-03": 2, "2023-02": 5, "": 9}, "AidAssertion": {"2022-04": 40}})
    told = chronology("thing", "Thing", named, [], {}, t)
    assert told is not None
    assert [(span.kind, span.count, span.first, span.last, span.busiest, span.most) for span in told.spans] == [
        ("AidAssertion", 40, "April 2022", "April 2022", "April 2022", 40),
        ("VoteAssertion", 7, "March 2022", "February 2023", "February 2023", 5),
    ]
    assert "Vote, Feb 2023: 5" in told.figure.draw(720).content
    assert chronology("thing", "Thing", _naming({"VoteAssertion": {"": 9, "2022-03": 2}}), [], {}, t) is None


def test_few_assertions_are_told_event_by_event(client: FlaskClient) -> None:
    drawing = _section(client.get("/page/state/UKR?lang=en").text, "chronology")
    assert drawing.count("<svg") == 2
    assert "Diplomatic relation: Hungary" in drawing


def test_doubt_and_claims_are_marked_where_a_triple_is_explained(app: Flask, client: FlaskClient) -> None:
    page = client.get("/page/statement/first-series-6?lang=en").text
    assert '<span class="badge">with a reservation</span>' in page
    with app.test_request_context("/"):
        rows = app.extensions["sides-pages"].select(
            "SELECT ?assertion { ?assertion <https://w3id.org/sides/ontology#attributedTo> ?who } LIMIT 1"
        )
    claimed = client.get(rows[0]["assertion"].value.replace("https://w3id.org/sides/id/", "/page/") + "?lang=en").text
    assert re.search(r'class="badge" href="/id/[^"]+">claimed by ', claimed)
