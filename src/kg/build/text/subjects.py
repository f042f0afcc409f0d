"""Who does what a verb tells: coordinations of entities, the subject before a verb, the agent after "par" or "by"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kg.build.text.document import Document, Node, Sentence
from kg.build.text.nodes import phrase_at
from kg.build.text.verb_finder import FINITE


def run_ending(sentence: Sentence, at: int) -> tuple[int, ...]:
    """The coordination of entities whose last member stands at a place."""
    found = [at]
    here = at - 1
    while here >= 0:
        node = sentence.nodes[here]
        if node.tag in "SOGPX" and node.form != "a":
            found.append(here)
        elif node.norm not in (",", "et", "and", "la", "le", "les", "l'", "the", "ou", "or", "comme"):
            break
        here -= 1
    return tuple(reversed(found))


def run_starting(document: Document, sentence: Sentence, at: int, *, tags: str = "SOGPX") -> tuple[int, ...]:
    """The coordination of entities whose first member stands at or just after a place."""
    nodes, norms, words = sentence.nodes, sentence.norms, document.lexicon.words
    small = document.lexicon.union("determiners_joint", "title")
    lesser, joining = words["lesser"], words["and"]
    found: list[int] = []
    here = at
    while here < len(nodes):
        norm = norms[here]
        if nodes[here].tag in tags:
            if found and _JOINING.isdisjoint(norms[found[-1] + 1 : here]):
                break
            found.append(here)
            here += _ruler(document, nodes, here + 1)
        elif found and norm in lesser.by_first and (length := phrase_at(nodes, here, lesser)):
            here += length - 1
        elif norm == "(" and found:
            here = next((i for i in range(here, min(here + 9, len(nodes))) if norms[i] == ")"), len(nodes))
        elif norm != "," and norm not in small:
            length = phrase_at(nodes, here, joining)
            if not length:
                break
            here += length - 1
        here += 1
    return tuple(found)


def _ruler(document: Document, nodes: Sequence[Node], at: int) -> int:
    """The length of the ruler told after his state, who is no party of his own: "la Hongrie de Viktor Orbán"."""
    of_state = 0 < at < len(nodes) - 1 and nodes[at - 1].tag == "S" and nodes[at - 1].form == "b"
    return 2 if of_state and nodes[at + 1].tag == "P" and nodes[at].norm in document.words("genitive") else 0


_JOINING = frozenset({",", "et", "and", "ou", "or", "que", "comme", "puis", "mais", "plus", "as"})
"""What stands between two members of one coordination: a comma or a conjunction."""


def subject_of(
    document: Document, sentence: Sentence, begin: int, at: int, aside: frozenset[int] = frozenset()
) -> tuple[int, ...]:
    """The entities before a verb that no preposition governs: the last such coordination; those ``aside`` left out."""
    best: tuple[int, ...] = ()
    here = begin
    sources = document.lexicon.words["attribution"].by_first
    while here < at:
        node = sentence.nodes[here]
        if node.norm in sources and (source := _source_end(document, sentence, here, at)):
            here = source
            continue
        named = node.tag in "SOGPX" and node.form != "a" and here not in aside
        if named and not _says_what(document, sentence, here):
            run = tuple([i for i in run_starting(document, sentence, here) if i < at and i not in aside])
            run = tuple([i for i in run if not _says_what(document, sentence, i)]) or (here,)
            if not _parenthetical(sentence, run[0]) and not (best and _denied(document, sentence, run[0])):
                governed = _governed(document, sentence, run[0]) and not _after_that(document, sentence, run, at)
                best = (_freed(document, sentence, run, at) if governed else run) or best
            here = run[-1] + 1
        else:
            here += 1
    return tuple([i for i in best if sentence.nodes[i].form != "a"])


def _source_end(document: Document, sentence: Sentence, here: int, at: int) -> int:
    """The comma after those to whom a sentence is attributed, who are no subjects of it: "selon le quotidien X, …"."""
    if not phrase_at(sentence.nodes, here, document.lexicon.words["attribution"]):
        return 0
    return next((i for i in range(here, at) if sentence.nodes[i].norm == ","), 0)


def _says_what(document: Document, sentence: Sentence, at: int) -> bool:
    """Whether an entity only says what the one before is: "Spain, a NATO ally, …"."""
    nodes = sentence.nodes
    if at < 2 or at + 1 >= len(nodes) or nodes[at - 1].norm not in document.words("one_article"):
        return False
    noun = nodes[at + 1].tag == "W" and nodes[at + 1].norm.isalpha()
    joined = nodes[at].tag == "O" and nodes[at - 2].norm in document.words("and")  # "and an SCO member"
    return noun and (nodes[at - 2].norm == "," or joined) and nodes[at + 1].norm not in document.words("and")


def _after_that(document: Document, sentence: Sentence, run: tuple[int, ...], at: int) -> bool:
    """Whether "que" before a row only opens the clause whose verb follows: "tandis que le Portugal a cédé"."""
    nodes = sentence.nodes
    here = run[0] - 1
    while here >= 0 and nodes[here].norm in document.words("article"):
        here -= 1
    between = nodes[run[-1] + 1 : at]
    return (
        (nodes[here].norm in document.words("complementizer") or _of_which(document, sentence, here, run[-1]))
        and len(between) <= 2
        and all(node.tag == "W" and node.norm not in document.words("prepositions") for node in between)
    )


def _of_which(document: Document, sentence: Sentence, at: int, last: int) -> bool:
    """Whether "dont" opens a clause whose subject follows: "l'OTSC, dont le Tadjikistan fait partie"."""
    following = sentence.nodes[last + 1].norm if last + 1 < len(sentence.nodes) else ","
    return sentence.nodes[at].norm in document.words("whose") and following != ","


def _freed(document: Document, sentence: Sentence, run: tuple[int, ...], at: int) -> tuple[int, ...]:
    """What follows the comma in a governed row, if the verb comes next: "selon X, les Y ont promis"."""
    after = run[-1] + 1
    gap = [node.norm for node in sentence.nodes[after + _ruler(document, sentence.nodes, after) : at]]
    inserted = len(gap) > 1 and gap[0] == gap[-1] == ","
    if not inserted and any(norm == "," or norm in document.words("prepositions") for norm in gap):
        return ()
    for before, member in pairwise(run):
        if sentence.nodes[before + 1].norm == "," and not _governed(document, sentence, member):
            return tuple(i for i in run if i >= member)
    return ()


def _denied(document: Document, sentence: Sentence, at: int) -> bool:
    """Whether a name is only told to be not meant: "Berlin, not Paris, provided …"."""
    here = at - 1
    while here >= 0 and sentence.nodes[here].norm in document.words("article"):
        here -= 1
    return here >= 0 and sentence.nodes[here].norm in document.words("denying")


def _parenthetical(sentence: Sentence, at: int) -> bool:
    opened = 0
    for node in sentence.nodes[:at] if "(" in sentence.standing else ():
        opened += node.norm == "("
        opened -= node.norm == ")"
    return opened > 0


def _governed(document: Document, sentence: Sentence, at: int) -> bool:
    here = at - 1
    small = document.lexicon.union("article", "possessives")
    while here >= 0 and sentence.norms[here] in small and sentence.norms[here] != "des":
        here -= 1
    if (
        here >= 0
        and sentence.nodes[here].norm == "des"
        and (here == 0 or sentence.nodes[here - 1].norm in (",", ";", "que"))
    ):
        return False  # the plural article that opens a clause, not "de" with an article
    return here >= 0 and sentence.nodes[here].norm in document.words("prepositions")


def _is_subject(nodes: Sequence[Node], at: int) -> bool:
    """Whether a finite verb follows a name directly."""
    verb = nodes[at + 1].verb if at + 1 < len(nodes) else None
    return verb is not None and verb.tense in FINITE


def agent_of(document: Document, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """The entities after ``par`` or ``by`` within a range."""
    nodes = sentence.nodes
    for here in range(begin, end):
        length = phrase_at(nodes, here, document.lexicon.words["by"])
        if not length:
            continue
        run = run_starting(document, sentence, here + length)
        run = tuple(i for i in run if nodes[i].form != "a")
        if len(run) > 1 and _is_subject(nodes, run[-1]):
            run = run[:-1]  # "were sent by Britain, and Belgium promised …"
        if run and run[0] - here - length <= 2:
            return run
    return ()
