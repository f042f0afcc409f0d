"""Language knowledge as data: `data/fr.toml` and `data/en.toml` hold the same keys, pattern files lie beside them."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from kg.build.text.lexicon.inflection import VerbForm, english_forms, french_forms

__all__ = ["Lexicon", "Phrases", "VerbForm", "load_lexicon"]


class Phrases(tuple[str, ...]):
    """Words and fixed phrases of a class, the longest first, with an index of how they begin.

    >>> Phrases(["loin", "loin d'ici"]).by_first
    {'loin': (('loin', "d'", 'ici'), ('loin',))}
    """

    by_first: Mapping[str, tuple[tuple[str, ...], ...]]
    """The phrases as the words that a sentence has them in, by their first word."""

    def __new__(cls, phrases: Iterable[str]) -> Phrases:
        """Sort and index some phrases."""
        made = super().__new__(cls, sorted(phrases, key=len, reverse=True))
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in made:
            words = tuple(re.sub(r"(\w')(?=\w)", r"\1 ", phrase).split())
            if words:
                found.setdefault(words[0], []).append(words)
        made.by_first = {first: tuple(several) for first, several in found.items()}
        return made


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of one language by class, its verbs in all their forms, and its extraction patterns."""

    lang: str
    tables: Mapping[str, Any]
    patterns: Mapping[str, list[dict[str, Any]]]

    @cached_property
    def words(self) -> Mapping[str, Phrases]:
        """Words and fixed phrases by class."""
        classes = {**self.tables["words"], **{f"anaphora_{k}": v for k, v in self.tables["anaphora"].items()}}
        return {name: Phrases(words) for name, words in classes.items()}

    @cache  # noqa: B019 (a lexicon lives as long as its mapper, and there are two)
    def openings(self, names: tuple[str, ...]) -> frozenset[str]:
        """The words with which the phrases of some classes begin."""
        return frozenset(first for name in names for first in self.words[name].by_first)

    @cache  # noqa: B019
    def union(self, *names: str) -> frozenset[str]:
        """The words of any of some classes."""
        return frozenset().union(*(self.sets[name] for name in names))

    @cached_property
    def classes_of(self) -> Mapping[str, Mapping[str, int]]:
        """The classes that a word is of by itself, each with the number of its words, which is one."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        for name, phrases in self.words.items():
            for first, several in phrases.by_first.items():
                if (first,) in several:
                    found[first][name] = 1
        return dict(found)

    @cached_property
    def longer_phrases(self) -> Mapping[str, Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]]:
        """The phrases of several words by their first two, each with its class, in the order of the class."""
        found: dict[str, dict[str, list[tuple[str, tuple[str, ...]]]]] = defaultdict(lambda: defaultdict(list))
        for name, phrases in self.words.items():
            for words in (words for several in phrases.by_first.values() for words in several if len(words) > 1):
                found[words[0]][words[1]].append((name, words))
        return {first: {second: tuple(rows) for second, rows in by.items()} for first, by in found.items()}

    @cached_property
    def sets(self) -> Mapping[str, frozenset[str]]:
        """Words by class, for membership tests; auxiliaries and function words included."""
        merged = {**self.words, **self.tables["auxiliaries"]}
        return {name: frozenset(words) for name, words in merged.items()}

    @cached_property
    def verb_classes(self) -> Mapping[str, frozenset[str]]:
        """The classes of each verb, by infinitive."""
        classes: dict[str, set[str]] = defaultdict(set)
        for name, verbs in self.tables["verbs"].items():
            for verb in verbs:
                classes[verb].add(name)
        return {verb: frozenset(names) for verb, names in classes.items()}

    @cached_property
    def verb_forms(self) -> Mapping[str, tuple[VerbForm, ...]]:
        """Every written form of every verb, with its readings."""
        inflect = french_forms if self.lang == "fr" else english_forms
        forms: dict[str, dict[VerbForm, None]] = defaultdict(dict)
        for verb in self.verb_classes:
            for form, tense in inflect(verb, self.tables["irregular"]):
                forms[form][VerbForm(verb, tense)] = None
        return {form: tuple(readings) for form, readings in forms.items()}

    def has(self, name: str, word: str) -> bool:
        """Whether a word (lower case) is of a class."""
        return word in self.sets[name]


def load_lexicon(lang: str) -> Lexicon:
    """Read the lexicon of a language (``fr`` or ``en``) from the package's data."""
    data = files("kg.build.text.lexicon") / "data"
    tables = tomllib.loads((data / f"{lang}.toml").read_text(encoding="utf-8"))
    patterns = tomllib.loads((data / f"{lang}-patterns.toml").read_text(encoding="utf-8"))
    return Lexicon(lang, tables, patterns)
