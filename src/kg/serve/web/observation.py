"""What happens to each request: taken down while it is handled, told once its answer has been sent or cut."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, has_request_context, request

from kg.ground.errors import QueryCancelledError, QueryError, QueryTimeoutError, TooManyQueriesError
from kg.serve.clients import Proxies, group
from kg.serve.engine import Answer
from kg.serve.http.channel import END_BY
from kg.serve.request_log import OK, Record, new_id
from kg.serve.web import problems

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Tell = Callable[[Record], None]

_KEY = "sides.record"
_ANSWER = "sides.answer"
_SOON = 2
"""Seconds after which a client with too many requests may try again."""

_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


def current() -> Record:
    """The record of the current request; outside of one, a record that nobody reads."""
    found: Record | None = request.environ.get(_KEY) if has_request_context() else None
    return found or Record()


def asker() -> str | None:
    """The name under which the client of the current request gets its share, None where there is none."""
    return group(current().client) if has_request_context() else None


def observed(run: Callable[[], Answer], text: str) -> Answer:
    """The answer that ``run`` begins, taken down as that to the current request; ``text`` is the query."""
    if has_request_context():
        return observed_in(request.environ, run, text)
    return run()


def observed_in(environ: WSGIEnvironment, run: Callable[[], Answer], text: str) -> Answer:
    """The answer that ``run`` begins, taken down as that to the request of an environment."""
    record_of(environ).query = text
    answer = run()
    environ[_ANSWER] = answer
    if answer.size is None and answer.deadline is not None and END_BY in environ:
        environ[END_BY](answer.deadline)  # however slowly the client reads
    return answer


def record_of(environ: WSGIEnvironment) -> Record:
    """The record of a request; one that nobody reads, where nobody observes."""
    found: Record = environ.get(_KEY) or Record()
    return found


def tell_services(response: Response) -> Response:
    """Let nobody keep an answer that rests on other endpoints, and tell which of these failed in silence."""
    answer: Answer | None = request.environ.get(_ANSWER)
    if answer and answer.federated:
        response.headers["Cache-Control"] = "no-store"
        response.headers.pop("ETag", None)
        for reason in failures(answer):
            response.headers.add("Sides-Service-Failed", reason)
    return response


def failures(answer: Answer) -> list[str]:
    """The services that failed in silence, each with a reason, as a header can tell it."""
    shown = ("".join(letter if " " <= letter <= "~" else "?" for letter in reason) for reason in answer.failed_services)
    return [reason[:500] for reason in shown]


class Observer:
    """The WSGI application that stands around another: it knows who asks, and tells how each request went.

    ``most`` is how many requests of one client are handled at one time, None for as many as come.
    """

    def __init__(self, application: WSGIApplication, proxies: Proxies, tell: Tell, *, most: int | None = None) -> None:
        self._application = application
        self._proxies = proxies
        self._tell = tell
        self._crowd = Crowd(most)

    @classmethod
    def install(cls, app: Flask, proxies: Proxies, tell: Tell, *, most: int | None = None) -> None:
        """Put an observer around a Flask application."""
        app.wsgi_app = cls(app.wsgi_app, proxies, tell, most=most)  # type: ignore[method-assign]
        app.url_value_preprocessor(_note_route)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Handle one request."""
        started = time.perf_counter()
        record = environ[_KEY] = self._begin(environ)

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            record.status = int(status[:3])
            record.media_type = next((value for name, value in headers if name == "Content-Type"), "").partition(";")[0]
            headers.append(("X-Request-ID", record.id))
            return start_response(status, headers, *failure)

        def end(size: int) -> None:
            record.size = size
            record.seconds = time.perf_counter() - started
            _complete(record, environ.get(_ANSWER))
            self._tell(record)

        client = group(record.client)
        if not self._crowd.enter(client):
            return _Pieces(_too_many(record, start), record, end)

        def leave(size: int) -> None:
            self._crowd.leave(client)
            end(size)

        try:
            pieces = self._application(environ, start)
        except BaseException:
            self._crowd.leave(client)
            raise
        if isinstance(pieces, environ.get("wsgi.file_wrapper", ())):
            self._crowd.leave(client)  # the server sends it by itself, without a thread
            return _watched_file(pieces, record, end)
        return _Pieces(pieces, record, leave)

    def _begin(self, environ: WSGIEnvironment) -> Record:
        peer = environ.get("REMOTE_ADDR", "")
        forwarded = [environ.pop(name, "") for name in _FORWARDED]
        direct = not any(forwarded)
        record = Record(at=time.time(), method=environ["REQUEST_METHOD"], path=environ["PATH_INFO"], direct=direct)
        if self._proxies.trust(peer):
            origin, scheme, host = forwarded
            peer = environ["REMOTE_ADDR"] = self._proxies.client(peer, origin)
            if scheme in {"http", "https"}:
                environ["wsgi.url_scheme"] = scheme
            if host:
                environ["HTTP_HOST"] = host.rpartition(",")[2].strip()
            if _ID.fullmatch(environ.get("HTTP_X_REQUEST_ID", "")):
                record.id = environ["HTTP_X_REQUEST_ID"]
        record.client = peer
        return record


