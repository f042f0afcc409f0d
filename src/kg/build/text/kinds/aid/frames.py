"""The ways in which a clause tells of aid: given, received, amounting to, comprised in a package, listed by donor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.build.text.clauses import Clause, agent_of
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import (
    Event,
    announcing,
    chain_of,
    clause_status,
    donors_of,
    participle_event,
    status_of,
    told_by_noun,
    total_status,
    undergone,
)
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.parts import Scope, arrange
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import RUSSIA, UKRAINE, Found, date_of, values
from kg.build.text.nodes import phrase_at

# -- giving ------------------------------------------------------------------------------------------------------------


def given(story: Story, clause: Clause) -> Iterator[Found]:
    """Somebody gives, promises, finances something; or something is given by somebody."""
    sentence = clause.sentence
    begin, end = _object_range(story, clause)
    second = 0 if undergone(clause) else _second_infinitive(story, clause)
    end = second or end
    scanner = story.scanner(sentence)
    first = next((thing.begin for thing in scanner.things(begin, end, loose=True)), end)
    status, classes = clause_status(story.reader, clause, first)
    if not status or _opinion(clause):
        return
    taken_up = _taken_up(story, clause) if undergone(clause) else _object_pronoun(story, clause)
    if taken_up and not things_of(story, clause):
        yield from _again(story, clause, status)
        return
    if status == "followed":
        status = story.last.status if story.last else "pledged"
    donors = donors_of(clause) or _pronoun(story, clause)
    event = Event(chain_of(story.reader, clause)[-1][0], status, donors, classes, undergone(clause))
    if announcer := announcing(story.reader, clause):
        event.governor = announcer.at
        event.donors = event.donors or donors_of(announcer)
    things = scanner.things(begin, end, loose=status in ("delivered", "financed"))
    besides = story.reader.has(sentence, "besides", clause.begin, clause.at)
    if besides is not None and clause.subject and besides < clause.subject[0] and not undergone(clause):
        things = scanner.things(besides + 1, clause.subject[0], loose=status == "delivered") + things
    if undergone(clause) and end <= clause.at:
        things += _parts_after(story, clause)
    if undergone(clause) and len(things) == 1 and things[0].amount and not things[0].item:
        scanner.spent(things[0], clause.at + 1, clause.end)
    if not things and donors:
        _package_opened(story, clause, event)
    hearsay = _said_to_have(story, clause)
    event.hedged = hearsay is not None
    scope = story.scope(clause, event, things, hearsay.begin if hearsay else None)
    yield from story.told(scope, clause, "given")
    if second:
        yield from _also(story, clause, event, second)


def _second_infinitive(story: Story, clause: Clause) -> int:
    """Where "and to train …" goes on with another infinitive of giving after the object of the first; else 0."""
    nodes = clause.sentence.nodes
    small = story.sets["of_infinitive"]
    for at in range(chain_of(story.reader, clause)[-1][0] + 2, clause.end):
        verb = nodes[at].verb
        before = at - 1 - (nodes[at - 1].norm in small)
        if verb and verb.tense == "inf" and status_of(verb.classes) and nodes[before].norm in story.sets["and"]:
            return at
    return 0


def _also(story: Story, clause: Clause, event: Event, at: int) -> Iterator[Found]:
    """What a second infinitive of the same verb tells of: "promised to send tanks and to train 20,000 recruits"."""
    verb = clause.sentence.nodes[at].verb
    second = replace(event, at=at, classes=verb.classes if verb else frozenset())
    things = story.scanner(clause.sentence).things(at + 1, clause.end, loose=True)
    leading = clause.sentence.tagged("D", clause.begin, clause.at)
    for thing in things if leading and not clause.sentence.tagged("D", at, clause.end) else ():
        thing.date = date_of(clause.sentence.nodes[leading[0]])
    scope = Scope(story.reader, story.words, clause.sentence, at, clause.end, second, things)
    yield from story.told(scope, clause, "given")


def _package_opened(story: Story, clause: Clause, event: Event) -> None:
    """Remember a package told without its worth: the next sentence may say what it includes."""
    place = story.reader.has(clause.sentence, "package", clause.at + 1, clause.end)
    if place is None or undergone(clause):
        return
    dates = clause.sentence.tagged("D", clause.begin, clause.end)
    category = story.words.category(clause.sentence.nodes[clause.at + 1 : clause.end])
    date = date_of(clause.sentence.nodes[dates[0]]) if dates else ""
    story.thing = Thing(place, place + 1, date=date, category=category, donors=event.donors, status=event.status)
    story.last = event


def _opinion(clause: Clause) -> bool:
    """Whether a clause tells what people think of aid: "58 % des Français approuvent l'envoi d'armes"."""
    donors = donors_of(clause)
    people = bool(donors) and all(node.form == "n" for node in donors)
    nodes = clause.sentence.nodes
    shares = [at for at in clause.sentence.tagged("C", clause.begin, clause.at) if nodes[at - 1].norm != "("]
    return bool(shares) or (people and "approve" in clause.verb.classes)


def _said_to_have(story: Story, clause: Clause) -> Clause | None:
    """The clause of hearsay that a perfect infinitive depends on: "France is said to have delivered"."""
    before = [other for other in story.reader.clauses[clause.sentence.index] if other.end == clause.begin]
    saying = [other for other in before if other.verb.passive and "say" in other.verb.classes]
    return saying[-1] if saying and clause.begin - saying[-1].at <= 2 and clause.at - clause.begin <= 1 else None


def _parts_after(story: Story, clause: Clause) -> list[Thing]:
    """The parts told after a passive verb: "2 milliards ont été débloqués, dont 200 millions de prêts"."""
    opening = story.reader.has(clause.sentence, "including", clause.at + 1, clause.end)
    return story.scanner(clause.sentence).things(opening + 1, clause.end) if opening is not None else []


def _pronoun(story: Story, clause: Clause) -> tuple[Node, ...]:
    """The last donors, where only a pronoun stands for the subject: "Two months later it handed over 18"."""
    nodes = clause.sentence.nodes[clause.begin : clause.at]
    alone = not any(node.is_entity for node in nodes) and not undergone(clause)
    told = any(node.norm in story.sets["subject_pronouns"] for node in nodes)
    return story.last.donors if alone and told and story.last else ()


def _object_range(story: Story, clause: Clause) -> tuple[int, int]:
    """Where the things of a clause stand: after the verb, in the passive before it, or before "que"."""
    after = chain_of(story.reader, clause)[-1][0] + 1
    if not undergone(clause):
        restricted = not clause.verb.classes & {"say", "pledge"}
        return after, _before_that(story, clause.sentence, after + restricted, clause.end)
    begin = _before_relative(story, clause)
    inverted = not story.scanner(clause.sentence).things(begin, clause.at, loose=True)
    return (after, clause.end) if inverted else (begin, clause.at)


def things_of(story: Story, clause: Clause) -> list[Thing]:
    """The things in the range where a clause's verb has its object."""
    return story.scanner(clause.sentence).things(*_object_range(story, clause), loose=True)


