"""Kind `border`: which states share a border. One assertion for each neighbour that is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.clauses import agent_of
from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Found, Reader, values
from kg.build.text.kinds.context import asserted, listed, phrase, phrases, segment, subject_at

_OWN = frozenset({"son", "sa", "ses", "leur", "leurs", "its", "their"})


def read(reader: Reader) -> list[Found]:
    """The borders that a text states, each pair once, in the order of its first mention."""
    found: dict[frozenset[str], Found] = {}
    for item in _patterned(reader):
        found.setdefault(frozenset((item.slots["a"], item.slots["b"])), item)
    for sentence in reader.document.sentences:
        for item in [*_shared(reader, sentence), *_bordering(reader, sentence), *_neighbours(reader, sentence)]:
            found.setdefault(frozenset((item.slots["a"], item.slots["b"])), item)
    return list(found.values())


def _patterned(reader: Reader) -> Iterator[Found]:
    """What the pattern files say of borders: "has a border with", "lies between"."""
    for rule, match in reader.matches("border"):
        here, there = match.nodes("a"), match.nodes("b")
        for a in values(here):
            for b in values(there):
                if a != b:
                    nodes = [*here, *there]
                    yield Found("border", {"a": a, "b": b}, rule.name, match.sentence.index, nodes, match.begin)


def _made(rule: str, sentence: Sentence, at: int, here: Sequence[int], there: Sequence[int]) -> Iterator[Found]:
    for a in values(sentence.nodes[i] for i in here):
        for b in values(sentence.nodes[i] for i in there):
            if a != b:
                nodes = [sentence.nodes[i] for i in (*here, *there)]
                yield Found("border", {"a": a, "b": b}, f"border/{rule}", sentence.index, nodes, at)


def _shared(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "partage une frontière avec A et B : C, D", "la frontière entre A et B", "shares a border with A"."""
    for at in phrases(reader, sentence, "shared_border"):
        _, end = segment(sentence, at)
        length = phrase(reader, sentence, at, "shared_border")
        verb = next((i for i in range(at - 1, max(at - 8, -1), -1) if sentence.nodes[i].verb), None)
        if verb is not None and "have" in sentence.nodes[verb].verb.classes and asserted(reader, sentence, verb):  # type: ignore[union-attr]
            here = _states(subject_at(reader, sentence, verb), sentence)
            there = _others(reader, sentence, verb + 1, end)
            yield from _made("has-border", sentence, verb, here, there)
            if not there:
                yield from _mutual(sentence, verb, here)
        elif sentence.is_finite and len(pair := _between(reader, sentence, at + length)) > 1:
            yield from _made("border-between", sentence, at, pair[:1], pair[1:])


def _mutual(sentence: Sentence, at: int, here: Sequence[int]) -> Iterator[Found]:
    """Read "La Norvège et la Russie ont une frontière commune", "the two countries share a border"."""
    pair = values(sentence.nodes[i] for i in here)
    if len(pair) == 2:
        nodes = [sentence.nodes[i] for i in here]
        yield Found("border", {"a": pair[0], "b": pair[1]}, "border/mutual", sentence.index, nodes, at)


def _states(places: Sequence[int], sentence: Sentence) -> tuple[int, ...]:
    return tuple(i for i in places if sentence.nodes[i].tag == "S")


