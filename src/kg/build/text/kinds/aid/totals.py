"""What the aid of a donor adds up to: "l'aide de X s'élève à", "X totals", "deliveries by X came to"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.clauses import Clause
from kg.build.text.kinds.aid.events import Event, participle_event, total_status
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import Found


def amounting(story: Story, clause: Clause) -> Iterator[Found]:
    """The aid of a donor amounts to so much: "l'aide allouée par les Européens s'élève à", "pledges total"."""
    sentence = clause.sentence
    leading = [thing for thing in story.scanner(sentence).things(clause.begin, clause.at) if thing.amount]
    leading = [thing for thing in leading if _with(story, clause, thing)]
    things = [thing for thing in story.scanner(sentence).things(clause.at + 1, clause.end) if thing.amount]
    put_at = clause.verb.passive and "count" in clause.verb.classes
    amounts = put_at or clause.verb.classes & {"amount_to", "be", "pass", "arrive"}
    if clause.verb.negative or not (amounts or (things and _with(story, clause, things[0]))):
        return
    total = total_status(story.reader, sentence, clause.begin, clause.at)
    of_aid = bool(total) or story.reader.has(sentence, "aid", clause.begin, clause.at) is not None
    if leading and (of_aid or story.reader.has(sentence, "donors", clause.at, clause.end) is not None):
        yield from _totalling(story, clause, leading + things)
        return
    if not things:
        return
    if not of_aid:
        yield from _totalling(story, clause, things)
        return
    event = participle_event(story.reader, sentence, clause.begin, clause.at)
    status = event.status if event else total
    donors = (event.donors if event else ()) or Parties(story.reader, sentence).owners(clause.begin, clause.at)
    if not donors:
        _by_beneficiary(story, clause, things)
    if donors or any(thing.donors for thing in things):
        event = Event(clause.at, status, donors, clause.verb.classes)
        yield from story.told(story.scope(clause, event, things), clause, "amounting")


def _by_beneficiary(story: Story, clause: Clause, things: Sequence[Thing]) -> None:
    """Give each amount the donor named after it: "64 milliards pour les États-Unis, 17 milliards pour l'Allemagne"."""
    parties = Parties(story.reader, clause.sentence)
    for thing, following in zip(things, [*things[1:], None], strict=True):
        thing.donors = parties.on_behalf(thing.end, following.begin if following else clause.end)


def _with(story: Story, clause: Clause, thing: Thing) -> bool:
    """Whether an amount is what a donor stands out with: "avec 17 milliards d'euros d'aide, Berlin demeure …"."""
    return thing.begin > 0 and clause.sentence.nodes[thing.begin - 1].norm in story.sets["with"]


def _totalling(story: Story, clause: Clause, things: Sequence[Thing]) -> Iterator[Found]:
    """A donor totals so much aid: "le Japon totalise 12 milliards d'aide"."""
    donors = tuple(node for node in clause.nodes(clause.subject) if node.is_party and node.form != "n")
    told = story.reader.has(clause.sentence, "aid", clause.begin, clause.end) is not None
    told = told or story.reader.has(clause.sentence, "donors", clause.at, clause.end) is not None
    if told and donors and not clause.verb.passive:
        status = total_status(story.reader, clause.sentence, clause.at, clause.end)
        event = Event(clause.at, status, donors, clause.verb.classes)
        yield from story.told(story.scope(clause, event, things), clause, "totalling")
