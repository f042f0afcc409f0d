"""The pool of query workers: who waits, who works, and who is replaced.

One thread, the keeper, restarts the template if it dies, forks a worker for each that was lost, and ends those that
overran their deadline while nobody was looking (a client that stops reading blocks the thread that serves it).
"""

from __future__ import annotations

import logging
import math
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from kg.ground.errors import BusyError, QueryCancelledError, ReleaseError, TooManyQueriesError
from kg.ground.release import Release
from kg.serve.engine.processes import Death, TemplateProcess, WorkerProcess
from kg.serve.engine.store import place_of, place_on_disk
from kg.serve.engine.turns import Turns

logger = logging.getLogger(__name__)

POLL = 0.1
"""Seconds between two looks at whether the client is still there."""

_TICK = 0.25
_GRACE = 0.5
_RETRY = 1.0
_RESTART = 5
"""Seconds after which a server that is shutting down may be back."""
_REST = 10.0
"""Seconds at rest after which a worker is replaced that holds much: the next query may read the same pages again."""
_MUCH = 64 * 1024 * 1024
"""Bytes of its own that are much for a worker at rest. Most of them are copies of pages of the store: the engine counts
in these who reads them, and whoever writes to a shared page is given a copy."""


class Cause(StrEnum):
    """Why a worker was ended or died: at the deadline, for want of memory, since its client had left, or unexpectedly.

    One that has ``grown`` is replaced after its answer, which was right, or while it rests.
    """

    TIMEOUT = "timeout"
    MEMORY = "memory"
    LEFT = "left"
    LOST = "lost"
    GROWN = "grown"


class _Waiter:
    """A query that has to wait for a worker. ``client`` is None for the service itself."""

    def __init__(self, client: str | None) -> None:
        self.client = client
        self.ready = threading.Event()
        self.worker: WorkerProcess | None = None
        self.refusal: BusyError | None = None

    def give(self, worker: WorkerProcess) -> None:
        self.worker = worker
        self.ready.set()

    def refuse(self, error: BusyError) -> None:
        self.refusal = error
        self.ready.set()


