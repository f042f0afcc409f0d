"""Rewriting queries before the engine plans them, so that it finds the same answers in less time."""

from kg.serve.rewriting.columns import Answer
from kg.serve.rewriting.rewriter import RULES, Rewriter, Rewriting
from kg.serve.rewriting.statistics import Counts, Statistics, read_counts

__all__ = ["RULES", "Answer", "Counts", "Rewriter", "Rewriting", "Statistics", "read_counts"]
