"""The ontology as a page for readers, as a graph for programs, and the JSON-LD context of its assertions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kg.ground.catalogue.binding import iri, literal
from kg.ground.errors import ReleaseError
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES, graph_iri, shorten
from kg.serve.formats import GRAPH_FORMATS, named_format
from kg.serve.negotiation import HTML, choose
from kg.serve.results import Term
from kg.serve.web import display
from kg.serve.web.answers import PROLOGUE, data_response
from kg.serve.web.problems import NotAcceptableError
from kg.serve.web.query_terms import uses_of
from kg.serve.web.site import site
from kg.serve.web.texts import Texts
from kg.serve.web.vocabulary.documentation import Documentation
from kg.serve.web.vocabulary.terms import Concept

SUFFIXES = ("ttl", "rdf", "jsonld", "nt")
"""The formats in which the ontology can be had, the default first."""

CONTEXT_TYPE = "application/ld+json"
CONTEXT_AGE = 3600
"""Seconds for which a cache may keep the context without asking; a build of a new release may change it."""

MOST_USES = 4
"""Saved queries that are named with a term; the catalogue lists all that use it."""

_KEY = "sides-ontology"
_LONGEST = 140  # characters of a text in an example
_BARE = frozenset(PREFIXES["xsd"] + name for name in ("integer", "decimal", "boolean"))
_FORMATS = [fmt for suffix in SUFFIXES for fmt in GRAPH_FORMATS if fmt.suffix == suffix]
_GRAPH = PROLOGUE + f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {iri(graph_iri('ontology'))} {{ ?s ?p ?o }} }}"

blueprint = Blueprint("ontology", __name__)


@blueprint.get("/ontology")
def ontology() -> ResponseReturnValue:
    """The documentation of every term, or the graph of the ontology, as the client prefers (303, See Other)."""
    offered = [*_FORMATS, HTML]
    accept = request.headers.get("Accept", "")
    chosen = choose(accept, offered)
    if chosen is None:
        raise NotAcceptableError(
            f"the client accepts only {accept}",
            expected="one of " + ", ".join(fmt.media_type for fmt in offered),
            remedy="change the header Accept, or add a suffix such as .ttl to the address",
        )
    if chosen is HTML:
        return ontology_page()
    response = redirect(f"/ontology.{chosen.suffix}", 303)
    response.vary.add("Accept")
    return response


@blueprint.get("/ontology/modules/<module>")
def ontology_module(module: str) -> ResponseReturnValue:
    """The documentation of the terms of one module: their axioms, examples and queries, and their diagram."""
    if not documentation().modules.get(module):
        abort(404)
    return _page(module)


@blueprint.get("/ontology.<suffix>")
def ontology_file(suffix: str) -> ResponseReturnValue:
    """The graph of the ontology in the format of a suffix."""
    fmt = named_format(suffix, tuple(_FORMATS))
    if fmt is None or fmt.suffix != suffix:
        abort(404)
    return data_response(site(), _GRAPH, fmt, file="sides")


@blueprint.get("/ontology/<version>")
def ontology_version(version: str) -> ResponseReturnValue:
    """Where the version IRI leads: to the ontology, while the release holds this version."""
    if version not in documentation().header("en")["owl:versionInfo"]:
        abort(404)
    return ontology()


@blueprint.get("/ontology/context.jsonld")
def context() -> ResponseReturnValue:
    """The JSON-LD context through which the assertions of the served release were read as RDF."""
    release = site().engine.release
    measured = next((file for file in release.files if file.name == release.context.name), None)
    if measured is None:
        raise ReleaseError("the release holds no JSON-LD context", where=release.hash, remedy="run `kg build`")
    response = Response(release.context.read_bytes(), content_type=CONTEXT_TYPE)
    response.set_etag(measured.sha256)
    response.headers["Cache-Control"] = f"public, max-age={CONTEXT_AGE}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response.make_conditional(request)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was made of a release, and its pages by language and module: it all stays the same until the next one."""

    release: str
    documentation: Documentation
    bodies: dict[tuple[str, str], Markup]


