"""Comparing an answer of the engine with rows that people have written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

import pyoxigraph as ox

from kg.ground.terms import PREFIXES, expand

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None
Row = tuple[Term, ...]


def fits(written: object, found: Term) -> bool:
    """Whether a written cell means a term.

    An entity is a prefixed name, a concept the last part of its IRI (or a prefixed name), a number counts by its
    value, an empty cell is unbound.
    """
    if written in (None, ""):
        return found is None
    if isinstance(found, ox.NamedNode):
        text = str(written)
        prefix, colon, _ = text.partition(":")
        return found.value == (expand(text) if colon and prefix in PREFIXES else text) or (
            not colon and found.value.rpartition("/")[2] == text
        )
    if not isinstance(found, ox.Literal):
        return False
    if isinstance(written, bool):
        return found.value == str(written).lower()
    return found.value == str(written) or (_number(written) is not None and _number(written) == _number(found.value))


def _number(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def unmatched(
    written: Iterable[Mapping[str, object]], columns: Iterable[str], rows: Iterable[Row]
) -> tuple[list, list]:
    """The written rows that no row of the answer fits, and the rows of the answer that are left over.

    Each row of the answer counts once. A column that a written row leaves out is not compared.
    """
    names = list(columns)
    left = list(rows)
    missing = []
    for want in written:
        unknown = want.keys() - set(names)
        assert not unknown, f"no such column: {unknown}, the answer has {names}"
        fitting = next((row for row in left if all(fits(want[n], row[names.index(n)]) for n in want)), None)
        if fitting is None:
            missing.append(dict(want))
        else:
            left.remove(fitting)
    return missing, left


def multiset(rows: Iterable[Row]) -> Counter[Row]:
    """The rows with how often each stands."""
    return Counter(rows)
