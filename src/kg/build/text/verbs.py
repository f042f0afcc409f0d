"""Finding verb groups: auxiliaries, pronouns and adverbs are folded into one node with tense, voice and polarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon
from kg.build.text.verb_finder import FINITE
from kg.build.text.verbs_english import English
from kg.build.text.verbs_french import French


def find_verbs(nodes: Sequence[Node], lexicon: Lexicon) -> list[Node]:
    """The nodes of a sentence with its verb groups folded."""
    finder = (French if lexicon.lang == "fr" else English)(list(nodes), lexicon)
    return finder.run()


def tie_dependents(nodes: list[Node]) -> list[Node]:
    """Tie each infinitive and gerund to the verb that governs it, and let that verb's refusal or doubt weigh on it."""
    last: int | None = None
    for at, node in enumerate(nodes):
        verb = node.verb
        if verb is None:
            if node.tag == "W" and node.norm in (";", ":", ".", "—"):
                last = None
            continue
        if verb.tense in ("inf", "ger") and last is not None:
            nodes[at] = node._replace(verb=replace(verb, main=last))
        causing = verb.tense == "ger" and "causing" in verb.classes  # "…, prompting Kyiv to sever"
        if causing or verb.tense in FINITE or (verb.tense in ("inf", "pp") and last is None):
            last = at
    return nodes
