"""Syntax errors that help: the token that is wrong, what could stand there, and what to do.

The engine's parser reports the farthest offset that any alternative has read, keywords included: in ``SELEC ?s {}`` it
complains about column 10, because it read nine letters while looking for CONSTRUCT. The query is therefore parsed a
second time with wide gaps between its tokens: no keyword reaches over a gap, so the offset falls into the token at
fault. What may stand there is found by trying.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.ground.errors import QuerySyntaxError
from kg.ground.terms import PREFIXES
from kg.serve.guard import outline
from kg.serve.tokens import Token, tokens

Parse = Callable[[str], str | None]
"""Parses a query: the engine's message, or None if it is right."""

GAP = " " * 40
"""Wider than the longest keyword of the engine."""
LONGEST_STUDIED = 20_000
"""Characters of a query beyond which the alternatives are not tried."""

_POSITION = re.compile(r"error at (\d+):(\d+)")
_REASON = re.compile(
    r"The SELECT overrides an existing variable|The SELECT contains a variable that is unbound"
    r"|SELECT \* is not authorized with GROUP BY|IRI parsing failed|language tag parsing failed"
)
_BAD_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\n]*>")
_SAID = {
    "The SELECT overrides an existing variable": "SELECT (… AS ?variable) names a variable that is bound already",
    "The SELECT contains a variable that is unbound": (
        "SELECT names a variable that is neither grouped nor aggregated, or that the pattern does not bind"
    ),
    "SELECT * is not authorized with GROUP BY": "SELECT * cannot be grouped: name the variables",
    "IRI parsing failed": "no IRI that can be used: it is relative and there is no BASE, or it has a bad character",
    "language tag parsing failed": "not a language tag",
}
_ALTERNATIVES = {
    **{sign: f'"{sign}"' for sign in ("{", "}", "(", ")", ".", ";", ",", "*", "=", "|")},
    "?x": "a variable",
    "<http://a/>": "an IRI",
    '"a"': "a string",
    "1": "a number",
    **{
        word: word
        for word in (
            "PREFIX", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "DISTINCT", "FROM", "WHERE", "FILTER", "OPTIONAL",
            "UNION", "MINUS", "BIND", "VALUES", "GRAPH", "AS", "GROUP", "HAVING", "ORDER", "BY", "ASC", "LIMIT",
            "OFFSET", "EXISTS", "UNDEF",
        )
    },
}  # fmt: skip


def explain(text: str, message: str, parse: Parse) -> QuerySyntaxError:
    """Make an error that a newcomer can act on from a query that the engine refuses and from the engine's message."""
    found = list(tokens(text))
    broken = _broken(text, found)
    if broken:
        return broken
    reason = _REASON.search(message)
    culprit = _culprit(found, parse)
    if culprit is None:
        return _unplaced(text, message)
    if culprit == len(found) and reason:
        return _error(text, _first(found, "SELECT"), _SAID[reason.group()])
    if culprit == len(found) and _closes(found):
        return _error(text, found[-1], "the query is not valid up to its end: a variable may be bound twice")
    expected = _expected(found[:culprit], parse) if len(text) <= LONGEST_STUDIED else None
    if culprit == len(found):
        end = Token("sign", "", len(text.rstrip()))
        return _error(text, end, "the query ends too early", expected)
    token = found[culprit]
    if token.kind == "name":
        undeclared = _undeclared(text, token)
        if undeclared:
            return undeclared
    if reason and token.kind in {"iri", "language"}:
        return _error(text, token, f"{_cut(token.text)} is {_SAID[reason.group()]}")
    return _error(text, token, f"unexpected {_cut(token.text)}", expected)


def _broken(text: str, found: list[Token]) -> QuerySyntaxError | None:
    """A string or an IRI that cannot be read to its end: it would make nonsense of all that follows."""
    for token in found:
        if token.text in {'"', "'"}:
            message = "a string is not closed, or has a line break in it"
            return _error(text, token, message, f"{token.text} at its end, on the same line")
        iri = _BAD_IRI.match(text, token.start) if token.text == "<" else None
        if iri:
            message = f"{_cut(iri.group())} is {_SAID['IRI parsing failed']}"
            return _error(text, token, message, "an absolute IRI without spaces")
    return None


def _culprit(found: list[Token], parse: Parse) -> int | None:
    """The index of the token at fault, the number of tokens for the end of the text, None if it cannot be told."""
    starts, spread = _spread([token.text for token in found])
    message = parse(spread)
    position = _POSITION.match(message or "")
    if position is None:
        return None
    offset = _offset(spread, int(position[1]), int(position[2]))
    if offset >= len(spread):
        return len(found)
    return max((index for index, start in enumerate(starts) if start <= offset), default=None)


def _spread(texts: list[str]) -> tuple[list[int], str]:
    starts, length = [], 0
    for text in texts:
        starts.append(length)
        length += len(text) + len(GAP)
    return starts, "".join(text + GAP for text in texts)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _expected(before: list[Token], parse: Parse) -> str | None:
    """What the parser would accept behind these tokens, as text for people."""
    start = [token.text for token in before]
    fitting = []
    for candidate, label in _ALTERNATIVES.items():
        tried = list(tokens(_spread([*start, candidate])[1]))
        if _culprit(tried, parse) in {None, len(tried)}:
            fitting.append(label)
    if not fitting:
        return None
    return fitting[0] if len(fitting) == 1 else "one of " + ", ".join(fitting)


def _undeclared(text: str, token: Token) -> QuerySyntaxError | None:
    prefix = token.text.partition(":")[0]
    if prefix in outline(text).prefixes:
        return None
    known = PREFIXES.get(prefix)
    line = f"PREFIX {prefix}: <{known}>" if known else f"PREFIX {prefix}: <…>"
    whose = "" if known else ", with the namespace you mean"
    message = f"the prefix {prefix}: is not declared"
    return _error(text, token, message, f'a line "{line}"', f"put {line} at the top of the query{whose}")


def _closes(found: list[Token]) -> bool:
    """Whether every bracket is closed, so that the text cannot end too early inside one."""
    depth = sum({"{": 1, "(": 1, "}": -1, ")": -1}.get(token.text, 0) for token in found)
    return depth == 0 and any(token.text == "}" for token in found) and found[-1].text in {"}", ")"}


def _first(found: list[Token], keyword: str) -> Token:
    return next((token for token in found if token.keyword == keyword), found[0])


def _cut(text: str) -> str:
    return f'"{text[:37]}…"' if len(text) > 40 else f'"{text}"'


def _error(
    text: str, token: Token, message: str, expected: str | None = None, remedy: str | None = None
) -> QuerySyntaxError:
    before = text[: token.start]
    line = before.count("\n") + 1
    column = token.start - (before.rfind("\n") + 1) + 1
    shown = text.split("\n")[line - 1].strip()
    if shown and len(shown) <= 120:
        message += f" in: {shown}"
    return QuerySyntaxError(message, line=line, column=column, expected=expected, remedy=remedy)


def _unplaced(text: str, message: str) -> QuerySyntaxError:
    """The engine's own place and words, where nothing better is known."""
    position = _POSITION.match(message)
    line, column = (int(position[1]), int(position[2])) if position else (1, 1)
    if not text.strip():
        return QuerySyntaxError("the query is empty", line=1, column=1, expected="SELECT, ASK, CONSTRUCT or DESCRIBE")
    return QuerySyntaxError("the query cannot be parsed", line=line, column=column)
