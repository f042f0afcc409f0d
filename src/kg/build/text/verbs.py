"""Finding verb groups: auxiliaries, pronouns and adverbs are folded into one node with tense, voice and polarity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kg.build.text.document import Node, Verb
from kg.build.text.lexicon import Lexicon, VerbForm
from kg.build.text.nodes import phrase_at

_MAY_INTERVENE = 9
_FINITE = {"pres", "past", "fut", "cond", "perf"}


@dataclass(slots=True)
class _Auxiliary:
    """What the words before a participle have said so far."""

    tense: str
    passive: bool = False
    being: bool = False
    negative: bool = False
    doubtful: bool = False
    modal: bool = False
    clitics: set[str] = field(default_factory=set)


def find_verbs(nodes: Sequence[Node], lexicon: Lexicon) -> list[Node]:
    """The nodes of a sentence with its verb groups folded."""
    finder = (_French if lexicon.lang == "fr" else _English)(list(nodes), lexicon)
    return finder.run()


def tie_dependents(nodes: list[Node]) -> list[Node]:
    """Tie each infinitive and gerund to the verb that governs it, and let that verb's refusal or doubt weigh on it."""
    last: int | None = None
    for at, node in enumerate(nodes):
        verb = node.verb
        if verb is None:
            if node.tag == "W" and node.norm in (";", ":", ".", "—"):
                last = None
            continue
        if verb.tense in ("inf", "ger") and last is not None:
            nodes[at] = replace(node, verb=replace(verb, main=last))
        if verb.tense in _FINITE or (verb.tense in ("inf", "pp") and last is None):
            last = at
    return nodes


class _Finder:
    """A walk over the nodes of one sentence; the languages differ in what an auxiliary does."""

    def __init__(self, nodes: list[Node], lexicon: Lexicon) -> None:
        self.nodes = nodes
        self.lexicon = lexicon
        self.sets = lexicon.sets
        self.out: list[Node] = []

    def run(self) -> list[Node]:
        at = 0
        while at < len(self.nodes):
            at = self.step(at)
        return self.out

    def step(self, at: int) -> int:
        raise NotImplementedError

    def word(self, at: int) -> str:
        """The word at a place, or nothing where there is no word."""
        return self.nodes[at].norm if 0 <= at < len(self.nodes) and self.nodes[at].tag == "W" else ""

    def readings(self, at: int, *tenses: str) -> list[VerbForm]:
        return [form for form in self.lexicon.verb_forms.get(self.word(at), ()) if form.tense in tenses]

    def participle(self, at: int) -> tuple[int, list[int]] | None:
        """The participle that completes an auxiliary, and the nodes between that stay in the sentence."""
        kept: list[int] = []
        inserted = at
        for here in range(at, min(at + _MAY_INTERVENE, len(self.nodes))):
            word = self.word(here)
            if here >= inserted and (length := phrase_at(self.nodes, here, self.lexicon.words["first_time"])):
                inserted = here + length
            if here < inserted:
                kept.append(here)
            elif self.is_participle(here):
                return here, kept
            elif self.nodes[here].tag == "D" or word == ",":
                kept.append(here)
            elif word not in self.sets["between"] and not (kept and word in self.sets["determiners"]):
                return None
        return None

    def is_participle(self, at: int) -> bool:
        word = self.word(at)
        return word != "été" and bool(self.readings(at, "pp"))

    def emit(self, at: int, form: VerbForm, auxiliary: _Auxiliary, *, begin: int | None = None) -> None:
        node = self.nodes[at]
        start = self.nodes[begin].start if begin is not None else node.start
        verb = Verb(
            form.lemma, self.lexicon.verb_classes[form.lemma], auxiliary.tense, auxiliary.passive, auxiliary.negative,
            bool({"se", "s'"} & auxiliary.clitics), auxiliary.doubtful, frozenset(auxiliary.clitics),
        )  # fmt: skip
        start = min(start, node.start)
        self.out.append(replace(node, tag="V", verb=verb, start=start, text=f"{node.text}"))

    def keep(self, at: int) -> int:
        self.out.append(self.nodes[at])
        return at + 1


