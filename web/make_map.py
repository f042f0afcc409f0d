"""Draw ``web/static/world.svg`` from the outlines of Natural Earth: one path or dot for each state, by its ISO code.

Runs when the outlines change, not when the site is built: ``make map``. The file that it writes is committed.

The projection is Equal Earth (B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", 2018), in which
areas keep their proportions, with 11° E in the middle, so that no state is cut. Lines are simplified arc by arc
(M. Visvalingam, J. Whyatt, "Line generalisation by repeated elimination of points", 1993): neighbours still meet.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

WEB = Path(__file__).parent
OUTLINES = WEB / "node_modules" / "world-atlas" / "countries-50m.json"
STATES = WEB.parent / "sources" / "entities" / "states.csv"
MAP = WEB / "static" / "world.svg"

MIDDLE = 11.0
"""The longitude in the middle of the map, in degrees."""

NORTH, SOUTH = 84.0, -57.0
"""The latitudes between which the map lies, in degrees: no state is beyond them."""

SCALE = 3600.0
"""Units of the map for a radian, of which about 19,500 are the width."""

LEAST_TRIANGLE = 420.0
"""Square units: a point whose triangle with its neighbours is smaller is left out."""

LEAST_ISLAND = 900.0
"""Square units: smaller islands are left out, but for the largest of each state."""

LEAST_STATE = 6_000.0
"""Square units: a smaller state is a dot, which can be seen and clicked."""

DOT = 62
"""Radius of such a dot in units."""

KOSOVO = "XKX"
WITHOUT_CODE = {"Kosovo": KOSOVO, "Somaliland": "SOM", "N. Cyprus": "CYP"}
"""The states that have what the outlines draw without a code: those that the United Nations count it to, and Kosovo."""

CRIMEA = (34.1, 44.95)
"""A point in Crimea. What holds it is drawn with Ukraine, as resolution 68/262 of the General Assembly has it; the
outlines draw it with the state that holds it in fact."""

Point = tuple[float, float]


@dataclass(slots=True)
class Shape:
    """What is drawn for a state, or for land without one (``code`` empty): the numbers of the arcs of each ring."""

    code: str
    rings: list[list[int]] = field(default_factory=list)


def project(longitude: float, latitude: float) -> Point:
    """A place on the map, from degrees; ``y`` grows downwards."""
    return place((longitude - MIDDLE + 180) % 360 - 180, latitude)


def project_all(points: list[Point]) -> list[Point]:
    """The places of an arc; one that crosses the edge of the map goes on beyond it, so that no island is torn."""
    easts = [(points[0][0] - MIDDLE + 180) % 360 - 180]
    for (before, _), (after, _) in pairwise(points):
        easts.append(easts[-1] + (after - before + 180) % 360 - 180)
    return [place(east, latitude) for east, (_, latitude) in zip(easts, points, strict=True)]


def place(east: float, latitude: float) -> Point:
    """A place on the map, from degrees east of its middle and degrees of latitude."""
    phi, parameter = math.radians(latitude), math.sqrt(3) / 2
    theta = math.asin(parameter * math.sin(phi))
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    slope = 9 * a4 * theta**8 + 7 * a3 * theta**6 + 3 * a2 * theta**2 + a1
    x = math.radians(east) * math.cos(theta) / (parameter * slope)
    y = a4 * theta**9 + a3 * theta**7 + a2 * theta**3 + a1 * theta
    return SCALE * x, -SCALE * y


def arcs_of(topology: Mapping) -> list[list[Point]]:
    """The arcs in degrees; TopoJSON counts each point from the one before, in whole numbers."""
    (width, height), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for right, up in arc:
            x, y = x + right, y + up
            points.append((x * width + left, y * height + bottom))
        arcs.append(points)
    return arcs


def shapes_of(topology: Mapping, arcs: list[list[Point]], codes: Mapping[str, str]) -> dict[str, Shape]:
    """What is drawn for each state, by code; all other land, without states or of none of ours, under no code."""
    shapes: dict[str, Shape] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = codes.get(geometry.get("id", ""), "") or WITHOUT_CODE.get(name, "")
        polygons = geometry.get("arcs", [])
        for polygon in [polygons] if geometry["type"] == "Polygon" else polygons:
            owner = "UKR" if code == "RUS" and holds([joined(polygon[0], arcs)], CRIMEA) else code
            shapes.setdefault(owner, Shape(owner)).rings += polygon
    return shapes


def joined(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """The points of a ring: its arcs one after the other, those with a complement backwards."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[~number][::-1] if number < 0 else arcs[number]
        points += arc[1:] if points else arc
    return points


def holds(rings: list[list[Point]], point: Point) -> bool:
    """Whether a point lies within some rings (even-odd rule)."""
    x, y = point
    crossings = 0
    for ring in rings:
        for (left, low), (right, high) in zip(ring, ring[1:] + ring[:1], strict=True):
            crossings += (low > y) != (high > y) and x < (right - left) * (y - low) / (high - low) + left
    return crossings % 2 == 1


