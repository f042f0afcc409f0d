"""Kind `casualties`: how many people were killed, wounded, captured or went missing, and who counted them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.attribution import attributions
from kg.build.text.kinds.common import Cues, Found, Reader, date_of, is_since, plain, since_date, value, whole
from kg.build.text.nodes import phrase_at

_FATES = ("dead", "wounded", "missing", "captured", "losses")
_VERBS = {"kill": "dead", "wound": "wounded", "capture": "captured"}
_TOLD = Cues(words=frozenset(_FATES), verbs=frozenset(_VERBS))
"""What happened to people is told with one of these."""
_NEAR = 4
"""How many nodes may stand between a noun and the figure that it is about."""
_REACH = 10
"""How many nodes may stand between a figure and what happened to those it counts."""


@dataclass(frozen=True, slots=True)
class Toll:
    """A figure with its fate, the place of the word that tells it, and the range of nodes that is about it."""

    at: int
    fate: str
    cue: int
    begin: int
    end: int


def read(reader: Reader) -> Iterator[Found]:
    """The tolls of a text, each with its counter, its side and its dates."""
    for sentence in reader.document.sentences:
        found = list(tolls(reader, sentence))
        shared = _shared(reader, sentence) if found else {}
        last: Found | None = None
        for toll in found:
            item = _found(reader, sentence, toll, shared)
            if last is not None and "side" in last.slots and _of_the_same(reader, sentence, last, toll):
                item.slots.setdefault("side", last.slots["side"])
            yield item
            last = item


def _of_the_same(reader: Reader, sentence: Sentence, last: Found, toll: Toll) -> bool:
    """Whether a further toll is of the side told before: "43 000 soldats ukrainiens tués et 370 000 blessés"."""
    between = sentence.nodes[sentence.nodes.index(last.nodes[0]) + 1 : toll.at]
    joints = reader.lexicon.union("and", "list_break", "including", "partitive", "victims", "prepositions", "between")
    fates = ("dead", "wounded", "missing", "captured", "losses")
    told = (node for node in between if not node.verb and node.form not in "an")
    return all(node.norm in joints or any(reader.lexicon.has(name, node.norm) for name in fates) for node in told)


def tolls(reader: Reader, sentence: Sentence) -> Iterator[Toll]:
    """The figures of a sentence that count casualties."""
    numbers = sentence.tagged("N") if reader.has_any(sentence, _TOLD) else []
    last: tuple[str, int] | None = None
    for place, at in enumerate(numbers):
        before = numbers[place - 1] + 1 if place else 0
        after = numbers[place + 1] if place + 1 < len(numbers) else len(sentence.nodes)
        if not _people(reader, sentence, at, after) and not _of_losses(reader, sentence, at, before):
            continue
        told = _object_of(sentence, at) or _after(reader, sentence, at, after)
        told = told or _before(reader, sentence, at, before)
        if told is None and reader.has(sentence, "including", before, at) is not None:
            told = last
        if told:
            last = told
            if told[0] == "captured" and _freed(reader, sentence, at):
                continue
            yield Toll(at, told[0], told[1], before, after)


def _freed(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether prisoners are exchanged or released, not taken."""
    if reader.has(sentence, "freeing", max(at - _NEAR, 0), at) is not None:
        return True
    clauses = reader.clauses[sentence.index]
    return any("free" in clause.verb.classes for clause in clauses if clause.begin <= at < clause.end)


def _of_losses(reader: Reader, sentence: Sentence, at: int, before: int) -> bool:
    """Whether the figure itself stands for losses named before it: "estimates Russian losses at 790,000"."""
    if whole(sentence.nodes[at]) is None or (
        at + 1 < len(sentence.nodes) and _counts_noun(reader, sentence.nodes[at + 1])
    ):
        return False
    return any(
        reader.has(sentence, name, max(before, at - _REACH), at) is not None for name in ("losses", "dead", "wounded")
    )


def _counts_noun(reader: Reader, node: Node) -> bool:
    return node.tag in "SOXQ" or (
        node.tag == "W" and node.norm.isalpha() and node.norm not in reader.lexicon.sets["prepositions"]
    )


def _people(reader: Reader, sentence: Sentence, at: int, after: int) -> bool:
    """Whether the figure counts people, or those who died or were hurt, and nothing else."""
    if whole(sentence.nodes[at]) is None:
        return False
    number_of = reader.has(sentence, "number_of", at + 1, min(at + 3, after))
    start = (
        at + 1
        if number_of is None
        else number_of + phrase_at(sentence.nodes, number_of, reader.lexicon.words["number_of"])
    )
    for here in range(start, min(start + 3, after)):
        node = sentence.nodes[here]
        if (
            node.form == "n"
            or _fate(reader, sentence, here)
            or reader.has(sentence, "victims", here, here + 1) is not None
        ):
            return True
        if node.tag not in "SW" or not node.norm[:1].isalpha():
            return False
    return False


