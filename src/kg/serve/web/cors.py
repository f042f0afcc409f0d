"""Cross-origin access: any page of the web may read this graph, errors included."""

from __future__ import annotations

from flask import Flask, Response, request

METHODS = "GET, HEAD, POST, QUERY, OPTIONS"
EXPOSED = (
    "Accept-Post, Accept-Query, Allow, Content-Disposition, ETag, Link, Location, Retry-After, Sides-Service-Failed, "
    "Vary, X-Request-ID"
)


def install(app: Flask) -> None:
    """Add the headers to every answer of an application, and make a preflight out of every OPTIONS."""
    app.after_request(_allow)


def _allow(response: Response) -> Response:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = METHODS
        # A browser asks for the headers that its page means to send; none of them can do harm without credentials.
        headers["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "*")
        headers["Access-Control-Max-Age"] = "86400"
        if response.status_code == 200:
            response.status_code = 204
            response.set_data(b"")
            headers.pop("Content-Length", None)
            headers.pop("Content-Type", None)
    return response
