"""The tools that assistants are offered: what they find, and what they say when they are called wrongly."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.assistants.asking import MOST_BYTES, Ask, UnreachableError, over_network
from kg.serve.assistants.tables import short, table
from kg.serve.assistants.tools import LONGEST_TEXT, TOOLS, Tool, ToolError, guide
from kg.serve.engine import Engine
from kg.serve.request_log import Record
from kg.serve.web.app import create_app
from kg.serve.web.assistant_pages import within

BY_NAME = {tool.name: tool for tool in TOOLS}
PREFIX = "PREFIX sides: <https://w3id.org/sides/ontology#> "


@pytest.fixture(scope="module")
def ask(built_settings: Settings, built_engine: Engine) -> Ask:
    app: Flask = create_app(built_settings, built_engine)
    return within(app, "http://localhost/", {})


def call(ask: Ask, tool: str, /, **given: object) -> str:
    return BY_NAME[tool].call(ask, given)


def test_a_name_leads_to_an_identifier_that_queries_take(ask: Ask) -> None:
    found = call(ask, "search_entities", text="Hongrie", language="fr", type="sides:State")
    first = found.splitlines()[0].split("\t")
    assert first[:2] == ["state:HUN", "Hongrie"]
    assert "wd:Q28" in first[2]


def test_what_nothing_is_called_is_told_with_what_is_near(ask: Ask) -> None:
    assert call(ask, "search_entities", text="Hungray").startswith(("Nothing is called so. Near to it:", "state:HUN"))
    assert call(ask, "search_entities", text="qqqqqqqqqq").startswith("Nothing is called so.")


def test_the_schema_tells_classes_with_counts_and_properties_with_examples(ask: Ask) -> None:
    classes = {row.split("\t")[0]: row.split("\t")[1] for row in call(ask, "show_schema").splitlines()[1:-3]}
    counted = call(ask, "run_sparql", query=f"{PREFIX} SELECT (COUNT(?s) AS ?n) {{ ?s a sides:State }}")
    assert classes["sides:State"] == counted.splitlines()[1]
    of_states = call(ask, "show_schema", **{"class": "sides:State"})
    assert "sides:memberOf\t" in of_states
    assert "All that is said of the first:" in of_states
    assert (
        call(ask, "show_schema", **{"class": "<https://w3id.org/sides/ontology#State>"}).splitlines()[1:]
        == (of_states.splitlines()[1:])
    )


@pytest.mark.parametrize("name", ["State", "sides:", "sides:State> } #", "<http://e.org/a b>", "javascript:alert"])
def test_what_is_no_class_is_told(ask: Ask, name: str) -> None:
    with pytest.raises(ToolError, match="expected a prefixed name such as sides:State"):
        call(ask, "show_schema", **{"class": name})


def test_a_class_without_members_is_told(ask: Ask) -> None:
    with pytest.raises(ToolError, match="no class sides:Nothing has members"):
        call(ask, "show_schema", **{"class": "sides:Nothing"})


def test_saved_queries_are_listed_with_their_parameters_and_run_with_them(ask: Ask) -> None:
    listed = call(ask, "list_queries", words="members organisation vote")
    (row,) = (line for line in listed.splitlines() if line.startswith("votes-of-members\t"))
    assert "organisation: organisation (An entity of sides:Organisation" in row
    ran = call(ask, "run_query", name="votes-of-members", parameters={"organisation": ["org:nato"]})
    assert ran.splitlines()[0].startswith("resolution\tadopted\t")
    assert len(call(ask, "list_queries").splitlines()) > 30
    with pytest.raises(ToolError, match="no saved query has all of these words"):
        call(ask, "list_queries", words="qqqqqq")


def test_rows_are_counted_and_cut(ask: Ask, built_release: Release) -> None:
    query = f"{PREFIX} SELECT ?s {{ ?s a sides:State }}"
    cut = call(ask, "run_sparql", query=query, limit=3).splitlines()
    assert (len(cut), cut[0], cut[-1]) == (6, "s", f"Release {built_release.hash}")
    assert cut[-2].startswith("(the first 3 of ")
    assert call(ask, "run_sparql", query=f"{query} LIMIT 2").splitlines()[-2] == "(2 rows, all)"
    assert call(ask, "run_sparql", query=f"{query} LIMIT 0").splitlines()[:2] == ["s", "(no rows)"]
    assert call(ask, "run_sparql", query="ASK {}").splitlines()[0] == "true"


def test_a_query_is_that_of_the_client_of_the_assistant(built_settings: Settings, built_engine: Engine) -> None:
    record = Record(client="192.0.2.7")
    asked = within(create_app(built_settings, built_engine), "http://localhost/", {"sides.record": record})
    call(asked, "run_sparql", query="ASK { ?client ?of ?assistant }")
    assert record.query == "ASK { ?client ?of ?assistant }"


def test_a_query_stops_when_the_client_of_the_assistant_leaves(built_settings: Settings, built_engine: Engine) -> None:
    left = {"waitress.client_disconnected": lambda: True}
    asked = within(create_app(built_settings, built_engine), "http://localhost/", left)
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a != ?d || ?d != ?g) }"
    with pytest.raises(ToolError, match=r"the client left .*\[query-cancelled\]"):
        call(asked, "run_sparql", query=slow)


def test_a_long_answer_is_read_no_further_than_needed(ask: Ask) -> None:
    many = call(ask, "run_sparql", query="SELECT * { ?a ?b ?c . ?d ?e ?f }", limit=1000)
    assert "(the first 1000 of more rows)" in many or many.endswith("(cut here: ask for less)")
    assert len(many) < LONGEST_TEXT + 100
    graph = call(ask, "run_sparql", query="CONSTRUCT WHERE { ?a ?b ?c }")
    assert graph.rstrip().endswith("(cut here: ask for less)")


def test_errors_are_told_with_what_to_do(ask: Ask) -> None:
    with pytest.raises(ToolError) as told:
        call(ask, "run_sparql", query="SELECT ?s { ?s a sides:State }")
    assert "line 1" in str(told.value)
    assert "What to do: put PREFIX sides:" in str(told.value)
    with pytest.raises(ToolError, match=r"\[query-refused\]"):
        call(ask, "run_sparql", query="DELETE WHERE { ?s ?p ?o }")
    with pytest.raises(ToolError, match=r"\[saved-query\]"):
        call(ask, "run_query", name="votes-of-members", parameters={"organisation": "org:nothing"})
    with pytest.raises(ToolError, match=r"\[not-found\]"):
        call(ask, "run_query", name="no-such-query")


def test_a_fact_is_explained_down_to_the_words(ask: Ask) -> None:
    told = call(ask, "explain_fact", subject="state:HUN", predicate="sides:bordersWith", object="state:UKR")
    assert "https://w3id.org/sides/id/assertion/" in told
    with pytest.raises(ToolError, match="is not in the graph"):
        call(ask, "explain_fact", subject="state:HUN", predicate="sides:bordersWith", object="state:FRA")


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("run_sparql", {}, "query is missing; run_sparql takes query, limit"),
        ("run_sparql", {"query": 1}, "query is 1; expected: string"),
        ("run_sparql", {"query": "ASK {}", "rows": 3}, "run_sparql has no argument rows; it takes query"),
        ("run_sparql", {"query": "ASK {}", "limit": 0}, "limit is 0; expected from 1 to 1000"),
        ("run_sparql", {"query": "ASK {}", "limit": True}, "limit is True; expected: integer"),
        ("search_entities", {"text": "a", "language": "de"}, "language is 'de'; expected one of en, fr"),
        ("run_query", {"name": "../x"}, "expected one of those that list_queries tells"),
        ("run_query", {"name": "a", "parameters": {"b": {}}}, "the parameter b is {}; expected a text"),
    ],
)
def test_wrong_arguments_are_told(ask: Ask, name: str, given: dict[str, object], told: str) -> None:
    with pytest.raises(ToolError) as raised:
        BY_NAME[name].call(ask, given)
    assert told in str(raised.value)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_schema_of_a_tool_says_what_it_takes(tool: Tool) -> None:
    schema = tool.schema()
    assert set(schema["required"]) <= set(schema["properties"])
    for told in schema["properties"].values():
        assert told["description"].endswith(".")
        assert told["type"] in {"string", "integer", "object"}


def test_the_guide_has_prefixes_that_can_be_copied(ask: Ask) -> None:
    prefixes = "\n".join(line for line in guide().splitlines() if line.startswith("PREFIX "))
    assert call(ask, "run_sparql", query=f"{prefixes}\nASK {{ state:HUN a sides:State }}").startswith("true")


def test_names_are_short_where_a_query_takes_them_so() -> None:
    assert short("https://w3id.org/sides/id/assertion/09ab") == "assertion:09ab"
    assert short("https://w3id.org/sides/id/source/a/b") == "<https://w3id.org/sides/id/source/a/b>"
    assert (
        table('?a\t?b\n"x\\ty"@en\t<http://e.org/>\n', 5, complete=True) == "a\tb\nx y\t<http://e.org/>\n(1 row, all)"
    )
    assert table('?a\n1\n2\n"cut', 5, complete=False) == "a\n1\n2\n(the first 2 of more rows)"


class Talkative(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/tab-separated-values; charset=utf-8")
        self.end_headers()
        try:
            self.wfile.write(b"?a\n" + b"1\n" * MOST_BYTES * 8)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def talkative() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Talkative) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_over_the_network_no_more_is_read_either(talkative: str) -> None:
    reply = over_network(talkative)("/sparql", [("query", "ASK {}")], "text/csv")
    assert (reply.status, len(reply.body), reply.complete) == (200, MOST_BYTES, False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://127.0.0.1", "nonsense"])
def test_a_site_that_is_not_there_is_told(url: str) -> None:
    with pytest.raises(UnreachableError, match=r"cannot be reached"):
        over_network(url)("/sparql", [], "text/csv")


def test_the_page_tells_every_tool_and_shows_what_a_call_gives(ask: Ask) -> None:
    page = (Path(__file__).parents[2] / "docs" / "assistants.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.MULTILINE))
    assert {name: re.findall(r"`(\w+)`", told) for name, told in rows.items()} == {
        tool.name: list(tool.parameters) for tool in TOOLS
    }
    given, shown = re.findall(r"^> run_sparql (.*)\n((?:.+\n)+)```", page, re.MULTILINE)[0]
    with pytest.raises(ToolError) as told:
        call(ask, "run_sparql", **json.loads(given))
    assert str(told.value) == shown.rstrip("\n")
