"""Toward whom a stance is held: objects, owners, warring sides, sanctions against a state, its way into a union."""

from __future__ import annotations

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import RUSSIA, Reader, value
from kg.build.text.kinds.measure.targets import imposers
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import run_starting

Told = tuple[str, list[Node], dict[str, str]]
"""A stance, the nodes toward whom it is held, and slots of its own."""


def objects_after(
    reader: Reader, clause: Clause, begin: int, *, skip: str | None = None, through: str | None = None
) -> list[Node]:
    """The coordination of entities that a verb has for its object, with nothing but small words before it.

    ``skip`` is a class of nouns that stand for their owner ("l'indépendance de"), ``through`` one of prepositions.
    """
    nodes = clause.sentence.nodes
    here = begin
    while here < clause.end and nodes[here].tag not in "SOGPX":
        if taken_up := _taken_up(reader, clause, here):
            return taken_up
        if nodes[here].tag == "D" or _small(reader, nodes[here]):
            here += 1
        elif skip and (length := phrase_at(nodes, here, reader.lexicon.words[skip])):
            here += length
            here += phrase_at(nodes, here, reader.lexicon.words["of"])
        elif through and (length := phrase_at(nodes, here, reader.lexicon.words[through])):
            here += length
        else:
            return []
    if here >= clause.end or nodes[here].form == "a" or (nodes[here].tag == "X" and not _person_like(nodes[here])):
        return []
    if here + 1 < len(nodes) and nodes[here + 1].norm == "'s" and not _cause_after(reader, nodes, here + 2, skip):
        return []
    if nodes[here].form == "f" and here + 1 < len(nodes) and nodes[here + 1].tag == "P":
        here += 1
    return listed(reader, clause.sentence, here, clause.end)


def _taken_up(reader: Reader, clause: Clause, at: int) -> list[Node]:
    """Whom "it" or "them" takes up as an object: the last party named before the clause that is not its subject."""
    nodes = clause.sentence.nodes
    if nodes[at].tag != "W" or nodes[at].norm not in reader.lexicon.sets["taking_up"]:
        return []
    if at + 1 < clause.end and nodes[at + 1].tag == "W" and nodes[at + 1].norm.isalpha():
        return []
    return last_named(clause)


def taken_up_before(reader: Reader, clause: Clause, name: str = "object_pronouns") -> list[Node]:
    """Whom a pronoun before a French verb takes up: "le Ghana l'a condamnée", "lui est hostile"."""
    return last_named(clause) if clause.verb.clitics & reader.lexicon.sets[name] else []


def last_named(clause: Clause) -> list[Node]:
    """The last party named before a clause that is not its subject."""
    nodes = clause.sentence.nodes
    subject = {key for i in clause.subject for key in nodes[i].keys}
    earlier = [
        i for i in clause.sentence.tagged("SOP", 0, clause.at) if nodes[i].form != "a" and i not in clause.subject
    ]
    known = [i for i in earlier if not subject & set(nodes[i].keys)]
    return [nodes[known[-1]]] if known else []


def listed(reader: Reader, sentence: Sentence, begin: int, end: int) -> list[Node]:
    """The coordination of parties that starts at a place, up to others who hold the same stance."""
    nodes = sentence.nodes
    begin += begin < end and nodes[begin].norm in reader.lexicon.sets["firmly"]
    run = [i for i in run_starting(reader.document, sentence, begin) if i < end]
    likewise = reader.has(sentence, "holders_likewise", begin, run[-1]) if run else None
    kept = [i for i in run if (likewise is None or i < likewise) and not _placed(reader, sentence, begin, i)]
    if len(kept) > 1 and gapped(sentence, kept[-1]):
        kept.pop()
    return [nodes[i] for i in kept]


def _placed(reader: Reader, sentence: Sentence, begin: int, at: int) -> bool:
    """Whether "in" after a comma governs an entity, which then is no member of the coordination before it."""
    governed = at - 2 > begin and sentence.nodes[at - 1].norm in reader.lexicon.sets["locative"]
    return governed and sentence.nodes[at - 2].norm == ","


def gapped(sentence: Sentence, at: int) -> Node | None:
    """The object that stands right after a party where the verb is left out: "X backs A, Y B"."""
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    after = sentence.nodes[at + 2] if at + 2 < len(sentence.nodes) else None
    if following is not None and after is not None and following.norm in ("with", "avec") and after.tag == "S":
        return after
    plain = sentence.nodes[at].form in ("b", "c") and following is not None and following.form in ("b", "c")
    return following if plain and following is not None and following.tag == "S" else None


def _cause_after(reader: Reader, nodes: tuple[Node, ...], at: int, skip: str | None) -> bool:
    """Whether an owner's cause follows: "Ukraine's territorial integrity"."""
    return skip is not None and phrase_at(nodes, at, reader.lexicon.words[skip]) > 0


def _person_like(node: Node) -> bool:
    return " " in node.text


def _small(reader: Reader, node: Node) -> bool:
    return node.norm in reader.lexicon.sets["article"] or node.norm in reader.lexicon.sets["firmly"]


def whose(reader: Reader, sentence: Sentence, after: int, end: int) -> list[Node]:
    """Whose supporter or ally: after "de" or "of" within a few words, or the adjective of a state."""
    nodes = sentence.nodes
    for here in range(after, min(after + 5, end)):
        if step := phrase_at(nodes, here, reader.lexicon.words["of_party"]):
            start = here + step
            start += phrase_at(nodes, start, reader.lexicon.words["long_standing"])
            start += phrase_at(nodes, start, reader.lexicon.words["of_party"]) if start > here + step else 0
            return listed(reader, sentence, start, end)
        if nodes[here].tag == "S" and nodes[here].form == "a":
            return [nodes[here]]
    return []


