"""That every query which a page has run is run for its client: it is told when the client has left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kg.serve.engine import Answer, Engine

ADDRESSES = (
    "/",
    "/results?query=ASK{}",
    "/editor?query=ASK{}",
    "/sparql?query=ASK{}&format=json",
    "/queries/coalition-members?organisation=org:nato",
    "/queries/coalition-members.csv",
    "/id/state/FRA",
    "/page/state/FRA",
    "/data/state/FRA.ttl",
    "/ontology",
    "/ontology.ttl",
    "/explain?s=state:FRA&p=rdf:type&o=sides:State",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_query_is_told_when_its_client_leaves(app: Flask, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    told: list[Callable[[], bool] | None] = []
    query = Engine.query

    def listen(engine: Engine, *given: Any, **named: Any) -> Answer:
        told.append(named.get("cancelled"))
        return query(engine, *given, **named)

    monkeypatch.setattr(Engine, "query", listen)
    monkeypatch.setitem(app.extensions, "sides-ontology", None)
    monkeypatch.setattr(app.extensions["sides-pages"], "_made", ("", {}))

    def left() -> bool:
        return False

    browser = {"waitress.client_disconnected": left, "HTTP_ACCEPT": "text/html"}
    response = app.test_client().get(address, environ_overrides=browser)
    assert response.status_code < 400
    assert told
    assert all(each is left for each in told)
