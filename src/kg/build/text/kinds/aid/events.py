"""What happens to aid: the verb that gives, promises or finances it, the status that it means, and who gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.build.text.clauses import Clause
from kg.build.text.document import Node, Sentence, Verb
from kg.build.text.kinds.common import UKRAINE, Reader, values
from kg.build.text.nodes import phrase_at
from kg.build.text.subjects import agent_of

RANK = ("pledged", "committed", "allocated", "financed", "delivered")
"""The statuses in the order in which aid passes through them."""

_STATUS_OF_CLASS = (
    ("engage", "committed"), ("pledge", "pledged"), ("commit", "committed"), ("allocate", "allocated"),
    ("finance", "financed"),
    ("lend", "delivered"), ("train", "delivered"), ("donate", "delivered"), ("deliver", "delivered"),
    ("repair", "delivered"), ("arrive", "delivered"),
)  # fmt: skip
_NOMINALS = (
    ("nominal_pledge", "pledged"), ("nominal_commit", "committed"), ("nominal_allocate", "allocated"),
    ("nominal_deliver", "delivered"), ("nominal_finance", "financed"), ("nominal_purchase", "financed"),
    ("nominal_train", "delivered"), ("nominal_repair", "delivered"),
)  # fmt: skip
_TOTALS = (
    ("total_pledge", "pledged"), ("total_commit", "committed"), ("total_allocate", "allocated"),
    ("total_deliver", "delivered"),
)  # fmt: skip
_PAIRS = {"—": "—", "–": "–", ")": "("}
_SETTLED = frozenset({"finance", "deliver", "train", "donate", "lend", "allocate", "repair"})
CARRIERS = frozenset({"do", "complete", "say", "count", "found", "host", "conduct", "light"})
"""Classes of verbs that tell of giving together with a noun for it: "a fait don de", "announced a donation of"."""


@dataclass(slots=True)
class Event:
    """That somebody gives something: the verb's place, its status, the donors' nodes, and what the verb itself says."""

    at: int
    status: str
    donors: tuple[Node, ...]
    classes: frozenset[str] = frozenset()
    passive: bool = False
    recipient: str = ""
    governor: int | None = None
    hedged: bool = False
    date: str = ""


@lru_cache(maxsize=1024)
def status_of(classes: frozenset[str]) -> str:
    """The status that a verb of some classes means, if any."""
    return next((status for name, status in _STATUS_OF_CLASS if name in classes), "")


_TURNS = (
    ("phrasal_deliver", "phrasal_particles", "delivered"), ("phrasal_pledge", "phrasal_particles", "pledged"),
    ("dispose", "disposal", "delivered"), ("bears", "at_cost", "financed"),
    ("establish", "credit_line", "allocated"), ("parting", "parting_with", "delivered"),
    ("tabling", "on_the_table", "pledged"),
)  # fmt: skip


_TURNING = frozenset([name for name, _, _ in _TURNS])
GIVING = frozenset([name for name, _ in _STATUS_OF_CLASS] + [name for name, _, _ in _TURNS] + ["reach", "follow"])
"""Classes of verbs that may tell of giving by themselves."""
NOMINALS = frozenset([name for name, _ in _NOMINALS])
"""Classes of nouns for giving."""


def turn_status(reader: Reader, clause: Clause) -> str:
    """The status that a verb means with a particle or turn after it: "turn over", "mettre à disposition"."""
    if clause.verb.classes.isdisjoint(_TURNING):
        return ""
    following = clause.sentence.nodes[clause.at + 1 : clause.at + 2]
    particle = any(node.text.lower().split()[0] in reader.lexicon.sets["phrasal_particles"] for node in following)
    for name, words, status in _TURNS:
        if name not in clause.verb.classes or (name == "parting" and not _parts_with(reader, clause)):
            continue
        told = particle if words == "phrasal_particles" else None
        if told or (told is None and reader.has(clause.sentence, words, clause.at + 1, clause.end) is not None):
            return status
    return ""


def _parts_with(reader: Reader, clause: Clause) -> bool:
    """Whether somebody parts with something: "parted with", "s'est séparé de", not "sépare la Pologne de …"."""
    following = clause.sentence.nodes[clause.at + 1 : clause.at + 2]
    led = any(node.norm in reader.lexicon.union("parting_with", "possessives") for node in following)
    return led and (clause.verb.reflexive or reader.lexicon.lang == "en")


def total_status(reader: Reader, sentence: Sentence, begin: int, end: int) -> str:
    """The status in "total des engagements", "pledges", "aide allouée"."""
    if not tells_total(reader, sentence):
        return ""
    return next((status for name, status in _TOTALS if _within(reader, sentence, name, begin, end)), "")


def nominal_status(reader: Reader, sentence: Sentence, begin: int, end: int) -> str:
    """The status of the first noun of giving within a range: "la livraison de", "le financement de"."""
    if reader.standing[sentence.index].words.isdisjoint(NOMINALS):
        return ""
    found = [(at, status) for name, status in _NOMINALS if (at := reader.has(sentence, name, begin, end)) is not None]
    return min(found)[1] if found else ""


def told_by_noun(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[str, frozenset[str]]:
    """The status and the classes of the verb that a noun of giving stands for: "donations by Poland"."""
    status = total_status(reader, sentence, begin, end) or nominal_status(reader, sentence, begin, end)
    if reader.has(sentence, "nominal_train", begin, end) is not None:
        return status, frozenset({"train"})
    if reader.has(sentence, "gift", begin, end) is not None:
        return "delivered", frozenset({"donate"})
    return status, frozenset()


def tells_total(reader: Reader, sentence: Sentence) -> bool:
    """Whether a sentence has a word for a total of aid, also one that was read as a verb: "pledges"."""
    words = reader.lexicon.union(*_TOTAL_NAMES)
    if not words.isdisjoint(reader.standing[sentence.index].norms):
        return True
    text, nodes = reader.document.text, sentence.nodes
    return any(text[nodes[at].start : nodes[at].end].lower() in words for at, _ in sentence.verbs())


_TOTAL_NAMES = tuple(name for name, _ in _TOTALS)


def _within(reader: Reader, sentence: Sentence, name: str, begin: int, end: int) -> bool:
    phrases = reader.lexicon.sets[name]
    return any(
        node.norm in phrases or (node.verb and reader.document.text[node.start : node.end].lower() in phrases)
        for node in sentence.nodes[begin:end]
    )


def clause_status(reader: Reader, clause: Clause, first: int, *, followed: str = "") -> tuple[str, frozenset[str]]:
    """The status that a clause's verb, the infinitive after it and the noun of giving before ``first`` add up to.

    Nothing where the giving is denied, refused, asked for or only allowed. A verb such as "followed" has the status
    ``followed``, that of what it goes on with.
    """
    chain = chain_of(reader, clause)
    main = chain[0][1]
    classes = frozenset().union(*(verb.classes for _, verb in chain))
    nodes = clause.sentence.nodes
    own = [at for at in clause.subject if at >= clause.begin and nodes[at + 1].norm != "'s"]
    subject = [nodes[at] for at in own if nodes[at].form != "p"]
    arrives = "arrive" in main.classes and any(node.is_party for node in subject)
    if (
        any(verb.negative for _, verb in chain)
        or arrives
        or _lets_others(reader, clause, first)
        or reader.has(clause.sentence, "end_to", last_of(chain) + 1, first) is not None
        or _not_done(reader, clause, main)
    ):
        return "", classes
    last = chain[-1][0]
    figure = next(iter(clause.sentence.tagged("C", last + 1, first)), first)
    nominal = nominal_status(reader, clause.sentence, last + 1, figure)
    if nominal and reader.has(clause.sentence, "nominal_train", last + 1, first) is not None:
        classes |= {"train"}
    status = _chain_status(reader, clause, chain, nominal)
    return followed if status == _FOLLOWED else status, classes


_FOLLOWED = "followed"
"""What a verb tells that goes on with what was told before; no status of its own."""


def last_of(chain: Sequence[tuple[int, Verb]]) -> int:
    """The place of the last verb of a chain."""
    return chain[-1][0]


def chain_of(reader: Reader, clause: Clause) -> list[tuple[int, Verb]]:
    """The verb of a clause with the infinitives directly after it: "s'est engagé à verser", not "… pour aider"."""
    known = reader.known[clause.sentence.index].chains
    found = known.get(clause.at)
    if found is None:
        found = known[clause.at] = _chain_of(reader, clause)
    return found


def _chain_of(reader: Reader, clause: Clause) -> list[tuple[int, Verb]]:
    purpose = reader.lexicon.sets["purpose"]
    chain: list[tuple[int, Verb]] = []
    for at, verb in clause.chain():
        between = clause.sentence.nodes[chain[-1][0] + 1 : at] if chain else ()
        first = any(node.tag == "R" for node in between) and bool(chain) and "be" in chain[0][1].classes
        small = [node for node in between if node.tag not in "RD"]
        if len(small) > 3 + first or any(node.tag != "W" or node.norm in purpose for node in small):
            break
        chain.append((at, verb))
    return chain


def _not_done(reader: Reader, clause: Clause, main: Verb) -> bool:
    gives = status_of(main.classes)
    if main.classes & {"modal", "refuse", "authorise"} and not gives:
        return True
    before = [node.norm for node in clause.sentence.nodes[clause.begin : clause.at]]
    if any(word in reader.lexicon.sets["none_of"] for word in before):
        return True
    opening = [node.norm for node in clause.sentence.nodes[max(clause.begin - 1, 0) : clause.begin]] + before[:2]
    return any(
        word in reader.lexicon.sets["conditional_clause"] for word in [*opening, _before_subject(reader, clause)]
    )


def _before_subject(reader: Reader, clause: Clause) -> str:
    """The word before the subject of a clause and its article: "on ignore si la France livrera …"."""
    here = (clause.subject[0] if clause.subject else clause.at) - 1
    while here > clause.begin and clause.sentence.nodes[here].norm in reader.lexicon.sets["article"]:
        here -= 1
    return clause.sentence.nodes[here].norm if here >= clause.begin else ""


def unreal(reader: Reader, clause: Clause) -> bool:
    """Whether a clause is only a purpose, a condition or what is yet to come: "pour que Paris porte …", "so that …"."""
    first = max(clause.begin - 3, 0)
    last = clause.subject[0] if clause.subject and clause.subject[0] > clause.begin else clause.at
    return reader.has(clause.sentence, "irrealis", first, min(last, clause.at)) is not None


def _lets_others(reader: Reader, clause: Clause, first: int) -> bool:
    """Whether a verb only allows somebody to do what is no giving: "authorised Ukraine to fire ATACMS missiles"."""
    if not clause.verb.classes & {"authorise", "allow"}:
        return False
    nodes, small = clause.sentence.nodes, reader.lexicon.union("article", "prepositions")
    for at in range(clause.at + 1, first - 1):
        following = nodes[at + 1]
        if nodes[at].norm not in reader.lexicon.sets["of_infinitive"]:
            continue
        if following.verb is not None and following.verb.tense == "inf":
            return not status_of(following.verb.classes)
        if following.tag == "W" and following.norm.isalpha() and following.norm not in small:
            return reader.lexicon.lang == "en"
    return False


def _chain_status(reader: Reader, clause: Clause, chain: Sequence[tuple[int, Verb]], nominal: str) -> str:
    main = chain[0][1]
    status = turn_status(reader, clause) or _own_status(reader, clause) or ("delivered" if reaches(clause) else "")
    promised = main.tense == "fut" or (main.tense == "cond" and (not main.doubtful or announcing(reader, clause)))
    if len(chain) > 1:
        inner = _with_infinitive(reader, clause, chain, status)
        return "pledged" if promised and inner == "delivered" and main.classes & {"do", "complete"} else inner
    if promised and (status == "delivered" or (status and main.classes & _SETTLED)):
        return "pledged"
    if "follow" in main.classes and not status and not main.passive:
        return _FOLLOWED
    if nominal and main.classes & CARRIERS and (not status or ("light" in main.classes and nominal == "committed")):
        return "pledged" if promised else nominal
    return status


def _own_status(reader: Reader, clause: Clause) -> str:
    """The status that a verb means by itself; to commit oneself to something only promises it."""
    verb = clause.verb
    following = clause.sentence.nodes[clause.at + 1 : clause.at + 4]
    oneself = any(node.norm in reader.lexicon.union("of_infinitive", "itself") for node in following[:1])
    oneself = verb.reflexive or (oneself and not any(node.keys[:1] == (UKRAINE,) for node in following))
    return "pledged" if "engage" in verb.classes and oneself else status_of(verb.classes)


def announcing(reader: Reader, clause: Clause) -> Clause | None:
    """The clause in which a donor announces what the next one tells as to come: "a annoncé qu'elle livrerait"."""
    nodes = clause.sentence.nodes
    before = [other for other in reader.clauses[clause.sentence.index] if other.at < clause.at]
    if not before or clause.verb.tense != "cond":
        return None
    that = any(node.norm in reader.lexicon.sets["complementizer"] for node in nodes[before[-1].at + 1 : clause.at])
    first = reader.document.text[nodes[clause.at].start : nodes[clause.at].end].split()[0].lower()
    compound = first in reader.lexicon.union("have_conditional", "be_conditional")
    own = values(clause.nodes(clause.subject)) == values(before[-1].nodes(before[-1].subject))
    unsaid = clause.verb.passive and not clause.agent
    return before[-1] if that and (own or unsaid) and (unsaid or not compound) else None


def _with_infinitive(reader: Reader, clause: Clause, chain: Sequence[tuple[int, Verb]], status: str) -> str:
    main = chain[0][1]
    at, last = next(((at, verb) for at, verb in chain[1:] if status_of(verb.classes)), chain[-1])
    inner = status_of(last.classes)
    node = clause.sentence.nodes[at]
    done = reader.document.text[node.start : node.end].split()[0].lower() in reader.lexicon.sets["have"]
    if done and inner and main.classes & {"say", "pledge"}:
        return inner
    if inner and reader.has(clause.sentence, "ready", chain[0][0] + 1, at) is not None:
        return "pledged"
    still_due = main.passive or "be" in main.classes
    if inner and still_due and reader.has(clause.sentence, "due_to", chain[0][0], at) is not None:
        return "pledged"
    own = nominal_status(reader, clause.sentence, chain[0][0] + 1, at)
    if own and not status and main.classes & CARRIERS:
        return own
    if status or not inner:
        return status
    if main.classes & {"allow"}:
        return "committed"
    if main.classes & {"intends"}:
        return "pledged"
    return inner if main.classes & {"complete", "do", "say", "be"} else ""


def donors_of(clause: Clause) -> tuple[Node, ...]:
    """The nodes of a clause's donors: the subject, or in the passive the agent."""
    nodes = clause.nodes(clause.agent if undergone(clause) else clause.subject)
    parties = tuple(node for node in nodes if node.is_party)
    parties = parties or _office_holder(clause) or _between_dashes(clause) or _after_colon(clause)
    return parties or tuple(node for node in nodes if node.tag == "X")


