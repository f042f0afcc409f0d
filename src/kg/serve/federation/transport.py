"""One request to another endpoint over HTTP, within its time, its size and its redirects.

The standard library's client does all that is asked: the connection goes to the very address that was checked, and each
read has what is left of the time. A larger client would look names up by itself, a second time.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from kg.serve.federation.addresses import resolve

_REDIRECTS = 2
_REDIRECTING = frozenset({301, 302, 303, 307, 308})
_PART = 64 * 1024
_PATIENCE = 2.0
"""Seconds that an address has to take a connection, if there is another."""
_POLL = 0.25
"""Seconds between two looks at whether the client is still there."""


class TooLargeError(OSError):
    """The answer has more bytes than it may have."""


class GivenUpError(OSError):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take: until when (`time.monotonic`), how many bytes, and whether somebody still waits."""

    until: float
    size: int
    given_up: Callable[[], bool]

    def remaining(self) -> float:
        """The seconds that are left. Raises `TimeoutError` if there are none, `GivenUpError` if nobody waits."""
        if self.given_up():
            raise GivenUpError("nobody waits for the answer")
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the time is over")
        return seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Transport:
    """Sends requests; ``context`` is that of TLS, by default one that verifies."""

    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, private: bool, limits: Limits
    ) -> Reply:
        """Send a request, following redirects; ``private`` lets the host of ``url`` lie in a private network.

        Raises `OSError` and `http.client.HTTPException`.
        """
        home = _origin(url) if private else None
        for _ in range(_REDIRECTS + 1):
            reply = self._send_once(method, url, headers, body, private=_origin(url) == home, limits=limits)
            target = reply.headers.get("location")
            if reply.status not in _REDIRECTING or not target:
                return reply
            url = _redirected(url, target)
            if reply.status == 303:
                method, body = "GET", None
        raise OSError(f"it redirects more than {_REDIRECTS} times")

    def _send_once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, *, private: bool, limits: Limits
    ) -> Reply:
        parts = urlsplit(url)
        secure, host = parts.scheme == "https", parts.hostname or ""
        port = parts.port or (443 if secure else 80)
        addresses = resolve(host, port, private=private, seconds=limits.remaining())
        connection = http.client.HTTPConnection(host, port)
        connection.default_port = 443 if secure else 80  # what the header Host leaves out
        with closing(self._connected(addresses, port, host if secure else None, limits)) as connected:
            connection.sock = _Link(connected, limits)  # http.client asks no more of a socket
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, {**headers, "Connection": "close"})
            with connection.getresponse() as response:
                found = {name.lower(): value for name, value in response.getheaders()}
                return Reply(response.status, found, _whole(response, limits.size))

    def _connected(self, addresses: Sequence[str], port: int, name: str | None, limits: Limits) -> socket.socket:
        plain = _first(addresses, port, limits)
        if name is None:
            return plain
        try:
            plain.settimeout(limits.remaining())
            return self.context.wrap_socket(plain, server_hostname=name)
        except BaseException:
            plain.close()
            raise


def _first(addresses: Sequence[str], port: int, limits: Limits) -> socket.socket:
    """A connection to the first of some addresses that takes one: many hosts have one that cannot be reached (IPv6)."""
    *others, last = addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=min(limits.remaining(), _PATIENCE))
    return socket.create_connection((last, port), timeout=limits.remaining())


class _Link:
    """What ``http.client`` needs of a connection; whoever made that closes it."""

    def __init__(self, connected: socket.socket, limits: Limits) -> None:
        self._connected = connected
        self._limits = limits

    def sendall(self, data: bytes) -> None:
        """Send all bytes in what is left of the time."""
        self._connected.settimeout(self._limits.remaining())
        self._connected.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What comes in."""
        return io.BufferedReader(_Incoming(self._connected, self._limits))

    def close(self) -> None:
        """Nothing: what came in may still have to be read."""


class _Incoming(io.RawIOBase):
    """What a connection receives."""

    def __init__(self, connected: socket.socket, limits: Limits) -> None:
        self._connected = connected
        self._limits = limits

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Take some bytes, however long they are on their way; each wait has only what is left of the time."""
        while True:
            self._connected.settimeout(min(self._limits.remaining(), _POLL))
            try:
                return self._connected.recv_into(buffer)
            except TimeoutError:
                continue


def _whole(response: http.client.HTTPResponse, size: int) -> bytes:
    parts, total = [], 0
    while part := response.read(min(_PART, size + 1 - total)):
        parts.append(part)
        total += len(part)
        if total > size:
            raise TooLargeError(f"its answer is larger than {size} bytes")
    whole = b"".join(parts)
    if response.length:  # read in pieces, the library lets that pass
        raise http.client.IncompleteRead(whole, response.length)
    return whole


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _redirected(url: str, target: str) -> str:
    """Where a redirect leads. Raises `OSError` where none may."""
    try:
        new = urljoin(url, target)
        parts = urlsplit(new)
        fits = bool(parts.hostname) and parts.port != 0 and new.isascii() and new.isprintable() and " " not in new
    except ValueError:
        fits = False
    if not fits or parts.scheme not in {"http", "https"} or parts.username:
        raise OSError(f"it redirects to {target[:200]!r}")
    if urlsplit(url).scheme == "https" and parts.scheme != "https":
        raise OSError("it redirects to an address without TLS")
    return new
