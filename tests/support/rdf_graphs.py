"""Graphs from files whose assertions are given, and a way to ask them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg.build.mapping.given import GivenAssertions
from kg.build.pipeline import Vocabulary, map_source, source_graphs
from kg.build.sources import Source
from kg.ground.terms import PREFIXES

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "rdf" / "golden"


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
        return {str(row["x"]) for row in self.store.query(f"SELECT ?x {{ {pattern} }}", prefixes=dict(PREFIXES))}


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
