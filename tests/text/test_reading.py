"""The readers of values: the examples of the language data, both languages' parity, what carries over to the mapper."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import kg.build.text.reading
from kg.build.text.reading import Reading, ReadingKind, read_values
from kg.ground.errors import InputError
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.records import LANGUAGES, Span

DATA = Path(kg.build.text.reading.__file__).parent / "data"
TABLES = {lang: tomllib.loads((DATA / f"{lang}.toml").read_text(encoding="utf-8")) for lang in LANGUAGES}
EXAMPLES = [
    pytest.param(lang, text, readings, id=f"{lang}-{topic}-{number}")
    for lang in LANGUAGES
    for topic, examples in TABLES[lang]["examples"].items()
    for number, (text, *readings) in enumerate(examples)
]


def show(reading: Reading) -> str:
    return " ".join(part for part in (reading.kind.value, reading.text, reading.approx) if part)


@pytest.mark.parametrize(("lang", "text", "readings"), EXAMPLES)
def test_example_of_the_language_data(lang, text, readings):
    assert [show(reading) for reading in read_values(text, lang)] == readings


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("table", ["approx", "approx_share", "leads", "ranges", "shares"])
def test_no_phrase_before_a_figure_begins_with_digits(lang, table):
    """The readers ask figures for none of these."""
    phrases = [phrase for several in TABLES[lang][table].values() for phrase in several]
    assert not [phrase for phrase in phrases if phrase[0].isdigit()]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr", "de la fin de l'année 2025", "2025"),
        ("fr", "d'ici à la mi-octobre", "../--10"),
        ("fr", "plus du quart des voix", "25"),
        ("fr", "au 1er semestre de 2024", "2024-01/2024-06"),
        ("en", "more than half a million people", "500000"),
        ("en", "by the end of the month of June 2024", "2024-06"),
    ],
)
def test_small_words_lead_to_a_value(lang, text, expected):
    assert [reading.text for reading in read_values(text, lang)] == [expected]


def test_languages_hold_the_same_tables_and_keys():
    free = {"numerals", "collectives", "month_abbreviations", "exact"}  # what a language has no word for, it leaves out
    assert TABLES["fr"].keys() == TABLES["en"].keys()
    for name in TABLES["fr"].keys() - free:
        assert TABLES["fr"][name].keys() == TABLES["en"][name].keys(), name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_month_is_known(lang):
    assert list(TABLES[lang]["months"]) == [str(month) for month in range(1, 13)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_approximations_are_concepts_of_the_contract(lang):
    assert set(TABLES[lang]["approx"]) == set(CONCEPT_SCHEMES["approximation"])
    assert set(TABLES[lang]["approx_after"]) <= set(CONCEPT_SCHEMES["approximation"])


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
def test_thousands_and_units_may_be_set_apart_by_any_space(space):
    text = f"1{space}500 milliards{space}€ et 65{space}%, plus de 20{space}000 obus".replace(
        " milliards", f"{space}milliards"
    )
    assert [show(reading) for reading in read_values(text, "fr")] == [
        "money 1500000000000 EUR", "percent 65", "number 20000 more-than",
    ]  # fmt: skip


def test_span_covers_the_qualifying_words_and_core_does_not():
    text = "Près de 25 milliards de dollars, depuis février 2022, et plus de 50 pays."
    readings = read_values(text, "fr")
    assert [text[reading.span.start : reading.span.end] for reading in readings] == [
        "Près de 25 milliards de dollars", "depuis février 2022", "plus de 50",
    ]  # fmt: skip
    assert [text[reading.core.start : reading.core.end] for reading in readings] == [
        "25 milliards de dollars", "février 2022", "50",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "lang", "lead", "value", "inner"),
    [
        ("depuis février 2022", "fr", "since", "2022-02/..", "2022-02"),
        ("until May 2024", "en", "until", "../2024-05", "2024-05"),
        ("à compter du 19 septembre", "fr", "from", "--09-19", None),
        ("by December 2024", "en", "by", "2024-12", None),
        ("avant 2025", "fr", "before", "2025", None),
        ("after March 2022", "en", "after", "2022-03", None),
        ("en 2023", "fr", None, "2023", None),
    ],
)
def test_date_tells_how_it_is_introduced(text, lang, lead, value, inner):
    (reading,) = read_values(text, lang)
    assert (reading.lead, reading.value, reading.inner) == (lead, value, inner)


def test_number_in_millions_carries_the_amount_in_the_currency_named_last():
    text = "75 milliards de couronnes norvégiennes, dont 15 milliards en 2024 et 30 chars, puis 2 M€ et 3 millions"
    numbers = [reading for reading in read_values(text, "fr") if reading.kind is ReadingKind.NUMBER]
    assert [(reading.text, reading.elided) for reading in numbers] == [
        ("15000000000", "15000000000 NOK"), ("30", None), ("3000000", "3000000 EUR"),
    ]  # fmt: skip


def test_ends_of_a_range_are_told_apart():
    readings = read_values("entre 10 et 15 milliards d'euros, ou 24 et 15 points", "fr")
    assert [reading.bound for reading in readings] == ["low", "high", None, None]


def test_nothing_is_read_inside_names():
    text = "40 Leopard 1 et 12 Mirage 2000 en 2024"
    names = [Span(text.index(name), text.index(name) + len(name)) for name in ("Leopard 1", "Mirage 2000")]
    assert [reading.text for reading in read_values(text, "fr", names=names)] == ["40", "12", "2024"]


def test_number_is_the_figure_whatever_the_kind():
    assert [reading.number for reading in read_values("65 %, 1,5 Md€, 3e", "fr")] == [
        Decimal(65), Decimal(1500000000), Decimal(3),
    ]  # fmt: skip


def test_unknown_language_is_refused():
    with pytest.raises(InputError, match="language 'de'; expected fr or en"):
        read_values("zwei", "de")
