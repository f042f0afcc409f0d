"""The engine: takes a query, has a worker run it within its limits, and hands back the answer."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Self

from kg.ground.errors import (
    QueryCancelledError,
    QueryError,
    QueryFailedError,
    QueryMemoryError,
    QueryTimeoutError,
    WorkerLostError,
)
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve import guard
from kg.serve.engine import frames
from kg.serve.engine.allocator import allocator
from kg.serve.engine.cache import Cache, Kept
from kg.serve.engine.pool import POLL, Cause, Pool, shutting_down
from kg.serve.engine.processes import WorkerProcess
from kg.serve.engine.request import Request
from kg.serve.engine.store import half_of_memory
from kg.serve.formats import Format, formats_of, named_format
from kg.serve.results import Row, read_rows

_MEBIBYTE = 1024 * 1024
_CACHE = 64 * _MEBIBYTE
"""The room for answers that are kept."""
_LARGEST_KEPT = 4 * _MEBIBYTE
"""Bytes up to which a stream is gathered while it passes, to be kept when it has come whole."""
_DEEP = 200
"""How deep brackets may lie before the death of a worker is put down to them: the engine calls itself at each."""


_RECEIVED = 2 * frames.CHUNK
"""Bytes that are taken from a worker at once, at least: most answers are less."""


def _never() -> bool:
    return False


class Engine:
    """Answers SPARQL queries on the current release, whatever they ask."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.size = settings.workers or max(4, 2 * (os.cpu_count() or 1))
        """How many queries run at one time."""
        self._cache: Cache[Kept] = Cache(_CACHE)
        self._pool = Pool(
            size=self.size,
            queue=settings.queue,
            memory=settings.query_memory,
            held=settings.store_memory or half_of_memory(),
            share=settings.client_share,
            allocator=allocator(settings.allocator),
        )

    @classmethod
    def start(cls, settings: Settings, release: Release | None = None) -> Self:
        """Load a release (the current one, if none is given) and start the workers.

        Raises `ReleaseError` if there is none or it cannot be loaded.
        """
        engine = cls(settings)
        engine.publish(release or Release.current(settings))
        return engine

    @classmethod
    def resume(cls, settings: Settings) -> Self:
        """Start on the store of the current release on disk, if there is one, else as `start` does.

        It is then `provisional`: to be published once more, by which it is loaded. Raises `ReleaseError`.
        """
        engine = cls(settings)
        engine._pool.publish(Release.current(settings), at_once=True)
        return engine

    @property
    def release(self) -> Release:
        """The release that the next query runs on."""
        return self._pool.release

    @property
    def provisional(self) -> bool:
        """Whether the release is served from disk though it fits into memory, until it is published once more."""
        return self._pool.provisional

    def publish(self, release: Release) -> None:
        """Answer from another release from now on; running queries finish on the one they began with.

        Raises `ReleaseError` if it cannot be loaded; the engine then goes on with the one it has.
        """
        self._pool.publish(release)

    def close(self) -> None:
        """End all processes."""
        self._pool.close()

    def __enter__(self) -> Self:
        """The engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def census(self) -> dict[str, int]:
        """How many workers are idle and busy, and how many queries wait."""
        return self._pool.census()

    def deaths(self) -> dict[str, int]:
        """How many workers have died so far, by cause."""
        return self._pool.deaths()

    def health(self) -> dict[str, object]:
        """What is known of the services that answer in place of this engine; nothing, where it answers itself."""
        return {}

    def cache_census(self) -> dict[str, int]:
        """How often an answer was found and how often not, how many are kept, and the bytes that they take."""
        return self._cache.census()

    def service_census(self) -> dict[tuple[str, str], int]:
        """How many requests other endpoints were sent, by their IRIs and what came of them: none by this engine."""
        return {}

    def count_hit(self) -> None:
        """Count an answer that was given again without asking the engine."""
        self._cache.count_hit()

    def pids(self) -> dict[str, list[int]]:
        """The numbers of the processes: the ``template`` and the ``workers``."""
        return self._pool.pids()

    def query(
        self,
        text: str,
        media_type: str | None = None,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        deadline: float | None = None,
        cancelled: Callable[[], bool] = _never,
        client: str | None = None,
        fresh: bool = False,
        rewrite: bool = True,
    ) -> Answer:
        """Run a query and hold back the first ``SIDES_HELD_BACK`` MiB of its answer: an error up to there is raised.

        ``media_type`` is one of `kg.serve.formats`, by default the first for the form of the query. The graphs are
        those of the protocol (``None``: as the query says). ``deadline``, in seconds, can only shorten the one of the
        settings. ``cancelled`` is asked about ten times a second whether the client has left. ``client`` names who
        asks: each takes turns with the others, and None is the service itself. ``fresh`` has a worker answer even what
        is kept. ``rewrite`` lets the query be rewritten, if the settings do (docs/performance.md). Close the answer,
        or read it to its end. Raises `QueryError`.
        """
        if len(text) <= guard.LONG:  # else the worker does
            guard.check(text)
        shape = guard.outline(text)
        fmt = _format(shape.form, media_type)
        rewrite = rewrite and self._rewrites
        request = Request(text, fmt.media_type, _graphs(default_graphs), _graphs(named_graphs), rewrite)
        release = self.release  # read once: it may be swapped at any moment
        kept = None if fresh or shape.volatile else self._cache.get((release.hash, request))
        if kept:
            return Answer.kept(fmt, release, kept)
        seconds = min(self.settings.deadline, deadline or self.settings.deadline)
        answer = self._ask(fmt, request, seconds, cancelled, client)
        if not shape.volatile:
            answer.keep(partial(self._cache.put, (answer.release.hash, request)))
        return answer

    def explain(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        client: str | None = None,
        rewrite: bool = True,
    ) -> bytes:
        """How a query would be rewritten, and why, without running it: a JSON object with ``query``, ``rewritten`` and
        ``rules``. Raises `QueryError`.
        """
        guard.check(text)
        fmt = formats_of("SELECT")[0]
        graphs = _graphs(default_graphs), _graphs(named_graphs)
        request = Request(text, fmt.media_type, *graphs, rewrite and self._rewrites, explain=True)
        with closing(self._ask(fmt, request, self.settings.deadline, _never, client)) as answer:
            return b"".join(answer)

    @property
    def _rewrites(self) -> bool:
        return self.settings.rewrite == "on"

    def _ask(
        self, fmt: Format, request: Request, seconds: float, cancelled: Callable[[], bool], client: str | None
    ) -> Answer:
        """Have a worker answer. It has all of its seconds, however long the query has waited for it."""
        began = time.perf_counter()
        worker = self._pool.acquire(seconds, cancelled, client)
        waited = time.perf_counter() - began
        exchange = _Exchange(self._pool, worker, seconds, cancelled, self.settings.query_memory)
        exchange.ask(request)
        answer = Answer.begin(fmt, exchange, self.settings.held_back * _MEBIBYTE)
        answer.waited = waited
        return answer

    def select(self, text: str, *, cancelled: Callable[[], bool] = _never, client: str | None = None) -> list[Row]:
        """The rows of a SELECT with a small answer, as dictionaries of typed terms; the rest is as for `query`."""
        media_type = "application/sparql-results+json"
        with closing(self.query(text, media_type, cancelled=cancelled, client=client)) as answer:
            return read_rows(b"".join(answer))


def _graphs(names: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _format(form: str, media_type: str | None) -> Format:
    offered = formats_of(form)
    fmt = named_format(media_type, offered) if media_type else offered[0]
    if fmt is None:
        raise QueryFailedError(
            f"the answer of a {form or 'SELECT'} query cannot be written as {media_type}",
            expected=" or ".join(each.media_type for each in offered),
        )
    return fmt


class Answer:
    """The answer to a query: an iterator over its bytes.

    ``variables`` are those of a SELECT in their order, else None. ``size`` is known if the whole answer was held back;
    otherwise it is read from the worker as it is iterated, and the iterator may still raise `QueryError`. ``rows`` is
    known once the worker has sent everything, if the answer has rows and its format shows them. ``release`` is the one
    that the query ran on, ``waited`` the seconds that it waited for a worker, ``cached`` whether none was asked,
    ``deadline`` the moment (`time.monotonic`) to which it may last. ``federated`` says that other endpoints were asked,
    ``failed_services`` which of them failed in silence, each with a reason.
    """

    def __init__(self, fmt: Format, release: Release, exchange: _Exchange | None) -> None:
        self.format = fmt
        self.media_type = fmt.media_type
        self.release = release
        self.variables: tuple[str, ...] | None = None
        self.size: int | None = None
        self.rows: int | None = None
        self.waited: float | None = None
        self.deadline = exchange.deadline if exchange else None
        self.cached = exchange is None
        self.federated = False
        self.failed_services: tuple[str, ...] = ()
        self._exchange = exchange
        self._held: deque[bytes] = deque()
        self._gathered: list[bytes] = []
        self._room = 0
        self._ended = False
        self._put: Callable[[Kept], None] | None = None

    @classmethod
    def kept(cls, fmt: Format, release: Release, kept: Kept) -> Self:
        """An answer from the cache."""
        answer = cls(fmt, release, None)
        answer.variables = kept.variables
        answer.size = len(kept.body)
        answer.rows = kept.rows
        answer._held.append(kept.body)
        return answer

    @classmethod
    def begin(cls, fmt: Format, exchange: _Exchange, held_back: int) -> Self:
        """The answer of a worker, its first bytes held back; raises `QueryError` if it fails before that."""
        answer = cls(fmt, exchange.release, exchange)
        held = 0
        while held < held_back:
            payload = answer._next(exchange)
            if payload is None:
                answer.size = held
                break
            held += len(payload)
            answer._held.append(payload)
        return answer

    def keep(self, put: Callable[[Kept], None]) -> None:
        """Have the answer put where answers are kept: now, if it is whole, or when all of it has been read."""
        if self.size is not None:
            put(Kept(self.variables, b"".join(self._held), self.rows))
        else:
            self._put, self._room = put, _LARGEST_KEPT

    def _next(self, exchange: _Exchange) -> bytes | None:
        """The next piece from the worker, None at the end; the head is kept."""
        kind, payload = exchange.frame()
        while kind == frames.HEAD:
            names = json.loads(payload)["variables"]
            self.variables = None if names is None else tuple(names)
            kind, payload = exchange.frame()
        if kind == frames.END:
            self.rows = frames.read_end(payload)[1]
            self._ended = True
        return payload if kind == frames.DATA else None

    def __iter__(self) -> Iterator[bytes]:
        """The answer itself."""
        return self

    def __next__(self) -> bytes:
        """The next piece: what was held back, then what the worker sends."""
        piece: bytes | None = None
        if self._held:
            piece = self._held.popleft()
        elif self._exchange is not None and not self._exchange.over:
            piece = self._next(self._exchange)
        if self._put:
            self._gather(piece)
        if piece is None:
            raise StopIteration
        return piece

    def _gather(self, piece: bytes | None) -> None:
        """Add a piece to what is kept at the end (None), unless that becomes too much."""
        if piece is not None and len(piece) <= self._room:
            self._room -= len(piece)
            self._gathered.append(piece)
            return
        put, self._put = self._put, None
        if put and piece is None and self._ended:
            put(Kept(self.variables, b"".join(self._gathered), self.rows))
        self._gathered.clear()

    def close(self) -> None:
        """Give up what has not been read; its worker is free within the moment."""
        self._held.clear()
        self._put = None
        self._gathered.clear()
        if self._exchange:
            self._exchange.abandon()


class _Exchange:
    """One query and its answer between this process and one worker."""

    def __init__(
        self, pool: Pool, worker: WorkerProcess, seconds: float, cancelled: Callable[[], bool], memory: int
    ) -> None:
        self.over = False
        self.release = worker.template.release
        self._pool = pool
        self._worker = worker
        self._seconds = seconds
        self._cancelled = cancelled
        self._memory = memory
        self._received = b""
        self._at = 0
        self._text = ""
        self.deadline = worker.deadline = time.monotonic() + seconds

    def ask(self, request: Request) -> None:
        self._text = request.text
        query = frames.packed_query({**request.to_json(), "seconds": self._seconds}, request.text)
        try:
            self._worker.connection.sendall(query)
        except OSError as error:
            raise self._lost() from error

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame of the answer. Raises `QueryError`; the exchange is over then, as after the last frame."""
        kind, size = frames.HEADER.unpack(self._read(frames.HEADER.size))
        payload = self._read(size)
        if kind == frames.ERROR:
            error = frames.raised(json.loads(payload), self._too_much_memory())
            if isinstance(error, QueryMemoryError):
                self._pool.blame(self._worker, Cause.MEMORY)
            self.frame()
            raise error
        if kind == frames.END:
            self._finish(retire=frames.read_end(payload)[0])
        return kind, payload

    def _read(self, size: int) -> bytes:
        """The next bytes of the worker: of what has come, as most often, or of what comes."""
        start, end = self._at, self._at + size
        if end > len(self._received):
            return self._receive(size)
        self._at = end
        return self._received[start:end]

    def _receive(self, size: int) -> bytes:
        parts = [self._received[self._at :]]
        missing = size - len(parts[0])
        while missing > 0:
            self._wait()
            try:
                self._received = self._worker.connection.recv(max(missing + frames.HEADER.size, _RECEIVED))
            except OSError as error:
                raise self._lost() from error
            if not self._received:
                raise self._lost()
            self._at = min(missing, len(self._received))
            parts.append(self._received[: self._at])  # no copy, if that is all
            missing -= self._at
        return b"".join(parts)

    def _wait(self) -> None:
        """Wait until the worker has sent something or hung up, but not beyond the deadline nor for nobody."""
        if self.over:
            raise self._lost()
        while True:
            remaining = self.deadline - time.monotonic()
            if remaining <= 0:
                self.abandon(Cause.TIMEOUT)
                raise self._too_late()
            if self._worker.has_sent(min(remaining, POLL)):
                return
            if self._cancelled():
                self.abandon()
                raise QueryCancelledError("the client left before its answer was there")

    def _finish(self, *, retire: bool) -> None:
        self.over = True
        if retire:
            self._pool.discard(self._worker, Cause.GROWN)
        else:
            self._pool.give_back(self._worker)

    def abandon(self, cause: Cause = Cause.LEFT) -> None:
        """End the worker if it is still at work on this query."""
        if not self.over:
            self.over = True
            self._pool.discard(self._worker, cause)

    def _lost(self) -> QueryError:
        """The worker hung up: what that means."""
        self.over = True
        death = self._pool.discard(self._worker)
        if self._pool.closed:
            return shutting_down()
        if "memory allocation" in death.words or "MemoryError" in death.words:
            self._pool.blame(self._worker, Cause.MEMORY)
            return self._too_much_memory()
        if death.signal == signal.SIGALRM or time.monotonic() >= self.deadline:
            self._pool.blame(self._worker, Cause.TIMEOUT)
            return self._too_late()
        self._pool.blame(self._worker, Cause.LOST)
        if "total order" in death.words:  # numbers among strings: the engine compares two of a kind in another way
            return QueryFailedError(
                "the engine cannot bring values of several kinds into one order",
                expected="ORDER BY values of one kind",
                remedy="order by the kind first: ORDER BY DATATYPE(?x) ?x",
            )
        if death.signal == signal.SIGSEGV and (depth := guard.depth(self._text)) > _DEEP:  # the stack had no more room
            return QueryFailedError(
                f"brackets lie within one another, {depth} deep",
                expected=f"a query with brackets at most some {_DEEP} deep",
                remedy="nest less: several patterns or conditions can stand in one group",
            )
        how = f"signal {death.signal}" if death.signal else "an unknown cause"
        return WorkerLostError(
            f"the process that ran the query died of {how}", remedy="send it again; simplify it if that fails too"
        )

    def _too_late(self) -> QueryTimeoutError:
        return QueryTimeoutError(
            f"the query was stopped after {self._seconds:g} s",
            expected="an answer within the time limit",
            remedy="ask for less: add LIMIT, make the patterns more selective, "
            f"or take the whole graph from /dumps/{self.release.hash}.nq",
        )

    def _too_much_memory(self) -> QueryMemoryError:
        return QueryMemoryError(
            f"the query was stopped: it needed more than {self._memory} MiB",
            expected="a query that fits into the memory limit",
            remedy="sort, group or join fewer rows: filter earlier, or split the query",
        )