class _French(_Finder):
    def step(self, at: int) -> int:
        word = self.word(at)
        previous = self.out[-1].norm if self.out and self.out[-1].tag == "W" else ""
        if word in self.sets["have"] | self.sets["have_future"] | self.sets["have_conditional"] and previous != "l'-":
            return self.compound(at, being=False)
        if word in self.sets["be"] | self.sets["be_future"] | self.sets["be_conditional"] and not (
            word in ("est", "été") and previous in self.sets["determiners"] and not self.takes_up(at)
        ):
            return self.compound(at, being=True)
        if word in self.sets["progressive"] and (done := self.immediate(at)):
            return done
        if forms := self.lexicon.verb_forms.get(word):
            return self.simple(at, forms)
        return self.keep(at)

    def takes_up(self, at: int) -> bool:
        """Whether "en" or "l'" before "est" is a pronoun: "elle en est membre", "la Serbie l'est depuis 2012"."""
        if self.out[-1].norm not in ("en", "l'") or len(self.out) < 2:
            return False
        before, following = self.out[-2], self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        subject = before.is_entity or before.norm in ("elle", "il", "qui", "ne", ")", "pays")
        return subject and following is not None and following.norm not in ("de", "du", "des")

    def clitics(self) -> _Auxiliary:
        """Take the pronouns and the negation that stand before the verb out of the sentence."""
        found = _Auxiliary("pres")
        while self.out and self.out[-1].tag == "W":
            word = self.out[-1].norm
            if word in self.sets["negation"]:
                found.negative = True
            elif word in self.sets["clitics"]:
                found.clitics.add(word)
            else:
                break
            self.out.pop()
        return found

    def compound(self, at: int, *, being: bool) -> int:
        word = self.word(at)
        auxiliary = self.clitics()
        names = ("be", "be_future", "be_conditional") if being else ("have", "have_future", "have_conditional")
        tense = dict(zip(names, ("perf", "fut", "cond"), strict=True))
        auxiliary.tense = next(tense[name] for name in names if word in self.sets[name])
        auxiliary.doubtful = auxiliary.tense == "cond"
        found = self.participle(at + 1)
        infinitive = word in ("avoir", "être")
        if found is None:
            return self.been(at, auxiliary) or self.bare(at, auxiliary, being=being)
        end, kept = found
        if infinitive or word in ("ayant", "étant"):
            auxiliary.tense = "ger" if word.endswith("ant") else "inf"
        form = self.readings(end, "pp")[0]
        was = any(self.word(here) == "été" for here in range(at, end))
        self.negated(auxiliary, at + 1, end + 4)
        reflexive = bool({"se", "s'"} & auxiliary.clitics)
        auxiliary.passive = was or (being and not reflexive and form.lemma not in self.sets["unaccusative"])
        self.out.extend(self.nodes[here] for here in kept)
        self.emit(end, form, auxiliary, begin=at)
        return end + 1

    def negated(self, auxiliary: _Auxiliary, begin: int, end: int) -> None:
        """``ne … que`` restricts and does not deny; ``pas`` and ``jamais`` deny also without ``ne``."""
        words = [self.word(here) for here in range(begin, end)]
        if auxiliary.negative and {"que", "qu'"} & set(words) and not {"pas", "jamais"} & set(words):
            auxiliary.negative = False
        elif {"pas", "jamais", "rien", "guère"} & set(words[:4]):
            auxiliary.negative = True

    def been(self, at: int, auxiliary: _Auxiliary) -> int | None:
        """ "a été" without a participle is itself the verb: "a toujours été membre"."""
        end = next((here for here in range(at + 1, at + 4) if self.word(here) == "été"), None)
        if end is None or any(self.word(here) not in self.sets["between"] for here in range(at + 1, end)):
            return None
        self.negated(auxiliary, at + 1, end + 4)
        self.emit(end, VerbForm("être", auxiliary.tense), auxiliary, begin=at)
        return end + 1

    def bare(self, at: int, auxiliary: _Auxiliary, *, being: bool) -> int:
        """The auxiliary is itself the verb: "est membre", "a une frontière"."""
        if auxiliary.tense == "perf":
            auxiliary.tense = "pres"
        if self.word(at) == "été":
            return self.keep(at)
        if self.word(at) in ("avoir", "être"):
            auxiliary.tense = "inf"
        if self.word(at) in ("ayant", "étant"):
            auxiliary.tense = "ger"
        self.emit(at, VerbForm("être" if being else "avoir", auxiliary.tense), auxiliary)
        return at + 1

    def immediate(self, at: int) -> int | None:
        """``vient de livrer`` is past, ``va livrer`` future."""
        here = at + 1
        while self.word(here) in self.sets["between"] - {"de", "d'"}:
            here += 1
        past = self.word(here) in ("de", "d'")
        here += past
        forms = self.readings(here, "inf")
        if not forms:
            return None
        auxiliary = self.clitics()
        auxiliary.tense = "perf" if past else "fut"
        self.emit(here, forms[0], auxiliary, begin=at)
        return here + 1

    def simple(self, at: int, forms: Sequence[VerbForm]) -> int:
        tenses = {form.tense for form in forms}
        noun = self.is_noun(at)
        order: tuple[str, ...] = ("inf", "fut", "cond", "ger", "pres", "past", "pp")
        if "pp" in tenses and (tenses & {"pres", "past"}) and not self.has_subject(at):
            order = ("pp",)
        for tense in order:
            if tense not in tenses or (noun and tense != "inf"):
                continue
            if tense in _FINITE and not self.has_subject(at) and tense not in ("fut", "cond"):
                continue
            form = next(form for form in forms if form.tense == tense)
            auxiliary = self.clitics() if tense != "pp" else _Auxiliary("pp", passive=True)
            auxiliary.tense = tense
            auxiliary.doubtful = tense == "cond"
            self.negated(auxiliary, at + 1, at + 5) if auxiliary.negative else None
            self.emit(at, form, auxiliary)
            return at + 1
        return self.keep(at)

    def is_noun(self, at: int) -> bool:
        word = self.word(at)
        previous = self.out[-1] if self.out else None
        if word in self.sets["not_verbs"] and not (previous is None and self.opens_with_participle(at)):
            subject = previous is not None and (previous.is_entity or previous.norm in (")", "qui") or self.counts(at))
            return not (word in self.sets["verbs_after_name"] and subject)
        if previous is None:
            return False
        if previous.norm in ("le", "la", "les", "l'") and len(self.out) > 1 and self.after_subject():
            return False
        finite = {form.tense for form in self.lexicon.verb_forms[word]} & {"inf", "ger", "fut", "cond"}
        return previous.norm in self.sets["determiners"] and not finite and previous.norm != "en"

    def opens_with_participle(self, at: int) -> bool:
        """Whether a participle that is also a noun opens a sentence: "Lancée en 2014, …", "Vue de Moscou, …"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        led_on = following is not None and (following.tag == "D" or following.norm in self.sets["determiners"])
        return bool(self.readings(at, "pp")) and self.word(at).endswith("ée") and led_on

    def counts(self, at: int) -> bool:
        """Whether a comma and a number stand around "compte": "la coalition, née en 2024, compte 18"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        return (
            self.out[-1].norm == "," and following is not None and (following.tag == "N" or following.norm == "parmi")
        )

    def after_subject(self) -> bool:
        """Whether the word before an article could be a subject, the article a pronoun: "68 % le rangent"."""
        before = self.out[-2]
        return before.tag in "SOPGXCN" or before.norm in ("qui", "il", "elle", "ils", "elles", "ne", "se")

    def has_subject(self, at: int) -> bool:
        """Whether something stands before that a finite verb can go with."""
        if not self.out:
            return self.word(at) in self.sets["opening_verbs"]
        previous = self.out[-1]
        if previous.tag == "W" and previous.norm in ("et", ",", ")", "»", "mais", "puis", "ou", "ni"):
            return True
        return previous.tag != "W" or previous.norm not in (self.sets["determiners"] - {"en", "le", "la", "les", "l'"})


