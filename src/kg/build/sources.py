"""The sources: the catalogue that declares them, and the statements in their files."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.build.languages import detect_language
from kg.ground.errors import CatalogueError, StatementFileError
from kg.ground.records import LANGUAGES, REVIEWED, Statement
from kg.ground.terms import PREFIXES, expand, shorten, slug

STATEMENT_FOLDER = "statements"
"""The folder of statement files below ``sources/``; every file in it is catalogued."""

TABLE_FOLDER = "tables"
"""The folder of tables below ``sources/``; every table in it is catalogued, and has its mapping beside it."""

CATALOGUE = "catalogue.ttl"
"""The file below ``sources/`` that declares every source."""

STANDARD_INPUT = Path("-")
"""Stands for a text file that is read from the standard input."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source: its name in IRIs, its file, the language of its statements (None: each statement has its own)."""

    name: str
    file: Path
    lang: str | None = None

    @property
    def is_table(self) -> bool:
        """Whether the file holds rows rather than text."""
        return self.file.suffix == ".csv"

    @property
    def reviews(self) -> Path:
        """The file, beside that of a text, of what people have decided on its statements; it need not be there."""
        return self.file.with_suffix(REVIEWED)


def read_statements(path: Path, *, source: str | None = None, lang: str | None = None) -> tuple[Statement, ...]:
    """The statements of a ``.txt`` file (one a line, its number the position) or a ``.jsonl`` file (id, lang, text).

    A blank line is no statement; it keeps its number. ``source`` is by default the name of the file. ``lang`` is the
    language of a text file, found line by line where it is not given; a JSON line names its own. `STANDARD_INPUT` is
    a text file.
    Raises `StatementFileError` for what cannot be read, with file and line.
    """
    source = source or slug(path.stem)
    match ".txt" if path == STANDARD_INPUT else path.suffix:
        case ".txt":
            found = _text_statements(path, source, lang)
        case ".jsonl":
            found = _json_statements(path, source)
        case other:
            raise StatementFileError(f"a file that ends in {other!r}", where=str(path), expected=".txt or .jsonl")
    return tuple(found)


def _text_statements(path: Path, source: str, lang: str | None) -> Iterator[Statement]:
    if lang is not None and lang not in LANGUAGES:
        raise StatementFileError(f"unknown language {lang!r}", where=str(path), expected=" or ".join(LANGUAGES))
    for number, _, line in read_lines(path):
        yield Statement(source, str(number), lang or detect_language(line), line)


def _json_statements(path: Path, source: str) -> Iterator[Statement]:
    seen: dict[str, int] = {}
    for number, where, line in read_lines(path):
        statement = json_statement(line, source, where)
        first = seen.setdefault(statement.position, number)
        if first != number:
            raise StatementFileError(
                f"the id {statement.position!r} stands in line {first} already", where=where, expected="one line an id"
            )
        yield statement


def json_statement(line: str, source: str, where: str) -> Statement:
    """The statement that a line of JSON holds; raises `StatementFileError` if it holds none."""
    row = read_object(line, where)
    missing = [key for key in ("id", "lang", "text") if not (isinstance(row.get(key), str) and row[key])]
    if missing:
        raise StatementFileError(f"{missing[0]} is missing, empty or no string", where=where, expected="id, lang, text")
    position, lang, text = str(row["id"]), str(row["lang"]), str(row["text"])
    if lang not in LANGUAGES:
        raise StatementFileError(f"unknown language {lang!r}", where=where, expected=" or ".join(LANGUAGES))
    if re.search("[\ud800-\udfff]", position + text):
        raise StatementFileError("half a surrogate pair, which is no character", where=where, expected="Unicode text")
    return Statement(source, position, lang, text)


def read_object(line: str, where: str) -> dict[str, object]:
    """The JSON object of one line; raises `StatementFileError` if it holds none."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise StatementFileError(f"not JSON: {error}", where=where, expected="one JSON object a line") from error
    if not isinstance(row, dict):
        raise StatementFileError(f"a JSON {type(row).__name__}", where=where, expected="one JSON object a line")
    return row


def read_lines(path: Path) -> Iterator[tuple[int, str, str]]:
    """The lines of a UTF-8 file that are not blank: number, ``file:number`` and text without its line end.

    Only a line feed ends a line, with or without a carriage return before it: a text may hold any other separator.
    """
    for number, raw in raw_lines(path):
        where = f"{path}:{number}"
        line = decoded(raw, where)
        if line.strip():
            yield number, where, line


def raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, blank ones too, one by one as they are read.

    Raises `StatementFileError` for a file that cannot be read.
    """
    try:
        with nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
    except OSError as error:
        raise StatementFileError(error.strerror or "cannot be read", where=str(path)) from error


