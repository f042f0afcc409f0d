"""The assertions that name a thing, by their kind and by the slot in which they name it, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil

from kg.ground.catalogue.binding import iri
from kg.ground.kinds import KINDS
from kg.ground.terms import ONTOLOGY, shorten
from kg.serve.web.site import Site

A_PAGE = 24
"""Assertions on a page that shows one group, and of a thing that no more assertions name, on its page."""

A_FEW = 6
"""Assertions of a group that are shown when it is opened on the page of a thing."""

MOST_PAIRS = 4
"""Pairs of assertions that differ shown on the page of a thing; the saved query holds all."""

_KINDS = frozenset(ONTOLOGY + kind.ontology_class for kind in KINDS.values())
_ASSERTION = iri(ONTOLOGY + "Assertion")
_EARLIEST = iri(ONTOLOGY + "earliest")
_LATEST = iri(ONTOLOGY + "latest")
_DIFFERS = iri(ONTOLOGY + "differsFrom")


@dataclass(frozen=True, slots=True)
class Group:
    """The assertions of one kind with a thing in one slot: the property, how many there are, those that are shown.

    ``kind`` is the name of the class of assertions, empty for all; ``page`` the number of the page of a single group.
    """

    slot: str
    kind: str
    count: int
    shown: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True)
class Naming:
    """How often a thing is named: by triples of each property, and by assertions of each kind with each property."""

    properties: Mapping[str, int]
    groups: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    """By the name of the class of assertions and the IRI of the property: how many by month (``2022-03``, or empty)."""

    @property
    def slots(self) -> dict[str, int]:
        """The assertions by property."""
        found: Counter[str] = Counter()
        for (_, slot), months in self.groups.items():
            found[slot] += sum(months.values())
        return dict(found)

    @property
    def kinds(self) -> dict[str, Counter[str]]:
        """The assertions by kind and month, the most frequent kinds first."""
        found: dict[str, Counter[str]] = {}
        for (kind, _), months in self.groups.items():
            found.setdefault(kind, Counter()).update(months)
        return dict(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))

    @property
    def total(self) -> int:
        """How often assertions name it."""
        return sum(self.slots.values())


def naming(site: Site, thing: str) -> Naming:
    """How often a thing is named."""
    properties = triples(site, thing)
    slots = sorted(properties.keys() & slots_of_assertions(site))
    groups: dict[tuple[str, str], Counter[str]] = {}
    for row in site.select(_months(thing, slots)) if slots else ():
        if "kind" in row and row["kind"].value in _KINDS:
            key = row["kind"].value.removeprefix(ONTOLOGY), row["slot"].value
            month = row["month"].value if "month" in row else ""
            groups.setdefault(key, Counter())[month] += int(row["count"].value)
    return Naming(properties, groups)


def triples(site: Site, thing: str) -> dict[str, int]:
    """How many triples of each property lead to a thing."""
    rows = site.select(f"SELECT ?slot (COUNT(?subject) AS ?count) {{ ?subject ?slot {iri(thing)} }} GROUP BY ?slot")
    return {row["slot"].value: int(row["count"].value) for row in rows if "slot" in row}


def _months(thing: str, slots: Iterable[str]) -> str:
    """The query for the assertions by property, class and month.

    One SELECT for each property: where there are many assertions it is evaluated by columns, else it costs little.
    """
    parts = (
        f"{{ SELECT ({iri(slot)} AS ?slot) ?kind ?month (COUNT(?assertion) AS ?count) "
        f"{{ ?assertion {iri(slot)} {iri(thing)} ; a ?kind OPTIONAL {{ ?assertion {_EARLIEST} ?earliest }} "
        "BIND (SUBSTR(STR(?earliest), 1, 7) AS ?month) } GROUP BY ?kind ?month }"
        for slot in slots
    )
    return f"SELECT ?slot ?kind ?month ?count {{ {' UNION '.join(parts)} }}"


def slots_of_assertions(site: Site) -> frozenset[str]:
    """The properties that some assertion has."""
    rows = site.fixed(f"SELECT DISTINCT ?slot {{ ?assertion a {_ASSERTION} ; ?slot ?value }}")
    return frozenset(row["slot"].value for row in rows)


def groups_of(named: Naming) -> list[Group]:
    """The groups of assertions that name a thing, those of the most frequent kind first, none of them shown."""
    kinds = [*named.kinds]
    found = [Group(slot, kind, sum(months.values())) for (kind, slot), months in named.groups.items()]
    return sorted(found, key=lambda group: (kinds.index(group.kind), -group.count, group.slot))


def by_kind(groups: Iterable[Group]) -> list[tuple[str, list[Group]]]:
    """The groups of each kind of assertions together, in the order of the first of each."""
    found: dict[str, list[Group]] = {}
    for group in groups:
        found.setdefault(group.kind, []).append(group)
    return list(found.items())


def filled(site: Site, thing: str, groups: Iterable[Group]) -> list[Group]:
    """The groups with all of their assertions, the newest first."""
    wanted = list(groups)
    if not wanted:
        return []
    parts = " UNION ".join(f"{{ {_in(thing, group)} BIND ({at} AS ?group) }}" for at, group in enumerate(wanted))
    rows = site.select(
        f"SELECT ?group ?assertion {{ {parts} OPTIONAL {{ ?assertion {_LATEST} ?latest }} }} "
        "ORDER BY DESC(?latest) ?assertion"
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(int(row["group"].value), []).append(row["assertion"].value)
    return [replace(group, shown=tuple(found.get(at, ()))) for at, group in enumerate(wanted)]


def one_group(site: Site, thing: str, group: Group, page: int, size: int = A_PAGE) -> Group:
    """One page of one group, the newest assertions first."""
    rows = site.select(
        f"SELECT ?assertion {{ {_in(thing, group)} OPTIONAL {{ ?assertion {_LATEST} ?latest }} }} "
        f"ORDER BY DESC(?latest) ?assertion LIMIT {size} OFFSET {size * (page - 1)}"
    )
    return replace(group, shown=tuple(row["assertion"].value for row in rows), page=page)


def pairs(site: Site, thing: str) -> list[tuple[str, str]]:
    """The pairs of assertions that differ where one of them names a thing, one more than a page shows at most."""
    rows = site.select(
        f"SELECT DISTINCT ?one ?other {{ ?one {_DIFFERS} ?other FILTER (STR(?one) < STR(?other)) "
        f"FILTER EXISTS {{ ?one ?slot {iri(thing)} }} }} ORDER BY ?one ?other LIMIT {MOST_PAIRS + 1}"
    )
    return [(row["one"].value, row["other"].value) for row in rows]


def _in(thing: str, group: Group) -> str:
    """The pattern of the assertions of a group."""
    kind = f" ; a {iri(ONTOLOGY + group.kind)}" if group.kind else ""
    return f"?assertion {iri(group.slot)} {iri(thing)}{kind}"
