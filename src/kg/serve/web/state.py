"""What the views of one application share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app
from flask.typing import ResponseReturnValue

from kg.ground.settings import Settings
from kg.serve.annotation import Annotator
from kg.serve.engine import Engine
from kg.serve.web.answering import Operation
from kg.serve.web.problems import Problem

_KEY = "sides"


@dataclass(slots=True)
class State:
    """The engine, the settings, and the pages that people are shown.

    ``problem_page`` shows a problem (None: a plain page does), ``results_page`` the answer to a query (None: people get
    data as programs do). ``annotator`` reads texts that people paste, if the server has one.
    """

    engine: Engine
    settings: Settings
    problem_page: Callable[[Problem], str] | None = None
    results_page: Callable[[Operation], ResponseReturnValue] | None = None
    annotator: Annotator | None = None


def attach(app: Flask, state: State) -> None:
    """Give an application its state."""
    app.extensions[_KEY] = state


def state(app: Flask | None = None) -> State:
    """The state of an application, by default of the one that handles the current request."""
    found: State = (app or current_app).extensions[_KEY]
    return found
