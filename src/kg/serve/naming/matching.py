"""Which entities a name in somebody's table may stand for, how sure that is, and when it is certain.

A score is between 0 and 100. A candidate is a *match* where nobody need look at it: its name is that of the query, or
is so near to it that only an error of typing lies between them, and no other candidate comes near.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from kg.ground.folding import bracketed, fold, words
from kg.ground.terms import ONTOLOGY
from kg.serve.naming.entries import Entry, Sort
from kg.serve.naming.index import Key, NameIndex

CERTAIN = 92.0
"""The score from which a candidate can be a match."""

APART = 6.0
"""By how much the next candidate must stay behind."""

LEAST = 30.0
"""Candidates with less are not told."""

_SORTS = {
    Sort.LABEL: 1.0,
    Sort.ALIAS: 0.99,
    Sort.HIDDEN: 0.98,
    Sort.CODE: 0.97,
    Sort.DEMONYM: 0.88,
    Sort.SHORT: 0.88,
    Sort.CAPITAL: 0.5,
}
"""What a name of each sort is worth."""

_DEMONYM_OF_STATE = 0.94  # among states an adjective can only be meant for one
_SHORTEST = 5  # letters; a shorter word with an error in it may be any other
_LONG = 8  # letters from which two errors are let pass
_SLIGHT = 0.15  # what a word weighs that only says what kind of thing something is
_PART, _AGREED = 0.96, 0.99  # what a name is worth that is a part of what was asked, and two that mean the same
_NEAR = 55.0  # of 100, how near names must be as a whole to be looked at word by word
_LOOKED_AT = 40
_COMMON = 40  # names with a word; a word with more leads to too many
_SHARED = 80  # names that are looked at because they share a word, those of the rarest words first
_WORDS = 12  # words of what was asked that are held against those of a name; no name has more than two dozen
_STATE, _PERSON, _EQUIPMENT = ONTOLOGY + "State", ONTOLOGY + "Person", ONTOLOGY + "Equipment"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a name, and the types of which the candidate must have one.

    ``all_types``: it must have them all. ``only_prefers``: others are told too, but none of them is a match.
    """

    name: str
    types: tuple[str, ...] = ()
    all_types: bool = False
    only_prefers: bool = False

    def fits(self, entry: Entry) -> bool:
        """Whether an entry has the types."""
        if not self.types:
            return True
        return (all if self.all_types else any)(kind in entry.types for kind in self.types)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entity that may be meant, by which of its names, how sure.

    ``exact``: the name is written so. ``whole``: every word of the one has its fellow in the other.
    """

    entry: Entry
    key: Key
    score: float
    exact: bool
    whole: bool
    fits: bool
    match: bool = False

    @property
    def closeness(self) -> int:
        """2 for a name that is written so, 1 for one that has the same words, 0 for others."""
        return 2 if self.exact else int(self.whole)


def candidates(index: NameIndex, wanted: Wanted) -> list[Candidate]:
    """The entities that may be meant, the surest first; at most the first is a match."""
    best: dict[str, Candidate] = {}
    for found in _scored(index, wanted):
        known = best.get(found.entry.iri)
        if known is None or (found.closeness, found.score) > (known.closeness, known.score):
            best[found.entry.iri] = found
    ranked = sorted(best.values(), key=lambda item: (-item.score, -item.closeness, item.entry.iri))
    return decided(index, wanted, [item for item in ranked if item.score >= LEAST])


def certain(index: NameIndex, entry: Entry, score: float = 100.0) -> Candidate:
    """A thing that is named by an identifier, or by what it has, and so by no name."""
    return Candidate(entry, index.own_key(entry), score, exact=True, whole=True, fits=True)


def decided(index: NameIndex, wanted: Wanted, ranked: list[Candidate]) -> list[Candidate]:
    """Candidates that stand in the order of their scores, with the first one as a match if it is certain."""
    if not ranked:
        return ranked
    first = ranked[0]
    rivals = [item for item in ranked[1:] if item.score > first.score - APART and item.closeness >= first.closeness]
    sure = first.score >= CERTAIN and first.fits and not rivals and not _contradicted(index, wanted, first)
    return [replace(first, match=sure), *(replace(item, match=False) for item in ranked[1:])]


def _contradicted(index: NameIndex, wanted: Wanted, first: Candidate) -> bool:
    """Whether what stands in brackets names something else of the same kind, or says what cannot be understood."""
    if first.closeness:
        return False
    _, inside = bracketed(wanted.name)
    for text in inside:
        named = {key.entry for key in (*index.exact(text), *index.folded(fold(text)))}
        kin = {place for place in named if index.entries[place].kind == first.entry.kind}
        light = words().forms | index.kind_words(first.entry) | words().articles
        if first.key.entry in kin or (named and not kin):
            continue
        if kin or not all(_is_light(word, light) or word in first.key.words for word in fold(text)):
            return True
    return False


def _scored(index: NameIndex, wanted: Wanted) -> Iterator[Candidate]:
    outside, inside = bracketed(wanted.name)
    whole = fold(wanted.name)
    exact = set(index.exact(wanted.name))
    pool = dict.fromkeys((*exact, *index.folded(whole), *_near(index, whole)))
    for key in pool:
        yield from _candidate(index, wanted, key, whole, exact=key in exact)
    if inside and outside:
        yield from _in_parts(index, wanted, outside, inside)


def _in_parts(index: NameIndex, wanted: Wanted, outside: str, inside: Sequence[str]) -> Iterator[Candidate]:
    """The entities that are named before brackets or in them; where both name one, it is as good as a whole name."""
    named = [(fold(part), index.exact(part) or index.folded(fold(part))) for part in (outside, *inside)]
    agreed = {key.entry for key in named[0][1]} & {key.entry for _, keys in named[1:] for key in keys}
    for found, keys in named:
        for key in keys:
            worth = _AGREED if key.entry in agreed else _PART
            yield from _candidate(index, wanted, key, found, worth=worth)


def _near(index: NameIndex, found: Sequence[str]) -> Iterator[Key]:
    """The names that are alike as a whole, and those that share a word which few have."""
    asked = " ".join(sorted(found))
    if not asked:
        return
    for _, _, place in process.extract(
        asked, index.spelled, scorer=fuzz.ratio, processor=None, score_cutoff=_NEAR, limit=_LOOKED_AT
    ):
        yield index.of_entities[place]
    shared = sorted((index.by_word.get(word, ()) for word in set(found)), key=len)
    yield from islice((key for keys in shared if len(keys) <= _COMMON for key in keys), _SHARED)


def _candidate(
    index: NameIndex, wanted: Wanted, key: Key, found: tuple[str, ...], *, exact: bool = False, worth: float = 1.0
) -> Iterator[Candidate]:
    entry = index.entries[key.entry]
    if entry.group != "entity":
        return
    fits = wanted.fits(entry)
    if not fits and not wanted.only_prefers:
        return
    likeness, whole = (1.0, True) if exact else _likeness(index, key, found)
    sort = _SORTS[key.name.sort]
    if key.name.sort is Sort.DEMONYM and _STATE in wanted.types:
        sort = _DEMONYM_OF_STATE
    if key.name.sort is Sort.CODE and not wanted.types and not wanted.name.strip().isupper():
        sort = _SORTS[Sort.CAPITAL]  # "is" and "no" are words before they are codes
    score = 100 * worth * likeness * sort * (1.0 if fits else 0.8)
    yield Candidate(entry, key, round(score, 2), exact, whole and worth != _PART, fits)


def _likeness(index: NameIndex, key: Key, asked: tuple[str, ...]) -> tuple[float, bool]:
    """How alike two names are, from 0 to 1, and whether each word has its fellow.

    It is how much of each name is found in the other, where words count for more that tell more.
    """
    named = key.words
    if asked == named:
        return 1.0, True
    if sorted(asked) == sorted(named) or "".join(asked) == "".join(named):
        return 0.99, True
    entry = index.entries[key.entry]
    pairs, alone, missing = _aligned(asked[:_WORDS], named, person=_PERSON in entry.types)
    alone += asked[_WORDS:]
    if not pairs:
        return 0.0, False
    if _EQUIPMENT in entry.types and len(asked) == 1 and _has_digit(asked[0]) and index.holders(asked[0]) == 1:
        return 0.95, False  # a designation that only one has: M142
    light = _light(index, entry)
    both = sum(index.weight(name) * alike for _, name, alike in pairs)
    whole = sum(index.weight(name) for _, name, _ in pairs)
    over = sum(_extra(index, word, light | index.words[key.entry]) for word in alone)
    under = sum(_extra(index, word, light, initial=2.0) for word in missing)
    one, other = both / (whole + over), both / (whole + under)
    return 0.98 * (0.75 * min(one, other) + 0.25 * max(one, other)), not alone and not missing


def _light(index: NameIndex, entry: Entry) -> frozenset[str]:
    """The words that only say what kind of thing an entity is."""
    light = index.kind_words(entry)
    if _STATE in entry.types:
        return light | words().forms
    return light | words().titles if _PERSON in entry.types else light


def _extra(index: NameIndex, word: str, light: frozenset[str], *, initial: float = 0.5) -> float:
    """What a word weighs that the other name has not; ``initial``: what a letter alone weighs."""
    if _is_light(word, light):
        return _SLIGHT
    if _has_digit(word):
        return 2 * index.weight(word)  # T-72 is not T-64
    return initial if len(word) == 1 else index.weight(word)


def _is_light(word: str, light: frozenset[str]) -> bool:
    """Whether a word, its singular, what it is short for, or the same word spelled otherwise is among some."""
    if word in light or word.removesuffix("s") in light or not light.isdisjoint(words().short.get(word, ())):
        return True
    return len(word) >= _LONG and any(_alike(word, other, person=False) > 0 for other in light)


Pair = tuple[str, str, float]


def _aligned(asked: Sequence[str], named: Sequence[str], *, person: bool) -> tuple[list[Pair], list[str], list[str]]:
    """The words of two names that belong together, with how alike they are, and the words of each that are left."""
    rated = sorted(
        ((_alike(one, other, person=person), i, j) for i, one in enumerate(asked) for j, other in enumerate(named)),
        key=lambda pair: (-pair[0], abs(pair[1] - pair[2]), pair[1]),
    )
    left, right = dict(enumerate(asked)), dict(enumerate(named))
    pairs = []
    for alike, i, j in rated:
        if alike > 0 and i in left and j in right:
            pairs.append((left.pop(i), right.pop(j), alike))
    return pairs, list(left.values()), list(right.values())


def _alike(asked: str, named: str, *, person: bool) -> float:
    """How alike two words are: the same, one the abbreviation of the other, or an error of typing apart."""
    if asked == named:
        return 1.0
    short = words().short
    if named in short.get(asked, ()) or asked in short.get(named, ()):
        return 0.97
    if person and 1 in (len(asked), len(named)) and asked[0] == named[0]:
        return 0.92
    shorter = min(len(asked), len(named))
    if shorter < _SHORTEST or asked[0] != named[0] or _has_digit(asked) or _has_digit(named):
        return 0.0
    errors = OSA.distance(asked, named, score_cutoff=2)
    if errors == 1:
        return 0.95
    return 0.85 if errors == 2 and shorter >= _LONG else 0.0


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
