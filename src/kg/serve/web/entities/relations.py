"""The plain relations of a thing, each with what it rests on; and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable

from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import ONTOLOGY, PREFIXES, graph_iri
from kg.serve.results import Row
from kg.serve.web.site import Site

MOST_FACTS = 400
"""Relations in one direction that a page shows; the lists of what leads to the thing hold all."""

MOST_INFERRED = 200

MOST_TOGETHER = 300
"""Assertions that name a thing up to which it is asked what else they name."""

_RDF = PREFIXES["rdf"]
_SUBJECT, _PREDICATE, _OBJECT = (iri(_RDF + part) for part in ("subject", "predicate", "object"))


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