def simplified(points: list[Point]) -> list[Point]:
    """An arc without the points that matter least; its ends stay, and so do three points of a ring."""
    kept = list(points)
    least = 4 if points[0] == points[-1] else 2
    areas = [math.inf, *(triangle(*kept[at - 1 : at + 2]) for at in range(1, len(kept) - 1)), math.inf]
    while len(kept) > least and min(areas) < LEAST_TRIANGLE:
        at = areas.index(min(areas))
        del kept[at], areas[at]
        for near in (at - 1, at):
            if 0 < near < len(kept) - 1:
                areas[near] = triangle(*kept[near - 1 : near + 2])
    return kept


def triangle(one: Point, two: Point, three: Point) -> float:
    """The area of a triangle."""
    return abs((two[0] - one[0]) * (three[1] - one[1]) - (three[0] - one[0]) * (two[1] - one[1])) / 2


def area(ring: list[Point]) -> float:
    """The area of a ring, whichever way it turns."""
    turned = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x * down - right * y for (x, y), (right, down) in turned)) / 2


def middle(ring: list[Point]) -> Point:
    """The middle of a ring's extent."""
    xs, ys = zip(*ring, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def path(rings: list[list[Point]], *, closed: bool = True) -> str:
    """The data of a path in whole units, each point counted from the one before."""
    pieces = []
    for ring in rings:
        x, y = round(ring[0][0]), round(ring[0][1])
        steps = []
        for right, down in ring[1:-1] if closed else ring[1:]:
            there = round(right), round(down)
            if there != (x, y):
                steps.append(f"{there[0] - x} {there[1] - y}")
                x, y = there
        pieces.append(f"M{round(ring[0][0])} {round(ring[0][1])}l{' '.join(steps)}{'z' if closed else ''}")
    return "".join(pieces).replace(" -", "-")


def drawn(topology: Mapping, states: list[Mapping[str, str]]) -> Iterator[str]:
    """The elements of the map: land of no state, each state by its code, and the lines between states."""
    degrees = arcs_of(topology)
    codes = {state["numeric"]: state["iso3"] for state in states if state["numeric"]}
    shapes = shapes_of(topology, degrees, codes)
    arcs = [simplified(project_all(arc)) for arc in degrees]
    dots = {}
    for code, shape in sorted(shapes.items()):
        rings = sorted((joined(ring, arcs) for ring in shape.rings), key=area, reverse=True)
        rings = [ring for at, ring in enumerate(rings) if not at or area(ring) >= LEAST_ISLAND]
        rings = [ring for ring in rings if len(ring) > 3 and on_map(ring)]
        if code and sum(map(area, rings)) < LEAST_STATE:
            dots[code] = middle(rings[0]) if rings else None
        elif rings:
            yield f'<path id="{code or "land"}" d="{path(rings)}"/>'
    yield f'<path id="borders" d="{path([arcs[at] for at in borders(shapes)], closed=False)}"/>'
    for state in states:
        if state["iso3"] in dots or state["iso3"] not in shapes:
            x, y = dots.get(state["iso3"]) or project(float(state["lon"]), float(state["lat"]))
            yield f'<circle id="{state["iso3"]}" cx="{round(x)}" cy="{round(y)}" r="{DOT}"/>'


def borders(shapes: Mapping[str, Shape]) -> list[int]:
    """The arcs that two shapes share; one within a shape is no border."""
    owners: dict[int, set[str]] = {}
    for code, shape in shapes.items():
        for ring in shape.rings:
            for number in ring:
                owners.setdefault(max(number, ~number), set()).add(code)
    return sorted(number for number, codes in owners.items() if len(codes) > 1)


def on_map(ring: list[Point]) -> bool:
    """Whether a ring lies between the latitudes of the map."""
    top, bottom = project(MIDDLE, NORTH)[1], project(MIDDLE, SOUTH)[1]
    return all(top <= y <= bottom for _, y in ring)


def draw() -> str:
    """The whole file.

    Raises `SystemExit` if a state is not drawn exactly once.
    """
    topology = json.loads(OUTLINES.read_text(encoding="utf-8"))
    with STATES.open(encoding="utf-8", newline="") as file:
        states = list(csv.DictReader(file))
    elements = list(drawn(topology, states))
    counted = Counter(element.split('"')[1] for element in elements)
    wrong = {state["iso3"] for state in states if counted[state["iso3"]] != 1}
    if wrong:
        sys.exit(f"not drawn exactly once: {', '.join(sorted(wrong))}")
    left, right = project(MIDDLE - 180, 0)[0], -project(MIDDLE - 180, 0)[0]
    top, bottom = project(MIDDLE, NORTH)[1], project(MIDDLE, SOUTH)[1]
    box = f"{math.floor(left)} {math.floor(top)} {math.ceil(right - left)} {math.ceil(bottom - top)}"
    lines = "\n".join(elements)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">\n{lines}\n</svg>\n'


if __name__ == "__main__":
    MAP.write_text(draw(), encoding="utf-8")
