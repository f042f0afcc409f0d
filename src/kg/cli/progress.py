"""How far a command has come, told on a terminal while it runs."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

_EVERY = 0.2  # seconds between two tellings: often enough to follow, too seldom to cost anything
_WIDTH = 24


class Progress:
    """A line on a terminal with a bar, the number of items, their rate, and how long the rest will take.

    Nothing is written where ``out`` is no terminal. ``total`` is in bytes; None if it is not known.
    """

    def __init__(self, total: int | None, *, what: str, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._shown = self._out.isatty()
        self._total = total
        self._what = what
        self._begun = self._told = time.monotonic()
        self._bytes = 0
        self._items = 0

    def __enter__(self) -> Progress:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away: what the command has printed stays."""
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def advance(self, read: int) -> None:
        """Tell that so many bytes more were read."""
        self._bytes += read

    def done(self) -> None:
        """Tell that one more item is done."""
        self._items += 1
        now = time.monotonic()
        if self._shown and now - self._told >= _EVERY:
            self._told = now
            self._out.write(f"\r\x1b[K{self.line(now - self._begun)}")
            self._out.flush()

    def line(self, seconds: float) -> str:
        """What is told after some seconds."""
        rate = self._items / seconds if seconds else 0.0
        told = f"{self._items:,} {self._what}, {rate:,.0f}/s"
        if not self._total:
            return told
        part = min(self._bytes / self._total, 1.0)
        bar = "█" * round(part * _WIDTH)
        left = f", {_clock(seconds * (1 - part) / part)} left" if part else ""
        return f"{part:4.0%} {bar:·<{_WIDTH}} {told}{left}"


def _clock(seconds: float) -> str:
    """Seconds as hours, minutes and seconds.

    >>> _clock(75.4), _clock(7265)
    ('1:15', '2:01:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
