"""The SPARQL 1.1 Protocol at ``/sparql``: queries in every form that clients send, answers in every format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, RequestURITooLarge

from kg.ground.errors import BusyError, QueryRefusedError, WorkerLostError
from kg.ground.settings import Settings
from kg.serve import guard
from kg.serve.engine import Answer, Engine, description
from kg.serve.formats import GRAPH_FORMATS, Format, formats_of
from kg.serve.negotiation import HTML
from kg.serve.pairs import read_pairs
from kg.serve.web.answering import (
    FORMAT_NAMES,
    Operation,
    answer_tag,
    cacheable,
    chosen_format,
    client_left,
    given_deadline,
    respond,
)
from kg.serve.web.observation import asker, observed
from kg.serve.web.problems import MediaTypeError, RequestError
from kg.serve.web.state import state

blueprint = Blueprint("sparql", __name__)

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
METHODS = ("GET", "HEAD", "POST", "QUERY", "OPTIONS")

_BODIES = f"{FORM}, {DIRECT}"
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_PARAMETERS = 1000
_ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")

EDITOR = "pages.editor"
"""The view, if there is one, that shows the query editor."""


@blueprint.route("/sparql", methods=METHODS, provide_automatic_options=False)
@blueprint.route("/sparql/", methods=METHODS, provide_automatic_options=False)
def endpoint() -> ResponseReturnValue:
    """Answer one request at the endpoint."""
    if request.method == "OPTIONS":
        return _options()
    parameters = _parameters()
    if request.method in {"GET", "HEAD"} and not {"query", "update"} & {*dict(parameters)}:
        return _describe(parameters)
    operation = operation_of(parameters)
    if operation.explain:
        return _explained(operation)
    shape = guard.outline(operation.text)
    fmt = chosen_format(operation.format_names, _offered(shape.form, operation.format_names))
    page = state().results_page
    if fmt is HTML and page:
        return page(operation)
    # Not every cache knows that the answer to a POST depends on its body.
    tagged = request.method != "POST"
    parts = operation.parts
    release = state().engine.release.hash
    kept = None if shape.volatile else parts
    response = respond(lambda: _run(operation, fmt), fmt, release=release, parts=kept, tagged=tagged)
    response.headers["Content-Type"] = content_type(fmt, request.headers.get("Accept", ""), operation.text)
    return response


def content_type(fmt: Format, accept: str, text: str) -> str:
    """The type of an answer, with the version of SPARQL where the client reads 1.2 or the answer needs it."""
    if fmt.versioned and (("version" in accept and _reads_1_2(accept)) or guard.needs_1_2(text)):
        return f"{fmt.content_type}; version=1.2"
    return fmt.content_type


def _reads_1_2(accept: str) -> bool:
    """Whether the client says beside a media type that it reads SPARQL 1.2."""
    accepted = re.findall(r';\s*version="?([\w.-]+)', accept)
    return any(version.startswith("1.2") for version in accepted)


def _run(operation: Operation, fmt: Format) -> Answer:
    left, client = client_left(), asker()
    return observed(
        lambda: state().engine.query(
            operation.text,
            fmt.media_type,
            default_graphs=operation.default_graphs,
            named_graphs=operation.named_graphs,
            deadline=operation.deadline,
            cancelled=left,
            client=client,
            rewrite=operation.rewrite,
        ),
        operation.text,
    )


def _explained(operation: Operation) -> Response:
    """How the query would be rewritten, without running it."""
    told = state().engine.explain(
        operation.text,
        default_graphs=operation.default_graphs,
        named_graphs=operation.named_graphs,
        client=asker(),
        rewrite=operation.rewrite,
    )
    return cacheable(Response(told, content_type="application/json"), None)


@blueprint.get("/healthz")
def health() -> Response:
    """Tell that the server is alive, which release it serves, and what its workers do."""
    engine = state().engine
    try:
        _probe(engine)
        status = "ok"
    except BusyError:  # every worker is at work on something, within its limits
        status = "busy"
    return jsonify(status=status, release=engine.release.hash, workers=engine.census(), **engine.health())


def _probe(engine: Engine) -> None:
    """Have a worker answer; another one, if the first was killed at rest a moment ago."""
    try:
        engine.query("ASK {}", deadline=1, fresh=True).close()
    except WorkerLostError:
        engine.query("ASK {}", deadline=1, fresh=True).close()


def _options() -> Response:
    headers = {"Allow": ", ".join(METHODS), "Accept-Post": _BODIES, "Accept-Query": _BODIES}
    response = Response(status=204, headers=headers)
    del response.headers["Content-Type"]  # there is no content
    return response


def _parameters() -> list[tuple[str, str]]:
    """The parameters from the URL and the body; a query sent as the body itself counts as the parameter ``query``."""
    found = decoded_pairs(request.query_string, "URL")
    _bound(found, RequestURITooLarge)
    if request.method in {"GET", "HEAD"}:
        return found
    body = request.get_data(cache=False)
    if not body:
        return found  # Blazegraph posts with the query in the URL, and neither body nor type
    _check_coding()
    if request.mimetype in {FORM, DIRECT}:
        sent = decoded_pairs(body, "body") if request.mimetype == FORM else [("query", decoded(body, "body"))]
        _bound(sent, RequestEntityTooLarge)
        return found + sent
    if request.mimetype == UPDATE:
        raise _update()
    raise MediaTypeError(
        f"the body is {request.mimetype or 'of no declared type'}",
        accepted={"Accept-Post": _BODIES, "Accept-Query": _BODIES},
        expected=f"{DIRECT} with the query as it is, or {FORM} with query=…",
        remedy="set the header Content-Type",
    )


def too_long(parameters: Sequence[tuple[str, str]], settings: Settings) -> bool:
    """Whether the text of a query is longer than `Settings.query_size`, in bytes of UTF-8."""
    most = settings.query_size * 1024
    texts = (value for name, value in parameters if name == "query" and 4 * len(value) > most)
    return any(len(text.encode(errors="surrogatepass")) > most for text in texts)


def _bound(parameters: Sequence[tuple[str, str]], error: type[HTTPException]) -> None:
    """Refuse a query that is too long: where it came from says how."""
    settings = state().settings
    if too_long(parameters, settings):
        raise error(f"the query has more than {settings.query_size} KiB; leave out what is not needed, or split it")


def _check_coding() -> None:
    """Refuse a body that says that it is compressed, or in another charset than UTF-8.

    Raises `MediaTypeError`.
    """
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding != "identity":
        raise MediaTypeError(
            f"the body is in the coding {coding}",
            accepted={"Accept-Encoding": "identity"},
            expected="a body that is not compressed",
            remedy="send the query as it is",
        )
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in _CHARSETS:
        raise MediaTypeError(
            f"the body is in {charset}",
            accepted={"Accept-Post": _BODIES, "Accept-Query": _BODIES},
            expected="UTF-8",
            remedy="encode the query as UTF-8 (SPARQL 1.1 Protocol, section 2.1.3)",
        )


def decoded_pairs(encoded: bytes, place: str) -> list[tuple[str, str]]:
    """The parameters that a place has. Raises `RequestError`."""
    try:
        return read_pairs(encoded, most=_PARAMETERS)
    except UnicodeDecodeError as error:
        raise _not_utf8(place) from error
    except ValueError as error:
        raise RequestError(f"the {place} has too many parameters", expected=f"at most {_PARAMETERS}") from error


def decoded(encoded: bytes, place: str) -> str:
    """The text that a place has. Raises `RequestError`."""
    try:
        return encoded.decode("utf-8-sig")
    except ValueError as error:
        raise _not_utf8(place) from error


def _not_utf8(place: str) -> RequestError:
    return RequestError(
        f"the {place} of the request cannot be decoded", expected="UTF-8", remedy="encode the query as UTF-8"
    )


def _update() -> QueryRefusedError:
    return QueryRefusedError(
        "the request is an update",
        expected="a query: SELECT, ASK, CONSTRUCT or DESCRIBE",
        remedy="this graph is only read here; it is changed through its sources and a new build",
    )


def _by_name(parameters: list[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    return values


def operation_of(parameters: list[tuple[str, str]]) -> Operation:
    """What the parameters ask for. Raises `RequestError`, and `QueryRefusedError` for an update."""
    values = _by_name(parameters)
    if "update" in values:
        raise _update()
    queries = values.get("query", [])
    if len(queries) != 1:
        raise RequestError(
            f"the request has {len(queries) or 'no'} query parameters",
            expected="exactly one parameter: query",
            remedy="send query=… once, in the URL or in the body",
        )
    default, named = (graph_names(values, name) for name in ("default-graph-uri", "named-graph-uri"))
    names = {key: values[key] for key in FORMAT_NAMES if key in values}
    rewrite = "off" not in values.get("rewrite", ())
    explain = "1" in values.get("explain", ())
    return Operation(queries[0], default, named, names, given_deadline(values), rewrite, explain)


def graph_names(values: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...] | None:
    """The graphs that a parameter names; None without it. Raises `RequestError` for what is no absolute IRI."""
    for value in values.get(name, ()):
        if not _ABSOLUTE_IRI.fullmatch(value):
            raise RequestError(
                f"{name} is {value!r}", expected="an absolute IRI", remedy="name a graph by its whole IRI"
            )
    return tuple(values[name]) if name in values else None


def _offered(form: str, names: Mapping[str, Sequence[str]]) -> tuple[Format, ...]:
    """The formats in which a query of this form can be answered, and a page for people where the site has one.

    What is posted is shown as a page to browsers, which take XHTML too: Java's client always names ``text/html``.
    """
    by_name = any(HTML.suffix in values or HTML.media_type in values for values in names.values())
    for_people = request.method in {"GET", "HEAD"} or by_name or HTML.aliases[0] in request.headers.get("Accept", "")
    return (*formats_of(form), HTML) if state().results_page and for_people else formats_of(form)


def _describe(parameters: list[tuple[str, str]]) -> ResponseReturnValue:
    """The answer to a request without a query: what this service is, or the editor for a browser."""
    fmt = chosen_format(_by_name(parameters), (*GRAPH_FORMATS, HTML))
    if fmt is HTML:
        editor = current_app.view_functions.get(EDITOR)
        return current_app.ensure_sync(editor)() if editor else redirect("/#query", 303)
    release = state().engine.release
    content = description.describe(endpoint_url(), release)
    response = Response(description.write(content, fmt), content_type=fmt.content_type)
    response.headers["Accept-Post"] = _BODIES
    return cacheable(response, answer_tag(release.hash, fmt, ("description", endpoint_url()))).make_conditional(request)


def endpoint_url() -> str:
    """The address of this endpoint as the public sees it."""
    base = state().settings.public_url or request.host_url
    return f"{base.rstrip('/')}/sparql"
