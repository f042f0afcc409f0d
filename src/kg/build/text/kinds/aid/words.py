"""The words around what is given: categories, instruments, the turns that introduce a part or a frame."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon
from kg.build.text.nodes import phrase_at

_INSTRUMENTS = (("loan", "loan"), ("grant", "grant"), ("guarantee", "guarantee"))
_NOMINAL = (("purchase", "nominal_purchase"), ("repair", "nominal_repair"), ("training", "nominal_train"))
_CATEGORIES = ("humanitarian", "military", "financial")
_NAMING_INSTRUMENTS = (*[words for _, words in (*_INSTRUMENTS, *_NOMINAL)], "gift", "in_kind")


@cache
def words_of(lexicon: Lexicon) -> Words:
    """The word classes of a lexicon, made once."""
    return Words(lexicon)


class Words:
    """The word classes of a language, as questions about a place in a row of nodes."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.sets = lexicon.sets
        self.words = lexicon.words
        self._naming_instruments = lexicon.openings(_NAMING_INSTRUMENTS)
        self._heads = frozenset(word for phrase in lexicon.words["item"] for word in phrase.split()[:1])
        self._stops = (lexicon.sets["determiners_joint"] - {"second"}) | lexicon.union(
            "article", "prepositions", "phrase_stops", "and"
        )

    # -- noun phrases --------------------------------------------------------------------------------------------------

    def opens_phrase(self, nodes: Sequence[Node], at: int) -> bool:
        """Whether uncounted goods may begin at a word: the head itself, or in English a modifier before it."""
        if self._begins(nodes, at - 1):
            return self.continues_phrase(nodes, at, at, len(nodes))
        return False

    def _begins(self, nodes: Sequence[Node], before: int) -> bool:
        if before < 0:
            return False
        node = nodes[before]
        if node.verb is not None or node.tag == "R":
            return True
        return node.norm in self.sets["opens_goods"] or node.norm in (",", "(", ":")

    def continues_phrase(self, nodes: Sequence[Node], at: int, begin: int, end: int) -> bool:
        """Whether a node still belongs to the noun phrase that began at a place."""
        node = nodes[at]
        if node.tag == "Q" or (node.tag == "S" and node.form == "a"):
            return True
        if node.tag == "X":
            return (
                at > begin
                or self.designates(node)
                or any(item.norm in self.sets["item"] for item in nodes[at + 1 : min(at + 4, end)])
            )
        if node.tag != "W" or not node.norm[:1].isalnum():
            return False
        if node.norm in self.sets["phrase_links"]:
            return at > begin and at + 1 < end and self._content(nodes[at + 1])
        if node.norm.isdigit() and at == begin:
            return at + 1 < end and nodes[at + 1].norm in self.sets["calibre"]
        return node.norm not in self._stops

    def designates(self, node: Node) -> bool:
        """Whether a name that no table holds is written like that of a weapon: "AIM-7", "R-27"."""
        return node.tag == "X" and " " not in node.text and any(sign.isdigit() for sign in node.text)

    def _content(self, node: Node) -> bool:
        if node.tag == "Q" or (node.tag == "S" and node.form == "a"):
            return True
        return node.tag == "W" and node.norm[:1].isalnum() and node.norm not in self._stops

    def trimmed(self, nodes: Sequence[Node]) -> list[Node]:
        """A phrase without "supplémentaires", "new" and the like at its ends."""
        kept = list(nodes)
        while kept and self._extra(kept[-1]):
            kept.pop()
        while kept and self._extra(kept[0]):
            kept.pop(0)
        return kept

    def _extra(self, node: Node) -> bool:
        return node.norm in self.lexicon.union("additional", "phrase_links", "vague_count", "sole")

    def names_goods(self, nodes: Sequence[Node]) -> bool:
        """Whether a phrase is about goods: its head (in French the first noun, in English one before "of") is one."""
        words = [node.norm for node in nodes if node.tag == "W"]
        if not words or any(word in self.sets["aid"] for word in words):
            return False
        if self.lexicon.lang == "fr":
            return any(phrase_at(nodes, at, self.words["item"]) for at in range(min(2, len(nodes))))
        head = next((i for i, word in enumerate(words) if word in self.sets["phrase_links"]), len(words))
        return any(word in self.sets["item"] for word in words[:head])

    def generic(self, phrase: str) -> bool:
        """Whether a phrase only counts what was named before: "42 appareils", "14 units"."""
        return phrase in self.sets["generic"]

    def sized(self, phrase: str) -> bool:
        """Whether a phrase only tells the calibre of what was named before: "dont 500 000 de calibre 155 mm"."""
        words = phrase.split()
        return bool(words) and bool({words[0], words[-1]} & self.sets["calibre_word"])

    def head(self, phrase: str) -> str:
        """The head of a noun phrase: its first word in French, the last one before "of" in English."""
        words = phrase.split()
        if not words or self.lexicon.lang == "fr":
            return words[0] if words else ""
        link = next((i for i, word in enumerate(words) if i and word in self.sets["phrase_links"]), len(words))
        return words[link - 1]

    # -- numbers -------------------------------------------------------------------------------------------------------

    def after_number(self, node: Node) -> bool:
        """Whether a node may stand between a number and what it counts: "une trentaine de", "19 of its"."""
        if node.tag == "R":
            return True
        return node.tag == "W" and node.norm in self.lexicon.union("after_number", "additional")

    def not_counted(self, nodes: Sequence[Node], at: int) -> bool:
        """Whether a number belongs to a measure or a list of people rather than to goods."""
        following = nodes[at + 1] if at + 1 < len(nodes) else None
        if following is None:
            return False
        if following.norm in self.sets["others"] and at + 2 < len(nodes) and nodes[at + 2].verb:
            return False  # "ten others followed"
        return following.tag in "MCTN" or bool(phrase_at(nodes, at + 1, self.words["uncounted"]))

    def uncountable(self, nodes: Sequence[Node], at: int) -> bool:
        """Whether what is counted is no goods: countries, years, people."""
        return bool(phrase_at(nodes, at, self.words["uncounted"])) or bool(phrase_at(nodes, at, self.words["aid"]))

    def ends_quantity(self, nodes: Sequence[Node], at: int) -> bool:
        """Whether a number stands alone: the goods that it counts are those named before or after."""
        if at >= len(nodes):
            return True
        node = nodes[at]
        if node.verb is not None or node.tag == "D" or self.joins(node):
            return True
        return node.norm in (",", ".", ";", ")", "…") or node.norm in self.sets["prepositions"]

    def joins(self, node: Node) -> bool:
        """Whether a node is a comma, a conjunction or a small word of a coordination."""
        return node.tag == "W" and (node.norm in (",", "de", "d'") or node.norm in self.sets["and"])

    # -- turns ---------------------------------------------------------------------------------------------------------

    def links_content(self, nodes: Sequence[Node], at: int) -> bool:
        """Whether a word leads from an amount to what it buys: "pour l'achat de", "worth of", "in"."""
        return nodes[at].tag == "W" and nodes[at].norm in self.sets["for_use"]

    def leads_to_use(self, node: Node) -> bool:
        """Whether a word may stand between a verb and what money is spent on: "en 2025 à l'achat de"."""
        return node.tag == "W" and node.norm in self.lexicon.union("for_use", "article")

    def small(self, word: str) -> bool:
        """Whether a word is an article or a preposition."""
        return word in self.sets["article"] or word in self.sets["prepositions"]

    def restates(self, nodes: Sequence[Node], begin: int, end: int) -> bool:
        """Whether the words between two amounts say that the second is the first in other terms."""
        return self.finds("restating", nodes, max(begin, end - 3), end)

    def worth(self, nodes: Sequence[Node], begin: int, end: int) -> bool:
        """Whether the words between goods and an amount say that it is their value."""
        return self.finds("worth", nodes, begin, end) and not any(node.norm in (";", ":") for node in nodes[begin:end])

    def framed(self, nodes: Sequence[Node], floor: int, at: int) -> bool:
        """Whether an amount is the frame that others are taken from: "dans le cadre du mécanisme de"."""
        begin = next((i for i in range(at - 1, max(floor - 1, at - 8), -1) if nodes[i].norm in (",", ";", "(")), floor)
        begin = max(begin, at - 8, 0)
        package = at + 1 < len(nodes) and nodes[at + 1].norm in self.sets["package"]
        if any(node.norm in self.sets["and"] for node in nodes[begin:at]):
            return False
        return self.finds("in_the_frame_of", nodes, begin, at) or (
            package and floor > 0 and self.finds("toward_package", nodes, begin, at)
        )

    def finds(self, name: str, nodes: Sequence[Node], begin: int, end: int) -> bool:
        """Whether a word or phrase of a class stands within a range."""
        phrases = self.words[name]
        openings = phrases.by_first
        for at in range(max(begin, 0), min(end, len(nodes))):
            if nodes[at].norm in openings and 0 < phrase_at(nodes, at, phrases) <= end - at:
                return True
        return False

    # -- category and instrument ---------------------------------------------------------------------------------------

    def category(self, nodes: Sequence[Node]) -> str:
        """The category that some words name; none where they name several: "aide financière et militaire"."""
        openings = self.lexicon.openings(_CATEGORIES)
        places = [at for at, node in enumerate(nodes) if node.tag == "W" and node.norm in openings]
        named = [name for name in _CATEGORIES if any(phrase_at(nodes, at, self.words[name]) for at in places)]
        return named[0] if len(named) == 1 else ""

    def instruments(self, nodes: Sequence[Node], *, money: bool) -> list[str]:
        """The instruments that some words name; a gift of money is a grant, gifts of goods are told by their verb."""
        if self._naming_instruments.isdisjoint([node.norm for node in nodes]):
            return []
        found = [name for name, words in _INSTRUMENTS if money and self._has(words, nodes)]
        if money and "grant" not in found and self._has("gift", nodes):
            found.append("grant")
        found += [name for name, words in _NOMINAL if self._has(words, nodes)]
        if money and "repair" in found:
            found.remove("repair")  # "un prêt de réparation" repairs nothing
        if "guarantee" in found and "loan" in found:
            found.remove("loan")
        if self._has("in_kind", nodes) or (not money and self._has("gift", nodes)):
            found.append("in-kind")
        return found

    def _has(self, name: str, nodes: Sequence[Node]) -> bool:
        return self.finds(name, nodes, 0, len(nodes))
