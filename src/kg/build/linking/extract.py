"""Reading an extract of Wikidata: N-Triples, JSON lines or CSV, also compressed with gzip, line by line.

- **N-Triples**: `rdfs:label`, `skos:altLabel`, `schema:description`, `wdt:P31` and `wdt:P279` of items, as the dumps
  and the query service of Wikidata write them. Other triples are passed over.
- **JSON lines**: one item a line, as the JSON dumps have them (with or without the brackets and commas of an array),
  or short: `{"id": "Q142", "labels": {"fr": "France"}, "types": ["Q6256"]}`.
- **CSV**: columns `item` and `label`; `lang`, `aliases`, `description`, `types` and `above` if they are there, several
  values separated by semicolons. One item may have several rows.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.build.linking.items import INSTANCE_OF, SUBCLASS_OF, Item, merge
from kg.ground.errors import TableError
from kg.ground.terms import PREFIXES, expand

ITEM = re.compile(r"Q[1-9][0-9]*")
"""An item of Wikidata."""

FORMATS = (".nt", ".jsonl", ".json", ".csv")
"""The endings of files that can be read, before a further ``.gz``."""

_LABELS = frozenset(expand(name) for name in ("rdfs:label", "skos:prefLabel"))
_ALIAS = expand("skos:altLabel")
_DESCRIPTIONS = frozenset({"http://schema.org/description", "https://schema.org/description"})
_TYPE, _ABOVE = PREFIXES["wdt"] + INSTANCE_OF, PREFIXES["wdt"] + SUBCLASS_OF


@dataclass(frozen=True, slots=True)
class Extract:
    """The items of an extract, and the classes above each class that it tells of."""

    items: Mapping[str, Item]

    @property
    def above(self) -> Mapping[str, frozenset[str]]:
        """The classes directly above a class, by its item."""
        return {item.id: item.above for item in self.items.values() if item.above}


def read_extract(path: Path, wanted: Callable[[Item], bool] = lambda _: True) -> Extract:
    """Read an extract; only items that are ``wanted``, and what is said of classes, are kept in memory.

    In N-Triples, what is said of an item must stand together, as it does in the dumps. Raises `TableError` with the
    file and the line for what cannot be read.
    """
    ending = path.name.removesuffix(".gz")
    readers = {".nt": _triples, ".jsonl": _json_lines, ".json": _json_lines, ".csv": _rows}
    reader = next((found for suffix, found in readers.items() if ending.endswith(suffix)), None)
    if reader is None:
        raise TableError("no extract ends so", where=str(path), expected=", ".join(FORMATS) + ", or these with .gz")
    try:
        with _open(path) as lines:
            return Extract(merge(item for item in reader(lines, path) if item.above or wanted(item)))
    except (OSError, EOFError) as error:
        raise TableError(f"the extract cannot be read: {error}", where=str(path), expected="a file") from error
    except UnicodeDecodeError as error:
        raise TableError("this is not UTF-8", where=str(path), expected="UTF-8", remedy="convert the file") from error


def _open(path: Path) -> io.TextIOBase:
    if path.name.endswith(".gz"):
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _triples(lines: Iterable[str], path: Path) -> Iterator[Item]:
    """The items of N-Triples, each from the lines that stand together."""
    held: list[tuple[str, ox.NamedNode | ox.Literal]] = []
    current = ""
    for number, line in enumerate(lines, start=1):
        if not line.startswith(f"<{PREFIXES['wd']}Q"):
            continue
        try:
            (triple,) = [quad.triple for quad in ox.parse(line, ox.RdfFormat.N_TRIPLES)]
        except (SyntaxError, ValueError) as error:
            raise TableError(
                f"not N-Triples: {error}", where=f"{path}:{number}", expected="one triple a line"
            ) from error
        name = triple.subject.value.removeprefix(PREFIXES["wd"])
        if name != current and held:
            yield _from_triples(current, held)
            held = []
        current = name
        held.append((triple.predicate.value, triple.object))
    if held:
        yield _from_triples(current, held)


def _from_triples(name: str, told: Iterable[tuple[str, Any]]) -> Item:
    labels: dict[tuple[str, str], None] = {}
    aliases: dict[tuple[str, str], None] = {}
    descriptions: dict[str, str] = {}
    types: set[str] = set()
    above: set[str] = set()
    for predicate, value in told:
        if isinstance(value, ox.Literal):
            text = (value.language or "", value.value)
            if predicate in _LABELS:
                labels[text] = None
            elif predicate == _ALIAS:
                aliases[text] = None
            elif predicate in _DESCRIPTIONS:
                descriptions[text[0]] = text[1]
        elif isinstance(value, ox.NamedNode):
            item = value.value.removeprefix(PREFIXES["wd"])
            if predicate in (_TYPE, _ABOVE) and ITEM.fullmatch(item):
                (types if predicate == _TYPE else above).add(item)
    return Item(name, tuple(labels), tuple(aliases), descriptions, frozenset(types), frozenset(above))


def _json_lines(lines: Iterable[str], path: Path) -> Iterator[Item]:
    for number, line in enumerate(lines, start=1):
        text = line.strip().rstrip(",")
        if text in ("", "[", "]"):
            continue
        where = f"{path}:{number}"
        try:
            told = json.loads(text)
        except ValueError as error:
            raise TableError(f"not JSON: {error}", where=where, expected="one item a line") from error
        if not isinstance(told, dict) or not isinstance(told.get("id"), str):
            raise TableError("this is no item", where=where, expected='{"id": "Q142", "labels": {"fr": "France"}}')
        if ITEM.fullmatch(told["id"]):  # the dumps hold properties and lexemes too
            yield _from_json(told)


def _from_json(told: Mapping[str, Any]) -> Item:
    texts = {
        kind: tuple((language, text) for language, value in (told.get(kind) or {}).items() for text in _texts(value))
        for kind in ("labels", "aliases", "descriptions")
    }
    return Item(
        told["id"],
        texts["labels"],
        texts["aliases"],
        dict(texts["descriptions"]),
        frozenset(_claimed(told, INSTANCE_OF, "types")),
        frozenset(_claimed(told, SUBCLASS_OF, "above")),
    )


def _texts(value: Any) -> Iterator[str]:
    """The texts of a label, short or as the dumps have it, or of a list of aliases."""
    for part in value if isinstance(value, list) else [value]:
        text = part.get("value") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield text


def _claimed(told: Mapping[str, Any], property_: str, short: str) -> Iterator[str]:
    yield from (item for item in told.get(short) or () if isinstance(item, str) and ITEM.fullmatch(item))
    for claim in (told.get("claims") or {}).get(property_, ()):
        value = claim.get("mainsnak", {}).get("datavalue", {}).get("value", {})
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"]


def _rows(lines: Iterable[str], path: Path) -> Iterator[Item]:
    reader = csv.DictReader(lines, strict=True)
    try:
        for row in reader:
            yield _from_row(row, f"{path}:{reader.line_num}")
    except csv.Error as error:
        raise TableError(f"not CSV: {error}", where=f"{path}:{reader.line_num}", expected="CSV") from error


def _from_row(row: Mapping[str, str | None], where: str) -> Item:
    if "item" not in row or "label" not in row:
        raise TableError("a column is missing", where=where, expected="item, label")
    name = (row["item"] or "").strip().removeprefix(PREFIXES["wd"]).removeprefix("wd:")
    if not ITEM.fullmatch(name):
        raise TableError(f"{name!r} is no Wikidata item", where=where, expected="Q and a number")
    language = row.get("lang") or ""
    described = row.get("description") or ""
    return Item(
        name,
        ((language, row["label"]),) if row["label"] else (),
        tuple((language, text) for text in _several(row, "aliases")),
        {language: described} if described else {},
        frozenset(_several(row, "types")),
        frozenset(_several(row, "above")),
    )


def _several(row: Mapping[str, str | None], column: str) -> list[str]:
    return [part.strip() for part in (row.get(column) or "").split(";") if part.strip()]
