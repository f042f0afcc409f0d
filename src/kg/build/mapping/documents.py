"""Statements and their assertions as JSON-LD documents, and these as RDF through ``ontology/context.jsonld``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg.build.files import read_text
from kg.build.mapping import dates
from kg.build.mapping.given import Reviewer
from kg.ground.errors import ContractError, OntologyError
from kg.ground.kinds import KINDS, Slot, ValueType
from kg.ground.records import Assertion, Evidence, SlotValue, Span, Statement
from kg.ground.terms import (
    PREFIXES,
    amount_iri,
    assertion_iri,
    expand,
    is_entity,
    source_iri,
    span_iri,
    statement_iri,
    unlinked_iri,
)

Node = dict[str, object]
"""One JSON-LD node object."""

_MORE_PREFIXES = ("dcterms", "oa", "prov")
_AT_ONCE = 500  # statements in one document: what is read at once is held several times over
# What a kind's time is, in the order in which it is looked for; `since` and `until` make one period.
_MAIN_TIMES = ("date", "fieldwork", "since", "until", "announced_on", "published", "founded")


@dataclass(frozen=True, slots=True)
class MappedStatement:
    """A statement and what it says.

    The row of a table also has the name of the reference that it cites, the address of a page, and where it says
    nothing, the reason for which its mapping lists it. A text that a person has reviewed tells who that was.
    """

    statement: Statement
    assertions: tuple[Assertion, ...]
    reference: str | None = None
    address: str | None = None
    reason: str | None = None
    reviewer: Reviewer | None = None


def read_context(path: Path) -> list[object]:
    """The JSON-LD context of the documents: the file's, and the prefixes of the standard terms beside it.

    Raises `OntologyError` for a file that is not there or holds no context.
    """
    text = read_text(path, error=OntologyError)
    try:
        context = json.loads(text)["@context"]
    except (ValueError, KeyError, TypeError) as error:
        raise OntologyError(f"no JSON-LD context: {error!r}", where=str(path), expected='{"@context": …}') from error
    return [context, {prefix: PREFIXES[prefix] for prefix in _MORE_PREFIXES}]


def triples(mapped: Iterable[MappedStatement], context: list[object]) -> set[ox.Triple]:
    """The statements and assertions as RDF; raises `OntologyError` for a context that is not JSON-LD."""
    mapped = tuple(mapped)
    rows = {item.statement.position: item for item in mapped}
    kinds = _scoped(context)
    found: set[ox.Triple] = set()
    for first in range(0, len(mapped), _AT_ONCE):
        by_kind: dict[str, list[Node]] = {}
        for node in (node for item in mapped[first : first + _AT_ONCE] for node in nodes(item, rows)):
            kind = str(node.get("kind", ""))
            by_kind.setdefault(kind if kind in kinds else "", []).append(node)
        for kind, graph in by_kind.items():
            if not kind:
                found |= _read(graph, context)
                continue
            type_, within = kinds[kind]
            typed = [{**node, "kind": type_} for node in graph]
            found |= _read(typed, within)
    return found


def _scoped(context: list[object]) -> dict[str, tuple[str, list[object]]]:
    """For each kind whose terms the context defines within its own, its class and the context of nodes of that kind.

    A context that is entered once for many nodes is read once; one that hangs from a type is read for each node, which
    takes six times as long. What is read is the same: the names of the parts of a node are no terms of its kind.
    """
    outer, *prefixes = context
    if not isinstance(outer, Mapping):
        return {}
    inner = {
        name: term
        for name, term in outer.items()
        if isinstance(term, Mapping) and "@id" in term and isinstance(term.get("@context"), Mapping)
    }
    shared = {name: term for name, term in outer.items() if name not in inner}
    return {name: (term["@id"], [shared, *prefixes, term["@context"]]) for name, term in inner.items()}


def _read(graph: list[Node], context: list[object]) -> set[ox.Triple]:
    document = json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False)
    try:
        return {quad.triple for quad in ox.parse(document, ox.RdfFormat.JSON_LD)}
    except SyntaxError as error:
        raise OntologyError(str(error), where="ontology/context.jsonld", expected="JSON-LD 1.1") from error


Rows = Mapping[str, MappedStatement]
"""The statements of a source by position: what one row says of another names it so."""


def nodes(item: MappedStatement, rows: Rows) -> Iterator[Node]:
    """The JSON-LD nodes of one statement: the statement itself, then its assertions.

    Raises `ContractError` for a date that no calendar has, and for another row that is not among ``rows``.
    """
    statement = item.statement
    yield {
        "@id": statement_iri(statement),
        "@type": "sides:Statement",
        "sides:text": _text(statement, statement.text),
        "sides:position": statement.position,
        "dcterms:language": statement.lang,
        "dcterms:source": {"@id": source_iri(statement.source)},
        "prov:wasQuotedFrom": {"@id": source_iri(statement.source)},
        **({"prov:hadPrimarySource": {"@id": source_iri(item.reference)}} if item.reference else {}),
        **({"rdfs:seeAlso": {"@id": item.address}} if item.address else {}),
    }
    for assertion in item.assertions:
        yield {**_assertion(statement, assertion, rows), **(_reviewed(item.reviewer) if item.reviewer else {})}


def _assertion(statement: Statement, assertion: Assertion, rows: Rows) -> Node:
    table = KINDS[assertion.kind].slots
    try:
        return {
            "@id": assertion_iri(statement, assertion),
            "kind": assertion.kind,
            **{name: _values(statement, table[name], value, rows) for name, value in assertion.slots.items()},
            **_bounds(assertion.slots),
            "prov:wasDerivedFrom": {"@id": statement_iri(statement)},
            **(_evidence(statement, assertion.evidence) if assertion.evidence else {}),
        }
    except ContractError as error:
        raise ContractError(error.message, where=statement.key, expected=error.expected) from error


def _values(statement: Statement, slot: Slot, value: SlotValue, rows: Rows) -> object:
    if isinstance(value, tuple):
        return [_value(statement, slot, item, rows) for item in value]
    return _value(statement, slot, value, rows)


def _value(statement: Statement, slot: Slot, value: SlotValue, rows: Rows) -> object:
    match slot.value:
        case ValueType.ASSERTION:
            return {"@id": _said_by(rows, str(value))}
        case ValueType.ENTITY:
            return _entity(statement, str(value))
        case ValueType.TEXT:
            return _text(statement, str(value))
        case ValueType.DATE:
            return {"@value": value, "@type": dates.datatype(str(value))}
        case ValueType.MONEY:
            return _money(str(value))
        case ValueType.NUMBER | ValueType.COUNT:
            # JSON-LD writes a JSON number with a fraction as xsd:double ("6.5E0"); a string keeps it a decimal.
            return _plain(Decimal(str(value)))
        case ValueType.FLAG | ValueType.CONCEPT:
            return value


def _entity(statement: Statement, value: str) -> object:
    if is_entity(value):
        return {"@id": expand(value)}
    return {
        "@id": unlinked_iri(statement, value),
        "@type": "sides:UnlinkedEntity",
        "rdfs:label": _text(statement, value),
    }


def _said_by(rows: Rows, position: str) -> str:
    """The IRI of the one assertion of a row."""
    row = rows.get(position)
    if row is None or len(row.assertions) != 1:
        raise ContractError(f"no row {position!r} gives one assertion", expected="the position of another row")
    return assertion_iri(row.statement, row.assertions[0])


def _text(statement: Statement, text: str) -> Node:
    return {"@value": text, "@language": statement.lang}


def _money(value: str) -> Node:
    number, currency = value.split()
    return {
        "@id": amount_iri(value),
        "@type": "schema:MonetaryAmount",
        "schema:value": {"@value": _plain(Decimal(number)), "@type": "xsd:decimal"},
        "schema:currency": currency,
    }


def _plain(number: Decimal) -> str:
    """A number without exponent or trailing zeros, which is how the engine writes it."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _bounds(slots: Mapping[str, SlotValue]) -> Node:
    """The first and last day of an assertion's main time, as far as they are known."""
    main = next((name for name in _MAIN_TIMES if name in slots), None)
    if main in (None, "since", "until"):
        since, until = slots.get("since"), slots.get("until")
        first, last = dates.period(str(since) if since else None, str(until) if until else None)
    else:
        first, last = dates.bounds(str(slots[str(main)]))
    days = {"sides:earliest": first, "sides:latest": last}
    return {name: {"@value": day.isoformat(), "@type": "xsd:date"} for name, day in days.items() if day}


def _evidence(statement: Statement, evidence: Evidence) -> Node:
    node: Node = {"sides:rule": evidence.rule}
    if evidence.confidence is not None:
        node["sides:confidence"] = {"@value": _plain(evidence.confidence), "@type": "xsd:decimal"}
    if evidence.spans:
        node["sides:evidence"] = [_span(statement, span) for span in sorted(set(evidence.spans))]
    return node


def _reviewed(reviewer: Reviewer) -> Node:
    return {"sides:reviewedBy": reviewer.by, "sides:reviewedOn": {"@value": reviewer.on, "@type": "xsd:date"}}


def _span(statement: Statement, span: Span) -> Node:
    integer = "xsd:integer"
    return {
        "@id": span_iri(statement, span),
        "@type": "oa:TextPositionSelector",
        "oa:start": {"@value": str(span.start), "@type": integer},
        "oa:end": {"@value": str(span.end), "@type": integer},
    }
