"""Texts read for people by a process of its own, which is started when it is first needed and ended when it rests."""

from __future__ import annotations

import json
import os
import select
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from kg.ground.errors import AnnotationError, BusyError, InputError, TooManyQueriesError

LONGEST = 20_000
"""Characters of the longest text that is read."""

_DEADLINE = 10.0
"""Seconds that a text may take; the longest takes less than one."""
_PATIENCE = 30.0
"""Seconds that the process may take to start, on a machine that does much else."""
_REST = 300.0
"""Seconds without work after which the process is ended."""
_WAITING = 8
"""Texts that may be read or wait at one time."""
_SHARE = 2
"""Texts of one client among these."""
_RETRY = 3
_AGAIN = "try again in some seconds"
_CHUNK = 1 << 16


class Annotator:
    """Hands texts to a process, one at a time, and gives back what it makes of them.

    ``command`` starts the process: it answers each line of JSON on its standard input by one on its standard output
    (`kg.build.annotation`). It is started anew after it has died or was too slow.
    """

    def __init__(self, command: Sequence[str], *, deadline: float = _DEADLINE, rest: float = _REST) -> None:
        self._command = command
        self._deadline = deadline
        self._rest = rest
        self._process: subprocess.Popen[bytes] | None = None
        self._present: Counter[str | None] = Counter()
        self._door = threading.Lock()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def annotate(
        self, text: str, lang: str | None = None, *, graph: bool = False, client: str | None = None
    ) -> Mapping[str, Any]:
        """What a text says, as the process tells it (`kg.build.annotation.Annotated`).

        ``client`` names who asks, None for the service itself. Raises `InputError` for a text that is empty or longer
        than `LONGEST` characters, `BusyError` if too many wait, `TooManyQueriesError` if too many of the client do,
        `AnnotationError` if the process dies or takes too long.
        """
        _check(text)
        with self._place(client), self._lock:
            return self._asked({"text": text, "lang": lang, "graph": graph})

    @contextmanager
    def _place(self, client: str | None) -> Iterator[None]:
        """One of the places for texts, which no client takes all of."""
        with self._door:
            if client is not None and self._present[client] >= _SHARE:
                raise TooManyQueriesError(
                    f"{_SHARE} texts of this client are being read already", retry_after=_RETRY, remedy=_AGAIN
                )
            if self._present.total() >= _WAITING:
                raise BusyError(f"{_WAITING} texts are being read already", retry_after=_RETRY, remedy=_AGAIN)
            self._present[client] += 1
        try:
            yield
        finally:
            with self._door:
                self._present[client] -= 1
                self._present += Counter()  # forgets who has none

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _asked(self, request: Mapping[str, object]) -> Mapping[str, Any]:
        if self._timer:
            self._timer.cancel()
        fresh = self._process is None or self._process.poll() is not None
        process = self._process = self._start() if fresh or not self._process else self._process
        limit = self._deadline + (_PATIENCE if fresh else 0)
        try:
            answer = _exchange(process, json.dumps(request).encode() + b"\n", limit)
        except (OSError, ValueError) as error:  # what is no JSON is no answer
            self._end()
            late = isinstance(error, TimeoutError)
            raise AnnotationError(
                f"the text was not read within {limit:g} s" if late else "the process that reads texts died",
                remedy="try again, or with a shorter text",
            ) from error
        self._timer = threading.Timer(self._rest, self.close)
        self._timer.daemon = True
        self._timer.start()
        if "error" in answer:
            raise InputError(answer["error"])
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._end()
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        assert process.stdin  # as asked for
        os.set_blocking(process.stdin.fileno(), False)
        return process

    def _end(self) -> None:
        if self._timer:
            self._timer.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()


def _check(text: str) -> None:
    if not text.strip():
        raise InputError("there is no text", where="text", expected="some sentences in French or English")
    if len(text) > LONGEST:
        raise InputError(
            f"a text of {len(text)} characters",
            where="text",
            expected=f"{LONGEST} at most",
            remedy="read it in parts, or use kg map, which has no such limit",
        )


def _exchange(process: subprocess.Popen[bytes], line: bytes, seconds: float) -> Mapping[str, Any]:
    """Write a line to a process and read its answer. Raises `TimeoutError`, or `OSError` if the process has ended."""
    assert process.stdin is not None  # as it was started
    assert process.stdout is not None
    until = time.monotonic() + seconds
    answer = bytearray()
    while not answer.endswith(b"\n"):
        # A pipe holds 64 KiB, and a process that is stuck empties it never: writing must not wait for it either.
        waiting = [process.stdin] if line else []
        readable, writable, _ = select.select([process.stdout], waiting, [], max(0, until - time.monotonic()))
        if writable:
            line = line[process.stdin.write(line) or 0 :]
        elif readable:
            chunk = process.stdout.read(_CHUNK)
            if not chunk:
                raise BrokenPipeError("the process has ended")
            answer += chunk
        else:
            raise TimeoutError
    found: Mapping[str, Any] = json.loads(answer)
    return found
