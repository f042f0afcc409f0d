"""Coalitions, platforms and partnerships that no table holds: each becomes one node (tag G)."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon
from kg.build.text.nodes import joined


def collectives(nodes: Sequence[Node], text: str, lexicon: Lexicon) -> list[Node]:
    """The nodes with those of "la coalition pour le déminage" or "the drone coalition" merged."""
    kinds = lexicon.union("named_kinds", "grouping_kinds", "formal_kinds")
    named = [node.norm for node in nodes if node.tag == "X"] if lexicon.lang == "en" else ()
    if kinds.isdisjoint([node.norm for node in nodes]) and not any(" " in name for name in named):
        return list(nodes)
    out: list[Node] = []
    at = 0
    while at < len(nodes):
        end = _end(nodes, at, lexicon)
        if end:
            out.append(joined(nodes[at:end], text, tag="G", keys=(), form=""))
            at = end
        else:
            out.append(_retagged(nodes[at], lexicon))
            at += 1
    return out


def _retagged(node: Node, lexicon: Lexicon) -> Node:
    """A proper name that ends in a word for a coalition is one: "Crimea Platform"."""
    return node.replaced(tag="G") if _is_named(node, lexicon) else node


def _is_named(node: Node, lexicon: Lexicon) -> bool:
    named = node.tag == "X" and node.norm.split()[-1] in lexicon.sets["named_kinds"] and " " in node.norm
    return named and lexicon.lang == "en"


def _end(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    if lexicon.lang == "en" and (end := _modified_end(nodes, at, lexicon)):
        return end
    if _is_named(nodes[at], lexicon) and (end := _capitalised_end(nodes, at + 1, lexicon)) > at + 1:
        return end
    return _named_end(nodes, at, lexicon)


_MODIFIERS = 3


def _modified_end(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """The end of a name that ends with the word for its kind: "electronic warfare coalition"; else 0."""
    for end in range(at + 1, min(at + 1 + _MODIFIERS, len(nodes))):
        if nodes[end].norm in lexicon.sets["named_kinds"]:
            further = nodes[at : end - 1]
            own = all(_modifies(node, lexicon) and node.norm not in lexicon.verb_forms for node in further)
            fits = own and _modifies(nodes[end - 1], lexicon)
            return _capitalised_end(nodes, end + 1, lexicon) if fits else 0
    return 0


def _capitalised_end(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """The end of a name that goes on in capitals: "International Coalition for the Return of Ukrainian Children"."""
    end = at
    small = lexicon.union("naming", "article", "and")
    if at >= len(nodes) or not nodes[at - 1].text[:1].isupper():
        return end
    for here in range(at, min(at + 9, len(nodes))):
        if nodes[here].text[:1].isupper() and nodes[here].tag in "XWS":
            end = here + 1
        elif nodes[here].norm not in small:
            break
    return end if end > at and nodes[at].norm in lexicon.sets["naming"] else at


def _modifies(node: Node, lexicon: Lexicon) -> bool:
    """Whether an English word before "coalition" says which one: "the drone coalition", "the F-16 coalition"."""
    plain = node.norm not in lexicon.union("determiners", "and", "between", "vague", "prepositions")
    word = node.tag == "W" and node.norm.replace("-", "").isalpha() and not node.norm.startswith("-")
    return plain and not node.norm.endswith("ly") and (node.tag in "XZQ" or word)


def _named_end(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """The end of a name that begins with the word for its kind: "coalition chars", "coalition pour le déminage"."""
    node = nodes[at]
    formal = node.norm in lexicon.sets["formal_kinds"] and node.text[:1].isupper()
    if at + 1 >= len(nodes):
        return 0
    following = nodes[at + 1]
    if node.norm in lexicon.sets["grouping_kinds"] and following.tag == "X" and lexicon.lang == "fr":
        return at + 2
    if node.norm not in lexicon.sets["named_kinds"] and not formal:
        return 0
    if following.tag in "ZXQ" and not formal:
        return at + 2
    if formal and _is_adjective(following, lexicon):
        end = _with_adjectives(nodes, at + 1, lexicon)
        placed = end + 1 < len(nodes) and nodes[end].norm in ("de", "d'") and nodes[end + 1].tag == "X"
        return end + 2 if placed else end
    if following.norm in lexicon.sets["naming"]:
        return _complement_end(
            nodes, at + 1, lexicon, capital=node.text[:1].isupper() and (at > 0 or formal), formal=formal
        )
    plain = following.tag == "W" and following.norm.isalpha() and following.norm not in lexicon.sets["determiners"]
    topic = following.norm in lexicon.union("item", "military", "coalition_topics")
    return _with_adjectives(nodes, at + 2, lexicon) if plain and topic and not formal else 0


def _complement_end(nodes: Sequence[Node], at: int, lexicon: Lexicon, *, capital: bool, formal: bool) -> int:
    """The end of "pour le déminage", "de Crimée", "de drones", "des États américains"."""
    end = at + 1
    while end < len(nodes) and nodes[end].norm in lexicon.sets["article"]:
        end += 1
    if end >= len(nodes):
        return 0
    node = nodes[end]
    if formal:
        return _formal_end(nodes, end, lexicon) if node.text[:1].isupper() and node.tag in "XSW" else 0
    lower = node.tag == "W" and node.norm.isalpha()
    purpose = lower and nodes[at].norm in ("pour", "for")
    topic = lower and node.norm in lexicon.union("item", "military", "coalition_topics")
    if node.tag == "X" or purpose or topic or (capital and node.tag in "SW" and node.norm.isalpha()):
        after = _with_adjectives(nodes, end + 1, lexicon)
        return _of_whom(nodes, after, lexicon) if purpose else after
    return 0


def _of_whom(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """The end of what a purpose is about: "pour le retour des enfants ukrainiens", "for the return of … children"."""
    if at + 1 >= len(nodes) or nodes[at].norm not in lexicon.sets["genitive"]:
        return at
    here = at + 1
    while here + 1 < len(nodes) and (nodes[here].norm in lexicon.sets["article"] or nodes[here].form == "a"):
        here += 1
    noun = nodes[here].tag == "W" and nodes[here].norm.isalpha() and nodes[here].norm not in lexicon.verb_forms
    return _with_adjectives(nodes, here + 1, lexicon) if noun else at


def _formal_end(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """The end of a capitalised name: "Organisation des États américains"."""
    while at + 1 < len(nodes) and nodes[at + 1].text[:1].isupper() and nodes[at + 1].tag in "WXS":
        at += 1
    return _with_adjectives(nodes, at + 1, lexicon)


def _with_adjectives(nodes: Sequence[Node], at: int, lexicon: Lexicon) -> int:
    """The place after the adjectives that follow a noun: "aériennes", "aérienne et antimissile" keeps the first."""
    while at < len(nodes) and nodes[at].tag in "WSO" and _is_adjective(nodes[at], lexicon):
        at += 1
    return at


def _is_adjective(node: Node, lexicon: Lexicon) -> bool:
    if node.tag in "SO":
        return node.form == "a" and lexicon.lang == "fr"
    ending = node.norm.endswith(tuple(lexicon.sets["adjective_endings"]))
    return (
        lexicon.lang == "fr"
        and (node.norm in lexicon.sets["military"] or ending)
        and node.norm not in lexicon.sets["between"]
    )
