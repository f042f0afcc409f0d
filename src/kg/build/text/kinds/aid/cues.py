"""Which sentences and clauses may tell of aid at all: what must stand in them, whatever the way of telling."""

from __future__ import annotations

from kg.build.text.clauses import Clause
from kg.build.text.document import Sentence
from kg.build.text.kinds.aid.events import CARRIERS, GIVING, NOMINALS, chain_of, tells_total
from kg.build.text.kinds.common import Cues, Reader

_NOUNS = frozenset({"aid", "donors", "suppliers", "gift", "guarantee"}) | NOMINALS
_VERBS = frozenset({"receive", "thank", "comprise", "guarantee", "bringing", "undergoing"}) | GIVING
_TOLD = Cues(words=_NOUNS, verbs=_VERBS)
"""The nouns and verbs of which each way of telling of aid needs one."""
_BY_NOUN = Cues(words=NOMINALS)
_COUNTED = Cues(words=frozenset({"item"}), tags=frozenset("NMQ"))
_PACKAGE = Cues(words=frozenset({"package"}))


def may_tell(reader: Reader, sentence: Sentence) -> bool:
    """Whether a sentence may tell of aid where nothing was told before: it has a cue, and what may be given."""
    standing = reader.standing[sentence.index]
    counted = standing.has_any(_COUNTED) or standing.has_any(_PACKAGE) or names_goods(reader, sentence)
    if not counted:
        return False
    taken = not standing.norms.isdisjoint(reader.lexicon.sets["taken"])
    return taken or standing.has_any(_TOLD) or tells_total(reader, sentence)


def names_goods(reader: Reader, sentence: Sentence) -> bool:
    """Whether goods that need no number may stand in a sentence: a kind of equipment, or a word for goods."""
    standing = reader.standing[sentence.index]
    named = "Q" in standing.tags or "item" in standing.words
    return named or not standing.norms.isdisjoint(reader.lexicon.sets["item"])


def may_give(reader: Reader, clause: Clause) -> bool:
    """Whether the verb of a clause, an infinitive after it, or a noun of giving with it may tell that aid is given."""
    classes = clause.verb.classes
    if not classes.isdisjoint(GIVING):
        return True
    if not classes.isdisjoint(CARRIERS) and reader.has_any(clause.sentence, _BY_NOUN):
        return True
    return any(not verb.classes.isdisjoint(GIVING) for _, verb in chain_of(reader, clause)[1:])
