"""Every assertion of the evaluation sets becomes RDF; they are no part of the repository, so this may be skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.pipeline import Vocabulary
from kg.ground.kinds import KINDS
from support.rdf_graphs import ROOT, Graph, graph_of, unnamed

FILES = sorted((ROOT.parent / "shared" / "eval").glob("*.jsonl"))


@pytest.mark.skipif(not FILES, reason="the evaluation sets are not here")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_assertion_becomes_rdf(file: Path, vocabulary: Vocabulary) -> None:
    graph = Graph(graph_of(file, vocabulary))
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(graph.values("?x a sides:Statement")) == len(rows) > 0
    said = {(row["id"], json.dumps(item, sort_keys=True)) for row in rows for item in row["assertions"]}
    classes = " ".join(f"sides:{kind.ontology_class}" for kind in KINDS.values())
    assert len(graph.values(f"VALUES ?class {{ {classes} }} ?x a ?class")) == len(said)
    assert not any(isinstance(term, ox.BlankNode) for triple in graph.triples for term in triple)
    assert unnamed(graph) == set()
