"""Surveys as texts describe them: who asked whom, when, how many. Findings and polls are both read against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.attribution import attributions
from kg.build.text.kinds.common import Reader, date_of, plain, value, whole
from kg.build.text.nodes import joined, phrase_at

_NEAR = 3
"""How many nodes may stand between a figure and what it counts: "1 604 citoyens russes adultes"."""

_FEWEST = 100
"""Fewer people than this make no sample where nothing else speaks of a survey."""


@dataclass
class Survey:
    """What one or more sentences say about a survey: the slots of a poll, and the nodes they were read from."""

    sentence: int
    slots: dict[str, Any] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)

    def take(self, slot: str, content: Any, node: Node) -> None:
        """Fill a slot that is still empty."""
        if slot not in self.slots:
            self.slots[slot] = content
            self.nodes.append(node)


def surveys(reader: Reader) -> list[Survey]:
    """The surveys of a text: sentences that do not contradict one another speak of the same one."""
    found: list[Survey] = []
    for sentence in reader.document.sentences:
        if not speaks_of_survey(reader, sentence):
            continue
        here = Survey(sentence.index)
        _counts(reader, sentence, here)
        _dates(reader, sentence, here)
        if not here.slots or not _is_survey(reader, sentence, here):
            continue
        if found and not (found[-1].slots.keys() & here.slots.keys()):
            found[-1].slots |= here.slots
            found[-1].nodes += here.nodes
        else:
            found.append(here)
    return found


def _is_survey(reader: Reader, sentence: Sentence, survey: Survey) -> bool:
    """Whether more than a verb tells that it is a survey: "trois diplomates ont été interrogés" is none."""
    if any(reader.has(sentence, name) is not None for name in ("poll", "polled", "answered")):
        return True
    if any(_are_respondents(reader, node) for node in sentence.nodes):
        return True
    return survey.slots.get("sample_size", 0) >= _FEWEST or any(is_pollster(reader, node) for node in sentence.nodes)


def speaks_of_survey(reader: Reader, sentence: Sentence) -> bool:
    """Whether a sentence has a word for a survey or its respondents, a verb of asking, or a pollster."""
    if reader.names_any(sentence, _ASKED) or "survey" in reader.standing[sentence.index].verbs:
        return True
    if _names_pollster(reader, sentence):
        return True
    people = "n" in reader.standing[sentence.index].forms
    return people and any(_are_respondents(reader, node) for node in sentence.nodes)


_ASKED = frozenset({"poll", "polled", "answered"})


def _names_pollster(reader: Reader, sentence: Sentence) -> bool:
    return not reader.standing[sentence.index].keys.isdisjoint(reader.document.pollsters)


def _are_respondents(reader: Reader, node: Node) -> bool:
    """Whether a people is told as respondents: "répondants russes"."""
    return node.form == "n" and bool(reader.lexicon.sets["polled"] & set(node.norm.split()))


def is_pollster(reader: Reader, node: Node) -> bool:
    """Whether a node names an organisation that makes polls."""
    return bool(node.keys) and node.keys[0] in reader.document.pollsters


def _counts(reader: Reader, sentence: Sentence, survey: Survey) -> None:
    for at in sentence.tagged("N"):
        number = whole(sentence.nodes[at])
        slot = counted(reader, sentence, at)
        if slot and number is not None:
            survey.take(slot, number, sentence.nodes[at])


def counted(reader: Reader, sentence: Sentence, at: int) -> str | None:
    """The slot of a poll that a number fills, by the noun after it or the word for a sample before it."""
    nodes = sentence.nodes
    start = at + 1
    start += phrase_at(nodes, start, reader.lexicon.words["of_them"]) if start < len(nodes) else 0
    start += at + 1 < start < len(nodes) and nodes[start].norm in reader.lexicon.sets["article"]
    for here in range(start, min(start + _NEAR, len(nodes))):
        node = nodes[here]
        for slot, name in (("men", "men"), ("women", "women"), ("locations", "localities")):
            if phrase_at(nodes, here, reader.lexicon.words[name]):
                return slot
        if node.form == "n" or phrase_at(nodes, here, reader.lexicon.words["respondents"]):
            return "sample_size"
        if (
            node.tag not in "WS"
            or not node.norm[:1].isalpha()
            or node.norm in reader.lexicon.sets["prepositions"] - {"d'"}
        ):
            break
    before = reader.has(sentence, "sample", max(at - 3, 0), at)
    return "sample_size" if before is not None else None


def _dates(reader: Reader, sentence: Sentence, survey: Survey) -> None:
    for at in sentence.tagged("D"):
        slot = survey_date(reader, sentence, at)
        if slot:
            survey.take(slot, date_of(sentence.nodes[at]), sentence.nodes[at])


def survey_date(reader: Reader, sentence: Sentence, at: int) -> str | None:
    """Whether a date says when a survey was made (``fieldwork``) or ``published``: by the word that governs it."""
    reading = sentence.nodes[at].reading
    if reading is None or reading.lead == "since":
        return None
    for here in range(at - 1, -1, -1):
        node = sentence.nodes[here]
        if node.tag in "CT" or node.norm == ";" or (node.norm == ":" and not _heads(reader, sentence, here)):
            break
        if found := _governs(reader, sentence, here, at):
            return found if found != "none" else None
    return "fieldwork" if _opens_survey(reader, sentence, at) else None


def _heads(reader: Reader, sentence: Sentence, colon: int) -> bool:
    """Whether a word for the fieldwork stands before a colon: "Terrain : 3-9 juin 2024"."""
    return reader.has(sentence, "fieldwork", max(colon - 2, 0), colon) is not None


def _governs(reader: Reader, sentence: Sentence, here: int, at: int) -> str | None:
    """What a word before a date makes of it; ``none`` where it is certain that the date is not the survey's."""
    node = sentence.nodes[here]
    if node.verb:
        if "publish" in node.verb.classes:
            return "published"
        if node.verb.classes & {"survey", "conduct", "complete"} or _answers(reader, sentence, here):
            return "fieldwork"
        return "none" if node.verb.tense in ("pres", "past", "fut", "cond") else None
    if phrase_at(sentence.nodes, here, reader.lexicon.words["fieldwork"]):
        return "fieldwork"
    if phrase_at(sentence.nodes, here, reader.lexicon.words["poll"]):
        conducted = any(
            node.verb and "conduct" in node.verb.classes for node in sentence.nodes[max(here - 4, 0) : here]
        )
        return "fieldwork" if "/" in date_of(sentence.nodes[at]) or conducted else "none"
    return None


