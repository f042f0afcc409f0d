"""Asking an endpoint by the SPARQL 1.1 Protocol: one query, its answer as rows, its failures as ours."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from kg.ground.errors import QueryCancelledError, ServiceError, ServiceTimeoutError, SidesError
from kg.ground.terms import BASE, digest
from kg.serve.federation.cache import Cache
from kg.serve.federation.endpoints import Endpoint
from kg.serve.federation.transport import GivenUpError, Limits, Reply, TooLargeError, Transport
from kg.serve.results import Row, read_rows

_RESULTS = "application/sparql-results+json"
_LONGEST_URL = 2000
_CACHE = 32 * 1024 * 1024
AT_ONCE = 2
"""Requests that one endpoint gets at one time."""


@dataclass(slots=True)
class Budget:
    """What one query may still take from other endpoints, over all of its clauses: rows, bytes, and until when."""

    rows: int
    size: int
    until: float
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, endpoint: Endpoint, rows: int, size: int) -> None:
        """Count an answer. Raises `ServiceError` if it is more than may be taken."""
        with self.lock:
            self.rows -= rows
            self.size -= size
            if self.rows < 0 or self.size < 0:
                what = "rows" if self.rows < 0 else "bytes"
                raise _too_much(endpoint, f"it sends more {what} than one query may take from other endpoints")


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a query: its variables, its rows, and the scope of the blank nodes in them."""

    variables: tuple[str, ...]
    rows: list[Row]
    scope: str


class Remote:
    """Asks endpoints, each at most `AT_ONCE` times at one time, and keeps what they answer for a while."""

    def __init__(self, transport: Transport, *, age: float, seconds: float, contact: str) -> None:
        self._transport = transport
        self._cache = Cache(age, _CACHE)
        self._seconds = seconds
        self._agent = f"Sides/0.1 (+{contact or BASE})"
        self._gates: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def ask(self, endpoint: Endpoint, query: str, budget: Budget, limits: Limits) -> Solutions:
        """The answer of an endpoint to a SELECT query; ``limits`` are those of the query, and what an endpoint has
        of the time by the settings may be less.

        Raises `ServiceError`, `QueryCancelledError`.
        """
        limits = Limits(min(limits.until, time.monotonic() + self._seconds), limits.size, limits.given_up)
        body = self._cache.get(endpoint.address, query)
        solutions = None
        if body is None:
            with self._gate(endpoint, limits), self._counted(endpoint):
                body = self._answer(endpoint, query, limits)
                solutions = _read(endpoint, query, body)
            self._cache.put(endpoint.address, query, body)
        solutions = solutions or _read(endpoint, query, body)
        budget.take(endpoint, len(solutions.rows), len(body))
        return solutions

    def census(self) -> dict[tuple[str, str], int]:
        """How many requests were sent, by the IRI of the endpoint and what came of them: ``ok``, or the code of the
        error.
        """
        with self._lock:
            return dict(self._counts)

    @contextmanager
    def _counted(self, endpoint: Endpoint) -> Iterator[None]:
        outcome = "ok"
        try:
            yield
        except SidesError as error:
            outcome = error.code
            raise
        finally:
            with self._lock:
                self._counts[endpoint.iri, outcome] += 1

    @contextmanager
    def _gate(self, endpoint: Endpoint, limits: Limits) -> Iterator[None]:
        with self._lock:
            gate = self._gates.setdefault(endpoint.address, threading.Semaphore(AT_ONCE))
        with _told(endpoint):
            while not gate.acquire(timeout=min(limits.remaining(), 0.25)):
                pass
        try:
            yield
        finally:
            gate.release()

    def _answer(self, endpoint: Endpoint, query: str, limits: Limits) -> bytes:
        with _told(endpoint):
            reply = self._send(endpoint, query, limits)
            pause = _pause(reply)
            if pause is not None and pause < limits.until - time.monotonic():
                _wait(pause, limits)
                reply = self._send(endpoint, query, limits)
        _check(endpoint, reply)
        return reply.body

    def _send(self, endpoint: Endpoint, query: str, limits: Limits) -> Reply:
        headers = {"Accept": _RESULTS, "User-Agent": self._agent}
        form = urlencode({"query": query})
        url = f"{endpoint.address}{'&' if '?' in endpoint.address else '?'}{form}"
        if len(url) <= _LONGEST_URL:
            return self._transport.send("GET", url, headers, None, private=endpoint.private, limits=limits)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._transport.send(
            "POST", endpoint.address, headers, form.encode(), private=endpoint.private, limits=limits
        )


@contextmanager
def _told(endpoint: Endpoint) -> Iterator[None]:
    """Make our errors of those of the network."""
    try:
        yield
    except GivenUpError as error:
        raise QueryCancelledError("the client left before its answer was there") from error
    except TimeoutError as error:
        raise ServiceTimeoutError(
            "it did not answer in time",
            where=f"<{endpoint.iri}>",
            expected="an answer within the time that a SERVICE clause has",
            remedy="ask it for less, or send the query again",
        ) from error
    except TooLargeError as error:
        raise _too_much(endpoint, str(error)) from error
    except ssl.SSLError as error:
        raise _failed(endpoint, f"no secure connection: {error.reason or 'TLS failed'}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _failed(endpoint, f"it cannot be asked: {reason or type(error).__name__}") from error


def _failed(endpoint: Endpoint, message: str) -> ServiceError:
    return ServiceError(
        message,
        where=f"<{endpoint.iri}>",
        expected=f"an answer as {_RESULTS}",
        remedy="send the query again later; SERVICE SILENT lets it go on without this endpoint",
    )


def _too_much(endpoint: Endpoint, message: str) -> ServiceError:
    return ServiceError(
        message,
        where=f"<{endpoint.iri}>",
        expected="an answer within the limits of this server",
        remedy="bind the variables of the SERVICE clause before it, or make its pattern more selective",
    )


def _pause(reply: Reply) -> float | None:
    """The seconds after which an endpoint that is busy wants to be asked again, if it says so."""
    told = reply.headers.get("retry-after", "").strip()
    if reply.status not in {429, 503} or not told:
        return None
    if told.isdecimal():
        return float(told[:9])
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0)


def _wait(seconds: float, limits: Limits) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, limits.remaining(), 0.25))


def _check(endpoint: Endpoint, reply: Reply) -> None:
    """Raise `ServiceError` for a reply that is no answer."""
    if reply.status in {413, 414}:
        error = _too_much(endpoint, "it takes no query as long as this")
        error.too_long = True
        raise error
    if reply.status != 200:
        said = "".join(c if c.isprintable() else " " for c in reply.body[:1000].decode("utf-8", "replace"))
        words = " ".join(said.split())[:200]
        raise _failed(endpoint, f"it answers {reply.status}" + (f": {words}" if words else ""))
    coding = reply.headers.get("content-encoding", "identity")
    if coding != "identity":
        raise _failed(endpoint, f"its answer is in the coding {coding[:40]!r}, which was not asked for")


def _read(endpoint: Endpoint, query: str, body: bytes) -> Solutions:
    try:
        variables = tuple(map(str, json.loads(body)["head"]["vars"]))
        rows = read_rows(body)
        parts = (part for row in rows for each in row.values() for part in (each.kind, each.datatype, each.language))
        sound = all(isinstance(part, str | None) for part in parts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _failed(endpoint, "its answer is no SPARQL JSON") from error
    if not sound:
        raise _failed(endpoint, "its answer has terms that are no text")
    return Solutions(variables, rows, digest(endpoint.iri, query))
