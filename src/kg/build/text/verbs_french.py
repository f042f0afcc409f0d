"""The verb groups of French: what its auxiliaries, pronouns and negations do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon, VerbForm
from kg.build.text.verb_finder import FINITE, Auxiliary, Finder

_PRONOUNS = frozenset({"en", "le", "la", "les", "l'"})
"""The determiners that may be pronouns before a verb."""


_HAVING = ("have", "have_future", "have_conditional")
_BEING = ("be", "be_future", "be_conditional")


@lru_cache(maxsize=8)
def _openings(lexicon: Lexicon) -> frozenset[str]:
    return lexicon.union(*_HAVING, *_BEING, "progressive").union(lexicon.verb_forms)


class French(Finder):
    """The verb groups of a French sentence."""

    def __init__(self, nodes: list[Node], lexicon: Lexicon) -> None:
        super().__init__(nodes, lexicon)
        self._having = lexicon.union(*_HAVING)
        self._being = lexicon.union(*_BEING)

    def openings(self) -> frozenset[str]:
        """Also the forms of "avoir" and "être", and the verbs that an infinitive makes an aspect of ("vient de")."""
        return _openings(self.lexicon)

    def step(self, at: int) -> int:
        """Take a verb group or one node."""
        word = self.words[at]
        previous = self.out[-1].norm if self.out and self.out[-1].tag == "W" else ""
        if word in self._having and previous != "l'-":
            return self.compound(at, being=False)
        if word in self._being and not (
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

    def clitics(self) -> Auxiliary:
        """Take the pronouns and the negation that stand before the verb out of the sentence."""
        found = Auxiliary("pres")
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
        """Take an auxiliary with its participle, or as a verb of its own."""
        word = self.words[at]
        auxiliary = self.clitics()
        names = zip(_BEING if being else _HAVING, ("perf", "fut", "cond"), strict=True)
        auxiliary.tense = next(tense for name, tense in names if word in self.sets[name])
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
        self.negated(auxiliary, at + 1, end + 6)
        reflexive = bool({"se", "s'"} & auxiliary.clitics)
        auxiliary.passive = was or (being and not reflexive and form.lemma not in self.sets["unaccusative"])
        self.out.extend(self.nodes[here] for here in kept)
        self.emit(end, form, auxiliary, begin=at)
        return end + 1

    def negated(self, auxiliary: Auxiliary, begin: int, end: int) -> None:
        """``ne … que`` restricts and does not deny; ``pas`` and ``jamais`` deny also without ``ne``."""
        words = self.words[begin:end]
        if auxiliary.negative and {"que", "qu'"} & set(words) and not {"pas", "jamais"} & set(words):
            auxiliary.negative = False
        elif {"pas", "jamais", "rien", "guère"} & set(words[:4]):
            auxiliary.negative = True

    def been(self, at: int, auxiliary: Auxiliary) -> int | None:
        """ "a été" without a participle is itself the verb: "a toujours été membre"."""
        end = next((here for here in range(at + 1, at + 4) if self.word(here) == "été"), None)
        if end is None or any(self.word(here) not in self.sets["between"] for here in range(at + 1, end)):
            return None
        self.negated(auxiliary, at + 1, end + 4)
        self.emit(end, VerbForm("être", auxiliary.tense), auxiliary, begin=at)
        return end + 1

    def bare(self, at: int, auxiliary: Auxiliary, *, being: bool) -> int:
        """The auxiliary is itself the verb: "est membre", "a une frontière"."""
        if auxiliary.tense == "perf":
            auxiliary.tense = "pres"
        if self.word(at) == "été":
            return self.keep(at)
        if self.word(at) in ("avoir", "être"):
            auxiliary.tense = "inf"
        if self.word(at) in ("ayant", "étant"):
            auxiliary.tense = "ger"
        self.negated(auxiliary, at + 1, at + 7) if auxiliary.negative else None
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
        """Take a verb without an auxiliary, if the word is one here."""
        tenses = {form.tense for form in forms}
        noun = self.is_noun(at)
        order: tuple[str, ...] = ("inf", "fut", "cond", "ger", "pres", "past", "pp")
        if "pp" in tenses and (tenses & {"pres", "past"}) and not self.has_subject(at):
            order = ("pp",)
        for tense in order:
            if tense not in tenses or (noun and tense != "inf"):
                continue
            if tense in FINITE and not self.has_subject(at) and tense not in ("fut", "cond"):
                continue
            form = next(form for form in forms if form.tense == tense)
            if tense == "pp" and (shared := self.shared(at)):
                self.emit(at, form, shared)
                return at + 1
            auxiliary = self.clitics() if tense != "pp" else Auxiliary("pp", passive=True)
            auxiliary.tense = tense
            auxiliary.doubtful = tense == "cond"
            self.negated(auxiliary, at + 1, at + 7) if auxiliary.negative else None
            self.emit(at, form, auxiliary)
            return at + 1
        return self.keep(at)

    def shared(self, at: int) -> Auxiliary | None:
        """The "avoir" that a participle with an object has from the verb before: "a livré A, promis B et financé C"."""
        previous = self.out[-1] if self.out else None
        joint = previous is not None and previous.norm in self.sets["sharing_auxiliary"]
        if not joint or self.word(at).endswith(("e", "es", "és")):  # in front of its object it agrees with nothing
            return None
        before = next((node for node in reversed(self.out) if node.verb or node.norm in (";", ":")), None)
        verb = before.verb if before else None
        if before is None or verb is None or verb.tense not in ("perf", "fut", "cond"):
            return None
        compound = any(form.tense == "pp" for form in self.lexicon.verb_forms.get(before.norm, ()))
        if not compound or verb.passive or verb.reflexive or verb.lemma in self.sets["unaccusative"]:
            return None
        if not self.has_object(at) and not (verb.negative and self.word(at + 1) in self.sets["genitive"]):
            return None
        return Auxiliary(verb.tense, negative=verb.negative, doubtful=verb.doubtful)

    def has_object(self, at: int) -> bool:
        """Whether an object follows directly: a figure, a name or an article."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        return following is not None and (following.tag in "NMQ" or following.norm in self.sets["opens_object"])

    def is_noun(self, at: int) -> bool:
        """Whether a word written like a verb is a noun here."""
        word = self.words[at]
        previous = self.out[-1] if self.out else None
        if previous is not None and word in self.sets["range_nouns"] and previous.norm in self.sets["range_adjectives"]:
            return True  # "de courte portée"
        if word in self.sets["not_verbs"] and not (self.may_open(previous) and self.opens_with_participle(at)):
            subject = previous is not None and (
                previous.is_entity
                or previous.norm in (")", "qui", "se", "s'")
                or self.counts(at)
                or self.joins_verbs(at)
            )
            return not (word in self.sets["verbs_after_name"] and subject)
        if previous is None:
            return False
        if previous.norm in ("le", "la", "les", "l'") and len(self.out) > 1 and self.after_subject():
            return False
        finite = {form.tense for form in self.lexicon.verb_forms[word]} & {"inf", "ger", "fut", "cond"}
        return previous.norm in self.sets["determiners"] and not finite and previous.norm != "en"

    def may_open(self, previous: Node | None) -> bool:
        """Whether a participle may begin here: in front of the sentence or after a comma."""
        return previous is None or previous.norm == ","

    def opens_with_participle(self, at: int) -> bool:
        """Whether a participle that is also a noun opens a sentence: "Lancée en 2014, …", "Vue de Moscou, …"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        small = self.sets["determiners"] | self.sets["between"]
        led_on = following is not None and (following.tag == "D" or following.norm in small)
        return bool(self.readings(at, "pp")) and self.word(at).endswith(("ée", "ées")) and led_on

    def counts(self, at: int) -> bool:
        """Whether a comma and a number stand around "compte": "la coalition, née en 2024, compte 18"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        return (
            self.out[-1].norm == "," and following is not None and (following.tag == "N" or following.norm == "parmi")
        )

    def joins_verbs(self, at: int) -> bool:
        """Whether "et" joins a verb to one before, a figure after it: "a livré des chars et forme 200 …"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        counted = following is not None and following.tag in "NMQ"
        return counted and self.out[-1].norm == "et" and any(n.verb and n.verb.tense in FINITE for n in self.out)

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
        return previous.tag != "W" or previous.norm not in self.sets["determiners"] or previous.norm in _PRONOUNS
