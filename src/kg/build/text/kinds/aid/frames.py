"""The ways in which a clause tells of aid: given, received, amounting to, comprised in a package, listed by donor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.cues import may_give
from kg.build.text.kinds.aid.events import (
    Event,
    announcing,
    chain_of,
    clause_status,
    donors_of,
    participle_event,
    status_of,
    told_by_noun,
    undergone,
)
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.parts import arrange
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import Found, date_of, values
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import agent_of

# -- giving ------------------------------------------------------------------------------------------------------------


def given(story: Story, clause: Clause) -> Iterator[Found]:
    """Somebody gives, promises, finances something; or something is given by somebody."""
    if may_give(story.reader, clause):
        yield from _given(story, clause)


def _given(story: Story, clause: Clause) -> Iterator[Found]:
    sentence = clause.sentence
    begin, end = _object_range(story, clause)
    second = 0 if undergone(clause) else _second_infinitive(story, clause)
    end = second or end
    scanner = story.scanner(sentence)
    all_things = scanner.things(begin, end, loose=True)
    first = all_things[0].begin if all_things else end
    followed = story.last.status if story.last else "pledged"
    status, classes = clause_status(story.reader, clause, first, followed=followed)
    if more := _more_followed(story, clause):
        yield from more
        return
    if not status or _opinion(clause):
        return
    hearsay = _said_to_have(story, clause)
    told_in = hearsay or clause
    taken_up = _taken_up(story, told_in) if undergone(clause) else _object_pronoun(story, clause)
    some = undergone(clause) and not taken_up and _some_of_them(story, clause)
    if (taken_up or some) and not things_of(story, clause):
        for found in _again(story, clause, status, whole=not some):
            found.slots |= {"hedged": True} if hearsay else {}
            yield found
        return
    donors = donors_of(clause) or _pronoun(story, clause)
    event = Event(chain_of(story.reader, clause)[-1][0], status, donors, classes, undergone(clause))
    if announcer := announcing(story.reader, clause):
        event.governor = announcer.at
        said = sentence.tagged("D", announcer.begin, announcer.end)
        event.date = date_of(sentence.nodes[said[0]]) if said else ""
        event.donors = event.donors or donors_of(announcer)
    things = all_things if status in ("delivered", "financed") else scanner.things(begin, end)
    besides = story.reader.has(sentence, "besides", clause.begin, clause.at)
    if besides is not None and clause.subject and besides < clause.subject[0] and not undergone(clause):
        things = scanner.things(besides + 1, clause.subject[0], loose=status == "delivered") + things
    if undergone(clause) and end <= clause.at:
        things += _parts_after(story, clause) or _frame_after(story, clause)
    if undergone(clause) and len(things) == 1 and things[0].amount and not things[0].item:
        scanner.spent(things[0], clause.at + 1, clause.end)
    if not things and donors:
        _package_opened(story, clause, event)
        things = _package_alone(story, clause)
    _purpose_in_front(story, clause, things)
    event.hedged = hearsay is not None
    scope = story.scope(clause, event, things, hearsay.begin if hearsay else None)
    yield from story.told(scope, clause, "given")
    if second:
        yield from _also(story, clause, event, second)


def _purpose_in_front(story: Story, clause: Clause, things: Sequence[Thing]) -> None:
    """Give amounts the goods that a phrase in front says they are for: "pour l'achat d'armes, X a promis M"."""
    comma = next((at for at in clause.sentence.standing_at(",") if clause.begin < at < clause.at), 0)
    if not comma or clause.sentence.nodes[clause.begin].norm not in story.sets["meant_for"]:
        return
    for thing in things:
        if thing.amount and not thing.item:
            story.scanner(clause.sentence).spent(thing, clause.begin, comma)


def _second_infinitive(story: Story, clause: Clause) -> int:
    """Where "and to train …" goes on with another infinitive of giving after the object of the first; else 0."""
    nodes = clause.sentence.nodes
    small = story.sets["of_infinitive"]
    first = chain_of(story.reader, clause)[-1][0] + 2
    for at, verb in clause.sentence.verbs():
        if not first <= at < clause.end or verb.tense != "inf" or not status_of(verb.classes):
            continue
        before = at - 1 - (nodes[at - 1].norm in small)
        if nodes[before].norm in story.sets["and"]:
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


def _package_alone(story: Story, clause: Clause) -> list[Thing]:
    """A package of aid of which no worth is told: "an eighth package of military aid", "un nouveau paquet d'aide"."""
    place = story.reader.has(clause.sentence, "package", clause.at + 1, clause.end)
    if place is None or undergone(clause):
        return []
    nodes = clause.sentence.nodes
    begin = place
    while begin > clause.at + 1 and nodes[begin - 1].norm not in story.sets["one_article"] and place - begin < _NEAR:
        begin -= 1
    if nodes[begin - 1].norm not in story.sets["one_article"]:
        return []
    end = next((i for i in range(place + 1, clause.end) if not _of_package(story, nodes[i])), clause.end)
    words = [node.norm for node in nodes[begin:end]]
    of_aid = any(word in story.sets["aid"] - story.sets["package"] for word in words)
    plain = all(node.tag in "WR" or node.form == "a" for node in nodes[begin:end])
    if _tells_contents(story, clause.sentence, end):
        return []
    return [Thing(begin, end, nodes=list(nodes[begin:end]))] if of_aid and plain else []


def _tells_contents(story: Story, sentence: Sentence, begin: int) -> bool:
    """Whether the rest of a sentence, or the next one, counts or names what is in a package: then that is given."""
    following = story.reader.document.sentences[sentence.index + 1 : sentence.index + 2]
    rest = (*sentence.nodes[begin:], *(node for other in following for node in other.nodes))
    return any(node.tag in "MNQC" for node in rest)


_NEAR = 4
"""How many words may stand between an article and the package: "an eighth Italian military aid package"."""


def _of_package(story: Story, node: Node) -> bool:
    """Whether a word after "package" still tells what it is of: "of military aid"."""
    small = story.sets["phrase_links"]
    kinds = story.reader.lexicon.union("aid", "military", "financial", "humanitarian", "additional")
    return node.norm in small or node.norm in kinds


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


def _frame_after(story: Story, clause: Clause) -> list[Thing]:
    """The larger amount told after a passive verb: "€4.5bn was disbursed … under the €50 billion Ukraine Facility"."""
    things = story.scanner(clause.sentence).things(clause.at + 1, clause.end)
    return [thing for thing in things if thing.role == "frame"][:1]


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


def _more_followed(story: Story, clause: Clause) -> list[Found]:
    """More of the goods told last: "a further ten followed in 2025", "150 more are said to have followed"."""
    chain = chain_of(story.reader, clause)
    if "follow" not in chain[-1][1].classes or story.last is None or any(verb.negative for _, verb in chain):
        return []
    hearsay = _said_to_have(story, clause)
    counted = story.scanner(clause.sentence).things(hearsay.begin if hearsay else clause.begin, clause.at)
    bare = len(counted) == 1 and counted[0].bare and story.thing is not None and bool(story.thing.item)
    alone = not any(node.is_party for node in clause.nodes(clause.subject))
    if not bare or not alone:
        return []
    event = replace(story.last, at=chain[-1][0], passive=True)
    scope = story.scope(clause, event, counted, hearsay.begin if hearsay else None)
    return list(story.told(scope, clause, "followed"))


def _some_of_them(story: Story, clause: Clause) -> bool:
    """Whether the subject of a clause is some of the goods told last: "les premiers appareils"."""
    nodes = clause.sentence.nodes[clause.begin : clause.at]
    opening = next((at for at, node in enumerate(nodes) if node.norm in story.sets["article"]), len(nodes))
    words = [node for node in nodes[opening + 1 :] if node.tag != "D"]
    first = bool(words) and words[0].tag == "R"
    rest = " ".join(node.norm for node in words[1:])
    return first and story.thing is not None and bool(story.thing.item) and (not rest or story.words.generic(rest))


def _again(story: Story, clause: Clause, status: str, *, whole: bool) -> Iterator[Found]:
    """The last thing once more, with the status that a clause tells of it, or some of it, nobody knows how many."""
    if story.thing is None or not story.thing.donors:
        return
    agent = tuple(node for node in clause.nodes(clause.agent) if node.is_party)
    event = Event(clause.at, status, agent or story.thing.donors, passive=True)
    dates = clause.sentence.tagged("D", clause.at, clause.end) or clause.sentence.tagged("D", clause.begin, clause.end)
    thing = replace(story.thing, status=status, donors=event.donors, bare=False, instruments=[])
    thing.begin, thing.end = clause.at, clause.at + 1
    if not whole:
        thing.quantity, thing.approx, thing.amount, thing.part_of = None, None, "", ""
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
    words = story.sets["complementizer"]
    for at in range(begin, end) if not words.isdisjoint(sentence.standing) else ():
        if sentence.nodes[at].norm not in words:
            continue
        restricts = at == begin and at + 1 < end and sentence.nodes[at + 1].tag in "NMQ"
        restricts = restricts or phrase_at(sentence.nodes, at - 1, story.reader.lexicon.words["and"]) > 1
        restricts = restricts or sentence.nodes[at - 1].norm in story.sets["more_words"] | story.sets["less_words"]
        if not restricts:
            return at
    return end


def relative_object(story: Story, clause: Clause) -> Iterator[Found]:
    """The amount or goods before "que" or "that" is what is given: "the $50 billion loan that the G7 agreed"."""
    nodes = clause.sentence.nodes
    subject = clause.subject[0] if clause.subject else 0
    that = subject - 1
    while that > 0 and nodes[that].norm in story.sets["article"]:
        that -= 1
    told = that > 0 and nodes[that].norm in story.sets["complementizer"] and not nodes[that - 1].verb
    told = told and nodes[that - 1].norm not in story.sets["contrasts"]
    if not told and _left_out(story, clause, subject):
        told, that = True, subject
    if not told or undergone(clause) or not may_give(story.reader, clause):
        return
    status, classes = clause_status(story.reader, clause, clause.end)
    if not status:
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


def _left_out(story: Story, clause: Clause, subject: int) -> bool:
    """Whether English leaves "that" out before a subject: "has not paid the 500 million kroner it pledged"."""
    if story.reader.lexicon.lang != "en" or not subject or clause.at - subject > 2:
        return False
    things = story.scanner(clause.sentence).things(0, subject)
    before = [node.verb for node in clause.sentence.nodes[:subject] if node.verb]
    denied = any(verb.negative and status_of(verb.classes) for verb in before)
    return bool(things) and things[-1].end == subject and denied


def guaranteed(story: Story, clause: Clause) -> Iterator[Found]:
    """Those who guarantee a loan of others: "un prêt de 1,3 milliard garanti par le Japon"."""
    sentence = clause.sentence
    for at, verb in sentence.verbs():
        if verb.tense != "pp" or "guarantee" not in verb.classes or not clause.begin <= at < clause.end:
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
    openers = story.sets["gerund_openers"]
    for at, verb in clause.sentence.verbs():
        if verb.tense != "ger" or verb.negative or not begin <= at < end:
            continue
        status = status_of(verb.classes)
        opened = at == 0 or nodes[at - 1].norm in openers or bool(openers & verb.clitics)
        donors = donors_of(clause) if status and opened else ()
        if not donors:
            continue
        stop = next((i for i in range(at + 1, clause.end) if nodes[i].verb or nodes[i].norm in (";", ":")), clause.end)
        stop = next((i for i in range(at + 1, stop) if nodes[i].norm == "," and nodes[i + 1].is_party), stop)
        event = Event(at, status, donors, verb.classes)
        things = story.scanner(clause.sentence).things(at + 1, stop)
        scope = Scope(story.reader, story.words, clause.sentence, at, stop, event, things)
        yield from story.told(scope, clause, "gerund")


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
        alone = owners and (event is None or not packages)  # "Tokyo's $12bn pledge includes …"
        event, own = (Event(clause.at, status, owners, classes), True) if alone else (event, own)
    same = story.last is not None and values(donors_of(clause)) == values(story.last.donors)
    goes_on = story.last is not None and (same or bool(_pronoun(story, clause)))
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
    if "be" not in clause.verb.classes:
        return
    begin = _before_relative(story, clause)
    nodes = clause.sentence.nodes
    things = [thing for thing in story.scanner(clause.sentence).things(begin, clause.at) if thing.amount]
    partitive = any(node.norm in story.sets["partitive"] for node in nodes[begin : clause.at])
    if not partitive or len(things) != 1:
        return
    event = replace(story.last, at=clause.at, donors=story.thing.donors, status=story.thing.status)
    scope = story.scope(clause, event, things, begin)
    arrange(scope)
    told = nodes[clause.at : clause.end]
    things[0].category = story.words.category(told) or story.thing.category
    things[0].instruments = story.words.instruments(told, money=True)
    yield from story.emitted(scope, "parted")


def earmarked(story: Story, clause: Clause) -> Iterator[Found]:
    """A part of the last amount is to serve for something: "sur ce total, 14 milliards iront à l'achat d'armes"."""
    if story.thing is None or not story.thing.amount:
        return
    verbs = [verb for _, verb in chain_of(story.reader, clause)]
    if not any("serve" in verb.classes for verb in verbs) or any(verb.negative for verb in verbs):
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
