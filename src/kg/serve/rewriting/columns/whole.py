"""The whole answer to a query from its solutions (SPARQL 1.1, section 18.2.4 and 18.2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kg.serve.rewriting.columns.aggregates import AGGREGATES, Aggregation, Call, calls, first_rows
from kg.serve.rewriting.columns.answers import Rows, check
from kg.serve.rewriting.columns.patterns import Patterns
from kg.serve.rewriting.columns.table import Table, UnsupportedError, distinct, grouped
from kg.serve.rewriting.columns.terms import Terms
from kg.serve.rewriting.syntax import Expression, Order, Select


class Whole:
    """What one query makes of its solutions. ``calls_`` are its aggregates, with names for their columns."""

    def __init__(self, select: Select, calls_: Mapping[Call, str], patterns: Patterns, terms: Terms) -> None:
        self._select = select
        self._calls = calls_
        self._patterns = patterns
        self._terms = terms
        self._names = [item.variable or "" for item in select.items or ()]

    def fits(self) -> bool:
        """Whether the query may be answered: it sorts by variables alone, and no table is behind its groups.

        Which variables a query may show is not asked here: one that is not valid is refused before.
        """
        select = self._select
        if len({*self._names}) < len(self._names) or not all(map(_names, select.order)):
            return False
        return not (groups(select) and select.values)

    def answer(self, table: Table) -> Rows:
        """The answer; raises `UnsupportedError` if some of it cannot be told, or written."""
        select = self._select
        table = self._grouped(table) if groups(select) else self._extended(table)
        shown = [name for name in self._names if name in table.columns]
        check(table.only(shown), self._terms)  # all of it: whoever asks part by part gets each part from here, or none
        if select.distinct:
            table = self._ordered(distinct(table.only(shown), self._terms.size))
        else:
            table = self._ordered(table).only(shown)
        return Rows(self._names, table, self._terms)

    def _grouped(self, table: Table) -> Table:
        """A row for each group that is kept, with what is shown of it."""
        select = self._select
        table = aggregates_of(table, select, self._calls, self._patterns, self._terms)
        for condition in select.having:
            table = table.take(self._patterns.holds(table, without_calls(condition, self._calls)))
        return self._extended(table)

    def _extended(self, table: Table) -> Table:
        """The solutions or groups with the values of the expressions that are shown."""
        for item in self._select.items or ():
            if item.expression and item.variable:
                table = self._patterns.bound(table, item.variable, without_calls(item.expression, self._calls))
        return table

    def _ordered(self, table: Table) -> Table:
        """The rows in their order, from the first that is asked for to the last."""
        select = self._select
        start = select.offset or 0
        end = table.rows if select.limit is None else start + select.limit
        if select.order:
            return first_rows(table, [*map(sorted_by, select.order)], start, end, self._terms)
        return table.part(start, end)


def groups(select: Select) -> bool:
    """Whether a ``SELECT`` shows groups of solutions."""
    return bool(select.keys) or any(each.words & AGGREGATES for each in select.expressions)


def without_calls(expression: Expression, names: Mapping[Call, str]) -> Expression:
    """An expression with variables in place of its aggregates."""
    tokens = [*expression.tokens]
    for start, end, call in reversed([*calls(tokens)] if names else []):
        tokens[start:end] = [("variable", f"?{names[call]}")]
    return replace(expression, tokens=tokens)


def aggregates_of(table: Table, select: Select, made: Mapping[Call, str], patterns: Patterns, terms: Terms) -> Table:
    """The keys of each group of solutions, and the aggregates that are asked of it, under their names."""
    keys: list[str] = []
    for number, key in enumerate(select.keys):
        keys.append(key.variable or f" key {number}")
        if key.expression:
            table = patterns.bound(table, keys[-1], key.expression)
    if not all(name in table.columns for name in keys) or not (table.rows or keys):
        raise UnsupportedError("groups of what is not there")
    of_rows, places = grouped(table, keys, terms.size)
    aggregation = Aggregation(table, of_rows, len(places), terms)
    found = table.only(keys).take(places)
    for call, name in made.items():
        found = found.extended(name, aggregation.numbers(call))
    return found


def sorted_by(order: Order) -> tuple[str, bool]:
    """The variable that a list is sorted by, and whether it descends."""
    names = _names(order)
    if len(names) != 1:
        raise UnsupportedError("an order by more than a variable")
    return names[0], order.descending


def _names(order: Order) -> list[str]:
    """The variables that a list is sorted by, none if there is more to it."""
    tokens = order.expression.tokens
    names = [text[1:] for kind, text in tokens if kind == "variable"]
    return names if all(kind == "variable" or text in {"(", ")"} for kind, text in tokens) else []
