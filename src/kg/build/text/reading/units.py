"""What a number measures: the unit after it or before it, and whether the words around say that it falls."""

from __future__ import annotations

from typing import NamedTuple

from kg.build.text.reading.currency import CurrencyReader
from kg.build.text.reading.language import SIGNS, Language
from kg.build.text.reading.numerals import Numeral, NumeralReader
from kg.build.text.reading.records import MONEY, PERCENT, POINTS, ReadingKind
from kg.build.text.reading.tokens import Passage


class Unit(NamedTuple):
    """What stands after a number, up to ``end``; without a kind it is a unit of measure that no slot takes."""

    end: int
    kind: ReadingKind | None
    currency: str = ""


class UnitReader:
    """Reads the units of one passage."""

    def __init__(
        self, passage: Passage, language: Language, numerals: NumeralReader, currencies: CurrencyReader
    ) -> None:
        self._passage = passage
        self._language = language
        self._numerals = numerals
        self._currencies = currencies

    def own(self, numeral: Numeral, opened_with: str | None) -> Unit | None:
        """The unit of a number, after the sign or the code of a currency that opens it, if one does."""
        if opened_with:
            end, currency = self._currencies.closing(numeral.end, opened_with)
            return Unit(end, MONEY, currency)
        return self.after(numeral)

    def after(self, numeral: Numeral) -> Unit | None:
        """The unit that stands after a number."""
        language, passage, end = self._language, self._passage, numeral.end
        if not self._may_belong(end):
            return None
        percent = language.one("percent", "unit", passage, end)
        if percent:
            return Unit(percent, PERCENT)
        if points := self._points(numeral):
            return points
        currency = self._currencies.after(end)
        scaled = self._numerals.read(numeral.start, money=True) if currency is None else None
        if scaled and scaled.end > end:
            currency = self._currencies.after(scaled.end)
        if currency:
            return Unit(currency[0], MONEY, currency[1])
        measured = self._measure(numeral)
        return Unit(measured, None) if measured else None

    def _may_belong(self, end: int) -> bool:
        """Whether what stands at a place can be the unit of a number before it, or letters that scale it."""
        language, passage = self._language, self._passage
        word, raw = passage.words[end], passage.raws[end]
        return word in language.units or word == "-" or raw in language.marks or raw in language.letters

    def _measure(self, numeral: Numeral) -> int | None:
        """The place after a unit of measure: "155 mm", "a 70-year-old", "une dizaine d'années", "14 h 30"."""
        language, passage, end = self._language, self._passage, numeral.end
        hyphen = passage.word(end) == "-" and passage.glued(end) and passage.glued(end + 1)
        link = language.one("joining", "of", passage, end) if numeral.rounded or numeral.scale > 1 else None
        measured = language.one("measures", "unit", passage, link or (end + 1 if hyphen else end))
        if measured is None or (passage.glued(measured) and passage.alphanumeric(measured)):
            return None
        if passage.runs_on(measured) and passage.digits(measured + 1):
            return None  # "40 M-46"
        clock = passage.word(measured - 1) == "h" and passage.digits(measured)
        return measured + 1 if clock else measured

    def _points(self, numeral: Numeral) -> Unit | None:
        language, passage, end = self._language, self._passage, numeral.end
        points = language.one("points", "unit", passage, end)
        if points is None or passage.runs_on(points):
            return None
        if language.one("points", "sure", passage, end):
            return Unit(points, POINTS)
        yet = language.one("points", "yet_before", passage, points)
        other = language.one("points", "not_before", passage, points) and not yet
        lone = numeral.article and not (yet or self._signed_before(numeral.start))
        return None if other or lone else Unit(points, POINTS)

    def _signed_before(self, place: int) -> bool:
        return self._passage.word(place - 1) in SIGNS or self.falls(place)

    def falls(self, start: int, end: int | None = None) -> bool:
        """Whether the words around say that a change goes down ("en recul de 36 points", "7 points de moins")."""
        language, passage = self._language, self._passage
        if end is not None and language.one("direction", "up_after", passage, end):
            return False
        if end is not None and language.one("direction", "down_after", passage, end):
            return True
        softened = language.tables["approx"].ends_at(passage, start)
        places = [start] if softened is None else [start, softened]
        return any(language.before("direction", "down_before", passage, place) for place in places)
