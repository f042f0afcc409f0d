"""Organisations that a verb only alludes to: before a relative, by a pronoun, in the sentence before."""

from __future__ import annotations

from kg.build.text.document import Sentence, Verb
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.context import phrase, phrases
from kg.build.text.kinds.organisation.bodies import Body, body_after, body_before, last_body

_CLITICS = frozenset({"l'", "la", "le", "y", "les"})


def taken_up(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> list[Body]:
    """The organisation that a verb without an object goes on with: "l'a rejointe en 2023", "Sweden joined in 2024"."""
    following = sentence.nodes[at + 1 : at + 3]
    bare = bool(phrase(reader, sentence, at + 1, "joining_particle")) or all(
        node.tag == "D" or node.norm in reader.lexicon.sets["prepositions"] | {".", ",", "en", "le"}
        for node in following
    )
    told = bare or _by_pronoun(reader, sentence, at, verb) or _some_time_later(reader, sentence, at)
    body = last_body(reader, sentence, at) if told else None
    return [body] if body else []


def _by_pronoun(reader: Reader, sentence: Sentence, at: int, verb: Verb) -> bool:
    following = sentence.nodes[at + 1 : at + 2]
    return bool(verb.clitics & _CLITICS) or any(node.norm in reader.lexicon.sets["body_pronouns"] for node in following)


def _some_time_later(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether nothing but a while follows a verb: "Sweden, which joined a year later"."""
    here = next(phrases(reader, sentence, "afterwards", at + 1, at + 5), None)
    return here is not None and all(node.tag in "WN" for node in sentence.nodes[at + 1 : here])


def left_behind(reader: Reader, sentence: Sentence, at: int, verb: Verb, members: tuple[int, ...]) -> list[Body]:
    """The organisation that somebody left: "X, from which A was excluded", "A l'a quitté", "A, which was expelled"."""
    body = _before_relative(reader, sentence, members[0]) if members else None
    if body is not None:
        return [body]
    told = _by_pronoun(reader, sentence, at, verb)
    return taken_up(reader, sentence, at, verb) if told or (verb.passive and "expelled" in verb.classes) else []


def _before_relative(reader: Reader, sentence: Sentence, subject: int) -> Body | None:
    """The organisation before "from which", "dont", "que", where the subject of the relative clause begins."""
    here = subject - 1
    while here > 0 and sentence.nodes[here].norm in reader.lexicon.sets["article"]:
        here -= 1
    relative = here > 0 and sentence.nodes[here].norm in reader.lexicon.union("whose", "whose_roles", "led_relative")
    return body_before(reader, sentence, here) if relative else None


def in_front(reader: Reader, sentence: Sentence, at: int) -> list[Body]:
    """The organisation that opens a sentence, the verb before its subject: "À la coalition X participent A et B"."""
    opening = phrase(reader, sentence, 0, "to")
    body = body_after(reader, sentence, opening, at, reach=4) if opening else None
    return [body] if body else []


def of_main_clause(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that a sentence goes on with after a phrase in front: "With A's accession, NATO grew"."""
    for comma in (i for i in sentence.standing_at(",") if i > at):
        if body := body_after(reader, sentence, comma + 1, len(sentence.nodes), reach=3):
            return body
    return None
