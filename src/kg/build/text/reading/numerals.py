"""Numbers in digits and in words, and ordinals."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from kg.build.text.reading.language import Language
from kg.build.text.reading.tokens import Passage

_SEPARATORS = (".", ",", "'")
_GROUP = 3
"""How many digits follow a space or a mark within a number."""
_LONGEST = 27
# Above that, `Decimal` would round; nobody counts so far.


class Numeral(NamedTuple):
    """A number as it stands: from one place to another.

    ``scale`` is what the written figure was multiplied by ("22 milliards": 1000000000).
    ``spelled``: in words. ``rounded``: by a collective ("une vingtaine"), so that it is an approximation.
    ``article``: a word that may be a mere article ("un", "une").
    ``year_like``: four digits and nothing else.
    """

    start: int
    end: int
    value: Decimal
    scale: Decimal = Decimal(1)
    spelled: bool = False
    rounded: bool = False
    article: bool = False
    year_like: bool = False


class NumeralReader:
    """Reads the numbers of one passage; what was found at a place is remembered, as many readers ask for it."""

    def __init__(self, passage: Passage, language: Language) -> None:
        self._passage = passage
        self._language = language
        self._read: dict[int, Numeral | None] = {}
        self._bare: dict[int, Numeral | None] = {}
        self._ordinals: dict[int, Numeral | None] = {}

    def read(self, place: int, *, money: bool = False) -> Numeral | None:
        """The longest number at a place; ``money`` allows the letters that scale only amounts ("$5m")."""
        if place not in self._passage.figures and self._passage.words[place] not in self._language.numbers:
            return None
        key = place * 2 + money
        if key not in self._read:
            self._read[key] = self._longest(place, money=money)
        return self._read[key]

    def _longest(self, place: int, *, money: bool) -> Numeral | None:
        if self._passage.digits(place):
            return self._in_digits(place, money=money)
        return self._half_of(place) or self._collective(place) or self._spelled(place)

    # -- digits ------------------------------------------------------------------------------------------------------

    def bare_digits(self, place: int) -> Numeral | None:
        """A number in digits without any scale, not glued to what stands before it."""
        if place not in self._bare:
            self._bare[place] = self._bare_digits(place)
        return self._bare[place]

    def _bare_digits(self, place: int) -> Numeral | None:
        passage = self._passage
        if place not in passage.figures or (passage.joined[place] and self._glued_before(place)):
            return None
        if self.stands_alone(place):
            word = passage.words[place]
            value = Decimal(word + ".0") if len(word) <= _LONGEST else None
            return Numeral(place, place + 1, value, year_like=len(word) == 4) if value is not None else None
        match = self._language.digits.match(passage.text, passage.starts[place])
        if match is None or len(match[0]) > _LONGEST:
            return None
        end = passage.place_of_end(place, match.end())
        if match.end() > passage.ends[end - 1] or "\0" in passage.words[place:end]:
            return None  # the figure goes on in a word, or in a name
        whole = "".join([character for character in match[1] if character.isdigit()])
        fraction = match[3] or match[4] or "0"
        year_like = end == place + 1 and len(match[0]) == 4
        return Numeral(place, end, Decimal(f"{whole}.{fraction}"), year_like=year_like)

    def stands_alone(self, place: int) -> bool:
        """Whether a run of digits is a number by itself: no digits, and no name, follow a space or a mark."""
        passage, following = self._passage, self._passage.words[place + 1]
        if place + 1 in passage.figures:
            return len(following) != _GROUP
        if following not in _SEPARATORS:
            return following != "\0"
        return place + 2 not in passage.figures and passage.words[place + 2] != "\0"

    def _glued_before(self, place: int) -> bool:
        """Whether what a run of digits is glued to makes it no number."""
        passage = self._passage
        before = passage.word(place - 1)
        if passage.letters(place - 1) or before in ("_", "#", "@", "&", "^", "\\", "°"):
            return not self._is_currency_prefix(place - 1)
        if before in ("-", "–"):
            named = passage.glued(place - 1) and passage.letters(place - 2)
            year = (
                len(passage.raw(place)) == 4 and self._language.one("within", "edge", passage, place - 2) == place - 1
            )
            return named and not year  # "mi-2023", but "Mi-8"
        return before in ("/", ":", ".", ",") and passage.glued(place - 1) and passage.alphanumeric(place - 2)

    def _is_currency_prefix(self, place: int) -> bool:
        return not self._passage.glued(place) and self._passage.raw(place) in self._language.currency_codes

    def _in_digits(self, place: int, *, money: bool) -> Numeral | None:
        bare = self.bare_digits(place)
        if bare is None:
            return None
        scaled = self._scaled(bare, money=money)
        return scaled if scaled is bare else self._more_scales(scaled, money=money)

    def _scaled(self, bare: Numeral, *, money: bool) -> Numeral:
        word, raw = self._passage.words[bare.end], self._passage.raws[bare.end]
        if word not in self._language.scaling and raw not in self._language.letters:
            return bare
        found = self._collective_after(bare) or self._scale(bare.end, money=money)
        if found is None:
            return bare
        end, scale = found
        stacked = self._language.match("scales", self._passage, end)
        if stacked and scale == 1000:
            end, scale = stacked[0], scale * Decimal(stacked[1])
        half = self._language.one("joining", "and_a_half", self._passage, end)
        value = bare.value * scale + (scale / 2 if half else 0)
        return Numeral(bare.start, half or end, value, scale)

    def _more_scales(self, head: Numeral, *, money: bool) -> Numeral:
        # "2 milliards 300 millions"
        if head.scale < 1_000_000 or head.value % head.scale:
            return head
        tail = self.bare_digits(head.end)
        found = self._scale(tail.end, money=money) if tail else None
        if tail is None or found is None or found[1] >= head.scale or found[1] < 1000:
            return head
        return Numeral(head.start, found[0], head.value + tail.value * found[1], head.scale)

    def _collective_after(self, bare: Numeral) -> tuple[int, Decimal] | None:
        found = self._language.match("collectives", self._passage, bare.end)
        return (found[0], Decimal(found[1])) if found else None

    def _scale(self, place: int, *, money: bool) -> tuple[int, Decimal] | None:
        hyphen = self._passage.word(place) == "-" and self._passage.glued(place) and self._passage.glued(place + 1)
        found = self._language.match("scales", self._passage, place + 1 if hyphen else place)
        if found:
            return found[0], Decimal(found[1])
        letters = self._language.letters.get(self._passage.raw(place))
        if letters is None or (letters[1] and not money) or self._passage.runs_on(place + 1):
            return None
        return place + 1, Decimal(letters[0])

    # -- words -------------------------------------------------------------------------------------------------------

    def _next(self, place: int) -> int:
        """The place of the word that may continue a spelled number: past a hyphen, or past a space."""
        passage = self._passage
        if passage.word(place) == "-" and passage.glued(place) and passage.glued(place + 1):
            return place + 1
        return -1 if passage.glued(place) else place

    def _below_hundred(self, place: int) -> tuple[int, int] | None:
        language, passage = self._language, self._passage
        found = language.match("numerals", passage, place)
        if found is None:
            return None
        end, tens = found[0], int(found[1])
        if tens < 20:
            return end, tens
        following = self._next(end)
        conjunction = language.one("joining", "tens_and", passage, following)
        unit = language.match("numerals", passage, self._next(conjunction) if conjunction else following)
        if unit is None:
            return end, tens
        teens = language.one("joining", "carries_teens", passage, place) is not None
        value = int(unit[1])
        fits = (value in (1, 11) if conjunction else value > 0) and value < (20 if teens else 10)
        return (unit[0], tens + value) if fits else (end, tens)

    def _below_thousand(self, place: int) -> tuple[int, int] | None:
        language, passage = self._language, self._passage
        head = self._below_hundred(place) or self._article(place)
        start = self._next(head[0]) if head else place
        hundred = language.one("joining", "hundred", passage, start)
        if hundred is None or not (head or language.one("joining", "alone", passage, place)):
            return head if head and self._language.match("numerals", passage, place) else None
        end, value = hundred, (head[1] if head else 1) * 100
        following = self._next(end)
        conjunction = language.one("joining", "hundred_and", passage, following)
        rest = self._below_hundred(self._next(conjunction) if conjunction else following)
        return (rest[0], value + rest[1]) if rest else (end, value)

    def _article(self, place: int) -> tuple[int, int] | None:
        end = self._language.one("joining", "article", self._passage, place)
        return (end, 1) if end else None

    def _spelled(self, place: int) -> Numeral | None:
        if self._passage.glued(place) and self._passage.word(place - 1) == "-":
            return None
        found = self._add_up(place)
        if found is None:
            return None
        end, value, scale = found
        article = end == place + 1 and value == 1
        return self._with_fraction(Numeral(place, end, value, scale, spelled=True, article=article))

    def _add_up(self, place: int) -> tuple[int, Decimal, Decimal] | None:
        """Add up thousands, millions and so on, each smaller than the one before."""
        total, pending, smallest = Decimal(0), Decimal(0), Decimal("Infinity")
        scale, end, following, thousand_done, open_ = Decimal(1), -1, place, False, True
        while open_:
            open_ = False
            group = self._below_thousand(following) or (None if end >= 0 else self._opening_article(following))
            after = self._next(group[0]) if group else following
            thousand = self._language.one("joining", "thousand", self._passage, after)
            if thousand and not thousand_done and (group or self._stands_alone(following)):
                pending += (group[1] if group else 1) * 1000
                thousand_done, open_, scale, end = True, True, max(scale, Decimal(1000)), thousand
            elif group:
                pending, end = pending + group[1], group[0]
            big = self._big_scale(self._next(end)) if end >= 0 and pending else None
            if big and big[1] < smallest:
                total, pending, smallest = total + pending * big[1], Decimal(0), big[1]
                end, scale, thousand_done, open_ = big[0], max(scale, big[1]), False, True
            following = self._past_and(self._next(self._past_comma(end))) if open_ else -1
        return (end, total + pending, scale) if end >= 0 else None

    def _opening_article(self, place: int) -> tuple[int, int] | None:
        article = self._article(place)
        if article is None:
            return None
        scaled = self._language.match("scales", self._passage, self._next(article[0]))
        return article if scaled else None

    def _stands_alone(self, place: int) -> bool:
        return self._language.one("joining", "alone", self._passage, place) is not None

    def _big_scale(self, place: int) -> tuple[int, Decimal] | None:
        found = self._language.match("scales", self._passage, place)
        return (found[0], Decimal(found[1])) if found and len(found[1]) > 4 else None

    def _past_comma(self, end: int) -> int:
        # "one million, two hundred thousand"
        scaled = end > 0 and self._language.match("scales", self._passage, end - 1)
        return end + 1 if scaled and self._language.code == "en" and self._passage.word(end) == "," else end

    def _past_and(self, place: int) -> int:
        # "two thousand and five", but not "two thousand and five hundred"
        conjunction = self._language.one("joining", "hundred_and", self._passage, place)
        last = self._below_hundred(self._next(conjunction)) if conjunction else None
        if conjunction is None or last is None:
            return place
        after = self._next(last[0])
        goes_on = self._language.one("joining", "hundred", self._passage, after)
        goes_on = goes_on or self._language.one("joining", "thousand", self._passage, after)
        return place if goes_on or self._big_scale(after) else self._next(conjunction)

    def _with_fraction(self, numeral: Numeral) -> Numeral:
        language, passage = self._language, self._passage
        half = language.one("joining", "and_a_half", passage, self._next(numeral.end))
        if half:
            step = numeral.scale if numeral.scale >= 1_000_000 else Decimal(1)
            scaled = self._big_scale(self._next(half))
            end, times = scaled or (half, Decimal(1))
            return Numeral(numeral.start, end, (numeral.value + step / 2) * times, step * times, spelled=True)
        point = language.one("joining", "point", passage, self._next(numeral.end))
        return self._decimals(numeral, point) if point and numeral.scale == 1 else numeral

    def _decimals(self, numeral: Numeral, point: int) -> Numeral:
        digits, end = "", point
        while (found := self._below_hundred(self._next(end))) is not None:
            digits, end = digits + str(found[1]), found[0]
        if not digits:
            return numeral
        scaled = self._big_scale(self._next(end))
        end, times = scaled or (end, Decimal(1))
        return Numeral(
            numeral.start, end, Decimal(f"{numeral.value:f}.{digits}") * times, times, spelled=True, article=False
        )

    def _half_of(self, place: int) -> Numeral | None:
        half = self._language.one("joining", "half_a", self._passage, place)
        if half is None:
            return None
        following = self._next(half)
        scaled = self._big_scale(following)
        if scaled:
            return Numeral(place, scaled[0], scaled[1] / 2, scaled[1], spelled=True)
        several = self._language.match("collectives", self._passage, following)
        return Numeral(place, several[0], Decimal(several[1]) / 2, spelled=True, rounded=True) if several else None

    def _collective(self, place: int) -> Numeral | None:
        """ "une vingtaine", "une bonne dizaine de milliers", "two dozen": never without a number or an article."""
        language, passage = self._language, self._passage
        head = self._below_hundred(place) or self._article(place)
        if head is None:
            return None
        following = self._next(head[0])
        fine = language.one("joining", "fine", passage, following)
        found = language.match("collectives", passage, self._next(fine) if fine else following)
        if found is None:
            return None
        end, value = found[0], Decimal(head[1]) * Decimal(found[1])
        link = language.one("joining", "of", passage, end)
        again = (language.match("collectives", passage, link) or self._big_scale(link)) if link else None
        scale = Decimal(again[1]) if again else Decimal(1)
        return Numeral(place, again[0] if again else end, value * scale, scale, spelled=True, rounded=True)

    # -- ordinals ----------------------------------------------------------------------------------------------------

    def ordinal(self, place: int) -> Numeral | None:
        """A rank in digits ("32e", "31st") or in words ("dix-huitième", "twenty-first")."""
        if place not in self._ordinals:
            self._ordinals[place] = self._ordinal(place)
        return self._ordinals[place]

    def _ordinal(self, place: int) -> Numeral | None:
        if self._passage.digits(place):
            return self._ordinal_in_digits(place)
        if self._passage.glued(place) and self._passage.word(place - 1) == "-":
            return None
        found = self._ordinal_word(place)
        return Numeral(place, found[0], Decimal(found[1]), spelled=True) if found else None

    def _ordinal_in_digits(self, place: int) -> Numeral | None:
        if not self._passage.joined[place + 1] and self.stands_alone(place):
            return None
        bare = self.bare_digits(place)
        if bare is None or bare.value % 1 or not self._passage.glued(bare.end):
            return None
        end = self._language.one("ordinal_marks", "any", self._passage, bare.end)
        return Numeral(place, end, bare.value) if end and not self._passage.runs_on(end) else None

    def _ordinal_word(self, place: int) -> tuple[int, int] | None:
        language, passage = self._language, self._passage
        found = language.match("ordinals", passage, place)
        if found:
            return found[0], int(found[1])
        head = self._below_thousand(place)
        if head is None:
            return None
        following = self._next(head[0])
        for word in ("tens_and", "hundred_and"):
            conjunction = language.one("joining", word, passage, following)
            following = self._next(conjunction) if conjunction else following
        last = language.match("ordinals", passage, following)
        if last is None:
            return None
        rank = int(last[1])
        if rank >= 100:
            return last[0], head[1] * rank  # "two hundredth"
        return (last[0], head[1] + rank) if head[1] >= 20 and head[1] % 10 == 0 else None
