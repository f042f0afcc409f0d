"""Stances that stand beside a name rather than in its clause: "X, a close ally of Y, …", "Backed by X, Y …"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, date_of, is_since, since_date, values
from kg.build.text.kinds.stance.objects import bid, listed, owner_before, sanctions, whose
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import agent_of, run_ending, run_starting

_NOUNS = (("supporter", "supports"), ("ally", "ally"), ("opponent", "opposes"))
_ADJECTIVES = (
    ("neutral", "neutral"),
    ("opposed", "opposes"),
    ("hostile_to", "hostile"),
    ("close_to", "close-relations"),
    ("favourable_to", "supports"),
)
_WORDS = tuple(name for name, _ in _NOUNS + _ADJECTIVES)
_VERBS = (("supporting", "supports"), ("condemn", "condemns"), ("oppose", "opposes"))
_TOLD_BY = frozenset(name for name, _ in _VERBS)
BESIDE = Cues(words=frozenset(_WORDS), verbs=_TOLD_BY)
"""The words and verbs that tell a stance beside a name."""
_REACH = 7
"""How many words may stand between a comma and the noun in apposition: "one of the most vocal supporters"."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """A stance told by a noun or an adjective: toward whom, and the range of nodes that tells it."""

    stance: str
    toward: list[Node]
    begin: int
    end: int
    own: dict[str, str] = field(default_factory=dict)


def predicate_at(reader: Reader, sentence: Sentence, at: int, end: int) -> Predicate | None:
    """The stance that the noun or adjective at a place tells, if it says toward whom."""
    for name, stance in _NOUNS:
        if length := reader.places(sentence, name).get(at):
            return _of_noun(reader, sentence, stance, (at, at + length), end)
    for name, stance in _ADJECTIVES:
        if length := reader.places(sentence, name).get(at):
            return _of_adjective(reader, sentence, stance, (at, at + length), end)
    verb = sentence.nodes[at].verb
    kind = next((kind for name, kind in _VERBS if verb and verb.tense == "ger" and name in verb.classes), None)
    toward = listed(reader, sentence, at + 1, end) if kind else []
    return Predicate(kind, toward, at, _after(sentence, toward, at + 1)) if kind and toward else None


def _of_noun(reader: Reader, sentence: Sentence, stance: str, noun: tuple[int, int], end: int) -> Predicate | None:
    begin, after = noun
    if stance == "supports" and (told := sanctions(reader, sentence, after, end) or bid(reader, sentence, after, end)):
        return Predicate(told[0], told[1], begin, end, told[2])
    toward = whose(reader, sentence, after, end) or owner_before(sentence, begin, max(begin - _REACH, -1))
    if not toward:
        return None
    closest = reader.has(sentence, "closest", max(begin - 3, 0), min(after + 1, end)) is not None
    own = {"degree": "closest"} if closest and stance == "ally" else {}
    last = _after(sentence, toward, after)
    if last < len(sentence.nodes) and is_since(sentence.nodes[last]):
        own["since"] = since_date(date_of(sentence.nodes[last]))
    return Predicate(stance, toward, begin, last, own)


def _of_adjective(
    reader: Reader, sentence: Sentence, stance: str, adjective: tuple[int, int], end: int
) -> Predicate | None:
    begin, after = adjective
    if begin and phrase_at(sentence.nodes, begin - 1, reader.lexicon.words["closest"]):
        return None
    step = phrase_at(sentence.nodes, after, reader.lexicon.words["toward"])
    if not step and sentence.nodes[after - 1].norm not in reader.lexicon.sets["toward"]:
        return None
    stop = next((i for i in range(after, end) if sentence.nodes[i].norm == ","), end)
    entry = bid(reader, sentence, after, stop) if stance in ("opposes", "supports") else None
    if entry:  # "Opposed to Ukraine's accession to the EU, Hungary …"
        told, own = (entry[0], entry[2]) if stance == "supports" else (stance, {})
        return Predicate(told, entry[1], begin, stop, own)
    toward = listed(reader, sentence, after + step, end)
    if not toward or any(node.form == "a" for node in toward):
        return None
    return Predicate(stance, toward, begin, _after(sentence, toward, after))


def _after(sentence: Sentence, toward: list[Node], least: int) -> int:
    """The place after the last of those whom a stance is held toward."""
    return max(least, *(sentence.nodes.index(node) + 1 for node in toward))


def appositions(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Stances told beside names: "la Biélorussie, alliée de la Russie, …", "Hostile to NATO, Serbia …"."""
    places = reader.places_of_any(sentence, _WORDS)
    gerunds = [at for at, verb in sentence.verbs() if verb.tense == "ger" and not verb.classes.isdisjoint(_TOLD_BY)]
    for at in sorted(places.union(gerunds)):
        predicate = predicate_at(reader, sentence, at, _end_of_insertion(reader, sentence, at))
        if predicate is None:
            continue
        for holder in _beside(reader, sentence, predicate):
            yield from _found(sentence, predicate, holder, "apposition")
        for holder in _enumerated(reader, sentence, predicate):
            yield from _found(sentence, predicate, holder, "list")


