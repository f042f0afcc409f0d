"""From an answer to the network of the things that it relates."""

from __future__ import annotations

from collections.abc import Sequence

from kg.ground.catalogue import GRAPH_COLUMNS
from kg.ground.terms import PREFIXES
from kg.serve.results import Row, Term
from kg.serve.web.charts.network import Edge, Network
from kg.serve.web.fitting import Kind, kinds_of
from kg.serve.web.reading import Reading

_LABELS = frozenset(PREFIXES[prefix] + name for prefix, name in (("rdfs", "label"), ("skos", "prefLabel")))


def network_of(reading: Reading) -> Network:
    """The things in the columns of a network, and what relates them; what is no thing is left out.

    Where the chart names no column for the other end, it is the first other one that holds things; the relation then is
    what a column of classes or properties says. Labels among triples name what has no name in the language of the page.
    """
    source, target, relation, notes = _columns(reading)
    named = _labels(reading.rows) if relation == GRAPH_COLUMNS[1] else {}
    names: dict[str, str] = {}
    edges: dict[Edge, None] = {}
    for row in reading.rows:
        one, other = row.get(source), row.get(target)
        if not (_is_thing(one) and _is_thing(other)):
            continue
        for term in (one, other):
            key = _key(term)
            names.setdefault(key, reading.name(term) if key in reading.labels else named.get(key) or reading.name(term))
        kind = reading.name(row.get(relation)) if relation else ""
        note = ", ".join(
            f"{reading.column(name)}{reading.t.colon}{reading.name(row[name])}" for name in notes if name in row
        )
        edges[Edge(_key(one), _key(other), kind, note)] = None
    return Network(names, tuple(edges))


def _columns(reading: Reading) -> tuple[str, str, str, tuple[str, ...]]:
    """The columns of both ends, of the relation (empty: there is none), and of the numbers that are told of it."""
    chart = reading.chart
    source = chart.x[0]
    columns = tuple(dict.fromkeys(name for row in reading.rows for name in row))
    if {*columns} == {*GRAPH_COLUMNS}:
        return (*((source, "object") if chart.y == () else (source, chart.y[0])), "predicate", ())
    kinds = {name: kind for name, kind in kinds_of(columns, reading.rows).items() if name != source}
    things = [name for name, kind in kinds.items() if kind in {Kind.STATE, Kind.THING}]
    target = next(iter((*chart.y, *things)), "")
    relations = [name for name, kind in kinds.items() if kind is Kind.TERM and name != target]
    relation = next(iter((*chart.series, *relations)), "")
    return source, target, relation, tuple(name for name, kind in kinds.items() if kind is Kind.NUMBER)[:2]


def _labels(rows: Sequence[Row]) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        if row["predicate"].value in _LABELS and row["object"].kind == "literal":
            found.setdefault(_key(row["subject"]), row["object"].value)
    return found


def _is_thing(term: Term | None) -> bool:
    return term is not None and term.kind in {"uri", "bnode"}


def _key(term: Term | None) -> str:
    return f"{'_:' if term.kind == 'bnode' else ''}{term.value}" if term else ""
