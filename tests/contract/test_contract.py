"""What clients may rely on, whatever engine answers."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest

from contract.conftest import Fronted
from kg.ground.catalogue import Catalogue, QueryForm
from kg.ground.release import Release
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from support.compare import unmatched
from support.server_process import Reply, Server, target
from support.serving import eventually

JSON = "application/sparql-results+json"
XSD = "http://www.w3.org/2001/XMLSchema#"
CATALOGUE = Catalogue.read(Path(__file__).parents[2] / "queries")
LOCAL = sorted(query.name for query in CATALOGUE if "SERVICE" not in query.text.upper())
ENDLESS = "SELECT * { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
STATES = """\
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX sides: <https://w3id.org/sides/ontology#>
SELECT * WHERE { ?state a sides:State ; rdfs:label ?name FILTER(LANG(?name) = "fr") } ORDER BY ?state LIMIT 20"""
"""Names with letters beyond ASCII, in the order of the query: not that of the alphabet."""
LARGE = "SELECT ?o ?s ?p ?x WHERE { ?s ?p ?o VALUES ?x { 1 2 } } LIMIT 40000"


@pytest.fixture(scope="module")
def store(built_release: Release) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(built_release.data), format=ox.RdfFormat.N_QUADS)
    return store


# What pyoxigraph makes must be dropped in its own thread, and the traceback of a test that fails may be dropped in any:
# so no test has it in a variable.


def asked(store: ox.Store, query: str) -> tuple[list[str], list[tuple[ox.Term | None, ...]]]:
    """The columns and rows of a SELECT."""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [each.value for each in solutions.variables], [tuple(row) for row in solutions]


def read(body: bytes, suffix: str = "json") -> tuple[list[str], list[tuple[ox.Term | None, ...]]]:
    """The columns and rows of an answer."""
    results = ox.parse_query_results(body, ox.QueryResultsFormat.from_extension(suffix))
    assert isinstance(results, ox.QuerySolutions)
    return [each.value for each in results.variables], [tuple(row) for row in results]


def same(reply: Reply, store: ox.Store, query: str) -> bool:
    """Whether an answer in JSON has the rows that the store here has, in any order."""
    assert reply.status == 200, reply.body
    return Counter(read(reply.body)[1]) == Counter(asked(store, query)[1])


def written(store: ox.Store, query: str, fmt: Format) -> bytes | None:
    """The answer of the store here in a format."""
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions.serialize(format=ox.QueryResultsFormat.from_media_type(fmt.media_type))


@pytest.mark.parametrize("fmt", RESULT_FORMATS, ids=lambda fmt: fmt.suffix)
def test_rows_come_in_every_format(server: Server, store: ox.Store, fmt: Format) -> None:
    reply = server.ask(STATES, format=fmt.suffix)
    assert (reply.status, reply.headers["Content-Type"]) == (200, fmt.content_type), reply.body
    assert reply.body == written(store, STATES.replace("*", "?state ?name"), fmt)


@pytest.mark.parametrize("fmt", GRAPH_FORMATS, ids=lambda fmt: fmt.suffix)
def test_graphs_come_in_every_format(server: Server, store: ox.Store, fmt: Format) -> None:
    query = "PREFIX s: <https://w3id.org/sides/id/state/> CONSTRUCT { s:FRA ?p ?o } WHERE { s:FRA ?p ?o }"
    reply = server.ask(query, format=fmt.suffix)
    assert (reply.status, reply.headers["Content-Type"]) == (200, fmt.content_type), reply.body
    found = {quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.from_media_type(fmt.media_type))}
    assert found == set(store.query(query))
    assert len(found) > 10


def test_a_description_holds_what_is_said_of_a_thing(server: Server, store: ox.Store) -> None:
    reply = server.ask("DESCRIBE <https://w3id.org/sides/id/org/nato>", format="nt")
    assert reply.status == 200, reply.body
    found = {quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.N_TRIPLES)}
    said = set(store.query("CONSTRUCT { ?s ?p ?o } { BIND(<https://w3id.org/sides/id/org/nato> AS ?s) ?s ?p ?o }"))
    assert said <= found


@pytest.mark.parametrize(("pattern", "truth"), [("?s a ?o", True), ("?s a <http://example.org/none>", False)])
@pytest.mark.parametrize("fmt", RESULT_FORMATS[:2], ids=lambda fmt: fmt.suffix)
def test_truth_is_told(server: Server, pattern: str, truth: bool, fmt: Format) -> None:
    reply = server.ask(f"ASK {{ {pattern} }}", format=fmt.suffix)
    assert reply.headers["Content-Type"] == fmt.content_type, reply.body
    made = ox.parse_query_results(reply.body, ox.QueryResultsFormat.from_media_type(fmt.media_type))
    assert isinstance(made, ox.QueryBoolean)
    assert bool(made) is truth


def test_columns_have_the_order_of_the_query(server: Server) -> None:
    reply = server.ask("SELECT * { ?z <http://www.w3.org/2000/01/rdf-schema#label> ?b . ?z a ?a } LIMIT 1")
    assert reply.body.splitlines()[0] == b"z,b,a"


@pytest.mark.parametrize("fmt", ["json", "tsv", "xml"])
def test_blank_nodes_have_names(server: Server, fmt: str) -> None:
    rdf = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
    reply = server.ask(f"{rdf} SELECT ?list ?rest {{ ?list rdf:rest ?rest FILTER(isBlank(?rest)) }}", format=fmt)
    assert reply.status == 200, reply.body
    found = read(reply.body, {"xml": "srx", "json": "srj"}.get(fmt, fmt))[1]
    assert found
    assert all(isinstance(term, ox.BlankNode) for row in found for term in row)


def test_blank_nodes_in_a_graph(server: Server, store: ox.Store) -> None:
    rdf = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>"
    query = f"{rdf} CONSTRUCT {{ ?list rdf:rest ?rest ; rdf:first ?f }} {{ ?list rdf:rest ?rest ; rdf:first ?f }}"
    found = ox.Dataset(ox.parse(server.ask(query, format="nt").body, ox.RdfFormat.N_TRIPLES))
    wanted = ox.Dataset(ox.Quad(*triple) for triple in store.query(query))  # type: ignore[misc]
    for dataset in (found, wanted):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert found == wanted


def test_a_relative_name_means_what_it_means_here(server: Server) -> None:
    reply = server.ask("SELECT (COUNT(*) AS ?n) { <id/state/FRA> a <ontology#State> }")
    assert reply.body.split() == [b"n", b"1"]


GRAPHS = {
    "the default graph is the merge of all": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "graphs are those of the release": "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "a graph by its name": "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/sides/graph/entities> { ?s ?p ?o } }",
    "FROM one": "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/sides/graph/entities> { ?s ?p ?o }",
    "FROM NAMED": "SELECT ?g (COUNT(*) AS ?n) FROM NAMED <https://w3id.org/sides/graph/ontology> "
    "{ GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "a property of two graphs": "SELECT (COUNT(*) AS ?n) { ?s a ?o }",
}


@pytest.mark.parametrize("query", GRAPHS.values(), ids=GRAPHS.keys())
def test_graphs(server: Server, store: ox.Store, query: str) -> None:
    assert same(server.ask(query, format="json"), store, query)


def test_from_several_graphs_counts_a_triple_once(server: Server, store: ox.Store) -> None:
    graphs = [name.value for name in store.named_graphs() if isinstance(name, ox.NamedNode)]
    froms = " ".join(f"FROM <{name}>" for name in graphs)
    reply = server.ask(f"SELECT (COUNT(*) AS ?n) {froms} {{ ?s ?p ?o }}")
    assert int(reply.body.split()[1]) == len(list(store.quads_for_pattern(None, None, None, ox.DefaultGraph())))


def test_graphs_of_the_protocol(server: Server, store: ox.Store) -> None:
    name = "https://w3id.org/sides/graph/entities"
    reply = server.get(target("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", format="csv") + f"&default-graph-uri={name}")
    count = len(list(store.quads_for_pattern(None, None, None, ox.NamedNode(name))))
    assert reply.body.split() == [b"n", str(count).encode()]


VALUES = {
    "languages, types": f'SELECT ("é"@fr AS ?a) (1.5 AS ?b) ("2024-02"^^<{XSD}gYearMonth> AS ?c) {{}}',
    "a truth value": "SELECT (true AS ?a) (1 = 2 AS ?b) {}",
    "unbound": "SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) (UNDEF <http://e/>) } }",
    "characters": 'SELECT ("a\\tb\\n\\"c\\\\ \\u20ac \\U0001F600" AS ?a) {}',
    "an exact sum": "SELECT (SUM(?x) AS ?s) { VALUES ?x { 0.1 0.2 0.3 } }",
    "strings in order": 'SELECT ?x { VALUES ?x { "b" "a" "é" "Z" } } ORDER BY ?x',
    "optional": "SELECT ?x ?y { VALUES ?x { 1 2 } OPTIONAL { VALUES (?x ?y) { (2 3) } } }",
    "a path with a cycle": "SELECT DISTINCT ?x { VALUES ?s { <https://w3id.org/sides/id/state/FRA> } "
    "?s (<https://w3id.org/sides/ontology#bordersWith>)+ ?x }",
}


@pytest.mark.parametrize("query", VALUES.values(), ids=VALUES.keys())
def test_values(server: Server, store: ox.Store, query: str) -> None:
    assert same(server.ask(query, format="json"), store, query)


WRONG = {
    "a slip": ("SELECT ?s WHERE {\n  ?s a ?t\n  FILTR(?t = 1) }", "query-syntax", 3, 3),
    "the end": ("SELECT ?s WHERE { ?s ?p ?o", "query-syntax", 1, 27),
    "a prefix": ("SELECT * { ?s nobody:knows ?o }", "query-syntax", 1, 15),
    "words of one engine": ('DEFINE get:soft "soft" SELECT * { ?s ?p ?o }', "query-syntax", 1, 1),
}


@pytest.mark.parametrize(("query", "code", "line", "column"), WRONG.values(), ids=WRONG.keys())
def test_errors_have_a_place(server: Server, query: str, code: str, line: int, column: int) -> None:
    reply = server.ask(query)
    problem = json.loads(reply.body)
    assert (reply.status, problem["code"], problem["line"], problem["column"]) == (400, code, line, column)


REFUSED = {
    "SERVICE": "SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o } }",
    "SERVICE SILENT": "SELECT * { ?s ?p ?o SERVICE SILENT <http://127.0.0.1:1/sparql> { ?s ?p ?o } } LIMIT 1",
    "an update": "DROP ALL",
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_asked_elsewhere_and_nothing_changed(server: Server, query: str) -> None:
    reply = server.ask(query)
    assert (reply.status, reply.code) == (403, "query-refused")


def test_functions_of_one_engine_are_not_reached(fronted: Fronted) -> None:
    reply = fronted.server.ask("SELECT (<bif:user_name>() AS ?x) {}")
    assert reply.status in {400, 403}, reply.body


def test_a_function_that_nobody_knows(server: Server) -> None:
    reply = server.ask("SELECT (<http://example.org/f>(1) AS ?x) {}")
    assert (reply.status, reply.code) == (400, "query-failed")


def test_head_and_tags(server: Server) -> None:
    path = target(STATES, format="csv")
    reply = server.get(path)
    tag = reply.headers["ETag"]
    assert tag
    assert json.loads(server.get("/healthz").body)["release"] in tag
    again = server.get(path, **{"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("HEAD", path)
        head = connection.getresponse()
        assert (head.status, head.headers["ETag"], head.headers["Content-Type"], head.read()) == (
            200,
            tag,
            reply.headers["Content-Type"],
            b"",
        )


def test_an_answer_is_kept_by_its_release(server: Server) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?kept }"
    before = server.metric("sides_cache_hits_total")
    assert server.ask(query).body == server.ask(query).body
    assert server.metric("sides_cache_hits_total") > before


def test_too_long_is_told_in_time(server: Server) -> None:
    began = time.monotonic()
    reply = server.ask(f"SELECT (COUNT(*) AS ?n) {ENDLESS.removeprefix('SELECT *')}", timeout="0.8")
    assert (reply.status, reply.code) == (503, "query-timeout"), reply.body
    assert 0.7 < time.monotonic() - began < 10
    assert server.whole(3)


def test_a_client_that_leaves_frees_its_place(server: Server) -> None:
    with server.sent(f"SELECT (COUNT(*) AS ?n) {ENDLESS.removeprefix('SELECT *')}"):
        assert server.busy(1)
    assert server.busy(0)  # within half of the time that the query has


def test_an_answer_that_is_stopped_never_looks_whole(server: Server) -> None:
    """It breaks, or is none at all, where an engine gathers an answer before it sends the first byte."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("GET", target(ENDLESS, timeout="1", format="csv"))
        response = connection.getresponse()
        if response.status == 503:
            assert json.loads(response.read())["code"] == "query-timeout"
        else:
            with pytest.raises(http.client.IncompleteRead):
                response.read()


