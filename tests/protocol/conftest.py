"""The application on a small engine, and the real server as a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from kg.serve.engine import Engine
from kg.serve.web import sparql
from kg.serve.web.app import create_app
from support.server_process import Server, serving
from support.serving import SMALL, engine_on, make_release, many


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    release = make_release(tmp_path_factory.mktemp("protocol"), SMALL)
    with engine_on(release, request_size=1) as running_engine:
        yield running_engine


@pytest.fixture
def client(engine: Engine) -> FlaskClient:
    """The protocol alone, without the pages of the site."""
    return create_app(engine.settings, engine, [sparql.blueprint]).test_client()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a ring of nodes."""
    folder = tmp_path_factory.mktemp("served")
    make_release(folder, many(500))
    with serving(folder) as running_server:
        yield running_server
