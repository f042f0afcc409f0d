"""Words and sentences: where they begin and end in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple, TypeVar

# The first row takes most words, the others what may be an abbreviation, elided, or of several parts. Spaces are
# refused at once, as each row would be tried at each of them.
_LED = r"(?:co-)?(?:led|headed|chaired)"
_TOKEN = re.compile(
    r"(?=\S)([^\W_]++(?![-‐‑/.'’])"
    r"|(?=[A-Zne])(?:M|MM|Mme|Dr|St|Mr|Mrs|Ms|No|no|env|[A-Z](?=\.[A-Z]))\.(?:[A-Z]\.)*(?=\s|$)"
    r"|(?:[lLdDnNsSjJcCmMtT]|(?=[qQjJlLpP])(?i:qu|jusqu|lorsqu|puisqu|quoiqu|quelqu))['’](?=\w)"
    # "the British-led force": who leads it is named by the first part, and the second stands alone
    rf"|(?:co[-‐‑](?={_LED}))?[^\W_]++(?:(?![-‐‑]{_LED}(?![^\W_]|[-‐‑/.][^\W_]))[-‐‑/.](?=[^\W_])[^\W_]++)*+"
    rf"|(?<=\w)[-‐‑]{_LED}\b"
    r"|['’]s\b"
    r"|\S)"
)
_ENDINGS = frozenset({".", "!", "?", "…", "..."})
_AFTER_END = _ENDINGS | {"»", "”", ")", '"'}
_OPENERS = frozenset('«“"(–—-')


_T = TypeVar("_T")
_new = tuple.__new__
"""Makes a named tuple of all its fields in a third of the time that its class takes."""


class Token(NamedTuple):
    """One word or mark: its characters in the text, and ``norm``, the lower-case form with straight apostrophes.

    A named tuple, which is made in a third of the time of a frozen dataclass; so is the node of a sentence.
    """

    start: int
    end: int
    text: str
    norm: str

    @property
    def capitalised(self) -> bool:
        """Whether the word begins with a capital letter."""
        return self.text[:1].isupper()

    @property
    def is_word(self) -> bool:
        """Whether the token is a word rather than a mark."""
        return self.text[:1].isalnum()


_LONGEST = 40
"""How many characters a word may have to be remembered."""
_MOST = 8192
"""How many words are remembered at most."""


class Remembered(dict[str, _T]):
    """What is known of each word, found when it is first asked for; which words are known changes nothing else.

    No text can fill the memory: long words are not kept, and all are let go of when there are many.

    >>> lower = Remembered(str.lower)
    >>> lower["PzH"], lower
    ('pzh', {'PzH': 'pzh'})
    """

    def __init__(self, form: Callable[[str], _T]) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, word: str) -> _T:
        """Find what is to be known of a word."""
        found = self._form(word)
        if len(word) <= _LONGEST:
            if len(self) == _MOST:
                self.clear()
            self[word] = found
        return found


def fold(text: str) -> str:
    """A text without case, accents and typographic apostrophes or hyphens, for comparing names.

    >>> fold("L’État de Palestine")
    "l'etat de palestine"
    """
    return _FOLDED[text]


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("‑", "-").replace("‐", "-"))
    return "".join(char for char in plain if not unicodedata.combining(char))


_FOLDED = Remembered(_fold)


@lru_cache(maxsize=1)  # a statement that is one passage is asked for twice
def tokenise(text: str) -> tuple[Token, ...]:
    """Split a text into words and marks; elided articles and English possessives stand alone.

    >>> [token.text for token in tokenise("L'Ukraine remercie l’OTAN.")]
    ["L'", 'Ukraine', 'remercie', 'l’', 'OTAN', '.']
    >>> [token.text for token in tokenise("Germany's share of the British-led force")]
    ['Germany', "'s", 'share', 'of', 'the', 'British', '-led', 'force']
    """
    tokens: list[Token] = []
    begin = 0
    for piece in text.split(" "):
        for start, end, word, norm in _PIECES[piece]:
            tokens.append(_new(Token, (begin + start, begin + end, word, norm)))
        begin += len(piece) + 1
    return tuple(tokens)


def _tokens_of(piece: str) -> tuple[tuple[int, int, str, str], ...]:
    """The tokens of what stands between two spaces: none reaches over a space, nor depends on what stands beyond."""
    starts, ends, words, _ = split(_TOKEN, piece)
    return tuple(zip(starts, ends, words, map(_norm, words), strict=True))


_PIECES = Remembered(_tokens_of)


def split(pattern: re.Pattern[str], text: str) -> tuple[list[int], list[int], list[str], list[str]]:
    """Where the matches of a pattern of one group begin and end, what they are, and what stands before each.

    Splitting makes no match objects, which cost more than the rest.

    >>> split(re.compile("([a-z]+)"), "two  words")
    ([0, 5], [3, 10], ['two', 'words'], ['', '  '])
    """
    pieces = pattern.split(text)
    offsets = [*accumulate(map(len, pieces))]
    return offsets[:-1:2], offsets[1::2], pieces[1::2], pieces[:-1:2]


def fold_all(words: Iterable[str]) -> list[str]:
    """Words as `fold` writes them."""
    return [*map(_FOLDED.__getitem__, words)]


_STRAIGHT = str.maketrans("’‑‐", "'--")


def _norm(word: str) -> str:
    return word.lower().translate(_STRAIGHT)


_written = attrgetter("text")


def sentences(tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """The ranges of tokens that form a sentence each.

    A mark ends a sentence where a capital letter, a figure or a quotation follows it, or nothing at all.
    """
    ranges: list[tuple[int, int]] = []
    begin = end = 0
    for at in [at for at, text in enumerate(map(_written, tokens)) if text in _ENDINGS]:
        if at < end:
            continue
        end = at + 1
        while end < len(tokens) and tokens[end].text in _AFTER_END:
            end += 1
        if end == len(tokens) or (end > begin and _opens(tokens, end)):
            if end > begin:
                ranges.append((begin, end))
            begin = end
    if begin < len(tokens):
        ranges.append((begin, len(tokens)))
    return tuple(ranges)


def _opens(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    return (token.text in _OPENERS or token.capitalised or token.text[0].isdigit()) and token.start > tokens[at - 1].end
