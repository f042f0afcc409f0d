"""Where the words and phrases of the lexicon's classes stand in one sentence, and what stands in it at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon


@dataclass(frozen=True, slots=True)
class Cues:
    """What a reader needs one of to find anything: classes of words, classes of verbs, tags of nodes, or words."""

    words: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    norms: frozenset[str] = frozenset()


class Standing:
    """Where the words and phrases of each class stand in a sentence, in order, each with the number of its nodes.

    All is found in one pass, so that every question about it is one look into a table. A class that no lexicon has is
    a `KeyError`: it would stand nowhere, unnoticed.
    """

    def __init__(self, nodes: Sequence[Node], lexicon: Lexicon) -> None:
        self.places: dict[str, dict[int, int]] = dict.fromkeys(lexicon.words, _NOWHERE)
        self.norms: frozenset[str] = frozenset([node.norm for node in nodes])
        self.tags: frozenset[str] = frozenset([node.tag for node in nodes])
        self.forms: frozenset[str] = frozenset([node.form for node in nodes])
        verbs: set[str] = set()
        for node in nodes:
            if node.verb is not None:
                verbs |= node.verb.classes
        self.verbs: frozenset[str] = frozenset(verbs)
        """The classes of the sentence's verbs."""
        self.words: frozenset[str] = frozenset(self._find([node.norm for node in nodes], lexicon))
        """The classes of which a word or phrase stands in the sentence."""
        self._any: dict[tuple[str, ...], frozenset[int]] = {}

    def _find(self, norms: list[str], lexicon: Lexicon) -> set[str]:
        """Fill the places; gives the classes that have one."""
        places, classes_of, longer_phrases = self.places, lexicon.classes_of, lexicon.longer_phrases
        found: set[str] = set()
        for at in range(len(norms)):
            alone = classes_of.get(norms[at])
            if alone is not None:
                for name in alone:
                    if name in found:
                        places[name][at] = 1
                    else:
                        places[name] = {at: 1}
                        found.add(name)
            longer = longer_phrases.get(norms[at])
            if longer is None or at + 1 == len(norms):
                continue
            for name, length in _longest(norms, at, longer.get(norms[at + 1], ())).items():
                if name in found:
                    places[name][at] = length
                else:
                    places[name] = {at: length}
                    found.add(name)
        return found

    def any_of(self, names: tuple[str, ...]) -> frozenset[int]:
        """The places where a word or phrase of one of some classes stands."""
        if names not in self._any:
            self._any[names] = frozenset([at for name in names for at in self.places[name]])
        return self._any[names]

    def has_any(self, cues: Cues) -> bool:
        """Whether one of some cues stands in the sentence."""
        return not (
            self.words.isdisjoint(cues.words)
            and self.verbs.isdisjoint(cues.verbs)
            and self.tags.isdisjoint(cues.tags)
            and self.norms.isdisjoint(cues.norms)
        )


_NOWHERE: dict[int, int] = {}
"""The places of a class of which no word stands in a sentence; nothing is ever put into it."""


def _longest(norms: list[str], at: int, candidates: Sequence[tuple[str, tuple[str, ...]]]) -> Mapping[str, int]:
    """The classes of which a phrase of several words begins at a place, each with the length of the longest."""
    found: dict[str, int] = {}
    for name, words in candidates:
        if name not in found and tuple(norms[at : at + len(words)]) == words:
            found[name] = len(words)
    return found