def refused(tell: Tell, *, client: str, status: int, code: str, size: int, seconds: float) -> str:
    """Tell of a request that the server itself refused, before the application saw it: the name that it gets."""
    record = Record(new_id(), time.time() - seconds, client, status=status, outcome=code, seconds=seconds, size=size)
    tell(record)
    return record.id


class Crowd:
    """How many requests of each client are being handled; ``most`` of one, None for as many as come."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._present: Counter[str] = Counter()
        self._lock = threading.Lock()

    def enter(self, client: str) -> bool:
        """Let a request of a client in; False if there are as many as may be."""
        with self._lock:
            if self._most is not None and self._present[client] >= self._most:
                return False
            self._present[client] += 1
            return True

    def leave(self, client: str) -> None:
        """Let a request of a client out."""
        with self._lock:
            self._present[client] -= 1
            if self._present[client] <= 0:
                del self._present[client]


def _too_many(record: Record, start: Callable[[str, list[tuple[str, str]]], object]) -> list[bytes]:
    """What a client is told of whom too many requests are being handled."""
    error = TooManyQueriesError(
        "too many requests of this client are being answered", retry_after=_SOON, remedy="send fewer at one time"
    )
    problem = problems.from_error(error)
    body = problems.document(problem).encode()
    record.outcome = problem.code
    headers = {"Content-Type": problems.MEDIA_TYPE, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
    start("429 Too Many Requests", [*headers.items(), *problem.headers.items(), ("Access-Control-Allow-Origin", "*")])
    return [body]


def _note_route(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if request.url_rule:
        current().route = request.url_rule.rule


def _complete(record: Record, answer: Answer | None) -> None:
    if answer is not None:
        record.release = answer.release.hash
        record.cached = answer.cached
        record.waited = answer.waited
        record.rows = answer.rows
        late = answer.size is None and answer.deadline is not None and time.monotonic() > answer.deadline
        if late and record.outcome == QueryCancelledError.code:
            record.outcome = QueryTimeoutError.code  # the client did not read
    record.outcome = record.outcome or OK


class _Pieces(Iterator[bytes]):
    """The pieces of an answer on their way to the client; closed when they have been sent or nobody wants more."""

    def __init__(self, pieces: Iterable[bytes], record: Record, end: Callable[[int], None]) -> None:
        self._given = pieces
        self._pieces = iter(pieces)
        self._record = record
        self._end: Callable[[int], None] | None = end
        self._size = 0
        self._whole = False

    def __next__(self) -> bytes:
        try:
            piece = next(self._pieces)
        except StopIteration:
            self._whole = True
            raise
        except QueryError as error:
            self._record.outcome = error.code
            raise
        except Exception:
            self._record.outcome = "internal-server-error"
            raise
        self._size += len(piece)
        return piece

    def close(self) -> None:
        """Tell how it went, once."""
        if hasattr(self._given, "close"):
            self._given.close()
        end, self._end = self._end, None
        if end:
            if not self._whole and not self._record.outcome:
                self._record.outcome = QueryCancelledError.code
            end(self._size)


def _watched_file(file: Any, record: Record, end: Callable[[int], None]) -> Iterable[bytes]:
    """The file of an answer, which the server takes as it is and closes when it has been sent or the client left."""
    close, total = file.close, 0

    def prepare(size: int | None = None) -> int:
        nonlocal total
        total = int(type(file).prepare(file, size))
        return total

    def watched_close() -> None:
        left = len(file)
        close()
        if left and not record.outcome:
            record.outcome = QueryCancelledError.code
        end(total - left)

    file.prepare, file.close = prepare, watched_close
    given: Iterable[bytes] = file
    return given
