"""Where the words and phrases of the lexicon's classes stand in one sentence, and what stands in it at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kg.build.text.document import Sentence
from kg.build.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Cues:
    """What a reader needs one of to find anything: classes of words, classes of verbs, tags of nodes, or words."""

    words: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    norms: frozenset[str] = frozenset()


_NOWHERE: Mapping[int, int] = MappingProxyType({})


class Standing:
    """Where the words and phrases of each class stand in a sentence, and which stand in it.

    Which do is found in one pass, so that whether a reader has anything to look for is one look into a set.
    """

    def __init__(self, sentence: Sentence, lexicon: Lexicon) -> None:
        nodes = sentence.nodes
        self.norms = sentence.standing
        self.tags: frozenset[str] = frozenset(sentence.tags)
        self.forms: frozenset[str] = frozenset(sentence.forms)
        self.keys: frozenset[str] = frozenset([node.keys[0] for node in nodes if node.keys])
        """The first entity that each node stands for."""
        self.offices: bool = "f" in self.forms and any(node.office for node in nodes)
        """Whether somebody is named by an office."""
        self.verbs: frozenset[str] = frozenset().union(*[verb.classes for _, verb in sentence.verbs()])
        """The classes of the sentence's verbs."""
        self._lexicon = lexicon
        self._beginning = self._classes(sentence.norms)
        self.words: set[str] = set().union(*[classes for _, classes in self._beginning])
        """The classes of which a word or phrase stands in the sentence."""
        self._places: dict[str, dict[int, int]] = {}
        self._any: dict[tuple[str, ...], frozenset[int]] = {}

    def _classes(self, norms: tuple[str, ...]) -> list[tuple[int, Mapping[str, int]]]:
        """The places where words and phrases of classes begin, each with the classes and the length of the longest."""
        found: list[tuple[int, Mapping[str, int]]] = []
        last = len(norms) - 1
        for at, beginning in enumerate(map(self._lexicon.beginnings.get, norms)):
            if beginning is None:
                continue
            classes, longer = beginning
            candidates = longer.get(norms[at + 1]) if longer is not None and at < last else None
            if candidates is not None and (phrases := _longest(norms, at, candidates)):
                classes = {**classes, **phrases} if classes is not None else phrases
            if classes is not None:
                found.append((at, classes))
        return found

    def places(self, name: str) -> Mapping[int, int]:
        """Where the words and phrases of a class stand, in order, each with the number of its nodes."""
        if name not in self.words:
            assert name in self._lexicon.words, name  # a class that no lexicon has would stand nowhere, unnoticed
            return _NOWHERE
        found = self._places.get(name)
        if found is None:
            found = self._places[name] = {at: classes[name] for at, classes in self._beginning if name in classes}
        return found

    def any_of(self, names: tuple[str, ...]) -> frozenset[int]:
        """The places where a word or phrase of one of some classes stands."""
        if names not in self._any:
            self._any[names] = frozenset([at for name in names if name in self.words for at in self.places(name)])
        return self._any[names]

    def has_any(self, cues: Cues) -> bool:
        """Whether one of some cues stands in the sentence."""
        if not self.words.isdisjoint(cues.words):
            return True
        if cues.verbs and not self.verbs.isdisjoint(cues.verbs):
            return True
        if cues.tags and not self.tags.isdisjoint(cues.tags):
            return True
        return bool(cues.norms) and not self.norms.isdisjoint(cues.norms)


def _longest(norms: tuple[str, ...], at: int, candidates: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, int]:
    """The classes of which a phrase of several words begins at a place, each with the length of the longest."""
    found: dict[str, int] = {}
    for name, words in candidates:
        if name not in found and norms[at : at + len(words)] == words:
            found[name] = len(words)
    return found
