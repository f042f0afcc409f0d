"""The description of the service (SPARQL 1.1 Service Description), with its endpoint as the root."""

from __future__ import annotations

from urllib.parse import quote

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from kg.ground.release import Release
from kg.ground.terms import GRAPHS, PREFIXES
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format

SD = "http://www.w3.org/ns/sparql-service-description#"

_VOCABULARIES = ("dcat", "dcterms", "foaf", "prov", "rdfs", "sh", "void", "xsd")

_TYPE = NamedNode(PREFIXES["rdf"] + "type")
_DUMP = NamedNode(PREFIXES["void"] + "dataDump")
_TRIPLES = NamedNode(PREFIXES["void"] + "triples")


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def describe(endpoint: str, release: Release) -> list[Triple]:
    """The triples that tell a client what the endpoint understands and which graphs it holds."""
    service = NamedNode(endpoint)
    triples = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), service),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        # The default graph is the merge of all named graphs, written when the release is built.
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
    ]
    triples += [Triple(service, _sd("resultFormat"), NamedNode(fmt.iri)) for fmt in RESULT_FORMATS + GRAPH_FORMATS]
    return [*triples, Triple(service, _sd("defaultDataset"), _dataset(endpoint)), *dataset(endpoint, release)]


def _dataset(endpoint: str) -> NamedNode:
    return NamedNode(f"{endpoint}#dataset")


def dataset(endpoint: str, release: Release) -> list[Triple]:
    """The triples that tell which graphs there are, how large they are, and where each can be had by itself."""
    triples = [Triple(_dataset(endpoint), _TYPE, _sd("Dataset"))]
    for number, (name, count) in enumerate(sorted(release.counts.items())):
        triples += _graph(endpoint, name, count, number)
    return triples


def graph_path(name: str) -> str:
    """The path below the site at which a graph can be had by itself; ``default`` is the default graph.

    >>> graph_path("https://w3id.org/sides/graph/source/polls"), graph_path("http://e.org/g")
    ('graphs/source/polls', 'graphs?graph=http%3A%2F%2Fe.org%2Fg')
    """
    if name == "default":
        return "graphs?default"
    below = name.removeprefix(GRAPHS)
    return f"graphs/{quote(below)}" if below != name else f"graphs?graph={quote(name, safe='')}"


def _graph(endpoint: str, name: str, count: int, number: int) -> list[Triple]:
    dataset = _dataset(endpoint)
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
    address = NamedNode(endpoint.removesuffix("sparql") + graph_path(name))
    size = Triple(graph, _TRIPLES, Literal(count))
    return [*place, Triple(graph, _TYPE, _sd("Graph")), size, Triple(graph, _DUMP, address)]


def write(triples: list[Triple], fmt: Format) -> bytes:
    """The triples in one of the formats of graphs, with the prefixes of the vocabularies of descriptions."""
    rdf = pyoxigraph.RdfFormat.from_media_type(fmt.media_type)
    written = pyoxigraph.serialize(
        triples, format=rdf, prefixes={"sd": SD, **{name: PREFIXES[name] for name in _VOCABULARIES}}
    )
    assert written is not None
    return written