def _taken_up(story: Story, clause: Clause) -> bool:
    """Whether the subject of a clause takes up the last thing: "ils ont été livrés", "cette somme a été versée"."""
    words = story.sets["subject_pronouns"] | story.sets["demonstratives"]
    return any(node.text.lower() in words for node in clause.sentence.nodes[clause.begin : clause.at])


def _object_pronoun(story: Story, clause: Clause) -> bool:
    """Whether a donor's verb has only a pronoun for its object: "la Suède, qui en avait promis dix, les a livrés"."""
    last = values(story.thing.donors) if story.thing else []
    following = clause.sentence.nodes[clause.at + 1].norm if clause.at + 1 < clause.end else ""
    pronouns = story.sets["object_pronouns"]
    return bool(pronouns & clause.verb.clitics or following in pronouns) and values(donors_of(clause)) == last


def _again(story: Story, clause: Clause, status: str) -> Iterator[Found]:
    """The last thing once more, with the status that a clause tells of it."""
    if story.thing is None or not story.thing.donors:
        return
    agent = tuple(node for node in clause.nodes(clause.agent) if node.is_party)
    event = Event(clause.at, status, agent or story.thing.donors, passive=True)
    dates = clause.sentence.tagged("D", clause.at, clause.end) or clause.sentence.tagged("D", clause.begin, clause.end)
    thing = replace(story.thing, status=status, donors=event.donors, bare=False, instruments=[])
    thing.begin, thing.end = clause.at, clause.at + 1
    thing.date = date_of(clause.sentence.nodes[dates[0]]) if dates else ""
    yield from story.emitted(story.scope(clause, event, [thing]), "again")


