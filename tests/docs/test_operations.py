"""What docs/operations.md tells whoever runs the server is so, and its commands run."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as read

from kg.ground.release import CURRENT, FOLDER, Release
from kg.ground.settings import Settings
from kg.serve.clients import Disguise
from kg.serve.engine import store
from kg.serve.engine.pool import Cause
from kg.serve.http.limits import ANSWER_RATE, BODY_RATE, HEADERS_SIZE, URL_SIZE
from kg.serve.metrics import Metrics
from kg.serve.request_log import Record, RequestLog
from kg.serve.web import sparql
from kg.serve.web.problems import STATUS, TITLES
from support.serving import SMALL, engine_on, make_release

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SETTINGS = {item.metadata["variable"]: item.default for item in fields(Settings)}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """The rows of the first table of a section."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def blocks(language: str, title: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", section(title), re.MULTILINE | re.DOTALL)


def test_the_settings_it_names_are_settings() -> None:
    named = {*re.findall(r"\bSIDES_\w+", PAGE), *re.findall(r"\b(\w+)=", "\n".join(re.findall("Environment=.*", PAGE)))}
    assert len(named) > 15
    assert named - {"Environment"} <= SETTINGS.keys()


def test_the_limits_are_those_of_the_program() -> None:
    said = {row[0]: row[1] for row in rows("Limits")}
    assert said["first line of a request, with its URL"] == f"{URL_SIZE // 1024} KiB"
    assert said["header fields together"] == f"{HEADERS_SIZE // 1024} KiB"
    assert said["time for its body"] == f"that, and a second for each {BODY_RATE // 1024} KiB that came"
    assert said["parameters of a request"] == f"{sparql._PARAMETERS:,}"
    assert f" {ANSWER_RATE // 1024} KiB a second" in f" {said['speed at which any answer is read']}"
    values = {"2 GiB": 2048, "half of the queue": 0.5, "half of the threads": 0.5}
    told = [found for cell in said.values() if (found := re.fullmatch(r"`(\w+)`, (.*)", cell))]
    assert len(told) >= 9
    for setting, value in (found.groups() for found in told):
        number = values.get(value) or float(re.sub(r"[^\d.]", "", value) or SETTINGS[setting])
        assert SETTINGS[setting] == number, setting


def test_the_answers_beyond_the_limits_are_those_of_the_program() -> None:
    status = {kind.code: number for kind, number in STATUS.items()}
    told = re.findall(r"`(\d{3}) ([\w-]+)`", section("Limits"))
    assert len(told) == 5
    assert [status[code] for _, code in told] == [int(number) for number, _ in told]
    assert {code for _, code in told} <= TITLES.keys()


