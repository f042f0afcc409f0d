"""From the answer to a saved query to its chart: columns, series, names and dates, in a page and as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue, Chart, Mark
from kg.ground.terms import PREFIXES
from kg.serve.results import Row, Term
from kg.serve.web.charts.svg import WIDE
from kg.serve.web.fitting import MOST_BARS
from kg.serve.web.reading import Reading, number_of
from kg.serve.web.texts import Texts, read_texts
from kg.serve.web.views import figure_of

ROOT = Path(__file__).parents[2]
FRANCE, CHINA = PREFIXES["state"] + "FRA", PREFIXES["state"] + "CHN"
LABELS = {FRANCE: "France", CHINA: "China"}


@pytest.fixture(scope="module")
def t() -> Texts:
    return read_texts(ROOT / "web" / "locale")["en"]


def number(value: float) -> Term:
    return Term("literal", str(value), datatype=PREFIXES["xsd"] + "decimal")


def row(who: str, when: str, value: float) -> Row:
    return {"who": Term("uri", who), "when": Term("literal", when), "value": number(value)}


def drawn(rows: list[Row], t: Texts, **chart: Any) -> list[str]:
    """The texts and the titles of a chart."""
    (query,) = (query for query in Catalogue.read(ROOT / "queries") if query.name == "friends-of-russia")
    figure = figure_of(Reading(replace(query, chart=Chart(**chart)), rows, LABELS, t))
    assert figure
    root = ElementTree.fromstring(f"<svg>{figure.draw(WIDE).content}</svg>")
    return [element.text or "" for element in root.iter() if element.tag in {"text", "title"}]


def described(rows: list[Row], t: Texts, **chart: Any) -> str:
    (query,) = (query for query in Catalogue.read(ROOT / "queries") if query.name == "friends-of-russia")
    figure = figure_of(Reading(replace(query, chart=Chart(**chart)), rows, LABELS, t))
    assert figure
    return figure.description


def wave(when: str, size: float | None) -> Row:
    found = {"survey": Term("uri", PREFIXES["survey"] + when), "when": Term("literal", when)}
    return found | ({} if size is None else {"size": number(size)})


def test_waves_that_are_not_there_and_sizes_that_are_not_given_are_told(t: Texts) -> None:
    rows = [wave(f"{year}-05", 1600) for year in (2005, 2006, 2007)] + [wave("2012-05", None), wave("2013-05", 1500)]
    chart = {"mark": Mark.LINES, "x": ("when",), "y": ("size",), "names": {"size": {"en": "people", "fr": "gens"}}}
    told = described(rows, t, **chart)
    assert "No wave between May 2007 and May 2012." in told
    assert "not given (1 of 5 rows). A line is dashed" in told
    assert "2012-05" not in told
    assert "May 2012: not given" in drawn(rows, t, **chart)
    assert described(rows[:3], t, **chart) == ""


def test_rows_that_are_not_drawn_are_told(t: Texts) -> None:
    undated = {"who": Term("uri", FRANCE), "value": number(3)}
    rows = [row(FRANCE, "2022", 1), row(FRANCE, "2023", 2), row(FRANCE, "2024", 2), undated]
    assert "1 of 4 rows" in described(rows, t, mark=Mark.LINES, x=("when",), y=("value",))
    assert "1 of 4 rows has no date" in described(rows, t, mark=Mark.EVENTS, x=("when",), y=("who",))
    blank = {"who": Term("uri", CHINA)}
    assert "1 of 2 rows" in described([rows[0], blank], t, mark=Mark.BARS, x=("who",), y=("value",))


@pytest.mark.parametrize(
    ("chart", "title"),
    [
        ({"y": ("value",), "unit": {"en": "euros", "fr": "euros"}}, "Value (euros)"),
        ({"y": ("value", "more"), "unit": {"en": "euros", "fr": "euros"}}, "Euros"),
        ({"y": ("value", "more")}, "Number"),
        ({"y": ("value",), "unit": {"en": "value", "fr": "valeur"}}, "Value"),
    ],
)
def test_the_axis_tells_what_is_counted_in_which_unit(t: Texts, chart: dict[str, Any], title: str) -> None:
    assert title in drawn([row(FRANCE, "2022", 1)], t, mark=Mark.BARS, x=("who",), **chart)


def test_each_row_is_a_bar_without_series(t: Texts) -> None:
    rows = [row(FRANCE, "2022-05", 12.5), row(CHINA, "2025-05-19", 1_250_000)]
    found = drawn(rows, t, mark=Mark.BARS, x=("who", "when"), unit={"en": "euros", "fr": "euros"})
    assert "France, May 2022" in found
    assert "China, 19 May 2025: 1,250,000\xa0euros" in found
    assert {"12.5", "1.25\xa0m"} <= {*found}


def test_rows_of_one_category_are_added_up_by_series(t: Texts) -> None:
    rows = [row(FRANCE, "2022", 1), row(FRANCE, "2022", 2), row(CHINA, "2023", 10), row(FRANCE, "2023", 4)]
    found = drawn(rows, t, mark=Mark.STACKED, x=("who",), y=("value",), series=("when",), ranked=True)
    assert found[:2] == ["2022", "2023"]
    assert {"France, 2022: 3", "France, 2023: 4", "China, 2023: 10"} <= {*found}
    assert found.index("China") < found.index("France")


def test_values_below_0_that_cannot_be_stacked_are_told(t: Texts) -> None:
    rows = [row(FRANCE, "2022", -1), row(FRANCE, "2023", 4), row(CHINA, "2022", 2)]
    chart = {"x": ("who",), "y": ("value",), "series": ("when",)}
    assert "1 is left out" in described(rows, t, mark=Mark.STACKED, **chart)
    assert "left out" not in described(rows, t, mark=Mark.BARS, **chart)


def test_months_of_which_nothing_is_said_have_nothing_in_an_area(t: Texts) -> None:
    rows = [row(FRANCE, "2022-01", 6), row(FRANCE, "2022-04", 8), row(CHINA, "2022-04", 2)]
    found = drawn(rows, t, mark=Mark.AREAS, x=("when",), y=("value",), series=("who",))
    assert any(text.startswith("Feb 2022") for text in found)
    assert any(text.startswith("Mar 2022") for text in found)
    lines_ = drawn(rows, t, mark=Mark.LINES, x=("when",), y=("value",), series=("who",))
    assert "France: 0" in "\n".join(found)
    assert not any(text.endswith(": 0") for text in lines_)


def test_what_all_events_have_in_common_is_not_said_of_each(t: Texts) -> None:
    rows = [row(FRANCE, "2022", 1) | {"what": Term("literal", word)} for word in ("one", "two")]
    found = drawn(rows, t, mark=Mark.EVENTS, x=("when",), y=("who", "what"))
    assert {"2022  one", "2022  two"} <= {*found}
    mixed = drawn([rows[0], row(CHINA, "2023", 1)], t, mark=Mark.EVENTS, x=("when",), y=("who",))
    assert {"2022  France", "2023  China"} <= {*mixed}


def test_the_order_of_the_series_is_that_of_the_head(t: Texts) -> None:
    rows = [row(FRANCE, "2022", 1), row(CHINA, "2022", 2)]
    found = drawn(rows, t, mark=Mark.STACKED, x=("when",), y=("value",), series=("who",), order=("state:CHN",))
    assert found[:2] == ["China", "France"]


def test_a_line_is_drawn_in_the_order_of_time(t: Texts) -> None:
    rows = [row(FRANCE, "2023-02", 5), row(FRANCE, "2022", 3), row(FRANCE, "--03-01", 9)]
    found = drawn(rows, t, mark=Mark.LINES, x=("when",), y=("value",), series=("who",))
    told = [text for text in found if text.startswith("France, ")]
    assert told == ["France, 2022: 3", "France, Feb 2023: 5"]


def test_of_many_lines_those_of_the_latest_year_are_named(t: Texts) -> None:
    names = [PREFIXES["state"] + code for code in ("AUT", "BEL", "CHE", "DNK", "EST", "FIN", "GRC")]
    rows = [row(name, year, 5) for name in names for year in ("2001", "2002", "2003")]
    rows += [row(FRANCE, "2024", 5), row(FRANCE, "2025", 6), row(CHINA, "2026", 7)]
    found = drawn(rows, t, mark=Mark.LINES, x=("when",), y=("value",), series=("who",))
    assert {"France, 2024: 5", "France, 2025: 6"} <= {*found}
    assert "China, 2026: 7" not in found  # a point alone is no line
    few = drawn([*rows[:9], *rows[-3:]], t, mark=Mark.LINES, x=("when",), y=("value",), series=("who",))
    assert "China, 2026: 7" in few


def test_what_is_left_out_is_told(t: Texts) -> None:
    rows = [row(f"urn:x:{at}", "2022", at) for at in range(MOST_BARS + 3)]
    (query,) = (query for query in Catalogue.read(ROOT / "queries") if query.name == "friends-of-russia")
    figure = figure_of(
        Reading(query, [{"target": one["who"], "value": one["value"]} for one in rows], {}, t, "Country: France")
    )
    assert figure
    assert figure.description == "Country: France. Unit: %. The first 30 of 33; the table holds all."


def test_nothing_to_draw_is_no_chart(t: Texts) -> None:
    (query,) = (query for query in Catalogue.read(ROOT / "queries") if query.name == "friends-of-russia")
    assert figure_of(Reading(query, [], {}, t)) is None
    assert figure_of(Reading(query, [{"target": Term("uri", FRANCE)}], {}, t)) is None
    assert number_of(Term("literal", "12")) is None


def test_the_page_of_a_query_has_its_chart_and_the_way_to_its_file(client: FlaskClient) -> None:
    page = client.get("/queries/friends-of-russia?lang=fr").get_data(as_text=True)
    assert 'class="chart broad"' in page
    assert 'href="/queries/friends-of-russia.svg"' in page
    assert "Unité\u202f: %." in page


def test_the_chart_is_a_file_that_tells_where_it_is_from(client: FlaskClient) -> None:
    response = client.get("/queries/friends-of-russia.svg?population=state:RUS", headers={"Accept-Language": "en"})
    assert response.content_type == "image/svg+xml"
    root = ElementTree.fromstring(response.data)
    words = " ".join(element.text or "" for element in root.iter() if element.tag.endswith("text"))
    assert "/queries/friends-of-russia?population=state%3ARUS" in words
    assert "Source: Sides, release" in words


@pytest.mark.parametrize("address", ["/queries/why.svg", "/queries/friends-of-russia.svg?population=state:FRA"])
def test_what_is_not_drawn_has_no_file(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_yes_and_no_are_told_with_what_they_answer(t: Texts) -> None:
    said = Term("literal", "true", datatype=PREFIXES["xsd"] + "boolean")
    rows = [row(FRANCE, "2022", 1) | {"listed": said}]
    found = drawn(rows, t, mark=Mark.BARS, x=("listed", "who"), names={"listed": {"en": "on the list", "fr": "listé"}})
    assert "on the list: yes, France" in found
