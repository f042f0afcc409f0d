"""Filters and expressions over columns: comparisons by the order of the terms, all else by asking the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import Ids, Kind, place
from kg.serve.rewriting.columns.notations import literal_of
from kg.serve.rewriting.columns.searching import can_be_found, containing
from kg.serve.rewriting.columns.table import UNBOUND, Table, UnsupportedError, different
from kg.serve.rewriting.columns.terms import Terms
from kg.serve.rewriting.scope import volatile
from kg.serve.rewriting.syntax import Expression, Query, Term

Token = tuple[str, str]
Mask = NDArray[np.bool_]

_OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.INSTANT, Kind.TEXT})
_CONSTANTS = frozenset(
    {
        ("iri",), ("name",), ("string",), ("string", "^^", "iri"), ("string", "^^", "name"), ("number",),
        ("-", "number"), ("+", "number"),
    }
)  # fmt: skip
"""The tokens of a constant, by their kinds or signs."""
_CONTAINS = ["CONTAINS", "sign", "variable", "sign", "string", "sign"]


class Conditions:
    """Evaluates the expressions of one query."""

    def __init__(self, query: Query, terms: Terms) -> None:
        self._query = query
        self._terms = terms

    def values(self, table: Table, expression: Expression) -> Ids:
        """The term that an expression gives for each solution, `UNBOUND` where it is an error."""
        tokens = stripped(expression.tokens)
        if len(tokens) == 1 and tokens[0][0] == "variable":
            return _column(table, tokens[0][1][1:])
        self._check(expression, expression.tokens)
        return self._terms.evaluated(self._query, written(tokens), _seen(table, tokens))

    def holds(self, table: Table, expression: Expression) -> Mask:
        """For which solutions a condition is true: neither false nor an error."""
        held = np.ones(table.rows, bool)
        for tokens in _conjuncts(stripped(expression.tokens)):
            if [text for _, text in tokens] == ["true"]:
                continue
            self._check(expression, tokens)
            compared = self._compared(table, tokens)
            compared = self._contained(table, tokens) if compared is None else compared
            held &= self._asked(table, tokens) if compared is None else compared
        return held

    def _check(self, expression: Expression, tokens: Sequence[Token]) -> None:
        if expression.exists or volatile(expression) or any(kind == "exists" for kind, _ in tokens):
            raise UnsupportedError("an expression that cannot be evaluated by itself")

    def _asked(self, table: Table, tokens: Sequence[Token]) -> Mask:
        return self._terms.true(self._query, written(tokens), _seen(table, tokens))

    def _compared(self, table: Table, tokens: Sequence[Token]) -> Mask | None:
        """A comparison of a variable with a constant; None for anything else."""
        found = _comparison(tokens)
        if found is None:
            return None
        name, sign, constant = found
        column = _column(table, name)
        text = self._terms.constant(self._query, self._term(constant))
        kind = place(text)[0]
        if kind == Kind.IRI:
            number = int(self._terms.numbered([text])[0])  # solutions may bind IRIs that no triple has
            return {"=": column == number, "!=": (column != number) & (column != UNBOUND)}.get(sign)
        if kind not in _ORDERED or sign == "!=":
            return None
        low, high = self._range(text, sign)
        held: Mask = (column >= low) & (column < high)
        strange = self._strange(column)
        if strange.any():
            held[strange] = self._asked(table.take(strange), tokens)
        return held

    def _contained(self, table: Table, tokens: Sequence[Token]) -> Mask | None:
        """Whether a string contains a constant; None for anything else."""
        if [text.upper() if kind == "word" else kind for kind, text in tokens] != _CONTAINS:
            return None
        part = literal_of(self._terms.constant(self._query, Term("literal", tokens[4][1]))).value
        if not can_be_found(part):
            return None
        columns = self._terms.columns
        numbers, places = different(_column(table, tokens[2][1][1:]), self._terms.size)
        start, end = np.searchsorted(numbers, [columns.starts[Kind.TEXT], columns.starts[Kind.OTHER]]).tolist()
        held = np.zeros(len(numbers), bool)
        held[start:end] = containing(columns, numbers[start:end], part)
        rows: Mask = held[places]
        strange = places >= end
        if strange.any():
            rows[strange] = self._asked(table.take(strange), tokens)
        return rows

    def _strange(self, column: Ids) -> Mask:
        """Terms that may compare in ways of their own: 1e0 with 1, a date that has a zone with one that has none."""
        found: Mask = column >= self._terms.columns.starts[Kind.OTHER]
        return found

    def _term(self, tokens: Sequence[Token]) -> Term:
        text = written(tokens)
        if tokens[0][0] not in {"iri", "name"}:
            return Term("literal", text)
        return Term("iri", text, self._query.resolved(text))

    def _range(self, text: str, sign: str) -> tuple[int, int]:
        """The numbers, from one up to another, of the terms of a constant's kind that compare with it like this."""
        kind, value = place(text)
        start, end = self._terms.columns.range(kind)
        # 1 and 1.0 are different terms of the same value.
        before, behind = ((value[0], 0), (value[0], 2)) if kind == Kind.NUMBER else (value, value + "\0")
        low, high = (self._terms.columns.bound((kind, each)) for each in (before, behind))
        return {"<": (start, low), "<=": (start, high), ">": (high, end), ">=": (low, end), "=": (low, high)}[sign]