def _answers(reader: Reader, sentence: Sentence, here: int) -> bool:
    return bool(phrase_at(sentence.nodes, here, reader.lexicon.words["answered"]))


def _opens_survey(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a date stands at the head of a clause of asking: "En mai 2022, l'institut a sondé 2 000 personnes"."""
    for clause in reader.clauses[sentence.index]:
        if clause.begin <= at < clause.at:
            return "survey" in clause.verb.classes or _polls(
                reader, sentence, clause.begin, clause.at, clause.verb.classes
            )
    return False


def _polls(reader: Reader, sentence: Sentence, begin: int, at: int, classes: frozenset[str]) -> bool:
    return (
        "conduct" in classes
        and reader.has(sentence, "poll", begin, at + 8 if at + 8 < len(sentence.nodes) else None) is not None
    )


def pollsters(reader: Reader) -> dict[int, Node]:
    """The pollster of each sentence that names one: a known one, or whoever stands with a word for a survey."""
    found: dict[int, Node] = {}
    for sentence in reader.document.sentences:
        known = _names_pollster(reader, sentence)
        node = next((node for node in sentence.nodes if is_pollster(reader, node)), None) if known else None
        node = node or next(_institutes(reader, sentence), None) or _named_source(reader, sentence)
        if node:
            found[sentence.index] = node
    return found


def bracketed_source(reader: Reader, sentence: Sentence) -> tuple[int, int, int | None] | None:
    """The range of a source in the brackets that end a sentence, and the place of its date: "(Globsec, mai 2022)"."""
    nodes = sentence.nodes
    close = next((i for i in range(len(nodes) - 1, -1, -1) if nodes[i].norm != "."), -1)
    opening = next((i for i in range(close, -1, -1) if nodes[i].norm == "("), None) if close >= 0 else None
    if opening is None or nodes[close].norm != ")":
        return None
    date = next(iter(sentence.tagged("D", opening, close)), None)
    end = close if date is None else date
    while end > opening + 1 and nodes[end - 1].norm in reader.lexicon.sets["prepositions"] | {",", ":"}:
        end -= 1
    begin = opening + 1 + phrase_at(nodes, opening + 1, reader.lexicon.words["source"])
    begin += begin < end and nodes[begin].norm == ":"
    inside = nodes[begin:end]
    named = bool(inside) and inside[0].text[:1].isupper() and all(node.tag in "WXOG" for node in inside)
    return (begin, end, date) if named and len(inside) <= 4 and (date is None or date == close - 1) else None


def _named_source(reader: Reader, sentence: Sentence) -> Node | None:
    """The source in brackets of a sentence with shares, as one node."""
    found = bracketed_source(reader, sentence) if sentence.tagged("CT") else None
    if found is None or (found[2] is None and sentence.nodes[found[0]].tag == "W"):
        return None
    return joined(sentence.nodes[found[0] : found[1]], reader.document.text, tag="X", keys=(), form="")


def _institutes(reader: Reader, sentence: Sentence) -> Iterator[Node]:
    """Organisations and unknown names beside "sondage", after "source", or asking: "l'institut X a interrogé"."""
    nodes = sentence.nodes
    for at, node in enumerate(nodes):
        if node.tag not in "OXG":
            continue
        before = [other.norm for other in nodes[max(at - 5, 0) : at] if other.tag != "D"]
        small = reader.lexicon.sets["beside_poll"] - reader.lexicon.sets["poll"]
        while before and before[-1] in small:
            before.pop()
        follows = (
            reader.document.lang == "en" and reader.has(sentence, "poll", at + 1, min(at + 2, len(nodes))) is not None
        )
        bracketed = node.tag == "X" and _alone_in_brackets(nodes, at)
        if follows or bracketed or (before and before[-1] in reader.lexicon.union("poll", "source")):
            yield node
    for clause in reader.clauses[sentence.index]:
        if "survey" in clause.verb.classes and not clause.verb.passive:
            yield from (node for node in clause.nodes(clause.subject) if node.tag in "OXG")


def _alone_in_brackets(nodes: Sequence[Node], at: int) -> bool:
    """Whether a name stands alone in brackets, as sources do: "(CBOS)"."""
    return 0 < at < len(nodes) - 1 and nodes[at - 1].norm == "(" and nodes[at + 1].norm == ")"


def pollster_phrase(reader: Reader, sentence: Sentence) -> tuple[str, Node] | None:
    """The index or barometer that figures are attributed to, by its phrase: "selon l'indice de perception de …"."""
    nodes = sentence.nodes
    for at, length in reader.places(sentence, "attribution").items():
        start = at + length
        if reader.has(sentence, "index", start, start + 5) is None:
            continue
        end = next(
            (i for i in range(start, len(nodes)) if nodes[i].tag in "DVCN" or nodes[i].norm in ",.;()"), len(nodes)
        )
        while end > start and nodes[end - 1].norm in reader.lexicon.sets["prepositions"]:
            end -= 1
        return plain(reader.document.text[nodes[start].start : nodes[end - 1].end]), nodes[end - 1]
    return None


def pollster_of(reader: Reader, sentence: int, named: dict[int, Node]) -> tuple[str, Node] | None:
    """The pollster that stands for a sentence: its own, or else the nearest of the text, an earlier one first."""
    own = reader.document.sentences[sentence]
    if sentence in named:
        return value(named[sentence]), named[sentence]
    if phrase := pollster_phrase(reader, own):
        return phrase
    order = sorted(named, key=lambda index: (abs(index - sentence), index > sentence))
    return (value(named[order[0]]), named[order[0]]) if order else _source(reader, own)


def _source(reader: Reader, sentence: Sentence) -> tuple[str, Node] | None:
    """An organisation that figures are attributed to, though no word says that it asked anybody."""
    for source in attributions(reader, sentence):
        if source.node.tag in "OGX":
            return source.holder, source.node
    return None


def population_of(reader: Reader, sentences: Sequence[Sentence]) -> tuple[str, Node] | None:
    """Who was asked: the people that a sample is counted of, or the country that the sentence begins with."""
    for sentence in sentences:
        for at in sentence.tagged("N"):
            if counted(reader, sentence, at) != "sample_size":
                continue
            for node in sentence.nodes[at + 1 : at + 2 + _NEAR]:
                if node.form == "n" or (node.tag == "S" and node.form == "a"):
                    return value(node), node
            if len(sentence.nodes) > 1 and (start := _country_first(reader, sentence)):
                return value(start), start
    return None


def _country_first(reader: Reader, sentence: Sentence) -> Node | None:
    """The state of "Au Japon, …" or "In Japan, …"."""
    nodes = sentence.nodes
    length = phrase_at(nodes, 0, reader.lexicon.words["in"])
    if length and length < len(nodes) and nodes[length].tag in "SO":
        return nodes[length]
    return None
