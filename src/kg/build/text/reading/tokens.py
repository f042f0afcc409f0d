"""A text cut into words, runs of digits and signs, and phrases looked up in it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.build.text.tokens import Remembered, split
from kg.ground.records import Span

_NAME = "\ue000\ue001"
"""Two signs without a meaning, for private use: a name is masked by the first, and the second up to its end."""
_TOKEN = re.compile(rf"(?=\S)([^\W\d_]++(?:[\u0300-\u036f]++[^\W\d_]*+)*+|[0-9]++|{_NAME}*+|\S)")
_DIGITS = re.compile(r"[0-9]")
_SAME = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "‐": "-", "‑": "-", "\u00ad": "-"})
_CONTRACTED = ("d'", "des", "du")


def fold(word: str) -> str:
    """Write a word without case, accents or typographic variants.

    >>> fold("Été"), fold("’")
    ('ete', "'")
    """
    return _FOLDED[word]


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.translate(_SAME).lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character)) or word


_FOLDED = Remembered(_fold)


_new = tuple.__new__


class Passage:
    """A text cut into tokens; places in it are token numbers, and a look a little past an end finds nothing.

    What is asked of a place stands in lists that go on with nothing past their end, so that few looks need a check of
    their bounds: -1, the place before the first, is the last of them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = 0
        """How many tokens there are."""
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.raws: list[str] = []
        """The tokens as written."""
        self.words: tuple[str, ...] = ()
        """The tokens folded."""
        self.joined: list[bool] = []
        """Whether nothing separates a token from the one before."""
        self.figures: set[int] = set()
        """The places of the runs of digits."""

    def word(self, place: int) -> str:
        """The folded token at a place, or the empty text."""
        return self.words[place]

    def raw(self, place: int) -> str:
        """The token at a place as written, or the empty text."""
        return self.raws[place]

    def glued(self, place: int) -> bool:
        """Whether the token at a place follows the one before without a space."""
        return self.joined[place]

    def digits(self, place: int) -> bool:
        """Whether the token at a place is a run of digits."""
        return place in self.figures

    def letters(self, place: int) -> bool:
        """Whether the token at a place is a word."""
        return self.words[place][:1].isalpha()

    def alphanumeric(self, place: int) -> bool:
        """Whether the token at a place is a word or a run of digits."""
        return place in self.figures or self.words[place][:1].isalpha()

    def runs_on(self, place: int) -> bool:
        """Whether a word goes on at a place: with letters, digits, or a joining sign and more ("M" in "M113")."""
        return self.joined[place] and (
            self.alphanumeric(place)
            or (self.words[place] in ("-", "/") and self.joined[place + 1] and self._names(place + 1))
        )

    def _names(self, place: int) -> bool:
        return place in self.figures or self.raws[place][:1].isupper()

    def mixed_case(self, place: int) -> bool:
        """Whether the word at a place mixes cases as names of models do ("PzH 2000", "MiG 29")."""
        raw = self.raws[place]
        rest = raw[1:]
        if not rest or rest.islower() or raw.isupper():
            return False
        return any(character.isupper() for character in rest) and any(character.islower() for character in raw)

    def span(self, start: int, end: int) -> Span:
        """The characters from one token up to another, which is not included."""
        return _new(Span, (self.starts[start], self.ends[end - 1]))

    def place_of_end(self, start: int, offset: int) -> int:
        """The place of the first token from ``start`` on that begins at or after a character offset."""
        place, size, starts = start, self.size, self.starts
        while place < size and starts[place] < offset:
            place += 1
        return place


_PAST = 8
"""How far past either end of a passage a reader may look."""


def cut(text: str, names: Iterable[Span] = ()) -> Passage:
    """Cut a text into tokens; each of ``names`` becomes one token that no reader understands.

    >>> passage = cut("d'1,5 Md€")
    >>> passage.raws[: passage.size]
    ['d', "'", '1', ',', '5', 'Md', '€']
    """
    passage = Passage(text)
    hidden = _apart(text, names)
    masked = _masked(text, hidden) if hidden else text
    starts, ends, raws, words, joined = passage.starts, passage.ends, passage.raws, list[str](), passage.joined
    begin = 0
    for piece in masked.split(" "):
        tokens, figures = _PIECES[piece]
        if figures:
            passage.figures.update([len(starts) + place for place in figures])
        for start, end, raw, word, follows in tokens:
            starts.append(begin + start)
            ends.append(begin + end)
            raws.append(raw)
            words.append(word)
            joined.append(follows)
        begin += len(piece) + 1
    for start, end in hidden:
        place = bisect_left(starts, start)
        raws[place], words[place], joined[place] = text[start:end], "\0", False
    passage.size = len(words)
    raws += _NO_WORDS
    joined += _NOT_JOINED
    passage.words = (*words, *_NO_WORDS)
    return passage


