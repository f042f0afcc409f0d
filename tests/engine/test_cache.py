"""Answers are kept for those who ask the same of the same release, and only for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.ground.release import Release
from kg.serve.engine import Engine
from kg.serve.engine.cache import Cache, Kept
from kg.serve.engine.request import Request
from support.serving import EX, SMALL, engine_on, make_release, many

QUERY = "SELECT * { ?z ?p ?a }"


def read(engine: Engine, *arguments: str, **named: object) -> bytes:
    return b"".join(engine.query(*arguments, **named))  # type: ignore[arg-type]


@pytest.fixture
def counted(small_release: Release, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often a worker was asked for."""
    calls: list[str] = []
    from kg.serve.engine.pool import Pool

    acquire = Pool.acquire
    monkeypatch.setattr(Pool, "acquire", lambda self, *rest: calls.append("") or acquire(self, *rest))
    return calls


def test_the_same_question_is_answered_once(small_release: Release, counted: list[str]) -> None:
    with engine_on(small_release) as engine:
        first, second = engine.query(QUERY), engine.query(QUERY)
        assert (first.variables, first.size) == (second.variables, second.size)
        assert b"".join(first) == b"".join(second)
        assert len(counted) == 1
        read(engine, QUERY, "text/csv")
        read(engine, QUERY, default_graphs=[f"{EX}graph/one"])
        read(engine, QUERY, named_graphs=[f"{EX}graph/one"])
        read(engine, QUERY + " ")
        assert len(counted) == 5


def test_what_may_change_is_asked_again(small_release: Release, counted: list[str]) -> None:
    with engine_on(small_release) as engine:
        assert read(engine, "SELECT (UUID() AS ?x) {}") != read(engine, "SELECT (UUID() AS ?x) {}")
    assert len(counted) == 2


def test_another_release_is_asked_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("releases")
    first, second = make_release(folder, SMALL), make_release(folder, many(3))
    with engine_on(first) as engine:
        before = read(engine, QUERY)
        engine.publish(second)
        assert read(engine, QUERY) != before


def test_a_fresh_answer_comes_from_a_worker(small_release: Release, counted: list[str]) -> None:
    with engine_on(small_release) as engine:
        assert read(engine, QUERY) == read(engine, QUERY, fresh=True)
    assert len(counted) == 2


KIBIBYTE = 1024


def test_the_room_is_bounded_and_the_oldest_goes_first() -> None:
    cache = Cache(100 * KIBIBYTE)
    for number in range(20):
        cache.put((number,), Kept(None, bytes(10 * KIBIBYTE)))
        cache.get((3,))
    assert [number for number in range(20) if cache.get((number,))] == [3, *range(12, 20)]


def test_what_is_too_large_is_not_kept() -> None:
    cache = Cache(100 * KIBIBYTE)
    cache.put(("large answer",), Kept(None, bytes(13 * KIBIBYTE)))
    cache.put(("large query" * 2 * KIBIBYTE,), Kept(None, b"true"))
    assert cache._kept == {}


def test_long_queries_take_room_too() -> None:
    cache = Cache(100 * KIBIBYTE)
    for number in range(40):
        cache.put((f"ASK {{}} # {number}" + " " * 10 * KIBIBYTE,), Kept(None, b"true"))
    assert len(cache._kept) == 9


def test_what_a_request_says_takes_room_too() -> None:
    """A client may name graphs of megabytes, each time others."""
    long = "http://example.org/" + "x" * 10 * KIBIBYTE
    requests = [
        lambda number: Request(f"ASK {{}} # {number} {long}", "text/csv"),
        lambda number: Request("ASK {}", "text/csv", default_graphs=(f"{long}{number}",)),
        lambda number: Request("ASK {}", "text/csv", named_graphs=("http://example.org/", f"{long}{number}")),
    ]
    for make in requests:
        cache = Cache(100 * KIBIBYTE)
        for number in range(40):
            cache.put(("hash", make(number)), Kept(None, b"true"))
        assert 0 < len(cache._kept) < 10


def test_a_stream_is_kept_when_it_has_come_whole(tmp_path: Path, counted: list[str]) -> None:
    every, few = "SELECT * { ?s ?p ?o }", "SELECT ?s { ?s ?p ?o }"
    with engine_on(make_release(tmp_path, many(12_000))) as engine:
        first = engine.query(every)
        assert first.size is None, "more than is held back"
        body = b"".join(first)
        again = engine.query(every)
        assert (again.size, again.variables, again.rows) == (len(body), ("s", "p", "o"), 24_000)
        assert b"".join(again) == body
        left = engine.query(few)
        next(left)
        left.close()
        assert not list(left), "nothing more comes"
        left = engine.query(few)
        assert not left.cached, "a part is not kept"
        left.close()
    assert len(counted) == 3


def test_a_long_stream_is_not_kept(tmp_path: Path, counted: list[str]) -> None:
    query = "SELECT * { ?s ?p ?o . ?o ?q ?x }"
    with engine_on(make_release(tmp_path, many(20_000))) as engine:
        assert sum(map(len, engine.query(query))) > 4 << 20
        answer = engine.query(query)
        assert not answer.cached
        answer.close()
        assert engine.cache_census()["answers"] == 0
    assert len(counted) == 2
