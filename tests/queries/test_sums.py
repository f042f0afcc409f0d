"""What the saved queries add up is what the tables give, added up here from their cells without any graph."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.catalogue import Catalogue
from kg.ground.terms import shorten

SOURCES = Path(__file__).parents[2] / "sources"
ACTIVITIES = "aid-activities"
TOTALS = "aid-totals"
LATEST, BEFORE = "kiel-ust-release-29", "kiel-ust-release-28-marhip97"

Line = Mapping[str, str]


def table(name: str) -> list[dict[str, str]]:
    with (SOURCES / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def party(cell: str) -> str:
    """The prefixed name of a donor: three capitals are a state."""
    return f"state:{cell}" if cell.isupper() else f"org:{cell}"


def counted(*statuses: str) -> Iterator[tuple[Line, Decimal]]:
    """The activities that a sum may take in, with their euros: those that are part of nothing and have an amount."""
    groups = {row["id"] for row in entities("organisations") if row["kind"] == "group of donors"}
    for line in table(ACTIVITIES):
        if line["status"] in statuses and not line["part_of"] and line["donor"] not in groups and line["amount_eur"]:
            yield line, Decimal(line["amount_eur"])


def entities(name: str) -> list[dict[str, str]]:
    with (SOURCES / "entities" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def totals(reference: str, **cells: str) -> Iterator[tuple[Line, Decimal]]:
    for line in table(TOTALS):
        if line["reference"] == reference and all(line[column] == cell for column, cell in cells.items()):
            yield line, Decimal(line["amount"])


class Answer:
    """The rows of a saved query on all sources, each by column, in prefixed names and plain literals."""

    def __init__(self, catalogue: Catalogue, full: ox.Store) -> None:
        self.catalogue, self.full = catalogue, full

    def __call__(self, name: str, **given: str) -> list[dict[str, str]]:
        query = self.catalogue.get(name)
        assert query is not None
        found = self.full.query(query.bind({key: [value] for key, value in given.items()}))
        assert isinstance(found, ox.QuerySolutions)
        return [
            {
                column: "" if term is None else shorten(term.value) if isinstance(term, ox.NamedNode) else term.value
                for column, term in zip(query.columns, row, strict=True)
            }
            for row in found
        ]


@pytest.fixture
def answer(catalogue: Catalogue, full: ox.Store) -> Answer:
    return Answer(catalogue, full)


def derived(full: ox.Store, status: str) -> Decimal:
    """What Sides itself converted among the activities of a status, which no cell of the table gives."""
    found = full.query(
        "SELECT (SUM(?euros) AS ?sum) { ?aid sides:statedIn source:aid-activities ;"
        f" sides:status status:{status} ; sides:derivedInEuro/schema:value ?euros }}",
        prefixes={
            "sides": "https://w3id.org/sides/ontology#",
            "source": "https://w3id.org/sides/id/source/",
            "status": "https://w3id.org/sides/id/status/",
            "schema": "https://schema.org/",
        },
    )
    return next(Decimal(row["sum"].value) for row in found)  # type: ignore[union-attr, misc]


def test_donors_ranked(answer: Answer, full: ox.Store) -> None:
    allocated: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    committed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    paid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, euros in counted("allocated"):
        allocated[party(line["donor"]), f"category:{line['category']}"] += euros
    for line, euros in counted("committed"):
        committed[party(line["donor"]), f"category:{line['category']}"] += euros
    for line, euros in totals(BEFORE, status="delivered"):
        paid[party(line["donor"]), f"category:{line['category']}"] += euros
    rows = answer("donors-ranked")
    # The one loan of which the table gives dollars only.
    converted = derived(full, "committed")
    assert converted > 0
    committed["org:world-bank", "category:financial"] += converted
    assert {(row["donor"], row["category"]) for row in rows} == allocated.keys() | committed.keys()
    for row in rows:
        key = row["donor"], row["category"]
        assert Decimal(row["allocated"]) == allocated[key], key
        assert Decimal(row["committed"]) == committed[key], key
        assert Decimal(row["delivered"] or 0) == paid[key], key


def test_aid_by_month(answer: Answer) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    number: Counter[tuple[str, str]] = Counter()
    for line, euros in counted("allocated"):
        month = line["announced"][:7] if len(line["announced"]) >= 7 and not line["counted_until"] else ""
        sums[month, f"category:{line['category']}"] += euros
        number[month, f"category:{line['category']}"] += 1
    rows = answer("aid-by-month")
    assert {(row["month"], row["category"]): Decimal(row["amount"]) for row in rows} == sums
    assert {(row["month"], row["category"]): int(row["activities"]) for row in rows} == number


def test_aid_by_quarter(answer: Answer) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, euros in counted("allocated"):
        if len(line["announced"]) >= 7 and not line["counted_until"]:
            year, month = line["announced"][:4], int(line["announced"][5:7])
            sums[f"{year}-Q{(month + 2) // 3}", line["category"]] += euros
    rows = answer("aid-by-quarter")
    assert {row["quarter"] for row in rows} == {quarter for quarter, _ in sums}
    for row in rows:
        for category in ("military", "financial", "humanitarian"):
            assert Decimal(row[category]) == sums[row["quarter"], category], row["quarter"]


def test_aid_by_stage(answer: Answer, full: ox.Store) -> None:
    lines = [line for line in table(ACTIVITIES) if not line["part_of"]]
    number = Counter((f"status:{line['status']}", f"category:{line['category']}") for line in lines)
    without = Counter(
        (f"status:{line['status']}", f"category:{line['category']}")
        for line in lines
        if not line["amount_eur"] and not line["amount"]
    )
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, euros in counted("allocated", "committed", "delivered"):
        sums[f"status:{line['status']}", f"category:{line['category']}"] += euros
    sums["status:committed", "category:financial"] += derived(full, "committed")
    rows = answer("aid-by-stage")
    assert {(row["status"], row["category"]): int(row["activities"]) for row in rows} == number
    for row in rows:
        key = row["status"], row["category"]
        assert int(row["without_amount"]) == without[key]
        assert row["amount"] == "" if without[key] == number[key] else Decimal(row["amount"]) == sums[key]


def test_activities_against_totals(answer: Answer) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line, euros in counted("allocated"):
        sums[party("eu" if line["donor"] == "eib" else line["donor"])] += euros
    published = {
        party(line["donor"]): amount
        for line, amount in totals(BEFORE, status="allocated", category="total", until="2026-02-28")
    }
    rows = answer("activities-against-totals")
    assert {row["donor"] for row in rows} == sums.keys() & published.keys()
    # Every donor with activities is compared with a total: nothing falls out of the check.
    assert sums.keys() - published.keys() == set()
    for row in rows:
        assert Decimal(row["activities"]) == sums[row["donor"]]
        assert Decimal(row["total"]) == published[row["donor"]]
        assert Decimal(row["difference"]) == sums[row["donor"]] - published[row["donor"]]


@pytest.mark.parametrize("donor", ["ITA", "USA", "CZE"])
def test_activities_against_totals_by_month(donor: str, answer: Answer) -> None:
    differences: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, euros in counted("allocated"):
        if line["donor"] == donor:
            when = line["counted_until"] or line["announced"]
            differences[f"category:{line['category']}", when[:7]] += euros
    for line, amount in totals(LATEST, status="allocated", donor=donor, basis="monthly"):
        differences[f"category:{line['category']}", line["from"][:7]] -= amount
    large = {key: value for key, value in differences.items() if abs(value) >= 1_000_000 and key[1]}
    rows = answer("activities-against-totals-by-month", donor=f"state:{donor}")
    assert {(row["category"], row["month"]): Decimal(row["difference"]) for row in rows if row["month"]} == large


def test_original_currency(answer: Answer) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in table(ACTIVITIES):
        if line["status"] == "allocated" and line["amount"] and not line["part_of"]:
            sums[party(line["donor"]), line["currency"]] += Decimal(line["amount"])
    rows = answer("aid-in-original-currency")
    assert {(row["donor"], row["currency"]): Decimal(row["amount"]) for row in rows} == sums


def test_totals_by_year(answer: Answer) -> None:
    published = {
        (line["from"][:4], party(line["donor"])): amount
        for line, amount in totals(LATEST, status="allocated", category="total")
        if line["until"] == f"{line['from'][:4]}-12-31" and line["from"][5:7] == "01"
    }
    rows = answer("published-totals-by-year")
    groups = {"org:europe", "org:all-donors"}
    assert groups & {donor for _, donor in published}
    assert {(row["in"], row["donor"]): Decimal(row["amount"]) for row in rows} == {
        key: amount for key, amount in published.items() if key[1] not in groups
    }


def test_votes(answer: Answer) -> None:
    words = {"yes": "in_favour", "no": "against", "abstain": "abstained", "absent": "absent"}
    votes = Counter((f"resolution:{line['resolution']}", words[line["vote"]]) for line in table("un-votes"))
    for row in answer("votes-by-resolution"):
        assert [int(row[word]) for word in words.values()] == [
            votes[row["resolution"], word] for word in words.values()
        ]


def test_voting_blocs(answer: Answer) -> None:
    given: dict[str, dict[str, str]] = defaultdict(dict)
    for line in table("un-votes"):
        given[f"state:{line['state']}"][line["resolution"]] = line["vote"]
    rows = answer("voting-blocs")
    assert len(rows) > 20
    for row in rows:
        one, other = given[row["one"]], given[row["other"]]
        common = one.keys() & other.keys()
        assert int(row["common"]) == len(common)
        assert int(row["alike"]) == sum(one[name] == other[name] for name in common)


def test_commitments_and_allocations(answer: Answer) -> None:
    lines = {line["id"]: line for line in table(ACTIVITIES)}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line, euros in counted("allocated"):
        if line["follows"]:
            sums[line["follows"]] += euros
    rows = answer("commitments-and-allocations")
    expected = Counter(
        (party(lines[name]["donor"]), Decimal(lines[name]["amount_eur"]), total) for name, total in sums.items()
    )
    assert Counter((row["donor"], Decimal(row["committed"]), Decimal(row["allocated"])) for row in rows) == expected


def test_nothing_is_lost_without_amount(answer: Answer) -> None:
    missing = [
        line
        for line in table(ACTIVITIES)
        if line["status"] == "allocated" and not line["part_of"] and not line["amount"] and not line["amount_eur"]
    ]
    assert Counter(row["donor"] for row in answer("aid-without-amount")) == Counter(
        party(line["donor"]) for line in missing
    )


def test_polls_without_sample_size(answer: Answer) -> None:
    missing = {f"survey:{line['survey']}" for line in table("polls") if not line["sample_size"]}
    assert {row["survey"] for row in answer("polls-without-sample-size")} == missing


def test_approval_series(answer: Answer) -> None:
    shares = {
        (line["survey"], line["measure"]): Decimal(line["value"])
        for line in table("poll-findings")
        if line["target"] == "vladimir-putin"
        and line["population"] == "RUS"
        and line["survey"].startswith("levada-appr")
    }
    rows = [row for row in answer("approval-series") if row["survey"].startswith("survey:levada-approval")]
    assert len(rows) == 301
    for row in rows:
        survey = row["survey"].removeprefix("survey:")
        assert Decimal(row["approve"]) == shares[survey, "favourable"]
        assert Decimal(row["disapprove"]) == shares[survey, "unfavourable"]


@pytest.mark.parametrize("name", ["pew-global-attitudes", "gallup-rating-world-leaders"])
def test_views_that_one_series_found(answer: Answer, name: str) -> None:
    waves = {f"survey:{line['slug']}" for line in entities("surveys") if line["series"] == name}
    rows = answer("views-of-a-country", series=f"series:{name}")
    assert rows
    assert rows == [row for row in answer("views-of-a-country") if row["survey"] in waves]


def test_friends_and_enemies_that_one_series_found(answer: Answer) -> None:
    every = answer("friend-enemy-trend")
    found = {
        name: answer("friend-enemy-trend", series=f"series:{name}-friends-enemies") for name in ("levada", "vciom")
    }
    assert {row["pollster"] for row in found["levada"]} == {"org:levada-center"}
    assert {row["pollster"] for row in found["vciom"]} == {"org:vtsiom"}
    for rows in found.values():
        assert 0 < len(rows) < len(every)
        assert [row for row in rows if row not in every] == []


def test_references(answer: Answer) -> None:
    names = [path.stem for path in (SOURCES / "tables").glob("*.csv")]
    cited = Counter(f"source:{line['reference']}" for name in names for line in table(name))
    assert {row["reference"]: int(row["assertions"]) for row in answer("references-used")} == cited


def test_revisions_between_editions(answer: Answer) -> None:
    older = {
        (party(line["donor"]), f"category:{line['category']}"): amount
        for line, amount in totals("kiel-ust-2024-02-matteoproietti1", status="allocated")
        if line["category"] != "total"
    }
    newer: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line, amount in totals(LATEST, status="allocated", basis="monthly"):
        if line["until"] <= "2024-02-29":
            newer[party(line["donor"]), f"category:{line['category']}"] += amount
    rows = {(row["donor"], row["category"]): row for row in answer("revisions-between-editions")}
    assert rows.keys() == older.keys()
    for key, row in rows.items():
        assert (Decimal(row["then"]), Decimal(row["now"])) == (older[key], newer[key]), key
