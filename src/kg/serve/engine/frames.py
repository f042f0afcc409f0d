"""The frames that a query worker and the web process exchange: one byte of kind, a length, a payload."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

from kg.ground.errors import QueryError, QueryFailedError, QueryRefusedError, QuerySyntaxError

QUERY = b"q"
HEAD = b"h"
DATA = b"d"
END = b"e"
ERROR = b"x"

CONNECTION = 3
"""The descriptor of a worker's socket to the web process, behind the three standard ones."""

HEADER = struct.Struct("!cI")
COMMAND = struct.Struct("!ci")
"""An order to the template, and the number of the process that it is about."""
REPLY = struct.Struct("!i")
FORK = b"f"
REAP = b"r"
GONE = -1
"""The reply about a process that is no child of the template."""

CHUNK = 64 * 1024
"""The size at which a worker first sends what it has written."""
LARGE_CHUNK = 256 * 1024
"""The size at which it sends the rest of a long answer: each piece wakes the web process, which then has much to do."""

_TALLY = struct.Struct("!?q")
_UNKNOWN = -1


def packed(kind: bytes, *payload: bytes) -> bytes:
    """One frame, its payload given in pieces."""
    return b"".join((HEADER.pack(kind, sum(map(len, payload))), *payload))


def packed_json(kind: bytes, content: dict[str, Any]) -> bytes:
    """One frame whose payload is JSON."""
    return packed(kind, json.dumps(content).encode())


def packed_end(*, retire: bool, rows: int | None) -> bytes:
    """The last frame of an answer: whether its worker is to be replaced, and how many rows it has had, if it has any.

    >>> read_end(packed_end(retire=False, rows=2)[HEADER.size :])
    (False, 2)
    """
    return packed(END, _TALLY.pack(retire, _UNKNOWN if rows is None else rows))


def read_end(payload: bytes) -> tuple[bool, int | None]:
    """What `packed_end` was given."""
    retire, rows = _TALLY.unpack(payload)
    return retire, None if rows == _UNKNOWN else rows


def send_json(connection: socket.socket, kind: bytes, content: dict[str, Any]) -> None:
    """Send one frame whose payload is JSON, waiting while the other side does not read."""
    connection.sendall(packed_json(kind, content))


def packed_query(content: dict[str, Any], text: str) -> bytes:
    """The frame of a query: JSON on one line, then the text as it is, which may have megabytes."""
    return packed(QUERY, json.dumps(content).encode(), b"\n", text.encode(errors="surrogatepass"))


def read_query(payload: bytes) -> tuple[dict[str, Any], str]:
    """What `packed_query` was given.

    >>> read_query(packed_query({"seconds": 1}, "ASK {}")[HEADER.size :])
    ({'seconds': 1}, 'ASK {}')
    """
    content, _, text = payload.partition(b"\n")
    return json.loads(content), text.decode(errors="surrogatepass")


def receive_exactly(connection: socket.socket, size: int) -> bytes:
    """Wait for exactly so many bytes; raises `EOFError` if the other side closes first."""
    parts = []
    while size:
        part = connection.recv(min(size, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def receive_frame(connection: socket.socket) -> tuple[bytes, bytes]:
    """Wait for one frame: its kind and its payload."""
    kind, size = HEADER.unpack(receive_exactly(connection, HEADER.size))
    return kind, receive_exactly(connection, size)


def described(error: QueryError) -> dict[str, Any]:
    """An error as the content of an error frame."""
    content: dict[str, Any] = {"error": type(error).__name__, "message": error.message}
    content |= {"expected": error.expected, "remedy": error.remedy}
    if isinstance(error, QuerySyntaxError):
        return content | {"line": error.line, "column": error.column}
    return content | {"where": error.where}


def raised(content: dict[str, Any], out_of_memory: QueryError) -> QueryError:
    """The error that an error frame describes; ``out_of_memory`` is the one for a lack of memory."""
    given = {key: value for key, value in content.items() if key != "error"}
    match content["error"]:
        case "QuerySyntaxError":
            return QuerySyntaxError(**given)
        case "QueryRefusedError":
            return QueryRefusedError(**given)
        case "QueryMemoryError":
            return out_of_memory
        case _:
            return QueryFailedError(**given)
