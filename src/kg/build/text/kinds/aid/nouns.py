"""Aid told by nouns and participles: deliveries completed, packages that goods are in, thanks for what was given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.build.text.clauses import Clause
from kg.build.text.document import Node
from kg.build.text.kinds.aid.events import (
    RANK,
    Event,
    clause_status,
    donors_of,
    participle_event,
    status_of,
    told_by_noun,
)
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import RUSSIA, UKRAINE, Found, date_of
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import agent_of


def thanked(story: Story, clause: Clause) -> Iterator[Found]:
    """Somebody thanks a donor for what it has given: "thanked Spain for €1 billion in military aid"."""
    sentence = clause.sentence
    if "thank" not in clause.verb.classes or clause.verb.negative:
        return
    things = story.scanner(sentence).things(clause.at + 1, clause.end)
    first = things[0].begin if things else clause.end
    donors = Parties(story.reader, sentence).run(clause.at + 1)
    promised = participle_event(story.reader, sentence, first, clause.end)
    status, classes = told_by_noun(story.reader, sentence, clause.at + 1, first)
    if donors and not clause.verb.passive:
        event = Event(clause.at, promised.status if promised else status, donors, classes)
        yield from story.told(story.scope(clause, event, things), clause, "thanked")


def among(story: Story, clause: Clause) -> Iterator[Found]:
    """Some of what was given is named after "to be": "among the items that Berlin handed over were ten Marders"."""
    nodes = clause.sentence.nodes
    told = clause.verb.classes & {"be", "amount_to"} and not clause.verb.negative
    if not told or phrase_at(nodes, 0, story.reader.lexicon.words["picked_from"]) == 0:
        return
    event = participle_event(story.reader, clause.sentence, 0, clause.at)
    before = next((other for other in story.reader.clauses[clause.sentence.index] if other.end == clause.begin), None)
    if before is not None and (event is None or not event.donors):
        status, classes = clause_status(story.reader, before, before.end)
        event = Event(before.at, status, donors_of(before), classes) if status else None
    things = story.scanner(clause.sentence).things(clause.at + 1, clause.end, loose=True)
    if event is not None and event.donors:
        own = replace(event, at=clause.at, passive=False)
        scope = Scope(story.reader, story.words, clause.sentence, clause.at, clause.end, own, things)
        yield from story.told(scope, clause, "among")


def included(story: Story, clause: Clause) -> Iterator[Found]:
    """Goods are told to be in a package: "60 Bradleys were included in a $3 billion US package announced in May"."""
    sentence = clause.sentence
    if "comprise" not in clause.verb.classes or clause.verb.negative or not clause.verb.passive:
        return
    scanner = story.scanner(sentence)
    goods = [thing for thing in scanner.things(clause.begin, clause.at) if thing.item and not thing.amount]
    packages = [thing for thing in scanner.things(clause.at + 1, clause.end) if thing.amount][:1]
    event = participle_event(story.reader, sentence, clause.at + 1, clause.end)
    owners = (event.donors if event else ()) or Parties(story.reader, sentence).owners(clause.at + 1, clause.end)
    if not owners or not (packages or event):
        return
    own = Event(clause.at, event.status if event else "", owners)
    dates = sentence.tagged("D", clause.at + 1, clause.end)
    for thing in goods:
        thing.role, thing.date = "part", date_of(sentence.nodes[dates[0]]) if dates else ""
        thing.part_of = packages[0].amount if packages else ""
    yield from story.told(story.scope(clause, own, packages), clause, "included")
    yield from story.told(story.scope(clause, own, goods), clause, "included")


_COMING = frozenset({"complete", "occur"})
_TAKING = frozenset({"have", "holds_lead", "take_office"})
HAPPENING = _COMING | _TAKING | {"come_from", "light"}
"""The classes of verbs that tell that an act takes place."""


def nominal(story: Story, clause: Clause) -> Iterator[Found]:
    """A noun of giving with its agent is the subject: "la livraison par la Norvège de six F-16 a commencé"."""
    dated = "come_from" in clause.verb.classes and bool(clause.sentence.tagged("D", clause.at + 1, clause.at + 3))
    happens = clause.verb.classes & _COMING or (clause.verb.passive and "light" in clause.verb.classes)
    happens = happens or dated or _takes_place(story, clause)
    if not happens or clause.verb.negative:
        return
    sentence = clause.sentence
    status, classes = told_by_noun(story.reader, sentence, clause.begin, clause.at)
    donors = agent_of(story.reader.document, sentence, clause.begin, clause.at) if status else ()
    donors = donors or (clause.agent if status else ())
    parties: tuple[Node, ...] = tuple(node for node in clause.nodes(donors) if node.is_party)
    parties = parties or (Parties(story.reader, sentence).owners(clause.begin, clause.at) if status else ())
    if not parties:
        return
    status = "pledged" if clause.verb.tense in ("fut", "cond") else status
    event = Event(clause.at, status, parties, classes, passive=True)
    things = story.scanner(sentence).things(clause.begin, clause.at)
    yield from story.told(story.scope(clause, event, things), clause, "nominal")


def owned(story: Story, clause: Clause) -> Iterator[Found]:
    """A gift or a loan of so much with its giver: "un don de 20 millions d'euros de la Grèce a servi à …"."""
    sentence, reader = clause.sentence, story.reader
    if clause.verb.negative or clause.verb.tense == "cond" or clause.verb.classes & {"refuse", "cancel", "modal"}:
        return
    for thing in story.scanner(sentence).things(clause.begin, clause.at):
        begin = max(thing.begin - _OPENING, clause.begin)
        noun = reader.has(sentence, "aid", begin, min(thing.end + _OPENING, clause.at)) if thing.amount else None
        noun = (
            noun if noun is not None or not thing.amount else reader.has(sentence, "gift", begin, thing.end + _OPENING)
        )
        after = max(thing.end, (noun or 0) + 1)
        apart = any(node.verb or node.norm in (",", "(", ";") for node in sentence.nodes[begin : after + 1])
        if noun is None or apart or sentence.nodes[after].norm not in story.sets["owned_by"]:
            continue
        donors = _givers(story, clause, after + 1)
        status, classes = told_by_noun(reader, sentence, noun, noun + 1)
        event = Event(clause.at, status, donors, classes)
        if donors:
            yield from story.told(story.scope(clause, event, [thing]), clause, "owned")


def _givers(story: Story, clause: Clause, at: int) -> tuple[Node, ...]:
    """Those who stand after "from", and own nothing named after them: not "from frozen Russian assets"."""
    sentence = clause.sentence
    donors = Parties(story.reader, sentence).run(at)
    after = sentence.nodes.index(donors[-1]) + 1 if donors else at
    owned = after < len(sentence.nodes) and sentence.nodes[after].norm == "'s"
    return () if owned or any(node.keys[:1] in ((RUSSIA,), (UKRAINE,)) for node in donors) else donors


def trained(story: Story, clause: Clause) -> Iterator[Found]:
    """People who undergo training by somebody: "10 000 soldats ont suivi une formation dispensée par l'armée …"."""
    sentence, reader = clause.sentence, story.reader
    if "undergoing" not in clause.verb.classes or clause.verb.negative or clause.verb.passive:
        return
    noun = reader.has(sentence, "nominal_train", clause.at + 1, clause.end)
    if noun is None:
        return
    things = story.scanner(sentence).things(clause.begin, clause.at)
    for at, length in reader.places(sentence, "trained_by").items():
        donors = Parties(reader, sentence).run(at + length) if noun < at < min(noun + _REACH, clause.end) else ()
        if donors:
            event = Event(clause.at, "delivered", donors, frozenset({"train"}))
            yield from story.told(story.scope(clause, event, things), clause, "trained")
            return


_REACH = 6
"""How many nodes may stand between training and who gives it."""


def _takes_place(story: Story, clause: Clause) -> bool:
    """Whether an event takes place: "a eu lieu", "took place"."""
    following = clause.sentence.nodes[clause.at + 1 : clause.at + 2]
    place = any(node.norm in story.sets["place_taken"] for node in following)
    return place and not clause.verb.classes.isdisjoint(_TAKING)


def agentive(story: Story, clause: Clause) -> Iterator[Found]:
    """A noun of giving with its agent and its object: "salue la livraison par Oslo de six F-16"."""
    sentence, reader = clause.sentence, story.reader
    if clause.verb.negative or clause.verb.classes & {"refuse", "modal", "cancel", "authorise", "plead", "oppose"}:
        return
    for by in reader.places(sentence, "by"):
        at = by - 1
        status, classes = (
            told_by_noun(reader, sentence, at, by) if clause.at < at < clause.end - 2 else ("", frozenset())
        )
        if not status:
            continue
        donors = tuple(
            node for node in clause.nodes(agent_of(reader.document, sentence, at + 1, at + 4)) if node.is_party
        )
        things = story.scanner(sentence).things(at + 2, clause.end)
        if donors and things:
            own = Event(at, status, donors, classes)
            scope = Scope(reader, story.words, sentence, at, clause.end, own, things)
            yield from story.told(scope, clause, "agentive")
            return


def adjunct(story: Story, clause: Clause) -> Iterator[Found]:
    """A noun of giving in front says what its subject gives: "with a gift of 19 howitzers, Denmark …"."""
    sentence = clause.sentence
    nodes = sentence.nodes
    if clause.verb.passive or nodes[clause.begin].norm not in story.reader.lexicon.union("with", "by_words"):
        return
    subject = clause.subject[0] if clause.subject else 0
    comma = next((at for at in range(clause.begin, subject) if nodes[at].norm == ","), 0)
    if not comma:
        return
    status, classes = told_by_noun(story.reader, sentence, clause.begin + 1, min(clause.begin + 4, comma))
    donors = tuple(node for node in clause.nodes(clause.subject) if node.is_party)
    things = story.scanner(sentence).things(clause.begin + 1, comma) if status and donors else []
    if things:
        own = Event(clause.begin, status, donors, classes)
        scope = Scope(story.reader, story.words, sentence, clause.begin, comma, own, things)
        yield from story.told(scope, clause, "adjunct")


def _fronted(story: Story, clause: Clause, event: Event) -> list[Thing]:
    """The subject that a participle in front tells of: "handed over by France on D, the first Mirages will help"."""
    if event.at != clause.begin:
        return []
    comma = next((at for at in clause.sentence.standing_at(",") if event.at < at < clause.at), 0)
    things = story.scanner(clause.sentence).things(comma + 1, clause.at) if comma else []
    return things if len(things) == 1 and things[0].begin - comma <= _OPENING else []


def _still_due(clause: Clause, event: Event) -> bool:
    """Whether what a donor has not given yet was promised or bought by it: "n'a pas livré le NASAMS acheté en …"."""
    given = status_of(clause.verb.classes)
    denied = clause.verb.negative and not clause.verb.passive and clause.at < event.at
    return denied and bool(given) and RANK.index(event.status) < RANK.index(given)


_OPENING = 3
"""How many words may open a noun phrase after a comma: "the first"."""


def participial(story: Story, clause: Clause) -> Iterator[Found]:
    """Things given by somebody that the clause says something else of: "les 18 chars livrés par l'Allemagne …"."""
    sentence = clause.sentence
    scanner = story.scanner(sentence)
    for begin, end in ((clause.begin, clause.at), (clause.at + 1, clause.end)):
        event = participle_event(story.reader, sentence, begin, end)
        if event is not None and not event.donors and _still_due(clause, event):
            event.donors = donors_of(clause)
        if event is None or not event.donors:
            continue
        things = scanner.things(begin, event.at)[-1:] or _fronted(story, clause, event)
        scope = Scope(story.reader, story.words, sentence, begin, end, event, things)
        yield from story.told(scope, clause, "participial")
