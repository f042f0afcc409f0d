"""The server's handles of its template process and of the workers forked from it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from kg.ground.errors import ReleaseError
from kg.ground.release import Release
from kg.serve.engine import frames
from kg.serve.engine.allocator import environment
from kg.serve.engine.frames import COMMAND, FORK, GONE, REAP, REPLY

_PATIENCE = 20.0
"""Seconds after which a template that does not answer a command counts as dead."""


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker died: the signal that ended it, if known, and its last words."""

    signal: int | None
    words: str


class WorkerProcess:
    """One query worker: a socket to talk to it, and its end."""

    def __init__(self, pid: int, connection: socket.socket, errors: int, template: TemplateProcess) -> None:
        self.pid = pid
        self.connection = connection
        self.template = template
        self.deadline = 0.0
        """When the query that it runs must be over (`time.monotonic`)."""
        self.cause: str | None = None
        """Why it was ended, once that is known."""
        self.rests_since: float | None = None
        """When it began to rest (`time.monotonic`); None while it works, and once it is known what it holds at rest."""
        self._errors = errors
        self._reading = select.poll()
        self._reading.register(connection, select.POLLIN)
        self._lock = threading.Lock()
        self._death: Death | None = None

    def has_sent(self, seconds: float) -> bool:
        """Wait until there is something to read, or the process has hung up: whether that was so in time.

        Only for the one who reads from the connection.
        """
        return bool(self._reading.poll(seconds * 1000))

    @property
    def rests(self) -> bool:
        """Whether the process is there and has nothing to say; of one at rest, and for one thread at a time."""
        return self._death is None and not self._reading.poll(0)

    def own_memory(self) -> int:
        """The bytes that the process shares with no other (0: it has gone, or the system does not tell)."""
        try:
            lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            return 0
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty:"))

    def alive(self) -> bool:
        """Whether the process still holds its end of the connection."""
        if self._death:
            return False
        poll = select.poll()
        poll.register(self.connection, 0)
        return not poll.poll(0)

    def _kill(self) -> None:
        # A worker that hangs up is dead already; if its template is dead too, the number may be somebody else's.
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def end(self) -> Death:
        """End the process, and tell how it died. Whoever reads from the connection finds it at its end."""
        with self._lock:
            if self._death is None:
                self._kill()
                words = _read_all(self._errors)
                status = self.template.reap(self.pid)
                ended = os.WTERMSIG(status) if status != GONE and os.WIFSIGNALED(status) else None
                self._death = Death(ended, words)
            return self._death

    def close(self) -> Death:
        """End the process and close the connection: only for the one who reads from it, or if nobody does.

        A descriptor that is closed while another thread waits on it may be given to something else meanwhile.
        """
        death = self.end()
        self.connection.close()
        return death


def _read_all(descriptor: int) -> str:
    """What a dying worker has written; its end of the pipe closes with it."""
    parts = []
    while part := os.read(descriptor, 4096):
        parts.append(part)
    os.close(descriptor)
    return b"".join(parts).decode(errors="replace")


class TemplateProcess:
    """The process that holds a release and forks workers. ``workers`` are those not closed yet, for its owner's use.

    ``memory`` is in MiB for each worker. With a ``place``, the store lies there on disk, not in memory. An
    ``allocator`` is the library that hands out its memory, in place of the C library.
    """

    def __init__(self, release: Release, memory: int, place: Path | None = None, allocator: str = "") -> None:
        self.release = release
        self.place = place
        self.workers: set[WorkerProcess] = set()
        self._lock = threading.Lock()
        where = [str(place)] if place else []
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kg.serve.engine.template", str(release.data), str(memory), *where],
                # numpy would begin threads for matrices, with which no process may fork.
                env={"OPENBLAS_NUM_THREADS": "1", **environment(allocator)},
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # signals from the terminal go to the server alone
            )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def wait_until_loaded(self) -> int:
        """Wait until the release can be asked: the number of its quads. Raises `ReleaseError` if it cannot be read."""
        try:
            kind, payload = frames.receive_frame(self._control)
        except (EOFError, OSError) as error:
            self.close()
            raise ReleaseError("the process that loads the release died", where=str(self.release.data)) from error
        content = json.loads(payload)
        if kind == frames.ERROR:
            self.close()
            raise ReleaseError(content["message"], where=str(self.release.data), remedy="build the release again")
        self._control.settimeout(_PATIENCE)
        return int(content["quads"])

    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def fork(self) -> WorkerProcess:
        """Start one worker; raises `OSError` or `EOFError` if the template has died."""
        ours, theirs = socket.socketpair()
        errors, their_errors = os.pipe()
        os.set_blocking(their_errors, False)
        try:
            pid = self._order(FORK, 0, [theirs.fileno(), their_errors])
        except (OSError, EOFError):
            ours.close()
            os.close(errors)
            raise
        finally:
            theirs.close()
            os.close(their_errors)
        return WorkerProcess(pid, ours, errors, self)

    def reap(self, pid: int) -> int:
        """The status with which a worker ended, or ``GONE`` if the template is not there to tell."""
        try:
            return self._order(REAP, pid, [])
        except (OSError, EOFError):
            return GONE

    def _order(self, command: bytes, pid: int, descriptors: list[int]) -> int:
        with self._lock:
            try:
                socket.send_fds(self._control, [COMMAND.pack(command, pid)], descriptors)
                return int(REPLY.unpack(frames.receive_exactly(self._control, REPLY.size))[0])
            except (OSError, EOFError):
                # One that is stuck must go as well: its late reply would be taken for that to the next order.
                self._process.kill()
                raise

    def close(self) -> None:
        """End the process and wait for it; workers that it has forked go on."""
        self._control.close()
        started = time.monotonic()
        while self.alive() and time.monotonic() < started + 0.2:
            time.sleep(0.005)
        self._process.kill()
        self._process.wait()
