"""How far an assertion is trusted: by signs that are seen when it is read, with weights that were fitted before.

``confidence.toml`` holds the weights; `make calibrate` fits them. Nothing is fitted when a text is mapped.
"""

from __future__ import annotations

import math
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from operator import attrgetter

from kg.build.text.kinds.common import Found, Reader
from kg.ground.kinds import KINDS, ValueType

Signs = Mapping[str, float]
"""What is seen of an assertion when it is read: signs with their sizes, most of them from 0 to 1."""

_NAMES = frozenset("SOPQGX")
_VALUES = frozenset("NMCTD")
_TELLING = _NAMES | _VALUES
_MANY = 3
_ENTITIES = {
    kind: tuple(name for name, slot in row.slots.items() if slot.value is ValueType.ENTITY)
    for kind, row in KINDS.items()
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted weights of the signs, by name."""

    weights: Mapping[str, float]

    def confidence(self, signs: Signs) -> Decimal:
        """The share of assertions with such signs that is expected to be right: two digits, from 0.01 to 0.99.

        A sign without a weight counts nothing.

        >>> Calibration({"always": 2.0, "hedged": -1.0}).confidence({"always": 1.0, "hedged": 1.0, "slots": 1.0})
        Decimal('0.73')
        """
        weights = self.weights
        total = sum([weights.get(name, 0.0) * size for name, size in signs.items() if size])
        share = 1 / (1 + math.exp(-max(min(total, 20.0), -20.0)))
        return Decimal(f"{max(0.01, min(share, 0.99)):.2f}")


def load_calibration() -> Calibration:
    """Read the weights from the package's data."""
    data = files("kg.build.text") / "confidence.toml"
    return Calibration(tomllib.loads(data.read_text(encoding="utf-8"))["weights"])


def signs_of(reader: Reader, found: Sequence[Found]) -> list[Signs]:
    """The signs of each of the findings of a text, in their order."""
    read = frozenset(node.start for item in found for node in item.nodes)
    sentences = {index: _Surroundings(reader, index, read) for index in {item.sentence for item in found}}
    return [_signs(item, sentences[item.sentence]) for item in found]


_start = attrgetter("start")


class _Surroundings:
    """What all findings of one sentence share: its signs, and where names and values stand that none rests on."""

    def __init__(self, reader: Reader, index: int, read: frozenset[int]) -> None:
        lexicon = reader.lexicon
        sentence = reader.document.sentences[index]
        told = [sentence.nodes[at] for at in sentence.told]
        unread = [node for node in told if node.start not in read and node.tag in _TELLING]
        pairs = zip(sentence.tags, sentence.norms, strict=True)
        words = [norm for tag, norm in pairs if tag == "W" and norm.isalpha()]
        known, verbs = lexicon.classes_of, lexicon.verb_forms
        unknown = [word for word in words if word not in known and word not in verbs]
        self.starts = [*map(_start, sentence.nodes)]
        self.names = [node.start for node in unread if node.tag in _NAMES]
        self.values = [node.start for node in unread if node.tag in _VALUES]
        self.signs = {
            "always": 1.0,
            f"language {reader.document.lang}": 1.0,
            "a state left unread": float("S" in [node.tag for node in unread]),
            "unknown words": len(unknown) / max(len(words), 1),
        }


def _signs(item: Found, around: _Surroundings) -> Signs:
    starts = [node.start for node in item.nodes] or [0]
    first, last = min(starts), max(starts)
    entities = _entities(item)
    return {
        **around.signs,
        f"kind {item.kind}": 1.0,
        f"rule {item.rule}": 1.0,
        "a name left unread between": _any_between(around.names, first, last),
        "a value left unread between": _any_between(around.values, first, last),
        "width": (bisect_left(around.starts, last) - bisect_left(around.starts, first)) / 10,
        "slots": len(item.slots) / 4,
        "many entities": float(len(entities) >= _MANY),
        "not linked": float(any([":" not in entity for entity in entities])),  # noqa: C419 (a list is faster)
        "anaphor": float("p" in [node.form for node in item.nodes]),
        "hedged": float("hedged" in item.slots),
    }


def _any_between(starts: Sequence[int], first: int, last: int) -> float:
    """Whether one of some places, which are in order, lies between two others, as the size of a sign."""
    return float(bool(starts) and bisect_right(starts, first) < bisect_left(starts, last))


def _entities(item: Found) -> list[str]:
    """What stands in the slots for entities."""
    found: list[str] = []
    for name in _ENTITIES[item.kind]:
        if value := item.slots.get(name):
            found += (value,) if isinstance(value, str) else value
    return found
