"""Kind `office`: who holds which office of which state or organisation, since when, until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, value
from kg.build.text.kinds.context import (
    asserted,
    clause_at,
    enclosed,
    full_date,
    has_phrase,
    parenthesis,
    phrase,
    phrases,
    subject_at,
)
from kg.build.text.kinds.person.succession import (
    counterparts,
    further_offices,
    had_for,
    predecessor,
    same_office,
    succeeding,
    succession,
)
from kg.build.text.kinds.person.terms import OFFICES, adjacent, dated, is_person, term

_COMMISSION = "org:european-commission"
_SECRETARIATS = frozenset({"org:nato", "org:un", "org:osce", "org:council-of-europe", "org:opec", "org:oecd"})
"""Organisations whose head is called secretary general."""
_PRESIDED = frozenset({"org:european-council", "org:european-parliament", "org:un-general-assembly", "org:world-bank"})
"""Organisations whose head is called president."""


def read(reader: Reader) -> list[Found]:
    """The offices that a text says people hold, each person and office once."""
    found: dict[tuple[str, str, str], Found] = {}
    for sentence in reader.document.sentences:
        if not found and not _may_tell(reader, sentence):
            continue
        items = [*_titles(reader, sentence), *_presiding(reader, sentence), *_unowned(reader, sentence)]
        items += had_for(reader, sentence)
        items += [*_placed(reader, sentence), *_heading(reader, sentence), *_led_by(reader, sentence)]
        items += [*counterparts(reader, sentence, items), *further_offices(reader, sentence, items)]
        items += same_office(reader, sentence, [*found.values(), *items])
        for item in [*items, *predecessor(reader, sentence, [*found.values(), *items])]:
            key = (item.slots["person"], item.slots["office"], item.slots["of"])
            known = found.setdefault(key, item)
            known.slots = item.slots | {name: slot for name, slot in known.slots.items() if slot}
            if known.slots.get("since") or known.slots.get("until"):
                known.slots.pop("date", None)  # the day on which an office is taken is no other date of it
    return list(found.values())


def _may_tell(reader: Reader, sentence: Sentence) -> bool:
    """Whether a sentence may name an office by itself: by its holder, a word for it, or a verb of leading."""
    return reader.has_any(sentence, _TOLD) or reader.standing[sentence.index].offices


_TOLD = Cues(words=frozenset({*OFFICES, "at_the_head"}), verbs=frozenset({"lead"}))


def _unowned(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "leur président P", "Moldova has been led since 2020 by President P"."""
    for name, office in OFFICES.items():
        for at in phrases(reader, sentence, name):
            person = at + phrase(reader, sentence, at, name)
            person += person < len(sentence.nodes) and sentence.nodes[person].norm == ","
            if person >= len(sentence.nodes) or not is_person(sentence.nodes[person]) or sentence.nodes[at].office:
                continue
            state, since = _state_meant(reader, sentence, at)
            if state is not None:
                slots = {"person": value(sentence.nodes[person]), "office": office, "of": sentence.nodes[state].keys[0]}
                slots |= term(reader, sentence, since) if since is not None else {}
                yield Found(
                    "office",
                    slots,
                    "office/unowned",
                    sentence.index,
                    [sentence.nodes[i] for i in (person, at, state)],
                    at,
                )


def _state_meant(reader: Reader, sentence: Sentence, at: int) -> tuple[int | None, int | None]:
    """The state of an office named without it: the possessor's, or the one that the office's holder leads."""
    before = sentence.nodes[at - 1].norm if at else ""
    if before in ("leur", "son", "sa", "their", "its"):
        states = [i for i in sentence.tagged("S", 0, at) if sentence.nodes[i].keys]
        return (states[-1] if states else None), None
    for here in range(max(at - 4, 0), at):
        verb = sentence.nodes[here].verb
        if verb and verb.passive and "lead" in verb.classes and asserted(reader, sentence, here):
            clause = clause_at(reader, sentence, here)
            states = [i for i in clause.subject if sentence.nodes[i].tag == "S"] if clause else []
            states = _before_relative(reader, sentence) or states
            dates = sentence.tagged("D", here, at)
            dates = dates or list(sentence.tagged("D", max(here - 2, 0), at))
            return (states[0] if states else None), (dates[0] if dates else None)
    return None, None


def _before_relative(reader: Reader, sentence: Sentence) -> list[int]:
    """The state that opens a sentence and is the subject beyond a relative clause: "Moldova, which …, has been led"."""
    opening = [i for i in sentence.tagged("S", 0, 2) if i + 2 < len(sentence.nodes)]
    relatives = reader.lexicon.sets["anaphora_relative_subject"]
    return [i for i in opening if sentence.nodes[i + 1].norm == "," and sentence.nodes[i + 2].norm in relatives]


