"""Evaluating queries of many solutions and few rows by columns, beside the engine."""

from kg.serve.rewriting.columns.aggregates import AGGREGATES, Aggregation, Call, calls, first_rows
from kg.serve.rewriting.columns.conditions import stripped, written
from kg.serve.rewriting.columns.patterns import Patterns
from kg.serve.rewriting.columns.table import Table, UnsupportedError, distinct, grouped
from kg.serve.rewriting.columns.terms import Terms

__all__ = [
    "AGGREGATES",
    "Aggregation",
    "Call",
    "Patterns",
    "Table",
    "Terms",
    "UnsupportedError",
    "calls",
    "distinct",
    "first_rows",
    "grouped",
    "stripped",
    "written",
]
