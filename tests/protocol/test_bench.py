"""The benchmark: what it generates, that it sees a wrong answer, and that it runs. Its figures are another matter."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pyoxigraph as ox
import pytest

from kg.ground.release import Release
from support.server_process import ROOT
from support.serving import make_release

ID, SIDES = "https://w3id.org/sides/id/", "https://w3id.org/sides/ontology#"
GRAPH = "<https://w3id.org/sides/graph/source/one>"
TYPE, PROV = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"
STATES = 3
STATEMENTS = 8


@pytest.fixture(scope="module", autouse=True)
def bench() -> Iterator[None]:
    """The scripts of the benchmark import one another by their plain names."""
    before = {*sys.modules}
    sys.path.insert(0, str(ROOT / "bench"))
    yield
    sys.path.remove(str(ROOT / "bench"))
    for name in {*sys.modules} - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(ROOT / "bench")):
            del sys.modules[name]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path / "var", "".join(_quads()))


def _quads() -> Iterator[str]:
    for number in range(STATES):
        yield from _both(f"<{ID}state/S{number}> <{TYPE}> <{SIDES}State>")
        yield from _both(f'<{ID}state/S{number}> <{SIDES}note> "HAVING (MIN(?v) < {number})"')  # where no IRI begins
    for number in range(STATEMENTS):
        statement, assertion = f"<{ID}statement/one-{number}>", f"<{ID}assertion/{number}>"
        amount = f"<{ID}amount/EUR-{number}>"
        yield from _both(f'{statement} <{SIDES}text> "The donor gave 5% of some helmets and pledged {number} more."')
        yield from _both(f"{assertion} <{PROV}wasDerivedFrom> {statement}")
        yield from _both(f"{assertion} <{TYPE}> <{SIDES}Assertion>")
        yield from _both(f"{assertion} <{SIDES}donor> <{ID}state/S{number % STATES}>")
        yield from _both(f'{assertion} <{SIDES}earliest> "2022-03-1{number}"^^<{XSD}date>')
        yield from _both(f"{assertion} <{SIDES}amount> {amount}")
        yield from _both(f'{amount} <https://schema.org/value> "1000.5"^^<{XSD}decimal>')


def _both(triple: str) -> Iterator[str]:
    yield f"{triple} .\n"
    yield f"{triple} {GRAPH} .\n"


def _read(release: Release) -> list[ox.Quad]:
    return [*ox.parse(path=release.data, format=ox.RdfFormat.N_QUADS)]


def _module(name: str) -> ModuleType:
    return importlib.import_module(name)


def test_the_generator_keeps_the_shape_and_makes_other_names_days_amounts_and_words(
    release: Release, tmp_path: Path
) -> None:
    wanted = 1000
    made = _module("generator").generate(release, tmp_path / "made", wanted, seed=1)
    quads = _read(made)
    named = [quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]
    assert {quad.triple for quad in named} == {quad.triple for quad in quads}
    assert len(named) == len({quad.triple for quad in quads}) == made.counts["default"] == made.counts[GRAPH[1:-1]]
    assert made.counts["default"] == pytest.approx(wanted, abs=7)
    predicates = Counter(quad.predicate.value for quad in named)
    statements = predicates[f"{SIDES}text"]
    assert statements > 2 * STATEMENTS
    assert predicates[f"{SIDES}donor"] == predicates[f"{SIDES}amount"] == statements
    assert predicates[TYPE] == statements + STATES
    statistics = json.loads((made.path / "statistics.json").read_text(encoding="utf-8"))
    assert statistics["quads"] == len(quads)
    assert statistics["predicates"] == {f"<{predicate}>": count for predicate, count in predicates.items()}
    assert statistics["classes"][f"<{SIDES}State>"] == STATES
    derived = {quad.object for quad in named if quad.predicate.value == f"{PROV}wasDerivedFrom"}
    assert derived == {quad.subject for quad in named if quad.predicate.value == f"{SIDES}text"}
    for predicate in (f"{SIDES}text", f"{SIDES}earliest", "https://schema.org/value"):
        values = {quad.object.value for quad in named if quad.predicate.value == predicate}
        assert len(values) > 2 * STATEMENTS, predicate


def test_the_generator_gives_the_same_bytes_for_the_same_seed_and_no_other(release: Release, tmp_path: Path) -> None:
    generate = _module("generator").generate
    hashes = [generate(release, tmp_path / str(at), 300, seed=seed).hash for at, seed in enumerate((1, 1, 2))]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_small_size_is_a_part_of_the_release(release: Release, tmp_path: Path) -> None:
    made = _module("generator").generate(release, tmp_path / "made", 30)
    assert {*_read(made)} < {*_read(release)}
    assert made.counts["default"] == 2 * STATES + 4 * 7


def _table(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"head": {"vars": ["x", "n"]}, "results": {"bindings": rows}}).encode()


def _row(value: str, number: str, datatype: str = "decimal") -> dict[str, Any]:
    numeral = {"type": "literal", "value": number, "datatype": f"{XSD}{datatype}"}
    return {"x": {"type": "uri", "value": value}, "n": numeral}


def test_answers_agree_in_any_order_and_way_of_writing_numbers() -> None:
    comparing = _module("comparing")
    one = comparing.read_answer(_table(_row("a:1", "2.50"), _row("a:2", "1")), "application/sparql-results+json")
    other = comparing.read_answer(
        _table(_row("a:2", "1", "integer"), _row("a:1", "2.5E0", "double")), "application/sparql-results+json"
    )
    assert comparing.difference(one, other) == ""


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("a:1", "2")], "2 and 1 rows"),
        ([("a:1", "2"), ("a:1", "2")], "1 of 2 and 2 rows differ"),
        ([("a:1", "2"), ("a:2", "3")], "1 of 2 and 2 rows differ"),
    ],
)
def test_a_wrong_answer_is_seen(rows: list[tuple[str, str]], found: str) -> None:
    comparing = _module("comparing")
    media_type = "application/sparql-results+json"
    right = comparing.read_answer(_table(_row("a:1", "2"), _row("a:2", "2")), media_type)
    wrong = comparing.read_answer(_table(*(_row(*row) for row in rows)), media_type)
    assert comparing.difference(right, wrong).startswith(found)


def test_every_template_is_a_query_whose_parameters_come_from_the_data(release: Release) -> None:
    store = ox.Store()
    store.bulk_load(path=str(release.data), format=ox.RdfFormat.N_QUADS)
    templates = _module("templates").read_templates()
    assert len(templates) > 30
    for template in templates:
        texts = template.texts(store, 0, 2)
        assert texts == template.texts(store, 0, 2)
        assert not any("$" in text for text in texts)
        for text in texts:
            store.query(text)
    by_name = {template.name: template for template in templates}
    assert re.search(r"\{ <\S+/assertion/\d> \?", by_name["point"].texts(store, 0, 1)[0])
    assert by_name["bound-1000-leading"].texts(store, 0, 1)[0].count("<") > 1000


def test_a_tiny_run_writes_a_report_and_finds_sides_right(release: Release, tmp_path: Path) -> None:
    folders = ["--releases", str(release.path.parents[1]), "--data", str(tmp_path), "--results", str(tmp_path)]
    little = ["--size", "200", "--rounds", "2", "--seconds", "0.2", "--clients", "2", "--peers", "sides"]
    command = [sys.executable, str(ROOT / "bench" / "run.py"), *folders, *little]
    names = ["point", "group", "construct", "export", "bound-1000-trailing"]
    done = subprocess.run([*command, "--templates", *names], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "bench-200.json").read_text(encoding="utf-8"))
    assert {row["name"] for row in report["rows"]} == {*names}
    for row in report["rows"]:
        assert not any(cell["problem"] for cell in row["cells"].values()), row
        assert row["cells"]["sides"]["median"] > 0
    assert min(report["throughput"]["sides"]) > 0
    assert report["not_modified"] > 0
    assert report["streams"]["sides"]["size"] > 0
    table = (tmp_path / "bench-200.md").read_text(encoding="utf-8")
    assert table == done.stdout.removesuffix("\n")
    assert re.search(r"^\| point \| 5 \| [\d.]+ \| [\d.]+ \([\d.]+\) \|$", table, re.MULTILINE), table


@pytest.mark.parametrize(
    ("line", "named"),
    [
        (b"<a:s> <a:p> <a:o> .\n", False),
        (b"<a:s> <a:p> <a:o> <a:g> .\n", True),
        (b'<a:s> <a:p> "a <b> c"^^<a:t> .\n', False),
        (b'<a:s> <a:p> "a <b> c"^^<a:t> <a:g> .\n', True),
        (b'<a:s> <a:p> "a"@en <a:g> .\n', True),
        (b"_:s <a:p> _:o <a:g> .\n", True),
    ],
)
def test_a_store_without_a_default_graph_is_given_the_named_ones(line: bytes, named: bool) -> None:
    assert _module("peers.virtuoso").names_graph(line) is named
