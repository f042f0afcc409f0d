"""When things were given: the dates before and after them, those of a promise or of a donor left aside."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.aid.events import RANK, participle_event
from kg.build.text.kinds.aid.scope import Scope, respective, says_respectively
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.common import Reader, date_of


def give_dates(scope: Scope) -> None:
    """Dates before the things hold for all; a date after some of them for those since the last date or donor."""
    places = [at for at in scope.sentence.tagged("D", scope.begin, scope.end) if not _of_apposition(scope, at)]
    told = [thing for thing in scope.things if thing.role != "heading"]
    told = [thing for thing in told if not scope.event.passive and thing.begin > scope.event.at] or told
    first = told[0].begin if told else scope.end
    before = [at for at in places if at < first and not _of_promise(scope, at)]
    general = date_at(scope, before[0]) if before else "" if places else scope.event.date
    if len(places) == len(scope.things) > 1 and says_respectively(scope):
        for thing, at in zip(scope.things, places, strict=True):
            thing.date = date_at(scope, at)
        return
    for number, thing in enumerate(scope.things):
        own = [at for at in scope.after(number) if at in places]
        own = [at for at in own if not _of_another(scope, thing, at)]
        if own:
            for other in _undated(scope, number):
                other.date = date_at(scope, own[-1])
    for thing in scope.things:
        if not thing.date and thing.role in ("given", "other"):
            thing.date = general
    if not general and scope.event.passive:
        _trailing(scope, places)
    year = same_year(scope.reader, scope.sentence, scope.begin, scope.end)
    for thing in scope.things:
        thing.date = thing.date or year


def _of_apposition(scope: Scope, at: int) -> bool:
    """Whether a date belongs to what is said of the donor in passing: "X, membre de Y depuis 2024, a promis"."""
    nodes = scope.nodes
    opened = next((i for i in range(at - 1, scope.begin, -1) if nodes[i].norm == ","), None)
    closed = next((i for i in range(at + 1, scope.event.at) if nodes[i].norm == ","), None)
    if opened is None or closed is None or nodes[opened - 1].tag not in "SOGP":
        return False
    small = scope.words.sets["prepositions"] | scope.words.sets["article"]
    between = [node for i, node in enumerate(nodes[opened + 1 : closed], opened + 1) if i != at]
    return any(node.tag in "OSGP" or (node.norm.isalpha() and node.norm not in small) for node in between)


def date_at(scope: Scope, at: int) -> str:
    """The date at a place; with "de la même année" after it, in the year that the text named last."""
    date = date_of(scope.nodes[at])
    year = same_year(scope.reader, scope.sentence, at + 1, min(at + 2, scope.end)) if date.startswith("--") else ""
    return date.replace("--", f"{year}-", 1) if year else date


def same_year(reader: Reader, sentence: Sentence, begin: int, end: int) -> str:
    """The year that "la même année" takes up within a range: that of the last date before it."""
    for at in reader.places(sentence, "same_year"):
        if not begin <= at < end:
            continue
        start = sentence.nodes[at].start
        told = [n for s in reader.document.sentences for n in s.nodes if n.tag == "D" and n.start < start]
        years = [date_of(node)[:4] for node in told if date_of(node)[:4].isdigit()]
        return years[-1] if years else ""
    return ""


def _of_promise(scope: Scope, at: int) -> bool:
    """Whether a date stands by a participle of an earlier status: "promis en janvier 2023, les chars sont arrivés"."""
    if scope.nodes[scope.event.at].norm == ":":
        return False  # a heading's participle is what the list tells
    for place in range(at - 1, scope.begin - 1, -1):
        if scope.nodes[place].norm in (",", ";"):
            return False
        if found := participle_event(scope.reader, scope.sentence, place, place + 1):
            return scope.event.status in RANK and RANK.index(found.status) < RANK.index(scope.event.status)
    return False


def _trailing(scope: Scope, places: Sequence[int]) -> None:
    """The date after a passive verb whose subject the things are."""
    after = [at for at in places if at > scope.event.at]
    for thing in scope.things:
        if after and not thing.date and thing.end <= scope.event.at and thing.role != "whole":
            thing.date = date_at(scope, after[0])


def _undated(scope: Scope, number: int) -> list[Thing]:
    thing = scope.things[number]
    row = [thing]
    paired = respective(scope)
    for other in reversed(scope.things[:number]):
        if other.date or other.role != thing.role or (other.amount and thing.amount and not _shared_noun(scope, other)):
            break
        if other.donors != thing.donors and not paired:
            break
        row.append(other)
    return row


def _shared_noun(scope: Scope, thing: Thing) -> bool:
    """Whether an amount leaves its noun to the next one: "64 billion in military and 46 billion in financial aid"."""
    number = scope.things.index(thing)
    gap = [scope.nodes[at] for at in scope.after(number)]
    adjectives = scope.words.lexicon.union("military", "financial", "humanitarian")
    small = all(scope.words.joins(node) or scope.words.small(node.norm) or node.norm in adjectives for node in gap)
    return small and any(node.norm in adjectives for node in gap)


def _of_another(scope: Scope, thing: Thing, at: int) -> bool:
    """Whether a date belongs to a participle of an earlier status: "les 500 millions promis en mars"."""
    for place in range(at - 1, thing.end - 1, -1):
        verb = scope.nodes[place].verb
        if verb is None:
            continue
        if thing.role == "frame":
            return False
        found = participle_event(scope.reader, scope.sentence, place, place + 1)
        return found is not None and thing.status in RANK and RANK.index(found.status) < RANK.index(thing.status)
    return False
