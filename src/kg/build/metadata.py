"""The metadata graph: what the dataset is, what it holds (VoID, DCAT), and from what it was built (PROV)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.build.lines import Lines, lines_of, merged
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
    graphs: Mapping[str, Lines],
    sources: Iterable[Source],
    catalogue: Triples,
    *,
    quality: Iterable[ox.Triple] = (),
    inputs: str,
    versions: Mapping[str, str],
) -> Lines:
    """The metadata of a dataset of named graphs, with what was measured of its ``quality``.

    ``inputs`` is the digest of everything it was built from.

    Counts of triples take in the metadata graph; the partitions by class and property do not. No time of day is told:
    the same inputs give the same triples.
    """
    partitions = _Partitions.of(graphs)
    about = {*catalogue, *_dataset(sources), *_build(sources, inputs, versions), *partitions.triples(), *quality}
    sizes = {name: len(lines) for name, lines in graphs.items()}
    name = graph_iri("metadata")
    # The number of triples does not depend on the numbers they hold, so a first count measures the second.
    own = set(lines_of(about | _counts({**sizes, name: 0}, 0)))
    both = len({line for lines in graphs.values() for line in lines if line in own})
    total = partitions.total + len(own) - both
    return lines_of(about | _counts({**sizes, name: len(own)}, total))


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


def _counts(sizes: Mapping[str, int], total: int) -> Triples:
    return {
        _number(DATASET, "void:triples", total),
        *(_link(DATASET, "void:subset", graph) for graph in sizes),
        *(_link(graph, "rdf:type", expand("void:Dataset")) for graph in sizes),
        *(_number(graph, "void:triples", size) for graph, size in sizes.items()),
    }


_TYPE = f"<{expand('rdf:type')}>".encode()


@dataclass(frozen=True, slots=True)
class _Partitions:
    """How many triples there are, with which predicates, and members of which classes."""

    total: int
    properties: Mapping[str, int]
    classes: Mapping[str, int]

    @classmethod
    def of(cls, graphs: Mapping[str, Lines]) -> _Partitions:
        """Count the triples of the merge of the graphs."""
        properties: Counter[bytes] = Counter()
        classes: Counter[bytes] = Counter()
        for line, _ in merged(graphs):
            _, predicate, object_ = line.split(b" ", 2)
            properties[predicate] += 1
            if predicate == _TYPE and object_.startswith(b"<"):
                classes[object_] += 1
        return cls(properties.total(), _by_iri(properties), _by_iri(classes))

    def triples(self) -> Iterator[ox.Triple]:
        """The counts as partitions of the dataset."""
        yield from _each_partition("property", "void:triples", self.properties)
        yield from _each_partition("class", "void:entities", self.classes)


def partition_iri(what: str, iri: str, *, of: str = DATASET) -> str:
    """The IRI of the part of a dataset that has the ``"class"`` or the ``"property"`` of an IRI."""
    return f"{of}/{what}/{digest(iri)}"


def _by_iri(counts: Mapping[bytes, int]) -> dict[str, int]:
    return {node.decode()[1:-1]: count for node, count in counts.items()}


def _each_partition(what: str, measure: str, counts: Mapping[str, int]) -> Iterator[ox.Triple]:
    for iri, count in counts.items():
        partition = partition_iri(what, iri)
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
