"""Memberships, coalitions, meetings, measures, relations, borders, offices and utterances: what texts say of them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from support.mapped import said

FOLDER = Path(__file__).parent / "data"
FILES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("relations*.toml"))]
TABLES = {kind: [row for one in FILES for row in one.get(kind, ())] for kind in FILES[0] | FILES[-1]}
EXAMPLES = [
    pytest.param(kind, row["lang"], row["text"], row["says"], id=f"{kind}-{row['lang']}-{number}")
    for kind, rows in TABLES.items()
    for number, row in enumerate(rows)
]


def test_each_kind_has_examples_of_what_is_said_and_of_what_is_not() -> None:
    for kind, rows in TABLES.items():
        for lang in ("fr", "en"):
            own = [row for row in rows if row["lang"] == lang]
            assert any(row["says"] for row in own), (kind, lang)
        assert any(not row["says"] for row in rows) or kind in ("office", "coalition"), kind


@pytest.mark.parametrize(("kind", "lang", "text", "says"), EXAMPLES)
def test_texts_say(kind: str, lang: str, text: str, says: list[str]) -> None:
    assert said(lang, text, kind) == sorted(says)
