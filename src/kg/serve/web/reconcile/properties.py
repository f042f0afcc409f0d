"""The properties by which candidates are compared and matches completed: those of the graph, and a few sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES, expand, graph_iri, shorten
from kg.serve.naming import Entry
from kg.serve.results import Term
from kg.serve.web.naming import names, once
from kg.serve.web.problems import RequestError
from kg.serve.web.reconcile.reading import type_iri
from kg.serve.web.site import site

WIKIDATA_SERVICE = "https://wikidata.reconci.link/en/api"
"""The reconciliation service in whose identifiers links to Wikidata are given."""

SAME = expand("owl:sameAs")
_LEFT_OUT = frozenset(
    expand(name) for name in ("rdf:type", "skos:prefLabel", "skos:notation", "geo:hasGeometry", "skos:hiddenLabel")
)

_THINGS = "THINGS"  # where the things stand in a pattern
_POINT = f"{iri(expand('geo:hasGeometry'))}/{iri(expand('geo:asWKT'))}"


def _aid(status: str) -> str:
    """The sum of the activities of aid at one stage, by donor, without the items of packages (docs/counting.md)."""
    own = {name: iri(ONTOLOGY + name) for name in ("donor", "status", "statedIn", "partOf")}
    return (
        f"{{ SELECT ?thing (SUM(?euros) AS ?value) {{ VALUES ?thing {{ {_THINGS} }} "
        f"VALUES ?in_euro {{ {iri(ONTOLOGY + 'amountInEuro')} {iri(ONTOLOGY + 'derivedInEuro')} }} "
        f"?aid {own['donor']} ?thing ; {own['statedIn']} {iri(PREFIXES['source'] + 'aid-activities')} ; "
        f"{own['status']} {iri(PREFIXES['status'] + status)} ; ?in_euro ?money . "
        f"?money {iri(PREFIXES['schema'] + 'value')} ?euros MINUS {{ ?aid {own['partOf']} ?package }} }} "
        "GROUP BY ?thing }"
    )


COMPUTED: Mapping[str, str] = {
    "coordinates": f"?thing {_POINT} ?value",
    "aidCommittedInEuro": _aid("committed"),
    "aidAllocatedInEuro": _aid("allocated"),
}
"""What is worked out from the graph, by the pattern that does it."""

_MOST_HOLDERS = 200
_COMPUTED_FOR = {"coordinates": ("State",), "aidCommittedInEuro": ("Party",), "aidAllocatedInEuro": ("Party",)}


@dataclass(frozen=True, slots=True)
class Property:
    """A property as a client names it: ``iri`` is empty for what is computed; ``range_`` is a class of the ontology."""

    id: str
    iri: str
    range_: str = ""

    @property
    def name(self) -> str:
        """What it is called in the language of the request."""
        texts = site().texts
        entry = names().by_iri.get(self.iri)
        if entry:
            return entry.label(texts.language)
        return texts.maybe(f"reconcile_property.{self.id}", texts.table("standard").get(shorten(self.iri), self.id))

    @property
    def description(self) -> str:
        """What it means, in the language of the request; empty where nothing is told."""
        texts = site().texts
        entry = names().by_iri.get(self.iri)
        return entry.note(texts.language) if entry else texts.maybe(f"reconcile_property.{self.id}_note", "")

    def as_json(self) -> dict[str, str]:
        """The property as suggestions and proposals tell it."""
        told = {"id": self.id, "name": self.name, "description": self.description}
        return {key: text for key, text in told.items() if text}


def of_type(kind: str = "") -> list[Property]:
    """The properties that things of a class have, those that most have first; without a class those of any entity."""
    own = _counts().get(kind, {}) if kind else _every()
    ranked = sorted(own, key=lambda name: (-own[name], name))
    found = [_property(name) for name in ranked]
    computed = [Property(name, "") for name, classes in _COMPUTED_FOR.items() if not kind or _below(kind, classes)]
    return [*found, *computed]


def known(name: str) -> Property:
    """The property that a client names; raises `RequestError` for one that no entity has."""
    if name in COMPUTED:
        return Property(name, "")
    wanted = type_iri(name)
    if wanted in _every() or wanted == SAME:
        return _property(wanted)
    raise RequestError(
        f"no entity has a property {name[:80]!r}",
        expected="a property such as capital, memberOf or owl:sameAs",
        remedy="see /reconcile/extend/propose",
    )


def values(property_: Property, things: Sequence[str]) -> Mapping[str, list[Term]]:
    """The values that some things have, by their IRIs, in a steady order."""
    found: dict[str, list[Term]] = defaultdict(list)
    if things:
        listed = " ".join(iri(thing) for thing in dict.fromkeys(things))
        pattern = COMPUTED.get(property_.id) or f"?thing {_path(property_)} ?value"
        for row in site().select(
            f"SELECT DISTINCT ?thing ?value {{ VALUES ?thing {{ {listed} }} {pattern.replace(_THINGS, listed)} }}"
        ):
            found[row["thing"].value].append(row["value"])
    return {thing: sorted(terms, key=lambda term: (term.language or "", term.value)) for thing, terms in found.items()}


def holders(property_: Property, texts: Iterable[str], things: Iterable[str]) -> list[str]:
    """The entities of which a property has one of some texts, in whatever capitals, or leads to one of some IRIs."""
    if not property_.iri:
        return []
    path, listed = _path(property_), " ".join(map(iri, things))
    written = ", ".join(literal(text.lower()) for text in texts)
    parts = [f"{{ ?thing {path} ?value FILTER (isLITERAL(?value) && LCASE(STR(?value)) IN ({written})) }}"]
    parts += [f"{{ VALUES ?value {{ {listed} }} ?thing {path} ?value }}"] if listed else []
    rows = site().select(
        f"SELECT DISTINCT ?thing {{ {' UNION '.join(parts)} "
        f"FILTER STRSTARTS(STR(?thing), {literal(IDENTIFIERS)}) }} ORDER BY ?thing LIMIT {_MOST_HOLDERS}"
    )
    return [row["thing"].value for row in rows]


def _path(property_: Property) -> str:
    return iri(property_.iri)


def _property(name: str) -> Property:
    entry = names().by_iri.get(name)
    own = name.removeprefix(ONTOLOGY) if name.startswith(ONTOLOGY) else shorten(name)
    return Property(own, name, _ranges().get(name, "") if entry else "")


def _ranges() -> Mapping[str, str]:
    return once("ranges", _read_ranges)


def _read_ranges() -> Mapping[str, str]:
    range_ = iri(expand("rdfs:range"))
    rows = site().select(f"SELECT ?property ?class {{ ?property {range_} ?class FILTER isIRI(?class) }}")
    return {row["property"].value: row["class"].value for row in rows if row["class"].value.startswith(ONTOLOGY)}


def _counts() -> Mapping[str, Mapping[str, int]]:
    """How many entities of each class have each property."""
    return once("properties", _read_counts)


def _read_counts() -> Mapping[str, Mapping[str, int]]:
    label = iri(expand("rdfs:label"))
    rows = site().select(
        "SELECT ?type ?property (COUNT(DISTINCT ?thing) AS ?count) { "
        f'GRAPH {iri(graph_iri("entities"))} {{ ?thing {label} ?name FILTER (LANG(?name) = "en") }} '
        "?thing a ?type ; ?property ?value } GROUP BY ?type ?property"
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows:
        if row["property"].value not in _LEFT_OUT:
            found[row["type"].value][row["property"].value] = int(row["count"].value)
    return found


def _every() -> Mapping[str, int]:
    """How many entities have each property, at least."""
    return once("every property", lambda: _summed(_counts()))


def _summed(counted: Mapping[str, Mapping[str, int]]) -> Mapping[str, int]:
    total: dict[str, int] = {}
    for own in counted.values():
        for name, count in own.items():
            total[name] = max(total.get(name, 0), count)
    return total


def _below(kind: str, classes: Iterable[str]) -> bool:
    """Whether some entity of a class is in one of the classes too."""
    entities: Iterable[Entry] = (entry for entry in names().entries if kind in entry.types)
    wanted = {ONTOLOGY + name for name in classes}
    return any(not wanted.isdisjoint(entry.types) for entry in entities)
