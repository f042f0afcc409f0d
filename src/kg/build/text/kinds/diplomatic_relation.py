"""Kind `diplomatic-relation`: who began, ended or changed relations with whom; who recognised whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from kg.build.text.clauses import agent_of
from kg.build.text.document import Node, Sentence, Verb
from kg.build.text.kinds.common import UKRAINE, Found, Reader, values, whole
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    ending_before,
    full_date,
    has_phrase,
    listed,
    moment,
    phrase,
    phrases,
    respectively,
    segment,
    subject_at,
)
from kg.build.text.kinds.ellipsis import dated_parts

EVENTS = {"establish": "established", "sever": "severed", "restore": "restored", "downgrade": "downgraded"}
"""Verb classes of the lexicon and the events that they tell."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told besides the two states: the slots, and the nodes that they rest on."""

    slots: dict[str, Any]
    nodes: list[Node] = field(default_factory=list)

    def __or__(self, other: Told) -> Told:
        """What both tell; the other wins where they differ."""
        return Told(self.slots | other.slots, [*self.nodes, *other.nodes])


def read(reader: Reader) -> list[Found]:
    """The beginnings, ends and changes of diplomatic relations that a text tells."""
    found = [*_told(reader), *_nominal(reader), *_recognitions(reader)]
    found += _understood(reader, found)
    return [*found, *_elliptic(reader, found), *_likewise(reader, found)]


def _told(reader: Reader) -> Iterator[Found]:
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            event = next((event for name, event in EVENTS.items() if name in verb.classes), None)
            event = event or _entered(reader, sentence, at, verb)
            if not asserted(reader, sentence, at, decided=True):
                continue
            if event and _about_relations(reader, sentence, at, verb, event):
                yield from _event(reader, sentence, at, event)
            elif verb.classes & {"keep", "have"} and not verb.passive:
                yield from _kept(reader, sentence, at, verb)


