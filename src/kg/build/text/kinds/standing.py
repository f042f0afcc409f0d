"""Where the words and phrases of the lexicon's classes stand in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon

_NONE: Mapping[str, int] = MappingProxyType({})


class Standing(dict[str, dict[int, int]]):
    """Where the words and phrases of each class stand in a sentence, in order, each with the number of its nodes.

    All is found in one pass, so that every question about it is one look into a table.
    """

    def __init__(self, nodes: Sequence[Node], lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon
        self._any: dict[tuple[str, ...], frozenset[int]] = {}
        norms = tuple([node.norm for node in nodes])
        for at in range(len(norms)):
            for name, length in _classes_at(norms, at, lexicon).items():
                if name in self:
                    self[name][at] = length
                else:
                    self[name] = {at: length}

    def __missing__(self, name: str) -> dict[int, int]:
        """A class of which no word stands in the sentence."""
        assert name in self._lexicon.words, name  # a class that no lexicon has would stand nowhere, unnoticed
        nowhere: dict[int, int] = {}
        self[name] = nowhere
        return nowhere

    def any_of(self, names: tuple[str, ...]) -> frozenset[int]:
        """The places where a word or phrase of one of some classes stands."""
        if names not in self._any:
            self._any[names] = frozenset([at for name in names for at in self[name]])
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
