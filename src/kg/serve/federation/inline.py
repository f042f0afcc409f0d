"""Terms of an answer as a query writes them, and tables of them as ``VALUES``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.ground.terms import BASE
from kg.serve.results import Row, Term

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|^`\\]|%(?![0-9A-Fa-f]{2})")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

GENID = f"{BASE}.well-known/genid/"
"""Where the IRIs lie that stand for blank nodes of other endpoints."""


def written(term: Term, scope: str) -> str:
    r"""A term as a query writes it; ``scope`` is that of blank nodes, which become IRIs of their own.

    Raises `ValueError` for what no query can hold.

    >>> written(Term("literal", 'a "b"\n', language="fr"), "x")
    '"a \\"b\\"\\n"@fr'
    """
    if term.kind == "uri":
        return f"<{_iri(term.value)}>"
    if term.kind == "bnode":
        return f"<{GENID}{scope}/{_coded(term.value)}>"
    if term.kind not in {"literal", "typed-literal"}:
        raise ValueError(f"a term of the kind {term.kind}")
    text = f'"{_characters(term.value).translate(_ESCAPES)}"'
    if term.language:
        if not _LANGUAGE.fullmatch(term.language):
            raise ValueError(f"the language {term.language[:40]!r}")
        return f"{text}@{term.language}"
    return text if term.datatype in {None, _STRING} else f"{text}^^<{_iri(term.datatype or '')}>"


def _iri(value: str) -> str:
    if not _ABSOLUTE.match(value):
        raise ValueError(f"the IRI {value[:80]!r}, which is not absolute")
    return _FORBIDDEN.sub(lambda found: f"%{ord(found.group()):02X}", _characters(value))


def _characters(value: str) -> str:
    value.encode()  # UnicodeEncodeError, a ValueError, for half of a surrogate pair
    return value


def _coded(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", lambda found: f"_{ord(found.group()):X}_", label)


def values(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as ``VALUES``.

    >>> values(["a", "b"], [["1", "UNDEF"]])
    'VALUES (?a ?b) { (1 UNDEF) }'
    """
    variables = " ".join(f"?{name}" for name in names)
    lines = "".join(f"({' '.join(row)}) " for row in rows)
    return f"VALUES ({variables}) {{ {lines}}}"


def unit(names: Sequence[str]) -> str:
    """The solution that joins with everything: what a silent clause gives that failed."""
    return values(names, [["UNDEF"] * len(names)])


def row_written(names: Sequence[str], row: Row, scope: str) -> list[str]:
    """A row as a line of ``VALUES``. Raises `ValueError`."""
    return [written(row[name], scope) if name in row else "UNDEF" for name in names]


def pushable(terms: Iterable[Term | None]) -> bool:
    """Whether all values of a column mean the same everywhere: IRIs and plain strings, whose form is their value.

    Numbers and dates have many forms, and which of them are equal is for each engine to say. Blank nodes are nobody
    else's; rows that have them are left out before.
    """
    return all(
        term is not None
        and (term.kind == "uri" or (term.kind == "literal" and not term.language and term.datatype in {None, _STRING}))
        for term in terms
    )
