"""Names made comparable: without accents, capitals, punctuation, articles, and the other ways of writing the same."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "œ": "oe", "æ": "ae", "&": " et "}
)
_ELIDED = re.compile(r"\b[dl]['’ʼ](?=\w)|['’ʼ]s\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_WORD = re.compile(r"\w+")
_SIGNS = re.compile(r"[\s\u2010-\u2015_'’ʼ`´-]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What is known of words that carry little in a name, in French and English together; all are folded."""

    articles: frozenset[str]
    forms: frozenset[str]
    titles: frozenset[str]
    short: Mapping[str, frozenset[str]]


@cache
def words() -> Words:
    """The words of ``words.toml``, read once."""
    tables = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
    short: dict[str, frozenset[str]] = {}
    for table in tables.values():
        for name, meant in table["short"].items():
            short[name] = short.get(name, frozenset()).union(meant)
    articles, forms, titles = (
        frozenset(word for table in tables.values() for word in table[name]) for name in ("articles", "forms", "titles")
    )
    return Words(articles, forms, titles, short)


def plain(text: str) -> str:
    """A text without accents and capitals, its letters those of the English alphabet where they have a base there.

    >>> plain("Œuvre de Škoda Łódź")
    'oeuvre de skoda lodz'
    """
    # Apart first: a letter such as ℬ has no small form of its own. And again: casefold may put marks on letters.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def surface(text: str) -> str:
    """A name as it is written, but for capitals, points, and the sort of hyphens and apostrophes.

    >>> surface("l’O.N.U. ") == surface("L'ONU"), surface("Pérou") == surface("Perou")
    (True, False)
    """
    return _SIGNS.sub(" ", unicodedata.normalize("NFC", text.casefold()).replace(".", "")).strip(" ,;:")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded, with its articles.

    >>> words_of("Côte d'Ivoire")
    ('cote', 'd', 'ivoire')
    """
    return tuple(_WORD.findall(plain(text)))


@lru_cache(maxsize=16384)
def fold(text: str) -> tuple[str, ...]:
    """The words of a name that tell it from others.

    Letters that stand alone make one word, as in an abbreviation, and a number is part of the word before it.

    >>> fold("les États-Unis d’Amérique"), fold("U. S. A."), fold("l'O.N.U.")
    (('etats', 'unis', 'amerique'), ('usa',), ('onu',))
    >>> fold("People's Republic of China")
    ('people', 'republic', 'china')
    >>> fold("MiG-29") == fold("Mig 29") == fold("MIG29"), fold("Léopard 2 A4")
    (True, ('leopard2', 'a4'))
    """
    every = ["".join(run) for run in _spelled(words_of(_ELIDED.sub(" ", text)))]
    kept = [word for word in every if word not in words().articles]
    return tuple(_numbered(kept or every))


def _spelled(found: Iterable[str]) -> list[list[str]]:
    """Runs of letters that stand alone, and every other word by itself."""
    runs: list[list[str]] = []
    for word in found:
        single = len(word) == 1 and word.isalpha()
        if single and runs and len(runs[-1][-1]) == 1 and runs[-1][-1].isalpha():
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _numbered(found: list[str]) -> list[str]:
    """A number is joined to the word before it, if that is none."""
    joined: list[str] = []
    for word in found:
        if joined and word[0].isdigit() and joined[-1].isalpha():
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def bracketed(text: str) -> tuple[str, tuple[str, ...]]:
    """A name without what stands in brackets, and what stands in them.

    >>> bracketed("Corée du Sud (République de)")
    ('Corée du Sud', ('République de',))
    """
    inner = tuple((one or other).strip() for one, other in _BRACKETS.findall(text))
    return _BRACKETS.sub(" ", text).strip(), tuple(filter(None, inner))
