"""Kind `membership`: who belongs to which organisation or coalition, in which role, since and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.build.text.document import Node, Sentence, Verb
from kg.build.text.kinds.common import Found, Reader, date_of, is_since, values
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    enclosed,
    ending_before,
    has_phrase,
    is_perfect_infinitive,
    listed,
    moment,
    phrase,
    phrases,
    respectively,
    segment,
    subject_at,
)
from kg.build.text.kinds.organisation.bodies import (
    Body,
    bodies_after,
    body_at,
    body_before,
    last_body,
    leadings,
    made_up,
    subject_before,
    subject_body,
)
from kg.build.text.kinds.organisation.ellipsis import dated_parts
from kg.build.text.kinds.organisation.leadership import read_leadership
from kg.build.text.kinds.organisation.role_nouns import annotation, role_at
from kg.build.text.kinds.organisation.roles import read_roles

_MEETING_VERBS = frozenset({"réunir", "rassembler", "gather", "bring", "unite", "convene"})


def read(reader: Reader) -> list[Found]:
    """The memberships that a text states, each pair of member and organisation once for each role."""
    found = [*read_roles(reader), *_verbs(reader), *_leading(reader), *_accessions(reader), *_headed_lists(reader)]
    found = _merged(found)
    return _merged([*found, *_elliptic(reader, found), *_later_ones(reader, found)])


def _verbs(reader: Reader) -> Iterator[Found]:
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            if sentence.nodes[at].quoted:
                continue
            particle = bool(phrase(reader, sentence, at + 1, "joining_particle"))
            if particle or ("join" in verb.classes and "be" not in verb.classes):
                yield from _joined(reader, sentence, at, verb)
            if "expelled" in verb.classes or "leave" in verb.classes:
                yield from _left(reader, sentence, at, verb)
            if "be" in verb.classes:
                yield from _within(reader, sentence, at)
            if "sit" in verb.classes:
                yield from _sitting(reader, sentence, at, verb)
            if verb.classes & {"comprise", "have"} or made_up(sentence, at):
                yield from _comprised(reader, sentence, at, verb)


def _made(
    rule: str, sentence: Sentence, at: int, members: Iterable[int], body: Body, role: str, *, since: str = "",
    until: str = "", dates: Sequence[Node] = (),
) -> Iterator[Found]:  # fmt: skip
    for place in members:
        for member in values([sentence.nodes[place]]):
            if member != body.key:
                slots = {"member": member, "organisation": body.key, "role": role, "since": since, "until": until}
                nodes = [sentence.nodes[place], sentence.nodes[at], body.node, *dates]
                yield Found("membership", slots, f"membership/{rule}", sentence.index, nodes, at)


def _joined(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "La Suède a rejoint l'OTAN", "Ont rejoint la coalition : …", "Sweden joined on 7 March"."""
    if not asserted(reader, sentence, at):
        return
    _, end = bounds(reader, sentence, at)
    if verb.passive and verb.tense != "pp" and (body := subject_body(reader, sentence, at)):
        bodies, members = [body], subject_at(reader, sentence, at, "SO")
    else:
        bodies = bodies_after(reader, sentence, at + 1, end) or _taken_up(reader, sentence, at, verb)
        members = _joining(reader, sentence, at, end)
    if not verb.passive and "grant_entry" in verb.classes and (body := subject_body(reader, sentence, at)):
        bodies, members = [body], listed(reader, sentence, at + 1, "S")  # "NATO admitted Finland"
    when = _date(reader, sentence, at)
    paired = respectively(reader, sentence, members, at)
    for body in bodies:
        for member, date in paired:
            since = date_of(sentence.nodes[date])
            yield from _made(
                "joins", sentence, at, (member,), body, "member", since=since, dates=[sentence.nodes[date]]
            )
        if not paired:
            yield from _made("joins", sentence, at, members, body, "member", since=when[0], dates=when[1])


