"""The saved queries as operations, each with its parameters."""

from __future__ import annotations

from collections.abc import Iterable

from kg.ground.catalogue import Catalogue, Parameter, ParameterType, SavedQuery
from kg.serve.formats import Format, formats_of
from kg.serve.negotiation import HTML
from kg.serve.web.drawing import CHART
from kg.serve.web.openapi.parts import (
    PAGE,
    RUNNING,
    Json,
    answer,
    content,
    format_parameters,
    graph_content,
    names_of,
    parameter,
    ref,
    responses,
    result_content,
)
from kg.serve.web.openapi.protocols import time_parameters
from kg.serve.web.query_pages import QUERY_FORMAT

_TEXT = Format(f"{QUERY_FORMAT.media_type}; charset=utf-8", "", QUERY_FORMAT.suffix)
_STATUSES = (*RUNNING, 404)


def saved_queries(catalogue: Catalogue, language: str) -> dict[str, Json]:
    """A path for each saved query, told of in a language, and one for the files of all."""
    paths = {f"/queries/{query.name}": {"get": _operation(query, language)} for query in catalogue}
    return {**paths, "/queries/{name}.{suffix}": {"get": _files(catalogue)}}


def _operation(query: SavedQuery, language: str) -> Json:
    formats = (*formats_of(query.form), HTML, QUERY_FORMAT)
    return {
        "operationId": f"saved-{query.name}",
        "summary": query.summary[language],
        "description": query.description[language],
        "tags": ["saved queries"],
        "parameters": [
            *(_parameter(item, language) for item in query.parameters),
            *format_parameters(formats),
            *time_parameters(),
        ],
        "responses": responses(answer(_told(query, language), _content([query])), _STATUSES),
    }


def _told(query: SavedQuery, language: str) -> str:
    """What an answer is, with its columns and what they are called."""
    named = (f"{name} ({query.headings[name].text(language)})" for name in query.columns if name in query.headings)
    columns = f". Columns: {', '.join(named)}." if query.columns else ""
    return f"The answer, or the text of the query{columns}"


def _content(queries: Iterable[SavedQuery]) -> Json:
    found: Json = {}
    for query in queries:
        found |= result_content() if query.form in {"SELECT", "ASK"} else graph_content()
    return {**found, **PAGE, **content([_TEXT])}


def _parameter(item: Parameter, language: str) -> Json:
    """A parameter of a query: several values mean any of them, an empty one keeps the default."""
    default = {"default": list(item.default)} if item.default else {}
    schema = {"type": "array", "items": _value(item), **default}
    return parameter(item.name, item.label[language], schema, style="form", explode=True)


def _value(item: Parameter) -> Json:
    """What one value of a parameter is."""
    if item.choices:
        return {"type": "string", "enum": list(item.choices)}
    match item.type:
        case ParameterType.ENTITY:
            of_class = f" of sides:{item.class_name}" if item.class_name else ""
            told = f"An entity{of_class}: a prefixed name such as state:FRA, or an absolute IRI"
            return {"type": "string", "description": told, "pattern": r"^([a-z]+:[\w-]+|(https?|urn):\S+)$"}
        case ParameterType.YEAR:
            return {"type": "string", "description": "Four digits", "pattern": "^[1-9][0-9]{3}$"}
    return {"type": "string", "maxLength": 2000}


def _files(catalogue: Catalogue) -> Json:
    """The answers under an address that names the format; the parameters are those of each query."""
    forms = {query.form for query in catalogue}
    suffixes = names_of(
        Format("", "", fmt.suffix) for form in forms for fmt in (*formats_of(form), QUERY_FORMAT, CHART)
    )
    name = parameter("name", "The saved query.", {"enum": [query.name for query in catalogue]}, place="path")
    suffix = parameter("suffix", "The format; 404 for one that does not fit.", {"enum": suffixes}, place="path")
    found = {**_content(catalogue), **content([CHART])}
    return {
        "operationId": "savedQueryFile",
        "tags": ["saved queries"],
        "parameters": [name, suffix, *time_parameters()],
        "responses": {
            **responses(answer("The answer, its chart, or the text of the query", found), _STATUSES),
            "404": ref("responses", "Problem404"),
        },
    }
