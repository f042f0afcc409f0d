"""Bytes that are hardly a request: the real server refuses them or answers, and never fails."""

from __future__ import annotations

import os
import re
import socket

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from waitress.adjustments import Adjustments

from kg.serve.http.parser import RequestParser
from support.server_process import Server
from support.serving import EX

TIMES = int(os.environ.get("SIDES_FUZZ", "1"))

method = st.sampled_from([b"GET", b"POST", b"HEAD", b"QUERY", b"OPTIONS", b"TRACE", b"get", b""]) | st.binary(
    max_size=6
)
place = st.builds(
    bytes.__add__,
    st.sampled_from(
        [b"/sparql", b"/sparql?query=ASK%7B%7D&", b"/sparql?", b"/graphs/", b"//", b"*", b"http://a/", b""]
    ),
    st.binary(max_size=20),
)
version = st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b"", b"\xff"])
field = st.builds(
    b"%s:%s".__mod__,
    st.tuples(
        st.sampled_from(
            [
                b"Host",
                b"Accept",
                b"Accept-Encoding",
                b"Content-Type",
                b"Content-Length",
                b"Transfer-Encoding",
                b"Cookie",
                b"If-None-Match",
                b"Range",
                b"X-Forwarded-For",
                b"X-Request-ID",
                b"Expect",
                b"Connection",
                b"Upgrade",
            ]
        )
        | st.binary(max_size=6),
        st.sampled_from(
            [
                b" chunked",
                b" 5",
                b" -1",
                b" *",
                b" gzip;q=0",
                b" text/html",
                b" 100-continue",
                b" close",
                b" application/sparql-query",
                b" bytes=9-1",
                b"",
            ]
        )
        | st.binary(max_size=12),
    ),
)
head = st.builds(
    lambda first, fields: b"\r\n".join([b" ".join(first), *fields]) + b"\r\n\r\n",
    st.tuples(method, place, version),
    st.lists(field, max_size=5),
)
content = st.builds(bytes.__add__, head | st.binary(max_size=60), st.binary(max_size=40))


@settings(max_examples=120 * TIMES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content)
@example(b"GET /sparql?query=%ff HTTP/1.1\r\nHost:\xff\r\nAccept:\xff\r\n\r\n")
@example(b"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: 2\r\n\r\n\xff\xfe")
@example(b"POST /sparql HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
def test_no_bytes_make_it_fail(server: Server, content: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.3) as connection:
        try:
            connection.sendall(content)
            answer = connection.recv(100)
        except (TimeoutError, ConnectionError):  # it waits for the rest of the request, or has had enough
            answer = b""
    status = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    assert (status is not None) == bool(answer), answer
    assert status is None or status[1] < b"500" or status[1] == b"501", answer


def test_what_cannot_be_read_has_a_path_all_the_same() -> None:
    """Waitress asks for it when the client has left before it was told what was wrong."""
    parser = RequestParser(Adjustments())
    parser.received(b"\xff\r\n\r\n")
    assert parser.error
    assert parser.path == ""


def test_it_is_well_after_all_that(server: Server) -> None:
    assert server.whole()
    assert server.ask(f"SELECT ?n {{ <{EX}n7> <{EX}number> ?n }}").status == 200
