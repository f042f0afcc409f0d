"""The one pass over a passage that gathers all its readings."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kg.build.text.reading.intervals import IntervalReader
from kg.build.text.reading.language import Language
from kg.build.text.reading.numerals import NumeralReader
from kg.build.text.reading.quantities import Found, QuantityReader
from kg.build.text.reading.records import MONEY, NUMBER, Reading, plain
from kg.build.text.reading.tokens import Passage

_MILLION = Decimal(1_000_000)


def read_passage(passage: Passage, language: Language) -> tuple[Reading, ...]:
    """Every reading of a passage, from left to right, the longest at each place."""
    return tuple(_with_elided(_scan(passage, language)))


def _scan(passage: Passage, language: Language) -> Iterator[Reading]:
    places = language.places(passage)
    if not places:
        return
    numerals = NumeralReader(passage, language)
    dates, quantities = IntervalReader(passage, language, numerals), QuantityReader(passage, language, numerals)
    reached = 0
    for place in places:
        if place >= reached:
            reached, readings = _longest(place, dates, quantities)
            yield from readings


def _longest(place: int, dates: IntervalReader, quantities: QuantityReader) -> Found:
    if quantities.is_article(place):
        return place + 1, ()
    may_be_dated = dates.may_begin(place)
    date = dates.read(place) if may_be_dated else None
    if date is not None and not quantities.may_reach_past(place):
        return date
    quantity = quantities.read(place)
    figure = quantities.figure_after_approximation(place) if quantity and date is None else None
    if quantity and figure and (dated := dates.read(figure)) and dated[0] > quantity[0]:
        return figure, ()  # "over 2023–2027"
    if date is not None and (quantity is None or date[0] >= quantity[0]):
        return date
    nothing = dates.nothing(place) if may_be_dated else None
    if nothing is not None and (quantity is None or nothing >= quantity[0]):
        return nothing, ()
    return quantity if quantity is not None else (place + 1, ())


def _with_elided(readings: Iterator[Reading]) -> Iterator[Reading]:
    """Give bare numbers in millions the amount they would be in the currency named last."""
    currency = None
    for reading in readings:
        if reading.kind is MONEY:
            currency = reading.text.split()[1]
        elif reading.kind is NUMBER and currency and reading.number >= _MILLION:
            reading = reading._replace(elided=f"{plain(reading.number)} {currency}")
        yield reading
