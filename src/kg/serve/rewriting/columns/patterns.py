"""The solutions of a group graph pattern, all at once (SPARQL 1.1, sections 18.3 to 18.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import Ids, Relation
from kg.serve.rewriting.columns.conditions import Conditions
from kg.serve.rewriting.columns.table import Table, UnsupportedError, grouped, join, stacked
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
)

_NONE = np.zeros(0, np.int32)
_NOTHING = Relation(_NONE, _NONE, _NONE, _NONE, (0, 0))
"""The triples of a predicate that none has."""
_ROW, _OTHER = " row", " other"
"""Stand for variables beside those of the query, whose names have no space."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A triple pattern with its predicate given: a variable or the number of a term at each end."""

    relation: Relation
    subject: str | int
    object: str | int

    @property
    def variables(self) -> set[str]:
        """Its variables, and what stands for its blank nodes."""
        return {end for end in (self.subject, self.object) if isinstance(end, str)}

    @property
    def size(self) -> int:
        """How many triples it finds by itself."""
        relation = self.relation
        if isinstance(self.object, int):
            start, end = np.searchsorted(relation.objects, [self.object, self.object + 1])
            return 1 if isinstance(self.subject, int) else int(end - start)
        if isinstance(self.subject, int):
            start, end = np.searchsorted(relation.subjects, [self.subject, self.subject + 1])
            return int(end - start)
        return len(relation.subjects)

    def fan(self, bound: Iterable[str]) -> float:
        """How many solutions it makes of one that binds these variables, about; infinite if it shares none."""
        subject, target = (isinstance(end, int) or end in bound for end in (self.subject, self.object))
        if not (self.variables & set(bound)):
            return float("inf")
        triples = len(self.relation.subjects)
        fans = [triples / max(1, different) for different in self.relation.different]
        if subject and target:
            return fans[0] / max(1, self.relation.different[1])
        return fans[0] if subject else fans[1]


