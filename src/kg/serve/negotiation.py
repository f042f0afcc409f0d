"""Content negotiation: which of the offered formats an ``Accept`` header asks for (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.serve.formats import Format

HTML = Format("text/html", "", "html", ("application/xhtml+xml",))
"""A page for people, offered beside the formats of data where there is such a page."""


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One entry of an ``Accept`` header."""

    main: str
    sub: str
    quality: float

    def fit(self, media_type: str) -> int:
        """How closely this range names a media type: 3 exactly, 2 its main type, 1 anything, 0 not."""
        main, _, sub = media_type.partition("/")
        if (self.main, self.sub) == (main, sub):
            return 3
        if self.sub == "*":
            return 2 if self.main == main else int(self.main == "*")
        return 0


def media_ranges(accept: str) -> list[MediaRange]:
    """Read an ``Accept`` header; entries that cannot be read are left out.

    >>> media_ranges("text/csv;q=0.5, */*;q=0.1")
    [MediaRange(main='text', sub='csv', quality=0.5), MediaRange(main='*', sub='*', quality=0.1)]
    """
    found = []
    for entry in accept.split(","):
        name, *parameters = (part.strip() for part in entry.lower().split(";"))
        main, slash, sub = name.partition("/")
        if name == "*":
            main, slash, sub = "*", "/", "*"  # what old Java clients send (``*; q=.2``)
        if slash and main and sub:
            found.append(MediaRange(main, sub, _quality(parameters)))
    return found


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(0.0, float(value)), 1.0)  # in this order: NaN is no quality at all
            except ValueError:
                return 0.0
    return 1.0


def choose(accept: str, offered: Sequence[Format]) -> Format | None:
    """The offered format that a client likes best: by quality, then specificity, then the order of the offer.

    No header means anything. A format is judged by the closest range that names it or one of its aliases.

    >>> from kg.serve.formats import RESULT_FORMATS
    >>> choose("text/csv;q=0.5, application/xml", RESULT_FORMATS).media_type
    'application/sparql-results+xml'
    """
    offer = tuple(offered)
    place = _remembered(accept, offer) if len(accept) <= _USUAL else _best_place(accept, offer)
    return None if place is None else offer[place]


def _best_place(accept: str, offered: tuple[Format, ...]) -> int | None:
    """The place of the format among those offered: others may offer an equal one, which is not the one offered here."""
    ranges = media_ranges(accept)
    if not ranges:
        return 0
    rated = [(*_liking(ranges, fmt), -place) for place, fmt in enumerate(offered)]
    quality, _, place = max(rated)
    return -place if quality > 0 else None


_USUAL = 200
"""Characters of the longest header that is remembered: clients choose what they send."""

_remembered = lru_cache(256)(_best_place)  # clients send a few headers again and again, and reading one takes 40 µs


def _liking(ranges: Sequence[MediaRange], fmt: Format) -> tuple[float, int]:
    """The quality and the specificity with which a header asks for a format, under its own name first."""
    own = _closest(ranges, fmt.media_type)
    if own[1] == 3:
        return own
    # A type that is not the format's own name is never as good a fit as one that is.
    others = [(quality, 2) for alias in fmt.aliases for quality, fit in [_closest(ranges, alias)] if fit == 3]
    return max([own, *others])


def _closest(ranges: Sequence[MediaRange], media_type: str) -> tuple[float, int]:
    fit, quality = max(((r.fit(media_type), r.quality) for r in ranges), default=(0, 0.0))
    return (quality, fit) if fit else (0.0, 0)
