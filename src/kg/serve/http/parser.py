"""Reading requests: too long a URL, header or body is told apart, each with a status of its own."""

from __future__ import annotations

import time
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest, Error, RequestHeaderFieldsTooLarge

from kg.serve.http.limits import CHUNK_LINE_SIZE, HEADERS_SIZE, URL_SIZE


class UriTooLong(Error):  # type: ignore[misc]  # noqa: N818 (waitress raises none of them, and names them so)
    """The first line of a request is too long."""

    code = 414
    reason = "URI Too Long"


class RequestTimeout(Error):  # type: ignore[misc]  # noqa: N818
    """A request did not come whole in time."""

    code = 408
    reason = "Request Timeout"


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """A request that is being received; ``began`` is when its first bytes came (`time.monotonic`)."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time.monotonic()
        self.path = ""  # waitress names it when the client leaves, though no first line could be read

    def received(self, data: bytes) -> int:
        """Take bytes of the request: how many of them belong to it."""
        start = self.header_plus[: URL_SIZE + 1]
        in_head = self.body_rcv is None
        consumed: int = super().received(data)
        error = self._first_line_error(start + data[: URL_SIZE + 1]) if in_head else self._body_error()
        if error:
            self.error = error
            self.completed = True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; refuse one that does not say clearly where its body ends (RFC 9112, section 6.1).

        Two that read it differently, a proxy and this server, would disagree on where the next request begins.
        """
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Transfer-Encoding and Content-Length stand in one request")
        if "TRANSFER_ENCODING" in self.headers:  # with HTTP/1.1, it was read and taken out
            raise ParsingError(f"Transfer-Encoding is not known to HTTP/{self.version}")

    def _first_line_error(self, start: bytes) -> Error | None:
        line, end, _ = start.lstrip(b"\r\n").partition(b"\n")
        if len(line) > URL_SIZE and (end or self.error or len(start) > URL_SIZE):
            return UriTooLong(f"the first line of the request has more than {URL_SIZE} bytes")
        if isinstance(self.error, RequestHeaderFieldsTooLarge) or (
            self.headers_finished and self.header_bytes_received - len(line) > HEADERS_SIZE
        ):
            return RequestHeaderFieldsTooLarge(f"the header fields of the request have more than {HEADERS_SIZE} bytes")
        return None

    def _body_error(self) -> Error | None:
        # It is read again from its start with each piece that comes.
        rest = self.body_rcv.control_line if isinstance(self.body_rcv, ChunkedReceiver) else b""
        if len(rest) > CHUNK_LINE_SIZE:
            return BadRequest(f"the line before a chunk has more than {CHUNK_LINE_SIZE} bytes")
        return None
