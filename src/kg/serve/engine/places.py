"""Where in a query a token stands: in which clause, and in which brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.ground.tokens import Token

CLAUSES = frozenset(
    {"PREFIX", "BASE", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT",
     "OFFSET", "VALUES"}
)  # fmt: skip

_NOTHING = Token("sign", "", 0)


@dataclass(frozen=True, slots=True)
class Level:
    """The brackets around a place: what opens them, the token before that, and the last clause that began inside.

    Outside of all brackets there is no opener. ``closed`` tells that a pattern in braces has ended in this clause.
    """

    opener: Token = _NOTHING
    head: Token = _NOTHING
    first: int = 0
    clause: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A token of a query, or its end, with what stands around it."""

    text: str
    tokens: Sequence[Token]
    index: int
    levels: tuple[Level, ...]

    @classmethod
    def of(cls, text: str, tokens: Sequence[Token], index: int) -> Place:
        """The place of the token with this index; that of the end, if there is no such token."""
        levels = [Level()]
        before = _NOTHING
        for number, token in enumerate(tokens[:index]):
            if token.text in {"{", "("}:
                levels.append(Level(token, before, number + 1))
            elif token.text in {"}", ")"} and len(levels) > 1:
                levels.pop()
                levels[-1] = replace(levels[-1], closed=levels[-1].closed or token.text == "}")
            elif token.keyword in CLAUSES:
                levels[-1] = replace(levels[-1], clause=token.keyword, closed=False)
            before = token
        return cls(text, tokens, index, tuple(levels))

    def at(self, offset: int) -> Token:
        """The token so many places further on; an empty one beyond the ends."""
        index = self.index + offset
        return self.tokens[index] if 0 <= index < len(self.tokens) else replace(_NOTHING, start=len(self.text))

    @property
    def token(self) -> Token:
        """The token itself."""
        return self.at(0)

    @property
    def before(self) -> Token:
        """The token before it."""
        return self.at(-1)

    @property
    def level(self) -> Level:
        """The innermost brackets around it."""
        return self.levels[-1]

    @property
    def selecting(self) -> bool:
        """Whether it stands between SELECT and the pattern, outside of brackets."""
        return self.level.clause == "SELECT" and not self.level.closed

    @property
    def in_pattern(self) -> bool:
        """Whether it stands in braces, and in no clause of a query inside them."""
        return self.level.opener.text == "{" and not self.level.clause and not self.in_values

    @property
    def in_values(self) -> bool:
        """Whether it stands among the rows of VALUES."""
        return self.level.opener.text == "{" and self._values_head() is not None

    def _values_head(self) -> int | None:
        """The index of the VALUES whose variables stand directly before the braces."""
        index = self.level.first - 2
        while index >= 0 and (self.tokens[index].kind == "variable" or self.tokens[index].text in {"(", ")"}):
            index -= 1
        return index if index >= 0 and self.tokens[index].keyword == "VALUES" else None

    @property
    def in_expression(self) -> bool:
        """Whether it stands in parentheses."""
        return self.level.opener.text == "("

    @property
    def in_triple(self) -> int:
        """How many terms of the triple stand before it: since the last dot, semicolon or bracket."""
        since = 0
        for token in reversed(self.tokens[self.level.first : self.index]):
            if token.text in {".", ";", ",", "{", "}", "(", ")"}:
                break
            since += 1
        return since

    def source(self, first: int, last: int) -> str:
        """The text from one token to another, both included, counted from this one."""
        return self.text[self.at(first).start : self.at(last).end]

    def span(self, stop: frozenset[str]) -> str:
        """The text from this token up to one of some signs, outside of brackets, or the end of the line."""
        depth, last = 0, -1
        for offset in range(len(self.tokens) - self.index):
            token = self.at(offset)
            depth += {"(": 1, "{": 1, ")": -1, "}": -1}.get(token.text, 0)
            new_line = "\n" in self.text[self.at(offset - 1).end : token.start] if offset else False
            if depth < 0 or (depth == 0 and token.text in stop) or new_line:
                break
            last = offset
        return self.source(0, last) if last >= 0 else ""

    def told(self, token: Token) -> str:
        """Where another token stands, for people."""
        line = self.text.count("\n", 0, token.start) + 1
        return f"line {line}, column {token.start - self.text.rfind(chr(10), 0, token.start)}"
