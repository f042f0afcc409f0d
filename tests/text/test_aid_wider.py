"""More ways of telling of aid: verbs and nouns, passives, inversions, goods in front; and what gives nothing.

The sentences stand in ``data/aid.jsonl``; one with an empty list must give nothing of the three kinds of aid.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from support.aid import KINDS, MAPPER, repr_of

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "data" / "aid.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row['lang']}-{row['text'][:60]}") for row in ROWS])
def test_a_sentence_gives_what_it_tells(row: dict[str, Any]) -> None:
    found = [assertion.as_json() for assertion in MAPPER.map(row["text"], row["lang"]) if assertion.kind in KINDS]
    assert sorted(map(repr_of, found)) == sorted(map(repr_of, row["gives"]))


def test_both_languages_have_sentences_of_every_kind_and_sentences_that_give_nothing() -> None:
    told = Counter((row["lang"], slots["kind"]) for row in ROWS for slots in row["gives"])
    assert all(told[lang, kind] >= 5 for lang in ("fr", "en") for kind in KINDS)
    assert all(sum(not row["gives"] for row in ROWS if row["lang"] == lang) >= 10 for lang in ("fr", "en"))
