"""Who is asked and who is judged: the part that each entity near a figure plays in a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Reader, plain, values
from kg.build.text.kinds.opinion.measures import AID, NET, Cue, nearest
from kg.build.text.nodes import phrase_at

POPULATION = "population"
TARGET = "target"
OWNER = "owner"
"""A population that is told by whose friends and enemies are named."""
OPEN = "open"
"""An entity that may be either; the figures around it decide."""


@dataclass(frozen=True, slots=True)
class Part:
    """An entity, or people without one, and the part that it plays."""

    at: int
    role: str
    holders: tuple[str, ...]
    node: Node
    people: bool = False
    """Whether it is a people rather than a place: "les Russes", "les ennemis de la Russie"."""


def parts(reader: Reader, sentence: Sentence, cue: Cue | None, measure: str, begin: int, end: int) -> list[Part]:
    """The parts that the entities of a range play for a measure, in order."""
    found = list(_people_phrases(reader, sentence, begin, end))
    covered = {at for _, places in found for at in places}
    out = [part for part, _ in found]
    for at in range(begin, end):
        node = sentence.nodes[at]
        if at in covered or node.tag not in "SOPX" or (not node.keys and node.tag != "X"):
            continue
        governing = nearest(reader, sentence, cue, at, begin) if cue else None
        role = _role(reader, sentence, at, governing, measure, begin)
        if role:
            people = node.form == "n" or role == OWNER or (role == POPULATION and node.form == "a")
            out.append(Part(at, POPULATION if role == OWNER else role, _holders(node), node, people))
    return _coordinated(reader, sentence, sorted(out, key=lambda part: part.at))


def _holders(node: Node) -> tuple[str, ...]:
    """Whom a node stands for; the voters of a party are not the party."""
    party = node.form == "n" and node.tag == "O" and " " in node.text and node.keys[0] not in _UNIONS
    return (plain(node.text),) if party else tuple(values([node]))


_UNIONS = frozenset({"org:eu", "org:europe"})
"""Organisations that have citizens."""


def _coordinated(reader: Reader, sentence: Sentence, found: list[Part]) -> list[Part]:
    """What is joined to a target by "et" or "or" is a target too: "blame the West or Ukraine"."""
    joint = reader.lexicon.union("list_break", "and", "article", "of_judged")
    out: list[Part] = []
    for part in found:
        if out and part.role == OPEN and out[-1].role == TARGET:
            between = sentence.nodes[out[-1].at + 1 : part.at]
            if between and all(node.norm in joint for node in between):
                part = replace(part, role=TARGET)
        out.append(part)
    return out


def _role(reader: Reader, sentence: Sentence, at: int, cue: Cue | None, measure: str, begin: int) -> str | None:
    """The part of one entity, by its form and by the word that governs it."""
    node = sentence.nodes[at]
    if _says_else(reader, sentence, at):
        return None
    governor, place = _governor(reader, sentence, at, begin)
    after_cue = cue is not None and cue.begin < at and _within(sentence, cue, place)
    if node.form == "n":
        return TARGET if after_cue and cue and _judged(reader, governor, measure, sentence, cue, place) else POPULATION
    if node.form == "a" and _stands_alone(reader, sentence, at) and _counted(reader, sentence, at, place):
        return POPULATION
    if node.form == "a":
        return TARGET if cue and measure == "responsible-for-war" and at - cue.end in (0, 1) else None
    if node.tag == "P" or _object_of_opinion(reader, sentence, at) or _of_the_same(reader, sentence, place, begin):
        return TARGET
    if (
        measure in ("friendly", "hostile")
        and after_cue
        and cue
        and place == cue.end
        and governor in _sets(reader, "of_opponent")
    ):
        return OWNER if _whose(reader, sentence, governor, cue, begin) else TARGET
    if governor in _sets(reader, "locative") and not _takes(reader, governor, measure, sentence, at, place, begin):
        return TARGET if node.tag == "O" and cue and cue.end >= place - 1 > 0 and place > cue.begin else POPULATION
    if measure not in AID and not governor and place >= begin and sentence.nodes[place].tag == "C":
        return TARGET  # "13% Russia": whoever is asked stands after a preposition
    if measure in AID:
        return _aid_role(reader, sentence, at, governor, place, begin)
    if governor in _sets(reader, "of_judged") and (after_cue or _after_figure(sentence, place)):
        return TARGET
    if governor in _sets(reader, "to_judged") and measure in ("trust", "responsible-for-war"):
        return TARGET
    return TARGET if node.tag in "OX" and measure != NET else OPEN


def _counted(reader: Reader, sentence: Sentence, at: int, place: int) -> bool:
    """Whether a share is of the people that an adjective stands for: "74% of Swiss", "Chinese who", "Dutch (80%)"."""
    if _after_figure(sentence, place) or reader.has(sentence, "who", at + 1, at + 2) is not None:
        return True
    if at and at + 1 < len(sentence.nodes) and sentence.nodes[at + 1].verb:
        return sentence.nodes[at - 1].norm in _sets(reader, "article")  # "the French trust …"
    return at + 2 < len(sentence.nodes) and sentence.nodes[at + 1].norm == "(" and sentence.nodes[at + 2].tag == "C"


def _stands_alone(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an adjective stands for its people: "74% of Japanese had", not "74% of Japanese firms"."""
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    if following is None or following.tag != "W" or not following.norm.isalpha():
        return True
    if following.norm in reader.lexicon.verb_forms:
        return True
    return following.norm in _sets(reader, "prepositions") | _sets(reader, "between") | _sets(reader, "and")


