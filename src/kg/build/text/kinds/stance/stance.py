"""Kind `stance`: who stands how toward whom. Each reader below knows one way of saying it within a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from kg.build.text.clauses import Clause, insertions
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, date_of, is_since, since_date, value, values
from kg.build.text.kinds.context import enclosed, of_insertion, supposed
from kg.build.text.kinds.stance.nouns import (
    came_from,
    close,
    close_bond,
    condemnation,
    parties_after,
    pledges_support,
    support_of,
)
from kg.build.text.kinds.stance.objects import (
    Told,
    bid,
    endorsed,
    entry_before,
    gapped,
    last_named,
    listed,
    objects_after,
    owner_before,
    sanctions,
    taken_up_before,
    told_before,
    toward_of_war,
    whose,
)
from kg.build.text.kinds.stance.opposition import opposes, turns_down
from kg.build.text.kinds.stance.parties import Holder, after, holders_of, party_phrases, whole_clause
from kg.build.text.kinds.stance.phrases import BESIDE, appositions, is_beside, participles
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import run_starting, subject_of


def read(reader: Reader) -> list[Found]:
    """The stances that the clauses of a text state; who calls itself neutral and supports one side is not neutral."""
    found = [*_stated(reader)]
    sides = {(item.slots["holder"], item.slots["toward"]) for item in found if item.slots["stance"] in _SIDING}
    return [
        item
        for item in found
        if item.slots["stance"] != "neutral" or (item.slots["holder"], item.slots["toward"]) not in sides
    ]


_SIDING = frozenset({"supports", "ally"})


def _stated(reader: Reader) -> Iterator[Found]:
    for sentence in reader.document.sentences:
        told = _may_tell(reader, sentence)
        for plain_clause in (*reader.clauses[sentence.index], *_lesser_clauses(reader, sentence)) if told else ():
            clause = whole_clause(reader, plain_clause)
            if clause.verb.negative or _is_share(clause) or not _states(reader, clause):
                continue
            for name, said in _READERS.items():
                for stance in said(reader, clause):
                    yield from _found(reader, clause, name, stance)
        if reader.places(sentence, "far_parties"):
            yield from party_phrases(reader, sentence)
        if reader.has_any(sentence, BESIDE):
            yield from appositions(reader, sentence)
            yield from participles(reader, sentence)


_TOLD = Cues(
    words=frozenset({
        "supporter", "ally", "opponent", "backing", "ukraine_side", "at_side", "resistance", "close_relations", "bonds",
        "warm", "neutral", "allied", "hostile_to", "close_to", "favourable_to", "opposing", "condemnation",
        "relations", "veto",
    }),
    verbs=frozenset({"supporting", "align", "approve", "plead", "condemn", "criticise", "oppose"}),
)  # fmt: skip
"""The words and verbs of which each reader of a clause needs one; but see `turns_down`."""
_ENTRY = Cues(words=frozenset({"membership_bid"}))
_TURNING_DOWN = Cues(verbs=frozenset({"disapprove", "declining", "refuse"}))


def _may_tell(reader: Reader, sentence: Sentence) -> bool:
    """Whether a sentence has a word or a verb that a clause of it may tell a stance with."""
    if reader.has_any(sentence, _TOLD):
        return True
    return reader.has_any(sentence, _ENTRY) and reader.has_any(sentence, _TURNING_DOWN)


def _lesser_clauses(reader: Reader, sentence: Sentence) -> Iterator[Clause]:
    """What gerunds say of the subject of their clause ("tout en gardant …"), and what may be ("may well support")."""
    saying = "say" in reader.standing[sentence.index].verbs
    aside = [range(*span) for span in insertions(reader.document, sentence)] if saying else []
    for at, verb in sentence.verbs():
        free = verb.main is None or any(verb.main in places for places in aside)
        if verb.tense == "inf" and free and (verb.doubtful or "rely" in verb.classes):
            begin = next((clause.end for clause in reversed(reader.clauses[sentence.index]) if clause.end <= at), 0)
            end = next((clause.begin for clause in reader.clauses[sentence.index] if clause.begin > at), None)
            subject = subject_of(reader.document, sentence, begin, at, frozenset(i for places in aside for i in places))
            yield Clause(sentence, begin, end or len(sentence.nodes), at, subject, ())
        elif verb.tense == "ger" and _adverbial(reader, sentence, at):
            main = next((clause for clause in reader.clauses[sentence.index] if clause.begin <= at < clause.end), None)
            if main is not None and not main.verb.passive:
                end = next((i for i in range(at, main.end) if sentence.nodes[i].norm == ","), main.end)
                yield replace(main, at=at, begin=at if at > main.at else main.begin, end=end, relative=False)


def _adverbial(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a gerund tells what the subject does besides, not which things are meant: "companies backing Russia"."""
    before = sentence.nodes[at - 1].norm if at else ","
    return before == "," or before in reader.lexicon.sets["with_gerund"]


