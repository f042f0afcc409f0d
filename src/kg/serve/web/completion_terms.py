"""What a query may be completed with, of one release: classes and properties with their counts, graphs, entities."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from kg.ground.catalogue.binding import iri
from kg.ground.folding import words_of
from kg.ground.terms import DATASET, GRAPHS, IDENTIFIERS, ONTOLOGY, PREFIXES, expand, graph_iri, shorten
from kg.serve.naming import Entry, NameIndex, search
from kg.serve.results import Row

CLASS, PROPERTY = "class", "property"
OWN = (ONTOLOGY, IDENTIFIERS, GRAPHS)
"""The namespaces of which this graph knows every name."""

_VOID = PREFIXES["void"]
_WD = PREFIXES["wd"]
_NEAR = 0.6  # of 1, how much of two names must be the same

_WHOLE = f"""
SELECT ?sort ?term ?n {{ GRAPH {iri(graph_iri("metadata"))} {{
  {{ {iri(DATASET)} <{_VOID}classPartition> ?part .
     ?part <{_VOID}class> ?term ; <{_VOID}entities> ?n BIND ("{CLASS}" AS ?sort) }}
  UNION
  {{ {iri(DATASET)} <{_VOID}propertyPartition> ?part .
     ?part <{_VOID}property> ?term ; <{_VOID}triples> ?n BIND ("{PROPERTY}" AS ?sort) }}
}} }}"""
_BY_CLASS = f"""
SELECT ?class ?term ?n {{ GRAPH {iri(graph_iri("metadata"))} {{
  ?whole <{_VOID}class> ?class ; <{_VOID}propertyPartition> ?part . ?part <{_VOID}property> ?term ; <{_VOID}triples> ?n
}} }}"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may stand in a query: how it is written there, and what a reader is told of it.

    ``id`` is a prefixed name where there is one, else the IRI. ``count`` is how many entities a class has, how many
    triples a property or a graph; None where nothing is counted.
    """

    id: str
    iri: str
    label: str = ""
    description: str = ""
    sort: str = ""
    count: int | None = None
    entity: str = ""
    """For an item of Wikidata, our name of what it is."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The classes and properties of a release by IRI, with how often each is used; ``graphs`` with their triples."""

    index: NameIndex
    standard: Mapping[str, Mapping[str, str]]
    """By language: what the terms of the standards are called, by IRI."""
    counts: Mapping[str, Mapping[str, int]]
    """By sort (`CLASS`, `PROPERTY`): how often each term is used."""
    by_class: Mapping[str, Mapping[str, int]]
    """By class: its properties, with how many triples each has there."""
    graphs: Mapping[str, int]
    spaces: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """Entities, concepts and sources by namespace, in the order of their names."""

    def terms(self, sort: str, text: str, *, within: str, language: str, limit: int) -> list[Suggestion]:
        """Classes or properties that a text may be the beginning of: by name, by label, by a word of either.

        ``within`` is a class or a thing of one, whose properties go first; the more used go before the less used.
        """
        prefix, local = _parted(text)
        space = PREFIXES.get(prefix, "") if prefix is not None else ""
        own = self._of(within)
        found = []
        for name, count in self.counts[sort].items():
            label = self.label(name, language)
            fits = _fit(local, name, label) if name.startswith(space) else None
            if fits is not None:
                used = own.get(name)
                found.append((used is None, fits, -(count if used is None else used), name, label))
        return [
            self._term(name, label, language, own.get(name, self.counts[sort][name]))
            for _, _, _, name, label in sorted(found)[:limit]
        ]

    def _of(self, within: str) -> Mapping[str, int]:
        entry = self.index.by_iri.get(within)
        kind = within if within in self.by_class or entry is None else entry.own
        return self.by_class.get(kind, {})

    def _term(self, name: str, label: str, language: str, count: int | None) -> Suggestion:
        entry = self.index.by_iri.get(name)
        return Suggestion(shorten(name), name, label, entry.note(language) if entry else "", count=count)

    def label(self, name: str, language: str) -> str:
        """What a term is called: ours by its label, that of a standard by what the site calls it; empty for neither."""
        entry = self.index.by_iri.get(name)
        return entry.label(language) if entry else self.standard[language].get(name, "")

    def entities(self, text: str, *, language: str, limit: int) -> list[Suggestion]:
        """Entities, concepts and sources whose name, code or label begins so; after a prefix, those of its namespace.

        With the prefix ``wd:``, the items of Wikidata that are the same as one of ours.
        """
        prefix, local = _parted(text)
        if prefix == "wd":
            return self._items(local, language, limit)
        space = PREFIXES.get(prefix, "") if prefix is not None else ""
        if prefix is not None and space not in self.spaces:
            return []
        known = self.spaces[space] if space else ()
        named = [entry for entry in known if entry.iri[len(space) :].casefold().startswith(local.casefold())]
        hits = self._hits(local, language, lambda entry: entry.iri.startswith(space))
        return [self.entity(entry, language) for entry in _each(*named, *hits)[:limit]]

    def values(self, counts: Mapping[str, int], text: str, *, language: str, limit: int) -> list[Suggestion]:
        """Of the things that a property has, by how often, those that a text may be the beginning of."""
        prefix, local = _parted(text)
        space = PREFIXES.get(prefix, "") if prefix is not None else ""
        found = []
        for name, count in counts.items():
            entry = self.index.by_iri.get(name)
            fits = _fit(local, name, entry.label(language)) if entry and name.startswith(space) else None
            if entry and fits is not None:
                found.append((fits, -count, name, replace(self.entity(entry, language), count=count)))
        return [value for *_, value in sorted(found, key=lambda each: each[:3])[:limit]]

    def _items(self, local: str, language: str, limit: int) -> list[Suggestion]:
        numbered = (self.index.items[item][0] for item in self.index.items if item.startswith(_WD + local.upper()))
        hits = self._hits(local, language, lambda entry: bool(entry.items)) if local else ()
        return [
            Suggestion(shorten(entry.items[0]), entry.items[0], entry.label(language), entry.note(language),
                       self.sort_of(entry, language), entity=shorten(entry.iri))
            for entry in _each(*numbered, *hits)[:limit]
        ]  # fmt: skip

    def _hits(self, text: str, language: str, keep: Callable[[Entry], bool]) -> Iterator[Entry]:
        def wanted(entry: Entry) -> bool:
            return entry.group in {"entity", "concept", "source"} and keep(entry)

        return (hit.entry for hit in search(self.index, text, keep=wanted, language=language))

    def entity(self, entry: Entry, language: str) -> Suggestion:
        """An entry as something to write."""
        sort = self.sort_of(entry, language)
        return Suggestion(shorten(entry.iri), entry.iri, entry.label(language), entry.note(language), sort)

    def sort_of(self, entry: Entry, language: str) -> str:
        """What a thing is, by the label of its class; empty where that is not told."""
        return self.label(entry.own, language) if entry.own else ""

    def named_graphs(self, text: str, *, language: str, limit: int) -> list[Suggestion]:
        """The named graphs in whose name or title the words of a text are, the largest first."""
        asked = text.strip("<").removeprefix(GRAPHS).casefold()
        found = []
        for name, count in self.graphs.items():
            entry = self.index.by_iri.get(PREFIXES["source"] + name.rpartition("/")[2])
            label = entry.label(language) if entry else ""
            if asked in name.removeprefix(GRAPHS) or asked in label.casefold():
                found.append(Suggestion(name, name, label, count=count))
        return sorted(found, key=lambda graph: -(graph.count or 0))[:limit]

    def told(self, name: str, language: str) -> Suggestion | None:
        """What is known of an IRI; None for one that the index does not have."""
        for counts in self.counts.values():
            if name in counts:
                entry = self.index.by_iri.get(name)
                return self._term(name, self.label(name, language) or (entry.label(language) if entry else ""),
                                  language, counts[name])  # fmt: skip
        if name in self.graphs:
            return Suggestion(name, name, count=self.graphs[name])
        entry = self.index.by_iri.get(name)
        if entry:
            return self.entity(entry, language)
        items = self.index.items.get(name)
        if items:
            found = self.entity(items[0], language)
            return Suggestion(shorten(name), name, found.label, found.description, found.sort, entity=found.id)
        return None

    def near(self, name: str, language: str, *, most: int = 3) -> list[Suggestion]:
        """What somebody may have meant who wrote an IRI of ours that is none: the nearest of its namespace."""
        start = max(name.rfind("/"), name.rfind("#")) + 1
        space, local = name[:start], name[start:]
        known = {each[start:].casefold(): each for each in self._names_in(space)}
        close = get_close_matches(local.casefold(), known, n=most, cutoff=_NEAR)
        return [told for each in close if (told := self.told(known[each], language))]

    def _names_in(self, space: str) -> Iterable[str]:
        if space == ONTOLOGY:
            return (name for counts in self.counts.values() for name in counts if name.startswith(space))
        if space.startswith(GRAPHS):
            return (name for name in self.graphs if name.startswith(space))
        return (entry.iri for entry in self.spaces.get(space, ()))


