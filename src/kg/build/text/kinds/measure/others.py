"""Measures that are more than a verb and its object: designations, deployments, repairs, decisions on arms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.document import Sentence, Verb
from kg.build.text.kinds.common import UKRAINE, Cues, Found, Reader, quoted_text, values
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
    segment,
    subject_at,
)
from kg.build.text.kinds.measure.decided import decided_acts
from kg.build.text.kinds.measure.targets import targets
from kg.build.text.subjects import agent_of

_PERMITTING = frozenset({"allow", "authorise", "lift"})
_CONSENTING = frozenset({"light", "deliver", "allocate"})
_AGREEING = frozenset({"commit", "adopt", "allow", "conclude", "donate"})
_ON_ARMS = Cues(words=frozenset({"arms_handing", "striking"}))
_ON_REPAIR = Cues(words=frozenset({"repair"}), verbs=frozenset({"repair"}))


def read_others(reader: Reader) -> Iterator[Found]:
    """The measures of these kinds that a text tells of."""
    for sentence in reader.document.sentences:
        yield from _deployments(reader, sentence)
        for at, deciders in decided_acts(reader, sentence):
            if (act := sentence.nodes[at].verb) and act.classes & _PERMITTING:
                yield from _arms(reader, sentence, at, deciders)
        telling = _telling(reader, sentence)
        for at, verb in sentence.verbs() if not telling.isdisjoint(reader.standing[sentence.index].verbs) else ():
            if verb.classes.isdisjoint(telling) or sentence.nodes[at].quoted:
                continue
            if not asserted(reader, sentence, at, decided=True):
                continue
            if "declare" in verb.classes:
                yield from _designations(reader, sentence, at)
            if "strike" in verb.classes and verb.passive:
                yield from _struck(reader, sentence, at)
            under = verb.classes & {"declare", "strike"} and reader.places(sentence, "under_sanctions")
            if "sanction" in verb.classes or (under and any(i > at for i in under)):
                yield from _sanctioned(reader, sentence, at)
            if verb.classes & _AGREEING:
                yield from _repairs(reader, sentence, at)
            ends = "light" in verb.classes and phrase(reader, sentence, at + 1, "end_to")
            if verb.classes & (_PERMITTING | {"restrict"}) or ends or _gives_consent(reader, sentence, at):
                yield from _arms(reader, sentence, at)
                yield from _banned_media(reader, sentence, at)


def _telling(reader: Reader, sentence: Sentence) -> frozenset[str]:
    """The classes of verbs that may tell a measure of these kinds, by what else the sentence speaks of."""
    arms, repair = reader.has_any(sentence, _ON_ARMS), reader.has_any(sentence, _ON_REPAIR)
    return _TELLING[arms, repair]


_NAMING = frozenset({"declare", "sanction", "strike", "restrict"})
"""The classes of verbs that need nothing else in the sentence to tell a measure of these kinds."""
_WITH_ARMS = _NAMING | _PERMITTING | _CONSENTING
_TELLING = {
    (False, False): _NAMING,
    (False, True): _NAMING | _AGREEING,
    (True, False): _WITH_ARMS,
    (True, True): _WITH_ARMS | _AGREEING,
}
"""The classes of verbs that may tell one, by whether the sentence speaks of arms, and of repairs."""


def _found(
    reader: Reader,
    sentence: Sentence,
    at: int,
    action: str,
    actors: Sequence[str],
    target: str,
    *,
    dates: Sequence[int] = (),
) -> Iterator[Found]:
    if not actors or target in actors:
        return
    when = (
        moment(reader, sentence, at) if not dates else (full_date(reader, sentence, dates[0]), sentence.nodes[dates[0]])
    )
    slots = {"actor": list(actors), "action": action, "target": target, "date": when[0] if when else ""}
    named = [node for node in sentence.nodes if set(node.keys) & {*actors, target}]
    nodes = [sentence.nodes[at], *named[:4], *([when[1]] if when else [])]
    yield Found("measure", slots, f"measure/{action}", sentence.index, nodes, at)


def _actors(reader: Reader, sentence: Sentence, at: int) -> list[str]:
    return values(sentence.nodes[i] for i in subject_at(reader, sentence, at, "SOGP"))


def _designations(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "a désigné la Russie comme État terroriste", "placed Norway on its list of unfriendly states"."""
    _, end = bounds(reader, sentence, at)
    verb = sentence.nodes[at].verb
    actors = _actors(reader, sentence, at)
    if has_phrase(reader, sentence, "non_grata", at + 1, end):
        subject = subject_at(reader, sentence, at, "SOGP")
        for aim in values(sentence.nodes[i] for i in targets(reader, sentence, at + 1, end, subject, "diplomats")) or [
            ""
        ]:
            yield from _found(reader, sentence, at, "expulsion", actors, aim)
        return
    if has_phrase(reader, sentence, "listing", at + 1, end) and has_phrase(reader, sentence, "sanctions", at + 1, end):
        yield from _sanctioned(reader, sentence, at)
        return
    if verb is None or not _is_charge(reader, sentence, at + 1, end):
        return
    if verb.passive and verb.tense != "pp":
        clause = clause_at(reader, sentence, at)
        aims = [i for i in clause.subject if i < at and sentence.nodes[i].tag in "SOX"] if clause else []
    else:
        aims = list(_declared(reader, sentence, at, end))
    named = values(sentence.nodes[i] for i in aims) or _taken_up(reader, sentence, verb, actors)
    for aim in named:
        yield from _found(reader, sentence, at, "designation", actors, aim)


