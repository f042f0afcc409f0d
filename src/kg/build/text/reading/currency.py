"""Currencies beside a figure: signs, codes, names with or without a country."""

from __future__ import annotations

from kg.build.text.reading.language import Language
from kg.build.text.reading.tokens import Passage


class CurrencyReader:
    """Reads the currencies of one passage."""

    def __init__(self, passage: Passage, language: Language) -> None:
        self._passage = passage
        self._language = language

    def before(self, place: int) -> tuple[int, str] | None:
        """A sign or a code that opens an amount ("US$ 60 million", "SEK 13.3 billion")."""
        passage = self._passage
        if passage.glued(place) and (passage.letters(place - 1) or passage.digits(place - 1)):
            return None
        return self._sign(place) or self._code(place)

    def after(self, place: int) -> tuple[int, str] | None:
        """A currency that closes an amount ("350 M$", "22 milliards de dollars canadiens", "75bn NOK")."""
        passage = self._passage
        hyphen = passage.word(place) == "-" and passage.glued(place) and passage.glued(place + 1)
        link = place + 1 if hyphen else self._language.one("joining", "of", passage, place)
        for start in (place, link):
            if start is not None and (found := self._sign(start) or self._code(start) or self._name(start)):
                return self._of_country(*found)
        return None

    def closing(self, place: int, currency: str) -> tuple[int, str]:
        """What stands after an amount that a sign has opened, where "$" alone is made precise ("$5m Canadian")."""
        after = self.after(place) if currency == "USD" else None
        return after or self._of_country(place, currency)

    def _sign(self, place: int) -> tuple[int, str] | None:
        passage = self._passage
        signs = self._language.signs.get(passage.raw(place), ())
        start = passage.starts[place] if signs else 0
        for written, currency in signs:
            if passage.text.startswith(written, start):
                end = passage.place_of_end(place, start + len(written))
                if passage.ends[end - 1] == start + len(written):
                    return end, currency
        return None

    def _code(self, place: int) -> tuple[int, str] | None:
        code = self._passage.raw(place)
        return (place + 1, code) if code in self._language.currency_codes else None

    def _name(self, place: int) -> tuple[int, str] | None:
        language, passage = self._language, self._passage
        country = language.match("currency_countries", passage, place)
        name = language.match("money", passage, country[0] if country else place)
        if name is None:
            return None
        family = language.families[name[1]]
        after = language.match("currency_countries", passage, name[0])
        if after and after[1] in family:
            return after[0], family[after[1]]
        currency = family.get(country[1]) if country else family.get("default")
        return (name[0], currency) if currency else None

    def _of_country(self, end: int, currency: str) -> tuple[int, str]:
        # "22 Md$ canadiens"
        country = self._language.match("currency_countries", self._passage, end)
        family = self._language.families["dollar"]
        if currency == "USD" and country and country[1] in family:
            return country[0], family[country[1]]
        return end, currency
