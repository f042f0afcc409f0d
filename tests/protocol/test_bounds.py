"""What clients may send, how slowly, and how slowly they may read: each bound of the real server, over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from kg.ground.settings import Settings
from kg.serve.http import Limits
from kg.serve.http import Server as HttpServer
from kg.serve.http.limits import CHUNK_LINE_SIZE, HEADERS_SIZE, URL_SIZE
from support.server_process import LAST_CHUNK, ROOT, Reply, Server, received, received_until, serving
from support.serving import EX, PAIRS, eventually, make_release, many

pytestmark = pytest.mark.alone

NUMBER_OF_7 = f"SELECT ?n {{ <{EX}n7> <{EX}number> ?n FILTER(RAND() < 2) }}"
"""A query that no cache answers."""

ROWS, SIZE = 90_000, 10_000_000
"""Rows that take more than so many bytes: within what the impatient server holds back, beyond what sockets hold."""

FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that gives clients little time."""
    folder = tmp_path_factory.mktemp("impatient")
    make_release(folder, many(500))
    times = {"SIDES_HEAD_TIME": "1", "SIDES_IDLE_TIME": "1.5", "SIDES_DEADLINE": "3"}
    with serving(folder, SIDES_HELD_BACK="16", **times) as running_server:
        yield running_server


