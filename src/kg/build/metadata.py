"""The metadata graph: what the dataset is, what it holds (VoID, DCAT), and from what it was built (PROV)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kg.build.lines import Lines, lines_of
from kg.build.partitions import Partitions, parts
from kg.build.sources import Source
from kg.ground.terms import DATASET, IDENTIFIERS, PREFIXES, digest, expand, graph_iri, source_iri

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
    found = Partitions.of(graphs)
    about = {*catalogue, *_dataset(sources), *_build(sources, inputs, versions), *quality}
    about |= {*_partitions(found), *_links(found), *_names(found)}
    sizes = {name: len(lines) for name, lines in graphs.items()}
    name = graph_iri("metadata")
    # The number of triples does not depend on the numbers they hold, so a first count measures the second.
    own = set(lines_of(about | _counts({**sizes, name: 0}, 0)))
    both = len({line for lines in graphs.values() for line in lines if line in own})
    total = found.triples + len(own) - both
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


def _partitions(found: Partitions) -> Iterator[ox.Triple]:
    """The counts as VoID tells them."""
    measures = {
        "void:distinctSubjects": found.subjects,
        "void:distinctObjects": found.objects,
        "void:entities": found.entities,
        "void:properties": len(found.properties),
        "void:classes": len(found.classes),
    }
    yield from (_number(DATASET, measure, count) for measure, count in measures.items())
    for whole, what, term, part, counts in parts(found):
        yield _link(whole, f"void:{what}Partition", part)
        yield _link(part, "rdf:type", expand("void:Dataset"))
        yield _link(part, f"void:{what}", term)
        yield from (_number(part, measure, count) for measure, count in counts.items())


def _links(found: Partitions) -> Triples:
    """The links to Wikidata, as a dataset of their own."""
    links, wikidata = f"{DATASET}/links/wikidata", f"{DATASET}/wikidata"
    return {
        _link(DATASET, "void:subset", links),
        _link(links, "rdf:type", expand("void:Linkset")),
        _link(links, "void:linkPredicate", expand("owl:sameAs")),
        _link(links, "void:subjectsTarget", DATASET),
        _link(links, "void:objectsTarget", wikidata),
        _number(links, "void:triples", found.to_wikidata),
        _link(wikidata, "rdf:type", expand("void:Dataset")),
        _text(wikidata, "dcterms:title", "Wikidata", "en"),
        _text(wikidata, "dcterms:title", "Wikidata", "fr"),
        _text(wikidata, "void:uriSpace", expand("wd:")),
    }


def _names(found: Partitions) -> Triples:
    """The vocabularies that the dataset uses, and every prefix that its queries may be written with (SHACL 5.2.1)."""
    triples = {_link(DATASET, "void:vocabulary", namespace) for namespace in found.namespaces()}
    for prefix, namespace in PREFIXES.items():
        declaration = f"{DATASET}/prefix/{prefix}"
        triples |= {
            _link(DATASET, "sh:declare", declaration),
            _text(declaration, "sh:prefix", prefix),
            ox.Triple(
                ox.NamedNode(declaration),
                ox.NamedNode(expand("sh:namespace")),
                ox.Literal(namespace, datatype=ox.NamedNode(expand("xsd:anyURI"))),
            ),
        }
    return triples


def _link(subject: str, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.NamedNode(object_))


def _text(subject: str, predicate: str, text: str, lang: str | None = None) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.Literal(text, language=lang))


def _number(subject: str, predicate: str, number: int) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(expand(predicate)), ox.Literal(number))
