"""Measures told as what people must do: "ordered 15 diplomats to leave", "les touristes ne peuvent plus entrer"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Found, Reader, values
from kg.build.text.kinds.context import asserted, clause_at, has_phrase, listed, moment, phrase, subject_at
from kg.build.text.kinds.measure.targets import targets

_ORDERS = frozenset({"ordering", "expel", "close", "deliver", "join", "be"})
"""The classes of verbs that an order, or what it keeps people from, can be told with."""


def read_orders(reader: Reader) -> Iterator[Found]:
    """The measures that a text tells so."""
    departing = reader.lexicon.sets["departing"]
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            leaves = "leave" in verb.classes or verb.lemma in departing
            if (not leaves and verb.classes.isdisjoint(_ORDERS)) or sentence.nodes[at].quoted:
                continue
            if leaves and verb.tense == "inf" and verb.main is not None:
                yield from _told_to_leave(reader, sentence, verb.main, at)
            if "ordering" in verb.classes or "expel" in verb.classes:
                yield from _ordered_out(reader, sentence, at)
            if "close" in verb.classes and verb.tense == "inf" and verb.main is not None:
                yield from _told_to_close(reader, sentence, verb.main, at)
            if "close" in verb.classes and verb.tense == "pp":
                yield from _kept_closed(reader, sentence, at)
            if "be" in verb.classes:
                yield from _off_limits(reader, sentence, at)
            if "deliver" in verb.classes and phrase(reader, sentence, at + 1, "homewards"):
                yield from _sent_home(reader, sentence, at)
            if "join" in verb.classes and verb.tense in ("inf", "fut"):
                yield from _kept_out(reader, sentence, at)


def _found(
    reader: Reader, sentence: Sentence, at: int, action: str, actors: Sequence[int], aims: Sequence[int]
) -> Iterator[Found]:
    named = values(sentence.nodes[i] for i in actors)
    when = moment(reader, sentence, at)
    nodes = [*(sentence.nodes[i] for i in (*actors, at, *aims)), *([when[1]] if when else [])]
    for aim in values(sentence.nodes[i] for i in aims):
        if named and aim not in named:
            slots = {"actor": named, "action": action, "target": aim, "date": when[0] if when else ""}
            yield Found("measure", slots, f"measure/{action}-order", sentence.index, nodes, at)


def _names_diplomats(reader: Reader, sentence: Sentence, begin: int, end: int) -> bool:
    terms = reader.lexicon.sets["diplomats"]
    merged = any(node.form in ("f", "o") and terms & set(node.norm.split()) for node in sentence.nodes[begin:end])
    kinds = ("diplomats", "embassy")
    return merged or any(has_phrase(reader, sentence, name, begin, end) for name in kinds)


def _told_to_leave(reader: Reader, sentence: Sentence, order: int, leave: int) -> Iterator[Found]:
    """Read "a sommé dix diplomates russes de quitter le pays", "Forty diplomats were told to leave Germany"."""
    verb, clause = sentence.nodes[order].verb, clause_at(reader, sentence, order)
    if verb is None or clause is None or not asserted(reader, sentence, order):
        return
    receives = "receive" in verb.classes and has_phrase(reader, sentence, "order_noun", order + 1, leave)
    obliged = _obliged(reader, sentence, order)
    if "ordering" not in verb.classes and not receives and not obliged:
        return
    passive = receives or obliged or (verb.passive and verb.tense != "pp")
    begin, end = (clause.begin, order) if passive else (order + 1, leave)
    if not _names_diplomats(reader, sentence, begin, end) or not _leaves_a_country(reader, sentence, leave):
        return
    if passive:
        left = listed(reader, sentence, leave + 1) or listed(reader, sentence, leave + 2)
        actors = clause.agent or tuple(i for i in left if sentence.nodes[i].form != "p")
    else:
        actors = subject_at(reader, sentence, order, "SOGP")
    yield from _found(
        reader, sentence, order, "expulsion", actors, targets(reader, sentence, begin, end, actors, "diplomats")
    )


def _obliged(reader: Reader, sentence: Sentence, order: int) -> bool:
    """Whether people had to do something: "ont dû quitter la Slovénie", "had to leave"."""
    verb = sentence.nodes[order].verb
    if verb is None or verb.tense not in ("perf", "past") or verb.negative:
        return False
    after = sentence.nodes[order + 1].norm if order + 1 < len(sentence.nodes) else ""
    return "due" in verb.classes or ("have" in verb.classes and after in reader.lexicon.sets["of_infinitive"])


def _leaves_a_country(reader: Reader, sentence: Sentence, leave: int) -> bool:
    """Whether it is a country that is left, or nothing is said of what: not "leave the hall"."""
    after = sentence.nodes[leave + 1 : leave + 4]
    if not after or after[0].tag == "D" or after[0].norm in reader.lexicon.sets["prepositions"] | {".", ",", ";"}:
        return True
    return any(node.tag == "S" or node.norm in reader.lexicon.sets["homeland"] for node in after)


def _ordered_out(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "ordered ten diplomats out of the country", "Ten diplomats were thrown out of Bulgaria"."""
    verb, clause = sentence.nodes[at].verb, clause_at(reader, sentence, at)
    if verb is None or clause is None or not asserted(reader, sentence, at):
        return
    passive = verb.passive and verb.tense != "pp"
    out = reader.has(sentence, "ordered_out", at + 1, min(at + 7, clause.end))
    begin, end = (clause.begin, at) if passive else (at + 1, out or at)
    if out is None or not _names_diplomats(reader, sentence, begin, end):
        return
    left = listed(reader, sentence, out + phrase(reader, sentence, out, "ordered_out"))
    actors = (clause.agent or left) if passive else subject_at(reader, sentence, at, "SOGP")
    yield from _found(reader, sentence, at, "expulsion", actors, targets(reader, sentence, begin, end, actors, ""))


