"""The table of a saved query as its head wants it: what its columns are called, and its rows in a reader's order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from kg.ground.catalogue import SavedQuery
from kg.ground.folding import plain
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.terms import ENTITY_KINDS, PREFIXES
from kg.serve.results import Row, Term
from kg.serve.web.table import Table

EURO = "€"
"""The symbol of columns with amounts in euros."""

_Key = tuple[int, str]
_LAST: _Key = (1_000_000, "")
"""What a blank is sorted by: no answer on a page has as many rows."""

PLACES: Mapping[str, int] = MappingProxyType(
    {PREFIXES[scheme] + name: at for scheme, names in CONCEPT_SCHEMES.items() for at, name in enumerate(names)}
)
"""The place of each concept in its scheme, by IRI."""

_ENTITIES = tuple(PREFIXES[kind] for kind in (*ENTITY_KINDS, "unlinked"))
"""How the IRIs of entities begin, among them those that a text only names."""


def of_query(table: Table, query: SavedQuery, labels: Mapping[str, str], language: str) -> Table:
    """A table with the headings of its query; its rows are sorted if they are all there.

    ``labels`` are the names of the things in it, in the language of the page.
    """
    rows = ordered(table.rows, query.sort, labels) if table.complete else table.rows
    return headed(replace(table, rows=tuple(rows)), query, language)


def headed(table: Table, query: SavedQuery, language: str) -> Table:
    """A table whose columns have the headings that a saved query gives those of the same names."""
    return replace(
        table,
        headings={name: heading.text(language) for name, heading in query.headings.items()},
        euros=frozenset(name for name, heading in query.headings.items() if heading.symbol == EURO),
    )


def ordered(rows: Sequence[Row], columns: Sequence[str], labels: Mapping[str, str]) -> list[Row]:
    """Rows by some columns: things by their names, concepts by their place in a scheme, other values as they come.

    Rows that are alike in all of these columns keep their order, which is that of the query; a blank comes last.
    """
    found = [*rows]
    for column in reversed(columns):  # a sort leaves in order what it finds equal
        found.sort(key=_by(column, _keys([row[column] for row in rows if column in row], labels)))
    return found


def _by(column: str, keys: Mapping[Term, _Key]) -> Callable[[Row], _Key]:
    return lambda row: keys[row[column]] if column in row else _LAST


def _keys(terms: Sequence[Term], labels: Mapping[str, str]) -> dict[Term, _Key]:
    """What the values of a column are sorted by."""
    different = dict.fromkeys(terms)
    if any(term.kind == "uri" and term.value.startswith(_ENTITIES) for term in different):
        return {term: (0, plain(labels.get(term.value, term.value))) for term in different}
    places = {term: PLACES.get(term.value, -1) for term in different}
    if all(place >= 0 for place in places.values()):
        return {term: (place, "") for term, place in places.items()}
    return {term: (at, "") for at, term in enumerate(different)}
