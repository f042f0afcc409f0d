"""Aid told from the side of those who get it: received, taken delivery of, "s'est vu remettre"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.clauses import Clause
from kg.build.text.document import Node
from kg.build.text.kinds.aid.events import Event, chain_of, participle_event, status_of, total_status
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import RUSSIA, UKRAINE, Found
from kg.build.text.subjects import agent_of


def received(story: Story, clause: Clause) -> Iterator[Found]:
    """A state receives something from somebody; an organisation obtains commitments of its members."""
    verb = clause.verb
    if "see_oneself" in verb.classes:
        yield from _granted(story, clause)
        return
    due = "due" in verb.classes or story.reader.has(clause.sentence, "due_to", clause.at, clause.end) is not None
    due = due and any("receive" in other.classes for _, other in chain_of(story.reader, clause)[1:])
    if not (due or "receive" in verb.classes or _takes(story, clause)) or verb.negative or verb.passive:
        return
    sentence = clause.sentence
    subject = [node for node in clause.nodes(clause.subject) if node.is_party]
    things = story.scanner(sentence).things(clause.at + 1, clause.end)
    if not subject or not things:
        return
    promised = participle_event(story.reader, sentence, clause.at + 1, clause.end)
    by = promised.donors if promised is not None else ()  # "ten of the 18 promised by Oslo" are there
    total = "" if by else total_status(story.reader, sentence, clause.at, clause.end)
    donors = Parties(story.reader, sentence).source(clause.at + 1, clause.end) or by or _makers(things)
    if subject[0].keys[:1] in ((UKRAINE,), (RUSSIA,)) and donors:
        status = "pledged" if due or verb.tense == "fut" else total or "delivered"
        event = Event(clause.at, status, donors, verb.classes, recipient=subject[0].keys[0])
    elif subject[0].tag in "OG" and total:
        event = Event(clause.at, total, tuple(subject), verb.classes)
    else:
        return
    sources = Parties(story.reader, sentence)
    begin = clause.at + 1
    for thing, following in zip(things, [*things[1:], None], strict=True):
        stop = following.begin if following else clause.end
        if subject[0].tag == "S":
            thing.donors = sources.source(begin, thing.begin) or sources.source(thing.end, stop)
        begin = thing.end if sources.source(begin, thing.begin) else stop
    yield from story.told(story.scope(clause, event, things), clause, "received")


def _takes(story: Story, clause: Clause) -> bool:
    """Whether somebody takes delivery of something: "took delivery of", "a pris livraison de"."""
    following = clause.sentence.nodes[clause.at + 1 : clause.at + 2]
    return "light" in clause.verb.classes and any(node.norm in story.sets["taken"] for node in following)


def _granted(story: Story, clause: Clause) -> Iterator[Found]:
    """A state sees itself given or promised something: "s'est vu remettre quatre systèmes par l'Allemagne"."""
    chain = chain_of(story.reader, clause)
    status = status_of(chain[-1][1].classes) if len(chain) > 1 and not clause.verb.negative else ""
    subject = [node for node in clause.nodes(clause.subject) if node.keys[:1] in ((UKRAINE,), (RUSSIA,))]
    at = chain[-1][0]
    agents = agent_of(story.reader.document, clause.sentence, at + 1, clause.end)
    donors = tuple(node for node in clause.nodes(agents) if node.is_party)
    if not status or not subject or not donors or any(verb.negative for _, verb in chain):
        return
    event = Event(at, status, donors, chain[-1][1].classes, recipient=subject[0].keys[0])
    things = story.scanner(clause.sentence).things(at + 1, clause.end, loose=True)
    yield from story.told(story.scope(clause, event, things), clause, "granted")


def _makers(things: Sequence[Thing]) -> tuple[Node, ...]:
    """Whose the things received are, told by an adjective: "received 24 Dutch F-16s"."""
    named = [node for thing in things for node in thing.nodes if node.is_party and node.form == "a"]
    return tuple(node for node in named[:1] if len(things) == 1 and node.keys[:1] not in ((UKRAINE,), (RUSSIA,)))
