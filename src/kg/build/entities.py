"""The entity tables under ``sources/entities/``: who and what texts name, and what only tables speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.build.files import read_table
from kg.ground.errors import TableError
from kg.ground.terms import is_entity

TABLES: Mapping[str, tuple[str, str]] = {
    "state": ("states.csv", "iso3"),
    "org": ("organisations.csv", "id"),
    "person": ("people.csv", "slug"),
    "equipment": ("equipment.csv", "slug"),
    "resolution": ("resolutions.csv", "slug"),
    "meeting": ("meetings.csv", "slug"),
    "survey": ("surveys.csv", "slug"),
    "series": ("series.csv", "slug"),
    "question": ("questions.csv", "slug"),
    "population": ("populations.csv", "slug"),
}
"""Kind of entity -> the file that lists it and the column that names it."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "state": ("iso2", "demonym_fr_m", "demonym_fr_f", "capital_fr", "un_member", "borders", "lat", "lon"),
    "org": ("acronyms", "kind", "website"),
    "person": ("role_en",),
    "equipment": ("aliases", "category"),
    "resolution": ("number", "body", "adopted"),
    "meeting": ("organisation", "date", "place"),
    "survey": ("series", "pollster"),
    "series": ("pollster",),
    "question": (),
    "population": ("within",),
}
"""Kind of entity -> the columns of its file beside the key and the names; more may stand there, such as ``qid``."""

NAMED_IN_TEXTS = ("state", "org", "person", "equipment")
"""The kinds of entities that are looked for in texts; the others are named by rows of tables alone."""

NAMES = "names.csv"
"""The file of the other names of entities, which need not be there."""

KNOWN_BY = ("alias", "ambiguous", "adjective")
"""The sorts of other names that are told of an entity; the rest (capitals, metonyms, traps) only helps reading."""

_COMMON = ("name_en", "name_fr")


@dataclass(frozen=True, slots=True)
class OtherName:
    """Another name of an entity: its language, what it is to the entity (one of `KNOWN_BY`), the name itself."""

    lang: str
    sort: str
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of an entity table: ``key`` as the contract writes it (``state:FRA``), the other cells by column."""

    key: str
    kind: str
    name_fr: str
    name_en: str
    wikidata: str | None
    cells: Mapping[str, str]
    names: tuple[OtherName, ...] = ()
    """The other names that `names.csv` gives it."""

    def several(self, column: str) -> tuple[str, ...]:
        """The values of a cell that holds several, separated by semicolons."""
        return tuple(part.strip() for part in self.cells.get(column, "").split(";") if part.strip())


def read_entities(folder: Path, kinds: Iterable[str] = tuple(TABLES)) -> tuple[Entity, ...]:
    """Read the tables of these kinds of entities, in their own order.

    Raises `TableError` for a file that is not there, is not UTF-8 or lacks a column or all rows, and for a row with a
    wrong number of cells, an empty name, or a key that is empty, no part of an IRI, or there twice.
    """
    entities: dict[str, Entity] = {}
    names = _other_names(folder / NAMES)
    for kind in kinds:
        file, key_column = TABLES[kind]
        for where, row in read_table(folder / file, (key_column, *_COMMON, *COLUMNS[kind])):
            if not (row.get(key_column) and row.get("name_fr") and row.get("name_en")):
                raise TableError("a key or a name is empty", where=where, expected=f"{key_column}, name_fr, name_en")
            key = f"{kind}:{row[key_column]}"
            if not is_entity(key):
                raise TableError(f"{key!r} names no entity", where=where, expected="ASCII letters, digits and hyphens")
            if key in entities:
                raise TableError(f"{key} stands twice", where=where, expected="one row an entity")
            entities[key] = Entity(
                key, kind, row["name_fr"], row["name_en"], row.get("qid") or None, row, tuple(names.get(key, ()))
            )
    return tuple(entities.values())


def _other_names(path: Path) -> dict[str, list[OtherName]]:
    """The names that tell of an entity, by its key; what is ambiguous is a name of each that it may be."""
    found: dict[str, list[OtherName]] = {}
    if path.is_file():
        for _, row in read_table(path, ("entity", "lang", "name", "sort")):
            if row["sort"] in KNOWN_BY:
                for key in row["entity"].split(";"):
                    found.setdefault(key, []).append(OtherName(row["lang"], row["sort"], row["name"]))
    return found
