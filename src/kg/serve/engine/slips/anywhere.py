"""Slips that can stand anywhere: typography, IRIs and dates without their dress."""

from __future__ import annotations

import re

from kg.ground.terms import PREFIXES
from kg.serve.engine.places import Place


def _smart_quotes(place: Place) -> str | None:
    if place.token.text not in set("“”„‟‘’‚‛«»"):
        return None
    return "quotation marks are straight in SPARQL: \"…\" or '…'; a word processor has replaced them"


def _markdown(place: Place) -> str | None:
    return "leave out the ``` around the query, which are Markdown" if place.token.text == "`" else None


def _comment(place: Place) -> str | None:
    sign = place.token.text
    if sign not in {"/", "-"} or place.at(1).text != sign or place.at(1).start != place.token.end:
        return None
    return f"a comment begins with #, not {sign * 2}"


def _hyphen(place: Place) -> str | None:
    if place.token.text != "-" or place.before.kind != "variable" or place.before.end != place.token.start:
        return None
    whole = place.source(-1, 1)
    return f"the name of a variable has no hyphen: {whole.replace('-', '_')} instead of {whole}"


def _bare_question_mark(place: Place) -> str | None:
    if place.token.text not in {"?", "$"}:
        return None
    return "the name of a variable follows its ? without a space: ?name"


def _bare_iri(place: Place) -> str | None:
    scheme = place.token.text.partition(":")[0].lower()
    if place.token.kind != "name" or scheme not in {"http", "https", "urn", "mailto"}:
        return None
    found = re.match(r"[^\s{}<>\"]+", place.text[place.token.start :])
    return f"an IRI stands in angle brackets: <{found.group().rstrip('.;,)') if found else scheme}>"


def _quote_in_string(place: Place) -> str | None:
    touching = place.before.kind == "string" and place.before.end == place.token.start
    if not touching or place.token.kind not in {"word", "name"}:
        return None
    mark = place.before.text[0]
    return f"a {mark} inside a string is written \\{mark}"


def _language(place: Place) -> str | None:
    if place.before.kind == "language" and place.before.end == place.token.start:
        return "a language tag has letters, digits and hyphens: @fr, @fr-CA"
    if place.token.kind == "language" and place.before.kind == "variable":
        tag = place.token.text[1:]
        return f'strings have languages, variables do not: FILTER(LANG({place.before.text}) = "{tag}")'
    return None


def _true(place: Place) -> str | None:
    if place.token.keyword not in {"TRUE", "FALSE"}:
        return None
    return f"truth values are written in small letters: {place.token.text.lower()}"


def _null(place: Place) -> str | None:
    if place.token.keyword not in {"NULL", "NONE", "NIL"}:
        return None
    return "there is no null: what is not known is not stated; ask for it by OPTIONAL { … } and !BOUND(?x)"


def _of_virtuoso(place: Place) -> str | None:
    if place.token.text.partition(":")[0] not in {"bif", "sql"} or place.token.kind != "name":
        return None
    return 'functions of Virtuoso are not known here: parts of a text are found by CONTAINS(LCASE(?x), "part")'


def _date(place: Place) -> str | None:
    if place.token.text != "-" or place.before.kind != "number" or place.at(1).kind != "number":
        return None
    found = re.match(r"\d{4}-\d\d(-\d\d)?", place.text[place.before.start :])
    if not found:
        return None
    kind = "date" if found[1] else "gYearMonth"
    return f'a date is a string with its type: "{found.group()}"^^<{PREFIXES["xsd"]}{kind}>'


def _one_caret(place: Place) -> str | None:
    if place.token.text != "^" or place.before.kind != "string":
        return None
    return f"two carets stand before a datatype: {place.before.text}^^{place.at(1).text}"


SLIPS = (
    _smart_quotes,
    _markdown,
    _comment,
    _hyphen,
    _bare_question_mark,
    _bare_iri,
    _of_virtuoso,
    _date,
    _quote_in_string,
    _language,
    _true,
    _null,
    _one_caret,
)
"""In the order in which they are tried."""
