"""Terms and triples as N-Triples writes them, and the names that people give and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from kg.ground.errors import InputError
from kg.ground.terms import PREFIXES, shorten


class Term(Protocol):
    """An RDF term in a row: ``kind`` is ``uri``, ``bnode`` or ``literal``, as in SPARQL Query Results JSON."""

    @property
    def kind(self) -> str:
        """Which sort of term it is."""

    @property
    def value(self) -> str:
        """The IRI, the label of the blank node, or the lexical form of the literal."""

    @property
    def datatype(self) -> str | None:
        """The IRI of the datatype, of a literal that tells one."""

    @property
    def language(self) -> str | None:
        """The language tag, of a literal that has one."""


Row = Mapping[str, Term]
Select = Callable[[str], Sequence[Row]]
"""Runs a SELECT query and returns its rows. The default graph must be the merge of the named graphs."""


class Triple(NamedTuple):
    """A triple, its terms as N-Triples writes them: what stands in a query, and can be compared."""

    subject: str
    predicate: str
    object: str

    @property
    def askable(self) -> bool:
        """Whether it can stand in a query: blank nodes cannot be named there."""
        return not any(term.startswith("_:") for term in self)


TYPE = f"<{PREFIXES['rdf']}type>"

_STRING = PREFIXES["xsd"] + "string"  # which some answers name and others leave out
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+")
_LONGEST = 2000  # characters; a longer name is a mistake or an attack
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_LITERAL = re.compile(
    r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@(?P<language>[A-Za-z]+(?:-[A-Za-z0-9]+)*)|\^\^(?P<type>\S+))?', re.DOTALL
)
_ESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\r": "\r"}
_BRACKETED = re.compile(r"<([^<>\s]+)>")


def written(term: Term) -> str:
    """A term as N-Triples writes it."""
    if term.kind == "uri":
        return f"<{term.value}>"
    if term.kind == "bnode":
        return f"_:{term.value}"
    text = f'"{term.value.translate(_ESCAPES)}"'
    if term.language:
        return f"{text}@{term.language}"
    return text if term.datatype in (None, _STRING) else f"{text}^^<{term.datatype}>"


def triple_of(row: Row, suffix: str = "") -> Triple | None:
    """The triple in the columns ``s``, ``p``, ``o`` of a row, or in ``s1``, ``p1``, ``o1`` …, if they are filled."""
    terms = [row.get(f"{column}{suffix}") for column in "spo"]
    found = [written(term) for term in terms if term is not None]
    return Triple(*found) if len(found) == 3 else None


def iri_of(term: str) -> str | None:
    """The IRI that a written term is; None for a literal or a blank node."""
    return term[1:-1] if term.startswith("<") else None


def read_name(text: str, *, where: str | None = None) -> str:
    """The IRI that somebody means by a prefixed name, an IRI, an IRI in angle brackets, or ``a``.

    Raises `InputError` for anything else.

    >>> read_name("state:FRA"), read_name("a")
    ('https://w3id.org/sides/id/state/FRA', 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type')
    """
    name = text.strip()
    if name == "a":
        return TYPE[1:-1]
    bracketed = name.startswith("<") and name.endswith(">")
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES and not bracketed and not local.startswith("//"):
        name = PREFIXES[prefix] + local
    elif bracketed:
        name = name[1:-1]
    elif prefix.lower() not in {"http", "https", "urn"}:
        raise InputError(
            f"{text[:80]!r} names nothing",
            where=where,
            expected="a prefixed name such as state:FRA, an IRI, or a for rdf:type",
            remedy=f"use one of the prefixes {', '.join(PREFIXES)}",
        )
    if len(name) > _LONGEST or not _IRI.fullmatch(name):
        raise InputError(
            f"{text[:80]!r} is no IRI",
            where=where,
            expected="an IRI without spaces, quotes or brackets",
            remedy="percent-encode them, or use a prefixed name such as state:FRA",
        )
    return name


def read_literal(text: str, *, where: str | None = None) -> str:
    """A literal that somebody has written as in Turtle, in double quotes, as N-Triples writes it.

    Raises `InputError` for what is none.

    >>> read_literal('"2022-03"^^xsd:gYearMonth')
    '"2022-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    found = _LITERAL.fullmatch(text.strip())
    if found is None or len(text) > _LONGEST:
        raise InputError(
            f"{text[:80]!r} is no literal",
            where=where,
            expected='a text in double quotes, "text"@fr or "2022"^^xsd:gYear',
            remedy='write a quote within the text as \\", and nothing behind the language or the datatype',
        )
    bare = re.sub(r"\\.", lambda escape: _ESCAPED.get(escape[0], escape[0][1:]), found["text"], flags=re.DOTALL)
    literal = f'"{bare.translate(_ESCAPES)}"'
    if found["language"]:
        return f"{literal}@{found['language'].lower()}"
    datatype = read_name(found["type"], where=where) if found["type"] else _STRING
    return literal if datatype == _STRING else f"{literal}^^<{datatype}>"


def named_triple(subject: str, predicate: str, object_: str) -> Triple:
    """The triple that three names mean, the last of which can be a literal in double quotes.

    Raises `InputError` with the part that means nothing.

    >>> named_triple("state:FRA", "a", "sides:State").subject
    '<https://w3id.org/sides/id/state/FRA>'
    """
    given = {"subject": subject, "predicate": predicate, "object": object_}
    return Triple(*(_read_part(text, part) for part, text in given.items()))


def _read_part(text: str, part: str) -> str:
    if part == "object" and text.lstrip().startswith('"'):
        return read_literal(text, where=part)
    return f"<{read_name(text, where=part)}>"


def show(term: str) -> str:
    """A written term for people: a prefixed name, or the text of a literal.

    >>> show("<https://w3id.org/sides/id/state/FRA>"), show('"true"^^<http://www.w3.org/2001/XMLSchema#boolean>')
    ('state:FRA', 'true')
    """
    iri = iri_of(term)
    if iri is not None:
        return shorten(iri)
    return term[1 : term.rindex('"')] if term.startswith('"') else term


def name_iris(text: str, name: Callable[[str], str]) -> str:
    """A text with every IRI in angle brackets replaced by its name.

    >>> name_iris("<https://w3id.org/sides/ontology#leads> SubPropertyOf: …", shorten)
    'sides:leads SubPropertyOf: …'
    """
    return _BRACKETED.sub(lambda found: name(found[1]), text)
