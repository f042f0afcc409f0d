"""Whether assertions that are given a confidence are right as often as it says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kg.build.text.confidence import Signs
from support.mapped import mapper
from support.scoring import folded

SETS = Path(__file__).parents[1] / "text" / "data"
BLIND = ("blind-fr", "blind-en")
EDGES = (0.0, 0.6, 0.8, 0.9, 0.95, 1.0)
"""The bounds of the bins of the reliability table; each bin holds its lower bound."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An assertion of the mapper: its confidence, the signs of it, and whether the gold set has the very same.

    Right is an assertion of which every slot is right and none is missing; several that are alike need as many in the
    gold set. ``writer`` names the set with the letters of the statement's id, which each writer has their own of.
    """

    writer: str
    confidence: float
    right: bool
    signs: Signs


@dataclass(frozen=True, slots=True)
class Bin:
    """The assertions whose confidence lies within some bounds: their number, mean confidence, and the share right."""

    low: float
    high: float
    number: int
    mean: float
    right: float


def judged(name: str, *, lines: slice = slice(None)) -> Iterator[Judged]:
    """Map the statements of an evaluation set, or some of its lines, and judge each assertion."""
    for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[lines]:
        row = json.loads(line)
        gold = [_slots(assertion) for assertion in row["assertions"]]
        writer = f"{name} {row['id'].rstrip('0123456789').rstrip('-')}"
        for assertion, signs in mapper().judged(row["text"], row["lang"]):
            made = _slots(assertion.as_json())
            right = made in gold
            if right:
                gold.remove(made)
            assert assertion.evidence is not None
            assert assertion.evidence.confidence is not None
            yield Judged(writer, float(assertion.evidence.confidence), right, signs)


def held_out() -> list[Judged]:
    """What the weights were not fitted on: every second statement of the blind sets."""
    return [item for name in BLIND for item in judged(name, lines=slice(1, None, 2))]


def reliability(items: Iterable[Judged]) -> list[Bin]:
    """The table of confidence against the share that is right; a bin that holds nothing is left out."""
    told = list(items)
    bins = []
    for low, high in pairwise(EDGES):
        within = [item for item in told if low <= item.confidence < high]
        if within:
            bins.append(Bin(low, high, len(within), _mean(item.confidence for item in within), right_share(within)))
    return bins


def right_share(items: Iterable[Judged]) -> float:
    """The share of some assertions that is right."""
    return _mean(float(item.right) for item in items)


def reliability_lines(items: Iterable[Judged]) -> Iterator[str]:
    """The table as `docs/mapper.md` has it."""
    yield "| confidence | assertions | mean confidence | right |"
    yield "| --- | --- | --- | --- |"
    for row in reliability(items):
        yield f"| {row.low:.2f} to {row.high:.2f} | {row.number} | {row.mean:.2f} | {row.right:.2f} |"


def _mean(sizes: Iterable[float]) -> float:
    several = list(sizes)
    return sum(several) / len(several)


def _slots(record: dict[str, object]) -> dict[str, list[str]]:
    return {
        name: sorted(folded(item) for item in (value if isinstance(value, list) else [value]))
        for name, value in record.items()
        if value is not None and value not in ("", [])
    }
