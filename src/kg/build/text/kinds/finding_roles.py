"""Who is asked and who is judged: the part that each entity near a figure plays in a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Reader, plain, values
from kg.build.text.kinds.finding_measures import AID, NET, Cue, nearest
from kg.build.text.nodes import phrase_at

POPULATION = "population"
TARGET = "target"
OPEN = "open"
"""An entity that may be either; the figures around it decide."""


@dataclass(frozen=True, slots=True)
class Part:
    """An entity, or people without one, and the part that it plays."""

    at: int
    role: str
    holders: tuple[str, ...]
    node: Node


def parts(reader: Reader, sentence: Sentence, cue: Cue | None, measure: str, begin: int, end: int) -> list[Part]:
    """The parts that the entities of a range play for a measure, in order."""
    found = list(_people_phrases(reader, sentence, begin, end))
    covered = {at for _, places in found for at in places}
    out = [part for part, _ in found]
    for at in range(begin, end):
        node = sentence.nodes[at]
        if at in covered or node.tag not in "SOPX" or (not node.keys and node.tag != "X"):
            continue
        governing = nearest(reader, sentence, cue, at, begin) if cue else None
        role = _role(reader, sentence, at, governing, measure, begin)
        if role:
            out.append(Part(at, role, tuple(values([node])), node))
    return sorted(out, key=lambda part: part.at)


def _role(reader: Reader, sentence: Sentence, at: int, cue: Cue | None, measure: str, begin: int) -> str | None:
    """The part of one entity, by its form and by the word that governs it."""
    node = sentence.nodes[at]
    if _of_war(reader, sentence, at) or _qualifies(sentence, at) or (node.form == "p" and node.tag == "S"):
        return None
    governor, place = _governor(reader, sentence, at, begin)
    after_cue = cue is not None and cue.begin < at and _within(sentence, cue, place)
    if node.form == "n":
        return TARGET if after_cue and cue and _judged(reader, governor, measure, sentence, cue, place) else POPULATION
    if node.form == "a":
        return TARGET if cue and measure == "responsible-for-war" and at - cue.end in (0, 1) else None
    if node.tag == "P":
        return TARGET
    if measure in ("friendly", "hostile") and after_cue and cue and place == cue.end and governor in _sets(reader, "of_opponent"):
        return POPULATION
    if governor in _sets(reader, "locative") and not _takes(reader, governor, measure, sentence, at, place, begin):
        return TARGET if node.tag == "O" and cue and cue.end >= place - 1 > 0 and place > cue.begin else POPULATION
    if measure in AID:
        return _aid_role(reader, sentence, at, governor, place, begin)
    if governor in _sets(reader, "of_judged") and (after_cue or _after_figure(sentence, place)):
        return TARGET
    if governor in _sets(reader, "to_judged") and measure in ("trust", "responsible-for-war"):
        return TARGET
    return TARGET if node.tag in "OX" and measure != NET else OPEN


def _within(sentence: Sentence, cue: Cue, place: int) -> bool:
    """Whether a preposition still belongs to the word of the measure: "image favorable, chez les Polonais, de l'UE"."""
    between = sentence.nodes[cue.end : place]
    return cue.begin <= place < cue.end + 8 and not any(node.verb or node.tag in "CT" for node in between)


def _sets(reader: Reader, name: str) -> frozenset[str]:
    return reader.lexicon.sets[name]


def _judged(reader: Reader, governor: str, measure: str, sentence: Sentence, cue: Cue, place: int) -> bool:
    """Whether people are what is judged: "une bonne opinion des Russes"."""
    if measure in ("favourable", "unfavourable", "trust", NET):
        phrase = sentence.nodes[cue.begin : cue.end]
        return place == cue.end and bool(governor) and governor in _sets(reader, "of_judged") and len(phrase) > 1
    return False


def _governor(reader: Reader, sentence: Sentence, at: int, begin: int) -> tuple[str, int]:
    """The preposition before an entity, and its place; articles and titles stand between."""
    here = at - 1
    while here >= begin and (sentence.nodes[here].norm in _sets(reader, "before_entity") or _titled(sentence, here, at)):
        here -= 1
    if here >= begin and sentence.nodes[here].tag == "W" and sentence.nodes[here].norm in _sets(reader, "prepositions"):
        return sentence.nodes[here].norm, here
    if here + 1 < at and sentence.nodes[here + 1].norm in _sets(reader, "prepositions"):
        return sentence.nodes[here + 1].norm, here + 1
    return "", here


def _titled(sentence: Sentence, here: int, at: int) -> bool:
    """Whether an office stands before its holder's name: "au président français Emmanuel Macron"."""
    return sentence.nodes[here].form == "f" and sentence.nodes[at].tag == "P"


