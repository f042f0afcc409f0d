"""Clients ask in every form that they know, in every way and every format: each understands the answer."""

from __future__ import annotations

import json
from pathlib import Path

from support.clients import need_python, run, run_node
from support.server_process import Server

# What is asked, as each client asks it: rows, a truth, a graph that is built, a graph that describes.
QUERIES = {
    "select": "SELECT ?o { <https://w3id.org/sides/id/state/HUN> <http://www.w3.org/2000/01/rdf-schema#label> ?o }",
    "ask": "ASK { <https://w3id.org/sides/id/state/HUN> ?p ?o }",
    "construct": "CONSTRUCT { ?s <urn:name> ?o } WHERE { VALUES ?s { <https://w3id.org/sides/id/state/HUN> } "
    "?s <http://www.w3.org/2000/01/rdf-schema#label> ?o }",
    "describe": "DESCRIBE <https://w3id.org/sides/id/state/HUN>",
}

SPARQLWRAPPER = """
import json, sys
from SPARQLWrapper import CSV, JSON, JSONLD, N3, RDFXML, TSV, TURTLE, XML
from SPARQLWrapper import GET, POST, POSTDIRECTLY, URLENCODED, SPARQLWrapper

address, queries = sys.argv[1], json.loads(sys.argv[2])


def ask(query, format, method, request):
    client = SPARQLWrapper(address, returnFormat=format)
    client.setMethod(method)
    client.setRequestMethod(request)
    client.setQuery(query)
    return client.queryAndConvert()


found = []
for method, request in ((GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)):
    names = ask(queries["select"], JSON, method, request)["results"]["bindings"]
    document = ask(queries["select"], XML, method, request)
    tables = [ask(queries["select"], format, method, request).decode() for format in (CSV, TSV)]
    truths = [ask(queries["ask"], JSON, method, request)["boolean"]]
    truths.append(ask(queries["ask"], XML, method, request).getElementsByTagName("boolean")[0].firstChild.data)
    graphs = [
        len(ask(queries[form], format, method, request))
        for form in ("construct", "describe")
        for format in (XML, RDFXML, JSONLD)
    ]
    texts = [b"Hungary" in ask(queries["construct"], format, method, request) for format in (TURTLE, N3)]
    found.append(
        {
            "names": sorted(row["o"]["value"] for row in names),
            "elements": len(document.getElementsByTagName("result")),
            "lines": [len(table.splitlines()) for table in tables],
            "truths": truths,
            "graphs": graphs,
            "texts": texts,
        }
    )
print(json.dumps(found))
"""

HTTP_CLIENT = """
import ParsingClient from "sparql-http-client/ParsingClient.js";

const [address, given] = process.argv.slice(2);
const queries = JSON.parse(given);
const found = [];
for (const operation of ["get", "postUrlencoded", "postDirect"]) {
  const client = new ParsingClient({ endpointUrl: address });
  const rows = await client.query.select(queries.select, { operation });
  const built = await client.query.construct(queries.construct, { operation });
  const described = await client.query.construct(queries.describe, { operation });
  const truth = await client.query.ask(queries.ask, { operation });
  found.push({ names: rows.map((row) => row.o.value).sort(), truth, graphs: [built.size, described.size] });
}
console.log(JSON.stringify(found));
"""

FETCHER = """
import { SparqlEndpointFetcher } from "fetch-sparql-endpoint";

const [address, given] = process.argv.slice(2);
const queries = JSON.parse(given);
const found = [];
for (const method of ["GET", "POST"]) {
  const fetcher = new SparqlEndpointFetcher({ method });
  const names = [];
  for await (const row of await fetcher.fetchBindings(address, queries.select)) names.push(row.o.value);
  const graphs = [];
  for (const form of ["construct", "describe"]) {
    let size = 0;
    for await (const _ of await fetcher.fetchTriples(address, queries[form])) size += 1;
    graphs.push(size);
  }
  found.push({ names: names.sort(), truth: await fetcher.fetchAsk(address, queries.ask), graphs });
}
console.log(JSON.stringify(found));
"""

COMUNICA = """
import { QueryEngine } from "@comunica/query-sparql";

const [address, given] = process.argv.slice(2);
const queries = JSON.parse(given);
const engine = new QueryEngine();
const found = [];
for (const source of [address, { type: "sparql", value: address }]) {
  const context = { sources: [source] };
  const rows = await (await engine.queryBindings(queries.select, context)).toArray();
  const graphs = [];
  for (const form of ["construct", "describe"]) {
    graphs.push((await (await engine.queryQuads(queries[form], context)).toArray()).length);
  }
  const names = rows.map((row) => row.get("o").value).sort();
  found.push({ names, truth: await engine.queryBoolean(queries.ask, context), graphs });
}
console.log(JSON.stringify(found));
"""


def known(sides: Server) -> tuple[list[str], int]:
    """The names of Hungary, and of how many triples it is the subject: as the graph says, without any client."""
    names = sides.ask(QUERIES["select"]).body.decode().splitlines()[1:]
    count = sides.ask("SELECT (COUNT(*) AS ?n) { <https://w3id.org/sides/id/state/HUN> ?p ?o }").body.decode()
    assert "Hungary" in names
    return sorted(names), int(count.splitlines()[1])


def test_sparqlwrapper(sides: Server, tmp_path: Path) -> None:
    own = "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"  # it uses what RDFLib gives up
    command = [need_python("SPARQLWrapper"), "-W", "error", "-W", own, "-c", SPARQLWRAPPER]
    found = json.loads(run([*command, address(sides), json.dumps(QUERIES)], tmp_path))
    names, described = known(sides)
    assert found == 3 * [
        {
            "names": names,
            "elements": len(names),
            "lines": [len(names) + 1] * 2,
            "truths": [True, "true"],
            "graphs": [len(names)] * 3 + [described] * 3,
            "texts": [True, True],
        }
    ]


def test_sparql_http_client(sides: Server, tmp_path: Path) -> None:
    check("sparql-http-client", HTTP_CLIENT, 3, sides, tmp_path)


def test_fetch_sparql_endpoint(sides: Server, tmp_path: Path) -> None:
    check("fetch-sparql-endpoint", FETCHER, 2, sides, tmp_path)


def test_comunica(sides: Server, tmp_path: Path) -> None:
    check("@comunica/query-sparql", COMUNICA, 2, sides, tmp_path)


def check(package: str, script: str, ways: int, sides: Server, folder: Path) -> None:
    """See that a client in JavaScript finds the same in each of its ways."""
    found = json.loads(run_node(package, script, folder, address(sides), json.dumps(QUERIES)))
    names, described = known(sides)
    assert found == ways * [{"names": names, "truth": True, "graphs": [len(names), described]}]


def address(sides: Server) -> str:
    return f"http://127.0.0.1:{sides.port}/sparql"
