"""A map of the states of the world, each in the colour of its value or of its kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markupsafe import Markup

from kg.serve.web.charts.marks import COLOURS, colour, legend, moved
from kg.serve.web.charts.scales import breaks, class_of, even, ticks
from kg.serve.web.charts.svg import LINE, Drawing, number, tag

STEPS = 6
"""Steps of a sequence from little to much."""

_FEW = 3
"""Limits of classes of about as many values: of fewer, a map of many values tells little."""

SIDES = 3
"""Steps on each side of the middle, where values lie on both sides of 0."""

Shading = tuple[dict[str, str], list[tuple[str, str]]]
"""The class of the colour of each state, and what each class means."""

_ELEMENT = re.compile(r'<(?P<name>path|circle) id="(?P<id>[A-Za-z]+)" (?P<rest>[^>]*)/>')


@dataclass(frozen=True, slots=True)
class Outlines:
    """The shapes of a file of outlines by their names, and the box in which they lie."""

    box: str
    shapes: Mapping[str, Markup]


@dataclass(frozen=True, slots=True)
class State:
    """A state on the map: its ISO code, name and page, what is told of it, the class of its colour."""

    code: str
    name: str
    href: str
    told: str
    shade: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What a colour of a map means, and how many states have it."""

    shade: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class World:
    """A map: its states by what they have, and its legend. ``states`` have a value, in the order of a list."""

    title: str
    description: str
    states: tuple[State, ...]
    legend: tuple[Legend, ...]
    others: tuple[State, ...] = field(default=())


def read_outlines(file: str) -> Outlines:
    """The shapes of ``world.svg``."""
    found = re.search(r'viewBox="([^"]+)"', file)
    shapes = {
        part["id"]: Markup("<{} {}></{}>").format(Markup(part["name"]), Markup(part["rest"]), Markup(part["name"]))
        for part in _ELEMENT.finditer(file)
    }
    return Outlines(found[1] if found else "", shapes)


def shade_values(values: Mapping[str, float], pool: Sequence[float], words: Callable[[float], str]) -> Shading:
    """The class of the colour of each value, and what the classes mean.

    ``pool`` holds all values that are to be compared, those of other years too. With values on both sides of 0 the
    colours have a middle there, and the classes are even; else about as many values lie in each, or, where many are
    alike, they are even.
    """
    if pool and min(pool) < 0 < max(pool):
        limits = even(max(map(abs, pool)), SIDES)
        around = [-limit for limit in reversed(limits)] + limits
        first = SIDES - len(limits)
        classes = [f"d{first + at + 1}" for at in range(len(around) + 1)]
        return _classed(values, around, classes, words)
    limits = breaks(pool, STEPS)
    if len(limits) < _FEW < len({*pool}):  # many are alike
        limits = [value for value in ticks(min(pool), max(pool), STEPS) if min(pool) < value <= max(pool)]
    first = STEPS - len(limits) - 1 if limits else STEPS // 2
    return _classed(values, limits, [f"s{first + at + 1}" for at in range(len(limits) + 1)], words)


def _classed(
    values: Mapping[str, float], limits: Sequence[float], classes: Sequence[str], words: Callable[[float], str]
) -> Shading:
    shades = {code: classes[class_of(value, limits)] for code, value in values.items()}
    if not limits:
        return shades, [(shade, words(value)) for value, shade in zip(values.values(), shades.values(), strict=True)][
            :1
        ]
    told = [words(limit).replace("-", "\u2212") for limit in limits]
    names = [f"< {told[0]}", *(f"{low} – {high}" for low, high in pairwise(told)), f"≥ {told[-1]}"]
    return shades, list(zip(classes, names, strict=True))


def shade_kinds(kinds: Mapping[str, str], order: Sequence[str], others: str) -> Shading:
    """The class of the colour of each kind, by its place in an order, and what the colours mean.

    Kinds beyond the colours are together the last one, which is called ``others``.
    """
    places = {kind: at for at, kind in enumerate(order)}
    shades = {code: colour(places[kind]) for code, kind in kinds.items()}
    if len(order) <= COLOURS:
        return shades, [(colour(at), kind) for at, kind in enumerate(order)]
    return shades, [*((colour(at), kind) for at, kind in enumerate(order[: COLOURS - 1])), (colour(COLOURS), others)]


def world_in_page(world: World, outlines: Outlines, address: str) -> Markup:
    """The map for a page: its shapes are those of the file at ``address``, which a browser keeps.

    Each state leads to its page, by a pointer; the list behind the map does by the keyboard.
    """
    uses = [_use(address, "land", "blank"), *(_linked(state, address) for state in (*world.others, *world.states))]
    borders = tag("use", href=f"{address}#borders", class_="borders")
    return tag("svg", *uses, borders, class_="world", viewBox=outlines.box, role="group", aria_label=world.title)


def _use(address: str, name: str, shade: str) -> Markup:
    return tag("use", href=f"{address}#{name}", class_=shade)


def _linked(state: State, address: str) -> Markup:
    told = tag("title", state.told)
    return tag("a", told, _use(address, state.code, state.shade), href=state.href, tabindex=-1, aria_label=state.told)


def draw_world(world: World, outlines: Outlines, width: float) -> Drawing:
    """The map with its shapes and its legend, for a file that stands alone."""
    left, top, across, down = map(float, outlines.box.split())
    scale = width / across
    shades = {state.code: state.shade for state in (*world.others, *world.states)}
    shapes = [
        tag("g", shape, class_=shades.get(name, "blank"))
        for name, shape in outlines.shapes.items()
        if name != "borders"
    ]
    borders = tag("g", outlines.shapes.get("borders", Markup()), class_="borders")
    place = f"scale({scale:.5f}) translate({number(-left)} {number(-top)})"
    content = tag("g", *shapes, borders, class_="world", transform=place)
    marks, height = legend(
        [f"{entry.name} ({entry.count})" for entry in world.legend], width, [entry.shade for entry in world.legend]
    )
    return Drawing(width, down * scale + LINE + height, content + moved(marks, 0, down * scale + LINE))
