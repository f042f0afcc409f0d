"""The threads in which requests are answered."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Protocol

logger = logging.getLogger("waitress")


class Service(Protocol):
    """What a thread does for a connection."""

    def service(self) -> None:
        """Answer a request."""

    def cancel(self) -> None:
        """Give up, since there will be no thread."""


class _Place:
    """A thread that rests, and what it is to do next; nothing: it ends."""

    def __init__(self) -> None:
        self.service: Service | None = None
        self._sleep = threading.Lock()
        self._sleep.acquire()

    def wait(self) -> Service | None:
        self._sleep.acquire()
        return self.service

    def wake(self, service: Service | None) -> None:
        self.service = service
        self._sleep.release()


class Dispatcher:
    """Hands each connection with a request to a thread, of which there are so many at most, made as they are needed.

    Of those that rest, the last one goes on: what it needs is still in the caches of its processor. Waitress takes them
    by turns, each with its lock and its condition.
    """

    def __init__(self, threads: int) -> None:
        self._most = threads
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._resting: list[_Place] = []
        self._queue: deque[Service] = deque()
        self._closed = False

    @property
    def resting(self) -> int:
        """How many threads rest."""
        return len(self._resting)

    def add_task(self, service: Service) -> None:
        """Have a connection served, as soon as a thread is free."""
        with self._lock:
            if self._resting:
                self._resting.pop().wake(service)
            elif len(self._threads) < self._most and not self._closed:
                self._begin(service)
            else:
                self._queue.append(service)

    def _begin(self, service: Service) -> None:
        thread = threading.Thread(target=self._run, args=(service,), name="answering", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # the system gives no more: those that are there do the work
            self._queue.append(service)
        else:
            self._threads.add(thread)

    def _run(self, first: Service) -> None:
        place = _Place()
        service: Service | None = first
        while service is not None:
            try:
                service.service()
            except Exception:
                logger.exception("a thread that answers has met an error")
            service = self._next(place)
        with self._lock:
            self._threads.discard(threading.current_thread())

    def _next(self, place: _Place) -> Service | None:
        with self._lock:
            if self._closed:
                return None
            if self._queue:
                return self._queue.popleft()
            self._resting.append(place)
        return place.wait()

    def shutdown(self, timeout: float = 5) -> None:
        """End the threads, those at work after what they do, and wait for them; who waits for a thread is given up."""
        give_up = time.monotonic() + timeout
        with self._lock:
            self._closed = True
            while self._resting:
                self._resting.pop().wake(None)
            while self._queue:
                self._queue.popleft().cancel()
            threads = [*self._threads]
        for thread in threads:
            thread.join(max(0.0, give_up - time.monotonic()))
