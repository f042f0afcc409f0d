"""How a mapping is scored, and what `make eval` prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.scoring import Score, score, score_kinds

ROOT = Path(__file__).parents[2]


def border(a: str, b: str) -> dict[str, object]:
    return {"kind": "border", "a": a, "b": b}


def test_each_slot_counts_and_the_kind_among_them() -> None:
    assert score([border("x", "y")], [border("x", "y")]) == Score(3, 0, 0)
    assert score([border("x", "y")], [border("x", "z")]) == Score(2, 1, 1)
    assert score([border("x", "y")], []) == Score(0, 0, 3)
    assert score([], [border("x", "y")]) == Score(0, 3, 0)
    assert score([{"kind": "aid", "donor": ["a", "b"]}], [{"kind": "aid", "donor": ["b"], "_rule": "r"}]) == Score(
        2, 0, 1
    )


def test_assertions_are_paired_so_as_to_share_the_most() -> None:
    gold = [{"kind": "k", "a": "1", "b": "2", "c": "3"}, {"kind": "k", "a": "1", "b": "2"}]
    mapped = [{"kind": "k", "a": "1", "b": "2"}, {"kind": "k", "c": "3"}]
    # The greatest overlap first would pair the first two, and share 3 + 1; the other way it is 2 + 3.
    assert score(gold, mapped) == Score(5, 0, 2)


def test_kinds_are_scored_apart() -> None:
    found = score_kinds([border("x", "y")], [{"kind": "meeting", "place": "x"}])
    assert found == {"border": Score(0, 0, 3), "meeting": Score(0, 2, 0)}


@pytest.mark.parametrize("count", [3, 30])
def test_many_assertions_are_paired_too(count: int) -> None:
    made = [border(str(number), "y") for number in range(count)]
    assert score(made, made[::-1]) == Score(3 * count, 0, 0)


def test_figures_of_nothing() -> None:
    assert (Score().precision, Score().recall, Score().f1) == (1.0, 1.0, 1.0)
    assert Score(0, 1, 1).f1 == 0.0
    assert Score(1, 1, 0).precision == 0.5


def test_the_evaluation_prints_figures_by_set_and_kind_and_where_nothing_is_said(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "lang": "fr", "text": "La Suède est membre de l'OTAN.", "assertions": [
            {"kind": "membership", "member": "state:SWE", "organisation": "org:nato", "role": "member"}]},
        {"id": "2", "lang": "fr", "text": "Liste des États", "assertions": []},
        {"id": "3", "lang": "fr", "text": "La Norvège est membre de l'OTAN.", "assertions": []},
    ]  # fmt: skip
    file = tmp_path / "some-fr.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = [sys.executable, str(ROOT / "bench" / "evaluate.py"), str(file)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    figures = ["0.500", "1.000", "0.667", "4", "4", "0"]
    assert [line.split()[1:] for line in printed if line.startswith("some-fr ")] == [
        figures,
        ["1", "of", "2", "(50.0%)"],
    ]
    assert [line.split()[1:] for line in printed if line.startswith("membership ")] == [figures, figures]
