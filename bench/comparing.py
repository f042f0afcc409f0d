"""Whether two answers say the same: as multisets of rows or sets of triples, with numbers compared by their value."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import pyoxigraph as ox

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {f"{_XSD}{name}" for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}

Answer = Counter[Hashable]
"""The rows of an answer, each with how often it comes."""


def read_answer(body: bytes, media_type: str) -> Answer:
    """Read an answer in SPARQL JSON or N-Triples; raises ValueError if it is neither, nor complete."""
    if "json" in media_type:
        return _table(json.loads(body))
    try:
        triples = {_triple(quad.triple) for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)}
    except SyntaxError as error:
        raise ValueError(f"not N-Triples: {error}") from error
    return Counter(triples)


def difference(expected: Answer, found: Answer, *, counted: bool = False) -> str:
    """What is different, in a few words; empty if the two agree. ``counted``: only how many rows there are."""
    rows = f"{expected.total():,} and {found.total():,} rows"
    if expected.total() != found.total():
        return rows
    if counted or expected == found:
        return ""
    missing, more = expected - found, found - expected
    return f"{missing.total():,} of {rows} differ: {next(iter(missing))} and {next(iter(more))}"


def _table(document: Mapping[str, Any]) -> Answer:
    if "boolean" in document:
        return Counter([str(bool(document["boolean"]))])
    names = sorted(document["head"]["vars"])
    return Counter(tuple(_binding(row.get(name)) for name in names) for row in document["results"]["bindings"])


def _binding(term: Mapping[str, str] | None) -> Hashable:
    if term is None:
        return None
    if term["type"] == "uri":
        return f"<{term['value']}>"
    if term["type"] == "bnode":
        return "_:"
    return _literal(term["value"], term.get("datatype", ""), term.get("xml:lang", ""))


def _literal(value: str, datatype: str, language: str) -> Hashable:
    if datatype in _NUMBERS:
        return f"{float(value):.9g}"
    if language:
        return f'"{value}"@{language.lower()}'
    return f'"{value}"' if datatype in {"", f"{_XSD}string"} else f'"{value}"^^<{datatype}>'


def _triple(triple: ox.Triple) -> Hashable:
    return tuple(_term(term) for term in triple)


def _term(term: Any) -> Hashable:
    if isinstance(term, ox.Literal):
        return _literal(term.value, term.datatype.value, term.language or "")
    return "_:" if isinstance(term, ox.BlankNode) else str(term)
