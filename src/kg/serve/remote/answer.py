"""The answer of an engine, as those who send it on see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from kg.ground.release import Release
from kg.serve.engine import Answer
from kg.serve.formats import Format
from kg.serve.remote.exchange import Exchange


class RemoteAnswer(Answer):
    """An iterator over the bytes of an answer that comes from an engine elsewhere."""

    def __init__(self, fmt: Format, release: Release, exchange: Exchange) -> None:
        super().__init__(fmt, release, None)
        self.cached = False
        self.deadline = exchange.deadline
        self._remote = exchange

    @classmethod
    def await_first(cls, fmt: Format, release: Release, exchange: Exchange, held_back: int) -> Self:
        """The answer with its first bytes held back; raises `QueryError` if it fails before that."""
        answer = cls(fmt, release, exchange)
        held = 0
        while held < held_back:
            piece = answer._piece()
            if piece is None:
                answer.size = held
                break
            held += len(piece)
            answer._held.append(piece)
        answer.variables = exchange.variables
        return answer

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something called as soon as the engine is at work on this no longer."""
        self._remote.when_ended(call)

    def _piece(self) -> bytes | None:
        piece = self._remote.piece()
        if piece is None:
            self.rows = self._remote.rows
        return piece

    def __next__(self) -> bytes:
        """The next piece: what was held back, then what the engine sends."""
        if self._held:
            return self._held.popleft()
        piece = None if self.size is not None else self._piece()
        if piece is None:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Give up what has not been read; the engine is told so by the end of its connection."""
        super().close()
        self._remote.give_up()
