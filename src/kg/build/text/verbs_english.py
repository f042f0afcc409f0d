"""The verb groups of English: what its auxiliaries do, and which forms without one are verbs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kg.build.text.document import Node
from kg.build.text.lexicon import Lexicon, VerbForm
from kg.build.text.verb_finder import FINITE, MAY_INTERVENE, Auxiliary, Finder

_ADVERBS = frozenset({"both", "all", "each", "still", "now"})
"""Words that may stand between a subject and a verb in the present, besides adverbs in -ly."""
_BOUNDARIES = frozenset({";", "while", "but", ":", "whereas", "that", "and"})
"""Conjunctions and marks that part clauses."""
_DO = frozenset({"having", "did", "does", "do"})
_ASIDE = 8
"""How many nodes an aside between commas may have: "and, to a lesser extent, Cyprus"."""
_GOVERNED = frozenset({"with", "to", "against", "as", "its", "their", "his", "her", "neutral", "hostile", "close"})
"""Words that open what a verb in the present has after it."""


@lru_cache(maxsize=8)
def _openings(lexicon: Lexicon) -> frozenset[str]:
    return lexicon.union("have", "be", "doubt", "will", "modal_words").union(_DO, lexicon.verb_forms)


class English(Finder):
    """The verb groups of an English sentence."""

    def openings(self) -> frozenset[str]:
        """Also the forms of "have", "be" and "do", and the modal verbs."""
        return _openings(self.lexicon)

    def step(self, at: int) -> int:
        """Take a verb group or one node."""
        word = self.words[at]
        if auxiliary := self.opening(word, at):
            return self.group(at, auxiliary)
        if word in ("did", "does") and (base := self.inverted(at)):
            return self.put_inverted(at, base)
        if forms := self.lexicon.verb_forms.get(word):
            return self.simple(at, forms)
        return self.keep(at)

    def opening(self, word: str, at: int) -> Auxiliary | None:
        """The auxiliary that begins a verb group, if the word is one."""
        if word == "'s" and (not self.out or self.out[-1].norm not in self.sets["contracted"]):
            return None  # after a name or a noun it is a possessive: "the alliance's 32nd member"
        if word == "having":  # "having pledged 31 tanks" depends on the verb that follows
            return Auxiliary("ger")
        if word in self.sets["have"]:
            return Auxiliary("pres")
        if word in self.sets["be"]:
            infinitive = word == "be" and self.out and self.out[-1].norm == "to"  # "ceased to be a member"
            return Auxiliary("inf" if infinitive else "pres", being=True)
        if word in self.sets["doubt"] and self.word(at + 1):
            return Auxiliary("cond", doubtful=word != "would", modal=True)
        if word in self.sets["will"]:
            return Auxiliary("fut", modal=True)
        if word in self.sets["modal_words"]:
            return Auxiliary("inf", modal=True)
        if word in ("did", "does", "do") and self.word(at + 1) in self.sets["negation"]:
            return Auxiliary("past", modal=True)
        if word in ("did", "does") and self.readings(at + 1, "inf"):
            return Auxiliary("past", modal=True)  # "it did downgrade them"
        return None

    def inverted(self, at: int) -> int:
        """The base form after a subject that "did" stands before: "only in May did Berlin deliver"; 0 in a question."""
        here = at + 1 + (self.word(at + 1) in self.sets["article"])
        subject = self.nodes[here] if at > 0 and here + 1 < len(self.nodes) else None
        asked = self.nodes[-1].norm == "?"
        if subject is None or asked or not (subject.is_entity or subject.norm in self.sets["subject_pronouns"]):
            return 0
        return here + 1 if self.readings(here + 1, "inf") else 0

    def put_inverted(self, at: int, base: int) -> int:
        """Put out the subject and then the verb that "did" stood before; "never did …" denies it."""
        opening = {node.norm for node in self.since_boundary()}
        auxiliary = Auxiliary("past", negative=bool(opening & self.sets["negation"]) or "nor" in opening)
        self.out.extend(self.nodes[at + 1 : base])
        self.emit(base, self.readings(base, "inf")[0], auxiliary)
        return base + 1

    def group(self, at: int, auxiliary: Auxiliary) -> int:
        """Read on through "may have been", "has since", "were not" to the main verb."""
        here = end = at + 1
        kept: list[int] = []
        lemma = "be" if auxiliary.being else "have"
        perfect = lemma == "have" and not auxiliary.modal
        limit = min(at + MAY_INTERVENE, len(self.nodes))
        while here < limit:
            word = self.words[here]
            if word in self.sets["negation"]:
                auxiliary.negative = True
                end = here + 1 if end == here else end
            elif word in self.sets["hearsay"]:
                auxiliary.doubtful = True
            elif word in ("been", "be", "being"):
                auxiliary.being, lemma = True, "be"
                end = here + 1 if end == here else end
            elif word in self.sets["have"] and auxiliary.modal:
                perfect, lemma = True, "have"
            elif form := self.main(here, auxiliary, perfect=perfect):
                return self.finish(here, form, auxiliary, kept, begin=at, perfect=perfect)
            elif word == "," or self.nodes[here].tag == "D":
                kept.append(here)
            elif auxiliary.modal and word == "no" and self.word(here + 1) == "longer":
                auxiliary.negative = True
                kept.extend((here, here + 1))
                here += 1
            elif not self.between(here):
                break
            here += 1
        if auxiliary.modal and lemma == "have" and not perfect:
            return self.keep(at)
        self.emit(at, VerbForm(lemma, auxiliary.tense), auxiliary)
        return end  # "has not been a member" is one verb

    def main(self, at: int, auxiliary: Auxiliary, *, perfect: bool) -> VerbForm | None:
        """The main verb of a group at a place, if the form there fits its auxiliaries."""
        wanted = ("pp", "ger") if auxiliary.being else ("pp",) if perfect else ("inf",)
        forms = self.readings(at, *wanted)
        return forms[0] if forms else None

    def finish(
        self, at: int, form: VerbForm, auxiliary: Auxiliary, kept: list[int], *, begin: int, perfect: bool
    ) -> int:
        """Put out a group whose main verb is found: its voice and its tense are known now."""
        auxiliary.passive = auxiliary.being and form.tense == "pp"
        if auxiliary.tense == "pres" and (perfect or auxiliary.passive):
            auxiliary.tense = "perf"
        if auxiliary.tense == "cond" and perfect and not auxiliary.doubtful:
            auxiliary.negative = True  # what would have been done was not
        progressive = auxiliary.being and not auxiliary.passive
        if auxiliary.tense == "cond" and auxiliary.doubtful and not perfect and not progressive:
            auxiliary.tense = "inf"
        self.out.extend(self.nodes[here] for here in kept)
        self.emit(at, form, auxiliary, begin=begin)
        return at + 1

    def simple(self, at: int, forms: Sequence[VerbForm]) -> int:
        """Take a verb without an auxiliary, if the word is one here."""
        tenses = {form.tense for form in forms}
        word = self.word(at)
        previous = self.out[-1] if self.out else None
        before = previous.norm if previous is not None and previous.tag == "W" else ""
        if before == "to" and "inf" in tenses:
            return self.put(at, forms, "inf")
        named = before in self.sets["article"] and self.word(at + 1) == "of"  # "the severing of relations"
        if "ger" in tenses and word not in self.sets["not_verbs"] and not named:
            return self.put(at, forms, "ger")
        named = previous is not None and previous.is_entity and word in self.sets["verbs_after_name"]
        if "past" in tenses and not (tenses & {"pres"}) and (word not in self.sets["not_verbs"] or named):
            return self.put(at, forms, "pp" if "pp" in tenses and self.reduced(at, before) else "past")
        if {"past", "pres"} <= tenses and self.names_one(previous) and self.word(at + 1) != "by":
            return self.put(at, forms, "past")  # "Canada shut its airspace"
        if "pp" in tenses and word not in self.sets["not_verbs"]:
            return self.put(at, forms, "pp")
        if "pres" in tenses and self.present_subject(at, previous, before):
            return self.put(at, forms, "pres")
        return self.keep(at)

    def names_one(self, previous: Node | None) -> bool:
        """Whether one state or person stands before a verb, so that a form without -s is in the past."""
        joined = len(self.out) > 1 and self.out[-2].norm in self.sets["and"]
        return previous is not None and previous.tag in "SOP" and previous.form in ("b", "c", "o", "f") and not joined

    def reduced(self, at: int, before: str) -> bool:
        """Whether a form in -ed is a participle: "tanks delivered in May", "led by France", "In 2024, backed by …"."""
        following = self.word(at + 1)
        if (
            (following == "by" and not self.readings(at + 2, "ger"))
            or not self.out
            or before in ("as", "than", "when", "if", "of", "once")
        ):
            return True
        if before == "them" and self.of_them() and following in ("", ".", ",", ";", "in"):
            return True
        if before == "," and (self.closes_relative() or self.takes_object(at)):
            return False
        if before == "," and self.is_insertion(at):
            return True
        if self.out[-1].tag == "W" and self.out[-1].norm in self.lexicon.union("aid", "item") and self.verb_follows(at):
            return True
        finite = any(node.verb and node.verb.tense in FINITE for node in self.since_boundary())
        subject = (
            self.out[-1].is_entity
            or self.out[-1].tag == "C"
            or before in ("they", "it", "he", "she", "which", "who", "that", ")")
        )
        if subject or before in ("and", "but", "also", "then", "had"):
            return False
        return finite or before in self.sets["determiners"] - {"and"}

    def of_them(self) -> bool:
        """Whether "of them" ends what the walk has put out after a finite verb: "… comprises ten guns, all of them"."""
        after = len(self.out) > 2 and self.out[-2].norm == "of"
        return after and any(node.verb and node.verb.tense in FINITE for node in self.out)

    def verb_follows(self, at: int) -> bool:
        """Whether the verb of the clause comes after a form in -ed: "the aid allocated in 2023 came from …"."""
        for here in range(at + 1, min(at + 14, len(self.nodes))):
            word = self.word(here)
            if word == ":" and self.readings(at, "pp"):
                return True  # "military aid allocated by June (in billions of euros): Germany 16, …"
            if (
                word in (";", "?")
                or (word == "," and not self.heads_list(here))
                or word in self.lexicon.union("and", "complementizer")
            ):
                return False
            tenses = {form.tense for form in self.lexicon.verb_forms.get(word, ())}
            past = "past" in tenses and "pres" not in tenses and word not in self.sets["not_verbs"]
            if past or word in self.lexicon.union("be", "have"):
                return word != "'s"
        return False

    def heads_list(self, at: int) -> bool:
        """Whether a colon follows soon: "aid committed in 2024, in billions of euros: Germany 7, …"."""
        return any(self.word(here) == ":" for here in range(at + 1, min(at + 9, len(self.nodes))))

    def is_insertion(self, at: int) -> bool:
        """Whether a comma and a finite verb follow: "The group, made up of 50 countries, met"."""
        if any(node.verb and node.verb.tense in FINITE for node in self.since_boundary()):
            return False
        if len(self.out) < 2 or not (self.out[-2].is_entity or self.out[-2].norm.isalpha()):
            return False
        for here in range(at + 1, min(at + 16, len(self.nodes) - 1)):
            if self.nodes[here].norm == ",":
                nxt = here + 1 + (self.word(here + 1) in self.sets["between"])
                tenses = {form.tense for form in self.lexicon.verb_forms.get(self.word(nxt), ())}
                if tenses & {"past", "pres"} or self.word(nxt) in self.lexicon.union("have", "be"):
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
            if self.out[at].norm in ("which", "who", "whose") and self.out[at - 1].norm == ",":
                return True
            if self.out[at].norm == ",":
                return False
        return False

    def emit(self, at: int, form: VerbForm, auxiliary: Auxiliary, *, begin: int | None = None) -> None:
        """Put out a verb group; "no" before its object or its subject denies it: "has imposed no sanctions"."""
        if self.none(at + 1) or (auxiliary.tense in FINITE and self.opens_with_no()):
            auxiliary.negative = True
        super().emit(at, form, auxiliary, begin=begin)

    def none(self, at: int) -> bool:
        """Whether "no" stands at a place and denies what follows: not "no longer", "no fewer than"."""
        return self.word(at) == "no" and not self.comparing(self.nodes[at + 1 : at + 2])

    def opens_with_no(self) -> bool:
        """Whether what is put out since the last boundary opens with "no": "but no state of the EU has closed …"."""
        opening = self.since_boundary()
        at = bool(opening) and opening[0].norm in _BOUNDARIES
        return len(opening) > at and opening[at].norm == "no" and not self.comparing(opening[at + 1 : at + 2])

    def comparing(self, following: Sequence[Node]) -> bool:
        """Whether what follows "no" makes a comparison of it, or a word of doubt."""
        return any(node.norm in self.sets["after_no"] for node in following)

    def since_boundary(self) -> list[Node]:
        """What the walk has put out since the last conjunction or mark that parts clauses."""
        for at in range(len(self.out) - 1, -1, -1):
            if self.out[at].tag == "W" and self.out[at].norm in _BOUNDARIES:
                return self.out[at:]
        return self.out

    def present_subject(self, at: int, previous: Node | None, before: str) -> bool:
        """Whether what stands before a form in the present can be its subject."""
        if previous is None or before == "'s":
            return False
        last = self.before_asides()
        if last != len(self.out) - 1:
            previous = self.out[last]
            before = previous.norm if previous.tag == "W" else ""
        several = previous.form == "n" or len(previous.keys) > 1 or self.coordinates(last)
        several = several or (previous.tag == "S" and self.coordinates(self.seated(last)))
        word = self.word(at)
        third = word.endswith("s")
        if third and (self.has_figure_after(at) or (previous.tag == "M" and word not in self.sets["not_verbs"])):
            return True
        if word in self.sets["not_verbs"]:
            named = previous.is_entity and previous.form != "a" and (third or several)
            named = named or before in self.sets["anaphora_relative_subject"]
            named = named or (before in self.sets["states"] and self.word(at + 1) in self.sets["article"])
            return word in self.sets["verbs_after_name"] and named
        if third and before in self.sets["between"] and len(self.out) > 1 and self.out[-2].is_entity:
            return word not in self.sets["not_verbs"]
        if previous.is_entity and previous.form != "a":
            return third or several or self.plural_head(at)
        if previous.form == "a" and len(self.out) > 1 and self.out[-2].norm in self.sets["article_definite"]:
            return not third and self.takes_object(at)  # "the French trust Volodymyr Zelensky"
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
            "this",
            "countries",
            "people",
            ")",
            ",",
            "but",
        ):
            return before not in (",", ")", "and", "but") or third or self.coordinated()
        if third and self.has_object_after(at, previous):
            return True
        plural = before.endswith("s") and before not in self.lexicon.union("determiners", "prepositions")
        return (plural and not third) or previous.tag == "C"

    def coordinates(self, last: int) -> bool:
        """Whether "and" or "or" leads to what stands at a place, be it with an article or after an aside in commas."""
        here = last - 1
        while here > 0 and self.out[here].norm in self.sets["article"]:
            here -= 1
        if here > 0 and self.out[here].norm == ",":
            opening = next((i for i in range(here - 1, max(here - _ASIDE, 0), -1) if self.out[i].norm == ","), here + 1)
            here = opening - 1
        return here > 0 and self.out[here].norm in ("and", "or")

    def seated(self, last: int) -> int:
        """The place of the party that a state before a verb only tells the seat of: "… and Y in Slovakia maintain"."""
        seat = last > 2 and self.out[last - 1].norm == "in" and self.out[last - 2].tag in "OGX"
        return last - 2 if seat else last

    def before_asides(self) -> int:
        """The place of what stands before the adverbs and the parenthesis that a verb in the present follows."""
        last = len(self.out) - 1
        while last > 0 and (self.out[last].norm in _ADVERBS or self.out[last].norm.endswith("ly")):
            last -= 1
        if last > 1 and (self.out[last - 1].norm, self.out[last].norm) == ("no", "longer"):
            last -= 2
        opening = next((i for i in range(last, -1, -1) if self.out[i].norm == "("), 0)
        named = self.out[last].norm == ")" and opening > 0 and self.out[opening - 1].is_entity
        return opening - 1 if named else last

    def plural_head(self, at: int) -> bool:
        """Whether the name before a verb only says whose or where those are that it tells of: "parties in X back Y"."""
        classes = frozenset[str]().union(*(self.lexicon.verb_classes[form.lemma] for form in self.readings(at, "pres")))
        clause = self.since_boundary()
        head = next((i for i, node in enumerate(clause[:-1]) if node.norm in self.sets["prepositions"]), 0)
        plural = head > 0 and clause[head - 1].tag == "W" and clause[head - 1].norm.endswith("s")
        finite = any(node.verb and node.verb.tense in FINITE for node in clause)
        return plural and not finite and (bool(classes & {"comprise", "amount_to", "be"}) or self.takes_object(at))

    def has_object_after(self, at: int, previous: Node) -> bool:
        """Whether the only word that can be the verb of a clause stands before an object: "the party backs Ukraine"."""
        following = self.nodes[at + 1] if at + 1 < len(self.nodes) else None
        noun = previous.tag == "W" and previous.norm.isalpha() and not self.is_small(previous.norm)
        alone = not any(node.verb and node.verb.tense in FINITE for node in self.since_boundary())
        named = following is not None and following.tag in "SOP" and following.form != "a"
        that_of = following is not None and following.norm in self.sets["that_of"] and self.word(at + 2) == "of"
        governs = self.word(at + 1) in _GOVERNED and not self.verb_follows(at + 1)
        named = named or that_of or governs
        return noun and alone and following is not None and (named or following.norm in self.sets["article"])

    def is_small(self, word: str) -> bool:
        """Whether a word is no noun: an article, a preposition, a conjunction, an adverb."""
        names = ("determiners", "prepositions", "between", "and", "clause_breaks", "article")
        return any(word in self.sets[name] for name in names)

    def has_figure_after(self, at: int) -> bool:
        """Whether a form like "totals", "stands" or "includes" has a figure for its object, and so is a verb."""
        form = next((form for form in self.lexicon.verb_forms[self.word(at)] if form.tense == "pres"), None)
        classes = self.lexicon.verb_classes[form.lemma] if form else frozenset()
        here = at + 1
        while self.word(here) in ("at", "to", "for", "of", "a", "some", "about"):
            here += 1
        figure = here < len(self.nodes) and self.nodes[here].tag in "MNC"
        alone = not any(node.verb and node.verb.tense in FINITE for node in self.since_boundary())
        return bool(classes & {"amount_to", "comprise"}) and figure and alone

    def coordinated(self) -> bool:
        """Whether a verb in the present stands before, with which another may be coordinated."""
        return any(node.verb and node.verb.tense == "pres" for node in self.out)

    def denied_subject(self) -> bool:
        """Whether "neither" opens the subject: "Neither Switzerland nor Austria belongs to NATO"."""
        clause = self.since_boundary()
        return bool(clause) and clause[0].norm == "neither" and not any(node.verb for node in clause)

    def put(self, at: int, forms: Sequence[VerbForm], tense: str) -> int:
        """Put out a verb without an auxiliary in one of its tenses."""
        form = next(form for form in forms if form.tense == tense)
        auxiliary = Auxiliary(tense, passive=tense == "pp")
        auxiliary.doubtful = bool(self.out) and self.out[-1].norm in self.sets["hearsay"]
        if self.out and self.out[-1].norm in ("not", "never", "longer"):
            auxiliary.negative = True
        if self.out and (self.out[-1].norm in ("neither", "nor") or self.denied_subject()):
            auxiliary.negative = True
        self.emit(at, form, auxiliary)
        return at + 1