def _known() -> _Known:
    release = site().engine.release.hash
    known: _Known | None = current_app.extensions.get(_KEY)
    if known is None or known.release != release:
        known = _Known(release, Documentation.read(site().select), {})
        if site().engine.release.hash == release:  # else another was published meanwhile
            current_app.extensions[_KEY] = known
    return known


def documentation() -> Documentation:
    """The documentation of the served release; read once for each."""
    return _known().documentation


def ontology_page() -> ResponseReturnValue:
    """The page that lists all terms of the ontology, each with its definition and the way to its module."""
    return _page("")


def _page(module: str) -> ResponseReturnValue:
    """The page of a module, or that of the whole."""
    known, texts = _known(), site().texts
    key = texts.language, module
    if key not in known.bodies:
        known.bodies[key] = _body(known.documentation, texts, module)
    return site().render("ontology.html", {"body": known.bodies[key], "module": module, "formats": _FORMATS})


def _body(told: Documentation, texts: Texts, module: str) -> Markup:
    shown = [term for example in told.examples.values() for _, values in example.triples for term in values]
    subjects = [example.subject for example in told.examples.values()]
    values = {
        "t": texts,
        "lang": texts.language,
        "typeset": texts.typeset,
        "told": told,
        "header": told.header(texts.language),
        "module": module,
        "modules": [name for name, entries in told.modules.items() if entries],
        "index": sorted(told.entries, key=lambda entry: entry.name.casefold()),
        "labels": site().labels(display.iris([{"term": term} for term in (*shown, *subjects)])),
        "suffixes": SUFFIXES,
        "anchor": lambda name: anchor(told, name, module),
        "in_turtle": in_turtle,
        "brief": brief,
        "ask": lambda query: f"/editor?query={quote(query, safe='')}",
        "concept_query": concept_query,
        "uses": uses_of(site().catalogue),
        "most_uses": MOST_USES,
        "others": [language for language in site().languages if language != texts.language],
        "namespace": ONTOLOGY,
    }
    return Markup(render_template("ontology-module.html" if module else "ontology-terms.html", **values))


def anchor(told: Documentation, name: str, module: str) -> str:
    """Where a term leads from the page of a module: to its place there or on another, or to its vocabulary."""
    return told.address(name, module) if name.startswith(ONTOLOGY) else display.local_href(name)


def brief(name: str) -> str:
    """An IRI as a reader recognises it: by its prefixed name, or without what many have in common.

    >>> brief("https://w3id.org/sides/id/finance-type/110"), brief("https://example.org/terms#a")
    ('finance-type/110', 'example.org/terms#a')
    """
    short = shorten(name)
    return short if short != name else re.sub(f"^{re.escape(IDENTIFIERS)}|^https?://", "", name)


def in_turtle(term: Term) -> str:
    """A term as Turtle writes it; long texts are cut.

    >>> in_turtle(Term("literal", "Oslo", language="fr")), in_turtle(Term("literal", "5", PREFIXES["xsd"] + "integer"))
    ('"Oslo"@fr', '5')
    >>> in_turtle(Term("uri", "https://w3id.org/sides/id/state/FRA"))
    'state:FRA'
    """
    if term.kind == "uri":
        name = shorten(term.value)
        return f"<{name}>" if name == term.value else name
    if term.kind == "bnode":
        return f"_:{term.value}"
    if term.datatype in _BARE:
        return term.value
    text = term.value if len(term.value) <= _LONGEST else term.value[: _LONGEST - 1] + "…"
    if term.language:
        return f"{literal(text)}@{term.language}"
    return f"{literal(text)}^^{shorten(term.datatype)}" if term.datatype else literal(text)


def concept_query(scheme: Concept, language: str) -> str:
    """A query for the concepts of a scheme in their order."""
    return (
        f"PREFIX sides: <{ONTOLOGY}>\nPREFIX skos: <{PREFIXES['skos']}>\n"
        "SELECT ?concept ?name ?definition WHERE {\n"
        f"  ?concept skos:inScheme {iri(scheme.iri)} ;\n"
        "    skos:prefLabel ?name ;\n    skos:definition ?definition .\n"
        "  OPTIONAL { ?concept sides:order ?order }\n"
        f"  FILTER (LANG(?name) = {literal(language)} && LANG(?definition) = {literal(language)})\n"
        "}\nORDER BY ?order"
    )
