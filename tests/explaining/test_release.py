"""Every inferred triple of the real release can be explained, down to what is said, and in good time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.explaining import Explainer, Select, Triple
from kg.ground.explaining.names import TYPE, triple_of
from kg.ground.explaining.search import Search
from kg.ground.release import Release
from kg.ground.terms import graph_iri
from kg.serve.local import select_on
from support.explaining import select_on as select_directly

ROOT = Path(__file__).parents[2]
GIVEN_GRAPHS = {graph_iri(name) for name in ("entities", "ontology", "metadata")}
PATIENCE = 5.0  # seconds; the slowest takes a quarter of one on an idle machine


@pytest.fixture(scope="module")
def select(built_release: Release) -> Select:
    store = ox.Store()
    store.bulk_load(path=str(built_release.data), format=ox.RdfFormat.N_QUADS)
    return select_directly(store)


@pytest.fixture(scope="module")
def inferred(select: Select, built_release: Release) -> list[Triple]:
    graph = graph_iri("inferred")
    rows = select(f"SELECT ?s ?p ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o")
    found = [triple for row in rows if (triple := triple_of(row))]
    assert len(found) == built_release.counts[graph] > 1000
    return found


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer.read(ROOT)


def test_every_inferred_triple_has_a_proof(select: Select, inferred: Sequence[Triple], explainer: Explainer) -> None:
    """All at once, which asks each rule for many triples in one query."""
    search = Search(select, explainer.entailments, inferred)
    search.run()
    assert all(search.inferred(triple) for triple in inferred)
    assert [triple for triple in inferred if not search.proofs(triple)] == []


def chosen(inferred: Sequence[Triple]) -> list[Triple]:
    """Of each sort of triple (a property, or a class) some, at even steps; all with SIDES_EXPLAIN_ALL=1."""
    if os.environ.get("SIDES_EXPLAIN_ALL") == "1":
        return [*inferred]
    sorts: dict[str, list[Triple]] = {}
    for triple in inferred:
        sorts.setdefault(triple.object if triple.predicate == TYPE else triple.predicate, []).append(triple)
    return [triple for found in sorts.values() for triple in {*found[:: max(1, len(found) // 4)], found[-1]}]


def test_explanations_end_at_what_is_said(select: Select, inferred: Sequence[Triple], explainer: Explainer) -> None:
    slowest = 0.0
    some = chosen(inferred)
    assert len(some) > 40
    for triple in some:
        start = time.perf_counter()
        tree = explainer.explain(select, triple)
        slowest = max(slowest, time.perf_counter() - start)
        assert tree
        assert tree.explained(), triple
        said = [node for node in tree.walk() if not node.inferred]
        assert said
        for node in said:
            assert node.grounds or set(node.graphs) & GIVEN_GRAPHS, node.triple
            assert all(ground.text and ground.source and ground.kind for ground in node.grounds)
    sys.stdout.write(f"{len(some)} explained, the slowest in {slowest:.3f} s\n")  # seen with pytest -s
    assert slowest < PATIENCE


def test_every_plain_triple_leads_to_its_words_and_its_rule(select: Select, explainer: Explainer) -> None:
    rows = select(
        "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX sides: <https://w3id.org/sides/ontology#> "
        "SELECT ?s ?p ?o { ?fact a sides:Fact ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o } ORDER BY ?fact"
    )
    assert len(rows) > 50
    for row in rows[::10]:
        triple = triple_of(row)
        assert triple
        tree = explainer.explain(select, triple)
        assert tree
        assert not tree.inferred
        assert tree.grounds
        for ground in tree.grounds:
            assert ground.fact
            assert (ROOT / ground.rule).is_file()


def test_the_command_line_asks_the_same(
    built_release: Release, select: Select, inferred: Sequence[Triple], explainer: Explainer
) -> None:
    guarded = select_on(built_release)
    for triple in inferred[:: len(inferred) // 5]:
        one, other = explainer.explain(guarded, triple), explainer.explain(select, triple)
        assert one
        assert other
        assert one.as_json() == other.as_json()  # each store names blank nodes as it likes
