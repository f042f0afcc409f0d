"""One query and its answer between this process and one engine.

A thread sends the query, reads the answer and writes it in the format that is wanted; pieces of it wait for whoever
sends them on, a few at most. At the deadline, or when nobody waits any more, the connection is cut: the thread ends,
and the engine sees that its client has left.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from kg.ground.errors import (
    BusyError,
    EngineError,
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    QueryTimeoutError,
)
from kg.serve.engine.rows import RowCounter
from kg.serve.formats import Format
from kg.serve.remote.connections import Connection, stale
from kg.serve.remote.conversion import Body, accepted, convert
from kg.serve.remote.replicas import Replica

logger = logging.getLogger(__name__)

_PIECE = 64 * 1024
_PIECES = 8
"""Pieces that may wait: with the one in the making, half a MiB for each query."""
_POLL = 0.1
"""Seconds between two looks at whether the client is still there."""
_REFUSAL = 2.0
"""Seconds within which 503 means that an engine has begun nothing, so that it, or another, may be asked again."""
_MOST = 0.9
"""The part of the time after which 500 means that it was over: so Virtuoso ends some queries."""
_SAID = 200


@dataclass(frozen=True, slots=True)
class Question:
    """What an engine is asked: a query as it is to be sent, and how its answer is wanted."""

    text: str
    form: str
    dataset: Sequence[tuple[str, str]]
    format: Format
    prefixes: Mapping[str, str]
    seconds: float
    """What it may take, however often it is asked."""


class _GivenUpError(OSError):
    """Nobody waits for the answer any more."""


class Exchange:
    """Asks one engine from `start` on; `piece` waits for what it answers."""

    def __init__(self, replica: Replica, question: Question, seconds: float, cancelled: Callable[[], bool]) -> None:
        self.replica = replica
        self.deadline = time.monotonic() + seconds
        self.variables: tuple[str, ...] | None = None
        self.rows: int | None = None
        self.sent = False
        """Whether the engine may have seen the query."""
        self.answered = False
        """Whether the head of an answer has come."""
        self._question = question
        self._seconds = seconds
        self._cancelled = cancelled
        self._pieces: queue.Queue[bytes | QueryError | None] = queue.Queue(_PIECES)
        self._given_up = threading.Event()
        self._connection: Connection | None = None
        self._over = False
        self._lock = threading.Lock()
        self._ended = False
        self._calls: list[Callable[[], None]] = []

    def start(self) -> None:
        """Ask."""
        threading.Thread(target=self._run, name="engine query", daemon=True).start()

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something called as soon as the engine is at work on this no longer, or at once if that is so."""
        with self._lock:
            if not self._ended:
                self._calls.append(call)
                return
        call()

    def piece(self) -> bytes | None:
        """The next piece of the answer, None at its end. Raises `QueryError`; the exchange is over then."""
        while not self._over:
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                self.give_up()
                raise self._too_late()
            try:
                found = self._pieces.get(timeout=min(remaining, _POLL))
            except queue.Empty:
                if self._cancelled():
                    self.give_up()
                    raise QueryCancelledError("the client left before its answer was there") from None
                continue
            self._over = not isinstance(found, bytes)
            if isinstance(found, QueryError):
                raise found
            return found
        return None

    def give_up(self) -> None:
        """Cut the connection, if anything is on its way."""
        self._over = True
        self._given_up.set()
        with self._lock:  # afterwards, the connection may be that of another query
            if self._connection:
                self._connection.cut()

    # In the thread

    def _run(self) -> None:
        last: QueryError | None = EngineError("its answer could not be written")
        try:
            self._answer()
            last = None
        except QueryError as error:
            last = error
        except (OSError, HTTPException) as error:
            last = self._failed(error)
        finally:
            self._end()
            with suppress(_GivenUpError):
                self._put(last)

    def _end(self) -> None:
        with self._lock:
            self._ended = True
            calls = self._calls
        for call in calls:
            call()

    def _answer(self) -> None:
        question, connections = self._question, self.replica.connections
        began = time.monotonic()
        connection, response = self._asked()
        try:
            with response:
                self._check(response, time.monotonic() - began)
                sink = _Sink(self._put, question.format.media_type)
                convert(Body(response), question.format, question.form, question.prefixes, self._head, sink)
                self.rows = sink.rows
                lasting = not response.will_close
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._connection = None
        if lasting and not self._given_up.is_set():
            connections.rest(connection)
        else:
            connection.close()

    def _asked(self) -> tuple[Connection, HTTPResponse]:
        """The connection on which the engine was asked, and the head of its answer."""
        question, connections = self._question, self.replica.connections
        while True:
            left = max(self.deadline - time.monotonic(), 0.001)
            with self._lock:
                connection = self._connection = connections.take(left)
            if self._given_up.is_set():  # perhaps before there was anything to cut
                connection.close()
                raise _GivenUpError
            try:
                accept = accepted(question.format)
                response = connections.ask(connection, question.text, question.dataset, accept, left)
            except (OSError, HTTPException) as error:
                connection.close()
                self.sent = connection.connected
                if self._given_up.is_set() or not stale(connection, error):
                    raise
            else:
                self.sent = self.answered = True
                return connection, response

    def _head(self, variables: list[str] | None) -> None:
        self.variables = None if variables is None else tuple(variables)

    def _put(self, item: bytes | QueryError | None) -> None:
        while not self._given_up.is_set():
            with suppress(queue.Full):
                self._pieces.put(item, timeout=_POLL)
                return
        raise _GivenUpError

    # What went wrong

    def _check(self, response: HTTPResponse, seconds: float) -> None:
        """Raise the `QueryError` that a head means which does not begin an answer."""
        if response.headers.get("X-SQL-State", "").strip() == "S1TAT":  # Virtuoso: what it had found when time was over
            raise self._too_late()
        if response.status == 200:
            return
        said = _said(response)
        logger.info("%s answers %d: %s", self.replica.address, response.status, said)
        if response.status in {429, 503} and seconds < _REFUSAL:
            raise _busy(response)
        if response.status in {408, 503, 504} or (response.status == 500 and seconds > _MOST * self._seconds):
            raise self._too_late()
        if response.status in {400, 413, 414, 422}:
            raise QueryFailedError(
                f"the engine refuses it: {said}" if said else "the engine refuses it",
                expected="a query that the engine behind this server can evaluate",
                remedy="change the part of the query that the message names",
            )
        error = _failed(f"the engine answers {response.status}" + (f": {said}" if said else ""))
        error.again = response.status == 502
        raise error

    def _failed(self, error: Exception) -> QueryError:
        if isinstance(error, TimeoutError) or time.monotonic() >= self.deadline:
            return self._too_late()
        told = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
        if not self._given_up.is_set():
            logger.warning("%s gave no whole answer: %s", self.replica.address, told)
        failure = _failed("the engine gave no whole answer")
        failure.again = True
        return failure

    def _too_late(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"the query was stopped after {self._question.seconds:g} s",
            expected="an answer within the time limit",
            remedy="ask for less: add LIMIT, or make the patterns more selective",
        )


class _Sink:
    """Gathers what is written into pieces, and counts the rows in them."""

    def __init__(self, put: Callable[[bytes], None], media_type: str) -> None:
        self._put = put
        self._held = bytearray()
        self._counter = RowCounter(media_type)

    @property
    def rows(self) -> int | None:
        return self._counter.rows

    def write(self, data: bytes, /) -> int:
        self._held += data
        if len(self._held) >= _PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            piece = bytes(self._held)
            self._held.clear()
            self._counter.add(piece)
            self._put(piece)


def _failed(message: str) -> EngineError:
    return EngineError(message, expected="an answer", remedy="send the query again later")


def _said(response: HTTPResponse) -> str:
    """The first words of an answer that is none, without what could be taken for something else."""
    text = response.read(4096).decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:_SAID]


def _busy(response: HTTPResponse) -> BusyError:
    told = response.headers.get("Retry-After", "").strip()
    pause = int(told[:4]) if told.isdecimal() else 1
    return BusyError("the engine is busy", retry_after=max(1, pause), remedy=f"try again in {max(1, pause)} seconds")
