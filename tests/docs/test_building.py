"""What docs/building.md tells of the build is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build.pipeline import build
from kg.build.verification import check
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.release import Release
from kg.ground.terms import fact_iri, shorten
from support.build_home import GIVEN, make_home, mapper

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/building.md").read_text(encoding="utf-8")


def rows(header: str) -> list[list[str]]:
    table = PAGE[PAGE.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


def test_every_rule_is_told_with_the_properties_that_it_makes() -> None:
    told = {row[0].strip("`"): row[1] for row in rows("| file | what it makes |")}
    files = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "ontology/rules").glob("*.rq")}
    assert told.keys() == files.keys()
    for name, text in told.items():
        named = set(re.findall(r"`(\w+)`", text))
        assert all(f"sides:{term}" in files[name] for term in named), name
        assert named or name == "stances.rq"


def test_every_concept_that_a_rule_is_told_to_read_is_one() -> None:
    concepts = {concept for scheme in CONCEPT_SCHEMES.values() for concept in scheme}
    named = [word for row in rows("| file | what it makes |") for word in re.findall(r"\((\w+(?:, \w+)*)\)", row[1])]
    words = {word for text in named for word in text.split(", ")}
    assert len(words) > 5
    assert words <= concepts


def test_the_lines_of_the_check_are_those_it_prints(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    items = tmp_path / "items.csv"
    items.write_text("item,label\nQ142,France\n")
    printed = [item.name for item in check(settings, mapper(settings.home), prove=False, items=items)]
    told = [row[0].strip("`") for row in rows("| line | what it looks at |")]
    assert told == [*printed, "profile", "classes", "consistency"]


def test_a_release_holds_the_files_and_graphs_that_are_told(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    build(settings, mapper(settings.home))
    release = Release.current(settings)
    told = {row[0].strip("`"): row[1] for row in rows("| file | what it holds |")}
    assert sorted(told) == sorted(path.name for path in release.path.iterdir())
    graphs = {shorten(graph).removeprefix("graph:") for graph in release.counts} - {"default"}
    named = set(re.findall(r"`graph:([\w/]+)`", told["data.nq"]))
    # One text alone has no links to others.
    assert {"links"} | {"source/NAME" if "source/" in graph else graph for graph in graphs} == named


def test_the_fact_of_the_example_has_the_name_that_the_program_gives() -> None:
    (iri,) = re.findall(r"^ +(fact:\w+) a sides:Fact", PAGE, re.MULTILINE)
    prefixes = {
        name: f"https://w3id.org/sides/{path}" for name, path in (("state", "id/state/"), ("sides", "ontology#"))
    }
    triple = [f"{prefixes['state']}CAN", f"{prefixes['sides']}pledgedAidTo", f"{prefixes['state']}UKR"]
    assert shorten(fact_iri(*triple)) == iri


def test_the_example_runs(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    lines = [
        {"id": str(n), "lang": "fr", "text": text, "assertions": said} for n, (text, said) in enumerate(GIVEN.items())
    ]
    (settings.home / "statements.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (example,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=settings.home, capture_output=True, text=True, check=True
    )
    assert "given: 4 statements read, 3 mapped to 3 assertions" in done.stdout
    assert Path(done.stdout.splitlines()[-1]).parents[2] == settings.home / "given"
    assert not (settings.home / "triples").exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(kg \w+[^`]*)`", PAGE))))
def test_the_commands_exist(command: str) -> None:
    name, *options = [word for word in command.split()[1:] if not word.isupper()]
    done = subprocess.run([sys.executable, "-m", "kg", name, "--help"], capture_output=True, text=True, check=True)
    assert all(option in done.stdout for option in options if option.startswith("--"))
