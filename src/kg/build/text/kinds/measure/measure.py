"""Kind `measure`: what a state or an organisation did against another, or decided about arms, troops and repairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, values
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    full_date,
    governors,
    has_phrase,
    listed,
    moment,
    phrase,
    phrases,
    subject_at,
)
from kg.build.text.kinds.measure import targets as measure_targets
from kg.build.text.kinds.measure.blacklists import read_blacklists
from kg.build.text.kinds.measure.decided import decided_acts, scope_of
from kg.build.text.kinds.measure.followers import read_followers
from kg.build.text.kinds.measure.lists import read_lists
from kg.build.text.kinds.measure.orders import read_orders
from kg.build.text.kinds.measure.others import read_others
from kg.build.text.kinds.measure.packages import read_packages
from kg.build.text.kinds.organisation.ellipsis import dated_parts
from kg.build.text.subjects import agent_of


@dataclass(frozen=True, slots=True)
class Frame:
    """An action as verbs with an object: classes of verbs, of nouns for the object, of nouns for the act."""

    action: str
    verbs: frozenset[str]
    things: str
    acts: str


FRAMES = (
    Frame("visa-restriction", frozenset({"restrict"}), "visa", "restriction"),
    Frame("border-closure", frozenset({"close"}), "frontier", "closure"),
    Frame("border-closure", frozenset({"close", "restrict"}), "entry", "restriction"),
    Frame("airspace-closure", frozenset({"close", "restrict"}), "airspace", "closure"),
    Frame("embassy-closure", frozenset({"close"}), "embassy", "closure"),
    Frame("embassy-closure", frozenset({"stop"}), "embassy_work", "suspension"),
    Frame("expulsion", frozenset({"expel"}), "diplomats", "expulsion"),
    Frame("border-closure", frozenset(), "travellers", "refusal"),
    Frame("sanctions", frozenset({"adopt", "join_sanctions"}), "sanctions", "sanctions"),
    Frame("sanctions", frozenset({"adopt"}), "price_cap", "price_cap"),
    Frame("sanctions", frozenset({"freeze"}), "assets", "freezing"),
    Frame("other", frozenset({"recall"}), "diplomats", "recalling"),
    Frame("other", frozenset({"restrict"}), "trade", "trade_ban"),
)
"""The actions that are a verb and its object."""

_DECISIONS = frozenset({"adopt", "commit", "pledge", "announce", "do", "decide", "light"})
_ACTING = _DECISIONS.union(*[frame.verbs for frame in FRAMES], ["grant_entry"])
"""The classes of verbs that an action can be told with."""
_ACTS = Cues(words=frozenset(frame.acts for frame in FRAMES if frame.acts != frame.things))
"""The classes of nouns for acts."""


def read(reader: Reader) -> list[Found]:
    """The measures that a text tells of, each once; then those that others took in their turn."""
    found = [*_framed(reader), *read_others(reader), *read_orders(reader), *read_lists(reader), *read_packages(reader)]
    found += read_blacklists(reader)
    if not found:
        return []
    found = _distinct(_aimed(found))
    return _distinct([*found, *read_followers(reader, found), *_elliptic(reader, found)])


def _aimed(found: Sequence[Found]) -> list[Found]:
    """The measures, sanctions of which nobody says whom they hit with the target of what their actor does beside them.

    "La Suisse a repris les sanctions européennes et fermé son espace aérien aux avions russes."
    """
    aims = {
        (item.sentence, *item.slots["actor"]): item.slots["target"] for item in reversed(found) if item.slots["target"]
    }
    for item in found:
        if item.slots["action"] == "sanctions" and not item.slots["target"]:
            item.slots["target"] = aims.get((item.sentence, *item.slots["actor"]), "")
    return list(found)


def _elliptic(reader: Reader, found: Sequence[Found]) -> Iterator[Found]:
    """Read "La Pologne a fermé sa frontière en 2021, la Lituanie en 2023": others with a date of their own."""
    for item in found:
        sentence = reader.document.sentences[item.sentence]
        dates = [i for i in sentence.tagged("D") if sentence.nodes[i] in item.nodes and i > item.at]
        for states, date in dated_parts(reader, sentence, dates[-1]) if dates else ():
            for actor in values(sentence.nodes[i] for i in states):
                slots = {**item.slots, "actor": [actor], "date": full_date(reader, sentence, date)}
                nodes = [*(sentence.nodes[i] for i in states), sentence.nodes[item.at], sentence.nodes[date]]
                if actor != slots["target"]:
                    yield Found("measure", slots, "measure/elliptic", sentence.index, nodes, item.at)


def _framed(reader: Reader) -> Iterator[Found]:
    for sentence in reader.document.sentences:
        frames = _frames_named(reader, sentence)
        if not frames:
            continue
        by_noun = reader.has_any(sentence, _ACTS)
        if by_noun:
            yield from _acts_by(reader, sentence, frames)
        yield from _decided_by(reader, sentence, frames)
        for at, verb in sentence.verbs():
            if verb.classes.isdisjoint(_ACTING) or sentence.nodes[at].quoted:
                continue
            acts = list(_decided_acts(reader, sentence, at)) if by_noun else []
            for frame, begin, end in acts:
                actors = actors_of(reader, sentence, at, frame.things)
                yield from made(
                    reader,
                    sentence,
                    at,
                    frame.action,
                    actors,
                    measure_targets.targets(reader, sentence, begin, end, actors, frame.things),
                )
            fitting = [] if len(acts) > 1 else [frame for frame in frames if _fits(reader, sentence, at, frame)]
            if fitting:
                frame = min(fitting, key=lambda one: _distance(reader, sentence, at, one))
                yield from _measures(reader, sentence, at, frame)


def _frames_named(reader: Reader, sentence: Sentence) -> list[Frame]:
    """The actions whose thing a sentence names, also merged with its state; of travellers, also by their people."""
    standing = reader.standing[sentence.index]
    if standing.words.isdisjoint(_THINGS) and standing.forms.isdisjoint("fon"):
        return []
    merged: set[str] = set()
    if not _MERGED.isdisjoint(standing.forms):
        merged = {word for node in sentence.nodes if node.form in _MERGED for word in node.norm.split()}
    return [
        frame
        for frame in FRAMES
        if frame.things in standing.words
        or (merged and not merged.isdisjoint(reader.lexicon.sets[frame.things]))
        or (frame.things == "travellers" and "n" in standing.forms)
    ]


_THINGS = frozenset(frame.things for frame in FRAMES)
_MERGED = frozenset({"f", "o"})
"""The forms of nodes in which a noun is merged with its state."""


def _names(reader: Reader, sentence: Sentence, things: str, begin: int, end: int) -> bool:
    """Whether a thing is named within a range, also merged with its state: "the Russian ambassador"."""
    terms = reader.lexicon.sets[things]
    merged = any(node.form in ("f", "o") and terms & set(node.norm.split()) for node in sentence.nodes[begin:end])
    return merged or has_phrase(reader, sentence, things, begin, end)


def _acts_by(reader: Reader, sentence: Sentence, frames: Sequence[Frame]) -> Iterator[Found]:
    """Read "l'expulsion de 18 diplomates russes par la Bulgarie, le D": a noun for the act, and its agent."""
    for frame in frames:
        for at in phrases(reader, sentence, frame.acts) if frame.acts != frame.things else ():
            end = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].verb), len(sentence.nodes))
            agent = [i for i in agent_of(reader.document, sentence, at + 1, end) if sentence.nodes[i].tag in "SOG"]
            stop = agent[0] if agent else end
            if agent and stop == at + 1 + phrase(reader, sentence, at + 1, "by"):
                stop = end  # "la fermeture par la Bulgarie de son espace aérien"
            agent = agent or _possessor(sentence, at)
            if agent and has_phrase(reader, sentence, frame.things, at, stop) and _is_real(sentence):
                aims = measure_targets.targets(reader, sentence, at + 1, stop, agent, frame.things)
                yield from made(reader, sentence, at, frame.action, agent, aims)


def _decided_by(reader: Reader, sentence: Sentence, frames: Sequence[Frame]) -> Iterator[Found]:
    """Read "Poland's decision to expel 45 Russian diplomats was announced on D"."""
    for at, actors in decided_acts(reader, sentence):
        verb = sentence.nodes[at].verb
        begin, end = scope_of(sentence, at)
        for frame in frames:
            if verb and verb.classes & frame.verbs and _names(reader, sentence, frame.things, begin, end):
                aims = measure_targets.targets(reader, sentence, begin, end, actors, frame.things)
                yield from made(reader, sentence, at, frame.action, actors, aims)
                break


def _possessor(sentence: Sentence, at: int) -> list[int]:
    """The state of "Poland's expulsion of 45 diplomats"."""
    owned = at >= 2 and sentence.nodes[at - 1].norm == "'s" and sentence.nodes[at - 2].tag in "SO"
    return [at - 2] if owned and sentence.is_finite else []


def _is_real(sentence: Sentence) -> bool:
    """Whether no verb of the sentence denies, refuses or wishes the act that a noun names."""
    unreal = {"refuse", "modal", "cancel", "oppose"}
    return not any(verb.negative or verb.classes & unreal or verb.tense == "cond" for _, verb in sentence.verbs())


def _fits(reader: Reader, sentence: Sentence, at: int, frame: Frame) -> bool:
    """Whether a verb and its object are an action: "a fermé son espace aérien", "a décidé la fermeture de …"."""
    verb = sentence.nodes[at].verb
    if verb is None:
        return False
    acts, decides = not verb.classes.isdisjoint(frame.verbs), not verb.classes.isdisjoint(_DECISIONS)
    ceases = frame.things in ("visa", "travellers") and _ceases(reader, sentence, at)
    if not (acts or decides or ceases):
        return False
    begin, end = scope(reader, sentence, at)
    if ceases:
        people = frame.things == "travellers" and any(node.form == "n" for node in sentence.nodes[begin:end])
        return people or has_phrase(reader, sentence, frame.things, begin, end)
    if frame.action == "sanctions" and "approve" in verb.classes and verb.tense == "pres":
        return False  # "approuve les sanctions" takes a side
    if frame.things == "trade" and has_phrase(reader, sentence, "weapons", begin, end):
        return False  # a decision on arms
    if not asserted(reader, sentence, at, decided=True):
        return False
    if acts and (_names(reader, sentence, frame.things, begin, end) or _takes_up(reader, sentence, at, frame)):
        return not _governs_act(sentence, at, frame)
    act = reader.has(sentence, frame.acts, begin, end) if decides and frame.acts != frame.things else None
    if act is None:
        return False
    return has_phrase(reader, sentence, frame.things, max(act - 2, begin), min(act + 7, end))


def _takes_up(reader: Reader, sentence: Sentence, at: int, frame: Frame) -> bool:
    """Whether a pronoun is the object, and the thing was named before: "whose border with A …, closed it"."""
    verb, sets = sentence.nodes[at].verb, reader.lexicon.sets
    if verb is None or verb.passive or "close" not in verb.classes & frame.verbs or frame.things == "entry":
        return False
    after = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    pronoun = after in sets["taking_up"] or bool(verb.clitics & sets["object_pronouns"])
    return pronoun and has_phrase(reader, sentence, frame.things, 0, at)


def _decided_acts(reader: Reader, sentence: Sentence, at: int) -> Iterator[tuple[Frame, int, int]]:
    """The acts that one decision names, where they are several: "la fermeture des consulats et l'expulsion de …"."""
    verb = sentence.nodes[at].verb
    if verb is None or not verb.classes & _DECISIONS or not asserted(reader, sentence, at, decided=True):
        return
    begin, end = scope(reader, sentence, at)
    places = sorted(
        {i for frame in FRAMES for i in phrases(reader, sentence, frame.acts, begin, end) if frame.acts != frame.things}
    )
    if len(places) < 2:
        return
    for here, after in zip(places, [*places[1:], end], strict=True):
        fitting = [
            frame for frame in FRAMES if frame.acts != frame.things and phrase(reader, sentence, here, frame.acts)
        ]
        frame = next((frame for frame in fitting if has_phrase(reader, sentence, frame.things, here, after)), None)
        if frame:
            yield frame, here, after


def _governs_act(sentence: Sentence, at: int, frame: Frame) -> bool:
    """Whether the act is the infinitive after a verb, which decides whether it takes place: "a refusé de fermer"."""
    inner = [node.verb for node in sentence.nodes[at + 1 : at + 3] if node.verb and node.verb.tense == "inf"]
    return any(verb.classes & frame.verbs for verb in inner)


def _distance(reader: Reader, sentence: Sentence, at: int, frame: Frame) -> int:
    """How far from its verb the thing of an action stands: the nearest is the verb's object."""
    return min((abs(i - at) for i in phrases(reader, sentence, frame.things)), default=len(sentence.nodes))


