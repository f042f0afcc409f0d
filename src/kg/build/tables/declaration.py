"""The mapping of a table, ``sources/tables/NAME.toml``: which columns give which slots of which kind of assertion.

`sources/README.md` and `docs/adding-a-source.md` tell how one is written; what is said twice, left out or misspelt is
an error that names the file and the place in it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from kg.build.files import read_text
from kg.ground.errors import TableError
from kg.ground.kinds import KINDS, Slot, ValueType
from kg.ground.terms import ENTITY_KINDS

Condition = Mapping[str, tuple[str, ...]]
"""Column -> the cells of which it must hold one; every column must fit."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one cell, read as the type of the slot demands.

    ``values`` are looked up first, ``absent`` are words that say nothing; then ``entities`` are the prefixes of the
    tables that may hold the cell, and with ``text`` a cell that none of them holds stands for itself. ``separator``
    divides a cell that holds several.
    """

    column: str
    entities: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    absent: tuple[str, ...] = ()
    text: bool = False
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one column, its currency in another or the same for all rows."""

    column: str
    currency_column: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A date or an interval between the dates of two columns, either of which may be missing or empty."""

    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value in every row."""

    value: object


@dataclass(frozen=True, slots=True)
class Flag:
    """True where the cell of a column is a certain word."""

    column: str
    when: str


@dataclass(frozen=True, slots=True)
class First:
    """The first of several fields that gives a value."""

    fields: tuple[Field, ...]


