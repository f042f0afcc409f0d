"""Queries that would bring a server down: each is stopped, its client is told, and nobody else notices."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.ground.errors import (
    BusyError,
    QueryCancelledError,
    QueryFailedError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReleaseError,
    SidesError,
    WorkerLostError,
)
from kg.ground.release import Release
from kg.serve import guard
from kg.serve.engine import Engine, pool, processes
from kg.serve.engine.processes import WorkerProcess
from support.serving import (
    COUNT,
    EX,
    PAIRS,
    SLOW,
    SMALL,
    descriptors,
    engine_on,
    eventually,
    make_release,
    many,
    running,
)

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def large(large_release: Release, storage: None) -> Iterator[Engine]:
    with engine_on(large_release, query_memory=1500, deadline=60.0) as engine:
        yield engine


def ask(engine: Engine) -> bytes:
    return b"".join(engine.query("ASK { ?s ?p ?o }", fresh=True))


def busy(engine: Engine) -> list[WorkerProcess]:
    return list(engine._pool._busy)


def kill_idle(engine: Engine) -> None:
    workers = list(engine._pool._idle)
    assert workers
    for worker in workers:
        os.kill(worker.pid, signal.SIGKILL)
    assert eventually(lambda: not any(worker.alive() for worker in workers))


def whole(engine: Engine) -> bool:
    """Whether every worker is there and idle."""
    return engine.census() == {"idle": engine.size, "busy": 0, "waiting": 0}


@pytest.mark.parametrize("query", SLOW.values(), ids=SLOW.keys())
def test_a_deadline_stops_the_work(large: Engine, query: str) -> None:
    assert eventually(lambda: whole(large))
    pids = [worker.pid for worker in large._pool._idle]
    started = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"stopped after 0\.4 s"):
        large.query(query, deadline=0.4)
    assert time.monotonic() - started < 5
    assert eventually(lambda: sum(map(running, pids)) == 1), "the worker still computes"
    assert b"true" in ask(large)


def test_the_deadline_can_only_be_shortened(large_release: Release) -> None:
    with (
        engine_on(large_release, deadline=0.3, query_memory=1500) as engine,
        pytest.raises(QueryTimeoutError, match=r"0\.3 s;"),
    ):
        engine.query(COUNT, deadline=60)


def test_too_much_memory_is_told_and_others_go_on(large_release: Release) -> None:
    with engine_on(large_release, query_memory=60) as engine, ThreadPoolExecutor(1) as thread:
        other = thread.submit(lambda: [ask(engine) for _ in range(200)])
        with pytest.raises(QueryMemoryError, match="needed more than 60 MiB"):
            engine.query(SLOW["sort"])
        assert len(other.result()) == 200
        assert eventually(lambda: whole(engine))


def test_the_system_would_take_a_worker_first(small: Engine) -> None:
    assert eventually(lambda: whole(small))
    template = small._pool._template
    assert template is not None
    workers = [worker.pid for worker in template.workers]

    def rank(pid: int) -> int:
        return int(Path(f"/proc/{pid}/oom_score_adj").read_text())

    assert eventually(lambda: [*map(rank, workers)] == [1000, 1000])
    assert rank(template.pid) == rank(os.getpid())


def test_a_worker_that_has_grown_is_replaced(large_release: Release) -> None:
    with engine_on(large_release, query_memory=400, workers=1) as engine:
        pids = [worker.pid for worker in engine._pool._idle]
        engine.query(
            "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?a ?p ?b . ?c ?q ?d BIND(CONCAT(STR(?a), STR(?d)) AS ?x) }"
        ).close()
        assert eventually(lambda: whole(engine))
        assert [worker.pid for worker in engine._pool._idle] != pids


def test_a_worker_that_rests_on_copies_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read a page of the store is to write into it, since the engine counts who reads: each worker copies it."""
    monkeypatch.setattr(pool, "_REST", 0.1)
    monkeypatch.setattr(pool, "_MUCH", 4 << 20)
    with engine_on(make_release(tmp_path, many(60_000)), workers=1) as engine:
        assert eventually(lambda: whole(engine))
        before = engine.pids()["workers"]
        time.sleep(1)
        assert engine.pids()["workers"] == before, "one that has read nothing holds nothing"
        read = sum(map(len, engine.query("SELECT * { ?s ?p ?o }", "text/csv")))
        assert read > 1 << 20
        assert eventually(lambda: engine.pids()["workers"] not in ([], before))
        assert engine.deaths()["grown"] == 1
        assert ask(engine)


