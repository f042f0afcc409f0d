"""The solutions of a group graph pattern, all at once (SPARQL 1.1, sections 18.3 to 18.6)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import reduce
from itertools import count

import numpy as np
from numpy.typing import NDArray

from kg.serve.rewriting.columns.conditions import Conditions
from kg.serve.rewriting.columns.inline import inline
from kg.serve.rewriting.columns.sources import Inline, Named, Part, Source, expected, joined
from kg.serve.rewriting.columns.table import Table, UnsupportedError, distinct, grouped, stacked
from kg.serve.rewriting.columns.terms import Terms
from kg.serve.rewriting.scope import in_expression, simple
from kg.serve.rewriting.syntax import (
    TYPE,
    Bind,
    Element,
    Expression,
    Filter,
    Group,
    Minus,
    Optional,
    Query,
    Term,
    Triple,
    Triples,
    Union,
    Values,
)

_ROW = " row"
"""Stands for a variable beside those of the query, whose names have no space."""
_NAME = r"(?:a|<[^<>]*>|[A-Za-z][\w-]*:[\w-]*)"
_STEP = re.compile(rf"(\^)?\s*(?:({_NAME})|\(\s*({_NAME}(?:\s*\|\s*{_NAME})*)\s*\))")
"""A predicate, or several in brackets, forth or back."""

Mask = NDArray[np.bool_]


class Patterns:
    """Evaluates the groups of one query."""

    def __init__(self, query: Query, terms: Terms) -> None:
        self._query = query
        self._terms = terms
        self._conditions = Conditions(query, terms)
        self._fresh = count()
        self._found: dict[int, list[Source]] = {}

    def parts(self, triples: Iterable[Triple]) -> list[Source]:
        """The patterns, with sequences of predicates taken apart."""
        return [part for triple in triples for part in self._parts(triple)]

    def _parts(self, triple: Triple) -> list[Source]:
        ends = [self._end(triple.subject), self._end(triple.object)]
        columns, predicate = self._terms.columns, triple.predicate
        if predicate.kind == "variable" and predicate.value:
            return [Named(columns, predicate.value, ends[0], ends[1])]
        steps = predicate.steps or ((f"({predicate.text})",) if predicate.kind == "path" else (predicate.text,))
        ends[1:1] = [f" step {next(self._fresh)}" for _ in steps[1:]]
        parts: list[Source] = []
        for step, start, end in zip(steps, ends, ends[1:], strict=False):
            inverse, names = self._step(step)
            # Of several triples between two terms that are bound, the engine makes one solution.
            if len(names) > 1 and not any(self._is_free(each) for each in (start, end)):
                raise UnsupportedError("alternatives between what else is bound")
            relation = columns.union(names)
            parts.append(Part(relation, end, start) if inverse else Part(relation, start, end))
        return parts

    def _is_free(self, end: str | int) -> bool:
        """Whether nothing but one pattern can bind this end of it."""
        if isinstance(end, int) or end.startswith(" "):
            return False
        elements = [element for context in self._query.groups for element in context.group.elements]
        triples = [triple for element in elements if isinstance(element, Triples) for triple in element.patterns]
        tables = [element for element in elements if isinstance(element, Values)]
        tables += [select.values for select, _ in self._query.selects if select.values]
        bound = any(isinstance(element, Bind) and element.variable == end for element in elements)
        used = sum([triple.subject.value, triple.object.value].count(end) for triple in triples)
        return used == 1 and not bound and not any(end in table.variables for table in tables)

    def _step(self, step: str) -> tuple[bool, list[str]]:
        """Whether a step of a path goes back, and its predicates, of which it may take any."""
        found = _STEP.fullmatch(step)
        if not found:
            raise UnsupportedError(step)
        names = [
            TYPE if name == "a" else self._query.resolved(name) for name in re.split(r"\s*\|\s*", found[2] or found[3])
        ]
        if None in names or len(set(names)) < len(names):  # of two that are the same, the engine takes one
            raise UnsupportedError(step)
        return bool(found[1]), [f"<{name}>" for name in names]

    def _end(self, term: Term) -> str | int:
        if term.kind == "variable" and term.value:
            return term.value
        if term.kind == "blank" and term.text == "[]":
            return f" blank {next(self._fresh)}"
        if term.kind == "blank" and term.text.startswith("_:"):
            return f" {term.text}"
        return self._terms.number(self._terms.constant(self._query, term))

    def expected(self, group: Group, values: Values | None = None) -> float:
        """How many solutions it takes, about, to join what a group begins with."""
        for block in _blocks([values, *group.elements] if values else group.elements):
            if isinstance(block, Union):
                return sum(map(self.expected, block.groups))
            if isinstance(block, list) and block:
                return expected(self._sources(block))
        raise UnsupportedError("a group without patterns")

    def sizes(self, group: Group) -> list[int]:
        """How many triples each pattern of a group finds by itself, those in groups within left aside."""
        return [part.size for part in self.parts(_triples(group))]

    def bound(self, table: Table, name: str, expression: Expression) -> Table:
        """The solutions with the value of an expression as one more variable."""
        if name in table.columns:
            raise UnsupportedError("a variable that is bound already")
        return table.extended(name, self._conditions.values(table, expression), is_open=True)

    def holds(self, table: Table, expression: Expression) -> Mask:
        """For which solutions, or groups of them, a condition without ``EXISTS`` is true."""
        return self._conditions.holds(table, expression)

    def solutions(self, group: Group, values: Values | None = None) -> Table:
        """The solutions of a group that stands for itself, joined with those of ``values`` behind it.

        Such a table is joined first: raises `UnsupportedError` unless all its variables are bound by then.
        """
        if values and not set(values.variables) <= _first_variables(group.elements):
            raise UnsupportedError("a table of what is not always bound")
        table = Table.unit()
        conditions = [element.expression for element in group.elements if isinstance(element, Filter)]
        for block in _blocks([values, *group.elements] if values else group.elements):
            table = joined(table, self._sources(block)) if isinstance(block, list) else self._applied(table, block)
            table, conditions = self._ready(table, conditions)
        for condition in conditions:
            table = table.take(self._holds(table, condition))
        return table

    def _sources(self, block: Iterable[Triples | Values]) -> list[Source]:
        sources: list[Source] = []
        for element in block:
            if element.start not in self._found:
                self._found[element.start] = (
                    inline(self._query, element, self._terms)
                    if isinstance(element, Values)
                    else self.parts(element.patterns)
                )
            sources += self._found[element.start]
        return sources

    def _ready(self, table: Table, conditions: list[Expression]) -> tuple[Table, list[Expression]]:
        """Drop the solutions for which conditions fail whose variables nothing binds any more."""
        ready = [each for each in conditions if not each.exists and table.bound(each.variables)]
        for condition in ready:
            table = table.take(self._holds(table, condition))
        return table, [each for each in conditions if each not in ready]

    def _applied(self, table: Table, element: Element) -> Table:
        if isinstance(element, Optional):
            return self._optional(table, element.group)
        if isinstance(element, Minus):
            return self._minus(table, element.group)
        if isinstance(element, Bind):
            return self.bound(table, element.variable, element.expression)
        if isinstance(element, Union):
            return reduce(stacked, [self._branch(table, group) for group in element.groups])
        raise UnsupportedError(type(element).__name__)

    def _branch(self, table: Table, group: Group) -> Table:
        """The solutions joined with those of a group within, which knows nothing of what is outside."""
        if simple(group) and table.columns:
            own = set().union(*(part.variables for part in self.parts(_triples(group))))
            if own & table.columns.keys() and _own_filters(group, own):
                return self._seeded(table, group)
        found = self.solutions(group)
        return joined(table, [Inline(found)]) if table.columns else found

    def _holds(self, table: Table, condition: Expression) -> Mask:
        if condition.exists:
            exists = condition.exists[0]
            if (exists.start, exists.end) != (condition.start, condition.end):
                raise UnsupportedError("EXISTS within an expression")
            found = self._exists(table, exists.group)
            return ~found if exists.negated else found
        return self._conditions.holds(table, condition)

    def _optional(self, table: Table, group: Group) -> Table:
        """LeftJoin: the filters of the group see what is outside."""
        rows = table.extended(_ROW, np.arange(table.rows, dtype=np.int32))
        matched = self._seeded(rows, group)
        lacking = np.ones(table.rows, bool)
        lacking[matched.columns[_ROW]] = False
        whole = stacked(matched, rows.take(lacking))
        return whole.only([name for name in whole.columns if name in table.columns or not name.startswith(" ")])

    def _minus(self, table: Table, group: Group) -> Table:
        own = set().union(*(part.variables for part in self.parts(_triples(group))))
        if not own & table.columns.keys() or not _own_filters(group, own):
            raise UnsupportedError("MINUS that shares nothing")
        return table.take(~self._exists(table, group))

    def _exists(self, table: Table, group: Group) -> Mask:
        """For which solutions a group has one too, with what they bind put into it."""
        shared = sorted(self._mentioned(group) & table.columns.keys())
        if not shared:
            raise UnsupportedError("EXISTS that shares nothing")
        groups, places = grouped(table, shared, self._terms.size)
        seeds = table.only(shared).take(places).extended(_ROW, np.arange(len(places), dtype=np.int32))
        found = np.zeros(len(places), bool)
        found[self._matching(seeds, shared, group).columns[_ROW]] = True
        return found[groups]

    def _matching(self, seeds: Table, shared: Collection[str], group: Group) -> Table:
        """The solutions that a group has for some terms: begun with these or, if that takes less, by itself."""
        parts = self.parts(_triples(group))
        own = set().union(*(part.variables for part in parts))
        if simple(group) and {*shared} <= own and _own_filters(group, own):
            with suppress(UnsupportedError):
                if expected(parts) < expected(parts, seeds.rows, shared):
                    alone = self._seeded(Table.unit(), group).only(shared)
                    return joined(seeds, [Inline(distinct(alone, self._terms.size))])
        return self._seeded(seeds, group)

    def _mentioned(self, group: Group) -> set[str]:
        names: set[str] = set()
        for element in group.elements:
            if isinstance(element, Triples):
                names |= element.variables
            elif isinstance(element, Filter):
                names |= in_expression(element.expression)
        return names

    def _seeded(self, rows: Table, group: Group) -> Table:
        """The solutions of a simple group joined with those outside, which its filters see."""
        if not simple(group):
            raise UnsupportedError("a group within")
        table = joined(rows, self.parts(_triples(group)))
        for element in group.elements:
            if isinstance(element, Filter):
                table = table.take(self._holds(table, element.expression))
        return table


def _blocks(elements: Iterable[Element]) -> Iterator[Element | list[Triples | Values]]:
    """The elements of a group but its filters; what is simply joined, or has filters between, as one."""
    block: list[Triples | Values] = []
    for element in elements:
        if isinstance(element, Triples) and element.opaque:
            raise UnsupportedError("brackets")
        if isinstance(element, (Triples, Values)):
            block.append(element)
        elif not isinstance(element, Filter):
            yield block
            yield element
            block = []
    yield block


def _first_variables(elements: Iterable[Element]) -> set[str]:
    """The variables of the patterns that a group begins with."""
    first = next(_blocks(elements))
    return (
        set().union(*(each.variables for each in first if isinstance(each, Triples)))
        if isinstance(first, list)
        else set()
    )


def _own_filters(group: Group, own: set[str]) -> bool:
    """Whether the conditions of a group are of its own variables alone."""
    filters = [element.expression for element in group.elements if isinstance(element, Filter)]
    return all(each.variables <= own for each in filters)


def _triples(group: Group) -> list[Triple]:
    return [triple for element in group.elements if isinstance(element, Triples) for triple in element.patterns]
