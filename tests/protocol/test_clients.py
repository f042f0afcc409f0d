"""Clients that are not ours, asking the real server as their makers wrote them to."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pyoxigraph
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from support.server_process import Server, target
from support.serving import EX

ROWS = f"SELECT ?n ?next {{ ?n <{EX}next> ?next }} ORDER BY ?n LIMIT 100"


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/sparql"


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format_", ["json", "xml"])
def test_rdflib(server: Server, method: str, format_: str) -> None:
    graph = rdflib.Graph(SPARQLStore(address(server), method=method, returnFormat=format_))
    rows = [tuple(map(str, row)) for row in graph.query(ROWS)]  # type: ignore[arg-type]
    assert len(rows) == 100
    assert rows[0] == (f"{EX}n0", f"{EX}n1")
    node, number = rdflib.URIRef(f"{EX}n7"), rdflib.URIRef(f"{EX}number")
    assert graph.value(node, number) == rdflib.Literal("number 7")
    assert len(list(graph.triples((node, None, None)))) == 2
    assert graph.query(f"ASK {{ <{EX}n7> ?p ?o }}").askAnswer is True
    if format_ == "json":
        return  # it accepts nothing else then, not even for a graph
    built = graph.query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ <{EX}n7> }} ?s ?p ?o }}").graph
    assert built is not None
    assert len(built) == 2


def test_oxigraph_as_a_client(server: Server) -> None:
    query = (
        f"SELECT ?n ?number {{ VALUES ?n {{ <{EX}n7> }} SERVICE <{address(server)}> {{ ?n <{EX}number> ?number }} }}"
    )
    solutions = pyoxigraph.Store().query(query)
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    assert [solution["number"].value for solution in solutions] == ["number 7"]


def test_rdflib_reads_a_graph_of_the_store(server: Server) -> None:
    graph = rdflib.Graph().parse(f"http://127.0.0.1:{server.port}/graphs?default")
    assert len(graph) == 1000
    description = rdflib.Graph().parse(address(server))
    service = rdflib.URIRef("http://www.w3.org/ns/sparql-service-description#Service")
    assert (rdflib.URIRef(address(server)), rdflib.RDF.type, service) in description


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_with_compression(server: Server) -> None:
    url = f"http://127.0.0.1:{server.port}{target(ROWS, format='json')}"
    command = ["curl", "-sS", "--fail", "--compressed", "-D", "-", url]
    sent = subprocess.run(command, capture_output=True, timeout=30, check=True).stdout
    head, _, body = sent.partition(b"\r\n\r\n")
    assert re.search(rb"(?im)^Content-Encoding: (gzip|br|zstd)\r$", head + b"\r")
    assert len(json.loads(body)["results"]["bindings"]) == 100
