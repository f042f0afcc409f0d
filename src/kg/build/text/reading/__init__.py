"""Readers of values in French and English text: numbers, money, percentages, points, dates, ordinals.

Not read, on purpose: figures that are part of a name (T-72, M113, 2A4), calibres, distances and lengths of time
(155 mm, 1 340 km, quatre ans), times of day, footnote numbers, numbers that name an article or a resolution, decades
(les années 2000), indefinite crowds (des dizaines, thousands), dates whose order nobody
can tell (06/07/2024 in English), a bare article (un, une, a), and days or years that the text does not say.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.build.text.reading.language import language
from kg.build.text.reading.reader import read_passage
from kg.build.text.reading.records import Reading, ReadingKind
from kg.build.text.reading.tokens import cut, first_token, fold
from kg.ground.records import Span

__all__ = ["Reading", "ReadingKind", "may_scale", "national_currency", "read_values"]


def national_currency(family: str, country: str) -> str | None:
    """The code of a country's currency of a name that several have ("crown", "dollar"), or nothing if it has none.

    >>> national_currency("crown", "NOR")
    'NOK'
    """
    return language("en").families[family].get(country)


def may_scale(written: str, lang: str) -> bool:
    """Whether what is written after a figure may make thousands or more of it, as its first word shows.

    >>> may_scale("milliards d'euros", "fr"), may_scale("véhicules", "fr")
    (True, False)
    """
    known, first = language(lang), first_token(written)
    return first.isdigit() or first == "-" or first in known.letters or fold(first) in known.units


def read_values(text: str, lang: str, *, names: Iterable[Span] = ()) -> tuple[Reading, ...]:
    """Read every value of a text: non-overlapping, ordered by position, the longest reading winning.

    ``names`` are spans of proper names ("Leopard 2", "PzH 2000"): nothing is read inside them.

    >>> [reading.text for reading in read_values("22 milliards de dollars canadiens depuis 2022", "fr")]
    ['22000000000 CAD', '2022/..']
    >>> [(reading.text, reading.approx) for reading in read_values("Some 72% of more than 2,000 adults.", "en")]
    [('72', 'about'), ('2000', 'more-than')]

    Raises `kg.ground.errors.InputError` for another language.
    """
    return read_passage(cut(text, names), language(lang))
