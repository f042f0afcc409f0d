"""The operations of the rest of the site: things, ontology, explanations, the dataset and its dumps, the service."""

from __future__ import annotations

from kg.ground.citation import BIBTEX_TYPE, CFF_TYPE
from kg.ground.dumps import COMPRESSIONS
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.serve.negotiation import HTML
from kg.serve.web import cite_pages, dump_pages, permalink_pages
from kg.serve.web.entity_pages import DATA_SUFFIXES
from kg.serve.web.kept import QUADS
from kg.serve.web.ontology_pages import SUFFIXES
from kg.serve.web.openapi.parts import (
    JSON,
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
    uncached,
)
from kg.serve.web.query_pages import QUERY_FORMAT
from kg.serve.web.sparql import DIRECT, FORM

_THING = "^(state|org|person|equipment|source|statement|assertion|fact)/[^/?#]+$"
_SEE = {"303": ref("responses", "SeeOther")}
_FILES = [fmt for fmt in GRAPH_FORMATS if fmt.suffix in SUFFIXES]
_WORDS = parameter("q", "Words to look for.", {"type": "string", "maxLength": 200})
_NUMBER = parameter("page", "Which page of a long list.", {"type": "integer", "minimum": 1, "default": 1})
_TEXT: Json = {"schema": {"type": "string"}}
_LANGUAGE = parameter("lang", "The language of the page.", {"enum": ["en", "fr"]})


def _get(name: str, found: Json, *parameters: Json) -> Json:
    return {"get": {"operationId": name, "parameters": list(parameters), "responses": found}}


def _page(name: str, *parameters: Json, statuses: tuple[int, ...] = (404, *RUNNING)) -> Json:
    found = responses(uncached("The page", PAGE), statuses, cached=False)
    return _get(name, found, *parameters, _LANGUAGE)


def things() -> dict[str, Json]:
    """What has an IRI of Sides: the thing itself, its page, its data."""
    thing = {"type": "string", "pattern": _THING}
    france = {"France": {"value": "state/FRA"}}
    name = parameter("name", "What follows /id/ in the IRI.", thing, place="path", examples=france)
    file = parameter(
        "file",
        f"What follows /id/ in the IRI, a dot and a suffix: {', '.join(DATA_SUFFIXES)} or another of the formats.",
        {"type": "string", "pattern": rf"{_THING[:-1]}\.({'|'.join(DATA_SUFFIXES)})$"},
        place="path",
        examples={"France": {"value": "state/FRA.ttl"}},
    )
    see = {str(status): ref("responses", f"Problem{status}") for status in (404, *RUNNING)}
    slot = parameter("as", "Only the assertions that name the thing by this property.", {"type": "string"})
    kind = parameter("kind", "With `as`: only the assertions of this class.", {"type": "string"})
    tie = parameter("in", "Only what leads to the thing by this property.", {"type": "string"})
    part = parameter(
        "part", "A part of the page alone: the name of a saved query, or with `as` cards.", {"type": "string"}
    )
    data = responses(answer("What the graph says of the thing", graph_content()), (404, *RUNNING))
    return {
        "/id/{name}": _get("thing", {**_SEE, **see}, name),
        "/page/{name}": _page("thingPage", name, slot, kind, tie, part, _NUMBER),
        "/data/{file}": _get("thingData", data, file),
    }


def ontology() -> dict[str, Json]:
    """The ontology and the JSON-LD context of the assertions."""
    page = responses(uncached("The documentation of every term", PAGE), (404, *RUNNING), _SEE, cached=False)
    graph = responses(answer("The ontology", content(_FILES)), (404, *RUNNING))
    suffix = parameter("suffix", "The format.", {"enum": list(SUFFIXES)}, place="path")
    version = parameter("version", "A version of the ontology.", {"type": "string"}, place="path")
    module = parameter("module", "A module of the ontology.", {"type": "string"}, place="path", example="aid")
    context = responses(answer("The context", {"application/ld+json": {"schema": {"type": "object"}}}), (404, 503))
    return {
        "/ontology": _get("ontology", page, _LANGUAGE),
        "/ontology.{suffix}": _get("ontologyFile", graph, suffix),
        "/ontology/{version}": _get("ontologyVersion", page, version),
        "/ontology/modules/{module}": _get("ontologyModule", page, module, _LANGUAGE),
        "/ontology/context.jsonld": _get("context", context),
    }