@contextmanager
def connected(server: Server, address: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A connection from an address of this machine."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30, source_address=(address, 0)) as connection:
        yield connection


def sent(server: Server, content: bytes) -> Reply:
    """The answer to bytes sent as they are, and the connection closed behind it."""
    with connected(server) as connection:
        try:
            connection.sendall(content)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise AssertionError("the answer could not be read") from error
        with closing(http.client.HTTPResponse(connection)) as response:
            response.begin()
            return Reply(response.status, response.headers, response.read())


def head(line: str, *fields: str) -> bytes:
    return "\r\n".join([f"{line} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


REFUSED = {
    "long URL": (head(f"GET /sparql?query={'x' * URL_SIZE}"), 414, "request-uri-too-long"),
    "URL without an end": (b"GET /" + b"x" * (URL_SIZE + 10), 414, "request-uri-too-long"),
    "URL beyond everything": (b"GET /" + b"x" * (URL_SIZE + HEADERS_SIZE + 10), 414, "request-uri-too-long"),
    "long header": (head("GET /", f"X: {'x' * HEADERS_SIZE}"), 431, "request-header-fields-too-large"),
    "many headers": (
        head("GET /", *(f"X{number}: {'x' * 100}" for number in range(1000))),
        431,
        "request-header-fields-too-large",
    ),
    "header without an end": (
        b"GET / HTTP/1.1\r\nX: " + b"x" * (URL_SIZE + HEADERS_SIZE),
        431,
        "request-header-fields-too-large",
    ),
    "large body announced": (
        head("POST /sparql", FORM, f"Content-Length: {1 << 30}"),
        413,
        "request-entity-too-large",
    ),
    "large body that waits to be asked for": (
        head("POST /sparql", FORM, f"Content-Length: {1 << 30}", "Expect: 100-continue"),
        413,
        "request-entity-too-large",
    ),
    "large body": (
        head("POST /sparql", FORM, f"Content-Length: {40 << 20}") + b"x" * (40 << 20),
        413,
        "request-entity-too-large",
    ),
    "large body in chunks": (
        head("POST /sparql", FORM, "Transfer-Encoding: chunked") + (b"100000\r\n" + b"x" * (1 << 20) + b"\r\n") * 12,
        413,
        "request-entity-too-large",
    ),
    "chunk line without an end": (
        head("POST /sparql", FORM, "Transfer-Encoding: chunked") + b"1" * (CHUNK_LINE_SIZE + 10_000),
        400,
        "bad-request",
    ),
    "no HTTP": (b"\x16\x03\x01 hello\r\n\r\n", 400, "bad-request"),
    "wrong length": (head("POST /sparql", "Content-Length: many"), 400, "bad-request"),
    "two lengths": (
        head("POST /sparql", FORM, "Transfer-Encoding: chunked", "Content-Length: 5") + b"0\r\n\r\n",
        400,
        "bad-request",
    ),
    "chunks before there were any": (
        head("POST /sparql", FORM, "Transfer-Encoding: chunked", "Connection: keep-alive").replace(
            b"HTTP/1.1", b"HTTP/1.0"
        ),
        400,
        "bad-request",
    ),
    "unknown coding": (head("POST /sparql", "Transfer-Encoding: gzip"), 501, "not-implemented"),
}


@pytest.mark.parametrize(("content", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_too_much_is_told(server: Server, content: bytes, status: int, code: str) -> None:
    reply = sent(server, content)
    assert (reply.status, reply.code) == (status, code)
    document = json.loads(reply.body)
    assert document["status"] == status
    assert document["detail"]
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["X-Request-ID"]
    assert reply.headers["Connection"] == "close"
    assert server.get("/healthz").status == 200


def test_what_is_just_within_the_bounds_is_answered(server: Server) -> None:
    padding = "x" * (URL_SIZE - 200)
    assert sent(server, head(f"GET /sparql?query=ASK%20%7B%7D&unused={padding}", "Connection: close")).status == 200
    fields = [f"X: {'x' * (HEADERS_SIZE - 200)}", "Connection: close"]
    assert sent(server, head("GET /sparql?query=ASK%20%7B%7D", *fields)).status == 200


def test_a_refusal_is_logged_and_counted(tmp_path: Path) -> None:
    make_release(tmp_path, many(2))
    log = tmp_path / "requests.log"
    with serving(tmp_path, SIDES_LOG=str(log)) as server:
        reply = sent(server, REFUSED["long URL"][0])
        assert eventually(lambda: log.exists() and log.read_text().count("\n") == 1)
        line = json.loads(log.read_text())
        assert (line["status"], line["outcome"]) == (414, "request-uri-too-long")
        assert (line["id"], line["bytes"]) == (reply.headers["X-Request-ID"], len(reply.body))
        assert b'sides_requests_total{method="other",route="none",status="414"} 1.0' in server.get("/metrics").body


def rest(connection: socket.socket) -> bytes:
    """What still comes on a connection that was cut."""
    try:
        return received(connection)
    except ConnectionResetError:
        return b""


def trickle(connection: socket.socket, content: bytes, pause: float) -> bytes:
    """What the server says to one who sends a byte now and then; nothing, if it closes without a word."""
    try:
        for number in range(len(content)):
            connection.sendall(content[number : number + 1])
            connection.settimeout(pause)
            try:
                first = connection.recv(10_000)
                return first + received(connection) if first else b""
            except TimeoutError:
                continue
    except (BrokenPipeError, ConnectionResetError):
        return b""
    raise AssertionError("the server took all of it")


@pytest.mark.parametrize(
    "content",
    [
        head("GET /sparql?query=ASK%20%7B%7D", f"X: {'x' * 200}"),
        head("POST /sparql", FORM, "Content-Length: 500"),
        head("POST /sparql", FORM, "Transfer-Encoding: chunked"),
    ],
    ids=["head", "body", "chunks"],
)
def test_a_request_that_does_not_come_is_cut(impatient: Server, content: bytes) -> None:
    started = time.monotonic()
    with connected(impatient) as connection:
        if b"Content-Length" in content or b"chunked" in content:
            connection.sendall(content)
            content = b"query=ASK+%7B%7D&" + b"x" * 480 if b"Content-Length" in content else b"f" * 400
        answer = trickle(connection, content, 0.1)
    assert time.monotonic() - started < 4
    assert answer.startswith((b"HTTP/1.0 408 ", b"HTTP/1.1 408 "))
    assert b'"code": "request-timeout"' in answer


def test_a_connection_without_a_request_is_closed(impatient: Server) -> None:
    with connected(impatient) as fresh, connected(impatient) as used:
        used.sendall(head("GET /healthz"))
        assert b'"ok"' in received_until(used, b"}")
        started = time.monotonic()
        assert received(fresh) == b""
        assert 0.5 < time.monotonic() - started < 3
        assert received_until(used, b"never") == b""
        assert time.monotonic() - started < 4


def test_a_large_body_that_comes_in_time_is_taken(impatient: Server) -> None:
    """The time that a body may take grows with what has come of it."""
    body = b"query=ASK+%7B%7D&unused=" + b"x" * 60_000
    with connected(impatient) as connection:
        connection.sendall(head("POST /sparql", FORM, f"Content-Length: {len(body)}", "Connection: close"))
        for start in range(0, len(body), 4000):  # in about two seconds
            connection.sendall(body[start : start + 4000])
            time.sleep(0.12)
        assert b"200 OK" in received(connection)


def test_500_slow_clients_cost_nobody_anything(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_HEAD_TIME="6") as server, ExitStack() as slow:
        addresses = [f"127.0.0.{2 + number % 50}" for number in range(500)]
        connections = [slow.enter_context(connected(server, address)) for address in addresses]
        for number, connection in enumerate(connections):
            connection.sendall(head("POST /sparql", FORM, "Content-Length: 9999") if number % 2 else b"GET /sparql?que")
        over = time.monotonic() + 4
        taken: list[float] = []
        while time.monotonic() < over:
            for connection in connections[:: len(connections) // 25]:
                connection.sendall(b"x")
            started = time.monotonic()
            reply = server.ask(NUMBER_OF_7)
            assert (reply.status, reply.body) == (200, b"n\r\nnumber 7\r\n")
            taken.append(time.monotonic() - started)
        assert server.whole(), "a worker is held"
        assert len(taken) > 20
        assert sorted(taken)[len(taken) // 2] < 0.25
        assert max(taken) < 2
        answers = [received(connection) for connection in connections]
        assert sum(b"408 Request Timeout" in answer for answer in answers) == 500
        assert eventually(lambda: b'sides_connections{state="receiving"}' not in server.get("/metrics").body)


def test_beyond_their_number_the_quietest_connection_of_the_greediest_goes(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_CONNECTIONS="20") as server, ExitStack() as opened:
        mine = opened.enter_context(connected(server, "127.0.0.3"))
        mine.sendall(head("GET /healthz"))
        assert b'"ok"' in received_until(mine, b"}}")
        many_of_one = [opened.enter_context(connected(server, "127.0.0.2")) for _ in range(40)]
        for _ in range(5):
            assert server.ask(NUMBER_OF_7).status == 200
        assert received(many_of_one[0]) == b"", "the first of forty was closed"
        mine.sendall(head("GET /healthz"))
        assert b'"ok"' in received_until(mine, b"}}"), "the only one of its address was not"


@pytest.mark.parametrize("reads", [0, 100], ids=["nothing", "a little"])
def test_a_stream_that_is_not_read_is_cut_at_its_deadline(impatient: Server, reads: int) -> None:
    assert impatient.whole()
    started = time.monotonic()
    with impatient.sent(PAIRS) as connection:
        assert impatient.busy(1)
        while impatient.metric('sides_connections{state="answering"}') > 1:  # the other is the one that looks
            if reads:
                connection.recv(reads)
            assert time.monotonic() - started < 6
            time.sleep(0.1)
        assert time.monotonic() - started > 2
        assert impatient.whole()
        assert not rest(connection).endswith(LAST_CHUNK)


def test_an_answer_that_waits_in_the_server_is_cut_if_nobody_takes_it(impatient: Server) -> None:
    """It is held back whole: its worker is free at once, and what waits for the client goes when it is not read."""
    with impatient.sent(f"SELECT * {{ ?a ?p ?b . ?c ?q ?d }} LIMIT {ROWS}") as connection:
        assert impatient.whole()
        assert impatient.metric('sides_connections{state="answering"}') == 2
        assert eventually(lambda: impatient.metric('sides_connections{state="answering"}') == 1, 8)
        assert len(rest(connection)) < SIZE


def test_slow_readers_do_not_take_the_threads(tmp_path: Path) -> None:
    """More clients that do not read than there are threads: HTTP/1.1 and 1.0, answers held and streamed."""
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_THREADS="4", SIDES_QUEUE="8", SIDES_CLIENT_SHARE="1") as server, ExitStack() as slow:
        for number in range(60):
            version = "1.0" if number % 2 else "1.1"
            slow.enter_context(server.sent(f"{PAIRS} LIMIT {30_000 + number}", version=version))
        with ThreadPoolExecutor(4) as threads:
            replies = [*threads.map(lambda _: server.get("/healthz"), range(20))]
        assert [reply.status for reply in replies] == [200] * 20


def test_the_loop_does_not_turn_in_vain() -> None:
    """It turns twice for a request, not as often as it can while that is answered, and asks nobody who rests."""
    turns = asked = 0

    class Counting(HttpServer):
        def _turn(self) -> None:
            nonlocal turns
            turns += 1
            super()._turn()

        def _ask(self, descriptor: int, channel: Any) -> None:
            nonlocal asked
            asked += 1
            super()._ask(descriptor, channel)

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [("Content-Length", "6")])
        return [b"answer"]

    listener = socket.create_server(("127.0.0.1", 0))
    address = listener.getsockname()
    with ExitStack() as opened:
        server = Counting(
            application, listener, limits=Limits.of(Settings()), refuse=refuse_nothing, threads=4, held=1 << 20
        )
        opened.callback(server.stop)
        server.start(ended=lambda: None)
        resting = [opened.enter_context(socket.create_connection(address, timeout=10)) for _ in range(100)]
        for each in resting:
            each.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            received_until(each, b"answer")
        connection = opened.enter_context(closing(http.client.HTTPConnection(*address, timeout=10)))
        assert eventually(lambda: server.census() == {"idle": 100})
        turns = asked = 0
        for _ in range(200):
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"answer"
        assert 200 <= turns < 200 * 5
        assert asked < 200 * 20
        for each in resting:  # they are heard again
            each.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            assert received_until(each, b"answer").endswith(b"answer")


def test_few_descriptors_allow_few_connections(tmp_path: Path) -> None:
    make_release(tmp_path, many(2))
    program = "import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, (400, 400)); "
    program += f"runpy.run_path({str(ROOT / 'server.py')!r}, run_name='__main__')"
    environment = {**os.environ, "SIDES_HOME": str(ROOT), "SIDES_RELEASES": str(tmp_path), "SIDES_WORKERS": "2"}
    with (
        ExitStack() as opened,
        subprocess.Popen(
            [sys.executable, "-c", program, "--port", "0"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout
            server = Server(process, int(process.stdout.readline().split(":")[2].split("/")[0]))
            for _ in range(500):
                opened.enter_context(connected(server))
            assert server.ask("ASK {}").status == 200
            assert server.metric('sides_connections{state="idle"}') <= 48
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=20)
    assert "400 descriptors allow 48 connections at one time (SIDES_CONNECTIONS)" in errors
    assert "Traceback" not in errors


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loop_that_breaks_is_told() -> None:
    class Broken(HttpServer):
        def _turn(self) -> None:
            raise RuntimeError("broken")

    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        limits = Limits.of(Settings())
        server = Broken(lambda *_: [], listener, limits=limits, refuse=refuse_nothing, threads=1, held=1)
        server.start(ended=ended.set)
        assert ended.wait(5)
        server.stop()


def refuse_nothing(status: int, detail: str, client: str, seconds: float) -> tuple[str, list[tuple[str, str]], bytes]:
    raise AssertionError(detail)
