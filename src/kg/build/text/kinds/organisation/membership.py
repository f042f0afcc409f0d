"""Kind `membership`: who belongs to which organisation or coalition, in which role, since and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.build.text.document import Node, Sentence, Verb
from kg.build.text.kinds.common import Cues, Found, Reader, date_of, is_since
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    ending_before,
    full_date,
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
from kg.build.text.kinds.organisation.accession import read_accessions
from kg.build.text.kinds.organisation.alluded import in_front, left_behind, taken_up
from kg.build.text.kinds.organisation.bodies import (
    Body,
    bodies_after,
    founded_by,
    last_body,
    leadings,
    made_up,
    speaks_of_acronyms,
    speaks_of_bodies,
    subject_before,
    subject_body,
)
from kg.build.text.kinds.organisation.composition import comprised, equated, formed, headed_lists
from kg.build.text.kinds.organisation.ellipsis import dated_parts
from kg.build.text.kinds.organisation.findings import made
from kg.build.text.kinds.organisation.leadership import read_leadership
from kg.build.text.kinds.organisation.role_nouns import role_at
from kg.build.text.kinds.organisation.roles import read_roles


def read(reader: Reader) -> list[Found]:
    """The memberships that a text states, each pair of member and organisation once for each role."""
    if not (speaks_of_bodies(reader) or speaks_of_acronyms(reader)):
        return []
    found = [*read_roles(reader), *_verbs(reader), *_leading(reader), *read_accessions(reader), *headed_lists(reader)]
    if not found:
        return []
    found = _merged(found)
    return _merged([*found, *_elliptic(reader, found), *_later_ones(reader, found), *_so_do(reader, found)])


def _verbs(reader: Reader) -> Iterator[Found]:
    for sentence in reader.document.sentences:
        particles = reader.places(sentence, "joining_particle")
        for at, verb in sentence.verbs():
            particle = at + 1 in particles
            if (not particle and verb.classes.isdisjoint(_TELLING)) or sentence.nodes[at].quoted:
                continue
            joining = "join" in verb.classes and "be" not in verb.classes
            joining = joining or bool("grant_entry" in verb.classes and _new_member(reader, sentence, at))
            if particle or joining or _let_in(reader, sentence, at, verb) or _takes_in(reader, sentence, at, verb):
                yield from _joined(reader, sentence, at, verb)
            if verb.classes & {"freeze", "stop"}:
                yield from _suspended(reader, sentence, at)
            if "expelled" in verb.classes or "leave" in verb.classes:
                yield from _left(reader, sentence, at, verb)
            if "be" in verb.classes:
                yield from _within(reader, sentence, at)
                yield from equated(reader, sentence, at)
            if "do" in verb.classes and reader.has_any(sentence, _BELONGING):
                yield from _doing_so(reader, sentence, at)
            if "sit" in verb.classes:
                yield from _sitting(reader, sentence, at, verb)
            if verb.classes & {"comprise", "have"} or made_up(reader, sentence, at) or founded_by(reader, sentence, at):
                yield from comprised(reader, sentence, at, verb)
            if verb.classes & {"constitute", "found"}:
                yield from formed(reader, sentence, at, verb)


_TELLING = frozenset({
    "join", "grant_entry", "enlarge", "expelled", "leave", "be", "do", "sit", "comprise", "have", "constitute", "found",
    "freeze", "stop",
})  # fmt: skip
"""The classes of verbs that a membership can be told with."""
_BELONGING = Cues(verbs=frozenset({"sit", "join"}))
"""The verbs that "do" can take up."""


def _let_in(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> bool:
    """Whether a passive says that somebody was received as a member: "was welcomed into", "ont été accueillis dans"."""
    if not verb.passive or "grant_entry" not in verb.classes:
        return False
    return any(node.norm in reader.lexicon.sets["into_body"] for node in sentence.nodes[at + 1 : at + 3])


def _takes_in(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> bool:
    """Whether an organisation takes in who follows: "took in Estonia", "s'est élargie à l'Indonésie"."""
    widening = "enlarge" in verb.classes and not (verb.passive and verb.tense == "pp")
    return widening and phrase(reader, sentence, at + 1, "taking_in") == 1


def _joined(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "La Suède a rejoint l'OTAN", "Ont rejoint la coalition : …", "Sweden joined on 7 March"."""
    if not asserted(reader, sentence, at) or _of_object(reader, sentence, at, verb):
        return
    _, end = bounds(reader, sentence, at)
    if verb.passive and verb.tense != "pp" and (body := subject_body(reader, sentence, at)):
        bodies, members = [body], subject_at(reader, sentence, at, "SO")
    else:
        bodies = bodies_after(reader, sentence, at + 1, end) or taken_up(reader, sentence, at, verb)
        bodies = [body for body in bodies if not _owns(sentence, body)]
        members = _joining(reader, sentence, at, end)
    taking = _takes_in(reader, sentence, at, verb)
    if not verb.passive and (taking or "grant_entry" in verb.classes) and (body := subject_body(reader, sentence, at)):
        members = listed(reader, sentence, at + 1 + taking, "S") or _new_member(reader, sentence, at)
        bodies = [body]  # "NATO admitted Finland"
    when = _date(reader, sentence, at)
    paired = respectively(reader, sentence, members, at)
    for body in bodies:
        for member, date in paired:
            since = date_of(sentence.nodes[date])
            yield from made("joins", sentence, at, (member,), body, "member", since=since, dates=[sentence.nodes[date]])
        if not paired:
            yield from made("joins", sentence, at, members, body, "member", since=when[0], dates=when[1])
    if bodies and not paired and when[1]:
        yield from _then_joined(reader, sentence, at, members, sentence.nodes.index(when[1][0]))


