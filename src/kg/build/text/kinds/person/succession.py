"""Offices told beside others: of who succeeds, of counterparts and predecessors, of whom a state has in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Found, Reader, value
from kg.build.text.kinds.context import asserted, clause_at, has_phrase, phrase, phrases
from kg.build.text.kinds.person.terms import OFFICES, adjacent, dated, is_person, term


def succeeding(reader: Reader, sentence: Sentence, at: int) -> Clause | None:
    """The clause that tells who succeeded whom, where a place belongs to it."""
    clause = clause_at(reader, sentence, at)
    succeeds = clause is not None and "replace" in clause.verb.classes and clause.at < at
    return clause if clause is not None and succeeds and asserted(reader, sentence, clause.at) else None


def succession(reader: Reader, sentence: Sentence, clause: Clause, place: int, office: str) -> Iterator[Found]:
    """Read "P a succédé à Q à la tête de l'OTAN le D", "Q was replaced by P at the head of NATO": both held it."""
    nodes = sentence.nodes
    after = [i for i in range(clause.at + 1, clause.end) if is_person(nodes[i])]
    before = [i for i in clause.subject if is_person(nodes[i])]
    holders, earlier = (after, before) if clause.verb.passive else (before, after)
    date = dated(reader, sentence, clause.at, place)
    for number, person in enumerate((*holders[:1], *earlier[:1])):
        slots = {"person": value(nodes[person]), "office": office, "of": nodes[place].keys[0]}
        if number == 0 and holders and date is not None:
            slots |= term(reader, sentence, date, begins=True)
        yield Found("office", slots, "office/succeeds", sentence.index, [nodes[person], nodes[place]], clause.at)


def had_for(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "La Croatie a pour président P", "Croatia has P as its president": whom a state has in an office."""
    nodes = sentence.nodes
    for name, office in OFFICES.items():
        for at in phrases(reader, sentence, name, 2):
            clause = clause_at(reader, sentence, at)
            if clause is None or "have" not in clause.verb.classes or not clause.at < at <= clause.at + _HAD_REACH:
                continue
            role = at - 1 - (nodes[at - 1].norm in reader.lexicon.sets["possessives"])
            after = at + phrase(reader, sentence, at, name)
            people = [i for i in (*range(clause.at + 1, role), after) if i < len(nodes) and is_person(nodes[i])]
            states = [i for i in clause.subject if nodes[i].tag == "S"]
            if nodes[role].norm in reader.lexicon.sets["in_role"] and people and len(states) == 1:
                slots = {"person": value(nodes[people[0]]), "office": office, "of": nodes[states[0]].keys[0]}
                told = [nodes[i] for i in (states[0], at, people[0])]
                yield Found("office", slots, "office/had-for", sentence.index, told, at)


_HAD_REACH = 5
"""How far from its verb the office may stand that somebody is had for."""


def same_office(reader: Reader, sentence: Sentence, known: Sequence[Found]) -> Iterator[Found]:
    """Read "…; Justin Trudeau l'avait été de 2015 à 2025", "… P had been before": the office named last, with dates."""
    for clause in reader.clauses[sentence.index] if known and sentence.tagged("D") else ():
        people = [i for i in clause.subject if is_person(sentence.nodes[i])]
        post = has_phrase(reader, sentence, "the_post", clause.at + 1, clause.at + 2)
        dates = sentence.tagged("D", clause.at + 1, clause.at + (6 if post else 3))
        earlier = [item for item in known if item.sentence < sentence.index or item.at < clause.begin]
        bare = "be" in clause.verb.classes or bool(clause.verb.clitics & reader.lexicon.sets["predicate_pronouns"])
        bare = bare or (post and asserted(reader, sentence, clause.at))
        if not (people and dates and earlier and bare) or any(
            node.office for node in sentence.nodes[clause.begin : clause.end]
        ):
            continue
        slots = {
            "person": value(sentence.nodes[people[0]]),
            **{name: earlier[-1].slots[name] for name in ("office", "of")},
        }
        slots |= term(reader, sentence, dates[0])
        nodes = [sentence.nodes[people[0]], sentence.nodes[dates[0]]]
        yield Found("office", slots, "office/same", sentence.index, nodes, clause.at)


def counterparts(reader: Reader, sentence: Sentence, known: Sequence[Found]) -> Iterator[Found]:
    """Read "… et son homologue slovaque, P", "his Polish counterpart P": the office named before, of another state."""
    nodes = sentence.nodes
    for at in phrases(reader, sentence, "counterpart"):
        model = next((item for item in reversed(known) if item.at < at), None)
        state = next(
            (i for i in (at - 1, at + 1) if 0 <= i < len(nodes) and nodes[i].form == "a" and nodes[i].keys), None
        )
        if model is None or state is None:
            continue
        person = max(at, state) + 1
        person += person < len(nodes) and nodes[person].norm == ","
        if person < len(nodes) and is_person(nodes[person]):
            slots = {"person": value(nodes[person]), "office": model.slots["office"], "of": nodes[state].keys[0]}
            yield Found("office", slots, "office/counterpart", sentence.index, [nodes[person], nodes[state]], at)


def further_offices(reader: Reader, sentence: Sentence, known: Sequence[Found]) -> Iterator[Found]:
    """Read "P, Turkey's president since D and its prime minister from D to D": an office beside another."""
    nodes, sets = sentence.nodes, reader.lexicon.sets
    for name, office in OFFICES.items():
        for at in phrases(reader, sentence, name, 3):
            model = next((item for item in reversed(known) if item.at < at and item.rule == "office/title"), None)
            date = adjacent(reader, sentence, at + phrase(reader, sentence, at, name) - 1)
            own = nodes[at - 1].norm in sets["possessives"] and nodes[at - 2].norm in sets["and"]
            between = nodes[model.at + 1 : at - 2] if model is not None else ()
            if model is None or not own or date is None or any(node.verb or node.tag in "PX" for node in between):
                continue
            slots = {"person": model.slots["person"], "office": office, "of": model.slots["of"]}
            slots |= term(reader, sentence, date)
            yield Found("office", slots, "office/further", sentence.index, [nodes[at], nodes[date]], at)


def predecessor(reader: Reader, sentence: Sentence, known: Sequence[Found]) -> Iterator[Found]:
    """Read "son prédécesseur, Olaf Scholz, était en fonction depuis …": the office that was named last."""
    for at in phrases(reader, sentence, "predecessor"):
        person = next(
            (i for i in range(at + 1, min(at + 4, len(sentence.nodes))) if is_person(sentence.nodes[i])), None
        )
        model = next((item for item in reversed(known) if item.slots.get("office")), None)
        if person is None or model is None:
            continue
        serving = has_phrase(reader, sentence, "in_office", person)
        dates = [i for i in sentence.tagged("D", person) if serving]
        slots = {"person": value(sentence.nodes[person]), "office": model.slots["office"], "of": model.slots["of"]}
        slots |= term(reader, sentence, dates[0], begins=True) if dates else {}
        yield Found("office", slots, "office/predecessor", sentence.index, [sentence.nodes[person]], at)
