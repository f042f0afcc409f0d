"""Counts of everything, by predicate, class or graph, are looked up rather than counted.

``SELECT ?class (COUNT(?s) AS ?n) { ?s a ?class } GROUP BY ?class`` becomes ``SELECT ?class (SUM(?count) AS ?n) {
VALUES (?class ?count) { … } } GROUP BY ?class``, and ``SELECT DISTINCT ?class { ?s a ?class }`` becomes the same
without the counts.

*Conditions.* The pattern is one triple pattern of different variables, possibly with its predicate given, or one
such in ``GRAPH ?graph``; it reads the default graph of the release; the only variable of it that is used is the one
that it is grouped by or, if all is distinct anyway, the one selected; everything else asks for ``COUNT`` of all
solutions or of a variable of the pattern.

*Why it is equal.* A graph is a set of triples (section 18.1.2), so the solutions of the pattern are as many as its
triples (18.3.1), each binds all its variables, and a group has as many as the statistics of the release tell
(18.5.1.2, Count). The group has one row of ``VALUES``, over which Sum gives that number, an ``xsd:integer`` as Count
does. Over no group at all both give 0. With ``DISTINCT`` multiplicities do not matter (18.5, Distinct).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.serve.rewriting.edits import Edit, Rule, fresh
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import TYPE, Expression, Graph, Group, Query, Select, Triple, Triples

_MOST = 5000
"""Rows beyond which looking up is no longer worth the reading of the text."""

_WRITTEN = re.compile(r"<[^<>\"{}|^`\\\x00-\x20]*>")
"""An IRI that can be written in a query; blank nodes cannot."""


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The counts in a query that the statistics tell."""
    edits: list[Edit] = []
    for select, plain in query.selects:
        if plain and select.form == "SELECT" and select.items is not None:
            edits += _select(query.text, select, statistics)
    return edits


def _select(text: str, select: Select, statistics: Statistics) -> list[Edit]:
    shape = _shape(select.where)
    if shape is None or select.values or any(key.expression for key in select.keys):
        return []
    variables, asked = shape
    keys = {key.variable for key in select.keys if key.variable}
    named = [item.variable for item in select.items or () if item.expression]
    if variables & set(named) or any(each.exists for each in select.expressions):
        return []
    # A blank node is one more thing that tells solutions apart.
    others = variables - keys | {term.text for term in (asked[0].subject, asked[0].object) if term.kind == "blank"}
    aggregates = [found for each in select.expressions for found in _counts(each, variables, others)]
    used = _used_outside(select, aggregates) & variables
    if aggregates and used <= keys and len(aggregates) == _asked(select):
        return _grouped(text, select, asked, keys & variables, aggregates, statistics)
    if not aggregates and len(used) == 1 and _distinct_alone(select, used):
        table = _table(asked, next(iter(used)), statistics)
        return [] if table is None else [_values(select.where, f"?{next(iter(used))}", table, "")]
    return []


def _shape(where: Group) -> tuple[set[str], tuple[Triple, str | None]] | None:
    """The variables of a pattern whose counts are known, and what it asks: the triple, the variable of its graph."""
    graph = None
    elements = where.elements
    if len(elements) == 1 and isinstance(elements[0], Graph) and elements[0].name.kind == "variable":
        graph = elements[0].name.value
        elements = elements[0].group.elements
    if len(elements) != 1 or not isinstance(elements[0], Triples):
        return None
    block = elements[0]
    if block.opaque or len(block.patterns) != 1:
        return None
    triple = block.patterns[0]
    variables = triple.variables | ({graph} if graph else set())
    if len(variables) != sum(term.kind == "variable" for term in triple.terms) + bool(graph):
        return None
    if any(term.kind not in {"variable", "blank"} for term in (triple.subject, triple.object)):
        return None
    if triple.subject.kind == "blank" and triple.subject.text != "[]" and triple.subject.text == triple.object.text:
        return None
    if triple.predicate.kind != "variable" and (graph or not triple.predicate.value):
        return None
    return variables, (triple, graph)


def _asked(select: Select) -> int:
    """How many times a ``SELECT`` asks for a ``COUNT``."""
    words = (text for each in select.expressions for kind, text in each.tokens if kind == "word")
    return sum(word.upper() == "COUNT" for word in words)


Count = tuple[int, int]
"""Where a ``COUNT`` stands in the text."""


def _counts(expression: Expression, variables: set[str], others: set[str]) -> list[tuple[Expression, int, int]]:
    """The places of tokens, first and behind the last, of each ``COUNT`` of all solutions of a group."""
    found, tokens = [], expression.tokens
    for index, token in enumerate(tokens):
        if token[0] != "word" or token[1].upper() != "COUNT":
            continue
        if ("sign", ")") not in tokens[index:]:
            continue  # no query, as the engine will tell
        end = tokens.index(("sign", ")"), index)
        argument = tokens[index + 2 : end]
        distinct = bool(argument) and argument[0][1].upper() == "DISTINCT"
        argument = argument[1:] if distinct else argument
        whole = argument == [("sign", "*")] and not distinct
        name = argument[0][1][1:] if len(argument) == 1 and argument[0][0] == "variable" else None
        if whole or (name in variables and (not distinct or others == {name})):
            found.append((expression, index, end + 1))
    return found


