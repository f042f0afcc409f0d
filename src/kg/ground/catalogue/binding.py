"""Parameters as terms: checked, serialised, and put into a ``VALUES`` block, never pasted into a text.

The engine's own substitution binds projected variables only, so the term is written into the text. What is written
is one IRI, one number or one string literal, each of a form that cannot end early; the result is read again, and a
text whose tokens differ anywhere but inside the block is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.ground.catalogue.text import inline_data
from kg.ground.errors import SavedQueryError
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.records import LANGUAGES
from kg.ground.terms import IDENTIFIERS, PREFIXES
from kg.ground.tokens import tokens

# The characters of RFC 3987 (no controls, surrogates or private ones), without brackets, which only hosts may have.
_UNICODE = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)
)
_CHARACTER = rf"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=\-{_UNICODE}]|%[0-9A-Fa-f]{{2}})"
_IRI = re.compile(
    rf"(?:[Hh][Tt][Tt][Pp][Ss]?://[\w.-]+(?::[0-9]{{1,5}})?(?:[/?]{_CHARACTER}*)?|[Uu][Rr][Nn]:{_CHARACTER}+)"
    rf"(?:\#{_CHARACTER}*)?"
)
_LOCAL = re.compile(r"[\w-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_LONGEST = 2000  # characters; a longer value is a mistake or an attack


def iri(value: str) -> str:
    """An absolute IRI (``http``, ``https`` or ``urn``) in angle brackets; raises `SavedQueryError` for anything else.

    >>> iri("https://w3id.org/sides/id/state/FRA")
    '<https://w3id.org/sides/id/state/FRA>'
    """
    if not _IRI.fullmatch(value):
        raise SavedQueryError(
            f"{value[:80]!r} is not an absolute IRI", expected="http, https or urn, and no spaces or brackets"
        )
    return f"<{value}>"


def literal(value: str) -> str:
    r"""A text as a string literal.

    >>> print(literal('say "no"\n'))
    "say \"no\"\n"
    """
    if len(value) > _LONGEST or any("\ud800" <= char <= "\udfff" or char == "\0" for char in value):
        raise SavedQueryError("the text cannot be used", expected=f"at most {_LONGEST} characters, none of them NUL")
    return '"' + "".join(_ESCAPES.get(char, char) for char in value) + '"'


def entity(value: str, *, where: str) -> str:
    """An entity: a prefixed name of Sides (``state:FRA``) or an absolute IRI.

    >>> entity("state:FRA", where="parameter country")
    '<https://w3id.org/sides/id/state/FRA>'
    """
    value = value.strip()
    prefix, _, local = value.partition(":")
    if prefix in PREFIXES and _LOCAL.fullmatch(local):
        value = PREFIXES[prefix] + local
    elif prefix.lower() not in {"http", "https", "urn"}:
        raise SavedQueryError(
            f"{value[:80]!r} names no entity", where=where, expected="a prefixed name such as state:FRA, or an IRI"
        )
    if len(value) > _LONGEST or not _IRI.fullmatch(value):
        raise SavedQueryError(
            f"{value[:80]!r} is not an IRI", where=where, expected="an IRI without spaces or brackets"
        )
    return iri(value)


def concept(value: str, scheme: str, *, where: str) -> str:
    """A concept of a scheme: its name, its prefixed name or its IRI.

    >>> concept("military", "category", where="parameter category")
    '<https://w3id.org/sides/id/category/military>'
    """
    name = value.strip().removeprefix(f"{IDENTIFIERS}{scheme}/").removeprefix(f"{scheme}:")
    known = CONCEPT_SCHEMES.get(scheme, ())
    if name not in known:
        raise SavedQueryError(f"{value[:80]!r} is not in the scheme {scheme}", where=where, expected=", ".join(known))
    return iri(f"{IDENTIFIERS}{scheme}/{name}")


def year(value: str, *, where: str) -> str:
    """A year of four digits, as an xsd:integer."""
    if not re.fullmatch(r"[1-9][0-9]{3}", value.strip()):
        raise SavedQueryError(f"{value[:80]!r} is not a year", where=where, expected="four digits")
    return value.strip()


def language(value: str, *, where: str) -> str:
    """One of the languages of the graph, as a plain literal."""
    if value.strip() not in LANGUAGES:
        raise SavedQueryError(f"{value[:80]!r} is not a language here", where=where, expected=" or ".join(LANGUAGES))
    return literal(value.strip())


def replace(text: str, terms: Mapping[str, Sequence[str]]) -> str:
    """Replace the content of the blocks ``VALUES ?name { … }`` by the given terms.

    >>> replace("ASK { VALUES ?x { UNDEF } ?x a ?y }", {"x": ["<http://e/1>", "<http://e/2>"]})
    'ASK { VALUES ?x { <http://e/1> <http://e/2> } ?x a ?y }'
    """
    blocks = [block for block in inline_data([*tokens(text)]) if block.name in terms]
    bound = text
    for block in reversed(blocks):
        bound = f"{bound[: block.start]} {' '.join(terms[block.name])} {bound[block.end :]}"
    _check_frame(text, bound, terms)
    return bound


def _check_frame(text: str, bound: str, terms: Mapping[str, Sequence[str]]) -> None:
    if _frame(text, terms) != _frame(bound, terms):
        raise SavedQueryError("a value would change the query around it", expected="values that are one term each")
    for block in inline_data([*tokens(bound)]):
        if block.name in terms and [token.text for token in block.content] != list(terms[block.name]):
            raise SavedQueryError("a value is not one term", where=f"parameter {block.name}", expected="one term")


def _frame(text: str, terms: Mapping[str, Sequence[str]]) -> list[str]:
    """The tokens of a query outside the blocks of the given variables."""
    found = [*tokens(text)]
    inside = {token.start for block in inline_data(found) if block.name in terms for token in block.content}
    return [token.text for token in found if token.start not in inside]
