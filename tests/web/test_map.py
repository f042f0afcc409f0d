"""The map: every state has a shape, colours follow values and kinds, years can be compared, the file stands alone."""

from __future__ import annotations

import csv
import json
import re
import runpy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue, SavedQuery
from kg.ground.terms import PREFIXES
from kg.serve.results import Row, Term
from kg.serve.web.charts.world import read_outlines, shade_kinds, shade_values, world_in_page
from kg.serve.web.maps import Atlas, atlas_of
from kg.serve.web.reading import Reading
from kg.serve.web.texts import Texts, read_texts

ROOT = Path(__file__).parents[2]
FILE = ROOT / "web" / "static" / "world.svg"
OUTLINES = read_outlines(FILE.read_text(encoding="utf-8"))
MAKER = ROOT / "web" / "make_map.py"
NAMES = {"FRA": "France", "DEU": "Germany", "MLT": "Malta"}
DECIMAL = PREFIXES["xsd"] + "decimal"


@pytest.fixture(scope="module")
def t() -> Texts:
    return read_texts(ROOT / "web" / "locale")["en"]


def query(name: str) -> SavedQuery:
    (found,) = (query for query in Catalogue.read(ROOT / "queries") if query.name == name)
    return found


def row(**cells: object) -> Row:
    return {
        name: Term("uri", PREFIXES["state"] + value)
        if isinstance(value, str) and value.isupper()
        else Term("literal", str(value), datatype=None if isinstance(value, str) else DECIMAL)
        for name, value in cells.items()
    }


def atlas(name: str, rows: list[Row], t: Texts, frame: str | None = None) -> Atlas:
    found = atlas_of(Reading(query(name), rows, {}, t), NAMES, frame=frame)
    assert found
    return found


def test_every_state_of_the_tables_has_one_shape() -> None:
    with (ROOT / "sources" / "entities" / "states.csv").open(encoding="utf-8", newline="") as file:
        codes = [line["iso3"] for line in csv.DictReader(file)]
    assert len(codes) > 190
    assert {*codes} == {*OUTLINES.shapes} - {"land", "borders"}
    assert len(re.findall(r' id="', FILE.read_text(encoding="utf-8"))) == len(codes) + 2


def test_every_shape_lies_within_the_box() -> None:
    left, top, width, height = map(float, OUTLINES.box.split())
    for name, shape in OUTLINES.shapes.items():
        for x, y in _points(shape):
            assert left - 60 <= x <= left + width + 60, name
            assert top - 60 <= y <= top + height + 60, name


def _points(shape: str) -> list[tuple[float, float]]:
    circle = re.search(r'cx="(-?\d+)" cy="(-?\d+)"', shape)
    if circle:
        return [(float(circle[1]), float(circle[2]))]
    points = []
    for ring in re.findall(r"M([^Mz]+)", shape):
        x, y = 0, 0
        for right, down in re.findall(r"(-?\d+)[ ]?(-?\d+)", ring):
            x, y = x + int(right), y + int(down)
            points.append((float(x), float(y)))
    return points


def test_no_line_runs_across_the_map() -> None:
    """What crosses the edge of the map goes on beyond it."""
    for name, shape in OUTLINES.shapes.items():
        for ring in re.findall(r"l([^Mz]+)", shape):
            steps = [int(right) for right, _ in re.findall(r"(-?\d+)[ ]?(-?\d+)", ring)]
            assert max(map(abs, steps), default=0) < 2500, name


def test_crimea_is_drawn_with_ukraine() -> None:
    made = runpy.run_path(str(MAKER))
    x, y = made["project"](*made["CRIMEA"])
    assert made["holds"](_rings("UKR"), (x, y))
    assert not made["holds"](_rings("RUS"), (x, y))


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("FRA", (2.35, 48.86)), ("BRA", (-47.9, -15.8)), ("RUS", (37.6, 55.75)), ("RUS", (-172.0, 66.3)),
        ("UZB", (64.6, 41.4)), ("TWN", (121.0, 24.0)), ("SOM", (44.0, 9.5)), ("AUS", (149.1, -35.3)),
        ("CHL", (-70.6, -33.4)),
    ],
)  # fmt: skip
def test_places_lie_in_their_states(code: str, place: tuple[float, float]) -> None:
    made = runpy.run_path(str(MAKER))
    assert made["holds"](_rings(code), made["project"](*place))


def _rings(code: str) -> list[list[tuple[float, float]]]:
    return [_points(f"M{ring}") for ring in re.findall(r"M([^Mz]+)", OUTLINES.shapes[code])]


