"""A rewritten query has the answers of the query as it was written, on random data, for random queries.

Rules that look at costs are given wild estimates and no thresholds, so that they apply wherever they may.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.serve.rewriting import RULES, Rewriter, Statistics, rewriter
from kg.serve.rewriting.asking import Ask
from kg.serve.rewriting.rules import (
    bindings,
    columns,
    counts,
    difference,
    distinct,
    equality,
    existence,
    implied,
    kinds,
    order,
    top,
    unbound,
)
from kg.serve.rewriting.scope import certain, mentioned
from kg.serve.rewriting.syntax import Context, Query, Triple
from support.asking import answer, asking, or_error
from support.random_queries import Queries, dataset

EACH = 4
"""Queries asked of one dataset."""


class WildStatistics(Statistics):
    """Exact counts, and estimates out of the air."""

    def __init__(self, ask: Ask, seed: int) -> None:
        super().__init__(ask)
        self._seed = seed
        self._types = _types(ask)

    @property
    def types(self) -> Mapping[str, Sequence[str]]:
        return self._types

    def matches(self, triple: Triple) -> float:
        return Random(f"{self._seed} {triple.text}").choice([0.0, 3.0, 50.0, 1e3, 1e6, 1e9])


def _types(ask: Ask) -> dict[str, list[str]]:
    """The classes that every subject of a predicate has."""
    found: dict[str, set[str]] = {}
    types: dict[str | None, set[str]] = {}
    for node, name in ask("SELECT ?s ?class { ?s a ?class }"):
        types.setdefault(node, set()).add(str(name))
    for node, predicate in ask("SELECT ?s ?p { ?s ?p ?o }"):
        found.setdefault(str(predicate), set(types.get(node, ()))).intersection_update(types.get(node, ()))
    return {predicate: sorted(names) for predicate, names in found.items()}


@pytest.fixture(autouse=True)
def everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No rule waits for a large table or a long list."""
    for module, name, value in (
        (bindings, "_LARGE", 0), (top, "_FEW", 0), (top, "_SAMPLE", 1), (order, "_MORE", 1), (implied, "_FEW", 0),
        (distinct, "_FEW", -1),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)


Case = tuple[str, str, list[str]]


def differing(seed: int) -> tuple[list[Case], Counter[str]]:
    """Queries whose rewritten text has another answer or none: both texts and the rules; uses of each rule."""
    random = Random(seed)
    store = pyoxigraph.Store()
    store.load(dataset(random).encode(), format=pyoxigraph.RdfFormat.TRIG)
    found, applied = [], Counter[str]()
    for number in range(EACH):
        text = Queries(random).query()
        try:
            expected = answer(store, text)
        except SyntaxError:  # the evaluator does not rewrite what is not valid
            continue
        rewriting = Rewriter(WildStatistics(asking(store), seed + number), rewriter.RULES).rewrite(text)
        rules = [str(each["rule"]) for each in rewriting.applied]
        applied.update(rules)
        if rules and or_error(lambda: answer(store, rewriting.text)) != expected:  # noqa: B023 (called at once)
            found.append((text, rewriting.text, rules))
    return found, applied


@settings(max_examples=600, deadline=None, derandomize=True)
@given(seed=st.integers(min_value=0, max_value=2**40))
def test_a_rewritten_query_has_the_same_answer(seed: int) -> None:
    assert differing(seed)[0] == []


def test_every_rule_is_put_to_the_test() -> None:
    applied = sum((differing(seed)[1] for seed in range(800)), Counter[str]())
    names = {rule.name for rule in RULES if rule not in {columns.RULE, kinds.RULE}}  # test_columns*.py
    assert {name for name in names if applied[name] >= 3} == names


def always(*_: Any, **__: Any) -> bool:
    return True


def _without_scope(inner: Any, bound: set[str], elsewhere: set[str]) -> set[str]:
    return certain(inner.elements) & bound


def _with_possible(inner: Any, bound: set[str], elsewhere: set[str]) -> set[str]:
    return mentioned(inner.elements) & elsewhere


MUTATIONS: dict[str, tuple[Any, str, Any]] = {
    "a filter on what the pattern does not bind at first": (equality, "_bound_at_first", always),
    "one IRI twice in a list": (Query, "resolved", lambda _, name: name),
    "a difference whose variables are bound later too": (difference, "separable", _without_scope),
    "a difference with variables that are bound sometimes": (difference, "separable", _with_possible),
    "an optional pattern whose variables are used elsewhere": (unbound, "_fits", always),
    "patterns in EXISTS with more than triples": (existence, "simple", always),
    "counts where repetition matters": (counts, "_distinct_alone", always),
    "patterns with two variables as conditions": (bindings, "_is_narrow", always),
    "a sorted list of more than patterns": (top, "_fits", always),
    "a variable that stands elsewhere too": (distinct, "mentioned", lambda _: set()),
    "a type in a named graph": (Context, "graph", property(lambda _: False, lambda *_: None)),
    "solutions picked by their place": (rewriter, "_order_matters", lambda _: False),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_rule_without_one_of_its_conditions_is_found_out(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, value = MUTATIONS[mutation]
    monkeypatch.setattr(module, name, value)
    assert any(differing(seed)[0] for seed in range(3000)), f"nothing depends on {name}"
