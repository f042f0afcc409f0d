"""What is made of an answer: the views that fit its columns, the network, the pivot, the rows, the page around them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from math import hypot
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import GRAPH_COLUMNS, Aggregate, Chart, Mark
from kg.ground.errors import BusyError, QueryMemoryError, QueryTimeoutError
from kg.ground.terms import ONTOLOGY, PREFIXES, expand
from kg.serve.engine import Answer, Engine
from kg.serve.results import Row, Term
from kg.serve.web.cells import column_kinds, table_rows
from kg.serve.web.charts.layout import spread
from kg.serve.web.charts.network import MOST_EDGES, MOST_NODES, Edge, Network, bounded, network
from kg.serve.web.charts.pivot import MOST_ACROSS, MOST_LINES
from kg.serve.web.charts.svg import NARROW, WIDE
from kg.serve.web.fitting import MOST_BARS, Fitting
from kg.serve.web.networks import network_of
from kg.serve.web.ordering import ordered
from kg.serve.web.pivots import pivot_of
from kg.serve.web.reading import Asked, Reading
from kg.serve.web.result_pages import LONGEST
from kg.serve.web.table import MOST_ROWS, Table
from kg.serve.web.texts import Texts, read_texts
from kg.serve.web.view_line import NAMES, WIKIDATA, read_view, view_of, write_view
from kg.serve.web.views import figure_of

ROOT = Path(__file__).parents[2]
XSD = PREFIXES["xsd"]
MEMBER, ALLY = ONTOLOGY + "memberOf", ONTOLOGY + "allyOf"


@pytest.fixture(scope="module")
def t() -> Texts:
    return read_texts(ROOT / "web" / "locale")["en"]


def term(value: object) -> Term:
    """A number, a date, a state or a body by its code, a property, or a text."""
    if isinstance(value, int | float):
        return Term("literal", str(value), datatype=XSD + ("integer" if isinstance(value, int) else "decimal"))
    text = str(value)
    if re.fullmatch(r"\d{4}(-\d{2})*", text):
        return Term("literal", text, datatype=XSD + {4: "gYear", 7: "gYearMonth", 10: "date"}[len(text)])
    if re.fullmatch(r"[A-Z]{3}", text):
        return Term("uri", PREFIXES["state"] + text)
    if text.startswith(("org/", "urn:")):
        return Term("uri", text if text.startswith("urn:") else PREFIXES["id"] + text)
    return Term("uri", text) if text.startswith(ONTOLOGY) else Term("literal", text)


def rows(columns: str, *values: Sequence[object]) -> list[Row]:
    names = columns.split()
    return [{name: term(value) for name, value in zip(names, row, strict=True) if value is not None} for row in values]


def fitting(columns: str, *values: Sequence[object]) -> Fitting:
    return Fitting(columns.split(), rows(columns, *values))


def reading(found: list[Row], t: Texts, **chart: Any) -> Reading:
    return Reading(Asked("", {"en": "A title"}, Chart(**chart)), found, {}, t)


# Which views fit


@pytest.mark.parametrize(
    ("columns", "values", "usual", "offered"),
    [
        ("body n", [("org/nato", 32), ("org/eu", 27)], Mark.BARS, {Mark.BARS}),
        ("when n", [("2021", 1), ("2022", 3), ("2023", 2)], Mark.LINES, {Mark.LINES, Mark.AREAS, Mark.BARS}),
        ("year n", [(2021, 1), (2022, 3), (2023, 2)], Mark.LINES, {Mark.LINES, Mark.AREAS, Mark.BARS}),
        ("count n", [(2021, 1), (2022, 3), (2023, 2)], None, set()),
        ("who whom", [("FRA", "DEU"), ("FRA", "POL")], None, {Mark.STATES, Mark.NETWORK}),
        ("when what", [("2022-02-24", "invasion"), ("2022-03", "vote")], None, {Mark.EVENTS}),
        ("text", [("one",), ("two",)], None, set()),
    ],
)
def test_the_views_follow_from_what_the_columns_hold(
    columns: str, values: list[tuple[object, ...]], usual: Mark | None, offered: set[Mark]
) -> None:
    found = fitting(columns, *values)
    assert {*found.charts} == offered
    assert (found.usual.mark if found.usual else None) == usual


def test_many_states_with_a_number_are_a_map() -> None:
    codes = [f"A{chr(65 + at // 26)}{chr(65 + at % 26)}" for at in range(MOST_BARS + 1)]
    usual = fitting("state n", *((code, at) for at, code in enumerate(codes))).usual
    assert usual == Chart(mark=Mark.STATES, x=("state",), y=("n",))


def test_rows_of_one_name_are_told_apart_by_another_column() -> None:
    found = fitting("donor kind n", ("FRA", "arms", 1), ("FRA", "money", 2), ("DEU", "arms", 3))
    assert found.charts[Mark.BARS] == Chart(mark=Mark.BARS, x=("donor",), y=("n",), series=("kind",))
    assert found.charts[Mark.PIVOT] == Chart(mark=Mark.PIVOT, x=("kind",), y=("n",), series=("donor",))
    assert Mark.STACKED in found.charts
    assert found.usual is None


def test_a_few_dates_that_are_none_do_not_hide_the_time() -> None:
    values = [*((f"20{at:02}", at) for at in range(10, 22)), ("--04-12", 3)]
    assert Mark.LINES in fitting("when n", *values).charts
    assert Mark.LINES not in fitting("when n", *values[-3:]).charts


def test_triples_are_a_network_while_they_are_few() -> None:
    few = [("FRA", MEMBER, "org/eu"), ("DEU", MEMBER, "org/eu")]
    columns = " ".join(GRAPH_COLUMNS)
    usual = fitting(columns, *few).usual
    assert usual
    assert (usual.mark, usual.series) == (Mark.NETWORK, ("predicate",))
    many = [(f"urn:{at}", MEMBER, "org/eu") for at in range(MOST_NODES + 1)]
    assert fitting(columns, *many).usual is None


# The view that is asked for


def test_a_line_names_a_view_and_its_columns() -> None:
    wish = read_view("lines x=?when y=$a,b series=?who ranked=true aggregate=sum")
    assert (wish.name, wish.mark, wish.ranked, wish.aggregate) == ("lines", Mark.LINES, True, Aggregate.SUM)
    assert wish.columns == {"x": ("when",), "y": ("a", "b"), "series": ("who",)}
    assert wish.unknown == ()


@pytest.mark.parametrize("name", [*NAMES])
def test_what_is_written_is_read(name: str) -> None:
    chart = Chart(mark=NAMES[name], x=("a",), y=("b", "c"), series=("d",), until="e", ranked=True)
    assert read_view(write_view(chart)).applied(None, "abcde") == chart


@pytest.mark.parametrize(
    ("query", "name", "unknown"),
    [
        ("#view: bars\nASK {}", "bars", ()),
        ("PREFIX a: <http://e/>\n  # view: graph x=?a\nASK {}", "graph", ()),
        ("#defaultView:LineChart\nASK {}", "lines", ()),
        ('#defaultView:Map{"layer": "?x"}\nASK {}', "map", ()),
        ("#defaultView:ImageGrid\nASK {}", "", ("ImageGrid",)),
        ("SELECT * { ?s ?p '''\n#view: map\n''' }", "", ()),
        ("ASK {} # a remark that says view: map", "", ()),
    ],
)
def test_the_text_of_a_query_names_its_view(query: str, name: str, unknown: tuple[str, ...]) -> None:
    assert (view_of(query).name, view_of(query).unknown) == (name, unknown)


def test_every_name_of_the_query_service_means_a_view_here() -> None:
    assert {*WIKIDATA.values()} <= {"table", *NAMES}


def test_a_column_that_is_not_there_is_told_and_left_out() -> None:
    wish = read_view("bars x=?nope y=?n")
    usual = Chart(mark=Mark.BARS, x=("body",), y=("n",))
    assert wish.applied(usual, ("body", "n")) == usual
    assert wish.strangers(("body", "n")) == ("?nope",)


# Networks


def test_a_network_is_always_drawn_the_same_way_within_its_width() -> None:
    names = {str(at): f"thing {at}" for at in range(12)}
    drawn = Network(names, tuple(Edge(str(at), str((at * 5 + 1) % 12), "knows") for at in range(12)))
    for width in (NARROW, WIDE):
        first, again = network(drawn, width), network(drawn, width)
        assert first == again
        places = re.findall(r'class="node" cx="([\d.]+)" cy="([\d.]+)"', first.content)
        assert len({*places}) == 12
        assert all(0 < float(x) < width and 0 < float(y) < first.height for x, y in places)


def test_relations_between_the_same_things_are_drawn_apart() -> None:
    edges = (Edge("a", "b", "helps"), Edge("b", "a", "trades"), Edge("a", "b", "trades"), Edge("a", "b", "doubts"))
    for width in (NARROW, WIDE):
        content = network(Network({"a": "A", "b": "B"}, edges), width).content
        ways = re.findall(r'class="(c\d) edge" d="(.*?)"', content)
        tips = [(shade, way.count("M") // 2) for shade, way in ways]
        assert tips == [("c1", 1), ("c2", 2), ("c3", 1)]
        bends = [_bend(way, _nodes(content)) for _, way in ways]
        assert bends[0] * bends[2] < 0
        assert bends[1] == 0


def test_many_relations_between_two_things_stay_within_the_drawing() -> None:
    edges = [Edge(one, two, str(at)) for at in range(40) for one, two in (("a", "b"), ("a", "a"))]
    content = network(Network({"a": "A", "b": "B"}, tuple(edges)), NARROW).content
    ways = re.findall(r' d="(.*?)"', content)
    bends = {_bend(way, _nodes(content)) for way in ways}
    assert len(bends) == 40
    (x, y), _ = _nodes(content)
    assert max(map(abs, bends)) < min(x, y)


def _nodes(content: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'"node" cx="([\d.]+)" cy="([\d.]+)"', content)]


def _bend(way: str, ends: list[tuple[float, float]]) -> float:
    """How far the middle of a curve lies from the straight line between two places, and at which side."""
    pulled = re.search(r"Q([\d.]+) ([\d.]+)", way)
    if not pulled:
        return 0.0
    (ax, ay), (bx, by) = ends
    beside = (float(pulled[1]) - ax) * (by - ay) - (float(pulled[2]) - ay) * (bx - ax)
    return beside / hypot(bx - ax, by - ay) / 2


def test_related_things_stand_nearer_than_others() -> None:
    places = spread(9, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)])
    distance = lambda one, other: sum((a - b) ** 2 for a, b in zip(places[one], places[other], strict=True))  # noqa: E731
    assert max(distance(0, 1), distance(1, 2), distance(3, 5)) < min(distance(0, 3), distance(1, 4), distance(2, 5))


def test_a_network_names_relations_and_notes(t: Texts) -> None:
    found = rows("who how whom n", ("FRA", ALLY, "DEU", 3), ("FRA", ALLY, "POL", None), ("FRA", ALLY, None, 1))
    drawn = network_of(reading(found, t, mark=Mark.NETWORK, x=("who",)))
    assert [(edge.kind, edge.note) for edge in drawn.edges] == [("sides:allyOf", "n: 3"), ("sides:allyOf", "")]
    assert [*drawn.names.values()] == ["state:FRA", "state:DEU", "state:POL"]


def test_labels_among_triples_name_what_has_no_name(t: Texts) -> None:
    found = rows("subject predicate object", ("urn:a", ALLY, "urn:b"), ("urn:a", PREFIXES["rdfs"] + "label", "Anna"))
    found[1]["predicate"] = Term("uri", PREFIXES["rdfs"] + "label")
    drawn = network_of(reading(found, t, mark=Mark.NETWORK, x=("subject",), y=("object",), series=("predicate",)))
    assert drawn.names == {"urn:a": "Anna", "urn:b": "urn:b"}
    assert len(drawn.edges) == 1


def test_a_large_network_is_bounded_and_says_so(t: Texts) -> None:
    found = rows("a b", *((f"urn:{at}", f"urn:{at % 7}") for at in range(MOST_NODES + 20)))
    figure = figure_of(reading(found, t, mark=Mark.NETWORK, x=("a",), y=("b",)))
    assert figure
    assert f"The {MOST_NODES} things with most relations, of {MOST_NODES + 20}" in figure.description
    assert figure.draw(WIDE).content.count('class="node"') == MOST_NODES
    crowded = Network({str(at): str(at) for at in range(20)}, tuple(
        Edge(str(one), str(other)) for one in range(20) for other in range(20)
    ))  # fmt: skip
    assert len(bounded(crowded).edges) == MOST_EDGES


# Pivots


def test_a_pivot_adds_up_numbers(t: Texts) -> None:
    found = rows("donor year n", ("FRA", "2023", 2), ("FRA", "2023", 3), ("DEU", "2022", 1.5), ("FRA", "2022", None))
    pivot = pivot_of(reading(found, t, mark=Mark.PIVOT, x=("donor",), y=("n",), series=("year",)))
    assert pivot
    assert pivot.names == ("2022", "2023")
    assert pivot.lines == (("state:FRA", (None, "5"), "5"), ("state:DEU", ("1.5", None), "1.5"))
    assert pivot.sums == ("1.5", "5", "6.5")
    assert pivot.left_out == (0, 0)


@pytest.mark.parametrize(
    ("aggregate", "cell", "sums"), [(Aggregate.COUNT, "2", ("2", "2")), (Aggregate.FIRST, "7", None)]
)
def test_a_pivot_counts_or_takes_the_first(
    aggregate: Aggregate, cell: str, sums: tuple[str, ...] | None, t: Texts
) -> None:
    found = rows("a b n", ("x", "y", 7), ("x", "y", 9))
    chart = {"mark": Mark.PIVOT, "x": ("a",), "y": ("n",), "series": ("b",), "aggregate": aggregate}
    pivot = pivot_of(reading(found, t, **chart))
    assert pivot
    assert (pivot.lines[0][1], pivot.sums) == ((cell,), sums)


def test_a_large_pivot_is_bounded_and_its_sums_are_of_what_is_shown(t: Texts) -> None:
    found = rows("a b", *((f"line {at}", f"column {at % (MOST_ACROSS + 4)}") for at in range(MOST_LINES + 30)))
    pivot = pivot_of(reading(found, t, mark=Mark.PIVOT, x=("a",), series=("b",)))
    assert pivot
    assert (len(pivot.lines), len(pivot.names), pivot.left_out) == (MOST_LINES, MOST_ACROSS, (30, 4))
    assert pivot.sums
    shown = sum(cell is not None for _, cells, _ in pivot.lines for cell in cells)
    assert pivot.sums[-1] == str(shown)


# Rows


def table_of(columns: str, *values: tuple[object, ...], **more: Any) -> Table:
    found = tuple(rows(columns, *values))
    return Table(tuple(columns.split()), found, complete=True, milliseconds=1, form="SELECT", **more)


def test_cells_hold_what_sorting_and_copying_need(t: Texts) -> None:
    table = table_of("who n when", ("FRA", 1234567, "2022-03"), (None, 2, None))
    assert column_kinds(table) == {"who": "text", "n": "number", "when": "time"}
    first, second = table_rows(table, {PREFIXES["state"] + "FRA": "<France>"}, t).split("\n")
    assert '<a href="/id/state/FRA"' in first
    assert "&lt;France&gt;</a> <small>state:FRA</small>" in first
    assert 'data-value="1234567"><span title="&#34;1234567&#34;^^xsd:integer">1,234,567</span></td>' in first
    assert 'data-value="2022-03" title="&#34;2022-03&#34;^^xsd:gYearMonth"><time datetime="2022-03">' in first
    assert "March 2022</time>" in first
    assert second.startswith("<tr><td></td>")


@pytest.mark.parametrize(
    ("datatype", "value", "told"),
    [
        ("sides:interval", "2022-03-03/2022-03-05", "du 3 au 5 mars 2022"),
        ("sides:interval", "2022-01-24/2022-03-01", "du 24 janvier au 1er mars 2022"),
        ("sides:interval", "2021-12-03/2022-03", "du 3 décembre 2021 à mars 2022"),
        ("sides:interval", "2022-04/2022-05", "d'avril à mai 2022"),
        ("sides:interval", "2023/2024", "de 2023 à 2024"),
        ("sides:interval", "../2022-12", "jusqu'en décembre 2022"),
        ("sides:interval", "2022-02-24/..", "depuis le 24 février 2022"),
        ("sides:interval", "--03-22/--03-31", "du 22 au 31 mars (année non précisée)"),
        ("xsd:gYear", "2022", "2022"),
        ("xsd:gMonth", "--04", "avril (année non précisée)"),
        ("xsd:gMonthDay", "--05-04", "4 mai (année non précisée)"),
        ("xsd:dateTime", "2022-03-03T10:15:00Z", "3 mars 2022, 10:15 UTC"),
        ("xsd:date", "2022-13-45", "2022-13-45"),
        ("xsd:boolean", "true", "Oui"),
    ],
)
def test_dates_and_truth_are_told_in_the_language_and_kept_as_they_are(datatype: str, value: str, told: str) -> None:
    french = read_texts(ROOT / "web" / "locale")["fr"]
    row = {"when": Term("literal", value, datatype=expand(datatype))}
    cell = table_rows(Table(("when",), (row,), complete=True, milliseconds=1, form="SELECT"), {}, french)
    assert cell.striptags() == told
    assert (f"{value}&#34;^^{datatype}" in cell) == (value != "2022-13-45")
    assert set(re.findall(r'datetime="([^"]+)"', cell)) <= {*value.split("/")}


def test_amounts_in_euros_are_shown_without_cents_and_others_whole(t: Texts) -> None:
    table = table_of("a b", (12345.678, 12345.678), (999.99, 0.5), euros=frozenset(["a"]))
    first, second = table_rows(table, {}, t).split("\n")
    assert re.findall(r">([0-9.,]+)</span>", first) == ["12,346", "12,345.678"]
    assert first.count('data-value="12345.678"') == 2
    assert re.findall(r">([0-9.,]+)</span>", second) == ["999.99", "0.5"]


def test_rows_are_sorted_by_names_by_schemes_and_as_they_come() -> None:
    state, vote = PREFIXES["state"], PREFIXES["position"]
    labels = {state + "ESP": "Espagne", state + "ETH": "Éthiopie", state + "ZAF": "Afrique du Sud"}
    pairs = [("absent", "ETH"), ("absent", "ESP"), ("in-favour", "ZAF"), ("absent", "ZAF"), ("absent", "")]
    found = [
        {"vote": Term("uri", vote + one)} | ({"state": Term("uri", state + other)} if other else {})
        for one, other in pairs
    ]
    put = ordered(found, ("vote", "state"), labels)
    assert [row["state"].value[-3:] for row in put if "state" in row] == ["ZAF", "ZAF", "ESP", "ETH"]
    assert [row["vote"].value.removeprefix(vote) for row in put] == ["in-favour", *["absent"] * 4]
    assert "state" not in put[-1]
    numbered = rows("n who", (2, "b"), (1, "a"), (2, "a"))
    assert [row["n"].value for row in ordered(numbered, ("n",), {})] == ["2", "2", "1"]


def test_the_rows_of_other_pages_are_there_and_hidden(client: FlaskClient) -> None:
    query = f"SELECT ?s {{ ?s ?p ?o }} ORDER BY ?s LIMIT {MOST_ROWS // 4}"
    page = client.get("/results", query_string={"query": query, "page": "2", "lang": "en"}).text
    shown = re.findall(r"<tr( hidden)?><td>", page)
    assert [bool(found) for found in shown] == [True] * 100 + [False] * 100 + [True] * 50
    assert "Page 2 of 3" in page
    for wrong in ("0", "99", "x"):
        assert client.get("/results", query_string={"query": query, "page": wrong}).status_code == 200


# The page around


def test_a_long_query_is_asked_again_by_forms_that_are_posted(client: FlaskClient) -> None:
    query = f"SELECT ?s ?n {{ VALUES (?s ?n) {{ ('a' 1) ('b' 2) }} }} # {'x' * LONGEST}"
    page = client.post("/results", data={"query": query, "lang": "en"}).text
    assert '<form class="views" action="/results" method="post"' in page
    assert 'formaction="/results.svg"' in page
    assert "/sparql?query=" not in page
    posted = client.post("/results.svg", data={"query": query})
    assert (posted.status_code, posted.mimetype) == (200, "image/svg+xml")


def test_the_chart_of_any_answer_is_a_file(client: FlaskClient) -> None:
    query = "SELECT ?s ?n { VALUES (?s ?n) { ('a' 1) ('b' 2) } }"
    page = client.get("/results", query_string={"query": query}).text
    (link,) = {html.unescape(found) for found in re.findall(r'href="(/results\.svg\?[^"]*)"', page)}
    answer = client.get(link)
    assert answer.mimetype == "image/svg+xml"
    assert "a: 1" in answer.text
    for nothing in ("", "?query=ASK{}", f"?query={quote(query)}&view=table"):
        assert client.get(f"/results.svg{nothing}").status_code == 404


@pytest.mark.parametrize(
    ("error", "status", "words", "wait"),
    [
        (QueryTimeoutError("late"), 503, "limite de temps", "30"),
        (QueryMemoryError("large"), 503, "limite de mémoire", None),
        (BusyError("full", retry_after=7), 503, "Toutes les places", "7"),
    ],
)
def test_limits_are_told_in_the_language_of_the_page(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    words: str,
    wait: str | None,
) -> None:
    def refuse(_engine: Engine, *_given: object, **_named: object) -> Answer:
        raise error

    monkeypatch.setattr(Engine, "query", refuse)
    for data in ({"query": "ASK {}"}, {"query": "ASK {}", "part": "answer"}):
        response = client.post("/results?lang=fr", data=data)
        assert (response.status_code, response.headers.get("Retry-After")) == (status, wait)
        box = response.text.partition('<div class="problem limit"')[2].partition("</div>")[0]
        assert words in html.unescape(box)
        told = json.loads(re.findall("data-problem='([^']+)'", box)[0])
        assert told["status"] == status
        assert (f'data-retry="{wait}"' in box) == (wait is not None)


def test_a_view_in_the_address_goes_before_that_in_the_text(client: FlaskClient) -> None:
    query = "#view: bars\nSELECT ?s ?n { VALUES (?s ?n) { ('a' 1) ('b' 2) } }"
    assert 'class="chart broad"' in client.get("/sparql", query_string={"query": query}).text
    assert 'class="chart broad"' not in client.get("/sparql", query_string={"query": query, "view": "table"}).text


def test_a_title_in_the_text_is_that_of_the_chart(client: FlaskClient) -> None:
    query = "#title: <Who gave>\nSELECT ?s ?n { VALUES (?s ?n) { ('a' 1) ('b' 2) } }"
    assert 'aria-label="&lt;Who gave&gt;"' in client.get("/sparql", query_string={"query": query}).text
