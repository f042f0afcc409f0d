"""The real server, as a process of its own, and what its clients do to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from support.serving import eventually, running

ROOT = Path(__file__).parents[2]

LAST_CHUNK = b"\r\n0\r\n\r\n"
"""The end of an answer in chunks that is whole."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def code(self) -> str:
        """The code of the problem document that this is."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return str(json.loads(self.body)["code"])


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str, **headers: str) -> Reply:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())

    def ask(self, query: str, **parameters: str) -> Reply:
        """The answer to a query, as CSV if nothing else is said."""
        return self.get(target(query, **{"format": "csv", **parameters}))

    @contextmanager
    def opened(self, path: str) -> Iterator[socket.socket]:
        """A connection on which a browser has asked for a page and nothing been read."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode())
            yield connection

    @contextmanager
    def sent(self, query: str, *, version: str = "1.1", **parameters: str) -> Iterator[socket.socket]:
        """A connection on which a query has been sent and nothing been read; its answer is the last on it."""
        head = "Host: localhost\r\nAccept: text/csv\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(f"GET {target(query, **parameters)} HTTP/{version}\r\n{head}".encode())
            yield connection

    def workers(self) -> Mapping[str, int]:
        """How many workers are idle and busy, and how many queries wait."""
        reply = self.get("/healthz")
        assert reply.status == 200, reply.body
        found: dict[str, int] = json.loads(reply.body)["workers"]
        return found

    def busy(self, count: int) -> bool:
        """Whether so many workers are soon at work."""
        return eventually(lambda: self.workers()["busy"] == count)

    def metric(self, name: str) -> float:
        """What ``/metrics`` tells under a name with its labels; 0 for one that is not there."""
        lines = self.get("/metrics").body.decode().splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == name), 0.0)

    def whole(self, size: int = 2) -> bool:
        """Whether soon every worker is there and idle."""
        return eventually(lambda: self.workers() == {"idle": size, "busy": 0, "waiting": 0})

    def templates(self) -> list[int]:
        """The numbers of the processes that hold a release: one, but for moments."""
        return _children(self.process.pid)

    def worker_pids(self) -> list[int]:
        """The numbers of the processes that answer queries, without those whose template has died."""
        return [pid for template in self.templates() for pid in _children(template)]

    def family(self) -> list[int]:
        """The numbers of the processes below the server."""
        return [*self.templates(), *self.worker_pids()]


def target(query: str, **parameters: str) -> str:
    return "/sparql?" + urlencode({"query": query, **parameters})


def received(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    parts = []
    while part := connection.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def received_until(connection: socket.socket, awaited: bytes) -> bytes:
    """What comes until something awaited is among it, or the other side closes."""
    found = b""
    while awaited not in found and (part := connection.recv(1 << 20)):
        found += part
    return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return []
    found = [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    return [child for child in found if running(child)]


def kill(*pids: int) -> None:
    """End processes as `kill -9` does, and see them dead."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not any(map(running, pids)))


@contextmanager
def serving(releases: Path, **environment: str) -> Iterator[Server]:
    """``server.py`` on a free port; at the end it must have had no accident."""
    limits = {"SIDES_WORKERS": "2", "SIDES_DEADLINE": "30", "SIDES_QUERY_MEMORY": "1500", "SIDES_HELD_BACK": "1"}
    limits["SIDES_DRAIN"] = "0"  # tests leave queries running
    limits["SIDES_WARM"] = limits["SIDES_QUICK_START"] = "off"  # what is counted is what the test asks
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "server.py"), "--port", "0"],
            env={**os.environ, "SIDES_HOME": str(ROOT), "SIDES_RELEASES": str(releases), **limits, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("Sides is at http://127.0.0.1:"), line
            yield Server(process, int(line.split(":")[2].split("/")[0]))
        finally:
            process.terminate()
            process.wait(10)
            assert process.stdout
            process.stdout.close()
        errors.seek(0)
        assert "Traceback" not in (log := errors.read()), log
