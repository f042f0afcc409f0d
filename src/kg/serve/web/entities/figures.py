"""The figures on the page of a thing: saved queries that are put to it, those that have an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.ground.terms import ONTOLOGY, shorten
from kg.serve.web.sections import Section, section_of
from kg.serve.web.site import site

MOST_ROWS = 20
"""Rows of an answer that are folded into the page; the address of the query leads to all."""

DEADLINE = 3.0
"""Seconds that one figure may take."""


@dataclass(frozen=True, slots=True)
class Question:
    """A saved query, the parameter that takes the thing, the slots of assertions without which it has no answer.

    Where ``slots`` is empty, assertions lead to the thing by way of others, and the query is always asked.
    """

    query: str
    parameter: str
    slots: tuple[str, ...] = ()


_GIVEN = (
    Question("published-totals-by-year", "donor", ("donor",)),
    Question("aid-by-month", "donor", ("donor",)),
)
_BELONGS = Question("membership-history", "member", ("member",))
_MEASURES = Question("measures-timeline", "actor", ("actor",))

QUESTIONS: Mapping[str, tuple[Question, ...]] = MappingProxyType(
    {
        "state": (
            *_GIVEN,
            Question("votes-2014-2022-2025", "state", ("voter",)),
            _BELONGS,
            Question("friend-enemy-trend", "target", ("target",)),
            Question("views-of-a-country", "target", ("target",)),
            Question("support-for-aid", "population", ("population",)),
            _MEASURES,
            Question("diplomatic-events", "country", ("firstParty", "secondParty")),
        ),
        "org": (
            Question("coalition-members", "organisation", ("organisation",)),
            Question("votes-of-members", "organisation", ("organisation",)),
            Question("meeting-attendance", "organisation", ("organisation",)),
            *_GIVEN,
            _BELONGS,
            _MEASURES,
        ),
        "person": (
            Question("approval-series", "leader", ("target",)),
            Question("trust-in-leaders", "leader", ("target",)),
        ),
        "equipment": (Question("equipment-delivered", "item", ("item",)),),
        "resolution": (Question("votes-on-a-resolution", "resolution", ("resolution",)),),
        "series": (Question("series-waves", "series"),),
    }
)
"""What is asked of a thing of each kind, in the order of the page."""


def figures(thing: str, kind: str, slots: Iterable[str]) -> list[Section]:
    """The figures of a thing; ``slots`` are the properties by which assertions name it, as IRIs."""
    there = {slot.removeprefix(ONTOLOGY) for slot in slots}
    fitting = (one for one in QUESTIONS.get(kind, ()) if not one.slots or there.intersection(one.slots))
    asked = ((site().catalogue.get(one.query), one.parameter) for one in fitting)
    found = (
        section_of(query, parameter, [shorten(thing)], known=True, deadline=DEADLINE).shortened(MOST_ROWS)
        for query, parameter in asked
        if query
    )
    return [section for section in found if section.problem or section.answer["table"].rows]
