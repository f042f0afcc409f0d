"""The records that travel through the build: statement, span, evidence, assertion. All are frozen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, cast

from kg.ground.errors import ContractError
from kg.ground.kinds import KINDS, Slot, ValueType

Scalar = str | int | Decimal | bool
SlotValue = Scalar | tuple[str, ...]
"""What a slot holds: text, a whole number, a decimal, true, or several texts."""

LANGUAGES = ("fr", "en")
"""The languages that statements are written in."""

REVIEWED = ".reviewed.jsonl"
"""How the name of a file of reviews ends; before it stands the name of the file whose statements were reviewed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One passage of text with its place: ``position`` counts from 1 within the source."""

    source: str
    position: str
    lang: str
    text: str

    @property
    def key(self) -> str:
        """The statement's name within the graph: source, hyphen, position."""
        return f"{self.source}-{self.position}"


class Span(NamedTuple):
    """A half-open range of characters of a statement's text; a named tuple, as there are many and they are sorted."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an assertion rests on: the spans that were read, the rule that read them, how far it is trusted (0 to 1)."""

    rule: str
    spans: tuple[Span, ...] = ()
    confidence: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that a statement says: a kind of `kg.ground.kinds.KINDS` and its filled slots.

    >>> made = Assertion.create("border", {"a": "state:HUN", "b": "state:UKR"})
    >>> made.as_json()
    {'kind': 'border', 'a': 'state:HUN', 'b': 'state:UKR'}
    >>> Assertion.create("border", {"a": "state:HUN"})
    Traceback (most recent call last):
    kg.ground.errors.ContractError: border lacks the slot b
    """

    kind: str
    slots: Mapping[str, SlotValue]
    evidence: Evidence | None = field(default=None, compare=False)

    @classmethod
    def create(
        cls, kind: str, slots: Mapping[str, object], *, evidence: Evidence | None = None, where: str | None = None
    ) -> Assertion:
        """Check ``slots`` against the table of kinds and freeze them; empty values are left out.

        Raises `ContractError` for an unknown kind or slot, a missing required slot, or a value outside its type.
        """
        row = KINDS.get(kind)
        if row is None:
            raise ContractError(f"unknown kind {kind!r}", where=where, expected="one of " + ", ".join(KINDS))
        table = row.slots
        if not slots.keys() <= table.keys():
            unknown = sorted(slots.keys() - table.keys())
            raise ContractError(f"{kind} has no slot {', '.join(unknown)}", where=where, expected=", ".join(table))
        frozen: dict[str, SlotValue] = {}
        for name, slot in table.items():
            if name not in slots:
                if slot.required:
                    raise ContractError(f"{kind} lacks the slot {name}", where=where)
                continue
            value = slots[name]
            if value or (value is not None and value is not False and value not in ("", [], ())):  # 0 is a value
                frozen[name] = _checked(kind, slot, value, where)
            elif slot.required:
                raise ContractError(f"{kind} lacks the slot {name}", where=where)
        return cls(kind, MappingProxyType(frozen), evidence)

    def as_json(self, *, evidence: bool = False) -> dict[str, object]:
        """The assertion as the contract's JSON object; with ``evidence``, the ``_`` keys as well."""
        out: dict[str, object] = {"kind": self.kind}
        for name, value in self.slots.items():
            out[name] = [*value] if isinstance(value, tuple) else _number(value)
        if evidence and self.evidence:
            out["_rule"] = self.evidence.rule
            out["_spans"] = [[span.start, span.end] for span in self.evidence.spans]
            if self.evidence.confidence is not None:
                out["_confidence"] = float(self.evidence.confidence)
        return out

    def canonical(self) -> str:
        """The same assertion always gives the same text: keys and list elements sorted."""
        ordered = {
            name: sorted(value) if isinstance(value, tuple) else str(value)
            for name, value in sorted(self.slots.items())
        }
        return _COMPACT.encode([self.kind, ordered])


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

_DAY = r"(?:\d{4}(?:-\d\d(?:-\d\d)?)?|--\d\d(?:-\d\d)?)"
_DATE = re.compile(rf"{_DAY}|(?:{_DAY}|\.\.)/(?:{_DAY}|\.\.)")
_MONEY = re.compile(r"\d+(?:\.\d+)? [A-Z]{3}")


def _number(value: Scalar) -> object:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _is_text(_: Slot, value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_date(_: Slot, value: object) -> bool:
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _is_money(_: Slot, value: object) -> bool:
    return isinstance(value, str) and _MONEY.fullmatch(value) is not None


def _is_number(_: Slot, value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_count(_: Slot, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_flag(_: Slot, value: object) -> bool:
    return value is True


def _is_concept(slot: Slot, value: object) -> bool:
    return value in slot.concepts


_FITS: Mapping[ValueType, Callable[[Slot, object], bool]] = {
    ValueType.ENTITY: _is_text,
    ValueType.TEXT: _is_text,
    ValueType.ASSERTION: _is_text,
    ValueType.DATE: _is_date,
    ValueType.MONEY: _is_money,
    ValueType.NUMBER: _is_number,
    ValueType.COUNT: _is_count,
    ValueType.FLAG: _is_flag,
    ValueType.CONCEPT: _is_concept,
}
"""Whether a value is of the type that a slot takes."""


def _checked(kind: str, slot: Slot, value: object, where: str | None) -> SlotValue:
    fits = _FITS[slot.value]
    several = value if isinstance(value, list) or isinstance(value, tuple) else None  # noqa: SIM101 (made no union)
    if several is None and not slot.many and fits(slot, value):
        return cast("Scalar", value)  # `fits` has looked
    if several is not None and not slot.many:
        raise ContractError(f"{kind}.{slot.name} holds one value, came {len(several)}", where=where)
    values = [value] if several is None else several
    wrong = [item for item in values if not fits(slot, item)]
    if wrong:
        expected = f"{slot.value}" + (f" ({', '.join(slot.concepts)})" if slot.concepts else "")
        raise ContractError(f"{kind}.{slot.name} cannot be {wrong[0]!r}", where=where, expected=expected)
    return tuple(dict.fromkeys([str(item) for item in values]))