Field = Cell | Money | Period | Constant | Flag | First
"""Where a slot gets its value."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What rows that meet a condition give: a kind of assertion, and where its slots get their values."""

    when: Condition
    kind: str
    slots: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows that give no assertion, and why."""

    when: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """How the rows of a table become assertions.

    ``key`` are the columns that together name a row. A row that meets a condition of ``listed`` gives none; any other
    is read by the first of ``rows`` whose condition it meets.
    """

    file: Path
    table: str
    key: tuple[str, ...]
    reference: str
    address: str
    ignored: tuple[str, ...]
    rows: tuple[Rows, ...]
    listed: tuple[Listed, ...]

    def columns(self) -> set[str]:
        """Every column that is named, whether it is used or ignored."""
        fields = [field for rows in self.rows for field in rows.slots.values()]
        conditions = [*(rows.when for rows in self.rows), *(listed.when for listed in self.listed)]
        named = {*self.key, self.reference, self.address, *self.ignored}
        return (named | {column for field in fields for column in columns_of(field)}).union(*conditions) - {""}


def columns_of(field: Field) -> Iterator[str]:
    """The columns that a field reads; an empty name stands for a column that is not given."""
    match field:
        case Cell() | Flag():
            yield field.column
        case Money():
            yield from (field.column, field.currency_column)
        case Period():
            yield from (field.since, field.until)
        case First():
            yield from (column for item in field.fields for column in columns_of(item))
        case Constant():
            return


def read_declaration(path: Path) -> Declaration:
    """Read the mapping of a table; raises `TableError` for one that is not there, no TOML or without sense."""
    text = read_text(path, error=TableError)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"not TOML: {error}", where=str(path), expected="TOML", remedy=_REMEDY) from error
    return _Reader(path, "").declaration(content)


_REMEDY = "correct the mapping; docs/adding-a-source.md tells how one is written"

_FORMS: Mapping[ValueType, str] = MappingProxyType(
    {
        ValueType.ENTITY: "entity = …, text = true or values = {…}",
        ValueType.NUMBER: "number = true",
        ValueType.COUNT: "count = true",
        ValueType.ASSERTION: "row = true",
        ValueType.MONEY: 'columns = ["amount", "currency"], or column and currency',
        ValueType.FLAG: 'flag = { when = "…" }',
    }
)
"""What a column needs to be told beside its name, by the type of the slot."""

_ALLOWED: Mapping[ValueType, frozenset[str]] = MappingProxyType(
    {
        ValueType.ENTITY: frozenset({"entity", "text", "values", "absent", "separator"}),
        ValueType.TEXT: frozenset({"text", "values", "absent", "separator"}),
        ValueType.CONCEPT: frozenset({"values", "absent", "separator"}),
        ValueType.DATE: frozenset({"values", "absent"}),
        ValueType.NUMBER: frozenset({"number", "absent"}),
        ValueType.COUNT: frozenset({"count", "absent"}),
        ValueType.ASSERTION: frozenset({"row", "absent"}),
        ValueType.MONEY: frozenset({"currency"}),
        ValueType.FLAG: frozenset({"flag"}),
    }
)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads parts of a mapping; ``place`` is where it is within the file."""

    path: Path
    place: str

    def within(self, place: str) -> _Reader:
        return _Reader(self.path, f"{self.place}.{place}" if self.place else place)

    def wrong(self, message: str, expected: str) -> TableError:
        place = f"{self.path}, [{self.place}]" if self.place else str(self.path)
        return TableError(message, where=place, expected=expected, remedy=_REMEDY)

    def declaration(self, content: Mapping[str, object]) -> Declaration:
        known = {"table", "kind", "key", "reference", "address", "ignored", "slots", "rows", "listed"}
        self.only(content, known)
        slots, kind = self.mapping(content, "slots"), self.text(content, "kind", optional=True)
        rows = [
            self.within(f"rows {number}").rows(item, kind, slots)
            for number, item in enumerate(self.tables(content, "rows"), start=1)
        ]
        if kind:
            rows.append(self.rows({"slots": {}}, kind, slots))
        if not rows:
            raise self.wrong("nothing tells what a row asserts", 'kind = "…", or [[rows]] with one')
        listed = [
            self.within(f"listed {number}").listed(item)
            for number, item in enumerate(self.tables(content, "listed"), start=1)
        ]
        made = Declaration(
            file=self.path,
            table=self.text(content, "table"),
            key=self.texts(content, "key"),
            reference=self.text(content, "reference"),
            address=self.text(content, "address", optional=True),
            ignored=self.texts(content, "ignored", optional=True),
            rows=tuple(rows),
            listed=tuple(listed),
        )
        used = Declaration(made.file, "", made.key, made.reference, made.address, (), made.rows, made.listed).columns()
        both = sorted(used.intersection(made.ignored))
        if both:
            raise self.wrong(f"{', '.join(both)} is used, and ignored", "a column is one or the other")
        return made

    def rows(self, content: Mapping[str, object], kind: str, slots: Mapping[str, object]) -> Rows:
        self.only(content, {"when", "kind", "slots"})
        kind = self.text(content, "kind", optional=True) or kind
        if kind not in KINDS:
            raise self.wrong(f"unknown kind {kind!r}", "one of " + ", ".join(KINDS))
        table = KINDS[kind].slots
        fields: dict[str, Field] = {}
        for name, item in {**slots, **self.mapping(content, "slots")}.items():
            if name not in table:
                raise self.within(f"slots.{name}").wrong(f"{kind} has no slot {name}", ", ".join(table))
            fields[name] = self.within(f"slots.{name}").field(item, table[name])
        missing = [name for name, slot in table.items() if slot.required and name not in fields]
        if missing:
            raise self.wrong(f"{kind} lacks the slot {', '.join(missing)}", f"[slots.{missing[0]}]")
        return Rows(self.condition(content), kind, MappingProxyType(fields))

    def listed(self, content: Mapping[str, object]) -> Listed:
        self.only(content, {"when", "reason"})
        condition = self.condition(content)
        if not condition:
            raise self.wrong("it does not tell which rows", 'when = { column = "cell" }')
        return Listed(condition, self.text(content, "reason"))

    def condition(self, content: Mapping[str, object]) -> Condition:
        made = {}
        for column, wanted in self.mapping(content, "when").items():
            cells = wanted if isinstance(wanted, list) else [wanted]
            if not all(isinstance(cell, str) for cell in cells):
                raise self.wrong(f"when.{column} is {wanted!r}", "a cell, or a list of cells, in quotation marks")
            made[column] = tuple(cells)
        return MappingProxyType(made)

    def field(self, content: object, slot: Slot) -> Field:
        if not isinstance(content, Mapping):
            raise self.wrong(f"{content!r}", "what the slot is read from")
        told = set(content)
        if "first" in told:
            self.only(content, {"first"})
            items = self.tables(content, "first")
            return First(tuple(self.field(item, slot) for item in items))
        if told == {"value"}:
            return Constant(content["value"])
        if slot.value is ValueType.DATE and told and told <= {"from", "until"}:
            since, until = (self.text(content, name, optional=True) for name in ("from", "until"))
            return Period(since, until)
        if slot.value is ValueType.MONEY and told == {"columns"}:
            amount, currency = self.pair(content, "columns")
            return Money(amount, currency_column=currency)
        return self.column(content, slot)

    def column(self, content: Mapping[str, object], slot: Slot) -> Field:
        column, form = self.text(content, "column"), _FORMS.get(slot.value)
        self.only(content, {"column", *_ALLOWED[slot.value]})
        if form and not {"entity", "text", "values", "number", "count", "row", "currency", "flag"} & set(content):
            raise self.wrong(f"{slot.name} is a slot of type {slot.value}", form)
        if slot.value is ValueType.MONEY:
            return Money(column, currency=self.text(content, "currency"))
        if slot.value is ValueType.FLAG:
            return Flag(column, self.text(self.mapping(content, "flag"), "when"))
        entities = self.texts(content, "entity", optional=True)
        unknown = [prefix for prefix in entities if prefix not in ENTITY_KINDS]
        if unknown:
            raise self.wrong(f"unknown sort of entity {unknown[0]!r}", "one of " + ", ".join(ENTITY_KINDS))
        separator = self.text(content, "separator", optional=True)
        if separator and not slot.many:
            raise self.wrong(f"{slot.name} holds one value", "no separator")
        values = self.mapping(content, "values")
        if not all(isinstance(value, str) for value in values.values()):
            raise self.wrong(f"values are {values!r}", 'cell = "value"')
        return Cell(
            column,
            entities,
            MappingProxyType({cell: str(value) for cell, value in values.items()}),
            self.texts(content, "absent", optional=True),
            text=content.get("text") is True or slot.value is ValueType.TEXT,
            separator=separator,
        )

    def only(self, content: Mapping[str, object], known: set[str]) -> None:
        unknown = sorted(set(content) - known)
        if unknown:
            raise self.wrong(f"unknown key {', '.join(unknown)}", ", ".join(sorted(known)))

    def text(self, content: Mapping[str, object], name: str, *, optional: bool = False) -> str:
        value = content.get(name, "" if optional else None)
        if not isinstance(value, str) or not (value or optional):
            raise self.wrong(f"{name} is {'missing' if value is None else repr(value)}", f'{name} = "…"')
        return value

    def texts(self, content: Mapping[str, object], name: str, *, optional: bool = False) -> tuple[str, ...]:
        value = content.get(name, [] if optional else None)
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        if not all(isinstance(item, str) and item for item in values) or not (values or optional):
            raise self.wrong(f"{name} is {'missing' if value is None else repr(value)}", f'{name} = ["…"]')
        return tuple(str(item) for item in values)

    def pair(self, content: Mapping[str, object], name: str) -> tuple[str, str]:
        values = self.texts(content, name)
        if len(values) != 2:
            raise self.wrong(f"{name} has {len(values)} columns", 'the amount and its currency: ["amount", "currency"]')
        return values[0], values[1]

    def mapping(self, content: Mapping[str, object], name: str) -> Mapping[str, object]:
        value = content.get(name, {})
        if not isinstance(value, Mapping):
            raise self.wrong(f"{name} is {value!r}", f"{name} = {{ … }}")
        return value

    def tables(self, content: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
        value = content.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise self.wrong(f"{name} is {value!r}", f"a list of tables: [[{name}]]")
        return value
