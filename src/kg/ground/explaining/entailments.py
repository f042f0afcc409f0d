"""The rules by which triples follow from others, read from ``ontology/entailments/``: one query a rule."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from kg.ground.errors import OntologyError
from kg.ground.explaining.names import TYPE, Row, Triple, triple_of, written
from kg.ground.records import LANGUAGES

FOLDER = "ontology/entailments"
"""The folder, below the home folder, of the queries."""

GOALS = ("type", "relation", "any")
"""What a rule can give: the class of a thing, another relation, or both."""

LEAST_ROWS = 300
ROWS_FOR_EACH = 10
"""Rows that are read of one query, in all and for each triple: more ways to come to the same explain no more."""

_HEAD = re.compile(
    r"# Rule: (?P<rules>.+)\n# Goal: (?P<goal>.+)\n# Axiom: (?P<axiom>.+)\n"
    r"# English: (?P<en>.+)\n# French: (?P<fr>.+)\n"
)
_BLOCK = re.compile(r"VALUES \(\?s \?p \?o\) \{[^{}]*\}")
_PARTED = re.compile(r"\?part\b")
_PREMISES = range(1, 4)
_PREMISE_COLUMNS = frozenset(f"{column}{number}" for number in _PREMISES for column in "spo")
_PART_COLUMNS = frozenset({"part", "parts", "condition", "rules"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet one condition: the triples that it takes, the condition in Manchester syntax, the rules used."""

    premises: tuple[Triple, ...]
    condition: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derivation:
    """That a triple follows by a rule: of each part one way is needed. ``terms`` fill the texts of the rule."""

    entailment: Entailment
    terms: Mapping[str, str]
    parts: tuple[tuple[Way, ...], ...]


@dataclass(frozen=True, slots=True)
class Entailment:
    """A rule: its name, those of the W3C's table that it is or puts together, and how it is told.

    ``axiom`` is in Manchester syntax; both it and the ``sentences`` (by language) have placeholders, which are columns
    of the query. Each row of the query has a triple of the ``VALUES`` block in ``s``, ``p``, ``o``, and the triples
    that give it in ``s1``, ``p1``, ``o1`` and so on. Rows that have a ``part`` meet one of so many ``parts`` each.
    Where a query puts several rules together, the column ``rules`` names those that the row has used.
    """

    name: str
    rules: tuple[str, ...]
    goal: str
    axiom: str
    sentences: Mapping[str, str]
    query: str
    sample: str = field(repr=False)

    def fits(self, triple: Triple) -> bool:
        """Whether the rule can give such a triple."""
        return self.goal in ("any", "type" if triple.predicate == TYPE else "relation")

    def bound(self, triples: Iterable[Triple]) -> str:
        """The query, asking for some triples."""
        rows = [f"({' '.join(triple)})" for triple in triples]
        block = f"VALUES (?s ?p ?o) {{ {' '.join(rows)} }}"
        text = _BLOCK.sub(lambda _: block, self.query, count=1)
        if _PARTED.search(text):
            return text  # many ways to meet one part must not crowd out the only one to meet another
        return f"{text}LIMIT {LEAST_ROWS + ROWS_FOR_EACH * len(rows)}\n"

    def read(self, rows: Iterable[Row]) -> dict[Triple, list[Derivation]]:
        """The derivations that the rows of the query tell, by the triple that follows."""
        groups: dict[tuple[Triple, tuple[tuple[str, str], ...]], list[Row]] = {}
        for row in rows:
            goal = triple_of(row)
            if goal:
                groups.setdefault((goal, self._key(row)), []).append(row)
        found: dict[Triple, list[Derivation]] = {}
        for (goal, key), members in groups.items():
            parts = _parts(members)
            if parts:
                found.setdefault(goal, []).append(Derivation(self, MappingProxyType(dict(key)), parts))
        return found

    def _key(self, row: Row) -> tuple[tuple[str, str], ...]:
        """What tells one derivation from another: all that a row has, but for parts, also its premises."""
        left_out = _PART_COLUMNS | _PREMISE_COLUMNS if "part" in row else frozenset[str]()
        return tuple((name, written(term)) for name, term in sorted(row.items()) if name not in left_out)


def _parts(rows: list[Row]) -> tuple[tuple[Way, ...], ...]:
    """The ways to meet each part; empty unless every part is met."""
    ways: dict[str, set[Way]] = {}
    for row in rows:
        way = _way(row)
        met = ways.setdefault(written(row["part"]) if "part" in row else "", set())
        if all(triple.askable for triple in way.premises):
            met.add(way)
    needed = int(rows[0]["parts"].value) if "parts" in rows[0] else 1
    if len(ways) < needed or not all(ways.values()):
        return ()
    return tuple(tuple(sorted(found, key=str)) for found in ways.values())


def _way(row: Row) -> Way:
    premises = tuple(triple for number in _PREMISES if (triple := triple_of(row, str(number))))
    condition, rules = (row[name].value if name in row else "" for name in ("condition", "rules"))
    return Way(premises, condition, tuple(rules.split()))


def read_entailments(home: Path) -> tuple[Entailment, ...]:
    """Read every query of the folder, by name; raises `OntologyError` for one that is not as it should be."""
    paths = sorted((home / FOLDER).glob("*.rq"))
    if not paths:
        raise OntologyError("there is no rule of entailment", where=str(home / FOLDER), expected="files *.rq")
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Entailment:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OntologyError(str(error), where=str(path), expected="a text in UTF-8") from error
    head = _HEAD.match(text)
    block = _BLOCK.search(text)
    if head is None or head["goal"] not in GOALS:
        raise OntologyError(
            "a rule of entailment lacks its head",
            where=str(path),
            expected=f"comment lines Rule:, Goal: ({', '.join(GOALS)}), Axiom:, English: and French:",
        )
    if block is None:
        raise OntologyError("nothing to ask for", where=str(path), expected="a block VALUES (?s ?p ?o) { … }")
    _check_placeholders(head, text, path)
    sentences = MappingProxyType({language: head[language] for language in LANGUAGES})
    rules = tuple(name.strip() for name in head["rules"].split(","))
    return Entailment(path.stem, rules, head["goal"], head["axiom"], sentences, text, block[0])


def _check_placeholders(head: re.Match[str], text: str, path: Path) -> None:
    for told in ("axiom", *LANGUAGES):
        for _, name, _, _ in string.Formatter().parse(head[told]):
            if name and name != "conditions" and not re.search(rf"\?{name}\b", text):
                raise OntologyError(
                    f"the placeholder {{{name}}} is no column", where=str(path), expected=f"?{name} in the query"
                )
