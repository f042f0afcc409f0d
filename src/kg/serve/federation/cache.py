"""Answers of other endpoints, kept for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_OVERHEAD = 512
"""Bytes that an answer takes beside its content and its query, about."""


class Cache:
    """Keeps answers for ``age`` seconds, up to ``limit`` bytes altogether; the oldest go first."""

    def __init__(self, age: float, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._age = age
        self._limit = limit
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, address: str, query: str) -> bytes | None:
        """The answer of an address to a query, if it is not too old."""
        with self._lock:
            self._drop_old()
            kept = self._kept.get((address, query))
            return kept[1] if kept else None

    def put(self, address: str, query: str, body: bytes) -> None:
        """Keep an answer, unless it would take more than an eighth of the room."""
        key = (address, query)
        if _size(key, body) > self._limit // 8 or self._age <= 0:
            return
        with self._lock:
            if key in self._kept:
                self._drop(key)
            self._kept[key] = (self._clock() + self._age, body)
            self._size += _size(key, body)
            while self._size > self._limit:
                self._drop(next(iter(self._kept)))

    def _drop_old(self) -> None:
        now = self._clock()
        while self._kept:
            key, (until, _) = next(iter(self._kept.items()))
            if until > now:
                return
            self._drop(key)

    def _drop(self, key: tuple[str, str]) -> None:
        self._size -= _size(key, self._kept.pop(key)[1])


def _size(key: tuple[str, str], body: bytes) -> int:
    return len(body) + 2 * len(key[1]) + _OVERHEAD
