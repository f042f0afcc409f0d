"""One connection: how fast it must send and read, and how a request that breaks the bounds is told."""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ErrorTask, Task, WSGITask
from waitress.utilities import InternalServerError, build_http_date

from kg.serve.http.limits import ANSWER_RATE, BODY_RATE, LINGER
from kg.serve.http.parser import RequestParser, RequestTimeout

END_BY = "sides.end_by"
"""In the environment of a request: a function that takes the moment (`time.monotonic`) to which its answer may last."""

_GRACE = 1.0
"""Seconds that an answer has beyond its end: first its worker is stopped there, which is the better told."""

logger = logging.getLogger("waitress")


@lru_cache(256)
def _spelled(name: str) -> str:
    """The name of a header field as waitress spells it."""
    return "-".join(part.capitalize() for part in name.split("-"))


@lru_cache(4)
def _date(second: int) -> str:
    date: str = build_http_date(second)
    return date


def _name_of(field: tuple[str, str]) -> str:
    return field[0]


class AnswerTask(WSGITask):  # type: ignore[misc]
    """A request that the application answers."""

    def get_environment(self) -> dict[str, Any]:
        """What the application is told of the request."""
        environ: dict[str, Any] = super().get_environment()
        environ[END_BY] = self.channel.set_end
        return environ

    def build_response_header(self) -> bytes:
        """The head of the answer; the last on its connection, if the server is about to stop."""
        if self.channel.server.draining:
            self.set_close_on_finish()
        self.channel.expect_head()
        head: bytes = self._head() if self.version == "1.1" else super().build_response_header()
        return head

    def _head(self) -> bytes:
        """The head that waitress makes for HTTP/1.1, but that a stream and an answer without content end no connection.

        Both tell where they end (RFC 9112, section 6.3), so that the next request can follow.
        """
        if self.request.headers.get("CONNECTION", "").lower() == "close":
            self.set_close_on_finish()
        fields = [(_spelled(name), value) for name, value in self.response_headers]
        names = {name for name, _ in fields}
        if not self.has_body:
            fields = [field for field in fields if field[0] != "Content-Length"]
        elif "Content-Length" not in names and self.content_length is not None:
            fields.append(("Content-Length", str(self.content_length)))
        elif "Content-Length" not in names:
            fields.append(("Transfer-Encoding", "chunked"))
            self.chunked_response = self.request.command != "HEAD"
        ident = self.channel.server.adj.ident
        fields.append(("Via" if "Server" in names else "Server", ident))
        if "Date" not in names:
            fields.append(("Date", _date(int(self.start_time))))
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in sorted(fields, key=_name_of))]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def write(self, data: bytes) -> None:
        """Send a piece of the answer: nothing but its head to a HEAD, and a piece of a stream without a copy of it."""
        if not self.wrote_header or not data or not self.chunked_response:
            super().write(b"" if self.request.command == "HEAD" else data)
        else:
            self.channel.send_pieces((b"%X\r\n" % len(data), data, b"\r\n"))

    def finish(self) -> None:
        """End the answer; a head without a body has waited for that."""
        super().finish()
        self.channel.send_head()


