"""The timing of saved queries runs: its figures are another matter, and nobody is held to them here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.ground.catalogue import Catalogue
from support.server_process import ROOT
from support.serving import make_release

SIDES = "https://w3id.org/sides/ontology#"
STATEMENT = f'<https://w3id.org/sides/id/statement/one-1> <{SIDES}text> "relations" ; <{SIDES}position> "1" .\n'


def timed(releases: Path, *names: str) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "bench" / "queries.py"), "--releases", str(releases), "--rounds", "1", *names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.fixture
def releases(tmp_path: Path) -> Path:
    first, _, second = STATEMENT.partition(" ; ")
    subject = first.partition(" ")[0]
    make_release(tmp_path, f"{first} .\n{subject} {second}")
    return tmp_path


def test_every_query_that_calls_nobody_is_timed(releases: Path, catalogue: Catalogue) -> None:
    code, printed = timed(releases)
    rows = dict(re.findall(r"^\| ([\w-]+) \| (\d+) \| [\d.]+ \| [\d.]+ \|$", printed, re.MULTILINE))
    assert rows.keys() == {query.name for query in catalogue if "SERVICE" not in query.text}
    assert rows["statements-containing"] == "1"
    assert rows["neighbours"] == "0"
    assert code == 0


def test_a_name_chooses(releases: Path) -> None:
    assert "\n1 queries, 0 of them slower than 300 ms" in timed(releases, "neighbours")[1]
    assert timed(releases, "nobody")[0] == 1


def test_other_values_of_the_parameters_are_tried(releases: Path) -> None:
    printed = timed(releases, "statements-of-weak-reliability", "--parameters", "2")[1]
    rows = re.findall(r"^\| statements-of-weak-reliability (\S*) ?\|", printed, re.MULTILINE)
    assert sorted(rows) == ["", "reliability=reliability:primary", "reliability=reliability:scholarly"]
