"""What the page of an answer needs beside its rows: the views that fit, the way to other pages of it, its files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from kg.ground.catalogue import SavedQuery
from kg.serve.web.answering import Operation, given_deadline
from kg.serve.web.answers import Asking
from kg.serve.web.cells import column_kinds, date_of, pages_of, table_rows
from kg.serve.web.drawing import CHART, asked_view, drawn_file, looked_at
from kg.serve.web.query_pages import file_response
from kg.serve.web.site import page_number, site
from kg.serve.web.sparql import graph_names

LONGEST = 30_000
"""Characters of an address; what is longer is asked for by a form that is posted."""

_TIMES = ("timeout", "maxQueryTimeMillis")
"""Parameters that tell how long a query may take."""

_SAVED = "saved"
"""The parameter that names the saved query of which a text was made."""

_SHORT = 300
"""Characters of an address that is written below a chart."""

blueprint = Blueprint("results", __name__)
blueprint.add_app_template_global(table_rows, "table_rows")
blueprint.add_app_template_global(pages_of, "pages_of")
blueprint.add_app_template_global(column_kinds, "column_kinds")
blueprint.add_app_template_global(date_of, "date_of")


def asked_operation() -> Operation | None:
    """The query that the request brings, with its graphs and its time; None without one.

    Raises `RequestError`.
    """
    values = dict(request.values.lists())
    query = values.get("query", [""])[0]
    if not query.strip():
        return None
    default, named = (graph_names(values, name) for name in ("default-graph-uri", "named-graph-uri"))
    return Operation(query, default, named, deadline=given_deadline(values))


def answer_of(operation: Operation) -> dict[str, Any]:
    """The answer to a query as its page shows it, with the addresses of its files and of itself.

    Raises `QueryError`.
    """
    citing = _pairs(operation)
    # A space as %20: some readers of addresses take a plus for what it is.
    address = f"/sparql?{urlencode(citing, quote_via=quote, safe='')}"
    wish = asked_view()
    changed = changed_query()
    found = looked_at(operation, f"{address}&format=", wish, changed=changed)
    timeout = [(name, value) for name in _TIMES for value in request.values.getlist(name)]
    pairs = [*citing, *timeout, *([(_SAVED, changed.name)] if changed else [])]
    long = len(address) > LONGEST
    if found["figure"] or found["atlas"]:
        drawn = urlencode([*pairs, ("view", found["line"])], quote_via=quote, safe="")
        found["files"] = [*found["files"], (CHART.suffix, f"/results.svg?{drawn}")]
    return {
        "found": found,
        "link": "" if long else address,
        "citing": citing,
        "asking": Asking("/results", "post" if long else "get", pairs, request.values.get("view", "")),
        "page": page_number(),
        "changed": changed,
    }


def changed_query() -> SavedQuery | None:
    """The saved query that the text of the request was made of; None for any other text."""
    return site().catalogue.get(request.values.get(_SAVED, ""))


def posted(operation: Operation) -> list[tuple[str, str]]:
    """The fields that ask a query again that was posted, as it was: those that its address does not have."""
    if request.method != "POST":
        return []
    wishes = [(name, value) for name in (*_TIMES, _SAVED, "view", "page") for value in request.form.getlist(name)]
    return [(name, value) for name, value in (*_pairs(operation), *wishes) if name not in request.args]


def _pairs(operation: Operation) -> list[tuple[str, str]]:
    """A query and its graphs as the parameters of the protocol."""
    graphs = {"default-graph-uri": operation.default_graphs, "named-graph-uri": operation.named_graphs}
    return [("query", operation.text), *((name, graph) for name, found in graphs.items() for graph in found or ())]


@blueprint.route("/results.svg", methods=["GET", "POST"])
def chart() -> ResponseReturnValue:
    """The chart or the map of the answer to a query as a file; 404 where there is nothing to draw."""
    operation = asked_operation()
    if operation is None:
        abort(404)
    found = looked_at(operation, "", asked_view(), changed=changed_query())
    address = f"{site().address}sparql?{urlencode([('query', operation.text)], quote_via=quote, safe='')}"
    return file_response(drawn_file(found, address if len(address) < _SHORT else f"{site().address}sparql"), "answer")
