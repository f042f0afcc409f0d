"""An engine like the one in this machine, but what it is asked another service answers."""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Self

from kg.ground.errors import BusyError, EngineError, QueryCancelledError, QueryRefusedError, ReleaseError
from kg.ground.release import DATA, Release
from kg.ground.settings import Settings
from kg.ground.terms import BASE
from kg.ground.tokens import tokens, unescape
from kg.serve import guard
from kg.serve.engine import Answer
from kg.serve.engine.cache import Cache, Kept
from kg.serve.engine.request import Request
from kg.serve.federation import FederatedEngine
from kg.serve.formats import Format, formats_of
from kg.serve.remote.answer import RemoteAnswer
from kg.serve.remote.exchange import Exchange, Question
from kg.serve.remote.places import Places
from kg.serve.remote.published import Published
from kg.serve.remote.replicas import Replica, Replicas

logger = logging.getLogger(__name__)

_MEBIBYTE = 1024 * 1024
_READERS = 2
"""Workers that read queries, on no data: a text is checked, and its columns found, before an engine sees it."""
_READ = 8 * _MEBIBYTE
"""The room for texts that were read."""
_ROUNDS = 2
"""How often engines that are busy are asked again."""
_LONGEST_PAUSE = 5.0
_BROKEN = 2
"""Engines that may break off on one query: it may be the query that does it, and then it would do it to all."""
_MENTIONS_FROM = re.compile("from", re.IGNORECASE)
_INWARD = re.compile(r"(?:bif|sql):", re.IGNORECASE)
_MAY_BE_INWARD = re.compile(r"<(?:bif|sql)|\\u", re.IGNORECASE)  # any letter may be written as an escape


@dataclass(frozen=True, slots=True)
class _Served:
    """What is served: as the services tell of it, and as a release."""

    published: Published
    release: Release


