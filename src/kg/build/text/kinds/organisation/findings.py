"""How a membership is put down: one finding for each member, of each entity that a node stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Found, values
from kg.build.text.kinds.organisation.bodies import Body


def made(
    rule: str, sentence: Sentence, at: int, members: Iterable[int], body: Body, role: str, *, since: str = "",
    until: str = "", dates: Sequence[Node] = (),
) -> Iterator[Found]:  # fmt: skip
    """The memberships of those at some places, as told at a place, with the dates that it rests on."""
    for place in members:
        for member in values([sentence.nodes[place]]):
            if member != body.key:
                slots = {"member": member, "organisation": body.key, "role": role, "since": since, "until": until}
                nodes = [sentence.nodes[place], sentence.nodes[at], body.node, *dates]
                yield Found("membership", slots, f"membership/{rule}", sentence.index, nodes, at)
