"""What groups, removes equal rows or shows a few of a sorted list is evaluated by columns, and given as ``VALUES``.

``SELECT ?d (COUNT(?a) AS ?n) { ?a ex:donor ?d ; ex:status ex:sent } GROUP BY ?d HAVING (COUNT(?a) > 9)`` becomes
``SELECT ?d (?columns1 AS ?n) { VALUES (?d ?columns1) { … } FILTER(?columns1 > 9) }``. The engine looks every solution
up; columns that are sorted are joined, counted and summed as a whole (`kg.serve.rewriting.columns`).

*Conditions.* The release has columns. The ``SELECT`` reads the default graph; it groups, is ``DISTINCT``, or has
``ORDER BY`` and ``LIMIT`` by plain variables. Its pattern has predicates that are given, alternatives and sequences of
them, or variables that ``VALUES`` bind to a few; filters, ``OPTIONAL``, ``MINUS``, ``BIND``, small ``VALUES`` and
``EXISTS``; and what is joined is connected and always bound. An expression that is not a comparison with a constant
meets few different terms. The engine would look at many triples, and few rows are left.

*Why it is equal.* The columns hold the triples of the default graph, each once, and a term has one number; patterns,
joins, ``OPTIONAL``, ``MINUS`` and ``EXISTS`` follow their definitions (18.3 to 18.6), and expressions are evaluated
by the engine itself, for each different term. Comparisons, ``MIN``, ``MAX`` and the order of a list look at the
numbers of terms only where all are of one kind that SPARQL orders (15.1, 17.3). Sums are exact. A group (18.5.1) is a
row of the table: what a filter says of it is what ``HAVING`` says (18.2.4.2), and ``DISTINCT`` takes as equal what is
so in the table. Of a sorted list the table has the rows that are asked for, which the engine sorts again.
"""

from __future__ import annotations

from kg.serve.rewriting.columns import (
    AGGREGATES,
    Aggregation,
    Call,
    Patterns,
    Table,
    Terms,
    UnsupportedError,
    calls,
    distinct,
    first_rows,
    grouped,
    stripped,
    written,
)
from kg.serve.rewriting.edits import Edit, Rule, fresh
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import Expression, Order, Query, Select, Triples

_FEW = 2000
"""Triples of the rarest pattern, times the patterns, up to which the engine is quick enough: some five milliseconds."""
_MOST = 4000
"""Terms of a table beyond which the reading of it takes longer than what it saves."""
_SAVES = 4
"""How many times more triples the engine must look at than there are terms in the table."""
_REASON = "of many solutions few rows are left"


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The ``SELECT`` of a query that columns can tell."""
    edits: list[Edit] = []
    terms = statistics.terms
    for select, plain in query.selects if terms else ():
        if terms and plain and _fits(select) and not any(each.start <= select.start < each.end for each in edits):
            try:
                text = _Rows(query, select, terms).text()
            except (UnsupportedError, MemoryError):  # the engine may get along with less
                continue
            edits.append(Edit(select.start, select.end, text, _REASON))
    return edits


def _fits(select: Select) -> bool:
    """Whether a ``SELECT`` is of a shape that leaves few rows."""
    reduces = _groups(select) or select.distinct or (select.order and select.limit is not None)
    return (
        select.form == "SELECT"
        and select.items is not None
        and not select.values
        and bool(reduces)
        and not any(each.exists for each in select.expressions)
        and any(isinstance(element, Triples) for element in select.where.elements)
    )


def _groups(select: Select) -> bool:
    return bool(select.keys) or any(each.words & AGGREGATES for each in select.expressions)


class _Rows:
    """A ``SELECT`` as the rows that it shows, or makes what it shows of."""

    def __init__(self, query: Query, select: Select, terms: Terms) -> None:
        self._query = query
        self._select = select
        self._terms = terms
        self._patterns = Patterns(query, terms)
        self._stem = fresh(query.text, "columns")
        self._calls: dict[Call, str] = {}

    def text(self) -> str:
        """The ``SELECT`` over a table of its rows."""
        self._terms.forget()
        sizes = self._patterns.sizes(self._select.where)
        if min(sizes) * len(sizes) < _FEW:
            raise UnsupportedError("a rare pattern")
        table = self._patterns.solutions(self._select.where)
        columns = self._grouped(table) if _groups(self._select) else self._shown(table)
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
            table = first_rows(table, [*map(_sorted_by, select.order)], start, start + (select.limit or 0), self._terms)
        table = table.only(sorted(used & table.columns.keys()))
        if select.distinct:
            table = distinct(table, self._terms.size)
        return {name: self._terms.texts(column) for name, column in table.columns.items()}

    def _grouped(self, table: Table) -> dict[str, list[str]]:
        """The keys of each group, and the aggregates that are asked of it."""
        keys: list[str] = []
        for number, key in enumerate(self._select.keys):
            keys.append(key.variable or f" key {number}")
            if key.expression:
                table = self._patterns.bound(table, keys[-1], key.expression)
        if not all(name in table.columns for name in keys) or not (table.rows or keys):
            raise UnsupportedError("groups of what is not there")
        groups, places = grouped(table, keys, self._terms.size)
        aggregation = Aggregation(table, groups, len(places), self._terms)
        shown = {name: self._terms.texts(table.columns[name][places]) for name in keys if not name.startswith(" ")}
        for expression in self._select.expressions:
            for _, _, call in calls(expression.tokens):
                self._calls.setdefault(call, f"{self._stem}_{len(self._calls)}")
        return shown | {name: aggregation.texts(call) for call, name in self._calls.items()}

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
        skipped = select.offset is not None and (select.distinct or _groups(select))
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
        tokens = [*expression.tokens]
        for start, end, call in reversed([*calls(tokens)]):
            tokens[start:end] = [("variable", f"?{self._calls[call]}")]
        return written(stripped(tokens))


def _sorted_by(order: Order) -> tuple[str, bool]:
    """The variable that a list is sorted by, and whether it descends."""
    names = [text[1:] for kind, text in order.expression.tokens if kind == "variable"]
    if len(names) != 1 or any(kind != "variable" and text not in {"(", ")"} for kind, text in order.expression.tokens):
        raise UnsupportedError("an order by more than a variable")
    return names[0], order.descending


RULE = Rule("columns", find, reorders=True)
