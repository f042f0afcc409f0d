"""How many queries the engines behind are asked at one time, and whose turn it is when that is not enough."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable

from kg.ground.errors import BusyError, QueryCancelledError, TooManyQueriesError
from kg.serve.engine.turns import Turns

_POLL = 0.1
"""Seconds between two looks at whether the client is still there."""
_RESTART = 5
"""Seconds after which a server that is shutting down may be back."""


class _Waiter:
    def __init__(self, client: str | None) -> None:
        self.client = client
        self.told = threading.Event()
        self.refusal: BusyError | None = None

    def refuse(self, error: BusyError) -> None:
        self.refusal = error
        self.told.set()


class Places:
    """So many places, each for one query that runs elsewhere; clients that wait for one take turns.

    ``queue`` queries may wait; ``share`` is the part of the places and of the queue that one client may have while
    others wait: the same rules as those of the workers of an engine in this machine.
    """

    def __init__(self, *, size: int, queue: int, share: float) -> None:
        self._size = size
        self._queue = queue
        self._share = share
        self._lock = threading.Lock()
        self._taken: Counter[str | None] = Counter()
        self._waiting: Turns[_Waiter] = Turns()
        self._closed = False

    def take(self, patience: float, cancelled: Callable[[], bool], client: str | None) -> None:
        """Take a place, waiting for at most ``patience`` seconds.

        Raises `BusyError` if the queue is full or no place was free in time, `TooManyQueriesError` if the client has
        its share of the queue, and `QueryCancelledError`.
        """
        waiter = self._enter(client, patience)
        give_up = time.monotonic() + patience
        while not waiter.told.wait(_POLL):
            if cancelled():
                self._leave(waiter)
                raise QueryCancelledError("the client left while its query waited")
            if time.monotonic() > give_up:
                self._leave(waiter)
                raise _busy(f"no engine was free for {patience:g} seconds", patience)
        if waiter.refusal:
            raise waiter.refusal

    def give_back(self, client: str | None) -> None:
        """Free a place that a client had."""
        with self._lock:
            self._free(client)

    def close(self) -> None:
        """Take nobody any more, and send away who waits."""
        with self._lock:
            self._closed = True
            while self._waiting:
                self._waiting.next().refuse(shutting_down())

    def census(self) -> dict[str, int]:
        """How many places are idle and busy, and how many queries wait."""
        with self._lock:
            busy = self._taken.total()
            return {"idle": self._size - busy, "busy": busy, "waiting": len(self._waiting)}

    def _enter(self, client: str | None, patience: float) -> _Waiter:
        waiter = _Waiter(client)
        with self._lock:
            if self._closed:
                raise shutting_down()
            if self._taken.total() < self._size:
                self._taken[client] += 1
                self._waiting.serve(client)
                waiter.told.set()
            else:
                self._make_room(client, patience)
                self._waiting.join(client, waiter)
        return waiter

    def _make_room(self, client: str | None, patience: float) -> None:
        share = max(1, math.ceil(self._queue * self._share))
        waiting = self._waiting.count(client)
        if client is not None and share <= waiting and share < self._queue:
            raise _too_many(waiting, patience)
        if len(self._waiting) >= self._queue:
            displaced = self._waiting.displace(client)
            if displaced is None:
                raise _busy(f"{len(self._waiting)} queries wait already", patience)
            displaced.refuse(_too_many(self._waiting.count(displaced.client), patience))

    def _leave(self, waiter: _Waiter) -> None:
        with self._lock:
            if not waiter.told.is_set():
                self._waiting.leave(waiter.client, waiter)
            elif waiter.refusal is None:  # it got a place in the same moment
                self._free(waiter.client)

    def _free(self, client: str | None) -> None:
        self._taken[client] -= 1
        if not self._taken[client]:
            del self._taken[client]
        if self._waiting and not self._closed:
            most = max(1, int(self._size * self._share))
            waiter = self._waiting.next(lambda other: self._taken[other] < most)
            self._taken[waiter.client] += 1
            waiter.told.set()


def shutting_down() -> BusyError:
    """What a query is told that meets the end of the server."""
    return BusyError("the server is shutting down", retry_after=_RESTART, remedy="try again when it is back")


def _busy(message: str, patience: float) -> BusyError:
    seconds = max(1, round(patience / 4))
    return BusyError(message, retry_after=seconds, remedy=f"try again in {seconds} seconds")


def _too_many(waiting: int, patience: float) -> TooManyQueriesError:
    seconds = max(1, round(patience / 4))
    return TooManyQueriesError(
        f"{waiting} queries of this client wait already",
        retry_after=seconds,
        remedy=f"send fewer at one time; try again in {seconds} seconds",
    )
