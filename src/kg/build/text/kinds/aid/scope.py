"""A range of a sentence with the things in it and the event that they take part in."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import Event
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.aid.words import Words
from kg.build.text.kinds.common import Reader

_STRONG = frozenset({";", ":"})


@dataclass(slots=True)
class Scope:
    """A range of a sentence with the things in it and the event that they take part in."""

    reader: Reader
    words: Words
    sentence: Sentence
    begin: int
    end: int
    event: Event
    things: list[Thing]
    nodes: tuple[Node, ...] = field(init=False)
    """The nodes of the sentence."""

    def __post_init__(self) -> None:
        """Keep the nodes, which are asked for many times."""
        self.nodes = self.sentence.nodes

    def finds(self, name: str, begin: int, end: int) -> bool:
        """Whether a word or phrase of a class stands within a range."""
        phrases = self.words.words[name]
        return not self.sentence.standing.isdisjoint(phrases.first) and self.words.finds(name, self.nodes, begin, end)

    def before(self, number: int) -> range:
        """The places between a thing and the one before it, the verb or the beginning of the scope."""
        first = self.things[number - 1].end if number else self.begin
        begin = self.things[number].begin
        if first <= self.event.at < begin:
            first = self.event.at + 1
        return range(first, begin)

    def after(self, number: int) -> range:
        """The places between a thing and the next one, a strong mark or the end of the scope."""
        norms = self.sentence.norms
        begin = self.things[number].end
        stop = self.things[number + 1].begin if number + 1 < len(self.things) else self.end
        if begin <= self.event.at < stop and self.event.passive:
            return range(begin, self.event.at)
        if not _STRONG.isdisjoint(self.sentence.standing):
            stop = next((i for i in range(begin, stop) if norms[i] in _STRONG), stop)
        return range(begin, stop)


def respective(scope: Scope) -> bool:
    """Whether "respectivement" gives each donor its own thing."""
    paired = len(scope.event.donors) == len(scope.things) > 1
    return paired and says_respectively(scope)


def says_respectively(scope: Scope) -> bool:
    """Whether "respectivement" stands in the scope, or within the verb group: "ont respectivement donné"."""
    verbs = [node for node in scope.nodes[max(scope.event.at - 2, 0) : scope.event.at + 1] if node.verb]
    within = {word for node in verbs for word in scope.reader.document.text[node.start : node.end].lower().split()}
    told = bool(scope.words.sets["respectively"] & within)
    return told or scope.finds("respectively", scope.begin, scope.end)
