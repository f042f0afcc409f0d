"""How many addresses one client may make in an hour, and how large their answers may be."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from kg.ground.errors import PermalinkLimitError

HOURLY = 60
"""Addresses that one client may make in an hour; those that are there already count for nothing."""

SHARE = 64 * 1024
"""Bytes of an answer, as it is kept, that count for one address: a few large ones would fill the room for all."""

_HOUR = 3600


class Quota:
    """Counts what each client has made in the current hour; nothing of a client is kept longer, nor written down."""

    def __init__(self, most: int = HOURLY, clock: Callable[[], float] = time.time) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._hour = 0
        self._made: Counter[str | None] = Counter()

    def check(self, client: str | None) -> None:
        """Raise `PermalinkLimitError` if a client has made as many addresses as it may."""
        with self._lock:
            if self._of_this_hour()[client] >= self._most:
                seconds = _HOUR - int(self._clock()) % _HOUR
                raise PermalinkLimitError(
                    f"this client may make no more addresses within the hour: {self._most}, fewer of long answers",
                    retry_after=seconds,
                    remedy="answers that have an address already can be cited at any time; others, in the next hour",
                )

    def count(self, client: str | None, size: int) -> None:
        """Take down that a client has made an address whose answer takes so many bytes."""
        with self._lock:
            self._of_this_hour()[client] += 1 + size // SHARE

    def _of_this_hour(self) -> Counter[str | None]:
        hour = int(self._clock()) // _HOUR
        if hour != self._hour:
            self._hour, self._made = hour, Counter()
        return self._made
