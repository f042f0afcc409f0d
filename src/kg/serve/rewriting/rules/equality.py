"""A condition that a variable is one IRI, or one of some, is put before the pattern as ``VALUES``.

``{ ?s ?p ?o FILTER(?p = ex:name) }`` becomes ``{ VALUES ?p { ex:name } ?s ?p ?o }``: the engine looks the triples up
instead of looking at all of them.

*Conditions.* The filter is ``?v = <iri>``, ``<iri> = ?v``, ``sameTerm`` of the two, or ``?v IN (<iri>, …)``; ``?v``
stands in a triple pattern of the group, or of a ``GRAPH`` in it, before anything but patterns that are joined.

*Why it is equal.* ``=`` between an IRI and any term is true for the same term alone, and no error for others
(RDFterm-equal, 17.4.1.7), so the filter keeps the solutions whose ``?v`` is one of the IRIs. Each solution of the
patterns up to there binds ``?v``; joining them with a table of different IRIs keeps the same ones, each as often as
it was (Join, 18.5), and joining commutes with what stands before. What comes behind, ``OPTIONAL``, ``MINUS`` or
``BIND``, works on each solution by itself (LeftJoin, Minus, Extend), so the filter may come first. Literals are left
alone: they are equal by value.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import Element, Filter, Graph, Group, Query, Triples, Values

_MOST = 900
"""From a thousand rows on the engine no longer begins with them."""


def find(query: Query, _: Statistics) -> list[Edit]:
    """The filters of a query that are tables."""
    edits: list[Edit] = []
    for context in query.groups:
        if not context.around:
            edits += _in_group(context.group, query)
    return edits


def _in_group(group: Group, query: Query) -> Iterator[Edit]:
    for element in group.elements:
        condition = _condition(element) if isinstance(element, Filter) else None
        if condition and _different(condition[1], query) and _bound_at_first(group.elements, condition[0]):
            name, iris = condition[0], [text for _, text in condition[1]]
            reason = f"?{name} can only be {iris[0] if len(iris) == 1 else f'one of {len(iris)}'}"
            yield Edit(group.start + 1, group.start + 1, f" VALUES ?{name} {{ {' '.join(iris)} }} ", reason)
            yield Edit(element.start, element.end, "FILTER(true)", reason)


def _different(iris: list[Token], query: Query) -> bool:
    """Whether these are all IRIs, known, and no two the same."""
    if len(iris) > _MOST or any(kind not in {"iri", "name"} for kind, _ in iris):
        return False
    known = [query.resolved(text) for _, text in iris]
    return None not in known and len(set(known)) == len(known)


def _condition(element: Filter) -> tuple[str, list[Token]] | None:
    """The variable and the terms of a condition ``?v = <iri>`` or ``?v IN (<iri>, …)``."""
    tokens = element.expression.tokens
    while len(tokens) > 2 and tokens[0] == ("sign", "(") and tokens[-1] == ("sign", ")"):
        tokens = tokens[1:-1]
    if tokens and tokens[0][0] == "word" and tokens[0][1].upper() == "SAMETERM":
        return _pair(tokens[2:-1], ",")
    if len(tokens) > 4 and tokens[0][0] == "variable" and tokens[1][1].upper() == "IN" and tokens[-1] == ("sign", ")"):
        return tokens[0][1][1:], _listed(tokens[3:-1])
    return _pair(tokens, "=")


def _pair(tokens: list[Token], between: str) -> tuple[str, list[Token]] | None:
    if len(tokens) != 3 or tokens[1] != ("sign", between):
        return None
    left, _, right = tokens
    if left[0] == "variable":
        return left[1][1:], [right]
    return (right[1][1:], [left]) if right[0] == "variable" else None


def _listed(tokens: list[Token]) -> list[Token]:
    """The terms of a list; with something that is no term if it is not a plain list."""
    plain = len(tokens) % 2 == 1 and all(comma == ("sign", ",") for comma in tokens[1::2])
    return tokens[::2] if plain else tokens


def _bound_at_first(elements: list[Element], name: str) -> bool:
    """Whether a triple pattern binds the variable before anything that is not simply joined."""
    for element in elements:
        if isinstance(element, Triples):
            if name in element.variables:
                return True
        elif isinstance(element, Graph):
            if _bound_at_first(element.group.elements, name):
                return True
            if not all(isinstance(inner, (Triples, Filter)) for inner in element.group.elements):
                return False
        elif isinstance(element, Values):
            if name in element.variables:
                return False
        elif not isinstance(element, Filter):
            return False
    return False


Token = tuple[str, str]
"""The kind and the text of a token."""

RULE = Rule("equality", find, reorders=True)
