"""Slips behind the pattern: GROUP BY, ORDER BY, LIMIT, and what should not be there."""

from __future__ import annotations

from kg.ground.tokens import Token
from kg.serve.engine.places import Place
from kg.serve.engine.words import MODIFIERS, TERMS


def _without_by(place: Place) -> str | None:
    keyword = place.before.keyword
    if keyword not in {"GROUP", "ORDER"} or place.token.keyword == "BY":
        return None
    return f"write {keyword} BY {place.token.text}"


def _direction(place: Place) -> str | None:
    keyword = place.before.keyword
    if keyword not in {"ASC", "DESC"} or place.token.text == "(":
        return None
    sorted_by = place.token if place.token.kind == "variable" else place.at(-2)
    name = sorted_by.text if sorted_by.kind == "variable" else "?x"
    return f"the direction stands before what is sorted by, which is in parentheses: ORDER BY {keyword}({name})"


def _comma_behind_by(place: Place) -> str | None:
    clause = place.level.clause
    if clause not in {"GROUP", "ORDER"} or place.token.text != "," or place.in_expression:
        return None
    return (
        f"what follows {clause} BY stands without commas: {clause} BY {place.before.text} {place.at(1).text}".rstrip()
    )


def _order_of_clauses(place: Place) -> str | None:
    keyword = place.token.keyword
    earlier = place.tokens[place.level.first : place.index]
    behind = [token.keyword for token in earlier if token.keyword in MODIFIERS]
    if keyword not in MODIFIERS or place.level.opener.text == "(" or not behind:
        return None
    if keyword in behind:
        return f"{keyword} stands twice"
    if max(map(MODIFIERS.index, behind)) <= MODIFIERS.index(keyword):
        return None
    return "the clauses stand in this order: GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET"


def _modifier_in_pattern(place: Place) -> str | None:
    if not place.in_pattern or place.token.keyword not in MODIFIERS[:-1]:
        return None
    return f"{place.token.keyword} stands behind the }} that closes the pattern"


def _sort(place: Place) -> str | None:
    return "SPARQL sorts by ORDER BY" if place.token.keyword in {"SORT", "SORTED"} else None


def _limit(place: Place) -> str | None:
    if place.level.clause == "LIMIT" and place.token.text == "," and place.at(1).kind == "number":
        return f"how many rows are left out tells OFFSET: LIMIT {place.at(1).text} OFFSET {place.before.text}"
    if place.before.keyword not in {"LIMIT", "OFFSET"}:
        return None
    return f"{place.before.keyword} takes a whole number: {place.before.keyword} 100"


def _second_where(place: Place) -> str | None:
    if place.token.keyword not in {"WHERE", "FILTER"} or not place.level.closed:
        return None
    if place.level.opener.text == "{":
        return None
    return f"there is one pattern: put what follows {place.token.keyword} into its braces, a condition as FILTER(…)"


def _too_many_braces(place: Place) -> str | None:
    if len(place.levels) > 1 or not place.level.closed:
        return None
    if place.token.text == "}":
        return "there is one } too many: each closes one {"
    if place.token.text == "." or place.token.kind in TERMS:
        return f"the }} at {place.told(_last_brace(place))} has closed the pattern: is it one too many?"
    return None


def _semicolon_at_end(place: Place) -> str | None:
    if len(place.levels) > 1 or place.token.text != ";":
        return None
    return "a query has no ; at its end"


def _last_brace(place: Place) -> Token:
    return next(token for token in reversed(place.tokens[: place.index]) if token.text == "}")


SLIPS = (
    _without_by,
    _direction,
    _comma_behind_by,
    _order_of_clauses,
    _modifier_in_pattern,
    _sort,
    _limit,
    _second_where,
    _too_many_braces,
    _semicolon_at_end,
)
"""In the order in which they are tried."""
