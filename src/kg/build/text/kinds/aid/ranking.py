"""Kind `aid-ranking`: which donor has given more than which other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.aid.events import status_of
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.share_ranks import ranked_by
from kg.build.text.kinds.aid.when import same_year
from kg.build.text.kinds.aid.words import words_of
from kg.build.text.kinds.common import Cues, Found, Reader, date_of, values
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import agent_of


def read(reader: Reader) -> Iterator[Found]:
    """The rankings of donors that a text states."""
    ranking = Rankings(reader)
    about_aid = False
    for sentence in reader.document.sentences:
        about_aid = about_aid or reader.names_any(sentence, _TOPIC)
        if not about_aid or not (reader.has_any(sentence, _RANKED) or _compares(reader, sentence)):
            continue
        for clause in reader.clauses[sentence.index]:
            yield from ranking.overtaking(clause)
            yield from ranking.ahead(clause)
            yield from ranking.compared(clause)
            yield from ranking.in_passing(clause)
            yield from ranking.sourced(clause)


_AID = frozenset({"aid", "donors"})
_TOPIC = frozenset({"aid", "aid_topic", "donors"})
"""What makes a text one about aid, from its sentence on."""
_RANKED = Cues(words=frozenset({"ahead", "behind"}), verbs=frozenset({"overtake", "trail"}))
_PLACES = ("ahead", "behind")


def _compares(reader: Reader, sentence: Sentence) -> bool:
    """Whether a sentence has a word for more, less or a multiple."""
    words = reader.lexicon.union("more_words", "greater", "less_words", "smaller", "multiples", "fractions")
    return not words.isdisjoint(reader.standing[sentence.index].norms)


class Rankings:
    """Finds who is ahead of whom in a text that is about aid."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.words = words_of(reader.lexicon)

    def overtaking(self, clause: Clause) -> Iterator[Found]:
        """A donor overtakes another, or is overtaken by it."""
        if not clause.verb.classes & {"overtake", "trail"} or clause.verb.negative:
            return
        parties = Parties(self.reader, clause.sentence)
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        subject = self._whose_aid(clause) or subject or list(parties.owners(clause.begin, clause.at))
        if clause.verb.passive:
            ahead = [node for node in clause.nodes(clause.agent) if node.is_party] or self._by_whose_aid(clause)
            behind = subject
        else:
            ahead, behind = subject, self._row(clause, self._object(clause), subject)
            if "trail" in clause.verb.classes:
                ahead, behind = behind, ahead
        yield from self._found(clause, ahead, behind, "overtaking", clause.at)

    def _whose_aid(self, clause: Clause) -> list[Node]:
        """Whose aid directly before a verb is its subject: "…, the institute noted, European aid exceeded …"."""
        nodes, sets = clause.sentence.nodes, self.reader.lexicon.sets
        here = clause.at - 1
        small = sets["prepositions"] | sets["article"]
        while here > 0 and (nodes[here].norm in small or nodes[here].tag == "S"):
            here -= 1
        owner = here > 0 and nodes[here].norm in sets["aid"] and nodes[here - 1]
        return [owner] if owner and owner.is_party and owner.form == "a" else []

    def _by_whose_aid(self, clause: Clause) -> list[Node]:
        """Whose aid has overtaken another: "surpassed by European aid", "par l'aide européenne"."""
        length = phrase_at(clause.sentence.nodes, clause.at + 1, self.reader.lexicon.words["by"])
        return self._by_adjective(clause, clause.at + 1 + length) if length else []

    def in_passing(self, clause: Clause) -> Iterator[Found]:
        """A participle puts the subject of a clause ahead or behind: "overtaken by Paris, Rome …"."""
        for at, verb in clause.sentence.verbs():
            if verb.tense not in ("pp", "ger") or not verb.classes & {"overtake", "trail"}:
                continue
            subject = [node for node in clause.nodes(clause.subject) if node.is_party]
            if verb.negative or not subject or not clause.begin <= at < clause.end:
                continue
            parties = Parties(self.reader, clause.sentence)
            agent = agent_of(self.reader.document, clause.sentence, at + 1, min(at + 4, clause.end))
            named = clause.nodes(agent) if verb.passive else parties.run(at + 1)
            others = [node for node in named if node.is_party and node not in subject]
            first = verb.passive == ("trail" in verb.classes)
            yield from self._found(clause, *((subject, others) if first else (others, subject)), "in-passing", at)

    def _object(self, clause: Clause) -> int:
        """Where the object of a verb begins, after "désormais" or "celle de"."""
        sets = self.reader.lexicon.sets
        skipped = sets["between"] | sets["that_of"] | sets["owned_by"] | sets["article"] | sets["adverbs"]
        nodes, at = clause.sentence.nodes, clause.at + 1
        first_time = self.reader.places(clause.sentence, "first_time")
        while at < clause.end:
            dated = nodes[at].tag == "D" or (at + 1 < clause.end and nodes[at + 1].tag == "D" and nodes[at].tag == "W")
            if at not in first_time and not dated and nodes[at].norm not in skipped:
                break
            at += first_time.get(at, 1)
        return at

    def ahead(self, clause: Clause) -> Iterator[Found]:
        """A donor stands ahead of another, or behind it, or between the two."""
        places = self.reader.places_of_any(clause.sentence, _PLACES)
        if clause.verb.negative or not places:
            return
        done: set[bool] = set()
        for at in sorted(places):
            if not clause.at < at < clause.end:
                continue
            for name, first in (("ahead", True), ("behind", False)):
                length = self.reader.places(clause.sentence, name).get(at)
                if not length or first in done or (not first and self._told_by_rank(clause, at)):
                    continue
                subject = self._placed(clause, at)
                row = self._row(clause, at + length, subject)
                if row and subject:
                    done.add(first)
                    yield from self._found(clause, *((subject, row) if first else (row, subject)), "ahead", at)

    def _told_by_rank(self, clause: Clause, at: int) -> bool:
        """Whether a share or a rank of its own says who is ahead of a donor; "after" is as often a time."""
        sets = self.reader.lexicon.sets
        donors = self.reader.has(clause.sentence, "donors", clause.at, clause.end) is not None
        ranked = donors or ranked_by(self.reader, clause) is not None
        return ranked or bool(clause.sentence.tagged("C")) or clause.sentence.nodes[at].norm in sets["later"]

    def _placed(self, clause: Clause, at: int) -> list[Node]:
        """Who is ahead or behind: the subject, or the donor that "itself" takes up."""
        nodes = clause.sentence.nodes
        before = [node for node in nodes[clause.at : at] if node.is_party and node.form != "a"]
        if before and nodes[at - 1].norm in self.reader.lexicon.sets["itself"]:
            return before[-1:]
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        return subject or list(Parties(self.reader, clause.sentence).owners(clause.begin, clause.at))

    def _row(self, clause: Clause, begin: int, subject: Sequence[Node]) -> list[Node]:
        """The donors after "ahead of", or the one that a pronoun there takes up."""
        nodes = clause.sentence.nodes
        sets = self.reader.lexicon.sets
        here = begin
        while here < clause.end and nodes[here].norm in sets["that_of"] | sets["owned_by"] | sets["article"]:
            here += 1
        if here < clause.end and nodes[here].norm in sets["subject_pronouns"] | sets["object_pronouns"]:
            named = [node for node in nodes[:here] if node.is_party and node.form != "a" and node not in subject]
            return named[-1:] if here == begin else []
        row = list(Parties(self.reader, clause.sentence).run(here)) or self._by_adjective(clause, here)
        return [node for node in row if not self._has_share(clause, node)]

    def _by_adjective(self, clause: Clause, at: int) -> list[Node]:
        """The donor whose adjective tells whose aid is meant: "had overtaken American aid", "l'aide américaine"."""
        sets, near = self.reader.lexicon.sets, clause.sentence.nodes[at : min(at + 3, clause.end)]
        named = any(node.norm in sets["aid"] for node in near)
        return [node for node in near if named and node.is_party and node.form == "a"][:1]

    def _has_share(self, clause: Clause, party: Node) -> bool:
        """Whether a donor has a share of its own: "devant Tokyo (9 %)"."""
        nodes = clause.sentence.nodes
        at = nodes.index(party)
        return any(node.tag == "C" for node in nodes[at + 1 : at + 3])

    def compared(self, clause: Clause) -> Iterator[Found]:
        """A donor gives more, or less, than another: "a versé deux fois plus d'aide que la France"."""
        gives = bool(status_of(clause.verb.classes))
        stands = bool(clause.verb.classes & {"be", "do", "amount_to"}) and self.reader.names_any(clause.sentence, _AID)
        if clause.verb.negative or not (gives or stands) or not _compares(self.reader, clause.sentence):
            return
        if self._nobody(clause):
            return
        nodes, sets = clause.sentence.nodes, self.reader.lexicon.sets
        subject = [node for node in clause.nodes(clause.subject) if node.is_party]
        subject = subject or list(Parties(self.reader, clause.sentence).owners(clause.begin, clause.at))
        told: list[list[Node]] = []
        for at in range(clause.at + 1, clause.end):
            more = nodes[at].norm in sets["more_words"] | sets["greater"]
            less = nodes[at].norm in sets["less_words"] | sets["smaller"]
            row = self._after_than(clause, at) if more or less else []
            if not row and (row := self._times_as_much(clause, at)):
                more = nodes[at].norm in sets["multiples"]
            if row and row not in told:  # "less than Berlin but more than Paris"
                told.append(row)
                yield from self._found(clause, *((subject, row) if more else (row, subject)), "compared", at)

    def _nobody(self, clause: Clause) -> bool:
        """Whether the subject of a clause is denied: "no country has given more than …"."""
        denied = self.reader.lexicon.union("denying", "none_of")
        return any(node.norm in denied for node in clause.sentence.nodes[clause.begin : clause.at])

    def _after_than(self, clause: Clause, at: int) -> list[Node]:
        """The donors after "que" or "than" within a few words."""
        sets = self.reader.lexicon.sets
        nodes = clause.sentence.nodes
        people = sets["article"] if self.reader.lexicon.lang == "en" else frozenset[str]()
        words = sets["more_than"] | (sets["greater_than"] if nodes[at].norm not in sets["more_words"] else frozenset())
        than = next((i for i in range(at + 1, min(at + 8, clause.end)) if nodes[i].norm in words), None)
        if than is None or any(node.verb for node in nodes[at:than]):
            return []
        here = than + 1
        while here < clause.end and nodes[here].norm in sets["article"] | sets["that_of"] | sets["owned_by"]:
            here += 1
        if here >= clause.end or not nodes[here].is_party:
            return []
        if nodes[here].form == "a":
            return [nodes[here]] if nodes[here - 1].norm in people else []
        return list(Parties(self.reader, clause.sentence).run(here))

    def _times_as_much(self, clause: Clause, at: int) -> list[Node]:
        """The donors that others give a multiple or a half of: "twice as much as Sweden", "le double de la Suède"."""
        sets, nodes = self.reader.lexicon.sets, clause.sentence.nodes
        if nodes[at].norm not in sets["multiples"] | sets["fractions"]:
            return []
        places = [i for i in range(at + 1, min(at + 8, clause.end)) if nodes[i].norm in sets["as_much"]]
        places += [at] if at + 1 < clause.end and nodes[at + 1].norm in sets["that_of"] else []  # "half that of X"
        for place in reversed(places):
            here = place + 1
            while here < clause.end and nodes[here].norm in sets["article"] | sets["that_of"] | sets["owned_by"]:
                here += 1
            if here < clause.end and nodes[here].is_party and nodes[here].form != "a":
                return list(Parties(self.reader, clause.sentence).run(here))
        return []

    def sourced(self, clause: Clause) -> Iterator[Found]:
        """More or less aid comes from one donor than from another: "a reçu moins d'aide de X que de Y"."""
        if clause.verb.negative or not clause.verb.classes & {"receive", "come_from"}:
            return
        nodes, sets = clause.sentence.nodes, self.reader.lexicon.sets
        parties = Parties(self.reader, clause.sentence)
        at = next(
            (i for i in range(clause.begin, clause.end) if nodes[i].norm in sets["more_words"] | sets["less_words"]),
            None,
        )
        than = next((i for i in range(at or 0, clause.end) if nodes[i].norm in sets["more_than"]), None)
        if at is None or than is None:
            return
        one, other = parties.source(max(at, clause.at), than), parties.source(than + 1, min(than + 5, clause.end))
        more = nodes[at].norm in sets["more_words"]
        yield from self._found(clause, *((one, other) if more else (other, one)), "sourced", at)

    def _found(
        self, clause: Clause, ahead: Sequence[Node], behind: Sequence[Node], rule: str, at: int
    ) -> Iterator[Found]:
        nodes = clause.sentence.nodes
        category = self._category(clause)
        date = self._date(clause, at)
        first = self.reader.has(clause.sentence, "first_time") is not None
        for one in values(ahead):
            for other in values(behind):
                slots: dict[str, Any] = {"ahead": one, "behind": other}
                if category:
                    slots["category"] = category
                if first:
                    slots["first_time"] = True
                if date:
                    slots["date"] = date
                evidence = [*ahead, *behind, nodes[clause.at]]
                yield Found("aid-ranking", slots, f"aid-ranking/{rule}", clause.sentence.index, evidence, clause.at)

    def _category(self, clause: Clause) -> str:
        """The category that a clause names; else that its part of the sentence does, or the whole if it is of one."""
        nodes = clause.sentence.nodes
        begin, end = self._part(clause)
        for first, last in ((clause.begin, clause.end), (begin, end), (0, len(nodes))):
            if found := self.words.category([node for node in nodes[first:last] if node.tag == "W"]):
                return found
        return ""

    def _part(self, clause: Clause) -> tuple[int, int]:
        """The range between the semicolons or contrasting conjunctions around a clause."""
        nodes, breaks = clause.sentence.nodes, self.reader.lexicon.sets["contrasts"] | {";"}
        begin = next((i for i in range(clause.at, 0, -1) if nodes[i].norm in breaks), 0)
        return begin, next((i for i in range(clause.at, len(nodes)) if nodes[i].norm in breaks), len(nodes))

    def _date(self, clause: Clause, at: int) -> str:
        """The date after a turn that ranks, up to the next verb; else the first of the sentence; or "that year"."""
        nodes = clause.sentence.nodes
        stop = next((i for i in range(at + 1, clause.end) if nodes[i].verb), clause.end)
        begin, end = self._part(clause)
        leading = next((i for i, node in enumerate(nodes) if node.verb), 0)
        dates = clause.sentence.tagged("D", at, stop) or clause.sentence.tagged("D", begin, end)
        dates = dates or clause.sentence.tagged("D", 0, leading)
        if dates:
            return "" if self._begins_war(nodes[dates[0]]) else date_of(nodes[dates[0]])
        return same_year(self.reader, clause.sentence, clause.begin, clause.end)

    def _begins_war(self, node: Node) -> bool:
        return date_of(node).endswith("/..")
