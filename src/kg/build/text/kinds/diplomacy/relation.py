"""Kind `diplomatic-relation`: who began, ended or changed relations with whom; who recognised whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence, Verb
from kg.build.text.kinds.common import UKRAINE, Cues, Found, Reader, values
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    full_date,
    has_phrase,
    listed,
    moment,
    phrase,
    phrases,
    respectively,
    segment,
    subject_at,
    supposed,
)
from kg.build.text.kinds.diplomacy.parts import (
    Told,
    count_told,
    date_told,
    one_by_one,
    pairs,
    rank_told,
    states_between,
)
from kg.build.text.kinds.diplomacy.recognition import EVENTS, recognitions
from kg.build.text.kinds.organisation.ellipsis import dated_parts, listed_parts
from kg.build.text.subjects import agent_of


def read(reader: Reader) -> list[Found]:
    """The beginnings, ends and changes of diplomatic relations that a text tells."""
    if not reader.tells_any(_TOLD):
        return []
    found = [*_told(reader), *_nominal(reader), *recognitions(reader)]
    if not found:
        return []
    found += _understood(reader, found)
    return [*found, *_elliptic(reader, found), *_likewise(reader, found), *_those_with(reader, found)]


_TOLD = Cues(words=frozenset({"relations", "nominal_recognise"}), verbs=frozenset({"sever", "recognise"}))
"""What relations and recognitions are told with."""


def _those_with(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "Those with Syria, broken off in June 2022, have since been restored": relations of who was spoken of."""
    for sentence in reader.document.sentences:
        earlier = [item for item in found if item.sentence < sentence.index]
        that = next(
            (i for i, node in enumerate(sentence.nodes[:2]) if node.norm in reader.lexicon.sets["that_of"]), None
        )
        joint = that is not None and sentence.nodes[that + 1].norm in reader.lexicon.sets["jointly_with"]
        others = listed(reader, sentence, that + 2) if that is not None and joint and earlier else ()
        for at, verb in sentence.verbs() if others else ():
            event = next((event for name, event in EVENTS.items() if name in verb.classes), None)
            if event is None or not verb.passive or not asserted(reader, sentence, at):
                continue
            stop = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","), None)
            dates = sentence.tagged("D", at, stop)
            when = {"date": full_date(reader, sentence, dates[0])} if dates else {}
            nodes = [sentence.nodes[i] for i in (*others, at, *dates[:1])]
            for state in values(sentence.nodes[i] for i in others):
                slots = {"a": earlier[-1].slots["a"], "b": state, "event": event} | when
                yield Found("diplomatic-relation", slots, "diplomatic-relation/those", sentence.index, nodes, at)


def _told(reader: Reader) -> Iterator[Found]:
    spoken_of = False
    for sentence in reader.document.sentences:
        spoken_of = spoken_of or reader.has_any(sentence, _RELATIONS)
        if not spoken_of and not reader.has_any(sentence, _SEVERED):
            continue
        ends = reader.places(sentence, "end_to")
        for at, verb in sentence.verbs():
            if verb.classes.isdisjoint(_TELLING) and at + 1 not in ends:
                continue
            event = next((event for name, event in EVENTS.items() if name in verb.classes), None)
            event = event or _entered(reader, sentence, at, verb)
            yield from _no_more(reader, sentence, at, verb)
            if not asserted(reader, sentence, at, decided=True):
                continue
            if event and _about_relations(reader, sentence, at, verb, event):
                yield from _event(reader, sentence, at, event)
            elif verb.classes & {"keep", "have"} and not verb.passive:
                yield from _kept(reader, sentence, at, verb)


