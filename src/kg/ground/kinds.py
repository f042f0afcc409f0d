"""The table of assertion kinds: which slots each kind has, and which values a slot takes.

It is the one place that the mapper, the JSON-LD context, the ontology tests and the documentation are held against.
The reading of each slot is told in `docs/contract.md`. Kinds and slots marked ``tabular`` come from tables alone: no
text is read for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class ValueType(StrEnum):
    """What a slot holds."""

    ENTITY = "entity"  # state:BEL, org:nato, person:…, equipment:…, or a noun phrase of the text
    TEXT = "text"
    DATE = "date"  # ISO 8601 with the precision of the text, intervals included
    MONEY = "money"  # "22000000000 CAD"
    NUMBER = "number"  # percentages, points
    COUNT = "count"  # a whole number
    FLAG = "flag"  # true, or absent
    CONCEPT = "concept"  # one of `Slot.concepts`, in the concept scheme `Slot.scheme`
    ASSERTION = "assertion"  # what another row of the same table says, by the position of that row


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a kind; ``tabular`` if only tables fill it."""

    name: str
    value: ValueType
    many: bool = False
    required: bool = False
    scheme: str | None = None
    concepts: tuple[str, ...] = ()
    tabular: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of assertion: its name in the contract, its class in the ontology, its slots by name.

    ``tabular`` if only tables give assertions of this kind.
    """

    name: str
    ontology_class: str
    slots: Mapping[str, Slot]
    tabular: bool = False


CONCEPT_SCHEMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "category": ("military", "financial", "humanitarian"),
        "instrument": ("grant", "loan", "guarantee", "purchase", "in-kind", "training", "repair"),
        "status": ("pledged", "committed", "allocated", "financed", "delivered"),
        "role": ("member", "lead", "observer", "participant", "candidate"),
        "measure": (
            "friendly", "hostile", "net-perception", "favourable", "unfavourable", "responsible-for-war",
            "supports-aid", "opposes-aid", "trust", "attractive", "other",
        ),
        "stance": (
            "supports", "close-relations", "ally", "opposes", "hostile", "condemns", "neutral",
            "supports-sanctions", "supports-membership",
        ),
        "degree": ("lesser", "closest"),
        "event": ("established", "severed", "restored", "downgraded", "recognised"),
        "action": (
            "visa-restriction", "border-closure", "airspace-closure", "sanctions", "repair-agreement",
            "arms-decision", "troop-deployment", "embassy-closure", "expulsion", "designation", "other",
        ),
        "office": (
            "president", "prime-minister", "chancellor", "minister", "secretary-general", "commission-president",
            "other",
        ),
        "casualty": ("dead", "wounded", "missing", "captured"),
        "approximation": ("about", "more-than", "less-than", "nearly"),
        "mode": ("online", "phone", "face-to-face", "mixed"),
        "position": ("in-favour", "against", "abstention", "absent"),
        "list": ("unfriendly",),
        "reliability": ("primary", "scholarly", "press", "second-hand", "interested", "unverified"),
    }
)  # fmt: skip
"""Concept schemes by name (the folder below ``/id/``), each with its concepts in their natural order.

