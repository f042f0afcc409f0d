"""Where something stands in a text: clauses, segments, lists, dates, and whether it is said to be so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence, Verb
from kg.build.text.kinds.common import Reader, date_of
from kg.build.text.subjects import run_ending, run_starting

_UNREAL = frozenset({"refuse", "modal", "cancel"})
_EFFECTIVE = frozenset({"complete", "arrive", "be", "do", "causing"})
_DECIDING = frozenset({"commit", "adopt", "pledge", "agree", "allow"})


def phrase(reader: Reader, sentence: Sentence, at: int, name: str) -> int:
    """How many nodes from a place on are a word or phrase of a class; 0 if none."""
    return reader.standing[sentence.index].places(name).get(at, 0)


def phrases(reader: Reader, sentence: Sentence, name: str, begin: int = 0, end: int | None = None) -> Iterator[int]:
    """The places within a range where a word or phrase of a class stands."""
    places = reader.standing[sentence.index].places(name)
    if not places:
        return iter(())
    stop = len(sentence.nodes) if end is None else end
    return iter([at for at in places if begin <= at < stop])


def has_phrase(reader: Reader, sentence: Sentence, name: str, begin: int = 0, end: int | None = None) -> bool:
    """Whether a word or phrase of a class stands within a range."""
    return reader.has(sentence, name, begin, end) is not None


def segment(sentence: Sentence, at: int) -> tuple[int, int]:
    """The range around a place that no semicolon or dash divides."""
    dividers = sentence.dividers
    place = bisect_left(dividers, at)
    begin = dividers[place - 1] + 1 if place else 0
    return begin, dividers[place] if place < len(dividers) else len(sentence.nodes)


def clause_at(reader: Reader, sentence: Sentence, at: int) -> Clause | None:
    """The clause that a place belongs to."""
    places = reader.known[sentence.index].clauses
    if places is None:
        places = reader.known[sentence.index].clauses = _clause_of_each(reader, sentence)
    return places[at] if 0 <= at < len(places) else None


def _clause_of_each(reader: Reader, sentence: Sentence) -> list[Clause | None]:
    places: list[Clause | None] = [None] * len(sentence.nodes)
    for clause in reader.clauses[sentence.index]:
        for at in range(clause.begin, min(clause.end, len(places))):
            places[at] = clause
    return places


def bounds(reader: Reader, sentence: Sentence, at: int) -> tuple[int, int]:
    """The range of the clause that a place belongs to, or of its segment."""
    known = reader.known[sentence.index].bounds
    found = known.get(at)
    if found is None:
        begin, end = segment(sentence, at)
        clause = clause_at(reader, sentence, at)
        found = known[at] = (max(begin, clause.begin), min(end, clause.end)) if clause else (begin, end)
    return found


def governors(sentence: Sentence, at: int) -> list[Verb]:
    """The verbs that an infinitive or gerund depends on, the nearest first; empty for a finite verb."""
    found: list[Verb] = []
    verb = sentence.nodes[at].verb
    while verb is not None and verb.main is not None and len(found) < 4:
        verb = sentence.nodes[verb.main].verb
        if verb is not None:
            found.append(verb)
    return found


def _object_of(sentence: Sentence, at: int) -> list[Verb]:
    """The verb whose object a gerund is: "considered severing relations"."""
    verb, before = sentence.nodes[at].verb, sentence.nodes[at - 1].verb if at else None
    return [before] if verb is not None and verb.tense == "ger" and before is not None else []


def is_perfect_infinitive(node: Node) -> bool:
    """Whether an infinitive tells of what is done: "après avoir rejoint"."""
    verb = node.verb
    return verb is not None and verb.tense == "inf" and node.text.split()[-1].lower() != verb.lemma


def asserted(reader: Reader, sentence: Sentence, at: int, *, decided: bool = False, future: bool = False) -> bool:
    """Whether a text says that what a verb tells is so: not denied, refused, wished or only foreseen.

    With ``decided``, what somebody has decided or agreed to do counts as well; with ``future``, what will be.
    """
    verb = sentence.nodes[at].verb
    if verb is None or verb.negative:
        return False
    known, key = reader.known[sentence.index].asserted, 4 * at + 2 * decided + future
    found = known.get(key)
    if found is None:
        found = known[key] = _is_so(reader, sentence, at, verb, decided=decided, future=future)
    return found


def _is_so(reader: Reader, sentence: Sentence, at: int, verb: Verb, *, decided: bool, future: bool) -> bool:
    if supposed(reader, sentence, at):
        return False
    if not future and verb.tense in ("fut", "cond") and not verb.doubtful:
        return False
    without = at > 0 and sentence.nodes[at - 1].norm in reader.lexicon.sets["denying"]
    if without and (verb.tense in ("inf", "ger") or sentence.nodes[at].norm.endswith("ing")):
        return False  # "sans être membre", "without joining"
    above = governors(sentence, at) or _object_of(sentence, at)
    if any(one.negative or (one.classes & _UNREAL and not _settled(one, decided)) for one in above):
        return False
    if verb.tense != "inf" or is_perfect_infinitive(sentence.nodes[at]):
        return True
    if verb.main is not None and any(has_phrase(reader, sentence, name, verb.main, at) for name in ("ready", "due_to")):
        return False
    return bool(above) and _carries(above[0], decided)


def _of_neither(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb is said of "neither A nor B"."""
    places = reader.places(sentence, "neither")
    if not places:
        return False
    clause = clause_at(reader, sentence, at)
    first = clause.subject[0] if clause is not None and clause.subject else 0
    return any(i in places for i in range(max(first - 2, 0), first))


