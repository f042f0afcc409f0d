"""A small engine with the SPARQL 1.1 Graph Store Protocol, which may refuse what it is told to refuse."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox


@dataclass(slots=True)
class Shop:
    """What the engine holds, and how it is."""

    store: ox.Store = field(default_factory=ox.Store)
    merges: bool = False
    """Whether its default graph is all that it holds."""
    reads_gzip: bool = True
    user: str = ""
    heard: list[tuple[str, str]] = field(default_factory=list)
    """Method and graph of each request that writes."""
    fails: Callable[[str, str, int], int] = lambda *_: 0
    """Method, graph and number of a request that writes -> the status with which it fails, 0 for none."""
    port: int = 0

    @property
    def graphs(self) -> str:
        return f"http://127.0.0.1:{self.port}/data"


class Answering(BaseHTTPRequestHandler):
    """Answers one request."""

    shop: Shop

    def do_PUT(self) -> None:
        self.write(replace=True)

    def do_POST(self) -> None:
        if urlsplit(self.path).path == "/data":
            self.write(replace=False)
            return
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if "update" in form:
            self.shop.heard.append(("UPDATE", ""))
            self.shop.store.update(form["update"][0])
            self.reply(204)
            return
        found = self.shop.store.query(form["query"][0], use_default_graph_as_union=self.shop.merges)
        assert isinstance(found, ox.QuerySolutions)
        body = found.serialize(format=ox.QueryResultsFormat.JSON)
        assert body
        self.reply(200, body)

    def do_DELETE(self) -> None:
        name = self.graph()
        self.shop.heard.append(("DELETE", name))
        if status := self.shop.fails("DELETE", name, len(self.shop.heard)):
            self.reply(status, b"not now")
            return
        there = ox.NamedNode(name) in [*self.shop.store.named_graphs()]
        if there:
            self.shop.store.remove_graph(ox.NamedNode(name))
        self.reply(204 if there else 404)

    def graph(self) -> str:
        given = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return "" if "default" in given else given["graph"][0]

    def write(self, *, replace: bool) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.graph()
        if self.shop.user and self.headers.get("Authorization") != self.shop.user:
            self.reply(401, b"who are you?", {"WWW-Authenticate": 'Basic realm="shop"'})
            return
        self.shop.heard.append((self.command, name))
        if status := self.shop.fails(self.command, name, len(self.shop.heard)):
            self.reply(status, b"not now")
            return
        if self.headers.get("Content-Encoding") == "gzip":
            if not self.shop.reads_gzip:
                self.reply(415, b"what is this?")
                return
            body = gzip.decompress(body)
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        if replace:
            self.shop.store.clear_graph(graph)
        self.shop.store.load(body, ox.RdfFormat.N_TRIPLES, to_graph=graph)
        self.reply(204)

    def reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def graph_store(**given: object) -> Iterator[Shop]:
    """An engine on a port of its own."""
    shop = Shop(**given)  # type: ignore[arg-type]
    handler = type("Handler", (Answering,), {"shop": shop})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        shop.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield shop
        finally:
            server.shutdown()
            thread.join()
