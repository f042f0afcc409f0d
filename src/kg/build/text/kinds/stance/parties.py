"""Who holds a stance: subjects, agents, organisations in their states, parties without a name of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Found, Reader, plain, value
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import run_starting


def whole_clause(reader: Reader, clause: Clause) -> Clause:
    """A clause with the verb that carries its meaning ("continue d'entretenir"), and with all of its object.

    The subject of the next verb may seem to hold the object of a relative clause: "qui soutiennent la Russie sont".
    """
    thought = clause.verb.passive and clause.verb.classes & {"say", "consider", "suspect"}
    if thought or clause.verb.classes & {"continue", "seem"}:
        carried = [at for at, verb in clause.chain() if verb.tense == "inf"]
        clause = replace(clause, at=carried[0]) if carried else clause
    elif "be" in clause.verb.classes and (few := _one_of_few(reader, clause)):
        clause = replace(clause, at=few)
    if clause.relative or clause.end == clause.at + 1:
        nodes = clause.sentence.nodes
        end = next((i for i in range(clause.at + 1, len(nodes)) if nodes[i].verb or nodes[i].norm == ";"), len(nodes))
        clause = replace(clause, end=max(end, clause.end))
    return clause


def _one_of_few(reader: Reader, clause: Clause) -> int | None:
    """The infinitive of "fut l'un des rares dirigeants à soutenir", "was the first to back"."""
    carried = [at for at, verb in clause.chain() if verb.tense == "inf"]
    few = carried and reader.has(clause.sentence, "few", clause.at + 1, carried[0]) is not None
    return carried[0] if few else None


def after(reader: Reader, clause: Clause, name: str, begin: int, end: int) -> int | None:
    """The place after the first phrase of a class that starts within a range of a clause."""
    at = reader.has(clause.sentence, name, begin, min(end, clause.end))
    return None if at is None else at + phrase_at(clause.sentence.nodes, at, reader.lexicon.words[name])


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a stance, the nodes that name him, and the slots that go with him."""

    value: str
    nodes: tuple[Node, ...]
    slots: dict[str, str] = field(default_factory=dict)


def holders_of(reader: Reader, clause: Clause, *, passive: bool = False) -> list[Holder]:
    """The holders of the stance that a clause states."""
    if passive:
        return _named(reader, clause, clause.agent)
    placed = list(_placed_parties(reader, clause))
    if parties := [*placed, *_unnamed(reader, clause, after=placed[-1].nodes[-1] if placed else None)]:
        return parties
    subject = clause.subject or _announced(clause) or _enumerated(reader, clause)
    return [*_named(reader, clause, subject), *_likewise(reader, clause)]


def _placed_parties(reader: Reader, clause: Clause) -> Iterator[Holder]:
    """Organisations each with the state that it is in: "l'AfD en Allemagne, le FPÖ en Autriche"."""
    nodes = clause.sentence.nodes
    previous = clause.begin
    for at in clause.sentence.tagged("OGX", clause.begin, clause.at):
        state = at + 2
        if state >= clause.at or nodes[at + 1].norm not in reader.lexicon.sets["locative"] or nodes[state].tag != "S":
            continue
        degree = _degree(reader, clause, previous, at)
        previous = state
        for key in nodes[state].keys:
            yield Holder(value(nodes[at]), (nodes[at], nodes[state]), {"holder_in": key, **degree})


def _likewise(reader: Reader, clause: Clause) -> Iterator[Holder]:
    """Others that hold the same stance: "…, à l'instar de Belgrade et, à un degré moindre, de Bratislava"."""
    begin = after(reader, clause, "holders_likewise", clause.at + 1, clause.end)
    if begin is None:
        return
    for at in clause.sentence.tagged("SO", begin, clause.end):
        node = clause.sentence.nodes[at]
        if node.form != "a":
            yield from (Holder(key, (node,), _degree(reader, clause, begin, at)) for key in node.keys)


def _degree(reader: Reader, clause: Clause, begin: int, end: int) -> dict[str, str]:
    lesser = reader.has(clause.sentence, "lesser", begin, end) is not None
    return {"degree": "lesser"} if lesser else {}


