"""``kg links``: which entities are linked to Wikidata, what the others may be, and links that cannot be right."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.common import FOUND, Commands, add_home, settings_of

if TYPE_CHECKING:
    from kg.build.entities import Entity
    from kg.build.linking import Extract, Proposal


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "links",
        help="tell which entities have no item of Wikidata, and which items they may be",
        description=(
            "Count the links to Wikidata by kind and list the entities without one. With an extract of Wikidata, or an "
            "endpoint that has its statements, propose items with reasons, and hold the links against what the items "
            "are. Nothing is written: a person decides, and fills in the table. Exit code 1 if a link cannot be right."
        ),
        epilog="docs/linking.md tells the forms of an extract. Example: kg links --items countries.csv",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--items", type=Path, metavar="FILE", help="an extract: N-Triples, JSON lines or CSV, also with .gz"
    )
    source.add_argument("--endpoint", metavar="URL", help="a SPARQL endpoint, such as that of Wikidata")
    parser.add_argument("--kind", action="append", metavar="KIND", help="only entities of this kind; may be repeated")
    parser.add_argument("--limit", type=int, default=5, metavar="N", help="proposals for each entity (default: 5)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json: one object a line")
    add_home(parser)
    parser.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Print what is linked, what is not, and what was found of these."""
    from kg.build.entities import read_entities
    from kg.build.linking import Kinds, contradictions, propose
    from kg.build.linking.candidates import LINKED, unlinked
    from kg.build.linking.checks import doubtful

    settings = settings_of(given)
    every = read_entities(settings.home / "sources" / "entities")
    kinds = tuple(given.kind or LINKED)
    entities = [entity for entity in every if entity.kind in kinds]
    if given.format == "text":
        print(*_counted(entities, kinds), sep="\n")
    known = Kinds.read(settings.home)
    extract = _extract(given, entities, unlinked(entities))
    if extract is None:
        _print_unlinked(unlinked(entities), given.format)
        return 0
    _print_proposals(list(propose(entities, extract, known, limit=max(given.limit, 1))), given.format)
    wrong = list(contradictions(every, extract, known))
    if given.format == "text":
        for entity, item in doubtful(entities, extract):
            print(f"look   {entity.key:<45}{item.id}: no name in common with {item.label!r}")
    for finding in wrong:
        print(f"wrong  {finding}" if given.format == "text" else json.dumps({"wrong": finding}, ensure_ascii=False))
    return FOUND if wrong else 0


def _extract(given: argparse.Namespace, linked: Iterable[Entity], unlinked: Iterable[Entity]) -> Extract | None:
    """The items that can be of use: those with a name of an entity without a link, and those that are linked."""
    from kg.build.linking import Item, items_of_endpoint, read_extract
    from kg.build.linking.candidates import names_of
    from kg.ground.folding import fold

    if given.endpoint:
        return items_of_endpoint(given.endpoint, (name for entity in unlinked for name in names_of(entity).values()))
    if given.items is None:
        return None
    taken = {entity.wikidata for entity in linked}
    # A name may be written otherwise by one letter: what begins or ends alike is kept.
    ends = {end for entity in unlinked for name in names_of(entity) for end in _ends("".join(name))}

    def wanted(item: Item) -> bool:
        texts = (text for _, text in (*item.labels, *item.aliases))
        return item.id in taken or any(end in ends for text in texts for end in _ends("".join(fold(text))))

    return read_extract(given.items, wanted)


def _ends(text: str) -> tuple[str, str]:
    """Both ends of a name: one error of typing leaves one of them as it is."""
    return f"{text[:3]}…", f"…{text[-3:]}"


def _counted(entities: Sequence[Entity], kinds: Iterable[str]) -> Iterable[str]:
    for kind in kinds:
        own = [entity for entity in entities if entity.kind == kind]
        linked = sum(entity.wikidata is not None for entity in own)
        yield f"{kind:<12}{linked:>5} of {len(own)} linked"


def _print_unlinked(entities: Iterable[Entity], form: str) -> None:
    for entity in entities:
        if form == "json":
            told = {"entity": entity.key, "en": entity.name_en, "fr": entity.name_fr, "candidates": []}
            print(json.dumps(told, ensure_ascii=False))
        else:
            print(f"none   {entity.key:<45}{entity.name_en}")


def _print_proposals(proposals: Sequence[Proposal], form: str) -> None:
    for proposal in proposals:
        told = {
            "entity": proposal.entity.key,
            "item": proposal.item.id,
            "label": proposal.item.label,
            "description": proposal.item.description,
            "score": proposal.score,
            "why": list(proposal.why),
        }
        if form == "json":
            print(json.dumps(told, ensure_ascii=False))
        else:
            print(
                f"{proposal.score:>5.1f}  {proposal.entity.key:<45}{proposal.item.id:<12}{proposal.item.label} "
                f"({proposal.item.description or 'no description'}): {'; '.join(proposal.why)}"
            )
