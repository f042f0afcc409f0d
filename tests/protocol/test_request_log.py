"""The log of requests: what it tells of each, what it keeps to itself, and that nobody waits for it."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kg.ground.errors import InputError
from kg.ground.settings import Settings
from kg.ground.terms import digest
from kg.serve.clients import Disguise, Proxies, group, is_local
from kg.serve.request_log import Record, RequestLog
from kg.serve.web.observation import Observer
from support.server_process import ROOT, Server, received_until, serving, target
from support.serving import COUNT, PAIRS, eventually, make_release, many


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


def told(log: Path, count: int) -> list[dict[str, Any]]:
    """The first lines of a log, once there are so many."""
    assert eventually(lambda: len(lines(log)) >= count), lines(log)
    return lines(log)[:count]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "requests.log"


@pytest.fixture
def server(tmp_path: Path, log: Path) -> Iterator[Server]:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_LOG=str(log)) as running_server:
        yield running_server


def test_each_request_has_a_line(server: Server, log: Path) -> None:
    query = "SELECT * { ?s ?p ?o } LIMIT 7"
    before = time.time()
    replies = [server.ask(query), server.ask(query), server.ask("SELECT"), server.ask(COUNT, timeout="0.3")]
    release = replies[0].headers["ETag"][3:23]
    size = server.get(f"/dumps/{release}.nq").body
    server.get("/nowhere")
    first, second, wrong, late, dump, nowhere = told(log, 6)
    for line, reply in zip((first, second, wrong, late), replies, strict=True):
        assert line["id"] == reply.headers["X-Request-ID"]
        assert line["status"] == reply.status
        assert line["bytes"] == len(reply.body)
        assert line["path"] == "/sparql"
        assert line["method"] == "GET"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert before - 1 < datetime.fromisoformat(line["time"]).timestamp() < time.time()
    assert len({line["id"] for line in told(log, 6)}) == 6
    assert (first["outcome"], first["rows"], first["format"], first["cached"]) == ("ok", 7, "text/csv", False)
    assert (first["release"], first["query"]) == (release, digest(query))
    assert (second["cached"], second["rows"], second["query"]) == (True, 7, first["query"])
    assert (wrong["outcome"], wrong["status"], wrong["query"]) == ("query-syntax", 400, digest("SELECT"))
    assert (late["outcome"], late["status"]) == ("query-timeout", 503)
    assert 300 <= late["ms"] < 5000
    assert (dump["outcome"], dump["bytes"], dump["status"]) == ("ok", len(size), 200)
    assert (nowhere["outcome"], nowhere["status"]) == ("not-found", 404)
    text = log.read_text(encoding="utf-8")
    assert "LIMIT 7" not in text
    assert "127.0.0.1" not in text
    assert first["client"] == "127.0.0.0/24"


def test_a_stream_is_told_when_it_has_ended(server: Server, log: Path) -> None:
    with server.sent(f"{PAIRS} LIMIT 200000") as whole:
        received_until(whole, b"\r\n0\r\n\r\n")
    with server.sent(PAIRS, timeout="1") as cut:
        while cut.recv(1 << 20):
            pass
    with server.sent(PAIRS) as left:
        left.recv(1000)
    with server.sent(PAIRS, timeout="0.5"):  # nobody reads
        told(log, 4)
    whole_line, cut_line, left_line, unread_line = told(log, 4)
    assert (whole_line["outcome"], whole_line["rows"]) == ("ok", 200_000)
    assert (cut_line["outcome"], cut_line["status"]) == ("query-timeout", 200)
    assert cut_line["bytes"] > 1_000_000
    assert "rows" not in cut_line
    assert left_line["outcome"] == "query-cancelled"
    assert unread_line["outcome"] == "query-timeout"


def test_the_text_and_the_address_are_told_where_that_is_wanted(tmp_path: Path, log: Path) -> None:
    make_release(tmp_path, many(2))
    wanted = {"SIDES_LOG": str(log), "SIDES_LOG_QUERIES": "1", "SIDES_LOG_CLIENTS": "full"}
    with serving(tmp_path, **wanted, SIDES_TRUSTED_PROXIES="127.0.0.0/8") as server:
        server.ask("ASK { ?é ?p ?o }")
        headers = {
            "X-Forwarded-For": "6.6.6.6, 192.0.2.9",
            "X-Request-ID": "of-the-proxy",
            "X-Forwarded-Proto": "https",
        }
        reply = server.get(target("ASK {}"), **headers, **{"X-Forwarded-Host": "sides.example"})
        described = server.get("/sparql", **headers, **{"X-Forwarded-Host": "sides.example"}, Accept="text/turtle")
    direct, forwarded, _ = lines(log)
    assert (direct["text"], direct["client"]) == ("ASK { ?é ?p ?o }", "127.0.0.1")
    assert (forwarded["client"], forwarded["id"]) == ("192.0.2.9", "of-the-proxy")
    assert reply.headers["X-Request-ID"] == "of-the-proxy"
    assert b"<https://sides.example/sparql>" in described.body


def test_who_is_no_proxy_is_not_believed(server: Server, log: Path) -> None:
    headers = {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Host": "evil.example", "X-Request-ID": "mine"}
    reply = server.get("/sparql", **headers, Accept="text/turtle")
    assert b"evil.example" not in reply.body
    (line,) = told(log, 1)
    assert line["client"] == "127.0.0.0/24"
    assert line["id"] != "mine"


def test_a_log_that_is_moved_away_goes_on(server: Server, log: Path) -> None:
    server.ask("ASK {}")
    told(log, 1)
    log.rename(log.with_suffix(".old"))
    server.ask("ASK {}")
    assert told(log, 1)[0]["status"] == 200
    assert len(lines(log.with_suffix(".old"))) == 1


def test_a_log_that_nobody_reads_holds_nobody_up(tmp_path: Path) -> None:
    make_release(tmp_path, many(2))
    environment = {
        "SIDES_HOME": str(ROOT),
        "SIDES_RELEASES": str(tmp_path),
        "SIDES_WORKERS": "1",
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, str(ROOT / "server.py"), "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline().split(":")[2].split("/")[0])
            # More than a pipe holds, which is 64 KiB.
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
                for _ in range(400):
                    connection.request("GET", "/" + "x" * 400)
                    assert connection.getresponse().read()
            process.terminate()
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected stderr, off, or a file that can be written"):
        RequestLog.start(Settings(log=str(tmp_path / "absent" / "requests.log")))


def test_what_cannot_be_written_is_counted(log: Path) -> None:
    with RequestLog.start(Settings(log=str(log))) as written:
        written.put(Record(path="/first"))
        told(log, 1)
        log.unlink()
        log.mkdir()
        written.put(Record(path="/lost"))
        assert eventually(lambda: written.dropped == 1)
        log.rmdir()
        written.put(Record(path="/second"))
        assert [line["path"] for line in told(log, 1)] == ["/second"]


@pytest.mark.parametrize("target", ["off", "file"])
def test_the_log_takes_no_time_from_a_request(target: str, log: Path) -> None:
    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"answer"]

    def best(handle: Any) -> float:
        """Processor seconds of this thread for one request."""
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/sparql", "REMOTE_ADDR": "192.0.2.7"}
        spent = []
        for _ in range(7):
            started = time.thread_time()
            for _ in range(500):
                pieces = handle(dict(environ), lambda *_: None)
                b"".join(pieces)
                getattr(pieces, "close", int)()
            spent.append((time.thread_time() - started) / 500)
        return min(spent)

    with RequestLog.start(Settings(log=str(log) if target == "file" else "off")) as written:
        observer = Observer(application, Proxies(), written.put)
        assert best(observer) - best(application) < 20e-6


def test_an_application_that_fails_is_told(log: Path) -> None:
    told_of: list[Record] = []
    app = Flask("failing")
    Observer.install(app, Proxies(), told_of.append)

    @app.get("/things/<name>")
    def things(name: str) -> str:
        raise KeyError(name)

    with app.test_client().get("/things/one") as response:
        assert response.status_code == 500
    assert [(record.status, record.route, record.path) for record in told_of] == [
        (500, "/things/<name>", "/things/one")
    ]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", "8.8.8.8", "192.0.2.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, not an address", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("::1", "192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
    ],
)
def test_the_client_behind_proxies(peer: str, forwarded: str, client: str) -> None:
    assert Proxies.read("10.0.0.0/24, ::1").client(peer, forwarded) == client


def test_proxies_that_are_no_addresses_are_refused() -> None:
    with pytest.raises(InputError, match="change SIDES_TRUSTED_PROXIES"):
        Proxies.read("localhost")


def test_an_address_is_told_as_the_setting_says() -> None:
    shown = {manner: Disguise(manner).shown("2001:db8:1:2::7") for manner in ("none", "network", "full")}
    assert shown == {"none": None, "network": "2001:db8:1::/48", "full": "2001:db8:1:2::7"}
    one, other = Disguise("hash"), Disguise("hash")
    assert one.shown("192.0.2.7") == one.shown("192.0.2.7") != one.shown("192.0.2.8")
    assert one.shown("192.0.2.7") != other.shown("192.0.2.7"), "another process has another secret"
    assert group("not an address") == "not an address"
    assert [is_local(name) for name in ("::1", "127.0.0.9", "10.0.0.1", "")] == [True, True, False, False]