def _owns(sentence: Sentence, body: Body) -> bool:
    """Whether an organisation only says whose a thing is: "joined the EU's sanctions" makes nobody a member."""
    return body.at + 1 < len(sentence.nodes) and sentence.nodes[body.at + 1].norm in ("'s", "'")


def _then_joined(reader: Reader, sentence: Sentence, at: int, members: Sequence[int], date: int) -> Iterator[Found]:
    """Read "entrée dans l'OTAN en 2009 et dans l'UE en 2013", "joined NATO in 2009 and the EU in 2013"."""
    nodes = sentence.nodes
    while date + 1 < len(nodes) and nodes[date + 1].norm in reader.lexicon.sets["and"] | {","}:
        found = bodies_after(reader, sentence, date + 2, len(nodes), reach=4)
        later = next(iter(sentence.tagged("D", found[0].at, found[0].at + 3)), None) if found else None
        if later is None:
            return
        since = full_date(reader, sentence, later)
        yield from made("joins", sentence, at, members, found[0], "member", since=since, dates=[nodes[later]])
        date = later


def _of_object(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> bool:
    """Whether an entry is only what others are for or against: "is against Ukraine joining NATO"."""
    named = verb.tense == "ger" and at > 1 and sentence.nodes[at - 1].tag == "S"
    return named and any(node.norm in reader.lexicon.sets["for_or_against"] for node in sentence.nodes[at - 3 : at - 1])


def _new_member(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Who is named after the word for it: "accueille un trentième membre, la Macédoine du Nord"."""
    for here in phrases(reader, sentence, "member", at + 1, min(at + 7, len(sentence.nodes) - 1)):
        mark = here + phrase(reader, sentence, here, "member")
        if mark < len(sentence.nodes) and sentence.nodes[mark].norm in (",", ":"):
            run = listed(reader, sentence, mark + 1, "S")
            return run if run and run[0] - mark <= 2 else ()
    return ()


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
    direct = excluded or verb.lemma in reader.lexicon.sets["leaving_directly"]
    if not direct and not _from(reader, sentence, at, found):
        found = []
    found = found or left_behind(reader, sentence, at, verb, members)
    when = _date(reader, sentence, at)
    for body in found:
        yield from made("leaves", sentence, at, members, body, "member", until=when[0], dates=when[1])


def _suspended(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "a gelé sa participation à l'OTSC", "suspended its membership of the CSTO": who does so is a member."""
    own = reader.lexicon.sets["possessives"]
    for here in phrases(reader, sentence, "taking_part_noun", at + 2, at + 5):
        if sentence.nodes[here - 1].norm in own and asserted(reader, sentence, at):
            members = tuple(i for i in subject_at(reader, sentence, at, "S") if i < at)
            for body in bodies_after(reader, sentence, here + 1, len(sentence.nodes), reach=4):
                yield from made("suspends", sentence, at, members, body, "member")


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
        bodies = [last] if last.key != "org:europe" else []
    bodies = bodies or (in_front(reader, sentence, at) if inverted else [])
    role = "participant" if verb.lemma in reader.lexicon.sets["participating"] else "member"
    role = _role_told(reader, sentence, at) or role
    when = moment(reader, sentence, at)
    since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
    for body in bodies:
        if role == "member" or not _is_occasion(reader, sentence, body):
            yield from made(
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
    if not bodies:
        return
    when = moment(reader, sentence, at)
    following = sentence.nodes[bodies[-1].at + 1] if bodies and bodies[-1].at + 1 < len(sentence.nodes) else None
    marks = reader.lexicon.union("and", "clause_breaks") | {",", ".", ";", ")"}
    whole = following is None or following.tag == "D" or following.norm in marks  # no "in the EU's orbit"
    if bodies and whole and asserted(reader, sentence, at) and bodies[0].key != "org:europe":
        members = tuple(i for i in subject_at(reader, sentence, at, "S") if sentence.nodes[i].form in ("b", "p"))
        since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
        dates = [when[1]] if when and since else []
        for body in bodies:
            yield from made("within", sentence, at, members, body, "member", since=since, dates=dates)


def _absolute(reader: Reader, sentence: Sentence, at: int, before: tuple[int, ...]) -> Iterator[Found]:
    """Read "…, le Japon y siégeant en qualité d'observateur"."""
    body = last_body(reader, sentence, at)
    if body:
        yield from made("sits", sentence, at, before[-1:], body, _role_told(reader, sentence, at) or "member")


def _role_told(reader: Reader, sentence: Sentence, at: int) -> str:
    """The role in which somebody sits: "y siège comme observatrice", "sits on the council as an observer"."""
    _, end = bounds(reader, sentence, at)
    roles = (found[0] for i in range(at + 1, min(at + 9, end)) if (found := role_at(reader, sentence, i)))
    return next((role for role in roles if role != "member"), "")


def _doing_so(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "…; Turkey, Croatia and Montenegro do", "Sweden did in 2024": a verb of membership taken up by "do"."""
    marks = reader.lexicon.sets["prepositions"] | {".", ",", ";", ")"}
    here = at + 1 + phrase(reader, sentence, at + 1, "likewise")
    following = sentence.nodes[here] if here < len(sentence.nodes) else None
    alone = following is None or following.tag == "D" or following.norm in marks
    members = tuple(i for i in subject_at(reader, sentence, at, "S") if i < at)
    told = next((i for i, verb in reversed([*sentence.verbs()]) if i < at and verb.classes & {"sit", "join"}), None)
    if not alone or not members or told is None or not asserted(reader, sentence, at):
        return
    when = _date(reader, sentence, at)
    for body in bodies_after(reader, sentence, told + 1, at):
        yield from made("does-so", sentence, at, members, body, "member", since=when[0], dates=when[1])


def _relative(sentence: Sentence, at: int) -> bool:
    words = ("auquel", "laquelle", "dont", "où", "which")
    return any(node.norm in words for node in sentence.nodes[max(0, at - 8) : at])


def _is_occasion(reader: Reader, sentence: Sentence, body: Body) -> bool:
    return has_phrase(reader, sentence, "meeting", max(0, body.at - 5), body.at + 3)


def _leading(reader: Reader) -> Iterator[Found]:
    for item in [*leadings(reader), *read_leadership(reader)]:
        when = moment(reader, item.sentence, item.at)
        since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
        dates = [when[1]] if when and since else []
        yield from made("leads", item.sentence, item.at, item.leaders, item.body, "lead", since=since, dates=dates)


def _elliptic(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "…, Georgia since 14 December 2023", "la Suède le 7 mars 2024": ellipsis."""
    for item in found:
        sentence = reader.document.sentences[item.sentence]
        if item.rule in ("membership/accession", "membership/leaves") or not sentence.tagged("D"):
            continue
        places = [i for i, node in enumerate(sentence.nodes) if node in item.nodes]
        dates = [i for i in places if sentence.nodes[i].tag == "D"]
        if not places or (item.slots["since"] and not dates):
            continue
        body = Body(item.slots["organisation"], places[0], sentence.nodes[places[0]])
        for states, date in dated_parts(reader, sentence, max(dates or places)):
            node = sentence.nodes[date]
            if dates or is_since(node):
                since = date_of(node).removesuffix("/..")
                role = item.slots["role"]
                yield from made("elliptic", sentence, item.at, states, body, role, since=since, dates=[node])


def _so_do(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "… belong to the CSTO, as does Tajikistan", "siègent à l'OCS, tout comme l'Inde": others who do as well."""
    for item in found:
        if item.rule not in ("membership/sits", "membership/joins", "membership/within"):
            continue
        sentence = reader.document.sentences[item.sentence]
        if not reader.places(sentence, "so_are"):
            continue
        places = [i for i, node in enumerate(sentence.nodes) if node in item.nodes]
        for at in phrases(reader, sentence, "so_are", max([item.at, *places])):
            here = at + phrase(reader, sentence, at, "so_are")
            run = listed(reader, sentence, here, "S")
            if sentence.nodes[at - 1].norm == "," and run and run[0] - here <= 1:
                body = Body(item.slots["organisation"], at, sentence.nodes[at])
                yield from made("so-do", sentence, item.at, run, body, item.slots["role"])


def _later_ones(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "…, onze mois après la Finlande", "la Géorgie a dû attendre le 14 décembre 2023"."""
    for item in found:
        if not item.slots["since"]:
            continue
        sentence = reader.document.sentences[item.sentence]
        body = next(
            (Body(item.slots["organisation"], i, n) for i, n in enumerate(sentence.nodes) if n in item.nodes), None
        )
        if body is None:
            continue
        for at in range(item.at, len(sentence.nodes)):
            verb = sentence.nodes[at].verb
            after = (
                listed(reader, sentence, at + 1, "S") if sentence.nodes[at].norm in reader.lexicon.sets["later"] else ()
            )
            if after and after[0] - at <= 2 and sentence.tagged("D", item.at, at):
                yield from made("after", sentence, item.at, after, body, item.slots["role"])
            elif verb and "wait" in verb.classes and (dates := sentence.tagged("D", at, at + 4)):
                who = subject_at(reader, sentence, at, "S")
                since = date_of(sentence.nodes[dates[0]]).removeprefix("../")
                yield from made(
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
