"""The tokens of a query, one after the other."""

from __future__ import annotations

import re

from kg.ground.tokens import TOKEN

_BLOCK = re.compile(
    r"""(?:[ \t\r\n]*+(?:<[A-Za-z][^<>"{}|^`\\\x00-\x20]*+>|[()]|UNDEF(?![\w:.-])
        |[A-Za-z][\w-]*+:[A-Za-z][\w-]*+(?![\w:.%\\-])))*+[ \t\r\n]*+(?=\})""",
    re.IGNORECASE | re.VERBOSE,
)
"""The data of ``VALUES`` without literals, read at one go: there may be thousands of rows."""


class UnknownError(Exception):
    """The text is not understood."""


def _scan(text: str) -> tuple[list[str], list[str], list[int]]:
    """The kinds, texts and places of the tokens; the data of a long ``VALUES`` is one token of the kind ``data``."""
    kinds: list[str] = []
    texts: list[str] = []
    starts: list[int] = []
    position, until, match = 0, len(text), TOKEN.match
    block = -1
    while position < until:
        found = match(text, position)
        assert found is not None  # any character is a sign
        kind, start, position = found.lastgroup or "sign", position, found.end()
        if kind == "space":
            continue
        token = text[start:position]
        kinds.append(kind)
        texts.append(token)
        starts.append(start)
        if kind == "word" and token.upper() == "VALUES":
            block = len(kinds)
        elif block >= 0 and token == "{":
            block = -1
            data = _BLOCK.match(text, position)
            if data:
                kinds.append("data")
                texts.append(data.group())
                starts.append(position)
                position = data.end()
    return kinds, texts, starts


class Tokens:
    """A text by its tokens: what the next one is, and taking it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds, self.texts, self.starts = _scan(text)
        self.words = [
            each.upper() if kind == "word" else each for kind, each in zip(self.kinds, self.texts, strict=True)
        ]
        for items in (self.kinds, self.words, self.texts):
            items.append("")
        self.starts.append(len(text))
        self.at = 0

    def end(self) -> int:
        """The end of the last token that was read."""
        return self.starts[self.at - 1] + len(self.texts[self.at - 1])

    def take(self, word: str) -> bool:
        """Read a word or a sign if it is the next one."""
        if self.words[self.at] == word and self.kinds[self.at] in {"word", "sign"}:
            self.at += 1
            return True
        return False

    def need(self, *words: str) -> None:
        """Read words or signs that must be the next ones."""
        for word in words:
            if not self.take(word):
                raise UnknownError

    def name(self) -> str:
        """Read a variable: its name."""
        if self.kinds[self.at] != "variable":
            raise UnknownError
        self.at += 1
        return self.texts[self.at - 1][1:]

    def number(self) -> int:
        """Read a whole number."""
        text = self.texts[self.at]
        if self.kinds[self.at] != "number" or not text.isdecimal():
            raise UnknownError
        self.at += 1
        return int(text)
