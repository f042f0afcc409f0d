"""Role nouns: "membre de l'OTAN", "candidate à l'UE", "EU member states such as", "Participants : …"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.build.text.document import Node, Sentence
from kg.build.text.kinds.common import Found, Reader, is_since, values
from kg.build.text.kinds.context import (
    asserted,
    bounds,
    clause_at,
    enclosed,
    ending_before,
    full_date,
    governors,
    has_phrase,
    listed,
    phrase,
    respectively,
    segment,
    subject_at,
)
from kg.build.text.kinds.organisation.bodies import Body, bodies_after, body_at, last_body
from kg.build.text.kinds.organisation.role_nouns import ROLE_WORDS, RoleNoun, annotation, listed_members, role_at

PARENTS = dict.fromkeys(
    ("org:european-council", "org:european-commission", "org:council-of-the-european-union"), "org:eu"
)
"""Institutions, and the organisation whose members and candidates they speak of."""

_NOUNS = (*ROLE_WORDS, "states")


def read_roles(reader: Reader) -> Iterator[Found]:
    """The memberships that role nouns state."""
    nouns: list[RoleNoun] = []
    for sentence in reader.document.sentences:
        previous: tuple[int, ...] = ()
        for noun in _nouns(reader, sentence):
            nouns.append(noun)
            if found := listed_members(reader, noun):
                yield from _each(reader, noun, found)
                continue
            members, verb = _members(reader, noun, previous)
            previous = members or previous
            if members and noun.bodies:
                since, until, dates = _since(reader, noun, verb)
                if verb is not None and _ended(sentence, verb):
                    since, until = "", until or since
                if paired := respectively(reader, sentence, members, noun.after):
                    for member, date in paired:
                        yield from _found(
                            noun, (member,), *_ends(full_date(reader, sentence, date)), [sentence.nodes[date]]
                        )
                else:
                    yield from _found(noun, members, since, until, [*dates])
                    yield from _continued(reader, noun, members, dates)
                    yield from _so_are(reader, noun, members)
    yield from _taken_up(reader, nouns)


def _so_are(reader: Reader, noun: RoleNoun, members: tuple[int, ...]) -> Iterator[Found]:
    """Read "…, as is Estonia", "tout comme l'Estonie": others who hold the role as well."""
    sentence = noun.sentence
    for at in range(noun.after, len(sentence.nodes)):
        length = phrase(reader, sentence, at, "so_are")
        run = listed(reader, sentence, at + length, "SO") if length else ()
        if run and run[0] - at - length <= 1 and not set(run) & set(members):
            yield from _found(noun, run, "", "", [])
            return


def _taken_up(reader: Reader, nouns: Sequence[RoleNoun]) -> Iterator[Found]:
    """Read "le Portugal l'est aussi de l'Union depuis 1986", "qui l'avait été de 1973 à 2020": a role as a pronoun."""
    for sentence in reader.document.sentences if nouns else ():
        for at, verb in sentence.verbs():
            if "be" not in verb.classes or "l'" not in verb.clitics or not asserted(reader, sentence, at):
                continue
            spoken = [one for one in nouns if one.sentence is sentence or one.sentence.index < sentence.index]
            noun = next((one for one in reversed(spoken) if one.bodies), None)
            if noun is None:
                continue
            further = bodies_after(reader, sentence, at + 1, bounds(reader, sentence, at)[1])
            bodies = further or noun.bodies
            _, end = bounds(reader, sentence, at)
            dates = sentence.tagged("D", at, end)[:1]
            since, until = _ends(full_date(reader, sentence, dates[0])) if dates else ("", "")
            taken = RoleNoun(sentence, at, at + 1, noun.role, bodies)
            members = subject_at(reader, sentence, at, "S")
            yield from _found(taken, members, since, until, [sentence.nodes[i] for i in dates])


def _continued(reader: Reader, noun: RoleNoun, members: tuple[int, ...], dates: Sequence[Node]) -> Iterator[Found]:
    """Read "membre de l'UE depuis 2004 et de l'OTAN depuis 1999": a further organisation with a date of its own."""
    nodes = noun.sentence.nodes
    at = nodes.index(dates[0]) + 1 if dates else len(nodes)
    if at >= len(nodes) or nodes[at].norm not in reader.lexicon.sets["and"] | {","}:
        return
    of = phrase(reader, noun.sentence, at + 1, "of")
    found = bodies_after(reader, noun.sentence, at + 1 + of, len(nodes), reach=3) if of else []
    date = next(iter(noun.sentence.tagged("D", found[0].at, found[0].at + 3)), None) if found else None
    if date is not None:
        further = RoleNoun(noun.sentence, noun.at, noun.end, noun.role, found)
        yield from _found(further, members, *_ends(full_date(reader, noun.sentence, date)), [nodes[date]])


def _nouns(reader: Reader, sentence: Sentence) -> Iterator[RoleNoun]:
    after = 0
    for at in sorted(reader.places_of_any(sentence, _NOUNS)):
        if at < after or sentence.nodes[at].quoted:
            continue
        found = role_at(reader, sentence, at) or _countries_of(reader, sentence, at)
        if found is None:
            continue
        noun = RoleNoun(sentence, at, found[1], found[0])
        noun.bodies = _bodies(reader, noun)
        yield noun
        after = noun.after


def _countries_of(reader: Reader, sentence: Sentence, at: int) -> tuple[str, int] | None:
    """Read "pays de l'UE comme A et B", "EU countries such as A", where a list follows."""
    length = phrase(reader, sentence, at, "states")
    if not length:
        return None
    noun = RoleNoun(sentence, at, at + length, "member")
    of = phrase(reader, sentence, noun.end, "of")
    before = at > 0 and body_at(reader, sentence, at - 1) is not None and reader.document.lang == "en"
    noun.bodies = _bodies(reader, noun) if of or before else []
    near = bool(noun.bodies) and noun.bodies[0].at - noun.end <= 3
    return ("member", noun.end) if near and listed_members(reader, noun) else None


def _bodies(reader: Reader, noun: RoleNoun) -> list[Body]:
    """The organisations of a role noun: after it, before it in English, or the last named ("en est membre")."""
    sentence, at = noun.sentence, noun.at
    found = bodies_after(reader, sentence, noun.end, len(sentence.nodes), reach=6)
    near = sentence.nodes[noun.end : found[0].at] if found else ()
    apart = reader.lexicon.union("contrasts", "and")
    if found and not any(node.norm in apart for node in near):
        if noun.role == "candidate":  # "le statut de candidat accordé par le Conseil européen"
            found = [replace(body, key=PARENTS.get(body.key, body.key)) for body in found]
        return found
    begin = at - 1
    while begin > 0 and sentence.nodes[begin].norm in {"'s"} | reader.lexicon.sets["states"] | {
        "newest",
        "full",
        "founding",
    }:
        begin -= 1
    if reader.document.lang == "en" and begin >= 0 and (first := body_at(reader, sentence, begin)):
        run = ending_before(sentence, begin + 1, "OG")
        return [body for i in run if (body := body_at(reader, sentence, i))] or [first]
    last = last_body(reader, sentence, at)
    if last is None or not _is_elliptic(reader, noun):
        return []
    here = any(node is last.node for node in sentence.nodes)
    return [last if here else replace(last, at=at)]  # named in an earlier sentence, it stands nowhere in this one


def _is_elliptic(reader: Reader, noun: RoleNoun) -> bool:
    """Whether a role noun without a complement goes on with the organisation that was named last."""
    sentence = noun.sentence
    following = sentence.nodes[noun.end].norm if noun.end < len(sentence.nodes) else ""
    if following in reader.lexicon.sets["role_of"]:
        return False
    begin, _ = segment(sentence, noun.at)
    heading = noun.at - begin <= 3 and following == ":"
    own = any(node.norm in reader.lexicon.sets["possessives"] for node in sentence.nodes[max(noun.at - 3, 0) : noun.at])
    verb = sentence.nodes[noun.end].verb if noun.end < len(sentence.nodes) else None
    heading = heading or (own and noun.is_plural and verb is not None and "be" in verb.classes)  # "Its members are"
    relative = any(
        node.norm in reader.lexicon.sets["whose_roles"] for node in sentence.nodes[max(noun.at - 8, 0) : noun.at]
    )
    return heading or relative or _copula(reader, noun) is not None


def _copula(reader: Reader, noun: RoleNoun) -> int | None:
    """The verb whose predicate the role noun is: "est membre", "fait partie", "became a full member"."""
    sentence = noun.sentence
    here = next((i for i in range(noun.at - 1, max(noun.at - 9, -1), -1) if sentence.nodes[i].verb), None)
    if here is None or not _is_predicate(reader, sentence.nodes[here + 1 : noun.at]):
        return None
    classes = sentence.nodes[here].verb.classes  # type: ignore[union-attr]
    if noun.head.norm in reader.lexicon.sets["taking_part"]:
        return here if classes & {"do", "be"} and noun.at == here + 1 + _skipped(reader, sentence, here) else None
    status = any(node.norm in reader.lexicon.sets["statute"] for node in sentence.nodes[here : noun.end + 1])
    among = any(node.norm in reader.lexicon.sets["among_members"] for node in sentence.nodes[here : noun.at])
    title = any(node.norm in reader.lexicon.sets["as_role"] for node in sentence.nodes[here : noun.at])
    fits = (
        classes & {"be"}
        or (status and classes & {"receive", "have", "rely"})
        or (among and classes & {"comprise", "sit", "count"})
    )
    return here if fits or (title and classes & {"sit", "join", "amount_to"}) else None


def _skipped(reader: Reader, sentence: Sentence, at: int) -> int:
    """How many adverbs and particles of negation stand after a verb."""
    small = reader.lexicon.sets["between"] | {"pas", "plus", "not"}
    here = at + 1
    while here < len(sentence.nodes) and sentence.nodes[here].norm in small:
        here += 1
    return here - at - 1


def _is_predicate(reader: Reader, between: Sequence[Node]) -> bool:
    """Whether the nodes between a verb and a noun leave the noun its predicate: articles, ranks, adjectives."""
    if any(
        node.tag not in "WRND" or node.norm in (",", ":", ";", "(")
        for node in between
        if node.tag not in "OG" or node.form == "a"
    ):
        return False
    norms = [node.norm for node in between]
    cut = next((i for i, norm in enumerate(norms) if norm in reader.lexicon.sets["genitive"]), None)
    if cut is not None:
        statute = set(norms) & reader.lexicon.sets["statute"]
        return bool(statute or set(norms[:cut]) & reader.lexicon.sets["partitive_members"])
    return not set(norms) & reader.lexicon.sets["no_predicate"]


def _members(reader: Reader, noun: RoleNoun, previous: tuple[int, ...]) -> tuple[tuple[int, ...], int | None]:
    """The members that a role noun is said of, and the verb that says it."""
    sentence = noun.sentence
    if (verb := _copula(reader, noun)) is not None:
        return _of_verb(reader, noun, verb), verb
    if granted := _granted(reader, noun):
        return granted
    here = _before_adverbs(reader, noun)
    mark = sentence.nodes[here].norm if here >= 0 else ""
    if _denied(reader, sentence, here, noun.at):
        return (), None
    if attributive := _attributive(reader, noun):
        return attributive, None
    if mark in (",", "(", "–", "—"):
        before = _apposed(reader, noun, ending_before(sentence, here), here)
        one_of = any(n.norm in reader.lexicon.sets["partitive_members"] for n in sentence.nodes[here : noun.at])
        if noun.is_plural and not one_of and len(before) == 1 and len(sentence.nodes[before[0]].keys) < 2:
            return (), None  # "À Vilnius, les membres du G7 ont promis …"
        return before or (previous if mark == "," else ()), None
    if mark == ":":
        return ending_before(sentence, here), None
    if mark in reader.lexicon.sets["and"] and previous:
        return previous, None
    if here < 0 and not (noun.is_plural and _has_colon(noun)):
        return _following_subject(reader, sentence, noun.after), None
    return (), None


def _attributive(reader: Reader, noun: RoleNoun) -> tuple[int, ...]:
    """Read "EU member Hungary", "NATO members Poland and Romania"."""
    nodes = noun.sentence.nodes
    before = noun.bodies and noun.bodies[0].at < noun.at
    if not before or noun.after >= len(nodes) or nodes[noun.after].tag != "S" or nodes[noun.after].form == "a":
        return ()
    return listed(reader, noun.sentence, noun.after)


def _granted(reader: Reader, noun: RoleNoun) -> tuple[tuple[int, ...], int] | None:
    """Read "a accordé à l'Ukraine le statut de candidat", "granted candidate status to Ukraine and Moldova"."""
    sentence = noun.sentence
    if not has_phrase(reader, sentence, "statute", noun.at - 4, noun.end + 2):
        return None
    begin, end = bounds(reader, sentence, noun.at)
    for at in range(begin, end):
        verb = sentence.nodes[at].verb
        if (
            verb
            and verb.classes & {"allocate", "deliver", "recognise", "grant_entry"}
            and (asserted(reader, sentence, at) or _sees_itself(reader, sentence, at))
        ):
            if _sees_itself(reader, sentence, at):
                noun.bodies = noun.bodies or _granting(reader, sentence, at, noun)
                return subject_at(reader, sentence, at, "S"), at
            if verb.passive and verb.tense != "pp" and (clause := clause_at(reader, sentence, at)):
                subject = tuple(i for i in clause.subject if i < at and sentence.nodes[i].tag == "S")
                if subject and noun.bodies:
                    return subject, at  # "Ukraine was granted candidate status"
            states = [i for i in sentence.tagged("S", at + 1, end) if sentence.nodes[i].form != "a"]
            noun.bodies = noun.bodies or _granting(reader, sentence, at, noun)
            members = listed(reader, sentence, states[0]) if states else ()
            return (members, at) if members else None
    return None


def _sees_itself(reader: Reader, sentence: Sentence, at: int) -> bool:
    """Whether the subject of an infinitive's verb is who is given something: "s'est vu accorder le statut"."""
    seeing = governors(sentence, at)[:1]
    return bool(seeing) and seeing[0].reflexive and seeing[0].lemma in reader.lexicon.sets["seeing"]


