"""What assertions of every kind become, held against a file that people have read (golden/kinds.trig)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build.facts import Vocabulary
from kg.build.mapping import trig
from kg.build.mapping.documents import MappedStatement, triples
from kg.ground.errors import BuildError, ContractError
from kg.ground.kinds import KINDS
from kg.ground.records import Assertion, Evidence, Span, Statement
from kg.ground.terms import assertion_iri, expand, graph_iri, is_entity
from support.rdf_graphs import GOLDEN, Graph, graph_of


def test_every_kind_becomes_what_the_golden_file_holds(kinds: Graph) -> None:
    assert trig.serialize(graph_iri("source/kinds"), kinds.triples) == (GOLDEN / "kinds.trig").read_bytes()


def test_the_golden_file_has_every_kind(kinds: Graph) -> None:
    classes = {expand(f"sides:{kind.ontology_class}") for kind in KINDS.values()}
    assert {f"<{iri}>" for iri in classes} <= kinds.values("?any a ?x")


def one(statement: Statement, assertion: Assertion, vocabulary: Vocabulary) -> Graph:
    return Graph(triples([MappedStatement(statement, (assertion,))], vocabulary.context))


STATEMENT = Statement("notes", "7", "fr", "Un énoncé.")


@pytest.mark.parametrize(
    ("number", "written"),
    [(65, "65"), (-8, "-8"), (Decimal("43.50"), "43.5"), (Decimal("1E+2"), "100"), (Decimal("0.0000001"), "0.0000001")],
)
def test_numbers_are_plain_decimals(number: int | Decimal, written: str, vocabulary: Vocabulary) -> None:
    slots = {"measure": "trust", "target": "state:UKR", "value": number}
    graph = one(STATEMENT, Assertion.create("finding", slots), vocabulary)
    literal = ox.Literal(written, datatype=ox.NamedNode(expand("xsd:decimal")))
    assert graph.values("?any sides:value ?x") == {str(literal)}


def test_the_engine_keeps_every_literal_as_it_is_written(kinds: Graph) -> None:
    kept = {ox.Triple(quad.subject, quad.predicate, quad.object) for quad in kinds.store}
    assert kept == kinds.triples


def test_positions_that_no_iri_may_hold_are_encoded(vocabulary: Vocabulary) -> None:
    statement = Statement("notes", "a b/é", "en", "Hungary borders Ukraine.")
    evidence = Evidence("border.given", (Span(0, 7),))
    border = Assertion.create("border", {"a": "state:HUN", "b": "pays voisins"}, evidence=evidence)
    graph = one(statement, border, vocabulary)
    key = "notes-a%20b%2F%C3%A9"
    assert graph.values("?x a sides:Statement") == {f"<{expand('statement:' + key)}>"}
    assert graph.values("?any sides:evidence ?x") == {f"<{expand('span:' + key)}-0-7>"}
    assert graph.values("?any sides:secondParty ?x") == {f"<{expand('unlinked:' + key)}-pays-voisins>"}
    assert graph.values("?any sides:position ?x") == {'"a b/é"'}


@given(text=st.text(min_size=1), phrase=st.text(min_size=1).filter(str.strip))
def test_every_text_comes_through_as_it_is(vocabulary: Vocabulary, text: str, phrase: str) -> None:
    border = Assertion.create("border", {"a": "state:HUN", "b": phrase})
    held = triples([MappedStatement(Statement("notes", "7", "fr", text), (border,))], vocabulary.context)
    texts = [triple.object for triple in held if triple.predicate.value == expand("sides:text")]
    assert texts == [ox.Literal(text, language="fr")]
    if not is_entity(phrase):
        labels = [triple.object for triple in held if triple.predicate.value == expand("rdfs:label")]
        assert labels == [ox.Literal(phrase, language="fr")]


def test_no_statements_give_no_triples(vocabulary: Vocabulary) -> None:
    assert triples([], vocabulary.context) == set()
    assert list(ox.parse(trig.serialize(graph_iri("source/none"), []), ox.RdfFormat.TRIG)) == []


def test_an_assertion_has_one_name_whatever_the_order_of_its_lists() -> None:
    one_order = Assertion.create("aid", {"donor": ["state:FRA", "state:DEU"]})
    other = Assertion.create("aid", {"donor": ["state:DEU", "state:FRA"]})
    assert assertion_iri(STATEMENT, one_order) == assertion_iri(STATEMENT, other)


def test_a_day_that_no_calendar_has_is_told_with_its_statement(vocabulary: Vocabulary) -> None:
    meeting = Assertion.create("meeting", {"organisation": "org:nato", "date": "2023-02-30"})
    with pytest.raises(ContractError, match=r"^notes-7: '2023-02-30' is not a day of the calendar"):
        one(STATEMENT, meeting, vocabulary)


def test_an_entity_that_no_table_holds_stops_the_build(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "notes.jsonl"
    said = [{"kind": "border", "a": "state:HUN", "b": "state:QQQ"}]
    file.write_text(json.dumps({"id": "5", "lang": "fr", "text": "Un énoncé.", "assertions": said}))
    with pytest.raises(
        BuildError, match=r"notes\.jsonl:5: border\.b names state:QQQ, which no table of entities holds"
    ):
        graph_of(file, vocabulary)
