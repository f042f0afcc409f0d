"""A chart as it stands in a page, laid out for two widths, and as a file that stands alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from kg.serve.web.charts.svg import LINE, NARROW, WIDE, Drawing, join, number, svg, tag, text, width_of

_MARGIN = 16.0
_LARGE = 1.35  # how much larger than other letters a title is


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart: its title, what it shows in a sentence, and how it is drawn for a width in pixels."""

    title: str
    description: str
    draw: Callable[[float], Drawing]


def inline(figure: Figure, *, wide: float = WIDE) -> Markup:
    """The chart for a page: for a telephone and for a width; the style sheet shows the one that fits.

    Its title and what it shows are its accessible name; the page has the values as a table.
    """
    name = f"{figure.title}. {figure.description}" if figure.description else figure.title
    narrow = svg(figure.draw(NARROW), class_="chart slim", role="img", aria_label=name)
    return narrow + svg(figure.draw(wide), class_="chart broad", role="img", aria_label=name)


def standalone(figure: Figure, *, style: str, source: str) -> str:
    """The chart as a file: with its title above, its source below, and its style sheet within."""
    drawing = figure.draw(WIDE)
    heading, top = _written(_lines(figure.title, _LARGE), 0.0, LINE * _LARGE, class_="heading")
    told, top = _written(_lines(figure.description), top + LINE / 2, LINE, class_="value")
    top += LINE
    foot, height = _written(_lines(source), top + drawing.height + LINE, LINE, class_="value")
    body = tag("g", drawing.content, transform=f"translate(0 {number(top)})")
    whole = Drawing(
        WIDE + 2 * _MARGIN,
        height + 2 * _MARGIN,
        tag("style", Markup(style))
        + tag("title", figure.title)
        + tag("desc", figure.description)
        + tag("rect", class_="ground", width="100%", height="100%")
        + tag("g", heading, told, body, foot, transform=f"translate({number(_MARGIN)} {number(_MARGIN)})"),
    )
    size = {"width": whole.width, "height": whole.height}
    return str(svg(whole, xmlns="http://www.w3.org/2000/svg", class_="chart", role="img", **size))


def inlined(tokens: str, sheet: str) -> str:
    """A style sheet with the values of the tokens in place of their names, which few drawing programs know.

    >>> inlined(":root { --ink: #000000; } @media print { :root { --ink: red; } }", "text { fill: var(--ink); }")
    'text { fill: #000000; }'
    """
    first = tokens.partition("@media")[0]
    values = dict(re.findall(r"(--[a-z0-9-]+): ([^;]+);", first))
    return re.sub(r"var\((--[a-z0-9-]+)\)", lambda found: values[found[1]], sheet)


def _written(lines: list[str], top: float, line: float, *, class_: str) -> tuple[Markup, float]:
    """Some lines of letters below one another, and where they end."""
    written = join(text(words, 0, top + line * (at + 0.5), class_=class_) for at, words in enumerate(lines))
    return written, top + line * len(lines)


def _lines(words: str, size: float = 1.0) -> list[str]:
    """A text in lines that fit the width."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer) * size > WIDE:
            lines.append(word)
        else:
            lines[-1] = longer
    return [line for line in lines if line]
