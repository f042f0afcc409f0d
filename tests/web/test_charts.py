"""What the charts draw: marks as long as their values, letters within their width, every value told."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.serve.web.charts.bars import Bar, bars, dots, stacked
from kg.serve.web.charts.figure import Figure, inline, inlined, standalone
from kg.serve.web.charts.lines import Point, Series, areas, gaps, lines, panels
from kg.serve.web.charts.marks import Words
from kg.serve.web.charts.scales import beginning, breaks, class_of, moment, ticks, time_ticks
from kg.serve.web.charts.svg import NARROW, WIDE, Drawing, width_of
from kg.serve.web.charts.timeline import FEW, Event, timeline

WORDS = Words(
    lambda value: f"{value:g} units", lambda value: f"{value:g}", str, axis="Aid (units)", missing="not given"
)
STATIC = Path(__file__).parents[2] / "web" / "static"
NUMBERS = st.integers(-(10**6), 10**6).map(float) | st.sampled_from([0.01, -0.5, 2.25e9, -1e12, 8.4e-9])


def read(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(f"<svg>{drawing.content}</svg>")


def titles(root: ElementTree.Element) -> list[str]:
    return [title.text or "" for title in root.iter("title")]


def series(*values: tuple[str, list[tuple[str, float]]]) -> list[Series]:
    return [
        Series(name, tuple(Point(moment(when) or 0.0, value, when) for when, value in points))
        for name, points in values
    ]


ROWS = [Bar("United States", (113.0, 50.0)), Bar("Bosnia and Herzegovina", (56.5, None)), Bar("Malta", (0.0, 5.0))]
NAMES = ["committed", "allocated"]
YEARS = series(("friend", [("2020", 10), ("2021", 30)]), ("enemy", [("2020", 40), ("2021", 20)]))
LONG = series(
    *((f"{kind}, as told by a centre of studies with a very long name", [("2020", 1), ("2021", 2)]) for kind in "abc")
)
MANY = [Event(2022 + at / 30, f"{2022 + at // 30}", f"event {at}", f"kind {at % 3}") for at in range(FEW + 6)]
DRAWN: dict[str, Callable[[float], Drawing]] = {
    "bars": lambda width: bars(ROWS, NAMES, WORDS, width),
    "stacked": lambda width: stacked(ROWS, NAMES, WORDS, width),
    "dots": lambda width: dots(ROWS, NAMES, WORDS, width),
    "lines": lambda width: lines(YEARS, WORDS, width),
    "lines with long names": lambda width: lines(LONG, WORDS, width),
    "areas": lambda width: areas(YEARS, WORDS, width),
    "panels": lambda width: panels(YEARS, WORDS, width),
    "few events": lambda width: timeline(MANY[:5], WORDS, width),
    "many events": lambda width: timeline(MANY, WORDS, width),
}


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("name", DRAWN)
def test_every_mark_and_every_letter_stays_within(name: str, width: float) -> None:
    drawing = DRAWN[name](width)
    assert drawing.width == width
    for element, right, down in _placed(read(drawing)):
        x, y = (
            float(element.get("x", element.get("cx", 0))) + right,
            float(element.get("y", element.get("cy", 0))) + down,
        )
        size = float(element.get("width", 0)) or (width_of(element.text or "") if element.tag == "text" else 0)
        left = x - size * {"end": 1, "middle": 0.5}.get(element.get("text-anchor", ""), 0)
        assert left >= -1, (element.tag, element.text)
        assert left + size <= width + 1, (element.tag, element.text)
        assert -1 <= y <= drawing.height + 1, (element.tag, element.text)


def _placed(
    root: ElementTree.Element, right: float = 0, down: float = 0
) -> list[tuple[ElementTree.Element, float, float]]:
    found = []
    for element in root:
        moved = re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform", ""))
        x, y = (right + float(moved[1]), down + float(moved[2])) if moved else (right, down)
        if element.tag in {"text", "rect", "circle"}:
            found.append((element, x, y))
        found += _placed(element, x, y)
    return found


def test_a_bar_is_as_long_as_its_value() -> None:
    root = read(bars([Bar("a", (100.0,)), Bar("b", (25.0,)), Bar("c", (0.0,))], ["value"], WORDS, WIDE))
    lengths = [float(rect.get("width", 0)) for rect in root.iter("rect")]
    assert lengths[0] == pytest.approx(4 * lengths[1], rel=0.01)
    assert lengths[2] == 0


def test_bars_below_zero_go_the_other_way() -> None:
    first, second = read(bars([Bar("a", (10.0,)), Bar("b", (-10.0,))], ["value"], WORDS, WIDE)).iter("rect")
    assert float(second.get("x", 0)) + float(second.get("width", 0)) == pytest.approx(float(first.get("x", 0)), abs=0.2)


def test_parts_lie_end_to_end() -> None:
    root = read(stacked([Bar("a", (10.0, None, 30.0))], ["x", "y", "z"], WORDS, WIDE))
    parts = [rect for rect in root.iter("rect") if "part" in rect.get("class", "")]
    assert [part.get("class") for part in parts] == ["c1 part", "c3 part"]
    one, other = parts
    assert float(one.get("x", 0)) + float(one.get("width", 0)) == pytest.approx(float(other.get("x", 0)), abs=0.2)
    assert titles(root)[1:] == ["a, x: 10 units", "a, z: 30 units"] or "a, z: 30 units" in titles(root)


def test_each_point_is_told_with_its_date() -> None:
    told = titles(read(lines(YEARS, WORDS, WIDE)))
    assert {"friend, 2020: 10 units", "enemy, 2021: 20 units"} <= {*told}


def test_a_line_goes_through_its_points() -> None:
    root = read(lines(series(("", [("2020", 0.0), ("2021", 10.0), ("2022", 5.0)])), WORDS, WIDE))
    line = next(path for path in root.iter("path") if "line" in path.get("class", ""))
    points = [[float(part) for part in pair.split()] for pair in re.split("[ML]", line.get("d", ""))[1:]]
    circles = [[float(circle.get("cx", 0)), float(circle.get("cy", 0))] for circle in root.iter("circle")]
    assert points == circles
    (_, low), (_, high), (_, middle) = points
    assert low - middle == pytest.approx(middle - high, abs=0.2)


WAVES = series(("", [(f"{year}-05", float(year)) for year in (2005, 2006, 2007, 2012, 2013)]))
BLANK = (moment("2013-11") or 0.0, "2013-11")


def test_a_line_is_dashed_across_a_gap() -> None:
    assert [(start[1], end[1]) for start, end in gaps(WAVES)] == [("2007-05", "2012-05")]
    root = read(lines(WAVES, WORDS, WIDE))
    solid, dashed = (path for path in root.iter("path") if "line" in path.get("class", ""))
    assert (solid.get("class"), solid.get("d", "").count("M")) == ("line c1", 2)
    assert (dashed.get("class"), re.sub("[0-9 .]", "", dashed.get("d", ""))) == ("line c1 gap", "ML")
    assert len([*root.iter("circle")]) == 5


def test_series_that_are_even_have_no_gap() -> None:
    assert gaps(YEARS) == []
    assert gaps(series(("", [("2007", 1.0), ("2015", 2.0)]))) == []
    assert gaps([]) == []


def test_what_is_not_given_is_hollow_on_the_axis_and_no_line_hides_it() -> None:
    (waves,) = series(("", [("2013-05", 10.0), ("2014-05", 20.0)]))
    root = read(lines([Series("", waves.points, (BLANK,))], WORDS, WIDE))
    assert "2013-11: not given" in titles(root)
    (hollow,) = (circle for circle in root.iter("circle") if "open" in circle.get("class", ""))
    first, last = (circle for circle in root.iter("circle") if "open" not in circle.get("class", ""))
    x, y = float(hollow.get("cx", 0)), float(hollow.get("cy", 0))
    assert float(first.get("cx", 0)) < x < float(last.get("cx", 0))
    assert y > float(first.get("cy", 0))
    assert [path.get("class") for path in root.iter("path") if "line" in path.get("class", "")] == ["line c1 gap"]


def test_the_few_points_of_one_line_have_their_values_beside_them() -> None:
    written = [text.text for text in read(lines(WAVES, WORDS, WIDE)).iter("text") if text.get("class") == "value"]
    assert written == ["2005", "2006", "2007", "2012", "2013"]
    assert not [text for text in read(lines(YEARS, WORDS, WIDE)).iter("text") if text.get("class") == "value"]


@pytest.mark.parametrize("name", ["bars", "stacked", "dots", "lines", "areas", "panels"])
def test_the_axis_of_values_has_a_title_and_nothing_above_it_but_the_legend(name: str) -> None:
    root = read(DRAWN[name](WIDE))
    (title,) = (text for text in root.iter("text") if text.get("class") == "axis")
    assert title.text == "Aid (units)"
    marks = [float(rect.get("y", 0)) for rect in root.iter("rect") if rect.get("height") != rect.get("width")]
    assert all(y > float(title.get("y", 0)) for y in marks)
    ticks_ = [float(text.get("y", 0)) for text in root.iter("text") if text.get("class") == "tick"]
    assert all(y > float(title.get("y", 0)) for y in ticks_) or name == "panels"


def test_names_at_the_ends_of_lines_do_not_cover_one_another() -> None:
    near = series(*((f"line {at}", [("2020", 10.0), ("2021", 20.0 + at / 10)]) for at in range(6)))
    root = read(lines(near, WORDS, WIDE))
    heights = sorted(float(text.get("y", 0)) for text in root.iter("text") if (text.text or "").startswith("line"))
    assert len(heights) == 6
    assert min(after - before for before, after in itertools.pairwise(heights)) >= 15.9


def test_more_lines_than_colours_are_grey() -> None:
    crowd = series(*((f"line {at}", [("2020", float(at)), ("2021", float(at))]) for at in range(9)))
    classes = [
        path.get("class") for path in read(lines(crowd, WORDS, WIDE)).iter("path") if "line" in path.get("class", "")
    ]
    assert classes == ["line other"] * 3 + [f"line c{at}" for at in range(6, 0, -1)]


def test_areas_end_at_their_sum() -> None:
    root = read(areas(YEARS, WORDS, WIDE))
    upper = [path.get("d", "") for path in root.iter("path") if "part" in path.get("class", "")][1]
    (_, first), (_, second) = ([float(part) for part in pair.split()] for pair in re.split("[ML]", upper)[1:3])
    assert first == pytest.approx(second, abs=0.2)
    assert "2020\nfriend: 10 units\nenemy: 40 units" in titles(root)


def test_events_at_one_time_do_not_cover_one_another() -> None:
    crowd = [Event(2022.0 + at % 6, f"{2022 + at % 6}", f"event {at}") for at in range(FEW + 6)]
    places = {(circle.get("cx"), circle.get("cy")) for circle in read(timeline(crowd, WORDS, WIDE)).iter("circle")}
    assert len(places) == len(crowd)


def test_a_crowd_of_events_is_one_dot_with_their_number() -> None:
    crowd = [Event(2022.0, "2022", f"event {at}") for at in range(FEW + 1)] + [Event(2024.0, "2024", "last")]
    root = read(timeline(crowd, WORDS, WIDE))
    large, small = (float(circle.get("r", 0)) for circle in root.iter("circle"))
    assert large == pytest.approx(5 * small, abs=0.3)
    assert str(FEW + 1) in [text.text for text in root.iter("text")]
    assert titles(root)[0].endswith("…")


def test_a_figure_in_a_page_has_a_name_and_two_layouts() -> None:
    figure = Figure("Who gives <most>?", "In euros.", DRAWN["bars"])
    root = ElementTree.fromstring(f"<div>{inline(figure)}</div>")
    assert [svg.get("class") for svg in root] == ["chart slim", "chart broad"]
    assert [svg.get("aria-label") for svg in root] == ["Who gives <most>?. In euros."] * 2
    assert [svg.get("viewBox", "").split()[2] for svg in root] == ["340", "720"]
    assert "style=" not in inline(figure)


def test_a_figure_as_a_file_carries_all_that_it_needs() -> None:
    tokens, sheet = ((STATIC / name).read_text(encoding="utf-8") for name in ("tokens.css", "charts.css"))
    figure = Figure("Who gives most, and in which of the many categories that there are? " * 2, "", DRAWN["stacked"])
    root = ElementTree.fromstring(standalone(figure, style=inlined(tokens, sheet), source="Source: here"))
    space = "{http://www.w3.org/2000/svg}"
    style = root.findtext(f"{space}style") or ""
    assert ".c1 { color: #" in style
    assert "var(" not in style
    written = [text.text for text in root.iter(f"{space}text")]
    assert written[-1] == "Source: here"
    assert len([text for text in root.iter(f"{space}text") if text.get("class") == "heading"]) > 1


@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_ticks_are_few_round_and_around_the_values(values: list[float]) -> None:
    found = ticks(min(values), max(values))
    assert found == sorted(set(found))
    assert len(found) <= 5
    slack = 1e-9 * max(map(abs, values))
    assert found[0] <= min(values) + slack
    assert found[-1] >= max(values) - slack


@given(st.lists(NUMBERS, max_size=40), st.integers(2, 6))
def test_classes_hold_every_value(values: list[float], classes: int) -> None:
    limits = breaks(values, classes)
    assert limits == sorted(set(limits))
    assert len(limits) < classes
    assert {class_of(value, limits) for value in values} <= {*range(classes)}
    if values:
        assert class_of(min(values), limits) == 0


@given(st.floats(1900, 2100), st.floats(0.05, 150), st.integers(2, 12))
def test_ticks_of_time_lie_within_it(low: float, length: float, most: int) -> None:
    found = [beginning(tick) for tick in time_ticks(low, low + length, most)]
    assert found == sorted(found)
    assert all(low - 1e-6 <= at <= low + length + 1e-6 for at in found)
    assert len(found) <= most + 1


@pytest.mark.parametrize("text", ["", "--03-01", "2022-13", "2022-02-30", "soon"])
def test_what_is_no_date_has_no_place(text: str) -> None:
    assert moment(text) is None
