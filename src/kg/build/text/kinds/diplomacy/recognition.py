"""Recognitions: who recognised whom, or the independence of whom; since when relations are said to go back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Found, Reader, is_since
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    ending_before,
    full_date,
    has_phrase,
    listed,
    phrase,
    phrases,
    respectively,
    segment,
    subject_at,
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
from kg.build.text.kinds.organisation.ellipsis import listed_parts
from kg.build.text.subjects import agent_of

EVENTS = {"establish": "established", "sever": "severed", "restore": "restored", "downgrade": "downgraded"}
"""Verb classes of the lexicon and the events that they tell."""


def recognitions(reader: Reader) -> Iterator[Found]:
    """Read "A a reconnu l'indépendance de B", "B, reconnu par 117 des 193 États membres", "B est reconnu par A"."""
    for sentence in reader.document.sentences:
        yield from _recognition_nouns(reader, sentence)
        yield from _going_back(reader, sentence)
        for at, verb in sentence.verbs() if "recognise" in reader.standing[sentence.index].verbs else ():
            if "recognise" not in verb.classes or not asserted(reader, sentence, at):
                continue
            if verb.passive:
                yield from _recognised(reader, sentence, at)
            else:
                yield from _recognises(reader, sentence, at)


def _recognition_nouns(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "la reconnaissance de l'Ukraine par la Pologne, le D", "Poland's recognition of Ukraine on D"."""
    for at in phrases(reader, sentence, "nominal_recognise"):
        yield from _granted(reader, sentence, at)
        yield from _presupposed(reader, sentence, at)
        _, end = bounds(reader, sentence, at)
        of = phrase(reader, sentence, at + 1, "of")
        object_ = listed(reader, sentence, at + 1 + of) if of else ()
        by = phrase(reader, sentence, object_[-1] + 1, "by") if object_ else 0
        owned = at >= 2 and sentence.nodes[at - 1].norm == "'s" and sentence.nodes[at - 2].tag == "S"
        agents = listed(reader, sentence, object_[-1] + 1 + by) if by else (at - 2,) if owned else ()
        verb = next((i for i in range(at, end) if sentence.nodes[i].verb), None)
        dates = sentence.tagged("D", max([at, *object_, *agents]), end)
        if object_ and agents and dates and (verb is None or asserted(reader, sentence, verb)):
            told = Told(
                {"event": "recognised", "date": full_date(reader, sentence, dates[0])}, [sentence.nodes[dates[0]]]
            )
            yield from pairs(sentence, at, agents, object_, told)


