"""Kind `utterance`: who said what of whom, where and when; the quoted word or phrase."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.clauses import insertions
from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.attribution import attributions
from kg.build.text.kinds.common import Cues, Found, Reader, is_since, plain, quoted_text, value, values
from kg.build.text.kinds.context import asserted, clause_at, full_date, has_phrase, phrase, phrases, segment, subject_at
from kg.build.text.subjects import agent_of
from kg.build.text.verb_finder import FINITE

_LONGEST_TERM = 6
_SAID = Cues(verbs=frozenset({"say", "call", "consider"}), tags=frozenset("Z"))
"""The verbs that tell what somebody said, and a quotation."""


def read(reader: Reader) -> list[Found]:
    """The utterances that a text reports, one for each verb of saying that quotes or tells what was said of whom."""
    found: list[Found] = []
    for sentence in reader.document.sentences:
        if not reader.has_any(sentence, _SAID):
            continue
        told = [item for at, _ in sentence.verbs() if (item := _utterance(reader, sentence, at))]
        found += told[:1] if told else _worded(reader, sentence) or _in_the_eyes(reader, sentence)
    return found


def _utterance(reader: Reader, sentence: Sentence, at: int) -> Found | None:
    verb = sentence.nodes[at].verb
    if (
        verb is None
        or sentence.nodes[at].quoted
        or not (verb.classes & {"say", "call"} or _regards(reader, sentence, at))
        or not asserted(reader, sentence, at)
    ):
        return None
    speaker = _speaker(reader, sentence, at)
    if speaker is None:
        return None
    terms = _terms(reader, sentence, at)
    about = _about(reader, sentence, at, speaker, terms)
    if not terms and not _quotes(sentence, at):
        about = _told_of(reader, sentence, at, about, speaker)
    return _found(reader, sentence, at, speaker, about, terms) if terms or about or _quotes(sentence, at) else None


def _regards(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether somebody is seen as what a quoted word says: "sees Volodymyr Zelensky as an “opponent”"."""
    verb = sentence.nodes[at].verb
    if verb is None or "consider" not in verb.classes or verb.passive:
        return False
    quoted = sentence.tagged("Z", at + 1, at + 7)
    seen_in = reader.lexicon.sets["seen_in"]  # "voit en P un « dictateur »"
    inside = bool(quoted) and sentence.nodes[at + 1].norm in seen_in and sentence.nodes[at + 2].is_entity
    return inside or (bool(quoted) and reader.has(sentence, "regarded_as", at + 1, quoted[0]) is not None)


def _found(
    reader: Reader, sentence: Sentence, at: int, speaker: int, about: Sequence[int], terms: Sequence[int]
) -> Found:
    outlet = _outlet(reader, sentence, {speaker, *about})
    medium = _outlet_name(reader, sentence, outlet) if outlet is not None else _unnamed_outlet(reader, sentence, at)
    date = _date(sentence, at)
    aims = values(sentence.nodes[i] for i in about)
    slots = {
        "speaker": _named_speaker(reader, sentence, speaker),
        "outlet": medium,
        "about": aims,
        "date": full_date(reader, sentence, date) if date is not None else "",
        "term": quoted_text(sentence.nodes[terms[0]]) if terms else "",
    }
    places = [
        speaker,
        *about,
        *terms[:1],
        *([outlet] if outlet is not None else []),
        *([date] if date is not None else []),
    ]
    return Found("utterance", slots, "utterance/said", sentence.index, [sentence.nodes[i] for i in places], at)


def _speaker(reader: Reader, sentence: Sentence, at: int) -> int | None:
    """The person who speaks: the subject, also behind the verb (", a lancé P"); a state only where it calls names."""
    verb = sentence.nodes[at].verb
    tags = "PX" if verb is None or "call" not in verb.classes or "say" in verb.classes else "PXS"
    clause = clause_at(reader, sentence, at)
    begin = clause.begin if clause else 0
    subject = [
        i
        for i in subject_at(reader, sentence, at, tags)
        if _speaks(sentence.nodes[i]) and not sentence.nodes[i].office and not sentence.nodes[i].quoted
    ]
    before = [i for i in range(begin, at) if _names_speaker(reader, sentence, i)]
    after = [i for i in range(at + 1, min(at + 5, len(sentence.nodes))) if sentence.nodes[i].tag == "P"]
    inverted = (
        after
        if (at and sentence.nodes[at - 1].norm in (",", "»", "”", '"')) or sentence.nodes[at - 1].tag == "Z"
        else []
    )
    told_before = [i for i in inverted if any(node.tag == "Z" or node.quoted for node in sentence.nodes[:at])]
    return next(iter([*told_before, *subject, *before, *inverted]), None)


