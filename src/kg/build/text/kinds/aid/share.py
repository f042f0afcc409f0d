"""Kind `aid-share`: which part of the aid comes from a donor, what part of its own product it gives, or its rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import status_of
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.share_ranks import Ranks, ranked_by
from kg.build.text.kinds.aid.words import words_of
from kg.build.text.kinds.common import UKRAINE, Cues, Found, Reader, date_of, values, whole
from kg.build.text.nodes import phrase_at


def read(reader: Reader) -> Iterator[Found]:
    """The shares and ranks of donors that a text states."""
    for sentence in reader.document.sentences:
        shared = "C" in reader.standing[sentence.index].tags and reader.has_any(sentence, _SHARED)
        if shared or reader.has_any(sentence, _RANKED):
            yield from Shares(reader, sentence).read()


_SHARED = Cues(words=frozenset({"aid", "aid_topic", "gdp", "of_total"}))
"""What a percentage of aid, or of a donor's product, is told with."""
_RANKED = Cues(words=frozenset({"donors", "rank_words", "the_most"}), verbs=frozenset({"rank"}))
"""What a rank among donors is told with."""


@dataclass(slots=True)
class Share:
    """A percentage with its donor and what else is said of it."""

    at: int
    donors: tuple[Node, ...]
    verb: int
    date: str = ""
    category: str = ""
    behind: tuple[Node, ...] = ()
    rank: int | None = None
    nodes: list[Node] = field(default_factory=list)


