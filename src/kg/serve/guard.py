"""What a query is, seen before it runs, and whether this endpoint runs it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.ground.errors import QueryRefusedError
from kg.ground.terms import PREFIXES
from kg.ground.tokens import Token, tokens, unescape

LONG = 64 * 1024
"""Characters beyond which a text is looked through in a worker only, within the deadline: megabytes take seconds."""

FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"})

_SHORT = 8 * 1024
"""Characters up to which the outline of a text is remembered: it is asked for at each step of a request."""

# Nothing between the name and the bracket but space and comments. A false alarm only costs a cached answer.
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID|BNODE)(?:\s|#[^\n]*)*+\(")
_CHANGING = ("NOW", "RAND", "UUID", "BNODE")
# The usual form of a declaration, and nothing but it: what else there may be is read token by token.
_DECLARATION = re.compile(
    r"(?:\s++|\#[^\n\r]*+)*+PREFIX\s++([A-Za-z][\w-]*+|):\s*+<([A-Za-z][^<>\"{}|^`\\\x00-\x20]*+)>", re.IGNORECASE
)
# The usual ways in which a query goes on behind its declarations.
_USUAL_FORM = re.compile(
    r"(?:\s++|\#[^\n\r]*+)*+"
    r"(?:(SELECT)\s++(?:(?:DISTINCT|REDUCED)\s++)?(?:(\*)|(?=[?$(]))|(ASK|CONSTRUCT|DESCRIBE)(?=[\s{]))",
    re.IGNORECASE,
)
_OF_1_2 = ("<<", "TRIPLE", "STRLANGDIR", "--")
_MAY_NEED_1_2 = re.compile(r"<<|TRIPLE\s*[#(]|STRLANGDIR|@[A-Z0-9-]*--")
_LABELS = re.compile(r"\s*(?:SILENT\s+)?(?:wikibase:label\b|<http://wikiba\.se/ontology#label>)", re.IGNORECASE)
_LABEL_OF = re.compile(r"[?$](\w+)Label\b")
_LANGUAGE = re.compile(r"wikibase:language\s+[\"'](?:\[AUTO_LANGUAGE\],?\s*)?(fr|en)\b")
_OPENING = frozenset({"{", "(", "[", "<<", "<<("})
_CLOSING = frozenset({"}", ")", "]", ">>", ")>>"})


def varies(text: str) -> bool:
    """Whether a query, however long, may call what gives something new at each run.

    >>> varies("SELECT (RAND() AS ?r) {}"), varies("SELECT * { ?s ex:now ?o }")
    (True, False)
    """
    capitals = text.upper()  # several times as quick as a pattern without regard to case
    return any(word in capitals for word in _CHANGING) and _VOLATILE.search(capitals) is not None


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a query: its form, the prefixes it declares, the place of the ``*`` of a ``SELECT *``."""

    form: str
    """``SELECT``, ``ASK``, ``CONSTRUCT``, ``DESCRIBE``, the first word of an update, or empty for neither."""
    prefixes: dict[str, str]
    star: int | None = None
    volatile: bool = False
    """Whether two runs on one release may differ (``NOW()``, ``RAND()``, ``UUID()``, ``BNODE()``); a long text may."""
    service: bool = False
    """Whether the word SERVICE may stand in it, be it in a comment; a long text may have it."""


def outline(text: str) -> Outline:
    """Read the head of a query; a head beyond `LONG` has no form.

    >>> outline("PREFIX ex: <http://e/> SELECT DISTINCT * { ?s ?p ?o }")
    Outline(form='SELECT', prefixes={'ex': 'http://e/'}, star=39, volatile=False, service=False)
    """
    return _remembered(text) if len(text) <= _SHORT else _outline(text)


def _outline(text: str) -> Outline:
    head = text[:LONG]
    prefixes: dict[str, str] = {}
    start = 0
    while found := _DECLARATION.match(head, start):
        prefixes[found[1]] = found[2]
        start = found.end()
    form, star = _form(head, start, prefixes)
    long = len(text) > LONG
    return Outline(form, prefixes, star, long or varies(text), long or _mentions_service(text))


def _form(head: str, start: int, prefixes: dict[str, str]) -> tuple[str, int | None]:
    """What a query does, and the place of the ``*`` of a ``SELECT *``; prefixes that come before are noted."""
    found = _USUAL_FORM.match(head, start)
    form = (found[1] or found[3]).upper() if found else ""
    if found and form in FORMS:
        return form, found.start(2) if found[2] else None
    stream = tokens(head, start)
    form = _prologue(stream, prefixes)
    return form, _star(stream) if form == "SELECT" else None


