"""What errors say is shown in the language of the page: each text that the server may give."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, default_exceptions

from kg.ground.errors import (
    BusyError,
    InputError,
    QueryFailedError,
    QuerySyntaxError,
    SavedQueryError,
    ServiceError,
    SidesError,
)
from kg.serve.web.error_texts import FILE, ErrorTexts, read_error_texts
from kg.serve.web.problems import from_error, from_http
from kg.serve.web.texts import read_texts
from support.raised import raised

LOCALE = Path(__file__).parents[2] / "web" / "locale"
FRENCH: dict[str, dict[str, str]] = tomllib.loads((LOCALE / FILE).read_text(encoding="utf-8"))["fr"]
ELSEWHERE = re.compile(r"SIDES_(?!PERMALINKS|RELEASES)|is not drawn|TOML|IRI=ADDRESS|^application/json$")
"""Texts for whoever starts the server or publishes to one, and of errors that are caught before they reach a page."""
UNSEEN = {"nobody waits", "the request was given up"}
"""Texts of errors that only the program itself reads."""
WIDER = {
    r"what follows \{\} stands in braces: .*": "what follows {} stands in braces: {}",
    r"\{\} is \{\}": "{:name} is '{}'",
    r"one of \{\}, \{\}": "one of {}",
    r'unexpected "<"': "unexpected {}",
    r"a property has no id": "a property has no {:name}",
    r"no secure connection: TLS failed": "no secure connection: {}",
    r"leave the clause out: .*": "leave the clause out: labels are triples here; in its place write {}",
}
"""Texts that a text with a place for more stands for."""
LIBRARY = {error.description for error in default_exceptions.values() if error.description}
"""Texts of the framework."""
OTHERWISE = LIBRARY | {
    "use {}",
    "{} in: {}",
    '{} is "{}"',
    "its answer does not fit into the query",
    "no identifier is known as {}",
    "no identifier is known as {}; is one of these meant? {}",
    "run the federated query at your own endpoint, with a SERVICE clause that calls this address",
}
"""Texts that are put together in other ways than those that are read."""


CODE = re.compile(r"PREFIX \S+:|préfixe \{\}:|; \{\}:|https?:|=…|/\w\S*|\"\S*\"|'\S*'|make:")
"""What is no French, and has no spaces before its signs."""


@pytest.fixture(scope="module")
def texts() -> ErrorTexts:
    return read_error_texts(LOCALE, read_texts(LOCALE))


def plain(text: str) -> str:
    """A text in English as the program has it: its places without their kinds."""
    return re.sub(r"\{[1-9]?(:\w+)?\}", "{}", text)


def wider(text: str) -> str:
    """The text in the file that stands for one of the program."""
    return next((plain(known) for looks, known in WIDER.items() if re.fullmatch(looks, text)), text)


def given(table: str) -> set[str]:
    """What the program may say of a table, as the file has it."""
    found: set[str] = getattr(raised(), table)
    return {wider(text) for text in found if not ELSEWHERE.search(text)} - UNSEEN


@pytest.mark.parametrize(("table", "least"), [("detail", 180), ("expected", 80), ("hint", 170)])
def test_all_that_may_reach_a_page_is_in_french(table: str, least: int) -> None:
    told = given(table)
    assert len(told) > least
    assert sorted(told - {*map(plain, FRENCH[table])}) == []


@pytest.mark.parametrize("table", ["detail", "expected", "hint"])
def test_nothing_is_in_french_that_no_error_says(table: str) -> None:
    told = {plain(text) for text in FRENCH[table]} - OTHERWISE - {*FRENCH["item"]}
    assert sorted(told - given(table)) == []


@pytest.mark.parametrize("table", ["where", "detail", "expected", "hint"])
def test_a_text_has_the_same_places_in_both_languages(table: str) -> None:
    for english, french in FRENCH[table].items():
        assert plain(english).count("{}") == plain(french).count("{}"), english
        prose = CODE.sub("", french)
        assert not re.search(r"[^\s«({?!:][:;!](\s|$)|«\S|\S»", prose), french
        assert english in LIBRARY or not re.search(r"\w\.$", french), french


def test_no_two_texts_of_a_table_look_alike(texts: ErrorTexts) -> None:
    """What one text fills in is never taken for the words of another that has as many words or more."""
    for table in ("detail", "expected", "hint"):
        for english, french in FRENCH[table].items():
            if "{:said}" in french or ":name" in english:
                continue
            filled = plain(english).replace("{}", "7")
            told = texts.by_language["fr"].said(table, filled)
            words = [word for word in re.split(r"\{[^{}]*\}", french) if word.strip()]
            assert all(re.sub(r"\s", " ", word) in re.sub(r"\s", " ", Markup(told).unescape()) for word in words), told


def shown(texts: ErrorTexts, error: SidesError) -> tuple[str, str, str]:
    """Detail, what was expected, and what to do, as a page in French has them."""
    problem = texts.translate(from_error(error), "fr")
    return problem.detail, problem.expected or "", problem.hint or ""


def test_a_mistake_is_told_with_its_place_and_line(texts: ErrorTexts) -> None:
    error = QuerySyntaxError('unexpected "?s" in: ASK ?s', line=1, column=5, expected='one of "{", a variable, FROM')
    detail, expected, _ = shown(texts, error)
    assert Markup(detail).unescape() == 'ligne 1, colonne 5\u202f: "?s" est inattendu, dans\u202f: ASK ?s'
    assert Markup(expected).unescape() == 'l\'un de ceux-ci\u202f: "{", une variable, FROM'


def test_the_values_of_a_reader_stay_and_are_no_markup(texts: ErrorTexts) -> None:
    error = SavedQueryError("'<b>' names no entity", where="parameter country", expected="fr or en")
    detail, expected, _ = shown(texts, error)
    assert detail == "paramètre country\u202f: &#39;&lt;b&gt;&#39; ne nomme aucune entité"
    assert expected == "fr ou en"


def test_places_may_come_in_another_order(texts: ErrorTexts) -> None:
    error = QueryFailedError("no", remedy='a " inside a string is written \\"')
    assert Markup(shown(texts, error)[2]).unescape() == 'écrivez \\" pour " dans une chaîne'


def test_words_of_others_are_marked_as_english(texts: ErrorTexts) -> None:
    engine = QueryFailedError("the engine stopped: no <f>")
    assert shown(texts, engine)[0] == 'le moteur s&#39;est arrêté\u202f: <span lang="en">no &lt;f&gt;</span>'
    unknown = InputError("there never was such a text", where="body")
    assert shown(texts, unknown)[0] == 'corps\u202f: <span lang="en">there never was such a text</span>'
    failed = ServiceError("it cannot be asked: the time is over", where="<http://e.example/>")
    assert shown(texts, failed)[0].endswith("il ne peut être interrogé\u202f: le temps est écoulé")


def test_sparql_in_a_remedy_can_be_copied(texts: ErrorTexts) -> None:
    error = QueryFailedError("no", remedy="the pattern is missing: WHERE { ?s ?p ?o }")
    assert shown(texts, error)[2] == "ajoutez le motif\u202f: WHERE { ?s ?p ?o }"


def test_english_stays_as_it_is(texts: ErrorTexts) -> None:
    busy = from_error(BusyError("full", retry_after=7, remedy="send fewer at one time; try again in 7 seconds"))
    assert texts.translate(busy, "fr").hint == "envoyez-en moins à la fois\u202f; réessayez dans 7 secondes"
    assert texts.translate(busy, "en") is busy


def test_what_the_framework_says_is_in_french_too(texts: ErrorTexts) -> None:
    for error in (NotFound(), MethodNotAllowed(["GET"])):
        told = texts.translate(from_http(error), "fr")
        assert "lang" not in f"{told.detail} {told.hint}"


@pytest.mark.parametrize("kind", default_exceptions.values(), ids=[f"{code}" for code in default_exceptions])
def test_every_error_of_http_has_a_title_and_a_text_in_french(texts: ErrorTexts, kind: type[HTTPException]) -> None:
    problem = from_http(kind())
    told = texts.translate(problem, "fr")
    assert told.title == tomllib.loads((LOCALE / "fr.toml").read_text(encoding="utf-8"))["problem"][problem.code]
    assert told.detail != problem.detail
    assert "lang" not in told.detail


MISTAKES = {
    "ASK {": ("la requête finit trop tôt", ""),
    "SELECT ?s\nWHERE { ?s a ?x . FILTRE(?x) }": ('"FILTRE" est inattendu', ""),
    "ASK { state:FRA ?p ?o": (
        "le préfixe state: n'est pas déclaré",
        "mettez PREFIX state: <https://w3id.org/sides/id/state/> en tête de la requête",
    ),
}


@pytest.mark.parametrize("query", MISTAKES)
def test_what_the_editor_marks_is_in_the_language_of_its_page(client: FlaskClient, query: str) -> None:
    def marked(language: str) -> dict[str, str]:
        found: dict[str, str] = client.post(f"/check.json{language}", data={"query": query}).get_json()["problem"]
        return found

    french, plainly = marked("?lang=fr"), marked("")
    brief, hint = MISTAKES[query]
    assert french["title"] == "La requête n'est pas du SPARQL valide"
    assert french["brief"] == brief
    assert french.get("hint", "").startswith(hint)
    assert (french["line"], french["column"]) == (plainly["line"], plainly["column"])
    assert french["detail"].startswith(f"ligne {french['line']}, colonne {french['column']}\u202f: {brief}")
    assert plainly == marked("?lang=en")
    assert plainly["title"] == "The query is not valid SPARQL"
    assert f": {plainly['brief']}" in plainly["detail"]
    assert " in: " not in plainly["brief"]


def test_a_run_that_fails_is_marked_in_the_language_of_its_page(client: FlaskClient) -> None:
    asked = {"query": "ASK { ?s ?p }", "part": "answer", "lang": "fr"}
    (given,) = re.findall(r"data-problem='([^']*)'", client.post("/results", data=asked, query_string=asked).text)
    problem = json.loads(Markup(given).unescape())
    assert problem["title"] == "La requête n'est pas du SPARQL valide"
    assert problem["brief"] == '"}" est inattendu'


def test_a_service_that_failed_in_silence_is_told_in_the_language(texts: ErrorTexts) -> None:
    reason = "http://e.example/; it did not answer in time"
    assert texts.reason(reason, "fr") == "http://e.example/\u202f; il n&#39;a pas répondu à temps"
    assert texts.reason(reason, "en") == reason


@pytest.mark.parametrize(
    ("content", "match"), [("[fr", "TOML file"), ("[fr.detail]\n", "a table is missing or unknown")]
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, content: str, match: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(InputError, match=match):
        read_error_texts(tmp_path, {})


def main(page: str) -> str:
    """What a page shows in its middle, without what a script may show there."""
    return re.sub("<template.*?</template>", "", page[page.index("<main") :], flags=re.DOTALL)


PAGES = [
    "/sparql?query=SELEC+*+%7B%7D",
    "/sparql?query=DELETE+WHERE+%7B+%3Fs+%3Fp+%3Fo+%7D",
    "/sparql?query=ASK+%7B%7D&default-graph-uri=one",
    "/sparql?query=ASK+%7B+SERVICE+%3Chttp://e.example/%3E+%7B%7D+%7D",
    "/sparql?query=ASK+%7B%7D&query=ASK+%7B%7D",
    "/queries/coalition-members?colour=red",
    "/queries/coalition-members.csv?coalition=nothing",
    "/look?entity=nobody",
    "/explain?s=state:FRA",
    "/q/none",
    "/compare/polls?series=nothing",
    "/graphs/none",
    "/no-such-page",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_french_has_no_english_of_an_error(client: FlaskClient, address: str) -> None:
    sign = "&" if "?" in address else "?"
    page = client.get(f"{address}{sign}lang=fr")
    assert page.status_code >= 400
    assert 'lang="en"' not in main(page.text)
    assert 'lang="en"' not in main(client.get(f"{address}{sign}lang=en").text)


def test_programs_are_told_in_english(client: FlaskClient) -> None:
    asked = {"query": "ASK {}", "default-graph-uri": "one", "lang": "fr"}
    told = client.get("/sparql", query_string=asked, headers={"Accept": "application/json"})
    found = json.loads(told.text)
    assert found["hint"] == "name a graph by its whole IRI"
    assert found["detail"] == "default-graph-uri is 'one'"
    page = client.get("/sparql", query_string=asked).text
    assert "default-graph-uri vaut &#39;one&#39;" in page
    assert "&lt;span" not in page
    assert "nommez un graphe par son IRI entière" in page
