"""What a triple that is not inferred rests on: the fact that names it, assertions, statements, the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.ground.errors import OntologyError
from kg.ground.explaining.names import Row, Select, Triple, triple_of
from kg.ground.terms import ONTOLOGY, PREFIXES

RULES = "ontology/rules"
"""The folder, below the home folder, of the rules that make the plain layer."""

MOST_GROUNDS = 2000
"""Rows that are read; a triple that so many statements say is well grounded."""

_QUERY = """
SELECT DISTINCT ?s ?p ?o ?fact ?assertion ?kind ?reader ?statement ?text ?position ?source WHERE {{
  VALUES (?s ?p ?o) {{ {rows} }}
  {{
    ?fact rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; prov:wasDerivedFrom ?assertion .
  }} UNION {{
    ?s prov:wasDerivedFrom ?statement .
    BIND (?s AS ?assertion)
  }} UNION {{
    ?s a sides:Fact ; prov:wasDerivedFrom ?assertion .
    BIND (?s AS ?fact)
  }} UNION {{
    VALUES ?part {{ sides:UnlinkedEntity schema:MonetaryAmount oa:TextPositionSelector }}
    ?s a ?part .
    ?assertion ?slot ?s .
  }}
  ?assertion prov:wasDerivedFrom ?statement .
  ?statement a sides:Statement ; sides:text ?text ; sides:position ?position ; dcterms:source ?source .
  OPTIONAL {{ ?assertion sides:rule ?reader }}
  OPTIONAL {{ GRAPH ?graph {{ ?assertion a ?kind }} FILTER (?graph != graph:inferred) }}
}}
ORDER BY ?s ?p ?o ?source ?statement ?assertion
LIMIT {most}
"""
_USED = ("rdf", "prov", "sides", "schema", "oa", "dcterms", "graph")
_PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in _USED)
_CLASS = re.compile(r"\?assertion a sides:(\w+)")


@dataclass(frozen=True, slots=True)
class Ground:
    """One assertion behind a triple, the words it was read from, and their place.

    ``rule`` is the file that made the triple of it, empty where the triple is the assertion's own; ``kind`` is a class
    of the ontology, ``reader`` the extraction rule that read the assertion.
    """

    assertion: str
    kind: str
    statement: str
    text: str
    language: str
    position: str
    source: str
    fact: str = ""
    rule: str = ""
    reader: str = ""


def read_rule_files(home: Path) -> Mapping[str, str]:
    """The file under ``ontology/rules/`` that reads each class of assertions, by the name of the class."""
    found: dict[str, str] = {}
    for path in sorted((home / RULES).glob("*.rq")):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise OntologyError(str(error), where=str(path), expected="a text in UTF-8") from error
        found |= dict.fromkeys(_CLASS.findall(text), f"{RULES}/{path.name}")
    return found


def find_grounds(select: Select, triples: Iterable[Triple], rules: Mapping[str, str]) -> dict[Triple, list[Ground]]:
    """The grounds of some triples, by triple; one that no statement says has none."""
    rows = " ".join(f"({' '.join(triple)})" for triple in triples)
    if not rows:
        return {}
    found: dict[Triple, list[Ground]] = {}
    for row in select(_PROLOGUE + _QUERY.format(rows=rows, most=MOST_GROUNDS)):
        triple = triple_of(row)
        ground = _ground(row, rules)
        if triple and ground not in found.setdefault(triple, []):
            found[triple].append(ground)
    return found


def _ground(row: Row, rules: Mapping[str, str]) -> Ground:
    values = {name: term.value for name, term in row.items()}
    kind = values.get("kind", "").removeprefix(ONTOLOGY)
    return Ground(
        assertion=values["assertion"],
        kind=kind,
        statement=values["statement"],
        text=values["text"],
        language=row["text"].language or "",
        position=values["position"],
        source=values["source"],
        fact=values.get("fact", ""),
        rule=rules.get(kind, "") if "fact" in values else "",
        reader=values.get("reader", ""),
    )