def _office_holder(clause: Clause) -> tuple[Node, ...]:
    """The state whose office a person is named with: "le ministre allemand de la Défense, Boris Pistorius"."""
    places = clause.agent if undergone(clause) else clause.subject
    nodes = clause.sentence.nodes
    for at in places:
        before = [node for node in nodes[max(at - 6, 0) : at] if node.form == "f"]
        if nodes[at].tag in "PX" and before:
            return (before[-1],)
    return ()


def _between_dashes(clause: Clause) -> tuple[Node, ...]:
    """The donors that dashes or brackets before the verb name: "trois pays — la Pologne, … — ont fourni"."""
    nodes = clause.sentence.nodes
    close = clause.at - 1
    if undergone(clause) or close < 1 or nodes[close].norm not in _PAIRS:
        return ()
    opening = next((i for i in range(close - 1, -1, -1) if nodes[i].norm == _PAIRS[nodes[close].norm]), close)
    return tuple(node for node in nodes[opening:close] if node.is_party and node.form != "a")


def _after_colon(clause: Clause) -> tuple[Node, ...]:
    """The donors that a colon names after a subject that only counts them: "three countries have …: A, B and C"."""
    nodes = clause.sentence.nodes
    colon = next((i for i in clause.sentence.standing_at(":") if i > clause.at), None)
    counted = colon and any(node.tag == "N" for node in nodes[clause.begin : clause.at])
    rest = nodes[colon + 1 :] if colon and counted and not undergone(clause) else ()
    if any(node.tag in "NMVDQ" for node in rest):
        return ()
    return tuple(node for node in rest if node.is_party and node.form != "a")