def _fate(reader: Reader, sentence: Sentence, at: int) -> str | None:
    """What the word at a place says of those counted."""
    node = sentence.nodes[at]
    if node.verb:
        told = next((fate for name, fate in _VERBS.items() if name in node.verb.classes), None)
        if told:
            return None if node.verb.negative else told
    told = next((name for name in _FATES if phrase_at(sentence.nodes, at, reader.lexicon.words[name])), None)
    dies = told == "losses" and node.verb and reader.has(sentence, "life", at + 1, at + 3) is not None
    return "dead" if dies else told


def _after(reader: Reader, sentence: Sentence, at: int, after: int) -> tuple[str, int] | None:
    for here in range(at + 1, min(at + _REACH, after)):
        if sentence.nodes[here].norm in (";", ":"):
            return None
        if told := _fate(reader, sentence, here):
            return "losses" if _joined(reader, sentence, here, after) else told, here
    return None


def _object_of(sentence: Sentence, at: int) -> tuple[str, int] | None:
    """What an active verb directly before a figure tells: "killed 24 people and injured 47"."""
    verb = sentence.nodes[at - 1].verb if at else None
    if verb is None or verb.passive or verb.negative:
        return None
    return next(((fate, at - 1) for name, fate in _VERBS.items() if name in verb.classes), None)


def _joined(reader: Reader, sentence: Sentence, at: int, after: int) -> bool:
    """Whether one figure is for two fates together: "tués et blessés"."""
    if at + 2 >= after or sentence.nodes[at + 1].norm not in reader.lexicon.sets["list_break"] | {"/"}:
        return False
    return _fate(reader, sentence, at + 2) is not None


def _before(reader: Reader, sentence: Sentence, at: int, before: int) -> tuple[str, int] | None:
    for here in range(at - 1, max(before, at - _REACH) - 1, -1):
        if sentence.nodes[here].norm == ";":
            return None
        if told := _fate(reader, sentence, here):
            return told, here
    return None


def _found(reader: Reader, sentence: Sentence, toll: Toll, shared: dict[str, Any]) -> Found:
    node = sentence.nodes[toll.at]
    slots: dict[str, Any] = {"count": whole(node), **shared}
    if toll.fate != "losses":
        slots["what"] = toll.fate
    if side := _side(reader, sentence, toll, slots.get("counted_by")):
        slots["side"] = side
    if node.reading and node.reading.approx:
        slots["approx"] = node.reading.approx
    nodes = [node, sentence.nodes[toll.cue], *_named(sentence, toll, {slots.get("side"), slots.get("counted_by")})]
    return Found("casualties", slots, "casualties/toll", sentence.index, nodes, toll.cue)


def _named(sentence: Sentence, toll: Toll, names: Collection[str | None]) -> Iterator[Node]:
    """Whose dead they are and who counted them, where the sentence names them: of several places the nearest."""
    near = sorted(sentence.tagged("SOPGX"), key=lambda at: abs(at - toll.at))
    found = {name: at for at in reversed(near) if (name := value(sentence.nodes[at])) in names}
    yield from (sentence.nodes[at] for at in found.values())


def _side(reader: Reader, sentence: Sentence, toll: Toll, counter: str | None) -> str | None:
    """Whose dead they are: "militaires russes", "Russian soldiers", "de ses soldats", "les pertes russes"."""
    nodes = sentence.nodes
    for at in range(toll.at + 1, min(toll.at + 6, toll.end)):
        if nodes[at].tag == "S" and (nodes[at].form in "an" or _of_side(reader, sentence, at)):
            return value(nodes[at])
        if nodes[at].norm in reader.lexicon.sets["own"] and counter:
            return counter
        if nodes[at].norm in ",;(" or (nodes[at].verb and at > toll.cue):
            break
    for at in range(toll.begin, toll.at):
        if nodes[at].tag == "S" and nodes[at].form in ("a", "n"):
            return value(nodes[at])
    return _loser(reader, sentence, toll)


def _of_side(reader: Reader, sentence: Sentence, at: int) -> bool:
    start = max(at - 3, 0)
    return reader.has(sentence, "on_the_side", start, at) is not None


def _loser(reader: Reader, sentence: Sentence, toll: Toll) -> str | None:
    """The state that has lost people: the subject of "a perdu 46 000 soldats"."""
    if toll.fate != "losses" or not sentence.nodes[toll.cue].verb:
        return None
    for clause in reader.clauses[sentence.index]:
        if clause.at == toll.cue and clause.subject:
            return value(sentence.nodes[clause.subject[-1]])
    return None


def _shared(reader: Reader, sentence: Sentence) -> dict[str, Any]:
    """What all the tolls of a sentence share: who counted, with whose data, since when or on which day.

    A following sentence that says how the same counter counts belongs to it.
    """
    slots: dict[str, Any] = {}
    counter = _counter(reader, sentence)
    if counter:
        slots["counted_by"] = value(counter)
    about = [sentence]
    for other in reader.document.sentences[sentence.index + 1 :]:
        counts = _counter(reader, other)
        if counter and counts and value(counts) == value(counter) and not list(tolls(reader, other)):
            about.append(other)
    for place in about:
        slots = {**_dates(place), **slots}
        if data := _data_from(reader, place, value(counter) if counter else ""):
            slots.setdefault("data_from", data)
    return slots


