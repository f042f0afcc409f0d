"""What docs/explaining.md tells and shows is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.ground.explaining import Explainer, named_triple, outline, read_entailments
from kg.ground.explaining.entailments import GOALS
from kg.ground.explaining.proofs import MOST_STEPS
from kg.ground.explaining.search import MOST_LEVELS
from kg.ground.release import Release
from kg.serve.local import select_on

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/explaining.md").read_text(encoding="utf-8")


def test_every_rule_is_told() -> None:
    told = re.findall(r"^\| `([\w-]+)` \| ([\w, -]+) \| (\w+) \| `(.+)` \|$", PAGE, re.MULTILINE)
    rules = [(rule.name, ", ".join(rule.rules), rule.goal, rule.axiom) for rule in read_entailments(ROOT)]
    assert told == rules
    assert {goal for _, _, goal, _ in told} == set(GOALS)


def test_the_output_is_what_the_command_prints(built_release: Release) -> None:
    (command, shown) = re.findall(r"```text\n\$ kg explain (.+)\n((?:.|\n)+?)```", PAGE)[0]
    tree = Explainer.read(ROOT).explain(select_on(built_release), named_triple(*command.split()))
    assert tree
    # What an assertion is called changes with what is read in its statement.
    names = re.compile(r"(assertion|fact):[0-9a-f]{20}")
    assert names.sub(r"\1", shown.rstrip("\n")) == names.sub(r"\1", outline(tree))


def test_the_bounds_are_those_of_the_search() -> None:
    numbers = {5: "five", 12: "twelve"}
    assert f"at most {numbers[MOST_LEVELS]} levels deep" in PAGE
    assert f"up\nto {numbers[MOST_STEPS]} are told" in PAGE


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(kg \w+[^`]*)`", PAGE))))
def test_the_commands_exist(command: str) -> None:
    name, *options = [word for word in command.split()[1:] if not word.isupper()]
    done = subprocess.run([sys.executable, "-m", "kg", name, "--help"], capture_output=True, text=True, check=True)
    assert all(option in done.stdout for option in options if option.startswith("--"))
