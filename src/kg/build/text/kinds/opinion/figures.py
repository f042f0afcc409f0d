"""The figures of a poll in a sentence, and the stretch of the sentence that each of them is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader
from kg.build.text.nodes import phrase_at


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a sentence with one figure: a share, a number of countries, or a change alone."""

    at: int
    begin: int
    end: int
    counts: bool = False


def figures(reader: Reader, sentence: Sentence, *, signed: bool) -> list[int]:
    """The places of the figures: shares, or net scores without a percent sign where ``signed`` numbers may be such.

    Only where there is none, changes in points stand for themselves.
    """
    found = [at for at in sentence.tagged("C") if not _is_margin(reader, sentence, at)]
    found = [at for at in found if not _said_again(sentence, at, found)]
    if signed:
        found += [at for at in sentence.tagged("N") if sentence.nodes[at].text[:1] in "+-−–"]
    return sorted(found) or sentence.tagged("T")


def _said_again(sentence: Sentence, at: int, found: Sequence[int]) -> bool:
    """Whether a share in words is told exactly in brackets after it: "les deux tiers des Allemands (67 %)"."""
    if any(char.isdigit() for char in sentence.nodes[at].text):
        return False
    following = [other for other in found if at < other <= at + 5]
    return any(sentence.nodes[other - 1].norm == "(" for other in following)


def _is_margin(reader: Reader, sentence: Sentence, at: int) -> bool:
    return reader.has(sentence, "margin", max(at - 6, 0), at) is not None


def countries(reader: Reader, sentence: Sentence) -> list[int]:
    """The places of numbers that count countries: "cinq pays", "une majorité de pays (101)", "in 14 others"."""
    nodes = sentence.nodes
    found: list[int] = []
    for at in sentence.tagged("N"):
        before = [node.norm for node in nodes[max(at - 2, 0) : at]]
        follows = at + 1 < len(nodes) and phrase_at(
            nodes, _past_whole(reader, sentence, at + 1), reader.lexicon.words["states"]
        )
        others = bool(found) and at + 1 < len(nodes) and nodes[at + 1].norm in reader.lexicon.sets["others"]
        others = others or (bool(found) and _in_so_many(reader, sentence, at))
        bracketed = before[-1:] == ["("] and before[0] in reader.lexicon.sets["states"]
        if (follows or others or bracketed) and not _out_of(reader, sentence, at):
            found.append(at)
    return found


def _past_whole(reader: Reader, sentence: Sentence, at: int) -> int:
    """The place after the whole that a number is a part of: "38 des 47 pays"."""
    length = phrase_at(sentence.nodes, at, reader.lexicon.words["of_whole"])
    end = at + length
    return end + 1 if length and end < len(sentence.nodes) and sentence.nodes[end].tag == "N" else at


def _in_so_many(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a number that counts nothing else says in how many of the countries named before: "in 14, it is …"."""
    nodes = sentence.nodes
    following = nodes[at + 1].norm if at + 1 < len(nodes) else "."
    return at > 0 and nodes[at - 1].norm in reader.lexicon.sets["locative"] and not following[:1].isalnum()


def _out_of(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a number is only the whole of which another is a part: "101 des 119 pays"."""
    return at > 0 and reader.has(sentence, "of_whole", max(at - 3, 0), at) is not None


def segments(reader: Reader, sentence: Sentence, places: Sequence[int], *, counts: bool = False) -> list[Segment]:
    """Cut a sentence between its figures."""
    nodes = sentence.nodes
    last = next((at for at in range(places[-1], len(nodes)) if nodes[at].norm == ";"), len(nodes))
    cuts = [0, *(_cut(reader, sentence, one, other) for one, other in pairwise(places)), last]
    return [Segment(at, begin, end, counts) for at, (begin, end) in zip(places, pairwise(cuts), strict=True)]


def _cut(reader: Reader, sentence: Sentence, one: int, other: int) -> int:
    """Where what is about one figure ends and what is about the next begins."""
    marks = _separators(reader, sentence, one, other)
    if not marks:
        return _before_preposition(reader, sentence, one, other)
    strong = [at for at in marks if sentence.nodes[at].norm in reader.lexicon.sets["strong_break"]]
    at = strong[-1] if strong else marks[-1]
    earlier = [mark for mark in marks if mark < at]
    while earlier and not strong and not _names_after(reader, sentence, other):
        if not _only_names(reader, sentence, earlier[-1] + 1, at):
            break
        at = earlier.pop()
    return at


def _separators(reader: Reader, sentence: Sentence, one: int, other: int) -> list[int]:
    """The marks and conjunctions between two figures that no bracket encloses."""
    depths = _depths(sentence)
    lowest = min(depths[one : other + 1])
    words = reader.lexicon.union("strong_break", "list_break")
    marks = [at for at in range(one + 1, other) if depths[at] == lowest and sentence.nodes[at].norm in words]
    compared = reader.lexicon.sets["compared"]
    return [at for at in marks if sentence.nodes[at].norm not in compared or other - at <= 3]


def _depths(sentence: Sentence) -> list[int]:
    depths: list[int] = []
    depth = 0
    for node in sentence.nodes:
        depth += node.norm == "("
        depths.append(depth)
        depth -= node.norm == ")"
    return depths


def _before_preposition(reader: Reader, sentence: Sentence, one: int, other: int) -> int:
    """With nothing else between two figures, the second begins at its preposition: "de 72 % à 58 %"."""
    if sentence.nodes[one + 1].norm == ")":
        return one + 2
    at = other
    while at - 1 > one and sentence.nodes[at - 1].norm in reader.lexicon.sets["before_figure"]:
        at -= 1
    return at


def _names_after(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a figure is followed by the one it is about: "12 % à Kiev"."""
    small = reader.lexicon.union("prepositions", "article")
    here = at + 1
    while here < len(sentence.nodes) and sentence.nodes[here].norm in small:
        here += 1
    return here < len(sentence.nodes) and here > at + 1 and sentence.nodes[here].tag in "SOP"


def _only_names(reader: Reader, sentence: Sentence, begin: int, end: int) -> bool:
    """Whether a range holds entities and small words alone: "l'Inde", "en Hongrie"."""
    small = reader.lexicon.union("prepositions", "article", "list_break")
    inside = sentence.nodes[begin:end]
    return any(node.tag in "SOP" for node in inside) and all(node.tag in "SOP" or node.norm in small for node in inside)
