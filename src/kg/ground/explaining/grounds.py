"""What a triple that is not inferred rests on: the fact that names it, assertions, statements, the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.ground.errors import OntologyError
from kg.ground.explaining.names import Row, Select, Triple, iri_of, triple_of
from kg.ground.terms import ONTOLOGY, PREFIXES, expand, graph_iri, shorten

RULES = "ontology/rules"
"""The folder, below the home folder, of the rules that make the plain layer."""

ACROSS = "ontology/rules/across"
"""The folder, below the home folder, of the rules that read all sources together."""

LINKS = graph_iri("links")
"""The graph of what only all sources together show."""

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
    GRAPH graph:links {{ ?s ?p ?o }}
    ?o prov:wasDerivedFrom ?statement .
    BIND (?o AS ?assertion)
  }} UNION {{
    GRAPH graph:links {{ ?s ?p ?o }}
    ?s a sides:FindingAssertion ; sides:survey ?survey .
    ?assertion sides:survey ?survey ; sides:fieldwork ?fieldwork .
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

_RATES = """
SELECT DISTINCT ?rate ?method WHERE {{
  {{ {subject} sides:conversionRate ?rate }}
  UNION {{ ?assertion sides:derivedInEuro {subject} ; sides:conversionRate ?rate }}
  UNION {{ BIND ({subject} AS ?rate) }}
  ?rate sides:rateMethod ?method .
  FILTER (LANG(?method) = "en")
}}
ORDER BY ?rate
"""
_HEAD = re.compile(r"(?:#.*\n)+")
_SENTENCE = re.compile(r".+?\.(?= |$)")
_MADE = re.compile(r"CONSTRUCT\s*\{(.*?)\}", re.DOTALL)
_NAMED = re.compile(r"\b[a-z]+:[A-Za-z]+\b")
_KIND = re.compile(r"sides:(\w+Assertion)\b")


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


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A rule that reads all sources together: its file, what it looks for, and what it makes of which kinds."""

    file: str
    reason: str
    properties: frozenset[str]
    kinds: frozenset[str]

    def fits(self, triple: Triple, grounds: Iterable[Ground]) -> bool:
        """Whether the rule can have made a triple, by its property and by the kinds of the assertions behind it."""
        kinds = {ground.kind for ground in grounds}
        return iri_of(triple.predicate) in self.properties and not kinds.isdisjoint(self.kinds)


@dataclass(frozen=True, slots=True)
class Link:
    """What made a triple of the links: the file of a rule, or the rate of a conversion, and the reason in words."""

    made_by: str
    reason: str


def read_link_rules(home: Path) -> tuple[LinkRule, ...]:
    """The rules under ``ontology/rules/across/``; raises `OntologyError` for one without a head or a template."""
    return tuple(_link_rule(path) for path in sorted((home / ACROSS).glob("*.rq")))


def _link_rule(path: Path) -> LinkRule:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise OntologyError(str(error), where=str(path), expected="a text in UTF-8") from error
    head, made = _HEAD.match(text), _MADE.search(text)
    told = _SENTENCE.match(" ".join(line.strip("# ") for line in head[0].splitlines())) if head else None
    if told is None or made is None:
        raise OntologyError(
            "a rule lacks its head", where=str(path), expected="a comment that begins with a sentence, then CONSTRUCT"
        )
    properties = frozenset(expand(name) for name in _NAMED.findall(made[1]))
    return LinkRule(f"{ACROSS}/{path.name}", told[0], properties, frozenset(_KIND.findall(text)))


def find_links(
    select: Select, triple: Triple, grounds: Sequence[Ground], rules: Iterable[LinkRule]
) -> tuple[Link, ...]:
    """What can have made a triple of `LINKS`: rules by their files, or the rate by which euros were computed."""
    found = [Link(rule.file, rule.reason) for rule in rules if rule.fits(triple, grounds)]
    if found:
        return tuple(found)
    rows = select(_PROLOGUE + _RATES.format(subject=triple.subject))
    return tuple(Link(shorten(row["rate"].value), row["method"].value) for row in rows)


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
