"""What is worked out of a release is worked out once, and anew for the next one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, current_app

from kg.ground.catalogue import Catalogue
from kg.ground.errors import BusyError
from kg.serve.results import Row, Term
from kg.serve.web.naming import names, once
from kg.serve.web.site import Site, install, site


class Asked:
    """An engine that counts what it is asked, and may refuse."""

    def __init__(self) -> None:
        self.release = SimpleNamespace(hash="one")
        self.asked = 0
        self.busy = False

    def select(self, text: str, **_: Any) -> list[Row]:
        self.asked += 1
        if self.busy:
            raise BusyError("full", retry_after=1)
        if "?type" in text:
            return []
        label = Term("literal", f"France {self.release.hash}", language="en")
        iri = Term("uri", "https://w3id.org/sides/id/state/FRA")
        return [{"thing": iri, "property": Term("uri", "http://www.w3.org/2000/01/rdf-schema#label"), "value": label}]


@pytest.fixture
def engine() -> Any:
    engine, app = Asked(), Flask("once")
    install(app, Site(engine, Catalogue(()), "", {}))  # type: ignore[arg-type]
    with app.app_context():
        yield engine


def test_an_index_is_made_once_for_each_release(engine: Asked) -> None:
    first = names()
    asked = engine.asked
    assert names() is first
    assert engine.asked == asked > 0
    engine.release = SimpleNamespace(hash="two")
    assert names() is not first
    assert [entry.label("en") for entry in names().entries] == ["France two"]


def test_what_was_begun_on_one_release_is_not_shown_with_the_next(engine: Asked) -> None:
    """While somebody works out a map, another release is published, and somebody else asks for another map."""

    def slow() -> str:
        made = f"map of {engine.release.hash}"
        engine.release = SimpleNamespace(hash="two")
        assert site().kept("other", lambda: "made meanwhile") == "made meanwhile"
        return made

    assert site().kept("map", slow) == "map of one"
    assert site().kept("map", lambda: f"map of {engine.release.hash}") == "map of two"
    with current_app.test_request_context():
        assert site().fixed("SELECT ?thing") is site().fixed("SELECT ?thing")
    assert engine.asked == 1


def test_what_failed_is_tried_again(engine: Asked) -> None:
    engine.busy = True
    with pytest.raises(BusyError):
        names()
    engine.busy = False
    assert names().entries


def test_one_thing_may_need_another(engine: Asked) -> None:
    assert once("outer", lambda: once("inner", lambda: 1) + 1) == 2
