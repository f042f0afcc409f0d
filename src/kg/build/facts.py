"""One source from its file to the triples of its graph: read, mapped, joined by what the rules add, and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol, runtime_checkable

import pyoxigraph as ox

from kg.build.cache import Cache, key_of, program_digest
from kg.build.entities import read_entities
from kg.build.entity_graph import entity_turtle
from kg.build.files import read_text
from kg.build.lines import Lines, document, lines_of, object_, predicate, read_document, subject, triples_of
from kg.build.mapping.documents import MappedStatement, read_context, triples
from kg.build.mapping.given import Review, read_reviews
from kg.build.mapping.rules import Rule, apply_rules, read_rules
from kg.build.parallel import run
from kg.build.references import FILE as REFERENCES
from kg.build.references import read_references
from kg.build.report import SourceReport
from kg.build.sources import Source, read_statements
from kg.build.stream import Mapper
from kg.build.tables.reading import Known, declaration_of, read_rows
from kg.ground.errors import BuildError, OntologyError, StatementFileError
from kg.ground.kinds import KINDS, ValueType
from kg.ground.records import Statement
from kg.ground.release import CONTEXT
from kg.ground.terms import PREFIXES, expand, graph_iri, is_entity, source_iri

Triples = set[ox.Triple]

TERMS = "sides.ttl"
"""The file, in the folder of the ontology, without which nothing means anything."""

RULES = "rules"
"""The folder, in that of the ontology, of the rules that read one source at a time."""


@runtime_checkable
class KnownMapper(Mapper, Protocol):
    """A mapper that says the same of a text as long as its ``version`` and the tables of entities are the same."""

    version: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the sources are read against: the folder ``ontology/``, the tables of entities, the references."""

    context: list[object]
    rules: tuple[Rule, ...]
    ontology: Triples
    entity_files: Mapping[str, str]
    entities: Triples
    keys: frozenset[str]
    references: Mapping[str, Triples]

    @property
    def version(self) -> str:
        """What the ontology says of itself by ``owl:versionInfo``."""
        told = (item for item in self.ontology if item.predicate.value == expand("owl:versionInfo"))
        return ", ".join(sorted(item.object.value for item in told if isinstance(item.object, ox.Literal))) or "none"

    @property
    def known(self) -> Known:
        """What the rows of a table may name."""
        return Known(self.keys, frozenset(self.references))

    @property
    def cited(self) -> Triples:
        """What is said of all references."""
        return set[ox.Triple]().union(*self.references.values())

    @classmethod
    def read(cls, home: Path) -> Vocabulary:
        """Read ontology, entities, references, rules and context.

        Raises `OntologyError` for a file that is not there or not what it should be, `TableError` for a table.
        """
        folder = home / "ontology"
        entities = read_entities(home / "sources" / "entities")
        files = entity_turtle(entities)
        return cls(
            context=read_context(folder / CONTEXT),
            rules=read_rules(folder / RULES),
            ontology=_canonical(_read_turtle({folder / TERMS, *folder.glob("*.ttl")})),
            entity_files=files,
            entities={triple for name, text in files.items() for triple in _parse(text, name)},
            keys=frozenset(entity.key for entity in entities),
            references=read_references(home / "sources"),
        )


@dataclass(frozen=True, slots=True)
class MappedSource:
    """A source and what its statements say."""

    source: Source
    statements: tuple[MappedStatement, ...]


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What came of one source: the report, a digest of what was read in it, the triples of its graph."""

    report: SourceReport
    said: str
    lines: Lines

    @property
    def graph(self) -> str:
        """The IRI of the source's graph."""
        return graph_iri(f"source/{self.report.name}")

    def as_bytes(self) -> bytes:
        """The facts as they are kept from build to build."""
        head = json.dumps({"report": self.report.as_json(), "said": self.said}, ensure_ascii=False)
        return head.encode() + b"\n" + document(self.lines)

    @classmethod
    def from_bytes(cls, content: bytes) -> SourceFacts:
        """The facts that `as_bytes` has written."""
        head, _, lines = content.partition(b"\n")
        told = json.loads(head)
        return cls(SourceReport.from_json(told["report"]), told["said"], read_document(lines))


