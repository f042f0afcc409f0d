"""Names become comparable, and the words that carry little are told in both languages."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ground import folding
from kg.ground.folding import bracketed, fold, plain, surface, words, words_of

TABLES = tomllib.loads((Path(folding.__file__).parent / "words.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("les Pays-Bas", "PAYS BAS"),
        ("Côte d’Ivoire", "Cote d'Ivoire"),
        ("U.K.", "UK"),
        ("O. N. U.", "ONU"),
        ("Œuvre", "oeuvre"),
        ("Trinidad & Tobago", "Trinidad and Tobago"),
        ("MiG-29", "mig 29"),
        ("AMX-10 RC", "AMX 10RC"),
        ("The Netherlands", "Netherlands"),
        ("Novaïa Gazeta", "novaia gazeta"),
    ],
)
def test_ways_of_writing_the_same_are_the_same(one: str, other: str) -> None:
    assert "".join(fold(one)) == "".join(fold(other))


@pytest.mark.parametrize(
    ("one", "other"), [("T-72", "T-62"), ("Irak", "Iran"), ("Niger", "Nigeria"), ("Leopard 1", "Leopard 2")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_a_name_of_articles_alone_keeps_them() -> None:
    assert fold("Les") == ("les",)
    assert fold("…") == ()


def test_both_languages_have_the_same_tables_and_all_is_folded() -> None:
    assert {"fr", "en"} == TABLES.keys()
    assert TABLES["fr"].keys() == TABLES["en"].keys() == {"articles", "forms", "titles", "short"}
    for table in TABLES.values():
        lists = [table["articles"], table["forms"], table["titles"], *table["short"].values(), [*table["short"]]]
        assert all(word == plain(word) and word.isalpha() for several in lists for word in several)
        assert all(several == sorted(several) or name == "titles" for name, several in table.items() if name != "short")
    assert {"republique", "republic"} <= words().short["rep"]


def test_brackets_are_taken_off() -> None:
    assert bracketed("Iran (République islamique d')") == ("Iran", ("République islamique d'",))
    assert bracketed("Congo [Kinshasa] (RDC)") == ("Congo", ("Kinshasa", "RDC"))


def test_a_surface_keeps_accents() -> None:
    assert surface("Suéde") != surface("Suède") == surface("SUÈDE.")


@given(st.text(max_size=60))
def test_any_text_can_be_folded_and_folding_twice_changes_nothing_of_its_letters(text: str) -> None:
    assert "".join(fold(" ".join(fold(text)))) in {"".join(fold(text)), "".join(words_of(" ".join(fold(text))))}
    assert all(word == plain(word) for word in words_of(text))
