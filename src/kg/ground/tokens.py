"""The tokens of a SPARQL query: enough of the grammar to tell keywords from strings, comments, IRIs and names.

The engine's parser offers no syntax tree, and it splits words more freely than the grammar says (``5SERVICE<…>`` and
``SERVICE:x{}`` both are SERVICE clauses to it), so the tokens here are what *it* would see, found in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
# The characters that names go on with. Python's \w lacks some of those of the grammar (PN_CHARS): U+FEFF, and what has
# no meaning yet.
_GOES_ON = (
    r"[\w.\-·\u0300-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff"
    r"\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff]"
)
TOKEN = re.compile(
    rf"""
      (?P<space>\s++|\#[^\n\r]*+)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*+'''
        |"(?:[^"\\\n\r]|\\.)*+"|'(?:[^'\\\n\r]|\\.)*+')
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*+>)
    | (?P<variable>[?$]\w++)
    | (?P<language>@[A-Za-z0-9-]++)
    | (?P<blank>_:[\w.\-·]++)
    | (?P<name>(?:[^\W\d_]{_GOES_ON}*+)?:(?:(?:{_GOES_ON}|:|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*(?<!\.))?)
    | (?P<number>(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][+-]?\d++)?)
    | (?P<word>(?:[^\W\d]|{_ESCAPE})(?:[\w.\-·]|{_ESCAPE})*+)
    | (?P<sign>\^\^|&&|\|\||!=|<=|>=|<<\(?|\)?>>|\{{\||\|\}}|\\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind (``word``, ``name``, ``iri``, ``string`` …), its text, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset just behind the token."""
        return self.start + len(self.text)

    @property
    def keyword(self) -> str:
        """The word in capitals with its ``\\u`` escapes decoded; empty for what is not a word."""
        return unescape(self.text).upper() if self.kind == "word" else ""


def tokens(text: str, start: int = 0) -> Iterator[Token]:
    """Split a query into tokens from a place on, leaving out white space and comments.

    >>> [token.text for token in tokens("SELECT * { ?s rdfs:label 'a # b'@en } # end")]
    ['SELECT', '*', '{', '?s', 'rdfs:label', "'a # b'", '@en', '}']
    """
    for match in TOKEN.finditer(text, start):
        kind = match.lastgroup or "sign"
        if kind != "space":
            yield Token(kind, match.group(), match.start())


def unescape(text: str) -> str:
    r"""Decode the ``\u`` and ``\U`` escapes of a text; a number that is no character stays as it is.

    >>> unescape(r"S\u0045RVICE")
    'SERVICE'
    """
    return re.sub(_ESCAPE, _character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    number = int.from_bytes(bytes.fromhex(match.group()[2:]))
    return chr(number) if number <= 0x10FFFF else match.group()