class Pool:
    """A fixed number of workers on the current release.

    ``memory`` is what each may take, ``held`` what a store in memory may, in MiB. ``share`` is the part of the workers
    and of the queue that one client may have while others wait. ``allocator`` is as for `TemplateProcess`.
    """

    def __init__(
        self, *, size: int, queue: int, memory: int, held: int, share: float = 1.0, allocator: str = ""
    ) -> None:
        self.size = size
        self._queue = queue
        self._share = share
        self._memory = memory
        self._held = held
        self._allocator = allocator
        self._changed = threading.Condition()
        self._template: TemplateProcess | None = None
        self._idle: list[WorkerProcess] = []
        self._busy: dict[WorkerProcess, str | None] = {}
        """The workers at work, each with the client that it works for."""
        self._waiting: Turns[_Waiter] = Turns()
        self._deaths: Counter[str] = Counter()
        self._closed = False
        self._closing = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="pool keeper", daemon=True)

    @property
    def release(self) -> Release:
        """The release that the next query runs on. Raises `ReleaseError` before the first is published."""
        template = self._template
        if template is None:
            raise ReleaseError("no release is loaded")
        return template.release

    @property
    def provisional(self) -> bool:
        """Whether the release is served from disk though it fits into memory, until it is published once more."""
        template = self._template
        return template is not None and template.place is not None and self._place(template.release) is None

    def publish(self, release: Release, *, at_once: bool = False) -> None:
        """Load a release and let every later query run on it; running queries finish on the one they began with.

        ``at_once`` takes a store on disk, if the release has a sound one from before, which need not be loaded. Raises
        `ReleaseError` if the release cannot be loaded: the pool then stays as it was.
        """
        template = self._on_disk(release) if at_once and place_of(release).is_dir() else None
        if template is None:
            template = self._template_of(release)
            template.wait_until_loaded()
        try:
            first = self._fork(template)
        except (OSError, EOFError) as error:
            template.close()
            raise ReleaseError("the process that loaded the release died", where=str(release.data)) from error
        with self._changed:
            before, self._template = self._template, template
            stale, self._idle = self._idle, []
            self._offer(first)
            self._changed.notify_all()
            # Not alive before the first release is there; nothing to keep.
            if not self._keeper.ident:
                self._keeper.start()
        for worker in stale:
            self._end(worker)
        if before:
            self._close_if_done(before)

    def _on_disk(self, release: Release) -> TemplateProcess | None:
        """The template on a store from before; None, and no store either, where that has not what the release has."""
        place = place_of(release)
        template = self._template_of(release, place)
        with suppress(ReleaseError):
            if template.wait_until_loaded() == sum(release.counts.values()):
                return template
            template.close()
        logger.warning("the store %s is damaged: the release is loaded in its place", place)
        shutil.rmtree(place, ignore_errors=True)
        return None

    def _template_of(self, release: Release, place: Path | None = None) -> TemplateProcess:
        return TemplateProcess(release, self._memory, place or self._place(release), self._allocator)

    def _place(self, release: Release) -> Path | None:
        return place_on_disk(release, self._held)

    def acquire(self, patience: float, cancelled: Callable[[], bool], client: str | None = None) -> WorkerProcess:
        """Take a worker, waiting in the queue if there is none; clients that wait take turns.

        Raises `BusyError` if the queue is full or nobody was free for ``patience`` seconds, `TooManyQueriesError` if
        the client has its share of the queue, and `QueryCancelledError`.
        """
        worker = self._take(client, patience)
        return worker if isinstance(worker, WorkerProcess) else self._wait(worker, patience, cancelled)

    def _wait(self, waiter: _Waiter, patience: float, cancelled: Callable[[], bool]) -> WorkerProcess:
        give_up = time.monotonic() + patience
        while not waiter.ready.wait(POLL):
            if cancelled():
                self._leave(waiter)
                raise QueryCancelledError("the client left while its query waited")
            if time.monotonic() > give_up:
                self._leave(waiter)
                raise _busy(f"no worker was free for {patience:g} seconds", patience)
        if waiter.worker is None:
            raise waiter.refusal or _busy("nobody is there to answer", patience)
        return waiter.worker

    def _take(self, client: str | None, patience: float) -> WorkerProcess | _Waiter:
        """Take the worker that rested last, whose caches are warm; a place in the queue, if there is none."""
        with self._changed:
            if self._closed:
                raise shutting_down()
            living = next((worker for worker in reversed(self._idle) if worker.rests), None)
            if living:
                self._idle.remove(living)
                living.rests_since = None
                self._busy[living] = client
                self._waiting.serve(client)
                living.deadline = time.monotonic() + patience
                return living
            self._make_room(client, patience)
            waiter = _Waiter(client)
            self._waiting.join(client, waiter)
            return waiter

    def _make_room(self, client: str | None, patience: float) -> None:
        """See that one more of a client may wait; raises `BusyError`. The lock is held."""
        share = max(1, math.ceil(self._queue * self._share))
        waiting = self._waiting.count(client)
        if client is not None and share <= waiting and share < self._queue:
            raise _too_many(waiting, patience)
        if len(self._waiting) >= self._queue:
            displaced = self._waiting.displace(client)
            if displaced is None:
                raise _busy(f"{len(self._waiting)} queries wait already", patience)
            displaced.refuse(_too_many(self._waiting.count(displaced.client), patience))

    def _leave(self, waiter: _Waiter) -> None:
        with self._changed:
            if waiter.worker:  # it was served in the same moment
                self._busy.pop(waiter.worker, None)
                self._offer(waiter.worker)
            else:
                self._waiting.leave(waiter.client, waiter)

    def _offer(self, worker: WorkerProcess) -> None:
        """Hand a free worker to the one whose turn it is. The lock is held."""
        if not self._waiting:
            self._idle.append(worker)
            worker.rests_since = time.monotonic()
            return
        held = Counter(self._busy.values())
        waiter = self._waiting.next(lambda client: held[client] < max(1, int(self.size * self._share)))
        self._busy[worker] = waiter.client
        worker.deadline = time.monotonic() + 3600  # until its query says
        waiter.give(worker)

    def give_back(self, worker: WorkerProcess) -> None:
        """Return a worker that is ready for another query."""
        with self._changed:
            if worker not in self._busy:
                return
            del self._busy[worker]
            if self._is_current(worker) and not self._closed:
                self._offer(worker)
                return
        self._end(worker)

    def discard(self, worker: WorkerProcess, cause: Cause | None = None) -> Death:
        """End a worker, whatever it is doing; the keeper replaces it. Without a cause, `blame` tells it later."""
        with self._changed:
            self._busy.pop(worker, None)
        if cause:
            self.blame(worker, cause)
        return self._end(worker)

    def blame(self, worker: WorkerProcess, cause: Cause) -> None:
        """Count the death of a worker; what was told first counts."""
        with self._changed:
            if worker.cause is None:
                worker.cause = cause
                self._deaths[cause] += 1

    def close(self) -> None:
        """End every process and wait for it; queries that wait or run are given up."""
        with self._closing:  # who comes second waits until the first is done
            self._close()

    def _close(self) -> None:
        with self._changed:
            self._closed = True
            idle, busy = self._idle, self._busy
            self._idle, self._busy = [], {}
            while self._waiting:
                self._waiting.next().refuse(shutting_down())
            self._changed.notify_all()
        if self._keeper.ident:
            self._keeper.join()
        for worker in idle:
            self._end(worker)
        for worker in busy:
            self._forget(worker, worker.end())
        if self._template:
            self._template.close()

    @property
    def closed(self) -> bool:
        """Whether every process is being ended, or has been."""
        return self._closed

    def census(self) -> dict[str, int]:
        """How many workers are idle and busy, and how many queries wait."""
        with self._changed:
            return {"idle": len(self._idle), "busy": len(self._busy), "waiting": len(self._waiting)}

    def deaths(self) -> dict[str, int]:
        """How many workers have died so far, by cause."""
        with self._changed:
            return {cause: self._deaths[cause] for cause in Cause}

    def pids(self) -> dict[str, list[int]]:
        """The numbers of the processes: the ``template`` and the ``workers``."""
        with self._changed:
            template = [self._template.pid] if self._template else []
            return {"template": template, "workers": [worker.pid for worker in [*self._idle, *self._busy]]}

    def _is_current(self, worker: WorkerProcess) -> bool:
        current, own = self._template, worker.template  # that of a template that died is as good
        return current is not None and (own.release, own.place) == (current.release, current.place)

    def _fork(self, template: TemplateProcess) -> WorkerProcess:
        worker = template.fork()
        with self._changed:
            template.workers.add(worker)
        return worker

    def _end(self, worker: WorkerProcess) -> Death:
        return self._forget(worker, worker.close())

    def _forget(self, worker: WorkerProcess, death: Death) -> Death:
        with self._changed:
            worker.template.workers.discard(worker)
            self._changed.notify_all()
        self._close_if_done(worker.template)
        return death

    def _close_if_done(self, template: TemplateProcess) -> None:
        """End a template that is not the current one once its last worker has gone."""
        with self._changed:
            done = template is not self._template and not template.workers
        if done:
            template.close()

    def _keep(self) -> None:
        while True:
            with self._changed:
                if self._missing() <= 0:
                    self._changed.wait(_TICK)
                if self._closed:
                    return
                dead, overdue = self._take_lost()
            for worker in dead:
                self.blame(worker, Cause.LOST)
                self._end(worker)
            for worker in overdue:
                self.blame(worker, Cause.TIMEOUT)
                self._forget(worker, worker.end())
            self._end_grown()
            try:
                self._revive()
                self._fill()
            except (OSError, EOFError, ReleaseError) as error:
                logger.warning("no query worker could be started: %s", error)
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, _RETRY)

    def _missing(self) -> int:
        return self.size - sum(map(self._is_current, [*self._idle, *self._busy]))

    def _take_lost(self) -> tuple[list[WorkerProcess], list[WorkerProcess]]:
        """The workers that died at rest or overran their deadline, no longer counted. The lock is held."""
        latest = time.monotonic() - _GRACE
        dead = [worker for worker in self._idle if not worker.rests]
        overdue = [worker for worker in self._busy if worker.deadline < latest]
        self._idle = [worker for worker in self._idle if worker not in dead]
        for worker in overdue:
            del self._busy[worker]
        return dead, overdue

    def _end_grown(self) -> None:
        """End a worker that rests and holds much memory of its own; another one comes in its place."""
        with self._changed:
            before = time.monotonic() - _REST
            rested = next((each for each in self._idle if each.rests_since and each.rests_since < before), None)
            if rested is None:
                return
            rested.rests_since = None
        if rested.own_memory() < _MUCH:  # the kernel looks at each of its pages: only once, and without the lock
            return
        with self._changed:
            if rested not in self._idle:  # it was given a query meanwhile
                return
            self._idle.remove(rested)
        self.discard(rested, Cause.GROWN)

    def _revive(self) -> None:
        """Start the template again if it has died; its workers go on meanwhile."""
        dead = self._template
        if dead is None or dead.alive():
            return
        logger.warning("the template process has died; loading %s again", dead.release.data)
        template = self._template_of(dead.release)
        template.wait_until_loaded()
        with self._changed:
            overtaken = self._template is not dead or self._closed
            if not overtaken:
                self._template = template
        (template if overtaken else dead).close()

    def _fill(self) -> None:
        while True:
            with self._changed:
                template = self._template
                if self._closed or template is None or self._missing() <= 0:
                    return
            worker = self._fork(template)
            with self._changed:
                wanted = self._is_current(worker) and not self._closed
                if wanted:
                    self._offer(worker)
            if not wanted:
                self._end(worker)


def _busy(message: str, patience: float) -> BusyError:
    seconds = max(1, round(patience / 4))
    return BusyError(message, retry_after=seconds, remedy=f"try again in {seconds} seconds")


def shutting_down() -> BusyError:
    """What a query is told that meets the end of the server."""
    return BusyError("the server is shutting down", retry_after=_RESTART, remedy="try again when it is back")


def _too_many(waiting: int, patience: float) -> TooManyQueriesError:
    seconds = max(1, round(patience / 4))
    return TooManyQueriesError(
        f"{waiting} queries of this client wait already",
        retry_after=seconds,
        remedy=f"send fewer at one time; try again in {seconds} seconds",
    )