def test_the_projection_keeps_areas() -> None:
    """Equal Earth: a square degree anywhere has its share of the sphere."""
    made = runpy.run_path(str(MAKER))
    project, area = made["project"], made["area"]
    areas = []
    for latitude, part in ((0.0, 0.0087265), (45.0, 0.0061166), (70.0, 0.0029097)):
        corners = [(20.0, latitude), (20.5, latitude), (20.5, latitude + 0.5), (20.0, latitude + 0.5)]
        areas.append(area([project(*corner) for corner in corners]) / part)
    assert areas[1] == pytest.approx(areas[0], rel=0.02)
    assert areas[2] == pytest.approx(areas[0], rel=0.02)


@pytest.mark.skipif(
    not (ROOT / "web" / "node_modules" / "world-atlas").exists(), reason="the outlines are not there: make map"
)
def test_the_file_is_what_the_script_draws() -> None:
    assert runpy.run_path(str(MAKER))["draw"]() == FILE.read_text(encoding="utf-8")


def test_the_outlines_are_locked_without_a_registry() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert "node_modules/world-atlas" in packages
    assert all("resolved" not in package and package["integrity"] for package in packages.values())


def test_classes_go_from_little_to_much() -> None:
    values = {code: float(at) for at, code in enumerate("abcdefghijkl")}
    shades, meanings = shade_values(values, [*values.values()], str)
    assert [shades[code] for code in "ace"] == sorted(shades[code] for code in "ace")
    assert (shades["a"], shades["l"]) == ("s1", "s6")
    assert [shade for shade, _ in meanings] == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert (meanings[0][1], meanings[-1][1]) == ("< 2.0", "≥ 10.0")


def test_values_on_both_sides_of_0_have_a_middle() -> None:
    values = {"a": -90.0, "b": -40.0, "c": -1.0, "d": 2.0, "e": 60.0, "f": 80.0}
    shades, meanings = shade_values(values, [*values.values()], str)
    assert (shades["a"], shades["c"], shades["d"], shades["f"]) == ("d1", "d4", "d4", "d7")
    assert [name for _, name in meanings][:3] == ["< \u221275.0", "\u221275.0 – \u221250.0", "\u221250.0 – \u221225.0"]
    assert len(meanings) == 7


def test_many_values_that_are_alike_leave_even_classes() -> None:
    values = dict.fromkeys(map(str, range(40)), 0.0) | {"a": 25.0, "b": 50.0, "c": 100.0, "d": 75.0}
    shades, meanings = shade_values(values, [*values.values()], str)
    assert len({shades[code] for code in ("0", "a", "b", "c", "d")}) == 5
    assert len(meanings) == 6


def test_what_several_rows_of_a_state_say_is_a_kind_of_its_own(t: Texts) -> None:
    position, france = PREFIXES["position"], Term("uri", PREFIXES["state"] + "FRA")
    rows = [{"state": france, "position": Term("uri", position + name)} for name in ("against", "in-favour")]
    world = atlas("votes-on-a-resolution", rows, t).world
    assert [(entry.name, entry.count) for entry in world.legend if entry.count == 1] == [
        ("position:in-favour + position:against", 1)
    ]


def test_a_value_alone_is_no_scale() -> None:
    assert shade_values({"a": 5.0, "b": 5.0}, [5.0, 5.0], str) == ({"a": "s4", "b": "s4"}, [("s4", "5.0")])


def test_kinds_have_the_colours_of_their_order_and_the_last_ones_share_one() -> None:
    order = [f"kind {at}" for at in range(9)]
    shades, meanings = shade_kinds({"a": "kind 0", "b": "kind 8"}, order, "others")
    assert shades == {"a": "c1", "b": "c7"}
    assert meanings[-1] == ("c7", "others")
    assert len(meanings) == 7


def test_votes_have_the_colours_of_their_order(t: Texts) -> None:
    position = PREFIXES["position"]
    rows = [
        {"state": Term("uri", PREFIXES["state"] + code), "position": Term("uri", position + name)}
        for code, name in (("FRA", "against"), ("DEU", "in-favour"))
    ]
    world = atlas("votes-on-a-resolution", rows, t).world
    assert {state.code: state.shade for state in world.states} == {"DEU": "c1", "FRA": "c2"}
    assert [(entry.shade, entry.count) for entry in world.legend] == [("c1", 1), ("c2", 1), ("blank", 1)]
    assert world.states[1].href == "/page/state/FRA"


def test_a_year_is_chosen_and_the_classes_are_those_of_all_years(t: Texts) -> None:
    rows = [
        row(donor="FRA", amount=30),
        row(donor="FRA", year="2022", amount=10),
        row(donor="DEU", year="2023", amount=20),
    ]
    whole, early = atlas("aid-of-states", rows, t), atlas("aid-of-states", rows, t, "2022")
    assert (whole.frames, whole.frame, early.frame) == (("", "2022", "2023"), "", "2022")
    assert [state.told for state in whole.world.states] == ["France: 30\xa0euros"]
    assert [state.told for state in early.world.states] == ["France: 10\xa0euros"]
    assert [entry.name for entry in whole.world.legend] == [entry.name for entry in early.world.legend]
    assert atlas("aid-of-states", rows, t, "1999").frame == ""


