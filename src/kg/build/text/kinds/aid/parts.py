"""How the things of one clause hang together: parts and frames, dates, donors, statuses, categories, instruments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kg.build.text.document import Node
from kg.build.text.kinds.aid.events import RANK, Event, participle_event
from kg.build.text.kinds.aid.parties import Parties
from kg.build.text.kinds.aid.scope import Scope, respective
from kg.build.text.kinds.aid.things import Thing
from kg.build.text.kinds.aid.when import give_dates
from kg.build.text.kinds.common import UKRAINE, values, whole


def arrange(scope: Scope) -> None:
    """Give each thing of a scope its role, donors, status, date, category and instruments."""
    _roles(scope)
    _donors(scope)
    _recipients(scope)
    _statuses(scope)
    give_dates(scope)
    for number, thing in enumerate(scope.things):
        near = _surroundings(scope, number)
        thing.category = thing.category or _category(scope, thing, near)
        thing.instruments = list(dict.fromkeys(thing.instruments + _instruments(scope, number, near)))
        thing.each = len(values(thing.donors)) > 1 and _for_each(scope, number)
    _given_alike(scope)
    _inherit(scope)


def _for_each(scope: Scope, number: int) -> bool:
    """Whether "chacun" or "each" tells that every donor gives a thing: before it, within the verb, or after it."""
    thing, nodes = scope.things[number], scope.nodes
    verb = nodes[scope.event.at]
    told = set(scope.reader.document.text[verb.start : verb.end].lower().split())
    told |= {node.norm for node in nodes[max(scope.event.at - 1, scope.begin) : scope.event.at]}
    told |= {node.norm for node in nodes[scope.event.at + 1 : thing.begin]} if not number else set()
    told |= {node.norm for node in nodes[thing.end : thing.end + 2]}
    return bool(told & scope.words.sets["each"])


def _given_alike(scope: Scope) -> None:
    """Goods joined to others that are given in kind are so too: "a fait don de 43 missiles et de 288 AIM-7"."""
    for thing, following in pairwise(scope.things):
        joined = all(scope.words.joins(node) for node in scope.nodes[thing.end : following.begin])
        goods = bool(following.item) and not following.amount and not following.instruments
        if joined and goods and thing.instruments == ["in-kind"] and thing.donors == following.donors:
            following.instruments = ["in-kind"]


# -- parts and frames --------------------------------------------------------------------------------------------------


def _roles(scope: Scope) -> None:
    """Mark the parts: after "dont", and after the colon that follows an amount; and those joined to a part."""
    sticky = False
    for number, thing in enumerate(scope.things):
        gap = scope.before(number)
        if not number and len(scope.things) > 1 and scope.finds("out_of", gap.start, gap.stop):
            thing.role = "whole"
        if thing.role in ("frame", "whole", "heading") or not number:
            continue
        opened = scope.finds("including", gap.start, gap.stop)
        opened = opened or scope.finds("of_it", thing.begin + 1, min(thing.end + 3, scope.end))
        listed = bool(scope.things[0].amount) and any(scope.nodes[i].norm == ":" for i in gap)
        listed = listed or _enclosed(scope, number)
        closed = any(scope.nodes[i].norm in (")", ";") for i in gap) and not listed
        joined = all(node.tag == "W" or node.tag in "SD" for node in scope.nodes[gap.start : gap.stop])
        sticky = opened or listed or (sticky and not closed and joined)
        thing.role = "part" if sticky else thing.role


def _enclosed(scope: Scope, number: int) -> bool:
    """Whether a dash or a bracket leads from an amount to the goods that it comprises: "€80 million – missiles, …"."""
    last, thing = scope.things[number - 1], scope.things[number]
    gap = scope.nodes[last.end : thing.begin]
    opened = bool(gap) and gap[0].norm in ("—", "–", "(") and all(node.tag == "W" for node in gap)
    return opened and bool(last.amount) and not last.item and bool(thing.item) and not thing.amount


def whole_before(things: Sequence[Thing], number: int) -> Thing | None:
    """The amount that a part or what stands after it is a part of."""
    return next((t for t in reversed(things[:number]) if t.role == "given" and t.amount), None)


# -- donors ------------------------------------------------------------------------------------------------------------


def _donors(scope: Scope) -> None:
    parties = Parties(scope.reader, scope.sentence)
    current = scope.event.donors
    helped = parties.helpers(scope.begin, scope.before(0).stop) if scope.things else ()
    last = scope.things[-1].end if scope.things else scope.begin
    helped += parties.helpers(last, scope.end)
    for number, thing in enumerate(scope.things):
        gap = scope.before(number)
        if thing.donors:
            continue
        if number and (others := parties.compared(gap.start, thing.begin, thing.end)):
            thing.donors, thing.role = others, "other"
            continue
        if number and scope.things[number - 1].role == "other" and _joined(scope, number):
            thing.donors, thing.role = scope.things[number - 1].donors, "other"
            continue
        if row := parties.switch(gap.start, thing.begin):
            if number or row != current:
                current = row if thing.role != "part" else current
        elif number and (more := parties.helpers(gap.start, thing.begin)):
            if _after_participle(scope, gap):
                scope.things[number - 1].donors += more  # "une batterie cofinancée avec la France ainsi que …"
            else:
                thing.donors = current + more
                continue
        thing.donors = _one_of(scope, parties, number) or current
    _respectively(scope)
    for thing in scope.things:
        if thing.role != "other":
            thing.donors += tuple(node for node in helped if node not in thing.donors)


def _after_participle(scope: Scope, gap: range) -> bool:
    """Whether a participle opens what stands between two things."""
    verb = scope.nodes[gap.start].verb if gap else None
    return verb is not None and verb.tense == "pp"


def _joined(scope: Scope, number: int) -> bool:
    """Whether nothing but a conjunction stands between a thing and the one before it."""
    return all(scope.words.joins(scope.nodes[at]) for at in scope.before(number))


def _one_of(scope: Scope, parties: Parties, number: int) -> tuple[Node, ...]:
    """The one of several donors that stands after its thing: "42 pour La Haye", "Scalp pour la première"."""
    donors = scope.event.donors
    places = scope.after(number)
    if len(donors) < 2:
        return ()
    named = parties.on_behalf(places.start, places.stop)
    if named and all(values((one,)) in [values((donor,)) for donor in donors] for one in named):
        return named
    ranks = [
        at for at in places[:4] if scope.nodes[at].tag == "R" and scope.nodes[places.start].norm in _on_behalf(scope)
    ]
    rank = whole(scope.nodes[ranks[0]]) if ranks else None
    return (donors[rank - 1],) if rank and rank <= len(donors) else ()


def _on_behalf(scope: Scope) -> frozenset[str]:
    return scope.words.sets["on_behalf"]


def _respectively(scope: Scope) -> None:
    """ "La Pologne et la Slovaquie ont cédé respectivement 14 et 13 MiG-29": one donor for each thing."""
    if respective(scope):
        for thing, donor in zip(scope.things, scope.event.donors, strict=True):
            thing.donors = (donor,)


def _recipients(scope: Scope) -> None:
    """The recipient that stands by a thing, or by another thing of the same donors."""
    parties = Parties(scope.reader, scope.sentence)
    donors = {key for thing in scope.things for key in values(thing.donors)}
    for number, thing in enumerate(scope.things):
        near = (scope.before(number), scope.after(number))
        found = [parties.recipient(places.start, places.stop, donors) for places in near]
        thing.recipient = UKRAINE if UKRAINE in found else next((key for key in found if key), "")
    for thing in scope.things:
        same = {other.recipient for other in scope.things if other.donors == thing.donors and other.recipient}
        if UKRAINE in same or not thing.recipient:
            thing.recipient = UKRAINE if UKRAINE in same else next(iter(sorted(same)), "")
    if scope.event.passive:
        told = parties.recipient(scope.event.at + 1, scope.end, donors)
        for thing in scope.things:
            thing.recipient = thing.recipient or told
    if scope.things and not scope.things[0].recipient:
        scope.things[0].recipient = parties.recipient(scope.begin, scope.before(0).stop, donors)


# -- statuses ----------------------------------------------------------------------------------------------------------


def _statuses(scope: Scope) -> None:
    """The event's status for each thing, or a later one that a participle after it tells: "…, livrés en 2023"."""
    for number, thing in enumerate(scope.things):
        thing.status = scope.event.status
        found = participle_event(scope.reader, scope.sentence, thing.end, scope.after(number).stop)
        if found is None or found.at == scope.event.at:
            continue
        if thing.role in ("frame", "whole"):
            thing.status = found.status
            thing.donors = found.donors or thing.donors
        elif not thing.status or RANK.index(found.status) > RANK.index(thing.status):
            for other in _joined_before(scope, number):
                other.status = found.status
                other.donors = found.donors or other.donors
        elif _only(scope, number, found):
            thing.status = found.status


