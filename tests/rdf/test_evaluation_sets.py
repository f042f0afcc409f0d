"""Assertions of every kind go the whole way to a release and come back as they were.

The evaluation sets are no part of the repository, so their runs may be skipped; that of the golden file never is.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.facts import Vocabulary
from kg.build.mapping.given import GivenAssertions
from kg.build.pipeline import build
from kg.build.sources import Source
from kg.ground.kinds import KINDS
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES, graph_iri
from support.rdf_graphs import GOLDEN, ROOT, Graph, given, graph_of, read_back, unnamed

SHARED = sorted((ROOT.parent / "shared" / "eval").glob("*.jsonl"))
FILES = [
    GOLDEN / "kinds.jsonl",
    *(SHARED or [pytest.param(Path(), marks=pytest.mark.skip(reason="the evaluation sets are not here"))]),
]


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.name)
def file(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def graph(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of the source in a release, which stands only if shapes and checks have found nothing."""
    settings = Settings(home=ROOT, releases=tmp_path_factory.mktemp("releases"))
    build(settings, GivenAssertions.read(file), sources=[Source(file.stem, file)])
    name = ox.NamedNode(graph_iri(f"source/{file.stem}"))
    return Graph({quad.triple for quad in ox.parse(path=Release.current(settings).data) if quad.graph_name == name})


def test_every_slot_of_every_assertion_is_found_in_the_release(file: Path, graph: Graph) -> None:
    said = given(file)
    assert sum(map(len, said.values())) > 0
    assert read_back(graph) == said


def test_there_is_nothing_without_a_name_or_a_reason(graph: Graph) -> None:
    assert not any(isinstance(term, ox.BlankNode) for triple in graph.triples for term in triple)
    assert unnamed(graph) == set()


def reserved(line: str) -> tuple[str, int]:
    """A line of a file without its hedged and attributed assertions, and how many these were."""
    row = json.loads(line)
    kept = [said for said in row["assertions"] if "hedged" not in said and "attributed_to" not in said]
    return json.dumps(row | {"assertions": kept}), len(row["assertions"]) - len(kept)


def test_reserved_assertions_add_nothing_to_the_plain_layer(
    file: Path, graph: Graph, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    lines = [reserved(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert sum(left_out for _, left_out in lines) > 0
    without = tmp_path / file.name
    without.write_text("\n".join(line for line, _ in lines), encoding="utf-8")
    plain = facts(graph)
    assert plain
    assert plain == facts(Graph(graph_of(without, vocabulary)))


def facts(graph: Graph) -> set[ox.Triple]:
    """The plain layer and the facts that explain it."""
    assertions = {PREFIXES["sides"] + kind.ontology_class for kind in KINDS.values()}
    said = {triple.subject for triple in graph.triples if getattr(triple.object, "value", None) in assertions}
    beside = ("statement", "span", "unlinked", "amount")
    return {
        triple
        for triple in graph.triples
        if triple.subject not in said and not any(str(triple.subject)[1:].startswith(PREFIXES[name]) for name in beside)
    }
