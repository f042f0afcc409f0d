"""A text cut into words, runs of digits and signs, and phrases looked up in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from kg.ground.records import Span

_TOKEN = re.compile(r"[0-9]+|(?:[^\W\d_][\u0300-\u036f]*)+|\S")
_SAME = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "‐": "-", "‑": "-", "\u00ad": "-"})
_REMEMBERED = 40
"""How many characters a word may have whose folded form is remembered: no text can fill the memory with long ones."""
_CONTRACTED = ("d'", "des", "du")


def fold(word: str) -> str:
    """Write a word without case, accents or typographic variants.

    >>> fold("Été"), fold("’")
    ('ete', "'")
    """
    return _folded(word) if len(word) <= _REMEMBERED else _folded.__wrapped__(word)


@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.translate(_SAME).lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character)) or word


class Token(NamedTuple):
    """One word, run of digits or sign; ``glued`` tells that nothing separates it from the token before."""

    start: int
    end: int
    text: str
    word: str
    glued: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with its tokens; places in it are token numbers, and every look past an end finds nothing."""

    text: str
    tokens: Sequence[Token]
    words: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """List the folded tokens once: phrases are looked up at every place."""
        object.__setattr__(self, "words", tuple(token.word for token in self.tokens))

    def word(self, place: int) -> str:
        """The folded token at a place, or the empty text."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def raw(self, place: int) -> str:
        """The token at a place as written, or the empty text."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def glued(self, place: int) -> bool:
        """Whether the token at a place follows the one before without a space."""
        return 0 < place < len(self.tokens) and self.tokens[place].glued

    def digits(self, place: int) -> bool:
        """Whether the token at a place is a run of digits."""
        first = self.words[place][:1] if 0 <= place < len(self.words) else ""
        return first.isascii() and first.isdigit()

    def letters(self, place: int) -> bool:
        """Whether the token at a place is a word."""
        return self.word(place)[:1].isalpha()

    def alphanumeric(self, place: int) -> bool:
        """Whether the token at a place is a word or a run of digits."""
        return self.letters(place) or self.digits(place)

    def runs_on(self, place: int) -> bool:
        """Whether a word goes on at a place: with letters, digits, or a joining sign and more ("M" in "M113")."""
        return self.glued(place) and (
            self.alphanumeric(place)
            or (self.word(place) in ("-", "/") and self.glued(place + 1) and self._names(place + 1))
        )

    def _names(self, place: int) -> bool:
        return self.digits(place) or self.raw(place)[:1].isupper()

    def mixed_case(self, place: int) -> bool:
        """Whether the word at a place mixes cases as names of models do ("PzH 2000", "MiG 29")."""
        raw = self.raw(place)
        return any(character.isupper() for character in raw[1:]) and any(character.islower() for character in raw)

    def span(self, start: int, end: int) -> Span:
        """The characters from one token up to another, which is not included."""
        return Span(self.tokens[start].start, self.tokens[end - 1].end)

    def place_of_end(self, start: int, offset: int) -> int:
        """The place of the first token from ``start`` on that begins at or after a character offset."""
        place = start
        while place < len(self.tokens) and self.tokens[place].start < offset:
            place += 1
        return place


def cut(text: str, names: Iterable[Span] = ()) -> Passage:
    """Cut a text into tokens; each of ``names`` becomes one token that no reader understands.

    >>> [token.text for token in cut("d'1,5 Md€").tokens]
    ['d', "'", '1', ',', '5', 'Md', '€']
    """
    opaque = sorted(span for span in names if 0 <= span.start < span.end <= len(text))
    tokens: list[Token] = []
    position = 0
    for span in (*opaque, Span(len(text), len(text))):
        if span.start < position:
            continue
        tokens += _cut(text, position, span.start)
        if span.start < span.end:
            tokens.append(Token(span.start, span.end, text[span.start : span.end], "\0", False))
        position = span.end
    return Passage(text, tokens)


def _cut(text: str, start: int, end: int) -> list[Token]:
    tokens: list[Token] = []
    previous = start or -1
    for match in _TOKEN.finditer(text, start, end):
        word, (first, last) = match[0], match.span()
        tokens.append(Token(first, last, word, fold(word), first == previous))
        previous = last
    return tokens


def first_token(text: str) -> str:
    """The first word, run of digits or sign of a text as written, or the empty text."""
    found = _TOKEN.search(text)
    return found[0] if found else ""


class Phrases:
    """Phrases by value, found in a passage by their first word; the longest wins.

    >>> Phrases({"more-than": ["more than"], "about": ["more or less"]}).match(cut("Is it more than 50?"), 2)
    (4, 'more-than')
    """

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for value, phrases in table.items():
            for phrase in phrases:
                for variant in _variants(phrase):
                    words = tuple(token.word for token in cut(variant).tokens)
                    self._by_first.setdefault(words[0], []).append((words, value))
        for found in self._by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))
        self._longest = max((len(words) for found in self._by_first.values() for words, _ in found), default=0)

    def match(self, passage: Passage, place: int) -> tuple[int, str] | None:
        """The place after the longest phrase that starts at ``place``, and the phrase's value."""
        words = passage.words
        if not 0 <= place < len(words):
            return None
        several = self._by_first.get(words[place])
        if several is None:
            return None
        for phrase, value in several:
            end = place + len(phrase)
            if words[place:end] == phrase:
                return end, value
        return None

    def openings(self) -> Iterator[tuple[str, str | None]]:
        """The first two words of each phrase; None for the second of a phrase of one word."""
        for first, found in self._by_first.items():
            yield from ((first, phrase[1] if len(phrase) > 1 else None) for phrase, _ in found)

    def ends_at(self, passage: Passage, place: int) -> int | None:
        """Where the longest phrase starts whose last word stands just before ``place``."""
        for start in range(max(0, place - self._longest), place):
            found = self.match(passage, start)
            if found and found[0] == place:
                return start
        return None


def _variants(phrase: str) -> tuple[str, ...]:
    # French contracts "de" with what follows; "plus de" must be found in "plus d'un millier", "plus des deux tiers".
    if not phrase.endswith(" de"):
        return (phrase,)
    stem = phrase.removesuffix("de")
    return (phrase, *(stem + form for form in _CONTRACTED))
