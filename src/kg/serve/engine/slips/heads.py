"""Slips before the pattern: prefixes, the form of the query, what SELECT names."""

from __future__ import annotations

import re

from kg.serve.engine.functions import signatures
from kg.serve.engine.places import Place
from kg.serve.engine.words import meant_keyword


def _turtle_prefix(place: Place) -> str | None:
    if place.token.text.lower() not in {"@prefix", "@base"}:
        return None
    return f"in SPARQL it is {place.token.text[1:].upper()}, without @ and without a dot at the end"


def _prefix_without_colon(place: Place) -> str | None:
    if place.before.keyword != "PREFIX" or place.token.kind != "word":
        return None
    return f"a colon follows the name of a prefix: PREFIX {place.token.text}: <…>"


def _sign_behind_prefix(place: Place) -> str | None:
    if len(place.levels) > 1 or place.level.clause not in {"PREFIX", "BASE"} or place.token.text not in {";", ".", ","}:
        return None
    return f"a PREFIX line ends without {place.token.text}"


def _no_form(place: Place) -> str | None:
    if place.level.clause not in {"", "PREFIX", "BASE"} or len(place.levels) > 1:
        return None
    if place.token.keyword == "DEFINE":
        return "leave the DEFINE out: it is an order to Virtuoso"
    if place.token.kind == "name" or (place.token.keyword != "WHERE" and meant_keyword(place.token)):
        return None
    return "a query begins with SELECT, ASK, CONSTRUCT or DESCRIBE; the pattern follows: SELECT * WHERE { ?s ?p ?o }"


def _no_pattern(place: Place) -> str | None:
    if place.index < len(place.tokens) or len(place.levels) > 1 or place.level.closed:
        return None
    if place.level.clause not in {"SELECT", "ASK", "FROM", "WHERE"} or place.before.keyword in {"FROM", "NAMED"}:
        return None
    return "the pattern is missing: WHERE { ?s ?p ?o }"


def _pattern_without_braces(place: Place) -> str | None:
    keyword = place.before.keyword
    if keyword not in {"ASK", "CONSTRUCT"} or place.token.text == "{" or place.index == len(place.tokens):
        return None
    return f"what follows {keyword} stands in braces: {keyword} {{ ?s ?p ?o }}"


def _construct_without_where(place: Place) -> str | None:
    forms = [token.keyword for token in place.tokens if token.keyword in {"CONSTRUCT", "WHERE"}]
    if forms != ["CONSTRUCT"] or place.index < len(place.tokens):
        return None
    return "CONSTRUCT needs a pattern: CONSTRUCT { … } WHERE { … }, or CONSTRUCT WHERE { … } if both are the same"


def _describe_pattern(place: Place) -> str | None:
    if place.before.keyword != "DESCRIBE" or (place.token.text != "{" and place.token.keyword != "WHERE"):
        return None
    return "DESCRIBE names what it describes: DESCRIBE ?s WHERE { … }, or DESCRIBE <IRI>"


def _comma_in_select(place: Place) -> str | None:
    if not place.selecting or place.token.text != ",":
        return None
    pair = (place.before, place.at(1))
    shown = ": " + " ".join(token.text for token in pair) if all(token.kind == "variable" for token in pair) else ""
    return f"variables of SELECT stand without commas{shown}"


def _bare_expression(place: Place) -> str | None:
    if not place.selecting or place.at(1).text != "(" or place.token.kind not in {"word", "name", "iri"}:
        return None
    if place.token.keyword not in signatures() and place.token.kind == "word":
        return None
    call = place.span(frozenset({"AS", "as", "{", "WHERE"})).partition(")")[0] + ")"
    found = re.search(r"\bAS\s+(\?\w+)", place.text[place.token.start :], re.IGNORECASE)
    return f"an expression in SELECT stands in parentheses and has a name: ({call} AS {found[1] if found else '?n'})"


def _no_name(place: Place) -> str | None:
    """``(COUNT(?x))``, ``(COUNT(?x) ?n)``, ``DISTINCT(?x)``."""
    if not place.in_expression or place.levels[-2].clause != "SELECT" or place.levels[-2].closed:
        return None
    inner = place.tokens[place.level.first : place.index]
    if any(token.keyword == "AS" for token in inner):
        return None
    written = place.text[inner[0].start : inner[-1].end] if inner else ""
    if place.token.text == ")" and len(inner) == 1 and inner[0].kind == "variable":
        return f"leave the parentheses out: they are for an expression that gets a name; SELECT DISTINCT {written}"
    if place.token.text == ")":
        return f"give the expression a name: ({written} AS ?n)"
    if place.token.kind == "variable" and place.before.text == ")":
        return f"AS stands before the name: ({written} AS {place.token.text})"
    return None


def _second_name(place: Place) -> str | None:
    if not place.selecting or place.token.keyword != "AS":
        return None
    return "AS and the name stand within the parentheses, once: (COUNT(*) AS ?n)"


def _name_without_question_mark(place: Place) -> str | None:
    if place.before.keyword != "AS" or place.token.kind != "word":
        return None
    return f"a new name is a variable: AS ?{place.token.text}"


def _top(place: Place) -> str | None:
    if not place.selecting or place.token.keyword != "TOP":
        return None
    return f"SPARQL has no TOP: write LIMIT {place.at(1).text if place.at(1).kind == 'number' else '10'} at the end"


def _nothing_selected(place: Place) -> str | None:
    if place.before.keyword not in {"SELECT", "DISTINCT"} or (
        place.token.text != "{" and place.token.keyword != "WHERE"
    ):
        return None
    return "SELECT names the variables that are wanted, or * for all: SELECT * WHERE { … }"


def _from_nothing(place: Place) -> str | None:
    if place.before.keyword not in {"FROM", "NAMED"} or place.level.clause != "FROM":
        return None
    return "FROM takes the IRI of a graph: FROM <https://w3id.org/sides/graph/entities>; /graphs lists them"


SLIPS = (
    _turtle_prefix,
    _prefix_without_colon,
    _sign_behind_prefix,
    _no_form,
    _construct_without_where,
    _describe_pattern,
    _no_pattern,
    _pattern_without_braces,
    _comma_in_select,
    _bare_expression,
    _no_name,
    _second_name,
    _name_without_question_mark,
    _top,
    _nothing_selected,
    _from_nothing,
)
"""In the order in which they are tried."""
