"""Quantities: what a number counts or measures, alone or in a series that shares its unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from kg.build.text.reading.currency import CurrencyReader
from kg.build.text.reading.language import SIGNS, Language
from kg.build.text.reading.numerals import Numeral, NumeralReader
from kg.build.text.reading.records import MONEY, NUMBER, ORDINAL, PERCENT, Reading, ReadingKind, plain
from kg.build.text.reading.tokens import Passage
from kg.build.text.reading.units import Unit, UnitReader

Found = tuple[int, tuple[Reading, ...]]
"""The place after what was understood, and its readings: none for a calibre or a length of time."""

LONGEST_SERIES = 10
"""How many figures or dates may share what the last of them says: without a bound a long list would cost its square."""


class Member(NamedTuple):
    """One number of a series with its own sign and currency, if it has them."""

    start: int
    numeral: Numeral
    sign: int = 0
    currency: str | None = None
    unit: Unit | None = None
    link: str = ""

    @property
    def end(self) -> int:
        """The place after the number and its own unit."""
        return self.unit.end if self.unit else self.numeral.end


class QuantityReader:
    """Reads the quantities of one passage."""

    def __init__(self, passage: Passage, language: Language, numerals: NumeralReader) -> None:
        self._passage = passage
        self._language = language
        self._numerals = numerals
        self._currencies = CurrencyReader(passage, language)
        self._units = UnitReader(passage, language, numerals, self._currencies)
        self._members: dict[int, Member | None] = {}
        self._followers: dict[int, Member | None] = {}

    def read(self, place: int) -> Found | None:
        """The quantity that starts at a place, with its approximation word."""
        if place in self._passage.figures:  # no phrase that approximates or shares begins with digits
            return self._figure(place)
        if not self._may_begin(place):
            return None
        lead = self._language.match("approx", self._passage, place)
        found = self._figure(lead[0]) if lead else None
        if not found and (lead := self._language.match("approx_share", self._passage, place)):
            found = self._share(lead[0])
        if lead and found:
            end, readings = found
            qualified = [reading._replace(approx=lead[1]) for reading in readings]
            if qualified:
                span = qualified[0].span._replace(start=self._passage.starts[place])
                qualified[0] = qualified[0]._replace(span=span)
            return end, tuple(qualified)
        known = self._passage.words[place] in self._language.quantified
        return self._figure(place) if known or self._passage.raws[place] in self._language.marks else None

    def _may_begin(self, place: int) -> bool:
        """Whether a quantity can begin with the word at a place."""
        language, passage = self._language, self._passage
        return passage.words[place] in language.figures or passage.raws[place] in language.marks

    def may_reach_past(self, place: int) -> bool:
        """Whether a quantity that begins at a place may be longer than the run of digits there."""
        if place not in self._passage.figures or not self._numerals.stands_alone(place):
            return True
        return self._may_go_on(place + 1)

    def _may_go_on(self, place: int) -> bool:
        """Whether what stands at a place may belong to the number of one word before it, or go on with a series."""
        passage, language = self._passage, self._language
        word, raw = passage.words[place], passage.raws[place]
        if raw[:1].isupper() and passage.words[place + 1] in self._language.divisions:
            return True  # "7 Allemands sur 10"
        if word == ",":
            following, sign = passage.words[place + 1], passage.raws[place + 1]
            return place + 1 in passage.figures or following in language.members or sign in language.marks
        return word in language.after_figure or raw in language.marks or raw in language.letters

    def is_article(self, place: int) -> bool:
        """Whether "un" or "une" is no more than an article: nothing around it makes a number or a share of it."""
        passage, language = self._passage, self._language
        if passage.words[place] not in language.articles_of_one or passage.raws[place] in language.marks:
            return False
        if passage.words[place + 1] in language.counting or self._may_go_on(place + 1):
            return False
        return not any(language.match(table, passage, place) for table in ("approx", "approx_share", "shares"))

    def figure_after_approximation(self, place: int) -> int | None:
        """Where the figure stands that an approximation word at ``place`` qualifies."""
        lead = self._language.match("approx", self._passage, place) if place not in self._passage.figures else None
        return lead[0] if lead else None

    def _figure(self, place: int) -> Found | None:
        if place in self._passage.figures:
            return self._ordinal(place) or self._proportion(place) or self._series(place)
        return self._ordinal(place) or self._share(place) or self._proportion(place) or self._series(place)

    # -- ranks, shares, proportions ----------------------------------------------------------------------------------

    def _ordinal(self, place: int) -> Found | None:
        ordinal = self._numerals.ordinal(place)
        if ordinal is None or self._unsaid_capital(place):
            return None
        if self._language.one("ordinal_marks", "not_before", self._passage, ordinal.end):
            return ordinal.end, ()
        return ordinal.end, (self._reading(place, ordinal.end, ORDINAL, ordinal.value),)

    def _share(self, place: int) -> Found | None:
        share = self._language.match("shares", self._passage, place)
        if share is None:
            return None
        if self._language.one("share_of", "whole", self._passage, share[0]) is None:
            numeral = self._numerals.read(place)
            if numeral is not None and numeral.end > share[0]:
                return None  # "half a million"
            small = self._language.one("year_context", "follows", self._passage, share[0])
            # "rose by a third" shares nothing out; "a third battery" is a rank
            return (share[0], ()) if small or not self._passage.letters(share[0]) else None
        return share[0], (self._reading(place, share[0], PERCENT, Decimal(share[1])),)

    def _proportion(self, place: int) -> Found | None:
        """ "un sur dix", "sept Allemands sur dix", "nine out of 10", "one Serb in ten"."""
        part = self._numerals.read(place)
        if part is None or not self._may_divide(part.end) or part.value > 100 or part.value % 1:
            return None
        people = self._people(part.end)
        among = self._language.one("share_of", "among", self._passage, people or part.end)
        whole = self._numerals.read(among) if among else None
        if whole is None or not self._divides(part, whole, named=people is not None, among=among or 0):
            return None
        value = (part.value * 100 / whole.value).quantize(Decimal("0.1"))
        return whole.end, (self._reading(place, whole.end, PERCENT, Decimal(plain(value))),)

    def _may_divide(self, place: int) -> bool:
        """Whether what follows a number may be what it is a part of ("sur dix"), or people ("Allemands sur dix")."""
        words = self._passage.words
        return words[place] in self._language.divisions or self._passage.raws[place][:1].isupper()

    def _people(self, place: int) -> int | None:
        """The place after a word for people: a name of a people, or one of the language's words."""
        known = self._language.one("share_of", "between", self._passage, place)
        capital = self._passage.letters(place) and self._passage.raw(place)[0].isupper()
        if known is None and not capital:
            return None
        end = known or place + 1
        return end + 1 if capital and self._language.one("share_of", "between", self._passage, end) else end

    def _peoples(self, place: int) -> bool:
        return self._people(place) is not None and self._passage.word(place).endswith("s")

    def _divides(self, part: Numeral, whole: Numeral, *, named: bool, among: int) -> bool:
        if not (part.value < whole.value <= 100) or whole.value % 1 or whole.rounded or whole.article:
            return False
        if self._units.after(whole) is not None or not self._ends(whole.end):
            return False
        in_words = self._passage.word(among - 1) != "in" or whole.spelled or named or self._peoples(whole.end)
        return in_words and (whole.value in (3, 4, 5, 6, 8, 10, 20, 100) or named)

    # -- series ------------------------------------------------------------------------------------------------------

    def _series(self, place: int) -> Found | None:
        first = self._member(place)
        if first is None:
            return None
        members = [first]
        while len(members) < LONGEST_SERIES and (following := self._following(members[-1], first)) is not None:
            members.append(following)
        for count in range(len(members), 0, -1):
            found = self._understood(members[:count])
            if found:
                return found
        return None

    def _member(self, place: int, link: str = "") -> Member | None:
        if place not in self._members:
            self._members[place] = self._read_member(place)
        found = self._members[place]
        return found._replace(link=link) if found and link else found

    def _read_member(self, place: int) -> Member | None:
        passage = self._passage
        if place in passage.figures:
            return self._with_own_unit(place, self._numerals.read(place) or self._with_letters(place), 0, None)
        prefix = self._currencies.before(place)
        start = prefix[0] if prefix else place
        sign = SIGNS.get(passage.word(start), 0) if not self._is_dash(start) else 0
        if not prefix and not sign and (minus := self._language.one("joining", "minus", passage, place)):
            sign, start = -1, minus - 1
        figure = start + 1 if sign else start
        if sign and not prefix and (again := self._currencies.before(figure)):
            prefix, figure = again, again[0]
        numeral = self._numerals.read(figure, money=prefix is not None) or self._with_letters(figure)
        return self._with_own_unit(place, numeral, sign, prefix[1] if prefix else None)

    def _with_own_unit(self, place: int, numeral: Numeral | None, sign: int, currency: str | None) -> Member | None:
        if numeral is None:
            return None
        return Member(place, numeral, sign, currency, self._units.own(numeral, currency))

    def _with_letters(self, place: int) -> Numeral | None:
        return self._numerals.read(place, money=True) if self._passage.digits(place) else None

    def _is_dash(self, place: int) -> bool:
        """Whether a hyphen or a dash joins or separates, and is no sign."""
        passage = self._passage
        if passage.glued(place) and (passage.letters(place - 1) or passage.digits(place - 1)):
            return True
        if passage.word(place - 1) in ("%", ")", "»") and passage.glued(place):
            return True
        spaced = not passage.glued(place + 1)
        return spaced and passage.word(place) in "-–" and passage.word(place - 1) not in ("", ",", "(", ":", ";")

    def _following(self, member: Member, first: Member) -> Member | None:
        """The next number of a series: "10 à 15 %", "24 et 15 points", "$50–60 billion"."""
        if self._passage.words[member.end] not in self._language.links:
            return None
        if first.currency is None:
            if member.end not in self._followers:
                self._followers[member.end] = self._joined(member, first)
            return self._followers[member.end]
        return self._joined(member, first)

    def _joined(self, member: Member, first: Member) -> Member | None:
        for kind in ("to", "dash", "and", "or", "comma"):
            end = self._language.one("ranges", kind, self._passage, member.end)
            following = self._member(end, kind) if end is not None else None
            if following is None or (following.sign and kind in ("dash", "comma")):
                continue
            if first.currency is None:
                return following
            return self._in_currency(following, first) if kind in ("to", "dash", "and") else None
        return None

    def _in_currency(self, member: Member, first: Member) -> Member:
        # The sign before the first number holds for the second: "$50–60 billion".
        if member.unit or first.currency is None:
            return member
        numeral = self._money_numeral(member)
        return member._replace(numeral=numeral, unit=Unit(numeral.end, MONEY, first.currency))

    def _understood(self, members: Sequence[Member]) -> Found | None:
        last = members[-1]
        if len(members) == 1:
            return self._single(last)
        if last.unit is None:
            return self._thousands(members)
        if not self._shares_unit(members):
            return None
        readings: list[Reading] = []
        for index, member in enumerate(members):
            unit = member.unit or last.unit._replace(end=member.end)
            shared = self._with_scale_of(member, last) if unit.kind is MONEY else member
            readings += self._readings(shared, unit)
            if readings and self._is_range(members):
                readings[-1] = readings[-1]._replace(bound="high" if index else "low")
        return last.unit.end, tuple(readings)

    def _thousands(self, members: Sequence[Member]) -> Found | None:
        """ "deux à trois mille hommes", "2 or 3 million": the first number takes the scale of the second."""
        first, last = members[0], members[-1]
        scale = last.numeral.scale
        if len(members) > 2 or last.link not in ("to", "dash", "or") or scale == 1 or first.numeral.scale > 1:
            return None
        counted = self._count(last)
        if counted is None or first.unit or first.numeral.value >= last.numeral.value / scale:
            return None
        value = first.numeral.value * scale
        low = self._reading(first.start, first.numeral.end, NUMBER, value)
        high = (reading._replace(bound="high") for reading in counted[1])
        return counted[0], (low._replace(bound="low"), *high)

    def _is_range(self, members: Sequence[Member]) -> bool:
        linked = members[-1].link in ("to", "dash")
        between = self._language.before("ranges", "between", self._passage, members[0].start)
        return len(members) == 2 and (linked or (members[-1].link == "and" and between))

    def _shares_unit(self, members: Sequence[Member]) -> bool:
        *others, last = members
        if all(member.unit for member in others):
            return self._is_range(members)
        if any(member.numeral.year_like or member.numeral.article for member in others):
            return False
        enumerated = any(member.link in ("and", "or", "comma") for member in members)
        if enumerated and (last.link == "comma" or self._named_before(members[0].start)):
            return False
        return all(member.unit is None or member.unit.kind == getattr(last.unit, "kind", None) for member in others)

    def _named_before(self, place: int) -> bool:
        """Whether a name stands just before, to which the number may belong ("Leopard 2 et 15 %")."""
        passage = self._passage
        return passage.letters(place - 1) and passage.raw(place - 1)[0].isupper() and not self._opens(place - 1)

    def _with_scale_of(self, member: Member, last: Member) -> Member:
        numeral, scale = self._money_numeral(member), self._money_numeral(last).scale
        # "from $500 to $2 billion" keeps its five hundred
        grows = member.currency is None or numeral.value <= self._money_numeral(last).value / scale
        if numeral.scale == 1 and scale > 1 and grows:
            numeral = numeral._replace(value=numeral.value * scale, scale=scale)
        return member._replace(numeral=numeral)

    def _money_numeral(self, member: Member) -> Numeral:
        """The number with the letters that scale amounts only ("5m" in "5m euros")."""
        if not self._passage.digits(member.numeral.start):
            return member.numeral
        return self._numerals.read(member.numeral.start, money=True) or member.numeral

    # -- one number --------------------------------------------------------------------------------------------------

    def _single(self, member: Member) -> Found | None:
        if member.unit is None:
            return self._count(member)
        if member.unit.kind is None:
            return member.end, ()
        unit = member.unit
        if unit.kind is MONEY:
            member = member._replace(numeral=self._money_numeral(member))
        return self._extended(member.end, self._readings(member, unit))

    def _count(self, member: Member) -> Found | None:
        numeral, passage = member.numeral, self._passage
        if numeral.article and (self._language.code == "fr" or not self._counts_one(numeral)):
            return None
        if not numeral.spelled and not self._ends(numeral.end):
            return None
        if numeral.spelled and (self._unsaid_capital(numeral.start) or not self._certain(numeral)):
            return None
        if self._language.before("references", "before", passage, numeral.start) or self._is_note(numeral):
            return self._past_dashed(numeral.end), ()
        if not numeral.spelled and self._passage.mixed_case(numeral.start - 1):
            return numeral.end, ()  # "PzH 2000", "MiG 29"
        sign = member.sign if passage.glued(numeral.start) else 0
        start = member.start if sign else numeral.start
        if start != member.start:
            return None
        reading = self._reading(start, numeral.end, NUMBER, numeral.value * (sign or 1))
        if numeral.rounded:
            reading = reading._replace(approx="about")
        return self._extended(numeral.end, (reading,))

    def _counts_one(self, numeral: Numeral) -> bool:
        return self._certain(numeral) and self._passage.word(numeral.start - 1) not in (
            "no", "any", "each", "every", "the", "this", "that", "which", "another", "some",
        )  # fmt: skip

    def _certain(self, numeral: Numeral) -> bool:
        """Whether a number word that has another meaning ("neuf", "one") counts something here."""
        if numeral.end != numeral.start + 1:
            return True
        if self._language.one("joining", "plural_only", self._passage, numeral.start) is None:
            return True
        following = self._passage.word(numeral.end)
        small = self._language.one("year_context", "follows", self._passage, numeral.end)
        plural = following.endswith(("s", "x")) or self._language.code == "en"
        return self._passage.letters(numeral.end) and small is None and plural

    def _past_dashed(self, end: int) -> int:
        # "aged 18-34", "pages 12-14"
        dash = self._language.one("ranges", "dash", self._passage, end)
        return dash + 1 if dash and self._passage.digits(dash) else end

    def _is_note(self, numeral: Numeral) -> bool:
        return self._passage.word(numeral.start - 1) == "[" and self._passage.word(numeral.end) == "]"

    def _ends(self, end: int) -> bool:
        """Whether a number in digits ends here, and is no part of a name, a time, a version or an address."""
        passage = self._passage
        if not passage.joined[end]:
            return True
        word, more = passage.word(end), passage.glued(end + 1)
        if passage.letters(end) or passage.digits(end) or word in ("_", "@", "#", "/", "\\", "°", "="):
            return False
        if word in (":", ".", ",") and more and passage.digits(end + 1):
            return False
        if word in ("-", "–") and more and passage.letters(end + 1):
            return self._language.code == "en" and passage.raw(end + 1).islower() and len(passage.word(end + 1)) > 2
        return True

    def _unsaid_capital(self, place: int) -> bool:
        """Whether a spelled number has the capital of a name ("les Vingt-Sept"), not that of a sentence."""
        return self._passage.raw(place)[:1].isupper() and not self._opens(place)

    def _opens(self, place: int) -> bool:
        passage = self._passage
        before = place - 1
        while passage.word(before) in ("«", "“", '"', "'", "(", "—", "–", "-"):
            if passage.word(before) not in ("(", "—", "–", "-") and passage.word(before - 1) not in (":", ".", ""):
                return False
            before -= 1
        return before < 0 or passage.word(before) in (".", "!", "?", ":", "…", ";", "»", "”")

    def _extended(self, end: int, readings: tuple[Reading, ...]) -> Found:
        after = self._language.match("approx_after", self._passage, end)
        if after is None or not readings:
            return end, readings
        *others, last = readings
        span = last.span._replace(end=self._passage.ends[after[0] - 1])
        return after[0], (*others, last._replace(span=span, approx=after[1]))

    # -- readings ----------------------------------------------------------------------------------------------------

    def _readings(self, member: Member, unit: Unit) -> tuple[Reading, ...]:
        if unit.kind is None:
            return ()
        value: Decimal | str = member.numeral.value
        if unit.kind is MONEY:
            value = f"{plain(member.numeral.value)} {unit.currency}"
        elif (member.sign or 1) < 0 or (not member.sign and self._units.falls(member.start, unit.end)):
            value = -member.numeral.value
        reading = self._reading(member.start, max(unit.end, member.numeral.end), unit.kind, value)
        return (reading._replace(approx="about") if member.numeral.rounded else reading,)

    def _reading(self, start: int, end: int, kind: ReadingKind, value: Decimal | str) -> Reading:
        span = self._passage.span(start, end)
        return Reading(span, kind, value, core=span)
