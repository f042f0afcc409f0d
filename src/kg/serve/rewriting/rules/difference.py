"""``MINUS``, ``NOT EXISTS`` and ``EXISTS`` stand for one another where that is cheaper.

``MINUS { B }`` becomes ``FILTER NOT EXISTS { B }`` where few solutions are looked at and B has many: the engine
evaluates the whole of B for ``MINUS``, and looks it up for each solution for ``EXISTS``. Where it is the other way
round, ``FILTER NOT EXISTS { B }`` becomes ``MINUS { B }``, and ``FILTER EXISTS { B }`` a join with the different
values that B gives to the variables that are shared.

*Conditions.* B has triple patterns and filters without ``BOUND`` or ``EXISTS`` alone, and its filters use only
variables of its patterns. At least one variable of B is bound by the group, before ``MINUS`` if it is one; each
variable of B is bound by the group in every solution (before ``MINUS``), or does not stand in the group at all. The
group is not that of an ``OPTIONAL``, whose filters see what is outside, nor within an ``EXISTS``, nor within a
``GRAPH`` with a variable.

*Why it is equal.* Every solution of B binds all variables of its patterns. Minus (18.5) removes a solution μ if some
solution of B is compatible with it and shares a variable; since one is bound on both sides always, that is if some
solution of B agrees with μ on the shared variables, and that is what exists(B) tells with μ substituted (18.6). A
filter applies to the whole group, and ``MINUS`` to what stands before it; what stands behind binds no variable of B
anew. Joining with the different values on the shared variables keeps each solution once (Join, Distinct: 18.5).
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.scope import certain, mentioned, simple, volatile, written_outside
from kg.serve.rewriting.statistics import UNKNOWN, Statistics, known, patterns_of
from kg.serve.rewriting.syntax import Exists, Filter, Group, Minus, Query

# Microseconds, measured on the release of all sources (docs/performance.md): to find a triple by an index, to pass one
# of many, to put a solution into a table, to look one up there, to begin an EXISTS.
_FIND, _PASS, _KEEP, _PROBE, _BEGIN = 2.5, 0.4, 0.5, 0.3, 1.5
_FAN = 3
"""Triples that one more part of a pattern finds for each that is there, for want of knowledge."""
_MARGIN = 1.5
"""How many times cheaper it must seem."""
_MARGIN_WHOLE = 3
"""The same for evaluating the inner pattern as a whole: the estimate may have missed that few solutions are left."""


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The differences that are better said in another way."""
    edits: list[Edit] = []
    for group in _groups(query):
        for index, element in enumerate(group.elements):
            if isinstance(element, Minus):
                edits += _minus(query, group, index, element, statistics)
            elif isinstance(element, Filter) and element.exists and element.exists.negated:
                edits += _exists(query, group, element, element.exists, statistics)
    return edits


def find_joins(query: Query, statistics: Statistics) -> list[Edit]:
    """The conditions that something exists that are better said as a join."""
    edits: list[Edit] = []
    for group in _groups(query):
        for element in group.elements:
            if isinstance(element, Filter) and element.exists and not element.exists.negated:
                edits += _exists(query, group, element, element.exists, statistics)
    return edits


def _groups(query: Query) -> Iterator[Group]:
    for context in query.groups:
        if not (context.around or context.optional or context.graph):
            yield context.group


def _minus(query: Query, group: Group, index: int, element: Minus, statistics: Statistics) -> list[Edit]:
    before = certain(group.elements[:index])
    others = [each for each in group.elements if each is not element]
    if not separable(element.group, before, mentioned(others)) or _leaks(query, group, element.group, before):
        return []
    looked, whole = _looked_up(group, element.group, statistics), _whole(group, element.group, statistics)
    if looked * _MARGIN > whole or not known(statistics.rows(group)):
        return []
    written = f"FILTER NOT EXISTS {query.text[element.group.start : element.group.end]}"
    return [Edit(element.start, element.end, written, "few solutions are looked at, of many that would be removed")]


def _exists(query: Query, group: Group, element: Filter, exists: Exists, statistics: Statistics) -> list[Edit]:
    before = certain(group.elements)
    others = [each for each in group.elements if each is not element]
    shared = separable(exists.group, before, mentioned(others))
    if not shared or _leaks(query, group, exists.group, before):
        return []
    looked, whole = _looked_up(group, exists.group, statistics), _whole(group, exists.group, statistics)
    if whole * _MARGIN_WHOLE > looked or not known(statistics.rows(exists.group)):
        return []
    inner = query.text[exists.group.start : exists.group.end]
    columns = " ".join(f"?{name}" for name in sorted(shared))
    written = f" MINUS {inner} " if exists.negated else f" {{ SELECT DISTINCT {columns} {inner} }} "
    reason = "the pattern is evaluated once, not for each solution"
    return [
        Edit(element.start, element.end, "FILTER(true)", reason),
        Edit(group.end - 1, group.end - 1, written, reason),
    ]


def _leaks(query: Query, group: Group, inner: Group, bound: set[str]) -> bool:
    """Whether a variable that only the inner pattern has within its group stands outside of that group as well."""
    alone = certain(inner.elements) - bound
    return group is not query.body.where and written_outside(query, alone, inner)


def separable(inner: Group, bound: set[str], elsewhere: set[str]) -> set[str]:
    """The shared variables of a pattern that can be evaluated by itself; empty if it cannot.

    ``bound`` are the variables that the group binds in every solution, ``elsewhere`` all that stand in it.
    """
    if not simple(inner):
        return set()
    own = certain(inner.elements)
    filters = [element.expression for element in inner.elements if isinstance(element, Filter)]
    if any(not each.variables <= own or volatile(each) for each in filters) or not (own - bound).isdisjoint(elsewhere):
        return set()
    return own & bound


def _left(group: Group, statistics: Statistics) -> float:
    """How many solutions the group has without the difference, about; each filter is taken to keep a third."""
    filters = sum(isinstance(element, Filter) and not element.exists for element in group.elements)
    return float(statistics.rows(group) / 3**filters)


def _looked_up(group: Group, inner: Group, statistics: Statistics) -> float:
    steps = sum(max(1, len(pattern.predicate.steps)) for pattern in patterns_of(inner))
    return float(_left(group, statistics) * (_BEGIN + _FIND * _FAN ** (steps - 1)))


def _whole(group: Group, inner: Group, statistics: Statistics) -> float:
    """What it costs to evaluate the inner pattern once, and to look each solution up in what it gave."""
    patterns = [*patterns_of(inner)]
    rows = [statistics.matches(pattern) for pattern in patterns if not pattern.predicate.steps]
    steps = sum(max(1, len(pattern.predicate.steps)) for pattern in patterns) - 1
    least = min(rows, default=UNKNOWN)
    return float(least * (_PASS + _KEEP + _FIND * steps)) + _left(group, statistics) * _PROBE


RULE = Rule("difference", find, reorders=True)
JOINS = Rule("semi-join", find_joins, reorders=True)
