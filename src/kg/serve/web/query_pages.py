"""The pages of the saved queries: the list, and each query with its parameters and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, request

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.binding import iri
from kg.ground.catalogue.head import RESERVED
from kg.ground.citation import Work, bibtex, cff
from kg.ground.errors import QueryError, ReleaseError, SavedQueryError
from kg.serve.formats import Format, formats_of
from kg.serve.negotiation import HTML
from kg.serve.web.answering import chosen_format, given_deadline
from kg.serve.web.answers import Asking, data_response, suffixes
from kg.serve.web.charts.figure import inline
from kg.serve.web.cite_pages import Cited, plain
from kg.serve.web.dataset import release_work
from kg.serve.web.drawing import CHART, asked_view, drawn_answer, drawn_file
from kg.serve.web.problems import from_error
from kg.serve.web.query_facets import Narrowing, narrowed
from kg.serve.web.query_fields import Field, meant, read_fields
from kg.serve.web.query_grounds import grounds_of
from kg.serve.web.query_terms import abbreviated, endpoints_of, near
from kg.serve.web.site import page_number, site
from kg.serve.web.texts import repeated

QUERY_FORMAT = Format("application/sparql-query", "", "rq")
"""The text of the query itself."""

MANNER = RESERVED - {"query"}
"""Parameters that say how to answer. A query in the address of a saved one is a mistake, and refused."""

blueprint = Blueprint("queries", __name__)
blueprint.add_app_template_global(inline, "inline")


@blueprint.get("/queries")
def list_page() -> Response:
    """The saved queries that fit what was asked for; ``part=found`` asks for them without the page around."""
    asked = Narrowing.read(_asked())
    found = narrowed(site().catalogue, asked)
    grouped: dict[str, list[SavedQuery]] = {}
    for query in found.queries:
        grouped.setdefault("" if asked.words else query.theme, []).append(query)
    values = {
        "asked": asked,
        "found": found,
        "groups": sorted(grouped.items()),
        "all": len(site().catalogue),
        "endpoints": {query.name: hosts(endpoints_of(query)) for query in found.queries},
        "narrowing": Narrowing,
    }
    part = request.args.get("part") == "found"
    return site().render("queries-part.html" if part else "queries.html", values)


@blueprint.get("/queries/<name>")
def query_answer(name: str) -> Response:
    """The answer to a saved query, in the format that the client prefers; people get a page."""
    query = _query(name)
    offered = (*formats_of(query.form), HTML, QUERY_FORMAT)
    chosen = chosen_format(_asked(), offered)
    return query_page(query) if chosen is HTML else _file(query, chosen)


@blueprint.get("/queries/<name>.<suffix>")
def query_file(name: str, suffix: str) -> Response:
    """The answer to a saved query in the format of a suffix, or the text of the query (``.rq``)."""
    query = _query(name)
    if suffix == CHART.suffix and query.chart is not None:
        return _chart_file(query)
    offered = {fmt.suffix: fmt for fmt in (*formats_of(query.form), QUERY_FORMAT)}
    if suffix not in offered:
        abort(404)
    return _file(query, offered[suffix])


def _query(name: str) -> SavedQuery:
    query = site().catalogue.get(name)
    if query is None:
        abort(404)
    return query


def _asked() -> dict[str, list[str]]:
    """All parameters in the address."""
    return dict(request.args.lists())


def _given() -> dict[str, list[str]]:
    """The parameters of the query, which are those that do not say how to answer it."""
    return {name: values for name, values in _asked().items() if name not in MANNER}


def bound_query(query: SavedQuery, given: Mapping[str, Sequence[str]]) -> str:
    """The text of a query with the values of a reader.

    Raises `SavedQueryError` for what its parameters do not take; an entity must be in the graph, and of the class.
    """
    text = query.bind(given)
    for parameter in query.parameters:
        values = _filled(given, parameter.name)
        asked = parameter.members([parameter.term(value) for value in values])
        known = {iri(row["value"].value) for row in site().select(asked)} if asked else set()
        strangers = [value for value in values if asked and parameter.term(value) not in known]
        if strangers:
            kind = f"an instance of sides:{parameter.class_name}" if parameter.class_name else "an entity of this graph"
            raise SavedQueryError(
                f"{', '.join(strangers)[:200]} is not {kind}",
                where=f"parameter {parameter.name}",
                expected=kind,
                remedy=f"choose one from the form at /queries/{query.name}",
            )
    return text


def spoken_here(query: SavedQuery) -> tuple[SavedQuery, dict[str, list[str]]]:
    """A query whose texts are in the language of the page, and the parameters by which a file has the same."""
    language = site().texts.language
    spoken = query.spoken(language)
    pairs = zip(query.parameters, spoken.parameters, strict=True)
    return spoken, {now.name: [language] for was, now in pairs if now.default != was.default}


def _filled(given: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """The values of a parameter that say something; an empty one keeps the default."""
    return [value for value in given.get(name, ()) if value.strip()]


def _file(query: SavedQuery, fmt: Format) -> Response:
    given = _given()
    text = bound_query(query, given)
    if fmt is QUERY_FORMAT:
        response = Response(text if given else query.source, content_type=f"{fmt.media_type}; charset=utf-8")
        response.vary.add("Accept")
        return response
    return data_response(site(), text, fmt, file=query.name, deadline=given_deadline(_asked()))


def _chart_file(query: SavedQuery) -> Response:
    """The chart or the map of an answer as a file that stands alone."""
    given = _given()
    deadline = given_deadline(_asked())
    found = drawn_answer(query, bound_query(query, given), given, deadline=deadline, wish=asked_view())
    return file_response(drawn_file(found, f"{site().address}queries/{query.name}{_question_mark(given)}"), query.name)


def file_response(content: str | None, name: str) -> Response:
    """A drawing as a file of a name; 404 for an answer that holds nothing to draw."""
    if content is None:
        abort(404)
    response = Response(content, content_type=CHART.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}.svg"'
    response.headers["Content-Language"] = site().texts.language
    response.vary.update(["Accept-Language", "Cookie"])
    return response


def query_page(query: SavedQuery) -> Response:
    """What a query asks, its parameters as a form, its answer, what that rests on, how it is asked and cited."""
    query, language = spoken_here(query)
    fields, deadline = read_fields(query, _given()), given_deadline(_asked())
    given = meant(fields, _given())
    told = {**language, **given}
    values: dict[str, object] = {
        "saved": query,
        "text": query.text,
        "fields": fields,
        "troubles": sum(len(field.troubles) for field in fields),
        "address": f"{site().address}queries/{query.name}{_question_mark(told)}",
        "endpoints": hosts(endpoints_of(query)),
        "near": near(query, site().catalogue),
        "siblings": len(site().catalogue.by_theme()[query.theme]),
        "citing": [("saved", query.name), *((name, value) for name, found in told.items() for value in found)],
        "problem": None,
        "table": None,
        "found": None,
        "chosen": _chosen(fields),
        "grounds": None,
        "cited": None,
    }
    with suppress(ReleaseError):  # a release that was made without the report of a build can be asked all the same
        values["grounds"] = grounds_of(query)
    if values["troubles"]:
        return site().render("query.html", values, status=HTTPStatus.BAD_REQUEST)
    try:
        text = query.bind(given)
        values["text"] = abbreviated(text)
        answer = drawn_answer(query, text, given, deadline=deadline, wish=asked_view())
    except (SavedQueryError, QueryError) as error:
        problem = from_error(error)
        return site().render("query.html", {**values, "problem": problem}, status=problem.status)
    values |= {"found": answer, "table": answer["table"], "cited": _cited(query, str(values["address"]))}
    return site().render("query.html", {**values, **_ways(query, text, told, answer)})


def _ways(query: SavedQuery, text: str, given: dict[str, list[str]], answer: Mapping[str, object]) -> dict[str, object]:
    """The addresses of an answer: of its files, of its other views and pages."""
    view = request.args.get("view", "")
    drawn = answer["figure"] or answer["atlas"]
    ends = [(end, given) for end in (*suffixes(text), *(() if drawn else ("rq",)))]
    if drawn:
        ends += [(CHART.suffix, {**given, "view": [view]}), ("rq", given)]
    pairs = [(name, value) for name, values in given.items() for value in values if value]
    return {
        "files": [(end, f"/queries/{query.name}.{end}{_question_mark(asked)}") for end, asked in ends],
        "asking": Asking(f"/queries/{query.name}", "get", pairs, view),
        "page": page_number(),
    }


def _chosen(fields: Sequence[Field]) -> list[tuple[str, list[str]]]:
    """What a reader has chosen other than the defaults: the label of each parameter, the names of its values.

    The label is empty where the names begin with the same words.
    """
    language = site().texts.language
    chosen = [
        (field.parameter.label[language], [choice.name for choice in field.chosen])
        for field in fields
        if field.chosen and field.chosen != field.default
    ]
    return [("" if repeated(label, names) else label, names) for label, names in chosen]


def _cited(query: SavedQuery, address: str) -> Cited:
    """How the answer in the served release is cited, in each language by its question there."""
    release = release_work(site().engine.release)

    def work(language: str) -> Work:
        return replace(release, title=query.summary[language], part_of=release.title, url=address)

    told = {name: plain(work(name), texts) for name, texts in site().languages.items()}
    chosen = work(site().texts.language)
    return Cited(chosen, told, bibtex(chosen), cff(chosen))


def hosts(endpoints: Sequence[str]) -> list[str]:
    """The names of the machines at the addresses of endpoints.

    >>> hosts(["https://query.wikidata.org/sparql", "https://qlever.dev/api/wikidata"])
    ['query.wikidata.org', 'qlever.dev']
    """
    return [urlsplit(endpoint).netloc for endpoint in endpoints]


def _question_mark(given: dict[str, list[str]]) -> str:
    pairs = [(name, value) for name, values in given.items() for value in values if value]
    return f"?{urlencode(pairs)}" if pairs else ""
