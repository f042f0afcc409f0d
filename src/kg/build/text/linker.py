"""Finding mentions of entities in a text: the longest name wins, traps are kept out, ambiguous names stay text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from kg.build.text.names import Name, NameIndex
from kg.build.text.tokens import Token, fold, fold_all


class Mention(NamedTuple):
    """An entity, or several of a group, named by a range of tokens; ``form`` is the sort of name that was used."""

    begin: int
    end: int
    keys: tuple[str, ...]
    form: str


_FIRST_NAMES = {"maurice", "dominique", "jordan", "chad", "georgia", "grenade", "milan", "paris", "sofia", "kingston"}
"""Names that are also first names: not meant where another capitalised word follows ("Jordan Bardella")."""

_SURNAMES = {"washington", "jordan", "london", "berlin", "paris", "holland", "israel"}
"""Names that are also surnames: not meant where a capitalised word that is no title stands before ("Jim Jordan")."""

_AFTER_CONTRACTION = {"monde", "figaro"}
"""Newspapers whose article a preposition has taken in ("au Monde", "au Figaro")."""

_PLACE_PREPOSITIONS = {"à", "in", "at", "de", "to"}

_BARE = ("Union", "Alliance", "Commission", "Rating")
"""Names of one word that a complement makes those of others."""

_WATCHED = frozenset({*_FIRST_NAMES, *_SURNAMES, *_AFTER_CONTRACTION, "milan", *map(fold, _BARE)})
"""The names, besides adjectives, that the words around them may show to mean something else."""


_NUMBERED_PLURAL = re.compile(r"[0-9][0-9a-z]*s")
"""A model's number in the plural: "Leopard 2s", "2A6s"."""


_VARIANT = re.compile(r"((?:[a-z]+-?)?[0-9]+)[a-z]{1,2}[0-9]?s?")
"""A model with the letter of a variant: "t-72a", "2r"."""


_NUMBER_AND_LETTER = re.compile(r"[0-9][a-z]")
"""What every plural and every variant of a model has in it."""


def find_mentions(tokens: Sequence[Token], index: NameIndex, lang: str) -> tuple[Mention, ...]:
    """The mentions of a text in order, none overlapping another; traps are left out."""
    folded = Folded.of(tokens)
    mentions: list[Mention] = []
    reached = 0
    for at in folded.openings(index):
        if at < reached:
            continue
        word = folded.words[at]
        found = _longest(tokens, folded, at, index, lang)
        if found is None:
            if "-" in word and (pair := _pair(word, index)):
                mentions.append(Mention(at, at + 1, pair, "pair"))
            continue
        if found.keys:
            mentions.append(_extended(found, tokens, index, at_least=mentions[-1].end if mentions else 0))
        reached = found.end
    return tuple([mention for mention in mentions if mention.keys])


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded words of a text; with models' numbers in the singular, or without the letter of their variant."""

    words: list[str]
    singular: list[str]
    model: list[str]
    near: frozenset[int]
    """The places from which a word of another form is at most two words away."""

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Folded:
        """Fold the words of a text."""
        words = fold_all(map(_written, tokens))
        if not _NUMBER_AND_LETTER.search(" ".join(words)):
            return cls(words, words, words, frozenset())
        singular, model = words.copy(), words.copy()
        numbered = [at for at, word in enumerate(words) if not word.isalpha() and _NUMBER_AND_LETTER.search(word)]
        for at in numbered:
            if _NUMBERED_PLURAL.fullmatch(words[at]):
                singular[at] = words[at][:-1]
            model[at] = _VARIANT.sub(r"\1", words[at])
        other = [at for at in numbered if singular[at] != words[at] or model[at] != words[at]]
        return cls(words, singular, model, frozenset([at - step for at in other for step in range(3)]))

    def openings(self, index: NameIndex) -> list[int]:
        """The places where a name may begin, in whatever form, or a hyphen stands: most words begin none."""
        found: list[int] = []
        words, near, following, plurals = self.words, self.near, index.following, index.plurals
        first, last = index.first, len(words) - 1
        for at in [at for at, word in enumerate(words) if word in first or "-" in word]:
            word = words[at]
            seconds = following.get(word, _NONE)
            if (
                seconds is None
                or (seconds and at < last and words[at + 1] in seconds)
                or "-" in word
                or word in plurals
            ):
                found.append(at)
        return sorted(near.union(found).intersection(range(len(words)))) if near else found


_NONE: frozenset[str] = frozenset()
_written = attrgetter("text")


def _longest(tokens: Sequence[Token], folded: Folded, at: int, index: NameIndex, lang: str) -> Mention | None:
    for end, name in candidates(folded, at, index):
        words = tuple([token.text for token in tokens[at:end]])
        if name.fits(words) and not misleading(name, tokens, at, end):
            keys = () if name.sort == "ambiguous" else name.keys
            return Mention(at, end, keys, _form(name, tokens[at], lang))
    return None


def _pair(word: str, index: NameIndex) -> tuple[str, ...]:
    """The two states of a compound adjective: "russo-finlandaise", "polish-belarusian"."""
    first, _, second = word.partition("-")
    before = _states_of(first, index, ("prefix", "adjective"))
    after = _states_of(second, index, ("adjective",))
    return (before[0], after[0]) if before and after and before[0] != after[0] else ()


