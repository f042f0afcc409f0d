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
from kg.build.check.hygiene import Finding, Scope, read_checks, require_clean, run_checks
from kg.build.check.shapes import require_valid
from kg.build.entities import read_entities
from kg.build.entity_graph import entity_turtle
from kg.build.files import read_text
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
from kg.ground.release import CONTEXT, DATA, REPORT
from kg.ground.settings import Settings
from kg.ground.terms import expand, graph_iri, is_entity

Triples = set[ox.Triple]
Graphs = dict[str, Triples]
"""The triples of each named graph, by IRI."""

CHECKS = "ontology/checks"
"""The folder, below the home folder, of the queries that must find nothing."""

SHAPES = "ontology/shapes"
"""The folder, below the home folder, of the SHACL shapes."""

TRIPLES = "triples"
"""The folder, below the home folder, of one TriG file for each source."""

TERMS = "sides.ttl"
"""The file, in the folder of the ontology, without which nothing means anything."""

ENTITY_FILES = "ontology/entities"
"""The folder, below the home folder, of the entities as Turtle."""


_HALF = ".new"  # the suffix of a generated file that is being written


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
    entity_files: Mapping[str, str]
    entities: Triples
    keys: frozenset[str]

    @property
    def version(self) -> str:
        """What the ontology says of itself by ``owl:versionInfo``."""
        told = (item for item in self.ontology if item.predicate.value == expand("owl:versionInfo"))
        return ", ".join(sorted(item.object.value for item in told if isinstance(item.object, ox.Literal))) or "none"

    @classmethod
    def read(cls, home: Path) -> Vocabulary:
        """Read ontology, entities, rules and context.

        Raises `OntologyError` for a file that is not there or not what it should be, `TableError` for a table.
        """
        folder = home / "ontology"
        entities = read_entities(home / "sources" / "entities")
        files = entity_turtle(entities)
        return cls(
            context=read_context(folder / CONTEXT),
            rules=read_rules(folder / "rules"),
            ontology=_canonical(_read_turtle({folder / TERMS, *folder.glob("*.ttl")})),
            entity_files=files,
            entities={triple for name, text in files.items() for triple in _parse(text, name)},
            keys=frozenset(entity.key for entity in entities),
        )


@dataclass(frozen=True, slots=True)
class MappedSource:
    """A source and what its statements say."""

    source: Source
    statements: tuple[MappedStatement, ...]


def build(
    settings: Settings, mapper: Mapper, *, sources: Iterable[Source] | None = None, write_files: bool = False
) -> BuildReport:
    """Build a release from the sources of the catalogue, or from those given, and publish it.

    With ``write_files``, what is generated and kept in the repository (``triples/``, ``ontology/entities/``) is written
    anew. Nothing is published if any step raises one of the errors below `SidesError`.
    """
    with exclusive(settings.releases_path):
        built = assemble(settings.home, mapper, sources)
        require_valid(built.n_triples(), settings.home / SHAPES)
        require_clean(built.unclean(settings.home))
        if write_files:
            _write_files(settings.home, built.files())
        return _publish(settings, built)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build has made before anything is checked or written."""

    vocabulary: Vocabulary
    mapped: list[MappedSource]
    graphs: Graphs
    quads: list[ox.Quad]
    versions: Mapping[str, str]

    def n_triples(self) -> bytes:
        """What the shapes look at: everything but what was inferred."""
        return ox.serialize(self._without("inferred"), format=ox.RdfFormat.N_TRIPLES) or b""

    def data(self) -> Triples:
        """Everything but the ontology, which has blank nodes of its own."""
        return self._without("ontology")

    def _without(self, name: str) -> Triples:
        return set[ox.Triple]().union(*(held for graph, held in self.graphs.items() if graph != graph_iri(name)))

    def unclean(self, home: Path) -> list[Finding]:
        """What the checks find in the ontology and in the graph as a whole."""
        checks = read_checks(home / CHECKS)
        in_ontology = run_checks(checks, self.vocabulary.ontology, Scope.ONTOLOGY)
        return [*in_ontology, *run_checks(checks, self.quads, Scope.GRAPH)]

    def files(self) -> dict[str, bytes]:
        """The generated files that are kept in the repository, by path from the home folder."""
        entities = {f"{ENTITY_FILES}/{name}": text.encode() for name, text in self.vocabulary.entity_files.items()}
        names = [item.source.name for item in self.mapped]
        sources = {f"{TRIPLES}/{name}.trig": graph_iri(f"source/{name}") for name in names}
        return entities | {path: trig.serialize(graph, self.graphs[graph]) for path, graph in sources.items()}


def assemble(home: Path, mapper: Mapper, given: Iterable[Source] | None = None) -> Built:
    """Read, map, infer and describe, of the sources of the catalogue or those given; nothing is checked or written."""
    folder = home / "sources"
    sources = read_catalogue(folder) if given is None else tuple(given)
    catalogue = catalogue_triples(folder) if given is None else set()
    vocabulary = Vocabulary.read(home)
    versions = {"program": kg.__version__, "ontology": vocabulary.version}
    mapped = [map_source(source, mapper) for source in sources]
    graphs = {**source_graphs(mapped, vocabulary), graph_iri("entities"): vocabulary.entities}
    graphs[graph_iri("inferred")] = entailments(vocabulary.ontology, catalogue.union(*graphs.values()))
    graphs[graph_iri("ontology")] = vocabulary.ontology
    inputs = inputs_digest(home, mapped)
    graphs[graph_iri("metadata")] = metadata(graphs, sources, catalogue, inputs=inputs, versions=versions)
    return Built(vocabulary, mapped, graphs, dataset(graphs), versions)


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


def _write_files(home: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            _write_file(home / name, content)
        for path in strays(home, files):
            path.unlink()
    except OSError as error:
        raise BuildError(
            f"a generated file cannot be written: {error.strerror or error}",
            where=error.filename or str(home),
            expected=f"{TRIPLES}/ and {ENTITY_FILES}/ that this user may write to, with room on the disk",
        ) from error


def _write_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, unless it holds this content already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_file() and path.read_bytes() == content:
        return
    aside = path.with_name(f"{path.name}{_HALF}")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def strays(home: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Generated files of sources that are gone, and what a build that was killed has left half written."""
    gone = [path for path in (home / TRIPLES).glob("*.trig") if f"{TRIPLES}/{path.name}" not in files]
    halves = (path for folder in (TRIPLES, ENTITY_FILES) for path in (home / folder).glob(f"*{_HALF}"))
    return sorted([*gone, *halves])