def _granting(reader: Reader, sentence: Sentence, at: int, noun: RoleNoun) -> list[Body]:
    """The organisation that grants a status; an institution of the European Union grants it for the Union."""
    places = [
        i for i in (*subject_at(reader, sentence, at, "O"), *sentence.tagged("O")) if sentence.nodes[i].form != "a"
    ]
    body = body_at(reader, sentence, places[0]) if places else last_body(reader, sentence, noun.at)
    return [replace(body, key=PARENTS.get(body.key, body.key))] if body else []


def _of_verb(reader: Reader, noun: RoleNoun, verb: int) -> tuple[int, ...]:
    sentence = noun.sentence
    if not asserted(reader, sentence, verb) and not _no_longer(reader, noun, verb):
        return ()
    if sentence.nodes[verb].verb.tense == "pp":  # type: ignore[union-attr]
        before = _apposed(reader, noun, ending_before(sentence, verb), verb - 1)
        return before or (_following_subject(reader, sentence, noun.after) if verb <= 1 else ())
    subject = subject_at(reader, sentence, verb, "SOG")
    states = tuple(i for i in subject if i < verb and sentence.nodes[i].tag == "S")
    if noun.head.norm in reader.lexicon.sets["inverted_roles"] and not states:
        apart = noun.after < len(sentence.nodes) and sentence.nodes[noun.after].norm == ";"
        states = () if apart else listed(reader, sentence, noun.after) or listed(reader, sentence, noun.after + 1)
    return states or tuple(
        i for i in subject if i < verb and sentence.nodes[i].keys and not set(_keys(noun)) & set(sentence.nodes[i].keys)
    )


