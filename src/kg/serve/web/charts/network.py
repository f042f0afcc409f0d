"""A network: things as dots, with arrows between those that are related."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.layout import spread
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
    lines = [_line(edge, places, sizes, kinds[edge.kind]) for edge in drawn.edges]
    dots = [_dot(key, drawn, places[key], sizes[key]) for key in keys]
    names = _names(drawn, places, sizes, degrees, width)
    return Drawing(width, top + height, join([head, *lines, *dots, names]))


def _height(count: int, width: float) -> float:
    """As high as the things need room: a narrow drawing is the higher for it."""
    return min(max(count * 26.0, 200.0), 760.0 if width <= NARROW else 560.0)


def _line(edge: Edge, places: Mapping[str, tuple[float, float]], sizes: Mapping[str, float], kind: int) -> Markup:
    """An arrow between the rims of two dots; a loop for a thing that is related to itself."""
    (x, y), (to_x, to_y) = places[edge.source], places[edge.target]
    length = math.hypot(to_x - x, to_y - y)
    shade = f"{colour(kind)} edge"
    if length < 1:
        size = sizes[edge.source] + 6
        return tag("circle", class_=f"{shade} loop", cx=x, cy=y - size, r=size - 2)
    along, beside = (to_x - x) / length, (to_y - y) / length
    start, end = sizes[edge.source], length - sizes[edge.target] - 1
    tip = (x + along * end, y + beside * end)
    sides = [
        (tip[0] - along * _TIP - beside * turn, tip[1] - beside * _TIP + along * turn) for turn in (_TIP / 2, -_TIP / 2)
    ]
    shaft = f"M{number(x + along * start)} {number(y + beside * start)}L{number(tip[0])} {number(tip[1])}"
    head = "".join(f"M{number(px)} {number(py)}L{number(tip[0])} {number(tip[1])}" for px, py in sides)
    return tag("path", class_=shade, d=shaft + head)


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
