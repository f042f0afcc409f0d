"""The metadata graph: what the dataset is, what it holds (VoID, DCAT), and from what it was built (PROV)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.build.sources import Source
from kg.ground.terms import BASE, IDENTIFIERS, digest, expand, graph_iri, source_iri

DATASET = BASE + "dataset"
"""The IRI of the dataset as a whole."""

_TITLES = {
    "fr": "Sides : qui est avec qui autour de la guerre en Ukraine",
    "en": "Sides: who stands with whom around the war in Ukraine",
}
_LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
_AGENT = IDENTIFIERS + "agent/"

Triples = set[ox.Triple]


def metadata(
    graphs: Mapping[str, Triples],
    sources: Iterable[Source],
    catalogue: Triples,
    *,
    inputs: str,
    versions: Mapping[str, str],
) -> Triples:
    """The metadata of a dataset of named graphs; ``inputs`` is the digest of everything it was built from.

    Counts of triples take in the metadata graph; the partitions by class and property do not. No time of day is told:
    the same inputs give the same triples.
    """
    data = {triple for triples in graphs.values() for triple in triples}
    about = {*catalogue, *_dataset(sources), *_build(sources, inputs, versions), *_partitions(data)}
    # The number of triples does not depend on the numbers they hold, so a first count measures the second.
    own = about | _counts({**graphs, graph_iri("metadata"): about}, 0)
    return about | _counts({**graphs, graph_iri("metadata"): own}, len(data | own))


def _dataset(sources: Iterable[Source]) -> Triples:
    return {
        _link(DATASET, "rdf:type", expand("void:Dataset")),
        _link(DATASET, "rdf:type", expand("dcat:Dataset")),
        _link(DATASET, "rdf:type", expand("prov:Entity")),
        _link(DATASET, "dcterms:license", _LICENCE),
        _link(DATASET, "dcterms:publisher", _AGENT + "sides"),
        _link(_AGENT + "sides", "rdf:type", expand("prov:Organization")),
        *(_text(_AGENT + "sides", "rdfs:label", "Sides", lang) for lang in _TITLES),
        _text(DATASET, "void:uriSpace", IDENTIFIERS),
        *(_text(DATASET, "dcterms:title", title, lang) for lang, title in _TITLES.items()),
        *(_link(DATASET, "dcterms:source", source_iri(source.name)) for source in sources),
    }


def _build(sources: Iterable[Source], inputs: str, versions: Mapping[str, str]) -> Triples:
    activity = f"{IDENTIFIERS}build/{digest(inputs, *sorted(versions.values()))}"
    program = f"{_AGENT}kg-{versions['program']}"
    return {
        _link(DATASET, "prov:wasGeneratedBy", activity),
        _link(activity, "rdf:type", expand("prov:Activity")),
        _text(activity, "dcterms:identifier", f"sha256:{inputs}"),
        _link(activity, "prov:wasAssociatedWith", program),
        *(_link(activity, "prov:used", source_iri(source.name)) for source in sources),
        _link(program, "rdf:type", expand("prov:SoftwareAgent")),
        _text(program, "rdfs:label", f"kg {versions['program']}", "en"),
        _text(program, "dcat:version", versions["program"]),
    }


def _counts(graphs: Mapping[str, Triples], merged: int) -> Triples:
    return {
        _number(DATASET, "void:triples", merged),
        *(_link(DATASET, "void:subset", graph) for graph in graphs),
        *(_link(graph, "rdf:type", expand("void:Dataset")) for graph in graphs),
        *(_number(graph, "void:triples", len(triples)) for graph, triples in graphs.items()),
    }


def _partitions(data: Triples) -> Triples:
    properties = Counter(triple.predicate.value for triple in data)
    types = [triple for triple in data if triple.predicate.value == expand("rdf:type")]
    classes = Counter(triple.object.value for triple in types if isinstance(triple.object, ox.NamedNode))
    return {
        *_each_partition("property", "void:triples", properties),
        *_each_partition("class", "void:entities", classes),
    }


def _each_partition(what: str, measure: str, counts: Mapping[str, int]) -> Iterator[ox.Triple]:
    for iri, count in counts.items():
        partition = f"{DATASET}/{what}/{digest(iri)}"
        yield _link(DATASET, f"void:{what}Partition", partition)
        yield _link(partition, "rdf:type", expand("void:Dataset"))
        yield _link(partition, f"void:{what}", iri)
        yield _number(partition, measure, count)


def _link(subject: str, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.NamedNode(object_))


def _text(subject: str, predicate: str, text: str, lang: str | None = None) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.Literal(text, language=lang))


def _number(subject: str, predicate: str, number: int) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.Literal(number))
