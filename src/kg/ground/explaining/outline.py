"""An explanation as an indented text."""

from __future__ import annotations

from collections.abc import Iterator

from kg.ground.explaining.grounds import Ground
from kg.ground.explaining.names import Triple, show
from kg.ground.explaining.proofs import Node
from kg.ground.terms import graph_iri, shorten

_INDENT = "  "
_LONGEST = 160  # characters of a statement that one line shows

_HEADINGS = {
    graph_iri("entities"): "given by the tables of entities",
    graph_iri("ontology"): "an axiom of the ontology",
    graph_iri("metadata"): "told by the metadata of the release",
}


def outline(node: Node, *, language: str = "en") -> str:
    """The explanation as a tree of lines: each triple with what gives it, its premises indented below."""
    return "\n".join(_lines(node, language, ""))


def _lines(node: Node, language: str, indent: str) -> Iterator[str]:
    yield indent + _shown(node.triple)
    inner = indent + _INDENT
    for number, step in enumerate(node.steps):
        yield f"{inner}{'or ' if number else ''}by {', '.join(step.rules)}: {step.axiom()}"
        yield f"{inner}{step.sentence(language)}"
        for premise in step.premises:
            yield from _lines(premise, language, inner + _INDENT)
    if node.inferred:
        if not node.steps:
            yield f"{inner}inferred; no explanation was found"
        return
    yield from (inner + told for told in _told(node))
    for link in node.links:
        yield f"{inner}made by {link.made_by}: {link.reason}"
    for ground in node.grounds:
        yield from (inner + line for line in _ground(ground))


def _shown(triple: Triple) -> str:
    subject, predicate, object_ = map(show, triple)
    return f"{subject} {'a' if predicate == 'rdf:type' else predicate} {object_}"


def _told(node: Node) -> Iterator[str]:
    for graph in node.graphs:
        if graph in _HEADINGS:
            yield _HEADINGS[graph]
        elif not node.grounds and not node.links:
            yield f"stands in {shorten(graph)}"


def _ground(ground: Ground) -> Iterator[str]:
    if ground.fact:
        yield f"{shorten(ground.fact)}, made by {ground.rule or 'a rule of the plain layer'} from"
    yield f"{shorten(ground.assertion)} ({ground.kind or 'Assertion'}), read in"
    text = ground.text if len(ground.text) <= _LONGEST else f"{ground.text[:_LONGEST]}…"
    yield f"{shorten(ground.statement)}: “{text}” ({shorten(ground.source)}, {ground.position})"