def _states(reader: Reader, clause: Clause) -> bool:
    """Whether a clause says what is, if only by hearsay: not what will or would be, nor what might or is asked."""
    told = clause.verb.tense not in ("fut", "cond") or clause.verb.doubtful
    following = [node.norm for node in clause.sentence.nodes[clause.at + 1 : clause.at + 3]]
    return told and following != ["no", "longer"] and not supposed(reader, clause.sentence, clause.at)


def _is_share(clause: Clause) -> bool:
    """Whether it is a share of people whose opinion the clause tells: that is a finding."""
    return bool(clause.sentence.tagged("C", clause.begin, clause.at + 1))


def _found(reader: Reader, clause: Clause, name: str, stance: Told) -> Iterator[Found]:
    kind, toward, own = stance
    slots = {**_dates(clause), **{key: item for key, item in own.items() if key not in ("passive", "holder")}}
    holders = [Holder(own["holder"], ())] if "holder" in own else holders_of(reader, clause, passive="passive" in own)
    pairs = [(holder, target, toward) for holder in holders for target in values(toward)]
    pairs += [(Holder(holder, ()), target, toward) for holder, target in _left_out(clause, toward)]
    for holder, target, nodes in pairs:
        if target == holder.value:
            continue
        content: dict[str, Any] = {"holder": holder.value, "stance": kind, "toward": target, **slots, **holder.slots}
        if clause.verb.doubtful:
            content = {**content, "hedged": True}
        evidence = [*holder.nodes, clause.sentence.nodes[clause.at], *nodes]
        yield Found("stance", content, f"stance/{name}", clause.sentence.index, evidence, clause.at)


def _left_out(clause: Clause, toward: list[Node]) -> Iterator[tuple[str, str]]:
    """Others and their objects where the verb is left out: "le Maroc soutient Kiev, l'Algérie Moscou"."""
    nodes = clause.sentence.nodes
    last = nodes.index(toward[-1]) if toward and toward[-1] in nodes else len(nodes)
    for at in clause.sentence.tagged("S", last + 1, min(last + 4, clause.end)):
        other = gapped(clause.sentence, at)
        if other is not None and any(node.norm == "," for node in nodes[last + 1 : at]):
            yield value(nodes[at]), value(other)
            return


def _dates(clause: Clause) -> dict[str, str]:
    """The date or the beginning that the clause itself gives."""
    slots: dict[str, str] = {}
    for at in clause.sentence.tagged("D", clause.begin, clause.end):
        if enclosed(clause.sentence, at) or of_insertion(clause.sentence, clause.begin, at, clause.at):
            continue  # "Angela Merkel (2005-2021) s'était opposée à …"
        node = clause.sentence.nodes[at]
        if is_since(node):
            slots.setdefault("since", since_date(date_of(node)))
        elif not date_of(node).startswith("../"):
            slots.setdefault("date", date_of(node))
    return slots


