"""Long texts are cut into passages; nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build.text import tokens
from kg.build.text.passages import passages
from kg.build.text.reading import tokens as reading_tokens


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


_HARD = ("M. ", "U.S. ", "l’", "British-led", "’s", "co-led", "jusqu'", "1 340", "É\u0301", " – ", "\n", "\ue000\ue001")
_TEXTS = st.text("aéS1.'’-‑ \u00a0\u202f\n(«…/", max_size=40) | st.lists(st.sampled_from(_HARD)).map("".join)


@given(_TEXTS)
def test_words_between_spaces_are_those_of_the_whole_text(text: str) -> None:
    """What stands between two spaces is cut by itself, which must not change where words begin and end."""
    whole = [(match.start(), match.end(), match[0]) for match in tokens._TOKEN.finditer(text)]
    assert [(token.start, token.end, token.text) for token in tokens.tokenise(text)] == whole


@given(_TEXTS)
def test_values_are_read_in_the_words_of_the_whole_text(text: str) -> None:
    passage, whole = reading_tokens.cut(text), [*reading_tokens._TOKEN.finditer(text)]
    ends = [-1, *[match.end() for match in whole]]
    assert passage.raws[: passage.size] == [match[0] for match in whole]
    assert passage.starts == [match.start() for match in whole]
    assert passage.joined[: passage.size] == [match.start() == end for match, end in zip(whole, ends, strict=False)]
    assert passage.figures == {place for place, match in enumerate(whole) if match[0].isdecimal()}
