"""The colours of the design: contrast by WCAG 2.2, and what readers with a colour vision deficiency can tell apart."""

from __future__ import annotations

import itertools
import math
import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "web" / "static" / "tokens.css").read_text(encoding="utf-8")

TEXTS = [
    ("ink", "paper"), ("ink", "raised"), ("ink", "sunk"), ("ink", "mark"), ("ink", "bad-paper"),
    ("quiet", "paper"), ("quiet", "raised"), ("quiet", "sunk"), ("quiet", "bad-paper"),
    ("accent", "paper"), ("accent", "raised"), ("accent", "sunk"), ("accent", "bad-paper"), ("accent-ink", "accent"),
    ("warm", "raised"), ("warm", "sunk"), ("bad", "raised"), ("bad", "sunk"), ("bad", "bad-paper"),
]  # fmt: skip
"""Each colour of a text with each ground that it stands on."""

GROUNDS = ("paper", "raised", "sunk")
CATEGORIES = [f"cat-{at}" for at in range(1, 8)]
SEQUENCE = [f"seq-{at}" for at in range(1, 7)]
DIVERGING = [f"div-{at}" for at in range(1, 8)]

# How linear RGB is seen with normal vision and, wholly, with protanopia, deuteranopia and tritanopia: the matrices of
# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009).
VISIONS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}  # fmt: skip

Vector = tuple[float, float, float]


def scheme(name: str) -> dict[str, str]:
    """The colours of the light scheme, or those with which the dark one replaces them."""
    light, _, dark = SHEET.partition("@media screen and (prefers-color-scheme: dark)")
    colours = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
    return colours | dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", dark)) if name == "dark" else colours


def linear(colour: str) -> Vector:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return red, green, blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((apply((0.2126, 0.7152, 0.0722), linear(colour)) for colour in (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def apply(row: Vector, vector: Vector) -> float:
    return sum(a * b for a, b in zip(row, vector, strict=True))


def seen(colour: str, vision: str) -> Vector:
    """A colour in OKLab, in which equal distances look about equal, as somebody sees it."""
    rgb = tuple(min(1.0, max(0.0, apply(row, linear(colour)))) for row in VISIONS[vision])
    long = apply((0.4122214708, 0.5363325363, 0.0514459929), rgb) ** (1 / 3)  # type: ignore[arg-type]
    medium = apply((0.2119034982, 0.6806995451, 0.1073969566), rgb) ** (1 / 3)  # type: ignore[arg-type]
    short = apply((0.0883024619, 0.2817188376, 0.6299787005), rgb) ** (1 / 3)  # type: ignore[arg-type]
    cones = (long, medium, short)
    return (
        apply((0.2104542553, 0.7936177850, -0.0040720468), cones),
        apply((1.9779984951, -2.4285922050, 0.4505937099), cones),
        apply((0.0259040371, 0.7827717662, -0.8086757660), cones),
    )


def test_the_measures_are_those_of_the_standards() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert seen("#ffffff", "normal") == pytest.approx((1, 0, 0), abs=1e-3)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(name: str) -> None:
    """At least 4.5 to 1, as WCAG 2.2 wants for texts of normal size (1.4.3)."""
    colours = scheme(name)
    assert [pair for pair in TEXTS if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_category_stands_out_from_every_ground(name: str) -> None:
    """At least 3 to 1, as WCAG 2.2 wants for graphics that carry meaning (1.4.11)."""
    colours = scheme(name)
    pairs = itertools.product(CATEGORIES, GROUNDS)
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 3] == []


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_any_two_categories_can_be_told_apart(name: str, vision: str) -> None:
    colours = scheme(name)
    near = [
        pair
        for pair in itertools.combinations(CATEGORIES, 2)
        if math.dist(*(seen(colours[one], vision) for one in pair)) < 0.08
    ]
    assert near == []


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_sequence_goes_one_way(name: str, vision: str) -> None:
    """From the ground away: each step is further from it in lightness than the one before, by what an eye notices."""
    colours = scheme(name)
    steps = [seen(colours[step], vision)[0] for step in SEQUENCE]
    if name == "light":
        steps = [-step for step in steps]
    assert min(after - before for before, after in itertools.pairwise(steps)) > 0.06


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_scale_with_a_middle_goes_two_ways(name: str, vision: str) -> None:
    colours = scheme(name)
    steps = [seen(colours[step], vision) for step in DIVERGING]
    away = [abs(step[0] - steps[3][0]) for step in steps]
    assert away[0] > away[1] > away[2] > 0.02
    assert away[6] > away[5] > away[4] > 0.02
    assert min(math.dist(steps[at], steps[6 - at]) for at in range(3)) > 0.06


@pytest.mark.parametrize("name", ["light", "dark"])
def test_no_value_looks_unlike_any_value(name: str) -> None:
    colours = scheme(name)
    blank = colours["blank"]
    for vision in VISIONS:
        for step in (*CATEGORIES, *SEQUENCE):
            assert math.dist(seen(blank, vision), seen(colours[step], vision)) > 0.04, (step, vision)
