"""The Model Context Protocol at ``/mcp``: assistants ask the graph by tools (docs/assistants.md)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, current_app, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kg.serve.assistants.asking import MOST_BYTES, Ask, Reply, read_reply
from kg.serve.web.site import site

ADDRESS = "/mcp"

_CALLER = ("sides.record", "waitress.client_disconnected", "REMOTE_ADDR")
"""What a request of a tool takes over from that of the assistant: for whom it is, and whether they are still there."""

_PROTOCOL = ("Mcp-", "Content-Type")
"""How the names of the headers begin that belong to the protocol; the others are those of this site."""

blueprint = Blueprint("assistants", __name__)


@blueprint.post(ADDRESS)
def protocol() -> Response:
    """Answer one message of an assistant."""
    try:
        from kg.serve.assistants.exchange import exchange
        from kg.serve.assistants.server import make_server
    except ModuleNotFoundError:
        abort(501, description="this server was set up without the Model Context Protocol: make .venv/.mcp")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    caller = {name: request.environ[name] for name in _CALLER if name in request.environ}
    ask = within(app, site().address, caller)
    answer = exchange(make_server(ask), ADDRESS, dict(request.headers.items()), request.get_data(cache=False))
    response = Response(answer.body, answer.status)
    del response.headers["Content-Type"]
    for name, value in answer.headers:
        if name.title().startswith(_PROTOCOL):
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


class _Body(io.RawIOBase):
    """The pieces of an answer as something that is read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Some bytes, at most so many; none at the end."""
        while not self._rest and (piece := next(self._pieces, None)) is not None:
            self._rest = piece
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


def within(app: Flask, address: str, caller: Mapping[str, Any]) -> Ask:
    """The way to the site of this process; ``caller`` are the parts of the environment that tell who asks."""

    def ask(
        path: str,
        parameters: Sequence[tuple[str, str]],
        accept: str,
        *,
        post: bool = False,
        most: int = MOST_BYTES,
    ) -> Reply:
        encoded = urlencode(parameters)
        builder = EnvironBuilder(
            path=path,
            base_url=address,
            method="POST" if post else "GET",
            query_string="" if post else encoded,
            data=encoded.encode() if post else None,
            content_type="application/x-www-form-urlencoded" if post else None,
            headers=[("Accept", accept)],
            environ_overrides=dict(caller),
        )
        with closing(builder):
            pieces, status, headers = run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=False)
        try:
            return read_reply(int(status.split()[0]), dict(headers.items()), _Body(pieces), most)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()  # a query that is not read to its end is stopped

    return ask
