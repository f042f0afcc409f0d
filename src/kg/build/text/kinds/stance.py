"""Kind `stance`: who stands how toward whom. Each reader below knows one way of saying it within a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.build.text.clauses import Clause, run_starting
from kg.build.text.document import Node
from kg.build.text.kinds.common import Found, Reader, date_of, is_since, since_date, value, values
from kg.build.text.kinds.stance_parties import (
    Holder,
    after,
    appositions,
    holders_of,
    objects_after,
    party_phrases,
    toward_of_war,
    whole_clause,
)
from kg.build.text.nodes import phrase_at

Stance = tuple[str, list[Node], dict[str, str]]
"""A stance, the nodes toward whom it is held, and slots of its own."""


def read(reader: Reader) -> Iterator[Found]:
    """The stances that the clauses of a text state."""
    for plain_clause in reader.all_clauses():
        clause = whole_clause(reader, plain_clause)
        if clause.verb.negative or _is_share(clause) or not _states(clause):
            continue
        for name, said in _READERS.items():
            for stance in said(reader, clause):
                yield from _found(reader, clause, name, stance)
    for sentence in reader.document.sentences:
        yield from party_phrases(reader, sentence)
        yield from appositions(reader, sentence)


def _states(clause: Clause) -> bool:
    """Whether a clause says what is, if only by hearsay: not what will or would be."""
    return clause.verb.tense not in ("fut", "cond") or clause.verb.doubtful


def _is_share(clause: Clause) -> bool:
    """Whether it is a share of people whose opinion the clause tells: that is a finding."""
    return bool(clause.sentence.tagged("C", clause.begin, clause.at + 1))


def _found(reader: Reader, clause: Clause, name: str, stance: Stance) -> Iterator[Found]:
    kind, toward, own = stance
    slots = {**_dates(clause), **{key: item for key, item in own.items() if key not in ("passive", "holder")}}
    holders = [Holder(own["holder"], ())] if "holder" in own else holders_of(reader, clause, passive="passive" in own)
    for holder in holders:
        for target in values(toward):
            if target == holder.value:
                continue
            content = {"holder": holder.value, "stance": kind, "toward": target, **slots, **holder.slots}
            nodes = [*holder.nodes, clause.sentence.nodes[clause.at], *toward]
            yield Found("stance", content, f"stance/{name}", clause.sentence.index, nodes, clause.at)


def _dates(clause: Clause) -> dict[str, str]:
    """The date or the beginning that the clause itself gives."""
    slots: dict[str, str] = {}
    for at in clause.sentence.tagged("D", clause.begin, clause.end):
        node = clause.sentence.nodes[at]
        if is_since(node):
            slots.setdefault("since", since_date(date_of(node)))
        elif not date_of(node).startswith("../"):
            slots.setdefault("date", date_of(node))
    return slots


def _supports(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A verb of support with its object: a party, its cause, sanctions against it, its way into an organisation."""
    classes = clause.verb.classes
    if not classes & {"supporting", "align", "approve", "plead"}:
        return
    if clause.verb.passive:
        if clause.agent and "supporting" in classes:
            yield "supports", list(clause.nodes(clause.subject)), {"passive": "yes"}
        return
    sanctions = _sanctions(reader, clause)
    bid = _bid(reader, clause, clause.at + 1) if classes & {"supporting", "approve", "plead"} else None
    if sanctions:
        yield sanctions
    if bid:
        yield bid
        return
    begin = clause.at + 1 if "supporting" in classes and not sanctions else None
    if "plead" in classes:
        begin = after(reader, clause, "in_favour", clause.at + 1, clause.at + 4)
    if begin and (towards := objects_after(reader, clause, begin, skip="cause")):
        yield "supports", towards, {}


def _sanctions(reader: Reader, clause: Clause) -> Stance | None:
    """Sanctions that are supported: against whom, and whose they are."""
    at = reader.has(clause.sentence, "sanctions", clause.at + 1, min(clause.at + 6, clause.end))
    if at is None:
        return None
    nodes = clause.sentence.nodes
    targets = [
        nodes[i] for i in clause.sentence.tagged("SPX", at + 1, clause.end) if nodes[i].form != "a" and nodes[i].keys
    ]
    if not targets:
        return None
    owner = _owner(reader, clause, at)
    return "supports-sanctions", targets[:1], {"of": owner} if owner else {}


def _owner(reader: Reader, clause: Clause, at: int) -> str | None:
    """Whose sanctions they are: the organisation beside the word, or else the Union if the sentence speaks of it."""
    nodes = clause.sentence.nodes
    near = clause.sentence.tagged("O", clause.at + 1, min(at + 5, clause.end))
    if near:
        return value(nodes[near[0]])
    union = any(node.keys == ("org:eu",) for node in nodes)
    return "org:eu" if union or reader.has(clause.sentence, "european", clause.at, clause.end) is not None else None


