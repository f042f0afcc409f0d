"""The query worker: a forked process that answers one query at a time, within limits that it cannot lift."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import sys
import threading
from pathlib import Path

from kg.ground.errors import QueryError
from kg.serve.engine import frames
from kg.serve.engine.allocator import give_back
from kg.serve.engine.evaluation import Evaluator
from kg.serve.engine.frames import CONNECTION
from kg.serve.engine.request import Request
from kg.serve.engine.rows import RowCounter

_MEBIBYTE = 1024 * 1024
_MANY_FAULTS = 64 * _MEBIBYTE // resource.getpagesize()
"""Pages that a worker may have been given since it last returned what it could."""
_REST = 1.0
"""Seconds without a query after which it does so."""


class FrameSink:
    """Sends what is written to it as frames of data, and counts the rows in it.

    Few and large: to wake the web process costs more than most answers. A short answer is sent with its end at once.
    """

    def __init__(self, connection: socket.socket, media_type: str) -> None:
        self._connection = connection
        self._frames: list[bytes] = []
        self._held: list[bytes] = []
        self._size = 0
        self._enough = frames.CHUNK
        self._counter = RowCounter(media_type)

    def head(self, variables: list[str] | None) -> None:
        """Tell the variables of the answer that comes, None for a graph or a truth value."""
        self._frames.append(frames.packed_json(frames.HEAD, {"variables": variables}))

    def write(self, data: bytes, /) -> int:
        """Take some bytes, and send what has gathered once it is enough."""
        self._held.append(data)
        self._size += len(data)
        if self._size >= self._enough:
            self._pack()
            self._send()
            self._enough = frames.LARGE_CHUNK
        return len(data)

    def flush(self) -> None:
        """Nothing: what has gathered goes with what follows."""

    def fail(self, content: dict[str, object]) -> None:
        """Tell of an error in place of what has gathered."""
        self._held.clear()
        self._frames = [frames.packed_json(frames.ERROR, content)]

    def end(self, *, retire: bool) -> None:
        """Send the rest, whether this process is to be replaced, and how many rows there were (None: it has none)."""
        if self._held:
            self._pack()
        self._frames.append(frames.packed_end(retire=retire, rows=self._counter.rows))
        self._send()

    def _pack(self) -> None:
        data = b"".join(self._held)
        self._counter.add(data)
        self._frames += (frames.HEADER.pack(frames.DATA, len(data)), data)
        self._held.clear()
        self._size = 0

    def _send(self) -> None:
        self._connection.sendall(b"".join(self._frames))
        self._frames.clear()


def run(evaluator: Evaluator, connection: int, errors: int, files: frozenset[int], memory: int) -> None:
    """Answer queries until the web process closes the connection. Called in the forked child.

    ``connection`` and ``errors`` are descriptors, ``files`` those of the store; ``memory`` is in MiB beyond what the
    process has now.
    """
    os.dup2(errors, 2)
    os.dup2(connection, CONNECTION)
    _keep_only(files)
    channel = socket.socket(fileno=CONNECTION)
    _exit_with_server()
    _limit(memory, max(files, default=CONNECTION))
    start = _peak()
    # A worker that has grown is replaced: its allocator keeps what it has, and the next query is due its full measure.
    retire = False
    faults = _faults()
    while not retire:
        sink, enough = _serve_one(channel, evaluator)
        retire = not enough or _peak() - start >= memory * _MEBIBYTE // 4
        sink.end(retire=retire)
        if _faults() - faults > _MANY_FAULTS and not retire and not _comes(channel, _REST):
            give_back()  # not sooner: the next large query would have to be given it all again
            faults = _faults()


def _keep_only(files: frozenset[int]) -> None:
    """Close every descriptor behind the connection but those of the store, and leave no free number among these.

    The store may have closed some of them since they were counted: a store on disk opens files to look into them.
    """
    start = CONNECTION + 1
    for file in sorted(files):
        os.closerange(start, file)
        start = file + 1
    os.closerange(start, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    for number in range(CONNECTION + 1, start):
        try:
            os.fstat(number)
        except OSError:
            os.dup2(1, number)


def _exit_with_server() -> None:
    """End this process as soon as the server has gone, even in the middle of a query.

    The engine releases the GIL while it works. `PR_SET_PDEATHSIG` would tie the worker to the template instead, which
    may die and be restarted while queries run.
    """
    watching = threading.Event()

    def watch() -> None:
        poll = select.poll()
        poll.register(CONNECTION, 0)  # hang-up is always reported
        watching.set()
        poll.poll()
        os._exit(0)

    threading.Thread(target=watch, name="watch", daemon=True).start()
    watching.wait()


def _limit(memory: int, last: int) -> None:
    """Cap memory, core files and descriptors, for good, and be the first that the system ends for want of memory.

    ``last`` is the last descriptor in use, with none free before it.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        size = pages * resource.getpagesize() + memory * _MEBIBYTE
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        with contextlib.suppress(OSError):
            # If the machine itself runs out of memory, the system is to take a worker, not the server or the template.
            Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No number is left for a new descriptor: whatever the query says, no socket can be opened.
    resource.setrlimit(resource.RLIMIT_NOFILE, (last + 1, last + 1))


def _comes(channel: socket.socket, seconds: float) -> bool:
    """Whether the web process sends something, or closes the connection, in time."""
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _faults() -> int:
    """How many pages this process has been given so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def _peak() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _serve_one(channel: socket.socket, evaluator: Evaluator) -> tuple[FrameSink, bool]:
    """Answer one query: where the answer went, whose end is left to the caller, and whether memory was enough."""
    content, text = frames.read_query(frames.receive_frame(channel)[1])
    # The web process kills at the deadline; the timer does so if that process is stuck. Its default action ends this
    # process from inside the engine too, where no Python code would run.
    signal.setitimer(signal.ITIMER_REAL, content["seconds"] + 0.5)
    request = Request.from_json(content, text)
    sink = FrameSink(channel, request.media_type)
    try:
        evaluator.answer(request, sink.head, sink)
    except MemoryError:
        sink.fail({"error": "QueryMemoryError", "message": ""})
        return sink, False
    except QueryError as error:
        sink.fail(frames.described(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return sink, True