def _only(scope: Scope, number: int, found: Event) -> bool:
    """Whether a thing told after "with" is no further than its participle says: "…, with 15 more pledged"."""
    gap = [scope.nodes[at].norm for at in scope.before(number)]
    close = found.at - scope.things[number].end <= 1
    return number > 0 and close and any(word in scope.words.sets["with"] for word in gap)


def _joined_before(scope: Scope, number: int) -> list[Thing]:
    """A thing with those coordinated before it: "30 chars et 10 obusiers livrés en mai"."""
    row = [scope.things[number]]
    for at in range(number, 0, -1):
        one, other = scope.things[at - 1], scope.things[at]
        gap = scope.nodes[one.end : other.begin]
        joined = all(scope.words.joins(node) or node.norm in scope.words.sets["article"] for node in gap)
        if one.role != other.role or not joined:
            break
        row.append(one)
    return row


# -- category and instrument -------------------------------------------------------------------------------------------


def _surroundings(scope: Scope, number: int) -> list[Node]:
    """The nodes of the noun phrase around a thing: back to the verb or a comma, on to a comma or the next thing."""
    nodes = scope.nodes
    thing = scope.things[number]
    begin = thing.begin
    floor = scope.before(number).start
    while begin > floor and not (nodes[begin - 1].verb or nodes[begin - 1].norm in (",", ";", ":")):
        begin -= 1
    if begin > floor and nodes[begin - 1].norm in scope.words.sets["guarantee"]:
        begin -= 1  # "garantie de 200 millions" is a noun also where it is read as a participle
    worth = scope.words.worth(nodes, begin, thing.begin) or nodes[begin].norm in scope.words.sets["price_for"]
    if begin > floor and nodes[begin - 1].norm == "," and worth:
        begin = next((i for i in range(begin - 2, floor - 1, -1) if nodes[i].norm in (",", ";", ":")), floor)
    if number and begin == floor and scope.things[number - 1].end == floor:
        begin = _after_joint(scope, floor, thing.begin)
    stop = scope.after(number).stop
    end = _phrase_end(scope, thing.end, stop)
    if number + 1 < len(scope.things) and end == scope.things[number + 1].begin:
        end = next((i for i in range(thing.end, end) if nodes[i].norm in scope.words.sets["and"]), end)
    return list(nodes[begin:end])


