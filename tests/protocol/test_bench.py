"""The benchmark runs: its figures are another matter, and nobody is held to them here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.server_process import ROOT
from support.serving import make_release

ID, SIDES = "https://w3id.org/sides/id/", "https://w3id.org/sides/ontology#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
STATEMENT = f"""\
<{ID}assertion/1> <{TYPE}> <{SIDES}Assertion> .
<{ID}statement/one-1> <{SIDES}text> "Un essai" .
"""


def test_the_benchmark_compares_equal_answers(tmp_path: Path) -> None:
    make_release(tmp_path, STATEMENT)
    command = [sys.executable, str(ROOT / "bench" / "run.py"), "--releases", str(tmp_path)]
    options = ["--triples", "41", "--rounds", "3", "--peers", "pyoxigraph", "rdflib"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    sizes = re.findall(r"^## .*: (\d+) triples$", done.stdout, re.MULTILINE)
    assert sizes == ["2", "42"]
    rows = dict(re.findall(r"^\| (\w+) \| (\d+) \| [\d.]+ \|", done.stdout.partition("Scaled")[2], re.MULTILINE))
    assert rows.keys() == {path.stem for path in (ROOT / "bench" / "queries").glob("*.rq")}
    assert rows["export"] == "21"
