"""Ellipsis: what goes on with a date or an agent of its own, its verb left out: "…, la Suède le 7 mars 2024"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.context import listed, phrase

Part = tuple[tuple[int, ...], int]
"""The places of the states of one part, and of its date."""


def dated_parts(reader: Reader, sentence: Sentence, after: int) -> Iterator[Part]:
    """The parts that follow a place one after the other: a comma or "and", states, and straight away a date."""
    last = max(sentence.tagged("D"), default=0)
    while after < last and (part := _next_part(reader, sentence, after)):
        yield part
        after = part[1]


def listed_parts(reader: Reader, sentence: Sentence, at: int) -> list[Part]:
    """The dated parts of a list after a colon: "Deux pays ont rompu avec Moscou : la Géorgie en 2008 et …"."""
    colon = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ":"), None)
    return list(dated_parts(reader, sentence, colon - 1)) if colon else []


def _next_part(reader: Reader, sentence: Sentence, after: int) -> Part | None:
    nodes, sets = sentence.nodes, reader.lexicon.sets
    here = after + 1
    opening = reader.lexicon.union("and", "ellipsis_openers")
    while here < len(nodes) and nodes[here].norm in opening:
        here += 1
    here += phrase(reader, sentence, here, "and") if here < len(nodes) else 0
    states = listed(reader, sentence, here, "S") if here > after + 1 else ()
    if not states or states[0] - here > 1:
        return None
    date = states[-1] + 1
    while date < len(nodes) and nodes[date].norm in sets["ellipsis_links"]:
        date += 1
    return (states, date) if date < len(nodes) and nodes[date].tag == "D" else None
