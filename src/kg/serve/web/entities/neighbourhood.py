"""The neighbours of a thing as a drawing: whom it is related to and who to it, by the plain relations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.ground.terms import ENTITY_KINDS, IDENTIFIERS, shorten
from kg.serve.results import Row
from kg.serve.web.charts.neighbours import Neighbour, Neighbourhood, Tie, in_page, strongest
from kg.serve.web.display import local_href
from kg.serve.web.texts import Texts

LEAST = 3
"""Neighbours from which on a drawing tells more than the relations below it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The drawing, and what the relations are called that it has no room for."""

    drawing: Markup
    left_out: tuple[str, ...]


def neighbourhood(
    thing: str, title: str, lines: Sequence[Sequence[Row]], labels: Mapping[str, str], t: Texts
) -> Drawn | None:
    """The drawing of the neighbours of a thing; None where they are too few.

    ``lines`` are its relations, those of one relation in one direction together; a row may tell a ``count``.
    """
    named = [(line[0], _neighbours(thing, line)) for line in lines]
    strength = Counter(name for _, names in named for name in names)
    for line in lines:
        for row in line:
            if "count" in row and row["object"].value in strength:
                strength[row["object"].value] += int(row["count"].value)
    if len(strength) < LEAST:
        return None
    there = {_kind(name) for name in strength}
    kinds = [kind for kind in ENTITY_KINDS if kind in there]
    ties = _merged(thing, named)
    drawn = [
        Tie(
            labels.get(relation, shorten(relation)),
            outgoing,
            tuple(
                Neighbour(labels.get(name, shorten(name)), local_href(name), kinds.index(_kind(name)))
                for name in sorted(names, key=lambda name: (-strength[name], labels.get(name, name)))
            ),
            len(names),
        )
        for (relation, outgoing), names in ties.items()
    ]
    shown = tuple(strongest(drawn))
    found = Neighbourhood(
        title,
        shown,
        tuple(t(f"neighbour_kind.{kind}") for kind in kinds),
        lambda count: t("page.more_neighbours", count=count),
    )
    left_out = dict.fromkeys(tie.label for tie in drawn if tie not in shown)
    return Drawn(in_page(found, t("page.neighbours_of", title=title)), (*left_out,))


def enough(thing: str, rows: Sequence[Row]) -> bool:
    """Whether relations have enough neighbours for a drawing."""
    return len({name for row in rows for name in _neighbours(thing, [row])}) >= LEAST


def _merged(thing: str, named: Sequence[tuple[Row, list[str]]]) -> dict[tuple[str, bool], list[str]]:
    """The neighbours by relation and direction: those of statements and of tables together, mutual ones once."""
    ties: dict[tuple[str, bool], list[str]] = {}
    for first, names in named:
        key = first["relation"].value, first["subject"].value == thing
        ties[key] = [*dict.fromkeys([*ties.get(key, ()), *names])]
    for (relation, outgoing), names in [*ties.items()]:
        if not outgoing and {*names} <= {*ties.get((relation, True), ())}:
            del ties[relation, outgoing]
    return ties


def _neighbours(thing: str, line: Sequence[Row]) -> list[str]:
    """The entities at the other end of some rows."""
    side = "object" if line[0]["subject"].value == thing else "subject"
    return [row[side].value for row in line if _kind(row[side].value) in ENTITY_KINDS]


def _kind(name: str) -> str:
    return name.removeprefix(IDENTIFIERS).partition("/")[0] if name.startswith(IDENTIFIERS) else ""
