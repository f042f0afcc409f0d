"""Threads in which requests are answered: which goes on, who waits, how they end; and connections that do not stall."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from kg.serve.http.dispatcher import Dispatcher
from support.server_process import Server
from support.serving import eventually


class Job:
    """A service that runs a function."""

    def __init__(self, run: Callable[[], object]) -> None:
        self._run = run
        self.cancelled = False
        self.thread: threading.Thread | None = None
        self.done = threading.Event()

    def service(self) -> None:
        self.thread = threading.current_thread()
        try:
            self._run()
        finally:
            self.done.set()

    def cancel(self) -> None:
        self.cancelled = True


def test_the_thread_that_rested_last_goes_on() -> None:
    dispatcher = Dispatcher(3)
    gates = [threading.Event() for _ in range(3)]
    jobs = [Job(gate.wait) for gate in gates]
    for job in jobs:
        dispatcher.add_task(job)
    for number, gate in enumerate(gates, 1):
        gate.set()
        assert eventually(lambda number=number: dispatcher.resting == number)  # type: ignore[misc]
    again = Job(lambda: None)
    dispatcher.add_task(again)
    assert again.done.wait(5)
    assert again.thread is jobs[-1].thread
    dispatcher.shutdown()
    assert not any(job.thread.is_alive() for job in jobs if job.thread)


def test_who_finds_no_thread_waits_in_line() -> None:
    dispatcher = Dispatcher(1)
    gate = threading.Event()
    order: list[int] = []
    dispatcher.add_task(Job(gate.wait))
    jobs = [Job(lambda number=number: order.append(number)) for number in range(3)]  # type: ignore[misc]
    for job in jobs:
        dispatcher.add_task(job)
    gate.set()
    assert all(job.done.wait(5) for job in jobs)
    assert order == [0, 1, 2]
    dispatcher.shutdown()


def test_where_no_thread_can_be_had_the_others_do_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    dispatcher = Dispatcher(2)
    gate = threading.Event()
    working, waiting = Job(gate.wait), Job(lambda: None)
    dispatcher.add_task(working)
    monkeypatch.setattr(threading.Thread, "start", refuse)
    dispatcher.add_task(waiting)
    gate.set()
    assert waiting.done.wait(5)
    assert waiting.thread is working.thread
    dispatcher.shutdown()


def test_an_error_ends_no_thread() -> None:
    def fail() -> None:
        raise ValueError("broken")

    dispatcher = Dispatcher(1)
    broken, next_one = Job(fail), Job(lambda: None)
    for job in (broken, next_one):
        dispatcher.add_task(job)
        assert job.done.wait(5)
    assert next_one.thread is broken.thread
    dispatcher.shutdown()


def test_who_waits_at_the_end_is_given_up() -> None:
    dispatcher = Dispatcher(1)
    gate = threading.Event()
    working, waiting = Job(gate.wait), Job(lambda: None)
    dispatcher.add_task(working)
    dispatcher.add_task(waiting)
    dispatcher.shutdown(timeout=0.01)
    assert waiting.cancelled
    assert working.thread
    assert working.thread.is_alive()
    gate.set()
    working.thread.join(5)
    assert not waiting.done.is_set()


def test_a_client_that_does_not_wait_for_its_answers_gets_them_all(server: Server) -> None:
    request = b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        for together in (1, 2, 3, 8, 2) * 20:
            connection.sendall(request * together)
            received = b""
            while received.count(b'"boolean":true}') < together:
                part = connection.recv(65536)
                assert part
                received += part
            assert received.count(b"HTTP/1.1 200 OK\r\n") == together
