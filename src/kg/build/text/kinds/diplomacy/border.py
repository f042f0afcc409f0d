"""Kind `border`: which states share a border. One assertion for each neighbour that is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, values
from kg.build.text.kinds.context import (
    asserted,
    ending_before,
    has_phrase,
    listed,
    phrase,
    phrases,
    segment,
    subject_at,
)
from kg.build.text.kinds.diplomacy.frontier import (
    announced_list,
    gapped,
    joined_names,
    of_noun,
    of_relative,
    predicate_subject,
    separated,
    spread,
)


def read(reader: Reader) -> list[Found]:
    """The borders that a text states, each pair once, in the order of its first mention."""
    found: dict[frozenset[str], Found] = {}
    for item in _patterned(reader):
        found.setdefault(frozenset((item.slots["a"], item.slots["b"])), item)
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _BORDERING):
            continue
        for item in [*_shared(reader, sentence), *_bordering(reader, sentence), *_neighbours(reader, sentence)]:
            found.setdefault(frozenset((item.slots["a"], item.slots["b"])), item)
    return list(found.values())


_BORDERING = Cues(words=frozenset({"shared_border", "neighbour"}), verbs=frozenset({"border", "separate"}))
"""What a border is told with, apart from the patterns."""


def _patterned(reader: Reader) -> Iterator[Found]:
    """What the pattern files say of borders: "has a border with", "lies between"."""
    for rule, match in reader.matches("border"):
        here, there = match.nodes("a"), match.nodes("b")
        if has_phrase(reader, match.sentence, "denying", match.begin, match.end):
            continue
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
            if has_phrase(reader, sentence, "denying", verb, at):
                continue
            here = _states(subject_at(reader, sentence, verb), sentence)
            there = _others(reader, sentence, verb + 1, end)
            yield from _made("has-border", sentence, verb, here, there)
            if not there:
                yield from _mutual(sentence, verb, here)
            for first, others in gapped(reader, sentence, there[-1] if there else verb):
                yield from _made("has-border-too", sentence, verb, first, others)
        elif sentence.is_finite and len(pair := _between(reader, sentence, at + length)) > 1:
            yield from _made("border-between", sentence, at, pair[:1], pair[1:])
        elif sentence.is_finite:
            yield from _of_pair(sentence, at, at + length)
            told = (of_noun(reader, sentence, at, at + length), joined_names(sentence, at))
            for one, other in (*told, of_relative(reader, sentence, at, at + length)):
                yield from _made("border-of", sentence, at, one, other)


def _of_pair(sentence: Sentence, at: int, after: int) -> Iterator[Found]:
    """Read "la frontière russo-finlandaise", "the Polish-Belarusian border"."""
    for node in (*sentence.nodes[max(at - 1, 0) : at], *sentence.nodes[after : after + 1]):
        if node.tag == "W" and len(node.keys) == 2:
            slots = {"a": node.keys[0], "b": node.keys[1]}
            yield Found("border", slots, "border/of-pair", sentence.index, [node, sentence.nodes[at]], at)


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
    joint = next((i for i in range(begin, end) if sentence.nodes[i].norm in reader.lexicon.sets["jointly_with"]), None)
    if joint is None:
        return ()
    announced = announced_list(reader, sentence, joint + 1)
    found = max(listed(reader, sentence, announced), spread(reader, sentence, announced, end), key=len)
    if (
        len(found) > 1
        and found[-1] + 1 < end
        and (
            sentence.nodes[found[-1] + 1].tag == "N"
            or sentence.nodes[found[-1] + 1].norm in reader.lexicon.sets["one_article"]
        )
    ):
        found = found[:-1]  # "…, Hungary one of 137 kilometres" is said of another
    following = next(
        (
            i
            for i in range(joint + 1, end)
            if sentence.nodes[i].norm in reader.lexicon.sets["jointly_with"] | {":"} and i > joint
        ),
        None,
    )
    stop = next((i for i in range(joint, end) if sentence.nodes[i].verb), end)
    while following is not None and following < stop:
        found += tuple(i for i in listed(reader, sentence, following + 1) if i not in found)
        following = next(
            (
                i
                for i in range(following + 1, stop)
                if sentence.nodes[i].norm in reader.lexicon.sets["jointly_with"] | {":"}
            ),
            None,
        )
    return found


def _between(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states after "entre"; a border that is only closed or crossed is one all the same."""
    between = next(
        (
            i
            for i in range(at, min(at + 5, len(sentence.nodes)))
            if sentence.nodes[i].norm in reader.lexicon.sets["in_between"]
        ),
        None,
    )
    return listed(reader, sentence, between + 1) if between is not None else ()


