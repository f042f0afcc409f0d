"""The words of the pages in French and English, and the choice between the two."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from kg.ground.errors import InputError
from kg.ground.records import LANGUAGES

DEFAULT_LANGUAGE = "en"
"""The language of a reader who asks for neither."""

_THOUSANDS = {"fr": "\u202f", "en": ","}
_POINT = {"fr": ",", "en": "."}
_SCALES = ((1e9, 1e9, "billion"), (1e6, 1e6, "million"), (1e4, 1e3, "thousand"))
_LONGEST_WHOLE = 4  # digits that stand without groups, as a year does


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, by dotted key."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, its braces filled; whole numbers are written as the language writes them.

        A key has a text of its own for a ``count`` that is singular, if there is one that ends in ``_one``.

        >>> t = Texts("en", {"rows": "{count} rows", "rows_one": "{count} row"})
        >>> t("rows", count=12345), t("rows", count=1)
        ('12,345 rows', '1 row')
        """
        if f"{key}_one" in self.entries and self._is_singular(values.get("count")):
            key = f"{key}_one"
        filled = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return self.typeset(self.entries[key].format(**filled))

    def _is_singular(self, count: object) -> bool:
        """Whether a number of things is told in the singular: in French none are, too."""
        return count == 1 or (count == 0 and self.language == "fr")

    def maybe(self, key: str, otherwise: str) -> str:
        """The text of a key, or another text where there is none."""
        return self.entries.get(key, otherwise)

    def table(self, name: str) -> dict[str, str]:
        """All texts of one table, by the rest of their keys.

        >>> Texts("en", {"tag.un": "UN", "theme.aid": "Aid"}).table("tag")
        {'un': 'UN'}
        """
        start = f"{name}."
        return {key.removeprefix(start): text for key, text in self.entries.items() if key.startswith(start)}

    def percent(self, value: int) -> str:
        """A share in percent: French keeps a space before the sign, English none."""
        return f"{value}\u00a0%" if self.language == "fr" else f"{value}%"

    def number(self, value: int) -> str:
        """A whole number in groups of three digits."""
        return group_digits(str(value), self.language)

    def decimal(self, value: float, digits: int = 2) -> str:
        """A number with at most so many digits after its point.

        >>> Texts("fr", {}).decimal(1234567.5), Texts("en", {}).decimal(0.125, 2), Texts("en", {}).decimal(3.0)
        ('1\u202f234\u202f567,5', '0.12', '3')
        """
        written = f"{value:.{digits}f}"
        written = written.rstrip("0").rstrip(".") if "." in written else written
        return group_digits("0" if written == "-0" else written, self.language)

    def brief(self, value: float) -> str:
        """A number with three digits and what they count: thousands, millions.

        >>> words = {"scale.thousand": "k", "scale.million": "m", "scale.billion": "bn"}
        >>> [Texts("en", words).brief(value) for value in (113_124_000_000, -2_500_000, 4250, 0.5)]
        ['113\xa0bn', '-2.5\xa0m', '4250', '0.5']
        """
        for least, unit, name in _SCALES:
            if abs(value) >= least:
                return f"{self.decimal(value / unit, _digits(value / unit))}\xa0{self.entries[f'scale.{name}']}"
        return self.decimal(value, _digits(value))

    def brief_date(self, text: str) -> str:
        """A date with its month as an abbreviation, both dates of an interval; a quarter or an ISO week by its name.

        >>> words = {"month_brief.05": "May", "date.quarter": "Q{part} {year}", "date.week": "week {part} of {year}"}
        >>> [Texts("en", words).brief_date(text) for text in ("2025-05-04/2025-05-06", "2022-Q1", "2022-W09")]
        ['4 May 2025 – 6 May 2025', 'Q1 2022', 'week 9 of 2022']
        """
        period = re.fullmatch(r"([0-9]{4})-([QW])([0-9]{1,2})", text)
        if period:
            key = "date.quarter" if period[2] == "Q" else "date.week"
            return self(key, part=period[3].lstrip("0"), year=period[1])
        parts = [re.fullmatch(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?", part) for part in text.split("/")]
        if not all(parts):
            return text
        named = ((part[3] or "", self.entries[f"month_brief.{part[2]}"], part[1]) for part in parts if part)
        return " – ".join(" ".join(filter(None, (day.lstrip("0"), month, year))) for day, month, year in named)

    def date(self, text: str) -> str:
        """A date as people write it, as exact as it is given; any other text stays as it is.

        >>> months = {"month.05": "May", "date.no_year": "{date} (year not given)"}
        >>> [Texts("en", months).date(text) for text in ("2025-05-04", "2025-05", "--05-04", "2025")]
        ['4 May 2025', 'May 2025', '4 May (year not given)', '2025']
        """
        found = re.fullmatch(r"(?:([0-9]{4})|-)-([0-9]{2})(?:-([0-9]{2}))?", text)
        if not found:
            return text
        year, month, day = found.groups()
        ordinal = self.maybe("date.first", "1") if day == "01" else (day or "").lstrip("0")
        written = " ".join(filter(None, (ordinal, self(f"month.{month}"), year)))
        return written if year else self("date.no_year", date=written)

    @property
    def colon(self) -> str:
        """What stands between a name and what is told of it.

        >>> Texts("fr", {}).colon, Texts("en", {}).colon
        ('\u202f: ', ': ')
        """
        return self._stop(":")

    @property
    def semicolon(self) -> str:
        """What stands between two things that are told, each of which may have commas."""
        return self._stop(";")

    def _stop(self, sign: str) -> str:
        return self.typeset(f" {sign} ") if self.language == "fr" else f"{sign} "

    def quoted(self, words: str) -> str:
        """The words of others, between the marks of the language.

        >>> Texts("fr", {}).quoted("a livré"), Texts("en", {}).quoted("delivered")
        ('«\u202fa livré\u202f»', '“delivered”')
        """
        return f"«\u202f{words}\u202f»" if self.language == "fr" else f"“{words}”"

    def typeset(self, text: str) -> str:
        """A text whose spaces before and within French punctuation do not break.

        >>> Texts("fr", {}).typeset("Pourquoi ?")
        'Pourquoi\u202f?'
        """
        if self.language != "fr":
            return text
        return re.sub(r" (?=[?!:;»])|(?<=«) ", "\u202f", text)


def capital(text: str) -> str:
    """A text that begins with a capital, as what stands by itself does.

    >>> capital("étape"), capital("")
    ('Étape', '')
    """
    return text[:1].upper() + text[1:]


def repeated(label: str, names: Sequence[str]) -> bool:
    """Whether each of some names begins with the words of their label, which then need not be said.

    >>> repeated("resolution", ["Resolution A/RES/68/262"]), repeated("state", ["Statement"]), repeated("state", [])
    (True, False, False)
    """
    begins = re.compile(rf"{re.escape(label)}(?!\w)", re.IGNORECASE)
    return bool(names) and all(begins.match(name) for name in names)


def _digits(value: float) -> int:
    """How many digits after the point make three in all.

    >>> _digits(113.1), _digits(25), _digits(-2.5)
    (0, 1, 2)
    """
    return max(2 - len(str(int(abs(value)))) + 1, 0)


def group_digits(number: str, language: str) -> str:
    """A number with the signs of a language, the digits before its point in groups of three; a year stays as it is.

    >>> group_digits("-1460000000.5", "en"), group_digits("2022", "en"), group_digits("1.4", "fr")
    ('-1,460,000,000.5', '2022', '1,4')
    """
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        return number
    whole, point, rest = number.partition(".")
    if len(whole.lstrip("-")) > _LONGEST_WHOLE:
        whole = f"{int(whole):,}".replace(",", _THOUSANDS[language])
    return whole + (_POINT[language] if point else "") + rest


def read_texts(folder: Path) -> Mapping[str, Texts]:
    """Read ``fr.toml`` and ``en.toml``.

    Raises `InputError` for a file that is absent or no TOML, or if the two do not hold the same keys.
    """
    texts = {language: Texts(language, _read(folder / f"{language}.toml")) for language in LANGUAGES}
    first, *others = texts.values()
    for other in others:
        different = sorted(first.entries.keys() ^ other.entries.keys())
        if different:
            raise InputError(
                f"the languages differ in {', '.join(different)}", where=str(folder), expected="the same keys in each"
            )
    return MappingProxyType(texts)


def _read(path: Path) -> Mapping[str, str]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(error), where=str(path), expected="a TOML file of texts") from error
    return MappingProxyType(
        {f"{table}.{key}": text for table, entries in tables.items() for key, text in entries.items()}
    )


def choose_language(asked: str | None, remembered: str | None, accepted: list[str]) -> str:
    """The language of a page: what the address asks for, what the reader chose before, what the browser prefers.

    >>> choose_language(None, None, ["de-CH", "fr-CH", "en"])
    'fr'
    """
    for language in (asked, remembered, *(tag.partition("-")[0].lower() for tag in accepted)):
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE
