"""What docs/scaling.md tells is so: its commands, its configuration of nginx, its parameters."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kg.cli import main
from kg.ground.settings import Settings
from kg.serve.remote.published import GRAPH, MERGED
from kg.serve.remote.publishing import BULK_FORMS, Target
from support.engines import answers, free_port, program, running
from support.stand_in import StandIn, stand_in

PAGE = (Path(__file__).parents[2] / "docs/scaling.md").read_text(encoding="utf-8")
DEVIATIONS = Path(__file__).parents[1] / "contract/deviations.json"
MAIN = """\
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_graphs_and_settings_are_those_of_the_program() -> None:
    assert GRAPH in PAGE
    assert MERGED in PAGE
    named = set(re.findall(r"\bSIDES_\w+", PAGE))
    variables = {item.metadata["variable"] for item in Settings.__dataclass_fields__.values()}
    assert {"SIDES_ENGINE", "SIDES_ENGINE_AUTH", "SIDES_ENGINE_LOOK"} <= named <= variables


def test_the_addresses_for_queries_and_updates_follow_from_the_first() -> None:
    rows = re.findall(r"^\| (Oxigraph|Fuseki|Virtuoso) \| `(http://\S+)` \|(.*)\|$", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for engine, graphs, told in rows:
        target = Target.read(graphs, None, None)
        assert target.query
        assert bool(target.update) == (engine != "Virtuoso")
        assert not target.update or re.sub(r"http://HOST:\d+", "", target.update) in told


@pytest.mark.parametrize("command", ["publish", "serve"])
def test_the_options_are_those_of_the_program(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    there = set(re.findall(r"--[a-z]+", capsys.readouterr().out))
    lines = [
        line.partition("#")[0] for block in blocks("bash") for line in block.splitlines() if f"kg {command}" in line
    ]
    named = {option for line in lines for option in re.findall(r"--[a-z]+", line)}
    assert named
    assert named <= there


def test_the_files_are_of_each_form() -> None:
    assert set(re.findall(r"--form ([\w-]+)", PAGE)) == {*BULK_FORMS}


def test_the_deviations_are_those_that_the_tests_know() -> None:
    rows = re.findall(
        r"^\| (Oxigraph|Virtuoso) \| (it [^|]*|[Tt]he graph [^|]*|Virtuoso [^|]*) \| (.*?) ?\|$", PAGE, re.MULTILINE
    )
    told = {(engine.lower(), reason): set(re.findall(r"`([\w-]+)`", names)) for engine, reason, names in rows}
    known: dict[tuple[str, str], set[str]] = {}
    for entry in json.loads(DEVIATIONS.read_text(encoding="utf-8")):
        names = known.setdefault((entry["engine"], entry["reason"]), set())
        names |= set(re.findall(r"test_saved_query\[(.*)\]", entry["test"]))
    assert told == known


def test_what_was_measured_is_what_was_printed() -> None:
    printed = (Path(__file__).parents[2] / "bench/results/replicas.txt").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \|.*$", printed, re.MULTILINE)
    assert len(rows) == 3
    assert rows == re.findall(r"^\| \d+ \|.*$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def pair() -> Iterator[list[StandIn]]:
    with stand_in() as first, stand_in() as second:
        yield [first, second]


def test_nginx_reads_the_configuration_and_spreads_the_load(pair: list[StandIn], tmp_path: Path) -> None:
    nginx, port = program("nginx", "Debian's nginx-light"), free_port()
    (site,) = blocks("nginx")
    for number, engine in enumerate(pair, start=1):
        assert f"127.0.0.1:800{number} " in site
        site = site.replace(f"127.0.0.1:800{number} ", f"127.0.0.1:{engine.port} ")
    assert "listen 80;" in site
    site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path, site=site), encoding="utf-8")
    command = [nginx, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with ExitStack() as stack:
        stack.enter_context(
            running([*command, "-g", "daemon off; master_process off;"], tmp_path, answers(f"http://127.0.0.1:{port}/"))
        )
        for each in pair:
            each.heard.clear()
        for _ in range(10):
            assert ask(port) == 200
        assert min(len(each.heard) for each in pair) >= 3
        pair[0].fails = lambda answering, _: setattr(answering, "close_connection", True)
        assert [ask(port) for _ in range(6)] == [200] * 6
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10)


def ask(port: int) -> int:
    query = "SELECT%20*%20%7B%7D"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sparql?query={query}", timeout=10) as response:
        return int(response.status)
