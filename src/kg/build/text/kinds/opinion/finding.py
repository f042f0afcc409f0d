"""Kind `finding`: what share of whom thinks what of whom, by figures that stand alone, in lists or in tables of prose.

A sentence is cut into one segment for each figure. What a segment does not say (the measure, who is asked, who is
judged) is carried over from the segment or the sentence before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Found, Reader, whole
from kg.build.text.kinds.opinion.dates import change_since, dateline, dates_of
from kg.build.text.kinds.opinion.figures import Segment, countries, figures, segments
from kg.build.text.kinds.opinion.measures import AID, NET, Cue, measure_in, says_negative
from kg.build.text.kinds.opinion.ranks import best, ranks
from kg.build.text.kinds.opinion.roles import OPEN, POPULATION, TARGET, Part, parts
from kg.build.text.kinds.opinion.survey import pollster_of, pollsters, population_of, speaks_of_survey
from kg.build.text.nodes import phrase_at
from kg.build.text.verb_finder import FINITE

_COUNTED = frozenset({"responsible-for-war", "favourable", "unfavourable", "trust", NET})
"""Measures that a number of countries can be said to share."""

_JUDGING = frozenset({"say", "consider", "blame", "trust", "approve", "disapprove"})
"""Classes of verbs that tell an opinion."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a figure is about, as far as the text has said it by then."""

    measure: str | None = None
    populations: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    asked: str = ""
    """How the population was found: ``people``, ``place``, ``open``, or nothing."""
    open_target: bool = False
    fixed: bool = False
    """Whether the target is told once for a whole list, so that whoever else is named in it is asked."""
    nodes: tuple[Node, ...] = ()


@dataclass(slots=True)
class Row:
    """One figure with its frame, and the slots that it fills by itself."""

    segment: Segment
    frame: Frame
    slots: dict[str, Any] = field(default_factory=dict)


def read(reader: Reader) -> Iterator[Found]:
    """The findings of a text."""
    if not _of_opinion(reader):
        return
    named = pollsters(reader)
    frame = _opening_frame(reader)
    told: list[tuple[Sentence, list[Row]]] = []
    institutes: list[tuple[str, Node] | None] = []
    for sentence in reader.document.sentences:
        institutes.append(pollster_of(reader, sentence.index, named))
        rows, frame = _rows(reader, sentence, frame, skipped(sentence, named, institutes[-1]))
        told.append((sentence, rows))
    _look_back(reader, told)
    for (sentence, rows), institute in zip(told, institutes, strict=True):
        for row in rows:
            yield from _findings(sentence, row, institute)


def _look_back(reader: Reader, told: Sequence[tuple[Sentence, list[Row]]]) -> None:
    """Fill what the text says only later: who "the respondents" were, and the date of its dateline."""
    asked = {row.frame.populations for _, rows in told for row in rows if row.frame.asked == "people"}
    date = dateline(reader)
    for sentence, rows in told:
        here = any(row.frame.asked == "people" for row in rows)
        for row in rows:
            known = len(asked) == 1 and (here or reader.has(sentence, "polled") is not None)
            if known and not row.frame.populations and next(iter(asked))[0].startswith(("state:", "org:")):
                row.frame = replace(row.frame, populations=next(iter(asked)), asked="people")
            if date:
                row.slots.setdefault("date", date)


def _of_opinion(reader: Reader) -> bool:
    """Whether the text is about what people think: it has a people, a survey, or a word for an opinion.

    An adjective stands for its people where a relative clause tells more of them: "of Chinese who see".
    """
    for sentence in reader.document.sentences:
        if "n" in reader.standing[sentence.index].forms or reader.names_any(sentence, _OPINION):
            return True
        if speaks_of_survey(reader, sentence):
            return True
        if any(at > 0 and sentence.nodes[at - 1].form == "a" for at in reader.places(sentence, "who")):
            return True
        shares = sentence.tagged("C")
        if any(_shares_opinion(sentence, at) for at in shares):
            return True
        if len(shares) > 1 and any(_judge(clause) for clause in reader.clauses[sentence.index]):
            return True
    return False


