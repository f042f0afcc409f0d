"""Where the words and phrases of the lexicon's classes stand in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon

_NOWHERE: Mapping[int, int] = MappingProxyType({})
_NONE: Mapping[str, int] = MappingProxyType({})


class Standing:
    """The classes of a sentence's words, found in one pass, so that most questions about it are answered at once."""

    def __init__(self, nodes: Sequence[Node], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        norms = tuple([node.norm for node in nodes])
        self._classes = [_classes_at(norms, at, lexicon) for at in range(len(norms))]
        self._present = frozenset[str]().union(*self._classes)
        self._places: dict[str, Mapping[int, int]] = {}
        self._any: dict[tuple[str, ...], frozenset[int]] = {}

    def places(self, name: str) -> Mapping[int, int]:
        """Where the words and phrases of a class stand, in order, each with the number of its nodes."""
        found = self._places.get(name)
        if found is None:
            found = self._places[name] = self._find(name)
        return found

    def _find(self, name: str) -> Mapping[int, int]:
        if name in self._present:
            return {at: classes[name] for at, classes in enumerate(self._classes) if name in classes}
        assert name in self._lexicon.words, name  # a class that no lexicon has would stand nowhere, unnoticed
        return _NOWHERE

    def any_of(self, names: tuple[str, ...]) -> frozenset[int]:
        """The places where a word or phrase of one of some classes stands."""
        if names not in self._any:
            self._any[names] = frozenset(at for name in names for at in self.places(name))
        return self._any[names]


def _classes_at(norms: tuple[str, ...], at: int, lexicon: Lexicon) -> Mapping[str, int]:
    """The classes of which a word or phrase begins at a place, each with the number of words of the longest."""
    alone = lexicon.classes_of.get(norms[at], _NONE)
    longer = lexicon.longer_phrases.get(norms[at])
    candidates = longer.get(norms[at + 1], ()) if longer and at + 1 < len(norms) else ()
    found: dict[str, int] = {}
    for name, words in candidates:
        if name not in found and norms[at : at + len(words)] == words:
            found[name] = len(words)
    return {**alone, **found} if found else alone
