"""Where the dataset can be had: its endpoint, its versions and their files, in the terms of VoID and DCAT."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph
from pyoxigraph import Literal, NamedNode, Triple

from kg.ground.dumps import Dump
from kg.ground.release import Release, ReleaseFile
from kg.ground.terms import DATASET, PREFIXES, release_iri
from kg.serve.engine.description import write
from kg.serve.formats import Format

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_QUADS = "application/n-quads"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


def describe_dataset(known: bytes, site: str, release: Release, dumps: Sequence[Dump], fmt: Format) -> bytes:
    """What is ``known`` of the dataset as N-Triples, and where it can be had, in one of the formats of graphs.

    ``site`` is the address of the site, with a slash at its end.
    """
    triples = dict.fromkeys(quad.triple for quad in pyoxigraph.parse(known, pyoxigraph.RdfFormat.N_TRIPLES))
    return write([*triples, *access(site, release, dumps)], fmt)


def describe_release(site: str, release: Release, dumps: Sequence[Dump], fmt: Format) -> bytes:
    """What one release is, and its files, in one of the formats of graphs."""
    return write(version(site, release, dumps), fmt)


def access(site: str, release: Release, dumps: Sequence[Dump]) -> list[Triple]:
    """The addresses of the dataset at a site."""
    dataset, endpoint = NamedNode(DATASET), NamedNode(f"{site}sparql")
    document, service = NamedNode(f"{site}.well-known/void"), NamedNode(f"{site}sparql#service")
    current, files = NamedNode(release_iri(release.hash)), _files(site, release, dumps)
    return [
        Triple(document, _term("rdf:type"), _term("void:DatasetDescription")),
        Triple(document, _term("foaf:primaryTopic"), dataset),
        Triple(dataset, _term("foaf:homepage"), NamedNode(site)),
        Triple(dataset, _term("dcat:landingPage"), NamedNode(site)),
        Triple(dataset, _term("dcat:version"), Literal(release.hash)),
        Triple(dataset, _term("owl:versionIRI"), current),
        Triple(dataset, _term("dcat:hasCurrentVersion"), current),
        Triple(dataset, _term("void:sparqlEndpoint"), endpoint),
        *(Triple(dataset, _term("dcat:distribution"), file) for file in files),
        *(Triple(dataset, _term("void:dataDump"), file) for file in files),
        *version(site, release, dumps),
        Triple(service, _term("rdf:type"), _term("dcat:DataService")),
        Triple(service, _term("dcat:endpointURL"), endpoint),
        Triple(service, _term("dcat:endpointDescription"), endpoint),
        Triple(service, _term("dcterms:conformsTo"), NamedNode("http://www.w3.org/TR/sparql11-protocol/")),
        Triple(service, _term("dcat:servesDataset"), dataset),
    ]


def version(site: str, release: Release, dumps: Sequence[Dump]) -> list[Triple]:
    """One release as a version of the dataset (DCAT 3, section 11), with each of its files."""
    subject, files = NamedNode(release_iri(release.hash)), _files(site, release, dumps)
    triples = [
        Triple(subject, _term("rdf:type"), _term("dcat:Dataset")),
        Triple(subject, _term("dcat:isVersionOf"), NamedNode(DATASET)),
        Triple(subject, _term("dcat:version"), Literal(release.hash)),
        Triple(subject, _term("dcat:landingPage"), NamedNode(f"{site}release/{release.hash}")),
        *(Triple(subject, _term("dcat:distribution"), file) for file in files),
    ]
    if release.published:
        issued = Literal(release.published, datatype=_term("xsd:dateTime"))
        triples.append(Triple(subject, _term("dcterms:issued"), issued))
    for file, (size, sha256, media_type, compression) in files.items():
        triples += _distribution(file, size, sha256, media_type, compression)
    return triples


def _files(site: str, release: Release, dumps: Sequence[Dump]) -> dict[NamedNode, tuple[int, str, str, str]]:
    """The files that hold a release, each with size, SHA-256, media type and compression (empty: none)."""
    data = next((file for file in release.files if file.name == release.data.name), ReleaseFile("", 0, ""))
    files = {f"{release.hash}.nq": (data.size, data.sha256, _QUADS, "")} if data.name else {}
    files |= {dump.name: (dump.size, dump.sha256, dump.media_type, dump.compression) for dump in dumps}
    return {NamedNode(f"{site}dumps/{name}"): about for name, about in files.items()}


def _distribution(file: NamedNode, size: int, sha256: str, media_type: str, compression: str) -> list[Triple]:
    checksum = NamedNode(f"{file.value}#checksum")
    triples = [
        Triple(file, _term("rdf:type"), _term("dcat:Distribution")),
        Triple(file, _term("dcat:downloadURL"), file),
        Triple(file, _term("dcat:mediaType"), NamedNode(_MEDIA_TYPES + media_type)),
        Triple(file, _term("dcat:byteSize"), Literal(str(size), datatype=_term("xsd:nonNegativeInteger"))),
        Triple(file, _term("spdx:checksum"), checksum),
        Triple(checksum, _term("rdf:type"), _term("spdx:Checksum")),
        Triple(checksum, _term("spdx:algorithm"), NamedNode(_SHA256)),
        Triple(checksum, _term("spdx:checksumValue"), Literal(sha256, datatype=_term("xsd:hexBinary"))),
    ]
    if compression:
        triples.append(Triple(file, _term("dcat:compressFormat"), NamedNode(_MEDIA_TYPES + compression)))
    return triples


def _term(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode({**PREFIXES, "spdx": "http://spdx.org/rdf/terms#"}[prefix] + local)
