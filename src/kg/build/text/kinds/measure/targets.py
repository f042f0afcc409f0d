"""Whom a measure is aimed at: found among the entities around its verb."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader
from kg.build.text.kinds.context import listed, phrase, phrases


def targets(
    reader: Reader, sentence: Sentence, begin: int, end: int, actors: Sequence[int], things: str
) -> tuple[int, ...]:
    """The states or organisations that a measure is aimed at: after "contre", by an adjective, after "à" or "avec"."""
    taken = {key for i in actors for key in sentence.nodes[i].keys}
    tags = "SOGP" if things in ("sanctions", "assets") else "SOG"
    free = [i for i in sentence.tagged(tags, begin, end) if i not in actors and sentence.nodes[i].form != "p"]
    free = [i for i in free if not (sentence.nodes[i].keys and set(sentence.nodes[i].keys) <= taken)]
    likened = next(phrases(reader, sentence, "same_as", begin, end), end)
    free = [i for i in free if i < likened]
    found = _against(reader, sentence, free, begin) or _of_people(reader, sentence, free)
    found = found or _after_preposition(reader, sentence, free)
    return found or (_named(sentence, begin, end) if things in ("sanctions", "assets", "") else ())


def imposers(reader: Reader, sentence: Sentence, begin: int, end: int, *, joined: bool) -> tuple[int, ...]:
    """Whose sanctions they are, not whom they hit: "les sanctions de Bruxelles", "sanctions by the United States".

    ``joined`` tells that somebody takes part in sanctions which there are: then "US sanctions" are those of the United
    States. In French an adjective tells who imposes them in any case.
    """
    found: list[int] = []
    for at in phrases(reader, sentence, "sanctions", begin, end):
        after = at + phrase(reader, sentence, at, "sanctions")
        own = phrase(reader, sentence, after, "genitive_party") or phrase(reader, sentence, after, "by")
        found += listed(reader, sentence, after + own, "SOG") if own else []
        found += _beside(reader, sentence, at, after, joined=joined)
    return tuple(i for i in found if i < end)


def _beside(reader: Reader, sentence: Sentence, at: int, after: int, *, joined: bool) -> list[int]:
    """Whose sanctions the word beside tells: "sanctions américaines", "Brussels' sanctions"."""
    nodes = sentence.nodes
    if reader.document.lang == "fr":
        return [after] if after < len(nodes) and nodes[after].tag in "SOG" and nodes[after].form == "a" else []
    owned = at >= 2 and nodes[at - 1].norm in ("'s", "'")
    owner = at - 2 if owned else at - 1
    return [owner] if (owned or joined) and owner >= 0 and nodes[owner].tag in "SOG" else []


def _named(sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """Names that no table holds, such as companies under sanctions."""
    return tuple(i for i in sentence.tagged("X", begin, end) if not sentence.nodes[i].quoted)


def _against(reader: Reader, sentence: Sentence, free: Sequence[int], begin: int) -> tuple[int, ...]:
    """The entities after "contre", "visant", "on"."""
    for at in phrases(reader, sentence, "against", begin, max(free, default=begin)):
        length = phrase(reader, sentence, at, "against")
        run = tuple(i for i in listed(reader, sentence, at + length, "SOGP") if i in free)
        if run and run[0] - at - length <= 2:
            return run
        noun = [i for i in free if at < i <= at + length + 4]
        if noun:
            joined = [i for i in free if i > noun[0] and _coordinated(reader, sentence, noun[0], i)]
            return (noun[0], *joined) if sentence.nodes[noun[0]].form == "a" else (noun[0],)
    return ()


def _of_people(reader: Reader, sentence: Sentence, free: Sequence[int]) -> tuple[int, ...]:
    """The adjectives of people and things: "dix diplomates russes", "Russian and Belarusian tourists"."""
    adjectives = [i for i in free if sentence.nodes[i].form in ("a", "n", "o")]
    run = [i for i in adjectives if not _explains(reader, sentence, i)]
    joined = [i for i in run if i == run[0] or _coordinated(reader, sentence, run[0], i)]
    return tuple(joined)


def _coordinated(reader: Reader, sentence: Sentence, first: int, at: int) -> bool:
    between = sentence.nodes[first + 1 : at]
    joint = reader.lexicon.sets["and"] | {","} | reader.lexicon.sets["determiners_joint"]
    return all(
        node.norm in joint or node.tag == "S" or node.norm in reader.lexicon.sets["travellers"] for node in between
    )


def _explains(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an adjective belongs to what moved the actor, not to what the measure is aimed at: "l'invasion russe"."""
    before = sentence.nodes[at - 1].norm if at else ""
    after = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    return before in reader.lexicon.sets["aggression"] or after in reader.lexicon.sets["aggression"]


def _after_preposition(reader: Reader, sentence: Sentence, free: Sequence[int]) -> tuple[int, ...]:
    """The entities after "avec", "à", "de": "sa frontière avec la Russie", "son ambassade à Moscou"."""
    if not free:
        return ()
    run = listed(reader, sentence, free[0], "SOGP")
    return tuple(i for i in run if i in free) or (free[0],)
