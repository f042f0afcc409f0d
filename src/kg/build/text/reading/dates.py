"""One date at a time: a day, a month, a season, a part of a year, a year."""

from __future__ import annotations

from kg.build.text.reading.language import Language
from kg.build.text.reading.moments import Moment, Period, months
from kg.build.text.reading.numerals import NumeralReader
from kg.build.text.reading.tokens import Passage

Dated = tuple[int, Period]
"""The place after a date, and the date."""

FIRST_YEAR, LAST_YEAR = 1900, 2099


def may_be_year(word: str) -> bool:
    """Whether a run of digits is as long as a year, and not too early or too late to be meant."""
    return len(word) == 4 and "1900" <= word <= "2099"


def _longer(best: Dated | None, date: Dated | None) -> Dated | None:
    """The longer of two dates, the first of them if they are as long; a day that no calendar has does not count."""
    longer = date is not None and (best is None or date[0] > best[0]) and date[1].first.exists()
    return date if longer else best


_UNREAD: Dated = -1, Period(Moment())


def _is_plain(date: Dated) -> bool:
    """Whether a date that was read where one was called for is a date wherever it stands: it has a day, or a year."""
    first = date[1].first
    return first.day is not None or (first.month is not None and first.year is not None)


class DateReader:
    """Reads the dates of one passage, one at a time; `kg.build.text.reading.intervals` puts them together."""

    def __init__(self, passage: Passage, language: Language, numerals: NumeralReader) -> None:
        self._passage = passage
        self._language = language
        self._numerals = numerals
        self._read: dict[int, Dated | None] = {}
        self._of_days: dict[int, Dated | None] = {}
        self._days: dict[int, tuple[int, int] | None] = {}
        self._years: dict[int, tuple[int, int] | None] = {}

    def read(self, place: int, *, sure: bool = False) -> Dated | None:
        """The longest date at a place; ``sure`` tells that what stands before calls for a date."""
        if place not in self._passage.figures and self._passage.words[place] not in self._language.dates:
            return None
        key = place * 2 + sure
        if key not in self._read:
            known = self._read.get(place * 2 + 1, _UNREAD)
            self._read[key] = known if known is None or _is_plain(known) else self._longest(place, sure=sure)
        return self._read[key]

    def _longest(self, place: int, *, sure: bool) -> Dated | None:
        """The longest of what each way of writing a date finds; those that cannot begin with its word are not tried."""
        if place not in self._of_days:
            self._of_days[place] = self._of_day(place)
        best = self._of_days[place]
        if self._passage.words[place] in self._language.periods:
            return _longer(best, self._period(place, sure=sure))
        return _longer(best, self._bare_year(place, sure=sure)) if place in self._passage.figures else best

    def _of_day(self, place: int) -> Dated | None:
        """The longest date that names a day, or that is narrowed down: what stands before makes it no surer."""
        language, word, digits = self._language, self._passage.words[place], place in self._passage.figures
        best = _longer(None, self._numeric(place)) if digits else None
        if digits or word in language.days:
            best = _longer(best, self._day_month(place))
        if word in language.months:
            best = _longer(best, self._month_day(place))
        if word in language.narrowing:
            best = _longer(best, self._narrowed(place))
        return best

    def day(self, place: int) -> tuple[int, int] | None:
        """A day of a month that is still to come: "22", "1er", "2nd"."""
        if place not in self._days:
            self._days[place] = self._day(place) if self._may_be_day(place) else None
        return self._days[place]

    def _may_be_day(self, place: int) -> bool:
        """Whether a number that begins at a place may be a day: of more than two digits it is none, zeros left out."""
        word = self._passage.words[place]
        if place not in self._passage.figures:
            return word in self._language.days
        return len(word) <= 2 or word[0] == "0"

    def _day(self, place: int) -> tuple[int, int] | None:
        passage = self._passage
        marked = self._numerals.ordinal(place)
        if marked and 1 <= marked.value <= 31:
            return marked.end, int(marked.value)
        bare = self._numerals.bare_digits(place)
        if bare is None or bare.end != place + 1 or not 1 <= bare.value <= 31 or len(passage.raw(place)) > 2:
            return None
        return bare.end, int(bare.value)

    def year(self, place: int) -> tuple[int, int] | None:
        """Four digits that can be a year, whatever stands around them."""
        if place not in self._passage.figures or not may_be_year(self._passage.words[place]):
            return None
        if place not in self._years:
            self._years[place] = self._year(place)
        return self._years[place]

    def _year(self, place: int) -> tuple[int, int] | None:
        passage = self._passage
        bare = self._numerals.bare_digits(place)
        if bare is None or bare.value % 1 or not FIRST_YEAR <= bare.value <= LAST_YEAR:
            return None
        year = int(passage.word(place))
        if not passage.joined[place + 1]:
            return place + 1, year
        goes_on = self._number_goes_on(place + 1) and self.second_year(place + 1, year) is None
        return None if passage.letters(place + 1) or goes_on else (place + 1, year)

    def month(self, place: int) -> tuple[int, int] | None:
        """A month by its name, or by an abbreviation beside a day or a year."""
        language, passage = self._language, self._passage
        if passage.words[place] not in language.months:
            return None
        if language.code == "en" and not passage.raws[place][:1].isupper():
            return None
        found = language.match("months", passage, place)
        if found:
            return found[0], int(found[1])
        short = language.match("month_abbreviations", passage, place)
        if short is None:
            return None
        end = short[0] + 1 if passage.word(short[0]) == "." and passage.glued(short[0]) else short[0]
        beside = passage.digits(place - 1) or passage.digits(end) or self._marked_day_before(place)
        return (end, int(short[1])) if beside else None

    # -- days --------------------------------------------------------------------------------------------------------

    def _number_goes_on(self, place: int) -> bool:
        passage = self._passage
        return passage.word(place) in ("/", ".", ",", ":", "%", "_", "@", "°") and (
            passage.word(place) in "%_@°" or (passage.glued(place + 1) and passage.digits(place + 1))
        )

    def _marked_day_before(self, place: int) -> bool:
        return any((found := self.day(start)) is not None and found[0] == place for start in (place - 2, place - 1))

    def _numeric(self, place: int) -> Dated | None:
        """ "2024-06-20", "2024-06", "20/06/2024", "20.06.2024": digits glued by one sign."""
        passage = self._passage
        if passage.words[place + 1] not in ("-", "/", ".") or place + 2 not in passage.figures:
            return None
        if passage.glued(place) and passage.word(place - 1) not in "(«“[\"'":
            return None
        parts, mark, end = [passage.word(place)], passage.word(place + 1), place + 1
        while len(parts) < 4 and self._goes_on(end, mark):  # no date has four parts
            parts.append(passage.word(end + 1))
            end += 2
        if self._runs_on(end):
            return None
        date = self._iso(parts) if mark == "-" and len(parts[0]) == 4 else self._by_day(parts)
        return (end, Period(date)) if date else None

    def _goes_on(self, end: int, mark: str) -> bool:
        """Whether a mark and further digits follow without a space."""
        passage = self._passage
        return passage.glued(end) and passage.word(end) == mark and passage.glued(end + 1) and passage.digits(end + 1)

    def _runs_on(self, end: int) -> bool:
        passage = self._passage
        return passage.glued(end) and (passage.letters(end) or passage.digits(end) or passage.word(end) in "/-_")

    @staticmethod
    def _iso(parts: list[str]) -> Moment | None:
        lengths = [len(part) for part in parts]
        year, month, *day = (int(part) for part in (*parts, "0")[: max(2, len(parts))])
        if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
            return None
        if lengths == [4, 2]:
            # "2009-10" may also be a school year: not read
            return Moment(year, month) if year % 100 + 1 != month else None
        moment = Moment(year, month, day[0] if day else None)
        return moment if lengths == [4, 2, 2] and moment.exists() else None

    def _by_day(self, parts: list[str]) -> Moment | None:
        if len(parts) != 3 or len(parts[2]) != 4 or max(len(parts[0]), len(parts[1])) > 2:
            return None
        day, month, year = (int(part) for part in parts)
        if self._language.code == "en" and day != month and day <= 12 and month <= 12:
            return None  # day first in Britain, month first in America: nobody can tell
        if self._language.code == "en" and month > 12:
            day, month = month, day
        moment = Moment(year, month, day)
        return moment if 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR and moment.exists() else None

    def unreadable(self, place: int) -> int | None:
        """The place after joined digits that make no date: "06/07/2024" in English, "24/7", "978-2-1234-5680-3"."""
        passage, end, mark = self._passage, place + 1, self._passage.word(place + 1)
        if not passage.digits(place) or passage.glued(place) or mark not in ("/", "-"):
            return None
        while self._goes_on(end, mark):
            end += 2
        return end if end > place + (1 if mark == "/" else 3) else None

    def _day_month(self, place: int) -> Dated | None:
        day = self.day(place)
        if day is None or self._passage.joined[day[0]]:
            return None
        following = self._passage.words[day[0]]
        if following not in self._language.months and following not in self._language.narrowing:
            return None
        link = self._language.one("within", "fill", self._passage, day[0])
        month = self.month(link or day[0])
        if month is None:
            return None
        end, year = self._year_after(month[0])
        return end, Period(Moment(year, month[1], day[1]))

    def _month_day(self, place: int) -> Dated | None:
        if self._language.code != "en" or self._language.before("month_alone", "day_not_after", self._passage, place):
            return None
        month = self.month(place)
        day = self.day(month[0]) if month else None
        if month is None or day is None or not self._day_stands(day[0]):
            return None
        end, year = self._year_after(day[0])
        return end, Period(Moment(year, month[1], day[1]))

    def _day_stands(self, end: int) -> bool:
        """Whether digits after a month are a day, and count nothing ("March 30 million", "May 5%")."""
        language, passage = self._language, self._passage
        if passage.glued(end) and (passage.letters(end) or passage.word(end) in ("%", "$", "€", "/", ":")):
            return False
        return not any(language.match(table, passage, end) for table in ("scales", "percent", "points", "money"))

    def _year_after(self, end: int) -> tuple[int, int | None]:
        start = end + 1 if self._language.code == "en" and self._passage.word(end) == "," else end
        if start in self._passage.figures:
            return self.year(start) or (end, None)
        link = self._language.one("within", "fill", self._passage, start)
        return (self.year(link) if link is not None else None) or (end, None)

    # -- months, seasons, years --------------------------------------------------------------------------------------

    def _narrowed(self, place: int) -> Dated | None:
        """ "fin août", "début 2024", "à la mi-octobre", "the end of June 2024": the month or the year."""
        language, passage = self._language, self._passage
        edge = language.one("within", "edge", passage, place)
        start = edge if edge is not None else language.one("within", "fill", passage, place)
        if start is None:
            return None
        while (more := self._filled(start)) is not None:
            start = more
        if passage.word(start) == "-":
            start += 1
        if edge is None and language.match("months", passage, start) is None:
            return None
        return self._period(start, sure=True)

    def _filled(self, place: int) -> int | None:
        edge = self._language.one("within", "edge", self._passage, place)
        return edge or self._language.one("within", "fill", self._passage, place)

    def _period(self, place: int, *, sure: bool) -> Dated | None:
        return (
            self._month_year(place, sure=sure)
            or self._season(place, sure=sure)
            or self._part(place)
            or self._bare_year(place, sure=sure)
        )

    def _month_year(self, place: int, *, sure: bool) -> Dated | None:
        month = self.month(place)
        if month is None:
            return None
        end, year = self._year_after(month[0])
        if year is None and not sure and not self._month_stands(place):
            return None
        return end, Period(Moment(year, month[1]))

    def _month_stands(self, place: int) -> bool:
        language, passage = self._language, self._passage
        if passage.glued(place) and passage.word(place - 1) == "-" and not self._filled(place - 2):
            return False
        if language.one("month_alone", "ambiguous", passage, place) is None:
            return True
        return language.before("month_alone", "before", passage, place)

    def _season(self, place: int, *, sure: bool) -> Dated | None:
        language, passage = self._language, self._passage
        season = language.match("seasons", passage, place)
        if season is None or language.before("season_auxiliary", "before", passage, place):
            return None
        first = int(season[1])
        last = (first + 1) % 12 + 1
        end, year = self._year_after(season[0])
        if year is None:
            alone = sure or language.before("season_alone", "before", passage, place)
            relative = language.one("season_alone", "not_after", passage, end)
            return (end, months(first, last, None)) if alone and not relative else None
        second = self.second_year(end, year) if first == 12 else None
        return (second[0] if second else end), months(first, last, year)

    def _part(self, place: int) -> Dated | None:
        part = self._language.match("parts", self._passage, place)
        if part is None:
            return None
        end, year = self._year_after(part[0])
        first, last = (int(month) for month in part[1].split("-"))
        return (end, months(first, last, year)) if year is not None else None

    def second_year(self, place: int, first: int) -> tuple[int, int] | None:
        """The end of a span of years after its first: "-2023", "–24", "/2023"."""
        passage = self._passage
        mark = passage.word(place)
        if mark not in ("-", "–", "/") or (mark == "/" and not passage.glued(place)):
            return None
        raw = passage.raw(place + 1)
        spaced = not passage.glued(place) or not passage.glued(place + 1)
        if not passage.digits(place + 1) or len(raw) not in (2, 4) or (spaced and len(raw) == 2):
            return None
        if passage.glued(place + 2) and (passage.letters(place + 2) or self._number_goes_on(place + 2)):
            return None
        year = int(raw) if len(raw) == 4 else first - first % 100 + int(raw)
        return (place + 2, year) if first < year <= LAST_YEAR else None

    def _bare_year(self, place: int, *, sure: bool) -> Dated | None:
        found = self.year(place)
        if found is None or not (sure or self.year_stands(place)):
            return None
        return found[0], Period(Moment(found[1]))

    def year_stands(self, place: int) -> bool:
        """Whether four digits are a year here, and count nothing ("en 2023", but "2000 citoyens")."""
        language, passage = self._language, self._passage
        following = place + 1
        if self.decade(place) or language.before("references", "before", passage, place):
            return False
        if passage.mixed_case(place - 1) or passage.raw(following) == "€":
            return False
        if language.before("year_context", "year", passage, place):
            return True
        if passage.glued(following) and passage.word(following) == "-" and passage.glued(following + 1):
            return False
        if language.one("measures", "unit", passage, following) or language.match("scales", passage, following):
            return False
        if not passage.letters(following) or language.one("year_context", "follows", passage, following):
            return True
        if any(language.one("year_context", "counted", passage, counted) for counted in (following, following + 1)):
            return False
        determined = language.before("year_context", "determiner", passage, place)
        return determined or not passage.word(following).endswith(("s", "x"))

    def decade(self, place: int) -> bool:
        """Whether a year stands for its decade ("les années 2000", "the mid-2000s")."""
        passage = self._passage
        ahead = self._language.before("year_context", "decade", passage, place)
        return ahead or (passage.glued(place + 1) and passage.letters(place + 1))
