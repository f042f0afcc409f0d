"""The index of names: every way in which a text may name an entity, from the entity tables and `names.csv`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from kg.build.entities import NAMED_IN_TEXTS, Entity, read_entities
from kg.build.files import read_table
from kg.build.text.tokens import fold, tokenise
from kg.ground.errors import TableError
from kg.ground.records import LANGUAGES

SORTS = (
    "name", "alias", "acronym", "adjective", "demonym", "capital", "metonym", "group", "person", "surname", "trap",
    "ambiguous", "prefix",
)  # fmt: skip
"""What a name is to its entity; a ``trap`` looks like a name but is none ("Northern Ireland" is not Ireland), and
what is ``ambiguous`` may be any of its entities ("Congo"): a text does not tell which, so none is linked.
A ``prefix`` names a state only before a hyphen ("franco-allemand")."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name: the entities it stands for (several for a group, none for a trap), and how it must be written."""

    keys: tuple[str, ...]
    sort: str
    text: str
    exact: bool = False
    means: str = ""
    """What a trap or an ambiguous name stands for, in words."""
    folded: str = field(init=False)
    """The name without case and accents."""

    def __post_init__(self) -> None:
        """Fold the name, which is compared again and again."""
        object.__setattr__(self, "folded", fold(self.text))

    def fits(self, words: tuple[str, ...]) -> bool:
        """Whether words of a text that match when folded also have the right capitals."""
        if self.exact:
            return " ".join(words) == _spaced(self.text)
        if self.sort in ("adjective", "prefix"):
            return self.sort == "adjective"
        if self.text.startswith(_ARTICLES):
            own = self.text.split()
            titled = len(own) == 2 and own[1][:1].isupper()
            if titled and not words[1][:1].isupper():  # "Le Monde" is a newspaper, "le monde" the world
                return False
        if words[0][:1].isupper() or not self.text[:1].isupper():
            return True
        # "organisation de coopération de …"
        return len(words) > 3 and bool(self.keys) and self.keys[0].startswith("org:")


_ARTICLES = ("Le ", "La ", "Les ", "The ")


@lru_cache(maxsize=4096)
def _spaced(text: str) -> str:
    """The words and marks of a name with a space between each two."""
    return " ".join([token.text for token in tokenise(text)])


@dataclass(frozen=True)
class NameIndex:
    """Names of one language by their folded words."""

    by_words: Mapping[tuple[str, ...], tuple[Name, ...]]
    longest: Mapping[str, int]
    people: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """How many words the names have that begin with a word, the longest first."""
    following: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    """The second words of the names that begin with a word; None where a name is that word alone."""
    plurals: frozenset[str] = frozenset()
    """The words that names of equipment begin with, in the plural."""
    pollsters: frozenset[str] = frozenset()
    """The organisations that make polls."""
    media: frozenset[str] = frozenset()
    """The organisations that publish what people say."""
    parties: frozenset[str] = frozenset()
    """The organisations that are political parties."""
    first: frozenset[str] = field(init=False)
    """The words that a name, or the plural of one, begins with."""

    def __post_init__(self) -> None:
        """Gather the first words, which each word of a text is looked up in."""
        object.__setattr__(self, "first", self.plurals.union(self.following))

    def at(self, folded: list[str], start: int) -> Iterator[tuple[int, Name]]:
        """The names that begin at a word, the longest first, as pairs of the word after them and the name."""
        for length in self.lengths.get(folded[start], ()):
            if start + length <= len(folded):
                for name in self.by_words.get(tuple(folded[start : start + length]), ()):
                    yield start + length, name


def read_names(folder: Path) -> Mapping[str, NameIndex]:
    """Build the index of each language from the tables of a folder."""
    # Groups that only a statistic counts are no names: "several donors" in a text is not that group.
    # Nor is who only tables speak of (`in_texts` is "no"): a name such as "Interview" would be found everywhere.
    entities = tuple(
        e
        for e in read_entities(folder, NAMED_IN_TEXTS)
        if e.cells.get("kind") != "group of donors" and e.cells.get("in_texts") != "no"
    )
    extra = tuple(_read_extra(folder / "names.csv", {entity.key for entity in entities}))
    people = {entity.key: entity.name_fr for entity in entities if entity.kind == "person"}
    pollsters = frozenset(entity.key for entity in entities if entity.cells.get("kind") == "pollster")
    media = frozenset(entity.key for entity in entities if entity.cells.get("kind") == "media")
    parties = frozenset(entity.key for entity in entities if entity.cells.get("kind") == "political party")
    indexes = {}
    for lang in LANGUAGES:
        names = [name for entity in entities for name in _table_names(entity, lang)]
        names += [name for language, name in extra if language == lang or name.sort in ("alias", "metonym")]
        indexes[lang] = replace(_index(names, people), pollsters=pollsters, media=media, parties=parties)
    return indexes