_OPINION = frozenset({"people", "opinion_words"})


def _shares_opinion(sentence: Sentence, at: int) -> bool:
    """Whether a share is the subject of a verb of opinion: "48 % approuvent"."""
    verb = sentence.nodes[at + 1].verb if at + 1 < len(sentence.nodes) else None
    return verb is not None and bool(verb.classes & {"approve", "disapprove", "trust", "blame", "consider"})


def _judge(clause: Clause) -> bool:
    """Whether states with shares beside them approve of something: "le Portugal (70 %) et l'Espagne (63 %) …"."""
    listed = len(clause.sentence.tagged("C", clause.begin, clause.at)) > 1
    return listed and bool(clause.verb.classes & {"approve", "disapprove"})


def _opening_frame(reader: Reader) -> Frame:
    """Who was asked, where the text tells it before any figure."""
    found = population_of(reader, reader.document.sentences)
    return Frame(populations=(found[0],), asked="people", nodes=(found[1],)) if found else Frame()


def skipped(sentence: Sentence, named: dict[int, Node], institute: tuple[str, Node] | None) -> frozenset[int]:
    """The places of the institutes of a sentence, which are neither asked nor judged."""
    nodes = [*named.values(), *([institute[1]] if institute else [])]
    if not nodes:
        return frozenset()
    names = {node.keys or (node.norm,) for node in nodes}
    return frozenset(at for at, node in enumerate(sentence.nodes) if (node.keys or (node.norm,)) in names)


def _rows(reader: Reader, sentence: Sentence, frame: Frame, skip: frozenset[int]) -> tuple[list[Row], Frame]:
    """The figures of a sentence with their frames, and the frame that is carried on."""
    frame = replace(frame, fixed=False) if frame.fixed else frame
    whole_cue = measure_in(reader, sentence, 0, len(sentence.nodes), frame.measure)
    measure = whole_cue.measure if whole_cue else frame.measure
    places = figures(reader, sentence, signed=measure == NET)
    counts = False
    if not places and measure in _COUNTED and whole_cue:
        places, counts = countries(reader, sentence), True
    if not places:
        return _without_figures(reader, sentence, frame, whole_cue, skip)
    parts_of = segments(reader, sentence, places, counts=counts)
    if paired := _paired(reader, sentence, parts_of, frame, whole_cue, skip):
        _complete(reader, sentence, paired)
        return paired, paired[-1].frame
    frame, parts_of = _predicate(reader, sentence, parts_of, frame, skip)
    rows: list[Row] = []
    for segment in parts_of:
        frame = _next_frame(reader, sentence, segment, frame, whole_cue, skip)
        if frame.measure is not None:
            rows.append(Row(segment, frame))
    _ask_both(sentence, rows)
    _complete(reader, sentence, rows)
    return [row for row in rows if row.frame.measure and row.frame.targets and "skip" not in row.slots], frame


def _paired(
    reader: Reader, sentence: Sentence, parts_of: Sequence[Segment], frame: Frame, cue: Cue | None, skip: frozenset[int]
) -> list[Row]:
    """Figures told one after another that belong to as many entities: "l'OTAN et l'UE recueillent 86 % et 85 %"."""
    first, last = parts_of[0].at, parts_of[-1].at
    between = sentence.nodes[first + 1 : last]
    if len(parts_of) < 2 or any(node.tag in "SOPD" or node.verb for node in between):
        return []
    if reader.has(sentence, "respectively") is None and any(
        node.norm not in _sets(reader, "list_break") for node in between
    ):
        return []
    whole_frame = _next_frame(reader, sentence, Segment(first, 0, len(sentence.nodes)), frame, cue, skip)
    if not whole_frame.measure:
        return []
    if len(whole_frame.targets) == len(parts_of):
        return [
            Row(part, replace(whole_frame, targets=(target,)))
            for part, target in zip(parts_of, whole_frame.targets, strict=True)
        ]
    if len(whole_frame.populations) == len(parts_of) and whole_frame.targets:
        people = zip(parts_of, whole_frame.populations, strict=True)
        return [Row(part, replace(whole_frame, populations=(population,))) for part, population in people]
    return []


