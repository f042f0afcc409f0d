"""The graph of the ontology in memory, and its class expressions in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.ground.catalogue.binding import iri
from kg.ground.terms import expand, graph_iri
from kg.serve.results import Row, Term

EVERYTHING = f"SELECT ?s ?p ?o {{ GRAPH {iri(graph_iri('ontology'))} {{ ?s ?p ?o }} }}"
"""The query for all that the graph of the ontology says. One query, so that its blank nodes keep their names."""

Expression = tuple[Term | str, ...]
"""A class expression as it is read: terms, and the words of the Manchester syntax of OWL 2 between them."""

_NIL = expand("rdf:nil")
_SOME = {"owl:someValuesFrom": "some", "owl:allValuesFrom": "only", "owl:hasValue": "value"}
_NUMBERS = {
    "owl:minCardinality": "min",
    "owl:maxCardinality": "max",
    "owl:cardinality": "exactly",
    "owl:minQualifiedCardinality": "min",
    "owl:maxQualifiedCardinality": "max",
    "owl:qualifiedCardinality": "exactly",
}


class OntologyGraph:
    """The triples of the ontology, by subject and property."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._objects: dict[str, dict[str, list[Term]]] = {}
        self._subjects: dict[tuple[str, str], list[Term]] = {}
        self._about: dict[str, dict[str, set[str]]] = {}
        for row in rows:
            subject, predicate, value = row["s"], row["p"].value, row["o"]
            self._objects.setdefault(_key(subject), {}).setdefault(predicate, []).append(value)
            self._subjects.setdefault((predicate, _key(value)), []).append(subject)

    def values(self, subject: Term | str, name: str) -> list[Term]:
        """The objects of a subject and a property given by its prefixed name, sorted."""
        key = subject if isinstance(subject, str) else _key(subject)
        return sorted(self._objects.get(key, {}).get(expand(name), ()), key=lambda term: (term.kind, term.value))

    def named(self, subject: Term | str, name: str) -> list[str]:
        """The objects that are IRIs, in their order."""
        return [term.value for term in self.values(subject, name) if term.kind == "uri"]

    def text(self, subject: Term | str, name: str, language: str | None = None) -> str:
        """The first literal of a property, in a language if one is given; empty if there is none."""
        found = (term for term in self.values(subject, name) if term.kind == "literal")
        return next((term.value for term in found if language is None or term.language == language), "")

    def subjects(self, name: str, value: str) -> list[str]:
        """The IRIs that have an IRI as the value of a property, sorted."""
        found = self._subjects.get((expand(name), value), ())
        return sorted({term.value for term in found if term.kind == "uri"})

    def members(self, node: Term) -> Iterator[Term]:
        """The members of an RDF list, in their order."""
        while node.value != _NIL:
            yield from self.values(node, "rdf:first")[:1]
            node = next(iter(self.values(node, "rdf:rest")), Term("uri", _NIL))

    def about(self, name: str, term: str) -> list[str]:
        """The IRIs that have a class as the value of a property such as rdfs:domain, alone or in a union, sorted."""
        if name not in self._about:
            found = self._about[name] = dict[str, set[str]]()
            for (predicate, _), subjects in self._subjects.items():
                for subject in subjects if predicate == expand(name) else ():
                    for each in (each for node in self.values(subject, name) for each in self.classes(node)):
                        found.setdefault(each, set()).add(subject.value)
        return sorted(self._about[name].get(term, ()))

    def collections(self, sort: str, name: str) -> list[list[Term]]:
        """The lists that nodes of a class have as the value of a property, such as those of disjoint classes."""
        nodes = self._subjects.get((expand("rdf:type"), expand(sort)), ())
        return [list(self.members(members)) for node in nodes for members in self.values(node, name)]

    def classes(self, node: Term) -> list[str]:
        """The classes that a domain or range consists of: the class itself, or those of its union."""
        if node.kind == "uri":
            return [node.value]
        return [
            name for union in self.values(node, "owl:unionOf") for m in self.members(union) for name in self.classes(m)
        ]

    def expression(self, node: Term) -> Expression:
        """A class, data range or property expression as it is read."""
        if node.kind != "bnode":
            return (node,)
        for name, word in (("owl:intersectionOf", "and"), ("owl:unionOf", "or")):
            for members in self.values(node, name):
                return self._joined(members, word)
        for value in self.values(node, "owl:complementOf"):
            return ("not", *self._inner(value))
        for members in self.values(node, "owl:oneOf"):
            return ("{", *self._joined(members, ","), "}")
        for base in self.values(node, "owl:onDatatype"):
            return (
                base,
                *(word for facets in self.values(node, "owl:withRestrictions") for word in self._facets(facets)),
            )
        for inverse in self.values(node, "owl:inverseOf"):
            return ("inverse", *self._inner(inverse))
        return self._restriction(node)

    def chain(self, members: Term) -> Expression:
        """A property chain as it is read."""
        return self._joined(members, "o")

    def _restriction(self, node: Term) -> Expression:
        on = tuple(piece for name in self.values(node, "owl:onProperty") for piece in self.expression(name))
        for name, word in _SOME.items():
            for value in self.values(node, name):
                return (*on, word, *self._inner(value))
        for name, word in _NUMBERS.items():
            for number in self.values(node, name):
                filler = [*self.values(node, "owl:onClass"), *self.values(node, "owl:onDataRange")]
                return (*on, word, number, *(piece for value in filler for piece in self._inner(value)))
        return (*on, "Self") if self.values(node, "owl:hasSelf") else on

    def _joined(self, members: Term, word: str) -> Expression:
        pieces: list[Term | str] = []
        for member in self.members(members):
            pieces += [*([word] if pieces else []), *self._inner(member)]
        return tuple(pieces)

    def _inner(self, node: Term) -> Expression:
        pieces = self.expression(node)
        return pieces if len(pieces) == 1 else ("(", *pieces, ")")

    def _facets(self, facets: Term) -> Iterator[Term | str]:
        for facet in self.members(facets):
            for name, values in self._objects.get(_key(facet), {}).items():
                yield name.rpartition("#")[2]
                yield from values


def _key(term: Term) -> str:
    return f"_:{term.value}" if term.kind == "bnode" else term.value