def _others(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """The states with which a border is shared, also those of a list after "plusieurs États membres de l'UE :"."""
    joint = next((i for i in range(begin, end) if sentence.nodes[i].norm in ("avec", "with")), None)
    if joint is None:
        return ()
    found = listed(reader, sentence, joint + 1)
    if (
        len(found) > 1
        and found[-1] + 1 < end
        and (sentence.nodes[found[-1] + 1].tag == "N" or sentence.nodes[found[-1] + 1].norm in ("one", "une"))
    ):
        found = found[:-1]  # "…, Hungary one of 137 kilometres" is said of another
    following = next(
        (i for i in range(joint + 1, end) if sentence.nodes[i].norm in ("avec", "with", ":") and i > joint), None
    )
    stop = next((i for i in range(joint, end) if sentence.nodes[i].verb), end)
    while following is not None and following < stop:
        found += tuple(i for i in listed(reader, sentence, following + 1) if i not in found)
        following = next(
            (i for i in range(following + 1, stop) if sentence.nodes[i].norm in ("avec", "with", ":")), None
        )
    return found


def _between(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states after "entre"; a border that is only closed or crossed is one all the same."""
    between = next(
        (i for i in range(at, min(at + 5, len(sentence.nodes))) if sentence.nodes[i].norm in ("entre", "between")), None
    )
    return listed(reader, sentence, between + 1) if between is not None else ()


def _bordering(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "La Moldavie est bordée par A et, au nord, par B", "Poland borders Ukraine", "bordant A"."""
    for at, verb in sentence.verbs():
        if "border" not in verb.classes or not asserted(reader, sentence, at):
            continue
        _, end = segment(sentence, at)
        if verb.passive:
            here = _passive_subject(reader, sentence, at)
            there = [i for begin in _agents(reader, sentence, at, end) for i in begin]
        else:
            here = _states(subject_at(reader, sentence, at), sentence)
            there = list(listed(reader, sentence, at + 1))
        yield from _made("borders", sentence, at, here, [i for i in there if i not in here])


def _passive_subject(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    clauses = [clause for clause in reader.clauses[sentence.index] if clause.at == at]
    if clauses:
        return _states([i for i in clauses[0].subject if i < at], sentence)
    before = [i for i in sentence.tagged("S", 0, at) if sentence.nodes[i].form != "a"]
    after = [i for i in sentence.tagged("S", at) if sentence.nodes[i - 1].norm not in ("par", "by") and at <= 1]
    return tuple(before[-1:] or after[-1:])


def _agents(reader: Reader, sentence: Sentence, at: int, end: int) -> Iterator[tuple[int, ...]]:
    """The states after each "par": "bordée à l'ouest par la Roumanie et, au nord, par l'Ukraine"."""
    for here in range(at + 1, end):
        length = phrase(reader, sentence, here, "by")
        if length:
            yield _states(agent_of(reader.document, sentence, here, end), sentence)


def _neighbours(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "la Hongrie voisine", "A, voisine de B", "Sweden, its neighbour", "neighbouring A"."""
    for at in phrases(reader, sentence, "neighbour"):
        length = phrase(reader, sentence, at, "neighbour")
        of = phrase(reader, sentence, at + length, "of") or phrase(reader, sentence, at + length, "to")
        there = listed(reader, sentence, at + length + of) if of else ()
        here = _apposed(reader, sentence, at)
        if of and there:
            yield from _made("neighbour-of", sentence, at, here or _enumerated(reader, sentence, there), there)
        elif at >= 2 and sentence.nodes[at - 1].norm == "'s" and sentence.nodes[at - 2].tag == "S":
            yield from _made("neighbours-of", sentence, at, _enumerated(reader, sentence, (at,)), (at - 2,))
        elif (has := _had(reader, sentence, at)) is not None:
            yield from _made("has-neighbours", sentence, at, has, listed(reader, sentence, at + length))
        elif sentence.nodes[at - 1].norm in _OWN:
            yield from _own(reader, sentence, at, length)
        elif here or (there := _after_adjective(reader, sentence, at + length)):
            attributive = here[-1:] or there[:1]
            yield from _made("neighbouring", sentence, at, attributive, _topic(sentence, attributive))


def _enumerated(reader: Reader, sentence: Sentence, after: Sequence[int]) -> tuple[int, ...]:
    """The neighbours named after "les voisins de l'Ukraine" or "Ukraine's neighbours", with or without a mark."""
    here = after[-1] + 1
    verb = sentence.nodes[here].verb if here < len(sentence.nodes) else None
    named = verb is not None and "be" in verb.classes and not verb.negative
    here += here < len(sentence.nodes) and (named or sentence.nodes[here].norm in (",", ":", "("))
    found = listed(reader, sentence, here)
    return found if found and found[0] - here <= 1 else ()


def _had(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...] | None:
    """The subject of "a pour voisins", "has as neighbours"."""
    for here in range(max(at - 3, 0), at):
        verb = sentence.nodes[here].verb
        if verb and "have" in verb.classes and asserted(reader, sentence, here):
            return _states(subject_at(reader, sentence, here), sentence)
    return None


def _after_adjective(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The state that "neighbouring" stands before."""
    if reader.document.lang != "en" or at >= len(sentence.nodes) or sentence.nodes[at].tag != "S":
        return ()
    return listed(reader, sentence, at)


def _apposed(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states that a word for neighbour is said of: directly before it, or as the subject of "est"."""
    here = at - 1
    while here >= 0 and (
        sentence.nodes[here].norm in reader.lexicon.sets["apposed"] | reader.lexicon.sets["article"] | {","}
    ):
        here -= 1
    if here >= 0 and sentence.nodes[here].tag == "S" and sentence.nodes[here].form == "b":
        return (here,)
    verb = sentence.nodes[here].verb if here >= 0 else None
    if verb and "be" in verb.classes and not verb.negative:
        return _states(subject_at(reader, sentence, here), sentence)
    return ()


def _own(reader: Reader, sentence: Sentence, at: int, length: int) -> Iterator[Found]:
    """Read "Sweden, its neighbour, …" of the state before; "la Pologne et ses voisins, A et B" of the subject."""
    before = [i for i in sentence.tagged("S", 0, at) if sentence.nodes[i].form == "b"]
    after = listed(reader, sentence, at + length) or listed(reader, sentence, at + length + 1)
    apposed = at >= 2 and sentence.nodes[at - 2].norm == "," and before and before[-1] >= at - 3
    if apposed and len(before) > 1:
        yield from _made("its-neighbour", sentence, at, before[-1:], before[-2:-1])
    elif after and before and after[0] - at - length <= 1:
        yield from _made("its-neighbour", sentence, at, before[-1:], after)


def _topic(sentence: Sentence, there: Sequence[int]) -> tuple[int, ...]:
    """The state that "la Hongrie voisine" is the neighbour of: another of the sentence, Ukraine first."""
    others = [
        i
        for i in sentence.tagged("S")
        if sentence.nodes[i].form not in ("a", "n") and i not in there and sentence.nodes[i].keys
    ]
    ukraine = [i for i in others if sentence.nodes[i].keys == ("state:UKR",)]
    adjectives = [i for i in sentence.tagged("S") if sentence.nodes[i].keys == ("state:UKR",) and i not in there]
    return tuple((ukraine or adjectives or others)[:1])
