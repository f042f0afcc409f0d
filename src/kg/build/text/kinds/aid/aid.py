"""Kind `aid`: who gave, promised or financed what to whom. One assertion for each amount and each kind of goods.

The work is shared out: `frames`, `nouns` and `lists` recognise the ways of telling,
`story` follows the thread of the text,
`events` finds verbs and their status, `parties` donors and recipients, `things` amounts and goods,
`parts` how they hang together, `words` categories and instruments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence
from kg.build.text.kinds.aid import frames as aid_frames
from kg.build.text.kinds.aid import lists, nouns, receiving, told_apart, totals
from kg.build.text.kinds.aid.cues import may_tell
from kg.build.text.kinds.aid.divided import divided
from kg.build.text.kinds.aid.events import unreal
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.common import Found, Reader

Frame = Callable[[Story, Clause], Iterator[Found]]
"""One way of telling of aid in a clause."""

_FRAMES: tuple[tuple[Frame, frozenset[str]], ...] = (
    (receiving.received, frozenset()),
    (told_apart.by_agents, frozenset()),
    (told_apart.appraised, frozenset({"count"})),
    (aid_frames.given, frozenset()),
    (aid_frames.relative_object, frozenset()),
    (aid_frames.comprised, frozenset({"comprise"})),
    (totals.amounting, frozenset()),
    (totals.valued, frozenset({"be"})),
    (totals.bracketed, frozenset()),
    (aid_frames.parted, frozenset({"be"})),
    (aid_frames.earmarked, frozenset()),
    (aid_frames.added, frozenset({"add"})),
    (lists.ranked, frozenset()),
    (lists.leading, frozenset({"be"})),
    (nouns.thanked, frozenset({"thank"})),
    (nouns.included, frozenset({"comprise"})),
    (nouns.nominal, nouns.HAPPENING),
    (nouns.agentive, frozenset()),
    (nouns.participial, frozenset()),
    (nouns.owned, frozenset()),
    (nouns.trained, frozenset({"undergoing"})),
    (nouns.among, frozenset({"be", "amount_to"})),
)
"""The frames in the order in which they are tried: the first that finds something in a clause has it.

Beside each stand the classes of which its clause's verb needs one, if it needs any.
"""


@lru_cache(maxsize=1024)
def _frames_of(classes: frozenset[str]) -> tuple[Frame, ...]:
    """The frames that a clause whose verb has some classes can be told in."""
    return tuple([frame for frame, needed in _FRAMES if not needed or not needed.isdisjoint(classes)])


def read(reader: Reader) -> Iterator[Found]:
    """The aid that a text tells of, sentence by sentence."""
    story = Story(reader)
    for sentence in reader.document.sentences:
        if story.begun or may_tell(reader, sentence):
            yield from _sentence(story, sentence)


def _sentence(story: Story, sentence: Sentence) -> Iterator[Found]:
    """The aid in one sentence: its clauses, and what stands between and after them without a verb."""
    if found := list(divided(story, sentence)):
        yield from found
        return
    done = 0
    for clause in story.reader.clauses[sentence.index]:
        if clause.begin > done:
            yield from lists.verbless(story, sentence, done, clause.begin)
        before = story.last
        yield from _clause(story, clause)
        yield from lists.resumed(story, clause, before)
        done = max(done, clause.end)
    yield from lists.verbless(story, sentence, done, len(sentence.nodes))


def _clause(story: Story, clause: Clause) -> Iterator[Found]:
    if unreal(story.reader, clause):
        return
    yield from aid_frames.gerund(story, clause, clause.begin, clause.at)
    yield from nouns.adjunct(story, clause)
    for frame in _frames_of(clause.verb.classes):
        if found := list(frame(story, clause)):
            yield from found
            break
    yield from aid_frames.gerund(story, clause, clause.at, clause.end)
    yield from aid_frames.guaranteed(story, clause)
    yield from totals.brought(story, clause)