def _publish(settings: Settings, built: Built) -> BuildReport:
    sources = tuple(SourceReport.of(item.source.name, item.statements) for item in built.mapped)
    report = BuildReport(sources, count(built.quads))
    release, new = publish(
        settings.releases_path,
        _filler(built, report),
        name="sides",
        counts=report.quads,
        versions=built.versions,
    )
    return replace(report, release=release.hash, new=new)


def _filler(built: Built, report: BuildReport) -> Callable[[Path], None]:
    documents = {REPORT: report.as_json(), CONTEXT: {"@context": built.vocabulary.context}}

    def fill(directory: Path) -> None:
        ox.serialize(built.quads, str(directory / DATA), ox.RdfFormat.N_QUADS)
        for name, document in documents.items():
            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
            (directory / name).write_text(text, encoding="utf-8")

    return fill


def dataset(graphs: Mapping[str, Iterable[ox.Triple]]) -> list[ox.Quad]:
    """The quads of the named graphs and of the default graph, the merge of them all, sorted."""
    named = (
        ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph))
        for graph, held in graphs.items()
        for triple in held
    )
    merged = {triple for held in graphs.values() for triple in held}
    return sorted((*(ox.Quad(item.subject, item.predicate, item.object) for item in merged), *named), key=str)


def count(quads: Iterable[ox.Quad]) -> dict[str, int]:
    """The number of quads by graph IRI, the default graph under ``default``."""
    counts: dict[str, int] = {}
    for quad in quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else "default"
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


_INPUTS = (
    "ontology/*.ttl",
    "ontology/context.jsonld",
    "ontology/rules/*.rq",
    "sources/entities/*.csv",
    "sources/catalogue.ttl",
)


def inputs_digest(home: Path, mapped: Iterable[MappedSource]) -> str:
    """The SHA-256 of all that a graph is made of.

    That is ontology, rules, tables of entities, catalogue, the files of the sources, and what a mapper read in them:
    two mappers that differ make two builds, wherever the difference lies.
    """
    named = {path.relative_to(home).as_posix(): path for pattern in _INPUTS for path in home.glob(pattern)}
    hashes = {name: _sha256(path.read_bytes()) for name, path in named.items()}
    for item in mapped:  # a source may lie elsewhere, so its name stands for its place
        hashes[f"source {item.source.name}"] = _sha256(item.source.file.read_bytes())
        hashes[f"assertions {item.source.name}"] = _sha256(_said(item))
    total = hashlib.sha256()
    for name, hashed in sorted(hashes.items()):
        total.update(f"{name}\0{hashed}\n".encode())
    return total.hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _said(item: MappedSource) -> bytes:
    """What the statements of a source say, with rule and place, as JSON."""
    said = [
        (mapped.statement.position, [assertion.as_json(evidence=True) for assertion in mapped.assertions])
        for mapped in item.statements
    ]
    return json.dumps(said, sort_keys=True).encode()


def _read_turtle(paths: Iterable[Path]) -> Triples:
    texts = ((str(path), read_text(path, error=OntologyError)) for path in sorted(paths))
    return {triple for where, text in texts for triple in _parse(text, where)}


def _canonical(triples_: Triples) -> Triples:
    """The same triples with names for the blank nodes that depend on nothing else (RDFC-1.0)."""
    held = ox.Dataset(ox.Quad(item.subject, item.predicate, item.object) for item in triples_)
    held.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {quad.triple for quad in held}


def _parse(text: str, where: str) -> Iterator[ox.Triple]:
    try:
        # Two files may use one label for different blank nodes.
        quads = list(ox.parse(text, ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except SyntaxError as error:
        raise OntologyError(str(error), where=where, expected="Turtle") from error
    yield from (quad.triple for quad in quads)
