"""What goes wrong with queries, processes and clients of a real server, and that nobody else notices."""

from __future__ import annotations

import http.client
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

import pytest

from kg.ground.release import Release
from support.server_process import LAST_CHUNK, ROOT, Server, kill, received, received_until, serving, target
from support.serving import COUNT, EX, PAIRS, SLOW, eventually, make_release, many, running

pytestmark = pytest.mark.alone

NUMBER_OF_7 = f"SELECT ?n {{ <{EX}n7> <{EX}number> ?n FILTER(RAND() < 2) }}"
"""A query that no cache answers."""


def works(server: Server) -> bool:
    reply = server.ask(NUMBER_OF_7)
    return (reply.status, reply.body) == (200, b"n\r\nnumber 7\r\n")


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may damage."""
    make_release(tmp_path, many(500))
    with serving(tmp_path) as server:
        assert server.whole()
        yield server


@pytest.mark.parametrize("query", SLOW.values(), ids=SLOW.keys())
def test_a_deadline_is_told_and_stops_the_work(server: Server, query: str) -> None:
    assert server.whole()
    pids = server.worker_pids()
    reply = server.get(target(query, timeout="0.4"), Accept="*/*")
    assert (reply.status, reply.code) == (503, "query-timeout")
    assert int(reply.headers["Retry-After"]) > 0
    assert b"0.4 s" in reply.body
    assert eventually(lambda: sum(map(running, pids)) == 1), "the worker still computes"
    assert works(server)


def test_the_deadline_of_the_server_needs_no_client(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_DEADLINE="0.5") as server:
        assert server.ask(COUNT, timeout="60").code == "query-timeout"
        assert works(server)


HOGS = {
    "many rows": SLOW["sort"],
    "one long string": "SELECT (STRLEN(?x40) AS ?n) { BIND('sixteen letters.' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{number}, ?x{number}) AS ?x{number + 1})" for number in range(40))
    + " }",
}


@pytest.mark.parametrize("query", HOGS.values(), ids=HOGS.keys())
def test_too_much_memory_is_told(tmp_path: Path, query: str) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_QUERY_MEMORY="60") as server, ThreadPoolExecutor(1) as thread:
        others = thread.submit(lambda: [works(server) for _ in range(50)])
        reply = server.ask(query)
        assert (reply.status, reply.code) == (503, "query-memory")
        assert "Retry-After" not in reply.headers
        assert others.result() == [True] * 50
        assert server.whole()


def test_a_worker_that_is_killed_costs_its_query_alone(own: Server) -> None:
    with ThreadPoolExecutor(1) as thread:
        victims = own.worker_pids()
        query = thread.submit(own.ask, COUNT)
        assert own.busy(1)
        kill(*victims)
        reply = query.result()
    assert (reply.status, reply.code) == (500, "worker-lost")
    assert works(own)
    assert own.whole()
    assert not {*own.worker_pids()} & {*victims}


def test_the_template_that_is_killed_costs_no_query(own: Server) -> None:
    with own.sent(f"{PAIRS} LIMIT 1000000") as connection:
        assert own.busy(1)
        before = own.templates()
        kill(*before)
        answer = received(connection)
    assert answer.endswith(LAST_CHUNK)
    assert answer.count(f"{EX}n".encode()) > 1_000_000
    assert works(own)
    assert eventually(lambda: len(own.templates()) == 1 and own.templates() != before)
    kill(*own.worker_pids())
    assert works(own)
    assert own.whole()


def test_everything_that_is_killed_comes_back(own: Server) -> None:
    kill(*own.family())
    assert works(own)
    assert own.whole()


def test_a_server_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    release = make_release(tmp_path, many(500))
    query = "SELECT * { ?a ?p ?b } ORDER BY ?a ?p"
    with serving(tmp_path) as server:
        before = server.ask(query)
        family = server.family()
        with server.sent(COUNT), server.sent(PAIRS) as streaming:
            assert server.busy(2)
            assert len(streaming.recv(1000)) > 0
            kill(server.process.pid)
            assert not received(streaming).endswith(LAST_CHUNK)
        assert eventually(lambda: not any(map(running, family)))
    Release.open(release.path).verify()
    with serving(tmp_path) as server:
        after = server.ask(query)
        assert (after.status, after.body) == (200, before.body)
        assert after.headers["ETag"] == before.headers["ETag"]


def test_a_full_queue_is_told(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_WORKERS="1", SIDES_QUEUE="1") as server:
        with server.sent(COUNT), server.sent(NUMBER_OF_7) as waiting:
            assert eventually(lambda: server.workers()["waiting"] == 1)
            reply = server.ask(NUMBER_OF_7)
            assert (reply.status, reply.code) == (503, "busy")
            assert int(reply.headers["Retry-After"]) > 0
            kill(*server.worker_pids())
            assert b"number 7" in received_until(waiting, b"number 7"), "the one that waited is served"
        assert server.whole(1)


def test_a_stream_that_fails_is_cut(server: Server) -> None:
    with server.sent(PAIRS, timeout="1") as connection:
        answer = received(connection)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert len(answer) > 1_000_000
    assert not answer.endswith(LAST_CHUNK)
    assert b"query-timeout" not in answer
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        connection.request("GET", target(PAIRS, timeout="1", format="csv"))
        response = connection.getresponse()
        with pytest.raises(http.client.IncompleteRead):
            response.read()


def test_a_stream_whose_worker_is_killed_is_cut(own: Server) -> None:
    with own.sent(PAIRS) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")
        kill(*own.worker_pids())
        rest = received(connection)
    assert not rest.endswith(LAST_CHUNK)
    assert b"worker-lost" not in rest
    assert works(own)


@pytest.mark.parametrize("query", [COUNT, PAIRS], ids=["before the answer", "in the midst of it"])
def test_a_client_that_leaves_frees_its_worker(server: Server, query: str) -> None:
    assert server.whole()
    pids = server.worker_pids()
    with server.sent(query) as connection:
        assert server.busy(1)
        if query == PAIRS:
            assert connection.recv(1000)
    assert server.whole()
    assert sum(map(running, pids)) == 1


PAGES = {
    "results": f"/results?{urlencode({'query': COUNT})}",
    "the answer alone": f"/results?{urlencode({'query': COUNT, 'part': 'answer'})}",
    "the editor": f"/editor?{urlencode({'query': COUNT})}",
    "a saved query": "/queries/all-pairs",
    "its file": "/queries/all-pairs.csv",
}
"""Addresses beside the endpoint whose answer takes long, with a saved query that is made for it."""


@pytest.fixture(scope="module")
def slow_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A site on a ring of nodes, with a saved query that never ends."""
    home, releases = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("releases")
    for name in ("web", "ontology", "docs", "triples"):
        (home / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "queries", home / "queries")
    saved = (ROOT / "queries" / "coalitions" / "coalition-members.rq").read_text(encoding="utf-8")
    head = [line for line in saved.splitlines() if line.startswith("#+")]
    start, end = head.index("#+ params:"), head.index("#+ view: map")
    (home / "queries" / "coalitions" / "all-pairs.rq").write_text(
        "\n".join([*head[:start], *head[end:], COUNT.replace("?n)", "?member)")]), encoding="utf-8"
    )
    make_release(releases, many(500))
    with serving(releases, SIDES_HOME=str(home)) as server:
        yield server


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_a_reader_who_leaves_a_page_frees_its_worker(slow_site: Server, address: str) -> None:
    assert slow_site.whole()
    pids = slow_site.worker_pids()
    with slow_site.opened(address):
        assert slow_site.busy(1)
    assert slow_site.whole(), "the worker still computes for nobody"
    assert sum(map(running, pids)) == 1


