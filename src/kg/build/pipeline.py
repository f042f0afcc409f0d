"""The build, from the catalogue of sources to a published release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import pyoxigraph as ox

import kg
from kg.build import dumps
from kg.build.cache import FOLDER as CACHE
from kg.build.cache import Cache, key_of, program_digest
from kg.build.check.hygiene import Finding, Scope, read_checks, require_clean, run_checks
from kg.build.check.parts import REST, validate_parts
from kg.build.check.screening import count_shapes
from kg.build.check.violations import Violation, require_none
from kg.build.columns import columns
from kg.build.counting import statistics
from kg.build.facts import SourceFacts, Vocabulary, read_facts
from kg.build.inference import entailments, identities, is_evidence
from kg.build.lines import Lines, default_of, document, lines_of, quads, read_document, triples_of
from kg.build.links import ACROSS, links
from kg.build.mapping import trig
from kg.build.metadata import metadata
from kg.build.parallel import beside, run
from kg.build.publication import exclusive, publish
from kg.build.quality.report import QualityReport
from kg.build.quality.tally import slot_properties
from kg.build.quality.vocabulary import measurements
from kg.build.queries import executables
from kg.build.report import BuildReport
from kg.build.sources import Source, catalogue_triples, read_catalogue
from kg.build.stream import Mapper
from kg.ground.catalogue import Catalogue
from kg.ground.columns import COLUMNS
from kg.ground.errors import BuildError
from kg.ground.release import CONTEXT, DATA, QUALITY, REPORT, STATISTICS
from kg.ground.settings import Settings
from kg.ground.terms import graph_iri

CHECKS = "ontology/checks"
"""The folder, below the home folder, of the queries that must find nothing."""

SHAPES = "ontology/shapes"
"""The folder, below the home folder, of the SHACL shapes."""

TRIPLES = "triples"
"""The folder, below the home folder, of one TriG file for each source."""

QUERIES = "queries"
"""The folder, below the home folder, of the saved queries."""

ENTITY_FILES = "ontology/entities"
"""The folder, below the home folder, of the entities as Turtle."""


_HALF = ".new"  # the suffix of a generated file that is being written


def build(
    settings: Settings, mapper: Mapper, *, sources: Iterable[Source] | None = None, write_files: bool = False
) -> BuildReport:
    """Build a release from the sources of the catalogue, or from those given, and publish it.

    With ``write_files``, what is generated and kept in the repository (``triples/``, ``ontology/entities/``) is written
    anew. Nothing is published if any step raises one of the errors below `SidesError`.
    """
    with exclusive(settings.releases_path):
        cache = Cache(settings.releases_path / CACHE)
        built = assemble(settings.home, mapper, cache, sources)
        require_none(built.violations(settings.home, cache), settings.home / SHAPES)
        making = beside(ColumnsJob(document(built.default), built.quads.count(b"\n")))
        with dumps.writing(settings.releases_path, built.quads) as written, making as made_columns:
            require_clean(built.unclean(settings.home))
            if write_files:
                _write_files(settings.home, built.files(cache))
            written.finish()
            report = _publish(settings, built, written, made_columns())
        cache.keep_only(built.kept())
        return report


@dataclass(frozen=True)
class Built:
    """What a build has made before anything is checked or written; ``graphs`` are the triples of each graph by IRI."""

    vocabulary: Vocabulary
    facts: tuple[SourceFacts, ...]
    graphs: Mapping[str, Lines]
    versions: Mapping[str, str]
    quality: QualityReport

    @cached_property
    def default(self) -> Lines:
        """The default graph: the merge of all graphs."""
        return default_of(self.graphs)

    @cached_property
    def quads(self) -> bytes:
        """All graphs, and the default graph, as N-Quads: what is checked is what is published."""
        return b"".join(quads(self.graphs))

    def count(self) -> dict[str, int]:
        """The number of quads by graph IRI, the default graph (the merge of them all) under ``default``."""
        counts = {name: len(lines) for name, lines in self.graphs.items()}
        return dict(sorted({**counts, "default": len(self.default)}.items()))

    def violations(self, home: Path, cache: Cache) -> tuple[Violation, ...]:
        """What does not fit the shapes, in everything but what was inferred."""
        sources = {facts.report.name: facts.lines for facts in self.facts}
        left_out = {graph_iri("inferred"), *(facts.graph for facts in self.facts)}
        others = [lines for name, lines in self.graphs.items() if name not in left_out]
        return validate_parts(sources, others, home / SHAPES, cache)

    def size(self) -> int:
        """The number of triples that the shapes look at."""
        inferred = graph_iri("inferred")
        return len(default_of({name: lines for name, lines in self.graphs.items() if name != inferred}))

    def proved(self) -> Iterator[ox.Triple]:
        """What a complete reasoner can look at beside the ontology.

        That is everything that texts say, and what tables and inference say of all that is no evidence: the assertions
        of tables are too many, and the shapes look at each of them.
        """
        texts = {facts.graph for facts in self.facts if not facts.report.is_table}
        for name, lines in self.graphs.items():
            if name != graph_iri("ontology"):
                yield from triples_of(lines if name in texts else (line for line in lines if not is_evidence(line)))

    def unclean(self, home: Path) -> list[Finding]:
        """What the checks find in the ontology and in the graph as a whole."""
        checks = read_checks(home / CHECKS)
        in_ontology = run_checks(checks, self.vocabulary.ontology, Scope.ONTOLOGY)
        return [*in_ontology, *run_checks(checks, self.quads, Scope.GRAPH)]

    def files(self, cache: Cache) -> dict[str, bytes]:
        """The generated files that are kept in the repository, by path from the home folder."""
        files = {f"{ENTITY_FILES}/{name}": text.encode() for name, text in self.vocabulary.entity_files.items()}
        program = program_digest("build/mapping/trig.py", "build/lines.py", "ground/terms.py")
        jobs: list[tuple[str, str, TrigJob]] = []
        for facts in self.facts:
            text = document(facts.lines)
            key = key_of(program, facts.graph, text)
            kept = cache.get(f"trig-{facts.report.name}", key)
            if kept is None:
                jobs.append((facts.report.name, key, TrigJob(facts.graph, text)))
            else:
                files[f"{TRIPLES}/{facts.report.name}.trig"] = kept
        for (name, key, _), written in zip(jobs, run([job for _, _, job in jobs]), strict=True):
            files[f"{TRIPLES}/{name}.trig"] = written
            cache.put(f"trig-{name}", key, written)
        return dict(sorted(files.items()))

    def kept(self) -> set[str]:
        """The names under which the cache keeps something of this build."""
        sources = {facts.report.name for facts in self.facts}
        parts = {f"{what}-{name}" for what in ("facts", "shapes", "trig") for name in sources}
        return parts | {f"shapes-{REST}", "links", "inferred"}


@dataclass(frozen=True, slots=True)
class TrigJob:
    """Writes a graph as TriG, in whatever process."""

    graph: str
    text: bytes

    def __call__(self) -> bytes:
        """The graph as TriG."""
        return trig.serialize(self.graph, triples_of(read_document(self.text)))


@dataclass(frozen=True, slots=True)
class ColumnsJob:
    """Writes the default graph of a release of so many quads as columns, in whatever process."""

    default: bytes
    quads: int

    def __call__(self) -> bytes:
        """The content of the file."""
        return columns(read_document(self.default), self.quads)


def assemble(home: Path, mapper: Mapper, cache: Cache, given: Iterable[Source] | None = None) -> Built:
    """Read, map, infer and describe, of the sources of the catalogue or those given; nothing is checked or written."""
    folder = home / "sources"
    sources = read_catalogue(folder) if given is None else tuple(given)
    catalogue = catalogue_triples(folder) if given is None else set()
    vocabulary = Vocabulary.read(home)
    versions = {"program": kg.__version__, "ontology": vocabulary.version}
    facts = read_facts(home, sources, mapper, vocabulary, catalogue, cache)
    catalogue |= vocabulary.cited
    described, terms = lines_of(catalogue), lines_of(vocabulary.ontology)
    graphs = {**{item.graph: item.lines for item in facts}, graph_iri("entities"): lines_of(vocabulary.entities)}
    if across := _links(home, (*graphs.values(), described, terms), cache):
        graphs[graph_iri("links")] = across
    graphs[graph_iri("inferred")] = _inferred(terms, (*graphs.values(), described), cache)
    graphs[graph_iri("ontology")] = terms
    inputs = inputs_digest(home, sources, facts)
    quality = QualityReport.of(
        ((item.report, item.lines) for item in facts),
        properties=slot_properties(vocabulary.context),
        catalogue=catalogue,
        links=across,
        shapes=count_shapes(home / SHAPES),
        checks=len(read_checks(home / CHECKS)),
        entities=graphs[graph_iri("entities")],
    )
    told = {*catalogue, *executables(Catalogue.read(home / QUERIES))}
    graphs[graph_iri("metadata")] = metadata(
        graphs, sources, told, quality=measurements(quality), inputs=inputs, versions=versions
    )
    return Built(vocabulary, facts, graphs, versions, quality)


def _links(home: Path, graphs: tuple[Lines, ...], cache: Cache) -> Lines:
    program = program_digest("build/links.py", "build/lines.py", "build/mapping/rules.py", "ground/terms.py")
    rules = [path.read_bytes() for path in sorted((home / ACROSS).glob("*.rq"))]
    return _kept(cache, "links", key_of(program, *rules, *map(document, graphs)), lambda: links(home, graphs))


def _inferred(terms: Lines, graphs: tuple[Lines, ...], cache: Cache) -> Lines:
    program = program_digest("build/inference.py", "build/lines.py") + version("reasonable")
    key = key_of(program, document(terms), *map(document, graphs))
    return _kept(cache, "inferred", key, lambda: tuple(sorted({*entailments((terms,), graphs), *identities(graphs)})))


def _kept(cache: Cache, name: str, key: str, make: Callable[[], Lines]) -> Lines:
    kept = cache.get(name, key)
    if kept is not None:
        return read_document(kept)
    made = make()
    cache.put(name, key, document(made))
    return made


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


def _publish(settings: Settings, built: Built, written: dumps.Writing, in_columns: bytes) -> BuildReport:
    report = BuildReport(tuple(facts.report for facts in built.facts), built.count())
    release, new = publish(
        settings.releases_path,
        _filler(built, report, written.data, in_columns),
        name="sides",
        counts=report.quads,
        versions=built.versions,
        written=written,
    )
    return replace(report, release=release.hash, new=new)


def _filler(built: Built, report: BuildReport, data: Path, in_columns: bytes) -> Callable[[Path], None]:
    documents = {
        REPORT: report.as_json(),
        QUALITY: built.quality.as_json(),
        CONTEXT: {"@context": built.vocabulary.context},
        STATISTICS: statistics(built.graphs, built.default),
    }

    def fill(directory: Path) -> None:
        data.rename(directory / DATA)
        for name, content in documents.items():
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            (directory / name).write_text(text, encoding="utf-8")
        (directory / COLUMNS).write_bytes(in_columns)

    return fill


_INPUTS = (
    "ontology/*.ttl",
    "ontology/context.jsonld",
    "ontology/rules/*.rq",
    "ontology/rules/across/*.rq",
    "sources/entities/*.csv",
    "sources/references.csv",
    "sources/catalogue.ttl",
    "queries/**/*.rq",
)


def inputs_digest(home: Path, sources: Iterable[Source], facts: Iterable[SourceFacts]) -> str:
    """The SHA-256 of all that a graph is made of.

    That is ontology, rules, tables of entities, references, catalogue, saved queries, the files of the sources, and
    what was read in them: two mappers that differ make two builds, wherever the difference lies.
    """
    named = {path.relative_to(home).as_posix(): path for pattern in _INPUTS for path in home.glob(pattern)}
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in named.items()}
    for source in sources:  # a source may lie elsewhere, so its name stands for its place
        hashes[f"source {source.name}"] = hashlib.sha256(source.file.read_bytes()).hexdigest()
        if source.reviews.is_file():
            hashes[f"reviews {source.name}"] = hashlib.sha256(source.reviews.read_bytes()).hexdigest()
    hashes |= {f"assertions {item.report.name}": item.said for item in facts}
    total = hashlib.sha256()
    for name, hashed in sorted(hashes.items()):
        total.update(f"{name}\0{hashed}\n".encode())
    return total.hexdigest()