def _used_outside(select: Select, aggregates: list[tuple[Expression, int, int]]) -> set[str]:
    """The variables that a ``SELECT`` uses outside of its pattern and of these counts."""
    used = {item.variable for item in (*(select.items or ()), *select.keys) if item.variable and not item.expression}
    for expression in select.expressions:
        counted = [(first, end) for each, first, end in aggregates if each is expression]
        used |= {
            text[1:]
            for index, (kind, text) in enumerate(expression.tokens)
            if kind == "variable" and not any(first <= index < end for first, end in counted)
        }
    return used


def _distinct_alone(select: Select, used: set[str]) -> bool:
    """Whether it does not matter how often a value of the one variable comes."""
    if select.distinct and not select.keys and not select.having:
        return all(not item.expression for item in select.items or ()) and not any(
            expression.words & _AGGREGATES for expression in select.expressions
        )
    if select.keys:
        return {key.variable for key in select.keys} == used and not any(
            expression.words & _AGGREGATES for expression in select.expressions
        )
    name = next(iter(used))
    only = [(text.upper() if kind == "word" else text) for kind, text in _COUNT_DISTINCT] + [f"?{name}", ")"]
    return (
        not select.having
        and not select.order
        and all(
            item.expression
            and [text.upper() if kind == "word" else text for kind, text in item.expression.tokens] == only
            for item in select.items or ()
        )
    )


_COUNT_DISTINCT = (("word", "COUNT"), ("sign", "("), ("word", "DISTINCT"))
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


def _grouped(
    text: str,
    select: Select,
    asked: tuple[Triple, str | None],
    keys: set[str],
    aggregates: list[tuple[Expression, int, int]],
    statistics: Statistics,
) -> list[Edit]:
    grouped = bool(select.keys)
    if len(keys) > 1 or (grouped and len(select.keys) != len(keys)):
        return []
    if any(expression.words & (_AGGREGATES - {"COUNT"}) for expression in select.expressions):
        return []
    counted = fresh(text, "count")
    if keys:
        key = next(iter(keys))
        table = _table(asked, key, statistics)
        variables = f"(?{key} ?{counted})"
    else:
        total = _total(asked, statistics)
        table = None if total is None else {"": total}
        variables = f"?{counted}"
    places = [_place(text, *each) for each in aggregates]
    if table is None or any(place is None for place in places):
        return []
    edits = [_values(select.where, variables, table, "()" if keys else " ")]
    return edits + [Edit(*place, f"SUM(?{counted})", _REASON) for place in places if place]


_REASON = "the release knows how many there are"


def _values(where: Group, variables: str, table: Mapping[str, int], brackets: str) -> Edit:
    if brackets == "()":
        rows = " ".join(f"({term} {number})" for term, number in table.items())
    elif brackets:
        rows = " ".join(str(number) for number in table.values())
    else:
        rows = " ".join(table)
    return Edit(where.start, where.end, f"{{ VALUES {variables} {{ {rows} }} }}", _REASON)


def _table(asked: tuple[Triple, str | None], key: str, statistics: Statistics) -> Mapping[str, int] | None:
    """The counts by the values of one variable; None if they are not known or cannot be written."""
    triple, graph = asked
    if key == graph:
        table = statistics.graphs if triple.predicate.kind == "variable" else None
    elif graph:
        table = None
    elif triple.predicate.kind == "variable" and triple.predicate.value == key:
        table = statistics.predicates
    elif triple.predicate.value == TYPE and triple.object.value == key:
        table = statistics.classes
    else:
        table = None
    fits = table is not None and len(table) <= _MOST and all(map(_WRITTEN.fullmatch, table))
    return table if fits else None


def _total(asked: tuple[Triple, str | None], statistics: Statistics) -> int | None:
    triple, graph = asked
    if graph:
        return sum(statistics.graphs.values())
    if triple.predicate.kind == "variable":
        return statistics.total
    return statistics.predicates.get(f"<{triple.predicate.value}>", 0)


def _place(text: str, expression: Expression, first: int, end: int) -> Count | None:
    """Where the tokens of an expression stand; None if they cannot be found again for sure."""
    position = expression.start
    start = position
    for index, (kind, token) in enumerate(expression.tokens[:end]):
        if kind == "exists":
            return None
        position = _next(text, position, token)
        if position < 0:
            return None
        if index == first:
            start = position
        position += len(token)
    return start, position


def _next(text: str, position: int, token: str) -> int:
    while True:
        if text.startswith(token, position):
            return position
        if text[position] == "#":
            position = text.find("\n", position)
            if position < 0:
                return -1
        elif not text[position].isspace():
            return -1
        position += 1


RULE = Rule("counts", find, reorders=True)
