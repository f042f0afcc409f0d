"""The short way of a query: what most requests to ``/sparql`` are is answered without the framework.

Flask takes some 0.4 ms of a processor for a request, more than the engine for a small query. So what programs send (GET
with a query, POST with one) is answered here, and all else by the application behind: whoever may want a page, other
methods and media types, and whatever is wrong with a request, which that tells. Both ways give the same answers.

A response that clients may keep is kept here too (RFC 9111): as long as its release is served, who asks the same in the
same way is given it again, or told that nothing has changed.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import InternalServerError
from werkzeug.http import parse_etags
from werkzeug.wsgi import ClosingIterator

from kg.ground.errors import SidesError
from kg.serve import guard
from kg.serve.clients import group
from kg.serve.codings import IDENTITY, Choice, choose_coding, compress
from kg.serve.engine import Answer
from kg.serve.engine.cache import Cache, Kept
from kg.serve.formats import Format, formats_of
from kg.serve.web import compression, cors, problems, sparql
from kg.serve.web.answering import Operation, answer_tag, format_for, left_in
from kg.serve.web.observation import failures, observed_in, record_of
from kg.serve.web.state import State, state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = "/sparql"
_MEBIBYTE = 1024 * 1024
_ROOM = 32 * _MEBIBYTE
"""The room for responses that are kept."""
_CORS = (("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", cors.EXPOSED))

Headers = dict[str, str]

logger = logging.getLogger(__name__)


def install(app: Flask) -> None:
    """Put the short way in front of an application."""
    app.wsgi_app = Direct(app.wsgi_app, state(app), compression.kept_by(app))  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it was read: what is asked for, its outline, the format and the coding of the answer."""

    operation: Operation
    outline: guard.Outline
    format: Format
    coding: Choice
    accept: str
    key: tuple[str, ...] | None
    """What the response depends on beside the release; None if clients may not keep it."""


@dataclass(frozen=True, slots=True)
class _Response:
    """A response that is kept, with the query and what is told of the answer."""

    release: str
    tag: str
    headers: Headers
    body: bytes
    text: str
    answer: Answer


