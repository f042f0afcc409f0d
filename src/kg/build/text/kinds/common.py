"""What the extraction rules share: findings with their evidence, values of nodes, pattern tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.build.text.clauses import Clause, clauses_of
from kg.build.text.document import Document, Node, Sentence, Verb
from kg.build.text.kinds.needs import needs_of
from kg.build.text.kinds.standing import Cues, Standing
from kg.build.text.lexicon import Lexicon
from kg.build.text.nodes import quoted_text
from kg.build.text.skeleton import Match, Pattern
from kg.ground.records import Span

UKRAINE = "state:UKR"
RUSSIA = "state:RUS"


@dataclass(slots=True)
class Found:
    """An assertion in the making: its slots, the rule that read it, the nodes it rests on."""

    kind: str
    slots: dict[str, Any]
    rule: str
    sentence: int
    nodes: list[Node] = field(default_factory=list)
    at: int = 0

    def spans(self) -> tuple[Span, ...]:
        """The characters of the nodes, without doubles, in order."""
        return tuple([_new(Span, place) for place in sorted({(node.start, node.end) for node in self.nodes})])


_new = tuple.__new__


class Reader:
    """A document with its clauses, and the patterns of its language: what each rule file is given."""

    def __init__(self, document: Document, patterns: Mapping[str, Sequence[CompiledRule]]) -> None:
        self.document = document
        self.lexicon = document.lexicon
        self.patterns = patterns
        self.standing = [Standing(sentence, document.lexicon) for sentence in document.sentences]
        self.known = [Known() for _ in document.sentences]
        self._found: dict[Callable[[Reader], Iterable[Found]], tuple[Found, ...]] = {}
        self.clauses: dict[int, tuple[Clause, ...]] = {
            sentence.index: clauses_of(document, sentence) for sentence in document.sentences
        }

    def read(self, rule: Callable[[Reader], Iterable[Found]]) -> tuple[Found, ...]:
        """What the reader of a kind finds, read once: the reader of another kind may ask for it too."""
        if rule not in self._found:
            self._found[rule] = tuple(rule(self))
        return self._found[rule]

    def matches(self, kind: str) -> Iterator[tuple[CompiledRule, Match]]:
        """Every match of the patterns of a kind, rule by rule, sentence by sentence."""
        for rule in self.patterns.get(kind, ()):
            for sentence in self.document.sentences:
                if rule.may_match(self.standing[sentence.index]):
                    for match in rule.pattern.finditer(sentence):
                        yield rule, match

    def has_any(self, sentence: Sentence, cues: Cues) -> bool:
        """Whether one of some cues stands in a sentence: where none does, a reader need not look closer.

        That is all it may be asked for: what is found must be the same where it is always true.
        """
        return self.standing[sentence.index].has_any(cues)

    def names_any(self, sentence: Sentence, names: frozenset[str]) -> bool:
        """Whether a word or phrase of one of some classes stands in a sentence."""
        return not self.standing[sentence.index].words.isdisjoint(names)

    def tells_any(self, cues: Cues) -> bool:
        """Whether one of some cues stands anywhere in the document."""
        for standing in self.standing:  # noqa: SIM110 (a loop is faster, as most documents have one sentence)
            if standing.has_any(cues):
                return True
        return False

    def places(self, sentence: Sentence, name: str) -> Mapping[int, int]:
        """Where the words and phrases of a class stand in a sentence, in order, each with the number of its nodes."""
        return self.standing[sentence.index].places(name)

    def places_of_any(self, sentence: Sentence, names: tuple[str, ...]) -> frozenset[int]:
        """The places in a sentence where a word or phrase of one of some classes stands."""
        return self.standing[sentence.index].any_of(names)

    def has(self, sentence: Sentence, name: str, begin: int = 0, end: int | None = None) -> int | None:
        """Where a word or phrase of a class first stands in a range of nodes."""
        standing = self.standing[sentence.index]
        if name not in standing.words:
            assert name in self.lexicon.words, name
            return None
        for at in standing.places(name):
            if begin <= at and (end is None or at < end):
                return at
        return None


Opinions = tuple[int, tuple[str, str, int] | None, tuple[tuple[str, int], ...]]
"""The place of a word; the class, the measure and the length of an opinion that begins there, and those of aid."""


class Known:
    """What is known of the places of one sentence: many rules ask the same of a verb, and it is found out once."""

    __slots__ = ("asserted", "bounds", "chains", "clauses", "conditions", "opinions")

    def __init__(self) -> None:
        self.clauses: list[Clause | None] | None = None
        """The clause that each place belongs to."""
        self.bounds: dict[int, tuple[int, int]] = {}
        """The range of the clause, or of the segment, of a place."""
        self.asserted: dict[int, bool] = {}
        """Whether it is so what the verb at a place tells, by place, what is decided and what is future."""
        self.chains: dict[int, list[tuple[int, Verb]]] = {}
        """The verb of the clause with the verb at a place, and the infinitives directly after it."""
        self.opinions: list[Opinions] | None = None
        """The words that may tell an opinion."""
        self.conditions: tuple[int, ...] | None = None
        """The words that open a condition."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """One pattern of a kind: its name, and what must stand in a sentence for it to match."""

    name: str
    pattern: Pattern
    needs: tuple[Cues, ...] = ()

    def may_match(self, standing: Standing) -> bool:
        """Whether all that the pattern needs stands in a sentence."""
        return all(map(standing.has_any, self.needs))


def compile_rules(lexicon: Lexicon) -> dict[str, tuple[CompiledRule, ...]]:
    """Compile every pattern of a language."""
    return {kind: tuple([_compiled(kind, row, lexicon) for row in rows]) for kind, rows in lexicon.patterns.items()}


def _compiled(kind: str, row: Mapping[str, Any], lexicon: Lexicon) -> CompiledRule:
    pattern = Pattern(row["match"], lexicon)
    return CompiledRule(f"{kind}/{row['name']}", pattern, needs_of(row["match"]))


_LEADING = re.compile(
    r"^(?:l['’]|d['’]|(?:les?|la|des?|du|une?|the|an?|its|their|ses|leurs?|son|sa)\s+)", re.IGNORECASE
)


def plain(text: str) -> str:
    """A noun phrase as the contract writes it: lower case, without article.

    >>> plain("Les Extrêmes droites")
    'extrêmes droites'
    """
    return re.sub(r"\s+", " ", _LEADING.sub("", text.strip(' «»“”"\u00a0\u202f'))).lower().replace("’", "'")


def values(nodes: Iterable[Node]) -> list[str]:
    """The entities of some nodes, groups expanded, each once; a name that no table holds gives its words."""
    found: dict[str, None] = {}
    for node in nodes:
        for key in node.keys or (named(node),):
            found[key] = None
    return list(found)


def named(node: Node) -> str:
    """The words of an entity that no table holds."""
    return plain(node.norm if node.form == "p" else re.sub(r"[«»“”\"]", "", node.text))


def value(node: Node) -> str:
    """The first entity of a node."""
    return node.keys[0] if node.keys else named(node)


def whole(node: Node) -> int | None:
    """The whole number of a reading, or nothing if it is none."""
    if node.reading is None:
        return None
    number = node.reading.number
    return int(number) if number == number.to_integral_value() else None


def date_of(node: Node) -> str:
    """The date of a node as contract text."""
    return node.reading.text if node.reading else ""


def since_date(date: str) -> str:
    """The beginning of an open interval: "2022-02/.." gives "2022-02"."""
    return date.removesuffix("/..")


def dates_in(sentence: Sentence, begin: int, end: int) -> list[int]:
    """The places of the dates within a range."""
    return sentence.tagged("D", begin, end)


def is_since(node: Node) -> bool:
    """Whether a date is the beginning of something that lasts."""
    return date_of(node).endswith("/..")


__all__ = [
    "RUSSIA", "UKRAINE", "CompiledRule", "Cues", "Found", "Reader", "compile_rules", "date_of", "dates_in", "is_since",
    "named", "plain", "quoted_text", "since_date", "value", "values", "whole",
]  # fmt: skip
