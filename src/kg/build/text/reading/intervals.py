"""Dates put together: since, until, from … to, between … and, and enumerations that share a month or a year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from kg.build.text.reading.dates import Dated, DateReader, may_be_year
from kg.build.text.reading.language import Language
from kg.build.text.reading.moments import Moment, Period, between, consecutive, share
from kg.build.text.reading.numerals import NumeralReader
from kg.build.text.reading.quantities import LONGEST_SERIES, Found
from kg.build.text.reading.records import DATE, Reading
from kg.build.text.reading.tokens import Passage

_SINCE, _UNTIL = "since", "until"
_GROUP = 3
"""How many digits follow a space within a number."""


class Item(NamedTuple):
    """One date of an enumeration; a day without its month is a partial moment."""

    start: int
    end: int
    period: Period


class IntervalReader:
    """Reads the dates and the intervals of one passage."""

    def __init__(self, passage: Passage, language: Language, numerals: NumeralReader) -> None:
        self._passage = passage
        self._language = language
        self._dates = DateReader(passage, language, numerals)
        self._steps: dict[int, tuple[int, bool] | None] = {}
        self._partials: dict[int, Item | None] = {}

    def may_begin(self, place: int) -> bool:
        """Whether a date may begin at a place: most figures begin none, as what follows them shows."""
        passage, language = self._passage, self._language
        if place not in passage.figures:
            return True
        following = passage.words[place + 1]
        goes_on = len(following) == _GROUP if place + 1 in passage.figures else following in language.after_day
        return goes_on or may_be_year(passage.words[place])

    def read(self, place: int) -> Found | None:
        """The longest date or interval at a place, with the word that introduces it."""
        if self._passage.words[place] not in self._language.introducing:
            return self._open(place)
        return self._led(place) or self._between(place) or self._enclosed(place) or self._open(place)

    def nothing(self, place: int) -> int | None:
        """The place after digits that look like a date and are none: a decade, an ambiguous order."""
        if place not in self._passage.figures:
            return None
        if self._dates.year(place) and (self._dates.decade(place) or self._passage.mixed_case(place - 1)):
            return place + 1
        return self._dates.unreadable(place)

    # -- leads -------------------------------------------------------------------------------------------------------

    def _led(self, place: int) -> Found | None:
        lead = self._language.match("leads", self._passage, place)
        if lead is None:
            return None
        start, kind = lead
        ranged = self._range(start)
        if ranged is not None and kind in (_SINCE, "from"):
            return self._found(place, *ranged)
        inner = ranged or self._single(start, sure=kind not in ("by", "from"))
        if inner is None:
            return None
        end, period = inner
        return end, (self._reading(place, start, end, period, kind),)

    def _single(self, place: int, *, sure: bool = False) -> Dated | None:
        start = self._past_article(place)
        return self._dates.read(start, sure=sure) or (self._dates.read(place, sure=sure) if start != place else None)

    def _past_article(self, place: int) -> int:
        if self._passage.words[place] not in self._language.articles:
            return place
        for value in ("day_article", "article"):
            end = self._language.one("within", value, self._passage, place)
            if end is not None:
                return end
        return place

    # -- ranges ------------------------------------------------------------------------------------------------------

    def _between(self, place: int) -> Found | None:
        """ "entre le 22 et le 31 mars 2023", "between November 2022 and December 2024"."""
        start = self._language.one("ranges", "between", self._passage, place)
        joined = self._joined(start, ("and", "to", "dash")) if start is not None else None
        return self._found(place, *joined) if joined else None

    def _enclosed(self, place: int) -> Found | None:
        """ "du 22 au 31 mars", "from March to May 2022"."""
        start = self._language.one("ranges", "out_of", self._passage, place)
        joined = self._joined(start, ("to", "dash")) if start is not None else None
        return self._found(place, *joined) if joined else None

    def _range(self, place: int) -> Dated | None:
        for start in dict.fromkeys((self._past_article(place), place)):
            joined = self._joined(start, ("to", "dash"))
            if joined is not None:
                return joined
        return None

    def _joined(self, place: int, links: Sequence[str]) -> Dated | None:
        """Two dates joined by one of some kinds of words into an interval."""
        best: Dated | None = None
        for first in self._items(place):
            if self._passage.words[first.end] not in self._language.links:
                continue
            for link in links:
                end = self._language.one("ranges", link, self._passage, first.end)
                found = self._closed(first, end, dashed=link == "dash") if end is not None else None
                if found and (best is None or found[0] > best[0]):
                    best = found
        return best

    def _closed(self, first: Item, place: int, *, dashed: bool) -> Dated | None:
        if first.period.first.grain == "year" and (years := self._years(first, place, dashed=dashed)):
            return years
        for last in self._items(self._past_article(place), after=first):
            period = between(first.period.first, last.period.end)
            if period is not None and period.first.grain == period.end.grain:
                return last.end, period
            if period is not None and period.first.year and period.end.year and not dashed:
                return last.end, period
        return None

    def _years(self, first: Item, place: int, *, dashed: bool) -> Dated | None:
        if not dashed:
            return None
        start = first.period.first
        second = self._dates.second_year(place - 1, start.year or 0)
        return (second[0], Period(start, Moment(second[1]))) if second else None

    def _items(self, place: int, after: Item | None = None) -> list[Item]:
        """What may stand at one end of a range, the longest first: a date, or a day without its month."""
        items = []
        date = self._dates.read(place, sure=True)
        if date is not None:
            items.append(Item(place, date[0], date[1]))
        day = self._dates.day(place)
        if day is not None and after is None:
            items.append(Item(place, day[0], Period(Moment(day=day[1]))))
        if day is not None and after is not None and after.period.first.day and after.period.first.month:
            items += self._closing_day(place, day, after)
        return items

    def _closing_day(self, place: int, day: tuple[int, int], after: Item) -> list[Item]:
        # "June 20 to 26, 2024", "June 20–26": the month stands before, the year may follow
        if self._language.code != "en":
            return []
        start = day[0] + 1 if self._passage.word(day[0]) == "," else day[0]
        year = self._dates.year(start)
        month = after.period.first.month
        moment = Moment(year[1] if year else after.period.first.year, month, day[1])
        return [Item(place, year[0] if year else day[0], Period(moment))]

    # -- dates by themselves -----------------------------------------------------------------------------------------

    def _open(self, place: int) -> Found | None:
        if place not in self._passage.figures and self._passage.words[place] not in self._language.dates:
            return self._about(place)
        if not self._may_go_on(place):
            single = self._dates.read(place)
            return self._found(place, *single) if single else self._about(place)
        joined = self._joined(place, ("dash", "to")) if self._may_open_range(place) else None
        listed = self._listed(place)
        single = self._dates.read(place)
        if joined and (single is None or joined[0] > single[0]) and (listed is None or joined[0] > listed[0]):
            return self._found(place, *joined)
        if listed:
            return listed
        if single:
            return self._found(place, *single)
        return self._about(place)

    def _may_go_on(self, place: int) -> bool:
        """Whether a word that joins two dates stands after a date or a day that begins at a place."""
        words, links = self._passage.words, self._language.links
        date = self._dates.read(place, sure=True)
        if date is not None and words[date[0]] in links:
            return True
        day = self._dates.day(place)
        return day is not None and words[day[0]] in links

    def _may_open_range(self, place: int) -> bool:
        # A bare year opens "2022-2024" wherever a year may stand; a count does not ("2000 à 3000 hommes").
        year = self._dates.year(place)
        if year is None:
            return True
        dashed = self._dates.second_year(year[0], year[1])
        link = self._language.one("ranges", "to", self._passage, year[0])
        last = dashed[0] if dashed else (link or 0) + 1
        if not dashed and (link is None or self._dates.year(link) is None):
            return False
        return self._dates.year_stands(last - 1) if not dashed else self._dash_stands(place, last)

    def _dash_stands(self, place: int, end: int) -> bool:
        passage = self._passage
        counted = self._language.one("year_context", "counted", passage, end)
        return counted is None and not (passage.glued(place) and passage.word(place - 1) == "-")

    def _about(self, place: int) -> Found | None:
        """ "vers 2010", "around May 2022"."""
        lead = self._language.match("approx", self._passage, place) if place not in self._passage.figures else None
        if lead is None or lead[1] != "about":
            return None
        date = self._dates.read(lead[0])
        if date is None:
            return None
        reading = self._reading(place, lead[0], date[0], date[1], None)
        return date[0], (reading._replace(approx="about"),)

    def _listed(self, place: int) -> Found | None:
        """ "les 14 et 15 décembre 2023", "in August and September 2023", "le 3 et le 12 mai"."""
        items = self._enumeration(place)
        if len(items) < 2:
            return None
        *others, last = items
        moments = [share(item.period.first, last.period.first) for item in others]
        whole = [moment for moment in (*moments, last.period.first) if moment is not None and moment.exists()]
        if len(whole) != len(items) or len({moment.grain for moment in whole}) > 1:
            return None
        steps = pairwise(whole)
        either = self._language.one("ranges", "or", self._passage, others[-1].end) is not None
        if not either and all(consecutive(one, other) for one, other in steps):
            return self._found(place, last.end, Period(whole[0], whole[-1]))
        readings = [
            self._reading(item.start, item.start, item.end, Period(moment), None)
            for item, moment in zip(items, whole, strict=True)
        ]
        return last.end, tuple(readings)

    def _enumeration(self, place: int) -> list[Item]:
        """Partial dates joined by commas and a last "and", completed by the last."""
        items: list[Item] = []
        start, closed = place, False
        while True:
            item = self._partial(start)
            if item is None or len(items) == LONGEST_SERIES:
                return []
            items.append(item)
            if item.period.first.month and (item.period.first.day or item.period.first.year):
                return items if closed else []
            step = self._step(item.end)
            if step is None:
                return items if closed and item.period.first.month else []
            start, closed = step

    def _step(self, place: int) -> tuple[int, bool] | None:
        """Past what joins two dates of an enumeration: the place of the second, and whether it is the last."""
        if self._passage.word(place) not in self._language.links:
            return None
        if place not in self._steps:
            self._steps[place] = self._read_step(place)
        return self._steps[place]

    def _read_step(self, place: int) -> tuple[int, bool] | None:
        for kind in ("and", "or", "comma"):
            end = self._language.one("ranges", kind, self._passage, place)
            if end is not None:
                return self._past_article(end), kind != "comma"
        return None

    def _partial(self, place: int) -> Item | None:
        if place not in self._partials:
            self._partials[place] = self._read_partial(place)
        return self._partials[place]

    def _read_partial(self, place: int) -> Item | None:
        date = self._dates.read(place, sure=True)
        if date is not None and date[1].last is None and date[1].first.month:
            return Item(place, date[0], date[1])
        day = self._dates.day(place)
        return Item(place, day[0], Period(Moment(day=day[1]))) if day else None

    # -- readings ----------------------------------------------------------------------------------------------------

    def _found(self, place: int, end: int, period: Period) -> Found:
        return end, (self._reading(place, place, end, period, None),)

    def _reading(self, place: int, start: int, end: int, period: Period, lead: str | None) -> Reading:
        value, inner = period.iso(), None
        if lead == _SINCE:
            value, inner = f"{period.first.iso()}/..", value
        elif lead == _UNTIL:
            value, inner = f"../{period.end.iso()}", value
        core = self._passage.span(start, end)
        span = self._passage.span(place, end) if place != start else core
        return Reading(span, DATE, value, core=core, lead=lead, inner=inner)