def _before_relative(story: Story, clause: Clause) -> int:
    """Where "dont six" or "six of which" begins, if the verb of a clause follows it."""
    nodes = clause.sentence.nodes
    begin = clause.at
    while begin > 0 and (nodes[begin - 1].tag in "NMQ" or nodes[begin - 1].norm in story.sets["partitive"]):
        begin -= 1
    return begin if any(node.tag == "W" for node in nodes[begin : clause.at]) else clause.begin


def _before_that(story: Story, sentence: Sentence, begin: int, end: int) -> int:
    """Where the object of a verb ends: before "que" or "that", unless it only restricts ("ne … que 12 chars")."""
    for at in range(begin, end):
        restricts = at == begin and at + 1 < end and sentence.nodes[at + 1].tag in "NMQ"
        restricts = restricts or phrase_at(sentence.nodes, at - 1, story.reader.lexicon.words["and"]) > 1
        if sentence.nodes[at].norm in story.sets["complementizer"] and not restricts:
            return at
    return end


def relative_object(story: Story, clause: Clause) -> Iterator[Found]:
    """The amount or goods before "que" or "that" is what is given: "the $50 billion loan that the G7 agreed"."""
    nodes = clause.sentence.nodes
    subject = clause.subject[0] if clause.subject else 0
    that = subject - 1
    while that > 0 and nodes[that].norm in story.sets["article"]:
        that -= 1
    status, classes = clause_status(story.reader, clause, clause.end)
    told = that > 0 and nodes[that].norm in story.sets["complementizer"] and not nodes[that - 1].verb
    if not told or not status or undergone(clause):
        return
    things = [thing for thing in story.scanner(clause.sentence).things(0, that) if thing.amount or thing.item][-1:]
    event = Event(clause.at, status, donors_of(clause), classes)
    if not things or not event.donors:
        return
    things[0].role = "given"
    scope = Scope(story.reader, story.words, clause.sentence, max(things[0].begin - 3, 0), that, event, things)
    arrange(scope)
    dates = clause.sentence.tagged("D", that, clause.end)
    things[0].date = date_of(nodes[dates[0]]) if dates else things[0].date
    yield from story.emitted(scope, "relative")


def guaranteed(story: Story, clause: Clause) -> Iterator[Found]:
    """Those who guarantee a loan of others: "un prêt de 1,3 milliard garanti par le Japon"."""
    sentence = clause.sentence
    for at in range(clause.begin, clause.end):
        verb = sentence.nodes[at].verb
        if verb is None or verb.tense != "pp" or "guarantee" not in verb.classes:
            continue
        agents = agent_of(story.reader.document, sentence, at + 1, min(at + 4, clause.end))
        parties = tuple(sentence.nodes[i] for i in agents if sentence.nodes[i].is_party)
        things = [thing for thing in story.scanner(sentence).things(clause.begin, at) if thing.amount][-1:]
        for thing in things if parties else ():
            thing.donors, thing.instruments, thing.role = parties, ["guarantee"], "given"
            scope = Scope(story.reader, story.words, sentence, clause.begin, at, Event(at, "", parties), [thing])
            yield from story.emitted(scope, "guaranteed")