def _named(reader: Reader, clause: Clause, places: tuple[int, ...]) -> list[Holder]:
    """One holder for each entity; an office before its holder's name is not another, nor is the seat of a party."""
    nodes = clause.sentence.nodes
    holders: list[Holder] = []
    for number, at in enumerate(places):
        node = nodes[at]
        if node.form == "f" and number + 1 < len(places) and nodes[places[number + 1]].tag in "PX":
            continue
        if number and nodes[at - 1].norm in reader.lexicon.sets["locative"] and nodes[places[number - 1]].tag in "OGX":
            continue
        seat = _seat(reader, clause, at) if is_political_party(reader, node) else ""
        own = {"holder_in": seat} if seat else {}
        own |= _degree(reader, clause, places[number - 1], at) if number else {}
        holders += [Holder(key, (node,), own) for key in (node.keys or (_party_name(reader, clause, at),))]
    return _with_common_seat(reader, clause, places, holders)


def _with_common_seat(reader: Reader, clause: Clause, places: tuple[int, ...], holders: list[Holder]) -> list[Holder]:
    """The parties of a coordination with the seat told once after its comma: "l'AfD et Die Linke, en Allemagne,"."""
    nodes = clause.sentence.nodes
    parties = [at for at in places if is_political_party(reader, nodes[at])]
    if len(parties) < 2 or not holders:
        return holders
    owned = parties[0] > 1 and nodes[parties[0] - 1].norm == "'s"
    closing = parties[-1] + 1 < len(nodes) and nodes[parties[-1] + 1].norm == ","
    seat = (owned and holders[0].slots.get("holder_in")) or (closing and holders[-1].slots.get("holder_in"))
    if not seat:
        return holders
    return [replace(holder, slots={"holder_in": seat, **holder.slots}) for holder in holders]


def _party_name(reader: Reader, clause: Clause, at: int) -> str:
    """The name of a party that no table holds; one that begins with the common noun goes on to the verb or a mark."""
    nodes = clause.sentence.nodes
    if nodes[at].tag != "X" or nodes[at].norm not in reader.lexicon.sets["party_words"]:
        return value(nodes[at])
    begin, end = at, at + 1
    while reader.document.lang == "fr" and end < clause.at and nodes[end].norm not in ",(;" and nodes[end].form != "a":
        end += 1
    while begin > clause.begin and (nodes[begin - 1].norm in ("'s", "'") or nodes[begin - 1].text[:1].isupper()):
        begin -= 1
    return plain(reader.document.text[nodes[begin].start : nodes[end - 1].end])


def is_political_party(reader: Reader, node: Node) -> bool:
    """Whether a node names a political party: one of the tables, or a name with a word for a party in it."""
    known = bool(reader.document.parties.intersection(node.keys))
    return known or (node.tag == "X" and bool(reader.lexicon.sets["party_words"].intersection(node.norm.split())))


def _seat(reader: Reader, clause: Clause, at: int) -> str:
    """The state that a party is in: "X, en Slovaquie,", "l'AfD allemande", "Bulgaria's Revival", "En France, X"."""
    nodes = clause.sentence.nodes
    words = at + 1
    while nodes[at].tag == "X" and words < clause.at and nodes[words].tag == "W" and nodes[words].norm not in ",(;":
        words += 1
    if words > at + 1 and nodes[words].tag == "S" and nodes[words].form == "a":
        return value(nodes[words])
    here = at + 1 + (at + 1 < len(nodes) and nodes[at + 1].norm in (",", "("))
    here += phrase_at(nodes, here, reader.lexicon.words["locative"])
    here += phrase_at(nodes, here, reader.lexicon.words["of"]) if nodes[at].tag == "X" else 0
    if at + 1 < here < len(nodes) and nodes[here].tag == "S" and nodes[here].form == "b":
        return value(nodes[here])
    if at + 1 < len(nodes) and nodes[at + 1].tag == "S" and nodes[at + 1].form == "a":
        return value(nodes[at + 1])
    here = at - 1
    while here >= clause.begin and at - here <= _NEAR and nodes[here].tag == "W" and nodes[here].norm[:1].isalpha():
        here -= 1
    owner = here - 1 if here > 0 and nodes[here].norm == "'s" else here
    if owner >= clause.begin and nodes[owner].tag == "S" and (owner < here or nodes[owner].form in "an"):
        return value(nodes[owner])
    later = clause.begin > 0 and nodes[clause.begin - 1].norm == ";"  # "En Italie, X soutient A ; Y soutient B"
    return _place_first(reader, clause) or (_place_first(reader, replace(clause, begin=0)) if later else "")


_NEAR = 3
"""How many words may stand between a party and the state before it: "Slovakia's governing party, Smer"."""


