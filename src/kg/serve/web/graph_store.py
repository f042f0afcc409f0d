"""The SPARQL 1.1 Graph Store HTTP Protocol at ``/graphs``, as far as it reads; what would write is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from kg.ground.terms import GRAPHS, IDENTIFIERS
from kg.serve.engine import Answer, description
from kg.serve.formats import GRAPH_FORMATS, Format
from kg.serve.negotiation import HTML
from kg.serve.web.answering import answer_tag, cacheable, chosen_format, client_left, given_deadline, respond
from kg.serve.web.answers import PROLOGUE
from kg.serve.web.observation import asker, observed
from kg.serve.web.problems import READING, ReadOnlyError, RequestError
from kg.serve.web.site import site
from kg.serve.web.sparql import EDITOR, endpoint_url, graph_names
from kg.serve.web.state import state

blueprint = Blueprint("graphs", __name__)

WRITING = ("PUT", "POST", "DELETE", "PATCH")

LISTING = Format("application/json", "", "json")
"""The list of the graphs as plain JSON, beside the formats of graphs in which it is a description of the dataset."""

_LISTED = (GRAPH_FORMATS[0], LISTING, *GRAPH_FORMATS[1:])


@blueprint.route("/graphs", methods=[*READING, *WRITING], provide_automatic_options=False)
@blueprint.route("/graphs/", methods=[*READING, *WRITING], provide_automatic_options=False)
def named_beside() -> ResponseReturnValue:
    """The graph that the parameters name (section 4.2 of the protocol); without any, the list of the graphs."""
    if request.method not in {"GET", "HEAD"}:
        return _only_read()
    values = dict(request.args.lists())
    names = graph_names(values, "graph") or ()
    if len(names) + len(values.get("default", ())) > 1:
        raise RequestError(
            "the request names more than one graph",
            expected="either graph=IRI or default, once",
            remedy="ask for one graph, or for several by a query with FROM at /sparql",
        )
    return _graph(names[0] if names else None) if names or "default" in values else _list()


@blueprint.route("/graphs/<path:name>", methods=[*READING, *WRITING], provide_automatic_options=False)
def named_by_path(name: str) -> ResponseReturnValue:
    """The graph whose IRI ends as the address (section 4.1): ``/graphs/entities`` is ``…/sides/graph/entities``."""
    if request.method not in {"GET", "HEAD"}:
        return _only_read()
    if {"graph", "default"} & {*request.args}:
        raise RequestError(
            "the request names one graph by its path and one by a parameter",
            expected="a path below /graphs/, or the parameter graph or default",
            remedy="leave out the one or the other",
        )
    return _graph(GRAPHS + name)


@blueprint.get("/graph/<path:name>")
def name_of_graph(name: str) -> ResponseReturnValue:
    """Lead from the name of a graph, whose path this is, to the graph."""
    address = "/" + description.graph_path(GRAPHS + name)
    query = request.query_string.decode("latin-1")
    return redirect(f"{address}?{query}" if query else address, 303)


def _only_read() -> Response:
    """What may be done here, or that nothing can be written.

    Raises `ReadOnlyError` for all but ``OPTIONS``.
    """
    if request.method != "OPTIONS":
        raise ReadOnlyError(
            f"{request.method} would change a graph, and graphs are only read here",
            expected=" or ".join(READING),
            remedy="data comes in as a text or a table of a source, with a build; docs/adding-a-source.md tells how",
        )
    response = Response(status=204, headers={"Allow": ", ".join(READING)})
    del response.headers["Content-Type"]  # there is no content
    return response


def _has_pages() -> bool:
    return EDITOR in current_app.view_functions


def _offered(formats: tuple[Format, ...]) -> tuple[Format, ...]:
    return (*formats, HTML) if _has_pages() else formats


def _graph(name: str | None) -> ResponseReturnValue:
    """The triples of a graph, by default of the default graph; a browser is shown them by the endpoint."""
    values = dict(request.args.lists())
    if name is not None and name not in state().engine.release.counts:
        abort(404, description=f"there is no graph <{name}>; the graphs are listed at /graphs")
    fmt = chosen_format(values, _offered(GRAPH_FORMATS))
    pattern = "?s ?p ?o" if name is None else f"GRAPH <{name}> {{ ?s ?p ?o }}"
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
    if fmt is HTML:
        return redirect(f"/sparql?{urlencode({'query': query})}", 303)
    left, client, deadline, text = client_left(), asker(), given_deadline(values), PROLOGUE + query

    def run() -> Answer:
        return state().engine.query(text, fmt.media_type, deadline=deadline, cancelled=left, client=client)

    return respond(lambda: observed(run, text), fmt, release=state().engine.release.hash, parts=(query,))


def _list() -> ResponseReturnValue:
    """Every graph with its size and its address: a page, a description of the dataset, or plain JSON."""
    fmt = chosen_format(dict(request.args.lists()), _offered(_LISTED))
    release = state().engine.release
    base = endpoint_url().removesuffix("sparql")
    graphs = [
        {"graph": name, "triples": count, "address": base + description.graph_path(name)}
        for name, count in sorted(release.counts.items())
        if name != "default"
    ]
    default = {"triples": release.counts.get("default", 0), "address": f"{base}graphs?default"}
    if fmt is HTML:
        values = {"graphs": graphs, "default": default, "names": _names([str(item["graph"]) for item in graphs])}
        return site().render("graphs.html", values)
    if fmt is LISTING:
        response = jsonify(default=default, graphs=graphs)
    else:
        content = description.write(description.dataset(endpoint_url(), release), fmt)
        response = Response(content, content_type=fmt.content_type)
    return cacheable(response, answer_tag(release.hash, fmt, ("graphs", base))).make_conditional(request)


def _names(graphs: Iterable[str]) -> Mapping[str, str]:
    """What graphs are called: as they are, or as what they hold, whose IRIs end as theirs; empty without a name."""
    below = {name: name.removeprefix(GRAPHS) for name in graphs}
    labels = site().labels(iri for name, end in below.items() for iri in (name, IDENTIFIERS + end))
    made = site().texts.table("graph_name")
    return {name: labels.get(name) or labels.get(IDENTIFIERS + end) or made.get(end, "") for name, end in below.items()}
