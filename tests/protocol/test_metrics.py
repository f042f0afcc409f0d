"""What ``/metrics`` tells is what has happened, in a format that monitoring systems read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_open
from prometheus_client.parser import text_string_to_metric_families as read

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.metrics import Metrics
from kg.serve.request_log import Record, RequestLog
from support.server_process import Server, kill, received, serving
from support.serving import COUNT, PAIRS, SLOW, engine_on, eventually, make_release, many

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path, many(500))


@pytest.fixture
def server(tmp_path: Path, release: Release) -> Iterator[Server]:
    with serving(tmp_path, SIDES_QUERY_MEMORY="100") as running_server:
        yield running_server


def samples(server: Server) -> Samples:
    reply = server.get("/metrics")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in read(reply.body.decode())
        for sample in family.samples
    }


def value(server: Server, name: str, **labels: str) -> float:
    return samples(server).get((name, frozenset(labels.items())), 0)


def test_requests_are_counted_by_route_and_status(server: Server) -> None:
    bytes_before = value(server, "sides_sent_bytes_total")
    replies = [server.ask("SELECT * { ?s ?p ?o } LIMIT 7") for _ in range(3)]
    server.ask("SELECT")
    server.get("/queries/no-such-query")
    server.get("/no/such/page")
    # A request is counted when its answer has been sent: the client may have it a moment before.
    last = {"route": "none", "method": "GET", "status": "404"}
    assert eventually(lambda: value(server, "sides_requests_total", **last) == 1)
    found = samples(server)

    def requests(route: str, status: str) -> float:
        return found[("sides_requests_total", frozenset({"route": route, "method": "GET", "status": status}.items()))]

    assert (requests("/sparql", "200"), requests("/sparql", "400"), requests("none", "404")) == (3, 1, 1)
    assert requests("/queries/<name>", "404") == 1
    assert found["sides_sent_bytes_total", frozenset()] - bytes_before > sum(len(reply.body) for reply in replies)
    assert found["sides_rows_total", frozenset()] == 21
    assert (found["sides_cache_hits_total", frozenset()], found["sides_cache_answers", frozenset()]) == (2, 1)
    assert found["sides_cache_bytes", frozenset()] > len(replies[0].body)
    ran = frozenset({("outcome", "ok")})
    assert found["sides_query_seconds_count", ran] == 1
    assert 0 < found["sides_query_seconds_sum", ran] < 10
    assert found["sides_wait_seconds_count", frozenset()] == 1


def test_the_deaths_of_workers_are_counted_by_cause(server: Server) -> None:
    assert server.whole()
    assert server.ask(COUNT, timeout="0.3").code == "query-timeout"
    assert server.whole()
    assert server.ask(SLOW["sort"]).code == "query-memory"
    assert server.whole()
    with server.sent(COUNT):
        assert server.busy(1)
    assert server.whole()
    with server.sent(PAIRS, timeout="1"):  # nobody reads
        assert server.busy(1)
        assert server.whole()
    kill(*server.worker_pids())
    assert server.whole()

    def deaths() -> dict[str, float]:
        causes = ("memory", "left", "lost", "timeout")
        return {cause: value(server, "sides_worker_deaths_total", cause=cause) for cause in causes}

    assert eventually(lambda: deaths() == {"memory": 1, "left": 1, "lost": 2, "timeout": 2}), deaths()
    outcomes = ("query-timeout", "query-memory", "query-cancelled")
    assert [value(server, "sides_query_seconds_count", outcome=name) >= 1 for name in outcomes] == [True] * 3


def test_what_the_workers_do_is_told(tmp_path: Path, release: Release) -> None:
    with serving(tmp_path, SIDES_WORKERS="1") as server:
        assert server.whole(1)
        assert value(server, "sides_workers", state="idle") == 1
        with server.sent(COUNT), server.sent(f"{COUNT} "):
            assert eventually(lambda: value(server, "sides_queries_waiting") == 1)
            assert value(server, "sides_workers", state="busy") == 1


def test_the_release_and_the_memory_are_told(server: Server, release: Release) -> None:
    found = samples(server)
    assert found["sides_release_info", frozenset({("hash", release.hash), ("ontology", "")})] == 1
    assert 0 <= found["sides_release_age_seconds", frozenset()] < 300
    for process in ("template", "workers"):
        assert found["sides_memory_bytes", frozenset({("process", process)})] > 1 << 20
    assert found["process_resident_memory_bytes", frozenset()] > 1 << 24
    assert found["sides_log_lines_dropped_total", frozenset()] == 0


def test_open_metrics_are_written_for_who_asks(server: Server) -> None:
    reply = server.get("/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert reply.headers["Content-Type"].startswith("application/openmetrics-text")
    assert {family.name for family in read_open(reply.body.decode())} >= {"sides_requests", "sides_release"}


@pytest.mark.parametrize(
    ("who", "forwarded", "status"),
    [("local", False, 200), ("local", True, 404), ("all", True, 200), ("off", False, 404)],
)
def test_who_may_see_them(tmp_path: Path, release: Release, who: str, forwarded: bool, status: int) -> None:
    headers = {"X-Forwarded-For": "192.0.2.7"} if forwarded else {}
    with serving(tmp_path, SIDES_METRICS=who) as server:
        assert server.get("/metrics", **headers).status == status


def test_names_that_clients_make_up_do_not_fill_the_memory(release: Release) -> None:
    with engine_on(release) as engine, RequestLog.start(Settings(log="off")) as log:
        metrics = Metrics(engine, log)
        for number in range(100):
            metrics.count(Record(method=f"METHOD{number}", path=f"/{number}", status=404, outcome="not-found"))
        content = metrics.exposition("")[0].decode()
    assert content.count("sides_requests_total{") == 1
    assert 'sides_requests_total{method="other",route="none",status="404"} 100.0' in content


def test_counting_takes_no_time_from_a_request(release: Release) -> None:
    with engine_on(release) as engine, RequestLog.start(Settings(log="off")) as log:
        metrics = Metrics(engine, log)
        record = Record(method="GET", route="/sparql", status=200, outcome="ok", rows=7, query="ASK {}", waited=0.1)
        spent = []
        for _ in range(7):
            started = time.thread_time()
            for _ in range(500):
                metrics.count(record)
            spent.append((time.thread_time() - started) / 500)
    assert min(spent) < 15e-6


def test_a_stream_counts_its_rows_once(server: Server) -> None:
    with server.sent(f"{PAIRS} LIMIT 100000") as connection:
        received(connection)
    assert eventually(lambda: value(server, "sides_rows_total") == 100_000)
