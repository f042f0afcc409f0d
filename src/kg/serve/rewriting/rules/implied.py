"""A type that everything with some property has need not be asked for beside that property.

``{ ?statement a sides:Statement ; sides:position ?n }`` becomes ``{ ?statement sides:position ?n }`` on a release in
which everything that has a position is a statement: the engine would look the type up for each.

*Conditions.* Both patterns stand in one block, with the same variable as subject; the property is given; the block
reads the default graph; no other pattern of the block is rare; the statistics of the release tell that every subject
of the property has the type.

*Why it is equal.* Each solution of the other pattern binds the variable to a subject of the property, for which the
triple with the type is in the graph. A basic graph pattern with that triple has the same solutions as one without,
each as often, since the triple has no other variable and a graph is a set (18.3.1).
"""

from __future__ import annotations

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import TYPE, Query, Triple, Triples

_FEW = 500
"""Triples of a pattern for which looking up a type costs less than reading a query again."""


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The types in a query that need not be asked for."""
    edits: list[Edit] = []
    for context in query.groups:
        for element in context.group.elements:
            if isinstance(element, Triples) and len(element.patterns) > 1 and not (element.opaque or context.graph):
                edits += _block(element, statistics)
    return edits


def _block(block: Triples, statistics: Statistics) -> list[Edit]:
    implied: set[tuple[str | None, str]] = set()
    for triple in block.patterns:
        if triple.subject.kind == "variable" and triple.predicate.kind == "iri" and not _is_type(triple):
            types = statistics.types.get(f"<{triple.predicate.value}>", ())
            implied.update((triple.subject.value, name) for name in types)
    kept = [triple for triple in block.patterns if not (_is_type(triple) and _asked(triple) in implied)]
    if len(kept) == len(block.patterns) or any(statistics.matches(triple) < _FEW for triple in kept):
        return []
    gone = ", ".join(triple.object.text for triple in block.patterns if triple not in kept)
    written = " . ".join(triple.text for triple in kept)
    return [Edit(block.start, block.end, written, f"all that has the other properties is of the type {gone}")]


def _is_type(triple: Triple) -> bool:
    """Whether a pattern asks for the given type of a variable."""
    return triple.subject.kind == "variable" and triple.predicate.value == TYPE and triple.object.kind == "iri"


def _asked(triple: Triple) -> tuple[str | None, str]:
    return triple.subject.value, f"<{triple.object.value}>"


RULE = Rule("implied", find, reorders=True)