def is_beside(reader: Reader, sentence: Sentence, at: int, end: int) -> bool:
    """Whether the adjective at a place stands beside a name, so that the verb of its clause does not govern it."""
    predicate = predicate_at(reader, sentence, at, end)
    return predicate is not None and bool(_beside(reader, sentence, predicate))


def _found(sentence: Sentence, predicate: Predicate, holder: Node, rule: str) -> Iterator[Found]:
    for name in values([holder]):
        for target in values(predicate.toward):
            if name == target:
                continue
            slots = {"holder": name, "stance": predicate.stance, "toward": target, **predicate.own}
            nodes = [holder, sentence.nodes[predicate.begin], *predicate.toward]
            yield Found("stance", slots, f"stance/{rule}", sentence.index, nodes, predicate.begin)


def _end_of_insertion(reader: Reader, sentence: Sentence, at: int) -> int:
    """Where what is inserted ends: at the next verb, semicolon or bracket; at its comma if it opens the sentence."""
    nodes = sentence.nodes
    if _opening(reader, sentence, at) == 0:
        return next((i for i in range(at + 1, len(nodes)) if nodes[i].verb or nodes[i].norm == ","), len(nodes))
    return next((i for i in range(at + 1, len(nodes)) if nodes[i].verb or nodes[i].norm in (";", ":", ")")), len(nodes))


def _beside(reader: Reader, sentence: Sentence, predicate: Predicate) -> list[Node]:
    """Those beside whose names a predicate stands: before its comma, after its comma, or right after it."""
    begin = _opening(reader, sentence, predicate.begin)
    if begin is None or _past(reader, sentence, begin, predicate.begin):
        return []
    nodes = sentence.nodes
    if begin > 1 and nodes[begin - 1].norm in (",", "(", "–", "—") and _is_party(nodes[begin - 2]):
        run = run_ending(sentence, begin - 2)
        plural = nodes[predicate.begin].norm.endswith(("s", "x")) and predicate.stance in ("ally", "supports")
        return [nodes[i] for i in (run if plural or _agrees(nodes[predicate.begin]) else run[-1:])]
    if begin == 0 or nodes[begin - 1].norm in (";", ",", ":"):
        comma = predicate.end if predicate.end < len(nodes) and nodes[predicate.end].norm == "," else None
        run = run_starting(reader.document, sentence, comma + 1) if comma is not None else ()
        near = bool(run) and comma is not None and run[0] - comma <= 2
        several = _agrees(nodes[predicate.begin]) or (
            reader.document.lang == "en" and predicate.stance not in ("ally", "supports")
        )
        holders = [nodes[i] for i in (run if several else run[:1]) if _is_party(nodes[i])]
        return holders if near else []
    return []


