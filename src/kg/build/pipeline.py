"""The build, from the catalogue of sources to a published release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

import kg
from kg.build.entities import read_entities
from kg.build.inference import entailments
from kg.build.mapping import trig
from kg.build.mapping.documents import MappedStatement, read_context, triples
from kg.build.mapping.rules import Rule, apply_rules, read_rules
from kg.build.metadata import metadata
from kg.build.publication import exclusive, publish
from kg.build.report import BuildReport, SourceReport
from kg.build.sources import Source, catalogue_triples, read_catalogue, read_statements
from kg.ground.errors import BuildError, OntologyError
from kg.ground.kinds import KINDS, ValueType
from kg.ground.records import Assertion
from kg.ground.release import DATA, REPORT
from kg.ground.settings import Settings
from kg.ground.terms import expand, graph_iri, is_entity

Triples = set[ox.Triple]
Graphs = dict[str, Triples]
"""The triples of each named graph, by IRI."""


class Mapper(Protocol):
    """Whatever turns a text into assertions."""

    def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
        """The assertions of one statement; ``where`` is named in errors."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the sources are read against: the folder ``ontology/`` and the tables of entities."""

    context: list[object]
    rules: tuple[Rule, ...]
    ontology: Triples
    entities: Triples
    keys: frozenset[str]

    @classmethod
    def read(cls, home: Path) -> Vocabulary:
        """Read ontology, entities, rules and context; raises `OntologyError` for a file that is no Turtle."""
        folder = home / "ontology"
        return cls(
            context=read_context(folder / "context.jsonld"),
            rules=read_rules(folder / "rules"),
            ontology=_read_turtle(folder.glob("*.ttl")),
            entities=_read_turtle((folder / "entities").glob("*.ttl")),
            keys=frozenset(entity.key for entity in read_entities(home / "sources" / "entities")),
        )


@dataclass(frozen=True, slots=True)
class MappedSource:
    """A source and what its statements say."""

    source: Source
    statements: tuple[MappedStatement, ...]


def build(
    settings: Settings, mapper: Mapper, *, sources: Iterable[Source] | None = None, triples_folder: Path | None = None
) -> BuildReport:
    """Build a release from the sources of the catalogue, or from those given, and publish it.

    ``triples_folder`` is where one TriG file for each source is written, if anywhere. Nothing is published if any step
    raises one of the errors below `SidesError`.
    """
    with exclusive(settings.releases_path):
        chosen = read_catalogue(settings.home / "sources") if sources is None else tuple(sources)
        vocabulary = Vocabulary.read(settings.home)
        mapped = [map_source(source, mapper) for source in chosen]
        graphs = source_graphs(mapped, vocabulary)
        if triples_folder:
            write_triples(graphs, triples_folder)
        return _publish(settings, mapped, vocabulary, graphs)


def map_source(source: Source, mapper: Mapper) -> MappedSource:
    """Read the statements of a source and map each of them."""
    statements = read_statements(source.file, source=source.name, lang=source.lang)
    mapped = (
        MappedStatement(item, tuple(mapper.map(item.text, item.lang, where=f"{source.file}:{item.position}")))
        for item in statements
    )
    return MappedSource(source, tuple(mapped))


def source_graphs(mapped: Iterable[MappedSource], vocabulary: Vocabulary) -> Graphs:
    """The graph of each source: its statements, its assertions, and what the rules add.

    Raises `BuildError` for an entity that no table holds.
    """
    return {graph_iri(f"source/{item.source.name}"): _source_graph(item, vocabulary) for item in mapped}


def _source_graph(item: MappedSource, vocabulary: Vocabulary) -> Triples:
    for statement in item.statements:
        _check_entities(statement, vocabulary.keys, item.source.file)
    said = triples(item.statements, vocabulary.context)
    return said | apply_rules(vocabulary.rules, said, context=vocabulary.entities)


