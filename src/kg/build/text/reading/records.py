"""What a reader hands over: a value, where it stands in the text, and how it is qualified."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from kg.ground.records import Span


class ReadingKind(StrEnum):
    """What was read."""

    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    POINTS = "points"
    DATE = "date"
    ORDINAL = "ordinal"


NUMBER, MONEY, PERCENT, POINTS, DATE, ORDINAL = ReadingKind
"""The kinds by themselves, which are found faster than as attributes of their class."""


class Reading(NamedTuple):
    """A value read in a text, with the characters it was read from.

    ``value`` is a `Decimal` for numbers, percentages, points and ordinals; money and dates are contract text
    (``"22000000000 CAD"``, ``"2022-02/.."``).

    ``span`` covers the approximation word or the preposition that belongs to the value ("plus de 50", "depuis 2022");
    ``core`` covers the figure or the date without it ("50", "2022").
    ``approx`` is a concept of the contract: about, more-than, less-than, nearly.

    Four fields help whoever combines readings:

    - ``lead``: how a date is introduced: since, until, from ("à compter de", "as of"), by, before, after.
    - ``inner``: the date without the open end that its lead gave it (``"2022-02"`` in ``"2022-02/.."``).
    - ``elided``: for a bare number in millions or more, the amount it would be in the currency named last
      ("22 milliards de dollars, dont 15 milliards pour 2024": the second is the number 15000000000, elided
      ``"15000000000 USD"``). Whether it *is* money depends on what is counted.
    - ``bound``: low or high for the two ends of a range of quantities ("10 à 15 milliards d'euros").
    """

    span: Span
    kind: ReadingKind
    value: Decimal | str
    core: Span
    approx: str | None = None
    lead: str | None = None
    inner: str | None = None
    elided: str | None = None
    bound: str | None = None

    @property
    def number(self) -> Decimal:
        """The figure of a quantity: a percentage, a count, a rank, or the units of an amount of money."""
        return self.value if isinstance(self.value, Decimal) else Decimal(self.value.split()[0])

    @property
    def text(self) -> str:
        """The value as contract text."""
        return self.value if isinstance(self.value, str) else plain(self.value)


def plain(number: Decimal) -> str:
    """Write a number in digits, without exponent or trailing zeros.

    >>> plain(Decimal("2.30E+9")), plain(Decimal("1.50"))
    ('2300000000', '1.5')
    """
    digits = f"{number:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