def _sets(reader: Reader, name: str) -> frozenset[str]:
    return reader.lexicon.sets[name]


def _predicate(
    reader: Reader, sentence: Sentence, parts_of: list[Segment], frame: Frame, skip: frozenset[int]
) -> tuple[Frame, list[Segment]]:
    """The frame of a list that comes before what it is about: "la Géorgie (71 %) et la Moldavie (54 %) jugent …"."""
    last = parts_of[-1]
    end = _past_place(reader, sentence, _past_bracket(sentence, last.at))
    listed = measure_in(reader, sentence, 0, end, frame.measure)
    cue = measure_in(reader, sentence, end, len(sentence.nodes), frame.measure)
    follows = end < len(sentence.nodes) and sentence.nodes[end].norm in _sets(reader, "genitive")
    judging = [at for at, verb in sentence.verbs() if verb.tense in FINITE and verb.classes & _JUDGING]
    told = any(parts_of[0].at < at < last.at for at in judging)
    if told or len(parts_of) < 2 or listed or cue is None or not cue.measure or frame.measure or follows:
        return frame, parts_of
    frame = _next_frame(reader, sentence, Segment(last.at, end, len(sentence.nodes)), frame, cue, skip)
    frame = replace(frame, open_target=False, fixed=bool(frame.targets))
    return frame, [*parts_of[:-1], replace(last, end=end)]


def _past_place(reader: Reader, sentence: Sentence, at: int) -> int:
    """The place after whoever was asked, where a preposition of place names them after a figure: "19% in Bulgaria"."""
    nodes = sentence.nodes
    here = at + phrase_at(nodes, at, reader.lexicon.words["locative"])
    while at < here < len(nodes) and nodes[here].norm in _sets(reader, "article"):
        here += 1
    return here + 1 if at < here < len(nodes) and nodes[here].tag == "S" and nodes[here].form in ("b", "n") else at


def _past_bracket(sentence: Sentence, at: int) -> int:
    """The place after a figure, and after the bracket that it stands in."""
    norms = [node.norm for node in sentence.nodes]
    if norms[:at].count("(") <= norms[:at].count(")"):
        return at + 1
    return next((i + 1 for i in range(at, len(norms)) if norms[i] == ")"), at + 1)


def _ask_both(sentence: Sentence, rows: Sequence[Row]) -> None:
    """Where a figure passes from one value to another, whoever is named with the second was asked both times."""
    if len(rows) != 2 or not any("pass" in verb.classes for _, verb in sentence.verbs()):
        return
    first, second = rows
    if not first.frame.populations and second.frame.populations:
        first.frame = replace(first.frame, populations=second.frame.populations, asked=second.frame.asked)


def _without_figures(
    reader: Reader, sentence: Sentence, frame: Frame, cue: Cue | None, skip: frozenset[int]
) -> tuple[list[Row], Frame]:
    """A sentence without figures: it may say who comes first, and it may say what the next figures are about."""
    if cue is None or not cue.measure:
        return [], frame
    segment = Segment(cue.begin, 0, len(sentence.nodes))
    frame = _next_frame(reader, sentence, segment, frame, cue, skip)
    followed = reader.has(sentence, "followed_by") is not None
    if (
        frame.asked == "people"
        and frame.targets
        and best(reader, sentence, cue)
        and (len(frame.targets) == 1 or followed)
    ):
        ranked = enumerate(frame.targets, 1)
        return [Row(segment, replace(frame, targets=(target,)), {"rank": rank}) for rank, target in ranked], frame
    return [], frame if frame.asked in ("people", "place") or not frame.targets else replace(frame, targets=())


