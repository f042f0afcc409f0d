"""The documents of the endpoint say what it does, and their examples run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph
import pytest
from werkzeug.exceptions import InternalServerError, MethodNotAllowed, NotFound, RequestEntityTooLarge

import kg.serve.web.app  # noqa: F401  (every error class is defined then)
from kg.ground.errors import QueryError, SidesError
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS
from kg.serve.web.problems import STATUS, Problem, from_http, status_of
from support.server_process import Server

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
    for error in (NotFound(), MethodNotAllowed(), RequestEntityTooLarge(), InternalServerError())
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


@pytest.mark.parametrize("query", blocks("sparql"))
def test_the_queries_parse(query: str) -> None:
    with pytest.raises(OSError, match=r"refused|not allowed"):  # nobody is at the address: it was parsed and run
        list(pyoxigraph.Store().query(query.replace(":8000", ":1025")))  # type: ignore[arg-type]


@pytest.mark.parametrize("program", blocks("python"))
def test_the_python_examples_run(server: Server, program: str) -> None:
    command = [sys.executable, "-W", "error", "-c", program.replace(":8000", f":{server.port}")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("script", blocks("bash"))
def test_the_curl_examples_run(server: Server, tmp_path: Path, script: str) -> None:
    command = [
        "bash",
        "-euc",
        script.replace(":8000", f":{server.port}").replace("curl ", "curl -sS --fail-with-body "),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] in {"state,name", "triples"}