def _phrase_end(scope: Scope, at: int, stop: int) -> int:
    """Where the phrase around a thing ends; an insertion about its form goes with it: ", sous forme de prêts,"."""
    nodes = scope.nodes
    marks = scope.words.sets["contrasts"] | {",", ";", ":", "("}
    end = next((i for i in range(at, stop) if nodes[i].norm in marks or _finite(nodes[i])), stop)
    inserted = end + 1 < stop and nodes[end].norm == ","
    if inserted and scope.words.finds("in_the_form_of", nodes, end + 1, min(end + 4, stop)):
        return _phrase_end(scope, end + 1, stop)
    return end


def _after_joint(scope: Scope, floor: int, begin: int) -> int:
    """Where a thing's own phrase begins after the conjunction that joins it to the one before."""
    joint = [i for i in range(floor, begin) if scope.nodes[i].norm in scope.words.sets["and"]]
    return joint[-1] if joint else begin


def _finite(node: Node) -> bool:
    return node.verb is not None and node.verb.tense not in ("pp", "inf", "ger")


def _category(scope: Scope, thing: Thing, near: Sequence[Node]) -> str:
    if thing.military or "train" in scope.event.classes:
        return "military"
    own = scope.words.category([node for node in near if node.tag == "W"])
    if own or thing.item or thing.role == "part":
        return own
    if own := scope.words.category(near):
        return own
    bracketed = thing.begin > 0 and scope.nodes[thing.begin - 1].norm == "("
    if bracketed and (own := scope.words.category(scope.nodes[scope.event.at + 1 : thing.begin])):
        return own
    return scope.words.category(scope.nodes[scope.begin : min(scope.event.at, thing.begin)])


