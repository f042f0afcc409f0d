"""Words for offices, who may hold one, and when: what the rules of offices share."""

from __future__ import annotations

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.context import clause_at, enclosed, full_date, parenthesis

OFFICES = {
    "prime_minister": "prime-minister", "chancellor": "chancellor", "secretary_general": "secretary-general",
    "president": "president", "minister": "minister",
}  # fmt: skip
"""Word classes for offices, in the order in which they are tried, and the concepts that they stand for."""


def is_person(node: Node) -> bool:
    """Whether a node names a person: one of the tables, or a name of several words that no table holds."""
    return (node.tag == "P" and node.form != "p") or (node.tag == "X" and len(node.text.split()) > 1)


def term(reader: Reader, sentence: Sentence, date: int, *, begins: bool = False, ends: bool = False) -> dict[str, str]:
    """The slots that a date gives an office: both ends of an interval, or what the verb makes of a single date."""
    text = full_date(reader, sentence, date)
    if text.startswith("../"):
        return {"until": text.removeprefix("../")}
    if "/" in text:
        since, until = text.split("/")
        return {"since": since} | ({"until": until} if until != ".." else {})
    return {"until" if ends else "since" if begins else "date": text}


def adjacent(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The date directly after an office or a person, or in the parentheses there."""
    begin, end = parenthesis(sentence, at)
    inside = sentence.tagged("D", begin, end)
    if inside:
        return inside[0]
    small = reader.lexicon.union("prepositions", "article")
    here = at + 1
    while here < len(sentence.nodes) and sentence.nodes[here].norm in small:
        here += 1
    return here if here < len(sentence.nodes) and sentence.nodes[here].tag == "D" else None


def dated(reader: Reader, sentence: Sentence, verb: int, last: int) -> int | None:
    """The date that goes with a verb of office: after what it says, or in front of its clause."""
    clause = clause_at(reader, sentence, verb)
    begin, end = (clause.begin, clause.end) if clause else (0, len(sentence.nodes))
    dates = [i for i in sentence.tagged("D", begin, end) if not enclosed(sentence, i)]
    after = [i for i in dates if i > last]
    return next(iter([*after, *dates]), None)
