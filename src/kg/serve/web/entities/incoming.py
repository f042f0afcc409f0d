"""What leads to a thing, by property: the most telling properties first, things by name, assertions by date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from kg.ground.catalogue.binding import iri
from kg.ground.folding import plain
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES, shorten
from kg.serve.results import Term
from kg.serve.web import display
from kg.serve.web.cards import Card, cards
from kg.serve.web.groups import Naming
from kg.serve.web.site import Site

LINKS_A_PAGE = 100
"""Things on a page that lists what leads to a thing by one property."""

MOST_NAMED = 1000
"""Things that are put in order by their names; of more, the assertions come first by date, the others by IRI."""

FEW_LINKS = 12
"""What leads to a thing by a property is named on its page, if it is not more."""

_ASSERTIONS, _FACTS, _STATEMENTS = (f"{IDENTIFIERS}{kind}/" for kind in ("assertion", "fact", "statement"))
_LATEST, _TEXT, _POSITION = (iri(ONTOLOGY + name) for name in ("latest", "text", "position"))
_SOURCE = iri(PREFIXES["dcterms"] + "source")
_PARTS = ("subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Leading:
    """A thing that leads to another. ``card`` is what it says if it is an assertion.

    ``name`` is what a fact says, or where a statement stands; empty for others, which have labels. ``text`` are the
    words of a statement.
    """

    iri: str
    name: str = ""
    text: Term | None = None
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """The triples that lead to a thing by one property (`tie`): how many there are, and the things that are named."""

    tie: str
    count: int
    subjects: tuple[Leading, ...] = ()
    page: int = 1

    @property
    def name(self) -> str:
        """The property as a prefixed name."""
        return shorten(self.tie)

    @property
    def few(self) -> bool:
        """Whether the page of the thing names them."""
        return self.count <= FEW_LINKS

    @property
    def pages(self) -> int:
        """The number of pages."""
        return ceil(self.count / LINKS_A_PAGE)

    @property
    def named(self) -> list[str]:
        """The IRIs of what is shown, which want names."""
        said = [subject.card for subject in self.subjects if subject.card]
        rows = [row for card in said for row in card.rows]
        return [self.tie, *(subject.iri for subject in self.subjects), *display.iris(rows)]


def incoming(site: Site, thing: str, named: Naming) -> list[Incoming]:
    """What leads to a thing, by property; the subjects of a property are named where they are few.

    The properties between things come first, then those by which assertions name the thing, then those of other
    vocabularies; of each sort the most frequent first.
    """
    labels = site.labels(named.properties)
    links = [Incoming(name, count) for name, count in named.properties.items()]
    links.sort(key=lambda link: (_sort(link.tie, named), -link.count, plain(labels.get(link.tie, link.name))))
    found, facts = _subjects(site, thing, [link.tie for link in links if link.few])
    told = {one.iri: one for one in _told(site, [name for names in found.values() for name in names], facts)}
    return [replace(link, subjects=tuple(told[name] for name in found.get(link.tie, ()))) for link in links]


def links_page(site: Site, thing: str, property_: str, count: int, page: int) -> Incoming:
    """One page of what leads to a thing by one property."""
    begin = LINKS_A_PAGE * (page - 1)
    if count > MOST_NAMED:
        part = f"ORDER BY DESC(?latest) ?subject LIMIT {LINKS_A_PAGE} OFFSET {begin}"
        found, facts = _subjects(site, thing, [property_], part)
        subjects = found.get(property_, [])
    else:
        found, facts = _subjects(site, thing, [property_])
        subjects = found.get(property_, [])[begin : begin + LINKS_A_PAGE]
    return Incoming(property_, count, tuple(_told(site, subjects, facts)), page)


def _sort(property_: str, named: Naming) -> int:
    """0 for a property between things, 1 for one by which assertions name a thing, 2 for one of another vocabulary."""
    return 2 if not property_.startswith(ONTOLOGY) else int(property_ in named.slots)


def _subjects(
    site: Site, thing: str, properties: Sequence[str], part: str = ""
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What leads to a thing, by property: what has a date by that, the newest first; then the others by their names.

    Also what those of them say that are facts. ``part`` says which of them alone are asked for.
    """
    if not properties:
        return {}, {}
    leads = f"VALUES ?property {{ {' '.join(map(iri, properties))} }} ?subject ?property {iri(thing)}"
    rows = site.select(
        f"SELECT DISTINCT ?property ?subject ?latest {{ {leads} FILTER (isIRI(?subject)) "
        f"OPTIONAL {{ ?subject {_LATEST} ?latest }} }} {part}"
    )
    subjects = [row["subject"].value for row in rows]
    facts = _facts(site, subjects)
    names = {**site.labels(subjects), **facts}
    rows.sort(key=lambda row: _by_name(row["subject"].value, names))
    rows.sort(key=lambda row: row["latest"].value if "latest" in row else "", reverse=True)  # keeps what is equal
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["property"].value, []).append(row["subject"].value)
    return found, facts


def _by_name(name: str, names: Mapping[str, str]) -> tuple[str, list[tuple[int, str]]]:
    """What things are sorted by; those without a name by their IRI, in which a number counts as one."""
    pieces = re.findall(r"\d+|\D+", name)
    return plain(names.get(name, "")), [(int(each), "") if each.isdecimal() else (-1, each) for each in pieces]


def _facts(site: Site, subjects: Iterable[str]) -> dict[str, str]:
    """What those say that are facts, in the language of the request, by IRI."""
    facts = dict.fromkeys(name for name in subjects if name.startswith(_FACTS))
    if not facts:
        return {}
    parts = " ; ".join(f"{iri(PREFIXES['rdf'] + part)} ?{part}" for part in _PARTS)
    rows = site.select(f"SELECT * {{ VALUES ?fact {{ {' '.join(map(iri, facts))} }} ?fact {parts} }}")
    ends = {row["fact"].value: [row[part].value for part in _PARTS] for row in rows}
    labels = site.labels({end: None for found in ends.values() for end in found})
    return {name: " – ".join(labels.get(end, shorten(end)) for end in found) for name, found in ends.items()}


def _told(site: Site, subjects: Iterable[str], facts: Mapping[str, str]) -> list[Leading]:
    """Some things that lead to another, each once, with what is shown of it; ``facts`` are what facts say."""
    wanted = dict.fromkeys(subjects)
    said = {card.iri: card for card in cards(site, [name for name in wanted if name.startswith(_ASSERTIONS)])}
    texts = _statements(site, [name for name in wanted if name.startswith(_STATEMENTS)])
    return [
        Leading(name, *texts[name]) if name in texts else Leading(name, facts.get(name, ""), card=said.get(name))
        for name in wanted
    ]


def _statements(site: Site, statements: Sequence[str]) -> dict[str, tuple[str, Term]]:
    """Where statements stand, in words, and their texts."""
    if not statements:
        return {}
    rows = site.select(
        f"SELECT * {{ VALUES ?statement {{ {' '.join(map(iri, statements))} }} "
        f"?statement {_SOURCE} ?source ; {_POSITION} ?position ; {_TEXT} ?text }}"
    )
    labels = site.labels({row["source"].value: None for row in rows})
    found = {}
    for row in rows:
        source = row["source"].value
        name = site.texts(
            "page.statement_title", source=labels.get(source, shorten(source)), position=row["position"].value
        )
        found[row["statement"].value] = (name, row["text"])
    return found
