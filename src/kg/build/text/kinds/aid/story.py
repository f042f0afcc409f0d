"""The thread of a text about aid: what was given last, so that what only alludes to it is understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.cues import names_goods
from kg.build.text.kinds.aid.events import Event, arrives, capped, participle_event
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.parts import arrange
from kg.build.text.kinds.aid.scope import Scope
from kg.build.text.kinds.aid.things import CROWNS, Scanner, Thing
from kg.build.text.kinds.aid.words import words_of
from kg.build.text.kinds.common import RUSSIA, UKRAINE, Found, Reader, date_of, values
from kg.build.text.reading import national_currency


class Story:
    """What the clauses of a text have told of so far, and how a scope with its event becomes assertions."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.words = words_of(reader.lexicon)
        self.sets = reader.lexicon.sets
        self._scanners: dict[int, Scanner] = {}
        self.last: Event | None = None
        self.thing: Thing | None = None
        self.pending: Scope | None = None

    @property
    def begun(self) -> bool:
        """Whether something was told that what follows may go on with."""
        return self.last is not None or self.thing is not None or self.pending is not None

    def scanner(self, sentence: Sentence) -> Scanner:
        """A scanner of one sentence."""
        if sentence.index not in self._scanners:
            goods = names_goods(self.reader, sentence)
            self._scanners[sentence.index] = Scanner(self.words, sentence, goods=goods)
        return self._scanners[sentence.index]

    def scope(self, clause: Clause, event: Event, things: Sequence[Thing], begin: int | None = None) -> Scope:
        """The scope of a clause's event."""
        first = clause.begin if begin is None else begin
        return Scope(self.reader, self.words, clause.sentence, first, clause.end, event, list(things))

    def told(self, scope: Scope, clause: Clause, rule: str) -> Iterator[Found]:
        """The assertions of a clause whose event and things are known."""
        event = scope.event
        kept = [
            self._fits(scope, thing)
            and not self._for_oneself(scope, number)
            and not self._denied(scope, number)
            and not self._recipients_own(scope, thing)
            for number, thing in enumerate(scope.things)
        ]
        scope.things = [thing for thing, fits in zip(scope.things, kept, strict=True) if fits]
        if event.passive and not scope.things and event.donors and self._takes_up(clause):
            yield from self._financed(event, rule)
            return
        if not event.donors and event.passive:
            event.donors = self._donors_before(scope, clause)
        self.pending = scope if scope.things and not event.donors else None
        if not scope.things:
            return
        arrange(scope)
        self._date_by_meeting(clause, scope)
        self._date_by_line(clause, scope)
        yield from self.emitted(scope, rule)

    def _takes_up(self, clause: Clause) -> bool:
        """Whether a clause tells who gave what the clause before it is about: "…, dont l'achat a été financé"."""
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

    def _date_by_line(self, clause: Clause, scope: Scope) -> None:
        """The day of a dispatch holds for what it tells in the present: "KYIV, 3 March 2025 – Sweden announces …"."""
        if clause.verb.tense != "pres" or scope.event.status != "pledged" or any(thing.date for thing in scope.things):
            return
        line = self.reader.document.sentences[0].nodes[:7]
        dash = next((at for at, node in enumerate(line) if node.norm in ("–", "—", "-")), 0)
        places = [node for node in line[:dash] if node.is_entity or node.tag == "X"]
        dates = [node for node in line[:dash] if node.tag == "D"]
        for thing in scope.things if len(places) == len(dates) == 1 and dash <= 6 else ():
            thing.date = date_of(dates[0])

    def _donors_before(self, scope: Scope, clause: Clause) -> tuple[Node, ...]:
        """The donors that a participle of the subject tells, its owner, or those of the same thing told before."""
        if arrives(clause) and (sources := self._sources(clause)):
            return sources
        if promised := participle_event(self.reader, scope.sentence, scope.begin, scope.event.at):
            return promised.donors
        of_aid = self.reader.has(scope.sentence, "aid", clause.begin, clause.at) is not None
        owners = Parties(self.reader, scope.sentence).owners(clause.begin, clause.at) if of_aid else ()
        if owners:
            return owners
        known = self.thing.item if self.thing is not None else ""
        if self.last is not None and self.thing and any(thing.item in ("", known) for thing in scope.things):
            return self.last.donors
        return Parties(self.reader, scope.sentence).owners(clause.begin, clause.at)

    def _sources(self, clause: Clause) -> tuple[Node, ...]:
        """Where goods arrive from: "the first six arrived from Denmark"."""
        return Parties(self.reader, clause.sentence).source(clause.at + 1, clause.end)

    def _denied(self, scope: Scope, number: int) -> bool:
        """Whether a thing is not given, or given in exchange by others: "pas d'armes", "en échange de camions"."""
        begin = scope.things[number].begin
        near = scope.nodes[max(begin - 2, 0) : begin]
        bracketed = scope.things[number].bare and len(near) == 2 and near[1].norm in self.sets["out_of_words"]
        if bracketed and any(node.norm == "(" for node in scope.nodes[max(begin - 3, 0) : begin]):
            return True  # "deux IRIS-T (sur quatre promis)"
        more = self.reader.lexicon.union("more_words", "less_words")
        following = scope.nodes[scope.things[number].end : scope.things[number].end + 3]
        if scope.things[number].amount and _surpasses(following, more, self.sets["more_than"]):
            return True  # "18 billion more than the United States" tells a difference
        comparative = any(node.norm in more for node in near)
        if comparative and scope.finds("more_than", scope.things[number].end, scope.end):
            return True  # "plus de chars que l'Allemagne" ranks, and counts nothing
        particle = scope.nodes[scope.event.at + 1 : scope.event.at + 2]
        if (
            any(node.norm in self.sets["change_words"] for node in near if node not in particle)
            and scope.things[number].amount
        ):
            return True
        first = scope.event.at + 1 if scope.event.at < begin else scope.begin
        if number and any(
            node.verb and node.verb.tense == "ger" and node.verb.classes & {"amount_to", "comprise"}
            for node in scope.nodes[scope.things[number - 1].end : begin]
        ):
            return scope.things[number - 1].role == "given" and bool(scope.things[number].amount)
        return any(node.norm in self.sets["denying"] for node in near) or scope.finds("exchanged", first, begin)

    def _for_oneself(self, scope: Scope, number: int) -> bool:
        """Whether an amount is spent on the donor itself: "€51 billion on its own defence"."""
        thing, places = scope.things[number], scope.after(number)
        own = bool(thing.amount) and scope.finds("own_use", places.start, places.stop)
        return own and not scope.finds("in_kind", places.start, places.stop)

    def _recipients_own(self, scope: Scope, thing: Thing) -> bool:
        """Whether goods are Ukraine's already: "les Leopard 2 de l'armée ukrainienne"."""
        following = scope.nodes[thing.end : thing.end + 3]
        of = bool(following) and following[0].norm in self.sets["phrase_links"] & self.sets["owned_by"]
        return bool(thing.item) and of and any(n.keys[:1] == (UKRAINE,) and n.form != "a" for n in following)

    def _fits(self, scope: Scope, thing: Thing) -> bool:
        """Whether a thing can be given: people only by training them, what is Ukraine's only by mending it."""
        event = scope.event
        owned = any(node.form == "a" and node.keys[:1] == (UKRAINE,) for node in thing.nodes)
        people = self.words.head(thing.item) in self.sets["trainees"]
        owned = owned and not self._mended(scope, thing)
        if "train" in event.classes and thing.item:
            return people
        return not people and not owned

    def _mended(self, scope: Scope, thing: Thing) -> bool:
        """Whether goods are what a repair is of: "the repair in Poland of ten Ukrainian Leopard 2 tanks"."""
        done = scope.event.status == "financed" or "repair" in scope.event.classes
        return done and scope.finds("nominal_repair", scope.event.at + 1, thing.begin)

    # -- assertions ----------------------------------------------------------------------------------------------------

    def emitted(self, scope: Scope, rule: str) -> Iterator[Found]:
        """One finding for each thing of a scope that has a donor."""
        for thing in scope.things:
            if thing.role == "heading":
                self.thing = thing
                continue
            if thing.role == "frame" and not self._own_event(scope, thing):
                continue
            resolved = self._resolved(scope, thing)
            if resolved is None:
                continue
            resolved = self._part_of_last(scope, resolved)
            rows = [(donor,) for donor in resolved.donors] if resolved.each else [resolved.donors]
            for donors in rows if resolved.donors else ():
                of_each = replace(resolved, donors=donors) if resolved.each else resolved
                if found := self._found(scope, of_each, rule):
                    yield found
            self.thing = resolved
        if any(thing.donors for thing in scope.things):
            self.last = replace(scope.event, donors=scope.event.donors or scope.things[-1].donors)

    def _found(self, scope: Scope, thing: Thing, rule: str) -> Found | None:
        named = scope.event.recipient or thing.recipient
        recipient = named or UKRAINE
        donors = values(thing.donors)
        donors = [key for key in donors if key != recipient] if len(donors) > 1 else donors
        if recipient not in (UKRAINE, RUSSIA) and not self._about_the_war():
            return None  # arms trade between others
        if recipient in donors or ("buy" in scope.event.classes and named != UKRAINE and not thing.amount):
            return None  # what a state buys without a word of Ukraine is its own
        thing = _in_own_currency(thing, donors)
        if thing.amount.endswith(CROWNS):
            return None  # crowns of nobody knows which country
        nodes = [*thing.nodes, *thing.donors, scope.nodes[scope.event.at]]
        at = scope.event.at if scope.event.governor is None else scope.event.governor
        slots = _slots(thing, donors, recipient) | ({"hedged": True} if scope.event.hedged else {})
        return Found("aid", slots, f"aid/{rule}", scope.sentence.index, nodes, at)

    def _about_the_war(self) -> bool:
        """Whether a text names Ukraine."""
        return any(node.keys[:1] == (UKRAINE,) for s in self.reader.document.sentences for node in s.nodes)

    def _own_event(self, scope: Scope, thing: Thing) -> bool:
        return participle_event(self.reader, scope.sentence, thing.end, scope.end) is not None

    def _part_of_last(self, scope: Scope, thing: Thing) -> Thing:
        """A part of the amount told before: "dont 500 millions ont déjà été versés"."""
        words = self.sets["partitive"]
        follows = [node.norm in words for node in scope.nodes[thing.end : thing.end + 2]]
        partitive = scope.nodes[max(thing.begin - 1, 0)].norm in words or follows == [True, True]
        if not (partitive and thing.amount and self.thing and self.thing.amount) or thing.part_of:
            return thing
        if thing.role != "given" or scope.event.at < thing.begin:
            return thing
        return replace(thing, part_of=self.thing.amount, date=thing.date or self.thing.date)

    def _resolved(self, scope: Scope, thing: Thing) -> Thing | None:
        """A bare number with the goods told last: "Paris en a promis 12"."""
        if not thing.bare:
            return thing
        if self.thing is not None and self.thing.item:
            return replace(thing, item=self.thing.item, military=self.thing.military, category=self.thing.category)
        model = self._model_before(scope, thing)
        if model is None:
            return None
        return replace(thing, item=model.keys[0], military=True, category="military")

    def _model_before(self, scope: Scope, thing: Thing) -> Node | None:
        """The kind of equipment that the text named last before a thing."""
        before = [node for sentence in self.reader.document.sentences for node in sentence.nodes if node.tag == "Q"]
        start = scope.nodes[thing.begin].start
        return next((node for node in reversed(before) if node.start < start), None)


