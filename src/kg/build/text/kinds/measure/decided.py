"""Measures told by the noun for a decision: "Poland's decision to close …", "la décision de Varsovie d'expulser …"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.context import listed, phrase
from kg.build.text.subjects import agent_of
from kg.build.text.verb_finder import FINITE

_UNREAL = frozenset({"refuse", "modal", "cancel", "oppose"})
_NEAR = 10
"""How many nodes may stand between a decision and what is decided."""


def decided_acts(reader: Reader, sentence: Sentence) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The infinitives that decisions lead to, each with the places of those who decided."""
    places = reader.places(sentence, "decision")
    for at in places if places and sentence.is_finite and _is_real(sentence) else ():
        stop = min(at + _NEAR, len(sentence.nodes))
        act = next((i for i in range(at + 1, stop) if sentence.nodes[i].verb), None)
        verb = sentence.nodes[act].verb if act else None
        actors = _deciders(reader, sentence, at, act) if act and verb and verb.tense == "inf" else ()
        if act and actors and verb and not verb.negative:
            yield act, actors


def scope_of(sentence: Sentence, act: int) -> tuple[int, int]:
    """Where the object of such an infinitive stands: up to the next finite verb."""
    places = (at for at, verb in sentence.verbs() if at > act and verb.tense in FINITE)
    return act + 1, next(places, len(sentence.nodes))


def _deciders(reader: Reader, sentence: Sentence, at: int, act: int) -> tuple[int, ...]:
    """Whose decision it is: "Poland's", "the Polish", "by Poland", "de la Pologne", "polonaise"."""
    nodes = sentence.nodes
    if at >= 2 and nodes[at - 1].norm == "'s" and nodes[at - 2].tag in "SO":
        return (at - 2,)
    beside = [i for i in (at - 1, at + 1) if i >= 0 and nodes[i].tag in "SO" and nodes[i].form == "a"]
    of = phrase(reader, sentence, at + 1, "of")
    agents = [i for i in agent_of(reader.document, sentence, at + 1, act) if nodes[i].tag in "SO"]
    owners = [i for i in listed(reader, sentence, at + 1 + of, "SO") if i < act] if of else []
    return tuple(beside or agents or owners)


def _is_real(sentence: Sentence) -> bool:
    """Whether no finite verb of the sentence denies, refuses, or only supposes what a decision is said of."""
    finite = [verb for _, verb in sentence.verbs() if verb.tense in FINITE]
    return not any(verb.negative or verb.classes & _UNREAL or verb.tense in ("cond", "fut") for verb in finite)