def test_the_latest_value_of_a_year_is_shown(t: Texts) -> None:
    rows = [row(population="FRA", value=-5, date="2023-03"), row(population="FRA", value=-7, date="2023-11")]
    assert [state.told for state in atlas("perception-of-russia", rows, t).world.states] == ["France: -7\xa0points"]


def test_states_without_value_are_listed_as_in_the_answer(t: Texts) -> None:
    world = atlas("coalition-members", [row(member="MLT"), row(member="FRA")], t).world
    assert [(state.name, state.shade) for state in world.states] == [("France", "c1"), ("Malta", "c1")]
    assert [state.code for state in world.others] == ["DEU"]


def test_an_answer_without_states_has_no_map(t: Texts) -> None:
    assert atlas_of(Reading(query("coalition-members"), [], {}, t), NAMES) is None
    assert atlas_of(Reading(query("friends-of-russia"), [row(target="FRA")], {}, t), NAMES) is None


def test_each_state_leads_to_its_page_and_tells_its_value(t: Texts) -> None:
    world = atlas("coalition-members", [row(member="FRA")], t).world
    root = ElementTree.fromstring(world_in_page(world, OUTLINES, "/static/world.svg"))
    links = {link.get("href"): link for link in root.iter("a")}
    france = links["/page/state/FRA"]
    assert france.get("aria-label") == "France: in the answer"
    assert [use.get("href") for use in france.iter("use")] == ["/static/world.svg#FRA"]
    assert len(links) == len(NAMES)


def test_the_page_of_the_map(client: FlaskClient) -> None:
    page = client.get("/map?measure=coalition-members&lang=fr").get_data(as_text=True)
    assert '<use href="/static/world.svg#FRA" class="c1">' in page
    assert "/map.svg?measure=coalition-members" in page
    assert "dans la réponse" in page
    assert re.search("Organisation\u202f?.?: (?:la )?[Cc]oalition des volontaires", page)


def test_the_part_of_the_map_alone(client: FlaskClient) -> None:
    part = client.get("/map?measure=coalition-members&part=map").get_data(as_text=True)
    assert "<html" not in part
    assert "world.svg#FRA" in part


def test_the_part_of_a_measure_has_its_forms_and_no_page(client: FlaskClient) -> None:
    part = client.get("/map?measure=coalition-members&part=measure&lang=en").get_data(as_text=True)
    assert "<html" not in part
    assert '<input type="hidden" name="measure" value="coalition-members">' in part
    assert '<select id="p-organisation"' in part
    assert "world.svg#FRA" in part


def test_the_first_page_has_the_map_with_the_choice_of_its_measure(client: FlaskClient) -> None:
    first = client.get("/?lang=en").get_data(as_text=True)
    offered = re.findall(
        r'<option value="([a-z-]+)"', first.partition('<select id="measure"')[2].partition("</select>")[0]
    )
    assert {"votes-on-a-resolution", "aid-of-states", "coalition-members", "perception-of-russia"} <= {*offered}
    assert '<form class="parameters" action="/" data-measures>' in first
    chosen = client.get("/?lang=en&measure=coalition-members").get_data(as_text=True)
    assert '<option value="coalition-members" selected>' in chosen
    assert 'href="/map.svg?measure=coalition-members"' in chosen
    assert '<dl class="figures"' in chosen


def test_the_first_page_gives_its_map_alone(client: FlaskClient) -> None:
    for part in ("map", "measure"):
        answer = client.get(f"/?measure=coalition-members&part={part}").get_data(as_text=True)
        assert "<html" not in answer
        assert "world.svg#FRA" in answer
    assert "<html" in client.get("/?measure=coalition-members&part=other").get_data(as_text=True)
    assert client.get("/?measure=nothing").status_code == 404


def test_a_problem_of_the_map_leaves_the_first_page_standing(client: FlaskClient) -> None:
    answer = client.get("/?measure=coalition-members&organisation=no")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert '<dl class="figures"' in answer.text


def test_the_map_as_a_file(client: FlaskClient) -> None:
    for address in ("/map.svg?measure=coalition-members", "/queries/coalition-members.svg"):
        response = client.get(address)
        assert response.content_type == "image/svg+xml"
        root: Any = ElementTree.fromstring(response.data)
        assert "use" not in {element.tag.rpartition("}")[2] for element in root.iter()}
        assert "var(" not in response.text


@pytest.mark.parametrize(
    ("address", "status"),
    [("/map?measure=nothing", 404), ("/map?measure=why", 404), ("/map?measure=coalition-members&organisation=no", 400)],
)
def test_what_the_map_does_not_show(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(address).status_code == status
