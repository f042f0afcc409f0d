"""An amount that a sentence divides: "of the €4.2 billion that X committed, €2.6 billion was military"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import Event, clause_status, donors_of, participle_event, status_of
from kg.build.text.kinds.aid.parts import arrange
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import Found
from kg.build.text.nodes import phrase_at


def divided(story: Story, sentence: Sentence) -> Iterator[Found]:
    """The whole that a sentence opens with, and the parts that its main clause names."""
    opening = phrase_at(sentence.nodes, 0, story.reader.lexicon.words["of_sum"])
    things = story.scanner(sentence).things(0, len(sentence.nodes)) if opening else []
    if len(things) < 2 or not all(thing.amount for thing in things) or things[0].begin > opening + 1:
        return
    whole, parts = things[0], things[1:]
    comma = _comma_before(sentence, parts[0])
    main = next((clause for clause in story.reader.clauses[sentence.index] if clause.at >= parts[0].end), None)
    if comma is None or main is None or main.verb.negative or not _shares_out(main, parts):
        return
    event = _whole_event(story, sentence, whole, comma)
    if event is None:
        return
    told = Scope(story.reader, story.words, sentence, 0, comma, event, [whole])
    whole.role = "given"
    arrange(told)
    yield from story.emitted(told, "divided")
    for number, part in enumerate(parts):
        end = parts[number + 1].begin if number + 1 < len(parts) else len(sentence.nodes)
        _as_part(story, part, whole, sentence.nodes[part.end : end])
    yield from story.emitted(replace(told, things=list(parts)), "divided")


def _comma_before(sentence: Sentence, part: Thing) -> int | None:
    """The comma that parts the whole from the first part, an article or an adverb between them at most."""
    return next(
        (at for at in range(part.begin - 1, max(part.begin - 4, 0), -1) if sentence.nodes[at].norm == ","), None
    )


def _shares_out(main: Clause, parts: Sequence[Thing]) -> bool:
    """Whether a verb says of what sort parts are, and no more."""
    sorts = main.verb.classes & {"be", "divides", "amount_to", "serve"} and not status_of(main.verb.classes)
    return bool(sorts) and not any(part.item and part.quantity for part in parts)


def _whole_event(story: Story, sentence: Sentence, whole: Thing, comma: int) -> Event | None:
    """Who gave the whole, as a relative clause or a participle after it tells."""
    for clause in story.reader.clauses[sentence.index]:
        if not whole.end <= clause.at < comma:
            continue
        status, classes = clause_status(story.reader, clause, comma)
        donors = donors_of(clause)
        return Event(clause.at, status, donors, classes) if status and donors else None
    event = participle_event(story.reader, sentence, whole.end, comma)
    return event if event is not None and event.donors else None


def _as_part(story: Story, part: Thing, whole: Thing, told: Sequence[Node]) -> None:
    """Let a part take what its whole is told to be, and what stands after it says of its own sort."""
    part.donors, part.status, part.date, part.part_of = whole.donors, whole.status, whole.date, whole.amount
    part.category = story.words.category([node for node in told if node.tag == "W"]) or whole.category
    part.instruments = story.words.instruments(told, money=True) or list(whole.instruments)
