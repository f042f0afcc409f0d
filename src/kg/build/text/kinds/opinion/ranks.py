"""The ranks of findings: a list that begins with the first of all goes on with the second and the third."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader, whole
from kg.build.text.kinds.opinion.figures import Segment
from kg.build.text.kinds.opinion.measures import Cue, measure_in
from kg.build.text.nodes import phrase_at


def ranks(reader: Reader, sentence: Sentence, parts: Sequence[Segment]) -> list[int | None]:
    """The rank of each figure, where the text says that the first of them is first, or gives a rank itself."""
    said = [_said(sentence, part) for part in parts]
    begins = said[:1] == [1] and not any(said[1:])  # "au premier rang" opens a list
    if not begins and (any(said) or not parts or not _first(reader, sentence, parts)):
        return said
    found: list[int | None] = []
    for number, part in enumerate(parts, 1):
        if number > 1 and _set_apart(reader, sentence, part):
            break
        found.append(number)
    return found + [None] * (len(parts) - len(found))


def _set_apart(reader: Reader, sentence: Sentence, part: Segment) -> bool:
    """Whether a figure is no longer of the list: set against it, or with a superlative of its own."""
    if _followed(reader, sentence, part):
        return False
    return any(
        reader.has(sentence, name, part.begin, part.at) is not None
        for name in ("compared", "superlative_one", "earlier")
    )


def _said(sentence: Sentence, part: Segment) -> int | None:
    """The rank that an ordinal of the segment gives."""
    places = sentence.tagged("R", part.begin, part.end)
    return whole(sentence.nodes[places[0]]) if places else None


def _first(reader: Reader, sentence: Sentence, parts: Sequence[Segment]) -> bool:
    """Whether a superlative in the singular, or "en tête", puts the first figure first."""
    if reader.has(sentence, "first_place", 0, parts[0].end) is not None:
        return True
    after = reader.has(sentence, "first_place", parts[0].end, parts[1].at if len(parts) > 1 else None)
    if after is not None and not sentence.tagged("SOP", parts[0].end, after):
        return True  # "Germany, at 55%, came top"
    if _superlative(reader, sentence, parts[0].end):
        return True
    plural = reader.has(sentence, "superlative_many", 0, parts[0].end) is not None
    return plural and len(parts) > 1 and _followed(reader, sentence, parts[1])


def _superlative(reader: Reader, sentence: Sentence, end: int) -> bool:
    """Whether a superlative in the singular stands beside a word of the measure: "le pays le plus proche"."""
    at = reader.has(sentence, "superlative_one", 0, end)
    if at is None:
        return False
    length = phrase_at(sentence.nodes, at, reader.lexicon.words["superlative_one"])
    near = (max(at - 4, 0), min(at + length + 4, len(sentence.nodes)))
    plural = reader.document.lang == "en" and sentence.nodes[min(at + length, near[1] - 1)].norm.endswith("s")
    told = (
        reader.has(sentence, "extreme", at, near[1]) is not None
        or measure_in(reader, sentence, *near) is not None
        or reader.has(sentence, "negative", *near) is not None
    )
    # An English superlative of the class holds the word of the measure itself: "friendliest country".
    return (told or reader.document.lang == "en") and not plural


def _followed(reader: Reader, sentence: Sentence, part: Segment) -> bool:
    return reader.has(sentence, "followed_by", part.begin, part.at) is not None


def best(reader: Reader, sentence: Sentence, cue: Cue) -> bool:
    """Whether a superlative in the singular stands right before the word of the measure: "le plus séduisant"."""
    return reader.has(sentence, "superlative_one", max(cue.begin - 3, 0), cue.end) is not None
