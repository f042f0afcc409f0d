"""The description of the dataset at its well-known address, held against what the graph itself answers."""

from __future__ import annotations

import hashlib
from collections import defaultdict

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.ground.release import Release
from kg.ground.terms import DATASET, PREFIXES, expand, graph_iri
from kg.serve.engine import Engine
from kg.serve.formats import GRAPH_FORMATS

ADDRESS = "/.well-known/void"
SPDX = {f"spdx:{name}": f"http://spdx.org/rdf/terms#{name}" for name in ("checksum", "checksumValue")}

MERGED = f"SELECT DISTINCT ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{graph_iri('metadata')}>) }}"
"""What is counted: the triples of all graphs but the one that holds the counts."""


class Described:
    """A graph whose objects can be asked for."""

    def __init__(self, turtle: bytes) -> None:
        self._objects = defaultdict(set)
        for quad in ox.parse(turtle, ox.RdfFormat.TURTLE):
            self._objects[quad.subject.value, quad.predicate.value].add(quad.object)  # type: ignore[union-attr]

    def all(self, subject: str, predicate: str) -> set[str]:
        return {term.value for term in self._objects[subject, SPDX.get(predicate) or expand(predicate)]}

    def one(self, subject: str, predicate: str) -> str:
        (value,) = self.all(subject, predicate)
        return value

    def parts(self, whole: str, what: str, measure: str) -> dict[str, int]:
        parts = self.all(whole, f"void:{what}Partition")
        measured = [part for part in parts if self.all(part, measure)]  # of some it is told that they are empty
        return {self.one(part, f"void:{what}"): int(self.one(part, measure)) for part in measured}


@pytest.fixture(scope="module")
def described(app: object) -> Described:
    response = app.test_client().get(ADDRESS)  # type: ignore[attr-defined]
    assert response.status_code == 200
    assert response.content_type == "text/turtle; charset=utf-8"
    return Described(response.data)


def counted(engine: Engine, query: str) -> dict[str, int]:
    return {row["term"].value: int(row["n"].value) for row in engine.select(query)}


def test_the_properties_are_counted(described: Described, built_engine: Engine) -> None:
    triples = counted(built_engine, f"SELECT (?p AS ?term) (COUNT(*) AS ?n) {{ {{ {MERGED} }} }} GROUP BY ?p")
    assert described.parts(DATASET, "property", "void:triples") == triples
    bearers = counted(built_engine, f"SELECT (?p AS ?term) (COUNT(DISTINCT ?s) AS ?n) {{ {{ {MERGED} }} }} GROUP BY ?p")
    assert described.parts(DATASET, "property", "void:distinctSubjects") == bearers
    assert described.one(DATASET, "void:properties") == str(len(triples))


def test_the_classes_are_counted_and_their_properties(described: Described, built_engine: Engine) -> None:
    members = counted(
        built_engine,
        f"SELECT (?o AS ?term) (COUNT(*) AS ?n) {{ {{ {MERGED} }} FILTER(?p = <{expand('rdf:type')}> && isIRI(?o)) }}"
        " GROUP BY ?o",
    )
    assert described.parts(DATASET, "class", "void:entities") == members
    for part in described.all(DATASET, "void:classPartition"):
        class_ = described.one(part, "void:class")
        if class_ in {expand("sides:State"), expand("sides:AidAssertion")}:
            within = counted(
                built_engine,
                f"SELECT (?p AS ?term) (COUNT(*) AS ?n) {{ {{ SELECT DISTINCT ?s {{ ?s a <{class_}> }} }} "
                f"{{ {MERGED} }} }} GROUP BY ?p",
            )
            assert described.parts(part, "property", "void:triples") == within
            assert len(within) > 5


def test_the_whole_is_measured(described: Described, built_engine: Engine, built_release: Release) -> None:
    assert int(described.one(DATASET, "void:triples")) == built_release.counts["default"]
    (row,) = built_engine.select(
        f"SELECT (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) {{ {{ {MERGED} }} }}"
    )
    assert described.one(DATASET, "void:distinctSubjects") == row["subjects"].value
    assert described.one(DATASET, "void:distinctObjects") == row["objects"].value


def test_the_links_to_wikidata_are_counted(described: Described, built_engine: Engine) -> None:
    (links,) = (part for part in described.all(DATASET, "void:subset") if part.endswith("/links/wikidata"))
    (row,) = built_engine.select(
        f"SELECT (COUNT(*) AS ?n) {{ {{ {MERGED} }} FILTER(?p = <{expand('owl:sameAs')}>"
        f" && STRSTARTS(STR(?o), '{PREFIXES['wd']}')) }}"
    )
    assert described.one(links, "void:triples") == row["n"].value
    assert int(row["n"].value) > 200


def test_every_graph_is_named_with_its_size(described: Described, built_release: Release) -> None:
    graphs = described.all(DATASET, "void:subset")
    for name, size in built_release.counts.items():
        if name != "default":
            assert name in graphs
            assert int(described.one(name, "void:triples")) == size


def test_every_prefix_is_declared(described: Described) -> None:
    declared = {
        described.one(each, "sh:prefix"): described.one(each, "sh:namespace")
        for each in described.all(DATASET, "sh:declare")
    }
    assert declared == dict(PREFIXES)


def test_it_tells_where_the_graph_is(described: Described, client: FlaskClient, built_release: Release) -> None:
    endpoint = described.one(DATASET, "void:sparqlEndpoint")
    assert endpoint.endswith("/sparql")
    dumps = described.all(DATASET, "dcat:distribution")
    assert dumps == described.all(DATASET, "void:dataDump")
    assert len(dumps) == 5
    for dump in dumps:
        sent = client.get(dump.removeprefix("http://localhost"), buffered=True).data
        assert int(described.one(dump, "dcat:byteSize")) == len(sent)
        checksum = described.one(dump, "spdx:checksum")
        assert described.one(checksum, "spdx:checksumValue") == hashlib.sha256(sent).hexdigest()
    assert described.one(DATASET, "dcat:version") == built_release.hash
    assert described.one(DATASET, "dcterms:license") == "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
def test_it_is_there_in_every_format(client: FlaskClient, fmt: object) -> None:
    media_type = fmt.media_type  # type: ignore[attr-defined]
    response = client.get(ADDRESS, headers={"Accept": media_type})
    assert response.mimetype == media_type
    parsed = list(ox.parse(response.data, ox.RdfFormat.from_media_type(media_type)))  # type: ignore[arg-type]
    assert len(parsed) > 500
    assert len(set(parsed)) == len(parsed)


def test_it_is_not_sent_twice(client: FlaskClient) -> None:
    tag = client.get(ADDRESS).headers["ETag"]
    again = client.get(ADDRESS, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(ADDRESS, headers={"If-None-Match": tag, "Accept": "application/n-triples"})
    assert other.status_code == 200
