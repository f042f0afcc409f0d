"""The shapes under ``ontology/shapes/`` held against data, by pySHACL: what the data must look like.

Data of which `kg.build.check.screening` sees that all of it fits is not shown to pySHACL at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS, SH, XSD
from rdflib.term import Node

from kg.build.check.screening import in_doubt
from kg.build.check.violations import Violation, require_none
from kg.build.files import list_files, read_text
from kg.ground.errors import ShapeError
from kg.ground.terms import shorten

FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {"n-triples": ox.RdfFormat.N_TRIPLES, "turtle": ox.RdfFormat.TURTLE}
)
"""The formats that data may come in. A shape looks at one graph, hence no quads."""

_STRING = str(XSD.string)
_MARK = "urn:sides:looked-at:"  # the property of nodes that a shape looks at; no data has it


def validate(
    data: bytes, shapes_folder: Path, *, data_format: str = "n-triples", beside: AbstractSet[str] = frozenset()
) -> tuple[Violation, ...]:
    """Hold the data against all shapes of a folder and return what does not fit, sorted.

    ``data`` must hold all that a shape looks at: with the assertions also the ontology and the entities, since a shape
    asks whether a value is of a class or of one below it. ``beside`` are IRIs that stand there for the others to name
    and are not looked at themselves. Raises `ShapeError` for another format than `FORMATS` and
    for shapes that cannot be read or used.
    """
    if data_format not in FORMATS:
        raise ShapeError(f"data comes as {data_format!r}", expected=" or ".join(FORMATS))
    lines = _plain(data, FORMATS[data_format])
    if in_doubt(lines, shapes_folder, beside=frozenset(beside)) == frozenset():
        return ()
    return judge(lines, shapes_folder, beside=beside)


def judge(data: bytes, shapes_folder: Path, *, beside: AbstractSet[str] = frozenset()) -> tuple[Violation, ...]:
    """The same for N-Triples, by pySHACL alone, whether or not anything is in doubt."""
    graph = _read_data(data)
    shapes = _hoisted(_read_shapes(shapes_folder))
    passed_over: set[Node] = {URIRef(iri) for iri in beside}
    if passed_over:
        _narrow(shapes, graph, passed_over)
    values = _lift_value_shapes(shapes)
    # Nothing is inferred and nothing imported: what is not written in the data is not there.
    try:
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", inplace=True, do_owl_imports=False)
    except ReportableRuntimeError as error:
        raise ShapeError(f"a shape cannot be used: {error}", where=str(shapes_folder), expected="SHACL") from error
    if not isinstance(report, Graph):  # what the standard calls a failure, such as a constraint with MINUS
        raise ShapeError(f"the shapes cannot be evaluated: {report}", where=str(shapes_folder), expected="SHACL")
    results = list(report.objects(None, SH.result))
    told = [result for result in results if report.value(result, SH.focusNode) not in passed_over]
    found = [_violation(report, result) for result in told if report.value(result, SH.sourceShape) not in values]
    return tuple(sorted([*found, *_in_their_places(graph, shapes, report, values, passed_over)]))


def require_valid(data: bytes, shapes_folder: Path, *, data_format: str = "n-triples", shown: int = 20) -> None:
    """Raise `ShapeError` with the first ``shown`` violations, if there is any."""
    require_none(validate(data, shapes_folder, data_format=data_format), shapes_folder, shown=shown)


def _plain(data: bytes, form: ox.RdfFormat) -> bytes:
    """The data as N-Triples in the one form that the engine writes."""
    try:
        triples = [quad.triple for quad in ox.parse(data, form, rename_blank_nodes=True)]
    except SyntaxError as error:
        raise ShapeError(f"the data cannot be read: {error}", expected=str(form)) from error
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _read_data(data: bytes) -> Graph:
    """The data for pySHACL; RDFLib's own parser takes more than twice the time, which is a fifth of a validation."""
    graph = Graph()
    for quad in ox.parse(data, ox.RdfFormat.N_TRIPLES):
        graph.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return graph


