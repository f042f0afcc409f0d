"""An answer as charts and maps read it: which column is what, what things are called, in which language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.ground.catalogue import Chart
from kg.ground.terms import expand, shorten
from kg.serve.results import Row, Term
from kg.serve.web.charts.marks import Words
from kg.serve.web.display import NUMERIC
from kg.serve.web.texts import Texts, capital

_LARGE = 1000
"""Values from which on nobody asks for what stands behind the point."""
_BOOLEAN = expand("xsd:boolean")


class Question(Protocol):
    """What is read of a query: a saved one has it, and `Asked` is that of any other."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def summary(self) -> Mapping[str, str]:
        """What it asks, by language."""

    @property
    def chart(self) -> Chart | None:
        """How its answer is drawn."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of which no catalogue knows, or a saved one whose answer is looked at otherwise."""

    name: str
    summary: Mapping[str, str]
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, with what it takes to read it: the query, the rows, the names of things, the language.

    ``chosen`` are the values of its parameters, in words.
    """

    query: Question
    rows: Sequence[Row]
    labels: Mapping[str, str]
    t: Texts
    chosen: str = ""

    @property
    def chart(self) -> Chart:
        """How the answer is drawn."""
        if self.query.chart is None:
            raise ValueError(f"{self.query.name} is not drawn")
        return self.query.chart

    @property
    def title(self) -> str:
        """The question."""
        return self.t.typeset(self.query.summary[self.t.language])

    def description(self, *notes: str) -> str:
        """What was asked for, what the values are counted in, and what else is to be known, as sentences."""
        unit = self.t("chart.unit", unit=self.unit) if self.unit else ""
        chosen = f"{capital(self.chosen)}." if self.chosen else ""
        note = self.t.typeset(self.chart.note[self.t.language]) if self.chart.note else ""
        return " ".join(filter(None, (chosen, unit, note, *notes)))

    def words(self) -> Words:
        """How values and dates are written."""
        unit = f"\xa0{self.unit}" if self.unit else ""
        return Words(
            lambda value: self.t.decimal(value, 0 if abs(value) >= _LARGE else 2) + unit,
            self.t.brief,
            self.t.brief_date,
            self.t.colon,
            self.axis,
            self.t("chart.missing"),
        )

    @property
    def axis(self) -> str:
        """The title of the axis of values: what they are, if one column has them, and what they are counted in."""
        columns = self.values()
        name = self.column(columns[0]) if len(columns) == 1 else ""
        if name and self.unit and self.unit.lower() not in name.lower():
            name = f"{name} ({self.unit})"
        title = name or self.unit or self.t("chart.number")
        return capital(title)

    @property
    def unit(self) -> str:
        """What the values are counted in, in the language of the page."""
        return self.chart.unit[self.t.language] if self.chart.unit else ""

    def name(self, term: Term | None) -> str:
        """What a term is called in a chart."""
        if term is None:
            return ""
        if term.kind == "uri":
            return self.t.typeset(self.labels.get(term.value, "")) or shorten(term.value)
        return self.t.brief_date(term.value)

    def joined(self, row: Row, columns: Iterable[str]) -> str:
        """What a row has in some columns, in one line."""
        return ", ".join(filter(None, (self._cell(row.get(column), column) for column in columns)))

    def _cell(self, term: Term | None, column: str) -> str:
        """What a term of a column is called; yes and no are told with what they answer."""
        if term is None or term.datatype != _BOOLEAN:
            return self.name(term)
        answer = self.t("editor.yes") if term.value in {"true", "1"} else self.t("editor.no")
        return self.t("chart.answer", question=self.column(column), answer=answer.lower())

    def column(self, name: str) -> str:
        """What a column is called."""
        found = self.chart.names.get(name)
        return found[self.t.language] if found else name.replace("_", " ")

    def values(self) -> tuple[str, ...]:
        """The columns of the values: those declared, or the first that holds numbers."""
        if self.chart.y:
            return self.chart.y
        columns = dict.fromkeys(column for row in self.rows for column in row)
        return tuple(column for column in columns if any(number_of(row.get(column)) is not None for row in self.rows))[
            :1
        ]

    def series(self) -> dict[str, str]:
        """The series by the key that `series_of` gives a row, each with its name, in the order of their colours.

        What all have in common is not said of each.
        """
        columns = self.telling(self.chart.series)
        found = {self.series_of(row): self.joined(row, columns) for row in self.rows}
        places = {expand(name): at for at, name in enumerate(self.chart.order)}
        return dict(
            sorted(found.items(), key=lambda one: min(places.get(part, len(places)) for part in one[0].split(" ")))
        )

    def telling(self, columns: Sequence[str]) -> Sequence[str]:
        """Those of some columns in which not all rows have the same; all, if there are none."""
        return [name for name in columns if len({row.get(name) for row in self.rows}) > 1] or columns

    def series_of(self, row: Row) -> str:
        """What tells the series of a row from others."""
        return " ".join(row[column].value if column in row else "" for column in self.chart.series)


def number_of(term: Term | None) -> float | None:
    """The value of a number; None for any other term.

    >>> number_of(Term("literal", "2.5", datatype=expand("xsd:decimal"))), number_of(Term("literal", "2.5"))
    (2.5, None)
    """
    return float(term.value) if term is not None and term.datatype in NUMERIC else None