def _states_of(word: str, index: NameIndex, sorts: tuple[str, ...]) -> list[str]:
    names = index.by_words.get((word,), ())
    return [name.keys[0] for name in names if name.sort in sorts and name.keys[0].startswith("state:")]


def candidates(folded: Folded, at: int, index: NameIndex) -> Iterator[tuple[int, Name]]:
    """Names at a word; the last word may have a plural ending that the name has not ("Leopards")."""
    word = folded.words[at]
    if at in folded.near or (word.endswith("s") and len(word) > _SHORT):
        return _in_other_forms(folded, at, index)
    return index.at(folded.words, at)


_SHORT = 4
"""Words of so many letters are not taken for plurals."""


def _in_other_forms(folded: Folded, at: int, index: NameIndex) -> Iterator[tuple[int, Name]]:
    words = folded.words
    yield from index.at(words, at)
    if at in folded.near:
        if folded.singular[at + 1 : at + 3] != words[at + 1 : at + 3]:
            yield from _of_equipment(index, folded.singular, at)
        if any(_VARIANT.fullmatch(word) for word in words[at : at + 3]):
            yield from _of_equipment(index, folded.model, at)  # a variant is the weapon: "T-72A", "Leopard 2R"
    if words[at].endswith("s") and len(words[at]) > _SHORT:
        singular = [words[at][:-1], *words[at + 1 : at + index.longest.get(words[at][:-1], 0)]]
        yield from ((at + end, name) for end, name in _of_equipment(index, singular, 0))


def _of_equipment(index: NameIndex, words: list[str], at: int) -> Iterator[tuple[int, Name]]:
    found = index.at(words, at)
    return ((end, name) for end, name in found if name.keys[:1] and "equipment:" in name.keys[0])


def _form(name: Name, first: Token, lang: str) -> str:
    if name.sort == "adjective" and lang == "fr" and first.capitalised:
        return "demonym"
    return name.sort


def misleading(name: Name, tokens: Sequence[Token], at: int, end: int) -> str:
    """What the words around a name show that it means, if that is something else; else nothing."""
    folded = name.folded
    if folded not in _WATCHED and name.sort != "adjective":
        return ""
    before = tokens[at - 1] if at else None
    after = tokens[end] if end < len(tokens) else None
    if name.sort != "trap" and _is_of_a_person(folded, tokens, at, end):
        return "part of the name of somebody else"
    if folded == "milan" and before is not None and before.norm in _PLACE_PREPOSITIONS:
        return "a place, as the preposition before it shows"
    if folded in _AFTER_CONTRACTION and name.sort == "alias":
        other = before is None or before.norm != "au" or (after is not None and after.capitalised)
        return "a common word" if other else ""
    if name.sort == "adjective" and name.keys and name.keys[0].startswith("state:") and len(name.text) < 4:
        return "a common word"
    bare = name.text in _BARE
    return "another one, as its complement shows" if bare and _qualified(before, after) else ""


def _is_of_a_person(folded: str, tokens: Sequence[Token], at: int, end: int) -> bool:
    """Whether a name is the first name or the surname of somebody else."""
    after = tokens[end] if end < len(tokens) else None
    if folded in _FIRST_NAMES and after is not None and after.capitalised and after.start == tokens[end - 1].end + 1:
        return True
    if folded not in _SURNAMES or at < 2 or tokens[at - 2].text in _SENTENCE_ENDS:
        return False
    before = tokens[at - 1]
    beside = before.end + 1 == tokens[at].start
    return (
        beside
        and before.capitalised
        and len(before.text) > 2
        and not before.text.isupper()
        and before.norm not in _TITLES
    )


def _qualified(before: Token | None, after: Token | None) -> bool:
    """Whether a bare "Union" or "Alliance" has a complement that makes it another one."""
    if before is not None and before.capitalised and before.norm not in ("l'", "the", "la"):
        return True
    return after is not None and (after.capitalised or after.norm in ("of", "de", "des", "du", "pour", "for", "d'"))


def _extended(found: Mention, tokens: Sequence[Token], index: NameIndex, *, at_least: int) -> Mention:
    """A surname with the first name before it: the same person's, also misspelt, or somebody else's."""
    if found.form != "surname" or found.begin <= at_least:
        return found
    before = tokens[found.begin - 1]
    if (
        not (before.capitalised and before.is_word and before.end + 1 == tokens[found.begin].start)
        or len(before.text) < 3
    ):
        return found
    first_name = fold(index.people[found.keys[0]]).split()[0]
    written = fold(before.text)
    if written == first_name or (len(written) > 5 and edit_distance(written, first_name) <= 2):
        return Mention(found.begin - 1, found.end, found.keys, "person")
    if found.begin - 1 == 0 or before.norm in _TITLES or tokens[found.begin - 2].text in _SENTENCE_ENDS:
        return found
    return Mention(found.begin - 1, found.end, (), "trap")


_SENTENCE_ENDS = frozenset('.!?…:«“"')

# fmt: off
_TITLES = frozenset({
    "président", "présidente", "premier", "ministre", "chancelier", "chancelière", "president", "minister",
    "chancellor", "monsieur", "sir", "mr", "mrs", "ms", "m.", "administration", "secretary", "général",
    "general",
})
# fmt: on


def edit_distance(a: str, b: str) -> int:
    """How many letters must be put in, left out or changed to turn one word into the other.

    >>> edit_distance("vladmir", "vladimir")
    1
    """
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]