@pytest.mark.parametrize("fronted", ["embedded", "oxigraph"], indirect=True)  # Virtuoso takes ten seconds for it
def test_a_large_answer_takes_no_memory(server: Server) -> None:
    def peak() -> int:
        text = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
        return int(next(line for line in text.splitlines() if line.startswith("VmHWM")).split()[1])

    server.ask("SELECT ?o ?s ?p WHERE { ?s ?p ?o } LIMIT 1000")
    before = peak()
    reply = server.ask(LARGE, format="json")
    assert reply.status == 200, reply.body
    assert len(reply.body) > 8_000_000
    assert len(json.loads(reply.body)["results"]["bindings"]) == 40_000
    assert peak() - before < 6_000


def test_pages_and_files_are_served(server: Server) -> None:
    html = {"Accept": "text/html"}
    for path in (
        "/",
        "/queries",
        "/quality",
        "/dumps/",
        "/graphs",
        "/page/state/FRA",
        "/search?q=France",
        "/map",
        "/cite",
    ):
        assert server.get(path, **html).status == 200, path
    assert server.get("/.well-known/void", Accept="text/turtle").status == 200


def test_the_health_of_an_engine_is_told(fronted: Fronted, built_release: Release) -> None:
    told = json.loads(fronted.server.get("/healthz").body)
    assert (told["status"], told["release"]) == ("ok", built_release.hash)
    expected = [{"busy": 0, "release": built_release.hash, "status": "ok"}]
    assert told.get("engines") == (None if fronted.engine == "embedded" else expected)
    assert eventually(lambda: fronted.server.workers()["busy"] == 0)


@pytest.mark.parametrize("fronted", ["oxigraph", "virtuoso"], indirect=True)
@pytest.mark.parametrize("name", LOCAL)
def test_saved_query(fronted: Fronted, store: ox.Store, name: str) -> None:
    """Its rows are the same on every engine, and so are those of its checks that the small release holds."""
    query, server = CATALOGUE.get(name), fronted.server
    assert query
    if query.form is not QueryForm.SELECT:
        reply = server.get(f"/queries/{name}.nt")
        assert reply.status == 200, reply.body
        assert {quad.triple for quad in ox.parse(reply.body, ox.RdfFormat.N_TRIPLES)} == set(store.query(query.text))
        return
    reply = server.get(f"/queries/{name}.json")
    assert reply.status == 200, reply.body
    (columns, found), (_, wanted) = read(reply.body), asked(store, query.text)
    assert columns == list(query.columns)
    assert Counter(found) == Counter(wanted)
    checks = [dict(check) for check in query.checks]
    assert unmatched(checks, columns, found)[0] == unmatched(checks, columns, wanted)[0]
