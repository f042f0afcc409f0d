"""Ranks of donors: "le troisième donateur", "the largest supplier of arms after …", told alone or beside a share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import status_of
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.words import Words
from kg.build.text.kinds.common import UKRAINE, Found, Reader, date_of, values, whole
from kg.build.text.nodes import phrase_at


def ranked_by(reader: Reader, clause: Clause) -> int | None:
    """The rank that the ordinal after a verb of ranking gives: "comes second", "arrive en tête"."""
    top = reader.has(clause.sentence, "at_top", clause.at + 1, clause.at + 2)
    if clause.verb.classes & {"rank", "be"} and top is not None:
        return 1
    after = clause.sentence.tagged("R", clause.at + 1, min(clause.at + 4, clause.end))
    between = clause.sentence.nodes[clause.at + 1 : after[0]] if after else ()
    if not after or "rank" not in clause.verb.classes or any(node.tag != "W" or node.norm == "," for node in between):
        return None
    return whole(clause.sentence.nodes[after[0]])


class Ranks:
    """Finds the ranks of donors in one sentence."""

    def __init__(self, reader: Reader, sentence: Sentence, words: Words, parties: Parties) -> None:
        self.reader = reader
        self.sentence = sentence
        self.nodes = sentence.nodes
        self.words = words
        self.parties = parties

    def about_aid(self) -> bool:
        """Whether the text so far is about aid, so that a part of a donor's product is too."""
        sentences = self.reader.document.sentences[: self.sentence.index + 1]
        if any(self.reader.has(sentence, name) is not None for sentence in sentences for name in ("aid", "donors")):
            return True
        return bool(self.sentence.tagged("M")) and any(status_of(verb.classes) for _, verb in self.sentence.verbs())

    def read(self) -> Iterator[Found]:
        """A donor's rank among the donors: "le troisième donateur", "the largest supplier of arms after …"."""
        last: Found | None = None
        for clause in self.reader.clauses[self.sentence.index]:
            if clause.verb.negative or clause.verb.passive:
                continue
            if found := self._of_clause(clause, last):
                last = found
                yield found
                yield from self._next_in_rank(clause, found)

    def _of_clause(self, clause: Clause, last: Found | None) -> Found | None:
        """The rank that a clause tells, or that it goes on with after another: "…; Tokyo est troisième"."""
        place = self.reader.has(self.sentence, "donors", clause.at, clause.end)
        among_others = self.reader.has(self.sentence, "including", clause.at, clause.end) is not None
        if place is None and not among_others and self.about_aid():
            place = self.reader.has(self.sentence, "rank_words", clause.at, clause.end)
        rank = self._rank(clause.at, place, clause.end) if place is not None else None
        rank = rank or (ranked_by(self.reader, clause) if self.about_aid() else None) or self._gives_most(clause)
        further = self.is_nth(clause) if last is not None and rank is None else None
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        if rank is None and further is None and (named := self._named_after(clause)):
            rank, subject = self._rank_in_front(clause), [named]
        rank = rank or further
        if rank is None or len(subject) != 1 or subject[0].keys[:1] == (UKRAINE,):
            return None
        found = self._ranked(clause, subject[0], rank)
        if further and last is not None and "category" in last.slots:
            found.slots.setdefault("category", last.slots["category"])
        return found

    def _gives_most(self, clause: Clause) -> int | None:
        """The first rank, of whoever gives the most aid: "a fourni le plus d'aide", "has given the most aid"."""
        place = self.reader.has(self.sentence, "the_most", clause.at + 1, clause.at + 3)
        gives = place is not None and status_of(clause.verb.classes)
        end = min((place or 0) + 5, clause.end)
        return 1 if gives and self.reader.has(self.sentence, "aid", place or 0, end) is not None else None

    def _next_in_rank(self, clause: Clause, first: Found) -> Iterator[Found]:
        """The donors that come next: "…, suivis de l'Allemagne et du Royaume-Uni", "… and Tokyo third"."""
        rank = first.slots["rank"]
        follows = self.reader.has(self.sentence, "next_in_rank", clause.at, clause.end)
        start = follows + self.reader.places(self.sentence, "next_in_rank")[follows] if follows is not None else 0
        row = list(self.parties.run(start)) if start and not self.sentence.tagged("MC", start, clause.end) else []
        for number, donor in enumerate(row, rank + 1):
            yield self._also_ranked(first, donor, number)
        for at in self.sentence.tagged("R", clause.at + 3, clause.end):
            donor, before = self.nodes[at - 1], self.nodes[at - 2].norm
            rank = whole(self.nodes[at])
            joined = before in self.reader.lexicon.union("list_break", "article")
            closed = at + 1 >= len(self.nodes) or not self.nodes[at + 1].norm[:1].isalnum()
            if rank and joined and closed and donor.is_party and donor.form != "a":
                yield self._also_ranked(first, donor, rank)

    def _also_ranked(self, first: Found, donor: Node, rank: int) -> Found:
        """A rank in the same order as another, of which it has the category and the date."""
        slots: dict[str, Any] = {"donor": values((donor,))[0], "rank": rank}
        slots |= {name: first.slots[name] for name in ("recipient", "category", "date") if name in first.slots}
        return Found("aid-share", slots, "aid-share/next-in-rank", self.sentence.index, [donor], first.at)

    def _rank_in_front(self, clause: Clause) -> int | None:
        """The rank that a subject without a name tells: "the third biggest supplier of arms is …"."""
        place = self.reader.has(self.sentence, "donors", clause.begin, clause.at)
        return self._rank(clause.begin, place, clause.at) if place is not None else None

    def _named_after(self, clause: Clause) -> Node | None:
        """The donor directly after "to be"."""
        here = clause.at + 1
        while here < clause.end and self.nodes[here].norm in self.reader.lexicon.sets["article"]:
            here += 1
        named = here < clause.end and "be" in clause.verb.classes and self.nodes[here].is_party
        return self.nodes[here] if named and self.nodes[here].form != "a" else None

    def _rank(self, begin: int, place: int, end: int) -> int | None:
        sets = self.reader.lexicon.sets
        for at in range(max(begin, place - 4), min(place + 3, end)):
            if self.nodes[at].tag == "R":
                return whole(self.nodes[at])
        near = self.nodes[max(begin, place - 3) : min(place + 3, end)]
        plural = any(node.norm in sets["one_of_several"] for node in self.nodes[begin:place])
        return 1 if any(node.norm in sets["largest"] for node in near) and not plural else None

    def _leading_dates(self) -> tuple[int, ...]:
        """The dates in front of the first verb of the sentence."""
        first = next((at for at, _ in self.sentence.verbs()), 0)
        return tuple(self.sentence.tagged("D", 0, first))

    def _ranked(self, clause: Clause, donor: Node, rank: int) -> Found:
        slots: dict[str, Any] = {"donor": values((donor,))[0], "recipient": UKRAINE, "rank": rank}
        category = self.words.category(self.nodes[clause.begin : clause.end])
        dates = self.sentence.tagged("D", clause.begin, clause.end) or self._leading_dates()
        behind: tuple[Node, ...] = ()
        for at in (clause.begin, *range(clause.at, clause.end)):
            length = phrase_at(self.nodes, at, self.reader.lexicon.words["behind"])
            if length and not behind:
                behind = tuple(node for node in self.parties.run(at + length) if node is not donor)
        optional = {
            "category": category, "behind": values(behind), "date": date_of(self.nodes[dates[0]]) if dates else "",
        }  # fmt: skip
        slots |= {name: found for name, found in optional.items() if found}
        nodes = [donor, self.nodes[clause.at], *behind]
        return Found("aid-share", slots, "aid-share/rank", self.sentence.index, nodes, clause.at)

    def beside(self, clause: Clause) -> int | None:
        """The rank that is told together with a share: "with 8 % of the aid, it ranks third"."""
        place = self.reader.has(self.sentence, "donors", clause.at, clause.end)
        place = self.reader.has(self.sentence, "rank_words", clause.at, clause.end) if place is None else place
        if (
            rank := ranked_by(self.reader, clause)
            or self.is_nth(clause)
            or (self._rank(clause.at, place, clause.end) if place is not None else None)
        ):
            return rank
        place = self.reader.has(self.sentence, "donors", 0, clause.at)
        return self._rank(0, place, clause.at) if place is not None else None

    def is_nth(self, clause: Clause) -> int | None:
        """The rank in "Lithuania, with 1.8%, is third": an ordinal that stands alone after "to be"."""
        nodes, here = self.nodes, clause.at + 1
        if here < len(nodes) and nodes[here].norm in self.reader.lexicon.sets["article"]:
            here += 1
        if here >= len(nodes) or nodes[here].tag != "R" or "be" not in clause.verb.classes:
            return None
        alone = here + 1 >= len(nodes) or nodes[here + 1].norm in (",", ".", ";", ")")
        return whole(nodes[here]) if alone else None
