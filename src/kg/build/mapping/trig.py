"""TriG files that are the same bytes for the same quads: sorted, prefixed, readable."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.ground.terms import PREFIXES, shorten


def serialize(graph: str, triples: Iterable[ox.Triple]) -> bytes:
    """The triples of one graph as TriG, with the prefixes that occur in them.

    Subjects, predicates and objects follow each other by name, ``a`` first.
    """
    name = ox.NamedNode(graph)
    ordered = sorted(set(triples), key=_place)
    return (
        ox.serialize(
            (ox.Quad(triple.subject, triple.predicate, triple.object, name) for triple in ordered),
            format=ox.RdfFormat.TRIG,
            prefixes=_used_prefixes(ordered, graph),
        )
        or b""
    )


def read(path: Path) -> set[ox.Quad]:
    """The quads of a TriG file."""
    return set(ox.parse(path=path, format=ox.RdfFormat.TRIG))


def _place(triple: ox.Triple) -> tuple[str, bool, str, str]:
    predicate = str(triple.predicate)
    return str(triple.subject), predicate != f"<{PREFIXES['rdf']}type>", predicate, str(triple.object)


def _used_prefixes(triples: Iterable[ox.Triple], graph: str) -> dict[str, str]:
    iris = {graph} | {iri for triple in triples for term in triple for iri in _iris(term)}
    used = {shorten(iri).partition(":")[0] for iri in iris}
    return {prefix: namespace for prefix, namespace in sorted(PREFIXES.items()) if prefix in used}


def _iris(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> tuple[str, ...]:
    if isinstance(term, ox.NamedNode):
        return (term.value,)
    return (term.datatype.value,) if isinstance(term, ox.Literal) else ()