def _column(table: Table, name: str) -> Ids:
    return table.columns[name] if name in table.columns else np.full(table.rows, UNBOUND, np.int32)


def _seen(table: Table, tokens: Sequence[Token]) -> Table:
    """What an expression sees of solutions: those of its variables that they may bind."""
    names = {text[1:] for kind, text in tokens if kind == "variable"}
    return table.only(sorted(names & table.columns.keys()))


def written(tokens: Sequence[Token]) -> str:
    """Tokens as a query has them. The engine wants no space in front of a comma, nor a string far from its datatype."""
    parts: list[str] = []
    close = True
    for kind, text in tokens:
        called = text == "(" and bool(parts) and parts[-1][-1:].isalnum()
        apart = not (close or called or kind == "language" or text in {",", ")", "^^"})
        parts.append(f" {text}" if apart else text)
        close = text in {"(", "^^"}
    return "".join(parts)


def stripped(tokens: Sequence[Token]) -> Sequence[Token]:
    """An expression without the brackets around the whole of it."""
    while len(tokens) > 2 and tokens[0] == ("sign", "(") and _closing(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closing(tokens: Sequence[Token]) -> int:
    depth = 0
    for index, token in enumerate(tokens):
        depth += {("sign", "("): 1, ("sign", ")"): -1}.get(token, 0)
        if not depth:
            return index
    return -1


def _conjuncts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """The conditions that must all be true for one to be."""
    depth, cuts = 0, [-1]
    for index, token in enumerate(tokens):
        depth += {("sign", "("): 1, ("sign", ")"): -1}.get(token, 0)
        if not depth and token == ("sign", "||"):
            yield tokens
            return
        if not depth and token == ("sign", "&&"):
            cuts.append(index)
    for start, end in zip(cuts, [*cuts[1:], len(tokens)], strict=True):
        part = stripped(tokens[start + 1 : end])
        yield from _conjuncts(part) if len(cuts) > 1 else [part]


def _comparison(tokens: Sequence[Token]) -> tuple[str, str, Sequence[Token]] | None:
    """The variable, the sign and the constant of a comparison, the variable on the left."""
    for left, right, turned in ((tokens[:1], tokens[2:], False), (tokens[-1:], tokens[:-2], True)):
        if len(tokens) < 3 or left[0][0] != "variable":
            continue
        sign = tokens[-2 if turned else 1][1]
        kinds = tuple(text if kind == "sign" else kind for kind, text in right)
        if sign in _OPPOSITE and kinds in _CONSTANTS:
            return left[0][1][1:], _OPPOSITE[sign] if turned else sign, right
    return None
