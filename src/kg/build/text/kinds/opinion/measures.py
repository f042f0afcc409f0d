"""What a poll measures: words that tell a good opinion from trust, a friend from a foe, a yes to aid from a no."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Opinions, Reader
from kg.build.text.nodes import phrase_at

AID = frozenset({"supports-aid", "opposes-aid"})
NET = "net-perception"
_OPINIONS = {
    "net": NET,
    "unfavourable": "unfavourable",
    "favourable": "favourable",
    "distrust": "",
    "trusted": "trust",
    "responsible": "responsible-for-war",
    "attractive": "attractive",
    "friendly": "friendly",
    "hostile": "hostile",
    "disapproval": "unfavourable",
    "approval": "favourable",
    "negative": "unfavourable",
}
"""Word classes and the measures that they stand for; an empty measure is one that the contract has no name for."""
_OF_AID_TOO = frozenset({"approval", "disapproval"})
"""Word classes that tell what is thought of somebody only where no aid is spoken of."""
_AID_WORDS = {
    "opponents": "opposes-aid",
    "opposes_aid": "opposes-aid",
    "proponents": "supports-aid",
    "supports_aid": "supports-aid",
}
_CUES = (*_OPINIONS, *_AID_WORDS)
_DENIED = {
    "favourable": "unfavourable",
    "unfavourable": "favourable",
    "supports-aid": "opposes-aid",
    "opposes-aid": "supports-aid",
}
"""What a measure becomes under a negation; the others then measure nothing that has a name."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A word or phrase that tells the measure, and the range of nodes it takes."""

    measure: str
    begin: int
    end: int

    @property
    def rank(self) -> tuple[int, int]:
        """A phrase weighs more than a word, aid more than an opinion, and of equals the first."""
        weight = 2 if self.end - self.begin > 1 and self.measure not in AID else 1 if self.measure in AID else 0
        return -weight, self.begin


def measure_in(reader: Reader, sentence: Sentence, begin: int, end: int, carried: str | None = None) -> Cue | None:
    """The measure that a range of nodes tells, if it tells one; ``carried`` is what the figure before was about."""
    found = sorted(_cues(reader, sentence, begin, end, carried), key=lambda cue: cue.rank)
    return _with_polarity(reader, sentence, found[0], begin) if found else None


def nearest(reader: Reader, sentence: Sentence, cue: Cue, at: int, begin: int) -> Cue:
    """Of the words that tell the same measure as a cue, the last before a place: it governs what stands there."""
    same = [other for other in _cues(reader, sentence, begin, at, cue.measure) if other.measure == cue.measure]
    return same[-1] if same else cue


def _cues(reader: Reader, sentence: Sentence, begin: int, end: int, carried: str | None) -> Iterator[Cue]:
    known = reader.known[sentence.index].opinions
    if known is None:
        known = reader.known[sentence.index].opinions = _opinions(reader, sentence)
    if not known:
        return
    topics = reader.places(sentence, "aid_topic")
    net = carried == NET or bool(reader.places(sentence, "net"))
    for at, opinion, of_aid in known:
        if not begin <= at < end:
            continue
        if opinion is not None:
            name, measure, length = opinion
            if not ((topics and name in _OF_AID_TOO) or (name == "negative" and net)):
                yield Cue(measure, at, at + length)
        if of_aid and (aid := _aid_cue(reader, sentence, at, of_aid, carried)):
            yield aid


def _opinions(reader: Reader, sentence: Sentence) -> list[Opinions]:
    """The words of a sentence that may tell an opinion, in order."""
    found: list[Opinions] = []
    names = [name for name in _CUES if name in reader.standing[sentence.index].words]
    for at in sorted(reader.places_of_any(sentence, _CUES)):
        lengths = {name: length for name in names if (length := reader.places(sentence, name).get(at))}
        opinion = next(((name, measure, lengths[name]) for name, measure in _OPINIONS.items() if name in lengths), None)
        of_aid = tuple((measure, lengths[name]) for name, measure in _AID_WORDS.items() if name in lengths)
        found.append((at, opinion, of_aid))
    return found


def _aid_cue(
    reader: Reader, sentence: Sentence, at: int, told: Sequence[tuple[str, int]], carried: str | None
) -> Cue | None:
    """A word of support or refusal, where it is aid that is supported or refused."""
    topics = reader.places(sentence, "aid_topic")
    for measure, length in told:
        about_aid = carried in AID or any(not at <= topic < at + length for topic in topics)
        if about_aid and not _compares(reader, sentence, at + length):
            return Cue(measure, at, at + length)
    return None


def _compares(reader: Reader, sentence: Sentence, after: int) -> bool:
    """Whether a word such as "contre" only sets a second figure against the first."""
    words = sentence.nodes[after - 1].norm
    return (
        words in reader.lexicon.sets["compared"] and after < len(sentence.nodes) and sentence.nodes[after].tag in "CN"
    )


def _with_polarity(reader: Reader, sentence: Sentence, cue: Cue, begin: int) -> Cue:
    """The cue, turned round where the verb that governs it is denied or where it wants aid to end."""
    measure = cue.measure
    if measure == "supports-aid" and _wants_end(reader, sentence, cue):
        measure = "opposes-aid"
    if _denied(sentence, cue, begin):
        measure = _DENIED.get(measure, "")
    return Cue(measure, cue.begin, cue.end)


def _wants_end(reader: Reader, sentence: Sentence, cue: Cue) -> bool:
    """Whether what is supported is an end of aid: "souhaitent l'arrêt des livraisons"."""
    nodes = sentence.nodes
    for at in range(cue.end, min(cue.end + 6, len(nodes))):
        if nodes[at].tag in "CTN" or nodes[at].norm in ",;":
            return False
        if phrase_at(nodes, at, reader.lexicon.words["end_of_aid"]):
            return True
    return False


def _denied(sentence: Sentence, cue: Cue, begin: int) -> bool:
    for at in range(cue.end - 1, begin - 1, -1):
        if verb := sentence.nodes[at].verb:
            return verb.negative
        if sentence.nodes[at].tag in "CT":
            return False
    return False


def says_negative(reader: Reader, sentence: Sentence, begin: int, end: int) -> bool:
    """Whether a net figure written without a sign is called negative."""
    return reader.has(sentence, "negative", begin, end) is not None