def _says_else(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an entity is neither asked nor judged: whose war it is, whose office, whose survey, a state taken up."""
    node = sentence.nodes[at]
    taken_up = node.form == "p" and node.tag == "S"
    survey = node.tag == "X" and _of_institute(reader, sentence, at)
    return (
        taken_up
        or survey
        or _commissions(reader, sentence, at)
        or _of_war(reader, sentence, at)
        or _qualifies(sentence, at)
    )


def _commissions(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a survey was made for an organisation: "un sondage Elabe pour BFMTV et L'Express"."""
    nodes, here = sentence.nodes, at - 1
    skipped = reader.lexicon.union("article", "and")
    while here > 0 and (nodes[here].norm in skipped or nodes[here].tag in "OX" or nodes[here].norm in ",/"):
        here -= 1
    made_for = nodes[at].tag in "OXG" and here > 0 and nodes[here].norm in _sets(reader, "for_whom")
    return made_for and reader.has(sentence, "poll", max(here - 4, 0), here) is not None


def _of_the_same(reader: Reader, sentence: Sentence, place: int, begin: int) -> bool:
    """Whether "that of" or "celle de" takes up what is judged: "that of Germany was 63%"."""
    if place <= begin or sentence.nodes[place].norm not in _sets(reader, "of_judged"):
        return False
    return sentence.nodes[place - 1].norm in _sets(reader, "that_of")


def _of_institute(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a name is that of a survey: after its owner, or before a word for it ("Gallup's … report")."""
    owned = at > 0 and sentence.nodes[at - 1].norm == "'s"
    return owned and any(
        reader.has(sentence, name, at + 1, at + 3) is not None for name in ("poll", "index", "evidence")
    )


def _within(sentence: Sentence, cue: Cue, place: int) -> bool:
    """Whether a preposition still belongs to the word of the measure: "image favorable, chez les Polonais, de l'UE"."""
    between = sentence.nodes[cue.end : place]
    return cue.begin <= place < cue.end + 8 and not any(node.verb or node.tag in "CT" for node in between)


def _sets(reader: Reader, name: str) -> frozenset[str]:
    return reader.lexicon.sets[name]


def _whose(reader: Reader, sentence: Sentence, governor: str, cue: Cue, begin: int) -> bool:
    """Whether friends or foes are those *of* a people ("les ennemis de la Russie"), not an attitude toward it."""
    listed = reader.has(sentence, "states", max(begin, cue.begin - 4), cue.begin) is not None
    return listed or governor in _sets(reader, "genitive")


def _object_of_opinion(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an entity is the object of a verb of opinion right before it: "jugent la Russie …", "blame Ukraine"."""
    here = at - 1
    while here >= 0 and sentence.nodes[here].norm in _sets(reader, "before_entity"):
        here -= 1
    verb = sentence.nodes[here].verb if here >= 0 else None
    return verb is not None and not verb.passive and bool(verb.classes & {"blame", "trust", "consider"})


def _judged(reader: Reader, governor: str, measure: str, sentence: Sentence, cue: Cue, place: int) -> bool:
    """Whether people are what is judged: "une bonne opinion des Russes"."""
    if measure in ("favourable", "unfavourable", "trust", NET):
        phrase = sentence.nodes[cue.begin : cue.end]
        return place == cue.end and bool(governor) and governor in _sets(reader, "of_judged") and len(phrase) > 1
    return False


def _governor(reader: Reader, sentence: Sentence, at: int, begin: int) -> tuple[str, int]:
    """The preposition before an entity, and its place; articles and titles stand between."""
    here = at - 1
    while here >= begin and (
        sentence.nodes[here].norm in _sets(reader, "before_entity") or _titled(sentence, here, at)
    ):
        here -= 1
    if here >= begin and sentence.nodes[here].tag == "W" and sentence.nodes[here].norm in _sets(reader, "prepositions"):
        return sentence.nodes[here].norm, here
    if here + 1 < at and sentence.nodes[here + 1].norm in _sets(reader, "prepositions"):
        return sentence.nodes[here + 1].norm, here + 1
    return "", here


def _titled(sentence: Sentence, here: int, at: int) -> bool:
    """Whether an office stands before its holder's name: "au président français Emmanuel Macron"."""
    return sentence.nodes[here].form == "f" and sentence.nodes[at].tag == "P"


def _qualifies(sentence: Sentence, at: int) -> bool:
    """Whether an office only introduces the person named after it, also after a comma."""
    nodes = sentence.nodes
    after = at + 1 + (at + 1 < len(nodes) and nodes[at + 1].norm == ",")
    return nodes[at].form == "f" and after < len(nodes) and nodes[after].tag == "P"


def _of_war(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether an entity only says whose war it is: "l'invasion de l'Ukraine par la Russie", "Russia's war"."""
    nodes = sentence.nodes
    if (
        at + 2 < len(nodes)
        and nodes[at + 1].norm == "'s"
        and any(n.norm in _sets(reader, "war") for n in nodes[at + 2 : at + 5])
    ):
        return True
    here = at - 1
    walked = reader.lexicon.union("of_war", "article")
    while here >= 0 and (nodes[here].norm in walked or nodes[here].tag in "SX"):
        here -= 1
    return 0 <= here < at - 1 and nodes[here].norm in _sets(reader, "war")


def _takes(reader: Reader, governor: str, measure: str, sentence: Sentence, at: int, place: int, begin: int) -> bool:
    """Whether a preposition of place is rather what the measure governs: "confiance en la Russie", "aide au Mali"."""
    if governor in _sets(reader, "into_judged"):
        articled = any(node.norm in _sets(reader, "article") for node in sentence.nodes[place + 1 : at])
        if measure not in ("trust", "friendly", "hostile") or place == begin:
            return False
        return articled if reader.document.lang == "fr" else _follows_trust(reader, sentence, place)
    if governor in _sets(reader, "to_judged"):
        if measure in AID and _after_figure(sentence, place):
            return False
        return measure in AID | {"trust", "responsible-for-war"} and place > begin
    return False


def _follows_trust(reader: Reader, sentence: Sentence, place: int) -> bool:
    return place > 0 and sentence.nodes[place - 1].norm in _sets(reader, "trusted")


def _after_figure(sentence: Sentence, place: int) -> bool:
    return place > 0 and sentence.nodes[place - 1].tag == "C"


def _aid_role(reader: Reader, sentence: Sentence, at: int, governor: str, place: int, begin: int) -> str | None:
    """For aid, what stands after "à" or "to" receives it, what stands after "de" gives it, and others are asked."""
    if governor in _sets(reader, "to"):
        return TARGET
    ukraine = sentence.nodes[at].keys == ("state:UKR",)
    topic = reader.has(sentence, "aid_topic", max(begin, place - 4), at) is not None
    if governor in _sets(reader, "of_judged"):
        return TARGET if ukraine else POPULATION if _after_figure(sentence, place) else None
    if ukraine and topic:
        return TARGET
    return OPEN


def _people_phrases(reader: Reader, sentence: Sentence, begin: int, end: int) -> Iterator[tuple[Part, range]]:
    """People whom no entity names, by their phrase: "chez les électeurs républicains", "des jeunes de 18 à 24 ans"."""
    nodes = sentence.nodes
    for at in _introducing_people(reader, sentence, begin, end):
        start = at + 1
        while start < end and nodes[start].norm in _sets(reader, "article") | {"des"}:
            start += 1
        if any(phrase_at(nodes, start, reader.lexicon.words[name]) > 1 for name in ("favourable", "unfavourable")):
            continue  # "l'opinion défavorable envers X" is what people think, not who they are
        length, among = _people_word(reader, nodes, start, end), nodes[at].norm in _sets(reader, "among")
        stop = _phrase_end(reader, nodes, start, end) if length or among else start
        if stop > start + length and (length or _are_people(reader, sentence, start, stop)):
            words = plain(reader.document.text[nodes[start].start : nodes[stop - 1].end])
            yield Part(start, POPULATION, (words,), nodes[start], people=True), range(start, stop)


def _are_people(reader: Reader, sentence: Sentence, start: int, stop: int) -> bool:
    """Whether a phrase without a word for people stands for some: no state, no countries, no respondents at large."""
    if any(node.tag == "S" for node in sentence.nodes[start:stop]):
        return False
    names = ("states", "polled", "respondents", "friendly", "hostile", "them")
    return all(reader.has(sentence, name, start, stop) is None for name in names)


def _people_word(reader: Reader, nodes: Sequence[Node], start: int, end: int) -> int:
    """How many nodes from a place on are a word for people, in English also with words before it."""
    if start >= end:
        return 0
    if length := phrase_at(nodes, start, reader.lexicon.words["people"]):
        return length
    if reader.lexicon.has("polled", nodes[start].norm) or nodes[start].tag == "S":
        return 0
    return 1 if start + 1 < end and phrase_at(nodes, start + 1, reader.lexicon.words["people"]) else 0


def _introducing_people(reader: Reader, sentence: Sentence, begin: int, end: int) -> list[int]:
    """After which words of a range people may be named: "chez", a share and "des", or the article that opens it all."""
    norms, tags, among, of = sentence.norms, sentence.tags, _sets(reader, "among"), _sets(reader, "of_judged")
    return [
        at
        for at, norm in enumerate(norms[begin:end], begin)
        if norm in among
        or (norm in of and at > 0 and tags[at - 1] == "C")
        or (at == 0 and norm in _sets(reader, "article"))
    ]


def _phrase_end(reader: Reader, nodes: Sequence[Node], start: int, end: int) -> int:
    """Where a phrase for people ends: at a verb, a mark or a figure, or where another complement begins."""
    for at in range(start, end):
        node = nodes[at]
        if node.verb or node.tag in "CTDRMZ" or not node.norm[:1].isalnum() or node.form == "n":
            return at
        if at > start and (
            node.norm in _sets(reader, "after_people") | _sets(reader, "locative")
            or reader.lexicon.has("polled", node.norm)
        ):
            return at
    return end
