"""Permanent addresses of answers: what was asked, of which release, and the answer itself, kept within bounds."""

from kg.serve.permalinks.quota import Quota
from kg.serve.permalinks.records import LARGEST_ANSWER, LONGEST_QUERY, Permalink
from kg.serve.permalinks.store import Permalinks

__all__ = ["LARGEST_ANSWER", "LONGEST_QUERY", "Permalink", "Permalinks", "Quota"]
