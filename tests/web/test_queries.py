"""The catalogue of saved queries and their pages: narrowing, fields, names for things, what an answer rests on."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.ground.terms import ONTOLOGY, expand
from kg.serve.web.drawing import asked_of
from kg.serve.web.query_facets import Narrowing, narrowed
from kg.serve.web.query_grounds import grounds_of
from kg.serve.web.query_terms import abbreviated, endpoints_of, near, terms_of, uses_of

ROOT = Path(__file__).parents[2]
VOTES = "votes-on-a-resolution"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.read(ROOT / "queries")


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    response = client.get(address, headers={"Accept-Language": "en"})
    assert response.status_code == status, address
    return response.get_data(as_text=True)


def listed(text: str) -> list[str]:
    """The queries of a list, in its order."""
    return re.findall(r'<li>\s*<a href="/queries/([a-z0-9-]+)">', text)


# The catalogue


def test_each_step_leaves_as_many_as_it_says(catalogue: Catalogue) -> None:
    asked = Narrowing("aid", tags=frozenset({"money"}))
    found = narrowed(catalogue, asked)
    assert found.queries
    for step in (*found.themes, *found.views, *found.tags):
        then = narrowed(catalogue, Narrowing.read(parse_qs(urlsplit(step.address).query)))
        assert step.chosen or len(then.queries) == step.count, step
    (money,) = (step for step in found.tags if step.chosen)
    assert "tag=" not in money.address


def test_words_theme_view_and_tags_narrow_together(client: FlaskClient, catalogue: Catalogue) -> None:
    found = listed(page(client, "/queries?q=russia&theme=polls&view=bar&tag=perception"))
    expected = [
        query.name
        for query in catalogue.search("russia", tags=frozenset({"perception"}))
        if (query.theme, query.view) == ("polls", "bar")
    ]
    assert found == expected
    assert 0 < len(found) < len(listed(page(client, "/queries?q=russia")))


def test_a_term_leaves_the_queries_that_use_it(client: FlaskClient, catalogue: Catalogue) -> None:
    found = listed(page(client, "/queries?term=sides:votePosition&theme=diplomacy"))
    using = {query.name for query in uses_of(catalogue)[ONTOLOGY + "votePosition"]}
    assert {*found} == {name for name in using if (query := catalogue.get(name)) and query.theme == "diplomacy"}
    assert 0 < len(found) < len(using)
    assert listed(page(client, "/queries?term=sides:nothing")) == []


def test_the_list_alone_is_what_the_page_holds(client: FlaskClient) -> None:
    part = page(client, "/queries?q=aid&part=found")
    assert "<html" not in part
    assert part.strip() in page(client, "/queries?q=aid")


def test_nothing_found_leads_on(client: FlaskClient) -> None:
    text = page(client, "/queries?q=zygomorph&theme=aid")
    assert listed(text) == []
    assert 'href="/queries?q=zygomorph"' in text
    assert 'href="/search?q=zygomorph"' in text
    assert "0 of" in text


def test_what_calls_another_endpoint_is_marked(client: FlaskClient, catalogue: Catalogue) -> None:
    calling = {query.name: endpoints_of(query) for query in catalogue if endpoints_of(query)}
    assert calling["wikidata-population"] == ("https://query.wikidata.org/sparql",)
    text = page(client, "/queries?theme=explore")
    assert text.count('class="badge"') == sum(map(len, calling.values()))
    assert "also asks query.wikidata.org" in text
    assert "This query also asks" in page(client, "/queries/wikidata-gdp", 403)


# Fields


@pytest.mark.parametrize("given", ["Cuba", "cuba", "CU", "state:CUB", "https://w3id.org/sides/id/state/CUB", " Cuba "])
def test_a_thing_is_taken_by_its_name_or_code(client: FlaskClient, given: str) -> None:
    text = page(client, f"/queries/close-relations-of-russia?country={given}")
    assert 'value="Cuba" data-value="state:CUB"' in text
    assert (
        '<link rel="canonical" href="http://localhost/queries/close-relations-of-russia?country=state%3ACUB">' in text
    )
    assert "Asked here for:" in text


def test_names_are_those_of_both_languages(client: FlaskClient) -> None:
    french = client.get("/queries/close-relations-of-russia?country=Biélorussie&lang=en").get_data(as_text=True)
    assert 'data-value="state:BLR"' in french


def test_several_things_are_asked_at_once(client: FlaskClient) -> None:
    text = page(client, "/queries/close-relations-of-russia?country=Cuba&country=&country=Belarus")
    assert re.findall(r'data-value="(state:[A-Z]+)"', text) == ["state:CUB", "state:BLR"]
    assert re.search(r"VALUES.*country.*state:CUB state:BLR", text)
    assert 'href="/queries/close-relations-of-russia.csv?country=state%3ACUB&amp;country=state%3ABLR"' in text


def test_what_cannot_be_taken_is_told_at_its_field(client: FlaskClient) -> None:
    text = page(client, "/queries/perception-of-russia?year=2023&year=soon", 400)
    (wrong,) = re.findall(r'<p class="wrong" id="([a-z0-9-]+)">([^<]*)', text)
    assert wrong == ("w-p-year-2", "“soon” is no year: write four digits.")
    assert text.count('aria-describedby="w-p-year-2" aria-invalid="true"') == 1
    assert "cannot be taken" in text
    assert '<section class="answer">' in text
    assert "<table" not in text.partition('<section class="answer">')[2].partition("</section>")[0]


def test_what_may_be_meant_is_one_click_away(client: FlaskClient) -> None:
    text = page(client, "/queries/close-relations-of-russia?country=Rusia", 400)
    offered = re.findall(r'<a href="(/queries/close-relations-of-russia\?country=state%3A[A-Z]+)">', text)
    assert "/queries/close-relations-of-russia?country=state%3ARUS" in offered
    assert "Back to the defaults" in text
    page(client, offered[0])


def test_a_thing_of_another_class_is_told(client: FlaskClient) -> None:
    text = page(client, "/queries/close-relations-of-russia?country=org:nato", 400)
    assert "org:nato is not what is asked for here: state." in text


def test_a_parameter_that_there_is_not_is_a_problem(client: FlaskClient) -> None:
    assert "has no parameter nobody" in page(client, "/queries/close-relations-of-russia?nobody=1", 400)


def test_programs_are_told_strictly(client: FlaskClient) -> None:
    """A file is asked for by its exact values: a name could come to mean another thing in the next release."""
    response = client.get("/queries/close-relations-of-russia.csv?country=Cuba", headers={"Accept": "text/csv"})
    assert response.status_code == 400
    assert json.loads(response.data)["code"] == "saved-query"


def test_defaults_are_told_and_chosen(client: FlaskClient) -> None:
    text = page(client, "/queries/statements-of-weak-reliability")
    chosen = re.findall(r'name="reliability" value="reliability:([a-z-]+)" checked', text)
    assert sorted(chosen) == ["interested", "unverified"]
    assert re.search(r"Without a choice: [a-z ]+, [a-z ]+\.", text)
    assert "Asked here for:" not in text


def test_years_are_those_of_the_graph(client: FlaskClient) -> None:
    text = page(client, "/queries/perception-of-russia")
    years = re.findall(r'<option value="(\d{4})">', text.partition("</select>")[0])
    report = json.loads(client.get("/quality.json").data)
    assert years
    assert {*years} == {*report["years"]}
    assert years == sorted(years, reverse=True)


# What a page tells of its query


def test_what_an_answer_rests_on(client: FlaskClient) -> None:
    text = page(client, "/queries/friends-of-russia").partition("What the answer rests on")[2]
    report = json.loads(client.get("/quality.json").data)
    (findings,) = (kind for kind in report["kinds"] if kind["class"] == "FindingAssertion")
    assert '<a href="/ontology#FindingAssertion">' in text
    assert '<a href="/id/source/first-series">' in text
    (change,) = (slot for slot in findings["slots"] if slot["property"] == "sides:change")
    share = round(100 * change["given"] / findings["assertions"])
    assert re.search(rf'<a href="/ontology#change">[^<]*</a>: given by {share}', text)


def test_what_reads_no_assertions_rests_on_none(client: FlaskClient) -> None:
    assert "What the answer rests on" not in page(client, "/queries/wikidata-links")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/queries/votes-on-a-resolution?lang=fr", "Résolution"),
        ("/map?measure=votes-on-a-resolution&lang=fr", "Résolution"),
        ("/queries/close-relations-of-russia?lang=fr", "Pays"),
        ("/queries/close-relations-of-russia?lang=en", "Country"),
    ],
)
def test_labels_of_fields_begin_with_a_capital(client: FlaskClient, address: str, told: str) -> None:
    text = client.get(address).get_data(as_text=True)
    labels = re.findall(r'<(?:legend|label for="p-\w+")>([^<]+)</', text)
    assert told in labels
    assert all(label[0].isupper() for label in labels)


def test_what_is_chosen_does_not_repeat_its_label(app: Flask, client: FlaskClient, catalogue: Catalogue) -> None:
    votes, relations = catalogue.get(VOTES), catalogue.get("close-relations-of-russia")
    assert votes
    assert relations
    with app.test_request_context("/?lang=fr"):
        assert asked_of(votes, {"resolution": ["resolution:a-res-es-11-7"]}).startswith("Résolution A/RES/ES-11/7")
        assert asked_of(relations, {"country": ["state:CUB"]}) == "pays\u202f: Cuba"
    text = client.get(f"/queries/{VOTES}?resolution=resolution:a-res-es-11-7&lang=fr").get_data(as_text=True)
    assert re.search(r"<span><strong>Résolution A/RES/ES-11/7[^<]*</strong></span>", text)
    other = client.get("/queries/close-relations-of-russia?country=state:CUB&lang=fr").get_data(as_text=True)
    assert "<span>pays <strong>Cuba</strong></span>" in other


def test_shares_are_written_as_the_language_does(client: FlaskClient) -> None:
    found = {}
    for language in ("en", "fr"):
        text = client.get(f"/queries/close-relations-of-russia?lang={language}").get_data(as_text=True)
        found[language] = re.findall(r'<td class="number">(\d+[^<]*%)</td>', text.partition("grounds")[2])
    assert found["en"]
    assert found["fr"] == [share.replace("%", "\u00a0%") for share in found["en"]]


def test_what_is_left_open_rests_on_all_that_may_answer(app: Flask, catalogue: Catalogue) -> None:
    with app.test_request_context("/"):
        rests_on = {name: _rests_on(catalogue, name) for name in ("relations", "unresolved-dates", "donors-ranked")}
    assert {"AidAssertion", "MembershipAssertion", "StanceAssertion"} < rests_on["relations"]  # of any relation
    assert {"PollAssertion", "MeetingAssertion", "AidAssertion"} < rests_on["unresolved-dates"]  # of any of some dates
    assert rests_on["donors-ranked"] <= {"AidAssertion", "AidTotalAssertion"}


def _rests_on(catalogue: Catalogue, name: str) -> set[str]:
    query = catalogue.get(name)
    assert query
    grounds = grounds_of(query)
    return {kind for kind, _ in grounds.kinds} if grounds else set()


def test_the_query_goes_to_the_editor_with_its_values(client: FlaskClient) -> None:
    text = page(client, "/queries/close-relations-of-russia?country=Cuba")
    form = text.partition("data-editor data-still")[2].partition("</form>")[0]
    (written,) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)
    assert "VALUES ?country { state:CUB }" in written
    assert 'formaction="/sparql" formmethod="post"' in form


@pytest.mark.parametrize(("language", "heading"), [("en", "State"), ("fr", "État")])
def test_columns_that_a_changed_query_still_has_keep_their_headings(
    client: FlaskClient, language: str, heading: str
) -> None:
    text = page(client, "/queries/hostile-to-russia")
    form = text.partition("data-editor data-still")[2].partition("</form>")[0]
    assert '<input type="hidden" name="saved" value="hostile-to-russia">' in form
    changed = {
        "query": "SELECT ?holder ?more { VALUES (?holder ?more) { ('a' 1) ('b' 2) } }",
        "saved": "hostile-to-russia",
    }
    for asked in (changed, {**changed, "part": "answer"}):
        answer = client.post(f"/results?lang={language}", data=asked).get_data(as_text=True)
        heads = re.findall(r"<th [^>]*>([^<]*)</th>", answer.partition("data-table")[2].partition("</thead>")[0])
        assert heads == [heading, "more"]
        assert '<input type="hidden" name="saved" value="hostile-to-russia">' in answer
    unknown = client.post("/results", data={**changed, "saved": "nothing"}).get_data(as_text=True)
    assert ">holder</th>" in unknown


@pytest.mark.parametrize(("saved", "called"), [("friends-of-russia", "Pays"), ("", "target")])
def test_the_chart_of_a_changed_query_calls_its_columns_by_their_headings(
    client: FlaskClient, saved: str, called: str
) -> None:
    query = "#view: bars x=?target y=?value\nSELECT * { VALUES (?target ?value) { ('a' 1) ('b' 2) } }"
    answer = client.post("/results?lang=fr", data={"query": query, "saved": saved}).get_data(as_text=True)
    (file,) = {unescape(found) for found in re.findall(r'href="(/results\.svg\?[^"]*)"', answer)}
    for drawn in (answer.partition("<figure")[2].partition("</figure>")[0], client.get(f"{file}&lang=fr").text):
        assert re.findall("par (target|Pays)", drawn)[0] == called


def test_the_code_of_the_query_is_there_without_script(client: FlaskClient) -> None:
    text = page(client, "/queries/close-relations-of-russia?country=Cuba")
    (shown,) = re.findall(r'<pre class="query"[^>]*><code>(.*?)</code></pre>', text, re.DOTALL)
    query = unescape(re.sub("<[^>]*>", "", shown))
    told = client.post("/code.json", data={"query": query}).get_json()["snippets"]
    pieces = [unescape(piece) for piece in re.findall(r'<pre tabindex="0"><code>(.+?)</code></pre>', text, re.DOTALL)]
    assert [each["text"] for each in told] == [piece for piece in pieces if "state:CUB" in piece]


def test_the_answer_can_be_cited(client: FlaskClient) -> None:
    text = page(client, "/queries/close-relations-of-russia?country=Cuba")
    address = "http://localhost/queries/close-relations-of-russia?country=state%3ACUB"
    cite = text.partition('data-citation="')[2]
    assert cite.startswith(address)
    assert "[Answer to a query on release" in cite
    assert f"url = {{{address}}}" in cite
    key = re.search(r"@misc\{([^,]*),", cite)
    assert key
    assert re.fullmatch(r"[A-Za-z0-9.-]+", key[1])
    french = client.get("/queries/close-relations-of-russia?lang=fr").get_data(as_text=True)
    assert "[Réponse à une requête" in french


def test_related_questions_share_what_they_ask_of(catalogue: Catalogue) -> None:
    query = catalogue.get("friends-of-russia")
    assert query
    found = [other.name for other in near(query, catalogue)]
    assert "enemies-of-russia" in found[:3]
    assert query.name not in found
    assert near(query, [query]) == []


# Terms


def test_the_terms_of_a_query_are_those_it_names(catalogue: Catalogue) -> None:
    query = catalogue.get("wikidata-population")
    assert query
    assert {ONTOLOGY + "amountInEuro", expand("wdt:P1082"), expand("source:aid-activities")} <= terms_of(query)
    assert ONTOLOGY not in terms_of(query)
    assert query in uses_of(catalogue)[ONTOLOGY + "amountInEuro"]


FRANCE = "<https://w3id.org/sides/id/state/FRA>"


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("PREFIX state: <https://w3id.org/sides/id/state/>", "state:FRA"),
        ("PREFIX state: <urn:x:>", FRANCE),
        ("", FRANCE),
    ],
)
def test_iris_are_shortened_by_the_prefixes_that_a_query_declares(declared: str, expected: str) -> None:
    assert abbreviated(f"{declared} ASK {{ {FRANCE} ?p ?o }}") == f"{declared} ASK {{ {expected} ?p ?o }}"


def test_a_shortened_query_names_the_same(catalogue: Catalogue) -> None:
    for query in catalogue:
        given = {parameter.name: list(parameter.default) for parameter in query.parameters}
        shortened = abbreviated(query.bind(given))
        assert terms_of(replace(query, text=shortened)) == terms_of(replace(query, text=query.bind(given))), query.name
        assert ox.Store().query("ASK {}" if endpoints_of(query) else shortened) is not None


def test_a_document_that_a_query_names_is_a_link(client: FlaskClient) -> None:
    text = page(client, "/queries/donors-ranked")
    assert '<a href="/counting">counting</a>' in text
    assert "What must not be added" in page(client, "/counting")
    assert "ne faut pas additionner" in client.get("/counting?lang=fr").get_data(as_text=True)
    assert 'href="/counting"' in page(client, "/about")


# Headings


def heads(client: FlaskClient, address: str) -> list[tuple[str, str]]:
    """The variables of the first table of a page of an answer, each with its heading."""
    page = client.get(address).text
    table = page[page.index("<div data-table>") :].partition("</thead>")[0]
    return re.findall(r'<th scope="col" data-kind="\w+" data-name="(\w+)" title="\?\1">([^<]*)</th>', table)


@pytest.mark.parametrize(("language", "first", "last"), [("fr", "Voisin", "européenne"), ("en", "Neighbour", "Union")])
def test_columns_are_called_in_the_language_of_the_page(
    client: FlaskClient, language: str, first: str, last: str
) -> None:
    (one, heading), (two, other) = heads(client, f"/queries/neighbours?lang={language}")
    assert (one, two, heading) == ("neighbour", "in_eu", first)
    assert other.endswith(last)
    page = client.get(f"/queries/neighbours?lang={language}").text
    assert f"{heading} <code>?neighbour</code></label>" in page
    assert client.get("/queries/neighbours.csv").text.startswith("neighbour,in_eu")


def test_comparisons_call_their_columns_so(client: FlaskClient) -> None:
    assert ("organisation", "Organisation") in heads(client, "/compare/states?lang=fr")
    assert ("role", "Role") in heads(client, "/compare/states?lang=en")


def test_a_query_of_ones_own_has_the_names_of_its_variables(client: FlaskClient) -> None:
    page = client.get("/results?query=SELECT (1 AS ?donor) {}").text
    assert '<th scope="col" data-kind="number">donor</th>' in page


def test_texts_are_in_the_language_of_the_page_and_its_files(client: FlaskClient) -> None:
    french = client.get("/queries/wikidata-links?lang=fr").text
    assert ">Allemagne</span>" in french
    assert 'href="/queries/wikidata-links.csv?language=fr"' in french
    assert '<span class="string">&#34;fr&#34;</span>' in french
    english = client.get("/queries/wikidata-links?lang=en").text
    assert ">Germany</span>" in english
    assert 'href="/queries/wikidata-links.csv"' in english
    assert ">Germany</span>" in client.get("/queries/wikidata-links?lang=fr&language=en").text
    assert "Germany" in client.get("/queries/wikidata-links.csv").text


def test_states_stand_in_the_order_of_their_names(client: FlaskClient) -> None:
    page = client.get("/queries/neighbours?lang=fr").text
    rows = page[page.index("<tbody>") :].partition("</tbody>")[0]
    found = re.findall(r'href="/id/state/\w+"[^>]*>([^<]*)</a>', rows)
    assert found == ["Biélorussie", "Hongrie", "Moldavie", "Pologne", "Roumanie", "Russie", "Slovaquie"]
