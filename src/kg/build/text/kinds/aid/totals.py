"""What the aid of a donor adds up to: "l'aide de X s'élève à", "X totals", "deliveries by X came to"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.build.text.clauses import Clause
from kg.build.text.kinds.aid import lists
from kg.build.text.kinds.aid.events import Event, participle_event, status_of, total_status
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import RUSSIA, Found, date_of
from kg.build.text.verb_finder import FINITE


def amounting(story: Story, clause: Clause) -> Iterator[Found]:
    """The aid of a donor amounts to so much: "l'aide allouée par les Européens s'élève à", "pledges total"."""
    sentence = clause.sentence
    if clause.verb.negative or not _counted_aid(story, clause):
        return
    leading = [thing for thing in story.scanner(sentence).things(clause.begin, clause.at) if thing.amount]
    leading = [thing for thing in leading if _with(story, clause, thing)]
    things = [thing for thing in story.scanner(sentence).things(clause.at + 1, clause.end) if thing.amount]
    things = things or _of_unit(story, clause)
    put_at = clause.verb.passive and "count" in clause.verb.classes
    amounts = put_at or clause.verb.classes & {"amount_to", "be", "pass", "arrive"}
    if not (amounts or (things and _with(story, clause, things[0]))):
        return
    total = total_status(story.reader, sentence, clause.begin, clause.at)
    of_aid = bool(total) or story.reader.has(sentence, "aid", clause.begin, clause.at) is not None
    if "exceed" in clause.verb.classes and things:
        things[0].approx = things[0].approx or "more-than"
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
    _of_others(story, clause, things)
    if donors or any(thing.donors for thing in things):
        event = Event(clause.at, status, donors, clause.verb.classes)
        yield from story.told(story.scope(clause, event, things), clause, "amounting")


def _counted_aid(story: Story, clause: Clause) -> bool:
    """Whether a clause may tell what aid adds up to: it speaks of aid, its donors or a total, and has a figure."""
    reader, sentence = story.reader, clause.sentence
    if not sentence.tagged("M") and not sentence.tagged("N"):
        return False
    told = reader.has(sentence, "aid", clause.begin, clause.end) is not None
    told = told or reader.has(sentence, "donors", clause.at, clause.end) is not None
    return told or bool(total_status(reader, sentence, clause.begin, clause.at))


def valued(story: Story, clause: Clause) -> Iterator[Found]:
    """A package is worth so much: "the package, which Washington announced in May, is worth $125 million"."""
    nodes = clause.sentence.nodes
    package = story.reader.has(clause.sentence, "package", 0, clause.at)
    if package is None or "be" not in clause.verb.classes or clause.verb.negative:
        return
    things = story.scanner(clause.sentence).things(clause.at + 1, clause.end)
    worth = len(things) == 1 and bool(things[0].amount) and not things[0].item
    if not worth or not story.words.worth(nodes, clause.at + 1, things[0].begin):
        return
    event = _related(clause, package) or participle_event(story.reader, clause.sentence, package, clause.at)
    if event is not None and event.donors:
        dates = clause.sentence.tagged("D", package, clause.at)
        things[0].date = date_of(nodes[dates[-1]]) if dates else ""
        own = Event(clause.at, event.status, event.donors, event.classes)
        yield from story.told(story.scope(clause, own, things), clause, "valued")


def _related(clause: Clause, begin: int) -> Event | None:
    """Who did what with a package, as a relative clause after it tells: "…, which Washington announced in May, …"."""
    nodes = clause.sentence.nodes
    for at in range(begin + 1, clause.at):
        verb = nodes[at].verb
        status = status_of(verb.classes) if verb and verb.tense in FINITE and not verb.negative else ""
        named = [node for node in nodes[begin:at] if node.is_party and node.form != "a"]
        if verb and status and named and not verb.passive:
            return Event(at, status, tuple(named[-1:]), verb.classes)
    return None


def _by_beneficiary(story: Story, clause: Clause, things: Sequence[Thing]) -> None:
    """Give each amount the donor named after it: "64 milliards pour les États-Unis, 17 milliards pour l'Allemagne"."""
    parties = Parties(story.reader, clause.sentence)
    for thing, following in zip(things, [*things[1:], None], strict=True):
        thing.donors = parties.on_behalf(thing.end, following.begin if following else clause.end)


def bracketed(story: Story, clause: Clause) -> Iterator[Found]:
    """What the aid of a donor is, in brackets after it: "la contribution italienne (1,3 milliard d'euros) reste …"."""
    sentence, nodes = clause.sentence, clause.sentence.nodes
    if not sentence.standing_at("("):
        return
    for thing in story.scanner(sentence).things(clause.begin, clause.at):
        alone = thing.amount and not thing.item and nodes[thing.begin - 1].norm == "(" and thing.end < clause.at
        if not alone or nodes[thing.end].norm != ")":
            continue
        begin = max(thing.begin - _NOUN_PHRASE, clause.begin)
        aid = story.reader.has(sentence, "aid", begin, thing.begin)
        donors = Parties(story.reader, sentence).owners(begin, thing.begin) if aid is not None else ()
        apart = any(node.verb or node.norm in (",", ";") for node in nodes[begin : thing.begin])
        if len(donors) == 1 and not apart and donors[0].keys[:1] != (RUSSIA,):
            status = total_status(story.reader, sentence, begin, thing.begin)
            event = Event(clause.at, status, donors, clause.verb.classes)
            thing.category = story.words.category([node for node in nodes[begin : thing.begin] if node.tag == "W"])
            yield from story.told(story.scope(clause, event, [thing]), clause, "bracketed")


_NOUN_PHRASE = 6
"""How many nodes a noun phrase may have before the bracket that tells its worth."""


def _of_unit(story: Story, clause: Clause) -> list[Thing]:
    """The amounts whose unit an insertion tells: "came, in billions of euros, to 64.6 for the United States, …"."""
    figures = clause.sentence.tagged("N", clause.at + 1, clause.end)
    inserted = bool(figures) and any(node.norm == "," for node in clause.sentence.nodes[clause.at + 1 : figures[0]])
    return lists.rows(story, clause.sentence, clause.at + 1, figures[0], clause.end) if inserted else []


def brought(story: Story, clause: Clause) -> Iterator[Found]:
    """What the aid of a donor is brought to: "portant à M l'aide de X", "this brings Finnish military aid to M"."""
    sentence = clause.sentence
    for at, verb in sentence.verbs():
        told = "bringing" in verb.classes and verb.tense in FINITE | {"ger"} and not verb.passive and not verb.negative
        if told and clause.begin <= at < clause.end:
            yield from _brought(story, clause, at)


def _brought(story: Story, clause: Clause, at: int) -> Iterator[Found]:
    reader, nodes = story.reader, clause.sentence.nodes
    end = next((i for i in range(at + 1, clause.end) if nodes[i].verb or nodes[i].norm in (";", ":")), clause.end)
    aid = reader.has(clause.sentence, "aid", at + 1, end)
    things = [thing for thing in story.scanner(clause.sentence).things(at + 1, end) if thing.amount and not thing.item]
    if aid is None or len(things) != 1 or not _raised_to(story, clause, at, things[0].begin):
        return
    owned = any(node.norm in story.sets["possessives"] for node in nodes[at + 1 : end])
    owners = Parties(reader, clause.sentence).owners(at + 1, end)
    subject = tuple(node for node in clause.nodes(clause.subject) if node.is_party)
    last = story.last.donors if story.last else ()
    donors = owners or (subject if owned and at != clause.at else ()) or last or subject
    if not donors:
        return
    dates = clause.sentence.tagged("D", at, end)
    thing = things[0]
    thing.donors = donors
    thing.category = story.words.category([node for node in nodes[at:end] if node.tag == "W"])
    thing.date = date_of(nodes[dates[0]]) if dates else ""
    event = Event(at, total_status(reader, clause.sentence, at, end), donors)
    scope = Scope(reader, story.words, clause.sentence, at, end, event, [thing])
    before = story.last, story.thing
    yield from story.emitted(scope, "brought")
    story.last, story.thing = before if before[0] is not None else (story.last, story.thing)


def _raised_to(story: Story, clause: Clause, at: int, amount: int) -> bool:
    """Whether "to" leads to an amount, after "a total of" or "plus de" at most."""
    near = clause.sentence.nodes[max(at + 1, amount - 4) : amount]
    return any(node.norm in story.sets["raised_to"] for node in near)


def _of_others(story: Story, clause: Clause, things: Sequence[Thing]) -> None:
    """Give later amounts the donor named before them: "Finnish aid amounts to 2.3 billion, Norwegian to 3.2"."""
    parties = Parties(story.reader, clause.sentence)
    for last, thing in pairwise(things):
        thing.donors = thing.donors or parties.owners(last.end + 1, thing.begin)


def _with(story: Story, clause: Clause, thing: Thing) -> bool:
    """Whether an amount is what a donor stands out with: "avec 17 milliards d'euros d'aide, Berlin demeure …"."""
    here = thing.begin - 1
    small = story.reader.lexicon.union("article", "possessives", "own_one")
    while here > 0 and clause.sentence.nodes[here].norm in small:
        here -= 1
    return here >= 0 and clause.sentence.nodes[here].norm in story.sets["with"]


def _totalling(story: Story, clause: Clause, things: Sequence[Thing]) -> Iterator[Found]:
    """A donor totals so much aid: "le Japon totalise 12 milliards d'aide"."""
    donors = tuple(node for node in clause.nodes(clause.subject) if node.is_party and node.form != "n")
    told = story.reader.has(clause.sentence, "aid", clause.begin, clause.end) is not None
    told = told or story.reader.has(clause.sentence, "donors", clause.at, clause.end) is not None
    appraises = "count" in clause.verb.classes and not clause.verb.reflexive
    if told and donors and not clause.verb.passive and not appraises:
        status = total_status(story.reader, clause.sentence, clause.at, clause.end)
        event = Event(clause.at, status, donors, clause.verb.classes)
        category = story.words.category(
            [node for node in clause.sentence.nodes[clause.at : clause.end] if node.tag == "W"]
        )
        for thing in things:
            thing.category = "" if thing.item else category
        yield from story.told(story.scope(clause, event, things), clause, "totalling")
