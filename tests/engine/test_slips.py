"""What users write by mistake, and the words that help them: the place, and what to do."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ground.errors import QueryFailedError, QueryRefusedError, QuerySyntaxError
from kg.ground.terms import BASE
from kg.ground.tokens import tokens
from kg.serve.engine import Engine
from kg.serve.engine.evaluation import Evaluator
from kg.serve.engine.functions import ELSEWHERE, signatures
from kg.serve.engine.places import Place
from kg.serve.engine.request import Request
from kg.serve.engine.slips import help_for
from kg.serve.web.error_texts import read_error_texts
from kg.serve.web.problems import from_error
from kg.serve.web.texts import read_texts
from support.serving import SMALL, engine_on, make_release

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"

# A query with its mistake between ⟨ and ⟩ (where the error is told), and what must be said. The marks are taken out.
SLIPS = {
    # brackets and dots
    "SELECT ?s WHERE { ?s ?p ?o⟨⟩": "a } is missing: the { at line 1, column 17 is open",
    "SELECT ?s WHERE { ?s ?p ?o\n  OPTIONAL { ?s ?q ?r }\n⟨⟩": "a } is missing: the { at line 1, column 17 is open",
    "SELECT ?s WHERE { ?s ?p ?o }⟨}⟩": "there is one } too many",
    "SELECT ?s { ?s ?p ?o ; }⟨.⟩ ?s ?q }": "the } at line 1, column 24 has closed the pattern",
    "SELECT ?s WHERE ⟨?s⟩ ?p ?o }": "WHERE { ?s ?p ?o }",
    "SELECT ?s WHERE {\n  ?s a ?t\n  ⟨?s⟩ ?p ?o\n}": "a dot is missing behind ?t (line 2, column 8)",
    "SELECT * { ?s ?p ?o FILTER(?o = 'a' ⟨}⟩": "a ) is missing: the ( at line 1, column 27 is open",
    "SELECT * { ?s ?p ?o FILTER(STRSTARTS(?o, 'a') ⟨}⟩": "a ) is missing: the ( at line 1, column 27 is open",
    # SELECT
    "SELECT ?a⟨,⟩ ?b WHERE { ?a ?p ?b }": "without commas: ?a ?b",
    "SELECT ⟨COUNT⟩(?s) AS ?n WHERE { ?s ?p ?o }": "(COUNT(?s) AS ?n)",
    "SELECT ?s ⟨COUNT⟩(DISTINCT ?o) AS ?many { ?s ?p ?o } GROUP BY ?s": "(COUNT(DISTINCT ?o) AS ?many)",
    "SELECT ⟨COUNT⟩(*) { ?s ?p ?o }": "(COUNT(*) AS ?n)",
    "SELECT (COUNT(?x)⟨)⟩ { ?x ?p ?o }": "(COUNT(?x) AS ?n)",
    "SELECT (COUNT(?x) ⟨?n⟩) { ?x ?p ?o }": "AS stands before the name: (COUNT(?x) AS ?n)",
    "SELECT (COUNT(?x) AS ⟨n⟩) { ?x ?p ?o }": "AS ?n",
    "SELECT DISTINCT(?s⟨)⟩ { ?s ?p ?o }": "SELECT DISTINCT ?s",
    "SELECT ⟨TOP⟩ 10 ?s { ?s ?p ?o }": "LIMIT 10",
    "SELECT ⟨s⟩ { ?s ?p ?o }": "?s",
    "SELECT ⟨?⟩ s { ?s ?p ?o }": "without a space",
    "SELECT ⟨WHERE⟩ { ?s ?p ?o }": "SELECT * WHERE",
    "SELECT ?first⟨-⟩name { ?s ?p ?x }": "?first_name instead of ?first-name",
    "SELECT (SUM ⟨?o⟩ AS ?x) { ?s ?p ?o }": "SUM(?x)",
    "SELECT (IF(?o > 1, 'a'⟨)⟩ AS ?x) { ?s ?p ?o }": "IF(?condition, ?then, ?else)",
    "SELECT ?s (GROUP_CONCAT(?o⟨,⟩ ', ') AS ?x) { ?s ?p ?o } GROUP BY ?s": 'GROUP_CONCAT(?x; SEPARATOR=", ")',
    "SELECT * FROM ⟨{⟩ ?s ?p ?o }": "/graphs lists them",
    # groups
    "SELECT ⟨?s⟩ (COUNT(?o) AS ?n) { ?s ?p ?o }": "put GROUP BY ?s behind the pattern",
    "SELECT ?s ⟨?p⟩ (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s": "add ?p to GROUP BY, or take one of its values",
    "SELECT ?s (MAX(?o) AS ⟨?s⟩) { ?s ?p ?o } GROUP BY ?s": "choose another name behind AS",
    "SELECT (1 AS ⟨?s⟩) { ?s ?p ?o }": "choose another name behind AS",
    "SELECT ⟨*⟩ { ?s ?p ?o } GROUP BY ?s": "write SELECT ?s (COUNT(*) AS ?n)",
    "SELECT * { ?s ?p ?o FILTER(⟨COUNT⟩(?o) > 1) }": "an aggregate stands in SELECT, HAVING or ORDER BY",
    # prefixes and IRIs
    "SELECT * { ?s ⟨rdfs:label⟩ ?o }": f"put PREFIX rdfs: <{RDFS}> at the top of the query",
    "SELECT * { ?s ⟨wdt:P31⟩ wd:Q6256 }": "PREFIX wdt: <http://www.wikidata.org/prop/direct/> PREFIX wd: <http://www.wikidata.org/entity/>",
    "SELECT * { ?s ⟨p:P31⟩/ps:P31 ?c }": "PREFIX p: <http://www.wikidata.org/prop/> PREFIX ps: <http://www.wikidata.org/prop/statement/>",
    "SELECT * { ⟨hint:Query⟩ hint:optimizer 'None' }": "the statements of Wikidata are not in this graph",
    "SELECT * { ?s ⟨foo:bar⟩ ?o }": "PREFIX foo: <…>",
    "SELECT * { ?s ⟨side:memberOf⟩ ?o }": "sides: is https://w3id.org/sides/ontology#",
    "SELECT * { ?s ⟨:p⟩ ?o }": "sides: is https://w3id.org/sides/ontology#",
    "SELECT * { ?s ?p ⟨http:⟩//example.org/a }": "<http://example.org/a>",
    "PREFIX ex: ⟨http:⟩//example.org/ SELECT * { ?s ?p ?o }": "<http://example.org/>",
    "PREFIX ⟨ex⟩ <http://example.org/> SELECT * { ?s ?p ?o }": "PREFIX ex: <…>",
    "PREFIX ex: <http://example.org/>⟨;⟩ SELECT * { ?s ?p ?o }": "ends without ;",
    "⟨@prefix⟩ ex: <http://example.org/> . SELECT * { ?s ?p ?o }": "PREFIX, without @",
    "SELECT * { ?s ?p ⟨<⟩http://example.org/a b> }": "<http://example.org/a%20b>",
    "SELECT * { ?s ?p ?o FILTER(⟨bif:contains⟩(?o, 'a')) }": "CONTAINS",
    # letters
    "SELECT * { ?s ?p ⟨“⟩a” }": "quotation marks are straight",
    "SELECT * { ?s ?p ⟨‘⟩a’ }": "quotation marks are straight",
    "SELECT ?s⟨\u00a0⟩{ ?s ?p ?o }": "put a plain space",
    "SELECT ?s { ?s ?p ⟨\u200b⟩?o }": "put a plain space",
    "SELECT * { ?s ?p ⟨'⟩abc }": "'''",
    "⟨`⟩``sparql\nSELECT * { ?s ?p ?o }\n```": "Markdown",
    "SELECT * { ?s ?p ?o ⟨/⟩/ a note\n}": "a comment begins with #",
    "SELECT * { ?s ?p ?o ⟨-⟩- a note\n}": "a comment begins with #",
    # conditions
    "SELECT * { ?s ?p ?x FILTER ⟨?x⟩ = 1 }": "FILTER(?x = 1)",
    "SELECT * { ?s ?p ?x .\n FILTER ⟨?x⟩ > 1 .\n ?s ?q ?y }": "FILTER(?x > 1)",
    "SELECT * { ?s ⟨=⟩ ?o }": "FILTER(?s = ?o)",
    "SELECT * { ?s ?p ?o FILTER(?o =⟨=⟩ 1) }": "equal is one sign, =",
    "SELECT * { ?s ?p ?o FILTER(?o ⟨<>⟩ 1) }": "unequal is !=",
    "SELECT * { ?s ?p ?o FILTER(?a = ?b ⟨=⟩ ?c) }": "?a = ?b && ?b = ?c",
    "SELECT * { ?s ?p ?o FILTER(1 < ?o ⟨<⟩ 10) }": "1 < ?o && ?o < 10",
    "SELECT * { ?s ?p ?o FILTER(?o > 1 ⟨&⟩ ?o < 5) }": "joined by &&, not &",
    "SELECT * { ?s ?p ?o FILTER(?o > 1 ⟨AND⟩ ?o < 5) }": "joined by &&, not AND",
    "SELECT * { ?s ?p ?o FILTER(?o = 1 ⟨or⟩ ?o = 5) }": "joined by ||, not or",
    "SELECT * { ?s ?p ?o FILTER(?o = 1 ⟨|⟩ ?o = 5) }": "joined by ||, not |",
    "SELECT * { ?s ?p ?o FILTER(NOT ⟨?o⟩ = 1) }": "negated by !",
    "SELECT * { ?s ?p ?o FILTER NOT ⟨EXIST⟩ { ?s ?p ?o } }": "the keyword is EXISTS",
    "SELECT * { ?s ?p ?o FILTER(NOT EXISTS ⟨?s⟩ ?p ?o) }": "EXISTS { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o FILTER(⟨CONTAIN⟩(?o, 'a')) }": 'CONTAINS(?x, "part")',
    "SELECT * { ?s ?p ?o FILTER(⟨LOWER⟩(?o) = 'a') }": "LCASE(?x)",
    "SELECT * { ?s ?p ?o FILTER(⟨frobnicate⟩(?o)) }": "SPARQL has no function frobnicate",
    "SELECT * { ?s ?p ?o FILTER REGEX ⟨?o⟩ 'a' }": "REGEX(",
    "SELECT * { ?s ?p ?o FILTER(?o ⟨LIKE⟩ '%A%') }": 'CONTAINS(LCASE(?o), "a")',
    "SELECT * { ?s ?p ?o FILTER(?o ⟨IS⟩ NULL) }": "!BOUND(?o)",
    "SELECT * { ?s ?p ?o FILTER(?o ⟨IS⟩ NOT NULL) }": "tells BOUND(?o)",
    "SELECT * { ?s ?p ?o FILTER(?o IN ⟨?list⟩) }": "IN (1, 2)",
    "SELECT * { ?s ?p ?o FILTER(LANG(?o) = ⟨en⟩) }": '("en")',
    "SELECT * { ?s ?p ?o . ⟨CONTAINS⟩(?o, 'a') }": "FILTER(CONTAINS(?o, 'a'))",
    # patterns
    "SELECT * { ⟨a⟩ ?p ?o }": "?s a ?type",
    "SELECT * { ?s ?p ⟨a⟩ }": "?s a ?type",
    "SELECT * { ?s ?p ⟨name⟩ }": "(sides:name)",
    "SELECT * { ?s ?p ?o OPTIONAL ⟨?s⟩ ?q ?r }": "OPTIONAL { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o MINUS ⟨?s⟩ ?q ?r }": "MINUS { ?s ?p ?o }",
    "SELECT * { ?s ?p ?o ⟨UNION⟩ ?s ?q ?r }": "{ … } UNION { … }",
    "SELECT * { { ?s ?p ?o } ⟨OR⟩ { ?s ?q ?r } }": "joined by UNION",
    "SELECT * { ?s ?p ?o BIND ⟨?o⟩ AS ?x }": "BIND(expression AS ?name)",
    "SELECT * { BIND(?x = 1⟨)⟩ }": "BIND(1 AS ?x)",
    "SELECT * { ?s ?p ?o BIND(STR(?o) AS ?o) ⟨}⟩": "?o has a value before BIND",
    "SELECT * { GRAPH ⟨{⟩ ?s ?p ?o } }": "GRAPH ?g",
    "SELECT * { ?s ?p 2022⟨-⟩02-24 }": f'"2022-02-24"^^<{XSD}date>',
    "SELECT * { ?s ?p '1'⟨^⟩<http://a/b> }": "'1'^^<http://a/b>",
    "SELECT * { VALUES ?s ⟨(⟩<a:b> <a:c>) }": "VALUES ?s { … }",
    "SELECT * { VALUES (?s ?t) { ⟨<a:b>⟩ <a:c> } }": "each row stands in parentheses",
    "SELECT * { VALUES ?s { <a:b>⟨,⟩ <a:c> } }": "values stand without commas",
    "SELECT * { VALUES ?s { ⟨?x⟩ } }": "a variable cannot be one",
    "CONSTRUCT { ?s ?p ?o }⟨⟩": "CONSTRUCT { … } WHERE { … }",
    "CONSTRUCT { ?s ?p ?o ⟨FILTER⟩(?o = 1) } WHERE { ?s ?p ?o }": "put FILTER into WHERE",
    "DESCRIBE ⟨{⟩ ?s ?p ?o }": "DESCRIBE ?s WHERE",
    # order
    "SELECT * { ?s ?p ?o } LIMIT 10 ⟨ORDER⟩ BY ?s": "GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET",
    "SELECT ?s { ?s ?p ?o } ORDER BY ?s ⟨GROUP⟩ BY ?s": "GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET",
    "SELECT ?s { ?s ?p ?o } OFFSET 5 LIMIT 5 ⟨OFFSET⟩ 5": "OFFSET stands twice",
    "SELECT * { ?s ?p ?o } ORDER ⟨?s⟩": "write ORDER BY ?s",
    "SELECT * { ?s ?p ?o } ORDER BY ?s DESC⟨⟩": "ORDER BY DESC(?s)",
    "SELECT * { ?s ?p ?o } ORDER BY DESC ⟨?s⟩": "ORDER BY DESC(?s)",
    "SELECT * { ?s ?p ?o } ORDER BY ?s⟨,⟩ ?p": "ORDER BY ?s ?p",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s⟨,⟩ ?p": "GROUP BY ?s ?p",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING ⟨?n⟩ > 1": "HAVING(?n > 1)",
    "SELECT * { ?s ?p ?o } LIMIT ⟨-⟩1": "LIMIT 100",
    "SELECT * { ?s ?p ?o } LIMIT⟨⟩": "LIMIT 100",
    "SELECT * { ?s ?p ?o } LIMIT 10⟨;⟩": "no ; at its end",
    "SELECT * { ?s ?p ?o } ⟨WHERE⟩ ?s = 1": "there is one pattern",
    "⟨WHERE⟩ { ?s ?p ?o } SELECT ?s": "a query begins with SELECT",
    # keywords
    "⟨SELEC⟩ ?s { ?s ?p ?o }": "it may be SELECT",
    "SELECT ?s ⟨WHRE⟩ { ?s ?p ?o }": "it may be WHERE",
    "SELECT ?s { ?s ?p ?o ⟨FILTRE⟩(?o = 1) }": "it may be FILTER",
    "SELECT ?s { ?s ?p ?o } ⟨ODER⟩ BY ?s": "it may be ORDER",
    # more of them
    "SELECT * { ?s ?p ?o BIND(STR(?o ⟨AS⟩ ?x) }": "a ) is missing: the ( at line 1, column 29 is open",
    "SELECT (COUNT(DISTINCT(?s) ⟨AS⟩ ?n) { ?s ?p ?o }": "a ) is missing: the ( at line 1, column 14 is open",
    "SELECT ?s { ?s ?p ?o } GROUP BY ?s ORDER BY DESC(COUNT(?o) ⟨LIMIT⟩ 3": "a ) is missing",
    "SELECT * { ?s ?p ?o FILTER(LANG(?o) = 'en'\n ⟨?s⟩ ?q ?r }": "an operator or a comma is missing, or a ) before it",
    "SELECT * { ?s <a:b> ⟨}⟩": "a triple has three parts",
    "SELECT * { ?s <a:b> ?o, ⟨}⟩": "another object follows a comma",
    "SELECT * { ?s <a:b> ?o . ⟨.⟩ }": "one dot too many",
    "SELECT * { ?s⟨,⟩ <a:b>, ?o }": "a comma stands between objects",
    f"PREFIX state: <{BASE}id/state/> SELECT * {{ state:FRA⟨/⟩x ?p ?o }}": f"<{BASE}id/state/FRA/…>",
    "SELECT * { ?s ?p 'France'@FR⟨_x⟩ }": "@fr-CA",
    "SELECT * { ?s ?p ?name⟨@en⟩ }": 'FILTER(LANG(?name) = "en")',
    "SELECT * { ?s ?p 'l'Ukraine⟨'⟩@fr }": "a ' inside is written \\'",
    'SELECT * { ?s ?p "the "⟨free⟩ world"" }': 'a " inside a string is written \\"',
    "SELECT ?s { ?s ?p ?o . ⟨LIMIT⟩ 10 }": "LIMIT stands behind the } that closes the pattern",
    "SELECT ?s { ?s ?p ?o } ⟨SORT⟩ BY ?s": "ORDER BY",
    "SELECT ?s { ?s ?p ?o } LIMIT 10⟨,⟩ 20": "LIMIT 20 OFFSET 10",
    "SELECT ?s ?n { ?s ?p ?x . ⟨COUNT⟩(?x) AS ?n }": "SELECT (COUNT(?x) AS ?n)",
    "SELECT (COUNT(*) AS ?n) ⟨AS⟩ ?m { ?s ?p ?o }": "within the parentheses, once",
    "SELECT (COUNT ⟨DISTINCT⟩ ?s AS ?n) { ?s ?p ?o }": "COUNT(DISTINCT ?s)",
    "SELECT ?s { ?s ?p ?o { SELECT ?s ⟨?p⟩ (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s } }": "add ?p to GROUP BY",
    "SELECT * { ?s ?p ?o FILTER(?o = ⟨>⟩ 2) }".replace("= ⟨", "=⟨"): "greater or equal is >=",
    "SELECT * { ?s ?p ?o FILTER(?o =⟨<⟩ 2) }": "less or equal is <=",
    "SELECT * { ?s ?p ?o FILTER(REGEX(?o, ⟨/⟩abc/i)) }": 'REGEX(?x, "pattern", "i")',
    "SELECT * { ?s ?p ?o FILTER(?o⟨.⟩name = 2) }": "?o sides:name ?value",
    "SELECT * { ?s ?p ?o FILTER(?s IN (<a:b> ⟨<a:c>⟩)) }": "values of IN stand with commas: <a:b>, <a:c>",
    "SELECT * { ?s ?p ?o BIND(⟨CASE⟩ WHEN ?o THEN 1 END AS ?y) }": "IF(?condition, ?then, ?else)",
    "SELECT * { ?s ?p ?o . ⟨LET⟩(?y := 1) }": "BIND(expression AS ?name)",
    "SELECT * { ?s <a:b>⟨{⟩1,3} ?y }": "a path is repeated by *",
    "SELECT * { ?s ?p ?o FILTER(?o = 1) ⟨&&⟩ (?o = 2) }": "one pair of parentheses",
    "SELECT * { ⟨NOT⟩ EXISTS { ?s ?p ?o } }": "FILTER NOT EXISTS { … }",
    "SELECT * { ?s ?p ⟨TRUE⟩ }": "small letters: true",
    "SELECT * { ?s ?p ⟨NULL⟩ }": "there is no null",
    "SELECT * { VALUES ⟨{⟩ ?s <a:b> } }": "VALUES ?s { … }",
    "SELECT * { VALUES ?s⟨,⟩ ?t { (1 2) } }": "VALUES (?a ?b) { (1 2) (3 4) }",
    "SELECT * { GRAPH ?g ⟨?s⟩ ?p ?o }": "GRAPH ?g { ?s ?p ?o }",
    "ASK ⟨?s⟩ ?p ?o": "ASK { ?s ?p ?o }",
    "CONSTRUCT ⟨?s⟩ ?p ?o WHERE { ?s ?p ?o }": "CONSTRUCT { ?s ?p ?o }",
    "DESCRIBE ⟨WHERE⟩ { ?s ?p ?o }": "DESCRIBE ?s WHERE",
    "SELECT ?s⟨⟩": "the pattern is missing",
    "⟨⟩": "a query begins with SELECT",
    "⟨How⟩ many states are there?": "a query begins with SELECT",
    "⟨DEFINE⟩ sql:log-enable 2 SELECT * { ?s ?p ?o }": "an order to Virtuoso",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with engine_on(make_release(tmp_path_factory.mktemp("slips"), SMALL), workers=1) as running:
        yield running


@pytest.mark.parametrize(("marked", "told"), SLIPS.items(), ids=[*SLIPS])
def test_what_helps_is_told_at_the_place(engine: Engine, marked: str, told: str) -> None:
    before, place, after = re.split("[⟨⟩]", marked)
    query = before + place + after
    with pytest.raises(QuerySyntaxError) as caught:
        engine.query(query)
    error = caught.value
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    if not place:
        stripped = before.rstrip()
        line, column = stripped.count("\n") + 1, len(stripped) - stripped.rfind("\n")
    assert (error.line, error.column) == (line, column), error
    assert error.remedy is not None
    assert told in error.remedy
    if place and not place.isspace() and place != "\u200b":
        assert place.split(":")[0].split("(")[0] in error.message or "is not closed" in error.message


WIKIDATA = {
    "SELECT ?state ?stateLabel { ?state ?p ?o SERVICE wikibase:label { bd:serviceParam wikibase:language 'fr,en' } }": (
        f'?state <{RDFS}label> ?stateLabel . FILTER(LANG(?stateLabel) = "fr")'
    ),
    "SELECT ?x { ?x ?p ?o SERVICE <http://wikiba.se/ontology#label> { } }": f"?item <{RDFS}label> ?itemLabel",
    'SELECT ?xLabel { SERVICE wikibase:label { bd:serviceParam wikibase:language "[AUTO_LANGUAGE],en". } }': (
        'FILTER(LANG(?xLabel) = "en")'
    ),
}


@pytest.mark.parametrize(("query", "told"), WIKIDATA.items(), ids=["by name", "by IRI", "automatic"])
def test_the_labels_of_wikidata_are_told_how_to_be_had_here(engine: Engine, query: str, told: str) -> None:
    with pytest.raises(QueryRefusedError) as caught:
        engine.query(query)
    assert caught.value.remedy is not None
    assert told in caught.value.remedy
    example = re.search(r"in its place write (.*)", caught.value.remedy)
    assert example
    engine.query(f"SELECT * {{ {example[1]} }}").close()


def test_another_service_is_told_where_to_run(engine: Engine) -> None:
    with pytest.raises(QueryRefusedError, match="run the federated query at your own endpoint"):
        engine.query("ASK { SERVICE <http://example.org/sparql> { ?s ?p ?o } }")


def test_an_unknown_function_with_an_iri_is_told_when_it_is_called(engine: Engine) -> None:
    with pytest.raises(QueryFailedError, match=r"http://example\.org/f"):
        engine.query("SELECT (<http://example.org/f>(1) AS ?x) {}")


@pytest.mark.parametrize("name", [name for name in signatures() if name not in {"URI", "BNODE", "RAND"}])
def test_the_calls_that_are_shown_are_right(engine: Engine, name: str) -> None:
    call = signatures()[name]
    names = " ".join(f"?{variable}" for variable in dict.fromkeys(re.findall(r"\?(\w+)", call)))
    engine.query(f"SELECT ({call} AS ?result) {{ VALUES ({names}) {{ }} }}", fresh=True).close()


def test_what_is_known_elsewhere_is_a_function_here() -> None:
    assert {*ELSEWHERE.values()} <= {*signatures()}
    assert not {*ELSEWHERE} & {*signatures()}


ODD = st.sampled_from([*"{}(),.;?&|=<>\"' ", "SELECT ", "FILTER ", "AS "])
EVALUATOR = Evaluator(pyoxigraph.Store())
RIGHT = [re.sub("[⟨⟩]", "", query) for query in SLIPS]


@given(st.sampled_from(RIGHT), st.integers(0, 200), ODD)
@settings(max_examples=300, deadline=None)
def test_no_text_is_too_odd(query: str, position: int, inserted: str) -> None:
    position %= len(query) + 1
    text = query[:position] + inserted + query[position:]
    with suppress(QuerySyntaxError):
        EVALUATOR.answer(Request(text, "text/turtle" if text[:1] in {"C", "D"} else "text/csv"), print, io.BytesIO())
    found = [*tokens(text)]
    for index in range(len(found) + 1):
        told = help_for(Place.of(text, found, index))
        assert told is None or (told and "\n" not in told.split("{")[0])


def test_a_long_expression_is_looked_through_once() -> None:
    text = f"SELECT * {{ ?s ?p ?o FILTER({' + '.join(['1'] * 50_000)} = 1 = 2) }}"
    found = [*tokens(text)]
    index = len(found) - 4
    assert found[index].text == "="
    told = help_for(Place.of(text, found, index))
    assert told is not None
    assert "comparisons are not chained" in told


def test_what_is_told_of_a_slip_is_in_french_too(engine: Engine) -> None:
    """All but the names that Unicode gives to characters."""
    locale = Path(__file__).parents[2] / "web" / "locale"
    texts = read_error_texts(locale, read_texts(locale))
    english = {}
    for marked in SLIPS:
        with pytest.raises(QuerySyntaxError) as caught:
            engine.query(re.sub("[⟨⟩]", "", marked))
        told = texts.translate(from_error(caught.value), "fr")
        said = re.sub(r'<span lang="en">[A-Z -]+</span> \(U\+', "", f"{told.detail} {told.expected} {told.hint}")
        if 'lang="en"' in said:
            english[marked] = said
    assert english == {}
