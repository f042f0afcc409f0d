"""Finding verb groups: auxiliaries, pronouns and adverbs are folded into one node with tense, voice and polarity."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Node, Sentence
from kg.build.text.lexicon import Lexicon
from kg.build.text.verb_finder import FINITE
from kg.build.text.verbs_english import English
from kg.build.text.verbs_french import French


def find_verbs(nodes: Sequence[Node], lexicon: Lexicon) -> list[Node]:
    """The nodes of a sentence with its verb groups folded."""
    finder = (French if lexicon.lang == "fr" else English)(list(nodes), lexicon)
    return finder.run()


_PARTING = frozenset({";", ":", ".", "—"})
"""The marks over which no verb governs another."""


def tie_dependents(sentence: Sentence) -> None:
    """Tie each infinitive and gerund to the verb that governs it, so that its refusal or doubt weighs on them."""
    last: int | None = None
    for at, verb in sentence.verbs():
        if last is not None and not _PARTING.isdisjoint(sentence.norms[last + 1 : at]):
            last = None
        if verb.tense in ("inf", "ger"):
            verb.main = last
        causing = verb.tense == "ger" and "causing" in verb.classes  # "…, prompting Kyiv to sever"
        if causing or verb.tense in FINITE or (verb.tense in ("inf", "pp") and last is None):
            last = at