def _told_to_close(reader: Reader, sentence: Sentence, order: int, close: int) -> Iterator[Found]:
    """Read "ordered the Russian consulate to close", "a ordonné au consulat russe de fermer"."""
    verb = sentence.nodes[order].verb
    if verb is None or "ordering" not in verb.classes or verb.passive or not asserted(reader, sentence, order):
        return
    merged = any(reader.lexicon.sets["embassy"] & set(node.norm.split()) for node in sentence.nodes[order + 1 : close])
    if merged or has_phrase(reader, sentence, "embassy", order + 1, close):
        actors = subject_at(reader, sentence, order, "SOGP")
        aims = targets(reader, sentence, order + 1, close, actors, "embassy")
        yield from _found(reader, sentence, order, "embassy-closure", actors, aims)


_KEPT = {"frontier": "border-closure", "airspace": "airspace-closure", "embassy": "embassy-closure"}
"""Things that are kept closed, and the actions that this is."""


def _kept_closed(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "has kept its border with Russia closed", "garde fermée sa frontière avec la Russie"."""
    clause = clause_at(reader, sentence, at)
    if clause is None or clause.at >= at or "keep" not in clause.verb.classes:
        return
    if not asserted(reader, sentence, clause.at):
        return
    for things, action in _KEPT.items():
        if has_phrase(reader, sentence, things, clause.at + 1, clause.end):
            actors = subject_at(reader, sentence, clause.at, "SOG")
            aims = targets(reader, sentence, clause.at + 1, clause.end, actors, things)
            yield from _found(reader, sentence, clause.at, action, actors, aims)


def _off_limits(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "Norwegian airspace is off limits to Russian aircraft"."""
    clause = clause_at(reader, sentence, at)
    place = reader.has(sentence, "off_limits", at + 1, clause.end) if clause else None
    if clause is None or place is None or not asserted(reader, sentence, at):
        return
    for things in ("airspace", "frontier"):
        noun = reader.has(sentence, things, clause.begin, at)
        near = [i for i in (noun - 1, noun + 1, noun + 2) if 0 <= i < at] if noun is not None else []
        actors = [i for i in near if sentence.nodes[i].tag in "SO"][:1]
        if actors:
            aims = targets(reader, sentence, place, clause.end, actors, things)
            yield from _found(reader, sentence, at, _KEPT[things], actors, aims)


def _sent_home(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "Germany sent home 40 Russian diplomats"."""
    clause = clause_at(reader, sentence, at)
    end = clause.end if clause else at
    if asserted(reader, sentence, at) and _names_diplomats(reader, sentence, at, end):
        actors = subject_at(reader, sentence, at, "SOGP")
        aims = targets(reader, sentence, at + 1, end, actors, "diplomats")
        yield from _found(reader, sentence, at, "expulsion", actors, aims)


def _kept_out(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "les touristes russes ne peuvent plus entrer en Pologne", "Russian tourists can no longer enter Poland"."""
    clause = clause_at(reader, sentence, at)
    if clause is None or not has_phrase(reader, sentence, "no_longer", max(clause.begin, at - 5), at + 1):
        return
    travellers = has_phrase(reader, sentence, "travellers", clause.begin, at)
    people = [i for i in sentence.tagged("S", clause.begin, at) if sentence.nodes[i].form in ("a", "n")]
    hosts = [i for i in sentence.tagged("S", at + 1, at + 4) if sentence.nodes[i].form == "b"]
    if hosts and people and (travellers or sentence.nodes[people[0]].form == "n"):
        actors = listed(reader, sentence, hosts[0])
        yield from _found(reader, sentence, at, "border-closure", actors, people[:1])
