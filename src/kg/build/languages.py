"""In which language a passage is written: a vote of common words, and of spellings that only one language has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from kg.ground.records import LANGUAGES

# Words that both languages have ("a", "on", "or", "an", "six", "plus") say nothing, so they are in neither list, unless
# one language has them far more often ("in", "par").
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "fr": (
            "afin ainsi ans après au aucun aucune aussi autre autres aux avait avant avec avoir ce cela celle celles"
            " celui ces cet cette ceux chaque chez cinq comme contre dans de depuis des deux doit dont du elle elles"
            " en encore entre est et eux fait faut il ils je jusque la le les leur leurs lors lui mais malgré moins"
            " même ne non nos notre nous ont où par parmi pas pendant peu peut plus plusieurs pour qu quand quatre que"
            " quel quelle qui sa sans se selon sera ses si soit son sont sous sur tandis tous tout toute toutes trois"
            " très un une vers vos votre vous à été être"
        ),
        "en": (
            "about after against all also among and any are as at because been before being between both but by can"
            " could did do does during each five for four from gave give given gives had has have he her him his how"
            " if in into is it its like made many may more most no not of off one only other our out over own said"
            " say says sent she should since so some take than that the their them then there these they this those"
            " three through to too took two under until up was we were what when where which while who whose will"
            " with would yet you"
        ),
    }
)

_COMMON: Mapping[str, frozenset[str]] = MappingProxyType(
    {lang: frozenset(words.split()) for lang, words in _WORDS.items()}
)
_NONE: frozenset[str] = frozenset()

_SPELLINGS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "fr": re.compile(
            r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w{2})"  # l'Ukraine, qu'elle
            r"|\b[a-zœ]*[àâçèéêëîïôùûœ]\w*"
            r"|\b[a-z]+(?:aient|aires?|aux|eux|euses?|elles?|ennes?|iques?|eurs?|ois|oises?|oires?)\b"
        ),
        "en": re.compile(
            r"\w['’]s\b|s['’](?=\s)"  # Ukraine's, states'
            r"|\b(?:th|wh|sh|kn)\w+"
            r"|\b[a-z]*(?:ck|gh|ee|oo|th|w)[a-z]*\b"
            r"|\b[a-z]*k[a-z]*\b"
            r"|\b[a-z]+(?:ed|ing|ly|ty|ry|ship|ness)\b"
        ),
    }
)


_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"\b[^\W\d_a-zà-ÿœ][^\W\d_]*")
_LOOKED_AT = 20_000
"""How many characters of a passage are looked at; more could not change what language it is in."""
_WITHOUT_LONG_WORDS = re.compile(r"[^\W\d_]{40,}")  # no word is so long, and spellings cost its square


_LOWER = re.compile(r"\b[a-zà-ÿœ][^\W\d_]*")
_LEAST = 3
"""How many words without a capital tell whether a text is in a language of ours at all."""
_SHARE = 0.25
"""How many common words and spellings of its language a text has for each such word, at least. In the development sets
the poorest statement has 0.44; sentences in German, Spanish and Italian have 0.0 to 0.2, in Dutch up to 0.35."""


def language_votes(text: str) -> Mapping[str, int]:
    """How much speaks for each language; even where nothing does.

    A common word has two votes, a spelling one. Words with a capital are mostly names, whose spelling says nothing
    ("New York"), so theirs is looked at only where all else is even. For a language without words and spellings here
    nothing speaks, so it is never taken where another has a vote.

    >>> language_votes("Poland gave Ukraine 14 Leopard 2 tanks.")
    {'fr': 0, 'en': 3}
    """
    return _votes(_WITHOUT_LONG_WORDS.sub("X", text[:_LOOKED_AT]))


def _votes(text: str) -> Mapping[str, int]:
    folded = text.casefold()
    words = _WORD.findall(folded)
    votes = {lang: 2 * sum(map(_COMMON.get(lang, _NONE).__contains__, words)) for lang in LANGUAGES}
    without_names = _NAME.sub("X", text)
    for looked_at in (without_names, folded):
        spelt = {lang: len(pattern.findall(looked_at)) for lang, pattern in _SPELLINGS.items()}
        votes = {lang: votes[lang] + spelt.get(lang, 0) for lang in LANGUAGES}
        if len(set(votes.values())) > 1:
            break
    return votes


def _is_foreign(text: str, lang: str) -> bool:
    """Whether so little of a text looks like a language of ours that it is rather in none of them."""
    words = _LOWER.findall(text)
    if lang not in _SPELLINGS or len(words) < _LEAST:
        return False
    known = sum(map(_COMMON[lang].__contains__, words)) + len(_SPELLINGS[lang].findall(_NAME.sub("X", text)))
    return known < _SHARE * len(words)


def best_language(text: str) -> tuple[str, bool]:
    """The language of a passage by `language_votes`, and whether that is clear.

    It is where more speaks for it than for another, and enough to think that it is in one of them at all.

    >>> best_language("Norway trained 1,200 soldiers."), best_language("Macron, Putin: 2022")
    (('en', True), ('fr', False))
    >>> best_language("Norwegen hat 1200 Soldaten ausgebildet, die aus der Ukraine kamen.")[1]
    False
    """
    text = _WITHOUT_LONG_WORDS.sub("X", text[:_LOOKED_AT])
    votes = _votes(text)
    best = max(LANGUAGES, key=lambda lang: votes[lang])
    return best, len(set(votes.values())) > 1 and not _is_foreign(text, best)


def detect_language(text: str) -> str:
    """The language of a passage by `language_votes`; French where the vote is even.

    >>> detect_language("La Hongrie a fermé la frontière."), detect_language("Hungary has closed the border.")
    ('fr', 'en')
    """
    return best_language(text)[0]


def is_unclear(text: str) -> bool:
    """Whether as much speaks for one language as for another, or too little for any.

    >>> is_unclear("Macron, Putin: 2022"), is_unclear("Norway trained 1,200 soldiers.")
    (True, False)
    """
    return not best_language(text)[1]
