"""Words and sentences: where they begin and end in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

# The first row takes most words, the others what may be an abbreviation, elided, or of several parts. Spaces are
# refused at once, as each row would be tried at each of them.
_TOKEN = re.compile(
    r"(?=\S)(?:[^\W_]++(?![-‐‑/.'’])"
    r"|(?=[A-Zne])(?:M|MM|Mme|Dr|St|Mr|Mrs|Ms|No|no|env|[A-Z](?=\.[A-Z]))\.(?:[A-Z]\.)*(?=\s|$)"
    r"|(?:[lLdDnNsSſjJcCmMtT]|(?=[qQjJlLpP])(?i:qu|jusqu|lorsqu|puisqu|quoiqu|quelqu))['’](?=\w)"
    r"|[^\W_]++(?:[-‐‑/.](?=[^\W_])[^\W_]++)*+"
    r"|(?<=\w)[-‐‑](?:co-)?(?:led|headed|chaired)\b"
    r"|['’]s\b"
    r"|\S)"
)
# "the British-led force": who leads it is named by the first part
_SUFFIX = re.compile(r"(?<=\w)(?<!^co)[-‐‑](?:co-)?(?:led|headed|chaired)$")
_ENDINGS = {".", "!", "?", "…", "..."}
_AFTER_END = _ENDINGS | {"»", "”", ")", '"'}
REMEMBERED = 40
"""How many characters a word may have whose folded form is remembered: no text can fill the memory with long ones."""
_OPENERS = set('«“"(–—-')


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


def fold(text: str) -> str:
    """A text without case, accents and typographic apostrophes or hyphens, for comparing names.

    >>> fold("L’État de Palestine")
    "l'etat de palestine"
    """
    if text.isascii():
        return text.lower()
    return _folded(text) if len(text) <= REMEMBERED else _folded.__wrapped__(text)


@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("‑", "-").replace("‐", "-"))
    return "".join(char for char in plain if not unicodedata.combining(char))


@lru_cache(maxsize=1)  # a statement that is one passage is asked for twice
def tokenise(text: str) -> tuple[Token, ...]:
    """Split a text into words and marks; elided articles and English possessives stand alone.

    >>> [token.text for token in tokenise("L'Ukraine remercie l’OTAN.")]
    ["L'", 'Ukraine', 'remercie', 'l’', 'OTAN', '.']
    >>> [token.text for token in tokenise("Germany's share")]
    ['Germany', "'s", 'share']
    """
    tokens: list[Token] = []
    position = 0
    while position >= 0:
        position = _tokens_from(text, position, tokens)
    return tuple(tokens)


def _tokens_from(text: str, position: int, tokens: list[Token]) -> int:
    """Add the tokens from a place on; where a word has been cut before "-led", tell where to go on, else -1."""
    for match in _TOKEN.finditer(text, position):
        word = match.group()
        start, end = match.span()
        if word[-1] == "d" and (suffix := _SUFFIX.search(word)):
            word = word[: suffix.start()]
            tokens.append(Token(start, start + len(word), word, _norm(word)))
            return start + len(word)
        tokens.append(_new(Token, (start, end, word, word.lower() if word.isascii() else _norm(word))))
    return -1


_STRAIGHT = str.maketrans("’‑‐", "'--")


def _norm(word: str) -> str:
    return word.lower().translate(_STRAIGHT)


def sentences(tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """The ranges of tokens that form a sentence each.

    A mark ends a sentence where a capital letter, a figure or a quotation follows it, or nothing at all.
    """
    ranges: list[tuple[int, int]] = []
    begin = end = 0
    for at, token in enumerate(tokens):
        if token.text not in _ENDINGS or at < end:
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
