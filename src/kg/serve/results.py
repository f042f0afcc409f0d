"""The rows of a SELECT as Python values, for the pages of the site and the catalogue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term in a result: ``kind`` is ``uri``, ``bnode``, ``literal`` or ``triple`` (its value is then JSON)."""

    kind: str
    value: str
    datatype: str | None = None
    language: str | None = None

    def __str__(self) -> str:
        """The value alone."""
        return self.value


Row = dict[str, Term]
"""One solution: the variables that are bound, without their question mark."""


def read_rows(document: bytes) -> list[Row]:
    """Read SPARQL 1.1 Query Results JSON.

    >>> read_rows(b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"Oslo"}}]}}')
    [{'n': Term(kind='literal', value='Oslo', datatype=None, language=None)}]
    """
    bindings = json.loads(document)["results"]["bindings"]
    return [{name: _term(content) for name, content in binding.items()} for binding in bindings]


def _term(content: dict[str, Any]) -> Term:
    value = content["value"]
    text = value if isinstance(value, str) else json.dumps(value)
    return Term(content["type"], text, content.get("datatype"), content.get("xml:lang"))
