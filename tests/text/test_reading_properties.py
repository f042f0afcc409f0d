"""What Babel and num2words write is read back; no text makes the readers fail."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from kg.build.text.reading import ReadingKind, read_values
from kg.ground.records import LANGUAGES, Assertion, Span

LOCALES = {"fr": ("fr_FR", "fr_CH", "fr_CA"), "en": ("en_GB", "en_US", "en_CA")}
LANGUAGE = st.sampled_from(LANGUAGES)
LOCALE = st.sampled_from([(lang, locale) for lang, locales in LOCALES.items() for locale in locales])
CURRENCIES = ("EUR", "GBP", "JPY", "CHF", "SEK", "PLN", "UAH")
DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))


COUNTED = {"fr": "pays", "en": "countries"}


def only(text, lang):
    readings = read_values(text, lang)
    assert len(readings) == 1, (text, readings)
    return readings[0]


@given(LANGUAGE, st.integers(2, 999_999_999_999))
def test_number_in_words_is_read_back(lang, number):
    assert only(f"{num2words(number, lang=lang)} {COUNTED[lang]}", lang).value == number


@given(LANGUAGE, st.integers(2, 999))
def test_small_number_in_words_is_read_back(lang, number):
    assert only(f"{num2words(number, lang=lang)} {COUNTED[lang]}", lang).value == number


@pytest.mark.parametrize("number", range(60, 100))
def test_belgian_and_swiss_numbers_are_read(number):
    assert only(num2words(number, lang="fr_BE"), "fr").value == number
    assert only(num2words(number, lang="fr_CH"), "fr").value == number


@given(LANGUAGE, st.integers(1, 199).filter(lambda number: number % 100 != 80))
def test_rank_in_words_and_digits_is_read_back(lang, number):
    for text in (num2words(number, lang=lang, to="ordinal"), num2words(number, lang=lang, to="ordinal_num")):
        # num2words writes the eightieth "quatre-vingtsième"
        reading = only(text, lang)
        assert (reading.kind, reading.value) == (ReadingKind.ORDINAL, number), text


@given(LOCALE, st.decimals(0, 10**12, places=2))
def test_number_in_digits_is_read_back(locale, number):
    lang, written = locale
    assert only(format_decimal(number, locale=written), lang).value == number


@given(LOCALE, st.decimals(-5, 5, places=3))
def test_percentage_is_read_back(locale, number):
    lang, written = locale
    reading = only(format_percent(number, format="#,##0.#%" if lang == "en" else "#,##0.# %", locale=written), lang)
    assert (reading.kind, reading.value) == (ReadingKind.PERCENT, number * 100)


@given(LOCALE, st.decimals(1, 10**12, places=2), st.sampled_from(CURRENCIES), st.sampled_from(["standard", "name"]))
def test_amount_is_read_back(locale, number, currency, style):
    lang, written = locale
    text = format_currency(number, currency, locale=written, format_type=style, currency_digits=False)
    reading = only(text, lang)
    assert reading.kind is ReadingKind.MONEY
    assert (reading.number, reading.text[-3:]) == (number, currency)


@given(LOCALE, DATES, st.sampled_from(["long", "medium", "full"]))
def test_date_is_read_back(locale, date, style):
    lang, written = locale
    assert only(format_date(date, style, locale=written), lang).value == date.isoformat()


@given(LANGUAGE, DATES)
def test_month_is_read_back(lang, date):
    assert only(format_date(date, "MMMM y", locale=lang), lang).value == f"{date:%Y-%m}"


@given(DATES)
def test_numeric_date_is_read_back_in_french_and_in_iso(date):
    assert only(f"{date:%d/%m/%Y}", "fr").value == date.isoformat()
    assert only(date.isoformat(), "en").value == date.isoformat()


@given(LANGUAGE, DATES, DATES)
def test_interval_is_read_back(lang, one, other):
    first, last = sorted([one, other])
    words = {"fr": "du {} au {}", "en": "from {} to {}"}[lang]
    text = words.format(*(format_date(date, "long", locale=lang) for date in (first, last)))
    if first < last:
        assert only(text, lang).value == f"{first.isoformat()}/{last.isoformat()}"


WORDS = """
de d' du des à au le la les l' un une et ou entre depuis jusqu'en jusqu'au fin début mi - – — − + % $ € £ M Md
bn 1 2 12 31 2000 2023 2023-24 1er 2nd 2e 1 500 1,5 1.5 300.000 (2014-2024) / 20/06/2024 06/07/2024 T-72 M113
2A4 mars March May mai août été winter hiver septembre Sept. 3 points pp pour cent percent sur dix in ten demi
half a an million milliards dollars canadiens US$ C$ SEK crowns couronnes suédoises vingt quatre-vingt cent
mille hundred thousand and one two twenty premier first second third quarter of trimestre moitié tiers environ
about plus more than près nearly since until from to between by as up down fell recul moins , . ; : [ ] « » “ ”
' ’ années decade n° article mm km ans years fois virgule point
"""
FRAGMENTS = st.sampled_from(WORDS.split())
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(FRAGMENTS, max_size=14).map(" ".join),
    st.lists(FRAGMENTS, max_size=10).map("".join),
)


@settings(max_examples=400)
@given(LANGUAGE, TEXTS)
def test_any_text_gives_ordered_disjoint_valid_readings(lang, text):
    position = 0
    for reading in read_values(text, lang):
        assert position <= reading.span.start <= reading.core.start < reading.core.end <= reading.span.end <= len(text)
        position = reading.span.end
        if reading.kind is ReadingKind.MONEY:
            Assertion.create("aid", {"donor": ["state:FRA"], "amount": reading.value})
        elif reading.kind is ReadingKind.DATE:
            Assertion.create("aid", {"donor": ["state:FRA"], "date": reading.value})
        else:
            assert isinstance(reading.value, Decimal)
            assert reading.value.is_finite()


@given(LANGUAGE, TEXTS, st.integers(0, 60), st.integers(1, 60))
def test_no_reading_touches_a_name(lang, text, start, length):
    name = Span(start, start + length)
    for reading in read_values(text, lang, names=[name]):
        assert not (
            reading.core.start < min(name.end, len(text)) and name.start < reading.core.end and name.end <= len(text)
        )


@given(LANGUAGE, TEXTS)
def test_reading_does_not_depend_on_surrounding_space(lang, text):
    padded = read_values(f" {text} ", lang)
    assert [reading.text for reading in padded] == [reading.text for reading in read_values(text, lang)]


def test_compact_currency_is_read():
    assert (
        only(format_compact_currency(1_500_000_000, "EUR", locale="fr", fraction_digits=1), "fr").value
        == "1500000000 EUR"
    )
    assert (
        only(format_compact_currency(1_500_000_000, "GBP", locale="en", fraction_digits=1), "en").value
        == "1500000000 GBP"
    )
