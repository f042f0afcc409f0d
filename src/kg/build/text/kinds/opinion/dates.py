"""The dates of findings: when a figure was taken, and since when it has changed."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader, date_of, since_date
from kg.build.text.kinds.opinion.figures import Segment
from kg.build.text.kinds.opinion.survey import bracketed_source, survey_date


def change_since(reader: Reader, sentence: Sentence, at: int, end: int) -> str | None:
    """The date that a change in points is counted from: "depuis 2022", "de plus qu'en novembre 2021"."""
    for place in sentence.tagged("D", at + 1, end):
        node = sentence.nodes[place]
        if survey_date(reader, sentence, place):
            continue
        if (node.reading and node.reading.lead == "since") or _compares(reader, sentence, at, place):
            inner = node.reading.inner if node.reading and node.reading.lead == "since" else None
            return inner or since_date(date_of(node))
    return None


def _compares(reader: Reader, sentence: Sentence, at: int, place: int) -> bool:
    return reader.has(sentence, "date_compared", at + 1, place) is not None


def dates_of(reader: Reader, sentence: Sentence, parts: Sequence[Segment]) -> list[str | None]:
    """The date of each figure: its own, or that which opens or closes the sentence for all of them."""
    own = [_own_date(reader, sentence, part) for part in parts]
    passing = _passing(reader, sentence, parts)
    if passing:
        return passing
    common = shared_date(reader, sentence, parts)
    for number in range(1, len(parts)):
        if own[number] is None and _elliptic(sentence, parts[number]):
            own[number] = own[number - 1]
    return [
        date or (None if _earlier(reader, sentence, part) else common) for date, part in zip(own, parts, strict=True)
    ]


def _elliptic(sentence: Sentence, part: Segment) -> bool:
    """Whether a part goes on without a verb or a bracket: "… in May 2022, 19% Joe Biden"."""
    inside = sentence.nodes[part.begin : part.end]
    opens = bool(inside) and inside[0].norm == "," and inside[1:2] == (sentence.nodes[part.at],)
    return opens and not any(node.verb or node.tag in "DT" or node.norm in "();" for node in inside)


def _own_date(reader: Reader, sentence: Sentence, part: Segment) -> str | None:
    """A date after the figure within its segment that neither a change nor the survey takes."""
    for place in sentence.tagged("D", part.at + 1, part.end):
        if _usable(reader, sentence, place, part.at):
            return date_of(sentence.nodes[place])
    return None


def _usable(reader: Reader, sentence: Sentence, place: int, after: int) -> bool:
    node = sentence.nodes[place]
    if node.reading is None or node.reading.lead == "since" or survey_date(reader, sentence, place):
        return False
    points = sentence.tagged("T", after, place)
    if points and _compares(reader, sentence, points[-1], place):
        return False
    dated = [
        i for i in range(max(place - 4, 0), place) if sentence.nodes[i].norm in reader.lexicon.sets["dated_things"]
    ]
    return not any(reader.has(sentence, "responsible", i - 4, i) is None for i in dated)


def shared_date(reader: Reader, sentence: Sentence, parts: Sequence[Segment]) -> str | None:
    """The date before the first figure, or the one after the last where the figures are of one list."""
    for place in sentence.tagged("D", 0, parts[0].at if parts else len(sentence.nodes)):
        if _usable(reader, sentence, place, 0):
            return date_of(sentence.nodes[place])
    source = bracketed_source(reader, sentence)
    return date_of(sentence.nodes[source[2]]) if source and source[2] is not None else None


def _earlier(reader: Reader, sentence: Sentence, part: Segment) -> bool:
    """Whether a figure is of another time that has no date: "contre 76 % un an auparavant"."""
    return reader.has(sentence, "earlier", part.at, part.end) is not None


_DATELINE = 6
"""How many words and marks a dateline has at most."""


def dateline(reader: Reader) -> str | None:
    """The date of a text that ends or begins with place and day alone: "Moscou, le 19 mai 2025."."""
    for sentence in reader.document.sentences:
        dates = sentence.tagged("D") if len(sentence.nodes) <= _DATELINE else ()
        if len(dates) != 1 or not sentence.tagged("SX", 0, dates[0]):
            continue
        if len([node for node in sentence.nodes if node.tag == "W" and node.norm[:1].isalpha()]) <= 1:
            return date_of(sentence.nodes[dates[0]])
    return None


def _passing(reader: Reader, sentence: Sentence, parts: Sequence[Segment]) -> list[str | None] | None:
    """The two dates of "passer de 72 % à 58 % entre 2022 et 2024": the ends of the interval."""
    if len(parts) != 2 or not any("pass" in verb.classes for _, verb in sentence.verbs()):
        return None
    intervals = [at for at in sentence.tagged("D") if "/" in date_of(sentence.nodes[at]).strip(".")]
    intervals = [
        at
        for at in intervals
        if not date_of(sentence.nodes[at]).endswith("/..") and not survey_date(reader, sentence, at)
    ]
    if len(intervals) != 1:
        return None
    first, last = date_of(sentence.nodes[intervals[0]]).split("/")
    return [first, last]
