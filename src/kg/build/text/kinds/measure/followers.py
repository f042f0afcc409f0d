"""Measures that others took in their turn: "l'Estonie lui a emboîté le pas", "Moscow responded in kind"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Found, Reader, values
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    full_date,
    has_phrase,
    listed,
    moment,
    phrase,
    phrases,
    subject_at,
)
from kg.build.text.kinds.measure.targets import targets
from kg.build.text.subjects import agent_of


def read_followers(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """The measures that repeat one of ``found``, of which they take the action and the target."""
    for sentence in reader.document.sentences:
        for at, verb in sentence.verbs():
            earlier = [item for item in found if (item.sentence, item.at) < (sentence.index, at)]
            if not earlier or any(
                item.sentence == sentence.index and item.at >= at and _same_clause(reader, sentence, at, item.at)
                for item in found
            ):
                continue
            if not asserted(reader, sentence, at) and not _keeps_step(sentence, at):
                continue
            if "expel" in verb.classes and _counts_only(reader, sentence, at):
                yield from _followed(reader, sentence, at, earlier[-1])
            elif _counted_before(sentence, at):
                yield from _of_those(reader, sentence, at, earlier[-1])
            elif verb.classes & _OWN_VERBS and has_phrase(reader, sentence, "its_own_one", at + 1, at + 4):
                yield from _own_one(reader, sentence, at, earlier[-1])
            elif ("follow" in verb.classes and not verb.passive) or _does_the_same(reader, sentence, at):
                yield from _followed(reader, sentence, at, earlier[-1])
            elif "follow" in verb.classes and verb.passive:
                yield from _imitated(reader, sentence, at, earlier[-1])
    for item in found:
        yield from _likened(reader, item)
        yield from _done_before(reader, item)
        if item.slots["action"] == "expulsion" and not item.rule.endswith("list"):
            yield from _figures(reader, item)


_OWN_VERBS = frozenset({"close", "adopt", "restrict", "expel", "freeze", "recall", "commit"})
"""Classes of verbs after which "its own" stands for the thing that another measure concerned."""


def _own_one(reader: Reader, sentence: Sentence, at: int, model: Found) -> Iterator[Found]:
    """Read "…; London imposed its own the same day", "Moscou a fermé le sien aux avions de Pologne"."""
    subject = subject_at(reader, sentence, at, "SOG")
    named = values(sentence.nodes[i] for i in subject)
    _, end = bounds(reader, sentence, at)
    aims = values(sentence.nodes[i] for i in targets(reader, sentence, at + 1, end, subject, ""))
    retort = model.slots["target"] in named
    aims = aims or (model.slots["actor"] if retort else [model.slots["target"]])
    when = moment(reader, sentence, at)
    date = when[0] if when else model.slots["date"] if has_phrase(reader, sentence, "same_day", at + 1, end) else ""
    nodes = [*(sentence.nodes[i] for i in (*subject, at)), *([when[1]] if when else [])]
    for aim in [aim for aim in aims if aim not in named] if named else []:
        slots = {"actor": named, "action": model.slots["action"], "target": aim, "date": date}
        yield Found("measure", slots, "measure/its-own", sentence.index, nodes, at)


def _same_clause(reader: Reader, sentence: Sentence, at: int, other: int) -> bool:
    clause = clause_at(reader, sentence, at)
    return clause is not None and clause.begin <= other < clause.end


def _counts_only(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Read "…; Croatia expelled 18": a number that leaves out whom it counts."""
    following = sentence.nodes[at + 1 : at + 3]
    if len(following) < 2 or following[0].tag != "N":
        return False
    small = reader.lexicon.union("prepositions", "and", "article") | set(".,;")
    return following[1].tag == "D" or following[1].norm in small


def _counted_before(sentence: Sentence, at: int) -> bool:
    """Read "…, and four were ordered to leave by Ireland", "quatre ont été expulsés par l'Irlande"."""
    verb = sentence.nodes[at].verb
    if verb is None or not verb.passive or at == 0 or sentence.nodes[at - 1].tag != "N":
        return False
    leaves = [one.verb for one in sentence.nodes[at + 1 : at + 4] if one.verb and "leave" in one.verb.classes]
    return "expel" in verb.classes or ("ordering" in verb.classes and bool(leaves))


def _of_those(reader: Reader, sentence: Sentence, at: int, model: Found) -> Iterator[Found]:
    """The expulsion of some by the agent of a passive, the people being those of an expulsion before."""
    _, end = bounds(reader, sentence, at)
    actors = [i for i in agent_of(reader.document, sentence, at + 1, end) if sentence.nodes[i].tag in "SO"]
    named = values(sentence.nodes[i] for i in actors)
    when = moment(reader, sentence, at)
    if named and named != model.slots["actor"] and model.slots["action"] == "expulsion":
        slots = {**model.slots, "actor": named, "date": when[0] if when else ""}
        nodes = [*(sentence.nodes[i] for i in (*actors, at)), *([when[1]] if when else [])]
        yield Found("measure", slots, "measure/in-turn", sentence.index, nodes, at)


