"""The kinds that tell what people think, do and suffer: finding, poll, stance, measure, casualties, office, utterance.

The sentences and what they give stand in ``data/KIND.jsonl``; one with an empty list must give nothing of the kind.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kg.build.text.mapper import Mapper

DATA = Path(__file__).parent / "data"
KINDS = ("finding", "poll", "stance", "measure", "casualties", "office", "utterance")
MAPPER = Mapper.from_tables(Path(__file__).parents[2] / "sources" / "entities")


def rows(kind: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()]


EXAMPLES = [
    pytest.param(kind, row["lang"], row["text"], row["gives"], id=f"{kind}-{row['lang']}-{number}")
    for kind in KINDS
    for number, row in enumerate(rows(kind), 1)
]


@pytest.mark.parametrize(("kind", "lang", "text", "gives"), EXAMPLES)
def test_text_gives(kind: str, lang: str, text: str, gives: list[dict[str, Any]]) -> None:
    mapped = [assertion.as_json() for assertion in MAPPER.map(text, lang) if assertion.kind == kind]
    assert [{name: value for name, value in item.items() if name != "kind"} for item in mapped] == gives


@pytest.mark.parametrize("kind", KINDS)
def test_examples_say_and_do_not_say_the_kind_in_both_languages(kind: str) -> None:
    found = {(row["lang"], bool(row["gives"])) for row in rows(kind)}
    assert found == {("fr", True), ("fr", False), ("en", True), ("en", False)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_assertion_names_its_rule_and_the_words_it_rests_on(kind: str) -> None:
    row = next(row for row in rows(kind) if row["gives"])
    evidence = next(item.evidence for item in MAPPER.map(row["text"], row["lang"]) if item.kind == kind)
    assert evidence is not None
    assert evidence.rule.startswith(f"{kind}/")
    assert all(row["text"][span.start : span.end].strip() for span in evidence.spans)
