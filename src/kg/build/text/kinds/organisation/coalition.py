"""Kind `coalition`: what an organisation is: who leads it, who announced it and when, its slogan, size, make-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Cues, Found, Reader, plain, quoted_text, value, whole
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    full_date,
    has_phrase,
    moment,
    phrase,
    phrases,
    segment,
    subject_at,
)
from kg.build.text.kinds.organisation import membership
from kg.build.text.kinds.organisation.bodies import (
    Body,
    body_after,
    body_at,
    body_before,
    last_body,
    made_up,
    speaks_of_bodies,
    subject_body,
)
from kg.build.text.kinds.organisation.meeting_named import named_association
from kg.build.text.subjects import agent_of

_COMPOSING = Cues(verbs=frozenset({"comprise", "constitute"}))
"""The verbs that tell what is made up of whom, also where it has no name in the tables."""

Trait = tuple[Body, Sentence, int, dict[str, Any], Sequence[Node]]
"""One thing said of an organisation: which, where, the slots, the nodes that it rests on."""


def read(reader: Reader) -> list[Found]:
    """What a text says of each organisation, as one finding for each."""
    found = _led(reader)
    for sentence in reader.document.sentences if speaks_of_bodies(reader) or reader.tells_any(_COMPOSING) else ():
        for body, where, at, slots, nodes in _traits(reader, sentence):
            known = found.setdefault(
                body.key, Found("coalition", {"organisation": body.key}, "coalition/traits", where.index, [], at)
            )
            known.slots.update({name: slot for name, slot in slots.items() if name not in known.slots})
            known.nodes += [body.node, *nodes]
    return list(found.values())


def _led(reader: Reader) -> dict[str, Found]:
    """The organisations of which a text names the leaders."""
    found: dict[str, Found] = {}
    for item in reader.read(membership.read):
        if item.slots["role"] == "lead":
            key = item.slots["organisation"]
            known = found.setdefault(
                key,
                Found(
                    "coalition", {"organisation": key, "led_by": []}, "coalition/leaders", item.sentence, [], item.at
                ),
            )
            known.slots["led_by"].append(item.slots["member"])
            known.nodes += item.nodes
    return found


def _traits(reader: Reader, sentence: Sentence) -> Iterator[Trait]:
    telling = _telling(reader, sentence)
    dating_from = reader.lexicon.sets["dating_from"]
    for at, verb in sentence.verbs():
        if verb.classes.isdisjoint(telling) and verb.lemma not in dating_from:
            continue
        if sentence.nodes[at].quoted or not asserted(reader, sentence, at):
            continue
        if verb.classes & {"comprise", "have", "pass"} or made_up(reader, sentence, at):
            yield from _size(reader, sentence, at)
        if "be" in verb.classes:
            yield from _defined(reader, sentence, at)
        if "comprise" in verb.classes or made_up(reader, sentence, at):
            yield from _composed(reader, sentence, at)
        if "found" in verb.classes and "announce" not in verb.classes:
            yield from _founded(reader, sentence, at)
        if "announce" in verb.classes:
            yield from _announced(reader, sentence, at)
        if "arise" in verb.classes:
            yield from _arisen(reader, sentence, at)
        if verb.lemma in dating_from:
            yield from _dated(reader, sentence, at)
        if verb.classes & {"sit", "join"}:
            yield from _joined_by(reader, sentence, at)
    yield from _by_noun(reader, sentence)


def _by_noun(reader: Reader, sentence: Sentence) -> Iterator[Trait]:
    """What is told without a verb of its own: the size, the beginning, the slogan."""
    if reader.has_any(sentence, _TOLD_BY_NOUN):
        yield from _strong(reader, sentence)
        yield from _members_counted(reader, sentence)
        yield from _creation(reader, sentence)
        yield from _slogan(reader, sentence)


_TOLD_BY_NOUN = Cues(words=frozenset({"strong", "creation", "slogan", "member"}))
_COUNTING = frozenset({"be", "have", "pass", "sit", "join"})
_BEGINNING = frozenset({"found", "arise"})
_PARTING = frozenset({"comprise", "constitute", "announce"})


def _telling(reader: Reader, sentence: Sentence) -> frozenset[str]:
    """The classes of verbs that may say something of an organisation: its size by a number, its beginning by a date."""
    tags = reader.standing[sentence.index].tags
    telling = _PARTING
    if "N" in tags:
        telling = telling | _COUNTING
    return telling | _BEGINNING if "D" in tags else telling


def _arisen(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "La coalition a vu le jour en 2024", "née en 2023, la coalition …", "the coalition came into being"."""
    verb = sentence.nodes[at].verb
    fixed = verb is not None and verb.lemma in reader.lexicon.sets["arising_with"]
    if fixed and not phrase(reader, sentence, at + 1, "into_being"):
        return
    body = _of_verb(reader, sentence, at)
    when = moment(reader, sentence, at, within=_near(sentence, at), before=verb is not None and verb.tense != "pp")
    if body and when and "/" not in when[0]:
        yield body, sentence, at, {"founded": when[0]}, [when[1]]