def _granted(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "extended recognition to Ukraine", "granted Ukraine recognition", "a accordé sa reconnaissance à"."""
    clause = clause_at(reader, sentence, at)
    gives = clause is not None and clause.verb.classes & {"allocate", "grant_entry"} and not clause.verb.passive
    if clause is None or not gives or not clause.at < at <= clause.at + 5 or not asserted(reader, sentence, clause.at):
        return
    to = phrase(reader, sentence, at + 1, "to")
    object_ = listed(reader, sentence, at + 1 + to) if to else listed(reader, sentence, clause.at + 1)
    subject = tuple(i for i in clause.subject if i < clause.at and sentence.nodes[i].tag == "S")
    told = Told({"event": "recognised"}) | date_told(reader, sentence, at)
    yield from pairs(sentence, at, subject, object_, told)


def _presupposed(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "après la reconnaissance par A de B et de C", "following Russia's recognition of B"."""
    if not has_phrase(reader, sentence, "occasion", max(at - 4, 0), at):
        return
    by = phrase(reader, sentence, at + 1, "by")
    owned = at >= 2 and sentence.nodes[at - 1].norm == "'s" and sentence.nodes[at - 2].tag == "S"
    agents = listed(reader, sentence, at + 1 + by) if by else (at - 2,) if owned else ()
    after = agents[-1] + 1 if by and agents else at + 1
    of = phrase(reader, sentence, after, "of") if agents else 0
    clause = clause_at(reader, sentence, at)
    subject = clause.subject if clause else ()
    object_ = tuple(i for i in listed(reader, sentence, after + of, "SXG") if i not in subject) if of else ()
    if object_ and not sentence.tagged("D", at, object_[-1] + 3):
        yield from pairs(sentence, at, agents, object_, Told({"event": "recognised"}))


def _going_back(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "les relations diplomatiques entre A et B remontent au D", "date back to D": they were established then."""
    for at, verb in sentence.verbs() if reader.places(sentence, "relations") else ():
        if "occur" not in verb.classes:
            continue
        begin, end = bounds(reader, sentence, at)
        relations = reader.has(sentence, "relations", begin, at)
        dates = sentence.tagged("D", at, end)
        if relations is None or not dates or not asserted(reader, sentence, at):
            continue
        lasting = verb.lemma not in reader.lexicon.sets["existing"] or is_since(sentence.nodes[dates[0]])
        named = not lasting or any(has_phrase(reader, sentence, f"nominal_{name}", begin, relations) for name in EVENTS)
        pair = () if named else states_between(reader, sentence, begin, end)
        date = full_date(reader, sentence, dates[0]).removesuffix("/..")
        told = Told({"event": "established", "date": date}, [sentence.nodes[dates[0]]])
        yield from pairs(sentence, at, pair[:1], pair[1:], told)


def _recognised(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    _, end = bounds(reader, sentence, at)
    clause = clause_at(reader, sentence, at)
    before = clause.subject if clause and clause.at == at else ending_before(sentence, at, "S")[-1:]
    object_ = tuple(i for i in before if i < at and sentence.nodes[i].tag in "SXG") or _owner_of_independence(
        reader, sentence, 0, at
    )
    told = Told({"event": "recognised"}) | date_told(reader, sentence, at)
    end = next((i for i in range(at + 1, end) if sentence.nodes[i].verb), end)
    agents = [i for i in range(at + 1, end) if phrase(reader, sentence, i, "by")]
    if not agents or not object_ or _as_something(reader, sentence, at, end):
        return
    counted = count_told(reader, sentence, agents[0], end)
    if counted.slots:
        yield from pairs(sentence, at, object_, (), told | counted)
    runs = [(listed(reader, sentence, by + 1), by, stop) for by, stop in pairwise([*agents, end])]
    runs = [one for one in runs if one[0] and one[0][0] - one[1] <= 3]
    for run, _, stop in runs:
        own = sentence.tagged("D", run[-1], stop) if len(runs) > 1 else []
        dated = Told({"date": full_date(reader, sentence, own[0])}, [sentence.nodes[own[0]]]) if own else Told({})
        event = Told({"event": "recognised"}) | dated if len(runs) > 1 else told
        yield from pairs(sentence, at, [i for i in run if i < stop], object_, event)


def _recognises(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    _, end = bounds(reader, sentence, at)
    object_ = _owner_of_independence(reader, sentence, at + 1, end) or _recognised_state(reader, sentence, at, end)
    subject = subject_at(reader, sentence, at, "S")
    if not object_ or _as_something(reader, sentence, at, end):
        return
    if paired := respectively(reader, sentence, subject, at) or [
        (i, date) for run, date in (listed_parts(reader, sentence, at) if not subject else []) for i in run
    ]:
        yield from one_by_one(reader, sentence, at, [i for i, _ in paired], object_, paired, "recognised")
        return
    told = Told({"event": "recognised"}) | date_told(reader, sentence, at) | rank_told(sentence, at)
    if not subject:
        begin, _ = bounds(reader, sentence, at)
        counted = count_told(reader, sentence, begin - 1, at)
        yield from pairs(sentence, at, object_, (), told | counted) if counted.slots else ()
    yield from pairs(sentence, at, subject, object_, told)
    yield from _followers(reader, sentence, at, object_)


def _recognised_state(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """The state directly after the verb; an adjective may stand before it: "to recognise independent Ukraine"."""
    for here in range(at + 1, min(at + 4, end)):
        node = sentence.nodes[here]
        if node.tag in "SXG" and node.form != "a":
            return listed(reader, sentence, here, "SXG")
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
            yield from pairs(sentence, here, agent, object_, told)


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
    places = [i for i in range(at, end) if sentence.nodes[i].norm in reader.lexicon.sets["as_words"]]
    as_ = any(not has_phrase(reader, sentence, "independent", i, i + 4) for i in places)
    return as_ or has_phrase(reader, sentence, "terrorist", at, end)
