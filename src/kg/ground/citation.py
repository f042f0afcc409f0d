"""How Sides is cited: what ``CITATION.cff`` says, and a version of it in the Citation File Format and as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from kg.ground.errors import InputError

FILE = "CITATION.cff"
"""The file, in the home folder, that says who made Sides and how it is called (Citation File Format 1.2.0)."""

CFF_TYPE = "application/yaml"
"""The media type of the Citation File Format, which has none of its own (RFC 9512 is that of YAML)."""

BIBTEX_TYPE = "application/x-bibtex"

_TEX = re.compile(r"[&%$#_{}~^\\]")
_TEX_NAMES = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Work:
    """What is cited.

    ``authors`` are as in the file, each an entity with a ``name`` or a person with ``family-names`` and
    ``given-names``. ``date`` is in ISO 8601, empty where it is not known. ``identifier`` is the IRI of this version,
    ``url`` the address at which it is found; ``part_of`` is the title of the whole that it is a part of, if any.
    """

    title: str
    authors: tuple[Mapping[str, str], ...]
    abstract: str
    keywords: tuple[str, ...]
    licence: str
    version: str = ""
    date: str = ""
    url: str = ""
    identifier: str = ""
    part_of: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The authors by name, persons with their given names first."""
        return tuple(_name(author) for author in self.authors)

    @property
    def year(self) -> str:
        """The year of the date; empty where it is not known."""
        return self.date[:4]


def read_work(home: Path) -> Work:
    """What the file in the home folder says, without version and date. Raises `InputError` if it cannot be used."""
    path = home / FILE
    try:
        told: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Work(
            title=str(told["title"]),
            authors=tuple({str(key): str(value) for key, value in author.items()} for author in told["authors"]),
            abstract=str(told.get("abstract", "")).strip(),
            keywords=tuple(map(str, told.get("keywords", ()))),
            licence=str(told["license"]),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{type(error).__name__}: {' '.join(str(error).split())}",
            where=str(path),
            expected="a Citation File Format 1.2.0 file with title, authors and license",
        ) from error


def release_of(work: Work, *, digest: str, published: str, url: str, identifier: str) -> Work:
    """The work as one release of it; ``published`` is a time in ISO 8601 or empty."""
    return replace(work, version=digest, date=published[:10], url=url, identifier=identifier)


def cff(work: Work) -> str:
    """The work as a CITATION.cff of its own."""
    told: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this, please cite it, and the sources of the facts you use.",
        "type": "dataset",
        "title": f"{work.title}. In: {work.part_of}" if work.part_of else work.title,
        "authors": [dict(author) for author in work.authors],
        "abstract": work.abstract,
        "keywords": list(work.keywords),
        "license": work.licence,
        "version": work.version,
        "date-released": work.date,
        "url": work.url,
        "identifiers": [{"type": "url", "value": work.identifier, "description": "The IRI of the release"}]
        if work.identifier
        else [],
    }
    filled = {key: value for key, value in told.items() if value}
    # A date is told as text: the format asks for a string, and YAML would read it as a date without quotes.
    return yaml.safe_dump(filled, sort_keys=False, allow_unicode=True, width=120)


def bibtex(work: Work) -> str:
    """The work as an entry for BibTeX and biblatex.

    >>> work = Work("Aid & votes", ({"name": "The Sides authors"},), "", (), "CC0-1.0", "ab12", "2026-11-27")
    >>> print(bibtex(work))
    @misc{sides-ab12,
      author = {{The Sides authors}},
      title = {{Aid \\& votes}},
      year = {2026},
      month = nov,
      note = {Data set, version ab12},
    }
    <BLANKLINE>
    """
    note = f"{'Answer to a query in: ' + work.part_of if work.part_of else 'Data set'}, version {work.version}"
    fields = {
        "author": " and ".join(_bibtex_name(author) for author in work.authors),
        "title": f"{{{_tex(work.title)}}}",
        "year": work.year,
        "note": _tex(note),
        "url": work.url,
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if work.date[5:7].isdecimal():
        lines.insert(3, f"  month = {_MONTHS[int(work.date[5:7]) - 1]},\n")
    key = re.sub(r"[^A-Za-z0-9.-]+", "-", work.url.rpartition("/")[2]) or work.version
    return f"@misc{{sides-{key},\n{''.join(lines)}}}\n"


def _name(author: Mapping[str, str]) -> str:
    return author.get("name") or " ".join(filter(None, (author.get("given-names"), author.get("family-names"))))


def _bibtex_name(author: Mapping[str, str]) -> str:
    """A name as BibTeX sorts it: that of a group stands in braces of its own, or its words would be taken apart."""
    if "name" in author:
        return f"{{{_tex(author['name'])}}}"
    return ", ".join(filter(None, (_tex(author.get("family-names", "")), _tex(author.get("given-names", "")))))


def _tex(text: str) -> str:
    return _TEX.sub(lambda found: _TEX_NAMES.get(found[0]) or f"\\{found[0]}", text)
