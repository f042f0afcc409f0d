"""The candidates of reconciliation queries: by name, by identifier, by what they have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.ground.folding import fold
from kg.ground.terms import ONTOLOGY
from kg.serve.naming import Candidate, Entry, NameIndex, Wanted, candidates, certain, decided
from kg.serve.naming.entries import Sort
from kg.serve.naming.identifiers import resolve
from kg.serve.results import Term
from kg.serve.web.naming import class_label, names, short_of
from kg.serve.web.reconcile import properties
from kg.serve.web.reconcile.properties import Property
from kg.serve.web.reconcile.reading import LONGEST, Condition, Query
from kg.serve.web.site import site

LOOKED_AT = 30
"""How many candidates of a name are held against the conditions."""

SHARE = 0.25
"""What part of a score the conditions decide, where the graph knows something of them."""

MAIN = ("State", "Organisation", "Person", "Equipment")
"""The types that a client is offered first."""

_NAMED = re.compile(r"[\w]+:|https?://|Q[1-9]|(?:www\.)?wikidata|[a-z]+/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate with how far it fulfils each condition, by property: 100, 0, or nothing where the graph is silent."""

    candidate: Candidate
    fulfilled: Mapping[str, float] = field(default_factory=dict)


def answers(queries: Sequence[Query]) -> list[list[Found]]:
    """The candidates of each query, the surest first. What the conditions need is asked of the graph once for all."""
    index = names()
    proposed = [_proposed(index, query) for query in queries]
    needed: dict[Property, set[str]] = {}
    for query, ranked in zip(queries, proposed, strict=True):
        for condition in query.conditions:
            property_ = properties.known(condition.property)
            needed.setdefault(property_, set()).update(item.entry.iri for item in ranked)
    told = {property_.id: properties.values(property_, sorted(things)) for property_, things in needed.items()}
    return [_judged(index, query, ranked, told) for query, ranked in zip(queries, proposed, strict=True)]


def _proposed(index: NameIndex, query: Query) -> list[Candidate]:
    """The candidates before any condition."""
    wanted = _wanted(query)
    if query.ids or _NAMED.match(query.name):
        texts = query.ids or (query.name,)
        entries = [entry for text in texts for entry in resolve(index, text) if entry.group == "entity"]
        if entries or query.ids:
            return _certain(index, wanted, entries)
    if query.name:
        return candidates(index, wanted)[:LOOKED_AT] if len(query.name) <= LONGEST else []
    holders = [_holders(index, condition) for condition in query.conditions]
    common = set.intersection(*map(set, holders)) or set().union(*holders)
    return _certain(index, wanted, [index.by_iri[thing] for thing in sorted(common) if thing in index.by_iri])


def _certain(index: NameIndex, wanted: Wanted, entries: Iterable[Entry]) -> list[Candidate]:
    """The entities of the types that are wanted, each once."""
    kept = {entry.iri: entry for entry in entries if entry.group == "entity" and wanted.fits(entry)}
    return [certain(index, entry) for entry in kept.values()]


def _wanted(query: Query) -> Wanted:
    return Wanted(query.name, query.types, all_types=query.strict == "all", only_prefers=query.strict == "should")


def _holders(index: NameIndex, condition: Condition) -> list[str]:
    """The things that have what a condition asks for, whatever else they are."""
    named: dict[str, None] = {}
    for value in condition.values:
        for entry in resolve(index, value) or [index.entries[key.entry] for key in index.exact(value)]:
            named |= dict.fromkeys((entry.iri, *entry.items))
    return properties.holders(properties.known(condition.property), condition.values, named)