def _surpasses(following: Sequence[Node], more: frozenset[str], than: frozenset[str]) -> bool:
    """Whether "more than" or "de plus que" follows an amount."""
    words = [node.norm for node in following]
    return any(one in more and other in than for one, other in pairwise(words))


def _in_own_currency(thing: Thing, donors: list[str]) -> Thing:
    """Amounts of crowns in the currency of the one donor that has crowns; a whole in crowns of nobody is left out."""
    if not thing.amount.endswith(CROWNS) and not thing.part_of.endswith(CROWNS):
        return thing
    codes = {code for donor in donors if (code := national_currency(CROWNS, donor.removeprefix("state:")))}
    code = codes.pop() if len(codes) == 1 else CROWNS
    whole = thing.part_of.replace(CROWNS, code)
    return replace(thing, amount=thing.amount.replace(CROWNS, code), part_of="" if whole.endswith(CROWNS) else whole)


def _slots(thing: Thing, donors: list[str], recipient: str) -> dict[str, object]:
    slots: dict[str, object] = {"donor": donors, "recipient": [recipient]}
    optional = {
        "category": thing.category, "instrument": thing.instruments, "item": thing.item, "quantity": thing.quantity,
        "amount": thing.amount, "status": thing.status, "date": thing.date, "part_of_amount": thing.part_of,
        "approx": thing.approx,
    }  # fmt: skip
    return slots | {name: found for name, found in optional.items() if found}
