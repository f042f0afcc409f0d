"""The store that is kept on disk for the next start: when it is made, that it is begun with, what damage does to it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.engine import Engine
from kg.serve.engine.keeper import StoreKeeper
from kg.serve.engine.store import make_store, place_of
from kg.serve.engine.watching import watch
from support.serving import make_release, many

COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
EVERY = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o"


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path, many(1000))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, releases=tmp_path, workers=2)


def answer(engine: Engine, text: str = EVERY) -> bytes:
    with closing(engine.query(text, "text/csv", fresh=True)) as found:
        return b"".join(found)


@pytest.fixture
def keeper() -> Iterator[StoreKeeper]:
    keeper = StoreKeeper(least=100, settled=0.0)
    yield keeper
    keeper.close()


def look_until(keeper: StoreKeeper, release: Release, there: Path) -> None:
    until = time.monotonic() + 20
    while not there.is_dir() and time.monotonic() < until:
        keeper.look(release)
        time.sleep(0.02)


def test_a_store_is_made_of_a_release_that_is_served_for_a_while(
    release: Release, settings: Settings, keeper: StoreKeeper
) -> None:
    look_until(keeper, release, place_of(release))
    with Engine.start(settings) as loaded, Engine.resume(settings) as resumed:
        assert not loaded.provisional
        assert resumed.provisional
        assert answer(resumed) == answer(loaded)


@pytest.mark.parametrize("wishes", [{"least": 2001}, {"settled": 3600.0}])
def test_small_releases_and_new_ones_have_no_store(release: Release, wishes: dict[str, float]) -> None:
    keeper = StoreKeeper(**({"least": 100, "settled": 0.0} | wishes))  # type: ignore[arg-type]
    for _ in range(5):
        keeper.look(release)
    assert keeper._making is None
    assert not place_of(release).parent.exists()


def test_a_store_that_cannot_be_made_is_told_once_and_not_tried_again(
    release: Release, keeper: StoreKeeper, caplog: pytest.LogCaptureFixture
) -> None:
    place_of(release).parent.write_text("a file where a folder should be", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        until = time.monotonic() + 20
        while not caplog.messages and time.monotonic() < until:
            keeper.look(release)
            time.sleep(0.02)
        for _ in range(5):
            keeper.look(release)
    assert len(caplog.messages) == 1
    assert keeper._making is None


def test_what_is_being_made_ends_with_the_server(release: Release, keeper: StoreKeeper) -> None:
    keeper.look(release)
    keeper.look(release)
    making = keeper._making
    assert making
    keeper.close()
    assert making.poll() is not None
    look_until(again := StoreKeeper(least=100, settled=0.0), release, place_of(release))
    again.close()
    assert [store.name for store in place_of(release).parent.iterdir()] == [release.hash]


def test_the_server_goes_on_from_memory_and_queries_end_where_they_began(release: Release, settings: Settings) -> None:
    make_store(release.data, place_of(release))
    with Engine.resume(settings) as engine:
        before = answer(engine)
        running = engine.query("SELECT * { ?a ?p ?b . ?c ?q ?d } LIMIT 300000", "text/csv", fresh=True)
        rows = iter(running)
        first = next(rows)
        stop = threading.Event()
        watcher = threading.Thread(target=partial(watch, replace(settings, quick_start="on"), engine, stop))
        watcher.start()
        until = time.monotonic() + 20
        while engine.provisional and time.monotonic() < until:
            time.sleep(0.02)
        assert not engine.provisional
        assert answer(engine) == before
        assert (first + b"".join(rows)).count(b"\n") == 300_001
        running.close()
        stop.set()
        watcher.join()
        assert len(engine.pids()["workers"]) <= 2


@pytest.mark.parametrize("damage", ["emptied", "another"])
def test_a_damaged_store_is_replaced_by_loading(
    release: Release, settings: Settings, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = place_of(release)
    if damage == "another":
        other = make_release(settings.home / "elsewhere", many(10))
        make_store(other.data, place_of(other))
        place_of(other).parent.rename(place.parent)
        (place.parent / other.hash).rename(place)
    else:
        make_store(release.data, place)
        for file in place.iterdir():
            file.write_bytes(b"")
    with caplog.at_level(logging.WARNING), Engine.resume(settings) as engine:
        assert not engine.provisional
        assert answer(engine, COUNT)
    assert "is damaged" in caplog.text
    assert not place.exists()
