"""Dates keep their precision, and their first and last days are right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build.mapping.dates import bounds, datatype, period
from kg.ground.errors import ContractError

DAYS = st.dates(date(1000, 1, 1), date(9998, 12, 31))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2025-03-02", "date"),
        ("2023-09", "gYearMonth"),
        ("2023", "gYear"),
        ("--05-04", "gMonthDay"),
        ("--04", "gMonth"),
        ("2022/2024", "interval"),
        ("2022-02/..", "interval"),
        ("--03-22/--03-31", "interval"),
    ],
)
def test_the_datatype_holds_the_precision(text: str, name: str) -> None:
    assert datatype(text).rpartition("#")[2] == name


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-03-02", "2025-03-02", "2025-03-02"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023", "2023-01-01", "2023-12-31"),
        ("2022/2024", "2022-01-01", "2024-12-31"),
        ("2024-03/2024-05", "2024-03-01", "2024-05-31"),
        ("2022-02/..", "2022-02-01", None),
        ("../2021", None, "2021-12-31"),
        ("--05-04", None, None),
        ("--02-29", None, None),
        ("--04", None, None),
        ("--03-22/--03-31", None, None),
        ("../..", None, None),
    ],
)
def test_bounds(text: str, first: str | None, last: str | None) -> None:
    assert [str(day) if day else None for day in bounds(text)] == [first, last]


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2023-13", "0000", "--13", "--02-30", "2024-01/2023-12", "2022/2023-02-30"]
)
def test_what_no_calendar_has_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match=r"not a day of the calendar|ends before it starts"):
        bounds(text)


@pytest.mark.parametrize("text", ["", "23", "2023-9", "March", "2023-09-14T10:00:00"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="is not a date"):
        datatype(text)


@given(DAYS)
def test_a_day_lies_in_its_month_and_its_year(day: date) -> None:
    month, year = bounds(f"{day.year:04}-{day.month:02}"), bounds(f"{day.year:04}")
    days = [bound for bound in (year[0], month[0], day, month[1], year[1]) if bound]
    assert len(days) == 5
    assert days == sorted(days)
    assert (days[1].day, (days[3] + timedelta(days=1)).day) == (1, 1)


@given(DAYS, DAYS)
def test_an_interval_spans_its_ends(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert bounds(f"{first.isoformat()}/{last.isoformat()}") == (first, last)
    assert period(first.isoformat(), last.isoformat()) == (first, last)
