"""The cells of a row as the values of slots."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kg.build.mapping import dates
from kg.build.tables.declaration import Cell, Constant, Field, First, Flag, Money, Period
from kg.ground.errors import ContractError, TableError
from kg.ground.kinds import Slot, ValueType
from kg.ground.terms import slug

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_COUNT = re.compile(r"-?\d+")
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DATE = "ISO 8601 with the precision of the source, such as 2022-03-02, 2022-03, 2022"


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the cells of one row: ``where`` names it in errors, ``keys`` are the entities that the tables hold."""

    row: Mapping[str, str]
    where: str
    keys: frozenset[str]

    def value(self, field: Field, slot: Slot) -> object:
        """What a field gives for a slot, None if it gives nothing; raises `TableError` for a cell that is wrong."""
        match field:
            case First():
                found = (self.value(item, slot) for item in field.fields)
                return next((value for value in found if value is not None), None)
            case Constant():
                return field.value
            case Flag():
                return self._flag(field)
            case Money():
                return self._money(field)
            case Period():
                return self._period(field)
            case Cell():
                return self._cell(field, slot)

    def _cell(self, field: Cell, slot: Slot) -> object:
        cell = self.row[field.column]
        parts = [part.strip() for part in cell.split(field.separator)] if field.separator else [cell]
        values = [self._part(part, field, slot) for part in parts if part and part not in field.absent]
        held = [value for value in values if value != ""]
        if not held:
            return None
        return held if slot.many else held[0]

    def _part(self, cell: str, field: Cell, slot: Slot) -> object:
        if cell in field.values:
            return field.values[cell]
        match slot.value:
            case ValueType.ENTITY:
                return self._entity(cell, field)
            case ValueType.CONCEPT:
                return self._concept(cell, field, slot)
            case ValueType.NUMBER:
                return Decimal(self._fitting(cell, _NUMBER, field.column, "a number such as 12 or -3.5"))
            case ValueType.COUNT:
                return int(self._fitting(cell, _COUNT, field.column, "a whole number"))
            case ValueType.DATE:
                return self._date(cell, field.column)
            case ValueType.ASSERTION:
                return slug(cell)
            case _:
                return cell

    def _entity(self, cell: str, field: Cell) -> str:
        found = next((key for key in (f"{prefix}:{cell}" for prefix in field.entities) if key in self.keys), None)
        if found is not None:
            return found
        if field.text:
            return cell
        tables = " or ".join(field.entities)
        words = ", ".join(field.values)
        raise self._wrong(
            field.column,
            cell,
            " or ".join(part for part in (f"a key of {tables}" if tables else "", words) if part),
            "correct the cell, or add a row to the table under sources/entities/",
        )

    def _concept(self, cell: str, field: Cell, slot: Slot) -> str:
        if field.values or cell not in slot.concepts:
            expected = ", ".join(field.values or slot.concepts)
            raise self._wrong(field.column, cell, f"one of {expected}", "correct the cell, or the mapping")
        return cell

    def _date(self, cell: str, column: str) -> str:
        try:
            dates.bounds(cell)
        except ContractError as error:
            raise self._wrong(column, cell, _DATE, "correct the cell") from error
        return cell

    def _period(self, field: Period) -> str | None:
        since, until = (
            self._date(self.row[column], column) if column and self.row[column] else ""
            for column in (field.since, field.until)
        )
        if not since and not until:
            return None
        if since == until:
            return since
        period = f"{since or '..'}/{until or '..'}"
        return self._date(period, f"{field.since} and {field.until}")

    def _money(self, field: Money) -> str | None:
        cell = self.row[field.column]
        currency = self.row[field.currency_column] if field.currency_column else field.currency
        if not cell and not (field.currency_column and currency):
            return None
        amount = self._fitting(cell, _AMOUNT, field.column, "a number such as 1500000 or 12.5, if a currency is given")
        return f"{amount} {self._fitting(currency, _CURRENCY, field.currency_column, 'the code of a currency: CAD')}"

    def _flag(self, field: Flag) -> bool | None:
        cell = self.row[field.column]
        if cell not in ("", field.when):
            raise self._wrong(field.column, cell, f"{field.when}, or nothing", "correct the cell, or the mapping")
        return cell == field.when or None

    def _fitting(self, cell: str, pattern: re.Pattern[str], column: str, expected: str) -> str:
        if pattern.fullmatch(cell) is None:
            raise self._wrong(column, cell, expected, "correct the cell")
        return cell

    def _wrong(self, column: str, cell: str, expected: str, remedy: str) -> TableError:
        return TableError(f"{column} is {cell!r}", where=self.where, expected=expected, remedy=remedy)
