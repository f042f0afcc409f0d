"""Assertions as a page shows them: what each says, and the words that it was read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from kg.ground.catalogue.binding import iri
from kg.ground.kinds import KINDS, WEAK
from kg.ground.terms import ONTOLOGY, PREFIXES, is_entity, shorten
from kg.serve.results import Row, Term
from kg.serve.web import display
from kg.serve.web.site import Site
from kg.serve.web.texts import Texts

_CLASSES = frozenset(ONTOLOGY + kind.ontology_class for kind in KINDS.values())
_SLOTS = {kind.ontology_class: [name.replace("_", "") for name in kind.slots] for kind in KINDS.values()}
_TYPE = PREFIXES["rdf"] + "type"
_DIFFERS = ONTOLOGY + "differsFrom"
_RELIABILITY = ONTOLOGY + "reliability"
_CLAIMED, _HEDGED, _EARLIEST = (ONTOLOGY + name for name in ("attributedTo", "hedged", "earliest"))
_WEAK = frozenset(PREFIXES["reliability"] + level for level in WEAK)
_MOST_NAMED = 3
"""Things that an assertion is called by."""
_HIDDEN = frozenset(
    {
        _TYPE,
        _DIFFERS,
        _RELIABILITY,
        PREFIXES["prov"] + "wasDerivedFrom",
        *(ONTOLOGY + name for name in ("statedIn", "evidence", "rule", "confidence", "earliest", "latest", "time")),
    }
)
"""What a card does not list among the things said: the class is its title, the rest has its own place."""


@dataclass(frozen=True, slots=True)
class Card:
    """One assertion: its class, the statement's words with the evidence marked, what it says by property.

    ``evidence`` are the words of each span that it rests on, by the IRI of the span;
    ``cited`` is the document that a row of a table rests on; ``differs`` are the assertions that say otherwise;
    ``weak`` is the reliability of what is cited, if it is not as good as the original; ``claimed`` are those whose
    claim it is, ``hedged`` whether the source puts it in doubt; ``earliest`` is the first day on which it may have
    been, empty where that is not known.
    """

    iri: str
    kind: str
    statement: Term
    source: Term
    position: str
    text: Markup
    language: str
    evidence: tuple[tuple[str, str], ...]
    slots: tuple[tuple[Term, tuple[Term, ...]], ...]
    cited: Term | None
    differs: tuple[Term, ...]
    weak: Term | None
    claimed: tuple[Term, ...]
    hedged: bool
    earliest: str
    rows: tuple[Row, ...]
    """The rows of its slots, whose IRIs want names."""

    def name(self, labels: Mapping[str, str], t: Texts) -> str:
        """What the assertion is called: its kind, and the things that it tells of."""
        told = [value.value for slot, values in self.slots if slot.value != _CLAIMED for value in values]
        things = [labels[name] for name in told if is_entity(shorten(name)) and name in labels]
        kind = t.maybe(f"one.{self.kind}", self.kind).capitalize()
        more = [*things[:_MOST_NAMED], *(["…"] if len(things) > _MOST_NAMED else [])]
        return f"{kind}{t.colon}{', '.join(more)}" if more else kind


def cards(site: Site, assertions: Iterable[str]) -> list[Card]:
    """The cards of some assertions, in their order."""
    wanted = list(assertions)
    if not wanted:
        return []
    values = " ".join(map(iri, wanted))
    said = _by_assertion(site.select(f"SELECT * {{ VALUES ?assertion {{ {values} }} ?assertion ?property ?value }}"))
    told = _by_assertion(site.select(_statements(values)))
    spans = _by_assertion(site.select(_spans(values)))
    return [_card(name, said[name], told[name][0], spans[name]) for name in wanted if told[name]]


def _by_assertion(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["assertion"].value].append(row)
    return grouped


def _statements(values: str) -> str:
    return (
        f"SELECT * {{ VALUES ?assertion {{ {values} }} "
        f"?assertion {iri(PREFIXES['prov'] + 'wasDerivedFrom')} ?statement . "
        f"?statement {iri(ONTOLOGY + 'text')} ?text ; {iri(ONTOLOGY + 'position')} ?position ; "
        f"{iri(PREFIXES['dcterms'] + 'source')} ?source "
        f"OPTIONAL {{ ?statement {iri(PREFIXES['prov'] + 'hadPrimarySource')} ?cited }} }}"
    )


def _spans(values: str) -> str:
    return (
        f"SELECT ?assertion ?span ?start ?end {{ VALUES ?assertion {{ {values} }} "
        f"?assertion {iri(ONTOLOGY + 'evidence')} ?span . "
        f"?span {iri(PREFIXES['oa'] + 'start')} ?start ; {iri(PREFIXES['oa'] + 'end')} ?end }}"
    )


def _card(name: str, said: list[Row], told: Row, spans: list[Row]) -> Card:
    classes = [row["value"].value for row in said if row["property"].value == _TYPE]
    rows = [row for row in said if row["property"].value not in _HIDDEN]
    slots: dict[Term, list[Term]] = {}
    kind = next((found.removeprefix(ONTOLOGY) for found in classes if found in _CLASSES), "")
    for row in sorted(rows, key=lambda row: _place(kind, row["property"].value)):
        slots.setdefault(row["property"], []).append(row["value"])
    weak = next((row["value"] for row in said if row["value"].value in _WEAK), None)
    text = told["text"].value
    marks = {span["span"].value: (int(span["start"].value), int(span["end"].value)) for span in spans}
    return Card(
        iri=name,
        kind=kind,
        statement=told["statement"],
        source=told["source"],
        position=told["position"].value,
        text=display.mark_spans(text, marks.values()),
        language=told["text"].language or "",
        evidence=tuple((span, text[start:end]) for span, (start, end) in marks.items()),
        slots=tuple((property_, tuple(values)) for property_, values in slots.items()),
        cited=told.get("cited"),
        differs=tuple(row["value"] for row in said if row["property"].value == _DIFFERS),
        weak=weak,
        claimed=tuple(row["value"] for row in said if row["property"].value == _CLAIMED),
        hedged=any(row["property"].value == _HEDGED and row["value"].value == "true" for row in said),
        earliest=next((row["value"].value for row in said if row["property"].value == _EARLIEST), ""),
        rows=(*rows, told, {"weak": weak}) if weak else (*rows, told),
    )


def _place(kind: str, property_: str) -> tuple[int, str]:
    """Where a property comes in a card: in the order of the slots of the kind, the others behind them by name."""
    slots = _SLOTS.get(kind, [])
    name = property_.removeprefix(ONTOLOGY).lower()
    return slots.index(name) if name in slots else len(slots), property_