def _entered(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> str | None:
    """Read "est entrée en relations diplomatiques avec", "entered into diplomatic relations with"."""
    into = phrase(reader, sentence, at + 1, "into_relations") if "join" in verb.classes else 0
    return "established" if into and phrase(reader, sentence, at + 1 + into, "relations") else None


def _elliptic(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "Le Canada a reconnu l'Ukraine le 2 décembre, les États-Unis le 25": others with a date of their own."""
    for item in found:
        sentence = reader.document.sentences[item.sentence]
        dates = [i for i in sentence.tagged("D") if sentence.nodes[i] in item.nodes and i > item.at]
        parts = dated_parts(reader, sentence, dates[-1]) if dates and item.slots.get("b") else ()
        other = "b" if item.slots["a"] == UKRAINE else "a"
        for states, date in parts:
            for state in values(sentence.nodes[i] for i in states):
                slots = {**item.slots, other: state, "date": full_date(reader, sentence, date)}
                slots.pop("rank", None)
                nodes = [*(sentence.nodes[i] for i in states), sentence.nodes[item.at], sentence.nodes[date]]
                if slots["a"] != slots["b"]:
                    yield Found(item.kind, slots, "diplomatic-relation/elliptic", sentence.index, nodes, item.at)


def _likewise(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "; the United States followed on 25 December", "la France a fait de même": those who did so later."""
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            same = "do" in verb.classes and has_phrase(reader, sentence, "likewise", at, at + 4)
            earlier = [item for item in found if item.sentence == sentence.index and item.at < at and item.slots["b"]]
            earlier = earlier or [item for item in found if item.sentence == sentence.index - 1 and item.slots["b"]]
            after = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
            alone = "follow" in verb.classes and not verb.passive and after is not None and not after.is_entity
            if not earlier or not (same or alone) or not asserted(reader, sentence, at):
                continue
            told = Told({"event": earlier[-1].slots["event"]}) | _date(reader, sentence, at)
            subject = [i for i in subject_at(reader, sentence, at, "S") if i < at]
            for state in values(sentence.nodes[i] for i in subject):
                slots = {"a": state, "b": earlier[-1].slots["b"]} | told.slots
                nodes = [*(sentence.nodes[i] for i in subject), sentence.nodes[at], *told.nodes]
                if state not in (slots["b"], earlier[-1].slots["a"]):
                    yield Found("diplomatic-relation", slots, "diplomatic-relation/likewise", sentence.index, nodes, at)


def _kept(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "entretient des relations diplomatiques avec 180 pays", "has had diplomatic relations with A since 1992"."""
    _, end = bounds(reader, sentence, at)
    if not _about_relations(reader, sentence, at, verb, "established") or not has_phrase(
        reader, sentence, "relations", at, end
    ):
        return
    if has_phrase(reader, sentence, "denying", at + 1, at + 3):
        return
    when = moment(reader, sentence, at)
    began = when is not None and when[0].endswith("/..")
    told = (
        Told({"event": "established", "date": when[0].removesuffix("/..")}, [when[1]]) if when and began else Told({})
    )
    counted = _counted(reader, sentence, at, end)
    subject, others = subject_at(reader, sentence, at, "S"), _partners(reader, sentence, at, end)
    if counted.slots:
        yield from _pairs(sentence, at, subject, (), told | counted)
    if told.slots:
        yield from _pairs(sentence, at, subject, others, told)


def _understood(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "diplomatic relations were established on …": of the two states that were spoken of just before."""
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            event = next((event for name, event in EVENTS.items() if name in verb.classes), None)
            earlier = [item for item in found if (item.sentence, item.at) < (sentence.index, at) and item.slots["b"]]
            told_here = any(item.sentence == sentence.index and item.at == at for item in found)
            passive = event and verb.passive and verb.tense != "pp" and earlier and not told_here
            if passive and asserted(reader, sentence, at) and _about_relations(reader, sentence, at, verb, event or ""):
                a, b = earlier[-1].slots["a"], earlier[-1].slots["b"]
                told = Told({"event": event}) | _date(reader, sentence, at)
                nodes = [*earlier[-1].nodes[:0], sentence.nodes[at], *told.nodes]
                yield Found(
                    "diplomatic-relation",
                    {"a": a, "b": b} | told.slots,
                    "diplomatic-relation/understood",
                    sentence.index,
                    nodes,
                    at,
                )


def _about_relations(reader: Reader, sentence: Sentence, at: int, verb: Verb, event: str) -> bool:
    """Whether the verb's object or subject is diplomatic relations, named, taken up by a pronoun, or understood."""
    begin, end = bounds(reader, sentence, at)
    for here in phrases(reader, sentence, "relations", begin, end):
        length = phrase(reader, sentence, here, "relations")
        following = sentence.nodes[here + length : here + length + 1]
        other = (
            following
            and following[0].tag == "W"
            and following[0].norm.isalpha()
            and not _function_word(reader, following[0].norm)
        )
        diplomatic = any(
            "diplomati" in node.norm or "consul" in node.norm for node in sentence.nodes[here : here + length]
        )
        before = sentence.nodes[here - 1]
        bare = here == 0 or before.verb is not None or before.norm in reader.lexicon.sets["article"]
        if (diplomatic or (not other and (bare or event != "established"))) and _belongs(sentence, at, here, verb):
            return True
    joint = at + 1 < end and sentence.nodes[at + 1].norm in reader.lexicon.sets["jointly_with"]
    if event == "severed" and joint:
        return True
    clitic = bool(verb.clitics & reader.lexicon.sets["plural_clitics"])
    pronoun = clitic or (at + 1 < end and sentence.nodes[at + 1].norm in reader.lexicon.sets["plural_objects"])
    return pronoun and _spoken_of_before(reader, sentence, at)


def _function_word(reader: Reader, word: str) -> bool:
    sets = reader.lexicon.sets
    small = sets["prepositions"] | sets["between"] | sets["determiners"] | sets["and"]
    return word in small | sets["since_words"]


def _belongs(sentence: Sentence, at: int, noun: int, verb: Verb) -> bool:
    """Whether a noun is the object of an active verb (after it) or the subject of a passive one (before it)."""
    low, high = min(at, noun), max(at, noun)
    no_verb = not any(node.verb for node in sentence.nodes[low + 1 : high])
    return no_verb and (noun < at if verb.passive and verb.tense != "pp" else noun > at or verb.tense == "pp")


def _spoken_of_before(reader: Reader, sentence: Sentence, at: int) -> bool:
    earlier = reader.document.sentences[: sentence.index]
    return has_phrase(reader, sentence, "relations", 0, at) or any(
        has_phrase(reader, one, "relations") for one in earlier
    )


def _event(reader: Reader, sentence: Sentence, at: int, event: str) -> Iterator[Found]:
    begin, end = bounds(reader, sentence, at)
    told = Told({"event": event}) | _date(reader, sentence, at)
    pair = _between(reader, sentence, begin, end)
    if pair:
        yield from _pairs(sentence, at, pair[:1], pair[1:], told)
        yield from _further(reader, sentence, pair, end, event)
        return
    subject = subject_at(reader, sentence, at, "S")
    verb = sentence.nodes[at].verb
    passive = verb is not None and verb.passive and verb.tense != "pp"
    others = _partners(reader, sentence, begin - 1 if passive else at, end)
    if paired := respectively(reader, sentence, subject, at) or respectively(reader, sentence, others, at):
        yield from _one_by_one(reader, sentence, at, subject, others, paired, event)
        return
    told |= _rank(sentence, at)
    if len(dated := _dated_partners(reader, sentence, at, end)) > 1:
        for run, date in dated:
            slots = {"event": event, "date": full_date(reader, sentence, date)}
            yield from _pairs(sentence, at, subject, run, Told(slots, [sentence.nodes[date]]))
        return
    counted = _counted(reader, sentence, at, end)
    if counted.slots:
        yield from _pairs(sentence, at, subject, (), told | counted)
        told = Told({"event": event})
    elif not others:
        subject, others = _reciprocal(subject)
    yield from _pairs(sentence, at, subject, others, told)


def _one_by_one(
    reader: Reader, sentence: Sentence, at: int, subject: Sequence[int], others: Sequence[int],
    paired: Sequence[tuple[int, int]], event: str,
) -> Iterator[Found]:  # fmt: skip
    """Read "A et B ont établi des relations avec C, respectivement le D et le E"."""
    for member, date in paired:
        told = Told({"event": event, "date": full_date(reader, sentence, date)}, [sentence.nodes[date]])
        mine = member in subject
        yield from _pairs(sentence, at, [member] if mine else subject, others if mine else [member], told)


def _pairs(sentence: Sentence, at: int, here: Sequence[int], there: Sequence[int], told: Told) -> Iterator[Found]:
    """One finding for each pair of states; without a second state, one for a count."""
    first, second = values(sentence.nodes[i] for i in here), values(sentence.nodes[i] for i in there)
    if not second and len(first) == 2 and "count" not in told.slots:
        first, second = first[:1], first[1:]
    nodes = [*(sentence.nodes[i] for i in (*here, *there)), *told.nodes]
    rule = f"diplomatic-relation/{told.slots.get('event', 'kept')}"
    for a in first:
        for b in second or ([""] if "count" in told.slots else []):
            if a != b:
                yield Found("diplomatic-relation", {"a": a, "b": b} | told.slots, rule, sentence.index, nodes, at)


def _date(reader: Reader, sentence: Sentence, at: int) -> Told:
    when = moment(reader, sentence, at)
    return Told({"date": when[0]}, [when[1]]) if when else Told({})


def _between(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """The states of "les relations diplomatiques entre A et B"."""
    for at in phrases(reader, sentence, "relations", begin, end):
        for here in range(at, min(at + 5, end)):
            if sentence.nodes[here].norm in reader.lexicon.sets["in_between"]:
                return listed(reader, sentence, here + 1)
    return ()


def _further(reader: Reader, sentence: Sentence, pair: Sequence[int], end: int, event: str) -> Iterator[Found]:
    """Read "…, peu avant celles avec C": relations of the first state with a further one."""
    for at in range(pair[-1], end):
        if sentence.nodes[at].norm in reader.lexicon.sets["that_of"]:
            others = [i for i in listed(reader, sentence, at + 2) if i not in pair]
            yield from _pairs(sentence, at, pair[:1], others, Told({"event": event}))


def _partners(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """The states after each "avec", and those that go on with a count: "avec 182 États, le Saint-Siège et …"."""
    found: list[int] = []
    for here in range(at + 1, end):
        if sentence.nodes[here].norm in reader.lexicon.sets["jointly_with"]:
            found += [i for i in listed(reader, sentence, here + 1) if i not in found]
        elif sentence.nodes[here].norm == "," and sentence.tagged("N", at, here):
            found += [i for i in listed(reader, sentence, here + 1) if i not in found and i - here <= 2]
    return tuple(found)


def _dated_partners(reader: Reader, sentence: Sentence, at: int, end: int) -> list[tuple[tuple[int, ...], int]]:
    """Partners with a date each: "avec la Russie le 24 février, avec la Syrie le 30 juin et avec …"."""
    joints = [i for i in range(at + 1, end) if sentence.nodes[i].norm in reader.lexicon.sets["jointly_with"]]
    found = []
    for here, after in zip(joints, [*joints, end][1:], strict=True):
        run = tuple(i for i in listed(reader, sentence, here + 1) if i < after)
        dates = sentence.tagged("D", run[-1], after) if run else []
        if dates:
            found.append((run, dates[0]))
    return found if len(found) == len(joints) else []


def _rank(sentence: Sentence, at: int) -> Told:
    """Read "le premier pays à établir": the rank of the state among those that did so."""
    verb = sentence.nodes[at].verb
    ranks = sentence.tagged("R", max(at - 6, 0), at) if verb and verb.tense == "inf" else []
    return Told({"rank": whole(sentence.nodes[ranks[-1]])}, [sentence.nodes[ranks[-1]]]) if ranks else Told({})


def _counted(reader: Reader, sentence: Sentence, at: int, end: int) -> Told:
    """Read "avec 182 des 193 États membres": how many, out of how many."""
    for here in sentence.tagged("N", at + 1, end):
        if phrase(reader, sentence, here + 1, "of_them"):
            earlier = [i for i in sentence.tagged("N", 0, here) if phrase(reader, sentence, i + 1, "states")]
            known = {"out_of": whole(sentence.nodes[earlier[-1]])} if earlier else {}
            return Told({"count": whole(sentence.nodes[here])} | known, [sentence.nodes[here]])
        step = here + 1
        while step < end and sentence.nodes[step].norm in reader.lexicon.sets["out_of_total"]:
            step += 1
        total = sentence.nodes[step] if step < end and sentence.nodes[step].tag == "N" and step > here + 1 else None
        counts = step + 1 if total else here + 1
        if (
            phrase(reader, sentence, counts, "states")
            or phrase(reader, sentence, counts + 1, "states")
            or (total and phrase(reader, sentence, counts, "member"))
        ):
            node = sentence.nodes[here]
            slots = {"count": whole(node), "approx": node.reading.approx if node.reading else None}
            return Told(slots | ({"out_of": whole(total)} if total else {}), [node])
    return Told({})


def _reciprocal(subject: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Read "La France et l'Ukraine ont établi des relations": the second state of the subject is the partner."""
    return (subject[:1], subject[1:]) if len(subject) > 1 else (subject, ())


def _nominal(reader: Reader) -> Iterator[Found]:
    """Read "l'établissement de relations diplomatiques entre A et B, le D", "la rupture des relations avec A"."""
    for sentence in reader.document.sentences:
        for name, event in EVENTS.items():
            for at in phrases(reader, sentence, f"nominal_{name}"):
                relations = next(phrases(reader, sentence, "relations", at + 1, at + 4), None)
                if relations is not None:
                    yield from _act(reader, sentence, at, relations, event)


def _act(reader: Reader, sentence: Sentence, at: int, relations: int, event: str) -> Iterator[Found]:
    """The event that a noun names: of the pair after "entre", or of the subject with those after "avec"."""
    begin, end = segment(sentence, at)
    pair = _between(reader, sentence, relations, end)
    told = Told({"event": event}) | _date(reader, sentence, at)
    clause = clause_at(reader, sentence, at)
    if pair:
        yield from _pairs(sentence, at, pair[:1], pair[1:], told)
    elif clause and begin <= clause.at < at and asserted(reader, sentence, clause.at):
        subject = subject_at(reader, sentence, at, "S")
        yield from _pairs(sentence, at, subject, _partners(reader, sentence, relations, end), told)


def _recognitions(reader: Reader) -> Iterator[Found]:
    """Read "A a reconnu l'indépendance de B", "B, reconnu par 117 des 193 États membres", "B est reconnu par A"."""
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            if "recognise" not in verb.classes or not asserted(reader, sentence, at):
                continue
            if verb.passive:
                yield from _recognised(reader, sentence, at)
            else:
                yield from _recognises(reader, sentence, at)


def _recognised(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    _, end = bounds(reader, sentence, at)
    clause = clause_at(reader, sentence, at)
    before = clause.subject if clause and clause.at == at else ending_before(sentence, at, "S")[-1:]
    object_ = tuple(i for i in before if i < at and sentence.nodes[i].tag == "S") or _owner_of_independence(
        reader, sentence, 0, at
    )
    told = Told({"event": "recognised"}) | _date(reader, sentence, at)
    end = next((i for i in range(at + 1, end) if sentence.nodes[i].verb), end)
    agents = [i for i in range(at + 1, end) if phrase(reader, sentence, i, "by")]
    if not agents or not object_ or _as_something(reader, sentence, at, end):
        return
    counted = _counted(reader, sentence, agents[0], end)
    if counted.slots:
        yield from _pairs(sentence, at, object_, (), told | counted)
    runs = [(listed(reader, sentence, by + 1), by, stop) for by, stop in pairwise([*agents, end])]
    runs = [one for one in runs if one[0] and one[0][0] - one[1] <= 3]
    for run, _, stop in runs:
        own = sentence.tagged("D", run[-1], stop) if len(runs) > 1 else []
        dated = Told({"date": full_date(reader, sentence, own[0])}, [sentence.nodes[own[0]]]) if own else Told({})
        event = Told({"event": "recognised"}) | dated if len(runs) > 1 else told
        yield from _pairs(sentence, at, [i for i in run if i < stop], object_, event)


def _recognises(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    _, end = bounds(reader, sentence, at)
    object_ = _owner_of_independence(reader, sentence, at + 1, end) or _recognised_state(reader, sentence, at, end)
    subject = subject_at(reader, sentence, at, "S")
    if not object_ or _as_something(reader, sentence, at, end):
        return
    told = Told({"event": "recognised"}) | _date(reader, sentence, at) | _rank(sentence, at)
    yield from _pairs(sentence, at, subject, object_, told)
    yield from _followers(reader, sentence, at, object_)


def _recognised_state(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """The state directly after the verb; an adjective may stand before it: "to recognise independent Ukraine"."""
    for here in range(at + 1, min(at + 4, end)):
        node = sentence.nodes[here]
        if node.tag == "S" and node.form != "a":
            return listed(reader, sentence, here)
        if node.tag != "W" or node.norm in reader.document.words("prepositions") | reader.lexicon.sets["independence"]:
            return ()
    return ()


def _followers(reader: Reader, sentence: Sentence, at: int, object_: Sequence[int]) -> Iterator[Found]:
    """Read "…, suivie le 13 juillet par Pyongyang": who did the same afterwards."""
    _, end = segment(sentence, at)
    for here in range(at + 1, end):
        verb = sentence.nodes[here].verb
        if verb and "follow" in verb.classes and verb.passive:
            agent = agent_of(reader.document, sentence, here + 1, end)
            dates = sentence.tagged("D", here, end)
            told = Told({"event": "recognised"} | ({"date": full_date(reader, sentence, dates[0])} if dates else {}))
            yield from _pairs(sentence, here, agent, object_, told)


def _owner_of_independence(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """The state whose independence is spoken of: "l'indépendance de l'Ukraine", "Ukraine's independence"."""
    for at in phrases(reader, sentence, "independence", begin, end):
        after = listed(reader, sentence, at + 1, "SXG")
        after = after if after and after[0] - at <= 3 else ()
        before = at - 2 if at >= 2 and sentence.nodes[at - 1].norm == "'s" else at - 1
        adjective = at + 1 if at + 1 < end and sentence.nodes[at + 1].tag == "S" else None
        if after:
            return after
        if adjective is not None:
            return (adjective,)
        if before >= 0 and sentence.nodes[before].tag == "S":
            return (before,)
    return ()


def _as_something(reader: Reader, sentence: Sentence, at: int, end: int) -> bool:
    """Whether what is recognised is a quality: "comme État terroriste", "as a candidate"."""
    as_ = any(node.norm in reader.lexicon.sets["as_words"] for node in sentence.nodes[at:end])
    return as_ or has_phrase(reader, sentence, "terrorist", at, end)
