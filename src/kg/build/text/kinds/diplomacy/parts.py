"""What the rules of diplomatic relations share: pairs of states, with the date, rank or count that is told of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Found, Reader, values, whole
from kg.build.text.kinds.context import (
    full_date,
    listed,
    moment,
    phrase,
    phrases,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What is told besides the two states: the slots, and the nodes that they rest on."""

    slots: dict[str, Any]
    nodes: list[Node] = field(default_factory=list)

    def __or__(self, other: Told) -> Told:
        """What both tell; the other wins where they differ."""
        return Told(self.slots | other.slots, [*self.nodes, *other.nodes])


def one_by_one(
    reader: Reader, sentence: Sentence, at: int, subject: Sequence[int], others: Sequence[int],
    paired: Sequence[tuple[int, int]], event: str,
) -> Iterator[Found]:  # fmt: skip
    """Read "A et B ont établi des relations avec C, respectivement le D et le E"."""
    for member, date in paired:
        told = Told({"event": event, "date": full_date(reader, sentence, date)}, [sentence.nodes[date]])
        mine = member in subject
        yield from pairs(sentence, at, [member] if mine else subject, others if mine else [member], told)


def pairs(sentence: Sentence, at: int, here: Sequence[int], there: Sequence[int], told: Told) -> Iterator[Found]:
    """One finding for each pair of states; without a second state, one for a count."""
    first, second = values(sentence.nodes[i] for i in here), values(sentence.nodes[i] for i in there)
    if not second and len(first) == 2 and "count" not in told.slots:
        first, second = first[:1], first[1:]
    nodes = [*(sentence.nodes[i] for i in (*here, *there)), *told.nodes]
    rule = f"diplomatic-relation/{told.slots.get('event', 'kept')}"
    for a in first:
        for b in second or ([""] if "count" in told.slots else []):
            if a != b:
                yield Found("diplomatic-relation", {"a": a, "b": b} | told.slots, rule, sentence.index, nodes, at)


def date_told(reader: Reader, sentence: Sentence, at: int) -> Told:
    """The date of what is told at a place."""
    when = moment(reader, sentence, at) or _announced(reader, sentence, at)
    return Told({"date": when[0]}, [when[1]]) if when else Told({})


def _announced(reader: Reader, sentence: Sentence, at: int) -> tuple[str, Node] | None:
    """The date on which an act without one of its own was announced: "announced on D that it was cutting ties"."""
    clauses = [clause for clause in reader.clauses[sentence.index] if clause.at < at and clause.end <= at]
    last = clauses[-1] if clauses else None
    announces = last is not None and "announce" in last.verb.classes and not last.verb.negative
    return moment(reader, sentence, last.at) if announces and last is not None else None


def states_between(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """The states of "les relations diplomatiques entre A et B"."""
    for at in phrases(reader, sentence, "relations", begin, end):
        for here in range(at, min(at + 10, end)):
            if sentence.nodes[here].norm in reader.lexicon.sets["in_between"]:
                return listed(reader, sentence, here + 1)
    return ()


def rank_told(sentence: Sentence, at: int) -> Told:
    """Read "le premier pays à établir": the rank of the state among those that did so."""
    verb = sentence.nodes[at].verb
    ranks = sentence.tagged("R", max(at - 6, 0), at) if verb and verb.tense == "inf" else []
    return Told({"rank": whole(sentence.nodes[ranks[-1]])}, [sentence.nodes[ranks[-1]]]) if ranks else Told({})


def count_told(reader: Reader, sentence: Sentence, at: int, end: int) -> Told:
    """Read "avec 182 des 193 États membres": how many, out of how many."""
    numbers = sentence.tagged("N", at + 1, end)
    if len(numbers) == 2 and sentence.nodes[end - 1] is sentence.nodes[numbers[1]] and at < 0:
        whole_of, number = (sentence.nodes[i] for i in numbers)  # "Of the 193 UN members, 182 have …"
        return Told({"count": whole(number), "out_of": whole(whole_of)}, [number])
    for here in sentence.tagged("N", at + 1, end):
        if phrase(reader, sentence, here + 1, "of_them"):
            earlier = [i for i in sentence.tagged("N", 0, here) if phrase(reader, sentence, i + 1, "states")]
            known = {"out_of": whole(sentence.nodes[earlier[-1]])} if earlier else {}
            return Told({"count": whole(sentence.nodes[here])} | known, [sentence.nodes[here]])
        step = here + 1
        while step < end and sentence.nodes[step].norm in reader.lexicon.sets["out_of_total"]:
            step += 1
        total = sentence.nodes[step] if step < end and sentence.nodes[step].tag == "N" and step > here + 1 else None
        counts = step + 1 if total else here + 1
        if (
            phrase(reader, sentence, counts, "states")
            or phrase(reader, sentence, counts + 1, "states")
            or (total and phrase(reader, sentence, counts, "member"))
        ):
            node = sentence.nodes[here]
            slots = {"count": whole(node), "approx": node.reading.approx if node.reading else None}
            return Told(slots | ({"out_of": whole(total)} if total else {}), [node])
    return Told({})
