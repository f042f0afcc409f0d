"""Tables as a language model reads them with least effort: tabs between cells, short names, nothing escaped."""

from __future__ import annotations

import re

from kg.ground.terms import PREFIXES

_ESCAPES = {"\\t": " ", "\\n": " ", "\\r": " ", '\\"': '"', "\\'": "'", "\\\\": "\\"}
_ESCAPE = re.compile(r"\\[tnr\"'\\]")
_SAFE = re.compile(r"[\w-]*")
_LONGEST_CELL = 500
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def short(iri: str) -> str:
    """An IRI as a prefixed name that can stand in a query, or in brackets where there is none.

    >>> short("https://w3id.org/sides/id/state/FRA"), short("http://example.org/a")
    ('state:FRA', '<http://example.org/a>')
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and _SAFE.fullmatch(iri, len(namespace)):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def cell(term: str) -> str:
    """A term of a SPARQL table in TSV as a model reads it.

    >>> cell('"Hongrie"@fr'), cell("<https://w3id.org/sides/id/state/HUN>"), cell("1.5"), cell("")
    ('Hongrie', 'state:HUN', '1.5', '')
    """
    if term.startswith("<") and not term.startswith("<<"):
        return short(term[1:-1])
    if term.startswith('"'):
        text = term[1:].rpartition('"')[0]
        term = _ESCAPE.sub(lambda found: _ESCAPES[found[0]], text)
    return term if len(term) <= _LONGEST_CELL else f"{term[:_LONGEST_CELL]}…"


def table(tsv: str, limit: int, *, complete: bool) -> str:
    """A table in TSV with at most ``limit`` rows, and a last line that tells how many there are.

    >>> table("true", 10, complete=True)
    'true'
    """
    if not tsv.startswith("?") and tsv.strip() in {"true", "false"}:
        return tsv.strip()
    lines = tsv.split("\n")
    last = lines.pop()
    if last and complete:
        lines.append(last)
    header, *rows = lines or [""]
    shown = [
        "\t".join(name.removeprefix("?") for name in header.split("\t")),
        *("\t".join(map(cell, row.split("\t"))) for row in rows[:limit]),
    ]
    if not rows:
        return f"{shown[0]}\n(no rows)"
    if complete and len(rows) <= limit:
        return "\n".join([*shown, f"({len(rows)} row{'s' if len(rows) > 1 else ''}, all)"])
    told = f"of {len(rows)}" if complete else "of more"
    return "\n".join([*shown, f"(the first {min(limit, len(rows))} {told} rows)"])
