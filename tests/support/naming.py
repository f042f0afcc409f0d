"""The index of names of the entity tables, without a server, and how well it finds names that people wrote."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.build.facts import Vocabulary
from kg.build.inference import entailments
from kg.build.lines import lines_of, triples_of
from kg.build.sources import catalogue_triples
from kg.ground.catalogue import Catalogue
from kg.ground.terms import expand, graph_iri, shorten
from kg.serve.naming import NameIndex, Wanted, candidates, load
from kg.serve.results import Row, read_rows

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "naming" / "data"


def vocabulary_store() -> ox.Store:
    """The graphs of a release that know names: entities, ontology, what follows from them, the catalogue."""
    vocabulary = Vocabulary.read(ROOT)
    follows = entailments((lines_of(vocabulary.ontology),), (lines_of(vocabulary.entities),))
    graphs = {
        "entities": vocabulary.entities,
        "ontology": vocabulary.ontology,
        "inferred": triples_of(follows),
        "metadata": catalogue_triples(ROOT / "sources"),
    }
    store = ox.Store()
    for name, triples in ((name, list(several)) for name, several in graphs.items()):
        for place in (ox.NamedNode(graph_iri(name)), ox.DefaultGraph()):
            store.extend(ox.Quad(*triple, place) for triple in triples)
    return store


def index_of(store: ox.Store) -> NameIndex:
    """The index that a server would make of such a release and the saved queries."""

    def select(query: str) -> list[Row]:
        answer = store.query(query).serialize(format=ox.QueryResultsFormat.JSON)  # type: ignore[union-attr]
        assert answer
        return read_rows(answer)

    return load(select, Catalogue.read(ROOT / "queries"))


@dataclass(frozen=True)
class Case:
    """A name as somebody wrote it, the type that is asked for, and the entity that is meant (empty: none is)."""

    name: str
    type: str
    expected: str
    note: str


def cases(file: str) -> list[Case]:
    with (DATA / file).open(encoding="utf-8", newline="") as rows:
        return [Case(row["name"], row["type"], row["expected"], row["note"]) for row in csv.DictReader(rows)]


@dataclass(frozen=True)
class Score:
    """How often a match was made and right, how many were to be made, how often the entity was among three."""

    made: int
    right: int
    wanted: int
    among_three: int

    @property
    def precision(self) -> float:
        return self.right / self.made

    @property
    def recall(self) -> float:
        return self.right / self.wanted


def measure(index: NameIndex, found: Iterable[Case]) -> Score:
    made = right = wanted = among = 0
    for case in found:
        types = (expand(case.type),) if case.type else ()
        ranked = candidates(index, Wanted(case.name, types))
        match = shorten(ranked[0].entry.iri) if ranked and ranked[0].match else ""
        made += bool(match)
        right += bool(match) and match == case.expected
        wanted += bool(case.expected)
        among += bool(case.expected) and case.expected in [shorten(item.entry.iri) for item in ranked[:3]]
    return Score(made, right, wanted, among)


HEADING = "names                        cases  meant  matched  right  precision  recall  among three"


def told(file: str, rows: list[Case], score: Score) -> str:
    """The figures of a file of names as one line below `HEADING`."""
    return (
        f"{file:<28} {len(rows):>5}  {score.wanted:>5}  {score.made:>7}  {score.right:>5}  "
        f"{score.precision:>9.3f}  {score.recall:>6.3f}  {score.among_three / score.wanted:>11.3f}"
    )
