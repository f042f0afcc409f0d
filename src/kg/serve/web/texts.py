"""The words of the pages in French and English, and the choice between the two."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg.ground.errors import InputError
from kg.ground.records import LANGUAGES

DEFAULT_LANGUAGE = "en"
"""The language of a reader who asks for neither."""

_THOUSANDS = {"fr": "\u202f", "en": ","}


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, by dotted key."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, its braces filled; whole numbers are written as the language writes them.

        >>> Texts("en", {"rows": "{count} rows"})("rows", count=1234)
        '1,234 rows'
        """
        return self.entries[key].format(
            **{name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        )

    def maybe(self, key: str, otherwise: str) -> str:
        """The text of a key, or another text where there is none."""
        return self.entries.get(key, otherwise)

    def number(self, value: int) -> str:
        """A whole number in groups of three digits."""
        return f"{value:,}".replace(",", _THOUSANDS[self.language])


def read_texts(folder: Path) -> Mapping[str, Texts]:
    """Read ``fr.toml`` and ``en.toml``.

    Raises `InputError` for a file that is absent or no TOML, or if the two do not hold the same keys.
    """
    texts = {language: Texts(language, _read(folder / f"{language}.toml")) for language in LANGUAGES}
    first, *others = texts.values()
    for other in others:
        different = sorted(first.entries.keys() ^ other.entries.keys())
        if different:
            raise InputError(
                f"the languages differ in {', '.join(different)}", where=str(folder), expected="the same keys in each"
            )
    return MappingProxyType(texts)


def _read(path: Path) -> Mapping[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(error), where=str(path), expected="a TOML file of texts") from error
    return MappingProxyType(
        {f"{table}.{key}": text for table, entries in tables.items() for key, text in entries.items()}
    )


def choose_language(asked: str | None, remembered: str | None, accepted: list[str]) -> str:
    """The language of a page: what the address asks for, what the reader chose before, what the browser prefers.

    >>> choose_language(None, None, ["de-CH", "fr-CH", "en"])
    'fr'
    """
    for language in (asked, remembered, *(tag.partition("-")[0].lower() for tag in accepted)):
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE
