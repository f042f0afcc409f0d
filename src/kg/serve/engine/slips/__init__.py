"""The slips that users make in queries, and what helps: for each a function that sees it at the place of an error.

Most come from other languages (SQL, Turtle, JavaScript) or from the endpoint of Wikidata. A function gives the words
that help, or None where the place does not look like the slip that it knows.
"""

from __future__ import annotations

from kg.serve.engine.places import Place
from kg.serve.engine.slips import anywhere, clauses, expressions, guesses, heads, patterns


def help_for(place: Place) -> str | None:
    """What to do at this place, if it looks like one of the known slips; what is sure is tried first."""
    modules = (anywhere, heads, patterns, expressions, clauses, guesses)
    return next(filter(None, (slip(place) for module in modules for slip in module.SLIPS)), None)