def _check_entities(item: MappedStatement, keys: frozenset[str], file: Path) -> None:
    for assertion in item.assertions:
        for name, value in assertion.slots.items():
            if KINDS[assertion.kind].slots[name].value is not ValueType.ENTITY:
                continue
            values = value if isinstance(value, tuple) else (str(value),)
            for key in values:
                if is_entity(key) and key not in keys:
                    raise BuildError(
                        f"{assertion.kind}.{name} names {key}, which no table of entities holds",
                        where=f"{file}:{item.statement.position}",
                        remedy="add a row to the table under sources/entities/",
                    )


def write_triples(graphs: Graphs, folder: Path) -> None:
    """Write one TriG file for each graph of a source, and remove the files of sources that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{graph.rpartition('/')[2]}.trig": trig.serialize(graph, held) for graph, held in graphs.items()}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    for path in folder.glob("*.trig"):
        if path.name not in files:
            path.unlink()


def _publish(
    settings: Settings, mapped: list[MappedSource], vocabulary: Vocabulary, source_parts: Graphs
) -> BuildReport:
    graphs = {
        **source_parts,
        graph_iri("ontology"): vocabulary.ontology,
        graph_iri("entities"): vocabulary.entities,
    }
    facts = {triple for held in (*source_parts.values(), vocabulary.entities) for triple in held}
    graphs[graph_iri("inferred")] = entailments(vocabulary.ontology, facts)
    versions = {"program": kg.__version__, "ontology": _ontology_version(vocabulary.ontology)}
    sources = [item.source for item in mapped]
    inputs = inputs_digest(settings.home, sources)
    catalogue = catalogue_triples(settings.home / "sources")
    graphs[graph_iri("metadata")] = metadata(graphs, sources, catalogue, inputs=inputs, versions=versions)
    quads = dataset(graphs)
    report = BuildReport(tuple(SourceReport.of(item.source.name, item.statements) for item in mapped), count(quads))
    release, new = publish(
        settings.releases_path, _filler(quads, report), name="sides", counts=report.quads, versions=versions
    )
    return replace(report, release=release.hash, new=new)


def _filler(quads: list[ox.Quad], report: BuildReport) -> Callable[[Path], None]:
    def fill(directory: Path) -> None:
        ox.serialize(quads, str(directory / DATA), ox.RdfFormat.N_QUADS)
        text = json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n"
        (directory / REPORT).write_text(text, encoding="utf-8")

    return fill


def dataset(graphs: Mapping[str, Iterable[ox.Triple]]) -> list[ox.Quad]:
    """The quads of the named graphs and of the default graph, the merge of them all, sorted.

    Blank nodes, which only the ontology has, get canonical names (RDFC-1.0).
    """
    named = ox.Dataset(
        ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph))
        for graph, triples_ in graphs.items()
        for triple in triples_
    )
    named.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    merged = {ox.Quad(quad.subject, quad.predicate, quad.object) for quad in named}
    return sorted((*merged, *named), key=str)


def count(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """The number of quads by graph IRI, the default graph under ``default``."""
    counts: dict[str, int] = {}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else "default"
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def inputs_digest(home: Path, sources: Iterable[Source]) -> str:
    """The SHA-256 of everything a build reads: ontology, tables of entities, catalogue, files of the sources."""
    files = {path for folder in ("ontology", "sources") for path in (home / folder).rglob("*") if path.is_file()}
    # A source may lie elsewhere, so its name stands for its place.
    named = {path.relative_to(home).as_posix(): path for path in files}
    named |= {f"source {source.name}": source.file for source in sources}
    total = hashlib.sha256()
    for name, path in sorted(named.items()):
        total.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def _ontology_version(ontology: Triples) -> str:
    version = expand("owl:versionInfo")
    found = sorted(triple.object.value for triple in ontology if triple.predicate.value == version)  # type: ignore[union-attr]
    return found[0] if found else "none"


def _read_turtle(paths: Iterable[Path]) -> Triples:
    return {triple for path in sorted(paths) for triple in _parse(path)}


def _parse(path: Path) -> Iterator[ox.Triple]:
    try:
        # Files may use one label for different blank nodes.
        quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except SyntaxError as error:
        raise OntologyError(str(error), where=str(path), expected="Turtle") from error
    yield from (quad.triple for quad in quads)