def test_beyond_the_queue_is_told_to_come_back(large_release: Release) -> None:
    left = threading.Event()
    with engine_on(large_release, workers=1, queue=1, query_memory=1500) as engine, ThreadPoolExecutor(2) as threads:
        running_one = threads.submit(engine.query, COUNT, cancelled=left.is_set)
        assert eventually(lambda: engine.census()["busy"] == 1)
        waiting_one = threads.submit(ask, engine)
        assert eventually(lambda: engine.census()["waiting"] == 1)
        with pytest.raises(BusyError, match="1 queries wait already") as caught:
            ask(engine)
        assert caught.value.retry_after >= 1
        left.set()
        assert isinstance(running_one.exception(), QueryCancelledError)
        assert b"true" in waiting_one.result(), "the one that waited is served"


def test_nobody_waits_for_ever(large_release: Release) -> None:
    with engine_on(large_release, workers=1, deadline=0.5, query_memory=1500) as engine:
        answer = engine.query(PAIRS)
        answer._exchange._worker.deadline += 60  # as if it were a query with more time
        with pytest.raises(BusyError, match=r"no worker was free for 0\.5 seconds"):
            ask(engine)
        answer.close()


def test_a_client_that_leaves_frees_its_worker(large: Engine) -> None:
    assert eventually(lambda: whole(large))
    left = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        query = thread.submit(large.query, COUNT, cancelled=left.is_set)
        assert eventually(lambda: large.census()["busy"] == 1)
        worker = busy(large)[0]
        left.set()
        assert isinstance(query.exception(timeout=10), QueryCancelledError)
    assert eventually(lambda: not running(worker.pid))


def test_a_client_that_leaves_the_queue_is_forgotten(large_release: Release) -> None:
    with engine_on(large_release, workers=1, query_memory=1500) as engine, ThreadPoolExecutor(1) as thread:
        left = threading.Event()
        slow = thread.submit(engine.query, COUNT, cancelled=left.is_set)
        assert eventually(lambda: engine.census()["busy"] == 1)
        with pytest.raises(QueryCancelledError, match="while its query waited"):
            engine.query("ASK {}", cancelled=lambda: True)
        assert engine.census()["waiting"] == 0
        left.set()
        assert isinstance(slow.exception(), QueryCancelledError)


def test_a_reader_that_stops_reading_holds_its_worker_only_until_the_deadline(large: Engine) -> None:
    assert eventually(lambda: whole(large))
    answer = large.query(PAIRS, deadline=0.5)
    assert answer.size is None
    assert large.census()["busy"] == 1
    assert eventually(lambda: whole(large)), "the keeper has not freed the worker"
    with pytest.raises(QueryTimeoutError):
        for _ in answer:
            pass


def test_an_answer_that_is_closed_frees_its_worker(large: Engine) -> None:
    assert eventually(lambda: whole(large))
    answer = large.query(PAIRS)
    next(answer)
    answer.close()
    assert list(answer) == []
    assert large.census()["busy"] == 0
    assert eventually(lambda: whole(large))


def test_a_long_answer_takes_little_memory_here(large: Engine) -> None:
    rows = 300_000
    query = f"{PAIRS} LIMIT {rows}"
    tracemalloc.start()
    size = lines = 0
    for piece in large.query(query, "text/csv"):
        size += len(piece)
        lines += piece.count(b"\r\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert lines == rows + 1
    assert size > 40_000_000
    # About 2 MB by itself; what other threads of the test run allocate meanwhile is traced as well.
    assert peak < size / 2


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ {'{ ' * 4000} ?s ?p ?o {'} ' * 4000} }}",
        f"SELECT * {{ ?s ?p ?o {'FILTER EXISTS { ?s ?p ?o ' * 2000} {'} ' * 2000} }}",
        f"SELECT * {{ ?s ?p ?o FILTER({'IF(true, ' * 3000} true {', false)' * 3000}) }}",
    ],
    ids=["groups", "exists", "if"],
)
def test_a_query_that_is_nested_too_deeply_is_told_so(large: Engine, query: str) -> None:
    with pytest.raises(QueryFailedError, match="deep"):
        large.query(query)
    assert b"true" in ask(large)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_is_replaced(large: Engine, number: signal.Signals) -> None:
    with ThreadPoolExecutor(1) as thread:
        query = thread.submit(large.query, COUNT)
        assert eventually(lambda: large.census()["busy"] == 1)
        os.kill(busy(large)[0].pid, number)
        error = query.exception(timeout=10)
    assert isinstance(error, WorkerLostError)
    assert f"signal {number}" in error.message
    assert b"true" in ask(large)
    assert eventually(lambda: whole(large))


