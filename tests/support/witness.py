"""A witness between clients and a server: it passes every byte on, and remembers the requests that it saw."""

from __future__ import annotations

import io
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import parse_headers
from urllib.parse import parse_qs, urlsplit

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """One request. The names of ``headers`` are in lower case; ``connection`` is the number of its connection."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def media_type(self) -> str:
        """The type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def way(self) -> str:
        """How the query was sent, in the terms of the protocol: its section 2.1."""
        names = {"application/x-www-form-urlencoded": "POST form", "application/sparql-query": "POST direct"}
        return names.get(self.media_type, self.method) if self.body else self.method

    @property
    def query(self) -> str:
        """The text of the query, empty if the request brings none."""
        if self.media_type == "application/sparql-query":
            return self.body.decode()
        form = self.body.decode() if self.body else urlsplit(self.target).query
        return parse_qs(form).get("query", [""])[0]

    @property
    def values(self) -> int:
        """How many rows the first ``VALUES`` of the query has, 0 without one."""
        block = re.search(r"VALUES\s*(?:\?\w+|\([^)]*\))\s*\{(.*?)\}", self.query, re.DOTALL | re.IGNORECASE)
        if not block:
            return 0
        return len(re.findall(r"\([^)]*\)", block[1])) or len(re.findall(r"<[^>]*>|\bUNDEF\b", block[1]))


@dataclass(slots=True)
class Witness:
    """What has passed since it was last forgotten."""

    port: int
    _heard: list[bytearray] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The address of the endpoint, as clients of the witness see it."""
        return f"http://127.0.0.1:{self.port}/sparql"

    def requests(self) -> list[Request]:
        """The requests that came whole, by connection and in their order."""
        return [request for number, heard in enumerate(list(self._heard)) for request in _read(bytes(heard), number)]

    def forget(self) -> None:
        """Begin anew; connections that are open stay so."""
        for heard in self._heard:
            heard.clear()


def _read(heard: bytes, connection: int) -> Iterator[Request]:
    """The requests on one connection (RFC 9112)."""
    stream = io.BytesIO(heard)
    while line := stream.readline().decode("latin-1"):
        method, target, _version = line.split()
        headers = {name.lower(): value for name, value in parse_headers(stream).items()}
        chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        body = _chunks(stream) if chunked else stream.read(int(headers.get("content-length", 0)))
        yield Request(method, target, headers, body, connection)


def _chunks(stream: io.BytesIO) -> bytes:
    pieces = []
    while size := int(stream.readline().partition(b";")[0], 16):
        pieces.append(stream.read(size))
        stream.readline()
    while stream.readline().strip():
        pass  # trailers
    return b"".join(pieces)


@contextmanager
def watching(port: int) -> Iterator[Witness]:
    """A witness before the server on a port of this machine; its connections are closed at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        witness = Witness(listener.getsockname()[1])
        opened: list[socket.socket] = []
        threads = [threading.Thread(target=_accept, args=(listener, port, witness, opened))]
        threads[0].start()
        try:
            yield witness
        finally:
            _shut(listener)
            threads[0].join()
            for connection in opened:
                _shut(connection)


def _accept(listener: socket.socket, port: int, witness: Witness, opened: list[socket.socket]) -> None:
    passing: list[threading.Thread] = []
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            break  # it was shut
        server = socket.create_connection(("127.0.0.1", port))
        opened += [client, server]
        for connection in (client, server):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heard = bytearray()
        witness._heard.append(heard)
        for source, target, memory in ((client, server, heard), (server, client, None)):
            passing.append(threading.Thread(target=_pass_on, args=(source, target, memory)))
            passing[-1].start()
    for connection in opened:
        _shut(connection)
    for thread in passing:
        thread.join()
    for connection in opened:
        connection.close()


def _pass_on(source: socket.socket, target: socket.socket, memory: bytearray | None) -> None:
    """Pass on what one side sends until it has ended, then end the other side's hearing."""
    with suppress(OSError):
        while piece := source.recv(_PIECE):
            if memory is not None:
                memory += piece
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
