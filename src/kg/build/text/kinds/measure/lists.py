"""Measures told without a verb: a heading with a list of states, and states with figures that go on with a verb."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, values
from kg.build.text.kinds.context import full_date, phrases
from kg.build.text.kinds.measure.targets import targets

_NOMINAL = {
    "expulsion": ("expulsion", "diplomats"),
    "closure": ("border-closure", "frontier"),
    "restriction": ("visa-restriction", "visa"),
}
"""Nouns for acts: the action that they stand for, and the thing that must be named with them."""
_ACTS = Cues(words=frozenset(_NOMINAL))


def read_lists(reader: Reader) -> Iterator[Found]:
    """Read "Expulsions de diplomates russes au printemps 2022 — Bulgarie : 70 ; Pologne : 45", one for each state."""
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _ACTS) or sentence.is_finite:
            continue
        for name, (action, things) in _NOMINAL.items():
            act = next(phrases(reader, sentence, name), None)
            if act is not None and act <= 2 and next(phrases(reader, sentence, things), None) is not None:
                yield from _entries(reader, sentence, act, action, things)


def _entries(reader: Reader, sentence: Sentence, act: int, action: str, things: str) -> Iterator[Found]:
    head = next((i for i, node in enumerate(sentence.nodes) if node.norm in ("—", "–", ":", "-")), None)
    if head is None:
        return
    aims = values(sentence.nodes[i] for i in targets(reader, sentence, act, head, (), things))
    dates = sentence.tagged("D", act, head)
    date = full_date(reader, sentence, dates[0]) if dates else ""
    for at in sentence.tagged("S", head + 1):
        if sentence.nodes[at].form == "a":
            continue
        for actor in values([sentence.nodes[at]]):
            slots = {"actor": [actor], "action": action, "target": aims[0] if aims else "", "date": date}
            nodes = [sentence.nodes[act], sentence.nodes[at], *(sentence.nodes[i] for i in dates[:1])]
            yield Found("measure", slots, f"measure/{action}-list", sentence.index, nodes, act)
