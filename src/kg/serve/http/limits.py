"""What a client may do to a connection, in bytes and seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from kg.ground.settings import Settings

URL_SIZE = 64 * 1024
"""Bytes that the first line of a request may have: 414 beyond."""

HEADERS_SIZE = 64 * 1024
"""Bytes that the header fields of a request may have together: 431 beyond."""

CHUNK_LINE_SIZE = 1024
"""Bytes that the line before a chunk of a body may have: 400 beyond."""

BODY_RATE = 8 * 1024
"""Bytes a second at which the body of a request must come, on the average: 408 below."""

ANSWER_RATE = 1024
"""Bytes a second at which an answer must be read, on the average: the connection is cut below."""

LINGER = 2.0
"""Seconds in which a client that is told of an error may go on sending, so that it comes to read the answer."""

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one server: sizes in bytes, times in seconds.

    The head of a request must come within ``head_time``, the next request on a connection within ``idle_time``; what an
    answer must be read in is looked at every ``patience``.
    """

    body_size: int
    connections: int
    head_time: float
    idle_time: float
    patience: float

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The bounds that the settings say."""
        return cls(
            body_size=settings.request_size * _MEBIBYTE,
            connections=settings.connections,
            head_time=settings.head_time,
            idle_time=settings.idle_time,
            patience=settings.deadline,
        )
