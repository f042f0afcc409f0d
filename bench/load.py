"""Many clients at one time, in one thread: they should take little of the processors they share with the servers."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

_DRAIN = 10.0
"""Seconds for which the last answers are waited for after a burst."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@dataclass(slots=True)
class Burst:
    """What came of it: answers by status, and the seconds it took."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers with status 200 in a second."""
        return self.statuses.get(200, 0) / (self.seconds or 1)

    @property
    def failed(self) -> int:
        """Answers with another status; 0 stands for a connection that broke."""
        return sum(self.statuses.values()) - self.statuses.get(200, 0)


def request(address: str, query: str, media_type: str) -> bytes:
    """A whole request for a query by GET, with one more place for a comment: see `varied`."""
    parts = urlsplit(address)
    line = f"GET {parts.path}?query={quote_plus(query)} HTTP/1.1\r\n"
    return f"{line}Host: {parts.netloc}\r\nAccept: {media_type}\r\n\r\n".encode()


def varied(sent: bytes, number: int) -> bytes:
    """The same request, with a comment at the end of the query that makes its text a new one."""
    return sent.replace(b" HTTP/1.1\r\n", b"%%0A%%23+%d HTTP/1.1\r\n" % number, 1)


def burst(address: str, next_request: Callable[[], bytes], clients: int, seconds: float) -> Burst:
    """Ask as fast as it is answered, each client one query after another on a connection that it keeps."""
    parts = urlsplit(address)
    result = Burst()
    with selectors.DefaultSelector() as selector:
        waiting = [_Client((parts.hostname or "", parts.port or 80), selector) for _ in range(clients)]
        started = time.perf_counter()
        for client in waiting:
            client.send(next_request())
        end = started + seconds
        for client, status in _answered(selector, end):
            result.statuses[status] = result.statuses.get(status, 0) + 1
            client.send(next_request())
        result.seconds = time.perf_counter() - started
        left = len(waiting)  # whoever comes next must not share the processors with what is still being answered
        for _ in _answered(selector, end + _DRAIN):
            left -= 1
            if not left:
                break
        for client in waiting:
            client.close()
    return result


def _answered(selector: selectors.BaseSelector, end: float) -> Iterator[tuple[_Client, int]]:
    """The clients whose answers are whole, each with the status, until a moment."""
    while (now := time.perf_counter()) < end:
        for key, _ in selector.select(end - now):
            status = key.data.receive()
            if status is not None:
                yield key.data, status


class _Client:
    """One connection, and the answer that is coming on it."""

    def __init__(self, address: tuple[str, int], selector: selectors.BaseSelector) -> None:
        self._address = address
        self._selector = selector
        self._connect()

    def _connect(self) -> None:
        self._connection = socket.create_connection(self._address, timeout=60)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(self._connection, selectors.EVENT_READ, self)

    def send(self, request: bytes) -> None:
        self._head = b""
        self._status = 0
        self._left: int | None = None
        self._tail = b""
        try:
            self._connection.sendall(request)
        except OSError:  # the server closes a connection after so many requests
            self._again()
            self._connection.sendall(request)

    def receive(self) -> int | None:
        """Read what has come: the status, once the answer is whole."""
        try:
            part = self._connection.recv(1 << 18)
        except OSError:
            part = b""
        if not part:
            whole = self._status and self._left is None and not self._tail
            self._again()
            return self._status if whole else 0
        if not self._status:
            self._head += part
            before, end, part = self._head.partition(b"\r\n\r\n")
            if not end:
                return None
            self._begin(before)
        return self._status if self._ends(part) else None

    def _begin(self, head: bytes) -> None:
        self._status = int(head.split(b" ", 2)[1])
        length = _LENGTH.search(head)
        self._left = int(length[1]) if length else None
        self._tail = b"\r\n" if _CHUNKED.search(head) else b""

    def _ends(self, part: bytes) -> bool:
        if self._left is not None:
            self._left -= len(part)
            return self._left <= 0
        self._tail = (self._tail + part)[-7:] if self._tail else b""
        return self._tail == b"\r\n0\r\n\r\n"

    def _again(self) -> None:
        self.close()
        self._connect()

    def close(self) -> None:
        self._selector.unregister(self._connection)
        self._connection.close()