class Direct:
    """The WSGI application that answers queries, and hands other requests to the one behind it.

    ``compressed`` is where compressed answers are kept.
    """

    def __init__(self, behind: WSGIApplication, shared: State, compressed: Cache[Kept]) -> None:
        self._behind = behind
        self._state = shared
        self._compressed = compressed
        self._kept: Cache[_Response] = Cache(_ROOM)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if not _is_plain(environ):
            return self._behind(environ, start_response)
        coding = choose_coding(environ.get("HTTP_ACCEPT_ENCODING"))
        try:
            pieces = self._plain(coding, environ, start_response)
        except SidesError as error:
            return self._fail(problems.from_error(error), coding, environ, start_response)
        except Exception:  # as Flask does it: whatever fails, the client is told in the usual shape
            logger.exception("a request failed")
            return self._fail(problems.from_http(InternalServerError()), coding, environ, start_response)
        return self._behind(environ, start_response) if pieces is None else pieces

    def _plain(self, coding: Choice, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes] | None:
        """Answer a request that may be one of a program; None if it is for the application behind."""
        key = _key(environ)
        kept = self._kept.get(key) if key else None
        if kept and kept.release == self._state.engine.release.hash:
            record_of(environ).route = _PATH
            return self._again(kept, environ, start_response)
        asked = self._read(coding, environ, key)
        if asked is None:
            return None
        record_of(environ).route = _PATH
        return self._answer(asked, environ, start_response)

    def _read(self, coding: Choice, environ: WSGIEnvironment, key: tuple[str, ...] | None) -> _Asked | None:
        """What a request asks for; None if it is for the application behind, which also tells what is wrong with it."""
        accept = environ.get("HTTP_ACCEPT", "")
        try:
            parameters = self._parameters(environ)
            if parameters is None or coding.coding is None or sparql.too_long(parameters, self._state.settings):
                return None
            operation = sparql.operation_of(parameters)
            outline = guard.outline(operation.text)
            fmt = format_for(operation.format_names, accept, formats_of(outline.form))
        except SidesError:
            return None
        page = any("html" in name for names in operation.format_names.values() for name in names)
        if operation.explain or page:
            return None
        return _Asked(operation, outline, fmt, coding, accept, None if outline.volatile else key)

    def _parameters(self, environ: WSGIEnvironment) -> list[tuple[str, str]] | None:
        """The parameters of the address and of a body that is one of the usual ones; None for another."""
        found = sparql.decoded_pairs(environ["QUERY_STRING"].encode("latin-1"), "URL")
        if environ["REQUEST_METHOD"] == "GET":
            return found
        media_type = _body_type(environ)
        length = environ.get("CONTENT_LENGTH", "")
        most = self._state.settings.request_size * _MEBIBYTE
        if media_type is None or not length.isdecimal() or not 0 < int(length) <= most:
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = io.BytesIO(body)  # for the application behind, should it be the one to answer
        if media_type == sparql.FORM:
            return found + sparql.decoded_pairs(body, "body")
        return [*found, ("query", sparql.decoded(body, "body"))]

    def _answer(self, asked: _Asked, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a query. Raises `SidesError`."""
        operation, engine = asked.operation, self._state.engine
        parts = operation.parts
        if asked.key and "HTTP_IF_NONE_MATCH" in environ:
            current = answer_tag(engine.release.hash, asked.format, parts)
            if _has(environ, current, unseen=True):
                return _start(HTTPStatus.NOT_MODIFIED, _headers(current), [], start_response)
        answer = observed_in(environ, lambda: self._run(operation, asked.format, environ), operation.text)
        # The release may have been swapped meanwhile.
        changes = asked.outline.volatile or answer.federated
        name = None if changes else answer_tag(answer.release.hash, asked.format, parts)
        tag = name if asked.key else None
        headers = _headers(tag)
        if tag and _has(environ, tag):
            answer.close()
            return _start(HTTPStatus.NOT_MODIFIED, headers, [], start_response)
        headers["Content-Type"] = sparql.content_type(asked.format, asked.accept, operation.text)
        reasons = [("Sides-Service-Failed", reason) for reason in failures(answer)]
        if answer.size is None:
            return _start(HTTPStatus.OK, headers, _streamed(answer, asked.coding, headers), start_response, reasons)
        body = self._coded(b"".join(answer), asked.coding, name, headers)
        if tag and asked.key:
            told = Answer.kept(asked.format, answer.release, Kept(answer.variables, body, answer.rows))
            response = _Response(answer.release.hash, tag, headers, body, operation.text, told)
            self._kept.put(asked.key, response)
        return _start(HTTPStatus.OK, headers, [body], start_response, reasons)

    def _run(self, operation: Operation, fmt: Format, environ: WSGIEnvironment) -> Answer:
        return self._state.engine.query(
            operation.text,
            fmt.media_type,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            deadline=operation.deadline,
            cancelled=left_in(environ),
            client=group(record_of(environ).client),
            rewrite=operation.rewrite,
        )

    def _again(self, kept: _Response, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Give a response that was kept, or tell that the client has it."""
        if _has(environ, kept.tag):
            return _start(HTTPStatus.NOT_MODIFIED, _headers(kept.tag), [], start_response)
        self._state.engine.count_hit()
        observed_in(environ, lambda: kept.answer, kept.text)
        return _start(HTTPStatus.OK, kept.headers, [kept.body], start_response)

    def _fail(
        self, problem: problems.Problem, coding: Choice, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Tell what went wrong, as `kg.serve.web.app.show_problem` tells programs."""
        record_of(environ).outcome = problem.code
        headers = {"Content-Type": problems.MEDIA_TYPE, **problem.headers, "Cache-Control": "no-store", **_VARY}
        body = self._coded(problems.document(problem).encode(), coding, None, headers)
        return _start(problem.status, headers, [body], start_response)

    def _coded(self, body: bytes, coding: Choice, name: str | None, headers: Headers) -> bytes:
        """A whole body in the coding that the client prefers, and the headers that tell so."""
        chosen = coding.coding or IDENTITY
        gains = len(body) >= compression.SMALLEST or not coding.plain
        if chosen != IDENTITY and gains and len(body) <= compression.LARGEST_WHOLE:
            key = (chosen, _PATH, headers["Content-Type"], name) if name else None
            headers["Content-Encoding"] = chosen
            coded = compression.whole(lambda: body, chosen, self._compressed, key)
        else:
            coded = body
        headers["Content-Length"] = str(len(coded))
        return coded


def _streamed(answer: Answer, coding: Choice, headers: Headers) -> Iterable[bytes]:
    if coding.coding is None or coding.coding == IDENTITY:
        return answer
    headers["Content-Encoding"] = coding.coding
    return ClosingIterator(compress(answer, coding.coding), answer.close)


_VARY = {"Vary": "Accept, Accept-Encoding"}


def _headers(tag: str | None) -> Headers:
    """The headers of an answer that clients keep under a tag, or not at all."""
    if tag is None:
        return {**_VARY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    kept = {"ETag": f'W/"{tag}"', "Cache-Control": "public, no-cache"}
    return {**_VARY, "X-Content-Type-Options": "nosniff", **kept}


def _start(
    status: int,
    headers: Headers,
    pieces: Iterable[bytes],
    start_response: StartResponse,
    others: Iterable[tuple[str, str]] = (),
) -> Iterable[bytes]:
    phrase = HTTPStatus(status).phrase if status != problems.CLIENT_LEFT else "Client Closed Request"
    start_response(f"{int(status)} {phrase}", [*headers.items(), *others, *_CORS])
    return pieces


def _is_plain(environ: WSGIEnvironment) -> bool:
    """Whether a request may be one that is answered here: to the endpoint, by a program."""
    return (
        environ["PATH_INFO"] == _PATH
        and environ["REQUEST_METHOD"] in {"GET", "POST"}
        and "html" not in environ.get("HTTP_ACCEPT", "").lower()
        and environ.get("SERVER_PROTOCOL") != "HTTP/1.0"  # to which nothing can be streamed
    )


def _key(environ: WSGIEnvironment) -> tuple[str, ...] | None:
    """All that the response to a GET depends on, beside the release; not every cache knows the body of a POST."""
    if environ["REQUEST_METHOD"] != "GET":
        return None
    return environ["QUERY_STRING"], environ.get("HTTP_ACCEPT", ""), environ.get("HTTP_ACCEPT_ENCODING", "")


def _has(environ: WSGIEnvironment, tag: str, *, unseen: bool = False) -> bool:
    """Whether the client says that it has what a tag names. Of what is ``unseen``, ``*`` says nothing: it may fail."""
    given = environ.get("HTTP_IF_NONE_MATCH")
    if given is None:
        return False
    tags = parse_etags(given)
    return tags.contains_weak(tag) and not (unseen and tags.star_tag)


def _body_type(environ: WSGIEnvironment) -> str | None:
    """The media type of a body that is read here: a form or a query in UTF-8, as it is; None for another."""
    name, _, parameters = environ.get("CONTENT_TYPE", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if name.strip() not in {sparql.FORM, sparql.DIRECT} or charset not in {"", "utf-8"}:
        return None
    return None if "HTTP_CONTENT_ENCODING" in environ else name.strip()