def undergone(clause: Clause) -> bool:
    """Whether the subject of a clause is what is given: a passive, or goods that arrive."""
    return clause.verb.passive or arrives(clause)


def arrives(clause: Clause) -> bool:
    """Whether a verb tells that its subject arrives somewhere."""
    return "arrive" in clause.verb.classes or reaches(clause)


def reaches(clause: Clause) -> bool:
    """Whether a verb of reaching has Ukraine for its object: "seven Gepards reached Ukraine"."""
    if "reach" not in clause.verb.classes or clause.verb.passive:
        return False
    following = clause.sentence.nodes[clause.at + 1 : clause.at + 3]
    return any(node.keys[:1] == (UKRAINE,) and node.form != "a" for node in following)


def capped(status: str, later: str) -> str:
    """The later of two statuses."""
    return max((status, later), key=RANK.index) if status and later else status or later


_DIVIDING = frozenset({";", ":"})


def _divided(sentence: Sentence, begin: int, end: int) -> bool:
    """Whether a semicolon or a colon stands within a range."""
    return not (_DIVIDING.isdisjoint(sentence.standing) or _DIVIDING.isdisjoint(sentence.norms[begin:end]))


def participle_event(reader: Reader, sentence: Sentence, begin: int, end: int) -> Event | None:
    """The participle of a verb of giving within a range that stands for the latest status: "promis … et livrés"."""
    best: Event | None = None
    for at, verb in sentence.verbs():
        if at < begin or verb.tense != "pp" or verb.negative:
            continue
        if at >= end or _divided(sentence, begin, at):
            break
        status = status_of(verb.classes)
        if status and (best is None or RANK.index(status) >= RANK.index(best.status)):
            donors = tuple(sentence.nodes[i] for i in agent_of(reader.document, sentence, at + 1, min(at + 6, end)))
            if not donors and status == "financed" and phrase_at(sentence.nodes, at + 1, reader.lexicon.words["by"]):
                continue  # "financé par les intérêts": out of what, not by whom
            best = Event(at, status, tuple(node for node in donors if node.is_party), verb.classes, passive=True)
    return best