def _ceases(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether somebody no longer grants what the verb says: "ne plus délivrer", "no longer issues"."""
    verb = sentence.nodes[at].verb
    if (
        verb is None
        or "grant_entry" not in verb.classes
        or not has_phrase(reader, sentence, "no_longer", max(at - 3, 0), at + 3)
    ):
        return False
    denied = (
        verb.negative
        or reader.document.lang == "en"
        or any(node.norm in reader.lexicon.sets["negation"] for node in sentence.nodes[max(at - 3, 0) : at])
    )
    return denied and not any(one.negative or "modal" in one.classes for one in governors(sentence, at))


def scope(reader: Reader, sentence: Sentence, at: int) -> tuple[int, int]:
    """Where a verb's object stands: after it, up to the next verb that is not its own; before it in the passive."""
    begin, end = bounds(reader, sentence, at)
    verb = sentence.nodes[at].verb
    following = next((i for i in range(at + 1, len(sentence.nodes)) if sentence.nodes[i].verb), None)
    if following and end < following and sentence.nodes[following - 1].norm in reader.lexicon.sets["and"]:
        end = following  # "expelled the ambassador and closed …": the ambassador is the object, not the next subject
    stop = next((i for i in range(at + 1, end) if _ends_scope(reader, sentence, i)), end)
    if verb is not None and verb.passive and (verb.tense != "pp" or _apposed(reader, sentence, at)):
        return begin, (at if verb.tense == "pp" else stop)
    return at + 1, stop


def _apposed(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a participle between commas tells of the subject before it: "l'ambassade de X à Y, fermée en D, …"."""
    clause = clause_at(reader, sentence, at)
    return clause is not None and clause.begin < at < clause.at and sentence.nodes[at - 1].norm == ","


def _ends_scope(reader: Reader, sentence: Sentence, at: int) -> bool:
    verb = sentence.nodes[at].verb
    if verb is None or (verb.tense == "ger" and sentence.nodes[at - 1].verb):
        return False
    if verb.tense in ("inf", "ger", "pp"):
        before = [node.norm for node in sentence.nodes[max(at - 3, 0) : at]]
        return bool(set(before[-2:]) & (reader.lexicon.sets["and"] | {",", ";"}))
    return True


def _measures(reader: Reader, sentence: Sentence, at: int, frame: Frame) -> Iterator[Found]:
    if "recall" in frame.verbs and (recalled := _recalled(reader, sentence, at)):
        yield from made(reader, sentence, at, frame.action, *recalled)
        return
    actors = actors_of(reader, sentence, at, frame.things)
    begin, end = scope(reader, sentence, at)
    end = _with_tail(reader, sentence, at, end)
    others = _imposers(reader, sentence, at, begin, end) if frame.things == "sanctions" else ()
    targets = measure_targets.targets(reader, sentence, begin, end, (*actors, *others), frame.things)
    thing = next(phrases(reader, sentence, frame.things, 0, at), None)
    if not targets and thing is not None and _takes_up(reader, sentence, at, frame):
        targets = measure_targets.targets(reader, sentence, thing, at, actors, frame.things)
    yield from made(reader, sentence, at, frame.action, actors, targets)


def _recalled(reader: Reader, sentence: Sentence, at: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Whose ambassador was recalled, and from where: "the ambassador of Latvia to Russia was recalled", "… from X"."""
    clause, verb = clause_at(reader, sentence, at), sentence.nodes[at].verb
    if clause is None or verb is None or not verb.passive or clause.agent:
        return None
    named = [i for i in sentence.tagged("S", clause.begin, at) if sentence.nodes[i].form != "p"]
    left = _left(reader, sentence, at, clause.end, "diplomats")
    return (tuple(named[:1]), tuple(named[1:2]) or left) if named else None


def _imposers(reader: Reader, sentence: Sentence, at: int, begin: int, end: int) -> tuple[int, ...]:
    verb = sentence.nodes[at].verb
    joined = verb is not None and "join_sanctions" in verb.classes
    return measure_targets.imposers(reader, sentence, begin, end, joined=joined)


def _with_tail(reader: Reader, sentence: Sentence, at: int, end: int) -> int:
    """The scope with participles and complements that follow it: "des sanctions visant Moscou"."""
    _, last = bounds(reader, sentence, at)
    return last if end < last and sentence.nodes[end].verb and sentence.nodes[end].verb.tense in ("pp", "ger") else end  # type: ignore[union-attr]


def actors_of(reader: Reader, sentence: Sentence, at: int, things: str = "") -> tuple[int, ...]:
    """Who acts: the subject, the agent of a passive, or the state whose border or airspace it is."""
    clause = clause_at(reader, sentence, at)
    verb = sentence.nodes[at].verb
    if clause is None or verb is None:
        return ()
    if not verb.passive or (verb.tense == "pp" and clause.at < at):
        apart = verb.tense == "pp" and clause.at != at
        subject = _coordinated(reader, sentence, at) if apart else subject_at(reader, sentence, at, "SOGP")
        if subject or apart:
            return subject
        members = _of_members(reader, sentence, clause.begin, clause.at) or _listed_after(reader, sentence, at)
        return members or _among_states(reader, sentence, clause.begin, clause.at)
    if clause.at == at and clause.agent:
        return tuple(i for i in clause.agent if sentence.nodes[i].tag in "SOGP")
    if things == "trade":
        return _banned_in(reader, sentence, at, clause.end)
    return _owner(reader, sentence, clause.begin, clause.end, things) or _left(reader, sentence, at, clause.end, things)


def _banned_in(reader: Reader, sentence: Sentence, at: int, end: int) -> tuple[int, ...]:
    """Where trade is banned: "are banned in the European Union", "est interdite dans l'Union européenne"."""
    for here in phrases(reader, sentence, "in", at + 1, end):
        after = here + phrase(reader, sentence, here, "in")
        if row := listed(reader, sentence, after, "SO"):
            return row
    return ()


def _listed_after(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The states after a colon where a verb without a subject is in front: "Ont fermé leur ciel : A, B"."""
    colon = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ":"), None)
    return listed(reader, sentence, colon + 1) if colon is not None and at <= 1 else ()


def _of_members(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """The organisation whose members act: "les États membres de l'UE ont approuvé", "EU member states agreed"."""
    for at in range(begin, end):
        told = (
            phrase(reader, sentence, at, "member")
            or phrase(reader, sentence, at, "states")
            or phrase(reader, sentence, at, "gathering")
        )
        if told:
            near = [
                i
                for i in sentence.tagged("O", max(begin, at - 1), min(at + told + 5, end))
                if sentence.nodes[i].form != "a"
            ]
            return tuple(near[:1])
    return ()


def _among_states(reader: Reader, sentence: Sentence, begin: int, at: int) -> tuple[int, ...]:
    """Those named of several states that act: "36 pays, dont A et B, ont fermé …"; they may stand at the end too."""
    if reader.has(sentence, "states", begin, at) is None:
        return ()
    for place, length in reader.places(sentence, "including").items():
        others = reader.has(sentence, "states", at, place) is not None  # "contre plusieurs États, dont A"
        if place > begin and not others and sentence.nodes[place - 1].norm == ",":
            return listed(reader, sentence, place + length, "S")
    return ()


def _coordinated(reader: Reader, sentence: Sentence, at: int) -> tuple[int, ...]:
    """The subject of a participle that goes on after "et": "a gelé les avoirs et suspendu la délivrance de visas"."""
    joint = any(
        node.norm in reader.lexicon.sets["and"] or node.norm == "," for node in sentence.nodes[max(at - 2, 0) : at]
    )
    clause = clause_at(reader, sentence, at)
    if not joint or clause is None or clause.verb.passive or clause.verb.tense != "perf":
        return ()
    return tuple(i for i in clause.subject if sentence.nodes[i].tag in "SOGP")


def _owner(reader: Reader, sentence: Sentence, begin: int, end: int, things: str) -> tuple[int, ...]:
    """The state of "la frontière finlandaise", "Poland's airspace", before a passive verb."""
    if things == "sanctions":
        return _whose_sanctions(reader, sentence, begin, end)
    if things in ("diplomats", "assets", "visa", ""):
        return ()
    for at in phrases(reader, sentence, things, begin, end):
        near = [i for i in (at + 1, at - 1, at - 2, at + 2) if 0 <= i < end and sentence.nodes[i].tag in "SO"]
        if near:
            return tuple(near[:1])
    return ()


def _whose_sanctions(reader: Reader, sentence: Sentence, begin: int, end: int) -> tuple[int, ...]:
    """Whose sanctions those are that something happens to: "EU sanctions were extended", "les sanctions suisses"."""
    for at, length in reader.places(sentence, "sanctions").items():
        after = at + length
        if not begin <= at < end:
            continue
        if at > begin and sentence.nodes[at - 1].tag in "SO":
            return (at - 1,)
        if after < end and sentence.nodes[after].tag in "SO" and sentence.nodes[after].form == "a":
            return (after,)
    return ()


def _left(reader: Reader, sentence: Sentence, at: int, end: int, things: str) -> tuple[int, ...]:
    """The state that people were put out of: "ont été expulsés de Pologne", "were expelled from Poland"."""
    if things != "diplomats" or at + 1 >= end or sentence.nodes[at + 1].norm not in _from_words(reader):
        return ()
    return listed(reader, sentence, at + 2)


def _from_words(reader: Reader) -> frozenset[str]:
    return reader.lexicon.sets["from_body"] - reader.lexicon.sets["out_of_words"]


def made(
    reader: Reader, sentence: Sentence, at: int, action: str, actors: Sequence[int], targets: Sequence[int], *,
    dated: tuple[str, Node] | None = None,
) -> Iterator[Found]:  # fmt: skip
    """The measures of some actors together, one for each target."""
    named = values(sentence.nodes[i] for i in actors)
    when = dated or moment(reader, sentence, at)
    aims = [aim for aim in values(sentence.nodes[i] for i in targets) if aim not in named]
    nodes = [*(sentence.nodes[i] for i in (*actors, at, *targets)), *([when[1]] if when else [])]
    for aim in (aims or [""]) if named else []:
        slots = {"actor": named, "action": action, "target": aim, "date": when[0] if when else ""}
        yield Found("measure", slots, f"measure/{action}", sentence.index, nodes, at)


def _distinct(found: Sequence[Found]) -> list[Found]:
    """Each measure once: the same action of the same actors on the same target; a later one adds what is missing."""
    kept: list[Found] = []
    for item in found:
        same = next((other for other in kept if _same(other, item)), None)
        if same is None:
            kept.append(item)
            continue
        same.slots["date"] = same.slots["date"] or item.slots["date"]
        same.slots["target"] = same.slots["target"] or item.slots["target"]
    return kept


def _same(one: Found, other: Found) -> bool:
    a, b = one.slots, other.slots
    actors = a["action"] == b["action"] and a["actor"] == b["actor"]
    return (
        actors
        and (a["target"] == b["target"] or not a["target"] or not b["target"])
        and (a["date"] == b["date"] or not a["date"] or not b["date"])
    )