class Shares:
    """Finds the shares in one sentence."""

    def __init__(self, reader: Reader, sentence: Sentence) -> None:
        self.reader = reader
        self.sentence = sentence
        self.nodes = sentence.nodes
        self.words = words_of(reader.lexicon)
        self.parties = Parties(reader, sentence)
        self.ranks = Ranks(reader, sentence, self.words, self.parties)

    def read(self) -> Iterator[Found]:
        """The shares and then the ranks of the sentence."""
        found: list[Share] = []
        for at in self.sentence.tagged("C"):
            share = None if self._made_exact(at) else self._share(at, found)
            if share is not None:
                found.append(share)
        self._behind(found)
        for share in found:
            if len(values(share.donors)) == 1:
                yield self._found(share)
        if not found:
            yield from self.ranks.read()

    def _made_exact(self, at: int) -> bool:
        """Whether brackets or commas give a fraction more exactly: "plus de la moitié de l'aide (51,4 %)"."""
        following = next(iter(self.sentence.tagged("C", at + 1, at + 9)), 0)
        one, other = self.nodes[at].reading, self.nodes[following].reading
        if not following or one is None or other is None:
            return False
        words = not any(sign.isdigit() for sign in self.nodes[at].text)
        inserted = words and [node.norm for node in self.nodes[following - 1 : following + 2 : 2]] == [",", ","]
        if not (self._bracketed(following) or inserted):
            return False
        apart = any(node.is_party or node.verb for node in self.nodes[at:following])
        return not apart and abs(one.number - other.number) < 5

    # -- shares --------------------------------------------------------------------------------------------------------

    def _share(self, at: int, found: Sequence[Share]) -> Share | None:
        if found:
            return self._another(at, found)
        if not self._is_of_aid(at):
            return None
        clause = self._clause(at)
        donors = self._donors(at, clause)
        if not donors or any(node.keys[:1] == (UKRAINE,) for node in donors):
            return None
        share = Share(at, donors, clause.at if clause else at)
        share.rank = self.ranks.beside(clause) if clause else None
        self._qualify(share, 0)
        return share

    def _is_of_aid(self, at: int) -> bool:
        """Whether a percentage is one of aid, of deliveries or of a donor's own product."""
        after = at + 1 + (self._bracketed(at) and at + 1 < len(self.nodes) and self.nodes[at + 1].norm == ")")
        end = next((i for i in range(after, len(self.nodes)) if self._closes(i)), len(self.nodes))
        if self._topic(after, end) or (self.words.finds("of_total", self.nodes, after, end) and self.ranks.about_aid()):
            return True
        begin = self._clause_begin(at)
        if any(self._made_exact(place) for place in self.sentence.tagged("C", begin, at)):
            return self._topic(begin, at)
        clause = self._clause(at)
        if clause and self._from_whom(at, clause) and self._topic(begin, at):
            return True
        if clause and ranked_by(self.reader, clause) and self._topic(0, len(self.nodes)):
            return True
        named = any(self.reader.has(self.sentence, name, begin, at) is not None for name in ("share", "gdp"))
        return named and self._topic(begin, at)

    def _topic(self, begin: int, end: int) -> bool:
        named = any(self.words.finds(name, self.nodes, begin, end) for name in ("aid_topic", "aid"))
        product = self.words.finds("gdp", self.nodes, begin, end) and (
            self.ranks.about_aid() or self._gives_to_ukraine()
        )
        return (named or product) and not self._people(begin)

    def _gives_to_ukraine(self) -> bool:
        """Whether the sentence tells of giving, and names Ukraine."""
        named = any(node.keys[:1] == (UKRAINE,) for node in self.nodes)
        return named and any(status_of(verb.classes) and not verb.negative for _, verb in self.sentence.verbs())

    def _people(self, at: int) -> bool:
        """Whether what a percentage is of is people: "52 % des Allemands soutiennent l'aide"."""
        for node in self.nodes[at : at + 3]:
            if node.tag == "S" and node.form == "n":
                return True
            if node.norm in self.reader.lexicon.union("people", "respondents"):
                return True
        return False

    def _closes(self, at: int) -> bool:
        node = self.nodes[at]
        finite = node.verb is not None and node.verb.tense != "pp"
        return finite or node.tag == "C" or node.norm in (",", ";", ".", ":", "(", ")")

    def _clause(self, at: int) -> Clause | None:
        clauses = self.reader.clauses[self.sentence.index]
        return next((clause for clause in clauses if clause.begin <= at < clause.end), None)

    def _clause_begin(self, at: int) -> int:
        clause = self._clause(at)
        return clause.begin if clause else 0

    def _donors(self, at: int, clause: Clause | None) -> tuple[Node, ...]:
        """Whose share it is: the owner of the word "share", the donor that turns up before, or the subject."""
        if clause is not None and clause.verb.negative:
            return ()
        counted = clause is not None and "count" in clause.verb.classes
        if clause is not None and clause.at > at and clause.verb.passive and clause.agent and not counted:
            return tuple(node for node in clause.nodes(clause.agent) if node.is_party)
        if clause is not None and (source := self._from_whom(at, clause)):
            return source
        if owner := self._owner(self._clause_begin(at), at):
            return owner
        if self._bracketed(at) and (named := self._before_bracket(at)):
            return named  # "l'aide culmine au Danemark (2,9 %)"
        if clause is not None and self._puts(clause, at):
            return tuple(node for node in self.nodes[clause.at : at] if self._share_owner(node))[:1]
        if row := self.parties.switch(self._clause_begin(at), at) or self._where(at):
            return row
        leading = at > 0 and self.nodes[at - 1].norm in self.reader.lexicon.sets["with"]
        if clause is None or not (clause.at < at or leading):
            return ()
        subject = clause.agent if clause.verb.passive and clause.agent else clause.subject
        return tuple(node for node in clause.nodes(subject) if node.is_party and node.form != "n")

    def _puts(self, clause: Clause, at: int) -> bool:
        """Whether the subject of a clause only reckons a share: "SIPRI puts the US share at 45%"."""
        reckons = "count" in clause.verb.classes and not clause.verb.passive and clause.at < at
        return reckons and any(self._share_owner(node) for node in self.nodes[clause.at : at])

    def _share_owner(self, node: Node) -> bool:
        """Whether a donor's name stands directly before the word "share", or after it: "the US share"."""
        here = self.nodes.index(node)
        following = self.nodes[here + 1].norm if here + 1 < len(self.nodes) else ""
        own = node.is_party and node.keys[:1] != (UKRAINE,)
        return own and (following in self.reader.lexicon.sets["share"] or self._next_to_aid(here))

    def _from_whom(self, at: int, clause: Clause) -> tuple[Node, ...]:
        """From whom aid comes: "43 % provient des États-Unis", "provient à 43 % des États-Unis", "43% is American"."""
        begin = max(at, clause.at) + 1
        if "receive" in clause.verb.classes and clause.at < at:
            getters = any(node.keys[:1] == (UKRAINE,) for node in clause.nodes(clause.subject))
            return self.parties.source(begin, clause.end) if getters else ()
        if "come_from" in clause.verb.classes:
            return self.parties.on_behalf(begin, clause.end)
        if "be" not in clause.verb.classes or clause.at < at or begin >= clause.end:
            return ()
        following = self.nodes[begin]
        if following.is_party and following.form == "a":
            return (following,)
        told = following.norm in self.reader.lexicon.sets["received_from"]
        return self.parties.on_behalf(begin, clause.end) if told else ()

    def _owner(self, begin: int, at: int) -> tuple[Node, ...]:
        """The donor in "la part de la Pologne", "Poland's share", "l'aide allemande"."""
        for here in range(begin, at):
            node = self.nodes[here]
            if not node.is_party or node.keys[:1] == (UKRAINE,):
                continue
            before = self.parties.before(here)
            preceding = self.nodes[max(before - 2, 0) : before] if before > 0 else ()
            named = {"share", "aid"} if before > 0 else set()
            owned = any(item.norm in self.reader.lexicon.sets[name] for item in preceding for name in named)
            following = self.nodes[here + 1].norm if here + 1 < at else ""
            if (owned and self.nodes[before].norm in self.reader.lexicon.sets["owned_by"]) or following == "'s":
                return (node,)
            if node.form == "a" and self._next_to_aid(here):
                return (node,)
        return ()

    def _next_to_aid(self, at: int) -> bool:
        near = self.nodes[max(at - 2, 0) : at + 3]
        return any(node.norm in self.reader.lexicon.sets[name] for node in near for name in ("aid", "share"))

    def _another(self, at: int, found: Sequence[Share]) -> Share | None:
        """A further percentage: of another donor that is named before or after it, or of the same at another date."""
        last = found[-1]
        row = self.parties.switch(last.at + 1, at) or self.parties.compared(last.at + 1, at, at + 1)
        row = (
            row
            or self._adjective(at)
            or self._owner(last.at + 1, at)
            or self._subject(at, last)
            or self.parties.on_behalf(at + 1, min(at + 4, len(self.nodes)))
            or self._where(at)
        )
        if not row and self._bracketed(at):
            row = self._before_bracket(at)
        if not row and not self._changes(last.at, at) and not self._at_another_time(at):
            return None
        share = Share(at, row or last.donors, last.verb)
        clause = self._clause(at)
        own = clause is not None and bool(self._subject(at, last))
        self._qualify(share, clause.begin if clause and own else last.at)
        share.category = share.category or last.category
        theirs = clause is not None and set(share.donors) <= set(clause.nodes(clause.subject))
        share.rank = self.ranks.is_nth(clause) if clause is not None and theirs else None
        if not row and not share.date and self.sentence.tagged("D", 0, last.at) and not self._dated_after(last):
            share.date, last.date = last.date, ""  # "in 2025 the share fell from 45 % to 5 %"
        if row and not share.date and not own:
            share.date = last.date
        return share

    def _where(self, at: int) -> tuple[Node, ...]:
        """The donor whose product a percentage is of, told by its place: "1.8% of GDP in Lithuania, 1.5% in Latvia"."""
        if not self.words.finds("gdp", self.nodes, 0, len(self.nodes)):
            return ()
        small = self.reader.lexicon.union("gdp", "genitive", "article")
        here = next((i for i in range(at + 1, len(self.nodes)) if self.nodes[i].norm not in small), at)
        located = self.nodes[here].norm in self.reader.lexicon.sets["locative"]
        return self.parties.run(here + 1) if located else ()

    def _adjective(self, at: int) -> tuple[Node, ...]:
        """The donor whose adjective follows a percentage: "43 % est américaine, 12 % allemande"."""
        following = self.nodes[at + 1 : at + 2]
        return tuple(node for node in following if node.is_party and node.form == "a")

    def _subject(self, at: int, last: Share) -> tuple[Node, ...]:
        """The subject, or the owner of the share, of a further clause: "…; l'Allemagne suit avec 17 %"."""
        clause = self._clause(at)
        if clause is None or not last.at < clause.begin or clause.at > at or clause.verb.negative:
            return ()
        if owner := self._owner(clause.begin, at):
            return owner
        told = clause.verb.classes & {"amount_to", "follow", "be", "pass", "finance", "deliver"}
        subject = tuple(node for node in clause.nodes(clause.subject) if node.is_party and node.form != "n")
        subject = tuple(node for node in subject if node.keys[:1] != (UKRAINE,))
        return subject if told else ()

    def _bracketed(self, at: int) -> bool:
        return at > 0 and self.nodes[at - 1].norm == "("

    def _before_bracket(self, at: int) -> tuple[Node, ...]:
        node = self.nodes[at - 2]
        return (node,) if node.is_party and node.form != "a" else ()

    def _changes(self, before: int, at: int) -> bool:
        """Whether two percentages are those of one donor at two times: "passée de 17 % en 2022 à 5 % en 2024"."""
        gap = self.nodes[before + 1 : at]
        apart = any(node.norm == ";" for node in gap) and not any(node.tag == "D" for node in gap)
        return len(gap) <= 5 and not apart and not any(node.is_entity or node.norm == "(" for node in gap)

    def _at_another_time(self, at: int) -> bool:
        """Whether a percentage is told of the same donor at another date: "43 % in 2023, against 52 % in 2022"."""
        phrases = self.reader.lexicon.words["from_before"]
        told = any(phrase_at(self.nodes, at - length, phrases) == length for length in (1, 2, 3) if length <= at)
        return told and bool(self.sentence.tagged("D", at + 1, at + 4))

    def _dated_after(self, share: Share) -> bool:
        """Whether the date of a share stands after it."""
        return bool(share.date) and any(
            date_of(self.nodes[at]) == share.date for at in self.sentence.tagged("D", share.at, len(self.nodes))
        )

    def _qualify(self, share: Share, floor: int) -> None:
        """Give a share the date and the category that stand by it."""
        ends = (
            i for i in range(share.at + 1, len(self.nodes)) if self.nodes[i].tag == "C" or self.nodes[i].norm == ";"
        )
        stop = next(ends, len(self.nodes))
        after, before = self.sentence.tagged("D", share.at + 1, stop), self.sentence.tagged("D", floor, share.at)
        dates = after[:1] or before[-1:]
        share.date = date_of(self.nodes[dates[0]]) if dates else ""
        share.category = self.words.category(self.nodes[share.at : stop])
        opening = next((at for at in range(share.at, floor, -1) if self.nodes[at].norm == ";"), floor)
        if not share.category and (not floor or opening > floor or self.nodes[floor - 1].norm == ";"):
            share.category = self.words.category(self.nodes[opening : share.at])

    # -- order ---------------------------------------------------------------------------------------------------------

    def _behind(self, found: Sequence[Share]) -> None:
        """Those named after "behind" are ahead of the share before it; "devant" puts the share after it behind."""
        for share in found:
            for at in range(share.at + 1, len(self.nodes)):
                if self.nodes[at].tag == "C":
                    break
                length = phrase_at(self.nodes, at, self.reader.lexicon.words["behind"])
                if length and (row := self.parties.run(at + length)):
                    share.behind = row
                    break
        leader: Share | None = None
        for one, other in pairwise(found):
            passed = any(
                node.verb and "overtake" in node.verb.classes and not node.verb.passive and not node.verb.negative
                for node in self.nodes[one.at : other.at]
            )
            if passed or self.reader.has(self.sentence, "ahead", one.at, other.at) is not None:
                leader = one
            elif any(node.norm == ";" or node.verb for node in self.nodes[one.at : other.at]):
                leader = None
            if leader is not None:
                other.behind = leader.donors

    def _found(self, share: Share) -> Found:
        reading = self.nodes[share.at].reading
        assert reading is not None  # a percentage has one
        slots: dict[str, Any] = {"donor": values(share.donors)[0], "recipient": UKRAINE}
        slots["share"] = whole(self.nodes[share.at]) or reading.number
        category = share.category or self.words.category([node for node in self.nodes if node.tag == "W"])
        optional = {
            "category": category, "date": share.date, "behind": values(share.behind), "approx": reading.approx,
            "rank": share.rank,
        }  # fmt: skip
        slots |= {name: found for name, found in optional.items() if found}
        if source := self._counted_by(share):
            slots["attributed_to"] = source[0]
        nodes = [self.nodes[share.at], *share.donors, *share.behind]
        return Found("aid-share", slots, "aid-share/percentage", self.sentence.index, nodes, share.verb)

    def _counted_by(self, share: Share) -> list[str]:
        """Who put a share at its figure: "Japan's contribution was put at 12% by the institute"."""
        clause = self._clause(share.at)
        counted = clause is not None and "count" in clause.verb.classes
        counted = counted and clause is not None and (clause.verb.passive or self._puts(clause, share.at))
        by = (clause.agent if clause.verb.passive else clause.subject) if clause else ()
        agents = [node for node in clause.nodes(by) if node.is_entity] if clause and counted else []
        return values(node for node in agents if node not in share.donors)