@lru_cache(maxsize=1 << 16)
def _term(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> URIRef | BNode | Literal:
    match term:
        case ox.NamedNode():
            return URIRef(term.value)
        case ox.Literal():
            datatype = None if term.language or term.datatype.value == _STRING else URIRef(term.datatype.value)
            return Literal(term.value, lang=term.language, datatype=datatype)
        case _:
            return BNode(str(term))


def _read_shapes(folder: Path) -> Graph:
    shapes = Graph()
    for file in list_files(folder, "*.ttl", error=ShapeError):
        shapes.parse(data=_n_triples(read_text(file, error=ShapeError), str(file)), format="nt")
    return shapes


def _hoisted(shapes: Graph) -> Graph:
    """The same shapes, with the targets of a node shape on its property shapes too, instead of on it alone.

    pySHACL evaluates a property shape that hangs from a node shape for one node at a time, reading the shape anew for
    each, and one with a target of its own for all nodes at once: on 300,000 triples a third of the time. What is said
    of which node is the same. A closed shape needs to know the paths that it loses, hence they become ignored ones.
    """
    for shape in set(shapes.subjects(SH.property)):
        targets = list(shapes.objects(shape, SH.targetClass))
        if not targets or (shape, SH.deactivated, None) in shapes:
            continue
        held = list(shapes.objects(shape, SH.property))
        paths = [path for item in held for path in shapes.objects(item, SH.path) if isinstance(path, URIRef)]
        for item in held:
            shapes.remove((shape, SH.property, item))
            for target in targets:
                shapes.add((item, SH.targetClass, target))
        if (shape, SH.closed, Literal(True)) in shapes:
            _ignore(shapes, shape, paths)
    return shapes


def _narrow(shapes: Graph, graph: Graph, passed_over: AbstractSet[Node]) -> None:
    """Let the shapes look at all members of the classes that they are for but some.

    pySHACL has an option for the nodes to look at, which it searches from end to end for each node.
    """
    marks: dict[Node, URIRef] = {}
    for shape, target in list(shapes.subject_objects(SH.targetClass)):
        mark = marks.setdefault(target, URIRef(f"{_MARK}{len(marks)}"))
        shapes.remove((shape, SH.targetClass, target))
        shapes.add((shape, SH.targetSubjectsOf, mark))
    for target, mark in marks.items():
        classes = graph.transitive_subjects(RDFS.subClassOf, target)
        members = {member for class_ in list(classes) for member in graph.subjects(RDF.type, class_)}
        for member in members.difference(passed_over):
            graph.add((member, mark, Literal(True)))
    for shape in list(shapes.subjects(SH.closed, Literal(True))):
        _ignore(shapes, shape, list(marks.values()))


def _lift_value_shapes(shapes: Graph) -> dict[Node, dict[Node, Node]]:
    """Let shapes of values, such as that of dates, look at each value once instead of in each place where it stands.

    A shape is one of values if property shapes ask for it by sh:node and it looks at nothing else. Returns for each
    the properties that it is asked for, and the property shape that asks.
    """
    values: dict[Node, dict[Node, Node]] = {}
    for item, shape in list(shapes.subject_objects(SH.node)):
        path = shapes.value(item, SH.path)
        if isinstance(path, URIRef) and (shape, SH.property, None) not in shapes:
            values.setdefault(shape, {})[path] = item
            shapes.remove((item, SH.node, shape))
            shapes.add((shape, SH.targetObjectsOf, path))
    return values


def _in_their_places(
    graph: Graph,
    shapes: Graph,
    report: Graph,
    values: Mapping[Node, Mapping[Node, Node]],
    passed_over: AbstractSet[Node],
) -> Iterator[Violation]:
    """The violations of shapes of values, told for each node that has the value, in the words of what asked."""
    for shape, places in values.items():
        wrong = {report.value(item, SH.focusNode) for item in report.subjects(SH.sourceShape, shape)}
        for value in wrong - {None}:
            for focus, path in graph.subject_predicates(value):
                if path in places and focus not in passed_over:
                    told = _messages(shapes, places[path], SH.message)
                    severity = shapes.value(places[path], SH.severity) or SH.Violation
                    yield Violation(_shown(focus), _shown(path), *told, _shown(value), _local(severity))


def _ignore(shapes: Graph, shape: Node, paths: list[URIRef]) -> None:
    listed = shapes.value(shape, SH.ignoredProperties)
    ignored = list(Collection(shapes, listed)) if listed is not None else []
    shapes.remove((shape, SH.ignoredProperties, None))
    more = Collection(shapes, BNode(), [*ignored, *(path for path in dict.fromkeys(paths) if path not in ignored)])
    shapes.add((shape, SH.ignoredProperties, more.uri))


def _n_triples(turtle: str, where: str) -> bytes:
    """Turtle in the simplest form: RDFLib's own parser of Turtle fails in a dozen ways at what is no Turtle."""
    try:
        triples = [quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE, rename_blank_nodes=True)]
    except SyntaxError as error:
        raise ShapeError(str(error), where=where, expected="Turtle") from error
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _violation(report: Graph, result: Node) -> Violation:
    return Violation(
        _shown(report.value(result, SH.focusNode)),
        _shown(report.value(result, SH.resultPath)),
        *_messages(report, result, SH.resultMessage),
        _shown(report.value(result, SH.value)),
        _local(report.value(result, SH.resultSeverity)),
    )


def _messages(graph: Graph, node: Node, predicate: URIRef) -> tuple[str, str]:
    """The messages of a node in English and in French, one standing in for the other where it lacks."""
    told = {item.language: str(item) for item in graph.objects(node, predicate) if isinstance(item, Literal)}
    english = told.get("en") or next(iter(told.values()), "does not fit the shape")
    return english, told.get("fr", english)


def _local(severity: Node | None) -> str:
    return str(severity).removeprefix(str(SH)).lower()


def _shown(node: Node | None) -> str:
    match node:
        case None | BNode():
            return ""
        case URIRef():
            return shorten(str(node))
        case _:
            return node.n3()