def test_the_log_has_the_members_that_are_told() -> None:
    log = RequestLog("off", Disguise("none"), with_queries=True)
    told = [name for row in rows("The log") for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(told) == sorted(log._members(Record()))


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The metrics that there are, each with the values of its labels."""
    release = make_release(tmp_path_factory.mktemp("metrics"), SMALL)
    with engine_on(release) as engine, RequestLog.start(Settings(log="off")) as log:
        engine.service_census = lambda: {("https://e.example/sparql", "ok"): 1}  # type: ignore[method-assign]
        counted = Metrics(engine, log)
        counted.watch_connections(lambda: {"answering": 1, "receiving": 1, "idle": 1})
        counted.count(
            Record(method="GET", route="/sparql", status=200, outcome="ok", query="ASK {}", waited=0.1, rows=1)
        )
        families = [*read(counted.exposition("")[0].decode())]
    found: dict[str, set[str]] = {}
    for sample in (sample for family in families for sample in family.samples if not sample.name.endswith("_created")):
        found.setdefault(sample.name, set()).update(sample.labels.values())
    return found


def test_the_metrics_are_those_that_are_told(metrics: dict[str, set[str]]) -> None:
    told = {name for row in rows("Metrics") for name in re.findall(r"`(\w+)`", row[0])}
    there = {re.sub(r"_(count|sum|bucket)$", "", name) for name in metrics}
    assert told <= there
    assert {name for name in there if name.startswith("sides_")} <= told


def test_the_labels_are_those_that_are_told(metrics: dict[str, set[str]]) -> None:
    text = {name: row[1] for row in rows("Metrics") for name in re.findall(r"`(\w+)`", row[0])}
    assert metrics["sides_worker_deaths_total"] == {*Cause}
    for name in ("sides_worker_deaths_total", "sides_connections", "sides_workers", "sides_memory_bytes"):
        assert metrics[name] <= set(re.findall(r"`(\w+)`", text[name])), name


def test_the_alerts_ask_for_metrics_that_there_are(metrics: dict[str, set[str]]) -> None:
    (rules,) = blocks("yaml", "Metrics")
    asked = set(re.findall(r"\b(sides_\w+)", rules))
    assert len(asked) >= 4
    assert asked <= metrics.keys()
    assert rules.count("alert:") == rules.count("expr:")


def test_the_unit_starts_the_server_and_gives_it_time_to_end() -> None:
    (unit,) = blocks("ini", "As a service")
    values = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
    interpreter, script = values["ExecStart"].split()
    assert interpreter == "/srv/sides/.venv/bin/python"
    assert (ROOT / Path(script).relative_to("/srv/sides")).is_file()
    assert values["KillMode"] == "mixed", "else systemd ends the workers at once"
    assert float(values["TimeoutStopSec"]) > SETTINGS["SIDES_DRAIN"]
    assert int(values["LimitNOFILE"]) > 3 * SETTINGS["SIDES_CONNECTIONS"]


@pytest.mark.parametrize("language", ["nginx", "caddy"])
def test_a_proxy_waits_longer_than_a_query_may_take_and_shows_nobody_the_metrics(language: str) -> None:
    (text,) = blocks(language, "Behind a proxy with TLS")
    (seconds,) = re.findall(r"read_timeout (\d+)s", text)
    assert int(seconds) > SETTINGS["SIDES_DEADLINE"]
    assert "/metrics" in text
    assert f"127.0.0.1:{SETTINGS['PORT']}" in text
    (size,) = re.findall(r"(?:client_max_body_size|max_size) (\d+)", text)
    assert int(size) == SETTINGS["SIDES_REQUEST_SIZE"]


def test_the_folders_it_names_are_those_of_the_program() -> None:
    named = {path.split("/")[0] for path in re.findall(r"var/([\w/]+)", PAGE)}
    assert named == {"current", "releases", "stores", "back"}
    assert named - {"back"} == {CURRENT, FOLDER, store._FOLDER}


def run(script: str, folder: Path) -> str:
    text = script.replace("/srv/sides", str(folder)).replace("sudo -u sides ", "")
    text = text.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(["sh", "-euc", text], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_a_release_is_backed_up_and_comes_back(tmp_path: Path) -> None:
    save, restore, verify = blocks("bash", "Backup and recovery")
    before, after = tmp_path / "before", tmp_path / "after"
    release = make_release(before / "var", SMALL)
    run(save, before)
    after.mkdir()
    (before / "sides-release.tar.gz").rename(after / "sides-release.tar.gz")
    run(restore, after)
    restored = Release.current(Settings(home=after))
    assert restored.hash == release.hash
    assert run(verify, after) == ""
    restored.data.write_bytes(b"damaged")
    with pytest.raises(AssertionError, match="delete this release"):
        run(verify, after)


def test_the_server_goes_back_to_an_earlier_release(tmp_path: Path) -> None:
    first, second = (make_release(tmp_path / "var", SMALL + more) for more in ("", "<a:a> <a:b> <a:c> .\n"))
    assert Release.current(Settings(home=tmp_path)) == second
    back = blocks("bash", "A new release")[-1]
    assert {*run(back.replace("HASH", first.hash), tmp_path).split()} == {first.hash, second.hash}
    assert Release.current(Settings(home=tmp_path)) == first