def _qualifies(sentence: Sentence, at: int) -> bool:
    """Whether an office only introduces the person named after it."""
    nodes = sentence.nodes
    return nodes[at].form == "f" and at + 1 < len(nodes) and nodes[at + 1].tag == "P"


def _of_war(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an entity only says whose war it is: "l'invasion de l'Ukraine par la Russie", "Russia's war"."""
    nodes = sentence.nodes
    if at + 2 < len(nodes) and nodes[at + 1].norm == "'s" and any(n.norm in _sets(reader, "war") for n in nodes[at + 2 : at + 5]):
        return True
    here = at - 1
    walked = _sets(reader, "of_war") | _sets(reader, "article")
    while here >= 0 and (nodes[here].norm in walked or nodes[here].tag in "SX"):
        here -= 1
    return 0 <= here < at - 1 and nodes[here].norm in _sets(reader, "war")


def _takes(
    reader: Reader, governor: str, measure: str, sentence: Sentence, at: int, place: int, begin: int
) -> bool:
    """Whether a preposition of place is rather what the measure governs: "confiance en la Russie", "aide au Mali"."""
    if governor in _sets(reader, "into_judged"):
        articled = any(node.norm in _sets(reader, "article") for node in sentence.nodes[place + 1 : at])
        if measure != "trust" or place == begin:
            return False
        return articled if reader.document.lang == "fr" else _follows_trust(reader, sentence, place)
    if governor in _sets(reader, "to_judged"):
        return measure in AID | {"trust", "responsible-for-war"} and place > begin
    return False


def _follows_trust(reader: Reader, sentence: Sentence, place: int) -> bool:
    return place > 0 and sentence.nodes[place - 1].norm in _sets(reader, "trusted")


def _after_figure(sentence: Sentence, place: int) -> bool:
    return place > 0 and sentence.nodes[place - 1].tag == "C"


def _aid_role(reader: Reader, sentence: Sentence, at: int, governor: str, place: int, begin: int) -> str | None:
    """For aid, what stands after "à" or "to" receives it, what stands after "de" gives it, and others are asked."""
    if governor in _sets(reader, "to"):
        return TARGET
    ukraine = sentence.nodes[at].keys == ("state:UKR",)
    topic = reader.has(sentence, "aid_topic", max(begin, place - 4), at) is not None
    if governor in _sets(reader, "of_judged"):
        return TARGET if ukraine else POPULATION if _after_figure(sentence, place) else None
    if ukraine and topic:
        return TARGET
    return OPEN


def _people_phrases(reader: Reader, sentence: Sentence, begin: int, end: int) -> Iterator[tuple[Part, range]]:
    """People whom no entity names, by their phrase: "chez les électeurs républicains", "des jeunes de 18 à 24 ans"."""
    nodes = sentence.nodes
    for at in range(begin, end):
        if not _introduces_people(reader, nodes, at):
            continue
        start = at + 1
        while start < end and nodes[start].norm in _sets(reader, "article") | {"des"}:
            start += 1
        length = phrase_at(nodes, start, reader.lexicon.words["people"]) if start < end else 0
        stop = _phrase_end(reader, nodes, start, end) if length else start
        if stop > start + length:
            words = plain(reader.document.text[nodes[start].start : nodes[stop - 1].end])
            yield Part(start, POPULATION, (words,), nodes[start]), range(start, stop)


def _introduces_people(reader: Reader, nodes: Sequence[Node], at: int) -> bool:
    if nodes[at].norm in _sets(reader, "among"):
        return True
    return at > 0 and nodes[at - 1].tag == "C" and nodes[at].norm in _sets(reader, "of_judged")


def _phrase_end(reader: Reader, nodes: Sequence[Node], start: int, end: int) -> int:
    """Where a phrase for people ends: at a verb, a mark or a figure, or where another complement begins."""
    for at in range(start, end):
        node = nodes[at]
        if node.verb or node.tag in "CTDRMZ" or not node.norm[:1].isalnum() or node.form == "n":
            return at
        if at > start and (node.norm in _sets(reader, "after_people") or reader.lexicon.has("polled", node.norm)):
            return at
    return end
