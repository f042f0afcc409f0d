"""Answering over HTTP: what a request asks for beside its query, and the response that an answer becomes."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Response, g, request
from werkzeug.wsgi import wrap_file

from kg.ground.terms import digest
from kg.serve.engine import Answer
from kg.serve.formats import Format, named_format
from kg.serve.negotiation import choose
from kg.serve.web.problems import NotAcceptableError, RequestError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

FORMAT_NAMES = ("format", "output", "results")
"""The parameters by which clients name a format. There is no standard for it, and some send all three."""

_MANY = 1000
"""A number of seconds that no client means: from here on, ``timeout`` is in milliseconds."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A query operation of the protocol. Graphs are None where the request names none of that kind."""

    text: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    format_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    deadline: float | None = None
    rewrite: bool = True
    explain: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """All that the answer depends on beside the release and the format.

        A query that is not rewritten may have its rows in another order, and who asks for that wants to see it.
        """
        graphs = (repr(self.default_graphs), repr(self.named_graphs))
        return (*graphs, self.text) if self.rewrite else ("as it is", *graphs, self.text)


def client_left() -> Callable[[], bool]:
    """What tells, now and while a query runs, whether the client of the current request has hung up."""
    return left_in(request.environ)


def left_in(environ: WSGIEnvironment) -> Callable[[], bool]:
    """What tells whether the client has hung up whose request an environment is of."""
    told: Callable[[], bool] = environ.get("waitress.client_disconnected", lambda: False)
    return told


def chosen_format(values: Mapping[str, Sequence[str]], offered: Sequence[Format]) -> Format:
    """The format that the parameters of a request name, or else the one that its header ``Accept`` prefers.

    Raises `NotAcceptableError` for a name or a header that fits none of those that are offered.
    """
    return format_for(values, request.headers.get("Accept", ""), offered)


def format_for(values: Mapping[str, Sequence[str]], accept: str, offered: Sequence[Format]) -> Format:
    """The format that parameters name, or else the one that a header ``Accept`` prefers; raises as `chosen_format`."""
    names = [name for key in FORMAT_NAMES for name in values.get(key, ()) if name.strip()]
    found = next(filter(None, (named_format(name, tuple(offered)) for name in names)), None)
    chosen = found if names else choose(accept, offered)
    if chosen is None:
        raise NotAcceptableError(
            f"the format is {' or '.join(map(repr, dict.fromkeys(names)))}"
            if names
            else f"the client accepts only {accept}",
            expected="one of " + ", ".join(dict.fromkeys(fmt.media_type for fmt in offered)),
            remedy="change format=… or the header Accept",
        )
    return chosen


def given_deadline(values: Mapping[str, Sequence[str]]) -> float | None:
    """The seconds that the client gives its query: ``timeout``, or ``maxQueryTimeMillis``; None without either.

    A ``timeout`` of a thousand and more is taken for milliseconds, as some clients send it.

    Raises `RequestError` for what is no number.

    >>> given_deadline({"timeout": ["2500"]}), given_deadline({"maxQueryTimeMillis": ["1500000"]})
    (2.5, 1500.0)
    """
    for name in ("timeout", "maxQueryTimeMillis"):
        for value in values.get(name, ()):
            number = _number(name, value)
            if number > 0:  # 0 is how some clients say: no limit of mine
                return number / 1000 if name != "timeout" or number >= _MANY else number
    return None


def _number(name: str, value: str) -> float:
    unit = "seconds" if name == "timeout" else "milliseconds"
    try:
        number = float(value)
    except ValueError as error:
        raise RequestError(f"{name} is {value!r}", expected=f"a number of {unit}") from error
    if math.isnan(number):
        raise RequestError(f"{name} is {value!r}", expected=f"a number of {unit}")
    return number


def answer_tag(release: str, fmt: Format, parts: Iterable[str]) -> str:
    """The ETag of an answer: the release, by which a client knows the state of the graph, and what was asked of it."""
    return f"{release}-{digest(fmt.media_type, *parts)}"


def respond(
    run: Callable[[], Answer], fmt: Format, release: str, parts: Sequence[str] | None, *, tagged: bool = True
) -> Response:
    """The response to a query: 304 if the client has the answer, else the answer that ``run`` begins.

    ``release`` is the hash of the one that is served now; ``parts`` is all that the answer depends on beside it and
    its format, None for an answer that must not be kept. One that is not ``tagged`` must not be kept by clients.

    Raises `QueryError` for what fails before the first bytes are sent.
    """
    tag = answer_tag(release, fmt, parts) if parts is not None and tagged else None
    known = request.if_none_match
    if tag and known.contains_weak(tag) and not known.star_tag:  # `*` is said of what there is, and this may fail
        return cacheable(Response(status=304), tag)
    answer = run()
    # The release may have been swapped since the tag was made; what other endpoints say may change at any time.
    g.content = None if parts is None or answer.federated else answer_tag(answer.release.hash, fmt, parts)
    if g.content and tagged and known.contains_weak(g.content):
        answer.close()
        return cacheable(Response(status=304), g.content)
    return cacheable(_response(answer), g.content if tagged else None)


def content_name() -> str | None:
    """What names the content of the answer to this request, whether the client is told it or not; None for no query."""
    name: str | None = g.get("content")
    return name


def cacheable(response: Response, tag: str | None) -> Response:
    """Let caches keep an answer as long as its release is served: they ask, and are told so without running it."""
    response.vary.add("Accept")
    response.headers["X-Content-Type-Options"] = "nosniff"
    if tag:
        response.set_etag(tag, weak=True)
        response.headers["Cache-Control"] = "public, no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def _response(answer: Answer) -> Response:
    if answer.size is None and request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return _stored(answer)
    response = Response(answer, content_type=answer.format.content_type)
    if answer.size is not None:
        response.content_length = answer.size
    return response


def _stored(answer: Answer) -> Response:
    """The whole answer from a temporary file: without chunks or a length, a broken HTTP/1.0 answer looks complete."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the response)
    with closing(answer):
        file.writelines(answer)
    size = file.tell()
    file.seek(0)
    # The server sends a file by itself: a client that reads slowly holds no thread.
    pieces = wrap_file(request.environ, file)
    response = Response(pieces, content_type=answer.format.content_type, direct_passthrough=True)
    response.content_length = size
    return response