def _placed(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "En Slovaquie, P est redevenu Premier ministre": the state of the office opens the sentence."""
    nodes = sentence.nodes
    state = phrase(reader, sentence, 0, "locative")
    if not state or state + 1 >= len(nodes) or nodes[state].tag != "S" or nodes[state + 1].norm != ",":
        return
    for name, office in OFFICES.items():
        at = next(phrases(reader, sentence, name), None)
        verb = next((i for i in range(at - 1, max(at - 4, 0), -1) if nodes[i].verb), None) if at else None
        if at is None or verb is None or nodes[at].office or not asserted(reader, sentence, verb):
            continue
        begins = bool(nodes[verb].verb.classes & {"join", "elect", "take_office"})  # type: ignore[union-attr]
        people = [i for i in subject_at(reader, sentence, verb, "PX") if is_person(nodes[i])]
        if people and (begins or "be" in nodes[verb].verb.classes):  # type: ignore[union-attr]
            date = dated(reader, sentence, verb, at)
            slots = {"person": value(nodes[people[0]]), "office": office, "of": nodes[state].keys[0]}
            slots |= term(reader, sentence, date, begins=begins) if date is not None else {}
            told = [nodes[i] for i in (state, people[0], at)]
            yield Found("office", slots, "office/placed", sentence.index, told, verb)
            return


def _heading(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "P, à la tête de la Commission depuis 2019, …", "P took the helm of NATO": who heads an organisation."""
    nodes = sentence.nodes
    for at in phrases(reader, sentence, "at_the_head"):
        place = at + phrase(reader, sentence, at, "at_the_head")
        office = _office_of(reader, nodes[place]) if place < len(nodes) and nodes[place].keys else ""
        apposed = at > 1 and nodes[at - 1].norm == "," and is_person(nodes[at - 2])
        if office and not apposed and (told := succeeding(reader, sentence, at)):
            yield from succession(reader, sentence, told, place, office)
            continue
        takes = nodes[at - 1].verb if at else None
        begins = takes is not None and bool(takes.classes & {"light", "take", "take_office"})
        people = [at - 2] if apposed else [*subject_at(reader, sentence, at - 1, "PX")] if begins else []
        if office and people and is_person(nodes[people[0]]):
            date = adjacent(reader, sentence, place)
            slots = {"person": value(nodes[people[0]]), "office": office, "of": nodes[place].keys[0]}
            slots |= term(reader, sentence, date, begins=begins) if date is not None else {}
            yield Found("office", slots, "office/heads", sentence.index, [nodes[people[0]], nodes[place]], at)


def _led_by(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "L'OTAN est dirigée depuis octobre 2024 par P", "NATO has been led since then by P"."""
    nodes = sentence.nodes
    for clause in reader.clauses[sentence.index]:
        if "lead" not in clause.verb.classes or not clause.verb.passive or not asserted(reader, sentence, clause.at):
            continue
        people = [i for i in clause.agent if is_person(nodes[i])]
        people = people or [i + 1 for i in clause.agent if nodes[i].form == "n" and is_person(nodes[i + 1])]
        place = next((i for i in clause.subject if _office_of(reader, nodes[i])), None)
        if place is None or not people:
            continue
        slots = {
            "person": value(nodes[people[0]]),
            "office": _office_of(reader, nodes[place]),
            "of": nodes[place].keys[0],
        }
        dates = sentence.tagged("D", clause.begin, clause.end)
        slots |= term(reader, sentence, dates[0]) if dates else {}
        yield Found("office", slots, "office/led-by", sentence.index, [nodes[people[0]], nodes[place]], clause.at)


def _titles(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    for at, node in enumerate(sentence.nodes):
        if not node.office or node.quoted or not node.keys or has_phrase(reader, sentence, "future", at - 1, at):
            continue
        yield from _predicate(reader, sentence, at)
        for person in (_after(reader, sentence, at), _before(reader, sentence, at)):
            if person is not None:
                serving = _serving_since(reader, sentence, person)
                if serving is not None:
                    yield _made(reader, sentence, at, person, serving, begins=True)
                    break
                begin = max(at, person) if person == at + 1 or person > at else at
                date = adjacent(reader, sentence, begin) or adjacent(reader, sentence, at)
                made = _made(reader, sentence, at, person, None if _acts(reader, sentence, at, date) else date)
                yield _ended(reader, sentence, person, made)
                break


def _acts(reader: Reader, sentence: Sentence, at: int, date: int | None) -> bool:
    """Whether the date after somebody in office is that of what is done by them: "announced by Minister P on D"."""
    by = at > 0 and sentence.nodes[at - 1].norm in reader.lexicon.sets["by_words"]
    return by and date is not None and not enclosed(sentence, date) and "/" not in full_date(reader, sentence, date)


def _ended(reader: Reader, sentence: Sentence, person: int, found: Found) -> Found:
    """An office with its end, where its holder is said to have resigned: "X's premier, P, resigned in July 2024"."""
    clause = next((one for one in reader.clauses[sentence.index] if person in one.subject), None)
    if clause is None or clause.verb.lemma not in reader.lexicon.sets["resigning"]:
        return found
    dates = sentence.tagged("D", clause.at, clause.end)
    if dates and asserted(reader, sentence, clause.at):
        found.slots |= {"until": full_date(reader, sentence, dates[0])}
    return found


def _made(
    reader: Reader,
    sentence: Sentence,
    at: int,
    person: int,
    date: int | None,
    *,
    begins: bool = False,
    ends: bool = False,
    rule: str = "title",
) -> Found:
    """An office with its dates: an interval gives both ends; a single date begins it, ends it, or falls within it."""
    office, holder = sentence.nodes[at], sentence.nodes[person]
    slots: dict[str, Any] = {"person": value(holder), "office": office.office, "of": office.keys[0]}
    slots |= term(reader, sentence, date, begins=begins, ends=ends) if date is not None else {}
    slots |= {"hedged": None} if rule == "title" else {}  # who somebody is stands outside a doubtful verb
    nodes = [holder, office, *([sentence.nodes[date]] if date is not None else [])]
    return Found("office", slots, f"office/{rule}", sentence.index, nodes, at)


def _serving_since(reader: Reader, sentence: Sentence, person: int) -> int | None:
    """The date of "…, Giorgia Meloni, est en fonction depuis octobre 2022"."""
    end = min(person + 6, len(sentence.nodes))
    serving = has_phrase(reader, sentence, "in_office", person, end)
    dates = sentence.tagged("D", person, end + 1) if serving else []
    return dates[0] if dates else None


def _after(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The person named after an office: "le président français Emmanuel Macron", "…, Sir Keir Starmer", "… : P"."""
    here = at + 1
    while here < len(sentence.nodes) and here <= at + 5:
        node = sentence.nodes[here]
        if is_person(node) and (node.tag == "P" or here == at + 1 or _closes(sentence, at, here)):
            return here
        titled = node.norm in reader.lexicon.sets["title"] or node.norm in (",", "(", ":", ".")
        governed = node.norm in reader.lexicon.sets["prepositions"] and sentence.nodes[here - 1].tag != "D"
        if not (titled or node.tag == "D" or governed):
            return None
        here += 1
    return None


def _closes(sentence: Sentence, at: int, here: int) -> bool:
    """Whether a name that no table holds stands in apposition: "la présidente moldave, Maia Sandu, …"."""
    following = sentence.nodes[here + 1] if here + 1 < len(sentence.nodes) else None
    dated = here == at + 3 and sentence.nodes[at + 1].tag == "D" and sentence.nodes[at + 2].norm == ","
    return (here == at + 2 or dated) and (
        following is None or following.verb is not None or following.norm in (",", ".", "(", ")", ";", "et")
    )


def _before(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The person before an office in apposition: "P, Premier ministre hongrois", "P (président de …)"."""
    here = at - 1
    small = reader.lexicon.union("article", "former", "between") | {"actuel", "current"}
    while here >= 0 and sentence.nodes[here].norm in small:
        here -= 1
    if here < 1 or sentence.nodes[here].norm not in (",", "("):
        return None
    return here - 1 if is_person(sentence.nodes[here - 1]) else None


def _predicate(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "Le président de X est P", "P est devenu président de X", "P a succédé à P comme …"."""
    verb_at = next((i for i in range(at - 1, max(at - 8, -1), -1) if sentence.nodes[i].verb), None)
    following = sentence.nodes[at + 1].verb if at + 1 < len(sentence.nodes) else None
    if following and "be" in following.classes and asserted(reader, sentence, at + 1):
        person = next(
            (i for i in range(at + 2, min(at + 5, len(sentence.nodes))) if is_person(sentence.nodes[i])), None
        )
        if person is not None:
            yield _made(reader, sentence, at, person, dated(reader, sentence, at + 1, person), rule="is")
        return
    if verb_at is None or not asserted(reader, sentence, verb_at, future=True):
        return
    if sentence.nodes[at - 1].norm in reader.lexicon.sets["sole"]:
        return  # "était le seul dirigeant de l'Union à …" is no office
    classes = sentence.nodes[verb_at].verb.classes  # type: ignore[union-attr]
    begins = bool(classes & {"join", "elect", "take_office", "replace"})
    ends = bool(classes & {"resign"})
    if not (begins or ends or "be" in classes) or has_phrase(reader, sentence, "ally", verb_at, at):
        return
    for person in _holders(
        sentence, verb_at, at, subject_at(reader, sentence, verb_at, "PX") or _before_participle(sentence, verb_at)
    ):
        date = dated(reader, sentence, verb_at, at)
        yield _made(reader, sentence, at, person, date, begins=begins, ends=ends, rule="takes-office")
    if "replace" in classes or has_phrase(reader, sentence, "taken_over_from", verb_at + 1, at):
        yield from _predecessors(reader, sentence, verb_at, at)
    yield from _successions(reader, sentence, at)


def _before_participle(sentence: Sentence, at: int) -> tuple[int, ...]:
    """The person whom a participle goes with: "Friedrich Merz, élu chancelier …"."""
    here = at - 1
    while here >= 0 and sentence.nodes[here].norm in (",", "who", "qui"):
        here -= 1
    return (here,) if here >= 0 and is_person(sentence.nodes[here]) else ()


def _holders(sentence: Sentence, verb: int, at: int, subject: Sequence[int]) -> tuple[int, ...]:
    """Who holds the office: the person between the verb and the office ("a nommé P chancelier"), else the subject."""
    classes = sentence.nodes[verb].verb.classes  # type: ignore[union-attr]
    named = [i for i in range(verb + 1, at) if is_person(sentence.nodes[i])] if "elect" in classes else []
    return tuple(named[:1]) or tuple(i for i in subject if is_person(sentence.nodes[i]))[:1]


def _predecessors(reader: Reader, sentence: Sentence, verb: int, at: int) -> Iterator[Found]:
    clause = clause_at(reader, sentence, verb)
    replaced = clause.subject if clause is not None and clause.verb.passive and clause.at == verb else ()
    for person in (*replaced, *range(verb + 1, at)):
        if is_person(sentence.nodes[person]):
            yield _made(reader, sentence, at, person, _inside(sentence, person), rule="preceded")


def _successions(reader: Reader, sentence: Sentence, at: int) -> Iterator[Found]:
    """Read "…, succédant à P (2014-2024)": the same office, held by another before."""
    for here, verb in sentence.verbs():
        if here > at and "replace" in verb.classes and verb.tense in ("ger", "pp"):
            person = next(
                (i for i in range(here + 1, min(here + 4, len(sentence.nodes))) if is_person(sentence.nodes[i])), None
            )
            if person is not None:
                yield _made(reader, sentence, at, person, _inside(sentence, person), rule="preceded")


def _inside(sentence: Sentence, at: int) -> int | None:
    dates = sentence.tagged("D", *parenthesis(sentence, at))
    return dates[0] if dates else None


def _presiding(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "préside la Commission européenne", "dirige le gouvernement hongrois": the office is in the verb."""
    for at, verb in sentence.verbs():
        if "lead" not in verb.classes or verb.passive or not asserted(reader, sentence, at):
            continue
        people = [i for i in subject_at(reader, sentence, at, "PX") if i < at and is_person(sentence.nodes[i])]
        place = next((i for i in range(at + 1, min(at + 4, len(sentence.nodes))) if sentence.nodes[i].keys), None)
        office = _office_of(reader, sentence.nodes[place]) if place is not None else ""
        if office and people and place is not None:
            date = dated(reader, sentence, at, place)
            slots = {"person": value(sentence.nodes[people[0]]), "office": office, "of": sentence.nodes[place].keys[0]}
            slots |= term(reader, sentence, date) if date is not None else {}
            nodes = [
                sentence.nodes[people[0]],
                sentence.nodes[place],
                *([sentence.nodes[date]] if date is not None else []),
            ]
            yield Found("office", slots, "office/presides", sentence.index, nodes, at)


def _office_of(reader: Reader, node: Node) -> str:
    """The office of who presides over an organisation or leads a government."""
    if not node.keys:
        return ""
    if node.keys == (_COMMISSION,):
        return "commission-president"
    if node.tag == "O" and node.form == "b" and node.keys[0] in _PRESIDED:
        return "president"
    if node.tag == "O" and node.form == "b" and node.keys[0] in _SECRETARIATS:
        return "secretary-general"
    governing = node.form == "o" and any(word in node.norm.split() for word in reader.lexicon.sets["government"])
    return "prime-minister" if governing else ""
