"""Small graphs in memory, laid out as a release is, and the function that asks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from kg.build.lines import lines_of, quads
from kg.ground.explaining import Select, Triple
from kg.ground.explaining.names import Row
from kg.ground.terms import PREFIXES, graph_iri
from kg.serve.results import Term


def read(turtle: str) -> set[ox.Triple]:
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return {quad.triple for quad in ox.parse(prefixes + turtle, ox.RdfFormat.TURTLE, rename_blank_nodes=True)}


def graph(texts: Mapping[str, str]) -> ox.Store:
    """A store with named graphs (``ontology``, ``entities`` …) from Turtle, the default graph being their merge."""
    store = ox.Store()
    graphs = {graph_iri(name): lines_of(read(text)) for name, text in texts.items()}
    store.bulk_load(b"".join(quads(graphs)), ox.RdfFormat.N_QUADS)
    return store


def select_on(store: ox.Store) -> Select:
    """Runs SELECT queries on a store, without the guard and the workers of the server."""

    def select(text: str) -> Sequence[Row]:
        solutions = store.query(text)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return [
            {name: term(value) for name, value in zip(names, row, strict=True) if value is not None}
            for row in solutions
        ]

    return select


def term(value: object) -> Term:
    match value:
        case ox.NamedNode():
            return Term("uri", value.value)
        case ox.BlankNode():
            return Term("bnode", value.value)
        case ox.Literal():
            return Term("literal", value.value, None if value.language else value.datatype.value, value.language)
    raise AssertionError(value)


def triples(turtle: str) -> set[Triple]:
    """Triples as explanations hold them."""
    return {Triple(str(item.subject), str(item.predicate), str(item.object)) for item in read(turtle)}


def triple(turtle: str) -> Triple:
    (found,) = triples(turtle)
    return found
