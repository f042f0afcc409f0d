"""What the graphs of sources hold, counted: assertions by kind, year and reliability, and which slots they fill."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from kg.build.lines import Lines, node, object_, predicate, subject
from kg.ground.kinds import EVERYWHERE, KINDS, ValueType
from kg.ground.terms import PREFIXES, expand

UNDATED = ""
"""The year of an assertion that has no time, or a time without a year."""

Properties = Mapping[str, Mapping[str, str]]
"""For each kind, the property of each slot as an IRI."""

_ASSERTIONS = f"<{PREFIXES['assertion']}".encode()
_TYPE, _RELIABILITY, _EARLIEST, _LATEST = (
    node(expand(name)) for name in ("rdf:type", "sides:reliability", "sides:earliest", "sides:latest")
)
_DATE, *_OCCASIONS = (node(expand(name)) for name in ("sides:date", "sides:meeting", "sides:survey"))
_KINDS = {node(expand(f"sides:{kind.ontology_class}")): kind.name for kind in KINDS.values()}
_LEVELS = len(f"<{PREFIXES['reliability']}")


@dataclass(frozen=True, slots=True)
class Tally:
    """The assertions of one source, counted.

    ``years`` holds counts by kind and year (`UNDATED` without one), ``given`` by kind and property how many assertions
    have the property, ``reliability`` counts by the reliability of the cited source.
    """

    years: Mapping[str, Mapping[str, int]]
    given: Mapping[str, Mapping[str, int]]
    reliability: Mapping[str, int]

    @property
    def kinds(self) -> dict[str, int]:
        """The number of assertions by kind, in the order of the contract."""
        return {kind: sum(self.years[kind].values()) for kind in KINDS if kind in self.years}

    @property
    def assertions(self) -> int:
        """The number of all assertions."""
        return sum(self.kinds.values())

    @property
    def dated(self) -> int:
        """How many assertions have a year."""
        return sum(count for years in self.years.values() for year, count in years.items() if year != UNDATED)

    @classmethod
    def of(cls, lines: Lines, years_of: Mapping[bytes, str] = MappingProxyType({})) -> Tally:
        """Count what the graph of a source holds; ``years_of`` are those of things that have a date, by their nodes."""
        years: dict[str, Counter[str]] = {}
        given: dict[str, Counter[str]] = {}
        reliability: Counter[str] = Counter()
        for described in _described(lines):
            kind = next((_KINDS[held] for held in described.get(_TYPE, ()) if held in _KINDS), None)
            if kind is None:
                continue
            years.setdefault(kind, Counter())[_year(described, years_of)] += 1
            given.setdefault(kind, Counter()).update(name.decode()[1:-1] for name in described)
            reliability.update(held[_LEVELS:-1].decode() for held in described.get(_RELIABILITY, ()))
        return cls({kind: dict(sorted(found.items())) for kind, found in years.items()}, given, reliability)


def slot_properties(context: Iterable[object]) -> dict[str, dict[str, str]]:
    """The property of each slot that tells something, by kind, from a JSON-LD context.

    Left out are the slots of every kind, flags, and ties to other rows: where one is absent nothing is missing.
    """
    scoped = next(part for part in context if isinstance(part, dict) and KINDS.keys() <= part.keys())
    found: dict[str, dict[str, str]] = {}
    for kind in KINDS.values():
        terms = scoped[kind.name]["@context"]
        told = (slot for slot in kind.slots.values() if slot not in EVERYWHERE and slot.value not in _NEVER_MISSING)
        found[kind.name] = {slot.name: _property(terms[slot.name]) for slot in told}
    return found


_NEVER_MISSING = (ValueType.FLAG, ValueType.ASSERTION)


def _property(term: str | Mapping[str, str]) -> str:
    return expand(term if isinstance(term, str) else term["@id"])


def kinds_of(subjects: Iterable[bytes], graphs: Iterable[Lines]) -> dict[bytes, str]:
    """The kinds of some assertions, as N-Triples writes them, that the graphs of sources hold."""
    graphs = tuple(graphs)
    found: dict[bytes, str] = {}
    for name in subjects:
        for lines in graphs:
            types = (line.split(b" ", 2)[2] for line in _of(name, lines) if line.split(b" ", 2)[1] == _TYPE)
            found.update((name, _KINDS[held]) for held in types if held in _KINDS)
    return found


def _of(name: bytes, lines: Lines) -> Iterator[bytes]:
    """The lines of one subject."""
    start = name + b" "
    for index in range(bisect_left(lines, start), len(lines)):
        if not lines[index].startswith(start):
            return
        yield lines[index]


def with_links(lines: Lines, links: Lines) -> Lines:
    """The lines of a source, and what all sources together tell of its nodes, such as when a survey was made."""
    own = {subject(line) for line in lines}
    return tuple(sorted({*lines, *(line for line in links if subject(line) in own)}))


def _described(lines: Lines) -> Iterator[dict[bytes, list[bytes]]]:
    """For each assertion its objects by predicate."""
    first, last = bisect_left(lines, _ASSERTIONS), bisect_left(lines, _ASSERTIONS + b"\xff")
    for _, about in groupby(lines[first:last], key=subject):
        described: dict[bytes, list[bytes]] = {}
        for line in about:
            _, predicate, object_ = line.split(b" ", 2)
            described.setdefault(predicate, []).append(object_)
        yield described


def years_of(lines: Lines) -> dict[bytes, str]:
    """The years of the things that have a date, such as meetings, by their nodes."""
    dated = (line for line in lines if predicate(line) == _DATE)
    return {subject(line): year for line in dated if (year := object_(line)[1:5].decode()).isdecimal()}


def _year(described: Mapping[bytes, list[bytes]], years: Mapping[bytes, str]) -> str:
    """The year in which the time of an assertion begins, or ends where its beginning is open.

    Without a time of its own an assertion has that of the meeting or survey which it is about.
    """
    for bound in (described.get(_EARLIEST), described.get(_LATEST)):
        if bound:
            return bound[0][1:].partition(b"-")[0].decode()
    about = (thing for property_ in _OCCASIONS for thing in described.get(property_, ()))
    return next((years[thing] for thing in about if thing in years), UNDATED)
