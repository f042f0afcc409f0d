"""A thing and its neighbours: those that are related to it at its left, those that it is related to at its right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.marks import colour, legend
from kg.serve.web.charts.svg import NARROW, WIDE, Drawing, join, number, shortened, svg, tag, text, width_of

MOST_TIES = 6
"""Relations that are drawn at one side."""

MOST_NAMES = 5
"""Neighbours that are named of one relation; of the others, how many there are."""

_ROW = 26.0  # pixels: what is clicked has 24 at least (WCAG 2.2, 2.5.8), and narrow screens shrink the drawing a little
_GAP = 12.0
_DOT = 4.0
_TRUNK = 8.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing that is drawn: its name, where it leads, and the place of its kind among the colours."""

    name: str
    href: str
    kind: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation in one direction: its name, from the middle (``outgoing``) or to it, its neighbours, their number."""

    label: str
    outgoing: bool
    neighbours: tuple[Neighbour, ...]
    count: int

    @property
    def rows(self) -> int:
        """Lines of letters below its name."""
        shown = min(len(self.neighbours), MOST_NAMES)
        return shown + (self.count > shown)

    @property
    def height(self) -> float:
        """Pixels that it takes."""
        return _ROW + self.rows * _ROW + _GAP

    @property
    def weight(self) -> float:
        """How thick its line is: the more neighbours, the thicker."""
        return 1 + math.log10(max(self.count, 1)) * 1.5


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What is drawn: the name in the middle, its ties, the kinds of neighbours in the order of their colours.

    ``more`` tells how many neighbours of a tie are not named.
    """

    middle: str
    ties: tuple[Tie, ...]
    kinds: tuple[str, ...]
    more: Callable[[int], str]


def in_page(found: Neighbourhood, name: str) -> Markup:
    """The drawing for a page, for a telephone and for a wide column, under an accessible name; its names are links."""
    drawings = ((draw(found, NARROW), "chart slim"), (draw(found, WIDE * 1.4), "chart broad"))
    return join(svg(drawing, class_=class_, role="group", aria_label=name) for drawing, class_ in drawings)


def draw(found: Neighbourhood, width: float) -> Drawing:
    """The neighbours at both sides, or below one another where there is no room."""
    sides = [[tie for tie in found.ties if tie.outgoing is side] for side in (False, True)]
    head, top = legend(found.kinds, width)
    drawn = _beside(found, sides, width) if width > NARROW else _below(found, [*sides[1], *sides[0]], width)
    body = tag("g", drawn.content, transform=f"translate(0 {number(top)})")
    return Drawing(width, top + drawn.height, head + body)


def _beside(found: Neighbourhood, sides: Sequence[Sequence[Tie]], width: float) -> Drawing:
    heights = [sum(tie.height for tie in side) for side in sides]
    height = max(*heights, 3 * _ROW)
    half = min(max(width_of(found.middle) / 2 + 20, 48.0), width * 0.16)
    middle = width / 2 if all(sides) else (half if sides[1] else width - half)
    content: list[Markup] = []
    for side, side_height, outgoing in zip(sides, heights, (False, True), strict=True):
        y = (height - side_height) / 2
        edge = (middle + half + width * 0.1) if outgoing else (middle - half - width * 0.1)
        for tie in side:
            inner = y + _ROW * 0.5
            content.append(_line(tie, middle + (half if outgoing else -half), height / 2, edge, inner))
            content.append(_block(tie, edge, y, (width - edge if outgoing else edge) - 6, found.more))
            y += tie.height
    content.append(_pill(found.middle, middle, height / 2, half))
    return Drawing(width, height, join(content))


def _below(found: Neighbourhood, ties: Sequence[Tie], width: float) -> Drawing:
    half = width / 2
    content = [_pill(found.middle, half, _ROW * 0.75, half)]
    y = _ROW * 2
    for tie in ties:
        start = y + _ROW * 0.5
        content.append(
            tag(
                "path",
                class_="tie-line",
                stroke_width=tie.weight,
                d=f"M{number(_TRUNK)} {number(start)}h{number(_TRUNK)}",
            )
        )
        content.append(_block(tie, 2 * _TRUNK, y, width - 2 * _TRUNK, found.more, arrow=True))
        y += tie.height
    trunk = f"M{number(_TRUNK)} {number(_ROW * 1.5)}V{number(y - (ties[-1].height if ties else 0) + _ROW * 0.5)}"
    return Drawing(width, y, tag("path", class_="tie-line", d=trunk) + join(content))


