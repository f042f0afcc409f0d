"""The pages of everything that has an IRI of Sides: entities, statements, assertions, facts, concepts, sources."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from kg.ground.terms import ENTITY_KINDS, IDENTIFIERS, ONTOLOGY, PREFIXES, graph_iri, shorten
from kg.serve.catalogue.binding import iri, literal
from kg.serve.formats import GRAPH_FORMATS, named_format
from kg.serve.negotiation import HTML, choose
from kg.serve.results import Row, Term
from kg.serve.web import display
from kg.serve.web.answers import PROLOGUE, data_response
from kg.serve.web.cards import Card, cards
from kg.serve.web.site import site

MOST_RELATIONS = 300
MOST_ASSERTIONS = 60
MOST_TRIPLES = 200
"""How much a page shows of each; the files and the queries hold all."""

DATA_SUFFIXES = ("ttl", "nt", "jsonld", "rdf")
"""The formats of data that a page offers."""

_RDF = PREFIXES["rdf"]
_DERIVED = iri(PREFIXES["prov"] + "wasDerivedFrom")
_SAME = PREFIXES["owl"] + "sameAs"
_SOURCE = PREFIXES["dcterms"] + "source"
_ALIAS = PREFIXES["skos"] + "altLabel"
_TELLING = frozenset({PREFIXES["skos"] + "definition", PREFIXES["dcterms"] + "description"})

blueprint = Blueprint("entities", __name__)


@blueprint.get("/id/<path:name>")
def identify(name: str) -> ResponseReturnValue:
    """Lead from the name of a thing to its page or to its data, as the client prefers (303, See Other)."""
    _existing(name)
    chosen = choose(request.headers.get("Accept", ""), [*GRAPH_FORMATS, HTML]) or GRAPH_FORMATS[0]
    place = display.local_href(display.entity_iri(name)).removeprefix("/id/")
    response = redirect(f"/page/{place}" if chosen is HTML else f"/data/{place}.{chosen.suffix}", 303)
    response.vary.add("Accept")
    return response


@blueprint.get("/data/<path:file>")
def data(file: str) -> ResponseReturnValue:
    """What the graph says of a thing, in the format of the suffix, which is what follows the last dot."""
    name, _, suffix = file.rpartition(".")
    fmt = named_format(suffix, GRAPH_FORMATS)
    if fmt is None or fmt.suffix != suffix:
        abort(404)
    return data_response(site(), f"{PROLOGUE}DESCRIBE {iri(_existing(name))}", fmt)


@blueprint.get("/page/<path:name>")
def page(name: str) -> ResponseReturnValue:
    """The page of a thing: what it is, how it is related, and why."""
    thing = _existing(name)
    kind = thing.removeprefix(IDENTIFIERS).partition("/")[0]
    properties = _triples(f"{iri(thing)} ?property ?value", "?property ?value")
    related = _relations(thing) if kind in ENTITY_KINDS else []
    inferred = _inferred(thing) if kind in ENTITY_KINDS else []
    statements = _statements(thing) if kind == "source" else []
    named = [] if kind == "source" else _assertions(thing, kind)
    shown = cards(site(), named[:MOST_ASSERTIONS])
    incoming = [] if kind == "source" or kind in ENTITY_KINDS else _incoming(thing, named)
    rows = [*properties, *related, *inferred, *incoming, *(row for card in shown for row in card.rows)]
    labels = site().labels([thing, *display.iris(rows)])
    values = {
        "iri": thing,
        "kind": kind,
        "name": shorten(thing),
        "place": display.local_href(thing).removeprefix("/id/"),
        "title": _title(thing, kind, properties, shown, labels),
        "labels": labels,
        "types": [Term("uri", found) for found in _types(thing)],
        "links": [row["value"] for row in properties if row["property"].value == _SAME],
        "aliases": sorted({row["value"].value for row in properties if row["property"].value == _ALIAS}),
        "lede": _lede(properties),
        "statements": statements,
        "properties": _grouped(properties),
        "relations": _by_relation(thing, related),
        "inferred": _grouped(inferred),
        "cards": shown,
        "more": len(named) > MOST_ASSERTIONS,
        "incoming": incoming,
        "suffixes": DATA_SUFFIXES,
    }
    return site().render("page.html", values)


def _title(thing: str, kind: str, properties: list[Row], shown: list[Card], labels: Mapping[str, str]) -> str:
    """What a page is called: the name of the thing, or what it says or consists of."""
    t = site().texts
    values = {row["property"].value: row["value"].value for row in properties}
    if kind == "statement" and _SOURCE in values:
        source = labels.get(values[_SOURCE], shorten(values[_SOURCE]))
        return t("page.statement_title", source=source, position=values.get(ONTOLOGY + "position", ""))
    if kind == "assertion" and shown:
        return t.maybe(f"one.{shown[0].kind}", shown[0].kind).capitalize()
    if kind == "fact":
        parts = [values.get(_RDF + part, "") for part in ("subject", "predicate", "object")]
        return " – ".join(labels.get(part, shorten(part)) for part in parts)
    return labels.get(thing, shorten(thing))


def _lede(properties: list[Row]) -> str:
    """What the definition or description of a thing says in the language of the page, if it has one."""
    language = site().texts.language
    told = (row["value"] for row in properties if row["property"].value in _TELLING)
    return next((value.value for value in told if value.language == language), "")


def _existing(name: str) -> str:
    """The IRI that an address names; a thing of which the graph says nothing is answered 404."""
    thing = display.entity_iri(name)
    if not site().select(f"SELECT ?p {{ {{ {iri(thing)} ?p ?o }} UNION {{ ?s ?p {iri(thing)} }} }} LIMIT 1"):
        abort(404)
    return thing


def _triples(pattern: str, order: str) -> list[Row]:
    return site().select(f"SELECT * {{ {pattern} }} ORDER BY {order} LIMIT {MOST_TRIPLES}")


def _relations(thing: str) -> list[Row]:
    """The plain relations of an entity: those that statements give, each with its fact, and those of the tables."""
    term, entities = iri(thing), iri(graph_iri("entities"))
    subject, predicate, object_ = (iri(_RDF + part) for part in ("subject", "predicate", "object"))
    own = f"FILTER (STRSTARTS(STR(?relation), {literal(ONTOLOGY)}))"
    return site().select(
        "SELECT DISTINCT ?subject ?relation ?object ?fact { "
        f"{{ BIND ({term} AS ?subject) ?fact {subject} {term} ; {predicate} ?relation ; {object_} ?object }} UNION "
        f"{{ BIND ({term} AS ?object) ?fact {object_} {term} ; {predicate} ?relation ; {subject} ?subject }} UNION "
        f"{{ BIND ({term} AS ?subject) GRAPH {entities} {{ {term} ?relation ?object }} "
        f"{own} FILTER (isIRI(?object)) "
        f"FILTER NOT EXISTS {{ ?stated {subject} {term} ; {predicate} ?relation ; {object_} ?object }} }} UNION "
        f"{{ BIND ({term} AS ?object) GRAPH {entities} {{ ?subject ?relation {term} }} {own} "
        f"FILTER NOT EXISTS {{ {term} ?relation ?subject }} "
        f"FILTER NOT EXISTS {{ ?stated {object_} {term} ; {predicate} ?relation ; {subject} ?subject }} }} "
        f"}} ORDER BY DESC(BOUND(?fact)) ?relation ?subject ?object LIMIT {MOST_RELATIONS}"
    )


def _inferred(thing: str) -> list[Row]:
    """What the ontology infers of an entity: its classes first, then its relations."""
    pattern = f"GRAPH {iri(graph_iri('inferred'))} {{ {iri(thing)} ?property ?value }}"
    return _triples(pattern, f"DESC(?property = {iri(_RDF + 'type')}) ?property ?value")


def _by_relation(thing: str, rows: list[Row]) -> list[list[Row]]:
    """The rows that one line of the page shows: one relation in one direction, from statements or from the tables."""
    groups: dict[tuple[str, bool, bool], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["relation"].value, row["subject"].value == thing, "fact" in row), []).append(row)
    return list(groups.values())


def _assertions(thing: str, kind: str) -> list[str]:
    """The assertions that a page shows in full, one more than it shows at most."""
    patterns = {
        "assertion": f"BIND ({iri(thing)} AS ?assertion)",
        "fact": f"{iri(thing)} {_DERIVED} ?assertion",
        "statement": f"?assertion {_DERIVED} {iri(thing)}",
    }
    pattern = patterns.get(kind, f"?assertion ?slot {iri(thing)}")
    rows = site().select(
        f"SELECT DISTINCT ?assertion ?statement {{ {pattern} . ?assertion {_DERIVED} ?statement . "
        f"?statement a {iri(ONTOLOGY + 'Statement')} }} ORDER BY ?statement ?assertion LIMIT {MOST_ASSERTIONS + 1}"
    )
    return [row["assertion"].value for row in rows]


def _statements(source: str) -> list[Row]:
    """The statements of a source in their order, as many as a page shows."""
    return site().select(
        f"SELECT ?statement ?position ?text {{ ?statement {iri(_SOURCE)} {iri(source)} ; "
        f"{iri(ONTOLOGY + 'position')} ?position ; {iri(ONTOLOGY + 'text')} ?text }} "
        f"ORDER BY {iri(PREFIXES['xsd'] + 'integer')}(?position) ?position LIMIT {MOST_TRIPLES}"
    )


def _incoming(thing: str, shown: list[str]) -> list[Row]:
    """What names a thing, other than the assertions that the page shows."""
    rows = _triples(f"?subject ?property {iri(thing)}", "?property ?subject")
    return [row for row in rows if row["subject"].value not in shown]


def _types(thing: str) -> list[str]:
    """The classes that a thing is said to be in, those of Sides if there are any, without those that only follow."""
    inferred = iri(graph_iri("inferred"))
    rows = site().select(
        f"SELECT DISTINCT ?type {{ GRAPH ?graph {{ {iri(thing)} a ?type }} FILTER (?graph != {inferred}) }} "
        "ORDER BY ?type"
    )
    types = [row["type"].value for row in rows]
    return [name for name in types if name.startswith(ONTOLOGY)] or types


def _grouped(rows: list[Row]) -> list[tuple[Row, list[Row]]]:
    """The values of each property together: the first row, and all of them."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["property"].value, []).append(row)
    return [(group[0], group) for group in groups.values()]