class RefusalTask(ErrorTask):  # type: ignore[misc]
    """A request that the server refuses by itself."""

    def execute(self) -> None:
        """Send what there is to say."""
        error, request = self.request.error, self.request
        seconds = time.monotonic() - getattr(request, "began", time.monotonic())
        self.channel.refused = True
        status, headers, body = self.channel.server.refuse(error.code, error.body, self.channel.addr[0], seconds)
        self.status = status
        self.response_headers.extend(headers)
        self.set_close_on_finish()
        self.content_length = len(body)
        if getattr(request, "command", "") != "HEAD":
            self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection to a client. Its methods run in the thread of the server, but for `service`."""

    task_class = AnswerTask
    error_task_class = RefusalTask
    parser_class = RequestParser
    server: Any
    request: RequestParser | None
    requests: list[RequestParser]
    total_outbufs_len: int
    current_outbuf_count: int
    close_when_flushed: bool
    will_close: bool

    def __init__(self, *arguments: Any, **given: Any) -> None:
        self._lingers_until: float | None = None
        super().__init__(*arguments, **given)
        self.refused = False
        self.quiet_since = time.monotonic()
        """When the last answer ended, or the connection began."""
        self._served = False
        self._head_comes = False
        self._head = b""
        self._sent = 0
        self._end_by: float | None = None
        self._looked: tuple[float, int] | None = None

    @property
    def state(self) -> str:
        """What the connection does: ``answering``, ``receiving`` a request, or ``idle``."""
        if self.requests or self.total_outbufs_len:
            return "answering"
        return "receiving" if self.request else "idle"

    @property
    def rests(self) -> bool:
        """Whether nothing can happen but that the client sends something."""
        return self.settled and not self.requests

    @property
    def settled(self) -> bool:
        """Whether the thread of the server has nothing to do until the client sends something or an answer waits."""
        busy = self.total_outbufs_len or self.will_close or self.close_when_flushed
        return not busy and self._lingers_until is None

    def add_channel(self, map: dict[int, Any] | None = None) -> None:  # noqa: A002 (waitress names it so)
        """Be one of the connections of the server."""
        super().add_channel(map)
        self.server.wake(self._fileno)

    def del_channel(self, map: dict[int, Any] | None = None) -> None:  # noqa: A002
        """Be none any more."""
        self.server.forget(self._fileno)
        super().del_channel(map)

    def set_end(self, moment: float) -> None:
        """Let the answer that is being written last no longer than to this moment."""
        self._end_by = moment

    def look(self, now: float) -> None:
        """Cut the connection, or refuse its request, if it is too slow."""
        limits = self.server.limits
        if self._lingers_until is not None:
            if now > self._lingers_until:
                self.handle_close()
        elif self._reads_too_slowly(now) or self._is_over(now):
            # Not by ``will_close``: that waits until the client reads.
            self.handle_close()
        elif self.requests or self.total_outbufs_len:
            self.quiet_since = now
        elif self.request is not None:
            if self._sends_too_slowly(self.request, now):
                self._refuse_late()
        elif self.server.draining or now - self.quiet_since > (limits.idle_time if self._served else limits.head_time):
            self.handle_close()

    def _is_over(self, now: float) -> bool:
        return bool(self.requests) and self._end_by is not None and now > self._end_by + _GRACE

    def _reads_too_slowly(self, now: float) -> bool:
        patience: float = self.server.limits.patience
        if not self.total_outbufs_len:
            self._looked = None
        elif self._looked is None:
            self._looked = (now, self._sent)
        elif now - self._looked[0] > patience:
            before, self._looked = self._looked, (now, self._sent)
            return self._sent - before[1] < ANSWER_RATE * patience
        return False

    def _sends_too_slowly(self, request: RequestParser, now: float) -> bool:
        time_given: float = self.server.limits.head_time
        if request.headers_finished:
            time_given += request.body_bytes_received / BODY_RATE
        return now - max(request.began, self.quiet_since) > time_given

    def _refuse_late(self) -> None:
        with self.requests_lock:
            request, self.request = self.request, None
            if request is None:
                return
            request.error = RequestTimeout("the request did not come whole in time")
            request.completed = True
            self.requests.append(request)
        self.server.wake(self._fileno)
        self.server.add_task(self)

    def service(self) -> None:
        """Answer the request, in a thread of its own.

        As waitress does it, but that the thread of the server is woken only if there is something for it to do.
        """
        self._end_by = None
        request = self.requests[0]
        task = (self.error_task_class if request.error else self.task_class)(self, request)
        if self.connected:
            task = self._perform(task)
        others = False
        if not self.connected or task.close_on_finish:
            self._give_up_requests()
        else:
            others = self._next_request(request)
        self._served = True
        self.quiet_since = time.monotonic()
        if self.connected and (others or not self.rests):
            self.server.wake(self._fileno)
            self.server.pull_trigger()

    def _perform(self, task: Task) -> Task:
        """Have a task send its answer: that one, or the one that told of its failure."""
        try:
            task.service()
        except ClientDisconnected:
            task.close_on_finish = True
        except Exception:
            logger.exception("Exception while serving %s", task.request.path)
            if not task.wrote_header:
                task.request.error = InternalServerError("the server has met an error that it did not expect")
                task = self.error_task_class(self, task.request)
                with contextlib.suppress(ClientDisconnected):
                    task.service()
            task.close_on_finish = True
        return task

    def _give_up_requests(self) -> None:
        with self.requests_lock:
            self.close_when_flushed = True
            for request in self.requests:
                request.close()
            self.requests = []

    def _next_request(self, request: RequestParser) -> bool:
        """Let go of a request that was answered, and have the next one answered: whether there is one.

        If so, the thread of the server may have stopped to listen to the client.
        """
        if len(self.requests) > 1:
            self._flush_outbufs_below_high_watermark()
        if self.current_outbuf_count > 0:
            self.current_outbuf_count = self.adj.outbuf_high_watermark  # the next answer gets a buffer of its own
        request.close()
        with self.requests_lock:
            self.requests.pop(0)
            coming = self.request
            if self.requests:
                self.server.add_task(self)
            elif coming and coming.expect_continue and coming.headers_finished and not self.sent_continue:
                self.send_continue()  # what could not be said while the answer came
            return bool(self.requests)

    def expect_head(self) -> None:
        """Keep what is written next, the head of an answer, to send it together with what follows."""
        self._head_comes = True

    def send_head(self) -> None:
        """Send the head, if nothing has followed it."""
        if self._head:
            self.write_soon(b"")

    def write_soon(self, data: Any) -> int:
        """Send a piece of an answer, or keep what the client does not take at once.

        Waitress would put each piece into a buffer first, and send a head by itself.
        """
        if self._head_comes:
            self._head_comes, self._head = False, data
            return len(data)
        if not isinstance(data, bytes):  # a file
            self.send_pieces(())
            return int(super().write_soon(data))
        self.send_pieces((data,))
        return len(data)

    def send_pieces(self, pieces: Sequence[bytes]) -> None:
        """Send pieces of an answer, behind the head that waits, without putting them together."""
        head, self._head = self._head, b""
        given = (head, *pieces) if head else pieces
        size = sum(map(len, given))
        with self.outbuf_lock:  # under which the connection is closed
            if not self.connected:
                raise ClientDisconnected
            sent = 0
            if not self.total_outbufs_len and size:
                with contextlib.suppress(OSError):  # it is met again, and told, where waitress sends
                    sent = self.socket.sendmsg(given)
                self._sent += sent
            if sent < size:
                self.server.wake(self._fileno)
                super().write_soon(b"".join(given)[sent:])

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send what the client takes at once: how many bytes."""
        sent: int = super().send(data, do_close=do_close)
        self._sent += sent
        return sent

    def send_continue(self) -> None:
        """Tell the client to go on with the body of its request, unless that is refused already."""
        if self.request and self.request.error:
            self.request.expect_continue = False
        else:
            super().send_continue()

    def writable(self) -> bool:
        """Whether to send what waits.

        While a thread holds the lock, it is sending by itself. The socket takes something most of the time, so that
        waiting for that would be no waiting, but some sixty turns of the loop for each answer.
        """
        if self.requests and self.total_outbufs_len and not self.will_close:
            if not self.outbuf_lock.acquire(blocking=False):
                self.server.turn_soon()
                return False
            self.outbuf_lock.release()
        return bool(super().writable())

    def readable(self) -> bool:
        """Whether to look at what the client sends."""
        return self._lingers_until is not None or bool(super().readable())

    def handle_read(self) -> None:
        """Take what the client sends; from one that was refused, throw it away."""
        if self._lingers_until is None:
            super().handle_read()
            return
        try:
            self.recv(self.adj.recv_bytes)
        except OSError:
            self.handle_close()

    def handle_write(self) -> None:
        """Send what waits; a client that was refused is given time to read why before the connection closes."""
        if not (self.refused and self.close_when_flushed and not self.total_outbufs_len and not self.will_close):
            super().handle_write()
            return
        self.close_when_flushed = False
        self._lingers_until = time.monotonic() + LINGER
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
