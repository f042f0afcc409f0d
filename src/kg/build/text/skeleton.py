"""The pattern language: regular expressions over a sentence's skeleton, written as words and typed placeholders.

A pattern is a row of elements separated by spaces; each stands for one node of the sentence:

    mot            the word ``mot``; ``a|b`` one of several; ``parti*`` a beginning
    {S} {O} {P}    a state, an organisation, a person; {A} state or organisation, {E} any entity, {Q} equipment
    {L}            a coordination of states and organisations, {K} one of any entities
    {N} {M} {C} {T} {D} {R}   a number, money, percentage, points, date, ordinal
    {X} {Z}        another proper name, a quotation
    {V} {V.join}   a verb, one of a class; ``!pass`` passive, ``!act`` active, ``!pp`` a participle … ``~`` also denied
    {w.poll}       a word or phrase of a class of the lexicon
    ...            up to eight nodes of the same segment; ..3 up to three
    ( … ) | ?      grouping, alternatives, optional

``{L:member}`` names the placeholder: the nodes it matched are then found under that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.build.text.document import Node, Sentence
from kg.build.text.lexicon import Lexicon

_TAGS = {"A": "SOG", "E": "SOGP", "B": "SOGPX", "H": "PX"}
_ELEMENT = re.compile(r"\{(?P<body>[^}]+)\}(?P<many>[?*+]?)")
_ID = re.compile(r"<([A-Z])(\d+)")
_SEGMENT_END = r"(?:;|\.|:|—|\?|!|…)"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern matched: the range of nodes, and the nodes under each name."""

    sentence: Sentence
    begin: int
    end: int
    groups: Mapping[str, tuple[int, ...]]

    def nodes(self, name: str) -> tuple[Node, ...]:
        """The nodes that a named placeholder matched."""
        return tuple(self.sentence.nodes[at] for at in self.groups.get(name, ()))


class Pattern:
    """A compiled pattern of one language."""

    def __init__(self, source: str, lexicon: Lexicon) -> None:
        self.source = source
        self._regex = re.compile(_boundary(_compile(source, lexicon)))

    def finditer(self, sentence: Sentence) -> Iterator[Match]:
        """Every match in a sentence, from left to right, none overlapping."""
        starts: list[int] | None = None
        for match in self._regex.finditer(sentence.skeleton):
            if starts is None:
                starts = _starts(sentence)
            groups = {name: _ids(text) for name, text in match.groupdict().items() if text}
            yield Match(sentence, _node_at(starts, match.start()), _node_at(starts, match.end()), groups)


def _starts(sentence: Sentence) -> list[int]:
    starts = [0]
    for word in sentence.skeleton.rstrip(" ").split(" "):
        starts.append(starts[-1] + len(word) + 1)
    return starts


def _node_at(starts: list[int], offset: int) -> int:
    low, high = 0, len(starts)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if starts[middle] < offset else (low, middle)
    return low


def _ids(text: str) -> tuple[int, ...]:
    return tuple(int(number) for _, number in _ID.findall(text))


def _boundary(regex: str) -> str:
    return rf"(?<!\S){regex}"


def _compile(source: str, lexicon: Lexicon) -> str:
    return "".join(_element(element, lexicon) for element in source.split())


def _element(element: str, lexicon: Lexicon) -> str:
    if element in ("(", ")", ")?", ")*", "|"):
        return "(?:" if element == "(" else element
    if element == "^":
        return "^"
    if element == "$":
        return r"(?:[.…] )?$"
    if gap := re.fullmatch(r"\.\.(\.|\d+)", element):
        most = "8" if gap[1] == "." else gap[1]
        return rf"(?:(?!{_SEGMENT_END} )\S+ ){{0,{most}}}?"
    if match := _ELEMENT.fullmatch(element):
        return _placeholder(match["body"], lexicon) + match["many"]
    optional = element.endswith("?") and len(element) > 1
    words = element.removesuffix("?") if optional else element
    choices = "|".join(re.escape(word).replace(r"\*", r"[^\s<>]*") for word in words.split("|"))
    return rf"(?:(?:{choices}) )" + ("?" if optional else "")


def _placeholder(body: str, lexicon: Lexicon) -> str:
    kind, _, name = body.partition(":")
    regex = _class(kind, lexicon)
    return f"(?P<{name}>{regex})" if name else f"(?:{regex})"


def _class(kind: str, lexicon: Lexicon) -> str:
    if kind.startswith("w."):
        return phrase_regex(lexicon.words[kind[2:]])
    if kind.startswith("V"):
        return _verb(kind)
    if kind in ("L", "K"):
        return _coordination("SOG" if kind == "L" else "SOGPQX", lexicon)
    tag, _, forms = kind.partition("/")
    form = f"[{forms}]" if forms else "[a-z]?"
    return rf"<[{_TAGS.get(tag, tag)}]\d+{form}> "


def phrase_regex(phrases: Iterable[str]) -> str:
    """An alternation of words and phrases, each tokenised as the skeleton is."""
    split = (re.sub(r"(\w')(?=\w)", r"\1 ", phrase) for phrase in phrases)
    return "(?:" + "|".join(re.escape(phrase).replace(r"\ ", " ") for phrase in split) + ") "


def _verb(kind: str) -> str:
    """``V.deliver!act``: class, then tense or voice; polarity is positive unless ``~`` is added."""
    either = kind.endswith("~")
    head, *marks = kind.removesuffix("~").split("!")
    names = head.partition(".")[2].split("|") if "." in head else []
    classes = rf"[^/>]*\b(?:{'|'.join(names)})\b[^/>]*" if names else r"[^/>]*"
    voice = next((mark for mark in marks if mark in ("pass", "act")), r"\w+")
    tenses = [mark for mark in marks if mark not in ("pass", "act")]
    tense = f"(?:{'|'.join(tenses)})" if tenses else r"\w+"
    polarity = r"\w+" if either else "pos"
    return rf"<V\d+/{classes}/{tense}/{voice}/{polarity}> "


def _coordination(tags: str, lexicon: Lexicon) -> str:
    """Entities joined by commas and conjunctions, with articles and repeated prepositions between them."""
    one = rf"<[{tags}]\d+[a-z]?> (?:\( [^()]* \) )?"
    joint = phrase_regex(lexicon.words["and"])
    small = "|".join(re.escape(word) for word in sorted(lexicon.sets["determiners_joint"], key=len, reverse=True))
    link = rf"(?:(?:, |{joint})+(?:(?:{small}) ){{0,3}})"
    return rf"{one}(?:{link}{one})*"
