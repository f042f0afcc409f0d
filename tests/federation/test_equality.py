"""A federated query has the answer that it has where the graph of the other endpoint lies beside ours."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.serve.federation import FederatedEngine, execution
from kg.serve.results import Term, read_rows
from support.federated import WIKIDATA, settings_for
from support.serving import make_release
from support.stand_in import StandIn, stand_in

E = "http://e.example/"
REMOTE = "http://remote.example/"
PROLOGUE = f"PREFIX e: <{E}>"


TALLY: Counter[str] = Counter()
"""How many queries were asked, and in how many the endpoint was told values."""


def graph(seed: int, predicates: str) -> str:
    """A graph of few nodes in which much fits together: links and strings, by the last predicate also other values."""
    dice = random.Random(seed)
    values = [f"<{E}i{i}>" for i in range(8)] * 2 + ['"one"', '"two"']
    more = [*values, "1", "2", '"one"@en', "1.5"]
    lines = set()
    for _ in range(45):
        predicate = dice.choice(predicates)
        value = dice.choice(more if predicate == predicates[-1] else values)
        lines.add(f"<{E}i{dice.randrange(8)}> <{E}{predicate}> {value} .")
    return "\n".join(sorted(lines))


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FederatedEngine, StandIn, ox.Store]]:
    """An engine on the local graph, the endpoint, and a store that holds both; batches are of three rows at first."""
    local, remote = graph(1, "pq"), graph(2, "rst")
    both = ox.Store()
    both.load(local.encode(), ox.RdfFormat.TURTLE)
    both.load(remote.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(REMOTE))
    quads = "".join(f"{quad} .\n" for quad in both.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    release = make_release(tmp_path_factory.mktemp("local"), quads)
    with pytest.MonkeyPatch.context() as patch, stand_in(remote) as other:
        patch.setattr(execution, "_FIRST", 3)
        with FederatedEngine.start(settings_for(other.address, service_age=0.0), release) as engine:
            yield engine, other, both


VARIABLES = st.sampled_from(["?a", "?b", "?c", "?d"])
NODES = st.sampled_from([f"e:i{i}" for i in range(8)])
OBJECTS = st.one_of(*[VARIABLES] * 6, NODES, st.sampled_from(["1", '"one"']))


def triples(predicates: str) -> st.SearchStrategy[str]:
    subject = st.one_of(*[VARIABLES] * 6, NODES)
    predicate = st.sampled_from([f"e:{name}" for name in predicates])
    return st.builds("{} {} {} .".format, subject, predicate, OBJECTS)


CONDITIONS = st.one_of(
    st.builds("FILTER(ISIRI({}))".format, VARIABLES),
    st.builds("FILTER(BOUND({}))".format, VARIABLES),
    st.builds("FILTER(!BOUND({}))".format, VARIABLES),
    st.builds("FILTER({} != {})".format, VARIABLES, OBJECTS),
    st.builds("FILTER(STR({}) < STR({}))".format, VARIABLES, VARIABLES),
)


def combined(inner: st.SearchStrategy[str], plain: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Elements of a group, ``plain`` ones among them; ``inner`` are those of the groups in them.

    In ``EXISTS``, a clause has triple patterns alone: values from outside do not go into the conditions of a clause.
    """
    group = st.lists(inner, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        plain,
        plain,
        CONDITIONS,
        st.builds("OPTIONAL {{ {} }}".format, group),
        st.builds("MINUS {{ {} }}".format, group),
        st.builds("{{ {} }} UNION {{ {} }}".format, group, group),
        st.builds("{{ {} }}".format, group),
        st.builds("FILTER EXISTS {{ {} {} }}".format, plain, plain),
        st.builds("FILTER NOT EXISTS {{ {} {} }}".format, plain, plain),
        st.builds("{{ SELECT {} {} {{ {} }} }}".format, VARIABLES, VARIABLES, group),
        st.builds("{{ SELECT DISTINCT {} {{ {} }} }}".format, VARIABLES, group),
        st.builds("BIND(STR({}) AS ?x)".format, VARIABLES),
        st.builds("BIND({} AS ?b)".format, NODES),
        st.builds("VALUES {} {{ {} {} }}".format, VARIABLES, NODES, st.sampled_from(["1", '"one"', "UNDEF", "e:i1"])),
    )


THERE = combined(triples("rst"), triples("rst"))
SIMPLE = st.builds("SERVICE <{}> {{ {} }}".format, st.just(WIKIDATA), triples("rst"))
CLAUSES = st.builds(
    "SERVICE {}<{}> {{ {} {} }}".format,
    st.sampled_from(["", "SILENT "]),
    st.just(WIKIDATA),
    triples("rst"),
    st.lists(THERE, max_size=2).map(" ".join),
)
HERE = st.one_of(triples("pq"), triples("pq"), CLAUSES)
PLAIN = st.one_of(triples("pq"), SIMPLE)
ELEMENTS = st.lists(st.one_of(HERE, combined(HERE, PLAIN), combined(HERE, PLAIN)), min_size=2, max_size=5)
BODIES = st.builds(
    lambda link, elements, at: " ".join([*elements[:at], link, *elements[at:]]),
    st.builds("{} e:p {} .".format, VARIABLES, VARIABLES),
    ELEMENTS.filter(lambda elements: any("SERVICE" in element for element in elements)),
    st.integers(0, 3),
)


