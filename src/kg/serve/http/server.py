"""The server: the thread that talks to all connections, how many there may be, and the way it stops."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer

from kg.serve.http.channel import Channel
from kg.serve.http.dispatcher import Dispatcher
from kg.serve.http.limits import HEADERS_SIZE, URL_SIZE, Limits

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Refuse = Callable[[int, str, str, float], tuple[str, list[tuple[str, str]], bytes]]
"""Status, what was wrong, address of the client, seconds that the request took -> status line, headers, body."""

_LOOK = 0.25
"""Seconds between two looks at all connections."""
_SOON = 0.002


class Server(TcpWSGIServer):  # type: ignore[misc]
    """Serves an application on a socket that listens.

    ``threads`` requests are handled at one time, ``held`` bytes of an answer kept for a client that does not read.
    ``refuse`` says what a client is told whose request does not come so far as the application.
    """

    channel_class = Channel

    def __init__(
        self,
        application: WSGIApplication,
        listener: socket.socket,
        *,
        limits: Limits,
        refuse: Refuse,
        threads: int,
        held: int,
    ) -> None:
        self.limits = limits
        self.refuse = refuse
        self.draining = False
        self._poller, self._second = _poller()
        self._watched: dict[int, int] = {}
        self._awake: set[int] = set()
        self._stopped = False
        adjustments = Adjustments(
            sockets=[listener],
            threads=threads,
            connection_limit=limits.connections + 16,  # `shed` comes first
            # Lets waitress see that a client has left while its query runs.
            channel_request_lookahead=1,
            recv_bytes=64 * 1024,  # a bound join has a megabyte
            max_request_header_size=URL_SIZE + HEADERS_SIZE,
            # The application refuses what is a little larger, waitress what reaches its limit.
            max_request_body_size=limits.body_size + 1024,
            outbuf_high_watermark=held,
            ident="Sides",
            log_socket_errors=False,  # clients that leave are no error
            # The application takes these headers out, or believes them.
            clear_untrusted_proxy_headers=False,
        )
        place = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            application,
            {},
            True,
            listener,
            dispatcher=Dispatcher(threads),
            adj=adjustments,
            bind_socket=False,
            sockinfo=place,
        )
        self._next_look = 0.0
        self._soon = False

    def start(self, ended: Callable[[], object]) -> None:
        """Begin to serve, in a thread of its own; ``ended`` is called if that should end by itself."""

        def run() -> None:
            try:
                self.run()
            finally:
                if not self._stopped:
                    ended()

        self._thread = threading.Thread(target=run, name="server", daemon=True)
        self._thread.start()

    def run(self) -> None:
        """Talk to the connections, until the server is stopped."""
        self._awake.update(self._map)
        while not self._stopped:
            self._turn()

    def _turn(self) -> None:
        """Wait until something can be done, and do it."""
        self._soon = False
        for descriptor in [*self._awake]:
            if channel := self._map.get(descriptor):
                self._ask(descriptor, channel)
        for descriptor, flags in self._poller.poll(self._second * (_SOON if self._soon else _LOOK)):
            if channel := self._map.get(descriptor):
                self._awake.add(descriptor)
                wasyncore.readwrite(channel, flags)

    def _ask(self, descriptor: int, channel: Any) -> None:
        """Ask a channel what it waits for; one that is settled and heard is not asked until something happens to it.

        To ask a thousand connections at each turn that have nothing to say would take longer than most answers.
        """
        settled = isinstance(channel, Channel) and channel.settled  # before it is asked: then nothing changes meanwhile
        flags = select.POLLIN | select.POLLPRI if channel.readable() else 0
        if channel.writable() and not channel.accepting:
            flags |= select.POLLOUT
        if flags != self._watched.get(descriptor, 0):
            self.forget(descriptor)
            if flags:
                self._poller.register(descriptor, flags)
                self._watched[descriptor] = flags
        if settled and flags:
            self._awake.discard(descriptor)
        else:
            self._awake.add(descriptor)

    def wake(self, descriptor: int) -> None:
        """Ask a channel at each turn what it waits for, until it is settled."""
        self._awake.add(descriptor)

    def forget(self, descriptor: int) -> None:
        """Wait for a channel no longer."""
        self._awake.discard(descriptor)
        if self._watched.pop(descriptor, 0):
            self._poller.unregister(descriptor)

    def turn_soon(self) -> None:
        """See that the next turn is soon, for a channel that could not tell whether there is something to do."""
        self._soon = True

    def census(self) -> dict[str, int]:
        """How many connections there are, by what they do."""
        return dict(Counter(channel.state for channel in [*self.active_channels.values()]))

    def readable(self) -> bool:
        """Whether to accept a connection; waitress asks at each turn, so that this is where to look at the others."""
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + (0 if self.draining else _LOOK)
            for descriptor, channel in [*self.active_channels.items()]:
                channel.look(now)
                if not channel.rests:
                    self.wake(descriptor)
        return not self.draining and bool(super().readable())

    def maintenance(self, now: float) -> None:
        """Nothing: `readable` has looked at every connection, and more closely."""

    def handle_accept(self) -> None:
        """Take a new connection, and give up another if there are too many."""
        super().handle_accept()
        if len(self.active_channels) > self.limits.connections:
            self._shed()

    def _shed(self) -> None:
        """Close the connection that is not being answered for longest, of the address that has most of them."""
        quiet = [channel for channel in self.active_channels.values() if channel.state != "answering"]
        if quiet:
            count = Counter(channel.addr[0] for channel in quiet)
            most = max(count.values())
            victim = min((each for each in quiet if count[each.addr[0]] == most), key=lambda each: each.quiet_since)
            victim.handle_close()

    def drain(self, seconds: float) -> bool:
        """Take no more connections and wait until every answer is sent: whether that was so in time."""
        self.draining = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # who tries to connect is refused
        give_up = time.monotonic() + seconds
        while self.active_channels and time.monotonic() < give_up:
            self.pull_trigger()  # a turn of the loop, and with it a look
            time.sleep(0.05)
        return "answering" not in self.census()

    def handle_close(self) -> None:
        """Nothing: only the socket that listened was shut, and the loop goes on for the connections."""

    def stop(self) -> None:
        """Close every connection and end the threads."""
        self.draining = True

        def close_all() -> None:
            self._stopped = True
            for channel in [*self.active_channels.values()]:
                channel.handle_close()

        self.trigger.pull_trigger(close_all)
        self.task_dispatcher.shutdown(timeout=2)
        self._thread.join(timeout=2)
        self.close()


def _poller() -> tuple[Any, int]:
    """What waits for many descriptors, and what a second is to it. The first takes no time for those that are quiet."""
    return (select.epoll(), 1) if hasattr(select, "epoll") else (select.poll(), 1000)
