"""Language knowledge as data: `data/fr.toml` and `data/en.toml` hold the same keys, pattern files lie beside them."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from kg.build.text.lexicon.inflection import VerbForm, english_forms, french_forms

__all__ = ["Lexicon", "Phrases", "VerbForm", "load_lexicon"]


class Phrases:
    """Words and fixed phrases of a class, the longest first, with an index of how they begin.

    >>> Phrases(["loin", "loin d'ici"]).by_first
    {'loin': (('loin', "d'", 'ici'), ('loin',))}
    """

    __slots__ = ("by_first", "first", "phrases")

    def __init__(self, phrases: Iterable[str]) -> None:
        """Sort and index some phrases."""
        self.phrases = tuple(sorted(phrases, key=len, reverse=True))
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.phrases:
            words = tuple(re.sub(r"(\w')(?=\w)", r"\1 ", phrase).split())
            if words:
                found.setdefault(words[0], []).append(words)
        self.by_first: Mapping[str, tuple[tuple[str, ...], ...]] = {
            first: tuple(several) for first, several in found.items()
        }
        """The phrases as the words that a sentence has them in, by their first word."""
        self.first = frozenset(found)
        """The words that they begin with."""

    def __iter__(self) -> Iterator[str]:
        """Go through the phrases as they are written."""
        return iter(self.phrases)


class Lexicon:
    """The words of one language by class, its verbs in all their forms, and its extraction patterns."""

    def __init__(self, lang: str, tables: Mapping[str, Any], patterns: Mapping[str, list[dict[str, Any]]]) -> None:
        """Index the tables of a language; a lexicon does not change."""
        self.lang = lang
        self.tables = tables
        self.patterns = patterns
        classes = {**tables["words"], **{f"anaphora_{name}": words for name, words in tables["anaphora"].items()}}
        self.words: Mapping[str, Phrases] = {name: Phrases(words) for name, words in classes.items()}
        """Words and fixed phrases by class."""
        self.sets: Mapping[str, frozenset[str]] = {
            name: frozenset(words) for name, words in {**self.words, **tables["auxiliaries"]}.items()
        }
        """Words by class, for membership tests; auxiliaries and function words included."""
        self.classes_of = _classes_of(self.words)
        """The classes that a word is of by itself, each with the number of its words, which is one."""
        self.longer_phrases = _longer_phrases(self.words)
        """The phrases of several words by their first two, each with its class, in the order of the class."""
        self.beginnings: Mapping[str, tuple[Mapping[str, int] | None, _BySecond | None]] = {
            word: (self.classes_of.get(word), self.longer_phrases.get(word))
            for word in self.classes_of.keys() | self.longer_phrases.keys()
        }
        """Both of a word, so that a word of no class is looked up once."""
        self.verb_classes = _classes_of_verbs(tables["verbs"])
        """The classes of each verb, by infinitive."""
        self.verb_forms = self._verb_forms()
        """Every written form of every verb, with its readings."""

    @cache  # noqa: B019 (a lexicon lives as long as its mapper, and there are two)
    def openings(self, names: tuple[str, ...]) -> frozenset[str]:
        """The words with which the phrases of some classes begin."""
        return frozenset(first for name in names for first in self.words[name].by_first)

    @cache  # noqa: B019
    def union(self, *names: str) -> frozenset[str]:
        """The words of any of some classes."""
        return frozenset().union(*(self.sets[name] for name in names))

    def has(self, name: str, word: str) -> bool:
        """Whether a word (lower case) is of a class."""
        return word in self.sets[name]

    def _verb_forms(self) -> Mapping[str, tuple[VerbForm, ...]]:
        inflect = french_forms if self.lang == "fr" else english_forms
        forms: dict[str, dict[VerbForm, None]] = defaultdict(dict)
        for verb in self.verb_classes:
            for form, tense in inflect(verb, self.tables["irregular"]):
                forms[form][VerbForm(verb, tense)] = None
        return {form: tuple(readings) for form, readings in forms.items()}


def _classes_of(words: Mapping[str, Phrases]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for name, phrases in words.items():
        for first, several in phrases.by_first.items():
            if (first,) in several:
                found[first][name] = 1
    return dict(found)


_BySecond = Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
"""Phrases that begin alike, each with its class, by their second word."""


def _longer_phrases(words: Mapping[str, Phrases]) -> Mapping[str, _BySecond]:
    found: dict[str, dict[str, list[tuple[str, tuple[str, ...]]]]] = defaultdict(lambda: defaultdict(list))
    for name, phrases in words.items():
        for phrase in (phrase for several in phrases.by_first.values() for phrase in several if len(phrase) > 1):
            found[phrase[0]][phrase[1]].append((name, phrase))
    return {first: {second: tuple(rows) for second, rows in by.items()} for first, by in found.items()}


def _classes_of_verbs(table: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    classes: dict[str, set[str]] = defaultdict(set)
    for name, verbs in table.items():
        for verb in verbs:
            classes[verb].add(name)
    return {verb: frozenset(names) for verb, names in classes.items()}


def load_lexicon(lang: str) -> Lexicon:
    """Read the lexicon of a language (``fr`` or ``en``) from the package's data."""
    data = files("kg.build.text.lexicon") / "data"
    tables = tomllib.loads((data / f"{lang}.toml").read_text(encoding="utf-8"))
    patterns = tomllib.loads((data / f"{lang}-patterns.toml").read_text(encoding="utf-8"))
    return Lexicon(lang, tables, patterns)