def _names_speaker(reader: Reader, sentence: Sentence, at: int) -> bool:
    node = sentence.nodes[at]
    return node.tag == "P" and not node.quoted and not _governed(reader, sentence, at)


def _speaks(node: Node) -> bool:
    return node.tag in "PS" or (node.tag == "X" and not node.text.isupper())


def _governed(reader: Reader, sentence: Sentence, at: int) -> bool:
    return at > 0 and sentence.nodes[at - 1].norm in reader.document.words("prepositions")


def _named_speaker(reader: Reader, sentence: Sentence, at: int) -> str:
    """The speaker as the contract writes it; "le pape François" keeps his title."""
    node = sentence.nodes[at]
    before = sentence.nodes[at - 1] if at else None
    if node.tag == "X" and before is not None and before.norm in reader.lexicon.sets["kept_title"]:
        return plain(f"{before.text} {node.text}")
    return value(node)


def _terms(reader: Reader, sentence: Sentence, at: int) -> list[int]:
    """The short quotations that a verb gives as words: not whole sentences after a colon, nor titles and slogans."""
    _, end = segment(sentence, at)
    after = [i for i in sentence.tagged("Z", at + 1, end) if _is_term(reader, sentence, i)]
    whole = any(node.norm == ":" for node in sentence.nodes[at + 1 : at + 3])
    heading = [i for i in sentence.tagged("Z", 0, 1) if _is_term(reader, sentence, i) and i + 1 < len(sentence.nodes)]
    heading = [i for i in heading if _leads_on(reader, sentence, i + 1)]
    named = [i for i in sentence.tagged("Z", 1, at) if _is_term(reader, sentence, i) and _is_word(reader, sentence, i)]
    return ([] if whole else after) or heading or _terms_before(reader, sentence, at) or named