def _next_frame(
    reader: Reader, sentence: Sentence, segment: Segment, frame: Frame, whole_cue: Cue | None, skip: frozenset[int]
) -> Frame:
    """The frame of a segment: what it says itself, and the rest from the frame before."""
    cue = measure_in(reader, sentence, segment.begin, segment.end, frame.measure)
    if cue is None and frame.measure is None and whole_cue and _of_one_part(sentence, segment.at, whole_cue.begin):
        cue = whole_cue
    measure = cue.measure if cue else frame.measure
    if not measure:
        return replace(frame, measure=measure)
    found = [part for part in parts(reader, sentence, cue, measure, segment.begin, segment.end) if part.at not in skip]
    return _filled(frame if measure == frame.measure else replace(frame, measure=measure), found, segment)


def _of_one_part(sentence: Sentence, one: int, other: int) -> bool:
    """Whether no semicolon stands between two places."""
    begin, end = sorted((one, other))
    return all(node.norm != ";" for node in sentence.nodes[begin:end])


def _filled(frame: Frame, found: Sequence[Part], segment: Segment) -> Frame:
    """A frame with the parts of a segment put in; open ones go where the frame lacks or varies something."""
    asked = [part for part in found if part.role == POPULATION]
    judged = [part for part in found if part.role == TARGET]
    free = [part for part in found if part.role == OPEN]
    role = TARGET if segment.counts else _role_of_open(frame, asked, judged)
    populations, how = frame.populations, frame.asked
    targets, open_target = frame.targets, frame.open_target
    if free and role == POPULATION and not asked:
        populations, how = _holders(free), "open"
    elif free and role == TARGET and not judged:
        nearer = bool(asked) and free[-1].at < asked[-1].at <= segment.at
        targets, open_target = _holders(free), not nearer
    if asked and not segment.counts:
        chosen = [part for part in asked if part.people] or asked
        populations, how = _holders(chosen), "people" if chosen[0].people else "place"
    if judged:
        targets, open_target = _holders(judged), 0 < segment.at - judged[-1].at <= 2  # a list of targets
    if frame.measure in AID and not targets:
        targets = ("state:UKR",)
    nodes = tuple(part.node for part in found)
    return Frame(frame.measure, populations, targets, how, open_target, frame.fixed, nodes)


def _role_of_open(frame: Frame, asked: Sequence[Part], judged: Sequence[Part]) -> str:
    if asked and not frame.fixed:
        return TARGET
    if frame.fixed or judged or frame.measure in AID:
        return POPULATION
    known = bool(frame.targets) and not frame.open_target
    return POPULATION if known and frame.asked != "people" else TARGET


