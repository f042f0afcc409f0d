"""What all readers want of a release and takes long to make is made before anybody asks for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flask import Flask

from kg.ground.errors import SidesError
from kg.serve.naming import search
from kg.serve.naming.searching import nearest
from kg.serve.web import completion, home_page
from kg.serve.web.labels import fill
from kg.serve.web.naming import known_types, names
from kg.serve.web.site import site
from kg.serve.web.state import state

logger = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at which release is served."""

_PAUSE = 30.0
"""Seconds until it is tried again to make ready what could not be made."""

_STRANGE = "sidse"
"""What is looked for so that the index makes all that it makes when it is first needed: no thing is called so."""


def warm(app: Flask) -> None:
    """Make ready what is kept of the served release: the names of things, the first page, the index of names.

    Raises `SidesError` where the graph cannot be asked; what has been made by then is kept.
    """
    with app.test_request_context("/"):
        languages = list(site().languages)
        fill({language: site().remembered(language) for language in languages}, site().select)
    for language in languages:
        with app.test_request_context("/", query_string={"lang": language}):
            home_page.home()
    with app.test_request_context("/search"):
        known_types()
        search(names(), _STRANGE, language=languages[0], limit=1)
        nearest(names(), _STRANGE)
        completion.vocabulary()


def keep_warm(app: Flask, stop: threading.Event, make: Callable[[Flask], None] = warm) -> None:
    """Make each release ready that is served, one after the other, until ``stop`` is set.

    Whoever asks in the meantime does not wait for more than what is being made for all at that moment.
    """
    engine, ready, pause = state(app).engine, "", 0.0
    while not stop.wait(pause):
        pause, release = _LOOK, engine.release.hash
        if release == ready:
            continue
        try:
            make(app)
        except (SidesError, RuntimeError) as error:  # RuntimeError: the server ends, and no thread can be started
            if not stop.is_set():
                logger.warning("release %s is not ready for readers, next try in %d s: %s", release, _PAUSE, error)
            pause = _PAUSE
        else:
            ready = release