def gerund(story: Story, clause: Clause, begin: int, end: int) -> Iterator[Found]:
    """What the subject of a clause gives in passing: "en promettant 31 Abrams, Washington a levé …"."""
    nodes = clause.sentence.nodes
    donors = donors_of(clause)
    openers = story.sets["gerund_openers"]
    for at in range(begin, end):
        verb = nodes[at].verb
        status = status_of(verb.classes) if verb and verb.tense == "ger" and not verb.negative else ""
        opened = verb is not None and (at == 0 or nodes[at - 1].norm in openers or bool(openers & verb.clitics))
        if verb is None or not status or not donors or not opened:
            continue
        stop = next((i for i in range(at + 1, clause.end) if nodes[i].verb or nodes[i].norm in (";", ":")), clause.end)
        stop = next((i for i in range(at + 1, stop) if nodes[i].norm == "," and nodes[i + 1].is_party), stop)
        event = Event(at, status, donors, verb.classes)
        things = story.scanner(clause.sentence).things(at + 1, stop)
        scope = Scope(story.reader, story.words, clause.sentence, at, stop, event, things)
        yield from story.told(scope, clause, "gerund")


# -- receiving ---------------------------------------------------------------------------------------------------------


def received(story: Story, clause: Clause) -> Iterator[Found]:
    """A state receives something from somebody; an organisation obtains commitments of its members."""
    verb = clause.verb
    due = "due" in verb.classes or story.reader.has(clause.sentence, "due_to", clause.at, clause.end) is not None
    due = due and any("receive" in other.classes for _, other in chain_of(story.reader, clause)[1:])
    if not (due or "receive" in verb.classes) or verb.negative or verb.passive:
        return
    sentence = clause.sentence
    subject = [node for node in clause.nodes(clause.subject) if node.is_party]
    things = story.scanner(sentence).things(clause.at + 1, clause.end)
    if not subject or not things:
        return
    total = total_status(story.reader, sentence, clause.at, clause.end)
    donors = Parties(story.reader, sentence).source(clause.at + 1, clause.end) or _makers(things)
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


def _makers(things: Sequence[Thing]) -> tuple[Node, ...]:
    """Whose the things received are, told by an adjective: "received 24 Dutch F-16s"."""
    named = [node for thing in things for node in thing.nodes if node.is_party and node.form == "a"]
    return tuple(node for node in named[:1] if len(things) == 1 and node.keys[:1] not in ((UKRAINE,), (RUSSIA,)))


# -- packages and parts ------------------------------------------------------------------------------------------------


def comprised(story: Story, clause: Clause) -> Iterator[Found]:
    """A package that somebody announced comprises things: all of them are asserted."""
    if "comprise" not in clause.verb.classes or clause.verb.negative:
        return
    sentence = clause.sentence
    scanner = story.scanner(sentence)
    packages = [thing for thing in scanner.things(clause.begin, clause.at) if thing.amount]
    named = story.reader.has(sentence, "package", clause.begin, clause.at) is not None
    event = participle_event(story.reader, sentence, clause.begin, clause.at)
    if event is not None and packages and not event.donors:
        event.donors = Parties(story.reader, sentence).owners(clause.begin, packages[0].end)
    own = event is not None and bool(event.donors)
    if event is None and story.reader.has(sentence, "aid", clause.begin, clause.at) is not None:
        owners = Parties(story.reader, sentence).owners(clause.begin, clause.at)
        event = Event(clause.at, "", owners) if owners and (packages or not named) else None
    status, classes = told_by_noun(story.reader, sentence, clause.begin, clause.at)
    if status and (event is None or not event.status):
        owners = Parties(story.reader, sentence).owners(clause.begin, clause.at)
        event, own = (Event(clause.at, status, owners, classes), True) if owners and not packages else (event, own)
    goes_on = story.last is not None and (donors_of(clause) == story.last.donors or bool(_pronoun(story, clause)))
    if event is None and story.last and (named or goes_on):
        event = replace(story.last, at=clause.at)
    if event is None or not event.donors or not (packages or named or goes_on or own or not event.status):
        return
    inner = scanner.things(clause.at + 1, clause.end, loose=event.status == "delivered")
    for thing in inner if packages or named or goes_on else ():
        thing.role = "part"
        if not packages and story.thing and (story.thing.amount or not story.thing.item):
            thing.part_of, thing.date = story.thing.amount, story.thing.date
            thing.category = story.thing.category
    yield from story.told(story.scope(clause, replace(event, passive=False), packages + inner), clause, "comprised")


