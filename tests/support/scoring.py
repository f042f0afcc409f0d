"""Precision and recall of a mapping, slot by slot: assertions of one kind are paired so as to share the most."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Record = Mapping[str, object]
_IDENTIFIER = re.compile(r"(?:state|org|person|equipment):\S+")
_ARTICLE = re.compile(r"^(?:(?:l|d) |(?:les?|la|des|du|de|une?|the|an?)\b *)+")


@dataclass(slots=True)
class Score:
    """Slots that are right, that should not be there, and that are missing."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    def add(self, other: Score) -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.missing += other.missing

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missing) if self.right + self.missing else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(gold: Iterable[Record], mapped: Iterable[Record]) -> Score:
    """Score the assertions of one statement; the pairing takes the greatest overlap first."""
    wanted, got = [_slots(item) for item in gold], [_slots(item) for item in mapped]
    total = Score()
    while wanted or got:
        overlaps = [(_overlap(a, b), i, j) for i, a in enumerate(wanted) for j, b in enumerate(got)]
        best, i, j = max(overlaps, default=(0, 0, 0))
        if best == 0:
            break
        first, second = wanted.pop(i), got.pop(j)
        total.add(Score(best, second.total() - best, first.total() - best))
    total.add(Score(0, sum(item.total() for item in got), sum(item.total() for item in wanted)))
    return total


def _overlap(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> int:
    same_kind = [key for key in one if key[0] == "kind"] == [key for key in other if key[0] == "kind"]
    return (one & other).total() if same_kind else 0


def _slots(record: Record) -> Counter[tuple[str, str]]:
    slots: Counter[tuple[str, str]] = Counter()
    for name, value in record.items():
        if not name.startswith("_"):
            slots.update((name, _folded(item)) for item in (value if isinstance(value, list) else [value]))
    return slots


def _folded(value: object) -> str:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{Decimal(str(value)).normalize():f}"
    text = str(value)
    if _IDENTIFIER.fullmatch(text) or re.fullmatch(r"[\d./-]+(?: [A-Z]{3})?", text):
        return text
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub(r"\W+", " ", "".join(char for char in plain if not unicodedata.combining(char))).strip()
    return _ARTICLE.sub("", plain)
