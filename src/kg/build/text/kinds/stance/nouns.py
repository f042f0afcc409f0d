"""Stances that a noun tells with its verb: support that is given, condemnation that is voiced, relations kept close."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.clauses import Clause
from kg.build.text.document import Node
from kg.build.text.kinds.common import Reader, value, values
from kg.build.text.kinds.stance.objects import Told, bid, listed, objects_after, owner_before, toward_of_war
from kg.build.text.kinds.stance.parties import after
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import agent_of

_GIVING = frozenset({"keep", "say", "deliver", "pledge", "show", "light", "allocate", "lend", "dispose"})
"""Classes of verbs with which support is given or affirmed."""


def pledges_support(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that gives or affirms its support: "a réaffirmé son soutien à", "voiced its backing for"."""
    noun = _own_backing(reader, clause)
    if noun is None:
        return
    begin = after(reader, clause, "to", noun, noun + 3) or after(reader, clause, "with_party", noun, noun + 1)
    entry = bid(reader, clause.sentence, begin, clause.end) if begin else None
    if entry:
        yield entry
    elif begin and (towards := objects_after(reader, clause, begin, skip="cause")):
        yield "supports", towards, {}
    elif given := objects_after(reader, clause, clause.at + 1):
        yield "supports", given, {}


def _own_backing(reader: Reader, clause: Clause) -> int | None:
    """The place after the support that a verb gives, if it is the giver's own or steadfast, and no aid."""
    if clause.verb.passive or not clause.verb.classes & _GIVING:
        return None
    noun = reader.has(clause.sentence, "backing", clause.at + 1, min(clause.at + 8, clause.end))
    if noun is None:
        return None
    begin = clause.at + 1
    if any(reader.has(clause.sentence, name, begin, noun + 1) is not None for name in _OF_AID):
        return None
    steady = reader.has(clause.sentence, "steadfast", begin, noun + 3)
    own = any(node.norm in reader.lexicon.sets["own_one"] for node in clause.sentence.nodes[begin:noun])
    voiced = "show" in clause.verb.classes and noun < begin + 3
    if steady is None and not own and not voiced:
        return None
    return max(noun, steady or 0) + 1


_OF_AID = ("military", "financial", "aid_of")
"""Classes of adjectives that make support aid."""


