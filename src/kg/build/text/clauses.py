"""Clauses: which part of a sentence belongs to which finite verb, with its subject and its agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.build.text.document import Document, Node, Sentence, Verb
from kg.build.text.subjects import agent_of, run_ending, subject_of
from kg.build.text.verb_finder import FINITE

_STRONG = frozenset({";", ":", "—", "–", "?", "!"})
_ENDING = _STRONG - {":"}
_DASHES = frozenset({"—", "–"})


@dataclass(slots=True, eq=False)
class Clause:
    """A range of nodes around one finite verb, with the nodes of its subject and, in the passive, of its agent.

    It is never changed, and not frozen only as it is made faster so.
    """

    sentence: Sentence
    begin: int
    end: int
    at: int
    subject: tuple[int, ...]
    agent: tuple[int, ...]
    relative: bool = False
    verb: Verb = field(init=False)
    """The finite verb."""

    def __post_init__(self) -> None:
        """Keep the verb, which is asked for many times."""
        verb = self.sentence.nodes[self.at].verb
        assert verb is not None  # `at` is the place of a verb
        self.verb = verb

    def nodes(self, indices: Sequence[int]) -> tuple[Node, ...]:
        """The nodes at some places."""
        return tuple(self.sentence.nodes[at] for at in indices)

    def chain(self) -> list[tuple[int, Verb]]:
        """The verb and the infinitives that depend on it: "s'est engagé à verser"."""
        found = [(self.at, self.verb)]
        found += [
            (at, verb)
            for at, verb in self.sentence.verbs()
            if verb.tense == "inf" and verb.main == self.at and self.at < at < self.end
        ]
        return found


def clauses_of(document: Document, sentence: Sentence) -> tuple[Clause, ...]:
    """The clauses of a sentence in order; a clause without a subject of its own takes the one before it."""
    inserted = [range(*span) for span in insertions(document, sentence)]
    aside = frozenset().union(*inserted)
    verbs = [(at, verb) for at, verb in sentence.verbs() if verb.tense in FINITE and at not in aside]
    clauses: list[Clause] = []
    begin, carried = 0, tuple[int, ...]()
    for number, (at, verb) in enumerate(verbs):
        following = verbs[number + 1][0] if number + 1 < len(verbs) else len(sentence.nodes)
        end = _boundary(document, sentence, at, following) if number + 1 < len(verbs) else _strong_end(sentence, at)
        begin = _strong_begin(sentence, begin, at)
        relative = _is_relative(document, sentence, begin, at)
        if relative:
            sole = _sole_one(document, sentence, clauses[-1], begin) if clauses else ()
            subject = sole or _antecedent(document, sentence, begin, at)
        else:
            subject = subject_of(document, sentence, begin, at, aside)
        if not subject and clauses and not relative and _continues(sentence, begin, at):
            subject = carried
        carried = _outer_subject(document, sentence, begin, subject, aside) or subject
        agent = agent_of(document, sentence, at + 1, end) if verb.passive else ()
        clauses.append(Clause(sentence, begin, end, at, subject, agent, relative))
        begin = end
    return tuple(clauses)


def _sole_one(document: Document, sentence: Sentence, before: Clause, begin: int) -> tuple[int, ...]:
    """Who "is the only state that" does something: the subject of the clause before, whose noun this one goes on."""
    sole = document.words("sole")
    named = "be" in before.verb.classes and not before.verb.negative and before.end <= begin
    return before.subject if named and any(node.norm in sole for node in sentence.nodes[before.at : begin]) else ()


def _outer_subject(
    document: Document, sentence: Sentence, begin: int, subject: Sequence[int], aside: frozenset[int]
) -> tuple[int, ...]:
    """The subject in front of a clause with "dont" or ", which Y leads,", which the next clause goes on with."""
    if not subject:
        return ()
    norms, objects, possessive = sentence.norms, document.words("object_relatives"), document.words("whose")
    whose = [
        i
        for i in range(begin, subject[0])
        if norms[i] in possessive or (i and norms[i] in objects and norms[i - 1] == ",")
    ]
    return subject_of(document, sentence, begin, whose[-1], aside) if whose else ()


def insertions(document: Document, sentence: Sentence) -> list[tuple[int, int]]:
    """The ranges of sayings between commas in front of the verb that they interrupt: "X, Y reckons, may support Z"."""
    nodes = sentence.nodes
    found: list[tuple[int, int]] = []
    for at, verb in sentence.verbs():
        if "say" not in verb.classes or verb.negative or verb.passive or verb.tense not in ("pres", "past", "perf"):
            continue
        begin = _mark_before(document, sentence, at)
        end = next(
            (i for i in range(at + 1, min(at + _ASIDE, len(nodes))) if nodes[i].norm == "," or nodes[i].verb), at
        )
        if begin is None or nodes[end].norm != "," or not _resumes(document, sentence, end, opens=begin == 0):
            continue
        inside = [node for node in nodes[begin:end] if node.tag in "SOPX" and node.form != "a"]
        if inside and not any(node.norm in document.words("complementizer") for node in nodes[at:end]):
            found.append((begin, end))
    return found


_ASIDE = 8
"""How many nodes an inserted saying may have on each side of its verb."""


def _mark_before(document: Document, sentence: Sentence, at: int) -> int | None:
    """The comma that opens an insertion, or the beginning of a sentence that opens with "as" or "comme"."""
    nodes = sentence.nodes
    for here in range(at - 1, max(at - _ASIDE, -1), -1):
        if nodes[here].verb:
            return None
        if nodes[here].norm == ",":
            return here
    return 0 if at < _ASIDE and nodes[0].norm in document.words("as_says") else None


def _resumes(document: Document, sentence: Sentence, comma: int, *, opens: bool) -> bool:
    """Whether the clause that a saying interrupts goes on after its comma, its subject being named before."""
    nodes = sentence.nodes
    following = next((i for i in range(comma + 1, min(comma + 5, len(nodes))) if nodes[i].verb), None)
    if opens:
        return True
    names = [node for node in nodes[comma + 1 : following] if node.tag in "SOPX" and node.form != "a"]
    return following is not None and not names and nodes[comma + 1].norm not in document.words("and")


def _continues(sentence: Sentence, begin: int, at: int) -> bool:
    """Whether a clause without an entity for a subject goes on with the last one: "…, a versé", "et a promis"."""
    between = [node for node in sentence.nodes[begin:at] if node.tag == "W" and node.norm.isalpha()]
    return len(between) <= 3


def _strong_end(sentence: Sentence, at: int) -> int:
    norms = sentence.norms
    if _ENDING.isdisjoint(sentence.standing):
        return len(norms)
    return next((i for i in range(at + 1, len(norms)) if norms[i] in _ENDING), len(norms))


def _strong_begin(sentence: Sentence, begin: int, at: int) -> int:
    if _STRONG.isdisjoint(sentence.standing):
        return begin
    nodes = sentence.nodes
    last = at - 1
    if last > begin and nodes[last].norm in _DASHES:  # "a package – missiles and guns – was delivered"
        pair = (i for i in range(last - 1, begin, -1) if nodes[i].norm == nodes[last].norm)
        last = next(pair, last + 1) - 1
    return next((i + 1 for i in range(last, begin - 1, -1) if nodes[i].norm in _STRONG), begin)


def _boundary(document: Document, sentence: Sentence, at: int, following: int) -> int:
    """Where the clause of the next finite verb begins."""
    nodes = sentence.nodes
    if partitive := _partitive(document, sentence, at, following):
        return partitive
    if _inserted_saying(document, sentence, following):
        return following
    if reported := _reported(document, sentence, at, following):
        return reported
    if nodes[following - 1].norm in document.words("and") and _has_object(sentence, at, following - 1):
        return following - 1  # "expelled the ambassador and closed …": the object is no subject of what follows
    if joint := _joint(document, sentence, at, following):
        return joint
    breaks = document.lexicon.union("clause_breaks", "anaphora_relative_subject")
    for here in range(following - 1, at, -1):
        if nodes[here].norm in _STRONG or nodes[here].norm in breaks:
            return here
    here = _before_insertion(sentence, at, following) - 1
    while here > at and _in_subject(document, nodes[here]):
        here -= 1
    if here == at and (mark := _after_object(document, sentence, at, following)):
        return mark
    return _past_object(document, sentence, at, here, following)


def _joint(document: Document, sentence: Sentence, at: int, following: int) -> int:
    """Where ", and" opens a clause whose subject is a phrase around an adjective: "…, and Czech aid was allocated"."""
    nodes = sentence.nodes
    verb = nodes[following].verb
    comma = next((i for i in range(following - 3, at + 1, -1) if nodes[i].norm == ","), None)
    if comma is None or verb is None or not verb.passive or nodes[comma + 1].norm not in document.words("and"):
        return 0
    subject = nodes[comma + 2 : following]
    return comma if any(node.form == "a" for node in subject) and not any(node.verb for node in subject) else 0


def _has_object(sentence: Sentence, at: int, end: int) -> bool:
    """Whether an active verb has an entity for its object, with no comma or other verb before the end."""
    verb, between = sentence.nodes[at].verb, sentence.nodes[at + 1 : end]
    active = verb is not None and not verb.passive
    plain = not any(node.norm == "," or node.verb for node in between)
    return active and plain and any(node.is_entity for node in between)


def _after_object(document: Document, sentence: Sentence, at: int, following: int) -> int:
    """Where the next clause begins if nothing but names stands between two verbs, the first of them an object; else 0.

    "X backs A and B, C opposes …" is parted at the last comma, "X backs A and condemns B" at the conjunction.
    """
    nodes = sentence.nodes
    if nodes[following - 1].norm in document.words("and") and following - at > 2:
        return following - 1
    verb = nodes[at].verb
    places = [i for i in range(at + 2, following) if nodes[i].norm == "," and nodes[at + 1].norm != ","]
    return places[-1] if places and verb is not None and not verb.passive else 0


def _past_object(document: Document, sentence: Sentence, at: int, here: int, following: int) -> int:
    """The place after governed entities that a comma or "and" parts from the next subject: "close to X, Y is …"."""
    nodes = sentence.nodes
    start = here + 1
    governed = nodes[here].norm in document.words("prepositions") and here > at
    commas = [i for i in range(start + 1, following - 1) if nodes[i].norm == ","] if governed else []
    if commas:
        return commas[-1]
    joined = start + 2 == following and nodes[start].tag in "SOGP" and nodes[start + 1].norm in document.words("and")
    return start + 1 if governed and joined else start


def _reported(document: Document, sentence: Sentence, at: int, following: int) -> int:
    """Where "que 1,3 milliard" begins after a verb of saying, if the next verb follows the figure; else 0."""
    verb = sentence.nodes[at].verb
    that = next((i for i in range(at + 1, following) if sentence.nodes[i].norm in document.words("complementizer")), 0)
    figure = that and all(node.tag in "NMQ" for node in sentence.nodes[that + 1 : following])
    return that if figure and verb is not None and verb.classes & {"say", "pledge"} else 0


def _inserted_saying(document: Document, sentence: Sentence, at: int) -> bool:
    """Whether a verb of saying with its subject after it only closes what it reports: "…, indique l'institut"."""
    nodes = sentence.nodes
    verb = nodes[at].verb
    if verb is None or "say" not in verb.classes or nodes[at - 1].norm not in (",", "»", "”"):
        return False
    if "supporting" in verb.classes and nodes[at - 1].norm == ",":
        return False  # "la Hongrie, au contraire, soutient l'Ukraine"
    here = at + 1
    while here < len(nodes) and nodes[here].norm in document.words("article"):
        here += 1
    return here < len(nodes) and nodes[here].tag in "SOGPX" and nodes[here].form != "a"


def _partitive(document: Document, sentence: Sentence, at: int, following: int) -> int:
    """Where "dont six" or "six of which" begins directly before a verb, or 0."""
    begin = following
    while begin - 1 > at and (
        sentence.nodes[begin - 1].tag in "NMQ" or sentence.nodes[begin - 1].norm in document.words("partitive")
    ):
        begin -= 1
    inner = sentence.nodes[begin:following]
    return begin if any(node.tag in "NM" for node in inner) and any(node.tag == "W" for node in inner) else 0


def _before_insertion(sentence: Sentence, at: int, following: int) -> int:
    """Where commas around a participle or "au contraire" open directly before a verb, else the verb's own place."""
    nodes = sentence.nodes
    if nodes[following - 1].norm != ",":
        return following
    opening = next((i for i in range(following - 2, at, -1) if nodes[i].norm == ","), None)
    inserted = nodes[opening + 1 : following] if opening else ()
    named = opening is not None and opening - 1 > at and sentence.nodes[opening - 1].is_entity
    adverbial = named and len(inserted) <= 4 and all(node.tag == "W" and node.norm.isalpha() for node in inserted)
    return opening if opening and (adverbial or any(node.verb for node in inserted[:2])) else following


