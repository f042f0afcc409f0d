"""What a pattern needs: words, classes and tags without which it can match nothing, read from it itself."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.kinds.standing import Cues

_TAGS = {"A": "SOG", "E": "SOGP", "B": "SOGPX", "H": "PX", "L": "SOG", "K": "SOGPQX"}
"""The placeholders that stand for nodes of several tags."""


def needs_of(source: str) -> tuple[Cues, ...]:
    """What must stand in a sentence for a pattern to match: one of each of the cues given.

    >>> needs = needs_of("{S:a} ( lies | {V.situated} ) ..2 {V.be}? to the?")
    >>> [sorted([*cues.tags, *cues.norms, *cues.verbs]) for cues in needs]
    [['lies', 'situated'], ['to'], ['S']]
    """
    needs, _ = _sequence(source.split(), 0)
    return tuple(sorted(needs, key=_commonness))


def _commonness(cues: Cues) -> int:
    """How often cues stand in a sentence, roughly: what is rare is looked for first."""
    return 3 if cues.tags else 2 if cues.norms else 1 if cues.verbs else 0


def _sequence(elements: Sequence[str], at: int) -> tuple[list[Cues], int]:
    """What the elements from a place on need, to the end of their group; gives also the place that closes it."""
    branches: list[list[Cues]] = [[]]
    while at < len(elements) and not elements[at].startswith(")"):
        if elements[at] == "|":
            branches.append([])
        elif elements[at] == "(":
            inner, at = _sequence(elements, at + 1)
            if at < len(elements) and elements[at] == ")":  # not one that may be left out
                branches[-1] += inner
        elif (cues := _element(elements[at])) is not None:
            branches[-1].append(cues)
        at += 1
    return branches[0] if len(branches) == 1 else _of_any(branches), at


def _of_any(branches: Sequence[Sequence[Cues]]) -> list[Cues]:
    """What alternatives need together: something of each, or nothing where one of them needs nothing."""
    if not all(branches):
        return []
    chosen = [branch[0] for branch in branches]
    return [
        Cues(
            frozenset().union(*[cues.words for cues in chosen]),
            frozenset().union(*[cues.verbs for cues in chosen]),
            frozenset().union(*[cues.tags for cues in chosen]),
            frozenset().union(*[cues.norms for cues in chosen]),
        )
    ]


def _element(element: str) -> Cues | None:
    """What one element needs; nothing for a gap, for an end of the sentence, and for what may be left out."""
    if element in ("^", "$") or element.startswith("..") or element.endswith(("?", "*")):
        return None
    if not element.startswith("{"):
        words = element.split("|")
        return None if any("*" in word or "_" in word for word in words) else Cues(norms=frozenset(words))
    kind = element.removesuffix("+").removeprefix("{").removesuffix("}").partition(":")[0]
    if kind.startswith("w."):
        return Cues(words=frozenset({kind[2:]}))
    if kind.startswith("V"):
        names = kind.removesuffix("~").partition("!")[0].partition(".")[2]
        return Cues(verbs=frozenset(names.split("|"))) if names else Cues(tags=frozenset("V"))
    tag = kind.partition("/")[0]
    return Cues(tags=frozenset(_TAGS.get(tag, tag)))
