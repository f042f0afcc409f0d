"""Those that are measured: each a context manager that loads a release and yields what asks it a query."""

from __future__ import annotations

import http.client
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from scaled import default_graph

from kg.ground.release import Release

ROOT = Path(__file__).parents[1]
Ask = Callable[[str], bytes]
"""Sends a query and gives its whole answer as CSV."""


class HttpClient:
    """One connection that is kept, to a SPARQL endpoint."""

    def __init__(self, address: str) -> None:
        self.address = address
        parts = urlsplit(address)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)

    def __call__(self, query: str) -> bytes:
        """Send a query as the body of a POST."""
        headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
        self._connection.request("POST", self._path, query.encode(), headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{self.address}: {response.status} {body[:500].decode(errors='replace')}")
        return body

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def _process(command: list[str], address: str, environment: Mapping[str, str]) -> Iterator[HttpClient]:
    """A server, once it answers; how long that took is told on the way."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        with closing(HttpClient(address)) as client:
            _wait(client, process)
            print(
                f"{Path(command[0]).name} {Path(command[1]).name} answers after {time.perf_counter() - started:.2f} s"
            )
            yield client
    finally:
        process.terminate()
        process.wait(10)


def _wait(client: HttpClient, process: subprocess.Popen[bytes]) -> None:
    while True:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            client("ASK {}")
        except OSError:
            client.close()
            time.sleep(0.02)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def sides(release: Release) -> Iterator[Ask]:
    """This project's server."""
    port = _free_port()
    command = [sys.executable, str(ROOT / "server.py"), "--port", str(port)]
    home = {"SIDES_HOME": str(ROOT), "SIDES_RELEASES": str(release.path.parents[1]), "SIDES_DEADLINE": "120"}
    with _process(command, f"http://127.0.0.1:{port}/sparql", home) as client:
        yield client


@contextmanager
def oxigraph(release: Release) -> Iterator[Ask]:
    """Oxigraph's own server, on its store on disk."""
    binary = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    with tempfile.TemporaryDirectory() as folder:
        load = [binary, "load", "--location", folder, "--file", str(release.data)]
        subprocess.run(load, check=True, capture_output=True)
        port = _free_port()
        serve = [binary, "serve-read-only", "--location", folder, "--bind", f"127.0.0.1:{port}"]
        with _process(serve, f"http://127.0.0.1:{port}/query", {}) as client:
            yield client


@contextmanager
def pyoxigraph(release: Release) -> Iterator[Ask]:
    """The engine itself, in the process that asks: no limits, no protocol."""
    import pyoxigraph as ox

    store = ox.Store()
    store.bulk_load(path=release.data, format=ox.RdfFormat.N_QUADS)

    def ask(query: str) -> bytes:
        results = store.query(query)
        assert isinstance(results, ox.QuerySolutions)
        written = io.BytesIO()
        results.serialize(written, ox.QueryResultsFormat.CSV)
        return written.getvalue()

    yield ask


@contextmanager
def rdflib(release: Release) -> Iterator[Ask]:
    """RDFLib, in the process that asks, on the default graph in memory."""
    import rdflib as library

    graph = library.Graph()
    graph.parse(data=default_graph(release), format="nt")

    def ask(query: str) -> bytes:
        written = graph.query(query).serialize(format="csv")
        assert written is not None
        return written

    yield ask


PEERS: Mapping[str, Callable[[Release], AbstractContextManager[Ask]]] = {
    "oxigraph": oxigraph,
    "pyoxigraph": pyoxigraph,
    "rdflib": rdflib,
}
"""Whom Sides is compared with, by name."""
