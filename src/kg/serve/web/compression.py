"""Compressed answers: what a client asks for by ``Accept-Encoding``, whole or piece by piece."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.wsgi import ClosingIterator

from kg.serve.codings import CODINGS, IDENTITY, choose_coding, compress
from kg.serve.engine.cache import Cache, Kept, Key
from kg.serve.web.answering import content_name
from kg.serve.web.problems import NotAcceptableError

SMALLEST = 1024
"""Bytes below which an answer is sent as it is: it fills one packet either way."""

LARGEST_WHOLE = 4 * 1024 * 1024
"""Bytes up to which an answer is compressed as a whole, and sent with its length."""

_ROOM = 32 * 1024 * 1024
"""The room for compressed answers that are kept."""

_TYPES = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/n-quads",
        "application/n-triples",
        "application/sparql-query",
        "application/trig",
        "application/xml",
        "image/svg+xml",
    }
)
"""Media types that are text, beside those that say so in their names."""


_KEY = "sides.compressed"


def install(app: Flask) -> None:
    """Compress the answers of an application, and refuse a request that takes none, compressed or not."""
    kept: Cache[Kept] = Cache(_ROOM)
    app.extensions[_KEY] = kept

    def finish(response: Response) -> Response:
        return _compressed(response, kept)

    app.before_request(_refuse)
    app.after_request(finish)


def kept_by(app: Flask) -> Cache[Kept]:
    """The compressed answers that an application keeps."""
    kept: Cache[Kept] = app.extensions[_KEY]
    return kept


def _refuse() -> None:
    accept = request.headers.get("Accept-Encoding")
    if choose_coding(accept).coding is None:
        raise NotAcceptableError(
            f"the header Accept-Encoding is {accept!r}, which takes no coding, nor what is not coded",
            expected=f"one of {', '.join(CODINGS)}, {IDENTITY}",
            remedy="leave the header out, or name one of these with a quality above 0",
        )


def _compressed(response: Response, kept: Cache[Kept]) -> Response:
    """The response in the coding that the client prefers, if it is text and long enough to gain by it."""
    if not _may_change(response):
        return response
    vary(response.headers)
    coding, plain = choose_coding(request.headers.get("Accept-Encoding"))
    size = _size(response)
    if coding in {None, IDENTITY} or (plain and size is not None and size < SMALLEST):
        return response
    assert coding
    _weaken(response)
    if response.status_code == 304:
        return response
    if size is not None and size <= LARGEST_WHOLE:
        _replace(response, coding, kept)
    elif size is None or request.environ.get("SERVER_PROTOCOL") != "HTTP/1.0":
        _stream(response, coding)
    return response  # a long one for HTTP/1.0 keeps its length, without which a broken answer would look complete


def _may_change(response: Response) -> bool:
    """Whether a response is text as a whole; one without content may be about such a text."""
    headers = response.headers
    if (
        "Content-Encoding" in headers
        or "Content-Range" in headers
        or "no-transform" in headers.get("Cache-Control", "")
    ):
        return False
    if response.status_code == 304:
        return True
    return is_text(headers.get("Content-Type", ""))


def is_text(content_type: str) -> bool:
    """Whether what has this type is text, which gains by compression."""
    name = content_type.partition(";")[0].strip().lower()
    return name.startswith("text/") or name.endswith(("+json", "+xml")) or name in _TYPES


def vary(headers: Headers | dict[str, str]) -> None:
    """Tell that the answer depends on ``Accept-Encoding``; the header set of werkzeug does so too, but takes 50 µs."""
    fields = headers.get("Vary", "")
    if "accept-encoding" not in fields.lower():
        headers["Vary"] = f"{fields}, Accept-Encoding" if fields else "Accept-Encoding"


def _size(response: Response) -> int | None:
    """The bytes of a response, None for a stream."""
    return response.calculate_content_length() if response.is_sequence else response.content_length


def _weaken(response: Response) -> None:
    """Make the tag of a response weak: it stands for the content, whose bytes now depend on the coding."""
    tag, weak = response.get_etag()
    if tag and not weak:
        response.set_etag(tag, weak=True)


def _replace(response: Response, coding: str, kept: Cache[Kept]) -> None:
    """Compress a response as a whole; one whose content has a name is kept for the next client that asks for it."""
    tag = (response.get_etag()[0] or content_name()) if response.status_code == 200 else None
    key = (coding, request.path, response.content_type, tag) if tag else None
    response.direct_passthrough = False
    body = whole(response.get_data, coding, kept, key)
    if not response.is_sequence:  # it was not read
        response.close()
    response.set_data(body)
    _name(response, coding)


def whole(content: Callable[[], bytes], coding: str, kept: Cache[Kept], key: Key | None) -> bytes:
    """Some content in a coding: what was kept under the key, or is now (None: it is not)."""
    found = kept.get(key) if key else None
    if found is None:
        found = Kept(None, b"".join(compress([content()], coding)))
        if key:
            kept.put(key, found)
    return found.body


def _stream(response: Response, coding: str) -> None:
    """Compress a response while it is sent, keeping no more of it than the window of the compressor."""
    close = getattr(response.response, "close", None)
    response.direct_passthrough = False
    response.response = ClosingIterator(compress(response.iter_encoded(), coding), close)
    response.headers.pop("Content-Length", None)
    _name(response, coding)


def _name(response: Response, coding: str) -> None:
    response.headers["Content-Encoding"] = coding
    response.headers.pop("Accept-Ranges", None)  # a range would cut the coded bytes