class RemoteEngine(FederatedEngine):
    """Answers queries by asking the services of ``SIDES_ENGINE``, within the limits and in the formats of ours.

    Its own workers hold no data: they read queries, so that a text that is none, or that may not be asked, is told as
    ever and sent nowhere. Everything else (cache, guard, federated queries) is as for the engine in this machine.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(replace(settings, workers=_READERS))
        self.settings = settings
        self.size = settings.workers or max(4, 2 * (os.cpu_count() or 1))
        self._replicas = Replicas(settings)
        self._served: _Served | None = None
        self._queries = Places(size=self.size, queue=settings.queue, share=settings.client_share)
        self._read: Cache[Kept] = Cache(_READ)
        self._nothing: tempfile.TemporaryDirectory[str] | None = None
        self._running: set[Exchange] = set()
        self._lock = threading.Lock()

    @classmethod
    def start(cls, settings: Settings, release: Release | None = None) -> Self:  # noqa: ARG003 (as its parent's)
        """Find out what the services hold, and start the workers that read queries.

        ``release`` is not needed: the services tell which one they hold. Raises `ReleaseError` if they hold none, and
        `InputError` for a setting that is wrong.
        """
        engine = cls(settings)
        try:
            engine.look()
            engine._start_readers()
        except BaseException:
            engine.close()
            raise
        return engine

    @property
    def release(self) -> Release:
        """The release that the services hold."""
        return self._now.release

    @property
    def _now(self) -> _Served:
        if self._served is None:
            raise ReleaseError("no release is known", remedy="start the engine")
        return self._served

    def publish(self, release: Release) -> None:
        """Refused: a release is loaded by ``kg publish``, and served as soon as the services tell that they hold it."""
        raise ReleaseError(
            "this server shows what other engines hold",
            where=release.hash,
            remedy="run `kg publish --to` for each of them",
        )

    def look(self) -> None:
        """Ask the services what they hold, and serve that from now on. Raises `ReleaseError` if they never held any."""
        found = self._replicas.look(self._served.published.hash if self._served else "")
        if found is None and self._served is None:
            raise self._replicas.none()
        if found is not None and (self._served is None or found != self._served.published):
            self._served = _Served(found, found.release(self.settings))

    def watch(self, stop: threading.Event) -> None:
        """Look again and again, until ``stop`` is set."""
        while not stop.wait(self.settings.engine_look):
            before = self.release.hash
            with suppress(RuntimeError):  # no thread could be started; there will be
                self.look()
            if self.release.hash != before:
                logger.warning("release %s is served in place of %s", self.release.hash, before)

    def close(self) -> None:
        """Give up all that the services were asked, and end the workers."""
        self._queries.close()
        with self._lock:
            running = [*self._running]
        for exchange in running:
            exchange.give_up()
        super().close()
        self._replicas.close()
        if self._nothing:
            self._nothing.cleanup()

    def census(self) -> dict[str, int]:
        """How many places for queries are idle and busy, and how many queries wait."""
        return self._queries.census()

    def health(self) -> dict[str, object]:
        """What is known of each service, as ``engines``."""
        return {"engines": self._replicas.health()}

    def _start_readers(self) -> None:
        self._nothing = tempfile.TemporaryDirectory(prefix="sides-")
        folder = Path(self._nothing.name)  # read again if the process that holds it dies
        (folder / DATA).touch()
        self._pool.publish(Release(folder, "nothing", "nothing", MappingProxyType({}), MappingProxyType({}), ()))

    def _ask(
        self, fmt: Format, request: Request, seconds: float, cancelled: Callable[[], bool], client: str | None
    ) -> Answer:
        """Have a service answer; of what only reads the text, a worker of ours."""
        if request.explain:
            return super()._ask(fmt, replace(request, rewrite=False), seconds, cancelled, client)
        served = self._now  # read once: it may be swapped at any moment
        question = self._question(fmt, request, served.published, seconds, cancelled, client)
        began = time.perf_counter()
        self._queries.take(seconds, cancelled, client)
        waited = time.perf_counter() - began
        try:
            answer = self._first_answer(question, served.release, seconds, cancelled)
        except BaseException:
            self._queries.give_back(client)
            raise
        answer.when_ended(lambda: self._queries.give_back(client))
        answer.waited = waited
        return answer

    def _first_answer(
        self, question: Question, release: Release, seconds: float, cancelled: Callable[[], bool]
    ) -> RemoteAnswer:
        """Ask one service after the other until one has begun to answer."""
        until = time.monotonic() + seconds
        tried: list[Replica] = []
        rounds, broken, busy = 0, 0, None
        while True:
            try:
                replica = self._replicas.take(tried, release.hash)
            except EngineError:
                if busy is None:
                    raise
                rounds += 1
                if rounds > _ROUNDS or not _pause(busy, until, cancelled):
                    raise busy from None
                tried, busy = [], None
                continue
            exchange = self._begin(replica, question, max(until - time.monotonic(), 0.001), cancelled)
            try:
                return RemoteAnswer.await_first(question.format, release, exchange, self.settings.held_back * _MEBIBYTE)
            except BusyError as error:
                busy = error
            except EngineError as error:
                if not exchange.answered:
                    replica.fail(error.message)
                broken += exchange.sent
                if not error.again or broken == _BROKEN:
                    raise
            tried.append(replica)

    def _begin(self, replica: Replica, question: Question, seconds: float, cancelled: Callable[[], bool]) -> Exchange:
        exchange = Exchange(replica, question, seconds, cancelled)

        def ended() -> None:
            self._replicas.give_back(replica)
            with self._lock:
                self._running.discard(exchange)

        with self._lock:
            self._running.add(exchange)
        exchange.when_ended(ended)
        try:
            exchange.start()
        except RuntimeError as error:
            ended()
            raise BusyError("no thread could be started", retry_after=1, remedy="try again soon") from error
        return exchange

    # Reading the text

    def _question(
        self,
        fmt: Format,
        request: Request,
        published: Published,
        seconds: float,
        cancelled: Callable[[], bool],
        client: str | None,
    ) -> Question:
        shape = guard.outline(request.text)
        text = self._with_columns(request, seconds, cancelled, client)
        _check_inward(text)
        named = request.default_graphs is not None or request.named_graphs is not None
        if named:
            dataset = [("default-graph-uri", graph) for graph in request.default_graphs or ()]
            dataset += [("named-graph-uri", graph) for graph in request.named_graphs or ()]
        else:
            dataset = [] if _has_dataset(text) else [*published.dataset()]
        # Relative IRIs mean here what they mean in the engine of this machine.
        return Question(f"BASE <{BASE}> {text}", shape.form, dataset, fmt, shape.prefixes, seconds)

    def _with_columns(self, request: Request, seconds: float, cancelled: Callable[[], bool], client: str | None) -> str:
        """The text with the names of its columns in place of an outer ``*``, in the order of the query.

        Raises `QuerySyntaxError` and `QueryRefusedError`.
        """
        kept = self._read.get((request.text,))
        if kept is None:
            asked = replace(request, explain=True, rewrite=False, media_type=formats_of("SELECT")[0].media_type)
            with closing(super()._ask(formats_of("SELECT")[0], asked, seconds, cancelled, client)) as answer:
                told = json.loads(b"".join(answer))
            kept = Kept(None, told["rewritten"].encode())
            self._read.put((request.text,), kept)
        return kept.body.decode()


def _pause(busy: BusyError, until: float, cancelled: Callable[[], bool]) -> bool:
    """Wait as long as an engine that is busy has asked for; False if there is no time for that."""
    seconds = min(float(busy.retry_after), _LONGEST_PAUSE)
    end = time.monotonic() + seconds
    if end >= until:
        return False
    while (left := end - time.monotonic()) > 0:
        if cancelled():
            raise QueryCancelledError("the client left while its query waited")
        time.sleep(min(left, 0.1))
    return True


def _has_dataset(text: str) -> bool:
    """Whether a query names its graphs itself: then the protocol must not.

    >>> [_has_dataset(text) for text in ("ASK FROM <g> { }", "CONSTRUCT { } FROM <g> { }", "ASK { ?from ?p 1 }")]
    [True, True, False]
    """
    if not _MENTIONS_FROM.search(text):
        return False
    depth, template = 0, False
    for token in tokens(text):
        if token.keyword == "FROM":
            return True
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        template |= token.keyword == "CONSTRUCT"
        if token.text == "{" and not depth:  # behind the pattern's brace there is none, and it may be megabytes long
            if not template:
                return False
            template = False
    return False


def _check_inward(text: str) -> None:
    """Refuse names by which Virtuoso reaches into the database itself.

    Raises `QueryRefusedError`.
    """
    if not _MAY_BE_INWARD.search(text):
        return
    for token in tokens(text):
        if token.kind == "iri" and _INWARD.match(unescape(token.text[1:-1])):
            raise QueryRefusedError(
                f"the query has {token.text[:80]}, a name that means something to one engine only",
                expected="SPARQL 1.1",
                remedy="write it without that name",
            )