def _instruments(scope: Scope, number: int, near: Sequence[Node]) -> list[str]:
    thing = scope.things[number]
    ahead = [node for node in near if node.start < scope.nodes[thing.begin].start]
    goods = bool(thing.item) and not thing.amount
    found = scope.words.instruments(ahead if goods else near, money=not goods)
    rest = scope.after(number)
    if goods and "in-kind" not in found and _drawn_in_front(scope):
        found.append("in-kind")
    if thing.item and "in-kind" not in found and scope.finds("in_kind", rest.start, rest.stop):
        found.append("in-kind")
    classes = scope.event.classes
    if "train" in classes and "training" not in found:
        found.append("training")
    if "donate" in classes and thing.role != "frame":
        given = "grant" if thing.amount and not thing.item else "in-kind"
        found += [given] if given not in found and thing.status == "delivered" else []
    if "buy" in classes and thing.status == "financed" and thing.item and "purchase" not in found:
        found.append("purchase")
    if "lend" in classes and thing.amount and "loan" not in found:
        found.append("loan")
    return found


def _drawn_in_front(scope: Scope) -> bool:
    """Whether a participle in front tells whose stocks all goods are from: "puisés dans les réserves de …, dix …"."""
    first = scope.things[0].begin
    comma = next((at for at in range(first - 1, scope.begin, -1) if scope.nodes[at].norm == ","), 0)
    return bool(comma) and scope.finds("in_kind", scope.begin, min(scope.begin + 3, comma))


# -- what parts take from their package --------------------------------------------------------------------------------


def _inherit(scope: Scope) -> None:
    """Parts take the date and the category of their package; all but the frame are parts of the frame."""
    frame = next((thing for thing in scope.things if thing.role == "frame"), None)
    for thing, following in zip(scope.things[-2::-1], scope.things[:0:-1], strict=True):
        joined = all(scope.words.joins(node) for node in scope.nodes[thing.end : following.begin])
        if joined and thing.amount and following.amount and not thing.item and not following.item:
            thing.category = thing.category or following.category  # "280 and 100 million in humanitarian aid"
    for number, thing in enumerate(scope.things):
        package = whole_before(scope.things, number) if thing.role == "part" else None
        if package is not None:
            thing.part_of = package.amount
            thing.date = thing.date or package.date
            thing.category = thing.category or package.category
        elif thing.role == "part" and number and thing.item and scope.things[number - 1].item:
            thing.date = thing.date or scope.things[number - 1].date  # "1.5 million shells, of which 500,000 of 155 mm"
        elif frame and thing is not frame and thing.role == "given":
            thing.part_of = frame.amount
            thing.instruments = thing.instruments or _of_frame(scope, thing, frame)
            thing.date = thing.date or ("" if frame.status != scope.event.status else frame.date)
        elif number and thing.amount and thing.donors != scope.things[0].donors:
            _likewise(scope, thing)
        elif number and _bare_money(scope, number) and _bare_money(scope, number - 1):
            thing.category = thing.category or scope.things[number - 1].category


def _of_frame(scope: Scope, thing: Thing, frame: Thing) -> list[str]:
    """What a donor's own part of a loan is: "$20 billion, its part of the $50 billion loan"."""
    before = scope.nodes[thing.end : frame.begin]
    part = any(node.norm in scope.words.sets["own_part"] for node in before)
    named = scope.nodes[frame.begin : frame.end + 3]
    return [name for name in scope.words.instruments(named, money=True) if name == "loan"] if part else []


def _bare_money(scope: Scope, number: int) -> bool:
    """Whether a thing is an amount given by the donors of the first, of nothing told."""
    thing = scope.things[number]
    bare = bool(thing.amount) and not thing.item and not thing.instruments
    return bare and thing.role == "given" and thing.donors == scope.things[0].donors


def _likewise(scope: Scope, thing: Thing) -> None:
    """The amount of another donor is of the category of the first; one told for comparison also of its date.

    Where both donors have as many amounts, each goes with its like: "5 for arms and 3 in loans, against 6 and 7 for X".
    """
    told = [other for other in scope.things if other.amount]
    rows = [[other for other in told if other.donors == donors] for donors in (told[0].donors, thing.donors)]
    first = rows[0][rows[1].index(thing)] if len(rows[0]) == len(rows[1]) else rows[0][0]
    if not thing.item and not thing.instruments:
        thing.category = thing.category or first.category
    if thing.role == "other":
        thing.date = thing.date or first.date