def _mentions_service(text: str) -> bool:
    capitals = text.upper()
    return "SERVICE" in capitals or "\\U" in capitals


_remembered = lru_cache(64)(_outline)


def needs_1_2(text: str) -> bool:
    """Whether the answer to a query may hold what only SPARQL 1.2 knows: triple terms, directions of text.

    The graph itself holds none, so they are made by the query.

    >>> needs_1_2("SELECT (TRIPLE(?s, ?p, ?o) AS ?t) { ?s ?p ?o }"), needs_1_2("ASK { ?s ?p 'a << b' }")
    (True, False)
    """
    head = text[:LONG]
    capitals = head.upper()
    if not any(sign in capitals for sign in _OF_1_2) or not _MAY_NEED_1_2.search(capitals):
        return False
    return any(
        token.text.startswith("<<")
        or token.keyword in {"TRIPLE", "STRLANGDIR"}
        or (token.kind == "language" and "--" in token.text)
        for token in tokens(head)
    )


def _prologue(stream: Iterator[Token], prefixes: dict[str, str]) -> str:
    """Read up to the word that says what the query does, noting the prefixes that it declares."""
    for token in stream:
        if token.keyword in FORMS or token.keyword in UPDATES:
            return token.keyword
        if token.keyword == "PREFIX":
            name, iri = next(stream, token), next(stream, token)
            if name.kind == "name" and iri.kind == "iri":
                prefixes[name.text.removesuffix(":")] = unescape(iri.text[1:-1])
    return ""


def _star(stream: Iterator[Token]) -> int | None:
    for token in stream:
        if token.keyword not in {"DISTINCT", "REDUCED"}:
            return token.start if token.text == "*" else None
    return None


def depth(text: str) -> int:
    """How deep the brackets of a query lie within one another; a text is looked at up to `LONG`.

    >>> depth("SELECT * { { ?s ?p (1 2) } } # ((((")
    3
    """
    deepest = now = 0
    for token in tokens(text[:LONG]):
        if token.text in _OPENING:
            now += 1
            deepest = max(deepest, now)
        elif token.text in _CLOSING:
            now -= 1
    return deepest


def check(text: str) -> None:
    """Refuse a query that this endpoint does not run: an update, or one that calls another endpoint.

    Raises `QueryRefusedError`.

    >>> check("SELECT * { ?s ?p 'SERVICE' } # no SERVICE here")
    """
    shape = outline(text)
    if shape.form in UPDATES:
        raise QueryRefusedError(
            f"the request is an update ({shape.form})",
            expected="a query: SELECT, ASK, CONSTRUCT or DESCRIBE",
            remedy="this graph is only read here; it is changed through its sources and a new build",
        )
    may = _mentions_service(text) if len(text) > LONG else shape.service
    token = _service(tokens(text)) if may else None
    if token:
        line = text.count("\n", 0, token.start) + 1
        column = token.start - text.rfind("\n", 0, token.start)
        raise QueryRefusedError(
            "the query has a SERVICE clause, and federation is not offered at this address",
            where=f"line {line}, column {column}",
            expected="a query about this graph alone",
            remedy=instead(text, token),
        )


def instead(text: str, service: Token) -> str:
    """What to do instead of a SERVICE clause; the one by which Wikidata gives labels is not needed here."""
    if not _LABELS.match(text, service.end):
        return "run the federated query at your own endpoint, with a SERVICE clause that calls this address"
    found = _LABEL_OF.search(text)
    name = found[1] if found else "item"
    language = _LANGUAGE.search(text, service.end)
    return (
        "leave the clause out: labels are triples here; in its place write "
        f"?{name} <{PREFIXES['rdfs']}label> ?{name}Label . "
        f'FILTER(LANG(?{name}Label) = "{language[1] if language else "en"}")'
    )


def _service(stream: Iterable[Token]) -> Token | None:
    """The first token that the engine could read as the keyword SERVICE.

    No keyword or function has SERVICE inside its name, so a bare word that has it is the keyword stuck to its
    neighbour. A prefixed name may have it (``service:x``), but the engine reads ``SERVICE:x {`` as the clause.
    """
    before = suspect = None
    for token in stream:
        if suspect and token.text == "{":
            return suspect
        suspect = None
        if token.kind == "word" and "SERVICE" in token.keyword:
            return token
        if token.kind == "name" and "SERVICE" in token.text.partition(":")[0].upper():
            takes_name = before is not None and before.keyword in {"GRAPH", "FROM", "NAMED", "DESCRIBE"}
            suspect = None if takes_name else token
        before = token
    return None
