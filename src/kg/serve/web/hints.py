"""What to do about an error, in the language of a page: errors say it in English."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.ground.errors import InputError
from kg.serve.web.problems import Problem

FILE = "hints.toml"
"""The file of the hints, beside those of the texts."""

_PLACE = "{}"


@dataclass(frozen=True, slots=True)
class Hints:
    """The hints of each language but English: what one in English looks like, and what it is there."""

    by_language: Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]

    def translate(self, problem: Problem, language: str) -> Problem:
        """A problem with its hint in a language; as it is, where there is none in it."""
        for pattern, text in self.by_language.get(language, ()) if problem.hint else ():
            found = pattern.fullmatch(problem.hint or "")
            if found:
                return replace(problem, hint=text.format(*found.groups()))
        return problem


def read_hints(folder: Path) -> Hints:
    """Read the hints of a folder of texts. Raises `InputError` for a file that is absent or no TOML."""
    path = folder / FILE
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(error), where=str(path), expected="a TOML file of hints") from error
    return Hints({language: _compiled(table) for language, table in tables.items()})


def _compiled(table: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The hints with the most words first, so that none is taken for the end of another."""
    ordered = sorted(table, key=lambda hint: len(hint.replace(_PLACE, "")), reverse=True)
    return tuple(
        (re.compile("(.+)".join(map(re.escape, hint.split(_PLACE))), re.DOTALL), table[hint]) for hint in ordered
    )
