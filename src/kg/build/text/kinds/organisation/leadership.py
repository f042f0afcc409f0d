"""Who leads an organisation, told without a verb of leading: "under British leadership", "à la tête de", "UK-led"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Cues, Reader
from kg.build.text.kinds.context import asserted, clause_at, ending_before, listed, phrase, phrases, subject_at
from kg.build.text.kinds.organisation.bodies import Body, Leading, body_after, body_before, last_body, subject_body

_REACH = 5


def read_leadership(reader: Reader) -> Iterator[Leading]:
    """Every leading that a text tells so."""
    nouns = reader.lexicon.sets["leading_nouns"]
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _TOLD) and nouns.isdisjoint(reader.standing[sentence.index].norms):
            continue
        yield from _under_whom(reader, sentence)
        yield from _at_the_head(reader, sentence)
        yield from _led_by_name(reader, sentence)
        yield from _inverted(reader, sentence)
        yield from _holding(reader, sentence)
        yield from _with_leads(reader, sentence)
        yield from _had_leads(reader, sentence)


_TOLD = Cues(words=frozenset({"at_head", "led_suffix", "lead_nation", "leading_nouns"}), verbs=frozenset({"lead"}))
"""What leading is told with."""


def _holding(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "A and B share the leadership of X", "la direction de X revient à A", "the command of X is held by A"."""
    for at in phrases(reader, sentence, "leading_nouns"):
        body = body_after(reader, sentence, at + 1, len(sentence.nodes), reach=4)
        clause = clause_at(reader, sentence, at)
        if body is None or clause is None or not phrase(reader, sentence, at + 1, "of"):
            continue
        if asserted(reader, sentence, clause.at) and (leaders := _leaders_told(reader, clause, at)):
            yield Leading(body, leaders, sentence, clause.at)


def _leaders_told(reader: Reader, clause: Clause, noun: int) -> tuple[int, ...]:
    """Those to whom a verb gives the leading that a noun names, as its object or as its subject."""
    sentence, verb = clause.sentence, clause.verb
    if noun > clause.at:
        near = "holds_lead" in verb.classes and noun - clause.at <= _REACH and not verb.passive
        return tuple(i for i in clause.subject if i < clause.at and sentence.nodes[i].tag == "S") if near else ()
    if verb.passive:
        return tuple(i for i in clause.agent if sentence.nodes[i].tag == "S") if "holds_lead" in verb.classes else ()
    to = phrase(reader, sentence, clause.at + 1, "to") if "falls_to" in verb.classes else 0
    return listed(reader, sentence, clause.at + 1 + to) if to else ()