def owner_before(sentence: Sentence, at: int, begin: int) -> list[Node]:
    """Whose supporter or ally: the owner before "'s" and an English noun."""
    nodes = sentence.nodes
    for here in range(at - 1, begin, -1):
        if nodes[here].norm == "'s" and here and nodes[here - 1].tag in "SOGP":
            return [nodes[here - 1]]
    return []


def sanctions(reader: Reader, sentence: Sentence, begin: int, end: int) -> Told | None:
    """Sanctions that are supported: against whom, and whose they are."""
    at = reader.has(sentence, "sanctions", begin, min(begin + 7, end))
    if at is None:
        return None
    nodes = sentence.nodes
    others = imposers(reader, sentence, at, end, joined=True)
    hit = [i for i in sentence.tagged("SPX", at + 1, end) if nodes[i].form != "a" and i not in others]
    targets = [nodes[i] for i in hit if nodes[i].keys]
    if not targets:
        return None
    owner = _owner(reader, sentence, begin, at, end)
    return "supports-sanctions", targets[:1], {"of": owner} if owner else {}


def _owner(reader: Reader, sentence: Sentence, begin: int, at: int, end: int) -> str | None:
    """Whose sanctions they are: the organisation beside the word, or else the Union if the sentence speaks of it."""
    nodes = sentence.nodes
    near = sentence.tagged("O", begin, min(at + 5, end))
    if near:
        return value(nodes[near[0]])
    union = any(node.keys == ("org:eu",) for node in nodes)
    return "org:eu" if union or reader.has(sentence, "european", begin - 1, end) is not None else None


def bid(reader: Reader, sentence: Sentence, begin: int, end: int, *, clause: Clause | None = None) -> Told | None:
    """A state's membership of an organisation that is supported."""
    at = reader.has(sentence, "membership_bid", begin, end)
    if at is None:
        return None
    nodes = sentence.nodes
    states = [*sentence.tagged("S", max(begin, at - 4), at), *sentence.tagged("S", at + 1, end)]
    owned = any(node.norm in reader.lexicon.union("own", "possessives") for node in nodes[begin:at])
    if not states and clause and owned:
        states = [i for i in reversed(sentence.tagged("S", 0, clause.at)) if i not in clause.subject]
    if not states:
        return None
    place = [*sentence.tagged("OG", at + 1, end), *sentence.tagged("OG", begin, at)]
    own = {"of": value(nodes[place[0]])} if place else {}
    return "supports-membership", [nodes[states[0]]], own


def toward_of_war(reader: Reader, sentence: Sentence, begin: int, end: int) -> list[Node]:
    """On whom the condemnation of a war falls: the one called its author, or else Russia."""
    nodes = sentence.nodes
    at = reader.has(sentence, "war", begin, min(begin + 6, end))
    if at is None:
        return []
    before = [nodes[i] for i in sentence.tagged("S", begin, at)]
    if before:
        return before[-1:]
    if at + 1 < end and nodes[at + 1].tag == "S" and nodes[at + 1].form == "a":
        return [nodes[at + 1]]
    for here in range(at + 1, end):
        if step := phrase_at(nodes, here, reader.lexicon.words["by"]):
            run = run_starting(reader.document, sentence, here + step)
            if run:
                return [nodes[run[0]]]
    word = nodes[at]
    return [Node("S", word.start, word.end, word.text, word.norm, (RUSSIA,), "b")]


def entry_before(reader: Reader, clause: Clause) -> Told | None:
    """The way into an organisation that an earlier clause of the sentence speaks of."""
    for other in reversed(reader.clauses[clause.sentence.index]):
        if other.at < clause.begin and (entry := bid(reader, clause.sentence, other.at + 1, clause.begin)):
            return entry
    return None


def told_before(reader: Reader, clause: Clause) -> Told | None:
    """What a clause takes up for its object: "…'s accession, whereas X opposes it", "…, que X soutient"."""
    nodes = clause.sentence.nodes
    following = nodes[clause.at + 1].norm if clause.at + 1 < len(nodes) else "."
    opens = nodes[clause.begin : clause.begin + 2]
    relative = any(node.norm in reader.lexicon.sets["object_relatives"] for node in opens) and following in ".,;"
    taken = following in reader.lexicon.union("taking_up", "gapped_objects")
    if not (relative or taken or clause.verb.clitics & reader.lexicon.sets["object_pronouns"]):
        return None
    if entry := entry_before(reader, clause):
        return entry
    before = clause.begin - 1 if relative else -1
    named = relative and before > 0 and nodes[before].tag in "SOP" and nodes[before].form != "a"
    return ("supports", [nodes[before]], {}) if named else None


def endorsed(reader: Reader, clause: Clause, stance: str, own: dict[str, str]) -> Told:
    """What is said to be supported or opposed by others: a party, its way into an organisation, sanctions."""
    entry = bid(reader, clause.sentence, clause.begin, clause.at)
    if entry:
        return (entry[0], entry[1], {**entry[2], **own}) if stance == "supports" else (stance, entry[1], own)
    sanctioned = sanctions(reader, clause.sentence, clause.begin, clause.at)
    if sanctioned and stance == "supports":
        return sanctioned[0], sanctioned[1], {**sanctioned[2], **own}
    return stance, [] if sanctioned else list(clause.nodes(clause.subject)), own
