"""The description of the service (SPARQL 1.1 Service Description), with its endpoint as the root."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from kg.ground.release import Release
from kg.ground.terms import PREFIXES
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format

SD = "http://www.w3.org/ns/sparql-service-description#"

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_TRIPLES = NamedNode(PREFIXES["void"] + "triples")


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def describe(endpoint: str, release: Release) -> list[Triple]:
    """The triples that tell a client what the endpoint understands and which graphs it holds."""
    service, dataset = NamedNode(endpoint), NamedNode(f"{endpoint}#dataset")
    triples = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), service),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        # The default graph is the merge of all named graphs, written when the release is built.
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
    ]
    triples += [Triple(service, _sd("resultFormat"), NamedNode(fmt.iri)) for fmt in RESULT_FORMATS + GRAPH_FORMATS]
    triples += [
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(dataset, _TYPE, _sd("Dataset")),
    ]
    for number, (name, count) in enumerate(sorted(release.counts.items())):
        triples += _graph(endpoint, dataset, name, count, number)
    return triples


def _graph(endpoint: str, dataset: NamedNode, name: str, count: int, number: int) -> list[Triple]:
    if name == "default":
        graph = NamedNode(f"{endpoint}#default-graph")
        place = [Triple(dataset, _sd("defaultGraph"), graph)]
    else:
        named, graph = NamedNode(f"{endpoint}#named-{number}"), NamedNode(f"{endpoint}#graph-{number}")
        place = [
            Triple(dataset, _sd("namedGraph"), named),
            Triple(named, _TYPE, _sd("NamedGraph")),
            Triple(named, _sd("name"), NamedNode(name)),
            Triple(named, _sd("graph"), graph),
        ]
    return [*place, Triple(graph, _TYPE, _sd("Graph")), Triple(graph, _TRIPLES, Literal(count))]


def write(triples: list[Triple], fmt: Format) -> bytes:
    """The triples in one of the formats of graphs."""
    rdf = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
    written = pyoxigraph.serialize(triples, format=rdf, prefixes={"sd": SD, "void": PREFIXES["void"]})
    assert written is not None
    return written