def map_source(source: Source, mapper: Mapper) -> MappedSource:
    """Read the statements of a file of text and map each of them, but for those that a person has reviewed.

    Reviews stand in the file itself, if it is a ``.jsonl`` file, or in the one beside it. Raises `StatementFileError`
    for a file that cannot be read, and for a review of what the source does not say.
    """
    statements = read_statements(source.file, source=source.name, lang=source.lang)
    reviews = read_reviews(source.file, every=False) if source.file.suffix == ".jsonl" else {}
    if source.reviews.is_file():
        reviews |= read_reviews(source.reviews, every=True)
    _check_reviews(reviews, statements)
    return MappedSource(source, tuple(_mapped(item, source, mapper, reviews) for item in statements))


def _mapped(item: Statement, source: Source, mapper: Mapper, reviews: Mapping[str, Review]) -> MappedStatement:
    review = reviews.get(item.position)
    if review is not None:
        return MappedStatement(item, review.assertions, reviewer=review.reviewer)
    return MappedStatement(item, tuple(mapper.map(item.text, item.lang, where=f"{source.file}:{item.position}")))


def _check_reviews(reviews: Mapping[str, Review], statements: Iterable[Statement]) -> None:
    texts = {statement.position: statement.text for statement in statements}
    for position, review in reviews.items():
        if texts.get(position) != review.text:
            raise StatementFileError(
                f"the review of statement {position} is of another text",
                where=review.where,
                expected=texts.get(position, f"a source with a statement {position}"),
                remedy="take this line away and review the statement again",
            )


def source_graphs(mapped: Iterable[MappedSource], vocabulary: Vocabulary) -> dict[str, Triples]:
    """The graph of each source: its statements, its assertions, and what the rules add.

    Raises `BuildError` for an entity that no table holds.
    """
    return {graph_iri(f"source/{item.source.name}"): _source_graph(item, vocabulary) for item in mapped}


def _source_graph(item: MappedSource, vocabulary: Vocabulary, catalogue: Iterable[ox.Triple] = ()) -> Triples:
    for statement in item.statements:
        _check_entities(statement, vocabulary.keys, item.source.file)
    said = triples(item.statements, vocabulary.context)
    context = vocabulary.entities | vocabulary.cited
    return said | apply_rules(vocabulary.rules, said, context=context.union(catalogue))


def facts_key(home: Path, source: Source, mapper: Mapper, catalogue: Iterable[ox.Triple]) -> str | None:
    """A digest of all that the facts of a source depend on; None if the mapper does not tell its version."""
    files = [source.file, source.reviews, *sorted((home / "sources" / "entities").glob("*.csv"))]
    files += [home / "ontology" / CONTEXT, *sorted((home / "ontology" / RULES).glob("*.rq"))]
    files += [home / "sources" / REFERENCES]
    if source.is_table:
        files.append(declaration_of(source.file))
        program = program_digest(*_PROGRAM, "build/tables")
    elif isinstance(mapper, KnownMapper):
        program = program_digest(*_PROGRAM) + mapper.version
    else:
        return None
    contents = [path.name.encode() + b"\0" + path.read_bytes() for path in files if path.is_file()]
    about = document(lines_of(catalogue))
    return key_of(source.name, source.lang or "", program, about, *contents)


_PROGRAM = (
    "ground", "build/mapping", "build/entities.py", "build/entity_graph.py", "build/facts.py", "build/files.py",
    "build/languages.py", "build/lines.py", "build/references.py", "build/report.py", "build/sources.py",
)  # fmt: skip


def _law(home: Path) -> str:
    """A digest of all that a vocabulary is read from."""
    folder = home / "ontology"
    files = [folder / CONTEXT, home / "sources" / REFERENCES, *folder.glob("*.ttl"), *(folder / RULES).glob("*.rq")]
    files += (home / "sources" / "entities").glob("*.csv")
    return key_of(*(path.name.encode() + b"\0" + path.read_bytes() for path in sorted(files) if path.is_file()))


@lru_cache(maxsize=1)
def _vocabulary(home: Path, law: str) -> Vocabulary:
    del law  # what is kept is of this law alone
    return Vocabulary.read(home)


