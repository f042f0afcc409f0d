"""The rows of a table as HTML: made here, where a cell costs a tenth of what it costs in a template."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup, escape

from kg.serve.results import Term
from kg.serve.web.display import NUMERIC, Shown, show
from kg.serve.web.fitting import Kind, kinds_of
from kg.serve.web.table import PAGE, Table

_LONG = 90
"""Letters from which on a cell is given more room."""


def table_rows(table: Table, labels: Mapping[str, str], language: str, page: int | None = None) -> Markup:
    """All rows of a table; with the number of a page, from 1, those of the others are there and hidden."""
    first, last = (0, len(table.rows)) if page is None else (PAGE * (page - 1), PAGE * page)
    made = lru_cache(4096)(lambda term: _cell(term, show(term, labels, language)))
    parts = []
    for at, row in enumerate(table.rows):
        cells = "".join(made(row.get(column)) for column in table.columns)
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


def _cell(term: Term | None, shown: Shown | None) -> str:
    if term is None or shown is None:
        return "<td></td>"
    inner = _inner(shown)
    notes = "".join(f" <small>{escape(note)}</small>" for note in (shown.note, shown.lang) if note)
    if shown.number:
        value = f' data-value="{escape(term.value)}"' if term.datatype in NUMERIC and shown.text != term.value else ""
        return f'<td class="number"{value}>{inner}{notes}</td>'
    wide = ' class="long"' if len(shown.text) > _LONG else ""
    return f"<td{wide}>{inner}{notes}</td>"


def _inner(shown: Shown) -> str:
    title = f' title="{escape(shown.title)}"' if shown.title else ""
    if shown.href:
        outside = ' rel="noreferrer" class="outside"' if shown.outside else ""
        return f'<a href="{escape(shown.href)}"{title}{outside}>{escape(shown.text)}</a>'
    lang = f' lang="{escape(shown.lang)}"' if shown.lang else ""
    return f"<span{lang}{title}>{escape(shown.text)}</span>"
