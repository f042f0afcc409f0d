"""The plain relations of a thing, each with what it rests on; what follows from them; and what leads to the thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil

from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import ONTOLOGY, PREFIXES, graph_iri, shorten
from kg.serve.results import Row
from kg.serve.web.site import Site

MOST_FACTS = 400
"""Relations in one direction that a page shows; the lists of what leads to the thing hold all."""

MOST_INFERRED = 200

MOST_TOGETHER = 300
"""Assertions that name a thing up to which it is asked what else they name."""

LINKS_A_PAGE = 100
"""Things on a page that lists what leads to a thing by one property."""

FEW_LINKS = 12
"""What leads to a thing by a property is named on its page, if it is not more."""

_RDF = PREFIXES["rdf"]
_SUBJECT, _PREDICATE, _OBJECT = (iri(_RDF + part) for part in ("subject", "predicate", "object"))


@dataclass(frozen=True, slots=True)
class Incoming:
    """The triples that lead to a thing by one property (`tie`): how many there are, and the things that are named."""

    tie: str
    count: int
    subjects: tuple[str, ...] = ()
    page: int = 1

    @property
    def name(self) -> str:
        """The property as a prefixed name."""
        return shorten(self.tie)

    @property
    def few(self) -> bool:
        """Whether the page of the thing names them."""
        return self.count <= FEW_LINKS

    @property
    def pages(self) -> int:
        """The number of pages."""
        return ceil(self.count / LINKS_A_PAGE)


def relations(site: Site, thing: str) -> list[Row]:
    """The plain relations of an entity: those that statements give, each with its fact, then those of the tables.

    Rows of ``subject``, ``relation``, ``object``, and ``fact`` where statements say it.
    """
    term, entities = iri(thing), iri(graph_iri("entities"))
    own = f"FILTER (STRSTARTS(STR(?relation), {literal(ONTOLOGY)}))"
    subject, target = f"BIND ({term} AS ?subject)", f"BIND ({term} AS ?object)"
    parts = (
        f"{subject} ?fact {_SUBJECT} {term} ; {_PREDICATE} ?relation ; {_OBJECT} ?object",
        f"{target} ?fact {_OBJECT} {term} ; {_PREDICATE} ?relation ; {_SUBJECT} ?subject",
        f"{subject} GRAPH {entities} {{ {term} ?relation ?object }} {own} FILTER (isIRI(?object))",
        f"{target} GRAPH {entities} {{ ?subject ?relation {term} }} {own}",
    )
    end = f"ORDER BY ?relation ?subject ?object LIMIT {MOST_FACTS}"
    union = " UNION ".join(f"{{ SELECT * {{ {part} }} {end} }}" for part in parts)
    return _without_repeats(site.select(f"SELECT ?subject ?relation ?object ?fact {{ {union} }}"), thing)


def named_together(site: Site, thing: str, slots: Iterable[str]) -> list[Row]:
    """What assertions name together with a thing: rows as those of `relations`, the most frequent first.

    ``slots`` are the properties by which they name the thing; ``relation`` is that by which they name the other.
    """
    own, others = " ".join(map(iri, slots)), iri(ONTOLOGY + "Entity")
    return site.select(
        f"SELECT ({iri(thing)} AS ?subject) ?relation ?object (COUNT(DISTINCT ?assertion) AS ?count) "
        f"{{ VALUES ?own {{ {own} }} ?assertion ?own {iri(thing)} ; ?relation ?object . ?object a {others} "
        f"FILTER (?object != {iri(thing)}) }} GROUP BY ?relation ?object ORDER BY DESC(?count) ?relation ?object "
        f"LIMIT {MOST_FACTS}"
    )


def _without_repeats(rows: Iterable[Row], thing: str) -> list[Row]:
    """The relations in the order of the page, without what a table repeats: of a fact, or the other way round."""
    ordered = sorted(rows, key=lambda row: ("fact" not in row, *_parts(row)))
    known = {_parts(row) for row in ordered if "fact" in row}
    told = known | {_parts(row) for row in ordered if row["subject"].value == thing}
    found = []
    for row in ordered:
        relation, subject, object_ = _parts(row)
        if "fact" not in row:
            if (relation, subject, object_) in known:
                continue
            if object_ == thing and (relation, object_, subject) in told:
                continue
        found.append(row)
    return found


def _parts(row: Row) -> tuple[str, str, str]:
    return row["relation"].value, row["subject"].value, row["object"].value


def by_relation(thing: str, rows: Iterable[Row]) -> list[list[Row]]:
    """The rows that one line of a page shows: one relation in one direction, from statements or from the tables."""
    groups: dict[tuple[str, bool, bool], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["relation"].value, row["subject"].value == thing, "fact" in row), []).append(row)
    return list(groups.values())


def inferred(site: Site, thing: str) -> list[Row]:
    """What the ontology infers of an entity: its classes first, then its relations."""
    return site.select(
        f"SELECT * {{ GRAPH {iri(graph_iri('inferred'))} {{ {iri(thing)} ?property ?value }} }} "
        f"ORDER BY DESC(?property = {iri(_RDF + 'type')}) ?property ?value LIMIT {MOST_INFERRED}"
    )


def incoming(site: Site, thing: str, properties: Mapping[str, int]) -> list[Incoming]:
    """What leads to a thing, by property, the rarest first; those of a property are named where they are few."""
    links = [Incoming(name, count) for name, count in sorted(properties.items(), key=lambda item: (item[1], item[0]))]
    few = " ".join(iri(link.tie) for link in links if link.few)
    if not few:
        return links
    named: dict[str, list[str]] = {}
    for row in site.select(
        f"SELECT DISTINCT ?property ?subject {{ VALUES ?property {{ {few} }} ?subject ?property {iri(thing)} "
        "FILTER (isIRI(?subject)) } ORDER BY ?property ?subject"
    ):
        named.setdefault(row["property"].value, []).append(row["subject"].value)
    return [replace(link, subjects=tuple(named.get(link.tie, ()))) for link in links]


def links_page(site: Site, thing: str, property_: str, count: int, page: int) -> Incoming:
    """One page of what leads to a thing by one property."""
    rows = site.select(
        f"SELECT DISTINCT ?subject {{ ?subject {iri(property_)} {iri(thing)} FILTER (isIRI(?subject)) }} "
        f"ORDER BY ?subject LIMIT {LINKS_A_PAGE} OFFSET {LINKS_A_PAGE * (page - 1)}"
    )
    return Incoming(property_, count, tuple(row["subject"].value for row in rows), page)
