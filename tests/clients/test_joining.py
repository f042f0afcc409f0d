"""Other engines join a table of their own with this graph, by SERVICE, and get exactly the rows that are right."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.terms import PREFIXES
from support.joining import ENGINES, Ask, Row, comunica
from support.server_process import ROOT, Server
from support.witness import Request, Witness

PAGE = (ROOT / "docs" / "federation.md").read_text(encoding="utf-8")
EX = "https://example.org/table#"
WIKIDATA = "http://www.wikidata.org/"
STATES = 25
"""The table has two rows for each: more than engines put into one batch."""

PROLOGUE = f"PREFIX ex: <{EX}>\n" + "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("owl", "resolution", "sides")
)
BY_ITEM = f"""{PROLOGUE}
SELECT ?item ?figure ?state WHERE {{
  ?item ex:figure ?figure .
  SERVICE <ADDRESS> {{ ?state owl:sameAs ?item ; sides:votedFor resolution:a-res-es-11-1 }}
}}"""
BY_NAME = f"""{PROLOGUE}
SELECT ?state ?figure ?resolution WHERE {{
  ?state ex:figure ?figure .
  SERVICE <ADDRESS> {{ ?state sides:votedAgainst ?resolution }}
}}"""
QUERIES = {"by item": BY_ITEM, "by name": BY_NAME}
NEEDED = [PREFIXES["owl"] + "sameAs", PREFIXES["sides"] + "votedFor", PREFIXES["sides"] + "votedAgainst"]

Answers = Mapping[str, Sequence[Row]]


@pytest.fixture(scope="session")
def table(full: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Figures that are invented, and say so: one for each state, under its own name and under that of Wikidata."""
    pairs = full.query(f"{PROLOGUE} SELECT DISTINCT ?state ?item {{ ?state a sides:State ; owl:sameAs ?item }}")
    assert isinstance(pairs, ox.QuerySolutions)
    found = sorted((row["state"].value, row["item"].value) for row in pairs)  # type: ignore[union-attr]
    linked = {state: item for state, item in found if "www.wikidata.org/entity/Q" in item}
    chosen = [*linked.items()][:: len(linked) // STATES][:STATES]
    lines = [f'<{EX}> <{PREFIXES["rdfs"]}comment> "Figures invented for a test" .']
    for number, names in enumerate(chosen):
        lines += [f"<{name}> <{EX}figure> {number}.5 ." for name in names]
    path = tmp_path_factory.mktemp("table") / "table.ttl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def right(full: ox.Store, table: Path) -> Answers:
    """The right answers: those to the same patterns in one store that holds both graphs."""
    both = ox.Store()
    for name in NEEDED:
        both.extend(full.quads_for_pattern(None, ox.NamedNode(name), None, ox.DefaultGraph()))
    both.load(path=table, format=ox.RdfFormat.TURTLE)
    return {name: in_order(answered(both, query)) for name, query in QUERIES.items()}


def answered(store: ox.Store, query: str) -> list[Row]:
    rows = store.query(without_service(query))
    assert isinstance(rows, ox.QuerySolutions)
    return [{name.value: row[name.value].value for name in rows.variables} for row in rows]  # type: ignore[union-attr]


def without_service(query: str) -> str:
    return query.replace("SERVICE <ADDRESS>", "")


def in_order(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: sorted(row.items()))


def told(name: str, requests: Sequence[Request]) -> list[str]:
    """The cells of the row of docs/federation.md that is about an engine which sent these requests."""
    asked = [request for request in requests if request.query]
    connections = len({request.connection for request in requests})
    return [
        name,
        str(len(asked)),
        str(max(request.values for request in asked)) if any(request.values for request in asked) else "none",
        asked[0].way,
        "`" + re.split("[,;]", asked[0].headers["accept"])[0] + "`",
        "one" if len(requests) == 1 else "kept" if connections * 2 < len(requests) else "one for each",
    ]


@pytest.fixture(scope="session", params=[*ENGINES])
def engine(request: pytest.FixtureRequest, table: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    name: str = request.param
    with ENGINES[name](table, tmp_path_factory.mktemp(name)) as ask:
        yield ask


@pytest.mark.parametrize("name", QUERIES)
def test_the_rows_are_right(
    engine: Ask, name: str, witness: Witness, right: Answers, request: pytest.FixtureRequest
) -> None:
    rows = engine(QUERIES[name].replace("ADDRESS", witness.address))
    assert in_order(rows) == right[name]
    assert len(rows) > 10
    heard = witness.requests()
    cells = told(request.node.callspec.params["engine"], heard)
    lines = [re.split(r" *\| *", line.strip("| ")) for line in PAGE.splitlines() if line.startswith("| ")]
    assert cells in lines
    assert all(heard_one.query or heard_one.method == "GET" for heard_one in heard)


def test_comunica_joins_sources_that_the_query_does_not_name(
    table: Path, witness: Witness, right: Answers, tmp_path: Path
) -> None:
    with comunica(table, tmp_path) as ask:
        rows = ask(without_service(BY_ITEM), witness.address)
    assert in_order(rows) == right["by item"]
    asked = [request.query for request in witness.requests() if request.query]
    assert any("COUNT" in query for query in asked)


def test_ten_thousand_rows_in_one_request_are_answered(sides: Server, right: Answers) -> None:
    items = [row["item"] for row in right["by item"]]
    rows = [f"(<{item}>)" for item in (*items, *(f"http://www.wikidata.org/entity/Q0{n}" for n in range(10_000)))]
    pattern = "?state owl:sameAs ?item ; sides:votedFor resolution:a-res-es-11-1"
    query = f"{PROLOGUE} SELECT ?item ?state {{ {pattern} VALUES (?item) {{ {' '.join(rows)} }} }}"
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    request = urllib.request.Request(f"http://127.0.0.1:{sides.port}/sparql", query.encode(), headers)
    with urllib.request.urlopen(request) as answer:
        lines = answer.read().decode().splitlines()
    assert sorted(line.split(",")[0] for line in lines[1:]) == sorted(items)


def test_the_query_of_the_nomination_joins_with_wikidata(sides: Server) -> None:
    (quoted,) = re.findall(r"^> ```sparql\n(.*?)^> ```", PAGE, re.MULTILINE | re.DOTALL)
    text = re.sub("^> ?", "", quoted, flags=re.MULTILINE).replace("https://…/", f"http://127.0.0.1:{sides.port}/")
    items = ["Q30", "Q142", "Q159"]  # the United States, France, Russia
    store = ox.Store()
    store.load(
        "".join(f"<{WIKIDATA}entity/{item}> <{WIKIDATA}prop/direct/P1082> 1 .\n" for item in items).encode(),
        ox.RdfFormat.TURTLE,
    )
    # Wikidata's service knows these prefixes by itself.
    prefixes = {"owl": PREFIXES["owl"], "wdt": f"{WIKIDATA}prop/direct/"}
    rows = store.query(text, prefixes=prefixes)
    assert isinstance(rows, ox.QuerySolutions)
    found = {row["item"].value for row in rows}  # type: ignore[union-attr]
    assert found == {f"{WIKIDATA}entity/{item}" for item in items[:2]}