class Patterns:
    """Evaluates the groups of one query."""

    def __init__(self, query: Query, terms: Terms) -> None:
        self._query = query
        self._terms = terms
        self._conditions = Conditions(query, terms)
        self._fresh = count()

    def parts(self, triples: Iterable[Triple]) -> list[Part]:
        """The patterns, with sequences of predicates taken apart."""
        return [part for triple in triples for part in self._parts(triple)]

    def _parts(self, triple: Triple) -> list[Part]:
        ends = [self._end(triple.subject), self._end(triple.object)]
        if triple.predicate.kind == "iri":
            steps = [triple.predicate.value]
        elif triple.predicate.kind == "path" and triple.predicate.steps:
            steps = [self._step(step) for step in triple.predicate.steps]
        else:
            raise UnsupportedError(triple.text)
        ends[1:1] = [f" step {next(self._fresh)}" for _ in steps[1:]]
        relations = [self._terms.columns.relation(f"<{step}>") or _NOTHING for step in steps]
        return [Part(*each) for each in zip(relations, ends, ends[1:], strict=False)]

    def _step(self, step: str) -> str | None:
        if step == "a":
            return TYPE
        if not (step.startswith("<") or step.replace(":", "").isalnum()) or step[0] in "^!(":
            raise UnsupportedError(step)
        found = self._query.resolved(step)
        if found is None:
            raise UnsupportedError(step)
        return found

    def _end(self, term: Term) -> str | int:
        if term.kind == "variable" and term.value:
            return term.value
        if term.kind == "blank" and term.text == "[]":
            return f" blank {next(self._fresh)}"
        if term.kind == "blank" and term.text.startswith("_:"):
            return f" {term.text}"
        return self._terms.number(self._terms.constant(self._query, term))

    def sizes(self, group: Group) -> list[int]:
        """How many triples each pattern of a group finds by itself, those in groups within left aside."""
        return [part.size for part in self.parts(_triples(group))]

    def bound(self, table: Table, name: str, expression: Expression) -> Table:
        """The solutions with the value of an expression as one more variable."""
        if name in table.columns:
            raise UnsupportedError("a variable that is bound already")
        return table.extended(name, self._conditions.values(table, expression), is_open=True)

    def solutions(self, group: Group) -> Table:
        """The solutions of a group that stands for itself."""
        table = Table.unit()
        conditions = [element.expression for element in group.elements if isinstance(element, Filter)]
        for block in _blocks(group.elements):
            table = self._joined(table, self.parts(block)) if isinstance(block, list) else self._applied(table, block)
            table, conditions = self._ready(table, conditions)
        for condition in conditions:
            table = table.take(self._holds(table, condition))
        return table

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
        raise UnsupportedError(type(element).__name__)

    def _holds(self, table: Table, condition: Expression) -> Mask:
        if condition.exists:
            exists = condition.exists[0]
            if (exists.start, exists.end) != (condition.start, condition.end):
                raise UnsupportedError("EXISTS within an expression")
            found = self._exists(table, exists.group)
            return ~found if exists.negated else found
        return self._conditions.holds(table, condition)

    # Basic graph patterns

    def _joined(self, table: Table, parts: Sequence[Part]) -> Table:
        """The solutions joined with patterns, those first that make the fewest."""
        left = [*parts]
        while left:
            if table.columns:
                best = min(left, key=lambda part: (part.fan(table.columns), part.size))
                if best.fan(table.columns) == float("inf") and best.variables:
                    raise UnsupportedError("a product")
            else:
                best = min(left, key=lambda part: part.size)
            left.remove(best)
            if not table.bound(best.variables & table.columns.keys()):
                raise UnsupportedError("a join on what may be unbound")
            table = self._with(table, best)
        return table

    def _with(self, table: Table, part: Part) -> Table:
        subject, target, relation = part.subject, part.object, part.relation
        if isinstance(subject, int) or isinstance(target, int) or subject == target:
            return self._with_one(table, part)
        if subject in table.columns and target in table.columns:
            joined = join(table, subject, relation.subjects, {_OTHER: relation.subjects_objects})
            return joined.take(joined.columns[_OTHER] == joined.columns[target]).only(table.columns)
        if subject in table.columns:
            return join(table, subject, relation.subjects, {target: relation.subjects_objects})
        if target in table.columns:
            return join(table, target, relation.objects, {subject: relation.objects_subjects})
        return self._begun(table, {subject: relation.subjects, target: relation.subjects_objects})

    def _with_one(self, table: Table, part: Part) -> Table:
        """The solutions joined with a pattern that has one variable or none."""
        name, column = _narrow(part)
        if name is None:
            return table if len(column) else table.take(np.zeros(table.rows, bool))
        return join(table, name, column, {}) if name in table.columns else self._begun(table, {name: column})

    def _begun(self, table: Table, columns: Mapping[str, Ids]) -> Table:
        """What a pattern finds, where no solution binds anything yet."""
        if table.columns:
            raise UnsupportedError("a product")
        rows = len(next(iter(columns.values())))
        return Table(rows * table.rows, columns if table.rows else {name: each[:0] for name, each in columns.items()})

    # Other operators

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
        filters = [element.expression for element in group.elements if isinstance(element, Filter)]
        if not own & table.columns.keys() or any(not each.variables <= own for each in filters):
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
        found[self._seeded(seeds, group).columns[_ROW]] = True
        return found[groups]

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
        table = self._joined(rows, self.parts(_triples(group)))
        for element in group.elements:
            if isinstance(element, Filter):
                table = table.take(self._holds(table, element.expression))
        return table


def _narrow(part: Part) -> tuple[str | None, Ids]:
    """The one variable of a pattern, None if it has none, and the sorted terms that it finds."""
    relation = part.relation
    if isinstance(part.object, int):
        start, end = np.searchsorted(relation.objects, [part.object, part.object + 1])
        found = relation.objects_subjects[start:end]
        if isinstance(part.subject, int):
            return None, found[found == part.subject]
        return part.subject, found
    if isinstance(part.subject, int):
        start, end = np.searchsorted(relation.subjects, [part.subject, part.subject + 1])
        return part.object, relation.subjects_objects[start:end]
    return part.subject, relation.subjects[relation.subjects == relation.subjects_objects]


def _blocks(elements: Iterable[Element]) -> Iterator[Element | list[Triple]]:
    """The elements of a group but its filters; patterns that stand together, or with filters between, as one."""
    block: list[Triple] = []
    for element in elements:
        if isinstance(element, Triples):
            if element.opaque:
                raise UnsupportedError("brackets")
            block += element.patterns
        elif not isinstance(element, Filter):
            yield block
            yield element
            block = []
    yield block


def _triples(group: Group) -> list[Triple]:
    return [triple for element in group.elements if isinstance(element, Triples) for triple in element.patterns]
