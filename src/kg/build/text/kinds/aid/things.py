"""What is given: amounts of money, and equipment or other goods with their quantities, in the order of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.words import Words
from kg.build.text.kinds.common import plain, whole

_MILLION = 1_000_000

CROWNS = "crown"
"""Stands for the currency in an amount of crowns whose country the text leaves to the donor."""


@dataclass(slots=True)
class Thing:
    """An amount or some goods, with the range of nodes that names it, and what its surroundings say of it.

    ``role``: "given"; "part" of the amount before it; "other", told of another donor for comparison; "frame", the
    larger amount that what precedes it is taken from; "whole", the goods out of which some are given; "heading", what
    only announces a list. ``each``: whether every donor gives as much.
    """

    begin: int
    end: int
    item: str = ""
    quantity: int | None = None
    amount: str = ""
    approx: str | None = None
    military: bool = False
    role: str = "given"
    bare: bool = False
    designation: bool = False
    nodes: list[Node] = field(default_factory=list)
    donors: tuple[Node, ...] = ()
    status: str = ""
    date: str = ""
    category: str = ""
    instruments: list[str] = field(default_factory=list)
    part_of: str = ""
    recipient: str = ""
    each: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: its end, its words, its kind of equipment if it names one, whether its head is a known good."""

    end: int
    text: str
    key: str
    known: bool
    nodes: tuple[Node, ...]


