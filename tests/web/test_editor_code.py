"""The code that asks a query from elsewhere asks exactly that query, whatever stands in it: it is run here."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from kg.ground.catalogue import Catalogue
from kg.serve.web.editor_code import snippets
from kg.serve.web.editor_pages import view_line
from kg.serve.web.view_line import KEYS, read_view

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "var" / "clients" / "venv" / "bin" / "python"

TEXTS = [
    '"plain"',
    r'''"it's \"quoted\" and \\ slashed \\"''',
    r"'`tick` ${brace} $HOME $(id) %s {name} #comment \u00e9'",
    "''')\"  )-\"  )--\" '''",
    "'é – 漢字 🙂'",
]
MANY_LINES = 'SELECT (SHA256(?text) AS ?hash) {\nBIND("""one\nSPARQL\nSPARQL_\n\\"\\"\\" two\n""" AS ?text)\n}'
QUERIES = [f"SELECT (SHA256(?text) AS ?hash) {{ BIND({text} AS ?text) }}" for text in TEXTS] + [MANY_LINES]

RUN = {
    "curl": ["bash"],
    "python": [sys.executable],
    "pandas": [str(CLIENTS)],
    "r": ["Rscript"],
    "javascript": ["node", "--input-type=module", "--eval"],
}


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The endpoint of a live server."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/sparql"
    server.shutdown()
    thread.join()
    server.server_close()


def code(name: str, query: str, form: str, address: str) -> str:
    (found,) = (each.text for each in snippets(query, form, address) if each.name == name)
    return found


def run(name: str, text: str, folder: Path) -> str:
    """What the code prints. Where its language is not installed, the test is skipped."""
    command = RUN[name]
    if not shutil.which(command[0]) or (name == "curl" and not shutil.which("curl")):
        pytest.skip(f"{command[0]} is not there")
    if name == "javascript":
        arguments = [*command, text]
    else:
        file = folder / "code"
        file.write_text(text, encoding="utf-8")
        arguments = [*command, str(file)]
    done = subprocess.run(arguments, capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def hash_of(client: FlaskClient, query: str) -> str:
    found = client.get("/sparql", query_string={"query": query, "format": "csv"}).text.split()[1]
    assert len(found) == 64
    return found


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("name", ["curl", "python"])
def test_a_shell_and_python_ask_what_is_written(
    client: FlaskClient, address: str, tmp_path: Path, name: str, query: str
) -> None:
    assert hash_of(client, query) in run(name, code(name, query, "SELECT", address), tmp_path)


@pytest.mark.parametrize("name", ["pandas", "r", "javascript"])
def test_others_ask_what_is_written(client: FlaskClient, address: str, tmp_path: Path, name: str) -> None:
    """All the texts in one query: these languages take long to start."""
    parts = " ".join(f"BIND({text} AS ?t{number})" for number, text in enumerate(TEXTS))
    query = (
        f"SELECT (SHA256(CONCAT({', '.join(f'?t{number}' for number in range(len(TEXTS)))})) AS ?hash) {{\n{parts}\n}}"
    )
    printed = run(name, code(name, query, "SELECT", address), tmp_path)
    assert hash_of(client, query)[:20] in printed  # pandas shortens what it prints


@pytest.mark.parametrize(
    ("query", "form", "told"),
    [
        ("ASK { }", "ASK", {"curl": '"boolean":true', "python": "True", "javascript": "true"}),
        ("CONSTRUCT { <urn:a> <urn:b> 1 } WHERE { }", "CONSTRUCT", dict.fromkeys(("curl", "python"), "<urn:a>")),
    ],
)
def test_truth_and_graphs_are_printed_as_they_come(
    address: str, tmp_path: Path, query: str, form: str, told: dict[str, str]
) -> None:
    for name, printed in told.items():
        assert printed in run(name, code(name, query, form, address), tmp_path)
    assert "pandas" not in {each.name for each in snippets(query, form, address)}


def test_the_server_writes_it_for_the_query_of_the_editor(client: FlaskClient) -> None:
    found = client.post("/code.json", data={"query": "ASK {}"}).get_json()["snippets"]
    assert [each["name"] for each in found] == ["curl", "python", "r", "javascript"]
    assert all("http://localhost/sparql" in each["text"] for each in found)


@pytest.mark.parametrize(
    ("query", "status", "place"),
    [
        ("ASK {", 400, (1, 6)),
        ("SELECT *\nWHERE { ?s ?p }", 400, (2, 15)),
        ("not a query", 400, (1, 1)),
        ("DELETE WHERE { ?s ?p ?o }", 403, (None, None)),
    ],
)
def test_there_is_no_code_for_what_this_endpoint_cannot_run(
    client: FlaskClient, query: str, status: int, place: tuple[int | None, int | None]
) -> None:
    refused = client.post("/code.json", data={"query": query}, headers={"Accept": "application/json"})
    assert refused.status_code == status
    problem = json.loads(refused.text)
    assert (problem.get("line"), problem.get("column")) == place
    page = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert page.status_code == status
    assert "<noscript>" not in page.get_data(as_text=True)


def test_a_query_that_was_stopped_has_its_code_without_script(client: FlaskClient) -> None:
    """It may be asked from elsewhere, where there is more time."""
    asked = {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }", "timeout": "0.2"}
    page = client.get("/sparql", query_string=asked, headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "curl http://localhost/sparql" in page.get_data(as_text=True).partition("<noscript>")[2]


def test_the_page_of_the_editor_has_the_same_code_without_script(client: FlaskClient) -> None:
    query = 'ASK { ?s ?p "<" }'
    told = client.post("/code.json", data={"query": query}).get_json()["snippets"]
    text = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"}).get_data(as_text=True)
    aside = text.partition("<noscript>")[2].partition("</noscript>")[0]
    assert [unescape(code) for code in re.findall("<code>(.*?)</code>", aside, re.DOTALL)] == [
        each["text"] for each in told
    ]


def test_a_query_is_checked_and_not_run(client: FlaskClient) -> None:
    wrong = client.post("/check.json", data={"query": "SELECT ?é\nWHERE { ?é a ?x . FILTRE(?x) }"})
    assert wrong.status_code == 200
    problem = wrong.get_json()["problem"]
    assert (problem["code"], problem["line"], problem["column"]) == ("query-syntax", 2, 19)
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    assert client.post("/check.json", data={"query": endless}).get_json() == {"problem": None}
    refused = client.post("/check.json", data={"query": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"})
    assert refused.get_json()["problem"]["code"] == "query-refused"


def test_the_view_of_a_saved_query_is_written_as_it_is_read() -> None:
    drawn = [query for query in Catalogue.read(ROOT / "queries") if query.chart]
    assert len(drawn) > 20
    for query in drawn:
        assert query.chart
        wish = read_view(view_line(query).removeprefix("#view: "))
        assert wish.unknown == (), query.name
        made = wish.applied(
            None, [*query.chart.x, *query.chart.y, *query.chart.series, query.chart.until, query.chart.frame]
        )
        assert made, query.name
        assert all(getattr(made, key) == getattr(query.chart, key) for key in ("mark", *KEYS)), query.name


@pytest.mark.parametrize("path", ["/check.json", "/code.json"])
def test_there_is_exactly_one_query(client: FlaskClient, path: str) -> None:
    for data in ({}, {"query": ["ASK {}", "ASK {}"]}):
        assert client.post(path, data=data).status_code == 400
