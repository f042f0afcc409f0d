"""What errors say, in the language of a page: the program itself says it in English, to programs and to people.

A text in English, with ``{}`` for what it fills in, stands beside the same in another language in a file. There the
places are in the same order, or have numbers, and one may tell how what is filled in is shown: ``{:en}`` are words of
others, which stay English and are marked as that, ``{:said}`` is a message by itself, ``{:told}`` either of these,
``{:where}`` a place in a text, and ``{:item}`` and ``{:list}`` are words that the table of the items has, one or more
of them. In English, ``{:name}`` is a single word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup, escape

from kg.ground.errors import InputError
from kg.serve.web.problems import Problem
from kg.serve.web.texts import Texts

FILE = "errors.toml"
"""The file of what errors say, beside those of the texts."""

_TABLES = ("where", "detail", "expected", "item", "hint")
_PLACE = re.compile(r"\{([1-9])?(?::(en|said|told|where|item|list|name))?\}")
_BREAKS = re.compile(r" (?=[?!:;»](?:\s|$|[.,)]))|(?<=«) ")
"""Spaces of French that do not break; not those of SPARQL, where ``?`` begins a name."""
_SEPARATOR = re.compile(r"(, | or )")

Pattern = tuple[re.Pattern[str], str]
"""What a text in English looks like, and what it is in another language."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What errors say in one language but English."""

    texts: Texts
    patterns: Mapping[str, tuple[Pattern, ...]]
    items: Mapping[str, str]

    def translate(self, problem: Problem) -> Problem:
        """A problem with all that it says in this language; what is not known in it is marked as English."""
        where = problem.where
        detail = problem.detail.removeprefix(f"{where}: ") if where else problem.detail
        begin = self._where(where) + self.texts.colon if where else Markup()
        return replace(
            problem,
            title=self.texts.maybe(f"problem.{problem.code}", problem.title),
            detail=begin + self.said("detail", detail),
            expected=problem.expected and self.said("expected", problem.expected),
            hint=problem.hint and self.said("hint", problem.hint),
            brief=problem.brief and self.said("detail", problem.brief),
        )

    def said(self, table: str, text: str) -> Markup:
        """A text of a table; as it is, marked as English, where the table has none that looks like it."""
        return self._known(table, text) or self._listed(text, code=True) or _english(text)

    def _known(self, table: str, text: str) -> Markup | None:
        for pattern, told in self.patterns[table]:
            found = pattern.fullmatch(text)
            filled = self._filled(told, found.groups()) if found else None
            if filled is not None:
                return filled
        return None

    def _filled(self, told: str, groups: Sequence[str]) -> Markup | None:
        """A text with its places filled in; None where one of them is to be a message and is none that is known."""
        end, parts = 0, []
        for index, place in enumerate(_PLACE.finditer(told), start=1):
            part = self._part(place[2] or "", groups[int(place[1] or index) - 1])
            if part is None:
                return None
            parts += [self._set(told[end : place.start()]), part]
            end = place.end()
        return Markup("").join([*parts, self._set(told[end:])])

    def _part(self, kind: str, value: str) -> Markup | None:
        shown: Mapping[str, Callable[[str], Markup | None]] = {
            "en": _english,
            "told": lambda words: self._known("detail", words) or _english(words),
            "said": lambda words: self._known("detail", words),
            "where": self._where,
            "item": lambda word: escape(self.items.get(word, word)),
            "list": lambda words: self._listed(words, code=False),
        }
        return shown[kind](value) if kind else escape(value)

    def _where(self, text: str) -> Markup:
        return self._known("where", text) or escape(text)

    def _listed(self, text: str, *, code: bool) -> Markup | None:
        """Items with commas or "or" between them; where they are to be ``code``, None for what has other words."""
        parts = _SEPARATOR.split(text)
        if code and any(" " in part and part not in self.items for part in parts[::2]):
            return None
        join = {" or ": f" {self.items['or']} "}
        told = (join.get(part, part) if index % 2 else self.items.get(part, part) for index, part in enumerate(parts))
        return Markup("").join(map(escape, told))

    def _set(self, text: str) -> Markup:
        return escape(_BREAKS.sub("\u202f", text))


@dataclass(frozen=True, slots=True)
class ErrorTexts:
    """What errors say, in each language but English."""

    by_language: Mapping[str, Wording]

    def translate(self, problem: Problem, language: str) -> Problem:
        """A problem in a language: as it is in English."""
        wording = self.by_language.get(language)
        return wording.translate(problem) if wording else problem

    def reason(self, text: str, language: str) -> Markup:
        """Why something failed, in a language: what comes before a semicolon names it, if anything does."""
        wording = self.by_language.get(language)
        if wording is None:
            return escape(text)
        name, sign, message = text.rpartition("; ")
        return escape(name) + (wording.texts.semicolon if sign else "") + wording.said("detail", message)


def read_error_texts(folder: Path, texts: Mapping[str, Texts]) -> ErrorTexts:
    """Read what errors say, in the languages that a folder has it in, each of which has ``texts``.

    Raises `InputError` for a file that is absent, is no TOML, or lacks a table.
    """
    path = folder / FILE
    try:
        languages = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(error), where=str(path), expected="a TOML file of what errors say") from error
    for language, tables in languages.items():
        if tables.keys() != {*_TABLES}:
            where = f"{path}: {language}"
            raise InputError("a table is missing or unknown", where=where, expected=", ".join(_TABLES))
    return ErrorTexts({language: _wording(texts[language], tables) for language, tables in languages.items()})


def _wording(texts: Texts, tables: Mapping[str, Mapping[str, str]]) -> Wording:
    patterns = {name: tuple(map(_pattern, _ordered(table))) for name, table in tables.items() if name != "item"}
    return Wording(texts, patterns, tables["item"])


def _ordered(table: Mapping[str, str]) -> list[tuple[str, str]]:
    """Messages that hold others first, then those with the most words, so that none is taken for the end of another."""
    return sorted(table.items(), key=lambda pair: ("{:said}" not in pair[1], -len(_PLACE.sub("", pair[0]))))


def _pattern(pair: tuple[str, str]) -> Pattern:
    english, told = pair
    held = "(.*?)" if "{:said}" in told else "(.*)"  # the message ends where the first of what follows it begins
    places = [r"([\w-]+)" if place[2] == "name" else held for place in _PLACE.finditer(english)]
    words = map(re.escape, _PLACE.sub("\0", english).split("\0"))
    looks = "".join(f"{text}{place}" for text, place in zip(words, [*places, ""], strict=True))
    return re.compile(looks, re.DOTALL), told


def _english(text: str) -> Markup:
    return Markup('<span lang="en">{}</span>').format(text)
