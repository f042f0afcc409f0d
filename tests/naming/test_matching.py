"""Names that people wrote are matched with the entities meant, and left alone where nobody can know."""

from __future__ import annotations

import time

import pytest

from kg.ground.terms import expand, shorten
from kg.serve.naming import Candidate, NameIndex, Wanted, candidates
from support.naming import HEADING, ROOT, cases, measure, told

STATE = expand("sides:State")
FILES = {"messy-names.csv": 0.92, "messy-names-held-out.csv": 0.82}
"""The names, and the share of those that mean something which must be matched; the second were never tuned for."""


def asked(index: NameIndex, name: str, *types: str, **more: bool) -> list[Candidate]:
    return candidates(index, Wanted(name, tuple(expand(kind) for kind in types), **more))


def match(index: NameIndex, name: str, *types: str) -> str:
    ranked = asked(index, name, *types)
    return shorten(ranked[0].entry.iri) if ranked and ranked[0].match else ""


@pytest.mark.parametrize("file", FILES)
def test_what_is_matched_is_right(index: NameIndex, file: str) -> None:
    rows = cases(file)
    assert len(rows) == len({(row.name, row.type) for row in rows}) > 200
    assert sum(not row.expected for row in rows) > 40
    score = measure(index, rows)
    assert score.precision >= 0.97
    assert score.recall >= FILES[file]
    assert score.among_three / score.wanted >= 0.93
    page = (ROOT / "docs/reconciliation.md").read_text(encoding="utf-8")
    assert told(file, rows, score) in page.splitlines()
    assert HEADING in page


def test_every_name_of_a_table_finds_its_entity_first(index: NameIndex) -> None:
    for entry in index.entries:
        if entry.group == "entity" and entry.kind in {"state", "org", "person", "equipment"}:
            for label in entry.labels.values():
                first = candidates(index, Wanted(label, (entry.own,)))[0]
                assert (first.entry.iri, first.score) == (entry.iri, 100), label
                assert first.match, label


@pytest.mark.parametrize("name", ["Congo", "Corée", "Korea", "congolais"])
def test_what_is_ambiguous_is_no_match_and_both_are_told(index: NameIndex, name: str) -> None:
    ranked = asked(index, name, "sides:State")
    assert not any(item.match for item in ranked)
    assert ranked[0].score - ranked[1].score < 1


@pytest.mark.parametrize(
    "name", ["Northern Ireland", "East Germany", "T-34", "Jill Biden", "Human Rights Watch", "n/a", "-", ""]
)
def test_what_is_something_else_is_no_match(index: NameIndex, name: str) -> None:
    assert match(index, name) == ""


def test_at_most_the_first_is_a_match(index: NameIndex) -> None:
    for name in ("France", "Guinea", "Leopard 2A4", "NATO"):
        ranked = asked(index, name)
        assert [item.match for item in ranked] == [True] + [False] * (len(ranked) - 1)
        assert all(0 < item.score <= 100 for item in ranked)
        assert [item.score for item in ranked] == sorted((item.score for item in ranked), reverse=True)


def test_a_type_decides(index: NameIndex) -> None:
    assert match(index, "Georgia", "sides:State") == "state:GEO"
    assert asked(index, "Georgia", "wd:Q35657") == []
    assert {item.entry.kind for item in asked(index, "European", "sides:Organisation")} == {"org"}
    both = ("sides:Organisation", "sides:State")
    assert match(index, "France", *both) == "state:FRA"
    assert asked(index, "France", *both, all_types=True) == []
    preferred = asked(index, "Georgia", "wd:Q35657", only_prefers=True)
    assert shorten(preferred[0].entry.iri) == "state:GEO"
    assert not preferred[0].match
    assert preferred[0].score == 80


def test_types_that_follow_count(index: NameIndex) -> None:
    assert match(index, "T-72", "sides:Equipment") == match(index, "T-72", "sides:Tank") == "equipment:t-72"
    assert match(index, "T-72", "sides:Howitzer") == ""


def test_brackets_help_and_contradict(index: NameIndex) -> None:
    assert match(index, "Congo (RDC)", "sides:State") == "state:COD"
    assert match(index, "Georgia (USA)", "sides:State") == ""
    assert match(index, "Georgia (Tbilisi region)", "sides:State") == ""
    assert match(index, "Georgia (Republic)", "sides:State") == "state:GEO"


def test_no_name_takes_long(index: NameIndex) -> None:
    rare = [word for word, keys in index.by_word.items() if 5 < len(keys) <= 40]
    for name in (" ".join(rare)[:200], "a " * 100, "x" * 200):
        began = time.process_time()
        candidates(index, Wanted(name))
        assert time.process_time() - began < 0.5  # 30 ms on a quiet machine
