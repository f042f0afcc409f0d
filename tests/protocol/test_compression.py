"""Compressed answers: the coding that is asked for, whole or as a stream; a broken answer never looks whole."""

from __future__ import annotations

import http.client
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import brotli
import pytest
from flask import Response
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import kg.serve.web.compression
from kg.serve.codings import CODINGS, choose_coding, compress, zstd
from kg.serve.engine import Engine
from kg.serve.web import sparql
from kg.serve.web.app import create_app
from support.server_process import Server, received, target
from support.serving import PAIRS


def peak(process: int) -> int:
    """The most memory that a process has had, in KiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


DECODERS: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "gzip": lambda: zlib.decompressobj(16 + zlib.MAX_WBITS).decompress,
    "br": lambda: brotli.Decompressor().process,
    "zstd": lambda: zstd.ZstdDecompressor().decompress,
}


def ended(decode: Callable[[bytes], bytes]) -> bool:
    """Whether the decoder that a method belongs to has read the end mark of its coding."""
    decoder: Any = getattr(decode, "__self__", None)
    return bool(decoder.is_finished() if isinstance(decoder, brotli.Decompressor) else decoder.eof)


LONG = f"SELECT ?x {{ VALUES ?x {{ {' '.join(map(str, range(1000)))} }} }}"
MIDDLING = f"SELECT ?x {{ VALUES ?x {{ '{'y' * 500}' }} }}"
ALL = "gzip, deflate, br, zstd"

CHOICES = {
    "": "identity",
    "gzip": "gzip",
    "gzip, deflate": "gzip",
    "gzip, deflate, br": "br",
    ALL: "zstd",
    "GZIP;Q=1.0": "gzip",
    "x-gzip": "gzip",
    "zstd;q=0.1, br;q=0.2, gzip;q=0.3": "gzip",
    "zstd;q=0, br;q=0.000, gzip": "gzip",
    "zstd;q=0, br;q=0, gzip;q=0": "identity",
    "deflate": "identity",
    "*": "gzip",
    "*;q=0.5, br;q=0.1": "gzip",
    "gzip;q=0, *": "identity",
    "*;q=0, br": "br",
    "identity, gzip;q=0.5": "identity",
    "identity;q=0.5, gzip": "gzip",
    "gzip;q=nonsense": "identity",
    "br;q=0.5;x=1, gzip;q=0.4": "br",
    ", ,gzip": "gzip",
}


@pytest.mark.parametrize(("header", "coding"), CHOICES.items(), ids=str)
def test_the_coding_is_the_one_asked_for(header: str, coding: str) -> None:
    assert choose_coding(header).coding == coding


@given(st.lists(st.tuples(st.sampled_from([*CODINGS, "*", "identity", "deflate"]), st.integers(0, 10)), max_size=6))
def test_what_is_refused_is_never_chosen(entries: list[tuple[str, int]]) -> None:
    named = dict(reversed(entries))
    coding, plain = choose_coding(", ".join(f"{name};q={quality / 10}" for name, quality in entries))
    unnamed = named.get("*", 0)
    assert plain == (named.get("identity", unnamed if "*" in named else 1) > 0)
    if coding is None:
        assert not plain
        assert not any(named.get(name, 0) for name in CODINGS)
    elif coding == "identity":
        assert plain
    else:
        assert named.get(coding, unnamed) > 0
        assert named.get(coding, unnamed) >= max(named.get(name, 0) for name in CODINGS)


@pytest.mark.parametrize("coding", CODINGS)
def test_each_piece_can_be_read_when_it_comes(coding: str) -> None:
    decode = DECODERS[coding]()
    pieces = [b"the first piece, ", b"", b"and the second ", b"x" * 300_000]
    assert [decode(coded) for coded in compress(pieces, coding)] == [pieces[0], pieces[2], pieces[3], b""]


@pytest.mark.parametrize("coding", CODINGS)
def test_a_failure_leaves_the_coding_without_its_end(coding: str) -> None:
    def failing() -> Iterator[bytes]:
        yield b"a piece"
        raise ZeroDivisionError

    coded = compress(failing(), coding)
    part = next(coded)
    with pytest.raises(ZeroDivisionError):
        next(coded)
    whole = b"".join(compress([b"a piece"], coding))
    assert len(part) < len(whole)
    assert whole.startswith(part)


def ask(client: FlaskClient, query: str, encoding: str | None, method: str = "GET", **headers: str) -> TestResponse:
    sent = {**headers, **({} if encoding is None else {"Accept-Encoding": encoding})}
    return client.open("/sparql", method=method, query_string={"query": query}, headers=sent)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_answer_is_the_answer(client: FlaskClient, coding: str) -> None:
    plain, coded = ask(client, LONG, None), ask(client, LONG, coding)
    assert "Content-Encoding" not in plain.headers
    assert coded.headers["Content-Encoding"] == coding
    assert DECODERS[coding]()(coded.data) == plain.data
    assert coded.content_length == len(coded.data) < len(plain.data) / 4
    assert coded.content_type == plain.content_type
    for response in (plain, coded):
        assert {"Accept", "Accept-Encoding"} <= {*response.vary}


@pytest.mark.parametrize("refused", ["gzip;q=0", "*;q=0, identity", "identity", ""])
def test_what_is_refused_is_not_compressed(client: FlaskClient, refused: str) -> None:
    response = ask(client, LONG, refused)
    assert "Content-Encoding" not in response.headers
    assert response.data == ask(client, LONG, None).data


def test_a_small_answer_is_sent_as_it_is_unless_that_is_refused(client: FlaskClient) -> None:
    assert 500 < len(ask(client, MIDDLING, None).data) < 1024
    assert "Content-Encoding" not in ask(client, MIDDLING, ALL).headers
    response = ask(client, MIDDLING, "br, identity;q=0")
    assert response.headers["Content-Encoding"] == "br"
    assert brotli.decompress(response.data) == ask(client, MIDDLING, None).data


def test_a_client_that_takes_nothing_is_told_so(client: FlaskClient) -> None:
    response = ask(client, LONG, "compress, identity;q=0")
    assert response.status_code == 406
    assert response.json is not None
    assert response.json["code"] == "not-acceptable"
    assert response.json["expected"] == "one of zstd, br, gzip, identity"


@pytest.mark.parametrize("encoding", [ALL, None])
def test_head_tells_what_get_would(client: FlaskClient, encoding: str | None) -> None:
    get, head = (ask(client, LONG, encoding, method) for method in ("GET", "HEAD"))
    assert head.data == b""
    assert {**head.headers} == {**get.headers}
    assert head.content_length == len(get.data)


@pytest.mark.parametrize(("first", "second"), [(ALL, "gzip"), ("gzip", None), (None, ALL)])
def test_a_tag_is_good_in_any_coding(client: FlaskClient, first: str | None, second: str | None) -> None:
    tag = ask(client, LONG, first).headers["ETag"]
    assert tag.startswith('W/"')
    again = ask(client, LONG, second, **{"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert "Content-Encoding" not in again.headers
    assert "Accept-Encoding" in again.vary


def test_an_answer_that_is_kept_is_compressed_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(pieces: list[bytes], coding: str) -> object:
        calls.append(coding)
        return compress(pieces, coding)

    monkeypatch.setattr(kg.serve.web.compression, "compress", counted)
    client = create_app(engine.settings, engine, [sparql.blueprint]).test_client()
    answers = [ask(client, LONG, coding).data for coding in ("br", "gzip", "br", "gzip", "br")]
    assert calls == ["br", "gzip"]
    assert len({*answers}) == 2
    posted = [client.post("/sparql", data={"query": LONG}, headers={"Accept-Encoding": "br"}) for _ in range(3)]
    assert {response.data for response in posted} == {answers[0]}
    assert not any("ETag" in response.headers for response in posted)
    assert calls == ["br", "gzip"], "what was asked by GET is known"
    random = LONG.replace("{ VALUES", "{ BIND(RAND() AS ?random) VALUES").replace("?x {", "?x ?random {", 1)
    assert len({ask(client, random, "br").data for _ in range(3)}) == 3
    assert calls == ["br", "gzip", "br", "br", "br"]
    calls.clear()
    other = ask(client, LONG.replace("?x", "?other"), "br")
    assert b'"other"' in brotli.decompress(other.data)
    csv = ask(client, LONG, "br", Accept="text/csv")
    assert brotli.decompress(csv.data).startswith(b"x\r\n0\r\n")


def test_a_long_problem_is_compressed_too(client: FlaskClient) -> None:
    query = f"ASK {{ ?s ?p <http://e/{'a' * 2000}{{}}> }}"
    plain, coded = ask(client, query, None), ask(client, query, "gzip")
    assert plain.status_code == coded.status_code == 400
    assert ("Content-Encoding" in coded.headers) == (len(plain.data) >= 1024)


def other(engine: Engine, **given: object) -> FlaskClient:
    """A client of an application with one address more."""
    app = create_app(engine.settings, engine, [])

    @app.get("/other")
    def answer() -> Response:
        response = Response("a text " * 1000, mimetype=str(given.get("mimetype", "text/plain")))
        response.headers.update(given.get("headers", {}))  # type: ignore[arg-type]
        return response

    return app.test_client()


@pytest.mark.parametrize(
    "given",
    [
        {"mimetype": "font/woff2"},
        {"mimetype": "image/png"},
        {"headers": {"Content-Encoding": "gzip"}},
        {"headers": {"Content-Range": "bytes 0-6999/9000"}},
        {"headers": {"Cache-Control": "no-transform"}},
    ],
    ids=str,
)
def test_what_gains_nothing_or_must_stay_is_left_alone(engine: Engine, given: dict[str, object]) -> None:
    response = other(engine, **given).get("/other", headers={"Accept-Encoding": ALL})
    assert response.data == b"a text " * 1000
    assert "Accept-Encoding" not in response.vary


def test_a_strong_tag_becomes_a_weak_one(engine: Engine) -> None:
    client = other(engine, headers={"ETag": '"tag"', "Accept-Ranges": "bytes"})
    assert client.get("/other").headers["ETag"] == '"tag"'
    coded = client.get("/other", headers={"Accept-Encoding": ALL})
    assert coded.headers["ETag"] == 'W/"tag"'
    assert "Accept-Ranges" not in coded.headers


ROWS = f"{PAIRS.replace('*', '?a ?b ?d')} LIMIT 200000"


def answer_of(server: Server, query: str, coding: str, version: str = "1.1", **parameters: str) -> tuple[bytes, bytes]:
    """The head and the body of an answer as they come over the wire."""
    asked = (
        f"GET {target(query, **parameters)} HTTP/{version}\r\nHost: localhost\r\nAccept: text/csv\r\n"
        f"Accept-Encoding: {coding}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(asked.encode())
        head, _, body = received(connection).partition(b"\r\n\r\n")
    return head, body


def unchunked(body: bytes) -> tuple[list[bytes], bool]:
    """The whole chunks of a body, and whether the last one, which says that there is no other, is there."""
    chunks = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        if length == 0:
            return chunks, rest == b"\r\n"
        if len(rest) < length + 2:
            break
        chunks.append(rest[:length])
        body = rest[length + 2 :]
    return chunks, False


@pytest.mark.parametrize("coding", CODINGS)
def test_a_long_answer_is_compressed_while_it_is_sent(server: Server, coding: str) -> None:
    before = peak(server.process.pid)
    head, body = answer_of(server, ROWS, coding)
    assert f"Content-Encoding: {coding}".encode() in head
    assert b"Content-Length" not in head
    chunks, whole = unchunked(body)
    assert whole
    assert len(chunks) > 20
    decode = DECODERS[coding]()
    first = decode(chunks[0])
    assert first.startswith(b"a,b,d\r\n")
    assert len(first) > 1000, "the first piece waits for no other"
    text = first + b"".join(map(decode, chunks[1:]))
    assert text.count(b"\r\n") == 200_001
    assert len(body) < len(text) / 5
    assert peak(server.process.pid) - before < 40_000


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_stream_that_fails_is_cut(server: Server, coding: str) -> None:
    head, body = answer_of(server, PAIRS, coding, timeout="1")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert f"Content-Encoding: {coding}".encode() in head
    chunks, whole = unchunked(body)
    assert not whole
    assert len(chunks) > 20
    decode = DECODERS[coding]()
    text = b"".join(map(decode, chunks))
    assert b"query-timeout" not in text
    assert not ended(decode), "the coding has an end, so that a client behind a proxy would take it for whole"


def test_a_long_answer_to_http_1_0_keeps_its_length(server: Server) -> None:
    head, body = answer_of(server, ROWS, ALL, version="1.0")
    assert b"Content-Encoding" not in head
    assert f"Content-Length: {len(body)}".encode() in head
    head, body = answer_of(server, LONG, "gzip", version="1.0")
    assert b"Content-Encoding: gzip" in head
    assert f"Content-Length: {len(body)}".encode() in head


def test_a_client_that_leaves_a_compressed_stream_frees_its_worker(server: Server) -> None:
    assert server.whole()
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"GET {target(PAIRS)} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: zstd\r\n\r\n".encode())
        assert server.busy(1)
        assert connection.recv(1000)
    assert server.whole()


def test_head_of_a_stream_frees_its_worker(server: Server) -> None:
    assert server.whole()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("HEAD", target(PAIRS), headers={"Accept-Encoding": "br"})
        response = connection.getresponse()
        assert (response.status, response.headers["Content-Encoding"]) == (200, "br")
        assert response.read() == b""
        assert server.whole()
