"""What the readers know of a language: tables of phrases, read from ``data/LANG.toml`` when first asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kg.build.text.reading.tokens import Passage, Phrases
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


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """The tables of one language and those of the currencies."""

    code: str
    digits: re.Pattern[str]
    tables: Mapping[str, Phrases]
    families: Mapping[str, Mapping[str, str]]
    signs: tuple[tuple[str, str], ...]
    currency_codes: frozenset[str]
    letters: Mapping[str, tuple[int, bool]]

    def match(self, table: str, passage: Passage, place: int) -> tuple[int, str] | None:
        """The longest phrase of a table at a place: the place after it, and its value."""
        return self.tables[table].match(passage, place)

    def one(self, table: str, value: str, passage: Passage, place: int) -> int | None:
        """The place after a phrase that has this value in a table, or None."""
        found = self.tables[f"{table}.{value}"].match(passage, place)
        return found[0] if found else None

    def before(self, table: str, value: str, passage: Passage, place: int) -> bool:
        """Whether a phrase that has this value in a table ends just before a place."""
        return self.tables[f"{table}.{value}"].ends_at(passage, place) is not None


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
    tables |= {f"{name}.{value}": Phrases({value: table[value]}) for name, table in data.items() for value in table}
    signs = ((sign, currency) for currency, written in currencies["signs"].items() for sign in written)
    return Language(
        code=code,
        digits=_DIGITS[code],
        tables=tables,
        families=currencies["families"],
        signs=tuple(sorted(signs, key=lambda sign: -len(sign[0]))),
        currency_codes=frozenset(currencies["codes"]["known"]),
        letters={written: _letters(key) for key, several in exact.items() for written in several},
    )


def _letters(key: str) -> tuple[int, bool]:
    meaning, _, scale = key.partition("_")
    return int(scale), meaning == "money"


def _read(name: str) -> dict[str, Any]:
    text = files("kg.build.text.reading").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