def _no_longer(reader: Reader, noun: RoleNoun, verb: int) -> bool:
    """Whether a role ended at a date: "n'est plus membre depuis 2020"."""
    sentence = noun.sentence
    since, _, dates = _since(reader, noun, verb)
    told = sentence.nodes[verb].verb
    later = bool(dates) and is_since(dates[0]) and dates[0].start > sentence.nodes[noun.at].start
    since_then = later and told is not None and told.tense in ("pres", "perf")
    stopped = told is not None and not told.negative
    no_longer = has_phrase(reader, sentence, "no_longer", verb - 1, noun.at)
    return bool(since) and _ended(sentence, verb) and (stopped or no_longer or since_then)


def _ended(sentence: Sentence, verb: int) -> bool:
    """Whether a verb says that a role is held no more: denied, or what one has ceased to do."""
    told = sentence.nodes[verb].verb
    if told is None or told.negative:
        return told is not None
    return any("stop" in one.classes and not one.negative for one in governors(sentence, verb)[:1])


def _keys(noun: RoleNoun) -> list[str]:
    return [body.key for body in noun.bodies]


def _before_adverbs(reader: Reader, noun: RoleNoun) -> int:
    """The place before the small words that lead to a role noun: "toutes deux", "pays", "the 31st"."""
    sentence = noun.sentence
    first = min([noun.at, *(body.at for body in noun.bodies)])
    here = first - 1
    small = reader.lexicon.union("between", "states", "article", "apposed")
    while here >= 0:
        node = sentence.nodes[here]
        if not (node.form == "p" or node.tag == "R" or (node.tag == "W" and node.norm in small)):
            break
        here -= 1
    for length in (1, 2):  # "Bien que membre de l'OTAN, la Hongrie …"
        if here >= length - 1 and phrase(reader, sentence, here - length + 1, "although") == length:
            return here - length
    return _before_one_of(reader, sentence, here)


