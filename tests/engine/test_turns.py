"""Clients take turns, whoever asks how much."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ground.errors import BusyError, TooManyQueriesError
from kg.ground.release import Release
from kg.serve.engine import Engine
from kg.serve.engine.turns import Turns
from support.serving import COUNT, engine_on, eventually

clients = st.sampled_from("abc")


@given(st.lists(st.one_of(clients.map(lambda name: ("join", name)), st.just(("next", ""))), max_size=60))
def test_nobody_is_passed_over_twice(moves: list[tuple[str, str]]) -> None:
    """Between two turns of a client, each other that waits all the time has one; within a client, first come, first."""
    turns = Turns[tuple[str, int]]()
    waiting: dict[str, list[int]] = {name: [] for name in "abc"}
    served_since: dict[str, Counter[str]] = {}
    for number, (move, client) in enumerate(moves):
        if move == "join":
            turns.join(client, (client, number))
            waiting[client].append(number)
            served_since.setdefault(client, Counter())
        elif len(turns):
            taken, first = turns.next()
            assert first == waiting[taken].pop(0)
            for other in served_since:
                served_since[other][taken] += 1
                assert other == taken or served_since[other][taken] <= 1, "it had two turns while another waited"
            del served_since[taken]
            if waiting[taken]:
                served_since[taken] = Counter()
        assert len(turns) == sum(map(len, waiting.values()))
        assert {name: turns.count(name) for name in "abc"} == {name: len(line) for name, line in waiting.items()}


def test_who_is_first_comes_before_the_rest() -> None:
    turns = Turns[int]()
    for client, number in (("greedy", 1), ("modest", 2), ("greedy", 3)):
        turns.join(client, number)
    assert [turns.next(lambda client: client != "greedy") for _ in range(3)] == [2, 1, 3]
    with pytest.raises(IndexError, match="nobody waits"):
        turns.next()


def test_who_was_served_at_once_comes_after_who_was_not() -> None:
    turns = Turns[str]()
    turns.serve("quick")
    turns.join("quick", "its second")
    turns.join("new", "its first")
    assert [turns.next(), turns.next()] == ["its first", "its second"]
    for number in range(10_000):
        turns.serve(str(number))
    turns.join("9999", "served just now")
    turns.join("quick", "served long ago")
    assert turns.next() == "served long ago"


def test_room_is_made_by_the_greediest_alone() -> None:
    turns = Turns[int]()
    for number in range(3):
        turns.join("greedy", number)
    turns.join("other", 9)
    assert turns.displace("new") == 2, "the newest of the greediest"
    assert turns.displace("other") is None, "they would have changed places"
    assert turns.displace("greedy") is None
    turns.leave("greedy", 0)
    turns.leave("greedy", 0)
    turns.leave("absent", 0)
    assert [turns.next() for _ in range(len(turns))] == [1, 9]


WORK = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d FILTER(RAND() < 2) }"
"""Some tenths of a second of work on the large release, which no cache saves."""


def test_a_client_with_many_queries_delays_another_by_one_turn(large_release: Release) -> None:
    with (
        engine_on(large_release, workers=1, queue=64, query_memory=1500, client_share=1.0) as engine,
        ThreadPoolExecutor(60) as threads,
    ):
        assert eventually(lambda: engine.census()["idle"] == 1)
        greedy = [threads.submit(engine.query, WORK, client="greedy") for _ in range(60)]
        assert eventually(lambda: engine.census()["waiting"] > 50)
        for _ in range(3):
            before = sum(future.done() for future in greedy)
            answer = engine.query("ASK { ?s ?p ?o FILTER(RAND() < 2) }", client="modest")
            assert b"true" in b"".join(answer)
            # One was at work when this one came, and another may end before it is looked at.
            assert sum(future.done() for future in greedy) - before <= 2
        assert engine.census()["waiting"] > 40
        engine.close()
        assert sum(isinstance(future.exception(), BusyError) for future in greedy) > 40


def test_who_holds_more_than_its_share_waits(large_release: Release) -> None:
    """Two workers are both at work for one client; the next that is free goes to the others, however they stand."""
    order: list[str] = []

    def ask(engine: Engine, client: str) -> None:
        engine.query(WORK, client=client).close()
        order.append(client)

    with (
        engine_on(large_release, workers=2, queue=64, query_memory=1500, client_share=0.5) as engine,
        ThreadPoolExecutor(10) as threads,
    ):
        assert eventually(lambda: engine.census()["idle"] == 2)
        long = threads.submit(engine.query, COUNT, client="greedy")
        assert eventually(lambda: engine.census()["busy"] == 1)
        futures = [threads.submit(ask, engine, "greedy") for _ in range(3)]
        assert eventually(lambda: engine.census()["waiting"] == 2)
        futures += [threads.submit(ask, engine, "modest") for _ in range(3)]
        for future in futures:
            future.result()
        assert not long.done()
        engine.close()
        assert long.exception() is not None
    assert order == ["greedy", "modest", "modest", "modest", "greedy", "greedy"]


def test_a_client_has_a_share_of_the_queue(large_release: Release) -> None:
    with (
        engine_on(large_release, workers=1, queue=8, query_memory=1500, client_share=0.5) as engine,
        ThreadPoolExecutor(12) as threads,
    ):
        assert eventually(lambda: engine.census()["idle"] == 1)
        first = [threads.submit(engine.query, COUNT, client="first") for _ in range(5)]
        assert eventually(lambda: engine.census() == {"idle": 0, "busy": 1, "waiting": 4})
        with pytest.raises(TooManyQueriesError, match="4 queries of this client wait already") as told:
            engine.query(COUNT, client="first")
        assert told.value.retry_after > 0
        second = [threads.submit(engine.query, COUNT, client="second") for _ in range(4)]
        assert eventually(lambda: engine.census()["waiting"] == 8)
        # The queue is full: a third makes those give way that have most, and is told once that is no longer so.
        third = [threads.submit(engine.query, COUNT, client="third") for _ in range(2)]
        assert eventually(lambda: sum(future.done() for future in [*first, *second]) == 2)
        displaced = [future.exception() for future in [*first, *second] if future.done()]
        assert all(isinstance(error, TooManyQueriesError) for error in displaced)
        assert engine.census()["waiting"] == 8
        with pytest.raises(BusyError, match="8 queries wait already") as full:
            engine.query(COUNT, client="third")
        assert not isinstance(full.value, TooManyQueriesError)
        engine.close()
        for future in [*first, *second, *third]:
            assert future.exception() is not None


def test_many_clients_that_race_are_served_alike(large_release: Release) -> None:
    """Eight clients send as much as they can, one of them eight times as much: all get about the same."""
    over = threading.Event()
    served: Counter[str] = Counter()
    lock = threading.Lock()

    def load(engine: Engine, client: str) -> None:
        while not over.is_set():
            try:
                engine.query("SELECT * { ?a ?p ?b . FILTER(RAND() < 2) } LIMIT 3000", client=client).close()
            except BusyError:
                time.sleep(0.01)
                continue
            with lock:
                served[client] += 1

    with (
        engine_on(large_release, workers=2, queue=64, query_memory=1500, client_share=0.5) as engine,
        ThreadPoolExecutor(15) as threads,
    ):
        assert eventually(lambda: engine.census()["idle"] == 2)
        loads = [threads.submit(load, engine, "greedy") for _ in range(8)]
        loads += [threads.submit(load, engine, f"modest {number}") for number in range(7)]
        time.sleep(4)
        over.set()
        for future in loads:
            future.result()
    modest = [served[f"modest {number}"] for number in range(7)]
    assert min(modest) > 5
    assert served["greedy"] <= 2.5 * min(modest), served
