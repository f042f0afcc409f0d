"""The documentation of the ontology of one release, ready to be shown in either language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.ground.terms import ONTOLOGY, expand, shorten
from kg.serve.results import Term
from kg.serve.web.vocabulary import diagrams
from kg.serve.web.vocabulary.diagrams import Diagram, Node, Row
from kg.serve.web.vocabulary.examples import (
    Ask,
    Example,
    class_query,
    examples,
    migration_query,
    property_query,
    schemes_of,
    single_valued,
    usage,
)
from kg.serve.web.vocabulary.graph import EVERYTHING, Expression, OntologyGraph
from kg.serve.web.vocabulary.terms import HEADER, Concept, Entry, borrowed, read_schemes, read_terms

MODULES = "/ontology/modules/"
"""What the address of the page of a module begins with."""

_CONCEPT = expand("skos:Concept")
_LAYERS = ("Fact", "Assertion", "Statement", "Source")
_TREES = frozenset({"entities", "equipment"})


@dataclass(frozen=True, slots=True)
class Documentation:
    """All that the page of the ontology tells; the queries and the diagrams are made for a language."""

    graph: OntologyGraph
    modules: Mapping[str, list[Entry]]
    schemes: list[Concept]
    borrowed: list[tuple[str, list[Term]]]
    examples: Mapping[str, Example]
    usage: Mapping[str, int]
    values_from: Mapping[str, list[str]]
    single: frozenset[str]
    links: Mapping[str, list[tuple[str, str]]]
    places: Mapping[str, tuple[str, str]]
    """Where each term, scheme and concept is described: its module and its anchor there."""

    @classmethod
    def read(cls, ask: Ask) -> Documentation:
        """Ask the release for everything."""
        graph = OntologyGraph(ask(EVERYTHING))
        modules = read_terms(graph)
        entries = [entry for found in modules.values() for entry in found]
        shown = examples(ask, graph, entries)
        schemes = read_schemes(graph)
        return cls(
            graph=graph,
            modules=modules,
            schemes=schemes,
            borrowed=borrowed(graph),
            examples=shown,
            usage=usage(ask),
            values_from=schemes_of(ask),
            single=single_valued(ask),
            links=_links(ask, shown),
            places={entry.iri: (entry.module, entry.name) for entry in entries} | dict(_concepts(schemes)),
        )

    @property
    def entries(self) -> list[Entry]:
        """The terms of all modules, in the order of the page."""
        return [entry for found in self.modules.values() for entry in found]

    def address(self, name: str, module: str = "") -> str:
        """Where a term of Sides is described, as seen from a module; what is no term of Sides leads to itself."""
        if name not in self.places:
            return name
        own, anchor = self.places[name]
        return f"#{anchor}" if own == module else f"{MODULES}{own}#{anchor}"

    def header(self, language: str) -> Mapping[str, list[str]]:
        """What the ontology says of itself, by prefixed name: IRIs, and literals in this language or else in any."""
        found: dict[str, list[str]] = {}
        for name in _HEADER:
            values = self.graph.values(HEADER, name)
            fitting = [value for value in values if value.language in {None, language}] or values
            found[name] = sorted((value.value for value in fitting), reverse=True)
        return found

    def query(self, entry: Entry, language: str) -> str:
        """The query that shows how to ask for a term; empty for a datatype, which nothing is asked by."""
        if entry.is_class:
            return class_query(self.graph, entry, self.examples.get(entry.iri), language, self.single)
        return property_query(self.graph, entry, self.examples.get(entry.iri)) if entry.is_property else ""

    def migration(self, entry: Entry) -> str:
        """The update that leads from a deprecated term to the one that replaces it; empty for others."""
        return migration_query(entry) if entry.deprecated else ""

    def diagram(self, module: str, language: str) -> Diagram | None:
        """The diagram of a module; none where there is nothing to draw."""
        nodes = list(self._nodes(module, language))
        if not nodes:
            return None
        if module in {"relations", "defined", *_TREES}:
            return diagrams.tree(nodes)
        if module == "concepts":
            return diagrams.tree(nodes, tips=False)
        return diagrams.classes(nodes, self._others(module, language))

    def _nodes(self, module: str, language: str) -> Iterator[Node]:
        entries = self.modules[module]
        if module == "relations":
            yield from (self._relation(entry, entries) for entry in entries if not self._is_inverse(entry, entries))
        elif module == "defined":
            yield from self._definitions(entries)
        elif module == "concepts":
            yield from self._uses(language)
        elif module == "layers":
            known = {entry.name: entry for entry in self.entries}
            layers = [known[name] for name in _LAYERS if name in known]
            others = [entry for entry in entries if entry.is_class and entry not in layers]
            yield from (self._class(entry, module, language, self._linked(entry)) for entry in [*layers, *others])
        else:
            for entry in entries:
                if entry.is_class:
                    rows = self._rows(entry, module, tree=module in _TREES)
                    yield self._class(entry, module, language, rows)

    def _class(self, entry: Entry, module: str, language: str, rows: list[Row]) -> Node:
        return Node(
            key=entry.iri,
            title=entry.name,
            href=self.address(entry.iri, module),
            subtitle=entry.labels.get(language, ""),
            above=tuple(self.graph.named(entry.iri, "rdfs:subClassOf")),
            rows=tuple(rows),
        )

    def _rows(self, entry: Entry, module: str, *, tree: bool = False) -> list[Row]:
        """The properties of a class; in a tree those alone whose values no line would lead to."""
        found = [name for name in self.graph.about("rdfs:domain", entry.iri) if name.startswith(ONTOLOGY)]
        if tree:
            data = expand("owl:DatatypeProperty")
            found = [name for name in found if data in self.graph.named(name, "rdf:type")]
        return [self._row(name, module) for name in sorted(found, key=str.casefold)]

    def _row(self, name: str, module: str) -> Row:
        ranges = [each for node in self.graph.values(name, "rdfs:range") for each in self.graph.classes(node)]
        if ranges == [_CONCEPT]:
            ranges = self.values_from.get(name, ranges)
        is_object = expand("owl:ObjectProperty") in self.graph.named(name, "rdf:type")
        return Row(
            name=_short(name),
            href=self.address(name, module),
            range=" | ".join(_short(each) for each in ranges),
            targets=tuple(ranges) if is_object else (),
        )

    def _linked(self, entry: Entry) -> list[Row]:
        """The properties of a layer: those that lead from its example to another layer, and its own."""
        links = [
            Row(_short(name), self.address(name, "layers"), _short(to), (to,))
            for name, to in self.links.get(entry.iri, ())
        ]
        return [*links, *(self._rows(entry, "layers") if entry.module == "layers" else ())]

    def _others(self, module: str, language: str) -> Mapping[str, Node]:
        """Whatever the diagram of a module may lead to outside it."""
        schemes = {
            scheme.iri: Node(
                key=scheme.iri,
                title=_short(scheme.iri),
                href=self.address(scheme.iri, module),
                subtitle=scheme.labels.get(language, ""),
                foreign=True,
            )
            for scheme in self.schemes
        }
        own = {
            entry.iri: Node(
                key=entry.iri,
                title=entry.name,
                href=self.address(entry.iri, module),
                subtitle=entry.labels.get(language, ""),
                foreign=True,
            )
            for entry in self.entries
            if entry.is_class
        }
        terms = [term.value for _, found in self.borrowed for term in found]
        return {name: Node(name, _short(name), name, foreign=True) for name in terms} | own | schemes

    def _relation(self, entry: Entry, entries: list[Entry]) -> Node:
        ends = [" | ".join(_text(piece) for piece in entry.facts.get(name, ())) for name in ("domain", "range")]
        inverse = [other.name for other in entries if self._inverts(other, entry)]
        symmetric = "owl:SymmetricProperty" in entry.characteristics
        way = " ↔ " if symmetric else " → "
        return Node(
            key=entry.iri,
            title=" / ".join([entry.name, *inverse]),
            href=self.address(entry.iri, entry.module),
            subtitle=way.join(ends),
            above=tuple(self.graph.named(entry.iri, "rdfs:subPropertyOf")),
        )

    def _inverts(self, entry: Entry, other: Entry) -> bool:
        return other.iri in self.graph.named(entry.iri, "owl:inverseOf")

    def _is_inverse(self, entry: Entry, entries: list[Entry]) -> bool:
        return any(self._inverts(entry, other) for other in entries)

    def _definitions(self, entries: list[Entry]) -> Iterator[Node]:
        """The defined classes below the class that each narrows, with what narrows it; or alone, with what they are."""
        bases: dict[str, list[Node]] = {}
        for entry in entries:
            first, narrowed, condition = _text(next(iter(entry.facts.get("equivalent", ())), ())).partition(" and ")
            base, told = (first, condition) if narrowed else ("", first)
            above = (f"{base} of {entry.module}",) if base else ()
            node = Node(entry.iri, entry.name, self.address(entry.iri, entry.module), _bare(told), above)
            bases.setdefault(base, []).append(node)
        for base, nodes in sorted(bases.items()):
            if base:
                yield Node(nodes[0].above[0], base, self.address(ONTOLOGY + base, "defined"), foreign=True)
            yield from nodes

    def _uses(self, language: str) -> Iterator[Node]:
        """The concept schemes, the properties that take values from them, and the classes that have them."""
        for scheme in self.schemes:
            yield Node(
                scheme.iri, _short(scheme.iri), self.address(scheme.iri, "concepts"), scheme.labels.get(language, "")
            )
            for name in sorted(name for name, schemes in self.values_from.items() if scheme.iri in schemes):
                key = f"{scheme.iri} {name}"
                yield Node(key, _short(name), self.address(name, "concepts"), above=(scheme.iri,), foreign=True)
                for node in self.graph.values(name, "rdfs:domain"):
                    for each in (each for each in self.graph.classes(node) if each.startswith(ONTOLOGY)):
                        yield Node(
                            f"{key} {each}", _short(each), self.address(each, "concepts"), above=(key,), foreign=True
                        )


_HEADER = (
    "dcterms:title", "dcterms:description", "owl:versionInfo", "owl:versionIRI", "owl:priorVersion", "dcterms:created",
    "dcterms:modified", "dcterms:license", "vann:preferredNamespacePrefix", "vann:preferredNamespaceUri",
    "dcterms:bibliographicCitation", "skos:historyNote",
)  # fmt: skip


def _links(ask: Ask, shown: Mapping[str, Example]) -> Mapping[str, list[tuple[str, str]]]:
    """What leads from one layer to another: for each, properties and the layers that they lead to."""
    layers = {f"{ONTOLOGY}{name}" for name in _LAYERS}
    subjects = {f"<{shown[layer].subject.value}>": layer for layer in sorted(layers) if layer in shown}
    if not subjects:
        return {}
    targets = " ".join(f"<{layer}>" for layer in sorted(layers))
    rows = ask(
        f"SELECT DISTINCT ?thing ?property ?layer {{ VALUES ?thing {{ {' '.join(subjects)} }} "
        f"VALUES ?layer {{ {targets} }} ?thing ?property ?other . ?other a ?layer }} ORDER BY ?thing ?property ?layer"
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        layer = subjects[f"<{row['thing'].value}>"]
        found.setdefault(layer, []).append((row["property"].value, row["layer"].value))
    return found


def _concepts(concepts: Iterable[Concept]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The places of concepts and of those below them, by IRI."""
    for concept in concepts:
        yield concept.iri, ("concepts", concept.anchor)
        yield from _concepts(concept.narrower)


def _short(name: str) -> str:
    """A name as it stands in a diagram, where those of Sides need no prefix."""
    return shorten(name).removeprefix("sides:").removeprefix("id:")


def _text(expression: Expression) -> str:
    """An expression as plain text, for a diagram."""
    return " ".join(piece if isinstance(piece, str) else _short(piece.value) for piece in expression)


def _bare(text: str) -> str:
    """A text without the brackets around the whole of it.

    >>> _bare("( memberOf value org:eu )"), _bare("( a ) or ( b )")
    ('memberOf value org:eu', '( a ) or ( b )')
    """
    inner = text.removeprefix("(").removesuffix(")")
    return inner.strip() if len(inner) == len(text) - 2 and "(" not in inner else text
