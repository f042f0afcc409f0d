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

_NOTHING: frozenset[str] = frozenset()

# What a number, a date, and any reading can begin with, besides digits, signs and currencies.
_NUMBER = ("alone", "article", "half_a", "hundred", "thousand")
_DATE = ("month_abbreviations", "months", "ordinals", "parts", "seasons")
_UNITS = ("collectives", "currency_countries", "money", "scales")
_UNIT_VALUES = (("joining", "of"), ("measures", "unit"), ("percent", "unit"), ("points", "unit"))
_WITHIN = ("edge", "fill")
_LINKS = ("to", "dash", "and", "or", "comma")
_DATED = (*_DATE, "leads")
_COUNTING = ("collectives", "joining", "numerals", "ordinals", "scales", "shares")
_SHARED = ("among", "between")
_WITHIN_FIGURES = ("-", "/", ".", ",", "'")

# What only leads to the figure, the month or the like that every reading has; a place is looked at where it does.
_LEADING = ("approx", "approx_share", "leads")
_LEADING_VALUES = (
    *(("joining", value) for value in ("article", "fine", "minus")),
    *(("ranges", value) for value in ("between", "out_of")),
    *(("within", value) for value in ("article", "day_article", "edge", "fill")),
)
_BEARING = ("collectives", "numerals", "scales", "shares", *_DATE)
_BEARING_VALUES = ("alone", "half_a", "hundred", "thousand")
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
    bearing: Mapping[str, bool]
    """The words that readings are made of up to the first that bears one: whether each does, or only leads to it."""
    telling: frozenset[str]
    """Those of them that bear one."""
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
    after_day: frozenset[str]
    """The words and marks that may stand after the figure of a day, of a month or of a school year in a date."""
    quantified: frozenset[str]
    """The words with which a quantity may begin when nothing approximates it."""
    articles_of_one: frozenset[str]
    """The words that are an article as well as the number one, and begin no date and no rank."""
    counting: frozenset[str]
    """The words and marks that may stand second in a number or a rank in words."""
    after_figure: frozenset[str]
    """The words with which what a quantity goes on with after a figure may begin; signs, codes, commas left out."""
    members: frozenset[str]
    """The words and signs with which a number of a series may begin."""
    divisions: frozenset[str]
    """The words with which what stands between a part and its whole may begin ("sur", "out of", "people in")."""
    scaling: frozenset[str]
    """The words with which what multiplies a figure may begin, letters left out."""
    introducing: frozenset[str]
    """The words with which what introduces a date or an interval may begin."""
    articles: frozenset[str]
    """The words with which what stands between that and a date may begin."""
    marks: frozenset[str]
    """The codes and the beginnings of the signs of currencies, as written."""

    def places(self, passage: Passage) -> list[int]:
        """The places of a passage where a reading may begin, in order: from few words can one be reached.

        It begins at digits, at the sign or code of a currency, at a word that bears a value, or at one that only leads
        to these ("depuis", "more than", "the end of") where nothing else stands between.
        """
        words, raws, figures, bearing, marks = passage.words, passage.raws, passage.figures, self.bearing, self.marks
        sources = figures.union([at for at, word in enumerate(words) if word in self.telling])
        certain = figures
        if not marks.isdisjoint(raws):
            certain = figures.union([at for at, raw in enumerate(raws) if raw in marks])
            sources |= certain
        found: list[int] = []
        for place in sources:
            if place in certain or self._opens(words[place], words[place + 1]):
                found.append(place)
            before = place - 1
            while words[before] in bearing and before not in sources:
                if self._opens(words[before], words[before + 1]):
                    found.append(before)
                before -= 1
        found.sort()
        return found

    def _opens(self, word: str, next_word: str) -> bool:
        """Whether a reading can begin with a word before another."""
        following = self.openings.get(word, _NOTHING)
        return following is None or next_word in following

    def match(self, table: str, passage: Passage, place: int) -> tuple[int, str] | None:
        """The longest phrase of a table at a place: the place after it, and its value."""
        phrases = self.tables[table]
        return phrases.match(passage, place) if passage.words[place] in phrases.by_first else None

    def one(self, table: str, value: str, passage: Passage, place: int) -> int | None:
        """The place after a phrase that has this value in a table, or None."""
        phrases = self.single[table][value]
        return phrases.end(passage, place) if passage.words[place] in phrases.by_first else None

    def before(self, table: str, value: str, passage: Passage, place: int) -> bool:
        """Whether a phrase that has this value in a table ends just before a place."""
        phrases = self.single[table][value]
        return passage.words[place - 1] in phrases.last and phrases.ends_at(passage, place) is not None


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
    units = _firsts([*(tables[name] for name in _UNITS), *(single[name][value] for name, value in _UNIT_VALUES)])
    links = _firsts(single["ranges"][value] for value in _LINKS)
    after = [tables["approx_after"], single["ordinal_marks"]["any"], *(single["share_of"][value] for value in _SHARED)]
    bearing, marks = _bearing(tables, single), codes.union(signs)
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
        bearing=bearing,
        telling=frozenset([word for word, bears in bearing.items() if bears]),
        numbers=numbers,
        dates=numbers | _firsts(tables[name] for name in _DATE) | _firsts(single["within"][value] for value in _WITHIN),
        days=days,
        months=months,
        periods=months | _firsts([tables["seasons"], tables["parts"]]),
        narrowing=_firsts(single["within"][value] for value in _WITHIN),
        figures=days | _firsts(qualified) | frozenset(SIGNS),
        units=units,
        links=links,
        after_day=months.union(
            (phrase[1] for phrase in tables["parts"].phrases() if phrase[0].isdigit()),
            _firsts([single["within"]["fill"], single["ordinal_marks"]["any"]]),
            links,
            _WITHIN_FIGURES,
        ),
        after_figure=_firsts(after).union(units, links, ["-"]).difference([","]),
        members=numbers.union(SIGNS, _firsts([single["joining"]["minus"]])),
        quantified=days.union(SIGNS, _firsts([tables["shares"], single["joining"]["minus"]])),
        articles_of_one=_firsts([tables["numerals"]])
        .intersection(_firsts([single["joining"]["article"]]))
        .difference(_firsts([*(tables[name] for name in _DATED), single["joining"]["minus"]]))
        .difference(_firsts([*single["within"].values(), *single["ranges"].values()])),
        counting=_words(tables[name] for name in _COUNTING).union(["-"]),
        divisions=_firsts(single["share_of"][value] for value in _SHARED),
        scaling=_firsts([tables["collectives"], tables["scales"]]).union(["-"]),
        introducing=_firsts([tables["leads"], *(single["ranges"][value] for value in ("between", "out_of"))]),
        articles=_firsts(single["within"][value] for value in ("article", "day_article")),
        marks=marks,
    )


