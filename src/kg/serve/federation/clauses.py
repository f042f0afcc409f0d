"""The SERVICE clauses of a query, found by its tokens, and whether each may be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from kg.ground.errors import QueryRefusedError
from kg.ground.terms import BASE
from kg.ground.tokens import Token, tokens, unescape
from kg.serve.federation.endpoints import Endpoint
from kg.serve.guard import FORMS, instead, outline

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
MOST = 20
"""SERVICE clauses that one query may have: each asks an endpoint at least once."""
STAND_IN = "OPTIONAL"
"""The keyword that has the grammar of SERVICE and its target, and the same variables in scope; it is shorter."""


@dataclass(frozen=True, slots=True)
class Clause:
    """``SERVICE SILENT? target { pattern }``; its brace is at ``brace``, ``end`` is behind it."""

    start: int
    brace: int
    end: int
    silent: bool
    endpoint: Endpoint


def find_clauses(text: str, endpoints: Mapping[str, Endpoint]) -> list[Clause]:
    """The SERVICE clauses of a query in their order.

    Raises `QueryRefusedError` for a target that is a variable or not among ``endpoints``, and for a clause in a clause.
    """
    found = list(tokens(text))
    prefixes = outline(text).prefixes
    clauses: list[Clause] = []
    for index, token in enumerate(found):
        if token.kind != "word" or token.text.upper() != "SERVICE":
            continue
        if clauses and token.start < clauses[-1].end:
            _refuse(text, token, token, "a SERVICE clause stands within another", endpoints)
        if len(clauses) == MOST:
            _refuse(text, token, token, f"the query has more than {MOST} SERVICE clauses", endpoints)
        clauses.append(_clause(text, found, index, prefixes, endpoints))
    return clauses


def _clause(
    text: str, found: Sequence[Token], index: int, prefixes: Mapping[str, str], endpoints: Mapping[str, Endpoint]
) -> Clause:
    following = [*found[index + 1 : index + 4], Token("sign", "", len(text))]
    silent = following[0].text.upper() == "SILENT"
    target, *rest = following[silent:]
    if target.kind == "variable":
        _refuse(text, found[index], target, "the target of SERVICE is a variable", endpoints)
    iri = _target(target, prefixes)
    if iri is None or not rest or rest[0].text != "{":
        _refuse(text, found[index], target, "the target of SERVICE is no absolute IRI that can be told", endpoints)
    if iri not in endpoints:
        _refuse(text, found[index], target, f"the query asks <{iri}>, which this server does not", endpoints)
    end = _closing(found, index + 2 + silent)
    if end is None:
        _refuse(text, found[index], found[index], "the pattern of SERVICE has no end", endpoints)
    return Clause(found[index].start, rest[0].start, end, silent, endpoints[iri])


def _target(token: Token, prefixes: Mapping[str, str]) -> str | None:
    """The absolute IRI that a token stands for."""
    if token.kind == "iri":
        iri = unescape(token.text[1:-1])
    elif token.kind == "name" and "\\" not in token.text:
        prefix, _, local = token.text.partition(":")
        iri = prefixes.get(prefix, "") + local
    else:
        return None
    return iri if _ABSOLUTE.match(iri) else None


def _closing(found: Sequence[Token], opening: int) -> int | None:
    """Behind the brace that closes the one at ``opening``."""
    depth = 0
    for token in found[opening:]:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if not depth:
            return token.end
    return None


def _refuse(text: str, service: Token, at: Token, message: str, endpoints: Mapping[str, Endpoint]) -> NoReturn:
    line = text.count("\n", 0, at.start) + 1
    column = at.start - text.rfind("\n", 0, at.start)
    raise QueryRefusedError(
        message,
        where=f"line {line}, column {column}",
        expected="SERVICE with one of " + ", ".join(f"<{iri}>" for iri in endpoints),
        remedy=instead(text, service),
    )


def stood_in(text: str, clauses: Sequence[Clause]) -> str:
    """The query with `STAND_IN` for each SERVICE and its target; all places stay where they are.

    >>> from kg.serve.federation.endpoints import read_endpoints
    >>> text = "ASK { SERVICE <http://e.example/> { ?s ?p ?o } }"
    >>> stood_in(text, find_clauses(text, read_endpoints("http://e.example/")))
    'ASK { OPTIONAL                    { ?s ?p ?o } }'
    """
    for clause in clauses:
        head = re.sub(r"[^\n\r]", " ", text[clause.start : clause.brace])
        stand_in = re.sub(f" {{{len(STAND_IN)}}}", STAND_IN, head, count=1)
        # Where line breaks leave no room for it, its place is off by a line, no more.
        head = stand_in if stand_in != head else STAND_IN + head[len(STAND_IN) :]
        text = text[: clause.start] + head + text[clause.brace :]
    return text


def prologue(text: str) -> str:
    """What stands before the form of a query."""
    form = next((token for token in tokens(text) if token.keyword in FORMS), None)
    return text[: form.start] if form else ""


def declarations(head: str, pattern: str) -> str:
    """The lines of a prologue that a pattern needs: the prefixes that it has, and what relative IRIs stand on.

    >>> declarations("PREFIX a: <http://a/> PREFIX b: <http://b/> ", "{ ?s b:p 1 }")
    'PREFIX b: <http://b/>\\n'
    """
    inside = list(tokens(pattern))
    used = {token.text.partition(":")[0] for token in inside if token.kind == "name"}
    found = list(tokens(head))
    lines = []
    iris = [token.text for token in inside if token.kind == "iri"]
    for index, token in enumerate(found):
        if token.keyword == "BASE" and index + 1 < len(found):
            lines.append(f"BASE {found[index + 1].text}\n")
        elif token.keyword == "PREFIX" and index + 2 < len(found):
            name, iri = found[index + 1], found[index + 2]
            if name.text.partition(":")[0] in used:
                lines.append(f"PREFIX {name.text} {iri.text}\n")
                iris.append(iri.text)
    relative = any(not _ABSOLUTE.match(iri[1:]) for iri in iris)
    return "".join([f"BASE <{BASE}>\n", *lines] if relative else lines)
