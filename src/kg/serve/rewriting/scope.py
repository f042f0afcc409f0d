"""What a pattern binds: the variables that every solution has, and those that some solution may have.

SPARQL 1.1, section 18.2.1 (variable scope), and section 18.5 for what the operators of the algebra bind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.serve.rewriting.syntax import (
    Bind,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Minus,
    Node,
    Optional,
    Query,
    Select,
    Triples,
    Union,
    Values,
)


def certain(elements: Iterable[Element]) -> set[str]:
    """The variables that are bound in every solution of the elements of a group."""
    return set().union(*(_certain(element) for element in elements))


def possible(elements: Iterable[Element]) -> set[str]:
    """The variables that are bound in some solution, at most."""
    return set().union(*(_possible(element) for element in elements))


def _certain(element: Element) -> set[str]:
    match element:
        case Triples():
            return element.variables
        case Union():
            return set.intersection(*(certain(group.elements) for group in element.groups))
        case Graph():
            return certain(element.group.elements) | _named(element)
        case Values():
            return set(element.variables) - element.open
        case Select():
            return _selected(element, certain(element.where.elements), whole=False)
        case _:
            return set()  # a BIND whose expression fails leaves its variable open


def _possible(element: Element) -> set[str]:
    match element:
        case Triples():
            return element.variables
        case Union() | Optional():
            groups = element.groups if isinstance(element, Union) else [element.group]
            return possible(inner for group in groups for inner in group.elements)
        case Graph():
            return possible(element.group.elements) | _named(element)
        case Bind():
            return {element.variable}
        case Values():
            return set(element.variables)
        case Select():
            return _selected(element, possible(element.where.elements), whole=True)
        case _:
            return set()


def _named(element: Graph) -> set[str]:
    return {element.name.value} if element.name.kind == "variable" and element.name.value else set()


def _selected(select: Select, inner: set[str], *, whole: bool) -> set[str]:
    """The variables that a ``SELECT`` within a group gives; with ``whole`` those of its expressions too."""
    values = set(select.values.variables) if select.values else set()
    if select.values:
        inner = inner | (values if whole else values - select.values.open)
    if select.items is None:
        return inner
    plain = {item.variable for item in select.items if item.variable and not item.expression}
    given = {item.variable for item in select.items if item.variable and item.expression}
    keys = {key.variable for key in select.keys if key.variable and not key.expression}
    named = {key.variable for key in select.keys if key.variable and key.expression}
    if whole:
        return plain | given
    return plain & inner & keys if select.keys else (plain & inner) - named


def mentioned(elements: Iterable[Element]) -> set[str]:
    """Every variable that stands anywhere in the elements, in scope or not."""
    return set().union(*(_mentioned(element) for element in elements))


def _mentioned(element: Element) -> set[str]:
    match element:
        case Triples():
            return element.variables
        case Filter():
            return in_expression(element.expression)
        case Bind():
            return in_expression(element.expression) | {element.variable}
        case Optional() | Minus():
            return mentioned(element.group.elements)
        case Union():
            return set().union(*(mentioned(group.elements) for group in element.groups))
        case Graph():
            return mentioned(element.group.elements) | _named(element)
        case Values():
            return set(element.variables)
        case Select():
            return in_select(element)


def in_select(select: Select) -> set[str]:
    """Every variable that stands anywhere in a ``SELECT``."""
    found = mentioned(select.where.elements)
    found |= {item.variable for item in (*(select.items or ()), *select.keys) if item.variable}
    found |= set(select.values.variables) if select.values else set()
    return found.union(*(in_expression(expression) for expression in select.expressions))


def in_expression(expression: Expression) -> set[str]:
    """Every variable that stands anywhere in an expression."""
    return expression.variables.union(*(mentioned(exists.group.elements) for exists in expression.exists))


def written_outside(query: Query, names: set[str], *places: Node) -> bool:
    """Whether one of the variables stands in the query anywhere but in these places.

    The engine hands what is bound outside of a group into the ``EXISTS`` in it, also where the group may not see it.
    """
    found = re.finditer(rf"[?$](?:{'|'.join(map(re.escape, sorted(names)))})(?!\w)", query.text) if names else ()
    return any(not any(place.start <= each.start() < place.end for place in places) for each in found)


def simple(group: Group) -> bool:
    """Whether a group holds triple patterns alone, each known, and conditions without ``EXISTS`` and ``BOUND``.

    A solution of such a group binds all variables of its patterns, and putting the value of a variable in place of it
    gives the solutions that are compatible with that value: what ``EXISTS`` substitutes is what a join compares.
    """
    return any(isinstance(element, Triples) for element in group.elements) and all(
        (isinstance(element, Triples) and not element.opaque)
        or (isinstance(element, Filter) and not element.expression.exists and "BOUND" not in element.expression.words)
        for element in group.elements
    )


def volatile(expression: Expression) -> bool:
    """Whether an expression gives something new each time: such a one must be evaluated as often as it was."""
    return bool(expression.words & {"RAND", "UUID", "STRUUID", "BNODE", "NOW"}) or any(
        kind in {"iri", "name"} and following == ("sign", "(")
        for (kind, _), following in zip(expression.tokens, expression.tokens[1:], strict=False)
    )


def whole_exists(element: Element) -> Exists | None:
    """The ``EXISTS`` of a filter that has nothing else."""
    return element.exists if isinstance(element, Filter) else None
