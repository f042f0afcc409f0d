"""Who is said to claim what, and what is said with doubt: the slots `attributed_to` and `hedged` of every kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.build.text.clauses import Clause, insertions
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, plain, value
from kg.build.text.verb_finder import FINITE

_OWN_SOURCE = frozenset({"finding", "poll", "casualties", "office", "utterance", "border"})
"""Kinds that name their source in a slot of their own, or that nobody need be held to."""


_ACTING = {"aid": "donor", "measure": "actor", "diplomatic-relation": "a", "membership": "member"}
"""The slot that names who acts, by kind."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Somebody to whom a part of a sentence is attributed: the range of nodes that names them."""

    begin: int
    end: int
    holder: str
    node: Node
    stop: int | None = None
    """Where what somebody says ends before the sentence does: "X estime que A, mais B"."""
    spoken: bool = False
    """Whether a verb tells that they say it themselves, rather than "selon X"."""


def attributed(reader: Reader, found: Sequence[Found]) -> list[Found]:
    """The findings with the slots that the text's attributions and conditionals give them."""
    sentences = reader.document.sentences
    sources = {index: tuple(attributions(reader, sentences[index])) for index in {item.sentence for item in found}}
    return [_complete(reader, sentences[item.sentence], sources[item.sentence], item) for item in found]


def _complete(reader: Reader, sentence: Sentence, sources: Sequence[Attribution], found: Found) -> Found:
    if "hedged" not in found.slots and _doubtful(reader, sentence, found):
        found = replace(found, slots={**found.slots, "hedged": True})
    source = _source_of(sentence, sources, found)
    own = source is None or "attributed_to" in found.slots or found.kind in _OWN_SOURCE
    if source is None or own or _of_oneself(found, source):
        return found
    slots = {**found.slots, "attributed_to": source.holder}
    return replace(found, slots=slots, nodes=[*found.nodes, source.node])


def _of_oneself(found: Found, source: Attribution) -> bool:
    """Whether the source announces its own aid or act, or tells its own stance."""
    if found.kind == "stance":
        return bool(source.holder == found.slots["holder"])
    own = found.slots.get(_ACTING.get(found.kind, ""), ()) if source.spoken else ()
    return source.holder in ((own,) if isinstance(own, str) else own)


def _doubtful(reader: Reader, sentence: Sentence, found: Found) -> bool:
    """Whether the clause that a finding stands in has a conditional of hearsay for its verb."""
    if _rumoured(reader, sentence, found.at) or _alleged(reader, sentence, found.at):
        return True
    for clause in reader.clauses[sentence.index]:
        if clause.begin <= found.at < clause.end and clause.verb.doubtful:
            return True
    figures = [node for node in found.nodes if node.reading is not None]
    return any([_doubts_figure(reader, node) for node in figures])  # noqa: C419 (a list is faster)


