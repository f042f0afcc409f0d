"""The rows of a table as HTML: made here, where a cell costs a tenth of what it costs in a template."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from markupsafe import Markup, escape

from kg.ground.terms import PREFIXES, shorten
from kg.serve.results import Term
from kg.serve.web.dates import date_cell
from kg.serve.web.display import NUMERIC, Shown, show
from kg.serve.web.fitting import Kind, kinds_of
from kg.serve.web.table import PAGE, Table
from kg.serve.web.texts import Texts, group_digits

_LONG = 90
"""Letters from which on a cell is given more room."""

_WHOLE = 1000
"""Euros from which on cents are not shown."""

_BOOLEAN = PREFIXES["xsd"] + "boolean"
_NAMES_OF_DATES = ("date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth", "gMonthDay", "gMonth")
_DATES = frozenset([*(PREFIXES["xsd"] + name for name in _NAMES_OF_DATES), PREFIXES["sides"] + "interval"])
"""The datatypes of dates, of any precision."""


def table_rows(table: Table, labels: Mapping[str, str], t: Texts, page: int | None = None) -> Markup:
    """All rows of a table; with the number of a page, from 1, those of the others are there and hidden.

    Dates, numbers and truth values are written as the language does; what they are exactly is in the ``title`` of a
    cell, and in its ``data-value``, which is sorted and copied.
    """
    first, last = (0, len(table.rows)) if page is None else (PAGE * (page - 1), PAGE * page)
    times = {name for name, kind in column_kinds(table).items() if kind == Kind.TIME}

    @lru_cache(4096)
    def made(term: Term | None, dated: bool, euros: bool) -> str:
        return _cell(term, labels, t, dated=dated, euros=euros)

    ways = [(column, column in times, column in table.euros) for column in table.columns]
    parts = []
    for at, row in enumerate(table.rows):
        cells = "".join(made(row.get(column), dated, euros) for column, dated, euros in ways)
        parts.append(f"<tr>{cells}</tr>" if first <= at < last else f"<tr hidden>{cells}</tr>")
    return Markup("\n".join(parts))


def pages_of(table: Table) -> int:
    """How many pages the rows of a table make, one at least."""
    return max(1, -(-len(table.rows) // PAGE))


def column_kinds(table: Table) -> dict[str, str]:
    """By what the rows can be put in order, for each column: numbers, times, or texts."""
    kinds = kinds_of(table.columns, table.rows)
    plain = (Kind.NUMBER, Kind.TIME)
    return {name: kinds[name].value if kinds.get(name) in plain else Kind.TEXT.value for name in table.columns}


def _cell(term: Term | None, labels: Mapping[str, str], t: Texts, *, dated: bool, euros: bool) -> str:
    shown = show(term, labels, t.language)
    if term is None or shown is None:
        return "<td></td>"
    date = date_of(term, t, dated=dated)
    if date is not None:
        return f'<td data-value="{escape(term.value)}" title="{escape(_exact(term))}">{date}</td>'
    if term.datatype == _BOOLEAN:
        told = t("editor.yes") if term.value in {"true", "1"} else t("editor.no")
        return f'<td data-value="{escape(term.value)}" title="{escape(_exact(term))}">{escape(told)}</td>'
    if shown.number:
        text = _without_cents(term.value, t) if euros else shown.text
        exact = f' data-value="{escape(term.value)}"' if term.datatype in NUMERIC and text != term.value else ""
        return f'<td class="number"{exact}><span title="{escape(_exact(term))}">{escape(text)}</span></td>'
    notes = "".join(f" <small>{escape(note)}</small>" for note in (shown.note, shown.lang) if note)
    wide = ' class="long"' if len(shown.text) > _LONG else ""
    return f"<td{wide}>{_inner(shown)}{notes}</td>"


def date_of(term: Term, t: Texts, *, dated: bool = False) -> Markup | None:
    """A literal as a date, by its datatype, or if ``dated`` also as a text; None for what is none."""
    is_date = term.datatype in _DATES or (dated and term.datatype not in NUMERIC)
    return date_cell(term.value, t) if term.kind == "literal" and is_date else None


def _exact(term: Term) -> str:
    """A literal in the words of SPARQL.

    >>> _exact(Term("literal", "2022-03", PREFIXES["xsd"] + "gYearMonth")), _exact(Term("literal", "2022-03"))
    ('"2022-03"^^xsd:gYearMonth', '"2022-03"')
    """
    return f'"{term.value}"' + (f"^^{shorten(term.datatype)}" if term.datatype else "")


def _without_cents(value: str, t: Texts) -> str:
    """An amount in euros: without what is less than a euro where there are many."""
    try:
        amount = Decimal(value)
    except InvalidOperation:  # a double may be INF
        return value
    return group_digits(f"{amount:.0f}" if abs(amount) >= _WHOLE else value, t.language)


def _inner(shown: Shown) -> str:
    title = f' title="{escape(shown.title)}"' if shown.title else ""
    if shown.href:
        outside = ' rel="noreferrer" class="outside"' if shown.outside else ""
        return f'<a href="{escape(shown.href)}"{title}{outside}>{escape(shown.text)}</a>'
    lang = f' lang="{escape(shown.lang)}"' if shown.lang else ""
    return f"<span{lang}{title}>{escape(shown.text)}</span>"
