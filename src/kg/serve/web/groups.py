"""The assertions that name a thing, by the slot in which they name it, as much of them as one page can hold."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import ONTOLOGY, PREFIXES, shorten
from kg.serve.web.site import Site

A_PAGE = 24
"""Assertions on a page that shows one group."""

ALL_AT_ONCE = 60
"""A thing that no more assertions name has them all on its page; of others, each group shows `A_FEW`."""

A_FEW = 3

MOST_SORTED = 600
"""Assertions of a group that are put in order, the newest first: more take longer than a page may."""

MOST_PAIRS = 4
"""Pairs of assertions that differ shown on the page of a thing; the saved query holds all."""

_LATEST = iri(ONTOLOGY + "latest")
_DIFFERS = iri(ONTOLOGY + "differsFrom")


@dataclass(frozen=True, slots=True)
class Group:
    """The assertions with a thing in one slot: the property (`slot`), how many there are, those that are shown.

    ``page`` is the number of the page of a single group.
    """

    slot: str
    count: int
    shown: tuple[str, ...]
    page: int = 1

    @property
    def name(self) -> str:
        """The property as a prefixed name."""
        return shorten(self.slot)

    @property
    def pages(self) -> int:
        """The number of pages of the group alone."""
        return ceil(self.count / A_PAGE)

    @property
    def complete(self) -> bool:
        """Whether all assertions are shown."""
        return len(self.shown) == self.count


def counts(site: Site, thing: str) -> dict[str, int]:
    """How many assertions name a thing by each property, the fewest first."""
    rows = site.select(
        f"SELECT ?slot (COUNT(?assertion) AS ?count) {{ ?assertion ?slot {iri(thing)} "
        f"FILTER (STRSTARTS(STR(?assertion), {literal(PREFIXES['assertion'])})) }} GROUP BY ?slot ORDER BY ?count ?slot"
    )
    return {row["slot"].value: int(row["count"].value) for row in rows if "slot" in row}


def overview(site: Site, thing: str, counted: dict[str, int]) -> list[Group]:
    """All groups, each with the first assertions of it."""
    if not counted:
        return []
    each = ALL_AT_ONCE if sum(counted.values()) <= ALL_AT_ONCE else A_FEW
    parts = (f"{{ {_some(thing, slot, count)} LIMIT {each} }}" for slot, count in counted.items())
    found: dict[str, list[str]] = {}
    for row in site.select(f"SELECT ?slot ?assertion {{ {' UNION '.join(parts)} }}"):
        found.setdefault(row["slot"].value, []).append(row["assertion"].value)
    return [Group(slot, count, tuple(found.get(slot, ()))) for slot, count in counted.items()]


def one_group(site: Site, thing: str, slot: str, count: int, page: int) -> Group:
    """One page of one group; in the order of the store where there are too many to put in order."""
    rows = site.select(f"{_some(thing, slot, count)} LIMIT {A_PAGE} OFFSET {A_PAGE * (page - 1)}")
    return Group(slot, count, tuple(row["assertion"].value for row in rows), page)


def pairs(site: Site, thing: str) -> list[tuple[str, str]]:
    """The pairs of assertions that differ where one of them names a thing, one more than a page shows at most."""
    rows = site.select(
        f"SELECT DISTINCT ?one ?other {{ ?one {_DIFFERS} ?other FILTER (STR(?one) < STR(?other)) "
        f"FILTER EXISTS {{ ?one ?slot {iri(thing)} }} }} ORDER BY ?one ?other LIMIT {MOST_PAIRS + 1}"
    )
    return [(row["one"].value, row["other"].value) for row in rows]


def _some(thing: str, slot: str, count: int) -> str:
    """The query for the assertions of a group, to which a limit is added."""
    chosen = f"SELECT ({iri(slot)} AS ?slot) ?assertion {{ ?assertion {iri(slot)} {iri(thing)}"
    if count > MOST_SORTED:
        return f"{chosen} }}"
    return f"{chosen} OPTIONAL {{ ?assertion {_LATEST} ?latest }} }} ORDER BY DESC(?latest) ?assertion"
