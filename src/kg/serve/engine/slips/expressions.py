"""Slips in conditions and other expressions."""

from __future__ import annotations

from kg.ground.tokens import Token
from kg.serve.engine.functions import AGGREGATES, meant, signatures
from kg.serve.engine.places import Place
from kg.serve.engine.words import COMPARISONS, KEYWORDS, TERMS, meant_keyword

_SIGNS = {"&": "&&", "|": "||", "AND": "&&", "OR": "||"}


def _negation(place: Place) -> str | None:
    if place.before.keyword != "NOT" or place.token.keyword in {"EXISTS", "IN"}:
        return None
    if place.token.keyword.startswith("EXIST"):
        return "the keyword is EXISTS: FILTER NOT EXISTS { … }"
    return "a condition is negated by !: FILTER(!(?x = 1)); a pattern by FILTER NOT EXISTS { … }"


def _connective(place: Place) -> str | None:
    written = place.token.keyword or place.token.text
    if not place.in_expression or written not in _SIGNS:
        return None
    what = "conditions that must both hold" if _SIGNS[written] == "&&" else "conditions of which one must hold"
    return f"{what} are joined by {_SIGNS[written]}, not {place.token.text}"


def _twice_equal(place: Place) -> str | None:
    if place.token.text == ">" and place.before.text == "=" and place.before.end == place.token.start:
        return "greater or equal is >="
    if place.token.text != "=" or place.before.text not in {"=", "!="} or place.before.end != place.token.start:
        return None
    return "equal is one sign, =; unequal is !="


def _unequal(place: Place) -> str | None:
    return "unequal is !=" if place.in_expression and place.token.text == "<>" else None


def _chained(place: Place) -> str | None:
    if not place.in_expression or place.token.text not in COMPARISONS:
        return None
    since: list[Token] = []
    for token in place.tokens[place.level.first : place.index]:
        if token.text in {"&&", "||", ","}:
            since.clear()
        else:
            since.append(token)
    if not any(token.text in COMPARISONS for token in since):
        return None
    first = place.text[since[0].start : since[-1].end]
    second = place.source(-1, 1)
    return f"comparisons are not chained; join two of them: {first} && {second}"


def _like(place: Place) -> str | None:
    if place.token.keyword not in {"LIKE", "ILIKE", "CONTAINS", "MATCHES"} or place.at(1).text == "(":
        return None
    left, part = place.before.text, place.at(1).text.strip("\"'").strip("%")
    contains, regex = f'CONTAINS(LCASE({left}), "{part.lower()}")', f'REGEX({left}, "{part}", "i")'
    return f"parts of a text are found by {contains}, patterns by {regex}"


def _is_null(place: Place) -> str | None:
    if place.token.keyword != "IS" or not place.in_expression:
        return None
    variable = place.before.text
    negated = place.at(1).keyword == "NOT"
    return f"whether a variable has a value tells {'' if negated else '!'}BOUND({variable})"


def _comma_missing(place: Place) -> str | None:
    """Two values side by side in parentheses."""
    if not place.in_expression or place.token.kind not in TERMS or place.before.kind not in TERMS:
        return None
    if place.level.head.keyword == "IN":
        return f"values of IN stand with commas: {place.before.text}, {place.token.text}"
    if place.at(-2).keyword == "AS":
        return "one name follows AS"
    return f"between {place.before.text} and {place.token.text} an operator or a comma is missing, or a ) before it"


def _pattern_of_javascript(place: Place) -> str | None:
    if not place.in_expression or place.token.text != "/" or place.before.text not in {",", "("}:
        return None
    return 'a pattern is a string: REGEX(?x, "pattern", "i")'


def _member(place: Place) -> str | None:
    if not place.in_expression or place.token.text != "." or place.at(1).start != place.token.end:
        return None
    if place.before.kind != "variable" or place.at(1).kind != "word":
        return None
    return f"a property is read by a triple, not by a dot: {place.before.text} sides:{place.at(1).text} ?value"


def _case(place: Place) -> str | None:
    if place.token.keyword != "CASE":
        return None
    return f"SPARQL has no CASE: {signatures()['IF']}, one in the other if need be"


def _list_missing(place: Place) -> str | None:
    if place.before.keyword != "IN" or place.token.text == "(":
        return None
    return "IN takes a list in parentheses: ?x IN (1, 2); for many values use VALUES"


def _no_parentheses_of_call(place: Place) -> str | None:
    name = place.before.keyword
    if name not in signatures() or place.token.text == "(":
        return None
    if place.token.keyword == "DISTINCT" and name in AGGREGATES:
        return f"the arguments stand in parentheses: {name}(DISTINCT {place.at(1).text})"
    return f"the arguments stand in parentheses: {signatures()[name]}"


def _arguments(place: Place) -> str | None:
    """A call with too many arguments or too few, or with a comma where GROUP_CONCAT has a semicolon."""
    name = place.level.head.keyword
    if not place.in_expression or place.token.text not in {",", ")"} or name not in signatures():
        return None
    return f"the call is {signatures()[name]}"


def _unknown_function(place: Place) -> str | None:
    if place.token.kind != "word" or place.at(1).text != "(" or place.token.keyword in {*signatures(), *KEYWORDS}:
        return None
    call = meant(place.token.text)
    if call is None and meant_keyword(place.token):
        return None
    return f"SPARQL has no function {place.token.text}" + (f"; it may be {call}" if call else "")


SLIPS = (
    _negation,
    _connective,
    _twice_equal,
    _unequal,
    _chained,
    _like,
    _is_null,
    _list_missing,
    _comma_missing,
    _pattern_of_javascript,
    _member,
    _case,
    _no_parentheses_of_call,
    _arguments,
    _unknown_function,
)
"""In the order in which they are tried."""