``reliability`` is of references, not of a slot.
"""

WEAK: tuple[str, ...] = ("second-hand", "interested", "unverified")
"""The reliability of what is not as good as a document of its own: a figure that rests on it wants another look."""


def _entity(name: str, *, many: bool = False, required: bool = False) -> Slot:
    return Slot(name, ValueType.ENTITY, many=many, required=required)


def _plain(value: ValueType, *names: str) -> tuple[Slot, ...]:
    return tuple(Slot(name, value) for name in names)


def _concept(name: str, scheme: str | None = None, *, many: bool = False, required: bool = False) -> Slot:
    scheme = scheme or name
    return Slot(name, ValueType.CONCEPT, many, required, scheme, CONCEPT_SCHEMES[scheme])


def _dates(*names: str) -> tuple[Slot, ...]:
    return _plain(ValueType.DATE, *names)


def _counts(*names: str) -> tuple[Slot, ...]:
    return _plain(ValueType.COUNT, *names)


EVERYWHERE: tuple[Slot, ...] = (
    _entity("attributed_to"),
    Slot("hedged", ValueType.FLAG),
    _concept("approx", "approximation"),
)
"""The slots that stand in every kind."""


def _tabular(*slots: Slot) -> tuple[Slot, ...]:
    return tuple(replace(slot, tabular=True) for slot in slots)


def _kind(name: str, ontology_class: str, *slots: Slot, tabular: bool = False) -> Kind:
    table = MappingProxyType({slot.name: slot for slot in (*slots, *EVERYWHERE)})
    return Kind(name, ontology_class, table, tabular)


_ALL: tuple[Kind, ...] = (
    _kind(
        "aid", "AidAssertion",
        _entity("donor", many=True, required=True), _entity("recipient", many=True), _concept("category"),
        _concept("instrument", many=True), _entity("item"), *_counts("quantity"),
        *_plain(ValueType.MONEY, "amount"), _concept("status"), *_dates("date"),
        *_plain(ValueType.MONEY, "part_of_amount"),
        *_tabular(
            *_plain(ValueType.MONEY, "amount_in_euro"), *_plain(ValueType.ASSERTION, "part_of", "follows"),
            _entity("valued_by"), *_plain(ValueType.FLAG, "questionable"),
        ),
    ),
    _kind(
        "aid-share", "AidShareAssertion",
        _entity("donor", required=True), _entity("recipient"), _concept("category"),
        *_plain(ValueType.NUMBER, "share"), *_dates("date"), _entity("behind", many=True), *_counts("rank"),
    ),
    _kind(
        "aid-ranking", "AidRankingAssertion",
        _entity("ahead", required=True), _entity("behind", required=True), _concept("category"), *_dates("date"),
        Slot("first_time", ValueType.FLAG),
    ),
    _kind(
        "coalition", "CoalitionAssertion",
        _entity("organisation", required=True), _entity("led_by", many=True), _entity("announced_by"),
        *_dates("announced_on"), *_plain(ValueType.TEXT, "event", "slogan"), *_counts("size"),
        _entity("composed_of", many=True), *_dates("founded"),
    ),
    _kind(
        "membership", "MembershipAssertion",
        _entity("member", required=True), _entity("organisation", required=True), _concept("role"),
        *_dates("since", "until"),
    ),
    _kind(
        "meeting", "MeetingAssertion",
        _entity("organisation", required=True), *_dates("date"), *_plain(ValueType.TEXT, "place"), _entity("host"),
        *_counts("participants"),
    ),
    _kind(
        "poll", "PollAssertion",
        _entity("pollster"), _entity("population"), *_dates("fieldwork"),
        *_counts("sample_size", "men", "women", "locations"), *_dates("published"), *_plain(ValueType.TEXT, "place"),
        *_tabular(
            _entity("survey"), _entity("commissioner"), *_plain(ValueType.TEXT, "title"), _concept("mode"),
            *_plain(ValueType.NUMBER, "margin_of_error"), *_plain(ValueType.TEXT, "coverage"),
        ),
    ),
    _kind(
        "finding", "FindingAssertion",
        _entity("population"), _concept("measure", required=True), _entity("target", required=True),
        *_plain(ValueType.NUMBER, "value", "change"), *_dates("change_since"), *_counts("rank", "count"),
        *_dates("date"), _entity("pollster"),
        *_tabular(_entity("survey"), _entity("question"), *_plain(ValueType.TEXT, "answer")),
    ),
    _kind(
        "stance", "StanceAssertion",
        _entity("holder", required=True), _entity("holder_in"), _concept("stance", required=True),
        _entity("toward", required=True), _entity("of"), _concept("degree"), *_dates("since", "date"),
        *_tabular(*_dates("until")),
    ),
    _kind(
        "diplomatic-relation", "DiplomaticRelationAssertion",
        _entity("a", required=True), _entity("b"), _concept("event"), *_dates("date"),
        *_counts("rank", "count", "out_of"),
    ),
    _kind(
        "measure", "MeasureAssertion",
        _entity("actor", many=True, required=True), _concept("action", required=True), _entity("target"),
        *_dates("date"), *_tabular(*_dates("until"), *_plain(ValueType.TEXT, "description")),
    ),
    _kind("border", "BorderAssertion", _entity("a", required=True), _entity("b", required=True)),
    _kind(
        "office", "OfficeAssertion",
        _entity("person", required=True), _concept("office", required=True), _entity("of", required=True),
        *_dates("since", "until", "date"),
    ),
    _kind(
        "casualties", "CasualtiesAssertion",
        _entity("counted_by"), _entity("data_from", many=True), Slot("count", ValueType.COUNT, required=True),
        _entity("side"), _concept("what", "casualty"), *_dates("since", "date"),
    ),
    _kind(
        "utterance", "UtteranceAssertion",
        _entity("speaker", required=True), *_dates("date"), _entity("outlet"), _entity("about", many=True),
        *_plain(ValueType.TEXT, "term"),
    ),
    _kind(
        "vote", "VoteAssertion",
        _entity("voter", required=True), _entity("resolution", required=True), _concept("position", required=True),
        *_dates("date"),
        tabular=True,
    ),
    _kind(
        "listing", "ListingAssertion",
        _entity("listed", required=True), _entity("listed_by", required=True), _concept("list", required=True),
        *_dates("since", "until"),
        tabular=True,
    ),
    _kind(
        "participation", "ParticipationAssertion",
        _entity("participant", required=True), _entity("meeting", required=True),
        tabular=True,
    ),
    _kind(
        "aid-total", "AidTotalAssertion",
        _entity("donor", required=True), _entity("recipient"), _concept("category"), _concept("status"),
        *_dates("date"), Slot("amount", ValueType.MONEY, required=True),
        tabular=True,
    ),
)  # fmt: skip

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
"""The kinds by name, in the order of the contract: fifteen that texts give, then four that only tables give."""
