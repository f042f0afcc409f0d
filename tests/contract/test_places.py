"""Who waits for an engine elsewhere: clients take turns, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from kg.ground.errors import BusyError, QueryCancelledError, SidesError, TooManyQueriesError
from kg.serve.remote.places import Places
from support.serving import eventually


def never() -> bool:
    return False


class Waiting:
    """Somebody who waits in a thread, and what came of it."""

    def __init__(self, places: Places, client: str, order: list[str], cancelled: Callable[[], bool] = never) -> None:
        self.error: SidesError | None = None
        self._thread = threading.Thread(target=self._wait, args=(places, client, order, cancelled))
        before = places.census()["waiting"]
        self._thread.start()
        self.waits = eventually(lambda: places.census()["waiting"] > before or not self._thread.is_alive())

    def _wait(self, places: Places, client: str, order: list[str], cancelled: Callable[[], bool]) -> None:
        try:
            places.take(20, cancelled, client)
            order.append(client)
        except SidesError as error:
            self.error = error

    def end(self) -> SidesError | None:
        self._thread.join(20)
        return self.error


def test_clients_take_turns() -> None:
    places, order = Places(size=1, queue=8, share=1), list[str]()
    places.take(1, never, "a")
    waiting = [Waiting(places, client, order) for client in ("a", "a", "b")]
    assert places.census() == {"idle": 0, "busy": 1, "waiting": 3}
    for number in range(3):
        places.give_back("a" if number != 1 else order[-1])
        assert eventually(lambda number=number: len(order) == number + 1)  # type: ignore[misc]
    assert order == ["b", "a", "a"]
    assert [each.end() for each in waiting] == [None] * 3


def test_one_client_has_its_share_of_the_queue() -> None:
    places, order = Places(size=1, queue=4, share=0.5), list[str]()
    places.take(1, never, "a")
    waiting = [Waiting(places, "a", order) for _ in range(2)]
    with pytest.raises(TooManyQueriesError):
        places.take(1, never, "a")
    waiting += [Waiting(places, client, order) for client in ("b", "c")]
    assert places.census()["waiting"] == 4
    displacing = Waiting(places, "d", order)  # the newest of the client that has most waiting makes room
    assert isinstance(waiting[1].end(), TooManyQueriesError)
    places.close()
    assert all(isinstance(each.end(), BusyError) for each in (waiting[0], *waiting[2:], displacing))
    with pytest.raises(BusyError, match="shutting down"):
        places.take(1, never, "e")


def test_a_full_queue_is_told_with_the_time_to_come_again() -> None:
    places = Places(size=1, queue=0, share=1)
    places.take(1, never, None)
    with pytest.raises(BusyError, match="0 queries wait already") as caught:
        places.take(8, never, None)
    assert caught.value.retry_after == 2


def test_patience_ends() -> None:
    places = Places(size=1, queue=1, share=1)
    places.take(1, never, None)
    began = time.monotonic()
    with pytest.raises(BusyError, match=r"no engine was free for 0\.3 seconds"):
        places.take(0.3, never, None)
    assert time.monotonic() - began < 5
    assert places.census() == {"idle": 0, "busy": 1, "waiting": 0}


def test_who_leaves_waits_no_longer() -> None:
    places, order, gone = Places(size=1, queue=1, share=1), list[str](), threading.Event()
    places.take(1, never, "a")
    waiting = Waiting(places, "b", order, gone.is_set)
    gone.set()
    assert isinstance(waiting.end(), QueryCancelledError)
    places.give_back("a")
    assert places.census() == {"idle": 1, "busy": 0, "waiting": 0}