def supposed(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a place belongs to a condition or to a question, or is said of "neither A nor B"."""
    return _in_condition(reader, sentence, at) or _asked(sentence, at) or _of_neither(reader, sentence, at)


def _settled(verb: Verb, decided: bool) -> bool:
    settled = bool(verb.classes & (_DECIDING | {"stop"})) and not verb.classes & {"modal", "envisage"}
    return decided and settled


def _carries(verb: Verb, decided: bool) -> bool:
    """Whether a verb followed by an infinitive says that the act takes place: "a fini par", "a décidé de"."""
    if verb.tense in ("fut", "cond") and "causing" in verb.classes:
        return False
    decided = decided and "envisage" not in verb.classes
    return bool(verb.classes & _EFFECTIVE) or (decided and bool(verb.classes & (_DECIDING | {"stop"})))


def _asked(sentence: Sentence, at: int) -> bool:
    """Whether a question mark ends what a place belongs to: a question tells nothing."""
    if not sentence.standing_at("?"):
        return False
    _, end = segment(sentence, at)
    return end < len(sentence.nodes) and sentence.nodes[end].norm == "?"


def _in_condition(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether "si" or "if" opens the clause."""
    conditions = reader.known[sentence.index].conditions
    if conditions is None:
        conditions = reader.known[sentence.index].conditions = _conditions(reader, sentence)
    if not conditions:
        return False
    begin, _ = segment(sentence, at)
    here = next((i for i in reversed(conditions) if begin <= i < at), None)
    return here is not None and not any(node.norm == "," for node in sentence.nodes[here:at])


def _conditions(reader: Reader, sentence: Sentence) -> tuple[int, ...]:
    """The words that open a condition, verbs left out: "were" does, "they were" does not."""
    words = reader.lexicon.sets["conditional_clause"]
    if words.isdisjoint(reader.standing[sentence.index].norms):
        return ()
    places = sorted([at for word in words for at in sentence.standing_at(word)])
    return tuple([at for at in places if sentence.nodes[at].verb is None])


def subject_at(reader: Reader, sentence: Sentence, at: int, tags: str = "SOG") -> tuple[int, ...]:
    """The subject of the clause of a place, or the agent where it is in the passive."""
    clause = clause_at(reader, sentence, at)
    if clause is None:
        return ()
    if caused := _caused(reader, sentence, at):
        return tuple(i for i in caused if sentence.nodes[i].tag in tags)
    found = clause.agent if clause.verb.passive and clause.at == at else _own_subject(reader, sentence, clause)
    return tuple(i for i in found if sentence.nodes[i].tag in tags)


def _caused(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Who is led to do what an infinitive tells: "a conduit Kiev à rompre", "prompting Kyiv to sever"."""
    verb = sentence.nodes[at].verb
    if verb is None or verb.tense != "inf" or verb.main is None:
        return ()
    above = sentence.nodes[verb.main].verb
    if above is None or above.passive or "causing" not in above.classes:
        return ()
    led_to = sentence.nodes[at - 1].norm in reader.lexicon.sets["led_to"]
    return ending_before(sentence, at - 1) if led_to else ()


def _own_subject(reader: Reader, sentence: Sentence, clause: Clause) -> tuple[int, ...]:
    """The subject of a clause: "expelled the ambassador and closed …" goes on with the subject, not the object."""
    joined = clause.at > 1 and sentence.nodes[clause.at - 1].norm in reader.lexicon.sets["and"]
    if not joined or not clause.subject or clause.subject[-1] != clause.at - 2:
        return clause.subject
    earlier = [one for one in reader.clauses[sentence.index] if one.at < clause.subject[0] and not one.verb.passive]
    return earlier[-1].subject if earlier and earlier[-1].subject else clause.subject


def listed(reader: Reader, sentence: Sentence, at: int, tags: str = "S") -> tuple[int, ...]:
    """The coordination of entities that begins at a place, adjectives left out."""
    run = run_starting(reader.document, sentence, at, tags=tags)
    return tuple(i for i in run if sentence.nodes[i].form != "a")


def ending_before(sentence: Sentence, at: int, tags: str = "SOG") -> tuple[int, ...]:
    """The coordination of entities that ends directly before a place, parentheses and commas skipped."""
    here = at - 1
    while here >= 0 and sentence.nodes[here].norm in (",", ")", "("):
        here = _opening(sentence, here) if sentence.nodes[here].norm == ")" else here - 1
    if here < 0 or sentence.nodes[here].tag not in tags or sentence.nodes[here].form == "a":
        return ()
    return tuple(i for i in run_ending(sentence, here) if sentence.nodes[i].tag in tags)


def _opening(sentence: Sentence, at: int) -> int:
    """The place before the parenthesis that closes at a place."""
    return next((i - 1 for i in range(at, -1, -1) if sentence.nodes[i].norm == "("), at - 1)


def parenthesis(sentence: Sentence, at: int) -> tuple[int, int]:
    """The range inside the parenthesis that follows a place, or an empty range."""
    nodes = sentence.nodes
    if at + 1 < len(nodes) and nodes[at + 1].norm == "(":
        end = next((i for i in range(at + 2, len(nodes)) if nodes[i].norm == ")"), at + 2)
        return at + 2, end
    return at + 1, at + 1


def enclosed(sentence: Sentence, at: int) -> bool:
    """Whether a place stands inside a parenthesis."""
    opened = bisect_left(sentence.standing_at("("), at)
    return opened > bisect_left(sentence.standing_at(")"), at)


def moment(
    reader: Reader, sentence: Sentence, at: int, *, within: tuple[int, int] | None = None, before: bool = True
) -> tuple[str, Node] | None:
    """The date of what is told at a place: the first one after it in its clause, else one before it."""
    begin, end = within or bounds(reader, sentence, at)
    inside = enclosed(sentence, at)
    dates = [
        i for i in sentence.tagged("D", begin, end) if enclosed(sentence, i) == inside and _dates_the_act(sentence, i)
    ]
    after = [i for i in dates if i > at]
    earlier = [i for i in dates if i < at and not of_insertion(sentence, begin, i, at)] if before else []
    chosen = after[:1] or earlier[-1:] or (_leading_date(reader, sentence, begin) if before else [])
    chosen = chosen or (_cleft_date(reader, sentence, begin) if before else [])
    return (full_date(reader, sentence, chosen[0]), sentence.nodes[chosen[0]]) if chosen else None


def of_insertion(sentence: Sentence, begin: int, date: int, at: int) -> bool:
    """Whether a date says since when somebody inserted before a verb is what they are: "X, premier since D, took"."""
    if not date_of(sentence.nodes[date]).endswith("/.."):
        return False
    commas = [i for i in range(begin, at) if sentence.nodes[i].norm == ","]
    opening, closing = [i for i in commas if i < date], [i for i in commas if i > date]
    inner = sentence.nodes[opening[-1] + 1 : date] if opening and closing else ()
    return len(inner) > 1 or any(node.is_entity or node.office for node in inner)


def _leading_date(reader: Reader, sentence: Sentence, begin: int) -> list[int]:
    """The date in front of a sentence, for a later part of it that goes on with a pronoun: "…; elle avait établi"."""
    pronoun = 0 < begin < len(sentence.nodes) and any(node.form == "p" for node in sentence.nodes[begin : begin + 2])
    following = sentence.nodes[begin + 1] if begin + 1 < len(sentence.nodes) else None
    joints = reader.lexicon.sets["and"]
    opened = following is not None and following.verb is not None and sentence.nodes[begin].norm in joints
    joined = begin > 0 and (
        opened or (sentence.nodes[begin].verb is not None and sentence.nodes[begin - 1].norm in joints)
    )
    return sentence.tagged("D", 0, 3) if pronoun or joined else []


def _cleft_date(reader: Reader, sentence: Sentence, begin: int) -> list[int]:
    """The date that a cleft puts in front: "C'est le 8 janvier 1992 que …", "It was on 8 January 1992 that …"."""
    that = begin if sentence.nodes[begin].norm in reader.lexicon.sets["complementizer"] else begin - 1
    fits = that > 0 and sentence.nodes[that].norm in reader.lexicon.sets["complementizer"]
    cleft = fits and any(node.verb and "be" in node.verb.classes for node in sentence.nodes[max(that - 6, 0) : that])
    return [that - 1] if cleft and sentence.nodes[that - 1].tag == "D" else []


def _dates_the_act(sentence: Sentence, at: int) -> bool:
    """Whether a date says when, and does not name a meeting or a law: "le sommet de Londres de 2025"."""
    before = sentence.nodes[at - 1].norm if at else ""
    return before not in ("de", "d'", "of") and not date_of(sentence.nodes[at]).startswith("../")


def full_date(reader: Reader, sentence: Sentence, at: int) -> str:
    """The date at a place as contract text; "de la même année" takes the year of the date before."""
    text = date_of(sentence.nodes[at])
    if not text.startswith("--"):
        return text
    if year := _shared_year(reader, sentence, at):
        return f"{year}-{text[2:]}"
    if not has_phrase(reader, sentence, "same_year", at + 1, at + 5):
        return text
    year = _year_before(reader, sentence, at)
    return f"{year}-{text[2:]}" if year else text


def _shared_year(reader: Reader, sentence: Sentence, at: int) -> str:
    """The year of the last of several dates: "le 11 avril et le 25 septembre 2025"."""
    joints = reader.lexicon.union("and", "ellipsis_links")
    following = at + 1
    while following < len(sentence.nodes) and sentence.nodes[following].norm in joints:
        following += 1
    if following in (at + 1, len(sentence.nodes)) or sentence.nodes[following].tag != "D":
        return ""
    text = date_of(sentence.nodes[following])
    return text[:4] if text[:4].isdigit() and "/" not in text else _shared_year(reader, sentence, following)


def _year_before(reader: Reader, sentence: Sentence, at: int) -> str:
    earlier = [node for other in reader.document.sentences[: sentence.index] for node in other.nodes]
    for node in reversed([*earlier, *sentence.nodes[:at]]):
        text = date_of(node) if node.tag == "D" else ""
        if text[:4].isdigit():
            return text[-10:].split("/")[-1][:4] if "/" in text and text.split("/")[-1][:4].isdigit() else text[:4]
    return ""


def is_plural(words: Sequence[Node]) -> bool:
    """Whether a noun phrase is in the plural, by the ending of its first word."""
    return bool(words) and words[0].norm.endswith(("s", "x"))


def respectively(reader: Reader, sentence: Sentence, members: Sequence[int], at: int) -> list[tuple[int, int]]:
    """Members and dates one by one where a text says "respectivement" or puts dates in parentheses; else nothing."""
    begin, end = segment(sentence, at)
    dates = sentence.tagged("D", begin, end)
    told = has_phrase(reader, sentence, "respectively", begin, end)
    if told and len(dates) == len(members) > 1:
        return list(zip(members, dates, strict=True))
    return _dated_apart(sentence, members)


def _dated_apart(sentence: Sentence, members: Sequence[int]) -> list[tuple[int, int]]:
    """Members with a date in parentheses each: "La Finlande (4 avril 2023) et la Suède (7 mars 2024) ont rejoint"."""
    dates = [(at, sentence.tagged("D", *parenthesis(sentence, at))[:1]) for at in members]
    return [(at, date[0]) for at, date in dates if date] if all(date for _, date in dates) else []
