"""What a rule changes in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kg.serve.rewriting.columns import Answer
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import Query


@dataclass(frozen=True, slots=True)
class Edit:
    """The text from ``start`` up to ``end`` is to be ``text``; all with the same ``reason`` belong together."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, what it gives for a query, and whether the answers may come in another order.

    It gives what is to be changed in the text, or the whole answer, so that nothing is left to be run.
    """

    name: str
    find: Callable[[Query, Statistics], list[Edit] | Answer]
    reorders: bool
    is_long: Callable[[Query], bool] | None = None
    """Whether it may give the whole answer although that is cut from rows in no order: alike for all parts."""
    answers: bool = False
    """Whether it changes nothing in a query that makes a graph, but gives the whole answer or leaves it."""


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. None may overlap another."""
    parts, position = [], 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        parts += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*parts, text[position:]])


def fresh(text: str, stem: str) -> str:
    """The name of a variable that the text does not have.

    >>> fresh("SELECT ?count { ?s ?p ?count1 }", "count")
    'count2'
    """
    number = 1
    while f"{stem}{number}" in text:
        number += 1
    return f"{stem}{number}"
