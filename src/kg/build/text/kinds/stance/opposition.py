"""Stances of opposition within a clause: verbs of opposing, and of rejecting another's way into an organisation."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.clauses import Clause
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.stance.objects import Told, bid, endorsed, entry_before, objects_after, told_before
from kg.build.text.kinds.stance.parties import after


def opposes(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A verb of opposition with its object: a party, or a party's way into an organisation."""
    nodes = clause.sentence.nodes
    begin = clause.at + 1
    if "oppose" in clause.verb.classes and clause.verb.passive and clause.agent:
        yield endorsed(reader, clause, "opposes", {"passive": "yes"})
        return
    if "oppose" in clause.verb.classes and clause.verb.clitics & reader.lexicon.sets["dative_places"]:
        if entry := entry_before(reader, clause):  # "la Hongrie y est opposée", "s'y oppose"
            yield "opposes", entry[1], {}
        return
    opposed = clause.verb.passive and begin < len(nodes) and nodes[begin].norm in reader.lexicon.sets["to_oppose"]
    if "oppose" not in clause.verb.classes or (clause.verb.passive and not opposed):
        return
    if entry := bid(reader, clause.sentence, begin, clause.end, clause=clause) or told_before(reader, clause):
        yield "opposes", entry[1], {}
    elif towards := objects_after(reader, clause, begin, through="to_oppose"):
        yield "opposes", towards, {}


def turns_down(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that rejects or blocks another's way into an organisation, or is against somebody."""
    nodes, begin = clause.sentence.nodes, clause.at + 1
    if clause.verb.passive or "oppose" in clause.verb.classes:
        return
    if clause.verb.classes & {"be", "stand", "side", "show"}:
        against = after(reader, clause, "opposing", begin, begin + 4)
        if against and reader.has(clause.sentence, "sanctions", begin, against) is not None:
            return  # "est favorable aux sanctions contre"
        entry = bid(reader, clause.sentence, against, clause.end) if against else None
        if against and (towards := entry[1] if entry else objects_after(reader, clause, against)):
            yield "opposes", towards, {}
    elif clause.verb.classes & {"light", "dispose"} and (veto := after(reader, clause, "veto", begin, begin + 3)):
        if entry := bid(reader, clause.sentence, veto, clause.end):  # "a mis son veto à l'adhésion de l'Ukraine"
            yield "opposes", entry[1], {}
    elif clause.verb.classes & {"disapprove", "declining", "refuse"}:
        infinitive = any(node.verb and node.verb.tense == "inf" for node in nodes[begin : begin + 2])
        entry = None if infinitive else bid(reader, clause.sentence, begin, clause.end, clause=clause)
        if entry:
            yield "opposes", entry[1], {}
