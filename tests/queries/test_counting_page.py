"""What docs/counting.md shows is what the queries answer."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg.ground.catalogue import Catalogue
from kg.ground.terms import shorten

PAGE = (Path(__file__).parents[2] / "docs" / "counting.md").read_text(encoding="utf-8")
TWIN = (Path(__file__).parents[2] / "docs" / "counting.fr.md").read_text(encoding="utf-8")
MILLION = 1_000_000
SHOWN = 250
"""The millions of euros from which a difference is shown."""


def test_the_large_differences_are_those_of_the_query(catalogue: Catalogue, full: ox.Store) -> None:
    query = catalogue.get("activities-against-totals")
    assert query is not None
    shown = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| ([\d,]+) \| ([-+][\d,]+) \|$", PAGE, re.MULTILINE)
    rows = []
    for row in full.query(query.text):  # type: ignore[union-attr]
        figures = [Decimal(row[name].value) / MILLION for name in ("activities", "total", "difference")]  # type: ignore[index, union-attr]
        if abs(figures[2]) >= SHOWN:
            activities, total, difference = figures
            rows.append((shorten(row["donor"].value), f"{activities:,.0f}", f"{total:,.0f}", f"{difference:+,.0f}"))  # type: ignore[index, union-attr]
    assert shown == rows
    assert len(rows) > 10


def test_the_sums_over_all_donors_are_those_of_the_query(catalogue: Catalogue, full: ox.Store) -> None:
    query = catalogue.get("activities-against-totals")
    assert query is not None
    rows = list(full.query(query.text))  # type: ignore[arg-type]
    activities, total = (sum(Decimal(row[name].value) for row in rows) for name in ("activities", "total"))  # type: ignore[index]
    shown = re.search(r"the sum is ([\d.]+) billion euros, the total ([\d.]+)", " ".join(PAGE.split()))
    assert shown is not None
    assert shown.groups() == (f"{activities / MILLION / 1000:.1f}", f"{total / MILLION / 1000:.1f}")


def test_the_example_gives_what_the_ranking_gives(catalogue: Catalogue, full: ox.Store) -> None:
    example = re.search(r"```sparql\n(.*?)```", PAGE, re.DOTALL)
    ranking = catalogue.get("donors-ranked")
    assert example is not None
    assert ranking is not None
    told = {str(row["donor"]): row["allocated"] for row in full.query(example[1])}  # type: ignore[index, union-attr]
    ranked = {
        str(row["donor"]): row["allocated"]  # type: ignore[index]
        for row in full.query(ranking.bind({"category": ["military"]}))  # type: ignore[union-attr]
    }
    assert told
    assert {donor: ranked[donor] for donor in told} == told


def test_every_query_that_is_named_is_there(catalogue: Catalogue) -> None:
    names = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE))
    assert len(names) > 10
    assert {name for name in names if catalogue.get(name) is None} == set()


def test_the_french_page_has_the_same_figures_queries_and_terms() -> None:
    def marks(text: str, *, thousands: str, point: str) -> Counter[str]:
        plain = re.sub(rf"(?<=\d){thousands}(?=\d{{3}})", "", text)
        figures = re.findall(r"\d+(?:\.\d+)?", re.sub(rf"(?<=\d){point}(?=\d)", ".", plain))
        terms = re.findall(r"`[^`]+`", text.replace("```", ""))
        return Counter([*figures, *terms, *re.findall(r"^#+ ", text, re.MULTILINE)])

    assert marks(TWIN, thousands="\u202f", point=",") == marks(PAGE, thousands=",", point=r"\.")
