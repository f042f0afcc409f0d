"""The index of names of a release: what people and programs look for by name or by identifier."""

from kg.serve.naming.entries import Entry, Name, Sort
from kg.serve.naming.index import NameIndex
from kg.serve.naming.loading import load
from kg.serve.naming.matching import Candidate, Condition, Wanted, candidates
from kg.serve.naming.searching import Hit, search

__all__ = [
    "Candidate",
    "Condition",
    "Entry",
    "Hit",
    "Name",
    "NameIndex",
    "Sort",
    "Wanted",
    "candidates",
    "load",
    "search",
]
