"""The catalogue reads what is right, refuses what is wrong with file and line, and finds what is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.catalogue import (
    CHART_KEYS,
    COLUMN_KEYS,
    GRAPH_COLUMNS,
    HEAD_KEYS,
    PARAMETER_KEYS,
    Catalogue,
    Mark,
    ParameterType,
    QueryForm,
    View,
)
from kg.ground.catalogue.headings import read_headings
from kg.ground.errors import SavedQueryError
from kg.ground.kinds import CONCEPT_SCHEMES

ROOT = Path(__file__).parents[2]

GOOD = """\
#+ summary: {fr: "Qui ?", en: "Who?"}
#+ description: {fr: Tous., en: All.}
#+ tags: [one, two-words]
#+ params:
#+   country:
#+     type: entity
#+     class: sides:State
#+     label: {fr: pays, en: country}
#+   kind:
#+     type: concept
#+     scheme: category
#+     label: {fr: sorte, en: kind}
#+ view: map
#+ checks:
#+   - {who: "state:FRA", share: 1.4, said: true}
PREFIX state: <https://w3id.org/sides/id/state/>
SELECT ?who ?share ?said WHERE {
  VALUES ?country { state:RUS <https://w3id.org/sides/id/state/BLR> }
  VALUES ?kind { UNDEF }
  ?country ?share ?who , ?said
}
"""


def write(folder: Path, text: str, name: str = "theme/one.rq") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_good_query(tmp_path: Path) -> None:
    query = Catalogue.read(write(tmp_path, GOOD)).get("one")
    assert query is not None
    assert (query.theme, query.form, query.view) == ("theme", QueryForm.SELECT, View.MAP)
    assert query.summary == {"fr": "Qui ?", "en": "Who?"}
    assert query.columns == ("who", "share", "said")
    assert query.source == GOOD
    assert query.text.startswith("PREFIX state:")
    country, kind = query.parameters
    assert (country.type, country.class_name, country.default) == (
        ParameterType.ENTITY,
        "State",
        ("state:RUS", "state:BLR"),
    )
    assert (kind.default, kind.choices) == ((), tuple(f"category:{name}" for name in CONCEPT_SCHEMES["category"]))
    assert [str(value) for value in query.checks[0].values()] == ["state:FRA", "1.4", "True"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("#+ tags: [one, two-words]\n", "", 1, "the head has no tags"),
        ("#+ tags: [one", "#+ tags: [One", 3, "the tags are"),
        ("#+ tags:", "#+ tag:", 3, "unknown key 'tag'; expected summary"),
        ("{fr: Tous., en: All.}", "{fr: Tous.}", 2, "description is not complete; expected a text in each of fr, en"),
        ("#+ view: map", "#+ view: pie", 13, "view is 'pie'; expected one of table, map"),
        ("#+ view: map", "#+ view: [", 15, "the head is not YAML"),
        ("#+ view: map", "#+ view: ma\x07p", 1, "the head is not YAML: unacceptable character #x0007"),
        ("#+ view: map", "#+ view: 2026-99-99", 1, "the head is not YAML: month must be in 1..12"),
        ("#+ view: map", "#+ tags: [one]", 13, "the key 'tags' stands twice"),
        ("type: entity", "type: iri", 6, "type is 'iri'; expected one of entity"),
        ("scheme: category", "scheme: colours", 11, "scheme is 'colours'"),
        ("class: sides:State", "class: State", 7, "unknown class 'State'"),
        ("#+   country:", "#+   lang:", 5, "a parameter cannot be called 'lang'"),
        ("#+   country:", "#+   nobody:", 5, "the text has 0 blocks for the parameter nobody"),
        ("{fr: pays, en: country}", "{fr: pays}", 8, "label is not complete"),
        ('{who: "state:FRA"', '{whom: "state:FRA"', 14, "is no row; expected columns who, share, said"),
        ("VALUES ?kind { UNDEF }", "VALUES ?kind { 12 }", 9, "is not in the scheme category"),
        ("SELECT ?who ?share ?said WHERE", "INSERT", 1, "there is no query below the head"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(SavedQueryError) as raised:
        Catalogue.read(write(tmp_path, GOOD.replace(old, new)))
    assert str(raised.value).startswith(f"theme/one.rq:{line}: ")
    assert words in str(raised.value)


CHART = """\
#+ view: bar
#+ chart:
#+   mark: stacked
#+   x: [who, said]
#+   y: share
#+   order: [state:FRA]
#+   unit: {fr: euros, en: euros}
#+   names:
#+     share: {fr: part, en: share}
"""


def test_a_chart_names_columns(tmp_path: Path) -> None:
    query = Catalogue.read(write(tmp_path, GOOD.replace("#+ view: map\n", CHART))).get("one")
    assert query
    assert query.chart
    assert (query.chart.mark, query.chart.x, query.chart.y) == (Mark.STACKED, ("who", "said"), ("share",))
    assert (query.chart.order, query.chart.ranked, query.chart.frame) == (("state:FRA",), False, "")
    assert query.chart.unit == {"fr": "euros", "en": "euros"}
    assert query.chart.names["share"]["fr"] == "part"


def test_a_view_that_is_drawn_has_a_chart_by_itself(tmp_path: Path) -> None:
    query = Catalogue.read(write(tmp_path, GOOD)).get("one")
    assert query
    assert query.chart
    assert (query.chart.mark, query.chart.x, query.chart.y) == (Mark.STATES, ("who",), ())


def test_a_table_has_no_chart(tmp_path: Path) -> None:
    query = Catalogue.read(write(tmp_path, GOOD.replace("#+ view: map", "#+ view: table"))).get("one")
    assert query
    assert query.chart is None


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("y: share", "y: shares", 17, "y is 'shares'; expected one of who, share, said"),
        ("x: [who, said]", "x: [who, when]", 16, "x is 'when'"),
        ("mark: stacked", "mark: pie", 15, "mark is 'pie'; expected one of bars, stacked"),
        ("mark: stacked", "colour: red", 15, "unknown key 'colour'; expected mark, x, y"),
        ("{fr: part, en: share}", "{fr: part}", 21, "share is not complete"),
        ("view: bar", "view: table", 14, "a table has no chart; expected a view of bar, line, timeline, map"),
    ],
)
def test_what_is_wrong_in_a_chart_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in CHART
    with pytest.raises(SavedQueryError) as raised:
        Catalogue.read(write(tmp_path, GOOD.replace("#+ view: map\n", CHART.replace(old, new))))
    assert str(raised.value).startswith(f"theme/one.rq:{line}: ")
    assert words in str(raised.value)


COLUMNS = """\
#+ columns:
#+   who: {fr: Qui, en: Who}
#+   share: {fr: Part, en: Share, symbol: "%"}
#+ sort: [said, who]
#+ view: map
"""


def test_columns_have_headings_of_their_own_or_shared_ones(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("#+ view: map\n", COLUMNS))
    shared = 'who = { fr = "Partagé", en = "Shared" }\nsaid = { fr = "Dit", en = "Said" }\n'
    (tmp_path / "columns.toml").write_text(shared, encoding="utf-8")
    query = Catalogue.read(tmp_path).get("one")
    assert query
    assert [query.headings[name].text("fr") for name in query.columns] == ["Qui", "Part (%)", "Dit"]
    assert query.sort == ("said", "who")
    assert query.chart
    assert query.chart.names["share"]["en"] == "Share"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("who: {", "whom: {", 14, "whom is 'whom'; expected one of who, share, said"),
        (
            "{fr: Qui, en: Who}",
            "{fr: Qui}",
            14,
            "the heading of who is {'fr': 'Qui'}; expected a text in each of fr, en",
        ),
        ("symbol", "sign", 15, "the heading of share is"),
        ("[said, who]", "[whom]", 16, "sort is 'whom'; expected one of who, share, said"),
    ],
)
def test_what_is_wrong_in_a_heading_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in COLUMNS
    with pytest.raises(SavedQueryError) as raised:
        Catalogue.read(write(tmp_path, GOOD.replace("#+ view: map\n", COLUMNS.replace(old, new))))
    assert str(raised.value).startswith(f"theme/one.rq:{line}: ")
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("who = ", "expected a TOML file"),
        ('who = { fr = "Qui" }', "the heading of who is"),
        ('who = "Qui"', "the heading of who is 'Qui'"),
    ],
)
def test_what_is_wrong_in_shared_headings_is_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "columns.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SavedQueryError, match=r"^columns\.toml: ") as raised:
        Catalogue.read(tmp_path)
    assert words in str(raised.value)


def test_a_query_speaks_the_language_of_a_page_where_it_takes_one(catalogue: Catalogue) -> None:
    asked = catalogue.get("support-for-aid")
    assert asked
    french = asked.spoken("fr")
    assert 'VALUES ?language { "fr" }' in french.text
    assert french.text.replace('{ "fr" }', '{ "en" }') == asked.text
    assert [item.default for item in french.parameters if item.name == "language"] == [("fr",)]
    other = catalogue.get("neighbours")
    assert other
    assert other.spoken("fr") is other


def test_every_column_has_a_heading_in_both_languages_and_no_two_the_same(catalogue: Catalogue) -> None:
    for query in catalogue:
        columns = query.columns or GRAPH_COLUMNS
        assert [name for name in columns if name not in query.headings] == [], query.name
        for language in ("fr", "en"):
            assert len({query.headings[name].text(language) for name in columns}) == len(columns), query.name


def test_shared_headings_are_shared_and_no_head_repeats_one(catalogue: Catalogue) -> None:
    shared = read_headings(ROOT / "queries")
    used = [name for query in catalogue for name in query.columns or GRAPH_COLUMNS]
    assert [name for name in shared if used.count(name) < 1] == []
    for query in catalogue:
        own = re.search(r"^#\+ columns:\n((?:#\+   .*\n)+)", query.source, re.MULTILINE)
        named = re.findall(r"^#\+   (\w+):", own[1], re.MULTILINE) if own else []
        assert [name for name in named if query.headings[name] == shared.get(name)] == [], query.name


def test_a_description_names_no_column_by_its_variable(catalogue: Catalogue) -> None:
    for query in catalogue:
        told = " ".join([*query.description.values(), *query.summary.values()])
        quoted = set(re.findall(r'«\s(\w+)\s»|"(\w+)"', told))
        assert {name for pair in quoted for name in pair} & {*query.columns} == set(), query.name


def test_a_text_without_head(tmp_path: Path) -> None:
    with pytest.raises(SavedQueryError, match=r"one\.rq:1: there is no head"):
        Catalogue.read(write(tmp_path, "ASK {}"))


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (write(tmp_path, GOOD) / "theme" / "one.rq").write_bytes(GOOD.encode().replace(b"Tous", b"\xff"))
    with pytest.raises(SavedQueryError, match=r"one\.rq: byte \d+ is not UTF-8; expected UTF-8. What to do: convert"):
        Catalogue.read(tmp_path)


def test_a_name_stands_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    with pytest.raises(SavedQueryError, match="the name one stands in other and theme"):
        Catalogue.read(write(tmp_path, GOOD, "other/one.rq"))


def test_a_name_can_be_an_address(tmp_path: Path) -> None:
    with pytest.raises(SavedQueryError, match="the name 'One query' cannot be an address"):
        Catalogue.read(write(tmp_path, GOOD, "theme/One query.rq"))


def test_bind_replaces_only_what_is_given(tmp_path: Path) -> None:
    query = Catalogue.read(write(tmp_path, GOOD)).get("one")
    assert query is not None
    assert query.bind({}) == query.text
    assert query.bind({"country": ["", " "]}) == query.text
    changed = query.bind({"country": ["state:FRA", "state:DEU"], "kind": ["military"]})
    assert changed == query.text.replace(
        "{ state:RUS <https://w3id.org/sides/id/state/BLR> }",
        "{ <https://w3id.org/sides/id/state/FRA> <https://w3id.org/sides/id/state/DEU> }",
    ).replace("{ UNDEF }", "{ <https://w3id.org/sides/id/category/military> }")
    with pytest.raises(SavedQueryError, match="one has no parameter nobody; expected country, kind"):
        query.bind({"nobody": ["x"]})


def test_all_saved_queries_are_sparql_with_the_prefixes_that_they_use(catalogue: Catalogue) -> None:
    assert len(catalogue) >= 80
    empty = ox.Store()
    for query in catalogue:
        if "SERVICE" not in query.text:  # test_federated.py reads the others
            empty.query(query.source)  # an unknown prefix is a syntax error
        unused = [
            p
            for p in re.findall(r"^PREFIX (\w+):", query.text, re.MULTILINE)
            if len(re.findall(rf"\b{p}:", query.text)) < 2
        ]
        assert unused == [], query.name


def test_no_line_is_longer_than_a_screen(catalogue: Catalogue) -> None:
    for query in catalogue:
        assert max(map(len, query.text.splitlines())) <= 120, query.name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("amis de la Russie", "friends-of-russia"),
        ("FRIENDS russia", "friends-of-russia"),
        ("deaths", "confirmed-deaths"),
        ("morts", "confirmed-deaths"),
        ("frontieres", "neighbours"),
        ("wikidata", "wikidata-links"),
        ("extrême droite", "far-right-support"),
    ],
)
def test_search(catalogue: Catalogue, words: str, name: str) -> None:
    assert name in [query.name for query in catalogue.search(words)]


def test_search_wants_every_word_and_every_tag(catalogue: Catalogue) -> None:
    assert catalogue.search("russie zygomorphe") == ()
    tagged = catalogue.search(tags=frozenset({"polls", "russia"}))
    assert {query.name for query in tagged} == {"friends-of-russia", "enemies-of-russia", "friend-enemy-trend"}
    assert len(catalogue.search("")) == len(catalogue)


def test_what_stands_in_the_summary_comes_first(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("All.", "Of neighbours."), "theme/first.rq")
    write(tmp_path, GOOD.replace("Who?", "Which neighbours?"), "theme/second.rq")
    found = Catalogue.read(tmp_path).search("the neighbours")
    assert [query.name for query in found] == ["second", "first"]


def test_the_page_on_saved_queries_holds_the_tables_of_the_program() -> None:
    page = (ROOT / "docs" / "queries.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    assert rows == {**HEAD_KEYS, **CHART_KEYS, **PARAMETER_KEYS, **COLUMN_KEYS}
