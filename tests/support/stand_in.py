"""A stand-in for another endpoint: a small HTTP server of this process that answers from a store, or fails as told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

RESULTS = "application/sparql-results+json"


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came in."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    target: str
    form: dict[str, list[str]]


@dataclass(slots=True)
class StandIn:
    """What the endpoint holds, what it was asked, and how it fails: a function that answers in place of the store."""

    store: ox.Store = field(default_factory=ox.Store)
    heard: list[Heard] = field(default_factory=list)
    fails: Callable[[Answering, int], None] | None = None
    port: int = 0
    running: int = 0
    most_running: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/sparql"


class Answering(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    stand_in: StandIn
    query: str

    def do_GET(self) -> None:
        self.answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def answer(self, form: str) -> None:
        given = parse_qs(form)
        query = self.query = given.get("query", [""])[0]
        path = urlsplit(self.path).path
        with self.stand_in.lock:
            self.stand_in.heard.append(Heard(self.command, path, query, dict(self.headers), self.path, given))
            number = len(self.stand_in.heard)
            self.stand_in.running += 1
            self.stand_in.most_running = max(self.stand_in.most_running, self.stand_in.running)
        try:
            if self.stand_in.fails:
                self.stand_in.fails(self, number)
            else:
                self.from_store()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.stand_in.lock:
                self.stand_in.running -= 1

    def from_store(self) -> None:
        try:
            found = self.stand_in.store.query(self.query)
        except SyntaxError as error:
            self.reply(400, str(error).encode())
            return
        assert isinstance(found, ox.QuerySolutions)
        body = found.serialize(format=ox.QueryResultsFormat.JSON)
        assert body is not None
        self.reply(200, body, {"Content-Type": RESULTS})

    def reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True


@contextmanager
def stand_in(turtle: str = "") -> Iterator[StandIn]:
    """An endpoint on a port of its own."""
    made = StandIn()
    made.store.load(turtle.encode(), ox.RdfFormat.TURTLE)
    handler = type("Handler", (Answering,), {"stand_in": made})
    with _Server(("127.0.0.1", 0), handler) as server:
        made.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
