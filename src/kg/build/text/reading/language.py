"""What the readers know of a language: tables of phrases, read from ``data/LANG.toml`` when first asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kg.build.text.reading.tokens import Passage, Phrases, cut
from kg.ground.errors import InputError
from kg.ground.records import LANGUAGES

_SPACES = " \u00a0\u202f\u2009"
_DIGITS = {
    # One separator throughout a number: "1 234 567", "1.234.567", "1'234".
    "fr": re.compile(
        rf"([0-9]{{1,3}}(?:([{_SPACES}.'’])[0-9]{{3}}(?:\2[0-9]{{3}})*)(?![0-9])|[0-9]+)(?:(?:,([0-9]+)|\.([0-9]{{1,2}}))(?![0-9]))?"
    ),
    "en": re.compile(
        rf"([0-9]{{1,3}}(?:([{_SPACES},'’])[0-9]{{3}}(?:\2[0-9]{{3}})*)(?![0-9])|[0-9]+)(?:(?:\.([0-9]+)|,([0-9]{{1,2}}))(?![0-9]))?"
    ),
}

SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1, "\ufe63": -1, "\uff0d": -1}
"""What may stand before a figure, and how it counts."""

_DIGIT = frozenset("0123456789")
_NOTHING: frozenset[str] = frozenset()

# What a number, a date, and any reading can begin with, besides digits, signs and currencies.
_NUMBER = ("alone", "article", "half_a", "hundred", "thousand")
_DATE = ("month_abbreviations", "months", "ordinals", "parts", "seasons")
_UNITS = ("collectives", "currency_countries", "money", "scales")
_UNIT_VALUES = (("joining", "of"), ("measures", "unit"), ("percent", "unit"), ("points", "unit"))
_WITHIN = ("edge", "fill")
_OPENING = ("approx", "leads", "numerals", "shares", *_DATE)
_OPENING_VALUES = (
    *(("joining", value) for value in (*_NUMBER, "minus")),
    *(("ranges", value) for value in ("between", "out_of")),
    *(("within", value) for value in _WITHIN),
)


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The tables of one language and those of the currencies."""

    code: str
    digits: re.Pattern[str]
    tables: Mapping[str, Phrases]
    families: Mapping[str, Mapping[str, str]]
    signs: Mapping[str, tuple[tuple[str, str], ...]]
    """The signs of currencies, by the first token of each, the longest first."""
    currency_codes: frozenset[str]
    letters: Mapping[str, tuple[int, bool]]
    single: Mapping[str, Mapping[str, Phrases]]
    """For each table, the phrases of each of its values alone."""
    openings: Mapping[str, frozenset[str] | None]
    """The words that a reading may begin with, and what must follow them (None: anything)."""
    numbers: frozenset[str]
    """The words with which a number in words may begin."""
    dates: frozenset[str]
    """The words with which a date may begin."""
    days: frozenset[str]
    """The words with which the day of a month may begin."""
    months: frozenset[str]
    """The words with which the name of a month may begin, abbreviations included."""
    periods: frozenset[str]
    """The words with which a month, a season or a part of a year may begin."""
    narrowing: frozenset[str]
    """The words with which what narrows a month or a year down may begin ("fin", "the end of")."""
    figures: frozenset[str]
    """The words with which a quantity may begin, with what approximates it."""
    units: frozenset[str]
    """The words with which what stands after a number and belongs to it may begin, signs and codes left out."""
    links: frozenset[str]
    """The words that join two numbers or dates of a series."""
    marks: frozenset[str]
    """The codes and the beginnings of the signs of currencies, as written."""

    def opens(self, passage: Passage, place: int) -> bool:
        """Whether a reading can begin at a place: most words open none, and need not be looked at further."""
        word = passage.words[place]
        following = self.openings.get(word, _NOTHING)
        if following is None or (following and passage.word(place + 1) in following):
            return True
        return word[0] in _DIGIT or passage.tokens[place].text in self.marks

    def match(self, table: str, passage: Passage, place: int) -> tuple[int, str] | None:
        """The longest phrase of a table at a place: the place after it, and its value."""
        return self.tables[table].match(passage, place)

    def one(self, table: str, value: str, passage: Passage, place: int) -> int | None:
        """The place after a phrase that has this value in a table, or None."""
        found = self.single[table][value].match(passage, place)
        return found[0] if found else None

    def before(self, table: str, value: str, passage: Passage, place: int) -> bool:
        """Whether a phrase that has this value in a table ends just before a place."""
        return self.single[table][value].ends_at(passage, place) is not None