class Scanner:
    """Finds the things in a range of one sentence; ``goods`` tells whether it has a word for goods at all."""

    def __init__(self, words: Words, sentence: Sentence, *, goods: bool) -> None:
        self.words = words
        self.nodes = sentence.nodes
        self.sentence = sentence
        self._beginnings = [
            at for at, node in enumerate(self.nodes) if node.tag in "NMQ" or (goods and self._may_begin(at))
        ]
        self._phrases: dict[tuple[int, int], Phrase | None] = {}

    def things(self, begin: int, end: int, *, loose: bool = False) -> list[Thing]:
        """The things of a range; ``loose`` also takes counted goods that no word class holds."""
        found: list[Thing] = []
        after = begin
        for at in self._beginnings:
            if at < after:
                continue
            if at >= end:
                break
            thing = self._thing(at, end, found, loose=loose)
            if thing is None:
                continue
            if self._purpose(thing, found):
                found[-1].end = thing.end
            elif not self._restated(thing, found):
                found.append(thing)
            after = thing.end
        if not found:
            return found
        for thing in found:
            if self._heading(thing, found):
                thing.role = "heading"
        return self._completed(found)

    def _may_begin(self, at: int) -> bool:
        node = self.nodes[at]
        made = node.form == "a" and self.words.lexicon.lang == "en"  # "trained Ukrainian pilots"
        return (node.tag in "WX" or made) and self.words.opens_phrase(self.nodes, at)

    def _thing(self, at: int, end: int, found: Sequence[Thing], *, loose: bool) -> Thing | None:
        node = self.nodes[at]
        if node.tag == "N" and (crowns := self._crowns(at, end)):
            return self._money(at, end, found, crowns)
        if node.tag == "M" or (node.tag == "N" and self._is_money(at, end)):
            return self._money(at, end, found)
        if node.tag == "N":
            return self._counted(at, end, loose=loose)
        return self._uncounted(at, end)

    def _is_money(self, at: int, end: int) -> bool:
        """Whether a bare number is an amount in the currency named before or after: "12 des 50 milliards d'euros"."""
        reading = self.nodes[at].reading
        if reading is None or not (reading.elided or reading.number >= _MILLION) or self._counts(at, end):
            return False
        alone = self.words.ends_quantity(self.nodes, at + 1)
        return bool(reading.elided) or (alone and bool(self._currency_after(at)) and not self._counts_of(at, end))

    def _currency_after(self, at: int) -> str:
        following = next((node for node in self.nodes[at + 1 : at + 6] if node.tag in "MNQ"), None)
        money = following is not None and following.tag == "M" and following.reading is not None
        return following.reading.text.split()[1] if money and following and following.reading else ""

    def _counts(self, at: int, end: int) -> bool:
        phrase = self.phrase(self._after_number(at), end)
        return phrase is not None and phrase.known and self.nodes[at + 1].norm not in self.words.sets["for_use"]

    def _counts_of(self, at: int, end: int) -> bool:
        """Whether a number counts goods that directly follow its preposition: "un million d'obus"."""
        of = at + 1 < end and self.nodes[at + 1].norm in self.words.sets["genitive"]
        phrase = self.phrase(at + 2, end) if of else None
        return phrase is not None and phrase.known

    def _crowns(self, at: int, end: int) -> int:
        """Where an amount of crowns ends, whose currency only the donor tells; 0 if it is none."""
        if self.words.sets["crowns"].isdisjoint(self.sentence.standing):
            return 0
        if self._goes_on_in_crowns(at) and self.words.ends_quantity(self.nodes, at + 1):
            return at + 1
        name = at + 1 + (at + 1 < end and self.nodes[at + 1].norm in self.words.sets["phrase_links"])
        return name + 1 if name < end and self.nodes[name].norm in self.words.sets["crowns"] else 0

    def _goes_on_in_crowns(self, at: int) -> bool:
        """Whether a large bare number follows an amount of crowns: "75 milliards de couronnes, … 50 milliards"."""
        reading = self.nodes[at].reading
        last = next((i for i in range(at - 1, -1, -1) if self.nodes[i].tag in "NMQ"), None)
        large = reading is not None and reading.number >= _MILLION
        return large and last is not None and any(n.norm in self.words.sets["crowns"] for n in self.nodes[last:at][:3])

    # -- money ---------------------------------------------------------------------------------------------------------

    def _money(self, at: int, end: int, found: Sequence[Thing], crowns: int = 0) -> Thing:
        node = self.nodes[at]
        assert node.reading is not None  # nodes of these tags have one
        amount = node.reading.elided or node.reading.text
        if crowns:
            amount = f"{node.reading.text} {CROWNS}"
        elif node.tag == "N" and not node.reading.elided:
            amount = f"{amount} {self._currency_after(at)}"
        thing = Thing(at, crowns or at + 1, amount=amount, approx=node.reading.approx, nodes=[node])
        thing.role = self._role(at, found[-1].end if found else 0)
        if phrase := self._content(thing, thing.end, end):
            self._fill(thing, phrase)
        return thing

    def _content(self, thing: Thing, at: int, end: int) -> Phrase | None:
        """The goods that an amount is worth of, or is given to buy: "52 millions d'euros de munitions"."""
        here = at
        while here < end and self.words.links_content(self.nodes, here):
            here += 1
        if at < here < end and self.nodes[here].tag == "N" and self._counts(here, end):
            thing.quantity = whole(self.nodes[here])
            here = self._after_number(here)
        phrase = self.phrase(here, end)
        return phrase if phrase and phrase.known and here > at else None

    def spent(self, thing: Thing, begin: int, end: int) -> None:
        """Give an amount the goods that it buys, told after the verb: "1,3 Md€ seront alloués à l'achat de drones"."""
        here = begin
        while here < end and (self.nodes[here].tag == "D" or self.words.leads_to_use(self.nodes[here])):
            here += 1
        phrase = self.phrase(here, end)
        if phrase is not None and phrase.known and here > begin:
            thing.instruments = self.words.instruments(self.nodes[begin:here], money=True)
            self._fill(thing, Phrase(thing.end, phrase.text, phrase.key, True, phrase.nodes))

    # -- goods ---------------------------------------------------------------------------------------------------------

    def _after_number(self, at: int) -> int:
        """Where what a number counts begins; of "two of the eight promised NASAMS", after both numbers."""
        here = at + 1
        while here < len(self.nodes) and self.words.after_number(self.nodes[here]):
            here += 1
        if at + 1 < here < len(self.nodes) and self.nodes[here].tag == "N":
            here += 1
            verb = self.nodes[here].verb if here < len(self.nodes) else None
            return here + (verb is not None and verb.tense == "pp")
        return here

    def _counted(self, at: int, end: int, *, loose: bool) -> Thing | None:
        node = self.nodes[at]
        quantity = whole(node)
        if quantity is None or quantity == 0 or self.words.not_counted(self.nodes, at):
            return None
        here = self._after_number(at)
        thing = Thing(at, max(here, at + 1), quantity=quantity, nodes=[node])
        thing.approx = self._approx(at)
        phrase = self.phrase(here, end)
        if phrase is not None and all(part.form == "a" and part.tag == "S" for part in phrase.nodes):
            return None  # "dont trois britanniques" names no goods
        if phrase is None:
            thing.bare = any(self.words.ends_quantity(self.nodes, i) for i in (at + 1, here))
            thing.end = at + 1
            return thing if thing.bare else None
        sized = self.words.sized(phrase.text) and self.words.head(phrase.text) not in self.words.sets["item"]
        named = any(node.tag == "Q" for node in self.nodes[:at]) or sized
        if named and (self.words.generic(phrase.text) or sized):
            thing.bare, thing.end = True, phrase.end
            return thing
        if not (phrase.known or loose) or self.words.uncountable(self.nodes, here):
            return None
        thing.designation = self.words.designates(self.nodes[here])
        self._fill(thing, phrase)
        return thing

    def _approx(self, at: int) -> str | None:
        """How a number is qualified; the "over" of "handed over 14" belongs to the verb."""
        reading = self.nodes[at].reading
        approx = reading.approx if reading else None
        verb = self.nodes[at - 1].verb if at else None
        return None if verb and "phrasal_deliver" in verb.classes and approx == "more-than" else approx

    def _uncounted(self, at: int, end: int) -> Thing | None:
        phrase = self.phrase(at, end)
        if phrase is None or not phrase.known or self._share_of(at) or self._packaged(at, phrase):
            return None
        thing = Thing(at, phrase.end, quantity=1 if self._single(at, phrase) else None)
        self._fill(thing, phrase)
        return thing

    def _single(self, at: int, phrase: Phrase) -> bool:
        """Whether an indefinite article in the singular counts one: "une batterie Patriot", "un troisième système"."""
        words = " ".join(node.norm for node in self.words.trimmed(phrase.nodes) if node.tag == "W")
        if words and self.words.head(words) not in self.words.sets["item"]:
            return False  # "une cargaison de drones" is not one drone
        if self._sole(at, phrase):
            return True
        here = at - 1
        while here > 0 and (self.nodes[here].tag == "R" or self.nodes[here].norm in self.words.sets["additional"]):
            here -= 1
        return here >= 0 and self.nodes[here].norm in self.words.sets["one_article"]

    def _sole(self, at: int, phrase: Phrase) -> bool:
        """Whether goods are told to be the only ones of their donor: "its only battery", "son unique patrouilleur"."""
        owned = self.words.lexicon.union("article", "possessives")
        near = [self.nodes[i] for i in (at - 1, at) if i > 0 and self.nodes[i - 1].norm in owned]
        plural = phrase.text.endswith(("s", "x")) or any(node.text.endswith("s") for node in phrase.nodes[-1:])
        return not plural and any(node.norm in self.words.sets["sole"] for node in near)

    def _packaged(self, at: int, phrase: Phrase) -> bool:
        """Whether goods only say what a package is of: "un ensemble d'armements"."""
        of = at > 1 and self.nodes[at - 1].norm in self.words.sets["phrase_links"]
        return of and not phrase.key and self.nodes[at - 2].norm in self.words.sets["package"]

    def _share_of(self, at: int) -> bool:
        """Whether goods are the whole that a percentage is taken from: "30 % des munitions"."""
        here = at - 1
        small = self.words.lexicon.union("article", "of", "possessives")
        while here > 0 and self.nodes[here].norm in small:
            here -= 1
        return here >= 0 and here < at - 1 and self.nodes[here].tag == "C"

    def _fill(self, thing: Thing, phrase: Phrase) -> None:
        thing.item = phrase.key or phrase.text
        thing.end = phrase.end
        thing.nodes += phrase.nodes
        thing.military = bool(phrase.key) or self.words.category(phrase.nodes) == "military"

    def phrase(self, at: int, end: int) -> Phrase | None:
        """The noun phrase that begins at a place: its model if it names one, else its words."""
        if (at, end) not in self._phrases:
            self._phrases[at, end] = self._phrase(at, end)
        return self._phrases[at, end]

    def _phrase(self, at: int, end: int) -> Phrase | None:
        here = at
        while here < end and self.words.continues_phrase(self.nodes, here, at, end):
            here += 1
        inner = self.nodes[at:here]
        if not inner:
            return None
        model = next((node for node in inner if node.tag == "Q"), None) or self._in_brackets(here, end)
        close = here + 3 if model and model not in inner else here
        kept = self.words.trimmed(inner)
        if not kept:
            return None
        text = plain(" ".join(node.text for node in kept)).replace("' ", "'")
        known = model is not None or self.words.names_goods(kept)
        return Phrase(close, text, model.keys[0] if model else "", known, tuple(inner))

    def _in_brackets(self, at: int, end: int) -> Node | None:
        """The model in "31 chars (M1 Abrams)"."""
        inside = self.nodes[at : at + 3] if at + 3 <= end else ()
        if len(inside) == 3 and inside[0].norm == "(" and inside[1].tag == "Q" and inside[2].norm == ")":
            return inside[1]
        return None

    # -- what stands between -------------------------------------------------------------------------------------------

    def _restated(self, thing: Thing, found: Sequence[Thing]) -> bool:
        """Whether an amount only gives the one before it in another currency, or a model the name before it."""
        if not found:
            return False
        last = found[-1]
        between = self.nodes[last.end : thing.begin]
        if thing.amount and last.amount and thing.role == "given":
            gap = [node.norm for node in between if node.norm != ","]
            same = thing.amount.split()[1] == last.amount.split()[1]
            return not same and (gap[:1] == ["("] or self.words.restates(self.nodes, last.end, thing.begin))
        bracket = len(between) == 1 and between[0].norm in ("(", "/")
        return bool(bracket and thing.item and (thing.item == last.item or not thing.quantity))

    def _heading(self, thing: Thing, found: Sequence[Thing]) -> bool:
        """Whether goods without a figure only announce a list: "des missiles de croisière : Scalp pour …"."""
        if thing.amount or thing.quantity is not None or thing is found[-1]:
            return False
        following = found[found.index(thing) + 1]
        between = self.nodes[thing.end : following.begin]
        listed = any(node.norm == ":" for node in between) and not any(node.verb for node in between)
        return listed and not self._numbered(thing, following)

    def _purpose(self, thing: Thing, found: Sequence[Thing]) -> bool:
        """Whether goods only say what those before them are for: "munitions pour HIMARS", "pilotes formés sur F-16"."""
        if not found or not thing.item or found[-1].amount or (thing.quantity or 1) > 1:
            return False
        gap = [node.norm for node in self.nodes[found[-1].end : thing.begin] if not node.verb]
        small = self.words.sets["article"] | self.words.sets["phrase_links"]
        return bool(gap) and gap[0] in self.words.sets["meant_for"] and all(word in small for word in gap[1:])

    def _role(self, at: int, floor: int) -> str:
        if self.words.framed(self.nodes, floor, at):
            return "frame"
        return "given"

    def _completed(self, found: list[Thing]) -> list[Thing]:
        """Join the value of goods to them, and give a bare number the goods that the next one counts."""
        out: list[Thing] = []
        for thing in found:
            last = out[-1] if out else None
            alone = last is not None and (len(out) == 1 or out[-2].amount != "" or self._apart(out[-2], last))
            if last and alone and self._valued(last, thing):
                last.amount, last.end = thing.amount, thing.end
                last.approx = last.approx if last.quantity is not None else thing.approx
                last.nodes += thing.nodes
                continue
            if last and self._totality(last, thing):
                out[-1] = thing
                continue
            if last and len(out) == 1 and self._worth_before(last, thing):
                thing.amount, thing.nodes = last.amount, [*last.nodes, *thing.nodes]
                out[-1] = thing
                continue
            if last and self._numbered(last, thing):
                last.quantity, last.approx = thing.quantity, thing.approx
                last.nodes += thing.nodes
                continue
            if last and self._priced(last, thing):
                last.item, last.military, last.end = thing.item, thing.military, thing.end
                last.nodes += thing.nodes
                continue
            out.append(thing)
        for thing, following in zip(out[-2::-1], out[:0:-1], strict=True):
            if thing.bare and following.item and following.quantity is not None and self._joined(thing, following):
                thing.item, thing.military, thing.bare = following.item, following.military, False
            if self._of_them(thing, following):
                following.quantity, following.approx = thing.quantity, thing.approx
                out.remove(thing)
            elif following.designation and self._joined(thing, following):
                following.military = thing.military
        return out

    def _of_them(self, thing: Thing, following: Thing) -> bool:
        """Whether a bare number counts the kind named next: "six helicopters, two of them Mi-17s"."""
        counted = thing.bare and bool(following.item) and following.quantity is None and not following.amount
        between = self.nodes[thing.begin + 1 : following.begin]
        return counted and len(between) <= 3 and self.words.finds("of_it", between, 0, len(between))

    def _totality(self, last: Thing, thing: Thing) -> bool:
        """Whether counted goods after a comma are the whole stock told before: "its entire tank fleet, 31 T-72s"."""
        counted = bool(thing.item) and thing.quantity is not None and not thing.amount
        stock = bool(last.item) and last.quantity is None and not last.amount
        kinds = any(node.norm in self.words.sets["collective_goods"] for node in last.nodes)
        apposed = [node.norm for node in self.nodes[last.end : thing.begin]]
        return counted and stock and kinds and apposed[:1] in ([","], [":"], ["("], ["–"], ["—"]) and len(apposed) <= 2

    def _worth_before(self, last: Thing, thing: Thing) -> bool:
        """Whether an amount in front is the worth of the goods after the comma: "d'une valeur de M, deux radars"."""
        gap = [node.norm for node in self.nodes[last.end : thing.begin]]
        bare = bool(last.amount) and not last.item and bool(thing.item) and not thing.amount
        fronted = self.words.worth(self.nodes, max(last.begin - 5, 0), last.begin)
        small = all(word in self.words.sets["article"] for word in gap[1:])
        return bare and fronted and gap[:1] == [","] and small

    def _valued(self, last: Thing, thing: Thing) -> bool:
        """Whether an amount is the value of the goods before it: "18 obusiers, pour un montant de …"."""
        bare = bool(thing.amount) and not thing.item and bool(last.item) and not last.amount
        between = [node for node in self.nodes[last.end : thing.begin] if node.tag != "S" and node.norm != ","]
        gap = [node.norm for node in between if node.verb is None or "buy" not in node.verb.classes]
        price = bool(gap) and gap[-1] in self.words.sets["price_for"] and all(self.words.small(word) for word in gap)
        return bare and (price or self.words.worth(self.nodes, last.end, thing.begin))

    def _numbered(self, last: Thing, thing: Thing) -> bool:
        """Whether a number after a colon counts the goods before it: "forme des soldats : plus de 45 000"."""
        between = self.nodes[last.end : thing.begin]
        counted = any(node.norm == ":" for node in between) and not any(node.is_party for node in between)
        return thing.bare and bool(last.item) and last.quantity is None and counted

    def _priced(self, last: Thing, thing: Thing) -> bool:
        """Whether an inserted amount is the price of the goods after it: "le financement, à hauteur de M, d'armes"."""
        gap = [node.norm for node in self.nodes[last.end : thing.begin]]
        goods = bool(thing.item) and not thing.amount and thing.quantity is None
        small = self.words.sets["phrase_links"] | self.words.sets["article"]
        inserted = len(gap) == 2 and gap[0] == "," and gap[1] in small
        return bool(last.amount) and not last.item and goods and inserted

    def _joined(self, one: Thing, other: Thing) -> bool:
        return all(self.words.joins(node) for node in self.nodes[one.end : other.begin])

    def _apart(self, one: Thing, other: Thing) -> bool:
        return any(node.verb or node.norm in (";", ":") for node in self.nodes[one.end : other.begin])