def read_vocabulary(
    select: Callable[[str], list[Row]],
    index: NameIndex,
    standard: Mapping[str, Mapping[str, str]],
    graphs: Mapping[str, int],
) -> Vocabulary:
    """Read what the build has counted; ``standard`` are names by language and prefixed name. Raises what it asks."""
    counts: dict[str, dict[str, int]] = {CLASS: {}, PROPERTY: {}}
    for row in select(_WHOLE):
        counts[row["sort"].value][row["term"].value] = int(row["n"].value)
    for entry in index.entries:  # what the ontology defines and the graph does not use yet
        if entry.kind in counts:
            counts[entry.kind].setdefault(entry.iri, 0)
    by_class: dict[str, dict[str, int]] = defaultdict(dict)
    for row in select(_BY_CLASS):
        by_class[row["class"].value][row["term"].value] = int(row["n"].value)
    named = {name: count for name, count in graphs.items() if name != "default"}
    known = {code: {expand(name): text for name, text in texts.items()} for code, texts in standard.items()}
    return Vocabulary(index, known, counts, by_class, named, _spaces(index))


def _spaces(index: NameIndex) -> dict[str, tuple[Entry, ...]]:
    found: dict[str, list[Entry]] = {space: [] for space in PREFIXES.values() if space.startswith(IDENTIFIERS)}
    for entry in index.entries:
        space = entry.iri[: entry.iri.rfind("/") + 1]
        if entry.group in {"entity", "concept", "source", "query"} and space in found:
            found[space].append(entry)
    return {space: tuple(sorted(several, key=lambda entry: entry.iri)) for space, several in found.items()}