def test_a_worker_that_dies_at_rest_is_replaced(large: Engine) -> None:
    assert eventually(lambda: whole(large))
    kill_idle(large)
    assert b"true" in ask(large)
    assert eventually(lambda: whole(large))


def test_a_query_that_overruns_the_stack_costs_one_worker(large: Engine) -> None:
    deep = "(" * 100_000 + "1" + ")" * 100_000
    with pytest.raises((QueryFailedError, QueryMemoryError), match=r"deep|memory|MiB"):
        large.query(f"SELECT * {{ FILTER({deep}) }}")
    assert b"true" in ask(large)
    assert eventually(lambda: whole(large))


def test_values_that_the_engine_cannot_order_are_told_and_can_be_ordered_by_kind(large: Engine) -> None:
    mixed = f"""SELECT ?value {{
      {{ ?s <{EX}number> ?text BIND(SUBSTR(?text, 8) AS ?value) }}
      UNION {{ ?s <{EX}number> ?text BIND(<http://www.w3.org/2001/XMLSchema#integer>(SUBSTR(?text, 8)) AS ?value) }}
    }} ORDER BY"""
    with pytest.raises(QueryFailedError, match="values of several kinds") as told:
        large.query(f"{mixed} ?value")
    assert told.value.remedy == "order by the kind first: ORDER BY DATATYPE(?x) ?x"
    assert len(large.select(f"{mixed} DATATYPE(?value) ?value")) == 1000
    assert b"true" in ask(large)


def test_the_death_of_the_template_is_survived(large_release: Release) -> None:
    with engine_on(large_release, query_memory=1500) as engine, ThreadPoolExecutor(1) as thread:
        assert eventually(lambda: whole(engine))
        slow = thread.submit(lambda: b"".join(engine.query(f"{PAIRS} LIMIT 200000", "text/csv")))
        assert eventually(lambda: engine.census()["busy"] == 1)
        template = engine._pool._template
        assert template is not None
        os.kill(template.pid, signal.SIGKILL)
        assert slow.result().count(b"\r\n") == 200_001, "a query that ran goes on"
        assert eventually(lambda: engine._pool._template is not template)
        kill_idle(engine)
        assert b"true" in ask(engine)
        assert eventually(lambda: whole(engine))


