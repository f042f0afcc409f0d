"""Who makes up an organisation: verbs of comprising and forming, and lists under a head without a verb."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Sentence, Verb
from kg.build.text.kinds.common import Cues, Found, Reader, is_since
from kg.build.text.kinds.context import asserted, bounds, enclosed, has_phrase, listed, moment, phrase, subject_at
from kg.build.text.kinds.organisation.bodies import (
    Body,
    body_after,
    body_at,
    body_before,
    founded_by,
    last_body,
    subject_body,
)
from kg.build.text.kinds.organisation.findings import made
from kg.build.text.kinds.organisation.role_nouns import annotation, role_at


def formed(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "L'Allemagne, la France et la Pologne forment le Triangle de Weimar", "A and B founded X"."""
    members = tuple(i for i in subject_at(reader, sentence, at, "SO") if i < at)
    if verb.passive or len(members) < 2 or not asserted(reader, sentence, at):
        return
    up = at + 1 < len(sentence.nodes) and sentence.nodes[at + 1].norm in reader.lexicon.sets["making_up"]
    if "found" not in verb.classes and not up and verb.lemma in reader.lexicon.sets["made_with_particle"]:
        return
    body = body_after(reader, sentence, at + 1 + up, len(sentence.nodes), reach=3)
    if body:
        yield from made("forms", sentence, at, members, body, "member")


def equated(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "The Nordic-Baltic Eight are Denmark, Estonia, …": an organisation that its members are."""
    here = at + 1
    here += here < len(sentence.nodes) and sentence.nodes[here].norm == ":"
    members = listed(reader, sentence, here, "S")
    if len(members) < 2 or members[0] - here > 1 or not asserted(reader, sentence, at):
        return
    subject = subject_at(reader, sentence, at, "SOG")
    body = body_at(reader, sentence, subject[0]) if len(subject) == 1 else None
    if body:
        yield from made("equated", sentence, at, members, body, "member")


def _only_met(reader: Reader, verb: Verb) -> bool:
    """Whether a verb of gathering in the past tells of a meeting rather than of who belongs together."""
    return verb.lemma in reader.lexicon.sets["gathering_verbs"] and verb.tense in ("perf", "past", "pp")


def _takes_up(reader: Reader, word: str) -> bool:
    return word in reader.lexicon.union("subject_pronouns", "anaphora_relative_subject")


def comprised(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> Iterator[Found]:
    """Read "L'OTSC regroupe la Russie, …", "la coalition, composée de …", "compte parmi ses membres …"."""
    if "have" in verb.classes and not reader.places(sentence, "member"):
        return
    if not asserted(reader, sentence, at) or _only_met(reader, verb):
        return
    members = _counted(reader, sentence, at)
    if len(members) == 1 and founded_by(reader, sentence, at):
        return  # who launches a coalition alone is not said to belong to it
    if not members or ("have" in verb.classes and not has_phrase(reader, sentence, "member", at, members[0])):
        return
    body = subject_body(reader, sentence, at) if verb.tense not in ("pp", "ger") else body_before(reader, sentence, at)
    body = body or (last_body(reader, sentence, at) if _pronoun_subject(reader, sentence, at) else None)
    if body is None:
        return
    when = moment(reader, sentence, at)
    since = when[0].removesuffix("/..") if when and is_since(when[1]) else ""
    members = (*_besides(reader, sentence, at), *members)
    roles = (role_at(reader, sentence, i) for i in range(at + 1, max(members[0], at + 1)))
    role = next((found[0] for found in roles if found), "member")  # "compte neuf candidats, dont l'Ukraine"
    yield from made(
        "comprises", sentence, at, members, body, role, since=since, dates=[when[1]] if when and since else []
    )


def _besides(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Those named in front: "Outre le Royaume-Uni, la Force comprend …", "Besides Latvia, the coalition has …"."""
    begin, _ = bounds(reader, sentence, at)
    length = phrase(reader, sentence, begin, "besides")
    return listed(reader, sentence, begin + length) if length else ()


def _pronoun_subject(reader: Reader, sentence: Sentence, at: int) -> bool:
    return at > 0 and _takes_up(reader, sentence.nodes[at - 1].norm)


def _counted(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states that a verb of comprising lists; numbers and words for members may stand before them."""
    small = reader.lexicon.union("determiners", "states", "gathering", "member", "between", "prepositions")
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


def headed_lists(reader: Reader) -> Iterator[Found]:
    """Read "Composition de la coalition drones : …", "JEF: United Kingdom (lead nation), …": a head without a verb."""
    for sentence in reader.document.sentences:
        yield from _inserted_lists(reader, sentence)
        colon = next(iter(sentence.standing_at(":")), None)
        if colon is None or colon >= _HEAD or any(node.verb for node in sentence.nodes[:colon]):
            continue
        body = _head(reader, sentence, colon)
        members = listed(reader, sentence, colon + 1, "SO")
        if body and len(members) > 1 and members[0] - colon <= 2:
            for number, member in enumerate(members):
                role, since = annotation(reader, sentence, members, number)
                yield from made("headed-list", sentence, colon, (member,), body, role or "member", since=since)


_HEAD = 14
"""How many nodes a head may have, with the colon after it."""
_OPENING = Cues(norms=frozenset({"(", "–", "—"}))


def _inserted_lists(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "Le Triangle de Weimar (Allemagne, France, Pologne)", also between dashes."""
    for at in sentence.tagged("OG") if reader.has_any(sentence, _OPENING) else ():
        opening = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
        body = body_at(reader, sentence, at) if opening in ("(", "–", "—") else None
        members = listed(reader, sentence, at + 2, "S") if body else ()
        closing = sentence.nodes[members[-1] + 1].norm if members and members[-1] + 1 < len(sentence.nodes) else ""
        if body and len(members) > 1 and members[0] - at <= 3 and closing in (")", "–", "—"):
            yield from made("inserted-list", sentence, at, members, body, "member")


def _head(reader: Reader, sentence: Sentence, colon: int) -> Body | None:
    """The organisation that a head before a colon consists of, alone or after "composition"."""
    places = [i for i in range(colon) if not enclosed(sentence, i) and sentence.nodes[i].norm not in ("(", ")")]
    bodies = [body for i in places if (body := body_at(reader, sentence, i))]
    words = [sentence.nodes[i] for i in places if not body_at(reader, sentence, i)]
    if any(node.norm in reader.lexicon.sets["outside"] for node in words):
        return None
    known = reader.lexicon.union("composition", "article", "prepositions")
    return bodies[0] if len(bodies) == 1 and all(node.norm in known for node in words) else None