def _line(tie: Tie, x: float, y: float, edge: float, inner: float) -> Markup:
    """The line of a tie from the middle to its block, with a tip at the end that it leads to."""
    bend = (x + edge) / 2
    way = "M{} {}C{} {} {} {} {} {}".format(*map(number, (x, y, bend, y, bend, inner, edge, inner)))
    end, level = (edge, inner) if tie.outgoing else (x, y)
    tip = f"M{number(end)} {number(level)}l-7 -4v8z"
    return tag("path", class_="tie-line", stroke_width=tie.weight, d=way) + tag("path", class_="tie-tip", d=tip)


def _block(
    tie: Tie, edge: float, y: float, column: float, more: Callable[[int], str], *, arrow: bool = False
) -> Markup:
    """The name of a relation and the neighbours below it; at the left of ``edge`` for those that lead to the middle."""
    left = not tie.outgoing and not arrow
    anchor, turned = ("end", -1) if left else ("", 1)
    x = edge + turned * 6
    sign = ("→ " if tie.outgoing else "← ") if arrow else ""
    content = [text(shortened(f"{sign}{tie.label}", column), x, y + _ROW * 0.5, class_="name", anchor=anchor)]
    y += _ROW
    for neighbour in tie.neighbours[:MOST_NAMES]:
        content.append(_named(neighbour, x, y, column, anchor, turned))
        y += _ROW
    if tie.count > min(len(tie.neighbours), MOST_NAMES):
        left_out = more(tie.count - min(len(tie.neighbours), MOST_NAMES))
        content.append(text(left_out, x + turned * 14, y + _ROW * 0.5, class_="tick", anchor=anchor))
    return join(content)


def _named(neighbour: Neighbour, x: float, y: float, column: float, anchor: str, turned: int) -> Markup:
    """A neighbour as a link: the dot of its kind and its name, on a ground as high as a finger needs."""
    name = _fitted(neighbour.name, column - 20)
    wide = width_of(name) + 20
    ground = tag("rect", class_="hit", x=x if turned > 0 else x - wide, y=y, width=wide, height=_ROW)
    dot = tag("circle", class_=colour(neighbour.kind), cx=x + turned * _DOT, cy=y + _ROW / 2, r=_DOT)
    label = text(name, x + turned * 14, y + _ROW / 2, anchor=anchor)
    return tag("a", ground, dot, label, tag("title", neighbour.name), href=neighbour.href)


def _fitted(name: str, width: float) -> str:
    """A name cut in its middle so that it fits: waves of a survey and meetings differ at their end.

    >>> _fitted("Levada Center: approval of Vladimir Putin, May 2024", 200)
    'Levada Center: ap…May 2024'
    """
    if width_of(name) <= width:
        return name
    for most in range(int(len(name) * width / width_of(name)), 2, -1):
        end = most * 2 // 5
        short = f"{name[: most - end].rstrip(' ,')}…{name[len(name) - end :].lstrip(' ,')}"
        if width_of(short) <= width:
            return short
    return "…"


def _pill(name: str, x: float, y: float, half: float) -> Markup:
    ground = tag("rect", class_="pill", x=x - half, y=y - _ROW * 0.7, width=2 * half, height=_ROW * 1.4, rx=_ROW * 0.7)
    return ground + text(shortened(name, 2 * half - 36), x, y, class_="within", anchor="middle")


def strongest(ties: Iterable[Tie]) -> list[Tie]:
    """The ties that there is room for at each side, in the order in which they are drawn: most neighbours first."""
    ordered = sorted(ties, key=lambda tie: (-tie.count, tie.label))
    sides = ([tie for tie in ordered if tie.outgoing is side] for side in (False, True))
    return [tie for side in sides for tie in side[:MOST_TIES]]
