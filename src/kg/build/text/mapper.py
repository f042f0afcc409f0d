"""The mapper: a statement's text to the assertions that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg.build.text.analysis import analyse
from kg.build.text.clauses import Clause
from kg.build.text.confidence import Signs, load_calibration, signs_of
from kg.build.text.document import Node
from kg.build.text.kinds import RULES
from kg.build.text.kinds.attribution import attributed
from kg.build.text.kinds.common import CompiledRule, Found, Reader, compile_rules
from kg.build.text.kinds.opinion.scope import without_deeds_of_opinion
from kg.build.text.lexicon import Lexicon, load_lexicon
from kg.build.text.names import NameIndex, read_names
from kg.build.text.passages import passages
from kg.ground.errors import InputError
from kg.ground.records import LANGUAGES, Assertion, Evidence, Span

_FIGURES = frozenset("NMCT")
_NAMING = _FIGURES | frozenset("SOPQGXD")
"""The tags of what a clause may name that could be told of."""


class Mapper:
    """Maps texts to assertions; it holds the names, the lexicons and the compiled patterns, and no state of a text."""

    def __init__(self, indexes: Mapping[str, NameIndex]) -> None:
        """Load the language data and compile its patterns for the languages of ``indexes``."""
        self._indexes = indexes
        self._calibration = load_calibration()
        self._lexicons: dict[str, Lexicon] = {lang: load_lexicon(lang) for lang in indexes}
        self._patterns: dict[str, dict[str, tuple[CompiledRule, ...]]] = {
            lang: compile_rules(lexicon) for lang, lexicon in self._lexicons.items()
        }

    @classmethod
    def from_tables(cls, folder: Path) -> Mapper:
        """A mapper that knows the entities of the tables in a folder (``sources/entities``).

        Raises `kg.ground.errors.TableError` for a table that cannot be used.
        """
        return cls(read_names(folder))

    def map(self, text: str, lang: str, *, where: str | None = None) -> tuple[Assertion, ...]:
        """The assertions that a text makes, in the order in which it makes them.

        ``lang`` is ``fr`` or ``en``; ``where`` is named in errors. Raises `InputError` for another language.
        """
        return tuple([assertion for assertion, _ in self.judged(text, lang, where=where)])

    def judged(self, text: str, lang: str, *, where: str | None = None) -> tuple[tuple[Assertion, Signs], ...]:
        """The assertions that a text makes, as `map` gives them, each with the signs that its confidence comes from."""
        if lang not in self._indexes:
            raise InputError(f"no mapper for the language {lang!r}", where=where, expected=" or ".join(LANGUAGES))
        kept: dict[tuple[object, ...], tuple[Assertion, Signs]] = {}
        for begin, passage in passages(text):
            found, signs = self._found(passage, lang)
            made = [self._assertion(item, its, begin, where) for item, its in zip(found, signs, strict=True)]
            for assertion, its in zip(_fullest(made), signs, strict=True):
                if assertion is not None:
                    kept.setdefault(_content(assertion), (assertion, its))
        return tuple(kept.values())

    def parts(self, text: str, lang: str) -> Iterator[tuple[Span, tuple[Span, ...]]]:
        """The sentences of a text, each with those of its clauses that an assertion could rest on.

        These name an entity, a figure or a date, and do not only tell who says what another clause tells.
        """
        for begin, passage in passages(text):
            document = analyse(passage, self._lexicons[lang], self._indexes[lang])
            clauses = Reader(document, self._patterns[lang]).clauses
            for sentence in (one for one in document.sentences if one.nodes):
                telling = (clause for clause in clauses[sentence.index] if _tells(clause))
                spans = [_span(sentence.nodes[clause.begin : clause.end], begin) for clause in telling]
                yield Span(sentence.nodes[0].start + begin, sentence.nodes[-1].end + begin), tuple(spans)

    def _found(self, passage: str, lang: str) -> tuple[list[Found], list[Signs]]:
        document = analyse(passage, self._lexicons[lang], self._indexes[lang])
        reader = Reader(document, self._patterns[lang])
        read = [item for rule in RULES for item in reader.read(rule)]
        found = sorted(attributed(reader, without_deeds_of_opinion(reader, read)), key=_place)
        return found, signs_of(reader, found)

    def _assertion(self, found: Found, signs: Signs, begin: int, where: str | None) -> Assertion:
        """A finding as an assertion; ``begin`` is where its passage begins in the text."""
        spans = found.spans()
        if begin:
            spans = tuple([Span(span.start + begin, span.end + begin) for span in spans])
        evidence = Evidence(found.rule, spans, self._calibration.confidence(signs))
        return Assertion.create(found.kind, found.slots, evidence=evidence, where=where)


def _tells(clause: Clause) -> bool:
    """Whether a clause names what could be told of; to say or announce alone, without a figure, is telling nothing."""
    tags = {node.tag for node in clause.sentence.nodes[clause.begin : clause.end]}
    return not tags.isdisjoint(_FIGURES if clause.verb.classes & {"say", "announce"} else _NAMING)


def _span(nodes: Sequence[Node], begin: int) -> Span:
    """Where some nodes stand in a text, without the marks around them; ``begin`` is where their passage begins."""
    words = [node for node in nodes if node.norm[:1].isalnum()] or nodes
    return Span(words[0].start + begin, words[-1].end + begin)


def _place(found: Found) -> tuple[int, int, str]:
    return found.sentence, min([node.start for node in found.nodes], default=0), found.kind


def _fullest(made: Sequence[Assertion]) -> Sequence[Assertion | None]:
    """The assertions of a passage, with none in place of those of which another says all and more."""
    if len({one.kind for one in made}) == len(made):
        return made
    fullest: list[Assertion | None] = []
    for one in made:
        kind, size = one.kind, len(one.slots)
        longer = [other for other in made if other.kind == kind and len(other.slots) > size]
        fullest.append(None if any(_covers(other, one) for other in longer) else one)
    return fullest


def _content(assertion: Assertion) -> tuple[object, ...]:
    """What an assertion says, whatever the order of what a slot lists: the slots of a kind stand in one order."""
    slots = assertion.slots.items()
    return assertion.kind, *[
        (name, tuple(sorted(value)) if isinstance(value, tuple) else str(value)) for name, value in slots
    ]


def _covers(one: Assertion, other: Assertion) -> bool:
    """Whether an assertion has every slot of another."""
    return all(one.slots.get(name) == value for name, value in other.slots.items())