def _no_more(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "n'ont plus de relations diplomatiques depuis D", "have had no diplomatic relations since D"."""
    if verb.classes.isdisjoint(("keep", "have")) or verb.passive or verb.tense in ("fut", "cond"):
        return
    _, end = bounds(reader, sentence, at)
    noun = next(phrases(reader, sentence, "relations", at + 1, min(at + 5, end)), None)
    diplomatic = noun is not None and any("diplomati" in node.norm for node in sentence.nodes[noun : noun + 3])
    none = verb.negative or has_phrase(reader, sentence, "denying", at + 1, noun)
    when = moment(reader, sentence, at) if diplomatic and none else None
    if when is None or not when[0].endswith("/..") or supposed(reader, sentence, at):
        return
    told = Told({"event": "severed", "date": when[0].removesuffix("/..")}, [when[1]])
    subject = tuple(i for i in subject_at(reader, sentence, at, "S") if i < at)
    subject, others = _reciprocal(subject) if len(subject) > 1 else (subject, _partners(reader, sentence, at, end))
    yield from pairs(sentence, at, subject, others, told)


_RELATIONS = Cues(words=frozenset({"relations"}))
"""The word without which nothing but a break with somebody is told."""
_SEVERED = Cues(verbs=frozenset({"sever"}))
_TELLING = frozenset({*EVENTS, "join", "keep", "have"})
"""The classes of verbs that tell of relations."""


def _entered(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> str | None:
    """Read "est entrée en relations diplomatiques avec", "put an end to its relations with"."""
    if (ended := phrase(reader, sentence, at + 1, "end_to")) and has_phrase(
        reader, sentence, "relations", at + 1 + ended, at + 4 + ended
    ):
        return "severed"
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
            told = Told({"event": earlier[-1].slots["event"]}) | date_told(reader, sentence, at)
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
    counted = count_told(reader, sentence, at, end)
    subject, others = subject_at(reader, sentence, at, "S"), _partners(reader, sentence, at, end)
    if counted.slots:
        yield from pairs(sentence, at, subject, (), told | counted)
    elif (
        not subject
        and others
        and (counting := count_told(reader, sentence, bounds(reader, sentence, at)[0] - 1, at)).slots
    ):
        yield from pairs(sentence, at, others, (), told | counting)
    if told.slots:
        yield from pairs(sentence, at, subject, others, told)


def _understood(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "diplomatic relations were established on …": of the two states that were spoken of just before."""
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            event = next((event for name, event in EVENTS.items() if name in verb.classes), None)
            earlier = [item for item in found if (item.sentence, item.at) < (sentence.index, at) and item.slots["b"]]
            told_here = any(item.sentence == sentence.index and item.at == at for item in found)
            passive = verb.passive and verb.tense != "pp"
            open_ = event and earlier and not told_here and (passive or _by_pronoun(reader, sentence, at, verb))
            if open_ and asserted(reader, sentence, at) and _about_relations(reader, sentence, at, verb, event or ""):
                a, b = earlier[-1].slots["a"], earlier[-1].slots["b"]
                told = Told({"event": event}) | date_told(reader, sentence, at)
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
    here = at + 1 + phrase(reader, sentence, at + 1, "in_turn")
    joint = here < end and sentence.nodes[here].norm in reader.lexicon.sets["jointly_with"]
    if event == "severed" and joint:
        return True
    return _by_pronoun(reader, sentence, at, verb) and _spoken_of_before(reader, sentence, at)


def _by_pronoun(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> bool:
    """Whether a pronoun takes up the relations: "les a rompues", "severed them"."""
    after = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    return bool(verb.clitics & reader.lexicon.sets["plural_clitics"]) or after in reader.lexicon.sets["plural_objects"]


def _function_word(reader: Reader, word: str) -> bool:
    sets = reader.lexicon.sets
    small = sets["prepositions"] | sets["between"] | sets["determiners"] | sets["and"]
    return word in small | sets["since_words"]


def _belongs(sentence: Sentence, at: int, noun: int, verb: Verb) -> bool:
    """Whether a noun is the object of an active verb (after it) or the subject of a passive one (before it)."""
    low, high = min(at, noun), max(at, noun)
    finite = verb.passive and verb.tense != "pp"
    between = [node.verb for node in sentence.nodes[low + 1 : high] if node.verb]
    no_verb = all(finite and one.tense == "pp" for one in between)
    return no_verb and (noun < at if verb.passive and verb.tense != "pp" else noun > at or verb.tense == "pp")


def _spoken_of_before(reader: Reader, sentence: Sentence, at: int) -> bool:
    earlier = reader.document.sentences[: sentence.index]
    return has_phrase(reader, sentence, "relations", 0, at) or any(
        has_phrase(reader, one, "relations") for one in earlier
    )


def _event(reader: Reader, sentence: Sentence, at: int, event: str) -> Iterator[Found]:
    begin, end = bounds(reader, sentence, at)
    told = Told({"event": event}) | date_told(reader, sentence, at)
    pair = states_between(reader, sentence, begin, end)
    if pair:
        yield from pairs(sentence, at, pair[:1], pair[1:], told)
        yield from _further(reader, sentence, pair, end, event)
        return
    subject = subject_at(reader, sentence, at, "S")
    verb = sentence.nodes[at].verb
    passive = verb is not None and verb.passive and verb.tense != "pp"
    others = _partners(reader, sentence, begin - 1 if passive else at, end)
    if paired := respectively(reader, sentence, subject, at) or respectively(reader, sentence, others, at):
        yield from one_by_one(reader, sentence, at, subject, others, paired, event)
        return
    if not subject and (parts := listed_parts(reader, sentence, at)):
        for run, date in parts:
            yield from one_by_one(reader, sentence, at, run, others, [(i, date) for i in run], event)
        return
    told |= rank_told(sentence, at)
    subject = subject or _agents_of_participle(reader, sentence, at, end)
    subject = subject or _owners(sentence, begin, at, reader)
    if len(dated := _dated_partners(reader, sentence, at, end)) > 1:
        for run, own in dated:
            when = Told({"date": full_date(reader, sentence, own)}, [sentence.nodes[own]]) if own else Told({})
            yield from pairs(sentence, at, subject, run, Told({"event": event}) | when)
        return
    counted = count_told(reader, sentence, at, end)
    if counted.slots and not (others and _names_all(sentence, at, others)):
        yield from pairs(sentence, at, subject, (), told | counted)
        told = Told({"event": event})
    elif not others:
        subject, others = _reciprocal(subject)
        taken_up = event != "established" or _with_pronoun(reader, sentence, at, end)
        others = others or (_spoken_of(sentence, at, subject) if taken_up else ())
    yield from pairs(sentence, at, subject, others, told)


def _with_pronoun(reader: Reader, sentence: Sentence, at: int, end: int) -> bool:
    """Whether the partner is only a pronoun: "opened diplomatic relations with it", "… avec elle"."""
    sets = reader.lexicon.sets
    return any(
        one.norm in sets["jointly_with"] and other.norm in sets["with_whom"]
        for one, other in pairwise(sentence.nodes[at + 1 : end])
    )


def _agents_of_participle(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """By whom relations were "rompues par Bamako"."""
    verb = sentence.nodes[at].verb
    if verb is None or verb.tense != "pp" or not verb.passive:
        return ()
    return tuple(i for i in agent_of(reader.document, sentence, at + 1, end) if sentence.nodes[i].tag == "S")


def _names_all(sentence: Sentence, at: int, others: Sequence[int]) -> bool:
    """Whether a number only announces the states after a colon: "avec trois pays : A, B et C"."""
    return any(node.norm == ":" for node in sentence.nodes[at : others[0]])


def _owners(sentence: Sentence, begin: int, at: int, reader: Reader) -> tuple[int, ...]:
    """Whose relations they are: "Ukraine's relations with Iran were downgraded"."""
    for here in phrases(reader, sentence, "relations", begin, at):
        if here >= 2 and sentence.nodes[here - 1].norm == "'s" and sentence.nodes[here - 2].tag == "S":
            return (here - 2,)
    return ()


def _spoken_of(sentence: Sentence, at: int, subject: Sequence[int]) -> tuple[int, ...]:
    """The state spoken of just before: "expelled the Russian ambassador and downgraded relations"."""
    taken = {key for i in subject for key in sentence.nodes[i].keys}
    others = [i for i in sentence.tagged("S", 0, at) if not taken & set(sentence.nodes[i].keys)]
    return tuple(others[-1:]) if subject else ()


def _further(reader: Reader, sentence: Sentence, pair: Sequence[int], end: int, event: str) -> Iterator[Found]:
    """Read "…, peu avant celles avec C": relations of the first state with a further one."""
    for at in range(pair[-1], end):
        if sentence.nodes[at].norm in reader.lexicon.sets["that_of"]:
            others = [i for i in listed(reader, sentence, at + 2) if i not in pair]
            yield from pairs(sentence, at, pair[:1], others, Told({"event": event}))


def _partners(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """The states after each "avec", and those that go on with a count: "avec 182 États, le Saint-Siège et …"."""
    found: list[int] = []
    for here in range(at + 1, end):
        if sentence.nodes[here].norm in reader.lexicon.sets["jointly_with"]:
            found += [i for i in listed(reader, sentence, here + 1) if i not in found and i < end]
        elif sentence.nodes[here].norm in (",", ":") and sentence.tagged("N", at, here):
            run = listed(reader, sentence, here + 1)
            found += [i for i in run if i not in found and run[0] - here <= 2]
    return tuple(found)


def _dated_partners(reader: Reader, sentence: Sentence, at: int, end: int) -> list[tuple[tuple[int, ...], int | None]]:
    """Partners with a date each: "avec la Russie le 24 février, avec la Syrie le 30 juin", "and on 30 June with Syria".

    The first may have its date before the verb; where only the last has one, it is that of all.
    """
    joints = [i for i in range(at + 1, end) if sentence.nodes[i].norm in reader.lexicon.sets["jointly_with"]]
    begin, _ = bounds(reader, sentence, at)
    earlier = sentence.tagged("D", begin, at)[-1:]
    found: list[tuple[tuple[int, ...], int | None]] = []
    for here, after in pairwise([*joints, end]):
        run = tuple(i for i in listed(reader, sentence, here + 1) if i < after)
        fronted = [here - 1] if here != joints[0] and sentence.nodes[here - 1].tag == "D" else []
        stop = after - 1 if after != end and sentence.nodes[after - 1].tag == "D" else after
        dates = fronted or (sentence.tagged("D", run[-1], stop) if run else []) or earlier
        if run:
            found.append((run, dates[0] if dates else None))
    return found if len(found) == len(joints) and all(date is not None for _, date in found[:-1]) else []


def _reciprocal(subject: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Read "La France et l'Ukraine ont établi des relations": the second state of the subject is the partner."""
    return (subject[:1], subject[1:]) if len(subject) > 1 else (subject, ())


def _nominal(reader: Reader) -> Iterator[Found]:
    """Read "l'établissement de relations diplomatiques entre A et B, le D", "la rupture des relations avec A"."""
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _RELATIONS):
            continue
        for name, event in EVENTS.items():
            for at in phrases(reader, sentence, f"nominal_{name}"):
                relations = next(phrases(reader, sentence, "relations", at + 1, at + 4), None)
                if relations is not None:
                    yield from _act(reader, sentence, at, relations, event)


def _act(reader: Reader, sentence: Sentence, at: int, relations: int, event: str) -> Iterator[Found]:
    """The event that a noun names: of the pair after "entre", or of the subject with those after "avec"."""
    begin, end = segment(sentence, at)
    pair = states_between(reader, sentence, relations, end)
    told = Told({"event": event}) | date_told(reader, sentence, at)
    clause = clause_at(reader, sentence, at)
    if clause and _is_wish(clause):
        return
    if pair:
        yield from pairs(sentence, at, pair[:1], pair[1:], told)
    elif clause and begin <= clause.at < at and asserted(reader, sentence, clause.at):
        subject = subject_at(reader, sentence, at, "S")
        yield from pairs(sentence, at, subject, _partners(reader, sentence, relations, end), told)


def _is_wish(clause: Clause) -> bool:
    """Whether the verb of a clause asks for an act, refuses it or foresees it."""
    verb = clause.verb
    return verb.negative or bool(verb.classes & {"modal", "refuse"}) or verb.tense in ("fut", "cond")