def _leads_on(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a quotation in front is taken up: "« … » : …", "“…” is how P described …"."""
    verb = sentence.nodes[at].verb
    following = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    taken_up = verb is not None and "be" in verb.classes and following in reader.lexicon.sets["taking_up_word"]
    return sentence.nodes[at].norm == ":" or taken_up


def _is_word(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a quotation is named as a word: "the term “butcher”, by which P described …"."""
    return any(phrase(reader, sentence, here, "wording") == at - here for here in (at - 1, at - 2) if here >= 0)


def _terms_before(reader: Reader, sentence: Sentence, at: int) -> list[int]:
    """The quotations within what is reported before its verb: "Russia must not be “humiliated”, P said"."""
    begin, _ = segment(sentence, at)
    comma = next((i for i in range(at - 1, max(at - 6, begin), -1) if sentence.nodes[i].norm == ","), None)
    reported = range(begin, comma) if comma is not None else range(0)
    if not any(sentence.nodes[i].verb for i in reported):
        return []
    return [i for i in reported if i and sentence.nodes[i].tag == "Z" and _is_term(reader, sentence, i)]


def _is_term(reader: Reader, sentence: Sentence, at: int) -> bool:
    words = quoted_text(sentence.nodes[at]).split()
    return len(words) <= _LONGEST_TERM and not has_phrase(reader, sentence, "slogan", max(at - 4, 0), at)


def _about(reader: Reader, sentence: Sentence, at: int, speaker: int, terms: Sequence[int]) -> list[int]:
    """Of whom something is said: the entities between the verb and the term, else those of the quotation or clause."""
    _, end = segment(sentence, at)
    quoted = [
        i
        for i, node in enumerate(sentence.nodes)
        if node.keys and ((node.quoted and node.tag in "POS") or _opens(sentence, i))
    ]
    here = [i for i in sentence.tagged("POS", at + 1, end) if sentence.nodes[i].keys and sentence.nodes[i].form != "a"]
    here = [i for i in here if not (sentence.nodes[i].office and set(here) & {i + 1, i + 2})]  # the office of a person
    outlet = _outlet(reader, sentence, {speaker})
    here = [i for i in here if i != outlet and not _is_addressed(reader, sentence, at, i)]
    free = [i for i in here if i != speaker and sentence.nodes[i].keys != sentence.nodes[speaker].keys]
    if terms and terms[0] > at:
        free = [i for i in free if i < terms[0]]
        free = [i for i in free if i - free[0] <= 2 * free.index(i)]
    elif terms:
        before = [i for i in sentence.tagged("POS", 0, terms[0]) if i != speaker and sentence.nodes[i].form != "a"]
        free = before or free[:1]
    return quoted or free or _topic(reader, sentence, at, speaker, terms)


def _topic(reader: Reader, sentence: Sentence, at: int, speaker: int, terms: Sequence[int]) -> list[int]:
    """Of whom a quoted word is said, if not after the verb: a passive subject, what stands first, or after the word."""
    nodes = sentence.nodes
    verb = nodes[at].verb
    if not terms or verb is None:
        return []
    other = [i for i in sentence.tagged("PSO") if nodes[i].keys and nodes[i].form != "a" and i != speaker]
    first = [i for i in other if i < min(at, speaker) and (i <= 2 or verb.passive)]
    topical = verb.passive or nodes[0].norm in reader.lexicon.sets["topic_first"] or _interrupts(reader, sentence, at)
    if first and topical:
        return first[:1]
    after = [i for i in other if terms[-1] < i <= terms[-1] + 2 and nodes[i].tag == "P"]
    governed = [i for i in after if nodes[i - 1].norm in reader.lexicon.sets["prepositions"] - {"to", "by"}]
    return governed if terms[0] > at else []


def _interrupts(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether a verb of saying interrupts what it reports: "Russia is, X wrote, a “rogue state”"."""
    return any(begin < at < end for begin, end in insertions(reader.document, sentence))


def _is_addressed(reader: Reader, sentence: Sentence, at: int, place: int) -> bool:
    """Whether somebody is told something rather than told of: "told the Slovak parliament that …"."""
    between = sentence.nodes[at + 1 : place]
    small = reader.lexicon.union("article", "telling_to")
    verb = sentence.nodes[at].verb
    tells = verb is not None and (verb.lemma in reader.lexicon.sets["telling"] or any(n.norm in small for n in between))
    reports = reader.has(sentence, "complementizer", place + 1, place + 6) is not None
    return tells and reports and all(node.tag == "W" and node.norm in small for node in between)


def _quotes(sentence: Sentence, at: int) -> bool:
    """Whether whole sentences are quoted: after the colon of a verb of saying, or before or around it."""
    colon = any(node.norm == ":" for node in sentence.nodes[at + 1 : at + 4])
    quoted = any(node.quoted for node in sentence.nodes) or _opens(sentence, 0)
    return quoted or (colon and bool(sentence.tagged("Z", at)))


def _opens(sentence: Sentence, at: int) -> bool:
    """Whether a quotation opens the sentence, who said it after it: "« L'Ukraine doit gagner », a déclaré P"."""
    following = sentence.nodes[at + 1] if at + 1 < len(sentence.nodes) else None
    opening = at == 0 and sentence.nodes[at].tag == "Z" and following is not None
    return opening and following is not None and (following.norm == "," or following.tag in "PV")


def _told_of(reader: Reader, sentence: Sentence, at: int, about: Sequence[int], speaker: int) -> list[int]:
    """The people of indirect speech: "a affirmé qu'il avait une relation avec P"; figures are no utterance.

    Where the text tells the medium, others may be spoken of as well.
    """
    published = _outlet(reader, sentence, {speaker, *about}) is not None
    reach = at + 6 if published else at + 3
    reported = reader.has(sentence, "complementizer", at + 1, reach) is not None
    people = [i for i in about if published or sentence.nodes[i].tag == "P"]
    return people if reported and not sentence.tagged("CMN", at) else []


def _outlet(reader: Reader, sentence: Sentence, taken: set[int]) -> int | None:
    """Where it was said: a medium of the tables, or a name after "le magazine", "dans", "on"."""
    for at, node in enumerate(sentence.nodes):
        if at in taken or node.tag not in "OX" or node.quoted:
            continue
        if set(node.keys) & reader.document.media or (node.tag == "X" and _is_outlet(reader, sentence, at)):
            return at
    return None


def _is_outlet(reader: Reader, sentence: Sentence, at: int) -> bool:
    named_so = has_phrase(reader, sentence, "outlet", at - 3, at) or has_phrase(
        reader, sentence, "interview", at - 5, at
    )
    before = sentence.nodes[at - 1] if at else None
    following = sentence.nodes[at + 1].norm if at + 1 < len(sentence.nodes) else ""
    bracketed = before is not None and before.norm == "(" and following in (",", ")")
    told = before is not None and before.verb is not None and before.verb.lemma in reader.lexicon.sets["telling"]
    return named_so or told or bracketed or (before is not None and before.norm in reader.lexicon.sets["published_in"])


def _outlet_name(reader: Reader, sentence: Sentence, at: int) -> str:
    """The medium at a place; the name of an English programme may be of two: "The X and Y Show"."""
    node, text = sentence.nodes[at], reader.document.text
    following = sentence.nodes[at + 1 : at + 3]
    joined = len(following) == 2 and following[0].norm in ("and", "&") and following[1].tag in "XP"
    adjective, article = sentence.nodes[max(at - 1, 0)], sentence.nodes[max(at - 2, 0)]
    if node.tag == "X" and adjective.form == "a" and article.text == "The" and at > 2:
        return " ".join(text[article.start : node.end].split())  # "The American Conservative"
    if joined and node.tag == "X" and sentence.nodes[at].text.startswith("The "):
        return " ".join(text[node.start : following[1].end].split())
    return node.keys[0] if node.keys else " ".join(node.text.split())


def _unnamed_outlet(reader: Reader, sentence: Sentence, at: int) -> str:
    """A medium without a name that is told something: "told French regional newspapers", "à la presse régionale"."""
    nodes = sentence.nodes
    start = at + 1
    while start < len(nodes) and nodes[start].norm in reader.lexicon.union("article", "telling_to"):
        start += 1
    start += nodes[start].tag == "P" if start < len(nodes) and nodes[at + 1].tag == "P" else 0
    while start < len(nodes) and nodes[start].norm in reader.lexicon.union("article", "telling_to"):
        start += 1
    end = start
    while end < len(nodes) and end - start < 5 and (nodes[end].tag == "W" or nodes[end].form == "a"):
        if not nodes[end].norm.isalpha() or nodes[end].norm in reader.document.words("prepositions"):
            break
        end += 1
    named = any(phrase(reader, sentence, i, "press") for i in range(start, end))
    return plain(reader.document.text[nodes[start].start : nodes[end - 1].end]) if named and end > start else ""


def _date(sentence: Sentence, at: int) -> int | None:
    begin, end = segment(sentence, at)
    dates = [
        i for i in sentence.tagged("D", begin, end) if not (sentence.nodes[i].quoted or is_since(sentence.nodes[i]))
    ]
    return next((i for i in dates if i > at), None) if dates and dates[0] > at else next(iter(dates), None)


def _worded(reader: Reader, sentence: Sentence) -> list[Found]:
    """Read "« … » : c'est le terme choisi par P, dans GQ, pour …": a word of somebody's choosing."""
    terms = [i for i in sentence.tagged("Z") if _is_term(reader, sentence, i)]
    for at in phrases(reader, sentence, "wording") if terms else ():
        length = phrase(reader, sentence, at, "wording")
        agents = [
            i
            for i in agent_of(reader.document, sentence, at + length, len(sentence.nodes))
            if sentence.nodes[i].tag in "PX"
        ]
        near = agents or [i for i in subject_at(reader, sentence, at, "PX") if i < at]
        near = near or [
            i for i in range(at + length, min(at + length + 3, len(sentence.nodes))) if sentence.nodes[i].tag == "P"
        ]
        if near:
            return [_found(reader, sentence, at, near[0], _described(reader, sentence, near[0], terms[-1]), terms)]
    return []


def _in_the_eyes(reader: Reader, sentence: Sentence) -> list[Found]:
    """Read "For Joe Biden, Vladimir Putin is a “killer”": a word of him to whom a text attributes it."""
    terms = [i for i in sentence.tagged("Z") if _is_term(reader, sentence, i)]
    source = next((one for one in attributions(reader, sentence) if one.node.tag == "P"), None) if terms else None
    opens = sentence.nodes[0].norm in reader.lexicon.sets["in_the_eyes"]
    if source is None or source.begin or not opens:
        return []
    speaker = sentence.nodes.index(source.node)
    other = [i for i in sentence.tagged("PSO", 0, terms[0]) if i != speaker and sentence.nodes[i].form != "a"]
    outlet = _outlet(reader, sentence, {speaker})
    about = [i for i in other if i != outlet and sentence.nodes[i].keys][:1]
    verbs = [i for i, verb in sentence.verbs() if verb.tense in FINITE]
    return [_found(reader, sentence, verbs[0], speaker, about, terms)] if about and verbs else []


def _described(reader: Reader, sentence: Sentence, speaker: int, term: int) -> list[int]:
    """Of whom a word is used: after "to describe" the entities that follow, with a verb between, or after "of"."""
    after = [i for i in sentence.tagged("PSO", term + 1) if sentence.nodes[i].form != "a" and i != speaker]
    verbs = [i for i in range(term + 1, after[0]) if sentence.nodes[i].verb] if after else []
    calls = any("call" in sentence.nodes[i].verb.classes for i in verbs)  # type: ignore[union-attr]
    spoken_of = bool(after) and after[0] == term + 2 and sentence.nodes[term + 1].norm in reader.lexicon.sets["said_of"]
    return after[:1] if calls or spoken_of else []