def parted(story: Story, clause: Clause) -> Iterator[Found]:
    """A part of the last amount is of some sort: "dont 10 milliards sont des prêts", "of which €10bn is a loan"."""
    if story.last is None or story.thing is None or not story.thing.amount or clause.verb.negative:
        return
    begin = _before_relative(story, clause)
    nodes = clause.sentence.nodes
    things = [thing for thing in story.scanner(clause.sentence).things(begin, clause.at) if thing.amount]
    partitive = any(node.norm in story.sets["partitive"] for node in nodes[begin : clause.at])
    if "be" not in clause.verb.classes or not partitive or len(things) != 1:
        return
    event = replace(story.last, at=clause.at, donors=story.thing.donors, status=story.thing.status)
    scope = story.scope(clause, event, things, begin)
    arrange(scope)
    told = nodes[clause.at : clause.end]
    things[0].category = story.words.category(told) or story.thing.category
    things[0].instruments = story.words.instruments(told, money=True)
    yield from story.emitted(scope, "parted")


# -- totals and lists --------------------------------------------------------------------------------------------------


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
    of_aid = story.reader.has(sentence, "aid", clause.begin, clause.at) is not None
    if leading and (of_aid or story.reader.has(sentence, "donors", clause.at, clause.end) is not None):
        yield from _totalling(story, clause, leading + things)
        return
    if not things:
        return
    if story.reader.has(sentence, "aid", clause.begin, clause.at) is None:
        yield from _totalling(story, clause, things)
        return
    event = participle_event(story.reader, sentence, clause.begin, clause.at)
    status = event.status if event else total_status(story.reader, sentence, clause.begin, clause.at)
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


def earmarked(story: Story, clause: Clause) -> Iterator[Found]:
    """A part of the last amount is to serve for something: "sur ce total, 14 milliards iront à l'achat d'armes"."""
    verbs = [verb for _, verb in chain_of(story.reader, clause)]
    serves = any(verb.classes & {"serve"} for verb in verbs) and not any(verb.negative for verb in verbs)
    if not serves or story.thing is None or not story.thing.amount:
        return
    scanner = story.scanner(clause.sentence)
    things = [thing for thing in scanner.things(clause.begin, clause.at) if thing.amount]
    if len(things) != 1:
        return
    scanner.spent(things[0], chain_of(story.reader, clause)[-1][0] + 1, clause.end)
    yield from _more(story, clause, things, part_of=story.thing.amount)


def added(story: Story, clause: Clause) -> Iterator[Found]:
    """More of the last donor's aid: "à quoi s'ajoute 1,6 milliard d'euros d'aide militaire"."""
    verb = clause.verb
    if "add" not in verb.classes or verb.negative or not (verb.reflexive or verb.passive or "come" in verb.classes):
        return
    things = [thing for thing in story.scanner(clause.sentence).things(clause.begin, clause.end) if thing.amount]
    yield from _more(story, clause, things, part_of="")


def _more(story: Story, clause: Clause, things: Sequence[Thing], *, part_of: str) -> Iterator[Found]:
    """Amounts with the donors, the status and the date of the last one."""
    last = story.thing
    if last is None or story.last is None or not things or not last.donors:
        return
    event = Event(clause.at, last.status, last.donors)
    scope = story.scope(clause, event, things)
    arrange(scope)
    for thing in scope.things:
        thing.part_of = thing.part_of or part_of
        thing.date = thing.date or last.date
    yield from story.emitted(scope, "more")
