"""From an answer to a pivot: two of its columns against a third."""

from __future__ import annotations

from collections.abc import Callable

from kg.ground.catalogue import Aggregate, Mark
from kg.serve.results import Row, Term
from kg.serve.web.charts.pivot import MOST_ACROSS, MOST_LINES, Pivot, sides, totals
from kg.serve.web.reading import Reading, number_of


def pivot_of(reading: Reading) -> Pivot | None:
    """The pivot of an answer; None where its view is another, or there is nothing to put together."""
    chart = reading.chart
    if chart.mark is not Mark.PIVOT or not chart.series:
        return None
    values = reading.values()[:1]
    aggregate = chart.aggregate or (Aggregate.SUM if values else Aggregate.COUNT)
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in reading.rows:
        key = (reading.joined(row, chart.x), reading.joined(row, chart.series))
        if all(key) and (aggregate is Aggregate.COUNT or any(name in row for name in values)):
            grouped.setdefault(key, []).append(row)
    return _pivot(reading, grouped, aggregate, next(iter(values), "")) if grouped else None


def _pivot(reading: Reading, grouped: dict[tuple[str, str], list[Row]], aggregate: Aggregate, value: str) -> Pivot:
    every_line, every_column = sides([*grouped])
    lines, across = every_line[:MOST_LINES], every_column[:MOST_ACROSS]
    left_out = (len(every_line) - len(lines), len(every_column) - len(across))
    t, chart = reading.t, reading.chart
    sums: tuple[str | None, ...] | None = None
    if aggregate is Aggregate.FIRST:
        written = {key: _first(rows, value, reading.name) for key, rows in grouped.items()}
        of_lines: list[str | None] = [None] * len(lines)
    else:
        cells = {key: _number(rows, value, aggregate) for key, rows in grouped.items()}
        written = {key: t.decimal(cell) for key, cell in cells.items()}
        by_line, by_column = totals(cells, lines, across)
        of_lines = [t.decimal(found) for found in by_line]
        sums = (*(t.decimal(found) for found in by_column), t.decimal(sum(by_line)))
    told = t(f"pivot.{aggregate.value}", column=reading.column(value) if value else "")
    corner = f"{', '.join(map(reading.column, chart.x))} / {', '.join(map(reading.column, chart.series))}"
    table = tuple(
        (line, tuple(written.get((line, column)) for column in across), total)
        for line, total in zip(lines, of_lines, strict=True)
    )
    return Pivot(reading.title, reading.description(told), corner, tuple(across), table, sums, left_out)


def _number(rows: list[Row], value: str, aggregate: Aggregate) -> float:
    if aggregate is Aggregate.COUNT:
        return len(rows)
    return sum(number_of(row.get(value)) or 0.0 for row in rows)


def _first(rows: list[Row], value: str, name: Callable[[Term | None], str]) -> str:
    return next((name(row[value]) for row in rows if value in row), "")
