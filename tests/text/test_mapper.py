"""The mapper as a whole: how much it gets right on the development sets, and that no text upsets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build.text.lexicon import load_lexicon
from kg.build.text.mapper import Mapper
from kg.ground.errors import InputError
from support.scoring import Score, score

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
SEEDS = ROOT.parent / "shared" / "eval" / "seeds-gold.jsonl"

MAPPER = Mapper.from_tables(ROOT / "sources" / "entities")


def scored(file: Path) -> Score:
    total = Score()
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        mapped = [assertion.as_json() for assertion in MAPPER.map(row["text"], row["lang"])]
        total.add(score(row["assertions"], mapped))
    assert total.right + total.missing > 100
    return total


FIGURES = re.findall(
    r"^\| ([a-z-]+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$",
    (ROOT / "docs" / "mapper.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_the_page_gives_figures_for_every_set() -> None:
    assert {row[0] for row in FIGURES} == {
        f"{sort}-{lang}" for sort in ("dev", "seen", "blind") for lang in ("fr", "en")
    }


@pytest.mark.parametrize(("name", "statements", "precision", "recall", "f1"), FIGURES)
def test_the_figures_of_the_page_hold(name: str, statements: str, precision: str, recall: str, f1: str) -> None:
    found = scored(DATA / f"{name}.jsonl")
    assert len((DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()) == int(statements)
    for reached, told in ((found.precision, precision), (found.recall, recall), (found.f1, f1)):
        # Told with two digits, rounded down or to the nearest; a page that is far behind is out of date.
        assert float(told) - 0.005 <= reached <= float(told) + 0.03


@pytest.mark.skipif(not SEEDS.exists(), reason="the statements that the first series restates are not here")
def test_the_statements_that_it_all_began_with_are_mapped_rightly() -> None:
    found = scored(SEEDS)
    assert (found.wrong, found.missing) == (0, 0)


@pytest.mark.skipif(not SEEDS.exists(), reason="the statements that the first series restates are not here")
def test_the_first_series_says_what_the_original_lines_say() -> None:
    lines = (ROOT / "sources" / "statements" / "first-series.txt").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in SEEDS.read_text(encoding="utf-8").splitlines()]
    for line, row in zip(lines, rows, strict=True):
        ours = [assertion.as_json() for assertion in MAPPER.map(line, "fr")]
        difference = score(row["assertions"], ours)
        assert (difference.wrong, difference.missing) == (0, 0), (line, ours)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_examples_of_patterns_give_what_they_say(lang: str) -> None:
    examples = 0
    for kind, rows in load_lexicon(lang).patterns.items():
        for row in rows:
            rule = f"{kind}/{row['name']}"
            for example in row["examples"]:
                found = [a for a in MAPPER.map(example["text"], lang) if a.evidence and a.evidence.rule == rule]
                assert [a.as_json() for a in found] == [{"kind": kind, **slots} for slots in example["gives"]], example
                examples += 1
            for text in row["not"]:
                rules = [a.evidence.rule for a in MAPPER.map(text, lang) if a.evidence]
                assert rule not in rules, text
    assert examples


def test_the_languages_have_the_same_words_and_verbs() -> None:
    french, english = load_lexicon("fr"), load_lexicon("en")
    for table in ("words", "verbs", "auxiliaries", "anaphora"):
        assert french.tables[table].keys() == english.tables[table].keys(), table


def test_no_class_of_words_is_left_over() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/kg/build/text").rglob("*.py"))
    lexicon = load_lexicon("fr")
    patterns = json.dumps(lexicon.patterns)
    classes = [name for table in ("words", "verbs", "auxiliaries") for name in lexicon.tables[table]]
    named = set(re.findall(r"\w+", code + patterns))
    unused = [name for name in classes if name not in named]
    composed = [name for name in unused if name.startswith("nominal_") and name.removeprefix("nominal_") in classes]
    assert sorted(unused) == sorted(composed)


def test_evidence_lies_in_the_text() -> None:
    text = "L'Allemagne a livré 18 chars Leopard 2 à l'Ukraine en mars 2023."
    mapped = MAPPER.map(text, "fr")
    assert mapped
    for assertion in mapped:
        assert assertion.evidence is not None
        assert assertion.evidence.spans
        assert assertion.evidence.rule.startswith(f"{assertion.kind}/")
        words = [text[span.start : span.end] for span in assertion.evidence.spans]
        assert "Allemagne" in words


def test_a_long_text_is_read_to_its_end() -> None:
    texts = [f"L'Allemagne a livré {number} chars Leopard 2 à l'Ukraine." for number in range(2, 102)]
    mapped = MAPPER.map(" ".join(texts), "fr")
    assert [assertion.slots["quantity"] for assertion in mapped] == list(range(2, 102))
    assert mapped[-1].evidence is not None
    assert mapped[-1].evidence.spans[-1].start > len(" ".join(texts[:-1]))


def test_another_language_is_refused() -> None:
    with pytest.raises(InputError, match=r"no mapper for the language 'de'.*expected fr or en"):
        MAPPER.map("Deutschland liefert Panzer.", "de")


WORDS = (
    "L'Ukraine|a livré|18|chars|Leopard 2|Berlin|milliards|d'euros|en 2023|dont|et|soit|selon|%|Mme|qui|ne|pas|NATO|"
    "has pledged|$2.3bn|to|Kyiv|the|of|which|since|March|respectively|1er|−|½|٣|台湾|Москва|<b>|{S0b}|<V1/have/pres"
)
PIECES = [
    *"«»“”\"'’().,;:!?…—–-%€$£\u00a0\u202f\u200b\u202e\x00\n\t/",
    *WORDS.split("|"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40), st.sampled_from(["fr", "en"]))
def test_no_text_upsets_the_mapper(pieces: list[str], lang: str) -> None:
    text = " ".join(pieces)
    for assertion in MAPPER.map(text, lang):
        assert assertion.evidence is not None
        assert all(0 <= span.start < span.end <= len(text) for span in assertion.evidence.spans)
