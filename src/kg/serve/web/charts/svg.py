"""SVG as text: elements, numbers, and how wide letters are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from unicodedata import combining, east_asian_width, normalize

from markupsafe import Markup, escape

NARROW = 340
WIDE = 720
"""Widths in pixels for which a chart is laid out: a telephone, a column of text. Each is shown at about its own size,
so that its letters keep theirs."""

LETTER = 12
"""Height of the letters in pixels."""

LINE = 16
"""Distance between two lines of letters in pixels."""

_WIDTHS = {
    letter: width / 100
    for width, letters in (
        (28, "'ijl"),
        (34, " \xa0,.·’IJ/:;\\|"),
        (40, "f-()[]t!"),
        (50, 'r"*_`–'),
        (56, "sz?cL"),
        (62, "Fkvxyo«»aPTYe"),
        (64, "hnubdgpqSE0123456789${}€"),
        (70, "KAVXZBRC"),
        (79, "UNHDG&OQ"),
        (84, "w#+<=>^~"),
        (100, "MWm%@…—æ"),
        (107, "œŒ"),
    )
    for letter in letters
}
"""How wide letters are, as parts of their height, in the widest of the fonts that the pages name (DejaVu Sans)."""

_OTHERS = 0.8  # letters of other alphabets, but for those that fill a square


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart draws for one width: its size in pixels and its marks."""

    width: float
    height: float
    content: Markup


def tag(name: str, *children: str, **attributes: object) -> Markup:
    """An element. Attributes that are None or empty are left out; ``class_`` is class, ``stroke_width`` stroke-width.

    >>> tag("rect", class_="c1", x=1.26, width=10, rx=None)
    Markup('<rect class="c1" x="1.3" width="10"></rect>')
    >>> tag("text", "a < b", x=0)
    Markup('<text x="0">a &lt; b</text>')
    """
    # Written as text: the formatting of Markup takes four times as long, and a chart has a few hundred elements.
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{number(value) if _is_number(value) else escape(value)}"'
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return Markup(f"<{name}{written}>{''.join(map(escape, children))}</{name}>")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(value: object) -> str:
    """A coordinate, to a tenth of a pixel.

    >>> number(12.04), number(-0.04), number(3.25)
    ('12', '0', '3.2')
    """
    return f"{round(float(str(value)), 1) + 0.0:.1f}".removesuffix(".0")


def join(parts: Iterable[Markup]) -> Markup:
    """Elements one after the other."""
    return Markup().join(parts)


def text(words: str, x: float, y: float, *, class_: str = "", anchor: str = "") -> Markup:
    """A line of letters whose middle lies at ``y``; ``anchor`` is middle or end."""
    return tag("text", words, x=x, y=y + LETTER * 0.35, class_=class_, text_anchor=anchor)


def width_of(words: str) -> float:
    """How wide a line of letters is at most, in pixels.

    >>> width_of("Union") > width_of("Milli") and width_of("é") == width_of("e")
    True
    """
    return LETTER * sum(map(_letter, words))


@lru_cache(maxsize=4096)
def _letter(letter: str) -> float:
    """How wide a letter is, with or without its accents, as a part of its height."""
    plain = normalize("NFD", letter)[0]
    return _WIDTHS.get(plain, 1.0 if east_asian_width(letter) in "WF" else 0.0 if combining(letter) else _OTHERS)


def shortened(words: str, width: float) -> str:
    """A text cut so that it fits into a width.

    >>> shortened("Bosnia and Herzegovina", 80)
    'Bosnia and…'
    """
    if width_of(words) <= width:
        return words
    ends = accumulate(LETTER * _letter(letter) for letter in words)
    fits = bisect_right([*ends], width - LETTER * _letter("…"))
    return words[: max(fits, 1)].rstrip(" ,") + "…"


def wrapped(words: str, width: float, most: int = 3) -> list[str]:
    """A text in lines that fit into a width, ``most`` of them; the last is cut where there would be more.

    >>> wrapped("Delivery of weapons to Ukraine", 120), wrapped("Delivery of weapons to Ukraine", 120, 1)
    (['Delivery of', 'weapons to', 'Ukraine'], ['Delivery of weap…'])
    """
    lines: list[str] = []
    rest = words.split(" ")
    while rest and len(lines) < most - 1:
        ends = accumulate(rest, "{} {}".format)
        fits = max(sum(width_of(line) <= width for line in ends), 1)
        lines.append(shortened(" ".join(rest[:fits]), width))
        rest = rest[fits:]
    return [*lines, shortened(" ".join(rest), width)] if rest else lines


def paragraph(lines: Sequence[str], x: float, y: float, *, anchor: str = "") -> Markup:
    """Lines of letters below one another, whose middle lies at ``y``."""
    top = y - LINE * (len(lines) - 1) / 2
    return join([text(line, x, top + LINE * at, anchor=anchor) for at, line in enumerate(lines)])


def svg(drawing: Drawing, **attributes: object) -> Markup:
    """A drawing as an element, with what else it has as attributes."""
    box = f"0 0 {number(drawing.width)} {number(drawing.height)}"
    return tag("svg", drawing.content, viewBox=box, **attributes)


def path(points: Iterable[tuple[float, float]]) -> str:
    """The data of a path through some points.

    >>> path([(0, 1), (2.25, 3)])
    'M0 1L2.2 3'
    """
    return "".join(f"{'L' if at else 'M'}{number(x)} {number(y)}" for at, (x, y) in enumerate(points))