def _keeps_step(sentence: Sentence, at: int) -> bool:
    """Read "emboîter le pas": its "pas" denies nothing."""
    following = sentence.nodes[at + 1 : at + 3]
    return [node.norm for node in following] == ["le", "pas"]


def _does_the_same(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Read "l'avait fait", "en a fait autant", "did the same", "did likewise"."""
    verb = sentence.nodes[at].verb
    if verb is None or "do" not in verb.classes:
        return False
    return bool(verb.clitics & {"l'", "en"}) or has_phrase(reader, sentence, "likewise", at + 1, at + 4)


def _followed(reader: Reader, sentence: Sentence, at: int, model: Found) -> Iterator[Found]:
    clause = clause_at(reader, sentence, at)
    subject = [i for i in clause.subject if sentence.nodes[i].tag in "SOG"] if clause else []
    retort = _retorts(reader, sentence, at)
    named = values(sentence.nodes[i] for i in subject)
    when = moment(reader, sentence, at)
    retort = retort or model.slots["target"] in named
    aims = [actor for actor in model.slots["actor"] if actor not in named] if retort else [model.slots["target"]]
    for aim in aims if named and named != model.slots["actor"] else []:
        slots = {"actor": named, "action": model.slots["action"], "target": aim, "date": when[0] if when else ""}
        nodes = [*(sentence.nodes[i] for i in (*subject, at)), *([when[1]] if when else [])]
        yield Found("measure", slots, "measure/in-turn", sentence.index, nodes, at)


def _retorts(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether the act is turned against the one who acted first: "riposter", "respond in kind"."""
    verb = sentence.nodes[at].verb
    return verb is not None and verb.lemma in reader.lexicon.sets["retorting"]


def _imitated(reader: Reader, sentence: Sentence, at: int, model: Found) -> Iterator[Found]:
    """Read "…, imitée par la Lettonie et l'Estonie": together, on no date of their own."""
    length = phrase(reader, sentence, at + 1, "by")
    actors = values(sentence.nodes[i] for i in listed(reader, sentence, at + 1 + length, "SO")) if length else []
    if actors:
        slots = {"actor": actors, "action": model.slots["action"], "target": model.slots["target"], "date": ""}
        yield Found("measure", slots, "measure/in-turn", sentence.index, [sentence.nodes[at]], at)


def _likened(reader: Reader, model: Found) -> Iterator[Found]:
    """Read "…, tout comme la Pologne et la République tchèque": others who did the same."""
    sentence = reader.document.sentences[model.sentence]
    for at in phrases(reader, sentence, "same_as", model.at):
        length = phrase(reader, sentence, at, "same_as")
        actors = values(sentence.nodes[i] for i in listed(reader, sentence, at + length, "SO"))
        if actors and sentence.nodes[at - 1].norm == ",":
            slots = {**model.slots, "actor": actors, "date": ""}
            yield Found("measure", slots, "measure/likewise", sentence.index, [sentence.nodes[at]], at)
            return


def _done_before(reader: Reader, model: Found) -> Iterator[Found]:
    """Read "…, as Finland had done", "comme l'avait fait la Finlande": others who did the same, at another time."""
    sentence = reader.document.sentences[model.sentence]
    for at in phrases(reader, sentence, "as_says", model.at):
        near = [i for i in range(at + 1, min(at + 5, len(sentence.nodes))) if sentence.nodes[i].verb]
        verb = sentence.nodes[near[0]].verb if near else None
        if verb is None or "do" not in verb.classes or verb.negative or sentence.nodes[at - 1].norm != ",":
            continue
        row = listed(reader, sentence, at + 1, "SO") or listed(reader, sentence, near[0] + 1, "SO")
        actors = [key for key in values(sentence.nodes[i] for i in row) if key not in model.slots["actor"]]
        if actors:
            dates = sentence.tagged("D", near[0] + 1)
            slots = {**model.slots, "actor": actors, "date": full_date(reader, sentence, dates[0]) if dates else ""}
            nodes = [*(sentence.nodes[i] for i in row), *(sentence.nodes[i] for i in dates[:1])]
            yield Found("measure", slots, "measure/done-before", sentence.index, nodes, near[0])
        return


def _figures(reader: Reader, model: Found) -> Iterator[Found]:
    """Read "La Pologne a expulsé 45 diplomates russes, l'Allemagne 40 et la France 35"."""
    sentence = reader.document.sentences[model.sentence]
    for at in sentence.tagged("N", model.at):
        state = at - 2 if sentence.nodes[at - 1].norm in (",", ":") else at - 1
        if state <= model.at or sentence.nodes[state].tag != "S" or sentence.nodes[state].form == "a":
            continue
        slots = {**model.slots, "actor": values([sentence.nodes[state]])}
        yield Found(
            "measure", slots, "measure/figures", sentence.index, [sentence.nodes[state], sentence.nodes[at]], model.at
        )
