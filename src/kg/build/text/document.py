"""A text after analysis: sentences made of typed nodes, which the extraction rules read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from kg.build.text.lexicon import Lexicon
from kg.build.text.reading import Reading
from kg.build.text.tokens import Token
from kg.ground.records import Span


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb group says: its verb, the classes of that verb, tense, voice and polarity."""

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


class Node(NamedTuple):
    """One unit of a sentence.

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
    """The nodes of words and marks: most nodes are such, so they are made as fast as can be."""
    return [
        _new(Node, ("W", start, end, text, norm, (), "", None, None, "", False)) for start, end, text, norm in tokens
    ]


_new = tuple.__new__


_DIVIDERS = frozenset({";", "—", "–", "?", "!", "•"})


@dataclass(frozen=True)
class Sentence:
    """One sentence: its nodes, what stands where among them, and its skeleton, which patterns are matched with."""

    index: int
    nodes: tuple[Node, ...]
    norms: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The ``norm`` of each node."""
    tags: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The tag of each node."""
    forms: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The form of each node."""
    standing: frozenset[str] = field(init=False, repr=False, compare=False)
    """All that is among the norms."""
    dividers: tuple[int, ...] = field(init=False, repr=False, compare=False)
    """The places of the marks that divide it; a dash within a word does not ("the Trump–Putin relationship")."""
    _verbs: tuple[tuple[int, Verb], ...] = field(init=False, repr=False, compare=False)
    _by_tag: Mapping[str, Sequence[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather where what stands, once: the rules ask for it many times."""
        tags, _, _, _, norms, _, forms, _, verbs, _, _ = zip(*self.nodes, strict=True) if self.nodes else [()] * 11
        by_tag: dict[str, list[int]] = {}
        for at, tag in enumerate(tags):
            if tag in by_tag:
                by_tag[tag].append(at)
            else:
                by_tag[tag] = [at]
        # Into the dictionary, as a frozen record refuses attributes
        self.__dict__.update(
            norms=norms,
            tags=tags,
            forms=forms,
            standing=frozenset(norms),
            _verbs=tuple([(at, verb) for at, verb in enumerate(verbs) if verb]),
            _by_tag=by_tag,
        )
        divided = not _DIVIDERS.isdisjoint(self.standing)
        marks = [at for at, norm in enumerate(norms) if norm in _DIVIDERS] if divided else []
        self.__dict__["dividers"] = tuple([at for at in marks if not self._within_word(at)])

    @cached_property
    def skeleton(self) -> str:
        """The text of typed placeholders that patterns are matched with; few sentences need it."""
        return "".join([node.encoded(at) + " " for at, node in enumerate(self.nodes)])

    def _within_word(self, at: int) -> bool:
        node = self.nodes[at]
        return node.norm in ("–", "—") and at > 0 and self.nodes[at - 1].end == node.start

    def verbs(self) -> Iterator[tuple[int, Verb]]:
        """The verbs with the indices of their nodes."""
        return iter(self._verbs)

    def standing_at(self, mark: str) -> Sequence[int]:
        """The places of a mark or of a word, as its ``norm`` is written."""
        return [at for at, norm in enumerate(self.norms) if norm == mark] if mark in self.standing else ()

    def tagged(self, tags: str, begin: int = 0, end: int | None = None) -> list[int]:
        """The indices of the nodes of some tags within a range."""
        stop = len(self.nodes) if end is None else min(end, len(self.nodes))
        if len(tags) == 1:
            return [at for at in self._by_tag.get(tags, ()) if begin <= at < stop]
        return [at for at in range(max(begin, 0), stop) if self.nodes[at].tag in tags]

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
