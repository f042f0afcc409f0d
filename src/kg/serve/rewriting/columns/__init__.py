"""Evaluating queries of many solutions by columns, beside the engine."""

from kg.serve.rewriting.columns.aggregates import Call, calls, first_rows
from kg.serve.rewriting.columns.answers import Answer
from kg.serve.rewriting.columns.conditions import stripped, written
from kg.serve.rewriting.columns.graphs import constructed
from kg.serve.rewriting.columns.patterns import Patterns
from kg.serve.rewriting.columns.table import Table, UnsupportedError, distinct
from kg.serve.rewriting.columns.terms import Terms
from kg.serve.rewriting.columns.whole import Whole, aggregates_of, groups, sorted_by, without_calls

__all__ = [
    "Answer",
    "Call",
    "Patterns",
    "Table",
    "Terms",
    "UnsupportedError",
    "Whole",
    "aggregates_of",
    "calls",
    "constructed",
    "distinct",
    "first_rows",
    "groups",
    "sorted_by",
    "stripped",
    "without_calls",
    "written",
]
