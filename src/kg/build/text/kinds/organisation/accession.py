"""Acts of joining and leaving told by a noun: "l'adhésion de la Finlande à l'OTAN", "Qatar's exit from OPEC"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Found, Reader, date_of
from kg.build.text.kinds.context import asserted, bounds, clause_at, has_phrase, listed, moment, phrase, phrases
from kg.build.text.kinds.organisation.alluded import of_main_clause
from kg.build.text.kinds.organisation.bodies import Body, bodies_after, bodies_before
from kg.build.text.kinds.organisation.findings import made

_NOUN_REACH = 6


def read_accessions(reader: Reader) -> Iterator[Found]:
    """Every entry and exit of states that a noun tells of with its date."""
    for sentence in reader.document.sentences:
        for at in phrases(reader, sentence, "adhesion"):
            if (gaining := _gained(reader, sentence, at)) is not None:
                yield from _gains(reader, sentence, at, gaining)
            else:
                yield from _act(reader, sentence, at, leaving=False)
        for at in phrases(reader, sentence, "departure"):
            yield from _act(reader, sentence, at, leaving=True)


def _gained(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The verb that has the noun for its object: "gained NATO membership", "ont fait leur entrée dans l'UE"."""
    clause = clause_at(reader, sentence, at)
    if clause is None or not clause.at < at <= clause.at + _NOUN_REACH or clause.verb.passive:
        return None
    return clause.at if "gain_entry" in clause.verb.classes else None


def _gains(reader: Reader, sentence: Sentence, at: int, verb: int) -> Iterator[Found]:
    _, end = bounds(reader, sentence, at)
    bodies = bodies_after(reader, sentence, at + 1, end) or bodies_before(reader, sentence, at)
    clause = clause_at(reader, sentence, verb)
    members = tuple(i for i in clause.subject if i < verb and sentence.nodes[i].tag == "S") if clause else ()
    if not members or not asserted(reader, sentence, verb):
        return
    when = moment(reader, sentence, verb)
    since, dates = (when[0].split("/")[0], [when[1]]) if when else ("", [])
    for body in bodies:
        yield from made("gains-entry", sentence, at, members, body, "member", since=since, dates=dates)


def _act(reader: Reader, sentence: Sentence, at: int, *, leaving: bool) -> Iterator[Found]:
    """Read "L'adhésion de la Finlande à l'OTAN, le 4 avril 2023", "Russia's expulsion from the Council of Europe"."""
    begin, end = bounds(reader, sentence, at)
    members = listed(reader, sentence, at + 1, "S") or _possessor(reader, sentence, at)
    start = members[-1] + 1 if members and members[0] > at else at + 1
    bodies = bodies_after(reader, sentence, start, end) or bodies_before(reader, sentence, at) if members else []
    if members and not bodies:
        yield from _in_front(reader, sentence, at, members, leaving=leaving)
        return
    if leaving and bodies and not _from(reader, sentence, start, bodies[0]):
        return
    date = _date(reader, sentence, max(bodies[-1].at, at), end) if bodies else None
    leaving = leaving or (date is not None and _ends(reader, sentence, at, date))
    if date is None or _foreseen(sentence, begin, at):
        return
    told, nodes = date_of(sentence.nodes[date]).removesuffix("/.."), [sentence.nodes[date]]
    for body in bodies:
        yield from _dated(sentence, at, members, body, told, nodes, leaving=leaving)


def _in_front(
    reader: Reader, sentence: Sentence, at: int, members: tuple[int, ...], *, leaving: bool
) -> Iterator[Found]:
    """Read "With Sweden's accession on D, NATO grew", "Jusqu'à son retrait, le D, le Royaume-Uni était membre de X"."""
    clause = clause_at(reader, sentence, at)
    opening = any(phrase(reader, sentence, i, name) for i in range(min(at, 2)) for name in ("with", "until"))
    if clause is None or not opening or not at < clause.at:
        return
    following = bodies_after(reader, sentence, clause.at + 1, clause.end)
    body = of_main_clause(reader, sentence, max(at, *members)) or next(iter(following), None)
    dates = sentence.tagged("D", at, clause.at)
    if body and dates and asserted(reader, sentence, clause.at):
        node = sentence.nodes[dates[0]]
        yield from _dated(sentence, at, members, body, date_of(node).split("/")[0], [node], leaving=leaving)


def _ends(reader: Reader, sentence: Sentence, at: int, date: int) -> bool:
    """Whether what a noun names is told to end: "its membership of X ended on D", "a pris fin le D"."""
    verbs = [i for i in range(at, date) if sentence.nodes[i].verb]
    return bool(verbs) and has_phrase(reader, sentence, "ending", at, date)


def _dated(
    sentence: Sentence, at: int, members: tuple[int, ...], body: Body, date: str, nodes: list[Node], *, leaving: bool
) -> Iterator[Found]:
    if leaving:
        yield from made("departure", sentence, at, members, body, "member", until=date, dates=nodes)
    else:
        yield from made("accession", sentence, at, members, body, "member", since=date, dates=nodes)


def _from(reader: Reader, sentence: Sentence, begin: int, body: Body) -> bool:
    """Whether a preposition of leaving stands before the organisation."""
    return any(node.norm in reader.lexicon.sets["from_body"] for node in sentence.nodes[begin : body.at])


def _date(reader: Reader, sentence: Sentence, at: int, end: int) -> int | None:
    """The date directly after the organisation, or that of "est devenue effective le …", "took effect on …"."""
    verb = next((i for i in range(at, end) if sentence.nodes[i].verb), None)
    near = sentence.tagged("D", at, min(at + 4, end if verb is None else verb))
    if near or verb is None or not asserted(reader, sentence, verb):
        return near[0] if near else None
    told = sentence.nodes[verb].verb
    effective = any(has_phrase(reader, sentence, name, verb, end) for name in ("effective", "ending"))
    effective = effective or (told is not None and "occur" in told.classes)
    dates = sentence.tagged("D", verb, end) if effective else []
    return dates[0] if dates else None


def _possessor(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The state before "'s accession", or the one that "son adhésion" and "its accession" go back to."""
    if at >= 3 and sentence.nodes[at - 1].tag in "OG" and sentence.nodes[at - 2].norm == "'s":
        return (at - 3,) if sentence.nodes[at - 3].tag == "S" else ()  # "Finland's NATO accession"
    if at >= 2 and sentence.nodes[at - 1].norm == "'s" and sentence.nodes[at - 2].tag == "S":
        return (at - 2,)
    opening = phrase(reader, sentence, 0, "for_whom")
    if opening and (found := listed(reader, sentence, opening, "S")) and found[-1] < at:
        return found
    if at and sentence.nodes[at - 1].norm in reader.lexicon.sets["possessives"]:
        states = [i for i, node in enumerate(sentence.nodes) if node.tag == "S" and node.form != "a"]
        near = [i for i in states if i < at][-1:] or [i for i in states if i > at][:1]
        return tuple(near)
    return ()


_UNREAL = frozenset({"modal", "refuse", "supporting", "oppose", "approve", "disapprove", "pledge", "commit"})


def _foreseen(sentence: Sentence, begin: int, at: int) -> bool:
    """Whether a verb before wishes, refuses or foresees the act, or speaks of what blocks it."""
    verbs = [node.verb for node in sentence.nodes[begin:at] if node.verb]
    return any(verb.classes & _UNREAL or verb.tense in ("fut", "cond") for verb in verbs)