_Tokens = tuple[tuple[int, int, str, str, bool], ...]
"""Tokens: where each begins and ends, as written and folded, and whether nothing separates it from the one before."""


def _tokens_of(piece: str) -> tuple[_Tokens, tuple[int, ...]]:
    """The tokens of what stands between two spaces, and the places of the runs of digits among them."""
    starts, ends, raws, gaps = split(_TOKEN, piece)
    joined = [place > 0 and not gap for place, gap in enumerate(gaps)]
    tokens = tuple(zip(starts, ends, raws, map(_fold, raws), joined, strict=True))
    return tokens, tuple([place for place, raw in enumerate(raws) if _DIGITS.match(raw)])


_PIECES = Remembered(_tokens_of)


_NO_WORDS = [""] * _PAST
_NOT_JOINED = [False] * _PAST


def _apart(text: str, names: Iterable[Span]) -> list[Span]:
    """The spans of names in their order; none that begins within another, or lies outside the text."""
    found: list[Span] = []
    reached, size = 0, len(text)
    for span in sorted(names):
        if reached <= span.start < span.end <= size:
            found.append(span)
            reached = span.end
    return found


def _masked(text: str, names: Sequence[Span]) -> str:
    """A text of the same length in which each of some names is cut as one token, whatever stands in it."""
    parts: list[str] = []
    reached = 0
    for start, end in names:
        parts += (text[reached:start], _NAME[0], _NAME[1] * (end - start - 1))
        reached = end
    parts.append(text[reached:])
    return "".join(parts)


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
        self.by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        """The phrases with their values by their first word, the longest first."""
        for value, phrases in table.items():
            for phrase in phrases:
                for variant in _variants(phrase):
                    words = cut(variant).words[:-_PAST]
                    self.by_first.setdefault(words[0], []).append((words, value))
        for found in self.by_first.values():
            found.sort(key=lambda entry: -len(entry[0]))
        self.last = frozenset(words[-1] for found in self.by_first.values() for words, _ in found)
        """The last words of the phrases."""
        self._longest = max((len(words) for found in self.by_first.values() for words, _ in found), default=0)

    def match(self, passage: Passage, place: int) -> tuple[int, str] | None:
        """The place after the longest phrase that starts at ``place``, and the phrase's value."""
        words = passage.words
        several = self.by_first.get(words[place])
        if several is None:
            return None
        for phrase, value in several:
            end = place + len(phrase)
            if words[place:end] == phrase:
                return end, value
        return None

    def end(self, passage: Passage, place: int) -> int | None:
        """The place after the longest phrase that starts at ``place``."""
        words = passage.words
        several = self.by_first.get(words[place])
        if several is None:
            return None
        for phrase, _ in several:
            end = place + len(phrase)
            if words[place:end] == phrase:
                return end
        return None

    def phrases(self) -> Iterator[tuple[str, ...]]:
        """The words of each phrase."""
        for found in self.by_first.values():
            yield from (phrase for phrase, _ in found)

    def ends_at(self, passage: Passage, place: int) -> int | None:
        """Where the longest phrase starts whose last word stands just before ``place``."""
        if passage.words[place - 1] not in self.last:
            return None
        for start in range(max(0, place - self._longest), place):
            if self.end(passage, start) == place:
                return start
        return None


def _variants(phrase: str) -> tuple[str, ...]:
    # French contracts "de" with what follows; "plus de" must be found in "plus d'un millier", "plus des deux tiers".
    if not phrase.endswith(" de"):
        return (phrase,)
    stem = phrase.removesuffix("de")
    return (phrase, *(stem + form for form in _CONTRACTED))
