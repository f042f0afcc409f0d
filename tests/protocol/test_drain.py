"""A server that is told to stop ends what it has begun, in bounded time, and takes nothing new."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from support.server_process import LAST_CHUNK, Server, received, received_until, serving, target
from support.serving import COUNT, PAIRS, eventually, make_release, many, running

pytestmark = pytest.mark.alone

WORK = "SELECT (COUNT(*) AS ?n) { VALUES ?k { 1 2 3 4 5 6 7 8 } ?a ?p ?b . ?c ?q ?d FILTER(RAND() < 2) }"
"""Some seconds of work."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_DRAIN="20", SIDES_IDLE_TIME="3600") as running_server:
        assert running_server.whole()
        yield running_server


def refused(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:  # it was queued as the server ceased to listen
        return False
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_runs_is_ended_and_nothing_new_begun(server: Server, number: signal.Signals) -> None:
    family = server.family()
    with (
        ThreadPoolExecutor(2) as threads,
        closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as idle,
        server.sent(f"{PAIRS} LIMIT 300000") as stream,
    ):
        idle.request("GET", "/healthz")
        assert idle.getresponse().read()
        query = threads.submit(server.ask, WORK)
        assert eventually(lambda: server.metric('sides_workers{state="busy"}') == 2)
        waits = threads.submit(server.ask, "ASK { FILTER(RAND() < 2) }")
        assert eventually(lambda: server.metric("sides_queries_waiting") == 1)
        server.process.send_signal(number)
        assert eventually(lambda: refused(server))
        assert idle.sock is not None
        assert idle.sock.recv(1) == b"", "a connection on which nothing runs is closed"
        assert received(stream).endswith(LAST_CHUNK)
        reply = query.result()
        assert (reply.status, reply.headers["Connection"]) == (200, "close")
        assert waits.result().status == 200
        assert server.process.wait(5) == 0, "it ends once the last answer is sent"
    assert eventually(lambda: not any(map(running, family)))


def test_a_request_that_is_coming_is_taken(server: Server) -> None:
    request = f"GET {target('ASK {}', format='csv')} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request[:20])
        assert eventually(lambda: server.metric('sides_connections{state="receiving"}') == 1)
        server.process.terminate()
        assert eventually(lambda: refused(server))
        connection.sendall(request[20:])
        answer = received(connection)
    assert answer.endswith(b"true")
    assert b"Connection: close" in answer
    assert server.process.wait(5) == 0


def test_what_does_not_end_is_cut_in_time(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_DRAIN="1") as server:
        assert server.whole()
        with server.sent(COUNT) as query, server.sent(PAIRS) as stream:
            assert server.busy(2)
            started = time.monotonic()
            server.process.terminate()
            assert server.process.wait(10) == 0
            assert 1 <= time.monotonic() - started < 4
            assert not received(stream).endswith(LAST_CHUNK)
            assert b"200 OK" not in received(query)


def test_pages_that_are_made_for_nobody_hold_nothing_up(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_WARM="on") as server:
        assert server.get("/about").status == 200
        server.process.terminate()
        assert server.process.wait(5) == 0


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(server: Server, second: signal.Signals) -> None:
    family = server.family()
    with server.sent(COUNT) as query:
        assert server.busy(1)
        server.process.terminate()
        assert eventually(lambda: refused(server))
        started = time.monotonic()
        server.process.send_signal(second)
        assert server.process.wait(5) == -second
        assert time.monotonic() - started < 1
        assert received_until(query, b"never") == b""
    assert eventually(lambda: not any(map(running, family)))
