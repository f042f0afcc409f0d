"""What the README shows is what the graph answers."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return str(text)


def test_the_query_gives_the_answer_that_is_shown(full: ox.Store) -> None:
    answer = full.query(block("sparql"))
    assert isinstance(answer, ox.QuerySolutions)
    text = (answer.serialize(format=ox.QueryResultsFormat.CSV) or b"").decode()
    assert text.replace("\r\n", "\n") == block("csv")
    assert text.count("\n") > 2


def test_the_first_screen_has_query_answer_and_commands() -> None:
    screen = "\n".join(README.splitlines()[:40])
    assert all(part in screen for part in ("```sparql", "```csv", "make serve", "make test"))
