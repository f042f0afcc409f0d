"""One shape for every error: ``application/problem+json`` (RFC 9457) for programs, a page for people."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType
from typing import Any

from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException

from kg.ground.errors import (
    AnnotationError,
    BusyError,
    EngineError,
    InputError,
    PermalinkGoneError,
    PermalinkLimitError,
    PermalinkSizeError,
    PermalinkStorageError,
    QueryCancelledError,
    QueryFailedError,
    QueryMemoryError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReleaseError,
    SavedQueryError,
    ServiceError,
    ServiceTimeoutError,
    SidesError,
    TooManyQueriesError,
    WorkerLostError,
)
from kg.ground.terms import BASE

MEDIA_TYPE = "application/problem+json"

CLIENT_LEFT = 499
"""What proxies log for a client that closed the connection; nobody is there to read it."""


class RequestError(SidesError):
    """An HTTP request that does not follow the protocol."""

    code = "request"


class NotAcceptableError(SidesError):
    """The client accepts no format in which this can be answered."""

    code = "not-acceptable"


class MediaTypeError(SidesError):
    """The body of the request has a media type, a charset or a coding that is not read here.

    ``accepted`` are the header fields that tell what is read.
    """

    code = "unsupported-media-type"

    def __init__(
        self, message: str, *, accepted: Mapping[str, str] | None = None, expected: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message, expected=expected, remedy=remedy)
        self.accepted = accepted or {}


READING = ("GET", "HEAD", "OPTIONS")
"""The methods of what is only read."""


class ReadOnlyError(SidesError):
    """The request would change what is only read here."""

    code = "read-only"


STATUS: Mapping[type[SidesError], int] = MappingProxyType(
    {
        RequestError: 400,
        NotAcceptableError: 406,
        MediaTypeError: 415,
        ReadOnlyError: 403,
        QuerySyntaxError: 400,
        QueryFailedError: 400,
        QueryRefusedError: 403,
        QueryTimeoutError: 503,
        QueryMemoryError: 503,
        BusyError: 503,
        TooManyQueriesError: 429,
        WorkerLostError: 500,
        EngineError: 502,
        ServiceError: 502,
        ServiceTimeoutError: 504,
        QueryCancelledError: CLIENT_LEFT,
        SavedQueryError: 400,
        InputError: 400,
        AnnotationError: 503,
        ReleaseError: 503,
        PermalinkSizeError: 413,
        PermalinkLimitError: 429,
        PermalinkStorageError: 507,
        PermalinkGoneError: 410,
        SidesError: 500,
    }
)
"""The HTTP status of each class of error; a class that is not named here has that of its nearest ancestor."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "request": "The request does not follow the protocol",
        "not-acceptable": "No format that the client accepts",
        "unsupported-media-type": "The body has a media type that is not read here",
        "read-only": "The graph is only read here",
        "query-syntax": "The query is not valid SPARQL",
        "query-failed": "The query could not be evaluated",
        "query-refused": "The query is not run here",
        "query-timeout": "The query took too long",
        "query-memory": "The query needed too much memory",
        "busy": "Too many queries at once",
        "too-many-queries": "Too many queries of one client at once",
        "worker-lost": "The process that ran the query died",
        "engine-failed": "The engine behind this server gave no answer that can be used",
        "service-failed": "Another endpoint gave no answer that can be used",
        "service-timeout": "Another endpoint did not answer in time",
        "query-cancelled": "The client left",
        "saved-query": "The saved query or a parameter is wrong",
        "release": "The data is not there",
        "annotation": "The text was not read",
        "permalink-size": "Too long to be kept under an address",
        "permalink-limit": "Too many addresses of one client",
        "permalink-storage": "No room for another address",
        "permalink-gone": "The answer is no longer kept",
    }
)
"""What each code says in a few words."""

_MARKS = re.compile("<[^>]*>")

_LINE = " in: "
"""What stands before the line of the text in what is wrong with a query."""

_RETRY_TIMEOUT = 30
"""Seconds after which a query that timed out may have a better chance, on a machine that is less busy."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the client is told it."""

    status: int
    code: str
    title: str
    detail: str
    expected: str | None = None
    hint: str | None = None
    line: int | None = None
    column: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    where: str | None = None
    """The place with which the detail begins, before a colon."""
    brief: str | None = None
    """The detail without the place and the line of the text: for whoever shows the mistake in the text itself."""
    particular: bool = True
    """Whether the detail tells more than the title does."""

    def members(self) -> dict[str, Any]:
        """The members of the problem document that are known."""
        values = {
            "type": f"{BASE}errors#{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "line": self.line,
            "column": self.column,
            "expected": self.expected,
            "hint": self.hint,
        }
        return {name: _plain(value) for name, value in values.items() if value is not None}

    def marked(self) -> dict[str, Any]:
        """As `members`, and ``brief`` where there is a place in the text that can be marked."""
        return {**self.members(), **({"brief": _plain(self.brief)} if self.brief else {})}


def _plain(value: object) -> object:
    """A text without the marks that a page shows it with; `Markup.striptags` would lose spaces that do not break."""
    return unescape(_MARKS.sub("", value)) if isinstance(value, Markup) else value


def status_of(error: SidesError) -> int:
    """The HTTP status of an error.

    >>> status_of(QueryTimeoutError("too long"))
    503
    """
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def from_error(error: SidesError) -> Problem:
    """The problem that one of our own errors is."""
    detail = f"{error.where}: {error.message}" if error.where else error.message
    broken = error if isinstance(error, QuerySyntaxError) else None
    return Problem(
        status=status_of(error),
        code=error.code,
        title=TITLES.get(error.code, "Something went wrong"),
        detail=detail,
        expected=error.expected,
        hint=error.remedy,
        line=broken.line if broken else None,
        column=broken.column if broken else None,
        headers=_headers(error),
        where=error.where,
        brief=broken.message.partition(_LINE)[0] if broken else None,
    )


def _headers(error: SidesError) -> dict[str, str]:
    # No Retry-After for want of memory: the same query would need as much again.
    if isinstance(error, BusyError | PermalinkLimitError):
        return {"Retry-After": str(error.retry_after)}
    if isinstance(error, MediaTypeError):
        return {**error.accepted}
    if isinstance(error, ReadOnlyError):
        return {"Allow": ", ".join(READING)}
    return {"Retry-After": str(_RETRY_TIMEOUT)} if isinstance(error, QueryTimeoutError) else {}


def from_http(error: HTTPException) -> Problem:
    """The problem that an error of routing or of reading the request is.

    >>> from werkzeug.exceptions import NotFound
    >>> from_http(NotFound()).code
    'not-found'
    """
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return Problem(
        status=error.code or 500,
        code=error.name.lower().replace(" ", "-"),
        title=error.name,
        detail=error.description or error.name,
        hint=f"use {headers['Allow']}" if "Allow" in headers else None,
        headers=headers,
        particular=error.description != type(error).description,
    )


def document(problem: Problem) -> str:
    """The problem as JSON."""
    return json.dumps(problem.members(), ensure_ascii=False, indent=1)


def plain_page(problem: Problem) -> str:
    """The problem as a small HTML page, where the site has no page of its own for it."""
    rows = [("Expected", problem.expected), ("What to do", problem.hint), ("Code", problem.code)]
    listed = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows if value)
    return Markup(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<title>{title}</title><main><h1>{title}</h1><p>{detail}</p><dl>{listed}</dl></main></html>"
    ).format(title=escape(problem.title), detail=problem.detail, listed=listed)
