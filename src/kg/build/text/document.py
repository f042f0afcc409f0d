"""A text after analysis: sentences made of typed nodes, which the extraction rules read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.build.text.lexicon import Lexicon
from kg.build.text.reading import Reading
from kg.build.text.tokens import Token
from kg.ground.records import Span


@dataclass(slots=True, eq=False)
class Verb:
    """What a verb group says: its verb, the classes of that verb, tense, voice and polarity.

    It is not changed once the verbs of its sentence are tied to each other.
    """

    lemma: str
    classes: frozenset[str]
    tense: str
    passive: bool = False
    negative: bool = False
    reflexive: bool = False
    doubtful: bool = False
    clitics: frozenset[str] = frozenset()
    main: int | None = None
    """For an infinitive or a participle that depends on another verb: the index of that verb's node."""


@dataclass(slots=True, eq=False)
class Node:
    """One unit of a sentence; as much is asked of it, it has slots, and is not frozen only as it is made faster so.

    ``tag``: S state, O organisation, P person, Q equipment, G organisation that no table holds, X other proper name,
    N number, M money, C percentage, T points, D date, R ordinal, V verb, Z quotation, W word or mark.
    ``form`` of an entity: b name, a adjective, n people, c capital, o organ, f holder of an office, p pronoun.
    """

    tag: str
    start: int
    end: int
    text: str
    norm: str
    keys: tuple[str, ...] = ()
    form: str = ""
    reading: Reading | None = None
    verb: Verb | None = None
    office: str = ""
    quoted: bool = False

    def replaced(self, **changes: Any) -> Node:
        """A node like this one but for some fields."""
        made = Node(
            self.tag, self.start, self.end, self.text, self.norm,
            self.keys, self.form, self.reading, self.verb, self.office, self.quoted,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @property
    def is_entity(self) -> bool:
        """Whether the node stands for a state, an organisation, a person or a kind of equipment."""
        return self.tag in "SOPQGX"

    @property
    def is_party(self) -> bool:
        """Whether the node stands for a state or an organisation."""
        return self.tag in "SOG"

    @property
    def span(self) -> Span:
        """The characters of the node."""
        return Span(self.start, self.end)

    def encoded(self, at: int) -> str:
        """The node as one word of the sentence's skeleton."""
        if self.verb:
            verb = self.verb
            voice = "pass" if verb.passive else "act"
            polarity = "neg" if verb.negative else "pos"
            return f"<V{at}/{_listed(verb.classes)}/{verb.tense}/{voice}/{polarity}>"
        if self.tag == "W":
            return self.norm.replace(" ", "_")
        return f"<{self.tag}{at}{self.form}>"


@lru_cache(maxsize=4096)
def _listed(classes: frozenset[str]) -> str:
    """The classes of a verb in the order of the alphabet."""
    return ",".join(sorted(classes))


def word_nodes(tokens: Sequence[Token]) -> list[Node]:
    """The nodes of words and marks, as most nodes are."""
    return [Node("W", start, end, text, norm) for start, end, text, norm in tokens]


_DIVIDERS = frozenset({";", "—", "–", "?", "!", "•"})


class Sentence:
    """One sentence: its nodes, what stands where among them, and its skeleton, which patterns are matched with."""

    __slots__ = (
        "_by_tag", "_skeleton", "_verbs", "dividers", "forms", "index", "nodes", "norms", "standing", "tags", "told",
    )  # fmt: skip

    def __init__(self, index: int, nodes: tuple[Node, ...]) -> None:
        """Gather what stands where, once: the rules ask for it many times."""
        self.index = index
        self.nodes = nodes
        self.norms = tuple([node.norm for node in nodes])
        """The ``norm`` of each node."""
        self.tags = tuple([node.tag for node in nodes])
        """The tag of each node."""
        self.forms = tuple([node.form for node in nodes])
        """The form of each node."""
        self.standing = frozenset(self.norms)
        """All that is among the norms."""
        self.dividers: Sequence[int] = ()
        """The places of the marks that divide it; a dash within a word does not ("the Trump–Putin relationship")."""
        if not _DIVIDERS.isdisjoint(self.standing):
            marks = [at for at, norm in enumerate(self.norms) if norm in _DIVIDERS]
            self.dividers = [at for at in marks if not self._within_word(at)]
        self.told = [at for at, tag in enumerate(self.tags) if tag != "W"]
        """The places of all nodes but words and marks."""
        self._by_tag: dict[str, list[int]] = {}
        for at in self.told:
            self._by_tag.setdefault(self.tags[at], []).append(at)
        self._verbs = [(at, verb) for at in self._by_tag.get("V", ()) if (verb := nodes[at].verb)]
        self._skeleton: str | None = None

    @property
    def skeleton(self) -> str:
        """The text of typed placeholders that patterns are matched with; written when first asked for, as few are."""
        if self._skeleton is None:
            self._skeleton = "".join([node.encoded(at) + " " for at, node in enumerate(self.nodes)])
        return self._skeleton

    def _within_word(self, at: int) -> bool:
        node = self.nodes[at]
        return node.norm in ("–", "—") and at > 0 and self.nodes[at - 1].end == node.start

    def verbs(self) -> Sequence[tuple[int, Verb]]:
        """The verbs with the indices of their nodes."""
        return self._verbs

    def standing_at(self, mark: str) -> Sequence[int]:
        """The places of a mark or of a word, as its ``norm`` is written."""
        return [at for at, norm in enumerate(self.norms) if norm == mark] if mark in self.standing else ()

    def tagged(self, tags: str, begin: int = 0, end: int | None = None) -> list[int]:
        """The indices of the nodes of some tags within a range."""
        stop = len(self.nodes) if end is None else min(end, len(self.nodes))
        if len(tags) == 1 and tags != "W":
            places = self._by_tag.get(tags)
            return [at for at in places if begin <= at < stop] if places else []
        if "W" not in tags:
            return [at for at in self.told if begin <= at < stop and self.tags[at] in tags]
        begin = max(begin, 0)
        return [at for at, tag in enumerate(self.tags[begin : max(stop, begin)], begin) if tag in tags]

    @property
    def is_finite(self) -> bool:
        """Whether the sentence has a verb that can carry an assertion."""
        return any(verb.tense in ("pres", "past", "fut", "cond", "perf") for _, verb in self.verbs())


@dataclass(frozen=True)
class Document:
    """A statement after analysis."""

    text: str
    lang: str
    lexicon: Lexicon
    sentences: tuple[Sentence, ...]
    pollsters: frozenset[str] = frozenset()
    """The organisations known to make polls."""
    media: frozenset[str] = frozenset()
    """The organisations known to publish what people say."""
    parties: frozenset[str] = frozenset()
    """The organisations known to be political parties."""

    def words(self, name: str) -> frozenset[str]:
        """The words of a class in the document's language."""
        return self.lexicon.sets[name]