def _taken_up(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> list[Body]:
    """The organisation that a verb without an object goes on with: "l'a rejointe en 2023", "Sweden joined in 2024"."""
    following = sentence.nodes[at + 1 : at + 3]
    bare = bool(phrase(reader, sentence, at + 1, "joining_particle")) or all(
        node.tag == "D" or node.norm in reader.lexicon.sets["prepositions"] | {".", ",", "en", "le"}
        for node in following
    )
    pronoun = verb.clitics & {"l'", "la", "le", "y", "les"}
    body = last_body(reader, sentence, at) if pronoun or bare else None
    return [body] if body else []


def _joining(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """Who joins: the subject, the words that a participle goes with, or a list that follows."""
    verb = sentence.nodes[at].verb
    if verb is not None and verb.tense == "pp":
        before = ending_before(sentence, at, "S")
        return (before if _agrees(sentence, at) else before[-1:]) or _subject_after(reader, sentence, at)
    opening = (verb is not None and verb.tense == "ger") or is_perfect_infinitive(sentence.nodes[at])
    if opening and (after := _subject_after(reader, sentence, at)):
        return after
    if verb is not None and verb.passive:
        return subject_before(reader, sentence, at)
    subject = tuple(i for i in subject_at(reader, sentence, at, "SO") if i < at)
    subject = subject or _picked_out(reader, sentence, at)
    if subject:
        return subject
    colon = next((i for i in range(at, min(end, len(sentence.nodes))) if sentence.nodes[i].norm == ":"), None)
    return listed(reader, sentence, colon + 1, "SO") if colon is not None else ()


def _picked_out(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Those of a number of countries that are named before the verb: "Sept pays, dont la Bulgarie, ont rejoint"."""
    begin, _ = bounds(reader, sentence, at)
    counted = [i for i in sentence.tagged("N", begin, at) if phrase(reader, sentence, i + 1, "states")]
    for here in phrases(reader, sentence, "such_as", counted[0], at) if counted else ():
        return listed(reader, sentence, here + phrase(reader, sentence, here, "such_as"), "S")
    return ()


def _agrees(sentence: Sentence, at: int) -> bool:
    return sentence.nodes[at].norm.endswith("s")


def _subject_after(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The subject of the sentence that a participle opens: "Entrée dans l'UE en 2007, la Bulgarie …"."""
    comma = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","), None)
    run = listed(reader, sentence, comma + 1, "S") if comma is not None and at <= 2 else ()
    return run if run and comma is not None and run[0] - comma <= 2 else ()


def _date(reader: Reader, sentence: Sentence, at: int) -> tuple[str, list[Node]]:
    """The date of an entry or an exit."""
    verb = sentence.nodes[at].verb
    within = segment(sentence, at) if verb and verb.tense == "pp" else None
    found = moment(reader, sentence, at, within=within)
    if found and within and any(node.norm == "," for node in sentence.nodes[at : sentence.nodes.index(found[1])]):
        return "", []
    return (found[0].split("/")[0], [found[1]]) if found else ("", [])


def _left(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "Le Royaume-Uni a quitté l'UE", "Exclue du Conseil de l'Europe, la Russie …"."""
    if not asserted(reader, sentence, at, future=True) or "doubt" in verb.tense:
        return
    _, end = bounds(reader, sentence, at)
    found = bodies_after(reader, sentence, at + 1, end)
    excluded = "expelled" in verb.classes and not verb.passive
    members = (
        _joining(reader, sentence, at, end)
        if not verb.passive or verb.tense == "pp"
        else subject_before(reader, sentence, at)
    )
    if excluded:
        object_ = listed(reader, sentence, at + 1, "S")
        body = body_after_members(reader, sentence, object_) or subject_body(reader, sentence, at)
        found, members = ([body] if body else []), object_
    if not excluded and verb.lemma not in ("quitter", "leave", "quit") and not _from(reader, sentence, at, found):
        return
    when = _date(reader, sentence, at)
    for body in found:
        yield from _made("leaves", sentence, at, members, body, "member", until=when[0], dates=when[1])


def body_after_members(reader: Reader, sentence: Sentence, members: tuple[int, ...]) -> Body | None:
    """The organisation after those who are put out of it: "a exclu la Russie du Conseil des droits de l'homme"."""
    found = bodies_after(reader, sentence, members[-1] + 1, len(sentence.nodes)) if members else []
    return found[0] if found and _from(reader, sentence, members[-1], found) else None


def _from(reader: Reader, sentence: Sentence, at: int, bodies: Sequence[Body]) -> bool:
    """Whether a preposition of leaving stands before the organisation."""
    between = sentence.nodes[at + 1 : bodies[0].at] if bodies else ()
    return any(node.norm in reader.lexicon.sets["from_body"] for node in between)


def _sitting(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "siègent à l'OCS", "participe au Partenariat pour la paix", "y participent X et Y", "belongs to the EU"."""
    takes = verb.classes & {"take_office"}  # "prendre part" and "take part"
    if verb.tense == "ger" and verb.clitics & {"y"} and (before := ending_before(sentence, at, "S")):
        yield from _absolute(reader, sentence, at, before)
        return
    part = any(node.norm == "part" for node in sentence.nodes[at + 1 : at + 3])
    if not asserted(reader, sentence, at) or (takes and not part):
        return
    _, end = bounds(reader, sentence, at)
    bodies = bodies_after(reader, sentence, at + 1, end, reach=7)
    subject = tuple(i for i in subject_at(reader, sentence, at, "S") if i < at)
    inverted = (
        ()
        if subject and not verb.clitics & {"y"}
        else listed(reader, sentence, at + 1, "S") or listed(reader, sentence, at + 2, "S")
    )
    if not bodies and ("y" in verb.clitics or _relative(sentence, at)) and (last := last_body(reader, sentence, at)):
        bodies = [last]
    role = "participant" if verb.lemma in reader.lexicon.sets["participating"] else "member"
    when = moment(reader, sentence, at)
    since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
    for body in bodies:
        if role == "member" or not _is_occasion(reader, sentence, body):
            yield from _made(
                "sits",
                sentence,
                at,
                inverted or subject,
                body,
                role,
                since=since,
                dates=[when[1]] if when and since else [],
            )


def _within(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "have been in NATO since 29 March 2004": to be in an organisation since a date."""
    length = phrase(reader, sentence, at + 1, "inside")
    bodies = bodies_after(reader, sentence, at + 1 + length, len(sentence.nodes), reach=3) if length else []
    when = moment(reader, sentence, at)
    following = sentence.nodes[bodies[-1].at + 1] if bodies and bodies[-1].at + 1 < len(sentence.nodes) else None
    marks = reader.lexicon.sets["and"] | reader.lexicon.sets["clause_breaks"] | {",", ".", ";", ")"}
    whole = following is None or following.tag == "D" or following.norm in marks  # no "in the EU's orbit"
    if bodies and whole and asserted(reader, sentence, at) and bodies[0].key != "org:europe":
        members = tuple(i for i in subject_at(reader, sentence, at, "S") if sentence.nodes[i].form in ("b", "p"))
        since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
        dates = [when[1]] if when and since else []
        for body in bodies:
            yield from _made("within", sentence, at, members, body, "member", since=since, dates=dates)


def _absolute(reader: Reader, sentence: Sentence, at: int, before: tuple[int, ...]) -> Iterator[Found]:
    """Read "…, le Japon y siégeant en qualité d'observateur"."""
    body = last_body(reader, sentence, at)
    roles = [
        found[0] for i in range(at + 1, min(at + 6, len(sentence.nodes))) if (found := role_at(reader, sentence, i))
    ]
    if body:
        yield from _made("sits", sentence, at, before[-1:], body, roles[0] if roles else "member")


def _relative(sentence: Sentence, at: int) -> bool:
    words = ("auquel", "laquelle", "dont", "où", "which")
    return any(node.norm in words for node in sentence.nodes[max(0, at - 8) : at])


def _is_occasion(reader: Reader, sentence: Sentence, body: Body) -> bool:
    return has_phrase(reader, sentence, "meeting", max(0, body.at - 5), body.at + 3)


def _comprised(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "L'OTSC regroupe la Russie, …", "la coalition, composée de …", "compte parmi ses membres …"."""
    if not asserted(reader, sentence, at) or (verb.lemma in _MEETING_VERBS and verb.tense in ("perf", "past", "pp")):
        return
    members = _counted(reader, sentence, at)
    if not members or ("have" in verb.classes and not has_phrase(reader, sentence, "member", at, members[0])):
        return
    body = subject_body(reader, sentence, at) if verb.tense not in ("pp", "ger") else body_before(reader, sentence, at)
    body = body or (last_body(reader, sentence, at) if _pronoun_subject(sentence, at) else None)
    if body is None:
        return
    when = moment(reader, sentence, at)
    since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
    members = (*_besides(reader, sentence, at), *members)
    yield from _made(
        "comprises", sentence, at, members, body, "member", since=since, dates=[when[1]] if when and since else []
    )


def _besides(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Those named in front: "Outre le Royaume-Uni, la Force comprend …", "Besides Latvia, the coalition has …"."""
    begin, _ = bounds(reader, sentence, at)
    length = phrase(reader, sentence, begin, "besides")
    return listed(reader, sentence, begin + length) if length else ()


def _pronoun_subject(sentence: Sentence, at: int) -> bool:
    return at > 0 and sentence.nodes[at - 1].norm in ("elle", "il", "it", "which", "qui")


def _counted(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states that a verb of comprising lists; numbers and words for members may stand before them."""
    sets = reader.lexicon.sets
    small = (
        sets["determiners"]
        | sets["states"]
        | sets["gathering"]
        | sets["member"]
        | sets["between"]
        | sets["prepositions"]
    )
    for here in range(at + 1, min(at + 12, len(sentence.nodes))):
        node = sentence.nodes[here]
        if node.tag == "S" and node.form != "a":
            return listed(reader, sentence, here, "SO")
        length = phrase(reader, sentence, here, "such_as")
        if length and (found := listed(reader, sentence, here + length, "SO")):
            return found
        if node.norm == "," and (later := _after_comma_list(reader, sentence, at, here)):
            return later
        if not (
            length
            or node.tag in "NRD"
            or node.norm in small
            or node.norm in (",", ":", "together", "up", "parmi", "leurs", "ses")
        ):
            return _after_comma_list(reader, sentence, at, here)
    return ()


def _after_comma_list(reader: Reader, sentence: Sentence, verb: int, at: int) -> tuple[int, ...]:
    """The members that a number of countries is followed by: "neuf pays du flanc oriental, parmi lesquels A et B"."""
    if not sentence.tagged("N", verb + 1, at):
        return ()
    for here in range(at, min(at + 9, len(sentence.nodes))):
        length = phrase(reader, sentence, here + 1, "such_as") if sentence.nodes[here].norm == "," else 0
        if length:
            return listed(reader, sentence, here + 1 + length, "S")
    return ()


def _leading(reader: Reader) -> Iterator[Found]:
    for item in [*leadings(reader), *read_leadership(reader)]:
        when = moment(reader, item.sentence, item.at)
        since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
        dates = [when[1]] if when and since else []
        yield from _made("leads", item.sentence, item.at, item.leaders, item.body, "lead", since=since, dates=dates)


def _accessions(reader: Reader) -> Iterator[Found]:
    """Read "L'adhésion de la Finlande à l'OTAN, le 4 avril 2023", "Croatia's accession to the EU in 2013"."""
    for sentence in reader.document.sentences:
        for at in phrases(reader, sentence, "adhesion"):
            begin, end = bounds(reader, sentence, at)
            members = listed(reader, sentence, at + 1, "S") or _possessor(reader, sentence, at)
            start = members[-1] + 1 if members and members[0] > at else at + 1
            bodies = bodies_after(reader, sentence, start, end) if members else []
            date = _accession_date(reader, sentence, bodies[-1].at, end) if bodies else None
            if date is not None and not _foreseen(sentence, begin, at):
                since = date_of(sentence.nodes[date]).removesuffix("/..")
                for body in bodies:
                    yield from _made(
                        "accession", sentence, at, members, body, "member", since=since, dates=[sentence.nodes[date]]
                    )


def _accession_date(reader: Reader, sentence: Sentence, at: int, end: int) -> int | None:
    """The date directly after the organisation, or that of "est devenue effective le …"."""
    near = sentence.tagged("D", at, min(at + 4, end))
    verb = next((i for i in range(at, end) if sentence.nodes[i].verb), None)
    if verb is not None and asserted(reader, sentence, verb) and sentence.nodes[verb].verb.classes & {"be", "occur"}:  # type: ignore[union-attr]
        effective = has_phrase(reader, sentence, "effective", verb, end) or "occur" in sentence.nodes[verb].verb.classes  # type: ignore[union-attr]
        near = near or (sentence.tagged("D", verb, end) if effective else [])
    return near[0] if near else None


def _possessor(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The state before "'s accession", or the one that "son adhésion" and "its accession" go back to."""
    if at >= 2 and sentence.nodes[at - 1].norm == "'s" and sentence.nodes[at - 2].tag == "S":
        return (at - 2,)
    opening = phrase(reader, sentence, 0, "for_whom")
    if opening and (found := listed(reader, sentence, opening, "S")) and found[-1] < at:
        return found
    if at and sentence.nodes[at - 1].norm in ("son", "sa", "its", "leur", "their"):
        states = [i for i, node in enumerate(sentence.nodes) if node.tag == "S" and node.form != "a"]
        near = [i for i in states if i < at][-1:] or [i for i in states if i > at][:1]
        return tuple(near)
    return ()


def _foreseen(sentence: Sentence, begin: int, at: int) -> bool:
    """Whether a verb before wishes, refuses or foresees the accession, or speaks of what blocks it."""
    verbs = [node.verb for node in sentence.nodes[begin:at] if node.verb]
    unreal = {"modal", "refuse", "supporting", "oppose", "approve", "disapprove", "pledge", "commit"}
    return any(verb.classes & unreal or verb.tense in ("fut", "cond") for verb in verbs)


def _headed_lists(reader: Reader) -> Iterator[Found]:
    """Read "Composition de la coalition drones : …", "JEF: United Kingdom (lead nation), …": a head without a verb."""
    for sentence in reader.document.sentences:
        yield from _inserted_lists(reader, sentence)
        colon = next((i for i, node in enumerate(sentence.nodes[:14]) if node.norm == ":"), None)
        if colon is None or any(node.verb for node in sentence.nodes[:colon]):
            continue
        body = _head(reader, sentence, colon)
        members = listed(reader, sentence, colon + 1, "SO")
        if body and len(members) > 1 and members[0] - colon <= 2:
            for number, member in enumerate(members):
                role, since = annotation(reader, sentence, members, number)
                yield from _made("headed-list", sentence, colon, (member,), body, role or "member", since=since)


def _inserted_lists(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "Le Triangle de Weimar (Allemagne, France, Pologne)", also between dashes."""
    for at in sentence.tagged("OG"):
        opening = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
        body = body_at(reader, sentence, at) if opening in ("(", "–", "—") else None
        members = listed(reader, sentence, at + 2, "S") if body else ()
        closing = sentence.nodes[members[-1] + 1].norm if members and members[-1] + 1 < len(sentence.nodes) else ""
        if body and len(members) > 1 and members[0] - at <= 3 and closing in (")", "–", "—"):
            yield from _made("inserted-list", sentence, at, members, body, "member")


def _head(reader: Reader, sentence: Sentence, colon: int) -> Body | None:
    """The organisation that a head before a colon consists of, alone or after "composition"."""
    places = [i for i in range(colon) if not enclosed(sentence, i) and sentence.nodes[i].norm not in ("(", ")")]
    bodies = [body for i in places if (body := body_at(reader, sentence, i))]
    words = [sentence.nodes[i] for i in places if not body_at(reader, sentence, i)]
    known = reader.lexicon.sets["composition"] | reader.lexicon.sets["article"] | reader.lexicon.sets["prepositions"]
    return bodies[0] if len(bodies) == 1 and all(node.norm in known for node in words) else None


def _elliptic(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "…, Georgia since 14 December 2023", "la Suède le 7 mars 2024": ellipsis."""
    for item in found:
        sentence = reader.document.sentences[item.sentence]
        places = [i for i, node in enumerate(sentence.nodes) if node in item.nodes]
        dates = [i for i in places if sentence.nodes[i].tag == "D"]
        if (
            not places
            or (item.slots["since"] and not dates)
            or item.rule in ("membership/accession", "membership/leaves")
        ):
            continue
        body = Body(item.slots["organisation"], places[0], sentence.nodes[places[0]])
        for states, date in dated_parts(reader, sentence, max(dates or places)):
            node = sentence.nodes[date]
            if dates or is_since(node):
                since = date_of(node).removesuffix("/..")
                role = item.slots["role"]
                yield from _made("elliptic", sentence, item.at, states, body, role, since=since, dates=[node])


def _later_ones(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "…, onze mois après la Finlande", "la Géorgie a dû attendre le 14 décembre 2023"."""
    for item in found:
        sentence = reader.document.sentences[item.sentence]
        body = next(
            (Body(item.slots["organisation"], i, n) for i, n in enumerate(sentence.nodes) if n in item.nodes), None
        )
        if not item.slots["since"] or body is None:
            continue
        for at in range(item.at, len(sentence.nodes)):
            verb = sentence.nodes[at].verb
            after = listed(reader, sentence, at + 1, "S") if sentence.nodes[at].norm in ("après", "after") else ()
            if after and after[0] - at <= 2 and sentence.tagged("D", item.at, at):
                yield from _made("after", sentence, item.at, after, body, item.slots["role"])
            elif verb and "wait" in verb.classes and (dates := sentence.tagged("D", at, at + 4)):
                who = subject_at(reader, sentence, at, "S")
                since = date_of(sentence.nodes[dates[0]]).removeprefix("../")
                yield from _made(
                    "waited", sentence, at, who, body, item.slots["role"], since=since, dates=[sentence.nodes[dates[0]]]
                )


def _merged(found: Iterable[Found]) -> list[Found]:
    """One finding for each member, organisation and role, with the dates of all; who leads is not also a member."""
    kept: dict[tuple[str, str, str], Found] = {}
    for item in found:
        role = item.slots["role"]
        key = (
            item.slots["member"],
            item.slots["organisation"],
            "inside" if role in ("member", "lead", "participant") else role,
        )
        if key not in kept:
            kept[key] = item
            continue
        other = kept[key]
        for name in ("since", "until"):
            other.slots[name] = other.slots[name] or item.slots[name]
        if role == "lead":
            other.slots["role"] = "lead"
        other.nodes = [*other.nodes, *item.nodes]
    return list(kept.values())