def _judged(
    index: NameIndex, query: Query, ranked: list[Candidate], told: Mapping[str, Mapping[str, Sequence[Term]]]
) -> list[Found]:
    """The candidates as the conditions leave them, in their new order."""
    asked = [(condition, properties.known(condition.property).id) for condition in query.conditions]
    found: list[Found] = []
    for candidate in ranked:
        fulfilled: dict[str, float] = {}
        kept = True
        for condition, name in asked:
            fits = _fulfils(index, condition, told.get(name, {}).get(candidate.entry.iri, ()))
            if fits is not None:
                fulfilled[name] = min(100.0 if fits else 0.0, fulfilled.get(name, 100.0))
            kept &= not condition.required or fits is True or (fits is None and condition.quantifier == "none")
        if kept:
            score = _weighed(candidate.score, list(fulfilled.values()))
            found.append(Found(replace(candidate, score=score), fulfilled))
    found.sort(key=lambda item: (-item.candidate.score, -item.candidate.closeness, item.candidate.entry.iri))
    sure = decided(index, _wanted(query), [item.candidate for item in found])
    refuted = bool(found) and 0.0 in found[0].fulfilled.values()
    final = [replace(item, candidate=candidate) for item, candidate in zip(found, sure, strict=True)]
    if final and refuted:
        final[0] = replace(final[0], candidate=replace(final[0].candidate, match=False))
    return final[: query.limit]


def _weighed(score: float, fulfilled: Sequence[float]) -> float:
    """The score of a name and what the conditions say of it, as one.

    >>> _weighed(90, []), _weighed(80, [100]), _weighed(80, [100, 0])
    (90, 85.0, 72.5)
    """
    if not fulfilled:
        return score
    return round((1 - SHARE) * score + SHARE * sum(fulfilled) / len(fulfilled), 2)


def _fulfils(index: NameIndex, condition: Condition, terms: Sequence[Term]) -> bool | None:
    """Whether a thing has the values; None where the graph does not say what it has."""
    if not terms:
        return None
    each = [any(_same(index, value, term) for term in terms) for value in condition.values]
    if condition.quantifier == "none":
        return not any(each)
    return all(each) if condition.quantifier == "all" else any(each)


def _same(index: NameIndex, value: str, term: Term) -> bool:
    """Whether a value as a table has it means a term of the graph."""
    if term.kind == "uri":
        if term.value in (value, *(entry.iri for entry in resolve(index, value))):
            return True
        if term.value in {item for entry in resolve(index, value) for item in entry.items}:
            return True
        entry = index.by_iri.get(term.value)
        if entry is None:
            return term.value.rpartition("/")[2].lower() == value.strip().lower()
        return any(fold(value) == fold(name.text) for name in entry.names if name.sort is not Sort.CAPITAL)
    if fold(value) == fold(term.value):
        return True
    try:
        return abs(float(value) - float(term.value)) <= 1e-9 * abs(float(term.value))
    except ValueError:
        return False


def candidate_json(found: Found, language: str) -> dict[str, Any]:
    """A candidate in the words that both versions share."""
    item = found.candidate
    return {
        "id": short_of(item.entry.iri),
        "name": item.entry.label(language),
        "description": describe(item.entry, language),
        "type": types_of(item.entry, language),
        "score": item.score,
        "match": item.match,
        "features": features(found),
    }


def features(found: Found) -> list[dict[str, Any]]:
    """What a score is made of, each with its identifier, its name and its value."""
    t = site().texts
    item = found.candidate
    told: list[dict[str, Any]] = [
        {"id": "exact_name", "name": t("reconcile.exact_name"), "value": item.exact},
        {"id": "same_words", "name": t("reconcile.same_words"), "value": item.whole},
        {"id": "type", "name": t("reconcile.type"), "value": item.fits},
    ]
    for name, value in found.fulfilled.items():
        told.append({"id": f"property:{name}", "name": properties.known(name).name, "value": value})
    return told


def describe(entry: Entry, language: str) -> str:
    """What tells an entity from others of its name: what sort of thing it is, its codes, what is noted of it."""
    codes = [name.text for name in entry.names if name.sort is Sort.CODE]
    parts = (class_label(entry, language), ", ".join(codes), entry.note(language))
    return " · ".join(filter(None, parts))


def types_of(entry: Entry, language: str) -> list[dict[str, str]]:
    """The class that an entity is said to be in, and the main one above it."""
    main = [ONTOLOGY + name for name in MAIN if ONTOLOGY + name in entry.types]
    index = names()
    found = (index.by_iri.get(kind) for kind in dict.fromkeys((entry.own, *main)))
    return [{"id": short_of(kind.iri), "name": kind.label(language)} for kind in found if kind]


def entity_of(name: str) -> Entry | None:
    """The one entity that an identifier names, of those that can be candidates."""
    found: Iterable[Entry] = (entry for entry in resolve(names(), name) if entry.group == "entity")
    return next(iter(found), None)
