"""A network: things as dots, with arrows between those that are related."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.layout import Place, spread
from kg.serve.web.charts.marks import colour, legend
from kg.serve.web.charts.svg import LINE, NARROW, Drawing, join, number, shortened, tag, text, width_of

MOST_NODES = 60
"""Things that a network shows: those with most lines."""

MOST_EDGES = 180
"""Lines that a network shows: the first."""

MOST_TOLD = 8
"""Relations of a thing that are told one by one; of the others, how many there are."""

_MARGIN = 14.0
_LONGEST = 130.0  # pixels of a name
_TIP = 6.0
_BESIDE = 12.0  # pixels between the middles of two lines between the same things
_FARTHEST = _MARGIN - 1  # so that no line leaves the drawing
_MOST_LOOPS = 4


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation from one thing to another, by their keys; ``kind`` says which it is, ``note`` what else is known."""

    source: str
    target: str
    kind: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """Things by their keys, each with its name, and what relates them."""

    names: Mapping[str, str]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A kind of relation between two things, as it is drawn.

    ``tips`` are those of the two that it leads to, ``at`` its place among all between them, ``bend`` how far its middle
    lies from the straight line: at the other side where it is negative.
    """

    one: str
    other: str
    kind: str
    tips: tuple[str, ...]
    at: int
    bend: float


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def bounded(network: Network) -> Network:
    """The part of a network that is drawn: the things with most relations, and the first relations among them.

    >>> edges = tuple(Edge("a", str(at)) for at in range(MOST_NODES + 5))
    >>> found = bounded(Network({key: key for key in ("a", *map(str, range(MOST_NODES + 5)))}, edges))
    >>> len(found.names), len(found.edges)
    (60, 59)
    """
    degrees = Counter(key for edge in network.edges for key in {edge.source, edge.target})
    kept = dict(sorted(network.names.items(), key=lambda item: -degrees[item[0]])[:MOST_NODES])
    among = tuple(edge for edge in network.edges if edge.source in kept and edge.target in kept)[:MOST_EDGES]
    return Network({key: name for key, name in network.names.items() if key in kept}, among)


def network(drawn: Network, width: float) -> Drawing:
    """The things of a network with their names, where there is room for them; each tells its relations."""
    keys = [*drawn.names]
    numbers = {key: at for at, key in enumerate(keys)}
    kinds = {kind: at for at, kind in enumerate(dict.fromkeys(edge.kind for edge in drawn.edges))}
    head, top = legend([kind for kind in kinds if kind], width)
    height = _height(len(keys), width)
    unit = spread(len(keys), [(numbers[edge.source], numbers[edge.target]) for edge in drawn.edges])
    across, down = width - 2 * _MARGIN, height - 2 * _MARGIN
    places = {key: (_MARGIN + x * across, top + _MARGIN + y * down) for key, (x, y) in zip(keys, unit, strict=True)}
    degrees = Counter(key for edge in drawn.edges for key in {edge.source, edge.target})
    sizes = {key: 4.0 + min(math.sqrt(degrees[key]), 5.0) for key in keys}
    lines = [_line(line, places, sizes, kinds[line.kind]) for line in _apart(drawn.edges)]
    dots = [_dot(key, drawn, places[key], sizes[key]) for key in keys]
    names = _names(drawn, places, sizes, degrees, width)
    return Drawing(width, top + height, join([head, *lines, *dots, names]))


def _height(count: int, width: float) -> float:
    """As high as the things need room: a narrow drawing is the higher for it."""
    return min(max(count * 26.0, 200.0), 760.0 if width <= NARROW else 560.0)


def _apart(edges: Iterable[Edge]) -> list[_Line]:
    """A line for each kind of relation between two things, those between the same two beside one another.

    Those that differ in their notes or their directions alone have one line, with a tip at each end that they lead to.

    >>> edges = [Edge("a", "b", "x"), Edge("b", "a", "y"), Edge("b", "a", "x"), Edge("c", "a", "x")]
    >>> [(line.kind, line.tips, line.bend) for line in _apart(edges)]
    [('x', ('b', 'a'), -6.0), ('y', ('a',), 6.0), ('x', ('a',), 0.0)]
    """
    between: dict[tuple[str, str], dict[str, dict[str, None]]] = {}
    for edge in edges:
        pair = (min(edge.source, edge.target), max(edge.source, edge.target))
        between.setdefault(pair, {}).setdefault(edge.kind, {})[edge.target] = None
    return [
        _Line(
            *pair,
            kind,
            (*tips,),
            at,
            (at - (len(kinds) - 1) / 2) * min(_BESIDE, 2 * _FARTHEST / max(len(kinds) - 1, 1)),
        )
        for pair, kinds in between.items()
        for at, (kind, tips) in enumerate(kinds.items())
    ]


def _line(line: _Line, places: Mapping[str, Place], sizes: Mapping[str, float], kind: int) -> Markup:
    """An arrow between the rims of two dots; a loop for a thing that is related to itself."""
    one, other = places[line.one], places[line.other]
    length = math.dist(one, other)
    shade = f"{colour(kind)} edge"
    if length < 1:
        size = sizes[line.one] + 6 + min(line.at, _MOST_LOOPS - 1) * _TIP / 2
        return tag("circle", class_=f"{shade} loop", cx=one[0], cy=one[1] - size, r=size - 2)
    # The middle of such a curve lies half as far from the straight line as the point that pulls it.
    pull = 2 * line.bend / length
    by = ((one[0] + other[0]) / 2 - (other[1] - one[1]) * pull, (one[1] + other[1]) / 2 + (other[0] - one[0]) * pull)
    start, end = (_towards(places[key], by, sizes[key] + (key in line.tips)) for key in (line.one, line.other))
    shaft = f"M{_at(start)}" + (f"Q{_at(by)} {_at(end)}" if line.bend else f"L{_at(end)}")
    heads = (_head(start if key == line.one else end, by) for key in line.tips)
    return tag("path", class_=shade, d=shaft + "".join(heads))


def _head(tip: Place, by: Place) -> str:
    """The two strokes of a tip that comes from a place."""
    back = _towards(tip, by, _TIP)
    across, down = (back[0] - tip[0]) / 2, (back[1] - tip[1]) / 2
    sides = ((back[0] - down * turn, back[1] + across * turn) for turn in (1, -1))
    return "".join(f"M{_at(side)}L{_at(tip)}" for side in sides)


def _towards(place: Place, other: Place, way: float) -> Place:
    """The place that lies so far on the way from one to another."""
    across, down = other[0] - place[0], other[1] - place[1]
    part = way / (math.hypot(across, down) or 1.0)
    return place[0] + across * part, place[1] + down * part


def _at(place: Place) -> str:
    return f"{number(place[0])} {number(place[1])}"


def _dot(key: str, drawn: Network, place: tuple[float, float], size: float) -> Markup:
    told = tag("title", "\n".join([drawn.names[key], *_told(key, drawn)]))
    return tag("circle", told, class_="node", cx=place[0], cy=place[1], r=size)


def _told(key: str, drawn: Network) -> list[str]:
    """The relations of a thing, one on each line: to others with an arrow to the right, from them to the left."""
    found = []
    for edge in drawn.edges:
        if key in {edge.source, edge.target}:
            out = key == edge.source
            other = drawn.names[edge.target if out else edge.source]
            words = " ".join(filter(None, ("→" if out else "←", edge.kind, other)))
            found.append(f"{words} ({edge.note})" if edge.note else words)
    more = len(found) - MOST_TOLD
    return [*found[:MOST_TOLD], f"+ {more}"] if more > 0 else found


def _names(
    drawn: Network,
    places: Mapping[str, tuple[float, float]],
    sizes: Mapping[str, float],
    degrees: Mapping[str, int],
    width: float,
) -> Markup:
    """The names beside their dots, those with most relations first; one that finds no room is told by its dot alone."""
    taken = [_Box(x - sizes[key], y - sizes[key], x + sizes[key], y + sizes[key]) for key, (x, y) in places.items()]
    written = []
    for key in sorted(drawn.names, key=lambda key: -degrees[key]):
        name = shortened(drawn.names[key], min(_LONGEST, width / 3))
        for x, y, anchor, box in _sides(places[key], sizes[key], width_of(name)):
            inside = box.left >= 0 and box.right <= width
            if inside and not any(box.meets(other) for other in taken):
                taken.append(box)
                written.append(text(name, x, y, class_="beside", anchor=anchor))
                break
    return join(written)


def _sides(place: tuple[float, float], size: float, length: float) -> list[tuple[float, float, str, _Box]]:
    """Where a name may stand: at the right of its dot, at its left, below, above."""
    x, y = place
    half, near = LINE / 2 - 1, size + 3
    return [
        (x + near, y, "", _Box(x + near, y - half, x + near + length, y + half)),
        (x - near, y, "end", _Box(x - near - length, y - half, x - near, y + half)),
        (x, y + near + half, "middle", _Box(x - length / 2, y + near, x + length / 2, y + near + 2 * half)),
        (x, y - near - half, "middle", _Box(x - length / 2, y - near - 2 * half, x + length / 2, y - near)),
    ]
