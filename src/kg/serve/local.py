"""A release asked within this process: for the command line, where one person asks one question."""

from __future__ import annotations

import io
from collections.abc import Callable

from kg.ground.release import Release
from kg.serve.engine.evaluation import Evaluator
from kg.serve.engine.request import Request
from kg.serve.engine.store import read_store
from kg.serve.formats import RESULT_FORMATS
from kg.serve.results import Row, read_rows


def select_on(release: Release) -> Callable[[str], list[Row]]:
    """Load a release into memory, and give the function that runs a SELECT query on it.

    There are neither workers nor limits. The function raises `QueryError` for a query that cannot be run.
    """
    evaluator = Evaluator(read_store(release.data))

    def select(text: str) -> list[Row]:
        answer = io.BytesIO()
        evaluator.answer(Request(text, RESULT_FORMATS[0].media_type), lambda _: None, answer)
        return read_rows(answer.getvalue())

    return select
