"""One request of the Model Context Protocol over HTTP and its answer, for a server that knows WSGI only.

The protocol is used without sessions and without streams, so that a request is answered by a JSON document and nothing
is kept. The SDK speaks ASGI: its handler runs in an event loop that lives for this one request.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

Message = MutableMapping[str, Any]


@dataclass(slots=True)
class Exchanged:
    """The answer of the protocol: status, headers, body."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def exchange(server: Server[object], path: str, headers: Mapping[str, str], body: bytes) -> Exchanged:
    """Answer the body of a POST."""
    return anyio.run(_exchange, server, path, headers, body)


async def _exchange(server: Server[object], path: str, headers: Mapping[str, str], body: bytes) -> Exchanged:
    answer, sent = Exchanged(), False

    async def receive() -> Message:
        nonlocal sent
        if sent:  # whether the client has left is seen by the query that runs for it
            await anyio.sleep_forever()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            answer.body += message.get("body", b"")

    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request(_scope(path, headers), receive, send)
    return answer


def _scope(path: str, headers: Mapping[str, str]) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        "client": None,
        "server": None,
    }
