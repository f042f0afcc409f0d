"""What a peer is: something that loads a release and answers queries on it."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from kg.ground.release import Release

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "var" / "bench" / "venv" / "bin"
"""Where `make bench` installs the peers that come from PyPI."""

JSON = "application/sparql-results+json"
TRIPLES = "application/n-triples"
PATIENCE = 30.0
"""Seconds without a byte after which a query is given up, if a peer says nothing else."""

_START = 1200.0
"""Seconds that a server may take until it answers at all."""

_LONGEST_URL = 2000
_IDLE = 2.0
"""Seconds after which a connection is not used again: Oxigraph answers 500 on one that was idle for long."""


class PeerError(Exception):
    """A peer could not be started, or did not answer a query."""


class PeerSlowError(PeerError):
    """A peer did not answer in time; it may still be at work on the query."""


class Peer(ABC):
    """One system that is measured: `start` it on a release, `ask` it, `stop` it."""

    name = ""

    def missing(self) -> str:
        """Why the peer cannot be measured on this machine; empty if it can."""
        return ""

    @abstractmethod
    def version(self) -> str:
        """The name and the version of the program."""

    @abstractmethod
    def start(self, release: Release) -> None:
        """Go from the files of a release to where queries are answered; raises `PeerError`."""

    @abstractmethod
    def ask(self, query: str, media_type: str = JSON) -> bytes:
        """The whole answer to a query; raises `PeerError` if there is none."""

    @abstractmethod
    def stop(self) -> None:
        """End it and remove what it has written."""

    @abstractmethod
    def processes(self) -> list[int]:
        """The numbers of its processes, parents first."""

    def prepare(self, release: Release) -> None:  # noqa: B027, most need nothing
        """Do what the files need before the peer can read them at all; not part of the time that loading takes."""


class HttpClient:
    """One connection that is kept, to a SPARQL endpoint."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self.address = address
        self._patience = patience
        self._used = 0.0
        parts = urlsplit(address)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)

    def send(self, query: str, media_type: str = JSON, **headers: str) -> http.client.HTTPResponse:
        """Send a query as most clients do, as GET while it is short and as a form otherwise: the answer's beginning.

        A server may have closed the connection in the meantime: then it is sent once more, on a new one.
        """
        if time.monotonic() > self._used + _IDLE:
            self.close()
        self._used = time.monotonic()
        try:
            return self._send(query, media_type, headers)
        except ConnectionError:
            self.close()
            return self._send(query, media_type, headers)

    def _send(self, query: str, media_type: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        encoded = urlencode({"query": query})
        accept = {"Accept": media_type, **headers}
        if len(encoded) < _LONGEST_URL:
            self._connection.request("GET", f"{self._path}?{encoded}", headers=accept)
        else:
            form = {"Content-Type": "application/x-www-form-urlencoded", **accept}
            self._connection.request("POST", self._path, encoded.encode(), form)
        return self._connection.getresponse()

    def ask(self, query: str, media_type: str = JSON) -> bytes:
        """The whole answer; raises `PeerError` if it has another status than 200, is cut or comes too late."""
        try:
            response = self.send(query, media_type)
            body = response.read()
            self._used = time.monotonic()
        except TimeoutError as error:
            self.close()
            raise PeerSlowError(f"not within {self._patience:.0f} s") from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise PeerError(f"{type(error).__name__}: {error}") from error
        if response.status != 200:
            raise PeerError(f"{response.status} {body[:300].decode(errors='replace')}")
        return body

    def close(self) -> None:
        """Close the connection; the next query opens a new one."""
        self._connection.close()


class ServerPeer(Peer):
    """A peer that is a process with a SPARQL endpoint on a port of its own."""

    path = "/sparql"
    patience = PATIENCE

    def __init__(self) -> None:
        self.port = free_port()
        self.client = HttpClient(f"http://127.0.0.1:{self.port}{self.path}", self.patience)
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def location(self) -> Path:
        """A folder of its own, removed when it stops."""
        return Path(self.folder.name)

    def run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start the process; its output goes to a file in its folder."""
        with (self.location / "output.txt").open("wb") as output:
            self._process = subprocess.Popen(
                command, env={**os.environ, **(environment or {})}, cwd=self.location, stdout=output, stderr=output
            )

    def wait(self, query: str = "ASK {}") -> None:
        """Wait until the endpoint answers; raises `PeerError` if the process ends before."""
        give_up = time.monotonic() + _START
        while time.monotonic() < give_up:
            if self._process and self._process.poll() is not None:
                output = (self.location / "output.txt").read_text(encoding="utf-8", errors="replace")
                raise PeerError(f"{self.name} ended with {self._process.returncode}: {output[-500:]}")
            with suppress(PeerError):
                self.client.ask(query)
                return
            time.sleep(0.02)
        raise PeerError(f"{self.name} has not answered for {_START:.0f} s")

    def ask(self, query: str, media_type: str = JSON) -> bytes:
        """The whole answer to a query."""
        return self.client.ask(query, media_type)

    def restart(self, release: Release) -> None:
        """Begin anew, so that it is at work on nothing."""
        self.stop()
        self.folder = tempfile.TemporaryDirectory(prefix="bench-")
        self.prepare(release)
        self.start(release)

    def processes(self) -> list[int]:
        """The process and all below it."""
        return family(self._process.pid) if self._process else []

    def stop(self) -> None:
        """End the process, by force if it does not end by itself, and remove its folder."""
        self.client.close()
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self.folder.cleanup()


def family(pid: int) -> list[int]:
    """A process and all below it, parents first."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text(encoding="ascii").split()
            found += [number for child in children for number in family(int(child))]
    return found


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