def _enumerated(reader: Reader, sentence: Sentence, predicate: Predicate) -> list[Node]:
    """The list of those whom a predicate before it is said of: "Alliés de Moscou : A, B", "Those backing X are A"."""
    nodes = sentence.nodes
    if _opening(reader, sentence, predicate.begin) is None or predicate.end >= len(nodes) - 1:
        return []
    mark = nodes[predicate.end]
    opens = mark.verb is not None and bool(mark.verb.classes & {"be", "sit", "comprise", "count"})
    if not (mark.norm in (":", "(") or (opens and mark.verb is not None and not mark.verb.negative)):
        return []
    run = run_starting(reader.document, sentence, predicate.end + 1)
    near = bool(run) and run[0] - predicate.end <= 4
    return [nodes[i] for i in run if _is_party(nodes[i])] if near and (len(run) > 1 or mark.verb) else []


def _agrees(node: Node) -> bool:
    """Whether an adjective may be said of several: English ones do not tell, French ones end in -s."""
    return node.norm.endswith(("s", "x"))


def _is_party(node: Node) -> bool:
    return node.tag in "SOGP" and node.form != "a"


def _opening(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """Where the phrase begins that a noun or adjective heads, back to a mark; nothing if a verb comes first."""
    nodes = sentence.nodes
    here = at - 1
    while here >= 0 and at - here <= _REACH:
        node = nodes[here]
        if node.norm in (",", "(", ";", ":", "–", "—"):
            return here + 1
        owner = here + 1 < len(nodes) and nodes[here + 1].norm == "'s"
        if node.verb or (node.tag not in "WR" and not owner) or node.norm in reader.lexicon.sets["apart"]:
            return None
        here -= 1
    return 0 if here < 0 else None


def _past(reader: Reader, sentence: Sentence, begin: int, end: int) -> bool:
    """Whether it was so in the past, or is not so: "former", "once", "longtemps"."""
    return any(reader.has(sentence, name, begin, end) is not None for name in ("former", "long", "once"))


def participles(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Those who are supported by others: "Soutenue par X et Y, la Russie …", "Ukraine, backed by X, …"."""
    nodes = sentence.nodes
    for at, verb in sentence.verbs():
        if verb.tense != "pp" or "supporting" not in verb.classes or verb.negative:
            continue
        agents = _agents(reader, sentence, at)
        target = _supported(reader, sentence, at, agents[-1]) if agents else None
        if target is None:
            continue
        for agent in agents:
            told = Predicate("supports", [target], at, at + 1)
            yield from _found(sentence, told, nodes[agent], "supported-by")


def _agents(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Those by whom somebody is supported; a participle that opens the sentence has its subject after a comma."""
    nodes = sentence.nodes
    end = next((i for i in range(at + 1, len(nodes)) if nodes[i].verb or nodes[i].norm == ";"), len(nodes))
    agents = agent_of(reader.document, sentence, at + 1, end)
    commas = [i for i in range(at, end) if nodes[i].norm == ","]
    return tuple(i for i in agents if at > 1 or not commas or i < commas[-1])


def _supported(reader: Reader, sentence: Sentence, at: int, last: int) -> Node | None:
    """The state or organisation that a participle of support is said of: before its comma, or after the agents'."""
    nodes = sentence.nodes
    here = at - 1
    while here >= 0 and (nodes[here].norm in reader.lexicon.sets["between"] | {",", "("}):
        here -= 1
    if here >= 0:
        free = nodes[here - 1].norm not in reader.lexicon.sets["prepositions"] if here else True
        return nodes[here] if nodes[here].tag in "SOGP" and nodes[here].form != "a" and free else None
    if last + 1 >= len(nodes) or nodes[last + 1].norm != ",":
        return None
    run = run_starting(reader.document, sentence, last + 2)
    return nodes[run[0]] if run and run[0] - last <= 3 and nodes[run[0]].tag in "SOGP" else None
