"""Graphs from files whose assertions are given, and a way to ask them."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg.build.facts import Vocabulary, map_source, source_graphs
from kg.build.mapping.given import GivenAssertions
from kg.build.sources import Source
from kg.ground.kinds import KINDS, Kind, Slot, ValueType
from kg.ground.terms import PREFIXES, shorten, statement_iri

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "rdf" / "golden"
CONTEXT = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]


def graph_of(file: Path, vocabulary: Vocabulary) -> set[ox.Triple]:
    """The graph of a file whose assertions are given."""
    (graph,) = source_graphs([map_source(Source(file.stem, file), GivenAssertions.read(file))], vocabulary).values()
    return graph


class Graph:
    """Triples that can be asked by SPARQL without writing the prefixes."""

    def __init__(self, triples: set[ox.Triple]) -> None:
        self.triples = triples
        self.store = ox.Store()
        self.store.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)

    def ask(self, pattern: str) -> bool:
        return bool(self.store.query(f"ASK {{ {pattern} }}", prefixes=dict(PREFIXES)))

    def values(self, pattern: str) -> set[str]:
        """The values of ?x as they would be written in N-Triples."""
        return {str(term) for term in self.terms(pattern)}

    def terms(self, pattern: str) -> set[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]:
        """The values of ?x."""
        return {row["x"] for row in self.store.query(f"SELECT ?x {{ {pattern} }}", prefixes=dict(PREFIXES))}


def unnamed(graph: Graph) -> set[str]:
    """The plain properties between entities of which some triple has no fact that rests on an assertion."""
    return graph.values(
        """?subject ?x ?object .
        FILTER (STRSTARTS(STR(?x), STR(sides:)))
        FILTER NOT EXISTS { ?subject a ?any }
        FILTER NOT EXISTS {
          ?fact a sides:Fact, rdf:Statement ; rdf:subject ?subject ; rdf:predicate ?x ; rdf:object ?object .
          ?fact prov:wasDerivedFrom/prov:wasDerivedFrom/prov:wasQuotedFrom ?source
        }"""
    )


Said = frozenset[tuple[str, object]]
"""One assertion for comparison: its kind and each filled slot, lists without order, numbers by their value."""


def given(file: Path) -> dict[str, set[Said]]:
    """What the lines of a file say, by the IRI of the statement."""
    statements = map_source(Source(file.stem, file), GivenAssertions.read(file)).statements
    return {
        statement_iri(item.statement): {
            frozenset({("kind", said.kind), *((name, _comparable(value)) for name, value in said.slots.items())})
            for said in item.assertions
        }
        for item in statements
    }


def _comparable(value: object) -> object:
    if isinstance(value, tuple):
        return frozenset(value)
    if isinstance(value, str) and (money := re.fullmatch(r"([\d.]+) ([A-Z]{3})", value)):
        return Decimal(money[1]), money[2]
    return value if isinstance(value, str | bool) else Decimal(str(value))


def read_back(graph: Graph) -> dict[str, set[Said]]:
    """What the graph says, by the IRI of the statement, read by the context and nothing that the mapping has."""
    found: dict[str, set[Said]] = {iri[1:-1]: set() for iri in graph.values("?x a sides:Statement")}
    for name, kind in KINDS.items():
        for node in graph.values(f"?x a sides:{kind.ontology_class}"):
            (statement,) = graph.values(f"{node} prov:wasDerivedFrom ?x")
            slots = {slot.name: _values(graph, node, kind, slot) for slot in kind.slots.values()}
            held = {key: value for key, value in slots.items() if value is not None}
            found[statement[1:-1]].add(frozenset({("kind", name), *held.items()}))
    return found


def _values(graph: Graph, node: str, kind: Kind, slot: Slot) -> object:
    entry = CONTEXT[kind.name]["@context"][slot.name]
    name = entry if isinstance(entry, str) else entry["@id"]
    values = frozenset(_value(graph, slot, term) for term in graph.terms(f"{node} {name} ?x"))
    if slot.many or not values:
        return values or None
    (value,) = values
    return value


def _value(graph: Graph, slot: Slot, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> object:
    assert isinstance(term, ox.NamedNode | ox.Literal)
    match slot.value:
        case ValueType.ENTITY if term.value.startswith(PREFIXES["unlinked"]):
            (phrase,) = graph.terms(f"{term} rdfs:label ?x")
            assert isinstance(phrase, ox.Literal)
            return phrase.value
        case ValueType.ENTITY:
            return shorten(term.value)
        case ValueType.CONCEPT:
            return term.value.removeprefix(PREFIXES[str(slot.scheme)])
        case ValueType.MONEY:
            (number,) = graph.terms(f"{term} schema:value ?x")
            (currency,) = graph.terms(f"{term} schema:currency ?x")
            assert isinstance(number, ox.Literal)
            assert isinstance(currency, ox.Literal)
            return Decimal(number.value), currency.value
        case ValueType.NUMBER | ValueType.COUNT:
            return Decimal(term.value)
        case ValueType.FLAG:
            return term.value == "true"
        case _:
            return term.value
