"""What a reader hands over: a value, where it stands in the text, and how it is qualified."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kg.ground.records import Span


class ReadingKind(StrEnum):
    """What was read."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    POINTS = "points"
    DATE = "date"
    ORDINAL = "ordinal"


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read in a text, with the characters it was read from.

    ``value`` is a `Decimal` for numbers, percentages, points and ordinals; money and dates are contract text
    (``"22000000000 CAD"``, ``"2022-02/.."``).

    ``span`` covers the approximation word or the preposition that is part of the value ("plus de 50", "depuis 2022");
    ``core`` covers the bare figure or date ("50", "2022").
    """

    span: Span
    kind: ReadingKind
    value: Decimal | str
    approx: str | None = None
    core: Span = Span(0, 0)
    inner: str | None = None

    @property
    def number(self) -> Decimal:
        """The figure as a number: of a percentage, a count, a rank, or the units of an amount of money."""
        return self.value if isinstance(self.value, Decimal) else Decimal(self.value.split()[0])

    @property
    def text(self) -> str:
        """The value as contract text."""
        return self.value if isinstance(self.value, str) else f"{self.value:f}"
