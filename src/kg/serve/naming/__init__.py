"""The index of names of a release: what people and programs look for by name or by identifier."""

from kg.serve.naming.entries import Entry, Name, Sort
from kg.serve.naming.index import NameIndex
from kg.serve.naming.loading import load
from kg.serve.naming.matching import Candidate, Wanted, candidates, certain, decided
from kg.serve.naming.searching import Hit, search

__all__ = [
    "Candidate",
    "Entry",
    "Hit",
    "Name",
    "NameIndex",
    "Sort",
    "Wanted",
    "candidates",
    "certain",
    "decided",
    "load",
    "search",
]
