"""The real server over real sockets: streams, clients that leave, signals, new releases."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from support.server_process import ROOT, serving
from support.serving import EX, PAIRS, eventually, make_release, many, running

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"


def target(query: str, **parameters: str) -> str:
    return "/sparql?" + urlencode({"query": query, **parameters})


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        yield connection


def send(connection: socket.socket, path: str, version: str = "1.1") -> None:
    connection.sendall(f"GET {path} HTTP/{version}\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n".encode())


def received(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def get(port: int, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=15)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


def health(port: int) -> dict[str, int]:
    status, _, body = get(port, "/healthz")
    assert status == 200
    found: dict[str, int] = json.loads(body)["workers"]
    return found


def idle(port: int) -> bool:
    return health(port)["busy"] == 0


def test_one_connection_serves_many_requests(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.connect()
        before = connection.sock
        for number in range(5):
            connection.request("GET", target(f"SELECT ?n {{ <{EX}n{number}> <{EX}number> ?n }}", format="csv"))
            assert connection.getresponse().read().decode() == f"n\r\nnumber {number}\r\n"
        assert connection.sock is before


def test_urllib_posts_a_form(port: int) -> None:
    body = urlencode({"query": "ASK { ?s ?p ?o }", "output": "json"}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sparql", body, timeout=10) as response:
        assert json.load(response)["boolean"] is True


def test_a_timeout_has_its_status(port: int) -> None:
    started = time.monotonic()
    status, headers, body = get(port, target(SLOW, timeout="0.5"))
    assert time.monotonic() - started < 1.5
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert json.loads(body)["code"] == "query-timeout"


def peak(process: int) -> int:
    """The most memory that a process has had, in KiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def test_a_million_rows_stream_through(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_DEADLINE="30") as (process, port), connected(port) as connection:
        get(port, target("ASK {}"))
        before = peak(process.pid)
        send(connection, target("SELECT ?a ?c { ?a ?p ?b . ?c ?q ?d } LIMIT 1000000"))
        answer = received(connection)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert b"Transfer-Encoding: chunked" in head
        assert body.endswith(b"0\r\n\r\n")
        assert body.count(f"{EX}n".encode()) == 2_000_000
        assert peak(process.pid) - before < 40_000


def test_a_stream_that_fails_is_cut(port: int) -> None:
    with connected(port) as connection:
        send(connection, target(PAIRS, timeout="1"))
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(answer) > 1_000_000
    assert not answer.endswith(b"0\r\n\r\n")
    assert b"query-timeout" not in answer
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", target(PAIRS, timeout="1", format="csv"))
        response = connection.getresponse()
        with pytest.raises(http.client.IncompleteRead):
            response.read()


def test_http_1_0_has_a_length_or_an_error(port: int) -> None:
    with connected(port) as connection:
        send(connection, target(f"{PAIRS} LIMIT 50000"), "1.0")
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.count(b"\r\n") == 50_001
    with connected(port) as connection:
        send(connection, target(PAIRS, timeout="0.5"), "1.0")
        assert received(connection).startswith(b"HTTP/1.0 503")


def test_a_client_that_leaves_frees_its_worker(port: int) -> None:
    assert eventually(lambda: idle(port))
    with connected(port) as connection:
        send(connection, target(SLOW))
        assert eventually(lambda: health(port)["busy"] == 1)
    assert eventually(lambda: idle(port), 1)


def test_a_client_that_stops_reading_frees_its_worker(port: int) -> None:
    assert eventually(lambda: idle(port))
    with connected(port) as connection:
        send(connection, target(PAIRS, timeout="1"))
        assert eventually(lambda: health(port)["busy"] == 1)
        assert eventually(lambda: idle(port), 3)
        assert health(port)["waiting"] == 0


def test_a_body_too_large_is_refused(port: int) -> None:
    body = b"query=" + b"x" * (9 << 20)
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("POST", "/sparql", body, {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        assert response.status == 413
        assert json.load(response)["code"] == "request-entity-too-large"


def descendants(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except FileNotFoundError:
        return []
    children = [int(child) for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    return [found for child in children for found in (child, *descendants(child))]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_server_is_the_end_of_all(tmp_path: Path, number: signal.Signals) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path) as (process, port), connected(port) as busy, connected(port) as streaming:
        assert eventually(lambda: health(port)["idle"] == 2)
        family = descendants(process.pid)
        assert len(family) == 3
        send(busy, target(SLOW))
        send(streaming, target(PAIRS))
        assert eventually(lambda: len(streaming.recv(1000)) > 0)
        process.send_signal(number)
        process.wait(4)
        assert process.returncode == (-9 if number == signal.SIGKILL else 0)
        assert eventually(lambda: not any(map(running, family)), 2)


def test_a_new_release_is_served_without_a_restart(tmp_path: Path) -> None:
    first = make_release(tmp_path, many(20))
    with serving(tmp_path) as (_, port):
        path = target("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", format="csv")
        _, headers, body = get(port, path)
        assert body == b"n\r\n40\r\n"
        second = make_release(tmp_path, many(21))
        assert first.hash != second.hash
        assert eventually(lambda: get(port, path)[2] == b"n\r\n42\r\n")
        assert get(port, path)[1]["ETag"] != headers["ETag"]


def test_without_a_release_it_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "SIDES_HOME": str(ROOT), "SIDES_RELEASES": str(tmp_path)}
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "there is no release" in done.stderr
    assert "kg build" in done.stderr
    assert "Traceback" not in done.stderr
