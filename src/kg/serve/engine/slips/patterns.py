"""Slips in patterns, and among the rows of VALUES."""

from __future__ import annotations

from kg.ground.terms import PREFIXES
from kg.serve.engine.functions import AGGREGATES, signatures
from kg.serve.engine.places import Place
from kg.serve.engine.words import COMPARISONS, ENDS, TERMS

_BRACED = {
    "OPTIONAL": "OPTIONAL { ?s ?p ?o }",
    "MINUS": "MINUS { ?s ?p ?o }",
    "EXISTS": "EXISTS { ?s ?p ?o }",
    "UNION": "{ … } UNION { … }",
    "WHERE": "WHERE { ?s ?p ?o }",
}


def _filter_in_template(place: Place) -> str | None:
    if place.level.head.keyword != "CONSTRUCT" or place.token.keyword not in {"FILTER", "OPTIONAL", "BIND", "UNION"}:
        return None
    return f"the template of CONSTRUCT holds triples alone: put {place.token.keyword} into WHERE {{ … }}"


def _filter_without_parentheses(place: Place) -> str | None:
    if place.before.keyword not in {"FILTER", "HAVING"} or place.token.text == "(":
        return None
    condition = place.span(ENDS)
    if place.token.keyword in {"REGEX", "CONTAINS", "NOT", "EXISTS"} or not condition:
        return None
    return f"the condition stands in parentheses: {place.before.keyword}({condition.strip()})"


def _no_braces(place: Place) -> str | None:
    keyword = place.before.keyword
    if keyword not in _BRACED or place.token.text == "{" or place.index == len(place.tokens):
        return None
    return f"what follows {keyword} stands in braces: {_BRACED[keyword]}"


def _union_without_braces(place: Place) -> str | None:
    if place.token.keyword != "UNION" or place.before.text == "}":
        return None
    return "both sides of UNION stand in braces: { … } UNION { … }"


def _or_between_patterns(place: Place) -> str | None:
    if not place.in_pattern or place.token.keyword not in {"OR", "AND"}:
        return None
    if place.token.keyword == "AND":
        return "patterns that hold together stand one after the other, with a dot between them"
    return "alternatives are joined by UNION: { … } UNION { … }"


def _aggregate_in_pattern(place: Place) -> str | None:
    if not place.in_pattern or place.token.keyword not in AGGREGATES or place.at(1).text != "(":
        return None
    call = place.span(ENDS).partition(")")[0] + ")"
    return f"an aggregate stands in SELECT, before the pattern: SELECT ({call} AS ?n)"


def _exists_without_filter(place: Place) -> str | None:
    if not place.in_pattern or place.token.keyword not in {"NOT", "EXISTS"}:
        return None
    return f"FILTER stands before it: FILTER {place.token.keyword}{' EXISTS' * (place.token.keyword == 'NOT')} {{ … }}"


def _condition_goes_on(place: Place) -> str | None:
    if not place.in_pattern or place.token.text not in {"&&", "||"}:
        return None
    return "the whole condition stands in one pair of parentheses: FILTER(… && …)"


def _assignment(place: Place) -> str | None:
    if place.token.keyword not in {"LET", "SET"}:
        return None
    return "a value gets a name by BIND: BIND(expression AS ?name)"


def _commas_in_triple(place: Place) -> str | None:
    if not place.in_pattern or place.token.text != "," or place.in_triple > 2:
        return None
    return "subject, predicate and object stand without commas; a comma stands between objects"


def _slash_in_name(place: Place) -> str | None:
    prefix, _, local = place.before.text.partition(":")
    if place.token.text != "/" or place.before.kind != "name" or place.in_triple != 1 or prefix not in PREFIXES:
        return None
    return f"a name with a prefix has no slash: write the whole IRI, <{PREFIXES[prefix]}{local}/…>"


def _repeated_path(place: Place) -> str | None:
    if place.token.text != "{" or place.before.kind not in {"name", "iri"} or place.at(1).kind != "number":
        return None
    return "a path is repeated by * (any number), + (at least once) or ? (at most once)"


def _dots(place: Place) -> str | None:
    return "there is one dot too many" if place.token.text == "." and place.before.text == "." else None


