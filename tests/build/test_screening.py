"""What the quick look lets pass, pySHACL lets pass too: every single change of sound data that it finds is in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.check.screening import count_shapes, in_doubt, inverse_paths
from kg.build.check.shapes import judge, validate
from kg.build.inference import is_evidence
from kg.build.lines import document, lines_of, node, object_, predicate, subject
from kg.ground.terms import PREFIXES, expand, shorten

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "ontology" / "shapes"
SOURCES = ("first-series", "unfriendly-list")
STRANGE = (
    b'""', b'"a \\"word\\""@fr', b'"x"', b'"x"@de', b'"-1"^^<xsd:integer>', b'"1.5"^^<xsd:decimal>',
    b'"one"^^<xsd:integer>',
    b'"2025-02-30"^^<xsd:date>', b'"2025-13"^^<xsd:gYearMonth>', b'"1900-01-01"^^<xsd:date>',
    b'"true"^^<xsd:boolean>',
    b'"2099"^^<xsd:gYear>', b"<https://w3id.org/sides/id/state/FRA>", b"<https://w3id.org/sides/id/org/nobody>",
    b"<https://w3id.org/sides/id/amount/USD-1>", b"<http://www.w3.org/2004/02/skos/core#Concept>",
)  # fmt: skip
COMPARED = {node(expand(name)) for name in ("sides:earliest", "sides:latest", "oa:start", "oa:end")}
TYPE = f"<{expand('rdf:type')}>".encode()


def graph(name: str) -> Iterator[ox.Triple]:
    text = (ROOT / "triples" / f"{name}.trig").read_text(encoding="utf-8")
    return (quad.triple for quad in ox.parse(text, ox.RdfFormat.TRIG))


def read(*files: Path) -> tuple[bytes, ...]:
    texts = (file.read_text(encoding="utf-8") for file in files)
    return lines_of(quad.triple for text in texts for quad in ox.parse(text, ox.RdfFormat.TURTLE))


@pytest.fixture(scope="module")
def sound() -> tuple[bytes, ...]:
    tables = (ROOT / "ontology" / "entities").glob("*.ttl")
    told = lines_of(triple for name in SOURCES for triple in graph(name))
    return tuple(sorted({*read(ROOT / "ontology/sides.ttl", ROOT / "ontology/concepts.ttl", *tables), *told}))


def changes(lines: list[bytes]) -> Iterator[list[bytes]]:
    """What is said of a node with one triple less, with one more, with a strange value instead or beside."""
    strange = [value.replace(b"<xsd:", b"<" + PREFIXES["xsd"].encode()) for value in STRANGE]
    for number, line in enumerate(lines):
        others = lines[:number] + lines[number + 1 :]
        start = b" ".join((subject(line), predicate(line), b""))
        yield others
        yield [*lines, subject(line) + b" <https://a.example/property> " + object_(line)]
        if predicate(line) in COMPARED:  # pySHACL stumbles where one of two values to compare is none
            yield [*others, start + b'"2001-01-01"^^' + node(expand("xsd:date"))]
            yield [*others, start + b'"7"^^' + node(expand("xsd:integer"))]
        elif predicate(line) != TYPE:
            yield from ([*others, start + value] for value in strange)
            yield from ([*lines, start + value] for value in strange[::4] if start + value != line)


def examples(lines: tuple[bytes, ...]) -> Iterator[tuple[bytes, list[bytes]]]:
    """For each set of properties and classes that some node of evidence has, one node that has it, in all its words."""
    seen: set[tuple[bytes, ...]] = set()
    for item, about in groupby(filter(is_evidence, lines), key=subject):
        said = list(about)
        form = tuple(line.partition(b" ")[2] for line in said if predicate(line) == TYPE)
        if form not in seen:
            seen.add(form)
            yield item, said


def changed(sound: tuple[bytes, ...]) -> tuple[list[bytes], set[bytes]]:
    """The data, and beside it a copy of an example of each sort for each change, under its own name."""
    made: list[bytes] = []
    names: set[bytes] = set()
    for item, said in examples(sound):
        for lines in changes(said):
            name = item[:-1] + b"-%d>" % len(names)
            names.add(name)
            made += (name + line.removeprefix(item) for line in lines)
    return sorted({*sound, *made}), names


def test_whatever_pyshacl_finds_was_in_doubt(sound: tuple[bytes, ...]) -> None:
    lines, names = changed(sound)
    data = document(lines)
    wrong = {violation.focus for violation in judge(data, SHAPES)}
    doubtful = in_doubt(data, SHAPES)
    assert doubtful is not None
    told = {shorten(iri) for iri in doubtful}
    assert wrong <= told
    assert len(names) > len(wrong) > 1000
    assert len(told - wrong) < len(wrong) / 10


def test_nothing_of_sound_data_is_in_doubt(sound: tuple[bytes, ...]) -> None:
    data = document(sound)
    assert in_doubt(data, SHAPES) == frozenset()
    assert judge(data, SHAPES) == ()


def test_what_stands_beside_is_not_looked_at(sound: tuple[bytes, ...]) -> None:
    wrong = f'<{expand("state:FRA")}> <{expand("rdfs:label")}> "France" .\n'.encode()
    data = wrong + document(sound)
    assert in_doubt(data, SHAPES) == {expand("state:FRA")}
    assert in_doubt(data, SHAPES, beside=frozenset({expand("state:FRA")})) == frozenset()


UNSEEN = (
    'ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "^a" ; sh:flags "i" ] .',
    'ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "a\\\\d" ] .',
    'ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:pattern "(a" ] .',
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:minCount 1 ] .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:minCount 1 ] .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:node ex:s .",
    "ex:s a sh:NodeShape ; sh:targetNode ex:c ; sh:nodeKind sh:IRI .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:not [ sh:nodeKind sh:IRI ] .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:nodeKind sh:Literal .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:deactivated true .",
    "ex:s a sh:NodeShape , <http://www.w3.org/2002/07/owl#Class> ; sh:nodeKind sh:IRI .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:datatype <xsd:dateTime> ] .",
    "ex:s a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 , 2 ] .",
)


@pytest.mark.parametrize("shape", UNSEEN)
def test_a_shape_that_cannot_be_seen_through_is_left_to_pyshacl(shape: str, tmp_path: Path) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .\n"
    body = shape.replace("<xsd:", f"<{PREFIXES['xsd']}")
    (tmp_path / "shapes.ttl").write_text(head + body, encoding="utf-8")
    assert in_doubt(b"<https://example.org/c> " + TYPE + b" <https://example.org/C> .\n", tmp_path) is None


def test_a_shape_is_held_against_what_its_path_leads_to(tmp_path: Path) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .\n"
    shape = """ex:s a sh:NodeShape ; sh:targetClass ex:C ;
      sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:minCount 1 ] , [ sh:path ( ex:p ex:q ) ; sh:maxCount 0 ] ,
        [ sh:path [ sh:alternativePath ( ex:p ex:r ) ] ; sh:minCount 1 ] ."""
    (tmp_path / "shapes.ttl").write_text(head + shape, encoding="utf-8")
    turtle = """@prefix ex: <https://example.org/> .
      ex:good a ex:C ; ex:r ex:d . ex:d ex:p ex:good , ex:none , ex:led . ex:alone a ex:C ; ex:r ex:d .
      ex:none a ex:C . ex:led a ex:C ; ex:p ex:e . ex:e ex:q ex:f ."""
    data = document(lines_of(quad.triple for quad in ox.parse(turtle, ox.RdfFormat.TURTLE)))
    expected = {f"https://example.org/{name}" for name in ("alone", "none", "led")}
    assert in_doubt(data, tmp_path) == expected
    assert {item.focus for item in validate(data, tmp_path)} == expected


def test_shapes_are_counted_by_their_targets() -> None:
    assert count_shapes(SHAPES) == 39
    assert inverse_paths(SHAPES) == {expand("sides:bordersWith")}
