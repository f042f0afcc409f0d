"""Answers to saved queries as the sections of a page: each with its chart, its values, its files and its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from kg.ground.catalogue import SavedQuery
from kg.ground.errors import QueryError, SavedQueryError
from kg.serve.web.drawing import drawn_answer
from kg.serve.web.problems import from_error
from kg.serve.web.query_pages import bound_query, spoken_here
from kg.serve.web.site import site

_FILES = ("csv", "json")


@dataclass(frozen=True, slots=True)
class Section:
    """The answer to one query of a page: its parts, the addresses of the query and of its files, or what went wrong."""

    query: SavedQuery
    address: str
    files: tuple[tuple[str, str], ...]
    answer: Mapping[str, Any]
    problem: str

    def shortened(self, most: int) -> Section:
        """The section with at most so many rows of its table; its chart keeps all."""
        table = self.answer.get("table")
        if table is None or len(table.rows) <= most:
            return self
        shown = replace(table, rows=table.rows[:most], complete=False)
        return replace(self, answer={**self.answer, "table": shown})


def section_of(
    query: SavedQuery, parameter: str, chosen: Sequence[str], *, known: bool = False, deadline: float | None = None
) -> Section:
    """The answer to a query for what is chosen, by the parameter that takes it, within some seconds.

    A choice that the parameter does not take, or a query that fails, makes a section that tells the problem; whether
    things are in the graph is not asked where that is ``known``.
    """
    query, language = spoken_here(query)
    given = {parameter: [*chosen]}
    asked = urlencode([(parameter, value) for value in chosen])
    told = urlencode([(name, value) for name, values in {**language, **given}.items() for value in values])
    answer: Mapping[str, Any] = {}
    problem = ""
    try:
        answer = drawn_answer(
            query, query.bind(given) if known else bound_query(query, given), given, deadline=deadline
        )
    except (SavedQueryError, QueryError) as error:
        problem = site().told(from_error(error)).detail
    files = tuple((suffix, f"/queries/{query.name}.{suffix}?{told}") for suffix in _FILES)
    return Section(query, f"/queries/{query.name}?{asked}", files, answer, problem)