def _creation(reader: Reader, sentence: Sentence) -> Iterator[Trait]:
    """Read "Depuis sa création en D, la coalition …", "the launch of the drone coalition in D"."""
    for at in phrases(reader, sentence, "creation"):
        own = at > 0 and sentence.nodes[at - 1].norm in reader.lexicon.sets["possessives"]
        of = phrase(reader, sentence, at + 1, "of")
        if own:
            body = _subject_of_sentence(reader, sentence, at)
        else:
            body = body_after(reader, sentence, at + 1, len(sentence.nodes), reach=4) if of else None
        start = body.at if body and not own else at
        dates = sentence.tagged("D", start + 1, start + 4)
        when = full_date(reader, sentence, dates[0]).removesuffix("/..") if dates else ""
        verbs = any(node.verb for node in sentence.nodes[start + 1 : dates[0]]) if dates else True
        if body and when and "/" not in when and not verbs and sentence.is_finite:
            yield body, sentence, at, {"founded": when}, [sentence.nodes[dates[0]]]


def _of_verb(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that a verb speaks of: its subject, or what a participle goes with."""
    verb = sentence.nodes[at].verb
    if verb is not None and verb.tense in ("pp", "ger"):
        found = body_before(reader, sentence, at) or subject_body(reader, sentence, at)
        return found or (_after_comma(reader, sentence, at) if at <= 1 else None)
    relative = at > 0 and sentence.nodes[at - 1].norm in reader.lexicon.sets["anaphora_relative_subject"]
    return subject_body(reader, sentence, at) or (body_before(reader, sentence, at - 1) if relative else None)


def _after_comma(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    comma = next((i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","), None)
    return body_after(reader, sentence, comma + 1, len(sentence.nodes)) if comma is not None else None


def _size(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "compte une douzaine de pays", "composé de plus de 50 pays", "has 18 members"."""
    counts = sentence.tagged("N", at + 1, at + 6)
    if (
        len(counts) == 2
        and counts[1] == counts[0] + 2
        and sentence.nodes[counts[0] + 1].norm in reader.lexicon.sets["gives_to"]
    ):
        counts = counts[1:]  # "has grown from 15 to 22 members"
    for here in counts:
        step = (
            here
            + 1
            + (here + 1 < len(sentence.nodes) and sentence.nodes[here + 1].norm in reader.lexicon.sets["phrase_links"])
        )
        counted = _counts_members(reader, sentence, at, step)
        node = sentence.nodes[here]
        body = _of_verb(reader, sentence, at) if counted else None
        if body and (size := whole(node)) is not None:
            approx = node.reading.approx if node.reading else None
            yield body, sentence, at, {"size": size, "approx": approx}, [node]
        return


def _counts_members(reader: Reader, sentence: Sentence, verb: int, at: int) -> bool:
    """Whether members are what a number counts: "ten northern European nations", "the number of members … to 20"."""
    small = reader.lexicon.union("prepositions", "and", "article")
    for here in range(at, min(at + 4, len(sentence.nodes))):
        if phrase(reader, sentence, here, "states") or phrase(reader, sentence, here, "member"):
            return True
        node = sentence.nodes[here]
        word = node.tag == "W" and node.norm.replace("-", "").isalpha() and node.norm not in small
        if not word and node.form != "a":
            break
    members = any(has_phrase(reader, sentence, name, 0, verb) for name in ("states", "member"))
    return members and has_phrase(reader, sentence, "number_of", 0, verb)


def _joined_by(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "More than 30 countries belong to the coalition": the size of a coalition, of which all are told."""
    begin, end = bounds(reader, sentence, at)
    for here in sentence.tagged("N", begin, min(at, begin + 4)):
        step = here + 1
        step += step < at and sentence.nodes[step].norm in reader.lexicon.sets["phrase_links"]
        length = phrase(reader, sentence, step, "states")
        body = body_after(reader, sentence, at + 1, end) if length and step + length == at else None
        node = sentence.nodes[here]
        verb = sentence.nodes[at].verb
        lasting = verb is not None and "sit" in verb.classes and verb.tense == "pres" and body is not None
        if body and (lasting or body.node.tag == "G" or "coalition" in body.key) and (size := whole(node)) is not None:
            yield body, sentence, at, {"size": size, "approx": node.reading.approx if node.reading else None}, [node]


def _members_counted(reader: Reader, sentence: Sentence) -> Iterator[Trait]:
    """Read "the drone coalition's 20 members", "les vingt membres de la coalition drones": of how many it is made."""
    sets = reader.lexicon.sets
    for at in sentence.tagged("N", 1) if sentence.is_finite else ():
        length = phrase(reader, sentence, at + 1, "member")
        after = at + 1 + length
        before, node = sentence.nodes[at - 1].norm, sentence.nodes[at]
        of = phrase(reader, sentence, after, "of") if length and before in sets["definite_plural"] else 0
        body = body_after(reader, sentence, after + of, len(sentence.nodes), reach=2) if of else None
        last = body.at + 1 if body else after
        body = body_at(reader, sentence, at - 2) if length and before == "'s" and at > 1 else body
        following = sentence.nodes[last].norm if last < len(sentence.nodes) else "."
        some = following in sets["anaphora_relative_subject"]  # "the five members of the EU that …"
        if body and not some and (size := whole(node)) is not None and size > _SEVERAL:
            yield body, sentence, at, {"size": size, "approx": node.reading.approx if node.reading else None}, [node]


_SEVERAL = 5
"""Up to how many "the members of X" may be some of them that were spoken of."""


def _strong(reader: Reader, sentence: Sentence) -> Iterator[Trait]:
    """Read "The coalition, 31 countries strong, …", "la coalition, forte de 31 pays, …"."""
    for at, length in reader.places(sentence, "strong").items():
        for here in sentence.tagged("N", max(at - 3, 0), at + length + 1):
            node = sentence.nodes[here]
            step = here + 1 + (sentence.nodes[here + 1].norm in reader.lexicon.sets["phrase_links"])
            counted = phrase(reader, sentence, step, "states") or phrase(reader, sentence, step, "member")
            body = body_before(reader, sentence, min(here, at)) if counted else None
            if body and (size := whole(node)) is not None:
                approx = node.reading.approx if node.reading else None
                yield body, sentence, at, {"size": size, "approx": approx}, [node]


def _dated(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "The Crimea Platform dates from August 2021", "la Plateforme de Crimée remonte à 2021"."""
    body = subject_body(reader, sentence, at)
    dates = sentence.tagged("D", at + 1, at + 4)
    if body and dates:
        date = full_date(reader, sentence, dates[0]).removesuffix("/..")
        yield body, sentence, at, {"founded": date}, [sentence.nodes[dates[0]]]


def _defined(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "The Crimea Platform is a coalition of 46 countries": the size in what an organisation is."""
    for here in sentence.tagged("N", at + 1, at + 7):
        kind = next(
            (i for i in range(at + 1, here) if sentence.nodes[i].norm in reader.lexicon.sets["collective"]), None
        )
        of = kind is not None and phrase(reader, sentence, here - 1, "of")
        node, body = sentence.nodes[here], subject_body(reader, sentence, at)
        if of and body and phrase(reader, sentence, here + 1, "states") and (size := whole(node)) is not None:
            yield body, sentence, at, {"size": size, "approx": node.reading.approx if node.reading else None}, [node]


def _composed(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "regroupant d'anciens ambassadeurs et des spécialistes de …": noun phrases, no states and no numbers."""
    verb, following = sentence.nodes[at].verb, sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    if verb and "have" in verb.classes and reader.document.lang == "en" and following.endswith("ed"):
        return  # "has reimbursed …" is a verb that the lexicon does not know
    parts = _noun_phrases(reader, sentence, at + 1)
    body = _of_verb(reader, sentence, at) if parts else None
    if parts and body is None and (body := named_association(reader, sentence, bounds(reader, sentence, at)[0], at)):
        yield from _founded_in_front(reader, sentence, body)
    if body:
        names = [plain(reader.document.text[part[0].start : part[-1].end]) for part in parts]
        yield body, sentence, at, {"composed_of": names}, [node for part in parts for node in part]


def _founded_in_front(reader: Reader, sentence: Sentence, body: Body) -> Iterator[Trait]:
    """Read "Fondé en 2022, le Comité …": the date of a participle that opens a sentence."""
    verb = sentence.nodes[0].verb
    when = moment(reader, sentence, 0, within=_near(sentence, 0)) if verb and "found" in verb.classes else None
    if when and verb and verb.tense == "pp" and "/" not in when[0]:
        yield body, sentence, 0, {"founded": when[0]}, [when[1]]


def _noun_phrases(reader: Reader, sentence: Sentence, begin: int) -> list[list[Node]]:
    """The noun phrases of a list of people, or nothing where the list is of something else.

    In French each of them begins with an article; what does not goes on with the one before ("experts en droit et
    en économie").
    """
    ends = (i for i in range(begin, len(sentence.nodes)) if _ends_list(reader, sentence.nodes[i]))
    nodes = sentence.nodes[begin : next(ends, len(sentence.nodes))]
    parts: list[list[Node]] = []
    pieces = [*_pieces(reader, nodes)]
    bare = len(pieces) > 1 and all(piece[0].tag == "W" and _names_people(piece[:1]) for piece in pieces)
    for piece in pieces:
        if bare or reader.document.lang == "en" or piece[0].norm in reader.lexicon.sets["opens_people"]:
            parts.append(piece)
        elif not parts:
            return []
        else:
            parts[-1] = [node for node in nodes if parts[-1][0].start <= node.start <= piece[-1].start]
    heads = [
        next((node for node in part if node.norm not in reader.lexicon.sets["opens_people"]), part[0]) for part in parts
    ]
    people = all(head.tag == "W" and head.norm not in reader.lexicon.sets["states"] for head in heads)
    return parts if people and any(_names_people(part) for part in parts) else []


def _ends_list(reader: Reader, node: Node) -> bool:
    ending = node.norm in reader.lexicon.sets["anaphora_relative_subject"] or node.norm in _ENDING_LIST
    return node.tag in "VNMDC" or ending


_ENDING_LIST = frozenset({";", ".", "(", ":", "—", "…"})


def _pieces(reader: Reader, nodes: Sequence[Node]) -> Iterator[list[Node]]:
    """The parts of a list between commas and conjunctions."""
    piece: list[Node] = []
    for node in [*nodes, None]:
        if node is None or node.norm == "," or node.norm in reader.lexicon.sets["and"]:
            if piece:
                yield piece
            piece = []
        elif piece or node.norm not in reader.lexicon.sets["before_people"]:
            piece.append(node)


def _names_people(part: Sequence[Node]) -> bool:
    """Whether a noun phrase is in the plural: people are listed so."""
    return any(node.tag == "W" and node.norm.endswith(("s", "x")) and len(node.norm) > 4 for node in part)


def _founded(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "Créée en 2021, la Plateforme de Crimée", "the coalition was launched in September 2023"."""
    verb = sentence.nodes[at].verb
    body = _of_verb(reader, sentence, at) if verb and verb.passive else _object(reader, sentence, at)
    when = moment(reader, sentence, at, within=_near(sentence, at), before=verb is not None and verb.tense != "pp")
    if body and when and "/" not in when[0]:
        event = _event(reader, sentence, at, definite=True)
        yield body, sentence, at, {"founded": when[0]} | ({"event": event} if event else {}), [when[1]]


def _near(sentence: Sentence, at: int) -> tuple[int, int]:
    """The range from the beginning of a segment to the first comma after a participle, or all of the segment."""
    begin, end = segment(sentence, at)
    verb = sentence.nodes[at].verb
    if verb is None or verb.tense != "pp":
        return begin, end
    return begin, next((i for i in range(at, end) if sentence.nodes[i].norm == ","), end)


def _object(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that is the object of a verb with a subject before it; ", a annoncé l'OTAN" has none."""
    if not subject_at(reader, sentence, at, "SOPX") or sentence.nodes[at - 1].norm == ",":
        return None
    return body_after(reader, sentence, at + 1, len(sentence.nodes), reach=4)


def _announced(reader: Reader, sentence: Sentence, at: int) -> Iterator[Trait]:
    """Read "a été annoncée par P le D à la suite du sommet …", "P qui a annoncé l'initiative le D"."""
    verb = sentence.nodes[at].verb
    passive = verb is not None and verb.passive
    body = _of_verb(reader, sentence, at) if passive else _object(reader, sentence, at)
    body = body or (
        _of_main_clause(reader, sentence, at) if verb is not None and verb.tense == "pp" and at <= 1 else None
    )
    if body is None:
        return
    people = (
        agent_of(reader.document, sentence, at + 1, len(sentence.nodes))
        if passive
        else subject_at(reader, sentence, at, "SOPX")
    )
    persons = (
        [i for i in people if sentence.nodes[i].tag == "P"] or _named_after_office(sentence, people) or list(people)
    )
    when = moment(reader, sentence, at)
    slots: dict[str, Any] = {"announced_by": value(sentence.nodes[persons[-1]])} if persons else {}
    slots |= {"announced_on": when[0]} if when else {}
    slots |= {"event": event} if (event := _event(reader, sentence, at)) else {}
    yield body, sentence, at, slots, [*(sentence.nodes[i] for i in persons[-1:]), *([when[1]] if when else [])]


def _named_after_office(sentence: Sentence, people: Sequence[int]) -> list[int]:
    """The name that follows an office: "German Defence Minister Boris Pistorius"."""
    last = people[-1] if people else None
    following = last is not None and last + 1 < len(sentence.nodes) and sentence.nodes[last + 1].tag in "PX"
    return [last + 1] if last is not None and following and sentence.nodes[last].form == "f" else []


def _of_main_clause(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that the sentence goes on with after a participle in front: "Annoncée par P le D, la …"."""
    commas = [i for i in range(at, len(sentence.nodes)) if sentence.nodes[i].norm == ","]
    found = (body_after(reader, sentence, i + 1, len(sentence.nodes), reach=3) for i in reversed(commas))
    return next((body for body in found if body), None)


def _event(reader: Reader, sentence: Sentence, at: int, *, definite: bool = False) -> str:
    """The meeting after which something was announced, in the words of the text; if ``definite``, no "a summit"."""
    for here in sorted([*phrases(reader, sentence, "meeting", at), *phrases(reader, sentence, "talks", at)]):
        if definite and any(
            node.norm in reader.lexicon.sets["one_article"] for node in sentence.nodes[here - 2 : here]
        ):
            return ""
        if has_phrase(reader, sentence, "occasion", max(here - 5, 0), here):
            ends = (
                i
                for i in range(here, len(sentence.nodes))
                if sentence.nodes[i].norm in (",", ";", ".", "(")
                or sentence.nodes[i].verb
                or _dates(reader, sentence, i)
            )
            end = next(ends, len(sentence.nodes))
            begin = here
            while begin > 0 and reader.document.lang == "en" and sentence.nodes[begin - 1].tag in "SOXRD":
                begin -= 1
            return plain_case(reader.document.text[sentence.nodes[begin].start : sentence.nodes[end - 1].end])
    return ""


def _dates(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a date begins at a place that is no part of a name: "in September 2014", but "de 2025"."""
    genitive = reader.lexicon.sets["genitive"]
    if sentence.nodes[at].tag == "D":
        return sentence.nodes[at - 1].norm not in genitive
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    links = reader.lexicon.sets["ellipsis_links"] - {","}
    return sentence.nodes[at].norm in links and following is not None and following.tag == "D"


def plain_case(text: str) -> str:
    """A phrase of the text with single spaces, its capitals kept."""
    return " ".join(text.split())


def _slogan(reader: Reader, sentence: Sentence) -> Iterator[Trait]:
    """Read "sous le slogan « … »", "son slogan est « … »", 'under the motto "…"'."""
    for here in phrases(reader, sentence, "slogan"):
        quotation = next(
            (i for i in range(here, min(here + 5, len(sentence.nodes))) if sentence.nodes[i].tag == "Z"), None
        )
        if quotation is None and sentence.nodes[here - 1].norm in reader.lexicon.sets["demonstratives"]:
            quotation = next(iter(sentence.tagged("Z", 0, here)[-1:]), None)
        body = _subject_of_sentence(reader, sentence, here) if quotation is not None else None
        if body and quotation is not None:
            yield body, sentence, here, {"slogan": quoted_text(sentence.nodes[quotation])}, [sentence.nodes[quotation]]


def _subject_of_sentence(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that a sentence speaks of: named before a place, after it, or in a sentence before."""
    places = [*range(at), *range(at, len(sentence.nodes))]
    named = next((body for i in places if (body := body_at(reader, sentence, i))), None)
    return named or last_body(reader, sentence, at)
