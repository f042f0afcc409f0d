"""What may be the matter where nothing else is seen: something left open, a word that is misspelt or bare."""

from __future__ import annotations

from kg.serve.engine.functions import signatures
from kg.serve.engine.places import Place
from kg.serve.engine.words import KEYWORDS, MODIFIERS, TERMS, meant_keyword


def _unclosed(place: Place) -> str | None:
    """A bracket that is open at the end, or where another kind closes."""
    opener = place.level.opener
    if opener.text == "(" and (place.token.text in {"}", "", "."} or place.token.keyword in {"AS", *MODIFIERS}):
        return f"a ) is missing: the ( at {place.told(opener)} is open"
    if opener.text == "{" and place.index == len(place.tokens) and place.before.text != "=":
        return f"a }} is missing: the {{ at {place.told(opener)} is open"
    return None


def _dot_missing(place: Place) -> str | None:
    """A new triple behind one that has no dot."""
    if not place.in_pattern or place.token.kind not in TERMS or place.before.kind not in TERMS:
        return None
    if place.in_triple < 3:
        return None
    return f"a dot is missing behind {place.before.text} ({place.told(place.before)}), where the triple ends"


def _misspelt(place: Place) -> str | None:
    close = meant_keyword(place.token) if place.token.kind == "word" else None
    return f"it may be {close}" if close else None


def _word_in_select(place: Place) -> str | None:
    if not place.selecting or place.token.kind != "word" or place.token.keyword in {*KEYWORDS, "A"}:
        return None
    if place.before.kind == "variable" and meant_keyword(place.token):
        return None
    return f"a variable begins with ?: ?{place.token.text}"


def _word_in_expression(place: Place) -> str | None:
    if not place.in_expression or place.token.kind != "word" or place.token.keyword in {*signatures(), *KEYWORDS}:
        return None
    word = place.token.text
    return f'a text stands in quotation marks ("{word}"), a variable begins with ? (?{word})'


def _word_in_pattern(place: Place) -> str | None:
    if not place.in_pattern or place.token.kind != "word" or place.token.keyword in {*KEYWORDS, *signatures()}:
        return None
    word = place.token.text
    return (
        f'a variable begins with ? (?{word}), a name has a prefix (sides:{word}), a text has quotation marks ("{word}")'
    )


SLIPS = (
    _unclosed,
    _dot_missing,
    _misspelt,
    _word_in_select,
    _word_in_expression,
    _word_in_pattern,
)
"""In the order in which they are tried."""
