"""Sanctions told as packages: "the EU's 12th package against Russia (18 December 2023) banned …; a 13th followed"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, values
from kg.build.text.kinds.context import asserted, clause_at, full_date, moment, parenthesis, phrase, phrases
from kg.build.text.kinds.measure.targets import targets

EUROPEAN_UNION = "org:eu"
"""Who takes "European sanctions", where no organisation is named."""

_UNREAL = frozenset({"refuse", "modal", "cancel", "pledge"})
_TAKEN = frozenset({"adopt", "commit", "conclude", "decide", "light", "do"})
"""The classes of verbs in the passive that say that a package is there."""
_PACKAGES = Cues(words=frozenset({"sanctions_package"}))


def read_packages(reader: Reader) -> Iterator[Found]:
    """The packages that are the subject of a verb: they came, were adopted, banned, hit."""
    if not reader.tells_any(_PACKAGES):
        return
    last: Found | None = None
    for sentence in reader.document.sentences:
        for at in _subjects(reader, sentence):
            for found in _package(reader, sentence, at) or _further(reader, sentence, at, last):
                last = found
                yield found


def _subjects(reader: Reader, sentence: Sentence) -> Iterator[int]:
    """The places of packages, and of ordinals that a verb follows: "a 13th followed"."""
    packages = reader.places(sentence, "sanctions_package")
    for at, node in enumerate(sentence.nodes):
        following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else node
        if at in packages or (node.tag == "R" and following.verb):
            yield at


def _verb_after(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The finite verb that the noun is the subject of, if it says that the package is there."""
    clause = clause_at(reader, sentence, at)
    if clause is None or clause.at < at or clause.verb.classes & _UNREAL or not asserted(reader, sentence, clause.at):
        return None
    verb = clause.verb
    if "be" in verb.classes or (verb.passive and not verb.classes & _TAKEN):
        return None  # what is discussed or proposed is not there yet
    governed = any(node.verb and node.verb.tense not in ("pp", "ger") for node in sentence.nodes[at : clause.at])
    return None if governed else clause.at


def _package(reader: Reader, sentence: Sentence, at: int) -> list[Found]:
    length = phrase(reader, sentence, at, "sanctions_package")
    verb = _verb_after(reader, sentence, at) if length else None
    if verb is None:
        return []
    actors = _actors(reader, sentence, at, verb)
    taken = [i for i in sentence.tagged("SO", 0, verb) if set(sentence.nodes[i].keys) & set(actors)]
    clause = clause_at(reader, sentence, at)
    aims = targets(reader, sentence, at + length, verb, taken, "")
    aims = aims or targets(reader, sentence, verb, clause.end if clause else verb, taken, "trade")
    return list(_found(reader, sentence, at, verb, actors, values(sentence.nodes[i] for i in aims) or [""]))


def _actors(reader: Reader, sentence: Sentence, at: int, verb: int) -> list[str]:
    """Whose package it is: the owner before it, an adjective, the organisation after "of", or the agent."""
    clause = clause_at(reader, sentence, at)
    if clause is not None and clause.agent:
        return values(clause.nodes(clause.agent))
    against = next(phrases(reader, sentence, "against", at, verb), verb)
    before = [i for i in sentence.tagged("SO", max(at - 4, 0), at) if sentence.nodes[i].norm != "'s"]
    near = before[-1:] or sentence.tagged("SO", at, against)[:1]
    if near:
        return values(sentence.nodes[i] for i in near)
    european = any(node.norm in reader.lexicon.sets["european_sanctions"] for node in sentence.nodes[at : at + 5])
    before_it = at > 0 and sentence.nodes[at - 1].norm in reader.lexicon.sets["european_sanctions"]
    return [EUROPEAN_UNION] if european or before_it else []


def _further(reader: Reader, sentence: Sentence, at: int, last: Found | None) -> list[Found]:
    """A further package that only its ordinal names; it has the actors and the target of the one before."""
    verb = _verb_after(reader, sentence, at) if last is not None else None
    if verb is None or last is None or verb != at + 1 or moment(reader, sentence, verb) is None:
        return []
    return list(_found(reader, sentence, at, verb, last.slots["actor"], [last.slots["target"]]))


def _found(
    reader: Reader, sentence: Sentence, at: int, verb: int, actors: Sequence[str], aims: Sequence[str]
) -> Iterator[Found]:
    when = _date(reader, sentence, at, verb)
    nodes = [sentence.nodes[at], sentence.nodes[verb], *([when[1]] if when else [])]
    for aim in [aim for aim in aims if aim not in actors] if actors else []:
        slots = {"actor": list(actors), "action": "sanctions", "target": aim, "date": when[0] if when else ""}
        yield Found("measure", slots, "measure/sanctions-package", sentence.index, nodes, verb)


def _date(reader: Reader, sentence: Sentence, at: int, verb: int) -> tuple[str, Node] | None:
    """The date in parentheses or beside a participle before the verb, else that of the verb."""
    inside = [i for here in range(at, verb) for i in sentence.tagged("D", *parenthesis(sentence, here))]
    beside = inside[:1] or sentence.tagged("D", at, verb)[:1]
    if beside:
        return full_date(reader, sentence, beside[0]), sentence.nodes[beside[0]]
    return moment(reader, sentence, verb)
