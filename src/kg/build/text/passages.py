"""Long texts in passages, so that the cost of a text grows with its length and no faster."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.tokens import sentences, tokenise

_SENTENCES = 8
_CHARACTERS = 4000
_WORDS = 400


def passages(text: str) -> Iterator[tuple[int, str]]:
    """The passages of a text with the character at which each begins.

    A statement, of one to three sentences, is one passage. A longer text is cut after every eighth sentence, or before
    the sentence with which a passage would exceed 4,000 characters; only a sentence longer than that, or than 400 words
    and marks, is cut within.
    What a pronoun takes up is looked for within its passage.
    """
    begin = 0
    for cut in [*_cuts(text), len(text)]:
        while cut - begin > _CHARACTERS:
            end = text.rfind(" ", begin + 1, begin + _CHARACTERS)
            end = end if end > begin else begin + _CHARACTERS
            yield begin, text[begin:end]
            begin = end
        if cut > begin:
            yield begin, text[begin:cut]
        begin = cut


def _cuts(text: str) -> Iterator[int]:
    """The places, each the beginning of a sentence, where a passage ends."""
    tokens = tokenise(text)
    if len(text) <= _CHARACTERS and len(tokens) <= _WORDS and _few_sentences(text):
        return
    begin = count = 0
    for first, last in sentences(tokens):
        start, end = tokens[first].start, tokens[last - 1].end
        if count and (count == _SENTENCES or end - begin > _CHARACTERS or last - first > _WORDS):
            yield start
            begin, count = start, 0
        for within in range(first + _WORDS, last, _WORDS):
            begin = tokens[within].start
            yield begin
        count += 1


def _few_sentences(text: str) -> bool:
    """Whether a text cannot have more sentences than a passage, as it has too few marks that end one."""
    return text.count(".") + text.count("!") + text.count("?") + text.count("…") < _SENTENCES
