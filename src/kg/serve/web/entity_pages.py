"""The pages of everything that has an IRI of Sides: entities, statements, assertions, facts, concepts, sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request
from flask.typing import ResponseReturnValue

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.binding import iri
from kg.ground.terms import ENTITY_KINDS, IDENTIFIERS, ONTOLOGY, PREFIXES, graph_iri, shorten
from kg.serve.formats import GRAPH_FORMATS, named_format
from kg.serve.negotiation import HTML, choose
from kg.serve.results import Row, Term
from kg.serve.web import display
from kg.serve.web.answers import PROLOGUE, data_response
from kg.serve.web.cards import Card, cards
from kg.serve.web.entities.chronology import chronology
from kg.serve.web.entities.figures import Drawn, figures, one_figure
from kg.serve.web.entities.incoming import Incoming, incoming, links_page
from kg.serve.web.entities.lead import lead
from kg.serve.web.entities.metadata import codes, description
from kg.serve.web.entities.neighbourhood import enough, neighbourhood
from kg.serve.web.entities.relations import MOST_TOGETHER, by_relation, inferred, named_together, relations
from kg.serve.web.groups import (
    A_FEW,
    A_PAGE,
    MOST_PAIRS,
    Group,
    Naming,
    by_kind,
    filled,
    groups_of,
    naming,
    one_group,
    pairs,
    triples,
)
from kg.serve.web.site import page_number, site

MOST_TRIPLES = 200
STATEMENTS_A_PAGE = 50
"""How much a page shows of each; the files and the queries hold all."""

DATA_SUFFIXES = ("ttl", "nt", "jsonld", "rdf")
"""The formats of data that a page offers."""

COMPARED = {
    "state": "/compare/states?state=",
    "org": "/compare/coalition?organisation=",
    "series": "/compare/polls?series=",
}
"""Where things of a kind are compared with others, each by its prefixed name."""

_RDF = PREFIXES["rdf"]
_FROM = PREFIXES["prov"] + "wasDerivedFrom"
_DERIVED = iri(_FROM)
_SAME = PREFIXES["owl"] + "sameAs"
_SOURCE = PREFIXES["dcterms"] + "source"
_ALIAS = PREFIXES["skos"] + "altLabel"
_HIDDEN = PREFIXES["skos"] + "hiddenLabel"
_TELLING = frozenset({PREFIXES["skos"] + "definition", PREFIXES["dcterms"] + "description"})

_SAID = frozenset({"statement", "assertion", "fact"})
"""The kinds of things that give assertions, rest on them or are one."""

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
    """The page of a thing: what it is, how it is related, and why.

    With ``as``, and ``kind``, the assertions that name it in one slot; with ``in`` what leads to it by one property;
    with ``part`` what a page leaves out until the reader comes to it, without the page around.
    """
    thing = _existing(name)
    kind = thing.removeprefix(IDENTIFIERS).partition("/")[0]
    if "in" in request.args:
        return _links_page(thing, kind, request.args["in"])
    if kind == "source":
        return _source_page(thing)
    if kind in _SAID:
        return _said_page(thing, kind)
    if "as" in request.args:
        return _group_page(thing, kind, request.args["as"], request.args.get("kind", ""))
    if "part" in request.args:
        return _figure_part(thing, kind, request.args["part"])
    return _thing_page(thing, kind)


def _thing_page(thing: str, kind: str) -> ResponseReturnValue:
    """What is named by assertions: an entity, a concept, an amount."""
    is_entity = kind in ENTITY_KINDS
    named = naming(site(), thing)
    groups = groups_of(named)
    differing = pairs(site(), thing) if groups else []
    related = relations(site(), thing) if is_entity else []
    lonely = is_entity and 0 < named.total <= MOST_TOGETHER and not enough(thing, related)
    return _show(
        thing,
        kind,
        named=named,
        figures=figures(thing, kind, named),
        groups=filled(site(), thing, groups) if named.total <= A_PAGE else groups,
        differing=differing[:MOST_PAIRS],
        more_differ=len(differing) > MOST_PAIRS,
        related=related,
        together=named_together(site(), thing, named.slots) if lonely else [],
        inferred=inferred(site(), thing) if is_entity else [],
    )


def _group_page(thing: str, kind: str, slot: str, of: str) -> ResponseReturnValue:
    """The assertions of one kind, or of all, that name a thing by one property, page by page; or some of them alone."""
    groups = [group for group in groups_of(naming(site(), thing)) if group.name == slot and of in ("", group.kind)]
    if not groups:
        abort(404)
    group = groups[0] if of else Group(groups[0].slot, "", sum(each.count for each in groups))
    if request.args.get("part") == "cards":
        return _cards_part(one_group(site(), thing, group, 1, A_FEW))
    group = one_group(site(), thing, group, page_number())
    if not group.shown:
        abort(404)
    return _show(thing, kind, groups=[group], alone=group)


def _links_page(thing: str, kind: str, name: str) -> ResponseReturnValue:
    """What leads to a thing by one property, page by page."""
    found = {shorten(property_): (property_, count) for property_, count in triples(site(), thing).items()}
    if name not in found:
        abort(404)
    links = links_page(site(), thing, *found[name], page_number())
    if not links.subjects:
        abort(404)
    return _show(thing, kind, leading=links, alone=links)


def _said_page(thing: str, kind: str) -> ResponseReturnValue:
    """A statement, an assertion or a fact: what it says, page by page, and who says otherwise."""
    count, number = _count_assertions(thing, kind), page_number()
    if number > max(ceil(count / A_PAGE), 1):
        abort(404)
    groups = [Group(_FROM, "", count, _assertions(thing, kind, number), number)] if count else []
    differing = pairs(site(), thing) if kind == "assertion" else []
    return _show(thing, kind, groups=groups, differing=differing, named=Naming(triples(site(), thing)))


def _source_page(thing: str) -> ResponseReturnValue:
    """A source, with its statements page by page."""
    count = _count_statements(thing)
    number, pages = page_number(), ceil(count / STATEMENTS_A_PAGE)
    if number > max(pages, 1):
        abort(404)
    statements = _statements(thing, number)
    named = Naming(triples(site(), thing))
    return _show(thing, "source", statements=statements, in_all=count, number=number, pages=pages, named=named)


def _cards_part(group: Group) -> ResponseReturnValue:
    """The first assertions of a group without a page around them."""
    shown = cards(site(), group.shown)
    labels = site().labels(display.iris(row for card in shown for row in card.rows))
    address = f"{request.path}?{urlencode({'as': group.name, 'kind': group.kind})}"
    return site().render("page-part.html", {"cards": shown, "group": group, "labels": labels, "address": address})


def _figure_part(thing: str, kind: str, name: str) -> ResponseReturnValue:
    """One figure without a page around it; nothing (204) where it would be empty."""
    section = one_figure(thing, kind, name)
    if section is None:
        return "", 204
    return site().render("page-part.html", {"figure": section})


def _show(
    thing: str,
    kind: str,
    *,
    groups: Iterable[Group] = (),
    differing: Iterable[tuple[str, str]] = (),
    related: list[Row] | None = None,
    together: list[Row] | None = None,
    inferred: list[Row] | None = None,
    figures: list[Drawn] | None = None,
    named: Naming | None = None,
    leading: Incoming | None = None,
    **values: object,
) -> ResponseReturnValue:
    """The page from what was found: everything that it names gets its label in one question."""
    properties = _triples(f"{iri(thing)} ?property ?value", "?property ?value")
    groups, differing, named = list(groups), list(differing), named or Naming({})
    wanted = dict.fromkeys(name for shown in (*(group.shown for group in groups), *differing) for name in shown)
    found = {card.iri: card for card in cards(site(), wanted)}
    rows = [*properties, *(related or ()), *(together or ()), *(inferred or ())]
    rows += [row for card in found.values() for row in card.rows]
    links = [leading] if leading else incoming(site(), thing, named)
    ends = [name for link in links for name in link.named]
    labels = site().labels([thing, *ends, *(group.slot for group in groups), *display.iris(rows)])
    labels = {**labels, **_said_names(found.values(), labels)}
    title = _title(thing, kind, properties, labels)
    told = [_lede(properties)] if _lede(properties) else []
    told += lead(
        thing, site().texts, relations=related or (), labels=labels, figures=figures or (), counted=named.slots
    )
    lines = by_relation(thing, related or [])
    return site().render(
        "page.html",
        {
            "iri": thing,
            "kind": kind,
            "name": shorten(thing),
            "place": display.local_href(thing).removeprefix("/id/"),
            "title": title,
            "address": _address(),
            "translations": {code: _address(code) for code in site().languages},
            "described": _described(thing, kind, properties, title, " ".join(told)),
            "codes": codes(properties),
            "compared": _compared(thing, kind, named.slots),
            "figures": figures or [],
            "labels": labels,
            "types": [Term("uri", found) for found in _types(thing)],
            "links": [row["value"] for row in properties if row["property"].value == _SAME],
            "aliases": sorted({row["value"].value for row in properties if row["property"].value == _ALIAS}),
            "lead": told,
            "properties": _grouped(_others(properties, thing, related or (), inferred or ())),
            "relations": lines,
            "neighbours": neighbourhood(
                thing, title, by_relation(thing, together or []) or lines, labels, site().texts
            ),
            "together": bool(together),
            "chronology": chronology(thing, title, named, [*found.values()], labels, site().texts),
            "inferred": _grouped(inferred or []),
            "kinds": [
                (of, [(group, [found[name] for name in group.shown if name in found]) for group in several])
                for of, several in by_kind(groups)
            ],
            "named": named,
            "differing": [[found[name] for name in pair if name in found] for pair in differing],
            "incoming": links,
            "suffixes": DATA_SUFFIXES,
            "media_types": {fmt.suffix: fmt.media_type for fmt in GRAPH_FORMATS},
            "charts": _charts(thing) if kind == "state" else [],
            "alone": None,
            "is_entity": kind in ENTITY_KINDS,
            "is_said": kind in _SAID,
            "uri": lambda name: Term("uri", name),
            **values,
        },
    )


def _address(language: str | None = None) -> str:
    """The address of the page as the public sees it, with what chooses its content and nothing else."""
    chosen = {name: request.args[name] for name in ("as", "kind", "in", "page", "lang") if name in request.args}
    if language is not None:
        chosen["lang"] = language
    return f"{site().address.rstrip('/')}{request.path}{'?' if chosen else ''}{urlencode(chosen)}"


def _described(thing: str, kind: str, properties: list[Row], name: str, told: str) -> dict[str, object]:
    """The thing and its page for search engines."""
    return description(
        thing,
        kind,
        properties,
        name=name,
        told=told,
        page=_address(),
        home=site().address,
        language=site().texts.language,
    )


def _compared(thing: str, kind: str, counted: Mapping[str, int]) -> str:
    """Where a thing is compared with others; organisations only where assertions tell of their members."""
    fits = kind in COMPARED and (kind != "org" or ONTOLOGY + "organisation" in counted)
    return f"{COMPARED[kind]}{shorten(thing)}" if fits else ""


def _charts(state: str) -> list[tuple[SavedQuery, str]]:
    """The saved queries that draw what they find of a state, each with its address for this one."""
    found = []
    for query in site().catalogue:
        names = [parameter.name for parameter in query.parameters if parameter.class_name == "State"]
        if query.chart and names and "wikidata" not in query.tags:
            found.append((query, f"/queries/{query.name}?{names[0]}={shorten(state)}"))
    return found


def _said_names(shown: Iterable[Card], labels: Mapping[str, str]) -> Mapping[str, str]:
    """What assertions are called by what they say, their statements by their places, their evidence by its words."""
    t = site().texts
    names: dict[str, str] = {}
    for card in shown:
        names[card.iri] = card.name(labels, t)
        names[card.statement.value] = _passage(card.source.value, card.position, labels)
        names |= {span: t.quoted(words) for span, words in card.evidence}
    return names


def _title(thing: str, kind: str, properties: list[Row], labels: Mapping[str, str]) -> str:
    """What a page is called: the name of the thing, or what it says or consists of."""
    values = {row["property"].value: row["value"].value for row in properties}
    if kind == "statement" and _SOURCE in values:
        return _passage(values[_SOURCE], values.get(ONTOLOGY + "position", ""), labels)
    if kind == "fact":
        parts = [values.get(_RDF + part, "") for part in ("subject", "predicate", "object")]
        return " – ".join(labels.get(part, shorten(part)) for part in parts)
    shown = display.show(Term("uri", thing), labels, site().texts.language)  # an amount has no other name
    return labels.get(thing) or (shown.text if shown and kind == "amount" else shorten(thing))


def _passage(source: str, position: str, labels: Mapping[str, str]) -> str:
    """What a statement is called."""
    t = site().texts
    return t("page.statement_title", source=labels.get(source, shorten(source)), position=position)


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


def _assertions(thing: str, kind: str, number: int) -> tuple[str, ...]:
    """The assertions that a statement gives or a fact rests on, or the assertion itself: one page of them."""
    rows = site().select(
        f"SELECT DISTINCT ?assertion {{ {_said_by(thing, kind)} }} ORDER BY ?assertion "
        f"LIMIT {A_PAGE} OFFSET {A_PAGE * (number - 1)}"
    )
    return tuple(row["assertion"].value for row in rows)


def _count_assertions(thing: str, kind: str) -> int:
    rows = site().select(f"SELECT (COUNT(DISTINCT ?assertion) AS ?count) {{ {_said_by(thing, kind)} }}")
    return int(rows[0]["count"].value)


def _said_by(thing: str, kind: str) -> str:
    return {
        "assertion": f"BIND ({iri(thing)} AS ?assertion) ?assertion {_DERIVED} ?any",
        "fact": f"{iri(thing)} {_DERIVED} ?assertion",
        "statement": f"?assertion {_DERIVED} {iri(thing)}",
    }[kind]


def _count_statements(source: str) -> int:
    rows = site().fixed(f"SELECT (COUNT(?statement) AS ?count) {{ {_of_source(source)} }}")
    return int(rows[0]["count"].value)


def _statements(source: str, number: int) -> list[Row]:
    """The statements of a source, or those that cite it, in their order: one page of them."""
    position = iri(ONTOLOGY + "position")
    order = f"ORDER BY {iri(PREFIXES['xsd'] + 'integer')}(?position) ?position"
    return site().select(
        f"SELECT ?statement ?position ?text {{ {{ SELECT ?statement ?position {{ {_of_source(source)} "
        f"?statement {position} ?position }} {order} "
        f"LIMIT {STATEMENTS_A_PAGE} OFFSET {STATEMENTS_A_PAGE * (number - 1)} }} "
        f"?statement {iri(ONTOLOGY + 'text')} ?text }} {order}"
    )


def _of_source(source: str) -> str:
    cited, quoted = (iri(PREFIXES["prov"] + name) for name in ("hadPrimarySource", "wasQuotedFrom"))
    return f"{{ ?statement {quoted} {iri(source)} }} UNION {{ ?statement {cited} {iri(source)} }} "


def _others(properties: Iterable[Row], thing: str, related: Iterable[Row], inferred: Iterable[Row]) -> list[Row]:
    """What is said of a thing beside its relations, what follows, and names that only help to find it."""
    told = {(row["relation"].value, row["object"].value) for row in related if row["subject"].value == thing}
    told |= {(row["property"].value, row["value"].value) for row in inferred}
    pairs_ = ((row, (row["property"].value, row["value"].value)) for row in properties)
    return [row for row, pair in pairs_ if pair not in told and pair[0] != _HIDDEN]


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
