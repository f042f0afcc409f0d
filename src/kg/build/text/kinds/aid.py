"""Kind `aid`: who gave, promised or financed what to whom. One assertion for each amount and each kind of goods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.build.text.clauses import Clause, agent_of
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid_events import (
    Event,
    announcing,
    capped,
    chain_of,
    clause_status,
    donors_of,
    nominal_status,
    participle_event,
    total_status,
    undergone,
)
from kg.build.text.kinds.aid_parties import Parties
from kg.build.text.kinds.aid_parts import Scope, arrange
from kg.build.text.kinds.aid_things import Scanner, Thing
from kg.build.text.kinds.aid_words import Words
from kg.build.text.kinds.common import UKRAINE, Found, Reader, date_of, values


def read(reader: Reader) -> Iterator[Found]:
    """The aid that a text tells of, sentence by sentence."""
    story = Story(reader)
    for sentence in reader.document.sentences:
        yield from story.sentence(sentence)


class Story:
    """A walk through the clauses of a text that remembers the last gift, for what only alludes to it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.words = Words(reader.lexicon)
        self.sets = reader.lexicon.sets
        self.last: Event | None = None
        self.thing: Thing | None = None
        self.pending: Scope | None = None

    def sentence(self, sentence: Sentence) -> Iterator[Found]:
        """The aid in one sentence: its clauses, then what stands after them without a verb."""
        clauses = self.reader.clauses[sentence.index]
        done = 0
        for clause in clauses:
            if clause.begin > done:
                yield from self.verbless(sentence, done, clause.begin)
            yield from self.clause(clause)
            done = max(done, clause.end)
        yield from self.verbless(sentence, done, len(sentence.nodes))

    # -- clauses -----------------------------------------------------------------------------------------------------

    def clause(self, clause: Clause) -> Iterator[Found]:
        """The aid that one clause tells of."""
        for rule in (self.received, self.given, self.comprised, self.amounting, self.parted, self.ranked, self.nominal, self.participial):
            found = list(rule(clause))
            if found:
                yield from found
                return

    def given(self, clause: Clause) -> Iterator[Found]:
        """Somebody gives, promises, finances something; or something is given by somebody."""
        sentence = clause.sentence
        begin, end = self._object_range(clause)
        scanner = Scanner(self.words, sentence)
        first = next((thing.begin for thing in scanner.things(begin, end, loose=True)), end)
        status, classes = clause_status(self.reader, clause, first)
        if not status:
            return
        if status == "followed":
            status = self.last.status if self.last else "pledged"
        event = Event(chain_of(clause)[-1][0], status, donors_of(clause), classes, undergone(clause))
        if announcer := announcing(self.reader, clause):
            event.governor = announcer.at
        things = scanner.things(begin, end, loose=status == "delivered")
        yield from self.told(event, Scope(self.reader, self.words, sentence, clause.begin, clause.end, event, things), clause)

    def _object_range(self, clause: Clause) -> tuple[int, int]:
        """Where the things of a clause stand: after the verb, in the passive before it, or before "que"."""
        after = chain_of(clause)[-1][0] + 1
        if not undergone(clause):
            return after, self._before_that(clause.sentence, after, clause.end)
        begin = self._before_relative(clause)
        inverted = not Scanner(self.words, clause.sentence).things(begin, clause.at, loose=True)
        return (after, clause.end) if inverted else (begin, clause.at)

    def _before_relative(self, clause: Clause) -> int:
        """Where "dont six" or "six of which" begins, if the verb of a clause follows it."""
        nodes = clause.sentence.nodes
        begin = clause.at
        while begin > 0 and (nodes[begin - 1].tag in "NMQ" or nodes[begin - 1].norm in self.sets["partitive"]):
            begin -= 1
        return begin if any(node.tag == "W" for node in nodes[begin : clause.at]) else clause.begin

    def _before_that(self, sentence: Sentence, begin: int, end: int) -> int:
        """Where the object of a verb ends: before "que" or "that", unless it only restricts ("ne … que 12 chars")."""
        for at in range(begin, end):
            if sentence.nodes[at].norm in self.sets["complementizer"] and not (
                at + 1 < end and sentence.nodes[at + 1].tag in "NMQ"
            ):
                return at
        return end

    def told(self, event: Event, scope: Scope, clause: Clause, rule: str = "given") -> Iterator[Found]:
        """The assertions of a clause whose event and things are known."""
        scope.things = [t for n, t in enumerate(scope.things) if self._fits(t, event) and not self._denied(scope, n)]
        if event.passive and not scope.things and event.donors and self._takes_up(clause):
            yield from self._financed(event, rule)
            return
        if not event.donors and event.passive:
            event.donors = self._donors_before(scope)
        if not event.donors or not scope.things:
            self.pending = scope if scope.things else None
            return
        arrange(scope)
        self._date_by_meeting(clause, scope)
        yield from self.emitted(scope, rule)

    def _takes_up(self, clause: Clause) -> bool:
        """Whether a clause tells of the giving of what the clause before it is about: "…, dont l'achat a été financé"."""
        nodes = clause.sentence.nodes[max(clause.at - 5, 0) : clause.at]
        return any(node.norm in self.sets["whose"] for node in nodes)

    def _financed(self, event: Event, rule: str) -> Iterator[Found]:
        """The things of the clause before, whose donors only "dont l'achat a été financé par …" tells."""
        scope, self.pending = self.pending, None
        if scope is None:
            return
        status = capped(scope.event.status, event.status)
        scope.event = replace(scope.event, donors=event.donors, status=status)
        arrange(scope)
        for thing in scope.things:
            thing.instruments += self.words.instruments(scope.nodes[scope.things[-1].end : event.at], money=False)
        yield from self.emitted(scope, rule)

    def _date_by_meeting(self, clause: Clause, scope: Scope) -> None:
        """The day of the meeting at which something is given holds for it, if nothing else dates it."""
        for earlier in self.reader.clauses[clause.sentence.index]:
            if earlier.at >= clause.at or not earlier.verb.classes & {"meet", "hold"}:
                continue
            dates = clause.sentence.tagged("D", earlier.begin, earlier.end)
            for thing in scope.things:
                if dates and not thing.date:
                    thing.date = date_of(clause.sentence.nodes[dates[-1]])

    def _donors_before(self, scope: Scope) -> tuple[Node, ...]:
        """The donors that a participle of the subject tells, or those of the same thing told before."""
        if promised := participle_event(self.reader, scope.sentence, scope.begin, scope.event.at):
            return promised.donors
        if self.last is None or self.thing is None:
            return ()
        same = any(not thing.item or thing.item == self.thing.item for thing in scope.things)
        return self.last.donors if same else ()

    def _denied(self, scope: Scope, number: int) -> bool:
        """Whether a thing is not given, or given in exchange by others: "pas d'armes", "en échange de camions"."""
        begin = scope.things[number].begin
        near = scope.nodes[max(begin - 2, 0) : begin]
        first = scope.event.at + 1 if scope.event.at < begin else scope.begin
        return any(node.norm in self.sets["denying"] for node in near) or (
            scope.words.finds("exchanged", scope.nodes, first, begin)
        )

    def _fits(self, thing: Thing, event: Event) -> bool:
        """Whether a thing can be given: people only by training them."""
        owned = any(node.form == "a" and node.keys[:1] == (UKRAINE,) for node in thing.nodes)
        people = any(word in self.sets["trainees"] for word in thing.item.split()) and ":" not in thing.item
        if "train" in event.classes and thing.item:
            return people
        return not people and not owned

    # -- other frames ------------------------------------------------------------------------------------------------

    def received(self, clause: Clause) -> Iterator[Found]:
        """A state receives something from somebody; an organisation obtains commitments of its members."""
        verb = clause.verb
        if "receive" not in verb.classes or verb.negative or verb.passive:
            return
        sentence = clause.sentence
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        things = Scanner(self.words, sentence).things(clause.at + 1, clause.end)
        if not subject or not things:
            return
        total = total_status(self.reader, sentence, clause.at, clause.end)
        donors = Parties(self.reader, sentence).source(clause.at + 1, clause.end)
        if subject[0].tag == "S" and donors:
            status = "pledged" if verb.tense == "fut" else total or "delivered"
            event = Event(clause.at, status, donors, verb.classes, recipient=subject[0].keys[0])
        elif subject[0].tag in "OG" and total:
            event = Event(clause.at, total, tuple(subject), verb.classes)
        else:
            return
        scope = Scope(self.reader, self.words, sentence, clause.begin, clause.end, event, things)
        yield from self.told(event, scope, clause, "received")

    def comprised(self, clause: Clause) -> Iterator[Found]:
        """A package that somebody announced comprises things: all of them are asserted."""
        if "comprise" not in clause.verb.classes or clause.verb.negative:
            return
        sentence = clause.sentence
        scanner = Scanner(self.words, sentence)
        packages = [thing for thing in scanner.things(clause.begin, clause.at) if thing.amount]
        event = participle_event(self.reader, sentence, clause.begin, clause.at)
        event = event if event and event.donors else self._continued(clause, event)
        if event is None or not event.donors:
            return
        inner = scanner.things(clause.at + 1, clause.end)
        for thing in inner:
            thing.role = "part"
        if packages or self._package(clause):
            scope = Scope(self.reader, self.words, sentence, clause.begin, clause.end, event, packages + inner)
            yield from self.told(replace(event, passive=False), scope, clause, "comprised")

    def _package(self, clause: Clause) -> bool:
        return self.reader.has(clause.sentence, "package", clause.begin, clause.at) is not None

    def _continued(self, clause: Clause, event: Event | None) -> Event | None:
        """The last event, where a clause goes on about its package: "Ce paquet comprend …"."""
        if event is not None or not self._package(clause):
            return event
        return replace(self.last, at=clause.at) if self.last else None

    def amounting(self, clause: Clause) -> Iterator[Found]:
        """The aid of a donor amounts to so much: "l'aide allouée par les Européens s'élève à", "pledges total"."""
        verb = clause.verb
        if not verb.classes & {"amount_to", "be", "pass"} or verb.negative:
            return
        sentence = clause.sentence
        things = [t for t in Scanner(self.words, sentence).things(clause.at + 1, clause.end) if t.amount]
        if not things:
            return
        if self.reader.has(sentence, "aid", clause.begin, clause.at) is None:
            yield from self._totalling(clause, things)
            return
        event = participle_event(self.reader, sentence, clause.begin, clause.at)
        status = event.status if event else total_status(self.reader, sentence, clause.begin, clause.at)
        donors = (event.donors if event else ()) or self._owners(clause)
        if donors:
            event = Event(clause.at, status, donors, verb.classes)
            scope = Scope(self.reader, self.words, sentence, clause.begin, clause.end, event, things)
            yield from self.told(event, scope, clause, "amounting")

    def parted(self, clause: Clause) -> Iterator[Found]:
        """A part of the last amount is of some sort: "dont 10 milliards sont des prêts", "of which €10bn is a loan"."""
        if self.last is None or self.thing is None or not self.thing.amount or clause.verb.negative:
            return
        begin = self._before_relative(clause)
        things = [thing for thing in Scanner(self.words, clause.sentence).things(begin, clause.at) if thing.amount]
        partitive = any(node.norm in self.sets["partitive"] for node in clause.sentence.nodes[begin : clause.at])
        if "be" not in clause.verb.classes or not partitive or len(things) != 1:
            return
        event = replace(self.last, at=clause.at, donors=self.thing.donors, status=self.thing.status)
        scope = Scope(self.reader, self.words, clause.sentence, begin, clause.end, event, things)
        arrange(scope)
        told = clause.sentence.nodes[clause.at : clause.end]
        things[0].category = self.words.category(told) or self.thing.category
        things[0].instruments = self.words.instruments(told, money=True)
        yield from self.emitted(scope, "parted")

    def ranked(self, clause: Clause) -> Iterator[Found]:
        """The donors in order with their amounts: "les principaux donateurs sont les États-Unis (114 milliards), …"."""
        sentence = clause.sentence
        told = any(self.reader.has(sentence, name, clause.begin, clause.at) is not None for name in ("donors", "aid"))
        if "be" not in clause.verb.classes or clause.verb.negative or not told:
            return
        things = [t for t in Scanner(self.words, sentence).things(clause.at + 1, clause.end) if t.amount]
        status = total_status(self.reader, sentence, clause.begin, clause.at)
        event = Event(clause.at, status, (), clause.verb.classes)
        scope = Scope(self.reader, self.words, sentence, clause.begin, clause.end, event, things)
        arrange(scope)
        scope.things = [thing for thing in things if thing.donors]
        yield from self.emitted(scope, "ranked")

    def _totalling(self, clause: Clause, things: list[Thing]) -> Iterator[Found]:
        """A donor totals so much aid: "le Japon totalise 12 milliards d'aide"."""
        donors = tuple(node for node in clause.nodes(clause.subject) if node.is_party and node.form != "n")
        told = self.reader.has(clause.sentence, "aid", clause.at, clause.end) is not None
        if "amount_to" in clause.verb.classes and told and donors and not clause.verb.passive:
            status = total_status(self.reader, clause.sentence, clause.at, clause.end)
            event = Event(clause.at, status, donors, clause.verb.classes)
            scope = Scope(self.reader, self.words, clause.sentence, clause.begin, clause.end, event, things)
            yield from self.told(event, scope, clause, "totalling")

    def _owners(self, clause: Clause) -> tuple[Node, ...]:
        """Whose aid a subject is about: "l'aide de l'Allemagne", "l'aide allemande", "German aid", "Japan's pledges"."""
        found = []
        for at in range(clause.begin, clause.at):
            node = clause.sentence.nodes[at]
            if not node.is_party or node.keys[:1] == (UKRAINE,):
                continue
            parties = Parties(self.reader, clause.sentence)
            before = parties.before(at)
            owned = before < 0 or clause.sentence.nodes[before].norm in self.sets["owned_by"]
            if node.form == "a" or owned or clause.sentence.nodes[min(at + 1, clause.at)].norm == "'s":
                found.append(node)
        return tuple(found)

    def nominal(self, clause: Clause) -> Iterator[Found]:
        """A noun of giving with its agent is the subject: "la livraison par la Norvège de six F-16 a commencé"."""
        if "complete" not in clause.verb.classes or clause.verb.negative:
            return
        sentence = clause.sentence
        status = nominal_status(self.reader, sentence, clause.begin, clause.at)
        donors = agent_of(self.reader.document, sentence, clause.begin, clause.at) if status else ()
        parties = tuple(node for node in clause.nodes(donors) if node.is_party)
        if not parties:
            return
        status = "pledged" if clause.verb.tense in ("fut", "cond") else status
        classes = frozenset({"train"}) if self.reader.has(sentence, "nominal_train", clause.begin, clause.at) else frozenset()
        event = Event(clause.at, status, parties, classes, passive=True)
        things = Scanner(self.words, sentence).things(clause.begin, clause.at)
        scope = Scope(self.reader, self.words, sentence, clause.begin, clause.end, event, things)
        yield from self.told(event, scope, clause, "nominal")

    def participial(self, clause: Clause) -> Iterator[Found]:
        """Things given by somebody that the clause says something else of: "les 18 chars livrés par l'Allemagne …"."""
        sentence = clause.sentence
        scanner = Scanner(self.words, sentence)
        for begin, end in ((clause.begin, clause.at), (clause.at + 1, clause.end)):
            event = participle_event(self.reader, sentence, begin, end)
            if event is None or not event.donors:
                continue
            things = scanner.things(begin, event.at)
            scope = Scope(self.reader, self.words, sentence, begin, end, event, things[-1:])
            yield from self.told(event, scope, clause, "participial")

    # -- without a verb ----------------------------------------------------------------------------------------------

    def verbless(self, sentence: Sentence, begin: int, end: int) -> Iterator[Found]:
        """A list of donors with their amounts, after a heading that says what they are, or going on with a clause."""
        if end - begin < 3:
            return
        things = Scanner(self.words, sentence).things(begin, end)
        things = [thing for thing in things if thing.amount or thing.quantity or thing.item]
        event = self._listed(sentence, begin, end, things)
        if event is None or not things:
            return
        scope = Scope(self.reader, self.words, sentence, begin, end, event, things)
        arrange(scope)
        scope.things = [thing for thing in scope.things if thing.donors]
        yield from self.emitted(scope, "listed")

    def _listed(self, sentence: Sentence, begin: int, end: int, things: Sequence[Thing]) -> Event | None:
        if begin and self.last is not None and sentence.nodes[begin].norm in (";", ","):
            return replace(self.last, at=begin, donors=())
        colon = next((i for i in range(begin, end) if sentence.nodes[i].norm == ":"), None)
        if colon is None or sum(1 for thing in things if thing.amount) < 2:
            return None
        status = total_status(self.reader, sentence, begin, colon)
        status = status or nominal_status(self.reader, sentence, begin, colon)
        if not status and self.reader.has(sentence, "aid", begin, colon) is None:
            return None
        return Event(colon, status, ())

    # -- assertions --------------------------------------------------------------------------------------------------

    def emitted(self, scope: Scope, rule: str) -> Iterator[Found]:
        """One finding for each thing of a scope."""
        for thing in scope.things:
            if thing.role == "frame" and not self._own_event(scope, thing):
                continue
            thing = self._resolved(thing)
            if thing is None or not thing.donors:
                continue
            donors = values(thing.donors)
            thing = self._part_of_last(scope, thing)
            recipient = self._recipient(scope, thing, donors)
            if not recipient:
                continue
            slots = _slots(thing, donors, recipient)
            nodes = [*thing.nodes, *thing.donors, scope.nodes[scope.event.at]]
            at = scope.event.at if scope.event.governor is None else scope.event.governor
            yield Found("aid", slots, f"aid/{rule}", scope.sentence.index, nodes, at)
            self.thing = thing
        self.last = replace(scope.event, recipient=scope.event.recipient)

    def _part_of_last(self, scope: Scope, thing: Thing) -> Thing:
        """A part of the amount told before: "dont 500 millions ont déjà été versés"."""
        before = scope.nodes[max(thing.begin - 2, 0) : thing.end + 2]
        partitive = any(node.norm in self.sets["partitive"] for node in before)
        if not (partitive and thing.amount and self.thing and self.thing.amount) or thing.part_of:
            return thing
        if thing.role != "given" or scope.event.at < thing.begin:
            return thing
        return replace(thing, part_of=self.thing.amount, date=thing.date or self.thing.date)

    def _own_event(self, scope: Scope, thing: Thing) -> bool:
        return participle_event(self.reader, scope.sentence, thing.end, scope.end) is not None

    def _resolved(self, thing: Thing) -> Thing | None:
        """A bare number with the goods of the last thing: "Paris en a promis 12"."""
        if not thing.bare:
            return thing
        if self.thing is None or not self.thing.item:
            return None
        return replace(thing, item=self.thing.item, military=self.thing.military, category=self.thing.category)

    def _recipient(self, scope: Scope, thing: Thing, donors: list[str]) -> str:
        recipient = scope.event.recipient or thing.recipient or UKRAINE
        return "" if recipient in donors else recipient


def _slots(thing: Thing, donors: list[str], recipient: str) -> dict[str, object]:
    slots: dict[str, object] = {"donor": donors, "recipient": [recipient]}
    optional = {
        "category": thing.category, "instrument": thing.instruments, "item": thing.item, "quantity": thing.quantity,
        "amount": thing.amount, "status": thing.status, "date": thing.date, "part_of_amount": thing.part_of,
        "approx": thing.approx,
    }  # fmt: skip
    return slots | {name: found for name, found in optional.items() if found}
