"""Connections to an engine: kept between requests, and cut at any moment from another thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import BadStatusLine, HTTPResponse
from urllib.parse import urlencode

import kg
from kg.ground.terms import BASE
from kg.serve.remote.addresses import Address, Credentials

FORM = "application/x-www-form-urlencoded"
_IDLE = 2.0
"""Seconds after which a connection is not used again: Oxigraph answers 500 on one that was idle for long."""
_KEPT = 16
"""Connections that are kept open for one engine."""


class Connection:
    """One connection; it may be used for one request after the other."""

    def __init__(self, address: Address, seconds: float) -> None:
        self._http = address.connect(seconds)
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._cut = False
        self.used = False
        self.rested_since = 0.0

    def post(self, target: str, form: bytes, headers: Mapping[str, str], seconds: float) -> HTTPResponse:
        """Send a form and wait for the head of the answer. Raises `OSError` and `HTTPException`."""
        self._http.timeout = seconds
        if self._http.sock is None:
            self._http.connect()
        with self._lock:
            self._socket = self._http.sock
            if self._cut:
                raise ConnectionAbortedError("the request was given up")
        self._socket.settimeout(seconds)
        self._http.request("POST", target, form, headers)
        return self._http.getresponse()

    @property
    def connected(self) -> bool:
        """Whether the other side has taken the connection."""
        return self._socket is not None

    def cut(self) -> None:
        """End whatever is on its way; whoever waits for it gets an error. The engine sees that its client has left."""
        with self._lock:
            self._cut = True
            if self._socket:
                with suppress(OSError):  # it has ended by itself
                    self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it."""
        self._http.close()


class Connections:
    """The connections to one engine."""

    def __init__(self, address: Address, credentials: Credentials | None) -> None:
        self._address = address
        self._headers = {"Content-Type": FORM, "User-Agent": f"Sides/{kg.__version__} (+{BASE})"}
        if credentials:
            self._headers |= credentials.header()
        self._resting: list[Connection] = []
        self._lock = threading.Lock()

    def take(self, seconds: float) -> Connection:
        """A connection that has rested for a moment only, or a new one."""
        while True:
            with self._lock:
                connection = self._resting.pop() if self._resting else None
            if connection is None:
                return Connection(self._address, seconds)
            if time.monotonic() < connection.rested_since + _IDLE:
                connection.used = True
                return connection
            connection.close()

    def ask(
        self,
        connection: Connection,
        query: str,
        dataset: Sequence[tuple[str, str]],
        accept: str,
        seconds: float,
    ) -> HTTPResponse:
        """Send a query: the head of the answer. ``dataset`` are the parameters of the protocol that name graphs.

        The engine is told how long it may take, if its address has a place for that. Raises `OSError` and
        `HTTPException`; a connection that was used before may have been closed meanwhile: that is `stale`.
        """
        form = urlencode([("query", query), *dataset]).encode()
        target = self._address.target(seconds)
        return connection.post(target, form, {"Accept": accept, **self._headers}, seconds)

    def rest(self, connection: Connection) -> None:
        """Keep a connection whose last answer was read to its end."""
        connection.rested_since = time.monotonic()
        with self._lock:
            if len(self._resting) < _KEPT:
                self._resting.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close all that rest."""
        with self._lock:
            resting, self._resting = self._resting, []
        for connection in resting:
            connection.close()


def stale(connection: Connection, error: Exception) -> bool:
    """Whether an error means that the engine closed a connection that rested, and has seen nothing of the request."""
    return connection.used and isinstance(error, ConnectionError | BadStatusLine)
