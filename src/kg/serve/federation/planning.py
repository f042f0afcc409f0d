"""What a SERVICE clause may be told of the rest of its query, so that it need not send everything that it has.

*What is told.* The values that variables have beside the clause. ``Join(L, R)`` keeps of the solutions of the clause,
``R``, those that are compatible with a solution of ``L`` (SPARQL 1.1, 18.5). For variables that every solution of both
has, these are the ones whose values occur in ``L``; the others may be left out without changing the answer.

*What may stand for L.* Any pattern that has at least these values: elements of the group may be dropped, if nothing
that is kept depends on them. Those behind the clause may be used where they are joined with it, or with what it was
joined to. In ``OPTIONAL``, ``MINUS`` and ``UNION``, what stands before them outside may be used too, since their
solutions only matter as far as they are compatible with it; what stands behind only for ``UNION``. A condition is kept
if every variable in it is bound by what is kept of its own group, in every solution: it means the same then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg.ground.tokens import tokens
from kg.serve.federation.clauses import Clause
from kg.serve.rewriting.parsing import parse
from kg.serve.rewriting.scope import certain, possible, volatile
from kg.serve.rewriting.syntax import (
    Bind,
    Element,
    Expression,
    Filter,
    Graph,
    Group,
    Optional,
    Select,
    Triples,
    Union,
    Values,
    inner_groups,
)

_JOINED = (Triples, Union, Graph, Values, Select)


@dataclass(frozen=True, slots=True)
class Level:
    """A group on the way to a clause, which stands in its element ``index``; ``joined`` tells how that is combined."""

    group: Group
    index: int
    joined: bool


@dataclass(slots=True)
class Place:
    """Where a clause stands: the group that is its pattern, and its levels from the outermost on.

    There are no levels where patterns beside the clause cannot be run by themselves, since they read another graph.
    ``variables`` are those that its solutions may have, as they appear in the text.
    """

    clause: Clause
    pattern: Group
    levels: Sequence[Level]
    variables: list[str] = field(default_factory=list)

    def surroundings(self, open_clauses: frozenset[int], answered: frozenset[int]) -> list[list[Element]]:
        """What can stand for the rest of the query, level by level.

        The clauses are given by the places of their braces: those without an answer, and those that have one.
        """
        kept = (_kept(level, open_clauses, answered) for level in self.levels)
        return [elements for elements in kept if elements]

    def shared(self, kept: Iterable[Sequence[Element]]) -> list[str]:
        """The variables that each of its solutions has and the surroundings may have, as they appear in the text."""
        both = certain(self.pattern.elements) & possible(element for elements in kept for element in elements)
        return [name for name in self.variables if name in both]


def read_places(text: str, clauses: Sequence[Clause]) -> list[Place] | None:
    """Where the clauses stand in a query, read from the text with their stand-ins; None if that is not understood."""
    query = parse(text)
    if query is None:
        return None
    places = [*_in_select(query.body, {clause.brace: clause for clause in clauses}, away=False)]
    if len(places) != len(clauses):
        return None
    for place in places:
        visible = possible(place.pattern.elements)
        inside = tokens(text[place.pattern.start : place.pattern.end])
        names = dict.fromkeys(token.text[1:] for token in inside if token.kind == "variable")
        place.variables = [name for name in names if name in visible]
    return sorted(places, key=lambda place: place.clause.start)


def _in_select(select: Select, clauses: Mapping[int, Clause], *, away: bool) -> Iterator[Place]:
    yield from _in_group(select.where, (), clauses, away=away)
    for expression in select.expressions:
        yield from _in_expression(expression, clauses, away=away)


def _in_expression(expression: Expression, clauses: Mapping[int, Clause], *, away: bool) -> Iterator[Place]:
    for exists in expression.exists:
        yield from _in_group(exists.group, (), clauses, away=away)


def _in_group(group: Group, outer: tuple[Level, ...], clauses: Mapping[int, Clause], *, away: bool) -> Iterator[Place]:
    """The clauses in a group; ``away`` tells that it stands within ``GRAPH``."""
    for index, element in enumerate(group.elements):
        if isinstance(element, Optional) and element.group.start in clauses:
            levels = (*outer, Level(group, index, joined=True))
            yield Place(clauses[element.group.start], element.group, () if away else levels)
        elif isinstance(element, Select):
            yield from _in_select(element, clauses, away=away)
        elif isinstance(element, (Filter, Bind)):
            yield from _in_expression(element.expression, clauses, away=away)
        else:
            levels = (*outer, Level(group, index, joined=isinstance(element, Union)))
            for inner in inner_groups(element):
                yield from _in_group(inner, levels, clauses, away=away or isinstance(element, Graph))


def _kept(level: Level, open_clauses: frozenset[int], answered: frozenset[int]) -> list[Element]:
    """The elements of one level that stand for it, in their order."""

    def stands(element: Element) -> bool:
        joined = isinstance(element, _JOINED) or (isinstance(element, Optional) and element.group.start in answered)
        return joined and _steady(element, open_clauses)

    elements = level.group.elements
    before = [each for each in elements[: level.index] if stands(each)]
    behind = [each for each in elements[level.index + 1 :] if level.joined and stands(each)]
    bound = _certain(before, answered)
    computed = [
        each for each in elements[: level.index] if isinstance(each, Bind) and _means_the_same(each.expression, bound)
    ]
    bound |= _certain(behind, answered)
    conditions = [each for each in elements if isinstance(each, Filter) and _means_the_same(each.expression, bound)]
    kept: list[Element] = [*before, *computed, *behind]
    return [*sorted(kept, key=lambda each: each.start), *conditions] if kept else []


def _certain(elements: Sequence[Element], answered: frozenset[int]) -> set[str]:
    """The variables that each solution of the elements has, answers of clauses among them."""
    patterns = (
        each.group.elements if isinstance(each, Optional) and each.group.start in answered else [each]
        for each in elements
    )
    return set().union(*map(certain, patterns))


def _means_the_same(expression: Expression, bound: set[str]) -> bool:
    return expression.variables <= bound and not expression.exists and not volatile(expression)


def _steady(element: Element, open_clauses: frozenset[int]) -> bool:
    """Whether an element gives the same when run by itself: it lacks no answer, picks no rows, invents nothing."""
    match element:
        case Optional() if element.group.start in open_clauses:
            return False
        case Filter() | Bind():
            return _steady_expression(element.expression, open_clauses)
        case Select():
            picks = element.limit is not None or element.offset is not None
            steady = all(_steady_expression(each, open_clauses) for each in element.expressions)
            return not picks and steady and all(_steady(each, open_clauses) for each in element.where.elements)
        case _:
            return all(_steady(each, open_clauses) for group in inner_groups(element) for each in group.elements)


def _steady_expression(expression: Expression, open_clauses: frozenset[int]) -> bool:
    inside = (each for exists in expression.exists for each in exists.group.elements)
    picks = expression.words & {"SAMPLE", "GROUP_CONCAT"}
    return not picks and not volatile(expression) and all(_steady(each, open_clauses) for each in inside)
