"""What saved queries need to know of their own text: the form, the columns, the prefixes, the blocks of inline data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.ground.tokens import Token

_FORMS = ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class InlineData:
    """A block ``VALUES ?name { … }``: the variable's name, the offsets between its braces, the tokens there."""

    name: str
    start: int
    end: int
    content: tuple[Token, ...]


def inline_data(found: Sequence[Token]) -> Iterator[InlineData]:
    """The blocks ``VALUES ?name { … }`` of a query, in their order; blocks of several variables are passed over."""
    for index, token in enumerate(found[:-2]):
        variable, brace = found[index + 1], found[index + 2]
        if not (token.keyword == "VALUES" and variable.kind == "variable" and brace.text == "{"):
            continue
        first = index + 3
        last = next((at for at in range(first, len(found)) if found[at].text == "}"), None)
        if last is not None:
            yield InlineData(variable.text[1:], brace.end, found[last].start, tuple(found[first:last]))


def prefixes(found: Sequence[Token]) -> Mapping[str, str]:
    """The prefixes that a query declares, each with its namespace.

    >>> from kg.ground.tokens import tokens
    >>> prefixes(list(tokens("PREFIX state: <https://w3id.org/sides/id/state/> ASK {}")))
    {'state': 'https://w3id.org/sides/id/state/'}
    """
    return {
        name.text.removesuffix(":"): iri.text[1:-1]
        for keyword, name, iri in zip(found, found[1:], found[2:], strict=False)
        if keyword.keyword == "PREFIX" and name.kind == "name" and iri.kind == "iri"
    }


def form(found: Sequence[Token]) -> str | None:
    """The query's form in capitals (``SELECT``, ``CONSTRUCT``, ``ASK``, ``DESCRIBE``), or None."""
    return next((token.keyword for token in found if token.keyword in _FORMS), None)


def columns(found: Sequence[Token]) -> tuple[str, ...]:
    """The names of the columns of a SELECT query, in order; empty for ``SELECT *`` and for the other forms.

    >>> from kg.ground.tokens import tokens
    >>> columns(list(tokens("SELECT DISTINCT ?a (COUNT(?b) AS ?n) WHERE { ?a ?p ?b }")))
    ('a', 'n')
    >>> columns(list(tokens("CONSTRUCT { ?a ?p ?b } WHERE { { SELECT ?a { ?a ?p ?b } } ?a ?p ?b }")))
    ()
    """
    names: list[str] = []
    depth, before = 0, ""
    for token in _clause(found) if form(found) == "SELECT" else ():
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.kind == "variable" and (depth == 0 or (depth == 1 and before == "AS")):
            names.append(token.text[1:])
        before = token.keyword
    return tuple(names)


def _clause(found: Sequence[Token]) -> Iterator[Token]:
    """The tokens between the first SELECT and what it selects from."""
    selecting = False
    for token in found:
        if selecting and (token.text == "{" or token.keyword in {"WHERE", "FROM"}):
            return
        if selecting:
            yield token
        if token.keyword in _FORMS:
            selecting = token.keyword == "SELECT"
