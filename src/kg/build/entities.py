"""The entity tables under ``sources/entities/``: states, organisations, people, equipment."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.ground.errors import TableError

TABLES: Mapping[str, tuple[str, str]] = {
    "state": ("states.csv", "iso3"),
    "org": ("organisations.csv", "id"),
    "person": ("people.csv", "slug"),
    "equipment": ("equipment.csv", "slug"),
}
"""Kind of entity -> the file that lists it and the column that names it."""


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of an entity table: ``key`` as the contract writes it (``state:FRA``), the other cells by column."""

    key: str
    kind: str
    name_fr: str
    name_en: str
    wikidata: str | None
    cells: Mapping[str, str]

    def several(self, column: str) -> tuple[str, ...]:
        """The values of a cell that holds several, separated by semicolons."""
        return tuple(part.strip() for part in self.cells.get(column, "").split(";") if part.strip())


def read_entities(folder: Path) -> tuple[Entity, ...]:
    """Read the four tables, in their own order.

    Raises `TableError` for a row with a wrong number of cells, an empty key or name, or a key that stands twice.
    """
    entities: dict[str, Entity] = {}
    for kind, (file, key_column) in TABLES.items():
        for where, row in _rows(folder / file):
            if not (row.get(key_column) and row.get("name_fr") and row.get("name_en")):
                raise TableError("a key or a name is empty", where=where, expected=f"{key_column}, name_fr, name_en")
            key = f"{kind}:{row[key_column]}"
            if key in entities:
                raise TableError(f"{key} stands twice", where=where, expected="one row an entity")
            entities[key] = Entity(key, kind, row["name_fr"], row["name_en"], row["qid"] or None, row)
    return tuple(entities.values())


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            where = f"{path.name}:{reader.line_num}"
            if None in row or None in row.values():
                raise TableError("wrong number of cells", where=where, expected=f"{len(reader.fieldnames or ())} cells")
            yield where, row