@dataclass(frozen=True, slots=True)
class TableJob:
    """Reads a table, in whatever process: the home folder, the source, what the catalogue says of it.

    ``law`` is a digest of what the vocabulary is read from: a process reads it once for all tables.
    """

    home: Path
    source: Source
    catalogue: bytes
    law: str

    def __call__(self) -> SourceFacts:
        """The facts of the table; raises an error below `SidesError` for what cannot be read."""
        vocabulary = _vocabulary(self.home, self.law)
        rows = read_rows(self.source.file, source=self.source.name, known=vocabulary.known)
        catalogue = triples_of(read_document(self.catalogue))
        return _facts(MappedSource(self.source, rows), vocabulary, catalogue)


def _facts(mapped: MappedSource, vocabulary: Vocabulary, catalogue: Iterable[ox.Triple]) -> SourceFacts:
    source = mapped.source
    report = SourceReport.of(source.name, mapped.statements, is_table=source.is_table)
    said = hashlib.sha256(_said(mapped)).hexdigest()
    facts = SourceFacts(report, said, lines_of(_source_graph(mapped, vocabulary, catalogue)))
    different = {(item.statement.position, said.canonical()) for item in mapped.statements for said in item.assertions}
    _check_count(facts, len(different), source.file)
    return facts


_STATEMENTS = f"<{PREFIXES['statement']}".encode()
_ASSERTIONS = f"<{PREFIXES['assertion']}".encode()
_TEXT = f"<{expand('sides:text')}>".encode()
_DERIVED = f"<{expand('prov:wasDerivedFrom')}>".encode()


def _check_count(facts: SourceFacts, different: int, file: Path) -> None:
    """Whether all statements that were read, and all that they say, are in the graph: none is lost on the way."""
    report = facts.report
    statements = sum(predicate(line) == _TEXT for line in facts.lines)
    asserted = {
        subject(line)
        for line in facts.lines
        if line.startswith(_ASSERTIONS) and predicate(line) == _DERIVED and object_(line).startswith(_STATEMENTS)
    }
    whole = report.said + report.left_out == report.read or not report.is_table
    if not whole or statements != report.read or len(asserted) != different:
        raise BuildError(
            f"{report.read} rows or statements were read, {different} assertions made, {report.left_out} rows listed;"
            f" the graph has {statements} statements and {len(asserted)} assertions",
            where=str(file),
            expected="each row read is one assertion or is listed, and stands in the graph",
        )


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


def _said(item: MappedSource) -> bytes:
    """What the statements of a source say, with rule and place, as JSON."""
    said = [
        (mapped.statement.position, [assertion.as_json(evidence=True) for assertion in mapped.assertions])
        for mapped in item.statements
    ]
    return json.dumps(said, sort_keys=True).encode()


def read_facts(
    home: Path, sources: Iterable[Source], mapper: Mapper, vocabulary: Vocabulary, catalogue: Triples, cache: Cache
) -> tuple[SourceFacts, ...]:
    """The facts of each source, by its name; from the cache where all that they depend on is as it was.

    ``catalogue`` is what is said of the sources. Tables are read on all processors. Raises an error below `SidesError`
    for what cannot be read.
    """
    found: dict[str, SourceFacts] = {}
    keys: dict[str, str | None] = {}
    jobs: list[TableJob] = []
    law = _law(home)
    for source in sources:
        about = {triple for triple in catalogue if triple.subject == ox.NamedNode(source_iri(source.name))}
        key = keys[source.name] = facts_key(home, source, mapper, about)
        kept = cache.get(_kept(source.name), key) if key else None
        if kept is not None:
            found[source.name] = SourceFacts.from_bytes(kept)
        elif source.is_table:
            jobs.append(TableJob(home, source, document(lines_of(about)), law))
        else:
            found[source.name] = _facts(map_source(source, mapper), vocabulary, about)
            _keep(cache, found[source.name], key)
    jobs.sort(key=lambda job: -job.source.file.stat().st_size if job.source.file.exists() else 0)
    for facts in run(jobs):
        found[facts.report.name] = facts
        _keep(cache, facts, keys[facts.report.name])
    return tuple(facts for _, facts in sorted(found.items()))


def _keep(cache: Cache, facts: SourceFacts, key: str | None) -> None:
    if key:
        cache.put(_kept(facts.report.name), key, facts.as_bytes())


def _kept(name: str) -> str:
    return f"facts-{name}"


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
