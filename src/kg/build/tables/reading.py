"""A table of ``sources/tables/``: its rows as statements, and what each of them asserts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from kg.build.files import read_text
from kg.build.mapping.documents import MappedStatement
from kg.build.tables.cells import RowReader
from kg.build.tables.declaration import Condition, Declaration, read_declaration
from kg.ground.errors import ContractError, TableError
from kg.ground.kinds import KINDS, ValueType
from kg.ground.records import Assertion, Evidence, SlotValue, Statement
from kg.ground.terms import slug

LANGUAGE = "en"
"""The language of the headings and words of the tables."""


@dataclass(frozen=True, slots=True)
class Known:
    """What rows may name: the keys of the entities (``state:FRA``), and the slugs of the references."""

    entities: frozenset[str]
    references: frozenset[str]


def declaration_of(table: Path) -> Path:
    """The file that declares the mapping of a table: beside it, with the same name."""
    return table.with_suffix(".toml")


def read_rows(table: Path, *, source: str, known: Known) -> tuple[MappedStatement, ...]:
    """The rows of a table as statements, each with one assertion or with the reason why it has none.

    Raises `TableError` with file and line for whatever does not fit: the encoding, the CSV, a column that the mapping
    does not name or the table does not have, a cell, a key that stands twice, a reference or a row that is not there.
    """
    declaration = read_declaration(declaration_of(table))
    if declaration.table != table.name:
        raise TableError(
            f"the mapping is of {declaration.table}",
            where=str(declaration.file),
            expected=f'table = "{table.name}"',
            remedy="correct the name of the table, or that of the file",
        )
    rows = list(_rows(table, declaration))
    positions = _positions(rows, declaration.key)
    made = tuple(
        _statement(row, where, position, declaration, source=source, known=known)
        for (where, row), position in zip(rows, positions, strict=True)
    )
    _check_rows_named(made, {position: where for (where, _), position in zip(rows, positions, strict=True)})
    return made


def _rows(table: Path, declaration: Declaration) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV file with its heading checked, each with ``file:line``; the cells by column."""
    reader = csv.reader(io.StringIO(read_text(table, error=TableError), newline=""), strict=True)
    heading: list[str] = []
    for where, cells in _parsed(reader, table):
        if not heading:
            heading = cells
            _check_heading(heading, where, declaration)
        elif len(cells) != len(heading):
            raise TableError(
                f"{len(cells)} cells",
                where=where,
                expected=f"{len(heading)} cells",
                remedy="put a cell that holds a comma in quotation marks",
            )
        else:
            yield where, dict(zip(heading, cells, strict=True))
    if not heading:
        raise TableError("the table is empty", where=str(table), expected="a heading", remedy="restore the file")


def _parsed(reader: Iterator[list[str]], table: Path) -> Iterator[tuple[str, list[str]]]:
    """Each row with the line in which it begins; a line that holds nothing is none."""
    line = 1
    while True:
        where = f"{table}:{line}"
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise TableError(f"not CSV: {error}", where=where, expected="CSV by RFC 4180") from error
        if cells is None:
            return
        line = reader.line_num + 1  # type: ignore[attr-defined]  # the type of csv.reader has no name in Python 3.11
        if cells:
            yield where, cells


def _check_heading(heading: Sequence[str], where: str, declaration: Declaration) -> None:
    twice = sorted({column for column in heading if heading.count(column) > 1})
    if twice:
        raise TableError(f"the column {twice[0]!r} stands twice", where=where, expected="each column once")
    named = declaration.columns()
    unknown = [column for column in heading if column not in named]
    if unknown:
        raise TableError(
            f"unknown column {', '.join(map(repr, unknown))}",
            where=where,
            expected=", ".join(sorted(named)),
            remedy=f"use the column in {declaration.file.name}, or name it there under `ignored`",
        )
    missing = sorted(named - set(heading))
    if missing:
        raise TableError(
            f"there is no column {', '.join(missing)}",
            where=where,
            expected=", ".join(sorted(named)),
            remedy=f"add the column, or take it out of {declaration.file.name}",
        )


