"""The request log: one line of JSON for each request, written aside so that no request waits for it.

What the program itself has to say goes the same way: a reader of standard error that stands still must stop nobody.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

from kg.ground.errors import InputError
from kg.ground.settings import Settings
from kg.ground.terms import digest
from kg.serve.clients import Disguise

logger = logging.getLogger(__name__)

OK = "ok"
"""The outcome of a request whose answer was sent whole and is no error; any other is a code of ``docs/errors.md``."""

_ROOM = 100_000
"""Lines that may wait to be written; where the disk or the reader of standard error stands still, more are dropped."""
_PAUSE = 0.2
"""Seconds between two writes: a thread that woke at each request would take time from it."""
_LONGEST = 500  # characters of a path that a line tells

_numbers = count(1)
_run = os.urandom(4).hex()


def new_id() -> str:
    """A name for a request that no other has."""
    return f"{_run}-{next(_numbers):06x}"


@dataclass(slots=True)
class Record:
    """What is known of one request. ``seconds`` and ``waited`` (for a worker) are durations, ``at`` is since 1970."""

    id: str = field(default_factory=new_id)
    at: float = 0.0
    client: str = ""
    direct: bool = True
    method: str = ""
    path: str = ""
    route: str = ""
    status: int = 0
    outcome: str = ""
    seconds: float = 0.0
    waited: float | None = None
    size: int = 0
    rows: int | None = None
    media_type: str = ""
    query: str | None = None
    cached: bool | None = None
    release: str | None = None


@dataclass(slots=True)
class RequestLog:
    """Writes the lines of a log to standard error, or to a file that may be moved away at any time."""

    target: str
    disguise: Disguise
    with_queries: bool
    dropped: int = 0
    """Lines that could not be written."""
    _waiting: deque[Record | str] = field(default_factory=deque)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(init=False)
    _failing: bool = False

    @classmethod
    def start(cls, settings: Settings) -> Self:
        """Begin to write, where the settings say; raises `InputError` if that is a file that cannot be written."""
        log = cls(settings.log, Disguise(settings.log_clients), bool(settings.log_queries))
        try:
            log._write([])
        except OSError as error:
            raise InputError(
                f"SIDES_LOG is {settings.log!r}: {error}",
                expected="stderr, off, or a file that can be written",
                remedy="change SIDES_LOG",
            ) from error
        log._thread = threading.Thread(target=log._run, name="request log", daemon=True)
        log._thread.start()
        return log

    def put(self, record: Record) -> None:
        """Have a record written soon."""
        if self.target != "off":
            self._put(record)

    def _put(self, line: Record | str) -> None:
        if len(self._waiting) < _ROOM:
            self._waiting.append(line)
        else:
            self.dropped += 1

    def handler(self) -> logging.Handler:
        """What writes the messages of the program, to standard error and as they are."""
        return _Handler(self._put)

    def close(self) -> None:
        """Write what waits, but do not wait for a reader that stands still."""
        self._stop.set()
        self._thread.join(timeout=1)

    def __enter__(self) -> Self:
        """The log itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write what waits."""
        self.close()

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE):
            self._write_waiting()
        self._write_waiting()

    def _write_waiting(self) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        messages = [line.encode(errors="replace") for line in waiting if isinstance(line, str)]
        records = [line for line in waiting if isinstance(line, Record)]
        try:
            _to_standard_error(messages)
            if records:
                self._write([*map(self._line, records)])
                self._failing = False
        except OSError as error:
            self.dropped += len(records)
            if not self._failing:
                logger.warning("the request log cannot be written: %s", error)
            self._failing = True

    def _write(self, lines: list[bytes]) -> None:
        if self.target == "stderr":
            _to_standard_error(lines)
        elif self.target != "off":
            # Opened each time, a few times a second: whoever turns the file over need tell nobody.
            with Path(self.target).open("ab", buffering=0) as file:
                file.write(b"".join(lines))

    def _line(self, record: Record) -> bytes:
        members = {name: value for name, value in self._members(record).items() if value is not None}
        return (json.dumps(members, ensure_ascii=False, separators=(",", ":")) + "\n").encode(errors="replace")

    def _members(self, record: Record) -> dict[str, Any]:
        return {
            "time": datetime.fromtimestamp(record.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "id": record.id,
            "client": self.disguise.shown(record.client),
            "method": record.method,
            "path": record.path[:_LONGEST],
            "status": record.status,
            "outcome": record.outcome,
            "ms": round(record.seconds * 1000, 3),
            "waited_ms": None if record.waited is None else round(record.waited * 1000, 3),
            "bytes": record.size,
            "rows": record.rows,
            "format": record.media_type or None,
            "query": None if record.query is None else digest(record.query),
            "cached": record.cached,
            "release": record.release,
            "text": record.query if self.with_queries else None,
        }


def _to_standard_error(lines: list[bytes]) -> None:
    # Not through the file object: its lock, held while nobody reads, would keep the process from ending.
    text = b"".join(lines)
    while text:
        text = text[os.write(sys.stderr.fileno(), text) :]


class _Handler(logging.Handler):
    """Hands messages of the program to whoever writes them."""

    def __init__(self, put: Callable[[str], None]) -> None:
        super().__init__()
        self._put = put
        self.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Take one message."""
        self._put(self.format(record) + "\n")
