"""What the texts of saved queries speak of: their terms, the endpoints that they call, the queries that are near."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise, takewhile
from math import log

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.text import prefixes
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, shorten
from kg.ground.tokens import Token, tokens

MOST_NEAR = 6
"""Queries that are told as near to one."""

_SAME_THEME = 1.0
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[\w-]*)")  # names that need no escape


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    found = [*tokens(text)]
    declared = prefixes(found)
    services = [_iri(after, declared) for token, after in _pairs(found) if token.keyword == "SERVICE"]
    names = {_iri(token, declared) for token in found if token.kind in {"name", "iri"}} - {*declared.values(), ""}
    return frozenset(names), tuple(dict.fromkeys(filter(None, services)))


def _pairs(found: list[Token]) -> Iterable[tuple[Token, Token]]:
    """Each token with the one behind it; SILENT says how a service is called, and is passed over."""
    kept = [token for token in found if token.keyword != "SILENT"]
    return pairwise(kept)


def _iri(token: Token, declared: Mapping[str, str]) -> str:
    """The IRI that a token names; empty for any other token."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, colon, local = token.text.partition(":")
    return declared[prefix] + local if token.kind == "name" and colon and prefix in declared else ""


def terms_of(query: SavedQuery) -> frozenset[str]:
    """The IRIs that the text of a query names, but for those that it only declares as prefixes."""
    return _read(query.text)[0]


def endpoints_of(query: SavedQuery) -> tuple[str, ...]:
    """The endpoints that a query calls by SERVICE, in their order."""
    return _read(query.text)[1]


def leaves_open(query: SavedQuery, name: str) -> bool:
    """Whether a variable stands for the value of a property somewhere in a query."""
    found = [*tokens(query.text)]
    declared = prefixes(found)
    return any(after.kind == "variable" and _iri(token, declared) == name for token, after in pairwise(found))


def alternatives_of(query: SavedQuery) -> list[frozenset[str]]:
    """The IRIs of each VALUES block of one variable in the text of a query: it finds what any of them finds."""
    found = [*tokens(query.text)]
    declared = prefixes(found)
    starts = [
        at + 3
        for at, (values, variable, brace) in enumerate(zip(found, found[1:], found[2:], strict=False))
        if (values.keyword, variable.kind, brace.text) == ("VALUES", "variable", "{")
    ]
    blocks = (takewhile(lambda token: token.text != "}", found[start:]) for start in starts)
    return [frozenset(filter(None, (_iri(token, declared) for token in block))) for block in blocks]


def abbreviated(text: str) -> str:
    """A query in which IRIs of declared prefixes are written as prefixed names, as a reader would.

    >>> abbreviated("PREFIX wd: <http://www.wikidata.org/entity/> ASK { <http://www.wikidata.org/entity/Q142> ?p ?o }")
    'PREFIX wd: <http://www.wikidata.org/entity/> ASK { wd:Q142 ?p ?o }'
    """
    found = [*tokens(text)]
    declared = prefixes(found)
    pieces, end = [], 0
    for token in found:
        name = shorten(token.text[1:-1]) if token.kind == "iri" else ""
        prefix, colon, local = name.partition(":")
        if colon and _LOCAL.fullmatch(local) and declared.get(prefix, "") + local == token.text[1:-1]:
            pieces += [text[end : token.start], name]
            end = token.start + len(token.text)
    return "".join([*pieces, text[end:]])


def uses_of(queries: Iterable[SavedQuery]) -> Mapping[str, tuple[SavedQuery, ...]]:
    """The queries that use each term of the ontology, by its IRI."""
    found: dict[str, list[SavedQuery]] = {}
    for query in queries:
        for name in terms_of(query):
            if name.startswith(ONTOLOGY):
                found.setdefault(name, []).append(query)
    return {name: tuple(users) for name, users in found.items()}


def near(query: SavedQuery, queries: Iterable[SavedQuery], *, most: int = MOST_NEAR) -> list[SavedQuery]:
    """The queries that have most in common with one: tags and terms, of which rare ones tell more, and the theme."""
    every = [*queries]
    held = {other.name: {*other.tags, *(name for name in terms_of(other) if _tells(name))} for other in every}
    often = Counter(mark for marks in held.values() for mark in marks)
    weight = {mark: log(len(every) / count) for mark, count in often.items()}

    def alike(other: SavedQuery) -> float:
        shared = sum(weight[mark] for mark in held[query.name] & held[other.name])
        return shared + (_SAME_THEME if other.theme == query.theme else 0.0)

    others = [other for other in every if other.name != query.name and alike(other) > _SAME_THEME]
    return sorted(others, key=lambda other: (-alike(other), other.name))[:most]


def _tells(name: str) -> bool:
    """Whether two queries that name something are alike by that: terms of the ontology, concepts and things."""
    return name.startswith((ONTOLOGY, IDENTIFIERS))