def _place_first(reader: Reader, clause: Clause) -> str:
    """The state that opens a clause: "En France, …", "In Slovakia, …"."""
    nodes = clause.sentence.nodes
    start = clause.begin
    while start < clause.at and (nodes[start].norm in reader.lexicon.sets["and"] | {",", ";"}):
        start += 1
    step = phrase_at(nodes, start, reader.lexicon.words["locative"])
    here = start + step
    here += here < clause.at and nodes[here].norm in reader.lexicon.sets["article"]  # "In the Netherlands, …"
    if not step or here + 1 >= clause.at or nodes[here].tag != "S":
        return ""
    opens = nodes[here + 1].norm == "," or nodes[here + 1].norm in reader.lexicon.sets["article"]
    return value(nodes[here]) if opens else ""


def _announced(clause: Clause) -> tuple[int, ...]:
    """The entities before a colon that a clause takes up by a phrase: "A, B et C : ces trois pays sont …"."""
    nodes = clause.sentence.nodes
    if clause.begin == 0 or nodes[clause.begin - 1].norm != ":" or clause.at - clause.begin > 5:
        return ()
    return tuple(i for i in clause.sentence.tagged("SOG", 0, clause.begin) if nodes[i].form != "a")


def _enumerated(reader: Reader, clause: Clause) -> tuple[int, ...]:
    """The list after a clause whose subject only counts them: "Cinq États soutiennent X : A, B, …", "dont A et B"."""
    nodes = clause.sentence.nodes
    if reader.has(clause.sentence, "states", clause.begin, clause.at) is None:
        return ()
    for at in range(clause.at + 1, len(nodes)):
        length = int(nodes[at].norm == ":") or max(
            phrase_at(nodes, at, reader.lexicon.words[name]) for name in ("including", "such_as", "holders_likewise")
        )
        if length:
            run = run_starting(reader.document, clause.sentence, at + length)
            return tuple(i for i in run if nodes[i].form != "a") if run and run[0] - at - length <= 2 else ()
    return ()


def _unnamed(reader: Reader, clause: Clause, *, after: Node | None = None) -> Iterator[Holder]:
    """Parties or movements without a name, with the states that they are in; they may close a list of named ones."""
    begin = 0 if clause.relative else clause.begin
    begin = clause.sentence.nodes.index(after) + 1 if after else begin
    at = reader.has(clause.sentence, "far_parties", begin, clause.at)
    named = not after and any(clause.sentence.nodes[i].tag in "OGPX" for i in clause.subject)
    named = named or _is_renamed(reader, clause, at)
    if at is None or named or (not after and clause.subject and clause.subject[-1] < at):
        return
    phrase, end = _phrase(reader, clause, at)
    node = clause.sentence.nodes[at]
    places = list(_places(reader, clause, at, end))
    if not places:
        yield Holder(phrase, (node,))
    for place, slots in places:
        for key in place.keys:
            yield Holder(phrase, (node, place), {"holder_in": key, **slots})


def _is_renamed(reader: Reader, clause: Clause, at: int | None) -> bool:
    """Whether a party without a name has one in apposition: "le parti au pouvoir, le Smer, …"."""
    nodes = clause.sentence.nodes
    return at is not None and any(is_political_party(reader, node) for node in nodes[at + 1 : clause.at])


def _phrase(reader: Reader, clause: Clause, at: int) -> tuple[str, int]:
    """The words for the parties, without the adjective of their state, and where they end."""
    nodes = clause.sentence.nodes
    end = at + phrase_at(nodes, at, reader.lexicon.words["far_parties"])
    while at and nodes[at - 1].norm in reader.lexicon.sets["of_parties"]:
        at -= 1
    while end < clause.at and (step := _of_party(reader, nodes, end)):
        end += step
    return plain(reader.document.text[nodes[at].start : nodes[end - 1].end]), end


def _of_party(reader: Reader, nodes: tuple[Node, ...], at: int) -> int:
    """How many words at a place go on with the name of parties: "far-left movements", "partis communistes"."""
    return max(phrase_at(nodes, at, reader.lexicon.words[name]) for name in ("of_parties", "far_parties"))


