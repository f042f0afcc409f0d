"""The graph that a ``CONSTRUCT`` makes of its solutions (SPARQL 1.1, section 16.2), and writing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kg.ground.columns import Ids, Kind
from kg.serve.rewriting.columns.answers import ROWS, Answer, check, pieces
from kg.serve.rewriting.columns.graph_notations import GRAPH_NOTATIONS
from kg.serve.rewriting.columns.table import MOST, Table, UnsupportedError, different, ordered
from kg.serve.rewriting.columns.terms import Terms
from kg.serve.rewriting.syntax import Query, Triple
from kg.serve.rewriting.syntax import Term as Written

_WIDEST = 1 << 62
"""Beyond the number of every triple."""


@dataclass(frozen=True, slots=True, eq=False)
class Constructed(Answer):
    """Triples, each once, in the order of their subjects, then of their predicates."""

    triples: Table
    terms: Terms

    @property
    def variables(self) -> None:
        """A graph has none."""

    def fits(self, media_type: str) -> bool:
        """Whether it is a format in which triples come one after the other."""
        return media_type in GRAPH_NOTATIONS

    def written(self, media_type: str, prefixes: Mapping[str, str]) -> Iterator[bytes]:
        """The triples; before those of a part it is known with which the last part ended."""
        notation = GRAPH_NOTATIONS[media_type](prefixes)
        places = notation.places()
        yield notation.begin()
        last: tuple[int, ...] = ()
        for start in range(0, self.triples.rows, ROWS):
            part = self.triples.part(start, start + ROWS)
            columns = [*part.columns.values()]
            framed = np.empty((part.rows, len(columns)), object)
            for place, (column, terms, frame) in enumerate(zip(columns, places, notation.frames, strict=True)):
                framed[:, place] = pieces(column, self.terms, terms, frame)
            if not start:
                framed[0, 0] = framed[0, 0].removeprefix(notation.between)
            yield notation.joined(framed, *_repeated(columns[:2], last))
            last = tuple(int(column[-1]) for column in columns[:2])
        if self.triples.rows:
            yield notation.end


def _repeated(columns: Sequence[Ids], last: Sequence[int]) -> Iterator[NDArray[np.bool_]]:
    """Where a subject is that of the triple before, then where its predicate is so too."""
    same = np.ones(len(columns[0]), bool)
    for place, column in enumerate(columns):
        same[1:] &= column[1:] == column[:-1]
        same[0] &= bool(last) and int(column[0]) == last[place]
        yield same.copy()


def constructed(template: Sequence[Triple], table: Table, query: Query, terms: Terms) -> Constructed:
    """The graph that a template makes of solutions, whose terms have been checked.

    Raises `UnsupportedError` for too many triples, and for a constant that is not written here.
    """
    if table.rows * len(template) > 2 * MOST:
        raise UnsupportedError("too many triples")
    made = [_triples(triple, table, query, terms) for triple in template]
    columns = made[0] if len(made) == 1 else [np.concatenate(column) for column in zip(*made, strict=True)]
    subjects, predicates, objects = columns
    return Constructed(_different(subjects, predicates, objects, terms.size), terms)


def _triples(triple: Triple, table: Table, query: Query, terms: Terms) -> list[Ids]:
    """The triples that one of a template makes: no literal is a subject, and only IRIs are predicates."""
    columns = [_column(term, table, query, terms) for term in triple.terms]
    blanks, literals = 0, terms.columns.starts[Kind.NUMBER]
    subjects, predicates, objects = columns
    kept = (objects >= 0) & _within(subjects, blanks, literals, terms)
    kept &= _within(predicates, terms.columns.starts[Kind.IRI], literals, terms)
    return columns if kept.all() else [column[kept] for column in columns]


def _column(term: Written, table: Table, query: Query, terms: Terms) -> Ids:
    """What a term of a template stands for in each solution."""
    if term.kind == "variable":
        column = table.columns.get(term.value or "")
        return np.full(table.rows, -1, np.int32) if column is None else column
    number = terms.numbered([terms.constant(query, term)])
    check(Table.of({"constant": number}), terms)
    return np.full(table.rows, number[0], np.int32)


def _within(column: Ids, start: int, end: int, terms: Terms) -> NDArray[np.bool_]:
    """Which terms have a number from a start up to an end, or are IRIs that the query has made."""
    found: NDArray[np.bool_] = (column >= start) & (column < end)
    made = ordered(column[column >= terms.columns.size])
    iris = [text.startswith("<") for text in terms.made(made)]
    return found | np.isin(column, made[iris]) if any(iris) else found


def _different(subjects: Ids, predicates: Ids, objects: Ids, size: int) -> Table:
    """The triples in order, each once."""
    known, verbs = different(predicates, size)
    if size * size * max(1, len(known)) > _WIDEST:
        raise UnsupportedError("too many terms")
    codes = subjects.astype(np.int64)
    for factor, column in ((len(known), verbs), (size, objects)):  # in place: there may be millions of them
        codes *= factor
        codes += column
    codes = ordered(codes)
    found = []
    for divisor in (size, max(1, len(known)), size):
        found.append((codes % divisor).astype(np.int32))
        codes //= divisor
    return Table.of({"subject": found[2], "predicate": known[found[1]], "object": found[0]})
