"""What tests of aid share: assertions written shortly, and a check of what the mapper says of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kg.build.text.mapper import Mapper

MAPPER = Mapper.from_tables(Path(__file__).parents[2] / "sources" / "entities")
KINDS = ("aid", "aid-share", "aid-ranking")
Slots = dict[str, Any]


def mapped(text: str, lang: str) -> list[Slots]:
    """What the mapper says of aid in a text; the recipient is left out where it is Ukraine."""
    found = []
    for assertion in MAPPER.map(text, lang):
        slots = assertion.as_json()
        if slots["kind"] in KINDS:
            if slots.get("recipient") in ("state:UKR", ["state:UKR"]):
                del slots["recipient"]
            found.append(slots)
    return found


def aid(donor: str, status: str | None = None, **slots: Any) -> Slots:
    """An expected gift; ``donor`` is one or more codes of states or slugs of organisations, separated by spaces."""
    keys = [code if ":" in code else f"state:{code}" for code in donor.split()]
    given = {"kind": "aid", "donor": keys, **slots}
    return {**given, "status": status} if status else given


def arms(donor: str, status: str, item: str, quantity: int | None = None, **slots: Any) -> Slots:
    """An expected gift of arms."""
    counted = {"quantity": quantity} if quantity else {}
    return aid(donor, status, category="military", item=item, **counted, **slots)


def share(donor: str, **slots: Any) -> Slots:
    """An expected share of the aid."""
    return {"kind": "aid-share", "donor": f"state:{donor}", **slots}


def ranking(ahead: str, behind: str, **slots: Any) -> Slots:
    """An expected order of two donors."""
    return {"kind": "aid-ranking", "ahead": ahead, "behind": behind, **slots}


def check(text: str, lang: str, expected: list[Slots]) -> None:
    """Compare what a text gives with what it should, whatever the order."""
    found = mapped(text, lang)
    assert sorted(map(repr_of, found)) == sorted(map(repr_of, expected)), text


def repr_of(slots: Slots) -> str:
    """An assertion as text, its slots and lists in order."""
    return repr(sorted((name, sorted(value) if isinstance(value, list) else value) for name, value in slots.items()))


LEOPARD, ABRAMS, CAESAR = "equipment:leopard-2", "equipment:m1-abrams", "equipment:caesar"
F16, MIG29, JAVELIN = "equipment:f-16", "equipment:mig-29", "equipment:fgm-148-javelin"
