"""The page on assertions lists the kinds, slots and concepts that the program has."""

from __future__ import annotations

import re
from pathlib import Path

from kg.ground.kinds import CONCEPT_SCHEMES, EVERYWHERE, KINDS, Slot, ValueType

PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text(encoding="utf-8")


def written(slot: Slot) -> str:
    marks = ("!" if slot.required else "") + ("*" if slot.many else "")
    return f"`{slot.name}`{marks} {slot.scheme or slot.value.value}"


def test_kinds_and_slots() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| .*? \| (.*) \|$", PAGE, re.MULTILINE))
    own = {kind.name: [slot for slot in kind.slots.values() if slot not in EVERYWHERE] for kind in KINDS.values()}
    assert rows == {name: ", ".join(map(written, slots)) for name, slots in own.items()}


def test_slots_of_every_kind() -> None:
    assert "Every kind may also have " + ", ".join(map(written, EVERYWHERE)) + ":" in PAGE


def test_value_types() -> None:
    _, values = PAGE.split("## Values")
    table = values.split("The other types")[0]
    assert set(re.findall(r"^\| (\w+) \|", table, re.MULTILINE)) - {"type"} == {*ValueType} - {ValueType.CONCEPT}


def test_concepts() -> None:
    rows = re.findall(r"^\| ([\w-]+) \| ([\w, -]+) \|$", PAGE.split("| scheme | concepts |")[1], re.MULTILINE)
    assert {name: tuple(names.split(", ")) for name, names in rows if name != "---"} == dict(CONCEPT_SCHEMES)