def _before_one_of(reader: Reader, sentence: Sentence, at: int) -> int:
    """The place before "one of the twelve", "l'un des six", which says that somebody is among others."""
    sets = reader.lexicon.sets
    here = at
    while here > 0 and (sentence.nodes[here].tag == "N" or sentence.nodes[here].norm in sets["article"] | sets["of"]):
        here -= 1
    if here == at or here <= 0 or sentence.nodes[here].norm not in sets["one_article"] | sets["one_of_several"]:
        return at
    here -= 1
    while here > 0 and sentence.nodes[here].norm in sets["article"]:
        here -= 1
    return here


def _denied(reader: Reader, sentence: Sentence, begin: int, end: int) -> bool:
    return any(node.norm in reader.lexicon.sets["denied_role"] for node in sentence.nodes[max(begin, 0) : end])


def _apposed(reader: Reader, noun: RoleNoun, run: tuple[int, ...], mark: int) -> tuple[int, ...]:
    """The members before an apposition: all of a coordination for a plural noun, else the last one."""
    several = noun.is_plural or any(
        node.form == "p" and len(node.keys) > 1 for node in noun.sentence.nodes[mark : noun.at]
    )
    several = several or any(
        node.norm in reader.lexicon.sets["all_members"] for node in noun.sentence.nodes[mark : noun.at]
    )
    return run if several else run[-1:]