def explanations() -> dict[str, Json]:
    """Why a triple is in the graph."""
    told = "A prefixed name such as state:FRA, an IRI{}."
    terms = [
        parameter(name, f"The {part}. {told.format(more)}", {"type": "string"}, required=True, example=example)
        for name, part, more, example in (
            ("s", "subject", "", "state:HUN"),
            ("p", "predicate", ", or a", "a"),
            ("o", "object", ", or a literal in double quotes", "sides:EUMember"),
        )
    ]
    formats = format_parameters((Format("application/json", "", "json"), HTML))
    found = responses(uncached("The explanation", {**JSON, **PAGE}), (404, *RUNNING), cached=False)
    return {"/explain": _get("explain", found, *terms, *formats)}


def dataset() -> dict[str, Json]:
    """What the dataset is, how good it is, what it rests on, and the files that hold all of it."""
    void = responses(answer("The dataset in VoID and DCAT", graph_content()), RUNNING)
    listing = responses(uncached("The files of the release", {**JSON, **PAGE}), (503,), cached=False)
    suffixes = "|".join(suffix.replace(".", r"\.") for suffix in dump_pages.SUFFIXES)
    told = f"The hash of the release, a dot and a suffix: {', '.join(dump_pages.SUFFIXES)}."
    file = parameter("file", told, {"type": "string", "pattern": rf"^[0-9a-f]{{20}}\.({suffixes})$"}, place="path")
    part: Json = {
        "206": {"description": "A part of the file, as the header Range asked"},
        "416": {"description": "The file has no such part", "content": _problem()},
    }
    types = (QUADS, *COMPRESSIONS.values(), dump_pages.PLAIN.media_type)
    whole = answer("The file", {**content(Format(name, "", "") for name in types), **JSON})
    quality = responses(answer("The report of the build", JSON), (503,))
    level = parameter("reliability", "Only sources of this reliability.", {"type": "string"})
    return {
        "/.well-known/void": _get("void", void, *format_parameters(GRAPH_FORMATS)),
        "/dumps/": _get("dumps", listing),
        "/dumps/{file}": _get("dump", responses(whole, (404,), part), file),
        **_citations(),
        "/quality": _page("qualityPage"),
        "/quality.json": _get("quality", quality),
        "/sources": _page("sources", level, _WORDS, _NUMBER),
        "/queries": _page("savedQueries", _WORDS, parameter("tag", "Only queries with this tag.", {"type": "string"})),
    }


def _citations() -> dict[str, Json]:
    """How the graph is cited, and what is known of each release of it."""
    digest = parameter(
        "digest", "The hash of a release.", {"type": "string", "pattern": "^[0-9a-f]{20}$"}, place="path"
    )
    release = responses(uncached("What the release is", {**PAGE, **JSON, **graph_content()}), (404,), cached=False)
    formats = format_parameters((HTML, cite_pages.JSON, *GRAPH_FORMATS))
    bibtex = answer("The citation", {f"{BIBTEX_TYPE}; charset=utf-8": _TEXT})
    cff = answer("The citation", {f"{CFF_TYPE}; charset=utf-8": {"schema": {"type": "object"}}})
    return {
        "/cite": _page("citePage", statuses=()),
        "/cite.bib": _get("citeBibtex", responses(bibtex, ())),
        "/cite.cff": _get("citeCff", responses(cff, ())),
        "/release/{digest}": _get("release", release, digest, *formats),
        **_answers(),
    }