class _English(_Finder):
    def step(self, at: int) -> int:
        word = self.word(at)
        if word and (auxiliary := self.opening(word, at)):
            return self.group(at, auxiliary)
        if forms := self.lexicon.verb_forms.get(word):
            return self.simple(at, forms)
        return self.keep(at)

    def opening(self, word: str, at: int) -> _Auxiliary | None:
        """The auxiliary that begins a verb group, if the word is one."""
        if word == "'s" and self.out and self.out[-1].is_entity:
            return None
        if word in self.sets["have"]:
            return _Auxiliary("pres")
        if word in self.sets["be"]:
            return _Auxiliary("pres", being=True)
        if word in self.sets["doubt"] and self.word(at + 1):
            return _Auxiliary("cond", doubtful=word != "would", modal=True)
        if word in self.sets["will"]:
            return _Auxiliary("fut", modal=True)
        if word in self.sets["modal_words"]:
            return _Auxiliary("inf", modal=True)
        if word in ("did", "does", "do") and self.word(at + 1) in self.sets["negation"]:
            return _Auxiliary("past", modal=True)
        return None

    def group(self, at: int, auxiliary: _Auxiliary) -> int:
        """Read on through "may have been", "has since", "were not" to the main verb."""
        here = at + 1
        kept: list[int] = []
        lemma = "be" if auxiliary.being else "have"
        perfect = lemma == "have" and not auxiliary.modal
        limit = min(at + _MAY_INTERVENE, len(self.nodes))
        while here < limit:
            word = self.word(here)
            if word in self.sets["negation"]:
                auxiliary.negative = True
            elif word in self.sets["hearsay"]:
                auxiliary.doubtful = True
            elif word in ("been", "be", "being"):
                auxiliary.being, lemma = True, "be"
            elif word in self.sets["have"] and auxiliary.modal:
                perfect, lemma = True, "have"
            elif form := self.main(here, auxiliary, perfect=perfect):
                return self.finish(here, form, auxiliary, kept, begin=at, perfect=perfect)
            elif word == "," or self.nodes[here].tag == "D":
                kept.append(here)
            elif word not in self.sets["between"]:
                break
            here += 1
        if auxiliary.modal and lemma == "have" and not perfect:
            return self.keep(at)
        self.emit(at, VerbForm(lemma, auxiliary.tense), auxiliary)
        return at + 1

    def main(self, at: int, auxiliary: _Auxiliary, *, perfect: bool) -> VerbForm | None:
        wanted = ("pp", "ger") if auxiliary.being else ("pp",) if perfect else ("inf",)
        forms = self.readings(at, *wanted)
        return forms[0] if forms else None

    def finish(
        self, at: int, form: VerbForm, auxiliary: _Auxiliary, kept: list[int], *, begin: int, perfect: bool
    ) -> int:
        auxiliary.passive = auxiliary.being and form.tense == "pp"
        if auxiliary.tense == "pres" and (perfect or auxiliary.passive):
            auxiliary.tense = "perf"
        if auxiliary.tense == "cond" and auxiliary.doubtful and not perfect and not auxiliary.being:
            auxiliary.tense = "inf"
        self.out.extend(self.nodes[here] for here in kept)
        self.emit(at, form, auxiliary, begin=begin)
        return at + 1

    def simple(self, at: int, forms: Sequence[VerbForm]) -> int:
        tenses = {form.tense for form in forms}
        word = self.word(at)
        previous = self.out[-1] if self.out else None
        before = previous.norm if previous is not None and previous.tag == "W" else ""
        if before == "to" and "inf" in tenses:
            return self.put(at, forms, "inf")
        if "ger" in tenses and word not in self.sets["not_verbs"]:
            return self.put(at, forms, "ger")
        named = previous is not None and previous.is_entity and word in self.sets["verbs_after_name"]
        if "past" in tenses and not (tenses & {"pres"}) and (word not in self.sets["not_verbs"] or named):
            return self.put(at, forms, "pp" if "pp" in tenses and self.reduced(at, before) else "past")
        if "pp" in tenses and word not in self.sets["not_verbs"]:
            return self.put(at, forms, "pp")
        if {"past", "pres"} <= tenses and self.names_one(previous):  # "Canada shut its airspace"
            return self.put(at, forms, "past")
        if "pres" in tenses and self.present_subject(at, previous, before):
            return self.put(at, forms, "pres")
        return self.keep(at)

    def names_one(self, previous: Node | None) -> bool:
        """Whether one state or person stands before a verb, so that a form without -s is in the past."""
        joined = len(self.out) > 1 and self.out[-2].norm in self.sets["and"]
        return previous is not None and previous.tag in "SOP" and previous.form in ("b", "c") and not joined

    def reduced(self, at: int, before: str) -> bool:
        """Whether a form in -ed is a participle: "tanks delivered in May", "led by France", "In 2024, backed by …"."""
        following = self.word(at + 1)
        if (
            (following == "by" and not self.readings(at + 2, "ger"))
            or not self.out
            or before in ("as", "than", "when", "if", "of", "once")
        ):
            return True
        if before == "," and (self.closes_relative() or self.takes_object(at)):
            return False
        if before == "," and self.is_insertion(at):
            return True
        finite = any(node.verb and node.verb.tense in _FINITE for node in self.since_boundary())
        subject = (
            self.out[-1].is_entity
            or self.out[-1].tag == "C"
            or before in ("they", "it", "he", "she", "which", "who", "that", ")")
        )
        if subject or before in ("and", "but", "also", "then", "had"):
            return False
        return finite or before in self.sets["determiners"] - {"and"}

    def is_insertion(self, at: int) -> bool:
        """Whether a comma and a finite verb follow: "The group, made up of 50 countries, met"."""
        if any(node.verb and node.verb.tense in _FINITE for node in self.since_boundary()):
            return False
        if len(self.out) < 2 or not (self.out[-2].is_entity or self.out[-2].norm.isalpha()):
            return False
        for here in range(at + 1, min(at + 16, len(self.nodes) - 1)):
            if self.nodes[here].norm == ",":
                nxt = here + 1 + (self.word(here + 1) in self.sets["between"])
                tenses = {form.tense for form in self.lexicon.verb_forms.get(self.word(nxt), ())}
                if tenses & {"past", "pres"} or self.word(nxt) in self.sets["have"] | self.sets["be"]:
                    return True
        return False

    def takes_object(self, at: int) -> bool:
        """Whether an entity follows as an object, which a participle could not take: ", condemned Russia"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        names = any(self.lexicon.verb_classes[form.lemma] & {"call", "elect"} for form in self.readings(at, "pp"))
        return following is not None and following.tag in "SOP" and following.form != "a" and not names

    def closes_relative(self) -> bool:
        """Whether the comma before ends a relative clause: "Taiwan, which has no embassy there, donated …"."""
        for at in range(len(self.out) - 2, 0, -1):
            if self.out[at].norm in ("which", "who") and self.out[at - 1].norm == ",":
                return True
            if self.out[at].norm == ",":
                return False
        return False

    def since_boundary(self) -> list[Node]:
        for at in range(len(self.out) - 1, -1, -1):
            if self.out[at].tag == "W" and self.out[at].norm in (";", "while", "but", ":", "whereas", "that", "and"):
                return self.out[at:]
        return self.out

    def present_subject(self, at: int, previous: Node | None, before: str) -> bool:
        if previous is None:
            return False
        if before in ("both", "all", "each", "still", "now") and len(self.out) > 1:
            previous = self.out[-2]
        word = self.word(at)
        third = word.endswith("s")
        if third and self.has_figure_after(at):
            return True
        if word in self.sets["not_verbs"]:
            return word in self.sets["verbs_after_name"] and previous.is_entity and previous.form != "a" and third
        if third and before in self.sets["between"] and len(self.out) > 1 and self.out[-2].is_entity:
            return word not in self.sets["not_verbs"]
        if previous.is_entity and previous.form != "a":
            plural = previous.form == "n" or (len(self.out) > 1 and self.out[-2].norm in ("and", "or"))
            return third or plural
        if before in (
            "they",
            "which",
            "who",
            "that",
            "it",
            "he",
            "and",
            "also",
            "not",
            "countries",
            "people",
            ")",
            ",",
            "but",
        ):
            return before not in (",", ")", "and", "but") or third or self.coordinated()
        return (before.endswith("s") and not third and before not in self.sets["determiners"]) or previous.tag == "C"

    def has_figure_after(self, at: int) -> bool:
        """Whether a form like "totals", "stands" or "includes" has a figure for its object, and so is a verb."""
        form = next((form for form in self.lexicon.verb_forms[self.word(at)] if form.tense == "pres"), None)
        classes = self.lexicon.verb_classes[form.lemma] if form else frozenset()
        here = at + 1
        while self.word(here) in ("at", "to", "for", "of", "a", "some", "about"):
            here += 1
        figure = here < len(self.nodes) and self.nodes[here].tag in "MNC"
        alone = not any(node.verb and node.verb.tense in _FINITE for node in self.since_boundary())
        return bool(classes & {"amount_to", "comprise"}) and figure and alone

    def coordinated(self) -> bool:
        return any(node.verb and node.verb.tense == "pres" for node in self.out)

    def denied_subject(self) -> bool:
        """Whether "neither" opens the subject: "Neither Switzerland nor Austria belongs to NATO"."""
        clause = self.since_boundary()
        return bool(clause) and clause[0].norm == "neither" and not any(node.verb for node in clause)

    def put(self, at: int, forms: Sequence[VerbForm], tense: str) -> int:
        form = next(form for form in forms if form.tense == tense)
        auxiliary = _Auxiliary(tense, passive=tense == "pp")
        auxiliary.doubtful = bool(self.out) and self.out[-1].norm in self.sets["hearsay"]
        if self.out and self.out[-1].norm in ("not", "never"):
            auxiliary.negative = True
        if self.out and (self.out[-1].norm in ("neither", "nor") or self.denied_subject()):
            auxiliary.negative = True
        self.emit(at, form, auxiliary)
        return at + 1