def _supports(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A verb of support with its object: a party, its cause, sanctions against it, its way into an organisation."""
    classes = clause.verb.classes
    if not classes & {"supporting", "align", "approve", "plead"}:
        return
    if clause.verb.passive:
        if clause.agent and "supporting" in classes:
            yield endorsed(reader, clause, "supports", {"passive": "yes"})
        return
    begin = clause.at + 1
    if told := told_before(reader, clause):
        yield told if "supporting" in classes or told[0] == "supports-membership" else ("supports", [], {})
        return
    sanctioned = sanctions(reader, clause.sentence, begin, clause.end)
    entry = classes & {"supporting", "approve", "plead"} and bid(
        reader, clause.sentence, begin, clause.end, clause=clause
    )
    if sanctioned:
        yield sanctioned
    if entry:
        yield entry
        return
    start = begin if "supporting" in classes and not sanctioned else None
    if "plead" in classes:
        start = after(reader, clause, "in_favour", begin, clause.at + 4)
    towards = objects_after(reader, clause, start, skip="cause") if start else []
    if not towards and "supporting" in classes:
        towards = taken_up_before(reader, clause) or _war_after(reader, clause)
    if towards:
        yield "supports", towards, {}


def _supporter(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that is another's supporter or ally: "est un fervent soutien de", "is among Moscow's closest allies"."""
    named_so = "consider" in clause.verb.classes  # "is considered Moscow's closest ally"
    if (clause.verb.passive and not named_so) or not _links(reader, clause):
        return
    for name, stance in _NOUNS.items():
        at = reader.has(clause.sentence, name, clause.at + 1, clause.end)
        if at is None or at - clause.at > 12:
            continue
        end = at + phrase_at(clause.sentence.nodes, at, reader.lexicon.words[name])
        if name == "supporter" and (entry := bid(reader, clause.sentence, end, clause.end)):
            yield entry
        elif name == "supporter" and (sanctioned := sanctions(reader, clause.sentence, end, clause.end)):
            yield sanctioned
        elif towards := whose(reader, clause.sentence, end, clause.end) or owner_before(clause.sentence, at, clause.at):
            yield stance, towards, _closest(reader, clause, at, clause.at) if stance == "ally" else {}
        elif stance == "ally" and len(clause.subject) == 2:
            yield stance, list(clause.nodes(clause.subject[1:])), {}


_NOUNS = {"supporter": "supports", "ally": "ally", "opponent": "opposes"}
"""Classes of nouns and the stances that they tell."""


def _closest(reader: Reader, clause: Clause, at: int, least: int) -> dict[str, str]:
    closest = reader.has(clause.sentence, "closest", max(at - 3, least), at + 4) is not None
    return {"degree": "closest"} if closest else {}


def _links(reader: Reader, clause: Clause) -> bool:
    """Whether the verb says what its subject is: "est", "reste", "figure parmi", "a toujours été"."""
    if clause.verb.classes & {"be", "sit", "amount_to", "consider", "seem", "suspect"} or clause.verb.reflexive:
        return True
    words = ("been", "among")
    return any(reader.has(clause.sentence, name, clause.at + 1, clause.at + 4) is not None for name in words)


def _listed_supporters(reader: Reader, clause: Clause) -> Iterator[Told]:
    """Those named after the verb: "les alliés de Moscou sont A et B", "Moscow's closest allies are A and B"."""
    if clause.verb.passive or not clause.verb.classes & {"be", "sit", "amount_to", "comprise"}:
        return
    for name, stance in (("supporter", "supports"), ("ally", "ally")):
        at = reader.has(clause.sentence, name, clause.begin, clause.at)
        if at is None or any(node.norm == "," for node in clause.sentence.nodes[at : clause.at]):
            continue
        end = at + phrase_at(clause.sentence.nodes, at, reader.lexicon.words[name])
        towards = whose(reader, clause.sentence, end, clause.at) or owner_before(clause.sentence, at, clause.begin - 1)
        named = parties_after(reader, clause, clause.at + 1) if towards else []
        if not named or any(node.form == "a" for node in towards):
            continue
        own = _closest(reader, clause, at, clause.begin) if stance == "ally" else {}
        for holder in values(named):
            yield stance, towards[:1], {**own, "holder": holder, "passive": "yes"}


def _allies_held(reader: Reader, clause: Clause) -> Iterator[Told]:
    """Those in whom a party has its allies: "counts X among its closest allies", "has an ally in X"."""
    nodes = clause.sentence.nodes
    if clause.verb.passive or not clause.verb.classes & {"have", "keep", "count", "comprise", "consider", "find"}:
        return
    for name, stance in (("supporter", "supports"), ("ally", "ally")):
        at = reader.has(clause.sentence, name, clause.at + 1, clause.end)
        if at is None or whose(reader, clause.sentence, at + 1, min(at + 3, clause.end)):
            continue
        among = reader.has(clause.sentence, "among", clause.at + 1, at)
        before = [nodes[i] for i in clause.sentence.tagged("SOP", clause.at + 1, among)] if among else []
        place = after(reader, clause, "locative", at + 1, at + 3)
        place = place or after(reader, clause, "colon", at + 1, at + 2) or _counted_as(reader, clause, among, at)
        holders = before or (listed(reader, clause.sentence, place, clause.end) if place else _cleft(reader, clause))
        for holder in values(holders):
            own = _closest(reader, clause, at, clause.at) if stance == "ally" else {}
            yield stance, list(clause.nodes(clause.subject[-1:])), {**own, "holder": holder}


def _counted_as(reader: Reader, clause: Clause, among: int | None, at: int) -> int:
    """Where those are named who are counted so: "a pour alliés A et B", "compte parmi ses alliés A et B"; else 0."""
    nodes, sets = clause.sentence.nodes, reader.lexicon.sets
    role = reader.has(clause.sentence, "in_role", clause.at + 1, at)
    own = among is not None and any(node.norm in sets["possessives"] for node in nodes[among:at])
    whose_they_are = at + 1 < len(nodes) and nodes[at + 1].norm in sets["genitive"]
    return at + 1 if (own or role is not None) and not whose_they_are else 0


def _own_allies(reader: Reader, clause: Clause) -> Iterator[Told]:
    """Those among whom a party's own allies are: "compte sur ses alliés, dont A et B", "its allies, among them A"."""
    nodes = clause.sentence.nodes
    if clause.verb.passive or not clause.verb.classes & {"rely", "receive", "have", "keep", "count"}:
        return
    at = reader.has(clause.sentence, "ally", clause.at + 1, clause.end)
    own = at is not None and nodes[at - 1].norm in reader.lexicon.sets["possessives"]
    if at is None or not own or at + 2 >= len(nodes) or nodes[at + 1].norm != "," or len(clause.subject) != 1:
        return
    step = phrase_at(nodes, at + 2, reader.lexicon.words["including"])
    for holder in values(listed(reader, clause.sentence, at + 2 + step, len(nodes)) if step else ()):
        yield "ally", list(clause.nodes(clause.subject)), {"holder": holder}


def _cleft(reader: Reader, clause: Clause) -> list[Node]:
    """The place that a sentence puts first: "It is in Minsk that Moscow has …", "C'est à Minsk que Moscou a …"."""
    nodes = clause.sentence.nodes
    verb = nodes[1].verb if len(nodes) > 3 else None
    opens = nodes[0].norm in reader.lexicon.sets["impersonal"] and verb is not None and "be" in verb.classes
    step = phrase_at(nodes, 2, reader.lexicon.words["locative"]) if opens else 0
    return listed(reader, clause.sentence, 2 + step, clause.at - 1) if step else []


def _sides(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that stands at another's side: "s'est rangé aux côtés de", "stands with"."""
    if clause.verb.passive or not clause.verb.classes & {"side", "be", "stand", "take", "light"}:
        return
    if close_bond(reader, clause):
        return  # "is on good terms with"
    if (
        "side" not in clause.verb.classes
        and reader.has(clause.sentence, "behind_whom", clause.at + 1, clause.end) is not None
    ):
        return  # "demeure derrière Washington" is a rank
    begin = after(reader, clause, "ukraine_side", clause.at + 1, clause.at + 6)
    if begin and clause.sentence.tagged("Z", clause.at + 1, begin):
        return  # "is “at war” with Russia"
    entry = bid(reader, clause.sentence, begin, clause.end, clause=clause) if begin else None
    entry = entry or (sanctions(reader, clause.sentence, begin, clause.end) if begin else None)
    if entry:
        yield entry
    elif begin and (towards := objects_after(reader, clause, begin)):
        yield "supports", towards, {}
    elif not begin and clause.verb.classes & {"light", "take", "be", "stand"}:
        at = reader.has(clause.sentence, "at_side", clause.at + 1, clause.at + 5)
        if at and (owner := owner_before(clause.sentence, at, clause.at)):
            yield "supports", owner, {}


def _aligns(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that follows another: "s'est aligné sur Moscou", "has aligned itself with Moscow"."""
    if "align" not in clause.verb.classes or clause.verb.passive:
        return
    begin = after(reader, clause, "aligned_with", clause.at + 1, clause.at + 2)
    sanctioned = reader.has(clause.sentence, "sanctions", clause.at, clause.end) is not None
    if begin and not sanctioned and (towards := objects_after(reader, clause, begin, skip="cause")):
        yield "supports", towards, {}


def _relies(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that has another's support: "peut compter sur le soutien de", "enjoys the backing of"."""
    for at, verb in clause.chain():
        if not verb.classes & {"rely", "receive", "keep", "have"} or verb.passive:
            continue
        noun = after(reader, clause, "backing", at + 1, at + 7)
        begin = after(reader, clause, "genitive_party", noun, noun + 1) if noun else None
        holders = run_starting(reader.document, clause.sentence, begin) if begin else ()
        for holder in values(clause.nodes(holders)):
            yield endorsed(reader, clause, "supports", {"holder": holder})
        if holders:
            return


def _resisted(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A party that meets another's opposition: "se heurte à l'opposition de", "faces resistance from"."""
    if clause.verb.passive or "run_into" not in clause.verb.classes:
        return
    noun = after(reader, clause, "resistance", clause.at + 1, clause.at + 5)
    begin = after(reader, clause, "genitive_party", noun, noun + 1) if noun else None
    for holder in values(clause.nodes(run_starting(reader.document, clause.sentence, begin) if begin else ())):
        yield endorsed(reader, clause, "opposes", {"holder": holder})


def _condemns(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A condemnation of a party, or of a war, which falls on whoever wages it."""
    if "condemn" not in clause.verb.classes:
        yield from _criticises(reader, clause)
        return
    begin = clause.at + 1
    if clause.verb.passive:
        blamed = toward_of_war(reader, clause.sentence, clause.begin, clause.at) or list(clause.nodes(clause.subject))
        if clause.agent and blamed:
            yield "condemns", blamed, {"passive": "yes"}
    elif found := toward_of_war(reader, clause.sentence, begin, clause.end):
        yield "condemns", found, {}
    elif towards := objects_after(reader, clause, begin) or taken_up_before(reader, clause):
        yield "condemns", towards, {}


def _criticises(reader: Reader, clause: Clause) -> Iterator[Told]:
    """A war that a party criticises or deplores is condemned; whatever else is criticised is not."""
    if "criticise" not in clause.verb.classes or clause.verb.passive:
        return
    yield "condemns", _war_after(reader, clause), {}


def _war_after(reader: Reader, clause: Clause) -> list[Node]:
    """Who wages the war that a verb has for its object: "critique l'invasion russe", "backs the invasion"."""
    begin = clause.at + 1
    war = reader.has(clause.sentence, "war", begin, min(begin + 6, clause.end))
    before = clause.sentence.nodes[begin:war] if war else ()
    if war is None or any(node.verb or node.norm in reader.lexicon.sets["prepositions"] for node in before):
        return []
    return toward_of_war(reader, clause.sentence, begin, clause.end)


def _attitude(reader: Reader, clause: Clause) -> Iterator[Told]:
    """Neutrality toward, hostility to, opposition to a party."""
    for name, stance in _ATTITUDES.items():
        at = reader.has(clause.sentence, name, clause.at + 1, clause.end)
        if at is None or is_beside(reader, clause.sentence, at, clause.end):
            continue
        if name in ("close_to", "favourable_to", "allied") and not _says_of_subject(reader, clause, at):
            continue
        if name == "favourable_to" and (sanctioned := sanctions(reader, clause.sentence, at + 1, clause.end)):
            yield sanctioned
            continue
        if name in _OF_ENTRY and clause.verb.clitics & reader.lexicon.sets["dative_places"]:
            if told := entry_before(reader, clause):  # "la Pologne y est favorable"
                yield told if name == "favourable_to" else ("opposes", told[1], {})
            continue
        if name in _OF_ENTRY and (entry := _entry_favoured(reader, clause, at)):
            yield entry if name == "favourable_to" else ("opposes", entry[1], {})
            continue
        if name == "neutral" and (warring := _in_war(reader, clause, at)):
            yield stance, warring, {}
            continue
        if towards := _toward(reader, clause, at):
            opposed = reader.has(clause.sentence, "opposed", at, at + 1) is not None
            yield "opposes" if opposed else stance, towards, {}


_ATTITUDES = {
    "neutral": "neutral",
    "allied": "ally",
    "hostile_to": "hostile",
    "close_to": "close-relations",
    "favourable_to": "supports",
}
"""Classes of adjectives and the stances that they tell."""


_OF_ENTRY = frozenset({"favourable_to", "hostile_to"})
"""The attitudes that are held toward a state's way into an organisation too."""


def _entry_favoured(reader: Reader, clause: Clause, at: int) -> Told | None:
    """The way into an organisation that an adjective is directly followed by: "favorable à l'entrée de l'Ukraine"."""
    begin = after(reader, clause, "toward", at + 1, at + 2)
    entry = bid(reader, clause.sentence, begin, clause.end) if begin else None
    near = reader.has(clause.sentence, "membership_bid", begin, min(begin + 4, clause.end)) if begin else None
    return entry if near is not None else None


def _in_war(reader: Reader, clause: Clause, at: int) -> list[Node]:
    """Toward whom one is neutral in a war: "neutral in the conflict", "neutre dans la guerre"."""
    inside = after(reader, clause, "inside", at + 1, at + 2)
    return toward_of_war(reader, clause.sentence, inside, min(inside + 3, clause.end)) if inside else []


def _says_of_subject(reader: Reader, clause: Clause, at: int) -> bool:
    """Whether an adjective is what the verb says of its subject: "est proche de", not "est l'allié le plus proche"."""
    nouns = ("ally", "supporter")
    told = any(reader.has(clause.sentence, name, clause.at, clause.end) is not None for name in nouns)
    allied = told and at not in reader.places(clause.sentence, "allied")
    return at <= clause.at + 4 and _links(reader, clause) and not allied


def _toward(reader: Reader, clause: Clause, at: int) -> list[Node]:
    if reader.has(clause.sentence, "toward_it", at + 1, at + 3) is not None:
        return last_named(clause)
    for here in range(at + 1, min(at + 4, clause.end)):
        if step := phrase_at(clause.sentence.nodes, here, reader.lexicon.words["toward"]):
            return objects_after(reader, clause, here + step)
    return taken_up_before(reader, clause, "dative_pronouns")


_READERS: dict[str, Callable[[Reader, Clause], Iterator[Told]]] = {
    "support": _supports,
    "supporter": _supporter,
    "listed-supporters": _listed_supporters,
    "allies-held": _allies_held,
    "own-allies": _own_allies,
    "own-support": pledges_support,
    "support-of": support_of,
    "side": _sides,
    "aligned": _aligns,
    "relied-on": _relies,
    "resistance": _resisted,
    "close-relations": close,
    "condemnation": _condemns,
    "attitude": _attitude,
    "opposition": opposes,
    "turned-down": turns_down,
    "voiced-condemnation": condemnation,
    "came-from": came_from,
}
