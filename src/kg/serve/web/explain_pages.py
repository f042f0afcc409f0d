"""Why a triple is in the graph, as a page and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from kg.ground.errors import InputError
from kg.ground.explaining import Explainer, Ground, Node, Triple, named_triple, show
from kg.ground.explaining.names import iri_of
from kg.ground.terms import ONTOLOGY, graph_iri, shorten
from kg.serve.formats import Format
from kg.serve.negotiation import HTML
from kg.serve.results import Term
from kg.serve.web.answering import chosen_format
from kg.serve.web.cards import Card, cards
from kg.serve.web.display import explain_href
from kg.serve.web.problems import RequestError
from kg.serve.web.site import site
from kg.serve.web.state import state

JSON = Format("application/json", "", "json")
"""The explanation for programs."""

MOST_GROUNDS = 5
"""Assertions that a page shows below one triple; the page of the fact has them all."""

W3C_RULES = "https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules"
"""The table that gives the rules their names."""

_KEY = "sides-explainer"
_PARTS = {"s": "subject", "p": "predicate", "o": "object"}
_LITERAL = re.compile(r'"(?P<value>.*)"(?:@(?P<language>[\w-]+)|\^\^<(?P<datatype>[^>]+)>)?', re.DOTALL)
_ORIGINS = {graph_iri(name): name for name in ("entities", "ontology")}

blueprint = Blueprint("explanations", __name__)


@blueprint.record
def _prepare(setup: BlueprintSetupState) -> None:
    """Read the rules; an application that cannot explain does not start."""
    app: Flask = setup.app  # type: ignore[assignment]
    app.extensions[_KEY] = Explainer.read(state(app).settings.home.resolve())


@blueprint.get("/explain")
def explain() -> ResponseReturnValue:
    """Why the triple of the parameters ``s``, ``p`` and ``o`` is in the graph."""
    chosen = chosen_format(dict(request.args.lists()), (JSON, HTML))
    triple = _triple()
    explainer: Explainer = current_app.extensions[_KEY]
    release = site().engine.release.hash
    tree = explainer.explain(site().select, triple)
    if chosen is HTML:
        return _page(triple, tree)
    if tree is None:
        abort(404, description=f"{' '.join(map(show, triple))} is not in the graph of release {release}")
    content = {"release": release, "explanation": tree.as_json()}
    response = Response(json.dumps(content, ensure_ascii=False, indent=1), mimetype=JSON.media_type)
    response.vary.add("Accept")
    return response


def _triple() -> Triple:
    """The triple that the address names; raises `RequestError` for a part that is not there or means nothing."""
    given = {}
    for name, part in _PARTS.items():
        values = request.args.getlist(name)
        if len(values) != 1 or not values[0].strip():
            raise RequestError(
                f"the {part} stands {len(values)} times in the address" if len(values) > 1 else f"there is no {part}",
                where=f"parameter {name}",
                expected="one prefixed name such as state:FRA, one IRI, or an object in double quotes",
                remedy="ask /explain?s=SUBJECT&p=PREDICATE&o=OBJECT",
            )
        given[part] = values[0]
    try:
        return named_triple(given["subject"], given["predicate"], given["object"])
    except InputError as error:
        raise RequestError(error.message, where=error.where, expected=error.expected, remedy=error.remedy) from error


def _page(triple: Triple, tree: Node | None) -> Response:
    terms = dict(zip(_PARTS.values(), map(_term, triple), strict=True))
    found = _cards(tree)
    weakening = (term.value for card in found.values() for term in (*card.claimed, *filter(None, [card.weak])))
    labels = site().labels(dict.fromkeys((*_iris(triple, tree), *weakening)))
    view = _Pages(labels, found).node(tree) if tree else None
    values = {
        "terms": terms,
        "names": [labels.get(term.value, shorten(term.value)) for term in terms.values()],
        "labels": labels,
        "tree": view,
        "origins": _ORIGINS,
        "table": W3C_RULES,
        "address": explain_href(*(iri_of(term) or term for term in triple)),
    }
    return site().render("explain.html", values, status=200 if tree else 404)


def _iris(triple: Triple, tree: Node | None) -> Iterator[str]:
    """Everything that the page names."""
    yield from (term.value for term in map(_term, triple) if term.kind == "uri")
    for node in tree.walk() if tree else ():
        yield from (term.value for term in map(_term, node.triple) if term.kind == "uri")
        for step in node.steps:
            yield from step.iris()
        for ground in node.grounds[:MOST_GROUNDS]:
            yield from (ground.source, ONTOLOGY + ground.kind)


def _cards(tree: Node | None) -> Mapping[str, Card]:
    grounds = [ground for node in tree.walk() for ground in node.grounds[:MOST_GROUNDS]] if tree else []
    return {card.iri: card for card in cards(site(), dict.fromkeys(ground.assertion for ground in grounds))}


class _Pages:
    """Makes of an explanation what its template needs."""

    def __init__(self, labels: Mapping[str, str], found: Mapping[str, Card]) -> None:
        self.labels = labels
        self.cards = found
        self.texts = site().texts

    def node(self, node: Node) -> dict[str, Any]:
        """One triple, with its steps or what it rests on."""
        return {
            "terms": [_term(term) for term in node.triple],
            "inferred": node.inferred,
            "graphs": [Term("uri", graph) for graph in node.graphs],
            "links": node.links,
            "steps": [
                {
                    "sentence": self.texts.typeset(step.sentence(self.texts.language, self.name)),
                    "axiom": step.axiom(),
                    "rules": step.rules,
                    "premises": [self.node(premise) for premise in step.premises],
                }
                for step in node.steps
            ],
            "grounds": [self.ground(ground) for ground in node.grounds[:MOST_GROUNDS]],
            "more": len(node.grounds) - MOST_GROUNDS,
        }

    def ground(self, ground: Ground) -> dict[str, Any]:
        """One assertion, with the words of its statement that it was read from marked."""
        card = self.cards.get(ground.assertion)
        return {
            "ground": ground,
            "card": card,
            "text": card.text if card else Markup.escape(ground.text),
            "source": Term("uri", ground.source),
        }

    def name(self, iri: str) -> str:
        """What people call the thing with an IRI."""
        return self.labels.get(iri, shorten(iri))


def _term(written: str) -> Term:
    """A term as N-Triples writes it, as the templates show it."""
    if written.startswith("<"):
        return Term("uri", written[1:-1])
    found = _LITERAL.fullmatch(written)
    return Term("literal", found["value"], found["datatype"], found["language"]) if found else Term("bnode", written)
