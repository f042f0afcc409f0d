"""The real server over real sockets: connections, streams, signals, new releases."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kg.ground.settings import Settings
from kg.serve.engine import watching
from support.server_process import LAST_CHUNK, ROOT, Server, received, serving, target
from support.serving import EX, PAIRS, SLOW, engine_on, eventually, make_release, many, running

pytestmark = pytest.mark.alone


def test_one_connection_serves_many_requests(server: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.connect()
        before = connection.sock
        for number in range(5):
            connection.request("GET", target(f"SELECT ?n {{ <{EX}n{number}> <{EX}number> ?n }}", format="csv"))
            assert connection.getresponse().read().decode() == f"n\r\nnumber {number}\r\n"
        assert connection.sock is before


def test_no_answer_but_a_broken_one_ends_a_connection(server: Server) -> None:
    """Streams tell their end by themselves, and answers without content have none: the next request can follow."""
    long, short = target(f"{PAIRS} LIMIT 200000", format="csv"), target("ASK {}", format="csv")
    tag = server.get(short).headers["ETag"]
    requests = [("GET", long), ("GET", short), ("HEAD", long), ("OPTIONS", "/sparql"), ("HEAD", short), ("GET", short)]
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.connect()
        before, statuses = connection.sock, []
        for method, path in requests:
            connection.request(method, path, headers={} if path == long else {"If-None-Match": tag})
            response = connection.getresponse()
            body = response.read()
            statuses.append(response.status)
            assert body.count(b"\n") == (200_001 if (method, path) == ("GET", long) else 0), (method, path)
        assert connection.sock is before
    assert statuses == [200, 304, 200, 204, 304, 304]


def test_urllib_posts_a_form(server: Server) -> None:
    body = urlencode({"query": "ASK { ?s ?p ?o }", "output": "json"}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/sparql", body, timeout=10) as response:
        assert json.load(response)["boolean"] is True


def peak(process: int) -> int:
    """The most memory that a process has had, in KiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def test_a_million_rows_stream_through(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path) as server:
        server.ask("ASK {}")
        before = peak(server.process.pid)
        with server.sent("SELECT ?a ?c { ?a ?p ?b . ?c ?q ?d } LIMIT 1000000") as connection:
            head, _, body = received(connection).partition(b"\r\n\r\n")
        assert b"Transfer-Encoding: chunked" in head
        assert body.endswith(LAST_CHUNK)
        assert body.count(f"{EX}n".encode()) == 2_000_000
        assert peak(server.process.pid) - before < 40_000


def test_http_1_0_has_a_length_or_an_error(server: Server) -> None:
    with server.sent(f"{PAIRS} LIMIT 50000", version="1.0") as connection:
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert body.count(b"\r\n") == 50_001
    with server.sent(PAIRS, version="1.0", timeout="0.5") as connection:
        assert received(connection).startswith(b"HTTP/1.0 503")


def test_a_body_too_large_is_refused(server: Server) -> None:
    body = b"query=" + b"x" * (9 << 20)
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("POST", "/sparql", body, {"Content-Type": "application/x-www-form-urlencoded"})
        response = connection.getresponse()
        assert response.status == 413
        assert json.load(response)["code"] == "request-entity-too-large"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_server_is_the_end_of_all(tmp_path: Path, number: signal.Signals) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path) as server:
        assert server.whole()
        family = server.family()
        assert len(family) == 3
        with server.sent(SLOW["cross product"]), server.sent(PAIRS) as streaming:
            assert len(streaming.recv(1000)) > 0
            assert server.busy(2)
            server.process.send_signal(number)
            started = time.monotonic()
            server.process.wait(10)
            assert time.monotonic() - started < 3
        assert server.process.returncode == (-9 if number == signal.SIGKILL else 0)
        assert eventually(lambda: not any(map(running, family)))
        if number != signal.SIGKILL:
            assert not any(Path(f"/proc/{pid}").exists() for pid in family), "a process was not waited for"


def test_a_new_release_is_served_without_a_restart(tmp_path: Path) -> None:
    first = make_release(tmp_path, many(20))
    with serving(tmp_path) as server:
        query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        before = server.ask(query)
        assert before.body == b"n\r\n40\r\n"
        assert before.headers["ETag"].startswith(f'W/"{first.hash}-')
        second = make_release(tmp_path, many(21))
        assert eventually(lambda: server.ask(query).body == b"n\r\n42\r\n")
        assert server.ask(query).headers["ETag"].startswith(f'W/"{second.hash}-')


def test_without_a_release_it_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "SIDES_HOME": str(ROOT), "SIDES_RELEASES": str(tmp_path)}
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "there is no release" in done.stderr
    assert "kg build" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_release_that_could_not_be_loaded_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "_LOOK", 0.05)
    monkeypatch.setattr(watching, "_PAUSE", 0.2)
    first, settings = make_release(tmp_path, many(2)), Settings(home=ROOT, releases=tmp_path)
    with engine_on(first, home=ROOT, releases=tmp_path) as engine:
        stop = threading.Event()
        watcher = threading.Thread(target=watching.watch, args=(settings, engine, stop))
        watcher.start()
        second = make_release(tmp_path, many(3))
        whole = second.data.read_bytes()
        second.data.unlink()
        try:
            assert eventually(lambda: "the new release is not served" in caplog.text)
            assert engine.release == first
            second.data.write_bytes(whole)
            assert eventually(lambda: engine.release == second)
        finally:
            stop.set()
            watcher.join()


@pytest.mark.parametrize(
    ("head", "told"), [(b"#+ tags: [", b"the head is not YAML"), (b"#+ tags: \xff", b"byte 10 is not UTF-8")]
)
def test_a_wrong_saved_query_is_told_in_one_line(tmp_path: Path, head: bytes, told: bytes) -> None:
    for name in ("ontology", "sources", "web"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "queries" / "theme").mkdir(parents=True)
    (tmp_path / "queries" / "theme" / "wrong.rq").write_bytes(head + b"\nASK {}\n")
    make_release(tmp_path / "var", many(2))
    environment = {**os.environ, "SIDES_HOME": str(tmp_path), "SIDES_RELEASES": "var", "SIDES_WORKERS": "1"}
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"Sides cannot start: theme/wrong.rq:")
    assert told in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_port_that_is_taken_is_told(server: Server) -> None:
    command = [sys.executable, str(ROOT / "server.py"), "--port", str(server.port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "Sides cannot start" in done.stderr
    assert str(server.port) in done.stderr
    assert "Traceback" not in done.stderr
