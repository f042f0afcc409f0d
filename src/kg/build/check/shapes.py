"""The shapes under ``ontology/shapes/`` held against data, by pySHACL: what the data must look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from kg.build.files import list_files, read_text
from kg.ground.errors import ShapeError
from kg.ground.terms import shorten

FORMATS: Mapping[str, str] = MappingProxyType({"n-triples": "nt", "turtle": "turtle"})
"""The formats that data may come in, and their names in RDFLib. A shape looks at one graph, hence no quads."""


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One place where the data does not fit a shape.

    ``path`` is the property, empty where the node itself is at fault; ``value`` is what was found, where one value is
    to blame. ``message`` is in English, ``message_fr`` in French. ``severity`` is violation, warning or info.
    """

    focus: str
    path: str
    message: str
    message_fr: str
    value: str
    severity: str

    def __str__(self) -> str:
        """The violation in one line, in English."""
        path = f" {self.path}" if self.path else ""
        value = f" (found {self.value})" if self.value else ""
        return f"{self.focus}{path}: {self.message}{value}"


def validate(data: bytes, shapes_folder: Path, *, data_format: str = "n-triples") -> tuple[Violation, ...]:
    """Hold the data against all shapes of a folder and return what does not fit, sorted.

    ``data`` must hold all that a shape looks at: with the assertions also the ontology and the entities, since a shape
    asks whether a value is of a class or of one below it. Raises `ShapeError` for another format than `FORMATS` and
    for shapes that cannot be read or used.
    """
    if data_format not in FORMATS:
        raise ShapeError(f"data comes as {data_format!r}", expected=" or ".join(FORMATS))
    graph = Graph()
    graph.parse(data=data, format=FORMATS[data_format])
    shapes = _read_shapes(shapes_folder)
    # Nothing is inferred and nothing imported: what is not written in the data is not there.
    try:
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none", inplace=True, do_owl_imports=False)
    except ReportableRuntimeError as error:
        raise ShapeError(f"a shape cannot be used: {error}", where=str(shapes_folder), expected="SHACL") from error
    if not isinstance(report, Graph):  # what the standard calls a failure, such as a constraint with MINUS
        raise ShapeError(f"the shapes cannot be evaluated: {report}", where=str(shapes_folder), expected="SHACL")
    return tuple(sorted(_violation(report, result) for result in report.objects(None, SH.result)))


def count_shapes(folder: Path) -> int:
    """The number of shapes with a target in a folder; raises `ShapeError` if they cannot be read."""
    return len(set(_read_shapes(folder).subjects(SH.targetClass)))


def require_valid(data: bytes, shapes_folder: Path, *, data_format: str = "n-triples", shown: int = 20) -> None:
    """Raise `ShapeError` with the first ``shown`` violations, if there is any."""
    found = validate(data, shapes_folder, data_format=data_format)
    if found:
        lines = [str(violation) for violation in found[:shown]]
        rest = len(found) - len(lines)
        more = [f"and {rest} more"] if rest else []
        raise ShapeError(
            f"{len(found)} places do not fit the shapes:\n" + "\n".join((*lines, *more)),
            where=str(shapes_folder),
            remedy="correct the source, its mapping, or the shape",
        )


def _read_shapes(folder: Path) -> Graph:
    shapes = Graph()
    for file in list_files(folder, "*.ttl", error=ShapeError):
        shapes.parse(data=_n_triples(read_text(file, error=ShapeError), str(file)), format="nt")
    return shapes


def _n_triples(turtle: str, where: str) -> bytes:
    """Turtle in the simplest form: RDFLib's own parser of Turtle fails in a dozen ways at what is no Turtle."""
    try:
        triples = [quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE, rename_blank_nodes=True)]
    except SyntaxError as error:
        raise ShapeError(str(error), where=where, expected="Turtle") from error
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _violation(report: Graph, result: Node) -> Violation:
    messages = {
        item.language: str(item) for item in report.objects(result, SH.resultMessage) if isinstance(item, Literal)
    }
    english = messages.get("en") or next(iter(messages.values()), "does not fit the shape")
    return Violation(
        focus=_shown(report.value(result, SH.focusNode)),
        path=_shown(report.value(result, SH.resultPath)),
        message=english,
        message_fr=messages.get("fr", english),
        value=_shown(report.value(result, SH.value)),
        severity=str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)).lower(),
    )


def _shown(node: Node | None) -> str:
    match node:
        case None | BNode():
            return ""
        case URIRef():
            return shorten(str(node))
        case _:
            return node.n3()
