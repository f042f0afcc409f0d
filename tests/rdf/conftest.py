"""The ontology folder's rules and context, and what hand-made assertions of every kind become by them."""

from __future__ import annotations

import pytest

from kg.build.facts import Vocabulary
from support.rdf_graphs import GOLDEN, ROOT, Graph, graph_of


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary.read(ROOT)


@pytest.fixture(scope="session")
def kinds(vocabulary: Vocabulary) -> Graph:
    return Graph(graph_of(GOLDEN / "kinds.jsonl", vocabulary))
