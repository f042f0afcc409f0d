"""A client of the application that answers from the graph of the first series."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.settings import Settings
from kg.serve.engine import Engine
from kg.serve.web.app import create_app


@pytest.fixture(scope="session")
def app(built_settings: Settings, built_engine: Engine) -> Flask:
    return create_app(built_settings, built_engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without cookies, that prefers pages as a browser does."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    return client
