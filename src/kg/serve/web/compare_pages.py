"""Comparisons that people come for: states, the members of a coalition, the waves of a poll, the stages of aid.

Each is a page of answers to saved queries that share what is compared, so that every figure has its query, its files
and its sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from kg.ground.catalogue import Parameter, SavedQuery
from kg.serve.web.sections import Section, section_of
from kg.serve.web.site import site
from kg.serve.web.table import Table

MOST = 6
"""How many things are compared at most: a chart has no more colours that everybody can tell apart."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page: what is chosen, and the saved queries that it is put to, each by the parameter that takes it.

    ``start`` are the things that are compared where a reader has chosen none; ``several``: whether they may be many.
    ``some`` names queries that answer for some of those whom another one lists, each with that one and with the column
    of what the answer says when.
    """

    parameter: str
    queries: Mapping[str, str]
    start: tuple[str, ...]
    several: bool = False
    some: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a list an answer is about, from which date to which: as they are given, empty where none is."""

    count: int
    all: int
    first: str
    last: str


COMPARISONS: Mapping[str, Comparison] = MappingProxyType(
    {
        "states": Comparison(
            "state",
            {
                "votes-2014-2022-2025": "state",
                "published-totals-by-year": "donor",
                "commitments-and-allocations": "donor",
                "membership-history": "member",
                "friend-enemy-trend": "target",
                "measures-timeline": "actor",
            },
            ("state:FRA", "state:DEU", "state:HUN"),
            several=True,
        ),
        "coalition": Comparison(
            "organisation",
            {
                "coalition-members": "organisation",
                "votes-of-members": "organisation",
                "members-seen-as-hostile": "organisation",
                "unfriendly-in-coalition": "organisation",
                "meeting-attendance": "organisation",
            },
            ("org:coalition-of-the-willing",),
            some=MappingProxyType({"members-seen-as-hostile": ("coalition-members", "polled")}),
        ),
        "polls": Comparison("series", {"series-waves": "series"}, ("series:levada-friends-enemies",)),
        "aid": Comparison(
            "donor",
            {
                "commitments-and-allocations": "donor",
                "aid-by-stage": "donor",
                "published-totals-by-year": "donor",
                "conflicting-figures": "donor",
                "aid-without-amount": "donor",
            },
            ("state:USA", "state:DEU", "state:GBR", "state:FRA"),
            several=True,
        ),
    }
)
"""The pages below ``/compare``."""

blueprint = Blueprint("comparisons", __name__)


@blueprint.get("/compare")
def overview() -> ResponseReturnValue:
    """The comparisons there are."""
    return site().render("compare.html", {"names": [*COMPARISONS]})


@blueprint.get("/compare/<name>")
def comparison(name: str) -> ResponseReturnValue:
    """One of them, for what a reader has chosen."""
    found = COMPARISONS.get(name)
    if found is None:
        abort(404)
    asked = [*dict.fromkeys(value for value in request.args.getlist(found.parameter) if value.strip())]
    chosen = asked[: MOST if found.several else 1] or [*found.start]
    sections = [section_of(query, parameter, chosen) for query, parameter in _queries(found)]
    values = {
        "name": name,
        "comparison": found,
        "chosen": chosen,
        "left_out": len(asked) > len(chosen),
        "most": MOST,
        "options": site().options(_choice(found)),
        "sections": sections,
        "coverages": _coverages(found, sections),
        "problem": next((section.problem for section in sections if section.problem), ""),
    }
    return site().render("comparison.html", values, status=400 if values["problem"] else 200)


def _coverages(found: Comparison, sections: Sequence[Section]) -> dict[str, Coverage]:
    """For how many of a list the answers speak that speak for some, where both are there as a whole."""
    tables = {section.query.name: section.answer["table"] for section in sections if not section.problem}
    return {
        name: coverage_of(tables[name], tables[of], dated)
        for name, (of, dated) in found.some.items()
        if all(table in tables and tables[table].complete for table in (name, of))
    }


def coverage_of(table: Table, whole: Table, dated: str) -> Coverage:
    """What the first columns of two tables have in common."""
    listed, told = ({row.get(found.columns[0]) for row in found.rows} for found in (whole, table))
    dates = sorted(row[dated].value for row in table.rows if dated in row and row[dated].value)
    return Coverage(len(listed & told), len(listed), *((dates[0], dates[-1]) if dates else ("", "")))


def _queries(found: Comparison) -> list[tuple[SavedQuery, str]]:
    named = ((site().catalogue.get(name), parameter) for name, parameter in found.queries.items())
    return [(query, parameter) for query, parameter in named if query]


def _choice(found: Comparison) -> Parameter:
    """The parameter whose values the form offers: that of the first query."""
    query, name = _queries(found)[0]
    return next(parameter for parameter in query.parameters if parameter.name == name)
