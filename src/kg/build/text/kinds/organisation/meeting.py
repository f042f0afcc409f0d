"""Kind `meeting`: when and where an organisation met, at whose invitation, with how many participants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, value, whole
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
    segment,
)
from kg.build.text.kinds.organisation.bodies import Body, body_after, body_at, last_body, made_up, subject_body
from kg.build.text.kinds.organisation.meeting_named import named_body, named_meetings

_NOUN_REACH = 5
_DATED = Cues(words=frozenset({"gathering"}), tags=frozenset("D"))
"""A meeting has a date, or a number of participants."""


def read(reader: Reader) -> Iterator[Found]:
    """The meetings that a text tells of: one for each organisation that met on a date."""
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _DATED):
            continue
        done: set[str] = set()
        told = [*_by_noun(reader, sentence), *_by_verb(reader, sentence)]
        for at, body in told or named_meetings(reader, sentence):
            found = _meeting(reader, sentence, at, body)
            if found and body.key not in done:
                done.add(body.key)
                yield found
                yield from _continued(reader, sentence, at, found)


def _continued(reader: Reader, sentence: Sentence, at: int, found: Found) -> Iterator[Found]:
    """Read "…, puis à Rome les 10 et 11 juillet 2025": the same organisation met again."""
    nodes, sets = sentence.nodes, reader.lexicon.sets
    dates = [i for i in sentence.tagged("D", at) if nodes[i] in found.nodes]
    while dates:
        here = start = dates[-1] + 1
        while here < len(nodes) and nodes[here].norm in sets["ellipsis_openers"] | sets["and"]:
            here += 1
        place = here + 1
        if (
            here == start
            or place >= len(nodes)
            or nodes[here].norm not in sets["located"]
            or nodes[place].tag not in "SX"
        ):
            return
        date = place + 1
        while date < len(nodes) and nodes[date].norm in sets["ellipsis_links"]:
            date += 1
        if date >= len(nodes) or nodes[date].tag != "D":
            return
        slots = {"organisation": found.slots["organisation"], "place": _text(nodes[place])}
        slots["date"] = full_date(reader, sentence, date)
        rest = [nodes[at], nodes[place], nodes[date]]
        yield Found("meeting", slots, "meeting/held-again", sentence.index, rest, at)
        dates = [date]


def _by_noun(reader: Reader, sentence: Sentence) -> Iterator[tuple[int, Body]]:
    """Meeting nouns with the organisation that meets: "la réunion de O", "the NATO summit", "O a tenu son sommet"."""
    for at in phrases(reader, sentence, "meeting"):
        if sentence.nodes[at].tag != "W" or sentence.nodes[at].quoted or not _takes_place(reader, sentence, at):
            continue
        body = (
            body_after(reader, sentence, at + 1, len(sentence.nodes), reach=7)
            if _has_complement(reader, sentence, at)
            else None
        )
        body = (
            body
            or _possessed(reader, sentence, at)
            or _before(reader, sentence, at)
            or _holder(reader, sentence, at)
            or _main_subject(reader, sentence, at)
        )
        body = body or next(
            (
                named
                for i in range(at + 1, min(at + 6, len(sentence.nodes)))
                if _has_complement(reader, sentence, at) and (named := named_body(reader, sentence, i))
            ),
            None,
        )
        if body:
            yield at, body


def _has_complement(reader: Reader, sentence: Sentence, at: int) -> bool:
    words = reader.lexicon.sets["meeting_of"]
    return any(node.norm in words for node in sentence.nodes[at + 1 : at + 4])


def _possessed(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that "sa vingtième réunion" or "its first summit" goes back to."""
    here = at - 1
    while here > 0 and (sentence.nodes[here].tag == "R" or sentence.nodes[here].norm in reader.lexicon.sets["between"]):
        here -= 1
    own = here >= 0 and sentence.nodes[here].norm in reader.lexicon.sets["possessives"]
    return last_body(reader, sentence, here) if own and not _holder(reader, sentence, at) else None


