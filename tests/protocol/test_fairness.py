"""One client cannot take the service from the others, over real connections."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kg.serve.clients import Proxies
from kg.serve.request_log import Record
from kg.serve.web.observation import Crowd, Observer
from support.server_process import Reply, Server, serving, target
from support.serving import COUNT, eventually, make_release, many

pytestmark = pytest.mark.alone

WORK = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d FILTER(RAND() < 2) }"
"""Some tenths of a second of work, which no cache saves."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One worker and eight places in the queue, behind a proxy that tells who asks."""
    make_release(tmp_path, many(500))
    limits = {"SIDES_WORKERS": "1", "SIDES_QUEUE": "8", "SIDES_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(tmp_path, **limits) as running_server:
        assert running_server.whole(1)
        yield running_server


def ask(server: Server, client: str, query: str, **parameters: str) -> Reply:
    path = target(query, format="csv", **parameters)
    return server.get(path, **{"X-Forwarded-For": client})


def test_beyond_its_share_a_client_is_told_429_and_others_are_served(server: Server) -> None:
    with ThreadPoolExecutor(10) as threads:
        greedy = [threads.submit(ask, server, "192.0.2.1", COUNT, timeout="4")]
        assert server.busy(1)
        greedy += [threads.submit(ask, server, "192.0.2.1", COUNT) for _ in range(4)]
        assert eventually(lambda: server.workers()["waiting"] == 4)
        reply = ask(server, "192.0.2.1", WORK)
        assert (reply.status, reply.code) == (429, "too-many-queries")
        assert int(reply.headers["Retry-After"]) > 0
        other = threads.submit(ask, server, "192.0.2.2", "ASK { FILTER(RAND() < 2) }")
        assert other.result().status == 200
        assert not any(future.done() for future in greedy[1:]), "it came right after the one that was running"
        assert eventually(greedy[0].done)
        server.process.terminate()
        for future in greedy:
            future.result()


def test_an_address_that_somebody_claims_gives_no_second_share(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_WORKERS="1", SIDES_QUEUE="8") as server, ThreadPoolExecutor(10) as threads:
        assert server.whole(1)
        claims = [threads.submit(ask, server, f"192.0.2.{number}", COUNT, timeout="5") for number in range(5)]
        assert eventually(lambda: server.workers()["waiting"] == 4)
        assert ask(server, "192.0.2.99", WORK).status == 429
        server.process.terminate()
        for claim in claims:
            claim.result()


def test_the_addresses_of_one_customer_are_one_client(server: Server) -> None:
    with ThreadPoolExecutor(10) as threads:
        same = [threads.submit(ask, server, f"2001:db8:1:2::{number}", COUNT, timeout="5") for number in range(5)]
        assert eventually(lambda: server.workers()["waiting"] == 4)
        assert ask(server, "2001:db8:1:2:ffff::1", WORK).status == 429
        server.process.terminate()
        for future in same:
            future.result()


def test_sixty_queries_of_one_delay_the_query_of_another_by_one_turn(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    limits = {"SIDES_WORKERS": "1", "SIDES_CLIENT_SHARE": "1", "SIDES_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(tmp_path, **limits) as server, ThreadPoolExecutor(60) as threads:
        assert server.whole(1)
        started = time.monotonic()
        assert ask(server, "192.0.2.2", WORK).status == 200
        alone = time.monotonic() - started
        greedy = [threads.submit(ask, server, "192.0.2.1", WORK) for _ in range(60)]
        assert eventually(lambda: server.workers()["waiting"] > 50)
        started = time.monotonic()
        done = sum(future.done() for future in greedy)
        assert ask(server, "192.0.2.2", WORK).status == 200
        waited = time.monotonic() - started
        assert sum(future.done() for future in greedy) - done <= 3
        assert waited < 10 * alone, "it stood behind the others, sixty times as long"
        server.process.terminate()
        for future in greedy:
            future.exception()


def test_the_crowd_counts_each_client_by_itself() -> None:
    crowd = Crowd(2)
    assert [crowd.enter(name) for name in ("a", "a", "b", "a")] == [True, True, True, False]
    crowd.leave("a")
    assert crowd.enter("a")
    assert [Crowd(None).enter("a") for _ in range(100)] == [True] * 100


def test_beyond_its_share_of_the_threads_a_client_is_told_429() -> None:
    told: list[Record] = []
    statuses: list[str] = []

    def application(environ: dict[str, Any], start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b"answer"]

    observer = Observer(application, Proxies(), told.append, most=2)

    def begin(client: str) -> Any:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "REMOTE_ADDR": client}
        return observer(environ, lambda status, headers: statuses.append(status))

    first, second = begin("192.0.2.1"), begin("192.0.2.1")
    refused = begin("192.0.2.1")
    assert statuses.pop() == "429 Too Many Requests"
    assert json.loads(b"".join(refused))["code"] == "too-many-queries"
    refused.close()
    other = begin("192.0.2.2")
    first.close()
    third = begin("192.0.2.1")
    assert statuses == ["200 OK"] * 4
    for pieces in (second, other, third):
        assert b"".join(pieces) == b"answer"
        pieces.close()
    assert [record.status for record in told] == [429, 200, 200, 200, 200]
    assert begin("192.0.2.1")