def test_pages_that_are_abandoned_hold_nobody_up(slow_site: Server) -> None:
    for _ in range(4):
        with slow_site.opened(PAGES["results"]):
            assert eventually(lambda: slow_site.workers()["busy"] > 0)
    assert works(slow_site)
    assert slow_site.whole()


def test_a_client_that_leaves_the_queue_is_forgotten(tmp_path: Path) -> None:
    make_release(tmp_path, many(500))
    with serving(tmp_path, SIDES_WORKERS="1") as server, server.sent(COUNT):
        assert server.busy(1)
        with server.sent(NUMBER_OF_7):
            assert eventually(lambda: server.workers()["waiting"] >= 1)
            waiting = server.workers()["waiting"]  # with those of the service itself, which makes itself ready
        assert eventually(lambda: server.workers()["waiting"] < waiting)


def test_a_client_that_stops_reading_frees_its_worker(server: Server) -> None:
    assert server.whole()
    with server.sent(PAIRS, timeout="1"):
        assert server.busy(1)
        assert server.whole()


def test_who_asks_only_for_the_head_holds_no_worker(server: Server) -> None:
    assert server.whole()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("HEAD", target(PAIRS))
        assert connection.getresponse().status == 200
        assert server.whole()


def test_a_release_is_swapped_under_load(tmp_path: Path) -> None:
    """Each answer comes from one release, which its ETag names, and none from the old one after one from the new."""
    query = f"SELECT ?v ?n {{ <{EX}graph> <{EX}version> ?v . <{EX}n7> <{EX}number> ?n }}"
    first, second = (
        make_release(tmp_path, f'<{EX}graph> <{EX}version> "{number}" .\n' + many(50)) for number in (1, 2)
    )
    names = {b"1": first.hash, b"2": second.hash}
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(first.path)
    over = Event()

    def load(server: Server, seen: list[bytes]) -> None:
        while not over.is_set():
            reply = server.ask(query + " " * (len(seen) % 3))  # sometimes from the cache
            assert reply.status == 200
            version = reply.body.split()[1].split(b",")[0]
            assert reply.headers["ETag"].startswith(f'W/"{names[version]}-')
            seen.append(version)

    with serving(tmp_path) as server, ThreadPoolExecutor(4) as threads:
        lists: list[list[bytes]] = [[] for _ in range(4)]
        loads = [threads.submit(load, server, seen) for seen in lists]
        assert eventually(lambda: all(seen for seen in lists))
        (tmp_path / "link").symlink_to(second.path)
        (tmp_path / "link").rename(tmp_path / "current")
        assert eventually(lambda: all(seen[-1] == b"2" for seen in lists), 10)
        over.set()
        for each in loads:
            each.result()
        assert all(seen == sorted(seen) for seen in lists)
        assert eventually(lambda: len(server.family()) == 3)
        assert server.whole()


def count(pid: int, what: str) -> int:
    """How many descriptors (``fd``) or threads (``task``) a process has."""
    return len(list(Path(f"/proc/{pid}/{what}").iterdir()))


def test_nothing_leaks(own: Server) -> None:
    def misuse() -> None:
        assert own.ask(COUNT, timeout="0.2").code == "query-timeout"
        assert own.ask("ASK {", format="json").code == "query-syntax"
        with own.sent(COUNT), own.sent(PAIRS) as streaming:
            assert own.busy(2)
            streaming.recv(10)
        assert own.whole()
        kill(own.worker_pids()[0])
        assert works(own)
        assert own.whole()

    pid = own.process.pid
    misuse()  # whatever is opened once for all is open then
    files, threads, template_files = count(pid, "fd"), count(pid, "task"), count(own.templates()[0], "fd")
    for _ in range(3):
        misuse()
    kill(*own.templates())
    assert eventually(lambda: len(own.templates()) == 1)
    misuse()
    assert eventually(lambda: count(pid, "fd") <= files)
    assert eventually(lambda: count(own.templates()[0], "fd") <= template_files)
    assert count(pid, "task") <= threads
    assert eventually(lambda: len(own.worker_pids()) == 2)