def _rumoured(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether what a verb tells is only thought or seems to be so: "is believed to have sent", "semble soutenir"."""
    if not reader.has_any(sentence, _RUMOURED):
        return False
    before = [i for i, verb in sentence.verbs() if i <= at and verb.tense in ("pres", "past", "perf")]
    for place in before[-3:]:
        verb = sentence.nodes[place].verb
        following = next(
            (i for i in range(place + 1, min(place + 4, len(sentence.nodes))) if sentence.nodes[i].verb), None
        )
        if verb is None or following is None or not place < following <= at:
            continue
        to = any(node.norm in reader.lexicon.sets["rumour_to"] for node in sentence.nodes[place + 1 : following])
        told = verb.passive and verb.classes & {"say", "consider", "suspect"} and to
        infinitive = to or sentence.nodes[following].verb.tense == "inf"  # type: ignore[union-attr]
        if (told or ("seem" in verb.classes and infinitive)) and _carries(sentence, following, at):
            return True
    return False


_RUMOURED = Cues(verbs=frozenset({"say", "consider", "suspect", "seem"}))
"""The verbs that tell a rumour."""


def _alleged(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether what a verb tells is only alleged: "X alleges that Iran shipped", "X prétend que l'Iran a livré"."""
    alleging, that = reader.lexicon.sets["alleging"], reader.lexicon.sets["complementizer"]
    if not alleging:
        return False
    for place, verb in sentence.verbs():
        if verb.lemma not in alleging or place >= at:
            continue
        if place + 1 < len(sentence.nodes) and sentence.nodes[place + 1].norm in that:
            return all(node.norm != ";" for node in sentence.nodes[place:at])
    return False


def _carries(sentence: Sentence, verb: int, at: int) -> bool:
    """Whether a place is governed by a verb: it is that verb, or stands in its clause with no other verb between."""
    between = any(other.tense in FINITE for i, other in sentence.verbs() if verb < i <= at)
    return not between and all(node.norm != ";" for node in sentence.nodes[verb:at])


def _doubts_figure(reader: Reader, node: Node) -> bool:
    """Whether a figure was read together with a conditional before it: "dépasseraient 315 000"."""
    first = node.norm.split(maxsplit=1)[:1]
    return any(form.tense == "cond" for word in first for form in reader.lexicon.verb_forms.get(word, ()))


def _source_of(sentence: Sentence, sources: Sequence[Attribution], found: Found) -> Attribution | None:
    """The attribution that a finding falls under: one before something that it rests on, or after all of it.

    "A, selon X, B" attributes B; "selon X, A et B" and "A et B, selon X" attribute both.
    """
    last = max([node.start for node in found.nodes], default=0) if sources else 0
    for source in sources:
        if source.stop is not None and found.at >= source.stop:
            continue
        middle = source.begin > 0 and not _at_end(sentence, source.end)
        if not middle or last > sentence.nodes[source.begin].start:
            return source
    return None


def _at_end(sentence: Sentence, end: int) -> bool:
    return all(node.norm in ".…)»" for node in sentence.nodes[end:]) or sentence.nodes[end].norm == ";"


def attributions(reader: Reader, sentence: Sentence) -> Iterator[Attribution]:
    """The attributions of a sentence: "selon X", "according to X", "…, indique X", "X estime que …"."""
    nodes = sentence.nodes
    saying = "say" in reader.standing[sentence.index].verbs
    aside = insertions(reader.document, sentence) if saying else []
    sources = reader.places(sentence, "attribution")
    reckoned_by = reader.lexicon.sets["reckoned_by"]
    reckonings = (
        []
        if reckoned_by.isdisjoint(reader.standing[sentence.index].norms)
        else [at for at, node in enumerate(nodes) if node.norm in reckoned_by]
    )
    verbs = [at for at, _ in sentence.verbs()] if saying else []
    for at in sorted({0, *sources, *reckonings, *verbs} if nodes else ()):
        if length := sources.get(at):
            if found := _holder(reader, sentence, at, at + length):
                yield found
        elif at == 0 and (opined := _opinion_first(reader, sentence)):
            yield opined
        elif at in reckonings and (reckoned := _reckoning(reader, sentence, at)):
            yield reckoned
        elif aside and (inserted := next((span for span in aside if at in range(*span) and nodes[at].verb), None)):
            yield from _inserted(sentence, inserted)
        elif saying and _speaks(reader, sentence, at):
            yield from _speaker(reader, sentence, at)
            yield from _reporter(reader, sentence, at)


def _holder(reader: Reader, sentence: Sentence, begin: int, at: int) -> Attribution | None:
    """The entity, the proper name or else the noun phrase after "selon"."""
    nodes = sentence.nodes
    start = at
    while at < len(nodes) and _inside(nodes, at):
        if nodes[at].tag in "SOPGX" and nodes[at].form != "a" and not _outlet_of(reader, nodes, start, at):
            return Attribution(begin, at + 1, value(nodes[at]), nodes[at])
        at += 1
    words = nodes[start:at]
    if not words or reader.has(sentence, "poll", start, at) is not None:
        return None
    holder = plain(reader.document.text[words[0].start : words[-1].end])
    return Attribution(begin, at, holder, words[-1]) if holder else None


def _inserted(sentence: Sentence, span: tuple[int, int]) -> Iterator[Attribution]:
    """Who says what a sentence tells, in a saying that interrupts it: it governs the whole sentence."""
    named = [i for i in range(*span) if sentence.nodes[i].tag in "SOPX" and sentence.nodes[i].form != "a"]
    node = sentence.nodes[named[-1]]
    yield Attribution(0, span[1], value(node), node, spoken=True)


def _opinion_first(reader: Reader, sentence: Sentence) -> Attribution | None:
    """Whose opinion a sentence begins with: "Pour François Heisbourg, …", "For the Economist Intelligence Unit, …"."""
    nodes = sentence.nodes
    if nodes[0].norm not in reader.lexicon.sets["in_the_eyes"]:
        return None
    here = 1
    while here < len(nodes) - 1 and nodes[here].norm in reader.lexicon.union("article", "title"):
        here += 1
    known = reader.document.media | reader.document.pollsters
    judges = nodes[here].tag in "PX" or (nodes[here].tag == "O" and bool(known.intersection(nodes[here].keys)))
    if not judges or here + 1 >= len(nodes) or nodes[here + 1].norm != ",":
        return None
    return Attribution(0, here + 1, value(nodes[here]), nodes[here])


def _reckoning(reader: Reader, sentence: Sentence, at: int) -> Attribution | None:
    """Whose count or figures an English phrase names: "by Kyiv's own count", "on Ukraine's figures"."""
    nodes = sentence.nodes
    owner = next((i for i in sentence.tagged("SOPGX", at + 1, at + 4) if nodes[i].form != "a"), None)
    if owner is None or owner + 1 >= len(nodes) or nodes[owner + 1].norm != "'s":
        return None
    end = reader.has(sentence, "reckoning", owner + 2, min(owner + 5, len(nodes)))
    return Attribution(at, end + 1, value(nodes[owner]), nodes[owner]) if end is not None else None


def _inside(nodes: Sequence[Node], at: int) -> bool:
    node = nodes[at]
    return node.tag not in "VNMCTDRZ" and (node.tag != "W" or node.norm[:1].isalpha())


def _outlet_of(reader: Reader, nodes: Sequence[Node], start: int, at: int) -> bool:
    """Whether a state only says where a newspaper or an agency comes from: "le quotidien allemand Die Welt"."""
    return nodes[at].tag == "S" and any(node.norm in reader.lexicon.sets["outlet"] for node in nodes[start:at])


def _speaks(reader: Reader, sentence: Sentence, at: int) -> bool:
    verb = sentence.nodes[at].verb
    if verb is None or "say" not in verb.classes or verb.negative or verb.reflexive:
        return False  # "la part de X s'établit à 30 %" names nobody who says it
    following = sentence.nodes[at + 1 : at + 3]
    if len(following) == 2 and following[0].norm in reader.lexicon.sets["of_topic"] and following[1].tag != "D":
        return False  # "Brazil insists on its neutrality" reports nothing
    if at + 1 < len(sentence.nodes) and sentence.nodes[at + 1].tag == "C":
        return False  # "les États-Unis assurent 43 % des livraisons" provides, it says nothing
    # "…, mais soutient Moscou" names nobody who says it; "soutient que" does
    reports = "supporting" not in verb.classes or _reports_that(reader, sentence, at)
    return reports and verb.tense in ("pres", "perf", "past")


def _reports_that(reader: Reader, sentence: Sentence, at: int) -> bool:
    return reader.has(sentence, "complementizer", at + 1, min(at + 2, len(sentence.nodes))) is not None


def _speaker(reader: Reader, sentence: Sentence, at: int) -> Iterator[Attribution]:
    """The subject of a verb of saying that follows (", indique X") or closes (", X said") what it reports."""
    nodes = sentence.nodes
    begin = next((i for i in range(at - 1, -1, -1) if nodes[i].norm in (",", "»", "”", ";")), None)
    if begin is None or not _at_end(sentence, _end_of_insertion(nodes, at)):
        return
    named = [i for i in (*range(begin + 1, at), *range(at + 1, len(nodes))) if nodes[i].tag in "SOPGX"]
    named = [i for i in named if nodes[i].form != "a" and not _governed(reader, nodes, i)]
    words = [node for node in nodes[begin + 1 : at] if node.tag == "W" and node.norm[:1].isalpha()]
    told = [node for node in nodes[at + 1 : _end_of_insertion(nodes, at)] if node.tag == "W" and node.norm.isalpha()]
    told = [node for node in told if node.norm not in reader.lexicon.union("between", "determiners")]
    if len(named) == 1 and len(words) <= 3 and (len(told) <= 2 or named[0] > at):
        yield Attribution(begin, len(nodes), value(nodes[named[0]]), nodes[named[0]], spoken=True)


def _governed(reader: Reader, nodes: Sequence[Node], at: int) -> bool:
    """Whether a preposition stands before a name: "…, soutiennent les sanctions contre la Russie" names no speaker."""
    here = at - 1
    while here >= 0 and nodes[here].norm in reader.lexicon.union("article", "title"):
        here -= 1
    return here >= 0 and nodes[here].norm in reader.document.words("prepositions")


def _reporter(reader: Reader, sentence: Sentence, at: int) -> Iterator[Attribution]:
    """The person or organisation whose verb of saying opens a clause: "X estimait en mai que …"."""
    nodes = sentence.nodes
    conjunctions = reader.lexicon.sets["complementizer"]
    that = next((i for i in range(at + 1, min(at + 4, len(nodes))) if nodes[i].norm in conjunctions), None)
    clause = next((clause for clause in reader.clauses[sentence.index] if clause.at == at), None)
    if clause is None:
        return
    named = [i for i in clause.subject if nodes[i].tag in "SOPX"] or _authors(reader, sentence, clause)
    if that is None:
        following = next((other for other in reader.clauses[sentence.index] if other.begin == at + 1), None)
        reports = bool(following and following.subject and named) and nodes[at + 1].norm not in (":", ",")
        that = at if reports and reader.document.lang == "en" else None
    if that is None:
        return
    if not named and (source := _unnamed_source(reader, sentence, clause)):
        yield source
    if len(named) == 1:
        breaks = reader.lexicon.sets["clause_breaks"] | {";"}
        stop = next((i for i in range(that + 1, len(nodes)) if nodes[i].norm in breaks), None)
        yield Attribution(clause.begin, that + 1, value(nodes[named[0]]), nodes[named[0]], stop, spoken=True)


def _authors(reader: Reader, sentence: Sentence, clause: Clause) -> list[int]:
    """Whose figures or studies show something: "The figures of the Kiel Institute show that …"."""
    if reader.has(sentence, "evidence", clause.begin, clause.at) is None:
        return []
    return [i for i in sentence.tagged("OPX", clause.begin, clause.at) if sentence.nodes[i].form != "a"]


def _unnamed_source(reader: Reader, sentence: Sentence, clause: Clause) -> Attribution | None:
    """Sources without a name who say something: "Des analystes estiment que", "Analysts say that"."""
    begin = reader.has(sentence, "sources_at_large", clause.begin, clause.at)
    if begin is None or sentence.tagged("SOPX", clause.begin, begin):
        return None
    words = sentence.nodes[begin : clause.at]
    if not words or any(node.tag not in "WS" or not node.norm[:1].isalpha() for node in words):
        return None
    holder = plain(reader.document.text[words[0].start : words[-1].end])
    return Attribution(clause.begin, clause.at + 1, holder, words[-1], spoken=True)


def _end_of_insertion(nodes: Sequence[Node], at: int) -> int:
    """Where an inserted clause of saying ends: at the next comma or verb, or with the sentence."""
    return next((i for i in range(at + 1, len(nodes)) if nodes[i].norm in (",", ";") or nodes[i].verb), len(nodes))
