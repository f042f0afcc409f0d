"""Protocol tests from manifests: those of this project always, those of the W3C where a checkout of them is at hand.

The folder of a checkout of the W3C's ``rdf-tests`` is told by ``SIDES_RDF_TESTS``. This service only reads: what a test
of the Graph Store Protocol writes must be refused, and is then done by the runner, so that what it reads is tried.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kg.serve.engine import Engine
from kg.serve.web import graph_store, sparql
from kg.serve.web.app import create_app
from support.manifests import Case, GraphStore, complaints, here, read_manifest, send, store_of
from support.serving import SMALL, engine_on, make_release

MANIFESTS = Path(__file__).parent / "manifests"
W3C = os.environ.get("SIDES_RDF_TESTS", "")
SUITES = ("protocol", "service-description", "graph-store-protocol")
SD = "http://www.w3.org/ns/sparql-service-description#"

UPDATES = "updates are refused: the graph is changed through its sources and a build"
DEVIATIONS = {
    f"http://www.w3.org/2009/sparql/docs/tests/data-sparql11/protocol/manifest#{name}": UPDATES
    for name in (
        "update_dataset_default_graph", "update_dataset_default_graphs", "update_dataset_named_graphs",
        "update_dataset_full", "update_post_form", "update_post_direct", "update_base_uri",
    )
}  # fmt: skip
"""The tests that this service does not pass, and why."""


def w3c_cases() -> list[Case]:
    if not W3C:
        return []
    files = [Path(W3C) / "sparql" / "sparql11" / suite / "manifest.ttl" for suite in SUITES]
    return [case for file in files for case in read_manifest(file.resolve())]


OWN_CASES = [case for file in sorted(MANIFESTS.glob("*.ttl")) for case in read_manifest(file)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_on(make_release(tmp_path_factory.mktemp("manifests"), SMALL)) as running:
        yield running


class Runner:
    """Runs tests on one engine, and gives it another release where a test needs other data."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._served: str | None = None
        app = create_app(engine.settings, engine, [sparql.blueprint, graph_store.blueprint])
        self.client: FlaskClient = app.test_client()

    def serve(self, quads: str) -> None:
        if quads != self._served:
            # Two tests may have the same data with another between them: a release is never made twice in one folder.
            folder = self._folder / str(len(list(self._folder.iterdir())))
            self._engine.publish(make_release(folder, quads))
            self._served = quads

    def run(self, case: Case) -> None:
        store = GraphStore(case.store())
        self.serve(store.quads())
        known: dict[str, str] = {}
        for number, exchange in enumerate(case.exchanges, 1):
            path = here(exchange.path, known)
            response = send(self.client, exchange, path)
            told = f"{case.iri}, request {number}: {exchange.method} {path}"
            if case.kind == "GraphStoreProtocolTest" and exchange.writes:
                assert response.status_code == 403, told
                assert response.json is not None
                assert response.json["code"] == "read-only", told
                minted = store.write(exchange, path)
                if exchange.location and minted:
                    known[exchange.location] = minted
                self.serve(store.quads())
            else:
                assert list(complaints(exchange, response)) == [], told


