"""What pages show when there is nothing to show, when it takes long, when it fails: each state has words and a way on.

The server here has one worker, which stops a query after a second, and room for no other query beside it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from support.server_process import Server, serving
from support.visiting import Visit
from support.walking import Walk

pytestmark = pytest.mark.browser

LANGUAGES = ("fr", "en")
NARROW, WIDE = 360, 1280
SLOW = "SELECT (COUNT(*) AS ?count) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (STR(?a) < STR(?i)) }"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def short(browser: Browser, releases: Path) -> Iterator[Server]:
    """A server that takes one query at a time, and no longer than a second for it."""
    limits = {"SIDES_DEADLINE": "1", "SIDES_WORKERS": "1", "SIDES_QUEUE": "0"}
    with serving(releases, SIDES_LOG="off", **limits) as server:
        yield server


@pytest.fixture
def hurried(browser: Browser, short: Server) -> Iterator[Visit]:
    visit = Visit(browser, f"http://127.0.0.1:{short.port}")
    yield visit
    for context in visit.contexts:
        context.close()


def look(visit: Visit, path: str, language: str, *, width: int = NARROW) -> tuple[int, Page]:
    page = visit.open("/about", locale=language, viewport={"width": width, "height": 800})
    response = page.goto(visit.address + path)
    assert response
    assert page.evaluate(OVERFLOW) <= 0
    assert page.get_by_role("heading", level=1).count() == 1
    return response.status, page


EMPTY = {
    "/queries?q=zzzz": ("No query", "Aucune requête"),
    "/search?q=zzzz": ("Nothing has", "Aucun nom ne contient"),
    "/sources?q=zzzz": ("No source fits", "Aucune source"),
    "/queries/approval-series?leader=person:volodymyr-zelensky&population=state:UKR": (
        "has no answer",
        "pas de réponse",
    ),
    "/map?measure=coalition-members&organisation=org:afp": ("has no answer", "pas de réponse"),
    f"/results?query={quote('SELECT * { ?s a <http://example.org/nothing> }')}": ("has no answer", "pas de réponse"),
    "/explain?s=state:HUN&p=sides:bordersWith&o=state:PRT": ("not in the graph", "pas dans le graphe"),
    "/map?measure=nothing": ("Nothing here", "Rien ici"),
    "/page/state/NOPE": ("Nothing here", "Rien ici"),
    "/nowhere": ("Nothing here", "Rien ici"),
}
"""Addresses at which there is nothing, and words that tell so."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", EMPTY)
def test_nothing_is_told_in_words(reader: Visit, path: str, language: str) -> None:
    _, page = look(reader, path, language)
    told = page.get_by_role("main").get_by_text(EMPTY[path][language == "fr"]).first
    expect(told).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_query_that_took_too_long_is_told_with_what_to_do(hurried: Visit, language: str) -> None:
    status, page = look(hurried, f"/results?query={quote(SLOW)}", language)
    assert status == 503
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(("The query took too long", "La requête a pris trop de temps")[language == "fr"])
    expect(alert).to_contain_text("LIMIT")
    assert page.locator("textarea").first.input_value() == SLOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_editor_shows_that_it_waits_and_why_it_ended(hurried: Visit, language: str) -> None:
    walk = Walk(hurried, language, NARROW)
    walk.go("SPARQL", "SPARQL")
    walk.paste(SLOW)
    walk.press("Run", "Lancer", leads=False)
    walk.sees("The query runs", "La requête est en cours")
    expect(walk.content.get_by_role("button", name=walk.said(("Cancel", "Annuler")))).to_be_visible()
    walk.sees("The query took too long", "La requête a pris trop de temps")
    assert walk.page.evaluate(OVERFLOW) <= 0


@contextmanager
def kept_busy(server: Server) -> Iterator[None]:
    """While this lasts, one slow query follows the other."""
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            server.ask(SLOW)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_is_full_says_when_to_come_again(hurried: Visit, short: Server, language: str) -> None:
    with kept_busy(short):
        for at in range(20):
            # A query of its own each time: an answer that is kept needs no worker.
            status, page = look(hurried, f"/results?query={quote(f'SELECT ({at} AS ?{language}) {{}}')}", language)
            if status == 503:
                break
    assert status == 503
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(("Too many queries", "Trop de requêtes")[language == "fr"])
    expect(alert).to_contain_text(re.compile(r"\b\d+ s\b"))


WRONG = {
    "/queries/votes-on-a-resolution?resolution=state:FRA": (400, "state:FRA"),
    "/compare/states?state=org:nato": (400, "org:nato"),
    f"/results?query={quote('SELECT * { ?s ?p }')}": (400, re.compile("column|colonne")),
}
"""Addresses that ask for what cannot be, with the status and a word of what is told."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", WRONG)
def test_what_cannot_be_asked_is_told_where_it_stands(reader: Visit, path: str, language: str) -> None:
    status, page = look(reader, path, language)
    expected, word = WRONG[path]
    assert status == expected
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(word)
