"""What is made ready before anybody asks: names, the first page, the index; it changes nothing of what is told."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from kg.ground.errors import QueryTimeoutError, WorkerLostError
from kg.ground.settings import Settings
from kg.ground.terms import expand
from kg.serve.engine import Answer, Engine
from kg.serve.results import Term
from kg.serve.web.app import create_app
from kg.serve.web.labels import MOST_ASKED, Labels, fill
from kg.serve.web.site import Site
from kg.serve.web.state import state
from kg.serve.web.vocabulary.documentation import Documentation
from kg.serve.web.vocabulary.examples import Ask
from kg.serve.web.warming import keep_warm, warm

HUNGARY, UNKNOWN = expand("state:HUN"), expand("state:XXX")


@pytest.fixture
def fresh_app(built_settings: Settings, built_engine: Engine) -> Flask:
    """An application that nobody has asked anything."""
    return create_app(built_settings, built_engine)


class _Hurry(threading.Event):
    """Nothing has to stop, and nobody waits: there are no readers who would have to go before."""

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        return self.is_set()


def _stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def _asked(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> list[tuple[bool, str]]:
    """The queries that are put to an engine from now on, each with whether its answer was known."""
    asked: list[tuple[bool, str]] = []
    original = engine.query

    def query(text: str, *given: object, **named: object) -> Answer:
        answer = original(text, *given, **named)  # type: ignore[arg-type]
        asked.append((answer.cached, text))
        return answer

    monkeypatch.setattr(engine, "query", query)
    return asked


def _rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the pages that are made from now on."""
    made: list[str] = []
    render = Site.render

    def noted(site: Site, template: str, values: Mapping[str, object], **given: int) -> Response:
        made.append(template)
        return render(site, template, values, **given)

    monkeypatch.setattr(Site, "render", noted)
    return made


