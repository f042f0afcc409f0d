"""What all readers want of a release and takes long to make is made before anybody asks for it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from flask import Flask
from werkzeug.exceptions import HTTPException

from kg.ground.catalogue.binding import iri
from kg.ground.errors import SidesError
from kg.ground.terms import ONTOLOGY
from kg.serve.naming import search
from kg.serve.naming.searching import nearest
from kg.serve.web import completion, display
from kg.serve.web.home_page import FEATURED, HEADLINES
from kg.serve.web.labels import fill
from kg.serve.web.naming import known_types, names
from kg.serve.web.navigation import FOOTER, HEADER, has_page
from kg.serve.web.site import site
from kg.serve.web.state import state

logger = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at which release is served."""

_PAUSE = 30.0
"""Seconds until it is tried again to make ready what could not be made."""

_STRANGE = "sidse"
"""What is looked for so that the index makes all that it makes when it is first needed: no thing is called so."""


MOST_NAMED = 12
"""Entities whose pages are made: those that most triples name, whose pages take the longest."""

_NAMED_MOST = (
    f"SELECT ?thing {{ ?thing a {iri(ONTOLOGY + 'Entity')} . ?subject ?property ?thing }} "
    f"GROUP BY ?thing ORDER BY DESC(COUNT(?subject)) ?thing LIMIT {MOST_NAMED}"
)


def warm(app: Flask, stop: threading.Event) -> None:
    """Make ready what is kept of the served release: the names of things, the first page, the index of names; pages.

    Ends early when ``stop`` is set. Raises `SidesError` where the graph cannot be asked for what every page needs;
    what has been made by then is kept.
    """
    with app.test_request_context("/"):
        languages = list(site().languages)
        fill({language: site().remembered(language) for language in languages}, site().select)
    for language in languages:
        _make(app, "/", language)
    with app.test_request_context("/search"):
        known_types()
        search(names(), _STRANGE, language=languages[0], limit=1)
        nearest(names(), _STRANGE)
        completion.vocabulary()
        addresses = list(_addresses())
    for address in addresses:
        for language in languages:
            _make_aside(app, address, language, stop)


def _addresses() -> Iterator[str]:
    """The pages that are made: those of what is named most, the saved queries of the first page, the main pages."""
    for thing in _named_most():
        yield display.local_href(thing).replace("/id/", "/page/", 1)
    named = (name for name in (*HEADLINES, *FEATURED) if site().catalogue.get(name))
    yield from (f"/queries/{name}" for name in named)
    yield from (address for _, address in (*HEADER, *FOOTER) if has_page(address))


def _named_most() -> list[str]:
    """The things that are named most; none where the graph is too large to count that in time."""
    try:
        return [row["thing"].value for row in site().select(_NAMED_MOST)]
    except SidesError as error:
        logger.warning("the pages of what is named most are not made before they are asked for: %s", error)
        return []


def _make(app: Flask, address: str, language: str) -> None:
    """A page, for nobody: what the making keeps is there for the first who asks. Raises what the page raises."""
    with app.test_request_context(address, query_string={"lang": language}, headers={"Accept": "text/html"}):
        app.make_response(app.dispatch_request()).get_data()


def _make_aside(app: Flask, address: str, language: str, stop: threading.Event) -> None:
    """A page without which readers would wait, but find all; then a pause as long, so that theirs go before."""
    if stop.is_set():
        return
    began = time.monotonic()
    try:
        _make(app, address, language)
    except (SidesError, HTTPException) as error:
        if not stop.is_set():
            logger.warning("%s is not made before it is asked for: %s", address, error)
    except Exception:  # whatever fails: its reader will be told, and the other pages are made
        if not stop.is_set():
            logger.exception("%s cannot be made", address)
    stop.wait(min(time.monotonic() - began, _LOOK))


def keep_warm(
    app: Flask,
    stop: threading.Event,
    make: Callable[[Flask, threading.Event], None] = warm,
    made: Callable[[], None] = lambda: None,
) -> None:
    """Make each release ready that is served, one after the other, until ``stop`` is set; ``made`` is told of each.

    Whoever asks in the meantime does not wait for more than what is being made for all at that moment.
    """
    engine, ready, pause = state(app).engine, "", 0.0
    while not stop.wait(pause):
        pause, release = _LOOK, engine.release.hash
        if release == ready:
            continue
        try:
            make(app, stop)
        except (SidesError, RuntimeError) as error:  # RuntimeError: the server ends, and no thread can be started
            if not stop.is_set():
                logger.warning("release %s is not ready for readers, next try in %d s: %s", release, _PAUSE, error)
            pause = _PAUSE
        else:
            ready = release
            made()
