"""The saved queries answer what the competency page says on the first series, and their checks on all sources."""

from __future__ import annotations

import csv
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.catalogue import Catalogue, QueryForm, SavedQuery
from kg.ground.terms import expand
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


REPEATS = {"pledges-in-original-currency"}
"""The queries of which a row is an assertion without its name, so that two assertions may give the same row."""


def federated(name: str) -> bool:
    """Whether a query calls another endpoint: test_federated.py asks it without a network."""
    return name.startswith(("wikidata-", "dbpedia-")) and name != "wikidata-links"


LOCAL = [name for name in EVERY if not federated(name)]


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


@pytest.mark.parametrize("name", LOCAL)
def test_full_graph(name: str, catalogue: Catalogue, full: ox.Store) -> None:
    """On all sources a query gives the rows of its checks, the columns of the catalogue, and no row twice."""
    query = saved(catalogue, name)
    columns, rows = run(full, query)
    missing, _ = unmatched([dict(row) for row in query.checks], columns, rows)
    assert missing == []
    if query.form is QueryForm.SELECT:
        assert columns == list(query.columns)
    if name not in REPEATS:
        assert len(rows) == len({tuple(map(str, row)) for row in rows})


@pytest.mark.parametrize("name", NAMES)
def test_more_sources_add_rows(name: str, catalogue: Catalogue, full: ox.Store) -> None:
    """What the first series answers is answered by all sources too."""
    with (ANSWERS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        written = list(csv.DictReader(lines))
    columns, rows = run(full, saved(catalogue, name))
    missing, _ = unmatched(written, columns, rows)
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_no_row_stands_twice(name: str, catalogue: Catalogue, store: ox.Store) -> None:
    """Except where a row is an assertion, and two assertions may say the same."""
    _, rows = run(store, saved(catalogue, name))
    if name not in REPEATS:
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


@pytest.mark.parametrize(
    ("name", "given", "written"),
    [
        ("abstainers-close-to-russia", {"resolution": ["resolution:a-res-es-11-7"]}, [{"state": "state:PRK"}]),
        ("activities-against-totals", {"donor": ["state:HUN"]}, [{"donor": "state:HUN"}]),
        (
            "aid-items-named",
            {"words": ["SOLAR panel"]},
            [{"item": "solar panel", "donor": "org:eu", "quantity": 15000}],
        ),
        ("approval-series", {"leader": ["person:vladimir-putin"], "population": ["state:NRU"]}, []),
        ("coalition-members", {"organisation": ["org:g7"]}, [{"member": "state:JPN"}]),
        ("editions-of-totals", {"donor": ["state:FRA"], "status": ["committed"]}, [{"edition": "release 7"}]),
        ("measures-timeline", {"action": ["airspace-closure"], "actor": ["state:GBR"]}, [{"date": "2022-02-24"}]),
        ("membership-history", {"member": ["state:FIN"]}, [{"organisation": "org:nato", "since": "2023-04-04"}]),
        ("published-totals-by-year", {"year": ["2023"], "donor": ["state:USA"]}, [{"in": "2023"}]),
        ("relations", {"whom": ["org:nato"]}, [{"who": "state:FRA", "relation": "sides:memberOf"}]),
        ("views-by-group", {"country": ["state:LVA"]}, [{"group": "population:lva-russian-speakers"}]),
        ("views-of-a-country", {"target": ["state:USA"], "population": ["state:RUS"], "year": ["2025"]}, [{}]),
        (
            "votes-of-members",
            {"organisation": ["org:csto"]},
            [{"resolution": "resolution:a-res-es-11-1", "against": 2}],
        ),
        (
            "votes-of-members",
            {"organisation": ["org:coalition-of-the-willing"]},
            [{"resolution": "resolution:a-res-es-11-1", "in_favour": 36, "unknown": 0}],
        ),
        (
            # Ten members, of which none leads: the ten partners that take part do not count.
            "votes-of-members",
            {"organisation": ["org:brics"]},
            [{"resolution": "resolution:a-res-es-11-1", "in_favour": 4, "against": 1, "abstained": 4, "absent": 1}],
        ),
        ("voting-blocs", {"organisation": ["org:nato"]}, [{"one": "state:EST", "other": "state:FRA"}]),
    ],
)
def test_parameters_choose_among_all_sources(
    name: str, given: dict[str, list[str]], written: list[dict[str, object]], catalogue: Catalogue, full: ox.Store
) -> None:
    query = saved(catalogue, name)
    answer = full.query(query.bind(given))
    assert isinstance(answer, ox.QuerySolutions)
    rows = [tuple(solution) for solution in answer]
    missing, _ = unmatched(written, query.columns, rows)
    assert missing == []
    for column in set(query.columns) & {name for name, values in given.items() if ":" in values[0]}:
        index = query.columns.index(column)
        assert {str(row[index]) for row in rows} <= {f"<{expand(value)}>" for value in given[column]}
    if not written:
        assert rows == []
