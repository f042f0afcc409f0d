"""Finding verb groups: auxiliaries, pronouns and adverbs are folded into one node with tense, voice and polarity."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.document import Node
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


def tie_dependents(nodes: list[Node]) -> list[Node]:
    """Tie each infinitive and gerund to the verb that governs it, and let that verb's refusal or doubt weigh on it."""
    last: int | None = None
    for at in [at for at, node in enumerate(nodes) if node.verb is not None or node.norm in _PARTING]:
        node = nodes[at]
        verb = node.verb
        if verb is None:
            last = None if node.tag == "W" else last
            continue
        if verb.tense in ("inf", "ger") and last is not None:
            nodes[at] = node.replaced(verb=verb.governed_by(last))
        causing = verb.tense == "ger" and "causing" in verb.classes  # "…, prompting Kyiv to sever"
        if causing or verb.tense in FINITE or (verb.tense in ("inf", "pp") and last is None):
            last = at
    return nodes
