"""What was published stays: no term is taken away, and each version is told in both languages."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.terms import ONTOLOGY, expand

HOME = Path(__file__).parents[2]
PUBLISHED = sorted((Path(__file__).parent / "published").glob("*.txt"))
"""For each version before the one in force, the IRIs of its terms and concepts."""

HEADER = ox.NamedNode(ONTOLOGY.removesuffix("#"))


@pytest.fixture(scope="module")
def ontology() -> ox.Store:
    store = ox.Store()
    for file in (HOME / "ontology").glob("*.ttl"):
        store.extend(ox.parse(path=file, rename_blank_nodes=True))
    return store


def told(store: ox.Store, name: str) -> list[ox.Literal | ox.NamedNode]:
    return [quad.object for quad in store.quads_for_pattern(HEADER, ox.NamedNode(expand(name)), None)]


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.stem)
def test_every_term_of_an_earlier_version_is_still_declared(ontology: ox.Store, file: Path) -> None:
    terms = file.read_text(encoding="utf-8").split()
    assert len(terms) > 250
    kind = ox.NamedNode(expand("rdf:type"))
    assert [t for t in terms if not any(ontology.quads_for_pattern(ox.NamedNode(t), kind, None))] == []


def test_the_version_before_is_the_last_one_that_is_kept(ontology: ox.Store) -> None:
    (version,) = told(ontology, "owl:versionInfo")
    assert [iri.value for iri in told(ontology, "owl:priorVersion")] == [f"{HEADER.value}/{PUBLISHED[-1].stem}"]
    assert PUBLISHED[-1].stem < version.value


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_version_has_its_note(ontology: ox.Store, language: str) -> None:
    (version,) = told(ontology, "owl:versionInfo")
    notes = [note.value for note in told(ontology, "skos:historyNote") if note.language == language]
    colon = " :" if language == "fr" else ":"
    versions = [version.value, *(file.stem for file in reversed(PUBLISHED))]
    assert sorted(note.partition(colon)[0] for note in notes) == sorted(versions)
    assert all(note.endswith(".") for note in notes)
