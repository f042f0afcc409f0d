"""Where the dataset can be had: the endpoint, the dump and the release, in the terms of VoID and DCAT."""

from __future__ import annotations

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from kg.ground.release import Release
from kg.ground.terms import DATASET, PREFIXES
from kg.serve.engine.description import write
from kg.serve.formats import Format

_QUADS = "https://www.iana.org/assignments/media-types/application/n-quads"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def describe_dataset(known: bytes, site: str, release: Release, fmt: Format) -> bytes:
    """What is ``known`` of the dataset as N-Triples, and where it can be had, in one of the formats of graphs.

    ``site`` is the address of the site, with a slash at its end.
    """
    triples = dict.fromkeys(quad.triple for quad in pyoxigraph.parse(known, pyoxigraph.RdfFormat.N_TRIPLES))
    return write([*triples, *access(site, release)], fmt)


def access(site: str, release: Release) -> list[Triple]:
    """The addresses of the dataset at a site."""
    dataset, endpoint = NamedNode(DATASET), NamedNode(f"{site}sparql")
    document, service = NamedNode(f"{site}.well-known/void"), NamedNode(f"{site}sparql#service")
    dump = NamedNode(f"{site}dumps/{release.hash}.nq")
    return [
        Triple(document, _term("rdf:type"), _term("void:DatasetDescription")),
        Triple(document, _term("foaf:primaryTopic"), dataset),
        Triple(dataset, _term("foaf:homepage"), NamedNode(site)),
        Triple(dataset, _term("dcat:landingPage"), NamedNode(site)),
        Triple(dataset, _term("dcat:version"), Literal(release.hash)),
        Triple(dataset, _term("void:sparqlEndpoint"), endpoint),
        Triple(dataset, _term("void:dataDump"), dump),
        Triple(dataset, _term("dcat:distribution"), dump),
        *_distribution(dump, release),
        Triple(service, _term("rdf:type"), _term("dcat:DataService")),
        Triple(service, _term("dcat:endpointURL"), endpoint),
        Triple(service, _term("dcat:endpointDescription"), endpoint),
        Triple(service, _term("dcterms:conformsTo"), NamedNode("http://www.w3.org/TR/sparql11-protocol/")),
        Triple(service, _term("dcat:servesDataset"), dataset),
    ]


def _distribution(dump: NamedNode, release: Release) -> list[Triple]:
    triples = [
        Triple(dump, _term("rdf:type"), _term("dcat:Distribution")),
        Triple(dump, _term("dcat:downloadURL"), dump),
        Triple(dump, _term("dcat:mediaType"), NamedNode(_QUADS)),
    ]
    for file in release.files:
        if file.name == release.data.name:
            checksum = NamedNode(f"{dump.value}#checksum")
            triples += [
                Triple(dump, _term("dcat:byteSize"), Literal(str(file.size), datatype=_term("xsd:nonNegativeInteger"))),
                Triple(dump, _term("spdx:checksum"), checksum),
                Triple(checksum, _term("spdx:algorithm"), NamedNode(_SHA256)),
                Triple(checksum, _term("spdx:checksumValue"), Literal(file.sha256, datatype=_term("xsd:hexBinary"))),
            ]
    return triples


def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode({**PREFIXES, "spdx": "http://spdx.org/rdf/terms#"}[prefix] + local)
