"""Each graph under ontology/counterexamples/ is found wrong by the tool it names, and sound once it is mended."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.check.hygiene import Scope, read_checks, run_checks
from kg.build.check.reasoner import check_consistency
from kg.build.check.shapes import validate
from kg.ground.errors import OntologyError
from kg.ground.terms import PREFIXES, graph_iri

HOME = Path(__file__).parents[2]
FOLDER = HOME / "ontology" / "counterexamples"
ONTOLOGY = sorted((HOME / "ontology").glob("*.ttl"))
CHECKS = read_checks(HOME / "ontology" / "checks")
TOOLS = ("reasoner", "shapes", "checks")
Triples = set[ox.Triple]


@dataclass(frozen=True)
class Counterexample:
    """A file: what is wrong, what finds it, in which words, and the text before and after it is mended."""

    name: str
    problem: str
    found_by: str
    words: str
    wrong: str
    mended: str

    @classmethod
    def read(cls, path: Path) -> Counterexample:
        text = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^# ([A-Z][a-z ]+): ?(.*)$", text, re.MULTILINE))
        body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        old, new = (head[key].replace("\\n", "\n").removeprefix("nothing") for key in ("Instead of", "Right"))
        assert body.count(old) == 1, f"{path.name}: {old!r} does not stand once in the graph"
        return cls(path.stem, head["Problem"], head["Found by"], head.get("Words", ""), body, body.replace(old, new))


ALL = [Counterexample.read(path) for path in sorted(FOLDER.glob("*.ttl"))]


def of(tool: str) -> list[object]:
    return [pytest.param(item, id=item.name) for item in ALL if item.found_by == tool]


def turtle(text: str) -> Triples:
    return {quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE, rename_blank_nodes=True)}


def read(*files: Path) -> Triples:
    return {triple for file in files for triple in turtle(file.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def background() -> Triples:
    """The entities, and the source and the statement that everything here rests on."""
    return read(FOLDER / "background" / "sound.ttl", *(HOME / "ontology" / "entities").glob("*.ttl"))


def types_of(triples: Triples, background: Triples) -> Triples:
    """What the background says of the classes of things that the triples name: all that a contradiction here needs."""
    named = {term for triple in triples for term in triple}
    type_ = ox.NamedNode(PREFIXES["rdf"] + "type")
    return {triple for triple in background if triple.subject in named and triple.predicate == type_}


def check(triples: Triples, background: Triples) -> list[str]:
    """What the checks find in a release whose one source says these triples."""
    ontology = read(*ONTOLOGY)
    source = ox.NamedNode(graph_iri("source/sound"))
    merged = [ox.Quad(*triple) for triple in {*triples, *background, *ontology}]
    found = run_checks(CHECKS, [*merged, *(ox.Quad(*triple, source) for triple in triples)], Scope.GRAPH)
    return [str(finding) for finding in found]


def hold(triples: Triples, background: Triples) -> list[str]:
    """What the shapes find."""
    data = ox.serialize({*triples, *background, *read(*ONTOLOGY)}, format=ox.RdfFormat.N_TRIPLES) or b""
    return [str(violation) for violation in validate(data, HOME / "ontology" / "shapes")]


def test_there_are_some_for_each_tool() -> None:
    assert {item.found_by for item in ALL} == set(TOOLS)
    assert all(len(of(tool)) >= 5 for tool in TOOLS)
    assert len({item.problem for item in ALL}) == len(ALL)
    assert all(item.problem.endswith(".") for item in ALL)
    assert all(bool(item.words) == (item.found_by != "reasoner") for item in ALL)


@pytest.mark.parametrize("item", of("reasoner"))
def test_the_reasoner_finds_a_contradiction(item: Counterexample, background: Triples) -> None:
    said = turtle(item.wrong)
    with pytest.raises(OntologyError, match="ontology and data contradict each other"):
        check_consistency(ONTOLOGY, data=said | types_of(said, background))


@pytest.mark.parametrize("item", of("shapes"))
def test_the_shapes_find_it(item: Counterexample, background: Triples) -> None:
    assert any(item.words in finding for finding in hold(turtle(item.wrong), background))


@pytest.mark.parametrize("item", of("checks"))
def test_the_checks_find_it(item: Counterexample, background: Triples) -> None:
    assert any(item.words in finding for finding in check(turtle(item.wrong), background))


@pytest.fixture(scope="module")
def mended() -> Triples:
    """All of them, mended, in one graph."""
    return {triple for item in ALL for triple in turtle(item.mended)}


def test_mended_they_all_hold_together(mended: Triples, background: Triples) -> None:
    check_consistency(ONTOLOGY, data=mended | background)


def test_mended_they_fit_the_shapes(mended: Triples, background: Triples) -> None:
    assert hold(mended, background) == []


def test_mended_they_pass_the_checks(background: Triples) -> None:
    triples = {triple for item in ALL if item.found_by == "checks" for triple in turtle(item.mended)}
    assert check(triples, background) == []
