"""What columns are called: the headings that saved queries share, and the shape of a heading."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kg.ground.catalogue.records import Heading
from kg.ground.errors import SavedQueryError
from kg.ground.records import LANGUAGES

SHARED = "columns.toml"
"""The file, beside the themes, of the headings that many queries share."""

COLUMN_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "fr": "the heading in French (required)",
        "en": "the heading in English (required)",
        "symbol": "what the numbers below it count, such as `€`, `%` or `points`; behind the heading, in brackets",
    }
)
"""The keys of a heading, each with its meaning."""


def read_headings(folder: Path) -> Mapping[str, Heading]:
    """The headings that the queries of a folder share, by column; none without the file.

    Raises `SavedQueryError` for a file that is no TOML, or a heading that is not as `COLUMN_KEYS` say.
    """
    path = folder / SHARED
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SavedQueryError(str(error), where=SHARED, expected="a TOML file, a table for each column") from error
    return MappingProxyType({name: _heading(name, spec) for name, spec in found.items()})


def _heading(name: str, spec: object) -> Heading:
    heading = heading_of(spec)
    if heading is None:
        raise SavedQueryError(f"the heading of {name} is {spec!r}", where=SHARED, expected=EXPECTED)
    return heading


EXPECTED = "a text in each of " + ", ".join(LANGUAGES) + ", and a symbol at most"
"""What a heading has, for errors."""


def heading_of(spec: object) -> Heading | None:
    """A heading as a file gives it; None for anything else.

    >>> heading_of({"fr": "Part", "en": "Share", "symbol": "%"}).text("en"), heading_of({"fr": "Part"})
    ('Share (%)', None)
    """
    if not isinstance(spec, dict) or not {*LANGUAGES} <= spec.keys() <= COLUMN_KEYS.keys():
        return None
    if not all(isinstance(text, str) and text.strip() for text in spec.values()):
        return None
    return Heading(MappingProxyType({language: spec[language] for language in LANGUAGES}), spec.get("symbol", ""))