def _has_colon(noun: RoleNoun) -> bool:
    return any(node.norm == ":" for node in noun.sentence.nodes[noun.after : noun.after + 3])


def _following_subject(reader: Reader, sentence: Sentence, after: int) -> tuple[int, ...]:
    """The subject that a phrase in front belongs to: "Candidate à l'UE depuis 2014, l'Albanie …"."""
    comma = next((i for i in range(after, len(sentence.nodes)) if sentence.nodes[i].norm == ","), None)
    if comma is None:
        return ()
    run = listed(reader, sentence, comma + 1)
    return run if run and run[0] - comma <= 2 else ()


def _each(reader: Reader, noun: RoleNoun, members: tuple[int, ...]) -> Iterator[Found]:
    """The members of a list, each with the role and the date that stand in parentheses after it."""
    for number, at in enumerate(members):
        role, since = annotation(reader, noun.sentence, members, number)
        yield from _found(noun, (at,), since, "", [], role=role or noun.role)


def _since(reader: Reader, noun: RoleNoun, verb: int | None) -> tuple[str, str, list[Node]]:
    """Since when and until when a role is said to be held."""
    sentence = noun.sentence
    begin, end = bounds(reader, sentence, verb if verb is not None else noun.at)
    becoming = verb is not None and "join" in sentence.nodes[verb].verb.classes  # type: ignore[union-attr]
    status = verb is not None and bool(sentence.nodes[verb].verb.classes & {"receive", "allocate", "grant_entry"})  # type: ignore[union-attr]
    following = [i for i in sentence.tagged("D", noun.after, end) if status or _near(reader, sentence, noun.after, i)]
    following = [i for i in following if not _of_another(sentence, noun.after, i)]
    before = sentence.tagged("D", begin, noun.at) if verb is not None else []
    before = [i for i in before if becoming or status or is_since(sentence.nodes[i])]
    chosen = [*following, *before][:1]
    if not chosen or enclosed(sentence, chosen[0]) != enclosed(sentence, noun.at):
        return "", "", []
    node = sentence.nodes[chosen[0]]
    return *_ends(full_date(reader, sentence, chosen[0])), [node]