def _taken_up(reader: Reader, sentence: Sentence, verb: Verb, actors: Sequence[str]) -> list[str]:
    """Whom a French pronoun takes up: the first state of the sentence before, "Moscou l'a inscrite sur sa liste"."""
    if not sentence.index or not verb.clitics & reader.lexicon.sets["object_pronouns"]:
        return []
    before = reader.document.sentences[sentence.index - 1]
    states = values(before.nodes[i] for i in before.tagged("S") if before.nodes[i].form != "a")
    return [state for state in states if state not in actors][:1]


def _is_charge(reader: Reader, sentence: Sentence, begin: int, end: int) -> bool:
    """Whether somebody is called terrorist, unfriendly or undesirable, with or without quotation marks."""
    quoted = [quoted_text(sentence.nodes[i]).lower().split() for i in sentence.tagged("Z", begin, end)]
    terms = reader.lexicon.sets["terrorist"]
    return has_phrase(reader, sentence, "terrorist", begin, end) or any(terms & set(words) for words in quoted)


def _declared(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """What is declared something: the entities after the verb, or after the quality ("organisation terroriste X")."""
    direct = tuple(i for i in listed(reader, sentence, at + 1, "SO"))
    if direct:
        return direct
    subject = subject_at(reader, sentence, at, "SOGP")
    return targets(reader, sentence, at + 1, end, subject, "")


def _sanctioned(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "a sanctionné 45 entités russes", "Rosneft a été sanctionné par Washington": sanctions as a verb."""
    _, end = bounds(reader, sentence, at)
    verb = sentence.nodes[at].verb
    if verb is not None and verb.passive:
        yield from _sanctioned_by(reader, sentence, at, end)
        return
    subject = subject_at(reader, sentence, at, "SOGP")
    aims = targets(reader, sentence, at + 1, end, subject, "sanctions")
    for aim in values(sentence.nodes[i] for i in aims):
        yield from _found(reader, sentence, at, "sanctions", values(sentence.nodes[i] for i in subject), aim)


def _struck(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "was hit with US sanctions", "frappé par des sanctions britanniques": whose sanctions an adjective tells."""
    clause, stop = clause_at(reader, sentence, at), min(at + 6, len(sentence.nodes))
    place = reader.has(sentence, "sanctions", at + 1, stop)
    if clause is None or place is None:
        return
    actors = [i for i in (place - 1, place + 1) if i < stop and sentence.nodes[i].tag in "SO"]
    actors = [i for i in actors if sentence.nodes[i].form == "a" or i < place]
    for aim in values(sentence.nodes[i] for i in clause.subject if sentence.nodes[i].tag in "SOGPX"):
        yield from _found(reader, sentence, at, "sanctions", values(sentence.nodes[i] for i in actors[:1]), aim)


def _sanctioned_by(reader: Reader, sentence: Sentence, at: int, end: int) -> Iterator[Found]:
    """Read who was sanctioned by whom: the subject, also after a participle in front, or the noun before one."""
    clause = clause_at(reader, sentence, at)
    agents = [i for i in agent_of(reader.document, sentence, at + 1, end) if sentence.nodes[i].tag in "SOGP"]
    if clause is None or not agents:
        return
    begin, stop = clause.begin, at
    if at <= clause.begin:  # "sanctionnées par Washington, A et B …"
        comma = next((i for i in sentence.standing_at(",") if at < i < clause.at), clause.at)
        begin, stop = comma + 1, clause.at
    named = [i for i in clause.subject if clause.at == at and sentence.nodes[i].tag in "SOGPX"]
    aims = named or targets(reader, sentence, begin, stop, agents, "sanctions")
    for aim in values(sentence.nodes[i] for i in aims):
        yield from _found(reader, sentence, at, "sanctions", values(sentence.nodes[i] for i in agents), aim)


def _repairs(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "approuve que du matériel ukrainien puisse être réparé", "ont signé un accord sur la réparation de …"."""
    begin, end = segment(sentence, at)
    verb = sentence.nodes[at].verb
    passive = verb is not None and verb.passive
    repairing = [i for i in range(begin if passive else at + 1, end) if _is_repair(reader, sentence, i)]
    if verb is None or not repairing or sentence.tagged("M", begin, end):
        return
    agreed = has_phrase(reader, sentence, "agreement", begin if passive else at + 1, end)
    if ("donate" in verb.classes and not agreed) or (
        not agreed and "allow" not in verb.classes and "commit" not in verb.classes
    ):
        return
    actors = [key for key in _actors(reader, sentence, at) if key != UKRAINE]
    owners = [
        key
        for node in sentence.nodes[begin if passive else at + 1 : end]
        if node.tag == "S"
        for key in node.keys
        if key not in actors
    ]
    joint = UKRAINE in _actors(reader, sentence, at)
    target = UKRAINE if joint or UKRAINE in owners else (owners or [""])[0]
    yield from _found(reader, sentence, at, "repair-agreement", actors, target)


def _is_repair(reader: Reader, sentence: Sentence, at: int) -> bool:
    verb = sentence.nodes[at].verb
    return bool(phrase(reader, sentence, at, "repair")) or (verb is not None and "repair" in verb.classes)


def _deployments(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "La brigade allemande stationnée en Lituanie", "accueille un bataillon déployé par la France"."""
    for at in phrases(reader, sentence, "troops"):
        begin, end = segment(sentence, at)
        places = [
            i
            for i in range(begin, end)
            if (verb := sentence.nodes[i].verb) and verb.classes & {"deploy", "host_troops"}
            if verb.tense == "pp" or _same_clause(reader, sentence, i, at)
        ]
        deploying = [i for i in places if "deploy" in sentence.nodes[i].verb.classes]  # type: ignore[union-attr]
        hosting = [i for i in places if i not in deploying or "host_troops" in sentence.nodes[i].verb.classes]  # type: ignore[union-attr]
        if not places or not all(asserted(reader, sentence, i, decided=True) for i in places):
            continue
        actors = _deployers(reader, sentence, at, deploying, hosting)
        hosts = _hosts(reader, sentence, deploying, hosting, actors)
        for host in hosts if actors else ():
            dates = [i for i in sentence.tagged("D", begin, end) if sentence.nodes[i - 1].norm not in ("de", "of")]
            dates = [*(i for i in dates if i > places[0]), *(i for i in reversed(dates) if i < places[0])]
            yield from _found(
                reader,
                sentence,
                places[0],
                "troop-deployment",
                values(sentence.nodes[i] for i in actors),
                host,
                dates=dates,
            )
        if actors and hosts:
            return


def _same_clause(reader: Reader, sentence: Sentence, at: int, noun: int) -> bool:
    """Whether a noun stands in the clause of a verb, which may be relative to it."""
    clause = clause_at(reader, sentence, at)
    return clause is None or clause.relative or clause.begin <= noun < clause.end


def _deployers(
    reader: Reader, sentence: Sentence, at: int, deploying: Sequence[int], hosting: Sequence[int]
) -> tuple[int, ...]:
    """Whose troops they are: the agent or subject of the deploying verb, or the adjective beside the noun."""
    for place in deploying:
        verb = sentence.nodes[place].verb
        if verb and verb.passive and (agent := agent_of(reader.document, sentence, place + 1, len(sentence.nodes))):
            return agent
        if (
            verb
            and not verb.passive
            and place not in hosting
            and (subject := subject_at(reader, sentence, place, "SO"))
        ):
            return subject
    near = [
        i
        for i in (at - 1, at + 1, at + 2)
        if 0 <= i < len(sentence.nodes) and sentence.nodes[i].tag in "SO" and _qualifies(sentence, i, at)
    ]
    of = phrase(reader, sentence, at + 1, "of")
    return tuple(near[:1]) or (listed(reader, sentence, at + 1 + of, "SO") if of else ())


def _qualifies(sentence: Sentence, at: int, noun: int) -> bool:
    """Whether an entity beside a noun says whose it is: "la brigade allemande", "NATO battlegroups"."""
    return sentence.nodes[at].form == "a" or (sentence.nodes[at].tag == "O" and at == noun - 1)


def _hosts(
    reader: Reader, sentence: Sentence, deploying: Sequence[int], hosting: Sequence[int], actors: Sequence[int]
) -> list[str]:
    """The states where troops stand: the subject of "accueille", or the states after "en", "au", "in"."""
    taken = set(values(sentence.nodes[i] for i in actors))
    for place in hosting:
        for key in (
            values(sentence.nodes[i] for i in subject_at(reader, sentence, place, "S"))
            if place not in deploying
            else []
        ):
            if key not in taken:
                return [key]
    for here in sentence.tagged("S", 1):
        near = sentence.nodes[here].form in ("b", "c") and sentence.nodes[here - 1].norm in reader.lexicon.sets[
            "located"
        ] | {"to"}
        if near and not set(sentence.nodes[here].keys) <= taken:
            return [
                key for key in values(sentence.nodes[i] for i in listed(reader, sentence, here)) if key not in taken
            ]
    return []


def _gives_consent(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Read "gave the green light", "a donné son feu vert": to permit in three words."""
    verb = sentence.nodes[at].verb
    gives = verb is not None and bool(verb.classes & _CONSENTING)
    return gives and has_phrase(reader, sentence, "green_light", at + 1, at + 4)


def _banned_media(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "The EU banned RT and Sputnik", "a suspendu la diffusion de RT"."""
    verb = sentence.nodes[at].verb
    begin, end = at + 1, min(at + 7, bounds(reader, sentence, at)[1])
    media = [i for i in sentence.tagged("O", begin, end) if set(sentence.nodes[i].keys) & reader.document.media]
    if verb is not None and "restrict" in verb.classes and verb.passive and verb.tense != "pp":
        yield from _media_banned(reader, sentence, at)
    if verb is None or "restrict" not in verb.classes or verb.passive or not media:
        return
    for aim in values(sentence.nodes[i] for i in listed(reader, sentence, media[0], "OX")):
        yield from _found(reader, sentence, at, "other", _actors(reader, sentence, at), aim)


def _media_banned(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "RT and Sputnik were banned in the EU", "RT a été interdite par l'Union européenne"."""
    clause = clause_at(reader, sentence, at)
    subject = [i for i in clause.subject if i < at] if clause else []
    if clause is None or not any(set(sentence.nodes[i].keys) & reader.document.media for i in subject):
        return
    places = [i for i in sentence.tagged("SO", at, clause.end) if sentence.nodes[i].form in ("b", "o")]
    actors = list(clause.agent) or [i for i in places if phrase(reader, sentence, i - 1, "in")][:1]
    actors = actors or [i for i in places if phrase(reader, sentence, i - 2, "in")][:1]
    for aim in values(sentence.nodes[i] for i in subject):
        yield from _found(reader, sentence, at, "other", values(sentence.nodes[i] for i in actors), aim)


def _arms(reader: Reader, sentence: Sentence, at: int, deciders: tuple[int, ...] = ()) -> Iterator[Found]:
    """Read "a autorisé l'Ukraine à frapper le territoire russe", "a suspendu les livraisons d'armes".

    ``deciders`` are those who permit it where that is not the subject.
    """
    _, end = segment(sentence, at)
    verb = sentence.nodes[at].verb
    weapons = has_phrase(reader, sentence, "weapons", at + 1, end) or bool(sentence.tagged("Q", at + 1, end))
    handing = has_phrase(reader, sentence, "arms_handing", at + 1, end)
    striking = has_phrase(reader, sentence, "striking", at + 1, end)
    permits = verb is not None and bool(verb.classes & _PERMITTING or _gives_consent(reader, sentence, at))
    refuses = any(node.verb and node.verb.tense == "inf" for node in sentence.nodes[at + 1 : at + 3])
    refuses = (refuses and not permits) or (verb is not None and "declining" in verb.classes)
    if verb is None or refuses or not ((weapons and (handing or striking)) or (striking and permits)):
        return
    subject = deciders or subject_at(reader, sentence, at, "SOGP")
    actors = values(sentence.nodes[i] for i in subject)
    aims = values(
        sentence.nodes[i] for i in sentence.tagged("S", at + 1, end) if i not in subject and sentence.nodes[i].keys
    )
    aims = [aim for aim in aims if aim not in actors]
    others = [""] if striking else [*aims, ""]  # those who are struck are not those for whom it is decided
    target = UKRAINE if UKRAINE in aims else others[0]
    yield from _found(reader, sentence, at, "arms-decision", actors, target)
