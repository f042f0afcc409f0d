"""The documents of the endpoint say what it does, and their examples run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from werkzeug.exceptions import default_exceptions

import kg.serve.web.app  # noqa: F401  (every error class is defined then)
from kg.ground.errors import QueryError, SidesError
from kg.ground.terms import BASE, GRAPHS, PREFIXES
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS
from kg.serve.web.problems import STATUS, Problem, from_http, status_of
from support.server_process import serving
from support.serving import make_release

DOCUMENTED = "http://127.0.0.1:8000"
DOCS = Path(__file__).parents[2] / "docs"
ENDPOINT = (DOCS / "endpoint.md").read_text(encoding="utf-8")
SECTIONS = dict(
    re.findall(
        r"^### `([\w-]+)`\n\n(.*?)(?=\n#|\Z)",
        (DOCS / "errors.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
)


def kinds(kind: type[SidesError] = SidesError) -> list[type[SidesError]]:
    return [kind, *(found for each in kind.__subclasses__() for found in kinds(each))]


CODES = {kind.code: kind for kind in kinds() if kind.__module__.startswith("kg.")}
HTTP = {
    from_http(error).code: from_http(error)
    for error in (default_exceptions[status]() for status in (400, 404, 405, 408, 413, 414, 431, 500, 501))
}


def test_every_code_has_a_heading() -> None:
    assert set(SECTIONS) == {*CODES, *HTTP}


@pytest.mark.parametrize("code", SECTIONS)
def test_the_status_is_that_of_the_program(code: str) -> None:
    said = re.match(r"Status (\d{3})", SECTIONS[code])
    kind = CODES.get(code)
    status = status_of(kind.__new__(kind)) if kind else HTTP[code].status
    seen_over_http = kind is None or kind in STATUS or issubclass(kind, QueryError)
    assert bool(said) == seen_over_http
    assert said is None or int(said[1]) == status


def test_the_members_are_those_of_the_program() -> None:
    listed = re.findall(r"^\| (`.*?`) \|", (DOCS / "errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    members = {name for cell in listed for name in re.findall(r"`(\w+)`", cell)}
    assert members == set(Problem(1, "c", "t", "d", "e", "h", 1, 1).members())


def test_the_formats_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| `([\w/+.-]+/[\w/+.-]+)` \| `(\w+)` \|$", ENDPOINT, re.MULTILINE)
    assert rows == [(fmt.media_type, fmt.suffix) for fmt in RESULT_FORMATS + GRAPH_FORMATS]


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", ENDPOINT, re.MULTILINE | re.DOTALL)
    assert found
    return found


SIDES, ID, LABEL = PREFIXES["sides"], BASE + "id/", PREFIXES["rdfs"] + "label"
FACTS = f"""\
<{ID}state/BLR> <{SIDES}allyOf> <{ID}state/RUS> .
<{ID}state/BLR> <{SIDES}memberOf> <{ID}org/un> .
<{ID}state/BLR> <{PREFIXES["owl"]}sameAs> <http://www.wikidata.org/entity/Q184> .
<{ID}state/BLR> <{PREFIXES["rdf"]}type> <{SIDES}State> .
<{ID}state/BLR> <{LABEL}> "Belarus"@en .
<{ID}state/BLR> <{LABEL}> "Biélorussie"@fr .
<{ID}state/BLR> <{PREFIXES["rdf"]}type> <{SIDES}State> <{GRAPHS}entities> .
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server has a few facts that the examples ask for."""
    folder = tmp_path_factory.mktemp("documented")
    make_release(folder, FACTS)
    with serving(folder) as server:
        yield f"http://127.0.0.1:{server.port}"


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_federated_example_runs(address: str) -> None:
    query = blocks("sparql")[0]
    solutions = pyoxigraph.Store().query(query.replace(DOCUMENTED, address))
    assert isinstance(solutions, pyoxigraph.QuerySolutions)
    found = [[solution["item"].value, solution["ally"].value] for solution in solutions]
    assert found == [["http://www.wikidata.org/entity/Q184", f"{ID}state/RUS"]]


def test_the_python_example_runs(address: str, tmp_path: Path) -> None:
    (program,) = blocks("python")
    printed = run([sys.executable, "-W", "error", "-c", program.replace(DOCUMENTED, address)], tmp_path)
    assert printed == f"{ID}state/BLR\n"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_examples_run(address: str, tmp_path: Path) -> None:
    commands = [
        block.replace(DOCUMENTED, address).replace("curl ", "curl -sS --fail-with-body ") for block in blocks("bash")
    ]
    answers = [run(["bash", "-euc", command], tmp_path).splitlines() for command in commands]
    *tables, graph, (dumps,), void, compressed = answers
    assert any("a void:Dataset" in line for line in void)
    assert graph == [f"<{ID}state/BLR> <{PREFIXES['rdf']}type> <{SIDES}State> ."]
    assert tables == [["state,name", f"{ID}state/BLR,Belarus"], ["triples", "6"]]
    assert compressed == ["one", "1"]
    assert json.loads(dumps)["size"] == len(FACTS.encode())