def _openings(
    tables: Mapping[str, Phrases], single: Mapping[str, Mapping[str, Phrases]]
) -> Mapping[str, frozenset[str] | None]:
    """The words of `Language.openings`, gathered from the phrases that a reading can begin with."""
    found: dict[str, set[str] | None] = dict.fromkeys(SIGNS)
    opening = [tables[name] for name in _OPENING] + [single[name][value] for name, value in _OPENING_VALUES]
    for first, *following in (phrase for phrases in opening for phrase in phrases.phrases()):
        known = found.setdefault(first, set())
        if not following:
            found[first] = None
        elif known is not None:
            known.add(following[0])
    return {word: None if following is None else frozenset(following) for word, following in found.items()}


def _bearing(tables: Mapping[str, Phrases], single: Mapping[str, Mapping[str, Phrases]]) -> Mapping[str, bool]:
    """The words of `Language.bearing`: of a phrase that bears a value, the longest word does."""
    leading = [tables[name] for name in _LEADING] + [single[name][value] for name, value in _LEADING_VALUES]
    bearing = [tables[name] for name in _BEARING] + [single["joining"][value] for value in _BEARING_VALUES]
    found = dict.fromkeys((word for phrases in leading for phrase in phrases.phrases() for word in phrase), False)
    found.update(dict.fromkeys(SIGNS, False))
    found["-"] = False  # "mi-octobre"
    for phrase in (phrase for phrases in bearing for phrase in phrases.phrases()):
        for word in phrase:
            found.setdefault(word, False)
    for phrase in (phrase for phrases in bearing for phrase in phrases.phrases()):
        found[max(phrase, key=len)] = True
    return found


def _firsts(phrases: Iterable[Phrases]) -> frozenset[str]:
    return frozenset(first for several in phrases for first in several.by_first)


def _words(phrases: Iterable[Phrases]) -> frozenset[str]:
    return frozenset(word for several in phrases for phrase in several.phrases() for word in phrase)


def _signs(table: Mapping[str, list[str]]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for sign, currency in ((sign, currency) for currency, written in table.items() for sign in written):
        found.setdefault(cut(sign).raws[0], []).append((sign, currency))
    return {first: tuple(sorted(several, key=lambda sign: -len(sign[0]))) for first, several in found.items()}


def _letters(key: str) -> tuple[int, bool]:
    meaning, _, scale = key.partition("_")
    return int(scale), meaning == "money"


def _read(name: str) -> dict[str, Any]:
    text = files("kg.build.text.reading").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