def _counter(reader: Reader, sentence: Sentence) -> Node | None:
    """Who counts: the subject or agent of a verb of counting or saying, or whom the figures are attributed to."""
    nodes = sentence.nodes
    for clause in reader.clauses[sentence.index]:
        if _counts(reader, clause):
            if "say" in clause.verb.classes and (speaker := _inverted(reader, clause)):
                return speaker
            parties = clause.agent if clause.verb.passive else clause.subject
            if named := [*parties, *clause.sentence.tagged("OGX", clause.begin, clause.at)]:
                return nodes[named[0]]
    if owner := _whose_tally(reader, sentence):
        return owner
    for source in attributions(reader, sentence):
        return (
            source.node
            if source.node.is_entity
            else Node("W", source.node.start, source.node.end, source.holder, source.holder)
        )
    for at, node in enumerate(nodes):
        if node.verb and "count" in node.verb.classes and node.verb.tense == "pp":
            named = [i for i in sentence.tagged("SOGPX", at + 1, at + 4) if nodes[i].form != "a"]
            if named and reader.has(sentence, "by", at + 1, named[0]) is not None:
                return nodes[named[0]]
    return None


def _inverted(reader: Reader, clause: Clause) -> Node | None:
    """Who says what stands before: ", affirme Kiev", whose verb has no subject of its own before it."""
    verb, sources = clause.sentence.nodes[clause.at], attributions(reader, clause.sentence)
    after = (one.node for one in sources if 0 < one.begin < clause.at < one.end and verb.end <= one.node.start)
    return next(after, None)


def _whose_tally(reader: Reader, sentence: Sentence) -> Node | None:
    """The owner of the tally that a sentence is about: "the UN's tally stands at", "le bilan de l'ONU s'élève à"."""
    nodes, sets = sentence.nodes, reader.lexicon.sets
    for at, length in reader.places(sentence, "tally").items():
        if at >= 2 and nodes[at - 1].norm == "'s" and nodes[at - 2].tag in "SOGPX":
            return nodes[at - 2]
        after = at + length
        after += after < len(nodes) and nodes[after].norm in sets["genitive"]
        while after < len(nodes) and nodes[after].norm in sets["article"]:
            after += 1
        owned = after > at + length and after < len(nodes) and nodes[after].tag in "OG" and nodes[after].form != "a"
        if owned:
            return nodes[after]
    return None


def _counts(reader: Reader, clause: Clause) -> bool:
    """Whether a clause is about counting: "a recensé", "tient le décompte"."""
    if clause.verb.classes & {"count", "say", "recognise"}:
        return not clause.verb.classes & {"kill", "wound"}
    if "consider" in clause.verb.classes and not clause.verb.passive:
        that = clause.sentence.nodes[clause.at + 1 : clause.at + 2]
        if any(node.norm in reader.lexicon.sets["complementizer"] for node in that):
            return True
    mentions = (
        "do" in clause.verb.classes and reader.has(clause.sentence, "mention", clause.at, clause.at + 3) is not None
    )
    begin = clause.begin if clause.verb.passive else clause.at
    return mentions or reader.has(clause.sentence, "tally", begin, clause.end) is not None


def _dates(sentence: Sentence) -> dict[str, Any]:
    slots: dict[str, Any] = {}
    for at in sentence.tagged("D"):
        node = sentence.nodes[at]
        if is_since(node):
            slots.setdefault("since", since_date(date_of(node)))
        else:
            slots.setdefault("date", date_of(node))
    return slots


def _data_from(reader: Reader, sentence: Sentence, counter: str) -> list[str]:
    """Whose data a count rests on: the organisations after "à partir des données de", or the noun phrase."""
    nodes = sentence.nodes
    for at in range(len(nodes)):
        length = phrase_at(nodes, at, reader.lexicon.words["data_from"])
        if not length:
            continue
        end = next((i for i in range(at + length, len(nodes)) if nodes[i].norm in ",;.()" or nodes[i].verb), len(nodes))
        named = [
            nodes[i] for i in sentence.tagged("OGX", at + length, end) if nodes[i].form not in "ap" or not nodes[i].form
        ]
        names = [value(node) for node in named if value(node) != counter]
        if names:
            return list(dict.fromkeys(names))
        if phrases := _open_data(reader, nodes, at + length, end):
            return phrases
    return []


def _open_data(reader: Reader, nodes: tuple[Node, ...], begin: int, end: int) -> list[str]:
    """The noun phrases of what a count rests on, those that "and" joins apart where each names data."""
    words = [node for node in nodes[begin:end] if node.tag == "W"]
    data, joints = reader.lexicon.sets["data_words"], reader.lexicon.sets["and"]
    parts: list[list[Node]] = [[]]
    for node in words:
        parts = [*parts, []] if node.norm in joints else [*parts[:-1], [*parts[-1], node]]
    if not all(any(node.norm in data for node in part) for part in parts):
        parts = [words] if any(node.norm in data for node in words) else []
    return [plain(" ".join(node.text for node in part)) for part in parts]