def _index(names: Iterable[Name], people: Mapping[str, str]) -> NameIndex:
    table: dict[tuple[str, ...], dict[Name, None]] = defaultdict(dict)
    longest: dict[str, int] = {}
    for name in names:
        words = tuple(fold(token.text) for token in tokenise(name.text))
        if not words:  # an empty cell, such as the capital of a state that has none
            continue
        table[words][name] = None
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    ranked = {words: tuple(sorted(found, key=lambda name: SORTS.index(name.sort))) for words, found in table.items()}
    equipment = (words[0] for words, found in table.items() if any(_is_of_equipment(name) for name in found))
    plurals = frozenset(word + "s" for word in equipment)
    return NameIndex(ranked, longest, people, _lengths(ranked), _following(ranked), plurals)


def _is_of_equipment(name: Name) -> bool:
    return bool(name.keys) and "equipment:" in name.keys[0]


def _lengths(names: Iterable[tuple[str, ...]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for words in names:
        found[words[0]].add(len(words))
    return {first: tuple(sorted(several, reverse=True)) for first, several in found.items()}


def _following(names: Iterable[tuple[str, ...]]) -> dict[str, frozenset[str] | None]:
    found: dict[str, set[str]] = defaultdict(set)
    for words in names:
        found[words[0]].add(words[1] if len(words) > 1 else "")
    return {first: None if "" in seconds else frozenset(seconds) for first, seconds in found.items()}


def _read_extra(path: Path, known: set[str]) -> Iterator[tuple[str, Name]]:
    for where, row in read_table(path, ("entity", "lang", "name", "sort", "means")):
        keys = tuple(row["entity"].split(";")) if row["entity"] else ()
        unknown = [key for key in keys if key not in known]
        if unknown or row["sort"] not in SORTS or row["lang"] not in LANGUAGES or not any(tokenise(row["name"])):
            raise TableError(
                f"cannot use {row}", where=where, expected="known entities, a language, a name, a sort of name"
            )
        exact = row["name"].isupper() and len(row["name"]) < 4
        yield row["lang"], Name(keys, row["sort"], row["name"], exact=exact, means=row["means"])


def _table_names(entity: Entity, lang: str) -> Iterator[Name]:
    key = (entity.key,)
    own = entity.name_fr if lang == "fr" else entity.name_en
    bare = re.sub(r"\s*\([^)]*\)", "", own)
    if bare == own or " " in bare:
        yield Name(key, "person" if entity.kind == "person" else "name", bare)
    match entity.kind:
        case "state":
            yield from _state_names(entity, lang)
        case "org":
            yield from (Name(key, "acronym", text, exact=text.isupper()) for text in entity.several("acronyms"))
            long = [text for text in entity.several("acronyms") if text.isupper() and text.isalpha() and len(text) > 3]
            yield from (Name(key, "acronym", text.capitalize(), exact=True) for text in long)  # "Opep", "Otan"
            other = entity.name_en if lang == "fr" else entity.name_fr
            if "(" not in other:
                yield Name(key, "name", other)
        case "equipment":
            for text in (entity.name_en, entity.name_fr, *entity.several("aliases")):
                yield Name(key, "alias", re.sub(r"\s*\([^)]*\)", "", text))
        case "person":
            yield Name(key, "person", entity.name_en)
            yield from (
                Name(key, "surname", surname) for surname in {_surname(entity.name_fr), _surname(entity.name_en)}
            )


def _surname(full: str) -> str:
    """The part of a person's name that stands alone in texts, with its particles."""
    words = full.split()
    start = next(
        (at for at, word in enumerate(words) if at and word in ("von", "van", "de", "Le", "La")), len(words) - 1
    )
    return " ".join(words[start:])


def _state_names(entity: Entity, lang: str) -> Iterator[Name]:
    key = (entity.key,)
    if lang == "en":
        yield Name(key, "capital", entity.cells["capital_fr"])
        return
    yield Name(key, "capital", entity.cells["capital_fr"])
    for column in ("demonym_fr_m", "demonym_fr_f"):
        word = entity.cells[column]
        yield Name(key, "adjective", word)
        yield Name(key, "adjective", word if word.endswith("s") else word + "s")
