"""Organisations and coalitions as a text speaks of them: which one a word means, and who leads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Reader, plain, quoted_text, value
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    enclosed,
    ending_before,
    has_phrase,
    listed,
    phrase,
    subject_at,
)
from kg.build.text.subjects import agent_of

UNNAMED_COALITION = "org:coalition-of-the-willing"
"""What is meant by "la coalition" in a text on the war that names no other."""

_REACH = 5


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation that a text speaks of: its contract value, and where it is named."""

    key: str
    at: int
    node: Node


@dataclass(frozen=True, slots=True)
class Leading:
    """Who leads an organisation, as the verb at a place says."""

    body: Body
    leaders: tuple[int, ...]
    sentence: Sentence
    at: int


def body_at(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation named at a place: of the tables, by its own words, or as "la coalition"."""
    node = sentence.nodes[at]
    if node.tag in "OG" and node.form not in ("a", "f") and not set(node.keys) & reader.document.pollsters:
        return Body(value(node), at, node)
    if node.tag == "Z" and (key := _quoted_name(reader, sentence, at)):
        return Body(key, at, node)
    return Body(UNNAMED_COALITION, at, node) if _unnamed(reader, sentence, at) else None


def speaks_of_bodies(reader: Reader) -> bool:
    """Whether a text may speak of an organisation: one is named, in quotation marks too, or "la coalition" stands."""
    words = reader.lexicon.sets["bare_coalition"]
    for standing in reader.standing:
        if not (standing.tags.isdisjoint("OGZ") and standing.norms.isdisjoint(words)):
            return True
    return False


def speaks_of_acronyms(reader: Reader) -> bool:
    """Whether a text has capitals that may stand for an organisation which no table holds."""
    for sentence in reader.document.sentences:
        if any(_is_acronym(sentence.nodes[at]) for at in sentence.tagged("X")):
            return True
    return False


def _quoted_name(reader: Reader, sentence: Sentence, at: int) -> str:
    """The organisation that quotation marks name: of the tables, or a capitalised name after an article."""
    node = sentence.nodes[at]
    known = [key for key in node.keys if key.startswith("org:")]
    words = quoted_text(node)
    before = sentence.nodes[at - 1].norm if at else ""
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    subject = (
        before in reader.lexicon.sets["article"]
        and following is not None
        and (following.verb is not None or following.norm in (",", "("))
    )
    return (
        known[0] if len(known) == 1 and len(node.keys) == 1 else plain(words) if subject and words[:1].isupper() else ""
    )


def _unnamed(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether "la coalition" or "l'initiative" stands alone, in a text that has "coalition" and names none."""
    words = reader.lexicon.sets["bare_coalition"]
    if sentence.nodes[at].norm not in words or not _alone(reader, sentence, at):
        return False
    nodes = [node for other in reader.document.sentences for node in other.nodes]
    return not any(node.tag == "G" for node in nodes) and any(
        "coalition" in node.norm for node in nodes if node.tag == "W"
    )


def _alone(reader: Reader, sentence: Sentence, at: int) -> bool:
    after = next(
        (node for node in sentence.nodes[at + 1 :] if node.norm not in reader.lexicon.sets["before_date"]), None
    )
    definite = at > 0 and sentence.nodes[at - 1].norm in reader.lexicon.sets["this_body"]
    return definite and (
        after is None
        or after.verb is not None
        or after.tag == "D"
        or after.norm in reader.lexicon.union("located", "anaphora_relative_subject") | {",", ":", ".", "(", "…"}
    )


def body_after(
    reader: Reader, sentence: Sentence, at: int, end: int, *, reach: int = _REACH, unknown: bool = False
) -> Body | None:
    """The first organisation after a place, with no verb, state or mark before it; if ``unknown``, also an acronym."""
    for here in range(at, min(end, at + reach)):
        if found := body_at(reader, sentence, here):
            return found
        if unknown and _is_acronym(sentence.nodes[here]):
            return Body(value(sentence.nodes[here]), here, sentence.nodes[here])
        node = sentence.nodes[here]
        if node.verb or node.tag in "SPQMNZ" or node.norm in (",", ":", ";", "("):
            return None
    return None


def _is_acronym(node: Node) -> bool:
    return node.tag == "X" and node.text.isupper() and 2 < len(node.text) < 8


def bodies_after(reader: Reader, sentence: Sentence, at: int, end: int, *, reach: int = _REACH) -> list[Body]:
    """The organisations that a coordination after a place names: "membre du G7 et de l'OTAN"."""
    first = body_after(reader, sentence, at, end, reach=reach, unknown=True)
    if first is None:
        return []
    if any(node.norm in reader.lexicon.sets["none_of"] for node in sentence.nodes[at : first.at]):
        return []  # "a member of neither NATO nor the UN"
    rest = [i for i in listed(reader, sentence, first.at, "OG") if first.at < i < end]
    return [first, *(found for i in rest if (found := body_at(reader, sentence, i)))]


def bodies_before(reader: Reader, sentence: Sentence, at: int) -> list[Body]:
    """The organisations named directly before an English noun: "EU and NATO membership"."""
    if reader.document.lang != "en" or not at or body_at(reader, sentence, at - 1) is None:
        return []
    return [body for i in ending_before(sentence, at, "OG") if (body := body_at(reader, sentence, i))]


def body_before(reader: Reader, sentence: Sentence, at: int, *, begin: int = 0) -> Body | None:
    """The organisation that a participle after it speaks of; parentheses and other participles may stand between."""
    for here in range(at - 1, begin - 1, -1):
        found = body_at(reader, sentence, here)
        if found and not enclosed(sentence, here):
            return None if _owned(reader, sentence, here) else found
        node = sentence.nodes[here]
        if (
            (node.verb and node.verb.tense != "pp")
            or node.norm == ";"
            or (node.tag == "S" and node.form == "b" and here < at - 8)
        ):
            return None
    return None


def _owned(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an organisation only says whose a thing is: "une mission de l'UE dirigée par", "an EU mission led by"."""
    here = at - 1
    while here >= 0 and sentence.nodes[here].norm in reader.lexicon.sets["article"]:
        here -= 1
    owned = (
        here > 0
        and sentence.nodes[here].norm in reader.lexicon.sets["genitive"]
        and sentence.nodes[here - 1].tag == "W"
        and sentence.nodes[here - 1].norm not in reader.lexicon.sets["member"]
    )
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    sets = reader.lexicon.sets
    small = sets["between"] | sets["and"] | sets["prepositions"] | {"dont", "which"}
    word = following is not None and following.tag == "W" and following.norm.isalpha()
    return owned or (following is not None and word and following.norm not in small)


def last_body(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that was named last before a place, in this sentence or an earlier one."""
    for other in reversed(reader.document.sentences[: sentence.index + 1]):
        end = at if other.index == sentence.index else len(other.nodes)
        for here in range(end - 1, -1, -1):
            if not enclosed(other, here) and (found := body_at(reader, other, here)):
                return found
    return None


def subject_body(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that is the subject of a verb, also as a bare "la coalition"."""
    if subject := subject_before(reader, sentence, at):
        last = subject[-1]
        return body_at(reader, sentence, last) if sentence.nodes[last].tag in "OG" else None
    begin, _ = bounds(reader, sentence, at)
    near = [
        i for i in range(begin, at) if sentence.nodes[i].tag == "Z" or (sentence.nodes[i].tag == "W" and i < begin + 4)
    ]
    return next((body for i in reversed(near) if (body := body_at(reader, sentence, i))), None)


def founded_by(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb is "founded by"."""
    verb = sentence.nodes[at].verb
    return (
        verb is not None and verb.passive and "found" in verb.classes and bool(phrase(reader, sentence, at + 1, "by"))
    )


def made_up(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb is "made up of", "formed by", "constituée de"."""
    verb, sets = sentence.nodes[at].verb, reader.lexicon.sets
    if verb is None or not verb.passive or "constitute" not in verb.classes:
        return False
    here, small = at + 1, (sets["making_up"] | sets["between"]) - sets["made_of"]
    while here < len(sentence.nodes) and sentence.nodes[here].norm in small:
        here += 1
    particle = any(node.norm in sets["making_up"] for node in sentence.nodes[at + 1 : here])
    if verb.lemma in sets["made_with_particle"] and not particle:
        return False
    following = sentence.nodes[here].norm if here < len(sentence.nodes) else ""
    return following in sets["made_of"]


def leadings(reader: Reader) -> Iterator[Leading]:
    """Every organisation that states or organisations are said to lead."""
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            leads = "lead" in verb.classes or (
                "take_office" in verb.classes and has_phrase(reader, sentence, "helm", at + 1, at + 4)
            )
            if not leads or not asserted(reader, sentence, at):
                continue
            found = _led(reader, sentence, at) if verb.passive else _leads(reader, sentence, at)
            if found and found.leaders:
                yield found
        yield from _under_leadership(reader, sentence)


def _led(reader: Reader, sentence: Sentence, at: int) -> Leading | None:
    """Read "La coalition, menée par X, …", "Emmenée par X, la coalition …", "la coalition est dirigée par X"."""
    agent = agent_of(reader.document, sentence, at + 1, min(at + 9, len(sentence.nodes)))
    leaders = tuple(i for i in agent if sentence.nodes[i].tag in "SO" and not _describes_person(sentence, i))
    verb = sentence.nodes[at].verb
    subject = subject_before(reader, sentence, at) if verb and verb.tense != "pp" else ()
    if subject:
        body = body_at(reader, sentence, subject[0])
    elif verb and verb.tense == "pp" and (at <= 2 or _goes_on_in_front(reader, sentence, at)):
        leaders = tuple(takewhile(lambda i: sentence.nodes[i].tag == "S", leaders))
        comma = _after_comma(sentence, leaders[-1]) if leaders else len(sentence.nodes)
        body = body_after(reader, sentence, comma, len(sentence.nodes))
    else:
        body = body_before(reader, sentence, at) or subject_body(reader, sentence, at)
        if body and body.at < at and has_phrase(reader, sentence, "meeting", body.at + 1, at):
            return None  # "The G7 held a video conference, chaired by Japan"
    return Leading(body, leaders, sentence, at) if body else None


def _describes_person(sentence: Sentence, at: int) -> bool:
    """Whether a people's name only says where the person named after it comes from: "l'Allemande Ursula …"."""
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    return sentence.nodes[at].form == "n" and following is not None and following.tag in "PX"


def _goes_on_in_front(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a participle goes on with one that opens the sentence: "Fondée en 2023 et conduite par A, la …"."""
    joined = sentence.nodes[at - 1].norm in reader.lexicon.sets["and"]
    verbs = [node.verb for node in sentence.nodes[:at] if node.verb]
    opening = any(node.verb for node in sentence.nodes[:2])
    return joined and opening and all(verb.tense == "pp" for verb in verbs)


def _after_comma(sentence: Sentence, at: int) -> int:
    return next((i + 1 for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","), len(sentence.nodes))


def _partners(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Who leads with the subject: "copréside avec les Pays-Bas la coalition F-16"."""
    joint = at + 1 < len(sentence.nodes) and sentence.nodes[at + 1].norm in reader.lexicon.sets["jointly_with"]
    return listed(reader, sentence, at + 2) if joint else ()


def subject_before(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The subject that stands before a verb, the agent of a passive left aside."""
    clause = clause_at(reader, sentence, at)
    return tuple(i for i in clause.subject if i < at and sentence.nodes[i].tag in "SOG") if clause else ()


def _leads(reader: Reader, sentence: Sentence, at: int) -> Leading | None:
    """Read "La Pologne et l'Italie dirigent la coalition …", "… la dirigent"."""
    body = body_after(reader, sentence, at + 1, len(sentence.nodes))
    if (
        body is None
        and (pronouns := sentence.nodes[at].verb)
        and pronouns.clitics & reader.lexicon.sets["object_pronouns"]
    ):
        body = last_body(reader, sentence, at)
    leaders = subject_at(reader, sentence, at, "S")
    if body is None and leaders and (partners := _partners(reader, sentence, at)):
        body = body_after(reader, sentence, partners[-1] + 1, len(sentence.nodes))
        leaders = (*leaders, *partners)
    elif body is not None and (length := phrase(reader, sentence, body.at + 1, "helped_by")):
        leaders = (*leaders, *(listed(reader, sentence, body.at + 1 + length) if leaders else ()))
    body = body or (_of_whom(reader, sentence, leaders[0]) if leaders else None)
    return Leading(body, leaders, sentence, at) if body else None


def _of_whom(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation before "dont", "of which": "la coalition, dont la France et les États-Unis ont pris la tête"."""
    here = at - 1
    while here > 0 and sentence.nodes[here].norm in reader.lexicon.sets["article"]:
        here -= 1
    whose = here > 0 and sentence.nodes[here].norm in reader.lexicon.union("whose", "whose_roles")
    return body_before(reader, sentence, here) if whose else None


def _subject_of_clause(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    clause = clause_at(reader, sentence, at)
    return subject_body(reader, sentence, clause.at) if clause and clause.at < at else None


def _under_leadership(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "La coalition, sous la direction de X", "the coalition, under the leadership of X"."""
    for at, length in reader.places(sentence, "leadership").items():
        leaders = listed(reader, sentence, at + length)
        body = (body_before(reader, sentence, at) or _subject_of_clause(reader, sentence, at)) if leaders else None
        meets = body is not None and body.at < at and has_phrase(reader, sentence, "meeting", body.at + 1, at)
        if body and leaders and not meets:
            yield Leading(body, leaders, sentence, at)
