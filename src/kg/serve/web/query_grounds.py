"""What the answer to a saved query rests on: the kinds of assertions that it reads, their sources, what these lack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.ground.catalogue import SavedQuery
from kg.ground.catalogue.binding import iri
from kg.ground.kinds import WEAK
from kg.ground.terms import ONTOLOGY, PREFIXES, expand
from kg.serve.web.quality_pages import percent, report
from kg.serve.web.query_terms import alternatives_of, leaves_open, terms_of
from kg.serve.web.site import site

MOST_GAPS = 6
"""Properties that are told as often left blank, those most often blank first."""

COMPLETE = 95
"""Hundredths of the assertions from which on a property counts as given."""

_SOURCE = PREFIXES["source"]
_PREDICATE = PREFIXES["rdf"] + "predicate"
_WHENCE = (
    f"SELECT DISTINCT ?relation ?class {{ ?fact a {iri(ONTOLOGY + 'Fact')} ; "
    f"{iri(_PREDICATE)} ?relation ; {iri(PREFIXES['prov'] + 'wasDerivedFrom')} ?assertion . "
    "?assertion a ?class }"
)
_DATES = ("date", "since", "published", "announcedOn")
_LATEST = (
    "SELECT ?source ?class (MAX(STR(?date)) AS ?latest) { "
    f"VALUES ?when {{ {' '.join(iri(ONTOLOGY + name) for name in _DATES)} }} "
    f"?assertion ?when ?date ; a ?class ; {iri(ONTOLOGY + 'statedIn')} ?source "
    'FILTER (!STRSTARTS(STR(?date), "-")) } GROUP BY ?source ?class'
)


@dataclass(frozen=True, slots=True)
class Ground:
    """One source: its name, how many assertions of the kinds it has, the latest date, the hundredths that are weak."""

    iri: str
    name: str
    assertions: int
    latest: str
    weak: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A property that the query reads and that not all assertions have: its IRI, its name, the hundredths with it."""

    iri: str
    name: str
    given: int


@dataclass(frozen=True, slots=True)
class Grounds:
    """What an answer rests on: kinds with their classes, years from and to, sources, gaps, pairs that contradict."""

    kinds: tuple[tuple[str, str], ...]
    assertions: int
    first: str
    last: str
    sources: tuple[Ground, ...]
    gaps: tuple[Gap, ...]
    differing: int


def grounds_of(query: SavedQuery) -> Grounds | None:
    """What the answer to a query rests on; None for one that reads no assertions of any kind.

    Raises `QueryError` where the graph cannot be asked, `ReleaseError` where the release has no report.
    """
    told, terms = report(), terms_of(query)
    kinds = [kind for kind in told["kinds"] if kind["class"] in _classes(query, told["kinds"])]
    if not kinds:
        return None
    years = [year for kind in kinds for year in kind["years"]]
    sources = [*_sources(kinds, told["sources"], terms)]
    return Grounds(
        tuple((kind["class"], ONTOLOGY + kind["class"]) for kind in kinds),
        sum(source.assertions for source in sources),
        min(years, default=""),
        max(years, default=""),
        tuple(sources),
        tuple(_gaps(kinds, terms)),
        sum(told["links"]["differsFrom"].get(kind["kind"], 0) for kind in kinds),
    )


def _classes(query: SavedQuery, kinds: Sequence[Mapping[str, Any]]) -> set[str]:
    """The classes of assertions that a query reads: those it names, those that give the relations it names or any.

    Where it names neither, the fewest classes that have the properties it names; all that have one of those that it
    gives for choice.
    """
    terms, known = terms_of(query), {kind["class"] for kind in kinds}
    given: dict[str, set[str]] = {}
    for row in site().fixed(_WHENCE):
        given.setdefault(row["relation"].value, set()).add(row["class"].value.removeprefix(ONTOLOGY))
    found = {name.removeprefix(ONTOLOGY) for name in terms} & known
    for name in given if leaves_open(query, _PREDICATE) else terms & given.keys():
        found |= given[name] & known
    properties = {kind["class"]: {expand(slot["property"]) for slot in kind["slots"]} & terms for kind in kinds}
    chosen = frozenset().union(*alternatives_of(query))
    found |= {name for name, own in properties.items() if not own.isdisjoint(chosen)}
    covered = {name for one in found for name in properties[one]}
    return found | _fewest(properties, covered)


def _fewest(properties: Mapping[str, set[str]], covered: set[str]) -> set[str]:
    """The classes that have between them all properties which are not covered yet: each time that which has most."""
    found: set[str] = set()
    while True:
        best = max(properties, key=lambda one: len(properties[one] - covered), default="")
        if not best or len(properties[best] - covered) < 1:
            return found
        found.add(best)
        covered = covered | properties[best]


def _sources(
    kinds: Sequence[Mapping[str, Any]], told: Iterable[Mapping[str, Any]], terms: frozenset[str]
) -> Iterable[Ground]:
    """The sources of each kind, or those of them that the query names, where it names any; the largest first."""
    classes = {ONTOLOGY + kind["class"] for kind in kinds}
    chosen: Counter[str] = Counter()
    for kind in kinds:
        held = {one["source"]: one["kinds"][kind["kind"]] for one in told if kind["kind"] in one["kinds"]}
        chosen += Counter({name: count for name, count in held.items() if _SOURCE + name in terms} or held)
    latest: dict[str, str] = {}
    for row in site().fixed(_LATEST):
        if row["class"].value in classes:
            source = row["source"].value.removeprefix(_SOURCE)
            latest[source] = max(latest.get(source, ""), row["latest"].value)
    labels = site().labels([_SOURCE + name for name in chosen])
    weak = {one["source"]: _weak(one["reliability"]) for one in told}
    for name, count in chosen.most_common():
        yield Ground(_SOURCE + name, labels.get(_SOURCE + name, name), count, latest.get(name, ""), weak[name])


def _weak(reliability: Mapping[str, int]) -> int:
    """The hundredths of the assertions of a source that rest on documents which are not as good as an original."""
    return percent(sum(reliability.get(level, 0) for level in WEAK), sum(reliability.values()))


def _gaps(kinds: Sequence[Mapping[str, Any]], terms: frozenset[str]) -> Iterable[Gap]:
    """The properties that the query reads and that assertions of its kinds often leave blank."""
    given: dict[str, list[tuple[int, int]]] = {}
    for kind in kinds:
        for slot in kind["slots"]:
            if expand(slot["property"]) in terms:
                given.setdefault(expand(slot["property"]), []).append((slot["given"], kind["assertions"]))
    shares = {name: percent(*map(sum, zip(*counts, strict=True))) for name, counts in given.items()}
    missing = sorted((share, name) for name, share in shares.items() if share < COMPLETE)[:MOST_GAPS]
    labels = site().labels([name for _, name in missing])
    return [Gap(name, labels.get(name, name.removeprefix(ONTOLOGY)), share) for share, name in missing]
