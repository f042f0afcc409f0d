"""A parameter becomes one term of its block, whatever a reader sends; anything else is refused."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ground.catalogue import Parameter, ParameterType
from kg.ground.catalogue.binding import replace
from kg.ground.errors import SavedQueryError
from kg.ground.terms import PREFIXES

QUERY = """\
PREFIX state: <https://w3id.org/sides/id/state/>
# VALUES ?x { "not this one" }
SELECT ?x ?y WHERE {
  VALUES ?x { state:RUS } # the default
  BIND ("VALUES ?x { UNDEF }" AS ?y)
}
"""
EMPTY = ox.Store()

ATTACKS = [
    'x" } UNION { ?x ?p ?o } #',
    "x\\",
    'x\\"',
    "\\u0022 } ?x ?p ?o . { \\u0022",
    '"""',
    "state:FRA> ?p ?o . <",
    "state:FRA } VALUES ?x { state:DEU",
    "http://example.org/> } SERVICE <http://127.0.0.1/> { ?s ?p ?o } #",
    "http://example.org/\\u003E } ?x ?p ?o { <",
    "https://w3id.org/sides/id/state/FRA\n} ?x ?p ?o {",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "2022 } ?x ?p ?o {",
    'en" } ?x ?p ?o { "',
    "\ud800",
    "UNDEF",
    "\0",
]


def parameter(kind: ParameterType, **given: object) -> Parameter:
    values: dict[str, object] = {"name": "x", "type": kind, "label": {}, "default": (), "scheme": "category", **given}
    return Parameter(**values)  # type: ignore[arg-type]


def bound(kind: ParameterType, value: str) -> list[tuple[ox.NamedNode | ox.Literal, ...]]:
    answer = EMPTY.query(replace(QUERY, {"x": [parameter(kind).term(value)]}))
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(solution) for solution in answer]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_any_text_arrives_as_it_was_sent(value: str) -> None:
    assert bound(ParameterType.TEXT, value) == [(ox.Literal(value), ox.Literal("VALUES ?x { UNDEF }"))]


@given(
    st.one_of(st.text(max_size=40), st.sampled_from(ATTACKS), st.text(max_size=40).map("http://example.org/".__add__))
)
def test_an_entity_is_one_iri_or_refused(value: str) -> None:
    try:
        rows = bound(ParameterType.ENTITY, value)
    except SavedQueryError:
        return
    assert len(rows) == 1
    assert isinstance(rows[0][0], ox.NamedNode)
    prefix, _, local = value.strip().partition(":")
    assert rows[0][0].value in {value.strip(), PREFIXES.get(prefix, "") + local}


EDGES = [
    0x7F, 0x9F, 0xA0, 0xD7FF, 0xE000, 0xF8FF, 0xF900, 0xFDCF, 0xFDD0, 0xFDEF, 0xFDF0, 0xFFEF, 0xFFF0, 0xFFFF, 0x10000,
    0x1FFFD, 0x1FFFE, 0x20000, 0xDFFFD, 0xDFFFE, 0xE0000, 0xE0FFF, 0xE1000, 0xEFFFD, 0xEFFFE, 0xF0000, 0x10FFFF,
]  # fmt: skip
"""The first and last characters of the ranges of RFC 3987, and their neighbours."""


@pytest.mark.parametrize("edge", EDGES, ids=hex)
def test_an_iri_may_hold_what_the_engine_lets_it_hold(edge: int) -> None:
    value = f"http://example.org/{chr(edge)}x"
    try:
        EMPTY.query(f"ASK {{ <{value}> ?p ?o }}")
    except SyntaxError:
        with pytest.raises(SavedQueryError, match="is not an IRI"):
            parameter(ParameterType.ENTITY).term(value)
    else:
        assert parameter(ParameterType.ENTITY).term(value) == f"<{value}>"


@given(st.one_of(st.text(max_size=20), st.sampled_from(ATTACKS)))
@pytest.mark.parametrize("kind", [ParameterType.CONCEPT, ParameterType.YEAR, ParameterType.LANGUAGE])
def test_closed_types_refuse_what_is_not_theirs(kind: ParameterType, value: str) -> None:
    good = {"military", "financial", "humanitarian", "fr", "en"}
    if value.strip() not in good and not (value.strip().isascii() and value.strip().isdigit()):
        with pytest.raises(SavedQueryError):
            parameter(kind).term(value)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_stay_inside_the_string(attack: str) -> None:
    if "\ud800" in attack or "\0" in attack:
        with pytest.raises(SavedQueryError, match="cannot be used"):
            parameter(ParameterType.TEXT).term(attack)
    else:
        assert bound(ParameterType.TEXT, attack)[0][0] == ox.Literal(attack)


@pytest.mark.parametrize(
    "terms",
    [
        ["<http://e/1> } ?s ?p ?o . VALUES ?z { <http://e/2>"],
        ['"open'],
        ["<http://e/1> # comment"],
        ["UNDEF UNDEF"],
        [""],
    ],
)
def test_what_is_not_one_term_is_refused_even_if_it_got_so_far(terms: list[str]) -> None:
    with pytest.raises(SavedQueryError):
        replace(QUERY, {"x": terms})


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        (ParameterType.ENTITY, "state:FRA", "<https://w3id.org/sides/id/state/FRA>"),
        (ParameterType.ENTITY, " org:nato ", "<https://w3id.org/sides/id/org/nato>"),
        (ParameterType.ENTITY, "https://example.org/é?a=b#c", "<https://example.org/é?a=b#c>"),
        (
            ParameterType.CONCEPT,
            "https://w3id.org/sides/id/category/military",
            "<https://w3id.org/sides/id/category/military>",
        ),
        (ParameterType.CONCEPT, "category:financial", "<https://w3id.org/sides/id/category/financial>"),
        (ParameterType.YEAR, "2022", "2022"),
        (ParameterType.LANGUAGE, "fr", '"fr"'),
        (ParameterType.TEXT, 'a "b" \\ c', '"a \\"b\\" \\\\ c"'),
    ],
)
def test_terms(kind: ParameterType, value: str, term: str) -> None:
    assert parameter(kind).term(value) == term


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (ParameterType.ENTITY, "France", "names no entity; expected a prefixed name such as state:FRA, or an IRI"),
        (ParameterType.ENTITY, "http://a b", "is not an IRI"),
        (ParameterType.CONCEPT, "secret", "not in the scheme category; expected military, financial, humanitarian"),
        (ParameterType.YEAR, "22", "is not a year; expected four digits"),
        (ParameterType.LANGUAGE, "de", "is not a language here; expected fr or en"),
    ],
)
def test_messages(kind: ParameterType, value: str, words: str) -> None:
    with pytest.raises(SavedQueryError) as raised:
        parameter(kind).term(value)
    assert str(raised.value).startswith("parameter x: ")
    assert words in str(raised.value)


def test_an_enumeration_closes_a_parameter() -> None:
    closed = parameter(ParameterType.YEAR, enumeration=("2022", "2023"))
    assert closed.term("2023") == "2023"
    with pytest.raises(SavedQueryError, match="'2024' is not offered; expected 2022, 2023"):
        closed.term("2024")
