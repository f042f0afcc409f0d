"""Which items an entity without a link might be: proposed with reasons, decided by a person, written by nobody here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from kg.build.entities import Entity
from kg.build.linking.extract import Extract
from kg.build.linking.items import CALLED, Item, Kinds
from kg.ground.folding import bracketed, fold
from kg.ground.records import LANGUAGES

LINKED = ("state", "org", "person", "equipment")
"""The kinds of entities that Wikidata has items for; waves of surveys and the like have none."""

_LABEL, _ALIAS, _NEAR = 60.0, 40.0, 25.0  # what a name in common is worth
_OTHER_LANGUAGE, _KIND, _OTHER_KIND = 20.0, 20.0, -60.0
_SHORTEST = 6  # letters of a name that may be written otherwise


@dataclass(frozen=True, slots=True)
class Proposal:
    """An item that an entity may be, how likely (to 100), and why."""

    entity: Entity
    item: Item
    score: float
    why: tuple[str, ...]


def unlinked(entities: Iterable[Entity]) -> list[Entity]:
    """The entities of the kinds that items exist for which have no link; groups that a statistic counts are none."""
    kept = (entity for entity in entities if entity.kind in LINKED and entity.wikidata is None)
    return [entity for entity in kept if entity.cells.get("kind") not in ("group of donors", "group of states")]


def names_of(entity: Entity) -> dict[tuple[str, ...], str]:
    """The names that an entity goes by, folded, each as it is written."""
    written = [entity.name_en, entity.name_fr, *entity.several("acronyms"), *entity.several("aliases")]
    written += [name.text for name in entity.names if name.sort == "alias"]
    written += [bracketed(text)[0] for text in written[:2]]
    return {fold(text): text for text in reversed(written) if fold(text)}


def propose(entities: Iterable[Entity], extract: Extract, kinds: Kinds, *, limit: int = 5) -> Iterator[Proposal]:
    """The items that may be the unlinked entities, the likeliest of each first; those linked already are left out."""
    every = tuple(entities)
    taken = {entity.wikidata for entity in every}
    by_name: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in extract.items.values():
        if item.id not in taken:
            for _, text in (*item.labels, *item.aliases):
                by_name[fold(text)].append(item)
    above = extract.above
    for entity in unlinked(every):
        found: dict[str, Item] = {}
        for name in names_of(entity):
            found |= {item.id: item for item in (*by_name.get(name, ()), *_near(name, by_name))}
        rated = [_rated(entity, item, kinds, above) for item in found.values()]
        ranked = sorted(rated, key=lambda proposal: (-proposal.score, int(proposal.item.id[1:])))
        yield from [proposal for proposal in ranked if proposal.score > 0][:limit]


def _near(name: tuple[str, ...], by_name: Mapping[tuple[str, ...], list[Item]]) -> Iterator[Item]:
    """The items with a name that lies one error of typing apart."""
    asked = "".join(name)
    if len(asked) < _SHORTEST:
        return
    for other, items in by_name.items():
        written = "".join(other)
        if abs(len(written) - len(asked)) <= 1 and OSA.distance(asked, written, score_cutoff=1) == 1:
            yield from items


def _rated(entity: Entity, item: Item, kinds: Kinds, above: Mapping[str, frozenset[str]]) -> Proposal:
    score, why = _named(entity, item)
    known = kinds.of(item, above)
    if entity.kind in known:
        score += _KIND
        why.append(f"its class is that of {CALLED[entity.kind]}")
    elif known:
        score += _OTHER_KIND
        why.append(f"but its class is that of {' or '.join(CALLED[name] for name in sorted(known))}")
    return Proposal(entity, item, round(min(max(score, 0.0), 100.0), 1), tuple(why))


def _named(entity: Entity, item: Item) -> tuple[float, list[str]]:
    """What the names say: a label in each of our languages counts most, then an alias, then a name that is near."""
    labels = dict(item.labels)
    same = [code for code in LANGUAGES if code in labels and fold(labels[code]) == fold(_label(entity, code))]
    if same:
        score = _LABEL + _OTHER_LANGUAGE * (len(same) - 1)
        return score, [f"the same label in {' and '.join(same)}"]
    names = names_of(entity)
    label = next((text for _, text in item.labels if fold(text) in names), "")
    if label:
        return _LABEL - 10, [f"its label {label!r} is a name of the entity"]
    alias = next((text for _, text in item.aliases if fold(text) in names), "")
    if alias:
        return _ALIAS, [f"its alias {alias!r} is a name of the entity"]
    return _NEAR, [f"its label {item.label!r} is nearly a name of the entity"]


def _label(entity: Entity, language: str) -> str:
    return entity.name_fr if language == "fr" else entity.name_en
