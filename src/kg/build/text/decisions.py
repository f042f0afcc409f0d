"""What each name of a text was taken for, and why: linked, ambiguous, something else, or unknown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from kg.build.text.linker import Folded, candidates, find_mentions, misleading
from kg.build.text.names import Name, NameIndex
from kg.build.text.reading import ReadingKind, read_values
from kg.build.text.tokens import Token, sentences, tokenise


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one name of a text.

    ``verdict``: "linked" (to all of ``keys``), "ambiguous" (may be any of ``keys``, linked to none), "other" (written
    like the name of one of ``keys``, and means something else) or "unknown" (no table holds it; ``keys`` is empty).
    """

    text: str
    verdict: str
    keys: tuple[str, ...]
    reason: str


def decide(text: str, index: NameIndex, lang: str) -> tuple[Decision, ...]:
    """The decisions on all names of a text, in order.

    A capitalised word in front of a sentence, or in a date ("in March"), is taken for no name. Names that no table
    holds are reported, never forced upon an entity that is written alike.
    """
    tokens = tokenise(text)
    folded = Folded.of(tokens)
    linked = {mention.begin: mention for mention in find_mentions(tokens, index, lang)}
    opening = {begin for begin, _ in sentences(tokens)}
    dated = _dated(text, tokens, lang)
    found: list[Decision] = []
    at = 0
    while at < len(tokens):
        if mention := linked.get(at):
            found.append(Decision(_words(text, tokens, at, mention.end), "linked", mention.keys, f"{mention.form}"))
            at = mention.end
        elif left := _left_out(text, tokens, folded, at, index):
            found.append(left[1])
            at = left[0]
        else:
            end = _unknown_end(tokens, at, opening, dated)
            names = (i for i in range(at + 1, end) if i in linked or _left_out(text, tokens, folded, i, index))
            end = next(names, end)
            end = at if end == at + 1 and at in opening else end
            if end > at:
                found.append(Decision(_words(text, tokens, at, end), "unknown", (), "no table holds this name"))
            at = max(end, at + 1)
    return tuple(found)


def _left_out(
    text: str, tokens: Sequence[Token], folded: Folded, at: int, index: NameIndex
) -> tuple[int, Decision] | None:
    """The place after a name that was not linked, and why not."""
    for end, name in _fitting(tokens, folded, at, index):
        written = _words(text, tokens, at, end)
        if name.sort == "ambiguous":
            return end, Decision(written, "ambiguous", name.keys, name.means)
        if name.sort == "trap":
            return end, Decision(written, "other", (), name.means)
        if reason := misleading(name, tokens, at, end):
            return end, Decision(written, "other", name.keys, reason)
    return None


def _fitting(tokens: Sequence[Token], folded: Folded, at: int, index: NameIndex) -> Iterator[tuple[int, Name]]:
    for end, name in candidates(folded, at, index):
        if name.fits(tuple(token.text for token in tokens[at:end])):
            yield end, name


def _dated(text: str, tokens: Sequence[Token], lang: str) -> set[int]:
    """The places of the words that tell a date."""
    dates = [reading.core for reading in read_values(text, lang) if reading.kind is ReadingKind.DATE]
    starts = [token.start for token in tokens]
    places = [range(bisect_left(starts, date.start), bisect_left(starts, date.end)) for date in dates]
    return set(chain.from_iterable(places))


def _unknown_end(tokens: Sequence[Token], at: int, opening: set[int], dated: set[int]) -> int:
    """The end of the capitalised words at a place, or the place itself where there are none."""
    end = at
    while end < len(tokens) and end not in dated and tokens[end].capitalised and tokens[end].is_word:
        end += 1
    elided = end == at + 1 and (len(tokens[at].text) < 2 or tokens[at].text.endswith(("'", "’")))
    return at if elided or (end == at + 1 and at in opening) else end


def _words(text: str, tokens: Sequence[Token], begin: int, end: int) -> str:
    return text[tokens[begin].start : tokens[end - 1].end]
