"""What amounts of aid in an answer are: totals that were published, or sums of single activities.

The two do not agree, since a total may hold what no single activity tells, and the other way round (docs/counting.md).
"""

from __future__ import annotations

from kg.ground.catalogue import SavedQuery
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.web.query_terms import terms_of

_TOTAL = ONTOLOGY + "AidTotalAssertion"
_ACTIVITIES = PREFIXES["source"] + "aid-activities"


def basis_of(query: SavedQuery) -> str:
    """``totals``, ``activities`` or ``both``, by the terms of a saved query; empty where it is of neither."""
    names = terms_of(query)
    if _TOTAL in names:
        return "both" if _ACTIVITIES in names else "totals"
    return "activities" if _ACTIVITIES in names else ""
