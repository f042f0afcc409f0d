"""Pronouns and phrases that take up what was named before: "le pays", "ce dernier", "elle", "they"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon, Phrases
from kg.build.text.nodes import joined, phrase_at

_ANAPHORS = tuple(
    f"anaphora_{kind}"
    for kind in (
        "state", "organisation", "pair", "all", "last", "former", "latter", "institute", "they", "she", "he",
        "it", "object",
    )
)  # fmt: skip
_MASCULINE_IN_E = {"mexique", "belize", "cambodge", "mozambique", "zimbabwe", "suriname"}


_SAYING = frozenset({"say", "announce", "be", "seem", "pledge", "consider", "arise", "decide", "see"})


def _impersonal(following: Node) -> bool:
    """Whether "it" stands for nobody: "it was announced that", "it remains to be seen", "it is unclear"."""
    verb = following.verb
    return verb is None or bool(verb.classes & {"be", "seem"}) or (verb.passive and bool(verb.classes & _SAYING))


def _is_something(nodes: Sequence[Node], verb: int) -> bool:
    """Whether "it" is somebody of whom a noun tells: "it is a member of", "it became NATO's 32nd member"."""
    if verb + 3 >= len(nodes) or nodes[verb + 3].norm in ("to", "that", "for", "if", "when"):
        return False  # "it was a mistake to send tanks"
    first, second = nodes[verb + 1 : verb + 3]
    owned = first.tag == "O" and second.norm == "'s"
    return owned or (first.norm in ("a", "an", "the", "one") and second.tag in "WR")


@dataclass(slots=True)
class _Opening:
    """What anaphors begin with a word: what each takes up with its class, and the words that may stand second."""

    kinds: list[tuple[str, Phrases]] = field(default_factory=list)
    seconds: set[str] = field(default_factory=set)
    alone: bool = False


@lru_cache(maxsize=8)
def _openings(lexicon: Lexicon) -> Mapping[str, _Opening]:
    """The words that an anaphor may begin with."""
    found: dict[str, _Opening] = defaultdict(_Opening)
    for name in _ANAPHORS:
        for first, several in lexicon.words[name].by_first.items():
            opening = found[first]
            opening.kinds.append((name.removeprefix("anaphora_"), lexicon.words[name]))
            opening.seconds.update([words[1] for words in several if len(words) > 1])
            opening.alone = opening.alone or (first,) in several
    return dict(found)


@dataclass
class Discourse:
    """What the text has named so far, in order."""

    lexicon: Lexicon
    text: str
    named: list[Node] = field(default_factory=list)
    previous: list[Node] = field(default_factory=list)
    _openings: Mapping[str, _Opening] = field(init=False)

    def __post_init__(self) -> None:
        """Gather the words that an anaphor may begin with."""
        self._openings = _openings(self.lexicon)

    @property
    def formal(self) -> frozenset[str]:
        """Words such as "organisation", which also take up what the same sentence has named."""
        return self.lexicon.sets["formal_kinds"]

    def resolved(self, nodes: Sequence[Node]) -> list[Node]:
        """A sentence with its anaphors replaced by nodes that carry the entities they take up (form p)."""
        out: list[Node] = []
        here: list[Node] = []
        openings = self._openings
        reached = 0
        for at in [at for at, node in enumerate(nodes) if node.norm in openings or node.tag in "SOGPX"]:
            node = nodes[at]
            if at < reached:
                continue
            if node.tag != "W":
                if node.tag in "SOGPX":
                    here.append(node)
            elif found := self._anaphor(nodes, at, here):
                out += nodes[reached:at]
                reached, node = found
                out.append(node)
                here.append(node)
        self.previous = here or self.previous
        self.named += here
        return [*out, *nodes[reached:]]

    def _anaphor(self, nodes: Sequence[Node], at: int, here: list[Node]) -> tuple[int, Node] | None:
        opening = self._openings[nodes[at].norm]
        if not opening.alone and (at + 1 == len(nodes) or nodes[at + 1].norm not in opening.seconds):
            return None
        for kind, phrases in opening.kinds:
            length = phrase_at(nodes, at, phrases)
            prepared = bool(at) and nodes[at - 1].norm in self.lexicon.sets["before_object"]
            if kind == "object" and not prepared:
                continue
            if length and (antecedent := self._antecedent(kind, nodes, at + length, here, prepared=prepared)):
                return at + length, self._node(nodes[at : at + length], antecedent)
        return None

    def _antecedent(
        self, kind: str, nodes: Sequence[Node], after: int, here: list[Node], *, prepared: bool
    ) -> list[Node]:
        """What an anaphor takes up; ``prepared`` where a preposition such as "with" stands before it."""
        states = [node for node in self.previous + here if node.tag == "S" and node.form != "a"]
        following = nodes[after] if after < len(nodes) else None
        match kind:
            case "state":
                if (following is not None and following.tag in "SXD") or (
                    following is not None
                    and following.norm in ("de", "du", "des", "d'", "qui", "le", "la", "les", "of", "that", "où")
                ):
                    return []
                return states[:1] if not here else states[-1:]
            case "organisation":
                return self._organisation(following, here if nodes[after - 1].norm in self.formal else [])
            case "pair":
                return states[-2:] if len(states) > 1 else []
            case "all":
                return states if len(states) > 1 else []
            case "last":
                return [node for node in self.previous + here if node.tag in "SOGPX" and node.form != "a"][-1:]
            case "former" | "latter":
                verb = following is not None and (following.tag == "V" or following.norm in ("y", "en"))
                verb = verb or (prepared and (following is None or following.norm in (".", ",", ";")))
                two = [node for node in states if node.form != "p"][-2:] if verb else []
                two = two if len(two) > 1 else []
                return two[:1] if kind == "former" else two[1:]
            case "object":
                return self._object(here)
            case "institute":
                return [node for node in self.previous if node.tag in "OX"][-1:]
        return self._pronoun(kind, nodes, after, here)

    def _object(self, here: list[Node]) -> list[Node]:
        """The state of the sentence before that "with it" takes up, where this one names another for its subject."""
        taken = {key for node in here for key in node.keys}
        earlier = [node for node in self.previous if node.tag == "S" and node.keys and not taken & set(node.keys)]
        return earlier[:1] if taken else []

    def _organisation(self, following: Node | None, here: list[Node]) -> list[Node]:
        if following is not None and (
            following.norm in ("de", "du", "des", "d'", "of", "pour", "for", "dirigé") or following.tag in "SXZ"
        ):
            return []
        return [node for node in self.named + here if node.tag in "OG"][-1:]

    def _pronoun(self, kind: str, nodes: Sequence[Node], after: int, here: list[Node]) -> list[Node]:
        following = nodes[after] if after < len(nodes) else None
        if following is None or following.tag != "V":
            return []
        pool = [node for node in (here or self.previous) if node.form != "a" and node.tag in "SOGPX"]
        pool = [node for node in pool if node.tag != "Q"]
        if kind == "it":
            stands = not _impersonal(following) or _is_something(nodes, after)
            return [node for node in pool if node.tag in "SOG"][:1] if stands else []
        if kind == "they":
            return [node for node in pool if node.tag == "S"] if len(pool) > 1 else pool
        wanted = [node for node in pool if self._feminine(node) == (kind == "she")]
        return wanted[:1] if not here else wanted[-1:]

    def _feminine(self, node: Node) -> bool:
        word = node.norm.split()[0]
        if node.tag == "S" and node.form == "c":
            return True
        return (word.endswith("e") and word not in _MASCULINE_IN_E) or word in (
            "ue",
            "otan",
            "onu",
            "bbc",
            "coalition",
            "plateforme",
            "force",
        )

    def _node(self, taken: Sequence[Node], antecedent: list[Node]) -> Node:
        first = antecedent[0]
        keys = tuple(dict.fromkeys(key for node in antecedent for key in node.keys))
        whole = joined(taken, self.text)
        return whole.replaced(tag=first.tag, keys=keys, form="p", norm=first.norm if not keys else whole.norm)