def _holders(found: Sequence[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(holder for part in found for holder in part.holders))


def _complete(reader: Reader, sentence: Sentence, rows: Sequence[Row]) -> None:
    """Add to each figure its value, its change, its dates and its rank."""
    for row in rows:
        node = sentence.nodes[row.segment.at]
        if row.segment.counts:
            row.slots["count"] = whole(node)
        elif node.tag == "T":
            row.slots["change"] = _points(reader, sentence, row.segment.at)
        else:
            row.slots["value"] = node.reading.number if node.reading else None
        if _undecided(reader, sentence, row.segment):
            row.slots["skip"] = True
        if node.reading and node.reading.approx:
            row.slots["approx"] = node.reading.approx
    _signs(reader, sentence, rows)
    _changes(reader, sentence, rows)
    for row, date in zip(rows, dates_of(reader, sentence, [row.segment for row in rows]), strict=True):
        if date:
            row.slots["date"] = date
    for row, rank in zip(rows, ranks(reader, sentence, [row.segment for row in rows]), strict=True):
        if rank:
            row.slots["rank"] = rank


def _undecided(reader: Reader, sentence: Sentence, segment: Segment) -> bool:
    """Whether a share is of those without an opinion: "sans opinion", "ne se prononcent pas"."""
    if _answers_no(reader, sentence, segment):
        return True
    at = reader.has(sentence, "undecided", segment.begin, segment.end)
    verb = sentence.nodes[at].verb if at is not None else None
    return at is not None and (verb is None or verb.negative)


def _answers_no(reader: Reader, sentence: Sentence, segment: Segment) -> bool:
    """Whether a share only does not do what was told before: "74% trusted him; 22% did not"."""
    end = min(segment.end, segment.at + 4)
    verb = next((sentence.nodes[at].verb for at in range(segment.at + 1, end) if sentence.nodes[at].verb), None)
    elliptic = reader.has(sentence, "did_not", segment.at + 1, end) is not None
    denied = verb is not None and verb.negative and bool(verb.classes & {"do", "be", "have"})
    return (denied or elliptic) and measure_in(reader, sentence, segment.begin, segment.end) is None


def _signs(reader: Reader, sentence: Sentence, rows: Sequence[Row]) -> None:
    """Give net figures their sign where only a word tells it."""
    nets = [row for row in rows if row.frame.measure == NET and "value" in row.slots]
    signed = any(sentence.nodes[row.segment.at].text.lstrip("(")[:1] in "+-−–" for row in nets)
    if nets and not signed and says_negative(reader, sentence, 0, len(sentence.nodes)):
        for row in nets:
            row.slots["value"] = -abs(row.slots["value"])


def _points(reader: Reader, sentence: Sentence, at: int) -> Decimal:
    """A change in points, negative where the text says so in words only."""
    reading = sentence.nodes[at].reading
    number = reading.number if reading else Decimal(0)
    near = (max(at - 4, 0), min(at + 4, len(sentence.nodes)))
    falls = reader.has(sentence, "fall", *near) is not None or reader.has(sentence, "falls", *near) is not None
    return -number if falls and number > 0 and sentence.nodes[at].text[:1] != "+" else number


def _changes(reader: Reader, sentence: Sentence, rows: Sequence[Row]) -> None:
    """Give each value the change in points that stands with it, or pair them off after "respectivement"."""
    points = [at for at in sentence.tagged("T") if all(at != row.segment.at for row in rows)]
    since: str | None = None
    if len(points) == len(rows) > 1 and reader.has(sentence, "respectively") is not None:
        since = change_since(reader, sentence, points[-1], len(sentence.nodes))
        for row, at in zip(rows, points, strict=True):
            _change(reader, sentence, row, at, since)
        return
    for row in rows:
        for at in points:
            if row.segment.begin <= at < row.segment.end and "change" not in row.slots:
                since = change_since(reader, sentence, at, row.segment.end) or since
                _change(reader, sentence, row, at, since)
        if sentence.nodes[row.segment.at].tag == "T":
            since = change_since(reader, sentence, row.segment.at, row.segment.end)
            if since:
                row.slots["change_since"] = since


def _change(reader: Reader, sentence: Sentence, row: Row, at: int, since: str | None) -> None:
    row.slots["change"] = _points(reader, sentence, at)
    if since:
        row.slots["change_since"] = since


def _findings(sentence: Sentence, row: Row, institute: tuple[str, Node] | None) -> Iterator[Found]:
    """One finding for each population and target of a figure."""
    nodes = [sentence.nodes[row.segment.at], *row.frame.nodes]
    slots = dict(row.slots)
    if institute:
        slots["pollster"] = institute[0]
        nodes.append(institute[1])
    for population in row.frame.populations if not row.segment.counts and row.frame.populations else ("",):
        for target in row.frame.targets:
            if population == target and row.frame.measure in ("friendly", "hostile"):
                continue
            content = {"population": population, "measure": row.frame.measure, "target": target, **slots}
            told = next(name for name in ("count", "value", "change", "rank") if name in slots)
            yield Found("finding", content, f"finding/{told}", sentence.index, nodes, row.segment.at)
