"""What joins, groups or sorts many solutions is evaluated by columns: the whole answer, or a table in its place.

``SELECT ?a ?d { VALUES ?d { … } ?a ex:donor ?d ; ex:status ex:sent }`` is answered without the engine, which looks
every solution up; columns that are sorted are joined, counted and summed as a whole (`kg.serve.rewriting.columns`).
Of groups that are sorted by their aggregates, ``SELECT ?d { … } GROUP BY ?d ORDER BY COUNT(?a)``, and of a ``SELECT``
within a query, rows are left to the engine: ``SELECT ?d { VALUES (?d ?columns1) { … } } ORDER BY ?columns1``.

*Conditions.* The release has columns. The ``SELECT`` reads the default graph. Its pattern has predicates that are
given, alternatives and sequences of them, or variables that something else binds, unless one pattern of three variables
is all there is; filters, ``OPTIONAL``, ``UNION``, ``MINUS``, ``BIND``, ``VALUES`` and ``EXISTS``; and what is joined is
connected and always bound. An expression that is not a comparison with a constant meets few different terms. The engine
would look at many triples. A whole answer is sorted by variables, if it is sorted; a table has few rows, since it
groups, is ``DISTINCT``, or has ``ORDER BY`` and ``LIMIT``. The template of a ``CONSTRUCT`` makes no blank nodes.

*Why it is equal.* The columns hold the triples of the default graph, each once, and a term has one number; patterns,
joins, ``OPTIONAL``, ``UNION``, ``MINUS`` and ``EXISTS`` follow their definitions (18.3 to 18.6), and expressions are
evaluated by the engine itself, for each different term. A table behind the query, all of whose variables the first
patterns bind, adds no binding, and may be joined first (18.2.4.3). Comparisons, ``MIN``, ``MAX`` and the order of a
list look at the numbers of terms only where all are of one kind that SPARQL orders (15.1, 17.3). Sums are exact. A
group (18.5.1) is a row of the table: what a filter says of it is what ``HAVING`` says (18.2.4.2), and ``DISTINCT``
takes as equal what is so in the table. Of a sorted list the table has the rows that are asked for, which the engine
sorts again. Of a ``CONSTRUCT`` the triples of its template are made of the solutions, each once, without those that
are none (16.2). The engine reads the text all the same, so that what is not valid stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from kg.serve.rewriting.columns import (
    Answer,
    Call,
    Patterns,
    Table,
    Terms,
    UnsupportedError,
    Whole,
    aggregates_of,
    calls,
    constructed,
    distinct,
    first_rows,
    groups,
    sorted_by,
    stripped,
    without_calls,
    written,
)
from kg.serve.rewriting.edits import Edit, Rule, fresh
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import Expression, Item, Query, Select, Triples, Union

_FEW = 2000
"""Triples of the rarest pattern, times the patterns, up to which the engine is quick enough: some five milliseconds."""
_LEAST = 600
"""Solutions, joined step by step, up to which the engine has the whole answer sooner: a millisecond."""
_MOST = 4000
"""Terms of a table beyond which the reading of it takes longer than what it saves."""
_LONG = 10_000
"""Rows of a ``LIMIT`` from which on they may be chosen here: of fewer, the engine looks up no more than it shows."""
_CUT = 8
"""How many times more solutions may be joined than such a ``LIMIT`` shows."""
_SAVES = 4
"""How many times more triples the engine must look at than there are terms in the table."""
_REASON = "of many solutions few rows are left"


def find(query: Query, statistics: Statistics) -> list[Edit] | Answer:
    """The ``SELECT`` of a query that columns can tell, or the whole answer."""
    edits: list[Edit] = []
    terms = statistics.terms
    for each, plain in query.selects if terms else ():
        select = _selected(each)
        if terms and plain and _fits(select) and not any(edit.start <= select.start < edit.end for edit in edits):
            try:
                made = _Rows(query, select, terms).made()
            except (UnsupportedError, MemoryError):  # the engine may get along with less
                continue
            if isinstance(made, Answer):
                return made
            edits.append(Edit(select.start, select.end, made, _REASON))
    return edits


def _selected(select: Select) -> Select:
    """A ``SELECT`` of what the template of a ``CONSTRUCT`` needs, if it makes no blank nodes; any other as it is."""
    template = select.template
    kinds = {term.kind for triple in template.patterns for term in triple.terms} if template else set()
    if not template or template.opaque or "blank" in kinds:
        return select
    items = [Item(template.start, template.end, name) for name in sorted(template.variables)]
    return replace(select, form="SELECT", items=items)


def _fits(select: Select) -> bool:
    """Whether a ``SELECT`` is of a shape that leaves few rows, or may be answered as a whole."""
    return (
        select.form == "SELECT"
        and select.items is not None
        and not (select.template and groups(select))
        and (select.outer or _leaves_few(select))
        and not any(each.exists for each in select.expressions)
        and any(isinstance(element, (Triples, Union)) for element in select.where.elements)
    )


def _leaves_few(select: Select) -> bool:
    reduces = groups(select) or select.distinct or (select.order and select.limit is not None)
    return bool(reduces) and not select.values


class _Rows:
    """A ``SELECT`` as the rows that it shows, or makes what it shows of."""

    def __init__(self, query: Query, select: Select, terms: Terms) -> None:
        self._query = query
        self._select = select
        self._terms = terms
        self._patterns = Patterns(query, terms)

    @cached_property
    def _calls(self) -> Mapping[Call, str]:
        """The aggregates, each with the name of a variable that the query has not."""
        found = dict.fromkeys(call for each in self._select.expressions for _, _, call in calls(each.tokens))
        stem = fresh(self._query.text, "columns") if found else ""
        return {call: f"{stem}_{number}" for number, call in enumerate(found)}

    def made(self) -> str | Answer:
        """The whole answer, or else the ``SELECT`` over a table of its rows."""
        self._terms.forget()
        select, patterns = self._select, self._patterns
        whole = Whole(select, self._calls, patterns, self._terms) if select.outer else None
        if whole and not whole.fits():
            whole = None
        if whole is None and (select.template or not _leaves_few(select)):
            raise UnsupportedError("many rows, and expressions")
        total = patterns.expected(select.where, select.values)
        if total < _LEAST or (select.limit is not None and not select.order and total > select.limit * _CUT):
            raise UnsupportedError("a rare pattern, or few rows of a frequent one")
        table = patterns.solutions(select.where, select.values)
        if whole and select.template:
            return constructed(select.template.patterns, whole.answer(table).table, self._query, self._terms)
        if whole:
            with suppress(UnsupportedError):
                return whole.answer(table)
        return self._text(table)

    def _text(self, table: Table) -> str:
        sizes = self._patterns.sizes(self._select.where)
        if not _leaves_few(self._select) or not sizes or min(sizes) * len(sizes) < _FEW:
            raise UnsupportedError("a rare pattern")
        columns = self._grouped(table) if groups(self._select) else self._shown(table)
        cells = sum(map(len, columns.values()))
        if not columns or cells > _MOST or cells * _SAVES > max(table.rows, *sizes) * len(sizes):
            raise UnsupportedError("a table too large")
        return self._written(columns)

    def _shown(self, table: Table) -> dict[str, list[str]]:
        """The values of the variables that are shown or sorted by, of the rows that may be shown."""
        select = self._select
        used = {item.variable for item in select.items or () if item.variable and not item.expression}
        used = used.union(*(expression.variables for expression in select.expressions))
        if not select.distinct:
            start = select.offset or 0
            table = first_rows(table, [*map(sorted_by, select.order)], start, start + (select.limit or 0), self._terms)
        table = table.only(sorted(used & table.columns.keys()))
        if select.distinct:
            table = distinct(table, self._terms.size)
        return {name: self._terms.texts(column) for name, column in table.columns.items()}

    def _grouped(self, table: Table) -> dict[str, list[str]]:
        """The keys of each group, and the aggregates that are asked of it."""
        found = aggregates_of(table, self._select, self._calls, self._patterns, self._terms)
        return {name: self._terms.texts(column) for name, column in found.columns.items() if not name.startswith(" ")}

    def _written(self, columns: dict[str, list[str]]) -> str:
        """The ``SELECT`` with a table in place of its pattern, its groups, and the rows that it skips."""
        select = self._select
        names = " ".join(f"?{name}" for name in columns)
        rows = " ".join(f"({' '.join(row)})" for row in zip(*columns.values(), strict=True))
        filters = "".join(f" FILTER({self._expression(each)})" for each in select.having)
        items = (
            f"({self._expression(item.expression)} AS ?{item.variable})" if item.expression else f"?{item.variable}"
            for item in select.items or ()
        )
        order = (f"{'DESC' if by.descending else 'ASC'}({self._expression(by.expression)})" for by in select.order)
        skipped = select.offset is not None and (select.distinct or groups(select))
        parts = [
            f"SELECT {'DISTINCT ' if select.distinct else ''}{' '.join(items)}",
            f"{{ VALUES ({names}) {{ {rows} }}{filters} }}",
            f"ORDER BY {' '.join(order)}" if select.order else "",
            f"LIMIT {select.limit}" if select.limit is not None else "",
            f"OFFSET {select.offset}" if skipped else "",
        ]
        return " ".join(filter(None, parts))

    def _expression(self, expression: Expression) -> str:
        """An expression with variables of the table in place of its aggregates."""
        return written(stripped(without_calls(expression, self._calls).tokens))


def _is_long(query: Query) -> bool:
    """Whether many rows are asked for, whatever they are: whoever asks for all of them part by part gets each once."""
    body = query.body
    return body.limit is not None and body.limit >= _LONG and not body.template  # each part of a graph has a size


RULE = Rule("columns", find, reorders=True, is_long=_is_long, answers=True)