def _positions(rows: Sequence[tuple[str, Mapping[str, str]]], key: Sequence[str]) -> list[str]:
    """The name of each row, made of the cells of its key."""
    first: dict[str, str] = {}
    for where, row in rows:
        cells = [row[column] for column in key]
        if not any(cells):
            raise TableError("the row has no name", where=where, expected=f"a cell in {', '.join(key)}")
        position = slug("-".join(cells))
        if position in first:
            raise TableError(
                f"the row {position!r} stands in {first[position]} already",
                where=where,
                expected=f"one row for each {', '.join(key)}",
                remedy="remove one of them, or add a column to the key",
            )
        first[position] = where
    return list(first)


def _statement(
    row: Mapping[str, str], where: str, position: str, declaration: Declaration, *, source: str, known: Known
) -> MappedStatement:
    text = "; ".join(f"{column}: {cell}" for column, cell in row.items() if cell)
    statement = Statement(source, position, LANGUAGE, text)
    reference = row[declaration.reference]
    if reference not in known.references:
        raise TableError(
            f"{declaration.reference} is {reference!r}",
            where=where,
            expected="a slug of sources/references.csv",
            remedy="correct the cell, or add a row to sources/references.csv",
        )
    address = _address(row[declaration.address], where, declaration.address) if declaration.address else None
    listed = next((item for item in declaration.listed if _fits(row, item.when)), None)
    if listed:
        return MappedStatement(statement, (), reference, address, listed.reason)
    assertion = _assertion(row, where, declaration, source, known.entities)
    return MappedStatement(statement, (assertion,), reference, address)


def _assertion(
    row: Mapping[str, str], where: str, declaration: Declaration, source: str, keys: frozenset[str]
) -> Assertion:
    found = next((item for item in declaration.rows if _fits(row, item.when)), None)
    if found is None:
        raise TableError(
            "the row meets no condition of the mapping",
            where=where,
            expected=f"one of the [[rows]] or [[listed]] of {declaration.file.name}",
            remedy="add a condition to the mapping, or a `kind` for all other rows",
        )
    reader = RowReader(row, where, keys)
    table = KINDS[found.kind].slots
    slots = {name: reader.value(field, table[name]) for name, field in found.slots.items()}
    listed = {name: [value] if table[name].many and isinstance(value, str) else value for name, value in slots.items()}
    try:
        return Assertion.create(found.kind, listed, evidence=Evidence(f"table/{source}"), where=where)
    except ContractError as error:
        raise TableError(
            error.message, where=where, expected=error.expected, remedy=f"correct the row, or {declaration.file.name}"
        ) from error


def _fits(row: Mapping[str, str], condition: Condition) -> bool:
    return all(row[column] in cells for column, cells in condition.items())


def _address(cell: str, where: str, column: str) -> str | None:
    """An address as an IRI: what no IRI may hold is percent-encoded."""
    if not cell:
        return None
    if not _ADDRESS.fullmatch(cell):
        raise TableError(
            f"{column} is {cell!r}",
            where=where,
            expected="one address that begins with http:// or https://",
            remedy="correct the cell, or leave it empty",
        )
    before, mark, fragment = _HALF_ENCODED.sub("%25", cell).partition("#")
    return quote(before, safe=_SAFE) + mark + quote(fragment, safe=_SAFE)


_ADDRESS = re.compile(r"https?://[^\s/?#\[\]]+(?:[/?#]\S*)?")
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = ":/?@!$&'()*+,;=%~"


def _check_rows_named(rows: Sequence[MappedStatement], places: Mapping[str, str]) -> None:
    """Whether each row that names another one finds it, and finds an assertion there."""
    asserted = {item.statement.position for item in rows if item.assertions}
    for item in rows:
        for assertion in item.assertions:
            for name, other in _rows_named(assertion):
                if other not in asserted or other == item.statement.position:
                    raise TableError(
                        f"{name} names the row {other!r}",
                        where=places[item.statement.position],
                        expected="the key of another row that gives an assertion",
                        remedy="correct the cell",
                    )


def _rows_named(assertion: Assertion) -> Iterator[tuple[str, SlotValue]]:
    slots = KINDS[assertion.kind].slots
    return ((name, value) for name, value in assertion.slots.items() if slots[name].value is ValueType.ASSERTION)
