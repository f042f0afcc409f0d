"""The first rows of a long sorted list are found by a bound, so that only few rows need be sorted.

``{ P } ORDER BY DESC(?v) LIMIT 10`` gets a condition: not less than the tenth of some hundred rows of P, which a
``SELECT`` in front looks for. The engine sorts all rows, and evaluates what it sorts by at each comparison.

*Conditions.* The query, or the ``SELECT``, has ``LIMIT`` and nothing that groups or removes equal rows; P has only a
few triple patterns with the same subject and optional parts, and binds the variables of the first sort key, a
variable or an expression that gives the same each time; P has far more solutions than are asked for.

*Why it is equal.* Let k be ``OFFSET`` and ``LIMIT`` together, and t the k-th of some solutions of P in that order.
At least k solutions do not come behind t, so a solution whose key is less than t (for ``DESC``; more for ``ASC``) is
not among the first k, since ``ORDER BY`` agrees with ``<`` wherever that is defined (15.1). Those for which ``<`` is
an error, since the terms cannot be compared, are kept by ``COALESCE``; if there are fewer than k, t is unbound, and
all are kept. Further sort keys only tell apart solutions that are equal by the first.
"""

from __future__ import annotations

from kg.serve.rewriting.edits import Edit, Rule, fresh
from kg.serve.rewriting.scope import certain, volatile
from kg.serve.rewriting.statistics import Statistics, patterns_of
from kg.serve.rewriting.syntax import Group, Optional, Query, Select, Triples

_FEW = 2000
"""Rows up to which sorting is quick enough."""
_PATTERNS = 3
_SAMPLE = 500


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The sorted lists of which only the beginning is asked for."""
    edits: list[Edit] = []
    for select, plain in query.selects:
        if plain and select.form == "SELECT" and select.order and select.limit and _fits(select):
            edits += _bounded(query.text, select, statistics)
    return edits


def _fits(select: Select) -> bool:
    key = select.order[0].expression
    return (
        select.items is not None
        and not (select.distinct or select.keys or select.having or select.values or key.exists)
        and not any(each.words & _AGGREGATES for each in select.expressions)
        and not volatile(key)
        and key.variables <= certain(select.where.elements)
        and bool(key.variables)
        and _is_star(select.where)
    )


_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


def _is_star(where: Group) -> bool:
    patterns = [*patterns_of(where)]
    centres = {triple.subject.value for triple in patterns if triple.subject.kind == "variable"}
    return (
        1 <= len(patterns) <= _PATTERNS
        and len(centres) == 1
        and all(triple.subject.kind == "variable" and triple.predicate.kind == "iri" for triple in patterns)
        and all(term.kind != "blank" for triple in patterns for term in triple.terms)
        and all(
            isinstance(each, Optional) or (isinstance(each, Triples) and not each.opaque) for each in where.elements
        )
    )


def _bounded(text: str, select: Select, statistics: Statistics) -> list[Edit]:
    where, order = select.where, select.order[0]
    asked = (select.limit or 0) + (select.offset or 0)
    rows = statistics.rows(where)
    sample = max(_SAMPLE, int((asked * rows) ** 0.5))
    if rows < _FEW or sample < 2 * asked or rows < 4 * sample:
        return []
    bound = fresh(text, "bound")
    key = text[order.expression.start : order.expression.end]
    patterns = " . ".join(triple.text for triple in patterns_of(where))
    inner = " ".join(f"?{name}" for name in sorted(order.expression.variables))
    direction, sign = ("DESC", "<") if order.descending else ("ASC", ">")
    threshold = (
        f"OPTIONAL {{ SELECT (({key}) AS ?{bound}) {{ SELECT {inner} {{ {patterns} }} LIMIT {sample} }} "
        f"ORDER BY {direction}({key}) LIMIT 1 OFFSET {asked - 1} }}"
    )
    condition = f"FILTER(COALESCE(!(({key}) {sign} ?{bound}), true))"
    reason = f"{asked} of about {rows:.0f} rows are asked for"
    return [
        Edit(where.start + 1, where.start + 1, f" {threshold} ", reason),
        Edit(where.end - 1, where.end - 1, f" {condition} ", reason),
    ]


RULE = Rule("top", find, reorders=True)
