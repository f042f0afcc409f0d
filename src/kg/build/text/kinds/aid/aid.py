"""Kind `aid`: who gave, promised or financed what to whom. One assertion for each amount and each kind of goods.

The work is shared out: `frames`, `nouns` and `lists` recognise the ways of telling,
`story` follows the thread of the text,
`events` finds verbs and their status, `parties` donors and recipients, `things` amounts and goods,
`parts` how they hang together, `words` categories and instruments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence
from kg.build.text.kinds.aid import frames as aid_frames
from kg.build.text.kinds.aid import lists, nouns, receiving, told_apart, totals
from kg.build.text.kinds.aid.cues import may_tell
from kg.build.text.kinds.aid.divided import divided
from kg.build.text.kinds.aid.events import unreal
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.common import Found, Reader

_FRAMES: tuple[Callable[[Story, Clause], Iterator[Found]], ...] = (
    receiving.received,
    told_apart.by_agents,
    told_apart.appraised,
    aid_frames.given,
    aid_frames.relative_object,
    aid_frames.comprised,
    totals.amounting,
    totals.valued,
    totals.bracketed,
    aid_frames.parted,
    aid_frames.earmarked,
    aid_frames.added,
    lists.ranked,
    lists.leading,
    nouns.thanked,
    nouns.included,
    nouns.nominal,
    nouns.agentive,
    nouns.participial,
    nouns.owned,
    nouns.trained,
    nouns.among,
)
"""The frames in the order in which they are tried: the first that finds something in a clause has it."""


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
    for frame in _FRAMES:
        if found := list(frame(story, clause)):
            yield from found
            break
    yield from aid_frames.gerund(story, clause, clause.at, clause.end)
    yield from aid_frames.guaranteed(story, clause)
    yield from totals.brought(story, clause)
