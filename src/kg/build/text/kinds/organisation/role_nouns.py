"""Role nouns and the lists that follow them: "membres de X : A, B (chef de file)", "EU members such as A and B"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Reader, date_of, whole
from kg.build.text.kinds.context import (
    listed,
    parenthesis,
    phrase,
    segment,
)
from kg.build.text.kinds.organisation.bodies import Body

ROLES = {
    "candidate": "candidate",
    "observer": "observer",
    "lead_nation": "lead",
    "member": "member",
    "participant": "participant",
}
"""Word classes of the lexicon, in the order in which they are tried, and the roles that they stand for."""
ROLE_WORDS = tuple(ROLES)


@dataclass(slots=True)
class RoleNoun:
    """A role noun in a sentence: its place, its length, what it says, and of which organisations."""

    sentence: Sentence
    at: int
    end: int
    role: str
    bodies: list[Body] = field(default_factory=list)

    @property
    def head(self) -> Node:
        """The noun's first word."""
        return self.sentence.nodes[self.at]

    @property
    def after(self) -> int:
        """The place after the noun and the organisations that follow it."""
        return max([self.end, *(body.at + 1 for body in self.bodies)])

    @property
    def is_plural(self) -> bool:
        """Whether the noun speaks of several members."""
        return self.head.norm.endswith("s") or self.sentence.nodes[self.end - 1].norm.endswith("s")


def role_at(reader: Reader, sentence: Sentence, at: int) -> tuple[str, int] | None:
    """The role that a word at a place stands for, with the place after it; "membre observateur" is an observer."""
    if at not in reader.places_of_any(sentence, ROLE_WORDS):
        return None
    for name, role in ROLES.items():
        if length := phrase(reader, sentence, at, name):
            further = role_at(reader, sentence, at + length) if role == "member" else None
            return further or (role, at + length)
    return None


def listed_members(reader: Reader, noun: RoleNoun) -> tuple[int, ...]:
    """The members that a list after the noun names: "membres de X : A, B", "EU members such as A and B"."""
    sentence, here = noun.sentence, noun.after
    if not noun.bodies or not (noun.is_plural or noun.role == "lead"):
        return ()
    begin, end = parenthesis(sentence, here - 1)
    here = end + 1 if end > begin else here
    start = _list_start(reader, sentence, here)
    if start is None:
        start = _picked_from(reader, noun)
    if start is None and (all_named := _named_all(reader, noun, here)):
        return all_named
    if start is None:
        return ()
    here = start
    members = tuple(i for i in listed(reader, sentence, here, "SO") if i < segment(sentence, here)[1])
    return members if members and members[0] - here <= 3 else ()


def _list_start(reader: Reader, sentence: Sentence, here: int) -> int | None:
    """Where a list begins: after a colon, after "sont" or "include", or after "tels que" with or without a comma."""
    if here >= len(sentence.nodes):
        return None
    node = sentence.nodes[here]
    naming = node.verb is not None and bool(node.verb.classes & {"be", "comprise"}) and not node.verb.negative
    naming = naming and node.verb is not None and not node.verb.reflexive
    if node.norm == ":" or naming or node.norm == "include":
        here += 1
        while here < len(sentence.nodes) and sentence.nodes[here].norm in (":", "notamment"):
            here += 1
        return here
    here += node.norm == ","
    length = phrase(reader, sentence, here, "such_as")
    return here + length if length else _after_insertion(sentence, here - 1)


def _after_insertion(sentence: Sentence, at: int) -> int | None:
    """Where a list begins after what commas enclose: "The members of X, founded in 1991, are A, B and C"."""
    nodes = sentence.nodes
    if at < 0 or nodes[at].norm != ",":
        return None
    close = next((i for i in range(at + 1, min(at + 12, len(nodes) - 1)) if nodes[i].norm == ","), None)
    verb = nodes[close + 1].verb if close else None
    inner = nodes[at + 1 : close]
    apart = close is not None and not any(node.verb and node.verb.tense not in ("pp", "ger") for node in inner)
    fits = apart and verb is not None and "be" in verb.classes and not verb.negative
    return close + 2 if fits and close is not None else None


def _named_all(reader: Reader, noun: RoleNoun, here: int) -> tuple[int, ...]:
    """The members in apposition to all of a sort: "the three Baltic members of NATO, A, B and C, …"."""
    nodes, sets = noun.sentence.nodes, reader.lexicon.sets
    if not noun.is_plural or here >= len(nodes) or nodes[here].norm not in sets["inserting"]:
        return ()
    members = listed(reader, noun.sentence, here + 1)
    after = nodes[members[-1] + 1].norm if members and members[-1] + 1 < len(nodes) else "."
    if len(members) < 2 or members[0] - here > 2 or after not in sets["inserting"] | {".", ")"}:
        return ()
    begin, _ = segment(noun.sentence, noun.at)
    counted = [whole(nodes[i]) for i in noun.sentence.tagged("N", max(noun.at - 3, 0), noun.at)]
    opening = nodes[begin].norm in sets["article"] or nodes[begin].is_party
    return members if counted == [len(members)] or (not counted and opening and noun.at - begin <= 4) else ()


def _picked_from(reader: Reader, noun: RoleNoun) -> int | None:
    """Where those begin who are picked from the members: "Parmi les membres de X, A et B", "Of the EU's members, A"."""
    sentence, sets = noun.sentence, reader.lexicon.sets
    begin, _ = segment(sentence, noun.at)
    first = min([noun.at, *(body.at for body in noun.bodies)])
    opening = any(phrase(reader, sentence, i, "picked_from") for i in range(begin, min(first, begin + 2)))
    if not opening or noun.after >= len(sentence.nodes) or sentence.nodes[noun.after].norm != ",":
        return None
    small = sets["few"] | sets["article"] | sets["between"] | sets["apposed"]
    here = noun.after + 1
    while here < len(sentence.nodes) and sentence.nodes[here].norm in small:
        here += 1
    return here


def annotation(reader: Reader, sentence: Sentence, members: Sequence[int], number: int) -> tuple[str, str]:
    """What parentheses say of one member of a list; a plural "(chefs de file)" also speaks of the one before "et"."""
    begin, end = parenthesis(sentence, members[number])
    found = next((role_at(reader, sentence, i) for i in range(begin, end) if role_at(reader, sentence, i)), None)
    date = next((date_of(node).removesuffix("/..") for node in sentence.nodes[begin:end] if node.tag == "D"), "")
    if found is None and number + 1 < len(members):
        between = sentence.nodes[members[number] + 1 : members[number + 1]]
        after, close = parenthesis(sentence, members[number + 1])
        plural = any(node.norm.endswith("s") for node in sentence.nodes[after:close])
        if plural and any(node.norm in reader.lexicon.sets["and"] for node in between):
            found = next(
                (role_at(reader, sentence, i) for i in range(after, close) if role_at(reader, sentence, i)), None
            )
    return (found[0] if found else "", date if date[:4].isdigit() else "")
