"""What the release says of each term of the ontology, in the order in which the documentation tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.ground.terms import ONTOLOGY, PREFIXES, expand
from kg.serve.results import Term
from kg.serve.web.vocabulary.graph import Expression, OntologyGraph
from kg.serve.web.vocabulary.modules import ROOTS, module_of, ordered

SORTS: Mapping[str, str] = MappingProxyType(
    {
        "owl:Class": "class",
        "owl:ObjectProperty": "object_property",
        "owl:DatatypeProperty": "datatype_property",
        "owl:AnnotationProperty": "annotation_property",
        "rdfs:Datatype": "datatype",
    }
)
"""The sorts of terms, by the class that declares them."""

HEADER = ONTOLOGY.removesuffix("#")
"""The IRI of the ontology itself."""

_CHARACTERISTICS = (
    "owl:FunctionalProperty", "owl:InverseFunctionalProperty", "owl:SymmetricProperty", "owl:AsymmetricProperty",
    "owl:TransitiveProperty", "owl:ReflexiveProperty", "owl:IrreflexiveProperty",
)  # fmt: skip
_AXIOMS = (
    ("equivalent", "owl:equivalentClass"),
    ("equivalent", "owl:equivalentProperty"),
    ("above", "rdfs:subClassOf"),
    ("above", "rdfs:subPropertyOf"),
    ("disjoint", "owl:disjointWith"),
    ("disjoint", "owl:propertyDisjointWith"),
    ("domain", "rdfs:domain"),
    ("range", "rdfs:range"),
    ("inverse", "owl:inverseOf"),
)
_IN_OWL = MappingProxyType(
    {
        "equivalent": ("owl:equivalentClass", "owl:equivalentProperty"),
        "above": ("rdfs:subClassOf", "rdfs:subPropertyOf"),
        "below": ("rdfs:subClassOf", "rdfs:subPropertyOf"),
        "disjoint": ("owl:disjointWith", "owl:propertyDisjointWith"),
        "domain": ("rdfs:domain", "rdfs:domain"),
        "range": ("rdfs:range", "rdfs:range"),
        "inverse": ("owl:inverseOf", "owl:inverseOf"),
        "chain": ("owl:propertyChainAxiom", "owl:propertyChainAxiom"),
        "key": ("owl:hasKey", "owl:hasKey"),
        "properties": ("rdfs:domain", "rdfs:domain"),
        "values_of": ("rdfs:range", "rdfs:range"),
    }
)
_BRIDGES = frozenset({"equivalent", "above"})
_OWN_BELOW = (("below", "rdfs:subClassOf"), ("below", "rdfs:subPropertyOf"), ("inverse", "owl:inverseOf"))
_ALIGNMENTS = (
    "owl:sameAs", "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch",
    "rdfs:seeAlso",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One term: its texts by language, what the ontology states of it, and what it is called elsewhere.

    ``facts`` are named as in the table ``fact`` of the texts; ``alignments`` are pairs of a property and a term.
    """

    iri: str
    sort: str
    module: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    notes: Mapping[str, str]
    facts: Mapping[str, tuple[Expression, ...]]
    characteristics: tuple[str, ...]
    alignments: tuple[tuple[Term, Term], ...]
    replaced_by: tuple[Term, ...]
    deprecated: bool

    @property
    def name(self) -> str:
        """The name within the namespace, which is the anchor of the term."""
        return self.iri.removeprefix(ONTOLOGY)

    def axiom(self, fact: str) -> str:
        """What OWL calls one of the facts, for those who know it by that name."""
        of_classes, of_properties = _IN_OWL[fact]
        return of_properties if self.is_property else of_classes

    @property
    def is_class(self) -> bool:
        """Whether things can be in it."""
        return self.sort == "class"

    @property
    def is_property(self) -> bool:
        """Whether it relates things."""
        return self.sort.endswith("property")


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept or, with its concepts, a scheme: what it is called, what it means, what it is below and above."""

    iri: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    notation: str
    alignments: tuple[tuple[Term, Term], ...]
    narrower: tuple[Concept, ...]

    @property
    def anchor(self) -> str:
        """Its place on the page; terms have the names without a hyphen."""
        return "concept-" + self.iri.removeprefix(PREFIXES["id"]).replace("/", "-")


def read_terms(graph: OntologyGraph) -> dict[str, list[Entry]]:
    """All terms of Sides by module: classes as a tree is read, then properties and datatypes by name."""
    found: dict[str, dict[str, Entry]] = {module: {} for module in ROOTS}
    for sort in SORTS:
        for term in graph.subjects("rdf:type", expand(sort)):
            if term.startswith(ONTOLOGY):
                entry = _entry(graph, term, SORTS[sort])
                found[entry.module].setdefault(term, entry)
    return {module: _in_order(graph, module, entries) for module, entries in found.items()}


def _in_order(graph: OntologyGraph, module: str, entries: Mapping[str, Entry]) -> list[Entry]:
    classes = ordered(graph, [iri for iri, entry in entries.items() if entry.is_class], ROOTS[module])
    rest = sorted((iri for iri in entries if iri not in classes), key=str.casefold)
    return [entries[iri] for iri in (*classes, *rest)]


def _entry(graph: OntologyGraph, term: str, sort: str) -> Entry:
    types = graph.named(term, "rdf:type")
    return Entry(
        iri=term,
        sort=sort,
        module=module_of(graph, term),
        labels=_texts(graph, term, "rdfs:label"),
        definitions=_texts(graph, term, "skos:definition"),
        notes=_texts(graph, term, "skos:scopeNote"),
        facts=_facts(graph, term, sort),
        characteristics=tuple(name for name in _CHARACTERISTICS if expand(name) in types),
        alignments=(*_outside(graph, term), *alignments(graph, term)),
        replaced_by=tuple(graph.values(term, "dcterms:isReplacedBy")),
        deprecated=graph.text(term, "owl:deprecated") in {"true", "1"},
    )


def _facts(graph: OntologyGraph, term: str, sort: str) -> Mapping[str, tuple[Expression, ...]]:
    found: dict[str, list[Expression]] = {}
    for name, axiom in _AXIOMS:
        inside = (value for value in graph.values(term, axiom) if name not in _BRIDGES or not _is_outside(value))
        found.setdefault(name, []).extend(graph.expression(value) for value in inside)
    found["chain"] = [graph.chain(members) for members in graph.values(term, "owl:propertyChainAxiom")]
    found["key"] = [tuple(graph.members(members)) for members in graph.values(term, "owl:hasKey")]
    for name, axiom in _OWN_BELOW:
        found.setdefault(name, []).extend((Term("uri", below),) for below in graph.subjects(axiom, term))
    found["disjoint"] += [(Term("uri", other),) for other in _also_disjoint(graph, term)]
    if sort == "class":
        found["properties"] = [(Term("uri", name),) for name in graph.about("rdfs:domain", term)]
        found["values_of"] = [(Term("uri", name),) for name in graph.about("rdfs:range", term)]
    return {name: tuple(dict.fromkeys(expressions)) for name, expressions in found.items() if expressions}


def _is_outside(value: Term) -> bool:
    return value.kind == "uri" and not value.value.startswith(ONTOLOGY)


def _outside(graph: OntologyGraph, term: str) -> Iterator[tuple[Term, Term]]:
    """The terms of other vocabularies that a term is below or the same as."""
    for name, axiom in _AXIOMS:
        if name in _BRIDGES:
            for value in graph.values(term, axiom):
                if _is_outside(value) and value.value != expand("owl:Thing"):
                    yield Term("uri", expand(axiom)), value


def _also_disjoint(graph: OntologyGraph, term: str) -> Iterator[str]:
    """The classes that are disjoint with a term by an axiom that stands elsewhere."""
    yield from graph.subjects("owl:disjointWith", term)
    for together in graph.collections("owl:AllDisjointClasses", "owl:members"):
        names = [member.value for member in together]
        if term in names:
            yield from (name for name in names if name != term)


def alignments(graph: OntologyGraph, term: str) -> tuple[tuple[Term, Term], ...]:
    """What a term is matched with, or may be looked up at, in other vocabularies."""
    return tuple(
        (Term("uri", expand(name)), value)
        for name in _ALIGNMENTS
        for value in graph.values(term, name)
        if value.kind == "uri"
    )


def read_schemes(graph: OntologyGraph) -> list[Concept]:
    """The concept schemes by name, each with its concepts in their natural order, narrower ones below broader ones."""
    return [_concept(graph, scheme, scheme) for scheme in graph.subjects("rdf:type", expand("skos:ConceptScheme"))]


def _concept(graph: OntologyGraph, term: str, scheme: str) -> Concept:
    inside = set(graph.subjects("skos:inScheme", scheme))
    if term == scheme:
        below = {name for name in inside if not inside & set(graph.named(name, "skos:broader"))}
    else:
        below = inside & set(graph.subjects("skos:broader", term))
    return Concept(
        iri=term,
        labels=_texts(graph, term, "skos:prefLabel"),
        definitions=_texts(graph, term, "skos:definition"),
        notation=graph.text(term, "skos:notation"),
        alignments=alignments(graph, term),
        narrower=tuple(
            _concept(graph, name, scheme)
            for name in sorted(below, key=lambda name: (int(graph.text(name, "sides:order") or 0), name))
        ),
    )


def borrowed(graph: OntologyGraph) -> list[tuple[str, list[Term]]]:
    """The terms of other vocabularies that the ontology declares, by the document that defines them."""
    found: dict[str, list[Term]] = {}
    for sort in SORTS:
        for term in graph.subjects("rdf:type", expand(sort)):
            if not term.startswith(ONTOLOGY):
                for document in graph.named(term, "rdfs:isDefinedBy"):
                    found.setdefault(document, []).append(Term("uri", term))
    return sorted(found.items())


def _texts(graph: OntologyGraph, term: str, name: str) -> Mapping[str, str]:
    literals = (value for value in graph.values(term, name) if value.kind == "literal")
    return {value.language or "": value.value for value in literals}