def _before(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation before its meeting in English: "the NATO summit", "the contact group's first meeting"."""
    if reader.document.lang != "en":
        return None
    for here in range(at - 1, max(at - 4, -1), -1):
        if body := body_at(reader, sentence, here):
            return body
        if sentence.nodes[here].tag not in "WRD" or sentence.nodes[here].norm in (",", "of", "the", "a"):
            return None
    return None


def _holder(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The subject of "a tenu son sommet", "held a meeting", "coprésident une visioconférence de"."""
    clause = clause_at(reader, sentence, at)
    if clause is None or "hold" not in clause.verb.classes or not clause.at < at <= clause.at + _NOUN_REACH:
        return None
    return subject_body(reader, sentence, clause.at)


def _main_subject(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation of the main clause: "Lors d'une réunion qui s'est tenue …, le Groupe de contact …"."""
    opening = has_phrase(reader, sentence, "occasion", max(at - 5, 0), at) and at < 8
    if not opening or sentence.nodes[at - 1].norm not in reader.lexicon.sets["meeting_qualifiers"]:
        return None
    places = [i for i in range(at + 1, len(sentence.nodes)) if sentence.nodes[i].norm == ","]
    return next(
        (body for i in places if (body := body_after(reader, sentence, i + 1, len(sentence.nodes), reach=3))), None
    )


def _takes_place(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether the text does not say that the meeting was cancelled, put off or is only wished for."""
    begin, end = segment(sentence, at)
    verbs = [node.verb for node in sentence.nodes[begin:end] if node.verb]
    none = any(node.norm in reader.lexicon.sets["denying"] for node in sentence.nodes[max(at - 2, 0) : at])
    return not none and not any(
        "cancel" in verb.classes or (verb.negative and "hold" in verb.classes) for verb in verbs
    )


def _by_verb(reader: Reader, sentence: Sentence) -> Iterator[tuple[int, Body]]:
    """Read "Le groupe de contact s'est réuni", "the contact group met"."""
    for at, verb in sentence.verbs():
        if "meet" not in verb.classes:
            continue
        reflexive = verb.reflexive or (reader.document.lang == "en" and not verb.passive)
        fits = reflexive and verb.tense in ("perf", "past", "pres", "fut") and not _gathers(reader, sentence, at)
        if verb.tense == "pp" and at <= 1 and (body := _after_participle(reader, sentence, at)):
            yield at, body
        if fits and asserted(reader, sentence, at, future=True):
            body = subject_body(reader, sentence, at) or (named_body(reader, sentence, at - 1) if at else None)
            body = body or _gathered(reader, sentence, at) or _inverted(reader, sentence, at)
            if body:
                yield at, body


def _gathers(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb in the present has those for its object whom it brings together: "gathers some 50 countries"."""
    verb = sentence.nodes[at].verb
    counted = sentence.tagged("N", at + 1, at + 3)
    states = any(node.norm in reader.lexicon.sets["states"] for node in sentence.nodes[at + 2 : at + 5])
    return verb is not None and verb.tense == "pres" and bool(counted) and states


def _gathered(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation whose leaders or members met: "the defence ministers of the contact group assembled"."""
    begin, _ = bounds(reader, sentence, at)
    for here in phrases(reader, sentence, "gathering", begin, at):
        after = here + phrase(reader, sentence, here, "gathering")
        if phrase(reader, sentence, after, "of") and (body := body_after(reader, sentence, after, at)):
            return body
    return None


def _inverted(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that follows its verb: "C'est à Rome que s'est réunie la coalition"."""
    clause = clause_at(reader, sentence, at)
    following = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    open_ = clause is not None and clause.at == at and not clause.subject
    if not open_ or following not in reader.lexicon.sets["article"]:
        return None
    return body_after(reader, sentence, at + 1, len(sentence.nodes), reach=3)


def _after_participle(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that "Réuni à Bruxelles le D, …" goes on with."""
    commas = [i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","]
    if not commas:
        return None
    here = commas[0] + 1
    if counted := sentence.tagged("N", here, here + 2):  # "Réunis à Paris, une trentaine de dirigeants de la coalition"
        here = counted[0] + 1
    return body_after(reader, sentence, here, len(sentence.nodes), reach=3)


def _meeting(reader: Reader, sentence: Sentence, at: int, body: Body) -> Found | None:
    slots: dict[str, Any] = {"organisation": body.key}
    nodes = [sentence.nodes[at], body.node]
    if when := _when(reader, sentence, at):
        slots["date"] = when[0]
        nodes.append(when[1])
    if place := _place(reader, sentence, at, body):
        slots["place"] = _text(place)
        nodes.append(place)
    if host := _host(reader, sentence, body):
        slots["host"] = value(host)
        nodes.append(host)
    if counted := _participants(reader, sentence):
        slots["participants"] = whole(counted)
        slots["approx"] = counted.reading.approx if counted.reading else None
        nodes.append(counted)
    return Found("meeting", slots, "meeting/held", sentence.index, nodes, at) if "date" in slots or counted else None


def _when(reader: Reader, sentence: Sentence, at: int) -> tuple[str, Node] | None:
    begin, end = segment(sentence, at)
    return moment(reader, sentence, at, within=(begin, end)) or _named_year(sentence, at, end)


def _named_year(sentence: Sentence, at: int, end: int) -> tuple[str, Node] | None:
    """The year that is part of the meeting's name: "le sommet de Londres de 2025", "the 2024 NATO summit"."""
    dates = sentence.tagged("D", max(at - 2, 0), min(at + 7, end))
    found = sentence.nodes[dates[0]] if dates else None
    return (found.reading.text, found) if found and found.reading else None


def _place(reader: Reader, sentence: Sentence, at: int, body: Body) -> Node | None:
    """Where the meeting was held: a city rather than a country, after the meeting rather than before."""
    begin, end = segment(sentence, at)
    order = [*range(at + 1, end), *range(begin, at)]
    places = [i for i in order if _is_place(reader, sentence, i) and not _within(sentence.nodes[i], body.node)]
    places = places or [i for i in order if _names_meeting(reader, sentence, i, at, body)]
    places = places or _receiving_city(reader, sentence)
    cities = [i for i in places if sentence.nodes[i].form == "c" or sentence.nodes[i].tag == "X"]
    return sentence.nodes[(cities or places)[0]] if places else None


def _names_meeting(reader: Reader, sentence: Sentence, at: int, noun: int, body: Body) -> bool:
    """Whether a city is part of how a meeting is called: "le sommet de l'OTAN de Vilnius", "the Vilnius summit"."""
    node = sentence.nodes[at]
    if node.form != "c" and (node.tag != "X" or node is body.node):
        return False
    after = at > 1 and sentence.nodes[at - 1].norm in reader.lexicon.sets["genitive"] and at - 2 in (noun, body.at)
    return after or (reader.document.lang == "en" and at == noun - 1 and node.form == "c")


def _receiving_city(reader: Reader, sentence: Sentence) -> list[int]:
    """The city that receives a meeting: "Kazan a abrité le sommet", "Brussels was the venue for a meeting"."""
    for at, verb in sentence.verbs():
        venue = "be" in verb.classes and has_phrase(reader, sentence, "meeting_place", at + 1, at + 4)
        if not venue and ("hosting" not in verb.classes or verb.passive):
            continue
        here = at - 1
        city = here >= 0 and (
            _unknown_name(reader, sentence, here) or (venue and sentence.nodes[here].form in ("c", "o"))
        )
        if city and (here == 0 or sentence.nodes[here - 1].tag in "DW"):
            return [here]
    return []


def _unknown_name(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a node is a name that no table holds; in front of a sentence any capitalised word that is no pronoun."""
    node, pronouns = (
        sentence.nodes[at],
        reader.lexicon.union("subject_pronouns", "demonstratives", "determiners", "that_of"),
    )
    return node.tag == "X" or (at == 0 and node.tag == "W" and node.text[:1].isupper() and node.norm not in pronouns)


def _within(node: Node, name: Node) -> bool:
    """Whether a node is part of an organisation's name."""
    return name.start <= node.start < name.end


def _is_place(reader: Reader, sentence: Sentence, at: int) -> bool:
    node = sentence.nodes[at]
    before = sentence.nodes[at - 1].norm if at else ""
    named = node.form == "o" and node.tag == "S" and node.text[:1].isupper()  # "à La Haye"
    if node.tag not in "SX" or (node.form in ("a", "n", "o", "f", "p") and not named):
        return False
    if before in reader.lexicon.sets["article_definite"] and node.form == "c" and at > 1:
        before = sentence.nodes[at - 2].norm
    if before in reader.lexicon.sets["located"]:
        return True
    return before in ("de", "of") and has_phrase(reader, sentence, "venue", max(at - 6, 0), at)


def _text(node: Node) -> str:
    return " ".join(node.text.split())


def _host(reader: Reader, sentence: Sentence, body: Body) -> Node | None:
    """Who receives the meeting: who hosts it, else at whose invitation or at whose seat it is held."""
    hosting = _after_phrase(reader, sentence, body, "hosted") or _hosting_subject(reader, sentence)
    hosting = hosting or _as_host(reader, sentence)
    if hosting is not None:
        return hosting
    if reader.document.lang == "en":
        for at in phrases(reader, sentence, "seat", 1):
            node = sentence.nodes[at - 1]
            if node.tag == "O" and node is not body.node:
                return node
    return _after_phrase(reader, sentence, body, "seat") or _after_phrase(reader, sentence, body, "invitation")


def _as_host(reader: Reader, sentence: Sentence) -> Node | None:
    """The state of "with Russia as host", "avec la Russie pour hôte"."""
    for at in phrases(reader, sentence, "host_noun", 2):
        states = (
            ending_before(sentence, at - 1, "S")
            if sentence.nodes[at - 1].norm in reader.lexicon.sets["in_role"]
            else ()
        )
        clause = clause_at(reader, sentence, at)
        if not states and clause and "be" in clause.verb.classes and asserted(reader, sentence, clause.at):
            states = tuple(
                i for i in clause.subject if sentence.nodes[i].tag == "S" and clause.at < at <= clause.at + 3
            )
        if states:
            return sentence.nodes[states[-1]]
    return None


def _after_phrase(reader: Reader, sentence: Sentence, body: Body, name: str) -> Node | None:
    """The entity after "accueilli par", "au siège de", "à l'invitation de"."""
    for at in phrases(reader, sentence, name):
        length = phrase(reader, sentence, at, name)
        for node in sentence.nodes[at + length : at + length + 4]:
            if node.tag in "SOP" and node.form not in ("a", "c") and node is not body.node:
                return node
            if node.verb or node.norm == ",":
                break
    return None


def _hosting_subject(reader: Reader, sentence: Sentence) -> Node | None:
    """The state that "accueille le sommet de l'OTAN", or the agent of "accueilli par"."""
    for at, verb in sentence.verbs():
        if "hosting" not in verb.classes or verb.negative:
            continue
        if verb.passive and phrase(reader, sentence, at + 1, "by"):
            agent = listed(reader, sentence, at + 2, "SO") or listed(reader, sentence, at + 3, "SO")
            return sentence.nodes[agent[0]] if agent else None
        clause = clause_at(reader, sentence, at)
        subject = [i for i in clause.subject if sentence.nodes[i].tag in "SP"] if clause and clause.at == at else []
        if subject and not verb.passive:
            return sentence.nodes[subject[0]]
    return None


def _participants(reader: Reader, sentence: Sentence) -> Node | None:
    """How many took part: "43 pays", "une trentaine de dirigeants", "54 delegations"."""
    for at in sentence.tagged("N"):
        step = at + 1 + (at + 1 < len(sentence.nodes) and sentence.nodes[at + 1].norm in ("de", "d'", "of"))
        described = step + 1 < len(sentence.nodes) and sentence.nodes[step].norm in reader.lexicon.sets["of_delegates"]
        organ = sentence.nodes[step] if step < len(sentence.nodes) else None
        led = organ is not None and organ.form == "o" and organ.norm.split()[0] in reader.lexicon.sets["gathering"]
        if (led or phrase(reader, sentence, step + described, "gathering")) and not _describes_body(
            reader, sentence, at
        ):
            return sentence.nodes[at]
    return None


def _describes_body(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a number is the size of the organisation and not the attendance: "composé de plus de 50 pays"."""
    verbs = [i for i in range(max(at - 3, 0), at) if sentence.nodes[i].verb]
    verb = sentence.nodes[verbs[-1]].verb if verbs else None
    comprises = verb is not None and "comprise" in verb.classes and "meet" not in verb.classes
    comprises = comprises and verb is not None and verb.lemma not in reader.lexicon.sets["gathering_verbs"]
    return comprises or bool(verbs and made_up(reader, sentence, verbs[-1]))
