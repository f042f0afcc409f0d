"""From tokens, mentions and readings to the nodes of a sentence, with organs, populations and unknown names merged."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from operator import attrgetter

from kg.build.text.document import Node, word_nodes
from kg.build.text.lexicon import Lexicon, Phrases
from kg.build.text.linker import Mention
from kg.build.text.reading import Reading
from kg.build.text.reading.records import PERCENT
from kg.build.text.tokens import Token

_TAG_OF_KIND = {"state": "S", "org": "O", "person": "P", "equipment": "Q"}
_TAG_OF_READING = {"number": "N", "money": "M", "percent": "C", "points": "T", "date": "D", "ordinal": "R"}
_FORMS = {"adjective": "a", "demonym": "n", "capital": "c", "metonym": "o"}
_OFFICES = ("prime_minister", "chancellor", "secretary_general", "president", "minister", "other_office")
_COMMON = (
    *("determiners", "be", "have", "between", "prepositions"),
    *("organ", "collective", "meeting", "poll", "aid", "member", "item", "citizens"),
)
"""The classes of words that are no names, whatever their capital."""
_MERGED = (*_OFFICES, "organ", "citizens")
"""The classes of the words with which a node of several may begin, besides a state."""
_OPENING = {"«": "»", "“": "”", '"': '"', "„": "“"}
_MARKS = frozenset([*_OPENING, *_OPENING.values()])
_MARK = re.compile("[" + "".join(_MARKS) + "]")


def base_nodes(
    text: str,
    tokens: Sequence[Token],
    mentions: Mapping[int, Mention],
    readings: Sequence[Reading],
    begin: int,
    end: int,
) -> list[Node]:
    """The nodes of the tokens ``begin`` to ``end``: one for each mention, reading, word or mark.

    ``mentions`` are keyed by the token that they begin with, ``readings`` in order.
    """
    nodes: list[Node] = []
    pending, count = 0, len(readings)
    at = begin
    for place in _places(tokens, mentions, readings, begin, end):
        if place < at:
            continue
        nodes += word_nodes(tokens[at:place])
        at, start = place, tokens[place].start
        while pending < count and readings[pending].span.end <= start:
            pending += 1
        reading = readings[pending] if pending < count else None
        if reading is not None and start - 1 <= reading.span.start < tokens[at].end:
            nodes.append(_reading_node(text, reading))
            after = _after(tokens, reading.span.end, at + 1, end)
            if reading.kind is PERCENT:  # "quatre Russes sur dix" also says of whom
                inside = [mentions[i] for i in range(at, after) if i in mentions]
                nodes += [_mention_node(text, tokens, mention) for mention in inside if mention.end <= after]
            at = after
        elif at in mentions and mentions[at].end <= end:
            nodes.append(_mention_node(text, tokens, mentions[at]))
            at = mentions[at].end
    return nodes + word_nodes(tokens[at:end])


def _places(
    tokens: Sequence[Token], mentions: Mapping[int, Mention], readings: Sequence[Reading], begin: int, end: int
) -> list[int]:
    """The tokens of a range, in order, at which a mention or a reading may begin.

    A reading begins at the first token that ends after its beginning, or, where a mention has taken that, at the next.
    """
    first, last = tokens[begin].start, tokens[end - 1].end
    starts = [reading.span.start for reading in readings if first - 1 <= reading.span.start < last]
    reached = [bisect_right(tokens, start, begin, end, key=_end) for start in starts]
    named = [at for at in mentions if begin <= at < end]
    return sorted({*named, *reached, *[at + 1 for at in reached if at + 1 < end]})


_end = attrgetter("end")
_norm = attrgetter("norm")


def _after(tokens: Sequence[Token], offset: int, at: int, end: int) -> int:
    while at < end and tokens[at].start < offset:
        at += 1
    return at


def _reading_node(text: str, reading: Reading) -> Node:
    start, end = reading.span.start, reading.span.end
    tag = _TAG_OF_READING[reading.kind.value]
    return Node(tag, start, end, text[start:end], text[start:end].lower(), reading=reading)


def _mention_node(text: str, tokens: Sequence[Token], mention: Mention) -> Node:
    start, end = tokens[mention.begin].start, tokens[mention.end - 1].end
    surface = text[start:end]
    if mention.form == "pair":  # the states of a compound adjective are no parties, but two sides
        return Node("W", start, end, surface, surface.lower(), mention.keys)
    tag = _TAG_OF_KIND[mention.keys[0].partition(":")[0]]
    return Node(tag, start, end, surface, surface.lower(), mention.keys, _FORMS.get(mention.form, "b"))


def merged(nodes: list[Node], text: str, lexicon: Lexicon) -> list[Node]:
    """Merge what belongs together, in the order in which one step needs the result of another."""
    nodes = _quotations(nodes, text, lexicon)
    nodes = _proper_names(nodes, text, lexicon)
    return _Merger(nodes, text, lexicon).run()


def joined(nodes: Sequence[Node], text: str, **changes: object) -> Node:
    """One node over several, with the characters of all of them."""
    start, end = nodes[0].start, nodes[-1].end
    written = text[start:end]
    return nodes[0].replaced(start=start, end=end, text=written, norm=written.lower(), **changes)


def phrase_at(nodes: Sequence[Node], at: int, phrases: Phrases) -> int:
    """How many nodes from a place on are one of some phrases (the longest first); 0 if none."""
    if not 0 <= at < len(nodes):
        return 0
    several = phrases.by_first.get(nodes[at].norm)
    if several is None:
        return 0
    for words in several:
        length = len(words)
        if length == 1 or _follow(nodes, at, words, length):
            return length
    return 0


def _follow(nodes: Sequence[Node], at: int, words: tuple[str, ...], length: int) -> bool:
    """Whether the words of a phrase after its first stand after a place."""
    if at + length > len(nodes) or nodes[at + 1].norm != words[1]:
        return False
    return length == 2 or tuple([node.norm for node in nodes[at + 2 : at + length]]) == words[2:]


def _quotations(nodes: list[Node], text: str, lexicon: Lexicon) -> list[Node]:
    """Short quotations become one node; longer ones stay open, their nodes marked."""
    if not nodes or not _MARK.search(text, nodes[0].start, nodes[-1].end):
        return nodes
    places = [place for place, node in enumerate(nodes) if node.text in _MARKS]
    if len(places) <= 1:
        return nodes
    out: list[Node] = []
    at = 0
    marks: dict[str, list[int]] = {close: [] for close in _OPENING.values()}
    for place in places:
        if nodes[place].text in marks:
            marks[nodes[place].text].append(place)
    while at < len(nodes):
        closing = marks.get(_OPENING.get(nodes[at].text, ""), [])
        following = bisect_right(closing, at)
        end = closing[following] if following < len(closing) else None
        if end is None or end == at + 1:
            out.append(nodes[at])
            at += 1
            continue
        inner = nodes[at + 1 : end]
        if len(inner) <= 9 and not _speaks(inner, lexicon):
            keys = tuple(dict.fromkeys(key for node in inner if node.tag in "SOP" for key in node.keys))
            out.append(joined(nodes[at : end + 1], text, tag="Z", keys=keys, form="", reading=None))
        else:
            out += [nodes[at], *(node.replaced(quoted=True) for node in inner), nodes[end]]
        at = end + 1
    return out


def _speaks(inner: Sequence[Node], lexicon: Lexicon) -> bool:
    """Whether a quotation is itself a sentence."""
    auxiliaries = lexicon.union("have", "be")
    for node in inner:
        if node.tag == "W" and node.norm != "'s" and (node.norm in auxiliaries or node.norm in (".", ";")):
            return True
    return False


def quoted_text(node: Node) -> str:
    """The words of a quotation without its marks."""
    return node.text.strip('«»“”"„ \u00a0\u202f')


_WITH_PARTICLE = re.compile(r"(?:el|al|ben|bin)-[A-Z]")
"""A surname with a small particle before it: "Bachar el-Assad"."""
_PARTICLES = {"el", "al", "ben", "von", "van", "der", "de", "of", "the", "del", "bin", "d'"}


def _proper_names(nodes: list[Node], text: str, lexicon: Lexicon) -> list[Node]:
    """Sequences of capitalised words that no table holds become one node (tag X)."""
    out: list[Node] = []
    reached = 0
    texts = [node.text for node in nodes]
    for at in [at for at, text in enumerate(texts) if (not text.islower() and text[0].isupper()) or "-" in text]:
        if at < reached or not _capital(nodes[at]):
            continue
        office = _office_length(nodes, at, lexicon)
        end = at if office else _name_end(nodes, at, lexicon)
        if office > 1:  # "Defence Secretary Grant Shapps" is an office and a name
            out += nodes[reached : at + office]
            reached = at + office
        elif end > at:
            out += nodes[reached:at]
            out.append(joined(nodes[at:end], text, tag="X", form="", keys=()))
            reached = end
    return out + nodes[reached:]


_APOSTROPHES = ("'", "’")


def _capital(node: Node) -> bool:
    if node.tag != "W":
        return False
    if node.text[:1].isupper():
        return not node.keys and not node.text.endswith(_APOSTROPHES)
    return "-" in node.text and _WITH_PARTICLE.match(node.text) is not None


def _name_end(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    if nodes[at].norm in lexicon.sets["title"] or _is_office(nodes, at, lexicon):
        return at
    first = at == 0 or nodes[at - 1].text in '«“"(—–:•-' or nodes[at - 1].text in ".!?…"
    end = at + 1
    while (
        end < len(nodes)
        and (
            _capital(nodes[end]) or _particle(nodes, end) or _prefixed_name(nodes[end]) or _within(nodes, end, lexicon)
        )
        and nodes[end].norm not in lexicon.sets["title"]
    ):
        if _is_office(nodes, end, lexicon) or nodes[end - 1].norm in lexicon.sets["portfolio"]:
            break
        end += 1
    known = nodes[at].norm in lexicon.verb_forms or _is_common(nodes[at].norm, lexicon)
    if first and (known or end - at == 1) and not _acronym(nodes[at]):
        return at
    if nodes[at].norm in lexicon.sets["determiners"] and end - at == 1:
        return at
    if _organ_word(nodes[at].norm, lexicon) and end - at == 1:
        return at
    return end


def _within(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> bool:
    """Whether a small word stands within a name: "Donetsk People's Republic", "Ossétie du Sud"."""
    following = nodes[at + 1] if at + 1 < len(nodes) else None
    if following is None or not _capital(following):
        return False
    if nodes[at].norm == "&":  # "I&O Research"
        return True
    of_people = nodes[at].norm == "'s" and nodes[at - 1].norm in lexicon.sets["citizens"]
    return of_people or (nodes[at].norm == "du" and following.norm in lexicon.sets["directions"])


def _acronym(node: Node) -> bool:
    return len(node.text) > 1 and node.text.isupper()


def _is_common(word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.union(*_COMMON)


def _organ_word(word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.union("organ", "collective", "meeting", "states", "gathering")


def _particle(nodes: Sequence[Node], at: int) -> bool:
    return (
        nodes[at].norm in _PARTICLES
        and at + 1 < len(nodes)
        and _capital(nodes[at + 1])
        and nodes[at].norm not in ("de", "d'", "of", "the")
    )


def _prefixed_name(node: Node) -> bool:
    """Whether a surname begins with a small particle: "el-Assad", "al-Chaibani"."""
    particle, _, rest = node.text.partition("-")
    return node.tag == "W" and particle in _PARTICLES and rest[:1].isupper()


def _is_office(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> bool:
    return _office_length(nodes, at, lexicon) > 0


def _office_length(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """How many nodes from a place on name an office."""
    if nodes[at].norm not in lexicon.openings(_OFFICES):
        return 0
    return max(phrase_at(nodes, at, lexicon.words[name]) for name in _OFFICES)


class _Merger:
    """Merges an organ, an office or a people with the state it belongs to: "le parlement bulgare", "EU citizens"."""

    def __init__(self, nodes: list[Node], text: str, lexicon: Lexicon) -> None:
        self.nodes = nodes
        self.text = text
        self.lexicon = lexicon
        self.openings = lexicon.openings(_MERGED)
        self.offices = lexicon.openings(_OFFICES)

    def run(self) -> list[Node]:
        out: list[Node] = []
        openings, owners = self.openings, "SO" if self.lexicon.lang == "en" else ""
        if not owners and openings.isdisjoint(map(_norm, self.nodes)):
            return self.nodes
        reached = 0
        for at in [at for at, node in enumerate(self.nodes) if node.norm in openings or node.tag in owners]:
            if at >= reached and (found := self.merge(at)) is not None:
                out += self.nodes[reached:at]
                reached, node = found
                out.append(node)
        return out + self.nodes[reached:]

    def merge(self, at: int) -> tuple[int, Node] | None:
        return self.office(at) or self.organ(at) or self.citizens(at)

    def head(self, at: int, name: str) -> int:
        return phrase_at(self.nodes, at, self.lexicon.words[name]) if at < len(self.nodes) else 0

    def skip(self, at: int, name: str) -> int:
        while at < len(self.nodes) and (length := self.head(at, name)):
            at += length
        return at

    def owner(self, at: int) -> tuple[int, list[Node]]:
        """The states named after a noun: by adjectives in coordination, or after ``de``/``of``."""
        nodes = self.nodes
        owners: list[Node] = []
        while at < len(nodes):
            step = at
            if owners and nodes[at].norm in (",", "et", "and"):
                step += 1
            if step < len(nodes) and nodes[step].tag in "SO" and nodes[step].form == "a":
                owners.append(nodes[step])
                at = step + 1
            else:
                break
        if owners:
            return at, owners
        if length := self.head(at, "of"):
            step = at + length
            if step < len(nodes) and nodes[step].tag in "SO" and nodes[step].form != "a":
                return step + 1, [nodes[step]]
        return at, []

    def prefixed(self, at: int) -> tuple[int, Node] | None:
        """An English noun after its state: "Polish government", "South Korea's defence ministry"."""
        node = self.nodes[at]
        if (
            self.lexicon.lang != "en"
            or node.tag not in "SO"
            or (node.form == "n" and not node.norm.endswith(("ese", "ch", "sh", "s")))
        ):
            return None
        step = at + 1
        if step < len(self.nodes) and self.nodes[step].norm == "'s":
            step += 1
        return step, node

    def office(self, at: int) -> tuple[int, Node] | None:
        if found := self.prefixed(at):
            step, node = found
            for name in _OFFICES if self.opens_office(step) else ():
                if length := self.head(step, name):
                    return self.holder(at, step + length, [node], name)
        for name in _OFFICES if self.opens_office(at) else ():
            length = self.head(at, name)
            if not length:
                continue
            step, owners = self.owner(self.skip(at + length, "organ_adjectives"))
            if owners:
                return self.holder(at, self.portfolio(step), owners, name)
            step = self.portfolio(at + length)
            step, owners = self.owner(step)
            if owners:
                return self.holder(at, step, owners, name)
        return None

    def opens_office(self, at: int) -> bool:
        """Whether the name of an office may begin at a place."""
        return at < len(self.nodes) and self.nodes[at].norm in self.offices

    def holder(self, at: int, end: int, owners: list[Node], name: str) -> tuple[int, Node]:
        office = name.replace("_", "-").replace("other-office", "other")
        keys = tuple(dict.fromkeys(key for owner in owners for key in owner.keys))
        if office == "president" and keys == ("org:european-commission",):
            office = "commission-president"
        if office == "minister" and owners[0].tag == "O":
            office = "other"  # "cheffe de la diplomatie de l'Union européenne"
        tag = owners[0].tag
        return end, joined(self.nodes[at:end], self.text, tag=tag, keys=keys, form="f", office=office)

    def portfolio(self, at: int) -> int:
        """Skip "de la Défense", "des Affaires étrangères" after a minister or a ministry."""
        nodes = self.nodes
        length = self.head(at, "of")
        if not length:
            return at
        end = at + length
        if end < len(nodes) and nodes[end].tag in "XW" and nodes[end].text[:1].isupper():
            end += 1
            if end < len(nodes) and nodes[end].norm in ("étrangères", "extérieures", "nationale", "affairs"):
                end += 1
            return end
        return at

    def qualifies(self, at: int, length: int) -> bool:
        """Whether a word like "military" is an adjective here: "US military aid"."""
        following = self.nodes[at + length].norm if at + length < len(self.nodes) else ""
        nouns = self.lexicon.union("aid", "package", "item", "aid_topic")
        return self.nodes[at].norm in self.lexicon.sets["military"] and following in nouns

    def organ(self, at: int) -> tuple[int, Node] | None:
        if found := self.prefixed(at):
            step, node = found
            step = self.skip(step, "organ_adjectives") if not self.head(step, "organ") else step
            if (length := self.head(step, "organ")) and not self.qualifies(step, length):
                return step + length, joined(
                    self.nodes[at : step + length], self.text, tag=node.tag, keys=node.keys, form="o"
                )
            return None
        length = self.head(at, "organ")
        if not length:
            return None
        step, owners = self.owner(self.skip(at + length, "organ_adjectives"))
        end = self.portfolio(step)
        if not owners:
            end, owners = self.owner(self.portfolio(at + length))
        if not owners and self.head(at + length, "in") and at + length + 1 < len(self.nodes):
            capital = self.nodes[at + length + 1]
            if capital.form == "c":
                end, owners = at + length + 2, [capital]
        if not owners:
            return None
        keys = tuple(dict.fromkeys(key for owner in owners for key in owner.keys))
        return end, joined(self.nodes[at:end], self.text, tag=owners[0].tag, keys=keys, form="o")

    def is_judgement(self, at: int) -> bool:
        """Whether "opinion" is what somebody thinks of a state, not its public: "une bonne opinion de"."""
        return bool(self.head(at, "judgement")) and (at == 0 or not self.head(at - 1, "article_definite"))

    def citizens(self, at: int) -> tuple[int, Node] | None:
        if found := self.prefixed(at):
            step, node = found
            if length := self.head(step, "citizens"):
                return step + length, joined(
                    self.nodes[at : step + length], self.text, tag=node.tag, keys=node.keys, form="n"
                )
            return None
        length = self.head(at, "citizens")
        if not length or self.is_judgement(at):
            return None
        end, owners = self.owner(at + length)
        if not owners:
            return None
        keys = tuple(dict.fromkeys(key for owner in owners for key in owner.keys))
        return end, joined(self.nodes[at:end], self.text, tag=owners[0].tag, keys=keys, form="n")
