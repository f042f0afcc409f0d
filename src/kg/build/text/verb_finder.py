"""The walk over a sentence that finds its verb groups: what the languages share."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.build.text.document import Node, Verb
from kg.build.text.lexicon import Lexicon, VerbForm
from kg.build.text.nodes import phrase_at

MAY_INTERVENE = 9
"""How many nodes a verb group may reach over: "has, since May 2022, repeatedly sent"."""
_REACH = 8
"""How many nodes an attribution within a verb group may have."""
_REFLEXIVE = frozenset({"se", "s'"})
FINITE = frozenset({"pres", "past", "fut", "cond", "perf"})


@dataclass(slots=True)
class Auxiliary:
    """What the words before a participle have said so far."""

    tense: str
    passive: bool = False
    being: bool = False
    negative: bool = False
    doubtful: bool = False
    modal: bool = False
    clitics: set[str] = field(default_factory=set)


class Finder:
    """A walk over the nodes of one sentence; the languages differ in what an auxiliary does."""

    def __init__(self, nodes: list[Node], lexicon: Lexicon) -> None:
        self.nodes = nodes
        self.lexicon = lexicon
        self.sets = lexicon.sets
        self.words = [node.norm if node.tag == "W" else "" for node in nodes] + [""] * (MAY_INTERVENE + 1)
        """The word at each place, or nothing where there is no word, nor past the end."""
        self._adverb_endings = tuple(lexicon.sets["adverb_endings"])
        self.out: list[Node] = []

    def run(self) -> list[Node]:
        """The nodes with the verb groups folded."""
        opening = self.openings()
        reached = 0
        for at in [at for at, word in enumerate(self.words) if word in opening]:
            if at >= reached:
                self.out += self.nodes[reached:at]
                reached = self.step(at)
        self.out += self.nodes[reached:]
        return self.out

    def openings(self) -> frozenset[str]:
        """The words that a verb group may begin with: auxiliaries and the forms of verbs."""
        raise NotImplementedError

    def step(self, at: int) -> int:
        """Take what begins at a place, and tell where the walk goes on."""
        raise NotImplementedError

    def word(self, at: int) -> str:
        """The word at a place, or nothing where there is no word."""
        return self.words[at] if 0 <= at < len(self.words) else ""

    def between(self, at: int) -> bool:
        """Whether a word may stand within a verb group: one of a class, or any adverb ("has repeatedly condemned")."""
        word = self.word(at)
        if word in self.sets["between"]:
            return True
        return word.endswith(self._adverb_endings) and word not in self.sets["not_adverbs"]

    def readings(self, at: int, *tenses: str) -> list[VerbForm]:
        """What a word can be among the forms of verbs in some tenses."""
        forms = self.lexicon.verb_forms.get(self.word(at))
        return [form for form in forms if form.tense in tenses] if forms else []

    def participle(self, at: int) -> tuple[int, list[int]] | None:
        """The participle that completes an auxiliary, and the nodes between that stay in the sentence."""
        kept: list[int] = []
        inserted = at
        for here in range(at, min(at + MAY_INTERVENE, len(self.nodes))):
            word = self.words[here]
            if here >= inserted and (length := phrase_at(self.nodes, here, self.lexicon.words["first_time"])):
                inserted = here + length
            if here >= inserted and (length := phrase_at(self.nodes, here, self.lexicon.words["all_of_them"])):
                inserted = here + length
            if here >= inserted and (close := self.attributed(here)):
                inserted = close
            if here < inserted:
                kept.append(here)
            elif self.is_participle(here):
                return here, kept
            elif self.nodes[here].tag == "D" or word == ",":
                kept.append(here)
            elif not self.between(here) and not (kept and word in self.sets["determiners"]):
                return None
        return None

    def attributed(self, at: int) -> int:
        """The place after an attribution between commas, if one stands here: "aurait, selon Reuters, livré"; else 0."""
        if self.word(at) != "," or not phrase_at(self.nodes, at + 1, self.lexicon.words["attribution"]):
            return 0
        return next((i + 1 for i in range(at + 1, min(at + _REACH, len(self.nodes))) if self.word(i) == ","), 0)

    def is_participle(self, at: int) -> bool:
        """Whether a word can be a past participle."""
        word = self.word(at)
        return word != "été" and bool(self.readings(at, "pp"))

    def emit(self, at: int, form: VerbForm, auxiliary: Auxiliary, *, begin: int | None = None) -> None:
        """Put out the node of a verb group, which began at ``begin`` if it has an auxiliary."""
        node = self.nodes[at]
        start = self.nodes[begin].start if begin is not None else node.start
        verb = Verb(
            form.lemma, self.lexicon.verb_classes[form.lemma], auxiliary.tense, auxiliary.passive, auxiliary.negative,
            not _REFLEXIVE.isdisjoint(auxiliary.clitics), auxiliary.doubtful, frozenset(auxiliary.clitics),
        )  # fmt: skip
        start = min(start, node.start)
        self.out.append(node.replaced(tag="V", verb=verb, start=start))

    def keep(self, at: int) -> int:
        """Put out a node as it is."""
        self.out.append(self.nodes[at])
        return at + 1
