"""What columns tell of a query is what the engine tells, on random data, for random queries."""

from __future__ import annotations

from random import Random
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.build import columns as build
from kg.build.lines import lines_of
from kg.ground.columns import read_columns
from kg.serve.rewriting import RULES, Rewriter, Statistics
from kg.serve.rewriting.columns import Table, Whole, conditions
from kg.serve.rewriting.rules import columns
from support.asking import answer, asking, or_error
from support.reduced_queries import Reduced, dataset

EACH = 6
"""Queries asked of one dataset."""


@pytest.fixture(autouse=True)
def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pattern is too rare, and no table too large; no answer is given as a whole."""
    for name in ("_FEW", "_LEAST", "_SAVES"):
        monkeypatch.setattr(columns, name, 0)
    monkeypatch.setattr(Whole, "fits", lambda _: False)


def store_of(turtle: str) -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.load(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    return store


def differing(seed: int) -> tuple[list[tuple[str, str, str]], int]:
    """Data and queries whose rewritten text has another answer; how many were rewritten."""
    random = Random(seed)
    turtle, kinds = dataset(random)
    store = store_of(turtle)
    lines = lines_of(quad.triple for quad in pyoxigraph.parse(turtle, pyoxigraph.RdfFormat.TURTLE))
    held = read_columns(build.columns(lines, len(store)))  # in the form in which they were written
    rewriter = Rewriter(Statistics(asking(store), columns=held), RULES)
    found, applied = [], 0
    for _ in range(EACH):
        text = Reduced(random, kinds).query()
        expected = or_error(lambda: answer(store, text))  # noqa: B023 (called at once)
        if isinstance(expected, str):
            continue
        rewriting = rewriter.rewrite(text)
        applied += bool(rewriting.applied)
        if rewriting.applied and or_error(lambda: answer(store, rewriting.text)) != expected:  # noqa: B023
            found.append((turtle, text, rewriting.text))
    return found, applied


@settings(max_examples=400, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=2**40))
def test_columns_tell_what_the_engine_tells(seed: int) -> None:
    assert differing(seed)[0] == []


def test_every_kind_of_query_is_put_to_the_test() -> None:
    assert sum(differing(seed)[1] for seed in range(100)) > 150


MUTATIONS: dict[str, tuple[Any, str, Any]] = {
    "a join on what may be unbound": (Table, "bound", lambda *_: True),
    "terms that the store writes in another form": (build, "_as_stored", lambda terms: terms),
    "conditions that are not looked at": (conditions, "_conjuncts", lambda _: []),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_columns_without_one_of_their_conditions_are_found_out(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, value = MUTATIONS[mutation]
    monkeypatch.setattr(module, name, value)
    assert any(differing(seed)[0] for seed in range(1500)), f"nothing depends on {name}"