def _each(*entries: Entry) -> list[Entry]:
    """Some entries, each once."""
    return list({entry.iri: entry for entry in entries}.values())


def _parted(text: str) -> tuple[str | None, str]:
    """The prefix and the local name of what is written; no prefix (None) where there is no colon.

    >>> _parted("state:FR"), _parted("Fran")
    (('state', 'FR'), (None, 'Fran'))
    """
    prefix, colon, local = text.partition(":")
    return (prefix, local) if colon else (None, text)


def _fit(text: str, name: str, label: str) -> int | None:
    """How well a text begins the name or the label of a term, 0 the best; None: not at all.

    >>> iri = "https://w3id.org/sides/ontology#gaveAidTo"
    >>> [_fit(text, iri, "gave aid to") for text in ("gave", "aid", "to aid", "x")]
    [1, 3, 3, None]
    """
    if not text:
        return 0
    local = name[max(name.rfind("/"), name.rfind("#")) + 1 :]
    folded = text.casefold()
    if folded in (local.casefold(), label.casefold()):
        return 0
    if local.casefold().startswith(folded):
        return 1
    if label.casefold().startswith(folded):
        return 2
    asked, known = words_of(text), (*words_of(label), *words_of(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local)))
    return 3 if asked and all(any(word.startswith(each) for word in known) for each in asked) else None