def condemnation(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A condemnation that is voiced, or that the verb tells more of: "X's condemnation of the invasion came …"."""
    noun = after(reader, clause, "condemnation", clause.begin, clause.at + 7)
    if noun is None or clause.verb.passive:
        return
    blamed = toward_of_war(reader, clause.sentence, noun, noun + 12) or _condemned(reader, clause, noun)
    if noun > clause.at:
        if clause.verb.classes & (_GIVING | {"join"}):
            yield "condemns", blamed, {}
        return
    owners = owner_before(clause.sentence, noun - 1, clause.begin - 1)
    owners = owners or list(clause.nodes(agent_of(reader.document, clause.sentence, noun, clause.at)))
    for holder in values(owners):
        yield "condemns", blamed, {"holder": holder}


def _condemned(reader: Reader, clause: Clause, noun: int) -> list[Node]:
    """The party that a condemnation is "of"."""
    step = phrase_at(clause.sentence.nodes, noun, reader.lexicon.words["genitive_party"])
    return objects_after(reader, clause, noun + step) if step else []


def support_of(reader: Reader, clause: Clause) -> Iterator[Told]:
    """Whose support for whom a clause says to be constant: "Le soutien de X à Y est constant", "X's support for Y"."""
    nodes = clause.sentence.nodes
    noun = reader.has(clause.sentence, "backing", clause.begin, clause.at)
    if noun is None or clause.sentence.tagged("MNC", clause.begin, clause.end) or clause.verb.passive:
        return
    if reader.has(clause.sentence, "steadfast", clause.at + 1, clause.at + 5) is None:
        return
    end = noun + 1
    step = phrase_at(nodes, end, reader.lexicon.words["genitive_party"])
    givers = listed(reader, clause.sentence, end + step, clause.at) if step else owner_before(clause.sentence, noun, -1)
    if step and givers:
        end = nodes.index(givers[-1]) + 1
    begin = after(reader, clause, "to", end, end + 1) if givers else None
    for holder in values(givers):
        yield "supports", listed(reader, clause.sentence, begin, clause.at) if begin else [], {"holder": holder}


def came_from(reader: Reader, clause: Clause) -> Iterator[Told]:
    """From whom support or condemnation came: "Support for Kyiv has come from X"."""
    nodes = clause.sentence.nodes
    if "come_from" not in clause.verb.classes:
        return
    for name, stance in (("backing", "supports"), ("condemnation", "condemns")):
        end = after(reader, clause, name, clause.begin, clause.at)
        step = phrase_at(nodes, end, reader.lexicon.words["toward_party"]) if end else 0
        towards = listed(reader, clause.sentence, end + step, clause.at) if end and step else []
        begin = after(reader, clause, "from_party", clause.at + 1, clause.at + 4) if towards else None
        for holder in values(listed(reader, clause.sentence, begin, clause.end)) if begin else ():
            yield stance, towards[:1], {"holder": holder}


def close(reader: Reader, clause: Clause) -> Iterator[Told]:
    """Close relations that are kept with others."""
    if not clause.verb.classes & {"keep", "be", "have", "establish", "show"} or clause.verb.passive:
        return
    noun = after(reader, clause, "close_relations", clause.at + 1, clause.end) or close_bond(reader, clause)
    begin = after(reader, clause, "with_party", noun, noun + 8) if noun else None
    if begin:
        yield "close-relations", parties_after(reader, clause, begin), {}
    elif noun and len(clause.subject) == 2:
        yield "close-relations", list(clause.nodes(clause.subject[1:])), {}
    elif "be" in clause.verb.classes and (pair := _related(reader, clause)):
        yield "close-relations", pair[1:], {"holder": value(pair[0])}


def close_bond(reader: Reader, clause: Clause) -> int | None:
    """The place after relations that an adjective beside the noun calls close: "des liens politiques très étroits"."""
    sentence = clause.sentence
    for noun in (at for at in reader.places(sentence, "bonds") if clause.at < at < clause.end):
        reach = range(max(noun - _BESIDE, clause.at + 1), min(noun + _BESIDE, clause.end))
        warm = next((at for at in reach if at in reader.places(sentence, "warm")), None)
        words = sentence.nodes[min(noun, warm) : max(noun, warm) + 1] if warm is not None else ()
        apart = reader.lexicon.union("prepositions", "worldly")
        if words and all(node.tag in "WR" and node.norm not in apart for node in words):
            return max(noun, warm or 0) + 1
    return None


_BESIDE = 5
"""How many words away from its noun an adjective may stand: "close political and military ties"."""


def _related(reader: Reader, clause: Clause) -> list[Node]:
    """Two whose relations are said to be close: "les relations entre la Serbie et la Russie sont étroites"."""
    warm = reader.has(clause.sentence, "warm", clause.at + 1, clause.at + 4)
    noun = after(reader, clause, "relations", clause.begin, clause.at) if warm is not None else None
    if noun and (owned := _owned_relations(reader, clause, noun)):
        return owned
    begin = after(reader, clause, "amid", noun, noun + 2) if noun else None
    pair = listed(reader, clause.sentence, begin, clause.at) if begin else []
    return pair if len(pair) == 2 else []


def _owned_relations(reader: Reader, clause: Clause, noun: int) -> list[Node]:
    """Whose relations with whom: "les relations du Kazakhstan avec la Russie", "Kazakhstan's relations with Russia"."""
    nodes = clause.sentence.nodes
    step = phrase_at(nodes, noun, reader.lexicon.words["genitive_party"])
    own = listed(reader, clause.sentence, noun + step, clause.at)[:1] if step else []
    own = own or owner_before(clause.sentence, noun - 1, clause.begin - 1)
    here = nodes.index(own[0]) + 1 if own and step else noun
    begin = after(reader, clause, "with", here, here + 1) if own else None
    others = listed(reader, clause.sentence, begin, clause.at) if begin else []
    return [*own, *others[:1]] if others else []


def parties_after(reader: Reader, clause: Clause, begin: int) -> list[Node]:
    """The parties of a list that follows, also after "certains pays, tels que"."""
    nodes = clause.sentence.nodes
    start = next(
        (i for i in range(begin, min(begin + 8, clause.end)) if nodes[i].tag in "SOGP" and nodes[i].form != "a"), None
    )
    return listed(reader, clause.sentence, start, len(nodes)) if start is not None else []
