"""The saved queries answer, on the graph of the first series, what the competency page says that they answer."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.serve.catalogue import Catalogue, QueryForm, SavedQuery
from support.compare import Row, unmatched

ANSWERS = Path(__file__).parent / "answers"
QUERIES = Path(__file__).parents[2] / "queries"

NAMES = sorted(path.stem for path in ANSWERS.glob("*.csv"))
EVERY = sorted(path.stem for path in QUERIES.rglob("*.rq"))

EXACT = {
    "attributed-shares",
    "coalition-composition",
    "coalition-profile",
    "diplomatic-reach",
    "far-right-support",
    "first-recognitions",
    "joint-purchases",
    "overtaking",
    "repair-agreements",
}
"""The questions whose answer on the first series alone is known to the last row."""


def run(store: ox.Store, query: SavedQuery) -> tuple[list[str], list[Row]]:
    answer = store.query(query.bind({}))
    if isinstance(answer, ox.QuerySolutions):
        return [variable.value for variable in answer.variables], [tuple(solution) for solution in answer]
    assert isinstance(answer, ox.QueryTriples)
    return ["subject", "predicate", "object"], [tuple(triple) for triple in answer]


def saved(catalogue: Catalogue, name: str) -> SavedQuery:
    query = catalogue.get(name)
    assert query is not None, f"queries/**/{name}.rq is not there"
    return query


def test_the_answers_are_there() -> None:
    assert len(NAMES) == 26
    assert set(NAMES) >= EXACT


@pytest.mark.parametrize("name", NAMES)
def test_answer(name: str, catalogue: Catalogue, store: ox.Store) -> None:
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        written = list(reader)
    columns, rows = run(store, saved(catalogue, name))
    assert columns == reader.fieldnames
    assert written
    missing, left = unmatched(written, columns, rows)
    assert missing == []
    if name in EXACT:
        assert left == []


@pytest.mark.parametrize("name", EVERY)
def test_checks(name: str, catalogue: Catalogue, store: ox.Store) -> None:
    query = saved(catalogue, name)
    columns, rows = run(store, query)
    missing, _ = unmatched([dict(row) for row in query.checks], columns, rows)
    assert missing == []


@pytest.mark.parametrize("name", EVERY)
def test_columns_are_those_of_the_catalogue(name: str, catalogue: Catalogue, store: ox.Store) -> None:
    query = saved(catalogue, name)
    if query.form is QueryForm.SELECT:
        assert run(store, query)[0] == list(query.columns)


@pytest.mark.parametrize("name", EVERY)
def test_no_row_stands_twice(name: str, catalogue: Catalogue, store: ox.Store) -> None:
    """Except where a row is an assertion, and two assertions may say the same."""
    _, rows = run(store, saved(catalogue, name))
    if name != "pledges-in-original-currency":
        assert len(rows) == len({tuple(map(str, row)) for row in rows})


@pytest.mark.parametrize(
    ("name", "given", "written"),
    [
        ("pledges-in-original-currency", {"donor": ["state:JPN"]}, [{"amount": 1500000000000, "currency": "JPY"}]),
        ("close-relations-of-russia", {"country": ["state:CUB"]}, [{"toward": "state:RUS"}]),
        ("office-holders", {"of": ["state:GBR", "state:BLR"]}, [{"of": "state:GBR"}, {"of": "state:BLR"}]),
        ("statements-containing", {"words": ["BROMANCE"]}, [{"position": "20"}]),
        ("wikidata-links", {"language": ["fr"]}, [{"entity": "state:DEU", "label": "Allemagne"}]),
        ("perception-of-russia", {"year": ["2023"]}, [{"population": "state:UKR", "value": -79}]),
    ],
)
def test_parameters_choose(
    name: str, given: dict[str, list[str]], written: list[dict[str, object]], catalogue: Catalogue, store: ox.Store
) -> None:
    query = saved(catalogue, name)
    answer = store.query(query.bind(given))
    assert isinstance(answer, ox.QuerySolutions)
    missing, left = unmatched(written, query.columns, [tuple(solution) for solution in answer])
    assert missing == []
    if name in {"pledges-in-original-currency", "close-relations-of-russia", "office-holders", "statements-containing"}:
        assert left == []


def test_a_year_without_findings_leaves_nothing(catalogue: Catalogue, store: ox.Store) -> None:
    assert list(store.query(saved(catalogue, "perception-of-russia").bind({"year": ["1999"]}))) == []