@pytest.fixture(scope="module")
def runner(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return Runner(engine, tmp_path_factory.mktemp("releases"))


@pytest.mark.parametrize("case", OWN_CASES, ids=lambda case: case.name)
def test_own(runner: Runner, case: Case) -> None:
    assert case.exchanges
    runner.run(case)


def test_the_manifests_hold_every_suite() -> None:
    kinds = [case.kind for case in OWN_CASES]
    assert {*kinds} == {"ProtocolTest", "ServiceDescriptionTest", "GraphStoreProtocolTest"}
    assert len({case.iri for case in OWN_CASES}) == len(OWN_CASES) > 80


def returns_rdf(client: FlaskClient) -> None:
    for path in ("/sparql", "/sparql/"):
        response = client.get(path)
        assert response.status_code == 200
        rdf = ox.RdfFormat.from_media_type(response.mimetype)
        assert list(ox.parse(response.data, rdf))


def has_endpoint_triple(client: FlaskClient) -> None:
    store = described(client)
    assert bool(store.query(f"ASK {{ ?service a <{SD}Service> ; <{SD}endpoint> <http://localhost/sparql> }}"))


def conforms_to_schema(client: FlaskClient) -> None:
    """Each property of the vocabulary stands between things of the classes that it is declared for."""
    store = described(client)
    used = {quad.predicate.value for quad in store if quad.predicate.value.startswith(SD)}
    assert used <= {SD + name for name in PROPERTIES}
    for name in used:
        domain, kind = PROPERTIES[name.removeprefix(SD)]
        for quad in store.quads_for_pattern(None, ox.NamedNode(name), None):
            assert (quad.subject, domain) in typed(store), quad
            assert kind is None or (quad.object, kind) in typed(store) or kind in KNOWN_KINDS, quad
    wrong = f"""
        ASK {{ {{ ?s a <{SD}Service> FILTER NOT EXISTS {{ ?s <{SD}endpoint> ?e }} }}
               UNION {{ ?n a <{SD}NamedGraph> FILTER NOT EXISTS {{ ?n <{SD}name> ?name FILTER(isIRI(?name)) }} }}
               UNION {{ ?n <{SD}name> ?a , ?b FILTER(?a != ?b) }}
               UNION {{ ?s <{SD}defaultDataset> ?a , ?b FILTER(?a != ?b) }} }}"""
    assert not bool(store.query(wrong))


PROPERTIES: dict[str, tuple[str, str | None]] = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "supportedLanguage": ("Service", "Language"),
    "supportedVersion": ("Service", None),
    "languageExtension": ("Service", "Feature"),
    "extensionFunction": ("Service", "Function"),
    "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None),
    "inputFormat": ("Service", None),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("Dataset", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
"""The properties of the vocabulary: the class of their subjects, and that of their objects."""
KNOWN_KINDS = {"Feature", "EntailmentRegime", "Language"}
"""Classes whose members the vocabulary itself declares."""


def typed(store: ox.Store) -> set[tuple[ox.NamedNode | ox.BlankNode, str]]:
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    quads = store.quads_for_pattern(None, kind, None)
    return {(quad.subject, quad.object.value.removeprefix(SD)) for quad in quads}  # type: ignore[union-attr, misc]


def described(client: FlaskClient) -> ox.Store:
    response = client.get("/sparql", headers={"Accept": "application/n-triples"})
    return store_of(ox.parse(response.data, ox.RdfFormat.N_TRIPLES))


WITHOUT_REQUESTS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}
"""The W3C's tests of the service description, which are told in words."""


@pytest.mark.parametrize("check", WITHOUT_REQUESTS.values(), ids=WITHOUT_REQUESTS.keys())
def test_the_description(runner: Runner, check: object) -> None:
    runner.serve(SMALL)
    check(runner.client)  # type: ignore[operator]


@pytest.mark.skipif(not W3C, reason="SIDES_RDF_TESTS names no checkout of the W3C's rdf-tests")
@pytest.mark.parametrize("case", w3c_cases(), ids=lambda case: case.name)
def test_w3c(runner: Runner, case: Case, request: pytest.FixtureRequest) -> None:
    if case.iri in DEVIATIONS:
        request.node.add_marker(pytest.mark.xfail(reason=DEVIATIONS[case.iri], raises=AssertionError, strict=True))
    if case.kind == "ServiceDescriptionTest":
        WITHOUT_REQUESTS[case.name](runner.client)
    else:
        assert case.exchanges
        runner.run(case)


@pytest.mark.skipif(not W3C, reason="SIDES_RDF_TESTS names no checkout of the W3C's rdf-tests")
def test_the_checkout_is_read_whole() -> None:
    cases = w3c_cases()
    assert {*DEVIATIONS} <= {case.iri for case in cases}
    assert {case.kind for case in cases} == {"ProtocolTest", "ServiceDescriptionTest", "GraphStoreProtocolTest"}
