"""Precision and recall of a mapping, slot by slot: assertions of one kind are paired so as to share the most."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Record = Mapping[str, object]
Slots = Counter[tuple[str, str]]
_IDENTIFIER = re.compile(r"(?:state|org|person|equipment|group):\S+")
_MONEY = re.compile(r"([-+0-9.eE]+) ([A-Z]{3})")
_DATE = re.compile(r"[-0-9./:T]+")
_ARTICLE = re.compile(r"^(?:les?|la|l|des|du|de|d|une?|the|an?)\b[ ']*")

_FEW, _SOME = 7, 16
# Up to so many assertions on the shorter and on the longer side, the best pairing is looked for among all.


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
    """Score the assertions of one statement."""
    total = Score()
    for found in score_kinds(gold, mapped).values():
        total.add(found)
    return total


def score_kinds(gold: Iterable[Record], mapped: Iterable[Record]) -> dict[str, Score]:
    """Score the assertions of one statement, kind by kind."""
    wanted, got = _by_kind(gold), _by_kind(mapped)
    return {kind: _score(wanted.get(kind, []), got.get(kind, [])) for kind in sorted(wanted | got)}


def _by_kind(records: Iterable[Record]) -> dict[str, list[Slots]]:
    found: dict[str, list[Slots]] = {}
    for record in records:
        found.setdefault(str(record["kind"]), []).append(_slots(record))
    return found


def _score(wanted: Sequence[Slots], got: Sequence[Slots]) -> Score:
    shared = [[(one & other).total() for other in got] for one in wanted]
    right = _best(shared) if shared and got else 0
    return Score(right, sum(item.total() for item in got) - right, sum(item.total() for item in wanted) - right)


def _best(shared: list[list[int]]) -> int:
    """The most that a pairing one to one can share; for long lists, what the greatest pairs first come to."""
    if len(shared) > len(shared[0]):
        shared = [list(row) for row in zip(*shared, strict=True)]
    if len(shared) > _FEW or len(shared[0]) > _SOME:
        return _greedy(shared)
    best = {0: 0}  # by the set of columns that are taken, as bits
    for row in shared:
        further = dict(best)
        for taken, total in best.items():
            for column, weight in enumerate(row):
                if not taken >> column & 1:
                    both = taken | 1 << column
                    further[both] = max(further.get(both, 0), total + weight)
        best = further
    return max(best.values())


def _greedy(shared: list[list[int]]) -> int:
    pairs = sorted(((weight, i, j) for i, row in enumerate(shared) for j, weight in enumerate(row)), reverse=True)
    rows: set[int] = set()
    columns: set[int] = set()
    total = 0
    for weight, i, j in pairs:
        if i not in rows and j not in columns:
            rows.add(i)
            columns.add(j)
            total += weight
    return total


def _slots(record: Record) -> Slots:
    slots: Slots = Counter()
    for name, value in record.items():
        if not name.startswith("_") and value is not None and value not in ("", []):
            slots.update((name, folded(item)) for item in (value if isinstance(value, list) else [value]))
    return slots


def folded(value: object) -> str:
    """A value so that what counts as equal is equal: numbers by their size, words without case, accents, articles.

    >>> folded("Les États membres"), folded("2.50"), folded("22000000000.0 CAD"), folded("2022-02/..")
    ('etats membres', '2.5', '22000000000 CAD', '2022-02/..')
    """
    text = ("true" if value else "false") if isinstance(value, bool) else str(value).strip()
    if _IDENTIFIER.fullmatch(text):
        return text
    money = _MONEY.fullmatch(text)
    try:
        number = Decimal(money[1] if money else text.lstrip("+")).normalize()
        return f"{number:f} {money[2]}" if money else f"{number:f}"
    except InvalidOperation:
        pass
    if _DATE.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = re.sub(r"[^\w]+", " ", "".join(char for char in plain if not unicodedata.combining(char))).strip()
    return _ARTICLE.sub("", plain).strip()
