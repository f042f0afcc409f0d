"""What the mapper says of a text, in a form that a table of examples can hold."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg.build.text.mapper import Mapper

_TABLES = Path(__file__).parents[2] / "sources" / "entities"


@cache
def mapper() -> Mapper:
    """The mapper over the project's own entity tables."""
    return Mapper.from_tables(_TABLES)


def said(lang: str, text: str, kind: str) -> list[str]:
    """The assertions of a kind that a text makes, sorted: "slot=value slot=value", slots in the contract's order.

    The namespaces of entities are left out, lists are joined by "+".
    """
    return sorted(
        " ".join(f"{name}={_shown(value)}" for name, value in assertion.slots.items())
        for assertion in mapper().map(text, lang)
        if assertion.kind == kind
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(_shown(item) for item in value)
    return str(value).replace("state:", "").replace("org:", "").replace("person:", "").replace(" ", "_")