def local(query: str) -> str:
    """The query with the graph of the endpoint in its place."""
    return re.sub(f"SERVICE (SILENT )?<{re.escape(WIKIDATA)}>", f"GRAPH <{REMOTE}>", query)


def counted(document: bytes) -> Counter[frozenset[tuple[str, Term]]]:
    """How often each row comes."""
    return Counter(frozenset(row.items()) for row in read_rows(document))


def agree(query: str, engine: FederatedEngine, other: StandIn, both: ox.Store) -> int:
    """Hold the two answers against each other: how many rows they have, or -1 if it is no query or gives too much."""
    other.heard.clear()
    try:
        expected = both.query(local(query))
    except SyntaxError:
        return -1
    assert isinstance(expected, ox.QuerySolutions)
    written = expected.serialize(format=ox.QueryResultsFormat.JSON)
    assert written is not None
    if len(written) > 400_000:
        return -1
    TALLY["asked"] += 1
    answer = b"".join(engine.query(query, "application/sparql-results+json"))
    TALLY["told"] += any(re.search(r"VALUES \([^)]+\)", each.query) is not None for each in other.heard)
    assert counted(answer) == counted(written), query
    return counted(written).total()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES)
def test_random_queries(body: str, sides: tuple[FederatedEngine, StandIn, ox.Store]) -> None:
    agree(f"{PROLOGUE} SELECT * {{ {body} }}", *sides)


def test_much_was_told() -> None:
    """Else nothing of the planning would have been compared."""
    assert TALLY["told"] > TALLY["asked"] / 8


S = f"SERVICE <{WIKIDATA}>"


@pytest.mark.parametrize(
    "body",
    [
        f"?a e:p ?b {S} {{ ?b e:r ?c }}",
        f"{S} {{ ?b e:r ?c }} ?a e:p ?b",
        f"?a e:p ?b OPTIONAL {{ {S} {{ ?b e:r ?c }} }}",
        f"?a e:p ?b MINUS {{ {S} {{ ?b e:r ?c }} }}",
        f"?a e:p ?b {{ {S} {{ ?b e:r ?c }} }} UNION {{ {S} {{ ?b e:s ?c }} }}",
        f"?a e:p ?b OPTIONAL {{ {S} {{ ?b e:r ?c }} FILTER(?c != ?a) }}",
        f"?a e:p ?b OPTIONAL {{ ?a e:q ?d {S} {{ ?b e:r ?c }} }} OPTIONAL {{ ?c e:q ?d }}",
        f"?a e:p ?b FILTER EXISTS {{ {S} {{ ?b e:r ?c }} }}",
        f"?a e:p ?b FILTER NOT EXISTS {{ ?a e:q ?d {S} {{ ?b e:r ?c }} }}",
        f"OPTIONAL {{ ?a e:p ?b }} {S} {{ ?b e:r ?c }} ?b e:q ?d",
        f"?a e:p ?d {{ {S} {{ ?b e:r ?c }} FILTER(!BOUND(?d)) }}",
        f"?a e:p ?b {S} {{ ?b e:r ?c }} {S} {{ ?c e:s ?d }}",
        f"{S} {{ ?c e:s ?d }} {S} {{ ?b e:r ?c }} ?a e:p ?b",
        f"?a e:p ?b {S} {{ SELECT ?b (COUNT(*) AS ?n) {{ ?b e:r ?c }} GROUP BY ?b }}",
        f"?a e:p ?b {S} {{ ?b e:r ?c BIND(STR(?c) AS ?x) # a comment\n }}",
        f"?a e:p ?b {S} {{ OPTIONAL {{ ?b e:r ?c }} ?b e:s ?d }}",
        f"?a e:p ?b {S} {{ {{ SELECT ?b {{ ?b e:r ?c }} ORDER BY ?b ?c LIMIT 3 }} }}",
        f"BIND(e:i1 AS ?b) {S} {{ ?b e:r|e:s ?c }}",
        f"{{ SELECT ?b (COUNT(?a) AS ?n) {{ ?a e:p ?b }} GROUP BY ?b }} {S} {{ ?b e:r ?c }} BIND(?n + 1 AS ?m)",
        f"GRAPH ?g {{ {S} {{ ?b e:r ?c }} }}",
        f"{{ ?a e:p ?b }} {S} {{ e:i1 ?e ?f }} FILTER(?f != ?b)",
    ],
)
def test_queries_of_every_kind(body: str, sides: tuple[FederatedEngine, StandIn, ox.Store]) -> None:
    assert agree(f"{PROLOGUE} SELECT * {{ {body} }}", *sides) >= 0


def test_the_random_queries_say_something(sides: tuple[FederatedEngine, StandIn, ox.Store]) -> None:
    """The queries of every kind are joined, told of values, and have rows: else nothing would be compared above."""
    engine, other, both = sides
    query = f"{PROLOGUE} SELECT * {{ ?a e:p ?b {S} {{ ?b e:r ?c }} }}"
    assert agree(query, engine, other, both) > 5
    assert len(other.heard) >= 2
    assert all("VALUES (?b)" in each.query for each in other.heard)