@pytest.mark.parametrize("address", ["/?lang=en", "/?lang=fr", "/search?q=hongrie&lang=fr", "/search.json?q=xxyyzz"])
def test_what_is_made_ready_is_not_asked_again(
    fresh_app: Flask, built_engine: Engine, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    warm(fresh_app, _stopped())
    asked = _asked(monkeypatch, built_engine)
    response = fresh_app.test_client().get(address)
    assert (response.status_code, asked) == (200, [])


def test_no_worker_is_asked_for_the_pages_that_many_want(
    built_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine.start(built_settings) as engine:
        app = create_app(built_settings, engine)
        warm(app, _Hurry())
        asked = _asked(monkeypatch, engine)
        for address in ("/page/state/UKR?lang=fr", "/ontology?lang=en", "/queries/aid-by-month?lang=fr", "/sources"):
            assert app.test_client().get(address, headers={"Accept": "text/html"}).status_code == 200
        assert [text for known, text in asked if not known] == []


@pytest.mark.parametrize(
    "error", [QueryTimeoutError("it took too long", where="a worker"), KeyError("a mistake of ours")]
)
def test_a_page_that_cannot_be_made_is_told_and_the_others_are_made(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def read(_: Ask) -> Documentation:
        raise error

    monkeypatch.setattr("kg.serve.web.ontology_pages.Documentation.read", read)
    made = _rendered(monkeypatch)
    warm(fresh_app, _Hurry())
    assert re.search("/ontology (is not made before it is asked for|cannot be made)", caplog.text)
    assert made[-1] == "errors.html"


def test_where_it_cannot_be_counted_what_is_named_most_the_main_pages_are_made(
    fresh_app: Flask, built_engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    original, made = built_engine.select, _rendered(monkeypatch)

    def select(text: str, **named: object) -> object:
        if "COUNT(?subject)" in text and "LIMIT" in text:
            raise QueryTimeoutError("it took too long", where="a worker")
        return original(text, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(built_engine, "select", select)
    warm(fresh_app, _Hurry())
    assert "what is named most are not made" in caplog.text
    assert "page.html" not in made
    assert {"query.html", "ontology.html", "errors.html"} <= {*made}


def test_a_page_made_ready_is_the_page_that_would_have_been_made(fresh_app: Flask, client: FlaskClient) -> None:
    warm(fresh_app, _Hurry())
    for address in ("/?lang=fr", "/page/state/HUN?lang=fr", "/page/state/UKR?lang=en"):
        pages = (reader.get(address).text for reader in (fresh_app.test_client(), client))
        made, asked = (re.sub(r"(?:&lt; )?[0-9]+ ms", "", page) for page in pages)  # how long a query took
        assert made == asked


class _Graph:
    """Answers with the names of one thing, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        named = (("Ungarn", "de"), ("Hungary", "en"), ("Hongrie", "fr"), ("Hongrie (État)", "fr"))
        self.rows = [{"iri": Term("uri", HUNGARY), "label": Term("literal", *name)} for name in _literals(named)]

    def __call__(self, text: str) -> list[dict[str, Term]]:
        self.asked += 1
        return self.rows if f"<{HUNGARY}>" in text or "VALUES" not in text else []


def _literals(named: tuple[tuple[str, str], ...]) -> list[tuple[str, str | None, str]]:
    return [(text, None, language) for text, language in named]


@pytest.mark.parametrize(("language", "label"), [("fr", "Hongrie (État)"), ("en", "Hungary"), ("it", "Ungarn")])
def test_a_name_is_in_the_language_or_in_any_whether_asked_or_read(language: str, label: str) -> None:
    asked, read, graph = Labels(language), Labels(language), _Graph()
    fill({language: read}, graph)
    assert read.of([UNKNOWN, HUNGARY], graph) == {HUNGARY: label}
    assert graph.asked == 1
    assert asked.of([UNKNOWN, HUNGARY], graph) == {HUNGARY: label}
    assert asked.of([HUNGARY, UNKNOWN], graph) == {HUNGARY: label}
    assert graph.asked == 2


def test_more_names_than_can_be_remembered_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.web.labels.MOST_KEPT", 2)
    labels, graph = Labels("fr"), _Graph()
    fill({"fr": labels}, graph)
    for asked in (2, 3):
        assert labels.of([HUNGARY, "urn:x:1", "urn:x:2"], graph) == {HUNGARY: "Hongrie (État)"}
        assert graph.asked == asked


def test_a_long_list_of_names_is_asked_in_part() -> None:
    texts: list[str] = []

    def select(text: str) -> list[dict[str, Term]]:
        texts.append(text)
        return []

    assert Labels("en").of([f"urn:x:{number}" for number in range(MOST_ASKED + 5)], select) == {}
    assert texts[0].count("<urn:x:") == MOST_ASKED


def test_each_release_is_made_ready_once_and_again_after_a_failure(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("kg.serve.web.warming._LOOK", 0.0)
    monkeypatch.setattr("kg.serve.web.warming._PAUSE", 0.0)
    engine, stop = _Engines(["a", "a", "a", "b", "b", "b"]), threading.Event()
    monkeypatch.setattr(state(fresh_app), "engine", engine)
    made: list[str] = []

    def make(_: Flask, _stop: threading.Event) -> None:
        made.append(engine.now)
        if len(made) == 1:
            raise WorkerLostError("it has died", where="a worker")
        if not engine.left:
            stop.set()

    engine.ended = stop
    keep_warm(fresh_app, stop, make, made=lambda: made.append("ready"))
    assert made == ["a", "a", "ready", "b", "ready"]
    assert "release a is not ready for readers" in caplog.text


class _Engines:
    """Serves one release after the other, a look at a time."""

    def __init__(self, hashes: list[str]) -> None:
        self.left = hashes
        self.now = ""
        self.ended = threading.Event()

    @property
    def release(self) -> _Engines:
        self.now = self.left.pop(0)
        if not self.left:
            self.ended.set()
        return self

    @property
    def hash(self) -> str:
        return self.now
