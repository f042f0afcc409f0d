"""What solutions are joined with: triple patterns and inline tables, the ones first that leave the fewest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

import numpy as np

from kg.ground.columns import Columns, Ids, Relation
from kg.serve.rewriting.columns.table import MOST, Table, UnsupportedError, join, ordered, stacked

_OTHER = " other"
"""Stands for a variable beside those of the query, whose names have no space."""
_SMALL = 16
"""Rows of an inline table up to which each may be combined with all solutions."""
_PREDICATES = 16
"""Different predicates that a variable may stand for."""
_SCANNED = 200
"""How many triples may be looked at for each solution that is joined with those of all predicates."""
_ENDS = 3
"""Variables of a pattern that finds every triple."""
_NEVER = float("inf")
_MOST = 10 * MOST
"""Solutions, by an estimate that may be too high, beyond which joining is not begun."""


class Source(Protocol):
    """Something with solutions of its own."""

    @property
    def variables(self) -> Collection[str]:
        """Its variables, and what stands for its blank nodes."""

    @property
    def size(self) -> int:
        """How many solutions it has by itself."""

    def fan(self, bound: Collection[str]) -> float:
        """How many solutions it makes of one that binds these variables, about; infinite if they cannot be joined."""

    def begins(self, others: Sequence[Source]) -> bool:
        """Whether it may be begun with, for others to be joined with it."""

    def join(self, table: Table) -> Table:
        """The solutions joined with its own."""


def joined(table: Table, sources: Sequence[Source]) -> Table:
    """The solutions joined with those of all sources."""
    left = [*sources]
    while left:
        if table.columns:
            names = table.columns.keys()
            best = min(left, key=lambda source: _rank(source, names))
            if best.variables and best.fan(names) == _NEVER:
                raise UnsupportedError("a product")
        else:
            best = min(left, key=lambda source: (not source.begins(left), source.size))
            if isinstance(best, Named) and not best.begins(left):
                raise UnsupportedError("predicates that nothing binds")
        left.remove(best)
        if not table.bound(set(best.variables) & table.columns.keys()):
            raise UnsupportedError("a join on what may be unbound")
        table = best.join(table)
    return table


def _rank(source: Source, bound: Collection[str]) -> tuple[bool, bool, float, int]:
    """What is joined first: the one that makes the fewest solutions, of all predicates what something else may bind."""
    fan = source.fan(bound)
    return fan == _NEVER, isinstance(source, Named) and source.predicate not in bound, fan, source.size


def expected(sources: Sequence[Source], rows: float = 1.0, bound: Collection[str] = ()) -> float:
    """How many solutions it takes to join the sources one after the other, about: the engine looks each of them up.

    They are joined with so many solutions that bind some variables, or with each other alone.
    """
    left, names, total = [*sources], {*bound}, 0.0
    while left:
        if names:
            at = min(range(len(left)), key=lambda at: _rank(left[at], names))
            rows *= min(left[at].fan(names), left[at].size)
        else:
            at = min(range(len(left)), key=lambda at: (not left[at].begins(left), left[at].size))
            rows = float(left[at].size)
        names |= {*left.pop(at).variables}
        total += rows
    if total > _MOST * len(sources):
        raise UnsupportedError("too many solutions")
    return total


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

    def fan(self, bound: Collection[str]) -> float:
        """How many solutions it makes of one that binds these variables, about; infinite if it shares none."""
        subject, target = (isinstance(end, int) or end in bound for end in (self.subject, self.object))
        if not (self.variables & set(bound)):
            return _NEVER
        triples = len(self.relation.subjects)
        fans = [triples / max(1, different) for different in self.relation.different]
        if subject and target:
            return fans[0] / max(1, self.relation.different[1])
        return fans[0] if subject else fans[1]

    def begins(self, _: Sequence[Source]) -> bool:
        """It may."""
        return True

    def join(self, table: Table) -> Table:
        """The solutions joined with the triples that it finds."""
        subject, target, relation = self.subject, self.object, self.relation
        if isinstance(subject, int) or isinstance(target, int) or subject == target:
            return self._join_narrow(table)
        if subject in table.columns and target in table.columns:
            found = join(table, subject, relation.subjects, {_OTHER: relation.subjects_objects})
            return found.take(found.columns[_OTHER] == found.columns[target]).only(table.columns)
        if subject in table.columns:
            return join(table, subject, relation.subjects, {target: relation.subjects_objects})
        if target in table.columns:
            return join(table, target, relation.objects, {subject: relation.objects_subjects})
        return _begun(table, Table.of({subject: relation.subjects, target: relation.subjects_objects}))

    def _join_narrow(self, table: Table) -> Table:
        """The solutions joined with a pattern that has one variable or none."""
        name, column = _narrow(self)
        if name is None:
            return table.take(np.repeat(np.arange(table.rows), len(column)))
        return join(table, name, column, {}) if name in table.columns else _begun(table, Table.of({name: column}))


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """A triple pattern with a variable as its predicate. Unless it stands alone, something else must bind an end."""

    triples: Columns
    predicate: str
    subject: str | int
    object: str | int

    @property
    def variables(self) -> set[str]:
        """Its variables, and what stands for its blank nodes."""
        return {end for end in (self.subject, self.predicate, self.object) if isinstance(end, str)}

    @property
    def size(self) -> int:
        """As many as there are triples, whatever stands at its ends."""
        return self.triples.triples

    def fan(self, bound: Collection[str]) -> float:
        """As many as a pattern may, or as there are triples of a term, if one of its ends is bound."""
        if self.held(bound):
            return 10.0
        if not (self.subject in bound or self.object in bound):
            return _NEVER
        return 10.0 if self.predicate in bound else self.triples.triples / max(1, self.triples.size)

    def held(self, bound: Collection[str]) -> bool:
        """Whether its predicate is bound, and one of its ends given."""
        return self.predicate in bound and any(isinstance(end, int) for end in (self.subject, self.object))

    def begins(self, others: Sequence[Source]) -> bool:
        """Whether there is nothing else to begin with."""
        return len(others) == 1

    def join(self, table: Table) -> Table:
        """The solutions joined with the triples of the predicate that each binds, or of all predicates."""
        if not table.columns and len({self.subject, self.predicate, self.object} & self.variables) == _ENDS:
            return _begun(table, self._all())
        if self.predicate not in table.columns:
            return self._join_all(table)
        column = table.columns[self.predicate]
        found = ordered(column).tolist()
        if not 0 < len(found) <= _PREDICATES:
            raise UnsupportedError("no predicates, or many")
        parts = []
        for number in found:
            text = [self.triples.text(number)] if number < self.triples.size else []
            part = Part(self.triples.union(text), self.subject, self.object)
            rows = table.take(column == number)
            shares = part.variables & table.columns.keys()
            parts.append(part.join(rows) if shares or not part.variables else _product(rows, part.join(Table.unit())))
        return reduce(stacked, parts)

    def _all(self) -> Table:
        """All triples there are, by subject: those of a part have few subjects, and what is written has few terms."""
        if self.triples.triples > MOST:
            raise UnsupportedError("too many triples")
        if not self.triples.predicates:
            raise UnsupportedError("no triples")
        relations = {number: self.triples.union([name]) for number, name in self.triples.predicates.items()}
        lengths = [len(relation.subjects) for relation in relations.values()]
        columns = {
            self.subject: np.concatenate([relation.subjects for relation in relations.values()]),
            self.predicate: np.repeat(np.array([*relations], np.int32), lengths),
            self.object: np.concatenate([relation.subjects_objects for relation in relations.values()]),
        }
        table = Table.of({name: column for name, column in columns.items() if isinstance(name, str)})
        return table.take(np.argsort(table.columns[str(self.subject)], kind="stable"))

    def _join_all(self, table: Table) -> Table:
        """The solutions joined with all triples of what one end is bound to."""
        forth = self.subject in table.columns
        near, far = (self.subject, self.object) if forth else (self.object, self.subject)
        fresh = isinstance(far, str) and far != self.predicate and not {far, self.predicate} & table.columns.keys()
        if near not in table.columns or not isinstance(near, str) or not isinstance(far, str) or not fresh:
            raise UnsupportedError("a predicate that nothing binds")
        if table.rows * _SCANNED <= self.triples.triples:
            raise UnsupportedError("all triples of a few terms")
        wanted = np.zeros(max(self.triples.size, int(table.columns[near].max()) + 1), bool)
        wanted[table.columns[near]] = True
        found: list[list[Ids]] = []
        for number, predicate in self.triples.predicates.items():
            relation = self.triples.union([predicate])
            keys = relation.subjects if forth else relation.objects
            places = np.flatnonzero(wanted[keys])
            others = (relation.subjects_objects if forth else relation.objects_subjects)[places]
            found.append([keys[places], np.full(len(places), number, np.int32), others])
        keys, predicates, others = (np.concatenate(columns) for columns in zip(*found, strict=True))
        order = np.argsort(keys, kind="stable")
        return join(table, near, keys[order], {self.predicate: predicates[order], far: others[order]})


@dataclass(frozen=True, slots=True, eq=False)
class Inline:
    """The rows of ``VALUES``, or of a group."""

    table: Table

    @property
    def variables(self) -> Collection[str]:
        """Its variables."""
        return self.table.columns.keys()

    @property
    def size(self) -> int:
        """Its rows."""
        return self.table.rows

    def fan(self, bound: Collection[str]) -> float:
        """One, if it shares a variable; all of its rows if they are few and nothing is left but that."""
        if self.table.columns.keys() & set(bound):
            return 1.0
        return 1e9 * self.size if self.size <= _SMALL else _NEVER

    def begins(self, others: Sequence[Source]) -> bool:
        """Whether a pattern shares a variable with it; as its predicate, only if one of its ends is given."""
        names = self.variables
        return any(
            part.held(names) if isinstance(part, Named) else part.fan(names) < _NEVER
            for part in others
            if isinstance(part, (Part, Named))
        )

    def joins(self, names: Collection[str]) -> bool:
        """Whether it can be joined on these of its variables: none of them may be unbound."""
        return self.table.bound(names)

    def join(self, table: Table) -> Table:
        """The solutions joined with the rows."""
        if not table.columns:
            return _begun(table, self.table)
        shared = [name for name in self.table.columns if name in table.columns]
        if not shared:
            return _product(table, self.table)
        if not self.joins(shared):
            raise UnsupportedError("a join on what may be unbound")
        order = np.argsort(self.table.columns[shared[0]], kind="stable")
        ordered = self.table.take(order).columns
        others = {name: column for name, column in ordered.items() if name not in shared}
        marked = {f"{_OTHER} {name}": ordered[name] for name in shared[1:]}
        found = join(table, shared[0], ordered[shared[0]], others | marked)
        for name in shared[1:]:
            found = found.take(found.columns[name] == found.columns[f"{_OTHER} {name}"])
        kept = found.only([*table.columns, *others])
        return Table(kept.rows, kept.columns, table.open | (self.table.open & others.keys()))


def _begun(table: Table, found: Table) -> Table:
    """What a source has, where no solution binds anything yet."""
    if table.columns:
        raise UnsupportedError("a product")
    return found if table.rows == 1 else found.take(np.tile(np.arange(found.rows), table.rows))


def _product(table: Table, other: Table) -> Table:
    """Every solution of one table with every one of another, which share no variable."""
    if table.rows * other.rows > MOST:
        raise UnsupportedError("too many solutions")
    rows, own = (each.ravel() for each in np.indices((table.rows, other.rows)))
    return Table(len(rows), {**table.take(rows).columns, **other.take(own).columns}, table.open | other.open)


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
