"""Lists of donors with what they gave: after a heading, in order of rank, as rows of a table without a verb."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence
from kg.build.text.kinds.aid.events import (
    Event,
    nominal_status,
    participle_event,
    status_of,
    told_by_noun,
    total_status,
)
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.parts import arrange
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.story import Story
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import Found
from kg.build.text.reading import may_scale, read_values
from kg.build.text.reading.records import MONEY


def ranked(story: Story, clause: Clause) -> Iterator[Found]:
    """The donors in order with what they gave: "les principaux donateurs sont les États-Unis (114 milliards), …"."""
    sentence = clause.sentence
    if clause.verb.negative or status_of(clause.verb.classes):
        return
    things = story.scanner(sentence).things(clause.at + 1, clause.end)
    if len(things) < _SEVERAL:
        return
    first = things[0].begin
    told = story.reader.has(sentence, "donors", clause.begin, first) is not None
    told = told or story.reader.has(sentence, "aid", clause.begin, clause.end) is not None
    status = total_status(story.reader, sentence, clause.begin, first)
    status = status or nominal_status(story.reader, sentence, clause.begin, clause.at)
    if story.reader.has(sentence, "suppliers", clause.begin, first) is not None:
        status = status or "delivered"
    if told or status:
        scope = story.scope(clause, Event(clause.at, status, ()), things)
        yield from _by_donor(story, scope, "ranked", at_least=_SEVERAL)


_SEVERAL = 2
"""How many donors with what they gave make a list, where nothing came before."""


def leading(story: Story, clause: Clause) -> Iterator[Found]:
    """Donors with what they gave, told to be the largest: "Sweden (€4.8bn) and Norway (€3.2bn) are the main donors"."""
    sentence = clause.sentence
    told = story.reader.has(sentence, "donors", clause.at + 1, clause.end)
    if told is None or "be" not in clause.verb.classes or clause.verb.negative:
        return
    things = [thing for thing in story.scanner(sentence).things(clause.begin, clause.at) if thing.amount]
    bracketed = all(sentence.nodes[thing.begin - 1].norm == "(" for thing in things if thing.begin)
    if len(things) < 2 or not bracketed:
        return
    category = story.words.category([node for node in sentence.nodes[clause.at : clause.end] if node.tag == "W"])
    for thing in things:
        thing.category = category
    scope = Scope(story.reader, story.words, sentence, clause.begin, clause.at, Event(clause.at, "", ()), things)
    yield from _by_donor(story, scope, "leading", at_least=2)


def verbless(story: Story, sentence: Sentence, begin: int, end: int) -> Iterator[Found]:
    """A list of donors with what they gave, after a heading that says what they did, or going on with a clause."""
    if end - begin < 3:
        return
    event = _listed(story, sentence, begin, end)
    things = _rows(story, sentence, begin, end) or story.scanner(sentence).things(begin, end) if event else []
    if event is None or not things:
        return
    if event.donors and not (begin and sentence.nodes[begin].norm in (";", ",")):
        things = [thing for thing in things if thing.begin > event.at]
        arrange(scope := Scope(story.reader, story.words, sentence, begin, end, event, things))
        yield from story.emitted(scope, "headed")
        return
    goes_on = begin > 0 and sentence.nodes[begin].norm in (";", ",")
    scope = Scope(story.reader, story.words, sentence, begin, end, event, things)
    yield from _by_donor(story, scope, "listed", at_least=1 if goes_on else 2)


def _listed(story: Story, sentence: Sentence, begin: int, end: int) -> Event | None:
    """The event that a heading before a colon names, or the last one where a list goes on with it."""
    if begin and story.last is not None and sentence.nodes[begin].norm in (";", ","):
        return replace(story.last, at=begin, donors=())
    colon = next((i for i in sentence.standing_at(":") if begin <= i < end), None)
    if colon is None:
        return None
    dash = next((i for i in range(begin, colon) if sentence.nodes[i].norm in ("—", "–")), None)
    first = sentence.nodes[dash + 1 : colon] if dash else ()
    if dash and first and all(node.is_party or node.norm in story.sets["article"] for node in first):
        colon = dash  # "Avions livrés — Pologne : 14 MiG-29 ; …"
    if all(node.is_party or node.norm in story.sets["article"] for node in sentence.nodes[begin:colon]):
        return _under_name(story, sentence, begin, colon, end)
    status, classes = told_by_noun(story.reader, sentence, begin, colon)
    owners = Parties(story.reader, sentence).owners(begin, colon) if status else ()
    event = participle_event(story.reader, sentence, begin, colon)
    if event and not total_status(story.reader, sentence, begin, colon):
        return Event(colon, event.status, event.donors or owners)
    if not status and story.reader.has(sentence, "aid", begin, colon) is None:
        return None
    return Event(colon, status, event.donors if event and event.donors else owners, classes)


def _under_name(story: Story, sentence: Sentence, begin: int, colon: int, end: int) -> Event | None:
    """The donor whose name alone heads what it gave: "Autriche : garantie de 200 millions d'euros"."""
    donors = tuple(node for node in sentence.nodes[begin:colon] if node.is_party and node.form != "a")
    things = story.scanner(sentence).things(colon + 1, end)
    status, classes = told_by_noun(story.reader, sentence, colon + 1, things[0].begin) if things else ("", frozenset())
    money = any(thing.amount and not thing.item for thing in things)
    told = status or any(story.reader.has(sentence, name, colon + 1, end) is not None for name in ("aid", "guarantee"))
    return Event(colon, "" if money else status, donors, classes) if told and donors else None


def _by_donor(story: Story, scope: Scope, rule: str, *, at_least: int) -> Iterator[Found]:
    """The things of a list that each have a donor of their own."""
    arrange(scope)
    if sum(1 for thing in scope.things if thing.donors) >= at_least:
        yield from story.emitted(scope, rule)


def _rows(story: Story, sentence: Sentence, begin: int, end: int) -> list[Thing]:
    """The amounts of a table whose unit its heading tells: "(en milliards d'euros) : Allemagne, 41,95 ; …"."""
    nodes = sentence.nodes
    colon = next((at for at in range(begin, end) if nodes[at].norm == ":"), None)
    if colon is None or sentence.tagged("MQ", begin, end):
        return []
    return rows(story, sentence, begin, colon, end)


def rows(story: Story, sentence: Sentence, begin: int, start: int, end: int) -> list[Thing]:
    """The amounts whose figures stand from one place to another, and whose unit stands before them."""
    nodes, figures = sentence.nodes, sentence.tagged("N", start, end)
    if not figures:
        return []
    units = (_unit(story, sentence, at, start) for at in range(begin, start))
    sign, scale = next((unit for unit in units if unit[1]), ("", ""))
    found = []
    for at in figures if scale else ():
        reading = nodes[at].reading
        amount = _money(story, f"{sign} {reading.text} {scale}") if reading else ""
        if reading and amount:
            found.append(Thing(at, at + 1, amount=amount, approx=reading.approx, nodes=[nodes[at]]))
    return found


def _unit(story: Story, sentence: Sentence, at: int, colon: int) -> tuple[str, str]:
    """The unit that begins at a place, as what stands before and after an amount: "€" and "billion"."""
    text = story.reader.document.text
    nodes = sentence.nodes
    end = nodes[colon].start
    close = next((node.start for node in nodes[at:colon] if node.norm in (")", ",")), end)
    units = (("", text[nodes[at].start : close]), (nodes[at].text, text[nodes[at].end : close]))
    lang = story.reader.lexicon.lang
    likely = (unit for unit in units if may_scale(unit[1], lang))
    return next((unit for unit in likely if _money(story, f"{unit[0]} 1 {unit[1]}").startswith("1000")), ("", ""))


def _money(story: Story, written: str) -> str:
    """The amount that a text is, if it is one."""
    found = read_values(written.strip(), story.reader.lexicon.lang)
    whole = len(found) == 1 and found[0].kind is MONEY and found[0].span.start == 0
    return found[0].text if whole else ""


def resumed(story: Story, clause: Clause, before: Event | None) -> Iterator[Found]:
    """What a list goes on with after a clause in brackets: "120 jeeps (90 of which have arrived) and six guns"."""
    if before is None or not before.donors:
        return
    nodes = clause.sentence.nodes
    close = next((at for at in range(clause.at + 1, clause.end) if nodes[at].norm == ")"), None)
    opened = any(node.norm == "(" for node in nodes[max(clause.begin - 1, 0) : clause.at])
    if close is None or not opened:
        return
    things = story.scanner(clause.sentence).things(close + 1, clause.end, loose=before.status == "delivered")
    event = replace(before, at=clause.at, passive=False)
    scope = Scope(story.reader, story.words, clause.sentence, close + 1, clause.end, event, things)
    arrange(scope)
    yield from story.emitted(scope, "resumed")
