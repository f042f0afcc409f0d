"""Meetings with a name of their own: "the Ukraine Recovery Conference was held in Berlin", "le sommet sur la paix"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.document import Sentence
from kg.build.text.kinds.common import Reader, plain
from kg.build.text.kinds.context import asserted, bounds, clause_at, phrase
from kg.build.text.kinds.organisation.bodies import Body, body_after, body_at, subject_body


def named_meetings(reader: Reader, sentence: Sentence) -> Iterator[tuple[int, Body]]:
    """Conferences that were held or hosted, with the place of the verb; their name stands for the organisation."""
    for at, verb in sentence.verbs():
        hosted = bool(verb.classes & {"host", "hosting", "hold"}) and not verb.passive and not verb.reflexive
        held = _is_held(reader, sentence, at) or _draws(reader, sentence, at)
        if not (held or hosted) or not asserted(reader, sentence, at, future=True) or sentence.nodes[at].quoted:
            continue
        begin, end = bounds(reader, sentence, at)
        if held:
            body = _named(reader, sentence, begin, at) or _gathering_subject(reader, sentence, at)
        else:
            body = _named(reader, sentence, at + 1, end) or _received(reader, sentence, at)
        if body:
            yield at, body


def named_body(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """An organisation that no table holds, by its capitals: "the European Political Community"."""
    node = sentence.nodes[at]
    kinds = reader.lexicon.union("formal_kinds", "collective")
    if node.tag != "X" or node.norm.split()[-1] not in kinds:
        return None
    first = _left(sentence, at)
    return Body(plain(_text(reader, sentence, first, at + 1)), at, node)


def _is_held(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb says that its subject takes place: "s'est tenue", "was held", "took place", "opened"."""
    verb = sentence.nodes[at].verb
    if verb is None:
        return False
    held = bool(verb.classes & {"hold", "hosting"}) and (verb.passive or verb.reflexive) and verb.tense != "pp"
    held = held or verb.lemma in reader.lexicon.sets["taking_place"]
    takes = not verb.classes.isdisjoint(("take_office", "have"))
    return takes if (held or takes) and phrase(reader, sentence, at + 1, "place_taken") else held


def _draws(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb says how many its subject brought together: "a réuni 92 pays", "drew 92 countries"."""
    verb = sentence.nodes[at].verb
    sets = reader.lexicon.sets
    if verb is None or verb.passive or verb.reflexive:
        return False
    if verb.lemma not in sets["gathering_verbs"] and verb.lemma not in sets["drawing"]:
        return False
    count = next(iter(sentence.tagged("N", at + 1, at + 5)), None)
    if count is None:
        return False
    step = count + 1 + (count + 1 < len(sentence.nodes) and sentence.nodes[count + 1].norm in sets["phrase_links"])
    return bool(phrase(reader, sentence, step, "gathering"))


def _gathering_subject(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The subject where its own name is that of a meeting, or what is itself held: "le Conseil européen s'est tenu"."""
    body = subject_body(reader, sentence, at)
    sets = reader.lexicon.sets
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    links = sets["located"] | sets["ellipsis_links"]
    placed = following is not None and (following.tag == "D" or following.norm in links)
    return body if body and (placed or set(body.node.norm.split()) & sets["named_meeting"]) else None


def _received(reader: Reader, sentence: Sentence, at: int) -> Body | None:
    """The organisation that somebody hosts as a whole: "hosted the coalition of the willing in Paris"."""
    clause = clause_at(reader, sentence, at)
    verb = sentence.nodes[at].verb
    hosts = clause is not None and any(sentence.nodes[i].tag in "SP" for i in clause.subject)
    body = body_after(reader, sentence, at + 1, len(sentence.nodes), reach=3) if hosts else None
    if body is None or verb is None or not verb.classes & {"host", "hosting"}:
        return None
    following = sentence.nodes[body.at + 1] if body.at + 1 < len(sentence.nodes) else None
    located = following is None or following.tag == "D" or following.norm in reader.lexicon.sets["located"] | {",", "."}
    links = reader.lexicon.sets["ellipsis_links"]
    return body if located or (following is not None and following.norm in links) else None


def named_association(reader: Reader, sentence: Sentence, begin: int, end: int) -> Body | None:
    """A committee or network that no table holds, by its capitals: "le Comité pour une Ukraine libre"."""
    return _named(reader, sentence, begin, end, "associations")


def _named(reader: Reader, sentence: Sentence, begin: int, end: int, kinds: str = "named_meeting") -> Body | None:
    """The conference named within a range: the whole noun phrase around its noun, without its article."""
    for at in range(begin, end):
        node = sentence.nodes[at]
        if node.tag not in "WXG" or not set(node.norm.split()) & reader.lexicon.sets[kinds]:
            continue
        called = reader.document.lang == "en" and at > begin and sentence.nodes[at - 1].tag == "X"  # "the Y summit"
        first, last = min(_left(sentence, at), at - called), _right(reader, sentence, at, end)
        inner = range(first, last)
        if any(
            (sentence.nodes[i].tag == "O" and sentence.nodes[i].form != "a")
            or (i != at and body_at(reader, sentence, i))
            for i in inner
        ):
            return None
        words = _text(reader, sentence, first, last)
        about = last > at + 1 and sentence.nodes[at + 1].norm in reader.lexicon.sets["naming"]
        if about or called or (node.text[:1].isupper() and len(words.split()) > 1):
            whole = node.replaced(start=sentence.nodes[first].start, end=sentence.nodes[last - 1].end)
            return Body(plain(words), at, whole)
    return None


def _left(sentence: Sentence, at: int) -> int:
    """Where capitalised words before a noun begin: "Ukraine Recovery Conference"."""
    first = at
    while first > 0 and sentence.nodes[first - 1].tag in "SXO" and sentence.nodes[first].text[:1].isupper():
        first -= 1
    return first


def _right(reader: Reader, sentence: Sentence, at: int, end: int) -> int:
    """Where the complement of a noun ends: before a verb, a date, a mark, or a city."""
    sets = reader.lexicon.sets
    here = at + 1
    while here < end:
        node = sentence.nodes[here]
        if node.verb or node.tag in "DNMC" or not (node.tag != "W" or node.norm.rstrip("'").isalpha()):
            break
        if node.norm in sets["anaphora_relative_subject"]:
            break
        following = sentence.nodes[here + 1] if here + 1 < end else None
        city = following is not None and (following.form == "c" or following.tag in "XD")
        dated = following is not None and following.tag == "D"
        if (node.norm in sets["located"] and city) or (node.norm in sets["ellipsis_links"] and dated):
            break
        here += 1
    small = sets["ellipsis_links"] | sets["article"] | sets["located"] | sets["genitive"]
    while here - 1 > at and sentence.nodes[here - 1].norm in small:
        here -= 1
    return here


def _text(reader: Reader, sentence: Sentence, begin: int, end: int) -> str:
    return reader.document.text[sentence.nodes[begin].start : sentence.nodes[end - 1].end]
