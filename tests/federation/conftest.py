"""A graph of thousand entities that are linked to items of another endpoint, and that endpoint."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kg.ground.release import Release
from kg.serve.federation import FederatedEngine
from kg.serve.web import sparql
from kg.serve.web.app import create_app
from support.federated import LINKS, settings_for, statements
from support.serving import make_release
from support.stand_in import StandIn, stand_in


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("federated"), LINKS)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[StandIn]:
    with stand_in(statements(3000)) as running:
        yield running


@pytest.fixture(scope="module")
def running_engine(release: Release, endpoint: StandIn) -> Iterator[FederatedEngine]:
    with FederatedEngine.start(settings_for(endpoint.address), release) as running:
        yield running


@pytest.fixture
def wikidata(endpoint: StandIn) -> StandIn:
    """The endpoint, as if it had just begun."""
    endpoint.heard.clear()
    endpoint.fails = None
    endpoint.most_running = 0
    return endpoint


@pytest.fixture
def engine(running_engine: FederatedEngine, wikidata: StandIn) -> FederatedEngine:
    """An engine that remembers no answers of the endpoint."""
    running_engine._remote._cache._kept.clear()
    running_engine._remote._cache._size = 0
    return running_engine


@pytest.fixture
def client(engine: FederatedEngine) -> FlaskClient:
    return create_app(engine.settings, engine, [sparql.blueprint]).test_client()
