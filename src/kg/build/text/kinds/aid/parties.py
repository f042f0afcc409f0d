"""Who gives and who receives: recipients named in the text, donors that change within a sentence, helpers."""

from __future__ import annotations

from collections.abc import Container

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import status_of
from kg.build.text.kinds.common import RUSSIA, UKRAINE, Reader
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import run_ending, run_starting


class Parties:
    """Finds donors and recipients in one sentence."""

    def __init__(self, reader: Reader, sentence: Sentence) -> None:
        self.reader = reader
        self.sentence = sentence
        self.nodes = sentence.nodes
        self.sets = reader.lexicon.sets
        self.words = reader.lexicon.words

    # -- recipients ----------------------------------------------------------------------------------------------------

    def recipient(self, begin: int, end: int, donors: Container[str]) -> str:
        """The state that something is given to within a range, other than the donors."""
        found = ""
        for at in self.sentence.tagged("S", begin, end):
            node = self.nodes[at]
            if node.form == "a" or node.keys[0] in donors:
                continue
            if self._supplied(at) or (self._given_to(at) and self._can_receive(node)):
                if node.keys[0] == UKRAINE:
                    return UKRAINE
                found = found or node.keys[0]
        return found

    def _apposed(self, comma: int) -> bool:
        """Whether a noun that a comma and a name follow is given something: "to its eastern neighbour, Russia"."""
        nouns = self.sets["neighbour"] | self.sets["ally"] | self.sets["polity"]
        opening = range(comma - 2, max(comma - 5, -1), -1)
        given = any(self.nodes[at].norm in self.sets["gives_to"] for at in opening)
        return given and any(node.norm in nouns for node in self.nodes[max(comma - 2, 0) : comma])

    def _can_receive(self, node: Node) -> bool:
        return node.form != "c" or node.keys[0] in (UKRAINE, RUSSIA)

    def _given_to(self, at: int) -> bool:
        before = self.before(at)
        if before > 1 and self.nodes[before].norm == "," and self._apposed(before):
            return True
        if before < 0 or phrase_at(self.nodes, before - 1, self.words["attribution"]) > 1:
            return False  # "according to Kyiv" gives Kyiv nothing
        starts = range(max(before - 2, 0), before)
        if any(start + phrase_at(self.nodes, start, self.words["behind"]) > before for start in starts):
            return False  # nor does "second only to Washington" Washington
        verb = self.nodes[before].verb
        if self.reader.lexicon.lang == "en" and verb and before == at - 1:
            return bool(status_of(verb.classes))
        return self.nodes[before].norm in self.sets["gives_to"]

    def before(self, at: int) -> int:
        """The place of what stands before an entity and its article."""
        here = at - 1
        articles = self.sets["article"]
        while here >= 0 and self.nodes[here].norm in articles and self.nodes[here].norm != "des":
            here -= 1
        return here

    # -- donors --------------------------------------------------------------------------------------------------------

    def run(self, at: int) -> tuple[Node, ...]:
        """The states and organisations of the coordination that begins at a place."""
        indices = run_starting(self.reader.document, self.sentence, at)
        return tuple(self.nodes[i] for i in indices if self.nodes[i].is_party and self.nodes[i].form != "a")

    def switch(self, begin: int, thing_begin: int) -> tuple[Node, ...]:
        """The donors that a sentence turns to before a thing, without a verb: "…, la Croatie quatorze Mi-8"."""
        stop = thing_begin
        for at in range(thing_begin - 1, begin - 1, -1):
            node = self.nodes[at]
            if node.verb and node.verb.tense == "ger" and node.verb.classes & {"complete", "deliver", "pledge"}:
                stop = at
            elif node.verb:
                return ()
            if self._receives(at):
                stop = at
                continue
            if node.is_party and (node.form != "a" or self._the_people(at)):
                if self._by_whom(at):
                    return ()
                return self._row(at, begin) if self._turns(at, begin, stop) else ()
        return ()

    def _by_whom(self, at: int) -> bool:
        """Whether a donor is the last of those after "par" or "by": "fournis par A, B et C, 100 chars …"."""
        first = run_ending(self.sentence, at)[0]
        return self.nodes[self.before(first)].norm in self.sets["by_words"] if self.before(first) >= 0 else False

    def _the_people(self, at: int) -> bool:
        """Whether an English adjective stands for a people: "…, the British NLAWs"."""
        return self.reader.lexicon.lang == "en" and at > 1 and self.nodes[at - 1].norm in self.sets["article"]

    def _receives(self, at: int) -> bool:
        """Whether a state between a verb and its object only receives: "ayant fourni à la Russie des drones"."""
        node = self.nodes[at]
        if self._supplied(at):
            return True
        return node.tag == "S" and node.form != "a" and self._can_receive(node) and self._given_to(at)

    def _supplied(self, at: int) -> bool:
        """Whether a party is the object of a verb whose gift "with" tells: "supplied Prague with 14 tanks"."""
        verb = self.nodes[at - 1].verb if at else None
        following = self.nodes[at + 1].norm if at + 1 < len(self.nodes) else ""
        gives = verb is not None and not verb.passive and bool(status_of(verb.classes))
        return gives and self.nodes[at].is_party and following in self.sets["with"]

    def _row(self, at: int, begin: int) -> tuple[Node, ...]:
        """A donor with those coordinated before it by "et", as in "puis la Suède et la Norvège 3 milliards"."""
        row = [self.nodes[at]]
        here = at
        while (joint := self.before(here)) > begin and self.nodes[joint].norm in self.sets["and"]:
            if not (self.nodes[joint - 1].is_party and self.nodes[joint - 1].form != "a"):
                break
            here = joint - 1
            row.insert(0, self.nodes[here])
        return tuple(row)

    def _turns(self, at: int, begin: int, thing_begin: int) -> bool:
        gap = [node.norm for node in self.nodes[at + 1 : thing_begin] if not node.verb and node.tag not in "SD"]
        if not all(self._small(word) for word in gap):
            return False
        before = self.before(at)
        bracketed = gap[:1] == ["("] or self.nodes[before].norm == "("
        if before < begin:
            return before < 0 or self.nodes[before].tag != "V" or bool(gap)
        node = self.nodes[before]
        if bracketed:
            return node.norm not in self.sets["gives_to"]
        if node.norm in self.sets["owned_by"] and before > begin:
            return self.nodes[before - 1].norm in self.sets["that_of"]
        return node.norm in self.sets["turns"] or node.norm in self.sets["and"]

    def _small(self, word: str) -> bool:
        """Whether a word may stand between a donor and a figure: "l'Espagne une aide humanitaire de 100 millions"."""
        names = ("gap", "aid", "package", "additional", "humanitarian", "military", "financial", "loan", "grant")
        return any(word in self.sets[name] for name in names)

    def on_behalf(self, begin: int, end: int) -> tuple[Node, ...]:
        """The donors named after a figure: "64 milliards pour les États-Unis", "€17bn from Germany"."""
        for at in range(begin, end):
            node = self.nodes[at]
            if node.norm in (",", ";") or node.verb:
                return ()
            if node.is_party and node.form != "a" and node.keys[:1] != (UKRAINE,):
                return self.run(at) if self.nodes[self.before(at)].norm in self.sets["on_behalf"] else ()
        return ()

    def compared(self, begin: int, thing_begin: int, thing_end: int) -> tuple[Node, ...]:
        """The donors of an amount told for comparison: "contre 64,6 milliards pour les États-Unis"."""
        if self.reader.has(self.sentence, "compared", begin, thing_begin) is None:
            return ()
        return self.on_behalf(thing_end, min(thing_end + 6, len(self.nodes)))

    def helpers(self, begin: int, end: int) -> tuple[Node, ...]:
        """Those with whom a donor gives: "avec le concours de", "alongside"."""
        found: list[Node] = []
        after = begin
        for at, length in self.reader.places(self.sentence, "helped_by").items():
            if not after <= at < end:
                continue
            row = run_starting(self.reader.document, self.sentence, at + length)
            if row and row[0] - at - length <= 3:
                found += [self.nodes[i] for i in row if self.nodes[i].is_party and self.nodes[i].form != "a"]
            after = at + length
        return tuple(found)

    def owners(self, begin: int, end: int) -> tuple[Node, ...]:
        """Whose aid a range is about: "l'aide de l'Allemagne", "l'aide allemande", "German aid", "Japan's pledges"."""
        found = []
        for at in self.sentence.tagged("SOG", begin, end):
            node = self.nodes[at]
            if node.keys[:1] == (UKRAINE,):
                continue
            before = self.before(at)
            owned = before < begin or self.nodes[before].norm in self.sets["owned_by"]
            if node.form == "a" or owned or self.nodes[min(at + 1, end, len(self.nodes) - 1)].norm == "'s":
                found.append(node)
        return tuple(found)

    def source(self, begin: int, end: int) -> tuple[Node, ...]:
        """Those from whom something is received: "a reçu de l'Allemagne", "received from the IMF"."""
        for at, length in self.reader.places(self.sentence, "received_from").items():
            if begin <= at and at + length < end and (row := self.run(at + length)):
                first = self.nodes[at + length]
                if first.is_party or first.norm in self.sets["article"]:
                    return row
        return ()