@cache
def language(code: str) -> Language:
    """Load a language, once."""
    if code not in LANGUAGES:
        raise InputError(f"language {code!r}", expected=" or ".join(LANGUAGES))
    data = _read(code)
    currencies = _read("currencies")
    exact = data.pop("exact")
    data.pop("examples")  # for readers of the file and for the tests
    tables = {name: Phrases(table) for name, table in data.items()}
    single = {name: {value: Phrases({value: table[value]}) for value in table} for name, table in data.items()}
    signs = _signs(currencies["signs"])
    codes = frozenset(currencies["codes"]["known"])
    numbers = _firsts(single["joining"][value] for value in _NUMBER) | _firsts([tables["numerals"]])
    days = numbers | _firsts([tables["ordinals"]])
    months = _firsts([tables["months"], tables["month_abbreviations"]])
    qualified = [*(tables[name] for name in ("approx", "approx_share", "shares")), single["joining"]["minus"]]
    return Language(
        code=code,
        digits=_DIGITS[code],
        tables=tables,
        families=currencies["families"],
        signs=signs,
        currency_codes=codes,
        letters={written: _letters(key) for key, several in exact.items() for written in several},
        single=single,
        openings=_openings(tables, single),
        numbers=numbers,
        dates=numbers | _firsts(tables[name] for name in _DATE) | _firsts(single["within"][value] for value in _WITHIN),
        days=days,
        months=months,
        periods=months | _firsts([tables["seasons"], tables["parts"]]),
        narrowing=_firsts(single["within"][value] for value in _WITHIN),
        figures=days | _firsts(qualified) | frozenset(SIGNS),
        units=_firsts([*(tables[name] for name in _UNITS), *(single[name][value] for name, value in _UNIT_VALUES)]),
        links=_firsts(single["ranges"][value] for value in ("to", "dash", "and", "or", "comma")),
        marks=frozenset(codes | signs.keys()),
    )


def _openings(
    tables: Mapping[str, Phrases], single: Mapping[str, Mapping[str, Phrases]]
) -> Mapping[str, frozenset[str] | None]:
    """The words of `Language.openings`, gathered from the phrases that a reading can begin with."""
    found: dict[str, set[str] | None] = dict.fromkeys(SIGNS)
    opening = [tables[name] for name in _OPENING] + [single[name][value] for name, value in _OPENING_VALUES]
    for word, following in (pair for phrases in opening for pair in phrases.openings()):
        known = found.setdefault(word, set())
        if following is None:
            found[word] = None
        elif known is not None:
            known.add(following)
    return {word: None if following is None else frozenset(following) for word, following in found.items()}


def _firsts(phrases: Iterable[Phrases]) -> frozenset[str]:
    return frozenset(first for several in phrases for first, _ in several.openings())


def _signs(table: Mapping[str, list[str]]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for sign, currency in ((sign, currency) for currency, written in table.items() for sign in written):
        found.setdefault(cut(sign).tokens[0].text, []).append((sign, currency))
    return {first: tuple(sorted(several, key=lambda sign: -len(sign[0]))) for first, several in found.items()}


def _letters(key: str) -> tuple[int, bool]:
    meaning, _, scale = key.partition("_")
    return int(scale), meaning == "money"


def _read(name: str) -> dict[str, Any]:
    text = files("kg.build.text.reading").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