def _bordering(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "La Moldavie est bordée par A et, au nord, par B", "Poland borders Ukraine", "bordant A"."""
    for at, verb in sentence.verbs():
        if "separate" in verb.classes:
            yield from _made("separated", sentence, at, *separated(reader, sentence, at))
        encircles = not verb.passive and verb.lemma in reader.lexicon.sets["encircling"]
        if "border" not in verb.classes or encircles or not asserted(reader, sentence, at):
            continue
        _, end = segment(sentence, at)
        if verb.passive:
            here = _passive_subject(reader, sentence, at)
            there = [i for begin in _agents(reader, sentence, at, end) for i in begin]
            there = there or list(_surrounding(reader, sentence, at))
        else:
            here = _states(subject_at(reader, sentence, at), sentence) or predicate_subject(reader, sentence, at)
            here = _opened(sentence, at, here)
            only = at + 1 < end and sentence.nodes[at + 1].norm in reader.lexicon.sets["few"]
            there = list(spread(reader, sentence, at + 1 + only, end) or _after_colon(reader, sentence, at, end))
            here = here or (_after_colon(reader, sentence, there[-1], end) if there else ())
        yield from _made("borders", sentence, at, here, [i for i in there if i not in here])


def _opened(sentence: Sentence, at: int, subject: tuple[int, ...]) -> tuple[int, ...]:
    """The subject of a gerund: before it, or the last state before the verb that it opens a sentence for."""
    verb = sentence.nodes[at].verb
    if verb is None or verb.tense != "ger":
        return subject
    return subject[-1:] if at <= 1 else _states(ending_before(sentence, at, "S")[-1:], sentence)


def _after_colon(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """The states listed after "borders seven countries:"."""
    colon = next((i for i in range(at, min(at + 8, end)) if sentence.nodes[i].norm == ":"), None)
    return listed(reader, sentence, colon + 1) if colon is not None else ()


def _surrounding(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states after "entourée de"."""
    of = phrase(reader, sentence, at + 1, "of")
    found = listed(reader, sentence, at + 1 + of) if of else ()
    return found if found and found[0] == at + 1 + of else ()


def _passive_subject(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    clauses = [clause for clause in reader.clauses[sentence.index] if clause.at == at]
    if clauses:
        return _states([i for i in clauses[0].subject if i < at], sentence)
    before = [i for i in sentence.tagged("S", 0, at) if sentence.nodes[i].form != "a"]
    after = [
        i for i in sentence.tagged("S", at) if sentence.nodes[i - 1].norm not in reader.lexicon.sets["by"] and at <= 1
    ]
    return tuple(before[-1:] or after[-1:])


def _agents(reader: Reader, sentence: Sentence, at: int, end: int) -> Iterator[tuple[int, ...]]:
    """The states after each "par": "bordée à l'ouest par la Roumanie et, au nord, par l'Ukraine"."""
    for here in range(at + 1, end):
        length = phrase(reader, sentence, here, "by")
        if length:
            yield spread(reader, sentence, here + length, end)


def _neighbours(reader: Reader, sentence: Sentence) -> Iterator[Found]:
    """Read "la Hongrie voisine", "A, voisine de B", "Sweden, its neighbour", "Ukraine's western neighbours are A"."""
    for at in phrases(reader, sentence, "neighbour"):
        length = phrase(reader, sentence, at, "neighbour")
        length += _qualified(reader, sentence, at + length)
        of = phrase(reader, sentence, at + length, "of") or phrase(reader, sentence, at + length, "to")
        of += bool(of) and phrase(reader, sentence, at + length + of, "both_of")
        there = listed(reader, sentence, at + length + of) if of else ()
        here = _apposed(reader, sentence, at)
        if of and there:
            named = () if here else _predicated(reader, sentence, there, at)
            yield from _made("neighbours-of", sentence, at, there, named)
            here = here or (() if named else _enumerated(reader, sentence, there, at))
            yield from _made("neighbour-of", sentence, at, here, there)
        elif (owner := _possessor(sentence, at)) is not None:
            named = _predicated(reader, sentence, (at + length - 1,), at)
            yield from _made("neighbours-of", sentence, at, (owner,), named)
            here = _enumerated(reader, sentence, (at + length - 1,), at) or _apposed(reader, sentence, owner)
            yield from _made("neighbour-of", sentence, at, () if named else here, (owner,))
        elif (has := _had(reader, sentence, at)) is not None:
            after = _listed_after(reader, sentence, at + length, at)
            yield from _made("has-neighbours", sentence, at, has[0], after or has[1])
        elif (own := _own_place(reader, sentence, at)) is not None:
            yield from _own(reader, sentence, own, at + length)
        elif here or (there := _after_adjective(reader, sentence, at + length)):
            attributive = here[-1:] or there[:1]
            yield from _made("neighbouring", sentence, at, attributive, _topic(sentence, attributive))


def _qualified(reader: Reader, sentence: Sentence, at: int) -> int:
    """1 where an adjective stands between the noun and "de": "le voisin septentrional de la Roumanie"."""
    nodes, small = sentence.nodes, reader.lexicon.union("prepositions", "determiners_joint", "article", "and")
    word = at + 1 < len(nodes) and nodes[at].tag == "W" and nodes[at].norm not in small and _is_word(sentence, at)
    return int(word and bool(phrase(reader, sentence, at + 1, "of")))


def _possessor(sentence: Sentence, at: int) -> int | None:
    """The state of "Slovakia's only non-EU neighbour": before the possessive, with adjectives between."""
    for here in range(at - 1, max(at - 5, 0), -1):
        if sentence.nodes[here].norm == "'s" and sentence.nodes[here - 1].tag == "S":
            return here - 1
        if sentence.nodes[here].tag not in "WRO" or not _is_word(sentence, here):
            return None
    return None


def _is_word(sentence: Sentence, at: int) -> bool:
    """Whether a node is a word of a noun phrase and no mark."""
    return sentence.nodes[at].norm.replace("-", "").replace(" ", "").isalpha()


def _own_place(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The place of "its" or "son" before a word for neighbour, with adjectives between."""
    sets = reader.lexicon.sets
    for here in range(at - 1, max(at - 4, -1), -1):
        if sentence.nodes[here].norm in sets["possessives"]:
            return here
        if sentence.nodes[here].tag not in "WR" or not _is_word(sentence, here):
            return None
        if sentence.nodes[here].norm in sets["prepositions"] | sets["article"] | sets["and"]:
            return None
    return None


def _enumerated(reader: Reader, sentence: Sentence, after: Sequence[int], noun: int) -> tuple[int, ...]:
    """The neighbours in apposition to "les voisins de l'Ukraine" or "Ukraine's neighbours", with or without a mark."""
    here = after[-1] + 1
    here += here < len(sentence.nodes) and sentence.nodes[here].norm in (",", ":", "(")
    return _near_list(reader, sentence, here, noun)


def _predicated(reader: Reader, sentence: Sentence, after: Sequence[int], noun: int) -> tuple[int, ...]:
    """The neighbours that a verb names: "Ukraine's western neighbours are A and B", "les voisins de C sont A et B"."""
    here = after[-1] + 1
    verb = next((i for i in range(here, min(here + 4, len(sentence.nodes))) if sentence.nodes[i].verb), None)
    told = sentence.nodes[verb].verb if verb is not None else None
    if verb is None or told is None or told.negative or not told.classes & {"be", "comprise"}:
        return ()
    words = all(sentence.nodes[i].tag in "WO" and _is_word(sentence, i) for i in range(here, verb))
    return _near_list(reader, sentence, verb + 1, noun) if words else ()


def _near_list(reader: Reader, sentence: Sentence, here: int, noun: int) -> tuple[int, ...]:
    found = listed(reader, sentence, here)
    several = sentence.nodes[noun].norm.endswith(("s", "x"))
    return (found if several else found[:1]) if found and found[0] - here <= 1 else ()


def _had(reader: Reader, sentence: Sentence, at: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The subject of "a pour voisins", "has as neighbours", and the object of "has A and B for neighbours"."""
    for here in range(at - 1, max(at - 12, -1), -1):
        verb = sentence.nodes[here].verb
        if verb and ("have" not in verb.classes or not asserted(reader, sentence, here)):
            return None
        if verb:
            held = listed(reader, sentence, here + 1)
            near = at - here <= 3 or (bool(held) and at - held[-1] <= 4)
            subject = _states(subject_at(reader, sentence, here), sentence)
            return (subject, held) if near else None
    return None


def _listed_after(reader: Reader, sentence: Sentence, here: int, noun: int) -> tuple[int, ...]:
    """The states after "has five neighbours:", "a pour voisins orientaux"."""
    qualified = here < len(sentence.nodes) and sentence.nodes[here].tag == "W" and _is_word(sentence, here)
    here += qualified and sentence.nodes[here].norm not in reader.lexicon.sets["determiners_joint"]
    if here < len(sentence.nodes) - 1 and sentence.nodes[here].norm == ",":  # "a pour voisins, à l'ouest, A et B"
        return spread(reader, sentence, here + 1, segment(sentence, here)[1])
    here += here < len(sentence.nodes) and sentence.nodes[here].norm == ":"
    return _near_list(reader, sentence, here, noun)


def _after_adjective(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The state that "neighbouring" stands before."""
    if reader.document.lang != "en" or at >= len(sentence.nodes) or sentence.nodes[at].tag != "S":
        return ()
    return listed(reader, sentence, at)


def _apposed(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states that a word for neighbour is said of: directly before it, or as the subject of "est"."""
    here = at - 1
    while here >= 0 and (sentence.nodes[here].norm in reader.lexicon.union("apposed", "article") | {","}):
        here -= 1
    if here >= 0 and sentence.nodes[here].tag == "S" and sentence.nodes[here].form == "b":
        return (here,)
    verb = sentence.nodes[here].verb if here >= 0 else None
    if verb and "be" in verb.classes and not verb.negative:
        return _states(subject_at(reader, sentence, here), sentence)
    return _in_front(reader, sentence, at) if here < 0 else ()


def _in_front(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The subject after an apposition that opens a sentence: "Limitrophe de la Russie, l'Estonie …"."""
    comma = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","), None)
    told = any(node.verb and node.verb.tense != "pp" for node in sentence.nodes[at:comma])
    run = listed(reader, sentence, comma + 1) if comma is not None and not told else ()
    return run[:1] if run and comma is not None and run[0] - comma <= 2 else ()


def _own(reader: Reader, sentence: Sentence, at: int, end: int) -> Iterator[Found]:
    """Read "Sweden, its neighbour, …" of the state before; "la Pologne et ses voisins, A et B" of the subject.

    ``at`` is the place of the possessive, ``end`` the one after the noun.
    """
    before = [i for i in sentence.tagged("S", 0, at) if sentence.nodes[i].form in ("b", "p")]
    qualified = end < len(sentence.nodes) and sentence.nodes[end].tag == "W" and _is_word(sentence, end)
    starts = (end, end + 1, end + 2) if qualified else (end, end + 1)
    after = next((run for start in starts if (run := listed(reader, sentence, start))), ())
    apposed = at >= 1 and sentence.nodes[at - 1].norm == "," and before and before[-1] >= at - 2
    if apposed and len(before) > 1:
        yield from _made("its-neighbour", sentence, at, before[-1:], before[-2:-1])
    elif after and before and after[0] - end <= 1 + 2 * qualified:
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
