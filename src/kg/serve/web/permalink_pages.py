"""Permanent addresses of answers: made by ``POST /q``, answered at ``/q/ID`` from the bytes that were kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from kg.ground.citation import BIBTEX_TYPE, CFF_TYPE, Work, bibtex, cff
from kg.ground.errors import PermalinkGoneError, PermalinkSizeError, PermalinkStorageError, QueryError, ServiceError
from kg.ground.release import FOLDER, PastRelease
from kg.serve import guard
from kg.serve.engine.conversion import GRAPH_FORMAT, TABLE_FORMAT, convert
from kg.serve.formats import Format, formats_of
from kg.serve.negotiation import HTML, choose
from kg.serve.permalinks import LARGEST_ANSWER, LONGEST_QUERY, Permalink, Permalinks, Quota
from kg.serve.web import display
from kg.serve.web.answering import chosen_format, client_left
from kg.serve.web.answers import Asking, suffixes
from kg.serve.web.cite_pages import JSON, Cited, plain
from kg.serve.web.dataset import release_work
from kg.serve.web.drawing import asked_view, seen
from kg.serve.web.kept import releases_folder
from kg.serve.web.observation import asker, failures, observed
from kg.serve.web.ordering import of_query
from kg.serve.web.problems import MediaTypeError, RequestError, from_error
from kg.serve.web.query_pages import MANNER, QUERY_FORMAT, bound_query
from kg.serve.web.site import page_number, site
from kg.serve.web.sparql import DIRECT, FORM, graph_names
from kg.serve.web.state import state
from kg.serve.web.table import stored_table

BIBTEX = Format(BIBTEX_TYPE, "", "bib")
CFF = Format(CFF_TYPE, "", "cff")

_KEY = "sides-permalinks"
_YEAR = 365 * 24 * 3600
_GRAPHS = ("default-graph-uri", "named-graph-uri")

blueprint = Blueprint("permalinks", __name__)


@blueprint.record
def _prepare(setup: BlueprintSetupState) -> None:
    app: Flask = setup.app  # type: ignore[assignment]
    settings = state(app).settings
    app.extensions[_KEY] = (Permalinks(settings.releases_path, settings.permalinks), Quota())


def _store() -> Permalinks:
    return cast("Permalinks", current_app.extensions[_KEY][0])


def _quota() -> Quota:
    return cast("Quota", current_app.extensions[_KEY][1])


@blueprint.app_template_global("can_cite")
def can_cite() -> bool:
    """Whether answers can be given addresses here."""
    return _store().writable


@blueprint.post("/q")
def make() -> ResponseReturnValue:
    """Run a query, keep its answer, and give both an address; the same answer has the same address.

    Raises `QueryError`, and the errors of addresses for what is too large, too much, or has no room.
    """
    if not _store().writable:
        raise PermalinkStorageError(
            "no addresses of answers are made here", remedy="cite the release (/cite) and the text of the query"
        )
    asked = _asked()
    size = sum(len(text.encode()) for text in (asked.query, *(asked.default_graphs or ()), *(asked.named_graphs or ())))
    if size > LONGEST_QUERY:
        raise PermalinkSizeError(
            f"the query and the names of its graphs have {size} bytes",
            expected=f"at most {LONGEST_QUERY}",
            remedy="shorten it, or cite the release and publish the text of the query elsewhere",
        )
    client = asker()
    _quota().check(client)
    permalink, answer = _answered(asked)
    kept = {path.name for path in (releases_folder() / FOLDER).glob("*")}  # none beside another engine
    size = _store().put(permalink, answer, {*kept, permalink.release})
    if size:
        _quota().count(client, size)
    address = f"{site().address}q/{permalink.id}"
    if choose(request.headers.get("Accept", ""), (JSON, HTML)) is HTML:
        return redirect(f"/q/{permalink.id}", 303)
    response = jsonify(address=address, **_told(permalink))
    response.status_code = 201 if size else 200
    response.headers["Location"] = address
    response.headers["Cache-Control"] = "no-store"
    return response


def _told(permalink: Permalink) -> dict[str, object]:
    graphs = dict(zip(_GRAPHS, (permalink.default_graphs, permalink.named_graphs), strict=True))
    return {
        "id": permalink.id,
        "query": permalink.query,
        **{name: list(found) for name, found in graphs.items() if found is not None},
        **({"saved": permalink.saved, "parameters": list(permalink.parameters)} if permalink.saved else {}),
        "release": permalink.release,
        "sha256": permalink.sha256,
        "created": permalink.created,
    }


def _asked() -> Permalink:
    """What a request wants to have an address, not yet answered."""
    if request.mimetype == DIRECT:
        try:
            values = {"query": [request.get_data(cache=False).decode("utf-8-sig")]}
        except ValueError as error:
            raise RequestError("the body cannot be decoded", expected="UTF-8") from error
    elif request.mimetype == FORM:
        values = dict(request.form.lists())
    else:
        raise MediaTypeError(
            f"the body is {request.mimetype or 'of no declared type'}",
            accepted={"Accept-Post": f"{FORM}, {DIRECT}"},
            expected=f"{DIRECT} with the query as it is, or {FORM} with query=… or saved=…",
            remedy="set the header Content-Type",
        )
    given = (len(values.get("query", ())), len(values.get("saved", ())))
    if given not in {(1, 0), (0, 1)}:
        raise RequestError(
            f"the request has {given[0]} queries and names {given[1]} saved queries",
            expected="exactly one of the parameters query and saved",
            remedy="send query=… with its text, or saved=… with the name of a saved query",
        )
    return _saved(values) if given[1] else _written(values)


def _written(values: dict[str, list[str]]) -> Permalink:
    text = values["query"][0]
    default, named = (graph_names(values, name) for name in _GRAPHS)
    return Permalink(text, guard.outline(text).form, "", "", default, named)


def _saved(values: dict[str, list[str]]) -> Permalink:
    query = site().catalogue.get(values["saved"][0])
    if query is None:
        abort(404, description=f"there is no saved query {values['saved'][0][:100]!r}; /queries lists them")
    given = {name: found for name, found in values.items() if name not in MANNER | {"saved"}}
    pairs = tuple(sorted((name, value) for name, found in given.items() for value in found if value.strip()))
    text = bound_query(query, given)
    return Permalink(text, query.form, "", "", saved=query.name, parameters=pairs, titles=dict(query.summary))


def _answered(asked: Permalink) -> tuple[Permalink, bytes]:
    """What was asked with the answer that it has now.

    Raises `QueryError`, also where another endpoint failed in silence, and `PermalinkSizeError` for a long answer.
    """
    left, client = client_left(), asker()
    answer = observed(
        lambda: site().engine.query(
            asked.query,
            GRAPH_FORMAT if asked.is_graph else TABLE_FORMAT,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
            cancelled=left,
            client=client,
        ),
        asked.query,
    )
    with closing(answer):
        if answer.size is None or answer.size > LARGEST_ANSWER:
            raise PermalinkSizeError(
                "the answer is too long to be kept",
                expected=f"at most {LARGEST_ANSWER} bytes of Query Results JSON or N-Triples",
                remedy="ask for less, or cite the release, whose files stay the same, and the text of the query",
            )
        body = b"".join(answer)
        if answer.failed_services:
            raise ServiceError(
                f"a part of the answer is missing: {'; '.join(failures(answer))}",
                expected="a whole answer, since it is kept for good",
                remedy="try again later, or leave the SERVICE clause out",
            )
    permalink = replace(
        asked,
        release=answer.release.hash,
        sha256=hashlib.sha256(body).hexdigest(),
        federated=answer.federated,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return permalink, body


@blueprint.get("/q/<name>")
def show(name: str) -> Response:
    """What an address stands for: people get a page, programs the answer in the format that they prefer."""
    permalink, answer = _found(name)
    chosen = chosen_format(dict(request.args.lists()), (*formats_of(permalink.form), HTML, QUERY_FORMAT, BIBTEX, CFF))
    return _page(permalink, answer) if chosen is HTML else _file(permalink, answer, chosen)


@blueprint.get("/q/<name>.<suffix>")
def file(name: str, suffix: str) -> Response:
    """The answer in the format of a suffix, the text of the query (``.rq``), or the citation (``.bib``, ``.cff``)."""
    permalink, answer = _found(name)
    known = (*formats_of(permalink.form), QUERY_FORMAT, BIBTEX, CFF)
    chosen = next((fmt for fmt in known if fmt.suffix == suffix), None)
    if chosen is None:
        abort(404)
    return _file(permalink, answer, chosen)


def _found(name: str) -> tuple[Permalink, bytes | None]:
    found = _store().get(name)
    if found is None:
        abort(404, description=f"no answer has the address /q/{name[:40]}")
    return found


def _file(permalink: Permalink, answer: bytes | None, fmt: Format) -> Response:
    if fmt in {BIBTEX, CFF}:
        work = _work(permalink)
        content, content_type = (bibtex if fmt is BIBTEX else cff)(work).encode(), f"{fmt.media_type}; charset=utf-8"
    elif fmt is QUERY_FORMAT:
        content, content_type = permalink.query.encode(), f"{fmt.media_type}; charset=utf-8"
    elif answer is None:
        raise gone(permalink)
    else:
        content, content_type = convert(answer, guard.outline(permalink.query), fmt), fmt.content_type
        if fmt.versioned and guard.needs_1_2(permalink.query):
            content_type += "; version=1.2"
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{permalink.id}.{fmt.suffix}"'
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Link"] = f'<{site().address}q/{permalink.id}>; rel="cite-as"'  # RFC 8574
    response.vary.add("Accept")
    response.set_etag(f"{permalink.id}-{fmt.suffix}", weak=True)
    response.make_conditional(request)
    return response


def gone(permalink: Permalink) -> PermalinkGoneError:
    """Why an address no longer has its answer."""
    return PermalinkGoneError(
        f"the answer at /q/{permalink.id} came from release {permalink.release}, which is gone, and had to give way",
        remedy=f"/q/{permalink.id}.rq still has the query, to be asked of the release that is served now, and "
        f"the SHA-256 of the answer is {permalink.sha256}",
    )


def _title(permalink: Permalink, language: str) -> str:
    t = site().languages[language]
    return permalink.titles.get(language) or t("permalink.untitled", id=permalink.id)


def _work(permalink: Permalink, language: str = "en") -> Work:
    """The answer as it is cited: a part of its release."""
    whole = release_work(PastRelease(permalink.release, "", {}, 0))
    url = f"{site().address}q/{permalink.id}"
    return replace(whole, title=_title(permalink, language), part_of=whole.title, date=permalink.created[:10], url=url)


def _page(permalink: Permalink, answer: bytes | None) -> Response:
    lang = site().texts.language
    works = {name: _work(permalink, name) for name in site().languages}
    plainly = {name: plain(work, site().languages[name]) for name, work in works.items()}
    texts = Cited(works[lang], plainly, bibtex(works["en"]), cff(works["en"]))
    table = None if answer is None else stored_table(answer, permalink.form)
    labels = {}
    with suppress(QueryError):  # names help to read, and another release may have others
        labels = dict(site().labels(display.iris(table.rows))) if table else {}
    saved = site().catalogue.get(permalink.saved)
    if table and saved:
        table = of_query(table, saved, labels, lang)
    found = seen({"table": table, "labels": labels}, permalink.query, asked_view()) if table else {}
    values = {
        "permalink": permalink,
        "title": _title(permalink, lang),
        "cited": texts,
        "found": found,
        "table": table,
        "asking": Asking(f"/q/{permalink.id}", "get", [], request.args.get("view", "")),
        "page": page_number(),
        "files": [(end, f"/q/{permalink.id}.{end}") for end in (*suffixes(permalink.query), "rq")] if table else [],
        "served": site().engine.release.hash == permalink.release,
        "again": _again(permalink),
        "problem": None if table else from_error(gone(permalink)),
    }
    response = site().render("permalink.html", values, status=200 if table else 410)
    response.headers["Link"] = f'<{site().address}q/{permalink.id}>; rel="cite-as"'
    return response


def _again(permalink: Permalink) -> str:
    """Where the same question is asked of the release that is served now."""
    if permalink.saved in {query.name for query in site().catalogue}:
        return f"/queries/{permalink.saved}" + (f"?{urlencode(permalink.parameters)}" if permalink.parameters else "")
    graphs: list[tuple[str, Sequence[str]]] = [
        (name, found or ())
        for name, found in zip(_GRAPHS, (permalink.default_graphs, permalink.named_graphs), strict=True)
    ]
    pairs = [("query", permalink.query), *((name, graph) for name, found in graphs for graph in found)]
    return f"/editor?{urlencode(pairs)}"
