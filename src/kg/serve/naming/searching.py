"""Search for people: the beginnings of words, in any order, and what is nearly so written if little else is found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from kg.ground.folding import fold, surface, words, words_of
from kg.serve.naming.entries import GROUPS, Entry, Sort
from kg.serve.naming.identifiers import resolve
from kg.serve.naming.index import Key, NameIndex

_EXACT, _SAME, _BEGINS, _HAS, _LIKE, _SOME = 100.0, 96.0, 88.0, 76.0, 60.0, 55.0
_ALIKE = 72.0  # of 100, how near a name must be that is written otherwise
_ALIKE_ALONE = 76.0  # how near to a single word, where little is much: at 75 "Rusia" is like "USA"
_ALIKE_WORD = 82.0  # how near a word of a name must be, which is less than the name
_SHORTEST = 3  # letters; nothing is like a shorter one
_SHORTEST_WORD = 4
_PART = 10.0  # what a name stays behind of which only a word is alike
_WORDS = 12
_ENOUGH = 0.5  # what part of the words, by what they tell, a thing must have where none has all
_LOOKED_AT = 60
_PER_GROUP = 4.0  # what each group stays behind the one before it
_BEHIND = {
    Sort.LABEL: 0.0,
    Sort.ALIAS: 1.0,
    Sort.HIDDEN: 2.0,
    Sort.SHORT: 2.0,
    Sort.CODE: 1.0,
    Sort.DEMONYM: 6.0,
    Sort.NOTE: 14.0,
}
_CAPITAL = 12.0
_KINDS = ("state", "org", "person", "equipment", "class", "property")
"""The kinds that are looked for most, the most looked for first; other things of the same score follow."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, by which name, and how well it fits, to 100.

    ``near``: no name of it has the words that were looked for; this one is only spelt like them.
    """

    entry: Entry
    key: Key
    score: float
    near: bool = False


def search(
    index: NameIndex, text: str, *, keep: Callable[[Entry], bool] = lambda _: True, language: str = "", limit: int = 20
) -> list[Hit]:
    """What may be meant by the beginning of a name, the best first, each thing once.

    Words may stand in any order, and in what is told of a query or a term. Where nothing has all of them, what has most
    of them is found. What is only spelt like the text comes last.

    ``keep`` says which entries count; names in ``language`` go before others that fit as well.
    """
    found = _best(index, _written(index, text), keep, language)
    if len(found) < limit:
        known = {hit.entry.iri for hit in found}
        near = _best(index, _alike(index, text), lambda entry: keep(entry) and entry.iri not in known, language)
        found += [replace(hit, near=True) for hit in near]
    return (found or _best(index, _some(index, text), keep, language))[:limit]


def nearest(index: NameIndex, text: str, *, limit: int = 3) -> list[Hit]:
    """What somebody may have meant who found nothing: the entities whose names are spelt like it, if there are any."""
    return [replace(hit, near=True) for hit in _best(index, _alike(index, text), lambda _: True, "")[:limit]]


def _best(
    index: NameIndex, hits: Iterable[tuple[Key, float]], keep: Callable[[Entry], bool], language: str
) -> list[Hit]:
    best: dict[str, Hit] = {}
    for key, score in hits:
        entry = index.entries[key.entry]
        if not keep(entry):
            continue
        behind = _BEHIND.get(key.name.sort, _CAPITAL) + _PER_GROUP * GROUPS.index(entry.group)
        behind += 0.5 if language and key.name.language not in ("", language) else 0.0
        hit = Hit(entry, key, round(max(score - behind, 1.0), 2))
        if entry.iri not in best or best[entry.iri].score < hit.score:
            best[entry.iri] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, _place(hit.entry), len(hit.key.name.text), hit.entry.iri))


def _place(entry: Entry) -> int:
    return _KINDS.index(entry.kind) if entry.kind in _KINDS else len(_KINDS)


def _written(index: NameIndex, text: str) -> Iterator[tuple[Key, float]]:
    """The names that are the text, begin with it, or have words that begin with its words."""
    for entry in resolve(index, text):
        yield index.own_key(entry), _EXACT
    for key in index.exact(text):
        yield key, _EXACT
    for key in index.folded(fold(text)):
        yield key, _SAME
    every, asked = words_of(text), _asked(text)
    if not asked:
        return
    places = set.intersection(*(_beginning(index, word) for word in asked))
    start = surface(text)
    for place in places:
        key = index.keys[place]
        begins = key.surface.startswith(start) or key.spelled[: len(every)] == every
        longer = min(8.0, len(key.name.text) / 12)
        yield key, (_BEGINS if begins else _HAS) - longer


def _asked(text: str) -> list[str]:
    """The words that are looked for: all but the articles, if there are others; of a whole text the first."""
    every = words_of(text)
    return ([word for word in every if word not in words().articles] or list(every))[:_WORDS]


def _beginning(index: NameIndex, word: str) -> set[int]:
    """The names in which a word begins so, or so in the singular."""
    found = index.beginning(word)
    return found | index.beginning(word[:-1]) if word.endswith("s") and len(word) > _SHORTEST else found


def _some(index: NameIndex, text: str) -> Iterator[tuple[Key, float]]:
    """The things that have most of the words among all that is told of them."""
    asked = _asked(text)
    whole = sum(index.weight(word) for word in asked)
    told: dict[int, dict[str, Key]] = defaultdict(dict)
    for word in asked:
        for place in _beginning(index, word):
            told[index.keys[place].entry].setdefault(word, index.keys[place])
    for found in told.values():
        share = sum(index.weight(word) for word in found) / whole
        if share >= _ENOUGH:
            yield next(iter(found.values())), _SOME * share


def _alike(index: NameIndex, text: str) -> Iterator[tuple[Key, float]]:
    """The names of entities that are nearly so written, or that have a word which is."""
    folded = fold(text)
    asked = "".join(folded)
    if len(asked) < _SHORTEST:
        return
    least = _ALIKE_ALONE if len(folded) == 1 else _ALIKE
    rated = process.extract(
        asked, index.unbroken, scorer=fuzz.ratio, processor=None, score_cutoff=least, limit=_LOOKED_AT
    )
    for _, alike, place in rated:
        yield index.of_entities[place], _LIKE * alike / 100
    if len(folded) == 1 and len(asked) >= _SHORTEST_WORD:
        for word, alike, _ in process.extract(
            asked, index.by_word.keys(), scorer=fuzz.ratio, processor=None, score_cutoff=_ALIKE_WORD, limit=_LOOKED_AT
        ):
            for key in index.by_word[word]:
                yield key, _LIKE * alike / 100 - _PART