def test_a_template_that_is_stuck_is_replaced(large_release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PATIENCE", 2.0)
    with engine_on(large_release, query_memory=1500) as engine:
        assert eventually(lambda: whole(engine))
        template = engine._pool._template
        assert template is not None
        os.kill(template.pid, signal.SIGSTOP)
        kill_idle(engine)
        assert b"true" in ask(engine)
        assert eventually(lambda: whole(engine))
        assert not running(template.pid)


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_a_worker_cannot_reach_out(small: Engine, monkeypatch: pytest.MonkeyPatch, silent: str) -> None:
    monkeypatch.setattr(guard, "check", lambda text: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        query = f"SELECT * {{ SERVICE {silent}<{address}> {{ ?s ?p ?o }} }}"
        if silent:
            assert b'"bindings":[{}]' in b"".join(small.query(query))
        else:
            with pytest.raises(QueryFailedError, match="Too many open files"):
                small.query(query)
        with pytest.raises(TimeoutError):
            listener.accept()


def version(number: int) -> str:
    return f'<{EX}graph> <{EX}version> "{number}" .\n' + many(50)


def test_a_release_is_swapped_under_load(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("swap")
    first, second = (make_release(folder, version(number)) for number in (1, 2))
    over = threading.Event()
    lists: list[list[str]] = [[] for _ in range(4)]

    def load(engine: Engine, seen: list[str]) -> None:
        while not over.is_set():
            query = f"SELECT ?v {{ <{EX}graph> <{EX}version> ?v }}"
            answer = engine.query(query, "text/csv", fresh=len(seen) % 2 == 0)
            found = b"".join(answer).decode().split()[1]
            assert answer.release == (first if found == "1" else second)
            seen.append(found)

    with engine_on(first, query_memory=1500, queue=20, deadline=60) as engine, ThreadPoolExecutor(5) as threads:
        long = engine.query(f"{PAIRS} LIMIT 500000", "text/csv")
        before = engine._pool._template
        loads = [threads.submit(load, engine, seen) for seen in lists]
        assert eventually(lambda: all(seen for seen in lists))
        engine.publish(second)
        assert engine.release == second
        assert engine.select(f"SELECT ?v {{ ?g <{EX}version> ?v }}")[0]["v"].value == "2"
        assert eventually(lambda: all(seen[-1] == "2" for seen in lists))
        over.set()
        for each in loads:
            each.result()
        assert all(seen == sorted(seen) for seen in lists), "an answer of the old release came after one of the new"
        assert long.release == first
        assert sum(piece.count(b"\r\n") for piece in long) == 500_001, "the query that ran ends on its release"
        assert before is not None
        assert eventually(lambda: not running(before.pid)), "the old template stays"
        assert eventually(lambda: whole(engine))


def test_a_release_that_cannot_be_read_is_not_served(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("broken")
    good, bad = make_release(folder, SMALL), make_release(folder, many(3))
    bad.data.write_text("<a> is no N-Quads", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"data\.nq"), engine_on(bad):
        pass
    with engine_on(good) as engine:
        with pytest.raises(ReleaseError, match=r"data\.nq"):
            engine.publish(bad)
        assert engine.release == good
        assert b"true" in ask(engine)


LONG_VALUES = "VALUES ?x { " + f"<{EX}n7> " * 10_000 + "}"


def test_a_long_query_is_answered(large: Engine) -> None:
    assert len(LONG_VALUES) > guard.LONG
    rows = large.select(f"SELECT * {{ ?x <{EX}number> ?n {LONG_VALUES} }}")
    assert [row["n"].value for row in rows] == ["number 7"] * 10_000


@pytest.mark.parametrize("text", ["SELECT * { %s SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "CLEAR ALL # %s"])
def test_a_long_query_is_refused_as_a_short_one_is(large: Engine, text: str) -> None:
    with pytest.raises(QueryRefusedError) as short:
        large.query(text % "")
    with pytest.raises(QueryRefusedError) as long:
        large.query(text % LONG_VALUES)
    assert long.value.message == short.value.message


@pytest.mark.parametrize("text", ["SELECT * {" + "{" * 8_000_000 + " \\u }", "PREFIX a: <a:a> " * 500_000 + "ASK {}"])
def test_a_huge_text_keeps_nobody_else_waiting(large: Engine, text: str) -> None:
    started = time.thread_time()
    with pytest.raises((QueryTimeoutError, QuerySyntaxError, QueryMemoryError, WorkerLostError)):
        large.query(text + "}", deadline=1)
    assert time.thread_time() - started < 1


def test_nothing_is_left_behind(large: Engine, large_release: Release) -> None:
    assert eventually(lambda: whole(large)), "another engine of this process may still change what is open"
    before = descriptors()
    threads_before = threading.active_count()
    with engine_on(large_release, query_memory=60) as engine:
        template = engine._pool._template
        assert template is not None
        for query in (SLOW["sort"], COUNT, "ASK {"):
            with pytest.raises(SidesError):
                engine.query(query, deadline=0.2)
        ask(engine)
        unread = engine.query(PAIRS)
        assert eventually(lambda: len(template.workers) == 2)
        pids = [template.pid, *(worker.pid for worker in template.workers)]
    assert [pid for pid in pids if running(pid)] == []
    with pytest.raises(BusyError, match="shutting down"):
        list(unread)
    assert descriptors() == before
    assert threading.active_count() == threads_before
    with pytest.raises(BusyError, match="shutting down"):
        ask(engine)
