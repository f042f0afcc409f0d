"""What a release holds of each kind, and how many triples a pattern finds.

Exact counts answer questions for counts; estimates only choose between texts that mean the same.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.ground.columns import Columns
from kg.serve.rewriting.asking import Ask
from kg.serve.rewriting.columns import Terms
from kg.serve.rewriting.syntax import TYPE, Group, Term, Triple, Triples

logger = logging.getLogger(__name__)

CAP = 3000
"""Triples beyond which a pattern is not counted on: about half a millisecond. An estimate of so many means: or more."""

UNKNOWN = 10.0**9


@dataclass(frozen=True, slots=True)
class Counts:
    """Triples of the default graph altogether, by predicate and by class, and quads by named graph.

    ``types`` are the classes that every subject of a predicate has, in the default graph. Keys are terms as a query
    writes them: ``<http://…>``.
    """

    total: int
    predicates: Mapping[str, int]
    classes: Mapping[str, int]
    graphs: Mapping[str, int]
    types: Mapping[str, Sequence[str]]


def read_counts(file: Path, quads: int) -> Counts | None:
    """The statistics of a release with so many quads; None if it has none, or they are not of these quads.

    The engine writes some literals in another form, so that two triples may have become one.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["quads"] == quads:
            predicates, classes, graphs = (content[name] for name in ("predicates", "classes", "graphs"))
            return Counts(content["triples"], predicates, classes, graphs, content.get("types", {}))
    except (OSError, ValueError, KeyError, TypeError):
        logger.info("the release has no statistics that can be read: %s", file)
    return None


class Statistics:
    """The counts of one store, and estimates for patterns. Without given counts, what is needed is asked once."""

    def __init__(self, ask: Ask, counts: Counts | None = None, columns: Columns | None = None) -> None:
        self._ask = ask
        self._counts = counts
        self.terms = Terms(columns, ask) if columns else None
        """The terms of the release by their numbers, if it has columns."""
        self._found: dict[tuple[str, str, str], float] = {}

    @cached_property
    def total(self) -> int:
        """The triples of the default graph."""
        if self._counts:
            return self._counts.total
        return self._number("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    @cached_property
    def predicates(self) -> Mapping[str, int]:
        """Triples of the default graph by predicate."""
        return self._counts.predicates if self._counts else self._table("?p", "?s ?p ?o")

    @cached_property
    def classes(self) -> Mapping[str, int]:
        """Triples of the default graph that give something a type, by that type."""
        return self._counts.classes if self._counts else self._table("?c", f"?s <{TYPE}> ?c")

    @cached_property
    def graphs(self) -> Mapping[str, int]:
        """Quads by named graph."""
        return self._counts.graphs if self._counts else self._table("?g", "GRAPH ?g { ?s ?p ?o }")

    @property
    def types(self) -> Mapping[str, Sequence[str]]:
        """The classes that every subject of a predicate has; nothing if that was not counted at build."""
        return self._counts.types if self._counts else {}

    def _number(self, query: str) -> int:
        return _integer(self._ask(query)[0][0])

    def _table(self, key: str, pattern: str) -> dict[str, int]:
        rows = self._ask(f"SELECT {key} (COUNT(*) AS ?n) {{ {pattern} }} GROUP BY {key}")
        return {term: _integer(number) for term, number in rows if term}

    def matches(self, triple: Triple) -> float:
        """How many triples a pattern finds by itself, about; patterns beyond `CAP` may be told as so many."""
        parts = [_part(term) for term in triple.terms]
        if triple.predicate.kind == "path":
            return UNKNOWN if not (triple.subject.constant or triple.object.constant) else float(CAP)
        if any(part is None for part in parts):
            return float(CAP)
        key = (str(parts[0]), str(parts[1]), str(parts[2]))
        if key not in self._found:
            if len(self._found) > CAP:
                self._found.clear()
            self._found[key] = self._matches(*key)
        return self._found[key]

    def _matches(self, subject: str, predicate: str, object_: str) -> float:
        if self._counts:
            if not subject and not object_:
                return float(self._counts.predicates.get(predicate, 0) if predicate else self._counts.total)
            if not subject and predicate == f"<{TYPE}>" and object_ in self._counts.classes:
                return float(self._counts.classes[object_])
        pattern = f"{subject or '?s'} {predicate or '?p'} {object_ or '?o'}"
        if not subject and not predicate and not object_:
            return UNKNOWN
        return float(self._number(f"SELECT (COUNT(*) AS ?n) {{ SELECT (1 AS ?one) {{ {pattern} }} LIMIT {CAP} }}"))

    def different(self, triple: Triple, name: str) -> int | None:
        """How many different terms a pattern of two variables gives one of them; None if that is not known."""
        relation = self.terms.columns.relation(f"<{triple.predicate.value}>") if self.terms else None
        return relation.different[int(triple.object.value == name)] if relation else None

    def rows(self, group: Group) -> float:
        """How many solutions a group has, about: as many as its rarest pattern finds.

        Tables do not count: one row of a table may go with many triples.
        """
        return min((self.matches(triple) for triple in patterns_of(group)), default=UNKNOWN)


def known(estimate: float) -> bool:
    """Whether an estimate is not only a lower bound."""
    return estimate not in {CAP, UNKNOWN}


def patterns_of(group: Group) -> Iterable[Triple]:
    """The triple patterns that stand directly in a group."""
    return (triple for element in group.elements if isinstance(element, Triples) for triple in element.patterns)


def _part(term: Term) -> str | None:
    """A term as any query would write it, empty for what may be anything, None for what cannot be told."""
    if term.kind == "iri":
        return f"<{term.value}>" if term.value and ">" not in term.value else None
    if term.kind == "literal":
        return None if "^^" in term.text and "^^<" not in term.text else term.text
    return ""


def _integer(text: str | None) -> int:
    return int((text or "0").split("^^")[0].strip('"'))
