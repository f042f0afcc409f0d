"""The words of SPARQL that are neither names nor functions."""

from __future__ import annotations

from difflib import get_close_matches

from kg.ground.tokens import Token
from kg.serve.engine.functions import AGGREGATES
from kg.serve.engine.places import CLAUSES

KEYWORDS = CLAUSES | {
    "FILTER", "OPTIONAL", "UNION", "MINUS", "BIND", "GRAPH", "DISTINCT", "REDUCED", "EXISTS", "NAMED", "UNDEF",
    "A", "AS", "ASC", "BY", "DESC", "IN", "NOT", "SERVICE", "SILENT", "TRUE", "FALSE",
}  # fmt: skip

COMPARISONS = frozenset({"=", "!=", "<", ">", "<=", ">="})
ENDS = frozenset({".", "}", ";"})
"""Signs at which a triple or a condition ends."""
MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
"""The clauses behind the pattern, in their order."""
TERMS = frozenset({"variable", "iri", "name", "blank", "string", "number"})
"""Kinds of tokens that stand for something."""


def meant_keyword(token: Token) -> str | None:
    """The keyword that a word seems to mean; None for one that is a keyword itself.

    >>> meant_keyword(Token("word", "SELEC", 0))
    'SELECT'
    """
    known = sorted((KEYWORDS | AGGREGATES) - {"NAMED", "IN", "AS", "A"})  # what many words resemble
    return next(iter(get_close_matches(token.keyword, known, 1, 0.75)), None) if token.keyword not in known else None
