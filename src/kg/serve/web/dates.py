"""Dates and intervals as people write them, with what a machine reads of each of their ends."""

from __future__ import annotations

import re

from markupsafe import Markup

from kg.serve.web.texts import Texts

_DAY = re.compile(r"(?:[0-9]{4}|-)-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?|--[0-9]{2}(?:-[0-9]{2})?")
_NAMED = re.compile(r"[0-9]{4}-(?:Q[1-4]|W[0-9]{2})")
_CLOCK = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(.*)")
_OPEN = frozenset({"", ".."})
_VOWELS = "aàâeéèêiîoôuyAEIOUÉÈ"


def date_cell(text: str, t: Texts) -> Markup | None:
    """A date or an interval of any precision as HTML; None for a text that is neither, or an end that no month fits.

    Each end stands in a ``time`` whose ``datetime`` is what HTML reads of it (HTML, section 4.5.14).

    >>> from pathlib import Path
    >>> from kg.serve.web.texts import read_texts
    >>> fr, en = (read_texts(Path("web/locale"))[name] for name in ("fr", "en"))
    >>> date_cell("2022-03-01", fr)
    Markup('<time datetime="2022-03-01">1er mars 2022</time>')
    >>> [date_cell(text, fr).striptags() for text in ("2022-03-03/2022-03-05", "2022-03/2022-08", "../2023-04-30")]
    ['du 3 au 5 mars 2022', 'de mars à août 2022', "jusqu'au 30 avril 2023"]
    >>> [date_cell(text, en).striptags() for text in ("2022-03-03/2022-03-05", "2022-12-31/2023", "2022-02-24/..")]
    ['3 to 5 March 2022', '31 December 2022 to 2023', 'since 24 February 2022']
    """
    first, slash, last = text.partition("/")
    ends = [end for end in ((first, last) if slash else (first,)) if end not in _OPEN]
    if not ends or not all(_readable(end) for end in ends):
        return None
    if not slash:
        return _time(first, _told(first, t))
    if len(ends) == 1:
        return _phrase("until" if first in _OPEN else "since", ends[0], _told(ends[0], t), t)
    start = _phrase("from", first, _without(_told(first, t), first, last, t), t)
    return Markup("{} {}").format(start, _phrase("to", last, _told(last, t), t))


def _readable(end: str) -> bool:
    """Whether an end is a date; a month that is none would have no name."""
    if _NAMED.fullmatch(end) or _CLOCK.fullmatch(end):
        return True
    month = end.lstrip("-")[:2] if end.startswith("--") else end[5:7] or "01"
    return bool(_MOMENT.fullmatch(end)) and "01" <= month <= "12"


def _told(end: str, t: Texts) -> str:
    clock = _CLOCK.fullmatch(end)
    if clock:
        zone = {"": "", "Z": " UTC"}.get(clock[3], f" {clock[3]}")
        return f"{t.date(clock[1])}, {clock[2]}{zone}"
    if _NAMED.fullmatch(end):
        return t.brief_date(end)
    if end.startswith("--") and len(end) == len("--01"):
        return t("date.no_year", date=t(f"month.{end[2:]}"))
    return t.date(end)


def _without(told: str, start: str, end: str, t: Texts) -> str:
    """How the first end of an interval is told, without the month and the year that the second repeats."""
    if start.startswith("--") and end.startswith("--"):  # neither has a year: that is said once, behind the second
        start, end = f"0000{start[1:]}", f"0000{end[1:]}"
        told = t.date(start)
    alike = len(start) == len(end) > len("2022") and start[:4] == end[:4]
    if not alike or not _MOMENT.fullmatch(start):
        return told
    same_month = bool(_DAY.fullmatch(start)) and start[:7] == end[:7]
    return " ".join(told.split(" ")[: -2 if same_month else -1])


def _phrase(word: str, end: str, told: str, t: Texts) -> Markup:
    """An end with the word before it, which depends on whether it is a day, and in French on its first letter."""
    of = "_day" if _DAY.fullmatch(end) or "T" in end else "_vowel" if word == "from" and told[0] in _VOWELS else ""
    before, _, behind = t.entries[f"date.{word}{of}"].partition("{date}")
    return Markup("{}{}{}").format(before, _time(end, told), behind)


def _time(end: str, told: str) -> Markup:
    """An end as an element; HTML has no way to write a quarter, or a month of no year."""
    if "Q" in end or (end.startswith("--") and len(end) == len("--01")):
        return Markup("<span>{}</span>").format(told)
    return Markup('<time datetime="{}">{}</time>').format(end, told)
