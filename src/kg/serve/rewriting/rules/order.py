"""Triple patterns that the engine takes for equally rare are put in the order of how many triples they find.

The engine has no statistics: a pattern with a predicate counts as a million triples, and of equals it begins with
the first in the text.

*Conditions.* The patterns stand in one block, without blank nodes in brackets or lists; the one that the engine
would begin with finds at least twice as many triples, and some hundred more, than another that seems as rare to it.

*Why it is equal.* A basic graph pattern is a set of triple patterns (18.1.6): it has no order. Only the order in
which solutions come may change, which nothing but ``ORDER BY`` settles (15.1).
"""

from __future__ import annotations

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.statistics import Statistics, known
from kg.serve.rewriting.syntax import Query, Triple, Triples

_TIMES = 2
_MORE = 300


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The blocks that begin with what is not rare."""
    edits: list[Edit] = []
    for context in query.groups:
        for element in context.group.elements:
            if isinstance(element, Triples) and not element.opaque and 2 <= len(element.patterns) <= _MOST:
                edits += _block(element, statistics)
    return edits


_MOST = 40


def _block(block: Triples, statistics: Statistics) -> list[Edit]:
    classes = [_seeming(triple) for triple in block.patterns]
    rarest = min(classes)
    alike = [triple for triple, seeming in zip(block.patterns, classes, strict=True) if seeming == rarest]
    if len(alike) < 2 or rarest < _NARROW:
        return []
    matches = {id(triple): statistics.matches(triple) for triple in alike}
    first, least = matches[id(alike[0])], min(matches.values())
    if first < _TIMES * least or first - least < _MORE or not known(least):
        return []
    found = {id(triple): matches.get(id(triple)) or statistics.matches(triple) for triple in block.patterns}
    ordered = sorted(block.patterns, key=lambda triple: found[id(triple)])
    written = " . ".join(triple.text for triple in ordered)
    return [Edit(block.start, block.end, written, f"the engine would begin with {first:.0f} triples, not {least:.0f}")]


_NARROW = 2
"""The class of patterns with one given end beside the predicate."""


def _seeming(triple: Triple) -> int:
    """How rare a pattern seems to the engine, the rarest first."""
    ends = triple.subject.constant, triple.object.constant
    predicate = triple.predicate.kind == "iri"
    if triple.predicate.kind == "path":
        return 5
    if all(ends):
        return 0
    if any(ends):
        return (1 if ends[0] else _NARROW) if predicate else 3
    return 4 if predicate else 6


RULE = Rule("order", find, reorders=True)