def _of_another(sentence: Sentence, after: int, at: int) -> bool:
    """Whether a date is that of a further state: "…, l'Iran depuis 2024"."""
    comma = next((i for i in range(after, at) if sentence.nodes[i].norm == ","), at)
    return any(sentence.nodes[i].form == "b" and sentence.nodes[i].tag == "S" for i in range(comma, at))


def _near(reader: Reader, sentence: Sentence, after: int, at: int) -> bool:
    """Whether only small words stand between an organisation and a date."""
    between = sentence.nodes[after:at]
    small = reader.lexicon.union("determiners", "prepositions", "between")
    if has_phrase(reader, sentence, "not_yet", at - 2, at):
        return False
    return all(
        node.tag == "W" and (node.norm in small or node.norm in reader.lexicon.union("membership_bid", "statute"))
        for node in between
    )


def _ends(date: str) -> tuple[str, str]:
    """The beginning and the end that a date gives: "1996/2022" gives both, "2022/.." one, "../2022" the other."""
    if date.startswith("../"):
        return "", date.removeprefix("../")
    begin, _, end = date.partition("/")
    return begin, "" if end == ".." else end


def _found(
    noun: RoleNoun, members: Sequence[int], since: str, until: str, dates: Sequence[Node], *, role: str = ""
) -> Iterator[Found]:
    nodes = noun.sentence.nodes
    for body in noun.bodies:
        for at in members:
            for member in values([nodes[at]]):
                slots = {
                    "member": member,
                    "organisation": body.key,
                    "role": role or noun.role,
                    "since": since,
                    "until": until,
                }
                rest = [nodes[at], noun.head, body.node, *dates]
                yield Found("membership", slots, "membership/role-noun", noun.sentence.index, rest, noun.at)
