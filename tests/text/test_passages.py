"""Long texts are cut into passages; nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build.text.passages import passages


def test_a_statement_is_one_passage() -> None:
    text = "La Suède est membre de l'OTAN. Elle a livré des chars. Le pays soutient Kiev."
    assert list(passages(text)) == [(0, text)]


def test_a_long_text_is_cut_before_a_sentence() -> None:
    text = "La Suède est membre de l'OTAN. " * 20
    cut = list(passages(text))
    assert len(cut) == 3
    assert all(passage.startswith("La Suède") for _, passage in cut)


@pytest.mark.parametrize("text", ["", "mot " * 3000, "x" * 9000, "Un. " * 9000, "a" * 4000 + " " + "b" * 4001])
def test_every_character_is_in_one_passage(text: str) -> None:
    check(text)


@given(st.text(alphabet="Aa .!?«»\n", max_size=200).map(lambda piece: piece * 60))
def test_any_text_is_whole_again(text: str) -> None:
    check(text)


def check(text: str) -> None:
    cut = list(passages(text))
    assert "".join(passage for _, passage in cut) == text
    assert all(text[begin : begin + len(passage)] == passage and 0 < len(passage) <= 4000 for begin, passage in cut)
