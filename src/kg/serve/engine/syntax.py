"""Syntax errors that help: the token that is wrong, what could stand there, and what to do.

The engine's parser reports the farthest offset that any alternative has read, keywords included: in ``SELEC ?s {}`` it
complains about column 10, because it read nine letters while looking for CONSTRUCT. The query is therefore parsed a
second time with wide gaps between its tokens: no keyword reaches over a gap, so the offset falls into the token at
fault. What may stand there is found by trying.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from difflib import get_close_matches

from kg.ground.errors import QuerySyntaxError
from kg.ground.terms import PREFIXES
from kg.ground.tokens import Token, tokens
from kg.serve.engine.meaning import MEANINGS, finding
from kg.serve.engine.places import Place
from kg.serve.engine.slips import help_for
from kg.serve.guard import FORMS, outline

Parse = Callable[[str], str | None]
"""Parses a query: the engine's message, or None if it is right."""

GAP = " " * 40
"""Wider than the longest keyword of the engine."""
LONGEST_STUDIED = 20_000
"""Characters of a query beyond which the alternatives are not tried."""

_POSITION = re.compile(r"error at (\d+):(\d+)")
_REASON = re.compile("|".join(map(re.escape, (*MEANINGS, "IRI parsing failed", "language tag parsing failed"))))
_OPEN_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\n]*(?=[<\n]|\Z)")
_BAD_IRI = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:[^<>\n]*>")
_ODD = re.compile("[\u00a0\u00ad\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
_WIKIDATA = ("http://www.wikidata.org/", "http://wikiba.se/", "http://www.bigdata.com/")
_NOT_HERE = "but the statements of Wikidata are not in this graph, whose things are linked to its items by owl:sameAs"
_COMMON = {
    "bd": "http://www.bigdata.com/rdf#",
    "dbo": "http://dbpedia.org/ontology/",
    "dbr": "http://dbpedia.org/resource/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "hint": "http://www.bigdata.com/queryHints#",
    "p": "http://www.wikidata.org/prop/",
    "pq": "http://www.wikidata.org/prop/qualifier/",
    "ps": "http://www.wikidata.org/prop/statement/",
    "psv": "http://www.wikidata.org/prop/statement/value/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "wikibase": "http://wikiba.se/ontology#",
}
"""Namespaces that many use elsewhere and that this graph does not write."""
_SAID = {
    "IRI parsing failed": "no IRI that can be used: it has a character that none may have",
    "language tag parsing failed": "not a language tag",
}
_ALTERNATIVES = {
    **{sign: f'"{sign}"' for sign in ("{", "}", "(", ")", ".", ";", ",", "*", "=", "|", "&&", "||")},
    "?x": "a variable",
    "<http://a/>": "an IRI",
    '"a"': "a string",
    "1": "a number",
    **{
        word: word
        for word in (
            "a", "PREFIX", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "DISTINCT", "REDUCED", "FROM", "WHERE", "FILTER",
            "OPTIONAL", "UNION", "MINUS", "BIND", "VALUES", "GRAPH", "AS", "GROUP", "HAVING", "ORDER", "BY", "ASC",
            "LIMIT", "OFFSET", "EXISTS", "UNDEF",
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
    place = Place.of(text, found, culprit)
    meaning = _meaningless(place, reason.group() if reason else None, parse)
    if meaning:
        return meaning
    remedy = help_for(place)
    if culprit == len(found) and _closes(found) and not remedy:
        return _error(text, found[-1], "the query is not valid up to its end: a variable may be bound twice")
    expected = _expected(found[:culprit], parse) if len(text) <= LONGEST_STUDIED else None
    if culprit == len(found):
        end = Token("sign", "", len(text.rstrip()))
        return _error(text, end, "the query ends too early", expected, remedy)
    token = found[culprit]
    undeclared = _undeclared(text, token, found) if token.kind == "name" and not remedy else None
    if undeclared:
        return undeclared
    if reason and token.kind in {"iri", "language"}:
        return _error(text, token, f"{_cut(token.text)} is {_SAID[reason.group()]}")
    return _error(text, token, f"unexpected {_cut(token.text)}", expected, remedy)


def _meaningless(place: Place, reason: str | None, parse: Parse) -> QuerySyntaxError | None:
    """The error of a query that is well formed: this one, or one inside it, whose end is then the place."""
    inner = place.tokens[place.level.first : place.index]
    if place.token.text == "}" and inner and place.level.clause:
        start = next((token.start for token in place.tokens if token.keyword in FORMS), 0)
        said = _REASON.search(parse(f"{place.text[:start]} {place.text[inner[0].start : inner[-1].end]}") or "")
        reason = said.group() if said else None
    if reason not in MEANINGS:
        return None
    token, message, remedy = finding(reason, inner)
    return _error(place.text, token, message, remedy=remedy)


def _broken(text: str, found: list[Token]) -> QuerySyntaxError | None:
    """What makes nonsense of all that follows: a character that nobody sees, a string or an IRI without its end."""
    hidden = _hidden(text, found)
    if hidden:
        message = f"an invisible character, {unicodedata.name(hidden.text, 'of no name')} (U+{ord(hidden.text):04X})"
        return _error(text, hidden, message, "a plain space", "put a plain space; copied text often has others")
    for token in found:
        if token.text in {'"', "'"}:
            message = "a string is not closed, or has a line break in it"
            mark = token.text
            inside = f"a {mark} inside is written \\{mark}; a string of several lines stands in {mark * 3}"
            return _error(text, token, message, f"{mark} at its end, on the same line", inside)
        if token.text == "<" and text[token.start - 1 : token.start] == "=":
            return _error(text, token, 'unexpected "<"', "an operator", "less or equal is <=")
        open_iri = _OPEN_IRI.match(text, token.start) if token.text == "<" else None
        if open_iri:
            return _error(text, token, f"{_cut(open_iri.group())} is an IRI that is not closed", "> at its end")
        iri = _BAD_IRI.match(text, token.start) if token.text == "<" else None
        if iri:
            message = f"{_cut(iri.group())} is {_SAID['IRI parsing failed']}"
            coded = re.sub(r"\s", "%20", iri.group())
            remedy = f"a space is written %20: {_cut(coded)}" if coded != iri.group() else None
            return _error(text, token, message, "an absolute IRI without spaces", remedy)
    return None


def _hidden(text: str, found: list[Token]) -> Token | None:
    """The first character that looks like a space, or like nothing, and that the engine does not take for one."""
    end = 0
    for token in [*found, Token("sign", "", len(text))]:
        gap = re.sub(r"#[^\n\r]*", lambda comment: " " * len(comment.group()), text[end : token.start])
        odd = _ODD.search(gap) or (_ODD.match(token.text) if token.kind == "sign" else None)
        if odd:
            return Token("sign", odd.group(), (end if odd.string is gap else token.start) + odd.start())
        end = token.end
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


def _undeclared(text: str, token: Token, found: list[Token]) -> QuerySyntaxError | None:
    """The prefix of a name that no line declares; what to do tells all those that are missing."""
    declared = outline(text).prefixes
    missing = dict.fromkeys(name.text.partition(":")[0] for name in found if name.kind == "name")
    missing = {prefix: None for prefix in missing if prefix not in declared}
    prefix = token.text.partition(":")[0]
    if prefix not in missing:
        return None
    message, line = f"the prefix {prefix}: is not declared", _line(prefix)
    return _error(text, token, message, f'a line "{line}"', _declare(prefix, [*missing]))


def _line(prefix: str) -> str:
    return f"PREFIX {prefix}: <{PREFIXES.get(prefix) or _COMMON.get(prefix) or '…'}>"


def _declare(prefix: str, missing: list[str]) -> str:
    """What to do about a prefix that is missing, and about others that are."""
    known = [name for name in missing if name in PREFIXES or name in _COMMON]
    if prefix not in known:
        close = get_close_matches(prefix, PREFIXES, 1, 0.6) if prefix else ["sides"]
        guess = f"; {close[0]}: is {PREFIXES[close[0]]}" if close else ""
        return f"put {_line(prefix)} at the top of the query, with the namespace you mean{guess}"
    lines = " ".join(map(_line, known))
    foreign = prefix in _COMMON and _COMMON[prefix].startswith(_WIKIDATA)
    return f"put {lines} at the top of the query" + (f"; {_NOT_HERE}" if foreign else "")


def _closes(found: list[Token]) -> bool:
    """Whether every bracket is closed, so that the text cannot end too early inside one."""
    depth = sum({"{": 1, "(": 1, "}": -1, ")": -1}.get(token.text, 0) for token in found)
    return depth == 0 and any(token.text == "}" for token in found) and found[-1].text in {"}", ")"}


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