def _answers() -> dict[str, Json]:
    """Answers with an address of their own."""
    told: Json = {"type": "object", "required": ["address", "id", "query", "release", "sha256", "created"]}
    made = {"description": "The address", "content": {"application/json": {"schema": told}}}
    form = {name: {"type": "array", "items": {"type": "string"}} for name in ("default-graph-uri", "named-graph-uri")}
    form |= {name: {"type": "string"} for name in ("query", "saved")}
    body = {FORM: {"schema": {"type": "object", "properties": form}}, DIRECT: _TEXT}
    name = parameter("name", "The address.", {"type": "string", "pattern": "^[a-z2-7]{16}$"}, place="path")
    formats = (*RESULT_FORMATS, *GRAPH_FORMATS)
    texts = [QUERY_FORMAT, permalink_pages.BIBTEX, permalink_pages.CFF]
    told_as = [Format(f"{fmt.media_type}; charset=utf-8", "", fmt.suffix) for fmt in texts]
    files = {**content([*formats, *told_as], {"cff": {"type": "object"}}), **JSON}
    kept = answer("The answer as it was kept", {**files, **PAGE})
    suffixes = names_of(Format("", "", fmt.suffix) for fmt in (*formats, *texts))
    suffix = parameter("suffix", "The format; 404 for one that does not fit.", {"enum": suffixes}, place="path")
    statuses = (404, 410, 507)
    return {
        "/q": {
            "post": {
                "operationId": "makeAddress",
                "description": "The query stands in a form, as query or as the name of a saved query with its "
                "parameters, or is the body itself. The same answer has the same address: 200 if it was there.",
                "requestBody": {"required": True, "content": body},
                "responses": {
                    **responses(made, (*RUNNING, 404, 413, 415, 429, 507), {"201": made}, cached=False),
                    "303": ref("responses", "SeeOther"),
                },
            }
        },
        "/q/{name}": _get("keptAnswer", responses(kept, statuses), name, *format_parameters((*formats, HTML))),
        "/q/{name}.{suffix}": _get("keptAnswerFile", responses(kept, statuses), name, suffix),
    }


def _problem() -> Json:
    return {"application/problem+json": {"schema": ref("schemas", "Problem")}, **PAGE}


def _of_protocol() -> Json:
    """An error of the Model Context Protocol, which has a form of its own."""
    return {"description": "An error in JSON-RPC 2.0", "content": {**JSON, **_problem()}}


def _missing() -> Json:
    return {"description": "The server was set up without the protocol", "content": _problem()}


def service() -> dict[str, Json]:
    """How the service is, what it counts, and this document."""
    health = {
        "type": "object",
        "required": ["status", "release", "workers"],
        "properties": {
            "status": {"enum": ["ok", "busy"]},
            "release": {"type": "string"},
            "workers": {"type": "object", "additionalProperties": {"type": "integer"}},
            "engines": {"type": "array", "items": {"type": "object"}},
        },
    }
    well = responses(uncached("It is well", {"application/json": {"schema": health}}), (500, 502, 503), cached=False)
    text = {"schema": {"type": "string"}}
    counted = {"text/plain; version=1.0.0; charset=utf-8": text, "application/openmetrics-text": text}
    metrics = responses(uncached("What is counted", counted), (404,), cached=False)
    own = responses(answer("This document", JSON), ())
    message = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    told = uncached("The answer, in JSON-RPC 2.0", JSON)
    tools = responses(told, (413,), {"202": {"description": "Taken note of"}}, cached=False)
    tools |= {status: _of_protocol() for status in ("400", "404", "406", "415")}
    return {
        "/healthz": _get("health", well),
        "/metrics": _get("metrics", metrics),
        "/openapi.json": _get("openapi", own, _LANGUAGE),
        "/mcp": {"post": {"operationId": "mcp", "requestBody": message, "responses": {**tools, "501": _missing()}}},
    }