def decoded(raw: bytes, where: str) -> str:
    """The text of a line without its line end; raises `StatementFileError` if it is not UTF-8."""
    try:
        return raw.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise StatementFileError(
            f"byte {error.start + 1} is not UTF-8", where=where, expected="UTF-8", remedy="convert the file to UTF-8"
        ) from error


# What the catalogue must tell of each source: property, and the languages in which it must stand.
_REQUIRED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dcterms:title", LANGUAGES),
    ("dcterms:description", LANGUAGES),
    ("dcterms:publisher", ()),
    ("dcterms:language", ()),
    ("dcterms:license", ()),
    ("dcterms:issued", ()),
    ("dcat:version", ()),
    ("sides:file", ()),
)


def read_catalogue(folder: Path) -> tuple[Source, ...]:
    """The sources that ``catalogue.ttl`` in ``folder`` declares, by name.

    Raises `CatalogueError` when a description lacks something, a file is not there or is not catalogued.
    """
    path = folder / CATALOGUE
    graph = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in catalogue_triples(folder))
    datasets = graph.quads_for_object(ox.NamedNode(expand("dcat:Dataset")))
    subjects = sorted({quad.subject for quad in datasets if isinstance(quad.subject, ox.NamedNode)}, key=str)
    sources = tuple(_source(graph, subject, folder) for subject in subjects)
    _compare_files(folder, sources, path)
    return sources


def catalogue_triples(folder: Path) -> set[ox.Triple]:
    """Everything that ``catalogue.ttl`` in ``folder`` says; raises `CatalogueError` if it is not Turtle."""
    path = folder / CATALOGUE
    try:
        return {quad.triple for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)}
    except (OSError, SyntaxError) as error:
        raise CatalogueError(str(error), where=str(path), expected="a Turtle file") from error


def _source(graph: ox.Dataset, subject: ox.NamedNode, folder: Path) -> Source:
    where = f"{folder / CATALOGUE}, {shorten(subject.value)}"
    if not re.fullmatch(re.escape(PREFIXES["source"]) + r"[a-z0-9-]+", subject.value):
        raise CatalogueError("the IRI of a source", where=where, expected="source: and small letters, digits, hyphens")
    description = frozenset(quad.triple for quad in graph.quads_for_subject(subject))
    for curie, languages in _REQUIRED:
        held = [triple.object for triple in description if triple.predicate.value == expand(curie)]
        lacking = set(languages) - {item.language for item in held if isinstance(item, ox.Literal)}
        if lacking or not held:
            named = f" in {', '.join(sorted(lacking))}" if lacking else ""
            raise CatalogueError(f"{curie} is missing{named}", where=where, remedy=f"add {curie}{named}")
    lang = _one(description, "dcterms:language", where)
    if lang not in LANGUAGES:
        raise CatalogueError(f"unknown language {lang!r}", where=where, expected=" or ".join(LANGUAGES))
    file = folder / _one(description, "sides:file", where)
    return Source(subject.value.removeprefix(PREFIXES["source"]), file, lang)


def _one(description: frozenset[ox.Triple], curie: str, where: str) -> str:
    values = [
        triple.object.value
        for triple in description
        if triple.predicate.value == expand(curie) and isinstance(triple.object, ox.Literal)
    ]
    if len(values) != 1:
        raise CatalogueError(f"{curie} has {len(values)} values", where=where, expected="one text")
    return values[0]


def _compare_files(folder: Path, sources: tuple[Source, ...], path: Path) -> None:
    catalogued = {source.file for source in sources}
    present = {file for file in (folder / STATEMENT_FOLDER).glob("*") if file.is_file()}
    reviews = {source.reviews for source in sources if not source.is_table}
    present -= {file for file in present if file in reviews or file.with_suffix("") in reviews}  # and unfinished ones
    present |= {file for file in (folder / TABLE_FOLDER).glob("*") if file.is_file() and file.suffix != ".toml"}
    for source in sources:
        if not source.file.is_file():
            raise CatalogueError(
                f"{source.file} is not there", where=str(path), remedy="add the file or correct sides:file"
            )
    for file in sorted(present - catalogued):
        raise CatalogueError(f"{file} is not catalogued", where=str(path), remedy="declare it as a dcat:Dataset")