def _places(reader: Reader, clause: Clause, at: int, end: int) -> Iterator[tuple[Node, dict[str, str]]]:
    """The states that the parties are in: by an adjective or "en", or told by the verb that follows the relative."""
    nodes = clause.sentence.nodes
    for here in clause.sentence.tagged("S", end, clause.at):
        degree = _degree(reader, clause, end, here)
        if nodes[here].form == "a" or degree or _in_place(reader, nodes, here, genitive=True):
            yield nodes[here], degree
    if at and nodes[at - 1].tag == "S" and nodes[at - 1].form in "an":
        yield nodes[at - 1], {}
    if not clause.relative:
        return
    where = next((i for i in range(clause.at + 1, len(nodes)) if _locates(reader, nodes[i])), None)
    lesser = False
    for here in range(where or len(nodes), len(nodes)):
        lesser = lesser or reader.has(clause.sentence, "lesser", here, here + 1) is not None
        if nodes[here].tag == "S" and nodes[here].form != "a":
            yield nodes[here], {"degree": "lesser"} if lesser else {}


def _locates(reader: Reader, node: Node) -> bool:
    return node.verb is not None and node.norm in reader.lexicon.sets["locate"]


def party_phrases(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Parties whose stance an adjective or a participle tells: "des extrêmes droites favorables à la Russie en …"."""
    nodes = sentence.nodes
    for at, length in reader.places(sentence, "far_parties").items():
        if at and phrase_at(nodes, at - 1, reader.lexicon.words["far_parties"]) > length:
            continue
        more = phrase_at(nodes, at + length, reader.lexicon.words["of_parties"])
        told = _told(reader, sentence, at + length + more)
        if told:
            stance, toward, end = told
            yield from _placed(reader, sentence, (at, at + length + more), stance, toward, end)
            return


def _told(reader: Reader, sentence: Sentence, begin: int) -> tuple[str, Node, int] | None:
    """The stance that an adjective within three nodes tells, toward whom, and where that ends."""
    nodes = sentence.nodes
    for here in range(begin, min(begin + 4, len(nodes))):
        stance = next(
            (stance for name, stance in _ADJECTIVES if phrase_at(nodes, here, reader.lexicon.words[name])), None
        )
        verb = nodes[here].verb
        if verb and verb.tense == "ger" and "supporting" in verb.classes:
            stance = "supports"
        if not stance:
            continue
        for place in range(here + 1, min(here + 5, len(nodes))):
            if nodes[place].tag in "SOP" and nodes[place].form != "a":
                return stance, nodes[place], place + 1
    return None


_ADJECTIVES = (("favourable_to", "supports"), ("hostile_to", "hostile"), ("close_to", "close-relations"))


def _placed(
    reader: Reader, sentence: Sentence, phrase: tuple[int, int], stance: str, toward: Node, end: int
) -> Iterator[Found]:
    """One stance for each state that the parties are in; those after "dans une moindre mesure" to a lesser degree."""
    nodes = sentence.nodes
    words = plain(reader.document.text[nodes[phrase[0]].start : nodes[phrase[1] - 1].end])
    slots = {"holder": words, "stance": stance, "toward": value(toward)}
    lesser = False
    places = 0
    for at in range(len(nodes)):
        lesser = lesser or (at > end and reader.has(sentence, "lesser", at, at + 1) is not None)
        if (
            nodes[at].tag != "S"
            or nodes[at] is toward
            or not (_beside(nodes, at, phrase) or _in_place(reader, nodes, at))
        ):
            continue
        places += 1
        for key in nodes[at].keys:
            content = {**slots, "holder_in": key, **({"degree": "lesser"} if lesser else {})}
            yield Found(
                "stance",
                content,
                "stance/party-phrase",
                sentence.index,
                [nodes[phrase[0]], nodes[at], toward],
                phrase[0],
            )
    if not places:
        yield Found("stance", slots, "stance/party-phrase", sentence.index, [nodes[phrase[0]], toward], phrase[0])


def _beside(nodes: tuple[Node, ...], at: int, phrase: tuple[int, int]) -> bool:
    """Whether an adjective beside a phrase says whose parties they are: "l'extrême droite autrichienne"."""
    return nodes[at].form in "an" and at in (phrase[0] - 1, phrase[1])


def _in_place(reader: Reader, nodes: tuple[Node, ...], at: int, *, genitive: bool = False) -> bool:
    """Whether a preposition of place stands before a state, or an earlier state of such a list."""
    if nodes[at].form == "a":
        return False
    here = at - 1
    while here >= 0 and (nodes[here].norm in reader.lexicon.union("article", "list_break") or nodes[here].tag == "S"):
        here -= 1
    places = reader.lexicon.sets["locative"] | (reader.lexicon.sets["genitive"] if genitive else frozenset())
    return here >= 0 and nodes[here].norm in places
