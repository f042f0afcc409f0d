"""A queue in which clients take turns, so that who asks much does not keep others waiting."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_REMEMBERED = 4096
"""Clients of whom it is known when they were served last."""


class Turns(Generic[T]):
    """Those who wait, by client. Not safe for threads by itself.

    >>> turns = Turns[int]()
    >>> for client, number in (("a", 1), ("a", 2), ("a", 3), ("b", 4)):
    ...     turns.join(client, number)
    >>> [turns.next() for _ in range(len(turns))]
    [1, 4, 2, 3]
    """

    def __init__(self) -> None:
        self._lines: dict[str | None, deque[T]] = {}
        self._served: OrderedDict[str | None, int] = OrderedDict()
        self._turn = 0
        self._count = 0

    def __len__(self) -> int:
        """How many wait."""
        return self._count

    def count(self, client: str | None) -> int:
        """How many wait for one client."""
        return len(self._lines.get(client, ()))

    def join(self, client: str | None, waiter: T) -> None:
        """Let somebody wait, behind those of the same client."""
        self._lines.setdefault(client, deque()).append(waiter)
        self._count += 1

    def leave(self, client: str | None, waiter: T) -> None:
        """Let somebody go who waits no longer; nothing happens if nobody of that kind does."""
        line = self._lines.get(client, deque())
        if waiter in line:
            line.remove(waiter)
            self._take_off(client)

    def next(self, first: Callable[[str | None], bool] = lambda _: True) -> T:
        """Take the one whose turn it is: of the client that was served longest ago, or never.

        Clients that are not ``first`` come after those that are. Raises `IndexError` if nobody waits.
        """
        if not self._lines:
            raise IndexError("nobody waits")
        client = min(self._lines, key=lambda name: (not first(name), self._served.get(name, 0)))
        waiter = self._lines[client].popleft()
        self._take_off(client)
        self.serve(client)
        return waiter

    def serve(self, client: str | None) -> None:
        """Take down that a client is served, for instance one that need not wait."""
        self._turn += 1
        self._served[client] = self._turn
        self._served.move_to_end(client)
        if len(self._served) > _REMEMBERED:
            self._served.popitem(last=False)

    def displace(self, client: str | None) -> T | None:
        """Make room for one more of a client: take the newest of the client that has most waiting.

        None, if that client would then have fewer waiting than the one that comes.
        """
        greediest = max(self._lines, key=self.count, default=None)
        if self.count(greediest) < self.count(client) + 2:
            return None
        waiter = self._lines[greediest].pop()
        self._take_off(greediest)
        return waiter

    def _take_off(self, client: str | None) -> None:
        self._count -= 1
        if not self._lines[client]:
            del self._lines[client]
