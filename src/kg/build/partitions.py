"""What a dataset holds, counted for VoID: triples, subjects, objects, and its parts by property and by class.

The terms are those of "Describing Linked Datasets with the VoID Vocabulary" (W3C, 2011), section 4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kg.build.lines import Lines, default_of, subject
from kg.ground.terms import DATASET, IDENTIFIERS, digest, expand

_TYPE = f"<{expand('rdf:type')}>".encode()
_SAME = f"<{expand('owl:sameAs')}>".encode()
_OWN = f"<{IDENTIFIERS}".encode()
_WIKIDATA = f"<{expand('wd:')}".encode()


@dataclass(frozen=True, slots=True)
class Partitions:
    """The counts of the merge of some graphs.

    ``entities`` are the subjects whose IRIs are Sides' own, ``to_wikidata`` the links ``owl:sameAs`` to its items.
    ``properties`` holds triples and distinct subjects by predicate, ``classes`` members by class, and ``within``
    triples by class and predicate.
    """

    triples: int
    subjects: int
    objects: int
    entities: int
    to_wikidata: int
    properties: Mapping[str, tuple[int, int]]
    classes: Mapping[str, int]
    within: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, graphs: Mapping[str, Lines]) -> Partitions:
        """Count the triples of the merge of the graphs."""
        counting = _Counting()
        for node, lines in groupby(default_of(graphs), key=subject):
            counting.add(node, lines)
        return counting.result()

    def namespaces(self) -> frozenset[str]:
        """The namespaces of the properties and classes."""
        return frozenset(_namespace(term) for term in (*self.properties, *self.classes))


class _Counting:
    """Counts subject by subject: the triples of one stand together."""

    def __init__(self) -> None:
        self.subjects = self.entities = self.to_wikidata = 0
        self.objects: set[bytes] = set()
        self.triples: Counter[bytes] = Counter()
        self.bearers: Counter[bytes] = Counter()
        self.members: Counter[bytes] = Counter()
        self.within: Counter[tuple[bytes, bytes]] = Counter()

    def add(self, node: bytes, lines: Iterable[bytes]) -> None:
        own: Counter[bytes] = Counter()
        classes = []
        for line in lines:
            _, predicate, object_ = line.split(b" ", 2)
            own[predicate] += 1
            self.objects.add(object_)
            if predicate == _TYPE and object_.startswith(b"<"):
                classes.append(object_)
            elif predicate == _SAME and object_.startswith(_WIKIDATA):
                self.to_wikidata += 1
        self.subjects += 1
        self.entities += node.startswith(_OWN)
        self.triples.update(own)
        self.bearers.update(own.keys())
        self.members.update(classes)
        for class_ in classes:
            for predicate, count in own.items():
                self.within[class_, predicate] += count

    def result(self) -> Partitions:
        return Partitions(
            triples=self.triples.total(),
            subjects=self.subjects,
            objects=len(self.objects),
            entities=self.entities,
            to_wikidata=self.to_wikidata,
            properties={_iri(node): (count, self.bearers[node]) for node, count in self.triples.items()},
            classes={_iri(node): count for node, count in self.members.items()},
            within={(_iri(class_), _iri(node)): count for (class_, node), count in self.within.items()},
        )


def _iri(node: bytes) -> str:
    return node.decode()[1:-1]


def _namespace(term: str) -> str:
    return term[: max(term.rfind("#"), term.rfind("/")) + 1]


def partition_iri(what: str, iri: str, *, of: str = DATASET) -> str:
    """The IRI of the part of a dataset that has the ``"class"`` or the ``"property"`` of an IRI."""
    return f"{of}/{what}/{digest(iri)}"


def parts(found: Partitions) -> Iterator[tuple[str, str, str, str, Mapping[str, int]]]:
    """The parts of the dataset: whole, what it is a part by, the IRI of that term, its own IRI, and its measures."""
    for property_, (triples, bearers) in found.properties.items():
        part = partition_iri("property", property_)
        yield DATASET, "property", property_, part, {"void:triples": triples, "void:distinctSubjects": bearers}
    for class_, members in found.classes.items():
        yield DATASET, "class", class_, partition_iri("class", class_), {"void:entities": members}
    for (class_, property_), triples in found.within.items():
        whole = partition_iri("class", class_)
        part = partition_iri("property", property_, of=whole)
        yield whole, "property", property_, part, {"void:triples": triples}
