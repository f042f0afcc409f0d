"""Borders told by the noun, and lists of neighbours by the sides on which they lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.context import asserted, bounds, clause_at, ending_before, has_phrase, listed, phrase, segment

Pair = tuple[Sequence[int], Sequence[int]]
"""The places of the states on the two sides of a border."""


def spread(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """The states of a list that tells on which side each lies: "A to the north, B to the east, and C"."""
    sets = reader.lexicon.sets
    small = sets["determiners_joint"] | sets["directions"] | sets["and"] | {",", "(", ")"}
    found: list[int] = []
    here = at + phrase(reader, sentence, at, "both_of")
    while here < end:
        node = sentence.nodes[here]
        if node.tag == "S" and node.form in ("b", "p"):
            found.append(here)
        elif node.tag != "W" or node.norm not in small:
            break
        here += 1
    return tuple(found)


def of_noun(reader: Reader, sentence: Sentence, at: int, after: int) -> Pair:
    """The two sides of a border that its noun names: "la frontière de A avec B", "la frontière lettone avec B"."""
    of = phrase(reader, sentence, after, "of")
    owner = listed(reader, sentence, after + of) if of else _beside(sentence, at, after)
    here = owner[-1] + 1 if owner and owner[-1] >= after else after
    joint = here < len(sentence.nodes) and sentence.nodes[here].norm in reader.lexicon.sets["jointly_with"]
    partners = listed(reader, sentence, here + 1) if owner and joint else ()
    return (owner, partners) if len(owner) == 1 else ((), ())


def announced_list(reader: Reader, sentence: Sentence, at: int) -> int:
    """Where the names begin after "with only two countries, A and B"; ``at`` where nothing announces them."""
    stop = min(at + 5, len(sentence.nodes) - 1)
    mark = next((i for i in range(at, stop) if sentence.nodes[i].norm in (",", ":", "(")), None)
    noun = mark is not None and bool(phrase(reader, sentence, mark - 1, "states"))
    return mark + 1 if mark is not None and noun else at


def of_relative(reader: Reader, sentence: Sentence, at: int, after: int) -> Pair:
    """The two sides of "Norway, whose border with Russia", "la Norvège, dont la frontière avec la Russie"."""
    nodes = sentence.nodes
    joint = after < len(nodes) and nodes[after].norm in reader.lexicon.sets["jointly_with"]
    places = [i for i in range(max(at - 4, 0), at) if nodes[i].norm in reader.lexicon.sets["whose"]]
    owner = ending_before(sentence, places[-1], "S") if joint and places else ()
    return (owner, listed(reader, sentence, after + 1)) if len(owner) == 1 else ((), ())


def _beside(sentence: Sentence, at: int, after: int) -> tuple[int, ...]:
    """The adjective of a state directly before or after the noun."""
    places = [i for i in (at - 1, after) if 0 <= i < len(sentence.nodes)]
    return tuple(i for i in places if sentence.nodes[i].tag == "S" and sentence.nodes[i].form == "a")


def joined_names(sentence: Sentence, at: int) -> Pair:
    """The two sides of "the Ukraine–Belarus border"."""
    nodes = sentence.nodes
    dash = at >= 3 and nodes[at - 2].norm in ("-", "–", "—")
    if dash and nodes[at - 1].tag == "S" and nodes[at - 3].tag == "S":
        return (at - 3,), (at - 1,)
    return (), ()


def separated(reader: Reader, sentence: Sentence, at: int) -> Pair:
    """The two sides that a border parts: "A border separates A from B", "A and B are separated by a border"."""
    verb = sentence.nodes[at].verb
    begin, end = bounds(reader, sentence, at)
    if verb is None or not asserted(reader, sentence, at):
        return (), ()
    clause = clause_at(reader, sentence, at)
    if verb.passive:
        pair = tuple(i for i in clause.subject if sentence.nodes[i].tag == "S") if clause else ()
        by_border = has_phrase(reader, sentence, "shared_border", at + 1, end)
        return (pair[:1], pair[1:]) if by_border and len(pair) == 2 else ((), ())
    if not has_phrase(reader, sentence, "shared_border", begin, at):
        return (), ()
    here = listed(reader, sentence, at + 1)
    parted = here[-1] + 1 if here else end
    apart = parted < end and sentence.nodes[parted].norm in reader.lexicon.union("genitive_party", "genitive", "and")
    there = listed(reader, sentence, parted + 1) if apart else ()
    return (here[:1], there or here[1:2]) if here else ((), ())


def gapped(reader: Reader, sentence: Sentence, at: int) -> Iterator[Pair]:
    """Read "…; la Lettonie, avec la Russie et la Biélorussie": who else has a border, the verb left out."""
    nodes, sets = sentence.nodes, reader.lexicon.sets
    for here in range(at + 1, len(nodes) - 2):
        if nodes[here].norm not in sets["gap_marks"]:
            continue
        run = listed(reader, sentence, here + 1)
        after = run[0] + 1 if run else len(nodes)
        after += after < len(nodes) and nodes[after].norm == ","
        close = run and run[0] - here <= 3 and after < len(nodes) and nodes[after].norm in sets["jointly_with"]
        if close and not _verb_between(nodes, here + 1, segment(sentence, after)[1]):
            yield run[:1], listed(reader, sentence, after + 1)


def _verb_between(nodes: Sequence[Node], begin: int, end: int) -> bool:
    return any(node.verb for node in nodes[begin:end])


def predicate_subject(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """Of whom a relative clause about countries is said: "A and B are countries that border C"."""
    clause = clause_at(reader, sentence, at)
    if clause is None or not clause.relative:
        return ()
    relatives = reader.lexicon.sets["anaphora_relative_subject"]
    that = next((i for i in range(at - 1, clause.begin - 1, -1) if sentence.nodes[i].norm in relatives), None)
    main = clause_at(reader, sentence, clause.begin - 1) if clause.begin else None
    countries = that is not None and any(phrase(reader, sentence, i, "states") for i in (that - 1, that - 2))
    if not countries or main is None or "be" not in main.verb.classes or main.verb.negative:
        return ()
    return tuple(i for i in main.subject if sentence.nodes[i].tag == "S" and i < main.at)
