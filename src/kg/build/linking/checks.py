"""Links held against what an extract says of the items: an item is of one kind, and a link to another kind is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.build.entities import Entity
from kg.build.linking.candidates import names_of
from kg.build.linking.extract import ITEM, Extract
from kg.build.linking.items import CALLED, Item, Kinds
from kg.ground.folding import fold

REMEDY = "What to do: find out which item is meant, and leave the cell blank until then"


def contradictions(entities: Iterable[Entity], extract: Extract, kinds: Kinds) -> Iterator[str]:
    """What cannot be right of the links, each with the entity, what was expected, and what to do.

    Malformed items, two entities on one item, and items whose classes are those of another kind of thing. An item that
    the extract does not tell of, or whose classes are not known, contradicts nothing.
    """
    first: dict[str, Entity] = {}
    for entity in entities:
        if entity.wikidata is None:
            continue
        if not ITEM.fullmatch(entity.wikidata):
            yield f"{entity.key}: {entity.wikidata!r} is no Wikidata item; expected Q and a number. {REMEDY}"
            continue
        if entity.wikidata in first:
            other = first[entity.wikidata].key
            yield f"{entity.key}: {entity.wikidata} is the item of {other} too; expected one entity an item. {REMEDY}"
        first.setdefault(entity.wikidata, entity)
        item = extract.items.get(entity.wikidata)
        if item is not None:
            yield from _of_another_kind(entity, item, kinds.of(item, extract.above))


def doubtful(entities: Iterable[Entity], extract: Extract) -> Iterator[tuple[Entity, Item]]:
    """The linked entities with no name in common with their item: a person may want to look at them."""
    for entity in entities:
        item = extract.items.get(entity.wikidata or "")
        if item is not None and item.labels:
            theirs = {fold(text) for _, text in (*item.labels, *item.aliases)}
            if not theirs & names_of(entity).keys() and not _contained(entity, theirs):
                yield entity, item


def _of_another_kind(entity: Entity, item: Item, known: frozenset[str]) -> Iterator[str]:
    if known and entity.kind not in known:
        kind = " or ".join(CALLED[name] for name in sorted(known))
        yield (
            f"{entity.key}: {item.id} ({item.label}) is of the classes {', '.join(sorted(item.types))}, "
            f"those of {kind}; expected the item of {CALLED.get(entity.kind, entity.kind)}. {REMEDY}"
        )


def _contained(entity: Entity, theirs: Iterable[tuple[str, ...]]) -> bool:
    """Whether all words of a name of one are in a name of the other: "Leopard 2" and "Leopard 2 tank"."""
    ours = [set(name) for name in names_of(entity)]
    return any(one <= set(other) or set(other) <= one for one in ours for other in theirs if one and other)
