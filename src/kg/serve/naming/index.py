"""The index: names by all the forms in which they may be asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

from kg.ground.folding import fold, surface, words, words_of
from kg.serve.naming.entries import Entry, Name, Sort

_LAST = "\U0010ffff"  # sorts after any letter


@dataclass(frozen=True, slots=True)
class Key:
    """A name of an entry, with its folded words, these in the order of the alphabet, and what it is on the surface.

    ``spelled`` are its words as they are written, with the articles, but for accents and capitals.
    """

    entry: int
    name: Name
    words: tuple[str, ...]
    ordered: str
    surface: str
    spelled: tuple[str, ...]


class NameIndex:
    """All that can be found in a release, and the names that lead there. It is never changed."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self.by_iri: Mapping[str, Entry] = {entry.iri: entry for entry in self.entries}
        self.keys = tuple(_keys(self.entries))
        self._exact: dict[str, list[Key]] = defaultdict(list)
        self._folded: dict[str, list[Key]] = defaultdict(list)
        for key in self.keys:
            self._exact[key.surface].append(key)
            if _is_code(key.name):
                continue
            for form in {key.ordered, "".join(key.words)}:
                self._folded[form].append(key)
        self.items: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            for item in entry.items:
                self.items[item].append(entry)

    def exact(self, text: str) -> list[Key]:
        """The names that are written so, but for capitals and points."""
        return self._exact.get(surface(text), [])

    def folded(self, found: Sequence[str]) -> list[Key]:
        """The names that have these folded words in any order, or these letters in other words.

        Codes of letters and digits are not among them: "n/a" is not the code of Namibia.
        """
        keys = (*self._folded.get(" ".join(sorted(found)), ()), *self._folded.get("".join(found), ()))
        return list(dict.fromkeys(keys))

    def own_key(self, entry: Entry) -> Key:
        """The first of the names of an entry."""
        return self._own[entry.iri]

    @cached_property
    def _own(self) -> Mapping[str, Key]:
        return {self.entries[key.entry].iri: key for key in reversed(self.keys)}

    @cached_property
    def of_entities(self) -> tuple[Key, ...]:
        """The names of entities that a name may be near to; a code is written as it is, or is none."""
        entities = (key for key in self.keys if self.entries[key.entry].group == "entity")
        return tuple(key for key in entities if not _is_code(key.name))

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """The words of each of `of_entities`, in the order of the alphabet."""
        return tuple(key.ordered for key in self.of_entities)

    @cached_property
    def unbroken(self) -> tuple[str, ...]:
        """The words of each of `of_entities`, without spaces."""
        return tuple("".join(key.words) for key in self.of_entities)

    @cached_property
    def _counts(self) -> Counter[str]:
        return Counter(word for found in self.words.values() for word in found)

    @cached_property
    def words(self) -> Mapping[int, frozenset[str]]:
        """The folded words of all names of each entity, by its place."""
        found: dict[int, set[str]] = defaultdict(set)
        for key in self.of_entities:
            found[key.entry].update(key.words)
        return {place: frozenset(several) for place, several in found.items()}

    @cached_property
    def _weights(self) -> dict[str, float]:
        return {}

    def weight(self, word: str) -> float:
        """How much a word tells: the logarithm of how few entities have it in a name."""
        known = self._weights.get(word)
        if known is None:
            known = self._weights[word] = log(1 + len(self.entries) / (1 + self._counts[word]))
        return known

    def holders(self, word: str) -> int:
        """How many entities have a word in a name."""
        return self._counts[word]

    @cached_property
    def by_word(self) -> Mapping[str, tuple[Key, ...]]:
        """The names of entities that have a folded word."""
        found: dict[str, list[Key]] = defaultdict(list)
        for key in self.of_entities:
            for word in set(key.words):
                found[word].append(key)
        return {word: tuple(keys) for word, keys in found.items()}

    @cached_property
    def _beginnings(self) -> tuple[tuple[str, int], ...]:
        """Each word of each name as it is written, but for accents and capitals, with the place of its name."""
        found = {(word, place) for place, key in enumerate(self.keys) for word in _searched(key)}
        return tuple(sorted(found))

    def beginning(self, word: str) -> set[int]:
        """The places in `keys` of the names in which a word begins so."""
        first = bisect_left(self._beginnings, (word, -1))
        last = bisect_left(self._beginnings, (word + _LAST, -1))
        return {place for _, place in self._beginnings[first:last]}

    def kind_words(self, entry: Entry) -> frozenset[str]:
        """The words that only say what sort of thing an entry is: those of its classes and of what is noted of it."""
        found = self._kinds.get(entry.iri)
        if found is None:
            names = [label for kind in entry.types for label in self._labels_of(kind)]
            found = frozenset(word for text in (*names, *entry.notes.values()) for word in words_of(text))
            self._kinds[entry.iri] = found
        return found

    @cached_property
    def _kinds(self) -> dict[str, frozenset[str]]:
        return {}

    def _labels_of(self, kind: str) -> Iterable[str]:
        entry = self.by_iri.get(kind)
        return entry.labels.values() if entry else ()


def _keys(entries: Iterable[Entry]) -> Iterator[Key]:
    for place, entry in enumerate(entries):
        for name in entry.names:
            found = (name.text.lower(),) if _is_code(name) else fold(name.text)
            if found:
                ordered = " ".join(sorted(found))
                yield Key(place, name, found, ordered, surface(name.text), words_of(name.text))


def _is_code(name: Name) -> bool:
    return name.sort is Sort.CODE and name.text.isalnum()


def _searched(key: Key) -> set[str]:
    return {word for word in (*key.spelled, *key.words) if len(word) > 1 or word not in words().articles}
