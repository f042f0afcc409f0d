"""Designations told by those whom they concern: "figurent sur la liste russe des pays inamicaux"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, values
from kg.build.text.kinds.context import asserted, bounds, clause_at, has_phrase, listed, moment, phrase
from kg.build.text.subjects import agent_of

_LISTS = Cues(words=frozenset({"listing"}))
_NEAR = 8
"""How many nodes may stand between the verb and the list."""


def read_blacklists(reader: Reader) -> Iterator[Found]:
    """Who stands on whose list of unfriendly or terrorist states and organisations."""
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _LISTS):
            continue
        for at, length in reader.places(sentence, "listing").items():
            verb = next((i for i in range(at - 1, max(at - _NEAR, -1), -1) if sentence.nodes[i].verb), None)
            if verb is not None and not sentence.nodes[verb].quoted:
                yield from _standing_on(reader, sentence, verb, at, at + length)


def _standing_on(reader: Reader, sentence: Sentence, at: int, begin: int, end: int) -> Iterator[Found]:
    """The designation of the subject of a verb by whose list it is, which stands from ``begin`` to ``end``."""
    nodes, verb, clause = sentence.nodes, sentence.nodes[at].verb, clause_at(reader, sentence, at)
    stop = bounds(reader, sentence, at)[1]
    upon = any(node.norm in reader.lexicon.sets["on_list"] for node in nodes[at + 1 : begin])
    if verb is None or clause is None or not verb.classes & {"be", "stands_on"} or not upon:
        return
    if not asserted(reader, sentence, at) or not has_phrase(reader, sentence, "terrorist", begin, stop):
        return
    owning = [nodes[i] for i in _owners(reader, sentence, begin, end, stop)]
    owners, when = values(owning), moment(reader, sentence, at)
    for subject in [nodes[i] for i in clause.subject if nodes[i].tag in "SO"] if owners else ():
        told = [subject, nodes[at], nodes[begin], *owning, *([when[1]] if when else [])]
        for aim in [aim for aim in values([subject]) if aim not in owners]:
            slots = {"actor": owners, "action": "designation", "target": aim, "date": when[0] if when else ""}
            yield Found("measure", slots, "measure/listed", sentence.index, told, at)


def _owners(reader: Reader, sentence: Sentence, begin: int, end: int, stop: int) -> tuple[int, ...]:
    """Whose list it is: "Russia's list", "la liste russe", "… hostiles de la Russie", "… dressée par Moscou"."""
    nodes = sentence.nodes
    if begin >= 2 and nodes[begin - 1].norm in ("'s", "'") and nodes[begin - 2].tag in "SO":
        return (begin - 2,)
    beside = [i for i in (begin - 1, end) if i < stop and nodes[i].tag in "SO" and nodes[i].form == "a"]
    agents = [i for i in agent_of(reader.document, sentence, end, stop) if nodes[i].tag in "SO"]
    if beside or agents:
        return tuple(beside or agents)
    charged = max((at for at in reader.places(sentence, "terrorist") if end <= at < stop), default=end)
    after = charged + phrase(reader, sentence, charged, "terrorist")
    of = phrase(reader, sentence, after, "of")
    return tuple(i for i in listed(reader, sentence, after + of, "SO") if i < stop) if of else ()
