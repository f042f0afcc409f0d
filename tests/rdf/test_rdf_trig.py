"""TriG files: the same bytes for the same triples, readable, and nothing lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from kg.build.mapping import trig
from kg.ground.terms import PREFIXES, graph_iri
from support.rdf_graphs import GOLDEN, Graph

GRAPH = graph_iri("source/kinds")
NAMES = st.builds(
    lambda prefix, local: ox.NamedNode(PREFIXES[prefix] + local),
    st.sampled_from(sorted(PREFIXES)),
    st.text("abcXYZ019-_.~%éñ/", max_size=8).map(lambda local: local.replace("%", "%20")),
)
LITERALS = st.one_of(
    st.text().map(ox.Literal),
    st.text().map(lambda text: ox.Literal(text, language="fr")),
    st.integers().map(ox.Literal),
)
TRIPLES = st.sets(st.builds(ox.Triple, NAMES, NAMES, st.one_of(NAMES, LITERALS)), max_size=8)


@given(TRIPLES)
def test_nothing_is_lost(triples: set[ox.Triple]) -> None:
    quads = ox.parse(trig.serialize(GRAPH, triples), ox.RdfFormat.TRIG)
    assert {(str(quad.graph_name), quad.triple) for quad in quads} == {(f"<{GRAPH}>", triple) for triple in triples}


def test_the_order_in_which_triples_come_does_not_matter(kinds: Graph) -> None:
    triples = sorted(kinds.triples, key=str)
    random.Random(7).shuffle(triples)
    assert trig.serialize(GRAPH, triples) == trig.serialize(GRAPH, kinds.triples)


def test_only_prefixes_that_occur_are_declared() -> None:
    text = trig.serialize(GRAPH, {ox.Triple(*(ox.NamedNode(PREFIXES["state"] + name) for name in "abc"))}).decode()
    assert text.splitlines()[0] == "@prefix state: <https://w3id.org/sides/id/state/> ."
    assert text.count("@prefix") == 1


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.rdf_graphs import GOLDEN, ROOT, graph_of
from kg.build.mapping import trig
from kg.build.facts import Vocabulary
sys.stdout.buffer.write(trig.serialize({graph!r}, graph_of(GOLDEN / "kinds.jsonl", Vocabulary.read(ROOT))))
"""


def test_every_process_writes_the_same_bytes() -> None:
    program = PROGRAM.format(tests=str(Path(__file__).parents[1]), graph=GRAPH)
    for seed in ("0", "1", "4711"):
        run = subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert run.stdout == (GOLDEN / "kinds.trig").read_bytes()
