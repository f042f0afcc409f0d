"""Aid told donor by donor in one clause: amounts that somebody appraises, goods that each come from another."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.clauses import Clause
from kg.build.text.kinds.aid.events import Event, clause_status, participle_event
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import Found, value, whole
from kg.build.text.kinds.context import listed, parenthesis, phrase


def appraised(story: Story, clause: Clause) -> Iterator[Found]:
    """Somebody puts aid at so much: "X chiffre à M l'aide allouée par A, à N celle de B", "X puts Danish aid at M"."""
    verb, sentence = clause.verb, clause.sentence
    if "count" not in verb.classes or verb.passive or verb.negative or verb.reflexive:
        return
    aid = story.reader.has(sentence, "aid", clause.at + 1, clause.end)
    things = [thing for thing in story.scanner(sentence).things(clause.at + 1, clause.end) if thing.amount]
    if aid is None or not things:
        return
    _give_owners(story, clause, things, amount_first=things[0].begin < aid)
    told = participle_event(story.reader, sentence, clause.at + 1, clause.end)
    speaker = [node for node in clause.nodes(clause.subject) if node.is_party]
    if not speaker or not all(thing.donors for thing in things):
        return
    event = Event(clause.at, told.status if told else "", (), verb.classes)
    category = story.words.category([node for node in sentence.nodes[clause.at : clause.end] if node.tag == "W"])
    for thing in things:
        thing.category = category
    for found in story.told(story.scope(clause, event, things), clause, "appraised"):
        found.slots["attributed_to"] = value(speaker[0])
        yield found


def _give_owners(story: Story, clause: Clause, things: list[Thing], *, amount_first: bool) -> None:
    """Give each amount the donors named after it, or, where the aid is named first, before it."""
    parties = Parties(story.reader, clause.sentence)
    for number, thing in enumerate(things):
        following = things[number + 1].begin if number + 1 < len(things) else clause.end
        earlier = things[number - 1].end if number else clause.at + 1
        begin, end = (thing.end, following) if amount_first else (earlier, thing.begin)
        thing.donors = parties.owners(begin, end)


def by_agents(story: Story, clause: Clause) -> Iterator[Found]:
    """Goods from one donor each: "the Challenger 2 was supplied by Britain (14), the Abrams by the United States"."""
    reader, sentence = story.reader, clause.sentence
    models = sentence.tagged("Q", max(clause.at - 5, 0), clause.end)
    if not clause.verb.passive or not any(at > clause.at for at in models):
        return
    first = [at for at in models if at < clause.at][-1:]
    things = [_of_agent(story, clause, at) for at in (*first, *(at for at in models if at > clause.at))]
    status, classes = clause_status(reader, clause, clause.at + 1)
    if not status or not first or len(things) < 2:
        return
    given = [thing for thing in things if thing is not None]
    for thing in given:
        thing.status = status
    if len(given) == len(things):
        scope = Scope(
            reader, story.words, sentence, clause.begin, clause.end, Event(clause.at, status, (), classes), given
        )
        yield from story.emitted(scope, "by-agents")


def _of_agent(story: Story, clause: Clause, at: int) -> Thing | None:
    """The goods named at a place with the agent after them and the number in its parentheses."""
    sentence, nodes = clause.sentence, clause.sentence.nodes
    here = clause.at + 1 if at < clause.at else at + 1
    length = phrase(story.reader, sentence, here, "by")
    agents = listed(story.reader, sentence, here + length, "SO") if length else ()
    if not agents or agents[0] - here - length > 1:
        return None
    counts = sentence.tagged("N", *parenthesis(sentence, agents[-1]))
    donors = tuple(nodes[i] for i in agents)
    thing = Thing(at, agents[-1] + 1, item=nodes[at].keys[0], military=True, nodes=[nodes[at]], donors=donors)
    thing.category = "military"
    if counts:
        reading = nodes[counts[0]].reading
        thing.quantity, thing.approx = whole(nodes[counts[0]]), reading.approx if reading else None
    return thing