def _triple_not_whole(place: Place) -> str | None:
    template = place.level.head.keyword == "CONSTRUCT"
    if not (place.in_pattern or template) or place.token.text not in {"}", "."}:
        return None
    if place.before.text == ",":
        return "another object follows a comma; a triple ends with a dot"
    if place.before.kind not in TERMS and place.before.text != "a":
        return None
    return "a triple has three parts, subject, predicate and object: one is missing" if place.in_triple < 3 else None


def _comparison_in_pattern(place: Place) -> str | None:
    if not place.in_pattern or place.token.text not in COMPARISONS:
        return None
    return f"a comparison stands in FILTER: FILTER({place.before.text} {place.span(ENDS).strip()})"


def _a_out_of_place(place: Place) -> str | None:
    if not place.in_pattern or place.token.text not in {"a", "A"}:
        return None
    return "a stands for rdf:type, between subject and object: ?s a ?type; a variable begins with ?: ?a"


def _bind_without_parentheses(place: Place) -> str | None:
    if place.before.keyword != "BIND":
        return None
    return "BIND stands with parentheses: BIND(expression AS ?name)"


def _bind_without_as(place: Place) -> str | None:
    if place.level.head.keyword != "BIND" or place.token.text != ")":
        return None
    inner = place.tokens[place.level.first : place.index]
    if len(inner) > 2 and inner[0].kind == "variable" and inner[1].text == "=":
        return f"BIND gives a name by AS: BIND({place.text[inner[2].start : inner[-1].end]} AS {inner[0].text})"
    written = place.text[inner[0].start : inner[-1].end] if inner else "…"
    return f"BIND gives a name by AS: BIND({written} AS ?name)"


def _bound_twice(place: Place) -> str | None:
    """The engine tells at what follows the BIND."""
    as_, name = place.at(-3), place.at(-2)
    if place.before.text != ")" or as_.keyword != "AS" or name.kind != "variable":
        return None
    if not any(
        token.text[1:] == name.text[1:] for token in place.tokens[: place.index - 2] if token.kind == "variable"
    ):
        return None
    return f"{name.text} has a value before BIND: choose another name behind AS, or compare with FILTER"


def _graph_without_name(place: Place) -> str | None:
    if place.at(-2).keyword == "GRAPH" and place.token.text != "{":
        return f"what follows GRAPH {place.before.text} stands in braces: GRAPH {place.before.text} {{ ?s ?p ?o }}"
    if place.before.keyword != "GRAPH" or place.token.text != "{":
        return None
    return "GRAPH takes the IRI of a graph or a variable: GRAPH ?g { … }"


def _call_in_pattern(place: Place) -> str | None:
    if not place.in_pattern or place.at(1).text != "(" or place.token.keyword not in signatures():
        return None
    return f"a condition stands in FILTER: FILTER({place.span(ENDS).strip()})"


def _values(place: Place) -> str | None:
    if place.before.keyword == "VALUES" and place.token.text == "{":
        return "VALUES names its variables first: VALUES ?s { … }"
    if place.at(-2).keyword == "VALUES" and place.before.kind == "variable" and place.token.text == ",":
        return "several variables stand in parentheses: VALUES (?a ?b) { (1 2) (3 4) }"
    if place.at(-2).keyword == "VALUES" and place.before.kind == "variable" and place.token.text != "{":
        return f"the values of one variable stand in braces: VALUES {place.before.text} {{ … }}"
    if not place.in_values:
        return None
    if place.token.text == ",":
        return "values stand without commas"
    if place.token.kind == "variable":
        return "values are IRIs, strings, numbers or UNDEF; a variable cannot be one"
    if place.tokens[place.level.first - 2].text == ")" and place.token.text != "(":
        return "with several variables, each row stands in parentheses: VALUES (?a ?b) { (1 2) (3 4) }"
    return None


SLIPS = (
    _filter_in_template,
    _filter_without_parentheses,
    _no_braces,
    _union_without_braces,
    _or_between_patterns,
    _aggregate_in_pattern,
    _exists_without_filter,
    _condition_goes_on,
    _assignment,
    _commas_in_triple,
    _slash_in_name,
    _repeated_path,
    _dots,
    _triple_not_whole,
    _comparison_in_pattern,
    _a_out_of_place,
    _bind_without_parentheses,
    _bind_without_as,
    _bound_twice,
    _graph_without_name,
    _call_in_pattern,
    _values,
)
"""In the order in which they are tried."""