def _bid(reader: Reader, clause: Clause, begin: int) -> Stance | None:
    """A state's membership of an organisation that is supported."""
    at = reader.has(clause.sentence, "membership_bid", begin, clause.end)
    if at is None:
        return None
    nodes = clause.sentence.nodes
    states = [*clause.sentence.tagged("S", max(begin, at - 4), at), *clause.sentence.tagged("S", at + 1, clause.end)]
    if not states and reader.has(clause.sentence, "own", begin, at) is not None:
        states = [i for i in reversed(clause.sentence.tagged("S", 0, clause.begin)) if i not in clause.subject]
    if not states:
        return None
    place = [*clause.sentence.tagged("OG", at + 1, clause.end), *clause.sentence.tagged("OG", begin, at)]
    own = {"of": value(nodes[place[0]])} if place else {}
    return "supports-membership", [nodes[states[0]]], own


def _supporter(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A party that is another's supporter or ally: "est un fervent soutien de", "is among Moscow's closest allies"."""
    named_so = "consider" in clause.verb.classes  # "is considered Moscow's closest ally"
    if (clause.verb.passive and not named_so) or not _links(reader, clause):
        return
    for name, stance in (("supporter", "supports"), ("ally", "ally")):
        at = reader.has(clause.sentence, name, clause.at + 1, clause.end)
        if at is None or at - clause.at > 12:
            continue
        if name == "supporter" and (bid := _bid(reader, clause, at)):
            yield bid
        elif towards := _of_whom(reader, clause, at):
            closest = reader.has(clause.sentence, "closest", max(at - 3, clause.at), at + 3) is not None
            yield stance, towards, {"degree": "closest"} if closest and stance == "ally" else {}


def _links(reader: Reader, clause: Clause) -> bool:
    """Whether the verb says what its subject is: "est", "reste", "figure parmi", "a toujours été"."""
    if clause.verb.classes & {"be", "sit", "amount_to", "consider"} or clause.verb.reflexive:
        return True
    words = ("been", "among")
    return any(reader.has(clause.sentence, name, clause.at + 1, clause.at + 4) is not None for name in words)


def _listed_supporters(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """Those named after the verb: "les alliés de Moscou sont A et B", "Moscow's closest allies are A and B"."""
    if clause.verb.passive or not clause.verb.classes & {"be", "sit", "amount_to"}:
        return
    for name, stance in (("supporter", "supports"), ("ally", "ally")):
        at = reader.has(clause.sentence, name, clause.begin, clause.at)
        towards = _of_whom(reader, clause, at) if at is not None else []
        named = _listed(reader, clause, clause.at + 1) if towards else []
        if at is None or not named or any(node.form == "a" for node in towards):
            continue
        closest = reader.has(clause.sentence, "closest", max(at - 3, clause.begin), at + 4) is not None
        own = {"degree": "closest"} if closest and stance == "ally" else {}
        for holder in values(named):
            yield stance, towards[:1], {**own, "holder": holder, "passive": "yes"}


def _of_whom(reader: Reader, clause: Clause, at: int) -> list[Node]:
    """Whose supporter: after "de" or "of", or before an English noun with "'s"."""
    nodes = clause.sentence.nodes
    length = max((phrase_at(nodes, at, reader.lexicon.words[name]) for name in ("supporter", "ally")), default=1)
    for here in range(at + length, min(at + length + 5, clause.end)):
        if step := phrase_at(nodes, here, reader.lexicon.words["of_party"]):
            return [nodes[i] for i in run_starting(reader.document, clause.sentence, here + step)]
        if nodes[here].tag == "S" and nodes[here].form == "a":
            return [nodes[here]]
    for here in range(at - 1, clause.at if clause.at < at else clause.begin, -1):
        if nodes[here].norm == "'s" and nodes[here - 1].tag in "SOGP":
            return [nodes[here - 1]]
    return []


def _pledges_support(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A party that gives or affirms its support: "a réaffirmé son soutien à", "voiced its backing for"."""
    if clause.verb.passive or not clause.verb.classes & {"keep", "say", "deliver", "pledge", "show"}:
        return
    noun = after(reader, clause, "own_support", clause.at + 1, clause.at + 8)
    begin = after(reader, clause, "to", noun, noun + 3) if noun else None
    if begin and (towards := objects_after(reader, clause, begin, skip="cause")):
        yield "supports", towards, {}


def _sides(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A party that stands at another's side: "s'est rangé aux côtés de", "stands with"."""
    if clause.verb.passive or not clause.verb.classes & {"side", "be", "stand"}:
        return
    if (
        "side" not in clause.verb.classes
        and reader.has(clause.sentence, "behind_whom", clause.at + 1, clause.end) is not None
    ):
        return  # "demeure derrière Washington" is a rank
    begin = after(reader, clause, "ukraine_side", clause.at + 1, clause.at + 6)
    if begin and (towards := objects_after(reader, clause, begin)):
        yield "supports", towards, {}


def _relies(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A party that has another's support: "peut compter sur le soutien de", "enjoys the backing of"."""
    for at, verb in clause.chain():
        if not verb.classes & {"rely", "receive", "keep", "have"} or verb.passive:
            continue
        noun = after(reader, clause, "backing", at + 1, at + 7)
        begin = after(reader, clause, "genitive_party", noun, noun + 1) if noun else None
        holders = run_starting(reader.document, clause.sentence, begin) if begin else ()
        for holder in values(clause.nodes(holders)):
            yield "supports", list(clause.nodes(clause.subject)), {"holder": holder, "passive": "yes"}
        if holders:
            return


def _close(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """Close relations that are kept with others."""
    if not clause.verb.classes & {"keep", "be", "have", "establish", "show"} or clause.verb.passive:
        return
    noun = after(reader, clause, "close_relations", clause.at + 1, clause.end)
    begin = after(reader, clause, "with_party", noun, noun + 8) if noun else None
    if begin:
        yield "close-relations", _listed(reader, clause, begin), {}
    elif noun and len(clause.subject) == 2:
        yield "close-relations", list(clause.nodes(clause.subject[1:])), {}


def _listed(reader: Reader, clause: Clause, begin: int) -> list[Node]:
    """The parties of a list that follows, also after "certains pays, tels que"."""
    nodes = clause.sentence.nodes
    start = next(
        (i for i in range(begin, min(begin + 8, clause.end)) if nodes[i].tag in "SOGP" and nodes[i].form != "a"), None
    )
    return [nodes[i] for i in run_starting(reader.document, clause.sentence, start)] if start is not None else []


def _condemns(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A condemnation of a party, or of a war, which falls on whoever wages it."""
    if "condemn" not in clause.verb.classes or clause.verb.passive:
        return
    if found := toward_of_war(reader, clause, clause.at + 1):
        yield "condemns", found, {}
    elif towards := objects_after(reader, clause, clause.at + 1):
        yield "condemns", towards, {}


def _attitude(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """Neutrality toward, hostility to, opposition to a party."""
    for name, stance in _ATTITUDES.items():
        at = reader.has(clause.sentence, name, clause.at + 1, clause.end)
        if at is None or (name in ("close_to", "favourable_to") and not _says_of_subject(reader, clause, at)):
            continue
        if towards := _toward(reader, clause, at):
            opposed = reader.has(clause.sentence, "opposed", at, at + 1) is not None
            yield "opposes" if opposed else stance, towards, {}


_ATTITUDES = {"neutral": "neutral", "hostile_to": "hostile", "close_to": "close-relations", "favourable_to": "supports"}
"""Classes of adjectives and the stances that they tell."""


def _says_of_subject(reader: Reader, clause: Clause, at: int) -> bool:
    """Whether an adjective is what the verb says of its subject: "est proche de", not "est l'allié le plus proche"."""
    allied = any(reader.has(clause.sentence, name, clause.at, clause.end) is not None for name in ("ally", "supporter"))
    return at <= clause.at + 4 and _links(reader, clause) and not allied


def _toward(reader: Reader, clause: Clause, at: int) -> list[Node]:
    nodes = clause.sentence.nodes
    for here in range(at + 1, min(at + 4, clause.end)):
        if step := phrase_at(nodes, here, reader.lexicon.words["toward"]):
            begin = here + step
            begin += begin < clause.end and nodes[begin].norm in reader.lexicon.sets["firmly"]
            return [nodes[i] for i in run_starting(reader.document, clause.sentence, begin)]
    return []


def _opposes(reader: Reader, clause: Clause) -> Iterator[Stance]:
    """A verb of opposition with its object: a party, or a party's way into an organisation."""
    nodes = clause.sentence.nodes
    opposed = (
        clause.verb.passive
        and clause.at + 1 < len(nodes)
        and nodes[clause.at + 1].norm in reader.lexicon.sets["to_oppose"]
    )
    if "oppose" not in clause.verb.classes or (clause.verb.passive and not opposed):
        return
    if bid := _bid(reader, clause, clause.at + 1):
        yield "opposes", bid[1], {}
    elif towards := objects_after(reader, clause, clause.at + 1, through="to_oppose"):
        yield "opposes", towards, {}


_READERS: dict[str, Callable[[Reader, Clause], Iterator[Stance]]] = {
    "support": _supports,
    "supporter": _supporter,
    "listed-supporters": _listed_supporters,
    "own-support": _pledges_support,
    "side": _sides,
    "relied-on": _relies,
    "close-relations": _close,
    "condemnation": _condemns,
    "attitude": _attitude,
    "opposition": _opposes,
}
