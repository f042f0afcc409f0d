"""The figures on the page of a thing: saved queries that are put to it, those that have an answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.binding import iri
from kg.ground.terms import ONTOLOGY, PREFIXES, shorten
from kg.serve.web.groups import Naming
from kg.serve.web.sections import Section, section_of
from kg.serve.web.site import site

MOST_ROWS = 20
"""Rows of an answer that are folded into the page; the address of the query leads to all."""

DEADLINE = 3.0
"""Seconds that one figure may take."""

AT_ONCE = 1
"""Figures that are drawn with the page; the others are fetched when the reader comes to them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A saved query, the parameter that takes the thing, the slots of assertions without which it has no answer.

    Where ``slots`` is empty, assertions lead to the thing by way of others, and the query is always asked. ``kind`` is
    the class of the assertions, if those of others with the same slots do not matter. ``measures`` are those of which
    a series of surveys must have findings.
    """

    query: str
    parameter: str
    slots: tuple[str, ...] = ()
    kind: str = ""
    measures: tuple[str, ...] = ()

    def fits(self, there: Iterable[tuple[str, str]], measured: Collection[str] = ()) -> bool:
        """Whether it may have an answer.

        ``there`` are the classes and the slots of the assertions on the thing, ``measured`` what its waves measured.
        """
        if self.measures:
            return any(measure in measured for measure in self.measures)
        return not self.slots or any(slot in self.slots and self.kind in ("", kind) for kind, slot in there)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure of a page: the query, its address for the thing, and its answer, unless that is fetched later."""

    query: SavedQuery
    address: str
    section: Section | None


_GIVEN = (
    Question("published-totals-by-year", "donor", ("donor",), "AidTotalAssertion"),
    Question("aid-by-month", "donor", ("donor",), "AidAssertion"),
)
_BELONGS = Question("membership-history", "member", ("member",), "MembershipAssertion")
_MEASURES = Question("measures-timeline", "actor", ("actor",), "MeasureAssertion")

QUESTIONS: Mapping[str, tuple[Question, ...]] = MappingProxyType(
    {
        "state": (
            *_GIVEN,
            Question("votes-2014-2022-2025", "state", ("voter",)),
            _BELONGS,
            Question("friend-enemy-trend", "target", ("target",), "FindingAssertion"),
            Question("views-of-a-country", "target", ("target",), "FindingAssertion"),
            Question("support-for-aid", "population", ("population",), "FindingAssertion"),
            _MEASURES,
            Question("diplomatic-events", "country", ("firstParty", "secondParty"), "DiplomaticRelationAssertion"),
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
        "series": (
            # What was found goes before how it was asked: the first that has an answer is drawn with the page.
            Question("friend-enemy-trend", "series", measures=("friendly", "hostile")),
            Question("views-of-a-country", "series", measures=("favourable", "unfavourable")),
            Question("series-waves", "series"),
        ),
    }
)
"""What is asked of a thing of each kind, in the order of the page."""


def figures(thing: str, kind: str, named: Naming) -> list[Drawn]:
    """The figures of a thing: the first that have an answer, and those that may have one."""
    there = {(kind_, slot.removeprefix(ONTOLOGY)) for kind_, slot in named.groups}
    questions = QUESTIONS.get(kind, ())
    measured = _measured(thing) if any(question.measures for question in questions) else ()
    found: list[Drawn] = []
    for question in questions:
        query = site().catalogue.get(question.query)
        if query is None or not question.fits(there, measured):
            continue
        if sum(figure.section is not None for figure in found) < AT_ONCE:
            section = _section(thing, question, query)
            if section:
                found.append(Drawn(query, section.address, section))
        else:
            found.append(Drawn(query, _address(thing, question), None))
    return found


def _measured(series: str) -> set[str]:
    """What the findings of a series of surveys measure: a figure that has none is not asked for in vain."""
    rows = site().select(
        f"SELECT DISTINCT ?measure {{ ?survey {iri(ONTOLOGY + 'waveOf')} {iri(series)} . "
        f"?finding {iri(ONTOLOGY + 'survey')} ?survey ; {iri(ONTOLOGY + 'measure')} ?measure }}"
    )
    return {row["measure"].value.removeprefix(PREFIXES["measure"]) for row in rows}


def one_figure(thing: str, kind: str, name: str) -> Section | None:
    """The figure that a saved query makes of a thing; None for one that its page does not have or that is empty."""
    question = next((one for one in QUESTIONS.get(kind, ()) if one.query == name), None)
    query = site().catalogue.get(name)
    return _section(thing, question, query) if question and query else None


def _section(thing: str, question: Question, query: SavedQuery) -> Section | None:
    """The answer to a question; None for an empty one."""
    section = section_of(query, question.parameter, [shorten(thing)], known=True, deadline=DEADLINE)
    return section.shortened(MOST_ROWS) if section.problem or section.answer["table"].rows else None


def _address(thing: str, question: Question) -> str:
    return f"/queries/{question.query}?{urlencode({question.parameter: shorten(thing)})}"
