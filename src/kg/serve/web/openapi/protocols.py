"""The operations of the two protocols of the W3C: queries at ``/sparql``, graphs at ``/graphs``."""

from __future__ import annotations

from kg.ground.terms import GRAPHS, PREFIXES
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS
from kg.serve.negotiation import HTML
from kg.serve.web.openapi.parts import (
    JSON,
    PAGE,
    RUNNING,
    Json,
    answer,
    format_parameters,
    graph_content,
    parameter,
    ref,
    responses,
    result_content,
)
from kg.serve.web.sparql import DIRECT, FORM

_SELECT = (
    f"PREFIX sides: <{PREFIXES['sides']}>\n"
    "SELECT ?donor ?recipient WHERE { ?donor sides:gaveAidTo ?recipient } LIMIT 10"
)
QUERIES = {
    "select": _SELECT,
    "ask": "ASK { ?s ?p ?o }",
    "construct": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 10",
    "describe": f"DESCRIBE <{PREFIXES['state']}FRA>",
    "count": "SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }",
}
"""Queries to begin with, one of each form."""

_URI: Json = {"type": "string", "format": "uri"}
_IRIS: Json = {"type": "array", "items": _URI}
_NUMBER: Json = {"type": "number", "minimum": 0}
_SECONDS = "Seconds after which the query is to be stopped; can only shorten the limit of the server. 0: no wish."
_FORM: dict[str, tuple[Json, str]] = {
    "default-graph-uri": (_IRIS, "The graphs that make up the default graph, in place of FROM."),
    "named-graph-uri": (_IRIS, "The graphs that GRAPH can reach, in place of FROM NAMED."),
    "timeout": (_NUMBER, f"{_SECONDS} From 1000 on, milliseconds."),
    "maxQueryTimeMillis": (_NUMBER, "The same, always in milliseconds."),
    "rewrite": ({"enum": ["on", "off"], "default": "on"}, "off: the query runs as it is written."),
    "explain": ({"enum": ["0", "1"], "default": "0"}, "1: tell how the query would be rewritten; nothing runs."),
}
_TIME = ("timeout", "maxQueryTimeMillis")


def time_parameters() -> list[Json]:
    """The parameters that shorten the time of a query."""
    return [parameter(name, _FORM[name][1], _FORM[name][0]) for name in _TIME]


def _query_parameters(*, required: bool = False) -> list[Json]:
    examples = {name: {"value": text} for name, text in QUERIES.items()}
    query = parameter("query", "A query of SPARQL 1.1, exactly once.", {"type": "string"}, examples=examples)
    others = [parameter(name, told, schema) for name, (schema, told) in _FORM.items()]
    formats = format_parameters((*RESULT_FORMATS, *GRAPH_FORMATS, HTML))
    return [{**query, "required": True} if required else query, *others, *formats]


def sparql() -> Json:
    """``/sparql``: GET, POST in its forms, HEAD, OPTIONS; QUERY, which OpenAPI 3.1 has no place for, is as POST."""
    body = {**result_content(), **graph_content(), **JSON, **PAGE}
    good = answer(
        "The answer: a table or a truth value to SELECT and ASK, a graph to CONSTRUCT and DESCRIBE, a page for a "
        "browser; without a query the description of the service, a graph. A long answer is streamed: if it fails "
        "midway, the connection is cut without the final chunk.",
        body,
    )
    get = responses(good, RUNNING)
    posted = responses(good, (*RUNNING, 413, 415), cached=False)
    return {
        "get": {"operationId": "query", "parameters": _query_parameters(), "responses": get},
        "head": {"operationId": "queryHead", "parameters": _query_parameters(), "responses": _bodiless(get)},
        "post": {
            "operationId": "queryPost",
            "description": "The query stands in a form, is the body itself, or, with an empty body, stands in the "
            "URL. The method QUERY does the same, and is as safe as GET. Updates are refused.",
            "parameters": [{**item, "required": False} for item in _query_parameters()],
            "requestBody": {"content": _bodies()},
            "responses": posted,
        },
        "options": _options("queryOptions"),
    }


def _bodies() -> Json:
    form = {"query": {"type": "string"}, **{name: schema for name, (schema, _) in _FORM.items()}}
    examples = {name: {"value": {"query": text}} for name, text in QUERIES.items()}
    return {
        FORM: {"schema": {"type": "object", "required": ["query"], "properties": form}, "examples": examples},
        DIRECT: {
            "schema": {"type": "string"},
            "examples": {name: {"value": text} for name, text in QUERIES.items()},
        },
    }


def _options(name: str) -> Json:
    return {
        "operationId": name,
        "responses": {
            "204": {"description": "What may be done here", "headers": {"Allow": ref("headers", "Allow")}},
            **_problems(404, 406),
        },
    }


def _bodiless(found: Json) -> Json:
    """Answers to HEAD: the same statuses, without content."""
    described = {"200": "As to GET, without content", "304": "The client has the answer"}
    return {status: {"description": described.get(status, "As to GET, without content")} for status in found}


def graphs() -> dict[str, Json]:
    """``/graphs`` and what is below it: the Graph Store Protocol as far as it reads."""
    content = {**graph_content(), **JSON, **PAGE}
    see = {"303": ref("responses", "SeeOther")}
    triples = answer("The triples of the graph", graph_content())
    found = responses(triples, (*RUNNING, 404), see)
    listed = responses(answer("The triples of the graph, or the list of the graphs", content), (*RUNNING, 404), see)
    formats = format_parameters((*GRAPH_FORMATS, HTML))
    which = [
        parameter("graph", "The IRI of a graph.", _URI, examples={"entities": {"value": f"{GRAPHS}entities"}}),
        parameter("default", "The default graph; has no value.", {"type": "string"}, allowEmptyValue=True),
    ]
    name = parameter(
        "name",
        f"What follows {GRAPHS} in the name of the graph; it may hold slashes.",
        {"type": "string", "pattern": "^[A-Za-z0-9-]+(/[A-Za-z0-9-]+)*$"},
        place="path",
        examples={"entities": {"value": "entities"}},
    )
    return {
        "/graph/{name}": {
            "parameters": [name],
            "get": {"operationId": "graphName", "responses": {**see, **_problems(404, 406)}},
        },
        "/graphs": {
            "get": {
                "operationId": "graph",
                "parameters": [*which, *formats, *time_parameters()],
                "responses": listed,
            },
            "options": _options("graphOptions"),
            **{method: _refused(f"graph{method.title()}") for method in ("put", "post", "delete", "patch")},
        },
        "/graphs/{name}": {
            "parameters": [name],
            "get": {"operationId": "namedGraph", "parameters": [*formats, *time_parameters()], "responses": found},
            "options": _options("namedGraphOptions"),
            **{method: _refused(f"namedGraph{method.title()}") for method in ("put", "post", "delete", "patch")},
        },
    }


def _refused(name: str) -> Json:
    """What would write a graph."""
    return {
        "operationId": name,
        "responses": _problems(403, 404, 406, 413),
    }


def _problems(*statuses: int) -> Json:
    return {str(status): ref("responses", f"Problem{status}") for status in statuses}
