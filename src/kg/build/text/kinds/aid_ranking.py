"""Kind `aid-ranking`: which donor has given more than which other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.build.text.clauses import Clause
from kg.build.text.document import Node
from kg.build.text.kinds.aid_events import status_of
from kg.build.text.kinds.aid_parties import Parties
from kg.build.text.kinds.aid_words import Words
from kg.build.text.kinds.common import Found, Reader, date_of, values
from kg.build.text.nodes import phrase_at


def read(reader: Reader) -> Iterator[Found]:
    """The rankings of donors that a text states."""
    ranking = Rankings(reader)
    for clause in reader.all_clauses():
        yield from ranking.overtaking(clause)
        yield from ranking.ahead(clause)
        yield from ranking.compared(clause)


class Rankings:
    """Finds who is ahead of whom, where the text is about aid."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.words = Words(reader.lexicon)

    def overtaking(self, clause: Clause) -> Iterator[Found]:
        """A donor overtakes another, or is overtaken by it."""
        if not clause.verb.classes & {"overtake", "trail"} or clause.verb.negative or not self._about_aid(clause):
            return
        parties = Parties(self.reader, clause.sentence)
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        subject = subject or list(parties.owners(clause.begin, clause.at))
        if clause.verb.passive:
            ahead, behind = [node for node in clause.nodes(clause.agent) if node.is_party], subject
        else:
            ahead, behind = subject, list(parties.run(self._object(clause)))
            if "trail" in clause.verb.classes:
                ahead, behind = behind, ahead
        yield from self._found(clause, ahead, behind, "overtaking")

    def _object(self, clause: Clause) -> int:
        """Where the object of a verb begins, after "désormais" or "celle de"."""
        sets = self.reader.lexicon.sets
        skipped = sets["between"] | sets["that_of"] | sets["owned_by"] | sets["article"] | sets["adverbs"]
        at = clause.at + 1
        while at < clause.end and clause.sentence.nodes[at].norm in skipped:
            at += 1
        return at

    def ahead(self, clause: Clause) -> Iterator[Found]:
        """A donor stands ahead of another or behind it."""
        if clause.verb.negative or not self._about_aid(clause):
            return
        nodes = clause.sentence.nodes
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        parties = Parties(self.reader, clause.sentence)
        sets = self.reader.lexicon.sets
        ranked = self.reader.has(clause.sentence, "donors", clause.at, clause.end) is not None
        for at in range(clause.at + 1, clause.end):
            for name, first in (("ahead", True), ("behind", False)):
                length = phrase_at(nodes, at, self.reader.lexicon.words[name])
                row = list(parties.run(at + length)) if length else []
                row = [node for node in row if not self._has_share(clause, node)]
                if not first and (clause.sentence.tagged("C") or nodes[at].norm in sets["later"]):
                    continue  # a share of its own says who is ahead of it; "après" is as often a time
                if not row or (not first and ranked):
                    continue
                yield from self._found(clause, *((subject, row) if first else (row, subject)), "ahead")
                return

    def _has_share(self, clause: Clause, party: Node) -> bool:
        """Whether a donor has a share of its own: "devant Tokyo (9 %)"."""
        nodes = clause.sentence.nodes
        at = nodes.index(party)
        return any(node.tag == "C" for node in nodes[at + 1 : at + 3])

    def compared(self, clause: Clause) -> Iterator[Found]:
        """A donor gives more, or less, than another: "a versé deux fois plus d'aide que la France"."""
        nodes = clause.sentence.nodes
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        if clause.verb.negative or not status_of(clause.verb.classes) or not self._about_aid(clause):
            return
        for at in range(clause.at + 1, clause.end):
            more, less = (nodes[at].norm in self.reader.lexicon.sets[name] for name in ("more_words", "less_words"))
            row = self._after_than(clause, at) if more or less else []
            if row:
                yield from self._found(clause, *((subject, row) if more else (row, subject)), "compared")
                return

    def _after_than(self, clause: Clause, at: int) -> list[Node]:
        """The donors after "que" or "than" within a few words."""
        sets = self.reader.lexicon.sets
        nodes = clause.sentence.nodes
        than = next((i for i in range(at + 1, min(at + 8, clause.end)) if nodes[i].norm in sets["more_than"]), None)
        if than is None or any(node.verb for node in nodes[at:than]):
            return []
        here = than + 1
        while here < clause.end and nodes[here].norm in sets["article"]:
            here += 1
        party = here < clause.end and nodes[here].is_party and nodes[here].form != "a"
        return list(Parties(self.reader, clause.sentence).run(here)) if party else []

    def _about_aid(self, clause: Clause) -> bool:
        """Whether the sentence, or for want of a topic the text before it, is about aid."""
        begin, index = 0, clause.sentence.index
        sentences = self.reader.document.sentences[: index + 1]
        names = ("aid", "aid_topic", "donors")
        return any(self.reader.has(sentence, name, begin) is not None for sentence in sentences for name in names)

    def _found(self, clause: Clause, ahead: Sequence[Node], behind: Sequence[Node], rule: str) -> Iterator[Found]:
        nodes = clause.sentence.nodes
        own = [node for node in nodes[clause.begin : clause.end] if node.tag == "W"]
        category = self.words.category(own) or self.words.category([node for node in nodes if node.tag == "W"])
        dates = clause.sentence.tagged("D")
        first = self.reader.has(clause.sentence, "first_time") is not None
        for one in values(ahead):
            for other in values(behind):
                slots: dict[str, Any] = {"ahead": one, "behind": other}
                if category:
                    slots["category"] = category
                if first:
                    slots["first_time"] = True
                if dates and not self._begins_war(nodes[dates[0]]):
                    slots["date"] = date_of(nodes[dates[0]])
                evidence = [*ahead, *behind, nodes[clause.at]]
                yield Found("aid-ranking", slots, f"aid-ranking/{rule}", clause.sentence.index, evidence, clause.at)

    def _begins_war(self, node: Node) -> bool:
        return date_of(node).endswith("/..")