def _in_subject(document: Document, node: Node) -> bool:
    if node.tag in "SOGPX":
        return True
    if node.tag != "W":
        return False
    small = document.lexicon.union("article", "and", "between")
    return node.norm in small or node.norm in (",", "(", ")", "elle", "lui", "tous", "deux", "both", "de", "du")


def _is_relative(document: Document, sentence: Sentence, begin: int, at: int) -> bool:
    relatives, pronouns = document.words("anaphora_relative_subject"), document.words("subject_pronouns")
    norms, tags = sentence.norms, sentence.tags
    here = at - 1
    while here >= begin and tags[here] in "WD" and norms[here] not in relatives:
        if norms[here] in pronouns:
            return False
        here -= 1
    if here > begin and sentence.nodes[here].norm in document.words("complementizer") and sentence.nodes[here - 1].verb:
        return False  # "insists that it is …" reports, it does not relate
    return here >= begin and sentence.nodes[here].norm in relatives and at - here <= 4


def _antecedent(document: Document, sentence: Sentence, begin: int, at: int) -> tuple[int, ...]:
    """The entities directly before "qui" or "which"."""
    here = begin - 1 if sentence.nodes[begin].norm.isalpha() else begin
    for place in range(at - 1, -1, -1):
        if sentence.nodes[place].norm in (
            "qui",
            "lequel",
            "laquelle",
            "lesquels",
            "lesquelles",
            "which",
            "who",
            "that",
        ):
            here = place - 1
            break
    while here >= 0 and sentence.nodes[here].norm in (",", ")", "(", "of", "neither", "none", "both", "all"):
        here -= 1
    here = _before_denied(sentence, here)
    if here >= 0 and sentence.nodes[here].tag in "SOGPX" and sentence.nodes[here].form != "a":
        run = run_ending(sentence, here)
        of_all = at > 1 and sentence.nodes[at - 2].norm in document.words("genitive")
        return run if of_all or _of_several(document, sentence, run, at) else run[-1:]
    return ()


def _of_several(document: Document, sentence: Sentence, run: Sequence[int], at: int) -> bool:
    """Whether a relative clause goes with a whole coordination: by the verb's number, or beside a subject in front."""
    node = sentence.nodes[at]
    first = document.text[node.start : node.end].split()[0].lower()
    if first.endswith(tuple(document.words("plural_endings"))) or document.lang == "fr":
        return first.endswith(tuple(document.words("plural_endings")))
    in_front = run[0] <= 1 and sentence.nodes[run[-1] + 1].norm == ","
    return in_front and not first.endswith("s")


def _before_denied(sentence: Sentence, at: int) -> int:
    """The place before ", et non Y" or ", not Y" that ends at a place: "it was X, not Y, that gave"; else the place."""
    nodes = sentence.nodes
    comma = next((i for i in range(at - 1, max(at - 6, 0), -1) if nodes[i].norm == ","), 0)
    denied = comma and any(node.norm in ("non", "pas", "not") for node in nodes[comma + 1 : at])
    return comma - 1 if denied else at
