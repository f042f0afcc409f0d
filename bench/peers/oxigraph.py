"""Oxigraph: its own server in Rust, in memory and on disk, and the engine in the process that asks."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from http.client import HTTPConnection

import pyoxigraph as ox

from kg.ground.release import Release

from .base import JSON, PROGRAMS, Peer, PeerError, ServerPeer


class _Server(ServerPeer):
    path = "/query"

    @property
    def program(self) -> str:
        own = PROGRAMS / "oxigraph"
        return str(own) if own.exists() else shutil.which("oxigraph") or ""

    def missing(self) -> str:
        """Whether the program is there."""
        return "" if self.program else "pip install -r bench/requirements.txt brings it"

    def version(self) -> str:
        """What the program says."""
        return subprocess.run([self.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()


class OxigraphDisk(_Server):
    """``oxigraph serve-read-only`` on a store on disk that ``oxigraph load`` has filled."""

    name = "oxigraph disk"

    def start(self, release: Release) -> None:
        """Load the file, then serve."""
        location = str(self.location / "store")
        load = [self.program, "load", "--location", location, "--file", str(release.data)]
        subprocess.run(load, check=True, capture_output=True)
        self.run([self.program, "serve-read-only", "--location", location, "--bind", f"127.0.0.1:{self.port}"])
        self.wait()


class OxigraphMemory(_Server):
    """``oxigraph serve`` without a location, filled over HTTP."""

    name = "oxigraph memory"

    def start(self, release: Release) -> None:
        """Serve, then load the file."""
        self.run([self.program, "serve", "--bind", f"127.0.0.1:{self.port}"])
        self.wait()
        connection = HTTPConnection("127.0.0.1", self.port)
        with release.data.open("rb") as file:
            headers = {"Content-Type": "application/n-quads", "Content-Length": str(release.data.stat().st_size)}
            connection.request("POST", "/store?no_transaction", file, headers)
            response = connection.getresponse()
            body = response.read()
        connection.close()
        if response.status >= 300:
            raise PeerError(f"the file was not loaded: {response.status} {body[:300].decode()}")


class Engine(Peer):
    """pyoxigraph in memory, in the process that asks: no limits, no protocol, no other processes."""

    name = "in process"

    def __init__(self) -> None:
        self.store = ox.Store()

    def version(self) -> str:
        """The version of the package."""
        return f"pyoxigraph {ox.__version__}"

    def start(self, release: Release) -> None:
        """Load the file."""
        self.store.bulk_load(path=str(release.data), format=ox.RdfFormat.N_QUADS)

    def ask(self, query: str, media_type: str = JSON) -> bytes:
        """The answer, written as the servers write it."""
        try:
            results = self.store.query(query)
            written = io.BytesIO()
            if isinstance(results, ox.QueryTriples):
                results.serialize(written, ox.RdfFormat.from_media_type(media_type) or ox.RdfFormat.N_TRIPLES)
            else:
                results.serialize(written, ox.QueryResultsFormat.JSON)
        except (OSError, SyntaxError, ValueError) as error:
            raise PeerError(str(error)) from error
        return written.getvalue()

    def processes(self) -> list[int]:
        """The process that asks."""
        return [os.getpid()]

    def stop(self) -> None:
        """Forget the store."""
        self.store = ox.Store()
