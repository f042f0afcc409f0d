"""Queries that are well formed and mean nothing: which variable of SELECT is at fault, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from kg.ground.tokens import Token
from kg.serve.engine.functions import AGGREGATES

UNGROUPED = "The SELECT contains a variable that is unbound"
BOUND = "The SELECT overrides an existing variable"
STAR = "SELECT * is not authorized with GROUP BY"

MEANINGS = (UNGROUPED, BOUND, STAR)
"""The reasons of the engine that are told of here."""

Finding = tuple[Token, str, str | None]
"""The token at fault, what is wrong with it, and what to do."""


def finding(reason: str, found: Sequence[Token]) -> Finding:
    """What the engine's reason (one of `MEANINGS`) is about in these tokens."""
    about = {UNGROUPED: _ungrouped, BOUND: _bound, STAR: _star}[reason](found)
    first = next((token for token in found if token.keyword == "SELECT"), found[0])
    return about or (first, _GENERAL[reason], None)


_GENERAL = {
    UNGROUPED: "SELECT names a variable that is neither grouped nor aggregated, or that the pattern does not bind",
    BOUND: "SELECT (… AS ?variable) names a variable that is bound already",
    STAR: "SELECT * cannot be grouped: name the variables",
}


def _head(found: Sequence[Token]) -> list[tuple[int, Token]]:
    """The tokens between the first SELECT and the pattern, each with how many brackets are open before it."""
    start = next((index for index, token in enumerate(found) if token.keyword == "SELECT"), len(found))
    depth, head = 0, []
    for token in found[start + 1 :]:
        if token.text == "{" or token.keyword in {"WHERE", "FROM"}:
            break
        depth -= token.text == ")"
        head.append((depth, token))
        depth += token.text == "("
    return head


def _grouped(found: Sequence[Token]) -> list[str] | None:
    """The variables behind GROUP BY, without their question marks; None if the query has none."""
    start = next((index for index, token in enumerate(found) if token.keyword == "GROUP"), None)
    if start is None:
        return None
    names = []
    for token in found[start + 1 :]:
        if token.keyword in {"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"} or token.text == "}":
            break
        if token.kind == "variable":
            names.append(token.text[1:])
    return names


def _ungrouped(found: Sequence[Token]) -> Finding | None:
    grouped = _grouped(found)
    plain = [token for depth, token in _head(found) if depth == 0 and token.kind == "variable"]
    alone = [token for token in plain if token.text[1:] not in (grouped or ())]
    if not alone or (not any(token.keyword in AGGREGATES for token in found) and grouped is None):
        return None
    name = alone[0].text
    message = f"{name} is selected beside groups, but neither grouped nor aggregated"
    if grouped is None:
        every = " ".join(token.text for token in plain)
        return alone[0], message, f"put GROUP BY {every} behind the pattern, or leave {name} out of SELECT"
    return alone[0], message, f"add {name} to GROUP BY, or take one of its values: (SAMPLE({name}) AS {name}_one)"


def _bound(found: Sequence[Token]) -> Finding | None:
    head = _head(found)
    for index, (_, token) in enumerate(head):
        if token.kind != "variable" or index == 0 or head[index - 1][1].keyword != "AS":
            continue
        others = [other for other in found if other.kind == "variable" and other.start != token.start]
        if any(other.text[1:] == token.text[1:] for other in others):
            message = f"{token.text} is bound already, and AS would bind it again"
            return token, message, f"choose another name behind AS, such as {token.text}_2"
    return None


def _star(found: Sequence[Token]) -> Finding | None:
    star = next((token for _, token in _head(found) if token.text == "*"), None)
    aggregate = next((token for token in found if token.keyword in AGGREGATES), None)
    if _grouped(found) is None and aggregate:
        message = f"{aggregate.text} is an aggregate, and stands where none may"
        return (
            aggregate,
            message,
            "an aggregate stands in SELECT, HAVING or ORDER BY, of a query that names its variables",
        )
    names = " ".join(f"?{name}" for name in _grouped(found) or ["x"])
    return (star, _GENERAL[STAR], f"write SELECT {names} (COUNT(*) AS ?n)") if star else None