def _had_leads(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "X a pour chefs de file A et B", "X has A and B as its lead nations"."""
    nodes, sets = sentence.nodes, reader.lexicon.sets
    for at, length in reader.places(sentence, "lead_nation").items():
        clause = clause_at(reader, sentence, at)
        if clause is None or "have" not in clause.verb.classes or not clause.at < at or clause.verb.negative:
            continue
        role = at - 1 - (nodes[at - 1].norm in sets["possessives"])
        body = subject_body(reader, sentence, clause.at)
        leaders = listed(reader, sentence, clause.at + 1) or listed(reader, sentence, at + length)
        if body and nodes[role].norm in sets["in_role"] and asserted(reader, sentence, clause.at):
            yield Leading(body, leaders, sentence, clause.at)


def _with_leads(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "With A and B as its lead nations, X …", "Avec A et B pour chefs de file, X …"."""
    sets = reader.lexicon.sets
    for at, length in reader.places(sentence, "lead_nation").items():
        here = at - 1
        while here > 0 and sentence.nodes[here].norm in sets["possessives"] | sets["article"]:
            here -= 1
        leaders = (
            ending_before(sentence, here, "S") if here > 0 and sentence.nodes[here].norm in sets["in_role"] else ()
        )
        begin = leaders[0] - 1 if leaders else 0
        while begin > 0 and sentence.nodes[begin].norm in sets["article"]:
            begin -= 1
        if leaders and sentence.nodes[begin].norm in sets["with"]:
            end = at + length + (at + length < len(sentence.nodes) and sentence.nodes[at + length].norm == ",")
            body = body_after(reader, sentence, end, len(sentence.nodes)) if begin <= 1 else None
            body = body or body_before(reader, sentence, begin)
            if body:
                yield Leading(body, leaders, sentence, at)


def _inverted(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "la Force, que dirige le Royaume-Uni", "the Force, which the United Kingdom leads"."""
    for at, verb in sentence.verbs():
        if "lead" not in verb.classes or verb.passive or not asserted(reader, sentence, at):
            continue
        after = listed(reader, sentence, at + 1)
        relative = sentence.nodes[at - 1].norm in reader.lexicon.sets["led_relative"] if at else False
        before = ending_before(sentence, at, "S")
        here = before[0] - 1 if before else -1
        while here > 0 and sentence.nodes[here].norm in reader.lexicon.sets["article"]:
            here -= 1
        leaders, that = (after, at - 1) if relative and after else (before, here)
        fits = leaders and that > 0 and sentence.nodes[that].norm in reader.lexicon.sets["led_relative"]
        body = body_before(reader, sentence, that) if fits else None
        if body:
            yield Leading(body, leaders, sentence, at)


def _under_whom(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "Under British leadership, the X …", "sous direction britannique", "under Latvian and British command"."""
    sets = reader.lexicon.sets
    standing = reader.standing[sentence.index]
    if standing.norms.isdisjoint(sets["under"]) or standing.norms.isdisjoint(sets["leading_nouns"]):
        return
    for at, node in enumerate(sentence.nodes):
        if node.norm not in sets["under"]:
            continue
        span = range(at + 1, min(at + 1 + _REACH, len(sentence.nodes)))
        noun = next((i for i in span if sentence.nodes[i].norm in sets["leading_nouns"]), None)
        leaders = [i for i in span if sentence.nodes[i].tag == "S" and sentence.nodes[i].form == "a"]
        if noun is None or not leaders or any(sentence.nodes[i].verb for i in span if i <= max(noun, *leaders)):
            continue
        if body := _body_of(reader, sentence, at, max(noun, *leaders)):
            yield Leading(body, tuple(leaders), sentence, noun)


def _body_of(reader: Reader, sentence: Sentence, at: int, end: int) -> Body | None:
    """The organisation that a phrase goes with: the subject after it in front of a sentence, else the one before it."""
    if at <= 1 and end + 1 < len(sentence.nodes) and sentence.nodes[end + 1].norm == ",":
        return body_after(reader, sentence, end + 2, len(sentence.nodes))
    clause = clause_at(reader, sentence, at)
    subject = subject_body(reader, sentence, clause.at) if clause and clause.at < at else None
    return subject or body_before(reader, sentence, at)


def _at_the_head(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "A and B are at the helm of X", "À la tête de X se trouvent A et B", "With A and B at the helm, X …"."""
    for at in phrases(reader, sentence, "at_head"):
        length = phrase(reader, sentence, at, "at_head")
        body = body_after(reader, sentence, at + length, len(sentence.nodes))
        clause = clause_at(reader, sentence, at)
        if body and clause and "be" in clause.verb.classes | _found_at(reader, sentence, clause.at):
            if not asserted(reader, sentence, clause.at):
                continue
            before = tuple(i for i in subject_at(reader, sentence, clause.at, "S") if i < at)
            leaders = before or listed(reader, sentence, clause.at + 1)
            if leaders:
                yield Leading(body, leaders, sentence, clause.at)
        elif body is None and (leaders := ending_before(sentence, at, "S")):
            opened = sentence.nodes[leaders[0] - 1].norm in reader.lexicon.sets["with"] and leaders[0] <= 2
            after = body_after(reader, sentence, at + length + 1, len(sentence.nodes)) if opened else None
            found = after or (last_body(reader, sentence, leaders[0]) if not opened else None)
            if found and (opened or sentence.nodes[leaders[0] - 1].norm in reader.lexicon.sets["with"]):
                yield Leading(found, leaders, sentence, at)


def _found_at(reader: Reader, sentence: Sentence, at: int) -> frozenset[str]:
    """ "Se trouvent" and "stand" say where something is as "are" does."""
    verb = sentence.nodes[at].verb
    return frozenset({"be"}) if verb and verb.lemma in reader.lexicon.sets["being_somewhere"] else frozenset()


def _led_by_name(reader: Reader, sentence: Sentence) -> Iterator[Leading]:
    """Read "the British-led Joint Expeditionary Force", "the Latvian- and British-led coalition"."""
    for at in phrases(reader, sentence, "led_suffix"):
        here = at - 1
        if here < 0 or sentence.nodes[here].tag != "S":
            continue
        leaders = [here]
        if (
            here >= 2
            and sentence.nodes[here - 1].norm in reader.lexicon.sets["and"]
            and sentence.nodes[here - 2].tag == "S"
        ):
            leaders = [here - 2, here]
        body = body_after(reader, sentence, at + 1, len(sentence.nodes), reach=3) or _defined(reader, sentence, at)
        if body:
            yield Leading(body, tuple(leaders), sentence, at)


def _defined(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that a copula calls a group led by somebody: "X is a British-led group of ten nations"."""
    following = sentence.nodes[at + 1 : at + 4]
    clause = clause_at(reader, sentence, at)
    group = any(node.norm in reader.lexicon.sets["collective"] for node in following)
    told = clause is not None and clause.at < at and "be" in clause.verb.classes and group
    return (
        subject_body(reader, sentence, clause.at) if told and clause and asserted(reader, sentence, clause.at) else None
    )
