"""The RDF dataset of a query: the graphs that the protocol or its FROM clauses name, and their merge.

The engine gives a triple that stands in two of the named default graphs twice, so sums would count it twice. SPARQL 1.1
(section 13.2) asks for the merge of the graphs, where it stands once; here it is made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph

from kg.ground.terms import BASE
from kg.ground.tokens import Token, tokens

# Not as a part of a name (``prov:wasDerivedFrom``): a long text would be looked through in vain. The engine takes two
# keywords without a space between them as well. In capitals, and with the word first, it is found ten times as quickly.
_MENTIONS_FROM = re.compile(r"FROM(?:(?<!\wFROM)|(?<=\dFROM)|(?<=ASKFROM)|(?<=CONSTRUCTFROM))")
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that make up the default graph, and those that GRAPH can reach."""

    default: tuple[pyoxigraph.NamedNode, ...]
    named: tuple[pyoxigraph.NamedNode, ...]


def from_protocol(default: Sequence[str] | None, named: Sequence[str] | None) -> Dataset | None:
    """The dataset that the request names beside the query; None if it names no graph at all.

    Naming only one kind of graph leaves the other kind empty (SPARQL 1.1 Protocol, section 2.1.4).
    """
    if default is None and named is None:
        return None
    return Dataset(tuple(map(pyoxigraph.NamedNode, default or ())), tuple(map(pyoxigraph.NamedNode, named or ())))


def from_clauses(text: str, empty: pyoxigraph.Store) -> Dataset | None:
    """The dataset that the FROM clauses of a query name; None if there is none.

    The engine itself reads the names, with the prologue of the query in front. Raises `SyntaxError` as it does.
    """
    if not _MENTIONS_FROM.search(text.upper()):
        return None
    found = list(tokens(text))
    form = next((token for token in found if token.keyword in _FORMS), None)
    default, named = _clauses(found)
    if form is None or not (default or named):
        return None
    prologue = text[: form.start]
    return Dataset(_resolved(prologue, default, empty), _resolved(prologue, named, empty))


def _clauses(found: list[Token]) -> tuple[list[str], list[str]]:
    default: list[str] = []
    named: list[str] = []
    for token, first, second in zip(found, found[1:], found[2:], strict=False):
        if token.keyword == "FROM" and first.keyword == "NAMED":
            named.append(second.text)
        elif token.keyword == "FROM":
            default.append(first.text)
    return default, named


def _resolved(prologue: str, names: list[str], empty: pyoxigraph.Store) -> tuple[pyoxigraph.NamedNode, ...]:
    if not names:
        return ()
    query = f"{prologue} SELECT ?graph {{ VALUES ?graph {{ {' '.join(names)} }} }}"
    solutions = empty.query(query, base_iri=BASE)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    graphs = (solution["graph"] for solution in solutions)
    return tuple(dict.fromkeys(graph for graph in graphs if isinstance(graph, pyoxigraph.NamedNode)))


def merge(store: pyoxigraph.Store, dataset: Dataset) -> pyoxigraph.Store:
    """A store with the merge of the default graphs as its default graph, and the named graphs as they are."""
    merged = pyoxigraph.Store()
    for graph in dataset.default:
        triples = store.quads_for_pattern(None, None, None, graph)
        merged.bulk_extend(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object) for quad in triples)
    for graph in dataset.named:
        merged.bulk_extend(store.quads_for_pattern(None, None, None, graph))
    return merged
